//! What runs beside the requests, on a thread and runtime of its own, since a worker's ends before it does: the access log's group
//! commits, the look at the feeds awaited, and sweeps. Nothing correct depends on a sweep.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use domain::actor::{Actor, System};
use domain::policy::{self, Function, LapseReferral, Scope};
use persistence::machinery::idempotency;
use persistence::{Arrivals, By, Db, Error, Write, access, feeds, referrals, submissions};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::orientations;
use crate::referral_feed::Awaited;
use crate::state::Shared;

/// How often what is past its time is purged.
const SWEEP: Duration = Duration::from_hours(1);
/// How often what nobody answered in time is written down, and free places are looked for: within a minute of it.
const ROUND: Duration = Duration::from_secs(30);

/// The name of the thread.
pub(crate) const THREAD: &str = "background";

/// Starts it on connections of its own. It ends once every access log is dropped and the last entries are stored.
pub(crate) fn start(db: Db, arrivals: Arrivals, awaited: Arc<Awaited>, places_freed: Arc<Notify>) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = arrivals.serve(&db) => {}
                () = sweep(&db) => {}
                () = lapse(&db) => {}
                () = place(&db, &places_freed) => {}
                () = awaited.watch(&db) => {}
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

fn by() -> By {
    By { actor: Actor::system(System::Sweep), request: Uuid::nil(), operation: "sweep" }
}

/// What a sweep may, in a transaction of its own.
pub(crate) fn permission<F: Function>(w: &Write) -> Result<Scope<F>, Error> {
    policy::may(&w.by().actor, w.now()).map_err(|denied| Error::Broken(format!("a sweep may not {}", denied.function.code())))
}

/// Writes down, so that feeds say it, that referrals were not answered in time.
async fn lapse(db: &Db) {
    let by = by();
    loop {
        tokio::time::sleep(ROUND).await;
        let lapsed = db.run(&by, async |w: &Write| {
            let scope = permission::<LapseReferral>(w)?;
            let lapsed: Vec<_> = referrals::lock_lapsed(w, &scope).await?.iter().filter_map(|referral| referral.lapse(&scope)).collect();
            referrals::save(w, &lapsed).await?;
            Ok::<_, Error>(lapsed.len())
        });
        match lapsed.await {
            Ok(0) => {}
            Ok(lapsed) => tracing::info!(lapsed, "referrals were not answered in time"),
            Err(error) => tracing::warn!(%error, "referrals not answered were not written down; the next sweep does it"),
        }
    }
}

/// Gives places that became free to those who wait for one: whenever some may have, and by and by for those that another instance freed.
async fn place(db: &Db, places_freed: &Notify) {
    let by = by();
    loop {
        tokio::select! {
            () = places_freed.notified() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
        match orientations::place_waiting(db, &by).await {
            Ok(0) => {}
            Ok(placed) => tracing::info!(placed, "places became free for people who waited for one"),
            Err(error) => tracing::warn!(%error, "places that became free were not given; the next sweep does it"),
        }
    }
}

async fn sweep(db: &Db) {
    let by = by();
    loop {
        tokio::time::sleep(SWEEP).await;
        let swept = db
            .run(&by, async |w: &Write| {
                let kept_long_enough = (idempotency::purge(w).await?, access::purge(w).await?, submissions::purge(w).await?);
                Ok::<_, Error>((kept_long_enough, feeds::forget(w).await?))
            })
            .await;
        match swept {
            Ok(((answers, reads, submissions), told)) => {
                tracing::info!(
                    answers,
                    reads,
                    submissions,
                    told,
                    "what was kept long enough is gone: stored answers, reads, what lines said, what receivers were told"
                );
            }
            Err(error) => tracing::warn!(%error, "the sweep failed; the next one takes its work"),
        }
    }
}
