//! The receipt of a submission: what became of each line. It is the same whenever it is read.

use domain::calendar::{Day, HalfDay, Instant, TimeOfDay};
use domain::id::Id;
use domain::ids::{EnrolmentId, OrganisationId, PrincipalId, SessionId, SubmissionId};
use domain::session::Slot;
use domain::submission::cells::Column;
use domain::submission::line::LineFault;
use domain::submission::receiving::LineReceipt as Judged;
use domain::submission::{LineOutcome, OnError, Submission, SubmissionFormat, SubmissionResult};
use domain::text::Line;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{self, ProblemBody, ProblemCode};
use crate::show::{Resource, Shows};

/// What became of a submission. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionReceipt {
    /// The submission; null when it was a rehearsal.
    id: Option<SubmissionId>,
    /// For which organisation.
    organisation_id: OrganisationId,
    /// The client or professional who sent it.
    submitted_by: PrincipalId,
    /// When.
    received_at: Instant,
    /// In which form.
    format: SubmissionFormat,
    /// What was to be done with the good lines when others are not.
    on_error: OnError,
    /// Whether it was a rehearsal, of which nothing was stored.
    dry_run: bool,
    /// What became of it as a whole.
    result: SubmissionResult,
    /// How many lines there are, and how many of each outcome.
    counts: OutcomeCounts,
    /// Columns of the file that mean nothing here, as they are called there.
    #[schema(max_items = 100, value_type = Vec<Line<100>>)]
    ignored_columns: Vec<String>,
    /// What became of each line, in their order.
    #[schema(max_items = 5000)]
    lines: Vec<LineReceipt>,
    #[serde(skip)]
    people: Vec<Uuid>,
}

/// How many lines have each outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeCounts {
    /// All of them.
    #[schema(minimum = 0, maximum = 5000)]
    lines: usize,
    /// Marked now.
    #[schema(minimum = 0, maximum = 5000)]
    recorded: usize,
    /// Marked otherwise before.
    #[schema(minimum = 0, maximum = 5000)]
    corrected: usize,
    /// Unmarked now.
    #[schema(minimum = 0, maximum = 5000)]
    voided: usize,
    /// So already, or nothing said.
    #[schema(minimum = 0, maximum = 5000)]
    unchanged: usize,
    /// Kept for the département to decide.
    #[schema(minimum = 0, maximum = 5000)]
    held: usize,
    /// Refused.
    #[schema(minimum = 0, maximum = 5000)]
    rejected: usize,
    /// Good, but kept from being applied by others.
    #[schema(minimum = 0, maximum = 5000)]
    not_applied: usize,
}

/// What became of one line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineReceipt {
    /// Its place among the lines, from 0.
    #[schema(minimum = 0, maximum = 4999)]
    index: usize,
    /// Its line in the file, the header being line 1; null in JSON.
    #[schema(minimum = 1)]
    line_number: Option<u32>,
    /// Your own name of it, if any.
    #[schema(max_length = 128)]
    external_id: Option<String>,
    /// What became of it.
    outcome: LineOutcome,
    /// The session it names, once known.
    session_id: Option<SessionId>,
    /// The enrolment it names, once known.
    enrolment_id: Option<EnrolmentId>,
    /// The version of the mark after it; null when the line marked nobody.
    #[schema(minimum = 0)]
    version: Option<i32>,
    /// Why it was held or rejected.
    #[schema(max_items = 20)]
    errors: Vec<LineError>,
    /// What to know about it all the same.
    #[schema(max_items = 20)]
    warnings: Vec<LineError>,
}

/// Something about a line, with its place: `pointer` in JSON, `line` and `column` in a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineError {
    /// The stable code.
    #[schema(value_type = ProblemCode)]
    code: &'static str,
    /// What it means and what to do, in French, or in English with `Accept-Language: en`.
    #[schema(max_length = 500)]
    detail: &'static str,
    /// JSON Pointer into the body that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, example = "/lines/3/minutes")]
    pointer: Option<String>,
    /// Physical line of the file, the header being line 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    line: Option<u32>,
    /// Column of the file, by its technical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    column: Option<Column>,
    /// With `SESSION_MOVED`: where the session is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    moved_to: Option<MovedTo>,
}

