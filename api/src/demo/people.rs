//! Who is accompanied: invented people of every commune, as many as it is large. Which of them take part in a group is in `stays`.

use std::collections::HashSet;

use domain::beneficiary::{Beneficiary, BeneficiaryOrder, Details, Places};
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::person_reference::PersonReference;
use domain::policy::{ManageBeneficiary, ReadBeneficiary};
use domain::refusal::Refusal;
use domain::text::folded;
use persistence::beneficiaries::{self, BeneficiaryQuery};
use persistence::{Listing, Write};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, said, time};
use super::{names, places};
use crate::problem::Stop;

/// The département the references begin with.
const DEPARTMENT: &str = "87";

/// Somebody invented.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Id<Beneficiary>,
    /// The number of their territory.
    pub(super) territory: usize,
    pub(super) registered_at: Instant,
    pub(super) born_on: Day,
    number: u64,
    reference: PersonReference,
    first_name: &'static str,
    last_name: &'static str,
    commune: CommuneCode,
}

/// The people, in their order. They are 18 to 64 years old from 2024 to 2029, and were registered before, when they were 18.
pub(super) fn people(world: &World) -> Vec<Person> {
    let mut references = HashSet::new();
    let weights: Vec<(usize, u32)> = world.places.iter().enumerate().map(|(n, place)| (n, place.population)).collect();
    (0..u64::from(world.plan.people)).filter_map(|n| person(world, n, &weights, &mut references)).collect()
}

fn person(world: &World, n: u64, weights: &[(usize, u32)], references: &mut HashSet<PersonReference>) -> Option<Person> {
    let mut chance = Chance::of(world.seed, Kind::Person, n, 0);
    let (first_name, last_name) = names::draw(&mut chance);
    // From the first of July 1964 to the last day of 2005.
    let born_on = Day::new(chrono::NaiveDate::from_ymd_opt(1964, 7, 1)?).plus_days(chance.between(0, 15_158));
    let place = world.places.get(chance.weigh(weights, 0))?;
    let earliest = born_on.plus_months(12 * 18).max(World::first_day());
    let latest = Day::new(chrono::NaiveDate::from_ymd_opt(2024, 1, 1)?);
    let days = u32::try_from((latest.date() - earliest.date()).num_days()).unwrap_or(0);
    let registered_on = earliest.plus_days(chance.between(0, days));
    let registered_at = registered_on.at(time(8 + chance.below(10), chance.below(60)));
    let id = chance.id(registered_at);
    let mut reference = PersonReference::mint(DEPARTMENT, chance.bits());
    while !references.insert(reference.clone()) {
        reference = PersonReference::mint(DEPARTMENT, chance.bits());
    }
    let (territory, commune) = (place.territory, place.code.clone());
    Some(Person { id, territory, registered_at, born_on, number: n, reference, first_name, last_name, commune })
}

/// How France Travail identifies somebody: it tells when it has a referral. Nobody else's, since their number is in it.
pub(super) fn france_travail_id(world: &World, person: &Person) -> String {
    let last = Chance::of(world.seed, Kind::Contact, person.number, 1).below(10_000);
    format!("878{:04}{last:04}", person.number % 10_000)
}

/// The first digits of the numbers that ARCEP keeps free for works of fiction, in the south-west and in Paris.
const FICTITIOUS: [(&str, u32); 2] = [("05 36 49", 9), ("01 99 00", 1)];

/// How to reach somebody, as far as it is known: numbers and addresses that are nobody's.
fn details(world: &World, person: &Person) -> Result<Details, Refusal> {
    let mut chance = Chance::of(world.seed, Kind::Contact, person.number, 0);
    let (_, birth_name) = names::draw(&mut chance);
    let phone = format!("{} {:04}", chance.weigh(&FICTITIOUS, "05 36 49"), chance.below(10_000));
    let local = |name: &str| folded(name).replace(' ', "-");
    let host = chance.pick(&["example.org", "example.net"], "example.org");
    let email = format!("{}.{}{}@{host}", local(person.first_name), local(person.last_name), person.number);
    let has_other_name = chance.happens(18) && birth_name != person.last_name;
    Ok(Details {
        birth_name: has_other_name.then(|| said(birth_name)).transpose()?,
        phone: chance.happens(85).then(|| said(&phone)).transpose()?,
        email: chance.happens(60).then(|| said(&email)).transpose()?,
        france_travail_id: None,
    })
}

/// Registers the people who are missing.
pub(super) async fn make(maker: &Maker<'_>, w: &Write, people: &[Person]) -> Result<(), Stop> {
    let read = maker.may::<ReadBeneficiary>(maker.world.now)?;
    let known = beneficiaries::list(w, &read, &BeneficiaryQuery::default(), &Listing::first(1_000_000)).await?.items;
    let known: HashSet<Id<Beneficiary>> = known.iter().map(|person| person.id).collect();
    let mut registered = Vec::new();
    for person in people.iter().filter(|person| maker.world.has_come(person.registered_at) && !known.contains(&person.id)) {
        let order = BeneficiaryOrder {
            last_name: said(person.last_name)?,
            first_name: said(person.first_name)?,
            birth_date: Some(person.born_on),
            commune_code: Some(person.commune.clone()),
            details: details(maker.world, person)?,
            territory: None,
        };
        let around = Places {
            commune_known: true,
            proposed: Some(places::id(maker, person.territory)),
            territory_known: true,
            own: &[],
            is_identified_elsewhere: false,
        };
        let scope = maker.may::<ManageBeneficiary>(person.registered_at)?;
        registered.push(Beneficiary::register(&scope, person.id, person.reference.clone(), order, around)?);
    }
    Ok(beneficiaries::save_all(w, &registered).await?)
}
