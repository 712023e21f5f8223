//! Every refusal as the client reads it (RFC 9457). The one place that knows which status a rule has; rules themselves, and the
//! words of each code, are not here.

mod page;
mod words;

use actix_web::http::StatusCode;
use domain::policy::{self, Denied};
use domain::refusal::{Refusal, Rule, Segment};
use persistence::{Answer, Error, Retryable};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

pub(crate) use page::{examples, index, page};

/// Declares the protocol's own problems: code and status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident;)*) => {
        /// Problems of the protocol itself, as opposed to those of a rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            pub(crate) const ALL: &[Kind] = &[$(Kind::$name,)*];

            pub(crate) const fn code(self) -> &'static str {
                match self { $(Kind::$name => $code,)* }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status,)* }
            }
        }
    };
}

kinds! {
    BadRequest = "BAD_REQUEST", BAD_REQUEST;
    MalformedBody = "MALFORMED_BODY", BAD_REQUEST;
    DuplicateKey = "DUPLICATE_KEY", BAD_REQUEST;
    InvalidParameter = "INVALID_PARAMETER", BAD_REQUEST;
    InvalidHeader = "INVALID_HEADER", BAD_REQUEST;
    CursorInvalid = "CURSOR_INVALID", BAD_REQUEST;
    KeyMissing = "IDEMPOTENCY_KEY_MISSING", BAD_REQUEST;
    KeyMalformed = "IDEMPOTENCY_KEY_MALFORMED", BAD_REQUEST;
    Unauthenticated = "UNAUTHENTICATED", UNAUTHORIZED;
    TokenInvalid = "TOKEN_INVALID", UNAUTHORIZED;
    TokenExpired = "TOKEN_EXPIRED", UNAUTHORIZED;
    FunctionDenied = "FUNCTION_DENIED", FORBIDDEN;
    NotFound = "NOT_FOUND", NOT_FOUND;
    RouteNotFound = "ROUTE_NOT_FOUND", NOT_FOUND;
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED;
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE;
    RequestTimeout = "REQUEST_TIMEOUT", REQUEST_TIMEOUT;
    RequestInProgress = "REQUEST_IN_PROGRESS", CONFLICT;
    SecretAlreadyShown = "SECRET_ALREADY_SHOWN", CONFLICT;
    StaleVersion = "STALE_VERSION", PRECONDITION_FAILED;
    BodyTooLarge = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE;
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE;
    Invalid = "INVALID", UNPROCESSABLE_ENTITY;
    KeyReused = "IDEMPOTENCY_KEY_REUSED", UNPROCESSABLE_ENTITY;
    NothingApplied = "NOTHING_APPLIED", UNPROCESSABLE_ENTITY;
    PreconditionRequired = "PRECONDITION_REQUIRED", PRECONDITION_REQUIRED;
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS;
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR;
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE;
    OutcomeUnknown = "OUTCOME_UNKNOWN", SERVICE_UNAVAILABLE;
}

/// Faults of the form of a value, which stand in `errors[]` alone.
pub(crate) const FORM_CODES: [&str; 4] = ["FIELD_UNKNOWN", "FIELD_MISSING", "WRONG_TYPE", "VALUE_INVALID"];

/// Every code that may stand in a problem or in its `errors[]`.
pub(crate) fn codes() -> Vec<&'static str> {
    let kinds = Kind::ALL.iter().map(|kind| kind.code());
    kinds.chain(FORM_CODES).chain(Rule::ALL.iter().map(|rule| rule.code())).collect()
}

/// The statuses a code is known to come with.
pub(crate) fn statuses(code: &str) -> Vec<u16> {
    match Kind::ALL.iter().find(|kind| kind.code() == code) {
        Some(kind) => vec![kind.status().as_u16()],
        None => Rule::from_code(code).map_or_else(|| vec![422], |rule| vec![rule_status(rule).as_u16()]),
    }
}

