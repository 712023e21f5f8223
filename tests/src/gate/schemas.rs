//! Schemas compared by what they allow, in the direction they go: a request may not be narrowed, an answer not widened. How a schema is
//! written is in `shape.rs`, where it is used in `operations.rs`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::shape::{LEAST, MOST, Shape, Side};
use super::walk::{Direction, Gate, Place};

/// Two schemas, each known by where it is in memory, with what is said of them where they are used.
pub(super) type Pair = (*const Value, *const Value, Direction, [bool; 2]);

fn pair(direction: Direction, released: &Side<'_>, committed: &Side<'_>) -> Pair {
    let here = |side: &Side<'_>| side.parts.first().map_or(std::ptr::null(), |part| std::ptr::from_ref(*part));
    (here(released), here(committed), direction, [released.extensible, committed.extensible])
}

impl<'a> Gate<'a> {
    /// Compares what two schemas allow. None allows anything.
    pub(super) fn schemas(&mut self, direction: Direction, at: &Place, released: Option<&'a Value>, committed: Option<&'a Value>) {
        let (released, committed) = (Side::new(self.released, released.as_slice()), Side::new(self.committed, committed.as_slice()));
        self.sides(direction, at, &released, &committed);
    }

    fn sides(&mut self, direction: Direction, at: &Place, released: &Side<'a>, committed: &Side<'a>) {
        if released.parts.is_empty() && committed.parts.is_empty() {
            return;
        }
        let (mut released, mut committed) = (released.alternatives(), committed.alternatives());
        if let ([one], [other]) = (released.as_mut_slice(), committed.as_mut_slice()) {
            let pair = pair(direction, one, other);
            if self.under_way.insert(pair) {
                self.alike(direction, at, one, other);
                self.under_way.remove(&pair);
            }
            return;
        }
        let fits = |one: &Side<'a>, other: &Side<'a>| {
            let mut trial = self.trial();
            trial.sides(direction, at, one, other);
            trial.found_nothing()
        };
        let broken = match direction {
            Direction::Request => released.iter().any(|one| !committed.iter().any(|other| fits(one, other))),
            Direction::Response => committed.iter().any(|other| !released.iter().any(|one| fits(one, other))),
        };
        if broken {
            let why = direction.pick("what one of the alternatives allowed is refused", "one of the alternatives allows what none did");
            self.say(direction.pick("request-alternatives-narrowed", "response-alternatives-widened"), at, why);
        }
    }

    /// Two schemas without alternatives.
    fn alike(&mut self, direction: Direction, at: &Place, released: &mut Side<'a>, committed: &mut Side<'a>) {
        let names = (released.reference(), committed.reference());
        if names == (None, None) {
            return self.shapes(direction, at, released, committed);
        }
        released.follow();
        committed.follow();
        let Some(name) = names.0.filter(|_| names.0 == names.1) else {
            return self.sides(direction, at, released, committed);
        };
        let null = |side: &mut Side<'a>| if std::mem::take(&mut side.nullable) { BTreeSet::from(["null"]) } else { BTreeSet::new() };
        let nulls = (null(released), null(committed));
        self.types(direction, at, &nulls.0, &nulls.1);
        if self.done.insert(pair(direction, released, committed)) {
            self.sides(direction, &at.component(name), released, committed);
        }
    }

