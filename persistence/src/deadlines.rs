//! What is due, in one statement: each kind counts from its own facts by the delays that the law or the département sets. Nothing of it
//! is stored.

mod contracts;
mod orientations;

use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::contract::Contract;
use domain::deadline::{self, Counting, DeadlineKind, SheetCounting};
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::law::Delay;
use domain::organisation::Organisation;
use domain::orientation::Orientation;
use domain::policy::{Reach, ReadDeadline, Scope};
use domain::professional::Professional;
use domain::referral::Referral;
use domain::session::Session;
use domain::settings::Settings;
use domain::territory::Territory;
use domain::text::{Label, Name};
use sea_orm::prelude::Date;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use uuid::Uuid;

use crate::db::Source;
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::select::{all, people_of, stored};
use crate::territories;

/// Sessions older than this are no day's work any more: about two years.
const OLDEST_SHEET_DAYS: i64 = 730;

/// Something that is due.
#[derive(Debug)]
pub struct Due {
    /// What.
    pub kind: DeadlineKind,
    /// The last day.
    pub due_on: Day,
    /// The text that sets it; none where the département or the contract does.
    pub source: Option<String>,
    /// Of whom; none for a sheet.
    pub person: Option<DuePerson>,
    /// In which territory, where it is known.
    pub territory: Option<Id<Territory>>,
    /// The orientation to be decided, or to be looked at again; none where nobody began with one.
    pub orientation: Option<Id<Orientation>>,
    /// The contract.
    pub contract: Option<Id<Contract>>,
    /// The referral that waits for an answer.
    pub referral: Option<Id<Referral>>,
    /// The session whose sheet is incomplete.
    pub session: Option<Id<Session>>,
    /// Who is expected to do something: the referent organisation, the receiver, whoever runs the group.
    pub organisation: Option<(Id<Organisation>, Label)>,
    /// Who accompanies the person.
    pub referent: Option<Id<Professional>>,
}

/// Somebody for whom something is due.
#[derive(Debug)]
pub struct DuePerson {
    /// Their id.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// Family name.
    pub last_name: Option<Name>,
    /// First name.
    pub first_name: Option<Name>,
}

/// Which deadlines are asked for.
#[derive(Clone, Debug, Default)]
pub struct DeadlineQuery {
    /// Of this kind.
    pub kind: Option<DeadlineKind>,
    /// In this territory.
    pub territory: Option<Id<Territory>>,
    /// Of the people whom this professional accompanies.
    pub referent: Option<Id<Professional>>,
    /// Due before this day.
    pub due_before: Option<Day>,
    /// Whose day has passed, or has not.
    pub overdue: Option<bool>,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    source: Option<String>,
    due_on: Date,
    subject_id: Uuid,
    beneficiary_id: Option<Uuid>,
    reference: Option<String>,
    last_name: Option<String>,
    first_name: Option<String>,
    territory_id: Option<Uuid>,
    orientation_id: Option<Uuid>,
    contract_id: Option<Uuid>,
    referral_id: Option<Uuid>,
    session_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    organisation_name: Option<String>,
    referent_id: Option<Uuid>,
}

/// What each branch of the statement answers, in this order.
const COLUMNS: [&str; 16] = [
    "kind",
    "source",
    "due_on",
    "subject_id",
    "beneficiary_id",
    "reference",
    "last_name",
    "first_name",
    "territory_id",
    "orientation_id",
    "contract_id",
    "referral_id",
    "session_id",
    "organisation_id",
    "organisation_name",
    "referent_id",
];

/// How an engine counts days.
#[derive(Clone, Copy)]
struct Dialect(DbBackend);

impl Dialect {
    fn is_postgres(self) -> bool {
        self.0 == DbBackend::Postgres
    }

    /// A day that is known beforehand.
    fn day(self, day: Day) -> String {
        if self.is_postgres() { format!("(date '{day}')") } else { format!("'{day}'") }
    }

    fn plus(self, day: &str, delay: Delay) -> String {
        match (self.is_postgres(), delay) {
            (true, Delay::Days(days)) => format!("({day} + {days})"),
            (true, Delay::Months(months)) => format!("(({day} + interval '{months} months')::date)"),
            (false, Delay::Days(days)) => format!("date({day}, '+{days} days')"),
            // To the last day of a shorter month, as the law and the other engine count.
            (false, Delay::Months(months)) => format!("date({day}, '+{months} months', 'floor')"),
        }
    }

