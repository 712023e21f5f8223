//! Tokens that must be refused, all made from one good token and the key that signed it: most are well signed, so that the
//! signature alone does not refuse them. Not here: what refuses them.
//!
//! The unit tests of `api/src/auth/token.rs` include this very file by path, so it uses nothing of ours.

// By path, since a file that is included by path looks for its rooms beside itself.
#[path = "forgery/claims.rs"]
mod claims;
#[path = "forgery/form.rs"]
mod form;
#[path = "forgery/header.rs"]
mod header;

use std::fs;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

/// What a forged token is called, and the token.
type Forgery = (&'static str, String);

/// Signs what the good token's issuer would never say.
pub struct Forger {
    good: String,
    header: Value,
    claims: Value,
    pkcs8: Vec<u8>,
}

impl std::fmt::Debug for Forger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Forger")
    }
}

impl Forger {
    /// From a good token and the directory of the keys that signed it.
    ///
    /// # Panics
    ///
    /// When the token is not one or the key is not there.
    pub fn new(good: &str, keys_dir: &Path) -> Self {
        let mut parts = good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).ok().and_then(|json| serde_json::from_slice(&json).ok()));
        let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else { panic!("a good token") };
        let Ok(pem) = fs::read_to_string(keys_dir.join("signing-key.pem")) else { panic!("a signing key") };
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let Ok(pkcs8) = STANDARD.decode(body) else { panic!("a key in PEM") };
        Self { good: good.to_owned(), header, claims, pkcs8 }
    }

    /// The good token with one member of its header replaced or added, signed again.
    pub fn header(&self, name: &str, value: impl Serialize) -> String {
        self.token(&with(&self.header, name, value), &self.claims)
    }

    /// The good token with one claim replaced or added, signed again.
    pub fn claim(&self, name: &str, value: impl Serialize) -> String {
        self.token(&self.header, &with(&self.claims, name, value))
    }

    /// The good token with several claims replaced or added, signed again.
    fn claims<const N: usize>(&self, changes: [(&str, Value); N]) -> String {
        self.token(&self.header, &changes.into_iter().fold(self.claims.clone(), |claims, (name, value)| with(&claims, name, value)))
    }

    /// Any header and claims, well signed.
    fn token(&self, header: &Value, claims: &Value) -> String {
        self.text(header.to_string(), claims.to_string())
    }

    /// Any bytes for header and claims, well signed.
    fn text(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.message(&message(header, payload))
    }

    /// Anything at all, well signed.
    fn message(&self, message: &str) -> String {
        join(message, self.signature(message))
    }

    fn signature(&self, message: &str) -> Vec<u8> {
        sign(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8, message)
    }

    /// The good token without its signature.
    fn signed_part(&self) -> &str {
        self.good.rsplit_once('.').map_or("", |(message, _)| message)
    }

    /// The good token's signature, as text.
    fn signature_part(&self) -> &str {
        self.good.rsplit_once('.').map_or("", |(_, signature)| signature)
    }

    /// A claim of the good token that is a number.
    fn number(&self, name: &str) -> i64 {
        self.claims.get(name).and_then(Value::as_i64).unwrap_or(0)
    }

    /// A claim of the good token that is a text.
    fn said(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or("")
    }
}

/// Every forgery, from a good token that was signed a moment ago and the directory of the keys that signed it. Those whose
/// name starts with `expired` are wrong in nothing else.
///
/// White space and NUL stand only inside, where HTTP does not take them away; a client that cannot send a token in a header
/// at all leaves it out.
///
/// # Panics
///
/// When the token is not one or the key is not there.
pub fn forgeries(good: &str, keys_dir: &Path) -> Vec<Forgery> {
    let forger = Forger::new(good, keys_dir);
    [header::all(&forger), claims::all(&forger), form::all(&forger)].concat()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn with(object: &Value, name: &str, value: impl Serialize) -> Value {
    let mut object = object.clone();
    if let Value::Object(members) = &mut object {
        members.insert(name.to_owned(), json!(value));
    }
    object
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    if let Value::Object(members) = &mut object {
        members.remove(name);
    }
    object
}

fn swap_case(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }).collect()
}

fn message(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

fn join(message: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn pair(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8]) -> EcdsaKeyPair {
    let Ok(pair) = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8) else { panic!("a key") };
    pair
}

fn generate(algorithm: &'static EcdsaSigningAlgorithm) -> Vec<u8> {
    let Ok(pkcs8) = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()) else { panic!("a new key") };
    pkcs8.as_ref().to_vec()
}

fn sign(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8], message: &str) -> Vec<u8> {
    let Ok(signature) = pair(algorithm, pkcs8).sign(&SystemRandom::new(), message.as_bytes()) else { panic!("a signature") };
    signature.as_ref().to_vec()
}
