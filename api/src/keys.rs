//! The server's own secrets, as files: the ES256 key that signs access tokens, and the pepper under which clients' secrets are
//! hashed. Not here: what a token says (`auth/token.rs`), and how a client's secret is made (`auth/secret.rs`).

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::json;

/// The signing key, PKCS#8 in PEM.
const SIGNING_KEY: &str = "signing-key.pem";
/// The pepper, 64 hexadecimal digits.
const PEPPER: &str = "pepper";
/// The first line of a PKCS#8 key.
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
/// The last line of a PKCS#8 key.
const PEM_END: &str = "-----END PRIVATE KEY-----";
/// No key file is longer.
const LONGEST_FILE: u64 = 16 * 1024;

/// The keys of one installation. Every instance of it holds the same ones.
pub struct Keys {
    /// Signs access tokens.
    pub signing: EncodingKey,
    /// Verifies them.
    pub verifying: DecodingKey,
    /// The public key's thumbprint (RFC 7638): what a token's header names the key by.
    pub kid: String,
    /// The public key as a JWK set, for `/.well-known/jwks.json`.
    pub jwks: serde_json::Value,
    /// What clients' secrets are hashed under: a copied database alone verifies no guess.
    pub pepper: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Why there are no keys. Its words never hold what is in a key file.
#[derive(Debug)]
pub enum KeysError {
    /// A key is there already: it is never replaced.
    Exists(PathBuf),
    /// A key file is not there.
    Missing(PathBuf),
    /// Others than its owner may reach a key file, whose mode this is.
    Exposed(PathBuf, u32),
    /// A file holds something else than its key.
    Malformed(PathBuf),
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// The generator of keys refused.
    Generation,
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(f, "The key file {} exists already, and keys are never replaced.", path.display()),
            Self::Missing(path) => write!(f, "The key file {} does not exist: `jalon keys create` makes it.", path.display()),
            Self::Exposed(path, mode) => {
                write!(f, "The key file {0} is open to others than its owner (mode {mode:03o}): `chmod 600 {0}`.", path.display())
            }
            Self::Malformed(path) => write!(f, "The key file {} does not hold the key it should.", path.display()),
            Self::Io(path, cause) => write!(f, "The key file {} cannot be used: {cause}.", path.display()),
            Self::Generation => f.write_str("No key could be generated."),
        }
    }
}

impl std::error::Error for KeysError {}

impl Keys {
    /// Makes the keys in `dir`, and `dir` itself (mode 0700) when it is missing. Refuses when they are there.
    ///
    /// The signing key is written last and says that both are there: a pepper that an interrupted call left alone is kept.
    pub fn create(dir: &Path) -> Result<(), KeysError> {
        let signing_key = dir.join(SIGNING_KEY);
        if exists(&signing_key)? {
            return Err(KeysError::Exists(signing_key));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|cause| KeysError::Io(dir.to_owned(), cause))?;
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| KeysError::Generation)?;
        let mut pepper = [0; 32];
        random.fill(&mut pepper).map_err(|_| KeysError::Generation)?;
        match write_new(dir, PEPPER, &format!("{}\n", hex(&pepper))) {
            Ok(()) | Err(KeysError::Exists(_)) => {}
            Err(fault) => return Err(fault),
        }
        write_new(dir, SIGNING_KEY, &pem(pkcs8.as_ref()))
    }

    /// Reads the keys from `dir`.
    pub fn load(dir: &Path) -> Result<Self, KeysError> {
        let path = dir.join(SIGNING_KEY);
        let text = read_private(&path)?;
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
        let jwks = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid }] });

        let path = dir.join(PEPPER);
        let pepper = unhex(read_private(&path)?.trim_end()).ok_or(KeysError::Malformed(path))?;
        Ok(Self { signing: EncodingKey::from_ec_der(&pkcs8), verifying, kid, jwks, pepper })
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

fn exists(path: &Path) -> Result<bool, KeysError> {
    path.try_exists().map_err(|cause| KeysError::Io(path.to_owned(), cause))
}

/// Writes a file that must not exist, whole or not at all.
fn write_new(dir: &Path, name: &str, text: &str) -> Result<(), KeysError> {
    let mut chance = [0; 8];
    SystemRandom::new().fill(&mut chance).map_err(|_| KeysError::Generation)?;
    let draft = dir.join(format!(".{name}.{}", hex(&chance)));
    let path = dir.join(name);
    let written = write_draft(&draft, text).and_then(|()| {
        // A link, since a rename would replace what another process has just written.
        fs::hard_link(&draft, &path)?;
        File::open(dir)?.sync_all()
    });
    // Gone already when writing it failed.
    let _ = fs::remove_file(&draft);
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => KeysError::Exists(path),
        _ => KeysError::Io(path, cause),
    })
}

