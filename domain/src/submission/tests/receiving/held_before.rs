//! Lines that were held before, and come again.

use super::*;

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
