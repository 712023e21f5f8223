//! Readiness over HTTP: whether a person is able to take steps towards work, or not yet, and the trail of it.

use actix_web::{HttpResponse, get, post};
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::ids::{BeneficiaryId, PrincipalId, ReadinessId};
use domain::policy::{AssessReadiness, ReadReadiness};
use domain::readiness::ReadinessOrder;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::{beneficiaries, pieces};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_readiness).service(assess_readiness).service(read_readiness);
}

/// Say whether a person is able to take steps towards work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssessReadiness)]
pub(crate) struct AssessReadinessOrder {
    /// Whether they are able to take steps of a socioprofessional pathway; else not yet.
    able: bool,
    /// Why, codes of `readiness_reasons`, each once, up to 10; one at least where they are not able yet.
    #[serde(default, deserialize_with = "at_most::<10, _, _>")]
    #[schema(max_items = 10)]
    reasons: Vec<Term>,
    /// The same in words, 1 to 2,000 characters; null or absent when there is nothing to add. Of health the effect alone, never a cause.
    comment: Option<Note>,
    /// The day, today at the latest.
    assessed_on: Day,
}

/// Whether a person is able to take steps towards work (*capacité à engager des démarches*), as somebody said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Its id.
    id: ReadinessId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// Whether they are able to take steps of a socioprofessional pathway; else not yet.
    able: bool,
    /// Why, codes of `readiness_reasons`.
    #[schema(max_items = 10)]
    reasons: Vec<Term>,
    /// The same in words; null when there is nothing to add.
    comment: Option<Note>,
    /// The day.
    assessed_on: Day,
    /// Who says so.
    assessed_by: PrincipalId,
    /// Its version: 1, for good.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was recorded.
    updated_at: Instant,
}

impl From<&domain::readiness::Readiness> for Readiness {
    fn from(one: &domain::readiness::Readiness) -> Self {
        Self {
            id: one.id,
            beneficiary_id: one.beneficiary,
            able: one.about.able,
            reasons: one.about.reasons.clone(),
            comment: one.about.comment.clone(),
            assessed_on: one.about.assessed_on,
            assessed_by: one.by,
            version: one.stamp.version,
            updated_at: one.stamp.updated_at,
        }
    }
}

impl Shows for Readiness {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Readiness {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of the trail.
pub(crate) type ReadinessPage = Page<Readiness>;

/// List what was said of a person's readiness
///
/// The whole trail, in the order in which it was recorded; the last word is the one of the latest day.
#[utoipa::path(get, tag = "Contracts", operation_id = "listReadiness", extensions(("x-permission" = json!("read_readiness"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams),
    responses((status = 200, description = "The trail.", body = ReadinessPage)))]
#[get("/beneficiaries/{id}/readiness")]
pub(crate) async fn list_readiness(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadReadiness>()?;
    let (_, asked) = call.list::<NoFilter>(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = pieces::list(call.read(), &scope, person.id, &asked.listing).await?;
    call.show_page(&asked, rows, |one| Readiness::from(&one)).await
}

/// Assess a person's readiness
///
/// A word of its own, beside those before it: nothing is overwritten. The contract that is submitted next carries the last one.
#[utoipa::path(post, tag = "Contracts", operation_id = "assessReadiness", extensions(("x-permission" = json!("assess_readiness"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = AssessReadinessOrder,
    responses((status = 201, description = "What was said.", body = Readiness)))]
#[post("/beneficiaries/{id}/readiness")]
pub(crate) async fn assess_readiness(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<AssessReadiness, AssessReadinessOrder>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let about =
                ReadinessOrder { able: wish.able, reasons: wish.reasons.clone(), comment: wish.comment.clone(), assessed_on: wish.assessed_on };
            let assessed = domain::readiness::Readiness::assess(scope, w.id(), &person, about, &call.shared().vocabulary)?;
            pieces::save(w, &assessed).await?;
            show::created(format!("/v1/readiness/{}", assessed.after.id), &Readiness::from(&assessed.after))
        })
        .await
}

/// Read a word about a person's readiness
#[utoipa::path(get, tag = "Contracts", operation_id = "readReadiness", extensions(("x-permission" = json!("read_readiness"))),
    params(("id" = ReadinessId, Path, description = "The word.")),
    responses((status = 200, description = "What was said.", body = Readiness)))]
#[get("/readiness/{id}")]
pub(crate) async fn read_readiness(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadReadiness>()?;
    let one = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Readiness::from(&one)).await
}
