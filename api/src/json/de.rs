//! Deserializes a type from the tree of a body, keeping the place and kind of the first fault.
//! Not here: the reading of bytes and the search for duplicate keys (`tree`).

use std::fmt::{self, Display};
use std::iter::Enumerate;
use std::slice::Iter;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Node};
use super::{Fault, FaultKind, Trail};

/// How serde's derive names, in what it expects, an enum it reads by a tag among its fields.
const TAGGED: &str = "internally tagged enum";

/// The longest message that is taken for the code of a rule.
const CODE_LIMIT: usize = 64;

/// Reads a `T` from a whole tree.
pub(crate) fn read<T: DeserializeOwned>(tree: &Node) -> Result<T, Fault> {
    T::deserialize(Reader(tree)).map_err(|error| {
        let Error { kind, trail, .. } = error.settle(tree, false);
        Fault { pointer: trail.pointer(), kind }
    })
}

/// A fault on its way up, to which each level adds its segment.
#[derive(Debug)]
struct Error {
    kind: FaultKind,
    trail: Trail,
    /// The field at fault, as long as it is open which object it belongs to.
    field: Option<Field>,
}

/// A field at fault: unknown and present, or required and absent.
#[derive(Debug)]
struct Field {
    name: String,
    present: bool,
}

impl Field {
    fn fits(&self, entries: &[Entry]) -> bool {
        entries.iter().any(|(key, _)| *key == self.name) == self.present
    }
}

impl Error {
    fn new(kind: FaultKind) -> Self {
        Self { kind, trail: Trail::default(), field: None }
    }

    fn of_field(kind: FaultKind, name: &str, present: bool) -> Self {
        let name = name.to_owned();
        Self { field: Some(Field { name, present }), ..Self::new(kind) }
    }

    /// Finds the object that an open field belongs to: `node` itself when it was read `directly`,
    /// else the only one in `node` that it can be. If there is none, the fault is that of `node`.
    fn settle(mut self, node: &Node, directly: bool) -> Self {
        if let Some(field) = self.field.take() {
            let home = match node {
                Node::Object(entries) if directly && field.fits(entries) => Some(Trail::default()),
                _ => node.only_object(&|entries| field.fits(entries)),
            };
            if let Some(home) = home {
                self.trail = Trail::default().under(&field.name);
                self.trail.0.extend(home.0);
            }
        }
        self
    }

    fn under(mut self, name: &str) -> Self {
        self.trail = self.trail.under(name);
        self
    }
}

impl Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{:?} at {:?}", self.kind, self.trail.pointer())
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    /// A message that is not a code comes from another crate and may quote the value: it is dropped.
    fn custom<M: Display>(message: M) -> Self {
        let message = message.to_string();
        let is_code = message.len() <= CODE_LIMIT
            && message.starts_with(|first: char| first.is_ascii_uppercase())
            && message.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit());
        Self::new(if is_code { FaultKind::Rule(message) } else { FaultKind::InvalidValue })
    }

    fn invalid_type(_: Unexpected, _: &dyn Expected) -> Self {
        Self::new(FaultKind::WrongType)
    }

    fn invalid_value(_: Unexpected, _: &dyn Expected) -> Self {
        Self::new(FaultKind::InvalidValue)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new(FaultKind::OutOfBounds)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(FaultKind::InvalidValue)
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::of_field(FaultKind::UnknownField, name, true)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::of_field(FaultKind::MissingField, name, false)
    }

    /// Two aliases of one field: the fault is that of their object.
    fn duplicate_field(_: &'static str) -> Self {
        Self::new(FaultKind::DuplicateKey)
    }
}

/// Reads one node.
#[derive(Clone, Copy)]
struct Reader<'de>(&'de Node);

