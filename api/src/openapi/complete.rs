//! What every operation of the contract has in common, written once for all of them: refusals, keys, tags, versions, permissions.
//! No single operation is named here. What schemas have in common is in `schemas`, the codes of refusals in `problems`.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{ClientScope, Role};
use domain::policy::{self, FunctionName, Who};
use serde_json::{Map, Value, json};

use super::{METHODS, problems, schemas};
use crate::conditional::MOST_TAGS;
use crate::extract::MOST_BYTES;

/// Writes into the document what all its operations have in common.
pub(super) fn complete(document: &mut Value) {
    schemas::complete(document);
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
        components.insert("responses".to_owned(), problems::shared());
        components.insert("headers".to_owned(), headers());
        components.insert("parameters".to_owned(), parameters());
    }
    let optional = schemas::of_nothing_required(document);
    let french: BTreeMap<String, String> = serde_json::from_str(FRENCH).unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                say_in_french(operation, &french);
                complete_operation(path, method, operation, &optional);
            }
        }
    }
}

/// What each operation does, in the words of those who will read it on a screen; that none is missing is tested.
const FRENCH: &str = include_str!("../../../openapi/french.json");

/// Begins the description of an operation with its French term.
fn say_in_french(operation: &mut Map<String, Value>, french: &BTreeMap<String, String>) {
    let Some(term) = operation.get("operationId").and_then(Value::as_str).and_then(|id| french.get(id)) else { return };
    let said = operation.get("description").and_then(Value::as_str).map_or_else(String::new, |said| format!("\n\n{said}"));
    operation.insert("description".to_owned(), format!("*{term}.*{said}").into());
}

fn security_schemes() -> Value {
    let scopes: Map<String, Value> = ClientScope::ALL
        .iter()
        .map(|scope| {
            let opens = FunctionName::ALL.iter().filter(|function| policy::client_scope(**function) == Some(*scope)).map(|function| function.code());
            (scope.code().to_owned(), opens.collect::<Vec<_>>().join(", ").into())
        })
        .collect();
    json!({
        "client": {
            "type": "oauth2",
            "description": "A machine's token, from `POST /oauth/token`, 15 minutes.",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}}
        },
        "professional": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A professional's token, from `jalon token EMAIL`, 12 hours."
        }
    })
}

fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({"description": description, "schema": schema});
    json!({
        "ETag": header("Version and content of what is shown: `\"{version}.{hash8}\"`.", json!({"type": "string", "maxLength": 40})),
        "Location": header("Where the new thing is.", json!({"type": "string", "maxLength": 200})),
        "Link": header("The next page, `rel=\"next\"`; absent on the last one.", json!({"type": "string", "maxLength": 2000})),
        "Idempotent-Replayed": header("`true` when this key was used before: nothing was done again.", json!({"type": "string", "enum": ["true"]})),
        "Retry-After": header("Seconds to wait.", json!({"type": "integer", "minimum": 1, "maximum": 60})),
        "RateLimit": header("What is left of the caller's share of requests (IETF draft): `\"caller\";r={left};t={seconds}`. Absent where no limit is set.",
            json!({"type": "string", "maxLength": 80})),
        "RateLimit-Policy": header("The share: `\"caller\";q={requests};w={seconds}`. Absent where no limit is set.", json!({"type": "string", "maxLength": 80})),
        "X-Request-Id": header("The request's id, which problems, logs and the access log carry too.", json!({"type": "string", "format": "uuid"}))
    })
}

/// A tag whose version counts; what follows the point says nothing here.
const TAG: &str = r#"(W/)?"[0-9]{1,9}(\.[0-9a-fA-F]*)?""#;

