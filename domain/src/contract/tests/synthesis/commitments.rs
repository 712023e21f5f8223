//! How far each commitment is kept, and what holds the person back.

use super::*;
use crate::barrier::Resolution;
use CommitmentStatus as C;

/// A contract with one commitment that names the action and the barrier, in December.
fn linked() -> Known {
    let one = Commitment { action_id: Some(action().id), barrier_id: Some(barrier(1).id), ..commitment("workshop") };
    in_december(Terms { commitments: vec![one], ..engagement() }).known()
}

fn state(known: Known, on: &str) -> CommitmentState {
    known.synthesis(day(on)).commitments.remove(0)
}

fn kept(known: Known, on: &str) -> (C, Option<Day>) {
    let found = state(known, on);
    assert!(!found.is_stated, "nobody said so");
    (found.status, found.since)
}

fn resolved(on: &str, outcome: &str) -> Barrier {
    Barrier { resolution: Some(Resolution { resolved_on: day(on), outcome: term(outcome) }), ..barrier(1) }
}

fn ended(seat: Attended, on: &str, reason: EndReason) -> Attended {
    Attended { ends_on: Some(day(on)), end_reason: Some(reason), ..seat }
}

fn said(life: &mut Life, status: C, on: &str) {
    life.progress(0, "workshop", status, day(on)).unwrap();
}

#[test]
fn what_is_linked_to_nothing_is_planned() {
    let known = Known { enrolments: vec![seat(1, &[("2026-11-17", Present, 180)])], ..in_december(engagement()).known() };
    let found = state(known, "2026-12-01");
    assert_eq!((found.status, found.since, found.credited_minutes), (C::Planned, None, 0));
}

#[test]
fn what_is_kept_at_an_action_follows_its_seats() {
    let with = |enrolments: Vec<Attended>| kept(Known { enrolments, ..linked() }, "2026-12-01");
    let absent = seat(1, &[("2026-11-17", AbsentExcused, 0), ("2026-11-19", AbsentUnexcused, 0)]);
    let attended = seat(2, &[("2026-11-26", Late, 60), ("2026-11-24", Present, 180), ("2026-11-17", AbsentUnexcused, 0)]);
    let begun = Some(day("2026-11-24"));
    assert_eq!(with(vec![]), (C::Planned, None));
    assert_eq!(with(vec![seat(1, &[])]), (C::Planned, None));
    assert_eq!(with(vec![absent.clone()]), (C::Planned, None), "who never came has not begun");
    assert_eq!(with(vec![attended.clone()]), (C::InProgress, begun));
    assert_eq!(with(vec![absent.clone(), attended.clone()]), (C::InProgress, begun));
    let elsewhere = Attended { action: id(201), ..attended.clone() };
    assert_eq!(with(vec![elsewhere]), (C::Planned, None), "another action");
    for reason in EndReason::ALL {
        let is_kept = matches!(reason, EndReason::Completed | EndReason::Employment | EndReason::Training);
        let expected = if is_kept { C::Done } else { C::Abandoned };
        let over = |on: &str| ended(attended.clone(), on, *reason);
        assert_eq!(with(vec![over("2026-12-01")]), (expected, Some(day("2026-12-01"))), "{reason:?}");
        assert_eq!(with(vec![over("2026-12-02")]), (C::InProgress, begun), "not over yet");
        assert_eq!(with(vec![over("2026-11-30"), seat(3, &[])]), (C::InProgress, begun), "another seat goes on");
    }
    let first = ended(absent, "2026-11-20", EndReason::NeverCame);
    let second = ended(attended, "2026-11-30", EndReason::Completed);
    let done = (C::Done, Some(day("2026-11-30")));
    assert_eq!([with(vec![first.clone(), second.clone()]), with(vec![second, first])], [done, done], "the one that ended last says how");
}

#[test]
fn minutes_credited_to_a_commitment_are_those_of_its_action() {
    let elsewhere = Attended { action: id(201), ..seat(2, &[("2026-11-18", Present, 180)]) };
    let enrolments = vec![seat(1, &[("2026-11-16", Present, 180), ("2026-11-17", Present, 170), ("2026-12-02", Present, 180)]), elsewhere];
    let found = Known { enrolments, ..linked() }.synthesis(day("2026-12-01"));
    assert_eq!((found.commitments[0].credited_minutes, found.hours.credited_minutes), (170, 350));
}

#[test]
fn what_lifts_a_barrier_follows_its_resolution() {
    let with = |barriers: Vec<Barrier>| kept(Known { barriers, ..linked() }, "2026-12-01");
    assert_eq!(with(vec![barrier(1)]), (C::Planned, None));
    for (outcome, status) in [("resolved", C::Done), ("improved", C::Done), ("support_ended", C::Abandoned), ("entered_by_mistake", C::Abandoned)] {
        assert_eq!(with(vec![resolved("2026-12-01", outcome)]), (status, Some(day("2026-12-01"))), "{outcome}");
    }
    assert_eq!(with(vec![resolved("2026-12-02", "resolved")]), (C::Planned, None), "not by that day");
    assert_eq!(with(vec![resolved("2026-11-10", "resolved")]), (C::Done, Some(day("2026-11-10"))), "it was lifted before");
    let known = Known { barriers: vec![resolved("2026-11-30", "resolved")], enrolments: vec![seat(1, &[("2026-11-17", Present, 180)])], ..linked() };
    assert_eq!(kept(known, "2026-12-01"), (C::Done, Some(day("2026-11-30"))), "lifted is lifted, whatever goes on");
}

