//! People over HTTP, as the département keeps their files: registered once, matched, found, merged, listed. Written from the contract. What
//! hangs on a file, and the whole file in one answer, has tests of its own; the rules alone are tested in `domain`.

/// Who somebody is: every field, and what is wrong with it.
mod identity;
/// Households and the two places in them.
mod households;
/// Nobody is registered twice in silence.
mod doubles;
/// The same, twenty at once.
mod races;
/// The look before registering.
mod matching;
/// Finding people.
mod searching;
/// Two files that become one.
mod merging;
/// What stands against it.
mod clashes;
/// Several merges at the same moment.
mod collisions;
/// Lists and their filters.
mod lists;

use api_tests::given::Person;
use api_tests::{Answer, Client, TestServer};
use serde_json::{Value, json};

use crate::referrals::with;

pub(crate) const PEOPLE: &str = "/v1/beneficiaries";
pub(crate) const SEARCH: &str = "/v1/beneficiaries/search";
pub(crate) const MATCH: &str = "/v1/beneficiaries/match";

pub(crate) fn path(person: &Person) -> String {
    format!("{PEOPLE}/{}", person.id)
}

/// Somebody of whom only this is said.
fn named(last_name: &str, first_name: &str) -> Value {
    json!({"last_name": last_name, "first_name": first_name})
}

/// Somebody of whom this is said, and when they were born.
fn born(last_name: &str, first_name: &str, birth_date: &str) -> Value {
    with(named(last_name, first_name), json!({"birth_date": birth_date}))
}

/// Registers somebody, or not.
async fn register(server: &TestServer, order: Value) -> Answer {
    server.manager().await.post(PEOPLE, order).await
}

/// Registers somebody.
async fn registered(server: &TestServer, order: Value) -> Person {
    let answer = register(server, order).await.expect(201);
    Person { id: answer.id(), reference: answer.field("person_reference") }
}

/// The file of somebody, as a manager reads it.
async fn read(server: &TestServer, person: &Person) -> Answer {
    server.manager().await.get(&path(person)).await.expect(200)
}

/// Asks without a key, as searches and matches are asked.
async fn ask(by: &Client, path: &str, question: Value) -> Answer {
    by.ask("POST", path).json(&question).send().await
}

/// Merges the second file into the first, as it is now.
pub(crate) async fn merge(by: &Client, survivor: &Person, duplicate: &Person) -> Answer {
    let version = by.get(&path(duplicate)).await.expect(200).json()["version"].clone();
    by.post(&format!("{}/merge", path(survivor)), merge_order(duplicate, version)).await
}

#[expect(clippy::needless_pass_by_value, reason = "an order is written where it is sent")]
fn merge_order(duplicate: &Person, version: Value) -> Value {
    json!({"duplicate_id": duplicate.id, "duplicate_version": version, "reason": "Même personne, vue deux fois à l'accueil."})
}

/// That somebody was refused because they may be in the files already, as this person.
#[track_caller]
fn assert_double(answer: Answer, of: &Person) {
    let answer = answer.expect_problem(409, "POSSIBLE_DUPLICATE");
    assert_eq!(answer.json()["conflicting_id"], json!(of.id), "{}", answer.text());
}
