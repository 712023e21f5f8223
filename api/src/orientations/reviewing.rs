//! What comes after a decision: notification, acceptance, review, opinion, extension, closure.

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::form::one_to;
use domain::ids::{OrientationId, ProfessionalId};
use domain::law::VulnerabilityGround;
use domain::orientation::{
    AcceptOrder, CloseOrder, ClosureReason, NotificationMeans, NotifyOrder, OpinionOrder, OrientationClosed, ReviewOrder, ReviewReason,
    ReviewRequester, TeamOpinion,
};
use domain::policy::{AcceptOrientation, CloseOrientation, DecideOrientation, PrepareOrientation};
use domain::text::Note;
use persistence::{interventions, pieces, referrals};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Kept, Orientation, answer, save};
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(notify_orientation)
        .service(accept_orientation)
        .service(review_orientation)
        .service(record_team_opinion)
        .service(extend_social_review)
        .service(close_orientation);
}

/// Say how the person was told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotifyOrientation {
    /// The day, from the decision's to today.
    notified_on: Day,
    /// How.
    means: NotificationMeans,
    /// Whether the ways and delays of appeal stand in it: a notification without them is none (CASF R262-91), so only true is taken.
    appeal_stated: bool,
}

/// Say who accompanies the person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptOrientation)]
pub(crate) struct AcceptOrientationOrder {
    /// A caseworker or manager of the referent organisation.
    referent_id: ProfessionalId,
}

/// Ask for another orientation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewOrientation {
    /// Who asks.
    requested_by: ReviewRequester,
    /// Why.
    reason: ReviewReason,
    /// The same in words, 1 to 2,000 characters: required of `other`.
    comment: Option<Note>,
}

/// Say what the multidisciplinary team was asked, and thinks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordTeamOpinion {
    /// When it was asked, from the day the review was asked for to today.
    asked_on: Day,
    /// What it thinks; null or absent while it has not answered.
    opinion: Option<TeamOpinion>,
    /// When it said so, from `asked_on` to today; exactly where `opinion` is.
    given_on: Option<Day>,
}

/// Say why the social track is reviewed after twelve months.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendSocialReview {
    /// The grounds, each once.
    #[schema(min_items = 1, max_items = 5)]
    #[serde(deserialize_with = "one_to::<5, _, _>")]
    grounds: Vec<VulnerabilityGround>,
}

/// Close an orientation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CloseOrientation)]
pub(crate) struct CloseOrientationOrder {
    /// The last day, from its first to today.
    on: Day,
    /// Why.
    reason: ClosureReason,
}

/// Notify an orientation
///
/// Says that the person was told of the decision, with the ways of appeal (*notification*). It is said once; the delays of the contract and
/// of the appeal run from it.
#[utoipa::path(post, tag = "Orientations", operation_id = "notifyOrientation", extensions(("x-permission" = json!("decide_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = NotifyOrientation,
    responses((status = 200, description = "The orientation, notified.", body = Orientation)))]
#[post("/orientations/{id}/notification")]
pub(crate) async fn notify_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<DecideOrientation, NotifyOrientation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let NotifyOrientation { notified_on, means, appeal_stated } = *wish;
            let notified = orientation.notify(scope, NotifyOrder { notified_on, means, appeal_stated })?;
            save(&call, w, &orientation, notified).await
        })
        .await
}

/// Name the referent
///
/// The referent organisation has the person in charge, and names who accompanies them (*référent unique*); later, somebody else. An
/// organisation that was told by a referral answers that first (409 `FOLLOWS_REFERRAL`).
#[utoipa::path(post, tag = "Orientations", operation_id = "acceptOrientation", extensions(("x-permission" = json!("accept_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = AcceptOrientationOrder,
    responses((status = 200, description = "The orientation, active.", body = Orientation)))]
