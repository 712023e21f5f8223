//! A database restored from a backup while its receivers had gone on: they are told, never silently led past what they miss.

use api_tests::database::Database;
use api_tests::rival::Rival;
use api_tests::{Client, TestServer, on_databases};
use persistence::Engine;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{FEED, Receiver, acknowledge, cursors, digest_of, event_ids, numbers, pull, read_digest, until_they_wait, walk};

/// A server whose database was copied while it stood still, and another one on the copy: the one goes on, the other was restored.
async fn copied(server: TestServer, database: &Database) -> (TestServer, TestServer, Database) {
    server.stop().await;
    server.assert_contract_was_kept();
    let copy = database.copy().await;
    (server.start_again(database, &[]).await, server.start_again(&copy, &[]).await, copy)
}

async fn stop_both(servers: [TestServer; 2], copy: Database) {
    for server in &servers {
        server.stop().await;
        server.assert_contract_was_kept();
    }
    copy.discard().await;
}

/// That this place is refused, however it is asked for, and that the refusal says how far the feed goes.
async fn assert_diverged(by: &Client, cursor: &str, last_seq: u64) {
    let before = pull(by, "").await.json()["acknowledged_seq"].clone();
    for query in ["", "&limit=1", "&wait=2"] {
        let refused = by.get(&format!("{FEED}?after={cursor}{query}")).await.expect_problem(409, "FEED_DIVERGED");
        assert_eq!(refused.json()["last_seq"], last_seq, "{}", refused.text());
        assert!(refused.json().get("items").is_none());
    }
    let refused = acknowledge(by, cursor).await.expect_problem(409, "FEED_DIVERGED");
    assert_eq!(refused.json()["last_seq"], last_seq);
    assert_eq!(pull(by, "").await.json()["acknowledged_seq"], before, "nothing is acknowledged");
}

/// The last event that a receiver and a feed have in common, found by digests alone.
async fn last_in_common(by: &Client, held: &[Uuid]) -> usize {
    let (mut common, mut apart) = (0, held.len() + 1);
    while apart - common > 1 {
        let middle = usize::midpoint(common, apart);
        let theirs = read_digest(by, 1, middle as u64).await;
        if theirs == digest_of(&held[..middle]) {
            common = middle;
        } else {
            apart = middle;
        }
    }
    common
}

#[test]
fn a_receiver_ahead_of_a_restored_feed_is_told_and_finds_the_last_event_in_common() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&server).await;
        receiver.refer_many(&server, 5).await;
        acknowledge(&receiver.machine, &cursors(&receiver.machine).await[1]).await.expect(200);
        let (first, restored, copy) = copied(server, database).await;
        let (at_first, at_restored) = (receiver.at(&first), receiver.at(&restored));
        receiver.refer_many(&first, 4).await;
        let places = cursors(&at_first).await;
        let held = event_ids(&walk(&at_first, 200).await);
        assert_eq!(places.len(), 9);
        acknowledge(&at_first, &places[8]).await.expect(200);

        // Shorter than its receiver knows it.
        for ahead in &places[5..] {
            assert_diverged(&at_restored, ahead, 5).await;
        }
        for (cursor, seq) in places[..5].iter().zip(1..) {
            let rest = pull(&at_restored, &format!("?after={cursor}")).await;
            assert_eq!(numbers(&rest.items()), (seq + 1..=5).collect::<Vec<_>>(), "a place in common");
        }
        assert_eq!(last_in_common(&at_restored, &held).await, 5);
        assert_eq!(numbers(&pull(&at_restored, "").await.items()), [3, 4, 5], "from what its own checkpoint says");

        // Grown to just as far, and then past it, with other events.
        let mut length = 5;
        for more in [4, 1, 6] {
            receiver.refer_many(&restored, more).await;
            length += more as u64;
            for ahead in &places[5..] {
                assert_diverged(&at_restored, ahead, length).await;
            }
            let theirs = walk(&at_restored, 200).await;
            assert_eq!(event_ids(&theirs)[..5], held[..5]);
            assert!(event_ids(&theirs)[5..].iter().all(|id| !held.contains(id)), "other events");
            let rest = pull(&at_restored, &format!("?after={}", places[4])).await.items();
            assert_eq!(rest, theirs[5..], "a place in common leads to what is there now");
            assert_eq!(last_in_common(&at_restored, &held).await, 5);
        }
        let common = acknowledge(&at_restored, &places[4]).await.expect(200).json();
        assert_eq!(common, json!({"acknowledged_seq": 5, "last_seq": length}));

        // The control: where nothing was restored, every place is good.
        for (cursor, seq) in places.iter().zip(1..) {
            assert_eq!(numbers(&pull(&at_first, &format!("?after={cursor}")).await.items()), (seq + 1..=9).collect::<Vec<_>>());
        }
        assert_eq!(last_in_common(&at_first, &held).await, 9);
        stop_both([first, restored], copy).await;
    });
}

