//! The problems of every operation by code, each with an example that all operations share. Those of the protocol follow from what the
//! operation takes. Those of rules were met by the tests, which keep them in `openapi/problems.json` and fail on one that is not there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::METHODS;
use super::complete::OF_EVERY_ANSWER;
use crate::problem::{self, Kind};

/// By operation: the codes of its problems at each status (`409`), and those in their `errors[]` (`422 errors`).
const MET: &str = include_str!("../../../openapi/problems.json");

type Codes = BTreeSet<String>;

/// The statuses that come with the same codes nearly everywhere, and what each means.
const SHARED: [(u16, &str); 11] = [
    (401, "No token, a bad or expired one, or a disabled caller."),
    (403, "The caller may not use this function, or may not act on this thing."),
    (404, "Absent, or not visible to the caller: the same body for both."),
    (406, "Only JSON is offered."),
    (412, "The thing was changed since the version given."),
    (413, "The body exceeds 2 MiB."),
    (415, "The body is not JSON in UTF-8."),
    (428, "`If-Match` is missing."),
    (429, "Too many calls: wait as long as `Retry-After` says."),
    (500, "A defect of ours; nothing was done."),
    (503, "Try again after `Retry-After`; with `OUTCOME_UNKNOWN`, read the thing first."),
];
/// Those that come with codes of their own nearly everywhere.
const OWN: [(u16, &str); 3] = [
    (400, "The query, a header or the JSON itself is malformed."),
    (409, "The state of things does not allow it now."),
    (422, "The body does not fit the schema or breaks rules; or the key was first sent with something else."),
];

/// Whether an operation may be refused so, by what it takes.
fn applies(kind: Kind, method: &str, operation: &Map<String, Value>) -> bool {
    let takes = |name: &str| {
        let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        parameters
            .filter_map(|one| one.get("name").or_else(|| one.get("$ref"))?.as_str())
            .any(|one| one.trim_start_matches(PARAMETERS).starts_with(name))
    };
    match kind {
        Kind::BadRequest | Kind::MalformedBody | Kind::DuplicateKey | Kind::Invalid => method != "get",
        Kind::CursorInvalid => takes("cursor"),
        Kind::InvalidHeader => takes("IfMatch") || takes("IfNoneMatch"),
        Kind::KeyMissing | Kind::KeyMalformed | Kind::KeyReused | Kind::RequestInProgress => takes("IdempotencyKey"),
        _ => !is_told_where_met(kind),
    }
}

/// What does not follow from what an operation takes.
fn is_told_where_met(kind: Kind) -> bool {
    matches!(kind, Kind::RouteNotFound | Kind::SecretAlreadyShown | Kind::NothingApplied)
}

const PARAMETERS: &str = "#/components/parameters/";

/// What the protocol itself refuses with this status, of what applies.
fn of_protocol(status: u16, applies: impl Fn(Kind) -> bool) -> Codes {
    let kinds = Kind::ALL.iter().filter(|kind| kind.status().as_u16() == status && applies(**kind));
    kinds.map(|kind| kind.code().to_owned()).collect()
}

fn quoted(codes: &Codes) -> String {
    codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
}

/// The refusals that operations refer to.
pub(super) fn shared() -> Value {
    let all = SHARED.iter().map(|(status, _)| (format!("Problem{status}"), response(*status, &of_every_operation(*status), &Codes::new())));
    Value::Object(all.collect())
}

fn of_every_operation(status: u16) -> Codes {
    of_protocol(status, |kind| !is_told_where_met(kind))
}

/// A refusal that operations refer to; where it has codes of their own, [`add`] writes them.
pub(super) fn reference(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/Problem{status}") })
}

fn response(status: u16, codes: &Codes, faults: &Codes) -> Value {
    let meaning = SHARED.iter().chain(&OWN).find(|(one, _)| *one == status).map_or("", |(_, meaning)| meaning);
    let retry: &[&str] = if matches!(status, 429 | 503) { &["Retry-After"] } else { &[] };
    let headers: Map<String, Value> =
        OF_EVERY_ANSWER.iter().chain(retry).map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))).collect();
    let mut response = json!({
        "description": meaning,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        "headers": headers,
    });
    tell(&mut response, codes, faults);
    response
}

/// Writes the codes into a refusal; they are the names of its examples.
fn tell(response: &mut Value, codes: &Codes, faults: &Codes) {
    let Some(content) = response.pointer_mut("/content/application~1problem+json").and_then(Value::as_object_mut) else { return };
    let examples: Map<String, Value> = codes.iter().map(|code| (code.clone(), json!({ "$ref": format!("#/components/examples/{code}") }))).collect();
    content.insert("examples".to_owned(), examples.into());
    let Some(response) = response.as_object_mut() else { return };
    let meaning = response.get("description").and_then(Value::as_str).unwrap_or_default();
    let within = if faults.is_empty() { String::new() } else { format!(" In `errors[]`, beside faults of form: {}.", quoted(faults)) };
    response.insert("description".to_owned(), format!("{meaning} Codes: {}.{within}", quoted(codes)).into());
    if !faults.is_empty() {
        response.insert("x-fault-codes".to_owned(), json!(faults));
    }
}

/// Writes into every refusal of the document which codes it may have, and an example of each code.
pub(super) fn add(document: &mut Value) {
    let met: BTreeMap<String, BTreeMap<String, Codes>> = serde_json::from_str(MET).unwrap_or_default();
    let mut told: Codes = SHARED.iter().flat_map(|(status, _)| of_every_operation(*status)).collect();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                let met = met.get(id).cloned().unwrap_or_default();
                let takes = operation.clone();
                // Outside it, nothing is asked of a request that a protocol could refuse.
                let by_protocol = |status| of_protocol(status, |kind| path.starts_with("/v1") && applies(kind, method, &takes));
                told.extend(add_to(operation, by_protocol, &met));
            }
        }
    }
    let examples = problem::examples().filter(|(code, ..)| told.contains(*code));
    let examples: Map<String, Value> =
        examples.map(|(code, summary, value)| (code.to_owned(), json!({ "summary": summary, "value": value }))).collect();
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("examples".to_owned(), examples.into());
    }
}

/// The same for one operation: all the codes it may be refused with.
fn add_to(operation: &mut Map<String, Value>, by_protocol: impl Fn(u16) -> Codes, met: &BTreeMap<String, Codes>) -> Codes {
    let mut told = Codes::new();
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
    for (status, found) in responses {
        let Some(number) = status.parse::<u16>().ok().filter(|number| *number >= 400) else { continue };
        let mut codes = by_protocol(number);
        codes.extend(met.get(status).into_iter().flatten().cloned());
        let faults = met.get(&format!("{status} errors")).cloned().unwrap_or_default();
        let is_shared = SHARED.iter().any(|(shared, _)| *shared == number) && codes == of_every_operation(number) && faults.is_empty();
        if found.get("$ref").is_none() {
            tell(found, &codes, &faults);
        } else if !is_shared {
            *found = response(number, &codes, &faults);
        }
        told.extend(codes);
    }
    told
}
