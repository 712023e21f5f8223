//! The token endpoint (RFC 6749 client credentials, RFC 9068 tokens), its keys and its metadata (RFC 8414). Professionals get their
//! tokens elsewhere: from the command line.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use domain::actor::{ClientScope, Standing};
use domain::client::Client;
use domain::id::Id;
use domain::vocabulary::Term;
use persistence::machinery::principals;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{secret, token};
use crate::gate::{OwnShape, cache_with_revalidation};
use crate::keys::KeySet;
use crate::state::State;

/// How long a client's token lives.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Bytes a token request may have.
const MOST_BYTES: usize = 8 * 1024;

/// What a client asks with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents the form, whose pairs are read one by one so that a repeated one is refused")]
pub(crate) struct TokenRequest {
    /// `client_credentials`.
    #[schema(max_length = 40)]
    grant_type: String,
    /// The scopes wanted, separated by spaces; all those granted when absent.
    #[schema(max_length = 400, nullable = false)]
    scope: Option<String>,
    /// The client's id, when it is not in the `Authorization` header.
    #[schema(max_length = 100, nullable = false)]
    client_id: Option<String>,
    /// The client's secret, when it is not in the `Authorization` header.
    #[schema(max_length = 200, nullable = false)]
    client_secret: Option<String>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenResponse {
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10)]
    token_type: &'static str,
    /// Seconds it lives: 900. Ask for another one before that.
    #[schema(minimum = 1, maximum = 900)]
    expires_in: i64,
    /// What it may be used for: the scopes asked for, as far as they are granted.
    #[schema(max_length = 400)]
    scope: String,
}

/// A refusal of the token endpoint, in the shape of RFC 6749, section 5.2.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenError {
    /// `invalid_request`, `invalid_client`, `invalid_scope`, `unsupported_grant_type` or `temporarily_unavailable`.
    #[schema(max_length = 40)]
    error: &'static str,
    /// What is wrong, in English.
    #[schema(max_length = 200)]
    error_description: &'static str,
}

fn refuse(status: StatusCode, error: &'static str, error_description: &'static str) -> HttpResponse {
    let mut response = HttpResponse::build(status).json(TokenError { error, error_description });
    response.extensions_mut().insert(OwnShape);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"jalon\", charset=\"UTF-8\""));
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

struct Asked {
    client: String,
    secret: String,
    scope: Option<String>,
}

/// RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let pairs: Vec<(String, String)> = web::Query::<Vec<(String, String)>>::from_query(&format!("v={text}")).ok()?.into_inner();
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((plain(id)?, plain(secret)?))
}

fn read(request: &HttpRequest, body: &[u8]) -> Result<Asked, (StatusCode, &'static str, &'static str)> {
    let bad = |description| (StatusCode::BAD_REQUEST, "invalid_request", description);
    let media_type = request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if media_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
        return Err(bad("the body must be application/x-www-form-urlencoded"));
    }
    if body.len() > MOST_BYTES || !request.query_string().is_empty() {
        return Err(bad("parameters belong in a body of at most 8 KiB"));
    }
    let text = std::str::from_utf8(body).map_err(|_| bad("the body is not UTF-8"))?;
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|_| bad("the body is not a form"))?.into_inner();
    let mut found: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    for (name, value) in pairs {
        if found.insert(name, value).is_some() {
            return Err(bad("a parameter is repeated"));
        }
    }
    match found.remove("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type", "the only grant is client_credentials")),
        None => return Err(bad("grant_type is missing")),
    }
    let form = (found.remove("client_id"), found.remove("client_secret"));
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().ok().and_then(basic));
    let (client, secret) = match (header, form) {
        (Some(Some((id, secret))), (repeated, None)) if repeated.as_ref().is_none_or(|repeated| *repeated == id) => (id, secret),
        (Some(Some(_)), _) => return Err(bad("send the secret once: in the header or in the body")),
        (None, (Some(id), Some(secret))) => (id, secret),
        (Some(None) | None, _) => return Err((StatusCode::UNAUTHORIZED, "invalid_client", "client authentication is missing or malformed")),
    };
    Ok(Asked { client, secret, scope: found.remove("scope") })
}

/// Where a caller is: the peer, or whom our own proxies say they forward. An IPv6 caller is its network: one has billions of addresses.
fn caller_address(request: &HttpRequest, proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut hops: Vec<IpAddr> = forwarded.filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.push(peer);
    let caller = hops.iter().rev().find(|hop| !proxies.contains(hop)).copied().unwrap_or(peer);
    Some(match caller {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    })
}

/// Give a token
///
/// Client credentials, by Basic authentication or in the form. The token carries the scopes asked for as far as they are granted,
/// and lives 15 minutes.
#[utoipa::path(post, tag = "Access", operation_id = "createToken", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token.", body = TokenResponse),
        (status = 400, description = "The request or its scope is malformed.", body = TokenError),
        (status = 401, description = "Unknown client, wrong, expired or revoked secret, disabled client: never told apart.", body = TokenError),
        (status = 429, description = "Too many calls from this address.", body = TokenError),
        (status = 503, description = "Try again.", body = TokenError),
    ))]
#[post("/oauth/token")]
pub(crate) async fn create_token(request: HttpRequest, state: web::Data<State>, body: web::Bytes) -> HttpResponse {
    let limits = state.shared.limits.as_ref().zip(caller_address(&request, &state.shared.config.trusted_proxies));
    if limits.is_some_and(|(limits, address)| limits.addresses.check_key(&address).is_err()) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many calls from this address");
    }
    let asked = match read(&request, &body) {
        Ok(asked) => asked,
        Err((status, error, description)) => return refuse(status, error, description),
    };
    match give(&state, &asked).await {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(%error, "no token could be given");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "try again")
        }
    }
}

