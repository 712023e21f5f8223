//! A submission as it comes: JSON or a file, line by line into what `domain::submission` judges. What becomes of a line is not here.

use domain::attendance::AttendanceStatus;
use domain::calendar::{Day, HalfDay};
use domain::form::within_if_any;
use domain::ids::{EnrolmentId, SessionId};
use domain::refusal::Rule;
use domain::submission::cells::{Cells, Column};
use domain::submission::line::{Labels, Line, Operation};
use domain::submission::{ExternalId, MOST_LINES, OnError, SubmissionFormat, SubmissionOrder};
use domain::text::{Line as Text, Name};
use domain::vocabulary::Term;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use crate::attendance_file::{self, FileFault};
use crate::call::{CSV, read_json};
use crate::extract::Body;
use crate::problem::{Kind, Place, Problem, Stop};

/// Submit attendance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitLines {
    /// The lines, each about one person at one session.
    #[schema(min_items = 1, max_items = 5000)]
    #[serde(deserialize_with = "lines")]
    lines: Vec<SubmitLine>,
}

fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubmitLine>, D::Error> {
    let lines = Vec::deserialize(deserializer)?;
    match lines.len() {
        0 => Err(de::Error::custom(Rule::NoLines)),
        1..=MOST_LINES => Ok(lines),
        _ => Err(de::Error::custom(Rule::TooManyLines)),
    }
}

/// One person at one session. The session is named by its id, by its reference, or by its group with date and half-day; the person by
/// the enrolment or the reference; or both by an `external_id` that was sent before. Whatever is given besides must agree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitLine {
    /// Your own name of the line. Permanent: it names one person at one session.
    external_id: Option<ExternalId>,
    /// What to do; `record` when nothing is said. `correct` and `void` need the `version` they are about.
    operation: Option<Operation>,
    /// The session.
    session_id: Option<SessionId>,
    /// The session, by its reference.
    session_reference: Option<Text<64>>,
    /// The session, by its group's code, with `date` and `half_day`.
    group_code: Option<Text<24>>,
    /// The day of the session. Given with a reference that is now on another day, the line is rejected (`SESSION_MOVED`).
    date: Option<Day>,
    /// The half of that day.
    half_day: Option<HalfDay>,
    /// The person, by their enrolment in the group.
    enrolment_id: Option<EnrolmentId>,
    /// The person, by their reference.
    person_reference: Option<Text<40>>,
    /// Family name: it confirms the reference, case and accents apart.
    last_name: Option<Name>,
    /// First name: it confirms the reference, case and accents apart.
    first_name: Option<Name>,
    /// How they attended; required but for `void`.
    status: Option<AttendanceStatus>,
    /// Minutes attended, 1 to the session's length: required for `late` and `left_early`, forbidden otherwise.
    #[schema(minimum = 0, maximum = 10_000)]
    #[serde(default, deserialize_with = "within_if_any::<0, 10_000, _, _>")]
    minutes: Option<i64>,
    /// Why, a code of `absence_reasons`: required for `absent_excused`, forbidden otherwise.
    reason: Option<Term>,
    /// Whether the participant's signature was seen; null when nobody looked.
    signed: Option<bool>,
    /// The version of the mark that is corrected or voided.
    #[schema(minimum = 0)]
    #[serde(default, deserialize_with = "within_if_any::<0, 2_147_483_647, _, _>")]
    version: Option<i64>,
}

impl From<SubmitLine> for Cells {
    fn from(line: SubmitLine) -> Self {
        let mut cells = Self::default();
        let mut put = |column, text: Option<String>| text.iter().for_each(|text| cells.put(column, text));
        put(Column::ExternalId, line.external_id.map(String::from));
        put(Column::Operation, line.operation.map(|operation| operation.to_string()));
        put(Column::SessionId, line.session_id.map(|id| id.to_string()));
        put(Column::SessionReference, line.session_reference.map(String::from));
        put(Column::GroupCode, line.group_code.map(String::from));
        put(Column::Date, line.date.map(|day| day.to_string()));
        put(Column::HalfDay, line.half_day.map(|half_day| half_day.to_string()));
        put(Column::EnrolmentId, line.enrolment_id.map(|id| id.to_string()));
        put(Column::PersonReference, line.person_reference.map(String::from));
        put(Column::LastName, line.last_name.map(String::from));
        put(Column::FirstName, line.first_name.map(String::from));
        put(Column::Status, line.status.map(|status| status.to_string()));
        put(Column::Minutes, line.minutes.map(|minutes| minutes.to_string()));
        put(Column::Reason, line.reason.map(|reason| (*reason).to_owned()));
        put(Column::Signed, line.signed.map(|signed| signed.to_string()));
        put(Column::Version, line.version.map(|version| version.to_string()));
        cells
    }
}

/// Reads a body, whichever of the two it is.
pub(crate) fn read(body: &Body, on_error: OnError, labels: &Labels) -> Result<SubmissionOrder, Stop> {
    if body.media_type.essence != CSV {
        let said: SubmitLines = read_json(&body.bytes)?;
        let lines = said.lines.into_iter().map(|line| Line::read(None, line.into(), labels)).collect();
        return Ok(SubmissionOrder { format: SubmissionFormat::Json, on_error, ignored_columns: Vec::new(), lines });
    }
    let file = attendance_file::read(&body.bytes, body.media_type.charset.as_deref(), MOST_LINES).map_err(|faults| unreadable(&faults))?;
    let lines = file.rows.into_iter().map(|row| match row.fault {
        None => Line::read(Some(row.line_number), row.cells, labels),
        Some(rule) => Line::broken(row.line_number, row.cells, rule),
    });
    Ok(SubmissionOrder { format: SubmissionFormat::Csv, on_error, ignored_columns: file.ignored_columns, lines: lines.collect() })
}

fn unreadable(faults: &[FileFault]) -> Stop {
    if faults.iter().any(|fault| fault.rule == Rule::EncodingUnsupported) {
        return Problem::rule(Rule::EncodingUnsupported).into();
    }
    let errors = faults.iter().map(|fault| (fault.rule.code(), Place::Line(fault.line, fault.column.map(Column::code)))).collect();
    Problem { errors, ..Problem::of(Kind::Invalid) }.into()
}
