//! The history of an attendance sheet over HTTP: every state of every mark. What may still change is not here.

use actix_web::{HttpResponse, get};
use domain::attendance::AttendanceStatus;
use domain::calendar::Instant;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::ids::{EnrolmentId, SessionId};
use domain::policy::ReadAttendance;
use domain::vocabulary::Term;
use persistence::attendance::{self, MarkHistory};
use persistence::sessions;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::order::NoFilter;
use crate::page::{ListParams, Page};
use crate::problem::Stop;
use crate::show::Shows;

/// One former or present state of a mark.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkState {
    /// Whose enrolment.
    enrolment_id: EnrolmentId,
    /// Whose reference.
    person_reference: PersonReference,
    /// Its version, from 1.
    #[schema(minimum = 1)]
    version: i32,
    /// How they were marked; null = unmarked.
    status: Option<AttendanceStatus>,
    /// Minutes attended, for `late` and `left_early`.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i32>,
    /// Why they were absent.
    reason: Option<Term>,
    /// Whether the signature was seen.
    signed: Option<bool>,
    /// By which door it came: `sheet`, `correction`. Extensible.
    #[schema(max_length = 20)]
    source: String,
    /// Why it was corrected; null otherwise.
    #[schema(max_length = 2000)]
    correction_reason: Option<String>,
    /// The client or professional who recorded it.
    recorded_by: Uuid,
    /// When.
    recorded_at: Instant,
    #[serde(skip)]
    person: Uuid,
}

impl From<MarkHistory> for MarkState {
    fn from(state: MarkHistory) -> Self {
        Self {
            enrolment_id: Id::new(state.enrolment),
            person_reference: state.person_reference,
            version: state.version,
            status: state.value.status,
            minutes: state.value.minutes,
            reason: state.value.reason,
            signed: state.value.signed,
            source: state.source,
            correction_reason: state.correction_reason,
            recorded_by: state.recorded_by,
            recorded_at: state.recorded_at,
            person: state.beneficiary,
        }
    }
}

impl Shows for MarkState {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.person);
    }
}

/// A page of a sheet's history.
pub(crate) type MarkStatePage = Page<MarkState>;

/// Read the history of an attendance sheet
///
/// Every state of every mark, in the order they were recorded. Nothing is ever deleted from it.
#[utoipa::path(get, tag = "Attendance", operation_id = "readAttendanceHistory", extensions(("x-permission" = json!("read_attendance"))),
    params(("id" = SessionId, Path, description = "The session."), ListParams),
    responses((status = 200, description = "The history.", body = MarkStatePage)))]
#[get("/sessions/{id}/attendance/history")]
pub(crate) async fn read_attendance_history(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAttendance>()?;
    let (NoFilter {}, asked) = call.list(false)?;
    let session = sessions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let states = attendance::history(call.read(), &scope, &session, &asked.listing).await?;
    call.show_page(&asked, states, MarkState::from).await
}
