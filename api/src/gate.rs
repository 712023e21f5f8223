//! The outermost layer: every request gets an id, a span, thirty seconds and a log line without personal data; every refusal leaves
//! as a problem, whatever produced it, a panic included. Who calls is not asked here.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant as Elapsed};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use domain::actor::Actor;
use futures_util::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::{openapi, telemetry};

/// How long one request may take.
const LONGEST: Duration = Duration::from_secs(30);

/// The id of a request, in its answer, its problems, its log line and the access log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// Marks an answer that may be kept if it is revalidated; everything else is `no-store`.
pub(crate) fn cache_with_revalidation(response: &mut HttpResponse) {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// What a request said of itself before it went on. Its own handle goes with it: actix wants to be the only one that holds it.
#[derive(Clone, Debug)]
struct Arrival {
    id: Uuid,
    english: bool,
    method: Method,
    started: Elapsed,
}

/// Lets one request through.
pub(crate) async fn gate(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let id = state.as_ref().map_or_else(Uuid::nil, |state| state.shared.ids.uuid(state.shared.now()));
    request.extensions_mut().insert(RequestId(id));
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let trace = telemetry::traceparent(header("traceparent"));
    let english = prefers_english(header(ACCEPT_LANGUAGE.as_str()));
    let arrival = Arrival { id, english, method: request.method().clone(), started: Elapsed::now() };
    let span = tracing::info_span!("request", request_id = %id, trace_id = trace.map(|(trace, _)| tracing::field::display(format!("{trace:032x}"))));

    let answered = async {
        let work = AssertUnwindSafe(async {
            match of_another_method(&request) {
                Some(problem) => Ok(request.into_response(refused(&problem)).map_into_right_body()),
                None => next.call(request).await.map(ServiceResponse::map_into_left_body),
            }
        });
        let work = work.catch_unwind();
        match tokio::time::timeout(LONGEST, work).await {
            Ok(Ok(Ok(response))) => {
                let response = finish(response.map_into_boxed_body(), &arrival);
                let route = response.request().match_pattern();
                log(&arrival, response.status(), route.as_deref(), response.request().extensions().get::<Actor>());
                Ok(response)
            }
            Ok(Ok(Err(error))) => Err(arrival.stopped(&Problem::of(nameless(error.as_response_error().status_code())))),
            Ok(Err(_panic)) => {
                tracing::error!("a handler panicked");
                Err(arrival.stopped(&Problem::of(Kind::Internal)))
            }
            // A write cut off here may have been committed: its key, or a look at the thing, tells.
            Err(_) => Err(arrival.stopped(&Problem::of(late(&arrival.method)).with_header("Retry-After", "1"))),
        }
    };
    answered.instrument(span).await
}

/// One line per request. The pattern of the route, never the path: an id in a path points at a person.
fn log(arrival: &Arrival, status: StatusCode, route: Option<&str>, actor: Option<&Actor>) {
    tracing::info!(
        method = %arrival.method,
        route = route.unwrap_or("-"),
        status = status.as_u16(),
        ms = u64::try_from(arrival.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        principal = actor.map(|actor| tracing::field::display(actor.principal)),
        "answered"
    );
}

impl Arrival {
    /// A problem as it leaves.
    fn render(&self, problem: &Problem) -> HttpResponse {
        let body = serde_json::to_vec(&problem.render(self.id, self.english)).unwrap_or_default();
        let mut rendered = HttpResponse::build(problem.status);
        for (name, value) in &problem.headers {
            rendered.insert_header((*name, value.as_str()));
        }
        rendered.insert_header((CONTENT_TYPE, "application/problem+json"));
        rendered.insert_header((HeaderName::from_static("content-language"), if self.english { "en" } else { "fr" }));
        let mut rendered = rendered.body(body);
        self.mark(rendered.headers_mut());
        rendered
    }

    /// What every answer carries.
    fn mark(&self, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
        if let Ok(value) = HeaderValue::from_str(&self.id.to_string()) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
    }

    /// The end of a request whose handle is lost: it panicked or took too long.
    fn stopped(&self, problem: &Problem) -> Error {
        log(self, problem.status, None, None);
        Stopped { arrival: self.clone(), problem: problem.clone() }.into()
    }
}

/// A refusal that leaves as an error of actix, rendered all the same.
#[derive(Debug)]
struct Stopped {
    arrival: Arrival,
    problem: Problem,
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.problem.code)
    }
}

