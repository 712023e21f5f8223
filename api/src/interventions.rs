//! Interventions over HTTP: what was done with a person, recorded by those who did it, their colleagues or a manager. What a contract
//! makes of them is not here.

use actix_web::{HttpResponse, get, post, put};
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::form::within_if_any;
use domain::ids::{BeneficiaryId, EnrolmentId, InterventionId, OrganisationId, ProfessionalId};
use domain::intervention::{Around, Framework, InterventionOrder, Moment, Practitioner, practitioner_of};
use domain::policy::{ReadIntervention, RecordIntervention as Record, Scope};
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::{Write, beneficiaries, interventions, pieces};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::page::{Flag, ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(list_interventions)
        .service(record_intervention)
        .service(read_intervention)
        .service(edit_intervention)
        .service(cancel_intervention);
}

/// Record what was done with a person, or edit it: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordIntervention {
    /// What was done, a code of `intervention_kinds`.
    kind: Term,
    /// What it was about, a code of `intervention_themes`.
    theme: Term,
    /// The day, today at the latest.
    occurred_on: Day,
    /// How long it took, in minutes; null or absent when nobody counted.
    #[schema(minimum = 1, maximum = 600)]
    #[serde(default, deserialize_with = "within_if_any::<1, 600, _, _>")]
    minutes: Option<i64>,
    /// Who did it: a colleague of one's own organisation; for a manager, anybody of the département or a delegate who accompanies people.
    /// Null or absent: the caller, and in an edit whoever it is recorded of.
    professional_id: Option<ProfessionalId>,
    /// In which framework. `sector_general_practice` is for professionals of the département.
    framework: Framework,
    /// The enrolment of the person that it goes with; null or absent when it goes with none.
    enrolment_id: Option<EnrolmentId>,
    /// When, seen from that enrolment; null or absent without one, or at any other moment.
    moment: Option<Moment>,
    /// In words, 1 to 2,000 characters on several lines; null or absent when there is nothing to add. Of health the effect alone, never a
    /// cause.
    note: Option<Note>,
}

impl From<&RecordIntervention> for InterventionOrder {
    fn from(order: &RecordIntervention) -> Self {
        Self {
            kind: order.kind.clone(),
            theme: order.theme.clone(),
            occurred_on: order.occurred_on,
            minutes: order.minutes.and_then(|minutes| i32::try_from(minutes).ok()),
            framework: order.framework,
            enrolment: order.enrolment_id,
            moment: order.moment,
            note: order.note.clone(),
        }
    }
}

/// Something that was done with a person (*intervention*).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Intervention {
    /// Its id.
    id: InterventionId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// What was done, a code of `intervention_kinds`.
    kind: Term,
    /// What it was about, a code of `intervention_themes`.
    theme: Term,
    /// The day.
    occurred_on: Day,
    /// How long it took, in minutes; null when nobody counted.
    #[schema(minimum = 1, maximum = 600)]
    minutes: Option<i32>,
    /// Who did it.
    professional_id: ProfessionalId,
    /// Where they worked when it was recorded.
    organisation_id: OrganisationId,
    /// Their trade when it was recorded, a code of `professions`; null when it was not known.
    profession: Option<Term>,
    /// In which framework.
    framework: Framework,
    /// The enrolment it goes with; null when it goes with none.
    enrolment_id: Option<EnrolmentId>,
    /// When, seen from that enrolment; null without one, and at any other moment.
    moment: Option<Moment>,
    /// In words; null when there is nothing to add.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// When it was cancelled, as recorded by mistake; null while it stands.
    cancelled_at: Option<Instant>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::intervention::Intervention> for Intervention {
    fn from(intervention: &domain::intervention::Intervention) -> Self {
        let about = &intervention.about;
        Self {
            id: intervention.id,
            beneficiary_id: intervention.beneficiary,
            kind: about.kind.clone(),
            theme: about.theme.clone(),
            occurred_on: about.occurred_on,
            minutes: about.minutes,
            professional_id: intervention.by.professional,
            organisation_id: intervention.by.organisation,
            profession: intervention.by.profession.clone(),
            framework: about.framework,
            enrolment_id: about.enrolment,
            moment: about.moment,
            note: about.note.as_deref().map(str::to_owned),
            cancelled_at: intervention.cancelled_at,
            version: intervention.stamp.version,
            updated_at: intervention.stamp.updated_at,
        }
    }
}

