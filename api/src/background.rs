//! What runs beside the requests, on a thread and runtime of its own, since a worker's ends before it does: the access log's group
//! commits, and sweeps. Nothing correct depends on a sweep.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use domain::actor::{Actor, System};
use persistence::machinery::idempotency;
use persistence::{Arrivals, By, Db, Error, Store, Write};
use uuid::Uuid;

use crate::state::Shared;

/// How often stored answers are purged.
const SWEEP: Duration = Duration::from_hours(1);

/// Starts it. It ends once every access log is dropped and the last entries are stored.
pub(crate) fn start(store: Store, arrivals: Arrivals) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("background".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            tracing::error!("the background runtime did not start");
            return;
        };
        runtime.block_on(async {
            match store.worker(8).await {
                Ok(db) => tokio::select! {
                    () = arrivals.serve(&db) => {}
                    () = sweep(&db) => {}
                },
                Err(error) => tracing::error!(%error, "the background has no connection"),
            }
        });
    })
}

/// Forgets, every minute, the callers whose share is whole again: addresses are for anybody to invent. It ends with the server.
pub(crate) fn forget_idle_callers(shared: &Arc<Shared>) {
    let shared = Arc::downgrade(shared);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_mins(1)).await;
            let Some(shared) = shared.upgrade() else { return };
            if let Some(limits) = &shared.limits {
                limits.principals.retain_recent();
                limits.addresses.retain_recent();
            }
        }
    });
}

async fn sweep(db: &Db) {
    let by = By { actor: Actor::system(System::Sweep), request: Uuid::nil(), operation: "sweep" };
    loop {
        tokio::time::sleep(SWEEP).await;
        match db.run(&by, async |w: &Write| Ok::<_, Error>(idempotency::purge(w).await?)).await {
            Ok(purged) => tracing::info!(purged, "stored answers older than 30 days are gone"),
            Err(error) => tracing::warn!(%error, "the sweep failed; the next one takes its work"),
        }
    }
}
