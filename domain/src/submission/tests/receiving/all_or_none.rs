//! A submission that is applied as a whole or not at all.

use super::*;

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
