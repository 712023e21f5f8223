//! Who is calling: tokens, the endpoint that gives them, and the layer that asks for one. What a caller may do is `domain::policy`'s.

pub(crate) mod middleware;
pub(crate) mod oauth;
pub(crate) mod secret;
pub(crate) mod token;
