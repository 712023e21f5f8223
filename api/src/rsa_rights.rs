//! RSA rights over HTTP: episodes and their duties, as managers write them by hand. The files of the CAF and the MSA are not read here.

use actix_web::{HttpResponse, get, post, put};
use domain::calendar::{Day, Instant, Period};
use domain::identifier::department::DepartmentCode;
use domain::ids::{BeneficiaryId, RsaRightId};
use domain::orientation::Orientation;
use domain::policy::{ManageRsaRight, ReadRsaRight};
use domain::rsa_right::{DutiesOrder, RightSource, RsaRightOrder};
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
    routes
        .service(list_rsa_rights)
        .service(record_rsa_right)
        .service(read_rsa_right)
        .service(edit_rsa_right)
        .service(record_duties)
        .service(cancel_rsa_right);
}

/// Record an episode of RSA right, or edit one: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordRsaRight {
    /// First day, today at the latest.
    entered_on: Day,
    /// Last day, inclusive, at most 62 days ahead; null or absent while no end is known.
    left_on: Option<Day>,
    /// Why it ends, a code of `rsa_closing_reasons` on its last day; null or absent exactly when `left_on` is.
    left_reason: Option<Term>,
    /// The day on which the département learned that the right was opened or transferred, today at the latest: the six weeks for the
    /// orientation run from it (CASF D262-65-2). Null or absent when it is not known.
    information_received_on: Option<Day>,
    /// The département that the person came from; null or absent when they did not move.
    transferred_from: Option<DepartmentCode>,
}

impl From<&RecordRsaRight> for RsaRightOrder {
    fn from(order: &RecordRsaRight) -> Self {
        Self {
            entered_on: order.entered_on,
            left_on: order.left_on,
            left_reason: order.left_reason.clone(),
            information_received_on: order.information_received_on,
            transferred_from: order.transferred_from.clone(),
        }
    }
}

/// Say whether a person is subject to the duties from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordDuties {
    /// Whether they are, as the CAF or the MSA tells it.
    subject: bool,
    /// First day, within the episode, after the first day of the former period, and today at the latest.
    starts_on: Day,
    /// The day on which the CAF or the MSA notified the département (CASF R262-65-1), today at the latest; null or absent when it is
    /// not known.
    notified_on: Option<Day>,
}

impl From<&RecordDuties> for DutiesOrder {
    fn from(order: &RecordDuties) -> Self {
        Self { subject: order.subject, starts_on: order.starts_on, notified_on: order.notified_on }
    }
}

/// An episode of RSA right: from one entry to the end that follows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RsaRight {
    /// Its id.
    id: RsaRightId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// First day.
    entered_on: Day,
    /// Last day, inclusive, up to 62 days ahead; null while no end is known.
    left_on: Option<Day>,
    /// Why it ends, a code of `rsa_closing_reasons`; null while no end is known.
    left_reason: Option<Term>,
    /// The day on which the département learned that the right was opened or transferred; null when it is not known.
    information_received_on: Option<Day>,
    /// The département that the person came from; null when they did not move, or when it is not known.
    transferred_from: Option<DepartmentCode>,
    /// How it became known.
    source: RightSource,
    /// Whether the person is subject to the duties (CASF L262-28), by first day. One period follows the other; before the first, nothing
    /// is known.
    #[schema(max_items = 400)]
    duties: Vec<Duties>,
    /// First day of the last period of duties; null when it says that the person is not subject to them, when there is none, and once the
    /// right is cancelled. They are until `left_on`, if that is known.
    subject_since: Option<Day>,
    /// When it was cancelled, as recorded by mistake: it counts no more; null while it counts.
    cancelled_at: Option<Instant>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

/// A period of duties, or without any.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Duties {
    /// Whether the person is subject to the duties.
    subject: bool,
    /// First day.
    starts_on: Day,
    /// Last day, inclusive: the day before the next period, or the last of the right; null while neither is known.
    ends_on: Option<Day>,
    /// The day on which the CAF or the MSA notified the département; null when it is not known.
    notified_on: Option<Day>,
    /// How it became known.
    source: RightSource,
}

impl Duties {
    fn new((duties, period): (&domain::rsa_right::Duties, Period)) -> Self {
        Self { subject: duties.subject, starts_on: period.starts_on, ends_on: period.ends_on, notified_on: duties.notified_on, source: duties.source }
    }
}

impl From<&domain::rsa_right::RsaRight> for RsaRight {
    fn from(right: &domain::rsa_right::RsaRight) -> Self {
        Self {
            id: right.id,
            beneficiary_id: right.beneficiary,
            entered_on: right.entered_on,
            left_on: right.period().ends_on,
            left_reason: right.end.as_ref().map(|(_, reason)| reason.clone()),
            information_received_on: right.information_received_on,
            transferred_from: right.transferred_from.clone(),
            source: right.source,
            duties: right.duties_periods().map(Duties::new).collect(),
            subject_since: right.subject_since(),
            cancelled_at: right.cancelled_at,
            version: right.stamp.version,
            updated_at: right.stamp.updated_at,
        }
    }
}

impl Shows for RsaRight {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for RsaRight {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of RSA rights.
pub(crate) type RsaRightPage = Page<RsaRight>;

/// List the RSA rights of a person
///
/// One per entry, the cancelled ones too, in the order in which they were recorded.
#[utoipa::path(get, tag = "People", operation_id = "listRsaRights", extensions(("x-permission" = json!("read_rsa_right"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams),
    responses((status = 200, description = "RSA rights.", body = RsaRightPage)))]
