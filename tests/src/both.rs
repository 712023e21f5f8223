//! The same test on both engines. Which engines there are on this machine is decided by `postgres`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use persistence::Engine;

use crate::database::{Database, runtime};
use crate::logs;
use crate::server::TestServer;

/// Runs a test on SQLite, then on PostgreSQL where there is one, each time on a server, a database and a runtime of its own. It
/// fails too if one answer that it got broke the published contract.
///
/// # Panics
///
/// When the test does, with the name of the engine.
pub fn on_both(test: impl AsyncFn(&TestServer)) {
    on_both_with(&[], test);
}

/// Like [`on_both`], with more configuration.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub fn on_both_with(configuration: &[(&str, &str)], test: impl AsyncFn(&TestServer)) {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, configuration).await;
        test(&server).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

/// Runs a test that starts its own servers, each time on a database and a runtime of its own, on those of these engines that there are.
///
/// # Panics
///
/// When the test does, with the name of the engine.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub fn on_databases(engines: &[Engine], test: impl AsyncFn(&Database)) {
    logs::listen();
    for engine in engines {
        // Said loudly, once, by `postgres` itself.
        let Some(database) = Database::fresh(*engine) else { continue };
        let run = || {
            let runtime = runtime();
            runtime.block_on(test(&database));
            // What a client left behind does not keep the test waiting.
            runtime.shutdown_background();
        };
        let ended = catch_unwind(AssertUnwindSafe(run));
        database.drop();
        if let Err(panic) = ended {
            panic!("on {engine:?}: {}", said(panic.as_ref()));
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
