//! Collective actions as the caller may see them, with the name of who runs them. Their groups are in `groups`.

use domain::action::{Action, ActionKind, ActionOrder, Axis, Theme};
use domain::calendar::{Day, Instant};
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::Label;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc, Json};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, lock_rows, locked, one, stored, stored_json, with_id};
use crate::tables::action;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    axis: String,
    kind: String,
    themes: Json,
    starts_on: Date,
    ends_on: Option<Date>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    organisation_name: String,
}

impl TryFrom<Row> for Action {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            organisation: Id::new(row.organisation_id),
            organisation_name: Label::stored(row.organisation_name),
            about: ActionOrder {
                name: Label::stored(row.name),
                axis: stored("action.axis", &row.axis)?,
                kind: stored("action.kind", &row.kind)?,
                themes: stored_json::<Vec<Theme>>("action.themes", row.themes)?,
                starts_on: Day::new(row.starts_on),
                ends_on: row.ends_on.map(Day::new),
            },
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Action> for action::Model {
    fn from(action: &Action) -> Self {
        Self {
            id: action.id.uuid(),
            organisation_id: action.organisation.uuid(),
            name: action.about.name.clone().into(),
            axis: action.about.axis.code().to_owned(),
            kind: action.about.kind.code().to_owned(),
            themes: action.about.themes.iter().map(|theme| theme.code()).collect(),
            starts_on: action.about.starts_on.date(),
            ends_on: action.about.ends_on.map(Day::date),
            version: action.stamp.version,
            created_at: action.stamp.created_at.utc(),
            updated_at: action.stamp.updated_at.utc(),
        }
    }
}

/// A partner sees the actions it runs; everybody else sees them all.
fn visible_to<F: Function<Over = Action>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = any();
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("action", "organisation_id")).eq(own.uuid()));
    }
    select
}

fn any() -> SelectStatement {
    Query::select()
        .columns(
            ["id", "organisation_id", "name", "axis", "kind", "themes", "starts_on", "ends_on", "version", "created_at", "updated_at"]
                .map(|column| ("action", column)),
        )
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .from("action")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("action", "organisation_id")))
        .take()
}

/// The action with this id.
pub async fn find<F: Function<Over = Action>>(source: &impl Source, scope: &Scope<F>, id: Id<Action>) -> Result<Option<Action>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "action", id.uuid())).await?.map(Action::try_from).transpose()
}

/// The action with this id, locked.
pub async fn lock<F: Function<Over = Action>>(w: &Write, scope: &Scope<F>, id: Id<Action>) -> Result<Option<Action>, Error> {
    let select = locked(with_id(visible_to(scope), "action", id.uuid()), w, "action");
    one::<Row>(w, &select).await?.map(Action::try_from).transpose()
}

/// Waits until nobody else gives this action a group or counts the seats of all its groups, and lets nobody else begin.
pub async fn lock_groups_of(w: &Write, id: Id<Action>) -> Result<(), Error> {
    lock_rows(w, "action", &[id.uuid()]).await
}

/// The action that an order names, for the rule that asks whether there is one. It needs no scope: whoever may write such an order
/// (a group, an agreement) reaches the whole département, and what a partner cannot see no order of theirs can name.
pub async fn for_rule(w: &Write, id: Id<Action>) -> Result<Option<Action>, Error> {
    one::<Row>(w, &with_id(any(), "action", id.uuid())).await?.map(Action::try_from).transpose()
}

/// Which actions are asked for.
#[derive(Clone, Debug, Default)]
pub struct ActionQuery {
    /// Run by this organisation.
    pub organisation: Option<Id<Organisation>>,
    /// Of this axis.
    pub axis: Option<Axis>,
    /// Of this kind.
    pub kind: Option<ActionKind>,
}

/// Actions, oldest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Action>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &ActionQuery,
    listing: &Listing,
) -> Result<Page<Action>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.organisation.map(|run_by| Expr::col(("action", "organisation_id")).eq(run_by.uuid())));
    select.and_where_option(query.axis.map(|axis| Expr::col(("action", "axis")).eq(axis.code())));
    select.and_where_option(query.kind.map(|kind| Expr::col(("action", "kind")).eq(kind.code())));
    let mut select = by_id(select, "action", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Action::try_from)
}

/// Saves an action that was created or edited.
pub async fn save(w: &Write, decided: &Decided<Change<Action>>) -> Result<(), Error> {
    revision::save(w, action::Model::from(&decided.after), decided.created, &decided.event).await
}
