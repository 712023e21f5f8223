//! Social security numbers over HTTP: recording one, reading it in clear, telling it to Pôle emploi. Nowhere else does one leave, and
//! each time a trace is kept. How they are sealed is in `nir/seal`.

pub(crate) mod seal;

use actix_web::{HttpResponse, get, post};
use domain::calendar::Day;
use domain::identifier::nir::Nir;
use domain::ids::{BeneficiaryId, ReferralId};
use domain::merge::Merged;
use domain::policy::{IdentifyReferral, ManageBeneficiary, ReadNir};
use persistence::machinery::reference;
use persistence::nirs::{self, Sealed, SealedNir};
use persistence::{Write, beneficiaries, referrals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::beneficiaries::Beneficiary;
use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::problem::{Kind, Stop};
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(record_nir).service(cancel_nir).service(read_nir).service(identify_referral);
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
    /// How many the person was given, with this one and those that were cancelled; 0 when none is known.
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
    let nir = call.shared().keys.nir.open(stored.person, &stored.sealed);
    nir.map(Some).ok_or_else(|| {
        tracing::error!("a sealed number does not open: the keys are not those it was sealed with");
        Kind::Internal.into()
    })
}

/// The number sealed for this person, under a key that nobody drops before the transaction ends.
pub(crate) async fn sealed(call: &Call, w: &Write, person: BeneficiaryId, nir: &Nir) -> Result<Sealed, Stop> {
    let seal = &call.shared().keys.nir;
    for _ in 0..2 {
        let sealed = seal.close(person, nir).ok_or_else(|| Stop::from(Kind::Internal))?;
        if nirs::hold_key(w, &sealed.key_id).await? {
            return Ok(sealed);
        }
        // Dropped since the file was read: the one that seals instead is in the file by now.
        seal.look_again();
    }
    tracing::error!(key = %seal.first(), "the key that seals social security numbers was dropped: this is not the installation's nir-keys file");
    Err(Kind::Internal.into())
}

/// The number that a person, who is locked, has now: for the rules to compare with, and shown to nobody.
pub(crate) async fn last_of(call: &Call, w: &Write, person: &domain::beneficiary::Beneficiary) -> Result<Option<Nir>, Stop> {
    opened(call, nirs::last_of(w, person).await?.as_ref())
}

/// What a number is found by.
pub(crate) fn index_of(call: &Call, nir: &Nir) -> [u8; 32] {
    call.shared().keys.nir.index(nir)
}

/// Moves the numbers of a file that is merged into another, sealed anew for the survivor.
pub(crate) async fn move_numbers(call: &Call, w: &Write, merged: &Merged) -> Result<(), Stop> {
    let history = nirs::history_of(w, merged.merge.duplicate).await?;
    let survivor = merged.merge.survivor;
    let mut resealed = Vec::new();
    for number in history.numbers() {
        if let Some(nir) = opened(call, Some(&number))? {
            resealed.push(sealed(call, w, survivor, &nir).await?);
        }
    }
    Ok(nirs::move_history(w, survivor, history, resealed).await?)
}

/// A number as a file shows it: its first digit alone, in clear nowhere but in `readNir`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaskedNir {
    /// The number with all but its first digit hidden.
    #[schema(min_length = 21, max_length = 21, example = "1 ** ** ** *** *** **")]
    masked: String,
    /// Whether another one will take its place.
    provisional: bool,
}

/// What a file shows of a number.
pub(crate) fn masked(call: &Call, stored: Option<&SealedNir>) -> Result<Option<MaskedNir>, Stop> {
    Ok(opened(call, stored)?.map(|nir| MaskedNir { masked: nir.masked(), provisional: nir.is_provisional() }))
}

/// Record a social security number
///
/// The number (*NIR*) is sealed where it is stored, and shown by `readNir` alone. 409 `IDENTIFIER_CONFLICT` when it is another person's;
/// 422 when its key is wrong, or it contradicts the year of birth or the title. The same number again changes nothing. The number before
/// stays theirs, and still finds them: one that was recorded by mistake is cancelled first (`cancelNir`).
#[utoipa::path(post, tag = "People", operation_id = "recordNir", extensions(("x-permission" = json!("manage_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordNir,
    responses((status = 200, description = "The person.", body = Beneficiary)))]
#[post("/beneficiaries/{id}/nir")]
pub(crate) async fn record_nir(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RecordNir>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let index = call.shared().keys.nir.index(&wish.nir);
            let is_taken = nirs::is_taken(w, &index, person.id).await?;
            let is_known = last_of(&call, w, &person).await?.is_some_and(|known| known == wish.nir);
            let recorded = person.record_nir(scope, wish.nir.clone(), is_taken, nirs::count_of(w, &person).await?)?;
            if !is_known {
                let sealed = sealed(&call, w, person.id, &recorded.nir).await?;
                nirs::save(w, &recorded, sealed, &index).await?;
            }
            show::ok(&Beneficiary::from(&person))
        })
        .await
}

/// Cancel a social security number
///
/// Recorded by mistake, as one read off another person's card: it is shown and found no more, and none takes its place, not even the
/// person's former one, until another is recorded. A provisional number needs no cancelling when the definitive one comes. Without a
/// number it changes nothing.
#[utoipa::path(post, tag = "People", operation_id = "cancelNir", extensions(("x-permission" = json!("manage_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")),
    responses((status = 200, description = "The person.", body = Beneficiary)))]
#[post("/beneficiaries/{id}/nir/cancellation")]
pub(crate) async fn cancel_nir(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, Nothing>(&body).await?;
    order
        .write(async |w, scope, Nothing {}| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let is_known = nirs::last_of(w, &person).await?.is_some();
            if let Some(cancelled) = person.cancel_nir(scope, is_known)? {
                nirs::save_cancelled(w, &cancelled).await?;
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
