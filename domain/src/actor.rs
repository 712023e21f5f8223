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
