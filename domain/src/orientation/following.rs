//! What becomes of an orientation by the answers to the referral that told its referent organisation. Each takes the decision that it
//! follows: what was allowed to happen is allowed to be written down.

use super::{Acceptance, Orientation, OrientationState, Review, ReviewReason, ReviewRequester};
use crate::change::Change;
use crate::referral::{ReferralChanged, ReferralState};
use crate::refusal::Decided;

impl Orientation {
    /// The receiver takes the person in charge, or asks for another orientation by refusing, or says that it is over. It stays the
    /// referent until that is decided.
    pub fn follow_referral(&self, answered: &Decided<ReferralChanged>) -> Option<Decided<Change<Orientation>>> {
        use OrientationState as S;
        let referral = &answered.after;
        if self.referral != Some(referral.id) || !self.is_in_force() {
            return None;
        }
        let now = referral.stamp.updated_at;
        let asks = |reason| {
            let review = Review {
                requested_by: ReviewRequester::Referent,
                requested_on: now.day(),
                reason,
                comment: None,
                team_asked_on: None,
                opinion: None,
            };
            let after = Self { state: S::Review, review: Some(review), ..self.next(now) };
            let event = after.event("orientation.review_requested").with("requested_by", ReviewRequester::Referent).with("reason", reason);
            Change::edited(after, event)
        };
        match (referral.state, self.state) {
            (ReferralState::Accepted | ReferralState::Started, S::Decided | S::Notified) => {
                let after = Self { state: S::Active, acceptance: Some(Acceptance { on: now.day(), referent: None }), ..self.next(now) };
                Some(Self::edited(after, "orientation.accepted"))
            }
            (ReferralState::Refused, S::Decided | S::Notified | S::Active) => Some(asks(ReviewReason::ReferralRefused)),
            (ReferralState::Completed | ReferralState::Abandoned, S::Decided | S::Notified | S::Active) => {
                Some(asks(ReviewReason::AccompanimentEnded))
            }
            _ => None,
        }
    }
}