/// The status a rule is told with: 403 for a relation, 409 for the state of things, 422 for what an order says, 400 for bytes that cannot
/// be read.
fn rule_status(rule: Rule) -> StatusCode {
    use Rule as R;
    match rule {
        R::ExclusionReserved
        | R::InterventionReserved
        | R::TerritoryNotYours
        | R::TerritoryReserved
        | R::IdentityNotDisclosed
        | R::SettingReserved
        | R::ValidationReserved => StatusCode::FORBIDDEN,
        R::DepartmentExists
        | R::EmailTaken
        | R::TooManySecrets
        | R::ClientDisabled
        | R::CodeTaken
        | R::BeneficiaryClosed
        | R::HalfDayTaken
        | R::SessionCancelled
        | R::SessionHasMarks
        | R::SeriesEmpty
        | R::GroupInUse
        | R::GroupFull
        | R::AlreadyEnrolled
        | R::EnrolmentEnded
        | R::MarksAfterEnd
        | R::SessionNotStarted
        | R::SheetClosed
        | R::SheetOpen
        | R::MarksMissing
        | R::VersionConflict
        | R::ReferralOpen
        | R::ReferralAnswered
        | R::ReferralClosed
        | R::ReferralExpired
        | R::ReferralStarted
        | R::SeatFree
        | R::FollowsEnrolment
        | R::IdentifierConflict
        | R::HouseholdRoleTaken
        | R::PossibleDuplicate
        | R::MergeConflict
        | R::RightOverlaps
        | R::BarrierOpen
        | R::BarrierResolved
        | R::EntryCancelled
        | R::FeedDiverged
        | R::OrientationState
        | R::OrientationWaits
        | R::OrientationPending
        | R::OrientationInForce
        | R::NotSubjectToDuties
        | R::InterviewRequired
        | R::ProposalRequired
        | R::TeamOpinionRequired
        | R::FollowsReferral
        | R::FollowsOrientation
        | R::SocialTrackOnly
        | R::ContractState
        | R::ContractPending
        | R::ContractInForce
        | R::ContractNeedsOrientation
        | R::ContractElsewhere
        | R::ContractIncomplete
        | R::ContractSigned
        | R::ContractOutdated
        | R::SignatureMissing => StatusCode::CONFLICT,
        R::EncodingUnsupported => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Where in a request a fault is. Exactly one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the body, as a JSON Pointer.
    Pointer(String),
    /// In the query.
    Parameter(String),
    /// In a header.
    Header(&'static str),
    /// In a line of a file, and there in a column where one is meant.
    Line(u32, Option<&'static str>),
}

/// A refusal, before it is rendered in the caller's language.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) errors: Vec<(&'static str, Place)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What is in the way, where it can be named.
    pub(crate) conflicting: Option<Uuid>,
    /// How far a feed goes that does not hold what was asked.
    pub(crate) last_seq: Option<i64>,
}

impl Problem {
    pub(crate) fn of(kind: Kind) -> Self {
        Self { status: kind.status(), code: kind.code(), errors: Vec::new(), headers: Vec::new(), conflicting: None, last_seq: None }
    }

    pub(crate) fn at(kind: Kind, code: &'static str, place: Place) -> Self {
        Self { errors: vec![(code, place)], ..Self::of(kind) }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Naming the thing that is in the way.
    pub(crate) fn naming(mut self, conflicting: Uuid) -> Self {
        self.conflicting = Some(conflicting);
        self
    }

    /// Saying how far the feed goes.
    pub(crate) fn after(mut self, last_seq: i64) -> Self {
        self.last_seq = Some(last_seq);
        self
    }

    /// A rule's own refusal, with the status it is always told with.
    pub(crate) fn rule(rule: Rule) -> Self {
        Self::rule_as(rule_status(rule), rule)
    }

    fn rule_as(status: StatusCode, rule: Rule) -> Self {
        Self { status, code: rule.code(), ..Self::of(Kind::Invalid) }
    }

    /// Its body, in French or in English.
    pub(crate) fn render(&self, request: Uuid, english: bool) -> ProblemBody {
        let title = words::of(self.code).and_then(|words| words.title.get(usize::from(english)).copied());
        let errors = self.errors.iter().map(|(code, place)| {
            let nowhere = ProblemError { code: (*code).to_owned(), detail: detail(code, english).to_owned(), ..ProblemError::default() };
            match place {
                Place::Pointer(pointer) => ProblemError { pointer: Some(pointer.clone()), ..nowhere },
                Place::Parameter(name) => ProblemError { parameter: Some(name.clone()), ..nowhere },
                Place::Header(name) => ProblemError { header: Some((*name).to_owned()), ..nowhere },
                Place::Line(line, column) => ProblemError { line: Some(*line), column: column.map(str::to_owned), ..nowhere },
            }
        });
        ProblemBody {
            r#type: format!("/problems/{}", slug(self.code)),
            title: title.unwrap_or_default().to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: detail(self.code, english).to_owned(),
            instance: format!("urn:uuid:{request}"),
            errors: errors.collect(),
            conflicting_id: self.conflicting,
            last_seq: self.last_seq,
        }
    }
}

/// How a refusal by this rule names what is in the way, if something is.
pub(crate) fn naming(rule: Rule, in_the_way: Option<Uuid>) -> impl Fn(Refusal) -> Stop {
    move |refusal| match (refusal, in_the_way) {
        (Refusal::Conflict(broken), Some(thing)) if broken == rule => Problem::rule(rule).naming(thing).into(),
        (refusal, _) => refusal.into(),
    }
}

/// What a code means, in French or in English.
pub(crate) fn detail(code: &str, english: bool) -> &'static str {
    words::of(code).and_then(|words| words.detail.get(usize::from(english)).copied()).unwrap_or_default()
}

/// `SESSION_NOT_STARTED` → `session-not-started`.
pub(crate) fn slug(code: &str) -> String {
    code.to_ascii_lowercase().replace('_', "-")
}

/// A refusal (RFC 9457, `application/problem+json`). Branch on `code`, show `title` and `detail`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Where the code is documented: `/problems/{slug}`.
    #[schema(example = "/problems/session-not-started", max_length = 100)]
    r#type: String,
    /// A few words, in French, or in English with `Accept-Language: en`.
    #[schema(max_length = 100)]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The stable code. Never translated, never reused for something else. Extensible.
    #[schema(value_type = ProblemCode)]
    code: String,
    /// What happened and what to do next, in the same language as `title`. Never a submitted value.
    #[schema(max_length = 500)]
    detail: String,
    /// The request's id, which the access log and our own logs carry too.
    #[schema(format = "uri", max_length = 45)]
    instance: String,
    /// Each fault with its place; empty when the whole request is at fault. The form of a body reports its first fault, rules up to 100.
    #[schema(max_items = 100)]
    errors: Vec<ProblemError>,
    /// The id of the thing that is in the way, such as the other open referral, or whoever may be the same person; absent when there is none to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conflicting_id: Option<Uuid>,
    /// With `FEED_DIVERGED`: the number of the last event of the feed; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    last_seq: Option<i64>,
}

/// One fault, with exactly one of `pointer`, `parameter`, `header` or `line`.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct ProblemError {
    /// The stable code of the fault.
    #[schema(value_type = ProblemCode)]
    code: String,
    /// What it means, in the same language as the problem.
    #[schema(max_length = 500)]
    detail: String,
    /// JSON Pointer into the request's body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, example = "/marks/0/minutes")]
    pointer: Option<String>,
    /// Name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    parameter: Option<String>,
    /// Name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    header: Option<String>,
    /// Physical line of a submitted file, the header being line 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    line: Option<u32>,
    /// Name of a column of a submitted file, with `line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    column: Option<String>,
}

