//! The examples of the document: requests that succeeded and what they were answered, as a test recorded them in
//! `openapi/examples.json`. That each fits its schema, and that none is missing, is tested there too.

use serde_json::{Map, Value};

use super::METHODS;

/// By operation: `request`, `file` where one may be sent instead, and `response`.
const RECORDED: &str = include_str!("../../../openapi/examples.json");

/// Writes into every operation what was recorded of it.
pub(super) fn add(document: &mut Value) {
    let recorded: Map<String, Value> = serde_json::from_str(RECORDED).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flatten().map(|(_, item)| item) {
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
            let Some(example) = recorded.get(id) else { continue };
            if let Some(body) = operation.get_mut("requestBody") {
                ["request", "file"].iter().filter_map(|kind| example.get(*kind)).for_each(|sent| set(body, sent));
            }
            let success = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
            for (_, response) in success.filter(|(status, _)| status.starts_with('2')) {
                if let Some(answer) = example.get("response") {
                    set(response, answer);
                }
            }
        }
    }
}

/// The example, beside each form that it is one of: a file is a text, anything else has members.
fn set(body: &mut Value, example: &Value) {
    let contents = body.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, content) in contents.filter(|(media, _)| media.starts_with("text/") == example.is_string()) {
        if let Some(content) = content.as_object_mut() {
            content.insert("example".to_owned(), example.clone());
        }
    }
}
