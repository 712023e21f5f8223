//! Entity tags: `"{version}.{hash8}"`. `If-None-Match` compares the whole, `If-Match` the version alone, since a computed field or
//! another caller's view must not block an edit.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use aws_lc_rs::digest::{SHA256, digest};

use crate::problem::{Kind, Place, Problem, Stop};

/// The tag of a representation.
pub(crate) fn etag(version: i32, body: &[u8]) -> String {
    let head = digest(&SHA256, body).as_ref().first_chunk().copied().map_or(0, u32::from_be_bytes);
    format!("\"{version}.{head:08x}\"")
}

/// The most bytes that one of these headers may have.
pub(crate) const MOST_TAGS: usize = 400;

fn tags(headers: &HeaderMap, name: &HeaderName, written: &'static str) -> Result<Option<Vec<String>>, Stop> {
    // What cannot be read is there all the same, and is no tag.
    let all: Vec<String> = headers.get_all(name).map(|value| value.to_str().unwrap_or("?").to_owned()).collect();
    if all.iter().map(String::len).sum::<usize>() > MOST_TAGS {
        return Err(malformed(written));
    }
    let each = || all.iter().flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/").to_owned()).collect();
    Ok((!all.is_empty()).then(each))
}

fn malformed(header: &'static str) -> Stop {
    Problem::at(Kind::InvalidHeader, "INVALID_HEADER", Place::Header(header)).into()
}

/// Whether the caller already has this representation.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> Result<bool, Stop> {
    let tags = tags(headers, &IF_NONE_MATCH, "If-None-Match")?.unwrap_or_default();
    Ok(tags.iter().any(|tag| tag == "*" || tag == etag))
}

/// Lets an edit through only from the version it saw: 428 without `If-Match`, 412 when the thing moved on.
pub(crate) fn check_if_match(headers: &HeaderMap, version: i32) -> Result<(), Stop> {
    let Some(tags) = tags(headers, &IF_MATCH, "If-Match")? else { return Err(Kind::PreconditionRequired.into()) };
    let versions: Option<Vec<i32>> = tags
        .iter()
        .map(|tag| {
            let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
            let (version, hash) = inner.split_once('.').unwrap_or((inner, ""));
            hash.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| version.parse().ok())?
        })
        .collect();
    match versions {
        None => Err(malformed("If-Match")),
        Some(seen) if seen.contains(&version) => Ok(()),
        Some(_) => Err(Kind::StaleVersion.into()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn code(header: &str, version: i32) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, HeaderValue::from_str(header).unwrap());
        check_if_match(&headers, version).err().and_then(|stop| stop.problem()).map(|problem| problem.code)
    }

    #[test]
    fn if_match_compares_the_version_alone() {
        assert_eq!(code("\"3.0badcafe\"", 3), None);
        assert_eq!(code("\"2.0badcafe\", \"3.ffffffff\"", 3), None);
        assert_eq!(code("\"2.0badcafe\"", 3), Some("STALE_VERSION"));
        assert_eq!(code("3", 3), Some("INVALID_HEADER"));
        assert_eq!(code("*", 3), Some("INVALID_HEADER"));
    }

    #[test]
    fn tags_longer_than_the_contract_allows_are_malformed() {
        let tags = |length: usize| format!("\"3\"{}", ",".repeat(length - 3));
        assert_eq!(code(&tags(MOST_TAGS + 1), 3), Some("INVALID_HEADER"));
        let known = |length: usize| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(&tags(length)).unwrap());
            is_known(&headers, "\"3\"").map_err(|stop| stop.problem().map(|problem| problem.code))
        };
        assert_eq!((known(MOST_TAGS), known(MOST_TAGS + 1)), (Ok(true), Err(Some("INVALID_HEADER"))));
    }

    #[test]
    fn an_edit_without_if_match_is_asked_for_it() {
        assert_eq!(
            check_if_match(&HeaderMap::new(), 1).err().and_then(|stop| stop.problem()).map(|problem| problem.code),
            Some("PRECONDITION_REQUIRED")
        );
    }

    #[test]
    fn a_tag_names_version_and_content() {
        assert_eq!(etag(7, b"{}"), "\"7.44136fa3\"");
        assert_ne!(etag(7, b"{}"), etag(7, b"[]"));
    }
}
