//! People over HTTP: registering, reading and editing them. What hangs on a person's file comes with later steps; breaking the glass
//! is in `access_grants`.

use actix_web::{HttpResponse, get, post, put};
use domain::beneficiary::{BeneficiaryOrder, Details, Places};
use domain::calendar::{Day, Instant};
use domain::identifier::commune::CommuneCode;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::ids::{BeneficiaryId, TerritoryId};
use domain::policy::{ManageBeneficiary, Reach, ReadBeneficiary, Scope};
use domain::refusal::Refusal;
use domain::text::{Email, Name};
use persistence::beneficiaries::{self, BeneficiaryQuery};
use persistence::machinery::reference;
use persistence::{Write, territories};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_beneficiaries).service(register_beneficiary).service(read_beneficiary).service(edit_beneficiary);
}

/// Register a person, or edit one: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBeneficiary {
    /// Family name, 1 to 100 characters.
    last_name: Name,
    /// First name, 1 to 100 characters.
    first_name: Name,
    /// Date of birth, at most 130 years ago; null or absent when it is not known.
    birth_date: Option<Day>,
    /// The INSEE code of the commune they live in; null or absent when it is not known.
    commune_code: Option<CommuneCode>,
    /// Name at birth, 1 to 100 characters; null or absent when it is not known.
    birth_name: Option<Name>,
    /// Phone, as people write it or with its country code; null or absent when it is not known.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, example = "05 55 00 00 00")]
    phone: Option<Phone>,
    /// Electronic address; null or absent when it is not known.
    email: Option<Email>,
    /// France Travail's identifier: 11 digits, or 7 and a digit or letter; null or absent when it is not known.
    france_travail_id: Option<FranceTravailId>,
    /// The territory that accompanies them; null or absent: that of their commune today, else `UNASSIGNED`.
    territory_id: Option<TerritoryId>,
}

impl From<&RegisterBeneficiary> for BeneficiaryOrder {
    fn from(order: &RegisterBeneficiary) -> Self {
        Self {
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            birth_date: order.birth_date,
            commune_code: order.commune_code.clone(),
            details: Details {
                birth_name: order.birth_name.clone(),
                phone: order.phone.clone(),
                email: order.email.clone(),
                france_travail_id: order.france_travail_id.clone(),
            },
            territory: order.territory_id,
        }
    }
}

/// A person who takes part (*bénéficiaire*). Merged or purged, they stay as a tombstone: reference, territory, and which of the two.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Beneficiary {
    /// Their id.
    id: BeneficiaryId,
    /// Their printable reference: given once, never reused, without any meaning.
    person_reference: PersonReference,
    /// Family name; null on a tombstone.
    #[schema(max_length = 100, example = "Exemple")]
    last_name: Option<String>,
    /// First name; null on a tombstone.
    #[schema(max_length = 100, example = "Camille")]
    first_name: Option<String>,
    /// Date of birth; null when it is not known, and on a tombstone.
    birth_date: Option<Day>,
    /// The INSEE code of the commune they live in; null when it is not known, and on a tombstone.
    commune_code: Option<CommuneCode>,
    /// Name at birth; null when it is not known, and on a tombstone.
    #[schema(max_length = 100)]
    birth_name: Option<String>,
    /// Phone, with its country code; null when it is not known, and on a tombstone.
    phone: Option<Phone>,
    /// Electronic address; null when it is not known, and on a tombstone.
    email: Option<Email>,
    /// France Travail's identifier; null when it is not known, and on a tombstone.
    france_travail_id: Option<FranceTravailId>,
    /// The territory that accompanies them.
    territory_id: TerritoryId,
    /// The file that survives, if this one was merged into another; null otherwise.
    merged_into_id: Option<BeneficiaryId>,
    /// When their personal data was purged; null while it is kept.
    purged_at: Option<Instant>,
    /// Their version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When they were last changed.
    updated_at: Instant,
}

impl From<&domain::beneficiary::Beneficiary> for Beneficiary {
    fn from(person: &domain::beneficiary::Beneficiary) -> Self {
        // A merged file keeps its names in storage, for a merge that has to be looked into; its readers belong with the survivor.
        let lives = person.merged_into.is_none() && person.purged_at.is_none();
        let name = |name: &Option<Name>| name.as_deref().filter(|_| lives).map(str::to_owned);
        Self {
            id: person.id,
            person_reference: person.reference.clone(),
            last_name: name(&person.last_name),
            first_name: name(&person.first_name),
            birth_date: person.birth_date.filter(|_| lives),
            commune_code: person.commune_code.clone().filter(|_| lives),
            birth_name: name(&person.details.birth_name),
            phone: person.details.phone.clone().filter(|_| lives),
            email: person.details.email.clone().filter(|_| lives),
            france_travail_id: person.details.france_travail_id.clone().filter(|_| lives),
            territory_id: person.territory,
            merged_into_id: person.merged_into,
            purged_at: person.purged_at,
            version: person.stamp.version,
            updated_at: person.stamp.updated_at,
        }
    }
}

