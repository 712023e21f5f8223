//! The attendance sheet (*feuille d'émargement*) over HTTP: reading, filling, closing, correcting, its history. The rules are in
//! `domain::attendance`.

use actix_web::{HttpResponse, get, post, put};
use domain::attendance::{AttendanceStatus, CorrectionOrder, MarkOrder, MarkValue, Sheet, SheetState};
use domain::calendar::Instant;
use domain::form::{at_most, within};
use domain::identifier::person_reference::PersonReference;
use domain::ids::{EnrolmentId, SessionId};
use domain::policy::{CloseSheet, CorrectAttendance, ReadAttendance, RecordAttendance};
use domain::settings::Settings;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::attendance;
use persistence::machinery::reference;
use persistence::sessions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Fill an attendance sheet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordMarks {
    /// The marks that are said. A person who is not among them stays as they are.
    #[schema(max_items = 200)]
    #[serde(deserialize_with = "at_most::<200, _, _>")]
    marks: Vec<RecordMark>,
}

/// One mark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordMark {
    /// Whose: an enrolment of the sheet.
    enrolment_id: EnrolmentId,
    /// How they attended; null unmarks, and the history is kept.
    #[schema(required)]
    #[serde(deserialize_with = "required_nullable")]
    status: Option<AttendanceStatus>,
    /// Minutes attended, 1 to the session's length: required for `late` and `left_early`, forbidden otherwise.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i32>,
    /// Why, a code of `absence_reasons`: required for `absent_excused`, forbidden otherwise.
    reason: Option<Term>,
    /// Whether the participant's signature was seen; null when nobody looked.
    signed: Option<bool>,
}

/// A field that may be null but must be there: forgetting it is not unmarking.
fn required_nullable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<AttendanceStatus>, D::Error> {
    Option::deserialize(deserializer)
}

impl From<&RecordMark> for MarkOrder {
    fn from(mark: &RecordMark) -> Self {
        let RecordMark { enrolment_id, status, minutes, reason, signed } = mark;
        Self { enrolment: *enrolment_id, value: MarkValue { status: *status, minutes: *minutes, reason: reason.clone(), signed: *signed } }
    }
}

/// Correct one mark of a closed sheet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectMark {
    /// Whose: an enrolment of the sheet.
    enrolment_id: EnrolmentId,
    /// The version of the mark that is corrected; 0 for somebody never marked.
    #[schema(minimum = 0)]
    #[serde(deserialize_with = "within::<0, 2_147_483_647, _, _>")]
    version: i32,
    /// How they attended; null unmarks.
    #[schema(required)]
    #[serde(deserialize_with = "required_nullable")]
    status: Option<AttendanceStatus>,
    /// Minutes attended, for `late` and `left_early`.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i32>,
    /// Why they were absent, a code of `absence_reasons`, for `absent_excused`.
    absence_reason: Option<Term>,
    /// Whether the participant's signature was seen; null when nobody looked.
    signed: Option<bool>,
    /// Why the sheet is corrected, in words.
    reason: Note,
}

impl From<&CorrectMark> for CorrectionOrder {
    fn from(order: &CorrectMark) -> Self {
        let value = MarkValue { status: order.status, minutes: order.minutes, reason: order.absence_reason.clone(), signed: order.signed };
        Self { mark: MarkOrder { enrolment: order.enrolment_id, value }, version: order.version, reason: order.reason.clone() }
    }
}

/// An attendance sheet: everybody expected at the session whom the caller sees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttendanceSheet {
    /// The session.
    session_id: SessionId,
    /// Whether it still takes marks from its partner.
    state: SheetState,
    /// Closed with people unmarked. For 60 days (setting) a first mark for one of them is still taken.
    incomplete: bool,
    /// Its version, one more at each change of a mark.
    #[schema(minimum = 1)]
    version: i32,
    /// Everybody expected, by name.
    #[schema(max_items = 1000)]
    marks: Vec<Mark>,
}

/// How one person is marked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mark {
    /// Their enrolment in the group.
    enrolment_id: EnrolmentId,
    /// Their reference.
    person_reference: PersonReference,
    /// Family name; null once purged.
    #[schema(max_length = 100)]
    last_name: Option<String>,
    /// First name; null once purged.
    #[schema(max_length = 100)]
    first_name: Option<String>,
    /// How they attended; null while unmarked.
    status: Option<AttendanceStatus>,
    /// Minutes attended, for `late` and `left_early`; null otherwise.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i32>,
    /// Minutes that count: the session's length for `present`, those attended, 0 for absences; null while unmarked.
    #[schema(minimum = 0, maximum = 1440)]
    credited_minutes: Option<i32>,
    /// Why they were absent, a code of `absence_reasons`; null otherwise.
    reason: Option<Term>,
    /// Whether the participant's signature was seen; null when nobody looked.
    signed: Option<bool>,
    /// The mark's version, one more at each change; 0 for somebody never marked.
    #[schema(minimum = 0)]
    version: i32,
    #[serde(skip)]
    person: Uuid,
}

