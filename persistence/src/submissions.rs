//! Submissions of attendance: what is known of the lines they name, and what became of them. Held lines are in `held_lines`, marks in
//! `attendance`.

use std::collections::{BTreeSet, HashMap};

use domain::calendar::{Day, HalfDay, Instant, TimeOfDay};
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::organisation::Organisation;
use domain::policy::{Function, Reach, Scope, SubmitAttendance};
use domain::refusal::{Decided, Rule};
use domain::session::{Session, Slot};
use domain::submission::cells::{Cells, Column};
use domain::submission::line::{Line, LineFault};
use domain::submission::receiving::{Book, LineReceipt, SubmissionReceived};
use domain::submission::{ExternalId, Submission, Target};
use sea_orm::prelude::Json;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::attendance;
use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::select::{all, insert_all, one, stored, stored_json, with_id};
use crate::sessions::{self, Named};
use crate::tables::{held_line, partner_line, submission, submission_line};
use crate::{events, held_lines};

#[derive(FromQueryResult)]
#[expect(clippy::struct_field_names, reason = "the names of the columns")]
struct LinkRow {
    external_id: String,
    session_id: Uuid,
    enrolment_id: Uuid,
}

/// What an organisation's external ids are about, those that are about anything.
pub(crate) async fn links(
    source: &impl Source,
    organisation: Id<Organisation>,
    external_ids: impl IntoIterator<Item = &ExternalId>,
) -> Result<HashMap<ExternalId, Target>, Error> {
    let ids: Vec<String> = external_ids.into_iter().map(|id| (**id).to_owned()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .columns(["external_id", "session_id", "enrolment_id"])
        .from("partner_line")
        .and_where(Expr::col("organisation_id").eq(organisation.uuid()))
        .and_where(Expr::col("external_id").is_in(ids))
        .take();
    let rows = all::<LinkRow>(source, &select).await?.into_iter();
    Ok(rows
        .map(|row| {
            let target = Target { session: Id::new(row.session_id), enrolment: Id::new(row.enrolment_id) };
            (ExternalId::stored(row.external_id), target)
        })
        .collect())
}

/// The names that an organisation gave to what these sessions' sheets hold.
pub async fn external_ids(source: &impl Source, organisation: Id<Organisation>, sessions: &[Session]) -> Result<HashMap<Target, ExternalId>, Error> {
    let select = Query::select()
        .columns(["external_id", "session_id", "enrolment_id"])
        .from("partner_line")
        .and_where(Expr::col("session_id").is_in(sessions.iter().map(|session| session.id.uuid())))
        .and_where(Expr::col("organisation_id").eq(organisation.uuid()))
        .order_by("external_id", Order::Desc)
        .take();
    let rows = all::<LinkRow>(source, &select).await?.into_iter();
    Ok(rows
        .map(|row| {
            let target = Target { session: Id::new(row.session_id), enrolment: Id::new(row.enrolment_id) };
            (target, ExternalId::stored(row.external_id))
        })
        .collect())
}

/// The sessions that lines name, by themselves or by what their external ids are about.
fn named(lines: &[Line], targets: &HashMap<ExternalId, Target>) -> Named {
    let mut all = Named::default();
    all.ids.extend(targets.values().map(|target| target.session.uuid()));
    for order in lines.iter().filter_map(|line| line.asks.as_ref().ok()?.as_ref()) {
        let names = &order.session;
        match (names.id.or(names.reference_id), &names.reference, names.place()) {
            (Some(id), ..) => all.ids.push(id.uuid()),
            (None, Some(reference), _) => all.references.push(reference.clone()),
            (None, None, Some((group, day, _))) => {
                all.groups.push(group.to_owned());
                all.days.push(day.date());
            }
            (None, None, None) => {}
        }
    }
    all.ids.sort_unstable();
    all.ids.dedup();
    for names in [&mut all.references, &mut all.groups] {
        names.sort_unstable();
        names.dedup();
    }
    all.days.sort_unstable();
    all.days.dedup();
    all
}

async fn open(
    source: &impl Source,
    scope: &Scope<SubmitAttendance>,
    links: HashMap<ExternalId, Target>,
    organisation: Id<Organisation>,
    sessions: Vec<Session>,
) -> Result<Book, Error> {
    let held = held_lines::known(source, organisation, &sessions).await?;
    let sheets = attendance::find_all(source, scope, sessions).await?;
    Ok(Book { sheets, links, held })
}

/// What is known of what the lines name, read without a lock: what a rehearsal is judged by.
pub async fn find_book(source: &impl Source, scope: &Scope<SubmitAttendance>, lines: &[Line]) -> Result<Book, Error> {
    let Some(organisation) = scope.actor().organisation() else { return Ok(Book::default()) };
    let targets = links(source, organisation, lines.iter().filter_map(|line| line.external_id.as_ref())).await?;
    let sessions = sessions::find_named(source, scope, named(lines, &targets)).await?;
    open(source, scope, targets, organisation, sessions).await
}

/// The same under the locks of the sessions: the same few statements for one line and for five thousand.
pub async fn lock_book(w: &Write, scope: &Scope<SubmitAttendance>, lines: &[Line]) -> Result<Book, Error> {
    let Some(organisation) = scope.actor().organisation() else { return Ok(Book::default()) };
    let targets = links(w, organisation, lines.iter().filter_map(|line| line.external_id.as_ref())).await?;
    let sessions = sessions::lock_named(w, scope, named(lines, &targets)).await?;
    open(w, scope, targets, organisation, sessions).await
}

/// A fault of a line, as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredFault {
    column: Column,
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved_to: Option<StoredSlot>,
}

