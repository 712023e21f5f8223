//! What every worker shares, and what each has of its own. Nothing is decided here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Elapsed};

use domain::actor::Actor;
use domain::calendar::Instant;
use domain::submission::line::Labels;
use domain::vocabulary::Vocabulary;
use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use persistence::machinery::principals;
use persistence::machinery::reference::ReferenceCode;
use persistence::{AccessLog, Clock, Db, Error, Ids};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::config::Config;
use crate::keys::Keys;
use crate::referral_feed::Awaited;

/// Requests a second, and the burst above it, that one caller may send to one instance.
pub(crate) const RATE: u32 = 50;
pub(crate) const BURST: u32 = 200;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// How often each caller may call.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) principals: Limiter<Uuid>,
    pub(crate) addresses: Limiter<IpAddr>,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let second = std::num::NonZeroU32::new(RATE).unwrap_or(std::num::NonZeroU32::MIN);
        let burst = std::num::NonZeroU32::new(BURST).unwrap_or(std::num::NonZeroU32::MIN);
        let quota = Quota::per_second(second).allow_burst(burst);
        Self { principals: RateLimiter::keyed(quota).with_middleware(), addresses: RateLimiter::keyed(quota).with_middleware() }
    }
}

/// What the whole process shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<Ids>,
    pub(crate) codes: Vec<ReferenceCode>,
    pub(crate) vocabulary: Vocabulary,
    /// The words for codes that a partner's file may use.
    pub(crate) labels: Labels,
    pub(crate) access: AccessLog,
    /// None when `JALON_RATE_LIMIT=off`.
    pub(crate) limits: Option<Limits>,
    pub(crate) draining: AtomicBool,
    /// Told whenever places for an accompaniment may have become free.
    pub(crate) places_freed: Arc<Notify>,
    /// Readers that wait for an event of their feed.
    pub(crate) awaited: Arc<Awaited>,
}

impl Shared {
    /// The issuer of our tokens.
    pub(crate) fn issuer(&self) -> &str {
        &self.config.public_url
    }

    /// Whom our tokens are for.
    pub(crate) fn audience(&self) -> String {
        format!("{}/v1", self.config.public_url)
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// How long a worker believes what it knows of a principal: disabling takes effect within 5 seconds.
const PRINCIPAL_TTL: Duration = Duration::from_secs(2);
/// Principals a worker remembers before it forgets them all.
const MOST_PRINCIPALS: usize = 10_000;

/// What one worker has: its own connections, and the callers it saw lately.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) shared: Arc<Shared>,
    pub(crate) db: Db,
    callers: RefCell<HashMap<Uuid, (Elapsed, Actor)>>,
}

impl State {
    pub(crate) fn new(shared: Arc<Shared>, db: Db) -> Self {
        Self { shared, db, callers: RefCell::new(HashMap::new()) }
    }

    /// The actor with this principal, known for two seconds at most; none when disabled or unknown.
    pub(crate) async fn actor(&self, principal: Uuid) -> Result<Option<Actor>, Error> {
        let known = self.callers.borrow().get(&principal).filter(|(seen, _)| seen.elapsed() < PRINCIPAL_TTL).map(|(_, actor)| actor.clone());
        if known.is_some() {
            return Ok(known);
        }
        let found = principals::find(self.db.read(), principal).await?;
        let mut callers = self.callers.borrow_mut();
        if callers.len() >= MOST_PRINCIPALS {
            callers.clear();
        }
        match &found {
            Some(actor) => callers.insert(principal, (Elapsed::now(), actor.clone())),
            None => callers.remove(&principal),
        };
        Ok(found)
    }
}
