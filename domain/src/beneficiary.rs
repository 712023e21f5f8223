//! People who take part, RSA recipients or not. Household, rights and barriers are not here yet: step 4 brings them.

use crate::calendar::{Day, Instant};
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::identifier::france_travail::FranceTravailId;
use crate::identifier::person_reference::PersonReference;
use crate::identifier::phone::Phone;
use crate::policy::{AnswerReferral, ManageBeneficiary, Reach, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::territory::{Territory, UNASSIGNED};
use crate::text::{Email, Name};

/// A person (*bénéficiaire*).
#[derive(Clone, Debug)]
pub struct Beneficiary {
    /// Their id.
    pub id: Id<Beneficiary>,
    /// Their printable reference.
    pub reference: PersonReference,
    /// Family name; none once purged.
    pub last_name: Option<Name>,
    /// First name; none once purged.
    pub first_name: Option<Name>,
    /// Date of birth, where known.
    pub birth_date: Option<Day>,
    /// Commune of residence, where known.
    pub commune_code: Option<CommuneCode>,
    /// What else is known of them.
    pub details: Details,
    /// The territory that accompanies them.
    pub territory: Id<Territory>,
    /// The file that survives, if this one was merged.
    pub merged_into: Option<Id<Beneficiary>>,
    /// When its personal data was purged, if it was.
    pub purged_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What may be known of a person besides who they are and where they live. None where it is not, and once purged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Name at birth.
    pub birth_name: Option<Name>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// France Travail's identifier.
    pub france_travail_id: Option<FranceTravailId>,
}

/// What is said of a person.
#[derive(Clone, Debug)]
pub struct BeneficiaryOrder {
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Commune of residence.
    pub commune_code: Option<CommuneCode>,
    /// What else is known of them.
    pub details: Details,
    /// The territory, when it is not that of the commune.
    pub territory: Option<Id<Territory>>,
}

/// What the rules need to know of what an order names.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Whether the reference table holds the commune ordered.
    pub commune_known: bool,
    /// The territory of that commune today.
    pub proposed: Option<Id<Territory>>,
    /// Whether the territory ordered exists.
    pub territory_known: bool,
    /// The caller's own territories, where their reach is made of them.
    pub own: &'a [Id<Territory>],
    /// Whether France Travail's identifier, in its new form, is somebody else's.
    pub is_identified_elsewhere: bool,
}

impl Beneficiary {
    /// Registers a person under a new reference.
    pub fn register(
        scope: &Scope<ManageBeneficiary>,
        id: Id<Beneficiary>,
        reference: PersonReference,
        order: BeneficiaryOrder,
        places: Places<'_>,
    ) -> Result<Decided<Change<Beneficiary>>, Refusal> {
        let territory = place(scope, &order, places, None)?;
        if places.is_identified_elsewhere {
            return Err(Refusal::Conflict(Rule::IdentifierConflict));
        }
        check(scope, &order, places)?;
        let after = Self {
            id,
            reference,
            last_name: Some(order.last_name),
            first_name: Some(order.first_name),
            birth_date: order.birth_date,
            commune_code: order.commune_code,
            details: order.details,
            territory,
            merged_into: None,
            purged_at: None,
            stamp: Stamp::first(scope.now()),
        };
        Ok(Change::created(after, Event::new("beneficiary.registered", id).about(id)))
    }

    /// Edits their identity and place.
    pub fn edit(
        &self,
        scope: &Scope<ManageBeneficiary>,
        order: BeneficiaryOrder,
        places: Places<'_>,
    ) -> Result<Decided<Change<Beneficiary>>, Refusal> {
        let territory = place(scope, &order, places, Some(self.territory))?;
        if self.merged_into.is_some() || self.purged_at.is_some() {
            return Err(Refusal::Conflict(Rule::BeneficiaryClosed));
        }
        if places.is_identified_elsewhere {
            return Err(Refusal::Conflict(Rule::IdentifierConflict));
        }
        check(scope, &order, places)?;
        let after = Self {
            last_name: Some(order.last_name),
            first_name: Some(order.first_name),
            birth_date: order.birth_date,
            commune_code: order.commune_code,
            details: order.details,
            territory,
            stamp: self.stamp.next(scope.now()),
            ..self.clone()
        };
        Ok(Change::edited(after, Event::new("beneficiary.edited", self.id).about(self.id)))
    }

    /// Pôle emploi told how it identifies the person, by the receipt of a referral.
    pub(crate) fn identify(&self, scope: &Scope<AnswerReferral>, id: FranceTravailId) -> Decided<Change<Beneficiary>> {
        let details = Details { france_travail_id: Some(id), ..self.details.clone() };
        let after = Self { details, stamp: self.stamp.next(scope.now()), ..self.clone() };
        Change::edited(after, Event::new("beneficiary.identified", self.id).about(self.id))
    }
}

