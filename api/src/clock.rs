//! The machine's clock, read in this one place. Everything else is handed the time.

use domain::calendar::Instant;
use persistence::Clock;

/// The system's clock, cut to the millisecond.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Instant {
        Instant::new(chrono::Utc::now())
    }
}
