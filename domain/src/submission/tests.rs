//! Attendance in batches, sentence by sentence: how a line is read, what becomes of it, what is decided on those held.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::cells::{Cells, Column};
use super::held::{HeldCode, HeldLine, HeldLineOrder, HeldLinesDecided, HeldState, Links, decide};
use super::line::{Labels, Line, LineFault};
use super::receiving::{Book, Rules, SubmissionReceived};
use super::*;
use crate::actor::Actor;
use crate::attendance::{AttendanceRecorded, MarkSource, MarkValue, Sheet};
use crate::calendar::HalfDay;
use crate::given::{
    at, beneficiary, caseworker, day, enrolment, excused, fault, faults, id, late, line, manager, name, note, now, partner, present, scope, session,
    session_on, sheet, slot, time, vocabulary,
};
use crate::refusal::{Decided, Refusal, Rule};
use crate::session::Session;
use crate::settings::Settings;
use crate::vocabulary::Vocabulary;

mod holding;
mod properties;
mod reading;
mod receiving;

/// The start of the session of [`session`], and the millisecond before.
const START: &str = "2026-11-17T08:00:00.000Z";
const ONE_MILLISECOND_BEFORE: &str = "2026-11-17T07:59:59.999Z";
/// 24:00 of the 10th of December in Paris, and of the 8th of February, sixty days later.
const CLOSING: &str = "2026-12-10T23:00:00.000Z";
const END_OF_LATE_MARKS: &str = "2027-02-08T23:00:00.000Z";

/// The labels that stand in files, as the reference lists have them.
static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    let rows = [
        ("attendance_operations", "record", "Enregistrer"),
        ("attendance_operations", "correct", "Corriger"),
        ("attendance_operations", "void", "Annuler"),
        ("half_days", "morning", "Matin"),
        ("half_days", "afternoon", "Après-midi"),
        ("attendance_statuses", "present", "Présent"),
        ("attendance_statuses", "late", "En retard"),
        ("attendance_statuses", "left_early", "Départ anticipé"),
        ("attendance_statuses", "left_early", "Left early"),
        ("attendance_statuses", "absent_excused", "Absence excusée"),
        ("attendance_statuses", "absent_unexcused", "Absence non excusée"),
        ("absence_reasons", "known", "Décès d'un proche"),
        ("action_themes", "skills", "Compétences"),
    ];
    Labels::new(rows.map(|(list, code, label)| (list.to_owned(), code.to_owned(), label.to_owned())))
});

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(vocabulary);

// ---- what is sent

/// A line being written, by column.
#[derive(Clone, Debug, Default)]
struct Draft(BTreeMap<Column, String>);

impl Draft {
    /// An empty text takes the column away.
    fn with(mut self, column: &str, text: impl Into<String>) -> Self {
        self.0.insert(column.parse().unwrap(), text.into());
        self
    }

    fn cells(&self) -> Cells {
        let mut cells = Cells::default();
        for (column, text) in &self.0 {
            cells.put(*column, text);
        }
        cells
    }

    fn json(&self) -> Line {
        Line::read(None, self.cells(), &LABELS)
    }

    fn file(&self) -> Line {
        Line::read(Some(2), self.cells(), &LABELS)
    }

    // ---- what it says

    fn at(self, session: &Session) -> Self {
        self.with("session_reference", session.reference.clone())
    }

    fn of(self, enrolled: u128) -> Self {
        self.with("enrolment_id", enrolment(enrolled).id.to_string())
    }

    /// By the reference, which may be nobody's.
    fn who(self, person: u128) -> Self {
        self.with("enrolment_id", "").with("person_reference", beneficiary(person).reference.to_string())
    }

    fn called(self, last: &str, first: &str) -> Self {
        self.with("last_name", last).with("first_name", first)
    }

    fn bearing(self, external_id: &str) -> Self {
        self.with("external_id", external_id)
    }

    fn status(self, status: &str) -> Self {
        self.with("status", status)
    }

    fn late(self, minutes: i32) -> Self {
        self.status("late").with("minutes", minutes.to_string())
    }

    fn correcting(self, version: i32) -> Self {
        self.with("operation", "correct").with("version", version.to_string())
    }

    fn voiding(self, version: i32) -> Self {
        self.with("operation", "void").with("version", version.to_string())
    }
}

/// The person of that enrolment is present at the session of [`session`].
fn marks(enrolled: u128) -> Draft {
    Draft::default().at(&session()).of(enrolled).status("present")
}

// ---- what there is

/// Sheets, what external ids name, held lines: what one submission leaves to the next.
#[derive(Clone, Debug, Default)]
struct World {
    sheets: Vec<Sheet>,
    links: Links,
    held: Vec<HeldLine>,
}

impl World {
    fn of(sheets: impl IntoIterator<Item = Sheet>) -> Self {
        Self { sheets: sheets.into_iter().collect(), ..Self::default() }
    }

    fn linked(mut self, external_id: &str, session: &Session, enrolled: u128) -> Self {
        self.links.insert((association(), line(external_id)), target(session, enrolled));
        self
    }