impl<'de> Reader<'de> {
    /// Reads what a node holds and leaves no field of the fault open.
    fn descend<S: DeserializeSeed<'de>>(node: &'de Node, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Self(node)).map_err(|error| error.settle(node, false))
    }

    /// An integer of a type whose values lie between two bounds, both excluded. JSON's integers
    /// beyond 64 bits come as floats, so a whole float out of the bounds is a number too large.
    fn integer<V: Visitor<'de>>(self, low: f64, high: f64, visitor: V) -> Result<V::Value, Error> {
        if let Node::Number(number) = self.0
            && number.is_f64()
            && let Some(value) = number.as_f64()
        {
            let too_large = value.fract() == 0.0 && (value <= low || value >= high);
            return Err(Error::new(if too_large { FaultKind::InvalidValue } else { FaultKind::WrongType }));
        }
        self.deserialize_any(visitor)
    }
}

/// Two to a power, exactly.
const fn two_to(power: u32) -> f64 {
    let mut value = 1.0;
    let mut count = 0;
    while count < power {
        value *= 2.0;
        count += 1;
    }
    value
}

macro_rules! integers {
    ($($method:ident: $low:expr, $high:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.integer($low, $high, visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Number(number) => {
                if let Some(value) = number.as_u64() {
                    visitor.visit_u64(value)
                } else if let Some(value) = number.as_i64() {
                    visitor.visit_i64(value)
                } else if let Some(value) = number.as_f64() {
                    visitor.visit_f64(value)
                } else {
                    Err(Error::new(FaultKind::InvalidValue))
                }
            }
            Node::String(value) => visitor.visit_borrowed_str(value),
            Node::Array(items) => {
                // serde would take such an enum from `[tag, content]` as well.
                if (&visitor as &dyn Expected).to_string().starts_with(TAGGED) {
                    return Err(Error::new(FaultKind::WrongType));
                }
                let mut items = Items(items.iter().enumerate());
                let value = visitor.visit_seq(&mut items)?;
                if items.0.len() == 0 { Ok(value) } else { Err(Error::new(FaultKind::OutOfBounds)) }
            }
            Node::Object(entries) => visitor.visit_map(Entries::of(entries)).map_err(|error| error.settle(self.0, true)),
        }
    }

    integers! {
        deserialize_i8: -two_to(7) - 1.0, two_to(7);
        deserialize_i16: -two_to(15) - 1.0, two_to(15);
        deserialize_i32: -two_to(31) - 1.0, two_to(31);
        deserialize_i64: -two_to(63) - 1.0, two_to(63);
        deserialize_u8: -1.0, two_to(8);
        deserialize_u16: -1.0, two_to(16);
        deserialize_u32: -1.0, two_to(32);
        deserialize_u64: -1.0, two_to(64);
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A map, or a struct with a flattened field, which serde buffers: fields stay open.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Node::Object(entries) => visitor.visit_map(Entries::of(entries)),
            _ => Err(Error::new(FaultKind::WrongType)),
        }
    }

    /// Only from an object: serde would take a struct from an array as well.
    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_map(visitor).map_err(|error| error.settle(self.0, true))
    }

    /// Only from a string, hence only variants without content.
    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Node::String(value) => visitor.visit_enum(BorrowedStrDeserializer::new(value)),
            _ => Err(Error::new(FaultKind::WrongType)),
        }
    }

    /// Only from a string: serde would take a variant from its index as well.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Node::String(value) => visitor.visit_borrowed_str(value),
            _ => Err(Error::new(FaultKind::WrongType)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct
    }
}

/// The elements of an array still to be read.
struct Items<'de>(Enumerate<Iter<'de, Node>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.next().map(|(index, node)| Reader::descend(node, seed).map_err(|error| error.under(&index.to_string()))).transpose()
    }
}

/// The entries of an object still to be read, and the one whose key was read last.
struct Entries<'de> {
    rest: Iter<'de, Entry>,
    current: Option<&'de Entry>,
}

impl<'de> Entries<'de> {
    fn of(entries: &'de [Entry]) -> Self {
        Self { rest: entries.iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.current = self.rest.next();
        self.current
            .map(|(key, _)| {
                // Whatever refuses a key, an unknown field among others, is about this very key.
                seed.deserialize(BorrowedStrDeserializer::new(key)).map_err(|error: Error| Error::new(error.kind).under(key))
            })
            .transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, node) = self.current.take().ok_or_else(|| Error::new(FaultKind::WrongType))?;
        Reader::descend(node, seed).map_err(|error| error.under(key))
    }
}
