//! What a terminal shows while `jalon send` works: bytes going out, then what is waited for. Not here: the report, which goes to
//! standard output.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use indicatif::{ProgressBar, ProgressStyle};

/// Bytes per step of the bar.
const STEP: usize = 16 * 1024;

/// The line on the terminal.
#[derive(Clone, Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// On standard error; hidden by itself where that is no terminal.
    pub(super) fn on_terminal() -> Self {
        Self(ProgressBar::new(0))
    }

    /// Nowhere.
    #[cfg(test)]
    pub(super) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// A body that is counted as it goes out.
    pub(super) fn upload(&self, bytes: Bytes) -> Upload {
        self.0.disable_steady_tick();
        self.0.set_length(bytes.len() as u64);
        self.0.set_position(0);
        self.show("{msg}  {bar:40} {bytes} / {total_bytes}", "envoi");
        Upload { rest: bytes, progress: self.clone() }
    }

    /// Nothing to count: the server's turn, or time that must pass.
    pub(super) fn wait(&self, what: &str) {
        self.show("{spinner} {msg}", what);
        self.0.enable_steady_tick(Duration::from_millis(100));
    }

    /// Leaves the line to what is printed next.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }

    /// What it says.
    #[cfg(test)]
    pub(super) fn message(&self) -> String {
        self.0.message()
    }

    /// Begins a line of another kind.
    fn show(&self, template: &str, message: &str) {
        self.0.reset();
        self.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.0.set_message(message.to_owned());
    }
}

/// A request's body.
#[derive(Debug)]
pub(super) struct Upload {
    rest: Bytes,
    progress: Progress,
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let step = self.rest.len().min(STEP);
        let frame = Frame::data(self.rest.split_to(step));
        self.progress.0.inc(step as u64);
        if self.rest.is_empty() {
            self.progress.wait("le serveur examine le fichier");
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
