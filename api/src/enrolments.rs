//! Enrolments over HTTP: giving a person a seat in a group, ending it, and what it brought. Who came is on the attendance sheet.

use actix_web::{HttpResponse, get, post, put};
use domain::action::Theme;
use domain::calendar::{Day, HalfDay, Instant};
use domain::enrolment::{AssessOrder, EndReason, EnrolOrder, Origin};
use domain::form::at_most;
use domain::identifier::person_reference::PersonReference;
use domain::ids::{ActionId, BeneficiaryId, EnrolmentId, GroupId, ReferralId};
use domain::policy::{CloseEnrolment, Enrol, Function, ReadEnrolment, Scope};
use domain::session::WarningCode;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::enrolments::{self, Clash};
use persistence::{Write, beneficiaries, groups, referrals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::referrals::seats::SeatToFree;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_enrolments).service(enrol_person).service(read_enrolment).service(end_enrolment).service(assess_enrolment);
}

/// Enrol a person in a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolPerson {
    /// Whom.
    beneficiary_id: BeneficiaryId,
    /// First day, within the group's period.
    starts_on: Day,
    /// The day it is meant to end, within the group's period; null or absent when nothing is planned. The seat is kept until the
    /// enrolment is ended.
    planned_end_on: Option<Day>,
    /// What the person lives on at entry, a code of `statuses_at_entry`.
    status_at_entry: Term,
}

impl From<&EnrolPerson> for EnrolOrder {
    fn from(order: &EnrolPerson) -> Self {
        Self { starts_on: order.starts_on, planned_end_on: order.planned_end_on, status_at_entry: order.status_at_entry.clone() }
    }
}

/// End an enrolment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndEnrolment {
    /// Last day, inclusive, past or to come, within the group's period.
    ends_on: Day,
    /// Why. Only a manager excludes.
    end_reason: EndReason,
}

/// Assess what an enrolment brought: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessEnrolment {
    /// How far the aptitudes of each theme are acquired, each theme once; absent = none.
    #[schema(max_items = 5)]
    #[serde(default, deserialize_with = "at_most::<5, _, _>")]
    aptitudes: Vec<Aptitude>,
    /// What follows, a code of `next_steps`.
    next_step: Term,
    /// In words, 1 to 2,000 characters on several lines; null or absent when there is nothing to add.
    text: Option<Note>,
}

impl From<&AssessEnrolment> for AssessOrder {
    fn from(order: &AssessEnrolment) -> Self {
        let aptitudes = order.aptitudes.iter().map(|aptitude| (aptitude.theme, aptitude.level.clone()));
        Self { aptitudes: aptitudes.collect(), next_step: order.next_step.clone(), text: order.text.clone() }
    }
}

/// How far the aptitudes of one theme are acquired.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aptitude {
    /// The theme.
    theme: Theme,
    /// How far, a code of `aptitude_levels`.
    level: Term,
}

/// A person's seat in a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Enrolment {
    /// Its id.
    id: EnrolmentId,
    /// The group.
    group_id: GroupId,
    /// The group's name.
    #[schema(max_length = 200, example = "Limoges, mardi et jeudi")]
    group_name: String,
    /// The group's action.
    action_id: ActionId,
    /// The action's name.
    #[schema(max_length = 200, example = "Atelier de mobilisation et d'insertion")]
    action_name: String,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// The person's reference.
    person_reference: PersonReference,
    /// Family name; null once purged.
    #[schema(max_length = 100, example = "Exemple")]
    last_name: Option<String>,
    /// First name; null once purged.
    #[schema(max_length = 100, example = "Camille")]
    first_name: Option<String>,
    /// First day.
    starts_on: Day,
    /// The day it is meant to end; null when nothing is planned.
    planned_end_on: Option<Day>,
    /// Last day; null while it is not ended.
    ends_on: Option<Day>,
    /// Why it ended; null while it is not.
    end_reason: Option<EndReason>,
    /// What the person lived on at entry, a code of `statuses_at_entry`.
    status_at_entry: Term,
    /// How the person came.
    origin: Origin,
    /// The referral whose acceptance gave the seat; null when nobody referred the person.
    referral_id: Option<ReferralId>,
    /// What it brought; null while it is not assessed.
    assessment: Option<Assessment>,
    /// Half-days at which the person is expected in another group too, the first 50 by date. They refuse nothing.
    #[schema(max_items = 50)]
    warnings: Vec<ClashWarning>,
    /// Its version, one more when it is ended or assessed.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

