//! Territories of the département over HTTP: each is made of communes, from a day on. Who works there is on the professional.

use actix_web::{HttpResponse, get, post, put};
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::identifier::commune::CommuneCode;
use domain::ids::TerritoryId;
use domain::policy::{ManageTerritory, ReadTerritory};
use domain::refusal::{Refusal, Rule};
use domain::territory::{CommunesAround, TerritoryOrder};
use domain::text::{Code, Name};
use persistence::machinery::reference;
use persistence::{Write, territories};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_territories).service(draw_territory).service(read_territory).service(redraw_territory);
}

/// Draw a territory, or draw it anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DrawTerritory {
    /// Its short code, unique; given once, an edit repeats it.
    code: Code,
    /// What it is called, 1 to 100 characters.
    name: Name,
    /// The INSEE codes of its communes from today on, each once; absent = none.
    #[schema(max_items = 1000)]
    #[serde(default, deserialize_with = "at_most::<1000, _, _>")]
    commune_codes: Vec<CommuneCode>,
}

impl From<&DrawTerritory> for TerritoryOrder {
    fn from(order: &DrawTerritory) -> Self {
        Self { code: order.code.clone(), name: order.name.clone(), communes: order.commune_codes.clone() }
    }
}

/// A part of the département.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Territory {
    /// Its id.
    id: TerritoryId,
    /// Its short code. It never changes.
    code: Code,
    /// What it is called.
    #[schema(max_length = 100, example = "Limoges centre")]
    name: String,
    /// The INSEE codes of its communes today, in order.
    #[schema(max_items = 1000)]
    commune_codes: Vec<CommuneCode>,
    /// Its version, one more each time it is drawn anew.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last drawn.
    updated_at: Instant,
}

impl From<&domain::territory::Territory> for Territory {
    fn from(territory: &domain::territory::Territory) -> Self {
        Self {
            id: territory.id,
            code: territory.code.clone(),
            name: territory.name.to_string(),
            commune_codes: territory.communes.clone(),
            version: territory.stamp.version,
            updated_at: territory.stamp.updated_at,
        }
    }
}

impl Shows for Territory {}
impl Resource for Territory {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of territories.
pub(crate) type TerritoryPage = Page<Territory>;

/// Those of these communes that exist on a day. A commune that merged is not drawn any more.
async fn known_communes(w: &Write, codes: &[CommuneCode], on: Day) -> Result<Vec<CommuneCode>, Stop> {
    let communes = reference::communes(w, Some(codes)).await?;
    Ok(communes.into_iter().filter(|commune| commune.valid_to.is_none_or(|end| on <= end)).map(|commune| commune.code).collect())
}

/// List territories
///
/// All of the département's, and the house's own `UNASSIGNED`, where people of no known commune belong.
#[utoipa::path(get, tag = "Access", operation_id = "listTerritories", extensions(("x-permission" = json!("read_territory"))),
    params(ListParams, SyncParams), responses((status = 200, description = "Territories.", body = TerritoryPage)))]
#[get("/territories")]
pub(crate) async fn list_territories(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadTerritory>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let rows = territories::list(call.read(), &scope, &asked.listing).await?;
    call.show_page(&asked, rows, |territory| Territory::from(&territory)).await
}

/// Draw a territory
///
/// 409 `CODE_TAKEN` when another one has this code. A commune belongs to one territory at a time: 422 `COMMUNE_ASSIGNED_ELSEWHERE`.
#[utoipa::path(post, tag = "Access", operation_id = "drawTerritory", extensions(("x-permission" = json!("manage_territory"))),
    request_body = DrawTerritory, responses((status = 201, description = "The territory.", body = Territory)))]
#[post("/territories")]
pub(crate) async fn draw_territory(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageTerritory, DrawTerritory>(&body).await?;
    order
        .write(async |w, scope, wish| {
            if territories::code_taken(w, &wish.code).await? {
                return Err(Refusal::Conflict(Rule::CodeTaken).into());
            }
            let around = CommunesAround {
                known: &known_communes(w, &wish.commune_codes, scope.now().day()).await?,
                taken: &territories::communes_taken(w, &wish.commune_codes, None).await?,
            };
            let drawn = domain::territory::Territory::draw(scope, w.id(), wish.into(), around)?;
            territories::save(w, &drawn).await?;
            let territory = &drawn.change.after;
            show::created(format!("/v1/territories/{}", territory.id), &Territory::from(territory))
        })
        .await
}

/// Read a territory
#[utoipa::path(get, tag = "Access", operation_id = "readTerritory", extensions(("x-permission" = json!("read_territory"))),
    params(("id" = TerritoryId, Path, description = "The territory.")),
    responses((status = 200, description = "The territory, with its communes of today.", body = Territory)))]
#[get("/territories/{id}")]
pub(crate) async fn read_territory(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadTerritory>()?;
    let territory = territories::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Territory::from(&territory)).await
}

/// Draw a territory anew
///
/// From today on; what it was before stays known. A commune that changes territories leaves the one first, then joins the other. People
/// stay where they are filed. `UNASSIGNED` cannot be drawn (403 `TERRITORY_RESERVED`).
#[utoipa::path(put, tag = "Access", operation_id = "redrawTerritory", extensions(("x-permission" = json!("manage_territory"))),
    params(("id" = TerritoryId, Path, description = "The territory.")), request_body = DrawTerritory,
    responses((status = 200, description = "The territory, as it is now.", body = Territory)))]
#[put("/territories/{id}")]
pub(crate) async fn redraw_territory(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageTerritory, DrawTerritory>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let territory = territories::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(territory.stamp.version)?;
            let around = CommunesAround {
                known: &known_communes(w, &wish.commune_codes, scope.now().day()).await?,
                taken: &territories::communes_taken(w, &wish.commune_codes, Some(territory.id)).await?,
            };
            let drawn = territory.redraw(scope, wish.into(), around)?;
            territories::save(w, &drawn).await?;
            show::ok(&Territory::from(&drawn.change.after))
        })
        .await
}
