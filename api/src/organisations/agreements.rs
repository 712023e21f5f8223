//! Agreements (*conventions*) by which the département pays an organisation for an action. Its partner reads them; nobody else's
//! partner does.

use actix_web::{HttpResponse, get, post};
use domain::calendar::{Day, Instant};
use domain::ids::{ActionId, AgreementId, OrganisationId};
use domain::organisation::{AgreementOrder, FundedUnit};
use domain::policy::{ManageAgreement, ReadAgreement, ReadOrganisation};
use domain::refusal::{Refusal, Rule};
use domain::text::Line;
use persistence::organisations;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Record an agreement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordAgreement {
    /// The action it pays for, which the organisation runs.
    action_id: ActionId,
    /// The number of the signed convention, 1 to 40 characters.
    convention_number: Line<40>,
    /// First day.
    starts_on: Day,
    /// Last day.
    ends_on: Day,
    /// What is paid for.
    funded_unit: FundedUnit,
    /// How many units.
    #[schema(minimum = 1, maximum = 1_000_000)]
    funded_quantity: i32,
    /// For how much in all, in euro cents.
    #[schema(minimum = 0, maximum = 10_000_000_000_i64)]
    amount_cents: i64,
}

impl From<&RecordAgreement> for AgreementOrder {
    fn from(order: &RecordAgreement) -> Self {
        Self {
            action: order.action_id,
            convention_number: order.convention_number.clone(),
            starts_on: order.starts_on,
            ends_on: order.ends_on,
            funded_unit: order.funded_unit,
            funded_quantity: order.funded_quantity,
            amount_cents: order.amount_cents,
        }
    }
}

/// What an organisation is funded for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agreement {
    /// Its id.
    id: AgreementId,
    /// Whom it funds.
    organisation_id: OrganisationId,
    /// The action it pays for.
    action_id: ActionId,
    /// The number of the signed convention.
    #[schema(max_length = 40, example = "2026-PDI-014")]
    convention_number: String,
    /// First day.
    starts_on: Day,
    /// Last day.
    ends_on: Day,
    /// What is paid for.
    funded_unit: FundedUnit,
    /// How many units.
    #[schema(minimum = 1, maximum = 1_000_000)]
    funded_quantity: i32,
    /// For how much in all, in euro cents.
    #[schema(minimum = 0, maximum = 10_000_000_000_i64)]
    amount_cents: i64,
    /// Its version.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl From<&domain::organisation::Agreement> for Agreement {
    fn from(agreement: &domain::organisation::Agreement) -> Self {
        let terms = &agreement.terms;
        Self {
            id: agreement.id,
            organisation_id: agreement.organisation,
            action_id: terms.action,
            convention_number: terms.convention_number.to_string(),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
            funded_unit: terms.funded_unit,
            funded_quantity: terms.funded_quantity,
            amount_cents: terms.amount_cents,
            version: agreement.stamp.version,
            updated_at: agreement.stamp.updated_at,
        }
    }
}

impl Shows for Agreement {}
impl Resource for Agreement {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of agreements.
pub(crate) type AgreementPage = Page<Agreement>;

/// List the agreements with an organisation
///
/// Past ones too, in the order in which they were recorded. A partner sees its own organisation's alone.
#[utoipa::path(get, tag = "Organisations", operation_id = "listAgreements", extensions(("x-permission" = json!("read_agreement"))),
    params(("id" = OrganisationId, Path, description = "The organisation."), ListParams, SyncParams),
    responses((status = 200, description = "What it is funded for.", body = AgreementPage)))]
#[get("/organisations/{id}/agreements")]
pub(crate) async fn list_agreements(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAgreement>()?;
    let among = call.may::<ReadOrganisation>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let organisation = organisations::find(call.read(), &among, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = organisations::list_agreements(call.read(), &scope, organisation.id, &asked.listing).await?;
    call.show_page(&asked, rows, |agreement| Agreement::from(&agreement)).await
}

/// Record an agreement with an organisation
///
/// For an action that it runs (else 422 `ACTION_UNKNOWN`).
#[utoipa::path(post, tag = "Organisations", operation_id = "recordAgreement", extensions(("x-permission" = json!("manage_agreement"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = RecordAgreement,
    responses((status = 201, description = "The agreement.", body = Agreement)))]
#[post("/organisations/{id}/agreements")]
pub(crate) async fn record_agreement(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageAgreement, RecordAgreement>(&body).await?;
    let among = call.may::<ReadOrganisation>()?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::find(w, &among, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            if !organisations::runs(w, organisation.id, wish.action_id).await? {
                return Err(Refusal::invalid("action_id", Rule::ActionUnknown).into());
            }
            let recorded = organisation.agree(scope, w.id(), wish.into())?;
            organisations::save_agreement(w, &recorded).await?;
            let location = format!("/v1/organisations/{}/agreements/{}", organisation.id, recorded.after.id);
            show::created(location, &Agreement::from(&recorded.after))
        })
        .await
}

/// Read an agreement with an organisation
#[utoipa::path(get, tag = "Organisations", operation_id = "readAgreement", extensions(("x-permission" = json!("read_agreement"))),
    params(("id" = OrganisationId, Path, description = "The organisation."),
        ("agreement_id" = AgreementId, Path, description = "The agreement.")),
    responses((status = 200, description = "The agreement.", body = Agreement)))]
#[get("/organisations/{id}/agreements/{agreement_id}")]
pub(crate) async fn read_agreement(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAgreement>()?;
    let agreement = organisations::find_agreement(call.read(), &scope, call.id("id")?, call.id("agreement_id")?).await?;
    call.show(&Agreement::from(&agreement.ok_or_else(Stop::not_found)?)).await
}
