//! Coded lists for everybody who may call: code, labels, validity, crosswalk. Which code a rule takes is `domain::vocabulary`'s.

use actix_web::{HttpResponse, get};
use domain::calendar::Day;
use domain::identifier::postal_code::PostalCode;
use domain::policy::UseApi;
use domain::text::Line;
use domain::vocabulary::Term;
use persistence::machinery::reference::{self, Commune};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::call::Call;
use crate::problem::Stop;

/// Mounts the route of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_reference_list);
}

/// The list of communes, which is no vocabulary: it has a table of its own.
const COMMUNES: &str = "communes";

/// The names of the lists.
const NAMES: [&str; 75] = [
    "absence_reasons",
    "accompaniments",
    "action_axes",
    "action_kinds",
    "action_themes",
    "activity_periods",
    "aptitude_levels",
    "attendance_operations",
    "attendance_statuses",
    "barrier_goals",
    "barrier_impacts",
    "barrier_outcomes",
    "barrier_situations",
    "barriers",
    "client_scopes",
    "commitment_parties",
    "commitment_statuses",
    "communes",
    "contract_activity_kinds",
    "contract_kinds",
    "contract_missing",
    "contract_review_conclusions",
    "contract_signing_parties",
    "contract_states",
    "contract_termination_reasons",
    "contract_themes",
    "deadline_kinds",
    "enrolment_origins",
    "exemption_grounds",
    "exit_reasons",
    "feed_event_types",
    "funded_units",
    "half_days",
    "held_line_decisions",
    "held_line_states",
    "household_roles",
    "intervention_frameworks",
    "intervention_kinds",
    "intervention_moments",
    "intervention_themes",
    "line_outcomes",
    "milestone_kinds",
    "milestone_sources",
    "next_steps",
    "notification_means",
    "organisation_kinds",
    "orientation_closure_reasons",
    "orientation_deciders",
    "orientation_interview_outcomes",
    "orientation_origins",
    "orientation_states",
    "paying_bodies",
    "professions",
    "qualification_levels",
    "readiness_reasons",
    "referral_abandonment_reasons",
    "referral_attendances",
    "referral_cancellation_reasons",
    "referral_purposes",
    "referral_refusal_reasons",
    "referral_states",
    "review_reasons",
    "review_requesters",
    "roles",
    "rsa_closing_reasons",
    "rsa_right_sources",
    "session_cancellation_reasons",
    "sheet_states",
    "signature_means",
    "statuses_at_entry",
    "submission_results",
    "team_opinions",
    "titles",
    "vulnerability_grounds",
    "work_projects",
];

/// The schema of a list's name.
#[derive(Debug)]
pub(crate) struct ReferenceListName;

impl utoipa::PartialSchema for ReferenceListName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(NAMES)).description(Some("The name of a coded list.")).build().into()
    }
}
impl ToSchema for ReferenceListName {}

/// A coded list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceList {
    /// Its name.
    #[schema(value_type = ReferenceListName)]
    list: String,
    /// Its codes, in the order in which to offer them. A code whose label changed stands once for each label, earliest first.
    #[schema(max_items = 2000)]
    items: Vec<ReferenceItem>,
}

/// One code of a list, for some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferenceItem {
    /// The code, which requests and answers carry.
    #[schema(max_length = 40, example = "illness")]
    code: String,
    /// What it is called in French.
    #[schema(max_length = 200)]
    label_fr: String,
    /// What it is called in English.
    #[schema(max_length = 200)]
    label_en: String,
    /// First day it may be used.
    valid_from: Day,
    /// Last day it may be used; null while it is not retired.
    valid_to: Option<Day>,
    /// What other systems call the same thing, by system; empty when none does.
    #[schema(value_type = BTreeMap<Term, Line<100>>)]
    crosswalk: serde_json::Value,
    /// The postcodes of a commune; absent from other lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20, value_type = Vec<PostalCode>, required = false)]
    postal_codes: Option<Vec<String>>,
    /// How many people live in a commune; absent from other lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    population: Option<i32>,
}

impl From<&reference::ReferenceCode> for ReferenceItem {
    fn from(row: &reference::ReferenceCode) -> Self {
        Self {
            code: row.code.clone(),
            label_fr: row.label_fr.clone(),
            label_en: row.label_en.clone(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            crosswalk: row.crosswalk.clone(),
            postal_codes: None,
            population: None,
        }
    }
}

impl From<Commune> for ReferenceItem {
    fn from(commune: Commune) -> Self {
        Self {
            code: commune.code.to_string(),
            label_fr: commune.name.clone(),
            label_en: commune.name,
            valid_from: commune.valid_from,
            valid_to: commune.valid_to,
            crosswalk: serde_json::json!({}),
            postal_codes: Some(commune.postal_codes.split_whitespace().map(str::to_owned).collect()),
            population: Some(commune.population),
        }
    }
}

/// Of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReferenceFilter {
    /// Only the codes that may be used on this day; all there are and were when absent.
    at: Option<Day>,
}

/// Read a coded list
///
/// A code is retired, never deleted and never given another meaning, so a list may be kept and asked for again with its `ETag`. Most
/// enumerations of this document have a list of their own here: its labels, in French and in English, are what to show people.
#[utoipa::path(get, tag = "Reference", operation_id = "readReferenceList", extensions(("x-permission" = json!("use_api"))),
    params(("list" = ReferenceListName, Path, description = "The list's name.", example = "absence_reasons"), ReferenceFilter),
    responses((status = 200, description = "Its codes.", body = ReferenceList)))]
#[get("/reference/{list}")]
pub(crate) async fn read_reference_list(call: Call) -> Result<HttpResponse, Stop> {
    call.may::<UseApi>()?;
    let ReferenceFilter { at } = call.query()?;
    let list = call.segment("list");
    let mut items: Vec<ReferenceItem> = if list == COMMUNES {
        reference::communes(call.read(), None).await?.into_iter().map(ReferenceItem::from).collect()
    } else {
        call.shared().codes.iter().filter(|row| row.list == list).map(ReferenceItem::from).collect()
    };
    if items.is_empty() {
        return Err(Stop::not_found());
    }
    if let Some(day) = at {
        items.retain(|item| item.valid_from <= day && item.valid_to.is_none_or(|end| day <= end));
    }
    call.show_public(&ReferenceList { list: list.to_owned(), items })
}
