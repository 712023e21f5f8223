//! The server's own secrets, as files: the ES256 key that signs access tokens, the pepper under which clients' secrets are hashed, and
//! the keys of the social security numbers (`keys/nir`). How a file is written and read is in `keys/files`, what is
//! published of them in `keys/published`. Not here: what a token says
//! (`auth/token.rs`), how a client's secret is made (`auth/secret.rs`), how a number is sealed (`nir/seal.rs`).

mod files;
pub(crate) mod nir;
mod published;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};

use crate::nir::seal::Seal;
use files::{chance, exists, read_private, unhex, write_new};
use nir::NirKeys;

pub use files::KeysError;
pub(crate) use files::hex;
pub use published::{Key, KeySet};

/// The signing key, PKCS#8 in PEM.
const SIGNING_KEY: &str = "signing-key.pem";
/// The pepper, 64 hexadecimal digits.
const PEPPER: &str = "pepper";
/// The first line of a PKCS#8 key.
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
/// The last line of a PKCS#8 key.
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// The keys of one installation. Every instance of it holds the same ones.
pub struct Keys {
    /// Signs access tokens.
    pub signing: EncodingKey,
    /// Verifies them.
    pub verifying: DecodingKey,
    /// The public key's thumbprint (RFC 7638): what a token's header names the key by.
    pub kid: String,
    /// The public key as a JWK set, for `/.well-known/jwks.json`.
    pub jwks: KeySet,
    /// What clients' secrets are hashed under: a copied database alone verifies no guess.
    pub pepper: [u8; 32],
    /// What social security numbers are sealed and found with.
    pub(crate) nir: Seal,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Keys {
    /// Makes the keys in `dir`, and `dir` itself (mode 0700) when it is missing. Of those that are there already only the keys of the
    /// social security numbers may be missing; it refuses when nothing is.
    ///
    /// The signing key is written last and says that the others are there: what an interrupted call left is kept.
    pub fn create(dir: &Path) -> Result<(), KeysError> {
        let signing_key = dir.join(SIGNING_KEY);
        let begins = !exists(&signing_key)?;
        if !begins && exists(&dir.join(nir::FILE))? {
            return Err(KeysError::Exists(signing_key));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|cause| KeysError::Io(dir.to_owned(), cause))?;
        if begins {
            write_unless_there(dir, PEPPER, &format!("{}\n", hex(&chance::<32>()?)))?;
        }
        write_unless_there(dir, nir::FILE, &NirKeys::generate()?.text())?;
        if begins {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            write_new(dir, SIGNING_KEY, &pem(pkcs8.map_err(|_| KeysError::Generation)?.as_ref()))?;
        }
        Ok(())
    }

    /// Reads the keys from `dir`.
    pub fn load(dir: &Path) -> Result<Self, KeysError> {
        let path = dir.join(SIGNING_KEY);
        let (text, _) = read_private(&path)?;
        let malformed = || KeysError::Malformed(path.clone());
        let pkcs8 = unpem(&text).ok_or_else(malformed)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map_err(|_| malformed())?;
        // Uncompressed: one byte that says so, then both coordinates.
        let (x, y) = pair.public_key().as_ref().get(1..).and_then(|point| point.split_at_checked(32)).ok_or_else(malformed)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let verifying = DecodingKey::from_ec_components(&x, &y).map_err(|_| malformed())?;
        // RFC 7638: these members alone, in this order, without space.
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()));
        let jwks = KeySet::of(x, y, kid.clone());

        let path = dir.join(PEPPER);
        let pepper = unhex(read_private(&path)?.0.trim_end()).ok_or(KeysError::Malformed(path))?;
        Ok(Self { signing: EncodingKey::from_ec_der(&pkcs8), verifying, kid, jwks, pepper, nir: Seal::load(dir)? })
    }

    /// Reads the keys from `dir`, after making them when they are missing: for a server that is alone on its data directory.
    pub fn load_or_create(dir: &Path) -> Result<Self, KeysError> {
        match Self::create(dir) {
            Ok(()) | Err(KeysError::Exists(_)) => Self::load(dir),
            Err(fault) => Err(fault),
        }
    }

    /// A key for another use, such as signing cursors: HMAC-SHA-256 of `label` under the pepper.
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let mut derived = [0; 32];
        derived.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.pepper), label.as_bytes()).as_ref());
        derived
    }
}

/// Writes a key, unless there is one.
fn write_unless_there(dir: &Path, name: &str, text: &str) -> Result<(), KeysError> {
    match write_new(dir, name, text) {
        Err(KeysError::Exists(_)) => Ok(()),
        written => written,
    }
}

fn pem(pkcs8: &[u8]) -> String {
    let body = STANDARD.encode(pkcs8);
    let mut text = format!("{PEM_BEGIN}\n");
    let mut rest = body.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        text.extend([line, "\n"]);
        rest = after;
    }
    if !rest.is_empty() {
        text.extend([rest, "\n"]);
    }
    text.extend([PEM_END, "\n"]);
    text
}

fn unpem(text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix(PEM_BEGIN)?.strip_suffix(PEM_END)?;
    STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
}
