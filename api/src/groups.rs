//! Groups of an action over HTTP: a place, seats, a period. Their sessions are in `sessions`, who sits there in `enrolments`.

use actix_web::{HttpResponse, get, post, put};
use domain::action::Axis;
use domain::calendar::{Day, Instant};
use domain::form::within;
use domain::group::GroupOrder;
use domain::identifier::commune::CommuneCode;
use domain::ids::{ActionId, GroupId, OrganisationId};
use domain::policy::{ManageGroup, ReadGroup};
use domain::refusal::{Refusal, Rule};
use domain::text::{Code, Label};
use persistence::groups::{self, GroupQuery, GroupRow};
use persistence::machinery::reference;
use persistence::{Write, actions, referrals};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{Flag, ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::referrals::seats::WaitingList;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_groups).service(create_group).service(read_group).service(edit_group);
}

/// Create a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateGroup {
    /// Its action. It stays.
    action_id: ActionId,
    /// Its code, unique, which the references of its sessions carry. It stays.
    code: Code,
    /// What it is called, 1 to 200 characters.
    name: Label,
    /// Where it meets, 1 to 200 characters.
    place: Label,
    /// The INSEE code of that place's commune.
    commune_code: CommuneCode,
    /// Seats.
    #[schema(minimum = 1, maximum = 200)]
    #[serde(deserialize_with = "within::<1, 200, _, _>")]
    capacity: i32,
    /// First day.
    starts_on: Day,
    /// Last day; null or absent = open.
    ends_on: Option<Day>,
}

/// Edit a group: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditGroup {
    /// What it is called, 1 to 200 characters.
    name: Label,
    /// Where it meets, 1 to 200 characters: the place of sessions planned from now on.
    place: Label,
    /// The INSEE code of that place's commune.
    commune_code: CommuneCode,
    /// Seats; no fewer than are taken on any day.
    #[schema(minimum = 1, maximum = 200)]
    #[serde(deserialize_with = "within::<1, 200, _, _>")]
    capacity: i32,
    /// First day; no later than its first session and its first enrolment.
    starts_on: Day,
    /// Last day, no earlier than its last session; null or absent = open.
    ends_on: Option<Day>,
}

impl From<&CreateGroup> for GroupOrder {
    fn from(order: &CreateGroup) -> Self {
        Self {
            name: order.name.clone(),
            place: order.place.clone(),
            commune_code: order.commune_code.clone(),
            capacity: order.capacity,
            starts_on: order.starts_on,
            ends_on: order.ends_on,
        }
    }
}

impl From<&EditGroup> for GroupOrder {
    fn from(order: &EditGroup) -> Self {
        Self {
            name: order.name.clone(),
            place: order.place.clone(),
            commune_code: order.commune_code.clone(),
            capacity: order.capacity,
            starts_on: order.starts_on,
            ends_on: order.ends_on,
        }
    }
}

/// A group of an action. Entry is open: people come and leave while it lasts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// Its id.
    id: GroupId,
    /// Its action. It never changes.
    action_id: ActionId,
    /// The action's name.
    #[schema(max_length = 200, example = "Atelier de mobilisation et d'insertion")]
    action_name: String,
    /// What the action is for. The groups of `mobilisation` meet 2 to 4 half-days a week.
    axis: Axis,
    /// Who runs the action.
    organisation_id: OrganisationId,
    /// Its code, which the references of its sessions carry. It never changes.
    code: Code,
    /// What it is called.
    #[schema(max_length = 200, example = "Limoges, mardi et jeudi")]
    name: String,
    /// Where it meets.
    #[schema(max_length = 200, example = "Maison de quartier du Val de l'Aurence")]
    place: String,
    /// The INSEE code of that place's commune.
    commune_code: CommuneCode,
    /// Seats.
    #[schema(minimum = 1, maximum = 200)]
    capacity: i32,
    /// Seats taken today, and those promised to people who start later.
    #[schema(minimum = 0)]
    seats_taken: i32,
    /// First day.
    starts_on: Day,
    /// Last day; null = open.
    ends_on: Option<Day>,
    /// Its version, one more at each edit. Enrolments leave it as it is.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last edited.
    updated_at: Instant,
}

impl From<&GroupRow> for Group {
    fn from(GroupRow { group, seats_taken }: &GroupRow) -> Self {
        Self {
            id: group.id,
            action_id: group.action,
            action_name: group.action_name.to_string(),
            axis: group.axis,
            organisation_id: group.organisation,
            code: group.code.clone(),
            name: group.about.name.to_string(),
            place: group.about.place.to_string(),
            commune_code: group.about.commune_code.clone(),
            capacity: group.about.capacity,
            seats_taken: *seats_taken,
            starts_on: group.about.starts_on,
            ends_on: group.about.ends_on,
            version: group.stamp.version,
            updated_at: group.stamp.updated_at,
        }
    }
}

