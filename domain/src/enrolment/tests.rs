//! Seats of a group of two, taken, left, and what they brought.

use super::*;
use crate::actor::{Actor, ClientScope, System};
use crate::given::{
    at, beneficiary, caseworker, client, day, enrolment, fault, faults, group, id, manager, note, now, partner, period, scope, term, vocabulary,
};
use crate::group::GroupOrder;
use crate::organisation::OrganisationKind;

fn order(starts_on: &str) -> EnrolOrder {
    EnrolOrder { starts_on: day(starts_on), planned_end_on: None, status_at_entry: term("known") }
}

fn seat(person: u128, from: &str, to: &str) -> SeatTaken {
    SeatTaken { person: beneficiary(person).id, period: period(from, to) }
}

/// Enrols person 0.
fn enrol(seats: &[SeatTaken], order: EnrolOrder) -> Result<Decided<Change<Enrolment>>, Refusal> {
    Enrolment::enrol(&scope(&caseworker(), now()), id(1), &group(), Some(&beneficiary(0)), seats, order, &vocabulary())
}

fn end_as(
    actor: &Actor,
    enrolment: &Enrolment,
    ends_on: &str,
    reason: EndReason,
    last_mark: Option<&str>,
) -> Result<Decided<Change<Enrolment>>, Refusal> {
    enrolment.end(&scope(actor, now()), &group(), day(ends_on), reason, last_mark.map(day))
}

fn end(ends_on: &str, last_mark: Option<&str>) -> Result<Decided<Change<Enrolment>>, Refusal> {
    end_as(&partner(), &enrolment(0), ends_on, EndReason::Completed, last_mark)
}

fn assessment(aptitudes: &[(Theme, &str)], next_step: &str) -> AssessOrder {
    let aptitudes = aptitudes.iter().map(|(theme, level)| (*theme, term(level))).collect();
    AssessOrder { aptitudes, next_step: term(next_step), text: Some(note("A repris confiance")) }
}

// ---- taking a seat

#[test]
fn an_enrolled_person_has_a_seat_from_a_day_on() {
    let planned = EnrolOrder { planned_end_on: Some(day("2027-01-31")), ..order("2026-11-17") };
    let enrolled = enrol(&[], planned).unwrap();
    let after = &enrolled.after;
    assert_eq!((after.starts_on, after.planned_end_on, after.end), (day("2026-11-17"), Some(day("2027-01-31")), None));
    assert_eq!((after.group, after.action, after.origin), (group().id, group().action, Origin::Direct));
    assert_eq!(after.person.reference, beneficiary(0).reference);
    assert_eq!((enrolled.created, after.stamp.version), (true, 1));
    assert_eq!((enrolled.event.kind, enrolled.event.beneficiary), ("enrolment.created", Some(beneficiary(0).id)));
}

#[test]
fn only_a_person_the_caller_sees_is_enrolled() {
    let refused = Enrolment::enrol(&scope(&caseworker(), now()), id(1), &group(), None, &[], order("2026-11-17"), &vocabulary());
    assert_eq!(faults(refused.unwrap_err()), [fault("/beneficiary_id", Rule::BeneficiaryUnknown)]);
}

#[test]
fn nobody_is_enrolled_under_a_closed_file() {
    let merged = Beneficiary { merged_into: Some(id(9)), ..beneficiary(0) };
    let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
    for person in [merged, purged] {
        let refused = Enrolment::enrol(&scope(&manager(), now()), id(1), &group(), Some(&person), &[], order("2026-11-17"), &vocabulary());
        assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::BeneficiaryClosed));
    }
}

#[test]
fn two_enrolments_of_one_person_in_one_group_never_overlap() {
    for (from, to, free) in [
        ("2026-09-15", "", false),
        ("2026-09-15", "2026-11-16", true),
        ("2026-09-15", "2026-11-17", false),
        ("2026-09-15", "2027-01-31", false),
        ("2027-02-01", "2027-03-31", false),
    ] {
        let found = enrol(&[seat(0, from, to)], order("2026-11-17")).map(|_| ());
        let expected = if free { Ok(()) } else { Err(Refusal::Conflict(Rule::AlreadyEnrolled)) };
        assert_eq!(found, expected, "{from} to {to}");
        assert!(enrol(&[seat(1, from, to)], order("2026-11-17")).is_ok(), "somebody else's");
    }
}

