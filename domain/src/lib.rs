//! Jalon's rules, pure: no async, no storage, no HTTP, no clock, no randomness. Modules in reading order. The blank lines keep
//! `cargo fmt` from sorting them.

/// Identifiers that know what they identify.
pub mod id;
/// The same, by a short name each.
pub mod ids;

/// How a decision says no; the rules with their codes; `Decided`.
pub mod refusal;

/// Lists and numbers with bounds, as orders are read.
pub mod form;

/// Parsed strings.
pub mod text;

/// National identifiers and the person reference.
pub mod identifier;

/// Days, half-days, periods, public holidays.
pub mod calendar;

/// Coded lists, dated.
pub mod vocabulary;

/// The département's own dated settings.
pub mod settings;

/// Version and dates of an edited thing; the change of one.
pub mod change;

/// Facts that are written with a change.
pub mod event;

/// Who asks.
pub mod actor;

/// Who may use which function, over what.
pub mod policy;

/// Organisations, their sites, delegations and agreements.
pub mod organisation;

/// Machines of organisations, and their secrets.
pub mod client;

/// People who work in organisations.
pub mod professional;

/// Territories of the département.
pub mod territory;

/// National law, dated.
pub mod law;

/// The three types of accompaniment.
pub mod accompaniment;

/// The file number of a household, and who holds it.
pub mod household;

/// People who take part.
pub mod beneficiary;

/// How names are read: forgiving what people write differently.
pub mod naming;

/// Whether somebody is in the files already.
pub mod matching;

/// Two files of one person become one.
pub mod merge;

/// RSA rights by episode, with their dated duties.
pub mod rsa_right;

/// What a person came through.
pub mod milestone;

/// Which accompaniment, by whom, since when.
pub mod orientation;

/// How many places there are for an accompaniment.
pub mod place;

/// Whether somebody is able to take steps towards work.
pub mod readiness;

/// Contracts: drawn up, signed, followed; the synthesis of everything done with a person.
pub mod contract;

/// What is due, and by when.
pub mod deadline;

/// What holds a person back.
pub mod barrier;

/// What was done with a person.
pub mod intervention;

/// Who read what; break-glass grants.
pub mod access;

/// Collective actions.
pub mod action;

/// Groups of an action.
pub mod group;

/// Half-day sessions of a group, alone or in series.
pub mod session;

/// Who is enrolled in a group, and what it brought.
pub mod enrolment;

/// The attendance sheet of a session.
pub mod attendance;

/// Referrals, from the département to a receiver.
pub mod referral;

/// The feed a receiver pulls.
pub mod feed;

/// Who a person is beyond doubt, and who is told.
pub mod identity;

/// Attendance in batches: lines, receipts, held lines.
pub mod submission;

/// What the unit tests start from.
#[cfg(test)]
mod given;