    /// The day of a moment in Paris.
    fn day_of(self, moment: &str) -> String {
        if self.is_postgres() {
            return format!("(({moment} at time zone 'Europe/Paris')::date)");
        }
        // Summer time lasts from 01:00 UTC on the last Sunday of March to the last of October (directive 2000/84/EC).
        let change = |month: &str| format!("datetime(strftime('%Y', {moment}) || '-{month}-25', 'weekday 0', '+1 hour')");
        let is_summer = format!("datetime({moment}) >= {} and datetime({moment}) < {}", change("03"), change("10"));
        format!("date({moment}, case when {is_summer} then '+2 hours' else '+1 hours' end)")
    }

    /// The closing day of the month after a session's.
    fn closing(self, day: &str, closing_day: i32) -> String {
        let more = closing_day - 1;
        if self.is_postgres() {
            format!("((date_trunc('month', {day}) + interval '1 month')::date + {more})")
        } else {
            format!("date({day}, 'start of month', '+1 month', '+{more} days')")
        }
    }

    /// Nothing, where another branch has an id.
    fn no_id(self) -> Expr {
        Expr::cust(if self.is_postgres() { "null::uuid" } else { "null" })
    }

    fn no_text(self) -> Expr {
        Expr::cust(if self.is_postgres() { "null::varchar" } else { "null" })
    }
}

/// The columns that a branch fills; the others are empty.
type Filled = Vec<(&'static str, Expr)>;

fn branch(dialect: Dialect, kind: DeadlineKind, source: Option<&'static str>, due_on: String, filled: Filled) -> SelectStatement {
    let mut select = Query::select();
    let mut filled: Vec<(&str, Expr)> = filled;
    filled.push(("kind", Expr::val(kind.code())));
    filled.extend(source.map(|source| ("source", Expr::val(source))));
    filled.push(("due_on", Expr::cust(due_on)));
    for column in COLUMNS {
        let value = filled.iter().find(|(name, _)| *name == column).map(|(_, value)| value.clone());
        let is_text = matches!(column, "source" | "reference" | "last_name" | "first_name" | "organisation_name");
        select.expr_as(value.unwrap_or_else(|| if is_text { dialect.no_text() } else { dialect.no_id() }), column);
    }
    select
}

fn of_person(id: Expr) -> Filled {
    let column = |name: &'static str| Expr::col(("beneficiary", name));
    vec![
        ("beneficiary_id", id),
        ("reference", column("reference")),
        ("last_name", column("last_name")),
        ("first_name", column("first_name")),
        ("territory_id", column("territory_id")),
    ]
}

fn within(column: Expr, from: Option<Day>, to: Option<Day>) -> Cond {
    let from = from.map(|day| column.clone().gte(day.date()));
    Cond::all().add_option(from).add_option(to.map(|day| column.lte(day.date())))
}

/// Joins the people of a table whom the caller reaches and whose files live.
fn people(select: &mut SelectStatement, scope: &Scope<ReadDeadline>, table: &'static str) {
    select
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals((table, "beneficiary_id")))
        .and_where(Expr::col(("beneficiary", "merged_into_id")).is_null())
        .and_where(Expr::col(("beneficiary", "purged_at")).is_null())
        .cond_where(people_of(scope.reach(), scope.now()));
}

/// People who are subject to the duties and have no orientation that was decided.
fn to_orient(dialect: Dialect, scope: &Scope<ReadDeadline>, counting: &Counting) -> SelectStatement {
    let today = scope.now().day().date();
    let right = |name: &'static str| Expr::col(("rsa_right", name));
    let decided = Query::select()
        .expr(Expr::val(1))
        .from_as("orientation", "decided")
        .and_where(Expr::col(("decided", "beneficiary_id")).equals(("rsa_right", "beneficiary_id")))
        .cond_where(
            Cond::any()
                .add(Expr::col(("decided", "state")).is_in(["decided", "notified", "active", "review"]))
                // One that came to its end since was decided all the same.
                .add(Expr::col(("decided", "decided_on")).gte(right("orientation_clock_on"))),
        )
        .take();
    let pending = Cond::all()
        .add(Expr::col(("orientation", "beneficiary_id")).equals(("rsa_right", "beneficiary_id")))
        .add(Expr::col(("orientation", "pending")).eq(true));
    let mut filled = of_person(right("beneficiary_id"));
    filled.push(("subject_id", right("id")));
    filled.push(("orientation_id", Expr::col(("orientation", "id"))));
    let mut select =
        branch(dialect, DeadlineKind::Orientation, counting.source, dialect.plus("rsa_right.orientation_clock_on", counting.delay), filled);
    select
        .from("rsa_right")
        .join(JoinType::LeftJoin, "orientation", pending)
        .and_where(right("orientation_clock_on").is_not_null())
        .cond_where(within(right("orientation_clock_on"), counting.from, counting.to))
        .cond_where(Cond::any().add(right("left_on").is_null()).add(right("left_on").gte(today)))
        .and_where(Expr::exists(decided).not());
    people(&mut select, scope, "rsa_right");
    select
}

