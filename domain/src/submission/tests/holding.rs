//! What the département decides on held lines.

use proptest::prelude::*;

use super::*;
use crate::attendance::AttendanceStatus;
use crate::given::status;
use crate::submission::held::HeldChoice;

fn apply(world: &World, place: usize) -> HeldLineOrder {
    HeldLineOrder { line: world.held[place].id, choice: HeldChoice::Apply, enrolment: None, reason: None }
}

fn attach(world: &World, place: usize, enrolled: u128) -> HeldLineOrder {
    HeldLineOrder { choice: HeldChoice::Attach, enrolment: Some(enrolment(enrolled).id), ..apply(world, place) }
}

fn dismiss(world: &World, place: usize) -> HeldLineOrder {
    HeldLineOrder { choice: HeldChoice::Dismiss, reason: Some(note("Erreur de séance")), ..apply(world, place) }
}

/// Two people expected, and those lines held.
fn held(drafts: &[Draft]) -> World {
    held_at(&world(), drafts)
}

fn held_at(world: &World, drafts: &[Draft]) -> World {
    let after = world.after_submitting(drafts);
    assert_eq!(after.waiting(), drafts.len(), "all of them are held");
    after
}

/// The same, once the third person is enrolled too.
fn enrolled_since(drafts: &[Draft]) -> World {
    World { sheets: vec![sheet(session(), 3)], ..held(drafts) }
}

fn closed(mut world: World) -> World {
    world.sheets[0].session.sheet_closed_at = Some(now());
    world
}

fn refused(world: &World, orders: &[HeldLineOrder]) -> Vec<(String, Rule)> {
    faults(world.decide(orders).map(|_| ()).unwrap_err())
}

fn refused_at_first(rule: Rule) -> Vec<(String, Rule)> {
    vec![fault("/decisions/0/held_line_id", rule)]
}

// ---- what is decided

#[test]
fn applying_marks_the_person_whom_the_line_designates() {
    for (world, enrolled) in [
        (enrolled_since(&[marks(2).bearing("A")]), 2),
        (enrolled_since(&[marks(2).who(2).bearing("A")]), 2),
        (held(&[marks(0).called("Autre", "Camille").bearing("A")]), 0),
        (held(&[marks(0).with("person_reference", beneficiary(1).reference.to_string()).bearing("A")]), 0),
        (held_at(&closed(self::world()), &[marks(1).who(1).bearing("A")]), 1),
    ] {
        let decided = world.decide(&[apply(&world, 0)]).unwrap();
        let [changed] = &decided.sheets[..] else { panic!("one sheet") };
        assert_eq!(changed.changes.len(), 1);
        assert_eq!((changed.changes[0].enrolment, changed.changes[0].source), (enrolment(enrolled).id, MarkSource::HeldLine));
        assert_eq!((&changed.changes[0].mark.value, changed.changes[0].mark.version), (&present(), 1));
        assert_eq!(changed.event.as_ref().unwrap().kind, "session.held_lines_applied");
        assert_eq!(decided.links, [(association(), line("A"), target(&session(), enrolled))]);

        let [after] = &decided.lines[..] else { panic!("one line") };
        assert_eq!((after.state, after.enrolment, after.stamp.version), (HeldState::Applied, Some(enrolment(enrolled).id), 2));
        let decision = after.decision.as_ref().unwrap();
        assert_eq!((decision.choice, decision.decided_by, decision.decided_at), (HeldChoice::Apply, manager().principal, now()));
        let event = &decided.changes[0].1;
        assert_eq!((event.kind, event.subject, event.beneficiary), ("held_line.applied", after.id.uuid(), Some(beneficiary(enrolled).id)));
        assert_eq!(event.codes, [("choice", "apply".to_owned())]);
    }
}

#[test]
fn attaching_marks_another_person() {
    for draft in [marks(9), marks(9).who(9), marks(0).called("Autre", "Camille"), marks(9).with("enrolment_id", "").with("last_name", "Exemple")] {
        let world = held(&[draft.late(30)]);
        let decided = world.decide(&[attach(&world, 0, 1)]).unwrap();
        assert_eq!(decided.lines[0].enrolment, Some(enrolment(1).id));
        assert_eq!(decided.changes[0].1.codes, [("choice", "attach".to_owned())]);
        let after = world.after_decisions(&decided);
        assert_eq!((after.mark(1), after.mark(0)), ((late(30), 1), (MarkValue::default(), 0)));
    }
}

