//! The day's work over HTTP: what is due and by when, people without a row included. How it is counted is in `domain::deadline`.

use actix_web::{HttpResponse, get};
use domain::calendar::Day;
use domain::deadline::DeadlineKind;
use domain::identifier::person_reference::PersonReference;
use domain::ids::{BeneficiaryId, ContractId, OrganisationId, OrientationId, ProfessionalId, ReferralId, SessionId, TerritoryId};
use domain::policy::ReadDeadline;
use domain::text::{Label, Name};
use persistence::deadlines::{self, DeadlineQuery, Due};
use persistence::machinery::reference;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::page::{Flag, ListParams, Page};
use crate::problem::Stop;
use crate::show::Shows;

/// Mounts the route of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_deadlines);
}

/// Somebody for whom something is due.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadlinePerson {
    /// Their id.
    beneficiary_id: BeneficiaryId,
    /// Their reference.
    person_reference: PersonReference,
    /// Family name.
    last_name: Option<Name>,
    /// First name.
    first_name: Option<Name>,
}

/// Something that is due (*échéance*).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deadline {
    /// What.
    kind: DeadlineKind,
    /// The last day, inclusive.
    due_on: Day,
    /// Whether that day has passed.
    overdue: bool,
    /// The text that sets it; null where the département or the contract does.
    #[schema(max_length = 200, example = "CASF D262-65-2, décret n° 2024-1244")]
    legal_basis: Option<String>,
    /// Of whom; null for a sheet.
    person: Option<DeadlinePerson>,
    /// In which territory: the person's, or that of the group's commune; null where none has it.
    territory_id: Option<TerritoryId>,
    /// The orientation to be decided or looked at again, or by which the person is accompanied; null where nobody began with one, and of
    /// other kinds.
    orientation_id: Option<OrientationId>,
    /// The contract that is being drawn up, to be reviewed, ending or to be converted; null where there is none, and of other kinds.
    contract_id: Option<ContractId>,
    /// The referral that waits for an answer; null of other kinds.
    referral_id: Option<ReferralId>,
    /// The session whose sheet is incomplete; null of other kinds.
    session_id: Option<SessionId>,
    /// Who is expected to act: referent organisation, receiver, whoever runs the group; null where it is the département.
    organisation_id: Option<OrganisationId>,
    /// Its name.
    organisation_name: Option<Label>,
    /// Who accompanies the person; null where nobody is named.
    referent_id: Option<ProfessionalId>,
}

impl Deadline {
    fn new(due: Due, today: Day) -> Self {
        let (organisation_id, organisation_name) = due.organisation.unzip();
        Self {
            kind: due.kind,
            due_on: due.due_on,
            overdue: due.due_on < today,
            legal_basis: due.source,
            person: due.person.map(|person| DeadlinePerson {
                beneficiary_id: person.id,
                person_reference: person.reference,
                last_name: person.last_name,
                first_name: person.first_name,
            }),
            territory_id: due.territory,
            orientation_id: due.orientation,
            contract_id: due.contract,
            referral_id: due.referral,
            session_id: due.session,
            organisation_id,
            organisation_name,
            referent_id: due.referent,
        }
    }
}

impl Shows for Deadline {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(self.person.as_ref().map(|person| person.beneficiary_id.uuid()));
    }
}

/// A page of deadlines.
pub(crate) type DeadlinePage = Page<Deadline>;

/// Which deadlines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeadlineFilter {
    /// Of this kind.
    kind: Option<DeadlineKind>,
    /// In this territory.
    territory_id: Option<TerritoryId>,
    /// Of the people whom this professional accompanies.
    referent_id: Option<ProfessionalId>,
    /// Due before this day.
    due_before: Option<Day>,
    /// Only those whose day has passed, or only those whose day has not; both when absent.
    #[param(value_type = Option<bool>)]
    overdue: Option<Flag>,
}

/// List deadlines
///
/// The day's work, the earliest first: people to orient, whether or not anybody began; contracts to sign, to review, ending, to convert;
/// social tracks to look at again; referrals that nobody answered; sheets that the clock closed incomplete. Each with its legal basis, at the date of its event. Computed at each call.
#[utoipa::path(get, tag = "Orientations", operation_id = "listDeadlines", extensions(("x-permission" = json!("read_deadline"))),
    params(ListParams, DeadlineFilter), responses((status = 200, description = "Deadlines.", body = DeadlinePage)))]
#[get("/deadlines")]
pub(crate) async fn list_deadlines(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadDeadline>()?;
    let (filter, asked) = call.list::<DeadlineFilter>(false)?;
    let query = DeadlineQuery {
        kind: filter.kind,
        territory: filter.territory_id,
        referent: filter.referent_id,
        due_before: filter.due_before,
        overdue: filter.overdue.map(|flag| flag.0),
    };
    let settings = reference::settings(call.read()).await?;
    let rows = deadlines::list(call.read(), &scope, &query, &settings, &asked.listing).await?;
    let today = scope.now().day();
    call.show_page(&asked, rows, |due| Deadline::new(due, today)).await
}
