//! Databases that are refused at the start, each with a sentence.

use std::sync::Arc;

use api::clock::SystemClock;
use api::server::{Server, Setup};
use api_tests::postgres::{self, Cluster};
use api_tests::rival::Rival;
use api_tests::{TestServer, database, on_databases};
use migration::Migrator;
use persistence::{Engine, Ids};
use sea_orm_migration::MigratorTrait;

/// The sentence with which a start is refused.
async fn refused_start(url: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup {
        config: database::config(dir.path(), url, &[]),
        clock: Arc::new(SystemClock),
        ids: Arc::new(Ids::new(rand::make_rng::<rand::rngs::StdRng>())),
        on_statement: None,
    };
    match Server::start(setup).await {
        Ok(server) => {
            server.stop().await;
            panic!("it started on {url}");
        }
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn an_embedded_database_without_a_write_ahead_log_is_refused() {
    on_databases(&[Engine::Sqlite], async |database| {
        for url in ["sqlite::memory:".to_owned(), format!("{}?vfs=unix-dotfile", database.url)] {
            let sentence = refused_start(&url).await;
            assert!(sentence.contains("journal_mode") && sentence.contains("wal"), "{url}: {sentence}");
        }
        // The control: the same file without the parameter.
        let server = TestServer::start(database, &[]).await;
        server.stop().await;
    });
}

#[test]
fn a_postgresql_whose_schema_lacks_a_step_is_refused() {
    let Some(cluster) = postgres::cluster() else { return };
    on_databases(&[Engine::Postgres], async |database| {
        let empty = cluster.create_database(None).await;
        let sentence = refused_start(&empty).await;
        let steps = Migrator::migrations().len();
        assert!(sentence.contains(&format!("lacks {steps} step(s)")) && sentence.contains("jalon migrate"), "{sentence}");
        let rival = Rival::connect(&empty).await;
        let tables = "select count(*) from pg_tables where schemaname = 'public'";
        assert_eq!(rival.number(tables).await, Some(0), "looking changes nothing");
        drop(rival);
        cluster.drop_database(&empty).await;

        let rival = Rival::connect(&database.url).await;
        let last = "(select max(version) from seaql_migrations)";
        rival.run(&format!("delete from seaql_migrations where version = {last}")).await;
        let sentence = refused_start(&database.url).await;
        assert!(sentence.contains("lacks 1 step(s)"), "{sentence}");
    });
}

#[test]
fn a_database_that_is_not_there_is_told_in_a_sentence() {
    on_databases(&[Engine::Postgres], async |database| {
        let name = Cluster::name_of(&database.url);
        let absent = database.url.replace(name, "jalon_test_absent");
        let password = database.url.split([':', '@']).nth(2).unwrap();
        let wrong = database.url.replace(password, "wrong");
        for url in [absent, wrong] {
            let sentence = refused_start(&url).await;
            assert!(sentence.starts_with("the database "), "{sentence}");
            assert!(!sentence.contains(password) && !sentence.contains("wrong"), "{sentence}");
        }
    });
}
