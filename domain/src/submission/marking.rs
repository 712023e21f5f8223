//! Sheets on which lines put marks: who is expected where, and what changed so far. Which line may put what is not decided here.

use std::collections::{HashMap, HashSet};

use super::line::PersonNames;
use crate::attendance::{AttendanceRecorded, MarkChange, Sheet, SheetLine};
use crate::calendar::{Day, HalfDay, Instant};
use crate::enrolment::{Enrolment, Participant};
use crate::id::Id;
use crate::identifier::person_reference::PersonReference;
use crate::refusal::Decided;
use crate::session::Session;
use crate::text::folded;

/// A person at a session: what one line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The session.
    pub session: Id<Session>,
    /// The person's enrolment in its group.
    pub enrolment: Id<Enrolment>,
}

/// The sheets at hand, found by every name a line may use.
pub(super) struct Sheets<'a> {
    by_id: HashMap<Id<Session>, &'a Sheet>,
    by_reference: HashMap<&'a str, &'a Sheet>,
    by_place: HashMap<(&'a str, Day, HalfDay), &'a Sheet>,
    expected: HashMap<Target, &'a SheetLine>,
    people: HashMap<(Id<Session>, &'a PersonReference), &'a SheetLine>,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(sheets: &'a [Sheet]) -> Self {
        let mut all =
            Self { by_id: HashMap::new(), by_reference: HashMap::new(), by_place: HashMap::new(), expected: HashMap::new(), people: HashMap::new() };
        for sheet in sheets {
            let session = &sheet.session;
            all.by_id.insert(session.id, sheet);
            all.by_reference.insert(&session.reference, sheet);
            let place = (&*session.group_code, session.slot.date, session.slot.half_day);
            // A half-day may be planned anew after it was cancelled: then the living session is meant.
            if session.cancelled_at.is_none() || !all.by_place.contains_key(&place) {
                all.by_place.insert(place, sheet);
            }
            for line in &sheet.lines {
                all.expected.insert(Target { session: session.id, enrolment: line.enrolment }, line);
                all.people.insert((session.id, &line.person.reference), line);
            }
        }
        all
    }

    pub(super) fn by_id(&self, id: Id<Session>) -> Option<&'a Sheet> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn by_reference(&self, reference: &str) -> Option<&'a Sheet> {
        self.by_reference.get(reference).copied()
    }

    pub(super) fn by_place(&self, (group, date, half_day): (&str, Day, HalfDay)) -> Option<&'a Sheet> {
        self.by_place.get(&(group, date, half_day)).copied()
    }

    pub(super) fn expected(&self, target: Target) -> Option<&'a SheetLine> {
        self.expected.get(&target).copied()
    }

    /// Whom the enrolment or else the reference designates, among the people expected.
    pub(super) fn designated(&self, session: Id<Session>, person: &PersonNames) -> Option<&'a SheetLine> {
        match (person.enrolment, &person.reference) {
            (Some(enrolment), _) => self.expected(Target { session, enrolment }),
            (None, Some(reference)) => self.people.get(&(session, reference)).copied(),
            (None, None) => None,
        }
    }
}

/// Whether the names given are the person's: case, accents, hyphens and the order of the two are forgiven.
pub(super) fn is_named(person: &Participant, names: &PersonNames) -> bool {
    let [Some(last), Some(first)] = [&person.last_name, &person.first_name] else { return true };
    let words = |parts: &[&str]| {
        let mut words: Vec<String> = parts.iter().flat_map(|part| folded(part).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        words.sort_unstable();
        words
    };
    match (names.last_name.as_deref(), names.first_name.as_deref()) {
        (Some(said_last), Some(said_first)) => words(&[said_last, said_first]) == words(&[last, first]),
        (Some(said), None) => folded(said) == folded(last),
        (None, Some(said)) => folded(said) == folded(first),
        (None, None) => true,
    }
}

/// The marks put so far. Each person at each session once.
#[derive(Default)]
pub(super) struct Changes {
    by_session: HashMap<Id<Session>, Vec<MarkChange>>,
    taken: HashSet<Target>,
}

impl Changes {
    /// Whether this is the first line about a person at a session.
    pub(super) fn claim(&mut self, target: Target) -> bool {
        self.taken.insert(target)
    }

    pub(super) fn put(&mut self, session: Id<Session>, change: MarkChange) {
        self.by_session.entry(session).or_default().push(change);
    }

    /// The sheets after all of them, those that did not change left out.
    pub(super) fn apply(mut self, sheets: Vec<Sheet>, now: Instant, kind: &'static str) -> Vec<Decided<AttendanceRecorded>> {
        let changed = sheets.into_iter().filter_map(|sheet| {
            let changes = self.by_session.remove(&sheet.session.id)?;
            Some(sheet.apply(changes, now, kind))
        });
        changed.collect()
    }
}
