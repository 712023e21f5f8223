//! Held lines over HTTP: reading them, deciding on them. The rules are in `domain::submission::held`.

use actix_web::{HttpResponse, get, post};
use domain::attendance::AttendanceStatus;
use domain::calendar::{Day, HalfDay, Instant};
use domain::ids::{EnrolmentId, GroupId, HeldLineId, OrganisationId, PrincipalId, SessionId, SubmissionId};
use domain::policy::{DecideHeldLine, ReadAttendance, ReadHeldLine};
use domain::submission::cells::Column;
use domain::submission::held::{self, HeldChoice, HeldCode, HeldLineOrder, HeldState};
use domain::submission::line::{Labels, Line, Operation};
use domain::submission::receiving::Rules;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::Answer;
use persistence::held_lines::{self, Designating, HeldLineQuery};
use persistence::machinery::reference;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    // The literal before the parameter: a path asked with a wrong verb is told the verbs of its own.
    routes.service(list_held_lines).service(decide_held_lines).service(read_held_line);
}

/// A line of a submission that the département decides on. What it said is forgotten a year after it was decided; its fate stays.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldLine {
    /// Its id.
    id: HeldLineId,
    /// The submission it came with.
    submission_id: SubmissionId,
    /// Its place among the lines, from 0.
    #[schema(minimum = 0, maximum = 4999)]
    index: i32,
    /// Its line in the file, the header being line 1; null in JSON.
    #[schema(minimum = 1)]
    line_number: Option<u32>,
    /// Who sent it.
    organisation_id: OrganisationId,
    /// Why it is held.
    code: HeldCode,
    /// What became of it.
    state: HeldState,
    /// The session it is about.
    session_id: SessionId,
    /// The session's reference.
    #[schema(max_length = 40)]
    session_reference: String,
    /// The session's group.
    group_id: GroupId,
    /// The group's name.
    #[schema(max_length = 200)]
    group_name: String,
    /// The action's name.
    #[schema(max_length = 200)]
    action_name: String,
    /// The day of the session.
    date: Day,
    /// The half of that day.
    half_day: HalfDay,
    /// The partner's own name of the line; null when it has none or is forgotten.
    #[schema(max_length = 128)]
    external_id: Option<String>,
    /// What it asks for; null once forgotten.
    operation: Option<Operation>,
    /// The enrolment it designates, or was attached to; null when it designates nobody expected.
    enrolment_id: Option<EnrolmentId>,
    /// The person, as the partner wrote it; null when not given or forgotten.
    #[schema(max_length = 64)]
    person_reference: Option<String>,
    /// Family name, as the partner wrote it; null when not given or forgotten.
    #[schema(max_length = 100)]
    last_name: Option<String>,
    /// First name, as the partner wrote it; null when not given or forgotten.
    #[schema(max_length = 100)]
    first_name: Option<String>,
    /// How they attended; null for a void, or once forgotten.
    status: Option<AttendanceStatus>,
    /// Minutes attended; null otherwise.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<i32>,
    /// Why they were absent, a code of `absence_reasons`; null otherwise.
    reason: Option<Term>,
    /// Whether the participant's signature was seen; null when nobody looked.
    signed: Option<bool>,
    /// When it was submitted.
    received_at: Instant,
    /// What was decided; null while nothing is.
    decision: Option<HeldChoice>,
    /// By whom; null while nothing is.
    decided_by: Option<PrincipalId>,
    /// When; null while nothing is.
    decided_at: Option<Instant>,
    /// Why it was dismissed; null otherwise.
    #[schema(max_length = 2000)]
    decision_reason: Option<String>,
    /// Its version, one more when it is decided.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
    #[serde(skip)]
    people: Vec<Uuid>,
}

impl HeldLine {
    fn new(line: &held::HeldLine, people: Vec<Uuid>, labels: &Labels) -> Self {
        let said = line.line(labels);
        let order = said.as_ref().and_then(|line: &Line| line.asks.as_ref().ok()?.as_ref());
        let value = order.map(|order| &order.value);
        let cell = |column: Column| line.cells.as_ref().and_then(|cells| cells.get(column)).map(str::to_owned);
        let decision = line.decision.as_ref();
        Self {
            id: line.id,
            submission_id: line.submission,
            index: line.index,
            line_number: line.line_number,
            organisation_id: line.organisation,
            code: line.code,
            state: line.state,
            session_id: line.at.session,
            session_reference: line.at.reference.clone(),
            group_id: line.at.group,
            group_name: line.at.group_name.to_string(),
            action_name: line.at.action_name.to_string(),
            date: line.at.date,
            half_day: line.at.half_day,
            external_id: cell(Column::ExternalId),
            operation: order.map(|order| order.operation),
            enrolment_id: line.enrolment,
            person_reference: cell(Column::PersonReference),
            last_name: cell(Column::LastName),
            first_name: cell(Column::FirstName),
            status: value.and_then(|value| value.status),
            minutes: value.and_then(|value| value.minutes),
            reason: value.and_then(|value| value.reason.clone()),
            signed: value.and_then(|value| value.signed),
            received_at: line.stamp.created_at,
            decision: decision.map(|decision| decision.choice),
            decided_by: decision.map(|decision| decision.decided_by),
            decided_at: decision.map(|decision| decision.decided_at),
            decision_reason: decision.and_then(|decision| decision.reason.clone()).map(String::from),
            version: line.stamp.version,
            updated_at: line.stamp.updated_at,
            people,
        }
    }
}

