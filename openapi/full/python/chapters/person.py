"""Steps 4 to 10: a person is registered once however often the request is sent, read, and edited by one at a time."""

from datetime import date
from random import choices, randint
from typing import Any

from attrs import evolve

from chapters.access import Cast
from jalon import created, expect, new_key, refused
from jalon_client.api.people import edit_beneficiary, read_beneficiary, register_beneficiary
from jalon_client.models import Beneficiary, KnownProblemCode, RegisterBeneficiary, Title
from jalon_client.types import Response
from steps import Steps, check, first, same


def person(step: Steps, cast: Cast) -> Beneficiary:
    caseworker = cast.caseworker
    body = someone()
    key = new_key()

    def register(body: RegisterBeneficiary, key: str) -> Response[Any]:
        return register_beneficiary.sync_detailed(client=caseworker, body=body, idempotency_key=key)

    with step("A caseworker registers a person"):
        registered = created(Beneficiary, register(body, key))
        same(registered.last_name, body.last_name, "family name")
        same(registered.version, 1, "version")

    with step("The same request with the same key is answered again, and done once"):
        again = expect(201, Beneficiary, register(body, key))
        same(again.replayed, True, "Idempotent-Replayed")
        same(again.data, registered, "the answer")

    with step("Another body with the same key is refused"):
        refused(422, KnownProblemCode.IDEMPOTENCY_KEY_REUSED, register(evolve(body, first_name="Autre"), key))

    with step("They are read with an ETag, and not again while nothing changed"):
        read = expect(200, Beneficiary, read_beneficiary.sync_detailed(registered.id, client=caseworker))
        same(read.data, registered, "the person")
        unchanged = read_beneficiary.sync_detailed(registered.id, client=caseworker, if_none_match=read.etag)
        same(unchanged.status_code, 304, "status when nothing changed")

    def edit(body: RegisterBeneficiary) -> Response[Any]:
        return edit_beneficiary.sync_detailed(registered.id, client=caseworker, body=body, if_match=read.etag)

    with step("They are edited by the version that was read"):
        edited = expect(200, Beneficiary, edit(evolve(body, street="3 rue du Pont-aux-Merles")))
        same([edited.data.street, edited.data.version], ["3 rue du Pont-aux-Merles", 2], "street and version")
        check(edited.etag != read.etag, "the ETag changed")

    with step("An edit by a version that has passed is refused"):
        refused(412, KnownProblemCode.STALE_VERSION, edit(body))

    with step("What does not fit the schema is refused, with its place"):
        problem = refused(422, KnownProblemCode.INVALID, register(evolve(body, last_name=""), new_key()))
        same(first(problem.errors, "a fault").pointer, "/last_name", "pointer")

    return edited.data


def someone() -> RegisterBeneficiary:
    """Somebody new at each run: a name that nobody has, since one who looks like another is refused."""
    return RegisterBeneficiary(
        title=Title.MADAM,
        last_name=name(5),
        first_name=name(3),
        birth_date=date(randint(1960, 1999), randint(1, 12), randint(1, 28)),
        commune_code="87085",
        postal_code="87000",
        street="12 rue des Sabots-Neufs",
    )


def name(length: int) -> str:
    syllables = ["bar", "col", "dru", "fen", "gal", "lim", "mor", "nus", "pel", "rau", "sev", "tam", "vir", "zel"]
    return "".join(choices(syllables, k=length)).capitalize()
