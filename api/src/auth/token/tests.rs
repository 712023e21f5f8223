//! Which tokens are believed. Not here: the forgeries, which the tests over HTTP send too (`tests/src/forgery.rs`).

use serde_json::json;

use super::forgery::{Forger, forgeries};
use super::*;

const ISSUER: &str = "https://jalon.example";
const AUDIENCE: &str = "https://jalon.example/v1";
const ID: Uuid = Uuid::from_u128(0x0199_aa10_7b2c_7d3e_8f40_1234_5678_9abc);
const JTI: Uuid = Uuid::from_u128(0x0199_aa10_7b2c_7d3e_8f40_1234_5678_9abd);

struct House {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::load_or_create(folder.path()).unwrap();
        Self { folder, keys }
    }

    fn issue(&self, subject: &Subject, minutes: i64) -> Result<String, IssueError> {
        issue(&self.keys, ISSUER, AUDIENCE, subject, now(), TimeDelta::minutes(minutes), JTI)
    }

    fn verify(&self, token: &str, later: i64) -> Result<Verified, TokenFault> {
        verify(&self.keys, ISSUER, AUDIENCE, token, now().plus(TimeDelta::seconds(later)))
    }

    fn forger(&self, good: &str) -> Forger {
        Forger::new(good, self.folder.path())
    }
}

fn now() -> Instant {
    "2026-11-21T09:12:03.456Z".parse().unwrap()
}

fn client() -> Subject {
    Subject::Client { id: ID, scopes: vec![ClientScope::SessionsRead, ClientScope::AttendanceWrite] }
}

fn professional() -> Subject {
    Subject::Professional { id: ID }
}

#[test]
fn a_clients_token_says_who_and_with_which_scopes() {
    let house = House::new();
    let token = house.issue(&client(), 15).unwrap();
    let expires_at = "2026-11-21T09:27:03.000Z".parse().unwrap();
    let scopes = Some(vec![ClientScope::SessionsRead, ClientScope::AttendanceWrite]);
    assert_eq!(house.verify(&token, 0), Ok(Verified { principal: ID, scopes, expires_at }));
    let none = house.issue(&Subject::Client { id: ID, scopes: Vec::new() }, 15).unwrap();
    assert_eq!(house.verify(&none, 0).unwrap().scopes, Some(Vec::new()));
}

#[test]
fn a_professionals_token_carries_no_scope() {
    let house = House::new();
    let verified = house.verify(&house.issue(&professional(), 12 * 60).unwrap(), 0).unwrap();
    assert_eq!((verified.principal, verified.scopes), (ID, None));
}

#[test]
fn the_header_and_the_claims_are_those_of_rfc_9068() {
    let house = House::new();
    let token = house.issue(&client(), 15).unwrap();
    let parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let header: serde_json::Value = serde_json::from_slice(&parts[0]).unwrap();
    assert_eq!(header, json!({ "typ": "at+jwt", "alg": "ES256", "kid": house.keys.kid }));
    let claims: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
    let (id, jti, scope) = (ID.to_string(), JTI.to_string(), "sessions:read attendance:write");
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER, "sub": id, "aud": AUDIENCE, "exp": 1_795_253_223_i64, "iat": 1_795_252_323_i64, "jti": jti,
            "client_id": id, "principal_kind": "client", "scope": scope
        })
    );
}

#[test]
fn the_published_set_is_enough_to_verify_a_token() {
    let house = House::new();
    let token = house.issue(&client(), 15).unwrap();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(serde_json::to_value(&house.keys.jwks).unwrap()).unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(Algorithm::ES256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.validate_exp = false;
    let said: Claims = jsonwebtoken::decode(&token, &key, &validation).unwrap().claims;
    assert_eq!(said.sub, ID.to_string());
}

#[test]
fn a_token_ends_when_it_said_and_five_seconds() {
    let house = House::new();
    let token = house.issue(&client(), 15).unwrap();
    assert!(house.verify(&token, 15 * 60 + 4).is_ok());
    assert_eq!(house.verify(&token, 15 * 60 + 5), Err(TokenFault::Expired));
    assert_eq!(house.verify(&token, 86_400 * 365), Err(TokenFault::Expired));
}

#[test]
fn a_clock_may_be_five_seconds_behind_the_one_that_signed() {
    let house = House::new();
    let token = house.issue(&client(), 15).unwrap();
    assert!(house.verify(&token, -5).is_ok());
    assert_eq!(house.verify(&token, -6), Err(TokenFault::Invalid));
}

#[test]
fn a_life_over_24_hours_or_of_nothing_is_not_signed() {
    let house = House::new();
    assert!(house.verify(&house.issue(&professional(), 24 * 60).unwrap(), 0).is_ok());
    for minutes in [24 * 60 + 1, 0, -1, i64::from(i32::MAX)] {
        assert!(matches!(house.issue(&professional(), minutes), Err(IssueError::Life)));
    }
}

#[test]
fn what_the_standard_leaves_open_is_accepted() {
    let house = House::new();
    let good = house.issue(&client(), 15).unwrap();
    let forger = house.forger(&good);
    let accepted = [
        forger.header("typ", "AT+JWT"),
        forger.header("typ", "application/at+jwt"),
        forger.claim("aud", [AUDIENCE]),
        forger.claim("nbf", now().millis() / 1000 + 5),
        forger.claim("nbf", 0),
        forger.claim("auth_time", 0),
        forger.claim("scope", "sessions:read attendance:write moons:eclipse"),
    ];
    for token in accepted {
        assert_eq!(house.verify(&token, 0), house.verify(&good, 0), "{token}");
    }
}

#[test]
fn every_forgery_is_refused() {
    let house = House::new();
    for subject in [client(), professional()] {
        let good = house.issue(&subject, 15).unwrap();
        let forgeries = forgeries(&good, house.folder.path());
        assert!(forgeries.len() >= 200, "{}", forgeries.len());
        for (name, token) in forgeries {
            assert_ne!(token, good, "{name}");
            let fault = if name.starts_with("expired") { TokenFault::Expired } else { TokenFault::Invalid };
            assert_eq!(house.verify(&token, 0), Err(fault), "{name}: {token}");
        }
        assert!(house.verify(&good, 0).is_ok());
    }
}

#[test]
fn nothing_may_stand_around_a_token() {
    let house = House::new();
    let good = house.issue(&client(), 15).unwrap();
    for around in [" ", "\t", "\n", "\r\n", "\0", "\u{a0}", "\u{feff}", "\u{200b}", "\"", "'"] {
        for token in [format!("{around}{good}"), format!("{good}{around}")] {
            assert_eq!(house.verify(&token, 0), Err(TokenFault::Invalid), "{token:?}");
        }
    }
}

#[test]
fn a_token_of_another_installation_is_refused() {
    let (house, other) = (House::new(), House::new());
    assert_eq!(house.verify(&other.issue(&client(), 15).unwrap(), 0), Err(TokenFault::Invalid));
}

#[test]
fn no_prefix_of_a_token_is_one() {
    let house = House::new();
    let good = house.issue(&client(), 15).unwrap();
    for length in 0..good.len() {
        assert_eq!(house.verify(&good[..length], 0), Err(TokenFault::Invalid));
    }
}

#[test]
fn no_single_character_can_be_changed() {
    let house = House::new();
    let good = house.issue(&professional(), 15).unwrap();
    for place in 0..good.len() {
        let other = if good[place..].starts_with('B') { "C" } else { "B" };
        let mut changed = good.clone();
        changed.replace_range(place..=place, other);
        assert_eq!(house.verify(&changed, 0), Err(TokenFault::Invalid), "at {place}");
    }
}
