//! National identifiers and the house's own person reference: one parse each. Whether the thing identified exists is not asked here.

pub mod commune;
pub mod person_reference;
pub mod siret;

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