/// Referrals to an accompaniment that nobody has answered.
fn unanswered(dialect: Dialect, scope: &Scope<ReadDeadline>, counting: &Counting) -> SelectStatement {
    let column = |name: &'static str| Expr::col(("referral", name));
    let mut filled = of_person(column("beneficiary_id"));
    filled.extend([
        ("subject_id", column("id")),
        ("referral_id", column("id")),
        ("orientation_id", Expr::col(("orientation", "id"))),
        ("organisation_id", column("organisation_id")),
        ("organisation_name", Expr::col(("organisation", "name"))),
        ("referent_id", Expr::col(("orientation", "referent_id"))),
    ]);
    let due_on = dialect.plus(&dialect.day_of("referral.sent_at"), counting.delay);
    let of_referral = Cond::all()
        .add(Expr::col(("orientation", "referral_id")).equals(("referral", "id")))
        .add(Expr::col(("orientation", "starts_on")).is_not_null())
        .add(Expr::col(("orientation", "ends_on")).is_null());
    let mut select = branch(dialect, DeadlineKind::ReferralUnanswered, counting.source, due_on, filled);
    select
        .from("referral")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("referral", "organisation_id")))
        .join(JoinType::LeftJoin, "orientation", of_referral)
        .and_where(Expr::cust("referral.purpose = 'accompaniment' and referral.state in ('sent', 'received')"));
    people(&mut select, scope, "referral");
    select
}

/// Sheets that the clock closed with somebody unmarked whom the caller may see.
fn incomplete(dialect: Dialect, scope: &Scope<ReadDeadline>, counting: &SheetCounting) -> SelectStatement {
    let today = scope.now().day();
    let (date, ends_on) = (|| Expr::col(("session", "date")), || Expr::col(("enrolment", "ends_on")));
    let marked = Cond::all()
        .add(Expr::col(("attendance", "session_id")).equals(("session", "id")))
        .add(Expr::col(("attendance", "enrolment_id")).equals(("enrolment", "id")));
    let mut unmarked = Query::select();
    unmarked
        .expr(Expr::val(1))
        .from("enrolment")
        .join(JoinType::LeftJoin, "attendance", marked)
        .and_where(Expr::col(("enrolment", "group_id")).equals(("session", "group_id")))
        .and_where(Expr::col(("enrolment", "starts_on")).lte(date()))
        .cond_where(Cond::any().add(ends_on().is_null()).add(ends_on().gte(date())))
        .and_where(Expr::col(("attendance", "status")).is_null());
    if scope.reach() != Reach::Department {
        let in_reach = Expr::col(("beneficiary", "id")).equals(("enrolment", "beneficiary_id"));
        unmarked.join(JoinType::InnerJoin, "beneficiary", in_reach).cond_where(people_of(scope.reach(), scope.now()));
    }
    let closing = dialect.closing("session.date", counting.closing_day);
    let near = Expr::col(("territory_commune", "commune_code")).equals(("action_group", "commune_code"));
    let near = Cond::all().add(near).add(territories::in_force(today));
    let filled = vec![
        ("subject_id", Expr::col(("session", "id"))),
        ("session_id", Expr::col(("session", "id"))),
        ("territory_id", Expr::col(("territory_commune", "territory_id"))),
        ("organisation_id", Expr::col(("organisation", "id"))),
        ("organisation_name", Expr::col(("organisation", "name"))),
    ];
    let due_on = dialect.plus(&closing, Delay::Days(i64::from(counting.late_days)));
    let mut select = branch(dialect, DeadlineKind::SheetIncomplete, None, due_on, filled);
    select
        .from("session")
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("session", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("action", "organisation_id")))
        .join(JoinType::LeftJoin, "territory_commune", near)
        .and_where(Expr::col(("session", "cancelled_at")).is_null())
        .and_where(Expr::col(("session", "sheet_closed_at")).is_null())
        .and_where(date().gte(today.plus_days(-OLDEST_SHEET_DAYS).date()))
        .cond_where(within(date(), counting.from, counting.to))
        // Closed at 24:00 of that day.
        .and_where(Expr::cust(closing).lt(today.date()))
        .and_where(Expr::exists(unmarked));
    select
}

