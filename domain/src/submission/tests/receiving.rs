//! What becomes of each line.

use super::*;
use crate::given::{manager, status};
use crate::refusal::Rule::{DuplicateLine, ExternalIdReused, HeldLineDismissed};

/// `2026-11-24`, a week after [`now`].
const NEXT_WEEK: &str = "2026-11-24";

/// The second session, that next week.
fn next_week() -> Session {
    session_number(1, NEXT_WEEK)
}

/// Three people at the first session, of whom two are also expected at one of the week before and one next week.
fn three_sessions() -> World {
    World::of([sheet(session(), 3), sheet(session_number(1, "2026-11-10"), 2), sheet(session_number(2, NEXT_WEEK), 2)])
}

/// The first person is marked present, version 1.
fn one_marked() -> World {
    world().after_submitting(&[marks(0)])
}

fn told_of(world: &World, draft: Draft) -> String {
    told(&world.submit(&[draft])).remove(0)
}

fn told_at(when: &str, world: &World, draft: Draft) -> String {
    told(&world.submit_at(at(when), &[draft])).remove(0)
}

/// What that line was refused with.
fn refused(received: &SubmissionReceived, place: usize) -> Rule {
    let line = &received.lines[place];
    assert_eq!((line.outcome, line.errors.len()), (LineOutcome::Rejected, 1), "{:?}", told(received));
    line.errors[0].rule
}

/// One held line, in that state.
fn held_before(draft: Draft, state: HeldState) -> World {
    let mut world = world().after_submitting(&[draft]);
    assert_eq!(world.held.len(), 1);
    world.held[0].state = state;
    world
}

// ---- outcomes

#[test]
fn a_mark_is_recorded_corrected_voided_and_left_as_it_is() {
    let mut world = world();
    for (draft, expected, version) in [
        (marks(0), "recorded", 1),
        (marks(0), "unchanged", 1),
        (marks(0).late(30), "corrected", 2),
        (marks(0).late(30).with("signed", "oui"), "corrected", 3),
        (marks(0).correcting(3), "corrected", 4),
        (marks(0).voiding(4), "voided", 5),
        (marks(0).voiding(4), "unchanged", 5),
        (marks(0).correcting(5), "recorded", 6),
        (marks(0).status("absent_excused").with("reason", "known"), "corrected", 7),
    ] {
        let received = world.submit(std::slice::from_ref(&draft));
        let [line] = &received.lines[..] else { panic!("one line") };
        assert_eq!((told(&received).remove(0).as_str(), line.version), (expected, Some(version)), "{draft:?}");
        assert_eq!((line.session, line.enrolment), (Some(session().id), Some(enrolment(0).id)));
        assert_eq!(line.person, Some(beneficiary(0).id), "whom the receipt shows");
        assert_eq!(received.sheets.is_empty(), expected == "unchanged");
        world = world.after(&received);
        assert_eq!(world.mark(0).1, version);
    }
    assert_eq!(world.mark(0).0, excused());
    assert_eq!(world.mark(1).1, 0, "nobody else");
}

#[test]
fn what_changed_says_so() {
    let received = world().submit(&[marks(0), marks(1).late(20)]);
    let [after] = &received.sheets[..] else { panic!("one sheet") };
    let changes: Vec<_> = after.changes.iter().map(|change| (change.enrolment, change.source, change.reason.clone())).collect();
    assert_eq!(changes, [(enrolment(0).id, MarkSource::Submission, None), (enrolment(1).id, MarkSource::Submission, None)]);
    assert_eq!(after.sheet.session.sheet_version, 2, "one change of the sheet, whatever its lines");
    assert_eq!(after.sheet.session.stamp.updated_at, now());
    assert_eq!(after.event.as_ref().unwrap().kind, "session.attendance_submitted");
    let kinds = (received.event.kind, received.event.codes.clone());
    assert_eq!(kinds, ("submission.received", vec![("recorded", "2".to_owned())]));
}

#[test]
fn a_submission_says_who_sent_what_and_when() {
    let order = vec![marks(0).json()];
    let received = world().receive(&manager(), now(), OnError::RejectAll, order);
    let Submission { id: submission, organisation, submitted_by, received_at, format, on_error, result, .. } = &received.submission;
    assert_eq!((*submission, *organisation), (id(900), manager().organisation().unwrap()));
    assert_eq!((*submitted_by, *received_at), (manager().principal, now()));
    assert_eq!((*format, *on_error, *result), (SubmissionFormat::Json, OnError::RejectAll, SubmissionResult::Applied));
}

