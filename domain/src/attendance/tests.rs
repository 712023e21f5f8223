//! The paragraph "Attendance" of the contract, sentence by sentence.

use proptest::prelude::*;

use super::*;
use crate::actor::Actor;
use crate::given::{
    at, day, enrolment, excused, fault, faults, late, manager, mark, note, now, partner, present, scope, session, session_on, sheet, status, term,
    vocabulary,
};

const START: &str = "2026-11-17T08:00:00.000Z";
const ONE_MILLISECOND_BEFORE: &str = "2026-11-17T07:59:59.999Z";
/// 24:00 of the 10th of December in Paris, and of the 8th of February, sixty days later.
const CLOSING: &str = "2026-12-10T23:00:00.000Z";
const END_OF_LATE_MARKS: &str = "2027-02-08T23:00:00.000Z";

fn absent() -> MarkValue {
    status(AttendanceStatus::AbsentUnexcused)
}

fn left_early(minutes: i32) -> MarkValue {
    MarkValue { minutes: Some(minutes), ..status(AttendanceStatus::LeftEarly) }
}

fn unmarked() -> MarkValue {
    MarkValue::default()
}

fn signed(signed: bool, value: MarkValue) -> MarkValue {
    MarkValue { signed: Some(signed), ..value }
}

fn record_as(actor: &Actor, when: Instant, sheet: &Sheet, orders: Vec<MarkOrder>) -> Result<Decided<AttendanceRecorded>, Refusal> {
    sheet.clone().record(&scope(actor, when), orders, &Settings::default(), &vocabulary())
}

fn record(when: Instant, sheet: &Sheet, orders: Vec<MarkOrder>) -> Result<Decided<AttendanceRecorded>, Refusal> {
    record_as(&partner(), when, sheet, orders)
}

/// The sheet once the marks are recorded, the evening of the session.
fn recorded(sheet: &Sheet, orders: Vec<MarkOrder>) -> Sheet {
    record(now(), sheet, orders).unwrap().sheet.clone()
}

fn correct(when: Instant, sheet: &Sheet, version: i32, mark: MarkOrder) -> Result<Decided<AttendanceRecorded>, Refusal> {
    let order = CorrectionOrder { mark, version, reason: note("Feuille papier relue") };
    sheet.clone().correct(&scope(&manager(), when), order, &Settings::default(), &vocabulary())
}

fn close(when: Instant, sheet: &Sheet) -> Result<Decided<SheetClosed>, Refusal> {
    sheet.clone().close(&scope(&partner(), when))
}

/// Two people, present and excused, closed by hand the same evening.
fn closed_by_hand() -> Sheet {
    let full = recorded(&sheet(session(), 2), vec![mark(0, present()), mark(1, excused())]);
    close(now(), &full).unwrap().sheet.clone()
}

fn cancelled(mut sheet: Sheet) -> Sheet {
    sheet.session.cancelled_at = Some(now());
    sheet
}

fn settings(code: &str, value: i32) -> Settings {
    Settings::stored([(code.to_owned(), day("2020-01-01"), value)])
}

// ---- when

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

// ---- what

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

// ---- whom

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

// ---- again

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

// ---- closing by hand

#[test]
fn a_sheet_closes_once_everybody_is_marked() {
    let half = recorded(&sheet(session(), 2), vec![mark(0, present())]);
    assert_eq!(close(now(), &half).unwrap_err(), Refusal::Conflict(Rule::MarksMissing));
    let full = recorded(&half, vec![mark(1, absent())]);
    let closed = close(now(), &full).unwrap();
    assert_eq!(closed.sheet.session.sheet_closed_at, Some(now()));
    assert_eq!(closed.sheet.session.sheet_version, full.session.sheet_version + 1);
    assert_eq!(closed.sheet.session.stamp.version, full.session.stamp.version + 1);
    assert_eq!(closed.event.clone().unwrap().kind, "session.sheet_closed");
    assert_eq!(closed.sheet.state(&Settings::default(), now()), SheetState::Closed);
    assert!(!closed.sheet.is_incomplete(&Settings::default(), now()));
}

#[test]
fn somebody_unmarked_again_keeps_the_sheet_open() {
    let full = recorded(&sheet(session(), 1), vec![mark(0, present())]);
    assert_eq!(close(now(), &recorded(&full, vec![mark(0, unmarked())])).unwrap_err(), Refusal::Conflict(Rule::MarksMissing));
}

