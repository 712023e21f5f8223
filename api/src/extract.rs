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

/// The character sets that a file may declare.
const CHARSETS: [&str; 4] = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15"];

/// A request's body as it came.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: web::Bytes,
    pub(crate) media_type: MediaType,
}

/// What a body says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// `application/json`, `text/csv`, or nothing where there is no body.
    pub(crate) essence: String,
    /// Its character set, where one is named.
    pub(crate) charset: Option<String>,
}

impl std::fmt::Display for MediaType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.essence)?;
        self.charset.iter().try_for_each(|charset| write!(f, "; charset={charset}"))
    }
}

/// A body that may also be a file of values.
#[derive(Debug)]
pub(crate) struct Upload(pub(crate) Body);

fn media_type(request: &HttpRequest, takes_files: bool) -> Result<MediaType, Stop> {
    let header = |name| request.headers().get(name).map(|value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or("?"));
    if header(&CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Kind::UnsupportedMediaType.into());
    }
    let whole = header(&CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let mut parts = whole.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_owned();
    let charset = parts.find_map(|parameter| parameter.strip_prefix("charset=")).map(|charset| charset.trim_matches('"').to_owned());
    match essence.as_str() {
        "application/json" if charset.as_deref().is_none_or(|charset| charset == "utf-8") => Ok(MediaType { essence, charset: None }),
        "text/csv" if takes_files && charset.as_deref().is_none_or(|charset| CHARSETS.contains(&charset)) => Ok(MediaType { essence, charset }),
        // A command without fields may come without a body, and then without a type.
        "" if request.headers().get(&CONTENT_LENGTH).is_none_or(|length| length == "0") => Ok(MediaType::default()),
        _ => Err(Kind::UnsupportedMediaType.into()),
    }
}

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Stop>>>>;

fn read(request: &HttpRequest, payload: &mut Payload, takes_files: bool) -> Reading<Body> {
    let declared = request.headers().get(&CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let media_type = media_type(request, takes_files);
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
        if media_type.essence.is_empty() && !bytes.is_empty() {
            return Err(Kind::UnsupportedMediaType.into());
        }
        Ok(Body { bytes: bytes.freeze(), media_type })
    })
}

impl FromRequest for Body {
    type Error = Stop;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read(request, payload, false)
    }
}

impl FromRequest for Upload {
    type Error = Stop;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, true);
        Box::pin(async move { body.await.map(Self) })
    }
}
