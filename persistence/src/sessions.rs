//! Sessions as the caller may see them. The people on their sheets are in `attendance`.

use domain::calendar::{Day, Instant, TimeOfDay};
use domain::change::Change;
use domain::change::Stamp;
use domain::group::Group;
use domain::id::Id;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::session::{Agenda, Planned, Session, SessionMoved, SessionsPlanned, Slot};
use domain::text::{Code, Label};
use domain::vocabulary::Term;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc, Time};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SubQueryStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::select::{all, exists, locked, one, stored, with_id};
use crate::tables::session;
use crate::{events, revision};

#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    group_id: Uuid,
    reference: String,
    date: Date,
    half_day: String,
    start_time: Time,
    end_time: Time,
    place: String,
    sheet_version: i32,
    sheet_closed_at: Option<DateTimeUtc>,
    cancelled_at: Option<DateTimeUtc>,
    cancel_reason: Option<String>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    group_code: String,
    group_name: String,
    action_id: Uuid,
    action_name: String,
}

impl TryFrom<Row> for Session {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(row.id),
            reference: row.reference,
            group: Id::new(row.group_id),
            group_code: Code::stored(row.group_code),
            group_name: Label::stored(row.group_name),
            action: Id::new(row.action_id),
            action_name: Label::stored(row.action_name),
            slot: Slot {
                date: Day::new(row.date),
                half_day: stored("session.half_day", &row.half_day)?,
                start_time: TimeOfDay::new(row.start_time),
                end_time: TimeOfDay::new(row.end_time),
            },
            place: Label::stored(row.place),
            sheet_version: row.sheet_version,
            sheet_closed_at: row.sheet_closed_at.map(Instant::new),
            cancelled_at: row.cancelled_at.map(Instant::new),
            cancel_reason: row.cancel_reason.map(Term::stored),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Session> for session::Model {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.uuid(),
            group_id: session.group.uuid(),
            reference: session.reference.clone(),
            date: session.slot.date.date(),
            half_day: session.slot.half_day.code().to_owned(),
            start_time: session.slot.start_time.time(),
            end_time: session.slot.end_time.time(),
            place: session.place.clone().into(),
            sheet_version: session.sheet_version,
            sheet_closed_at: session.sheet_closed_at.map(Instant::utc),
            cancelled_at: session.cancelled_at.map(Instant::utc),
            cancel_reason: session.cancel_reason.as_deref().map(str::to_owned),
            version: session.stamp.version,
            created_at: session.stamp.created_at.utc(),
            updated_at: session.stamp.updated_at.utc(),
        }
    }
}

/// Sessions are not people: whoever accompanies somebody sees them all; a partner sees those of its own actions.
fn visible_to<F: Function<Over = Session>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [
                "id",
                "group_id",
                "reference",
                "date",
                "half_day",
                "start_time",
                "end_time",
                "place",
                "sheet_version",
                "sheet_closed_at",
                "cancelled_at",
                "cancel_reason",
                "version",
                "created_at",
                "updated_at",
            ]
            .map(|column| ("session", column)),
        )
        .expr_as(Expr::col(("action_group", "code")), "group_code")
        .expr_as(Expr::col(("action_group", "name")), "group_name")
        .expr_as(Expr::col(("action", "id")), "action_id")
        .expr_as(Expr::col(("action", "name")), "action_name")
        .from("session")
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("session", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")));
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("action", "organisation_id")).eq(own.uuid()));
    }
    select
}

/// The session with this id.
pub async fn find<F: Function<Over = Session>>(source: &impl Source, scope: &Scope<F>, id: Id<Session>) -> Result<Option<Session>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "session", id.uuid())).await?.map(Session::try_from).transpose()
}

/// The session with this id, locked.
pub async fn lock<F: Function<Over = Session>>(w: &Write, scope: &Scope<F>, id: Id<Session>) -> Result<Option<Session>, Error> {
    let select = locked(with_id(visible_to(scope), "session", id.uuid()), w, "session");
    one::<Row>(w, &select).await?.map(Session::try_from).transpose()
}

/// The sessions that the lines of a submission name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) references: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) days: Vec<Date>,
}

#[derive(FromQueryResult)]
struct GroupRow {
    id: Uuid,
}