impl Shows for Intervention {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Intervention {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of interventions.
pub(crate) type InterventionPage = Page<Intervention>;

/// What an order names: who did it, and whether the enrolment is one of the person.
async fn named(
    w: &Write,
    scope: &Scope<Record>,
    person: &Beneficiary,
    wish: &RecordIntervention,
    before: Option<&domain::intervention::Intervention>,
) -> Result<(Option<Practitioner>, bool), Stop> {
    let practitioner = interventions::practitioner(w, scope, practitioner_of(scope, wish.professional_id, before)).await?;
    let enrolment_known = match wish.enrolment_id {
        Some(enrolment) => interventions::is_enrolment_of(w, person, enrolment).await?,
        None => false,
    };
    Ok((practitioner, enrolment_known))
}

/// Which interventions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InterventionFilter {
    /// Only those that a contract in force at their date holds, or only those that are written in none, without the cancelled ones; all
    /// when absent.
    #[param(value_type = Option<bool>)]
    in_contract: Option<Flag>,
}

/// List what was done with a person
///
/// Cancelled interventions too, in the order in which they were recorded. A delegate does not see the département's
/// `sector_general_practice`. Synchronise without `in_contract`: a contract that is signed takes its own from that list without a word.
#[utoipa::path(get, tag = "People", operation_id = "listInterventions", extensions(("x-permission" = json!("read_intervention"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams, InterventionFilter),
    responses((status = 200, description = "Interventions.", body = InterventionPage)))]
#[get("/beneficiaries/{id}/interventions")]
pub(crate) async fn list_interventions(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadIntervention>()?;
    let (filter, asked) = call.list::<InterventionFilter>(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let in_contract = filter.in_contract.map(|flag| flag.0);
    let rows = interventions::list(call.read(), &scope, person.id, in_contract, &asked.listing).await?;
    call.show_page(&asked, rows, |intervention| Intervention::from(&intervention)).await
}

/// Record what was done with a person
///
/// An interview, a visit, a letter, a step taken together: by the caller, or by whoever is named. Where they work and their trade are
/// kept as they are now.
#[utoipa::path(post, tag = "People", operation_id = "recordIntervention", extensions(("x-permission" = json!("record_intervention"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RecordIntervention,
    responses((status = 201, description = "The intervention.", body = Intervention)))]
#[post("/beneficiaries/{id}/interventions")]
pub(crate) async fn record_intervention(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, RecordIntervention>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let (practitioner, enrolment_known) = named(w, scope, &person, wish, None).await?;
            let around = Around { practitioner: practitioner.as_ref(), enrolment_known, vocabulary: &call.shared().vocabulary };
            let recorded = domain::intervention::Intervention::record(scope, w.id(), &person, wish.into(), around)?;
            pieces::save(w, &recorded).await?;
            show::created(format!("/v1/interventions/{}", recorded.after.id), &Intervention::from(&recorded.after))
        })
        .await
}

/// Read an intervention
#[utoipa::path(get, tag = "People", operation_id = "readIntervention", extensions(("x-permission" = json!("read_intervention"))),
    params(("id" = InterventionId, Path, description = "The intervention.")),
    responses((status = 200, description = "The intervention.", body = Intervention)))]
#[get("/interventions/{id}")]
pub(crate) async fn read_intervention(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadIntervention>()?;
    let intervention = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Intervention::from(&intervention)).await
}

/// Edit an intervention
///
/// By the people of the organisation that did it, or a manager (else 403 `INTERVENTION_RESERVED`). Where its professional worked and
/// their trade stay as they were recorded, unless another one is named. A cancelled one is no longer edited (409 `ENTRY_CANCELLED`).
#[utoipa::path(put, tag = "People", operation_id = "editIntervention", extensions(("x-permission" = json!("record_intervention"))),
    params(("id" = InterventionId, Path, description = "The intervention.")), request_body = RecordIntervention,
    responses((status = 200, description = "The intervention, as it is now.", body = Intervention)))]
#[put("/interventions/{id}")]
pub(crate) async fn edit_intervention(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, RecordIntervention>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let (person, before) = call.lock_piece(w, scope).await?;
            call.check_if_match(before.stamp.version)?;
            let (practitioner, enrolment_known) = named(w, scope, &person, wish, Some(&before)).await?;
            let around = Around { practitioner: practitioner.as_ref(), enrolment_known, vocabulary: &call.shared().vocabulary };
            let edited = before.edit(scope, &person, wish.into(), around)?;
            pieces::save(w, &edited).await?;
            show::ok(&Intervention::from(&edited.after))
        })
        .await
}

/// Cancel an intervention
///
/// Recorded by mistake, it stays readable and counts no more. By the people of the organisation that did it, or a manager (else 403
/// `INTERVENTION_RESERVED`). Cancelling it again changes nothing.
#[utoipa::path(post, tag = "People", operation_id = "cancelIntervention", extensions(("x-permission" = json!("record_intervention"))),
    params(("id" = InterventionId, Path, description = "The intervention.")),
    responses((status = 200, description = "The intervention, cancelled.", body = Intervention)))]
#[post("/interventions/{id}/cancellation")]
pub(crate) async fn cancel_intervention(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Record, Nothing>(&body).await?;
    order
        .write(async |w, scope, Nothing {}| {
            let (person, before) = call.lock_piece(w, scope).await?;
            let Some(cancelled) = before.cancel(scope, &person)? else { return show::ok(&Intervention::from(&before)) };
            pieces::save(w, &cancelled).await?;
            show::ok(&Intervention::from(&cancelled.after))
        })
        .await
}
