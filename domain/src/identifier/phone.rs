//! Telephone numbers, held as E.164 whatever way they were typed. Whether anybody answers is not asked here.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::refusal::Rule;

/// A telephone number as the whole world dials it: `+33612345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

super::identifier!(Phone, pattern: r"^\+[1-9][0-9]{7,14}$", length: 9..=16, example: "+33612345678");

const FRANCE: &str = "33";

/// How numbers of the national plan start, after their 0, when the world dials them under another code than France's. From the
/// metadata of libphonenumber 9.0.43, which follow ARCEP's plan. Numbers in 08 and 09 are left to France.
const OVERSEAS: &[(&str, &[&str])] = &[
    // Guadeloupe, Saint-Barthélemy, Saint-Martin.
    ("590", &["590", "5987", "690", "691", "7090"]),
    // Guyane.
    ("594", &["594", "5988", "694", "70930", "70931", "70932", "70933"]),
    // Martinique.
    ("596", &["596", "5989", "696", "697", "7091"]),
    // La Réunion and Mayotte.
    ("262", &["262", "263", "2688", "2689", "269", "639", "692", "693", "7092", "70935", "70936", "70937"]),
];

/// Nine digits after a 0 that only France dials.
fn is_national(digits: &str) -> bool {
    digits.len() == 9 && !digits.starts_with('0')
}

/// A number of the national plan, without its 0.
fn national(digits: &str) -> Option<String> {
    let overseas = OVERSEAS.iter().find(|(_, starts)| starts.iter().any(|start| digits.starts_with(start)));
    let code = overseas.map_or(FRANCE, |(code, _)| code);
    is_national(digits).then(|| format!("+{code}{digits}"))
}

