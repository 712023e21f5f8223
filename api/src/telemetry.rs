//! What the server writes about itself: one JSON line per event on standard output, times in UTC, never the text of a
//! statement. Not here: the span of a request, and the access log, which is data and not telemetry.

use std::io::{self, IsTerminal};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, registry};

use crate::config::{Config, LogFormat};

/// Starts writing as `config` asks. Once per process: later calls change nothing, so that tests may share one.
pub fn init(config: &Config) {
    let ansi = config.log_format == LogFormat::Text && io::stdout().is_terminal();
    let _ = subscriber(&config.log, config.log_format, ansi, io::stdout).try_init();
}

/// Starts writing warnings alone, or what `config` asks for by name, on standard error: the demonstration's standard output is for
/// its visitor.
pub fn init_quietly(config: &Config) {
    let ansi = config.log_format == LogFormat::Text && io::stderr().is_terminal();
    let log = if config.log == "info" { "warn" } else { &config.log };
    let _ = subscriber(log, config.log_format, ansi, io::stderr).try_init();
}

fn subscriber<W>(log: &str, format: LogFormat, ansi: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(ansi).with_span_events(FmtSpan::NONE);
    let layer = match format {
        // The spans around an event, outermost first: the first is the request and carries its id.
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed(),
        LogFormat::Text => layer.boxed(),
    };
    registry().with(filter(log).unwrap_or_else(|| EnvFilter::new("info"))).with(filter_fn(is_wordless)).with(layer)
}

/// The filter that a `JALON_LOG` asks for, if it is one.
pub(crate) fn filter(log: &str) -> Option<EnvFilter> {
    EnvFilter::builder().with_regex(false).parse(log).ok()
}

/// Keeps statements out of the log whatever the filter says: their texts go by below `warn`, and those of slow ones at `warn`
/// under `sqlx::query`.
fn is_wordless(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let within = |name: &str| target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    if within("sqlx::query") || within("sqlx::explain") {
        return false;
    }
    let storage = ["sea_orm", "sqlx", "sqlx_core", "sqlx_postgres", "sqlx_sqlite"].into_iter().any(within);
    !storage || *metadata.level() <= Level::WARN
}