fn parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({"name": name, "in": "header", "required": required, "description": description, "schema": schema});
    json!({
        "IdempotencyKey": header("Idempotency-Key", true,
            "Names this request for 30 days: sent again with the same content it answers the same bytes and does nothing. Quoted or bare.",
            json!({"type": "string", "minLength": 16, "maxLength": 130, "pattern": "^\"?[A-Za-z0-9._:-]{16,128}\"?$"})),
        "IdempotencyKeyUnlessDryRun": header("Idempotency-Key", false,
            "Required unless `dry_run=true`. Names this request for 30 days: sent again with the same content it answers the same bytes and does nothing.",
            json!({"type": "string", "minLength": 16, "maxLength": 130, "pattern": "^\"?[A-Za-z0-9._:-]{16,128}\"?$"})),
        "IfMatch": header("If-Match", true, "The `ETag` that the edit is based on; only its version is compared.", json!({"type": "string", "maxLength": MOST_TAGS, "pattern": format!("^{TAG}( *, *{TAG})*$")})),
        "IfNoneMatch": header("If-None-Match", false, "The `ETag` one has: 304 if nothing changed.", json!({"type": "string", "maxLength": MOST_TAGS}))
    })
}

/// What an operation is, by its method and its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// Reads a page.
    List,
    /// Reads one thing with a version.
    ReadOne,
    /// Reads what is neither: several at once.
    ReadSeveral,
    /// Asks with a body, because an address holds nothing personal: nothing is stored, so no key is wanted.
    Question,
    /// Makes one thing, or does something to it.
    Command,
    /// The same, that can be sent to see what would become of it.
    Rehearsable,
    /// The same, of several at once.
    Commands,
    /// Writes from a version that was seen.
    Edit,
    /// Writes whatever was seen: a sheet.
    Overwrite,
    /// The same of what has no version: a checkpoint, a setting.
    Set,
}

impl Nature {
    fn of(path: &str, method: &str, operation: &Map<String, Value>) -> Self {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let takes = |name: &str| parameters.is_some_and(|all| all.iter().any(|one| one.get("name") == Some(&json!(name))));
        let ends = |words: &[&str]| words.iter().any(|word| path.ends_with(word));
        // A feed has pages and a checkpoint of its own.
        let is_feed = path.contains("/referral-feed");
        let is_several = is_feed || path.contains("/settings") || ends(&["/history", "-series", "/decisions"]);
        match method {
            "get" if takes("limit") && !is_feed => Self::List,
            "get" if is_several => Self::ReadSeveral,
            "get" => Self::ReadOne,
            "post" if ends(&["/search", "/match"]) => Self::Question,
            "post" if takes("dry_run") => Self::Rehearsable,
            "post" if is_several => Self::Commands,
            "post" => Self::Command,
            _ if is_several => Self::Set,
            _ if ends(&["/attendance"]) => Self::Overwrite,
            _ => Self::Edit,
        }
    }

    fn reads(self) -> bool {
        matches!(self, Self::List | Self::ReadOne | Self::ReadSeveral)
    }

    /// The refusals it may answer.
    fn refusals(self) -> Vec<u16> {
        let mut statuses = vec![400, 401, 403, 406, 429, 500, 503];
        if !self.reads() {
            statuses.extend([413, 415, 422]);
        }
        if !self.reads() && self != Self::Question {
            statuses.push(409);
        }
        if self == Self::Edit {
            statuses.extend([412, 428]);
        }
        statuses
    }

    /// The header that it takes, by the name of the shared parameter.
    fn header(self) -> Option<&'static str> {
        match self {
            Self::Rehearsable => Some("IdempotencyKeyUnlessDryRun"),
            Self::Command | Self::Commands => Some("IdempotencyKey"),
            Self::Edit => Some("IfMatch"),
            Self::ReadOne => Some("IfNoneMatch"),
            _ => None,
        }
    }

    /// The headers of its answer with this status, beside those of every answer.
    fn headers_of(self, status: &str) -> &'static [&'static str] {
        match (self, status) {
            (Self::Commands, "200" | "201") => &["Idempotent-Replayed"],
            (_, "201" | "207") => &["Location", "ETag", "Idempotent-Replayed"],
            (Self::Command, "200") => &["ETag", "Idempotent-Replayed"],
            (Self::List, "200") => &["Link"],
            (Self::ReadOne | Self::Rehearsable | Self::Edit | Self::Overwrite, "200") | (_, "304") => &["ETag"],
            _ => &[],
        }
    }
}

