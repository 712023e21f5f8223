//! What comes after a decision: the person is told, somebody takes them in charge, somebody asks for another one, the team is heard, it
//! comes to its end.

use super::{
    Acceptance, ClosureReason, Extension, Notification, NotificationMeans, Orientation, OrientationState, Review, ReviewReason, ReviewRequester,
    TeamOpinion,
};
use crate::accompaniment::Accompaniment;
use crate::calendar::{Day, Period};
use crate::change::Change;
use crate::intervention::Practitioner;
use crate::law::VulnerabilityGround;
use crate::policy::{AcceptOrientation, CloseOrientation, DecideOrientation, PrepareOrientation, Scope};
use crate::referral::{Referral, ReferralChanged, ReferralState};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;

/// How the person was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotifyOrder {
    /// The day.
    pub notified_on: Day,
    /// How.
    pub means: NotificationMeans,
    /// Whether the ways and delays of appeal stand in it.
    pub appeal_stated: bool,
}

/// That the person is taken in charge.
#[derive(Clone, Debug)]
pub struct AcceptOrder<'a> {
    /// Who accompanies them, where somebody is named.
    pub referent: Option<&'a Practitioner>,
}

/// That another orientation is asked for.
#[derive(Clone, Debug)]
pub struct ReviewOrder {
    /// Who asks.
    pub requested_by: ReviewRequester,
    /// Why.
    pub reason: ReviewReason,
    /// The same in words.
    pub comment: Option<Note>,
}

/// What the multidisciplinary team was asked, and thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpinionOrder {
    /// When it was asked.
    pub asked_on: Day,
    /// What it thinks.
    pub opinion: Option<TeamOpinion>,
    /// Since when.
    pub given_on: Option<Day>,
}

/// Why and when it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseOrder {
    /// The last day.
    pub on: Day,
    /// Why.
    pub reason: ClosureReason,
}

/// A closure, with the referral that ends with it.
#[derive(Debug)]
pub struct OrientationClosed {
    /// The orientation, closed.
    pub orientation: Decided<Change<Orientation>>,
    /// The referral that told the referent organisation, taken back.
    pub ended_referral: Option<Decided<ReferralChanged>>,
}

impl Orientation {
    /// The person was told, with the ways of appeal (CASF R262-91). It is said once.
    pub fn notify(&self, scope: &Scope<DecideOrientation>, order: NotifyOrder) -> Result<Option<Decided<Change<Orientation>>>, Refusal> {
        self.must_be_in_force()?;
        let notification = Notification { on: order.notified_on, means: order.means };
        match self.notification {
            Some(known) if known == notification && order.appeal_stated => return Ok(None),
            Some(_) => return Err(Refusal::Conflict(Rule::OrientationState)),
            None => {}
        }
        let decided_on = self.decision.as_ref().map(|decision| decision.on);
        let mut faults = Faults::default();
        faults.check(order.notified_on > scope.now().day(), "notified_on", Rule::DayInFuture);
        faults.check(decided_on.is_some_and(|day| order.notified_on < day), "notified_on", Rule::DayTooEarly);
        faults.check(!order.appeal_stated, "appeal_stated", Rule::AppealTermsRequired);
        faults.into_result()?;
        let mut after = Self { notification: Some(notification), ..self.next(scope.now()) };
        if self.state == OrientationState::Decided {
            after.state = OrientationState::Notified;
        }
        Ok(Some(Self::edited(after, "orientation.notified")))
    }

    /// The referent organisation takes the person in charge; later, somebody else there accompanies them. Whoever was told by a referral
    /// answers that. `referral` is the one that told them.
    pub fn accept(
        &self,
        scope: &Scope<AcceptOrientation>,
        order: &AcceptOrder<'_>,
        referral: Option<&Referral>,
    ) -> Result<Option<Decided<Change<Orientation>>>, Refusal> {
        self.must_be_in_force()?;
        if referral.is_some_and(|referral| !matches!(referral.state, ReferralState::Accepted | ReferralState::Started)) {
            return Err(Refusal::Conflict(Rule::FollowsReferral));
        }
        let today = scope.now().day();
        let organisation = self.decision.as_ref().map(|decision| decision.organisation);
        let referent = order.referent.filter(|one| Some(one.organisation) == organisation && one.could_act(today));
        let Some(referent) = referent else { return Err(Refusal::invalid("referent_id", Rule::ProfessionalUnknown)) };
        if self.acceptance.is_some_and(|known| known.referent == Some(referent.id)) {
            return Ok(None);
        }
        let on = self.acceptance.map_or(today, |known| known.on);
        let mut after = Self { acceptance: Some(Acceptance { on, referent: Some(referent.id) }), ..self.next(scope.now()) };
        if self.state != OrientationState::Review {
            after.state = OrientationState::Active;
        }
        Ok(Some(Self::edited(after, "orientation.accepted")))
    }

