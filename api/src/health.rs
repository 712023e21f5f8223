//! Probes: alive, and ready to answer. What is wrong is in the logs, not here.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use persistence::machinery::reference;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gate::OwnShape;
use crate::state::State;

/// The state of this instance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, `draining` or `unavailable`.
    #[schema(max_length = 20)]
    status: &'static str,
}

fn say(status: StatusCode, word: &'static str) -> HttpResponse {
    let mut response = HttpResponse::build(status).json(Health { status: word });
    response.extensions_mut().insert(OwnShape);
    response
}

/// Whether the process lives
///
/// For whoever restarts it: nothing is asked of the database.
#[utoipa::path(get, tag = "Health", operation_id = "isAlive", security(()), responses((status = 200, description = "It does.", body = Health)))]
#[get("/livez")]
pub(crate) async fn livez() -> HttpResponse {
    say(StatusCode::OK, "ok")
}

/// Whether this instance takes requests
///
/// 503 while its database does not answer, and once it drains before it stops.
#[utoipa::path(get, tag = "Health", operation_id = "isReady", security(()),
    responses((status = 200, description = "It does.", body = Health), (status = 503, description = "It does not, now.", body = Health)))]
#[get("/readyz")]
pub(crate) async fn readyz(state: web::Data<State>) -> HttpResponse {
    if state.shared.is_draining() {
        return say(StatusCode::SERVICE_UNAVAILABLE, "draining");
    }
    if !state.shared.access.is_served() {
        tracing::error!("not ready: nobody stores the access log");
        return say(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    }
    match reference::settings(state.db.read()).await {
        Ok(_) => say(StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            say(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    }
}
