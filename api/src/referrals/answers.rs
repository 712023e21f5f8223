//! What a receiver answers. Each answer implies those before it; the same again, even under another key, changes nothing.

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::identifier::france_travail::FranceTravailId;
use domain::ids::{GroupId, ReferralId};
use domain::policy::{AnswerReferral, Scope};
use domain::referral::{
    AcceptOrder, Came, ConcludeOrder, Conclusion, Outcome, Place, PurposeKind, ReceiptOrder, Referent, Referral as Stored, RefuseOrder,
};
use domain::text::{Line, Note};
use domain::vocabulary::Term;
use persistence::{Write, actions, beneficiaries, enrolments, groups, referrals};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Referral, answer, locked, other_open, relocked, save};
use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(acknowledge_referral)
        .service(accept_referral)
        .service(refuse_referral)
        .service(put_referral_on_waiting_list)
        .service(start_referral)
        .service(conclude_referral);
}

/// Say that a referral was received, and how it and its person are called there. What is absent stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgeReferral {
    /// The receiver's own identifier of the referral, 1 to 128 characters.
    external_id: Option<Line<128>>,
    /// France Travail's identifier of the person; only Pôle emploi gives it.
    france_travail_id: Option<FranceTravailId>,
}

/// Accept a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptReferral {
    /// Who accompanies the person (*référent*): required of an accompaniment.
    referent: Option<Referent>,
    /// Of an action: the group of the seat, where the referral leaves it open.
    group_id: Option<GroupId>,
    /// Of an action: the first day of the seat; absent: the first on which one is free.
    starts_on: Option<Day>,
}

/// Refuse a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseReferral {
    /// Why, a code of `referral_refusal_reasons`.
    reason: Term,
    /// The same in words; null or absent when there is nothing to add.
    comment: Option<Note>,
}

/// Say that an accompaniment has started.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartReferral {
    /// First day, from the day it was sent to today.
    started_on: Day,
}

/// Say what an accompaniment came to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConcludeReferral {
    /// What it came to.
    conclusion: Conclusion,
    /// Last day, from its first to today.
    ended_on: Day,
    /// Why it was abandoned, a code of `referral_abandonment_reasons`; only then.
    reason: Option<Term>,
    /// The same in words; null or absent when there is nothing to add.
    comment: Option<Note>,
    /// Whether the person came; null or absent when it is not known.
    came: Option<Came>,
    /// Whether the person was taken (*retenue*); null or absent when it is not known.
    selected: Option<bool>,
    /// Whether the person joined (*a intégré*); null or absent when it is not known.
    joined: Option<bool>,
}

impl From<&AcknowledgeReferral> for ReceiptOrder {
    fn from(order: &AcknowledgeReferral) -> Self {
        Self { external_id: order.external_id.clone(), france_travail_id: order.france_travail_id.clone() }
    }
}
impl From<&AcceptReferral> for AcceptOrder {
    fn from(order: &AcceptReferral) -> Self {
        Self { referent: order.referent.clone(), group: order.group_id, starts_on: order.starts_on }
    }
}
impl From<&RefuseReferral> for RefuseOrder {
    fn from(order: &RefuseReferral) -> Self {
        Self { reason: order.reason.clone(), comment: order.comment.clone() }
    }
}
impl From<&ConcludeReferral> for ConcludeOrder {
    fn from(order: &ConcludeReferral) -> Self {
        let ConcludeReferral { conclusion, ended_on, came, selected, joined, .. } = *order;
        let outcome = Outcome { came, selected, joined };
        Self { conclusion, ended_on, reason: order.reason.clone(), comment: order.comment.clone(), outcome }
    }
}

/// Whether another referral of the person is open for the same purpose: what a late answer is asked. Its name is the département's to
/// know, not this receiver's.
async fn has_rival(w: &Write, scope: &Scope<AnswerReferral>, referral: &Stored) -> Result<bool, Stop> {
    Ok(!referral.state.is_open() && other_open(w, scope, referral.person.id, referral.purpose.action(), Some(referral.id)).await?.is_some())
}

/// Acknowledge a referral
///
/// The receiver has it (*accusé de réception*). Its own identifier is kept; Pôle emploi also tells how it identifies the person. What
/// contradicts what is known: 409 `IDENTIFIER_CONFLICT`.
#[utoipa::path(post, tag = "Referrals", operation_id = "acknowledgeReferral", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = AcknowledgeReferral,
    responses((status = 200, description = "The referral, received.", body = Referral)))]
#[post("/referrals/{id}/receipt")]
pub(crate) async fn acknowledge_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, AcknowledgeReferral>(&body).await?;
    Box::pin(order.write(async |w, scope, wish| {
        let (person, referral) = locked(w, scope, call.id("id")?).await?;
        let is_taken = match &wish.france_travail_id {
            Some(given) => beneficiaries::is_identified_elsewhere(w, given, Some(person.id)).await?,
            None => false,
        };
        let receipt = referral.receive(scope, &person, wish.into(), is_taken)?;
        let answered = save(w, referral, receipt.referral).await?;
        if let Some(identified) = &receipt.identified {
            // After the receipt, which tells this receiver: the person's other referrals follow.
            beneficiaries::save(w, identified).await?;
        }
        Ok(answered)
    }))
    .await
}