/// The sessions named, as far as the caller sees them, in the order of their ids; of a group named with days, those of all the days.
async fn select_named<F: Function<Over = Session>>(source: &impl Source, scope: &Scope<F>, named: Named) -> Result<Option<SelectStatement>, Error> {
    let mut any = Cond::any();
    if !named.groups.is_empty() {
        let select = Query::select().column("id").from("action_group").and_where(Expr::col("code").is_in(named.groups)).take();
        let groups = all::<GroupRow>(source, &select).await?.into_iter().map(|row| row.id).collect::<Vec<_>>();
        if !groups.is_empty() {
            let of_group = Expr::col(("session", "group_id")).is_in(groups);
            any = any.add(Cond::all().add(of_group).add(Expr::col(("session", "date")).is_in(named.days)));
        }
    }
    if !named.ids.is_empty() {
        any = any.add(Expr::col(("session", "id")).is_in(named.ids));
    }
    if !named.references.is_empty() {
        any = any.add(Expr::col(("session", "reference")).is_in(named.references));
    }
    // An empty condition would be no condition.
    Ok((!any.is_empty()).then(|| visible_to(scope).cond_where(any).order_by(("session", "id"), Order::Asc).take()))
}

/// The sessions named.
pub(crate) async fn find_named<F: Function<Over = Session>>(source: &impl Source, scope: &Scope<F>, named: Named) -> Result<Vec<Session>, Error> {
    let Some(select) = select_named(source, scope, named).await? else { return Ok(Vec::new()) };
    all::<Row>(source, &select).await?.into_iter().map(Session::try_from).collect()
}

/// The sessions named, locked in the order of their ids: nobody else marks, moves or closes them meanwhile.
pub(crate) async fn lock_named<F: Function<Over = Session>>(w: &Write, scope: &Scope<F>, named: Named) -> Result<Vec<Session>, Error> {
    let Some(select) = select_named(w, scope, named).await? else { return Ok(Vec::new()) };
    all::<Row>(w, &locked(select, w, "session")).await?.into_iter().map(Session::try_from).collect()
}

/// The sessions of a group in some days, cancelled ones left out, in their order.
pub async fn find_days<F: Function<Over = Session>>(
    source: &impl Source,
    scope: &Scope<F>,
    group: Id<Group>,
    first: Day,
    last: Day,
) -> Result<Vec<Session>, Error> {
    let mut select = visible_to(scope);
    select
        .and_where(Expr::col(("session", "group_id")).eq(group.uuid()))
        .and_where(Expr::col(("session", "date")).between(first.date(), last.date()))
        .and_where(Expr::col(("session", "cancelled_at")).is_null())
        .order_by(("session", "date"), Order::Asc)
        // `afternoon` < `morning`.
        .order_by(("session", "half_day"), Order::Desc)
        .order_by(("session", "id"), Order::Asc);
    all::<Row>(source, &select).await?.into_iter().map(Session::try_from).collect()
}

/// Which sessions are asked for.
#[derive(Clone, Debug, Default)]
pub struct SessionQuery {
    /// From this day.
    pub from: Option<Day>,
    /// To this day.
    pub to: Option<Day>,
    /// Of this group.
    pub group: Option<Id<Group>>,
    /// Whose sheet is closed (or not), given the day on which the clock closes sheets.
    pub sheet_closed: Option<(bool, Day)>,
}

/// Who a session is held for and by, as its sheet names them.
#[derive(Debug, FromQueryResult)]
pub struct Parties {
    /// The département.
    pub department: String,
    /// Whoever runs the action.
    pub organisation: String,
}

/// Who a session in reach is held for and by.
pub async fn parties<F: Function<Over = Session>>(source: &impl Source, _: &Scope<F>, session: &Session) -> Result<Parties, Error> {
    let department = Query::select().column("name").from("organisation").and_where(Expr::col("kind").eq("department")).limit(1).take();
    let select = Query::select()
        .expr_as(Func::coalesce([Expr::from(SubQueryStatement::from(department)), Expr::val("")]), "department")
        .expr_as(Expr::col(("organisation", "name")), "organisation")
        .from("action")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("action", "organisation_id")))
        .and_where(Expr::col(("action", "id")).eq(session.action.uuid()))
        .take();
    one::<Parties>(source, &select).await?.ok_or_else(|| Error::Broken("a session of no action".to_owned()))
}

