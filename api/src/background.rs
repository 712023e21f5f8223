//! What runs beside the requests, on a thread and runtime of its own, since a worker's ends before it does: the access log's group
//! commits, and sweeps. Nothing correct depends on a sweep.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use domain::actor::{Actor, System};
use persistence::machinery::idempotency;
use persistence::{Arrivals, By, Db, Error, Write, access, submissions};
use uuid::Uuid;

use crate::state::Shared;

/// How often what is past its time is purged.
const SWEEP: Duration = Duration::from_hours(1);

/// Starts it on connections of its own. It ends once every access log is dropped and the last entries are stored.
pub(crate) fn start(db: Db, arrivals: Arrivals) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("background".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = arrivals.serve(&db) => {}
                () = sweep(&db) => {}
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
        let swept = db
            .run(&by, async |w: &Write| Ok::<_, Error>((idempotency::purge(w).await?, access::purge(w).await?, submissions::purge(w).await?)))
            .await;
        match swept {
            Ok((answers, reads, submissions)) => {
                tracing::info!(answers, reads, submissions, "what was kept long enough is gone: stored answers, reads, what lines said");
            }
            Err(error) => tracing::warn!(%error, "the sweep failed; the next one takes its work"),
        }
    }
}
