//! Lines held for the département, as the caller may see them: a partner its own, a caseworker those about their people, a manager
//! all. What they say becomes marks in `attendance`.

use std::collections::HashMap;

use domain::attendance::Sheet;
use domain::calendar::{Day, Instant};
use domain::change::Stamp;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::organisation::Organisation;
use domain::policy::{DecideHeldLine, Function, Reach, ReadAttendance, Scope};
use domain::refusal::Decided;
use domain::session::Session;
use domain::submission::cells::{Cells, Column};
use domain::submission::held::{HeldAt, HeldDecision, HeldLine, HeldLinesDecided, HeldState, Links};
use domain::submission::line::Labels;
use domain::submission::receiving::SubmissionReceived;
use domain::submission::{ExternalId, Submission};
use domain::text::{Label, Note};
use sea_orm::prelude::{Date, DateTimeUtc, Json};
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, OnConflict, Query, SelectStatement};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel};
use uuid::Uuid;

use crate::attendance;
use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::select::{all, insert_all, one, people_of, stored, stored_json, with_id};
use crate::sessions::{self, Named};
use crate::tables::held_line;
use crate::{events, merges, submissions, territories};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    submission_id: Uuid,
    position: i32,
    line_number: Option<i32>,
    organisation_id: Uuid,
    session_id: Uuid,
    code: String,
    cells: Option<Json>,
    enrolment_id: Option<Uuid>,
    beneficiary_id: Option<Uuid>,
    enrolled_id: Option<Uuid>,
    state: String,
    choice: Option<String>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTimeUtc>,
    reason: Option<String>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    session_reference: String,
    date: Date,
    half_day: String,
    group_id: Uuid,
    group_name: String,
    action_name: String,
}

/// A held line, and the people it designates or was attached to, as far as they are known: for the access log, never for its reader.
#[derive(Debug)]
pub struct Designating {
    /// The line.
    pub line: HeldLine,
    /// The people.
    pub people: Vec<Uuid>,
}

impl TryFrom<Row> for Designating {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let decision = match (row.choice, row.decided_by, row.decided_at) {
            (Some(choice), Some(by), Some(at)) => Some(HeldDecision {
                choice: stored("held_line.choice", &choice)?,
                decided_by: Id::new(by),
                decided_at: Instant::new(at),
                reason: row.reason.map(Note::stored),
            }),
            _ => None,
        };
        let line = HeldLine {
            id: Id::new(row.id),
            submission: Id::new(row.submission_id),
            index: row.position,
            line_number: row.line_number.and_then(|number| u32::try_from(number).ok()),
            organisation: Id::new(row.organisation_id),
            at: HeldAt {
                session: Id::new(row.session_id),
                reference: row.session_reference,
                date: Day::new(row.date),
                half_day: stored("session.half_day", &row.half_day)?,
                group: Id::new(row.group_id),
                group_name: Label::stored(row.group_name),
                action_name: Label::stored(row.action_name),
            },
            code: stored("held_line.code", &row.code)?,
            cells: row.cells.map(|cells| stored_json::<Cells>("held_line.cells", cells)).transpose()?,
            enrolment: row.enrolment_id.map(Id::new),
            state: stored("held_line.state", &row.state)?,
            decision,
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        };
        Ok(Self { line, people: row.beneficiary_id.into_iter().chain(row.enrolled_id).collect() })
    }
}

fn model(line: &HeldLine, person: Option<Uuid>) -> Result<held_line::Model, Error> {
    let decision = line.decision.as_ref();
    let cells = line.cells.as_ref().map(serde_json::to_value).transpose().map_err(|error| Error::Broken(error.to_string()))?;
    Ok(held_line::Model {
        id: line.id.uuid(),
        submission_id: line.submission.uuid(),
        position: line.index,
        line_number: line.line_number.and_then(|number| i32::try_from(number).ok()),
        organisation_id: line.organisation.uuid(),
        session_id: line.at.session.uuid(),
        code: line.code.code().to_owned(),
        cells,
        enrolment_id: line.enrolment.map(Id::uuid),
        beneficiary_id: person,
        state: line.state.code().to_owned(),
        choice: decision.map(|decision| decision.choice.code().to_owned()),
        decided_by: decision.map(|decision| decision.decided_by.uuid()),
        decided_at: decision.map(|decision| decision.decided_at.utc()),
        reason: decision.and_then(|decision| decision.reason.clone()).map(String::from),
        version: line.stamp.version,
        created_at: line.stamp.created_at.utc(),
        updated_at: line.stamp.updated_at.utc(),
    })
}

