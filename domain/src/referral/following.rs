//! What becomes of a referral without its receiver's word: time passes, the person's file changes, an action's sheets and enrolments
//! say more, a seat becomes free. Each takes the decision that it follows: what was allowed to happen is allowed to be told.

use super::answering::{Place, first_free_day};
use super::{Came, Disclosed, Outcome, Purpose, Referral, ReferralChanged, ReferralState};
use crate::accompaniment::Accompaniment;
use crate::attendance::{AttendanceRecorded, AttendanceStatus, MarkChange};
use crate::beneficiary::Beneficiary;
use crate::calendar::{Instant, Period};
use crate::change::Change;
use crate::enrolment::{EndReason, Enrolment, SeatTaken};
use crate::feed::FeedEventType;
use crate::group::Group;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::policy::{Function, Scope};
use crate::refusal::Decided;
use crate::vocabulary::{Term, Vocabulary};

/// Why a referral ends with the orientation that it told its receiver of: a code of `referral_cancellation_reasons`.
const ORIENTATION_CHANGED: &str = "orientation_changed";

/// A promotion from the waiting list: the referral, and the seat.
#[derive(Debug)]
pub struct Promoted {
    /// The referral, accepted.
    pub referral: Decided<ReferralChanged>,
    /// The seat.
    pub enrolment: Decided<Change<Enrolment>>,
}

impl Referral {
    /// Writes down that nobody answered in time, if so: the clock decided it, whoever comes by writes it.
    pub fn lapse<F: Function<Over = Referral>>(&self, scope: &Scope<F>) -> Option<Decided<ReferralChanged>> {
        let now = scope.now();
        self.has_expired(now).then(|| {
            let after = Self { closed_at: self.expires_at, ..self.next(ReferralState::Expired, now) };
            ReferralChanged::new(after, FeedEventType::Expired)
        })
    }

    /// Tells its receiver what changed of the person since it was `told`, if that is theirs to know. What is closed is told no more.
    pub fn follow_person(&self, changed: &Decided<Change<Beneficiary>>, told: &Disclosed) -> Option<Decided<ReferralChanged>> {
        let now = changed.after.stamp.updated_at;
        if !self.state_at(now).is_open() {
            return None;
        }
        let after = Self { person: (&changed.after).into(), ..self.next(self.state, now) };
        let says_something_new = Disclosed::from(&after).person != told.person;
        says_something_new.then(|| ReferralChanged::new(after, FeedEventType::Updated))
    }

    /// Whether it addresses this organisation for this accompaniment.
    pub(crate) fn is_for(&self, organisation: Id<Organisation>, accompaniment: Accompaniment) -> bool {
        self.receiver.id == organisation && self.purpose == Purpose::Accompaniment(accompaniment)
    }

    /// The orientation that it told its receiver of is over: so is it, whatever was answered, from that day on.
    pub(crate) fn end_with_orientation(&self, now: Instant) -> Option<Decided<ReferralChanged>> {
        self.state_at(now).is_open().then(|| {
            let reason = Some(Term::stored(ORIENTATION_CHANGED.to_owned()));
            let ended_on = self.started_on.map(|started| started.max(now.day()));
            let after = Self { reason, comment: None, ended_on, ..self.next(ReferralState::Cancelled, now) };
            ReferralChanged::new(after, FeedEventType::Cancelled)
        })
    }

    /// The person came to a half-day of the action: it has started.
    pub fn follow_attendance(&self, recorded: &Decided<AttendanceRecorded>, now: Instant) -> Option<Decided<ReferralChanged>> {
        let (enrolment, _) = self.enrolment.filter(|_| self.state == ReferralState::Accepted)?;
        let came = |change: &&MarkChange| change.enrolment == enrolment && change.mark.value.status.is_some_and(AttendanceStatus::is_attended);
        recorded.changes.iter().find(came)?;
        let outcome = Outcome { came: Some(Came::Yes), joined: Some(true), ..self.outcome.clone() };
        let after = Self { started_on: Some(recorded.sheet.session.slot.date), outcome, ..self.next(ReferralState::Started, now) };
        Some(ReferralChanged::new(after, FeedEventType::Started))
    }

    /// The enrolment that it gave has ended.
    pub fn follow_exit(&self, ended: &Decided<Change<Enrolment>>) -> Option<Decided<ReferralChanged>> {
        let (ended_on, ended_as) = ended.after.end?;
        let is_its_seat = self.enrolment.is_some_and(|(seat, _)| seat == ended.after.id);
        (is_its_seat && matches!(self.state, ReferralState::Accepted | ReferralState::Started)).then(|| {
            let (state, told, reason) = match ended_as {
                EndReason::Completed => (ReferralState::Completed, FeedEventType::Completed, None),
                _ => (ReferralState::Abandoned, FeedEventType::Abandoned, Some(Term::stored(ended_as.code().to_owned()))),
            };
            let came = if self.state == ReferralState::Accepted && ended_as == EndReason::NeverCame { Some(Came::No) } else { self.outcome.came };
            let outcome = Outcome { came, ..self.outcome.clone() };
            let after = Self { ended_on: Some(ended_on), reason, outcome, ..self.next(state, ended.after.stamp.updated_at) };
            ReferralChanged::new(after, told)
        })
    }

    /// Gives the seats that are free in a group to those who wait for it, in the order in which they came on the list. Whoever sits in
    /// the group already, or whose file was closed, is passed over and keeps their place. `seats` is what is taken, and will be.
    pub fn promote<F: Function>(
        scope: &Scope<F>,
        group: &Group,
        seats: &mut Vec<SeatTaken>,
        waiting: &[(Referral, Beneficiary)],
        mut new_id: impl FnMut() -> Id<Enrolment>,
        vocabulary: &Vocabulary,
    ) -> Vec<Promoted> {
        let now = scope.now();
        let mut order: Vec<&(Referral, Beneficiary)> = waiting.iter().filter(|(referral, _)| referral.waits_for(group)).collect();
        order.sort_by_key(|(referral, _)| (referral.waiting_since, referral.id));
        let mut promoted = Vec::new();
        for (referral, person) in order {
            let Some(from) = first_free_day(group, seats, now.day()) else { break };
            let place = Place { person, group: Some(group), seats, enrolment: new_id() };
            let Ok((accepted, enrolment)) = referral.seat(now, group, &place, from, referral.referent.clone(), vocabulary) else { continue };
            seats.push(SeatTaken { person: person.id, period: Period { starts_on: from, ends_on: None } });
            promoted.push(Promoted { referral: accepted, enrolment });
        }
        promoted
    }

    /// Whether it is on the waiting list of this group, or of its whole action.
    pub fn waits_for(&self, group: &Group) -> bool {
        let meant = self.purpose.group().is_none_or(|meant| meant == group.id);
        self.state == ReferralState::WaitingList && self.purpose.action() == Some(group.action) && meant
    }
}
