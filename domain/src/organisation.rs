//! Organisations around the programme, their sites, delegations and agreements. Their machines and people have pages of their own.

use crate::accompaniment::Accompaniment;
use crate::action::Action;
use crate::calendar::{Day, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::identifier::siret::Siret;
use crate::policy::{ManageAgreement, ManageOrganisation, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::{Label, Line};

codes! {
    /// What an organisation is. It is given once.
    OrganisationKind {
        /// The département itself. There is exactly one.
        Department = "department",
        /// An association that runs actions.
        Association = "association",
        /// Pôle emploi, called France Travail since 2024-01-01.
        PoleEmploi = "pole_emploi",
        /// Mission locale, for people of 16 to 25.
        MissionLocale = "mission_locale",
        /// Cap emploi, for disabled people.
        CapEmploi = "cap_emploi",
        /// *Plan local pour l'insertion et l'emploi*.
        Plie = "plie",
        /// *Centre communal d'action sociale*.
        Ccas = "ccas",
        /// Any other.
        Other = "other",
    }
}

/// An organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its id.
    pub id: Id<Organisation>,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Label,
    /// Its establishment number, where known.
    pub siret: Option<Siret>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of an organisation when it is registered or edited.
#[derive(Clone, Debug)]
pub struct OrganisationOrder {
    /// What it is; an edit repeats it.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Label,
    /// Its establishment number.
    pub siret: Option<Siret>,
}

impl Organisation {
    /// Registers an organisation; the département only if there is none yet.
    pub fn register(
        scope: &Scope<ManageOrganisation>,
        id: Id<Organisation>,
        order: OrganisationOrder,
        department_exists: bool,
    ) -> Result<Decided<Change<Organisation>>, Refusal> {
        if order.kind == OrganisationKind::Department && department_exists {
            return Err(Refusal::Conflict(Rule::DepartmentExists));
        }
        let event = Event::new("organisation.registered", id).with("kind", order.kind);
        let OrganisationOrder { kind, name, siret } = order;
        Ok(Change::created(Self { id, kind, name, siret, stamp: Stamp::first(scope.now()) }, event))
    }

    /// Edits its name and number; its kind stays.
    pub fn edit(&self, scope: &Scope<ManageOrganisation>, order: OrganisationOrder) -> Result<Decided<Change<Organisation>>, Refusal> {
        if order.kind != self.kind {
            return Err(Refusal::invalid("kind", Rule::KindImmutable));
        }
        let OrganisationOrder { kind, name, siret } = order;
        let after = Self { id: self.id, kind, name, siret, stamp: self.stamp.next(scope.now()) };
        Ok(Change::edited(after, Event::new("organisation.edited", self.id)))
    }

    /// Opens a site.
    pub fn open_site(&self, scope: &Scope<ManageOrganisation>, id: Id<Site>, order: SiteOrder) -> Decided<Change<Site>> {
        let SiteOrder { code, label, commune_code } = order;
        let after = Site { id, organisation: self.id, code, label, commune_code, stamp: Stamp::first(scope.now()) };
        Change::created(after, Event::new("organisation.site_opened", self.id))
    }

    /// Delegates accompaniments to it for a period (CASF L262-29 and L262-30 in force since 2025).
    pub fn delegate(
        &self,
        scope: &Scope<ManageOrganisation>,
        id: Id<Delegation>,
        order: DelegationOrder,
    ) -> Result<Decided<Change<Delegation>>, Refusal> {
        let mut faults = Faults::default();
        let DelegationOrder { mut accompaniments, starts_on, ends_on } = order;
        let count = accompaniments.len();
        accompaniments.sort_unstable();
        accompaniments.dedup();
        faults.check(count == 0 || count > 3, "accompaniments", Rule::TooManyItems);
        faults.check(count != accompaniments.len(), "accompaniments", Rule::DuplicateItem);
        faults.check(Period::new(starts_on, ends_on).is_err(), "ends_on", Rule::PeriodReversed);
        faults.into_result()?;
        let period = Period { starts_on, ends_on };
        let after = Delegation { id, organisation: self.id, accompaniments, period, stamp: Stamp::first(scope.now()) };
        Ok(Change::created(after, Event::new("organisation.delegated", self.id)))
    }

    /// Records what it is funded for.
    pub fn agree(&self, scope: &Scope<ManageAgreement>, id: Id<Agreement>, order: AgreementOrder) -> Result<Decided<Change<Agreement>>, Refusal> {
        let mut faults = Faults::default();
        faults.check(order.ends_on < order.starts_on, "ends_on", Rule::PeriodReversed);
        faults.check(!(1..=1_000_000).contains(&order.funded_quantity), "funded_quantity", Rule::OutOfBounds);
        faults.check(!(0..=MOST_CENTS).contains(&order.amount_cents), "amount_cents", Rule::OutOfBounds);
        faults.into_result()?;
        let after = Agreement { id, organisation: self.id, terms: order, stamp: Stamp::first(scope.now()) };
        Ok(Change::created(after, Event::new("organisation.agreement_recorded", self.id)))
    }
}

/// The most an agreement may be worth: a hundred million euros.
pub const MOST_CENTS: i64 = 10_000_000_000;

/// A place of an organisation: one organisation, one feed, many agencies.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub id: Id<Site>,
    /// Whose.
    pub organisation: Id<Organisation>,
    /// The organisation's own code, such as a SAFIR agency code.
    pub code: Line<24>,
    /// What it is called.
    pub label: Label,
    /// Where it is.
    pub commune_code: Option<CommuneCode>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a site.
#[derive(Clone, Debug)]
pub struct SiteOrder {
    /// The organisation's own code.
    pub code: Line<24>,
    /// What it is called.
    pub label: Label,
    /// Where it is.
    pub commune_code: Option<CommuneCode>,
}

/// What the département delegates to an organisation, dated.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// Its id.
    pub id: Id<Delegation>,
    /// To whom.
    pub organisation: Id<Organisation>,
    /// Which accompaniments, in the order of the list.
    pub accompaniments: Vec<Accompaniment>,
    /// When.
    pub period: Period,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a delegation.
#[derive(Clone, Debug)]
pub struct DelegationOrder {
    /// Which accompaniments.
    pub accompaniments: Vec<Accompaniment>,
    /// First day.
    pub starts_on: Day,
    /// Last day, or open.
    pub ends_on: Option<Day>,
}

codes! {
    /// What an agreement pays for.
    FundedUnit {
        /// A place kept open.
        Place = "place",
        /// A participant who came.
        Participant = "participant",
        /// A half-day held.
        HalfDay = "half_day",
        /// An hour attended.
        Hour = "hour",
    }
}

/// What an organisation is funded for.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Its id.
    pub id: Id<Agreement>,
    /// Whom it funds.
    pub organisation: Id<Organisation>,
    /// What was agreed.
    pub terms: AgreementOrder,
    /// Version and dates.
    pub stamp: Stamp,
}

/// The terms of an agreement (*convention*).
#[derive(Clone, Debug)]
pub struct AgreementOrder {
    /// The action it pays for.
    pub action: Id<Action>,
    /// The number of the signed convention.
    pub convention_number: Line<40>,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// What is paid for.
    pub funded_unit: FundedUnit,
    /// How many of them.
    pub funded_quantity: i32,
    /// For how much, in cents.
    pub amount_cents: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;
    use crate::given::{day, department, fault, faults, id, label, line, manager, now, organisation, scope};

    fn order(kind: OrganisationKind) -> OrganisationOrder {
        OrganisationOrder { kind, name: label("Mission locale de Limoges"), siret: "73282932000074".parse().ok() }
    }

    fn administrator() -> Scope<ManageOrganisation> {
        scope(&department(Role::Administrator), now())
    }

    fn delegation(accompaniments: &[Accompaniment], starts_on: &str, ends_on: Option<&str>) -> DelegationOrder {
        DelegationOrder { accompaniments: accompaniments.to_vec(), starts_on: day(starts_on), ends_on: ends_on.map(day) }
    }

    fn terms() -> AgreementOrder {
        AgreementOrder {
            action: id(200),
            convention_number: line("2026-INS-042"),
            starts_on: day("2026-01-01"),
            ends_on: day("2026-12-31"),
            funded_unit: FundedUnit::HalfDay,
            funded_quantity: 120,
            amount_cents: 4_500_000,
        }
    }

    #[test]
    fn there_is_one_department() {
        let register = |kind, exists| Organisation::register(&administrator(), id(1), order(kind), exists).map(|decided| decided.after.kind);
        assert_eq!(register(OrganisationKind::Department, false), Ok(OrganisationKind::Department));
        assert_eq!(register(OrganisationKind::Department, true), Err(Refusal::Conflict(Rule::DepartmentExists)));
        for kind in OrganisationKind::ALL.iter().filter(|kind| **kind != OrganisationKind::Department) {
            assert_eq!(register(*kind, true), Ok(*kind), "as many others as there are");
        }
    }

    #[test]
    fn a_kind_is_given_once() {
        let association = organisation(OrganisationKind::Association);
        let edited = association.edit(&administrator(), order(OrganisationKind::Association)).unwrap();
        assert_eq!((&*edited.after.name, edited.after.stamp.version), ("Mission locale de Limoges", 2));
        for kind in OrganisationKind::ALL.iter().filter(|kind| **kind != OrganisationKind::Association) {
            let refused = association.edit(&administrator(), order(*kind));
            assert_eq!(faults(refused.unwrap_err()), [fault("/kind", Rule::KindImmutable)]);
        }
    }

    #[test]
    fn a_site_belongs_to_its_organisation() {
        let agency = SiteOrder { code: line("87012"), label: label("Limoges Leclerc"), commune_code: None };
        let opened = organisation(OrganisationKind::PoleEmploi).open_site(&administrator(), id(1), agency);
        assert_eq!(opened.after.organisation, organisation(OrganisationKind::PoleEmploi).id);
        assert!(opened.created);
    }

    #[test]
    fn a_delegation_names_one_to_three_accompaniments_once_each() {
        use Accompaniment::{CommonLaw, Social, Socioprofessional};
        let some = || fault("/accompaniments", Rule::TooManyItems);
        let twice = || fault("/accompaniments", Rule::DuplicateItem);
        for (order, expected) in [
            (delegation(&[Socioprofessional], "2026-01-01", None), vec![]),
            (delegation(&[CommonLaw, Social, Socioprofessional], "2026-01-01", Some("2026-01-01")), vec![]),
            (delegation(&[], "2026-01-01", None), vec![some()]),
            (delegation(&[Social, Social], "2026-01-01", None), vec![twice()]),
            (delegation(&[Social, CommonLaw, Socioprofessional, Social], "2026-01-01", None), vec![some(), twice()]),
            (delegation(&[Social], "2026-01-02", Some("2026-01-01")), vec![fault("/ends_on", Rule::PeriodReversed)]),
        ] {
            let found = organisation(OrganisationKind::Plie).delegate(&administrator(), id(1), order);
            assert_eq!(found.map_or_else(faults, |_| Vec::new()), expected);
        }
        let sorted =
            organisation(OrganisationKind::Plie).delegate(&administrator(), id(1), delegation(&[CommonLaw, Social], "2026-01-01", None)).unwrap();
        assert_eq!(sorted.after.accompaniments, [Social, CommonLaw], "in the order of the list");
    }

    #[test]
    fn an_agreement_pays_for_something_over_a_period() {
        let agree = |terms| organisation(OrganisationKind::Association).agree(&scope(&manager(), now()), id(1), terms);
        let decided = agree(terms()).unwrap();
        assert_eq!((decided.after.organisation, decided.after.terms.funded_quantity), (organisation(OrganisationKind::Association).id, 120));
        let out_of_bounds = |field| vec![fault(field, Rule::OutOfBounds)];
        for (terms, expected) in [
            (AgreementOrder { ends_on: day("2026-01-01"), ..terms() }, vec![]),
            (AgreementOrder { ends_on: day("2025-12-31"), ..terms() }, vec![fault("/ends_on", Rule::PeriodReversed)]),
            (AgreementOrder { funded_quantity: 0, ..terms() }, out_of_bounds("/funded_quantity")),
            (AgreementOrder { funded_quantity: 1_000_000, ..terms() }, vec![]),
            (AgreementOrder { funded_quantity: 1_000_001, ..terms() }, out_of_bounds("/funded_quantity")),
            (AgreementOrder { amount_cents: -1, ..terms() }, out_of_bounds("/amount_cents")),
            (AgreementOrder { amount_cents: 0, ..terms() }, vec![]),
            (AgreementOrder { amount_cents: MOST_CENTS, ..terms() }, vec![]),
            (AgreementOrder { amount_cents: MOST_CENTS + 1, ..terms() }, out_of_bounds("/amount_cents")),
        ] {
            assert_eq!(agree(terms).map_or_else(faults, |_| Vec::new()), expected);
        }
    }
}
