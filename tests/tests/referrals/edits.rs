//! Edits: of what a referral says, and of the person's file, whose receivers are told what is theirs to know.

use api_tests::given::Person;
use api_tests::{Answer, TestServer, on_both};
use serde_json::{Value, json};

use super::{Receiver, Workshop, assert_faults, path, referent, with};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::table::ABSENT;

#[test]
fn an_edit_is_made_from_the_version_that_was_seen() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (mut receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let site = given.site(&receiver.organisation).await;
        let referral = given.referral(&receiver.organisation, &given.person().await).await;
        let path = path(&referral);
        let seen = manager.get(&path).await.expect(200);
        receiver.news().await;
        let order = json!({"objective": "Se loger.\nPuis travailler.", "barriers": ["financial", "housing"], "site_id": site, "signed_on": null});
        manager.put(&path, order.clone()).await.expect_problem(428, "PRECONDITION_REQUIRED");
        manager.put_if_match(&path, "\"2.00000000\"", order.clone()).await.expect_problem(412, "STALE_VERSION");
        assert!(receiver.news().await.is_empty());
        let edited = manager.put_if_match(&path, &seen.etag(), order.clone()).await.expect(200);
        let body = edited.json();
        let read = ["objective", "barriers", "site_id", "signed_on", "version", "state"].map(|name| body[name].clone());
        let expected = [json!("Se loger.\nPuis travailler."), json!(["housing", "financial"]), json!(site), Value::Null, json!(2), json!("sent")];
        assert_eq!(read, expected);
        assert!(body["site_code"].as_str().is_some_and(|code| code.starts_with('S')), "{body}");
        assert_eq!(manager.get(&path).await.expect(200).text(), edited.text());
        assert_eq!(receiver.news().await, ["updated"]);
        manager.put_if_match(&path, &seen.etag(), order.clone()).await.expect_problem(412, "STALE_VERSION");
        // The same again changes nothing and is told to nobody, in whatever order the barriers are said.
        for same in [order.clone(), with(order, json!({"barriers": ["housing", "financial"]}))] {
            let again = manager.put_if_match(&path, &edited.etag(), same).await.expect(200);
            assert_eq!((again.text(), again.etag()), (edited.text(), edited.etag()));
        }
        assert!(receiver.news().await.is_empty());
        // All of it, as it will be: what is absent is gone.
        let bare = manager.put_if_match(&path, &edited.etag(), json!({"objective": "Se loger."})).await.expect(200).json();
        assert_eq!((&bare["barriers"], &bare["site_id"], &bare["site_code"]), (&json!([]), &Value::Null, &Value::Null));
    });
}

#[test]
fn an_edit_changes_what_is_said_and_not_to_whom() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (receiver, other, manager) = (Receiver::new(server).await, Receiver::new(server).await, server.manager().await);
        let referral = given.referral(&receiver.organisation, &given.person().await).await;
        let foreign = given.site(&other.organisation).await;
        let order = json!({"objective": "Se loger."});
        for (more, fault) in [
            (json!({"organisation_id": other.organisation}), ("FIELD_UNKNOWN", "/organisation_id")),
            (json!({"purpose": "action"}), ("FIELD_UNKNOWN", "/purpose")),
            (json!({"objective": null}), ("VALUE_INVALID", "/objective")),
            (json!({"site_id": foreign}), ("SITE_UNKNOWN", "/site_id")),
            (json!({"site_id": ABSENT}), ("SITE_UNKNOWN", "/site_id")),
            (json!({"signed_on": "2026-03-18"}), ("DAY_IN_FUTURE", "/signed_on")),
            (json!({"barriers": ["health", "health"]}), ("DUPLICATE_ITEM", "/barriers/1")),
        ] {
            let answer = manager.edit(&path(&referral), with(order.clone(), more.clone())).await.expect_problem(422, "INVALID");
            let (code, place) = fault;
            if code == "VALUE_INVALID" {
                assert_eq!(answer.faults()[0].1, place, "{more}");
            } else {
                assert_faults(answer, &[fault]);
            }
        }
        manager.put(&path(ABSENT), order).await.expect_problem(404, "NOT_FOUND");
        assert_eq!(receiver.read(&referral).await["version"], json!(1));
    });
}

