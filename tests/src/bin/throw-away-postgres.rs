//! `throw-away-postgres`: the URL of an empty database on the tests' own server, on one line. Both are gone once standard input ends.
#![expect(clippy::print_stdout, reason = "the URL is what it is run for")]

use std::io::{copy, sink, stdin};
use std::process::ExitCode;

use api_tests::database::runtime;
use api_tests::postgres::cluster;

fn main() -> ExitCode {
    let Some(cluster) = cluster() else { return ExitCode::FAILURE };
    println!("{}", runtime().block_on(cluster.create_database(None)));
    match copy(&mut stdin(), &mut sink()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
