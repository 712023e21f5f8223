//! The three types of accompaniment, and who may provide which when. Who decides comes with the orientation itself.

use chrono::NaiveDate;

use crate::calendar::Day;
use crate::codes;
use crate::organisation::{Delegation, OrganisationKind};

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

/// The first day of the law on full employment (loi n° 2023-1196 of 18 December 2023, article 1; CASF L262-29 and L262-30 as in force
/// from that day): accompaniment and referent organisation are two choices.
const FULL_EMPLOYMENT: Day = Day::new(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap());

/// Whether the programme's own table lets this kind of organisation provide this accompaniment (*programme départemental
/// d'insertion*): `social` the département alone, `socioprofessional` with the PLIE and Pôle emploi, `common_law` Pôle emploi, missions
/// locales and Cap emploi. Binding until 2024-12-31, a warning since.
pub const fn is_in_programme(kind: OrganisationKind, accompaniment: Accompaniment) -> bool {
    use OrganisationKind as K;
    match accompaniment {
        Accompaniment::Social => matches!(kind, K::Department),
        Accompaniment::Socioprofessional => matches!(kind, K::Department | K::Plie | K::PoleEmploi),
        Accompaniment::CommonLaw => matches!(kind, K::PoleEmploi | K::MissionLocale | K::CapEmploi),
    }
}

/// Whether an organisation may provide an accompaniment on a day.
///
/// Until 2024-12-31 the programme's table decides. Since then the referents are the département, France Travail, missions locales and
/// Cap emploi, whatever the accompaniment, and others only under a delegation of the day that names it.
pub fn may_provide(kind: OrganisationKind, delegations: &[Delegation], accompaniment: Accompaniment, on: Day) -> bool {
    use OrganisationKind as K;
    if on < FULL_EMPLOYMENT {
        return is_in_programme(kind, accompaniment);
    }
    match kind {
        K::Department | K::PoleEmploi | K::MissionLocale | K::CapEmploi => true,
        K::Association | K::Plie | K::Ccas | K::Other => {
            delegations.iter().any(|delegation| delegation.period.holds(on) && delegation.accompaniments.contains(&accompaniment))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{day, id, organisation, period, stamp};
    use Accompaniment::{CommonLaw, Social, Socioprofessional};
    use OrganisationKind as K;

    fn delegation(accompaniments: &[Accompaniment], from: &str, to: &str) -> Delegation {
        let (organisation, period) = (organisation(K::Plie).id, period(from, to));
        Delegation { id: id(1), organisation, accompaniments: accompaniments.to_vec(), period, stamp: stamp() }
    }

    #[test]
    fn until_the_end_of_2024_the_programme_s_table_decides() {
        let table = [
            (K::Department, [true, true, false]),
            (K::PoleEmploi, [false, true, true]),
            (K::Plie, [false, true, false]),
            (K::MissionLocale, [false, false, true]),
            (K::CapEmploi, [false, false, true]),
            (K::Association, [false; 3]),
            (K::Ccas, [false; 3]),
            (K::Other, [false; 3]),
        ];
        let delegated = [delegation(&[Social, Socioprofessional, CommonLaw], "2020-01-01", "")];
        for (kind, expected) in table {
            let may = [Social, Socioprofessional, CommonLaw].map(|one| may_provide(kind, &delegated, one, day("2024-12-31")));
            assert_eq!(may, expected, "{kind}");
        }
    }

    #[test]
    fn since_2025_the_public_referents_provide_anything_and_others_what_was_delegated_to_them() {
        let on = day("2025-01-01");
        for kind in [K::Department, K::PoleEmploi, K::MissionLocale, K::CapEmploi] {
            assert!(Accompaniment::ALL.iter().all(|one| may_provide(kind, &[], *one, on)), "{kind}");
        }
        for kind in [K::Association, K::Plie, K::Ccas, K::Other] {
            let delegated = [delegation(&[Socioprofessional], "2025-01-01", "2025-06-30")];
            assert!(!may_provide(kind, &[], Socioprofessional, on), "{kind}");
            assert!(may_provide(kind, &delegated, Socioprofessional, on), "{kind}");
            assert!(!may_provide(kind, &delegated, Social, on), "{kind}: not delegated");
            assert!(may_provide(kind, &delegated, Socioprofessional, day("2025-06-30")), "{kind}: last day");
            assert!(!may_provide(kind, &delegated, Socioprofessional, day("2025-07-01")), "{kind}: over");
        }
    }
}
