//! Sixteen writers with pauses and rollbacks, three feeds, a reader of each: no event is missed, doubled or out of place. The same
//! over a plain sequence misses some, which is why feeds have counters. `JALON_TEST_FEED_EVENTS` asks for more events.

#![expect(clippy::print_stdout, reason = "the figures are what whoever asks for more events wants")]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use domain::actor::{Actor, System};
use domain::organisation::OrganisationKind;
use domain::policy::may;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::*;
use crate::db::{By, Clock, Db, Engine, Ids, Options, Store};
use crate::given::{self, Home, now, on_both_engines, on_postgresql, uuid};
use crate::tables::{beneficiary, organisation, referral, referral_version};

const WRITERS: u64 = 16;
const FEEDS: [u128; 3] = [10, 11, 12];
const PERSON: u128 = 100;

fn events() -> i64 {
    std::env::var("JALON_TEST_FEED_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}

/// A referral to one organisation, with its first version.
fn referred(feed: u128) -> (referral::Model, referral_version::Model) {
    let at = now().utc();
    let sent = referral::Model {
        id: uuid(200 + feed),
        beneficiary_id: uuid(PERSON + feed),
        organisation_id: uuid(feed),
        site_id: None,
        purpose: "accompaniment".to_owned(),
        accompaniment: Some("common_law".to_owned()),
        action_id: None,
        group_id: None,
        status_at_entry: None,
        objective: "Retrouver un rythme.".to_owned(),
        barriers: serde_json::json!([]),
        signed_on: None,
        referred_by: System::Demo.principal().uuid(),
        state: "sent".to_owned(),
        open: true,
        external_id: None,
        referent_last_name: None,
        referent_first_name: None,
        referent_email: None,
        referent_phone: None,
        reason: None,
        comment: None,
        enrolment_id: None,
        waiting_since: None,
        started_on: None,
        ended_on: None,
        came: None,
        selected: None,
        joined: None,
        sent_at: at,
        expires_at: None,
        closed_at: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let version = referral_version::Model { referral_id: sent.id, version: 1, content: None, recorded_at: at };
    (sent, version)
}

async fn three_receivers(home: &Home) {
    home.write(async |w: &Write| {
        insert_all::<organisation::Entity>(w, FEEDS.map(|feed| given::organisation(uuid(feed), OrganisationKind::PoleEmploi))).await?;
        insert_all::<beneficiary::Entity>(w, FEEDS.map(|feed| given::person(uuid(PERSON + feed)))).await?;
        let (referrals, versions): (Vec<_>, Vec<_>) = FEEDS.into_iter().map(referred).unzip();
        insert_all::<referral::Entity>(w, referrals).await?;
        insert_all::<referral_version::Entity>(w, versions).await
    })
    .await;
}

fn told(feed: u128) -> Told {
    Told { feed: Id::new(uuid(feed)), kind: FeedEventType::Updated, referral: Id::new(uuid(200 + feed)), version: 1, occurred_at: now() }
}

fn by() -> By {
    By { actor: Actor::system(System::Demo), request: Uuid::nil(), operation: "test" }
}

struct Machine;

impl Clock for Machine {
    fn now(&self) -> Instant {
        now()
    }
}

async fn store(home: &Home, connections: u32, seed: u64) -> Store {
    let ids = Arc::new(Ids::new(StdRng::seed_from_u64(seed)));
    Store::connect(Options { url: home.url.clone(), connections, clock: Arc::new(Machine), ids, on_statement: None }).await.unwrap()
}

/// What writers and readers share.
#[derive(Default)]
struct Count {
    /// Events that transactions still to begin may write.
    left: AtomicI64,
    /// Events of transactions that committed.
    committed: AtomicUsize,
    /// Transactions that rolled back.
    undone: AtomicUsize,
    over: AtomicBool,
}

/// Writes until there is nothing left to write: several events in several feeds at a time, a pause, and now and then a rollback.
async fn write(db: &Db, count: &Count, mut chance: StdRng) {
    loop {
        let size = chance.random_range(1..=20_usize);
        if count.left.fetch_sub(i64::try_from(size).unwrap(), Ordering::Relaxed) <= 0 {
            return;
        }
        let feeds: Vec<u128> = (0..size).map(|_| FEEDS[chance.random_range(0..FEEDS.len())]).collect();
        let (pause, fails) = (chance.random_range(0..4), chance.random_ratio(1, 10));
        let by = by();
        let written = db.run(&by, async |w: &Write| {
            for feed in &feeds {
                w.tell(told(*feed));
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if fails { Err(Error::Broken("changed its mind".to_owned())) } else { Ok(()) }
        });
        match written.await {
            Ok(()) => count.committed.fetch_add(size, Ordering::Relaxed),
            Err(_) if fails => count.undone.fetch_add(1, Ordering::Relaxed),
            Err(error) => panic!("{error}"),
        };
    }
}

/// Reads a feed page after page to its end, and returns the events in the order in which it saw them.
async fn read(db: &Db, feed: u128, count: &Count) -> Vec<Id<FeedEvent>> {
    let scope = may::<PullFeed>(&given::client(uuid(feed)), now()).unwrap();
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let was_over = count.over.load(Ordering::SeqCst);
        let items = page(db.read(), &scope, after, 100).await.unwrap();
        for item in &items {
            assert_eq!(item.seq, after + 1, "a hole");
            after = item.seq;
            seen.push(item.event);
        }
        if items.is_empty() && was_over {
            let state = find(db.read(), &scope, after).await.unwrap();
            assert_eq!((state.last_seq, state.held), (after, seen.last().copied()));
            let stored = event_ids(db.read(), &scope, 1, after).await.unwrap();
            assert_eq!(stored, seen, "the digest would differ");
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_and_three_readers_miss_and_double_nothing() {
    on_both_engines(async |home| {
        three_receivers(home).await;
        let count = Arc::new(Count { left: AtomicI64::new(events()), ..Count::default() });
        // SQLite has one writer for the process: everybody shares one store there.
        let shared = (home.db.engine() == Engine::Sqlite).then_some(store(home, 4, 7).await);
        let worker = async |seed| match &shared {
            Some(store) => store.worker(1).await.unwrap(),
            None => store(home, 4, seed).await.worker(1).await.unwrap(),
        };
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        for seed in 0..WRITERS {
            writers.push((worker(100 + seed).await, StdRng::seed_from_u64(seed)));
        }
        for feed in FEEDS {
            readers.push((worker(50).await, feed));
        }
        let seen = std::thread::scope(|scope| {
            let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (count, over) = (&count, &count.over);
            let reading: Vec<_> = readers.into_iter().map(|(db, feed)| scope.spawn(move || runtime().block_on(read(&db, feed, count)))).collect();
            let writing: Vec<_> =
                writers.into_iter().map(|(db, chance)| scope.spawn(move || runtime().block_on(write(&db, count, chance)))).collect();
            for writer in writing {
                writer.join().unwrap();
            }
            over.store(true, Ordering::SeqCst);
            reading.into_iter().flat_map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
        });
        let (committed, undone) = (count.committed.load(Ordering::SeqCst), count.undone.load(Ordering::SeqCst));
        let distinct: HashSet<Id<FeedEvent>> = seen.iter().copied().collect();
        println!(
            "{:?}: {committed} events committed, {undone} transactions undone, {} seen, {} distinct",
            home.db.engine(),
            seen.len(),
            distinct.len()
        );
        assert!(undone > 0, "some were to be undone");
        assert_eq!((seen.len(), distinct.len()), (committed, committed), "missed or doubled");
    })
    .await;
}

/// The control: `id > last` over a sequence loses what commits late. The embedded engine, with its only writer, could not show it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_over_a_plain_sequence_misses_some() {
    on_postgresql(async |home| {
        let setup = home.connection().await;
        setup.execute_unprepared("create table plain_item (seq bigserial primary key)").await.unwrap();
        let (mut connections, reader) = (Vec::new(), home.connection().await);
        for _ in 0..WRITERS {
            connections.push(home.connection().await);
        }
        let over = AtomicBool::new(false);
        let (written, seen) = std::thread::scope(|scope| {
            let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let over = &over;
            let reading = scope.spawn(move || {
                runtime().block_on(async {
                    let (mut last, mut seen) = (0_i64, 0_usize);
                    loop {
                        let was_over = over.load(Ordering::SeqCst);
                        let sql = format!("select seq from plain_item where seq > {last} order by seq limit 100");
                        let rows = reader.query_all_raw(Statement::from_string(sea_orm::DbBackend::Postgres, sql)).await.unwrap();
                        seen += rows.len();
                        last = rows.last().map_or(last, |row| row.try_get("", "seq").unwrap());
                        if rows.is_empty() && was_over {
                            return seen;
                        }
                    }
                })
            });
            let writing: Vec<_> = connections
                .into_iter()
                .zip(0..)
                .map(|(connection, seed)| {
                    scope.spawn(move || {
                        runtime().block_on(async {
                            let mut chance = StdRng::seed_from_u64(seed);
                            for _ in 0..50 {
                                connection.execute_unprepared("begin; insert into plain_item default values").await.unwrap();
                                tokio::time::sleep(Duration::from_millis(chance.random_range(0..10))).await;
                                connection.execute_unprepared("commit").await.unwrap();
                            }
                        });
                    })
                })
                .collect();
            let written = writing.len() * 50;
            for writer in writing {
                writer.join().unwrap();
            }
            over.store(true, Ordering::SeqCst);
            (written, reading.join().unwrap())
        });
        println!("a plain sequence: {seen} of {written} seen");
        assert!(seen < written, "a reader of a plain sequence saw all {written}: the harness would notice nothing");
    })
    .await;
}
