//! What every operation of the contract has in common, written once for all of them: problems, keys, tags, versions, permissions.
//! No single operation is named here.

use std::collections::BTreeSet;

use domain::actor::{ClientScope, Role};
use domain::policy::{self, FunctionName, Who};
use serde_json::{Map, Value, json};

use super::{METHODS, operations_of, problems};
use crate::conditional::MOST_TAGS;
use crate::extract::MOST_BYTES;

/// A field that may be null is generated as a choice, with its description inside: it belongs to the field.
fn describe_choices(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(describe_choices);
            let inner = members.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
            let said = inner.filter(|choice| choice.get("$ref").is_some()).find_map(|choice| choice.as_object_mut()?.remove("description"));
            if let Some(said) = said {
                members.entry("description").or_insert(said);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(describe_choices),
        _ => {}
    }
}

/// The schemas that a value leads to.
fn referenced(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && found.insert(name.to_owned())
                && let Some(schema) = document.pointer(&format!("/components/schemas/{name}"))
            {
                referenced(schema, document, found);
            }
            members.values().for_each(|member| referenced(member, document, found));
        }
        Value::Array(items) => items.iter().for_each(|item| referenced(item, document, found)),
        _ => {}
    }
}

/// Whether a field of an answer is left out where it has no value, instead of being null: then null is none of its values.
fn is_left_out(name: &str, field: &Value, required: &[Value]) -> bool {
    let is_null = |schema: &Value| schema.get("type").is_some_and(|kind| kind == "null");
    let takes_null = field.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.contains(&json!("null")))
        || field.get("oneOf").and_then(Value::as_array).is_some_and(|choices| choices.iter().any(is_null));
    !takes_null && !required.contains(&json!(name))
}

/// An answer always holds all its fields, null ones too: only what is sent may leave some out, and a field that is never null.
fn require_answers(document: &mut Value) {
    let mut sent = BTreeSet::new();
    for (_, _, operation) in operations_of(document) {
        if let Some(body) = operation.get("requestBody") {
            referenced(body, document, &mut sent);
        }
    }
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten().filter(|(name, _)| !sent.contains(*name)) {
        let parts = if schema.get("allOf").is_some() {
            schema.get_mut("allOf").and_then(Value::as_array_mut).map(|all| all.iter_mut().collect())
        } else {
            Some(vec![schema])
        };
        for part in parts.into_iter().flatten().filter_map(Value::as_object_mut) {
            let required = part.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let Some(fields) = part.get("properties").and_then(Value::as_object) else { continue };
            let always: Vec<String> =
                fields.iter().filter(|(name, field)| !is_left_out(name, field, &required)).map(|(name, _)| name.clone()).collect();
            part.insert("required".to_owned(), always.into());
        }
    }
}

/// References to the schemas of which nothing has to be said.
fn schemas_of_nothing_required(document: &Value) -> BTreeSet<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    let needs_nothing = |schema: &Value| schema.get("properties").is_some() && schema.get("required").is_none();
    schemas.filter(|(_, schema)| needs_nothing(schema)).map(|(name, _)| format!("#/components/schemas/{name}")).collect()
}

/// An enumeration that may grow is told as the values known today, or any other text: a client that was generated yesterday reads on.
fn open_what_may_grow(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let may_grow = |schema: &Value| schema.get("enum").is_some() && description_of(schema).ends_with("Extensible.");
    let growing: Vec<String> = schemas.iter().filter(|(_, schema)| may_grow(schema)).map(|(name, _)| name.clone()).collect();
    for name in growing {
        let known = format!("Known{name}");
        let either = json!({
            "anyOf": [
                {"$ref": format!("#/components/schemas/{known}")},
                {"type": "string", "maxLength": 64, "description": "A value that is newer than this document."}
            ]
        });
        if let Some(values) = schemas.insert(name, either) {
            schemas.insert(known, values);
        }
    }
}

/// What a schema says of itself, before the list of its values.
fn description_of(schema: &Value) -> &str {
    schema.get("description").and_then(Value::as_str).and_then(|said| said.split("\n\n").next()).unwrap_or_default()
}

