//! A person's whole file in one answer: everything about them that the caller may see. What is in it has pages and handlers of its own.

use actix_web::{HttpResponse, get};
use domain::calendar::Day;
use domain::enrolment::{EndReason, Origin};
use domain::household::HouseholdRole;
use domain::identifier::person_reference::PersonReference;
use domain::ids::{ActionId, BeneficiaryId, EnrolmentId, GroupId};
use domain::policy::ReadBeneficiary;
use persistence::files::{self, FileEnrolment, OtherAdult};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Beneficiary;
use crate::barriers::Barrier;
use crate::call::Call;
use crate::contracts::Contract;
use crate::interventions::Intervention;
use crate::milestones::Milestone;
use crate::nir::{MaskedNir, masked};
use crate::orientations::Orientation;
use crate::problem::Stop;
use crate::readiness::Readiness;
use crate::referrals::ReferralSummary;
use crate::rsa_rights::RsaRight;
use crate::show::{Resource, Shows};

/// Everything about a person that the caller may see; each list the newest first. A tombstone's lists are empty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BeneficiaryFile {
    /// The person.
    beneficiary: Beneficiary,
    /// The other adult of their household, who has a file of their own; null when none is known.
    other_adult: Option<FileAdult>,
    /// Their social security number, masked; null when none is known. In clear: `readNir`.
    nir: Option<MaskedNir>,
    /// Their RSA rights, with their duties.
    #[schema(max_items = 1000)]
    rsa_rights: Vec<RsaRight>,
    /// What they came through.
    #[schema(max_items = 1000)]
    milestones: Vec<Milestone>,
    /// Which accompaniments they have, had, or wait for.
    #[schema(max_items = 1000)]
    orientations: Vec<Orientation>,
    /// Their contracts.
    #[schema(max_items = 1000)]
    contracts: Vec<Contract>,
    /// Whether they are able to take steps towards work, as it was said.
    #[schema(max_items = 1000)]
    readiness: Vec<Readiness>,
    /// What holds them back, or did.
    #[schema(max_items = 1000)]
    barriers: Vec<Barrier>,
    /// What was done with them.
    #[schema(max_items = 1000)]
    interventions: Vec<Intervention>,
    /// Their seats in groups.
    #[schema(max_items = 1000)]
    enrolments: Vec<FileSeat>,
    /// Their referrals.
    #[schema(max_items = 1000)]
    referrals: Vec<ReferralSummary>,
}

/// The other adult of a household.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileAdult {
    /// Who.
    beneficiary_id: BeneficiaryId,
    /// Their reference.
    person_reference: PersonReference,
    /// Which of the two they are.
    role: HouseholdRole,
    /// Whether the caller accompanies them too.
    in_reach: bool,
}

impl From<&OtherAdult> for FileAdult {
    fn from(adult: &OtherAdult) -> Self {
        Self { beneficiary_id: adult.id, person_reference: adult.reference.clone(), role: adult.role, in_reach: adult.in_reach }
    }
}

/// A seat in a group, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FileSeat {
    /// The enrolment.
    id: EnrolmentId,
    /// The group.
    group_id: GroupId,
    /// Its name.
    #[schema(max_length = 200, example = "Limoges, mardi et jeudi")]
    group_name: String,
    /// The group's action.
    action_id: ActionId,
    /// Its name.
    #[schema(max_length = 200, example = "Atelier de mobilisation et d'insertion")]
    action_name: String,
    /// First day.
    starts_on: Day,
    /// Last day; null while it is not ended.
    ends_on: Option<Day>,
    /// Why it ended; null while it is not.
    end_reason: Option<EndReason>,
    /// How the person came.
    origin: Origin,
    /// Half-days by how they were marked.
    half_days: HalfDays,
}

/// Half-days of one enrolment, by how they were marked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HalfDays {
    /// Attended, in whole or in part.
    #[schema(minimum = 0)]
    present: i64,
    /// Missed with an excuse.
    #[schema(minimum = 0)]
    excused: i64,
    /// Missed without one.
    #[schema(minimum = 0)]
    unexcused: i64,
}

impl From<FileEnrolment> for FileSeat {
    fn from(seat: FileEnrolment) -> Self {
        Self {
            id: seat.id,
            group_id: seat.group,
            group_name: seat.group_name,
            action_id: seat.action,
            action_name: seat.action_name,
            starts_on: seat.starts_on,
            ends_on: seat.ends_on,
            end_reason: seat.end_reason,
            origin: seat.origin,
            half_days: HalfDays { present: seat.present, excused: seat.excused, unexcused: seat.unexcused },
        }
    }
}

impl Shows for BeneficiaryFile {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.beneficiary.people(people);
        people.extend(self.other_adult.iter().map(|adult| adult.beneficiary_id.uuid()));
    }
}
impl Resource for BeneficiaryFile {
    fn id(&self) -> Uuid {
        self.beneficiary.id()
    }
    fn version(&self) -> i32 {
        self.beneficiary.version()
    }
}

/// Read a person's file
///
/// Everything in one call: identity, household, RSA rights, milestones, orientations, contracts, readiness, barriers, interventions,
/// enrolments, referrals. Each list holds the newest 1,000. A delegate does not see what the département's social service did in its general practice (*polyvalence de secteur*).
#[utoipa::path(get, tag = "People", operation_id = "readBeneficiaryFile", extensions(("x-permission" = json!("read_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")),
    responses((status = 200, description = "The file.", body = BeneficiaryFile)))]
#[get("/beneficiaries/{id}/file")]
pub(crate) async fn read_file(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let file = files::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let shown = BeneficiaryFile {
        beneficiary: Beneficiary::from(&file.person),
        other_adult: file.other_adult.as_ref().map(FileAdult::from),
        nir: masked(&call, file.nir.as_ref())?,
        rsa_rights: file.rsa_rights.iter().map(RsaRight::from).collect(),
        milestones: file.milestones.iter().map(Milestone::from).collect(),
        orientations: file.orientations.iter().map(|one| Orientation::new(one, &file.names, &call.shared().codes)).collect(),
        contracts: file.contracts.iter().map(|one| Contract::new(one, scope.now().day(), !file.readiness.is_empty())).collect(),
        readiness: file.readiness.iter().map(Readiness::from).collect(),
        barriers: file.barriers.iter().map(Barrier::from).collect(),
        interventions: file.interventions.iter().map(Intervention::from).collect(),
        enrolments: file.enrolments.into_iter().map(FileSeat::from).collect(),
        referrals: file.referrals.into_iter().map(ReferralSummary::from).collect(),
    };
    call.show(&shown).await
}
