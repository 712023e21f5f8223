//! Two servers on one database of PostgreSQL: what is begun at one is gone on with at the other.

use std::time::Duration;

use api_tests::client::fresh_key;
use api_tests::{TestServer, on_databases};
use futures_util::future::join_all;
use persistence::Engine;

use super::{FEED, Receiver, acknowledge, assert_dense, follow, numbers, pull, until_they_wait, walk};
use crate::tokens::assert_refused_within_five_seconds;

#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_two_servers(test: impl AsyncFn([&TestServer; 2], &Receiver)) {
    on_databases(&[Engine::Postgres], async |database| {
        // As behind a balancer: both are known by one name.
        let configuration = [("JALON_PUBLIC_URL", "https://jalon.test")];
        let one = TestServer::start(database, &configuration).await;
        let receiver = Receiver::new(&one).await;
        one.manager().await;
        let other = one.start_again(database, &configuration).await;
        test([&one, &other], &receiver).await;
        for server in [&one, &other] {
            server.stop().await;
            server.assert_contract_was_kept();
        }
    });
}

#[test]
fn a_token_and_a_place_of_one_server_are_good_at_the_other() {
    on_two_servers(async |servers, receiver| {
        receiver.refer_many(servers[0], 3).await;
        for [here, there] in [servers, [servers[1], servers[0]]] {
            let token = receiver.at(here).token().await.unwrap();
            let (here, there) = (here.bearer("here", &token), there.bearer("there", &token));
            assert_eq!(pull(&here, "?after=beginning").await.text(), pull(&there, "?after=beginning").await.text());
            let first = pull(&here, "?after=beginning&limit=1").await.field("next_cursor");
            assert_eq!(numbers(&pull(&there, &format!("?after={first}")).await.items()), [2, 3]);
            acknowledge(&there, &first).await.expect(200);
            assert_eq!(pull(&here, "").await.json()["acknowledged_seq"], 1);
        }
    });
}

#[test]
fn a_key_used_at_one_server_is_answered_by_the_other() {
    on_two_servers(async |[one, other], receiver| {
        let managers = [one.manager().await, other.manager().await];
        for turn in 0..2 {
            let person = one.given().person().await;
            let (path, key) = (format!("/v1/beneficiaries/{}/referrals", person.id), fresh_key());
            let order = one.given().referral_order(&receiver.organisation);
            let first = managers[turn].post_with_key(&path, &key, order.clone()).await.expect(201);
            let again = managers[1 - turn].post_with_key(&path, &key, order).await.expect(201);
            assert_eq!((again.text(), again.header("idempotent-replayed")), (first.text(), Some("true")));
        }
        // At both at the same moment too: one referral each, one event each.
        for _ in 0..5 {
            let person = one.given().person().await;
            let (path, key) = (format!("/v1/beneficiaries/{}/referrals", person.id), fresh_key());
            let order = one.given().referral_order(&receiver.organisation);
            let answers = join_all((0..10).map(|place| managers[place % 2].post_with_key(&path, &key, order.clone()))).await;
            let effects = answers.iter().filter(|answer| answer.status == 201 && answer.header("idempotent-replayed").is_none());
            assert_eq!(effects.count(), 1);
            assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "REQUEST_IN_PROGRESS"));
        }
        assert_eq!(walk(&receiver.at(other), 200).await.len(), 7);
    });
}

#[test]
fn two_servers_write_one_feed_without_a_hole_while_it_is_pulled_from_both() {
    on_two_servers(async |servers, receiver| {
        const EACH: usize = 60;
        let consumers = servers.map(|server| receiver.at(server));
        let writing = join_all(servers.map(async |server| {
            // A few at a time at each.
            join_all((0..6).map(async |_| receiver.refer_many(server, EACH / 6).await)).await;
        }));
        let (_, events) = tokio::join!(writing, follow(&consumers, 2 * EACH));
        assert_dense(&events);
        for consumer in &consumers {
            assert_eq!(walk(consumer, 50).await, events);
            assert_eq!(pull(consumer, "").await.json()["acknowledged_seq"], 2 * EACH);
        }
    });
}

#[test]
fn who_waits_at_one_server_gets_what_is_written_at_the_other() {
    on_two_servers(async |servers, receiver| {
        for [here, there] in [servers, [servers[1], servers[0]]] {
            let by = receiver.at(here);
            let before = walk(&by, 200).await.len();
            let after = pull(&by, "?after=beginning").await.field("next_cursor");
            let write = async {
                until_they_wait(here, 1).await;
                receiver.refer(there).await
            };
            let waiting = async { by.get(&format!("{FEED}?after={after}&wait=25")).await.expect(200) };
            // Well before the longest wait is over.
            let both = tokio::time::timeout(Duration::from_secs(18), async { tokio::join!(write, waiting) });
            let (referral, page) = both.await.expect("it is told at once");
            assert_eq!(numbers(&page.items()), [before as u64 + 1]);
            assert_eq!(page.items()[0]["referral"]["id"], referral);
        }
    });
}

#[test]
fn who_is_disabled_at_one_server_is_refused_at_the_other_within_five_seconds() {
    on_two_servers(async |[one, other], receiver| {
        let token = receiver.machine.token().await.unwrap();
        for _ in 0..20 {
            other.bearer("known to both workers", &token).get(FEED).await.expect(200);
        }
        one.administrator().command(&format!("/v1/clients/{}/disablement", receiver.id)).await.expect(200);
        assert_refused_within_five_seconds(other, &token).await;
        other.bearer("disabled", &token).get(FEED).await.expect(401);
    });
}
