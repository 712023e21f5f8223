//! JSON Schema as far as the document uses it. An answer is held more strictly than a client may: a field that the schema does not
//! name is a fault too, since clients are generated from it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Contract;

const JSON_TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// Adds what is wrong with `value`.
pub(super) fn check(contract: &Contract, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    shape(contract, schema, value, at, faults);
    if let (Some(names), Some(object)) = (names(contract, schema), value.as_object()) {
        for name in object.keys().filter(|name| !names.contains(*name)) {
            faults.push(format!("{at}/{name} is not in the schema"));
        }
    }
}

/// Everything but fields without a name in the schema, which an `allOf` part alone cannot judge.
fn shape(contract: &Contract, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = contract.resolve(schema);
    let mut fault = |what: String| faults.push(format!("{}: {what}", if at.is_empty() { "/" } else { at }));
    if let Some(expected) = types(schema)
        && !expected.iter().any(|one| is(one, value))
    {
        return fault(format!("{} instead of {}", kind(value), expected.join(" or ")));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        fault(format!("{value} is none of the enumeration"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        fault(format!("{value} is not the constant"));
    }
    for limit in limits(schema, value) {
        fault(limit);
    }
    if let Some(why) = value.as_str().and_then(|text| misformatted(schema["format"].as_str()?, text)) {
        fault(why);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        shape(contract, part, value, at, faults);
    }
    for name in ["oneOf", "anyOf"] {
        let Some(choices) = schema[name].as_array() else { continue };
        let tried: Vec<Vec<String>> = choices
            .iter()
            .map(|choice| {
                let mut faults = Vec::new();
                check(contract, choice, value, at, &mut faults);
                faults
            })
            .collect();
        let fitting = tried.iter().filter(|faults| faults.is_empty()).count();
        if fitting == 0 {
            faults.extend(tried.into_iter().min_by_key(Vec::len).unwrap_or_default());
        } else if name == "oneOf" && fitting > 1 {
            faults.push(format!("{at}: fits {fitting} of oneOf"));
        }
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(items) = schema.get("items") {
            check(contract, items, item, &format!("{at}/{place}"), faults);
        }
    }
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            faults.push(format!("{at}/{name} is missing"));
        }
    }
    for (name, member) in object {
        let at = format!("{at}/{name}");
        if let Some(property) = schema["properties"].get(name) {
            check(contract, property, member, &at, faults);
        } else if let Some(others) = schema.get("additionalProperties").filter(|others| others.is_object()) {
            check(contract, others, member, &at, faults);
        }
    }
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match &schema["type"] {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn kind(value: &Value) -> &'static str {
    let place = match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(number) if number.is_f64() => 3,
        Value::Number(_) => 2,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    JSON_TYPES[place]
}

fn is(expected: &str, value: &Value) -> bool {
    assert!(JSON_TYPES.contains(&expected), "{expected} is no type of JSON Schema");
    let found = kind(value);
    found == expected || (expected, found) == ("number", "integer")
}

fn limits(schema: &Value, value: &Value) -> Vec<String> {
    let size = match value {
        Value::String(text) => Some(("Length", text.chars().count())),
        Value::Array(list) => Some(("Items", list.len())),
        _ => None,
    };
    let mut broken = Vec::new();
    if let Some((unit, size)) = size {
        let limit = |name: &str| schema[format!("{name}{unit}")].as_u64().and_then(|limit| usize::try_from(limit).ok());
        if limit("min").is_some_and(|least| size < least) || limit("max").is_some_and(|most| size > most) {
            broken.push(format!("{size} is outside min{unit} and max{unit}"));
        }
    }
    if let Some(number) = value.as_f64() {
        let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
        if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
            broken.push(format!("{number} is outside minimum and maximum"));
        }
    }
    broken
}

/// Our own promises: three decimals in an instant, canonical ids.
fn misformatted(format: &str, text: &str) -> Option<String> {
    let like = |pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted })
    };
    let good = match format {
        "date" => like("0000-00-00"),
        "date-time" => like("0000-00-00T00:00:00.000Z"),
        "uuid" => uuid::Uuid::try_parse(text).is_ok_and(|uuid| uuid.to_string() == text),
        _ => true,
    };
    (!good).then(|| format!("not of format {format}"))
}

/// The names that an object of this schema may have; none when it may have any.
fn names(contract: &Contract, schema: &Value) -> Option<BTreeSet<String>> {
    let schema = contract.resolve(schema);
    let parts: Vec<&Value> = ["allOf", "oneOf", "anyOf"].iter().filter_map(|name| schema[*name].as_array()).flatten().collect();
    if schema.get("additionalProperties").is_some_and(|others| others != false) {
        return None;
    }
    let own = schema["properties"].as_object().map(|properties| properties.keys().cloned().collect::<BTreeSet<_>>());
    if own.is_none() && parts.is_empty() {
        return None;
    }
    let of_parts = parts.iter().filter_map(|part| names(contract, part)).flatten();
    let all: BTreeSet<String> = own.into_iter().flatten().chain(of_parts).collect();
    (!all.is_empty()).then_some(all)
}
