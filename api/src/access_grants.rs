//! Breaking the glass over HTTP: a caseworker opens the file of one person elsewhere, for a reason and a few hours. What they then read
//! is traced like every other read. Who did so is told to those who answer for it.

use actix_web::{HttpResponse, get, post};
use domain::calendar::Instant;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::ids::{AccessGrantId, BeneficiaryId, ProfessionalId, TerritoryId};
use domain::policy::{GrantAccess, ReadAccessGrant};
use domain::refusal::{Refusal, Rule};
use domain::text::Note;
use persistence::access_grants::{self, Elsewhere, GrantQuery, Taken};
use persistence::machinery::reference;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{ListParams, Page};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(take_access_grant).service(list_access_grants);
}

/// Break the glass over one person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeAccessGrant {
    /// Whose file, by their reference or that of a file that was merged into theirs. Case is forgiven, and O, I and L typed for 0 and 1.
    person_reference: PersonReference,
    /// Why, 1 to 2,000 characters: it is kept with the grant.
    reason: Note,
}

/// A caseworker's access to one person, for a few hours.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessGrant {
    /// Its id.
    id: AccessGrantId,
    /// Who took it.
    professional_id: ProfessionalId,
    /// The person's reference today.
    person_reference: PersonReference,
    /// The person, whose file is open until `expires_at`.
    beneficiary_id: BeneficiaryId,
    /// The territory that accompanies them.
    territory_id: TerritoryId,
    /// Why, in the caseworker's words.
    #[schema(max_length = 2000)]
    reason: String,
    /// Since when.
    granted_at: Instant,
    /// Until when, exclusive: 4 hours later, or as the département set.
    expires_at: Instant,
}

impl AccessGrant {
    fn new(grant: &domain::access::AccessGrant, person: Elsewhere) -> Self {
        Self {
            id: grant.id,
            professional_id: Id::new(grant.professional.uuid()),
            person_reference: person.reference,
            beneficiary_id: person.id,
            territory_id: person.territory,
            reason: grant.reason.to_string(),
            granted_at: grant.granted_at,
            expires_at: grant.expires_at,
        }
    }
}

impl Shows for AccessGrant {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for AccessGrant {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    /// A grant is taken once and never edited.
    fn version(&self) -> i32 {
        1
    }
}

/// Break the glass
///
/// Opens the file of one person elsewhere in the département, by their reference, for a stated reason and a few hours: `Location` is
/// that file. The grant, its reason and everything read under it stay on record. A reference that nobody has: 422 `BENEFICIARY_UNKNOWN`.
#[utoipa::path(post, tag = "Access", operation_id = "takeAccessGrant", extensions(("x-permission" = json!("grant_access"))),
    request_body = TakeAccessGrant, responses((status = 201, description = "The grant.", body = AccessGrant)))]
#[post("/access-grants")]
pub(crate) async fn take_access_grant(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<GrantAccess, TakeAccessGrant>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = access_grants::anywhere_by_reference(w, scope, &wish.person_reference).await?;
            let person = person.ok_or_else(|| Refusal::invalid("person_reference", Rule::BeneficiaryUnknown))?;
            let settings = reference::settings(w).await?;
            let granted = domain::access::AccessGrant::take(scope, w.id(), person.id, wish.reason.clone(), &settings);
            access_grants::save(w, &granted).await?;
            show::created(format!("/v1/beneficiaries/{}", person.id), &AccessGrant::new(&granted.grant, person))
        })
        .await
}

/// A page of grants.
pub(crate) type AccessGrantPage = Page<AccessGrant>;

/// Which grants.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccessGrantFilter {
    /// Over this person.
    beneficiary_id: Option<BeneficiaryId>,
    /// Taken by this professional.
    professional_id: Option<ProfessionalId>,
}

/// List who broke the glass
///
/// Newest first, those that have run out too: whose file was opened, by whom, and why.
#[utoipa::path(get, tag = "Access", operation_id = "listAccessGrants", extensions(("x-permission" = json!("read_access_grant"))),
    params(ListParams, AccessGrantFilter), responses((status = 200, description = "Grants.", body = AccessGrantPage)))]
#[get("/access-grants")]
pub(crate) async fn list_access_grants(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAccessGrant>()?;
    let (filter, asked) = call.list::<AccessGrantFilter>(false)?;
    let query = GrantQuery { beneficiary: filter.beneficiary_id, professional: filter.professional_id };
    let rows = access_grants::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |Taken { grant, person }| AccessGrant::new(&grant, person)).await
}
