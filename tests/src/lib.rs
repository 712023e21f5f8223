//! What the tests over HTTP start from: a real server on a real database, callers of every role, a vocabulary that gives them a
//! world, and the contract that every answer is held against. No test is here.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on stops: its panic is its message"
)]

/// The PostgreSQL that the tests share.
pub mod postgres;
/// Tokens that must be refused.
pub mod forgery;
/// A clock that a test sets.
pub mod clock;
/// A database of each test's own.
pub mod database;
/// What the server logged.
pub mod logs;
/// The served contract, and answers held against it.
pub mod contract;
/// What a server answered.
pub mod answer;
/// Requests as bytes, for what no well-behaved client sends.
pub mod raw;
/// Callers.
pub mod client;
/// A server of each test's own.
pub mod server;
/// A world to test in.
pub mod given;
/// Tables of texts and the files that spreadsheets make of them.
pub mod spreadsheet;
/// Somebody else in the same database.
pub mod rival;
/// Wires that break.
pub mod proxy;
/// What was sent, what was answered, and whether the database holds just that.
pub mod ledger;
/// The same test on both engines.
pub mod both;
/// What breaks a client between two documents.
pub mod gate;

pub use answer::Answer;
pub use both::{on_both, on_both_with, on_databases};
pub use client::Client;
pub use server::TestServer;