impl Shows for Group {}
impl Resource for Group {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of groups.
pub(crate) type GroupPage = Page<Group>;

/// Which groups.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GroupFilter {
    /// That meet in the commune with this INSEE code.
    commune: Option<CommuneCode>,
    /// Of this action.
    action_id: Option<ActionId>,
    /// `true`: not over, with a seat free from today on. `false`: over or full.
    #[param(value_type = Option<bool>)]
    free_seats: Option<Flag>,
}

async fn commune_known(call: &Call, w: &Write, code: &CommuneCode) -> Result<bool, Stop> {
    Ok(reference::commune_known(w, code, &call.shared().config.department).await?)
}

/// List groups
///
/// In the order in which they were created. A partner sees the groups of its own actions. `updated_since` follows edits of the group:
/// taking a seat is not one.
#[utoipa::path(get, tag = "Collective actions", operation_id = "listGroups", extensions(("x-permission" = json!("read_group"))),
    params(ListParams, SyncParams, GroupFilter), responses((status = 200, description = "Groups.", body = GroupPage)))]
#[get("/groups")]
pub(crate) async fn list_groups(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadGroup>()?;
    let (filter, asked) = call.list::<GroupFilter>(true)?;
    let query = GroupQuery { commune: filter.commune, action: filter.action_id, free_seats: filter.free_seats.map(|flag| flag.0) };
    let rows = groups::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |row| Group::from(&row)).await
}

/// Create a group
///
/// 409 `CODE_TAKEN` when another group has this code.
#[utoipa::path(post, tag = "Collective actions", operation_id = "createGroup", extensions(("x-permission" = json!("manage_group"))),
    request_body = CreateGroup, responses((status = 201, description = "The group.", body = Group)))]
#[post("/groups")]
pub(crate) async fn create_group(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageGroup, CreateGroup>(&body).await?;
    order
        .write(async |w, scope, wish| {
            if groups::code_taken(w, &wish.code).await? {
                return Err(Refusal::Conflict(Rule::CodeTaken).into());
            }
            let action = actions::for_rule(w, wish.action_id).await?;
            let id = w.id();
            let people = referrals::lock_waiting_people(w, id, wish.action_id, None).await?;
            // Whoever finds no seat in any group of the action goes on its list before this group is there, or finds it.
            actions::lock_groups_of(w, wish.action_id).await?;
            let commune_known = commune_known(&call, w, &wish.commune_code).await?;
            let created = domain::group::Group::create(scope, id, action.as_ref(), wish.code.clone(), wish.into(), commune_known)?;
            groups::save(w, &created).await?;
            WaitingList { group: created.after.clone(), people }.promote(w, scope, &call.shared().vocabulary).await?;
            let row = groups::find(w, scope, created.after.id).await?.ok_or_else(Stop::not_found)?;
            let shown = Group::from(&row);
            show::created(format!("/v1/groups/{}", created.after.id), &shown)
        })
        .await
}

/// Read a group
#[utoipa::path(get, tag = "Collective actions", operation_id = "readGroup", extensions(("x-permission" = json!("read_group"))),
    params(("id" = GroupId, Path, description = "The group.")), responses((status = 200, description = "The group.", body = Group)))]
#[get("/groups/{id}")]
pub(crate) async fn read_group(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadGroup>()?;
    let row = groups::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Group::from(&row)).await
}

/// Edit a group
///
/// It keeps the days and the seats that its sessions and enrolments already use (else 409 `GROUP_IN_USE`). Sessions already planned
/// keep their place. New seats go to those on its waiting list.
#[utoipa::path(put, tag = "Collective actions", operation_id = "editGroup", extensions(("x-permission" = json!("manage_group"))),
    params(("id" = GroupId, Path, description = "The group.")), request_body = EditGroup,
    responses((status = 200, description = "The group, as it is now.", body = Group)))]
#[put("/groups/{id}")]
pub(crate) async fn edit_group(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageGroup, EditGroup>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let seen = groups::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?.group;
            let people = referrals::lock_waiting_people(w, seen.id, seen.action, None).await?;
            let group = groups::lock(w, scope, seen.id).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(group.stamp.version)?;
            let used = groups::used(w, &group).await?;
            let commune_known = commune_known(&call, w, &wish.commune_code).await?;
            let edited = group.edit(scope, wish.into(), commune_known, &used)?;
            groups::save(w, &edited).await?;
            WaitingList { group: edited.after.clone(), people }.promote(w, scope, &call.shared().vocabulary).await?;
            let row = groups::find(w, scope, group.id).await?.ok_or_else(Stop::not_found)?;
            show::ok(&Group::from(&row))
        })
        .await
}