impl AttendanceSheet {
    fn new(sheet: &Sheet, settings: &Settings, now: Instant) -> Self {
        let marks = sheet.lines.iter().map(|line| Mark {
            enrolment_id: line.enrolment,
            person_reference: line.person.reference.clone(),
            last_name: line.person.last_name.as_deref().map(str::to_owned),
            first_name: line.person.first_name.as_deref().map(str::to_owned),
            status: line.mark.value.status,
            minutes: line.mark.value.minutes,
            credited_minutes: line.mark.value.credited_minutes(&sheet.session),
            reason: line.mark.value.reason.clone(),
            signed: line.mark.value.signed,
            version: line.mark.version,
            person: line.person.id.uuid(),
        });
        Self {
            session_id: sheet.session.id,
            state: sheet.state(settings, now),
            incomplete: sheet.is_incomplete(settings, now),
            version: sheet.session.sheet_version,
            marks: marks.collect(),
        }
    }
}

impl Shows for AttendanceSheet {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(self.marks.iter().map(|mark| mark.person));
    }
}
impl Resource for AttendanceSheet {
    fn id(&self) -> Uuid {
        self.session_id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// Read an attendance sheet
///
/// Everybody expected at the session. A caseworker sees the people they accompany.
#[utoipa::path(get, tag = "Attendance", operation_id = "readAttendance", extensions(("x-permission" = json!("read_attendance"))),
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, description = "The sheet.", body = AttendanceSheet)))]
#[get("/sessions/{id}/attendance")]
pub(crate) async fn read_attendance(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAttendance>()?;
    let session = sessions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let sheet = attendance::find(call.read(), &scope, session).await?;
    let settings = reference::settings(call.read()).await?;
    call.show(&AttendanceSheet::new(&sheet, &settings, scope.now())).await
}

/// Fill an attendance sheet
///
/// Send it as often as you like: the same content again changes nothing. Before the session's start only `absent_excused` is taken
/// (409 `SESSION_NOT_STARTED`); once the sheet is closed only a manager corrects it (409 `SHEET_CLOSED`). No `If-Match` is needed.
#[utoipa::path(put, tag = "Attendance", operation_id = "recordAttendance", extensions(("x-permission" = json!("record_attendance"))),
    params(("id" = SessionId, Path, description = "The session.")), request_body = RecordMarks,
    responses((status = 200, description = "The whole sheet, as it is now.", body = AttendanceSheet)))]
#[put("/sessions/{id}/attendance")]
pub(crate) async fn record_attendance(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<RecordAttendance, RecordMarks>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let session = sessions::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let sheet = attendance::find(w, scope, session).await?;
            let settings = reference::settings(w).await?;
            let marks = wish.marks.iter().map(MarkOrder::from).collect();
            let recorded = sheet.record(scope, marks, &settings, &call.shared().vocabulary)?;
            let shown = AttendanceSheet::new(&recorded.sheet, &settings, w.now());
            attendance::save(w, &[recorded]).await?;
            show::ok(&shown)
        })
        .await
}

/// Close an attendance sheet
///
/// Once everybody is marked (else 409 `MARKS_MISSING`). Closing twice changes nothing.
#[utoipa::path(post, tag = "Attendance", operation_id = "closeSheet", extensions(("x-permission" = json!("close_sheet"))),
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, description = "The sheet, closed.", body = AttendanceSheet)))]
#[post("/sessions/{id}/attendance/closure")]
pub(crate) async fn close_sheet(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<CloseSheet, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let session = sessions::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let sheet = attendance::find(w, scope, session).await?;
            let closed = sheet.close(scope)?;
            attendance::save_closed(w, &closed).await?;
            let settings = reference::settings(w).await?;
            show::ok(&AttendanceSheet::new(&closed.sheet, &settings, w.now()))
        })
        .await
}

/// Correct a closed attendance sheet
///
/// One mark, by the version one saw (409 `VERSION_CONFLICT` when it moved on), with a reason that stays in the history.
#[utoipa::path(post, tag = "Attendance", operation_id = "correctAttendance", extensions(("x-permission" = json!("correct_attendance"))),
    params(("id" = SessionId, Path, description = "The session.")), request_body = CorrectMark,
    responses((status = 200, description = "The sheet, corrected.", body = AttendanceSheet)))]
#[post("/sessions/{id}/attendance/corrections")]
pub(crate) async fn correct_attendance(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<CorrectAttendance, CorrectMark>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let session = sessions::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let sheet = attendance::find(w, scope, session).await?;
            let settings = reference::settings(w).await?;
            let corrected = sheet.correct(scope, wish.into(), &settings, &call.shared().vocabulary)?;
            let shown = AttendanceSheet::new(&corrected.sheet, &settings, w.now());
            attendance::save(w, &[corrected]).await?;
            show::ok(&shown)
        })
        .await
}
