//! The feed over HTTP, as receivers pull it: events without a hole, a checkpoint, a digest, and a place that is never silently skipped.
//! Written from the contract. What receivers answer is elsewhere; who may call what at all is in `access`.

/// Events and their pages.
mod pages;
/// Who may pull, and what is left of it in the access log.
mod people;
/// How far a receiver has come, and the proof that it missed nothing.
mod checkpoint;
/// Places that we did not write.
mod forgery;
/// A database restored from a backup.
mod restoring;
/// What is told no more.
mod forgetting;
/// What nobody answered in time.
mod expiring;
/// Readers that wait.
mod waiting;
/// Many who write while it is pulled.
mod following;
/// Two servers on one database.
mod instances;
/// What pulling costs.
mod cost;
/// The consumer that integrators start from.
mod consumer;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use api_tests::given::PARTNER_SCOPES;
use api_tests::{Answer, Client, TestServer};
use aws_lc_rs::digest;
use serde_json::{Value, json};
use uuid::Uuid;

const FEED: &str = "/v1/referral-feed";
const CHECKPOINT: &str = "/v1/referral-feed/checkpoint";
const DIGEST: &str = "/v1/referral-feed/digest";

/// An association to which accompaniment is delegated, with its machine.
struct Receiver {
    organisation: String,
    id: String,
    secret: String,
    machine: Client,
}

impl Receiver {
    async fn new(server: &TestServer) -> Self {
        let organisation = server.given().organisation().await;
        server.given().delegation(&organisation).await;
        let (id, secret) = server.given().credentials(&organisation, &PARTNER_SCOPES).await;
        let machine = server.machine("receiver", &id, &secret, None);
        Self { organisation, id, secret, machine }
    }

    /// Its machine at another server on the same keys.
    fn at(&self, server: &TestServer) -> Client {
        server.machine("receiver elsewhere", &self.id, &self.secret, None)
    }

    /// Somebody new is referred to it.
    async fn refer(&self, server: &TestServer) -> String {
        let person = server.given().person().await;
        server.given().referral(&self.organisation, &person).await
    }

    async fn refer_many(&self, server: &TestServer, count: usize) -> Vec<String> {
        let mut referrals = Vec::new();
        for _ in 0..count {
            referrals.push(self.refer(server).await);
        }
        referrals
    }
}

/// A page.
async fn pull(by: &Client, query: &str) -> Answer {
    by.get(&format!("{FEED}{query}")).await.expect(200)
}

/// The first pages of a feed, one event each: their cursors, the first being that of the first event.
async fn cursors(by: &Client) -> Vec<String> {
    let (mut cursors, mut after) = (Vec::new(), "beginning".to_owned());
    loop {
        let page = pull(by, &format!("?after={after}&limit=1")).await;
        if page.items().is_empty() {
            return cursors;
        }
        after = page.field("next_cursor");
        cursors.push(after.clone());
    }
}

/// A whole feed at which nobody writes, page by page, each page held against what the contract says of it.
async fn walk(by: &Client, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "beginning".to_owned());
    loop {
        let page = pull(by, &format!("?after={after}&limit={limit}")).await;
        let (body, items) = (page.json(), page.items());
        all.extend(items.iter().cloned());
        let (has_more, last_seq) = (body["has_more"].as_bool().unwrap(), body["last_seq"].as_u64().unwrap());
        assert_eq!(has_more, (all.len() as u64) < last_seq, "{} of {last_seq}", all.len());
        assert_eq!(items.len() == limit, has_more || last_seq % limit as u64 == 0 && last_seq > 0, "a page that has more is full");
        after = page.field("next_cursor");
        assert!(!after.is_empty() && after.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)), "{after}");
        if !has_more {
            assert_dense(&all);
            return all;
        }
    }
}

/// What consumers of one feed take in turns, each going on where the other was and acknowledging what the other took, until there are
/// so many events.
async fn follow(consumers: &[Client], count: usize) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), "beginning".to_owned());
    for turn in 0..10_000 {
        let page = pull(&consumers[turn % consumers.len()], &format!("?after={after}&limit=7&wait=2")).await;
        let (body, items) = (page.json(), page.items());
        events.extend(items.iter().cloned());
        assert!(body["has_more"] == false || items.len() == 7, "{body}");
        assert!(body["last_seq"].as_u64().unwrap() >= events.len() as u64, "{body} after {}", events.len());
        after = page.field("next_cursor");
        acknowledge(&consumers[(turn + 1) % consumers.len()], &after).await.expect(200);
        if events.len() >= count {
            return events;
        }
    }
    panic!("{} of {count}", events.len());
}

