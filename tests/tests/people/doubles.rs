//! Nobody is registered twice in silence: whoever may be in the files already is refused until somebody says that they are somebody else.

use std::collections::BTreeSet;

use api_tests::given::Person;
use api_tests::{TestServer, on_both, on_databases};
use persistence::Engine;
use serde_json::{Value, json};

use super::matching::likenesses;
use super::{PEOPLE, assert_double, born, merge, named, path, read, register, registered};
use crate::file::Delegate;
use crate::referrals::with;
use crate::visibility::{log_by_request, people_of};

fn distinct(order: &Value, from: &[&Person]) -> Value {
    with(order.clone(), json!({"distinct_from": from.iter().map(|person| person.reference.clone()).collect::<Vec<_>>()}))
}

#[test]
fn whoever_may_be_in_the_files_already_is_refused_by_each_rule() {
    on_both(async |server| {
        for (rule, known, wanted) in likenesses(server) {
            let known = registered(server, known).await;
            let before = read(server, &known).await.text();
            match rule {
                Some(_) => {
                    assert_double(register(server, wanted.clone()).await, &known);
                    let other = register(server, distinct(&wanted, &[&known])).await.expect(201);
                    assert_ne!(other.id(), known.id, "nobody is merged by being registered");
                }
                None => drop(register(server, wanted).await.expect(201)),
            }
            assert_eq!(read(server, &known).await.text(), before);
        }
    });
}

#[test]
fn everybody_who_is_like_them_has_to_be_named() {
    on_both(async |server| {
        let order = born("Exemple", "Claude", "1985-05-12");
        let one = registered(server, order.clone()).await;
        let two = registered(server, distinct(&order, &[&one])).await;
        assert_double(register(server, distinct(&order, &[&one])).await, &two);
        assert_double(register(server, distinct(&order, &[&two])).await, &one);
        // Whom they are not like is of no use, and does no harm.
        let stranger = registered(server, named("Autre", "Dominique")).await;
        assert_double(register(server, distinct(&order, &[&one, &stranger])).await, &two);
        let mut lower = distinct(&order, &[&one, &two, &stranger]);
        lower["distinct_from"][0] = json!(one.reference.to_lowercase());
        register(server, lower).await.expect(201);
    });
}

#[test]
fn a_refusal_names_nobody_and_leaves_nothing() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworker = server.caseworker(&[&here]).await;
        let known = registered(server, with(born("Unique", "Éléonore", "1985-05-12"), json!({"territory_id": elsewhere}))).await;
        // In the whole département, also where the caller sees nobody.
        let order = with(born("UNIQUE", "Eleonore", "1985-05-12"), json!({"territory_id": here}));
        let refused = caseworker.post(PEOPLE, order.clone()).await.expect_problem(409, "POSSIBLE_DUPLICATE");
        assert_eq!(refused.json()["conflicting_id"], json!(known.id));
        let text = refused.text().to_lowercase();
        assert!(!text.contains("unique") && !text.contains("onore") && !text.contains("1985") && !text.contains(&known.reference.to_lowercase()));
        caseworker.get(&path(&known)).await.expect_problem(404, "NOT_FOUND");
        assert_eq!(server.manager().await.list(PEOPLE).await.len(), 1);
        caseworker.post(PEOPLE, distinct(&order, &[&known])).await.expect(201);
    });
}

#[test]
fn nobody_is_edited_into_a_double() {
    on_both(async |server| {
        let manager = server.manager().await;
        let known = registered(server, born("Exemple", "Claude", "1985-05-12")).await;
        let other = registered(server, born("Autre", "Dominique", "1960-01-20")).await;
        for order in [
            born("Exemple", "Claude", "1985-05-12"),
            born("EXEMPLE", "Clàude", "1985-12-05"),
            named("Exemple", "Claude"),
            with(born("Autre", "Claude", "1985-05-12"), json!({"birth_name": "Exemple"})),
        ] {
            assert_double(manager.edit(&path(&other), order).await, &known);
        }
        assert_eq!(read(server, &other).await.json()["version"], json!(1));
        let order = distinct(&born("Exemple", "Claude", "1985-05-12"), &[&known]);
        manager.edit(&path(&other), order).await.expect(200);
        // They were said to be two: nobody asks again as long as names and birth dates stay, of either.
        for (person, phone) in [(&other, "0612345678"), (&known, "0555000001")] {
            let order = with(born("Exemple", "Claude", "1985-05-12"), json!({"phone": phone}));
            manager.edit(&path(person), order).await.expect(200);
        }
        // One is not one's own double.
        manager.edit(&path(&other), born("Exemple", "Dominique", "1960-01-20")).await.expect(200);
        manager.edit(&path(&other), born("Exemple", "Dominique", "1960-01-21")).await.expect(200);
    });
}

