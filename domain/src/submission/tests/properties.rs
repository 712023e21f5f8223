//! Whatever is sent, and sent again: random lines over three sessions, four people and six external ids.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::submission::held::HeldChoice;

/// The first session is open, the second lies ahead, the third was closed by hand with somebody unmarked.
fn sessions() -> [Session; 3] {
    [session(), session_number(1, "2026-11-24"), session_number(2, "2026-11-10")]
}

static SMALL_WORLD: LazyLock<World> = LazyLock::new(small_world);

/// Three of the four people are expected everywhere.
fn small_world() -> World {
    let people = [("Petit", "Anne"), ("Durand", "Zoé"), ("Le Gall", "Luc")];
    let expected = |session| people.iter().enumerate().fold(sheet(session, 3), |sheet, (place, (last, first))| named(sheet, place, last, first));
    let [today, ahead, closed] = sessions().map(expected);
    let mut closed = closed_by_hand(closed);
    for line in closed.lines.iter_mut().take(2) {
        line.mark = crate::attendance::Mark { value: present(), version: 1 };
    }
    World::of([today, ahead, closed])
}

fn some_session() -> impl Strategy<Value = Draft> {
    let draft = Draft::default;
    let by_reference = sessions().map(|session| draft().at(&session));
    let by_id = sessions().map(|session| draft().with("session_id", session.id.to_string()));
    let by_place =
        sessions().map(|session| draft().with("group_code", "AMI-LIM").with("date", session.slot.date.to_string()).with("half_day", "morning"));
    let known: Vec<Draft> = by_reference.iter().chain(&by_id).chain(&by_place).cloned().collect();
    let today = by_reference[0].clone();
    let unknown = vec![draft(), draft().with("session_reference", "NOWHERE"), today.clone().with("date", "2026-11-18")];
    prop_oneof![4 => Just(today), 4 => select(known), 1 => select(unknown)]
}

fn some_person() -> impl Strategy<Value = Draft> {
    let draft = Draft::default;
    let by_enrolment = (0..4).map(|n| draft().of(n));
    let by_reference = (0..4).map(|n| draft().who(n));
    let by_name = [("Petit", "Anne"), ("DURAND", "Zoe"), ("Luc", "Le-Gall"), ("Autre", "Hugo")].map(|(last, first)| draft().called(last, first));
    let both = vec![draft().of(0).called("petit", "anne"), draft().of(1).called("Petit", "Anne"), draft().who(3).of(0)];
    let designated: Vec<Draft> = by_enrolment.chain(by_reference).collect();
    prop_oneof![6 => select(designated), 2 => select(by_name.to_vec()), 1 => select(both), 1 => Just(draft())]
}

fn some_value() -> impl Strategy<Value = Draft> {
    let draft = Draft::default;
    let excused = draft().status("absent_excused").with("reason", "known");
    let values =
        vec![draft().status("present"), draft().late(30), draft().late(60), draft().status("absent_unexcused"), excused, draft().late(0), draft()];
    let operations = (0u8..3, 0..4);
    (select(values), operations).prop_map(|(value, (operation, version))| match operation {
        0 => value,
        1 => value.correcting(version),
        _ => value.voiding(version),
    })
}

fn some_name() -> impl Strategy<Value = Draft> {
    let names = ["A", "B", "C", "D", "E", "F"].map(|name| Draft::default().bearing(name));
    let few = names[..2].to_vec();
    prop_oneof![2 => Just(Draft::default()), 3 => select(few), 2 => select(names.to_vec())]
}

fn some_line() -> impl Strategy<Value = Draft> {
    (some_session(), some_person(), some_value(), some_name()).prop_map(|(session, person, value, name)| {
        let mut all = session;
        for part in [person, value, name] {
            all.0.extend(part.0);
        }
        all
    })
}

#[derive(Clone, Debug)]
struct Chunk {
    lines: Vec<Draft>,
    in_a_file: bool,
    on_error: OnError,
}

#[derive(Clone, Debug)]
enum Step {
    Send(Chunk),
    /// One of the lines waiting, and what is decided on it.
    Decide(usize, HeldChoice, u128),
}

