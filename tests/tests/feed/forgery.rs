//! Places that we did not write: ten thousand of them, damaged, cut, borrowed and invented. None is believed, none is a defect.

use std::collections::{BTreeMap, BTreeSet};

use api_tests::client::encoded;
use api_tests::database::foreign_keys_dir;
use api_tests::{Client, TestServer, on_databases};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use futures_util::{StreamExt, stream};
use persistence::Engine;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{FEED, Receiver, acknowledge, cursors, numbers, pull};

const MUTANTS: usize = 10_000;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What mutants are made of.
struct Stock {
    /// Good places of the feed.
    own: Vec<String>,
    /// Good places of another feed.
    theirs: Vec<String>,
    /// Places of the feed, written with other keys.
    of_other_keys: Vec<String>,
    /// Places of lists.
    of_lists: Vec<String>,
}

fn noise(chance: &mut StdRng, length: usize) -> String {
    (0..length).map(|_| char::from(ALPHABET[chance.random_range(0..64)])).collect()
}

fn one<'a>(chance: &mut StdRng, all: &'a [String]) -> &'a str {
    &all[chance.random_range(0..all.len())]
}

impl Stock {
    /// One that is like a good place, and of which kind it is.
    fn mutant(&self, chance: &mut StdRng) -> (&'static str, String) {
        let good = one(chance, &self.own).to_owned();
        let mut bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
        match chance.random_range(0..16) {
            0..=3 => {
                for _ in 0..chance.random_range(1..=3) {
                    let bit = chance.random_range(0..bytes.len() * 8);
                    bytes[bit / 8] ^= 1 << (bit % 8);
                }
                ("a bit", URL_SAFE_NO_PAD.encode(bytes))
            }
            4 => {
                let place = chance.random_range(0..good.len());
                let letter = noise(chance, 1);
                ("a letter", format!("{}{letter}{}", &good[..place], &good[place + 1..]))
            }
            5 => ("cut", good[..chance.random_range(0..good.len())].to_owned()),
            6 => ("cut in front", good[chance.random_range(1..good.len())..].to_owned()),
            7 => {
                let more = chance.random_range(1..60);
                ("longer", good + &noise(chance, more))
            }
            8 => ("of another organisation", one(chance, &self.theirs).to_owned()),
            9 => ("of other keys", one(chance, &self.of_other_keys).to_owned()),
            10 => ("of a list", one(chance, &self.of_lists).to_owned()),
            11 => {
                // Head of one, tail of another.
                let kin = [&self.own, &self.theirs, &self.of_other_keys][chance.random_range(0..3)];
                let other = URL_SAFE_NO_PAD.decode(one(chance, kin)).unwrap();
                let place = chance.random_range(1..bytes.len());
                ("spliced", URL_SAFE_NO_PAD.encode([&bytes[..place], &other[place..]].concat()))
            }
            12 => {
                let length = chance.random_range(0..=200);
                ("noise", noise(chance, length))
            }
            13 => {
                let length = chance.random_range(0..=90);
                let bytes: Vec<u8> = (0..length).map(|_| chance.random()).collect();
                ("noise in base 64", URL_SAFE_NO_PAD.encode(bytes))
            }
            14 => {
                let times = chance.random_range(2..40);
                ("too long", good.repeat(times))
            }
            _ => match chance.random_range(0..6) {
                0 => ("padded", URL_SAFE.encode(bytes) + if chance.random() { "" } else { "=" }),
                1 => ("in another alphabet", format!("{}+/", STANDARD.encode(bytes))),
                2 => ("with a space", format!(" {good}")),
                3 => ("with a line feed", format!("{good}\n")),
                4 => ("in letters of another script", format!("{good}é")),
                _ => ("with the word", format!("beginning{good}")),
            },
        }
    }
}

async fn stock(server: &TestServer, elsewhere: &TestServer, receiver: &Receiver) -> Stock {
    let other = Receiver::new(server).await;
    receiver.refer_many(server, 12).await;
    other.refer_many(server, 5).await;
    let partner = server.partner(&receiver.organisation).await;
    // A token of those keys: their machines have other secrets.
    let of_other_keys = cursors(&elsewhere.professional("partner elsewhere", &partner.id())).await;
    let mut of_lists = Vec::new();
    for limit in 1..=11 {
        of_lists.push(receiver.machine.get(&format!("/v1/referrals?limit={limit}")).await.expect(200).field("next_cursor"));
    }
    Stock { own: cursors(&receiver.machine).await, theirs: cursors(&other.machine).await, of_other_keys, of_lists }
}

/// What became of a mutant, as a reading and, of some, as a checkpoint.
async fn try_it(by: &Client, number: usize, kind: &str, mutant: &str) -> Option<String> {
    let read = by.get(&format!("{FEED}?after={}&limit=1", encoded(mutant))).await;
    if (read.status, read.code().as_str()) != (400, "CURSOR_INVALID") {
        return Some(format!("{kind}: {} {}: {mutant}", read.status, read.code()));
    }
    if number.is_multiple_of(10) {
        let moved = acknowledge(by, mutant).await;
        let fits = (1..=200).contains(&mutant.len()) && mutant.bytes().all(|byte| ALPHABET.contains(&byte));
        if moved.status != if fits { 400 } else { 422 } {
            return Some(format!("{kind} as a checkpoint: {} {}: {mutant}", moved.status, moved.code()));
        }
    }
    None
}

#[test]
fn none_of_ten_thousand_forged_places_is_believed() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&server).await;
        let foreign = foreign_keys_dir().to_str().unwrap();
        let elsewhere = server.start_again(database, &[("JALON_KEYS_DIR", foreign)]).await;
        let stock = stock(&server, &elsewhere, &receiver).await;
        elsewhere.stop().await;
        let good: BTreeSet<&String> = stock.own.iter().collect();
        let mut chance = StdRng::seed_from_u64(87);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut mutants = Vec::new();
        while mutants.len() < MUTANTS {
            let (kind, mutant) = stock.mutant(&mut chance);
            if !good.contains(&mutant) {
                *kinds.entry(kind).or_default() += 1;
                mutants.push((kind, mutant));
            }
        }
        assert!(kinds.len() == 18 && kinds.values().all(|count| *count >= 50), "{kinds:?}");
        let tried = stream::iter(mutants.iter().enumerate()).map(|(number, (kind, mutant))| try_it(&receiver.machine, number, kind, mutant));
        let wrong: Vec<String> = tried.buffer_unordered(16).filter_map(async |wrong| wrong).collect().await;
        assert!(wrong.is_empty(), "{} of {MUTANTS}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
        // The control: the places that they were made of are good, and none of them moved anything.
        for (place, seq) in stock.own.iter().zip(2..) {
            let page = pull(&receiver.machine, &format!("?after={place}&limit=1")).await;
            assert_eq!(numbers(&page.items()), if seq <= 12 { vec![seq] } else { vec![] });
            assert_eq!(page.json()["acknowledged_seq"], 0);
        }
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
