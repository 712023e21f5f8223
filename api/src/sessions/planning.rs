//! Planning sessions: one, or a series without French public holidays. Changing one that exists is not here.

use actix_web::{HttpResponse, post};
use domain::calendar::{Day, DayOfWeek, HalfDay, Instant, TimeOfDay};
use domain::form::at_most;
use domain::ids::GroupId;
use domain::policy::ManageSession;
use domain::session::{SeriesOrder, SessionOrder, SessionsPlanned, SkipReason, Slot, WarningCode, WeekOutOfRhythm};
use domain::settings::Settings;
use domain::text::Label;
use persistence::machinery::reference;
use persistence::{groups, sessions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Session;
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Plan or move a session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanSession {
    /// The day, within the group's period.
    date: Day,
    /// The half of it.
    half_day: HalfDay,
    /// Local start; a morning starts before 13:00.
    start_time: TimeOfDay,
    /// Local end, after the start; an afternoon ends after 12:00.
    end_time: TimeOfDay,
    /// Where; the group's place when null or absent.
    place: Option<Label>,
}

impl From<&PlanSession> for SessionOrder {
    fn from(order: &PlanSession) -> Self {
        let slot = Slot { date: order.date, half_day: order.half_day, start_time: order.start_time, end_time: order.end_time };
        Self { slot, place: order.place.clone() }
    }
}

/// Plan a series: "Tuesdays and Thursdays, mornings, from … to …".
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanSessionSeries {
    /// Which days of the week, each once.
    #[schema(min_items = 1, max_items = 7)]
    #[serde(deserialize_with = "at_most::<7, _, _>")]
    weekdays: Vec<DayOfWeek>,
    /// Which half of them.
    half_day: HalfDay,
    /// Local start.
    start_time: TimeOfDay,
    /// Local end, after the start.
    end_time: TimeOfDay,
    /// First day, within the group's period.
    starts_on: Day,
    /// Last day, within the group's period and at most 366 days after the first.
    ends_on: Day,
    /// Where; the group's place when null or absent.
    place: Option<Label>,
}

impl From<&PlanSessionSeries> for SeriesOrder {
    fn from(order: &PlanSessionSeries) -> Self {
        Self {
            weekdays: order.weekdays.clone(),
            half_day: order.half_day,
            start_time: order.start_time,
            end_time: order.end_time,
            starts_on: order.starts_on,
            ends_on: order.ends_on,
            place: order.place.clone(),
        }
    }
}

/// Something worth a look that refused nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RhythmWarning {
    /// `WEEKLY_RHYTHM`: a mobilisation group meets 2 to 4 half-days a week.
    code: WarningCode,
    /// The Monday of that week.
    week: Day,
    /// How many half-days the week has now.
    #[schema(minimum = 0, maximum = 14)]
    half_days: usize,
}

pub(super) fn warnings(weeks: &[WeekOutOfRhythm]) -> Vec<RhythmWarning> {
    weeks.iter().map(|week| RhythmWarning { code: WarningCode::WeeklyRhythm, week: week.monday, half_days: week.half_days }).collect()
}

/// A session just planned or moved.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlannedSession {
    #[serde(flatten)]
    session: Session,
    /// Weeks outside the rhythm; empty when there is none.
    #[schema(max_items = 53)]
    warnings: Vec<RhythmWarning>,
}

impl PlannedSession {
    pub(super) fn new(session: &domain::session::Session, weeks: &[WeekOutOfRhythm], settings: &Settings, now: Instant) -> Self {
        Self { session: Session::new(session, settings, now), warnings: warnings(weeks) }
    }
}

impl Shows for PlannedSession {}
impl Resource for PlannedSession {
    fn id(&self) -> Uuid {
        self.session.id()
    }
    fn version(&self) -> i32 {
        self.session.version()
    }
}

/// A day of a series without a session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SkippedDay {
    /// The day.
    date: Day,
    /// Why.
    reason: SkipReason,
}

/// The sessions of a series.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionSeries {
    /// The new sessions, in order of date.
    #[schema(max_items = 367)]
    items: Vec<Session>,
    /// Days without one.
    #[schema(max_items = 367)]
    skipped: Vec<SkippedDay>,
    /// Weeks outside the rhythm; empty when there is none.
    #[schema(max_items = 53)]
    warnings: Vec<RhythmWarning>,
}

impl SessionSeries {
    fn new(planned: &SessionsPlanned, settings: &Settings, now: Instant) -> Self {
        Self {
            items: planned.sessions.iter().map(|session| Session::new(session, settings, now)).collect(),
            skipped: planned.skipped.iter().map(|(date, reason)| SkippedDay { date: *date, reason: *reason }).collect(),
            warnings: warnings(&planned.warnings),
        }
    }
}

impl Shows for SessionSeries {}

/// Plan a session
///
/// 409 `HALF_DAY_TAKEN` when the group has a session that half-day already.
#[utoipa::path(post, tag = "Collective actions", operation_id = "planSession", extensions(("x-permission" = json!("manage_session"))),
    params(("id" = GroupId, Path, description = "The group.")), request_body = PlanSession,
    responses((status = 201, description = "The session, with warnings.", body = PlannedSession)))]
#[post("/groups/{id}/sessions")]
pub(crate) async fn plan_session(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageSession, PlanSession>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let group = groups::lock_for_sessions(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let agenda = sessions::agenda(w, &group).await?;
            let planned = domain::session::Session::plan(scope, w.id(), &group, agenda, wish.into())?;
            sessions::save_planned(w, &planned).await?;
            let settings = reference::settings(w).await?;
            let session = planned.sessions.first().ok_or_else(Stop::not_found)?;
            let shown = PlannedSession::new(session, &planned.warnings, &settings, w.now());
            show::created(format!("/v1/sessions/{}", session.id), &shown)
        })
        .await
}

/// Plan a series of sessions
///
/// Every such weekday of the period, but French public holidays and half-days that the group already has; those are listed in `skipped`.
#[utoipa::path(post, tag = "Collective actions", operation_id = "planSessionSeries", extensions(("x-permission" = json!("manage_session"))),
    params(("id" = GroupId, Path, description = "The group.")), request_body = PlanSessionSeries,
    responses((status = 201, description = "The sessions, the days skipped, and warnings.", body = SessionSeries)))]
#[post("/groups/{id}/session-series")]
pub(crate) async fn plan_session_series(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageSession, PlanSessionSeries>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let group = groups::lock_for_sessions(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let agenda = sessions::agenda(w, &group).await?;
            let planned = domain::session::Session::plan_series(scope, || w.id(), &group, agenda, wish.into())?;
            sessions::save_planned(w, &planned).await?;
            let settings = reference::settings(w).await?;
            show::created_many(group.id.uuid(), &SessionSeries::new(&planned, &settings, w.now()))
        })
        .await
}
