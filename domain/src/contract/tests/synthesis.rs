//! What a contract has come to, in exact figures.

use super::*;
use crate::accompaniment::Accompaniment;
use crate::attendance::AttendanceStatus;
use crate::contract::synthesis::{ActionState, Attended, CommitmentState, Known, Marked, Synthesis, known_at};
use crate::enrolment::EndReason;
use crate::intervention::{DoneBy, Framework, Intervention, InterventionOrder};
use crate::orientation::{DecidedBy, Decision, Orientation, OrientationOrigin, OrientationState};

mod commitments;
mod due;

/// Somebody oriented to the social track of the département since a day.
pub(super) fn oriented(since: &str) -> Orientation {
    let decision = Decision {
        accompaniment: Accompaniment::Social,
        organisation: organisation(K::Department).id,
        kind: K::Department,
        site: None,
        decided_by: DecidedBy::Department,
        origin: OrientationOrigin::Initial,
        on: day(since),
        reason: None,
        objective: None,
        by: id(1),
    };
    Orientation {
        id: id(50),
        beneficiary: beneficiary(0).id,
        state: OrientationState::Active,
        opened_on: day(since),
        is_voluntary: false,
        right: None,
        former: None,
        interview: None,
        missed_interviews: 0,
        proposal: None,
        decision: Some(decision),
        period: Some(period(since, "")),
        waiting_since: None,
        notification: None,
        acceptance: None,
        review: None,
        maintained_on: None,
        extension: None,
        referral: None,
        closure: None,
        stamp: stamp(),
    }
}

impl Life {
    /// What is known of the last contract, with nothing around it.
    fn known(&self) -> Known {
        let contract = self.last().clone();
        let editions = self.frozen.iter().filter(|(of, _)| *of == contract.id).map(|(_, edition)| edition.clone()).collect();
        Known {
            contract,
            editions,
            orientation: None,
            readiness: Vec::new(),
            barriers: Vec::new(),
            interventions: Vec::new(),
            enrolments: Vec::new(),
            referrals: Vec::new(),
        }
    }

    fn promised(&self, on: &str) -> i64 {
        self.known().synthesis(day(on)).hours.promised_minutes
    }

    /// Amends the contract, signed and validated on a day.
    fn amend_on(&mut self, terms: Terms, on: &str) {
        self.amend(0, terms).unwrap();
        self.submit(0).unwrap();
        self.sign_both(0, day(on)).unwrap();
        self.validate(0, Some(day(on))).unwrap();
    }
}

fn hours(weekly: i32) -> Terms {
    Terms { weekly_hours: Some(weekly), hours_reason: Some(note("Un enfant à garder.")), ..engagement() }
}

fn exempt() -> Terms {
    let exemption = Exemption { ground: ExemptionGround::Health, requested_on: day("2026-11-10"), evidence_seen: true, until: None };
    Terms { weekly_hours: None, exemption: Some(exemption), ..engagement() }
}

/// With a contract of these terms in force, on the first of December.
fn in_december(terms: Terms) -> Life {
    let mut life = Life::today();
    life.draw_up(terms, None).unwrap();
    life.conclude(0);
    life.now = at("2026-12-01T10:00:00.000Z");
    life
}

/// A seat at the action since the first day of the contract.
pub(super) fn seat(n: u128, marks: &[(&str, AttendanceStatus, i32)]) -> Attended {
    let marks = marks.iter().map(|(date, status, credited_minutes)| Marked { date: day(date), status: *status, credited_minutes: *credited_minutes });
    Attended {
        enrolment: id(600 + n),
        group: id(300),
        group_name: "Limoges, mardi et jeudi".to_owned(),
        action: action().id,
        action_name: "Atelier de mobilisation".to_owned(),
        starts_on: day("2026-11-17"),
        ends_on: None,
        end_reason: None,
        marks: marks.collect(),
    }
}

pub(super) fn intervention(n: u128, on: Day, minutes: Option<i32>) -> Intervention {
    let about = InterventionOrder {
        kind: term("known"),
        theme: term("known"),
        occurred_on: on,
        minutes,
        framework: Framework::Insertion,
        enrolment: None,
        moment: None,
        note: None,
    };
    let by = DoneBy { professional: id(70), organisation: organisation(K::Department).id, profession: None };
    Intervention { id: id(700 + n), beneficiary: beneficiary(0).id, by, about, cancelled_at: None, stamp: stamp() }
}

use AttendanceStatus::{AbsentExcused, AbsentUnexcused, Late, LeftEarly, Present};

