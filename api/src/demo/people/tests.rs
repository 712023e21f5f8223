//! That nobody invented is like another, and that households and numbers are as real ones, and nobody's.

use std::collections::{HashMap, HashSet};

use domain::household::HouseholdRole;
use domain::matching::{Known, MatchOutcome, Wanted, judge};
use domain::naming::forms;
use domain::territory::UNASSIGNED;

use super::super::places::Place;
use super::super::{Plan, nirs};
use super::*;

/// A world of some places, without a database.
fn world(seed: u64) -> World {
    let place = |(code, name, population): (&str, &str, u32)| Place {
        code: code.parse().unwrap(),
        name: name.to_owned(),
        postal_codes: vec!["87000".parse().unwrap()],
        population,
        territory: 0,
    };
    let places =
        [("87085", "Limoges", 130_000), ("87154", "Saint-Junien", 11_000), ("87001", "Aixe-sur-Vienne", 5_800), ("87089", "Magnac-Laval", 1_700)];
    World { seed, plan: Plan::of(seed), now: "2026-11-22T10:00:00Z".parse().unwrap(), places: places.map(place).into() }
}

fn wanted(world: &World, person: &Person) -> Wanted {
    let details = identity::details(world, person).unwrap();
    Wanted {
        last_name: person.called.last_name.parse().unwrap(),
        first_name: person.called.first_name.parse().unwrap(),
        birth_name: details.birth_name,
        birth_date: Some(person.born_on),
        nir: None,
        france_travail_id: Some(france_travail_id(world, person).parse().unwrap()),
        phone: details.phone,
        email: details.email,
    }
}

fn known(person: &Person, wanted: &Wanted) -> Known {
    Known {
        id: person.id,
        reference: person.reference.clone(),
        territory: UNASSIGNED,
        last_name: Some(wanted.last_name.clone()),
        first_name: Some(wanted.first_name.clone()),
        birth_name: wanted.birth_name.clone(),
        birth_date: wanted.birth_date,
        france_travail_id: wanted.france_travail_id.clone(),
        phone: wanted.phone.clone(),
        email: wanted.email.clone(),
        same_nir: false,
        has_other_definitive_nir: false,
    }
}

#[test]
fn nobody_is_taken_for_somebody_else() {
    for seed in [87, 5] {
        let world = world(seed);
        let people = people(&world);
        assert_eq!(people.len(), 1_500);
        let wanted: Vec<Wanted> = people.iter().map(|person| wanted(&world, person)).collect();
        // Whom one comes upon by a first name, the day of birth or a phone: rules need one of them.
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let keys = |wanted: &Wanted| {
            let mut keys = forms(&wanted.first_name);
            keys.extend(wanted.birth_date.map(|day| day.to_string()));
            keys.extend(wanted.phone.as_ref().map(ToString::to_string));
            keys
        };
        for (place, one) in wanted.iter().enumerate() {
            for key in keys(one) {
                by_key.entry(key).or_default().push(place);
            }
        }
        for (place, one) in wanted.iter().enumerate() {
            let others: HashSet<usize> = keys(one).iter().flat_map(|key| &by_key[key]).copied().filter(|other| *other != place).collect();
            let found = others.into_iter().map(|other| known(&people[other], &wanted[other])).collect();
            let matching = judge(one, found);
            assert_eq!(matching.outcome, MatchOutcome::Nobody, "{:?} {:?}", people[place].called, matching.rule);
        }
    }
}

#[test]
fn a_fifth_of_the_households_have_two_adults_who_live_together() {
    let world = world(87);
    let people = people(&world);
    let mut households: HashMap<u64, Vec<&Person>> = HashMap::new();
    for person in &people {
        if let Some(home) = &person.home {
            households.entry(home.number).or_default().push(person);
        }
    }
    let couples: Vec<&Vec<&Person>> = households.values().filter(|adults| adults.len() == 2).collect();
    assert!((17..=23).contains(&(100 * couples.len() / households.len())), "{} of {}", couples.len(), households.len());
    let mut shared = 0;
    for adults in &couples {
        let roles: HashSet<HouseholdRole> = adults.iter().filter_map(|adult| adult.home.map(|home| home.role)).collect();
        assert_eq!(roles.len(), 2);
        let address = |adult: &Person| identity::details(&world, adult).map(|details| (details.street, details.postal_code)).unwrap();
        assert_eq!((adults[0].place, address(adults[0])), (adults[1].place, address(adults[1])));
        let numbers = adults.iter().map(|adult| households::order(&world, adult).unwrap().unwrap());
        let numbers: HashSet<_> = numbers.map(|(id, order)| (id, order.number.unwrap().file_number.to_string())).collect();
        assert_eq!(numbers.len(), 1);
        shared += usize::from(adults[0].called.last_name == adults[1].called.last_name);
    }
    assert!((30..=60).contains(&(100 * shared / couples.len())), "{shared} of {}", couples.len());
    let numbers: HashSet<String> = people
        .iter()
        .filter_map(|person| households::order(&world, person).unwrap())
        .map(|(_, order)| order.number.unwrap().file_number.to_string())
        .collect();
    assert_eq!(numbers.len(), households.len(), "no two households share a number");
}

#[test]
fn a_third_have_a_number_that_is_nobodys_and_agrees_with_who_they_are() {
    let world = world(87);
    let people = people(&world);
    let numbers = nirs::numbers(&world, &people).unwrap();
    assert!((30..=38).contains(&(100 * numbers.len() / people.len())), "{}", numbers.len());
    let each: HashSet<_> = numbers.iter().map(|(_, nir)| nir.clone()).collect();
    assert_eq!(each.len(), numbers.len());
    assert!(numbers.iter().all(|(_, nir)| &nir.number()[7..10] == "999"), "of no commune");
    let provisional = numbers.iter().filter(|(_, nir)| nir.is_provisional()).count();
    assert!((2..=15).contains(&(100 * provisional / numbers.len())), "{provisional}");
    for (person, nir) in &numbers {
        let year = person.born_on.to_string()[2..4].to_owned();
        assert_eq!(nir.number()[1..3], year);
    }
}

#[test]
fn what_stands_in_a_file_is_known_of_most_and_not_of_all() {
    let world = world(87);
    let people = people(&world);
    let details: Vec<_> = people.iter().map(|person| identity::details(&world, person).unwrap()).collect();
    let share = |is: &dyn Fn(&domain::beneficiary::Details) -> bool| 100 * details.iter().filter(|one| is(one)).count() / details.len();
    assert!((93..=99).contains(&share(&|one| one.title.is_some())));
    assert!((83..=93).contains(&share(&|one| one.birth_place.is_some())));
    assert!((90..=99).contains(&share(&|one| one.street.is_some() && one.postal_code.is_some())));
    assert!((1..=4).contains(&share(&|one| one.no_fixed_abode)));
}