#[test]
fn an_open_referral_is_edited_in_whatever_state_and_a_closed_one_in_none() {
    on_both(async |server| {
        let given = server.given();
        let (receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let referral = given.referral(&receiver.organisation, &given.person().await).await;
        let edit = async |objective: &str| manager.edit(&path(&referral), json!({"objective": objective})).await;
        for (command, order) in [("waiting-list", json!({})), ("acceptance", referent("Exemple")), ("start", json!({"started_on": given.day(0)}))] {
            let before = receiver.answer(&referral, command, order).await.expect(200).json();
            let edited = edit(&format!("Après {command}.")).await.expect(200).json();
            let kept = ["state", "waiting_rank", "referent", "started_on"];
            assert_eq!(kept.map(|name| edited[name].clone()), kept.map(|name| before[name].clone()), "{command}");
        }
        receiver.answer(&referral, "outcome", json!({"conclusion": "completed", "ended_on": given.day(0)})).await.expect(200);
        edit("Trop tard.").await.expect_problem(409, "REFERRAL_CLOSED");
    });
}

/// What everybody knows of somebody, for edits of their file.
fn file() -> Value {
    json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": "2004-05-06", "phone": "0612345678"})
}

async fn edit_file(server: &TestServer, person: &Person, more: Value) -> Answer {
    server.manager().await.edit(&format!("/v1/beneficiaries/{}", person.id), with(file(), more)).await.expect(200)
}

/// A receiver of a kind, to whose action somebody is referred.
async fn referred(server: &TestServer, kind: &str, person: &Person) -> (Receiver, String) {
    let receiver = Receiver::of(server, kind).await;
    let action = server.given().action(&receiver.organisation).await;
    let referral = server.given().referral_to(&action, None, person).await;
    (receiver, referral)
}

#[test]
fn the_receivers_of_open_referrals_are_told_what_changed_in_the_person_s_file() {
    on_both(async |server| {
        let person = server.given().person_with(file()).await;
        let mut receivers = Vec::new();
        for kind in ["pole_emploi", "association", "cap_emploi"] {
            receivers.push(referred(server, kind, &person).await);
        }
        receivers[2].0.answer(&receivers[2].1, "refusal", json!({"reason": "other"})).await.expect(200);
        for (receiver, _) in &mut receivers {
            receiver.news().await;
        }
        for (more, of_employment, of_association) in [
            (json!({"phone": "0698765432"}), true, true),
            (json!({"phone": "+33 6 98 76 54 32"}), false, false),
            (json!({"phone": "0698765432", "email": "claude@example.test"}), true, true),
            (json!({"phone": "0698765432", "birth_date": "2004-05-07"}), true, true),
            (json!({"phone": "0698765432", "birth_date": "2004-05-08"}), true, false),
            (json!({"phone": "0698765432", "birth_date": "2004-05-08", "france_travail_id": "12345678901"}), true, false),
            (json!({"phone": "0698765432", "birth_date": "2004-05-08", "france_travail_id": "12345678901"}), false, false),
            (json!({"last_name": "Autre"}), true, true),
        ] {
            edit_file(server, &person, more.clone()).await;
            for ((receiver, referral), is_told) in receivers.iter_mut().zip([of_employment, of_association, false]) {
                let (events, read) = (receiver.events().await, receiver.read(referral).await);
                let types: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
                let expected: &[&str] = if is_told { &["referral.updated"] } else { &[] };
                assert_eq!(types, expected, "{more}: {}", receiver.machine.name());
                for event in &events {
                    assert_eq!(event["referral"]["person"], read["person"], "{more}");
                }
            }
        }
        assert_eq!(receivers[2].0.read(&receivers[2].1).await["version"], json!(2), "what is closed is told no more");
    });
}

#[test]
fn whoever_is_edited_after_their_referral_expired_by_the_clock_is_told_of_no_more() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let person = server.given().person_with(file()).await;
        let mut workshop = Workshop::new(server, 5).await;
        workshop.refer_person(server, &person).await;
        workshop.receiver.news().await;
        set_clock(server, "2026-04-17T17:00:00.000Z");
        edit_file(server, &person, json!({"phone": "0698765432"})).await;
        assert!(!workshop.receiver.news().await.contains(&"updated".to_owned()));
    });
}