/// Accept a referral
///
/// Of an accompaniment, with the named referent. Of an action, with a seat in the group: 409 `GROUP_FULL` when there is none, then the
/// waiting list is for that. The seat is an enrolment: `enrolment_id`. Accepted again with another referent, the referent changes.
#[utoipa::path(post, tag = "Referrals", operation_id = "acceptReferral", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = AcceptReferral,
    responses((status = 200, description = "The referral, accepted.", body = Referral)))]
#[post("/referrals/{id}/acceptance")]
pub(crate) async fn accept_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, AcceptReferral>(&body).await?;
    // Boxed: with everything it may touch, it is large.
    Box::pin(order.write(async |w, scope, wish| {
        let seen = referrals::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
        let person = referrals::lock_person(w, &seen).await?;
        let wanted = wish.group_id.or(seen.purpose.group()).filter(|_| seen.purpose.kind() == PurposeKind::Action);
        let group = match wanted {
            Some(group) => groups::lock_for_referral(w, group).await?,
            None => None,
        };
        let seats = match &group {
            Some(group) => groups::seats(w, group).await?,
            None => Vec::new(),
        };
        let referral = relocked(w, scope, seen.id, seen.person.id).await?;
        let is_open = has_rival(w, scope, &referral).await?;
        let place = Place { person: &person, group: group.as_ref(), seats: &seats, enrolment: w.id() };
        let accepted = referral.accept(scope, wish.into(), &place, is_open, &call.shared().vocabulary)?;
        let Some(accepted) = accepted else { return answer(w, &referral).await };
        if let Some(enrolment) = &accepted.enrolment {
            enrolments::save(w, enrolment).await?;
        }
        save(w, referral, Some(accepted.referral)).await
    }))
    .await
}

/// Refuse a referral
///
/// With a coded reason. Of an accompaniment it is a request for reorientation: the receiver stays the referent until that is decided.
#[utoipa::path(post, tag = "Referrals", operation_id = "refuseReferral", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = RefuseReferral,
    responses((status = 200, description = "The referral, refused.", body = Referral)))]
#[post("/referrals/{id}/refusal")]
pub(crate) async fn refuse_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, RefuseReferral>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, referral) = locked(w, scope, call.id("id")?).await?;
            let is_open = has_rival(w, scope, &referral).await?;
            let refused = referral.refuse(scope, wish.into(), is_open, &call.shared().vocabulary)?;
            save(w, referral, refused).await
        })
        .await
}

/// Put a referral on the waiting list
///
/// While no seat is free (else 409 `SEAT_FREE`: accept it). When one becomes free, whoever is first gets it and the referral is accepted
/// by itself: the feed says `referral.accepted`.
#[utoipa::path(post, tag = "Referrals", operation_id = "putReferralOnWaitingList", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")),
    responses((status = 200, description = "The referral, with its rank.", body = Referral)))]
#[post("/referrals/{id}/waiting-list")]
pub(crate) async fn put_referral_on_waiting_list(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let seen = referrals::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            referrals::lock_person(w, &seen).await?;
            let groups = match (seen.purpose.group(), seen.purpose.action()) {
                (Some(group), _) => groups::lock_for_referral(w, group).await?.into_iter().collect(),
                (None, Some(action)) => {
                    actions::lock_groups_of(w, action).await?;
                    groups::lock_of_action(w, action).await?
                }
                (None, None) => Vec::new(),
            };
            let seated = groups::seats_of(w, groups).await?;
            let referral = relocked(w, scope, seen.id, seen.person.id).await?;
            let is_open = has_rival(w, scope, &referral).await?;
            let waiting = referral.put_on_waiting_list(scope, &seated, is_open)?;
            save(w, referral, waiting).await
        })
        .await
}

/// Start an accompaniment
///
/// The person came for the first time. An action's referral starts by itself with the first half-day attended (409 `FOLLOWS_ENROLMENT`).
#[utoipa::path(post, tag = "Referrals", operation_id = "startReferral", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = StartReferral,
    responses((status = 200, description = "The referral, started.", body = Referral)))]
#[post("/referrals/{id}/start")]
pub(crate) async fn start_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, StartReferral>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, referral) = locked(w, scope, call.id("id")?).await?;
            let started = referral.start(scope, wish.started_on)?;
            save(w, referral, started).await
        })
        .await
}

/// Conclude an accompaniment
///
/// It came to its end, or was abandoned for a coded reason. An action's referral ends with its enrolment (409 `FOLLOWS_ENROLMENT`).
#[utoipa::path(post, tag = "Referrals", operation_id = "concludeReferral", extensions(("x-permission" = json!("answer_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = ConcludeReferral,
    responses((status = 200, description = "The referral, at its end.", body = Referral)))]
#[post("/referrals/{id}/outcome")]
pub(crate) async fn conclude_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AnswerReferral, ConcludeReferral>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, referral) = locked(w, scope, call.id("id")?).await?;
            let concluded = referral.conclude(scope, wish.into(), &call.shared().vocabulary)?;
            save(w, referral, concluded).await
        })
        .await
}
