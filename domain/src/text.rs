//! Parsed strings: bounded, trimmed, NFC, without control characters. What a text *means* is not here.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;

use crate::refusal::Rule;

fn clean(raw: &str, most: usize, multi_line: bool) -> Result<String, Rule> {
    // A first bound in bytes keeps a megabyte from being normalised only to be refused.
    if raw.len() > most.saturating_mul(8) {
        return Err(Rule::TextTooLong);
    }
    let unix = if multi_line { raw.replace("\r\n", "\n") } else { raw.to_owned() };
    // Before trimming, which takes line ends and tabs for white space.
    if unix.chars().any(|c| c.is_control() && !(multi_line && (c == '\n' || c == '\t'))) {
        return Err(Rule::ControlCharacter);
    }
    let text: String = unix.trim().nfc().collect();
    if text.is_empty() {
        return Err(Rule::TextEmpty);
    }
    if text.chars().count() > most {
        return Err(Rule::TextTooLong);
    }
    Ok(text)
}

macro_rules! parsed_text {
    ($(#[$doc:meta])* $name:ident, $multi_line:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name<const MOST: usize>(String);

        impl<const MOST: usize> $name<MOST> {
            /// Takes a text that was parsed before it was stored.
            pub fn stored(text: String) -> Self {
                Self(text)
            }
        }
        impl<const MOST: usize> FromStr for $name<MOST> {
            type Err = Rule;
            fn from_str(raw: &str) -> Result<Self, Rule> {
                clean(raw, MOST, $multi_line).map(Self)
            }
        }
        impl<const MOST: usize> Deref for $name<MOST> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MOST: usize> From<$name<MOST>> for String {
            fn from(text: $name<MOST>) -> String {
                text.0
            }
        }
        // Names of people are among these texts, so a debug print says nothing.
        impl<const MOST: usize> fmt::Debug for $name<MOST> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }
        impl<'de, const MOST: usize> Deserialize<'de> for $name<MOST> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
        #[cfg(feature = "schema")]
        impl<const MOST: usize> utoipa::PartialSchema for $name<MOST> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MOST))
                    .build()
                    .into()
            }
        }
        #[cfg(feature = "schema")]
        impl<const MOST: usize> utoipa::ToSchema for $name<MOST> {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Owned(format!("{}{MOST}", stringify!($name)))
            }
        }
    };
}

parsed_text! {
    /// One line of text of 1 to `MOST` characters.
    Line, false
}
parsed_text! {
    /// Text of 1 to `MOST` characters in which line feeds and tabs are allowed; CRLF becomes LF.
    Prose, true
}

/// A person's or an organisation's name.
pub type Name = Line<100>;

/// A title or a label.
pub type Label = Line<200>;

/// A free explanation.
pub type Note = Prose<2000>;

/// Declares an enumeration of closed codes: its one text form serves JSON and storage.
#[macro_export]
macro_rules! codes {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $meaning:literal])* $variant:ident = $code:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[doc = $meaning])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// All of them, in the order they are presented.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// Its one text form, in JSON and in storage.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::refusal::Rule;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.code() == code).ok_or($crate::refusal::Rule::CodeUnknown)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        // Not derived: utoipa does not read a `rename` that comes through a macro, and would publish the names of the variants.
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::text::schema_of_codes(concat!($($doc),*), &[$(($code, concat!($($meaning),*)),)*])
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    };
}

/// The schema of an enumeration of closed codes, each with its meaning: in the description for people, and as the extension
/// `x-enum-descriptions` for generators.
#[cfg(feature = "schema")]
pub fn schema_of_codes(description: &str, codes: &[(&str, &str)]) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::extensions::ExtensionsBuilder;
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    let meanings: Vec<&str> = codes.iter().map(|(_, meaning)| meaning.trim()).collect();
    let listed: Vec<String> = codes.iter().map(|(code, meaning)| format!("- `{code}`: {}", meaning.trim())).collect();
    let labels = ExtensionsBuilder::new().add("x-enum-descriptions", meanings).build();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(format!("{}\n\n{}", description.trim(), listed.join("\n"))))
        .enum_values(Some(codes.iter().map(|(code, _)| *code)))
        .extensions(Some(labels))
        .build()
        .into()
}

