//! Attendance sheets: everybody expected at a session with how they are marked, and the history of each mark. Sessions themselves
//! are in `sessions`.

use std::collections::{HashMap, HashSet};

use domain::attendance::{AttendanceRecorded, Mark, MarkValue, Sheet, SheetClosed, SheetLine};
use domain::calendar::Instant;
use domain::enrolment::Participant;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::session::Session;
use domain::text::{Name, folded};
use domain::vocabulary::Term;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, OnConflict, Order, Query, SelectStatement};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::events;
use crate::page::{Listing, Page};
use crate::referrals;
use crate::revision;
use crate::select::{all, insert_all, people_of, stored};
use crate::tables::{attendance, attendance_history, session};

#[derive(FromQueryResult)]
struct Row {
    session_id: Uuid,
    enrolment_id: Uuid,
    beneficiary_id: Uuid,
    reference: String,
    last_name: Option<String>,
    first_name: Option<String>,
    status: Option<String>,
    minutes: Option<i32>,
    reason: Option<String>,
    signed: Option<bool>,
    version: Option<i32>,
}

fn mark_value(status: Option<&str>, minutes: Option<i32>, reason: Option<String>, signed: Option<bool>) -> Result<MarkValue, Error> {
    let status = status.map(|code| stored("attendance.status", code)).transpose()?;
    Ok(MarkValue { status, minutes, reason: reason.map(Term::stored), signed })
}

/// Who of a session's group the caller sees: a partner and a manager everybody, a caseworker the people they accompany.
fn visible_to<F: Function<Over = Session>>(scope: &Scope<F>) -> Cond {
    match scope.reach() {
        Reach::Organisation(_) | Reach::Department => Cond::all(),
        reach @ (Reach::Territories(_) | Reach::Accompanied(_)) => people_of(reach, scope.now()),
    }
}

fn roster<F: Function<Over = Session>>(scope: &Scope<F>, sessions: &[Session]) -> SelectStatement {
    let (date, ends_on) = (|| Expr::col(("session", "date")), || Expr::col(("enrolment", "ends_on")));
    let expected = Cond::all()
        .add(Expr::col(("enrolment", "group_id")).equals(("session", "group_id")))
        .add(Expr::col(("enrolment", "starts_on")).lte(date()))
        .add(Cond::any().add(ends_on().is_null()).add(ends_on().gte(date())));
    let marked = Cond::all()
        .add(Expr::col(("attendance", "session_id")).equals(("session", "id")))
        .add(Expr::col(("attendance", "enrolment_id")).equals(("enrolment", "id")));
    Query::select()
        .expr_as(Expr::col(("session", "id")), "session_id")
        .expr_as(Expr::col(("enrolment", "id")), "enrolment_id")
        .expr_as(Expr::col(("beneficiary", "id")), "beneficiary_id")
        .columns(["reference", "last_name", "first_name"].map(|column| ("beneficiary", column)))
        .columns(["status", "minutes", "reason", "signed", "version"].map(|column| ("attendance", column)))
        .from("session")
        .join(JoinType::InnerJoin, "enrolment", expected)
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("enrolment", "beneficiary_id")))
        .join(JoinType::LeftJoin, "attendance", marked)
        .and_where(Expr::col(("session", "id")).is_in(sessions.iter().map(|session| session.id.uuid())))
        .cond_where(visible_to(scope))
        .take()
}

/// The sheet of a session: everybody expected whom the caller sees, by name.
pub async fn find<F: Function<Over = Session>>(source: &impl Source, scope: &Scope<F>, session: Session) -> Result<Sheet, Error> {
    let mut sheets = find_all(source, scope, vec![session]).await?;
    sheets.pop().ok_or_else(|| Error::Broken("a session has no sheet".to_owned()))
}

