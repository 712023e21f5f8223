//! Every test over HTTP, in one binary: one PostgreSQL and one set of templates serve them all. Each runs on both engines.
#![expect(
    clippy::too_many_lines,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test tells one story, and one that cannot go on stops: its panic is its message"
)]

/// One valid example of every operation.
mod table;
/// The harness itself.
mod basics;
/// Who may call what.
mod access;
/// Tokens and where they come from.
mod tokens;
/// Sessions and their sheets.
mod attendance;
/// Attendance in batches.
mod submissions;
/// Referrals: sent, answered, followed.
mod referrals;
/// People: who they are, matched, found, merged.
mod people;
/// The feed that receivers pull.
mod feed;
/// What every client may rely on.
mod conventions;
/// What the document shows.
mod examples;
/// What hangs on a person.
mod file;
/// Which accompaniment, by whom, since when.
mod orientations;
/// What a person and whoever accompanies them promise each other.
mod contracts;
/// What is well formed and refused all the same.
mod refusals;
/// Who sees what.
mod visibility;
/// Who learns what of a person: the reviewed table.
mod disclosure;
/// Many requests at the same moment.
mod concurrency;
/// How many statements an answer costs.
mod statements;
/// What no well-behaved client sends.
mod nasty;
/// What the database does to the server.
mod engines;
/// What a released client can bear.
mod gate;
/// What must never leave.
mod canary;
/// The real binary as a process.
mod process;