/// Letters without case or accent, everything else one space: how names are compared and sorted.
pub fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfd().flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            c if c.is_alphanumeric() => folded.push(c),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// An electronic address: one `@`, a dot in the domain, no space, lower-cased.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Takes an address that was parsed before it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}
impl FromStr for Email {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let text = raw.trim().to_lowercase();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._%+-@'".contains(c);
        let Some((local, host)) = text.split_once('@') else { return Err(Rule::EmailMalformed) };
        let host_ok = host.contains('.') && !host.contains('@') && host.split('.').all(|part| !part.is_empty());
        if local.is_empty() || !host_ok || text.len() > 254 || !text.chars().all(allowed) {
            return Err(Rule::EmailMalformed);
        }
        Ok(Self(text))
    }
}
impl Deref for Email {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}
impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Email {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::schema::SchemaFormat::Custom("email".to_owned())))
            .min_length(Some(3))
            .max_length(Some(254))
            .build()
            .into()
    }
}
#[cfg(feature = "schema")]
impl utoipa::ToSchema for Email {}

/// The code of a group or a territory: 2 to 24 of `A-Z 0-9 -`, starting with a letter. It stands in references and file names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// Takes a code that was parsed before it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}
impl FromStr for Code {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let shape = (2..=24).contains(&raw.len())
            && raw.starts_with(|c: char| c.is_ascii_uppercase())
            && raw.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
        if shape { Ok(Self(raw.to_owned())) } else { Err(Rule::CodeMalformed) }
    }
}
impl Deref for Code {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-Z][A-Z0-9-]{1,23}$"))
            .min_length(Some(2))
            .max_length(Some(24))
            .build()
            .into()
    }
}
#[cfg(feature = "schema")]
impl utoipa::ToSchema for Code {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_composed() {
        let name: Name = "  Le\u{301}a \u{a0}".parse().unwrap();
        assert_eq!(&*name, "L\u{e9}a");
    }

    #[test]
    fn control_characters_are_refused_wherever_they_stand() {
        assert_eq!("a\0b".parse::<Name>(), Err(Rule::ControlCharacter));
        assert_eq!("a\nb".parse::<Name>(), Err(Rule::ControlCharacter));
        assert_eq!("a\u{85}b".parse::<Name>(), Err(Rule::ControlCharacter));
        assert_eq!("ab\n".parse::<Name>(), Err(Rule::ControlCharacter));
        assert_eq!("\tab".parse::<Name>(), Err(Rule::ControlCharacter));
        assert_eq!("a\u{7}b".parse::<Note>(), Err(Rule::ControlCharacter));
    }

    #[test]
    fn prose_keeps_its_lines_and_drops_carriage_returns() {
        assert_eq!(&*"a\r\n\tb".parse::<Note>().unwrap(), "a\n\tb");
    }

    #[test]
    fn bounds_count_characters_after_trimming() {
        assert_eq!("   ".parse::<Name>(), Err(Rule::TextEmpty));
        assert!("é".repeat(100).parse::<Name>().is_ok());
        assert_eq!("é".repeat(101).parse::<Name>(), Err(Rule::TextTooLong));
        assert_eq!("a".repeat(1 << 20).parse::<Name>(), Err(Rule::TextTooLong));
    }

    #[test]
    fn folding_forgets_accents_case_hyphens_and_ligatures() {
        assert_eq!(folded("  N'Guyen-Lœuvre  d’ÉTÉ "), "n guyen loeuvre d ete");
    }

    #[test]
    fn a_debug_print_of_a_text_says_nothing() {
        assert_eq!(format!("{:?}", "Dupont".parse::<Name>().unwrap()), "Line(6 bytes)");
    }

    #[test]
    fn addresses_are_lower_cased_and_shaped() {
        assert_eq!(&*" Anne.B@Asso.example ".parse::<Email>().unwrap(), "anne.b@asso.example");
        for bad in ["", "a", "a@b", "@b.c", "a@b..c", "a b@c.d", "a@b@c.d", "a@b.c\n"] {
            assert!(bad.trim() != bad || bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_code_is_upper_case_and_starts_with_a_letter() {
        assert!("AMI-LIMOGES-1".parse::<Code>().is_ok());
        for bad in ["", "A", "1A", "ami", "A_B", "A B", &"A".repeat(25)] {
            assert_eq!(bad.parse::<Code>(), Err(Rule::CodeMalformed));
        }
    }
}
