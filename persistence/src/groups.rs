//! Groups as the caller may see them, with how many of their seats are taken. Who sits there is in `enrolments`.

use std::collections::HashMap;

use domain::action::Action;
use domain::calendar::{Day, Instant, Period};
use domain::change::{Change, Stamp};
use domain::enrolment::{Enrolment, SeatTaken};
use domain::group::{Group, GroupOrder, GroupUse};
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::session::Session;
use domain::text::{Code, Label};
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc};
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SubQueryStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, exists, locked, one, stored, with_id};
use crate::tables::action_group;

/// A group with what a reader wants to know before enrolling somebody.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// The group.
    pub group: Group,
    /// Seats taken today or promised from a later day on.
    pub seats_taken: i32,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    action_id: Uuid,
    code: String,
    name: String,
    place: String,
    commune_code: String,
    capacity: i32,
    starts_on: Date,
    ends_on: Option<Date>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    action_name: String,
    axis: String,
    organisation_id: Uuid,
}

#[derive(FromQueryResult)]
struct SeatedRow {
    #[sea_orm(nested)]
    group: Row,
    seats_taken: i64,
}

impl TryFrom<Row> for Group {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            action: Id::new(row.action_id),
            action_name: Label::stored(row.action_name),
            axis: stored("action.axis", &row.axis)?,
            organisation: Id::new(row.organisation_id),
            code: Code::stored(row.code),
            about: GroupOrder {
                name: Label::stored(row.name),
                place: Label::stored(row.place),
                commune_code: CommuneCode::stored(row.commune_code),
                capacity: row.capacity,
                starts_on: Day::new(row.starts_on),
                ends_on: row.ends_on.map(Day::new),
            },
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl TryFrom<SeatedRow> for GroupRow {
    type Error = Error;
    fn try_from(row: SeatedRow) -> Result<Self, Error> {
        Ok(Self { group: row.group.try_into()?, seats_taken: i32::try_from(row.seats_taken).unwrap_or(i32::MAX) })
    }
}

impl From<&Group> for action_group::Model {
    fn from(group: &Group) -> Self {
        Self {
            id: group.id.uuid(),
            action_id: group.action.uuid(),
            code: (*group.code).to_owned(),
            name: group.about.name.clone().into(),
            place: group.about.place.clone().into(),
            commune_code: (*group.about.commune_code).to_owned(),
            capacity: group.about.capacity,
            starts_on: group.about.starts_on.date(),
            ends_on: group.about.ends_on.map(Day::date),
            version: group.stamp.version,
            created_at: group.stamp.created_at.utc(),
            updated_at: group.stamp.updated_at.utc(),
        }
    }
}

/// Groups are not people: a partner sees those of its own actions, everybody else sees them all. So it is for whoever comes to a
/// group for its sessions or its enrolments, whose scopes are over another kind of thing.
fn visible_to<F: Function>(scope: &Scope<F>) -> SelectStatement {
    let mut select = whole();
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("action", "organisation_id")).eq(own.uuid()));
    }
    select
}

fn whole() -> SelectStatement {
    Query::select()
        .columns(
            ["id", "action_id", "code", "name", "place", "commune_code", "capacity", "starts_on", "ends_on", "version", "created_at", "updated_at"]
                .map(|column| ("action_group", column)),
        )
        .expr_as(Expr::col(("action", "name")), "action_name")
        .columns(["axis", "organisation_id"].map(|column| ("action", column)))
        .from("action_group")
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .take()
}

/// Not over before `today`: the period of a group, of an enrolment.
fn lasts(table: &'static str, today: Day) -> Condition {
    Cond::any().add(Expr::col((table, "ends_on")).is_null()).add(Expr::col((table, "ends_on")).gte(today.date()))
}

