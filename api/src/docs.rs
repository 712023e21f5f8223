//! The contract for people and machines: `/openapi.json`, `/docs` (Swagger UI, served from the binary), `/problems/{slug}`. What it
//! says is made in `openapi` and `problem`.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, ETAG, HeaderValue, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::conditional::{etag, is_known};
use crate::gate::{cache_with_revalidation, prefers_english};
use crate::openapi;
use crate::problem::{self, Kind, Stop};

static SWAGGER: LazyLock<Arc<utoipa_swagger_ui::Config<'static>>> = LazyLock::new(|| Arc::new(utoipa_swagger_ui::Config::from("/openapi.json")));

fn kept(request: &HttpRequest, content_type: &str, body: Vec<u8>) -> HttpResponse {
    let tag = etag(1, &body);
    let mut response = if is_known(request.headers(), &tag).unwrap_or_default() {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok().insert_header((CONTENT_TYPE, content_type)).body(body)
    };
    if let Ok(value) = tag.parse() {
        response.headers_mut().insert(ETAG, value);
    }
    cache_with_revalidation(&mut response);
    response
}

/// The OpenAPI document
///
/// The same bytes as the committed one: a client generated from either is the same.
#[utoipa::path(get, tag = "Documentation", operation_id = "readOpenApi", security(()),
    responses((status = 200, description = "This document.", body = Object), (status = 304, description = "Nothing changed since the `ETag` given.")))]
#[get("/openapi.json")]
pub(crate) async fn read_openapi(request: HttpRequest) -> HttpResponse {
    kept(&request, "application/json", openapi::text().as_bytes().to_vec())
}

/// The interactive documentation: where it starts.
#[get("/docs")]
pub(crate) async fn docs_root() -> HttpResponse {
    let mut response = HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish();
    cache_with_revalidation(&mut response);
    response
}

/// A file of the interactive documentation.
#[get("/docs/{file:.*}")]
pub(crate) async fn docs_file(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, Stop> {
    match utoipa_swagger_ui::serve(&file, SWAGGER.clone()) {
        Ok(Some(found)) => Ok(kept(&request, &found.content_type, found.bytes.into_owned())),
        Ok(None) => Err(Kind::RouteNotFound.into()),
        Err(_) => Err(Kind::Internal.into()),
    }
}

fn english(request: &HttpRequest) -> bool {
    prefers_english(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// A page for people, in one of two languages.
fn page(request: &HttpRequest, html: String) -> HttpResponse {
    let mut response = kept(request, "text/html; charset=utf-8", html.into_bytes());
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// The problems' codes
///
/// A page for people, in French, or in English with `Accept-Language: en`.
#[utoipa::path(get, tag = "Documentation", operation_id = "listProblems", security(()),
    responses((status = 200, description = "A page that lists them.", content_type = "text/html", body = String),
        (status = 304, description = "Nothing changed since the `ETag` given.")))]
#[get("/problems")]
pub(crate) async fn list_problems(request: HttpRequest) -> HttpResponse {
    page(&request, problem::index(english(&request)))
}

/// What a problem's code means
///
/// Where the `type` of a problem leads: what it means and what to do about it, for people.
#[utoipa::path(get, tag = "Documentation", operation_id = "readProblem", security(()),
    params(("slug" = String, Path, description = "The code in lower case, with hyphens.", max_length = 64)),
    responses((status = 200, description = "A page for people.", content_type = "text/html", body = String),
        (status = 304, description = "Nothing changed since the `ETag` given.")))]
#[get("/problems/{slug}")]
pub(crate) async fn read_problem(request: HttpRequest, slug: web::Path<String>) -> Result<HttpResponse, Stop> {
    let code = problem::codes().into_iter().find(|code| problem::slug(code) == *slug);
    let statuses = code.map(problem::statuses).unwrap_or_default();
    let html = problem::page(&slug, english(&request), &statuses).ok_or_else(|| Stop::from(Kind::RouteNotFound))?;
    Ok(page(&request, html))
}
