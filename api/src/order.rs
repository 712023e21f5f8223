//! What orders have in common: a command without fields, a number in a query. What an order says is beside its handler, how lists and
//! numbers are bounded in `domain::form`.

use domain::refusal::Rule;
use serde::{Deserialize, Deserializer, de};

/// A command without fields: an empty body, or `{}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A query without filters.
pub(crate) type NoFilter = Nothing;

/// A whole number in a query, where everything is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextNumber<const LEAST: i64, const MOST: i64>(pub(crate) i64);

impl<'de, const LEAST: i64, const MOST: i64> Deserialize<'de> for TextNumber<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = String::deserialize(deserializer)?.parse::<i64>().map_err(|_| de::Error::custom(Rule::OutOfBounds))?;
        if (LEAST..=MOST).contains(&number) { Ok(Self(number)) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
    }
}
