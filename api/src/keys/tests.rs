//! The keys of an installation: made once, kept, refused when they are not what they should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;

const FILES: [&str; 3] = [SIGNING_KEY, PEPPER, nir::FILE];

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn keys_are_made_once_for_their_owner_alone_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("data/keys");
    let made = Keys::load_or_create(&dir).unwrap();
    assert_eq!((mode(&dir), FILES.map(|name| mode(&dir.join(name)))), (0o700, [0o600; 3]));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 3, "no draft is left");
    let read = Keys::load_or_create(&dir).unwrap();
    assert_eq!(read.nir.first(), made.nir.first());
    assert_eq!((read.kid, read.jwks, read.pepper), (made.kid, made.jwks, made.pepper));
    assert!(matches!(Keys::create(&dir), Err(KeysError::Exists(path)) if path.ends_with(SIGNING_KEY)));
}

#[test]
fn two_installations_share_nothing() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (Keys::load_or_create(one.path()).unwrap(), Keys::load_or_create(other.path()).unwrap());
    assert!(one.kid != other.kid && one.pepper != other.pepper && one.derive("cursor") != other.derive("cursor"));
    assert_ne!(one.nir.first(), other.nir.first());
}

#[test]
fn ten_starts_at_once_agree_on_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let kids = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..10).map(|_| scope.spawn(|| Keys::load_or_create(folder.path()).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).map(|keys| (keys.kid.clone(), keys.pepper, keys.nir.first())).collect::<Vec<_>>()
    });
    assert!(kids.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn what_an_interrupted_start_left_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let made = Keys::load_or_create(folder.path()).unwrap();
    fs::remove_file(folder.path().join(SIGNING_KEY)).unwrap();
    let again = Keys::load_or_create(folder.path()).unwrap();
    assert!(again.pepper == made.pepper && again.nir.first() == made.nir.first() && again.kid != made.kid);
}

#[test]
fn an_installation_without_keys_for_social_security_numbers_gets_these_alone() {
    let folder = tempfile::tempdir().unwrap();
    Keys::create(folder.path()).unwrap();
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let before = FILES.map(text);
    fs::remove_file(folder.path().join(nir::FILE)).unwrap();
    assert!(matches!(Keys::load(folder.path()), Err(KeysError::Missing(path)) if path.ends_with(nir::FILE)));
    Keys::create(folder.path()).unwrap();
    let after = FILES.map(text);
    assert_eq!((&before[..2], mode(&folder.path().join(nir::FILE))), (&after[..2], 0o600));
    assert_ne!(before[2], after[2]);
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
    for name in FILES {
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
    for (name, text) in [(SIGNING_KEY, ""), (SIGNING_KEY, "hunter2"), (PEPPER, ""), (PEPPER, "hunter2"), (PEPPER, "+f+f+f+f"), (nir::FILE, "hunter2")]
    {
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
    let jwks = serde_json::to_value(&keys.jwks).unwrap();
    let mut names: Vec<_> = jwks["keys"][0].as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks).unwrap();
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
