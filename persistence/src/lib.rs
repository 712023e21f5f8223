//! Jalon's storage: one code path over sea-orm for SQLite and PostgreSQL. It loads what the caller may see and saves what
//! `domain` decided; there is no rule here, and no HTTP. Tables are private: aggregates and plain rows are what leaves.

/// Connections, read and write, on both engines.
pub mod db;
/// The four kinds of failure.
pub mod error;
/// Keyset pages.
pub mod page;
/// Which rows a scope reaches; how a select is run.
mod select;
/// Rows of several tables in one statement.
mod json;
/// Former states of edited rows.
mod revision;
/// Facts written with a change.
mod events;
/// The log of reads.
pub mod access;
/// The words by which people are found.
mod names;
/// Tables without people, which no scope filters.
pub mod machinery;
/// One entity per table.
mod tables;

pub mod access_grants;
pub mod actions;
pub mod attendance;
pub mod barriers;
pub mod beneficiaries;
pub mod clients;
pub mod contracts;
pub mod deadlines;
pub mod enrolments;
pub mod feeds;
pub mod files;
pub mod groups;
pub mod held_lines;
pub mod households;
pub mod interventions;
pub mod me;
pub mod merges;
pub mod milestones;
pub mod needs;
pub mod nirs;
pub mod organisations;
pub mod orientations;
pub mod pieces;
pub mod places;
pub mod professionals;
pub mod referrals;
pub mod rsa_rights;
pub mod search;
pub mod sessions;
pub mod submissions;
pub mod synthesis;
pub mod territories;

pub use access::{AccessLog, Arrivals};
pub use db::{Answer, By, Clock, Db, Engine, Ids, Key, OnStatement, Options, Outcome, Read, Retryable, Source, Store, Write};
pub use error::Error;
pub use page::{Listing, Page, Position};

/// The PostgreSQL that the tests share.
#[cfg(test)]
#[expect(unreachable_pub, reason = "the same file serves the crate `api-tests`")]
#[path = "../../tests/src/postgres.rs"]
mod postgres;

/// What the tests of more than one module start from.
#[cfg(test)]
mod given;

/// Which indexes the hot queries use.
#[cfg(test)]
mod plans;
