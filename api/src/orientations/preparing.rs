//! The steps towards a decision: interview, proposal.

use actix_web::{HttpResponse, post};
use domain::accompaniment::Accompaniment;
use domain::calendar::Day;
use domain::ids::{OrganisationId, OrientationId};
use domain::orientation::{Criteria, InterviewOrder, InterviewOutcome, ProposeOrder, Provider};
use domain::policy::PrepareOrientation;
use domain::text::Note;
use persistence::organisations;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Kept, Orientation, save};
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(record_orientation_interview).service(propose_orientation);
}

/// Plan an interview, or say what became of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordOrientationInterview {
    /// The day, at most a year ahead; with an outcome, today at the latest.
    on: Day,
    /// What became of it; null or absent while it is planned. Once its day has come, one that nobody said otherwise of took place.
    outcome: Option<InterviewOutcome>,
}

/// Propose an accompaniment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeOrientation {
    /// What it rests on: all four blocks of the order of 21 November 2024.
    criteria: Criteria,
    /// Which accompaniment.
    accompaniment: Accompaniment,
    /// By whom.
    organisation_id: OrganisationId,
    /// In words, 1 to 2,000 characters; null or absent when there is nothing to add.
    comment: Option<Note>,
}

/// Plan an orientation interview
///
/// Or say what became of it (*entretien d'orientation*). One that was missed or excused is to be planned anew: the orientation is `to_orient` again.
#[utoipa::path(post, tag = "Orientations", operation_id = "recordOrientationInterview",
    extensions(("x-permission" = json!("prepare_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = RecordOrientationInterview,
    responses((status = 200, description = "The orientation.", body = Orientation)))]
#[post("/orientations/{id}/interview")]
pub(crate) async fn record_orientation_interview(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PrepareOrientation, RecordOrientationInterview>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let recorded = orientation.interview(scope, InterviewOrder { on: wish.on, outcome: wish.outcome })?;
            save(&call, w, &orientation, recorded).await
        })
        .await
}

/// Propose an accompaniment
///
/// On the four blocks of criteria. The answer says what they suggest, and by which facts; a manager decides. Proposed again until then,
/// and anew under review.
#[utoipa::path(post, tag = "Orientations", operation_id = "proposeOrientation", extensions(("x-permission" = json!("prepare_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = ProposeOrientation,
    responses((status = 200, description = "The orientation, with what is proposed and suggested.", body = Orientation)))]
#[post("/orientations/{id}/proposal")]
pub(crate) async fn propose_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PrepareOrientation, ProposeOrientation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let organisation = organisations::provider(w, wish.organisation_id).await?;
            let delegations = organisations::delegations_for_rule(w, wish.organisation_id).await?;
            let provider = Provider { organisation: organisation.as_ref(), delegations: &delegations, site: None };
            let wish = ProposeOrder {
                criteria: wish.criteria.clone(),
                accompaniment: wish.accompaniment,
                organisation: wish.organisation_id,
                comment: wish.comment.clone(),
            };
            let proposed = orientation.propose(scope, &person, wish, provider)?;
            save(&call, w, &orientation, Some(proposed)).await
        })
        .await
}
