//! The served OpenAPI document as the tests use it: its operations with who may call them, and whether an answer keeps what it says.
//! JSON Schema, as far as the document uses it, is in `contract/schema.rs`; what the schema of a receipt cannot say in
//! `contract/receipt.rs`, which problems an operation may have in `contract/problems.rs`.

mod problems;
mod receipt;
mod schema;

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::answer::Answer;

/// How a client (machine) may call an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForClients {
    /// Not at all.
    Never,
    /// With any scope.
    Any,
    /// With this one.
    Scope(String),
}

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name.
    pub id: String,
    /// `GET`, `PUT` or `POST`.
    pub method: String,
    /// Its path, with parameters in braces.
    pub path: String,
    /// Its function in the permission matrix; none when it is public.
    pub permission: Option<String>,
    /// The roles that may call it.
    pub roles: Vec<String>,
    /// Whether a client may.
    pub clients: ForClients,
    /// Whether anybody may, without a token.
    pub public: bool,
    /// Everything else that is said of it.
    pub value: Value,
}

impl Operation {
    fn new(path: &str, method: &str, value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let requirements = value["security"].as_array().unwrap_or_else(|| panic!("{method} {path} says nothing of security"));
        let clients = requirements.iter().find_map(|one| one.get("client")).map_or(ForClients::Never, |scopes| match scopes[0].as_str() {
            Some(scope) => ForClients::Scope(scope.to_owned()),
            None => ForClients::Any,
        });
        Self {
            id: text("operationId").unwrap_or_else(|| panic!("{method} {path} has no name")),
            method: method.to_uppercase(),
            path: path.to_owned(),
            permission: text("x-permission"),
            roles: value["x-roles"].as_array().into_iter().flatten().filter_map(|role| role.as_str().map(str::to_owned)).collect(),
            clients,
            public: requirements.is_empty(),
            value: value.clone(),
        }
    }

    /// Its path with every parameter replaced.
    pub fn path_with(&self, replace: impl Fn(&str) -> String) -> String {
        let segments = self.path.split('/').map(|segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => replace(name),
            None => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The names of the parameters in its path.
    pub fn path_parameters(&self) -> Vec<String> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).map(str::to_owned).collect()
    }

    /// Whether it lists, page by page.
    pub fn is_list(&self) -> bool {
        self.parameters().iter().any(|one| one["name"] == "limit")
    }

    /// Whether it edits from a version that its caller saw.
    pub fn needs_if_match(&self) -> bool {
        self.parameters().iter().any(|one| one["$ref"] == "#/components/parameters/IfMatch")
    }

    /// Whether it asks with a body and stores nothing: it takes no key.
    pub fn is_question(&self) -> bool {
        let takes_key = |one: &Value| one["$ref"].as_str().is_some_and(|name| name.starts_with("#/components/parameters/IdempotencyKey"));
        self.method == "POST" && !self.public && !self.parameters().iter().any(takes_key)
    }

    /// What is said of its parameters.
    pub fn parameters(&self) -> Vec<Value> {
        self.value["parameters"].as_array().cloned().unwrap_or_default()
    }

    fn answers(&self, method: &str, path: &str) -> bool {
        let (mine, theirs): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        self.method == method
            && mine.len() == theirs.len()
            && mine.iter().zip(&theirs).all(|(mine, theirs)| mine == theirs || (mine.starts_with('{') && !theirs.is_empty()))
    }
}

/// The document.
#[derive(Debug)]
pub struct Contract {
    /// As JSON.
    pub document: Value,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// The document of this build.
pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let document: Value = serde_json::from_str(api::openapi::text()).unwrap();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in ["get", "put", "post", "delete", "patch"] {
                operations.extend(item.get(method).map(|operation| Operation::new(path, method, operation)));
            }
        }
        Contract { document, operations }
    })
}

impl Contract {
    /// The operation with this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn operation(&self, id: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// The operation that answers a request; none for one that no route is for. A literal segment goes before a parameter.
    pub fn operation_of(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default();
        self.operations.iter().filter(|operation| operation.answers(method, path)).min_by_key(|operation| operation.path.matches('{').count())
    }

    fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the document"));
            value = self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        }
        value
    }

    /// In what an answer breaks the contract; empty if in nothing.
    pub fn faults(&self, method: &str, path: &str, answer: &Answer) -> Vec<String> {
        let mut faults = general_faults(path, answer);
        let Some(operation) = self.operation_of(method, path) else {
            if answer.status < 400 && !path.starts_with("/docs") {
                faults.push(format!("{} on a route that the document does not have", answer.status));
            }
            return faults;
        };
        // A preflight, and a verb that the route does not have, are no answer of the operation.
        if answer.status == 405 {
            return faults;
        }
        let Some(response) = operation.value["responses"].get(answer.status.to_string()) else {
            faults.push(format!("status {} is not documented", answer.status));
            return faults;
        };
        let response = self.resolve(response);
        let media_type = essence(answer);
        let content = response["content"].as_object();
        match content.and_then(|content| content.get(&media_type)) {
            None if content.is_none_or(Map::is_empty) => {
                if !answer.body.is_empty() {
                    faults.push(format!("status {} is documented without a body, and has one", answer.status));
                }
            }
            None => faults.push(format!("status {} with media type {media_type:?} is not documented", answer.status)),
            Some(content) if media_type.ends_with("json") => match serde_json::from_slice::<Value>(&answer.body) {
                Err(error) => faults.push(format!("status {}: not JSON: {error}", answer.status)),
                Ok(body) => {
                    let mut found = self.schema_faults(&content["schema"], &body);
                    if media_type == "application/problem+json" {
                        found.extend(problems::unforeseen(&operation.id, answer.status, response, &body));
                    }
                    if let Some(receipt) = receipt::of(&content["schema"], &body) {
                        found.extend(receipt::faults(receipt, answer.status));
                    }
                    faults.extend(found.into_iter().map(|fault| format!("status {}: {fault}", answer.status)));
                }
            },
            Some(_) if media_type == "text/csv" => faults.extend(file_faults(answer)),
            Some(_) => {}
        }
        for name in ["ETag", "Location"] {
            let (promised, there) = (response["headers"].get(name).is_some(), answer.header(&name.to_lowercase()).is_some());
            if promised && !there {
                faults.push(format!("status {}: the document promises {name}, which is absent", answer.status));
            }
            if there && !promised && path.starts_with("/v1") && answer.status < 300 {
                faults.push(format!("status {}: {name} is there, and the document does not say so", answer.status));
            }
        }
        faults
    }

    /// In what a value does not fit a schema of the document.
    pub fn schema_faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        schema::check(self, schema, value, "", &mut faults);
        faults
    }
}

