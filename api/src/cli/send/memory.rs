//! What a sending remembers across a crash: its key, in `FILE.sending` beside the file, until the answer was reported. Not here: what
//! was sent, of which only the digest is kept.

use std::path::{Path, PathBuf};
use std::{fs, io};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::files;

/// A sending's key, and where it is kept.
#[derive(Debug)]
pub(super) struct Memory {
    /// The same at every try, so that the server counts it once.
    pub(super) key: String,
    /// Why it is kept nowhere, if so.
    pub(super) trouble: Option<io::Error>,
    path: PathBuf,
}

/// What the file holds.
#[derive(Debug, Deserialize, Serialize)]
struct Record {
    key: String,
    sha256: String,
}

impl Memory {
    /// The key of the interrupted sending of the same bytes to the same place with the same options, else a new one.
    pub(super) fn recall(file: &Path, options: &[&str], bytes: &[u8]) -> Self {
        let path = files::beside(file, ".sending");
        let sha256 = digest(options, bytes);
        let before = fs::read(&path).ok().and_then(|json| serde_json::from_slice::<Record>(&json).ok());
        if let Some(Record { key, .. }) = before.filter(|record| record.sha256 == sha256) {
            return Self { key, trouble: None, path };
        }
        let record = Record { key: format!("{:032x}", rand::random::<u128>()), sha256 };
        let written = serde_json::to_vec(&record).map_err(io::Error::other).and_then(|json| files::write(&path, &json));
        Self { key: record.key, trouble: written.err(), path }
    }

    /// The answer is known and told.
    pub(super) fn forget(self) {
        // Left behind, it only makes the server repeat its receipt.
        drop(fs::remove_file(self.path));
    }
}

/// SHA-256 in hexadecimal. A NUL ends each option, which none can hold.
fn digest(options: &[&str], bytes: &[u8]) -> String {
    let mut context = Context::new(&SHA256);
    for option in options {
        context.update(option.as_bytes());
        context.update(b"\0");
    }
    context.update(bytes);
    context.finish().as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
