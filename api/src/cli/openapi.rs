//! Printing the OpenAPI document, and holding the committed one against the code. What is in it is not decided here.

use std::io::Write as _;
use std::process::ExitCode;

use crate::openapi;
use crate::server::StartError;

/// Where the published contract is committed.
const COMMITTED: &str = "openapi/openapi.json";

pub(super) fn run(check: bool) -> Result<ExitCode, StartError> {
    if !check {
        // The document is for a pipe: a closed one is the reader's choice.
        drop(std::io::stdout().write_all(openapi::text().as_bytes()));
        return Ok(ExitCode::SUCCESS);
    }
    let committed = std::fs::read_to_string(COMMITTED).map_err(|error| StartError(format!("{COMMITTED} cannot be read: {error}")))?;
    if committed == openapi::text() {
        super::say(&format!("{COMMITTED} is the document that is served"));
        return Ok(ExitCode::SUCCESS);
    }
    let line = committed.lines().zip(openapi::text().lines()).position(|(old, new)| old != new).map_or(0, |place| place + 1);
    Err(StartError(format!("{COMMITTED} differs from the code from line {line} on: review, then `cargo run -- openapi > {COMMITTED}`")))
}
