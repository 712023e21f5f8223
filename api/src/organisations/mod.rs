//! Organisations around the programme: registering, editing and reading them. What hangs on one has a file each; their machines and
//! their people are in `clients` and `professionals`.

mod agreements;
mod delegations;
mod sites;

use actix_web::{HttpResponse, get, post, put};
use domain::calendar::Instant;
use domain::identifier::siret::Siret;
use domain::ids::OrganisationId;
use domain::organisation::{OrganisationKind, OrganisationOrder};
use domain::policy::{ManageOrganisation, ReadOrganisation};
use domain::text::Label;
use persistence::organisations::{self, OrganisationQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this folder.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(list_organisations)
        .service(register_organisation)
        .service(read_organisation)
        .service(edit_organisation)
        .service(sites::list_sites)
        .service(sites::open_site)
        .service(sites::read_site)
        .service(delegations::list_delegations)
        .service(delegations::give_delegation)
        .service(delegations::read_delegation)
        .service(agreements::list_agreements)
        .service(agreements::record_agreement)
        .service(agreements::read_agreement);
}

/// Register or edit an organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterOrganisation {
    /// What it is: given once, an edit repeats it.
    kind: OrganisationKind,
    /// Its name, 1 to 200 characters.
    name: Label,
    /// The SIRET of its establishment, 14 digits; null or absent when it is not known.
    siret: Option<Siret>,
}

impl From<&RegisterOrganisation> for OrganisationOrder {
    fn from(order: &RegisterOrganisation) -> Self {
        Self { kind: order.kind, name: order.name.clone(), siret: order.siret.clone() }
    }
}

/// An organisation: the département itself, a partner or a referent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Organisation {
    /// Its id.
    id: OrganisationId,
    /// What it is. It never changes.
    kind: OrganisationKind,
    /// Its name.
    #[schema(max_length = 200, example = "Les Ateliers de la Vienne")]
    name: String,
    /// The SIRET of its establishment; null when it is not known.
    siret: Option<Siret>,
    /// Its version, one more at each edit.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::organisation::Organisation> for Organisation {
    fn from(organisation: &domain::organisation::Organisation) -> Self {
        Self {
            id: organisation.id,
            kind: organisation.kind,
            name: organisation.name.to_string(),
            siret: organisation.siret.clone(),
            version: organisation.stamp.version,
            updated_at: organisation.stamp.updated_at,
        }
    }
}

impl Shows for Organisation {}
impl Resource for Organisation {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of organisations.
pub(crate) type OrganisationPage = Page<Organisation>;

/// Which organisations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrganisationFilter {
    /// Of this kind.
    kind: Option<OrganisationKind>,
}

/// List organisations
///
/// In the order in which they were registered. A partner sees its own alone.
#[utoipa::path(get, tag = "Organisations", operation_id = "listOrganisations", extensions(("x-permission" = json!("read_organisation"))),
    params(ListParams, SyncParams, OrganisationFilter), responses((status = 200, description = "Organisations.", body = OrganisationPage)))]
#[get("/organisations")]
pub(crate) async fn list_organisations(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let (filter, asked) = call.list::<OrganisationFilter>(true)?;
    let rows = organisations::list(call.read(), &scope, &OrganisationQuery { kind: filter.kind }, &asked.listing).await?;
    call.show_page(&asked, rows, |organisation| Organisation::from(&organisation)).await
}

/// Register an organisation
///
/// There is exactly one of kind `department`: another one is refused (409 `DEPARTMENT_EXISTS`).
#[utoipa::path(post, tag = "Organisations", operation_id = "registerOrganisation", extensions(("x-permission" = json!("manage_organisation"))),
    request_body = RegisterOrganisation, responses((status = 201, description = "The organisation.", body = Organisation)))]
#[post("/organisations")]
pub(crate) async fn register_organisation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageOrganisation, RegisterOrganisation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let department_exists = organisations::department_exists(w).await?;
            let registered = domain::organisation::Organisation::register(scope, w.id(), wish.into(), department_exists)?;
            organisations::save(w, &registered).await?;
            show::created(format!("/v1/organisations/{}", registered.after.id), &Organisation::from(&registered.after))
        })
        .await
}

/// Read an organisation
#[utoipa::path(get, tag = "Organisations", operation_id = "readOrganisation", extensions(("x-permission" = json!("read_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")),
    responses((status = 200, description = "The organisation.", body = Organisation)))]
#[get("/organisations/{id}")]
pub(crate) async fn read_organisation(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let organisation = organisations::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Organisation::from(&organisation)).await
}

/// Edit an organisation
///
/// Its name and its SIRET. Its kind stays: another one is refused (422 `KIND_IMMUTABLE`).
#[utoipa::path(put, tag = "Organisations", operation_id = "editOrganisation", extensions(("x-permission" = json!("manage_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = RegisterOrganisation,
    responses((status = 200, description = "The organisation, as it is now.", body = Organisation)))]
#[put("/organisations/{id}")]
pub(crate) async fn edit_organisation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageOrganisation, RegisterOrganisation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(organisation.stamp.version)?;
            let edited = organisation.edit(scope, wish.into())?;
            organisations::save(w, &edited).await?;
            show::ok(&Organisation::from(&edited.after))
        })
        .await
}
