//! What each answer says, and what it must say: an accompaniment from its receipt to its end.

use api_tests::{Answer, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Receiver, assert_faults, path, referent, twice, with};
use crate::attendance::{TUESDAY_EVENING, set_clock};

/// A receiver and somebody referred to it on that Tuesday evening; it is Thursday.
async fn referred(server: &TestServer) -> (Receiver, String) {
    set_clock(server, TUESDAY_EVENING);
    let receiver = Receiver::new(server).await;
    let referral = one_more(server, &receiver).await;
    server.advance(TimeDelta::days(2));
    (receiver, referral)
}

async fn one_more(server: &TestServer, receiver: &Receiver) -> String {
    server.given().referral(&receiver.organisation, &server.given().person().await).await
}

/// These fields of an answer.
fn fields<const COUNT: usize>(answer: &Answer, names: [&str; COUNT]) -> [Value; COUNT] {
    let body = answer.json();
    names.map(|name| body[name].clone())
}

#[test]
fn an_accompaniment_from_its_receipt_to_its_end() {
    on_both(async |server| {
        let (mut receiver, referral) = referred(server).await;
        let base = path(&referral);
        let path = |command: &str| format!("{base}/{command}");
        let machine = receiver.machine.clone();
        let acknowledged = twice(&machine, &receiver, &path("receipt"), json!({"external_id": "dossier 1"})).await;
        assert_eq!(fields(&acknowledged, ["state", "version", "external_id"]), [json!("received"), json!(2), json!("dossier 1")]);
        let order = json!({"referent": {"last_name": "Exemple", "first_name": "Noa", "email": "noa@example.test", "phone": "05 55 00 00 00"}});
        let accepted = twice(&machine, &receiver, &path("acceptance"), order).await;
        let referent = json!({"last_name": "Exemple", "first_name": "Noa", "email": "noa@example.test", "phone": "+33555000000"});
        assert_eq!(fields(&accepted, ["state", "version", "referent"]), [json!("accepted"), json!(3), referent.clone()]);
        // Accepted again without a word is the same; by another referent is not.
        machine.post(&path("acceptance"), json!({})).await.expect(200);
        let renamed = twice(&machine, &receiver, &path("acceptance"), super::referent("Autre")).await;
        let other = json!({"last_name": "Autre", "first_name": "Noa", "email": null, "phone": null});
        assert_eq!(fields(&renamed, ["state", "version", "referent"]), [json!("accepted"), json!(4), other]);
        let started = twice(&machine, &receiver, &path("start"), json!({"started_on": "2026-03-18"})).await;
        assert_eq!(fields(&started, ["state", "started_on", "closed_at"]), [json!("started"), json!("2026-03-18"), Value::Null]);
        let order =
            json!({"conclusion": "abandoned", "ended_on": "2026-03-19", "reason": "moved", "comment": "À Bordeaux.\nTrès vite.", "came": "yes"});
        let ended = twice(&machine, &receiver, &path("outcome"), with(order, json!({"selected": true, "joined": false}))).await;
        assert_eq!(
            fields(&ended, ["state", "started_on", "ended_on", "reason", "comment", "came", "selected", "joined", "closed_at", "external_id"]),
            [
                json!("abandoned"),
                json!("2026-03-18"),
                json!("2026-03-19"),
                json!("moved"),
                json!("À Bordeaux.\nTrès vite."),
                json!("yes"),
                json!(true),
                json!(false),
                json!(server.now().to_string()),
                json!("dossier 1"),
            ]
        );
        let events = receiver.events().await;
        let told: Vec<(&str, i64)> =
            events.iter().map(|event| (event["type"].as_str().unwrap(), event["referral"]["version"].as_i64().unwrap())).collect();
        let types = ["sent", "received", "accepted", "updated", "started", "abandoned"].map(|kind| format!("referral.{kind}"));
        assert_eq!(told, types.iter().map(String::as_str).zip(1..).collect::<Vec<_>>());
        // Each as of its version.
        assert_eq!((&events[2]["referral"]["referent"], &events[2]["referral"]["started_on"]), (&referent, &Value::Null));
    });
}

