//! Who people are besides their names: how they are addressed, where they were born, where they live and how they are reached. Streets are
//! invented, numbers and addresses nobody's.

use std::collections::HashSet;

use domain::beneficiary::{Details, Title};
use domain::calendar::Day;
use domain::identifier::person_reference::PersonReference;
use domain::refusal::Refusal;
use domain::text::folded;

use super::chance::{Chance, Kind};
use super::maker::{World, said};
use super::names;
use super::people::Person;

/// What nobody has who was invented before: two people with the same would be taken for one.
#[derive(Debug, Default)]
pub(super) struct Register {
    references: HashSet<PersonReference>,
    birth_dates: HashSet<Day>,
    names: HashSet<(&'static str, &'static str)>,
    phones: HashSet<String>,
}

/// What somebody is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called {
    pub(super) title: Title,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    /// Their name at birth, where it is another one.
    pub(super) birth_name: Option<&'static str>,
}

/// How often somebody is called anew who would be a double.
const TRIES: u32 = 1_000;

impl Register {
    /// Whether this reference is free; it is not any more.
    pub(super) fn takes_reference(&mut self, reference: &PersonReference) -> bool {
        self.references.insert(reference.clone())
    }

    /// This day, or the last one before on which nobody was born.
    pub(super) fn birth_date(&mut self, drawn: Day) -> Option<Day> {
        (0..).map(|earlier: i64| drawn.plus_days(-earlier)).take(20_000).find(|day| self.birth_dates.insert(*day))
    }

    /// The names drawn, unless somebody has them or had them at birth: then others.
    pub(super) fn called(&mut self, world: &World, n: u64, drawn: (&'static str, &'static str)) -> Option<Called> {
        let mut chance = Chance::of(world.seed, Kind::Identity, n, 1);
        let either = chance.pick(&[Title::Madam, Title::Mister], Title::Madam);
        let (_, other) = names::draw(&mut chance);
        (0..TRIES).find_map(|time| {
            let (first_name, last_name) = if time == 0 { drawn } else { names::draw(&mut chance) };
            let title = names::title(first_name).unwrap_or(either);
            let often = if title == Title::Madam { 34 } else { 2 };
            let birth_name = (chance.happens(often) && other != last_name).then_some(other);
            let called = Called { title, first_name, last_name, birth_name };
            self.takes_names(called).then_some(called)
        })
    }

    fn takes_names(&mut self, called: Called) -> bool {
        let Called { first_name, last_name, birth_name, .. } = called;
        let families = || std::iter::once(last_name).chain(birth_name);
        let is_free = families().all(|family| !self.names.contains(&(first_name, family)));
        if is_free {
            self.names.extend(families().map(|family| (first_name, family)));
        }
        is_free
    }

    /// Her name once she has taken another one, unless somebody has it.
    pub(super) fn marries(&mut self, called: Called, last_name: &'static str) -> Option<Called> {
        let is_new = self.names.insert((called.first_name, last_name));
        is_new.then_some(Called { last_name, birth_name: Some(called.birth_name.unwrap_or(called.last_name)), ..called })
    }

    /// The phone of person number `n`, if it is known.
    pub(super) fn phone(&mut self, world: &World, n: u64) -> Option<String> {
        let mut chance = Chance::of(world.seed, Kind::Contact, n, 2);
        let (prefix, drawn) = (chance.weigh(&FICTITIOUS, "05 36 49"), chance.below(10_000));
        let is_known = chance.happens(85);
        let free = (0..10_000).map(|later| format!("{prefix} {:04}", (drawn + later) % 10_000)).find(|phone| self.phones.insert(phone.clone()));
        free.filter(|_| is_known)
    }
}

/// The first digits of the numbers that ARCEP keeps free for works of fiction, in the south-west and in Paris.
const FICTITIOUS: [(&str, u32); 2] = [("05 36 49", 9), ("01 99 00", 1)];

/// Where people were born who were not born in the département, with what their social security number says of it, and how often.
const ELSEWHERE: [((&str, &str), u32); 25] = [
    (("Brive-la-Gaillarde", "19"), 8),
    (("Guéret", "23"), 8),
    (("Angoulême", "16"), 6),
    (("Périgueux", "24"), 6),
    (("Châteauroux", "36"), 5),
    (("Poitiers", "86"), 5),
    (("Bordeaux", "33"), 5),
    (("Paris", "75"), 5),
    (("Tulle", "19"), 3),
    (("Aubusson", "23"), 3),
    (("Clermont-Ferrand", "63"), 3),
    (("Toulouse", "31"), 3),
    (("Orléans", "45"), 2),
    (("Lyon", "69"), 2),
    (("Lille", "59"), 2),
    (("Marseille", "13"), 2),
    (("Nantes", "44"), 2),
    (("Alger (Algérie)", "99"), 4),
    (("Oran (Algérie)", "99"), 3),
    (("Casablanca (Maroc)", "99"), 4),
    (("Tunis (Tunisie)", "99"), 2),
    (("Porto (Portugal)", "99"), 3),
    (("Conakry (Guinée)", "99"), 3),
    (("Bamako (Mali)", "99"), 3),
    (("Izmir (Turquie)", "99"), 2),
];