#[test]
fn dismissing_keeps_the_reason_and_marks_nobody() {
    let world = held(&[marks(0).called("Autre", "Camille").bearing("A")]);
    let decided = world.decide(&[dismiss(&world, 0)]).unwrap();
    assert!(decided.sheets.is_empty() && decided.links.is_empty());
    let after = &decided.lines[0];
    assert_eq!((after.state, after.enrolment, after.stamp.version), (HeldState::Dismissed, Some(enrolment(0).id), 2));
    assert_eq!(after.decision.as_ref().unwrap().reason, Some(note("Erreur de séance")));
    assert_eq!((decided.changes[0].1.kind, decided.changes[0].1.beneficiary), ("held_line.dismissed", None));
}

#[test]
fn a_line_that_says_what_stands_already_is_applied_without_a_change() {
    let world = held_at(&world().after_submitting(&[marks(1)]), &[marks(9).bearing("A"), marks(8).voiding(7)]);
    let decided = world.decide(&[attach(&world, 0, 1), attach(&world, 1, 0)]).unwrap();
    assert!(decided.sheets.is_empty(), "one is marked so, the other was never marked");
    assert_eq!((decided.lines[0].state, decided.changes.len()), (HeldState::Applied, 2));
    assert_eq!(decided.links, [(association(), line("A"), target(&session(), 1))]);
}

#[test]
fn several_lines_are_decided_in_the_order_asked_for() {
    let world = enrolled_since(&[marks(2), marks(8), marks(7)]);
    let decided = world.decide(&[dismiss(&world, 2), attach(&world, 1, 0), apply(&world, 0)]).unwrap();
    let lines: Vec<_> = decided.lines.iter().map(|held| (held.id, held.state)).collect();
    let ids: Vec<_> = world.held.iter().map(|held| held.id).collect();
    assert_eq!(lines, [(ids[2], HeldState::Dismissed), (ids[1], HeldState::Applied), (ids[0], HeldState::Applied)]);
    assert_eq!((decided.sheets.len(), decided.sheets[0].changes.len(), decided.changes.len()), (1, 2, 3));
}

// ---- the form of a decision

#[test]
fn a_decision_names_an_enrolment_or_a_reason_where_it_must_and_nowhere_else() {
    let world = held(&[marks(9)]);
    let (apply, attach, dismiss) = (apply(&world, 0), attach(&world, 0, 1), dismiss(&world, 0));
    let somebody = attach.enrolment;
    let why = dismiss.reason.clone();
    for (order, field, rule) in [
        (HeldLineOrder { enrolment: None, ..attach.clone() }, "enrolment_id", Rule::EnrolmentRequired),
        (HeldLineOrder { enrolment: somebody, ..apply.clone() }, "enrolment_id", Rule::EnrolmentForbidden),
        (HeldLineOrder { enrolment: somebody, ..dismiss.clone() }, "enrolment_id", Rule::EnrolmentForbidden),
        (HeldLineOrder { reason: None, ..dismiss }, "reason", Rule::ReasonRequired),
        (HeldLineOrder { reason: why.clone(), ..attach }, "reason", Rule::ReasonForbidden),
        (HeldLineOrder { reason: why, ..apply }, "reason", Rule::ReasonForbidden),
    ] {
        assert_eq!(refused(&world, &[order]), [fault(&format!("/decisions/0/{field}"), rule)]);
    }
}

#[test]
fn only_held_lines_that_the_caller_may_decide_on_are_known() {
    let world = held(&[marks(9)]);
    let unknown = HeldLineOrder { line: id(1), ..dismiss(&world, 0) };
    assert_eq!(refused(&world, &[unknown]), refused_at_first(Rule::HeldLineUnknown));
    let unseen = World { sheets: Vec::new(), ..world.clone() };
    assert_eq!(refused(&unseen, &[attach(&world, 0, 1)]), refused_at_first(Rule::HeldLineUnknown));
}

#[test]
fn one_line_is_decided_once_in_an_order() {
    let world = held(&[marks(9), marks(8)]);
    let twice = [dismiss(&world, 0), dismiss(&world, 1), dismiss(&world, 0)];
    assert_eq!(refused(&world, &twice), [fault("/decisions/2/held_line_id", Rule::DuplicateItem)]);
}

