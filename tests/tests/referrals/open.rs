//! One referral is open per person and purpose. One to an action that nobody answers expires by the clock; a late answer is taken while
//! no other is open.

use api_tests::client::fresh_key;
use api_tests::given::Person;
use api_tests::{Answer, TestServer, on_both};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Receiver, Workshop, of_person, path, referent, with};
use crate::attendance::{TUESDAY_EVENING, set_clock};

/// When a referral sent on that Tuesday evening expires.
const EXPIRY: &str = "2026-04-16T17:00:00.000Z";
const JUST_BEFORE: &str = "2026-04-16T16:59:59.999Z";

#[track_caller]
fn assert_open(answer: Answer, other: &str) {
    let answer = answer.expect_problem(409, "REFERRAL_OPEN");
    assert_eq!(answer.field("conflicting_id"), other, "{}", answer.text());
}

#[test]
fn another_one_for_the_same_purpose_is_refused_and_told_of_the_first() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let (one, other) = (Workshop::new(server, 5).await, Workshop::new(server, 5).await);
        let person = given.person().await;
        let send = async |order: Value| manager.post(&of_person(&person), order).await;
        let accompaniment = send(given.referral_order(&one.receiver.organisation)).await.expect(201).id();
        // Whoever would receive it, and before anything is said against what it says.
        assert_open(send(given.referral_order(&other.receiver.organisation)).await, &accompaniment);
        assert_open(send(with(given.referral_order(&one.receiver.organisation), json!({"signed_on": given.day(1)}))).await, &accompaniment);
        // An action is a purpose of its own, whichever its group.
        let first = one.refer_person(server, &person).await;
        assert_open(send(given.referral_to_order(&one.action, None)).await, &first);
        let second = other.refer_person(server, &person).await;
        assert_open(send(given.referral_to_order(&other.action, None)).await, &second);
        // What is closed is in nobody's way.
        one.receiver.answer(&accompaniment, "refusal", json!({"reason": "not_mobile"})).await.expect(200);
        let next = send(given.referral_order(&other.receiver.organisation)).await.expect(201).id();
        assert_open(send(given.referral_order(&one.receiver.organisation)).await, &next);
        // Open means until its end, not until it is answered.
        for (command, order) in
            [("receipt", json!({})), ("waiting-list", json!({})), ("acceptance", referent("Exemple")), ("start", json!({"started_on": given.day(0)}))]
        {
            other.receiver.answer(&next, command, order).await.expect(200);
            assert_open(send(given.referral_order(&one.receiver.organisation)).await, &next);
        }
        let end = json!({"conclusion": "completed", "ended_on": given.day(0), "came": "yes"});
        other.receiver.answer(&next, "outcome", end).await.expect(200);
        send(given.referral_order(&one.receiver.organisation)).await.expect(201);
    });
}

#[test]
fn of_sixteen_who_refer_somebody_at_once_one_does() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let mut workshop = Workshop::new(server, 200).await;
        for order in [given.referral_order(&workshop.receiver.organisation), given.referral_to_order(&workshop.action, Some(&workshop.group))] {
            let person = given.person().await;
            let path_of_person = of_person(&person);
            let answers = join_all((0..16).map(|_| manager.post(&path_of_person, order.clone()))).await;
            let sent: Vec<String> = answers.iter().filter(|answer| answer.status == 201).map(Answer::id).collect();
            assert_eq!(sent.len(), 1, "{:?}", answers.iter().map(|answer| (answer.status, answer.code())).collect::<Vec<_>>());
            for answer in answers.into_iter().filter(|answer| answer.status != 201) {
                assert_open(answer, &sent[0]);
            }
            assert_eq!(manager.list(&path_of_person).await.len(), 1);
            assert_eq!(workshop.receiver.news().await, ["sent"], "{order}");
            // The control: as many people as senders, and each is referred.
            let mut people: Vec<Person> = Vec::new();
            for _ in 0..16 {
                people.push(given.person().await);
            }
            let answers = join_all(people.iter().map(async |person| manager.post(&of_person(person), order.clone()).await)).await;
            assert!(answers.iter().all(|answer| answer.status == 201));
            assert_eq!(workshop.receiver.news().await.len(), 16);
        }
    });
}

#[test]
fn the_same_order_under_the_same_key_is_one_referral() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let mut receiver = Receiver::new(server).await;
        let (person, key) = (given.person().await, fresh_key());
        let order = given.referral_order(&receiver.organisation);
        let sent = manager.post_with_key(&of_person(&person), &key, order.clone()).await.expect(201);
        let again = manager.post_with_key(&of_person(&person), &key, order.clone()).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!((again.text(), again.etag(), again.header("location")), (sent.text(), sent.etag(), sent.header("location")));
        assert_eq!(receiver.news().await, ["sent"]);
        assert_open(manager.post(&of_person(&person), order).await, &sent.id());
    });
}

/// A workshop on that Tuesday evening, and referrals to it that nobody answered.
async fn unanswered(server: &TestServer, count: usize) -> (Workshop, Vec<String>) {
    set_clock(server, TUESDAY_EVENING);
    let workshop = Workshop::new(server, 50).await;
    let mut referrals = Vec::new();
    for _ in 0..count {
        referrals.push(workshop.refer(server).await);
    }
    (workshop, referrals)
}