#[test]
fn r46_what_is_promised_is_the_weekly_hours_by_the_day_rounded_down() {
    let life = in_december(engagement());
    for (on, minutes) in [
        ("2026-11-16", 0),
        ("2026-11-17", 128),
        ("2026-11-18", 257),
        ("2026-11-23", 900),
        ("2026-11-30", 1_800),
        ("2027-05-16", 23_271),
        ("2027-05-17", 23_271),
        ("2030-01-01", 23_271),
    ] {
        assert_eq!(life.promised(on), minutes, "{on}");
    }
}

#[test]
fn an_amendment_changes_the_hours_from_its_validation_and_the_sum_alone_is_rounded() {
    let mut life = in_december(engagement());
    life.amend_on(hours(20), "2026-11-27");
    assert_eq!(life.promised("2026-11-26"), 1_285, "ten days of 15 hours a week");
    assert_eq!(life.promised("2026-11-30"), 1_971, "and four of 20: 13,800 sevenths, where 1,285 and 685 would make one less");
}

#[test]
fn of_two_amendments_of_one_day_the_last_holds() {
    let mut life = in_december(engagement());
    life.amend_on(hours(20), "2026-11-27");
    life.amend_on(hours(10), "2026-11-27");
    assert_eq!(life.promised("2026-11-30"), 1_628, "ten days of 15 hours, four of 10");
}

#[test]
fn an_amendment_validated_for_a_day_before_the_former_one_takes_its_place_from_there_and_no_day_counts_twice() {
    let mut life = in_december(engagement());
    life.amend_on(hours(20), "2026-11-27");
    life.amend_on(hours(30), "2026-11-24");
    assert_eq!(life.promised("2026-11-30"), 2_700, "seven days of 15 hours, seven of 30");
}

#[test]
fn an_amendment_validated_before_the_first_day_holds_from_the_first() {
    let mut life = Life::today();
    life.draw_up(engagement_from(day("2026-12-01")), None).unwrap();
    life.conclude(0);
    life.amend(0, Terms { weekly_hours: Some(20), ..engagement_from(day("2026-12-01")) }).unwrap();
    life.conclude(0);
    assert_eq!((life.promised("2026-11-30"), life.promised("2026-12-07")), (0, 1_200));
}

#[test]
fn r47_who_is_exempt_promises_no_hours() {
    assert_eq!(in_december(exempt()).promised("2027-05-16"), 0);
    let mut life = in_december(engagement());
    life.amend_on(exempt(), "2026-11-27");
    assert_eq!((life.promised("2026-11-26"), life.promised("2027-05-16")), (1_285, 1_285), "up to its eve");
}

#[test]
fn a_contract_that_ended_early_promises_up_to_its_end() {
    let mut life = in_december(engagement());
    life.terminate(0, day("2026-11-30")).unwrap();
    let over = life.known().synthesis(day("2027-03-01"));
    assert_eq!((over.state, over.hours.promised_minutes), (ContractState::Terminated, 1_800));
}

#[test]
fn what_is_being_drawn_up_promises_nothing() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    let known = Known { enrolments: vec![seat(1, &[("2026-11-17", Present, 180)])], ..life.known() };
    let found = known.synthesis(life.day());
    assert_eq!((found.state, found.hours.promised_minutes, found.hours.credited_minutes), (ContractState::Draft, 0, 0));
    assert_eq!((found.commitments.len(), found.actions.len(), found.deadlines.len()), (1, 0, 0));
}

#[test]
fn r48_attended_half_days_alone_are_credited_within_the_contract_and_up_to_the_day() {
    let marks = [
        ("2026-11-16", Present, 180),
        ("2026-11-17", Present, 180),
        ("2026-11-24", Late, 120),
        ("2026-11-26", AbsentExcused, 0),
        ("2026-12-01", AbsentUnexcused, 0),
        ("2026-12-03", AbsentUnexcused, 0),
        ("2026-12-10", LeftEarly, 60),
        ("2026-12-15", Present, 180),
        ("2027-05-16", Present, 180),
        ("2027-05-17", Present, 180),
    ];
    let (of_before, after) = (Attended { starts_on: day("2026-09-15"), ..seat(1, &marks[..9]) }, seat(2, &marks[9..]));
    let known = Known { enrolments: vec![of_before, after], ..in_december(engagement()).known() };
    let found = |on: &str| {
        let Synthesis { hours, actions, .. } = known.clone().synthesis(day(on));
        let count = |of: fn(&ActionState) -> i64| actions.iter().map(of).sum::<i64>();
        (hours.credited_minutes, hours.half_days, count(|one| one.excused), count(|one| one.unexcused))
    };
    assert_eq!(found("2026-11-16"), (0, 0, 0, 0));
    assert_eq!(found("2026-11-17"), (180, 1, 0, 0));
    assert_eq!(found("2026-12-10"), (360, 3, 1, 2));
    assert_eq!(found("2026-12-15"), (540, 4, 1, 2));
    assert_eq!(found("2027-05-17"), (720, 5, 1, 2), "the contract is over");
}

