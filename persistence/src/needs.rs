//! What a territory needs on a day, against what is offered there: three statements, whatever its size.

use domain::accompaniment::Accompaniment;
use domain::action::{ActionKind, Axis};
use domain::barrier::{BarrierImpact, BarrierKind};
use domain::calendar::Day;
use domain::id::Id;
use domain::policy::{ReadNeed, Scope};
use domain::territory::Territory;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SubQueryStatement};

use crate::db::Source;
use crate::error::Error;
use crate::select::{all, stored};
use crate::territories;

/// How many people need what, and how many seats there are.
#[derive(Debug)]
pub struct Needs {
    /// People by accompaniment in force; none: subject to the duties without one.
    pub people: Vec<(Option<Accompaniment>, i64)>,
    /// People by kind of open barrier and impact: whoever has two of a kind counts once, by the strongest.
    pub barriers: Vec<(BarrierKind, BarrierImpact, i64)>,
    /// What is offered, by axis and kind of action.
    pub offer: Vec<Offer>,
}

/// The groups of one kind of action.
#[derive(Debug, PartialEq, Eq)]
pub struct Offer {
    /// To what end.
    pub axis: Axis,
    /// Of which kind.
    pub kind: ActionKind,
    /// How many groups.
    pub groups: i64,
    /// Their seats.
    pub places: i64,
    /// Those that are taken.
    pub taken: i64,
    /// Those that are free: no group has fewer than none.
    pub free: i64,
}

#[derive(FromQueryResult)]
struct PeopleRow {
    accompaniment: Option<String>,
    people: i64,
}

#[derive(FromQueryResult)]
struct BarrierRow {
    kind: String,
    rank: i32,
    people: i64,
}

#[derive(FromQueryResult)]
struct GroupRow {
    axis: String,
    kind: String,
    capacity: i32,
    taken: i64,
}

fn holds(table: &'static str, first: &'static str, last: &'static str, on: Day) -> Cond {
    let ends = || Expr::col((table, last));
    Cond::all().add(Expr::col((table, first)).lte(on.date())).add(Cond::any().add(ends().is_null()).add(ends().gte(on.date())))
}

/// The people of a territory whose files live.
fn residents(select: &mut SelectStatement, territory: Id<Territory>) {
    select
        .and_where(Expr::col(("beneficiary", "territory_id")).eq(territory.uuid()))
        .and_where(Expr::col(("beneficiary", "merged_into_id")).is_null())
        .and_where(Expr::col(("beneficiary", "purged_at")).is_null());
}

fn people(territory: Id<Territory>, on: Day) -> SelectStatement {
    let oriented = Cond::all().add(Expr::col(("orientation", "beneficiary_id")).equals(("beneficiary", "id"))).add(holds(
        "orientation",
        "starts_on",
        "ends_on",
        on,
    ));
    let subject = Query::select()
        .expr(Expr::val(1))
        .from("rsa_right")
        .and_where(Expr::col(("rsa_right", "beneficiary_id")).equals(("beneficiary", "id")))
        .and_where(Expr::col(("rsa_right", "subject_since")).lte(on.date()))
        .cond_where(holds("rsa_right", "entered_on", "left_on", on))
        .take();
    let mut select = Query::select();
    select
        .expr_as(Expr::col(("orientation", "accompaniment")), "accompaniment")
        .expr_as(Func::count(Expr::col(("beneficiary", "id"))), "people")
        .from("beneficiary")
        .join(JoinType::LeftJoin, "orientation", oriented)
        .cond_where(Cond::any().add(Expr::col(("orientation", "id")).is_not_null()).add(Expr::exists(subject)))
        .group_by_col(("orientation", "accompaniment"));
    residents(&mut select, territory);
    select
}

