//! How far a receiver says it has come, and the digest by which it proves that it missed nothing.

use api_tests::on_both;
use chrono::TimeDelta;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::{CHECKPOINT, DIGEST, Receiver, acknowledge, cursors, digest_of, event_ids, numbers, pull, read_digest, walk};

#[test]
fn a_checkpoint_goes_forward_only_and_reading_goes_on_from_it() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let machine = &receiver.machine;
        // The place before the first event is one too.
        let start = pull(machine, "").await.field("next_cursor");
        assert_eq!(acknowledge(machine, &start).await.expect(200).json(), json!({"acknowledged_seq": 0, "last_seq": 0}));
        receiver.refer_many(server, 5).await;
        let places = cursors(machine).await;
        for (place, stands_at) in [(1, 2), (0, 2), (1, 2), (3, 4), (2, 4), (0, 4)] {
            let moved = acknowledge(machine, &places[place]).await.expect(200).json();
            assert_eq!(moved, json!({"acknowledged_seq": stands_at, "last_seq": 5}));
            let rest = pull(machine, "").await;
            assert_eq!(numbers(&rest.items()), (stands_at + 1..=5).collect::<Vec<_>>(), "without `after`, from the last acknowledged");
            assert_eq!(rest.json()["acknowledged_seq"], stands_at);
        }
        assert_eq!(acknowledge(machine, &start).await.expect(200).json()["acknowledged_seq"], 4);
        // What was acknowledged can be read again.
        assert_eq!(numbers(&pull(machine, "?after=beginning").await.items()), [1, 2, 3, 4, 5]);
        assert_eq!(pull(machine, &format!("?after={}", places[0])).await.json()["acknowledged_seq"], 4);
        acknowledge(machine, &places[4]).await.expect(200);
        let end = pull(machine, "").await;
        assert_eq!((end.items().len(), end.field("next_cursor")), (0, places[4].clone()));
        // Places do not expire; secrets do.
        let partner = server.partner(&receiver.organisation).await;
        server.advance(TimeDelta::days(800));
        assert_eq!(numbers(&pull(&partner, &format!("?after={}", places[2])).await.items()), [4, 5]);
        acknowledge(&partner, &places[2]).await.expect(200);
    });
}

#[test]
fn a_checkpoint_that_is_no_place_of_ours_is_refused_and_moves_nothing() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 2).await;
        let machine = &receiver.machine;
        let good = cursors(machine).await.remove(1);
        for body in [
            json!({}),
            json!({"cursor": null}),
            json!({"cursor": 1}),
            json!({"cursor": [good]}),
            json!({"cursor": ""}),
            json!({"cursor": " "}),
            json!({"cursor": format!("{good} ")}),
            json!({"cursor": format!("{good}=")}),
            json!({"cursor": "é"}),
            json!({"cursor": "A".repeat(201)}),
        ] {
            let refused = machine.put(CHECKPOINT, body.clone()).await.expect(422);
            let places: Vec<String> = refused.faults().into_iter().map(|(_, place)| place).collect();
            assert_eq!(places, ["/cursor"], "{body}: {}", refused.text());
        }
        machine.put(CHECKPOINT, json!({"cursor": good, "more": 1})).await.expect(422);
        machine.put(CHECKPOINT, json!([])).await.expect(422);
        machine.ask("PUT", CHECKPOINT).json_text("{\"cursor\":").send().await.expect(400);
        let listed = machine.get("/v1/referrals?limit=1").await.expect(200).field("next_cursor");
        let forged: String = good.chars().rev().collect();
        for cursor in ["beginning", "A", &listed, &forged, &good[1..], &"A".repeat(200), &format!("{good}AAAA")] {
            let refused = acknowledge(machine, cursor).await.expect_problem(400, "CURSOR_INVALID");
            assert_eq!(refused.faults(), [("CURSOR_INVALID".to_owned(), "/cursor".to_owned())]);
            let refused = machine.get(&format!("{}?after={cursor}x", super::FEED)).await.expect_problem(400, "CURSOR_INVALID");
            assert_eq!(refused.faults(), [("CURSOR_INVALID".to_owned(), "after".to_owned())]);
        }
        assert_eq!(pull(machine, "").await.json()["acknowledged_seq"], 0);
        assert_eq!(acknowledge(machine, &good).await.expect(200).json()["acknowledged_seq"], 2);
    });
}

