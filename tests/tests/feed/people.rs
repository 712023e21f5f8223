//! Who may pull: a receiver its own feed, by its machine or by a person of it, and nobody else. Whoever was shown somebody is in the
//! access log.

use std::collections::BTreeSet;

use api_tests::{Answer, Client, TestServer, on_both};
use serde_json::{Value, json};

use super::{CHECKPOINT, DIGEST, FEED, Receiver, acknowledge, cursors, digest_of, event_ids, pull, read_digest, walk};
use crate::visibility::{log_by_request, people_of};

fn people_in(events: &[Value]) -> BTreeSet<String> {
    events.iter().filter_map(|event| event["referral"]["person"]["beneficiary_id"].as_str()).map(str::to_owned).collect()
}

#[test]
fn a_receiver_never_sees_anothers_feed() {
    on_both(async |server| {
        let (one, other) = (Receiver::new(server).await, Receiver::new(server).await);
        for _ in 0..4 {
            one.refer(server).await;
            other.refer(server).await;
            other.refer(server).await;
        }
        let (of_one, of_other) = (walk(&one.machine, 3).await, walk(&other.machine, 3).await);
        assert_eq!((of_one.len(), of_other.len()), (4, 8));
        for (receiver, events) in [(&one, &of_one), (&other, &of_other)] {
            assert!(events.iter().all(|event| event["referral"]["organisation_id"] == receiver.organisation));
            assert_eq!(read_digest(&receiver.machine, 1, 100).await, digest_of(&event_ids(events)));
        }
        assert!(people_in(&of_one).is_disjoint(&people_in(&of_other)));
        // Nor does it move the other's checkpoint.
        acknowledge(&other.machine, &cursors(&other.machine).await[6]).await.expect(200);
        assert_eq!(pull(&one.machine, "").await.json()["acknowledged_seq"], 0);
        for foreign in cursors(&other.machine).await {
            one.machine.get(&format!("{FEED}?after={foreign}")).await.expect_problem(400, "CURSOR_INVALID");
            acknowledge(&one.machine, &foreign).await.expect_problem(400, "CURSOR_INVALID");
        }
    });
}

#[test]
fn a_person_of_the_receiver_may_what_its_machine_may() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 5).await;
        let (machine, partner) = (&receiver.machine, server.partner(&receiver.organisation).await);
        for query in ["", "?after=beginning", "?limit=2", "?after=beginning&limit=3"] {
            assert_eq!(pull(machine, query).await.text(), pull(&partner, query).await.text(), "{query}");
        }
        assert_eq!(read_digest(machine, 2, 4).await, read_digest(&partner, 2, 4).await);
        // A place that one read is good for the other, and the checkpoint is the organisation's.
        let (by_machine, by_partner) = (cursors(machine).await, cursors(&partner).await);
        assert_eq!(by_machine, by_partner);
        assert_eq!(acknowledge(&partner, &by_machine[1]).await.expect(200).json(), json!({"acknowledged_seq": 2, "last_seq": 5}));
        assert_eq!(acknowledge(machine, &by_partner[3]).await.expect(200).json(), json!({"acknowledged_seq": 4, "last_seq": 5}));
        for by in [machine, &partner] {
            assert_eq!(super::numbers(&pull(by, "").await.items()), [5]);
        }
    });
}

async fn all_three(by: &Client, cursor: &str) -> [Answer; 3] {
    [by.get(FEED).await, acknowledge(by, cursor).await, by.get(&format!("{DIGEST}?from_seq=1&to_seq=1")).await]
}

#[test]
fn nobody_pulls_without_the_scope_or_the_role() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer(server).await;
        let cursor = cursors(&receiver.machine).await.remove(0);
        let own = &receiver.organisation;
        let mut callers = vec![
            server.client(own, &["referrals:answer"]).await,
            server.client(own, &["sessions:read", "sessions:write", "attendance:write"]).await,
            server.machine("a narrow token", &receiver.id, &receiver.secret, Some("referrals:answer")),
            server.manager().await,
            server.caseworker(&[]).await,
            server.auditor().await,
            server.analyst().await,
            server.administrator(),
        ];
        for by in &callers {
            for answer in all_three(by, &cursor).await {
                let refused = answer.expect(403);
                let challenge = refused.header("www-authenticate").unwrap_or_default();
                assert!(challenge.contains("error=\"insufficient_scope\""), "{}: {challenge}", refused.asked);
            }
        }
        for answer in all_three(&server.anonymous(), &cursor).await {
            answer.expect(401);
        }
        // The control: that scope alone is enough.
        callers.push(server.client(own, &["referrals:receive"]).await);
        for answer in all_three(callers.last().unwrap(), &cursor).await {
            answer.expect(200);
        }
        receiver.machine.put(&format!("{CHECKPOINT}?x=1"), json!({"cursor": cursor})).await.expect(400);
    });
}

/// The people whom the access log says an answer showed, and by whom; none without a line.
async fn traced(server: &TestServer, answer: &Answer) -> Option<(Value, Value, BTreeSet<String>)> {
    let log = log_by_request(server).await;
    let line = log.get(answer.header("x-request-id").unwrap())?;
    Some((line["operation"].clone(), line["actor_id"].clone(), people_of(line)))
}

#[test]
fn every_delivery_of_people_is_traced_and_an_empty_page_is_not() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 6).await;
        let (machine, partner) = (&receiver.machine, server.partner(&receiver.organisation).await);
        let places = cursors(machine).await;
        let everybody = people_in(&walk(machine, 200).await);
        assert_eq!(everybody.len(), 6);
        for (by, query, count) in [
            (machine, "?limit=4".to_owned(), 4),
            (&partner, "?limit=4".to_owned(), 4),
            (machine, format!("?after={}&limit=1&wait=3", places[1]), 1),
            (&partner, format!("?after={}", places[2]), 3),
        ] {
            let page = pull(by, &query).await;
            let shown = people_in(&page.items());
            assert_eq!(shown.len(), count, "{query}");
            assert_eq!(traced(server, &page).await, Some((json!("readReferralFeed"), json!(by.id()), shown)), "{query}");
        }
        for empty in [
            pull(machine, &format!("?after={}", places[5])).await,
            pull(&partner, &format!("?after={}&wait=1", places[5])).await,
            acknowledge(machine, &places[5]).await.expect(200),
            machine.get(&format!("{DIGEST}?from_seq=1&to_seq=6")).await.expect(200),
            machine.get(&format!("{FEED}?after=forged")).await.expect(400),
        ] {
            assert_eq!(traced(server, &empty).await, None, "{}", empty.asked);
        }
        // The same person twice on a page is one person.
        let referral = pull(machine, "?after=beginning&limit=1").await.items()[0]["referral"].clone();
        let path = format!("/v1/referrals/{}/receipt", referral["id"].as_str().unwrap());
        machine.post(&path, json!({})).await.expect(200);
        let whole = pull(machine, "?after=beginning").await;
        assert_eq!((whole.items().len(), traced(server, &whole).await.unwrap().2), (7, everybody));
    });
}
