//! RSA rights by episode, one per entry, and from which day on the person is subject to the duties. The orientation that follows is not
//! here, nor what a right is worth.

use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::identifier::department::DepartmentCode;
use crate::law;
use crate::policy::{ManageRsaRight, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::vocabulary::{CodeList, Term, Vocabulary};

codes! {
    /// How a right, or a period of its duties, became known.
    RightSource {
        /// From the files of the CAF or the MSA.
        Flow = "flow",
        /// Written by a manager.
        Manual = "manual",
    }
}

/// How many days ahead the end of a right may be known: two whole months, as long as two can be.
pub const MOST_DAYS_AHEAD: i64 = 62;

/// How many periods of duties one episode may have: one a month for more than thirty years.
pub const MOST_DUTIES: usize = 400;

/// An episode of RSA right: from one entry to the end that follows. Two of one person share no day, unless one was cancelled.
#[derive(Clone, Debug)]
pub struct RsaRight {
    /// Its id.
    pub id: Id<RsaRight>,
    /// Whose.
    pub beneficiary: Id<Beneficiary>,
    /// First day.
    pub entered_on: Day,
    /// Last day and why, a code of `rsa_closing_reasons`, once it is known to end.
    pub end: Option<(Day, Term)>,
    /// The day on which the département learned of it, from which the delay for the orientation runs (CASF D262-65-2).
    pub information_received_on: Option<Day>,
    /// The département that the person came from, which makes that delay run anew.
    pub transferred_from: Option<DepartmentCode>,
    /// How it became known.
    pub source: RightSource,
    /// Whether the person is subject to the duties, by first day; each lasts until the day before the next.
    pub duties: Vec<Duties>,
    /// When it was cancelled, if it was recorded by mistake.
    pub cancelled_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// Whether a person is subject to the duties (CASF L262-28) from a day on. It is told by the CAF or the MSA, never computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duties {
    /// Whether they are.
    pub subject: bool,
    /// First day.
    pub starts_on: Day,
    /// The day on which the département was notified (CASF R262-65-1), where known.
    pub notified_on: Option<Day>,
    /// How it became known.
    pub source: RightSource,
}

/// What is said of an episode.
#[derive(Clone, Debug)]
pub struct RsaRightOrder {
    /// First day.
    pub entered_on: Day,
    /// Last day, if it is known.
    pub left_on: Option<Day>,
    /// Why it ends, where it does.
    pub left_reason: Option<Term>,
    /// The day on which the département learned of it.
    pub information_received_on: Option<Day>,
    /// The département that the person came from.
    pub transferred_from: Option<DepartmentCode>,
}

/// What is said of duties.
#[derive(Clone, Copy, Debug)]
pub struct DutiesOrder {
    /// Whether the person is subject to them.
    pub subject: bool,
    /// First day.
    pub starts_on: Day,
    /// The day on which the département was notified.
    pub notified_on: Option<Day>,
}

impl RsaRight {
    /// Records an episode by hand. `rights` are those of the person, who is under lock.
    pub fn record(
        scope: &Scope<ManageRsaRight>,
        id: Id<RsaRight>,
        person: &Beneficiary,
        rights: &[RsaRight],
        order: RsaRightOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<RsaRight>>, Refusal> {
        refuse_state(id, person, rights, &order)?;
        let end = end(scope, &order, &[], vocabulary)?;
        let after = Self {
            id,
            beneficiary: person.id,
            entered_on: order.entered_on,
            end,
            information_received_on: order.information_received_on,
            transferred_from: order.transferred_from,
            source: RightSource::Manual,
            duties: Vec::new(),
            cancelled_at: None,
            stamp: Stamp::first(scope.now()),
        };
        let event = after.event("rsa_right.recorded");
        Ok(Change::created(after, event))
    }

    /// Edits an episode, around the duties it has, unless it was cancelled. How it became known stays.
    pub fn edit(
        &self,
        scope: &Scope<ManageRsaRight>,
        person: &Beneficiary,
        rights: &[RsaRight],
        order: RsaRightOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<RsaRight>>, Refusal> {
        self.must_count(person)?;
        refuse_state(self.id, person, rights, &order)?;
        let end = end(scope, &order, &self.duties, vocabulary)?;
        let after = Self {
            entered_on: order.entered_on,
            end,
            information_received_on: order.information_received_on,
            transferred_from: order.transferred_from,
            stamp: self.stamp.next(scope.now()),
            ..self.clone()
        };
        let event = after.event("rsa_right.edited");
        Ok(Change::edited(after, event))
    }

    /// Says whether the person is subject to the duties from a day on: the period before ends the day before. The last one again
    /// changes nothing.
    pub fn record_duties(
        &self,
        scope: &Scope<ManageRsaRight>,
        person: &Beneficiary,
        order: DutiesOrder,
    ) -> Result<Option<Decided<Change<RsaRight>>>, Refusal> {
        self.must_count(person)?;
        let DutiesOrder { subject, starts_on, notified_on } = order;
        let last = self.duties.last();
        if last.is_some_and(|last| (last.subject, last.starts_on, last.notified_on) == (subject, starts_on, notified_on)) {
            return Ok(None);
        }
        let today = scope.now().day();
        let is_inside = self.period().holds(starts_on);
        let mut faults = Faults::default();
        faults.check(starts_on > today, "starts_on", Rule::DayInFuture);
        faults.check(!is_inside, "starts_on", Rule::OutsideRight);
        faults.check(is_inside && last.is_some_and(|last| starts_on <= last.starts_on), "starts_on", Rule::DayTooEarly);
        faults.check(notified_on.is_some_and(|day| day > today), "notified_on", Rule::DayInFuture);
        faults.check(self.duties.len() >= MOST_DUTIES, "starts_on", Rule::TooManyItems);
        faults.into_result()?;
        let mut duties = self.duties.clone();
        duties.push(Duties { subject, starts_on, notified_on, source: RightSource::Manual });
        let event = Event::new("rsa_right.duties_recorded", self.id).about(self.beneficiary).with("subject", subject);
        Ok(Some(Change::edited(Self { duties, stamp: self.stamp.next(scope.now()), ..self.clone() }, event)))
    }

    /// Cancels what was recorded by mistake; it stays, as cancelled, and opens no duties. Once more changes nothing.
    pub fn cancel(&self, scope: &Scope<ManageRsaRight>, person: &Beneficiary) -> Result<Option<Decided<Change<RsaRight>>>, Refusal> {
        person.must_live()?;
        if self.cancelled_at.is_some() {
            return Ok(None);
        }
        let now = scope.now();
        let event = self.event("rsa_right.cancelled");
        Ok(Some(Change::edited(Self { cancelled_at: Some(now), stamp: self.stamp.next(now), ..self.clone() }, event)))
    }

    /// Whether it is an episode of theirs of which no end is known.
    pub fn is_open(&self) -> bool {
        self.cancelled_at.is_none() && self.end.is_none()
    }

    /// Its days, open while no end is known.
    pub fn period(&self) -> Period {
        Period { starts_on: self.entered_on, ends_on: self.end.as_ref().map(|(day, _)| *day) }
    }

    /// The duties with their last days: the day before the next, and for the last one the end of the episode.
    pub fn duties_periods(&self) -> impl Iterator<Item = (&Duties, Period)> {
        let day_before_next = self.duties.iter().skip(1).map(|next| Some(next.starts_on.plus_days(-1)));
        let ends = day_before_next.chain([self.period().ends_on]);
        self.duties.iter().zip(ends).map(|(duties, ends_on)| (duties, Period { starts_on: duties.starts_on, ends_on }))
    }

    /// Since when the person is subject to the duties, by the last period, until the end of the episode; none when they are not, nor by
    /// an episode that was cancelled.
    pub fn subject_since(&self) -> Option<Day> {
        self.duties.last().filter(|last| last.subject && self.cancelled_at.is_none()).map(|last| last.starts_on)
    }

    /// Whether the person is subject to the duties on that day or later, as far as it is known.
    pub fn is_subject_from(&self, day: Day) -> bool {
        self.subject_since().is_some() && self.end.as_ref().is_none_or(|(end, _)| *end >= day)
    }

    /// From which day the delay for the orientation runs (`law::orientation_clock`), while the person is subject to the duties.
    pub fn orientation_clock(&self) -> Option<Day> {
        self.subject_since()?;
        // The first of the periods that follow one another without a break starts it; after a break, what opened the right does not.
        let run = self.duties.iter().rev().take_while(|duties| duties.subject).count();
        let before = self.duties.len().checked_sub(run)?;
        let first = self.duties.get(before)?;
        let is_anew = self.duties.iter().take(before).any(|duties| duties.subject);
        let information = self.information_received_on.filter(|_| !is_anew);
        Some(law::orientation_clock(information, first.notified_on, first.starts_on))
    }

    /// Refuses to change an episode that counts no more.
    fn must_count(&self, person: &Beneficiary) -> Result<(), Refusal> {
        person.must_live()?;
        if self.cancelled_at.is_some() { Err(Refusal::Conflict(Rule::EntryCancelled)) } else { Ok(()) }
    }

    fn event(&self, kind: &'static str) -> Event {
        let event = Event::new(kind, self.id).about(self.beneficiary).with("source", self.source);
        match &self.end {
            Some((_, reason)) => event.with("left_reason", &**reason),
            None => event,
        }
    }
}

/// Refuses what the person's file does not allow now. Days in the wrong order are no period that another one could overlap.
fn refuse_state(id: Id<RsaRight>, person: &Beneficiary, rights: &[RsaRight], order: &RsaRightOrder) -> Result<(), Refusal> {
    person.must_live()?;
    let overlaps = |period: Period| rights.iter().any(|other| other.id != id && other.cancelled_at.is_none() && other.period().overlaps(&period));
    if Period::new(order.entered_on, order.left_on).is_ok_and(overlaps) {
        return Err(Refusal::Conflict(Rule::RightOverlaps));
    }
    Ok(())
}

/// The end that an order gives to an episode with these duties, once all that it says is right.
fn end(scope: &Scope<ManageRsaRight>, order: &RsaRightOrder, duties: &[Duties], vocabulary: &Vocabulary) -> Result<Option<(Day, Term)>, Refusal> {
    let RsaRightOrder { entered_on, left_on, left_reason, information_received_on, .. } = order;
    let today = scope.now().day();
    let mut faults = Faults::default();
    faults.check(*entered_on > today, "entered_on", Rule::DayInFuture);
    faults.check(duties.iter().any(|duties| duties.starts_on < *entered_on), "entered_on", Rule::OutsideRight);
    if let Some(left_on) = left_on {
        let is_reversed = left_on < entered_on;
        faults.check(is_reversed, "left_on", Rule::PeriodReversed);
        faults.check(*left_on > today.plus_days(MOST_DAYS_AHEAD), "left_on", Rule::DayInFuture);
        faults.check(!is_reversed && duties.iter().any(|duties| *left_on < duties.starts_on), "left_on", Rule::OutsideRight);
    }
    faults.check(left_on.is_some() != left_reason.is_some(), "left_reason", Rule::EndReasonMismatch);
    let end = left_on.zip(left_reason.clone());
    let is_known = |(left_on, reason): &(Day, Term)| vocabulary.holds(CodeList::RsaClosingReasons, reason, *left_on);
    faults.check(!end.as_ref().is_none_or(is_known), "left_reason", Rule::CodeUnknown);
    faults.check(information_received_on.is_some_and(|day| day > today), "information_received_on", Rule::DayInFuture);
    faults.into_result()?;
    Ok(end)
}

#[cfg(test)]
mod tests;
