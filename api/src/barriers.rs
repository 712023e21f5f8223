//! Barriers over HTTP: what holds a person back, recorded, edited and resolved. Which people a barrier holds back is a filter of their
//! list, in `beneficiaries`.

use actix_web::{HttpResponse, get, post, put};
use domain::barrier::{Around, BarrierImpact, BarrierKind, BarrierOrder, Resolution};
use domain::calendar::{Day, Instant};
use domain::ids::{BarrierId, BeneficiaryId};
use domain::policy::{ManageBarrier, ReadBarrier};
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::{barriers, beneficiaries, pieces};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{Flag, ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_barriers).service(record_barrier).service(read_barrier).service(edit_barrier).service(resolve_barrier);
}

/// Record what holds a person back, or edit it: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordBarrier {
    /// Of which kind.
    kind: BarrierKind,
    /// What it consists in, a code of `barrier_situations` that starts with the kind's own. One situation is open once.
    situation: Term,
    /// How far it stands in the way of work.
    impact: BarrierImpact,
    /// What is aimed at, a code of `barrier_goals` that starts with the kind's own; null or absent while nothing is.
    goal: Option<Term>,
    /// In words, 1 to 2,000 characters on several lines; null or absent when there is nothing to add. Of `health` nothing is written in
    /// words: the effect on steps towards work, by its code, and never a cause.
    note: Option<Note>,
    /// Since when it is known, today at the latest.
    opened_on: Day,
}

impl From<&RecordBarrier> for BarrierOrder {
    fn from(order: &RecordBarrier) -> Self {
        Self {
            kind: order.kind,
            situation: order.situation.clone(),
            impact: order.impact,
            goal: order.goal.clone(),
            note: order.note.clone(),
            opened_on: order.opened_on,
        }
    }
}

/// Say what became of a barrier (*levée de frein*).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolveBarrier {
    /// The day, between the first day and today.
    resolved_on: Day,
    /// What became of it, a code of `barrier_outcomes`.
    outcome: Term,
}

impl From<&ResolveBarrier> for Resolution {
    fn from(order: &ResolveBarrier) -> Self {
        Self { resolved_on: order.resolved_on, outcome: order.outcome.clone() }
    }
}

/// Something that holds a person back (*frein*), or did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Barrier {
    /// Its id.
    id: BarrierId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// Of which kind.
    kind: BarrierKind,
    /// What it consists in, a code of `barrier_situations`.
    situation: Term,
    /// How far it stands in the way of work.
    impact: BarrierImpact,
    /// What is aimed at, a code of `barrier_goals`; null while nothing is.
    goal: Option<Term>,
    /// In words; null when there is nothing to add, and always of `health`.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Since when it is known.
    opened_on: Day,
    /// The day it was resolved; null while it is open.
    resolved_on: Option<Day>,
    /// What became of it, a code of `barrier_outcomes`; null while it is open.
    outcome: Option<Term>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::barrier::Barrier> for Barrier {
    fn from(barrier: &domain::barrier::Barrier) -> Self {
        let about = &barrier.about;
        Self {
            id: barrier.id,
            beneficiary_id: barrier.beneficiary,
            kind: about.kind,
            situation: about.situation.clone(),
            impact: about.impact,
            goal: about.goal.clone(),
            note: about.note.as_deref().map(str::to_owned),
            opened_on: about.opened_on,
            resolved_on: barrier.resolution.as_ref().map(|resolution| resolution.resolved_on),
            outcome: barrier.resolution.as_ref().map(|resolution| resolution.outcome.clone()),
            version: barrier.stamp.version,
            updated_at: barrier.stamp.updated_at,
        }
    }
}

impl Shows for Barrier {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Barrier {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of barriers.
pub(crate) type BarrierPage = Page<Barrier>;

/// Which barriers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BarrierFilter {
    /// Only those that are open, or only those that are resolved; both when absent.
    #[param(value_type = Option<bool>)]
    open: Option<Flag>,
}

/// List what holds a person back
///
/// Resolved barriers too, in the order in which they were recorded. Synchronise without `open`: a barrier that is resolved leaves that
/// list without a word.
#[utoipa::path(get, tag = "People", operation_id = "listBarriers", extensions(("x-permission" = json!("read_barrier"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams, BarrierFilter),
    responses((status = 200, description = "Barriers.", body = BarrierPage)))]
