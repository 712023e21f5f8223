//! The raw body of a request. Extractors race in actix, so this one fails only on size and media type: what the bytes say is read
//! later, after the caller's rights.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;

use crate::problem::{Kind, Stop};

/// Bytes a body may have.
pub(crate) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// A request's body as it came.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: web::Bytes,
    pub(crate) media_type: String,
}

fn check_media_type(request: &HttpRequest) -> Result<String, Stop> {
    let header = |name| request.headers().get(name).map(|value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or("?"));
    if header(&CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Kind::UnsupportedMediaType.into());
    }
    let whole = header(&CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let mut parts = whole.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let charset_ok = parts.filter_map(|parameter| parameter.strip_prefix("charset=")).all(|charset| charset.trim_matches('"') == "utf-8");
    match essence {
        "application/json" if charset_ok => Ok(essence.to_owned()),
        // A command without fields may come without a body, and then without a type.
        "" if request.headers().get(&CONTENT_LENGTH).is_none_or(|length| length == "0") => Ok(String::new()),
        _ => Err(Kind::UnsupportedMediaType.into()),
    }
}

impl FromRequest for Body {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = request.headers().get(&CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let media_type = check_media_type(request);
        let mut payload = payload.take();
        Box::pin(async move {
            if declared.is_some_and(|length| length > MOST_BYTES as u64) {
                return Err(Kind::BodyTooLarge.into());
            }
            let media_type = media_type?;
            let mut bytes = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|_| Stop::from(Kind::BadRequest))?;
                if bytes.len() + chunk.len() > MOST_BYTES {
                    return Err(Kind::BodyTooLarge.into());
                }
                bytes.extend_from_slice(&chunk);
            }
            if media_type.is_empty() && !bytes.is_empty() {
                return Err(Kind::UnsupportedMediaType.into());
            }
            Ok(Self { bytes: bytes.freeze(), media_type })
        })
    }
}
