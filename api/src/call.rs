//! One call, in the order in which it may be refused: function, key, body, object, version, relation, state, rules. A handler asks
//! its `Call`; it never touches the request itself.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use domain::actor::Actor;
use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::policy::{self, Function, Scope};
use persistence::access::Entry;
use persistence::beneficiaries::OnFile;
use persistence::pieces::{self, Piece};
use persistence::{Answer, By, Key, Listing, Outcome, Read, Write};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::auth::middleware;
use crate::extract::Body;
use crate::gate::{self, RequestId};
use crate::json::{self, FaultKind};
use crate::openapi;
use crate::order::NoFilter;
use crate::page::{Asked, Cursors, Page, next_link};
use crate::problem::{FORM_CODES, Kind, Place, Problem, Stop};
use crate::show::{self, Resource, Shows};
use crate::state::{Shared, State};
use crate::{conditional, idempotency};

/// The media type of files of values.
pub(crate) const CSV: &str = "text/csv";

/// The media type of papers to print.
pub(crate) const PDF: &str = "application/pdf";

/// A call by somebody known.
#[derive(Debug)]
pub(crate) struct Call {
    request: HttpRequest,
    state: web::Data<State>,
    by: By,
}

impl FromRequest for Call {
    type Error = Stop;
    type Future = Ready<Result<Self, Stop>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<State>>().cloned();
        let actor = request.extensions().get::<Actor>().cloned();
        let id = request.extensions().get::<RequestId>().map(|id| id.0);
        // The middleware puts both there before any handler runs; a route mounted outside it is a defect, not an open door.
        ready(match (state, actor, id) {
            (Some(state), Some(actor), Some(id)) => {
                let operation = openapi::operation(request.method(), request.match_pattern().as_deref());
                Ok(Self { request: request.clone(), state, by: By { actor, request: id, operation } })
            }
            _ => Err(Kind::Unauthenticated.into()),
        })
    }
}

/// What came of the caller's right and the order's form: ready to be decided.
#[derive(Debug)]
pub(crate) struct Order<'a, F: Function, T> {
    call: &'a Call,
    scope: Scope<F>,
    content: T,
    key: Option<Key>,
}

impl Call {
    /// What the process shares.
    pub(crate) fn shared(&self) -> &Shared {
        &self.state.shared
    }

    /// Where reads go.
    pub(crate) fn read(&self) -> &Read {
        self.state.db.read()
    }

    /// Who calls.
    pub(crate) fn actor(&self) -> &Actor {
        &self.by.actor
    }

    /// Now.
    pub(crate) fn now(&self) -> Instant {
        self.state.shared.now()
    }

    /// Whether the caller may use `F`: 406 before, 403 if not.
    pub(crate) fn may<F: Function>(&self) -> Result<Scope<F>, Stop> {
        self.may_get(&["application/*", "application/json"])
    }

    /// The same where a file of values is answered.
    pub(crate) fn may_download<F: Function>(&self) -> Result<Scope<F>, Stop> {
        self.may_get(&["text/*", CSV])
    }

    /// The same where a paper to print is answered.
    pub(crate) fn may_print<F: Function>(&self) -> Result<Scope<F>, Stop> {
        self.may_get(&["application/*", PDF])
    }

