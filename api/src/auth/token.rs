//! Access tokens (RFC 9068): what they say, how one is signed, and when one is believed. Not here: whether the principal named
//! still exists and still holds those scopes (`auth/middleware.rs` asks storage).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use domain::actor::ClientScope;
use domain::calendar::Instant;
use jsonwebtoken::Algorithm;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::keys::Keys;

#[cfg(test)]
#[path = "../../../tests/src/forgery.rs"]
#[expect(unreachable_pub, reason = "the one list of forgeries belongs to the tests over HTTP")]
mod forgery;
#[cfg(test)]
mod tests;

/// The media type of an access token: an identity token signed with the same key is none.
const TYPE: &str = "at+jwt";
/// How far the clocks of two instances may be apart, in seconds.
const LEEWAY: i64 = 5;
/// Longest life of a token, in seconds.
const LONGEST_LIFE: i64 = 24 * 60 * 60;
/// Longest token that is read at all.
const LONGEST: usize = 4096;

/// Whom a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A machine, with the scopes it asked for and holds.
    Client {
        /// Its id.
        id: Uuid,
        /// What the token lets it do.
        scopes: Vec<ClientScope>,
    },
    /// A person, whose role says what they may do.
    Professional {
        /// Their id.
        id: Uuid,
    },
}

/// Which kind of principal a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PrincipalKind {
    /// A machine: the token carries scopes.
    Client,
    /// A person: it carries none.
    Professional,
}

/// What a token says. A claim that is not here is not read: a later version may add some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Who signed it: the public URL.
    pub(crate) iss: String,
    /// Whom it is for: a client's or a professional's id.
    pub(crate) sub: String,
    /// What it is good for: this API. Read from a text, or from a list of one.
    #[serde(deserialize_with = "only")]
    pub(crate) aud: String,
    /// From when it is refused, in seconds since 1970.
    pub(crate) exp: i64,
    /// When it was signed, likewise.
    pub(crate) iat: i64,
    /// From when it is good, if that is later.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) nbf: Option<i64>,
    /// Its own id.
    pub(crate) jti: String,
    /// The client that asked for it; for a person, the same as `sub`.
    pub(crate) client_id: String,
    /// What `sub` is.
    #[serde(deserialize_with = "kind")]
    pub(crate) principal_kind: PrincipalKind,
    /// A client's scopes, with one space between.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// What a believed token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Who asks.
    pub(crate) principal: Uuid,
    /// With which scopes, for a client. None is a professional.
    pub(crate) scopes: Option<Vec<ClientScope>>,
    /// From when the token is refused, leeway apart.
    pub(crate) expires_at: Instant,
}

/// Why a token is not believed. The caller learns no more, whatever is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It was good and is over: ask for another.
    Expired,
    /// Anything else.
    Invalid,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "The access token expired",
            Self::Invalid => "The access token is invalid",
        })
    }
}

impl std::error::Error for TokenFault {}

/// Why a token was not signed.
#[derive(Debug)]
pub(crate) enum IssueError {
    /// A life under a second or over 24 hours.
    Life,
    /// The key did not sign.
    Signing(jsonwebtoken::errors::Error),
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Life => f.write_str("A token lives at least a second and at most 24 hours."),
            Self::Signing(cause) => write!(f, "The token could not be signed: {cause}."),
        }
    }
}

impl std::error::Error for IssueError {}

/// Signs a token for `subject`, good from `now` and for `ttl` (a second to 24 hours).
pub(crate) fn issue(
    keys: &Keys,
    issuer: &str,
    audience: &str,
    subject: &Subject,
    now: Instant,
    ttl: TimeDelta,
    jti: Uuid,
) -> Result<String, IssueError> {
    if !(1..=LONGEST_LIFE).contains(&ttl.num_seconds()) {
        return Err(IssueError::Life);
    }
    let (id, principal_kind, scope) = match subject {
        Subject::Client { id, scopes } => {
            let codes: Vec<_> = scopes.iter().map(|scope| scope.code()).collect();
            (id.to_string(), PrincipalKind::Client, Some(codes.join(" ")))
        }
        Subject::Professional { id } => (id.to_string(), PrincipalKind::Professional, None),
    };
    let iat = seconds(now);
    let claims = Claims {
        iss: issuer.to_owned(),
        sub: id.clone(),
        aud: audience.to_owned(),
        exp: iat + ttl.num_seconds(),
        iat,
        nbf: None,
        jti: jti.to_string(),
        client_id: id,
        principal_kind,
        scope,
    };
    let mut header = jsonwebtoken::Header::new(Algorithm::ES256);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(keys.kid.clone());
    jsonwebtoken::encode(&header, &claims, &keys.signing).map_err(IssueError::Signing)
}