/// A half-day, as it is stored in a fault.
#[derive(Serialize, Deserialize)]
struct StoredSlot {
    date: Day,
    half_day: HalfDay,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
}

fn json(thing: &impl Serialize) -> Result<Json, Error> {
    serde_json::to_value(thing).map_err(|error| Error::Broken(error.to_string()))
}

fn kept_faults(faults: &[LineFault]) -> Result<Json, Error> {
    let faults = faults.iter().map(|fault| StoredFault {
        column: fault.column,
        code: fault.rule.code().to_owned(),
        moved_to: fault.moved_to.map(|Slot { date, half_day, start_time, end_time }| StoredSlot { date, half_day, start_time, end_time }),
    });
    json(&faults.collect::<Vec<_>>())
}

fn faults(column: &'static str, stored: Json) -> Result<Vec<LineFault>, Error> {
    let faults: Vec<StoredFault> = stored_json(column, stored)?;
    let faults = faults.into_iter().map(|fault| {
        let rule = Rule::from_code(&fault.code).ok_or_else(|| Error::Broken(format!("{column} holds an unknown code")))?;
        let moved_to = fault.moved_to.map(|StoredSlot { date, half_day, start_time, end_time }| Slot { date, half_day, start_time, end_time });
        Ok(LineFault { column: fault.column, rule, moved_to })
    });
    faults.collect()
}

/// Saves a submission with all that came of it.
pub async fn save(w: &Write, decided: &Decided<SubmissionReceived>) -> Result<(), Error> {
    let SubmissionReceived { submission: received, lines, sheets, links, event, .. } = &**decided;
    attendance::save(w, sheets).await?;
    let row = submission::Model {
        id: received.id.uuid(),
        organisation_id: received.organisation.uuid(),
        submitted_by: received.submitted_by.uuid(),
        received_at: received.received_at.utc(),
        format: received.format.code().to_owned(),
        on_error: received.on_error.code().to_owned(),
        result: received.result.code().to_owned(),
        ignored_columns: json(&received.ignored_columns)?,
        purged_at: None,
    };
    insert_all::<submission::Entity>(w, [row]).await?;
    let rows = lines.iter().zip(0..).map(|(line, position)| {
        Ok(submission_line::Model {
            submission_id: received.id.uuid(),
            position,
            line_number: line.line_number.and_then(|number| i32::try_from(number).ok()),
            external_id: line.external_id.clone().map(String::from),
            outcome: line.outcome.code().to_owned(),
            session_id: line.session.map(Id::uuid),
            enrolment_id: line.enrolment.map(Id::uuid),
            version: line.version,
            errors: kept_faults(&line.errors)?,
            warnings: kept_faults(&line.warnings)?,
            cells: Some(json(&line.cells)?),
        })
    });
    insert_all::<submission_line::Entity>(w, rows.collect::<Result<Vec<_>, Error>>()?).await?;
    save_links(w, links.iter().map(|(external_id, target)| (received.organisation, external_id, *target))).await?;
    held_lines::save_held(w, decided).await?;
    events::append(w, [event]).await
}

