//! What a page of a feed costs as the feed grows, and how soon two hundred readers that wait learn of an event:
//! `cargo bench -p api-tests --bench feed -- [--postgres] [--events 1000000]`
//!
//! The server runs in this process, on a database of its own. Events are written beside it, by SQL; those that readers wait for are
//! made over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for whoever wants to know: what it cannot do stops it, and its output is its purpose"
)]

mod asked;

use std::time::{Duration, Instant};

use api_tests::client::Client;
use api_tests::database::runtime;
use api_tests::rival::Rival;
use api_tests::{Answer, TestServer};
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::json;

use asked::{Asked, percentile};

const PAGES: usize = 300;
const WAITERS: usize = 200;
const EVENTS_AWAITED: usize = 20;

/// Half, and all but one in a hundred, of so many times.
fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    println!("{what:<50} p50 {:>8.2} ms   p99 {:>8.2} ms   ({} times)", percentile(&times, 50), percentile(&times, 99), times.len());
}

/// A feed's id, in the engine's words.
fn own(engine: Engine, feed: &str) -> String {
    match engine {
        Engine::Postgres => format!("'{feed}'::uuid"),
        Engine::Sqlite => format!("x'{}'", feed.replace('-', "")),
    }
}

/// Writes events until the feed has so many: each the update of one of the referrals there are.
async fn grow(rival: &Rival, engine: Engine, feed: &str, from: i64, to: i64) {
    let own = own(engine, feed);
    let event = if engine == Engine::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    rival
        .run(&format!(
            "with recursive n(i) as (select {} union all select i + 1 from n where i < {to})
             insert into feed_item (feed_id, seq, event_id, type, referral_id, referral_version, occurred_at, recorded_at)
             select {own}, n.i, {event}, 'referral.updated', item.referral_id, item.referral_version, item.occurred_at, item.recorded_at
             from n cross join (select * from feed_item where feed_id = {own} and seq = 1) item",
            from + 1
        ))
        .await;
    rival.run(&format!("update feed set last_seq = {to} where id = {own}")).await;
    if engine == Engine::Postgres {
        rival.run("analyze feed_item").await;
    }
}

/// Pages of a hundred at places all over the feed.
async fn pages(rival: &Rival, engine: Engine, receiver: &Client, feed: &str, size: i64) -> Vec<Duration> {
    let own = own(engine, feed);
    let mut times = Vec::new();
    for turn in 0..i64::try_from(PAGES).unwrap() {
        let place = turn * 7_919 % (size - 100);
        rival.run(&format!("update feed_checkpoint set acknowledged_seq = {place} where feed_id = {own}")).await;
        let begun = Instant::now();
        let page = receiver.get("/v1/referral-feed?limit=100").await.expect(200);
        times.push(begun.elapsed());
        assert_eq!((page.items().len(), &page.items()[0]["seq"]), (100, &json!(place + 1)));
    }
    times
}

/// Two hundred readers wait at the end of the feed while events are written one by one.
async fn awaited(server: &TestServer, receiver: &Client, organisation: &str) -> Vec<Duration> {
    let mut delivered = Vec::new();
    for _ in 0..EVENTS_AWAITED {
        let person = server.given().person().await;
        let last = receiver.get("/v1/referral-feed?limit=1").await.expect(200).json()["last_seq"].as_i64().unwrap();
        let cursor = end_of(receiver, last).await;
        let path = format!("/v1/referral-feed?after={cursor}&wait=20");
        let reading = join_all((0..WAITERS).map(|_| async {
            let page: Answer = receiver.get(&path).await.expect(200);
            assert_eq!(page.items().len(), 1);
            Instant::now()
        }));
        let writing = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.given().referral(organisation, &person).await;
            Instant::now()
        };
        let (seen, written) = tokio::join!(reading, writing);
        delivered.extend(seen.into_iter().map(|seen| seen.saturating_duration_since(written)));
    }
    delivered
}

/// The cursor of the end of a feed.
async fn end_of(receiver: &Client, last: i64) -> String {
    let mut cursor = "beginning".to_owned();
    loop {
        let page = receiver.get(&format!("/v1/referral-feed?after={cursor}&limit=200")).await.expect(200);
        cursor = page.field("next_cursor");
        if page.items().last().is_none_or(|item| item["seq"] == json!(last)) {
            return cursor;
        }
    }
}

async fn receiver_of(server: &TestServer) -> (String, Client) {
    let given = server.given();
    let organisation = given.organisation().await;
    given.delegation(&organisation).await;
    let receiver = server.client(&organisation, &["referrals:receive"]).await;
    given.referral(&organisation, &given.person().await).await;
    let first = receiver.get("/v1/referral-feed").await.expect(200).field("next_cursor");
    receiver.put("/v1/referral-feed/checkpoint", json!({"cursor": first})).await.expect(200);
    (organisation, receiver)
}

fn main() {
    let asked = Asked::read();
    let (engine, database) = (asked.engine, asked.database());
    let most: i64 = asked.value("--events").map_or(1_000_000, |text| text.parse().expect("a number of events"));
    runtime().block_on(async {
        let server = TestServer::start(&database, &[("JALON_RATE_LIMIT", "off")]).await;
        println!("{engine:?}");
        let (waited_for, waiter) = receiver_of(&server).await;
        show(&format!("{WAITERS} readers wait: an event reaches each after"), awaited(&server, &waiter, &waited_for).await);
        let (feed, receiver) = receiver_of(&server).await;
        let rival = Rival::connect(&database.url).await;
        let mut size = 1;
        for next in [10_000, 100_000, 1_000_000].into_iter().filter(|next| *next <= most) {
            grow(&rival, engine, &feed, size, next).await;
            size = next;
            show(&format!("a page of 100 of {size} events"), pages(&rival, engine, &receiver, &feed, size).await);
        }
        server.stop().await;
    });
    database.drop();
}
