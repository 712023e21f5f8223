//! What nobody answered in time: the clock decides it, whoever comes by first writes it down, and it is told once.

use std::collections::BTreeMap;

use api_tests::{Client, TestServer, on_both, on_databases};
use chrono::TimeDelta;
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::{Value, json};

use super::{Receiver, of_referral, pull, types, walk};

/// People referred to an action of a receiver, each of whom is unanswered.
async fn unanswered(server: &TestServer, receiver: &Receiver, count: usize) -> (String, Vec<String>) {
    let given = server.given();
    let action = given.action(&receiver.organisation).await;
    let group = given.group(&action).await;
    let mut referrals = Vec::new();
    for _ in 0..count {
        referrals.push(given.referral_to(&action, Some(&group), &given.person().await).await);
    }
    (action, referrals)
}

#[test]
fn a_late_answer_is_told_after_the_expiry_that_it_found() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let machine = &receiver.machine;
        let (_, referrals) = unanswered(server, &receiver, 3).await;
        let sent = machine.get(&format!("/v1/referrals/{}", referrals[0])).await.expect(200);
        server.advance(TimeDelta::days(30));
        let read = machine.get(&format!("/v1/referrals/{}", referrals[0])).await.expect(200);
        assert_eq!((read.field("state"), read.field("closed_at")), ("expired".to_owned(), sent.field("expires_at")), "the clock decides");
        server.advance(TimeDelta::hours(1));
        // Many at once: one of them finds it, all of them are the same answer.
        let path = |place: usize, command: &str| format!("/v1/referrals/{}{command}", referrals[place]);
        let answers = join_all((0..10).map(async |_| machine.post(&path(0, "/acceptance"), json!({})).await)).await;
        let states: Vec<(u16, String)> = answers.iter().map(|answer| (answer.status, answer.field("state"))).collect();
        assert_eq!(states, vec![(200, "accepted".to_owned()); 10]);
        machine.post(&path(1, "/refusal"), json!({"reason": "no_place"})).await.expect(200);
        let events = walk(machine, 200).await;
        for (place, answer) in [(0, "referral.accepted"), (1, "referral.refused")] {
            let of_it = of_referral(&events, &referrals[place]);
            assert_eq!(types(&of_it), ["referral.sent", "referral.expired", answer]);
            let expired = &of_it[1]["referral"];
            assert_eq!((&expired["state"], &expired["closed_at"]), (&json!("expired"), &expired["expires_at"]));
            assert_eq!(of_it[1]["seq"].as_u64().unwrap() + 1, of_it[2]["seq"].as_u64().unwrap(), "in one transaction");
        }
        assert_eq!(of_referral(&events, &referrals[0])[2]["referral"]["closed_at"], Value::Null);
    });
}

#[test]
fn a_new_referral_is_told_after_the_expiry_of_the_one_before() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let given = server.given();
        let action = given.action(&receiver.organisation).await;
        let person = given.person().await;
        let first = given.referral_to(&action, None, &person).await;
        server.advance(TimeDelta::days(30));
        let second = given.referral_to(&action, None, &person).await;
        let events = walk(&receiver.machine, 200).await;
        assert_eq!(types(&events), ["referral.sent", "referral.expired", "referral.sent"]);
        assert_eq!([&events[1]["referral"]["id"], &events[2]["referral"]["id"]], [&json!(first), &json!(second)]);
        // What was refused wrote nothing down; a late answer to the first one is, while the second is open.
        receiver.machine.post(&format!("/v1/referrals/{first}/refusal"), json!({"reason": "no_place"})).await.expect_problem(409, "REFERRAL_OPEN");
        assert_eq!(walk(&receiver.machine, 200).await, events);
    });
}

#[test]
fn an_accompaniment_never_expires() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let (referral, partner) = (receiver.refer(server).await, server.partner(&receiver.organisation).await);
        server.advance(TimeDelta::days(4_000));
        let accepted = json!({"referent": {"last_name": "Exemple", "first_name": "Noa", "email": null, "phone": null}});
        partner.post(&format!("/v1/referrals/{referral}/acceptance"), accepted).await.expect(200);
        assert_eq!(types(&walk(&partner, 200).await), ["referral.sent", "referral.accepted"]);
    });
}

/// Waits for the events of a feed until so many say that a referral expired: three minutes at most, each time as long as one may.
async fn until_expired(by: &Client, count: usize) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), "beginning".to_owned());
    for _ in 0..20 {
        let page = pull(by, &format!("?after={after}&wait=10")).await;
        events.extend(page.items());
        after = page.field("next_cursor");
        if events.iter().filter(|event| event["type"] == "referral.expired").count() >= count {
            return events;
        }
    }
    panic!("no sweep came by: {:?}", types(&events));
}

#[test]
fn a_sweep_tells_each_expiry_once_however_many_servers_sweep() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let first = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&first).await;
        let (_, mut referrals) = unanswered(&first, &receiver, 12).await;
        // One server is all there is on SQLite.
        let second = if database.engine == Engine::Postgres { Some(first.start_again(database, &[]).await) } else { None };
        first.advance(TimeDelta::days(31));
        let answered = referrals.remove(0);
        receiver.machine.post(&format!("/v1/referrals/{answered}/refusal"), json!({"reason": "no_place"})).await.expect(200);
        let events = until_expired(&receiver.machine, 12).await;
        // Whoever comes late finds it written down already.
        for late in &referrals {
            receiver.machine.post(&format!("/v1/referrals/{late}/acceptance"), json!({})).await.expect(200);
        }
        let all = walk(&receiver.machine, 200).await;
        assert_eq!(all[..events.len()], events);
        let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for event in &all {
            told.entry(event["referral"]["id"].as_str().unwrap()).or_default().push(event["type"].as_str().unwrap());
        }
        assert_eq!(told.remove(&*answered), Some(vec!["referral.sent", "referral.expired", "referral.refused"]));
        assert_eq!(told.len(), 11);
        assert!(told.values().all(|types| types == &["referral.sent", "referral.expired", "referral.accepted"]), "{told:?}");
        for server in [Some(&first), second.as_ref()].into_iter().flatten() {
            server.stop().await;
            server.assert_contract_was_kept();
        }
    });
}
