//! What the département delegates to an organisation: which accompaniments, and when.

use actix_web::{HttpResponse, get, post};
use domain::accompaniment::Accompaniment;
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::ids::{DelegationId, OrganisationId};
use domain::organisation::DelegationOrder;
use domain::policy::{ManageOrganisation, ReadOrganisation};
use persistence::organisations;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Delegate accompaniments to an organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveDelegation {
    /// Which accompaniments, each once.
    #[schema(min_items = 1, max_items = 3)]
    #[serde(deserialize_with = "at_most::<3, _, _>")]
    accompaniments: Vec<Accompaniment>,
    /// First day.
    starts_on: Day,
    /// Last day; null or absent = open.
    ends_on: Option<Day>,
}

impl From<&GiveDelegation> for DelegationOrder {
    fn from(order: &GiveDelegation) -> Self {
        Self { accompaniments: order.accompaniments.clone(), starts_on: order.starts_on, ends_on: order.ends_on }
    }
}

/// What the département delegates to an organisation for a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delegation {
    /// Its id.
    id: DelegationId,
    /// To whom.
    organisation_id: OrganisationId,
    /// Which accompaniments, each once.
    #[schema(min_items = 1, max_items = 3)]
    accompaniments: Vec<Accompaniment>,
    /// First day.
    starts_on: Day,
    /// Last day; null = open.
    ends_on: Option<Day>,
    /// Its version.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::organisation::Delegation> for Delegation {
    fn from(delegation: &domain::organisation::Delegation) -> Self {
        Self {
            id: delegation.id,
            organisation_id: delegation.organisation,
            accompaniments: delegation.accompaniments.clone(),
            starts_on: delegation.period.starts_on,
            ends_on: delegation.period.ends_on,
            version: delegation.stamp.version,
            updated_at: delegation.stamp.updated_at,
        }
    }
}

impl Shows for Delegation {}
impl Resource for Delegation {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of delegations.
pub(crate) type DelegationPage = Page<Delegation>;

/// List the delegations to an organisation
///
/// Past ones too, in the order in which they were given.
#[utoipa::path(get, tag = "Organisations", operation_id = "listDelegations", extensions(("x-permission" = json!("read_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation."), ListParams, SyncParams),
    responses((status = 200, description = "What is delegated to it.", body = DelegationPage)))]
#[get("/organisations/{id}/delegations")]
pub(crate) async fn list_delegations(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let organisation = organisations::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = organisations::list_delegations(call.read(), &scope, organisation.id, &asked.listing).await?;
    call.show_page(&asked, rows, |delegation| Delegation::from(&delegation)).await
}

/// Delegate accompaniments to an organisation
///
/// For a period (CASF L262-29 and L262-30 in force since 2025). Delegations may overlap: together they say what is delegated on a day.
#[utoipa::path(post, tag = "Organisations", operation_id = "giveDelegation", extensions(("x-permission" = json!("manage_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = GiveDelegation,
    responses((status = 201, description = "The delegation.", body = Delegation)))]
#[post("/organisations/{id}/delegations")]
pub(crate) async fn give_delegation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageOrganisation, GiveDelegation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let given = organisation.delegate(scope, w.id(), wish.into())?;
            organisations::save_delegation(w, &given).await?;
            let location = format!("/v1/organisations/{}/delegations/{}", organisation.id, given.after.id);
            show::created(location, &Delegation::from(&given.after))
        })
        .await
}

/// Read a delegation to an organisation
#[utoipa::path(get, tag = "Organisations", operation_id = "readDelegation", extensions(("x-permission" = json!("read_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation."),
        ("delegation_id" = DelegationId, Path, description = "The delegation.")),
    responses((status = 200, description = "The delegation.", body = Delegation)))]
#[get("/organisations/{id}/delegations/{delegation_id}")]
pub(crate) async fn read_delegation(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let delegation = organisations::find_delegation(call.read(), &scope, call.id("id")?, call.id("delegation_id")?).await?;
    call.show(&Delegation::from(&delegation.ok_or_else(Stop::not_found)?)).await
}
