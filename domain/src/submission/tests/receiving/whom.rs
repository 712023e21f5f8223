//! Whom a line is about, and what is held for the département to look at.

use super::*;

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
