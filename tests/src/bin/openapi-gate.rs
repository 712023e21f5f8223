//! `openapi-gate RELEASED COMMITTED APPROVED`: refuses a committed OpenAPI document that breaks clients of the released one, but for
//! what a line of the third file approves. The rules are in `api_tests::gate`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the findings are what it is run for")]

use std::fs;
use std::process::ExitCode;

use api_tests::gate::{Verdict, breaks, judge};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [released, committed, approved] = arguments.as_slice() else {
        eprintln!("openapi-gate RELEASED COMMITTED APPROVED");
        return ExitCode::from(2);
    };
    match compare(released, committed, approved) {
        Err(why) => {
            eprintln!("openapi-gate: {why}");
            ExitCode::from(2)
        }
        Ok(verdict) => {
            verdict.approved.iter().for_each(|finding| println!("approved: {finding}"));
            verdict.refused.iter().for_each(|finding| println!("breaks: {finding}"));
            verdict.idle.iter().for_each(|line| println!("approves nothing, or gives no reason: {line}"));
            let counts = (verdict.refused.len(), verdict.approved.len(), verdict.idle.len());
            println!("{} breaks, {} approved, {} idle approvals in {approved}", counts.0, counts.1, counts.2);
            if verdict.passes() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

fn compare(released: &str, committed: &str, approved: &str) -> Result<Verdict, String> {
    let read = |path: &str| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let document = |path: &str| serde_json::from_str(&read(path)?).map_err(|error| format!("{path}: {error}"));
    Ok(judge(breaks(&document(released)?, &document(committed)?), &read(approved)?))
}
