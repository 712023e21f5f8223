//! Numbers sealed under another key, some at a time, on both engines; and keys that are dropped while somebody seals. What is sealed here
//! is a text that says which key sealed it.

use std::time::Duration;

use domain::actor::{Actor, System};
use domain::policy::{ResealNir, may};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::Notify;

use super::*;
use crate::db::{By, Engine};
use crate::given::{self, Home, now, on_both_engines, on_postgresql, uuid};
use crate::tables::beneficiary;

const OLD: &str = "00000000000000aa";
const NEW: &str = "00000000000000bb";
const PEOPLE: u8 = 5;

fn scope() -> Scope<ResealNir> {
    may(&Actor::system(System::Cli), now()).unwrap()
}

fn sealed(key: &str, content: &str) -> Sealed {
    Sealed { key_id: key.to_owned(), bytes: format!("{key}:{content}").into_bytes() }
}

/// What a text says that some key sealed.
fn opened(sealed: &[u8]) -> String {
    let text = String::from_utf8(sealed.to_vec()).unwrap();
    text.split_once(':').unwrap().1.to_owned()
}

fn row(person: u8, version: i32, key: &str) -> beneficiary_nir::Model {
    let Sealed { key_id, bytes } = sealed(key, &format!("{person}/{version}"));
    beneficiary_nir::Model {
        beneficiary_id: uuid(u128::from(person)),
        version,
        sealed: bytes,
        blind_index: [[person; 31].as_slice(), &[u8::try_from(version).unwrap()]].concat(),
        current: version == 2,
        provisional: version == 1,
        key_id,
        recorded_by: System::Demo.principal().uuid(),
        recorded_at: now().utc(),
        cancelled_at: None,
    }
}

/// Five people with two numbers each, the former one and the one they have.
async fn fill(home: &Home) -> Vec<beneficiary_nir::Model> {
    let rows: Vec<_> = (1..=PEOPLE).flat_map(|person| [row(person, 1, OLD), row(person, 2, OLD)]).collect();
    home.write(async |w: &Write| {
        insert_all::<beneficiary::Entity>(w, (1..=PEOPLE).map(|person| given::person(uuid(u128::from(person))))).await?;
        // Not in the order in which they are resealed.
        insert_all::<beneficiary_nir::Entity>(w, rows.iter().rev().cloned()).await
    })
    .await;
    rows
}

async fn stored(home: &Home) -> Vec<beneficiary_nir::Model> {
    let select = Query::select()
        .columns(
            ["beneficiary_id", "version", "sealed", "blind_index", "current", "provisional", "key_id", "recorded_by", "recorded_at", "cancelled_at"]
                .map(|column| ("beneficiary_nir", column)),
        )
        .from("beneficiary_nir")
        .order_by("beneficiary_id", sea_orm::sea_query::Order::Asc)
        .order_by("version", sea_orm::sea_query::Order::Asc)
        .take();
    crate::select::all(home.db.read(), &select).await.unwrap()
}

