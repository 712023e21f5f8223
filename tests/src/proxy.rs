//! Wires that a test cuts where it hurts most. Between the API and PostgreSQL: around BEGIN and COMMIT, or altogether; it reads just enough of the
//! protocol (version 3, without TLS) to know them when they pass. Between a caller and the API: after any byte. What must come of a
//! cut is not decided here.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to the next COMMIT, and to it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The connection is lost before it is forwarded.
    BeforeCommit,
    /// It is forwarded; once the database has answered, the connection is lost with that answer.
    AfterCommit,
}

/// Who listens in front of the database.
///
/// On a thread of its own: a server that starts keeps the thread of its caller until its workers are connected.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    accepting: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[derive(Debug)]
struct Wire {
    upstream: String,
    armed: Mutex<Option<Cut>>,
    fired: Mutex<u32>,
    /// How long the answer to the next BEGIN takes.
    slow: Mutex<Option<Duration>>,
    /// One more each time that every connection is lost.
    lost: watch::Sender<u32>,
    /// Nothing passes in either direction, and no connection is lost.
    silent: watch::Sender<bool>,
    /// How many connections are still taken; none is every one.
    left: Mutex<Option<u32>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Stands in front of the database of this URL.
    pub async fn before(url: &str) -> Self {
        let upstream = host_of(url).to_owned();
        let wire = Wire {
            upstream,
            armed: Mutex::new(None),
            fired: Mutex::new(0),
            slow: Mutex::new(None),
            lost: watch::Sender::new(0),
            silent: watch::Sender::new(false),
            left: Mutex::new(None),
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut proxy = Self { address: ([127, 0, 0, 1], 0).into(), wire: Arc::new(wire), accepting: None, runtime: Some(runtime) };
        proxy.come_back().await;
        proxy
    }

    /// The same database, through this wire.
    pub fn url(&self, url: &str) -> String {
        url.replacen(host_of(url), &self.address.to_string(), 1)
    }

    /// Cuts the next COMMIT.
    pub fn cut(&self, cut: Cut) {
        *held(&self.wire.armed) = Some(cut);
    }

    /// How many COMMITs were cut so far.
    pub fn cuts(&self) -> u32 {
        *held(&self.wire.fired)
    }

    /// The answer to the next BEGIN, and to it alone, takes so long.
    pub fn slow_down_begin(&self, pause: Duration) {
        *held(&self.wire.slow) = Some(pause);
    }

    /// Whether that has happened.
    pub fn has_slowed_down(&self) -> bool {
        held(&self.wire.slow).is_none()
    }

    /// The database is unreachable: every connection is lost, new ones are refused.
    pub async fn go_down(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // Its listener is closed once it has ended.
            let _ = accepting.await;
        }
        self.lose_all();
    }

    /// The database can be reached again, at the same address.
    pub async fn come_back(&mut self) {
        let (wire, address) = (self.wire.clone(), self.address);
        let runtime = self.runtime.as_ref().unwrap();
        let listener = runtime.spawn(async move { TcpListener::bind(address).await.unwrap() }).await.unwrap();
        self.address = listener.local_addr().unwrap();
        self.accepting = Some(runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let taken = match &mut *held(&wire.left) {
                    Some(0) => false,
                    left => {
                        *left = left.map(|count| count - 1);
                        true
                    }
                };
                if taken {
                    let wire = wire.clone();
                    tokio::spawn(async move { carry(&wire, client).await });
                }
            }
        }));
    }

    /// Every connection is lost; new ones are taken.
    pub fn lose_all(&self) {
        self.wire.lost.send_modify(|times| *times += 1);
    }

    /// So many connections more are taken, and then none: those that come too late are hung up on.
    pub fn take_only(&self, count: u32) {
        *held(&self.wire.left) = Some(count);
    }

    /// Nothing passes any more, and nobody is told. `false` lets everything on.
    pub fn fall_silent(&self, silent: bool) {
        self.wire.silent.send_replace(silent);
    }
}