impl ResponseError for Stopped {
    fn status_code(&self) -> StatusCode {
        self.problem.status
    }
    fn error_response(&self) -> HttpResponse {
        let mut response = self.arrival.render(&self.problem);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

fn late(method: &Method) -> Kind {
    if matches!(*method, Method::GET | Method::HEAD) { Kind::Unavailable } else { Kind::OutcomeUnknown }
}

/// A response that carries a problem for [`finish`] to render.
pub(crate) fn refused(problem: &Problem) -> HttpResponse {
    let mut response = HttpResponse::new(problem.status);
    response.extensions_mut().insert(problem.clone());
    response
}

pub(crate) fn prefers_english(header: Option<&str>) -> bool {
    let weigh = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        (tag, weight)
    };
    let ranges: Vec<(String, f32)> = header.unwrap_or_default().split(',').map(weigh).collect();
    let best =
        |language: &str| ranges.iter().filter(|(tag, _)| tag.split('-').next() == Some(language)).map(|(_, weight)| *weight).fold(0.0, f32::max);
    best("en") > best("fr")
}

/// Statuses that something below answered without a problem of ours.
fn nameless(status: StatusCode) -> Kind {
    match status {
        StatusCode::NOT_FOUND => Kind::RouteNotFound,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMediaType,
        StatusCode::REQUEST_TIMEOUT => Kind::RequestTimeout,
        StatusCode::UNAUTHORIZED => Kind::Unauthenticated,
        StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
        status if status.is_server_error() => Kind::Internal,
        _ => Kind::BadRequest,
    }
}

/// An answer that keeps a shape of its own although it is a refusal: RFC 6749's at `/oauth`, a probe's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnShape;

fn finish(response: ServiceResponse<BoxBody>, arrival: &Arrival) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let own_shape = response.response().extensions().get::<OwnShape>().is_some();
    let refused = status.as_u16() >= 400;
    let mut response = if refused && !own_shape {
        let problem = response.response().extensions().get::<Problem>().cloned().unwrap_or_else(|| Problem::of(nameless(status)));
        let mut rendered = arrival.render(&problem);
        // What a layer below already said of the refusal stays: rate limits, CORS.
        for (name, value) in response.headers() {
            if *name != CONTENT_TYPE {
                rendered.headers_mut().append(name.clone(), value.clone());
            }
        }
        response.into_response(rendered)
    } else {
        response
    };
    let headers = response.headers_mut();
    if refused || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    arrival.mark(headers);
    response
}

/// A verb that a literal path does not have is not one for the id whose place the path's last word stands in.
fn of_another_method(request: &ServiceRequest) -> Option<Problem> {
    let allowed = openapi::methods(request.path());
    let is_another = *request.method() != Method::OPTIONS && !allowed.is_empty() && allowed.iter().all(|one| one != request.method().as_str());
    is_another.then(|| not_allowed(allowed))
}

fn not_allowed(methods: &[String]) -> Problem {
    Problem::of(Kind::MethodNotAllowed).with_header(ALLOW.as_str(), methods.join(", "))
}

/// Where no route matched: 405 with `Allow` on a known path, 404 elsewhere.
pub(crate) async fn no_route(request: HttpRequest) -> HttpResponse {
    let known = request.resource_map().match_pattern(request.path());
    let allowed = known.as_deref().map(openapi::methods).unwrap_or_default();
    let problem = if allowed.is_empty() { Problem::of(Kind::RouteNotFound) } else { not_allowed(allowed) };
    refused(&problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_spoken_unless_english_is_preferred() {
        for (header, english) in [
            (None, false),
            (Some("en"), true),
            (Some("en-GB,fr;q=0.5"), true),
            (Some("fr,en"), false),
            (Some("fr;q=0.2, en;q=0.9"), true),
            (Some("de"), false),
            (Some(";;q=x"), false),
        ] {
            assert_eq!(prefers_english(header), english, "{header:?}");
        }
    }
}
