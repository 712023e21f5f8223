//! Identifiers that know what they identify. Minting one needs a clock and chance, so it is not done here:
//! `persistence` mints, from the injected source.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::refusal::Rule;

/// A `UUIDv7` that identifies a `T` and nothing else: an enrolment's id cannot be passed for a session's.
pub struct Id<T> {
    uuid: Uuid,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Takes a stored or minted UUID as the id of a `T`.
    pub const fn new(uuid: Uuid) -> Self {
        Self { uuid, of: PhantomData }
    }

    /// The bare UUID, for storage.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uuid)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uuid)
    }
}

impl<T> FromStr for Id<T> {
    type Err = Rule;

    /// Accepts only the canonical hyphenated form, so that one thing has one URL.
    fn from_str(text: &str) -> Result<Self, Rule> {
        if text.len() != 36 {
            return Err(Rule::IdMalformed);
        }
        Uuid::try_parse(text).map(Self::new).map_err(|_| Rule::IdMalformed)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.uuid)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
    use utoipa::openapi::{RefOr, Schema};

    use super::Id;

    impl<T> utoipa::PartialSchema for Id<T> {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build().into()
        }
    }
    impl<T> utoipa::ToSchema for Id<T> {
        fn name() -> std::borrow::Cow<'static, str> {
            std::borrow::Cow::Borrowed("Id")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Session;

    #[test]
    fn only_the_canonical_form_is_an_id() {
        assert!("0199aa10-7b2c-7d3e-8f40-123456789abc".parse::<Id<Session>>().is_ok());
        for bad in ["", "1", "0199aa107b2c7d3e8f40123456789abc", "{0199aa10-7b2c-7d3e-8f40-123456789abc}", "zzzzaa10-7b2c-7d3e-8f40-123456789abc"] {
            assert_eq!(bad.parse::<Id<Session>>(), Err(Rule::IdMalformed));
        }
    }
}
