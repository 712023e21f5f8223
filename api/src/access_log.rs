//! Who read what, as the data protection officer asks it. Writing the log is not here: each answer that shows people waits for its trace.

use actix_web::{HttpResponse, get};
use domain::calendar::Instant;
use domain::id::Id;
use domain::ids::{AccessRecordId, BeneficiaryId, OrganisationId, PrincipalId};
use domain::policy::ReadAccessLog;
use persistence::access::{self, AccessLine, AccessQuery};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::page::{ListParams, Page};
use crate::problem::Stop;
use crate::show::Shows;

/// Mounts the route of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_accesses);
}

/// One answer that showed people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Access {
    /// Its id.
    id: AccessRecordId,
    /// When.
    at: Instant,
    /// The client or the professional who was shown them.
    actor_id: PrincipalId,
    /// On whose behalf; null for the house itself.
    organisation_id: Option<OrganisationId>,
    /// In which capacity: `client`, a role, or the house's own name. Extensible.
    #[schema(max_length = 20, example = "caseworker")]
    acting_as: String,
    /// Which operation of this document, by its `operationId`.
    #[schema(max_length = 64, example = "readAttendance")]
    operation: String,
    /// The thing asked for; null for a list.
    subject_id: Option<Uuid>,
    /// The request, as its answer's `X-Request-Id` named it.
    request_id: Uuid,
    /// The people it showed.
    #[schema(max_items = 10_000)]
    beneficiary_ids: Vec<BeneficiaryId>,
    /// Of whom the log was asked, if of one.
    #[serde(skip)]
    asked: Option<BeneficiaryId>,
}

impl Access {
    fn new(line: AccessLine, asked: Option<BeneficiaryId>) -> Self {
        Self {
            id: line.id,
            at: line.at,
            actor_id: Id::new(line.actor),
            organisation_id: line.organisation.map(Id::new),
            acting_as: line.acting_as,
            operation: line.operation,
            subject_id: line.subject,
            request_id: line.request,
            beneficiary_ids: line.people.into_iter().map(Id::new).collect(),
            asked,
        }
    }
}

impl Shows for Access {
    /// Looking into who read a person's file leaves a trace on that person. Leafing through the whole log leaves none: the line would
    /// repeat everybody of the lines it showed, and the next look everybody of that line.
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(self.asked.map(Id::uuid));
    }
}

/// A page of the access log.
pub(crate) type AccessPage = Page<Access>;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccessFilter {
    /// That showed this person.
    beneficiary_id: Option<BeneficiaryId>,
    /// That this client or professional read.
    actor_id: Option<PrincipalId>,
    /// From this moment (RFC 3339), inclusive.
    #[param(value_type = Option<Instant>, max_length = 35)]
    #[serde(default, deserialize_with = "moment")]
    from: Option<Instant>,
    /// To this moment (RFC 3339), exclusive.
    #[param(value_type = Option<Instant>, max_length = 35)]
    #[serde(default, deserialize_with = "moment")]
    to: Option<Instant>,
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(|_| de::Error::custom("VALUE_INVALID"))
}

/// Read the access log
///
/// Newest first. One line per answer that showed people: to whom, by which operation, and whom it showed. Asked for one person, it tells
/// the reads of the files that were merged into theirs too, and the look itself is traced on that person.
#[utoipa::path(get, tag = "Access", operation_id = "listAccesses", extensions(("x-permission" = json!("read_access_log"))),
    params(ListParams, AccessFilter), responses((status = 200, description = "Who read what.", body = AccessPage)))]
#[get("/access-log")]
pub(crate) async fn list_accesses(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadAccessLog>()?;
    let (filter, asked) = call.list::<AccessFilter>(false)?;
    let query =
        AccessQuery { beneficiary: filter.beneficiary_id.map(Id::uuid), actor: filter.actor_id.map(Id::uuid), from: filter.from, to: filter.to };
    let rows = access::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |line| Access::new(line, filter.beneficiary_id)).await
}
