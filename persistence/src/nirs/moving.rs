//! The numbers of a merged file, which move to the survivor with their history: a number is sealed for one person, so each is sealed anew.

use domain::beneficiary::Beneficiary;
use domain::id::Id;
use domain::identity::takes_the_place;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{EntityTrait, Iterable, QueryFilter};

use super::{Sealed, SealedNir};
use crate::db::Write;
use crate::db::sealed::Source as _;
use crate::error::Error;
use crate::select::{all, insert_all};
use crate::tables::beneficiary_nir;

/// Every number that a person has had, in their order.
#[derive(Debug)]
pub struct History(Vec<beneficiary_nir::Model>);

impl History {
    /// Them, as they are stored.
    pub fn numbers(&self) -> impl Iterator<Item = SealedNir> {
        self.0.iter().map(|row| SealedNir {
            person: Id::new(row.beneficiary_id),
            version: row.version,
            sealed: row.sealed.clone(),
            recorded_at: domain::calendar::Instant::new(row.recorded_at),
        })
    }
}

/// The numbers that a person, who is locked, has had.
pub async fn history_of(w: &Write, person: Id<Beneficiary>) -> Result<History, Error> {
    let select = Query::select()
        .columns(<beneficiary_nir::Entity as EntityTrait>::Column::iter())
        .from("beneficiary_nir")
        .and_where(Expr::col("beneficiary_id").eq(person.uuid()))
        .order_by("version", Order::Asc)
        .take();
    Ok(History(all(w, &select).await?))
}

/// Moves a merged file's numbers, sealed anew in their order, behind those that the survivor has had. Which of both is the one in force is
/// the rules' to say.
pub async fn move_history(w: &Write, survivor: Id<Beneficiary>, duplicate: History, sealed: Vec<Sealed>) -> Result<(), Error> {
    let mine = history_of(w, survivor).await?.0;
    let in_force = |rows: &[beneficiary_nir::Model]| rows.iter().find(|row| row.current).map(|row| row.provisional);
    let replaces = takes_the_place(in_force(&duplicate.0), in_force(&mine));
    let last = mine.last().map_or(0, |row| row.version);
    let Some(from) = duplicate.0.first().map(|row| row.beneficiary_id) else { return Ok(()) };
    beneficiary_nir::Entity::delete_many().filter(Expr::col("beneficiary_id").eq(from)).exec(w.connection()).await?;
    if replaces {
        beneficiary_nir::Entity::update_many()
            .col_expr(beneficiary_nir::Column::Current, Expr::val(false))
            .filter(Expr::col("beneficiary_id").eq(survivor.uuid()))
            .exec(w.connection())
            .await?;
    }
    let moved = (last + 1..).zip(duplicate.0).zip(sealed).map(|((version, row), sealed)| beneficiary_nir::Model {
        beneficiary_id: survivor.uuid(),
        version,
        sealed: sealed.bytes,
        key_id: sealed.key_id,
        current: row.current && replaces,
        ..row
    });
    insert_all::<beneficiary_nir::Entity>(w, moved).await
}