#[test]
fn a_submission_is_applied_partly_or_not_at_all() {
    let (good, bad, unknown) = (marks(0), marks(0).late(0), marks(0).who(9));
    for (drafts, result) in [
        (vec![good.clone()], SubmissionResult::Applied),
        (vec![good.clone(), bad.clone()], SubmissionResult::PartlyApplied),
        (vec![good.clone(), unknown.clone()], SubmissionResult::PartlyApplied),
        (vec![unknown.clone()], SubmissionResult::PartlyApplied),
        (vec![unknown.clone(), bad.clone()], SubmissionResult::PartlyApplied),
        (vec![bad.clone()], SubmissionResult::NothingApplied),
        (vec![bad.clone(), bad], SubmissionResult::NothingApplied),
    ] {
        assert_eq!(world().submit(&drafts).submission.result, result, "{drafts:?}");
    }
    assert_eq!(one_marked().submit(&[good]).submission.result, SubmissionResult::Applied, "what is so already is applied");
}

#[test]
fn an_untouched_row_of_the_template_is_unchanged_with_a_warning() {
    let untouched = marks(0).status("").bearing("17-M-0");
    let received = one_marked().receive(&partner(), now(), OnError::RejectAll, vec![untouched.file(), marks(1).file()]);
    assert_eq!(told(&received), ["unchanged ROW_EMPTY@status", "recorded"]);
    assert_eq!(received.submission.result, SubmissionResult::Applied);
    assert_eq!((received.lines[0].line_number, received.lines[0].external_id.as_deref()), (Some(2), Some("17-M-0")));
    assert!(received.links.is_empty(), "its name says nothing yet");
    let in_json = one_marked().submit(&[untouched]);
    assert_eq!(told(&in_json), ["rejected STATUS_REQUIRED@status"]);
}

// ---- codes of errors

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

// ---- closed sheets

#[test]
fn a_line_for_a_closed_sheet_is_held() {
    let by_hand = World::of([closed_by_hand(sheet(session(), 2))]);
    let received = by_hand.submit(&[marks(0)]);
    assert_eq!(told(&received), ["held SHEET_CLOSED@session_reference"], "not even a first mark");
    let [held] = &received.held[..] else { panic!("one line") };
    assert_eq!((held.code, held.state, held.enrolment), (HeldCode::SheetClosed, HeldState::Waiting, Some(enrolment(0).id)));
    assert_eq!((held.index, held.line_number, held.organisation, held.submission), (0, None, association(), id(900)));
    assert_eq!((&held.at.reference, held.at.date, held.at.group), (&session().reference, day("2026-11-17"), session().group));
    assert_eq!(held.cells, Some(marks(0).cells()));
    assert!(received.sheets.is_empty() && received.links.is_empty());
    assert_eq!(
        (received.lines[0].enrolment, received.lines[0].person, received.lines[0].version),
        (Some(enrolment(0).id), Some(beneficiary(0).id), None)
    );
}

#[test]
fn the_clock_closes_a_sheet_but_to_late_first_marks() {
    let world = three_sessions().after_submitting(&[marks(0)]);
    let last_late = "2027-02-08T22:59:59.999Z";
    assert_eq!(told_at("2026-12-10T22:59:59.999Z", &world, marks(0).late(30)), "corrected");
    for when in [CLOSING, last_late] {
        assert_eq!(told_at(when, &world, marks(0)), "unchanged", "whatever the state");
        assert_eq!(told_at(when, &world, marks(0).late(30)), "held SHEET_CLOSED@session_reference");
        assert_eq!(told_at(when, &world, marks(0).voiding(1)), "held SHEET_CLOSED@session_reference");
        assert_eq!(told_at(when, &world, marks(0).voiding(0)), "rejected VERSION_CONFLICT@version");
        assert_eq!(told_at(when, &world, marks(1)), "recorded", "a first mark");
        assert_eq!(told_at(when, &world, marks(1).correcting(0)), "recorded");
    }
    assert_eq!(told_at(END_OF_LATE_MARKS, &world, marks(1)), "held SHEET_CLOSED@session_reference");
}

// ---- whom

#[test]
fn a_person_is_found_by_enrolment_or_reference() {
    let named = marks(1).who(1).called("Exemple", "Camille");
    let both = named.clone().of(1);
    for draft in [marks(1), marks(1).who(1), named, both] {
        let received = world().submit(&[draft]);
        assert_eq!((told(&received).remove(0).as_str(), received.lines[0].enrolment), ("recorded", Some(enrolment(1).id)));
    }
}

