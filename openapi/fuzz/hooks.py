"""How schemathesis calls Jalon: with the token of somebody who may, and with things that exist where the form alone would name none.

`JALON_DEMO` is the line that `jalon demo --json` prints. Valid requests alone are changed: what is malformed is sent as it was made.
"""

import atexit
import base64
import collections
import functools
import json
import os
import urllib.error
import urllib.request
import uuid

import schemathesis

DEMO = json.loads(os.environ["JALON_DEMO"])
BASE = DEMO["base_url"].rstrip("/")
# Who receives referrals before who only works beside them.
CLIENTS = sorted(DEMO["clients"], key=lambda client: client["kind"] == "association")

# Who calls, the first that may; a partner's operations are called by its machine.
ROLES = ["manager", "caseworker", "administrator", "auditor", "analyst"]

# Where the ids of things are read.
LISTS = {
    "/v1/{}": ["actions", "beneficiaries", "groups", "held-lines", "organisations", "referrals", "sessions", "territories"],
    "/v1/beneficiaries/{id}/{}": ["barriers", "contracts", "interventions", "milestones", "orientations", "readiness", "rsa-rights"],
    "/v1/groups/{id}/{}": ["enrolments"],
    "/v1/organisations/{id}/{}": ["agreements", "delegations", "sites"],
}
# Of how many people, groups and organisations.
READ = 25

RECEIVER = "referrals:receive"
NOBODY = "00000000-0000-7000-8000-000000000000"

# What a body calls a thing, where it is not the name of its collection.
OTHER_NAMES = {"beneficiary": "beneficiaries", "duplicate": "beneficiaries", "survivor": "beneficiaries", "territory": "territories"}


def caller_of(operation):
    """The role or the scope with which an operation is called; none if anybody may."""
    raw = operation.definition.raw
    role = next((role for role in ROLES if role in raw.get("x-roles", [])), None)
    scopes = [scope for requirement in raw.get("security", []) for scope in requirement.get("client", [])]
    return role or next(iter(scopes), None)


def ask(path, authorization, data=None):
    request = urllib.request.Request(BASE + path, data=data, headers={"Authorization": authorization})
    return urllib.request.urlopen(request, timeout=30)


def fetch(path, authorization, data=None):
    with ask(path, authorization, data) as answer:
        return json.load(answer)


def etag_of(path, authorization):
    """What an edit has to name, if the thing is there."""
    try:
        with ask(path, authorization) as answer:
            return answer.headers["ETag"]
    except urllib.error.HTTPError:
        return None


def authorization_of(caller):
    for person in DEMO["professionals"]:
        if person["role"] == caller:
            return f"Bearer {person['token']}"
    # No machine of the demonstration may see identities: any of them is refused.
    client = next((one for one in CLIENTS if caller in one["scope"].split()), CLIENTS[0])
    basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    return f"Bearer {fetch('/oauth/token', f'Basic {basic}', b'grant_type=client_credentials')['access_token']}"


@schemathesis.auth(refresh_interval=300, cache_by_key=lambda case, context: str(caller_of(context.operation)))
class Caller:
    """The `Authorization` of whoever may."""

    def get(self, case, context):
        caller = caller_of(context.operation)
        return authorization_of(caller) if caller is not None else None

    def set(self, case, data, context):
        if data is not None:
            case.headers["Authorization"] = data


@functools.cache
def place_in_feed():
    """A cursor of the feed: opaque and ours, so none can be made up."""
    return fetch("/v1/referral-feed?after=beginning&limit=1", authorization_of(RECEIVER))["next_cursor"]


@functools.cache
def things():
    """The ids of what the demonstration holds, by collection."""
    manager, found = authorization_of("manager"), {}
    for path, names in LISTS.items():
        parents = found[path.split("/")[2]][:READ] if "{id}" in path else [None]
        for name in names:
            pages = [fetch(path.format(name, id=parent) + "?limit=200", manager) for parent in parents]
            found[name] = [item["id"] for page in pages for item in page["items"] if "id" in item]
    return found


@functools.cache
def referrals_of_receiver():
    return [item["id"] for item in fetch("/v1/referrals?limit=200", authorization_of(RECEIVER))["items"]]


def chosen(collection, value, caller):
    """Something of a collection in the place of an invented id, three times of four, and the same for the same id."""
    known = referrals_of_receiver() if (collection, caller) == ("referrals", RECEIVER) else things().get(collection)
    try:
        number = uuid.UUID(value).int
    except (AttributeError, TypeError, ValueError):
        return value
    return known[number % len(known)] if known and number % 4 else value


def collection_of(name):
    thing = name.removesuffix("s").removesuffix("_id")
    return OTHER_NAMES.get(thing, f"{thing}s".replace("_", "-"))


def filled(value, caller, name=""):
    if isinstance(value, dict):
        return {key: filled(member, caller, key) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(item, caller, name) for item in value]
    return chosen(collection_of(name), value, caller) if name.endswith(("_id", "_ids")) else value


@functools.cache
def callers():
    """The ids of those who call: who disables one of them hears nothing more."""
    people = [fetch("/v1/me", f"Bearer {person['token']}")["id"] for person in DEMO["professionals"]]
    return {*people, *(client["client_id"] for client in CLIENTS)}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.method != "GET" and callers() & set(map(str, (case.path_parameters or {}).values())):
        case.path_parameters["id"] = NOBODY
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    caller = caller_of(case.operation)
    segments = case.operation.path.split("/")
    for name, value in dict(case.path_parameters or {}).items():
        before = segments[segments.index("{" + name + "}") - 1]
        case.path_parameters[name] = chosen(before if name == "id" else collection_of(name), value, caller)
    if isinstance(case.body, (dict, list)):
        case.body = filled(case.body, caller)
    if case.query:
        case.query = filled(case.query, caller)
        # The first page: a place in a list is opaque too.
        case.query.pop("cursor", None)
        if "after" in case.query:
            case.query["after"] = place_in_feed()
    if case.operation.path == "/v1/referral-feed/checkpoint":
        case.body["cursor"] = place_in_feed()
    if case.operation.path == "/oauth/token":
        client = CLIENTS[0]
        case.body = {"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"]}
    taken = [parameter.get("$ref", "") for parameter in case.operation.definition.raw.get("parameters", [])]
    # One for each request: used twice it is refused, whatever else is sent.
    if any("IdempotencyKey" in name for name in taken):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    if any("IfMatch" in name for name in taken):
        case.headers["If-Match"] = etag_of(case.formatted_path, case.headers.get("Authorization", "")) or case.headers["If-Match"]


ANSWERED = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    if case.method == case.operation.method.upper():
        ANSWERED[case.operation.definition.raw["operationId"]][response.status_code] += 1


@atexit.register
def tell():
    """How often each operation was answered, and how."""
    with open(os.environ["FUZZ_ANSWERED"], "w", encoding="utf-8") as file:
        json.dump(ANSWERED, file, indent=1, sort_keys=True)
