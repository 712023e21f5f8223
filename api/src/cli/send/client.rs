//! The calls of `jalon send`, each repeated until it is answered. The only file that knows the HTTP library; what the answers mean to
//! people is in `report`.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Body, RequestBuilder, StatusCode, Url};
use serde_json::Value;

use super::arguments::{OnError, Secret};
use super::files::Attendance;
use super::progress::Progress;
use super::report::on_one_line;
use crate::server::StartError;

/// One try, in seconds: the server gives up after 30, the rest is for the line.
const TRY: u32 = 60;
/// The longest pause of our own, in seconds.
const LONGEST_PAUSE: u32 = 30;
/// The longest pause a server may ask for, in seconds.
const LONGEST_TOLD: u32 = 120;

/// How long to go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Tries of one call.
    pub(super) attempts: u32,
    /// How long a second lasts: less in tests.
    pub(super) second: Duration,
}

impl Patience {
    /// On a real clock.
    pub(super) const fn of(attempts: u32) -> Self {
        Self { attempts, second: Duration::from_secs(1) }
    }

    /// After so many failures: what the server told, else half a second, doubled each time. `chance`, from 0 to 1, takes up to half
    /// of it off, so that associations cut off together do not come back together.
    pub(super) fn pause(self, failures: u32, told: Option<u32>, chance: f64) -> Duration {
        match told {
            Some(seconds) => self.second * seconds.min(LONGEST_TOLD),
            None => (self.second / 2 * (1 << failures.saturating_sub(1).min(6))).min(self.second * LONGEST_PAUSE).mul_f64(1.0 - chance / 2.0),
        }
    }
}

/// What came back, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its content, when that is JSON.
    pub(super) json: Option<Value>,
    bytes: Bytes,
}

impl Answer {
    /// A text of the top level, such as a problem's code.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.json.as_ref()?.get(name)?.as_str()
    }

    /// Whether the same call may have another answer soon.
    fn is_passing(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            || (self.status == StatusCode::CONFLICT && self.text("code") == Some("REQUEST_IN_PROGRESS"))
    }
}

/// An answer that no Jalon gives, as a sentence.
pub(super) fn unexpected(answer: &Answer) -> StartError {
    StartError(format!("le serveur répond {}, ce que Jalon ne répond pas ici : vérifiez --url", answer.status.as_u16()))
}

/// One association's line to the server.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    id: String,
    secret: Secret,
    token: Option<Secret>,
    patience: Patience,
    progress: Progress,
}

