//! NIR: the social security number and its key. Whether it agrees with the birth date and the title given is not asked here; the
//! waiting number of the funds (NTT) is another identifier.

use std::fmt;
use std::str::FromStr;

use crate::refusal::Rule;

/// A social security number with its right key. It is never shown by accident: no `Serialize`, no `Display`, a debug print that
/// says nothing. Whoever may hand it out says so with [`Nir::full`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nir(String);

/// How many characters the number has before its key.
const LENGTH: usize = 13;

/// The figures of which the key is made, if `number` has the shape of a NIR. In Corsica `2A` counts as 19 and `2B` as 18.
fn figures(number: &str) -> Option<u64> {
    let (birth, rest) = number.split_at_checked(5)?;
    let (department, rest) = rest.split_at_checked(2)?;
    let (commune, order) = rest.split_at_checked(3)?;
    let counted = match department {
        "2A" => "19",
        "2B" => "18",
        digits => digits,
    };
    let digits = [birth, counted, commune, order].concat();
    if digits.len() != LENGTH || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let registered = birth.starts_with(['1', '2', '3', '4', '7', '8']);
    // From 20 on: the month is unknown, or the civil status was incomplete.
    let month = matches!(birth.get(3..)?.parse().ok()?, 1..=12 | 20..=42 | 50..=99);
    let place = match department {
        "00" => false,
        // The department takes a third digit overseas, which leaves two to the commune.
        "97" | "98" => !commune.ends_with("00"),
        _ => commune != "000",
    };
    if registered && month && place && order != "000" { digits.parse().ok() } else { None }
}

/// 97 less the remainder: never 00, and always two digits.
fn key_of(figures: u64) -> String {
    format!("{:02}", 97 - figures % 97)
}

impl Nir {
    /// Takes a number that was parsed before it was stored, with its key or without.
    pub fn stored(text: String) -> Self {
        match figures(&text) {
            Some(figures) => Self(text + &key_of(figures)),
            None => Self(text),
        }
    }

    /// The 13 characters before the key, with the letter of Corsica.
    pub fn number(&self) -> &str {
        self.0.get(..LENGTH).unwrap_or(&self.0)
    }

    /// The two digits of the key.
    pub fn key(&self) -> &str {
        self.0.get(LENGTH..).unwrap_or_default()
    }

    /// Number and key, 15 characters, in clear.
    pub fn full(&self) -> String {
        self.0.clone()
    }

    /// Whether another number will replace it: the person is being registered (3, 4) or has a temporary one (7, 8).
    pub fn is_provisional(&self) -> bool {
        self.0.starts_with(['3', '4', '7', '8'])
    }

    /// What a screen may show: `1 ** ** ** *** *** **`. Only the first digit stays, which says the sex and whether the number is
    /// provisional; birth, place and key are hidden, and nothing tells a Corsican from anybody else.
    pub fn masked(&self) -> String {
        format!("{} ** ** ** *** *** **", self.0.get(..1).unwrap_or("*"))
    }
}

impl FromStr for Nir {
    type Err = Rule;

    /// With its key, which is checked, or without, and it is computed.
    fn from_str(raw: &str) -> Result<Self, Rule> {
        if super::is_too_long(raw) {
            return Err(Rule::NirInvalid);
        }
        let text = super::bare(raw);
        let (number, given) = text.split_at_checked(LENGTH).ok_or(Rule::NirInvalid)?;
        let key = figures(number).map(key_of).ok_or(Rule::NirInvalid)?;
        if given.is_empty() || given == key {
            Ok(Self(format!("{number}{key}")))
        } else if given.len() == 2 && given.bytes().all(|b| b.is_ascii_digit()) {
            Err(Rule::NirKeyWrong)
        } else {
            Err(Rule::NirInvalid)
        }
    }
}
impl fmt::Debug for Nir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nir(…)")
    }
}
impl<'de> serde::Deserialize<'de> for Nir {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn nir(text: &str) -> Nir {
        text.parse().unwrap_or_else(|rule| panic!("{text}: {rule}"))
    }

    #[test]
    fn a_right_key_is_taken_and_a_missing_one_computed() {
        for (number, key, provisional) in [
            ("1850587999123", "89", false),
            // 2A counts as 19: 20 would give 59. 2B counts as 18: 19 would give 80.
            ("178022A999123", "86", false),
            ("280062B999045", "10", false),
            // No remainder, then a key that starts with 0.
            ("1850587999018", "97", false),
            ("1850587999009", "09", false),
            ("7850587999123", "80", true),
            ("4790187999045", "53", true),
            // A month that stands for an unknown one.
            ("1852587999045", "02", false),
        ] {
            let read = nir(&format!("{number} {key}"));
            assert_eq!((read.number(), read.key(), read.is_provisional()), (number, key, provisional));
            assert_eq!(read.full(), format!("{number}{key}"));
            assert_eq!(nir(number), read);
        }
    }

