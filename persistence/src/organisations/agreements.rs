//! What an organisation is funded for. Not everybody who sees the organisation sees what it is paid.

use domain::action::Action;
use domain::calendar::{Day, Instant};
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::organisation::{Agreement, AgreementOrder, Organisation};
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::Line;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, exists, one, stored, with_id};
use crate::tables::agreement;

impl TryFrom<agreement::Model> for Agreement {
    type Error = Error;
    fn try_from(row: agreement::Model) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            organisation: Id::new(row.organisation_id),
            terms: AgreementOrder {
                action: Id::new(row.action_id),
                convention_number: Line::stored(row.convention_number),
                starts_on: Day::new(row.starts_on),
                ends_on: Day::new(row.ends_on),
                funded_unit: stored("agreement.funded_unit", &row.funded_unit)?,
                funded_quantity: row.funded_quantity,
                amount_cents: row.amount_cents,
            },
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Agreement> for agreement::Model {
    fn from(agreement: &Agreement) -> Self {
        let terms = &agreement.terms;
        Self {
            id: agreement.id.uuid(),
            organisation_id: agreement.organisation.uuid(),
            action_id: terms.action.uuid(),
            convention_number: terms.convention_number.clone().into(),
            starts_on: terms.starts_on.date(),
            ends_on: terms.ends_on.date(),
            funded_unit: terms.funded_unit.code().to_owned(),
            funded_quantity: terms.funded_quantity,
            amount_cents: terms.amount_cents,
            version: agreement.stamp.version,
            created_at: agreement.stamp.created_at.utc(),
            updated_at: agreement.stamp.updated_at.utc(),
        }
    }
}

fn visible_to<F: Function<Over = Agreement>>(scope: &Scope<F>, of: Id<Organisation>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [
                "id",
                "organisation_id",
                "action_id",
                "convention_number",
                "starts_on",
                "ends_on",
                "funded_unit",
                "funded_quantity",
                "amount_cents",
                "version",
                "created_at",
                "updated_at",
            ]
            .map(|column| ("agreement", column)),
        )
        .from("agreement")
        .and_where(Expr::col(("agreement", "organisation_id")).eq(of.uuid()));
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("agreement", "organisation_id")).eq(own.uuid()));
    }
    select
}

/// The agreement with an organisation that has this id.
pub async fn find_agreement<F: Function<Over = Agreement>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    id: Id<Agreement>,
) -> Result<Option<Agreement>, Error> {
    let select = with_id(visible_to(scope, of), "agreement", id.uuid());
    one::<agreement::Model>(source, &select).await?.map(Agreement::try_from).transpose()
}

/// The agreements with an organisation by creation; with `updated_since` in order of change.
pub async fn list_agreements<F: Function<Over = Agreement>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    listing: &Listing,
) -> Result<Page<Agreement>, Error> {
    let mut select = by_id(visible_to(scope, of), "agreement", listing)?;
    let rows = all::<agreement::Model>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Agreement::try_from)
}

/// Whether the organisation runs this action: an administrator records what it is funded for without seeing actions.
pub async fn runs(w: &Write, organisation: Id<Organisation>, action: Id<Action>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("action")
        .and_where(Expr::col("id").eq(action.uuid()))
        .and_where(Expr::col("organisation_id").eq(organisation.uuid()))
        .take();
    exists(w, &select).await
}

/// Saves an agreement that was recorded.
pub async fn save_agreement(w: &Write, decided: &Decided<Change<Agreement>>) -> Result<(), Error> {
    revision::save(w, agreement::Model::from(&decided.after), decided.created, &decided.event).await
}
