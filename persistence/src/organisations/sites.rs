//! The sites of an organisation. Who sees the organisation sees its sites.

use domain::calendar::Instant;
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::organisation::{Organisation, Site};
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::{Label, Line};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, exists, one, with_id};
use crate::tables::organisation_site;

impl From<organisation_site::Model> for Site {
    fn from(row: organisation_site::Model) -> Self {
        Self {
            id: Id::new(row.id),
            organisation: Id::new(row.organisation_id),
            code: Line::stored(row.code),
            label: Label::stored(row.label),
            commune_code: row.commune_code.map(CommuneCode::stored),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        }
    }
}

impl From<&Site> for organisation_site::Model {
    fn from(site: &Site) -> Self {
        Self {
            id: site.id.uuid(),
            organisation_id: site.organisation.uuid(),
            code: site.code.clone().into(),
            label: site.label.clone().into(),
            commune_code: site.commune_code.as_deref().map(str::to_owned),
            version: site.stamp.version,
            created_at: site.stamp.created_at.utc(),
            updated_at: site.stamp.updated_at.utc(),
        }
    }
}

fn any() -> SelectStatement {
    Query::select()
        .columns(
            ["id", "organisation_id", "code", "label", "commune_code", "version", "created_at", "updated_at"]
                .map(|column| ("organisation_site", column)),
        )
        .from("organisation_site")
        .take()
}

fn visible_to<F: Function<Over = Organisation>>(scope: &Scope<F>, of: Id<Organisation>) -> SelectStatement {
    let mut select = any();
    select.and_where(Expr::col(("organisation_site", "organisation_id")).eq(of.uuid()));
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("organisation_site", "organisation_id")).eq(own.uuid()));
    }
    select
}

/// The site of an organisation with this id.
pub async fn find_site<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    id: Id<Site>,
) -> Result<Option<Site>, Error> {
    let select = with_id(visible_to(scope, of), "organisation_site", id.uuid());
    Ok(one::<organisation_site::Model>(source, &select).await?.map(Site::from))
}

/// The site that a referral names: a rule's reference, not a disclosure.
pub async fn site_for_rule(w: &Write, id: Id<Site>) -> Result<Option<Site>, Error> {
    Ok(one::<organisation_site::Model>(w, &with_id(any(), "organisation_site", id.uuid())).await?.map(Site::from))
}

/// The sites of an organisation by creation; with `updated_since` in order of change.
pub async fn list_sites<F: Function<Over = Organisation>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    listing: &Listing,
) -> Result<Page<Site>, Error> {
    let mut select = by_id(visible_to(scope, of), "organisation_site", listing)?;
    let rows = all::<organisation_site::Model>(source, select.limit(listing.limit + 1)).await?;
    Ok(Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).map(Site::from))
}

/// Whether the organisation has a site of this code.
pub async fn site_code_taken(w: &Write, of: Id<Organisation>, code: &Line<24>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("organisation_site")
        .and_where(Expr::col("organisation_id").eq(of.uuid()))
        .and_where(Expr::col("code").eq(&**code))
        .take();
    exists(w, &select).await
}

/// Saves a site that was opened.
pub async fn save_site(w: &Write, decided: &Decided<Change<Site>>) -> Result<(), Error> {
    revision::save(w, organisation_site::Model::from(&decided.after), decided.created, &decided.event).await
}