#[test]
fn somebody_not_expected_is_held() {
    for (draft, column) in [
        (marks(9), "enrolment_id"),
        (marks(9).who(9), "person_reference"),
        (marks(9).with("person_reference", beneficiary(0).reference.to_string()), "enrolment_id"),
        (marks(0).with("enrolment_id", "").called("Exemple", "Camille"), "last_name"),
        (marks(0).with("enrolment_id", "").with("first_name", "Camille"), "last_name"),
    ] {
        let received = world().submit(std::slice::from_ref(&draft));
        assert_eq!(told(&received), [format!("held PERSON_NOT_EXPECTED@{column}")], "{draft:?}");
        assert_eq!((received.held.len(), received.held[0].enrolment), (1, None));
        assert_eq!((received.lines[0].session, received.lines[0].enrolment, received.lines[0].person), (Some(session().id), None, None));
    }
    assert_eq!(told_of(&World::of([closed_by_hand(sheet(session(), 1))]), marks(9)), "held PERSON_NOT_EXPECTED@enrolment_id", "before the sheet");
}

#[test]
fn names_are_compared_without_case_accents_hyphens_and_order() {
    let world = World::of([named(named(sheet(session(), 2), 0, "Le Gall-Ouédraogo", "Anne-Zoé"), 1, "N’Guyen", "Bé")]);
    for (last, first) in [
        ("Le Gall-Ouédraogo", "Anne-Zoé"),
        ("LE GALL OUEDRAOGO", "ANNE ZOE"),
        ("le-gall ouedraogo", "anne‑zoé"),
        ("Le Gall–Oue\u{301}draogo", " Anne  Zoé "),
        ("Anne-Zoé", "Le Gall-Ouédraogo"),
        ("Le Gall-Ouédraogo", ""),
        ("", "anne zoe"),
        ("", ""),
        ("Ouédraogo-Le Gall", "Zoé Anne"),
        ("Le Gall", "Ouédraogo Anne-Zoé"),
    ] {
        assert_eq!(told_of(&world, marks(0).called(last, first)), "recorded", "{last} {first}");
    }
    assert_eq!(told_of(&world, marks(1).called("N'GUYEN", "Be")), "recorded");
}

#[test]
fn another_name_is_held() {
    let world = World::of([named(sheet(session(), 1), 0, "Le Gall-Ouédraogo", "Anne-Zoé")]);
    for (last, first) in [
        ("Le Gall", "Anne-Zoé"),
        ("Le Gall-Ouédraogo", "Anne"),
        ("Le Gall-Ouédraogo", "Anne-Zoé Marie"),
        ("Legall-Ouédraogo", "Anne-Zoé"),
        ("Le Gal", ""),
        ("", "Anne"),
        ("Anne-Anne", "Le Gall-Ouédraogo"),
    ] {
        let received = world.submit(&[marks(0).called(last, first)]);
        assert_eq!(told(&received), ["held NAME_MISMATCH@last_name"], "{last} {first}");
        assert_eq!((received.held[0].code, received.held[0].enrolment), (HeldCode::NameMismatch, Some(enrolment(0).id)));
    }
}

#[test]
fn a_purged_name_forbids_nothing() {
    let mut purged = sheet(session(), 1);
    (purged.lines[0].person.last_name, purged.lines[0].person.first_name) = (None, None);
    assert_eq!(told_of(&World::of([purged]), marks(0).called("Qui", "Conque")), "recorded");
}

#[test]
fn an_enrolment_and_a_reference_of_two_people_are_held() {
    let received = world().submit(&[marks(0).with("person_reference", beneficiary(1).reference.to_string())]);
    assert_eq!(told(&received), ["held NAME_MISMATCH@person_reference"]);
    assert_eq!((received.held[0].enrolment, received.lines[0].person), (Some(enrolment(0).id), Some(beneficiary(0).id)));
    let nobody = world().submit(&[marks(0).with("person_reference", beneficiary(9).reference.to_string())]);
    assert_eq!(told(&nobody), ["held NAME_MISMATCH@person_reference"]);
}

// ---- order of precedence

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

// ---- three layers against duplicates: what the pair names, what the external id names, what the submission said already

#[test]
fn the_pair_names_the_line_of_who_gives_it_no_name() {
    let once = world().after_submitting(&[marks(0), marks(1).who(1)]);
    let again = once.submit(&[marks(0).who(0), marks(1)]);
    assert_eq!(told(&again), ["unchanged", "unchanged"], "by whichever name");
    assert!(again.sheets.is_empty() && again.links.is_empty());
}

