//! A server that answers what a test wrote, one answer per call, and keeps what it was asked. Not here: any rule of the real one, except
//! that each token it gives is another.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: String,
    body: String,
    /// Bytes that leave before the connection is cut.
    cut_at: Option<usize>,
    delay: Duration,
}

impl Reply {
    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        let media_type = if status < 400 { "application/json" } else { "application/problem+json" };
        Self::text(status, &body.to_string()).with("Content-Type", media_type)
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: String::new(), body: body.to_owned(), cut_at: None, delay: Duration::ZERO }
    }

    /// A problem without more than its code.
    pub(super) fn problem(status: u16, code: &str) -> Self {
        Self::json(status, &serde_json::json!({"type": "/problems/x", "title": "Titre", "status": status, "code": code, "detail": "Détail."}))
    }

    /// No byte at all.
    pub(super) fn nothing() -> Self {
        Self { cut_at: Some(0), ..Self::text(200, "") }
    }

    pub(super) fn with(self, name: &str, value: &str) -> Self {
        Self { headers: format!("{}{name}: {value}\r\n", self.headers), ..self }
    }

    pub(super) fn cut(mut self) -> Self {
        self.cut_at = Some(self.wire().len() - 10);
        self
    }

    pub(super) fn late(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    fn wire(&self) -> Vec<u8> {
        let Self { status, headers, body, .. } = self;
        let length = if headers.contains("X-Without-Length") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        format!("HTTP/1.1 {status} X\r\n{headers}{length}Connection: close\r\n\r\n{body}").into_bytes()
    }
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Method and target.
    pub(super) line: String,
    head: String,
    pub(super) body: Vec<u8>,
    pub(super) at: Instant,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn key(&self) -> &str {
        self.header("Idempotency-Key").unwrap()
    }
}

/// A listening stub.
#[derive(Debug)]
pub(super) struct Stub {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// Answers calls from the script; token calls from theirs, then with a token that has a number.
    pub(super) async fn start(tokens: Vec<Reply>, script: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (kept, mut tokens, mut script, mut given) = (seen.clone(), VecDeque::from(tokens), VecDeque::from(script), 0);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(call) = hear(&mut stream).await else { continue };
                let reply = if call.line.ends_with("/oauth/token") {
                    given += 1;
                    let token = serde_json::json!({"access_token": format!("token-{given}"), "token_type": "Bearer", "expires_in": 900});
                    tokens.pop_front().unwrap_or_else(|| Reply::json(200, &token))
                } else {
                    script.pop_front().unwrap_or_else(|| Reply::problem(418, "SCRIPT_IS_OVER"))
                };
                kept.lock().unwrap().push(call);
                // Whoever waits for a late answer may give up and call again.
                tokio::spawn(async move {
                    tokio::time::sleep(reply.delay).await;
                    let wire = reply.wire();
                    drop(stream.write_all(&wire[..reply.cut_at.unwrap_or(wire.len())]).await);
                    drop(stream.shutdown().await);
                });
            }
        });
        Self { url, seen }
    }

    /// Calls for tokens.
    pub(super) fn token_calls(&self) -> Vec<Seen> {
        self.calls_where(|call| call.line.ends_with("/oauth/token"))
    }

    /// The other calls.
    pub(super) fn calls(&self) -> Vec<Seen> {
        self.calls_where(|call| !call.line.ends_with("/oauth/token"))
    }

    fn calls_where(&self, which: impl Fn(&Seen) -> bool) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|call| which(call)).cloned().collect()
    }
}

async fn hear(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let mut seen = Seen { line, head, body: bytes[end..].to_vec(), at: Instant::now() };
    // No Content-Length would be a chunked upload, which this command does not make.
    let length = seen.header("Content-Length").map_or(0, |length| length.parse().unwrap());
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}
