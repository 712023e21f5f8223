//! Moving and cancelling a session, as long as nobody is marked. Its reference stays.

use actix_web::{HttpResponse, post, put};
use domain::ids::SessionId;
use domain::policy::ManageSession;
use domain::session::SheetSoFar;
use domain::vocabulary::Term;
use persistence::machinery::reference;
use persistence::{groups, sessions};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Session;
use super::planning::{PlanSession, PlannedSession};
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;
use crate::show;

/// Cancel a session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelSession {
    /// Why, a code of `session_cancellation_reasons`.
    reason: Term,
}

/// Move a session
///
/// To another half-day, other times or another place. 409 `SESSION_HAS_MARKS` once somebody is marked, `SHEET_CLOSED` once its sheet is closed. Its reference stays.
#[utoipa::path(put, tag = "Collective actions", operation_id = "moveSession", extensions(("x-permission" = json!("manage_session"))),
    params(("id" = SessionId, Path, description = "The session.")), request_body = PlanSession,
    responses((status = 200, description = "The session, with warnings.", body = PlannedSession)))]
#[put("/sessions/{id}")]
pub(crate) async fn move_session(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageSession, PlanSession>(&body).await?;
    order
        .write(async |w, scope, wish| {
            // The group is locked before its session, so the session is first looked up to learn its group.
            let seen = sessions::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let group = groups::lock_for_sessions(w, scope, seen.group).await?.ok_or_else(Stop::not_found)?;
            let session = sessions::lock(w, scope, seen.id).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(session.stamp.version)?;
            let agenda = sessions::agenda(w, &group).await?;
            let settings = reference::settings(w).await?;
            let sheet = SheetSoFar::of(&session, sessions::has_marks(w, &session).await?, &settings, w.now());
            let moved = session.reschedule(scope, &group, &agenda, sheet, wish.into())?;
            sessions::save_moved(w, &moved).await?;
            show::ok(&PlannedSession::new(&moved.change.after, &moved.warnings, &settings, w.now()))
        })
        .await
}

/// Cancel a session
///
/// 409 `SESSION_HAS_MARKS` once somebody is marked, `SHEET_CLOSED` once its sheet is closed. The half-day is free again; the reference is not used again.
#[utoipa::path(post, tag = "Collective actions", operation_id = "cancelSession", extensions(("x-permission" = json!("manage_session"))),
    params(("id" = SessionId, Path, description = "The session.")), request_body = CancelSession,
    responses((status = 200, description = "The session, cancelled.", body = Session)))]
#[post("/sessions/{id}/cancellation")]
pub(crate) async fn cancel_session(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageSession, CancelSession>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let session = sessions::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let settings = reference::settings(w).await?;
            let sheet = SheetSoFar::of(&session, sessions::has_marks(w, &session).await?, &settings, w.now());
            let cancelled = session.cancel(scope, wish.reason.clone(), sheet, &call.shared().vocabulary)?;
            sessions::save(w, &cancelled).await?;
            show::ok(&Session::new(&cancelled.after, &settings, w.now()))
        })
        .await
}