#[test]
fn an_external_id_is_linked_by_its_first_good_line() {
    let first = world().submit(&[marks(0).bearing("A"), marks(1).late(0).bearing("B"), marks(9).bearing("C")]);
    assert_eq!(first.links, [(line("A"), target(&session(), 0))], "neither rejected nor held lines link theirs");
    let world = world().after(&first);
    assert!(world.submit(&[marks(0).bearing("A")]).links.is_empty(), "once");
    let unchanged = world.submit(&[marks(0).bearing("A2")]);
    assert_eq!((told(&unchanged).remove(0).as_str(), unchanged.links.len()), ("unchanged", 1), "a mark may have two names, a name one mark");
}

#[test]
fn an_external_id_stands_for_the_session_and_the_person_it_named() {
    let world = one_marked().linked("A", &session(), 0);
    for (draft, expected) in [
        (Draft::default(), "corrected"),
        (Draft::default().at(&session()), "corrected"),
        (Draft::default().of(0), "corrected"),
        (Draft::default().who(0), "corrected"),
        (Draft::default().called("Exemple", "Camille"), "corrected"),
        (Draft::default().with("date", "2026-11-17"), "corrected"),
        (Draft::default().with("date", "2026-11-18"), "rejected SESSION_MOVED@date"),
        (Draft::default().called("Autre", "Camille"), "held NAME_MISMATCH@last_name"),
        (Draft::default().with("group_code", "AMI-BEL"), "rejected SESSION_MISMATCH@group_code"),
    ] {
        assert_eq!(told_of(&world, draft.clone().bearing("A").late(30)), expected, "{draft:?}");
    }
    assert_eq!(told_of(&world, Draft::default().bearing("A").voiding(1)), "voided");
}

#[test]
fn an_external_id_names_nobody_else() {
    let world = three_sessions().linked("A", &session(), 0);
    let other = session_number(1, "2026-11-10");
    for draft in [
        marks(1),
        marks(1).who(1),
        Draft::default().of(1).status("present"),
        marks(0).at(&other),
        Draft::default().at(&other).status("present"),
        marks(0).at(&other).who(9),
        marks(9),
        marks(9).who(9),
    ] {
        let received = world.submit(&[draft.clone().bearing("A")]);
        assert_eq!(told(&received), ["rejected EXTERNAL_ID_REUSED@external_id"], "{draft:?}");
        assert!(received.links.is_empty());
    }
}

#[test]
fn an_unlinked_external_id_alone_names_nothing() {
    let alone = |draft: Draft| told_of(&world(), draft.bearing("A").status("present"));
    assert_eq!(alone(Draft::default()), "rejected SESSION_REQUIRED@session_reference");
    assert_eq!(alone(Draft::default().of(0)), "rejected SESSION_REQUIRED@session_reference");
    assert_eq!(alone(Draft::default().at(&session())), "rejected PERSON_REQUIRED@person_reference");
}

#[test]
fn an_external_id_linked_to_what_the_caller_no_longer_sees_names_nothing() {
    let world = world().linked("A", &next_week(), 0);
    assert_eq!(told_of(&world, Draft::default().bearing("A").status("present")), "rejected UNKNOWN_SESSION@external_id");
    assert_eq!(told_of(&world, marks(0).bearing("A")), "rejected EXTERNAL_ID_REUSED@external_id");
}

#[test]
fn one_person_at_one_session_has_one_line_of_a_submission() {
    for (first, second) in [
        (marks(0), marks(0)),
        (marks(0), marks(0).late(30)),
        (marks(0), marks(0).who(0).status("absent_unexcused")),
        (marks(0).bearing("A"), marks(0).bearing("A")),
        (marks(0).bearing("A"), marks(0).bearing("B").late(30)),
        (marks(0).bearing("A"), marks(0).late(30)),
        (marks(0).late(30).correcting(9), marks(0)),
    ] {
        let received = world().submit(&[first.clone(), second.clone()]);
        assert_eq!(refused(&received, 1), DuplicateLine, "{first:?} then {second:?}");
        assert!(received.sheets.iter().all(|sheet| sheet.changes.len() == 1));
    }
    let closed = World::of([closed_by_hand(sheet(session(), 1))]);
    let received = closed.submit(&[marks(0), marks(0).late(30)]);
    assert_eq!((refused(&received, 1), received.held.len()), (DuplicateLine, 1));
}