/// What an enrolment brought.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Assessment {
    /// How far the aptitudes of each theme are acquired.
    #[schema(max_items = 5)]
    aptitudes: Vec<Aptitude>,
    /// What follows, a code of `next_steps`.
    next_step: Term,
    /// In words; null when there was nothing to add.
    #[schema(max_length = 2000)]
    text: Option<String>,
    /// When it was written.
    assessed_at: Instant,
}

impl From<&domain::enrolment::Assessment> for Assessment {
    fn from(assessment: &domain::enrolment::Assessment) -> Self {
        let aptitudes = assessment.aptitudes.iter().map(|(theme, level)| Aptitude { theme: *theme, level: level.clone() });
        Self {
            aptitudes: aptitudes.collect(),
            next_step: assessment.next_step.clone(),
            text: assessment.text.as_deref().map(str::to_owned),
            assessed_at: assessment.assessed_at,
        }
    }
}

/// A half-day at which somebody is expected twice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClashWarning {
    /// `HALF_DAY_CLASH`.
    code: WarningCode,
    /// The day.
    date: Day,
    /// Which half of it.
    half_day: HalfDay,
    /// The other group's action; null for a partner, who knows of its own groups alone.
    #[schema(max_length = 200)]
    action_name: Option<String>,
}

impl From<&Clash> for ClashWarning {
    fn from(clash: &Clash) -> Self {
        let action_name = clash.action_name.as_deref().map(str::to_owned);
        Self { code: WarningCode::HalfDayClash, date: clash.date, half_day: clash.half_day, action_name }
    }
}

impl Enrolment {
    fn new(enrolment: &domain::enrolment::Enrolment, clashes: &[Clash]) -> Self {
        let person = &enrolment.person;
        Self {
            id: enrolment.id,
            group_id: enrolment.group,
            group_name: enrolment.group_name.to_string(),
            action_id: enrolment.action,
            action_name: enrolment.action_name.to_string(),
            beneficiary_id: person.id,
            person_reference: person.reference.clone(),
            last_name: person.last_name.as_deref().map(str::to_owned),
            first_name: person.first_name.as_deref().map(str::to_owned),
            starts_on: enrolment.starts_on,
            planned_end_on: enrolment.planned_end_on,
            ends_on: enrolment.end.map(|(day, _)| day),
            end_reason: enrolment.end.map(|(_, reason)| reason),
            status_at_entry: enrolment.status_at_entry.clone(),
            origin: enrolment.origin,
            referral_id: enrolment.referral,
            assessment: enrolment.assessment.as_ref().map(Assessment::from),
            warnings: clashes.iter().map(ClashWarning::from).collect(),
            version: enrolment.stamp.version,
            updated_at: enrolment.stamp.updated_at,
        }
    }
}

impl Shows for Enrolment {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Enrolment {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of enrolments.
pub(crate) type EnrolmentPage = Page<Enrolment>;

/// The enrolment with its warnings, as the transaction that changed it sees them.
async fn with_warnings<F>(w: &Write, scope: &Scope<F>, enrolment: &domain::enrolment::Enrolment) -> Result<Enrolment, Stop>
where
    F: Function<Over = domain::enrolment::Enrolment>,
{
    let clashes = enrolments::clashes(w, scope, std::slice::from_ref(enrolment)).await?.remove(&enrolment.id).unwrap_or_default();
    Ok(Enrolment::new(enrolment, &clashes))
}

/// List the enrolments in a group
///
/// Ended ones too, in the order in which they were made. A partner sees those of its own groups, a caseworker those of the people they
/// accompany.
#[utoipa::path(get, tag = "Collective actions", operation_id = "listEnrolments", extensions(("x-permission" = json!("read_enrolment"))),
    params(("id" = GroupId, Path, description = "The group."), ListParams, SyncParams),
    responses((status = 200, description = "Enrolments.", body = EnrolmentPage)))]
