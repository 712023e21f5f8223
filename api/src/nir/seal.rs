//! Sealing and finding social security numbers: AES-256-GCM bound to the person, and a keyed index that says nothing without its key.
//! Who may open one is not decided here.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use domain::identifier::nir::Nir;
use domain::ids::BeneficiaryId;

use crate::keys::Keys;

/// The first byte says how the rest was sealed, so that another key or cipher can follow.
const SCHEME: u8 = 1;

/// The keys of one installation, for this use alone.
pub(super) struct Seal {
    sealing: Option<LessSafeKey>,
    finding: hmac::Key,
}

impl Seal {
    pub(super) fn new(keys: &Keys) -> Self {
        let sealing = UnboundKey::new(&AES_256_GCM, &keys.derive("nir sealing")).ok().map(LessSafeKey::new);
        Self { sealing, finding: hmac::Key::new(hmac::HMAC_SHA256, &keys.derive("nir index")) }
    }

    /// What a number is found by.
    pub(super) fn index(&self, nir: &Nir) -> [u8; 32] {
        hmac::sign(&self.finding, nir.number().as_bytes()).as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// A number sealed for its person: copied to another one it does not open.
    pub(super) fn close(&self, person: BeneficiaryId, nir: &Nir) -> Option<Vec<u8>> {
        let mut chance = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut chance).ok()?;
        let mut sealed = nir.number().as_bytes().to_vec();
        let aad = Aad::from(person.uuid().into_bytes());
        self.sealing.as_ref()?.seal_in_place_append_tag(Nonce::assume_unique_for_key(chance), aad, &mut sealed).ok()?;
        Some([[SCHEME].as_slice(), &chance, &sealed].concat())
    }

    /// The number that was sealed for this person, with these keys.
    pub(super) fn open(&self, person: BeneficiaryId, sealed: &[u8]) -> Option<Nir> {
        let (scheme, rest) = sealed.split_first()?;
        let (chance, content) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *scheme != SCHEME {
            return None;
        }
        let mut content = content.to_vec();
        let aad = Aad::from(person.uuid().into_bytes());
        let number = self.sealing.as_ref()?.open_in_place(Nonce::assume_unique_for_key(*chance), aad, &mut content).ok()?;
        Some(Nir::stored(String::from_utf8(number.to_vec()).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn keys() -> Keys {
        Keys::load_or_create(tempfile::tempdir().unwrap().path()).unwrap()
    }

    const PERSON: BeneficiaryId = BeneficiaryId::new(Uuid::from_u128(1));

    fn nir() -> Nir {
        "1850587999123".parse().unwrap()
    }

    #[test]
    fn a_number_opens_for_its_person_with_its_keys_and_otherwise_not() {
        let seal = Seal::new(&keys());
        let sealed = seal.close(PERSON, &nir()).unwrap();
        assert_eq!(seal.open(PERSON, &sealed).unwrap().full(), nir().full());
        assert!(seal.open(BeneficiaryId::new(Uuid::from_u128(2)), &sealed).is_none(), "copied to another person");
        assert!(Seal::new(&keys()).open(PERSON, &sealed).is_none(), "other keys");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(seal.open(PERSON, &changed).is_none(), "byte {place}");
        }
        assert!(seal.open(PERSON, &[]).is_none());
    }

    #[test]
    fn the_same_number_is_sealed_anew_each_time_and_found_by_the_same_index() {
        let seal = Seal::new(&keys());
        assert_ne!(seal.close(PERSON, &nir()), seal.close(PERSON, &nir()));
        assert_eq!(seal.index(&nir()), seal.index(&"1 85 05 87 999 123 89".parse().unwrap()));
        assert_ne!(seal.index(&nir()), Seal::new(&keys()).index(&nir()));
        let sealed = seal.close(PERSON, &nir()).unwrap();
        assert!(!sealed.windows(5).any(|window| nir().number().as_bytes().windows(5).any(|part| part == window)));
    }
}
