//! Fresh secrets for the demonstration's machines at each start, and tokens for its people: what was printed before opens nothing any
//! more. They come from the operating system's chance, never from the seed.

use chrono::TimeDelta;
use domain::actor::Role;
use domain::policy::ManageClient;
use persistence::{Write, clients};
use serde::Serialize;

use super::maker::Maker;
use super::{organisations, staff};
use crate::auth::{oauth, secret};
use crate::problem::Stop;
use crate::state::Shared;

/// A machine with its new secret.
#[derive(Debug, Serialize)]
pub(super) struct Credential {
    pub(super) name: String,
    /// The organisation's kind.
    pub(super) kind: &'static str,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// Its scopes, in one text.
    pub(super) scope: String,
}

/// A professional with a token.
#[derive(Debug, Serialize)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) role: &'static str,
    pub(super) token: String,
}

/// How long a professional's token lives.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(12);

/// Replaces the secrets of the invented machines, the first association's first. A machine that a visitor disabled stays so.
pub(super) async fn renew(maker: &Maker<'_>, w: &Write, pepper: &[u8; 32], random: impl Fn() -> [u8; 32]) -> Result<Vec<Credential>, Stop> {
    let scope = maker.may::<ManageClient>(maker.world.now)?;
    let mut credentials = Vec::new();
    for (n, kind, _) in organisations::all() {
        let Some(client) = clients::lock(w, &scope, organisations::client_id(maker, n)).await?.filter(|client| client.disabled_at.is_none()) else {
            continue;
        };
        let mut client = client;
        if client.secrets.iter().any(|secret| secret.is_active(maker.world.now)) {
            let revoked = client.revoke_all_secrets(&scope);
            clients::save(w, &revoked).await?;
            client = revoked.after.clone();
        }
        let client_secret = secret::generate(random());
        let given = client.give_secret(&scope, w.id(), secret::digest(pepper, &client_secret), None)?;
        clients::save_secret(w, &given).await?;
        credentials.push(Credential {
            name: client.name.to_string(),
            kind: kind.code(),
            client_id: client.id.to_string(),
            client_secret,
            scope: client.scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" "),
        });
    }
    Ok(credentials)
}

/// A token for the first person of each role.
pub(super) fn tokens(maker: &Maker<'_>, shared: &Shared) -> Vec<Person> {
    let staff = staff::staff(maker);
    let of = |role: &Role| {
        let colleague = staff.iter().find(|colleague| colleague.role == *role)?;
        let token = oauth::professional_token(shared, colleague.id.uuid(), TOKEN_LIFE)?;
        Some(Person { email: colleague.email.clone(), role: role.code(), token })
    };
    Role::ALL.iter().filter_map(of).collect()
}
