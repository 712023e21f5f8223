//! Sealing stored numbers under another key, some at a time. What is in them is opened and sealed elsewhere; nothing else of them changes.

use domain::beneficiary::Beneficiary;
use domain::id::Id;
use domain::policy::{ResealNir, Scope};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable};

use super::Sealed;
use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::select::{all, locked, most_rows, one};
use crate::tables::beneficiary_nir;

/// Where a number is: whose, and how many the person has had with it.
pub type Place = (Id<Beneficiary>, i32);

/// How many numbers there are, former ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// In all.
    pub all: u64,
    /// Of these, sealed under the key asked for.
    pub under: u64,
}

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
}

/// A stored number that nobody else changes before the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedNir {
    row: beneficiary_nir::Model,
}

impl LockedNir {
    /// Where it is.
    pub fn place(&self) -> Place {
        (Id::new(self.row.beneficiary_id), self.row.version)
    }

    /// The id of the key that sealed it.
    pub fn key_id(&self) -> &str {
        &self.row.key_id
    }

    /// The number, sealed.
    pub fn sealed(&self) -> &[u8] {
        &self.row.sealed
    }
}

/// How many numbers are stored, and how many of them under this key.
pub async fn tally(source: &impl Source, _: &Scope<ResealNir>, key_id: &str) -> Result<Tally, Error> {
    let mut count = Query::select().expr_as(Expr::cust("count(*)"), "count").from("beneficiary_nir").take();
    let all = one::<CountRow>(source, &count).await?;
    let under = one::<CountRow>(source, count.and_where(Expr::col("key_id").eq(key_id))).await?;
    let number = |row: Option<CountRow>| row.and_then(|row| u64::try_from(row.count).ok()).unwrap_or_default();
    Ok(Tally { all: number(all), under: number(under) })
}

/// Locks the next numbers that another key sealed, in the order of their places, `most` of them at most.
pub async fn lock_next(w: &Write, _: &Scope<ResealNir>, key_id: &str, after: Option<Place>, most: u64) -> Result<Vec<LockedNir>, Error> {
    let mut select = Query::select()
        .columns(<beneficiary_nir::Entity as EntityTrait>::Column::iter().map(|column| ("beneficiary_nir", column.as_str())))
        .from("beneficiary_nir")
        .and_where(Expr::col("key_id").ne(key_id))
        .order_by("beneficiary_id", Order::Asc)
        .order_by("version", Order::Asc)
        .limit(most)
        .take();
    if let Some((person, version)) = after {
        let further = Cond::any().add(Expr::col("beneficiary_id").gt(person.uuid())).add(Expr::col("version").gt(version));
        // The first condition lets the primary key find the place.
        select.and_where(Expr::col("beneficiary_id").gte(person.uuid())).cond_where(further);
    }
    let rows = all::<beneficiary_nir::Model>(w, &locked(select, w, "beneficiary_nir")).await?;
    Ok(rows.into_iter().map(|row| LockedNir { row }).collect())
}

/// Stores numbers as they were sealed anew, under a key that is held. They are locked: none is another one by now.
pub async fn reseal(w: &Write, _: &Scope<ResealNir>, numbers: impl IntoIterator<Item = (LockedNir, Sealed)>) -> Result<(), Error> {
    let rows: Vec<_> = numbers
        .into_iter()
        .map(|(LockedNir { row }, sealed)| beneficiary_nir::Model { sealed: sealed.bytes, key_id: sealed.key_id, ..row })
        .collect();
    let onto = OnConflict::columns(["beneficiary_id", "version"]).update_columns(["sealed", "key_id"]).to_owned();
    for chunk in rows.chunks(most_rows::<beneficiary_nir::Entity>()) {
        let models = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        let written = beneficiary_nir::Entity::insert_many(models).on_conflict(onto.clone()).exec_without_returning(w.connection()).await?;
        if usize::try_from(written).ok() != Some(chunk.len()) {
            return Err(Error::Broken("some numbers were not sealed anew".to_owned()));
        }
    }
    Ok(())
}
