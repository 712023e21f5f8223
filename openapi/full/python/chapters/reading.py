"""Steps 29 and 30: the whole file in one call, and the lists that a front end shows page by page."""

from collections.abc import Sized
from uuid import UUID

from chapters.access import Cast
from chapters.contract import Accompanied
from jalon import ok
from jalon_client import AuthenticatedClient
from jalon_client.api.orientations import list_deadlines
from jalon_client.api.people import read_beneficiary_file
from jalon_client.models import BeneficiaryFile, Deadline, DeadlinePage
from jalon_client.types import UNSET, Unset
from steps import Steps, check, same


def reading(step: Steps, cast: Cast, referred_id: UUID, accompanied: Accompanied) -> None:
    caseworker = cast.caseworker

    with step("The files show all of it, each in one call"):
        file = file_of(caseworker, referred_id)
        one_of_each(file.rsa_rights, file.orientations, file.referrals, file.enrolments)
        file = file_of(caseworker, accompanied.beneficiary_id)
        one_of_each(file.orientations, file.barriers, file.interventions, file.readiness)
        same([contract.id for contract in file.contracts], [accompanied.contract_id], "contracts")

    with step("The deadlines are read page by page, each once"):
        deadlines = first_pages(caseworker)
        check(len(deadlines) > 0, "there are deadlines")
        days = [deadline.due_on for deadline in deadlines]
        same(days, sorted(days), "the earliest first")
        same(len({repr(deadline) for deadline in deadlines}), len(deadlines), "how many differ")


def file_of(api: AuthenticatedClient, beneficiary_id: UUID) -> BeneficiaryFile:
    file = ok(BeneficiaryFile, read_beneficiary_file.sync_detailed(beneficiary_id, client=api))
    same(file.beneficiary.id, beneficiary_id, "whose file")
    return file


def one_of_each(*chapters: Sized) -> None:
    same([len(chapter) for chapter in chapters], [1, 1, 1, 1], "how many of each")


def first_pages(api: AuthenticatedClient) -> list[Deadline]:
    """A few pages by `next_cursor`: as many as somebody scrolls through."""
    deadlines: list[Deadline] = []
    cursor: str | Unset | None = UNSET
    for _ in range(3):
        if cursor is None:
            break
        page = ok(DeadlinePage, list_deadlines.sync_detailed(client=api, limit=5, cursor=cursor))
        deadlines += page.items
        cursor = page.next_cursor
    return deadlines
