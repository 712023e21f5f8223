//! Social security numbers, sealed: what is stored here nobody reads without the key, which is not here either. How they are sealed and
//! looked up is `api`'s; which keys they need is in `nirs/keys`, sealing them under another one in `nirs/resealing`.

mod keys;
mod moving;
mod resealing;

#[cfg(test)]
mod tests;

use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::identity::{NirCancelled, NirRecorded};
use domain::policy::{IdentifyReferral, ReadNir, Scope};
use domain::referral::Referral;
use domain::refusal::Decided;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::events;
use crate::select::{exists, insert_all, one, people_of};
use crate::tables::beneficiary_nir;

pub use keys::{drop_key, hold_key, is_dropped, keys_used};
pub use moving::{History, history_of, move_history};
pub use resealing::{LockedNir, Place, Tally, lock_next, reseal, tally};

/// A number that was sealed, and what says which key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key's id, 16 hexadecimal digits.
    pub key_id: String,
    /// The number, sealed.
    pub bytes: Vec<u8>,
}

/// A number as it is stored.
#[derive(Clone, Debug)]
pub struct SealedNir {
    /// Whose.
    pub person: Id<Beneficiary>,
    /// How many numbers the person has had, with this one.
    pub version: i32,
    /// The number, sealed.
    pub sealed: Vec<u8>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    beneficiary_id: Uuid,
    version: i32,
    sealed: Vec<u8>,
    recorded_at: DateTimeUtc,
}

impl From<Row> for SealedNir {
    fn from(row: Row) -> Self {
        let Row { beneficiary_id, version, sealed, recorded_at } = row;
        Self { person: Id::new(beneficiary_id), version, sealed, recorded_at: Instant::new(recorded_at) }
    }
}

#[derive(FromQueryResult)]
struct CountRow {
    version: Option<i32>,
}

fn current(person: Id<Beneficiary>) -> SelectStatement {
    Query::select()
        .columns(["beneficiary_id", "version", "sealed", "recorded_at"].map(|column| ("beneficiary_nir", column)))
        .from("beneficiary_nir")
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("beneficiary_nir", "beneficiary_id")))
        .and_where(Expr::col(("beneficiary_nir", "beneficiary_id")).eq(person.uuid()))
        .and_where(Expr::col(("beneficiary_nir", "current")).eq(true))
        .and_where(Expr::col(("beneficiary", "purged_at")).is_null())
        .take()
}

/// The number of somebody whom the caller accompanies.
pub async fn find(source: &impl Source, scope: &Scope<ReadNir>, person: Id<Beneficiary>) -> Result<Option<SealedNir>, Error> {
    let select = current(person).cond_where(people_of(scope.reach(), scope.now())).take();
    Ok(one::<Row>(source, &select).await?.map(SealedNir::from))
}

/// The number behind a referral that its receiver may identify.
pub async fn behind(source: &impl Source, _: &Scope<IdentifyReferral>, referral: &Referral) -> Result<Option<SealedNir>, Error> {
    Ok(one::<Row>(source, &current(referral.person.id)).await?.map(SealedNir::from))
}

/// The number that a person, who is locked, has now.
pub async fn last_of(w: &Write, person: &Beneficiary) -> Result<Option<SealedNir>, Error> {
    Ok(one::<Row>(w, &current(person.id)).await?.map(SealedNir::from))
}

/// How many numbers a person, who is locked, has had: those of files that were merged into theirs too.
pub async fn count_of(w: &Write, person: &Beneficiary) -> Result<i32, Error> {
    let select = Query::select()
        .expr_as(Expr::col("version").max(), "version")
        .from("beneficiary_nir")
        .and_where(Expr::col("beneficiary_id").eq(person.id.uuid()))
        .take();
    Ok(one::<CountRow>(w, &select).await?.and_then(|row| row.version).unwrap_or(0))
}

/// Whether the number behind this index is another person's.
pub async fn is_taken(w: &Write, index: &[u8; 32], person: Id<Beneficiary>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary_nir")
        .and_where(Expr::col("blind_index").eq(index.to_vec()))
        .and_where(Expr::col("current").eq(true))
        .and_where(Expr::col("beneficiary_id").ne(person.uuid()))
        .take();
    exists(w, &select).await
}

/// Saves a number that was recorded, sealed under a key that is held; the one before stays as what it was.
pub async fn save(w: &Write, decided: &Decided<NirRecorded>, sealed: Sealed, index: &[u8; 32]) -> Result<(), Error> {
    beneficiary_nir::Entity::update_many()
        .col_expr(beneficiary_nir::Column::Current, Expr::val(false))
        .filter(Expr::col("beneficiary_id").eq(decided.person.uuid()))
        .filter(Expr::col("current").eq(true))
        .exec(w.connection())
        .await?;
    let row = beneficiary_nir::Model {
        beneficiary_id: decided.person.uuid(),
        version: decided.version,
        sealed: sealed.bytes,
        blind_index: index.to_vec(),
        current: true,
        provisional: decided.nir.is_provisional(),
        key_id: sealed.key_id,
        recorded_by: w.by().actor.principal.uuid(),
        recorded_at: w.now().utc(),
        cancelled_at: None,
    };
    insert_all::<beneficiary_nir::Entity>(w, [row]).await?;
    events::append(w, [&decided.event]).await
}

/// Saves that the number in force was never theirs, however often they were given it: it stays, sealed, and finds them no more.
pub async fn save_cancelled(w: &Write, decided: &Decided<NirCancelled>) -> Result<(), Error> {
    let theirs = || Expr::col("beneficiary_id").eq(decided.person.uuid());
    let in_force = Query::select().column("blind_index").from("beneficiary_nir").and_where(theirs()).and_where(Expr::col("current").eq(true)).take();
    beneficiary_nir::Entity::update_many()
        .col_expr(beneficiary_nir::Column::Current, Expr::val(false))
        .col_expr(beneficiary_nir::Column::CancelledAt, Expr::val(w.now().utc()))
        .filter(theirs())
        .filter(Expr::col("blind_index").in_subquery(in_force))
        .exec(w.connection())
        .await?;
    events::append(w, [&decided.event]).await
}
