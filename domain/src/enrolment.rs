//! Enrolments: a person's seat in a group for a period, its end, and what it brought. The referral that may lead to one is a page of its own.

use crate::action::{Action, Theme};
use crate::actor::Role;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::group::{Group, has_seat};
use crate::id::Id;
use crate::identifier::person_reference::PersonReference;
use crate::policy::{CloseEnrolment, Enrol, Scope};
use crate::referral::Referral;
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::{Label, Name, Note};
use crate::vocabulary::{CodeList, Term, Vocabulary};

codes! {
    /// How a person came into a group.
    Origin {
        /// Enrolled by a caseworker or a manager.
        Direct = "direct",
        /// By the acceptance of a referral.
        Referral = "referral",
    }
}

codes! {
    /// Why an enrolment ended.
    EndReason {
        /// The action was completed.
        Completed = "completed",
        /// The person stopped coming.
        Abandoned = "abandoned",
        /// The person found work.
        Employment = "employment",
        /// The person started a training.
        Training = "training",
        /// The person moved away.
        Moved = "moved",
        /// A manager excluded the person.
        Excluded = "excluded",
        /// The person never came.
        NeverCame = "never_came",
        /// Another reason.
        Other = "other",
    }
}

/// A person's seat in a group.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Its id.
    pub id: Id<Enrolment>,
    /// Its group.
    pub group: Id<Group>,
    /// The group's name.
    pub group_name: Label,
    /// The group's action.
    pub action: Id<Action>,
    /// The action's name.
    pub action_name: Label,
    /// Whose seat.
    pub person: Participant,
    /// First day.
    pub starts_on: Day,
    /// The day it is meant to end.
    pub planned_end_on: Option<Day>,
    /// Last day and why, once ended.
    pub end: Option<(Day, EndReason)>,
    /// What the person lived on at entry, a code of `statuses_at_entry`.
    pub status_at_entry: Term,
    /// How the person came.
    pub origin: Origin,
    /// The referral whose acceptance gave it, if one did.
    pub referral: Option<Id<Referral>>,
    /// What the action brought, once assessed.
    pub assessment: Option<Assessment>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What a partner sees of a person.
#[derive(Clone, Debug)]
pub struct Participant {
    /// The person.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// Family name; none once purged.
    pub last_name: Option<Name>,
    /// First name; none once purged.
    pub first_name: Option<Name>,
}

impl From<&Beneficiary> for Participant {
    fn from(person: &Beneficiary) -> Self {
        Self { id: person.id, reference: person.reference.clone(), last_name: person.last_name.clone(), first_name: person.first_name.clone() }
    }
}

/// What an action brought to a person.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// How far each theme's aptitudes are acquired, codes of `aptitude_levels`.
    pub aptitudes: Vec<(Theme, Term)>,
    /// What follows, a code of `next_steps`.
    pub next_step: Term,
    /// In words.
    pub text: Option<Note>,
    /// When it was written.
    pub assessed_at: Instant,
}

/// What is said of an enrolment.
#[derive(Clone, Debug)]
pub struct EnrolOrder {
    /// First day.
    pub starts_on: Day,
    /// The day it is meant to end.
    pub planned_end_on: Option<Day>,
    /// What the person lives on.
    pub status_at_entry: Term,
}

/// What is said of an assessment.
#[derive(Clone, Debug)]
pub struct AssessOrder {
    /// How far each theme's aptitudes are acquired.
    pub aptitudes: Vec<(Theme, Term)>,
    /// What follows.
    pub next_step: Term,
    /// In words.
    pub text: Option<Note>,
}

/// A period somebody already has in the group, under lock.
#[derive(Clone, Copy, Debug)]
pub struct SeatTaken {
    /// Whose.
    pub person: Id<Beneficiary>,
    /// When.
    pub period: Period,
}

/// Who is to sit where, and who sits there already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seating<'a> {
    /// The group, under lock.
    pub(crate) group: &'a Group,
    /// The person, under lock.
    pub(crate) person: &'a Beneficiary,
    /// Its seats.
    pub(crate) seats: &'a [SeatTaken],
    /// The coded lists.
    pub(crate) vocabulary: &'a Vocabulary,
}

