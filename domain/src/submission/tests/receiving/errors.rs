//! What a line is rejected for, and which reason comes first.

use super::*;

#[test]
fn a_form_fault_is_rejected_whatever_else_is_wrong() {
    let nowhere = marks(0).with("session_reference", "NOWHERE-20261117-M").with("date", "31/02/2026");
    assert_eq!(told_of(&world(), nowhere), "rejected DAY_MALFORMED@date");
    let received = world().submit(&[marks(0).bearing("1E+05").with("minutes", "un")]);
    assert_eq!(told(&received), ["rejected IDENTIFIER_MANGLED@external_id NUMBER_MALFORMED@minutes"]);
    assert_eq!((received.lines[0].session, received.lines[0].enrolment, received.lines[0].version), (None, None, None));
}

#[test]
fn a_form_fault_is_told_even_of_a_line_that_is_there_twice() {
    let received = world().submit(&[marks(0).bearing("A"), marks(0).bearing("A").with("date", "31/02/2026")]);
    assert_eq!(told(&received)[1], "rejected DAY_MALFORMED@date", "form comes first: a duplicate that cannot be read is mended by reading it");
}

#[test]
fn a_session_is_found_by_each_of_its_names() {
    let by = |column: &str, text: &str| Draft::default().with(column, text).of(0).status("present");
    let place = by("group_code", "ami-lim").with("date", "17/11/2026").with("half_day", "Matin");
    let id = session().id.to_string();
    let all = place.clone().with("session_id", id.clone()).with("session_reference", "ami-lim-20261117-m");
    for draft in [by("session_id", &id), by("session_reference", "ami-lim-20261117-m"), place, all] {
        assert_eq!(told_of(&three_sessions(), draft.clone()), "recorded", "{draft:?}");
    }
    let in_a_file = by("session_reference", &id).file();
    assert_eq!(told(&three_sessions().receive(&partner(), now(), OnError::AcceptValid, vec![in_a_file])), ["recorded"]);
}

#[test]
fn a_session_absent_or_not_yours_is_unknown() {
    let by = |column: &str, text: &str| Draft::default().with(column, text).of(0).status("present");
    let place = by("group_code", "AMI-LIM").with("date", "2026-11-17").with("half_day", "afternoon");
    for (draft, column) in [
        (by("session_id", &id::<Session>(499).to_string()), "session_id"),
        (by("session_reference", "AMI-LIM-20261118-M"), "session_reference"),
        (place, "group_code"),
    ] {
        assert_eq!(told_of(&world(), draft), format!("rejected UNKNOWN_SESSION@{column}"));
    }
}

#[test]
fn names_of_two_sessions_are_a_mismatch() {
    let by_id = marks(0).with("session_id", session().id.to_string());
    let reference = by_id.clone().with("session_reference", "AMI-LIM-20261110-M");
    assert_eq!(told_of(&three_sessions(), reference), "rejected SESSION_MISMATCH@session_reference");
    assert_eq!(told_of(&three_sessions(), by_id.with("group_code", "AMI-BEL")), "rejected SESSION_MISMATCH@group_code");
    assert_eq!(told_of(&three_sessions(), marks(0).with("group_code", "AMI-BEL")), "rejected SESSION_MISMATCH@group_code");
}

#[test]
fn ids_of_two_sessions_are_a_mismatch() {
    let other = session_number(1, "2026-11-10").id.to_string();
    let two = marks(0).with("session_id", session().id.to_string()).with("session_reference", other);
    assert_eq!(told_of(&three_sessions(), two), "rejected SESSION_MISMATCH@session_reference", "the second is not passed over");
}

#[test]
fn an_unknown_id_in_the_column_of_the_reference_is_told_at_that_column() {
    let row = marks(0).with("session_reference", id::<Session>(499).to_string()).file();
    let received = world().receive(&partner(), now(), OnError::AcceptValid, vec![row]);
    assert_eq!(told(&received), ["rejected UNKNOWN_SESSION@session_reference"], "a file has no column session_id");
}