fn numbers(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

/// What is wrong with events that a receiver took for a whole feed: numbers that lack, come twice or out of order, ids met twice.
fn flaws(events: &[Value]) -> Vec<String> {
    let numbers = numbers(events);
    let wrong = numbers.iter().zip(1..).filter(|(number, expected)| *number != expected).map(|(number, expected)| format!("{number} for {expected}"));
    let ids: BTreeSet<&str> = events.iter().map(|event| event["event_id"].as_str().unwrap()).collect();
    let repeated = (ids.len() < events.len()).then(|| "an event twice".to_owned());
    wrong.chain(repeated).collect()
}

#[track_caller]
fn assert_dense(events: &[Value]) {
    assert_eq!(flaws(events), Vec::<String>::new());
}

/// The control of [`assert_dense`].
#[test]
fn a_hole_a_repeat_and_a_disorder_are_seen() {
    let event = |seq: u64, id: &str| json!({"seq": seq, "event_id": id});
    let [one, two, three] = [event(1, "a"), event(2, "b"), event(3, "c")];
    assert_dense(&[one.clone(), two.clone(), three.clone()]);
    for bad in [
        vec![two.clone()],
        vec![one.clone(), three.clone()],
        vec![one.clone(), one.clone()],
        vec![two.clone(), one.clone()],
        vec![one, event(2, "a")],
    ] {
        assert!(!flaws(&bad).is_empty(), "{bad:?}");
    }
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// The events of one referral.
fn of_referral(events: &[Value], referral: &str) -> Vec<Value> {
    events.iter().filter(|event| event["referral"]["id"] == referral).cloned().collect()
}

/// What a receiver holds of a feed: the ids of its events, in order.
fn event_ids(events: &[Value]) -> Vec<Uuid> {
    events.iter().map(|event| event["event_id"].as_str().unwrap().parse().unwrap()).collect()
}

/// What the digest of these events must be: SHA-256 over their ids, 16 bytes each.
fn digest_of(ids: &[Uuid]) -> Value {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
    let sum = digest::digest(&digest::SHA256, &bytes);
    let mut sha256 = String::new();
    for byte in sum.as_ref() {
        write!(sha256, "{byte:02x}").unwrap();
    }
    json!({"count": ids.len(), "sha256": sha256})
}

async fn read_digest(by: &Client, from: u64, to: u64) -> Value {
    by.get(&format!("{DIGEST}?from_seq={from}&to_seq={to}")).await.expect(200).json()
}

async fn acknowledge(by: &Client, cursor: &str) -> Answer {
    by.put(CHECKPOINT, json!({"cursor": cursor})).await
}

/// What an answer says of a referral without what is known only now: what the feed tells.
fn told(answer: &Answer) -> Value {
    let mut body = answer.json();
    let members = body.as_object_mut().unwrap();
    for name in ["waiting_rank", "warnings"] {
        assert!(members.remove(name).is_some(), "{}: no {name}", answer.asked);
    }
    body
}

/// Whether a statement is the look at the feeds that somebody waits for.
fn is_look(statement: &str) -> bool {
    statement.contains("FROM \"feed\" WHERE \"id\" IN")
}

/// Whether a statement reads a page.
fn is_page(statement: &str) -> bool {
    statement.contains("FROM \"feed_item\"") && statement.contains("\"referral_version\"")
}

/// Returns once so many readers have read at this server (a few of them unseen), somebody waits there, and nobody reads. To be begun
/// before they are.
async fn until_they_wait(server: &TestServer, count: usize) {
    let mut read = 0;
    for _ in 0..40 {
        let ((), heard) = server.all_statements(tokio::time::sleep(Duration::from_millis(600))).await;
        let reading = heard.iter().filter(|statement| is_page(statement)).count();
        read += reading;
        if reading == 0 && 4 * read >= 3 * count && heard.iter().any(|statement| is_look(statement)) {
            return;
        }
    }
    panic!("{read} of {count} wait");
}
