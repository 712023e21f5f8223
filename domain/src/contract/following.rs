//! What comes after the signature: reviews, words about the commitments, the end before the last day.

use super::{CommitmentStatus, Contract, ContractState, Ending, Progress, Review, ReviewConclusion, TerminationReason};
use crate::calendar::{Day, Period};
use crate::change::Change;
use crate::policy::{Scope, WriteContract};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::Term;

/// A review (*bilan*).
#[derive(Clone, Debug)]
pub struct ReviewOrder {
    /// The day.
    pub reviewed_on: Day,
    /// What follows.
    pub conclusion: ReviewConclusion,
    /// When it is to be reviewed again.
    pub next_review_on: Option<Day>,
    /// In words.
    pub comment: Option<Note>,
}

/// A word about a commitment.
#[derive(Clone, Debug)]
pub struct ProgressOrder {
    /// Which, by its key.
    pub commitment: Term,
    /// How far it is kept.
    pub status: CommitmentStatus,
    /// Since when.
    pub on: Day,
    /// In words.
    pub comment: Option<Note>,
}

/// The end before the last day.
#[derive(Clone, Debug)]
pub struct TerminateOrder {
    /// The last day.
    pub on: Day,
    /// Why.
    pub reason: TerminationReason,
    /// In words.
    pub comment: Option<Note>,
}

impl Contract {
    /// Reviews a contract in force, or one that has expired and was not renewed.
    pub fn review(&self, scope: &Scope<WriteContract>, order: ReviewOrder) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        let today = scope.now().day();
        if !matches!(self.state_on(today), ContractState::InForce | ContractState::Expired) {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        let ReviewOrder { reviewed_on: on, conclusion, next_review_on: next_on, comment } = order;
        let review = Review { on, conclusion, next_on, comment, by: scope.actor().principal };
        if self.reviews.last() == Some(&review) {
            return Ok(None);
        }
        let last = self.reviews.last().map(|review| review.on);
        let first = self.period.map(|period| period.starts_on).max(last);
        let goes_on = matches!(conclusion, ReviewConclusion::Continue | ReviewConclusion::Amend);
        let has_end = self.period.is_some_and(|period| period.ends_on.is_some());
        let mut faults = Faults::default();
        faults.check(on > today, "reviewed_on", Rule::DayInFuture);
        faults.check(first.is_some_and(|first| on < first), "reviewed_on", Rule::DayTooEarly);
        faults.check(goes_on && !has_end && next_on.is_none(), "next_review_on", Rule::NextReviewRequired);
        faults.check(next_on.is_some_and(|next| next <= on), "next_review_on", Rule::DayTooEarly);
        let after_end = |next: Day| self.period.and_then(|period| period.ends_on).is_some_and(|end| next > end);
        faults.check(next_on.is_some_and(after_end), "next_review_on", Rule::OutsideContract);
        faults.into_result()?;
        let mut after = self.next(scope.now());
        after.reviews.push(review);
        let event = after.event("contract.reviewed").with("conclusion", conclusion);
        Ok(Some(Change::edited(after, event)))
    }

    /// Says how far a commitment is kept. What is said stays: a later word takes its place.
    pub fn note_progress(&self, scope: &Scope<WriteContract>, order: ProgressOrder) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        let now = scope.now();
        if !matches!(self.state_on(now.day()), ContractState::InForce | ContractState::Expired) {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        let ProgressOrder { commitment, status, on, comment } = order;
        let last = self.progress.iter().rev().find(|one| one.commitment == commitment);
        if last.is_some_and(|last| (last.status, last.on) == (status, on) && last.comment == comment) {
            return Ok(None);
        }
        let mut faults = Faults::default();
        faults.check(!self.edition.terms.commitments.iter().any(|one| one.key == commitment), "commitment", Rule::CommitmentUnknown);
        faults.check(on > now.day(), "on", Rule::DayInFuture);
        faults.check(self.period.is_some_and(|period| on < period.starts_on), "on", Rule::DayTooEarly);
        faults.into_result()?;
        let mut after = self.next(now);
        after.progress.push(Progress { commitment, status, on, comment, by: scope.actor().principal, at: now });
        let event = after.event("contract.progress_noted").with("status", status);
        Ok(Some(Change::edited(after, event)))
    }

    /// Writes down that its last day has passed, if so: the clock decided it, whoever comes by writes it.
    pub fn lapse(&self, scope: &Scope<WriteContract>) -> Option<Decided<Change<Contract>>> {
        let now = scope.now();
        let has_expired = self.state == ContractState::InForce && self.state_on(now.day()) == ContractState::Expired;
        has_expired.then(|| Self::edited(Self { state: ContractState::Expired, amendment: None, ..self.next(now) }, "contract.expired"))
    }

    /// Ends it before its last day. The same again changes nothing.
    pub fn terminate(&self, scope: &Scope<WriteContract>, order: TerminateOrder) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        let today = scope.now().day();
        let TerminateOrder { on, reason, comment } = order;
        let ending = Ending { on, reason: Some(reason), comment };
        if self.state == ContractState::Terminated && self.ending.as_ref() == Some(&ending) {
            return Ok(None);
        }
        self.must_be_in_force(today)?;
        let mut faults = Faults::default();
        faults.check(on > today, "on", Rule::DayInFuture);
        faults.check(self.period.is_some_and(|period| on < period.starts_on), "on", Rule::DayTooEarly);
        faults.check(reason == TerminationReason::Other && ending.comment.is_none(), "comment", Rule::JustificationRequired);
        faults.into_result()?;
        let period = self.period.map(|period| Period { ends_on: Some(on), ..period });
        let after = Self { state: ContractState::Terminated, period, amendment: None, ending: Some(ending), ..self.next(scope.now()) };
        let event = after.event("contract.terminated").with("reason", reason);
        Ok(Some(Change::edited(after, event)))
    }
}