#[test]
fn a_cancelled_session_takes_no_line() {
    let world = World::of([sheet(cancelled(session()), 1)]);
    assert_eq!(told_of(&world, marks(0)), "rejected SESSION_CANCELLED@session_reference");
    let place = marks(0).with("session_reference", "").with("group_code", "AMI-LIM").with("date", "2026-11-17").with("half_day", "morning");
    assert_eq!(told_of(&world, place), "rejected SESSION_CANCELLED@group_code");
    assert_eq!(told_of(&world, marks(0).with("group_code", "AMI-BEL")), "rejected SESSION_MISMATCH@group_code");
    assert_eq!(told_of(&world, marks(0).with("date", NEXT_WEEK)), "rejected SESSION_CANCELLED@session_reference");
}

#[test]
fn a_half_day_planned_anew_after_a_cancellation_is_the_living_session() {
    let anew = Session { reference: "AMI-LIM-20261117-M-2".to_owned(), ..session_number(1, "2026-11-17") };
    let twice = Session { reference: "AMI-LIM-20261117-M-3".to_owned(), ..cancelled(session_number(2, "2026-11-17")) };
    let place = marks(0).with("session_reference", "").with("group_code", "AMI-LIM").with("date", "2026-11-17").with("half_day", "morning");
    let sheets = [sheet(cancelled(session()), 1), sheet(anew.clone(), 1), sheet(twice, 1)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let world = World::of(order.map(|place| sheets[place].clone()));
        let received = world.submit(std::slice::from_ref(&place));
        assert_eq!(told(&received), ["recorded"]);
        assert_eq!(received.lines[0].session, Some(anew.id));
        assert_eq!(told_of(&world, marks(0)), "rejected SESSION_CANCELLED@session_reference", "by its own reference it is the cancelled one");
    }
}

#[test]
fn a_session_that_moved_says_where_to() {
    let moved = Session { slot: slot("2026-11-16", HalfDay::Afternoon), ..session() };
    let world = World::of([sheet(moved.clone(), 2)]);
    let received = world.submit(&[marks(0).with("date", "2026-11-17").with("half_day", "morning"), marks(0).with("half_day", "morning")]);
    assert_eq!(told(&received), ["rejected SESSION_MOVED@date", "rejected SESSION_MOVED@half_day"]);
    assert!(received.lines.iter().all(|line| line.errors[0].moved_to == Some(moved.slot)));
    for draft in [marks(0), marks(0).with("date", "16/11/2026"), marks(0).with("date", "2026-11-16").with("half_day", "afternoon")] {
        assert_eq!(told_of(&world, draft), "recorded", "the reference stays");
    }
    let place = marks(0).with("session_reference", "").with("group_code", "AMI-LIM").with("date", "2026-11-17").with("half_day", "morning");
    assert_eq!(told_of(&world, place), "rejected UNKNOWN_SESSION@group_code", "nothing is there any more");
}

#[test]
fn a_mark_obeys_its_own_rules() {
    for (draft, expected) in [
        (marks(0).status("late"), "rejected MINUTES_REQUIRED@minutes"),
        (marks(0).with("minutes", "30"), "rejected MINUTES_FORBIDDEN@minutes"),
        (marks(0).late(0), "rejected MINUTES_OUT_OF_RANGE@minutes"),
        (marks(0).late(181), "rejected MINUTES_OUT_OF_RANGE@minutes"),
        (marks(0).status("absent_excused"), "rejected REASON_REQUIRED@reason"),
        (marks(0).with("reason", "known"), "rejected REASON_FORBIDDEN@reason"),
        (marks(0).status("absent_excused").with("reason", "retired"), "rejected CODE_UNKNOWN@reason"),
        (marks(0).status("absent_unexcused").with("signed", "oui"), "rejected SIGNATURE_FORBIDDEN@signed"),
        (marks(0).with("minutes", "30").with("reason", "known"), "rejected MINUTES_FORBIDDEN@minutes REASON_FORBIDDEN@reason"),
    ] {
        assert_eq!(told_of(&world(), draft.clone()), expected, "{draft:?}");
        assert_eq!(told_of(&world(), draft.clone().who(9)), expected, "whoever it is for: {draft:?}");
    }
    assert_eq!(told_of(&world(), marks(0).late(180)), "recorded");
}

