//! What a submission comes to: the receipt with the outcome of each line, the sheets that change, the lines that are held. How a line is
//! judged is in `judging`, what the département decides on held lines in `held`.

use std::collections::{BTreeMap, HashMap};

use super::cells::Cells;
use super::cells::Column;
use super::held::HeldLine;
use super::judging::{Judge, Verdict};
use super::line::{Labels, Line, LineFault};
use super::marking::{Changes, Target};
use super::{ExternalId, LineOutcome, OnError, Submission, SubmissionOrder, SubmissionResult};
use crate::attendance::{AttendanceRecorded, Sheet};
use crate::beneficiary::Beneficiary;
use crate::enrolment::Enrolment;
use crate::event::Event;
use crate::id::Id;
use crate::policy::{Scope, SubmitAttendance};
use crate::refusal::{Decided, Refusal, Rule};
use crate::session::Session;
use crate::settings::Settings;
use crate::vocabulary::Vocabulary;

/// What is known of the sessions and lines that a submission names.
#[derive(Debug, Default)]
pub struct Book {
    /// The sheets of the sessions that the caller sees.
    pub sheets: Vec<Sheet>,
    /// What the external ids name already.
    pub links: HashMap<ExternalId, Target>,
    /// The lines ever held for these sessions.
    pub held: Vec<HeldLine>,
}

/// What lines are judged by, beside the sheets.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The words for codes.
    pub labels: &'a Labels,
    /// The département's settings.
    pub settings: &'a Settings,
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

/// What became of one line.
#[derive(Clone, Debug)]
pub struct LineReceipt {
    /// Its line in the file.
    pub line_number: Option<u32>,
    /// The partner's own name of it.
    pub external_id: Option<ExternalId>,
    /// What became of it.
    pub outcome: LineOutcome,
    /// The session it names, once known.
    pub session: Option<Id<Session>>,
    /// The enrolment it names, once known.
    pub enrolment: Option<Id<Enrolment>>,
    /// The person, once known.
    pub person: Option<Id<Beneficiary>>,
    /// The version of the mark after it.
    pub version: Option<i32>,
    /// Why it was held or rejected.
    pub errors: Vec<LineFault>,
    /// What to know about it.
    pub warnings: Vec<LineFault>,
    /// What it said.
    pub cells: Cells,
}

/// A submission that was judged.
#[derive(Debug)]
pub struct SubmissionReceived {
    /// It.
    pub submission: Submission,
    /// What became of each line, in their order.
    pub lines: Vec<LineReceipt>,
    /// The sheets that changed.
    pub sheets: Vec<Decided<AttendanceRecorded>>,
    /// Lines held now.
    pub held: Vec<HeldLine>,
    /// Earlier held lines that later ones stand for.
    pub superseded: Vec<HeldLine>,
    /// What external ids name from now on.
    pub links: Vec<(ExternalId, Target)>,
    /// What happened.
    pub event: Event,
}