/// A number with the code of its country, which has to be a French one unless `foreign`. Under a French code the 0 of the national
/// plan is often left in: `+33 (0)6`.
fn international(digits: &str, foreign: bool) -> Option<String> {
    let after = |code: &str| digits.strip_prefix(code).map(|rest| rest.strip_prefix('0').unwrap_or(rest));
    if let Some(rest) = after(FRANCE) {
        return national(rest);
    }
    if let Some((code, rest)) = OVERSEAS.iter().find_map(|(code, _)| Some((code, after(code)?))) {
        return is_national(rest).then(|| format!("+{code}{rest}"));
    }
    (foreign && (8..=15).contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

impl FromStr for Phone {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if super::is_too_long(raw) {
            return Err(Rule::PhoneInvalid);
        }
        let typed: String = raw.trim().chars().filter(|c| !super::is_separator(*c) && *c != '/').collect();
        let text = typed.replace(['(', ')'], "");
        let (plus, digits) = text.strip_prefix('+').map_or((false, &*text), |digits| (true, digits));
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Rule::PhoneInvalid);
        }
        // Whether a 0 in brackets is dialled depends on the country.
        let foreign = !typed.contains("(0)");
        let number = match digits.strip_prefix("00") {
            _ if plus => international(digits, foreign),
            // Nine digits more are a French number whose 0 was typed twice.
            Some(digits) => international(digits, foreign && digits.len() > 9),
            None => digits.strip_prefix('0').and_then(national),
        };
        number.map(Self).ok_or(Rule::PhoneInvalid)
    }
}
// It reaches a person, so a debug print says nothing.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phone(text: &str) -> String {
        text.parse::<Phone>().unwrap_or_else(|rule| panic!("{text}: {rule}")).to_string()
    }

    #[test]
    fn french_numbers_take_the_code_of_france() {
        for typed in [
            "06 12 34 56 78",
            "0612345678",
            " 06.12.34.56.78\n",
            "06-12-34-56-78",
            "06/12/34/56/78",
            "06\u{a0}12\u{202f}34\u{a0}56\u{a0}78",
            "(06) 12 34 56 78",
            "+33612345678",
            "+33 6 12 34 56 78",
            "+33 (0)6 12 34 56 78",
            "+33 ( 0 ) 6 12 34 56 78",
            "(+33) 06 12 34 56 78",
            "0033612345678",
            "00 33 (0) 6 12 34 56 78",
        ] {
            assert_eq!(phone(typed), "+33612345678", "{typed}");
        }
        for (typed, held) in [("0555112233", "+33555112233"), ("0800123456", "+33800123456"), ("0976123456", "+33976123456")] {
            assert_eq!(phone(typed), held);
        }
    }

    #[test]
    fn overseas_numbers_take_the_code_of_their_department() {
        for (code, starts) in [
            ("590", &["0590", "0690", "0691", "05987", "07090"][..]),
            ("594", &["0594", "0694", "05988", "07093"]),
            ("596", &["0596", "0696", "0697", "05989", "07091"]),
            ("262", &["0262", "0263", "0269", "0639", "0692", "0693", "02688", "02689", "07092", "070935"]),
            ("33", &["0261", "0591", "0595", "0597", "05986", "0638", "0695", "0698", "0699", "0709400", "0710"]),
        ] {
            for start in starts {
                let typed = format!("{start:0<10}");
                let held = format!("+{code}{}", &typed[1..]);
                assert_eq!(phone(&typed), held);
                // Written with the code of France too: no number of it starts so.
                assert_eq!(phone(&format!("+33{}", &typed[1..])), held);
            }
        }
        assert_eq!(phone("0692123456"), "+262692123456");
        for typed in ["+262 692 12 34 56", "+262 (0)692 12 34 56", "00262692123456"] {
            assert_eq!(phone(typed), "+262692123456");
        }
    }

    #[test]
    fn other_countries_keep_their_numbers() {
        for (typed, held) in [
            ("+32 470 12 34 56", "+32470123456"),
            ("0044 20 7946 0958", "+442079460958"),
            ("0032 470 12 34 56", "+32470123456"),
            ("+1 (202) 555-0143", "+12025550143"),
            ("+39 06 1234 5678", "+390612345678"),
            ("+12345678", "+12345678"),
            ("+123456789012345", "+123456789012345"),
        ] {
            assert_eq!(phone(typed), held);
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        for bad in [
            "061234567",
            "06123456789",
            "0012345678901234567",
            // The 0 typed twice, which is not Australia.
            "00612345678",
            "612345678",
            "3949",
            "112",
            "",
            "+",
            "00",
            "0",
            "+33",
            "+3361234567",
            "+336123456789",
            "+33006123456",
            "+26269212345",
            "+1234567",
            "+1234567890123456",
            "+0612345678",
            "++33612345678",
            "06+12345678",
            "+44 (0)20 7946 0958",
            "06 12 34 56 7O",
            "06 12 34\n56 78",
            "06 12 34 56 7\u{663}",
            "06 12 34 56 78 poste 12",
            "é612345678",
        ] {
            assert_eq!(bad.parse::<Phone>(), Err(Rule::PhoneInvalid), "{bad:?}");
        }
    }

    #[test]
    fn a_debug_print_says_nothing_and_an_error_its_code() {
        let read: Phone = serde_json::from_str("\"06 12 34 56 78\"").unwrap();
        assert_eq!(format!("{read:?}"), "Phone(…)");
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"+33612345678\"");
        assert!(serde_json::from_str::<Phone>("\"061234567\"").unwrap_err().to_string().starts_with("PHONE_INVALID"));
    }

    proptest! {
        #[test]
        fn every_national_number_is_held_under_one_form(digits in "[1-9][0-9]{8}") {
            let held = phone(&format!("0{digits}"));
            prop_assert!(held.ends_with(&digits));
            prop_assert_eq!(&phone(&held), &held);
            prop_assert_eq!(&phone(&held.replace('+', "00")), &held);
        }

        #[test]
        fn the_normal_form_parses_to_itself(text in "[+0(/ ]{0,3}[0-9]{7,16}") {
            if let Ok(read) = text.parse::<Phone>() {
                prop_assert!(read.starts_with('+') && (9..=16).contains(&read.len()));
                prop_assert_eq!(read.parse(), Ok(read));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}", near in "[+0]{0,2}[0-9é() ./-]{0,20}") {
            for text in [text, near] {
                let _ = text.parse::<Phone>();
            }
        }
    }
}
