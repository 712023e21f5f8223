//! Tables without people, which no scope filters: who may call, stored answers, settings, reference lists. Everything about people
//! stands behind a `visible_to` instead.

/// Stored answers by idempotency key.
pub mod idempotency;
/// Who may call.
pub mod principals;
/// Reference lists, communes, settings.
pub mod reference;
