//! The pieces of a person's file that are edited one by one: rights, milestones, barriers, interventions. They are read, locked, listed
//! and saved alike, here; what a row of each says is in its own file.
#![expect(private_bounds, reason = "how a piece is stored is this crate's own; that it is one is not")]

use std::collections::HashSet;

use domain::beneficiary::Beneficiary;
use domain::change::Change;
use domain::id::Id;
use domain::policy::{Function, Scope};
use domain::refusal::Decided;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{DbBackend, EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable, ModelTrait};
use serde::de::DeserializeOwned;

use crate::beneficiaries::{self, OnFile};
use crate::db::{Source, Write};
use crate::error::Error;
use crate::json;
use crate::page::{Listing, Page, by_id, position};
use crate::revision::{self, Versioned};
use crate::select::{self, all, locked, one, people_of, with_id};

/// How a piece lies in its table.
pub(crate) trait Stored: Sized {
    /// Its table.
    type Table: EntityTrait<Model = Self::Row>;
    /// Its row.
    type Row: Versioned
        + ModelTrait<Entity = Self::Table>
        + FromQueryResult
        + IntoActiveModel<<Self::Table as EntityTrait>::ActiveModel>
        + DeserializeOwned;
    /// The thing that a row holds.
    fn read(row: Self::Row) -> Result<Self, Error>;
    /// The row that holds the thing.
    fn row(&self) -> Result<Self::Row, Error>;
    /// Whose it is.
    fn person(&self) -> Id<Beneficiary>;
    /// Which rows of people in reach are for this caller, besides.
    fn narrow<F: Function>(_: &Scope<F>, _: &mut SelectStatement) {}
}

/// A piece of a person's file.
pub trait Piece: Stored {}
impl<T: Stored> Piece for T {}

/// All the rows, whatever a scope reaches of them: for what follows from a decision already taken.
pub(crate) fn whole<T: Piece>() -> SelectStatement {
    let table = T::Row::SUBJECT;
    let mut select = Query::select();
    for column in <T::Table as EntityTrait>::Column::iter() {
        select.column((Alias::new(table), Alias::new(column.as_str())));
    }
    select.from(table).take()
}

fn visible_to<T: Piece, F: Function<Over = T>>(scope: &Scope<F>) -> SelectStatement {
    let table = T::Row::SUBJECT;
    let person = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col(("beneficiary", "id")).equals((table, "beneficiary_id")))
        .cond_where(people_of(scope.reach(), scope.now()))
        .take();
    let mut select = whole::<T>();
    select.and_where(Expr::exists(person));
    T::narrow(scope, &mut select);
    select
}

/// The piece with this id.
pub async fn find<T: Piece, F: Function<Over = T>>(source: &impl Source, scope: &Scope<F>, id: Id<T>) -> Result<Option<T>, Error> {
    one::<T::Row>(source, &with_id(visible_to(scope), T::Row::SUBJECT, id.uuid())).await?.map(T::read).transpose()
}

/// The piece with this id, locked.
pub async fn lock<T: Piece, F: Function<Over = T>>(w: &Write, scope: &Scope<F>, id: Id<T>) -> Result<Option<T>, Error> {
    let select = locked(with_id(visible_to(scope), T::Row::SUBJECT, id.uuid()), w, T::Row::SUBJECT);
    one::<T::Row>(w, &select).await?.map(T::read).transpose()
}

/// The piece with this id and its person, locked in the order in which all take them: the person first.
pub async fn lock_with_person<T: Piece + OnFile, F: Function<Over = T>>(
    w: &Write,
    scope: &Scope<F>,
    id: Id<T>,
) -> Result<Option<(Beneficiary, T)>, Error> {
    let Some(seen) = find(w, scope, id).await? else { return Ok(None) };
    let Some(person) = beneficiaries::lock(w, scope, seen.person()).await? else { return Ok(None) };
    match lock(w, scope, id).await? {
        // A merge moved it to another file meanwhile.
        Some(piece) if piece.person() != person.id => Err(Error::Contended),
        piece => Ok(piece.map(|piece| (person, piece))),
    }
}

/// The pieces of one person's file, in the order in which they were recorded; with `updated_since` in order of change.
pub async fn list<T: Piece, F: Function<Over = T>>(
    source: &impl Source,
    scope: &Scope<F>,
    person: Id<Beneficiary>,
    listing: &Listing,
) -> Result<Page<T>, Error> {
    page(source, of_person(scope, person), listing).await
}