#[test]
fn one_person_at_one_session_has_one_line_even_when_the_first_is_refused() {
    let received = world().submit(&[marks(0).late(0), marks(0)]);
    assert_eq!(refused(&received, 1), DuplicateLine);
    let early = world().submit_at(at(ONE_MILLISECOND_BEFORE), &[marks(0), marks(0).status("absent_excused").with("reason", "known")]);
    assert_eq!(
        told(&early),
        ["rejected FUTURE_DATE@date", "rejected DUPLICATE_LINE@person_reference"],
        "sent again after the start, the first would win"
    );
}

#[test]
fn a_line_once_claimed_is_a_duplicate_whatever_else_is_wrong_with_it() {
    for second in [marks(0).late(0), marks(0).called("Autre", "Camille"), marks(0).at(&next_week())] {
        let received = world().submit(&[marks(0).bearing("A"), second.clone().bearing("A")]);
        assert_eq!(refused(&received, 1), DuplicateLine, "{second:?}");
        assert!(received.held.is_empty());
    }
}

#[test]
fn a_submission_names_one_target_by_an_external_id() {
    let received =
        three_sessions().submit(&[marks(0).bearing("A"), marks(1).bearing("A"), marks(0).at(&session_number(1, "2026-11-10")).bearing("A")]);
    assert_eq!((refused(&received, 1), refused(&received, 2)), (ExternalIdReused, ExternalIdReused));
    assert_eq!(received.links, [(line("A"), target(&session(), 0))]);
}

#[test]
fn an_external_id_refused_once_is_not_taken_the_next_time() {
    let received = world().submit(&[marks(0).bearing("A"), marks(1).bearing("A"), marks(1).bearing("A")]);
    assert_eq!((refused(&received, 1), refused(&received, 2)), (ExternalIdReused, ExternalIdReused));
    assert_eq!(received.links, [(line("A"), target(&session(), 0))], "it names one target for ever");
    let back = world().submit(&[marks(0).bearing("A"), marks(1).bearing("A"), marks(0).bearing("A")]);
    assert_eq!(refused(&back, 2), DuplicateLine, "the third says what the first said");
}

#[test]
fn an_untouched_row_claims_neither_its_name_nor_its_person() {
    let (untouched, filled) = (marks(0).status("").bearing("A"), marks(0).bearing("A"));
    let received = world().receive(&partner(), now(), OnError::AcceptValid, vec![untouched.file(), filled.file()]);
    assert_eq!(told(&received), ["unchanged ROW_EMPTY@status", "recorded"]);
}

/// What the second line of a submission is refused with, when the first bears its external id.
fn second_bearing_the_same(world: &World, first: Draft, second: Draft) -> Rule {
    let received = world.submit(&[first.bearing("A"), second.bearing("A")]);
    assert!(received.links.iter().all(|(_, one)| received.lines[0].enrolment == Some(one.enrolment)), "linked by the second");
    refused(&received, 1)
}

#[test]
fn an_external_id_has_one_line_of_a_submission_even_when_the_first_is_held() {
    for first in [marks(9), marks(0).with("enrolment_id", "").called("Exemple", "Camille"), marks(0).called("Autre", "Camille")] {
        assert!(matches!(second_bearing_the_same(&world(), first, marks(1)), DuplicateLine | ExternalIdReused));
    }
    let elsewhere = marks(9).at(&session_number(1, "2026-11-10"));
    assert!(matches!(second_bearing_the_same(&three_sessions(), elsewhere, marks(9)), DuplicateLine | ExternalIdReused), "nor held twice");
}

#[test]
fn an_external_id_has_one_line_of_a_submission_even_when_the_second_would_be_held() {
    for second in [marks(9), marks(9).who(9), marks(1).called("Autre", "Camille")] {
        assert!(matches!(second_bearing_the_same(&world(), marks(0), second), DuplicateLine | ExternalIdReused));
    }
}

#[test]
fn an_external_id_has_one_line_of_a_submission_even_when_the_first_is_refused() {
    for first in [
        Draft::default().status("present"),
        Draft::default().at(&session()).status("present"),
        marks(0).late(0),
        marks(0).at(&next_week()),
        marks(0).with("date", "31/02/2026"),
        marks(0).status(""),
    ] {
        assert!(matches!(second_bearing_the_same(&world(), first, marks(1)), DuplicateLine | ExternalIdReused));
    }
}

