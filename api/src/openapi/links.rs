//! Links from the answer that made something to the operation that reads it, so that a generated client or a fuzzer finds its way.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::operations_of;

/// An operation that reads one thing by its id.
struct Reader {
    operation: String,
    parameters: Vec<String>,
    schema: Option<String>,
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn schema_of(operation: &Value, status: &str) -> Option<String> {
    text(operation, &format!("/responses/{status}/content/application~1json/schema/$ref")).map(str::to_owned)
}

fn parameters_of(path: &str) -> Vec<String> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).map(str::to_owned).collect()
}

/// The operation that reads what a `POST` to this path made: beside it, in a collection of its own, or by what it answers.
fn reader_of<'a>(path: &str, schema: &str, readers: &'a BTreeMap<String, Reader>) -> Option<&'a Reader> {
    let within = format!("{path}/{{");
    let beside = readers.iter().find(|(one, _)| one.starts_with(&within) && !one.trim_start_matches(&within).contains('/')).map(|(_, reader)| reader);
    let collection = path.rsplit('/').next().unwrap_or_default();
    let by_itself = || readers.get(&format!("/v1/{collection}/{{id}}"));
    let by_schema = || {
        let mut same: Vec<_> = readers.iter().filter(|(_, one)| one.parameters.len() == 1 && one.schema.as_deref() == Some(schema)).collect();
        same.sort_by_key(|(path, _)| path.len());
        same.first().map(|(_, reader)| *reader)
    };
    beside.or_else(by_itself).or_else(by_schema)
}

/// Whether what is answered has an id, its own or that of what it adds to.
fn has_id(document: &Value, name: &str) -> bool {
    let Some(schema) = document.pointer(&format!("/components/schemas/{name}")) else { return false };
    let added = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut parts = added.filter_map(|part| text(part, "/$ref")?.rsplit('/').next());
    schema.pointer("/properties/id").is_some() || parts.any(|part| has_id(document, part))
}

/// Writes a link `read` into every answer that made one thing.
pub(super) fn add(document: &mut Value) {
    let mut readers = BTreeMap::new();
    let mut made = Vec::new();
    for (path, method, operation) in operations_of(document) {
        if method == "get" && path.ends_with('}') {
            let (id, schema) = (text(operation, "/operationId").unwrap_or_default().to_owned(), schema_of(operation, "200"));
            readers.insert(path.clone(), Reader { operation: id, parameters: parameters_of(&path), schema });
        }
        if let Some(schema) = schema_of(operation, "201").filter(|_| method == "post") {
            let name = schema.rsplit('/').next().unwrap_or_default().to_owned();
            made.extend(has_id(document, &name).then_some((path, schema)));
        }
    }
    for (path, schema) in made {
        let Some(reader) = reader_of(&path, &schema, &readers) else { continue };
        let Some((own, parents)) = reader.parameters.split_last() else { continue };
        let of_parents = parents.iter().map(|parent| (parent.clone(), json!(format!("$request.path.{parent}"))));
        let parameters: Map<String, Value> = of_parents.chain([(own.clone(), json!("$response.body#/id"))]).collect();
        let link = json!({"read": {"operationId": reader.operation, "parameters": parameters, "description": "Reads what was made."}});
        let response = document.pointer_mut("/paths").and_then(|paths| paths.get_mut(&path)?.pointer_mut("/post/responses/201"));
        if let Some(response) = response.and_then(Value::as_object_mut) {
            response.insert("links".to_owned(), link);
        }
    }
}
