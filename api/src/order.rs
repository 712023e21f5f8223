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

/// The same of a list that is not empty.
pub(crate) fn one_to<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = at_most::<MOST, T, D>(deserializer)?;
    if list.is_empty() { Err(de::Error::custom(Rule::TooManyItems)) } else { Ok(list) }
}

/// A whole number with the bounds that its schema has: what is outside them does not fit the form, whatever the state of things.
pub(crate) fn within<'de, const LEAST: i64, const MOST: i64, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let number = i32::deserialize(deserializer)?;
    if (LEAST..=MOST).contains(&i64::from(number)) { Ok(number) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
}

/// Like [`within`], where null and absent are allowed.
pub(crate) fn within_if_any<'de, const LEAST: i64, const MOST: i64, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = Option::<i64>::deserialize(deserializer)?;
    if number.is_none_or(|number| (LEAST..=MOST).contains(&number)) { Ok(number) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
}

/// A whole number in a query, where everything is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextNumber<const LEAST: i64, const MOST: i64>(pub(crate) i64);

impl<'de, const LEAST: i64, const MOST: i64> Deserialize<'de> for TextNumber<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = String::deserialize(deserializer)?.parse::<i64>().map_err(|_| de::Error::custom(Rule::OutOfBounds))?;
        if (LEAST..=MOST).contains(&number) { Ok(Self(number)) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
    }
}
