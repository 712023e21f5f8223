//! What every edited thing carries, and the decision to create or edit one. What is edited is each thing's own page.

use crate::calendar::Instant;
use crate::event::Event;
use crate::refusal::Decided;

/// Version and dates of a stored thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Starts at 1, one more at each edit: what `If-Match` compares.
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it was last changed: what `updated_since` compares.
    pub updated_at: Instant,
}

impl Stamp {
    /// Of a thing created now.
    pub fn first(now: Instant) -> Self {
        Self { version: 1, created_at: now, updated_at: now }
    }

    /// Of the same thing edited now.
    #[must_use]
    pub fn next(self, now: Instant) -> Self {
        Self { version: self.version + 1, updated_at: now, ..self }
    }
}

/// A thing as it will be, and the event that says so.
#[derive(Debug)]
pub struct Change<T> {
    /// The thing after the change.
    pub after: T,
    /// Whether it did not exist before.
    pub created: bool,
    /// What happened, without any personal value.
    pub event: Event,
}

impl<T> Change<T> {
    pub(crate) fn created(after: T, event: Event) -> Decided<Self> {
        Decided::new(Self { after, created: true, event })
    }

    pub(crate) fn edited(after: T, event: Event) -> Decided<Self> {
        Decided::new(Self { after, created: false, event })
    }
}