impl Shows for Beneficiary {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.id.uuid());
    }
}
impl Resource for Beneficiary {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of people.
pub(crate) type BeneficiaryPage = Page<Beneficiary>;

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BeneficiaryFilter {
    /// Of this territory.
    territory_id: Option<TerritoryId>,
}

/// Looks up the places that an order names, and lets the rules decide with them.
async fn with_places<T>(
    call: &Call,
    w: &Write,
    scope: &Scope<ManageBeneficiary>,
    wish: &RegisterBeneficiary,
    except: Option<BeneficiaryId>,
    decide: impl FnOnce(Places<'_>) -> Result<T, Refusal>,
) -> Result<T, Stop> {
    let (commune_known, proposed) = match &wish.commune_code {
        Some(code) => {
            let known = reference::commune_known(w, code, &call.shared().config.department).await?;
            (known, territories::of_commune(w, code, scope.now().day()).await?)
        }
        None => (false, None),
    };
    let ordered = wish.territory_id.as_slice();
    let territory_known = ordered.is_empty() || territories::known(w, ordered).await? == ordered;
    let own = match scope.reach() {
        Reach::Territories(professional) => territories::of_professional(w, professional).await?,
        Reach::Organisation(_) | Reach::Accompanied(_) | Reach::Department => Vec::new(),
    };
    let is_identified_elsewhere = match &wish.france_travail_id {
        Some(id) => beneficiaries::is_identified_elsewhere(w, id, except).await?,
        None => false,
    };
    Ok(decide(Places { commune_known, proposed, territory_known, own: &own, is_identified_elsewhere })?)
}

/// List people
///
/// In the order in which they were registered. A caseworker sees the people of their territories, those of `UNASSIGNED`, and those
/// elsewhere whom an access grant opens; in a delegate, those whom it accompanies.
#[utoipa::path(get, tag = "People", operation_id = "listBeneficiaries", extensions(("x-permission" = json!("read_beneficiary"))),
    params(ListParams, SyncParams, BeneficiaryFilter), responses((status = 200, description = "People.", body = BeneficiaryPage)))]
#[get("/beneficiaries")]
pub(crate) async fn list_beneficiaries(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let (filter, asked) = call.list::<BeneficiaryFilter>(true)?;
    let query = BeneficiaryQuery { territory: filter.territory_id };
    let rows = beneficiaries::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |person| Beneficiary::from(&person)).await
}

/// Register a person
///
/// They get their reference. A caseworker registers into their own territories or into `UNASSIGNED` (else 403 `TERRITORY_NOT_YOURS`).
#[utoipa::path(post, tag = "People", operation_id = "registerBeneficiary", extensions(("x-permission" = json!("manage_beneficiary"))),
    request_body = RegisterBeneficiary, responses((status = 201, description = "The person.", body = Beneficiary)))]
#[post("/beneficiaries")]
pub(crate) async fn register_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RegisterBeneficiary>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let reference = new_reference(&call, w).await?;
            let register = |places: Places<'_>| domain::beneficiary::Beneficiary::register(scope, w.id(), reference, wish.into(), places);
            let registered = with_places(&call, w, scope, wish, None, register).await?;
            beneficiaries::save(w, &registered).await?;
            show::created(format!("/v1/beneficiaries/{}", registered.after.id), &Beneficiary::from(&registered.after))
        })
        .await
}

/// A reference that nobody has: chance is tried again until it finds one.
async fn new_reference(call: &Call, w: &Write) -> Result<PersonReference, Stop> {
    loop {
        let reference = PersonReference::mint(&call.shared().config.department, w.chance());
        if !beneficiaries::reference_taken(w, &reference).await? {
            return Ok(reference);
        }
    }
}

/// Read a person
#[utoipa::path(get, tag = "People", operation_id = "readBeneficiary", extensions(("x-permission" = json!("read_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")),
    responses((status = 200, description = "The person, or what is left of them.", body = Beneficiary)))]
#[get("/beneficiaries/{id}")]
pub(crate) async fn read_beneficiary(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Beneficiary::from(&person)).await
}

/// Edit a person
///
/// A new commune proposes its territory: repeat `territory_id` to leave them where they are. A caseworker moves nobody into a territory
/// of others (403 `TERRITORY_NOT_YOURS`). The receivers of open referrals are told what is theirs to know. A merged or purged person is no longer edited (409 `BENEFICIARY_CLOSED`).
#[utoipa::path(put, tag = "People", operation_id = "editBeneficiary", extensions(("x-permission" = json!("manage_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RegisterBeneficiary,
    responses((status = 200, description = "The person, as they are now.", body = Beneficiary)))]
#[put("/beneficiaries/{id}")]
pub(crate) async fn edit_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RegisterBeneficiary>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(person.stamp.version)?;
            let edited = with_places(&call, w, scope, wish, Some(person.id), |places| person.edit(scope, wish.into(), places)).await?;
            beneficiaries::save(w, &edited).await?;
            show::ok(&Beneficiary::from(&edited.after))
        })
        .await
}