/// The sheets of several sessions, in their order, in one statement.
pub async fn find_all<F: Function<Over = Session>>(source: &impl Source, scope: &Scope<F>, sessions: Vec<Session>) -> Result<Vec<Sheet>, Error> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let mut expected: HashMap<Uuid, Vec<SheetLine>> = HashMap::new();
    for row in all::<Row>(source, &roster(scope, &sessions)).await? {
        let value = mark_value(row.status.as_deref(), row.minutes, row.reason, row.signed)?;
        let person = Participant {
            id: Id::new(row.beneficiary_id),
            reference: PersonReference::stored(row.reference),
            last_name: row.last_name.map(Name::stored),
            first_name: row.first_name.map(Name::stored),
        };
        let mark = Mark { value, version: row.version.unwrap_or(0) };
        expected.entry(row.session_id).or_default().push(SheetLine { enrolment: Id::new(row.enrolment_id), person, mark });
    }
    let sheets = sessions.into_iter().map(|session| {
        let mut lines = expected.remove(&session.id.uuid()).unwrap_or_default();
        // Engines collate differently, so names are sorted here.
        lines.sort_by_cached_key(|line| {
            let name = |name: &Option<Name>| name.as_deref().map(folded).unwrap_or_default();
            (name(&line.person.last_name), name(&line.person.first_name), line.enrolment)
        });
        Sheet { session, lines }
    });
    Ok(sheets.collect())
}

/// Saves recorded or corrected marks: the same few statements for one sheet and for a thousand.
pub async fn save(w: &Write, decided: &[Decided<AttendanceRecorded>]) -> Result<(), Error> {
    let sheets: Vec<&Decided<AttendanceRecorded>> = decided.iter().filter(|one| !one.changes.is_empty()).collect();
    if sheets.is_empty() {
        return Ok(());
    }
    let (by, at) = (w.by().actor.principal.uuid(), w.now().utc());
    let changes = || sheets.iter().flat_map(|one| one.changes.iter().map(|change| (one.sheet.session.id.uuid(), change)));
    let current = changes().map(|(session_id, change)| attendance::Model {
        session_id,
        enrolment_id: change.enrolment.uuid(),
        status: change.mark.value.status.map(|status| status.code().to_owned()),
        minutes: change.mark.value.minutes,
        reason: change.mark.value.reason.as_deref().map(str::to_owned),
        signed: change.mark.value.signed,
        version: change.mark.version,
        recorded_by: by,
        recorded_at: at,
    });
    upsert(w, current.collect()).await?;
    let history = changes().map(|(session_id, change)| attendance_history::Model {
        session_id,
        enrolment_id: change.enrolment.uuid(),
        version: change.mark.version,
        status: change.mark.value.status.map(|status| status.code().to_owned()),
        minutes: change.mark.value.minutes,
        reason: change.mark.value.reason.as_deref().map(str::to_owned),
        signed: change.mark.value.signed,
        source: change.source.code().to_owned(),
        correction_reason: change.reason.clone().map(String::from),
        recorded_by: by,
        recorded_at: at,
    });
    insert_all::<attendance_history::Entity>(w, history.collect::<Vec<_>>()).await?;
    let sessions = sheets.iter().map(|one| one.sheet.session.id.uuid());
    session::Entity::update_many()
        .col_expr(session::Column::SheetVersion, Expr::col("sheet_version").add(1))
        .col_expr(session::Column::UpdatedAt, Expr::val(at))
        .filter(Expr::col("id").is_in(sessions))
        .exec(w.connection())
        .await?;
    events::append(w, sheets.iter().filter_map(|one| one.event.as_ref())).await?;
    referrals::follow_attendance(w, &sheets).await
}

async fn upsert(w: &Write, rows: Vec<attendance::Model>) -> Result<(), Error> {
    use attendance::Column as C;
    let overwrite = OnConflict::columns([C::SessionId, C::EnrolmentId])
        .update_columns([C::Status, C::Minutes, C::Reason, C::Signed, C::Version, C::RecordedBy, C::RecordedAt])
        .to_owned();
    for chunk in rows.chunks(3_000) {
        let models = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        attendance::Entity::insert_many(models).on_conflict(overwrite.clone()).exec_without_returning(w.connection()).await?;
    }
    Ok(())
}

/// Saves a sheet closed by somebody.
pub async fn save_closed(w: &Write, decided: &Decided<SheetClosed>) -> Result<(), Error> {
    save_all_closed(w, std::slice::from_ref(decided)).await
}

/// Saves sheets closed by somebody.
pub async fn save_all_closed(w: &Write, decided: &[Decided<SheetClosed>]) -> Result<(), Error> {
    let closed = decided.iter().filter_map(|one| Some((session::Model::from(&one.sheet.session), false, one.event.as_ref()?)));
    revision::save_all(w, closed).await
}

