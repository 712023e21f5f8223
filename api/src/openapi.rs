//! The contract: built from the same routes that serve requests, then completed once for all of them with what every route has in
//! common. No operation is described here.

mod complete;
mod examples;
mod links;
mod problems;
mod schemas;

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::App;
use actix_web::http::Method;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::problem::{ProblemBody, ProblemCode, ProblemError};
use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jalon",
        version = "1.0.0",
        description = include_str!("../../openapi/description.md"),
        license(name = "MIT", identifier = "MIT"),
        contact(name = "Jalon")
    ),
    servers((url = "/")),
    tags(
        (name = "Access", description = "Tokens, callers, organisations' machines and people, territories, the access log."),
        (name = "Organisations", description = "Organisations around the programme, their sites, delegations and agreements."),
        (name = "People", description = "People who take part."),
        (name = "Orientations", description = "Which of the three accompaniments, by whom, since when; places, deadlines."),
        (name = "Contracts", description = "What a person and whoever accompanies them promise each other, and its synthesis."),
        (name = "Collective actions", description = "Actions, groups, sessions, enrolments."),
        (name = "Referrals", description = "A person is referred to an organisation or an action (*prescription*); what its receiver answers."),
        (name = "Referral feed", description = "What a receiver is told, numbered without a gap: pulled, acknowledged, proven."),
        (name = "Attendance", description = "The attendance sheet (*feuille d'émargement*) of a half-day."),
        (name = "Reference", description = "Coded lists with labels, validity and crosswalks."),
        (name = "Documentation", description = "This document, and what each problem means."),
        (name = "Health", description = "Probes.")
    ),
    components(schemas(ProblemBody, ProblemError, ProblemCode))
)]
struct Base;

struct Contract {
    text: String,
    operations: HashMap<(String, String), String>,
    methods: HashMap<String, Vec<String>>,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let (_, document) = App::new().into_utoipa_app().openapi(Base::openapi()).configure(routes::configure).split_for_parts();
    let mut document = serde_json::to_value(document).unwrap_or_default();
    complete::complete(&mut document);
    problems::add(&mut document);
    links::add(&mut document);
    examples::add(&mut document);
    let (mut operations, mut methods) = (HashMap::new(), HashMap::<String, Vec<String>>::new());
    for (path, method, operation) in operations_of(&document) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        operations.insert((method.clone(), path.clone()), id.to_owned());
        methods.entry(path).or_default().push(method.to_uppercase());
    }
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    Contract { text, operations, methods }
});

/// The document, the same bytes as the committed one.
pub fn text() -> &'static str {
    &CONTRACT.text
}

/// The operation of a route, as the access log names it.
pub(crate) fn operation(method: &Method, pattern: Option<&str>) -> &'static str {
    let key = (method.as_str().to_lowercase(), pattern.unwrap_or_default().to_owned());
    CONTRACT.operations.get(&key).map_or("unknown", String::as_str)
}

/// The methods of a route.
pub(crate) fn methods(pattern: &str) -> &'static [String] {
    CONTRACT.methods.get(pattern).map_or(&[], Vec::as_slice)
}

const METHODS: [&str; 3] = ["get", "put", "post"];

fn operations_of(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let all = paths.into_iter().flatten().flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| item.get(*method).map(|operation| (path.clone(), (*method).to_owned(), operation)))
    });
    all.collect()
}

#[cfg(test)]
mod tests;
