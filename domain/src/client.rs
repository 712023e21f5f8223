//! Machines of organisations, and their secrets. How a secret is hashed, and what a token looks like, is not here.

use chrono::TimeDelta;

use crate::actor::ClientScope;
use crate::calendar::Instant;
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::organisation::{Organisation, OrganisationKind};
use crate::policy::{ManageClient, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Label;

/// A machine that calls on behalf of an organisation.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id, which is also its principal's.
    pub id: Id<Client>,
    /// On whose behalf.
    pub organisation: Id<Organisation>,
    /// What it is called.
    pub name: Label,
    /// What it may ask for.
    pub scopes: Vec<ClientScope>,
    /// Since when it is refused, if it is.
    pub disabled_at: Option<Instant>,
    /// Its secrets, oldest first, the expired and revoked ones too.
    pub secrets: Vec<ClientSecret>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// The dates of a secret. The secret itself was shown once.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// Its id.
    pub id: Id<ClientSecret>,
    /// When it was made.
    pub created_at: Instant,
    /// From when it is refused.
    pub expires_at: Instant,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Instant>,
}

impl ClientSecret {
    /// Whether it opens anything at this moment.
    pub fn is_active(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// How many secrets may be active together: the old and the new one while a partner changes over.
pub const MOST_ACTIVE_SECRETS: usize = 2;

/// Days a secret lives when nothing else is asked.
pub const SECRET_DAYS: i64 = 365;

/// What is said of a client when it is created.
#[derive(Clone, Debug)]
pub struct ClientOrder {
    /// What it is called.
    pub name: Label,
    /// What it may ask for.
    pub scopes: Vec<ClientScope>,
}

/// A secret to store for a client: its digest, never itself.
#[derive(Clone, Debug)]
pub struct SecretGiven {
    /// The client after.
    pub client: Client,
    /// The new secret's dates.
    pub secret: ClientSecret,
    /// HMAC-SHA-256 of the secret under the server's pepper.
    pub digest: [u8; 32],
    /// What happened.
    pub event: Event,
}

impl Client {
    /// Creates a client for an organisation.
    pub fn create(scope: &Scope<ManageClient>, id: Id<Client>, of: &Organisation, order: ClientOrder) -> Result<Decided<Change<Client>>, Refusal> {
        let mut faults = Faults::default();
        let ClientOrder { name, mut scopes } = order;
        let count = scopes.len();
        scopes.sort_unstable();
        scopes.dedup();
        faults.check(count == 0, "scopes", Rule::TooManyItems);
        faults.check(count != scopes.len(), "scopes", Rule::DuplicateItem);
        let identifies = scopes.contains(&ClientScope::ReferralsIdentify);
        faults.check(identifies && of.kind != OrganisationKind::PoleEmploi, "scopes", Rule::ScopeNotForOrganisation);
        faults.into_result()?;
        let after = Self { id, organisation: of.id, name, scopes, disabled_at: None, secrets: Vec::new(), stamp: Stamp::first(scope.now()) };
        Ok(Change::created(after, Event::new("client.created", id)))
    }

    /// Gives it one more secret, of `days` (1 to 730) from now.
    pub fn give_secret(
        &self,
        scope: &Scope<ManageClient>,
        id: Id<ClientSecret>,
        digest: [u8; 32],
        days: Option<i64>,
    ) -> Result<Decided<SecretGiven>, Refusal> {
        let now = scope.now();
        if self.disabled_at.is_some() {
            return Err(Refusal::Conflict(Rule::ClientDisabled));
        }
        if self.secrets.iter().filter(|secret| secret.is_active(now)).count() >= MOST_ACTIVE_SECRETS {
            return Err(Refusal::Conflict(Rule::TooManySecrets));
        }
        let days = days.unwrap_or(SECRET_DAYS);
        if !(1..=730).contains(&days) {
            return Err(Refusal::invalid("expires_in_days", Rule::OutOfBounds));
        }
        let secret = ClientSecret { id, created_at: now, expires_at: now.plus(TimeDelta::days(days)), revoked_at: None };
        let mut client = self.clone();
        client.secrets.push(secret.clone());
        client.stamp = client.stamp.next(now);
        Ok(Decided::new(SecretGiven { client, secret, digest, event: Event::new("client.secret_given", self.id) }))
    }

    /// Revokes one of its secrets; none if it has no such secret. Revoking twice keeps the first date.
    pub fn revoke_secret(&self, scope: &Scope<ManageClient>, id: Id<ClientSecret>) -> Option<Decided<Change<Client>>> {
        let mut after = self.clone();
        let secret = after.secrets.iter_mut().find(|secret| secret.id == id)?;
        secret.revoked_at = secret.revoked_at.or(Some(scope.now()));
        after.stamp = after.stamp.next(scope.now());
        Some(Change::edited(after, Event::new("client.secret_revoked", self.id)))
    }

    /// Revokes every active secret: the demonstration's start replaces the secrets it printed before.
    pub fn revoke_all_secrets(&self, scope: &Scope<ManageClient>) -> Decided<Change<Client>> {
        let mut after = self.clone();
        for secret in &mut after.secrets {
            secret.revoked_at = secret.revoked_at.or(Some(scope.now()));
        }
        after.stamp = after.stamp.next(scope.now());
        Change::edited(after, Event::new("client.secrets_revoked", self.id))
    }

    /// Refuses it from now on.
    pub fn disable(&self, scope: &Scope<ManageClient>) -> Decided<Change<Client>> {
        let mut after = self.clone();
        after.disabled_at = after.disabled_at.or(Some(scope.now()));
        after.stamp = after.stamp.next(scope.now());
        Change::edited(after, Event::new("client.disabled", self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;
    use crate::given::{department, fault, faults, id, label, now, organisation, scope};

    fn administrator(now: Instant) -> Scope<ManageClient> {
        scope(&department(Role::Administrator), now)
    }

    fn days_later(days: i64) -> Instant {
        now().plus(TimeDelta::days(days))
    }

    fn create(kind: OrganisationKind, scopes: &[ClientScope]) -> Result<Decided<Change<Client>>, Refusal> {
        let order = ClientOrder { name: label("Logiciel de suivi"), scopes: scopes.to_vec() };
        Client::create(&administrator(now()), id(1), &organisation(kind), order)
    }

    fn client() -> Client {
        create(OrganisationKind::Association, &[ClientScope::SessionsRead]).unwrap().after.clone()
    }

    fn give(client: &Client, when: Instant, secret: u128, days: Option<i64>) -> Result<Decided<SecretGiven>, Refusal> {
        client.give_secret(&administrator(when), id(secret), [7; 32], days)
    }

    /// A client with the secrets 1 and 2, of 365 days from now.
    fn with_two_secrets() -> Client {
        let one = give(&client(), now(), 1, None).unwrap();
        give(&one.client, now(), 2, None).unwrap().client.clone()
    }

    #[test]
    fn a_client_has_at_least_one_scope_and_each_once() {
        let scopes = [ClientScope::AttendanceWrite, ClientScope::SessionsRead];
        let created = create(OrganisationKind::Association, &scopes).unwrap();
        assert_eq!(created.after.scopes, [ClientScope::SessionsRead, ClientScope::AttendanceWrite], "in the order of the list");
        assert!(created.after.secrets.is_empty(), "no default secret exists");
        let refused = create(OrganisationKind::Association, &[]);
        assert_eq!(faults(refused.unwrap_err()), [fault("/scopes", Rule::TooManyItems)]);
        let refused = create(OrganisationKind::Association, &[ClientScope::SessionsRead, ClientScope::SessionsRead]);
        assert_eq!(faults(refused.unwrap_err()), [fault("/scopes", Rule::DuplicateItem)]);
    }

    #[test]
    fn only_pole_emploi_identifies_people() {
        for kind in OrganisationKind::ALL {
            for scope in ClientScope::ALL {
                let fits = *scope != ClientScope::ReferralsIdentify || *kind == OrganisationKind::PoleEmploi;
                let expected = if fits { vec![] } else { vec![fault("/scopes", Rule::ScopeNotForOrganisation)] };
                assert_eq!(create(*kind, &[*scope]).map_or_else(faults, |_| Vec::new()), expected, "{scope} for {kind}");
            }
        }
    }

    #[test]
    fn two_secrets_are_active_at_a_time() {
        let full = with_two_secrets();
        assert_eq!(full.secrets.len(), 2);
        assert_eq!(full.stamp.version, 3);
        assert_eq!(give(&full, now(), 3, None).unwrap_err(), Refusal::Conflict(Rule::TooManySecrets));
        let revoked = full.revoke_secret(&administrator(now()), id(1)).unwrap();
        assert!(give(&revoked.after, now(), 3, None).is_ok(), "a revoked one leaves its place");
        assert_eq!(give(&full, days_later(364), 3, None).unwrap_err(), Refusal::Conflict(Rule::TooManySecrets));
        assert!(give(&full, days_later(365), 3, None).is_ok(), "so does an expired one");
    }

    #[test]
    fn a_secret_lives_one_to_seven_hundred_and_thirty_days() {
        for (days, lives) in [
            (None, Some(365)),
            (Some(1), Some(1)),
            (Some(730), Some(730)),
            (Some(0), None),
            (Some(-1), None),
            (Some(731), None),
            (Some(i64::MAX), None),
        ] {
            match (give(&client(), now(), 1, days), lives) {
                (Ok(given), Some(lives)) => {
                    assert_eq!(given.secret.expires_at, days_later(lives));
                    assert!(given.secret.is_active(now()) && !given.secret.is_active(days_later(lives)), "to the millisecond");
                    assert!(given.secret.is_active(days_later(lives).plus(TimeDelta::milliseconds(-1))));
                    assert_eq!(given.digest, [7; 32]);
                }
                (Err(refused), None) => assert_eq!(faults(refused), [fault("/expires_in_days", Rule::OutOfBounds)]),
                (found, _) => panic!("{days:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn revoking_names_a_secret_of_the_client() {
        let client = with_two_secrets();
        let revoked = client.revoke_secret(&administrator(now()), id(2)).unwrap();
        let active: Vec<bool> = revoked.after.secrets.iter().map(|secret| secret.is_active(now())).collect();
        assert_eq!(active, [true, false]);
        assert!(client.revoke_secret(&administrator(now()), id(9)).is_none());
        let again = revoked.after.revoke_secret(&administrator(days_later(1)), id(2)).unwrap();
        assert_eq!(again.after.secrets[1].revoked_at, Some(now()), "the first time counts");
    }

    #[test]
    fn revoking_all_leaves_none() {
        let revoked = with_two_secrets().revoke_all_secrets(&administrator(now()));
        assert!(revoked.after.secrets.iter().all(|secret| !secret.is_active(now())));
    }

    #[test]
    fn a_disabled_client_gets_no_secret() {
        let disabled = with_two_secrets().disable(&administrator(now()));
        assert_eq!(disabled.after.disabled_at, Some(now()));
        assert_eq!(give(&disabled.after, days_later(400), 3, None).unwrap_err(), Refusal::Conflict(Rule::ClientDisabled));
        let again = disabled.after.disable(&administrator(days_later(1)));
        assert_eq!(again.after.disabled_at, Some(now()), "the first time counts");
    }
}
