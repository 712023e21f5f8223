//! Who asks: a client machine, a professional, or the house itself. What they may do is in `policy`.

use uuid::Uuid;

use crate::codes;
use crate::id::Id;
use crate::organisation::{Organisation, OrganisationKind};

/// Anybody who can be named as the author of an act. One key for every `recorded_by`.
#[derive(Debug)]
pub struct Principal;

codes! {
    /// What a client (machine) was granted. "Partner" and "receiver" are bundles of scopes.
    ClientScope {
        /// Read its own actions, groups, enrolments, sessions and sheets.
        SessionsRead = "sessions:read",
        /// Create, move and cancel sessions of its own groups; end and assess its enrolments.
        SessionsWrite = "sessions:write",
        /// Record attendance and close its sheets.
        AttendanceWrite = "attendance:write",
        /// Pull its own referral feed.
        ReferralsReceive = "referrals:receive",
        /// Answer its own referrals.
        ReferralsAnswer = "referrals:answer",
        /// Read the identity behind an open referral. Organisations of kind `pole_emploi` only.
        ReferralsIdentify = "referrals:identify",
    }
}

codes! {
    /// What a professional (person) does in Jalon.
    Role {
        /// A person of a partner organisation, with the rights of its clients.
        Partner = "partner",
        /// Accompanies the people of their territories, or in a delegate those whose orientation names it.
        Caseworker = "caseworker",
        /// The whole département: actions, groups, decisions, closing and correcting.
        Manager = "manager",
        /// Organisations, clients, professionals, territories, settings, keys. No social data.
        Administrator = "administrator",
        /// The data protection officer: who read what. No social content.
        Auditor = "auditor",
        /// Reports only.
        Analyst = "analyst",
    }
}

codes! {
    /// The house acting by itself.
    System {
        /// The command line, under the operating system's own access control.
        Cli = "cli",
        /// Background sweeps.
        Sweep = "sweep",
        /// The demonstration's generator.
        Demo = "demo",
    }
}

impl System {
    /// Its fixed principal.
    pub const fn principal(self) -> Id<Principal> {
        let last = match self {
            Self::Cli => 1,
            Self::Sweep => 2,
            Self::Demo => 3,
        };
        Id::new(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + last))
    }
}

codes! {
    /// What a caller is.
    CallerKind {
        /// A machine of an organisation.
        Client = "client",
        /// A person of an organisation.
        Professional = "professional",
    }
}

/// In which capacity a principal asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A machine of an organisation, with the scopes its token carries and its registration still grants.
    Client {
        /// On whose behalf.
        organisation: Id<Organisation>,
        /// What that organisation is.
        kind: OrganisationKind,
        /// Granted scopes.
        scopes: Vec<ClientScope>,
    },
    /// A person of an organisation.
    Professional {
        /// On whose behalf.
        organisation: Id<Organisation>,
        /// What that organisation is.
        kind: OrganisationKind,
        /// Their role.
        role: Role,
    },
    /// The house itself.
    System(System),
}

/// Somebody who asks, known and not disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub principal: Id<Principal>,
    /// As what.
    pub standing: Standing,
}

impl Actor {
    /// The house acting by itself. Built only by the command line, the sweeps and the demo.
    pub const fn system(system: System) -> Self {
        Self { principal: system.principal(), standing: Standing::System(system) }
    }

    /// The organisation asked for, if any.
    pub const fn organisation(&self) -> Option<Id<Organisation>> {
        match &self.standing {
            Standing::Client { organisation, .. } | Standing::Professional { organisation, .. } => Some(*organisation),
            Standing::System(_) => None,
        }
    }

    /// What a token of theirs carries at most: a client's scopes; nothing of a person, whose role says all.
    pub fn scopes(&self) -> Option<&[ClientScope]> {
        match &self.standing {
            Standing::Client { scopes, .. } => Some(scopes),
            Standing::Professional { .. } | Standing::System(_) => None,
        }
    }

    /// The same as far as a token goes: a client has what the token carries and its registration still grants. Nobody, where a token
    /// is not one of their kind; the house has none.
    #[must_use]
    pub fn limited_to(mut self, carried: Option<&[ClientScope]>) -> Option<Self> {
        match (&mut self.standing, carried) {
            (Standing::Client { scopes, .. }, Some(carried)) => scopes.retain(|scope| carried.contains(scope)),
            (Standing::Professional { .. }, None) => {}
            (Standing::Client { .. }, None) | (Standing::Professional { .. }, Some(_)) | (Standing::System(_), _) => return None,
        }
        Some(self)
    }

    /// `client`, the role, or the system's name: what the access log says of them.
    pub const fn acting_as(&self) -> &'static str {
        match &self.standing {
            Standing::Client { .. } => "client",
            Standing::Professional { role, .. } => role.code(),
            Standing::System(system) => system.code(),
        }
    }

    /// Whether they hold this role.
    pub fn is(&self, wanted: Role) -> bool {
        matches!(&self.standing, Standing::Professional { role, .. } if *role == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::id;

    #[test]
    fn a_token_limits_a_client_and_never_gives_more_than_its_registration() {
        use ClientScope as S;
        let client = |scopes: &[S]| Actor {
            principal: id(1),
            standing: Standing::Client { organisation: id(2), kind: OrganisationKind::Association, scopes: scopes.to_vec() },
        };
        let granted = [S::SessionsRead, S::AttendanceWrite, S::ReferralsReceive];
        for (carried, left) in [
            (granted.as_slice(), granted.as_slice()),
            (&[S::ReferralsReceive, S::SessionsRead], &[S::SessionsRead, S::ReferralsReceive]),
            (&[S::ReferralsReceive, S::ReferralsIdentify], &[S::ReferralsReceive]),
            (&[S::ReferralsIdentify], &[]),
            (&[], &[]),
        ] {
            let limited = client(&granted).limited_to(Some(carried));
            assert_eq!(limited, Some(client(left)), "{carried:?}");
            assert_eq!(limited.unwrap().scopes(), Some(left));
        }
        assert_eq!(client(&granted).limited_to(None), None, "the token of a person");
    }

    #[test]
    fn a_person_has_a_token_without_scopes_and_the_house_none() {
        let standing = Standing::Professional { organisation: id(2), kind: OrganisationKind::Association, role: Role::Partner };
        let person = Actor { principal: id(1), standing };
        assert_eq!((person.scopes(), person.clone().limited_to(None)), (None, Some(person.clone())));
        assert_eq!(person.limited_to(Some(&[])), None, "the token of a client");
        for carried in [None, Some([].as_slice())] {
            assert_eq!(Actor::system(System::Cli).limited_to(carried), None);
        }
    }
}
