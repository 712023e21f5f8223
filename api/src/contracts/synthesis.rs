//! The synthesis of a contract over HTTP: everything that is done with a person against what was promised, live or as it was known on a day.

use actix_web::{HttpResponse, get};
use domain::barrier::{BarrierImpact, BarrierKind};
use domain::calendar::{Day, Instant};
use domain::contract::synthesis::{self as rules, ActionState, CommitmentState, NextDeadline};
use domain::contract::{CommitmentParty, CommitmentStatus, ContractKind, ContractState};
use domain::deadline::DeadlineKind;
use domain::enrolment::EndReason;
use domain::ids::{ActionId, BarrierId, BeneficiaryId, ContractId, EnrolmentId, GroupId, InterventionId};
use domain::intervention::Framework;
use domain::policy::ReadContract;
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::synthesis;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::problem::Stop;
use crate::readiness::Readiness;
use crate::referrals::ReferralSummary;
use crate::show::{Resource, Shows};

/// Mounts the route of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_contract_synthesis);
}

/// Hours kept against hours promised.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisHours {
    /// Minutes promised so far: the weekly hours of each edition for the days on which it held, rounded down.
    #[schema(minimum = 0)]
    promised_minutes: i64,
    /// Minutes credited so far: attended half-days alone, never planned ones (C. trav. R5411-15).
    #[schema(minimum = 0)]
    credited_minutes: i64,
    /// Half-days attended, in whole or in part.
    #[schema(minimum = 0)]
    half_days: i64,
    /// Minutes of interviews, visits and the like, which count for nothing above.
    #[schema(minimum = 0)]
    intervention_minutes: i64,
}

/// How far a commitment is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisCommitment {
    /// Its key.
    key: Term,
    /// Whose it is.
    party: CommitmentParty,
    /// In words.
    text: Note,
    /// By when; null when it has no day of its own.
    due_on: Option<Day>,
    /// How far it is kept.
    status: CommitmentStatus,
    /// Whether somebody said so; else it follows from attendance or from a barrier's resolution.
    stated: bool,
    /// Since when; null while nothing was done.
    since: Option<Day>,
    /// In the words of who said so; null when nobody did.
    comment: Option<Note>,
    /// Minutes credited at the collective action it is linked to.
    #[schema(minimum = 0)]
    credited_minutes: i32,
    /// Whether its day has passed and it is neither kept nor given up.
    overdue: bool,
}

impl From<CommitmentState> for SynthesisCommitment {
    fn from(state: CommitmentState) -> Self {
        Self {
            key: state.commitment.key,
            party: state.commitment.party,
            text: state.commitment.text,
            due_on: state.commitment.due_on,
            status: state.status,
            stated: state.is_stated,
            since: state.since,
            comment: state.comment,
            credited_minutes: state.credited_minutes,
            overdue: state.is_overdue,
        }
    }
}

/// A seat in a collective action, with what was attended of it within the contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisAction {
    /// The enrolment.
    enrolment_id: EnrolmentId,
    /// The group.
    group_id: GroupId,
    /// Its name.
    #[schema(max_length = 200, example = "Limoges, mardi et jeudi")]
    group_name: String,
    /// The action.
    action_id: ActionId,
    /// Its name.
    #[schema(max_length = 200, example = "Atelier de mobilisation et d'insertion")]
    action_name: String,
    /// First day of the seat.
    starts_on: Day,
    /// Last day of the seat; null while it is not ended.
    ends_on: Option<Day>,
    /// Why it ended; null while it is not.
    end_reason: Option<EndReason>,
    /// Half-days attended, in whole or in part.
    #[schema(minimum = 0)]
    present: i64,
    /// Half-days missed with an excuse.
    #[schema(minimum = 0)]
    excused: i64,
    /// Half-days missed without one.
    #[schema(minimum = 0)]
    unexcused: i64,
    /// Minutes credited.
    #[schema(minimum = 0)]
    credited_minutes: i32,
}

