//! What orders have in common: a command without fields, a list of bounded length. What an order says is beside its handler.

use domain::refusal::Rule;
use serde::{Deserialize, Deserializer, de};

/// A command without fields: an empty body, or `{}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A query without filters.
pub(crate) type NoFilter = Nothing;

/// A list of up to `MOST` entries. Its bound is kept here, before anything is looked up by it.
pub(crate) fn at_most<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.len() > MOST { Err(de::Error::custom(Rule::TooManyItems)) } else { Ok(list) }
}
