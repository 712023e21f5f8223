//! Two documents walked side by side: where one is, and what was found there. What is a break is not here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Finding;
use super::schemas::Pair;

const NOTHING: &Value = &Value::Null;

/// Who sends what a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// The client: what is refused from now on breaks it.
    Request,
    /// We: what it does not expect, or no longer gets, breaks it.
    Response,
}

impl Direction {
    /// The one of two for this direction.
    pub(super) fn pick<T>(self, request: T, response: T) -> T {
        match self {
            Self::Request => request,
            Self::Response => response,
        }
    }
}

/// Where in the released document.
#[derive(Clone, Debug)]
pub(super) struct Place {
    operation: String,
    location: String,
}

impl Place {
    pub(super) fn new(operation: &str, location: &str) -> Self {
        Self { operation: operation.to_owned(), location: location.to_owned() }
    }

    /// A step further.
    pub(super) fn then(&self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        Self { operation: self.operation.clone(), location: format!("{}/{step}", self.location) }
    }

    /// At a component, which belongs to no operation.
    pub(super) fn component(&self, reference: &str) -> Self {
        Self::new(&self.operation, reference)
    }
}

/// What two documents have been found to differ in so far.
pub(super) struct Gate<'a> {
    pub(super) released: &'a Value,
    pub(super) committed: &'a Value,
    found: BTreeMap<String, Finding>,
    /// Shared parameters, bodies, answers and headers that were compared.
    components: BTreeSet<&'a str>,
    /// Pairs of schemas that are being compared: met again, they are a cycle.
    pub(super) under_way: BTreeSet<Pair>,
    /// Shared schemas that were compared: met again, they say nothing new.
    pub(super) done: BTreeSet<Pair>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(released: &'a Value, committed: &'a Value) -> Self {
        let found = BTreeMap::new();
        Self { released, committed, found, components: BTreeSet::new(), under_way: BTreeSet::new(), done: BTreeSet::new() }
    }

    /// Another that has found nothing, to try an alternative with. What is under way here is so there.
    pub(super) fn trial(&self) -> Self {
        Self { under_way: self.under_way.clone(), ..Self::new(self.released, self.committed) }
    }

    pub(super) fn found_nothing(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.found.into_values().collect()
    }

    /// Adds a break. Its first words stay.
    pub(super) fn say(&mut self, kind: &'static str, at: &Place, why: &str) {
        let shared = at.location.starts_with("#/components/");
        let (operation, why) = match at.operation.as_str() {
            operation if shared && operation != "*" => ("*", format!("{why} (first met in {operation})")),
            operation => (operation, why.to_owned()),
        };
        let finding = Finding { kind, operation: operation.to_owned(), location: at.location.clone(), why };
        self.found.entry(finding.line()).or_insert(finding);
    }

    /// Both sides behind their references. The place becomes the component if both refer to one of the same name, and there is nothing
    /// to go to if that was compared already.
    pub(super) fn behind(&mut self, at: &Place, released: &'a Value, committed: &'a Value) -> Option<(Place, &'a Value, &'a Value)> {
        let shared = reference(released).filter(|_| reference(released) == reference(committed));
        let (released, committed) = (resolved(self.released, released), resolved(self.committed, committed));
        let Some(name) = shared else { return Some((at.clone(), released, committed)) };
        self.components.insert(name).then(|| (at.component(name), released, committed))
    }
}

/// What a value refers to.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// What a value refers to in its document, or itself.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    reference(value).map_or(value, |name| name.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).unwrap_or(NOTHING))
}

/// A member; null when there is none.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(NOTHING)
}

/// The members of an object; none of anything else.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, member)| (name.as_str(), member))
}

/// The items of an array; none of anything else.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The texts in an array.
pub(super) fn texts(value: &Value) -> BTreeSet<&str> {
    items(value).filter_map(Value::as_str).collect()
}
