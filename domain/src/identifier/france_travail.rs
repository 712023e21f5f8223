//! The identifier that France Travail gives to a person, in its old and its new form. Whether two people hold the same is not
//! asked here: the old form is not unique.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// An identifier of France Travail: seven digits and a digit or capital, or eleven digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FranceTravailId(String);

super::identifier!(FranceTravailId, pattern: "^([0-9]{7}[0-9A-Z]|[0-9]{11})$", length: 8..=11, example: "12345678901");

/// How many digits the new form has.
const NEW_LENGTH: usize = 11;

impl FranceTravailId {
    /// Whether it has eleven digits: such an identifier is one person's alone.
    pub fn is_new_form(&self) -> bool {
        self.0.len() == NEW_LENGTH
    }
}

impl FromStr for FranceTravailId {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if super::is_too_long(raw) {
            return Err(Rule::FranceTravailIdInvalid);
        }
        let text = super::bare(raw);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let shape = match text.len() {
            8 => digits >= 7 && text.ends_with(|c: char| c.is_ascii_alphanumeric()),
            NEW_LENGTH => digits == NEW_LENGTH,
            _ => false,
        };
        if shape { Ok(Self(text)) } else { Err(Rule::FranceTravailIdInvalid) }
    }
}
// It leads to a person, so a debug print says nothing.
impl fmt::Debug for FranceTravailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FranceTravailId(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_taken() {
        for (good, normal, new) in [
            ("1234567A", "1234567A", false),
            ("12345678", "12345678", false),
            ("12345678901", "12345678901", true),
            (" 1234567 a\n", "1234567A", false),
            ("123 456-789\u{a0}01", "12345678901", true),
        ] {
            let read: FranceTravailId = good.parse().unwrap();
            assert_eq!((&*read, read.is_new_form()), (normal, new), "{good}");
        }
    }

    #[test]
    fn other_lengths_and_letters_are_refused() {
        for bad in ["123456A", "1234567É", "123456É", "1234567890", "1234567", "123456AB", "1234567890A", "A2345678", "123456789012", "1234567/", ""]
        {
            assert_eq!(bad.parse::<FranceTravailId>(), Err(Rule::FranceTravailIdInvalid), "{bad}");
        }
    }

    #[test]
    fn a_debug_print_says_nothing_and_an_error_its_code() {
        let read: FranceTravailId = serde_json::from_str("\"1234567a\"").unwrap();
        assert_eq!(format!("{read:?}"), "FranceTravailId(…)");
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"1234567A\"");
        assert!(serde_json::from_str::<FranceTravailId>("\"1234567\"").unwrap_err().to_string().starts_with("FRANCE_TRAVAIL_ID_INVALID"));
    }

    proptest! {
        #[test]
        fn the_normal_form_parses_to_itself(text in "[0-9]{7}[0-9A-Z]|[0-9]{11}") {
            prop_assert_eq!(&*text.parse::<FranceTravailId>().unwrap(), &text);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}", near in "[0-9]{5,7}[0-9A-Zé .-]{0,6}") {
            for text in [text, near] {
                if let Ok(read) = text.parse::<FranceTravailId>() {
                    prop_assert_eq!(read.parse(), Ok(read));
                }
            }
        }
    }
}
