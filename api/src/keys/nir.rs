//! The keys of the social security numbers, as the file `nir-keys` holds them: one that numbers are found by, and those that seal them,
//! of which the first seals and all open. Not here: sealing (`nir/seal.rs`).

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;

use super::files::{self, KeysError, chance, hex, unhex};

pub(crate) use super::files::Stamp;

/// The file: a line for the key of the index, then one for each sealing key, the newest first. A line is what the key is for, its id,
/// and 64 hexadecimal digits.
pub(crate) const FILE: &str = "nir-keys";
/// No more keys seal.
const MOST: usize = 64;
/// What a line begins with.
const INDEX: &str = "index";
const SEALING: &str = "sealing";

/// What a key is called: 8 bytes that follow from it and do not tell it. So no two keys have one id, and a damaged key is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyId(pub(crate) [u8; Self::LENGTH]);

impl KeyId {
    pub(crate) const LENGTH: usize = 8;
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A key with its id.
#[derive(Clone)]
pub(crate) struct NirKey {
    pub(crate) id: KeyId,
    pub(crate) bytes: [u8; 32],
}

impl NirKey {
    fn new(bytes: [u8; 32]) -> Self {
        let named = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"the id of this key");
        Self { id: KeyId(named.as_ref().first_chunk().copied().unwrap_or_default()), bytes }
    }

    fn generate() -> Result<Self, KeysError> {
        Ok(Self::new(chance()?))
    }

    fn read(line: &str, role: &str) -> Option<Self> {
        let (id, digits) = line.strip_prefix(role)?.strip_prefix(' ')?.split_once(' ')?;
        let key = Self::new(unhex(digits)?);
        (key.id.to_string() == id).then_some(key)
    }

    fn line(&self, role: &str) -> String {
        format!("{role} {} {}\n", self.id, hex(&self.bytes))
    }
}

/// The keys of one file.
#[derive(Clone)]
pub(crate) struct NirKeys {
    /// What numbers are found by. It stays: every number would have to be found anew.
    pub(crate) index: NirKey,
    /// What seals.
    pub(crate) first: NirKey,
    /// What opens besides, the newest first.
    pub(crate) older: Vec<NirKey>,
}

impl NirKeys {
    pub(super) fn generate() -> Result<Self, KeysError> {
        Ok(Self { index: NirKey::generate()?, first: NirKey::generate()?, older: Vec::new() })
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let index = NirKey::read(lines.next()?, INDEX)?;
        let first = NirKey::read(lines.next()?, SEALING)?;
        let older = lines.map(|line| NirKey::read(line, SEALING)).collect::<Option<Vec<_>>>()?;
        let keys = Self { index, first, older };
        let mut ids: Vec<_> = keys.sealing().chain([&keys.index]).map(|key| key.id.0).collect();
        ids.sort_unstable();
        let each_once = ids.windows(2).all(|pair| matches!(pair, [one, next] if one != next));
        (each_once && keys.sealing().count() <= MOST).then_some(keys)
    }

    pub(super) fn text(&self) -> String {
        self.sealing().fold(self.index.line(INDEX), |text, key| text + &key.line(SEALING))
    }

    /// Those that seal or sealed, the newest first.
    pub(crate) fn sealing(&self) -> impl Iterator<Item = &NirKey> {
        std::iter::once(&self.first).chain(&self.older)
    }

    /// Reads them from `dir`, with what tells their file from another in its place.
    pub(crate) fn load(dir: &Path) -> Result<(Self, Stamp), KeysError> {
        let path = dir.join(FILE);
        let (text, stamp) = files::read_private(&path)?;
        Ok((Self::read(&text).ok_or(KeysError::Malformed(path))?, stamp))
    }
}

/// The file, which nobody else changes for as long as this lives.
pub(crate) struct HeldFile {
    dir: PathBuf,
    keys: NirKeys,
    /// Its lock ends with it.
    _held: File,
}

impl HeldFile {
    /// Waits until nobody else changes it, and reads it.
    pub(crate) fn hold(dir: &Path) -> Result<Self, KeysError> {
        let path = dir.join(FILE);
        let held = File::open(dir).map_err(KeysError::of(&path))?;
        held.lock().map_err(KeysError::of(&path))?;
        Ok(Self { dir: dir.to_owned(), keys: NirKeys::load(dir)?.0, _held: held })
    }

    /// The keys that no longer seal.
    pub(crate) fn older(&self) -> impl Iterator<Item = KeyId> {
        self.keys.older.iter().map(|key| key.id)
    }

    /// Puts a new key first; the others stay. Its id.
    pub(crate) fn rotate(&mut self) -> Result<KeyId, KeysError> {
        if self.keys.sealing().count() >= MOST {
            return Err(KeysError::Full(self.dir.join(FILE)));
        }
        let mut keys = self.keys.clone();
        let former = std::mem::replace(&mut keys.first, NirKey::generate()?);
        keys.older.insert(0, former);
        self.write(keys)?;
        Ok(self.keys.first.id)
    }

    /// Takes keys out that no longer seal.
    pub(crate) fn take_out(&mut self, ids: &[KeyId]) -> Result<(), KeysError> {
        let mut keys = self.keys.clone();
        keys.older.retain(|key| !ids.contains(&key.id));
        self.write(keys)
    }

    fn write(&mut self, keys: NirKeys) -> Result<(), KeysError> {
        files::replace(&self.dir, FILE, &keys.text())?;
        self.keys = keys;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
