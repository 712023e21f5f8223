//! Taking a referral back: until it has started, with its seat given back to whoever waits for it.

use api_tests::{Answer, Client, on_both};
use serde_json::{Value, json};

use super::{Receiver, Workshop, assert_faults, path, referent, twice};
use crate::attendance::{TUESDAY_EVENING, mark, marks, set_clock};

async fn cancel(by: &Client, referral: &str, order: Value) -> Answer {
    by.post(&format!("{}/cancellation", path(referral)), order).await
}

fn declined() -> Value {
    json!({"reason": "person_declined"})
}

#[test]
fn an_accompaniment_is_taken_back_until_it_starts() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (mut receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let given = server.given();
        for (command, order) in [("receipt", json!({})), ("waiting-list", json!({})), ("acceptance", referent("Exemple"))] {
            let referral = given.referral(&receiver.organisation, &given.person().await).await;
            receiver.answer(&referral, command, order).await.expect(200);
            receiver.news().await;
            let wish = json!({"reason": "situation_changed", "comment": "Elle a trouvé un emploi."});
            let cancelled = twice(&manager, &receiver, &format!("{}/cancellation", path(&referral)), wish).await.json();
            let read = ["state", "reason", "comment", "closed_at", "waiting_rank"].map(|name| cancelled[name].clone());
            let expected = [json!("cancelled"), json!("situation_changed"), json!("Elle a trouvé un emploi."), json!(TUESDAY_EVENING), Value::Null];
            assert_eq!(read, expected, "after {command}");
            // Its receiver reads why.
            let events = receiver.events().await;
            assert_eq!(events.len(), 1);
            assert_eq!((&events[0]["type"], &events[0]["referral"]["comment"]), (&json!("referral.cancelled"), &cancelled["comment"]));
            cancel(&manager, &referral, declined()).await.expect_problem(409, "REFERRAL_CLOSED");
        }
        let started = given.referral(&receiver.organisation, &given.person().await).await;
        receiver.answer(&started, "start", json!({"started_on": given.day(0)})).await.expect(200);
        cancel(&manager, &started, declined()).await.expect_problem(409, "REFERRAL_STARTED");
    });
}

#[test]
fn a_referral_is_taken_back_for_a_reason_of_the_list() {
    on_both(async |server| {
        let (receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let referral = server.given().referral(&receiver.organisation, &server.given().person().await).await;
        for (order, fault) in [
            (json!({}), ("FIELD_MISSING", "/reason")),
            (json!({"reason": "not_mobile"}), ("CODE_UNKNOWN", "/reason")),
            (json!({"reason": "other", "comment": ""}), ("TEXT_EMPTY", "/comment")),
            (json!({"reason": "other", "because": "…"}), ("FIELD_UNKNOWN", "/because")),
        ] {
            assert_faults(cancel(&manager, &referral, order).await, &[fault]);
        }
        assert_eq!(receiver.state(&referral).await, "sent");
    });
}

#[test]
fn the_seat_of_an_accepted_referral_is_given_back() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 1).await;
        let referral = workshop.refer(server).await;
        let seat = workshop.accept(&referral).await;
        workshop.receiver.news().await;
        let path_of_command = format!("{}/cancellation", path(&referral));
        let cancelled = twice(&workshop.manager, &workshop.receiver, &path_of_command, declined()).await.json();
        assert_eq!((&cancelled["state"], &cancelled["enrolment_id"]), (&json!("cancelled"), &json!(seat)));
        assert_eq!(workshop.receiver.news().await, ["cancelled"], "not abandoned besides");
        let enrolment = workshop.manager.get(&format!("/v1/enrolments/{seat}")).await.expect(200).json();
        assert_eq!((&enrolment["ends_on"], &enrolment["end_reason"]), (&json!("2026-03-17"), &json!("never_came")));
        // The seat is free from the next day on.
        let next = workshop.refer(server).await;
        workshop.receiver.answer(&next, "acceptance", json!({"starts_on": "2026-03-18"})).await.expect(200);
    });
}

