//! What all schemas have in common, beyond what is generated of each: what an answer always holds, where a choice is described, which
//! enumerations are open.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::operations_of;

/// Writes into the document what all its schemas have in common.
pub(super) fn complete(document: &mut Value) {
    open_what_may_grow(document);
    describe_choices(document);
    require_answers(document);
}

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
pub(super) fn of_nothing_required(document: &Value) -> BTreeSet<String> {
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
