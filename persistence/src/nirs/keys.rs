//! The keys that numbers are sealed under, by their ids alone: which ones are needed, and which are never to be used again. The keys
//! themselves are not stored.

use domain::policy::{ResealNir, Scope};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::db::sealed::Source as _;
use crate::db::{Engine, Source, Write};
use crate::error::Error;
use crate::select::{all, exists, locked, one};

#[derive(FromQueryResult)]
struct UsedRow {
    key_id: String,
}

#[derive(FromQueryResult)]
struct KeyRow {
    dropped: bool,
}

fn key(key_id: &str) -> SelectStatement {
    Query::select().column("dropped").from("nir_key").and_where(Expr::col("id").eq(key_id)).take()
}

/// The ids of the keys that numbers are sealed under, former ones included. One step in an index for each: the numbers are not read.
pub async fn keys_used(source: &impl Source) -> Result<Vec<String>, Error> {
    let mut used: Vec<String> = Vec::new();
    loop {
        let mut next = Query::select().column("key_id").from("beneficiary_nir").order_by("key_id", Order::Asc).limit(1).take();
        if let Some(last) = used.last() {
            next.and_where(Expr::col("key_id").gt(last.as_str()));
        }
        match one::<UsedRow>(source, &next).await? {
            Some(row) => used.push(row.key_id),
            None => return Ok(used),
        }
    }
}

/// Whether this key was dropped: nothing can be sealed under it any more.
pub async fn is_dropped(source: &impl Source, key_id: &str) -> Result<bool, Error> {
    Ok(one::<KeyRow>(source, &key(key_id)).await?.is_some_and(|row| row.dropped))
}

/// Makes sure that a key is not dropped before this transaction ends. False when it was: what was sealed under it must not be stored.
pub async fn hold_key(w: &Write, key_id: &str) -> Result<bool, Error> {
    note(w, key_id).await?;
    let mut select = key(key_id);
    if w.engine() == Engine::Postgres {
        // Many may hold it at once; whoever drops it waits for them all.
        select.lock(LockType::Share);
    }
    Ok(one::<KeyRow>(w, &select).await?.is_some_and(|row| !row.dropped))
}

/// Drops a key that seals nothing, for ever. False when it seals something, and stays.
pub async fn drop_key(w: &Write, _: &Scope<ResealNir>, key_id: &str) -> Result<bool, Error> {
    note(w, key_id).await?;
    all::<KeyRow>(w, &locked(key(key_id), w, "nir_key")).await?;
    let sealed = Query::select().expr(Expr::val(1)).from("beneficiary_nir").and_where(Expr::col("key_id").eq(key_id)).take();
    if exists(w, &sealed).await? {
        return Ok(false);
    }
    let update = Query::update().table("nir_key").value("dropped", true).and_where(Expr::col("id").eq(key_id)).take();
    w.connection().execute(&update).await?;
    Ok(true)
}

/// A key that is met for the first time gets its row.
async fn note(w: &Write, key_id: &str) -> Result<(), Error> {
    let known = OnConflict::column("id").do_nothing().to_owned();
    let insert =
        Query::insert().into_table("nir_key").columns(["id", "dropped"]).values_panic([key_id.into(), false.into()]).on_conflict(known).take();
    w.connection().execute(&insert).await?;
    Ok(())
}
