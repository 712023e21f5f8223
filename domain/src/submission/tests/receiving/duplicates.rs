//! Three layers against duplicates: what the pair names, what the external id names, what the submission said already.

use super::*;

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
