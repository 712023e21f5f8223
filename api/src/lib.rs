//! Jalon over HTTP and from the command line. Handlers tell the story load → decide → save → show; rules are in `domain`, SQL in
//! `persistence`. Modules in reading order.

/// The command line.
pub mod cli;
/// A département in a box.
pub mod demo;
/// The configuration, by environment.
pub mod config;
/// The machine's clock.
pub mod clock;
/// Signing key, pepper, keys of the social security numbers.
pub mod keys;
/// What workers share.
mod state;
/// Starting and stopping.
pub mod server;
/// Beside the requests.
mod background;
/// Logs and trace context.
pub mod telemetry;
/// Every route.
mod routes;
/// The contract.
pub mod openapi;
/// The outermost layer.
mod gate;
/// Who is calling.
mod auth;
/// One call, step by step.
mod call;
/// The raw body.
mod extract;
/// What orders have in common.
mod order;
/// Strict JSON.
mod json;
/// Refusals.
mod problem;
/// Answers.
mod show;
/// Texts that only we can write.
mod signed;
/// Lists.
mod page;
/// Entity tags.
mod conditional;
/// Idempotency keys.
mod idempotency;
/// Probes.
mod health;
/// The contract for people and machines.
mod docs;
/// Who the caller is.
mod me;
/// Coded lists.
mod reference;
/// Organisations, their sites, delegations and agreements.
mod organisations;
/// Machines of organisations.
mod clients;
/// People who work in organisations.
mod professionals;
/// Parts of the département.
mod territories;
/// The département's own settings.
mod settings;
/// Who read what.
mod access_log;
/// People who take part.
mod beneficiaries;
/// Their social security numbers.
mod nir;
/// Their RSA rights and duties.
mod rsa_rights;
/// What they came through.
mod milestones;
/// Which accompaniment they have, by whom.
mod orientations;
/// What they and whoever accompanies them promise each other.
mod contracts;
/// What is printed to be signed on paper.
mod print;
/// Whether they are able to take steps towards work.
mod readiness;
/// Places for accompaniments.
mod places;
/// What is due.
mod deadlines;
/// What a territory needs.
mod needs;
/// What holds them back.
mod barriers;
/// What was done with them.
mod interventions;
/// Breaking the glass.
mod access_grants;
/// Collective actions.
mod actions;
/// Groups of an action.
mod groups;
/// Who is enrolled in a group.
mod enrolments;
/// Sessions and their attendance sheets.
mod sessions;
/// Partners' files, read and written.
mod attendance_file;
/// Attendance in batches.
mod submissions;
/// Lines held for the département.
mod held_lines;
/// Referrals and what their receivers answer.
mod referrals;
/// The feed that a receiver pulls.
mod referral_feed;
