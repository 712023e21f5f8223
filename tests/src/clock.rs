//! A clock that stands still until a test moves it on.

use std::sync::atomic::{AtomicI64, Ordering};

use api::clock::SystemClock;
use chrono::{DateTime, TimeDelta};
use domain::calendar::Instant;
use persistence::Clock;

/// Stands at the moment it was made, to the millisecond, until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Stands at the real moment.
    pub fn standing_now() -> Self {
        Self(AtomicI64::new(SystemClock.now().millis()))
    }

    /// Goes on by `delta`.
    pub fn advance(&self, delta: TimeDelta) {
        self.0.fetch_add(delta.num_milliseconds(), Ordering::SeqCst);
    }

    /// Stands at `moment`.
    pub fn set(&self, moment: Instant) {
        self.0.store(moment.millis(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::new(DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap())
    }
}
