//! The public key as everybody may read it, to verify our tokens. The private ones are beside, and never leave.

use serde::Serialize;
use utoipa::ToSchema;

/// A set of public keys (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeySet {
    /// The keys; the `kid` of a token names its own.
    #[schema(max_items = 10)]
    pub keys: Vec<Key>,
}

/// A public key that verifies our tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Key {
    /// `EC`.
    #[schema(max_length = 10, example = "EC")]
    pub kty: &'static str,
    /// `P-256`.
    #[schema(max_length = 10, example = "P-256")]
    pub crv: &'static str,
    /// The key's x, in base64url.
    #[schema(max_length = 100)]
    pub x: String,
    /// The key's y, in base64url.
    #[schema(max_length = 100)]
    pub y: String,
    /// `sig`.
    #[serde(rename = "use")]
    #[schema(max_length = 10, example = "sig")]
    pub purpose: &'static str,
    /// `ES256`.
    #[schema(max_length = 10, example = "ES256")]
    pub alg: &'static str,
    /// The key's id.
    #[schema(max_length = 100)]
    pub kid: String,
}

impl KeySet {
    /// Of the one key that signs, by its coordinates and its id.
    pub(super) fn of(x: String, y: String, kid: String) -> Self {
        Self { keys: vec![Key { kty: "EC", crv: "P-256", x, y, purpose: "sig", alg: "ES256", kid }] }
    }
}