/// The territory ordered, else that of the commune, else `unassigned`. A caseworker who could write into another territory would
/// write what they cannot read back; whoever came by an access grant leaves the person where they are.
fn place(
    scope: &Scope<ManageBeneficiary>,
    order: &BeneficiaryOrder,
    places: Places<'_>,
    current: Option<Id<Territory>>,
) -> Result<Id<Territory>, Refusal> {
    let territory = order.territory.or(places.proposed).unwrap_or(UNASSIGNED);
    let unknown = order.territory.is_some() && !places.territory_known;
    let moves = current != Some(territory);
    let mine = |one: Id<Territory>| one == UNASSIGNED || places.own.contains(&one);
    let foreign = match scope.reach() {
        // A grant of a few hours must not become the person's territory for good.
        Reach::Territories(_) => moves && !unknown && (!mine(territory) || current.is_some_and(|current| !mine(current))),
        // A delegate edits the people it accompanies; it registers nobody, and moves nobody but by their commune.
        Reach::Accompanied(_) => moves && (current.is_none() || order.territory.is_some() || places.proposed.is_none()),
        Reach::Department | Reach::Organisation(_) => false,
    };
    if foreign { Err(Refusal::Denied(Rule::TerritoryNotYours)) } else { Ok(territory) }
}

fn check(scope: &Scope<ManageBeneficiary>, order: &BeneficiaryOrder, places: Places<'_>) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let today = scope.now().day();
    let born = order.birth_date.is_none_or(|born| born <= today && today <= born.plus_months(12 * 130));
    faults.check(!born, "birth_date", Rule::BirthDateOutOfRange);
    faults.check(order.commune_code.is_some() && !places.commune_known, "commune_code", Rule::CommuneUnknown);
    faults.check(order.territory.is_some() && !places.territory_known, "territory_id", Rule::TerritoryUnknown);
    faults.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Actor, Role};
    use crate::given::{beneficiary, caseworker, day, fault, faults, id, manager, name, now, professional, scope};
    use crate::organisation::OrganisationKind;

    #[test]
    fn a_delegate_edits_whom_it_accompanies_and_registers_nobody() {
        let delegate = professional(Role::Caseworker, OrganisationKind::Plie);
        assert_eq!(register(&delegate, order(), places(None)), Err(Refusal::Denied(Rule::TerritoryNotYours)));
        let person = Beneficiary { territory: ELSEWHERE, ..beneficiary(1) };
        assert!(edit(&delegate, &person, in_territory(ELSEWHERE), places(None)).is_ok());
        assert_eq!(edit(&delegate, &person, in_territory(OWN), places(None)).unwrap_err(), Refusal::Denied(Rule::TerritoryNotYours));
    }

    /// The caseworker's own territory, and another.
    const OWN: Id<Territory> = Id::new(uuid::Uuid::from_u128(701));
    const ELSEWHERE: Id<Territory> = Id::new(uuid::Uuid::from_u128(702));

    fn order() -> BeneficiaryOrder {
        BeneficiaryOrder {
            last_name: name("Exemple"),
            first_name: name("Dominique"),
            birth_date: None,
            commune_code: None,
            details: Details::default(),
            territory: None,
        }
    }

    fn in_territory(territory: Id<Territory>) -> BeneficiaryOrder {
        BeneficiaryOrder { territory: Some(territory), ..order() }
    }

    fn born(on: &str) -> BeneficiaryOrder {
        BeneficiaryOrder { birth_date: Some(day(on)), ..order() }
    }

    /// A commune that belongs to `proposed`.
    fn places(proposed: Option<Id<Territory>>) -> Places<'static> {
        Places { commune_known: true, proposed, territory_known: true, own: &[OWN], is_identified_elsewhere: false }
    }

    fn register(actor: &Actor, order: BeneficiaryOrder, places: Places<'_>) -> Result<Id<Territory>, Refusal> {
        let reference = beneficiary(0).reference;
        Beneficiary::register(&scope(actor, now()), id(1), reference, order, places).map(|decided| decided.after.territory)
    }

    fn edit(actor: &Actor, person: &Beneficiary, order: BeneficiaryOrder, places: Places<'_>) -> Result<Decided<Change<Beneficiary>>, Refusal> {
        person.edit(&scope(actor, now()), order, places)
    }

    #[test]
    fn the_territory_is_the_one_ordered_else_that_of_the_commune_else_unassigned() {
        assert_eq!(register(&manager(), in_territory(OWN), places(Some(ELSEWHERE))), Ok(OWN));
        assert_eq!(register(&manager(), order(), places(Some(ELSEWHERE))), Ok(ELSEWHERE));
        assert_eq!(register(&manager(), order(), places(None)), Ok(UNASSIGNED));
    }

    #[test]
    fn a_caseworker_registers_in_their_own_territories_or_unassigned() {
        let denied = Err(Refusal::Denied(Rule::TerritoryNotYours));
        assert_eq!(register(&caseworker(), in_territory(OWN), places(None)), Ok(OWN));
        assert_eq!(register(&caseworker(), in_territory(UNASSIGNED), places(Some(ELSEWHERE))), Ok(UNASSIGNED));
        assert_eq!(register(&caseworker(), order(), places(None)), Ok(UNASSIGNED));
        assert_eq!(register(&caseworker(), in_territory(ELSEWHERE), places(Some(OWN))), denied);
        assert_eq!(register(&caseworker(), order(), places(Some(ELSEWHERE))), denied, "by the commune");
        let wrong = BeneficiaryOrder { birth_date: Some(day("2199-01-01")), ..in_territory(ELSEWHERE) };
        assert_eq!(register(&caseworker(), wrong, places(None)), denied, "relations come before rules");
    }

    #[test]
    fn a_caseworker_moves_nobody_out_of_their_territories() {
        let person = Beneficiary { territory: OWN, ..beneficiary(0) };
        let moved = |order, proposed| edit(&caseworker(), &person, order, places(proposed)).map(|decided| decided.after.territory);
        assert_eq!(moved(in_territory(ELSEWHERE), None), Err(Refusal::Denied(Rule::TerritoryNotYours)));
        assert_eq!(moved(order(), Some(ELSEWHERE)), Err(Refusal::Denied(Rule::TerritoryNotYours)));
        assert_eq!(moved(in_territory(UNASSIGNED), None), Ok(UNASSIGNED));
        let by_manager = edit(&manager(), &person, in_territory(ELSEWHERE), places(None)).unwrap();
        assert_eq!(by_manager.after.territory, ELSEWHERE);
    }

    #[test]
    fn who_came_by_an_access_grant_edits_the_person_where_they_are() {
        let person = Beneficiary { territory: ELSEWHERE, ..beneficiary(0) };
        let edited = edit(&caseworker(), &person, in_territory(ELSEWHERE), places(None)).unwrap();
        assert_eq!(edited.after.territory, ELSEWHERE);
        for elsewhere in [in_territory(OWN), in_territory(UNASSIGNED), order()] {
            assert_eq!(edit(&caseworker(), &person, elsewhere, places(None)).unwrap_err(), Refusal::Denied(Rule::TerritoryNotYours));
        }
        let third = edit(&caseworker(), &person, in_territory(id(703)), places(None));
        assert_eq!(third.unwrap_err(), Refusal::Denied(Rule::TerritoryNotYours));
    }

    #[test]
    fn territories_bind_only_those_who_have_some() {
        let delegate = professional(Role::Caseworker, OrganisationKind::Plie);
        let person = Beneficiary { territory: OWN, ..beneficiary(0) };
        let none_own = Places { own: &[], ..places(Some(ELSEWHERE)) };
        assert_eq!(edit(&delegate, &person, order(), none_own).unwrap().after.territory, ELSEWHERE);
    }

    #[test]
    fn what_is_wrong_with_a_person_is_told_at_once() {
        let wrong = BeneficiaryOrder { birth_date: Some(day("2026-11-18")), commune_code: "87999".parse().ok(), ..in_territory(ELSEWHERE) };
        let nowhere = Places { commune_known: false, territory_known: false, ..places(None) };
        for actor in [manager(), caseworker()] {
            assert_eq!(
                faults(register(&actor, wrong.clone(), nowhere).unwrap_err()),
                [
                    fault("/birth_date", Rule::BirthDateOutOfRange),
                    fault("/commune_code", Rule::CommuneUnknown),
                    fault("/territory_id", Rule::TerritoryUnknown),
                ]
            );
        }
        assert!(register(&manager(), order(), nowhere).is_ok(), "what is not said is not looked up");
    }

    #[test]
    fn somebody_was_born_today_at_the_latest_and_130_years_ago_at_most() {
        for (on, fits) in [("2026-11-17", true), ("2026-11-18", false), ("1987-02-28", true), ("1900-01-01", true)] {
            let expected = if fits { vec![] } else { vec![fault("/birth_date", Rule::BirthDateOutOfRange)] };
            assert_eq!(register(&manager(), born(on), places(None)).map_or_else(faults, |_| Vec::new()), expected, "{on}");
        }
        let in_2035 = scope(&manager(), crate::given::at("2035-06-15T10:00:00.000Z"));
        for (on, fits) in [("1905-06-15", true), ("1905-06-14", false)] {
            let registered = Beneficiary::register(&in_2035, id(1), beneficiary(0).reference, born(on), places(None));
            assert_eq!(registered.is_ok(), fits, "{on}");
        }
    }

    #[test]
    fn a_merged_or_purged_file_is_no_longer_edited() {
        let merged = Beneficiary { merged_into: Some(id(9)), ..beneficiary(0) };
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
        for person in [merged, purged] {
            assert_eq!(edit(&manager(), &person, order(), places(None)).unwrap_err(), Refusal::Conflict(Rule::BeneficiaryClosed));
        }
    }

    #[test]
    fn an_edit_keeps_the_reference_and_says_nothing_personal() {
        let edited = edit(&manager(), &beneficiary(0), order(), places(None)).unwrap();
        assert_eq!(edited.after.reference, beneficiary(0).reference);
        assert_eq!((edited.after.first_name.clone(), edited.after.stamp.version), (Some(name("Dominique")), 2));
        assert_eq!((edited.event.beneficiary, edited.event.codes.len()), (Some(beneficiary(0).id), 0));
    }
}
