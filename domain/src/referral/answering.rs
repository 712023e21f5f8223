//! What a receiver answers. Each answer implies those before it, and the same answer again changes nothing; another one after the
//! first is refused. An action's referral that expired still takes an answer while no other is open.

use super::disclosed::may_identify;
use super::{Came, Conclusion, Outcome, Purpose, PurposeKind, Referent, Referral, ReferralChanged, ReferralState};
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::Change;
use crate::enrolment::{EnrolOrder, Enrolment, SeatTaken, Seating};
use crate::feed::FeedEventType;
use crate::group::{Group, has_seat};
use crate::id::Id;
use crate::identifier::france_travail::FranceTravailId;
use crate::organisation::OrganisationKind;
use crate::policy::{AnswerReferral, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::{Line, Note};
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// What a receiver says when it has the referral.
#[derive(Clone, Debug, Default)]
pub struct ReceiptOrder {
    /// Its own identifier of the referral.
    pub external_id: Option<Line<128>>,
    /// France Travail's identifier of the person.
    pub france_travail_id: Option<FranceTravailId>,
}

/// What a receipt changes.
#[derive(Debug)]
pub struct Receipt {
    /// The referral, unless it says nothing new.
    pub referral: Option<Decided<ReferralChanged>>,
    /// The person, now that France Travail's identifier is known.
    pub identified: Option<Decided<Change<Beneficiary>>>,
}

/// What a receiver accepts with.
#[derive(Clone, Debug, Default)]
pub struct AcceptOrder {
    /// Who accompanies the person.
    pub referent: Option<Referent>,
    /// The group of the seat, where the referral leaves it open.
    pub group: Option<Id<Group>>,
    /// The first day of the seat; none: the first on which one is free.
    pub starts_on: Option<Day>,
}

/// The place that an acceptance gives.
#[derive(Debug)]
pub struct Place<'a> {
    /// The person, under lock.
    pub person: &'a Beneficiary,
    /// The group, under lock; none for an accompaniment, or when none is known by that id.
    pub group: Option<&'a Group>,
    /// Its seats.
    pub seats: &'a [SeatTaken],
    /// The id of the enrolment to be.
    pub enrolment: Id<Enrolment>,
}

/// An acceptance, with the seat that it gave.
#[derive(Debug)]
pub struct Accepted {
    /// The referral.
    pub referral: Decided<ReferralChanged>,
    /// The seat; none for an accompaniment.
    pub enrolment: Option<Decided<Change<Enrolment>>>,
}

/// What a receiver refuses with.
#[derive(Clone, Debug)]
pub struct RefuseOrder {
    /// Why.
    pub reason: Term,
    /// The same in words.
    pub comment: Option<Note>,
}

/// What a receiver says at the end of an accompaniment.
#[derive(Clone, Debug)]
pub struct ConcludeOrder {
    /// What it came to.
    pub conclusion: Conclusion,
    /// The last day.
    pub ended_on: Day,
    /// Why it was abandoned.
    pub reason: Option<Term>,
    /// The same in words.
    pub comment: Option<Note>,
    /// Whether the person came, was taken, joined.
    pub outcome: Outcome,
}

