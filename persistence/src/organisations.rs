//! Organisations as the caller may see them. Their sites, delegations and agreements stand in a file each; their machines and
//! their people in `clients` and `professionals`.

mod agreements;
mod delegations;
mod sites;

use domain::calendar::Instant;
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::identifier::siret::Siret;
use domain::organisation::{Organisation, OrganisationKind};
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::Label;
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, exists, locked, one, stored, with_id};
use crate::tables::organisation;

pub use agreements::{find_agreement, list_agreements, runs, save_agreement};
pub use delegations::{delegations_for_rule, find_delegation, list_delegations, save_delegation};
pub use sites::{find_site, list_sites, save_site, site_code_taken, site_for_rule};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    name: String,
    siret: Option<String>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
}

impl TryFrom<Row> for Organisation {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            kind: stored("organisation.kind", &row.kind)?,
            name: Label::stored(row.name),
            siret: row.siret.map(Siret::stored),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Organisation> for organisation::Model {
    fn from(organisation: &Organisation) -> Self {
        Self {
            id: organisation.id.uuid(),
            kind: organisation.kind.code().to_owned(),
            name: organisation.name.clone().into(),
            siret: organisation.siret.as_deref().map(str::to_owned),
            version: organisation.stamp.version,
            created_at: organisation.stamp.created_at.utc(),
            updated_at: organisation.stamp.updated_at.utc(),
        }
    }
}

fn everything() -> SelectStatement {
    Query::select()
        .columns(["id", "kind", "name", "siret", "version", "created_at", "updated_at"].map(|column| ("organisation", column)))
        .from("organisation")
        .take()
}

/// A partner sees its own organisation and no other.
fn visible_to<F: Function<Over = Organisation>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = everything();
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("organisation", "id")).eq(own.uuid()));
    }
    select
}

/// The organisation with this id.
pub async fn find<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Organisation>,
) -> Result<Option<Organisation>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "organisation", id.uuid())).await?.map(Organisation::try_from).transpose()
}

/// The organisation with this id, locked.
pub async fn lock<F: Function<Over = Organisation>>(w: &Write, scope: &Scope<F>, id: Id<Organisation>) -> Result<Option<Organisation>, Error> {
    let select = locked(with_id(visible_to(scope), "organisation", id.uuid()), w, "organisation");
    one::<Row>(w, &select).await?.map(Organisation::try_from).transpose()
}

/// The organisation that an order of another kind names: where a professional works, who runs an action. A rule's reference is not
/// a disclosure, so no scope is asked; nothing of it may be shown but what the caller sees on the other thing.
pub async fn provider(w: &Write, id: Id<Organisation>) -> Result<Option<Organisation>, Error> {
    one::<Row>(w, &with_id(everything(), "organisation", id.uuid())).await?.map(Organisation::try_from).transpose()
}

/// Which organisations are asked for.
#[derive(Clone, Debug, Default)]
pub struct OrganisationQuery {
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
}

/// Organisations by creation; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &OrganisationQuery,
    listing: &Listing,
) -> Result<Page<Organisation>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.kind.map(|kind| Expr::col(("organisation", "kind")).eq(kind.code())));
    let mut select = by_id(select, "organisation", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Organisation::try_from)
}

/// The département itself, once it is registered: its own people are invited without naming it.
pub async fn department(w: &Write) -> Result<Option<Organisation>, Error> {
    let select = everything().and_where(Expr::col(("organisation", "kind")).eq(OrganisationKind::Department.code())).take();
    one::<Row>(w, &select).await?.map(Organisation::try_from).transpose()
}

/// Whether the département is registered.
pub async fn department_exists(w: &Write) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("organisation").and_where(Expr::col("kind").eq(OrganisationKind::Department.code())).take();
    exists(w, &select).await
}

/// Saves an organisation that was registered or edited.
pub async fn save(w: &Write, decided: &Decided<Change<Organisation>>) -> Result<(), Error> {
    revision::save(w, organisation::Model::from(&decided.after), decided.created, &decided.event).await
}
