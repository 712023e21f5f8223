//! What every server of this process logged, at the most talkative level that an operator would ask for: tests look there for what
//! must never be in it.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Ours at `debug` and those who might log a request; not the client of the tests, whose words are no log of a server.
const FILTER: &str = "debug,reqwest=off,hyper=off,hyper_util=off";

#[derive(Debug)]
struct Page;

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts to listen, once per process. The layer is the one of `api::telemetry`, without its filter over storage: what storage says
/// at `debug` must be harmless too.
pub fn listen() {
    static LISTENING: OnceLock<()> = OnceLock::new();
    LISTENING.get_or_init(|| {
        let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(true).with_writer(|| Page);
        tracing_subscriber::registry().with(EnvFilter::new(FILTER)).with(layer).init();
    });
}

/// Everything logged so far, by every test.
pub fn written() -> String {
    String::from_utf8_lossy(&WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