// ---- again, and otherwise

#[test]
fn the_same_decision_again_changes_nothing() {
    let world = enrolled_since(&[marks(2), marks(8), marks(7)]);
    let orders = [apply(&world, 0), attach(&world, 1, 0), dismiss(&world, 2)];
    let world = world.after_deciding(&orders);
    let again = world.decide_as(&manager(), at(END_OF_LATE_MARKS), &orders).unwrap();
    assert!(again.changes.is_empty() && again.sheets.is_empty() && again.links.is_empty());
    let states: Vec<_> = again.lines.iter().map(|held| (held.state, held.stamp.version)).collect();
    assert_eq!(states, [(HeldState::Applied, 2), (HeldState::Applied, 2), (HeldState::Dismissed, 2)]);
    let otherwise_worded = HeldLineOrder { reason: Some(note("Doublon")), ..dismiss(&world, 2) };
    assert!(world.decide(&[otherwise_worded]).unwrap().changes.is_empty(), "the first reason stays");
}

#[test]
fn what_was_decided_is_not_decided_otherwise() {
    let world = enrolled_since(&[marks(2), marks(8), marks(7)]);
    let world = world.after_deciding(&[apply(&world, 0), attach(&world, 1, 0), dismiss(&world, 2)]);
    for order in
        [attach(&world, 0, 2), dismiss(&world, 0), apply(&world, 1), attach(&world, 1, 1), dismiss(&world, 1), apply(&world, 2), attach(&world, 2, 1)]
    {
        assert_eq!(refused(&world, std::slice::from_ref(&order)), refused_at_first(Rule::HeldLineDecided), "{order:?}");
    }
}

#[test]
fn a_superseded_line_is_decided_no_more() {
    let world = held(&[marks(9)]).after_submitting(&[marks(9).late(30)]);
    for order in [attach(&world, 0, 1), dismiss(&world, 0)] {
        assert_eq!(refused(&world, &[order]), refused_at_first(Rule::HeldLineDecided));
    }
    assert!(world.decide(&[attach(&world, 1, 1)]).is_ok());
}

#[test]
fn a_purged_line_is_only_dismissed() {
    let mut world = enrolled_since(&[marks(2)]);
    world.held[0].cells = None;
    for order in [apply(&world, 0), attach(&world, 0, 1)] {
        assert_eq!(refused(&world, &[order]), refused_at_first(Rule::HeldLinePurged));
    }
    let world = world.after_deciding(&[dismiss(&world, 0)]);
    assert_eq!(world.held[0].state, HeldState::Dismissed);
}

#[test]
fn all_is_decided_or_nothing() {
    let world = enrolled_since(&[marks(2), marks(8), marks(7)]);
    let orders = [apply(&world, 0), apply(&world, 1), attach(&world, 2, 9), HeldLineOrder { line: id(1), ..dismiss(&world, 0) }];
    assert_eq!(
        refused(&world, &orders),
        [
            fault("/decisions/1/held_line_id", Rule::PersonNotExpected),
            fault("/decisions/2/enrolment_id", Rule::PersonNotExpected),
            fault("/decisions/3/held_line_id", Rule::HeldLineUnknown),
        ]
    );
}

// ---- whom

#[test]
fn a_line_is_applied_to_somebody_expected() {
    for draft in [marks(9), marks(9).who(9), marks(9).with("enrolment_id", "").called("Exemple", "Camille")] {
        let world = held(&[draft]);
        assert_eq!(refused(&world, &[apply(&world, 0)]), refused_at_first(Rule::PersonNotExpected));
    }
    let world = held(&[marks(0).called("Autre", "Camille")]);
    let gone = World { sheets: vec![sheet(session(), 0)], ..world.clone() };
    assert_eq!(refused(&gone, &[apply(&world, 0)]), refused_at_first(Rule::PersonNotExpected));
    assert_eq!(refused(&gone, &[attach(&world, 0, 1)]), [fault("/decisions/0/enrolment_id", Rule::PersonNotExpected)]);
}