#[test]
fn an_answer_implies_those_before_it() {
    on_both(async |server| {
        let (mut receiver, referral) = referred(server).await;
        receiver.news().await;
        let order = json!({"conclusion": "completed", "ended_on": "2026-03-19", "came": "yes", "joined": true});
        let ended = twice(&receiver.machine, &receiver, &format!("{}/outcome", path(&referral)), order).await;
        assert_eq!(fields(&ended, ["state", "came", "ended_on", "reason"]), [json!("completed"), json!("yes"), json!("2026-03-19"), Value::Null]);
        assert_eq!(receiver.news().await, ["completed"], "one event for all that it says");
    });
}

#[test]
fn a_completion_that_does_not_say_whether_the_person_came_is_repeated_like_any_other() {
    on_both(async |server| {
        let (receiver, referral) = referred(server).await;
        let order = json!({"conclusion": "completed", "ended_on": "2026-03-19"});
        twice(&receiver.machine, &receiver, &format!("{}/outcome", path(&referral)), order).await;
    });
}

#[test]
fn an_answer_says_what_its_purpose_needs_and_nothing_else() {
    on_both(async |server| {
        let (receiver, referral) = referred(server).await;
        let action = server.given().action(&receiver.organisation).await;
        let group = server.given().group(&action).await;
        let bad = "é".repeat(129);
        let outcome = |more: Value| with(json!({"conclusion": "abandoned", "ended_on": "2026-03-19", "reason": "health"}), more);
        for (command, order, faults) in [
            ("acceptance", json!({}), vec![("REQUIRED_FOR_PURPOSE", "/referent")]),
            ("acceptance", with(referent("Exemple"), json!({"group_id": group})), vec![("FORBIDDEN_FOR_PURPOSE", "/group_id")]),
            ("acceptance", with(referent("Exemple"), json!({"starts_on": "2026-03-19"})), vec![("FORBIDDEN_FOR_PURPOSE", "/starts_on")]),
            ("acceptance", json!({"referent": {"last_name": "Exemple"}}), vec![("FIELD_MISSING", "/referent/first_name")]),
            ("acceptance", json!({"referent": {"last_name": "E", "first_name": "N", "phone": "12"}}), vec![("PHONE_INVALID", "/referent/phone")]),
            ("refusal", json!({}), vec![("FIELD_MISSING", "/reason")]),
            ("refusal", json!({"reason": "person_declined"}), vec![("CODE_UNKNOWN", "/reason")]),
            ("refusal", json!({"reason": "other", "comment": ""}), vec![("TEXT_EMPTY", "/comment")]),
            ("start", json!({}), vec![("FIELD_MISSING", "/started_on")]),
            ("start", json!({"started_on": "2026-03-20"}), vec![("DAY_IN_FUTURE", "/started_on")]),
            ("start", json!({"started_on": "2026-03-16"}), vec![("DAY_TOO_EARLY", "/started_on")]),
            ("outcome", json!({"conclusion": "completed", "ended_on": "2026-03-20"}), vec![("DAY_IN_FUTURE", "/ended_on")]),
            ("outcome", json!({"conclusion": "completed", "ended_on": "2026-03-16"}), vec![("DAY_TOO_EARLY", "/ended_on")]),
            ("outcome", outcome(json!({"reason": null})), vec![("ABANDONMENT_REASON", "/reason")]),
            ("outcome", outcome(json!({"conclusion": "completed"})), vec![("ABANDONMENT_REASON", "/reason")]),
            ("outcome", outcome(json!({"reason": "not_mobile"})), vec![("CODE_UNKNOWN", "/reason")]),
            ("outcome", outcome(json!({"came": "maybe"})), vec![("VALUE_INVALID", "/came")]),
            ("outcome", outcome(json!({"conclusion": "lost"})), vec![("VALUE_INVALID", "/conclusion")]),
            ("receipt", json!({"external_id": bad}), vec![("TEXT_TOO_LONG", "/external_id")]),
            ("receipt", json!({"external_id": ""}), vec![("TEXT_EMPTY", "/external_id")]),
            ("waiting-list", json!({"rank": 1}), vec![("FIELD_UNKNOWN", "/rank")]),
        ] {
            let before = receiver.read(&referral).await;
            assert_faults(receiver.answer(&referral, command, order.clone()).await, &faults);
            assert_eq!(receiver.read(&referral).await, before, "{command} {order}");
        }
        // The days on the borders are good.
        receiver.answer(&referral, "start", json!({"started_on": "2026-03-17"})).await.expect(200);
        let early = json!({"conclusion": "completed", "ended_on": "2026-03-16"});
        assert_faults(receiver.answer(&referral, "outcome", early).await, &[("DAY_TOO_EARLY", "/ended_on")]);
        receiver.answer(&referral, "outcome", json!({"conclusion": "completed", "ended_on": "2026-03-17"})).await.expect(200);
        let other = one_more(server, &receiver).await;
        receiver.answer(&other, "start", json!({"started_on": "2026-03-19"})).await.expect(200);
        let before_start = json!({"conclusion": "completed", "ended_on": "2026-03-18"});
        assert_faults(receiver.answer(&other, "outcome", before_start).await, &[("DAY_TOO_EARLY", "/ended_on")]);
    });
}

