//! French postal codes: five digits, not to be confused with INSEE commune codes. Which communes one serves is not asked here.

use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// A French postal code, `01000` to `98999`, such as `87000` (Limoges). Never a commune code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PostalCode(String);

super::identifier!(PostalCode, pattern: "^(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}$", length: 5..=5, example: "87000");

impl FromStr for PostalCode {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if super::is_too_long(raw) {
            return Err(Rule::PostalCodeInvalid);
        }
        let code = super::bare(raw);
        let shape = code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) && ("01000"..="98999").contains(&&*code);
        if shape { Ok(Self(code)) } else { Err(Rule::PostalCodeInvalid) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_has_five_digits_from_the_ain_to_the_pacific() {
        for (typed, held) in
            [("87000", "87000"), (" 87 000\n", "87000"), ("01000", "01000"), ("98999", "98999"), ("20000", "20000"), ("97400", "97400")]
        {
            assert_eq!(&*typed.parse::<PostalCode>().unwrap(), held, "{typed:?}");
        }
        // The first lost its zero in a spreadsheet: it may be of the Aisne or of nowhere.
        for bad in ["8700", "", "00999", "99000", "870000", "8700O", "2A004", "+8700", "8700\u{660}", "é700", "F-87000"] {
            assert_eq!(bad.parse::<PostalCode>(), Err(Rule::PostalCodeInvalid), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}", near in "[0-9é ]{3,7}") {
            for text in [text, near] {
                if let Ok(read) = text.parse::<PostalCode>() {
                    prop_assert_eq!(read.parse(), Ok(read));
                }
            }
        }
    }
}
