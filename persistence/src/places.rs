//! Places for an accompaniment by organisation: how many there are, are taken, and are waited for; and whom each referent accompanies.

use std::collections::HashSet;

use domain::accompaniment::Accompaniment;
use domain::calendar::Day;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::orientation::Room;
use domain::place::Place;
use domain::policy::{ReadPlace, Scope};
use domain::professional::Professional;
use domain::refusal::Decided;
use domain::text::{Label, Name};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SubQueryStatement, UnionType};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::select::{all, insert_all, lock_rows, one, stored};
use crate::tables::place_count;

fn place(name: &'static str) -> Expr {
    Expr::col(("place_count", name))
}

/// How many places an organisation, a row of `of`, has on a day: the last word on the last day that has come.
fn count_on(day: Day, organisation: Expr, accompaniment: Expr) -> SelectStatement {
    Query::select()
        .column(("place_count", "places"))
        .from("place_count")
        .and_where(place("organisation_id").eq(organisation))
        .and_where(place("accompaniment").eq(accompaniment))
        .and_where(place("valid_from").lte(day.date()))
        .order_by(("place_count", "valid_from"), Order::Desc)
        .order_by(("place_count", "turn"), Order::Desc)
        .limit(1)
        .take()
}

/// How many orientations of an organisation are in force, or wait.
fn counted(organisation: Expr, accompaniment: Expr, waiting: bool) -> SelectStatement {
    let column = |name: &'static str| Expr::col(("orientation", name));
    let mut select = Query::select();
    select
        .expr(Func::count(column("id")))
        .from("orientation")
        .and_where(column("organisation_id").eq(organisation))
        .and_where(column("accompaniment").eq(accompaniment));
    if waiting {
        select.and_where(column("waiting_since").is_not_null());
    } else {
        select.and_where(column("starts_on").is_not_null()).and_where(column("ends_on").is_null());
    }
    select
}

#[derive(FromQueryResult)]
struct RoomRow {
    places: Option<i32>,
    taken: i64,
    waiting: i64,
}

/// The places of an organisation for an accompaniment, from now on under lock: nobody else takes one meanwhile.
pub async fn lock_room(w: &Write, organisation: Id<Organisation>, accompaniment: Accompaniment) -> Result<Room, Error> {
    lock_organisation(w, organisation).await?;
    let (whose, what) = (|| Expr::val(organisation.uuid()), || Expr::val(accompaniment.code()));
    let select = Query::select()
        .expr_as(SubQueryStatement::from(count_on(w.now().day(), whose(), what())), "places")
        .expr_as(SubQueryStatement::from(counted(whose(), what(), false)), "taken")
        .expr_as(SubQueryStatement::from(counted(whose(), what(), true)), "waiting")
        .take();
    let row = one::<RoomRow>(w, &select).await?.ok_or_else(|| Error::Broken("no places were counted".to_owned()))?;
    Ok(Room { places: row.places.map(i64::from), taken: row.taken, waiting: row.waiting })
}

/// The places of an organisation are counted and taken under the lock of its row.
async fn lock_organisation(w: &Write, organisation: Id<Organisation>) -> Result<(), Error> {
    lock_rows(w, "organisation", &[organisation.uuid()]).await
}

#[derive(FromQueryResult)]
struct TurnRow {
    turns: i64,
}

/// Says how many places an organisation has from a day on. Which of the words about it this is, from 1.
pub async fn save(w: &Write, decided: &Decided<Place>) -> Result<i32, Error> {
    lock_organisation(w, decided.organisation).await?;
    let select = Query::select()
        .expr_as(Func::count(place("id")), "turns")
        .from("place_count")
        .and_where(place("organisation_id").eq(decided.organisation.uuid()))
        .and_where(place("accompaniment").eq(decided.accompaniment.code()))
        .take();
    let turns = one::<TurnRow>(w, &select).await?.map_or(0, |row| row.turns);
    let turn = i32::try_from(turns + 1).unwrap_or(i32::MAX);
    let row = place_count::Model {
        turn,
        id: w.id::<Place>().uuid(),
        organisation_id: decided.organisation.uuid(),
        accompaniment: decided.accompaniment.code().to_owned(),
        valid_from: decided.valid_from.date(),
        places: decided.places.and_then(|places| i32::try_from(places).ok()),
        recorded_by: decided.by.uuid(),
        recorded_at: decided.at.utc(),
    };
    insert_all::<place_count::Entity>(w, [row]).await?;
    Ok(turn)
}

/// The places of one organisation for one accompaniment.
#[derive(Debug)]
pub struct Occupancy {
    /// Whose.
    pub organisation: Id<Organisation>,
    /// Their name.
    pub organisation_name: Label,
    /// For which accompaniment.
    pub accompaniment: Accompaniment,
    /// How many there are, taken, waited for.
    pub room: Room,
}

#[derive(FromQueryResult)]
struct OccupancyRow {
    organisation_id: Uuid,
    organisation_name: String,
    accompaniment: String,
    places: Option<i32>,
    taken: i64,
    waiting: i64,
}

