"""Steps 1 to 3: tokens, who each caller is, and the codes that the other chapters use."""

from dataclasses import dataclass
from uuid import UUID

from jalon import ENGLISH, Credentials, Demo, caller, ok
from jalon_client import AuthenticatedClient, Client
from jalon_client.api.access import create_token, read_me
from jalon_client.api.reference import read_reference_list
from jalon_client.models import (
    CallerKind,
    ClientScope,
    Me,
    OrganisationKind,
    ReferenceList,
    ReferenceListName,
    Role,
    TokenRequest,
    TokenResponse,
)
from steps import Steps, check, first, same


@dataclass(frozen=True)
class Cast:
    """Everybody who has a part in the scenario."""

    association: AuthenticatedClient
    pole_emploi: AuthenticatedClient
    caseworker: AuthenticatedClient
    manager: AuthenticatedClient
    pole_emploi_id: UUID
    department_id: UUID
    caseworker_id: UUID


def access(step: Steps, demo: Demo) -> Cast:
    with step("An association's software and Pôle emploi's get tokens"):
        association = sign_in(demo, OrganisationKind.ASSOCIATION)
        pole_emploi = sign_in(demo, OrganisationKind.POLE_EMPLOI)
    caseworker = professional(demo, Role.CASEWORKER)
    manager = professional(demo, Role.MANAGER)

    with step("Each caller learns who they are"):
        same(me(association).organisation.kind, OrganisationKind.ASSOCIATION, "kind of the association")
        receiver = me(pole_emploi)
        scopes = [ClientScope.REFERRALSRECEIVE, ClientScope.REFERRALSANSWER, ClientScope.REFERRALSIDENTIFY]
        same(receiver.scopes, scopes, "scopes of Pôle emploi")
        person = me(caseworker)
        same([person.kind, person.role], [CallerKind.PROFESSIONAL, Role.CASEWORKER], "the caseworker")
        check("decide_orientation" in me(manager).functions, "a manager decides orientations")

    with step("The coded lists hold the codes used below"):
        holds(caseworker, ReferenceListName.STATUSES_AT_ENTRY, "rsa")
        holds(caseworker, ReferenceListName.BARRIER_SITUATIONS, "mobility_no_licence")
        holds(caseworker, ReferenceListName.BARRIER_GOALS, "mobility_licence")
        holds(caseworker, ReferenceListName.INTERVENTION_KINDS, "interview")
        holds(caseworker, ReferenceListName.INTERVENTION_THEMES, "mobility")
        holds(caseworker, ReferenceListName.CONTRACT_THEMES, "mobility")

    return Cast(
        association=association,
        pole_emploi=pole_emploi,
        caseworker=caseworker,
        manager=manager,
        pole_emploi_id=receiver.organisation.id,
        department_id=person.organisation.id,
        caseworker_id=person.id,
    )


def sign_in(demo: Demo, kind: OrganisationKind) -> AuthenticatedClient:
    client = first([one for one in demo.clients if one.kind == kind], f"a client of kind {kind}")
    token = request_token(demo.base_url, client)
    same(token.token_type, "Bearer", "type of the token")
    same(token.scope, client.scope, "scope, when none is asked for")
    return caller(demo.base_url, token.access_token)


def request_token(base_url: str, client: Credentials) -> TokenResponse:
    anybody = Client(base_url=base_url, headers=ENGLISH)
    body = TokenRequest(
        grant_type="client_credentials",
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    return ok(TokenResponse, create_token.sync_detailed(client=anybody, body=body))


def professional(demo: Demo, role: Role) -> AuthenticatedClient:
    person = first([one for one in demo.professionals if one.role == role], f"a professional with role {role}")
    return caller(demo.base_url, person.token)


def me(api: AuthenticatedClient) -> Me:
    return ok(Me, read_me.sync_detailed(client=api))


def holds(api: AuthenticatedClient, name: ReferenceListName, code: str) -> None:
    codes = ok(ReferenceList, read_reference_list.sync_detailed(name, client=api))
    check(code in [item.code for item in codes.items], f"{name} holds {code}")