    /// Another orientation is asked for: this one stays in force until it is decided.
    pub fn request_review(&self, scope: &Scope<PrepareOrientation>, order: ReviewOrder) -> Result<Decided<Change<Orientation>>, Refusal> {
        use OrientationState as S;
        self.must_be(&[S::Decided, S::Notified, S::Active])?;
        if order.reason == ReviewReason::Other && order.comment.is_none() {
            return Err(Refusal::invalid("comment", Rule::JustificationRequired));
        }
        let ReviewOrder { requested_by, reason, comment } = order;
        let review = Review { requested_by, requested_on: scope.now().day(), reason, comment, team_asked_on: None, opinion: None };
        let after = Self { state: S::Review, review: Some(review), ..self.next(scope.now()) };
        let event = after.event("orientation.review_requested").with("requested_by", requested_by).with("reason", reason);
        Ok(Change::edited(after, event))
    }

    /// The multidisciplinary team is asked, or has answered.
    pub fn hear(&self, scope: &Scope<DecideOrientation>, order: OpinionOrder) -> Result<Option<Decided<Change<Orientation>>>, Refusal> {
        self.must_be(&[OrientationState::Review])?;
        let Some(review) = &self.review else { return Err(Refusal::Conflict(Rule::OrientationState)) };
        let today = scope.now().day();
        let OpinionOrder { asked_on, opinion, given_on } = order;
        let mut faults = Faults::default();
        faults.check(asked_on > today, "asked_on", Rule::DayInFuture);
        faults.check(asked_on < review.requested_on, "asked_on", Rule::DayTooEarly);
        faults.check(opinion.is_some() != given_on.is_some(), "given_on", Rule::OpinionMismatch);
        faults.check(given_on.is_some_and(|day| day > today), "given_on", Rule::DayInFuture);
        faults.check(given_on.is_some_and(|day| day < asked_on), "given_on", Rule::DayTooEarly);
        faults.into_result()?;
        let heard = Review { team_asked_on: Some(asked_on), opinion: opinion.zip(given_on), ..review.clone() };
        if heard == *review {
            return Ok(None);
        }
        if review.opinion.is_some() {
            return Err(Refusal::Conflict(Rule::OrientationState));
        }
        let after = Self { review: Some(heard), ..self.next(scope.now()) };
        Ok(Some(Self::edited(after, "orientation.team_heard")))
    }

    /// The social track is reviewed after twelve months instead of six, for a vulnerability (CASF D262-65-2-1).
    pub fn extend(
        &self,
        scope: &Scope<PrepareOrientation>,
        mut grounds: Vec<VulnerabilityGround>,
    ) -> Result<Option<Decided<Change<Orientation>>>, Refusal> {
        self.must_be_in_force()?;
        if self.decision.as_ref().is_none_or(|decision| decision.accompaniment != Accompaniment::Social) {
            return Err(Refusal::Conflict(Rule::SocialTrackOnly));
        }
        let count = grounds.len();
        grounds.sort_unstable();
        grounds.dedup();
        let mut faults = Faults::default();
        faults.check(grounds.is_empty(), "grounds", Rule::TooManyItems);
        faults.check(grounds.len() != count, "grounds", Rule::DuplicateItem);
        faults.into_result()?;
        if self.extension.as_ref().is_some_and(|known| known.grounds == grounds) {
            return Ok(None);
        }
        let extension = Extension { grounds, on: scope.now().day(), by: scope.actor().principal };
        Ok(Some(Self::edited(Self { extension: Some(extension), ..self.next(scope.now()) }, "orientation.review_extended")))
    }

    /// It comes to its end and none follows; a receiver is told. The same again changes nothing.
    pub fn close(
        &self,
        scope: &Scope<CloseOrientation>,
        order: CloseOrder,
        open_referral: Option<&Referral>,
    ) -> Result<Option<OrientationClosed>, Refusal> {
        use OrientationState as S;
        match self.state {
            S::Closed if self.closure == Some((order.on, order.reason)) => return Ok(None),
            S::Closed | S::Superseded => return Err(Refusal::Conflict(Rule::OrientationState)),
            _ => {}
        }
        let now = scope.now();
        let first = self.period.map_or(self.opened_on, |period| period.starts_on);
        let mut faults = Faults::default();
        faults.check(order.on > now.day(), "on", Rule::DayInFuture);
        faults.check(order.on < first, "on", Rule::DayTooEarly);
        faults.into_result()?;
        let period = self.period.map(|period| Period { ends_on: Some(order.on), ..period });
        let after = Self { state: S::Closed, period, waiting_since: None, closure: Some((order.on, order.reason)), ..self.next(now) };
        let event = after.event("orientation.closed").with("reason", order.reason);
        let told = open_referral.filter(|open| self.referral == Some(open.id)).and_then(|open| open.end_with_orientation(now));
        Ok(Some(OrientationClosed { orientation: Change::edited(after, event), ended_referral: told }))
    }
}