    #[test]
    fn a_wrong_key_is_told_from_a_wrong_shape() {
        for wrong in ["1850587999123 88", "178022A999123 59", "280062B999045 80", "1850587999018 00", "185058799912399"] {
            assert_eq!(wrong.parse::<Nir>(), Err(Rule::NirKeyWrong), "{wrong}");
        }
        for bad in [
            // Month 45, although the key is right.
            "1854587999045 31",
            "5850587999123",
            "1850587C99123",
            "1850587C9912389",
            // 12, 14 and 16 characters.
            "185058799912",
            "18505879991238",
            "1850587999123890",
            "18505879991238A",
            "",
        ] {
            assert_eq!(bad.parse::<Nir>(), Err(Rule::NirInvalid), "{bad}");
        }
        for key in 0..100 {
            assert_eq!(format!("5850587999123{key:02}").parse::<Nir>(), Err(Rule::NirInvalid));
        }
    }

    #[test]
    fn a_waiting_number_of_the_funds_is_not_a_nir_with_a_wrong_key() {
        for ntt in ["1123456789A", "2123456789ABCDE", "112345678900", "11234567890123456789", "1123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123"] {
            assert_eq!(ntt.parse::<Nir>(), Err(Rule::NirInvalid), "{ntt}");
        }
    }

    #[test]
    fn months_are_of_the_year_or_of_an_incomplete_civil_status() {
        for month in 0..100 {
            let right = matches!(month, 1..=12 | 20..=42 | 50..=99);
            assert_eq!(format!("185{month:02}87999123").parse::<Nir>().is_ok(), right, "{month}");
        }
    }

    #[test]
    fn places_are_in_corsica_overseas_abroad_or_in_an_older_department() {
        for good in ["87999", "2A999", "2B999", "20999", "96999", "97199", "97699", "98899", "99100"] {
            assert!(format!("18505{good}123").parse::<Nir>().is_ok(), "{good}");
        }
        for bad in ["00999", "2C999", "A2999", "9A999", "872A9", "872B9", "87000", "2A000", "97100", "99000"] {
            assert_eq!(format!("18505{bad}123").parse::<Nir>(), Err(Rule::NirInvalid), "{bad}");
        }
        // 2A and 2B elsewhere than in the place of the department.
        for bad in ["2A50587999123", "12A0587999123", "1852A87999123", "18505879992A1", "18505879991232A"] {
            assert_eq!(bad.parse::<Nir>(), Err(Rule::NirInvalid), "{bad}");
        }
        assert_eq!("1850587999000".parse::<Nir>(), Err(Rule::NirInvalid));
    }

    #[test]
    fn what_is_typed_around_the_figures_is_forgotten() {
        for typed in
            ["\t1 78 02 2a 999 123 86\n", "1.78.02.2A.999.123-86", "1\u{a0}78\u{202f}02\u{a0}2A\u{a0}999\u{a0}123\u{a0}86", "178022A999123\u{2013}86"]
        {
            assert_eq!(nir(typed).full(), "178022A99912386", "{typed}");
        }
        for bad in ["1850587999123\0", "18505\n87999123", "185058799912\u{663}", "18505879991é", "é850587999123", "1850587999123é"] {
            assert_eq!(bad.parse::<Nir>(), Err(Rule::NirInvalid), "{bad:?}");
        }
    }

    #[test]
    fn it_is_stored_with_its_key_or_without() {
        for text in ["178022A999123", "178022A99912386"] {
            assert_eq!(Nir::stored(text.to_owned()), nir("178022A999123"));
        }
    }

    #[test]
    fn neither_a_debug_print_nor_a_mask_nor_an_error_tells_it() {
        assert_eq!(format!("{:?}", nir("1850587999123")), "Nir(…)");
        assert_eq!(nir("1850587999123").masked(), "1 ** ** ** *** *** **");
        assert_eq!(nir("880062B999045").masked(), "8 ** ** ** *** *** **");
        let told = |json: &str| serde_json::from_str::<Nir>(json).unwrap_err().to_string();
        assert!(told("\"185058799912388\"").starts_with("NIR_KEY_WRONG"));
        assert!(told("\"1850587\"").starts_with("NIR_INVALID"));
        assert_eq!(serde_json::from_str::<Nir>("\"1 85 05 87 999 123 89\"").unwrap(), nir("1850587999123"));
    }