fn barriers(territory: Id<Territory>, on: Day) -> SelectStatement {
    let resolved_on = || Expr::col(("barrier", "resolved_on"));
    let rank = "min(case barrier.impact when 'strong' then 0 when 'medium' then 1 else 2 end)";
    let mut each = Query::select();
    each.columns([("barrier", "beneficiary_id"), ("barrier", "kind")])
        .expr_as(Expr::cust(rank), "rank")
        .from("barrier")
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("barrier", "beneficiary_id")))
        .and_where(Expr::col(("barrier", "opened_on")).lte(on.date()))
        // On the day it was resolved it holds nobody back any more.
        .cond_where(Cond::any().add(resolved_on().is_null()).add(resolved_on().gt(on.date())))
        .add_group_by([("barrier", "beneficiary_id"), ("barrier", "kind")].map(Expr::col));
    residents(&mut each, territory);
    Query::select()
        .columns([("each", "kind"), ("each", "rank")])
        .expr_as(Func::count(Expr::col(("each", "beneficiary_id"))), "people")
        .from_subquery(each, "each")
        .add_group_by([("each", "kind"), ("each", "rank")].map(Expr::col))
        .take()
}

fn groups(territory: Id<Territory>, on: Day) -> SelectStatement {
    let taken = Query::select()
        .expr(Func::count(Expr::col(("enrolment", "id"))))
        .from("enrolment")
        .and_where(Expr::col(("enrolment", "group_id")).equals(("action_group", "id")))
        .cond_where(holds("enrolment", "starts_on", "ends_on", on))
        .take();
    let here = Expr::col(("territory_commune", "commune_code")).equals(("action_group", "commune_code"));
    let here = Cond::all().add(here).add(territories::in_force(on));
    Query::select()
        .columns([("action", "axis"), ("action", "kind"), ("action_group", "capacity")])
        .expr_as(SubQueryStatement::from(taken), "taken")
        .from("territory_commune")
        .join(JoinType::InnerJoin, "action_group", here)
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .and_where(Expr::col(("territory_commune", "territory_id")).eq(territory.uuid()))
        .cond_where(holds("action_group", "starts_on", "ends_on", on))
        .order_by(("action_group", "id"), Order::Asc)
        .take()
}

/// What a territory needs on a day, and what is offered there.
pub async fn of_territory(source: &impl Source, _: &Scope<ReadNeed>, territory: Id<Territory>, on: Day) -> Result<Needs, Error> {
    let counted = all::<PeopleRow>(source, &people(territory, on)).await?;
    let mut people = counted
        .into_iter()
        .map(|row| Ok((row.accompaniment.map(|code| stored("orientation.accompaniment", &code)).transpose()?, row.people)))
        .collect::<Result<Vec<_>, Error>>()?;
    people.sort_unstable();
    let held_back = all::<BarrierRow>(source, &barriers(territory, on)).await?;
    let impact = |rank: i32| BarrierImpact::ALL.get(usize::try_from(rank).unwrap_or_default()).copied().unwrap_or(BarrierImpact::Without);
    let mut barriers =
        held_back.into_iter().map(|row| Ok((stored("barrier.kind", &row.kind)?, impact(row.rank), row.people))).collect::<Result<Vec<_>, Error>>()?;
    barriers.sort_unstable();
    let mut offer: Vec<Offer> = Vec::new();
    for row in all::<GroupRow>(source, &groups(territory, on)).await? {
        let (axis, kind): (Axis, ActionKind) = (stored("action.axis", &row.axis)?, stored("action.kind", &row.kind)?);
        let (places, taken) = (i64::from(row.capacity), row.taken);
        let free = Ord::max(places - taken, 0);
        match offer.iter_mut().find(|one| (one.axis, one.kind) == (axis, kind)) {
            Some(one) => (one.groups, one.places, one.taken, one.free) = (one.groups + 1, one.places + places, one.taken + taken, one.free + free),
            None => offer.push(Offer { axis, kind, groups: 1, places, taken, free }),
        }
    }
    offer.sort_unstable_by_key(|one| (one.axis, one.kind));
    Ok(Needs { people, barriers, offer })
}
