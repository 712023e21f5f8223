//! What is told no more: sixty days after the end of a referral, or when the person's file was merged or purged, an event keeps its
//! place and its name and says nothing. The clock decides, whether or not a sweep came by.

use api_tests::rival::Rival;
use api_tests::{Client, TestServer, on_both, on_databases};
use chrono::TimeDelta;
use domain::calendar::Instant;
use persistence::Engine;
use serde_json::{Value, json};

use super::{Receiver, cursors, of_referral, pull, read_digest, types, walk};
use crate::visibility::log_by_request;

const SIXTY_DAYS: TimeDelta = TimeDelta::days(60);
const A_MILLISECOND: TimeDelta = TimeDelta::milliseconds(1);

/// The event without what it tells.
fn bare(event: &Value) -> Value {
    let mut event = event.clone();
    for name in ["referral", "redacted"] {
        assert!(event.as_object_mut().unwrap().remove(name).is_some());
    }
    event
}

/// That of these events just those of these places (from 0) are told no more, and that all else is as it was.
#[track_caller]
fn assert_forgotten(before: &[Value], now: &[Value], forgotten: &[usize]) {
    assert_eq!(before.iter().map(bare).collect::<Vec<_>>(), now.iter().map(bare).collect::<Vec<_>>());
    for (place, (before, now)) in before.iter().zip(now).enumerate() {
        if forgotten.contains(&place) {
            assert_eq!((&now["referral"], &now["redacted"]), (&Value::Null, &json!(true)), "place {place}: {now}");
        } else {
            assert_eq!((&now["referral"], &now["redacted"]), (&before["referral"], &json!(false)), "place {place}");
        }
    }
}

async fn end_each_in_its_way(server: &TestServer, machine: &Client, referrals: &[String]) {
    let path = |place: usize, command: &str| format!("/v1/referrals/{}{command}", referrals[place]);
    let ended_on = server.given().day(0);
    machine.post(&path(0, "/refusal"), json!({"reason": "not_mobile"})).await.expect(200);
    machine.post(&path(1, "/outcome"), json!({"conclusion": "completed", "ended_on": ended_on})).await.expect(200);
    machine.post(&path(2, "/outcome"), json!({"conclusion": "abandoned", "ended_on": ended_on, "reason": "moved"})).await.expect(200);
    let cancelled = json!({"reason": "person_declined", "comment": null});
    server.manager().await.post(&path(3, "/cancellation"), cancelled).await.expect(200);
}

#[test]
fn sixty_days_after_its_end_a_referral_is_told_no_more_though_no_sweep_came_by() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        // A person: secrets expire before they do.
        let machine = &server.partner(&receiver.organisation).await;
        let referrals = receiver.refer_many(server, 6).await;
        server.advance(TimeDelta::days(3));
        end_each_in_its_way(server, machine, &referrals).await;
        let ended = server.now();
        // Another one ends a day later, and the last one never.
        server.advance(TimeDelta::days(1));
        machine.post(&format!("/v1/referrals/{}/refusal", referrals[4]), json!({"reason": "no_place"})).await.expect(200);
        let before = walk(machine, 200).await;
        assert_eq!(before.len(), 11);
        let (digest, places) = (read_digest(machine, 1, 11).await, cursors(machine).await);

        server.set_clock(ended.plus(SIXTY_DAYS).plus(-A_MILLISECOND));
        assert_forgotten(&before, &walk(machine, 3).await, &[]);
        server.set_clock(ended.plus(SIXTY_DAYS));
        assert_forgotten(&before, &walk(machine, 3).await, &[0, 1, 2, 3, 6, 7, 8, 9]);
        server.advance(TimeDelta::days(1));
        assert_forgotten(&before, &walk(machine, 3).await, &[0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
        server.advance(TimeDelta::days(4_000));
        assert_forgotten(&before, &walk(machine, 3).await, &[0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
        assert_eq!((read_digest(machine, 1, 11).await, cursors(machine).await), (digest, places), "numbers, names and places stay");

        // Nobody is shown by a page that tells nothing.
        let nothing = pull(machine, "?after=beginning&limit=5").await;
        assert!(!log_by_request(server).await.contains_key(nothing.header("x-request-id").unwrap()));
    });
}

#[test]
fn what_expired_is_told_no_more_after_sixty_days_though_nobody_wrote_it_down() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let action = server.given().action(&receiver.organisation).await;
        let referral = server.given().referral_to(&action, None, &server.given().person().await).await;
        let expires_at: Instant = receiver.machine.get(&format!("/v1/referrals/{referral}")).await.expect(200).field("expires_at").parse().unwrap();
        assert_eq!(expires_at, server.now().plus(TimeDelta::days(30)));
        let path = format!("/v1/referrals/{referral}");
        let first = async || pull(&receiver.machine, "?after=beginning&limit=1").await.items().remove(0);
        let before = first().await;
        let mut seen = Vec::new();
        for moment in [expires_at, expires_at.plus(SIXTY_DAYS).plus(-A_MILLISECOND), expires_at.plus(SIXTY_DAYS)] {
            server.set_clock(moment);
            let event = first().await;
            assert_eq!(bare(&event), bare(&before));
            let listed = receiver.machine.get("/v1/referrals").await.expect(200).items().len();
            seen.push((event["redacted"] == false && event["referral"] == before["referral"], listed, receiver.machine.get(&path).await.status));
        }
        assert_eq!(seen, [(true, 1, 200), (true, 1, 200), (false, 0, 404)], "told in the feed, listed, read");
    });
}

