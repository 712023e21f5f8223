//! Territories with their communes of today; what they were stays in `territory_commune`. Which people a territory holds is
//! `select::people_of`.

use std::collections::HashMap;

use domain::actor::Principal;
use domain::calendar::{Day, Instant};
use domain::change::Stamp;
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::policy::{Function, Scope};
use domain::refusal::Decided;
use domain::territory::{Territory, TerritoryDrawn};
use domain::text::{Code, Name};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{self, all, exists, insert_all, locked, one, with_id};
use crate::tables::{professional_territory, territory, territory_commune};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    code: String,
    name: String,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
}

fn territory(row: Row, communes: Vec<CommuneCode>) -> Territory {
    Territory {
        id: Id::new(row.id),
        code: Code::stored(row.code),
        name: Name::stored(row.name),
        communes,
        stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
    }
}

impl From<&Territory> for territory::Model {
    fn from(territory: &Territory) -> Self {
        Self {
            id: territory.id.uuid(),
            code: (*territory.code).to_owned(),
            name: territory.name.clone().into(),
            version: territory.stamp.version,
            created_at: territory.stamp.created_at.utc(),
            updated_at: territory.stamp.updated_at.utc(),
        }
    }
}

/// Whoever reads territories at all reads them all: they say where one would have to look, not who is there.
fn visible_to<F: Function<Over = Territory>>(_: &Scope<F>) -> SelectStatement {
    Query::select()
        .columns(["id", "code", "name", "version", "created_at", "updated_at"].map(|column| ("territory", column)))
        .from("territory")
        .take()
}

/// Rows of `territory_commune` in force on a day: a commune has one.
pub(crate) fn in_force(on: Day) -> Condition {
    let ends_on = || Expr::col(("territory_commune", "ends_on"));
    Cond::all()
        .add(Expr::col(("territory_commune", "starts_on")).lte(on.date()))
        .add(Cond::any().add(ends_on().is_null()).add(ends_on().gte(on.date())))
}

#[derive(FromQueryResult)]
struct CommuneRow {
    territory_id: Uuid,
    commune_code: String,
}

/// The communes of territories on a day, by code, in one statement.
async fn communes_of(source: &impl Source, territories: impl IntoIterator<Item = Uuid>, on: Day) -> Result<HashMap<Uuid, Vec<CommuneCode>>, Error> {
    let select = Query::select()
        .columns(["territory_id", "commune_code"].map(|column| ("territory_commune", column)))
        .from("territory_commune")
        .and_where(Expr::col(("territory_commune", "territory_id")).is_in(territories))
        .cond_where(in_force(on))
        .order_by(("territory_commune", "commune_code"), Order::Asc)
        .take();
    let mut communes: HashMap<Uuid, Vec<CommuneCode>> = HashMap::new();
    for row in all::<CommuneRow>(source, &select).await? {
        communes.entry(row.territory_id).or_default().push(CommuneCode::stored(row.commune_code));
    }
    Ok(communes)
}

async fn read(source: &impl Source, select: &SelectStatement, on: Day) -> Result<Option<Territory>, Error> {
    let Some(row) = one::<Row>(source, select).await? else { return Ok(None) };
    let communes = communes_of(source, [row.id], on).await?.remove(&row.id).unwrap_or_default();
    Ok(Some(territory(row, communes)))
}

/// The territory with this id.
pub async fn find<F: Function<Over = Territory>>(source: &impl Source, scope: &Scope<F>, id: Id<Territory>) -> Result<Option<Territory>, Error> {
    read(source, &with_id(visible_to(scope), "territory", id.uuid()), scope.now().day()).await
}

/// The territory with this id, locked. Its communes change under this lock alone.
pub async fn lock<F: Function<Over = Territory>>(w: &Write, scope: &Scope<F>, id: Id<Territory>) -> Result<Option<Territory>, Error> {
    read(w, &locked(with_id(visible_to(scope), "territory", id.uuid()), w, "territory"), scope.now().day()).await
}

/// Territories by creation; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Territory>>(source: &impl Source, scope: &Scope<F>, listing: &Listing) -> Result<Page<Territory>, Error> {
    let mut select = by_id(visible_to(scope), "territory", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id));
    let mut communes = communes_of(source, page.items.iter().map(|row| row.id), scope.now().day()).await?;
    Ok(page.map(|row| {
        let communes = communes.remove(&row.id).unwrap_or_default();
        territory(row, communes)
    }))
}

/// Whether a territory has this code.
pub async fn code_taken(w: &Write, code: &Code) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("territory").and_where(Expr::col("code").eq(&**code)).take();
    exists(w, &select).await
}

/// Those of these territories that exist.
pub async fn known(w: &Write, ids: &[Id<Territory>]) -> Result<Vec<Id<Territory>>, Error> {
    let select = Query::select().column("id").from("territory").and_where(Expr::col("id").is_in(ids.iter().map(|id| id.uuid()))).take();
    Ok(select::ids(w, &select).await?.into_iter().map(Id::new).collect())
}

/// Those of these communes that belong today to a territory, `except` apart.
pub async fn communes_taken(w: &Write, codes: &[CommuneCode], except: Option<Id<Territory>>) -> Result<Vec<CommuneCode>, Error> {
    let mut select = Query::select();
    select
        .columns(["territory_id", "commune_code"].map(|column| ("territory_commune", column)))
        .from("territory_commune")
        .and_where(Expr::col(("territory_commune", "commune_code")).is_in(codes.iter().map(|code| &**code)))
        .cond_where(in_force(w.now().day()));
    select.and_where_option(except.map(|id| Expr::col(("territory_commune", "territory_id")).ne(id.uuid())));
    Ok(all::<CommuneRow>(w, &select).await?.into_iter().map(|row| CommuneCode::stored(row.commune_code)).collect())
}

