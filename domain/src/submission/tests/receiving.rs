//! What becomes of each line.

use super::*;
use crate::given::{manager, status};
use crate::refusal::Rule::{DuplicateLine, ExternalIdReused, HeldLineDismissed};

mod outcomes;
mod errors;
mod whom;
mod duplicates;
mod all_or_none;
mod held_before;

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
