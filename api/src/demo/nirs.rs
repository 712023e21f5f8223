//! Social security numbers for a third of the invented people, of communes that do not exist: nobody's. They are recorded through the rules,
//! and sealed as any other.

use std::collections::HashMap;

use chrono::Datelike;
use domain::beneficiary::{Beneficiary, Title};
use domain::change::Change;
use domain::identifier::nir::Nir;
use domain::policy::ManageBeneficiary;
use domain::refusal::{Decided, Refusal};
use persistence::{Write, nirs};

use super::chance::{Chance, Kind};
use super::identity::birth_place;
use super::maker::{Maker, World, said};
use super::people::Person;
use crate::nir::seal::Seal;
use crate::problem::{Kind as Problem, Stop};

/// How many in a hundred people have one.
const KNOWN: u32 = 34;
/// No département has a commune of this number.
const NOWHERE: &str = "999";

/// The numbers of those who have one, each another.
pub(super) fn numbers<'a>(world: &World, people: &'a [Person]) -> Result<Vec<(&'a Person, Nir)>, Refusal> {
    let mut births: HashMap<String, u32> = HashMap::new();
    let mut numbers = Vec::new();
    for person in people {
        let mut chance = Chance::of(world.seed, Kind::Nir, person.number, 0);
        let is_known = chance.happens(KNOWN);
        // 7 and 8 are given for a time, to those whose birth is not certified yet: above all to those who were born abroad.
        let (_, department) = birth_place(world, person);
        let is_provisional = chance.happens(if department == "99" { 30 } else { 3 });
        let first = match (person.called.title, is_provisional) {
            (Title::Mister, false) => 1,
            (Title::Madam, false) => 2,
            (Title::Mister, true) => 7,
            (Title::Madam, true) => 8,
        };
        let born_on = person.born_on.date();
        let birth = format!("{first}{:02}{:02}{department}{NOWHERE}", born_on.year().rem_euclid(100), born_on.month());
        let order = births.entry(birth.clone()).or_default();
        *order += 1;
        if is_known {
            numbers.push((person, said(&format!("{birth}{order:03}"))?));
        }
    }
    Ok(numbers)
}

/// Records the numbers of those who were registered just now.
pub(super) async fn make(
    maker: &Maker<'_>,
    w: &Write,
    people: &[Person],
    registered: &[Decided<Change<Beneficiary>>],
    seal: &Seal,
) -> Result<(), Stop> {
    let registered: HashMap<_, _> = registered.iter().map(|one| (one.after.id, &one.after)).collect();
    let mut is_held = false;
    for (invented, nir) in numbers(maker.world, people)? {
        let Some(person) = registered.get(&invented.id) else { continue };
        let index = seal.index(&nir);
        let is_taken = nirs::is_taken(w, &index, person.id).await?;
        // A visitor gave it to somebody: then there is none.
        let Ok(recorded) = person.record_nir(&maker.may::<ManageBeneficiary>(invented.registered_at)?, nir, is_taken, 0) else { continue };
        let sealed = seal.close(person.id, &recorded.nir).ok_or_else(|| Stop::from(Problem::Internal))?;
        is_held = is_held || nirs::hold_key(w, &sealed.key_id).await?;
        if !is_held {
            return Err(Problem::Internal.into());
        }
        nirs::save(w, &recorded, sealed, &index).await?;
    }
    Ok(())
}