#[test]
fn a_feed_restored_to_before_its_first_event_is_told_apart_too() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&server).await;
        server.manager().await;
        let start = pull(&receiver.machine, "").await.field("next_cursor");
        let (first, restored, copy) = copied(server, database).await;
        let (at_first, at_restored) = (receiver.at(&first), receiver.at(&restored));
        receiver.refer_many(&first, 2).await;
        let places = cursors(&at_first).await;
        let held = event_ids(&walk(&at_first, 200).await);
        assert_diverged(&at_restored, &places[0], 0).await;
        assert_diverged(&at_restored, &places[1], 0).await;
        assert_eq!(last_in_common(&at_restored, &held).await, 0);
        assert_eq!(pull(&at_restored, &format!("?after={start}")).await.items(), Vec::<Value>::new());
        receiver.refer(&restored).await;
        assert_diverged(&at_restored, &places[0], 1).await;
        assert_diverged(&at_restored, &places[1], 1).await;
        assert_eq!(numbers(&pull(&at_restored, &format!("?after={start}")).await.items()), [1], "before the first event all are the same");
        stop_both([first, restored], copy).await;
    });
}

#[test]
fn who_waits_while_a_feed_is_restored_is_told_as_whoever_comes_after() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let (receiver, other) = (Receiver::new(&server).await, Receiver::new(&server).await);
        receiver.refer_many(&server, 5).await;
        let places = cursors(&receiver.machine).await;
        acknowledge(&receiver.machine, &places[4]).await.expect(200);
        let held = event_ids(&walk(&receiver.machine, 200).await);
        let own = match database.engine {
            Engine::Postgres => format!("'{}'::uuid", receiver.organisation),
            Engine::Sqlite => format!("x'{}'", receiver.organisation.replace('-', "")),
        };
        // Under a server that goes on: its database falls back to the third event, and grows past the place waited at with other ones.
        let restore = async {
            until_they_wait(&server, 3).await;
            let rival = Rival::connect(&database.url).await;
            rival.run_in_the_end(&format!("delete from feed_item where feed_id = {own} and seq > 3")).await;
            rival.run_in_the_end(&format!("update feed set last_seq = 3 where id = {own}")).await;
            receiver.refer_many(&server, 3).await;
            other.refer(&server).await;
        };
        let asked = [format!("{FEED}?after={}&wait=25", places[4]), format!("{FEED}?wait=25")];
        let waiting = async {
            tokio::join!(receiver.machine.get(&asked[0]), receiver.machine.get(&asked[1]), pull(&other.machine, "?after=beginning&wait=25"))
        };
        let ((), (named, acknowledged, control)) = tokio::join!(restore, waiting);
        for refused in [named, acknowledged] {
            let refused = refused.expect_problem(409, "FEED_DIVERGED");
            assert_eq!(refused.json()["last_seq"], 6, "{}", refused.text());
            assert!(refused.json().get("items").is_none());
        }
        assert_eq!(numbers(&control.items()), [1], "the control: whoever waits at a feed that nobody restored");
        assert_eq!(last_in_common(&receiver.machine, &held).await, 3);
        assert_eq!(numbers(&pull(&receiver.machine, &format!("?after={}", places[2])).await.items()), [4, 5, 6]);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
