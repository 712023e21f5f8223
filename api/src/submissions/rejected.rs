//! What to mend and send again: the lines of a submission that were not taken, as a file. Held lines are not among them.

use actix_web::{HttpResponse, get};
use domain::ids::SubmissionId;
use domain::policy::ReadSubmission;
use domain::submission::LineOutcome;
use domain::submission::cells::Column;
use domain::submission::line::LineFault;
use domain::submission::receiving::LineReceipt;
use persistence::submissions;

use super::receipt::people;
use crate::attendance_file;
use crate::call::Call;
use crate::order::NoFilter;
use crate::problem::{self, Stop};

/// Columns that say what is wrong; sent again, they mean nothing and are ignored.
const WHY: [&str; 3] = ["line_number", "error_codes", "error_details"];

fn explained(fault: &LineFault, english: bool) -> String {
    let detail = problem::detail(fault.rule.code(), english);
    match &fault.moved_to {
        Some(slot) => format!("{detail} ({} {} {})", slot.date, slot.half_day, slot.start_time),
        None => detail.to_owned(),
    }
}

fn row(line: &LineReceipt, english: bool) -> Vec<String> {
    let said = |column: Column| match column {
        // There is no column for the id of a session: it stands where the reference does.
        Column::SessionReference => line.cells.get(Column::SessionReference).or_else(|| line.cells.get(Column::SessionId)),
        column => line.cells.get(column),
    };
    let mut row: Vec<String> = Column::HEADER.into_iter().map(|column| said(column).unwrap_or_default().to_owned()).collect();
    row.push(line.line_number.map(|number| number.to_string()).unwrap_or_default());
    row.push(line.errors.iter().map(|fault| fault.rule.code()).collect::<Vec<_>>().join(" / "));
    row.push(line.errors.iter().map(|fault| explained(fault, english)).collect::<Vec<_>>().join(" / "));
    row
}

/// Download the lines to send again
///
/// The rejected lines of a submission, as they came, with what is wrong with each: mend it and submit it as it is. Under `reject_all`
/// the good lines are there too, since none was applied. UTF-8 with BOM, `;`, CRLF. A year after the submission its lines are forgotten,
/// and only what was wrong is left.
#[utoipa::path(get, tag = "Attendance", operation_id = "readRejectedLines", extensions(("x-permission" = json!("read_submission"))),
    params(("id" = SubmissionId, Path, description = "The submission.")),
    responses((status = 200, description = "The lines.", body = String, content_type = "text/csv")))]
#[get("/attendance-submissions/{id}/rejected.csv")]
pub(crate) async fn read_rejected_lines(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may_download::<ReadSubmission>()?;
    call.query::<NoFilter>()?;
    let (submission, lines) = submissions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let lines: Vec<LineReceipt> = lines.into_iter().filter(|line| matches!(line.outcome, LineOutcome::Rejected | LineOutcome::NotApplied)).collect();
    let header = Column::HEADER.into_iter().map(Column::code).chain(WHY);
    let file = attendance_file::write(header, lines.iter().map(|line| row(line, call.is_english())));
    let mut shown = people(&lines);
    shown.extend(submissions::people_named(call.read(), &lines).await?);
    shown.sort_unstable();
    shown.dedup();
    call.show_file(submission.id.uuid(), "rejected.csv", file, &shown).await
}
