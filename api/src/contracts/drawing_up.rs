//! Drawing contracts up over HTTP: a draft, an amendment, a renewal; their submission to signature; giving them up.

use actix_web::{HttpResponse, post, put};
use domain::action::Action;
use domain::barrier::Barrier;
use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::contract::{Amend, Basis, Document, DrawUp, Named, Terms};
use domain::id::Id;
use domain::ids::{BeneficiaryId, ContractId};
use domain::organisation::Organisation;
use domain::orientation::Orientation;
use domain::policy::{Scope, WriteContract};
use domain::readiness::Readiness;
use domain::refusal::{Refusal, Rule};
use domain::text::Note;
use persistence::{Error, Write, beneficiaries, contracts, pieces};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::paper::Words;
use super::{Contract, Kept, save, shown};
use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::problem::Stop;
use crate::show;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(draw_up_contract)
        .service(edit_contract)
        .service(submit_contract)
        .service(refuse_contract)
        .service(amend_contract)
        .service(renew_contract)
        .service(cancel_contract);
}

/// Amend a contract: all that it will say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmendContract {
    /// Why, 1 to 2,000 characters; it stands on the paper.
    reason: Note,
    /// What the contract will say, all of it. Its first day stays; a commitment keeps its key.
    terms: Terms,
}

/// Say that the person refuses to sign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseContract {
    /// The day, today at the latest and not before the contract was to be signed. Who has signed did not refuse: 409 `CONTRACT_SIGNED`.
    refused_on: Day,
    /// In words, 1 to 2,000 characters; null or absent when there is nothing to add.
    comment: Option<Note>,
}

/// Give up what is being drawn up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelContract {
    /// In words, 1 to 2,000 characters; null or absent when there is nothing to add.
    comment: Option<Note>,
}

/// What stands around the drawing up of a contract, of a person who is locked.
struct Surroundings {
    contracts: Vec<Kept>,
    orientations: Vec<Orientation>,
    barriers: Vec<Barrier>,
    organisations: Vec<Id<Organisation>>,
    actions: Vec<Id<Action>>,
}

impl Surroundings {
    async fn load(w: &Write, scope: &Scope<WriteContract>, person: &Beneficiary, terms: &Terms) -> Result<Self, Error> {
        let named = contracts::named(w, scope, terms).await?;
        Ok(Self {
            contracts: pieces::for_rules(w, person.id).await?,
            orientations: pieces::for_rules(w, person.id).await?,
            barriers: pieces::for_rules(w, person.id).await?,
            organisations: named.organisations.into_keys().collect(),
            actions: named.actions.into_keys().collect(),
        })
    }

    fn around<'a>(&'a self, call: &'a Call, person: &'a Beneficiary) -> DrawUp<'a> {
        DrawUp {
            person,
            contracts: &self.contracts,
            basis: Basis::of(&self.orientations),
            named: Named {
                barriers: &self.barriers,
                organisations: &self.organisations,
                actions: &self.actions,
                vocabulary: &call.shared().vocabulary,
            },
        }
    }
}

/// Draw a contract up
///
/// The first, or one after another has ended: of one in force or expired, `renewContract`. It rests on the orientation in force, of an
/// organisation whose people the département makes contracts with. Before 2025 its first day makes it a `cer`, since then an
/// `engagement_contract`. What is missing before it can be signed is in `missing`; one is drawn up at a time.
#[utoipa::path(post, tag = "Contracts", operation_id = "drawUpContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = Terms,
    responses((status = 201, description = "The contract, a draft.", body = Contract)))]
#[post("/beneficiaries/{id}/contracts")]
pub(crate) async fn draw_up_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, Terms>(&body).await?;
    order
        .write(async |w, scope, terms| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let surroundings = Surroundings::load(w, scope, &person, terms).await?;
            let drawn_up = Kept::draw_up(scope, w.id(), terms.clone(), None, &surroundings.around(&call, &person))?;
            pieces::save(w, &drawn_up).await?;
            show::created(format!("/v1/contracts/{}", drawn_up.after.id), &shown(&call, w, &drawn_up.after).await?)
        })
        .await
}

/// Edit a contract that is being drawn up
///
/// The draft, or the amendment of one in force, until somebody signs (then 409 `CONTRACT_SIGNED`). What was submitted to signature is a
/// draft again.
#[utoipa::path(put, tag = "Contracts", operation_id = "editContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = Terms,
    responses((status = 200, description = "The contract, as it is now.", body = Contract)))]
#[put("/contracts/{id}")]
pub(crate) async fn edit_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, Terms>(&body).await?;
    order
        .write(async |w, scope, terms| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            call.check_if_match(contract.stamp.version)?;
            let surroundings = Surroundings::load(w, scope, &person, terms).await?;
            let edited = contract.edit(scope, terms.clone(), &surroundings.around(&call, &person))?;
            save(&call, w, &contract, Some(edited)).await
        })
        .await
}