#[test]
fn a_submission_sent_again_changes_no_mark_although_its_second_line_linked_the_name_of_the_first() {
    for first in
        [Draft::default().late(30), Draft::default().at(&session()).late(30), Draft::default().at(&session()).called("Exemple", "Camille").late(30)]
    {
        let drafts = [first.bearing("A"), marks(0).bearing("A")];
        let once = world().after_submitting(&drafts);
        let again = once.submit(&drafts);
        assert!(again.sheets.is_empty(), "{:?}, marked {:?}", told(&again), once.mark(0));
    }
}

#[test]
fn an_external_id_whose_person_is_no_longer_expected_is_not_reused_by_naming_them() {
    let world = world().linked("A", &session(), 5);
    for draft in [marks(5), marks(5).who(5), Draft::default().of(5).status("present"), Draft::default().status("present")] {
        let told = told_of(&world, draft.clone().bearing("A"));
        assert!(told.starts_with("held PERSON_NOT_EXPECTED@"), "{told}: {draft:?}");
    }
}

// ---- all or none

#[test]
fn under_reject_all_one_bad_line_keeps_every_other_from_being_applied() {
    let bad = [marks(1).late(0), marks(9), marks(0).at(&next_week())];
    for bad in bad {
        let received = one_marked().submit_all_or_none(&[marks(0).late(30).bearing("A"), bad.clone(), marks(0)]);
        assert_eq!(received.submission.result, SubmissionResult::NothingApplied);
        assert_eq!(received.lines[0].outcome, LineOutcome::NotApplied);
        assert_eq!(
            (received.lines[0].session, received.lines[0].enrolment, received.lines[0].version),
            (Some(session().id), Some(enrolment(0).id), None)
        );
        assert_eq!((received.lines[1].outcome, received.lines[1].errors.len()), (LineOutcome::Rejected, 1), "{bad:?}");
        assert_eq!(refused(&received, 2), DuplicateLine);
        assert!(received.sheets.is_empty() && received.links.is_empty() && received.held.is_empty() && received.superseded.is_empty());
    }
}

#[test]
fn under_reject_all_a_line_that_would_be_held_is_rejected_with_its_code() {
    for (draft, expected) in
        [(marks(9), "rejected PERSON_NOT_EXPECTED@enrolment_id"), (marks(0).called("Autre", "Camille"), "rejected NAME_MISMATCH@last_name")]
    {
        let received = world().submit_all_or_none(&[draft]);
        assert_eq!(told(&received), [expected]);
        assert_eq!((received.submission.result, received.held.len()), (SubmissionResult::NothingApplied, 0));
    }
    let closed = World::of([closed_by_hand(sheet(session(), 1))]);
    assert_eq!(told(&closed.submit_all_or_none(&[marks(0)])), ["rejected SHEET_CLOSED@session_reference"]);
}

#[test]
fn under_reject_all_good_lines_are_applied_together() {
    let received = one_marked().submit_all_or_none(&[marks(0), marks(1).bearing("B")]);
    assert_eq!(told(&received), ["unchanged", "recorded"]);
    assert_eq!((received.submission.result, received.sheets.len(), received.links.len()), (SubmissionResult::Applied, 1, 1));
}

#[test]
fn under_reject_all_untouched_rows_do_not_make_it_partly_applied() {
    let rows = vec![marks(0).status("").file(), marks(0).file(), marks(1).late(0).file()];
    let received = world().receive(&partner(), now(), OnError::RejectAll, rows);
    assert!(received.sheets.is_empty());
    assert_eq!(received.submission.result, SubmissionResult::NothingApplied);
}

#[test]
fn under_reject_all_a_line_applied_by_the_departement_does_not_make_it_partly_applied() {
    let mut world = held_before(marks(9), HeldState::Applied);
    world.held[0].enrolment = Some(enrolment(1).id);
    let received = world.submit_all_or_none(&[marks(9), marks(0).late(0)]);
    assert_eq!(received.submission.result, SubmissionResult::NothingApplied);
}

// ---- lines held before

#[test]
fn a_line_held_twice_waits_once() {
    for draft in
        [marks(9), marks(9).bearing("A"), marks(0).called("Autre", "Camille"), marks(9).with("enrolment_id", "").called("Exemple", "Camille")]
    {
        let world = world().after_submitting(std::slice::from_ref(&draft));
        let again = world.submit(std::slice::from_ref(&draft));
        assert_eq!(again.lines[0].outcome, LineOutcome::Held, "{draft:?}");
        assert!(again.held.is_empty() && again.superseded.is_empty());
    }
    let world = world().after_submitting(&[marks(9)]);
    let otherwise = marks(9).with("session_reference", "").with("session_id", session().id.to_string());
    assert!(world.submit(&[otherwise]).held.is_empty(), "by whichever name of the session");
}