/// Sessions, newest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Session>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &SessionQuery,
    listing: &Listing,
) -> Result<Page<Session>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.from.map(|from| Expr::col(("session", "date")).gte(from.date())));
    select.and_where_option(query.to.map(|to| Expr::col(("session", "date")).lte(to.date())));
    select.and_where_option(query.group.map(|group| Expr::col(("session", "group_id")).eq(group.uuid())));
    if let Some((closed, first_open_day)) = query.sheet_closed {
        let by_hand = Expr::col(("session", "sheet_closed_at"));
        let date = Expr::col(("session", "date"));
        if closed {
            select.cond_where(Cond::any().add(by_hand.is_not_null()).add(date.lt(first_open_day.date())));
        } else {
            // A cancelled session has no sheet to fill.
            let live = Expr::col(("session", "cancelled_at")).is_null();
            select.cond_where(Cond::all().add(by_hand.is_null()).add(date.gte(first_open_day.date())).add(live));
        }
    }
    if listing.updated_since.is_some() {
        select = crate::page::by_change(select, "session", listing)?;
    } else {
        if let Some([date, half_day, id]) = listing.after.as_deref() {
            let (day, id): (Day, Uuid) = (stored("cursor", date)?, stored("cursor", id)?);
            let place = Expr::tuple([Expr::col(("session", "date")), Expr::col(("session", "half_day")), Expr::col(("session", "id"))]);
            // `afternoon` < `morning`, so ascending by half-day is newest first within a day too.
            let before = Cond::any().add(Expr::col(("session", "date")).lt(day.date())).add(
                Cond::all().add(Expr::col(("session", "date")).eq(day.date())).add(place.gt(Expr::tuple([
                    Expr::val(day.date()),
                    Expr::val(half_day.as_str()),
                    Expr::val(id),
                ]))),
            );
            select.cond_where(before);
        }
        select.order_by(("session", "date"), Order::Desc).order_by(("session", "half_day"), Order::Asc).order_by(("session", "id"), Order::Asc);
    }
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    let by_change = listing.updated_since.is_some();
    let page = Page::cut(rows, listing.limit, |row| {
        if by_change {
            crate::page::change_position(row.updated_at, row.id)
        } else {
            vec![Day::new(row.date).to_string(), row.half_day.clone(), row.id.to_string()]
        }
    });
    page.try_map(Session::try_from)
}

#[derive(FromQueryResult)]
struct PlannedRow {
    reference: String,
    date: Date,
    half_day: String,
    cancelled_at: Option<DateTimeUtc>,
}

/// A group's past and future sessions, read under the group's lock.
pub async fn agenda(w: &Write, group: &Group) -> Result<Agenda, Error> {
    let select = Query::select()
        .columns(["reference", "date", "half_day", "cancelled_at"])
        .from("session")
        .and_where(Expr::col("group_id").eq(group.id.uuid()))
        .take();
    let rows = all::<PlannedRow>(w, &select).await?;
    let planned = rows.into_iter().map(|row| {
        let half_day = stored("session.half_day", &row.half_day)?;
        Ok(Planned { reference: row.reference, date: Day::new(row.date), half_day, cancelled: row.cancelled_at.is_some() })
    });
    planned.collect::<Result<Vec<_>, Error>>().map(Agenda)
}

/// Whether anybody is marked at it.
pub async fn has_marks(w: &Write, session: &Session) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("attendance")
        .and_where(Expr::col("session_id").eq(session.id.uuid()))
        .and_where(Expr::col("status").is_not_null())
        .take();
    exists(w, &select).await
}

/// Saves sessions planned together: the same number of statements for one and for a year of them.
pub async fn save_planned(w: &Write, decided: &Decided<SessionsPlanned>) -> Result<(), Error> {
    save_all_planned(w, std::slice::from_ref(decided)).await
}

/// Saves several series at once, in the same number of statements again.
pub async fn save_all_planned(w: &Write, decided: &[Decided<SessionsPlanned>]) -> Result<(), Error> {
    revision::insert(w, decided.iter().flat_map(|one| &one.sessions).map(session::Model::from).collect()).await?;
    events::append(w, decided.iter().map(|one| &one.event)).await
}

/// Saves a session that was moved.
pub async fn save_moved(w: &Write, decided: &Decided<SessionMoved>) -> Result<(), Error> {
    revision::save(w, session::Model::from(&decided.change.after), false, &decided.change.event).await
}

/// Saves a session that was cancelled.
pub async fn save(w: &Write, decided: &Decided<Change<Session>>) -> Result<(), Error> {
    revision::save(w, session::Model::from(&decided.after), decided.created, &decided.event).await
}
