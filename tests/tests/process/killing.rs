//! What is left when the process is killed while it is written to: everything that it had acknowledged, and nothing twice.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use api_tests::client::fresh;
use api_tests::database::Database;
use api_tests::on_databases;
use futures_util::future::join_all;
use persistence::Engine;

use super::{Caller, Home, PATIENCE};

/// Those of `wanted` that are not among `there`, or more than once.
fn not_exactly_once<'a>(wanted: impl IntoIterator<Item = &'a String>, there: &[String]) -> Vec<&'a String> {
    wanted.into_iter().filter(|name| there.iter().filter(|one| one == name).count() != 1).collect()
}

/// Kills the server while it is written to, again and again, and looks each time for everything that it had acknowledged.
async fn kill_and_look(database: &Database, times: usize) {
    const WRITERS: usize = 4;
    let home = Home::on(database);
    let caller = Caller::with(&home.administrator());
    let (mut acknowledged, mut unanswered) = (BTreeSet::new(), BTreeSet::new());
    let mut process = home.serve().await;
    for time in 0..times {
        let base = process.base.clone();
        let answered = Cell::new(0);
        let writing = join_all((0..WRITERS).map(async |_| {
            let mut own = (Vec::new(), None);
            loop {
                let name = format!("Association {}", fresh());
                match caller.register(&base, &name).await {
                    Ok((201, _)) => {
                        own.0.push(name);
                        answered.set(answered.get() + 1);
                    }
                    Ok(other) => panic!("{other:?}"),
                    Err(_) => {
                        own.1 = Some(name);
                        return own;
                    }
                }
            }
        }));
        let killing = async {
            // Once writes are under way, each time at another moment of one.
            let begun = Instant::now();
            while answered.get() < 2 * WRITERS && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(3 * u64::try_from(time).unwrap() % 17)).await;
            process.kill();
        };
        let (written, ()) = tokio::join!(writing, killing);
        for (answered, last) in written {
            acknowledged.extend(answered);
            unanswered.extend(last);
        }
        process = home.serve().await;
        let there = caller.names(&process.base).await;
        let missing = not_exactly_once(&acknowledged, &there);
        assert!(missing.is_empty(), "after {time} kill(s), acknowledged and not there once: {missing:?}");
    }
    assert!(acknowledged.len() >= times * 2 * WRITERS, "{} write(s) were acknowledged in {times} cycles", acknowledged.len());
    assert!(unanswered.len() >= times, "{} write(s) got no answer in {times} cycles", unanswered.len());
    // Whatever got no answer is sent again under its key, and is there once.
    for name in &unanswered {
        let begun = Instant::now();
        loop {
            let (status, body) = caller.register(&process.base, name).await.unwrap();
            // Of a killed process PostgreSQL may not know yet: then the key is in use a little longer.
            if matches!(status, 409 | 503) && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            assert_eq!(status, 201, "{name}: {body}");
            break;
        }
    }
    let there = caller.names(&process.base).await;
    assert_eq!(not_exactly_once(acknowledged.iter().chain(&unanswered), &there), Vec::<&String>::new());
    assert_eq!(there.len(), 1 + acknowledged.len() + unanswered.len(), "and the département");
    // The control: a write that was lost would have been missed, one that was done twice too.
    let (lost, twice) = ("Perdue".to_owned(), there[1].clone());
    assert_eq!(not_exactly_once([&lost], &there), [&lost]);
    assert_eq!(not_exactly_once([&twice], &[there.clone(), vec![twice.clone()]].concat()), [&twice]);
    process.kill();
}

#[test]
fn every_acknowledged_write_survives_twenty_kills_of_the_embedded_engine() {
    on_databases(&[Engine::Sqlite], async |database| kill_and_look(database, 20).await);
}

#[test]
fn every_acknowledged_write_survives_five_kills_on_postgresql() {
    on_databases(&[Engine::Postgres], async |database| kill_and_look(database, 5).await);
}