impl Client {
    /// Calls nobody yet.
    pub(super) fn new(base: Url, id: &str, secret: Secret, patience: Patience, progress: Progress) -> Result<Self, StartError> {
        let french = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static("fr"))]);
        let mut http = reqwest::Client::builder()
            .default_headers(french)
            .user_agent(concat!("jalon-send/", env!("CARGO_PKG_VERSION")))
            // A redirection could lead the secret and the people elsewhere.
            .redirect(Policy::none())
            .timeout(patience.second * TRY);
        if base.scheme() == "http" {
            // What goes in clear goes to no proxy, and needs no authorities, which a bare machine may lack.
            http = http.no_proxy().tls_certs_only([]);
        }
        let http = http.build().map_err(|error| StartError(format!("https n'est pas possible sur cette machine : {}", cause(&error))))?;
        Ok(Self { http, base, id: id.to_owned(), secret, token: None, patience, progress })
    }

    /// Where attendance is sent.
    pub(super) fn submissions(&self, on_error: OnError, dry_run: bool) -> Url {
        let mut url = self.under(&["v1", "attendance-submissions"]);
        url.query_pairs_mut().append_pair("on_error", on_error.code()).append_pair("dry_run", if dry_run { "true" } else { "false" });
        url
    }

    /// Sends the file, with the same key at every try.
    pub(super) async fn submit(&mut self, target: Url, file: &Attendance, key: Option<&str>) -> Result<Answer, StartError> {
        let progress = self.progress.clone();
        self.call(|http| {
            let request = http.post(target.clone()).header(CONTENT_TYPE, file.media_type);
            let request = request.body(Body::wrap(progress.upload(file.bytes.clone())));
            if let Some(key) = key { request.header("Idempotency-Key", key) } else { request }
        })
        .await
    }

    /// The rejected lines of a submission, as a file.
    pub(super) async fn rejected(&mut self, id: &str) -> Result<Bytes, StartError> {
        let url = self.under(&["v1", "attendance-submissions", id, "rejected.csv"]);
        self.progress.wait("lignes refusées");
        let answer = self.call(|http| http.get(url.clone())).await?;
        self.progress.clear();
        if answer.status != StatusCode::OK {
            let (status, code) = (answer.status.as_u16(), answer.text("code").unwrap_or_default());
            return Err(StartError(format!("les lignes refusées n'ont pas pu être lues ({status} {code}) : relancez la même commande")));
        }
        Ok(answer.bytes)
    }

    /// A call with a token, which is replaced once if it is no longer taken.
    async fn call(&mut self, make: impl Fn(&reqwest::Client) -> RequestBuilder) -> Result<Answer, StartError> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.authenticate().await?,
        };
        let answer = self.persist(|| make(&self.http).bearer_auth(&token.0)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.authenticate().await?;
        self.persist(|| make(&self.http).bearer_auth(&token.0)).await
    }

    /// RFC 6749, section 4.4.
    async fn authenticate(&mut self) -> Result<Secret, StartError> {
        let url = self.under(&["oauth", "token"]);
        self.progress.wait("authentification");
        let (id, secret) = (self.form_encoded(&self.id), self.form_encoded(&self.secret.0));
        let ask = || {
            let request = self.http.post(url.clone()).basic_auth(&id, Some(&secret)).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            request.body("grant_type=client_credentials&scope=attendance%3Awrite")
        };
        let answer = self.persist(ask).await?;
        match (answer.status, answer.text("access_token"), answer.text("error")) {
            (StatusCode::OK, Some(token), _) => Ok(self.token.insert(Secret(token.to_owned())).clone()),
            (_, _, Some("invalid_client")) => {
                Err(StartError("le serveur ne reconnaît pas ce client : vérifiez --client, et que son secret n'a pas expiré".to_owned()))
            }
            (_, _, Some("invalid_scope")) => Err(StartError("ce client n'a pas le droit d'envoyer des présences (attendance:write)".to_owned())),
            (_, _, Some(code)) => {
                let why = answer.text("error_description").unwrap_or_default();
                Err(StartError(on_one_line(&format!("le serveur refuse l'authentification : {code}, {why}"))))
            }
            _ => Err(unexpected(&answer)),
        }
    }

    /// Tries until there is an answer to keep.
    async fn persist(&self, make: impl Fn() -> RequestBuilder) -> Result<Answer, StartError> {
        let attempts = self.patience.attempts;
        let mut failures = 0;
        loop {
            let (trouble, told) = match read(make()).await {
                Ok((answer, told)) if answer.is_passing() => (format!("le serveur répond {}", answer.status.as_u16()), told),
                Ok((answer, _)) => return Ok(answer),
                Err(trouble) => (trouble, None),
            };
            failures += 1;
            if failures >= attempts {
                return Err(StartError(format!(
                    "sans succès après {attempts} essai(s) : {trouble}. Relancez la même commande plus tard : rien ne sera compté deux fois."
                )));
            }
            let pause = self.patience.pause(failures, told, rand::random());
            self.progress.wait(&format!("{trouble} ; essai {} sur {attempts} dans {:.1} s", failures + 1, pause.as_secs_f64()));
            tokio::time::sleep(pause).await;
            self.progress.wait(&format!("essai {} sur {attempts}", failures + 1));
        }
    }

    /// As in a form: RFC 6749 asks it of both halves of the header, so that an id may hold a colon.
    fn form_encoded(&self, text: &str) -> String {
        let mut url = self.base.clone();
        url.query_pairs_mut().append_key_only(text);
        url.query().unwrap_or_default().to_owned()
    }

    /// A path under the address, which may have a prefix.
    fn under(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

/// One try, with the seconds the server asks to wait. JSON that does not end is an answer cut in its middle, whatever its headers say.
async fn read(request: RequestBuilder) -> Result<(Answer, Option<u32>), String> {
    let response = request.send().await.map_err(|error| cause(&error))?;
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let told = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok());
    let is_json = header(CONTENT_TYPE).is_some_and(|media_type| media_type.contains("json"));
    let bytes = response.bytes().await.map_err(|error| cause(&error))?;
    let json = is_json.then(|| serde_json::from_slice(&bytes)).transpose().map_err(|_| "réponse interrompue".to_owned())?;
    Ok((Answer { status, json, bytes }, told))
}

/// Why there is no answer, in a few words and the system's own.
fn cause(error: &reqwest::Error) -> String {
    let what = match () {
        () if error.is_timeout() => return "pas de réponse à temps".to_owned(),
        () if error.is_builder() => "préparation impossible",
        () if error.is_connect() => "connexion impossible",
        () => "connexion interrompue",
    };
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    format!("{what} ({deepest})")
}
