//! The three types of accompaniment, and who may provide which when. Who decides comes with the orientation itself.

use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::codes;
use crate::law::FULL_EMPLOYMENT;
use crate::organisation::{Delegation, Organisation, OrganisationKind};
use crate::refusal::{Faults, Rule};

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

impl Accompaniment {
    /// France Travail's code of the pathway (*parcours*): PSO, PSP, PED. Beware: a product in wide use swaps the first two on sending.
    pub const fn france_travail_code(self) -> &'static str {
        match self {
            Self::Social => "PSO",
            Self::Socioprofessional => "PSP",
            Self::CommonLaw => "PED",
        }
    }

    /// The accompaniment that France Travail calls so; none for `EO` (an interview is to come), `IND` (undetermined) and anything else.
    pub fn from_france_travail(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.france_travail_code() == code)
    }
}

/// France Travail's code of a referent organisation (*organisme*): the département, whoever acts for it, France Travail, a mission locale,
/// Cap emploi.
pub const fn france_travail_organisation(kind: OrganisationKind) -> &'static str {
    use OrganisationKind as K;
    match kind {
        K::Department => "CD",
        K::PoleEmploi => "FT",
        K::MissionLocale => "ML",
        K::CapEmploi => "CE",
        K::Association | K::Plie | K::Ccas | K::Other => "DCD",
    }
}

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

/// Refuses, at the field that names it, an organisation that may not accompany this person so on a day.
pub(crate) fn check_provider(
    organisation: &Organisation,
    delegations: &[Delegation],
    accompaniment: Accompaniment,
    person: &Beneficiary,
    on: Day,
    faults: &mut Faults,
) {
    let may = may_provide(organisation.kind, delegations, accompaniment, on);
    faults.check(!may, "organisation_id", Rule::ReceiverNotAllowed);
    if organisation.kind == OrganisationKind::MissionLocale {
        match person.birth_date {
            None => faults.add(["organisation_id".into()], Rule::BirthDateRequired),
            Some(born) => faults.check(!is_of_16_to_25(born, on), "organisation_id", Rule::AgeOutsideMission),
        }
    }
}

/// Missions locales accompany people of 16 to 25 (*code du travail*, L5314-1 and L5131-3): from the 16th birthday to the day before
/// the 26th.
fn is_of_16_to_25(born: Day, on: Day) -> bool {
    born.plus_months(12 * 16) <= on && on < born.plus_months(12 * 26)
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
    fn france_travail_s_codes_go_there_and_back() {
        for (one, code) in [(Social, "PSO"), (Socioprofessional, "PSP"), (CommonLaw, "PED")] {
            assert_eq!((one.france_travail_code(), Accompaniment::from_france_travail(code)), (code, Some(one)));
        }
        for one in Accompaniment::ALL {
            assert_eq!(Accompaniment::from_france_travail(one.france_travail_code()), Some(*one));
        }
        for code in ["EO", "IND", "pso", "SOCIAL", ""] {
            assert_eq!(Accompaniment::from_france_travail(code), None, "{code}");
        }
        let organisations = OrganisationKind::ALL.iter().map(|kind| france_travail_organisation(*kind)).collect::<Vec<_>>();
        assert_eq!(organisations, ["CD", "DCD", "FT", "ML", "CE", "DCD", "DCD", "DCD"]);
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
