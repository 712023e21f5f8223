//! The layer over `/v1`: no token, a bad one or a disabled principal is 401 whatever the rest of the request is; too many calls are
//! 429. It runs before any extractor, so nobody learns which routes exist without a token.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use domain::actor::Actor;
use governor::clock::{Clock as _, DefaultClock};

use super::token::{self, TokenFault};
use crate::gate::refused;
use crate::problem::{Kind, Problem, Stop};
use crate::state::{BURST, RATE, State};

/// Lets one request of somebody known through.
pub(crate) async fn authenticate(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Ok(request.into_response(refused(&Problem::of(Kind::Internal))));
    };
    let actor = match actor_of(&request, &state).await {
        Ok(actor) => actor,
        Err(problem) => return Ok(request.into_response(refused(&problem))),
    };
    let remaining = match &state.shared.limits {
        None => None,
        Some(limits) => match limits.principals.check_key(&actor.principal.uuid()) {
            Ok(snapshot) => Some(snapshot.remaining_burst_capacity()),
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                let problem = Problem::of(Kind::RateLimited).with_header("Retry-After", wait.to_string());
                request.extensions_mut().insert(actor);
                return Ok(limited(request.into_response(refused(&problem)), 0));
            }
        },
    };
    request.extensions_mut().insert(actor);
    let response = next.call(request).await.map_or_else(Err, |response| Ok(response.map_into_boxed_body()))?;
    Ok(match remaining {
        Some(remaining) => limited(response, remaining),
        None => response,
    })
}

/// Says what is left of the caller's share (`RateLimit` header fields, IETF draft).
fn limited(mut response: ServiceResponse<BoxBody>, remaining: u32) -> ServiceResponse<BoxBody> {
    let policy = format!("\"caller\";q={BURST};w={}", BURST / RATE);
    let state = format!("\"caller\";r={remaining};t=1");
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

fn unauthenticated(kind: Kind, description: Option<&str>) -> Problem {
    let challenge =
        description.map_or_else(|| "Bearer".to_owned(), |description| format!("Bearer error=\"invalid_token\", error_description=\"{description}\""));
    Problem::of(kind).with_header("WWW-Authenticate", challenge)
}

/// The token names nobody who may call, any more or at all.
pub(crate) fn invalid() -> Problem {
    unauthenticated(Kind::TokenInvalid, Some("the token is not valid"))
}

async fn actor_of(request: &ServiceRequest, state: &State) -> Result<Actor, Problem> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Err(unauthenticated(Kind::Unauthenticated, None)) };
    let text = value.to_str().map_err(|_| invalid())?;
    let (scheme, bearer) = text.split_once(' ').ok_or_else(invalid)?;
    if second.is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let shared = &state.shared;
    let verified = token::verify(&shared.keys, shared.issuer(), &shared.audience(), bearer, shared.now()).map_err(|fault| match fault {
        TokenFault::Expired => unauthenticated(Kind::TokenExpired, Some("the token has expired")),
        TokenFault::Invalid => invalid(),
    })?;
    let known =
        state.actor(verified.principal).await.map_err(|error| Stop::from(error).problem().unwrap_or_else(|| Problem::of(Kind::Unavailable)))?;
    known.and_then(|actor| actor.limited_to(verified.scopes.as_deref())).ok_or_else(invalid)
}
