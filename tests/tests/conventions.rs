//! What every client may rely on whatever it asks for: keys, entity tags, lists, headers, limits. Each convention has a file; what one
//! particular operation does is not here.

/// A request that is sent twice happens once.
mod idempotency;
/// Entity tags: what has not changed is not sent, what has is not overwritten.
mod tags;
/// Pages and cursors.
mod lists;
/// A copy that stays in step.
mod synchronising;
/// Headers, languages, limits, other origins, the end.
mod headers;