#[test]
fn a_line_held_with_another_content_supersedes_the_first() {
    for (first, second) in [
        (marks(9), marks(9).late(30)),
        (marks(9), marks(9).correcting(0)),
        (marks(9).bearing("A"), marks(9).bearing("A").late(30)),
        (marks(9).bearing("A"), marks(9).bearing("B")),
        (marks(9).bearing("A"), marks(8).bearing("A")),
    ] {
        let world = world().after_submitting(std::slice::from_ref(&first));
        let received = world.submit(std::slice::from_ref(&second));
        assert_eq!((received.held.len(), received.superseded.len()), (1, 1), "{first:?} then {second:?}");
        let stale = &received.superseded[0];
        assert_eq!((stale.id, stale.state, stale.stamp.version), (world.held[0].id, HeldState::Superseded, 2));
        assert!(stale.decision.is_none());
        assert_eq!(world.after(&received).waiting(), 1);
    }
}

#[test]
fn a_line_about_somebody_else_supersedes_nothing() {
    let world = World::of([sheet(session(), 1), sheet(session_number(1, "2026-11-10"), 1)]).after_submitting(&[marks(9)]);
    for other in [marks(8), marks(9).at(&session_number(1, "2026-11-10")), marks(0).called("Autre", "Camille")] {
        let received = world.submit(&[other]);
        assert_eq!((received.held.len(), received.superseded.len()), (1, 0));
    }
}

#[test]
fn a_line_applied_before_is_unchanged() {
    let mut world = held_before(marks(9), HeldState::Applied);
    world.held[0].enrolment = Some(enrolment(1).id);
    let received = world.submit(&[marks(9)]);
    assert_eq!(told(&received), ["unchanged HELD_LINE_DECIDED@person_reference"]);
    assert_eq!((received.lines[0].session, received.lines[0].enrolment), (Some(session().id), Some(enrolment(1).id)));
    assert!(received.held.is_empty() && received.sheets.is_empty());
    assert_eq!(told(&world.submit(&[marks(9).late(30)])), ["held PERSON_NOT_EXPECTED@enrolment_id"], "another content is another line");
}

#[test]
fn a_line_dismissed_before_is_rejected() {
    let world = held_before(marks(9), HeldState::Dismissed);
    let received = world.submit(&[marks(9)]);
    assert_eq!(told(&received), [format!("rejected {HeldLineDismissed}@person_reference")]);
    assert_eq!(told(&world.submit(&[marks(9).late(30)])), ["held PERSON_NOT_EXPECTED@enrolment_id"], "another content is another line");
}

#[test]
fn a_line_decided_before_is_superseded_no_more() {
    for state in [HeldState::Applied, HeldState::Dismissed, HeldState::Superseded] {
        let received = held_before(marks(9).bearing("A"), state).submit(&[marks(9).bearing("A").late(30)]);
        assert_eq!((received.held.len(), received.superseded.len()), (1, 0), "{state}");
    }
}

#[test]
fn a_superseded_line_sent_again_takes_its_place_back() {
    let world = world().after_submitting(&[marks(9)]).after_submitting(&[marks(9).late(30)]);
    let received = world.submit(&[marks(9)]);
    assert_eq!((received.held.len(), received.superseded.len()), (1, 1));
    assert_eq!(received.superseded[0].id, world.held[1].id);
    assert_eq!(world.after(&received).waiting(), 1);
}

#[test]
fn a_line_superseded_then_sent_again_and_dismissed_stays_dismissed() {
    let mut world = world().after_submitting(&[marks(9)]).after_submitting(&[marks(9).late(30)]).after_submitting(&[marks(9)]);
    let states: Vec<HeldState> = world.held.iter().map(|held| held.state).collect();
    assert_eq!(states, [HeldState::Superseded, HeldState::Superseded, HeldState::Waiting]);
    world.held[2].state = HeldState::Dismissed;
    assert_eq!(refused(&world.submit(&[marks(9)]), 0), HeldLineDismissed);
}

#[test]
fn a_purged_held_line_is_nobodys_repetition() {
    let mut world = held_before(marks(9), HeldState::Waiting);
    world.held[0].cells = None;
    let received = world.submit(&[marks(9)]);
    assert_eq!((received.held.len(), received.superseded.len()), (1, 0));
}