#[test]
fn a_seat_that_was_over_before_the_contract_or_begins_after_the_day_is_not_in_it() {
    let ended = |on: &str| Attended { starts_on: day("2026-09-15"), ends_on: Some(day(on)), ..seat(1, &[]) };
    let begun = |on: &str| Attended { starts_on: day(on), ..seat(2, &[]) };
    let enrolments = vec![ended("2026-11-16"), ended("2026-11-17"), begun("2026-12-01"), begun("2026-12-02")];
    let found = Known { enrolments, ..in_december(engagement()).known() }.synthesis(day("2026-12-01"));
    let days: Vec<_> = found.actions.iter().map(|one| (one.seat.ends_on, one.seat.starts_on)).collect();
    assert_eq!(days, [(Some(day("2026-11-17")), day("2026-09-15")), (None, day("2026-12-01"))]);
}

#[test]
fn r41_what_was_done_within_the_contract_is_in_it_unless_it_was_cancelled() {
    let mut cancelled = intervention(3, day("2026-11-20"), Some(30));
    cancelled.cancelled_at = Some(now());
    let interventions = vec![
        intervention(1, day("2026-11-16"), Some(10)),
        intervention(2, day("2026-11-17"), Some(45)),
        cancelled,
        intervention(4, day("2026-11-25"), None),
        intervention(5, day("2026-12-01"), Some(20)),
        intervention(6, day("2026-12-02"), Some(90)),
    ];
    let found = Known { interventions, ..in_december(engagement()).known() }.synthesis(day("2026-12-01"));
    assert_eq!(found.interventions.iter().map(|one| one.id.uuid().as_u128()).collect::<Vec<_>>(), [702, 704, 705]);
    assert_eq!((found.hours.intervention_minutes, found.hours.credited_minutes), (65, 0), "they count for nothing");
}

#[test]
fn a_day_is_known_from_a_minute_after_its_end_on() {
    let settled = |on: &str, now: &str| known_at(day(on), at(now));
    let refused = |on: &str, now: &str| faults(settled(on, now).unwrap_err());
    let not_yet = [fault("/at", Rule::DayNotSettled)];
    assert_eq!(settled("2026-11-16", crate::given::NOW), Ok(at("2026-11-16T23:00:00.000Z")), "yesterday");
    assert_eq!(settled("2009-06-01", crate::given::NOW), Ok(at("2009-06-01T22:00:00.000Z")));
    assert_eq!(refused("2026-11-17", crate::given::NOW), not_yet, "today");
    assert_eq!(refused("2026-11-18", crate::given::NOW), not_yet, "tomorrow");
    assert_eq!(refused("2026-11-17", "2026-11-17T22:59:59.999Z"), not_yet);
    assert_eq!(refused("2026-11-17", "2026-11-17T23:00:00.000Z"), not_yet, "midnight in Paris");
    assert_eq!(refused("2026-11-17", "2026-11-17T23:00:59.999Z"), not_yet);
    assert_eq!(settled("2026-11-17", "2026-11-17T23:01:00.000Z"), Ok(at("2026-11-17T23:00:00.000Z")));
}

#[test]
fn a_day_of_23_or_25_hours_ends_at_midnight_in_paris_too() {
    for (on, end) in [
        ("2026-03-28", "2026-03-28T23:00:00.000Z"),
        ("2026-03-29", "2026-03-29T22:00:00.000Z"),
        ("2026-10-24", "2026-10-24T22:00:00.000Z"),
        ("2026-10-25", "2026-10-25T23:00:00.000Z"),
    ] {
        let end = at(end);
        for (after, is_settled) in [(-1, false), (0, false), (59_999, false), (60_000, true), (60_001, true)] {
            let found = known_at(day(on), end.plus(TimeDelta::milliseconds(after)));
            assert_eq!(found.ok(), is_settled.then_some(end), "{on} and {after} ms");
        }
    }
}