/// An enrolment has no end until it is ended, so whoever is still to come counts too: a group shown with a free seat has one
/// from today to its last day.
fn seats_taken(today: Day) -> SelectStatement {
    Query::select()
        .expr(Func::count(Expr::col(("enrolment", "id"))))
        .from("enrolment")
        .and_where(Expr::col(("enrolment", "group_id")).equals(("action_group", "id")))
        .cond_where(lasts("enrolment", today))
        .take()
}

fn with_seats(mut select: SelectStatement, today: Day) -> SelectStatement {
    select.expr_as(SubQueryStatement::from(seats_taken(today)), "seats_taken").take()
}

/// The group with this id.
pub async fn find<F: Function<Over = Group>>(source: &impl Source, scope: &Scope<F>, id: Id<Group>) -> Result<Option<GroupRow>, Error> {
    let select = with_seats(with_id(visible_to(scope), "action_group", id.uuid()), scope.now().day());
    one::<SeatedRow>(source, &select).await?.map(GroupRow::try_from).transpose()
}

async fn lock_any<F: Function>(w: &Write, scope: &Scope<F>, id: Id<Group>) -> Result<Option<Group>, Error> {
    let select = locked(with_id(visible_to(scope), "action_group", id.uuid()), w, "action_group");
    one::<Row>(w, &select).await?.map(Group::try_from).transpose()
}

/// The group with this id, locked.
pub async fn lock<F: Function<Over = Group>>(w: &Write, scope: &Scope<F>, id: Id<Group>) -> Result<Option<Group>, Error> {
    lock_any(w, scope, id).await
}

/// The group whose sessions are planned or moved, locked: one at a time, so that no half-day and no reference is given twice.
pub async fn lock_for_sessions<F: Function<Over = Session>>(w: &Write, scope: &Scope<F>, id: Id<Group>) -> Result<Option<Group>, Error> {
    lock_any(w, scope, id).await
}

/// The group somebody is enrolled in, locked: one at a time, so that no seat is given twice.
pub async fn lock_for_enrolment<F: Function<Over = Enrolment>>(w: &Write, scope: &Scope<F>, id: Id<Group>) -> Result<Option<Group>, Error> {
    lock_any(w, scope, id).await
}

/// The group that a referral names, or that its receiver gives a seat in, locked. It needs no scope: whoever refers sees every group,
/// and a receiver only groups of its own actions, which the rules compare.
pub async fn lock_for_referral(w: &Write, id: Id<Group>) -> Result<Option<Group>, Error> {
    let select = locked(with_id(whole(), "action_group", id.uuid()), w, "action_group");
    one::<Row>(w, &select).await?.map(Group::try_from).transpose()
}

/// The groups of an action that are not over, locked in the order of their ids: those that a seat may become free in.
pub async fn lock_of_action(w: &Write, action: Id<Action>) -> Result<Vec<Group>, Error> {
    let select = whole()
        .and_where(Expr::col(("action_group", "action_id")).eq(action.uuid()))
        .cond_where(lasts("action_group", w.now().day()))
        .order_by(("action_group", "id"), Order::Asc)
        .take();
    all::<Row>(w, &locked(select, w, "action_group")).await?.into_iter().map(Group::try_from).collect()
}

/// The group whose enrolments are read.
pub async fn find_for_enrolments<F: Function<Over = Enrolment>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Group>,
) -> Result<Option<Group>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "action_group", id.uuid())).await?.map(Group::try_from).transpose()
}

/// Which groups are asked for.
#[derive(Clone, Debug, Default)]
pub struct GroupQuery {
    /// That meet in this commune.
    pub commune: Option<CommuneCode>,
    /// Of this action.
    pub action: Option<Id<Action>>,
    /// That are not over and have a seat free (or not).
    pub free_seats: Option<bool>,
}

