//! What a schema allows, however it is written: references, `allOf` and choices with null are looked through, so that a component may be
//! renamed, split or written out. What is a break is not here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::{items, member, members, resolved, texts};

/// What a schema says that allows nothing more and nothing less.
const WORDS: [&str; 9] = ["description", "title", "example", "examples", "deprecated", "discriminator", "externalDocs", "readOnly", "writeOnly"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
/// The bounds that keep a value from being less, then those that keep it from being more.
pub(super) const LEAST: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
pub(super) const MOST: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/// A schema where it is used.
#[derive(Clone)]
pub(super) struct Side<'a> {
    document: &'a Value,
    /// All of them hold; none when anything goes.
    pub(super) parts: Vec<&'a Value>,
    /// Null is allowed beside it.
    pub(super) nullable: bool,
    /// It is marked extensible.
    pub(super) extensible: bool,
}

impl<'a> Side<'a> {
    pub(super) fn new(document: &'a Value, parts: &[&'a Value]) -> Self {
        Self { document, parts: parts.to_vec(), nullable: false, extensible: false }
    }

    /// The one schema that it is, words apart.
    fn only(&self) -> Option<(&'a str, &'a Value)> {
        let [schema] = self.parts.as_slice() else { return None };
        let mut said = members(schema).filter(|(keyword, _)| !is_words(keyword));
        said.next().filter(|_| said.next().is_none())
    }

    pub(super) fn reference(&self) -> Option<&'a str> {
        self.only().filter(|(keyword, _)| *keyword == "$ref").and_then(|(_, name)| name.as_str())
    }

    /// Goes to what it refers to.
    pub(super) fn follow(&mut self) {
        if self.reference().is_some() {
            let document = self.document;
            for part in &mut self.parts {
                self.extensible |= is_marked(part);
                *part = resolved(document, part);
            }
        }
    }

    /// What `oneOf`, `anyOf` and an `allOf` of one part let choose from, but for null, which is noted. Itself when there is no choice.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        let choices: Vec<&Value> = match self.only() {
            Some(("oneOf" | "anyOf", choices)) => items(choices).collect(),
            Some(("allOf", parts)) if items(parts).count() == 1 => items(parts).collect(),
            _ => return vec![self.clone()],
        };
        let (nulls, choices): (Vec<&Value>, Vec<&Value>) = choices.into_iter().partition(|choice| member(choice, "type") == "null");
        let nullable = self.nullable || !nulls.is_empty();
        let extensible = self.extensible || self.parts.iter().any(|part| is_marked(part));
        choices.into_iter().flat_map(|choice| Self { parts: vec![choice], nullable, extensible, ..self.clone() }.alternatives()).collect()
    }

    pub(super) fn shape(&self) -> Shape<'a> {
        let mut shape = Shape { types: TYPES.into(), extensible: self.extensible, ..Shape::default() };
        for part in &self.parts {
            shape.take(self.document, part, &mut Vec::new());
        }
        if let Some(values) = &mut shape.values
            && !values.remove("null")
        {
            shape.types.remove("null");
        }
        if self.nullable {
            shape.types.insert("null");
        }
        shape
    }
}

/// What a schema allows, with everything that it refers to at the same place.
#[derive(Default)]
pub(super) struct Shape<'a> {
    pub(super) types: BTreeSet<&'a str>,
    /// As JSON, so that they have an order.
    pub(super) values: Option<BTreeSet<String>>,
    pub(super) extensible: bool,
    limits: BTreeMap<&'a str, f64>,
    /// Whatever else a value must fit, such as a pattern: all of them hold.
    pub(super) constraints: BTreeSet<(&'a str, String)>,
    pub(super) items: Vec<&'a Value>,
    pub(super) property_names: Vec<&'a Value>,
    pub(super) properties: BTreeMap<&'a str, Vec<&'a Value>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) others: Vec<&'a Value>,
    pub(super) closed: bool,
    pub(super) default: Option<&'a Value>,
    pub(super) unknown: BTreeSet<&'a str>,
}

impl<'a> Shape<'a> {
    /// A bound; what it means when it is not said.
    pub(super) fn limit(&self, keyword: &str) -> f64 {
        let unsaid = match keyword {
            "minimum" | "exclusiveMinimum" => f64::NEG_INFINITY,
            _ if LEAST.contains(&keyword) => 0.0,
            _ => f64::INFINITY,
        };
        self.limits.get(keyword).copied().unwrap_or(unsaid)
    }

    fn take(&mut self, document: &'a Value, schema: &'a Value, followed: &mut Vec<&'a str>) {
        if !schema.is_object() && schema != true {
            self.unknown.insert("schema");
        }
        self.extensible |= is_marked(schema);
        for (keyword, value) in members(schema) {
            match keyword {
                "$ref" => match value.as_str() {
                    Some(name) if !followed.contains(&name) => {
                        followed.push(name);
                        self.take(document, resolved(document, schema), followed);
                        followed.pop();
                    }
                    _ => _ = self.unknown.insert(keyword),
                },
                "allOf" => items(value).for_each(|part| self.take(document, part, followed)),
                "type" => {
                    let mut types = texts(value);
                    types.extend(value.as_str());
                    self.types.retain(|one| types.contains(one) || (*one == "integer" && types.contains("number")));
                }
                "enum" | "const" => {
                    let said: BTreeSet<String> =
                        if keyword == "const" { [value.to_string()].into() } else { items(value).map(Value::to_string).collect() };
                    self.values = Some(self.values.take().map_or(said.clone(), |values| values.intersection(&said).cloned().collect()));
                }
                "items" => self.items.push(value),
                "propertyNames" => self.property_names.push(value),
                "properties" => members(value).for_each(|(name, property)| self.properties.entry(name).or_default().push(property)),
                "required" => self.required.extend(texts(value)),
                "additionalProperties" if value == false => self.closed = true,
                "additionalProperties" => self.others.push(value),
                "default" => self.default = Some(value),
                _ if LEAST.contains(&keyword) || MOST.contains(&keyword) => {
                    let (said, tightest) = (value.as_f64().unwrap_or(f64::NAN), if LEAST.contains(&keyword) { f64::max } else { f64::min });
                    self.limits.entry(keyword).and_modify(|limit| *limit = tightest(*limit, said)).or_insert(said);
                }
                _ if is_words(keyword) => {}
                _ if value.is_object() || value.is_array() => _ = self.unknown.insert(keyword),
                _ => _ = self.constraints.insert((keyword, value.to_string())),
            }
        }
    }
}

/// How this house marks an enumeration that may gain values.
fn is_marked(schema: &Value) -> bool {
    member(schema, "description").as_str().is_some_and(|words| words.contains("Extensible."))
}

fn is_words(keyword: &str) -> bool {
    WORDS.contains(&keyword) || keyword.starts_with("x-")
}
