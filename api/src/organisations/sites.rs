//! Sites of an organisation: one organisation, one feed, many agencies.

use actix_web::{HttpResponse, get, post};
use domain::calendar::Instant;
use domain::identifier::commune::CommuneCode;
use domain::ids::{OrganisationId, SiteId};
use domain::organisation::SiteOrder;
use domain::policy::{ManageOrganisation, ReadOrganisation};
use domain::refusal::{Refusal, Rule};
use domain::text::{Label, Line};
use persistence::machinery::reference;
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

/// Open a site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenSite {
    /// The organisation's own code for it, such as the SAFIR code of a France Travail agency: 1 to 24 characters, unique within the organisation.
    code: Line<24>,
    /// What it is called, 1 to 200 characters.
    label: Label,
    /// The INSEE code of its commune, never a postcode; null or absent when it is not known.
    commune_code: Option<CommuneCode>,
}

impl From<&OpenSite> for SiteOrder {
    fn from(order: &OpenSite) -> Self {
        Self { code: order.code.clone(), label: order.label.clone(), commune_code: order.commune_code.clone() }
    }
}

/// A site of an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Site {
    /// Its id.
    id: SiteId,
    /// Whose it is.
    organisation_id: OrganisationId,
    /// The organisation's own code for it.
    #[schema(max_length = 24, example = "87023")]
    code: String,
    /// What it is called.
    #[schema(max_length = 200, example = "Limoges Jourdan")]
    label: String,
    /// The INSEE code of its commune; null when it is not known.
    commune_code: Option<CommuneCode>,
    /// Its version.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::organisation::Site> for Site {
    fn from(site: &domain::organisation::Site) -> Self {
        Self {
            id: site.id,
            organisation_id: site.organisation,
            code: site.code.to_string(),
            label: site.label.to_string(),
            commune_code: site.commune_code.clone(),
            version: site.stamp.version,
            updated_at: site.stamp.updated_at,
        }
    }
}

impl Shows for Site {}
impl Resource for Site {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of sites.
pub(crate) type SitePage = Page<Site>;

/// List the sites of an organisation
///
/// In the order in which they were opened.
#[utoipa::path(get, tag = "Organisations", operation_id = "listSites", extensions(("x-permission" = json!("read_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation."), ListParams, SyncParams),
    responses((status = 200, description = "Its sites.", body = SitePage)))]
#[get("/organisations/{id}/sites")]
pub(crate) async fn list_sites(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let organisation = organisations::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = organisations::list_sites(call.read(), &scope, organisation.id, &asked.listing).await?;
    call.show_page(&asked, rows, |site| Site::from(&site)).await
}

/// Open a site of an organisation
///
/// 409 `CODE_TAKEN` when the organisation has a site of this code.
#[utoipa::path(post, tag = "Organisations", operation_id = "openSite", extensions(("x-permission" = json!("manage_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = OpenSite,
    responses((status = 201, description = "The site.", body = Site)))]
#[post("/organisations/{id}/sites")]
pub(crate) async fn open_site(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageOrganisation, OpenSite>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            if organisations::site_code_taken(w, organisation.id, &wish.code).await? {
                return Err(Refusal::Conflict(Rule::CodeTaken).into());
            }
            if let Some(code) = &wish.commune_code
                && !reference::commune_known(w, code, &call.shared().config.department).await?
            {
                return Err(Refusal::invalid("commune_code", Rule::CommuneUnknown).into());
            }
            let opened = organisation.open_site(scope, w.id(), wish.into());
            organisations::save_site(w, &opened).await?;
            let location = format!("/v1/organisations/{}/sites/{}", organisation.id, opened.after.id);
            show::created(location, &Site::from(&opened.after))
        })
        .await
}

/// Read a site of an organisation
#[utoipa::path(get, tag = "Organisations", operation_id = "readSite", extensions(("x-permission" = json!("read_organisation"))),
    params(("id" = OrganisationId, Path, description = "The organisation."),
        ("site_id" = SiteId, Path, description = "The site.")),
    responses((status = 200, description = "The site.", body = Site)))]
#[get("/organisations/{id}/sites/{site_id}")]
pub(crate) async fn read_site(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrganisation>()?;
    let site = organisations::find_site(call.read(), &scope, call.id("id")?, call.id("site_id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Site::from(&site)).await
}