/// Saves what organisations' external ids are about from now on.
pub(crate) async fn save_links(w: &Write, links: impl Iterator<Item = (Id<Organisation>, &ExternalId, Target)>) -> Result<(), Error> {
    let rows = links.map(|(organisation, external_id, target)| partner_line::Model {
        organisation_id: organisation.uuid(),
        external_id: (**external_id).to_owned(),
        session_id: target.session.uuid(),
        enrolment_id: target.enrolment.uuid(),
        recorded_at: w.now().utc(),
    });
    insert_all::<partner_line::Entity>(w, rows.collect::<Vec<_>>()).await
}

fn visible_to<F: Function<Over = Submission>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            ["id", "organisation_id", "submitted_by", "received_at", "format", "on_error", "result", "ignored_columns", "purged_at"]
                .map(|column| ("submission", column)),
        )
        .from("submission");
    match scope.reach() {
        Reach::Organisation(own) => select.and_where(Expr::col(("submission", "organisation_id")).eq(own.uuid())),
        Reach::Department => &mut select,
        // Submissions belong to organisations: nobody accompanies one.
        Reach::Territories(_) | Reach::Accompanied(_) => select.and_where(Expr::val(1).eq(0)),
    };
    select
}

#[derive(FromQueryResult)]
struct LineRow {
    line_number: Option<i32>,
    external_id: Option<String>,
    outcome: String,
    session_id: Option<Uuid>,
    enrolment_id: Option<Uuid>,
    beneficiary_id: Option<Uuid>,
    version: Option<i32>,
    errors: Json,
    warnings: Json,
    cells: Option<Json>,
}

impl TryFrom<LineRow> for LineReceipt {
    type Error = Error;
    fn try_from(row: LineRow) -> Result<Self, Error> {
        let cells = row.cells.map(|cells| stored_json::<Cells>("submission_line.cells", cells)).transpose()?;
        Ok(Self {
            line_number: row.line_number.and_then(|number| u32::try_from(number).ok()),
            external_id: row.external_id.map(ExternalId::stored),
            outcome: stored("submission_line.outcome", &row.outcome)?,
            session: row.session_id.map(Id::new),
            enrolment: row.enrolment_id.map(Id::new),
            person: row.beneficiary_id.map(Id::new),
            version: row.version,
            errors: faults("submission_line.errors", row.errors)?,
            warnings: faults("submission_line.warnings", row.warnings)?,
            cells: cells.unwrap_or_default(),
        })
    }
}

/// A submission with what became of each line.
pub async fn find<F: Function<Over = Submission>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Submission>,
) -> Result<Option<(Submission, Vec<LineReceipt>)>, Error> {
    let Some(row) = one::<submission::Model>(source, &with_id(visible_to(scope), "submission", id.uuid())).await? else { return Ok(None) };
    let received = Submission {
        id,
        organisation: Id::new(row.organisation_id),
        submitted_by: Id::new(row.submitted_by),
        received_at: Instant::new(row.received_at),
        format: stored("submission.format", &row.format)?,
        on_error: stored("submission.on_error", &row.on_error)?,
        result: stored("submission.result", &row.result)?,
        ignored_columns: stored_json("submission.ignored_columns", row.ignored_columns)?,
    };
    let select = Query::select()
        .columns(
            ["line_number", "external_id", "outcome", "session_id", "enrolment_id", "version", "errors", "warnings", "cells"]
                .map(|column| ("submission_line", column)),
        )
        .column(("enrolment", "beneficiary_id"))
        .from("submission_line")
        .join(JoinType::LeftJoin, "enrolment", Expr::col(("enrolment", "id")).equals(("submission_line", "enrolment_id")))
        .and_where(Expr::col(("submission_line", "submission_id")).eq(id.uuid()))
        .order_by(("submission_line", "position"), Order::Asc)
        .take();
    let lines = all::<LineRow>(source, &select).await?.into_iter().map(LineReceipt::try_from).collect::<Result<_, _>>()?;
    Ok(Some((received, lines)))
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: Uuid,
}