fn some_chunk() -> impl Strategy<Value = Chunk> {
    let on_error = prop_oneof![3 => Just(OnError::AcceptValid), 1 => Just(OnError::RejectAll)];
    let lines = proptest::collection::vec(some_line(), 1..8);
    (lines, any::<bool>(), on_error).prop_map(|(lines, in_a_file, on_error)| Chunk { lines, in_a_file, on_error })
}

fn some_steps() -> impl Strategy<Value = Vec<Step>> {
    let decision = (0usize..8, select(HeldChoice::ALL), 0u128..3).prop_map(|(place, choice, enrolled)| Step::Decide(place, choice, enrolled));
    proptest::collection::vec(prop_oneof![4 => some_chunk().prop_map(Step::Send), 1 => decision], 1..6)
}

impl World {
    fn take(&self, chunk: &Chunk) -> Decided<SubmissionReceived> {
        let lines = chunk.lines.iter().map(if chunk.in_a_file { Draft::file } else { Draft::json });
        self.receive(&partner(), now(), chunk.on_error, lines.collect())
    }

    /// Decides on a waiting line, if one waits and the decision is taken.
    fn decided(&self, place: usize, choice: HeldChoice, enrolled: u128) -> Self {
        let waiting: Vec<&HeldLine> = self.held.iter().filter(|held| held.state == HeldState::Waiting).collect();
        let Some(held) = waiting.get(place % waiting.len().max(1)) else { return self.clone() };
        let enrolment = (choice == HeldChoice::Attach).then(|| enrolment(enrolled).id);
        let reason = (choice == HeldChoice::Dismiss).then(|| note("Erreur de séance"));
        let order = HeldLineOrder { line: held.id, choice, enrolment, reason };
        self.decide(&[order]).map_or_else(|_| self.clone(), |decided| self.after_decisions(&decided))
    }

    fn marks(&self) -> Vec<crate::attendance::Mark> {
        self.sheets.iter().flat_map(|sheet| sheet.lines.iter().map(|line| line.mark.clone())).collect()
    }
}