/// Writes what the operation has by its method, its path and its permission.
fn complete_operation(path: &str, method: &str, operation: &mut Map<String, Value>, optional: &BTreeSet<String>) {
    let permission = operation.get("x-permission").and_then(Value::as_str).map(str::to_owned);
    let function = permission.and_then(|code| FunctionName::ALL.iter().copied().find(|function| function.code() == code));
    match function {
        None => {
            operation.insert("security".to_owned(), json!([]));
        }
        Some(function) => permit(function, operation),
    }
    if !path.starts_with("/v1") {
        if let (true, Some(responses)) = (path.contains('{'), operation.get_mut("responses").and_then(Value::as_object_mut)) {
            responses.entry("404").or_insert_with(|| problems::reference(404));
        }
        return;
    }
    let nature = Nature::of(path, method, operation);
    let list = operation.entry("parameters").or_insert_with(|| json!([]));
    if let (Some(list), Some(name)) = (list.as_array_mut(), nature.header()) {
        list.push(json!({"$ref": format!("#/components/parameters/{name}")}));
    }
    if let Some(body) = operation.get_mut("requestBody") {
        complete_body(body, |schema| nature != Nature::Question && optional.contains(schema));
    }
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        complete_responses(responses, nature, path.contains('{'));
    }
}

fn complete_body(body: &mut Value, may_be_left_out: impl Fn(&str) -> bool) {
    let schema = body.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
    if schema.is_some_and(may_be_left_out)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("required".to_owned(), false.into());
    }
    // A file is as long as a body may be, and a text: what holds a null character is a workbook, or in an encoding of two bytes.
    if let Some(file) = body.pointer_mut("/content/text~1csv/schema").and_then(Value::as_object_mut) {
        file.insert("maxLength".to_owned(), json!(MOST_BYTES));
        file.insert("pattern".to_owned(), json!(r"^[^\u0000]*$"));
    }
}

fn complete_responses(responses: &mut Map<String, Value>, nature: Nature, names_a_thing: bool) {
    if nature == Nature::ReadOne {
        responses.entry("304").or_insert_with(|| json!({"description": "Nothing changed since the `ETag` given."}));
    }
    for (status, response) in responses.iter_mut() {
        // A paper is bytes to whoever receives it.
        if let Some(paper) = response.pointer_mut("/content/application~1pdf") {
            *paper = json!({"schema": {"type": "string", "format": "binary"}});
        }
        let headers = response.as_object_mut().map(|response| response.entry("headers").or_insert_with(|| json!({})));
        if let Some(headers) = headers.and_then(Value::as_object_mut) {
            for name in OF_EVERY_ANSWER.iter().chain(nature.headers_of(status)) {
                headers.entry(*name).or_insert_with(|| json!({"$ref": format!("#/components/headers/{name}")}));
            }
        }
    }
    for status in nature.refusals().into_iter().chain(names_a_thing.then_some(404)) {
        responses.entry(status.to_string()).or_insert_with(|| problems::reference(status));
    }
}

/// The headers that every answer has.
pub(super) const OF_EVERY_ANSWER: [&str; 3] = ["X-Request-Id", "RateLimit", "RateLimit-Policy"];

/// Who may: as security requirements for generators, and in words for people.
fn permit(function: FunctionName, operation: &mut Map<String, Value>) {
    let roles: Vec<&str> = Role::ALL.iter().filter(|role| policy::permits(Who::Role(**role), function).is_some()).map(|role| role.code()).collect();
    let mut security = Vec::new();
    let mut who = Vec::new();
    if function == FunctionName::UseApi {
        security.push(json!({"client": []}));
        who.push("any client".to_owned());
    } else if let Some(scope) = policy::client_scope(function) {
        security.push(json!({"client": [scope.code()]}));
        who.push(format!("clients with `{scope}`"));
    }
    if !roles.is_empty() {
        security.push(json!({"professional": []}));
        who.push(format!("roles `{}`", roles.join("`, `")));
    }
    let said = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{said}{}**Who:** {}.", if said.is_empty() { "" } else { "\n\n" }, who.join("; "));
    operation.insert("description".to_owned(), description.into());
    operation.insert("security".to_owned(), security.into());
    operation.insert("x-roles".to_owned(), json!(roles));
}
