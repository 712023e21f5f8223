//! Social security numbers over HTTP: recording one, reading it in clear, telling it to Pôle emploi. Nowhere else does one leave, and
//! each time a trace is kept. How they are sealed is in `nir/seal`.

mod seal;

use actix_web::{HttpResponse, get, post};
use domain::calendar::Day;
use domain::identifier::nir::Nir;
use domain::ids::{BeneficiaryId, ReferralId};
use domain::policy::{IdentifyReferral, ManageBeneficiary, ReadNir};
use persistence::machinery::reference;
use persistence::nirs::{self, SealedNir};
use persistence::{beneficiaries, referrals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::beneficiaries::Beneficiary;
use crate::call::Call;
use crate::extract::Body;
use crate::problem::{Kind, Stop};
use crate::show::{self, Resource, Shows};
use seal::Seal;

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(record_nir).service(read_nir).service(identify_referral);
}

/// Record a social security number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordNir {
    /// The number, with its key (15 characters) or without (13, then it is computed); spaces, dots and dashes are ignored.
    #[schema(value_type = String, min_length = 13, max_length = 40, example = "1 85 05 87 999 123 89")]
    nir: Nir,
}

/// A person's social security number, in clear.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonNir {
    /// Whose.
    beneficiary_id: BeneficiaryId,
    /// The number with its key, 15 characters; null when it is not known.
    #[schema(pattern = "^[1-478][0-9]{4}([0-9]{2}|2[AB])[0-9]{8}$", min_length = 15, max_length = 15)]
    nir: Option<String>,
    /// Whether another one will take its place; null when it is not known.
    provisional: Option<bool>,
    /// How many the person has had, with this one; 0 when none is known.
    #[schema(minimum = 0)]
    version: i32,
}

impl Shows for PersonNir {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for PersonNir {
    fn id(&self) -> Uuid {
        self.beneficiary_id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// Who a referred person is beyond doubt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Identity {
    /// The referral.
    referral_id: ReferralId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// Social security number with its key, 15 characters; null when it is not known.
    #[schema(pattern = "^[1-478][0-9]{4}([0-9]{2}|2[AB])[0-9]{8}$", min_length = 15, max_length = 15)]
    nir: Option<String>,
    /// Date of birth; null when it is not known.
    birth_date: Option<Day>,
    /// The version of the referral.
    #[schema(minimum = 1)]
    version: i32,
}

impl Shows for Identity {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Identity {
    fn id(&self) -> Uuid {
        self.referral_id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// The number of a person, opened. One that does not open is a defect of the keys.
fn opened(call: &Call, sealed: Option<&SealedNir>) -> Result<Option<Nir>, Stop> {
    let Some(stored) = sealed else { return Ok(None) };
    let nir = Seal::new(&call.shared().keys).open(stored.person, &stored.sealed);
    nir.map(Some).ok_or_else(|| {
        tracing::error!("a sealed number does not open: the keys are not those it was sealed with");
        Kind::Internal.into()
    })
}

/// Record a social security number
///
/// The number (*NIR*) is sealed where it is stored, and shown by `readNir` alone. 409 `IDENTIFIER_CONFLICT` when it is another person's;
/// 422 when its key is wrong or it contradicts the year of birth. The same number again changes nothing.
#[utoipa::path(post, tag = "People", operation_id = "recordNir", extensions(("x-permission" = json!("manage_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordNir,
    responses((status = 200, description = "The person.", body = Beneficiary)))]
#[post("/beneficiaries/{id}/nir")]
pub(crate) async fn record_nir(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RecordNir>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let seal = Seal::new(&call.shared().keys);
            let index = seal.index(&wish.nir);
            let is_taken = nirs::is_taken(w, &index, person.id).await?;
            let last = nirs::last_of(w, &person).await?;
            let is_known = opened(&call, last.as_ref())?.is_some_and(|known| known == wish.nir);
            let recorded = person.record_nir(scope, wish.nir.clone(), is_taken, last.map_or(0, |last| last.version))?;
            if !is_known {
                let sealed = seal.close(person.id, &recorded.nir).ok_or_else(|| Stop::from(Kind::Internal))?;
                nirs::save(w, &recorded, sealed, &index).await?;
            }
            show::ok(&Beneficiary::from(&person))
        })
        .await
}

/// Read a social security number
///
/// In clear, for those who accompany the person; each time a trace is kept.
#[utoipa::path(get, tag = "People", operation_id = "readNir", extensions(("x-permission" = json!("read_nir"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")),
    responses((status = 200, description = "The number.", body = PersonNir)))]
#[get("/beneficiaries/{id}/nir")]
pub(crate) async fn read_nir(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadNir>()?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let sealed = nirs::find(call.read(), &scope, person.id).await?;
    let nir = opened(&call, sealed.as_ref())?;
    let (version, provisional) = (sealed.map_or(0, |sealed| sealed.version), nir.as_ref().map(Nir::is_provisional));
    call.show(&PersonNir { beneficiary_id: person.id, nir: nir.map(|nir| nir.full()), provisional, version }).await
}

/// Identify the person of a referral
///
/// Social security number and birth date, so that Pôle emploi finds the person beyond doubt: while the referral is open, where the
/// auditor has allowed it (`identity_disclosure`, else 403 `IDENTITY_NOT_DISCLOSED`). Each time a trace is kept.
#[utoipa::path(get, tag = "Referrals", operation_id = "identifyReferral", extensions(("x-permission" = json!("identify_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")),
    responses((status = 200, description = "Who the person is.", body = Identity),
        (status = 409, description = "The referral is no longer open.", body = crate::problem::ProblemBody,
            content_type = "application/problem+json")))]
#[get("/referrals/{id}/identity")]
pub(crate) async fn identify_referral(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<IdentifyReferral>()?;
    let referral = referrals::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    referral.identify(&scope, &reference::settings(call.read()).await?)?;
    let nir = opened(&call, nirs::behind(call.read(), &scope, &referral).await?.as_ref())?;
    let identity = Identity {
        referral_id: referral.id,
        beneficiary_id: referral.person.id,
        nir: nir.map(|nir| nir.full()),
        birth_date: referral.person.birth_date,
        version: referral.stamp.version,
    };
    call.show(&identity).await
}