#[test]
fn a_group_is_full_when_no_seat_is_free_on_some_day_from_then_on() {
    for (seats, free, why) in [
        (vec![seat(1, "2026-09-15", "")], true, "one of two"),
        (vec![seat(1, "2026-09-15", ""), seat(2, "2026-10-01", "")], false, "two of two"),
        (vec![seat(1, "2026-09-15", ""), seat(2, "2026-10-01", "2026-11-16")], true, "one left the day before"),
        (vec![seat(1, "2026-09-15", ""), seat(2, "2026-10-01", "2026-11-17")], false, "one leaves at the end of that day"),
        (vec![seat(1, "2026-09-15", ""), seat(2, "2027-05-01", "")], false, "the second is promised for May"),
        (vec![seat(1, "2026-09-15", "2027-04-30"), seat(2, "2027-05-01", "")], true, "one leaves the day before another comes"),
        (vec![seat(1, "2026-09-15", "2027-05-01"), seat(2, "2027-05-01", "")], false, "both on one day"),
    ] {
        let expected = if free { Ok(()) } else { Err(Refusal::Conflict(Rule::GroupFull)) };
        assert_eq!(enrol(&seats, order("2026-11-17")).map(|_| ()), expected, "{why}");
    }
}

#[test]
fn an_enrolment_starts_and_is_meant_to_end_within_the_period_of_the_group() {
    let outside = |field| fault(field, Rule::EnrolmentOutsideGroup);
    for (starts_on, planned_end_on, expected) in [
        ("2026-08-31", None, vec![outside("/starts_on")]),
        ("2026-09-01", None, vec![]),
        ("2027-06-30", Some("2027-06-30"), vec![]),
        ("2027-07-01", None, vec![outside("/starts_on")]),
        ("2026-11-17", Some("2027-07-01"), vec![outside("/planned_end_on")]),
        ("2026-11-17", Some("2026-11-16"), vec![fault("/planned_end_on", Rule::PeriodReversed)]),
    ] {
        let order = EnrolOrder { planned_end_on: planned_end_on.map(day), ..order(starts_on) };
        assert_eq!(enrol(&[], order).map_or_else(faults, |_| Vec::new()), expected, "{starts_on} to {planned_end_on:?}");
    }
}

#[test]
fn the_status_at_entry_is_one_that_held_on_the_first_day() {
    let since_2025 = Group { about: GroupOrder { starts_on: day("2025-09-01"), ..group().about }, ..group() };
    for (starts_on, holds) in [("2025-12-31", true), ("2026-01-01", false)] {
        let order = EnrolOrder { status_at_entry: term("retired"), ..order(starts_on) };
        let found = Enrolment::enrol(&scope(&manager(), now()), id(1), &since_2025, Some(&beneficiary(0)), &[], order, &vocabulary());
        let expected = if holds { vec![] } else { vec![fault("/status_at_entry", Rule::CodeUnknown)] };
        assert_eq!(found.map_or_else(faults, |_| Vec::new()), expected);
    }
}

// ---- leaving it

#[test]
fn partner_caseworker_and_manager_end_an_enrolment() {
    let machine = client(OrganisationKind::Association, &[ClientScope::SessionsWrite]);
    for actor in [partner(), machine, caseworker(), manager()] {
        let ended = end_as(&actor, &enrolment(0), "2026-11-17", EndReason::Employment, None).unwrap();
        assert_eq!(ended.after.end, Some((day("2026-11-17"), EndReason::Employment)));
        assert_eq!(ended.after.stamp.version, 2);
        assert_eq!((ended.event.kind, &ended.event.codes[..]), ("enrolment.ended", &[("reason", "employment".to_owned())][..]));
    }
}

