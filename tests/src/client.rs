//! Callers: somebody with a token that is always good, or with one that is none. Every answer they get is held against the contract.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use domain::calendar::Instant;
use persistence::Clock;
use serde_json::Value;
use uuid::Uuid;

use crate::answer::Answer;
use crate::server::Inner;

/// A number that this process gives once.
pub fn fresh() -> u64 {
    static GIVEN: AtomicU64 = AtomicU64::new(1);
    GIVEN.fetch_add(1, Ordering::Relaxed)
}

/// A key that was never used.
pub fn fresh_key() -> String {
    format!("key-of-a-test-{:016}", fresh())
}

/// A text with everything encoded that a query or a form does not hold.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

/// A form (`application/x-www-form-urlencoded`).
pub fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

type Held = Arc<Mutex<Option<(Instant, String)>>>;

#[derive(Clone)]
enum Bearer {
    Nobody,
    Token(String),
    Professional { id: Uuid, held: Held },
    Machine { id: String, secret: String, scope: Option<String>, held: Held },
}

/// A caller.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    name: String,
    bearer: Bearer,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.name)
    }
}

impl Client {
    pub(crate) fn anonymous(inner: Arc<Inner>) -> Self {
        Self { inner, name: "anonymous".to_owned(), bearer: Bearer::Nobody }
    }

    pub(crate) fn bearer(inner: Arc<Inner>, name: &str, token: &str) -> Self {
        Self { inner, name: name.to_owned(), bearer: Bearer::Token(token.to_owned()) }
    }

    pub(crate) fn professional(inner: Arc<Inner>, name: &str, id: Uuid) -> Self {
        Self { inner, name: name.to_owned(), bearer: Bearer::Professional { id, held: Held::default() } }
    }

    pub(crate) fn machine(inner: Arc<Inner>, name: &str, id: &str, secret: &str, scope: Option<&str>) -> Self {
        let bearer = Bearer::Machine { id: id.to_owned(), secret: secret.to_owned(), scope: scope.map(str::to_owned), held: Held::default() };
        Self { inner, name: name.to_owned(), bearer }
    }

    /// What a failing test calls them.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their id, when they are a professional or a machine.
    ///
    /// # Panics
    ///
    /// When they are nobody that the test knows.
    pub fn id(&self) -> String {
        match &self.bearer {
            Bearer::Professional { id, .. } => id.to_string(),
            Bearer::Machine { id, .. } => id.clone(),
            Bearer::Nobody | Bearer::Token(_) => panic!("{} has no id", self.name),
        }
    }

    /// A token of theirs, good for a while: another one once the clock is past half its life.
    ///
    /// # Panics
    ///
    /// When they are given none.
    pub async fn token(&self) -> Option<String> {
        let (held, life) = match &self.bearer {
            Bearer::Nobody => return None,
            Bearer::Token(token) => return Some(token.clone()),
            Bearer::Professional { held, .. } => (held, TimeDelta::hours(12)),
            Bearer::Machine { held, .. } => (held, TimeDelta::minutes(15)),
        };
        let now = self.inner.clock.now();
        let known = held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A clock that was set back makes a token one of the future.
        if let Some((since, token)) = known
            && since <= now
            && now < since.plus(life / 2)
        {
            return Some(token);
        }
        let token = match &self.bearer {
            Bearer::Professional { id, .. } => self.inner.professional_token(*id, life),
            Bearer::Machine { id, secret, scope, .. } => {
                let mut pairs = vec![("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
                pairs.extend(scope.as_deref().map(|scope| ("scope", scope)));
                let asked = Self::anonymous(self.inner.clone()).ask("POST", "/oauth/token").form(&pairs).send().await;
                asked.expect(200).field("access_token")
            }
            Bearer::Nobody | Bearer::Token(_) => return None,
        };
        *held.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, token.clone()));
        Some(token)
    }

    /// A request to be completed.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        Ask { client: self.clone(), method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    /// Creates or commands, under a key that was never used.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with_key(path, &fresh_key(), body).await
    }

    /// Creates or commands, under this key.
    pub async fn post_with_key(&self, path: &str, key: &str, body: Value) -> Answer {
        self.ask("POST", path).header("Idempotency-Key", key).json(&body).send().await
    }

    /// Commands without a body.
    pub async fn command(&self, path: &str) -> Answer {
        self.ask("POST", path).header("Idempotency-Key", &fresh_key()).send().await
    }

    /// Writes without saying which version was seen.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path).json(&body).send().await
    }

    /// Edits the version that was seen.
    pub async fn put_if_match(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.ask("PUT", path).header("If-Match", etag).json(&body).send().await
    }

    /// Edits the version that is there now.
    pub async fn edit(&self, path: &str, body: Value) -> Answer {
        let etag = self.get(path).await.expect(200).etag();
        self.put_if_match(path, &etag, body).await
    }

    /// Everything that a list holds, page by page.
    ///
    /// # Panics
    ///
    /// When a page is refused, or the list goes round in circles.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = None;
        for _ in 0..500 {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                None => self.get(path).await,
                Some(cursor) => self.get(&format!("{path}{separator}cursor={cursor}")).await,
            };
            let page = page.expect(200);
            all.extend(page.items());
            match page.json()["next_cursor"].as_str() {
                None => return all,
                Some(next) => cursor = Some(next.to_owned()),
            }
        }
        panic!("{path} has no end");
    }
}

/// A request that is being written.
#[derive(Debug)]
pub struct Ask {
    client: Client,
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    /// With one more header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    /// With one more header, of any bytes that a header may have.
    #[must_use]
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), value.to_vec()));
        self
    }

    /// With a key that was never used.
    #[must_use]
    pub fn key(self) -> Self {
        let key = fresh_key();
        self.header("Idempotency-Key", &key)
    }

    /// With a body of any bytes; its media type is a header.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With a body of JSON, well formed or not.
    #[must_use]
    pub fn json_text(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", "application/json").bytes(body)
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.json_text(body.to_string())
    }

    /// With a file of separated values.
    #[must_use]
    pub fn csv(self, file: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", "text/csv").bytes(file)
    }

    /// With a form.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        self.header("Content-Type", "application/x-www-form-urlencoded").bytes(form(pairs))
    }

    /// Sends it, with its caller's token.
    ///
    /// # Panics
    ///
    /// When no answer comes back, or the request cannot be written at all.
    pub async fn send(self) -> Answer {
        let Self { client, method, path, headers, body } = self;
        let asked = format!("{}: {method} {path}", client.name);
        let verb = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = client.inner.http.request(verb, format!("http://{}{path}", client.inner.address));
        // Its own `*/*` is taken away only by another `Accept`.
        if let Some(token) = Box::pin(client.token()).await {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: {error:?}")).to_vec();
        let answer = Answer { asked, status, headers, body };
        client.inner.note(&method, &path, &answer);
        answer
    }
}