#[get("/groups/{id}/enrolments")]
pub(crate) async fn list_enrolments(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadEnrolment>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let group = groups::find_for_enrolments(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = enrolments::list(call.read(), &scope, group.id, &asked.listing).await?;
    let clashes = enrolments::clashes(call.read(), &scope, &rows.items).await?;
    call.show_page(&asked, rows, |enrolment| Enrolment::new(&enrolment, clashes.get(&enrolment.id).map_or(&[], Vec::as_slice))).await
}

/// Enrol a person in a group
///
/// A seat from a day on, until the enrolment is ended: 409 `GROUP_FULL` when no seat is free on one of those days, 409
/// `ALREADY_ENROLLED` when the person has one. A person who is absent or not yours: 422 `BENEFICIARY_UNKNOWN`. Being expected elsewhere
/// the same half-day refuses nothing: see `warnings`.
#[utoipa::path(post, tag = "Collective actions", operation_id = "enrolPerson", extensions(("x-permission" = json!("enrol"))),
    params(("id" = GroupId, Path, description = "The group.")), request_body = EnrolPerson,
    responses((status = 201, description = "The enrolment, with warnings.", body = Enrolment)))]
#[post("/groups/{id}/enrolments")]
pub(crate) async fn enrol_person(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Enrol, EnrolPerson>(&body).await?;
    order
        .write(async |w, scope, wish| {
            // Locks go beneficiary → group.
            let person = beneficiaries::lock(w, scope, wish.beneficiary_id).await?;
            let group = groups::lock_for_enrolment(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let seats = groups::seats(w, &group).await?;
            let vocabulary = &call.shared().vocabulary;
            let enrolled = domain::enrolment::Enrolment::enrol(scope, w.id(), &group, person.as_ref(), &seats, wish.into(), vocabulary)?;
            enrolments::save(w, &enrolled).await?;
            show::created(format!("/v1/enrolments/{}", enrolled.after.id), &with_warnings(w, scope, &enrolled.after).await?)
        })
        .await
}

/// Read an enrolment
#[utoipa::path(get, tag = "Collective actions", operation_id = "readEnrolment", extensions(("x-permission" = json!("read_enrolment"))),
    params(("id" = EnrolmentId, Path, description = "The enrolment.")),
    responses((status = 200, description = "The enrolment, with warnings.", body = Enrolment)))]
#[get("/enrolments/{id}")]
pub(crate) async fn read_enrolment(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadEnrolment>()?;
    let enrolment = enrolments::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let clashes = enrolments::clashes(call.read(), &scope, std::slice::from_ref(&enrolment)).await?.remove(&enrolment.id).unwrap_or_default();
    call.show(&Enrolment::new(&enrolment, &clashes)).await
}

/// End an enrolment
///
/// Its last day and why; whoever is first on the group's waiting list gets the seat. 409 `MARKS_AFTER_END` when the person is marked after that day, 409 `ENROLMENT_ENDED` when it has ended already;
/// only a manager excludes (403 `EXCLUSION_RESERVED`).
#[utoipa::path(post, tag = "Collective actions", operation_id = "endEnrolment", extensions(("x-permission" = json!("close_enrolment"))),
    params(("id" = EnrolmentId, Path, description = "The enrolment.")), request_body = EndEnrolment,
    responses((status = 200, description = "The enrolment, ended.", body = Enrolment)))]
#[post("/enrolments/{id}/exit")]
pub(crate) async fn end_enrolment(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<CloseEnrolment, EndEnrolment>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let seat = SeatToFree::lock(w, scope, call.id("id")?, wish.ends_on, None).await?.ok_or_else(Stop::not_found)?;
            let ended = seat.enrolment.end(scope, seat.group(), wish.ends_on, wish.end_reason, seat.last_mark)?;
            enrolments::save(w, &ended).await?;
            referrals::follow_exit(w, &ended).await?;
            seat.promote(w, scope, &call.shared().vocabulary).await?;
            show::ok(&with_warnings(w, scope, &ended.after).await?)
        })
        .await
}

/// Assess an enrolment
///
/// What it brought (*bilan*): aptitudes by theme, what follows, a text. Written or rewritten whole, at any time, whatever the origin.
/// `If-Match` is the enrolment's.
#[utoipa::path(put, tag = "Collective actions", operation_id = "assessEnrolment", extensions(("x-permission" = json!("close_enrolment"))),
    params(("id" = EnrolmentId, Path, description = "The enrolment.")), request_body = AssessEnrolment,
    responses((status = 200, description = "The enrolment, assessed.", body = Enrolment)))]
#[put("/enrolments/{id}/assessment")]
pub(crate) async fn assess_enrolment(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<CloseEnrolment, AssessEnrolment>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let enrolment = enrolments::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(enrolment.stamp.version)?;
            let assessed = enrolment.assess(scope, wish.into(), &call.shared().vocabulary)?;
            enrolments::save(w, &assessed).await?;
            show::ok(&with_warnings(w, scope, &assessed.after).await?)
        })
        .await
}