/// The half-day to which a session was moved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MovedTo {
    /// The day.
    date: Day,
    /// The half of it.
    half_day: HalfDay,
    /// From.
    start_time: TimeOfDay,
    /// To.
    end_time: TimeOfDay,
}

impl From<Slot> for MovedTo {
    fn from(Slot { date, half_day, start_time, end_time }: Slot) -> Self {
        Self { date, half_day, start_time, end_time }
    }
}

impl LineError {
    fn new(fault: &LineFault, index: usize, line_number: Option<u32>, english: bool) -> Self {
        let code = fault.rule.code();
        Self {
            code,
            detail: problem::detail(code, english),
            pointer: line_number.is_none().then(|| format!("/lines/{index}/{}", fault.column)),
            line: line_number,
            column: line_number.map(|_| fault.column),
            moved_to: fault.moved_to.map(MovedTo::from),
        }
    }
}

impl LineReceipt {
    fn new(line: &Judged, index: usize, english: bool) -> Self {
        let say = |faults: &[LineFault]| faults.iter().map(|fault| LineError::new(fault, index, line.line_number, english)).collect();
        Self {
            index,
            line_number: line.line_number,
            external_id: line.external_id.as_deref().map(str::to_owned),
            outcome: line.outcome,
            session_id: line.session,
            enrolment_id: line.enrolment,
            version: line.version,
            errors: say(&line.errors),
            warnings: say(&line.warnings),
        }
    }
}

impl OutcomeCounts {
    fn of(lines: &[Judged]) -> Self {
        let count = |outcome| lines.iter().filter(|line| line.outcome == outcome).count();
        Self {
            lines: lines.len(),
            recorded: count(LineOutcome::Recorded),
            corrected: count(LineOutcome::Corrected),
            voided: count(LineOutcome::Voided),
            unchanged: count(LineOutcome::Unchanged),
            held: count(LineOutcome::Held),
            rejected: count(LineOutcome::Rejected),
            not_applied: count(LineOutcome::NotApplied),
        }
    }
}

impl SubmissionReceipt {
    pub(crate) fn new(submission: &Submission, lines: &[Judged], english: bool) -> Self {
        Self {
            id: Some(submission.id),
            organisation_id: submission.organisation,
            submitted_by: submission.submitted_by,
            received_at: submission.received_at,
            format: submission.format,
            on_error: submission.on_error,
            dry_run: false,
            result: submission.result,
            counts: OutcomeCounts::of(lines),
            ignored_columns: submission.ignored_columns.clone(),
            lines: lines.iter().enumerate().map(|(index, line)| LineReceipt::new(line, index, english)).collect(),
            people: people(lines),
        }
    }

    /// The same, of something that did not happen.
    pub(crate) fn rehearsed(self) -> Self {
        Self { id: None, dry_run: true, ..self }
    }
}

/// The people whose lines these are, once each.
pub(crate) fn people(lines: &[Judged]) -> Vec<Uuid> {
    let mut people: Vec<Uuid> = lines.iter().filter_map(|line| line.person.map(Id::uuid)).collect();
    people.sort_unstable();
    people.dedup();
    people
}

impl Shows for SubmissionReceipt {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(&self.people);
    }
}
impl Resource for SubmissionReceipt {
    fn id(&self) -> Uuid {
        self.id.map_or_else(Uuid::nil, Id::uuid)
    }
    fn version(&self) -> i32 {
        1
    }
}

/// A refusal that holds the receipt when every line was rejected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionProblem {
    #[serde(flatten)]
    pub(crate) problem: ProblemBody,
    /// With `NOTHING_APPLIED`: what became of each line; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) submission: Option<SubmissionReceipt>,
}