#[test]
fn a_word_beats_what_follows_from_elsewhere_and_a_later_one_the_earlier() {
    let mut life = in_december(engagement());
    let one = Commitment { action_id: Some(action().id), ..commitment("workshop") };
    life.amend_on(Terms { commitments: vec![one], ..engagement() }, "2026-11-17");
    let ended = ended(seat(1, &[("2026-11-17", Present, 180)]), "2026-11-30", EndReason::Completed);
    let found = |life: &Life, on: &str| {
        let state = state(Known { enrolments: vec![ended.clone()], ..life.known() }, on);
        (state.status, state.since, state.is_stated)
    };
    let stated = |status, on: &str| (status, Some(day(on)), true);
    assert_eq!(found(&life, "2026-12-01"), (C::Done, Some(day("2026-11-30")), false));
    said(&mut life, C::OnHold, "2026-11-25");
    assert_eq!(found(&life, "2026-12-01"), stated(C::OnHold, "2026-11-25"));
    assert_eq!(found(&life, "2026-11-24"), (C::InProgress, Some(day("2026-11-17")), false), "before it");
    said(&mut life, C::InProgress, "2026-11-28");
    said(&mut life, C::Planned, "2026-11-20");
    assert_eq!(found(&life, "2026-12-01"), stated(C::InProgress, "2026-11-28"), "of the latest day, whenever it was said");
    said(&mut life, C::Abandoned, "2026-11-28");
    assert_eq!(found(&life, "2026-12-01"), stated(C::Abandoned, "2026-11-28"), "and of one day what was said last");
    assert_eq!(found(&life, "2026-11-20"), stated(C::Planned, "2026-11-20"));
}

#[test]
fn the_words_of_who_said_so_stand_beside_it() {
    let life = in_december(engagement());
    let order = ProgressOrder { commitment: term("workshop"), status: C::OnHold, on: life.day(), comment: Some(note("Un déménagement.")) };
    let contract = life.last().note_progress(&life.scope(), order).unwrap().unwrap().after.clone();
    assert_eq!(state(Known { contract, ..life.known() }, "2026-12-01").comment, Some(note("Un déménagement.")));
}

#[test]
fn a_commitment_is_overdue_the_day_after_it_was_due_unless_it_is_kept_or_given_up() {
    let due = |status: Option<C>, on: &str| {
        let one = Commitment { due_on: Some(day("2026-11-24")), ..commitment("workshop") };
        let mut life = in_december(Terms { commitments: vec![one], ..engagement() });
        if let Some(status) = status {
            said(&mut life, status, "2026-11-20");
        }
        state(life.known(), on).is_overdue
    };
    assert_eq!([due(None, "2026-11-24"), due(None, "2026-11-25")], [false, true]);
    for status in C::ALL {
        let is_open = matches!(status, C::Planned | C::InProgress | C::OnHold);
        assert_eq!(due(Some(*status), "2026-11-25"), is_open, "{status:?}");
    }
    assert!(!state(in_december(engagement()).known(), "2027-06-01").is_overdue, "it has no day");
}

#[test]
fn barriers_are_those_the_contract_names_and_those_that_held_the_person_back_meanwhile() {
    let of = |n, opened: &str, resolved: Option<&str>| {
        let mut one = Barrier { id: id(800 + n), ..barrier(n) };
        one.about.opened_on = day(opened);
        one.resolution = resolved.map(|on| Resolution { resolved_on: day(on), outcome: term("resolved") });
        one
    };
    let barriers = vec![
        of(1, "2026-09-01", Some("2026-10-01")),
        of(2, "2026-09-01", Some("2026-10-01")),
        of(3, "2026-09-01", Some("2026-10-01")),
        of(4, "2026-09-01", Some("2026-11-16")),
        of(5, "2026-09-01", Some("2026-11-17")),
        of(6, "2026-12-01", None),
        of(7, "2026-12-02", None),
    ];
    let mut life = Life::today();
    life.barriers = barriers.clone();
    let lifting = Commitment { barrier_id: Some(barriers[1].id), ..commitment("workshop") };
    life.draw_up(Terms { commitments: vec![lifting], barrier_ids: vec![barriers[0].id], ..engagement() }, None).unwrap();
    life.conclude(0);
    let found = Known { barriers, ..life.known() }.synthesis(day("2026-12-01"));
    let held: Vec<_> = found.barriers.iter().map(|(barrier, is_linked)| (barrier.id.uuid().as_u128() - 800, *is_linked)).collect();
    assert_eq!(held, [(1, true), (2, true), (5, false), (6, false)]);
}
