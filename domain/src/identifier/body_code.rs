//! The code of the CAF or MSA that keeps a household: three digits. Whether such a body exists is not asked here.

use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// The code of a body that pays the RSA: three digits, such as `871`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BodyCode(String);

super::identifier!(BodyCode, pattern: "^[0-9]{3}$", length: 3..=3, example: "871");

impl FromStr for BodyCode {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let code = raw.trim();
        let shape = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
        if shape { Ok(Self(code.to_owned())) } else { Err(Rule::BodyCodeInvalid) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_three_digits() {
        for good in ["871", "001", " 871\n"] {
            assert_eq!(&*good.parse::<BodyCode>().unwrap(), good.trim());
        }
        for bad in ["", "87", "8711", "87A", "87é", "8 71", "+71", "\u{661}\u{661}\u{661}"] {
            assert_eq!(bad.parse::<BodyCode>(), Err(Rule::BodyCodeInvalid), "{bad:?}");
        }
    }
}
