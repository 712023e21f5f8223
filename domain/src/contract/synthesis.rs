//! The synthesis of a contract on a day: how far each commitment is kept, what was done, the hours that were kept against those that were
//! promised, what is due next. Derived from what was known, never written down by anybody.

use super::{Commitment, CommitmentStatus, Contract, ContractKind, ContractState, Edition};
use crate::action::Action;
use crate::attendance::AttendanceStatus;
use crate::barrier::Barrier;
use crate::calendar::{Day, Instant, Period};
use crate::deadline::DeadlineKind;
use crate::enrolment::{EndReason, Enrolment};
use crate::group::Group;
use crate::id::Id;
use crate::intervention::Intervention;
use crate::law::{self, DueDate};
use crate::orientation::Orientation;
use crate::readiness::Readiness;
use crate::referral::ReferralSummary;
use crate::refusal::{Refusal, Rule};

/// How long after midnight a day is settled: a change that began before it is stored by then, or not at all.
const SETTLED_SECONDS: i64 = 60;

/// The moment whose knowledge a synthesis at a day is made of: 24:00 of that day in Paris. At most yesterday, once it is settled.
pub fn known_at(day: Day, now: Instant) -> Result<Instant, Refusal> {
    let settled = now.plus(chrono::TimeDelta::seconds(-SETTLED_SECONDS)).day();
    if day < settled { Ok(day.end()) } else { Err(Refusal::invalid("at", Rule::DayNotSettled)) }
}

/// A seat in a group, with what was marked of it.
#[derive(Clone, Debug)]
pub struct Attended {
    /// The enrolment.
    pub enrolment: Id<Enrolment>,
    /// The group.
    pub group: Id<Group>,
    /// Its name.
    pub group_name: String,
    /// The action.
    pub action: Id<Action>,
    /// Its name.
    pub action_name: String,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Option<Day>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Its marks.
    pub marks: Vec<Marked>,
}

/// A mark of somebody at a half-day that was not cancelled.
#[derive(Clone, Copy, Debug)]
pub struct Marked {
    /// The day.
    pub date: Day,
    /// How they attended.
    pub status: AttendanceStatus,
    /// Minutes that count.
    pub credited_minutes: i32,
}

/// Everything that was known of a person at one moment, as far as a contract asks.
#[derive(Clone, Debug)]
pub struct Known {
    /// The contract.
    pub contract: Contract,
    /// Its editions that were signed, the first first.
    pub editions: Vec<Edition>,
    /// The orientation in force.
    pub orientation: Option<Orientation>,
    /// Words about the person's readiness.
    pub readiness: Vec<Readiness>,
    /// What holds them back, or did.
    pub barriers: Vec<Barrier>,
    /// What was done with them.
    pub interventions: Vec<Intervention>,
    /// Their seats.
    pub enrolments: Vec<Attended>,
    /// Their referrals.
    pub referrals: Vec<ReferralSummary>,
}

/// How far a commitment is kept, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentState {
    /// The commitment.
    pub commitment: Commitment,
    /// How far.
    pub status: CommitmentStatus,
    /// Whether somebody said so; else it follows from what it is linked to.
    pub is_stated: bool,
    /// Since when.
    pub since: Option<Day>,
    /// In the words of who said so.
    pub comment: Option<crate::text::Note>,
    /// Minutes that count, at the action it is linked to.
    pub credited_minutes: i32,
    /// Whether its day has passed and it is neither kept nor given up.
    pub is_overdue: bool,
}

/// A seat within the contract.
#[derive(Clone, Debug)]
pub struct ActionState {
    /// The seat.
    pub seat: Attended,
    /// Half-days attended, in whole or in part.
    pub present: i64,
    /// Half-days missed with an excuse.
    pub excused: i64,
    /// Half-days missed without one.
    pub unexcused: i64,
    /// Minutes that count.
    pub credited_minutes: i32,
}

/// Hours kept against hours promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HoursState {
    /// Promised so far: the weekly hours of each edition for the days it held, in minutes, rounded down.
    pub promised_minutes: i64,
    /// Credited so far: attended half-days alone (C. trav. R5411-15).
    pub credited_minutes: i64,
    /// Half-days attended.
    pub half_days: i64,
    /// Spent in interviews and visits, which count for nothing here.
    pub intervention_minutes: i64,
}

/// Something that is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextDeadline {
    /// What.
    pub kind: DeadlineKind,
    /// By when, and the text that says so; none where the contract does.
    pub due_on: Day,
    /// The legal source.
    pub source: Option<&'static str>,
}

