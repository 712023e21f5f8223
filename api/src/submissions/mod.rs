//! Attendance in batches over HTTP: submitting, the receipt, what to send again, the template. The rules are in `domain::submission`,
//! the file format is in `attendance_file`, held lines have a file of their own.

mod form;
mod receipt;
mod rejected;
mod template;

use actix_web::{HttpResponse, get, post};
use domain::id::Id;
use domain::ids::SubmissionId;
use domain::policy::{ReadSubmission, Scope, SubmitAttendance};
use domain::refusal::Decided;
use domain::settings::Settings;
use domain::submission::receiving::{Book, Rules, SubmissionReceived};
use domain::submission::{OnError, Submission, SubmissionOrder, SubmissionResult};
use persistence::Answer;
use persistence::machinery::reference;
use persistence::submissions;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Upload;
use crate::page::Flag;
use crate::problem::{Kind, Problem, Stop};
use crate::show;

use form::SubmitLines;
use receipt::{SubmissionProblem, SubmissionReceipt};

/// Mounts the routes of this folder.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(submit_attendance).service(read_submission).service(rejected::read_rejected_lines).service(template::read_attendance_template);
}

/// How a submission is taken.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SubmissionMode {
    /// What to do with the good lines when others are not: apply them, or nothing at all.
    #[param(default = "accept_valid")]
    on_error: Option<OnError>,
    /// `true`: tell what would become of each line, and store nothing. No key is needed then.
    #[param(value_type = Option<bool>, default = false)]
    dry_run: Option<Flag>,
}

fn receive(
    call: &Call,
    scope: &Scope<SubmitAttendance>,
    order: &SubmissionOrder,
    book: Book,
    settings: &Settings,
    ids: impl Fn() -> Uuid,
) -> Result<Decided<SubmissionReceived>, Stop> {
    let shared = call.shared();
    let rules = Rules { labels: &shared.labels, settings, vocabulary: &shared.vocabulary };
    Ok(Submission::receive(scope, Id::new(ids()), order.clone(), book, rules, || Id::new(ids()))?)
}

/// The receipt as an answer: 201 when every line is in, 207 when some are not, 422 with the receipt inside when none is.
fn answer(call: &Call, received: &SubmissionReceived) -> Result<Answer, Stop> {
    let receipt = SubmissionReceipt::new(&received.submission, &received.lines, call.is_english());
    let location = format!("/v1/attendance-submissions/{}", received.submission.id);
    match received.submission.result {
        SubmissionResult::Applied => show::created(location, &receipt),
        SubmissionResult::PartlyApplied => Ok(Answer { status: 207, ..show::created(location, &receipt)? }),
        SubmissionResult::NothingApplied => {
            let answer = show::created(location, &receipt)?;
            let problem = Problem::of(Kind::NothingApplied).render(call.request_id(), call.is_english());
            let body = show::bytes(&SubmissionProblem { problem, submission: Some(receipt) })?;
            Ok(Answer { status: Kind::NothingApplied.status().as_u16(), body, etag: None, ..answer })
        }
    }
}

/// Submit attendance
///
/// Many sessions at once: up to 5,000 lines, as JSON or as a file (*feuille d'émargement* of a month, from the template of the group).
/// The receipt says what became of each line. Whatever is sent again changes nothing twice: the key answers the same bytes, an
/// `external_id` names one person at one session for ever, and a person has one mark at a session. A line about somebody who is not
/// expected, whose name does not fit, or whose sheet is closed is *held* for the département and not lost.
///
/// A file is UTF-8 or windows-1252, separated by `;`, `,` or tabs, with the header of the template or its French labels, days as
/// `2026-11-21` or `21/11/2026`, codes or their French labels. Columns that mean nothing here are ignored and listed.
#[utoipa::path(post, tag = "Attendance", operation_id = "submitAttendance", extensions(("x-permission" = json!("submit_attendance"))),
    params(SubmissionMode),
    request_body(content((SubmitLines = "application/json"), (String = "text/csv")), description = "The lines."),
    responses(
        (status = 200, description = "A rehearsal (`dry_run=true`): what would become of each line.", body = SubmissionReceipt),
        (status = 201, description = "Every line was applied, or changed nothing.", body = SubmissionReceipt),
        (status = 207, description = "Some lines were held or rejected.", body = SubmissionReceipt),
        (status = 422, description = "Every line was rejected (`NOTHING_APPLIED`, with the receipt in `submission`; it is stored like any other); \
            or the body does not fit the schema, or the key was first sent with something else, and then nothing is stored.",
            body = SubmissionProblem, content_type = "application/problem+json")))]
#[post("/attendance-submissions")]
pub(crate) async fn submit_attendance(call: Call, upload: Upload) -> Result<HttpResponse, Stop> {
    let mode = call.query::<SubmissionMode>()?;
    let rehearsed = mode.dry_run.is_some_and(|flag| flag.0);
    let on_error = mode.on_error.unwrap_or(OnError::AcceptValid);
    let labels = &call.shared().labels;
    let order = call.order_of::<SubmitAttendance, _>(&upload.0, rehearsed, |body| form::read(body, on_error, labels)).await?;
    if rehearsed {
        return order
            .rehearse(async |source, scope, order| {
                let book = submissions::find_book(source, scope, &order.lines).await?;
                let settings = reference::settings(source).await?;
                let received = receive(&call, scope, order, book, &settings, Uuid::nil)?;
                show::ok(&SubmissionReceipt::new(&received.submission, &received.lines, call.is_english()).rehearsed())
            })
            .await;
    }
    order
        .write(async |w, scope, order| {
            let book = submissions::lock_book(w, scope, &order.lines).await?;
            let settings = reference::settings(w).await?;
            let received = receive(&call, scope, order, book, &settings, || w.id::<()>().uuid())?;
            submissions::save(w, &received).await?;
            answer(&call, &received)
        })
        .await
}

/// Read the receipt of a submission
///
/// The same as when it was submitted, for ever.
#[utoipa::path(get, tag = "Attendance", operation_id = "readSubmission", extensions(("x-permission" = json!("read_submission"))),
    params(("id" = SubmissionId, Path, description = "The submission.")),
    responses((status = 200, description = "Its receipt.", body = SubmissionReceipt)))]
#[get("/attendance-submissions/{id}")]
pub(crate) async fn read_submission(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadSubmission>()?;
    let (submission, lines) = submissions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&SubmissionReceipt::new(&submission, &lines, call.is_english())).await
}