/// The territories a professional works in: for a rule, since what they see is joined in SQL.
pub async fn of_professional(w: &Write, professional: Id<Principal>) -> Result<Vec<Id<Territory>>, Error> {
    let select = Query::select()
        .columns(["professional_id", "territory_id"])
        .from("professional_territory")
        .and_where(Expr::col("professional_id").eq(professional.uuid()))
        .order_by("territory_id", Order::Asc)
        .take();
    Ok(all::<professional_territory::Model>(w, &select).await?.into_iter().map(|row| Id::new(row.territory_id)).collect())
}

/// The territory a commune belongs to on a day.
pub async fn of_commune(w: &Write, code: &CommuneCode, on: Day) -> Result<Option<Id<Territory>>, Error> {
    let select = Query::select()
        .columns(["territory_id", "commune_code"].map(|column| ("territory_commune", column)))
        .from("territory_commune")
        .and_where(Expr::col(("territory_commune", "commune_code")).eq(&**code))
        .cond_where(in_force(on))
        .take();
    Ok(one::<CommuneRow>(w, &select).await?.map(|row| Id::new(row.territory_id)))
}

/// Saves a territory drawn, or drawn anew: the same few statements whatever the number of communes.
pub async fn save(w: &Write, decided: &Decided<TerritoryDrawn>) -> Result<(), Error> {
    let after = &decided.change.after;
    revision::save(w, territory::Model::from(after), decided.change.created, &decided.change.event).await?;
    let (id, on) = (after.id.uuid(), decided.on);
    if !decided.left.is_empty() {
        let left = || {
            Cond::all()
                .add(Expr::col("territory_id").eq(id))
                .add(Expr::col("commune_code").is_in(decided.left.iter().map(|code| &**code)))
                .add(Expr::col("ends_on").is_null())
        };
        // One that joined today would end before it starts: it never was in the territory for a whole day.
        territory_commune::Entity::delete_many().filter(left().add(Expr::col("starts_on").eq(on.date()))).exec(w.connection()).await?;
        territory_commune::Entity::update_many()
            .col_expr(territory_commune::Column::EndsOn, Expr::val(on.plus_days(-1).date()))
            .filter(left())
            .exec(w.connection())
            .await?;
    }
    let joined = decided.joined.iter().map(|code| territory_commune::Model {
        territory_id: id,
        commune_code: (**code).to_owned(),
        starts_on: on.date(),
        ends_on: None,
    });
    insert_all::<territory_commune::Entity>(w, joined).await
}

#[cfg(test)]
mod tests {
    use domain::policy::{ManageTerritory, may};
    use domain::territory::{CommunesAround, TerritoryOrder};

    use super::*;
    use crate::given::{Home, on_both_engines};

    /// Draws the territory of these communes on that morning, or draws it anew.
    async fn draw(home: &Home, day: &str, id: Option<Id<Territory>>, communes: &[&str]) -> Id<Territory> {
        let at: Instant = format!("{day}T08:00:00.000Z").parse().unwrap();
        home.write(async |w: &Write| {
            let scope = may::<ManageTerritory>(&w.by().actor, at).unwrap();
            let codes: Vec<CommuneCode> = communes.iter().map(|code| code.parse().unwrap()).collect();
            let order = TerritoryOrder { code: "OUEST".parse().unwrap(), name: "Ouest".parse().unwrap(), communes: codes.clone() };
            let around = CommunesAround { known: &codes, taken: &[] };
            let drawn = match id {
                None => Territory::draw(&scope, w.id(), order, around).unwrap(),
                Some(id) => lock(w, &scope, id).await?.unwrap().redraw(&scope, order, around).unwrap(),
            };
            save(w, &drawn).await?;
            Ok(drawn.change.after.id)
        })
        .await
    }

    /// What the table holds, since the API shows today alone.
    async fn periods(home: &Home) -> Vec<String> {
        let select = Query::select()
            .columns(["territory_id", "commune_code", "starts_on", "ends_on"])
            .from("territory_commune")
            .order_by("commune_code", Order::Asc)
            .order_by("starts_on", Order::Asc)
            .take();
        let rows = all::<territory_commune::Model>(home.db.read(), &select).await.unwrap();
        rows.iter()
            .map(|row| format!("{} {} {}", row.commune_code, row.starts_on, row.ends_on.map_or("open".to_owned(), |day| day.to_string())))
            .collect()
    }

    #[tokio::test]
    async fn a_commune_leaves_on_the_day_before_and_without_trace_when_it_joined_today() {
        on_both_engines(async |home| {
            let id = draw(home, "2026-11-02", None, &["87001", "87002", "87003"]).await;
            draw(home, "2026-11-02", Some(id), &["87001", "87002"]).await;
            assert_eq!(periods(home).await, ["87001 2026-11-02 open", "87002 2026-11-02 open"]);

            draw(home, "2026-11-09", Some(id), &["87001", "87003"]).await;
            assert_eq!(periods(home).await, ["87001 2026-11-02 open", "87002 2026-11-02 2026-11-08", "87003 2026-11-09 open"]);

            // Back on the day it left: its former days stay what they were.
            draw(home, "2026-11-09", Some(id), &["87001", "87002"]).await;
            assert_eq!(periods(home).await, ["87001 2026-11-02 open", "87002 2026-11-02 2026-11-08", "87002 2026-11-09 open"]);
        })
        .await;
    }
}
