//! What every operation and schema of the contract must have. The committed document is compared by `jalon openapi --check`.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::{operations_of, text};
use crate::problem::{FORM_CODES, codes};

fn document() -> Value {
    serde_json::from_str(text()).unwrap()
}

#[test]
fn every_operation_is_named_once_and_described() {
    let document = document();
    let mut names = HashSet::new();
    for (path, method, operation) in operations_of(&document) {
        let at = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{at} has no operationId"));
        assert!(names.insert(id.to_owned()), "{id} names two operations");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{at} has no summary");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{at} has not one tag");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters {
            let described = parameter.get("$ref").is_some() || parameter["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{at}: {parameter} is not described");
        }
        let success: Vec<_> = operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2')).collect();
        // What is rehearsed and taken in part says which of the three it was.
        let ways = if operation["responses"].get("207").is_some() { 3 } else { 1 };
        assert_eq!(success.len(), ways, "{at} succeeds in {ways} ways");
    }
}

#[test]
fn every_operation_has_its_french_term_and_no_term_is_left_over() {
    let (document, french): (_, serde_json::Map<String, Value>) =
        (document(), serde_json::from_str(include_str!("../../../openapi/french.json")).unwrap());
    let mut named = HashSet::new();
    for (path, method, operation) in operations_of(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let term = french.get(id).and_then(Value::as_str).unwrap_or_else(|| panic!("{method} {path} ({id}) has no French term"));
        assert!(operation["description"].as_str().unwrap().starts_with(&format!("*{term}.*")), "{id}");
        assert!(named.insert(term), "{term} names two operations");
    }
    assert_eq!(named.len(), french.len());
}

#[test]
fn every_operation_under_v1_names_a_function_of_the_matrix() {
    let document = document();
    for (path, method, operation) in operations_of(&document) {
        let permission = operation["x-permission"].as_str();
        if path.starts_with("/v1") {
            let known = domain::policy::FunctionName::ALL.iter().any(|function| Some(function.code()) == permission);
            assert!(known, "{method} {path}: {permission:?} is no function");
            assert!(!operation["security"].as_array().unwrap().is_empty(), "{method} {path} is open to nobody");
        } else {
            assert_eq!(permission, None, "{method} {path} is public");
            assert_eq!(operation["security"], serde_json::json!([]), "{method} {path} is public");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
                }
                members.values().for_each(|member| walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, document)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

fn has_type(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == wanted,
        Value::Array(several) => several.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// A string, a list or an integer without a bound.
fn is_unbounded(schema: &Value) -> bool {
    let bounded_text = ["maxLength", "enum", "const", "format"].iter().any(|key| schema.get(*key).is_some());
    has_type(schema, "string") && !bounded_text
        || has_type(schema, "array") && schema.get("maxItems").is_none()
        || has_type(schema, "integer") && schema.get("minimum").is_none()
}

#[test]
fn every_field_is_described_and_bounded() {
    let document = document();
    let mut wrong = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if is_unbounded(schema) {
            wrong.push(format!("{name} has no bound"));
        }
        let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        for (field, property) in parts.iter().filter_map(|part| part["properties"].as_object()).flatten() {
            let described = property["description"].as_str().is_some_and(|text| !text.is_empty());
            if !described {
                wrong.push(format!("{name}.{field} is not described"));
            }
            if is_unbounded(property) {
                wrong.push(format!("{name}.{field} has no bound"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_value_of_an_enumeration_has_its_meaning() {
    let document = document();
    // What a code of a problem means is said at /problems, and a list's name is what it is.
    let apart = ["KnownProblemCode", "ReferenceListName"];
    for (name, schema) in document["components"]["schemas"].as_object().unwrap().iter().filter(|(name, _)| !apart.contains(&name.as_str())) {
        let Some(values) = schema["enum"].as_array() else { continue };
        let meanings = schema["x-enum-descriptions"].as_array().unwrap_or_else(|| panic!("{name} does not say what its values mean"));
        assert_eq!(values.len(), meanings.len(), "{name}");
        assert!(meanings.iter().all(|meaning| meaning.as_str().is_some_and(|said| !said.is_empty())), "{name}");
    }
}

/// What is told of a line, in a receipt and nowhere else.
const OF_LINES: [&str; 19] = [
    "ANSWER_MALFORMED",
    "DUPLICATE_LINE",
    "EXTERNAL_ID_REUSED",
    "FUTURE_DATE",
    "HELD_LINE_DISMISSED",
    "HELD_LINE_PURGED",
    "IDENTIFIER_MANGLED",
    "NAME_MISMATCH",
    "NUMBER_MALFORMED",
    "PERSON_REQUIRED",
    "QUOTE_UNCLOSED",
    "ROW_EMPTY",
    "SESSION_MISMATCH",
    "SESSION_MOVED",
    "SESSION_REQUIRED",
    "STATUS_REQUIRED",
    "TOO_MANY_CELLS",
    "UNKNOWN_SESSION",
    "VERSION_REQUIRED",
];

/// What no operation answers: what has no route, and a request that never arrives whole.
const OF_NO_OPERATION: [&str; 2] = ["METHOD_NOT_ALLOWED", "REQUEST_TIMEOUT"];

#[test]
fn every_code_is_told_by_the_operations_that_a_test_met_it_at() {
    let document = document();
    let mut told: BTreeSet<String> = FORM_CODES.iter().chain(&OF_LINES).chain(&OF_NO_OPERATION).map(|code| (*code).to_owned()).collect();
    for (_, _, operation) in operations_of(&document) {
        for response in operation["responses"].as_object().unwrap().values() {
            let response = response["$ref"].as_str().map_or(response, |reference| document.pointer(reference.trim_start_matches('#')).unwrap());
            let codes = response["content"]["application/problem+json"]["examples"].as_object().into_iter().flat_map(|all| all.keys().cloned());
            let faults = response["x-fault-codes"].as_array().into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned));
            told.extend(codes.chain(faults));
        }
    }
    let published: BTreeSet<String> = codes().into_iter().map(str::to_owned).collect();
    let untold: Vec<&String> = published.difference(&told).collect();
    assert!(untold.is_empty(), "no test over HTTP meets {untold:?}: write one, then record it with JALON_TEST_REWRITE=1");
}

#[test]
fn every_refusal_is_a_problem() {
    let document = document();
    for (path, method, operation) in operations_of(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if path.starts_with("/v1") && status.as_str() >= "400" {
                let shared = response["$ref"] == format!("#/components/responses/Problem{status}");
                let extended = response["content"].get("application/problem+json").is_some();
                assert!(shared || extended, "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn the_document_holds_no_run_time_value() {
    assert_eq!(document()["servers"], serde_json::json!([{"url": "/"}]));
    assert!(document()["openapi"].as_str().unwrap().starts_with("3.1"));
}
