//! The `Idempotency-Key` header, and what a key is first sent with. Where answers are stored is not here.

use actix_web::HttpRequest;
use aws_lc_rs::digest::{Context, SHA256};
use domain::actor::Principal;
use domain::id::Id;
use persistence::Key;

use crate::extract::Body;
use crate::problem::{Kind, Place, Problem, Stop};

/// The header's name.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// The key of a request, quoted or bare; an error when it is missing or malformed.
pub(crate) fn key(request: &HttpRequest, principal: Id<Principal>, body: &Body) -> Result<Key, Stop> {
    let mut values = request.headers().get_all(HEADER);
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Err(Problem::at(Kind::KeyMissing, Kind::KeyMissing.code(), Place::Header(HEADER)).into()) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let shape = (16..=128).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
    if !shape || second.is_some() {
        return Err(Problem::at(Kind::KeyMalformed, Kind::KeyMalformed.code(), Place::Header(HEADER)).into());
    }
    Ok(Key { principal, key: bare.to_owned(), fingerprint: fingerprint(request, body) })
}

/// SHA-256 over method, path, query, media type and raw body, each ended so that none can run into the next.
fn fingerprint(request: &HttpRequest, body: &Body) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in [request.method().as_str(), request.path(), request.query_string(), &body.media_type.to_string()] {
        context.update(part.as_bytes());
        context.update(b"\n");
    }
    context.update(&body.bytes);
    context.finish().as_ref().first_chunk().copied().unwrap_or_default()
}
