//! Who is accompanied: invented people of every commune, as many as it is large, none like another. Which of them take part in a group is
//! in `stays`, what stands in their files in `files`.

use std::collections::HashSet;

use domain::beneficiary::{Around, Beneficiary, BeneficiaryOrder};
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::person_reference::PersonReference;
use domain::policy::{ManageBeneficiary, ReadBeneficiary};
use persistence::beneficiaries::{self, BeneficiaryQuery};
use persistence::{Listing, Write};

use super::chance::{Chance, Kind};
use super::households::{self, Home};
use super::identity::{self, Called, Register};
use super::maker::{Maker, World, said, time};
use super::{names, nirs, places};
use crate::nir::seal::Seal;
use crate::problem::Stop;

/// The département the references begin with.
const DEPARTMENT: &str = "87";

/// Somebody invented.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: Id<Beneficiary>,
    /// The number of their territory.
    pub(super) territory: usize,
    /// The number of their commune.
    pub(super) place: usize,
    pub(super) registered_at: Instant,
    pub(super) born_on: Day,
    pub(super) number: u64,
    pub(super) called: Called,
    /// None for those who never received the RSA.
    pub(super) home: Option<Home>,
    pub(super) phone: Option<String>,
    reference: PersonReference,
    commune: CommuneCode,
}

/// The people, in their order. They are 18 to 64 years old from 2024 to 2029, and were registered before, when they were 18.
pub(super) fn people(world: &World) -> Vec<Person> {
    let mut register = Register::default();
    let weights: Vec<(usize, u32)> = world.places.iter().enumerate().map(|(n, place)| (n, place.population)).collect();
    let mut people: Vec<Person> = (0..u64::from(world.plan.people)).filter_map(|n| person(world, n, &weights, &mut register)).collect();
    households::settle(world, &mut people, &mut register);
    people
}

fn person(world: &World, n: u64, weights: &[(usize, u32)], register: &mut Register) -> Option<Person> {
    let mut chance = Chance::of(world.seed, Kind::Person, n, 0);
    let drawn = names::draw(&mut chance);
    // From the first of July 1964 to the last day of 2005.
    let born_on = Day::new(chrono::NaiveDate::from_ymd_opt(1964, 7, 1)?).plus_days(chance.between(0, 15_158));
    let commune = chance.weigh(weights, 0);
    let place = world.places.get(commune)?;
    let earliest = born_on.plus_months(12 * 18).max(World::first_day());
    let latest = Day::new(chrono::NaiveDate::from_ymd_opt(2024, 1, 1)?);
    let days = u32::try_from((latest.date() - earliest.date()).num_days()).unwrap_or(0);
    let registered_on = earliest.plus_days(chance.between(0, days));
    let registered_at = registered_on.at(time(8 + chance.below(10), chance.below(60)));
    let id = chance.id(registered_at);
    let mut reference = PersonReference::mint(DEPARTMENT, chance.bits());
    while !register.takes_reference(&reference) {
        reference = PersonReference::mint(DEPARTMENT, chance.bits());
    }
    Some(Person {
        id,
        territory: place.territory,
        place: commune,
        registered_at,
        born_on: register.birth_date(born_on)?,
        number: n,
        called: register.called(world, n, drawn)?,
        home: None,
        phone: register.phone(world, n),
        reference,
        commune: place.code.clone(),
    })
}

/// How France Travail identifies somebody: it tells when it has a referral. Nobody else's, since their number is in it.
pub(super) fn france_travail_id(world: &World, person: &Person) -> String {
    let last = Chance::of(world.seed, Kind::Contact, person.number, 1).below(10_000);
    format!("878{:04}{last:04}", person.number % 10_000)
}

/// Registers the people who are missing, some with their social security number, if there is something to seal it with.
pub(super) async fn make(maker: &Maker<'_>, w: &Write, people: &[Person], seal: Option<&Seal>) -> Result<(), Stop> {
    let read = maker.may::<ReadBeneficiary>(maker.world.now)?;
    let known = beneficiaries::list(w, &read, &BeneficiaryQuery::default(), &Listing::first(1_000_000)).await?.items;
    let known: HashSet<Id<Beneficiary>> = known.iter().map(|person| person.id).collect();
    let mut registered = Vec::new();
    for person in people.iter().filter(|person| maker.world.has_come(person.registered_at) && !known.contains(&person.id)) {
        let (household_id, household) = households::order(maker.world, person)?.unzip();
        let order = BeneficiaryOrder {
            last_name: said(person.called.last_name)?,
            first_name: said(person.called.first_name)?,
            birth_date: Some(person.born_on),
            commune_code: Some(person.commune.clone()),
            details: identity::details(maker.world, person)?,
            household,
            territory: None,
        };
        let around = Around {
            commune_known: true,
            proposed: Some(places::id(maker, person.territory)),
            territory_known: true,
            own: &[],
            household: household_id,
            mixing: None,
            nir: None,
        };
        let scope = maker.may::<ManageBeneficiary>(person.registered_at)?;
        registered.push(Beneficiary::register(&scope, person.id, person.reference.clone(), order, around)?);
    }
    beneficiaries::save_all(w, &registered).await?;
    match seal {
        Some(seal) => nirs::make(maker, w, people, &registered, seal).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
