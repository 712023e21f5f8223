//! Key files: written whole or not at all, for their owner alone, and read only as long as nobody else can. What is in them is not
//! known here.

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// No key file is longer.
const LONGEST_FILE: u64 = 16 * 1024;

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
    /// A file holds as many keys as it may.
    Full(PathBuf),
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
            Self::Full(path) => {
                write!(f, "The key file {} holds as many keys as it may: `jalon keys reseal --drop-old` takes old ones out.", path.display())
            }
            Self::Io(path, cause) => write!(f, "The key file {} cannot be used: {cause}.", path.display()),
            Self::Generation => f.write_str("No key could be generated."),
        }
    }
}

impl std::error::Error for KeysError {}

impl KeysError {
    /// What a path's trouble is.
    pub(super) fn of(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| match cause.kind() {
            io::ErrorKind::NotFound => Self::Missing(path.clone()),
            io::ErrorKind::InvalidData => Self::Malformed(path.clone()),
            _ => Self::Io(path.clone(), cause),
        }
    }
}

/// Bytes of chance.
pub(super) fn chance<const LENGTH: usize>() -> Result<[u8; LENGTH], KeysError> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeysError::Generation)?;
    Ok(bytes)
}

pub(super) fn exists(path: &Path) -> Result<bool, KeysError> {
    path.try_exists().map_err(|cause| KeysError::Io(path.to_owned(), cause))
}

/// Writes a file that must not exist, whole or not at all.
pub(super) fn write_new(dir: &Path, name: &str, text: &str) -> Result<(), KeysError> {
    let draft = dir.join(format!(".{name}.{}", hex(&chance::<8>()?)));
    let path = dir.join(name);
    let written = write_draft(&draft, text).and_then(|_| {
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

/// Writes a file in the place of one that is there, whole or not at all, with its owner and mode. Whoever calls it holds the directory.
pub(super) fn replace(dir: &Path, name: &str, text: &str) -> Result<(), KeysError> {
    let path = dir.join(name);
    let draft = dir.join(format!(".{name}.draft"));
    let written = fs::metadata(&path).and_then(|before| {
        // Left by somebody who was interrupted.
        match fs::remove_file(&draft) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
        let file = write_draft(&draft, text)?;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
            fchown(&file, Some(before.uid()), Some(before.gid()))?;
        }
        file.set_permissions(Permissions::from_mode(before.mode() & 0o777))?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(dir)?.sync_all()
    });
    // Gone already when all went well.
    let _ = fs::remove_file(&draft);
    written.map_err(KeysError::of(&path))
}

fn write_draft(path: &Path, text: &str) -> io::Result<File> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(file)
}

/// What tells a file from the one that took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    file: (u64, u64),
    changed: (i64, i64),
    size: u64,
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self { file: (file.dev(), file.ino()), changed: (file.ctime(), file.ctime_nsec()), size: file.len() }
    }

    /// The one of the file that is there now.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|file| Self::of(&file))
    }
}

/// Reads a file that only its owner may reach.
pub(super) fn read_private(path: &Path) -> Result<(String, Stamp), KeysError> {
    let file = File::open(path).map_err(KeysError::of(path))?;
    let known = file.metadata().map_err(KeysError::of(path))?;
    let mode = known.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeysError::Exposed(path.to_owned(), mode));
    }
    let mut text = String::new();
    file.take(LONGEST_FILE).read_to_string(&mut text).map_err(KeysError::of(path))?;
    Ok((text, Stamp::of(&known)))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}
