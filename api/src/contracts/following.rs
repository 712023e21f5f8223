//! What comes after the signature, over HTTP: reviews, words about the commitments, the end before the last day.

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::contract::{CommitmentStatus, ProgressOrder, ReviewConclusion, ReviewOrder, TerminateOrder, TerminationReason};
use domain::ids::ContractId;
use domain::policy::WriteContract;
use domain::text::Note;
use domain::vocabulary::Term;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Contract, Kept, save};
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(review_contract).service(note_contract_progress).service(terminate_contract);
}

/// Review a contract (*bilan*).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewContract {
    /// The day, within the contract's and not before the last review; today at the latest.
    reviewed_on: Day,
    /// What follows.
    conclusion: ReviewConclusion,
    /// When it is to be reviewed again, after this day and within the contract; required where a contract without an end goes on.
    next_review_on: Option<Day>,
    /// In words, 1 to 2,000 characters; null or absent when there is nothing to add.
    comment: Option<Note>,
}

/// Say how far a commitment is kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteProgress {
    /// Which, by its key in the edition in force.
    commitment: Term,
    /// How far.
    status: CommitmentStatus,
    /// Since when, today at the latest and not before the contract began.
    on: Day,
    /// In words, 1 to 2,000 characters; null or absent when there is nothing to add. Of health the effect alone, never a cause.
    comment: Option<Note>,
}

/// End a contract before its last day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TerminateContract {
    /// The last day, today at the latest and not before the first.
    on: Day,
    /// Why.
    reason: TerminationReason,
    /// In words, 1 to 2,000 characters: required for `other`.
    comment: Option<Note>,
}

/// Review a contract
///
/// Of one in force, or one that has expired and was not renewed.
#[utoipa::path(post, tag = "Contracts", operation_id = "reviewContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = ReviewContract,
    responses((status = 200, description = "The contract.", body = Contract)))]
#[post("/contracts/{id}/review")]
pub(crate) async fn review_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, ReviewContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let order = ReviewOrder {
                reviewed_on: wish.reviewed_on,
                conclusion: wish.conclusion,
                next_review_on: wish.next_review_on,
                comment: wish.comment.clone(),
            };
            let reviewed = contract.review(scope, order)?;
            save(&call, w, &contract, reviewed).await
        })
        .await
}

/// Say how far a commitment is kept
///
/// Every word stays, the last one holds. Of a commitment linked to a collective action or to a barrier nothing has to be said: attendance
/// and resolution say it, unless somebody says otherwise.
#[utoipa::path(post, tag = "Contracts", operation_id = "noteContractProgress", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = NoteProgress,
    responses((status = 200, description = "The contract.", body = Contract)))]
#[post("/contracts/{id}/progress")]
pub(crate) async fn note_contract_progress(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, NoteProgress>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let NoteProgress { commitment, status, on, comment } = wish;
            let order = ProgressOrder { commitment: commitment.clone(), status: *status, on: *on, comment: comment.clone() };
            let noted = contract.note_progress(scope, order)?;
            save(&call, w, &contract, noted).await
        })
        .await
}

/// End a contract before its last day
///
/// For a coded reason (*résiliation*). An amendment that was being drawn up is given up with it.
#[utoipa::path(post, tag = "Contracts", operation_id = "terminateContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = TerminateContract,
    responses((status = 200, description = "The contract, terminated.", body = Contract)))]
#[post("/contracts/{id}/termination")]
pub(crate) async fn terminate_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, TerminateContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let order = TerminateOrder { on: wish.on, reason: wish.reason, comment: wish.comment.clone() };
            let terminated = contract.terminate(scope, order)?;
            save(&call, w, &contract, terminated).await
        })
        .await
}
