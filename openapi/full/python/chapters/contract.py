"""
Steps 24 to 28: a contract, from what holds a person back to the synthesis. It is about somebody else, whom the
département accompanies: whoever is with Pôle emploi makes theirs there (409 `CONTRACT_ELSEWHERE`).
"""

from dataclasses import dataclass
from uuid import UUID

from chapters.access import Cast
from chapters.orientation import criteria, decide, interview, opened_orientation, propose, subject_to_duties
from chapters.person import someone
from days import in_days, today
from jalon import created, new_key, ok
from jalon_client.api.contracts import (
    assess_readiness,
    draw_up_contract,
    read_contract_synthesis,
    sign_contract,
    submit_contract,
    validate_contract,
)
from jalon_client.api.orientations import accept_orientation
from jalon_client.api.people import record_barrier, record_intervention, register_beneficiary
from jalon_client.models import (
    AcceptOrientation,
    Accompaniment,
    ActivityKind,
    AssessReadiness,
    Barrier,
    BarrierImpact,
    BarrierKind,
    Beneficiary,
    CommitmentParty,
    Contract,
    ContractCommitment,
    ContractKind,
    ContractObjective,
    ContractState,
    ContractSynthesis,
    ContractTerms,
    DecideOrientation,
    Framework,
    Intervention,
    Orientation,
    OrientationState,
    ProposeOrientation,
    Readiness,
    RecordBarrier,
    RecordIntervention,
    SignatureMeans,
    SignContract,
    SigningParty,
    ValidateContract,
)
from steps import Steps, present, same


@dataclass(frozen=True)
class Accompanied:
    beneficiary_id: UUID
    contract_id: UUID


def contract(step: Steps, cast: Cast) -> Accompanied:
    caseworker = cast.caseworker

    with step("Somebody else is oriented to the département, with a named referent"):
        beneficiary_id = accompanied_by_department(cast)

    with step("A barrier is recorded, and an interview about it"):
        barrier = created(
            Barrier,
            record_barrier.sync_detailed(
                beneficiary_id,
                client=caseworker,
                idempotency_key=new_key(),
                body=RecordBarrier(
                    kind=BarrierKind.MOBILITY,
                    situation="mobility_no_licence",
                    impact=BarrierImpact.MEDIUM,
                    goal="mobility_licence",
                    opened_on=today(),
                ),
            ),
        )
        same(barrier.goal, "mobility_licence", "goal of the barrier")
        intervention = created(
            Intervention,
            record_intervention.sync_detailed(
                beneficiary_id,
                client=caseworker,
                idempotency_key=new_key(),
                body=RecordIntervention(
                    kind="interview",
                    theme="mobility",
                    framework=Framework.INSERTION,
                    occurred_on=today(),
                    minutes=45,
                ),
            ),
        )
        same(intervention.minutes, 45, "length of the interview")
        created(
            Readiness,
            assess_readiness.sync_detailed(
                beneficiary_id,
                client=caseworker,
                idempotency_key=new_key(),
                body=AssessReadiness(assessed_on=today(), able=True),
            ),
        )

    with step("A contract is drawn up on them, and nothing is missing"):
        draft = created(
            Contract,
            draw_up_contract.sync_detailed(
                beneficiary_id,
                client=caseworker,
                idempotency_key=new_key(),
                body=terms(barrier.id),
            ),
        )
        same([draft.state, draft.kind], [ContractState.DRAFT, ContractKind.ENGAGEMENT_CONTRACT], "state and kind")
        same(draft.missing, [], "what is missing")

    with step("It is submitted, signed by both and validated: it is in force"):
        submitted = ok(
            Contract,
            submit_contract.sync_detailed(draft.id, client=caseworker, idempotency_key=new_key()),
        )
        same(submitted.state, ContractState.AWAITING_SIGNATURE, "state")
        sign(cast, draft.id, SigningParty.BENEFICIARY)
        signed = sign(cast, draft.id, SigningParty.ORGANISATION)
        parties = sorted(one.party for one in signed.edition.signatures)
        same(parties, [SigningParty.BENEFICIARY, SigningParty.ORGANISATION], "signatures")
        validated = ok(
            Contract,
            validate_contract.sync_detailed(
                draft.id,
                client=cast.manager,
                idempotency_key=new_key(),
                body=ValidateContract(),
            ),
        )
        same([validated.state, validated.starts_on], [ContractState.IN_FORCE, today()], "state and first day")

    with step("Its synthesis tells the hours, the barrier and the interview"):
        synthesis = ok(ContractSynthesis, read_contract_synthesis.sync_detailed(draft.id, client=caseworker))
        same([synthesis.weekly_hours, len(synthesis.commitments)], [15, 1], "hours and commitments")
        same([len(synthesis.barriers), len(synthesis.interventions)], [1, 1], "barriers and interviews")

    return Accompanied(beneficiary_id, draft.id)


def accompanied_by_department(cast: Cast) -> UUID:
    caseworker, manager = cast.caseworker, cast.manager
    person = created(
        Beneficiary,
        register_beneficiary.sync_detailed(client=caseworker, idempotency_key=new_key(), body=someone()),
    )
    subject_to_duties(manager, person.id)
    orientation = opened_orientation(caseworker, person.id)
    interview(caseworker, orientation.id)
    proposal = ProposeOrientation(
        accompaniment=Accompaniment.SOCIOPROFESSIONAL,
        organisation_id=cast.department_id,
        criteria=criteria(BarrierImpact.MEDIUM),
    )
    propose(caseworker, orientation.id, proposal)
    order = DecideOrientation(
        accompaniment=Accompaniment.SOCIOPROFESSIONAL,
        organisation_id=cast.department_id,
    )
    decide(manager, orientation.id, order)
    accepted = ok(
        Orientation,
        accept_orientation.sync_detailed(
            orientation.id,
            client=caseworker,
            idempotency_key=new_key(),
            body=AcceptOrientation(referent_id=cast.caseworker_id),
        ),
    )
    same(accepted.state, OrientationState.ACTIVE, "state")
    same(present(accepted.referent, "the referent").professional_id, cast.caseworker_id, "referent")
    return person.id


def sign(cast: Cast, contract_id: UUID, party: SigningParty) -> Contract:
    return ok(
        Contract,
        sign_contract.sync_detailed(
            contract_id,
            client=cast.caseworker,
            idempotency_key=new_key(),
            body=SignContract(party=party, signed_on=today(), means=SignatureMeans.PAPER),
        ),
    )


def terms(barrier_id: UUID) -> ContractTerms:
    return ContractTerms(
        starts_on=today(),
        months=6,
        assessed_on=today(),
        review_on=in_days(90),
        weekly_hours=15,
        barrier_ids=[barrier_id],
        objectives=[ContractObjective(key="licence", theme="mobility", text="Obtenir le permis de conduire")],
        commitments=[
            ContractCommitment(
                key="lessons",
                kind=ActivityKind.SUPPORT,
                party=CommitmentParty.BENEFICIARY,
                objective="licence",
                barrier_id=barrier_id,
                due_on=in_days(60),
                text="S'inscrire à l'auto-école solidaire",
            )
        ],
    )