/// Everything that is due, for whom the caller reaches.
pub(crate) fn everything(engine: DbBackend, scope: &Scope<ReadDeadline>, kind: Option<DeadlineKind>, settings: &Settings) -> SelectStatement {
    let dialect = Dialect(engine);
    let asked = |one: DeadlineKind| kind.is_none_or(|kind| kind == one);
    let mut branches = Vec::new();
    if asked(DeadlineKind::Orientation) {
        branches.extend(deadline::orientation_countings().iter().map(|counting| to_orient(dialect, scope, counting)));
    }
    if asked(DeadlineKind::SocialReview) {
        branches.extend(orientations::social_reviews(dialect, scope));
    }
    branches.extend(contracts::branches(dialect, scope, asked));
    if asked(DeadlineKind::ReferralUnanswered) {
        branches.push(unanswered(dialect, scope, &deadline::answer_counting(settings, scope.now().day())));
    }
    if asked(DeadlineKind::SheetIncomplete) {
        branches.extend(deadline::sheet_countings(settings).iter().map(|counting| incomplete(dialect, scope, counting)));
    }
    let mut branches = branches.into_iter();
    let mut union = branches.next().unwrap_or_default();
    for one in branches {
        union.union(UnionType::All, one);
    }
    union
}

/// A page of what is due, the earliest first: one statement.
pub async fn list(
    source: &impl Source,
    scope: &Scope<ReadDeadline>,
    query: &DeadlineQuery,
    settings: &Settings,
    listing: &Listing,
) -> Result<Page<Due>, Error> {
    let today = scope.now().day();
    let column = |name: &'static str| Expr::col(("deadline", name));
    let mut select = Query::select();
    select
        .columns(COLUMNS.map(|name| (Alias::new("deadline"), Alias::new(name))))
        .from_subquery(everything(source.connection().get_database_backend(), scope, query.kind, settings), "deadline")
        .and_where_option(query.territory.map(|territory| column("territory_id").eq(territory.uuid())))
        .and_where_option(query.referent.map(|referent| column("referent_id").eq(referent.uuid())))
        .and_where_option(query.due_before.map(|day| column("due_on").lt(day.date())))
        .and_where_option(query.overdue.map(|overdue| if overdue { column("due_on").lt(today.date()) } else { column("due_on").gte(today.date()) }));
    if let Some([due_on, kind, subject]) = listing.after.as_deref() {
        let (due_on, subject): (Day, Uuid) = (stored("cursor", due_on)?, stored("cursor", subject)?);
        let place = Expr::tuple([column("due_on"), column("kind"), column("subject_id")]);
        select.and_where(place.gt(Expr::tuple([Expr::val(due_on.date()), Expr::val(kind.clone()), Expr::val(subject)])));
    }
    for name in ["due_on", "kind", "subject_id"] {
        select.order_by(("deadline", name), Order::Asc);
    }
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| vec![Day::new(row.due_on).to_string(), row.kind.clone(), row.subject_id.to_string()]);
    page.try_map(Due::try_from)
}

impl TryFrom<Row> for Due {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let kind: DeadlineKind = stored("deadline.kind", &row.kind)?;
        let person = row.beneficiary_id.zip(row.reference).map(|(id, reference)| DuePerson {
            id: Id::new(id),
            reference: PersonReference::stored(reference),
            last_name: row.last_name.map(Name::stored),
            first_name: row.first_name.map(Name::stored),
        });
        Ok(Self {
            kind,
            due_on: Day::new(row.due_on),
            source: row.source,
            person,
            territory: row.territory_id.map(Id::new),
            orientation: row.orientation_id.map(Id::new),
            contract: row.contract_id.map(Id::new),
            referral: row.referral_id.map(Id::new),
            session: row.session_id.map(Id::new),
            organisation: row.organisation_id.map(Id::new).zip(row.organisation_name.map(Label::stored)),
            referent: row.referent_id.map(Id::new),
        })
    }
}

#[cfg(test)]
mod tests;