/// The synthesis of a contract on a day.
#[derive(Clone, Debug)]
pub struct Synthesis {
    /// The day.
    pub on: Day,
    /// Where the contract stood.
    pub state: ContractState,
    /// The contract.
    pub contract: Contract,
    /// Whether the person is able to take steps, as it was last said.
    pub readiness: Option<Readiness>,
    /// Hours.
    pub hours: HoursState,
    /// Each commitment.
    pub commitments: Vec<CommitmentState>,
    /// Each seat in a group.
    pub actions: Vec<ActionState>,
    /// What was done.
    pub interventions: Vec<Intervention>,
    /// Referrals sent.
    pub referrals: Vec<ReferralSummary>,
    /// What holds the person back, or did, with whether the contract is about it.
    pub barriers: Vec<(Barrier, bool)>,
    /// What is due next, the earliest first.
    pub deadlines: Vec<NextDeadline>,
}

impl Known {
    /// The synthesis on a day.
    pub fn synthesis(self, on: Day) -> Synthesis {
        let window = self
            .contract
            .period
            .filter(|period| period.starts_on <= on)
            .map(|period| Period { starts_on: period.starts_on, ends_on: Some(period.ends_on.map_or(on, |end| end.min(on))) });
        let within = |day: Day| window.is_some_and(|window| window.holds(day));
        let deadlines = self.deadlines(on);
        let readiness = Readiness::latest(&self.readiness, on).cloned();
        let actions: Vec<ActionState> = self
            .enrolments
            .into_iter()
            .filter(|seat| window.is_some_and(|window| window.overlaps(&Period { starts_on: seat.starts_on, ends_on: seat.ends_on })))
            .map(|seat| ActionState::of(seat, within))
            .collect();
        let interventions: Vec<Intervention> =
            self.interventions.into_iter().filter(|one| one.cancelled_at.is_none() && within(one.about.occurred_on)).collect();
        let terms = &self.contract.edition.terms;
        let is_linked = |barrier: &Barrier| {
            let named = terms.commitments.iter().filter_map(|commitment| commitment.barrier_id);
            terms.barrier_ids.iter().copied().chain(named).any(|id| id == barrier.id)
        };
        let held_back = |barrier: &Barrier| {
            let period = Period { starts_on: barrier.about.opened_on, ends_on: barrier.resolution.as_ref().map(|one| one.resolved_on) };
            window.is_some_and(|window| window.overlaps(&period))
        };
        let barriers: Vec<(Barrier, bool)> = self
            .barriers
            .into_iter()
            .map(|barrier| (is_linked(&barrier), barrier))
            .filter(|(linked, barrier)| *linked || held_back(barrier))
            .map(|(linked, barrier)| (barrier, linked))
            .collect();
        let commitments = terms.commitments.iter().map(|commitment| commitment_state(&self.contract, commitment, on, &actions, &barriers)).collect();
        let hours = HoursState {
            promised_minutes: promised(&self.editions, window),
            credited_minutes: actions.iter().map(|action| i64::from(action.credited_minutes)).sum(),
            half_days: actions.iter().map(|action| action.present).sum(),
            intervention_minutes: interventions.iter().filter_map(|one| one.about.minutes).map(i64::from).sum(),
        };
        Synthesis {
            on,
            state: self.contract.state_on(on),
            readiness,
            hours,
            commitments,
            actions,
            interventions,
            referrals: self.referrals.into_iter().filter(|referral| within(referral.sent_at.day())).collect(),
            barriers,
            deadlines,
            contract: self.contract,
        }
    }

    /// What is due next of a contract in force.
    fn deadlines(&self, on: Day) -> Vec<NextDeadline> {
        let contract = &self.contract;
        if contract.state != ContractState::InForce || contract.state_on(on) != ContractState::InForce {
            return Vec::new();
        }
        let end = contract.period.and_then(|period| period.ends_on);
        let of_law = |kind, due: DueDate| NextDeadline { kind, due_on: due.on, source: Some(due.source) };
        let of_contract = |kind, due_on| NextDeadline { kind, due_on, source: None };
        let social = self.orientation.as_ref().and_then(|one| one.social_review_due(contract.edition.signed_on()));
        let mut due: Vec<NextDeadline> = [
            contract.review_due_on().map(|day| of_contract(DeadlineKind::ContractReview, day)),
            end.map(|day| of_contract(DeadlineKind::ContractEnd, day)),
            (contract.kind == ContractKind::Cer).then(|| of_law(DeadlineKind::ContractConversion, law::CONVERSION)),
            social.map(|due| of_law(DeadlineKind::SocialReview, due)),
        ]
        .into_iter()
        .flatten()
        .collect();
        due.sort_by_key(|one| one.due_on);
        due
    }
}