fn rows() -> SelectStatement {
    Query::select()
        .columns(
            [
                "id",
                "submission_id",
                "position",
                "line_number",
                "organisation_id",
                "session_id",
                "code",
                "cells",
                "enrolment_id",
                "beneficiary_id",
                "state",
                "choice",
                "decided_by",
                "decided_at",
                "reason",
                "version",
                "created_at",
                "updated_at",
            ]
            .map(|column| ("held_line", column)),
        )
        .expr_as(Expr::col(("session", "reference")), "session_reference")
        .columns(["date", "half_day", "group_id"].map(|column| ("session", column)))
        .expr_as(Expr::col(("action_group", "name")), "group_name")
        .expr_as(Expr::col(("action", "name")), "action_name")
        .expr_as(Expr::col(("enrolment", "beneficiary_id")), "enrolled_id")
        .from("held_line")
        .join(JoinType::InnerJoin, "session", Expr::col(("session", "id")).equals(("held_line", "session_id")))
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("session", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .join(JoinType::LeftJoin, "enrolment", Expr::col(("enrolment", "id")).equals(("held_line", "enrolment_id")))
        .take()
}

/// A caseworker's lines: about somebody they accompany, or about nobody known in a group that meets in their territory. The person is
/// joined: asked whether one exists, PostgreSQL gathers everybody they accompany first.
fn about_people_of(reach: Reach, now: Instant) -> Condition {
    let mut about = Cond::any().add(Cond::all().add(Expr::col(("beneficiary", "id")).is_not_null()).add(people_of(reach, now)));
    if let Reach::Territories(professional) = reach {
        let near = Query::select()
            .expr(Expr::val(1))
            .from("territory_commune")
            .join(
                JoinType::InnerJoin,
                "professional_territory",
                Expr::col(("professional_territory", "territory_id")).equals(("territory_commune", "territory_id")),
            )
            .and_where(Expr::col(("professional_territory", "professional_id")).eq(professional.uuid()))
            .and_where(Expr::col(("territory_commune", "commune_code")).equals(("action_group", "commune_code")))
            .cond_where(territories::in_force(now.day()))
            .take();
        about = about.add(Cond::all().add(Expr::col(("held_line", "beneficiary_id")).is_null()).add(Expr::exists(near)));
    }
    Cond::all().add(Expr::col(("held_line", "code")).is_in(["PERSON_NOT_EXPECTED", "NAME_MISMATCH"])).add(about)
}

fn visible_to<F: Function<Over = HeldLine>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = rows();
    match scope.reach() {
        Reach::Organisation(own) => select.and_where(Expr::col(("held_line", "organisation_id")).eq(own.uuid())),
        Reach::Department => &mut select,
        reach @ (Reach::Territories(_) | Reach::Accompanied(_)) => select
            .join(JoinType::LeftJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("held_line", "beneficiary_id")))
            .cond_where(about_people_of(reach, scope.now())),
    };
    select
}

/// Every line an organisation ever had held for these sessions.
pub(crate) async fn known(source: &impl Source, organisation: Id<Organisation>, sessions: &[Session]) -> Result<Vec<HeldLine>, Error> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = rows();
    select
        .and_where(Expr::col(("held_line", "session_id")).is_in(sessions.iter().map(|session| session.id.uuid())))
        .and_where(Expr::col(("held_line", "organisation_id")).eq(organisation.uuid()));
    let rows = all::<Row>(source, &select).await?;
    rows.into_iter().map(|row| Designating::try_from(row).map(|one| one.line)).collect()
}

/// The held line with this id.
pub async fn find<F: Function<Over = HeldLine>>(source: &impl Source, scope: &Scope<F>, id: Id<HeldLine>) -> Result<Option<Designating>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "held_line", id.uuid())).await?.map(Designating::try_from).transpose()
}

/// Which held lines are asked for.
#[derive(Clone, Debug, Default)]
pub struct HeldLineQuery {
    /// Of this submission.
    pub submission: Option<Id<Submission>>,
    /// In this state.
    pub state: Option<HeldState>,
}

/// Held lines, oldest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = HeldLine>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &HeldLineQuery,
    listing: &Listing,
) -> Result<Page<Designating>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.submission.map(|submission| Expr::col(("held_line", "submission_id")).eq(submission.uuid())));
    // Written out: few lines wait and many were decided, which a plan made for any state cannot know.
    select.and_where_option(query.state.map(|state| Expr::col(("held_line", "state")).eq(Expr::cust(format!("'{}'", state.code())))));
    let mut select = by_id(select, "held_line", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Designating::try_from)
}

/// What a decision on held lines is taken on: the lines, their sheets, and what their external ids are about.
#[derive(Debug)]
pub struct Docket {
    /// The lines, of those asked for, that the caller may decide on.
    pub lines: Vec<Designating>,
    /// The sheets of their sessions, with the people whom the caller sees.
    pub sheets: Vec<Sheet>,
    /// What their external ids are about.
    pub links: Links,
}