#[test]
fn a_referral_to_an_action_expires_by_the_clock_and_an_accompaniment_never() {
    on_both(async |server| {
        let (workshop, referrals) = unanswered(server, 2).await;
        let accompaniment = server.given().referral(&workshop.receiver.organisation, &server.given().person().await).await;
        workshop.receiver.answer(&referrals[1], "receipt", json!({})).await.expect(200);
        set_clock(server, JUST_BEFORE);
        assert_eq!(workshop.places(&referrals).await, ["sent", "received"]);
        // No sweep came by in that millisecond.
        set_clock(server, EXPIRY);
        for referral in &referrals {
            let read = workshop.receiver.read(referral).await;
            assert_eq!((&read["state"], &read["closed_at"], &read["expires_at"]), (&json!("expired"), &json!(EXPIRY), &json!(EXPIRY)));
        }
        server.advance(TimeDelta::days(300));
        assert_eq!(workshop.receiver.state(&accompaniment).await, "sent");
    });
}

#[test]
fn what_was_answered_does_not_expire() {
    on_both(async |server| {
        let (workshop, referrals) = unanswered(server, 3).await;
        workshop.accept(&referrals[0]).await;
        workshop.receiver.answer(&referrals[1], "refusal", json!({"reason": "no_place"})).await.expect(200);
        workshop.resize(1).await.expect(200);
        workshop.wait(&referrals[2]).await.expect(200);
        set_clock(server, "2026-04-17T17:00:00.000Z");
        assert_eq!(workshop.places(&referrals).await, ["accepted", "refused", "1"]);
    });
}

#[test]
fn a_late_answer_is_taken_while_no_other_referral_is_open() {
    on_both(async |server| {
        let (mut workshop, referrals) = unanswered(server, 3).await;
        workshop.receiver.news().await;
        set_clock(server, EXPIRY);
        // How its receiver calls it is taken too, and answers nothing.
        let named = workshop.receiver.answer(&referrals[0], "receipt", json!({"external_id": "A-1"})).await.expect(200);
        assert_eq!((named.field("state"), named.field("external_id")), ("expired".to_owned(), "A-1".to_owned()));
        assert_eq!(workshop.receiver.news().await, ["expired", "updated"]);
        let accepted = super::twice(&workshop.receiver.machine, &workshop.receiver, &format!("{}/acceptance", path(&referrals[0])), json!({})).await;
        assert_eq!((accepted.field("state"), &accepted.json()["closed_at"]), ("accepted".to_owned(), &Value::Null), "open again");
        assert_eq!(workshop.receiver.news().await, ["accepted"]);
        let refused = json!({"reason": "no_place", "comment": "Trop tard."});
        super::twice(&workshop.receiver.machine, &workshop.receiver, &format!("{}/refusal", path(&referrals[1])), refused).await;
        assert_eq!(workshop.receiver.news().await, ["expired", "refused"], "the feed says how it came to this");
        workshop.wait(&referrals[2]).await.expect_problem(409, "SEAT_FREE");
        workshop.resize(1).await.expect(200);
        let waiting = workshop.wait(&referrals[2]).await.expect(200).json();
        assert_eq!((&waiting["state"], &waiting["waiting_rank"]), (&json!("waiting_list"), &json!(1)));
        assert_eq!(workshop.receiver.news().await, ["expired", "waiting_listed"]);
    });
}

#[test]
fn a_late_answer_is_not_taken_while_another_referral_is_open() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 50).await;
        let person = server.given().person().await;
        let late = workshop.refer_person(server, &person).await;
        set_clock(server, EXPIRY);
        // Sent again: what the clock had ended is written down on the way.
        let other = workshop.refer_person(server, &person).await;
        assert_eq!(workshop.receiver.news().await, ["sent", "expired", "sent"]);
        for (command, order) in [("acceptance", json!({})), ("refusal", json!({"reason": "no_place"})), ("waiting-list", json!({}))] {
            let refused = workshop.receiver.answer(&late, command, order).await.expect_problem(409, "REFERRAL_OPEN");
            assert!(refused.json().get("conflicting_id").is_none(), "the other is the département's to tell: {}", refused.text());
        }
        let cancelled = json!({"reason": "entered_by_mistake"});
        workshop.manager.post(&format!("{}/cancellation", path(&other)), cancelled).await.expect(200);
        let accepted = workshop.receiver.answer(&late, "acceptance", json!({})).await.expect(200);
        assert_eq!(accepted.field("state"), "accepted");
        let refused = workshop.manager.post(&of_person(&person), server.given().referral_to_order(&workshop.action, None)).await;
        assert_open(refused, &late);
    });
}

#[test]
fn another_receiver_s_open_referral_is_no_rival() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (one, other) = (Workshop::new(server, 5).await, Workshop::new(server, 5).await);
        let person = server.given().person().await;
        let late = one.refer_person(server, &person).await;
        set_clock(server, EXPIRY);
        other.refer_person(server, &person).await;
        server.given().referral(&one.receiver.organisation, &person).await;
        one.accept(&late).await;
    });
}

#[test]
fn what_expired_is_not_cancelled() {
    on_both(async |server| {
        let (workshop, referrals) = unanswered(server, 1).await;
        set_clock(server, EXPIRY);
        let order = json!({"reason": "person_declined"});
        let path = format!("{}/cancellation", path(&referrals[0]));
        workshop.manager.post(&path, order).await.expect_problem(409, "REFERRAL_EXPIRED");
    });
}

#[test]
fn what_expired_is_not_edited_and_its_own_version_is_not_stale() {
    on_both(async |server| {
        let (workshop, referrals) = unanswered(server, 1).await;
        set_clock(server, EXPIRY);
        let edited = workshop.manager.edit(&path(&referrals[0]), json!({"objective": "Autre chose."})).await;
        edited.expect_problem(409, "REFERRAL_EXPIRED");
    });
}
