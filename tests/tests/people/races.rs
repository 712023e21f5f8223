//! Twenty clients at once with the same person: one registers them, and the others are told. Two people at once are two.

use std::collections::BTreeSet;

use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use persistence::Engine;
use serde_json::{Value, json};

use super::{PEOPLE, SEARCH, ask, born, named, path, read, registered};
use crate::concurrency::{at_once, counted, tally};
use crate::referrals::with;

const CLIENTS: usize = 20;

/// That one of these answers registered somebody, whom the others name, and that the files hold one more.
async fn assert_one(by: &Client, answers: &[Answer], before: usize) -> Value {
    assert_eq!(tally(answers), counted(&[("201", 1), ("409 POSSIBLE_DUPLICATE", CLIENTS - 1)]));
    let winner = answers.iter().find(|answer| answer.status == 201).unwrap().json();
    for refused in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(refused.json()["conflicting_id"], winner["id"]);
    }
    assert_eq!(by.list(&format!("{PEOPLE}?limit=200")).await.len(), before + 1);
    winner
}

async fn register_at_once(by: &[Client], orders: &[Value]) -> Vec<Answer> {
    at_once(orders.len(), |place| by[place % by.len()].post(PEOPLE, orders[place].clone())).await
}

async fn callers(server: &TestServer) -> Vec<Client> {
    let mut callers = vec![server.manager().await];
    for _ in 1..CLIENTS {
        callers.push(server.caseworker(&[]).await);
    }
    callers
}

/// One person in twenty spellings: any two of them are one to the rules.
fn spelled(birth_date: &Value) -> Vec<Value> {
    let last = ["Lefèvre-D'Almeida", "LEFEVRE D’ALMEIDA", "lefevre dalmeida", "Lefevre-d-Almeida", "LEFÈVRE D'ALMEIDA"];
    let first = ["Anne-Zoé", "ANNE ZOE", "annezoé", "Anne-zoe"];
    let all = last.iter().flat_map(|last| first.iter().map(|first| with(named(last, first), json!({"birth_date": birth_date}))));
    all.collect()
}

#[test]
fn twenty_who_register_the_same_person_at_once_register_one() {
    on_both(async |server| {
        let callers = callers(server).await;
        let phone = |last_name: String| with(named(&last_name, "Dominique"), json!({"phone": "0612345678"}));
        let given = server.given();
        let runs = [
            ("with a birth date", vec![born("Exemple", "Claude", "1985-05-12"); CLIENTS]),
            ("without one", vec![named("Exemplaire", "Camille"); CLIENTS]),
            ("spelled in twenty ways", spelled(&json!("1990-02-28"))),
            ("with one phone and one first name", (0..CLIENTS).map(|_| phone(given.surname())).collect()),
        ];
        for (before, (_, orders)) in runs.into_iter().enumerate() {
            let answers = register_at_once(&callers, &orders).await;
            assert_one(&callers[0], &answers, before).await;
        }
        // The controls: twenty people, and twenty people of the same names born on twenty days.
        for orders in [
            (0..CLIENTS).map(|_| named(&given.surname(), "Claude")).collect::<Vec<_>>(),
            (0..CLIENTS).map(|_| born("Homonyme", "Claude", &given.birth_date())).collect(),
        ] {
            let answers = register_at_once(&callers, &orders).await;
            assert_eq!(tally(&answers), counted(&[("201", CLIENTS)]));
        }
        assert_eq!(callers[0].list(&format!("{PEOPLE}?limit=200")).await.len(), 4 + 2 * CLIENTS);
    });
}

#[test]
fn twenty_who_spell_the_same_person_differently_without_a_birth_date_register_one() {
    on_both(async |server| {
        let callers = callers(server).await;
        for round in 0..5 {
            // Some know when they were born: an unknown birth date is like any.
            let birth_date = if round % 2 == 0 { Value::Null } else { json!("1990-02-28") };
            let orders: Vec<Value> = spelled(&Value::Null)
                .into_iter()
                .enumerate()
                .map(|(place, order)| {
                    let last_name = format!("{} {}", ["Bado", "Figu", "Jako", "Luma", "Nipo"][round], order["last_name"].as_str().unwrap());
                    with(order, json!({"last_name": last_name, "birth_date": if place % 3 == 0 { birth_date.clone() } else { Value::Null }}))
                })
                .collect();
            let answers = register_at_once(&callers, &orders).await;
            let winner = assert_one(&callers[0], &answers, round).await;
            let found = ask(&callers[0], SEARCH, json!({"name": orders[0]["last_name"]})).await.expect(200).ids();
            assert_eq!(found, [winner["id"].as_str().unwrap()]);
        }
    });
}

#[test]
fn two_servers_on_one_database_register_one() {
    on_databases(&[Engine::Postgres], async |database| {
        let one = TestServer::start(database, &[]).await;
        let other = one.start_again(database, &[]).await;
        let managers = [one.manager().await, other.professional("manager", &one.manager().await.id())];
        for round in 0..5 {
            let answers = register_at_once(&managers, &vec![named(&one.given().surname(), "Claude"); CLIENTS]).await;
            assert_one(&managers[0], &answers, round).await;
        }
        for server in [&one, &other] {
            server.stop().await;
            server.assert_contract_was_kept();
        }
    });
}

#[test]
fn twenty_people_edited_at_once_into_the_same_names_are_one_and_nineteen_others() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let mut people = Vec::new();
        for _ in 0..CLIENTS {
            people.push(given.person().await);
        }
        let same = born("Homonyme", "Dominique", "1985-05-12");
        let answers = at_once(CLIENTS, async |place| manager.put_if_match(&path(&people[place]), "\"1.0\"", same.clone()).await).await;
        assert_eq!(tally(&answers), counted(&[("200", 1), ("409 POSSIBLE_DUPLICATE", CLIENTS - 1)]));
        let mut named_so = BTreeSet::new();
        for person in &people {
            let file = read(server, person).await.json();
            if file["last_name"] == "Homonyme" {
                named_so.insert(person.id.clone());
            }
        }
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap().id();
        assert_eq!(named_so, BTreeSet::from([winner]));
    });
}

#[test]
fn one_who_is_registered_and_one_who_is_edited_into_them_at_once_are_not_both() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        for _ in 0..10 {
            let person = registered(server, born(&given.surname(), "Claude", &given.birth_date())).await;
            let (path, same) = (path(&person), named(&given.surname(), "Dominique"));
            let (registered, edited) = tokio::join!(manager.post(PEOPLE, same.clone()), manager.put_if_match(&path, "\"1.0\"", same.clone()));
            let codes = [(registered.status, registered.code()), (edited.status, edited.code())];
            let refused = (409, "POSSIBLE_DUPLICATE".to_owned());
            assert!(codes == [(201, String::new()), refused.clone()] || codes == [refused, (200, String::new())], "{codes:?}");
        }
    });
}