#[test]
fn the_seat_of_a_referral_taken_back_goes_to_whoever_waits_for_it() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 1).await;
        let referrals = workshop.refer_many(server, 3).await;
        workshop.accept(&referrals[0]).await;
        workshop.wait(&referrals[1]).await.expect(200);
        workshop.wait(&referrals[2]).await.expect(200);
        workshop.receiver.news().await;
        cancel(&workshop.manager, &referrals[0], declined()).await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["cancelled", "accepted", "1"]);
        let mut news = workshop.receiver.news().await;
        news.sort();
        assert_eq!(news, ["accepted", "cancelled"]);
        let seat = workshop.receiver.read(&referrals[1]).await["enrolment_id"].as_str().unwrap().to_owned();
        let enrolment = workshop.manager.get(&format!("/v1/enrolments/{seat}")).await.expect(200).json();
        assert_eq!((&enrolment["starts_on"], &enrolment["origin"]), (&json!("2026-03-18"), &json!("referral")));
    });
}

#[test]
fn a_seat_that_starts_later_is_given_back_too() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 1).await;
        let referrals = workshop.refer_many(server, 2).await;
        let accepted = workshop.receiver.answer(&referrals[0], "acceptance", json!({"starts_on": "2026-04-01"})).await.expect(200);
        workshop.wait(&referrals[1]).await.expect(200);
        cancel(&workshop.manager, &referrals[0], declined()).await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["cancelled", "accepted"]);
        let given_back = workshop.manager.get(&format!("/v1/enrolments/{}", accepted.field("enrolment_id"))).await.expect(200).json();
        assert_eq!((&given_back["starts_on"], &given_back["ends_on"]), (&json!("2026-04-01"), &json!("2026-04-01")));
    });
}

#[test]
fn one_that_waits_leaves_the_list_and_one_that_came_stays() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 1).await;
        let referrals = workshop.refer_many(server, 3).await;
        let seat = workshop.accept(&referrals[0]).await;
        workshop.wait(&referrals[1]).await.expect(200);
        workshop.wait(&referrals[2]).await.expect(200);
        cancel(&workshop.manager, &referrals[1], declined()).await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["accepted", "cancelled", "1"]);
        // Absent is not there yet, there is.
        let session = server.given().session(&workshop.group, "2026-03-17").await;
        let sheet = format!("/v1/sessions/{session}/attendance");
        workshop.receiver.machine.put(&sheet, marks(&[mark(&seat, "present")])).await.expect(200);
        cancel(&workshop.manager, &referrals[0], declined()).await.expect_problem(409, "REFERRAL_STARTED");
        assert_eq!(workshop.places(&referrals).await, ["started", "cancelled", "1"]);
    });
}

#[test]
fn a_seat_is_not_given_back_before_a_half_day_that_somebody_noted() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 1).await;
        let referral = workshop.refer(server).await;
        let seat = workshop.accept(&referral).await;
        let session = server.given().session(&workshop.group, "2026-03-19").await;
        let sheet = format!("/v1/sessions/{session}/attendance");
        let note = async |mark: Value| {
            let order = marks(&[super::with(json!({"enrolment_id": seat}), mark)]);
            workshop.receiver.machine.put(&sheet, order).await.expect(200)
        };
        note(json!({"status": "absent_excused", "reason": "illness"})).await;
        // Not started, but noted for a day after the end that it would have.
        cancel(&workshop.manager, &referral, declined()).await.expect_problem(409, "MARKS_AFTER_END");
        assert_eq!(workshop.places(std::slice::from_ref(&referral)).await, ["accepted"]);
        note(json!({"status": null})).await;
        cancel(&workshop.manager, &referral, declined()).await.expect(200);
        assert_eq!(workshop.receiver.news().await, ["sent", "accepted", "cancelled"]);
    });
}