/// Why a handler stops before its own answer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A refusal.
    Problem(Box<Problem>),
    /// Storage failed.
    Storage(Error),
    /// The key was used before: the same answer again.
    Replayed(Box<Answer>),
}

impl Stop {
    /// The object is absent, or not visible to the caller: nobody can tell which.
    pub(crate) fn not_found() -> Self {
        Kind::NotFound.into()
    }

    /// A fault of one query parameter.
    pub(crate) fn parameter(code: &'static str, name: &str) -> Self {
        Problem::at(Kind::InvalidParameter, code, Place::Parameter(name.to_owned())).into()
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Kind> for Stop {
    fn from(kind: Kind) -> Self {
        Problem::of(kind).into()
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Storage(error)
    }
}

impl Retryable for Stop {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_contended())
    }
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        let mut challenge = String::from("Bearer error=\"insufficient_scope\"");
        if let Some(scope) = policy::client_scope(denied.function) {
            challenge = format!("{challenge}, scope=\"{scope}\"");
        }
        Problem::of(Kind::FunctionDenied).with_header("WWW-Authenticate", challenge).into()
    }
}

fn pointer(path: &[Segment]) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Field(name) => pointer + "/" + name,
        Segment::Index(place) => format!("{pointer}/{place}"),
    })
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(rule) => Problem::rule_as(StatusCode::FORBIDDEN, rule).into(),
            Refusal::Conflict(rule) => Problem::rule_as(StatusCode::CONFLICT, rule).into(),
            Refusal::Invalid(faults) => {
                let errors = faults.into_iter().map(|fault| (fault.rule.code(), Place::Pointer(pointer(&fault.path)))).collect();
                Problem { errors, ..Problem::of(Kind::Invalid) }.into()
            }
        }
    }
}

impl Stop {
    /// As a problem; none for a replay, which is an answer.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            Self::Problem(problem) => Some((**problem).clone()),
            Self::Replayed(_) => None,
            Self::Storage(Error::Unavailable | Error::Contended) => Some(Problem::of(Kind::Unavailable).with_header("Retry-After", "1")),
            Self::Storage(Error::OutcomeUnknown) => Some(Problem::of(Kind::OutcomeUnknown).with_header("Retry-After", "1")),
            Self::Storage(error @ Error::Broken(_)) => {
                tracing::error!(%error, "a request failed");
                Some(Problem::of(Kind::Internal))
            }
        }
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => f.write_str(problem.code),
            Self::Storage(error) => error.fmt(f),
            Self::Replayed(_) => f.write_str("replayed"),
        }
    }
}

impl actix_web::ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => problem.status,
            Self::Replayed(answer) => StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK),
            Self::Storage(Error::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The gate renders the problem that travels in the extensions, in the caller's language.
    fn error_response(&self) -> actix_web::HttpResponse {
        if let Self::Replayed(answer) = self {
            return crate::show::response(answer, true);
        }
        let mut response = actix_web::HttpResponse::new(self.status_code());
        if let Some(problem) = self.problem() {
            response.extensions_mut().insert(problem);
        }
        response
    }
}

/// The schema of `code`: every published code.
#[derive(Debug)]
pub(crate) struct ProblemCode;

impl utoipa::PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The stable code of a problem, or of a fault in its `errors[]`, documented at `/problems/{slug}`. Extensible."))
            .enum_values(Some(codes()))
            .build()
            .into()
    }
}
impl ToSchema for ProblemCode {}
