//! Milestones over HTTP: what a person came through, recorded, edited, and cancelled where it was a mistake. What they prove of an action
//! is counted elsewhere.

use actix_web::{HttpResponse, get, post, put};
use domain::calendar::{Day, Instant};
use domain::ids::{BeneficiaryId, MilestoneId};
use domain::milestone::MilestoneOrder;
use domain::policy::{ReadMilestone, RecordMilestone as Record};
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::{beneficiaries, pieces};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::{NoFilter, Nothing};
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_milestones).service(record_milestone).service(read_milestone).service(edit_milestone).service(cancel_milestone);
}

/// Record a milestone, or edit one: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordMilestone {
    /// What it is, a code of `milestone_kinds`.
    kind: Term,
    /// The day on which it came about, today at the latest and not before the person was born.
    occurred_on: Day,
    /// How it is known, a code of `milestone_sources`.
    source: Term,
    /// What there is to add, 1 to 2,000 characters on several lines; null or absent when there is nothing.
    comment: Option<Note>,
}

impl From<&RecordMilestone> for MilestoneOrder {
    fn from(order: &RecordMilestone) -> Self {
        let RecordMilestone { kind, occurred_on, source, comment } = order;
        Self { kind: kind.clone(), occurred_on: *occurred_on, source: source.clone(), comment: comment.clone() }
    }
}

/// Something that a person came through, during an action or after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Milestone {
    /// Its id.
    id: MilestoneId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// What it is, a code of `milestone_kinds`.
    kind: Term,
    /// The day on which it came about.
    occurred_on: Day,
    /// How it is known, a code of `milestone_sources`.
    source: Term,
    /// What there is to add; null when there is nothing.
    #[schema(max_length = 2000)]
    comment: Option<String>,
    /// When it was cancelled, as recorded by mistake: it counts no more; null while it counts.
    cancelled_at: Option<Instant>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::milestone::Milestone> for Milestone {
    fn from(milestone: &domain::milestone::Milestone) -> Self {
        Self {
            id: milestone.id,
            beneficiary_id: milestone.beneficiary,
            kind: milestone.about.kind.clone(),
            occurred_on: milestone.about.occurred_on,
            source: milestone.about.source.clone(),
            comment: milestone.about.comment.as_deref().map(str::to_owned),
            cancelled_at: milestone.cancelled_at,
            version: milestone.stamp.version,
            updated_at: milestone.stamp.updated_at,
        }
    }
}

impl Shows for Milestone {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Milestone {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of milestones.
pub(crate) type MilestonePage = Page<Milestone>;

/// List the milestones of a person
///
/// Cancelled ones too, in the order in which they were recorded.
#[utoipa::path(get, tag = "People", operation_id = "listMilestones", extensions(("x-permission" = json!("read_milestone"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams),
    responses((status = 200, description = "Milestones.", body = MilestonePage)))]
#[get("/beneficiaries/{id}/milestones")]
pub(crate) async fn list_milestones(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadMilestone>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = pieces::list(call.read(), &scope, person.id, &asked.listing).await?;
    call.show_page(&asked, rows, |milestone| Milestone::from(&milestone)).await
}

/// Record a milestone
///
/// Whenever it came about, also long after an action: it is what the action's worth is shown by.
#[utoipa::path(post, tag = "People", operation_id = "recordMilestone", extensions(("x-permission" = json!("record_milestone"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordMilestone,
    responses((status = 201, description = "The milestone.", body = Milestone)))]
#[post("/beneficiaries/{id}/milestones")]
pub(crate) async fn record_milestone(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, RecordMilestone>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let recorded = domain::milestone::Milestone::record(scope, w.id(), &person, wish.into(), &call.shared().vocabulary)?;
            pieces::save(w, &recorded).await?;
            show::created(format!("/v1/milestones/{}", recorded.after.id), &Milestone::from(&recorded.after))
        })
        .await
}

/// Read a milestone
#[utoipa::path(get, tag = "People", operation_id = "readMilestone", extensions(("x-permission" = json!("read_milestone"))),
    params(("id" = MilestoneId, Path, description = "The milestone.")),
    responses((status = 200, description = "The milestone.", body = Milestone)))]
#[get("/milestones/{id}")]
pub(crate) async fn read_milestone(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadMilestone>()?;
    let milestone = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Milestone::from(&milestone)).await
}

/// Edit a milestone
///
/// A cancelled one is no longer edited (409 `ENTRY_CANCELLED`).
#[utoipa::path(put, tag = "People", operation_id = "editMilestone", extensions(("x-permission" = json!("record_milestone"))),
    params(("id" = MilestoneId, Path, description = "The milestone.")), request_body = RecordMilestone,
    responses((status = 200, description = "The milestone, as it is now.", body = Milestone)))]
#[put("/milestones/{id}")]
pub(crate) async fn edit_milestone(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, RecordMilestone>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, milestone) = call.lock_piece(w, scope).await?;
            call.check_if_match(milestone.stamp.version)?;
            let edited = milestone.edit(scope, &person, wish.into(), &call.shared().vocabulary)?;
            pieces::save(w, &edited).await?;
            show::ok(&Milestone::from(&edited.after))
        })
        .await
}

/// Cancel a milestone
///
/// Recorded by mistake, it stays readable and counts no more. Cancelling it again changes nothing.
#[utoipa::path(post, tag = "People", operation_id = "cancelMilestone", extensions(("x-permission" = json!("record_milestone"))),
    params(("id" = MilestoneId, Path, description = "The milestone.")),
    responses((status = 200, description = "The milestone, cancelled.", body = Milestone)))]
#[post("/milestones/{id}/cancellation")]
pub(crate) async fn cancel_milestone(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, Nothing>(&body).await?;
    order
        .write(async |w, scope, Nothing {}| {
            let (person, milestone) = call.lock_piece(w, scope).await?;
            let Some(cancelled) = milestone.cancel(scope, &person)? else { return show::ok(&Milestone::from(&milestone)) };
            pieces::save(w, &cancelled).await?;
            show::ok(&Milestone::from(&cancelled.after))
        })
        .await
}
