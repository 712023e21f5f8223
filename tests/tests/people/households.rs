//! Households: a file number that two adults share, who are two people with two files, and a place in it for each.

use api_tests::given::Person;
use api_tests::{TestServer, on_both};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{PEOPLE, born, merge, named, path, read, register, registered};
use crate::concurrency::{at_once, counted, tally};
use crate::referrals::with;

fn household(file_number: &str, role: &str) -> Value {
    json!({"paying_body": "caf", "body_code": "871", "file_number": file_number, "role": role})
}

/// Somebody with a place in a household.
#[expect(clippy::needless_pass_by_value, reason = "an order is written where it is sent")]
fn adult(last_name: &str, first_name: &str, household: Value) -> Value {
    with(named(last_name, first_name), json!({"household": household}))
}

async fn household_of(server: &TestServer, person: &Person) -> Value {
    read(server, person).await.json()["household"].clone()
}

#[test]
fn claimant_and_spouse_share_the_number_and_are_two_files() {
    on_both(async |server| {
        // A couple shares nearly everything.
        let shared = json!({
            "phone": "0612345678", "email": "famille@example.test", "street": "1 rue de l'Exemple", "postal_code": "87000", "commune_code": "87085",
            "birth_date": "1985-05-12",
        });
        let one = registered(server, with(adult("Exemple", "Marie", household("1234567", "claimant")), shared.clone())).await;
        let other = registered(server, with(adult("Exemple", "Paul", household("1234567", "spouse")), shared)).await;
        assert!(one.id != other.id && one.reference != other.reference);
        let (of_one, of_other) = (household_of(server, &one).await, household_of(server, &other).await);
        assert_eq!((&of_one["role"], &of_other["role"]), (&json!("claimant"), &json!("spouse")));
        assert_eq!(with(of_one, json!({"role": null})), with(of_other, json!({"role": null})), "one household");
    });
}

#[test]
fn a_number_of_a_caf_is_the_same_however_it_is_written() {
    on_both(async |server| {
        let given = server.given();
        for (place, (first, second)) in [(" 1234567 ", "123456700000000"), ("7654321", " 7654321"), ("765432000000000", "7654320")].iter().enumerate()
        {
            let one = registered(server, adult(&given.surname(), "Marie", household(first, "claimant"))).await;
            let other = registered(server, adult(&given.surname(), "Paul", household(second, "spouse"))).await;
            let (one, other) = (household_of(server, &one).await, household_of(server, &other).await);
            assert_eq!(one["id"], other["id"], "{place}");
            let normal = second.trim().get(..7).unwrap();
            assert_eq!((&one["file_number"], &other["file_number"]), (&json!(normal), &json!(normal)));
        }
    });
}