#[get("/beneficiaries/{id}/barriers")]
pub(crate) async fn list_barriers(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBarrier>()?;
    let (filter, asked) = call.list::<BarrierFilter>(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = barriers::list(call.read(), &scope, person.id, filter.open.map(|flag| flag.0), &asked.listing).await?;
    call.show_page(&asked, rows, |barrier| Barrier::from(&barrier)).await
}

/// Record what holds a person back
///
/// By its kind and a coded situation. The same situation open already: 409 `BARRIER_OPEN`; it may come back once it was resolved.
#[utoipa::path(post, tag = "People", operation_id = "recordBarrier", extensions(("x-permission" = json!("manage_barrier"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordBarrier,
    responses((status = 201, description = "The barrier.", body = Barrier)))]
#[post("/beneficiaries/{id}/barriers")]
pub(crate) async fn record_barrier(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBarrier, RecordBarrier>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let barriers = pieces::all_of(w, scope, person.id).await?;
            let around = Around { barriers: &barriers, vocabulary: &call.shared().vocabulary };
            let recorded = domain::barrier::Barrier::record(scope, w.id(), &person, wish.into(), around)?;
            pieces::save(w, &recorded).await?;
            show::created(format!("/v1/barriers/{}", recorded.after.id), &Barrier::from(&recorded.after))
        })
        .await
}

/// Read a barrier
#[utoipa::path(get, tag = "People", operation_id = "readBarrier", extensions(("x-permission" = json!("read_barrier"))),
    params(("id" = BarrierId, Path, description = "The barrier.")),
    responses((status = 200, description = "The barrier.", body = Barrier)))]
#[get("/barriers/{id}")]
pub(crate) async fn read_barrier(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBarrier>()?;
    let barrier = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Barrier::from(&barrier)).await
}

/// Edit a barrier
///
/// While it is open (then 409 `BARRIER_RESOLVED`).
#[utoipa::path(put, tag = "People", operation_id = "editBarrier", extensions(("x-permission" = json!("manage_barrier"))),
    params(("id" = BarrierId, Path, description = "The barrier.")), request_body = RecordBarrier,
    responses((status = 200, description = "The barrier, as it is now.", body = Barrier)))]
#[put("/barriers/{id}")]
pub(crate) async fn edit_barrier(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBarrier, RecordBarrier>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, barrier) = call.lock_piece(w, scope).await?;
            call.check_if_match(barrier.stamp.version)?;
            let barriers = pieces::all_of(w, scope, person.id).await?;
            let around = Around { barriers: &barriers, vocabulary: &call.shared().vocabulary };
            let edited = barrier.edit(scope, &person, wish.into(), around)?;
            pieces::save(w, &edited).await?;
            show::ok(&Barrier::from(&edited.after))
        })
        .await
}

/// Resolve a barrier
///
/// Says what became of it, for good: the same again changes nothing, another day or outcome is refused (409 `BARRIER_RESOLVED`). What
/// comes back is recorded anew.
#[utoipa::path(post, tag = "People", operation_id = "resolveBarrier", extensions(("x-permission" = json!("manage_barrier"))),
    params(("id" = BarrierId, Path, description = "The barrier.")), request_body = ResolveBarrier,
    responses((status = 200, description = "The barrier, resolved.", body = Barrier)))]
#[post("/barriers/{id}/resolution")]
pub(crate) async fn resolve_barrier(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBarrier, ResolveBarrier>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, barrier) = call.lock_piece(w, scope).await?;
            let resolved = barrier.resolve(scope, &person, wish.into(), &call.shared().vocabulary)?;
            let Some(resolved) = resolved else { return show::ok(&Barrier::from(&barrier)) };
            pieces::save(w, &resolved).await?;
            show::ok(&Barrier::from(&resolved.after))
        })
        .await
}
