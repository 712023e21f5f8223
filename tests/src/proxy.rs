//! A wire between the API and PostgreSQL that a test cuts where it hurts most: around COMMIT, or altogether. It reads just enough of the
//! protocol (version 3, without TLS) to know a COMMIT when it passes; what must come of a cut is not decided here.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
                let commits = messages.take(&from_client[..count]);
                let cut = if commits { held(&wire.armed).take() } else { None };
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

impl Messages {
    /// Takes some bytes and tells whether a COMMIT is among the messages they complete. The driver waits for an answer after each one,
    /// so nothing else comes with it.
    fn take(&mut self, bytes: &[u8]) -> bool {
        const STARTUP: u32 = 3 << 16;
        self.rest.extend_from_slice(bytes);
        let mut commits = false;
        loop {
            // Before and at startup a message has no type: its length, then a number.
            let head = usize::from(self.started);
            let Some(length) = self.rest.get(head..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_be_bytes) else { break };
            let end = head + length as usize;
            let Some(message) = self.rest.get(..end) else { break };
            if self.started {
                let text = message[5..].to_ascii_uppercase();
                commits |= message[0] == b'Q' && text.starts_with(b"COMMIT");
            } else {
                self.started = message.get(4..).and_then(<[u8]>::first_chunk).copied().map(u32::from_be_bytes) == Some(STARTUP);
            }
            self.rest.drain(..end);
        }
        commits
    }
}