impl Submission {
    /// Judges a submission. Whatever it says, it is received: the answer tells what became of each line.
    pub fn receive(
        scope: &Scope<SubmitAttendance>,
        id: Id<Submission>,
        order: SubmissionOrder,
        book: Book,
        rules: Rules<'_>,
        mut ids: impl FnMut() -> Id<HeldLine>,
    ) -> Result<Decided<SubmissionReceived>, Refusal> {
        // Lines belong to an organisation; the house itself submits nothing.
        let Some(organisation) = scope.actor().organisation() else { return Err(Refusal::Denied(Rule::OrganisationUnknown)) };
        let SubmissionOrder { format, on_error, ignored_columns, lines } = order;
        let now = scope.now();
        let Book { sheets, links, held: earlier } = book;
        let mut judge = Judge::new(&sheets, &links, &earlier, rules, now);
        let verdicts: Vec<Verdict> = lines.iter().map(|line| judge.judge(line)).collect();
        let bad = |verdict: &Verdict| matches!(verdict, Verdict::Reject { .. } | Verdict::Hold { .. });
        let nothing_applies = on_error == OnError::RejectAll && verdicts.iter().any(bad);

        let (mut held, mut new_links, mut receipts, mut changes) = (Vec::new(), Vec::new(), Vec::new(), Changes::default());
        let mut superseded: BTreeMap<Id<HeldLine>, HeldLine> = BTreeMap::new();
        for (place, (line, verdict)) in lines.into_iter().zip(verdicts).enumerate() {
            let verdict = if nothing_applies { verdict.not_applied() } else { verdict };
            let mut supersede = |session, target| {
                let keys = judge.keys(&line, target);
                superseded.extend(judge.earlier.waiting(session, &keys).map(|held| (held.id, held.superseded(now))));
            };
            match &verdict {
                Verdict::Stands { target, change, outcome, .. } if *outcome != LineOutcome::NotApplied => {
                    supersede(target.session, Some(*target));
                    let external_id = line.external_id.clone().filter(|id| !links.contains_key(id));
                    new_links.extend(external_id.map(|id| (id, *target)));
                    if let Some(change) = change {
                        changes.put(target.session, (**change).clone());
                    }
                }
                Verdict::Hold { session, target, code, .. } => {
                    if let (None, Some(sheet)) = (judge.earlier.same(*session, &line), judge.sheets.by_id(*session)) {
                        supersede(*session, *target);
                        let enrolment = target.map(|target| target.enrolment);
                        held.push(HeldLine::hold(ids(), id, place, organisation, &sheet.session, *code, enrolment, &line, now));
                    }
                }
                _ => {}
            }
            receipts.push(verdict.receipt(line));
        }
        let result = if nothing_applies { SubmissionResult::NothingApplied } else { result(&receipts) };
        let count = |outcome| receipts.iter().filter(|line| line.outcome == outcome).count();
        let event = LineOutcome::ALL.iter().fold(Event::new("submission.received", id), |event, outcome| match count(*outcome) {
            0 => event,
            lines => event.with(outcome.code(), lines),
        });
        let submitted_by = scope.actor().principal;
        let submission = Self { id, organisation, submitted_by, received_at: now, format, on_error, result, ignored_columns };
        let sheets = changes.apply(sheets, now, "session.attendance_submitted");
        Ok(Decided::new(SubmissionReceived {
            submission,
            lines: receipts,
            sheets,
            held,
            superseded: superseded.into_values().collect(),
            links: new_links,
            event,
        }))
    }
}

fn result(lines: &[LineReceipt]) -> SubmissionResult {
    let refused = |line: &LineReceipt| matches!(line.outcome, LineOutcome::Rejected | LineOutcome::NotApplied);
    if lines.iter().all(refused) {
        SubmissionResult::NothingApplied
    } else if lines.iter().any(|line| refused(line) || line.outcome == LineOutcome::Held) {
        SubmissionResult::PartlyApplied
    } else {
        SubmissionResult::Applied
    }
}

impl Verdict {
    /// The same line when another one keeps everything from being applied.
    fn not_applied(self) -> Self {
        match self {
            Self::Hold { session, target, person, code, column } => {
                let whom = target.map(|target| target.enrolment).zip(person);
                Self::Reject { session: Some(session), whom, faults: vec![LineFault::at(column, code.rule())] }
            }
            Self::Stands { target, person, version, .. } => Self::Stands { outcome: LineOutcome::NotApplied, target, person, version, change: None },
            other => other,
        }
    }

    fn receipt(self, line: Line) -> LineReceipt {
        let Line { line_number, cells, external_id, .. } = line;
        let mut receipt = LineReceipt {
            line_number,
            external_id,
            outcome: LineOutcome::Unchanged,
            session: None,
            enrolment: None,
            person: None,
            version: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            cells,
        };
        match self {
            Self::Nothing => receipt.warnings.push(LineFault::at(Column::Status, Rule::RowEmpty)),
            Self::Stands { outcome, target, person, version, .. } => {
                receipt.outcome = outcome;
                (receipt.session, receipt.enrolment, receipt.person) = (Some(target.session), Some(target.enrolment), Some(person));
                receipt.version = (outcome != LineOutcome::NotApplied).then_some(version);
            }
            Self::Hold { session, target, person, code, column } => {
                receipt.outcome = LineOutcome::Held;
                (receipt.session, receipt.enrolment, receipt.person) = (Some(session), target.map(|target| target.enrolment), person);
                receipt.errors.push(LineFault::at(column, code.rule()));
            }
            Self::Decided { session, enrolment } => {
                (receipt.session, receipt.enrolment) = (Some(session), enrolment);
                receipt.warnings.push(LineFault::at(Column::PersonReference, Rule::HeldLineDecided));
            }
            Self::Reject { session, whom, faults } => {
                receipt.outcome = LineOutcome::Rejected;
                (receipt.session, receipt.errors) = (session, faults);
                (receipt.enrolment, receipt.person) = whom.unzip();
            }
        }
        receipt
    }
}