#[test]
fn closing_twice_changes_nothing() {
    let closed = closed_by_hand();
    let again = close(at("2026-11-20T08:00:00.000Z"), &closed).unwrap();
    assert_eq!(again.event, None);
    assert_eq!(again.sheet.session.sheet_closed_at, closed.session.sheet_closed_at);
    assert_eq!(again.sheet.session.stamp, closed.session.stamp);
}

#[test]
fn a_sheet_does_not_close_before_its_session_starts() {
    let full = recorded(&sheet(session(), 1), vec![mark(0, excused())]);
    assert_eq!(close(at(ONE_MILLISECOND_BEFORE), &full).unwrap_err(), Refusal::Conflict(Rule::SessionNotStarted));
    assert!(close(at(START), &full).is_ok());
}

#[test]
fn a_sheet_that_expects_nobody_closes() {
    assert!(close(now(), &sheet(session(), 0)).is_ok());
}

#[test]
fn a_sheet_closed_by_hand_takes_no_mark_not_even_a_first_one() {
    let closed = closed_by_hand();
    assert_eq!(record(now(), &closed, vec![mark(0, absent())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
    assert_eq!(record_as(&manager(), now(), &closed, vec![mark(0, absent())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed), "nor a manager's");
    let mut joined = closed;
    joined.lines.extend(sheet(session(), 3).lines.into_iter().skip(2));
    assert_eq!(record(now(), &joined, vec![mark(2, present())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
    assert!(correct(now(), &joined, 0, mark(2, present())).is_ok(), "a manager corrects it");
}

// ---- closing by the clock

#[test]
fn a_sheet_closes_at_the_end_of_the_tenth_of_the_next_month_in_paris() {
    for (date, closes_at, late_until, why) in [
        ("2026-11-17", CLOSING, END_OF_LATE_MARKS, "winter"),
        ("2026-11-01", CLOSING, END_OF_LATE_MARKS, "first day of the month"),
        ("2026-11-30", CLOSING, END_OF_LATE_MARKS, "last day of the month"),
        ("2026-12-31", "2027-01-10T23:00:00.000Z", "2027-03-11T23:00:00.000Z", "over New Year"),
        ("2027-01-31", "2027-02-10T23:00:00.000Z", "2027-04-11T22:00:00.000Z", "a month that ends later than the next"),
        ("2028-02-29", "2028-03-10T23:00:00.000Z", "2028-05-09T22:00:00.000Z", "the day that leap years have"),
        ("2026-03-16", "2026-04-10T22:00:00.000Z", "2026-06-09T22:00:00.000Z", "held in winter, closed in summer"),
        ("2026-06-16", "2026-07-10T22:00:00.000Z", "2026-09-08T22:00:00.000Z", "summer"),
        ("2026-09-15", "2026-10-10T22:00:00.000Z", "2026-12-09T23:00:00.000Z", "late marks end in winter"),
        ("2026-10-13", "2026-11-10T23:00:00.000Z", "2027-01-09T23:00:00.000Z", "held in summer, closed in winter"),
    ] {
        let clock = SheetClock::of(day(date), &Settings::default());
        assert_eq!((clock.closes_at, clock.late_until), (at(closes_at), at(late_until)), "{date}: {why}");
    }
}

#[test]
fn the_closing_day_follows_the_clocks_when_they_change_that_night() {
    let closes_at = |closing_day| SheetClock::of(day("2027-02-16"), &settings("sheet_closing_day", closing_day)).closes_at;
    assert_eq!(closes_at(27), at("2027-03-27T23:00:00.000Z"), "the night before clocks go forward");
    assert_eq!(closes_at(28), at("2027-03-28T22:00:00.000Z"), "the day they went forward");
}

#[test]
fn the_settings_that_hold_are_those_of_the_day_of_the_session() {
    let from_december =
        Settings::stored([("sheet_closing_day".to_owned(), day("2026-12-01"), 5), ("late_mark_days".to_owned(), day("2026-12-01"), 0)]);
    let november = SheetClock::of(day("2026-11-30"), &from_december);
    assert_eq!((november.closes_at, november.late_until), (at(CLOSING), at(END_OF_LATE_MARKS)));
    let december = SheetClock::of(day("2026-12-01"), &from_december);
    assert_eq!((december.closes_at, december.late_until), (at("2027-01-05T23:00:00.000Z"), at("2027-01-05T23:00:00.000Z")));
}

#[test]
fn the_clock_closes_to_the_millisecond() {
    let sheet = recorded(&sheet(session(), 2), vec![mark(0, present())]);
    let last = at("2026-12-10T22:59:59.999Z");
    assert_eq!(sheet.state(&Settings::default(), last), SheetState::Open);
    assert_eq!(sheet.state(&Settings::default(), at(CLOSING)), SheetState::Closed);
    assert!(record(last, &sheet, vec![mark(0, absent())]).is_ok());
    assert_eq!(record(at(CLOSING), &sheet, vec![mark(0, absent())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
}

#[test]
fn a_sheet_that_the_clock_closed_with_people_unmarked_is_incomplete() {
    let incomplete = |sheet: &Sheet, when| sheet.is_incomplete(&Settings::default(), at(when));
    let half = recorded(&sheet(session(), 2), vec![mark(0, present())]);
    assert!(!incomplete(&half, "2026-12-10T22:59:59.999Z"), "still open");
    assert!(incomplete(&half, CLOSING));
    assert!(incomplete(&half, "2030-01-01T00:00:00.000Z"), "for good, if nobody corrects it");
    let full = record(at(CLOSING), &half, vec![mark(1, present())]).unwrap();
    assert!(!incomplete(&full.sheet, CLOSING));
    assert!(!incomplete(&sheet(session(), 0), CLOSING), "nobody was expected");
}

#[test]
fn a_first_mark_is_taken_for_sixty_days_after_the_clock_closed_the_sheet() {
    let half = recorded(&sheet(session(), 3), vec![mark(0, present())]);
    let last = at("2027-02-08T22:59:59.999Z");
    for when in [at(CLOSING), last] {
        let marked = record(when, &half, vec![mark(1, late(30))]).unwrap();
        assert_eq!(marked.sheet.lines[1].mark.version, 1);
        assert_eq!(record(when, &half, vec![mark(0, late(30))]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed), "a change is no first mark");
        assert_eq!(record(when, &half, vec![mark(0, unmarked())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
        let both = record(when, &half, vec![mark(0, late(30)), mark(1, present())]);
        assert_eq!(both.unwrap_err(), Refusal::Conflict(Rule::SheetClosed), "all or nothing");
        assert_eq!(record(when, &marked.sheet, vec![mark(1, absent())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed), "once");
        let whole = record(when, &half, vec![mark(0, present()), mark(1, present()), mark(2, absent())]).unwrap();
        assert_eq!(whole.changes.len(), 2, "the whole sheet sent again changes what it may");
    }
    assert_eq!(record(at(END_OF_LATE_MARKS), &half, vec![mark(1, present())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
}

#[test]
fn a_mark_taken_back_before_the_closing_is_no_longer_a_first_one() {
    let taken_back = recorded(&recorded(&sheet(session(), 1), vec![mark(0, present())]), vec![mark(0, unmarked())]);
    assert_eq!(record(at(CLOSING), &taken_back, vec![mark(0, present())]).unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
    assert!(correct(at(CLOSING), &taken_back, 2, mark(0, present())).is_ok());
}

#[test]
fn an_empty_row_does_not_use_up_the_first_mark() {
    let sheet = sheet(session(), 1);
    let nothing = record(at(CLOSING), &sheet, vec![mark(0, signed(false, unmarked()))]).unwrap();
    assert!(record(at(CLOSING), &nothing.sheet, vec![mark(0, present())]).is_ok());
}

#[test]
fn without_days_for_late_marks_the_clock_closes_for_good() {
    let refused =
        sheet(session(), 1).record(&scope(&partner(), at(CLOSING)), vec![mark(0, present())], &settings("late_mark_days", 0), &vocabulary());
    assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::SheetClosed));
}

#[test]
fn a_sheet_that_the_clock_closed_is_still_closed_by_hand() {
    let full = recorded(&sheet(session(), 1), vec![mark(0, present())]);
    assert_eq!(close(at(CLOSING), &full).unwrap().sheet.session.sheet_closed_at, Some(at(CLOSING)));
    assert_eq!(close(at(CLOSING), &sheet(session(), 1)).unwrap_err(), Refusal::Conflict(Rule::MarksMissing));
}

// ---- correcting

#[test]
fn an_open_sheet_is_edited_not_corrected() {
    let sheet = recorded(&sheet(session(), 1), vec![mark(0, present())]);
    assert_eq!(correct(now(), &sheet, 1, mark(0, absent())).unwrap_err(), Refusal::Conflict(Rule::SheetOpen));
    assert!(correct(at(CLOSING), &sheet, 1, mark(0, absent())).is_ok());
}

#[test]
fn a_correction_keeps_its_reason_and_counts_the_version() {
    let corrected = correct(at(END_OF_LATE_MARKS), &closed_by_hand(), 1, mark(0, late(45))).unwrap();
    let change = &corrected.changes[0];
    assert_eq!((change.mark.version, change.source), (2, MarkSource::Correction));
    assert_eq!(change.reason, Some(note("Feuille papier relue")));
    assert_eq!(corrected.sheet.lines[0].mark.value, late(45));
    assert_eq!(corrected.sheet.session.sheet_closed_at, Some(now()), "it stays closed");
    assert_eq!(corrected.event.clone().unwrap().kind, "session.attendance_corrected");
}

#[test]
fn a_correction_names_the_version_it_corrects() {
    let sheet = closed_by_hand();
    for stale in [-1, 0, 2] {
        assert_eq!(correct(now(), &sheet, stale, mark(0, absent())).unwrap_err(), Refusal::Conflict(Rule::VersionConflict));
    }
    let once = correct(now(), &sheet, 1, mark(0, absent())).unwrap();
    assert_eq!(correct(now(), &once.sheet, 1, mark(0, late(5))).unwrap_err(), Refusal::Conflict(Rule::VersionConflict));
    assert!(correct(now(), &once.sheet, 2, mark(0, late(5))).is_ok());
}

#[test]
fn a_correction_marks_whom_nobody_marked_at_version_zero() {
    let corrected = correct(at(END_OF_LATE_MARKS), &sheet(session(), 1), 0, mark(0, present())).unwrap();
    assert_eq!(corrected.sheet.lines[0].mark.version, 1);
}

#[test]
fn a_correction_to_the_same_content_changes_nothing() {
    let same = correct(now(), &closed_by_hand(), 1, mark(0, present())).unwrap();
    assert!(same.changes.is_empty());
    assert_eq!(same.event, None);
}

#[test]
fn a_correction_obeys_the_rules_of_a_mark() {
    let sheet = closed_by_hand();
    let wrong = MarkValue { minutes: Some(0), reason: Some(term("known")), ..status(AttendanceStatus::Late) };
    let refused = correct(now(), &sheet, 1, mark(0, wrong));
    assert_eq!(faults(refused.unwrap_err()), [fault("/minutes", Rule::MinutesOutOfRange), fault("/absence_reason", Rule::ReasonForbidden)]);
    let refused = correct(now(), &sheet, 1, mark(9, present()));
    assert_eq!(faults(refused.unwrap_err()), [fault("/enrolment_id", Rule::PersonNotExpected)]);
}

// ---- whatever is sent

fn some_value() -> impl Strategy<Value = MarkValue> {
    let fitting =
        prop_oneof![Just(unmarked()), Just(present()), (1..=180).prop_map(late), (1..=180).prop_map(left_early), Just(excused()), Just(absent()),];
    let any = (
        proptest::option::of(proptest::sample::select(AttendanceStatus::ALL)),
        proptest::option::of(-5..200),
        proptest::option::of(proptest::sample::select(vec!["known", "retired"])),
        proptest::option::of(any::<bool>()),
    );
    let any = any.prop_map(|(status, minutes, reason, signed)| MarkValue { status, minutes, reason: reason.map(term), signed });
    prop_oneof![4 => fitting, 1 => any]
}

proptest! {
    #[test]
    fn a_version_counts_the_changes_and_credit_stays_within_the_session(
        puts in proptest::collection::vec(proptest::collection::vec((0u128..3, some_value()), 1..4), 1..30),
    ) {
        let mut standing = sheet(session(), 3);
        let (mut marks, mut puts_that_changed) = ([0, 0, 0], 0);
        for put in puts {
            let orders: Vec<MarkOrder> = put.into_iter().map(|(person, value)| mark(person, value)).collect();
            let Ok(recorded) = record(now(), &standing, orders.clone()) else { continue };
            for change in &recorded.changes {
                let place = recorded.sheet.lines.iter().position(|line| line.enrolment == change.enrolment).unwrap();
                marks[place] += 1;
                prop_assert_ne!(&standing.lines[place].mark.value, &change.mark.value);
                prop_assert_eq!(&recorded.sheet.lines[place].mark, &change.mark);
            }
            puts_that_changed += i32::from(!recorded.changes.is_empty());
            standing = recorded.sheet.clone();
            prop_assert!(record(now(), &standing, orders).unwrap().changes.is_empty(), "the same again");
            prop_assert_eq!(standing.session.sheet_version, 1 + puts_that_changed);
            for (line, changes) in standing.lines.iter().zip(marks) {
                prop_assert_eq!(line.mark.version, changes);
                let credited = line.mark.value.credited_minutes(&standing.session);
                prop_assert_eq!(credited.is_none(), line.mark.value.status.is_none());
                prop_assert!((0..=standing.session.slot.minutes()).contains(&credited.unwrap_or(0)));
            }
        }
    }
}