    fn shapes(&mut self, direction: Direction, at: &Place, released: &Side<'a>, committed: &Side<'a>) {
        let (documents, released, committed) = ((self.released, self.committed), released.shape(), committed.shape());
        self.types(direction, at, &released.types, &committed.types);
        self.values(direction, at, &released, &committed);
        self.limits(direction, at, &released, &committed);
        let (from, to) = direction.pick((&released, &committed), (&committed, &released));
        for (keyword, text) in to.constraints.difference(&from.constraints) {
            let why = format!("{text} is {}", direction.pick("asked for", "no longer kept"));
            self.say(direction.pick("request-form-narrowed", "response-form-widened"), &at.then(keyword), &why);
        }
        for keyword in released.unknown.union(&committed.unknown) {
            self.say("keyword-unknown", &at.then(keyword), "the gate does not know what it allows: teach it");
        }
        if direction == Direction::Request && released.default.is_some_and(|default| committed.default != Some(default)) {
            self.say("request-default-changed", &at.then("default"), "leaving it out means something else");
        }
        let both = |one: &[&'a Value], other: &[&'a Value]| (Side::new(documents.0, one), Side::new(documents.1, other));
        let (one, other) = both(&released.items, &committed.items);
        self.sides(direction, &at.then("items"), &one, &other);
        let (one, other) = both(&released.property_names, &committed.property_names);
        self.sides(direction, &at.then("propertyNames"), &one, &other);
        self.names(direction, at, &released, &committed);
        for (name, parts) in &released.properties {
            if let Some(others) = committed.properties.get(name) {
                let (one, other) = both(parts, others);
                self.sides(direction, &at.then("properties").then(name), &one, &other);
            }
        }
        if !released.closed && !committed.closed {
            let (one, other) = both(&released.others, &committed.others);
            self.sides(direction, &at.then("additionalProperties"), &one, &other);
        }
    }

    fn types(&mut self, direction: Direction, at: &Place, released: &BTreeSet<&str>, committed: &BTreeSet<&str>) {
        let (more, fewer) = direction.pick((released, committed), (committed, released));
        for one in more.difference(fewer) {
            let why = direction.pick("it is refused", "a client does not expect it");
            self.say(direction.pick("request-type-removed", "response-type-added"), &at.then("type").then(one), why);
        }
    }

    /// Enumerations. One that is marked extensible has no end for those who read it.
    fn values(&mut self, direction: Direction, at: &Place, released: &Shape<'_>, committed: &Shape<'_>) {
        let at = at.then("enum");
        let kind = direction.pick("request-value-removed", "response-value-added");
        let (had, has) = (&released.values, &committed.values);
        match direction {
            Direction::Response if released.extensible => {}
            Direction::Response if had.is_some() && has.is_some() && committed.extensible => {
                self.say("response-enumeration-opened", &at, "any value may come from now on");
            }
            _ => match direction.pick((had, has), (has, had)) {
                (None, Some(_)) => self.say(kind, &at, direction.pick("only some values are left", "any value may come")),
                (Some(more), Some(fewer)) => {
                    for value in more.difference(fewer) {
                        let why = direction.pick("a client sends it", "the enumeration is closed");
                        self.say(kind, &at.then(value.trim_matches('"')), why);
                    }
                }
                (_, None) => {}
            },
        }
    }

    fn limits(&mut self, direction: Direction, at: &Place, released: &Shape<'_>, committed: &Shape<'_>) {
        for keyword in LEAST.into_iter().chain(MOST) {
            let (had, has) = (released.limit(keyword), committed.limit(keyword));
            let narrowed = if LEAST.contains(&keyword) { has > had } else { has < had };
            if had.total_cmp(&has).is_ne() && narrowed == (direction == Direction::Request) {
                let kind = direction.pick("request-bound-narrowed", "response-bound-widened");
                self.say(kind, &at.then(keyword), &format!("from {had} to {has}"));
            }
        }
    }

    /// The properties of an object, by their names.
    fn names(&mut self, direction: Direction, at: &Place, released: &Shape<'_>, committed: &Shape<'_>) {
        let at_property = |name: &str| at.then("properties").then(name);
        for name in released.properties.keys().filter(|name| !committed.properties.contains_key(*name)) {
            let kind = direction.pick("request-property-removed", "response-property-removed");
            self.say(kind, &at_property(name), direction.pick("a client sends it", "a client reads it"));
        }
        let (from, to) = direction.pick((released, committed), (committed, released));
        for name in to.required.difference(&from.required).filter(|name| direction == Direction::Request || from.properties.contains_key(*name)) {
            let why = direction.pick("a client may leave it out", "it may be absent");
            self.say(direction.pick("request-property-required", "response-property-optional"), &at_property(name), why);
        }
        if direction == Direction::Request && committed.closed && !released.closed {
            self.say("request-unknown-refused", &at.then("additionalProperties"), "properties without a name were let through");
        }
    }
}
