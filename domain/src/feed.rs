//! The feed that a receiver pulls: events without a hole, in the order in which they were committed. How positions are given without
//! one is in `persistence`; how a position travels as a cursor is in `api`.

use crate::codes;
use crate::id::Id;
use crate::refusal::{Refusal, Rule};

/// The feed of an organisation, under the organisation's own id.
#[derive(Debug)]
pub struct Feed;

/// One event of a feed.
#[derive(Debug)]
pub struct FeedEvent;

codes! {
    /// What happened to a referral. Extensible.
    FeedEventType {
        /// It was sent.
        Sent = "referral.sent",
        /// What it says changed, of itself or of the person.
        Updated = "referral.updated",
        /// The département took it back.
        Cancelled = "referral.cancelled",
        /// Nobody answered in time.
        Expired = "referral.expired",
        /// The receiver has it.
        Received = "referral.received",
        /// The receiver put it on its waiting list.
        WaitingListed = "referral.waiting_listed",
        /// The receiver accepted it, or a seat became free.
        Accepted = "referral.accepted",
        /// The receiver refused it.
        Refused = "referral.refused",
        /// The person came for the first time.
        Started = "referral.started",
        /// It came to its end.
        Completed = "referral.completed",
        /// It ended before.
        Abandoned = "referral.abandoned",
    }
}

/// A place in a feed: after the event with this number, which is this one. The start is number 0, of no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPosition {
    /// The number of the last event read.
    pub seq: i64,
    /// That event; none at the start.
    pub event: Option<Id<FeedEvent>>,
}

impl FeedPosition {
    /// Before the first event.
    pub const START: Self = Self { seq: 0, event: None };

    /// Refuses a place that the feed does not hold: it is younger than the reader's memory of it, after a restore or a failover.
    /// `held` is the event that the feed holds at that number.
    pub fn check(&self, held: Option<Id<FeedEvent>>) -> Result<(), Refusal> {
        if self.seq == 0 || (held.is_some() && held == self.event) { Ok(()) } else { Err(Refusal::Conflict(Rule::FeedDiverged)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::id;

    #[test]
    fn a_place_is_the_same_event_at_the_same_number() {
        let place = FeedPosition { seq: 7, event: Some(id(1)) };
        assert_eq!(place.check(Some(id(1))), Ok(()));
        let diverged = Err(Refusal::Conflict(Rule::FeedDiverged));
        assert_eq!(place.check(Some(id(2))), diverged, "another event took its place");
        assert_eq!(place.check(None), diverged, "the feed is shorter than its reader knows it");
        assert_eq!(FeedPosition::START.check(None), Ok(()));
        assert_eq!(FeedPosition { seq: 7, event: None }.check(None), diverged);
    }
}
