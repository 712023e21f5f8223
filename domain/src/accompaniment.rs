//! The three types of accompaniment. Who may provide them when, and who decides, comes with the orientation itself.

use crate::codes;

codes! {
    /// How a person is accompanied (*accompagnement*).
    Accompaniment {
        /// Problems to solve first; the département's own responsibility. *Social*, France Travail's `PSO`.
        Social = "social",
        /// Closer to work, needing support. *Socioprofessionnel*, France Travail's `PSP`.
        Socioprofessional = "socioprofessional",
        /// Autonomous people, by Pôle emploi, missions locales and Cap emploi. *Droit commun*, France Travail's `PED`.
        CommonLaw = "common_law",
    }
}