/// Submit a contract to signature
///
/// The draft, or the amendment: nothing is `missing` any more (else 409 `CONTRACT_INCOMPLETE`), and the paper to be signed is fixed as it
/// is now, with the names, labels and readiness of this moment.
#[utoipa::path(post, tag = "Contracts", operation_id = "submitContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")),
    responses((status = 200, description = "The contract, to be signed.", body = Contract)))]
#[post("/contracts/{id}/submission")]
pub(crate) async fn submit_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let Some(open) = contract.open_edition() else { return Err(Refusal::Conflict(Rule::ContractState).into()) };
            let barriers: Vec<Barrier> = pieces::for_rules(w, person.id).await?;
            let readiness: Vec<Readiness> = pieces::for_rules(w, person.id).await?;
            let latest = Readiness::latest(&readiness, scope.now().day());
            let orientations: Vec<Orientation> = pieces::for_rules(w, person.id).await?;
            let Some(basis) = Basis::of(&orientations) else { return Err(Refusal::Conflict(Rule::ContractNeedsOrientation).into()) };
            let words = Words::load(&call, w, scope, (basis.orientation, basis.organisation), &open.terms).await?;
            let document = Document::of(&contract, open, &person, &barriers, latest, &words);
            let submitted = contract.submit(scope, &person, basis, latest.is_some(), document)?;
            save(&call, w, &contract, submitted).await
        })
        .await
}

/// Record that the person refuses to sign
///
/// The contract is refused, for good; an amendment that is refused leaves the contract as it was.
#[utoipa::path(post, tag = "Contracts", operation_id = "refuseContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = RefuseContract,
    responses((status = 200, description = "The contract.", body = Contract)))]
#[post("/contracts/{id}/refusal")]
pub(crate) async fn refuse_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, RefuseContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let refused = contract.refuse(scope, wish.refused_on, wish.comment.clone())?;
            save(&call, w, &contract, Some(refused)).await
        })
        .await
}

/// Amend a contract
///
/// An amendment (*avenant*) is drawn up, submitted, signed and validated like the contract, which stays as it is until then. Edited with
/// `editContract`, given up with `cancelContract`.
#[utoipa::path(post, tag = "Contracts", operation_id = "amendContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = AmendContract,
    responses((status = 200, description = "The contract, with its amendment.", body = Contract)))]
#[post("/contracts/{id}/amendments")]
pub(crate) async fn amend_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, AmendContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let surroundings = Surroundings::load(w, scope, &person, &wish.terms).await?;
            let amend = Amend { reason: wish.reason.clone(), terms: wish.terms.clone() };
            let amended = contract.amend(scope, amend, &surroundings.around(&call, &person))?;
            save(&call, w, &contract, Some(amended)).await
        })
        .await
}

/// Renew a contract
///
/// Another one is drawn up in its place: once that is validated, it ends the day before that begins, and is in force until then. A CER is
/// replaced by an engagement contract so.
#[utoipa::path(post, tag = "Contracts", operation_id = "renewContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract that is renewed.")), request_body = Terms,
    responses((status = 201, description = "The new contract, a draft.", body = Contract)))]
#[post("/contracts/{id}/renewal")]
pub(crate) async fn renew_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, Terms>(&body).await?;
    order
        .write(async |w, scope, terms| {
            let (person, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let surroundings = Surroundings::load(w, scope, &person, terms).await?;
            let renewal = Kept::draw_up(scope, w.id(), terms.clone(), Some(&contract), &surroundings.around(&call, &person))?;
            pieces::save(w, &renewal).await?;
            show::created(format!("/v1/contracts/{}", renewal.after.id), &shown(&call, w, &renewal.after).await?)
        })
        .await
}

/// Give a contract up
///
/// The draft is cancelled, also once it was submitted or signed by one; of one in force, the amendment that is being drawn up; else one that
/// was validated and has not begun. The contract whose place that was to take keeps its last day: another may follow it.
#[utoipa::path(post, tag = "Contracts", operation_id = "cancelContract", extensions(("x-permission" = json!("write_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")), request_body = CancelContract,
    responses((status = 200, description = "The contract.", body = Contract)))]
#[post("/contracts/{id}/cancellation")]
pub(crate) async fn cancel_contract(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<WriteContract, CancelContract>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (_, contract) = call.lock_piece::<Kept, _>(w, scope).await?;
            let cancelled = contract.cancel(scope, wish.comment.clone())?;
            save(&call, w, &contract, cancelled).await
        })
        .await
}