#[test]
fn the_same_number_at_another_body_is_another_household() {
    on_both(async |server| {
        let given = server.given();
        let mut ids = Vec::new();
        for household in [
            json!({"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": "claimant"}),
            json!({"paying_body": "caf", "body_code": "191", "file_number": "1234567", "role": "claimant"}),
            json!({"paying_body": "caf", "body_code": null, "file_number": "1234567", "role": "claimant"}),
            json!({"paying_body": "msa", "body_code": "871", "file_number": "1234567", "role": "claimant"}),
        ] {
            let person = registered(server, adult(&given.surname(), "Marie", household)).await;
            ids.push(household_of(server, &person).await["id"].as_str().unwrap().to_owned());
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    });
}

#[test]
fn a_place_is_one_person_s_until_they_leave_it() {
    on_both(async |server| {
        let manager = server.manager().await;
        let claimant = adult("Exemple", "Marie", household("1234567", "claimant"));
        let one = registered(server, claimant.clone()).await;
        let other = registered(server, named("Autre", "Paul")).await;
        let taken = adult("Troisième", "Anne", household("123456700000000", "claimant"));
        register(server, taken.clone()).await.expect_problem(409, "HOUSEHOLD_ROLE_TAKEN");
        let moves_in = adult("Autre", "Paul", household("1234567", "claimant"));
        manager.edit(&path(&other), moves_in.clone()).await.expect_problem(409, "HOUSEHOLD_ROLE_TAKEN");
        assert_eq!(household_of(server, &other).await, Value::Null);
        // One's own place is not in one's way.
        manager.edit(&path(&one), with(claimant, json!({"phone": "0612345678"}))).await.expect(200);
        let before = household_of(server, &one).await;
        // Left, it is free; the household stays the same.
        manager.edit(&path(&one), named("Exemple", "Marie")).await.expect(200);
        manager.edit(&path(&other), moves_in).await.expect(200);
        assert_eq!(household_of(server, &other).await, before);
        register(server, taken).await.expect_problem(409, "HOUSEHOLD_ROLE_TAKEN");
    });
}

#[test]
fn whoever_is_merged_leaves_their_place_to_the_survivor() {
    on_both(async |server| {
        let manager = server.manager().await;
        let stays = registered(server, named("Exemple", "Marie")).await;
        let goes = registered(server, adult("Naissance", "Marie", household("1234567", "claimant"))).await;
        let before = household_of(server, &goes).await;
        merge(&manager, &stays, &goes).await.expect(200);
        assert_eq!((household_of(server, &stays).await, household_of(server, &goes).await), (before, Value::Null));
        // A survivor who has a place keeps it, and the duplicate's is free.
        let second = registered(server, adult("Troisième", "Marie-Claude", household("7654321", "claimant"))).await;
        let third = registered(server, adult("Quatrième", "Marie-Anne", household("7654322", "claimant"))).await;
        merge(&manager, &second, &third).await.expect(200);
        assert_eq!(household_of(server, &second).await["file_number"], json!("7654321"));
        register(server, adult("Autre", "Paul", household("7654322", "claimant"))).await.expect(201);
    });
}

#[test]
fn claimant_and_spouse_are_not_merged_unless_one_of_them_never_lived_there() {
    on_both(async |server| {
        let manager = server.manager().await;
        let claimant = registered(server, adult("Exemple", "Marie", household("1234567", "claimant"))).await;
        let spouse = registered(server, adult("Exemple", "Paul", household("1234567", "spouse"))).await;
        for [stays, goes] in [[&claimant, &spouse], [&spouse, &claimant]] {
            merge(&manager, stays, goes).await.expect_problem(409, "MERGE_CONFLICT");
        }
        manager.edit(&path(&spouse), named("Exemple", "Paul")).await.expect(200);
        merge(&manager, &claimant, &spouse).await.expect(200);
    });
}

#[test]
fn a_place_is_given_once_to_twenty_who_want_it() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let orders: Vec<Value> = (0..20).map(|_| adult(&given.surname(), "Claude", household("1234567", "claimant"))).collect();
        let answers = at_once(20, |place| manager.post(PEOPLE, orders[place].clone())).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("409 HOUSEHOLD_ROLE_TAKEN", 19)]));
        assert_eq!(manager.list(PEOPLE).await.len(), 1);
        // The control: a household each.
        let orders: Vec<Value> =
            (0..20).map(|place| adult(&given.surname(), "Claude", household(&format!("{}", 2_000_000 + place), "claimant"))).collect();
        let answers = at_once(20, |place| manager.post(PEOPLE, orders[place].clone())).await;
        assert_eq!(tally(&answers), counted(&[("201", 20)]));
    });
}

#[test]
fn a_couple_registered_at_the_same_moment_is_one_household() {
    on_both(async |server| {
        let manager = server.manager().await;
        let couples = join_all((0..10).map(async |place| {
            let number = format!("{}", 3_000_000 + place);
            let order = |first_name: &str, role: &str| adult(&server.given().surname(), first_name, household(&number, role));
            tokio::join!(manager.post(PEOPLE, order("Marie", "claimant")), manager.post(PEOPLE, order("Paul", "spouse")))
        }));
        for (one, other) in couples.await {
            let (one, other) = (one.expect(201).json(), other.expect(201).json());
            assert_eq!(one["household"]["id"], other["household"]["id"]);
            assert_ne!(one["id"], other["id"]);
        }
    });
}

#[test]
fn a_double_in_the_same_household_is_a_double_all_the_same() {
    on_both(async |server| {
        let claimant = with(born("Exemple", "Marie", "1985-05-12"), json!({"household": household("1234567", "claimant")}));
        let one = registered(server, claimant).await;
        let again = with(born("Exemple", "Marie", "1985-05-12"), json!({"household": household("1234567", "spouse")}));
        super::assert_double(register(server, again).await, &one);
    });
}
