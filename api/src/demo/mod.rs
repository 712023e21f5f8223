//! `jalon demo`: a département in a box. It makes an invented Haute-Vienne in a SQLite file, extends it to the current day at each
//! start, gives fresh secrets, and serves it. What is invented stands in a file each; the rules that data obeys are in `domain`.
//!
//! Everything invented has a moment and a generator of its own, drawn from the seed. A start makes what has come to pass and is
//! missing, so a demonstration begun in October and extended in November is the one begun in November. For tests of odd days,
//! `JALON_TEST_NOW=2026-12-25T10:00:00Z` sets this command's clock, which then goes on from there.

mod actions;
mod barriers;
mod build;
mod capacity;
mod chance;
mod contracts;
mod criteria;
mod deciding;
mod enrolling;
mod files;
mod households;
mod identity;
mod interventions;
mod maker;
mod milestones;
mod names;
mod nirs;
mod open_sheet;
mod organisations;
mod orientations;
mod orienting;
mod people;
mod placements;
mod places;
mod print;
mod referrals;
mod rhythm;
mod rights;
mod scripts;
mod secrets;
mod sessions;
mod sheets;
mod staff;
mod stays;
mod waiting;
mod weeks;
mod wording;

#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::Args;
use domain::calendar::Instant;
use indicatif::{ProgressBar, ProgressStyle};
use persistence::Clock;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::server::{self, Server, StartError};
use crate::{cli, telemetry};

pub use build::Built;
pub(crate) use build::build;
pub use open_sheet::OpenSheet;

/// How the demonstration is made.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// The number everything invented is drawn from.
    #[arg(long, default_value_t = 87)]
    pub(crate) seed: u64,
    /// Print one line of JSON instead, once it listens.
    #[arg(long)]
    pub(crate) json: bool,
    /// Also on the PostgreSQL database that `JALON_DATABASE_URL` names, migrated, with its keys, and holding nothing else.
    #[arg(long)]
    pub(crate) on_postgres: bool,
}

/// What the demonstration is drawn from, and how large it is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The number everything invented is drawn from.
    pub seed: u64,
    /// How many people are accompanied.
    pub people: u32,
    /// How many groups meet, 30 at most.
    pub groups: u32,
}

impl Plan {
    /// The département at its real size.
    pub const fn of(seed: u64) -> Self {
        Self { seed, people: 1_500, groups: 30 }
    }

    /// How many steps making it takes.
    pub fn steps(&self) -> u64 {
        u64::from(self.groups) + 6
    }
}

/// The demonstration's own file, beside the one that `jalon serve` would make.
const DATABASE: &str = "demo.db";
/// Held for as long as it runs.
const LOCK: &str = "demo.lock";

pub(crate) async fn run(config: Config, args: DemoArgs) -> Result<(), StartError> {
    if !config.is_embedded() && !args.on_postgres {
        return Err(StartError(
            "the demonstration lives in a SQLite file: JALON_DATABASE_URL must name one, or nothing, without --on-postgres".to_owned(),
        ));
    }
    let config = config.with_own_file(DATABASE);
    telemetry::init_quietly(&config);
    let _held = hold(&config.data_dir)?;
    // It is bound for good once everything is made: better to hear now that it is taken.
    drop(std::net::TcpListener::bind(config.listen).map_err(|error| StartError::because(&format!("cannot listen on {}", config.listen))(&error))?);
    let database = config.database();
    let setup = server::Setup { clock: clock()?, ..cli::setup(config) };
    let store = server::open(&setup).await?;
    let db = store.worker(1).await.map_err(|error| StartError::because("the database does not answer")(&error))?;
    let keys = server::keys(&setup.config, &db).await?;

    let plan = Plan::of(args.seed);
    let bar = bar(plan, args.json);
    let built = build(&db, plan, Some(&keys.nir), || bar.inc(1)).await?;
    bar.finish_and_clear();
    let begun = build::begin(&db, plan).await?;
    let clients = begun.run(&db, async |maker, w| secrets::renew(maker, w, &keys.pepper, || db.ids().bytes()).await).await?;
    drop(db);

    let server = Server::start_on(setup, store).await?;
    let professionals = secrets::tokens(&begun.maker(), server.shared());
    let told = print::Told { base_url: server.shared().config.public_url.clone(), clients, professionals };
    let mut stop = std::pin::pin!(server::until_told_to_stop());
    // Signals are heard before anything is printed: whoever reads it may send one at once.
    tokio::select! {
        biased;
        told_to = &mut stop => return told_to,
        () = std::future::ready(()) => {}
    }
    if args.json {
        print::json(&told);
    } else {
        print::text(&told, &built, &database, &begun.world.now.day().plus_days(-1).to_string());
    }
    stop.await?;
    server.stop().await;
    Ok(())
}

/// Makes the data directory for its owner alone, and takes the lock that a second demonstration is refused by.
fn hold(directory: &Path) -> Result<File, StartError> {
    let unusable = |error: std::io::Error| StartError::because("the data directory cannot be used")(&error);
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(unusable)?;
    let file = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(directory.join(LOCK)).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StartError(format!("a demonstration runs already in {}: stop it, or name another JALON_DATA_DIR", directory.display())))
        }
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// A clock that is ahead of the machine's, or behind.
struct Shifted(TimeDelta);

impl Clock for Shifted {
    fn now(&self) -> Instant {
        SystemClock.now().plus(self.0)
    }
}

/// The machine's clock, unless a test says what time it is.
fn clock() -> Result<Arc<dyn Clock>, StartError> {
    const NAME: &str = "JALON_TEST_NOW";
    match std::env::var(NAME) {
        Ok(text) if !text.is_empty() => {
            let wanted: Instant = text.parse().map_err(|_| StartError(format!("{NAME} must be a moment such as 2026-12-25T10:00:00Z")))?;
            Ok(Arc::new(Shifted(wanted.utc() - SystemClock.now().utc())))
        }
        _ => Ok(Arc::new(SystemClock)),
    }
}

/// Shown on a terminal alone.
fn bar(plan: Plan, hidden: bool) -> ProgressBar {
    let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(plan.steps()) };
    let style = ProgressStyle::with_template("inventing a département  {bar:40} {percent:>3} %").unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style)
}
