//! Registering and editing people: where they may be put, what is wrong with them, and whom they must not be mixed with.

use super::*;
use crate::actor::{Actor, Role};
use crate::given::{beneficiary, caseworker, day, fault, faults, id, line, manager, name, now, professional, scope};
use crate::household::PayingBody;
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
        household: None,
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
fn places(proposed: Option<Id<Territory>>) -> Around<'static> {
    Around { commune_known: true, proposed, territory_known: true, own: &[OWN], household: None, mixing: None, nir: None }
}

fn register(actor: &Actor, order: BeneficiaryOrder, places: Around<'_>) -> Result<Id<Territory>, Refusal> {
    let reference = beneficiary(0).reference;
    Beneficiary::register(&scope(actor, now()), id(1), reference, order, places).map(|decided| decided.after.territory)
}

fn edit(actor: &Actor, person: &Beneficiary, order: BeneficiaryOrder, places: Around<'_>) -> Result<Decided<Change<Beneficiary>>, Refusal> {
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
    let none_own = Around { own: &[], ..places(Some(ELSEWHERE)) };
    assert_eq!(edit(&delegate, &person, order(), none_own).unwrap().after.territory, ELSEWHERE);
}

#[test]
fn what_is_wrong_with_a_person_is_told_at_once() {
    let wrong = BeneficiaryOrder { birth_date: Some(day("2026-11-18")), commune_code: "87999".parse().ok(), ..in_territory(ELSEWHERE) };
    let nowhere = Around { commune_known: false, territory_known: false, ..places(None) };
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
fn an_order_does_not_contradict_the_number_that_they_have() {
    let nir = "1850587999123".parse().unwrap();
    let numbered = Around { nir: Some(&nir), ..places(None) };
    let said = |title, on: &str| BeneficiaryOrder { details: Details { title, ..Details::default() }, ..born(on) };
    let edited = |order| edit(&manager(), &beneficiary(0), order, numbered).map_or_else(faults, |_| Vec::new());
    assert_eq!(edited(said(Some(Title::Mister), "1985-12-31")), []);
    assert_eq!(edited(order()), [], "nothing is said");
    let wrong = [fault("/birth_date", Rule::NirContradictsBirth), fault("/title", Rule::NirContradictsTitle)];
    assert_eq!(edited(said(Some(Title::Madam), "1986-05-12")), wrong);
    assert!(beneficiary(0).speaks_of_nir(&born("1985-05-12")) && beneficiary(0).speaks_of_nir(&said(Some(Title::Madam), "1985-05-12")));
    // What the order leaves as it was is not its fault.
    let contrary = Beneficiary { birth_date: Some(day("1986-05-12")), ..beneficiary(0) };
    let left = edit(&manager(), &contrary, said(Some(Title::Mister), "1986-05-12"), numbered);
    assert!(left.is_ok());
    let born_then = Beneficiary { birth_date: Some(day("1985-05-12")), ..beneficiary(0) };
    assert!(!born_then.speaks_of_nir(&born("1985-05-12")) && born_then.speaks_of_nir(&order()));
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

#[test]
fn nobody_is_registered_or_edited_into_somebody_else() {
    for (mixing, rule) in
        [(Mixing::Identifier, Rule::IdentifierConflict), (Mixing::Place, Rule::HouseholdRoleTaken), (Mixing::Person, Rule::PossibleDuplicate)]
    {
        let mixed = Around { mixing: Some(mixing), ..places(None) };
        assert_eq!(register(&manager(), order(), mixed), Err(Refusal::Conflict(rule)));
        assert_eq!(edit(&manager(), &beneficiary(0), order(), mixed).unwrap_err(), Refusal::Conflict(rule));
    }
}

fn in_household(number: &str) -> BeneficiaryOrder {
    let number = HouseholdNumber::read(PayingBody::Caf, None, &line(number));
    BeneficiaryOrder { household: Some(HouseholdOrder { number, role: HouseholdRole::Spouse }), ..order() }
}

#[test]
fn an_adult_of_a_household_is_its_claimant_or_its_spouse() {
    let known = Around { household: Some(id(71)), ..places(None) };
    let joined = edit(&manager(), &beneficiary(0), in_household("1234567"), known).unwrap();
    let membership = joined.after.household.clone().unwrap();
    assert_eq!((membership.household.id, membership.role), (id(71), HouseholdRole::Spouse));
    let left = edit(&manager(), &joined.after, order(), places(None)).unwrap();
    assert_eq!(left.after.household, None);
    let wrong = edit(&manager(), &beneficiary(0), in_household("12345"), places(None)).unwrap_err();
    assert_eq!(faults(wrong), [fault("/household/file_number", Rule::FileNumberInvalid)]);
}

#[test]
fn other_names_or_another_birth_date_say_that_somebody_else_may_be_meant() {
    let person = edit(&manager(), &beneficiary(0), born("1985-05-12"), places(None)).unwrap();
    let details = |details| BeneficiaryOrder { details, ..born("1985-05-12") };
    for (order, is_renamed) in [
        (born("1985-05-12"), false),
        (born("1985-05-13"), true),
        (order(), true),
        (BeneficiaryOrder { first_name: name("Camille"), ..born("1985-05-12") }, true),
        (details(Details { birth_name: Some(name("Modèle")), ..Details::default() }), true),
        (details(Details { phone: "0612345678".parse().ok(), ..Details::default() }), false),
    ] {
        assert_eq!(person.after.is_renamed_by(&order), is_renamed, "{order:?}");
    }
}
