//! A body as a tree that keeps every key it was sent, duplicates and order included.
//! Not here: what any type makes of the tree (`de`).

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::Trail;

/// How deep arrays and objects may nest; `{}` is one deep.
const DEPTH_LIMIT: usize = 32;

/// A key of an object and what it holds.
pub(crate) type Entry = (String, Node);

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, a float unless it fits an `i64` or a `u64` and is written as an integer.
    Number(Number),
    /// A string, any character allowed.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order sent.
    Object(Vec<Entry>),
}

impl Node {
    /// The tree of a body, or nothing when the body is not JSON or nests too deep.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let mut input = serde_json::Deserializer::from_str(text);
        let node = Room(DEPTH_LIMIT).deserialize(&mut input).ok()?;
        input.end().ok()?;
        Some(node)
    }

    /// The first key, as the body reads, that its object already holds.
    pub(crate) fn duplicate(&self) -> Option<Trail> {
        match self {
            Self::Object(entries) => {
                let mut seen = HashSet::with_capacity(entries.len());
                entries.iter().find_map(|(key, child)| {
                    let found = if seen.insert(key.as_str()) { child.duplicate() } else { Some(Trail::default()) };
                    found.map(|trail| trail.under(key))
                })
            }
            Self::Array(items) => items.iter().enumerate().find_map(|(index, child)| {
                let trail = child.duplicate()?;
                Some(trail.under(&index.to_string()))
            }),
            _ => None,
        }
    }

    /// The one object, among this node and all below it, that passes the test. Nothing when none
    /// does, or several do.
    pub(crate) fn only_object(&self, test: &impl Fn(&[Entry]) -> bool) -> Option<Trail> {
        let mut found = self.objects(test);
        if found.len() == 1 { found.pop() } else { None }
    }

    /// The objects that pass the test; the search may end at the second.
    fn objects(&self, test: &impl Fn(&[Entry]) -> bool) -> Vec<Trail> {
        let mut found = Vec::new();
        match self {
            Self::Object(entries) => {
                if test(entries) {
                    found.push(Trail::default());
                }
                for (key, child) in entries {
                    found.extend(child.objects(test).into_iter().map(|trail| trail.under(key)));
                    if found.len() > 1 {
                        break;
                    }
                }
            }
            Self::Array(items) => {
                for (index, child) in items.iter().enumerate() {
                    let index = index.to_string();
                    found.extend(child.objects(test).into_iter().map(|trail| trail.under(&index)));
                    if found.len() > 1 {
                        break;
                    }
                }
            }
            _ => {}
        }
        found
    }
}

/// Builds one node; holds how many levels of arrays and objects may still open.
struct Room(usize);

impl Room {
    fn inner<E: Error>(&self) -> Result<usize, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Room {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Node, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Room {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Number::from_f64(value).map(Node::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = input.next_element_seed(Room(inner))? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Node, A::Error> {
        let inner = self.inner()?;
        let mut entries = Vec::new();
        while let Some(key) = input.next_key()? {
            entries.push((key, input.next_value_seed(Room(inner))?));
        }
        Ok(Node::Object(entries))
    }
}