impl Shows for HeldLine {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(&self.people);
    }
}
impl Resource for HeldLine {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of held lines.
pub(crate) type HeldLinePage = Page<HeldLine>;

/// Which held lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HeldLineFilter {
    /// Of this submission.
    submission_id: Option<SubmissionId>,
    /// In this state.
    state: Option<HeldState>,
}

/// List held lines
///
/// Oldest first. A partner sees its own; a caseworker those about the people they accompany, or about somebody unknown in a group that
/// meets in their territory; a manager all.
#[utoipa::path(get, tag = "Attendance", operation_id = "listHeldLines", extensions(("x-permission" = json!("read_held_line"))),
    params(ListParams, SyncParams, HeldLineFilter), responses((status = 200, description = "Held lines.", body = HeldLinePage)))]
#[get("/held-lines")]
pub(crate) async fn list_held_lines(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadHeldLine>()?;
    let (filter, asked) = call.list::<HeldLineFilter>(true)?;
    let query = HeldLineQuery { submission: filter.submission_id, state: filter.state };
    let rows = held_lines::list(call.read(), &scope, &query, &asked.listing).await?;
    let labels = &call.shared().labels;
    call.show_page(&asked, rows, |Designating { line, people }| HeldLine::new(&line, people, labels)).await
}

/// Read a held line
#[utoipa::path(get, tag = "Attendance", operation_id = "readHeldLine", extensions(("x-permission" = json!("read_held_line"))),
    params(("id" = HeldLineId, Path, description = "The held line.")),
    responses((status = 200, description = "The line.", body = HeldLine)))]
#[get("/held-lines/{id}")]
pub(crate) async fn read_held_line(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadHeldLine>()?;
    let Designating { line, people } = held_lines::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&HeldLine::new(&line, people, &call.shared().labels)).await
}

/// Decide on held lines.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideHeldLines {
    /// What is decided on each line.
    #[schema(min_items = 1, max_items = 500)]
    #[serde(deserialize_with = "one_to_500")]
    decisions: Vec<DecideLine>,
}

/// Decide on one held line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideLine {
    /// The line.
    held_line_id: HeldLineId,
    /// `apply`: the line is right, mark the person it designates. `attach`: it is about `enrolment_id`. `dismiss`: it is wrong.
    decision: HeldChoice,
    /// With `attach`: whom the line is about, by their enrolment in the session's group.
    enrolment_id: Option<EnrolmentId>,
    /// With `dismiss`: why, in words that the partner reads.
    reason: Option<Note>,
}

fn one_to_500<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DecideLine>, D::Error> {
    let decisions: Vec<DecideLine> = domain::form::at_most::<500, _, _>(deserializer)?;
    if decisions.is_empty() { Err(de::Error::custom(domain::refusal::Rule::TooManyItems)) } else { Ok(decisions) }
}

impl From<&DecideLine> for HeldLineOrder {
    fn from(order: &DecideLine) -> Self {
        Self { line: order.held_line_id, choice: order.decision, enrolment: order.enrolment_id, reason: order.reason.clone() }
    }
}

/// Held lines after a decision, in the order in which they were asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldLines {
    /// The lines.
    #[schema(max_items = 500)]
    items: Vec<HeldLine>,
}

impl Shows for HeldLines {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.items.iter().for_each(|line| line.people(people));
    }
}

/// Decide on held lines
///
/// Up to 500 at once, all or none: a fault of one is told with its place, and nothing is decided. The same decision again changes
/// nothing. A manager decides on every line; a caseworker on those of their people with `PERSON_NOT_EXPECTED` or `NAME_MISMATCH`.
/// `apply` of somebody not expected wants them enrolled first.
#[utoipa::path(post, tag = "Attendance", operation_id = "decideHeldLines", extensions(("x-permission" = json!("decide_held_line"))),
    request_body = DecideHeldLines, responses((status = 200, description = "The lines, decided.", body = HeldLines)))]
#[post("/held-lines/decisions")]
pub(crate) async fn decide_held_lines(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<DecideHeldLine, DecideHeldLines>(&body).await?;
    let sheets = call.may::<ReadAttendance>()?;
    let (labels, vocabulary) = (&call.shared().labels, &call.shared().vocabulary);
    order
        .write(async |w, scope, wish| {
            let orders: Vec<HeldLineOrder> = wish.decisions.iter().map(HeldLineOrder::from).collect();
            let ids: Vec<HeldLineId> = orders.iter().map(|order| order.line).collect();
            let docket = held_lines::lock(w, scope, &sheets.at(w.now()), &ids, labels).await?;
            let settings = reference::settings(w).await?;
            let lines: Vec<held::HeldLine> = docket.lines.iter().map(|one| one.line.clone()).collect();
            let rules = Rules { labels, settings: &settings, vocabulary };
            let decided = held::decide(scope, &orders, &lines, docket.sheets, &docket.links, rules)?;
            held_lines::save(w, &decided).await?;
            let whom = |line: &held::HeldLine| -> Vec<Uuid> {
                let designated = docket.lines.iter().filter(|one| one.line.id == line.id).flat_map(|one| one.people.iter().copied());
                let attached = decided.changes.iter().filter(|(one, _)| one.id == line.id).filter_map(|(_, event)| event.beneficiary);
                designated.chain(attached.map(domain::id::Id::uuid)).collect()
            };
            let shown = HeldLines { items: decided.lines.iter().map(|line| HeldLine::new(line, whom(line), labels)).collect() };
            let mut people = Vec::new();
            shown.people(&mut people);
            Ok(Answer { status: 200, body: show::bytes(&shown)?, people, ..Answer::default() })
        })
        .await
}
