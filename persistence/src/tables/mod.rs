//! One entity per table of `migration`, and nothing else: the schema at a glance. No relation and no query: a query names its
//! own joins, beside its `visible_to`.

#![cfg_attr(not(test), allow(dead_code, reason = "a table may wait for its first query; expect cannot tell, an entity uses its own model"))]

pub(crate) mod access;
pub(crate) mod access_grant;
pub(crate) mod access_person;
pub(crate) mod action;
pub(crate) mod action_group;
pub(crate) mod agreement;
pub(crate) mod attendance;
pub(crate) mod attendance_history;
pub(crate) mod barrier;
pub(crate) mod beneficiary;
pub(crate) mod beneficiary_name;
pub(crate) mod beneficiary_nir;
pub(crate) mod client;
pub(crate) mod client_secret;
pub(crate) mod commune;
pub(crate) mod contract;
pub(crate) mod contract_edition;
pub(crate) mod delegation;
pub(crate) mod enrolment;
pub(crate) mod event;
pub(crate) mod feed;
pub(crate) mod feed_checkpoint;
pub(crate) mod feed_item;
pub(crate) mod held_line;
pub(crate) mod household;
pub(crate) mod idempotency;
pub(crate) mod idempotency_person;
pub(crate) mod intervention;
pub(crate) mod merge;
pub(crate) mod merge_move;
pub(crate) mod milestone;
pub(crate) mod nir_key;
pub(crate) mod organisation;
pub(crate) mod organisation_site;
pub(crate) mod orientation;
pub(crate) mod partner_line;
pub(crate) mod place_count;
pub(crate) mod principal;
pub(crate) mod professional;
pub(crate) mod professional_territory;
pub(crate) mod readiness;
pub(crate) mod reference_code;
pub(crate) mod referral;
pub(crate) mod referral_version;
pub(crate) mod revision;
pub(crate) mod rsa_right;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod submission;
pub(crate) mod submission_line;
pub(crate) mod territory;
pub(crate) mod territory_commune;

#[cfg(test)]
mod drift;
