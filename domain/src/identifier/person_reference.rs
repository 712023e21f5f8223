//! The house's own reference for a person: `87-XXXX-XXXX-C`. Random, meaningless, never reused. Chance is an argument here.

use std::fmt::Write;
use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// Digits and letters without I, L, O and U, which are misread or make words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A person's reference, printable and dictatable: 40 random bits and a check character that catches any single
/// wrong character and nearly every swap of two neighbours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PersonReference(String);

super::identifier!(PersonReference, pattern: "^[0-9AB]{2,3}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$", length: 14..=15, example: "87-7K3Q-9XWD-G");

fn value(c: u8) -> Option<u32> {
    ALPHABET.iter().position(|a| *a == c).and_then(|place| u32::try_from(place).ok())
}

fn symbol(value: u32) -> char {
    ALPHABET.get((value % 32) as usize).map_or('0', |b| char::from(*b))
}

/// Luhn's method in base 32.
fn check(values: impl DoubleEndedIterator<Item = u32>) -> u32 {
    let sum: u32 = values.rev().enumerate().map(|(i, v)| if i % 2 == 0 { v * 2 / 32 + v * 2 % 32 } else { v }).sum();
    (32 - sum % 32) % 32
}

impl PersonReference {
    /// Mints the reference of the département `department` (`87`) from 40 bits of chance.
    pub fn mint(department: &str, chance: u64) -> Self {
        let values: Vec<u32> = (0..8).map(|place| u32::try_from(chance >> (5 * place) & 31).unwrap_or(0)).collect();
        let mut text = format!("{department}-");
        for (place, v) in values.iter().enumerate() {
            if place == 4 {
                text.push('-');
            }
            text.push(symbol(*v));
        }
        let _ = write!(text, "-{}", symbol(check(values.iter().copied())));
        Self(text)
    }
}

impl FromStr for PersonReference {
    type Err = Rule;

    /// Forgives case, and O, I and L typed for the digits they look like.
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let invalid = Rule::PersonReferenceInvalid;
        let text = raw.trim().to_ascii_uppercase();
        let mut parts = text.splitn(2, '-');
        let (Some(department), Some(rest)) = (parts.next(), parts.next()) else { return Err(invalid) };
        let read: String = rest
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        let [a, b, c] = read.split('-').collect::<Vec<_>>()[..] else { return Err(invalid) };
        let shape = (2..=3).contains(&department.len())
            && department.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'A' | b'B'))
            && (a.len(), b.len(), c.len()) == (4, 4, 1);
        let values: Option<Vec<u32>> = a.bytes().chain(b.bytes()).map(value).collect();
        let sum = c.bytes().next().and_then(value);
        match (shape, values, sum) {
            (true, Some(values), Some(sum)) if check(values.iter().copied()) == sum => Ok(Self(format!("{department}-{read}"))),
            _ => Err(invalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minted_reference_has_the_published_shape() {
        let text = PersonReference::mint("87", 0x12_3456_789a).to_string();
        assert_eq!(text.len(), 14);
        assert!(text.starts_with("87-"));
    }

    proptest! {
        #[test]
        fn a_minted_reference_parses_to_itself(chance in 0u64..1 << 40) {
            let minted = PersonReference::mint("87", chance);
            prop_assert_eq!(minted.to_lowercase().parse::<PersonReference>(), Ok(minted));
        }

        #[test]
        fn one_wrong_character_is_always_caught(chance in 0u64..1 << 40, place in 3usize..14, other in 0usize..32) {
            let mut bytes = PersonReference::mint("87", chance).to_string().into_bytes();
            prop_assume!(bytes[place] != b'-' && bytes[place] != ALPHABET[other]);
            bytes[place] = ALPHABET[other];
            let wrong = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(wrong.parse::<PersonReference>(), Err(Rule::PersonReferenceInvalid));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<PersonReference>();
        }
    }
}
