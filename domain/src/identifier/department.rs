//! Codes of the départements: two characters, three overseas. Those of the collectivities that have none are not here.

use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// The INSEE code of a département: `01` to `95` with `2A` and `2B` for Corsica, `971` to `976` overseas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DepartmentCode(String);

super::identifier!(DepartmentCode, pattern: "^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-6])$", length: 2..=3, example: "87");

impl FromStr for DepartmentCode {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let code = raw.trim().to_ascii_uppercase();
        let is_known = match code.as_bytes() {
            b"2A" | b"2B" | b"971" | b"972" | b"973" | b"974" | b"975" | b"976" => true,
            [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => matches!((tens - b'0') * 10 + (units - b'0'), 1..=19 | 21..=95),
            _ => false,
        };
        if is_known { Ok(Self(code)) } else { Err(Rule::CodeUnknown) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_list() {
        let is_known = |code: &str| code.parse::<DepartmentCode>().is_ok();
        for number in 0..100 {
            assert_eq!(is_known(&format!("{number:02}")), matches!(number, 1..=19 | 21..=95), "{number}");
        }
        for number in 960..1000 {
            assert_eq!(is_known(&number.to_string()), matches!(number, 971..=976), "{number}");
        }
        assert_eq!(&*" 2a".parse::<DepartmentCode>().unwrap(), "2A");
        for bad in ["", "2C", "A2", "1", "087", "2AB", "97", "+1", "é", "\u{661}\u{661}"] {
            assert_eq!(bad.parse::<DepartmentCode>(), Err(Rule::CodeUnknown), "{bad:?}");
        }
    }
}