    fn may_get<F: Function>(&self, offered: &[&str]) -> Result<Scope<F>, Stop> {
        let accepts = |value: &str| {
            value.split(',').any(|range| {
                let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
                let named =
                    parts.next().is_some_and(|name| matches!(name.as_str(), "*/*" | "application/problem+json" | "") || offered.contains(&&*name));
                // A weight of nothing: anything but this.
                named && !parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.parse::<f32>() == Ok(0.0)))
            })
        };
        let mut wanted = self.request.headers().get_all(ACCEPT).peekable();
        if wanted.peek().is_some() && !wanted.any(|value| value.to_str().is_ok_and(accepts)) {
            return Err(Kind::NotAcceptable.into());
        }
        Ok(policy::may::<F>(&self.by.actor, self.now())?)
    }

    /// The same after a wait: whether the caller may still use `F`, by what is known of them now.
    pub(crate) async fn may_still<F: Function>(&self) -> Result<Scope<F>, Stop> {
        let known = self.state.actor(self.by.actor.principal.uuid()).await?;
        let actor = known.and_then(|actor| actor.limited_to(self.by.actor.scopes())).ok_or_else(middleware::invalid)?;
        Ok(policy::may::<F>(&actor, self.now())?)
    }

    /// Whether the caller reads English rather than French.
    pub(crate) fn is_english(&self) -> bool {
        gate::prefers_english(self.request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> Uuid {
        self.by.request
    }

    /// The id in the path; one that is no UUID names nothing: 404.
    pub(crate) fn id<T>(&self, name: &str) -> Result<Id<T>, Stop> {
        self.request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or_else(Stop::not_found)
    }

    /// A text in the path.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    fn pairs(&self) -> Result<BTreeMap<String, String>, Stop> {
        let mut pairs = BTreeMap::new();
        let decoded = web::Query::<Vec<(String, String)>>::from_query(self.request.query_string());
        let decoded = decoded.map_err(|_| Stop::from(Kind::InvalidParameter))?.into_inner();
        for (name, value) in decoded {
            if pairs.insert(name.clone(), value).is_some() {
                return Err(Stop::parameter("INVALID_PARAMETER", clean_name(&name)));
            }
        }
        Ok(pairs)
    }

    /// The query as `Q`, whose fields are all read from texts.
    pub(crate) fn query<Q: DeserializeOwned>(&self) -> Result<Q, Stop> {
        read_query(&self.pairs()?)
    }

    /// The query of a list: its filters, and where its page starts. `updated_since` is taken by lists that can be synchronised.
    pub(crate) fn list<Q: DeserializeOwned>(&self, synchronised: bool) -> Result<(Q, Asked), Stop> {
        let mut pairs = self.pairs()?;
        let limit = match pairs.remove("limit").map(|text| text.parse::<u64>()) {
            None => 50,
            Some(Ok(limit @ 1..=200)) => limit,
            Some(_) => return Err(Stop::parameter("OUT_OF_BOUNDS", "limit")),
        };
        let cursor = pairs.remove("cursor");
        let filters = pairs.iter().fold(self.request.path().to_owned(), |all, (name, value)| format!("{all}\n{name}={value}"));
        let updated_since = if synchronised { pairs.remove("updated_since") } else { None };
        let updated_since = updated_since.map(|text| text.parse::<Instant>().map_err(|_| Stop::parameter("VALUE_INVALID", "updated_since")));
        let content = read_query(&pairs)?;
        let (after, synced_until) = match cursor {
            Some(cursor) => self.cursors().read(&filters, &cursor).map(|(position, synced_until)| (Some(position), synced_until))?,
            None => (None, Asked::synced_until(self.now())),
        };
        Ok((content, Asked { listing: Listing { limit, after, updated_since: updated_since.transpose()? }, filters, synced_until }))
    }

    fn cursors(&self) -> Cursors {
        Cursors::new(&self.shared().keys.derive("cursor"))
    }

    /// An order as far as it can be refused before anything is loaded: function, key, form. A known key is answered here.
    pub(crate) async fn order<F: Function, T: DeserializeOwned>(&self, body: &Body) -> Result<Order<'_, F, T>, Stop> {
        let scope = self.may::<F>()?;
        let key = if self.request.method() == Method::POST { Some(self.key(body).await?) } else { None };
        if !self.request.query_string().is_empty() {
            return Err(Kind::InvalidParameter.into());
        }
        let content = json::read_or_empty(&body.bytes).map_err(form_fault)?;
        Ok(Order { call: self, scope, content, key })
    }

    /// An order in a form of its own, which needs no key when it is only rehearsed.
    pub(crate) async fn order_of<F: Function, T>(
        &self,
        body: &Body,
        rehearsed: bool,
        read: impl FnOnce(&Body) -> Result<T, Stop>,
    ) -> Result<Order<'_, F, T>, Stop> {
        let scope = self.may::<F>()?;
        let key = if rehearsed {
            // None is used, and one that is sent has its form all the same.
            idempotency::read(&self.request)?;
            None
        } else {
            Some(self.key(body).await?)
        };
        Ok(Order { call: self, scope, content: read(body)?, key })
    }

    /// A question that is asked with a body, so that nothing personal stands in an address: no key, nothing is stored.
    pub(crate) fn question<F: Function, T: DeserializeOwned>(&self, body: &Body) -> Result<(Scope<F>, T), Stop> {
        let scope = self.may::<F>()?;
        self.query::<NoFilter>()?;
        Ok((scope, read_json(&body.bytes)?))
    }

    /// The request's key, if it was not used before.
    async fn key(&self, body: &Body) -> Result<Key, Stop> {
        let secret = self.shared().keys.derive("fingerprint");
        let key = idempotency::key(&self.request, self.by.actor.principal, body, &secret)?;
        match self.state.db.replay(&key).await? {
            Some(outcome) => Err(self.replay(outcome).await),
            None => Ok(key),
        }
    }

    /// What a known key answers. A replay shows people again, so it waits for its trace.
    async fn replay(&self, outcome: Outcome) -> Stop {
        match outcome {
            Outcome::Replayed(answer) => match self.trace(self.subject(&answer), &answer.people).await {
                Ok(()) => Stop::Replayed(Box::new(answer)),
                Err(stop) => stop,
            },
            Outcome::SecretShown => Kind::SecretAlreadyShown.into(),
            Outcome::Reused => Problem::at(Kind::KeyReused, Kind::KeyReused.code(), Place::Header(idempotency::HEADER)).into(),
            Outcome::Running | Outcome::Done(_) => Problem::of(Kind::RequestInProgress).with_header("Retry-After", "1").into(),
        }
    }

    /// What an answer was about that was stored with its key: the new thing, else the one in the path.
    fn subject(&self, answer: &Answer) -> Option<Uuid> {
        let new = answer.location.as_deref().and_then(|location| location.rsplit('/').next());
        new.or_else(|| self.request.match_info().get("id"))?.parse().ok()
    }

    async fn trace(&self, subject: Option<Uuid>, people: &[Uuid]) -> Result<(), Stop> {
        if people.is_empty() {
            return Ok(());
        }
        Ok(self.shared().access.record(Entry::of(&self.by, self.now(), subject, people)).await?)
    }

    /// An answer; a refusal that names a person shows them, so it waits for its trace like any other answer.
    pub(crate) async fn traced(&self, answered: Result<HttpResponse, Stop>) -> Result<HttpResponse, Stop> {
        let named = answered.as_ref().err().and_then(Stop::problem).and_then(|problem| problem.conflicting);
        self.trace(named, named.as_slice()).await?;
        answered
    }

    /// Lets an edit through only from the version its caller saw.
    pub(crate) fn check_if_match(&self, version: i32) -> Result<(), Stop> {
        conditional::check_if_match(self.request.headers(), version)
    }

    /// Answers with one thing: 304 if the caller has it already.
    pub(crate) async fn show(&self, thing: &impl Resource) -> Result<HttpResponse, Stop> {
        self.query::<NoFilter>()?;
        self.show_asked(thing).await
    }

    /// The same, where the query says which.
    pub(crate) async fn show_asked(&self, thing: &impl Resource) -> Result<HttpResponse, Stop> {
        let answer = show::ok(thing)?;
        self.trace(answer.subject, &answer.people).await?;
        self.unless_known(&answer)
    }

    fn unless_known(&self, answer: &Answer) -> Result<HttpResponse, Stop> {
        Ok(match &answer.etag {
            Some(etag) if conditional::is_known(self.request.headers(), etag)? => {
                HttpResponse::NotModified().insert_header(("ETag", etag.as_str())).finish()
            }
            _ => show::response(answer, false),
        })
    }

    /// The piece of a person's file that the path names, and the person, locked in the order in which all take them; 404 if it is not
    /// the caller's to change.
    pub(crate) async fn lock_piece<T: Piece + OnFile, F: Function<Over = T>>(&self, w: &Write, scope: &Scope<F>) -> Result<(Beneficiary, T), Stop> {
        pieces::lock_with_person(w, scope, self.id("id")?).await?.ok_or_else(Stop::not_found)
    }

    /// Answers with something that has no version of its own.
    pub(crate) async fn show_plain(&self, subject: Option<Uuid>, thing: &(impl serde::Serialize + Shows)) -> Result<HttpResponse, Stop> {
        let answer = show::plain(thing)?;
        self.trace(subject, &answer.people).await?;
        Ok(show::response(&answer, false))
    }

    /// Answers with a file of values that names these people.
    pub(crate) async fn show_file(&self, subject: Uuid, name: &str, content: Vec<u8>, people: &[Uuid]) -> Result<HttpResponse, Stop> {
        let disposition = format!("attachment; filename=\"{name}\"");
        self.show_bytes(subject, &format!("{CSV}; charset=utf-8"), &disposition, content, people).await
    }

    /// Answers with a paper to print that names these people.
    pub(crate) async fn show_paper(&self, subject: Uuid, name: &str, content: Vec<u8>, people: &[Uuid]) -> Result<HttpResponse, Stop> {
        self.show_bytes(subject, PDF, &format!("inline; filename=\"{name}\""), content, people).await
    }

    async fn show_bytes(&self, subject: Uuid, media: &str, disposition: &str, content: Vec<u8>, people: &[Uuid]) -> Result<HttpResponse, Stop> {
        self.trace(Some(subject), people).await?;
        let etag = conditional::etag(1, &content);
        if conditional::is_known(self.request.headers(), &etag)? {
            return Ok(HttpResponse::NotModified().insert_header(("ETag", etag)).finish());
        }
        let mut response = HttpResponse::Ok();
        response.insert_header(("ETag", etag)).insert_header(("Content-Disposition", disposition));
        Ok(response.content_type(media).body(content))
    }

    /// Answers with something anybody may keep: revalidated by its tag.
    pub(crate) fn show_public(&self, thing: &impl serde::Serialize) -> Result<HttpResponse, Stop> {
        let body = show::bytes(thing)?;
        let answer = Answer { status: 200, etag: Some(conditional::etag(1, &body)), body, ..Answer::default() };
        let mut response = self.unless_known(&answer)?;
        gate::cache_with_revalidation(&mut response);
        Ok(response)
    }

    /// Answers with a page of rows.
    pub(crate) async fn show_page<R, T>(&self, asked: &Asked, rows: persistence::Page<R>, show: impl FnMut(R) -> T) -> Result<HttpResponse, Stop>
    where
        T: serde::Serialize + Shows,
    {
        let page: Page<T> = asked.page(&self.cursors(), rows, show)?;
        let next = page.next_cursor.as_ref().map(|cursor| Ok::<_, Stop>(next_link(self.request.path(), self.pairs()?, cursor))).transpose()?;
        let mut response = self.show_plain(None, &page).await?;
        if let Some(value) = next.and_then(|link| actix_web::http::header::HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(actix_web::http::header::LINK, value);
        }
        Ok(response)
    }
}