#[get("/beneficiaries/{id}/rsa-rights")]
pub(crate) async fn list_rsa_rights(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadRsaRight>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = pieces::list(call.read(), &scope, person.id, &asked.listing).await?;
    call.show_page(&asked, rows, |right| RsaRight::from(&right)).await
}

/// Record an RSA right
///
/// By hand, for a person whom no file of the CAF or the MSA tells of. Two episodes of one person share no day (409 `RIGHT_OVERLAPS`),
/// unless one was cancelled.
#[utoipa::path(post, tag = "People", operation_id = "recordRsaRight", extensions(("x-permission" = json!("manage_rsa_right"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordRsaRight,
    responses((status = 201, description = "The right.", body = RsaRight)))]
#[post("/beneficiaries/{id}/rsa-rights")]
pub(crate) async fn record_rsa_right(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageRsaRight, RecordRsaRight>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let rights = pieces::all_of(w, scope, person.id).await?;
            let vocabulary = &call.shared().vocabulary;
            let recorded = domain::rsa_right::RsaRight::record(scope, w.id(), &person, &rights, wish.into(), vocabulary)?;
            pieces::save(w, &recorded).await?;
            show::created(format!("/v1/rsa-rights/{}", recorded.after.id), &RsaRight::from(&recorded.after))
        })
        .await
}

/// Read an RSA right
#[utoipa::path(get, tag = "People", operation_id = "readRsaRight", extensions(("x-permission" = json!("read_rsa_right"))),
    params(("id" = RsaRightId, Path, description = "The right.")),
    responses((status = 200, description = "The right.", body = RsaRight)))]
#[get("/rsa-rights/{id}")]
pub(crate) async fn read_rsa_right(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadRsaRight>()?;
    let right = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&RsaRight::from(&right)).await
}

/// Edit an RSA right
///
/// Its days and what is known of them, around the duties it has: one that would lie outside is refused (`OUTSIDE_RIGHT`). Giving
/// `left_on` ends it. A cancelled one is no longer edited (409 `ENTRY_CANCELLED`).
#[utoipa::path(put, tag = "People", operation_id = "editRsaRight", extensions(("x-permission" = json!("manage_rsa_right"))),
    params(("id" = RsaRightId, Path, description = "The right.")), request_body = RecordRsaRight,
    responses((status = 200, description = "The right, as it is now.", body = RsaRight)))]
#[put("/rsa-rights/{id}")]
pub(crate) async fn edit_rsa_right(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageRsaRight, RecordRsaRight>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, right) = call.lock_piece(w, scope).await?;
            call.check_if_match(right.stamp.version)?;
            let rights = pieces::all_of(w, scope, person.id).await?;
            let edited = right.edit(scope, &person, &rights, wish.into(), &call.shared().vocabulary)?;
            pieces::save(w, &edited).await?;
            show::ok(&RsaRight::from(&edited.after))
        })
        .await
}

/// Say who is subject to duties
///
/// From a day on: the former period ends the day before. Only a later day than its first is taken (`DAY_TOO_EARLY`), within the right
/// (`OUTSIDE_RIGHT`), unless that was cancelled (409 `ENTRY_CANCELLED`): a first day that is wrong is put right by cancelling the right
/// and recording it anew. The same as the last period again changes nothing. Whoever becomes subject to them is to be oriented: an orientation
/// opens in `to_orient`, unless one is under way or in force.
#[utoipa::path(post, tag = "People", operation_id = "recordDuties", extensions(("x-permission" = json!("manage_rsa_right"))),
    params(("id" = RsaRightId, Path, description = "The right.")), request_body = RecordDuties,
    responses((status = 200, description = "The right, with its duties.", body = RsaRight)))]
#[post("/rsa-rights/{id}/duties")]
pub(crate) async fn record_duties(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageRsaRight, RecordDuties>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, right) = call.lock_piece(w, scope).await?;
            let Some(recorded) = right.record_duties(scope, &person, wish.into())? else { return show::ok(&RsaRight::from(&right)) };
            pieces::save(w, &recorded).await?;
            let others = pieces::for_rules::<Orientation>(w, person.id).await?;
            if let Some(opened) = Orientation::open_for_duties(&recorded, w.id(), &others) {
                pieces::save(w, &opened).await?;
            }
            show::ok(&RsaRight::from(&recorded.after))
        })
        .await
}

/// Cancel an RSA right
///
/// Recorded by mistake, or once too often, as in two files of one person before they are merged: it stays readable, with its duties, and
/// counts no more. The orientation that it opened is not closed by it (`closeOrientation`, reason `mistake`). Cancelling it again changes
/// nothing.
#[utoipa::path(post, tag = "People", operation_id = "cancelRsaRight", extensions(("x-permission" = json!("manage_rsa_right"))),
    params(("id" = RsaRightId, Path, description = "The right.")),
    responses((status = 200, description = "The right, cancelled.", body = RsaRight)))]
#[post("/rsa-rights/{id}/cancellation")]
pub(crate) async fn cancel_rsa_right(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageRsaRight, Nothing>(&body).await?;
    order
        .write(async |w, scope, Nothing {}| {
            let (person, right) = call.lock_piece(w, scope).await?;
            let Some(cancelled) = right.cancel(scope, &person)? else { return show::ok(&RsaRight::from(&right)) };
            pieces::save(w, &cancelled).await?;
            show::ok(&RsaRight::from(&cancelled.after))
        })
        .await
}
