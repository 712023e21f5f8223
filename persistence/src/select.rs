//! How a select is run, and which people a scope reaches. Each aggregate's own `visible_to` stands in its file, on top of these.

use domain::calendar::Instant;
use domain::policy::Reach;
use domain::territory::UNASSIGNED;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, LockType, Order, Query, SelectStatement};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, Iterable};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Engine, Source, Write};
use crate::error::{Error, is_unique_violation};

/// Values one statement may bind, on both engines.
const MOST_BINDS: usize = 32_000;

/// All rows of a select.
pub(crate) async fn all<R: FromQueryResult>(source: &impl Source, select: &SelectStatement) -> Result<Vec<R>, Error> {
    let rows = source.connection().query_all(select).await?;
    rows.iter().map(|row| R::from_query_result(row, "").map_err(Error::from)).collect()
}

/// The row of a select, if any.
pub(crate) async fn one<R: FromQueryResult>(source: &impl Source, select: &SelectStatement) -> Result<Option<R>, Error> {
    let row = source.connection().query_one(select).await?;
    Ok(row.map(|row| R::from_query_result(&row, "")).transpose()?)
}

/// Whether a select finds anything.
pub(crate) async fn exists(source: &impl Source, select: &SelectStatement) -> Result<bool, Error> {
    let mut select = select.clone();
    Ok(source.connection().query_one(select.limit(1)).await?.is_some())
}

/// Takes the lock of the rows of `table` that a select finds. It does not block foreign-key checks on them, and SQLite, whose
/// writer holds everything already, needs none. What it joins must not change with those rows: see [`one_locked`].
pub(crate) fn locked(select: SelectStatement, w: &Write, table: &'static str) -> SelectStatement {
    locked_all(select, w, [table])
}

/// The same of several tables, where what is decided on lies in more than one.
pub(crate) fn locked_all<const N: usize>(mut select: SelectStatement, w: &Write, tables: [&'static str; N]) -> SelectStatement {
    if w.engine() == Engine::Postgres {
        select.lock_with_tables(LockType::NoKeyUpdate, tables);
    }
    select
}

#[derive(FromQueryResult)]
struct IdRow {
    id: Uuid,
}

/// The ids that a select finds, as `id`.
pub(crate) async fn ids(source: &impl Source, select: &SelectStatement) -> Result<Vec<Uuid>, Error> {
    Ok(all::<IdRow>(source, select).await?.into_iter().map(|row| row.id).collect())
}

/// Takes the locks of these rows, in the order of their ids.
pub(crate) async fn lock_rows(w: &Write, table: &'static str, rows: &[Uuid]) -> Result<(), Error> {
    if w.engine() == Engine::Postgres && !rows.is_empty() {
        let these = Expr::col("id").is_in(rows.iter().copied());
        let select = Query::select().column("id").from(table).and_where(these).order_by("id", Order::Asc).take();
        ids(w, &locked(select, w, table)).await?;
    }
    Ok(())
}

/// The row with this id of a select over `table` that joins others which may change with it, locked.
///
/// Who waited for a lock is shown the locked row as it has become, but what is joined to it as it was before the wait, or none of it: a
/// household that came meanwhile would be lost. So the lock is taken first and the row read after.
pub(crate) async fn one_locked<R: FromQueryResult>(w: &Write, table: &'static str, id: Uuid, select: SelectStatement) -> Result<Option<R>, Error> {
    lock_rows(w, table, &[id]).await?;
    one(w, &with_id(select, table, id)).await
}

/// The same of all the rows that a select over `table` finds, in the order of their ids.
pub(crate) async fn all_locked<R: FromQueryResult>(w: &Write, table: &'static str, mut select: SelectStatement) -> Result<Vec<R>, Error> {
    if w.engine() == Engine::Postgres {
        let found = ids(w, &select.clone().clear_selects().column((table, "id")).take()).await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        lock_rows(w, table, &found).await?;
        select.and_where(Expr::col((table, "id")).is_in(found));
    }
    all(w, &select.order_by((table, "id"), Order::Asc).take()).await
}

/// The row with this id of a select over `table`.
pub(crate) fn with_id(mut select: SelectStatement, table: &'static str, id: Uuid) -> SelectStatement {
    select.and_where(Expr::col((table, "id")).eq(id)).take()
}

/// Which rows of `beneficiary` a reach holds. Territories and grants are joined here, never cached.
pub(crate) fn people_of(reach: Reach, now: Instant) -> Condition {
    let person = || Expr::col(("beneficiary", "id"));
    match reach {
        Reach::Department => Cond::all(),
        // A partner sees people through its own groups alone.
        Reach::Organisation(_) => Cond::all().add(Expr::val(1).eq(0)),
        Reach::Territories(professional) => {
            let assigned = Query::select()
                .expr(Expr::val(1))
                .from("professional_territory")
                .and_where(Expr::col(("professional_territory", "professional_id")).eq(professional.uuid()))
                .and_where(Expr::col(("professional_territory", "territory_id")).equals(("beneficiary", "territory_id")))
                .take();
            let granted = Query::select()
                .expr(Expr::val(1))
                .from("access_grant")
                .and_where(Expr::col(("access_grant", "professional_id")).eq(professional.uuid()))
                .and_where(Expr::col(("access_grant", "beneficiary_id")).equals(("beneficiary", "id")))
                .and_where(Expr::col(("access_grant", "expires_at")).gt(now.utc()))
                .take();
            Cond::any().add(Expr::col(("beneficiary", "territory_id")).eq(UNASSIGNED.uuid())).add(Expr::exists(assigned)).add(Expr::exists(granted))
        }
        Reach::Accompanied(organisation) => {
            let today = now.day().date();
            let oriented = Query::select()
                .expr(Expr::col(("orientation", "beneficiary_id")))
                .from("orientation")
                .and_where(Expr::col(("orientation", "organisation_id")).eq(organisation.uuid()))
                .and_where(Expr::col(("orientation", "starts_on")).lte(today))
                .cond_where(Cond::any().add(Expr::col(("orientation", "ends_on")).is_null()).add(Expr::col(("orientation", "ends_on")).gte(today)))
                .take();
            Cond::all().add(person().in_subquery(oriented))
        }
    }
}

/// How many rows of a table one statement may hold.
pub(crate) fn most_rows<E: EntityTrait>() -> usize {
    MOST_BINDS / E::Column::iter().count().max(1)
}

/// Inserts rows in as few statements as their binds allow. A row that is there already means that somebody came first: the
/// transaction runs again and its rules see it.
pub(crate) async fn insert_all<E>(w: &Write, rows: impl IntoIterator<Item = E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let chunk = most_rows::<E>();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let models = rows.by_ref().take(chunk).map(|row| row.into_active_model().reset_all());
        E::insert_many(models).exec_without_returning(w.connection()).await.map_err(came_second)?;
    }
    Ok(())
}

/// A unique constraint met: somebody came first.
pub(crate) fn came_second(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) { Error::Contended } else { error.into() }
}

/// Takes a stored code back; a value that does not parse is a defect of the data, and its column is named.
pub(crate) fn stored<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Broken(format!("{column} holds an unknown code")))
}

/// Takes a stored JSON list of codes back.
pub(crate) fn stored_json<T: serde::de::DeserializeOwned>(column: &'static str, json: serde_json::Value) -> Result<T, Error> {
    serde_json::from_value(json).map_err(|_| Error::Broken(format!("{column} holds unexpected JSON")))
}