impl From<ActionState> for SynthesisAction {
    fn from(state: ActionState) -> Self {
        Self {
            enrolment_id: state.seat.enrolment,
            group_id: state.seat.group,
            group_name: state.seat.group_name,
            action_id: state.seat.action,
            action_name: state.seat.action_name,
            starts_on: state.seat.starts_on,
            ends_on: state.seat.ends_on,
            end_reason: state.seat.end_reason,
            present: state.present,
            excused: state.excused,
            unexcused: state.unexcused,
            credited_minutes: state.credited_minutes,
        }
    }
}

/// Something that was done within the contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisIntervention {
    /// Its id.
    id: InterventionId,
    /// What was done, a code of `intervention_kinds`.
    kind: Term,
    /// What it was about, a code of `intervention_themes`.
    theme: Term,
    /// The day.
    occurred_on: Day,
    /// How long it took, in minutes; null when nobody counted.
    #[schema(minimum = 1, maximum = 600)]
    minutes: Option<i32>,
    /// In which framework.
    framework: Framework,
}

/// Something that held the person back within the contract, or that it is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisBarrier {
    /// Its id.
    id: BarrierId,
    /// Of which kind.
    kind: BarrierKind,
    /// What it consists in, a code of `barrier_situations`.
    situation: Term,
    /// How far it stood in the way of work.
    impact: BarrierImpact,
    /// Whether the contract is about it.
    linked: bool,
    /// Since when it was known.
    opened_on: Day,
    /// The day it was resolved; null while it is open.
    resolved_on: Option<Day>,
    /// What became of it, a code of `barrier_outcomes`; null while it is open.
    outcome: Option<Term>,
}

/// Something that is due next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SynthesisDeadline {
    /// What.
    kind: DeadlineKind,
    /// By when.
    due_on: Day,
    /// The text that says so; null where the contract does.
    #[schema(max_length = 200, example = "CASF L262-31 et D262-65-2-1, décret n° 2024-1244")]
    legal_basis: Option<&'static str>,
}

impl From<NextDeadline> for SynthesisDeadline {
    fn from(due: NextDeadline) -> Self {
        Self { kind: due.kind, due_on: due.due_on, legal_basis: due.source }
    }
}

/// The synthesis of a contract (*synthèse et suivi*): everything that is done with a person, against what was promised.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContractSynthesis {
    /// The contract.
    contract_id: ContractId,
    /// The person; on a past day who they were then, if two files were merged since.
    beneficiary_id: BeneficiaryId,
    /// The day whose end it is of; today while it is live.
    on: Day,
    /// Before which moment everything was recorded that it rests on: 24:00 of the day in Paris; null while it is live.
    known_before: Option<Instant>,
    /// Where the contract stood.
    state: ContractState,
    /// Which law it is of.
    kind: ContractKind,
    /// Which of the person's contracts it is.
    #[schema(minimum = 1)]
    rank: i32,
    /// The edition that was in force, or the first.
    #[schema(minimum = 1)]
    edition: i32,
    /// First day in force; null before it was validated.
    starts_on: Option<Day>,
    /// Last day in force; null while none is set.
    ends_on: Option<Day>,
    /// Hours a week, as it says; null where it says none.
    #[schema(minimum = 1, maximum = 35)]
    weekly_hours: Option<i32>,
    /// Whether the person was able to take steps towards work, as it was last said; null when nobody said.
    readiness: Option<Readiness>,
    /// Hours kept against hours promised.
    hours: SynthesisHours,
    /// How far each commitment was kept.
    #[schema(max_items = 30)]
    commitments: Vec<SynthesisCommitment>,
    /// Seats in collective actions within the contract, the first first.
    #[schema(max_items = 10000)]
    actions: Vec<SynthesisAction>,
    /// What was done within the contract, the first first. What the social service does at large is not shown to a delegate.
    #[schema(max_items = 10000)]
    interventions: Vec<SynthesisIntervention>,
    /// Referrals sent within the contract, the first first.
    #[schema(max_items = 10000)]
    referrals: Vec<ReferralSummary>,
    /// What held the person back within the contract, and what it is about.
    #[schema(max_items = 10000)]
    barriers: Vec<SynthesisBarrier>,
    /// What was due next, the earliest first.
    #[schema(max_items = 8)]
    deadlines: Vec<SynthesisDeadline>,
    /// The version of the contract that was known.
    #[serde(skip)]
    version: i32,
    /// Whose it is now.
    #[serde(skip)]
    person: BeneficiaryId,
}