fn essence(answer: &Answer) -> String {
    answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned()
}

/// What every file of separated values keeps.
fn file_faults(answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.header("content-type") != Some("text/csv; charset=utf-8") {
        faults.push(format!("a file that does not say its encoding: {:?}", answer.header("content-type")));
    }
    match std::str::from_utf8(&answer.body).map(|text| text.strip_prefix('\u{feff}')) {
        Err(_) => faults.push("a file that is not UTF-8".to_owned()),
        Ok(None) => faults.push("a file without a byte order mark".to_owned()),
        Ok(Some(text)) => {
            if !text.ends_with("\r\n") || text.matches('\n').count() != text.matches("\r\n").count() {
                faults.push("a file whose lines do not end in CRLF".to_owned());
            }
        }
    }
    faults
}

/// What every answer keeps, whatever produced it.
fn general_faults(path: &str, answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |broken: bool, fault: &str| {
        if broken {
            faults.push(format!("status {}: {fault}", answer.status));
        }
    };
    let header = |name: &str| answer.header(name);
    let request = header("x-request-id").unwrap_or_default();
    check(answer.status >= 500 && answer.status != 503, "a defect");
    check(uuid::Uuid::try_parse(request).is_err(), "no X-Request-Id");
    check(header("x-content-type-options") != Some("nosniff"), "no X-Content-Type-Options: nosniff");
    let revalidated = ["/v1/reference/", "/openapi.json", "/problems", "/docs", "/.well-known/"].iter().any(|prefix| path.starts_with(prefix));
    let caching = if revalidated && answer.status < 400 { "no-cache" } else { "no-store" };
    check(header("cache-control") != Some(caching), &format!("Cache-Control is {:?}, not {caching}", header("cache-control")));
    check(answer.status == 401 && header("www-authenticate").is_none(), "no WWW-Authenticate");
    check(answer.status == 405 && header("allow").is_none(), "no Allow");
    check(matches!(answer.status, 429 | 503) && header("retry-after").is_none() && path != "/readyz", "no Retry-After");
    if answer.status >= 400 && !path.starts_with("/oauth/token") && path != "/readyz" && path != "/livez" {
        check(essence(answer) != "application/problem+json", "a refusal that is no problem");
        match serde_json::from_slice::<Value>(&answer.body) {
            Err(_) => check(true, "a refusal whose body is no JSON"),
            Ok(problem) => {
                // What was stored with its key names the request that it answered first.
                let first = header("idempotent-replayed").and_then(|_| problem["instance"].as_str()?.strip_prefix("urn:uuid:"));
                for fault in problem_faults(&problem, answer.status, first.unwrap_or(request)) {
                    check(true, &fault);
                }
            }
        }
    }
    faults
}

fn is_published(code: &str) -> bool {
    contract().document["components"]["schemas"]["KnownProblemCode"]["enum"].as_array().is_some_and(|all| all.iter().any(|one| one == code))
}

fn problem_faults(problem: &Value, status: u16, request: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let text = |name: &str| problem[name].as_str().unwrap_or_default();
    let code = text("code");
    if problem["status"] != status {
        faults.push("the problem names another status".to_owned());
    }
    if text("type") != format!("/problems/{}", code.to_ascii_lowercase().replace('_', "-")) {
        faults.push(format!("the problem's type {} does not belong to its code {code}", text("type")));
    }
    if text("instance") != format!("urn:uuid:{request}") {
        faults.push("the problem's instance is not the request's id".to_owned());
    }
    if text("title").is_empty() || text("detail").is_empty() {
        faults.push(format!("the problem {code} has no words"));
    }
    let errors = problem["errors"].as_array();
    if errors.is_none() {
        faults.push("the problem has no errors[]".to_owned());
    }
    for error in errors.into_iter().flatten() {
        let places = ["pointer", "parameter", "header", "line"].iter().filter(|name| error.get(**name).is_some()).count();
        if places != 1 {
            faults.push(format!("a fault of the problem has {places} places, not exactly one: {error}"));
        }
        if error["detail"].as_str().unwrap_or_default().is_empty() {
            faults.push(format!("a fault of the problem has no words: {error}"));
        }
    }
    let codes = errors.into_iter().flatten().map(|error| error["code"].as_str().unwrap_or_default()).chain([code]);
    for unknown in codes.filter(|code| !is_published(code)) {
        faults.push(format!("the code {unknown:?} is not published"));
    }
    faults
}