/// The places of every organisation that has some, or accompanies somebody in this way: a row for each way.
pub async fn list(
    source: &impl Source,
    scope: &Scope<ReadPlace>,
    accompaniment: Option<Accompaniment>,
    listing: &Listing,
) -> Result<Page<Occupancy>, Error> {
    let ways = Accompaniment::ALL.iter().filter(|one| accompaniment.is_none_or(|asked| asked == **one));
    let mut ways = ways.map(|one| Query::select().expr_as(Expr::val(one.code()), "accompaniment").take());
    let mut offered = ways.next().unwrap_or_default();
    for way in ways {
        offered.union(UnionType::All, way);
    }
    let (whose, what) = (|| Expr::col(("organisation", "id")), || Expr::col(("offer", "accompaniment")));
    let each = Query::select()
        .expr_as(whose(), "organisation_id")
        .expr_as(what(), "accompaniment")
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .expr_as(SubQueryStatement::from(count_on(scope.now().day(), whose(), what())), "places")
        .expr_as(SubQueryStatement::from(counted(whose(), what(), false)), "taken")
        .expr_as(SubQueryStatement::from(counted(whose(), what(), true)), "waiting")
        .from("organisation")
        .join_subquery(JoinType::InnerJoin, offered, "offer", Expr::cust("1 = 1"))
        .take();
    let column = |name: &'static str| Expr::col(("each", name));
    let mut select = Query::select();
    select
        .columns(
            ["organisation_id", "accompaniment", "organisation_name", "places", "taken", "waiting"]
                .map(|name| (Alias::new("each"), Alias::new(name))),
        )
        .from_subquery(each, "each")
        .cond_where(Cond::any().add(column("places").is_not_null()).add(column("taken").gt(0)).add(column("waiting").gt(0)))
        .order_by(("each", "organisation_id"), Order::Asc)
        .order_by(("each", "accompaniment"), Order::Asc)
        .limit(listing.limit + 1);
    if let Some([organisation, accompaniment]) = listing.after.as_deref() {
        let after: Uuid = stored("cursor", organisation)?;
        let place = Expr::tuple([column("organisation_id"), column("accompaniment")]);
        select.and_where(place.gt(Expr::tuple([Expr::val(after), Expr::val(accompaniment.clone())])));
    }
    let page =
        Page::cut(all::<OccupancyRow>(source, &select).await?, listing.limit, |row| vec![row.organisation_id.to_string(), row.accompaniment.clone()]);
    page.try_map(|row| {
        Ok(Occupancy {
            organisation: Id::new(row.organisation_id),
            organisation_name: Label::stored(row.organisation_name),
            accompaniment: stored("place_count.accompaniment", &row.accompaniment)?,
            room: Room { places: row.places.map(i64::from), taken: row.taken, waiting: row.waiting },
        })
    })
}

/// How many people a referent accompanies.
#[derive(Debug)]
pub struct Portfolio {
    /// Who.
    pub referent: Id<Professional>,
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Where they work.
    pub organisation: Id<Organisation>,
    /// How many people.
    pub people: i64,
}

#[derive(FromQueryResult)]
struct PortfolioRow {
    id: Uuid,
    last_name: String,
    first_name: String,
    organisation_id: Uuid,
    people: i64,
}

/// The referents who accompany somebody, with how many.
pub async fn portfolios(
    source: &impl Source,
    _: &Scope<ReadPlace>,
    organisation: Option<Id<Organisation>>,
    listing: &Listing,
) -> Result<Page<Portfolio>, Error> {
    let after = listing.after.as_ref().and_then(|position| position.first()).map(|id| stored::<Uuid>("cursor", id)).transpose()?;
    let mine = Query::select()
        .column(("orientation", "referent_id"))
        .expr_as(Func::count(Expr::col(("orientation", "id"))), "people")
        .from("orientation")
        .and_where(Expr::col(("orientation", "referent_id")).is_not_null())
        .and_where(Expr::col(("orientation", "starts_on")).is_not_null())
        .and_where(Expr::col(("orientation", "ends_on")).is_null())
        .group_by_col(("orientation", "referent_id"))
        .take();
    let mut select = Query::select();
    select
        .columns(["id", "last_name", "first_name", "organisation_id"].map(|column| ("professional", column)))
        .column((Alias::new("portfolio"), Alias::new("people")))
        .from_subquery(mine, "portfolio")
        .join(JoinType::InnerJoin, "professional", Expr::col(("professional", "id")).equals(("portfolio", "referent_id")))
        .and_where_option(organisation.map(|one| Expr::col(("professional", "organisation_id")).eq(one.uuid())))
        .and_where_option(after.map(|after| Expr::col(("professional", "id")).gt(after)))
        .order_by(("professional", "id"), Order::Asc)
        .limit(listing.limit + 1);
    let page = Page::cut(all::<PortfolioRow>(source, &select).await?, listing.limit, |row| vec![row.id.to_string()]);
    Ok(page.map(|row| Portfolio {
        referent: Id::new(row.id),
        last_name: Name::stored(row.last_name),
        first_name: Name::stored(row.first_name),
        organisation: Id::new(row.organisation_id),
        people: row.people,
    }))
}

#[derive(FromQueryResult)]
struct CountedRow {
    organisation_id: Uuid,
}

/// The organisations of which somebody ever said how many places they have for an accompaniment.
pub async fn counted_for(source: &impl Source, _: &Scope<ReadPlace>, accompaniment: Accompaniment) -> Result<HashSet<Id<Organisation>>, Error> {
    let select = Query::select()
        .column(("place_count", "organisation_id"))
        .from("place_count")
        .and_where(place("accompaniment").eq(accompaniment.code()))
        .distinct()
        .take();
    Ok(all::<CountedRow>(source, &select).await?.into_iter().map(|row| Id::new(row.organisation_id)).collect())
}
