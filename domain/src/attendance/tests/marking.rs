//! What is marked, of whom, when, and again.

use super::*;

#[test]
fn before_the_start_only_an_excused_absence_is_marked() {
    let sheet = sheet(session(), 1);
    for early in [present(), late(30), left_early(30), absent()] {
        let refused = record(at(ONE_MILLISECOND_BEFORE), &sheet, vec![mark(0, early.clone())]);
        assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::SessionNotStarted), "{early:?}");
        assert!(record(at(START), &sheet, vec![mark(0, early)]).is_ok(), "the start itself is not before it");
    }
    let announced = record(at(ONE_MILLISECOND_BEFORE), &sheet, vec![mark(0, excused())]).unwrap();
    let unannounced = record(at(ONE_MILLISECOND_BEFORE), &announced.sheet, vec![mark(0, unmarked())]).unwrap();
    assert_eq!(unannounced.changes.len(), 1, "an announced absence can be taken back");
}

#[test]
fn one_mark_too_early_refuses_the_whole_order() {
    let refused = record(at(ONE_MILLISECOND_BEFORE), &sheet(session(), 2), vec![mark(0, excused()), mark(1, present())]);
    assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::SessionNotStarted));
}

#[test]
fn state_is_refused_before_the_order_is_read_in_detail() {
    let refused = record(at(ONE_MILLISECOND_BEFORE), &sheet(session(), 1), vec![mark(0, late(0)), mark(9, present())]);
    assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::SessionNotStarted));
}

#[test]
fn a_cancelled_session_refuses_attendance() {
    let sheet = cancelled(sheet(session(), 1));
    assert_eq!(record(now(), &sheet, vec![mark(0, present())]).unwrap_err(), Refusal::Conflict(Rule::SessionCancelled));
    assert_eq!(close(now(), &sheet).unwrap_err(), Refusal::Conflict(Rule::SessionCancelled));
    assert_eq!(correct(at(CLOSING), &sheet, 0, mark(0, present())).unwrap_err(), Refusal::Conflict(Rule::SessionCancelled));
    assert!(!sheet.is_incomplete(&Settings::default(), at(CLOSING)), "nobody is waited for");
}

#[test]
fn a_mark_says_what_its_status_asks_for_and_nothing_else() {
    let illness = || Some(term("known"));
    let minutes = |value: MarkValue| MarkValue { minutes: Some(60), ..value };
    let reason = |value: MarkValue| MarkValue { reason: illness(), ..value };
    let partial = || status(AttendanceStatus::Late);
    let cases: Vec<(MarkValue, Vec<(&str, Rule)>)> = vec![
        (present(), vec![]),
        (signed(true, present()), vec![]),
        (signed(false, present()), vec![]),
        (minutes(present()), vec![("minutes", Rule::MinutesForbidden)]),
        (reason(present()), vec![("reason", Rule::ReasonForbidden)]),
        (late(60), vec![]),
        (signed(true, left_early(60)), vec![]),
        (partial(), vec![("minutes", Rule::MinutesRequired)]),
        (status(AttendanceStatus::LeftEarly), vec![("minutes", Rule::MinutesRequired)]),
        (reason(late(60)), vec![("reason", Rule::ReasonForbidden)]),
        (excused(), vec![]),
        (signed(false, excused()), vec![]),
        (signed(true, excused()), vec![("signed", Rule::SignatureForbidden)]),
        (minutes(excused()), vec![("minutes", Rule::MinutesForbidden)]),
        (status(AttendanceStatus::AbsentExcused), vec![("reason", Rule::ReasonRequired)]),
        (MarkValue { reason: Some(term("unheard_of")), ..excused() }, vec![("reason", Rule::CodeUnknown)]),
        (absent(), vec![]),
        (reason(absent()), vec![("reason", Rule::ReasonForbidden)]),
        (minutes(absent()), vec![("minutes", Rule::MinutesForbidden)]),
        (signed(true, absent()), vec![("signed", Rule::SignatureForbidden)]),
        (signed(true, unmarked()), vec![("signed", Rule::SignatureForbidden)]),
        (
            signed(true, minutes(reason(unmarked()))),
            vec![("minutes", Rule::MinutesForbidden), ("reason", Rule::ReasonForbidden), ("signed", Rule::SignatureForbidden)],
        ),
    ];
    for (value, expected) in cases {
        let expected: Vec<_> = expected.into_iter().map(|(field, rule)| fault(&format!("/marks/0/{field}"), rule)).collect();
        let found = record(now(), &sheet(session(), 1), vec![mark(0, value.clone())]).map_or_else(faults, |_| Vec::new());
        assert_eq!(found, expected, "{value:?}");
    }
}

#[test]
fn minutes_lie_between_one_and_the_length_of_the_session() {
    for (minutes, fits) in [(i32::MIN, false), (-1, false), (0, false), (1, true), (180, true), (181, false), (i32::MAX, false)] {
        for value in [late(minutes), left_early(minutes)] {
            let found = record(now(), &sheet(session(), 1), vec![mark(0, value)]).map_or_else(faults, |_| Vec::new());
            let expected = if fits { vec![] } else { vec![fault("/marks/0/minutes", Rule::MinutesOutOfRange)] };
            assert_eq!(found, expected, "{minutes}");
        }
    }
}

#[test]
fn a_reason_is_one_that_its_list_held_on_the_day_of_the_session() {
    let retired = || vec![mark(0, MarkValue { reason: Some(term("retired")), ..excused() })];
    let when = at("2026-01-02T08:00:00.000Z");
    assert!(record(when, &sheet(session_on("2025-12-31"), 1), retired()).is_ok(), "marked after its retirement, for a day before");
    let refused = record(when, &sheet(session_on("2026-01-02"), 1), retired());
    assert_eq!(faults(refused.unwrap_err()), [fault("/marks/0/reason", Rule::CodeUnknown)]);
}