/// One transaction of the pass; where it has come.
async fn chunk(w: &Write, after: Option<Place>, most: u64) -> Result<Vec<Place>, Error> {
    assert!(hold_key(w, NEW).await?);
    let numbers = lock_next(w, &scope(), NEW, after, most).await?;
    let places = numbers.iter().map(LockedNir::place).collect();
    let anew = numbers.into_iter().map(|number| {
        let content = opened(number.sealed());
        (number, sealed(NEW, &content))
    });
    reseal(w, &scope(), anew).await?;
    Ok(places)
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn every_number_is_resealed_once_and_a_crash_between_chunks_or_within_one_is_gone_on_from() {
    on_both_engines(async |home| {
        let before = fill(home).await;
        assert_eq!(tally(home.db.read(), &scope(), NEW).await.unwrap(), Tally { all: 10, under: 0 });
        let first = home.write(async |w: &Write| chunk(w, None, 3).await).await;
        assert_eq!(first, [(Id::new(uuid(1)), 1), (Id::new(uuid(1)), 2), (Id::new(uuid(2)), 1)], "in the order of their places");
        // The second chunk is written and not committed.
        let after = first.last().copied();
        let by = By { actor: Actor::system(System::Cli), request: Uuid::nil(), operation: "test" };
        let crashed = home.db.run(&by, async |w: &Write| {
            assert_eq!(chunk(w, after, 3).await?.len(), 3);
            Err::<(), _>(Error::Broken("killed".to_owned()))
        });
        assert!(crashed.await.is_err());
        assert_eq!(tally(home.db.read(), &scope(), NEW).await.unwrap(), Tally { all: 10, under: 3 });
        assert_eq!(keys_used(home.db.read()).await.unwrap(), [OLD, NEW]);
        // Whoever comes next does not know how far it went.
        let (mut places, mut after) = (Vec::new(), None);
        loop {
            let chunk = home.write(async |w: &Write| chunk(w, after, 3).await).await;
            let Some(last) = chunk.last() else { break };
            after = Some(*last);
            places.extend(chunk);
        }
        let rest: Vec<Place> = before.iter().map(|row| (Id::new(row.beneficiary_id), row.version)).skip(3).collect();
        assert_eq!(places, rest);
        let expected: Vec<_> = before
            .into_iter()
            .map(|row| {
                let Sealed { key_id, bytes } = sealed(NEW, &opened(&row.sealed));
                beneficiary_nir::Model { sealed: bytes, key_id, ..row }
            })
            .collect();
        assert_eq!(stored(home).await, expected, "nothing else of them changed");
        assert_eq!(keys_used(home.db.read()).await.unwrap(), [NEW]);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_dropped_once_it_seals_nothing_and_then_for_ever() {
    on_both_engines(async |home| {
        fill(home).await;
        let drop_old = async || home.write(async |w: &Write| drop_key(w, &scope(), OLD).await).await;
        let hold_old = async || home.write(async |w: &Write| hold_key(w, OLD).await).await;
        assert!(hold_old().await && !drop_old().await && hold_old().await, "it seals");
        while !home.write(async |w: &Write| chunk(w, None, 4).await).await.is_empty() {}
        assert!(!is_dropped(home.db.read(), OLD).await.unwrap());
        assert!(drop_old().await && drop_old().await, "twice is once");
        assert!(is_dropped(home.db.read(), OLD).await.unwrap() && !hold_old().await);
        // One that never sealed.
        assert!(home.write(async |w: &Write| drop_key(w, &scope(), "00000000000000cc").await).await);
        assert!(!home.write(async |w: &Write| hold_key(w, "00000000000000cc").await).await);
        assert!(!is_dropped(home.db.read(), NEW).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn no_key_is_needed_where_there_is_no_number() {
    on_both_engines(async |home| {
        assert!(keys_used(home.db.read()).await.unwrap().is_empty());
        assert!(!is_dropped(home.db.read(), OLD).await.unwrap());
        assert_eq!(tally(home.db.read(), &scope(), OLD).await.unwrap(), Tally { all: 0, under: 0 });
        assert!(home.write(async |w: &Write| chunk(w, None, 3).await).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_start_steps_through_an_index_of_keys_and_not_through_the_numbers() {
    on_both_engines(async |home| {
        fill(home).await;
        let connection = home.connection().await;
        let is_sqlite = home.db.engine() == Engine::Sqlite;
        let query = format!("select key_id from beneficiary_nir where key_id > '{OLD}' order by key_id limit 1");
        // With ten rows PostgreSQL would read them all, and be right.
        if !is_sqlite {
            run(&connection, "set enable_seqscan = off").await;
        }
        let explain = if is_sqlite { "explain query plan" } else { "explain" };
        let plan = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), format!("{explain} {query}"))).await.unwrap();
        let plan: String = plan.iter().map(|line| line.try_get_by_index::<String>(if is_sqlite { 3 } else { 0 }).unwrap() + "\n").collect();
        let expected = if is_sqlite { "SEARCH beneficiary_nir USING COVERING INDEX beneficiary_nir_key" } else { "Index Cond" };
        assert!(plan.contains(expected) && plan.contains("beneficiary_nir_key") && !plan.contains("Sort"), "{plan}");
    })
    .await;
}

#[tokio::test]
async fn a_number_that_changes_meanwhile_is_waited_for_and_not_overwritten() {
    on_postgresql(async |home| {
        fill(home).await;
        let rival = home.connection().await;
        run(&rival, "begin").await;
        let changed = format!("{OLD}:changed").bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
        run(&rival, &format!("update beneficiary_nir set sealed = '\\x{changed}' where beneficiary_id = '{}' and version = 2", uuid(1))).await;
        let resealing = home.write(async |w: &Write| chunk(w, None, 100).await);
        let ending = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(tally(home.db.read(), &scope(), NEW).await.unwrap().under, 0, "it waits");
            run(&rival, "commit").await;
        };
        let (places, ()) = tokio::join!(resealing, ending);
        assert_eq!(places.len(), 10);
        let texts: Vec<String> = stored(home).await.iter().take(2).map(|row| String::from_utf8(row.sealed.clone()).unwrap()).collect();
        assert_eq!(texts, [format!("{NEW}:1/1"), format!("{NEW}:changed")]);
    })
    .await;
}

/// The key has its row already: the first ones to meet it wait for each other anyway.
async fn known(home: &Home) {
    assert!(home.write(async |w: &Write| hold_key(w, OLD).await).await);
}

#[tokio::test]
async fn a_key_is_not_dropped_while_somebody_seals_with_it() {
    on_postgresql(async |home| {
        home.write(async |w: &Write| insert_all::<beneficiary::Entity>(w, [given::person(uuid(1))]).await).await;
        known(home).await;
        let held = Notify::new();
        let sealing = home.write(async |w: &Write| {
            assert!(hold_key(w, OLD).await?);
            held.notify_one();
            tokio::time::sleep(Duration::from_millis(300)).await;
            insert_all::<beneficiary_nir::Entity>(w, [row(1, 2, OLD)]).await
        });
        let dropping = async {
            held.notified().await;
            home.write(async |w: &Write| drop_key(w, &scope(), OLD).await).await
        };
        let ((), dropped) = tokio::join!(sealing, dropping);
        assert!(!dropped, "what was sealed meanwhile is seen");
        assert!(!is_dropped(home.db.read(), OLD).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn whoever_seals_while_a_key_is_dropped_hears_of_it() {
    on_postgresql(async |home| {
        known(home).await;
        let begun = Notify::new();
        let dropping = home.write(async |w: &Write| {
            assert!(drop_key(w, &scope(), OLD).await?);
            begun.notify_one();
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        });
        let sealing = async {
            begun.notified().await;
            home.write(async |w: &Write| hold_key(w, OLD).await).await
        };
        let ((), held) = tokio::join!(dropping, sealing);
        assert!(!held);
    })
    .await;
}
