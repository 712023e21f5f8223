//! INSEE commune codes: five characters, not to be confused with postcodes. Existence is the dated reference table's to say.

use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// An INSEE commune code such as `87085` (Limoges). Never a postcode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CommuneCode(String);

super::identifier!(CommuneCode, pattern: "^((0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-58])[0-9]|97[1-6])[0-9]{2}$", length: 5..=5, example: "87085");

impl FromStr for CommuneCode {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let code = raw.trim();
        let malformed = Rule::CommuneCodeMalformed;
        let (Some(department), Some(rest)) = (code.get(..2), code.get(2..)) else { return Err(malformed) };
        let metropolitan = matches!(department, "2A" | "2B")
            || department.parse::<u8>().is_ok_and(|n| (1..=95).contains(&n) && n != 20) && department.bytes().all(|b| b.is_ascii_digit());
        let overseas = department == "97" && rest.bytes().next().is_some_and(|b| (b'1'..=b'6').contains(&b)) || department == "98";
        if rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()) && (metropolitan || overseas) {
            Ok(Self(code.to_owned()))
        } else {
            Err(malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_the_official_code() {
        for good in ["87085", "2A004", "97105", "01001", "98818", "87000"] {
            assert!(good.parse::<CommuneCode>().is_ok(), "{good}");
        }
        for bad in ["20004", "96001", "870850", "8708", "2C004", "97705", "00001", "+1001", "é7085", ""] {
            assert_eq!(bad.parse::<CommuneCode>(), Err(Rule::CommuneCodeMalformed), "{bad}");
        }
    }
}