/// The people whose references or enrolments stand in what lines said, whatever became of the lines: for the access log, never for a
/// reader.
pub async fn people_named(source: &impl Source, lines: &[LineReceipt]) -> Result<Vec<Uuid>, Error> {
    let reference = |line: &LineReceipt| line.cells.get(Column::PersonReference)?.parse::<PersonReference>().ok();
    let enrolment = |line: &LineReceipt| line.cells.get(Column::EnrolmentId)?.parse::<Uuid>().ok();
    let references: BTreeSet<String> = lines.iter().filter_map(reference).map(|reference| reference.to_string()).collect();
    let enrolments: BTreeSet<Uuid> = lines.iter().filter_map(enrolment).collect();
    let mut people = Vec::new();
    if !references.is_empty() {
        let select = Query::select().column("id").from("beneficiary").and_where(Expr::col("reference").is_in(references)).take();
        people.extend(all::<PersonRow>(source, &select).await?);
    }
    if !enrolments.is_empty() {
        let of_enrolments =
            Query::select().expr_as(Expr::col("beneficiary_id"), "id").from("enrolment").and_where(Expr::col("id").is_in(enrolments)).take();
        people.extend(all::<PersonRow>(source, &of_enrolments).await?);
    }
    Ok(people.into_iter().map(|row| row.id).collect())
}

/// Forgets what the lines said that came more than a year ago, those that still wait for a decision apart. Returns how many submissions.
pub async fn purge(w: &Write) -> Result<u64, Error> {
    let oldest = w.now().plus(-chrono::TimeDelta::days(365)).utc();
    let old = Query::select()
        .column("id")
        .from("submission")
        .and_where(Expr::col("received_at").lt(oldest))
        .and_where(Expr::col("purged_at").is_null())
        .take();
    let nothing = || Expr::val(None::<Json>);
    submission_line::Entity::update_many()
        .col_expr(submission_line::Column::Cells, nothing())
        .filter(Expr::col("submission_id").in_subquery(old))
        .exec(w.connection())
        .await?;
    held_line::Entity::update_many()
        .col_expr(held_line::Column::Cells, nothing())
        .filter(Expr::col("updated_at").lt(oldest))
        .filter(Expr::col("state").ne("waiting"))
        .filter(Expr::col("cells").is_not_null())
        .exec(w.connection())
        .await?;
    let purged = submission::Entity::update_many()
        .col_expr(submission::Column::PurgedAt, Expr::val(w.now().utc()))
        .filter(Expr::col("received_at").lt(oldest))
        .filter(Expr::col("purged_at").is_null())
        .exec(w.connection())
        .await?;
    Ok(purged.rows_affected)
}

#[cfg(test)]
mod tests {
    use domain::actor::{Role, System};
    use domain::organisation::OrganisationKind;
    use domain::policy::{ReadHeldLine, ReadSubmission, may};

    use super::*;
    use crate::given::{self, Home, now, on_both_engines, uuid};
    use crate::tables::{action, action_group, organisation, session};

    const OLD: u128 = 1;
    const YOUNG: u128 = 2;
    const WAITS: u128 = 71;
    const DISMISSED: u128 = 72;

    fn cells() -> Json {
        serde_json::json!({"last_name": "Exemple", "status": "present"})
    }

