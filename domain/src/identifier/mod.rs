//! National identifiers and the house's own person reference: one parse each. Whether the thing identified exists is not asked here.

pub mod body_code;
pub mod commune;
pub mod department;
pub mod file_number;
pub mod france_travail;
pub mod nir;
pub mod person_reference;
pub mod phone;
pub mod postal_code;
pub mod siret;

/// What people put between the figures of a number: dots, dashes, spaces that break or not.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{2010}'..='\u{2014}')
}

/// How many characters an identifier may be typed with, separators and all.
const LONGEST_TYPED: usize = 40;

/// Whether more was typed than any identifier needs.
fn is_too_long(raw: &str) -> bool {
    raw.chars().nth(LONGEST_TYPED).is_some()
}

/// An identifier without what was typed around and between its characters, in capitals.
fn bare(raw: &str) -> String {
    raw.trim().chars().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// The serde, display and schema plumbing that every parsed identifier shares.
macro_rules! identifier {
    ($name:ident, pattern: $pattern:literal, length: $min:literal..=$max:literal, example: $example:literal) => {
        impl $name {
            /// Takes an identifier that was parsed before it was stored.
            pub fn stored(text: String) -> Self {
                Self(text)
            }
        }
        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some($pattern))
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .examples([$example])
                    .build()
                    .into()
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use identifier;