/// The whole of what a header may say: `jku`, `jwk`, `x5u`, `x5c`, `crit` and all others are refused, not passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

/// Believes a token, or not. Times are judged against `now`; the library's own judgement reads the system's clock, so it
/// gives the signature alone.
pub(crate) fn verify(keys: &Keys, issuer: &str, audience: &str, token: &str, now: Instant) -> Result<Verified, TokenFault> {
    let claims = signed(keys, token).ok_or(TokenFault::Invalid)?;
    let verified = believed(&claims, issuer, audience, seconds(now)).ok_or(TokenFault::Invalid)?;
    // Last, so that an expired token is known to be one of ours.
    if seconds(now) >= claims.exp.saturating_add(LEEWAY) {
        return Err(TokenFault::Expired);
    }
    Ok(verified)
}

/// What a token says, if it has our form, our header and our signature.
fn signed(keys: &Keys, token: &str) -> Option<Claims> {
    if token.len() > LONGEST {
        return None;
    }
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    let header: Header = read(header)?;
    let ours =
        [TYPE, "application/at+jwt"].iter().any(|name| header.typ.eq_ignore_ascii_case(name)) && header.alg == "ES256" && header.kid == keys.kid;
    // The algorithm is ours too, never the header's.
    let good = ours && jsonwebtoken::crypto::verify(signature, message.as_bytes(), &keys.verifying, Algorithm::ES256).is_ok_and(|good| good);
    if good { read(payload) } else { None }
}

/// A part that is canonical base64url (no padding, no bits to spare) of a JSON object. The library would take a list for a
/// struct too.
fn read<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    if json.first() == Some(&b'{') { serde_json::from_slice(&json).ok() } else { None }
}

/// What claims amount to, expiry apart.
fn believed(claims: &Claims, issuer: &str, audience: &str, now: i64) -> Option<Verified> {
    let latest = now.saturating_add(LEEWAY);
    let life = claims.exp.checked_sub(claims.iat)?;
    let timely = claims.iat >= 0 && claims.iat <= latest && claims.nbf.is_none_or(|nbf| nbf <= latest) && (1..=LONGEST_LIFE + LEEWAY).contains(&life);
    if !timely || claims.iss != issuer || claims.aud != audience || claims.sub != claims.client_id {
        return None;
    }
    canonical(&claims.jti)?;
    let scopes = match (claims.principal_kind, &claims.scope) {
        // A scope that this version does not know gives nothing.
        (PrincipalKind::Client, Some(scope)) => Some(scope.split(' ').filter_map(|code| code.parse().ok()).collect()),
        (PrincipalKind::Professional, None) => None,
        _ => return None,
    };
    Some(Verified { principal: canonical(&claims.sub)?, scopes, expires_at: Instant::new(DateTime::from_timestamp(claims.exp, 0)?) })
}

/// A UUID in the one form that names it.
fn canonical(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|uuid| uuid.to_string() == text)
}

fn seconds(at: Instant) -> i64 {
    at.millis().div_euclid(1000)
}

/// A text, or a list of one text.
fn only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        Text(String),
        List(Vec<String>),
    }
    match Audience::deserialize(deserializer)? {
        Audience::Text(text) => Ok(text),
        Audience::List(list) => <[String; 1]>::try_from(list).map(|[text]| text).map_err(|_| D::Error::custom("not one audience")),
    }
}

/// A kind of principal, as text: a derived reading would take `{"client": null}` too.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PrincipalKind, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "client" => Ok(PrincipalKind::Client),
        "professional" => Ok(PrincipalKind::Professional),
        _ => Err(D::Error::custom("no kind of principal")),
    }
}

/// A claim that may be absent, and then is: `null` is not its absence.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