#[test]
fn only_a_manager_excludes() {
    let exclude = |actor: &Actor, enrolment: &Enrolment| end_as(actor, enrolment, "2026-11-17", EndReason::Excluded, None).map(|_| ());
    let machine = client(OrganisationKind::Association, &[ClientScope::SessionsWrite]);
    let ended = Enrolment { end: Some((day("2026-10-01"), EndReason::Moved)), ..enrolment(0) };
    for actor in [partner(), machine, caseworker()] {
        assert_eq!(exclude(&actor, &enrolment(0)), Err(Refusal::Denied(Rule::ExclusionReserved)));
        assert_eq!(exclude(&actor, &ended), Err(Refusal::Denied(Rule::ExclusionReserved)), "whatever the state");
    }
    assert_eq!(exclude(&manager(), &enrolment(0)), Ok(()));
    assert_eq!(exclude(&Actor::system(System::Demo), &enrolment(0)), Ok(()));
}

#[test]
fn an_enrolment_ends_once() {
    let ended = end("2026-11-17", None).unwrap();
    let again = end_as(&manager(), &ended.after, "2026-11-18", EndReason::Moved, None);
    assert_eq!(again.unwrap_err(), Refusal::Conflict(Rule::EnrolmentEnded));
}

#[test]
fn an_enrolment_does_not_end_before_its_last_mark() {
    assert_eq!(end("2026-11-16", Some("2026-11-17")).unwrap_err(), Refusal::Conflict(Rule::MarksAfterEnd));
    assert!(end("2026-11-17", Some("2026-11-17")).is_ok(), "on that very day");
    assert!(end("2026-11-18", Some("2026-11-17")).is_ok());
}

#[test]
fn an_enrolment_does_not_end_before_it_starts() {
    assert_eq!(faults(end("2026-09-14", None).unwrap_err()), [fault("/ends_on", Rule::PeriodReversed)]);
    end("2027-06-30", None).unwrap();
    assert_eq!(faults(end("2027-07-01", None).unwrap_err()), [fault("/ends_on", Rule::EnrolmentOutsideGroup)], "after the group's last day");
    assert!(end("2026-09-15", None).is_ok(), "one day");
}

// ---- what it brought

#[test]
fn an_assessment_is_written_and_rewritten() {
    let assess = |enrolment: &Enrolment, when, level| {
        let order = assessment(&[(Theme::Skills, level), (Theme::Expression, "known")], "known");
        enrolment.assess(&scope(&partner(), at(when)), order, &vocabulary()).unwrap()
    };
    let first = assess(&enrolment(0), "2026-11-17T18:00:00.000Z", "known");
    let written = first.after.assessment.clone().unwrap();
    assert_eq!(written.aptitudes, [(Theme::Skills, term("known")), (Theme::Expression, term("known"))]);
    assert_eq!((written.text, written.assessed_at), (Some(note("A repris confiance")), now()));
    assert_eq!(first.event.codes, [("next_step", "known".to_owned())]);
    let second = assess(&first.after, "2026-12-01T09:00:00.000Z", "known");
    assert_eq!(second.after.assessment.clone().unwrap().assessed_at, at("2026-12-01T09:00:00.000Z"));
    assert_eq!(second.after.stamp.version, 3);
}

#[test]
fn any_enrolment_is_assessed_running_or_ended_direct_or_referred() {
    let ended = Enrolment { end: Some((day("2026-10-01"), EndReason::Completed)), ..enrolment(0) };
    let referred = Enrolment { origin: Origin::Referral, ..enrolment(0) };
    for enrolment in [ended, referred] {
        assert!(enrolment.assess(&scope(&caseworker(), now()), assessment(&[], "known"), &vocabulary()).is_ok());
    }
}

#[test]
fn what_is_wrong_with_an_assessment_is_told_with_its_place() {
    let order = assessment(&[(Theme::Skills, "known"), (Theme::Expression, "retired"), (Theme::Skills, "unheard_of")], "retired");
    assert_eq!(
        faults(enrolment(0).assess(&scope(&partner(), now()), order, &vocabulary()).unwrap_err()),
        [
            fault("/aptitudes/1/level", Rule::CodeUnknown),
            fault("/aptitudes/2/theme", Rule::DuplicateItem),
            fault("/aptitudes/2/level", Rule::CodeUnknown),
            fault("/next_step", Rule::CodeUnknown),
        ]
    );
}
