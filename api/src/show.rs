//! Showing: a wire type becomes an answer, once, with its tag and the people it names. What may be shown was decided before.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use persistence::Answer;
use serde::Serialize;
use uuid::Uuid;

use crate::conditional::etag;
use crate::gate::OwnShape;
use crate::problem::{Kind, Stop};

/// A wire type that may name people: what the access log is told.
pub(crate) trait Shows {
    /// Adds the people it names.
    fn people(&self, _people: &mut Vec<Uuid>) {}
}

/// A wire type that is one thing with a version.
pub(crate) trait Resource: Serialize + Shows {
    /// Its id.
    fn id(&self) -> Uuid;
    /// What `If-Match` compares.
    fn version(&self) -> i32;
}

/// The bytes of a wire type.
pub(crate) fn bytes(thing: &impl Serialize) -> Result<Vec<u8>, Stop> {
    serde_json::to_vec(thing).map_err(|_| Kind::Internal.into())
}

fn answer(status: u16, thing: &impl Resource) -> Result<Answer, Stop> {
    let body = bytes(thing)?;
    let mut people = Vec::new();
    thing.people(&mut people);
    Ok(Answer { status, etag: Some(etag(thing.version(), &body)), body, people, subject: Some(thing.id()), ..Answer::default() })
}

/// 200 with the thing as it is now.
pub(crate) fn ok(thing: &impl Resource) -> Result<Answer, Stop> {
    answer(200, thing)
}

/// 200 with something that has no version of its own.
pub(crate) fn plain(thing: &(impl Serialize + Shows)) -> Result<Answer, Stop> {
    let mut people = Vec::new();
    thing.people(&mut people);
    Ok(Answer { status: 200, body: bytes(thing)?, people, ..Answer::default() })
}

/// 201 with the new thing and where it is.
pub(crate) fn created(location: String, thing: &impl Resource) -> Result<Answer, Stop> {
    Ok(Answer { location: Some(location), ..answer(201, thing)? })
}

/// 201 with something that is shown this once: its body is never stored.
pub(crate) fn created_secret(location: String, thing: &impl Resource) -> Result<Answer, Stop> {
    Ok(Answer { secret: true, ..created(location, thing)? })
}

/// 201 with several new things: a list has neither tag nor place.
pub(crate) fn created_many(subject: Uuid, things: &(impl Serialize + Shows)) -> Result<Answer, Stop> {
    let mut people = Vec::new();
    things.people(&mut people);
    Ok(Answer { status: 201, body: bytes(things)?, people, subject: Some(subject), ..Answer::default() })
}

/// An answer as an HTTP response.
pub(crate) fn response(answer: &Answer, replayed: bool) -> HttpResponse {
    let mut builder = HttpResponseBuilder::new(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    if let Some(location) = &answer.location {
        builder.insert_header(("Location", location.as_str()));
    }
    if let Some(etag) = &answer.etag {
        builder.insert_header(("ETag", etag.as_str()));
    }
    if replayed {
        builder.insert_header(("Idempotent-Replayed", "true"));
    }
    if answer.status < 400 {
        return builder.content_type("application/json").body(answer.body.clone());
    }
    // A refusal that was stored with its effects: it says more than the catalogue does.
    let mut response = builder.content_type("application/problem+json").body(answer.body.clone());
    response.extensions_mut().insert(OwnShape);
    response
}
