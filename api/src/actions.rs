//! Collective actions over HTTP: what an organisation runs with groups of people. Groups and sessions have files of their own.

use actix_web::{HttpResponse, get, post, put};
use domain::action::{ActionKind, ActionOrder, Axis, Theme};
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::ids::{ActionId, OrganisationId};
use domain::policy::{ManageAction, ReadAction};
use domain::text::Label;
use persistence::actions::{self, ActionQuery};
use persistence::organisations;
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
    routes.service(list_actions).service(create_action).service(read_action).service(edit_action);
}

/// Create an action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateAction {
    /// Who runs it, an organisation of any kind. It stays.
    organisation_id: OrganisationId,
    /// What it is called, 1 to 200 characters.
    name: Label,
    /// What it is for.
    axis: Axis,
    /// What it is.
    kind: ActionKind,
    /// What it works on, each once; absent = none.
    #[schema(max_items = 5)]
    #[serde(default, deserialize_with = "at_most::<5, _, _>")]
    themes: Vec<Theme>,
    /// First day.
    starts_on: Day,
    /// Last day; null or absent = open.
    ends_on: Option<Day>,
}

/// Edit an action: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditAction {
    /// What it is called, 1 to 200 characters.
    name: Label,
    /// What it is for.
    axis: Axis,
    /// What it is.
    kind: ActionKind,
    /// What it works on, each once; absent = none.
    #[schema(max_items = 5)]
    #[serde(default, deserialize_with = "at_most::<5, _, _>")]
    themes: Vec<Theme>,
    /// First day.
    starts_on: Day,
    /// Last day; null or absent = open.
    ends_on: Option<Day>,
}

impl From<&CreateAction> for ActionOrder {
    fn from(order: &CreateAction) -> Self {
        let CreateAction { organisation_id: _, name, axis, kind, themes, starts_on, ends_on } = order;
        Self { name: name.clone(), axis: *axis, kind: *kind, themes: themes.clone(), starts_on: *starts_on, ends_on: *ends_on }
    }
}

impl From<&EditAction> for ActionOrder {
    fn from(order: &EditAction) -> Self {
        let EditAction { name, axis, kind, themes, starts_on, ends_on } = order;
        Self { name: name.clone(), axis: *axis, kind: *kind, themes: themes.clone(), starts_on: *starts_on, ends_on: *ends_on }
    }
}

/// A collective action.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Action {
    /// Its id.
    id: ActionId,
    /// Who runs it. It never changes.
    organisation_id: OrganisationId,
    /// That organisation's name.
    #[schema(max_length = 200, example = "Les Ateliers de la Vienne")]
    organisation_name: String,
    /// What it is called.
    #[schema(max_length = 200, example = "Atelier de mobilisation et d'insertion")]
    name: String,
    /// What it is for. The groups of `mobilisation` meet 2 to 4 half-days a week.
    axis: Axis,
    /// What it is.
    kind: ActionKind,
    /// What it works on, in the order of the list `action_themes`; empty when nothing is said.
    #[schema(max_items = 5)]
    themes: Vec<Theme>,
    /// First day.
    starts_on: Day,
    /// Last day; null = open.
    ends_on: Option<Day>,
    /// Its version, one more at each edit.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::action::Action> for Action {
    fn from(action: &domain::action::Action) -> Self {
        Self {
            id: action.id,
            organisation_id: action.organisation,
            organisation_name: action.organisation_name.to_string(),
            name: action.about.name.to_string(),
            axis: action.about.axis,
            kind: action.about.kind,
            themes: action.about.themes.clone(),
            starts_on: action.about.starts_on,
            ends_on: action.about.ends_on,
            version: action.stamp.version,
            updated_at: action.stamp.updated_at,
        }
    }
}

impl Shows for Action {}
impl Resource for Action {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of actions.
pub(crate) type ActionPage = Page<Action>;

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ActionFilter {
    /// Run by this organisation.
    organisation_id: Option<OrganisationId>,
    /// Of this axis.
    axis: Option<Axis>,
    /// Of this kind.
    kind: Option<ActionKind>,
}

/// List actions
///
/// In the order in which they were created. A partner sees the actions it runs.
#[utoipa::path(get, tag = "Collective actions", operation_id = "listActions", extensions(("x-permission" = json!("read_action"))),
    params(ListParams, SyncParams, ActionFilter), responses((status = 200, description = "Actions.", body = ActionPage)))]
#[get("/actions")]
pub(crate) async fn list_actions(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAction>()?;
    let (filter, asked) = call.list::<ActionFilter>(true)?;
    let query = ActionQuery { organisation: filter.organisation_id, axis: filter.axis, kind: filter.kind };
    let rows = actions::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |action| Action::from(&action)).await
}

/// Create an action
///
/// Running an action needs no kind: any organisation may be its provider.
#[utoipa::path(post, tag = "Collective actions", operation_id = "createAction", extensions(("x-permission" = json!("manage_action"))),
    request_body = CreateAction, responses((status = 201, description = "The action.", body = Action)))]
#[post("/actions")]
pub(crate) async fn create_action(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageAction, CreateAction>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let provider = organisations::provider(w, wish.organisation_id).await?;
            let created = domain::action::Action::create(scope, w.id(), provider.as_ref(), wish.into())?;
            actions::save(w, &created).await?;
            show::created(format!("/v1/actions/{}", created.after.id), &Action::from(&created.after))
        })
        .await
}

/// Read an action
#[utoipa::path(get, tag = "Collective actions", operation_id = "readAction", extensions(("x-permission" = json!("read_action"))),
    params(("id" = ActionId, Path, description = "The action.")), responses((status = 200, description = "The action.", body = Action)))]
#[get("/actions/{id}")]
pub(crate) async fn read_action(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAction>()?;
    let action = actions::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Action::from(&action)).await
}

/// Edit an action
///
/// Who runs it stays. Its groups keep their own periods.
#[utoipa::path(put, tag = "Collective actions", operation_id = "editAction", extensions(("x-permission" = json!("manage_action"))),
    params(("id" = ActionId, Path, description = "The action.")), request_body = EditAction,
    responses((status = 200, description = "The action, as it is now.", body = Action)))]
#[put("/actions/{id}")]
pub(crate) async fn edit_action(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageAction, EditAction>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let action = actions::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(action.stamp.version)?;
            let edited = action.edit(scope, wish.into())?;
            actions::save(w, &edited).await?;
            show::ok(&Action::from(&edited.after))
        })
        .await
}
