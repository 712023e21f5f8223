//! What whoever runs a benchmark asks for, and how times are summed up. What is measured is not here.

use std::time::Duration;

use api_tests::database::Database;
use persistence::Engine;

/// That of the program `jalon`: the server runs in the benchmark's own process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The arguments: `--postgres`, and names with a value.
pub(crate) struct Asked {
    /// SQLite, where nothing else is said.
    pub(crate) engine: Engine,
    arguments: Vec<String>,
}

impl Asked {
    pub(crate) fn read() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
        let engine = if arguments.iter().any(|argument| argument == "--postgres") { Engine::Postgres } else { Engine::Sqlite };
        Self { engine, arguments }
    }

    /// What follows this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let place = self.arguments.iter().position(|argument| argument == name)?;
        self.arguments.get(place + 1).map(String::as_str)
    }

    /// A database of its own on that engine.
    pub(crate) fn database(&self) -> Database {
        Database::fresh(self.engine).expect("that engine is not on this machine")
    }
}

/// What so many in a hundred of these times, which are in order, do not exceed: in milliseconds.
pub(crate) fn percentile(times: &[Duration], part: usize) -> f64 {
    times.get((times.len() * part).div_ceil(100).saturating_sub(1)).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
