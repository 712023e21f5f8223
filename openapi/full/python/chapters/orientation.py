"""Steps 11 to 14: the right, its duties, and the way from the interview to a decision for Pôle emploi."""

from uuid import UUID

from chapters.access import Cast
from days import in_days, today
from jalon import created, new_key, ok
from jalon_client import AuthenticatedClient
from jalon_client.api.orientations import (
    decide_orientation,
    list_orientations,
    notify_orientation,
    propose_orientation,
    record_orientation_interview,
)
from jalon_client.api.people import record_duties, record_rsa_right
from jalon_client.models import (
    Accompaniment,
    Activity,
    Aspirations,
    BarrierImpact,
    BarrierKind,
    Criteria,
    DecideOrientation,
    Difficulties,
    Difficulty,
    EmploymentSituation,
    InterviewOutcome,
    NotificationMeans,
    NotifyOrientation,
    Orientation,
    OrientationPage,
    OrientationState,
    ProposeOrientation,
    Qualification,
    QualificationLevel,
    RecordDuties,
    RecordOrientationInterview,
    RecordRsaRight,
    RsaRight,
    WorkProject,
)
from steps import Steps, first, present, same


def orientation(step: Steps, cast: Cast, beneficiary_id: UUID) -> UUID:
    """Gives back the id of the referral by which Pôle emploi is told."""
    caseworker, manager = cast.caseworker, cast.manager

    with step("A manager records an RSA right, and that its duties hold"):
        right = subject_to_duties(manager, beneficiary_id)
        same(right.subject_since, in_days(-30), "first day of the duties")

    with step("The duties opened an orientation, whose interview took place"):
        opened = opened_orientation(caseworker, beneficiary_id)
        same(opened.state, OrientationState.TO_ORIENT, "state")
        met = interview(caseworker, opened.id)
        same(present(met.interview, "the interview").outcome, InterviewOutcome.HELD, "outcome of the interview")

    with step("The caseworker proposes an accompaniment by Pôle emploi"):
        proposal = ProposeOrientation(
            accompaniment=Accompaniment.COMMON_LAW,
            organisation_id=cast.pole_emploi_id,
            criteria=criteria(BarrierImpact.NONE),
        )
        proposed = propose(caseworker, opened.id, proposal)
        same(proposed.state, OrientationState.PROPOSED, "state")
        suggestion = present(proposed.proposal, "the proposal").suggestion
        same(suggestion.accompaniment, Accompaniment.COMMON_LAW, "what the criteria suggest")

    with step("A manager decides it and has it notified, which refers the person"):
        order = DecideOrientation(
            accompaniment=Accompaniment.COMMON_LAW,
            organisation_id=cast.pole_emploi_id,
            objective="Retrouver un emploi durable",
        )
        decided = decide(manager, opened.id, order)
        same([decided.state, decided.starts_on], [OrientationState.DECIDED, today()], "state and first day")
        notified = notify(manager, opened.id)
        same(notified.state, OrientationState.NOTIFIED, "state")
        return present(notified.referral_id, "the referral")


def subject_to_duties(manager: AuthenticatedClient, beneficiary_id: UUID) -> RsaRight:
    """By hand, as for somebody whom no file of the CAF tells of."""
    right = created(
        RsaRight,
        record_rsa_right.sync_detailed(
            beneficiary_id,
            client=manager,
            idempotency_key=new_key(),
            body=RecordRsaRight(entered_on=in_days(-40), information_received_on=in_days(-30)),
        ),
    )
    return ok(
        RsaRight,
        record_duties.sync_detailed(
            right.id,
            client=manager,
            idempotency_key=new_key(),
            body=RecordDuties(starts_on=in_days(-30), subject=True),
        ),
    )


def opened_orientation(caseworker: AuthenticatedClient, beneficiary_id: UUID) -> Orientation:
    """The one that the duties opened: whoever is subject to them is to be oriented."""
    page = ok(OrientationPage, list_orientations.sync_detailed(beneficiary_id, client=caseworker))
    return first(page.items, "an orientation")


def interview(caseworker: AuthenticatedClient, id: UUID) -> Orientation:
    """An interview of today that took place: nothing is proposed before."""
    return ok(
        Orientation,
        record_orientation_interview.sync_detailed(
            id,
            client=caseworker,
            idempotency_key=new_key(),
            body=RecordOrientationInterview(on=today(), outcome=InterviewOutcome.HELD),
        ),
    )


def propose(caseworker: AuthenticatedClient, id: UUID, proposal: ProposeOrientation) -> Orientation:
    return ok(
        Orientation,
        propose_orientation.sync_detailed(id, client=caseworker, idempotency_key=new_key(), body=proposal),
    )


def decide(manager: AuthenticatedClient, id: UUID, order: DecideOrientation) -> Orientation:
    return ok(
        Orientation,
        decide_orientation.sync_detailed(id, client=manager, idempotency_key=new_key(), body=order),
    )


def notify(manager: AuthenticatedClient, id: UUID) -> Orientation:
    return ok(
        Orientation,
        notify_orientation.sync_detailed(
            id,
            client=manager,
            idempotency_key=new_key(),
            body=NotifyOrientation(notified_on=today(), means=NotificationMeans.HAND, appeal_stated=True),
        ),
    )


def criteria(mobility: BarrierImpact) -> Criteria:
    """The four blocks of somebody close to work: how far mobility hinders them then makes what is suggested."""
    return Criteria(
        aspirations=Aspirations(project=WorkProject.DEFINED, sees_work_or_training=True),
        difficulties=Difficulties(items=[Difficulty(kind=BarrierKind.MOBILITY, impact=mobility)]),
        employment=EmploymentSituation(activity=Activity.WITHIN_TWO_YEARS),
        qualification=Qualification(level=QualificationLevel.LEVEL_4),
    )