/// The trace and the span that a caller says it is in, by its `traceparent` header (W3C Trace Context): 32 and 16 lower-case
/// hexadecimal digits, neither all zero. A header that is not exactly one is none.
pub fn traceparent(header: Option<&str>) -> Option<(u128, u64)> {
    let header = header?;
    let mut parts = header.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let well_formed = hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    // A later version may say more after its flags; version 00 may not, and ff is none.
    let versioned = version != "ff" && (version != "00" || parts.next().is_none());
    let (trace, parent) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(parent, 16).ok()?);
    (well_formed && versioned && trace != 0 && parent != 0).then_some((trace, parent))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(log: &str, format: LogFormat, act: impl FnOnce()) -> String {
        let page = Page::default();
        let copy = page.clone();
        tracing::subscriber::with_default(subscriber(log, format, false, move || copy.clone()), act);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_event_is_one_line_of_json_with_its_spans_and_a_time_in_utc() {
        let line = written("info", LogFormat::Json, || {
            let _request = tracing::info_span!("request", request_id = "r1").entered();
            let _step = tracing::info_span!("step").entered();
            tracing::info!(target: "jalon", status = 200, "answered");
        });
        assert_eq!(line.lines().count(), 1);
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&event["message"], &event["status"], &event["level"]), (&"answered".into(), &200.into(), &"INFO".into()));
        assert_eq!(event["spans"][0]["request_id"], "r1");
        assert!(event["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn text_is_written_when_asked_for() {
        let line = written("info", LogFormat::Text, || tracing::warn!("mind the step"));
        assert!(line.contains("WARN") && line.contains("mind the step") && !line.starts_with('{'), "{line}");
    }

    #[test]
    fn the_filter_is_followed() {
        let lines = written("warn,jalon=debug", LogFormat::Json, || {
            tracing::info!(target: "elsewhere", "hidden");
            tracing::debug!(target: "jalon", "shown");
            tracing::trace!(target: "jalon", "hidden");
        });
        assert!(lines.contains("shown") && !lines.contains("hidden"));
    }

    #[test]
    fn no_filter_brings_out_the_text_of_a_statement() {
        for log in ["trace", "info,sqlx=trace,sea_orm=trace", "info,sqlx::query=trace", "info,sqlx::query[{}]=trace"] {
            let lines = written(log, LogFormat::Json, || {
                tracing::warn!(target: "sqlx::query", "SELECT slow");
                tracing::trace!(target: "sqlx::explain", "SELECT explained");
                tracing::info!(target: "sqlx::postgres::notice", "SELECT noticed");
                tracing::debug!(target: "sea_orm::driver", "SELECT debugged");
                let _span = tracing::info_span!(target: "sea_orm", "query", statement = "SELECT spanned").entered();
                tracing::error!(target: "sqlx::pool::acquire", "shown");
                tracing::error!(target: "jalon", "shown");
            });
            assert!(!lines.contains("SELECT"), "{log}: {lines}");
            assert!(lines.contains("shown"), "{log}");
        }
    }

    #[test]
    fn a_migration_may_be_announced() {
        let lines = written("info", LogFormat::Json, || tracing::info!(target: "sea_orm_migration::migrator", "Applying migration"));
        assert!(lines.contains("Applying migration"));
    }

    #[test]
    fn starting_twice_changes_nothing() {
        let config = Config::from_pairs([("JALON_LOG".to_owned(), "error".to_owned())].into_iter()).unwrap();
        init(&config);
        init(&config);
    }

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    #[test]
    fn a_traceparent_names_its_trace_and_its_parent() {
        for good in [
            format!("00-{TRACE}-{PARENT}-01"),
            format!("00-{TRACE}-{PARENT}-00"),
            format!("cc-{TRACE}-{PARENT}-ff"),
            format!("cc-{TRACE}-{PARENT}-01-what-the-future-says"),
        ] {
            assert_eq!(traceparent(Some(&good)), Some((0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, 0xb7ad_6b71_6920_3331)), "{good}");
        }
    }

    #[test]
    fn what_is_not_exactly_a_traceparent_is_none() {
        assert_eq!(traceparent(None), None);
        let zeros = "0".repeat(32);
        for bad in [
            String::new(),
            "-".to_owned(),
            "00".to_owned(),
            format!("00-{TRACE}-{PARENT}"),
            format!("00-{TRACE}-{PARENT}-"),
            format!("00-{TRACE}-{PARENT}-1"),
            format!("00-{TRACE}-{PARENT}-001"),
            format!("00-{TRACE}-{PARENT}-01-"),
            format!("00-{TRACE}-{PARENT}-01-more"),
            format!("00-{TRACE}-{PARENT}-01 "),
            format!(" 00-{TRACE}-{PARENT}-01"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!("0-{TRACE}-{PARENT}-01"),
            format!("FE-{TRACE}-{PARENT}-01"),
            format!("cc-{TRACE}-{PARENT}-01more"),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", PARENT.to_uppercase()),
            format!("00-{TRACE}-{PARENT}-0G"),
            format!("00-{zeros}-{PARENT}-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{TRACE}0-{PARENT}-01"),
            format!("00-{}-{PARENT}-01", &TRACE[1..]),
            format!("00_{TRACE}_{PARENT}_01"),
            format!("00-{TRACE}-{PARENT}-01, 00-{TRACE}-{PARENT}-01"),
            format!("00-{}é-{PARENT}-01", &TRACE[2..]),
        ] {
            assert_eq!(traceparent(Some(&bad)), None, "{bad:?}");
        }
    }
}
