//! A mark of a closed sheet is corrected.

use super::*;

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
