//! Sealing and finding social security numbers: AES-256-GCM bound to the person, under the first key of the installation, and a keyed
//! index that says nothing without its key. Who may open one is not decided here, nor how keys are kept (`keys/nir.rs`).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use domain::identifier::nir::Nir;
use domain::ids::BeneficiaryId;
use persistence::nirs::Sealed;

use crate::keys::KeysError;
use crate::keys::nir::{FILE, KeyId, NirKey, NirKeys, Stamp};

/// The first byte says how the rest was sealed: the key's id, the nonce, the number, the tag.
const SCHEME: u8 = 1;

/// What is authenticated besides the number: how it was sealed, by which key, for whom.
fn bound_to(key: KeyId, person: BeneficiaryId) -> Aad<Vec<u8>> {
    Aad::from([[SCHEME].as_slice(), &key.0, person.uuid().as_bytes()].concat())
}

/// The keys of one installation, for this use alone.
pub(crate) struct Seal {
    dir: PathBuf,
    /// The file as it was last read.
    read: Mutex<Stamp>,
    ring: RwLock<Arc<Ring>>,
}

/// Keys that are ready to be used.
struct Ring {
    keys: NirKeys,
    finding: hmac::Key,
}

impl Ring {
    fn of(keys: NirKeys) -> Self {
        Self { finding: hmac::Key::new(hmac::HMAC_SHA256, &keys.index.bytes), keys }
    }

    fn key(&self, id: KeyId) -> Option<&NirKey> {
        self.keys.sealing().find(|key| key.id == id)
    }
}

fn cipher(key: &NirKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &key.bytes).ok().map(LessSafeKey::new)
}

impl Seal {
    /// Reads the keys from `dir`.
    pub(crate) fn load(dir: &Path) -> Result<Self, KeysError> {
        let (keys, stamp) = NirKeys::load(dir)?;
        Ok(Self { dir: dir.to_owned(), read: Mutex::new(stamp), ring: RwLock::new(Arc::new(Ring::of(keys))) })
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The id of the key that seals.
    pub(crate) fn first(&self) -> KeyId {
        self.ring().keys.first.id
    }

    /// Whether numbers sealed under the key of this id open.
    pub(crate) fn opens(&self, id: &str) -> bool {
        self.ring().keys.sealing().any(|key| key.id.to_string() == id)
    }

    /// What a number is found by.
    pub(crate) fn index(&self, nir: &Nir) -> [u8; 32] {
        hmac::sign(&self.ring().finding, nir.number().as_bytes()).as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// A number sealed for its person: copied to another one it does not open.
    pub(crate) fn close(&self, person: BeneficiaryId, nir: &Nir) -> Option<Sealed> {
        let ring = self.ring();
        let key = &ring.keys.first;
        let mut chance = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut chance).ok()?;
        let mut content = nir.number().as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(chance);
        cipher(key)?.seal_in_place_append_tag(nonce, bound_to(key.id, person), &mut content).ok()?;
        let bytes = [[SCHEME].as_slice(), &key.id.0, &chance, &content].concat();
        Some(Sealed { key_id: key.id.to_string(), bytes })
    }

    /// The number that was sealed for this person, with one of these keys. A key that is not known may have come since the file was read.
    pub(crate) fn open(&self, person: BeneficiaryId, sealed: &[u8]) -> Option<Nir> {
        let (scheme, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_first_chunk::<{ KeyId::LENGTH }>()?;
        let (chance, content) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *scheme != SCHEME {
            return None;
        }
        let id = KeyId(*id);
        let mut ring = self.ring();
        if ring.key(id).is_none() {
            self.look_again();
            ring = self.ring();
        }
        let mut content = content.to_vec();
        let nonce = Nonce::assume_unique_for_key(*chance);
        let number = cipher(ring.key(id)?)?.open_in_place(nonce, bound_to(id, person), &mut content).ok()?;
        Some(Nir::stored(String::from_utf8(number.to_vec()).ok()?))
    }

    /// Reads the file again if it is another one than was read last. No key that is known is forgotten by it: a number read a moment ago
    /// still opens.
    pub(crate) fn look_again(&self) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(stamp) = Stamp::at(&self.dir.join(FILE)) else { return };
        if *read == stamp {
            return;
        }
        // Whatever it holds, it is read once.
        *read = stamp;
        let mut keys = match NirKeys::load(&self.dir) {
            Ok((keys, _)) => keys,
            Err(error) => return tracing::error!(%error, "the keys of the social security numbers stay those that were read before"),
        };
        let known = self.ring();
        if keys.index.id != known.keys.index.id {
            return tracing::error!("the file of the keys of the social security numbers is another installation's: it is not used");
        }
        let forgotten: Vec<_> = known.keys.sealing().filter(|key| keys.sealing().all(|other| other.id != key.id)).cloned().collect();
        keys.older.extend(forgotten);
        tracing::info!(first = %keys.first.id, "the keys of the social security numbers were read again");
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Ring::of(keys));
    }
}

#[cfg(test)]
mod tests;