#[test]
fn before_the_start_only_an_excuse_is_taken() {
    let excuse = marks(0).status("absent_excused").with("reason", "known");
    for early in [marks(0), marks(0).late(30), marks(0).status("absent_unexcused"), marks(0).correcting(0)] {
        assert_eq!(told_at(ONE_MILLISECOND_BEFORE, &world(), early.clone()), "rejected FUTURE_DATE@date");
        assert_eq!(told_at(START, &world(), early), "recorded");
    }
    assert_eq!(told_at(ONE_MILLISECOND_BEFORE, &world(), excuse.clone()), "recorded");
    let announced = world().after_submitting(&[excuse]);
    assert_eq!(told_at(ONE_MILLISECOND_BEFORE, &announced, marks(0).voiding(1)), "voided", "an announced absence can be taken back");
    assert_eq!(told_at(ONE_MILLISECOND_BEFORE, &world(), marks(0).who(9)), "rejected FUTURE_DATE@date", "nor is it held");
    assert_eq!(told_at(ONE_MILLISECOND_BEFORE, &world(), marks(0).late(0)), "rejected MINUTES_OUT_OF_RANGE@minutes FUTURE_DATE@date");
}

#[test]
fn corrections_and_voids_want_the_version_that_stands() {
    for version in [0, 2, 99] {
        assert_eq!(told_of(&one_marked(), marks(0).late(30).correcting(version)), "rejected VERSION_CONFLICT@version");
        assert_eq!(told_of(&one_marked(), marks(0).voiding(version)), "rejected VERSION_CONFLICT@version");
        assert_eq!(told_of(&one_marked(), marks(0).correcting(version)), "unchanged", "it says what stands already");
    }
    assert_eq!(told_of(&one_marked(), marks(0).late(30).correcting(1)), "corrected");
    assert_eq!(told_of(&one_marked(), marks(0).voiding(1)), "voided");
    assert_eq!(told_of(&world(), marks(0).voiding(7)), "unchanged", "nobody was marked");
    assert_eq!(told_of(&one_marked(), marks(0).late(30).with("version", "0")), "corrected", "recording asks for no version");
    let late_already = one_marked().after_submitting(&[marks(0).late(30).correcting(1)]);
    assert_eq!(told_of(&late_already, marks(0).late(30).correcting(1)), "unchanged", "the same again");
    assert_eq!(told_of(&late_already, marks(0).late(40).correcting(1)), "rejected VERSION_CONFLICT@version");
}

#[test]
fn each_rule_is_asked_in_its_order() {
    let mut moved = sheet(Session { slot: slot("2026-11-16", HalfDay::Morning), ..session() }, 1);
    moved.lines[0].mark = crate::attendance::Mark { value: present(), version: 1 };
    let world = World::of([closed_by_hand(moved)]).linked("next-week", &next_week(), 0);
    let mut line = marks(9).voiding(9).bearing("next-week").with("date", "2026-11-17").with("group_code", "AMI-BEL").with("minutes", "un");
    let mut tell = |column: &str, text: &str| {
        line = line.clone().with(column, text);
        told_of(&world, line.clone())
    };
    assert_eq!(tell("operation", "correct"), "rejected NUMBER_MALFORMED@minutes");
    assert_eq!(tell("minutes", "30"), "rejected SESSION_MISMATCH@group_code");
    assert_eq!(tell("group_code", ""), "rejected SESSION_MOVED@date");
    assert_eq!(tell("date", ""), "rejected EXTERNAL_ID_REUSED@external_id");
    assert_eq!(tell("external_id", ""), "rejected MINUTES_FORBIDDEN@minutes");
    assert_eq!(tell("minutes", ""), "held PERSON_NOT_EXPECTED@enrolment_id");
    let known = enrolment(0).id.to_string();
    assert_eq!(tell("enrolment_id", &known), "unchanged", "present already, whatever the version");
    assert_eq!(tell("last_name", "Autre"), "held NAME_MISMATCH@last_name", "the name comes before the value");
    assert_eq!(tell("last_name", ""), "unchanged");
    assert_eq!(tell("status", "absent_unexcused"), "rejected VERSION_CONFLICT@version");
    assert_eq!(tell("version", "1"), "held SHEET_CLOSED@session_reference");
}
