"""
What a team would put around the generated client: who there is to call as, a client that carries a token, and one way
to take an answer apart. Which model a status brings is lost in the union that a generated function gives back, so
whoever calls names the one they expect.
"""

import json
import os
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import uuid4

from jalon_client import AuthenticatedClient
from jalon_client.models import KnownProblemCode, Problem, ProblemError, SubmissionProblem, TokenError
from jalon_client.types import Response
from steps import Failure, check, same

Model = TypeVar("Model")
Refusal = Problem | SubmissionProblem

# Problems are then told in English, as the rest of what the scenario prints.
ENGLISH = {"Accept-Language": "en"}


@dataclass(frozen=True)
class Credentials:
    name: str
    kind: str
    client_id: str
    client_secret: str
    scope: str


@dataclass(frozen=True)
class Professional:
    email: str
    role: str
    token: str


@dataclass(frozen=True)
class Demo:
    """What `jalon demo --json` prints on one line: the address, fresh secrets, and a token for each role."""

    base_url: str
    clients: list[Credentials]
    professionals: list[Professional]


def read_demo() -> Demo:
    demo = json.loads(os.environ["JALON_DEMO"])
    return Demo(
        base_url=demo["base_url"],
        clients=[Credentials(**client) for client in demo["clients"]],
        professionals=[Professional(**professional) for professional in demo["professionals"]],
    )


def caller(base_url: str, token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=base_url, token=token, headers=ENGLISH.copy())


def new_key() -> str:
    """For a request that does something; to be kept where that request may have to be sent again."""
    return f"scenario:{uuid4()}"


@dataclass(frozen=True)
class Success(Generic[Model]):
    """With the headers that the next request needs: the generator types bodies, not headers."""

    data: Model
    etag: str
    location: str
    replayed: bool


def expect(status: int, model: type[Model], answer: Response[Any]) -> Success[Model]:
    if answer.status_code != status or not isinstance(answer.parsed, model):
        raise Failure(f"{status} expected, {answer.status_code} answered: {in_words(answer.parsed)}")
    return Success(
        data=answer.parsed,
        etag=answer.headers.get("ETag", ""),
        location=answer.headers.get("Location", ""),
        replayed=answer.headers.get("Idempotent-Replayed") == "true",
    )


def ok(model: type[Model], answer: Response[Any]) -> Model:
    return expect(200, model, answer).data


def created(model: type[Model], answer: Response[Any]) -> Model:
    success = expect(201, model, answer)
    check(success.location.startswith("/v1/"), "Location of what was created is a path of the API")
    return success.data


def refused(status: int, code: KnownProblemCode, answer: Response[Any]) -> Refusal:
    problem = answer.parsed
    if answer.status_code != status or not isinstance(problem, Refusal) or problem.code != code:
        raise Failure(f"{status} {code} expected, {answer.status_code} answered: {in_words(problem)}")
    same(answer.headers.get("Content-Type"), "application/problem+json", "content type of a problem")
    return problem


def in_words(refusal: object) -> str:
    """The code of a refusal and its places: what is wrong, without a word of what was sent."""
    match refusal:
        case Problem() | SubmissionProblem():
            return ", ".join([str(refusal.code), *map(place, refusal.errors)])
        case TokenError():
            return refusal.error
        case _:
            return "neither a problem nor an OAuth error"


def place(error: ProblemError) -> str:
    return f"{error.code} at {error.pointer or error.parameter or error.header}"