impl Enrolment {
    /// Gives a person a seat from a day on. Capacity is judged day by day; two of one person never overlap.
    pub fn enrol(
        scope: &Scope<Enrol>,
        id: Id<Enrolment>,
        group: &Group,
        person: Option<&Beneficiary>,
        seats: &[SeatTaken],
        order: EnrolOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<Enrolment>>, Refusal> {
        let Some(person) = person else { return Err(Refusal::invalid("beneficiary_id", Rule::BeneficiaryUnknown)) };
        Self::seat(scope.now(), id, None, Seating { group, person, seats, vocabulary }, order)
    }

    /// The seat itself, of whichever origin.
    pub(crate) fn seat(
        now: Instant,
        id: Id<Enrolment>,
        referral: Option<Id<Referral>>,
        seating: Seating<'_>,
        order: EnrolOrder,
    ) -> Result<Decided<Change<Enrolment>>, Refusal> {
        let Seating { group, person, seats, vocabulary } = seating;
        person.must_live()?;
        let wanted = Period { starts_on: order.starts_on, ends_on: None };
        if seats.iter().any(|seat| seat.person == person.id && seat.period.overlaps(&wanted)) {
            return Err(Refusal::Conflict(Rule::AlreadyEnrolled));
        }
        let taken: Vec<Period> = seats.iter().map(|seat| seat.period).collect();
        if !has_seat(&taken, &wanted, group.about.capacity) {
            return Err(Refusal::Conflict(Rule::GroupFull));
        }
        let mut faults = Faults::default();
        faults.check(!group.about.period().holds(order.starts_on), "starts_on", Rule::EnrolmentOutsideGroup);
        let planned = order.planned_end_on;
        faults.check(planned.is_some_and(|end| end < order.starts_on), "planned_end_on", Rule::PeriodReversed);
        faults.check(planned.is_some_and(|end| !group.about.period().holds(end)), "planned_end_on", Rule::EnrolmentOutsideGroup);
        let known = vocabulary.holds(CodeList::StatusesAtEntry, &order.status_at_entry, order.starts_on);
        faults.check(!known, "status_at_entry", Rule::CodeUnknown);
        faults.into_result()?;
        let after = Self {
            id,
            group: group.id,
            group_name: group.about.name.clone(),
            action: group.action,
            action_name: group.action_name.clone(),
            person: person.into(),
            starts_on: order.starts_on,
            planned_end_on: order.planned_end_on,
            end: None,
            status_at_entry: order.status_at_entry,
            origin: if referral.is_some() { Origin::Referral } else { Origin::Direct },
            referral,
            assessment: None,
            stamp: Stamp::first(now),
        };
        let event = Event::new("enrolment.created", id).about(person.id);
        Ok(Change::created(after, event))
    }

    /// Ends it, on a day of its group. `last_mark` is the day of the last half-day on which the person is marked.
    pub fn end(
        &self,
        scope: &Scope<CloseEnrolment>,
        group: &Group,
        ends_on: Day,
        reason: EndReason,
        last_mark: Option<Day>,
    ) -> Result<Decided<Change<Enrolment>>, Refusal> {
        let ended = self.ended(scope, ends_on, reason, last_mark)?;
        if group.about.period().holds(ends_on) { Ok(ended) } else { Err(Refusal::invalid("ends_on", Rule::EnrolmentOutsideGroup)) }
    }

    fn ended(
        &self,
        scope: &Scope<CloseEnrolment>,
        ends_on: Day,
        reason: EndReason,
        last_mark: Option<Day>,
    ) -> Result<Decided<Change<Enrolment>>, Refusal> {
        let excludes = scope.actor().is(Role::Manager) || scope.actor().organisation().is_none();
        if reason == EndReason::Excluded && !excludes {
            return Err(Refusal::Denied(Rule::ExclusionReserved));
        }
        if self.end.is_some() {
            return Err(Refusal::Conflict(Rule::EnrolmentEnded));
        }
        if last_mark.is_some_and(|marked| marked > ends_on) {
            return Err(Refusal::Conflict(Rule::MarksAfterEnd));
        }
        if ends_on < self.starts_on {
            return Err(Refusal::invalid("ends_on", Rule::PeriodReversed));
        }
        let event = Event::new("enrolment.ended", self.id).about(self.person.id).with("reason", reason);
        let after = Self { end: Some((ends_on, reason)), stamp: self.stamp.next(scope.now()), ..self.clone() };
        Ok(Change::edited(after, event))
    }

    /// Gives back a seat that nobody ever sat on, since the referral that gave it was cancelled: from today, or from its first day.
    pub fn give_back(&self, scope: &Scope<CloseEnrolment>, last_mark: Option<Day>) -> Result<Decided<Change<Enrolment>>, Refusal> {
        self.ended(scope, scope.now().day().max(self.starts_on), EndReason::NeverCame, last_mark)
    }

    /// Writes or rewrites what it brought.
    pub fn assess(&self, scope: &Scope<CloseEnrolment>, order: AssessOrder, vocabulary: &Vocabulary) -> Result<Decided<Change<Enrolment>>, Refusal> {
        let now = scope.now();
        let mut faults = Faults::default();
        for (place, (theme, level)) in order.aptitudes.iter().enumerate() {
            if order.aptitudes.iter().take(place).any(|(earlier, _)| earlier == theme) {
                faults.add(["aptitudes".into(), place.into(), "theme".into()], Rule::DuplicateItem);
            }
            if !vocabulary.holds(CodeList::AptitudeLevels, level, now.day()) {
                faults.add(["aptitudes".into(), place.into(), "level".into()], Rule::CodeUnknown);
            }
        }
        faults.check(!vocabulary.holds(CodeList::NextSteps, &order.next_step, now.day()), "next_step", Rule::CodeUnknown);
        faults.into_result()?;
        let AssessOrder { aptitudes, next_step, text } = order;
        let event = Event::new("enrolment.assessed", self.id).about(self.person.id).with("next_step", &*next_step);
        let assessment = Some(Assessment { aptitudes, next_step, text, assessed_at: now });
        Ok(Change::edited(Self { assessment, stamp: self.stamp.next(now), ..self.clone() }, event))
    }
}

#[cfg(test)]
mod tests;