/// The host and port of a URL.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// One connection, until either side or the test ends it.
async fn carry(wire: &Wire, mut client: TcpStream) {
    let Ok(mut server) = TcpStream::connect(&wire.upstream).await else { return };
    let mut lost = wire.lost.subscribe();
    let mut silent = wire.silent.subscribe();
    let (mut from_client, mut from_server) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut messages = Messages::default();
    let mut answer_is_lost = false;
    loop {
        if *silent.borrow_and_update() {
            tokio::select! {
                _ = lost.changed() => return,
                _ = silent.changed() => continue,
            }
        }
        tokio::select! {
            _ = lost.changed() => return,
            _ = silent.changed() => {}
            read = client.read(&mut from_client) => {
                let Ok(count @ 1..) = read else { return };
                let seen = messages.take(&from_client[..count]);
                let cut = if seen.commit { held(&wire.armed).take() } else { None };
                let slow = if seen.begin { held(&wire.slow).take() } else { None };
                if cut.is_some() {
                    *held(&wire.fired) += 1;
                }
                match cut {
                    Some(Cut::BeforeCommit) => return,
                    Some(Cut::AfterCommit) => answer_is_lost = true,
                    None => {}
                }
                if server.write_all(&from_client[..count]).await.is_err() {
                    return;
                }
                if let Some(pause) = slow {
                    tokio::time::sleep(pause).await;
                }
            }
            read = server.read(&mut from_server) => {
                let Ok(count @ 1..) = read else { return };
                if answer_is_lost || client.write_all(&from_server[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// What a client says, message by message.
#[derive(Debug, Default)]
struct Messages {
    rest: Vec<u8>,
    started: bool,
}

/// What is among the messages that some bytes complete.
#[derive(Debug, Default)]
struct Noticed {
    begin: bool,
    commit: bool,
}

impl Messages {
    /// Takes some bytes and tells what is among the messages they complete. The driver waits for an answer after a BEGIN or a COMMIT,
    /// so nothing else comes with it.
    fn take(&mut self, bytes: &[u8]) -> Noticed {
        const STARTUP: u32 = 3 << 16;
        self.rest.extend_from_slice(bytes);
        let mut noticed = Noticed::default();
        loop {
            // Before and at startup a message has no type: its length, then a number.
            let head = usize::from(self.started);
            let Some(length) = self.rest.get(head..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_be_bytes) else { break };
            let end = head + length as usize;
            let Some(message) = self.rest.get(..end) else { break };
            if self.started {
                let text = message[5..].to_ascii_uppercase();
                noticed.begin |= message[0] == b'Q' && text.starts_with(b"BEGIN");
                noticed.commit |= message[0] == b'Q' && text.starts_with(b"COMMIT");
            } else {
                self.started = message.get(4..).and_then(<[u8]>::first_chunk).copied().map(u32::from_be_bytes) == Some(STARTUP);
            }
            self.rest.drain(..end);
        }
        noticed
    }
}

/// Where the wire between a caller and the API breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Once so many bytes of the request have passed.
    InRequest(usize),
    /// So long after the whole request has passed, whatever of the answer has passed by then.
    After(Duration),
    /// Once so many bytes of the answer have passed. The API gets rid of the rest of its answer: somebody between the two reads it.
    InAnswer(usize),
    /// The same, and the API's own connection is reset at that moment.
    InAnswerAndReset(usize),
}

/// What passed on a wire that broke.
#[derive(Clone, Debug, Default)]
pub struct Broken {
    /// What the caller heard.
    pub heard: Vec<u8>,
    /// What the API said, heard or not.
    pub said: Vec<u8>,
}

/// How long an answer may be waited for on such a wire.
const PATIENCE: Duration = Duration::from_secs(40);

/// Sends a request through a wire that breaks. The request asks for its connection to be closed, so that an answer has an end.
pub async fn send_and_break(address: SocketAddr, request: &[u8], at: Break) -> Broken {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = listener.local_addr().unwrap();
    let length = request.len();
    let wire = tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        carry_and_break(client, TcpStream::connect(address).await.unwrap(), length, at).await
    });
    let mut stream = TcpStream::connect(front).await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut heard = Vec::new();
    tokio::join!(
        async {
            // The wire may be gone before all of it is written.
            let _ = write.write_all(request).await;
        },
        async {
            let _ = read.read_to_end(&mut heard).await;
        }
    );
    Broken { heard, said: wire.await.unwrap() }
}

/// One request of so many bytes and its answer, until the wire breaks. What the API said.
async fn carry_and_break(mut client: TcpStream, mut server: TcpStream, length: usize, at: Break) -> Vec<u8> {
    let passing = if let Break::InRequest(count) = at { count.min(length) } else { length };
    let mut request = vec![0; passing];
    if client.read_exact(&mut request).await.is_err() || server.write_all(&request).await.is_err() {
        return Vec::new();
    }
    let mut said = Vec::new();
    match at {
        Break::InRequest(_) => {}
        Break::After(pause) => {
            let passing = async {
                let mut bytes = vec![0; 16 * 1024];
                while let Ok(count @ 1..) = server.read(&mut bytes).await {
                    said.extend_from_slice(&bytes[..count]);
                    let _ = client.write_all(&bytes[..count]).await;
                }
            };
            let _ = tokio::time::timeout(pause, passing).await;
        }
        Break::InAnswer(count) => {
            let _ = tokio::time::timeout(PATIENCE, server.read_to_end(&mut said)).await;
            let _ = client.write_all(&said[..count.min(said.len())]).await;
        }
        Break::InAnswerAndReset(count) => {
            // The first byte is there when there is an answer at all: what it says was done then.
            said.resize(count.max(1), 0);
            let _ = tokio::time::timeout(PATIENCE, server.read_exact(&mut said)).await;
            let _ = client.write_all(&said[..count]).await;
        }
    }
    if !matches!(at, Break::InAnswer(_)) {
        // Bytes that wait unread make the kernel reset a connection; without them this does.
        let _ = server.set_zero_linger();
    }
    said
}
