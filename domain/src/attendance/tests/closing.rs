//! A sheet is closed, by hand and by the clock.

use super::*;

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