#[test]
fn credited_minutes_are_those_attended() {
    let session = session();
    for (value, credited) in
        [(unmarked(), None), (present(), Some(180)), (late(95), Some(95)), (left_early(1), Some(1)), (excused(), Some(0)), (absent(), Some(0))]
    {
        assert_eq!(value.credited_minutes(&session), credited, "{value:?}");
    }
}

#[test]
fn every_fault_of_an_order_is_told_with_its_place() {
    let orders = vec![mark(0, present()), mark(7, present()), mark(1, late(999)), mark(0, status(AttendanceStatus::Late))];
    assert_eq!(
        faults(record(now(), &sheet(session(), 2), orders).unwrap_err()),
        [
            fault("/marks/1/enrolment_id", Rule::PersonNotExpected),
            fault("/marks/2/minutes", Rule::MinutesOutOfRange),
            fault("/marks/3/enrolment_id", Rule::DuplicateMark),
            fault("/marks/3/minutes", Rule::MinutesRequired),
        ]
    );
}

#[test]
fn one_person_is_marked_once_in_an_order_even_with_the_same_mark() {
    let refused = record(now(), &sheet(session(), 1), vec![mark(0, present()), mark(0, present())]);
    assert_eq!(faults(refused.unwrap_err()), [fault("/marks/1/enrolment_id", Rule::DuplicateMark)]);
}

#[test]
fn only_expected_people_are_marked() {
    for value in [present(), unmarked()] {
        let refused = record(now(), &sheet(session(), 1), vec![mark(1, value)]);
        assert_eq!(faults(refused.unwrap_err()), [fault("/marks/0/enrolment_id", Rule::PersonNotExpected)]);
    }
}

#[test]
fn who_is_absent_from_the_order_stays_as_is() {
    let first = recorded(&sheet(session(), 3), vec![mark(0, present()), mark(1, late(30))]);
    let second = recorded(&first, vec![mark(2, absent())]);
    let versions: Vec<i32> = second.lines.iter().map(|line| line.mark.version).collect();
    assert_eq!(versions, [1, 1, 1]);
    assert_eq!(second.lines[1].mark.value, late(30));
}

#[test]
fn the_same_content_again_changes_nothing_whatever_the_state() {
    let orders = || vec![mark(0, signed(true, present())), mark(1, excused())];
    let open = recorded(&sheet(session(), 2), orders());
    let by_hand = close(now(), &open).unwrap().sheet.clone();
    for (sheet, when) in [
        (open.clone(), now()),
        (by_hand, now()),
        (open.clone(), at(CLOSING)),
        (open.clone(), at("2036-01-01T00:00:00.000Z")),
        (cancelled(open), now()),
    ] {
        let again = record(when, &sheet, orders()).unwrap();
        assert!(again.changes.is_empty());
        assert_eq!(again.event, None);
        assert_eq!(again.sheet.session.sheet_version, sheet.session.sheet_version);
        assert_eq!(again.sheet.session.stamp, sheet.session.stamp);
    }
}

#[test]
fn an_order_without_marks_changes_nothing() {
    assert!(record(now(), &closed_by_hand(), Vec::new()).unwrap().changes.is_empty());
}

#[test]
fn only_what_differs_is_changed() {
    let before = recorded(&sheet(session(), 2), vec![mark(0, present()), mark(1, present())]);
    let after = record(now(), &before, vec![mark(0, present()), mark(1, late(20))]).unwrap();
    assert_eq!(after.changes.len(), 1);
    let change = &after.changes[0];
    assert_eq!((change.enrolment, change.mark.version, change.source), (enrolment(1).id, 2, MarkSource::Sheet));
    assert_eq!(after.sheet.session.sheet_version, 3);
    assert_eq!(after.sheet.session.stamp.updated_at, now(), "a list by `updated_since` shows it");
    let event = after.event.clone().unwrap();
    assert_eq!((event.kind, event.codes), ("session.attendance_recorded", vec![("marks", "1".to_owned())]));
}

#[test]
fn a_signature_alone_is_a_change() {
    let before = recorded(&sheet(session(), 1), vec![mark(0, present())]);
    assert_eq!(recorded(&before, vec![mark(0, signed(false, present()))]).lines[0].mark.version, 2, "not asked is not the same as not seen");
}

#[test]
fn unmarking_is_one_version_more() {
    let marked = recorded(&sheet(session(), 1), vec![mark(0, present())]);
    let unmarked = recorded(&marked, vec![mark(0, unmarked())]);
    assert_eq!(unmarked.lines[0].mark, Mark { value: MarkValue::default(), version: 2 });
    let marked_again = recorded(&unmarked, vec![mark(0, present())]);
    assert_eq!(marked_again.lines[0].mark.version, 3);
    assert_eq!(marked_again.session.sheet_version, 4);
}

#[test]
fn an_empty_row_of_a_form_is_no_mark_even_when_it_says_unsigned() {
    let sheet = sheet(session(), 1);
    let nothing = record(now(), &sheet, vec![mark(0, signed(false, unmarked()))]).unwrap();
    assert!(nothing.changes.is_empty());
    let unmarked = recorded(&recorded(&sheet, vec![mark(0, present())]), vec![mark(0, signed(false, unmarked()))]);
    assert_eq!(unmarked.lines[0].mark.value, MarkValue::default());
}