#[test]
fn twins_couples_and_people_of_the_same_names_are_not_doubles() {
    on_both(async |server| {
        let shared = json!({"phone": "0612345678", "email": "famille@example.test", "commune_code": "87085", "street": "1 rue de l'Exemple"});
        for order in [
            // Twins.
            born("Exemple", "Anne", "1985-05-12"),
            born("Exemple", "Paul", "1985-05-12"),
            // A mother, a father and a daughter called like her mother.
            born("Exemple", "Marie", "1958-03-21"),
            born("Exemple", "Jean", "1956-11-02"),
            born("Exemple", "Marie", "1984-07-09"),
            // A spouse of whom no birth date is known.
            named("Exemple", "Dominique"),
        ] {
            register(server, with(order.clone(), shared.clone())).await.expect(201);
        }
        // Nearly the same names say nothing without a birth date.
        for order in [named("Exempla", "Dominique"), named("Dominique", "Exemple"), born("Exempel", "Anne", "1999-09-30")] {
            register(server, order).await.expect(201);
        }
    });
}

#[test]
fn whoever_was_merged_is_not_registered_again_as_they_were_called_before() {
    on_both(async |server| {
        let manager = server.manager().await;
        let former = || born("Naissance", "Dominique", "1960-01-20");
        let stays = registered(server, born("Exemple", "Claude", "1985-05-12")).await;
        let goes = registered(server, former()).await;
        merge(&manager, &stays, &goes).await.expect(200);
        for order in [former(), named("Naissance", "Dominique"), born("Exemple", "Claude", "1985-05-12")] {
            assert_double(register(server, order).await, &stays);
        }
        // However many merges later.
        let last = registered(server, born("Dernier", "Camille", "1970-06-15")).await;
        merge(&manager, &last, &stays).await.expect(200);
        assert_double(register(server, former()).await, &last);
        // Somebody else may be of the same name, whichever reference says that it is not them; and they may be called so again.
        let other = registered(server, with(former(), json!({"distinct_from": [goes.reference]}))).await;
        register(server, with(former(), json!({"distinct_from": [last.reference, other.reference]}))).await.expect(201);
        let others: Vec<Value> = manager.list(PEOPLE).await.into_iter().map(|person| person["person_reference"].clone()).collect();
        manager.edit(&path(&last), with(former(), json!({"distinct_from": others}))).await.expect(200);
    });
}

#[test]
fn whoever_asks_again_under_the_same_key_is_shown_the_person_and_not_refused() {
    on_both(async |server| {
        let manager = server.manager().await;
        let order = born("Exemple", "Claude", "1985-05-12");
        let key = api_tests::client::fresh_key();
        let first = manager.post_with_key(PEOPLE, &key, order.clone()).await.expect(201);
        let again = manager.post_with_key(PEOPLE, &key, order.clone()).await.expect(201);
        assert_eq!((again.text(), again.header("idempotent-replayed")), (first.text(), Some("true")));
        // A refusal has no effect, and is not kept: the same key may try again.
        let key = api_tests::client::fresh_key();
        manager.post_with_key(PEOPLE, &key, order).await.expect_problem(409, "POSSIBLE_DUPLICATE");
        manager.post_with_key(PEOPLE, &key, named("Autre", "Dominique")).await.expect(201);
    });
}

#[test]
fn a_refusal_that_names_a_person_leaves_a_trace() {
    on_both(async |server| {
        let caseworker = server.caseworker(&[]).await;
        let known = registered(server, born("Exemple", "Claude", "1985-05-12")).await;
        let other = registered(server, born("Autre", "Dominique", "1990-02-28")).await;
        let refused = caseworker.post(PEOPLE, born("Exemple", "Claude", "1985-05-12")).await.expect_problem(409, "POSSIBLE_DUPLICATE");
        let edited = server.manager().await.edit(&path(&other), born("Exemple", "Claude", "1985-05-12")).await;
        let log = log_by_request(server).await;
        for answer in [refused, edited.expect_problem(409, "POSSIBLE_DUPLICATE")] {
            assert_eq!(people_of(&log[answer.header("x-request-id").unwrap()]), BTreeSet::from([known.id.clone()]), "{}", answer.asked);
        }
    });
}

#[test]
fn a_delegate_is_not_told_who_is_in_the_files_elsewhere() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = &TestServer::start(database, &[]).await;
        registered(server, born("Exemple", "Claude", "1985-05-12")).await;
        let theirs = registered(server, born("Autre", "Dominique", "1990-02-28")).await;
        let delegate = Delegate::of(server, database, &theirs).await;
        let refused = delegate.caseworker.edit(&path(&theirs), born("Exemple", "Claude", "1985-05-12")).await;
        assert_eq!(refused.expect_problem(409, "POSSIBLE_DUPLICATE").json().get("conflicting_id"), None);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