impl ContractSynthesis {
    fn new(synthesis: rules::Synthesis, person: BeneficiaryId, known_before: Option<Instant>) -> Self {
        let rules::Synthesis { on, state, contract, readiness, hours, commitments, actions, interventions, referrals, barriers, deadlines } =
            synthesis;
        Self {
            contract_id: contract.id,
            beneficiary_id: contract.beneficiary,
            on,
            known_before,
            state,
            kind: contract.kind,
            rank: contract.rank,
            edition: contract.edition.number,
            starts_on: contract.period.map(|period| period.starts_on),
            ends_on: contract.period.and_then(|period| period.ends_on),
            weekly_hours: contract.edition.terms.weekly_hours,
            readiness: readiness.as_ref().map(Readiness::from),
            hours: SynthesisHours {
                promised_minutes: hours.promised_minutes,
                credited_minutes: hours.credited_minutes,
                half_days: hours.half_days,
                intervention_minutes: hours.intervention_minutes,
            },
            commitments: commitments.into_iter().map(SynthesisCommitment::from).collect(),
            actions: actions.into_iter().map(SynthesisAction::from).collect(),
            interventions: interventions
                .into_iter()
                .map(|one| SynthesisIntervention {
                    id: one.id,
                    kind: one.about.kind,
                    theme: one.about.theme,
                    occurred_on: one.about.occurred_on,
                    minutes: one.about.minutes,
                    framework: one.about.framework,
                })
                .collect(),
            referrals: referrals.into_iter().map(ReferralSummary::from).collect(),
            barriers: barriers
                .into_iter()
                .map(|(barrier, linked)| SynthesisBarrier {
                    id: barrier.id,
                    kind: barrier.about.kind,
                    situation: barrier.about.situation,
                    impact: barrier.about.impact,
                    linked,
                    opened_on: barrier.about.opened_on,
                    resolved_on: barrier.resolution.as_ref().map(|one| one.resolved_on),
                    outcome: barrier.resolution.map(|one| one.outcome),
                })
                .collect(),
            deadlines: deadlines.into_iter().map(SynthesisDeadline::from).collect(),
            version: contract.stamp.version,
            person,
        }
    }
}

impl Shows for ContractSynthesis {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
        if self.person != self.beneficiary_id {
            people.push(self.person.uuid());
        }
    }
}
impl Resource for ContractSynthesis {
    fn id(&self) -> Uuid {
        self.contract_id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// At the end of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SynthesisFilter {
    /// The day at whose end (24:00 in Paris) it is asked what was known: yesterday at the latest, and not before the contract was drawn up.
    /// The same day gives the same answer for ever, whatever is corrected later. Live when absent.
    at: Option<Day>,
}

/// Read the synthesis of a contract
///
/// How far each commitment is kept, what was done, hours credited against hours promised, what is due next. Interventions, seats in
/// groups with their attendance, and referrals are of the contract in force at their date by themselves.
#[utoipa::path(get, tag = "Contracts", operation_id = "readContractSynthesis", extensions(("x-permission" = json!("read_contract"))),
    params(("id" = ContractId, Path, description = "The contract."), SynthesisFilter),
    responses((status = 200, description = "The synthesis.", body = ContractSynthesis)))]
#[get("/contracts/{id}/synthesis")]
pub(crate) async fn read_contract_synthesis(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadContract>()?;
    let filter = call.query::<SynthesisFilter>()?;
    let before = filter.at.map(|day| rules::known_at(day, scope.now()).map_err(|_| Stop::parameter("DAY_NOT_SETTLED", "at"))).transpose()?;
    let (person, known) = synthesis::known(call.read(), &scope, call.id("id")?, before).await?.ok_or_else(Stop::not_found)?;
    let known = known.ok_or_else(|| Stop::parameter("DAY_TOO_EARLY", "at"))?;
    let on = filter.at.unwrap_or_else(|| scope.now().day());
    call.show_asked(&ContractSynthesis::new(known.synthesis(on), person, before)).await
}
