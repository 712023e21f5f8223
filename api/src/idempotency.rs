//! The `Idempotency-Key` header, and what a key is first sent with. Where answers are stored is not here.

use actix_web::HttpRequest;
use aws_lc_rs::hmac;
use domain::actor::Principal;
use domain::id::Id;
use persistence::Key;

use crate::extract::Body;
use crate::problem::{Kind, Place, Problem, Stop};

/// The header's name.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// What the header says, quoted or bare, if it is there; an error when it is malformed.
pub(crate) fn read(request: &HttpRequest) -> Result<Option<String>, Stop> {
    let mut values = request.headers().get_all(HEADER);
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let shape = (16..=128).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
    if !shape || second.is_some() {
        return Err(Problem::at(Kind::KeyMalformed, Kind::KeyMalformed.code(), Place::Header(HEADER)).into());
    }
    Ok(Some(bare.to_owned()))
}

/// The key of a request; an error when it is missing or malformed. Its fingerprint is made under `secret`.
pub(crate) fn key(request: &HttpRequest, principal: Id<Principal>, body: &Body, secret: &[u8; 32]) -> Result<Key, Stop> {
    let missing = || Problem::at(Kind::KeyMissing, Kind::KeyMissing.code(), Place::Header(HEADER));
    let key = read(request)?.ok_or_else(missing)?;
    Ok(Key { principal, key, fingerprint: fingerprint(request, body, secret) })
}

/// HMAC-SHA-256 over method, path, query, media type and raw body, each ended so that none can run into the next. A plain hash would let
/// whoever copies the database try every social security number until one fits the body that declared it.
fn fingerprint(request: &HttpRequest, body: &Body, secret: &[u8; 32]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    for part in [request.method().as_str(), request.path(), request.query_string(), &body.media_type.to_string()] {
        context.update(part.as_bytes());
        context.update(b"\n");
    }
    context.update(&body.bytes);
    context.sign().as_ref().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::test::TestRequest;
    use actix_web::web::Bytes;

    use super::*;
    use crate::extract::MediaType;

    fn of(method: Method, path: &str, media_type: &str, bytes: &'static str, secret: u8) -> [u8; 32] {
        let body =
            Body { bytes: Bytes::from_static(bytes.as_bytes()), media_type: MediaType { essence: media_type.to_owned(), ..MediaType::default() } };
        fingerprint(&TestRequest::with_uri(path).method(method).to_http_request(), &body, &[secret; 32])
    }

    #[test]
    fn a_fingerprint_says_the_request_to_whoever_has_the_secret_alone() {
        let nir = || of(Method::POST, "/v1/beneficiaries/1/nir?a=b", "application/json", "269054958815780", 7);
        assert_eq!(nir(), nir());
        let others = [
            of(Method::PUT, "/v1/beneficiaries/1/nir?a=b", "application/json", "269054958815780", 7),
            of(Method::POST, "/v1/beneficiaries/2/nir?a=b", "application/json", "269054958815780", 7),
            of(Method::POST, "/v1/beneficiaries/1/nir?a=c", "application/json", "269054958815780", 7),
            of(Method::POST, "/v1/beneficiaries/1/nir?a=b", "text/csv", "269054958815780", 7),
            of(Method::POST, "/v1/beneficiaries/1/nir?a=b", "application/json", "269054958815781", 7),
            of(Method::POST, "/v1/beneficiaries/1/nir?a=b", "application/json", "269054958815780", 8),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(other, &nir(), "{at}");
        }
    }
}
