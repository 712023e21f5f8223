//! Keyset pages: one row more than asked tells whether there is a next page. How a position travels as a signed cursor is not here.

use domain::calendar::Instant;
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};

use crate::error::Error;
use crate::select::stored;

/// The place after which a page starts: the sort key of the last row shown, as texts.
pub type Position = Vec<String>;

/// What every list is asked.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Rows at most.
    pub limit: u64,
    /// Only rows after this one.
    pub after: Option<Position>,
    /// Only rows changed at or after this moment, in order of change.
    pub updated_since: Option<Instant>,
}

impl Listing {
    /// Everything up to a bound, for lists that are short by nature.
    pub fn first(limit: u64) -> Self {
        Self { limit, after: None, updated_since: None }
    }
}

/// Some rows, and where to go on.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The place of the last row, if more follow.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// Cuts `limit + 1` rows to a page.
    pub(crate) fn cut(mut rows: Vec<T>, limit: u64, position: impl Fn(&T) -> Position) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(position) } else { None };
        Self { items: rows, next }
    }

    /// The same page of things that may not read back.
    pub(crate) fn try_map<U>(self, read: impl FnMut(T) -> Result<U, Error>) -> Result<Page<U>, Error> {
        Ok(Page { items: self.items.into_iter().map(read).collect::<Result<_, _>>()?, next: self.next })
    }

    /// The same page of other things.
    pub fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(show).collect(), next: self.next }
    }
}

/// The place of a row in order of change.
pub(crate) fn change_position(updated_at: sea_orm::prelude::DateTimeUtc, id: uuid::Uuid) -> Position {
    vec![Instant::new(updated_at).to_string(), id.to_string()]
}

/// Orders a select over `table` by change and starts it where the listing says.
pub(crate) fn by_change(mut select: SelectStatement, table: &'static str, listing: &Listing) -> Result<SelectStatement, Error> {
    let place = || Expr::tuple([Expr::col((table, "updated_at")), Expr::col((table, "id"))]);
    if let Some(since) = listing.updated_since {
        select.and_where(Expr::col((table, "updated_at")).gte(since.utc()));
    }
    if let Some([at, id]) = listing.after.as_deref() {
        let (at, id): (Instant, uuid::Uuid) = (stored("cursor", at)?, stored("cursor", id)?);
        select.and_where(place().gt(Expr::tuple([Expr::val(at.utc()), Expr::val(id)])));
    }
    Ok(select.order_by((table, "updated_at"), Order::Asc).order_by((table, "id"), Order::Asc).take())
}

/// Orders a select over `table` by id, which is by creation, and starts it where the listing says; by change when that is asked.
pub(crate) fn by_id(mut select: SelectStatement, table: &'static str, listing: &Listing) -> Result<SelectStatement, Error> {
    if listing.updated_since.is_some() {
        return by_change(select, table, listing);
    }
    if let Some([id]) = listing.after.as_deref() {
        let id: uuid::Uuid = stored("cursor", id)?;
        select.and_where(Expr::col((table, "id")).gt(id));
    }
    Ok(select.order_by((table, "id"), Order::Asc).take())
}

/// The place of a row in either of those orders.
pub(crate) fn position(listing: &Listing, updated_at: sea_orm::prelude::DateTimeUtc, id: uuid::Uuid) -> Position {
    if listing.updated_since.is_some() { change_position(updated_at, id) } else { vec![id.to_string()] }
}
