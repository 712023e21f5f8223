//! Contracts over HTTP: what one reads as, and lists. Drawing one up is in `drawing_up`, its signature in `signing`, what comes after it in
//! `following`, the synthesis in `synthesis`, the paper in `paper`.

mod drawing_up;
mod following;
mod paper;
mod signing;
mod synthesis;

use actix_web::{HttpResponse, get};
use domain::calendar::{Day, Instant};
use domain::change::Change;
use domain::contract::{
    CommitmentStatus, Contract as Kept, ContractKind, ContractState, Edition, Missing, ReviewConclusion, SignatureMeans, SigningParty,
    TerminationReason, Terms,
};
use domain::ids::{BeneficiaryId, ContractId, OrganisationId, OrientationId, PrincipalId};
use domain::policy::ReadContract;
use domain::refusal::Decided;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::{Answer, Source, Write, beneficiaries, contracts, pieces};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this folder.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_contracts).service(read_contract).service(list_contract_editions);
    drawing_up::configure(routes);
    signing::configure(routes);
    following::configure(routes);
    synthesis::configure(routes);
    paper::configure(routes);
}

/// A signature of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractSignature {
    /// Whose.
    party: SigningParty,
    /// The day.
    signed_on: Day,
    /// How.
    means: SignatureMeans,
    /// Who wrote it down; of the organisation, who signed for it.
    recorded_by: PrincipalId,
}

/// A contract as it is signed at once: the first, or one of its amendments (*avenant*). What both have signed never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractEdition {
    /// 1, one more by each amendment.
    #[schema(minimum = 1)]
    number: i32,
    /// Why it amends the one before; null of the first.
    reason: Option<Note>,
    /// What it says.
    terms: Terms,
    /// Since when it is to be signed; null while it is being drawn up.
    submitted_at: Option<Instant>,
    /// Who has signed.
    #[schema(max_items = 2)]
    signatures: Vec<ContractSignature>,
    /// The day it was validated; null before.
    validated_on: Option<Day>,
    /// Who validated it; null before.
    validated_by: Option<PrincipalId>,
    /// Whose contract it is one of, where it is shown by itself.
    #[serde(skip)]
    person: Option<BeneficiaryId>,
}

impl From<&Edition> for ContractEdition {
    fn from(edition: &Edition) -> Self {
        Self {
            person: None,
            number: edition.number,
            reason: edition.reason.clone(),
            terms: edition.terms.clone(),
            submitted_at: edition.submitted_at,
            signatures: edition
                .signatures
                .iter()
                .map(|one| ContractSignature { party: one.party, signed_on: one.on, means: one.means, recorded_by: one.by })
                .collect(),
            validated_on: edition.validation.map(|validation| validation.on),
            validated_by: edition.validation.map(|validation| validation.by),
        }
    }
}

impl Shows for ContractEdition {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(self.person.map(BeneficiaryId::uuid));
    }
}

/// A review of a contract (*bilan*).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractReview {
    /// The day.
    reviewed_on: Day,
    /// What follows.
    conclusion: ReviewConclusion,
    /// When it is to be reviewed again; null when nothing was said.
    next_review_on: Option<Day>,
    /// In words; null when there is nothing to add.
    comment: Option<Note>,
    /// By whom.
    reviewed_by: PrincipalId,
}

/// A word about how far a commitment is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommitmentProgress {
    /// Which commitment, by its key.
    commitment: Term,
    /// How far.
    status: CommitmentStatus,
    /// Since when.
    on: Day,
    /// In words; null when there is nothing to add.
    comment: Option<Note>,
    /// Who says so.
    recorded_by: PrincipalId,
    /// When it was said.
    recorded_at: Instant,
}

/// How a contract ended otherwise than on its last day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractEnding {
    /// The day.
    on: Day,
    /// Why one that was in force ended; null of one that never was.
    reason: Option<TerminationReason>,
    /// In words; null when there is nothing to add.
    comment: Option<Note>,
}

