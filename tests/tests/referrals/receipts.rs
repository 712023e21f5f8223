//! Receipts: how a receiver calls a referral, how France Travail identifies its person, and what contradicts what is known.

use api_tests::given::Person;
use api_tests::{TestServer, on_both};
use serde_json::{Value, json};

use super::{Receiver, assert_faults, path, twice, with};

/// The identifiers of somebody, in both forms.
const NEW: &str = "12345678901";
const OTHER: &str = "98765432109";
const OLD: &str = "1234567A";

async fn known_as(server: &TestServer, id: &str) -> Person {
    let given = server.given();
    given.person_with(json!({"last_name": given.surname(), "first_name": "Claude", "birth_date": "2004-05-06", "france_travail_id": id})).await
}

/// The identifier in somebody's file.
async fn filed(server: &TestServer, person: &Person) -> Value {
    server.manager().await.get(&format!("/v1/beneficiaries/{}", person.id)).await.expect(200).json()["france_travail_id"].clone()
}

fn identified(id: &str) -> Value {
    json!({"france_travail_id": id})
}

#[test]
fn a_receiver_calls_a_referral_as_it_likes_once() {
    on_both(async |server| {
        let mut receiver = Receiver::new(server).await;
        let referral = server.given().referral(&receiver.organisation, &server.given().person().await).await;
        let path = format!("{}/receipt", path(&referral));
        receiver.machine.post(&path, json!({})).await.expect(200);
        receiver.news().await;
        // Named later: nothing is received twice, but something is new.
        let named = twice(&receiver.machine, &receiver, &path, json!({"external_id": "Dossier n° 7"})).await;
        assert_eq!((named.field("external_id"), named.field("state")), ("Dossier n° 7".to_owned(), "received".to_owned()));
        assert_eq!(receiver.news().await, ["updated"]);
        // What is absent stays as it is.
        assert_eq!(receiver.machine.post(&path, json!({})).await.expect(200).text(), named.text());
        receiver.machine.post(&path, json!({"external_id": "Dossier n° 8"})).await.expect_problem(409, "IDENTIFIER_CONFLICT");
        assert_eq!(receiver.machine.get(path.strip_suffix("/receipt").unwrap()).await.expect(200).text(), named.text());
        assert!(receiver.news().await.is_empty());
        // It is the receiver's own: another referral may have the same.
        let other = server.given().referral(&receiver.organisation, &server.given().person().await).await;
        receiver.answer(&other, "receipt", json!({"external_id": "Dossier n° 7"})).await.expect(200);
        // And it goes with every answer that follows.
        let accepted = receiver.answer(&other, "acceptance", super::referent("Exemple")).await.expect(200);
        assert_eq!(accepted.field("external_id"), "Dossier n° 7");
    });
}

#[test]
fn pole_emploi_identifies_the_person() {
    on_both(async |server| {
        let given = server.given();
        let mut receiver = Receiver::of(server, "pole_emploi").await;
        let person = given.person().await;
        let referral = given.referral(&receiver.organisation, &person).await;
        receiver.news().await;
        let order = json!({"external_id": "FT-1", "france_travail_id": " 123 456 789 01"});
        let shown = twice(&receiver.machine, &receiver, &format!("{}/receipt", path(&referral)), order).await.json();
        let read = (&shown["state"], &shown["version"], &shown["external_id"], &shown["person"]["france_travail_id"]);
        assert_eq!(read, (&json!("received"), &json!(2), &json!("FT-1"), &json!(NEW)));
        assert_eq!(receiver.news().await, ["received"], "one event says it all");
        assert_eq!(filed(server, &person).await, json!(NEW), "in the person's file");
        for wrong in ["1234567", "123456789012", "ABCDEFGH", ""] {
            let answer = receiver.answer(&referral, "receipt", identified(wrong)).await;
            assert_faults(answer, &[("FRANCE_TRAVAIL_ID_INVALID", "/france_travail_id")]);
        }
        // Told after the receipt, it is an update.
        let other = given.referral(&receiver.organisation, &given.person().await).await;
        receiver.answer(&other, "receipt", json!({})).await.expect(200);
        receiver.news().await;
        twice(&receiver.machine, &receiver, &format!("{}/receipt", path(&other)), identified(OTHER)).await;
        assert_eq!(receiver.news().await, ["updated"]);
    });
}

#[test]
fn an_identification_that_contradicts_what_is_known_is_refused() {
    on_both(async |server| {
        let given = server.given();
        let mut receiver = Receiver::of(server, "pole_emploi").await;
        let (known, unknown) = (known_as(server, NEW).await, given.person().await);
        let (one, other) = (given.referral(&receiver.organisation, &known).await, given.referral(&receiver.organisation, &unknown).await);
        receiver.news().await;
        // Another than the one known; the one of somebody else.
        for (referral, id) in [(&one, OTHER), (&one, OLD), (&other, NEW)] {
            let order = with(identified(id), json!({"external_id": "FT-1"}));
            receiver.answer(referral, "receipt", order).await.expect_problem(409, "IDENTIFIER_CONFLICT");
        }
        assert_eq!((receiver.state(&one).await, receiver.state(&other).await), ("sent".to_owned(), "sent".to_owned()));
        assert!(receiver.news().await.is_empty());
        assert_eq!((filed(server, &known).await, filed(server, &unknown).await), (json!(NEW), Value::Null));
        // The one known is none.
        receiver.answer(&one, "receipt", identified(NEW)).await.expect(200);
        assert_eq!(receiver.news().await, ["received"]);
    });
}