#[test]
fn one_person_at_one_session_is_marked_by_one_decision() {
    let world = enrolled_since(&[marks(2), marks(8), marks(7)]);
    let twice = [attach(&world, 1, 2), apply(&world, 0), dismiss(&world, 2)];
    assert_eq!(refused(&world, &twice), [fault("/decisions/1/held_line_id", Rule::DuplicateItem)]);
    let other = session_number(1, "2026-11-10");
    let two_sessions = held_at(&World::of([sheet(session(), 1), sheet(other.clone(), 1)]), &[marks(9), marks(9).at(&other)]);
    let decided = two_sessions.decide(&[attach(&two_sessions, 0, 0), attach(&two_sessions, 1, 0)]).unwrap();
    assert_eq!(decided.sheets.len(), 2, "at another session it is another mark");
}

// ---- what stands meanwhile

#[test]
fn an_external_id_taken_meanwhile_is_not_given_to_another() {
    let world = enrolled_since(&[marks(2).bearing("A")]).linked("A", &session(), 0);
    for order in [apply(&world, 0), attach(&world, 0, 1)] {
        assert_eq!(refused(&world, &[order]), refused_at_first(Rule::ExternalIdReused));
    }
    let decided = world.decide(&[attach(&world, 0, 0)]).unwrap();
    assert!(decided.links.is_empty(), "it names them already");
}

#[test]
fn an_external_id_is_the_organisations_own() {
    let mut world = enrolled_since(&[marks(2).bearing("A")]);
    world.links.insert((manager().organisation().unwrap(), line("A")), target(&session(), 0));
    let decided = world.decide(&[apply(&world, 0)]).unwrap();
    assert_eq!(decided.links, [(association(), line("A"), target(&session(), 2))]);
}

#[test]
fn decisions_taken_together_give_an_external_id_one_target() {
    let other = session_number(1, "2026-11-10");
    let world = World::of([sheet(session(), 2), sheet(other.clone(), 2)]).after_submitting(&[marks(9).bearing("A")]);
    let world = world.after_submitting(&[marks(9).at(&other).bearing("A")]);
    assert_eq!(world.waiting(), 2, "held at two sessions under one name");
    let orders = [attach(&world, 0, 0), attach(&world, 1, 0)];
    assert_eq!(refused(&world, &orders), [fault("/decisions/1/held_line_id", Rule::ExternalIdReused)]);
}

#[test]
fn corrections_and_voids_that_were_held_want_the_version_that_stands() {
    let marked = || world().after_submitting(&[marks(0), marks(1)]);
    for draft in [marks(0).late(30).correcting(1), marks(0).voiding(1)] {
        let world = held_at(&marked(), &[draft.called("Autre", "Camille")]);
        assert_eq!(world.after_deciding(&[apply(&world, 0)]).mark(0).1, 2);
        assert_eq!(world.after_deciding(&[attach(&world, 0, 1)]).mark(1).1, 2);
        let mut meanwhile = world.clone();
        meanwhile.sheets[0].lines[0].mark.version = 2;
        assert_eq!(refused(&meanwhile, &[apply(&meanwhile, 0)]), refused_at_first(Rule::VersionConflict));
    }
    let world = held_at(&marked(), &[marks(9).voiding(1)]);
    assert_eq!(world.after_deciding(&[attach(&world, 0, 1)]).mark(1), (MarkValue::default(), 2));
}

#[test]
fn a_held_mark_still_obeys_the_rules_of_its_session() {
    let mut world = held(&[marks(9).late(180)]);
    world.sheets[0].session.slot.end_time = time("11:00");
    assert_eq!(refused(&world, &[attach(&world, 0, 1)]), refused_at_first(Rule::MinutesOutOfRange));
}

#[test]
fn a_session_cancelled_meanwhile_takes_no_held_line() {
    let mut world = held(&[marks(9)]);
    world.sheets[0].session.cancelled_at = Some(now());
    assert_eq!(refused(&world, &[attach(&world, 0, 1)]), refused_at_first(Rule::SessionCancelled));
    assert!(world.decide(&[dismiss(&world, 0)]).is_ok());
}

#[test]
fn a_session_moved_meanwhile_takes_no_line_about_the_former_half_day() {
    let mut world = held(&[marks(9).with("date", "2026-11-17").with("half_day", "morning"), marks(8)]);
    world.sheets[0].session.slot = slot("2026-11-24", HalfDay::Afternoon);
    let then = at("2026-11-25T08:00:00.000Z");
    assert!(world.decide_as(&manager(), then, &[attach(&world, 1, 0)]).is_ok(), "a line that names no day follows the session");
    let refusal = world.decide_as(&manager(), then, &[attach(&world, 0, 1)]).map(|_| ()).unwrap_err();
    assert_eq!(faults(refusal), refused_at_first(Rule::SessionMoved), "who was there on the 17th was not seen on the 24th");
}

