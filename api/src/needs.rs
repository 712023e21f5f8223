//! What a territory needs against what is offered there, in numbers alone: nobody is named.

use actix_web::{HttpResponse, get};
use domain::accompaniment::Accompaniment;
use domain::action::{ActionKind, Axis};
use domain::barrier::{BarrierImpact, BarrierKind};
use domain::calendar::Day;
use domain::ids::TerritoryId;
use domain::policy::ReadNeed;
use persistence::{needs, territories};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::problem::Stop;
use crate::show::{Resource, Shows};

/// Mounts the route of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_needs);
}

/// People by the accompaniment they have.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccompaniedPeople {
    /// The accompaniment in force; null: subject to the duties and not oriented.
    accompaniment: Option<Accompaniment>,
    /// How many people.
    #[schema(minimum = 1)]
    people: i64,
}

/// People by what holds them back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldBackPeople {
    /// The kind of barrier.
    kind: BarrierKind,
    /// How far it stands in the way: of several of a kind, the strongest.
    impact: BarrierImpact,
    /// How many people.
    #[schema(minimum = 1)]
    people: i64,
}

/// The groups of a kind of action.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedSeats {
    /// To what end.
    axis: Axis,
    /// Of which kind.
    kind: ActionKind,
    /// How many groups.
    #[schema(minimum = 1)]
    groups: i64,
    /// Their seats.
    #[schema(minimum = 0)]
    places: i64,
    /// Those that are taken.
    #[schema(minimum = 0)]
    taken: i64,
    /// Those that are free.
    #[schema(minimum = 0)]
    free: i64,
}

/// What a territory needs on a day, and what is offered there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Needs {
    /// The territory.
    territory_id: TerritoryId,
    /// The day. People are counted in the territory they have now.
    at: Day,
    /// People by accompaniment.
    #[schema(max_items = 4)]
    people: Vec<AccompaniedPeople>,
    /// People by open barrier.
    #[schema(max_items = 24)]
    barriers: Vec<HeldBackPeople>,
    /// Groups in the communes of the territory, by kind of action.
    #[schema(max_items = 12)]
    offer: Vec<OfferedSeats>,
}

impl Shows for Needs {}
impl Resource for Needs {
    fn id(&self) -> Uuid {
        self.territory_id.uuid()
    }
    /// Nobody edits it: its tag tells its content alone.
    fn version(&self) -> i32 {
        1
    }
}

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NeedsFilter {
    /// The day; today when absent.
    at: Option<Day>,
}

/// Read what a territory needs
///
/// People by accompaniment and by open barrier, against the groups of its communes with their seats: where an action is missing, or has
/// seats nobody knows of. Numbers alone.
#[utoipa::path(get, tag = "Access", operation_id = "readNeeds", extensions(("x-permission" = json!("read_need"))),
    params(("id" = TerritoryId, Path, description = "The territory."), NeedsFilter),
    responses((status = 200, description = "Needs and offer.", body = Needs)))]
#[get("/territories/{id}/needs")]
pub(crate) async fn read_needs(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadNeed>()?;
    let filter = call.query::<NeedsFilter>()?;
    let territory = territories::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let at = filter.at.unwrap_or_else(|| scope.now().day());
    let known = needs::of_territory(call.read(), &scope, territory.id, at).await?;
    let people = known.people.into_iter().map(|(accompaniment, people)| AccompaniedPeople { accompaniment, people });
    let barriers = known.barriers.into_iter().map(|(kind, impact, people)| HeldBackPeople { kind, impact, people });
    let offer = known.offer.into_iter().map(|one| OfferedSeats {
        axis: one.axis,
        kind: one.kind,
        groups: one.groups,
        places: one.places,
        taken: one.taken,
        free: one.free,
    });
    let needs = Needs { territory_id: territory.id, at, people: people.collect(), barriers: barriers.collect(), offer: offer.collect() };
    call.show_asked(&needs).await
}