#[test]
fn a_late_acceptance_is_told_on() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let (given, machine) = (server.given(), &server.partner(&receiver.organisation).await);
        let action = given.action(&receiver.organisation).await;
        let group = given.group(&action).await;
        let mut referrals = Vec::new();
        for _ in 0..2 {
            referrals.push(given.referral_to(&action, Some(&group), &given.person().await).await);
        }
        // The one is accepted late, the other is refused late: that closed it anew.
        server.advance(TimeDelta::days(50));
        machine.post(&format!("/v1/referrals/{}/acceptance", referrals[0]), json!({})).await.expect(200);
        machine.post(&format!("/v1/referrals/{}/refusal", referrals[1]), json!({"reason": "no_place"})).await.expect(200);
        let before = walk(machine, 200).await;
        assert_eq!(types(&of_referral(&before, &referrals[0])), ["referral.sent", "referral.expired", "referral.accepted"]);
        assert_eq!(types(&of_referral(&before, &referrals[1])), ["referral.sent", "referral.expired", "referral.refused"]);
        server.advance(SIXTY_DAYS + -A_MILLISECOND);
        assert_forgotten(&before, &walk(machine, 200).await, &[]);
        server.advance(A_MILLISECOND);
        let refused: Vec<usize> = (0..before.len()).filter(|place| before[*place]["referral"]["id"] == referrals[1]).collect();
        assert_eq!(refused.len(), 3);
        assert_forgotten(&before, &walk(machine, 200).await, &refused);
        server.advance(TimeDelta::days(400));
        assert_forgotten(&before, &walk(machine, 200).await, &refused);
    });
}

#[test]
fn what_was_merged_or_purged_is_told_no_more() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&server).await;
        let machine = &receiver.machine;
        let mut people = Vec::new();
        for _ in 0..4 {
            let person = server.given().person().await;
            let referral = server.given().referral(&receiver.organisation, &person).await;
            machine.post(&format!("/v1/referrals/{referral}/receipt"), json!({})).await.expect(200);
            people.push(person.reference);
        }
        let before = walk(machine, 200).await;
        let digest = read_digest(machine, 1, 8).await;
        // Until the département can do it over HTTP, its database says so.
        let rival = Rival::connect(&database.url).await;
        let change = async |what: &str, of: usize| {
            assert_eq!(rival.run(&format!("update beneficiary set {what} where reference = '{}'", people[of])).await, 1);
        };
        change("purged_at = updated_at, last_name = null, first_name = null", 1).await;
        assert_forgotten(&before, &walk(machine, 200).await, &[2, 3]);
        change(&format!("merged_into_id = (select id from beneficiary where reference = '{}')", people[3]), 2).await;
        assert_forgotten(&before, &walk(machine, 200).await, &[2, 3, 4, 5]);
        assert_eq!(read_digest(machine, 1, 8).await, digest);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