/// Reads a body of JSON.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Stop> {
    json::read(body).map_err(form_fault)
}

impl<F: Function, T> Order<'_, F, T> {
    /// Shows what would come of it; nothing is stored.
    pub(crate) async fn rehearse(self, work: impl AsyncFnOnce(&Read, &Scope<F>, &T) -> Result<Answer, Stop>) -> Result<HttpResponse, Stop> {
        let Self { call, scope, content, .. } = self;
        let answer = work(call.read(), &scope, &content).await?;
        call.trace(answer.subject, &answer.people).await?;
        Ok(show::response(&answer, false))
    }

    /// Runs load → decide → save → show in one transaction, anew when another one was in the way.
    pub(crate) async fn write(self, work: impl AsyncFn(&Write, &Scope<F>, &T) -> Result<Answer, Stop>) -> Result<HttpResponse, Stop> {
        let Self { call, scope, content, key } = self;
        let outcome = call
            .state
            .db
            .write(&call.by, key.as_ref(), async |w: &Write| {
                let scope = scope.at(w.now());
                work(w, &scope, &content).await
            })
            .await?;
        match outcome {
            Outcome::Done(answer) => Ok(show::response(&answer, false)),
            known => Err(call.replay(known).await),
        }
    }
}

fn read_query<Q: DeserializeOwned>(pairs: &BTreeMap<String, String>) -> Result<Q, Stop> {
    let text = serde_json::to_vec(pairs).map_err(|_| Stop::from(Kind::Internal))?;
    json::read(&text).map_err(|fault| {
        let name = fault.pointer.trim_start_matches('/').to_owned();
        Stop::parameter(form_code(&fault.kind), &name)
    })
}

fn clean_name(name: &str) -> &str {
    if name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') { name } else { "?" }
}

fn form_code(kind: &FaultKind) -> &'static str {
    let [unknown, missing, wrong_type, invalid] = FORM_CODES;
    match kind {
        FaultKind::UnknownField => unknown,
        FaultKind::MissingField => missing,
        FaultKind::WrongType => wrong_type,
        FaultKind::OutOfBounds => "OUT_OF_BOUNDS",
        FaultKind::Rule(code) => domain::refusal::Rule::from_code(code).map_or(invalid, domain::refusal::Rule::code),
        FaultKind::NotJson | FaultKind::DuplicateKey | FaultKind::InvalidValue => invalid,
    }
}

fn form_fault(fault: json::Fault) -> Stop {
    match fault.kind {
        FaultKind::NotJson => Kind::MalformedBody.into(),
        FaultKind::DuplicateKey => Problem::at(Kind::DuplicateKey, Kind::DuplicateKey.code(), Place::Pointer(fault.pointer)).into(),
        kind => Problem::at(Kind::Invalid, form_code(&kind), Place::Pointer(fault.pointer)).into(),
    }
}