/// Plays the steps, and looks at each submission with the worlds before and after it.
fn play(steps: &[Step], look: impl Fn(&World, &Chunk, &SubmissionReceived, &World) -> Result<(), TestCaseError>) -> Result<(), TestCaseError> {
    let mut world = SMALL_WORLD.clone();
    for step in steps {
        world = match step {
            Step::Decide(place, choice, enrolled) => world.decided(*place, *choice, *enrolled),
            Step::Send(chunk) => {
                let received = world.take(chunk);
                let after = world.after(&received);
                look(&world, chunk, &received, &after)?;
                after
            }
        };
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_submission_sent_again_changes_no_mark(steps in some_steps()) {
        play(&steps, |_, chunk, first, after| {
            let again = after.take(chunk);
            prop_assert!(again.sheets.is_empty(), "{:?} then {:?}", told(first), told(&again));
            Ok(())
        })?;
    }

    #[test]
    fn a_submission_sent_again_holds_and_links_nothing_more(steps in some_steps()) {
        play(&steps, |_, chunk, first, after| {
            let again = after.take(chunk);
            let nothing = again.held.is_empty() && again.superseded.is_empty() && again.links.is_empty();
            prop_assert!(nothing, "{:?} then {:?}", told(first), told(&again));
            Ok(())
        })?;
    }

    #[test]
    fn a_submission_sent_again_comes_to_the_same(steps in some_steps()) {
        play(&steps, |_, chunk, first, after| {
            let again = after.take(chunk);
            for (first, again) in first.lines.iter().zip(&again.lines) {
                let taken = matches!(first.outcome, LineOutcome::Recorded | LineOutcome::Corrected | LineOutcome::Voided);
                let expected = if taken { LineOutcome::Unchanged } else { first.outcome };
                prop_assert_eq!(again.outcome, expected, "{} then {}", codes(&first.errors), codes(&again.errors));
            }
            Ok(())
        })?;
    }

    #[test]
    fn every_line_has_one_outcome_in_its_place(steps in some_steps()) {
        play(&steps, |_, chunk, received, _| {
            prop_assert_eq!(received.lines.len(), chunk.lines.len());
            for (draft, line) in chunk.lines.iter().zip(&received.lines) {
                prop_assert_eq!(&line.cells, &draft.cells());
                let refused = matches!(line.outcome, LineOutcome::Rejected | LineOutcome::Held);
                prop_assert_eq!(!line.errors.is_empty(), refused, "an error is told where there is one");
                let taken = matches!(line.outcome, LineOutcome::Recorded | LineOutcome::Corrected | LineOutcome::Voided);
                prop_assert!(!taken || line.session.is_some() && line.enrolment.is_some() && line.person.is_some() && line.version.is_some());
            }
            let counted: usize = received.event.codes.iter().map(|(_, count)| count.parse::<usize>().unwrap()).sum();
            prop_assert_eq!(counted, chunk.lines.len());
            Ok(())
        })?;
    }

    #[test]
    fn a_mark_changes_at_most_once_by_the_line_that_says_so_and_counts_one_version(steps in some_steps()) {
        play(&steps, |before, _, received, after| {
            let mut changed = HashSet::new();
            for sheet in &received.sheets {
                prop_assert!(!sheet.changes.is_empty() && sheet.event.is_some());
                for change in &sheet.changes {
                    let target = Target { session: sheet.sheet.session.id, enrolment: change.enrolment };
                    prop_assert!(changed.insert(target), "{:?}", told(received));
                    let taken = |line: &&super::super::receiving::LineReceipt| {
                        matches!(line.outcome, LineOutcome::Recorded | LineOutcome::Corrected | LineOutcome::Voided)
                            && (line.session, line.enrolment) == (Some(target.session), Some(target.enrolment))
                    };
                    let lines: Vec<_> = received.lines.iter().filter(taken).collect();
                    prop_assert_eq!(lines.len(), 1);
                    prop_assert_eq!(lines[0].version, Some(change.mark.version));
                }
            }
            for (before, after) in before.marks().iter().zip(after.marks()) {
                prop_assert_eq!(after.version, before.version + i32::from(before.value != after.value));
            }
            Ok(())
        })?;
    }

    #[test]
    fn under_reject_all_every_line_is_taken_or_no_sheet_changes(steps in some_steps()) {
        play(&steps, |_, chunk, received, _| {
            if chunk.on_error == OnError::RejectAll {
                use LineOutcome::{Corrected, Recorded, Unchanged, Voided};
                let all = received.lines.iter().all(|line| matches!(line.outcome, Recorded | Corrected | Voided | Unchanged));
                let nothing = received.sheets.is_empty() && received.held.is_empty() && received.superseded.is_empty() && received.links.is_empty();
                prop_assert!(all || nothing, "{:?}", told(received));
                let result = if all { SubmissionResult::Applied } else { SubmissionResult::NothingApplied };
                prop_assert_eq!(received.submission.result, result, "{:?}", told(received));
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_external_id_names_one_target_for_ever(steps in some_steps()) {
        play(&steps, |before, _, received, _| {
            let mut new = HashSet::new();
            for (name, _) in &received.links {
                prop_assert!(!before.links.contains_key(&(association(), name.clone())), "linked before");
                prop_assert!(new.insert(name.clone()), "linked twice: {:?}", told(received));
            }
            for line in &received.lines {
                let named = line.external_id.as_ref().and_then(|name| before.links.get(&(association(), name.clone())));
                let taken = matches!(line.outcome, LineOutcome::Recorded | LineOutcome::Corrected | LineOutcome::Voided);
                if let Some(target) = named.filter(|_| taken) {
                    prop_assert_eq!((line.session, line.enrolment), (Some(target.session), Some(target.enrolment)));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_held_line_is_superseded_once_and_leaves_one_waiting_for_its_name(steps in some_steps()) {
        play(&steps, |before, _, received, after| {
            let mut once = HashSet::new();
            for stale in &received.superseded {
                prop_assert!(once.insert(stale.id), "twice: {:?}", told(received));
                let earlier = before.held.iter().find(|held| held.id == stale.id).unwrap();
                prop_assert_eq!((earlier.state, stale.stamp.version), (HeldState::Waiting, earlier.stamp.version + 1));
            }
            let mut names = HashSet::new();
            for held in after.held.iter().filter(|held| held.state == HeldState::Waiting) {
                if let Some(name) = held.line(&LABELS).unwrap().external_id {
                    prop_assert!(names.insert((held.at.session, name)), "two wait under one name at one session: {:?}", told(received));
                }
            }
            Ok(())
        })?;
    }
}
