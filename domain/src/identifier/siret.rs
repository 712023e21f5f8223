//! SIRET: 14 digits that identify an establishment, Luhn with the exception of La Poste. The company register is not asked.

use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// An establishment's SIRET, 14 digits with a right key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Siret(String);

super::identifier!(Siret, pattern: "^[0-9]{14}$", length: 14..=14, example: "73282932000074");

const LA_POSTE: &str = "356000000";

impl FromStr for Siret {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let digits: String = raw.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}')).collect();
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Rule::SiretInvalid);
        }
        let values = || digits.bytes().rev().map(|b| u32::from(b - b'0'));
        let luhn: u32 = values().enumerate().map(|(i, v)| if i % 2 == 0 { v } else { v * 2 / 10 + v * 2 % 10 }).sum();
        let plain: u32 = values().sum();
        if luhn.is_multiple_of(10) || digits.starts_with(LA_POSTE) && plain.is_multiple_of(5) { Ok(Self(digits)) } else { Err(Rule::SiretInvalid) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_luhn_or_the_digit_sum_of_la_poste() {
        for good in ["73282932000074", "732 829 320 00074", "35600000000048", "35600000049837"] {
            assert!(good.parse::<Siret>().is_ok(), "{good}");
        }
        for bad in ["73282932000075", "7328293200007", "7328293200007A", "", "732829320000740"] {
            assert_eq!(bad.parse::<Siret>(), Err(Rule::SiretInvalid), "{bad}");
        }
    }
}
