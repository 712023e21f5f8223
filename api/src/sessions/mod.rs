//! Sessions, half-days of a group: reading them. Planning, moving and the sheet have files of their own.

mod attendance;
mod changing;
mod history;
mod planning;
mod sheet_paper;

use actix_web::{HttpResponse, get};
use domain::attendance::{SheetClock, SheetState, sheet_state};
use domain::calendar::{Day, HalfDay, Instant, TimeOfDay};
use domain::ids::{ActionId, GroupId, SessionId};
use domain::policy::ReadSession;
use domain::settings::Settings;
use domain::vocabulary::Term;
use persistence::machinery::reference;
use persistence::sessions::{self, SessionQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{Resource, Shows};

/// Mounts the routes of this folder.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(list_sessions)
        .service(read_session)
        .service(planning::plan_session)
        .service(planning::plan_session_series)
        .service(changing::move_session)
        .service(changing::cancel_session)
        .service(attendance::read_attendance)
        .service(attendance::record_attendance)
        .service(attendance::close_sheet)
        .service(attendance::correct_attendance)
        .service(sheet_paper::read_attendance_sheet_document)
        .service(history::read_attendance_history);
}

/// A half-day of a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Its id.
    id: SessionId,
    /// Its printable reference, `{group_code}-{YYYYMMDD}-{M|A}[-n]`: given once, never reused; it stays when the session moves.
    #[schema(max_length = 40, example = "AMI-LIM-1-20261124-M")]
    reference: String,
    /// Its group.
    group_id: GroupId,
    /// The group's code.
    group_code: domain::text::Code,
    /// The group's name.
    #[schema(max_length = 200)]
    group_name: String,
    /// The group's action.
    action_id: ActionId,
    /// The action's name.
    #[schema(max_length = 200)]
    action_name: String,
    /// The day.
    date: Day,
    /// The half of it.
    half_day: HalfDay,
    /// Local time at which it starts (Europe/Paris).
    start_time: TimeOfDay,
    /// Local time at which it ends (Europe/Paris).
    end_time: TimeOfDay,
    /// Where.
    #[schema(max_length = 200)]
    place: String,
    /// Whether its sheet still takes marks from its partner. Closed by somebody, or by the clock at `sheet_closes_at`.
    sheet_state: SheetState,
    /// When the clock closes the sheet: 24:00 of the 10th of the month after the session's, or as the département set.
    sheet_closes_at: Instant,
    /// When it was cancelled; null while it was not.
    cancelled_at: Option<Instant>,
    /// Why it was cancelled, a code of `session_cancellation_reasons`; null while it was not.
    cancel_reason: Option<Term>,
    /// Its version, one more at each change but those of marks.
    #[schema(minimum = 1)]
    version: i32,
    /// When it or one of its marks was last changed.
    updated_at: Instant,
}

impl Session {
    pub(crate) fn new(session: &domain::session::Session, settings: &Settings, now: Instant) -> Self {
        Self {
            id: session.id,
            reference: session.reference.clone(),
            group_id: session.group,
            group_code: session.group_code.clone(),
            group_name: session.group_name.to_string(),
            action_id: session.action,
            action_name: session.action_name.to_string(),
            date: session.slot.date,
            half_day: session.slot.half_day,
            start_time: session.slot.start_time,
            end_time: session.slot.end_time,
            place: session.place.to_string(),
            sheet_state: sheet_state(session, settings, now),
            sheet_closes_at: SheetClock::of(session.slot.date, settings).closes_at,
            cancelled_at: session.cancelled_at,
            cancel_reason: session.cancel_reason.clone(),
            version: session.stamp.version,
            updated_at: session.stamp.updated_at,
        }
    }
}

impl Shows for Session {}
impl Resource for Session {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of sessions.
pub(crate) type SessionPage = Page<Session>;

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SessionFilter {
    /// From this day.
    from: Option<Day>,
    /// To this day.
    to: Option<Day>,
    /// Of this group.
    group_id: Option<GroupId>,
    /// By the state of their sheet; `open` leaves out cancelled sessions.
    sheet: Option<SheetState>,
}

/// The first day whose sheets the clock has not closed: the closing moment only grows with the day.
fn first_open_day(settings: &Settings, now: Instant) -> Day {
    let days = (0..=70).map(|back| now.day().plus_days(-back));
    days.take_while(|day| now < SheetClock::of(*day, settings).closes_at).last().unwrap_or(now.day())
}

/// List sessions
///
/// Newest first. A partner sees the sessions of its own groups; `sheet=open` are those that wait for its marks, and those to come.
#[utoipa::path(get, tag = "Collective actions", operation_id = "listSessions", extensions(("x-permission" = json!("read_session"))),
    params(ListParams, SyncParams, SessionFilter), responses((status = 200, description = "Sessions.", body = SessionPage)))]
#[get("/sessions")]
pub(crate) async fn list_sessions(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadSession>()?;
    let (filter, asked) = call.list::<SessionFilter>(true)?;
    let settings = reference::settings(call.read()).await?;
    let sheet_closed = filter.sheet.map(|state| (state == SheetState::Closed, first_open_day(&settings, scope.now())));
    let query = SessionQuery { from: filter.from, to: filter.to, group: filter.group_id, sheet_closed };
    let rows = sessions::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |session| Session::new(&session, &settings, scope.now())).await
}

/// Read a session
#[utoipa::path(get, tag = "Collective actions", operation_id = "readSession", extensions(("x-permission" = json!("read_session"))),
    params(("id" = SessionId, Path, description = "The session.")), responses((status = 200, description = "The session.", body = Session)))]
#[get("/sessions/{id}")]
pub(crate) async fn read_session(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadSession>()?;
    let session = sessions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let settings = reference::settings(call.read()).await?;
    call.show(&Session::new(&session, &settings, scope.now())).await
}