impl Referral {
    /// The receiver has it, and says how it calls it and the person. What contradicts what is known is refused. Of one that is closed,
    /// only the names are kept: a receiver that is late begins with its receipt.
    pub fn receive(&self, scope: &Scope<AnswerReferral>, person: &Beneficiary, order: ReceiptOrder, is_taken: bool) -> Result<Receipt, Refusal> {
        use ReferralState as S;
        let now = scope.now();
        if self.state == S::Cancelled {
            return Err(Refusal::Conflict(Rule::ReferralClosed));
        }
        let ReceiptOrder { external_id, france_travail_id } = order;
        if france_travail_id.is_some() && self.receiver.kind != OrganisationKind::PoleEmploi {
            return Err(Refusal::invalid("france_travail_id", Rule::FranceTravailIdReserved));
        }
        let contradicts = external_id.is_some() && self.external_id.is_some() && external_id != self.external_id;
        let known = person.details.france_travail_id.as_ref();
        let misidentifies = france_travail_id.as_ref().is_some_and(|given| is_taken || known.is_some_and(|known| known != given));
        if contradicts || misidentifies {
            return Err(Refusal::Conflict(Rule::IdentifierConflict));
        }
        let identified = france_travail_id.filter(|_| known.is_none()).map(|id| person.identify(scope, id));
        let state = self.state_at(now);
        let mut after = self.next(if state == S::Sent { S::Received } else { self.state }, now);
        after.external_id = external_id.or(after.external_id);
        if let Some(identified) = &identified {
            after.person = (&identified.after).into();
        }
        let told = if state == S::Sent { FeedEventType::Received } else { FeedEventType::Updated };
        let says_something = state == S::Sent || after.external_id != self.external_id || (identified.is_some() && may_identify(self.receiver.kind));
        Ok(Receipt { referral: says_something.then(|| ReferralChanged::new(after, told)), identified })
    }

    /// The receiver takes the person: for a group, with a seat in it. `is_open`: another referral of the person is open for the
    /// same purpose.
    pub fn accept(
        &self,
        scope: &Scope<AnswerReferral>,
        order: AcceptOrder,
        place: &Place<'_>,
        is_open: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Option<Accepted>, Refusal> {
        use ReferralState as S;
        let now = scope.now();
        if matches!(self.state, S::Accepted | S::Started) {
            return self.name_referent(now, order);
        }
        self.may_still_answer(now, is_open)?;
        let mut faults = Faults::default();
        let is_action = self.purpose.kind() == PurposeKind::Action;
        faults.check(!is_action && order.referent.is_none(), "referent", Rule::RequiredForPurpose);
        faults.check(!is_action && order.group.is_some(), "group_id", Rule::ForbiddenForPurpose);
        faults.check(!is_action && order.starts_on.is_some(), "starts_on", Rule::ForbiddenForPurpose);
        faults.check(is_action && order.group.or(self.purpose.group()).is_none(), "group_id", Rule::RequiredForPurpose);
        faults.into_result()?;
        let AcceptOrder { referent, starts_on, group: asked } = order;
        let Purpose::Action { .. } = &self.purpose else {
            let after = Self { referent, ..self.next(S::Accepted, now) };
            return Ok(Some(Accepted { referral: ReferralChanged::new(after, FeedEventType::Accepted), enrolment: None }));
        };
        let fits = |group: &&Group| {
            let is_one_of = |asked: Option<Id<Group>>| asked.is_none_or(|asked| asked == group.id);
            Some(group.action) == self.purpose.action() && is_one_of(self.purpose.group()) && is_one_of(asked)
        };
        let Some(group) = place.group.filter(fits) else { return Err(Refusal::invalid("group_id", Rule::GroupUnknown)) };
        let first = first_free_day(group, place.seats, now.day()).unwrap_or_else(|| starts(group, now.day()));
        let starts_on = starts_on.unwrap_or(first);
        if starts_on < self.sent_at.day() {
            return Err(Refusal::invalid("starts_on", Rule::DayTooEarly));
        }
        let (referral, enrolment) = self.seat(now, group, place, starts_on, referent, vocabulary)?;
        Ok(Some(Accepted { referral, enrolment: Some(enrolment) }))
    }

    /// The seat in a group, with what becomes of the referral.
    pub(super) fn seat(
        &self,
        now: Instant,
        group: &Group,
        place: &Place<'_>,
        starts_on: Day,
        referent: Option<Referent>,
        vocabulary: &Vocabulary,
    ) -> Result<(Decided<ReferralChanged>, Decided<Change<Enrolment>>), Refusal> {
        let Purpose::Action { id, name, status_at_entry, .. } = &self.purpose else { return Err(Refusal::Conflict(Rule::FollowsEnrolment)) };
        let seat = EnrolOrder { starts_on, planned_end_on: None, status_at_entry: status_at_entry.clone() };
        let seating = Seating { group, person: place.person, seats: place.seats, vocabulary };
        let enrolment = Enrolment::seat(now, place.enrolment, Some(self.id), seating, seat)?;
        let purpose = Purpose::Action {
            id: *id,
            name: name.clone(),
            group: Some((group.id, group.about.name.clone())),
            status_at_entry: status_at_entry.clone(),
        };
        let after = Self { purpose, referent, enrolment: Some((place.enrolment, starts_on)), ..self.next(ReferralState::Accepted, now) };
        Ok((ReferralChanged::new(after, FeedEventType::Accepted), enrolment))
    }

    /// The same acceptance again, or with another referent; the seat that it gave stays.
    fn name_referent(&self, now: Instant, order: AcceptOrder) -> Result<Option<Accepted>, Refusal> {
        let AcceptOrder { referent, group, starts_on } = order;
        let other_group = group.is_some() && group != self.purpose.group();
        let other_day = starts_on.is_some() && starts_on != self.enrolment.map(|(_, day)| day);
        if other_group || other_day {
            return Err(Refusal::Conflict(Rule::ReferralAnswered));
        }
        if referent.is_none() || referent == self.referent {
            return Ok(None);
        }
        let after = Self { referent, ..self.next(self.state, now) };
        Ok(Some(Accepted { referral: ReferralChanged::new(after, FeedEventType::Updated), enrolment: None }))
    }

    /// The receiver does not take the person. Of an accompaniment, it asks for a reorientation and stays the referent until then.
    pub fn refuse(
        &self,
        scope: &Scope<AnswerReferral>,
        order: RefuseOrder,
        is_open: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        let now = scope.now();
        if self.state == ReferralState::Refused && self.reason.as_ref() == Some(&order.reason) && self.comment == order.comment {
            return Ok(None);
        }
        self.may_still_answer(now, is_open)?;
        let mut faults = Faults::default();
        faults.check(!vocabulary.holds(CodeList::ReferralRefusalReasons, &order.reason, now.day()), "reason", Rule::CodeUnknown);
        faults.into_result()?;
        let after = Self { reason: Some(order.reason), comment: order.comment, ..self.next(ReferralState::Refused, now) };
        Ok(Some(ReferralChanged::new(after, FeedEventType::Refused)))
    }

    /// There is no place yet. `groups` are those it could sit in, with their seats: where one is free, now or on a day that is
    /// known, there is nothing to wait for.
    pub fn put_on_waiting_list(
        &self,
        scope: &Scope<AnswerReferral>,
        groups: &[(Group, Vec<SeatTaken>)],
        is_open: bool,
    ) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        let now = scope.now();
        if self.state == ReferralState::WaitingList {
            return Ok(None);
        }
        self.may_still_answer(now, is_open)?;
        if groups.iter().any(|(group, seats)| first_free_day(group, seats, now.day()).is_some()) {
            return Err(Refusal::Conflict(Rule::SeatFree));
        }
        Ok(Some(ReferralChanged::new(self.next(ReferralState::WaitingList, now), FeedEventType::WaitingListed)))
    }