/// A contract of a person: of the old law a CER (*contrat d'engagements réciproques*), since 2025 an engagement contract (*contrat
/// d'engagement*).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contract {
    /// Its id.
    id: ContractId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// The orientation it rests on.
    orientation_id: OrientationId,
    /// The referent organisation.
    organisation_id: OrganisationId,
    /// Which law it is of, by its first day.
    kind: ContractKind,
    /// Which of the person's contracts it is: 1, one more than those that were in force before it was drawn up.
    #[schema(minimum = 1)]
    rank: i32,
    /// Where it stands today: the clock makes one expire.
    state: ContractState,
    /// The one in whose place it was drawn up; null when it renews none.
    former_id: Option<ContractId>,
    /// The edition in force, or the first while none is.
    edition: ContractEdition,
    /// The amendment that is being drawn up or signed; null when none is.
    amendment: Option<ContractEdition>,
    /// First day in force; null before it was validated.
    starts_on: Option<Day>,
    /// Last day in force; null while none is set, and before it was validated.
    ends_on: Option<Day>,
    /// When it is to be reviewed next; null when no day is set.
    review_due_on: Option<Day>,
    /// What is missing before what is being drawn up can be submitted to signature: `CONTRACT_INCOMPLETE`. Empty when nothing is drawn up.
    #[schema(max_items = 8)]
    missing: Vec<Missing>,
    /// Its reviews, the first first.
    #[schema(max_items = 1000)]
    reviews: Vec<ContractReview>,
    /// What was said of its commitments, the first word first. What follows from attendance and barriers is in the synthesis.
    #[schema(max_items = 10000)]
    progress: Vec<CommitmentProgress>,
    /// How it ended otherwise than on its last day; null when it did not.
    ending: Option<ContractEnding>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl Contract {
    /// As it reads on a day, of a person whose readiness somebody assessed or not.
    pub(crate) fn new(contract: &Kept, today: Day, readiness_is_known: bool) -> Self {
        Self {
            id: contract.id,
            beneficiary_id: contract.beneficiary,
            orientation_id: contract.orientation,
            organisation_id: contract.organisation,
            kind: contract.kind,
            rank: contract.rank,
            state: contract.state_on(today),
            former_id: contract.former,
            edition: ContractEdition::from(&contract.edition),
            amendment: contract.amendment.as_ref().map(ContractEdition::from),
            starts_on: contract.period.map(|period| period.starts_on),
            ends_on: contract.period.and_then(|period| period.ends_on),
            review_due_on: contract.period.and_then(|_| contract.review_due_on()),
            missing: contract.missing(readiness_is_known),
            reviews: contract
                .reviews
                .iter()
                .map(|one| ContractReview {
                    reviewed_on: one.on,
                    conclusion: one.conclusion,
                    next_review_on: one.next_on,
                    comment: one.comment.clone(),
                    reviewed_by: one.by,
                })
                .collect(),
            progress: contract
                .progress
                .iter()
                .map(|one| CommitmentProgress {
                    commitment: one.commitment.clone(),
                    status: one.status,
                    on: one.on,
                    comment: one.comment.clone(),
                    recorded_by: one.by,
                    recorded_at: one.at,
                })
                .collect(),
            ending: contract.ending.as_ref().map(|one| ContractEnding { on: one.on, reason: one.reason, comment: one.comment.clone() }),
            version: contract.stamp.version,
            updated_at: contract.stamp.updated_at,
        }
    }
}

impl Shows for Contract {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Contract {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of contracts.
pub(crate) type ContractPage = Page<Contract>;

/// A page of editions.
pub(crate) type ContractEditionPage = Page<ContractEdition>;

/// One as it reads now.
async fn shown(call: &Call, source: &impl Source, contract: &Kept) -> Result<Contract, Stop> {
    let readiness_is_known = contracts::is_readiness_known(source, contract.beneficiary).await?;
    Ok(Contract::new(contract, call.now().day(), readiness_is_known))
}

/// One as the transaction that changed it sees it.
async fn answer(call: &Call, w: &Write, contract: &Kept) -> Result<Answer, Stop> {
    show::ok(&shown(call, w, contract).await?)
}

/// Saves a change of one that is locked, if it is one.
async fn save(call: &Call, w: &Write, before: &Kept, change: Option<Decided<Change<Kept>>>) -> Result<Answer, Stop> {
    let Some(change) = change else { return answer(call, w, before).await };
    pieces::save(w, &change).await?;
    answer(call, w, &change.after).await
}

/// List the contracts of a person
///
/// All of them, in the order in which they were drawn up.
#[utoipa::path(get, tag = "Contracts", operation_id = "listContracts", extensions(("x-permission" = json!("read_contract"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams),
    responses((status = 200, description = "Contracts.", body = ContractPage)))]
#[get("/beneficiaries/{id}/contracts")]
pub(crate) async fn list_contracts(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadContract>()?;
    let (_, asked) = call.list::<NoFilter>(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = pieces::list(call.read(), &scope, person.id, &asked.listing).await?;
    let readiness_is_known = contracts::is_readiness_known(call.read(), person.id).await?;
    let today = scope.now().day();
    call.show_page(&asked, rows, |contract| Contract::new(&contract, today, readiness_is_known)).await
}

/// Read a contract
#[utoipa::path(get, tag = "Contracts", operation_id = "readContract", extensions(("x-permission" = json!("read_contract"))),
    params(("id" = ContractId, Path, description = "The contract.")),
    responses((status = 200, description = "The contract.", body = Contract)))]
#[get("/contracts/{id}")]
pub(crate) async fn read_contract(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadContract>()?;
    let contract = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&shown(&call, call.read(), &contract).await?).await
}

/// List the editions of a contract
///
/// What both have signed, the first first: each as it was validated, for ever.
#[utoipa::path(get, tag = "Contracts", operation_id = "listContractEditions", extensions(("x-permission" = json!("read_contract"))),
    params(("id" = ContractId, Path, description = "The contract."), ListParams),
    responses((status = 200, description = "Editions.", body = ContractEditionPage)))]
#[get("/contracts/{id}/editions")]
pub(crate) async fn list_contract_editions(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadContract>()?;
    let (_, asked) = call.list::<NoFilter>(false)?;
    let contract: Kept = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = contracts::list_editions(call.read(), &scope, &contract, &asked.listing).await?;
    call.show_page(&asked, rows, |edition| ContractEdition { person: Some(contract.beneficiary), ..ContractEdition::from(&edition) }).await
}