#[test]
fn checkpoints_sent_at_once_end_at_the_highest() {
    on_both(async |server| {
        const EVENTS: u64 = 40;
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 40).await;
        let machine = &receiver.machine;
        let mut places: Vec<(u64, String)> = (1..).zip(cursors(machine).await).collect();
        let mut chance = StdRng::seed_from_u64(40);
        for place in (1..places.len()).rev() {
            places.swap(place, chance.random_range(0..=place));
        }
        let answers = join_all(places.iter().map(async |(seq, cursor)| (*seq, acknowledge(machine, cursor).await.expect(200).json()))).await;
        for (seq, answer) in answers {
            assert!(answer["acknowledged_seq"].as_u64().unwrap() >= seq, "{answer} after {seq}");
            assert_eq!(answer["last_seq"], EVENTS);
        }
        let page = pull(machine, "").await;
        assert_eq!((&page.json()["acknowledged_seq"], page.items().len()), (&json!(EVENTS), 0));
    });
}

#[test]
fn a_digest_is_that_of_the_events_the_receiver_holds() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let machine = &receiver.machine;
        assert_eq!(read_digest(machine, 1, 1).await, digest_of(&[]), "of a feed without events");
        receiver.refer_many(server, 9).await;
        let ids = event_ids(&walk(machine, 4).await);
        for from in 1..=12_usize {
            for to in from..=12 {
                let held = ids.get(from - 1..).map_or(&[][..], |rest| &rest[..rest.len().min(to + 1 - from)]);
                assert_eq!(read_digest(machine, from as u64, to as u64).await, digest_of(held), "{from} to {to}");
            }
        }
        assert_eq!(read_digest(machine, 1, 10_000).await, digest_of(&ids));
        assert_eq!(read_digest(machine, 2, 10_001).await, digest_of(&ids[1..]));
        let last = i64::MAX.unsigned_abs();
        assert_eq!(read_digest(machine, last, last).await, digest_of(&[]));
        // The control: another order, another digest.
        let backwards: Vec<_> = ids.iter().rev().copied().collect();
        assert_ne!(read_digest(machine, 1, 9).await, digest_of(&backwards));
        // What comes later does not change it.
        let before = read_digest(machine, 1, 9).await;
        receiver.refer(server).await;
        assert_eq!(read_digest(machine, 1, 9).await, before);
        assert_ne!(read_digest(machine, 1, 10).await, before);
    });
}

#[test]
fn a_digest_of_no_range_is_refused() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        for (query, place) in [
            ("from_seq=1&to_seq=10001", "to_seq"),
            ("from_seq=5&to_seq=4", "to_seq"),
            ("from_seq=0&to_seq=4", "from_seq"),
            ("from_seq=-1&to_seq=4", "from_seq"),
            ("from_seq=1&to_seq=0", "to_seq"),
            ("from_seq=x&to_seq=4", "from_seq"),
            ("from_seq=1&to_seq=", "to_seq"),
            ("from_seq=1&to_seq=9223372036854775808", "to_seq"),
            ("from_seq=1&to_seq=9223372036854775807", "to_seq"),
            ("to_seq=4", "from_seq"),
            ("from_seq=1", "to_seq"),
            ("from_seq=1&to_seq=4&after=x", "after"),
        ] {
            let refused = receiver.machine.get(&format!("{DIGEST}?{query}")).await.expect(400);
            let places: Vec<String> = refused.faults().into_iter().map(|(_, place)| place).collect();
            assert_eq!(places, [place], "{query}: {}", refused.text());
        }
        let good: Value = read_digest(&receiver.machine, 1, 10_000).await;
        assert_eq!(good["count"], 0);
    });
}