#[test]
fn the_old_form_may_be_two_people_s() {
    on_both(async |server| {
        let given = server.given();
        let receiver = Receiver::of(server, "pole_emploi").await;
        known_as(server, OLD).await;
        let person = given.person().await;
        let referral = given.referral(&receiver.organisation, &person).await;
        receiver.answer(&referral, "receipt", identified("1234567a")).await.expect(200);
        assert_eq!(filed(server, &person).await, json!(OLD));
    });
}

#[test]
fn two_people_identified_alike_at_once_are_one_too_many() {
    on_both(async |server| {
        let given = server.given();
        let receiver = Receiver::of(server, "pole_emploi").await;
        let people = [given.person().await, given.person().await];
        let referrals = [given.referral(&receiver.organisation, &people[0]).await, given.referral(&receiver.organisation, &people[1]).await];
        let answers = futures_util::future::join_all(referrals.iter().map(|referral| receiver.answer(referral, "receipt", identified(NEW)))).await;
        let mut told: Vec<(u16, String)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
        told.sort();
        assert_eq!(told, [(200, String::new()), (409, "IDENTIFIER_CONFLICT".to_owned())]);
    });
}

#[test]
fn only_pole_emploi_gives_its_identifier() {
    on_both(async |server| {
        let given = server.given();
        for kind in ["association", "plie", "mission_locale", "cap_emploi", "ccas"] {
            let receiver = Receiver::of(server, kind).await;
            let person = given.person_with(json!({"last_name": given.surname(), "first_name": "Claude", "birth_date": given.day(-7_000)})).await;
            let referral = given.referral(&receiver.organisation, &person).await;
            let answer = receiver.answer(&referral, "receipt", identified(NEW)).await;
            assert_faults(answer, &[("FRANCE_TRAVAIL_ID_RESERVED", "/france_travail_id")]);
            assert_eq!((receiver.state(&referral).await, filed(server, &person).await), ("sent".to_owned(), Value::Null), "{kind}");
        }
    });
}

#[test]
fn nobody_else_learns_by_trying_how_somebody_is_identified() {
    on_both(async |server| {
        // What only the public employment service may know is not to be guessed by the others: whatever they try, the answer is the same.
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let person = known_as(server, NEW).await;
        known_as(server, OTHER).await;
        let referral = given.referral(&receiver.organisation, &person).await;
        for guess in [NEW, OTHER, "11111111111", OLD] {
            let answer = receiver.answer(&referral, "receipt", identified(guess)).await;
            assert_faults(answer, &[("FRANCE_TRAVAIL_ID_RESERVED", "/france_travail_id")]);
        }
    });
}

#[test]
fn an_identification_is_told_to_the_person_s_other_receivers_who_may_know_it() {
    on_both(async |server| {
        let given = server.given();
        let person = known_as(server, OLD).await;
        let edit = json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": "2004-05-06", "france_travail_id": null});
        server.manager().await.edit(&format!("/v1/beneficiaries/{}", person.id), edit).await.expect(200);
        let mut employment = Receiver::of(server, "pole_emploi").await;
        let referral = given.referral(&employment.organisation, &person).await;
        let mut others = Vec::new();
        for kind in ["mission_locale", "cap_emploi", "association", "mission_locale"] {
            let receiver = Receiver::of(server, kind).await;
            let action = given.action(&receiver.organisation).await;
            let sent = given.referral_to(&action, None, &person).await;
            others.push((kind, receiver, sent));
        }
        // The last of them is closed.
        others[3].1.answer(&others[3].2, "refusal", json!({"reason": "other"})).await.expect(200);
        for (_, receiver, _) in &mut others {
            receiver.news().await;
        }
        employment.news().await;
        employment.answer(&referral, "receipt", identified(NEW)).await.expect(200);
        assert_eq!(employment.news().await, ["received"]);
        for (place, (kind, receiver, sent)) in others.iter_mut().enumerate() {
            let (events, read) = (receiver.events().await, receiver.read(sent).await);
            let told: Vec<(&Value, &Value)> =
                events.iter().map(|event| (&event["type"], &event["referral"]["person"]["france_travail_id"])).collect();
            if place < 2 {
                assert_eq!(told, [(&json!("referral.updated"), &json!(NEW))], "{kind}");
                assert_eq!((&read["version"], &read["person"]["france_travail_id"]), (&json!(2), &json!(NEW)), "{kind}");
            } else {
                assert!(told.is_empty(), "{place} {kind}: {events:?}");
                assert_eq!(read["state"], json!(if place == 2 { "sent" } else { "refused" }));
            }
        }
    });
}
