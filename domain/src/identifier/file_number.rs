//! The number under which a body that pays the RSA keeps a household (*matricule*, *numéro allocataire*). It is shared by the adults of
//! the household, so it never identifies a person; which body it is of, and who holds it, is the household's page.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::nir::Nir;
use crate::refusal::Rule;

/// A household's file number: seven digits at a CAF, 1 to 15 letters and digits at an MSA.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FileNumber(String);

super::identifier!(FileNumber, pattern: "^[0-9A-Z]{1,15}$", length: 1..=15, example: "1234567");

/// How many digits of a CAF's number mean something.
const CAF_LENGTH: usize = 7;

/// How long the field is in which the flows carry it, filled with zeros.
const FIELD_LENGTH: usize = 15;

/// The seven digits of a number that zeros may follow.
fn significant(number: &str) -> Option<&str> {
    let (seven, filling) = number.split_at_checked(CAF_LENGTH)?;
    filling.bytes().all(|b| b == b'0').then_some(seven)
}

impl FileNumber {
    /// The number of a CAF, whichever side zeros fill its field on: ` 1234567 ` and `123456700000000` are `1234567`.
    pub fn caf(raw: &str) -> Result<Self, Rule> {
        let Self(text) = raw.parse()?;
        let seven = significant(&text).or_else(|| significant(text.trim_start_matches('0')));
        match seven {
            Some(seven) if seven.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(seven.to_owned())),
            _ => Err(Rule::FileNumberInvalid),
        }
    }

    /// The number of an MSA, in capitals: nothing more is known of its shape, and it is often somebody's social security number.
    pub fn msa(raw: &str) -> Result<Self, Rule> {
        raw.parse()
    }

    /// What it may be when nobody says of which body: as typed, and as a CAF's.
    pub fn readings(&self) -> Vec<Self> {
        let caf = Self::caf(self).ok().filter(|caf| caf != self);
        std::iter::once(self.clone()).chain(caf).collect()
    }

    /// The social security number that it is, at an MSA: with its key or without. It then tells who the claimant is, and is no secret
    /// any more unless it is treated as one.
    pub fn as_nir(&self) -> Option<Nir> {
        self.0.parse().ok()
    }
}

impl FromStr for FileNumber {
    type Err = Rule;

    /// As it was typed, in capitals and without separators, until it is known which body it is of. Zeros alone are a field left empty.
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if super::is_too_long(raw) {
            return Err(Rule::FileNumberInvalid);
        }
        let text = super::bare(raw);
        let shape = (1..=FIELD_LENGTH).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) && text.bytes().any(|b| b != b'0');
        if shape { Ok(Self(text)) } else { Err(Rule::FileNumberInvalid) }
    }
}
// It leads to a household, and at an MSA it may be a social security number: a debug print says nothing.
impl fmt::Debug for FileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn caf(raw: &str) -> Result<String, Rule> {
        FileNumber::caf(raw).map(|number| number.to_string())
    }

    #[test]
    fn a_number_of_a_caf_has_seven_digits_that_zeros_may_follow_or_precede() {
        for (typed, held) in [
            ("1234567", "1234567"),
            (" 1234567 ", "1234567"),
            ("123456700000000", "1234567"),
            ("12 34 567", "1234567"),
            ("1234567\u{a0}", "1234567"),
            ("12345670", "1234567"),
            ("01234567", "1234567"),
            ("000000001234567", "1234567"),
            // Its own zeros stay.
            ("0123456", "0123456"),
            ("012345600000000", "0123456"),
            ("1234560", "1234560"),
            ("1000000", "1000000"),
        ] {
            assert_eq!(caf(typed).as_deref(), Ok(held), "{typed:?}");
        }
        for bad in [
            "12345",
            "123456",
            "ABCDEFG",
            "123456A",
            // A digit after the seventh that is not a filling zero.
            "123456710000000",
            "12345678",
            "1234567000000000",
            "0000000",
            "000000000000000",
            "000000000123456",
            "123456\u{667}",
            "123456é",
            "",
            " ",
        ] {
            assert_eq!(caf(bad), Err(Rule::FileNumberInvalid), "{bad:?}");
        }
    }

    #[test]
    fn a_number_of_an_msa_is_one_to_fifteen_letters_and_digits() {
        for (typed, held) in [
            ("1", "1"),
            ("A", "A"),
            (" 87 ab-12 ", "87AB12"),
            ("123456710000000", "123456710000000"),
            ("123456700000000", "123456700000000"),
            ("178022a99912386", "178022A99912386"),
        ] {
            assert_eq!(FileNumber::msa(typed).map(|number| number.to_string()).as_deref(), Ok(held), "{typed:?}");
        }
        for bad in ["", " ", "-", "1234567890123456", "12/34", "É", "0", "000000000000000", &" ".repeat(1000)] {
            assert_eq!(FileNumber::msa(bad), Err(Rule::FileNumberInvalid), "{bad:?}");
        }
    }

    #[test]
    fn a_number_of_an_msa_that_is_a_social_security_number_is_told_from_others() {
        let nir = |raw: &str| FileNumber::msa(raw).unwrap().as_nir().map(|nir| nir.full());
        assert_eq!(nir("1 85 05 87 999 123 89").as_deref(), Some("185058799912389"));
        assert_eq!(nir("1850587999123").as_deref(), Some("185058799912389"), "without its key");
        assert_eq!(nir("185058799912388"), None, "the key is wrong");
        assert_eq!(nir("1234567"), None);
    }

    #[test]
    fn what_is_typed_without_its_body_is_looked_for_both_ways() {
        let readings = |raw: &str| raw.parse::<FileNumber>().unwrap().readings().into_iter().map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(readings("1234567"), ["1234567"]);
        assert_eq!(readings("123456700000000"), ["123456700000000", "1234567"]);
        assert_eq!(readings("123456710000000"), ["123456710000000"]);
    }

    #[test]
    fn a_debug_print_says_nothing_and_an_error_its_code() {
        let read: FileNumber = serde_json::from_str("\" 12ab \"").unwrap();
        assert_eq!(format!("{read:?}"), "FileNumber(…)");
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"12AB\"");
        assert!(serde_json::from_str::<FileNumber>("\"\"").unwrap_err().to_string().starts_with("FILE_NUMBER_INVALID"));
    }

    proptest! {
        #[test]
        fn the_normal_form_parses_to_itself(seven in "[0-9]{6}[1-9]", other in "[0-9A-Z]{0,14}[A-Z1-9]") {
            let field = format!("{seven:0<15}");
            for typed in [&seven, &field] {
                prop_assert_eq!(caf(typed), Ok(seven.clone()));
            }
            prop_assert_eq!(FileNumber::msa(&other).map(|number| number.to_string()), Ok(other));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}", near in "[0-9é \u{a0}]{0,20}") {
            for text in [text, near] {
                for read in [FileNumber::caf(&text), FileNumber::msa(&text)].into_iter().flatten() {
                    prop_assert_eq!(FileNumber::msa(&read), Ok(read.clone()));
                    let _ = (read.readings(), read.as_nir());
                }
            }
        }
    }
}