async fn give(state: &State, asked: &Asked) -> Result<HttpResponse, persistence::Error> {
    let shared = &state.shared;
    let wrong = || refuse(StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret");
    let Ok(id) = asked.client.parse::<Id<Client>>() else { return Ok(wrong()) };
    let secrets = principals::active_secrets(state.db.read(), id, shared.now()).await?;
    let held =
        secrets.iter().filter_map(|(_, digest)| digest.first_chunk::<32>()).any(|digest| secret::matches(&shared.keys.pepper, &asked.secret, digest));
    if !held {
        return Ok(wrong());
    }
    let Some(actor) = principals::find(state.db.read(), id.uuid()).await? else { return Ok(wrong()) };
    let Standing::Client { scopes: granted, .. } = actor.standing else { return Ok(wrong()) };
    let scopes: Vec<ClientScope> = match &asked.scope {
        None => granted,
        Some(wanted) => {
            let parsed: Result<Vec<ClientScope>, _> = wanted.split_ascii_whitespace().map(str::parse).collect();
            let Ok(wanted) = parsed else { return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_scope", "a scope is unknown")) };
            granted.into_iter().filter(|scope| wanted.contains(scope)).collect()
        }
    };
    if scopes.is_empty() {
        return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_scope", "none of the scopes is granted"));
    }
    let scope = scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" ");
    let subject = token::Subject::Client { id: id.uuid(), scopes };
    let now = shared.now();
    let Ok(access_token) = token::issue(&shared.keys, shared.issuer(), &shared.audience(), &subject, now, TOKEN_LIFE, shared.ids.uuid(now)) else {
        return Ok(refuse(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "the token could not be signed"));
    };
    let mut response = HttpResponse::Ok().json(TokenResponse { access_token, token_type: "Bearer", expires_in: TOKEN_LIFE.num_seconds(), scope });
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// The public keys that verify our tokens
///
/// A verifier keeps them for as long as it likes, and asks again when a token names a `kid` that it does not have.
#[utoipa::path(get, tag = "Access", operation_id = "readKeys", security(()),
    responses((status = 200, description = "A JWK set (RFC 7517).", body = KeySet)))]
#[get("/.well-known/jwks.json")]
pub(crate) async fn read_keys(state: web::Data<State>) -> HttpResponse {
    let mut response = HttpResponse::Ok().json(&state.shared.keys.jwks);
    cache_with_revalidation(&mut response);
    response
}

/// What the authorization server offers
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metadata {
    /// Who signs our tokens.
    #[schema(max_length = 300)]
    issuer: String,
    /// Where tokens are given.
    #[schema(max_length = 300)]
    token_endpoint: String,
    /// Where our keys are.
    #[schema(max_length = 300)]
    jwks_uri: String,
    /// The scopes a client may hold.
    #[schema(max_items = 20, value_type = Vec<ClientScope>)]
    scopes_supported: Vec<&'static str>,
    /// `client_credentials`.
    #[schema(max_items = 5, value_type = Vec<Term>)]
    grant_types_supported: [&'static str; 1],
    /// How a client shows its secret.
    #[schema(max_items = 5, value_type = Vec<Term>)]
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// None: there is no authorization endpoint.
    #[schema(max_items = 5, value_type = Vec<Term>)]
    response_types_supported: [&'static str; 0],
}

/// What the authorization server offers
///
/// Authorization server metadata (RFC 8414).
#[utoipa::path(get, tag = "Access", operation_id = "readAuthorizationServer", security(()), responses((status = 200, description = "The metadata.", body = Metadata)))]
#[get("/.well-known/oauth-authorization-server")]
pub(crate) async fn read_metadata(state: web::Data<State>) -> HttpResponse {
    let issuer = state.shared.issuer().to_owned();
    let mut response = HttpResponse::Ok().json(Metadata {
        token_endpoint: format!("{issuer}/oauth/token"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        issuer,
        scopes_supported: ClientScope::ALL.iter().map(|scope| scope.code()).collect(),
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        response_types_supported: [],
    });
    cache_with_revalidation(&mut response);
    response
}

/// The token of a professional, for the command line and the demonstration.
pub(crate) fn professional_token(shared: &crate::state::Shared, professional: Uuid, life: TimeDelta) -> Option<String> {
    let subject = token::Subject::Professional { id: professional };
    let now = shared.now();
    token::issue(&shared.keys, shared.issuer(), &shared.audience(), &subject, now, life, shared.ids.uuid(now)).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed_of_where_a_caller_is() {
        let proxies = ["10.0.0.5".parse().unwrap(), "10.0.0.6".parse().unwrap()];
        for (peer, forwarded, caller) in [
            ("192.0.2.1:1", None, "192.0.2.1"),
            ("192.0.2.1:1", Some("198.51.100.9"), "192.0.2.1"),
            ("10.0.0.5:1", Some("198.51.100.9"), "198.51.100.9"),
            ("10.0.0.5:1", Some("203.0.113.7, 198.51.100.9, 10.0.0.6"), "198.51.100.9"),
            ("10.0.0.5:1", None, "10.0.0.5"),
            ("10.0.0.5:1", Some("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::"),
        ] {
            let mut request = TestRequest::default().peer_addr(peer.parse().unwrap());
            if let Some(value) = forwarded {
                request = request.insert_header(("x-forwarded-for", value));
            }
            assert_eq!(caller_address(&request.to_http_request(), &proxies), Some(caller.parse().unwrap()), "{peer} {forwarded:?}");
        }
    }
}