    fn receive(&self, actor: &Actor, when: Instant, on_error: OnError, lines: Vec<Line>) -> Decided<SubmissionReceived> {
        let organisation = actor.organisation().unwrap();
        let own = self.links.iter().filter(|((whose, _), _)| *whose == organisation);
        let names = own.map(|((_, id), target)| (id.clone(), *target)).collect();
        let held = self.held.iter().filter(|held| held.organisation == organisation).cloned().collect();
        let book = Book { sheets: self.sheets.clone(), links: names, held };
        let order = SubmissionOrder { format: SubmissionFormat::Json, on_error, ignored_columns: Vec::new(), lines };
        let settings = Settings::default();
        let rules = Rules { labels: &LABELS, settings: &settings, vocabulary: &VOCABULARY };
        let mut ids = (self.held.len() as u128..).map(|n| id(10_000 + n));
        Submission::receive(&scope(actor, when), id(900), order, book, rules, || ids.next().unwrap()).unwrap()
    }

    /// As a client sends JSON, taking what can be taken.
    fn submit_at(&self, when: Instant, drafts: &[Draft]) -> Decided<SubmissionReceived> {
        self.receive(&partner(), when, OnError::AcceptValid, drafts.iter().map(Draft::json).collect())
    }

    fn submit(&self, drafts: &[Draft]) -> Decided<SubmissionReceived> {
        self.submit_at(now(), drafts)
    }

    fn submit_all_or_none(&self, drafts: &[Draft]) -> Decided<SubmissionReceived> {
        self.receive(&partner(), now(), OnError::RejectAll, drafts.iter().map(Draft::json).collect())
    }

    /// What stands once a submission is saved.
    fn after(&self, received: &SubmissionReceived) -> Self {
        let mut after = self.clone();
        let links = received.links.iter().map(|(id, target)| ((received.submission.organisation, id.clone()), *target));
        after.put(&received.sheets, links);
        for superseded in &received.superseded {
            after.replace(superseded);
        }
        after.held.extend(received.held.iter().cloned());
        after
    }

    fn after_submitting(&self, drafts: &[Draft]) -> Self {
        self.after(&self.submit(drafts))
    }

    fn decide_as(&self, actor: &Actor, when: Instant, orders: &[HeldLineOrder]) -> Result<Decided<HeldLinesDecided>, Refusal> {
        let settings = Settings::default();
        let rules = Rules { labels: &LABELS, settings: &settings, vocabulary: &VOCABULARY };
        decide(&scope(actor, when), orders, &self.held, self.sheets.clone(), &self.links, rules)
    }

    fn decide(&self, orders: &[HeldLineOrder]) -> Result<Decided<HeldLinesDecided>, Refusal> {
        self.decide_as(&manager(), now(), orders)
    }

    /// What stands once decisions are saved.
    fn after_decisions(&self, decided: &HeldLinesDecided) -> Self {
        let mut after = self.clone();
        let links = decided.links.iter().map(|(organisation, id, target)| ((*organisation, id.clone()), *target));
        after.put(&decided.sheets, links);
        for (held, _) in &decided.changes {
            after.replace(held);
        }
        after
    }

    fn after_deciding(&self, orders: &[HeldLineOrder]) -> Self {
        self.after_decisions(&self.decide(orders).unwrap())
    }

    fn put(&mut self, sheets: &[Decided<AttendanceRecorded>], links: impl Iterator<Item = ((Id<Organisation>, ExternalId), Target)>) {
        for changed in sheets {
            let place = self.sheets.iter().position(|sheet| sheet.session.id == changed.sheet.session.id).unwrap();
            self.sheets[place] = changed.sheet.clone();
        }
        self.links.extend(links);
    }

    fn replace(&mut self, held: &HeldLine) {
        let place = self.held.iter().position(|one| one.id == held.id).unwrap();
        self.held[place] = held.clone();
    }

    /// The mark of a person at the first session.
    fn mark(&self, enrolled: u128) -> (MarkValue, i32) {
        let line = self.sheets[0].lines.iter().find(|line| line.enrolment == enrolment(enrolled).id).unwrap();
        (line.mark.value.clone(), line.mark.version)
    }

    fn waiting(&self) -> usize {
        self.held.iter().filter(|held| held.state == HeldState::Waiting).count()
    }
}

/// Two people, unmarked, at the session of [`session`].
fn world() -> World {
    World::of([sheet(session(), 2)])
}

fn association() -> Id<Organisation> {
    partner().organisation().unwrap()
}

fn target(session: &Session, enrolled: u128) -> Target {
    Target { session: session.id, enrolment: enrolment(enrolled).id }
}

/// Another session of the group, that morning.
fn session_number(n: u128, date: &str) -> Session {
    Session { id: id(400 + n), ..session_on(date) }
}

fn closed_by_hand(mut sheet: Sheet) -> Sheet {
    sheet.session.sheet_closed_at = Some(now());
    sheet
}

fn cancelled(session: Session) -> Session {
    Session { cancelled_at: Some(now()), ..session }
}

fn named(mut sheet: Sheet, place: usize, last: &str, first: &str) -> Sheet {
    sheet.lines[place].person.last_name = Some(name(last));
    sheet.lines[place].person.first_name = Some(name(first));
    sheet
}

// ---- what is told

fn codes(faults: &[LineFault]) -> String {
    let one = |fault: &LineFault| format!("{}@{}", fault.rule, fault.column);
    faults.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// What became of each line, with its errors, else its warnings: `rejected MINUTES_REQUIRED@minutes`.
fn told(received: &SubmissionReceived) -> Vec<String> {
    let one = |line: &super::receiving::LineReceipt| {
        let noted = if line.errors.is_empty() { &line.warnings } else { &line.errors };
        format!("{} {}", line.outcome, codes(noted)).trim_end().to_owned()
    };
    received.lines.iter().map(one).collect()
}