/// Takes the locks of the sessions that held lines are about, which every change of such a line goes through, then reads them.
pub async fn lock(
    w: &Write,
    scope: &Scope<DecideHeldLine>,
    sheets: &Scope<ReadAttendance>,
    ids: &[Id<HeldLine>],
    labels: &Labels,
) -> Result<Docket, Error> {
    let mut select = visible_to(scope);
    select.and_where(Expr::col(("held_line", "id")).is_in(ids.iter().map(|id| id.uuid())));
    let mut sessions: Vec<Uuid> = all::<Row>(w, &select).await?.into_iter().map(|row| row.session_id).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let sessions = sessions::lock_named(w, sheets, Named { ids: sessions, ..Named::default() }).await?;
    let lines = all::<Row>(w, &select).await?.into_iter().map(Designating::try_from).collect::<Result<Vec<_>, Error>>()?;
    let mut targets = Links::new();
    let mut by_organisation: HashMap<Id<Organisation>, Vec<ExternalId>> = HashMap::new();
    for Designating { line, .. } in &lines {
        let external_id = line.line(labels).and_then(|line| line.external_id);
        by_organisation.entry(line.organisation).or_default().extend(external_id);
    }
    for (organisation, external_ids) in &by_organisation {
        let known = submissions::links(w, *organisation, external_ids).await?;
        targets.extend(known.into_iter().map(|(id, target)| ((*organisation, id), target)));
    }
    let sheets = attendance::find_all(w, sheets, sessions).await?;
    Ok(Docket { lines, sheets, links: targets })
}

#[derive(FromQueryResult)]
struct ByEnrolment {
    id: Uuid,
    beneficiary_id: Uuid,
}

#[derive(FromQueryResult)]
struct ByReference {
    id: Uuid,
    reference: String,
}

/// Whom lines designate, anywhere in the département: it says which caseworkers may decide, and no partner is told.
async fn designated(w: &Write, lines: &[HeldLine]) -> Result<Vec<Option<Uuid>>, Error> {
    let cell = |line: &HeldLine, column| line.cells.as_ref().and_then(|cells| cells.get(column)).map(str::to_owned);
    let enrolment = |line: &HeldLine| line.enrolment.map(Id::uuid).or_else(|| cell(line, Column::EnrolmentId)?.parse().ok());
    let reference = |line: &HeldLine| Some(cell(line, Column::PersonReference)?.parse::<PersonReference>().ok()?.to_string());
    let enrolments: Vec<Uuid> = lines.iter().filter_map(enrolment).collect();
    let references: Vec<String> = lines.iter().filter_map(reference).collect();
    let select =
        Query::select().columns(["id", "beneficiary_id"]).from("enrolment").and_where(Expr::col("id").is_in(enrolments.iter().copied())).take();
    let by_enrolment = if enrolments.is_empty() { Vec::new() } else { all::<ByEnrolment>(w, &select).await? };
    let by_enrolment: HashMap<Uuid, Uuid> = by_enrolment.into_iter().map(|row| (row.id, row.beneficiary_id)).collect();
    let select =
        Query::select().columns(["id", "reference"]).from("beneficiary").and_where(Expr::col("reference").is_in(references.iter().cloned())).take();
    let by_reference = if references.is_empty() { Vec::new() } else { all::<ByReference>(w, &select).await? };
    // A list printed before a merge names who is another by now.
    let survivors = merges::survivors_of(w, by_reference.iter().map(|row| row.id)).await?;
    let by_reference: HashMap<String, Uuid> = by_reference.into_iter().map(|row| (row.reference, survivors.of(row.id))).collect();
    let whom = lines.iter().map(|line| {
        let enrolled = enrolment(line).and_then(|id| by_enrolment.get(&id));
        enrolled.or_else(|| by_reference.get(&reference(line)?)).copied()
    });
    Ok(whom.collect())
}

/// Saves the lines that a submission had held, and those that it stands for.
pub(crate) async fn save_held(w: &Write, decided: &Decided<SubmissionReceived>) -> Result<(), Error> {
    if !decided.held.is_empty() {
        let people = designated(w, &decided.held).await?;
        let rows = decided.held.iter().zip(people).map(|(line, person)| model(line, person));
        insert_all::<held_line::Entity>(w, rows.collect::<Result<Vec<_>, Error>>()?).await?;
    }
    overwrite(w, decided.superseded.iter().map(|line| model(line, None)).collect::<Result<_, _>>()?).await
}

/// Saves what was decided on held lines, with the marks that come of it.
pub async fn save(w: &Write, decided: &Decided<HeldLinesDecided>) -> Result<(), Error> {
    let HeldLinesDecided { changes, sheets, links, .. } = &**decided;
    attendance::save(w, sheets).await?;
    submissions::save_links(w, links.iter().map(|(organisation, external_id, target)| (*organisation, external_id, *target))).await?;
    overwrite(w, changes.iter().map(|(line, _)| model(line, None)).collect::<Result<_, _>>()?).await?;
    events::append(w, changes.iter().map(|(_, event)| event)).await
}

/// Overwrites what becomes of lines that are there: many in one statement. Whom a line designated when it came stays.
async fn overwrite(w: &Write, rows: Vec<held_line::Model>) -> Result<(), Error> {
    use held_line::Column as C;
    let fate = [C::EnrolmentId, C::State, C::Choice, C::DecidedBy, C::DecidedAt, C::Reason, C::Version, C::UpdatedAt];
    let overwrite = OnConflict::column(C::Id).update_columns(fate).to_owned();
    for chunk in rows.chunks(1_000) {
        let models = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        held_line::Entity::insert_many(models).on_conflict(overwrite.clone()).exec_without_returning(w.connection()).await?;
    }
    Ok(())
}