/// Groups, oldest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Group>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &GroupQuery,
    listing: &Listing,
) -> Result<Page<GroupRow>, Error> {
    let today = scope.now().day();
    let mut select = visible_to(scope);
    select.and_where_option(query.commune.as_ref().map(|commune| Expr::col(("action_group", "commune_code")).eq(&**commune)));
    select.and_where_option(query.action.map(|action| Expr::col(("action_group", "action_id")).eq(action.uuid())));
    if let Some(wanted) = query.free_seats {
        let free = Cond::all()
            .add(lasts("action_group", today))
            .add(Expr::col(("action_group", "capacity")).gt(SubQueryStatement::from(seats_taken(today))));
        select.cond_where(if wanted { free } else { free.not() });
    }
    let mut select = with_seats(by_id(select, "action_group", listing)?, today);
    let rows = all::<SeatedRow>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.group.updated_at, row.group.id)).try_map(GroupRow::try_from)
}

/// Whether a group has this code. It is asked over every group: codes are printed on sheets, and none is given twice.
pub async fn code_taken(w: &Write, code: &Code) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("action_group").and_where(Expr::col("code").eq(&**code)).take();
    exists(w, &select).await
}

#[derive(FromQueryResult)]
struct DayRow {
    date: Date,
}

/// What already uses a group, read under its lock.
pub async fn used(w: &Write, group: &Group) -> Result<GroupUse, Error> {
    let days = Query::select()
        .distinct()
        .column("date")
        .from("session")
        .and_where(Expr::col("group_id").eq(group.id.uuid()))
        .and_where(Expr::col("cancelled_at").is_null())
        .take();
    let session_days = all::<DayRow>(w, &days).await?.into_iter().map(|row| Day::new(row.date)).collect();
    let seats = seats(w, group).await?.into_iter().map(|seat| seat.period).collect();
    Ok(GroupUse { session_days, seats })
}

#[derive(FromQueryResult)]
struct SeatRow {
    beneficiary_id: Uuid,
    starts_on: Date,
    ends_on: Option<Date>,
}

impl From<SeatRow> for SeatTaken {
    fn from(row: SeatRow) -> Self {
        let period = Period { starts_on: Day::new(row.starts_on), ends_on: row.ends_on.map(Day::new) };
        Self { person: Id::new(row.beneficiary_id), period }
    }
}

/// Everybody who sits, sat or will sit in a group, read under its lock.
pub async fn seats(w: &Write, group: &Group) -> Result<Vec<SeatTaken>, Error> {
    let select = Query::select()
        .columns(["beneficiary_id", "starts_on", "ends_on"])
        .from("enrolment")
        .and_where(Expr::col("group_id").eq(group.id.uuid()))
        .take();
    Ok(all::<SeatRow>(w, &select).await?.into_iter().map(SeatTaken::from).collect())
}

#[derive(FromQueryResult)]
struct GroupSeatRow {
    group_id: Uuid,
    #[sea_orm(nested)]
    seat: SeatRow,
}

/// The same of several groups: one statement.
pub async fn seats_of(w: &Write, groups: Vec<Group>) -> Result<Vec<(Group, Vec<SeatTaken>)>, Error> {
    let select = Query::select()
        .columns(["group_id", "beneficiary_id", "starts_on", "ends_on"])
        .from("enrolment")
        .and_where(Expr::col("group_id").is_in(groups.iter().map(|group| group.id.uuid())))
        .take();
    let mut seats: HashMap<Uuid, Vec<SeatTaken>> = HashMap::new();
    for row in all::<GroupSeatRow>(w, &select).await? {
        seats.entry(row.group_id).or_default().push(row.seat.into());
    }
    let seated = groups.into_iter().map(|group| {
        let taken = seats.remove(&group.id.uuid()).unwrap_or_default();
        (group, taken)
    });
    Ok(seated.collect())
}

/// Saves a group that was created or edited.
pub async fn save(w: &Write, decided: &Decided<Change<Group>>) -> Result<(), Error> {
    revision::save(w, action_group::Model::from(&decided.after), decided.created, &decided.event).await
}