#[test]
fn a_closed_sheet_holds_one_line_for_one_person() {
    let closed = World::of([closed_by_hand(sheet(session(), 1))]);
    let once = closed.after_submitting(&[marks(0)]);
    assert!(once.submit(&[marks(0)]).held.is_empty());
    let other = once.submit(&[marks(0).late(30)]);
    assert_eq!((other.held.len(), other.superseded.len()), (1, 1));
}

#[test]
fn a_closed_sheet_holds_one_line_for_one_person_by_whichever_name() {
    let closed = World::of([closed_by_hand(sheet(session(), 1))]).after_submitting(&[marks(0)]);
    for again in [marks(0).who(0), marks(0).called("Exemple", "Camille"), marks(0).who(0).late(30)] {
        assert_eq!(closed.after_submitting(std::slice::from_ref(&again)).waiting(), 1, "{again:?}");
    }
}

#[test]
fn a_person_not_expected_is_held_once_however_the_lines_name_them() {
    let by_reference = || marks(9).who(9);
    for (first, second) in [
        (by_reference(), by_reference().called("Exemple", "Camille").late(30)),
        (by_reference().called("EXEMPLE", "Camille"), by_reference().called("Exemple", "Camille")),
        (by_reference().bearing("A"), by_reference().late(30)),
    ] {
        let together = world().submit(&[first.clone(), second.clone()]);
        assert_eq!(refused(&together, 1), DuplicateLine, "{first:?} with {second:?}");
        let world = world().after_submitting(&[first]);
        assert_eq!(world.after_submitting(&[second]).waiting(), 1, "one after the other");
    }
}

#[test]
fn names_alone_or_nothing_do_not_make_two_external_ids_one_line() {
    let homonyms = Draft::default().at(&session()).called("Exemple", "Camille").status("present");
    let received = world().submit(&[homonyms.clone().bearing("A"), homonyms.bearing("B")]);
    assert_eq!(received.held.len(), 2, "{:?}", told(&received));
    let gone = world().linked("A", &session(), 5).linked("B", &session(), 6);
    let received = gone.submit(&[Draft::default().bearing("A").status("present"), Draft::default().bearing("B").status("present")]);
    assert_eq!(received.held.len(), 2, "{:?}", told(&received));
}

#[test]
fn an_earlier_held_line_is_superseded_once() {
    let world = world().after_submitting(&[marks(8).bearing("A")]);
    let received = world.submit(&[marks(9).bearing("A"), marks(8).bearing("B")]);
    let mut superseded: Vec<_> = received.superseded.iter().map(|held| held.id).collect();
    superseded.dedup();
    assert_eq!((received.superseded.len(), superseded.len()), (1, 1), "{:?}", told(&received));
}

#[test]
fn a_line_that_is_taken_supersedes_the_one_held_in_its_place() {
    for (held, taken) in [
        (marks(9).bearing("A"), marks(0).bearing("A")),
        (marks(0).called("Autre", "Camille"), marks(0)),
        (marks(0).called("Autre", "Camille").late(30), marks(0)),
    ] {
        let world = world().after_submitting(std::slice::from_ref(&held));
        let received = world.submit(std::slice::from_ref(&taken));
        assert_eq!(told(&received), ["recorded"]);
        assert_eq!(world.after(&received).waiting(), 0, "{held:?} could still undo {taken:?}");
    }
}

#[test]
fn a_line_that_is_taken_supersedes_one_held_for_whom_its_external_id_named() {
    let held = Draft::default().bearing("A").called("Autre", "Camille").status("present");
    let world = world().linked("A", &session(), 0).after_submitting(&[held]);
    assert_eq!(world.waiting(), 1);
    assert_eq!(world.after_submitting(&[marks(0).late(30)]).waiting(), 0);
}

#[test]
fn a_line_taken_once_its_person_is_enrolled_supersedes_the_one_held_before() {
    let before = World::of([sheet(session(), 1)]).after_submitting(&[marks(1).who(1)]);
    let enrolled = World { sheets: vec![sheet(session(), 2)], ..before };
    let taken = enrolled.submit(&[marks(1).who(1).status("absent_unexcused")]);
    assert_eq!(told(&taken), ["recorded"]);
    assert_eq!(enrolled.after(&taken).waiting(), 0, "applied later, it would undo what came after it");
    assert_eq!(enrolled.after(&taken).mark(1).0, status(crate::attendance::AttendanceStatus::AbsentUnexcused));
}