    fn held(id: u128, submission: u128, state: &str, at: sea_orm::prelude::DateTimeUtc) -> held_line::Model {
        let decided = state == "dismissed";
        held_line::Model {
            id: uuid(id),
            submission_id: uuid(submission),
            position: 0,
            line_number: None,
            organisation_id: uuid(10),
            session_id: uuid(40),
            code: "PERSON_NOT_EXPECTED".to_owned(),
            cells: Some(cells()),
            enrolment_id: None,
            beneficiary_id: None,
            state: state.to_owned(),
            choice: decided.then(|| "dismiss".to_owned()),
            decided_by: decided.then(|| System::Demo.principal().uuid()),
            decided_at: decided.then_some(at),
            reason: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    /// A submission of a year and a day ago, and one of a year ago to the millisecond, a line each.
    async fn two_submissions(home: &Home) {
        home.write(async |w: &Write| {
            insert_all::<organisation::Entity>(w, [given::organisation(uuid(10), OrganisationKind::Association)]).await?;
            insert_all::<action::Entity>(w, [given::action(uuid(20), uuid(10))]).await?;
            insert_all::<action_group::Entity>(w, [given::group(uuid(30), uuid(20))]).await?;
            insert_all::<session::Entity>(w, [given::session(uuid(40), uuid(30), "2026-11-17")]).await?;
            let submissions = [(OLD, 366), (YOUNG, 365)].map(|(id, days)| (id, now().plus(-chrono::TimeDelta::days(days)).utc()));
            for (id, at) in submissions {
                let row = submission::Model {
                    id: uuid(id),
                    organisation_id: uuid(10),
                    submitted_by: System::Demo.principal().uuid(),
                    received_at: at,
                    format: "csv".to_owned(),
                    on_error: "accept_valid".to_owned(),
                    result: "partly_applied".to_owned(),
                    ignored_columns: serde_json::json!([]),
                    purged_at: None,
                };
                insert_all::<submission::Entity>(w, [row]).await?;
                let line = submission_line::Model {
                    submission_id: uuid(id),
                    position: 0,
                    line_number: Some(2),
                    external_id: None,
                    outcome: "rejected".to_owned(),
                    session_id: None,
                    enrolment_id: None,
                    version: None,
                    errors: serde_json::json!([{"column": "status", "code": "CODE_UNKNOWN"}]),
                    warnings: serde_json::json!([]),
                    cells: Some(cells()),
                };
                insert_all::<submission_line::Entity>(w, [line]).await?;
            }
            let [(_, old), _] = submissions;
            insert_all::<held_line::Entity>(w, [held(WAITS, OLD, "waiting", old), held(DISMISSED, OLD, "dismissed", old)]).await
        })
        .await;
    }

    #[tokio::test]
    async fn what_lines_said_is_forgotten_after_a_year_and_what_became_of_them_is_not() {
        on_both_engines(async |home| {
            two_submissions(home).await;
            assert_eq!(home.write(purge).await, 1);
            assert_eq!(home.write(purge).await, 0, "once");

            let manager = given::professional(uuid(5), uuid(1), OrganisationKind::Department, Role::Manager);
            let scope = may::<ReadSubmission>(&manager, now()).unwrap();
            for (id, forgotten) in [(OLD, true), (YOUNG, false)] {
                let (_, lines) = find(home.db.read(), &scope, Id::new(uuid(id))).await.unwrap().unwrap();
                let [line] = lines.as_slice() else { panic!("{lines:?}") };
                assert_eq!(line.errors, [LineFault::at(Column::Status, Rule::CodeUnknown)]);
                assert_eq!(line.cells == Cells::default(), forgotten);
            }
            let scope = may::<ReadHeldLine>(&manager, now()).unwrap();
            for (id, forgotten) in [(WAITS, false), (DISMISSED, true)] {
                let held = held_lines::find(home.db.read(), &scope, Id::new(uuid(id))).await.unwrap().unwrap().line;
                assert_eq!(held.cells.is_none(), forgotten, "what waits is still to be decided on");
            }
        })
        .await;
    }
}
