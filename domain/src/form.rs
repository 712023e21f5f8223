//! The bounds of lists and numbers, kept while an order is read: what is outside them does not fit the form, whatever the state of things.
//! The same bounds stand in the schema, beside each field.

use serde::{Deserialize, Deserializer, de};

use crate::refusal::Rule;

/// A list of up to `MOST` entries, bounded before anything is looked up by it.
pub fn at_most<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.len() > MOST { Err(de::Error::custom(Rule::TooManyItems)) } else { Ok(list) }
}

/// The same of a list that is not empty.
pub fn one_to<'de, const MOST: usize, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = at_most::<MOST, T, D>(deserializer)?;
    if list.is_empty() { Err(de::Error::custom(Rule::TooManyItems)) } else { Ok(list) }
}

/// A whole number from `LEAST` to `MOST`.
pub fn within<'de, const LEAST: i64, const MOST: i64, N, D>(deserializer: D) -> Result<N, D::Error>
where
    N: Deserialize<'de> + Copy + Into<i64>,
    D: Deserializer<'de>,
{
    let number = N::deserialize(deserializer)?;
    if (LEAST..=MOST).contains(&number.into()) { Ok(number) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
}

/// The same, where null and absent are allowed.
pub fn within_if_any<'de, const LEAST: i64, const MOST: i64, N, D>(deserializer: D) -> Result<Option<N>, D::Error>
where
    N: Deserialize<'de> + Copy + Into<i64>,
    D: Deserializer<'de>,
{
    let number = Option::<N>::deserialize(deserializer)?;
    if number.is_none_or(|number| (LEAST..=MOST).contains(&number.into())) { Ok(number) } else { Err(de::Error::custom(Rule::OutOfBounds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        #[serde(deserialize_with = "one_to::<2, _, _>")]
        days: Vec<i32>,
        #[serde(default, deserialize_with = "within_if_any::<1, 7, _, _>")]
        hours: Option<i32>,
        #[serde(deserialize_with = "within::<-1, 1, _, _>")]
        side: i64,
    }

    fn read(text: &str) -> Result<Order, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_within_its_bounds_is_read_and_the_bounds_belong_to_it() {
        assert_eq!(read(r#"{"days": [1, 2], "hours": 7, "side": -1}"#), Ok(Order { days: vec![1, 2], hours: Some(7), side: -1 }));
        assert_eq!(read(r#"{"days": [1], "hours": null, "side": 1}"#), Ok(Order { days: vec![1], hours: None, side: 1 }));
        assert_eq!(read(r#"{"days": [1], "side": 0}"#), Ok(Order { days: vec![1], hours: None, side: 0 }));
    }

    #[test]
    fn what_is_outside_them_is_refused_by_the_code_of_its_rule() {
        for (text, rule) in [
            (r#"{"days": [], "side": 0}"#, Rule::TooManyItems),
            (r#"{"days": [1, 2, 3], "side": 0}"#, Rule::TooManyItems),
            (r#"{"days": [1], "hours": 0, "side": 0}"#, Rule::OutOfBounds),
            (r#"{"days": [1], "hours": 8, "side": 0}"#, Rule::OutOfBounds),
            (r#"{"days": [1], "side": 2}"#, Rule::OutOfBounds),
        ] {
            assert!(read(text).is_err_and(|error| error.starts_with(rule.code())), "{text}");
        }
    }
}
