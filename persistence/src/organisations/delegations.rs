//! What the département delegates to an organisation. Who sees the organisation sees its delegations.

use domain::accompaniment::Accompaniment;
use domain::calendar::{Day, Instant, Period};
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::organisation::{Delegation, Organisation};
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, one, stored_json, with_id};
use crate::tables::delegation;

impl TryFrom<delegation::Model> for Delegation {
    type Error = Error;
    fn try_from(row: delegation::Model) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            organisation: Id::new(row.organisation_id),
            accompaniments: stored_json("delegation.accompaniments", row.accompaniments)?,
            period: Period { starts_on: Day::new(row.starts_on), ends_on: row.ends_on.map(Day::new) },
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Delegation> for delegation::Model {
    fn from(delegation: &Delegation) -> Self {
        Self {
            id: delegation.id.uuid(),
            organisation_id: delegation.organisation.uuid(),
            accompaniments: delegation.accompaniments.iter().copied().map(Accompaniment::code).collect(),
            starts_on: delegation.period.starts_on.date(),
            ends_on: delegation.period.ends_on.map(Day::date),
            version: delegation.stamp.version,
            created_at: delegation.stamp.created_at.utc(),
            updated_at: delegation.stamp.updated_at.utc(),
        }
    }
}

fn to(of: Id<Organisation>) -> SelectStatement {
    Query::select()
        .columns(
            ["id", "organisation_id", "accompaniments", "starts_on", "ends_on", "version", "created_at", "updated_at"]
                .map(|column| ("delegation", column)),
        )
        .from("delegation")
        .and_where(Expr::col(("delegation", "organisation_id")).eq(of.uuid()))
        .take()
}

fn visible_to<F: Function<Over = Organisation>>(scope: &Scope<F>, of: Id<Organisation>) -> SelectStatement {
    let mut select = to(of);
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("delegation", "organisation_id")).eq(own.uuid()));
    }
    select
}

/// The delegation to an organisation with this id.
pub async fn find_delegation<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    id: Id<Delegation>,
) -> Result<Option<Delegation>, Error> {
    let select = with_id(visible_to(scope, of), "delegation", id.uuid());
    one::<delegation::Model>(source, &select).await?.map(Delegation::try_from).transpose()
}

/// The delegations to an organisation by creation; with `updated_since` in order of change.
pub async fn list_delegations<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    listing: &Listing,
) -> Result<Page<Delegation>, Error> {
    let mut select = by_id(visible_to(scope, of), "delegation", listing)?;
    let rows = all::<delegation::Model>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Delegation::try_from)
}

/// Everything delegated to an organisation, for the rule that asks what it may provide: a rule's reference, not a disclosure.
pub async fn delegations_for_rule(w: &Write, of: Id<Organisation>) -> Result<Vec<Delegation>, Error> {
    all::<delegation::Model>(w, &to(of)).await?.into_iter().map(Delegation::try_from).collect()
}

/// Saves a delegation that was given.
pub async fn save_delegation(w: &Write, decided: &Decided<Change<Delegation>>) -> Result<(), Error> {
    revision::save(w, delegation::Model::from(&decided.after), decided.created, &decided.event).await
}