impl ActionState {
    fn of(mut seat: Attended, within: impl Fn(Day) -> bool) -> Self {
        use AttendanceStatus as S;
        seat.marks.retain(|mark| within(mark.date));
        let count = |which: fn(S) -> bool| i64::try_from(seat.marks.iter().filter(|mark| which(mark.status)).count()).unwrap_or(i64::MAX);
        Self {
            present: count(|status| matches!(status, S::Present | S::Late | S::LeftEarly)),
            excused: count(|status| status == S::AbsentExcused),
            unexcused: count(|status| status == S::AbsentUnexcused),
            credited_minutes: seat.marks.iter().map(|mark| mark.credited_minutes).sum(),
            seat,
        }
    }

    fn first_attended(&self) -> Option<Day> {
        let attended = |status| !matches!(status, AttendanceStatus::AbsentExcused | AttendanceStatus::AbsentUnexcused);
        self.seat.marks.iter().filter(|mark| attended(mark.status)).map(|mark| mark.date).min()
    }
}

/// Minutes promised by the editions that held on the days of a window, each from the day of its validation to the eve of the next: on
/// any day the last of those that were valid by then.
fn promised(editions: &[Edition], window: Option<Period>) -> i64 {
    let Some(Period { starts_on, ends_on: Some(last) }) = window else { return 0 };
    let begins = |place: usize, edition: &Edition| match edition.validation {
        Some(validation) if place > 0 => validation.on.max(starts_on),
        _ => starts_on,
    };
    let minutes_by_days = editions.iter().enumerate().map(|(place, edition)| {
        let first = begins(place, edition);
        let later = editions.iter().enumerate().skip(place + 1);
        let next = later.map(|(place, next)| begins(place, next).plus_days(-1)).min();
        let end = next.map_or(last, |next| next.min(last));
        let days = (end.date().signed_duration_since(first.date()).num_days() + 1).max(0);
        i64::from(edition.terms.weekly_hours.unwrap_or(0)) * 60 * days
    });
    minutes_by_days.sum::<i64>() / 7
}

fn commitment_state(contract: &Contract, commitment: &Commitment, on: Day, actions: &[ActionState], barriers: &[(Barrier, bool)]) -> CommitmentState {
    let theirs: Vec<&ActionState> = actions.iter().filter(|action| commitment.action_id == Some(action.seat.action)).collect();
    let barrier = barriers.iter().map(|(barrier, _)| barrier).find(|barrier| commitment.barrier_id == Some(barrier.id));
    let stated = contract.progress.iter().filter(|one| one.commitment == commitment.key && one.on <= on).max_by_key(|one| (one.on, one.at));
    let (status, since) = match stated {
        Some(said) => (said.status, Some(said.on)),
        None => derived(&theirs, barrier, on),
    };
    let is_open = !matches!(status, CommitmentStatus::Done | CommitmentStatus::Abandoned);
    CommitmentState {
        status,
        is_stated: stated.is_some(),
        since,
        comment: stated.and_then(|said| said.comment.clone()),
        credited_minutes: theirs.iter().map(|action| action.credited_minutes).sum(),
        is_overdue: is_open && commitment.due_on.is_some_and(|due| due < on),
        commitment: commitment.clone(),
    }
}

/// What follows from the seats at an action, or from the barrier that is to be lifted.
fn derived(seats: &[&ActionState], barrier: Option<&Barrier>, on: Day) -> (CommitmentStatus, Option<Day>) {
    let lifted = barrier.and_then(|barrier| barrier.resolution.as_ref()).filter(|one| one.resolved_on <= on);
    if let Some(resolution) = lifted {
        let was_given_up = matches!(&*resolution.outcome, "support_ended" | "entered_by_mistake");
        let status = if was_given_up { CommitmentStatus::Abandoned } else { CommitmentStatus::Done };
        return (status, Some(resolution.resolved_on));
    }
    let attended = seats.iter().filter_map(|seat| seat.first_attended()).min();
    let over = |seat: &&&ActionState| seat.seat.ends_on.is_some_and(|end| end <= on);
    let last = seats.iter().filter(over).max_by_key(|seat| seat.seat.ends_on);
    match last.filter(|_| seats.iter().all(|seat| over(&seat))) {
        Some(last) => {
            let kept = matches!(last.seat.end_reason, Some(EndReason::Completed | EndReason::Employment | EndReason::Training));
            (if kept { CommitmentStatus::Done } else { CommitmentStatus::Abandoned }, last.seat.ends_on)
        }
        None => (if attended.is_some() { CommitmentStatus::InProgress } else { CommitmentStatus::Planned }, attended),
    }
}