#[test]
fn a_held_line_sent_again_with_the_new_half_day_of_its_session_can_be_let_through() {
    let line = marks(9).with("date", "2026-11-17").with("half_day", "morning");
    for drafts in [line.clone(), line.bearing("A")] {
        let mut world = held(std::slice::from_ref(&drafts));
        world.sheets[0].session.slot = slot("2026-11-16", HalfDay::Afternoon);
        assert_eq!(told(&world.submit(std::slice::from_ref(&drafts))), ["rejected SESSION_MOVED@date"]);
        let mended = drafts.with("date", "2026-11-16").with("half_day", "afternoon");
        let world = world.after_submitting(&[mended]);
        let waiting = world.held.iter().position(|held| held.state == HeldState::Waiting).unwrap();
        let decided = world.decide(&[attach(&world, waiting, 1)]).map(|_| ()).map_err(faults);
        assert_eq!((decided, world.waiting()), (Ok(()), 1), "the line that waits is the one about the former half-day");
    }
}

// ---- closed sheets

#[test]
fn a_caseworker_lets_through_what_was_held_in_time_even_on_a_closed_sheet() {
    let world = held(&[marks(9), marks(8).late(30)]);
    for (world, when) in [(closed(world.clone()), now()), (world, at(END_OF_LATE_MARKS))] {
        let decided = world.decide_as(&caseworker(), when, &[attach(&world, 0, 0)]).unwrap();
        assert_eq!(decided.sheets[0].changes[0].mark.version, 1);
    }
}

#[test]
fn what_was_said_after_the_closing_is_the_managers_to_let_through() {
    let mut world = closed(held(&[marks(9)]));
    world.held[0].stamp.created_at = now().plus(chrono::TimeDelta::milliseconds(1));
    let orders = [attach(&world, 0, 0)];
    let refusal = world.decide_as(&caseworker(), at(CLOSING), &orders).unwrap_err();
    assert_eq!(faults(refusal), refused_at_first(Rule::HeldLineReserved));
    assert!(world.decide_as(&manager(), at(CLOSING), &orders).is_ok());
}

#[test]
fn on_a_closed_sheet_another_mark_is_the_managers_to_change() {
    let world = closed(held_at(&world().after_submitting(&[marks(0)]), &[marks(9).late(30), marks(8)]));
    let orders = [attach(&world, 0, 0)];
    let refusal = world.decide_as(&caseworker(), now(), &orders).unwrap_err();
    assert_eq!(faults(refusal), refused_at_first(Rule::HeldLineReserved));
    assert_eq!(world.after_deciding(&orders).mark(0), (late(30), 2));
    let same = world.decide_as(&caseworker(), now(), &[attach(&world, 1, 0)]).unwrap();
    assert!(same.sheets.is_empty(), "what stands already asks for nobody");
    assert!(world.decide_as(&caseworker(), now(), &[dismiss(&world, 0)]).is_ok());
}

#[test]
fn a_mark_taken_back_before_the_closing_is_another_mark() {
    let taken_back = world().after_submitting(&[marks(0)]).after_submitting(&[marks(0).voiding(1)]);
    let world = closed(held_at(&taken_back, &[marks(9)]));
    let refusal = world.decide_as(&caseworker(), now(), &[attach(&world, 0, 0)]).unwrap_err();
    assert_eq!(faults(refusal), refused_at_first(Rule::HeldLineReserved));
}

#[test]
fn on_an_open_sheet_a_caseworker_changes_a_mark() {
    let world = held_at(&world().after_submitting(&[marks(0)]), &[marks(9).late(30)]);
    assert!(world.decide_as(&caseworker(), now(), &[attach(&world, 0, 0)]).is_ok());
}

// ---- what the partner sends after it

#[test]
fn a_line_applied_and_sent_again_changes_nothing() {
    for drafts in [marks(2), marks(2).bearing("A"), marks(2).who(2), marks(2).who(2).bearing("A")] {
        let world = enrolled_since(std::slice::from_ref(&drafts));
        let world = world.after_deciding(&[apply(&world, 0)]);
        let again = world.submit(std::slice::from_ref(&drafts));
        assert_eq!(told(&again), ["unchanged"], "{drafts:?}");
    }
    let mismatch = marks(0).called("Autre", "Camille").bearing("A");
    let world = held(std::slice::from_ref(&mismatch));
    let world = world.after_deciding(&[apply(&world, 0)]);
    assert_eq!(told(&world.submit(&[mismatch])), ["unchanged HELD_LINE_DECIDED@person_reference"]);
}