fn write_draft(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Reads a file that only its owner may reach.
fn read_private(path: &Path) -> Result<String, KeysError> {
    let refused = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => KeysError::Missing(path.to_owned()),
        io::ErrorKind::InvalidData => KeysError::Malformed(path.to_owned()),
        _ => KeysError::Io(path.to_owned(), cause),
    };
    let file = File::open(path).map_err(refused)?;
    let mode = file.metadata().map_err(refused)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeysError::Exposed(path.to_owned(), mode));
    }
    let mut text = String::new();
    file.take(LONGEST_FILE).read_to_string(&mut text).map_err(refused)?;
    Ok(text)
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

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keys_are_made_once_for_their_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("data/keys");
        let made = Keys::load_or_create(&dir).unwrap();
        assert_eq!((mode(&dir), mode(&dir.join(SIGNING_KEY)), mode(&dir.join(PEPPER))), (0o700, 0o600, 0o600));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "no draft is left");
        let read = Keys::load_or_create(&dir).unwrap();
        assert_eq!((read.kid, read.jwks, read.pepper), (made.kid, made.jwks, made.pepper));
        assert!(matches!(Keys::create(&dir), Err(KeysError::Exists(path)) if path.ends_with(SIGNING_KEY)));
    }

    #[test]
    fn two_installations_share_nothing() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (Keys::load_or_create(one.path()).unwrap(), Keys::load_or_create(other.path()).unwrap());
        assert!(one.kid != other.kid && one.pepper != other.pepper && one.derive("cursor") != other.derive("cursor"));
    }

    #[test]
    fn ten_starts_at_once_agree_on_the_keys() {
        let folder = tempfile::tempdir().unwrap();
        let kids = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..10).map(|_| scope.spawn(|| Keys::load_or_create(folder.path()).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).map(|keys| (keys.kid, keys.pepper)).collect::<Vec<_>>()
        });
        assert!(kids.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_pepper_that_an_interrupted_start_left_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let made = Keys::load_or_create(folder.path()).unwrap();
        fs::remove_file(folder.path().join(SIGNING_KEY)).unwrap();
        let again = Keys::load_or_create(folder.path()).unwrap();
        assert!(again.pepper == made.pepper && again.kid != made.kid);
    }

    #[test]
    fn a_lost_pepper_is_said_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        Keys::create(folder.path()).unwrap();
        fs::remove_file(folder.path().join(PEPPER)).unwrap();
        assert!(matches!(Keys::load_or_create(folder.path()), Err(KeysError::Missing(path)) if path.ends_with(PEPPER)));
        assert!(!folder.path().join(PEPPER).exists());
    }

    #[test]
    fn a_key_file_open_to_others_is_refused_with_what_to_do() {
        for name in [SIGNING_KEY, PEPPER] {
            for open in [0o640, 0o604, 0o620, 0o644, 0o666] {
                let folder = tempfile::tempdir().unwrap();
                Keys::create(folder.path()).unwrap();
                let path = folder.path().join(name);
                fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
                let said = Keys::load(folder.path()).unwrap_err().to_string();
                assert!(said.contains(name) && said.contains(&format!("mode {open:03o}")) && said.contains("chmod 600"), "{said}");
            }
        }
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_without_repeating_it() {
        for (name, text) in [(SIGNING_KEY, ""), (SIGNING_KEY, "hunter2"), (PEPPER, ""), (PEPPER, "hunter2"), (PEPPER, "+f+f+f+f")] {
            let folder = tempfile::tempdir().unwrap();
            Keys::create(folder.path()).unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            let fault = Keys::load(folder.path()).unwrap_err();
            assert!(matches!(&fault, KeysError::Malformed(path) if path.ends_with(name)));
            assert!(!fault.to_string().contains("hunter2"));
        }
        let folder = tempfile::tempdir().unwrap();
        Keys::create(folder.path()).unwrap();
        fs::write(folder.path().join(PEPPER), [0xff; 64]).unwrap();
        assert!(matches!(Keys::load(folder.path()), Err(KeysError::Malformed(_))), "bytes that are no text");
    }

    #[test]
    fn the_published_set_holds_the_public_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::load_or_create(folder.path()).unwrap();
        let mut names: Vec<_> = keys.jwks["keys"][0].as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys.jwks.clone()).unwrap();
        let thumbprint = set.find(&keys.kid).unwrap().thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(thumbprint, keys.kid);
    }

    #[test]
    fn debugging_shows_nothing_secret() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::load_or_create(folder.path()).unwrap();
        assert_eq!(format!("{keys:?}"), format!("Keys {{ kid: {:?}, .. }}", keys.kid));
    }

    #[test]
    fn each_label_derives_its_own_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::load_or_create(folder.path()).unwrap();
        assert_eq!(keys.derive("cursor"), keys.derive("cursor"));
        assert_ne!(keys.derive("cursor"), keys.derive("cursors"));
        assert_ne!(keys.derive(""), keys.pepper);
    }
}
