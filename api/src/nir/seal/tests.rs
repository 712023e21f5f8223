//! Sealing with one key and with several, and a file that changes under a server.

use std::fs;

use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::keys::Keys;
use crate::keys::nir::HeldFile;

const PERSON: BeneficiaryId = BeneficiaryId::new(Uuid::from_u128(1));

fn nir() -> Nir {
    "1850587999123".parse().unwrap()
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    Keys::create(folder.path()).unwrap();
    folder
}

fn seal(folder: &TempDir) -> Seal {
    Seal::load(folder.path()).unwrap()
}

fn rotate(folder: &TempDir) -> KeyId {
    HeldFile::hold(folder.path()).unwrap().rotate().unwrap()
}

fn opened(seal: &Seal, sealed: &Sealed) -> Option<String> {
    seal.open(PERSON, &sealed.bytes).map(|nir| nir.full())
}

#[test]
fn a_number_opens_for_its_person_with_its_keys_and_otherwise_not() {
    let folder = folder();
    let seal = seal(&folder);
    let Sealed { key_id, bytes } = seal.close(PERSON, &nir()).unwrap();
    assert_eq!(seal.open(PERSON, &bytes).unwrap().full(), nir().full());
    assert!(seal.open(BeneficiaryId::new(Uuid::from_u128(2)), &bytes).is_none(), "copied to another person");
    assert!(self::seal(&self::folder()).open(PERSON, &bytes).is_none(), "other keys");
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(seal.open(PERSON, &changed).is_none(), "byte {place}");
        assert!(seal.open(PERSON, &bytes[..place]).is_none(), "{place} bytes");
    }
    assert_eq!((key_id.clone(), seal.opens(&key_id), seal.opens("0011223344556677")), (seal.first().to_string(), true, false));
}

#[test]
fn what_one_key_sealed_does_not_open_under_the_name_of_another() {
    let folder = folder();
    let sealed = seal(&folder).close(PERSON, &nir()).unwrap();
    let second = rotate(&folder);
    let mut renamed = sealed.bytes.clone();
    renamed[1..=KeyId::LENGTH].copy_from_slice(&second.0);
    assert!(seal(&folder).open(PERSON, &renamed).is_none());
}

#[test]
fn the_same_number_is_sealed_anew_each_time_and_found_by_the_same_index() {
    let folder = folder();
    let seal = seal(&folder);
    assert_ne!(seal.close(PERSON, &nir()), seal.close(PERSON, &nir()));
    assert_eq!(seal.index(&nir()), seal.index(&"1 85 05 87 999 123 89".parse().unwrap()));
    assert_ne!(seal.index(&nir()), self::seal(&self::folder()).index(&nir()));
    let sealed = seal.close(PERSON, &nir()).unwrap();
    assert!(!sealed.bytes.windows(5).any(|window| nir().number().as_bytes().windows(5).any(|part| part == window)));
}

#[test]
fn after_a_rotation_the_new_key_seals_all_open_and_the_index_stays() {
    let folder = folder();
    let before = seal(&folder);
    let (first, index) = (before.close(PERSON, &nir()).unwrap(), before.index(&nir()));
    let second = rotate(&folder);
    let after = seal(&folder);
    let sealed = after.close(PERSON, &nir()).unwrap();
    assert_eq!((sealed.key_id.clone(), after.index(&nir())), (second.to_string(), index));
    for sealed in [&first, &sealed] {
        assert_eq!(opened(&after, sealed), Some(nir().full()));
    }
}

#[test]
fn a_running_server_takes_a_key_that_it_meets_and_seals_with_it_from_then_on() {
    let folder = folder();
    let running = seal(&folder);
    let first = running.first();
    let second = rotate(&folder);
    assert_eq!(running.first(), first, "nothing made it look");
    let sealed = seal(&folder).close(PERSON, &nir()).unwrap();
    assert_eq!(opened(&running, &sealed), Some(nir().full()));
    assert_eq!(running.first(), second);
}

#[test]
fn a_running_server_still_opens_with_a_key_that_was_taken_out() {
    let folder = folder();
    let running = seal(&folder);
    let sealed = running.close(PERSON, &nir()).unwrap();
    let first = running.first();
    let second = rotate(&folder);
    HeldFile::hold(folder.path()).unwrap().take_out(&[first]).unwrap();
    running.look_again();
    assert_eq!((running.first(), opened(&running, &sealed)), (second, Some(nir().full())), "it was read from storage before");
    assert_eq!(opened(&seal(&folder), &sealed), None, "and whoever starts now does not");
}

#[test]
fn a_file_that_is_no_use_changes_nothing_and_is_read_once() {
    let folder = folder();
    let running = seal(&folder);
    let sealed = running.close(PERSON, &nir()).unwrap();
    let stranger = seal(&self::folder()).close(PERSON, &nir()).unwrap();
    let path = folder.path().join(FILE);
    let good = fs::read_to_string(&path).unwrap();
    let foreign = fs::read_to_string(self::folder().path().join(FILE)).unwrap();
    for useless in ["hunter2", &foreign] {
        fs::write(&path, useless).unwrap();
        assert_eq!((opened(&running, &stranger), opened(&running, &sealed)), (None, Some(nir().full())));
        assert_eq!(*running.read.lock().unwrap(), Stamp::at(&path).unwrap());
        assert_eq!(running.first().to_string(), sealed.key_id);
    }
    fs::remove_file(&path).unwrap();
    assert_eq!((opened(&running, &stranger), opened(&running, &sealed)), (None, Some(nir().full())));
    // Once it is put right, it is taken again.
    Keys::create(folder.path()).unwrap();
    fs::write(&path, good).unwrap();
    let second = rotate(&folder);
    running.look_again();
    assert_eq!(running.first(), second);
}