#[test]
fn people_wait_for_an_accompaniment_in_the_order_in_which_they_came_on_the_list() {
    on_both(async |server| {
        let (receiver, first) = referred(server).await;
        let (second, third) = (one_more(server, &receiver).await, one_more(server, &receiver).await);
        let stranger = Receiver::new(server).await;
        let elsewhere = one_more(server, &stranger).await;
        stranger.answer(&elsewhere, "waiting-list", json!({})).await.expect(200);
        // Not in the order in which they were sent.
        for referral in [&third, &first, &second] {
            server.advance(TimeDelta::minutes(1));
            receiver.answer(referral, "waiting-list", json!({})).await.expect(200);
        }
        let ranks = async || {
            let mut ranks = Vec::new();
            for referral in [&third, &first, &second] {
                ranks.push(receiver.read(referral).await["waiting_rank"].clone());
            }
            ranks
        };
        assert_eq!(ranks().await, [json!(1), json!(2), json!(3)]);
        // Saying it again keeps the place; leaving the list frees it.
        server.advance(TimeDelta::minutes(1));
        receiver.answer(&third, "waiting-list", json!({})).await.expect(200);
        receiver.answer(&first, "acceptance", referent("Exemple")).await.expect(200);
        assert_eq!(ranks().await, [json!(1), Value::Null, json!(2)]);
        assert_eq!(stranger.read(&elsewhere).await["waiting_rank"], json!(1));
    });
}

#[test]
fn only_the_receiver_answers_and_only_the_departement_takes_back() {
    on_both(async |server| {
        let (receiver, referral) = referred(server).await;
        let stranger = Receiver::new(server).await;
        let (manager, partner) = (server.manager().await, server.partner(&receiver.organisation).await);
        let deaf = server.client(&receiver.organisation, &["referrals:receive"]).await;
        let answers = [
            ("receipt", json!({})),
            ("acceptance", super::referent("Exemple")),
            ("refusal", json!({"reason": "other"})),
            ("waiting-list", json!({})),
            ("start", json!({"started_on": "2026-03-18"})),
            ("outcome", json!({"conclusion": "completed", "ended_on": "2026-03-19"})),
        ];
        for (command, order) in &answers {
            let path = format!("{}/{command}", path(&referral));
            stranger.machine.post(&path, order.clone()).await.expect_problem(404, "NOT_FOUND");
            manager.post(&path, order.clone()).await.expect_problem(403, "FUNCTION_DENIED");
            deaf.post(&path, order.clone()).await.expect(403);
        }
        let back = format!("{}/cancellation", path(&referral));
        receiver.machine.post(&back, json!({"reason": "other"})).await.expect(403);
        partner.post(&back, json!({"reason": "other"})).await.expect_problem(403, "FUNCTION_DENIED");
        assert_eq!(receiver.state(&referral).await, "sent");
        // A person of the receiver answers as its machine does.
        assert_eq!(partner.post(&format!("{}/acceptance", path(&referral)), referent("Exemple")).await.expect(200).field("state"), "accepted");
    });
}
