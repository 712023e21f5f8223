//! The paper of a contract: the words it is made of, and the file that a person would sign. How it is set is in `print`.

use actix_web::{HttpResponse, get};
use domain::barrier::Barrier;
use domain::contract::{Commitment, ContractKind, Document, Edition, SigningParty, Terms, Wording};
use domain::ids::{ContractId, OrganisationId, OrientationId};
use domain::policy::{Function, ReadBarrier, ReadContract, ReadReadiness, Scope};
use domain::readiness::Readiness;
use persistence::contracts::{self, Parties, TermNames};
use persistence::machinery::reference::{ReferenceCode, called};
use persistence::{Error, Source, beneficiaries, pieces};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::Kept;
use crate::call::Call;
use crate::order::TextNumber;
use crate::print::{self, print_off_the_workers};
use crate::problem::Stop;

/// Mounts the route of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_contract_document);
}

/// The ways of appeal, which stand on every paper: of the decisions around a contract, since it cannot be contested by itself (Conseil
/// d'État, 4 December 2019, n° 418975).
const APPEAL: [&str; 2] = [
    "Ce contrat ne se conteste pas par lui-même devant un tribunal. Son contenu peut être discuté à l’occasion d’un recours contre une \
     décision de suspension ou de suppression du revenu de solidarité active.",
    "Une décision relative au revenu de solidarité active se conteste d’abord auprès du président du conseil départemental, par un recours \
     administratif préalable, dans les deux mois de sa notification, puis devant le tribunal administratif (articles L262-47 et R262-88 du \
     code de l’action sociale et des familles).",
];

/// The words of a paper: labels of the coded lists, names of the parties and of what the terms name.
pub(super) struct Words<'a> {
    codes: &'a [ReferenceCode],
    parties: Parties,
    names: TermNames,
}

impl<'a> Words<'a> {
    pub(super) async fn load<F: Function<Over = Kept>>(
        call: &'a Call,
        source: &impl Source,
        scope: &Scope<F>,
        (orientation, organisation): (OrientationId, OrganisationId),
        terms: &Terms,
    ) -> Result<Self, Error> {
        let parties = contracts::parties(source, scope, orientation, organisation).await?;
        Ok(Self { codes: &call.shared().codes, parties, names: contracts::named(source, scope, terms).await? })
    }
}

impl Wording for Words<'_> {
    fn label(&self, list: &str, code: &str) -> String {
        called(self.codes, list, code).0.to_owned()
    }

    fn department(&self) -> String {
        self.parties.department.clone()
    }

    fn organisation(&self) -> String {
        self.parties.organisation.clone()
    }

    fn accompaniment(&self) -> String {
        self.label("accompaniments", &self.parties.accompaniment)
    }

    fn referent(&self) -> Option<String> {
        self.parties.referent.clone()
    }

    fn provider(&self, commitment: &Commitment) -> Option<String> {
        let organisation = commitment.organisation_id.and_then(|id| self.names.organisations.get(&id));
        let action = commitment.action_id.and_then(|id| self.names.actions.get(&id));
        let named: Vec<&str> = [organisation, action].into_iter().flatten().map(|name| &**name).collect();
        (!named.is_empty()).then(|| named.join(" : "))
    }
}

/// The paper of an edition, as it is printed.
fn paper(kind: ContractKind, edition: &Edition, document: Document, codes: &[ReferenceCode]) -> print::Contract {
    let label = |list: &str, code: &str| called(codes, list, code).0.to_owned();
    let (title, legal_basis) = kind.title();
    let signature = |party: SigningParty, name: String| {
        let signed = edition.signature(party);
        print::Signature {
            party: label("contract_signing_parties", party.code()),
            name,
            signed_on: signed.map(|one| one.on),
            means: signed.map(|one| label("signature_means", one.means.code())),
        }
    };
    let person = format!("{} {}", document.person.first_name, document.person.last_name);
    let organisation = document.referent.as_ref().map_or_else(|| document.organisation.clone(), |name| format!("{}, {name}", document.organisation));
    let validated_for = match kind {
        ContractKind::Cer => "Validé pour le président du conseil départemental",
        ContractKind::EngagementContract => "Validé pour l’organisme référent",
    };
    print::Contract {
        document,
        title: title.to_owned(),
        legal_basis: legal_basis.to_owned(),
        edition: edition.number,
        is_draft: edition.submitted_at.is_none(),
        amendment_reason: edition.reason.as_deref().map(str::to_owned),
        signatures: vec![signature(SigningParty::Beneficiary, person), signature(SigningParty::Organisation, organisation)],
        validation: edition.validation.map(|one| print::Validation { on: one.on, label: validated_for.to_owned() }),
        appeal: APPEAL.map(str::to_owned).to_vec(),
    }
}

/// Which edition.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DocumentFilter {
    /// An edition that both have signed, by its number; when absent, what is being drawn up or signed, else the edition in force.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    edition: Option<TextNumber<1, 1000>>,
}

/// Print a contract
///
/// The paper that is signed, a tagged PDF in French. What is still being drawn up says on each page that it is a draft. Once it was
/// submitted, it says what it said then: the same version of the contract gives the same bytes.
#[utoipa::path(get, tag = "Contracts", operation_id = "readContractDocument", extensions(("x-permission" = json!("read_contract"))),
    params(("id" = ContractId, Path, description = "The contract."), DocumentFilter),
    responses((status = 200, description = "The paper.", body = String, content_type = "application/pdf")))]
#[get("/contracts/{id}/document")]
pub(crate) async fn read_contract_document(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may_print::<ReadContract>()?;
    let filter = call.query::<DocumentFilter>()?;
    let contract: Kept = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let edition = match filter.edition {
        None => contract.open_edition().unwrap_or(&contract.edition).clone(),
        Some(number) => {
            let number = i32::try_from(number.0).unwrap_or(i32::MAX);
            contracts::edition(call.read(), &scope, &contract, number).await?.ok_or_else(|| Stop::parameter("VALUE_INVALID", "edition"))?
        }
    };
    let document = match &edition.document {
        Some(document) => document.clone(),
        None => as_it_stands(&call, &scope, &contract, &edition).await?,
    };
    let paper = paper(contract.kind, &edition, document, &call.shared().codes);
    let name = format!("contrat-{}-{}.pdf", paper.document.person.reference, edition.number);
    let bytes = print_off_the_workers(move || print::contract(&paper)).await?;
    call.show_paper(contract.id.uuid(), &name, bytes, &[contract.beneficiary.uuid()]).await
}

/// What a draft would say if it were submitted now.
async fn as_it_stands(call: &Call, scope: &Scope<ReadContract>, contract: &Kept, edition: &Edition) -> Result<Document, Stop> {
    let person = beneficiaries::find(call.read(), scope, contract.beneficiary).await?.ok_or_else(Stop::not_found)?;
    let (of_barriers, of_readiness) = (call.may_print::<ReadBarrier>()?, call.may_print::<ReadReadiness>()?);
    let barriers: Vec<Barrier> = pieces::all_of(call.read(), &of_barriers, person.id).await?;
    let readiness: Vec<Readiness> = pieces::all_of(call.read(), &of_readiness, person.id).await?;
    let words = Words::load(call, call.read(), scope, (contract.orientation, contract.organisation), &edition.terms).await?;
    let latest = Readiness::latest(&readiness, scope.now().day());
    Ok(Document::of(contract, edition, &person, &barriers, latest, &words))
}
