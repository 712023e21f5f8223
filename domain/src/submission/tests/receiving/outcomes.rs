//! What becomes of a line, and of a submission as a whole.

use super::*;

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
