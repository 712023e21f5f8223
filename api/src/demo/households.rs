//! The households of those who receive the RSA: one adult or two, who live in one commune and may share a name, with a number at the CAF or
//! the MSA. Their rights are in `rights`.

use std::collections::BTreeMap;

use domain::beneficiary::{HouseholdOrder, Title};
use domain::calendar::Day;
use domain::household::{Household, HouseholdNumber, HouseholdRole, PayingBody};
use domain::id::Id;
use domain::refusal::Refusal;

use super::chance::{Chance, Kind};
use super::identity::Register;
use super::maker::{World, said};
use super::people::Person;

/// The household somebody is an adult of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    /// The number of its claimant among the people.
    pub(super) number: u64,
    /// When its claimant was born.
    pub(super) born_on: Day,
    pub(super) role: HouseholdRole,
}

/// How many in a hundred never received the RSA: they have no household.
const NEVER: u32 = 8;
/// How many in a hundred are joined by a second adult, if there is one in their commune: a fifth of the households have two then.
const JOINED: u32 = 23;
/// How far apart in age two adults of one household are at most, in days.
const YEARS_APART: i64 = 9 * 365;

/// Gives everybody their household.
pub(super) fn settle(world: &World, people: &mut [Person], register: &mut Register) {
    let mut communes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, person) in people.iter().enumerate() {
        communes.entry(person.place).or_default().push(place);
    }
    for neighbours in communes.values() {
        for (turn, place) in neighbours.iter().enumerate() {
            let Some(person) = people.get(*place).filter(|person| person.home.is_none()) else { continue };
            let (number, born_on, called) = (person.number, person.born_on, person.called);
            let mut chance = Chance::of(world.seed, Kind::Household, number, 0);
            if chance.happens(NEVER) {
                continue;
            }
            let is_joined = chance.happens(JOINED);
            let wants = if chance.happens(95) { other(called.title) } else { called.title };
            let shares_name = chance.happens(55);
            let fits = |one: &Person| one.home.is_none() && one.called.title == wants && days_apart(one.born_on, born_on) <= YEARS_APART;
            let later = neighbours.get(turn + 1..).unwrap_or_default();
            let spouse = later.iter().copied().find(|place| is_joined && people.get(*place).is_some_and(fits));
            for (place, role) in [(Some(*place), HouseholdRole::Claimant), (spouse, HouseholdRole::Spouse)] {
                if let Some(person) = place.and_then(|place| people.get_mut(place)) {
                    person.home = Some(Home { number, born_on, role });
                }
            }
            if let Some(spouse) = spouse.filter(|_| shares_name && wants != called.title) {
                let (her, him) = if called.title == Title::Madam { (*place, spouse) } else { (spouse, *place) };
                let name = people.get(him).map(|him| him.called.last_name);
                if let Some((her, name)) = people.get_mut(her).zip(name) {
                    her.called = register.marries(her.called, name).unwrap_or(her.called);
                }
            }
        }
    }
}

fn days_apart(one: Day, other: Day) -> i64 {
    (one.date() - other.date()).num_days().abs()
}

const fn other(title: Title) -> Title {
    match title {
        Title::Madam => Title::Mister,
        Title::Mister => Title::Madam,
    }
}

/// Fewer people than this live in the country, where more of them are with the MSA.
const RURAL: u32 = 2_500;

/// The household of somebody with its number, under its id.
pub(super) fn order(world: &World, person: &Person) -> Result<Option<(Id<Household>, HouseholdOrder)>, Refusal> {
    let Some(home) = person.home else { return Ok(None) };
    let mut chance = Chance::of(world.seed, Kind::Household, home.number, 2);
    let id = chance.id(World::begins_at());
    let is_rural = world.places.get(person.place).is_some_and(|place| place.population < RURAL);
    let (first, middle, last) = (chance.between(1, 9), chance.below(100), home.number % 10_000);
    let (body, code, number) = if chance.happens(if is_rural { 26 } else { 4 }) {
        (PayingBody::Msa, None, format!("M{first}{middle:02}{last:04}"))
    } else {
        (PayingBody::Caf, Some(said("871")?), format!("{first}{middle:02}{last:04}"))
    };
    let number = HouseholdNumber::read(body, code, &said(&number)?);
    Ok(Some((id, HouseholdOrder { number, role: home.role })))
}