#[post("/orientations/{id}/acceptance")]
pub(crate) async fn accept_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AcceptOrientation, AcceptOrientationOrder>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let referent = interventions::practitioner(w, scope, wish.referent_id).await?;
            let open = referrals::lock_open(w, person.id, None, None).await?;
            let referral = open.filter(|open| orientation.referral == Some(open.id));
            let accepted = orientation.accept(scope, &AcceptOrder { referent: referent.as_ref() }, referral.as_ref())?;
            save(&call, w, &orientation, accepted).await
        })
        .await
}

/// Ask for another orientation
///
/// The one in force goes under review (*demande de réorientation*) and stays in force until it is maintained, or another one is decided. A
/// receiver asks by refusing its referral.
#[utoipa::path(post, tag = "Orientations", operation_id = "reviewOrientation", extensions(("x-permission" = json!("prepare_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = ReviewOrientation,
    responses((status = 200, description = "The orientation, under review.", body = Orientation)))]
#[post("/orientations/{id}/review")]
pub(crate) async fn review_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PrepareOrientation, ReviewOrientation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let asked = ReviewOrder { requested_by: wish.requested_by, reason: wish.reason, comment: wish.comment.clone() };
            let reviewed = orientation.request_review(scope, asked)?;
            save(&call, w, &orientation, Some(reviewed)).await
        })
        .await
}

/// Record the team's opinion
///
/// That the multidisciplinary team (*équipe pluridisciplinaire*) was asked, and what it thinks; a month after it was asked, its opinion is
/// deemed given (CASF L262-39).
#[utoipa::path(post, tag = "Orientations", operation_id = "recordTeamOpinion", extensions(("x-permission" = json!("decide_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = RecordTeamOpinion,
    responses((status = 200, description = "The orientation, under review.", body = Orientation)))]
#[post("/orientations/{id}/opinion")]
pub(crate) async fn record_team_opinion(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<DecideOrientation, RecordTeamOpinion>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let RecordTeamOpinion { asked_on, opinion, given_on } = *wish;
            let heard = orientation.hear(scope, OpinionOrder { asked_on, opinion, given_on })?;
            save(&call, w, &orientation, heard).await
        })
        .await
}

/// Extend the social review
///
/// The social track is looked at again after twelve months instead of six, for a vulnerability (CASF D262-65-2-1).
#[utoipa::path(post, tag = "Orientations", operation_id = "extendSocialReview", extensions(("x-permission" = json!("prepare_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = ExtendSocialReview,
    responses((status = 200, description = "The orientation.", body = Orientation)))]
#[post("/orientations/{id}/extension")]
pub(crate) async fn extend_social_review(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PrepareOrientation, ExtendSocialReview>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let extended = orientation.extend(scope, wish.grounds.clone())?;
            save(&call, w, &orientation, extended).await
        })
        .await
}

/// Close an orientation
///
/// It came to its end and none follows: a job, a training, the end of the right… (*sortie*). A receiver is told; whoever waits for the place
/// gets it. One that should never have been is closed as a `mistake`, also once it was decided: its days then stand in the way of none,
/// and what it should have been may be decided the same day.
#[utoipa::path(post, tag = "Orientations", operation_id = "closeOrientation", extensions(("x-permission" = json!("close_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = CloseOrientationOrder,
    responses((status = 200, description = "The orientation, closed.", body = Orientation)))]
#[post("/orientations/{id}/closure")]
pub(crate) async fn close_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<CloseOrientation, CloseOrientationOrder>(&body).await?;
    let answered = order
        .write(async |w, scope, wish| {
            let (person, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
            let open = referrals::lock_open(w, person.id, None, None).await?;
            let closed = orientation.close(scope, CloseOrder { on: wish.on, reason: wish.reason }, open.as_ref())?;
            let Some(OrientationClosed { orientation: closed, ended_referral: told }) = closed else { return answer(&call, w, &orientation).await };
            pieces::save(w, &closed).await?;
            referrals::save(w, told.as_slice()).await?;
            answer(&call, w, &closed.after).await
        })
        .await;
    call.shared().places_freed.notify_one();
    answered
}