    /// The accompaniment has started.
    pub fn start(&self, scope: &Scope<AnswerReferral>, on: Day) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        use ReferralState as S;
        let now = scope.now();
        if self.purpose.kind() == PurposeKind::Action {
            return Err(Refusal::Conflict(Rule::FollowsEnrolment));
        }
        match self.state {
            S::Sent | S::Received | S::WaitingList | S::Accepted => {}
            S::Started if self.started_on == Some(on) => return Ok(None),
            S::Started => return Err(Refusal::Conflict(Rule::ReferralAnswered)),
            S::Refused | S::Completed | S::Abandoned | S::Cancelled | S::Expired => return Err(Refusal::Conflict(Rule::ReferralClosed)),
        }
        let mut faults = Faults::default();
        faults.check(on > now.day(), "started_on", Rule::DayInFuture);
        faults.check(on < self.sent_at.day(), "started_on", Rule::DayTooEarly);
        faults.into_result()?;
        let outcome = Outcome { came: Some(Came::Yes), ..self.outcome.clone() };
        let after = Self { started_on: Some(on), outcome, ..self.next(S::Started, now) };
        Ok(Some(ReferralChanged::new(after, FeedEventType::Started)))
    }

    /// The accompaniment has ended.
    pub fn conclude(
        &self,
        scope: &Scope<AnswerReferral>,
        order: ConcludeOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        use ReferralState as S;
        let now = scope.now();
        if self.purpose.kind() == PurposeKind::Action {
            return Err(Refusal::Conflict(Rule::FollowsEnrolment));
        }
        let (state, told) = match order.conclusion {
            Conclusion::Completed => (S::Completed, FeedEventType::Completed),
            Conclusion::Abandoned => (S::Abandoned, FeedEventType::Abandoned),
        };
        let ConcludeOrder { ended_on, reason, comment, outcome, .. } = order;
        // What was known stays, unless it is said otherwise; whoever came to the end has come.
        let outcome = Outcome {
            came: outcome.came.or(self.outcome.came).or((state == S::Completed).then_some(Came::Yes)),
            selected: outcome.selected.or(self.outcome.selected),
            joined: outcome.joined.or(self.outcome.joined),
        };
        match self.state {
            S::Sent | S::Received | S::WaitingList | S::Accepted | S::Started => {}
            S::Completed | S::Abandoned
                if (self.state, self.ended_on, &self.reason, &self.comment, &self.outcome)
                    == (state, Some(ended_on), &reason, &comment, &outcome) =>
            {
                return Ok(None);
            }
            S::Completed | S::Abandoned => return Err(Refusal::Conflict(Rule::ReferralAnswered)),
            S::Refused | S::Cancelled | S::Expired => return Err(Refusal::Conflict(Rule::ReferralClosed)),
        }
        let mut faults = Faults::default();
        let abandoned = state == S::Abandoned;
        faults.check(abandoned != reason.is_some(), "reason", Rule::AbandonmentReason);
        let unknown = |reason: &Term| !vocabulary.holds(CodeList::ReferralAbandonmentReasons, reason, now.day());
        faults.check(abandoned && reason.as_ref().is_some_and(unknown), "reason", Rule::CodeUnknown);
        faults.check(ended_on > now.day(), "ended_on", Rule::DayInFuture);
        faults.check(ended_on < self.started_on.unwrap_or_else(|| self.sent_at.day()), "ended_on", Rule::DayTooEarly);
        faults.into_result()?;
        let after = Self { ended_on: Some(ended_on), reason, comment, outcome, ..self.next(state, now) };
        Ok(Some(ReferralChanged::new(after, told)))
    }

    /// Refuses an answer that comes after another one, or after the end.
    fn may_still_answer(&self, now: Instant, is_open: bool) -> Result<(), Refusal> {
        use ReferralState as S;
        match self.state_at(now) {
            S::Expired if is_open => Err(Refusal::Conflict(Rule::ReferralOpen)),
            // What expired is late, but not too late.
            S::Sent | S::Received | S::WaitingList | S::Expired => Ok(()),
            S::Accepted | S::Started | S::Refused => Err(Refusal::Conflict(Rule::ReferralAnswered)),
            S::Completed | S::Abandoned | S::Cancelled => Err(Refusal::Conflict(Rule::ReferralClosed)),
        }
    }
}

/// From when somebody who sits down now would sit.
fn starts(group: &Group, today: Day) -> Day {
    today.max(group.about.starts_on)
}

/// The first day from which a seat is free in a group to its end, if there is one.
pub(super) fn first_free_day(group: &Group, seats: &[SeatTaken], today: Day) -> Option<Day> {
    let taken: Vec<Period> = seats.iter().map(|seat| seat.period).collect();
    let freed = taken.iter().filter_map(|seat| seat.ends_on.map(|end| end.plus_days(1)));
    let mut days: Vec<Day> = freed.chain([starts(group, today)]).filter(|day| *day >= starts(group, today)).collect();
    days.sort_unstable();
    let fits = |day: &Day| group.about.period().holds(*day) && has_seat(&taken, &Period { starts_on: *day, ends_on: None }, group.about.capacity);
    days.into_iter().find(fits)
}
