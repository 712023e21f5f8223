//! Reads a request body into a type, strictly, naming the place and kind of its first fault.
//! Not here: how a fault is told to the client, and any rule of the domain.

mod de;
mod tree;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;

use tree::Node;

/// How many characters of a name sent by the client a pointer repeats.
const SEGMENT_LIMIT: usize = 64;

/// Why a body could not be read, and where. It never holds the submitted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// JSON Pointer (RFC 6901) to the fault, or to the nearest place that is known; empty for the
    /// whole body. Each segment is cut to 64 characters and freed of control characters, so a
    /// pointer is meant for people and cannot always be resolved.
    pub(crate) pointer: String,
    /// What is wrong there.
    pub(crate) kind: FaultKind,
}

/// What can be wrong with a body, or with a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Not UTF-8, not JSON, trailing characters, a lone surrogate, or nested deeper than 32.
    NotJson,
    /// A name that its object already holds.
    DuplicateKey,
    /// A name that the type does not know.
    UnknownField,
    /// A name that the type requires.
    MissingField,
    /// Another JSON type than the expected one.
    WrongType,
    /// The right JSON type, but not a value that the type has.
    InvalidValue,
    /// Too few or too many elements.
    OutOfBounds,
    /// A rule of the domain, by its code.
    Rule(String),
}

/// Reads a body, which must be a JSON object, into `T`.
///
/// Bytes that are not JSON come before a duplicate key, and a duplicate key before what `T` finds.
///
/// serde reads the fields of an internally tagged enum from a buffer that forgets places. A field
/// unknown or missing in there is named as long as only one object can be meant; every other fault
/// points at the enum's object.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let whole = |kind| Fault { pointer: String::new(), kind };
    let tree = Node::parse(body).ok_or_else(|| whole(FaultKind::NotJson))?;
    if let Some(trail) = tree.duplicate() {
        return Err(Fault { pointer: trail.pointer(), kind: FaultKind::DuplicateKey });
    }
    match tree {
        Node::Object(_) => de::read(&tree),
        _ => Err(whole(FaultKind::WrongType)),
    }
}

/// Like [`read`], but a body of no bytes at all counts as `{}`.
pub(crate) fn read_or_empty<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    read(if body.is_empty() { b"{}" } else { body })
}

/// A place in a body: the segments of its pointer, already escaped, the innermost first.
#[derive(Debug, Default)]
struct Trail(Vec<String>);

impl Trail {
    /// The same place, seen from the parent that holds it under `name`.
    fn under(mut self, name: &str) -> Self {
        self.0.push(segment(name));
        self
    }

    fn pointer(&self) -> String {
        self.0.iter().rev().flat_map(|segment| ["/", segment]).collect()
    }
}

/// One segment of a pointer, cut, freed of control characters and escaped.
fn segment(name: &str) -> String {
    let mut segment = String::new();
    for character in name.chars().take(SEGMENT_LIMIT) {
        match character {
            '~' => segment.push_str("~0"),
            '/' => segment.push_str("~1"),
            control if control.is_control() => segment.push(char::REPLACEMENT_CHARACTER),
            other => segment.push(other),
        }
    }
    segment
}