#[test]
fn a_line_attached_and_sent_again_changes_nothing() {
    for draft in [marks(9), marks(9).who(9), marks(9).with("enrolment_id", "").called("Autre", "Camille"), marks(0).called("Autre", "Camille")] {
        let world = held(std::slice::from_ref(&draft));
        let world = world.after_deciding(&[attach(&world, 0, 1)]);
        let again = world.submit(std::slice::from_ref(&draft));
        assert_eq!(told(&again), ["unchanged HELD_LINE_DECIDED@person_reference"], "{draft:?}");
        assert!(again.sheets.is_empty() && again.held.is_empty());
    }
}

#[test]
fn a_line_with_an_external_id_attached_and_sent_again_changes_nothing() {
    for draft in [
        marks(9).with("enrolment_id", "").called("Autre", "Camille"),
        marks(9),
        marks(9).who(9),
        marks(0).called("Autre", "Camille"),
        marks(0).with("person_reference", beneficiary(1).reference.to_string()),
    ] {
        let draft = draft.bearing("A");
        let world = held(std::slice::from_ref(&draft));
        let world = world.after_deciding(&[attach(&world, 0, 1)]);
        let again = world.submit(std::slice::from_ref(&draft));
        assert_eq!(again.lines[0].outcome, LineOutcome::Unchanged, "{:?}: {draft:?}", told(&again));
    }
}

#[test]
fn a_line_dismissed_and_sent_again_is_rejected() {
    for draft in [marks(9), marks(9).bearing("A"), marks(0).called("Autre", "Camille")] {
        let world = held(std::slice::from_ref(&draft));
        let world = world.after_deciding(&[dismiss(&world, 0)]);
        assert_eq!(told(&world.submit(&[draft])), ["rejected HELD_LINE_DISMISSED@person_reference"]);
    }
}

#[test]
fn what_the_departement_changed_after_applying_a_line_is_not_undone_by_sending_it_again() {
    let draft = marks(0).late(30);
    let world = held_at(&closed(world().after_submitting(&[marks(0)])), std::slice::from_ref(&draft));
    let mut world = world.after_deciding(&[apply(&world, 0)]);
    world.sheets[0].lines[0].mark.value = status(AttendanceStatus::AbsentUnexcused);
    let again = world.submit(&[draft]);
    assert_eq!(told(&again), ["unchanged HELD_LINE_DECIDED@person_reference"]);
    assert!(again.held.is_empty());
}

proptest! {
    #[test]
    fn any_decisions_are_all_taken_or_none_and_taken_again_change_nothing(
        choices in proptest::collection::vec((0usize..4, 0usize..3, 0u128..4), 1..5),
        by_caseworker in any::<bool>(),
        sheet_closed in any::<bool>(),
    ) {
        let drafts = [marks(9), marks(8).bearing("A").late(30), marks(0).called("Autre", "Camille"), marks(7).voiding(1)];
        let mut world = held_at(&world().after_submitting(&[marks(1)]), &drafts);
        if sheet_closed {
            world = closed(world);
        }
        let orders: Vec<HeldLineOrder> = choices.iter().map(|(place, choice, enrolled)| match choice {
            0 => apply(&world, *place),
            1 => attach(&world, *place, *enrolled),
            _ => dismiss(&world, *place),
        }).collect();
        let actor = if by_caseworker { caseworker() } else { manager() };
        if let Ok(decided) = world.decide_as(&actor, now(), &orders) {
            prop_assert_eq!(decided.lines.len(), orders.len());
            let after = world.after_decisions(&decided);
            for (before, after) in world.sheets[0].lines.iter().zip(&after.sheets[0].lines) {
                let changed = i32::from(before.mark.value != after.mark.value);
                prop_assert_eq!(after.mark.version, before.mark.version + changed);
            }
            let again = after.decide_as(&actor, now(), &orders).unwrap();
            prop_assert!(again.changes.is_empty() && again.sheets.is_empty() && again.links.is_empty());
        }
    }
}
