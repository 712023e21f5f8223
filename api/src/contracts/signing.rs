//! Signatures and validation over HTTP.

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::contract::{Basis, SignOrder, SignatureMeans, SigningParty, ValidateOrder};
use domain::ids::ContractId;
use domain::orientation::Orientation;
use domain::policy::WriteContract;
use persistence::{contracts, pieces};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Contract, Kept, answer, save};
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(sign_contract).service(validate_contract);
}

/// Record a signature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignContract {
    /// Whose.
    party: SigningParty,
    /// The day, today at the latest and not before the orientation began.
    signed_on: Day,
    /// How.
    means: SignatureMeans,
}

/// Validate a contract.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidateContract {
    /// The day, today at the latest and not before the last signature; null or absent: today.
    validated_on: Option<Day>,
}

/// Record a signature
///
/// The person's, or the referent organisation's, of a contract that was submitted. The same again changes nothing; from the first one on
/// what the contract says stays.
#[utoipa::path(post, tag = "Contracts", operation_id = "signContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = SignContract,
    responses((status = 200, description = "The contract.", body = Contract)))]
#[post("/contracts/{id}/signatures")]
pub(crate) async fn sign_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, SignContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let orientations: Vec<Orientation> = pieces::for_rules(w, person.id).await?;
            let SignContract { party, signed_on, means } = *wish;
            let signed = contract.sign(scope, &person, SignOrder { party, signed_on, means }, Basis::of(&orientations))?;
            save(&call, w, &contract, signed).await
        })
        .await
}

/// Validate a contract
///
/// Both have signed: it is in force for its period, and this edition never changes. One that it renews ends the day before. A CER is
/// validated by a manager, an engagement contract also by a professional of the referent organisation.
#[utoipa::path(post, tag = "Contracts", operation_id = "validateContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = ValidateContract,
    responses((status = 200, description = "The contract, in force.", body = Contract)))]
#[post("/contracts/{id}/validation")]
pub(crate) async fn validate_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, ValidateContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let orientations: Vec<Orientation> = pieces::for_rules(w, person.id).await?;
            let all: Vec<Kept> = pieces::for_rules(w, person.id).await?;
            let order = ValidateOrder { on: wish.validated_on, person: &person, contracts: &all, basis: Basis::of(&orientations) };
            let validated = contract.validate(scope, order)?;
            contracts::save_validated(w, &validated).await?;
            answer(&call, w, &validated.contract.after).await
        })
        .await
}