/// Writes into the document what all its operations have in common.
pub(super) fn complete(document: &mut Value) {
    open_what_may_grow(document);
    describe_choices(document);
    require_answers(document);
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
        components.insert("responses".to_owned(), problems::shared());
        components.insert("headers".to_owned(), headers());
        components.insert("parameters".to_owned(), parameters());
    }
    let optional = schemas_of_nothing_required(document);
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                complete_operation(path, method, operation, &optional);
            }
        }
    }
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
    let has_parameter = |name: &str| {
        operation.get("parameters").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one.get("name") == Some(&json!(name))))
    };
    // A feed has pages and a checkpoint of its own.
    let is_feed = path.contains("/referral-feed");
    let (is_list, is_rehearsed) = (has_parameter("limit") && !is_feed, has_parameter("dry_run"));
    // Asked with a body, because an address holds nothing personal: nothing is stored, so no key is wanted.
    let is_question = method == "post" && (path.ends_with("/search") || path.ends_with("/match"));
    // What is neither a page nor one thing with a version: several at once.
    let is_several =
        is_question || is_feed || path.contains("/settings") || ["/history", "-series", "/decisions"].iter().any(|end| path.ends_with(end));
    let (has_id, has_query) = (path.contains('{'), method == "get");
    // A sheet, a checkpoint and a setting take what is sent whatever was seen.
    let edits_by_version = method == "put" && !path.ends_with("/attendance") && !path.ends_with("/checkpoint") && !path.contains("/settings");
    let mut statuses = vec![401, 403, 406, 429, 500, 503];
    if has_id {
        statuses.push(404);
    }
    if has_query {
        statuses.push(400);
    } else {
        statuses.extend([400, 413, 415, 422]);
    }
    if !has_query && !is_question {
        statuses.push(409);
    }
    if edits_by_version {
        statuses.extend([412, 428]);
    }
    let mut wanted: Vec<&str> = Vec::new();
    match method {
        "post" if is_question => {}
        "post" if is_rehearsed => wanted.push("IdempotencyKeyUnlessDryRun"),
        "post" => wanted.push("IdempotencyKey"),
        "put" if edits_by_version => wanted.push("IfMatch"),
        "get" if !is_list && !is_several => wanted.push("IfNoneMatch"),
        _ => {}
    }
    let list = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.extend(wanted.into_iter().map(|name| json!({"$ref": format!("#/components/parameters/{name}")})));
    }
    // What holds nothing that has to be said may be left out.
    if let (false, Some(body)) = (is_question, operation.get_mut("requestBody"))
        && body.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str).is_some_and(|reference| optional.contains(reference))
        && let Some(body) = body.as_object_mut()
    {
        body.insert("required".to_owned(), false.into());
    }
    // A file is as long as a body may be.
    if let Some(schema) =
        operation.get_mut("requestBody").and_then(|body| body.pointer_mut("/content/text~1csv/schema")).and_then(Value::as_object_mut)
    {
        schema.insert("maxLength".to_owned(), json!(MOST_BYTES));
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    if method == "get" && !is_list && !is_several {
        responses.entry("304").or_insert_with(|| json!({"description": "Nothing changed since the `ETag` given."}));
    }
    for (status, response) in responses.iter_mut() {
        // A paper is bytes to whoever receives it.
        if let Some(paper) = response.pointer_mut("/content/application~1pdf") {
            *paper = json!({"schema": {"type": "string", "format": "binary"}});
        }
        let mut names = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
        match (status.as_str(), method) {
            ("200", "post") if is_rehearsed => names.push("ETag"),
            ("200", "post") if is_question => {}
            ("200" | "201", "post") if is_several => names.push("Idempotent-Replayed"),
            ("201" | "207", _) => names.extend(["Location", "ETag", "Idempotent-Replayed"]),
            ("200", "post") => names.extend(["ETag", "Idempotent-Replayed"]),
            ("200", "get") if is_list => names.push("Link"),
            ("304", _) => names.push("ETag"),
            ("200", _) if !is_several => names.push("ETag"),
            _ => {}
        }
        if let Some(headers) =
            response.as_object_mut().map(|response| response.entry("headers").or_insert_with(|| json!({}))).and_then(Value::as_object_mut)
        {
            for name in names {
                headers.entry(name).or_insert_with(|| json!({"$ref": format!("#/components/headers/{name}")}));
            }
        }
    }
    for status in statuses {
        responses.entry(status.to_string()).or_insert_with(|| problems::reference(status));
    }
}

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