/// The pieces of one person's file, to be narrowed further.
pub(crate) fn of_person<T: Piece, F: Function<Over = T>>(scope: &Scope<F>, person: Id<Beneficiary>) -> SelectStatement {
    visible_to(scope).and_where(Expr::col((T::Row::SUBJECT, "beneficiary_id")).eq(person.uuid())).take()
}

/// A page of the pieces that a select finds.
pub(crate) async fn page<T: Piece>(source: &impl Source, select: SelectStatement, listing: &Listing) -> Result<Page<T>, Error> {
    let mut select = by_id(select, T::Row::SUBJECT, listing)?;
    let rows = all::<T::Row>(source, select.limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| position(listing, row.stamp().updated_at.utc(), row.id()));
    page.try_map(T::read)
}

/// Everybody's pieces of this kind, for whoever makes many of them at once.
pub async fn everybodys<T: Piece, F: Function<Over = T>>(source: &impl Source, scope: &Scope<F>) -> Result<Vec<T>, Error> {
    all::<T::Row>(source, &visible_to(scope)).await?.into_iter().map(T::read).collect()
}

/// The ids of everybody's pieces of this kind.
pub async fn ids<T: Piece, F: Function<Over = T>>(source: &impl Source, scope: &Scope<F>) -> Result<HashSet<Id<T>>, Error> {
    let select = visible_to(scope).clear_selects().column((T::Row::SUBJECT, "id")).take();
    Ok(select::ids(source, &select).await?.into_iter().map(Id::new).collect())
}

/// All the pieces of this kind that one person has: for the rules while the person is locked, so that none is added meanwhile.
pub async fn all_of<T: Piece, F: Function<Over = T>>(source: &impl Source, scope: &Scope<F>, person: Id<Beneficiary>) -> Result<Vec<T>, Error> {
    all::<T::Row>(source, &of_person(scope, person)).await?.into_iter().map(T::read).collect()
}

/// The same, whatever a scope reaches: for rules about something else of the person.
pub async fn for_rules<T: Piece>(w: &Write, person: Id<Beneficiary>) -> Result<Vec<T>, Error> {
    let select = whole::<T>().and_where(Expr::col((T::Row::SUBJECT, "beneficiary_id")).eq(person.uuid())).take();
    all::<T::Row>(w, &select).await?.into_iter().map(T::read).collect()
}

/// Saves a piece that was recorded or edited.
pub async fn save<T: Piece>(w: &Write, decided: &Decided<Change<T>>) -> Result<(), Error>
where
    <T::Table as EntityTrait>::ActiveModel: Send,
{
    save_all(w, [decided]).await
}

/// Saves pieces that were recorded or edited: new ones in the same few statements, whatever their number.
pub async fn save_all<'a, T: Piece + 'a>(w: &Write, decided: impl IntoIterator<Item = &'a Decided<Change<T>>>) -> Result<(), Error>
where
    <T::Table as EntityTrait>::ActiveModel: Send,
{
    let changes = decided.into_iter().map(|one| Ok((one.after.row()?, one.created, &one.event))).collect::<Result<Vec<_>, Error>>()?;
    revision::save_all(w, changes).await
}

/// The newest pieces of somebody's file, who was found under this scope.
fn newest_of<T: Piece, F: Function>(scope: &Scope<F>, person: Id<Beneficiary>, most: u64) -> SelectStatement {
    let table = T::Row::SUBJECT;
    let mut select = whole::<T>();
    select.and_where(Expr::col((table, "beneficiary_id")).eq(person.uuid()));
    T::narrow(scope, &mut select);
    select.order_by((table, "id"), Order::Desc).limit(most).take()
}

/// The same, read.
pub(crate) async fn newest<T: Piece, F: Function>(
    source: &impl Source,
    scope: &Scope<F>,
    person: Id<Beneficiary>,
    most: u64,
) -> Result<Vec<T>, Error> {
    all::<T::Row>(source, &newest_of::<T, F>(scope, person, most)).await?.into_iter().map(T::read).collect()
}

/// The same, as parts of a statement that reads several kinds.
pub(crate) fn in_file<T: Piece, F: Function>(engine: DbBackend, scope: &Scope<F>, person: Id<Beneficiary>, most: u64) -> SelectStatement {
    let table = T::Row::SUBJECT;
    json::part(newest_of::<T, F>(scope, person, most), table, json::row::<T::Table>(engine, table))
}

/// The pieces of this kind among the parts that were read.
pub(crate) fn of_file<T: Piece>(parts: &[json::Part]) -> Result<Vec<T>, Error> {
    parts.iter().filter(|part| part.kind == T::Row::SUBJECT).map(|part| T::read(part.read::<T::Row>()?)).collect()
}