/// The département whose code a birth in one of its communes begins with.
const DEPARTMENT: &str = "87";

/// Where somebody was born, as their papers write it, and the first two digits of that place's code.
pub(super) fn birth_place<'a>(world: &'a World, person: &Person) -> (&'a str, &'static str) {
    let mut chance = Chance::of(world.seed, Kind::Identity, person.number, 0);
    let mut place = chance.weigh(&ELSEWHERE, ("Limoges", DEPARTMENT));
    if chance.happens(62) {
        // Most are born where there is a hospital, some at home.
        place = ("Limoges", DEPARTMENT);
        if chance.happens(30) {
            return (world.places.get(person.place).map_or("Limoges", |place| &place.name), DEPARTMENT);
        }
    }
    place
}

/// Ways that no commune is known to have.
const STREETS: [&str; 20] = [
    "rue du Merle-Siffleur",
    "rue des Trois-Écuelles",
    "impasse de la Bergeronnette",
    "chemin du Puits-aux-Geais",
    "allée des Noisetiers-Tordus",
    "rue de la Cane-Rouge",
    "route du Moulin-Penché",
    "place de la Bonde",
    "rue des Émaux-Bleus",
    "chemin de la Combe-Rousse",
    "rue du Sabot-Fendu",
    "avenue des Sept-Châtaigniers",
    "rue de la Faisselle",
    "impasse du Loriot",
    "rue des Grandes-Lessives",
    "square de la Pie-Bavarde",
    "rue du Vieux-Métier-à-Tisser",
    "route de la Croix-Moussue",
    "allée du Ruisseau-Courbe",
    "rue de la Clé-Perdue",
];

/// What is known of somebody besides who they are.
pub(super) fn details(world: &World, person: &Person) -> Result<Details, Refusal> {
    let Called { title, first_name, last_name, birth_name } = person.called;
    let mut chance = Chance::of(world.seed, Kind::Contact, person.number, 3);
    let local = |name: &str| folded(name).replace(' ', "-");
    let host = chance.pick(&["example.org", "example.net"], "example.org");
    let email = format!("{}.{}{}@{host}", local(first_name), local(last_name), person.number);
    let (has_email, says_title, says_birth_place) = (chance.happens(60), chance.happens(97), chance.happens(88));
    let (birth_place, _) = birth_place(world, person);
    let address = address(world, person);
    Ok(Details {
        title: says_title.then_some(title),
        birth_name: birth_name.map(said).transpose()?,
        birth_place: says_birth_place.then(|| said(birth_place)).transpose()?,
        street: address.street.map(|street| said(&street)).transpose()?,
        postal_code: address.postal_code,
        no_fixed_abode: address.is_domiciliation,
        phone: person.phone.as_deref().map(said).transpose()?,
        email: has_email.then(|| said(&email)).transpose()?,
        ..Details::default()
    })
}

struct Address {
    street: Option<String>,
    postal_code: Option<domain::identifier::postal_code::PostalCode>,
    is_domiciliation: bool,
}

/// Both adults of a household live at the address of its claimant.
fn address(world: &World, person: &Person) -> Address {
    let resident = person.home.as_ref().map_or(person.number, |home| home.number);
    let mut chance = Chance::of(world.seed, Kind::Household, resident, 1);
    let codes = world.places.get(person.place).map_or(&[][..], |place| &place.postal_codes);
    let which = chance.bits() % (codes.len().max(1) as u64);
    let postal_code = usize::try_from(which).ok().and_then(|which| codes.get(which)).cloned();
    let is_domiciliation = chance.happens(2);
    let street = format!("{} {}", chance.between(1, 68), chance.pick(&STREETS, "rue de la Bonde"));
    let street = if is_domiciliation { "CCAS, service domiciliation".to_owned() } else { street };
    let is_known = is_domiciliation || chance.happens(96);
    Address { street: is_known.then_some(street), postal_code: postal_code.filter(|_| is_known), is_domiciliation }
}
