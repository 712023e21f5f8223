"""Steps 19 to 23: a seat in a group of the association, marks sent once however often, corrected, and read."""

from typing import Any
from uuid import UUID, uuid4

from attrs import evolve

from chapters.access import Cast
from days import in_days, today
from jalon import created, expect, new_key, ok, refused
from jalon_client import AuthenticatedClient
from jalon_client.api.attendance import read_attendance, submit_attendance
from jalon_client.api.collective_actions import (
    create_group,
    end_enrolment,
    enrol_person,
    list_actions,
    list_sessions,
    plan_session,
)
from jalon_client.models import (
    ActionPage,
    AttendanceSheet,
    AttendanceStatus,
    CreateGroup,
    EndEnrolment,
    EndReason,
    Enrolment,
    EnrolPerson,
    Group,
    HalfDay,
    KnownProblemCode,
    LineOutcome,
    Operation,
    Origin,
    PlannedSession,
    PlanSession,
    Session,
    SessionPage,
    SheetState,
    SubmissionReceipt,
    SubmissionResult,
    SubmitLine,
    SubmitLines,
)
from jalon_client.types import Response
from steps import Steps, first, present, same


def attendance(step: Steps, cast: Cast, beneficiary_id: UUID) -> None:
    association, caseworker = cast.association, cast.caseworker

    with step("A caseworker gives them a seat before an open sheet"):
        session = open_session(cast)
        enrolment = created(
            Enrolment,
            enrol_person.sync_detailed(
                session.group_id,
                client=caseworker,
                idempotency_key=new_key(),
                body=EnrolPerson(beneficiary_id=beneficiary_id, starts_on=session.date, status_at_entry="rsa"),
            ),
        )
        same([enrolment.group_id, enrolment.origin], [session.group_id, Origin.DIRECT], "group and origin")

    line = SubmitLine(
        # The partner's own name for this person at this session: it would name the same mark for ever.
        external_id=f"scenario-{enrolment.id}",
        session_id=session.id,
        enrolment_id=enrolment.id,
        status=AttendanceStatus.PRESENT,
        signed=True,
    )
    key = new_key()

    with step("The association submits their attendance"):
        receipt = expect(201, SubmissionReceipt, submit(association, line, key)).data
        same([receipt.result, receipt.counts.recorded], [SubmissionResult.APPLIED, 1], "result")
        same(receipt.lines[0].outcome, LineOutcome.RECORDED, "outcome")

    with step("The same submission with the same key gets the same receipt"):
        again = expect(201, SubmissionReceipt, submit(association, line, key))
        same(again.replayed, True, "Idempotent-Replayed")
        same(again.data, receipt, "receipt")

    with step("The mark is corrected by its version, and no more by that one"):
        late = evolve(
            line,
            operation=Operation.CORRECT,
            version=receipt.lines[0].version,
            status=AttendanceStatus.LATE,
            minutes=90,
        )
        corrected = expect(201, SubmissionReceipt, submit(association, late, new_key())).data.lines[0]
        same(corrected.outcome, LineOutcome.CORRECTED, "outcome")
        stale = evolve(late, minutes=60)
        refused(422, KnownProblemCode.NOTHING_APPLIED, submit(association, stale, new_key()))

    with step("The sheet shows it; the seat is then given back"):
        sheet = ok(AttendanceSheet, read_attendance.sync_detailed(session.id, client=association))
        mark = first([one for one in sheet.marks if one.enrolment_id == enrolment.id], "the mark")
        version = present(corrected.version, "the version of the mark")
        same([mark.status, mark.minutes, mark.version], [AttendanceStatus.LATE, 90, version], "the mark")
        ended = ok(
            Enrolment,
            end_enrolment.sync_detailed(
                enrolment.id,
                client=association,
                idempotency_key=new_key(),
                body=EndEnrolment(ends_on=today(), end_reason=EndReason.OTHER),
            ),
        )
        same(ended.ends_on, today(), "last day of the seat")


def open_session(cast: Cast) -> Session:
    """The sheet of yesterday, in a group of its own: those of the demonstration would be full after a few runs."""
    group = new_group(cast)
    yesterday = in_days(-1)
    planned = created(
        PlannedSession,
        plan_session.sync_detailed(
            group.id,
            client=cast.association,
            idempotency_key=new_key(),
            body=PlanSession(date=yesterday, half_day=HalfDay.MORNING, start_time="09:00", end_time="12:00"),
        ),
    )
    page = ok(
        SessionPage,
        list_sessions.sync_detailed(
            client=cast.association,
            group_id=group.id,
            sheet=SheetState.OPEN,
            to=yesterday,
        ),
    )
    same([session.id for session in page.items], [planned.id], "sessions that wait for marks")
    return page.items[0]


def new_group(cast: Cast) -> Group:
    """Of the association's first action: managers create groups, and associations fill them with sessions."""
    actions = ok(ActionPage, list_actions.sync_detailed(client=cast.association, limit=1))
    return created(
        Group,
        create_group.sync_detailed(
            client=cast.manager,
            idempotency_key=new_key(),
            body=CreateGroup(
                action_id=first(actions.items, "an action of the association").id,
                code=f"SCN-{uuid4().hex[:8].upper()}",
                name="Groupe du scénario",
                place="Salle des Quatre-Vents",
                commune_code="87085",
                capacity=8,
                starts_on=in_days(-7),
                ends_on=in_days(30),
            ),
        ),
    )


def submit(association: AuthenticatedClient, line: SubmitLine, key: str) -> Response[Any]:
    """As JSON: the generator leaves out the other body of this operation, `text/csv`."""
    return submit_attendance.sync_detailed(client=association, body=SubmitLines(lines=[line]), idempotency_key=key)