    #[test]
    fn it_can_be_neither_serialised_nor_displayed() {
        trait Silent<Which> {
            const YES: bool = true;
        }
        struct Serialised;
        struct Displayed;
        impl<T> Silent<()> for T {}
        impl<T: serde::Serialize> Silent<Serialised> for T {}
        impl<T: fmt::Display> Silent<Displayed> for T {}
        // Ambiguous, thus an error of the compiler, as soon as one of the two is implemented.
        const { assert!(<Nir as Silent<_>>::YES) };
    }

    /// A million in a release; a tenth of them where the compiler did not optimise, to stay within a second or two.
    const AT_RANDOM: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

    /// Numbers of the generator `SplitMix64`: chance that is the same each time.
    fn chances() -> impl FnMut(u64) -> u64 {
        let mut state = 87;
        move |below| {
            state = u64::wrapping_add(state, 0x9e37_79b9_7f4a_7c15);
            let mut z: u64 = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % below
        }
    }

    #[test]
    fn of_numbers_at_random_every_wrong_key_is_refused() {
        let mut chance = chances();
        let mut shaped = 0;
        for _ in 0..AT_RANDOM {
            let digits = chance(10_000_000_000_000);
            let corsican = match chance(20) {
                0 => Some(("2A", 19)),
                1 => Some(("2B", 18)),
                _ => None,
            };
            let (head, place, tail) = (digits / 100_000_000, digits / 1_000_000 % 100, digits % 1_000_000);
            let place = corsican.map_or_else(|| format!("{place:02}"), |(letter, _)| letter.to_owned());
            let counted = corsican.map_or(digits / 1_000_000 % 100, |(_, counted)| counted);
            let right = 97 - (head * 100_000_000 + counted * 1_000_000 + tail) % 97;
            let number = format!("{head:05}{place}{tail:06}");
            match number.parse::<Nir>() {
                Ok(read) => {
                    shaped += 1;
                    assert_eq!(read.full(), format!("{number}{right:02}"));
                    let wrong = (right + 1 + chance(99)) % 100;
                    assert_eq!(format!("{number}{wrong:02}").parse::<Nir>(), Err(Rule::NirKeyWrong), "{number}{wrong:02}");
                }
                Err(rule) => assert_eq!(rule, Rule::NirInvalid, "{number}"),
            }
        }
        // Six first digits of ten, and most months and places.
        assert!((AT_RANDOM / 3..AT_RANDOM).contains(&shaped), "{shaped}");
    }

    fn some_number() -> impl Strategy<Value = String> {
        let months: Vec<u8> = (1..=12).chain(20..=42).chain(50..=99).collect();
        let place = prop_oneof![
            4 => (1..=96, 1..1000).prop_map(|(department, commune)| format!("{department:02}{commune:03}")),
            1 => (select(vec!["2A", "2B", "99"]), 1..1000).prop_map(|(department, commune)| format!("{department}{commune:03}")),
            1 => (970..=989, 1..100).prop_map(|(department, commune)| format!("{department}{commune:02}")),
        ];
        (select(vec![1, 2, 3, 4, 7, 8]), 0..100, select(months), place, 1..1000)
            .prop_map(|(sex, year, month, place, order)| format!("{sex}{year:02}{month:02}{place}{order:03}"))
    }

    proptest! {
        #[test]
        fn every_other_key_is_refused(number in some_number()) {
            let right = nir(&number);
            for key in (0..100).map(|key| format!("{key:02}")).filter(|key| *key != right.key()) {
                prop_assert_eq!(format!("{number}{key}").parse::<Nir>(), Err(Rule::NirKeyWrong));
            }
        }

        #[test]
        fn the_normal_form_parses_to_itself(number in some_number()) {
            let read = nir(&number);
            prop_assert_eq!(read.number(), &number);
            prop_assert_eq!(read.full().len(), 15);
            prop_assert_eq!(&nir(&read.full()), &read);
            prop_assert_eq!(&nir(&read.full().to_lowercase()), &read);
            prop_assert_eq!(Nir::stored(read.full()), read);
        }

        #[test]
        fn one_wrong_digit_is_always_caught(number in some_number(), place in 0usize..15, other in b'0'..=b'9') {
            let mut bytes = nir(&number).full().into_bytes();
            prop_assume!(bytes[place].is_ascii_digit() && bytes[place] != other);
            // Beside a letter, a digit makes another shape.
            prop_assume!(!(number[5..7].ends_with(['A', 'B']) && place == 5));
            bytes[place] = other;
            prop_assert!(String::from_utf8(bytes).unwrap().parse::<Nir>().is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,20}", near in "[1-8][0-9]{4}[0-9][0-9ABé][0-9é\u{a0} .-]{4,12}") {
            for text in [text, near] {
                let _ = text.parse::<Nir>();
                let stored = Nir::stored(text);
                let _ = (stored.number(), stored.key(), stored.full(), stored.masked(), stored.is_provisional());
            }
        }
    }
}