#[derive(FromQueryResult)]
struct SessionRow {
    session_id: Uuid,
}

/// Those of these sessions at which somebody else than the writer ever marked anybody: what a machine must leave alone.
pub async fn marked_by_others(w: &Write, sessions: &[Id<Session>]) -> Result<HashSet<Id<Session>>, Error> {
    let select = Query::select()
        .distinct()
        .column("session_id")
        .from("attendance_history")
        .and_where(Expr::col("session_id").is_in(sessions.iter().map(|id| id.uuid())))
        .and_where(Expr::col("recorded_by").ne(w.by().actor.principal.uuid()))
        .take();
    Ok(all::<SessionRow>(w, &select).await?.into_iter().map(|row| Id::new(row.session_id)).collect())
}

/// One former or present state of a mark.
#[derive(Debug)]
pub struct MarkHistory {
    /// Whose enrolment.
    pub enrolment: Uuid,
    /// The person's id.
    pub beneficiary: Uuid,
    /// The person's reference.
    pub person_reference: PersonReference,
    /// Its version, from 1.
    pub version: i32,
    /// What was marked.
    pub value: MarkValue,
    /// By which door.
    pub source: String,
    /// Why, for a correction.
    pub correction_reason: Option<String>,
    /// By whom.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: Instant,
}

#[derive(FromQueryResult)]
struct HistoryRow {
    enrolment_id: Uuid,
    beneficiary_id: Uuid,
    reference: String,
    version: i32,
    status: Option<String>,
    minutes: Option<i32>,
    reason: Option<String>,
    signed: Option<bool>,
    source: String,
    correction_reason: Option<String>,
    recorded_by: Uuid,
    recorded_at: DateTimeUtc,
}

/// The states of every mark of a session, in the order they were recorded.
pub async fn history<F: Function<Over = Session>>(
    source: &impl Source,
    scope: &Scope<F>,
    session: &Session,
    listing: &Listing,
) -> Result<Page<MarkHistory>, Error> {
    let place = ["recorded_at", "enrolment_id", "version"].map(|column| Expr::col(("attendance_history", column)));
    let mut select = Query::select()
        .columns(
            ["enrolment_id", "version", "status", "minutes", "reason", "signed", "source", "correction_reason", "recorded_by", "recorded_at"]
                .map(|column| ("attendance_history", column)),
        )
        .expr_as(Expr::col(("beneficiary", "id")), "beneficiary_id")
        .column(("beneficiary", "reference"))
        .from("attendance_history")
        .join(JoinType::InnerJoin, "enrolment", Expr::col(("enrolment", "id")).equals(("attendance_history", "enrolment_id")))
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("enrolment", "beneficiary_id")))
        .and_where(Expr::col(("attendance_history", "session_id")).eq(session.id.uuid()))
        .cond_where(visible_to(scope))
        .order_by(("attendance_history", "recorded_at"), Order::Asc)
        .order_by(("attendance_history", "enrolment_id"), Order::Asc)
        .order_by(("attendance_history", "version"), Order::Asc)
        .take();
    if let Some([at, enrolment, version]) = listing.after.as_deref() {
        let (at, enrolment): (Instant, Uuid) = (stored("cursor", at)?, stored("cursor", enrolment)?);
        let version: i32 = stored("cursor", version)?;
        select.and_where(Expr::tuple(place).gt(Expr::tuple([Expr::val(at.utc()), Expr::val(enrolment), Expr::val(version)])));
    }
    let rows = all::<HistoryRow>(source, select.limit(listing.limit + 1)).await?;
    let page =
        Page::cut(rows, listing.limit, |row| vec![Instant::new(row.recorded_at).to_string(), row.enrolment_id.to_string(), row.version.to_string()]);
    page.try_map(|row| {
        Ok(MarkHistory {
            enrolment: row.enrolment_id,
            beneficiary: row.beneficiary_id,
            person_reference: PersonReference::stored(row.reference),
            version: row.version,
            value: mark_value(row.status.as_deref(), row.minutes, row.reason, row.signed)?,
            source: row.source,
            correction_reason: row.correction_reason,
            recorded_by: row.recorded_by,
            recorded_at: Instant::new(row.recorded_at),
        })
    })
}
