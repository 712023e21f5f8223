//! Places over HTTP: how many an organisation has for an accompaniment, how many are taken and waited for; and whom each referent
//! accompanies.

use actix_web::{HttpResponse, get, post};
use domain::accompaniment::Accompaniment;
use domain::calendar::Day;
use domain::form::within_if_any;
use domain::ids::{OrganisationId, ProfessionalId};
use domain::place::{Place, PlaceOrder};
use domain::policy::{ManagePlace, ReadPlace};
use domain::settings::Setting;
use domain::text::{Label, Name};
use persistence::machinery::reference;
use persistence::{organisations, places};
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
    routes.service(list_places).service(set_places).service(list_portfolios);
}

/// Say how many places an organisation has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetPlaces {
    /// For which accompaniment.
    accompaniment: Accompaniment,
    /// How many, 0 to 100,000; null or absent: as many as needed.
    #[schema(minimum = 0, maximum = 100_000)]
    #[serde(default, deserialize_with = "within_if_any::<0, 100_000, _, _>")]
    places: Option<i64>,
    /// First day, today or later; null or absent: today.
    valid_from: Option<Day>,
}

/// The places of an organisation for an accompaniment, today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceOccupancy {
    /// The organisation.
    organisation_id: OrganisationId,
    /// Its name.
    organisation_name: Label,
    /// The accompaniment.
    accompaniment: Accompaniment,
    /// How many places there are; null: as many as needed.
    #[schema(minimum = 0, maximum = 100_000)]
    places: Option<i64>,
    /// How many are taken: orientations in force.
    #[schema(minimum = 0)]
    taken: i64,
    /// How many are free; null: as many as needed.
    #[schema(minimum = 0)]
    free: Option<i64>,
    /// How many people wait for one.
    #[schema(minimum = 0)]
    waiting: i64,
}

impl From<places::Occupancy> for PlaceOccupancy {
    fn from(known: places::Occupancy) -> Self {
        Self {
            organisation_id: known.organisation,
            organisation_name: known.organisation_name,
            accompaniment: known.accompaniment,
            places: known.room.places,
            taken: known.room.taken,
            free: known.room.free(),
            waiting: known.room.waiting,
        }
    }
}

impl Shows for PlaceOccupancy {}

/// A page of places.
pub(crate) type PlacesPage = Page<PlaceOccupancy>;

/// A number of places from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceCount {
    /// The organisation.
    organisation_id: OrganisationId,
    /// The accompaniment.
    accompaniment: Accompaniment,
    /// How many places there are from that day on; null: as many as needed.
    #[schema(minimum = 0, maximum = 100_000)]
    places: Option<i64>,
    /// First day.
    valid_from: Day,
    /// How many such numbers were given for it, this one too.
    #[schema(minimum = 1)]
    version: i32,
}

impl Shows for PlaceCount {}
impl Resource for PlaceCount {
    fn id(&self) -> Uuid {
        self.organisation_id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// How many people a referent accompanies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Portfolio {
    /// The referent.
    professional_id: ProfessionalId,
    /// Family name.
    last_name: Name,
    /// First name.
    first_name: Name,
    /// Where they work.
    organisation_id: OrganisationId,
    /// How many people they accompany.
    #[schema(minimum = 1)]
    people: i64,
    /// From how many on it deserves a look: the setting `referent_portfolio`.
    #[schema(minimum = 1)]
    usual: i32,
    /// Whether they accompany more than that.
    is_above: bool,
}

impl Shows for Portfolio {}

/// A page of portfolios.
pub(crate) type PortfolioPage = Page<Portfolio>;

/// Which places.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PlacesFilter {
    /// For this accompaniment.
    accompaniment: Option<Accompaniment>,
}

/// Which portfolios.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PortfolioFilter {
    /// Of the people who work there.
    organisation_id: Option<OrganisationId>,
}

/// List places
///
/// Of each organisation and accompaniment: how many there are, are taken, free and waited for, at this moment. To be looked at before a
/// decision.
#[utoipa::path(get, tag = "Orientations", operation_id = "listPlaces", extensions(("x-permission" = json!("read_place"))),
    params(ListParams, PlacesFilter), responses((status = 200, description = "Places.", body = PlacesPage)))]
#[get("/places")]
pub(crate) async fn list_places(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadPlace>()?;
    let (filter, asked) = call.list::<PlacesFilter>(false)?;
    let rows = places::list(call.read(), &scope, filter.accompaniment, &asked.listing).await?;
    call.show_page(&asked, rows, PlaceOccupancy::from).await
}

/// Set places
///
/// How many an organisation has for an accompaniment from a day on, up to the next such number. Fewer than are taken takes nobody's away:
/// the next people wait. More gives them to those who wait.
#[utoipa::path(post, tag = "Orientations", operation_id = "setPlaces", extensions(("x-permission" = json!("manage_place"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = SetPlaces,
    responses((status = 200, description = "The number of places from that day on.", body = PlaceCount)))]
#[post("/organisations/{id}/places")]
pub(crate) async fn set_places(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManagePlace, SetPlaces>(&body).await?;
    let answered = order
        .write(async |w, scope, wish| {
            let organisation = organisations::provider(w, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let SetPlaces { accompaniment, places: count, valid_from } = *wish;
            let set = Place::set(scope, organisation.id, PlaceOrder { accompaniment, valid_from, places: count })?;
            let version = places::save(w, &set).await?;
            let Place { organisation: organisation_id, accompaniment, places, valid_from, .. } = *set;
            show::ok(&PlaceCount { organisation_id, accompaniment, places, valid_from, version })
        })
        .await;
    call.shared().places_freed.notify_one();
    answered
}

/// List portfolios
///
/// Whom accompanies how many people, with a look deserved above the département's usual number.
#[utoipa::path(get, tag = "Orientations", operation_id = "listPortfolios", extensions(("x-permission" = json!("read_place"))),
    params(ListParams, PortfolioFilter), responses((status = 200, description = "Portfolios.", body = PortfolioPage)))]
#[get("/portfolios")]
pub(crate) async fn list_portfolios(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadPlace>()?;
    let (filter, asked) = call.list::<PortfolioFilter>(false)?;
    let rows = places::portfolios(call.read(), &scope, filter.organisation_id, &asked.listing).await?;
    let usual = reference::settings(call.read()).await?.value(Setting::ReferentPortfolio, scope.now().day());
    call.show_page(&asked, rows, |one| Portfolio {
        professional_id: one.referent,
        last_name: one.last_name,
        first_name: one.first_name,
        organisation_id: one.organisation,
        people: one.people,
        usual,
        is_above: one.people > i64::from(usual),
    })
    .await
}
