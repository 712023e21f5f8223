//! The binary as tests run and kill it: the command line of `api` and nothing more. What it must do is in `tests/process.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    api::cli::run()
}
