//! Who may use which function, and over which part of the département: the whole matrix on one screen.
//! Relations to one particular thing are not here but in the first line of its decision.

use std::marker::PhantomData;

use crate::access::{AccessGrant, AccessRecord};
use crate::action::Action;
use crate::actor::{Actor, ClientScope, Principal, Role, Standing, System};
use crate::barrier::Barrier;
use crate::beneficiary::Beneficiary;
use crate::calendar::Instant;
use crate::client::Client;
use crate::contract::Contract;
use crate::deadline::Deadline;
use crate::enrolment::Enrolment;
use crate::feed::Feed;
use crate::group::Group;
use crate::id::Id;
use crate::intervention::Intervention;
use crate::milestone::Milestone;
use crate::organisation::{Agreement, Organisation, OrganisationKind};
use crate::orientation::Orientation;
use crate::place::Place;
use crate::professional::Professional;
use crate::readiness::Readiness;
use crate::referral::Referral;
use crate::rsa_right::RsaRight;
use crate::session::Session;
use crate::settings::Setting;
use crate::submission::Submission;
use crate::submission::held::HeldLine;
use crate::territory::Territory;

/// Something that a caller may be allowed to use, over things of one kind.
pub trait Function: 'static {
    /// The kind of thing it reads or changes.
    type Over;
    /// Its row in the matrix.
    const NAME: FunctionName;
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident over $over:ty = $code:literal,)*) => {
        /// The functions by name: the rows of the matrix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FunctionName { $($(#[$doc])* $name,)* }

        impl FunctionName {
            /// All of them, in the order of the matrix.
            pub const ALL: &[FunctionName] = &[$(FunctionName::$name,)*];

            /// Its name in the permission matrix and in the OpenAPI document.
            pub const fn code(self) -> &'static str {
                match self { $(FunctionName::$name => $code,)* }
            }
        }

        $($(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl Function for $name {
            type Over = $over;
            const NAME: FunctionName = FunctionName::$name;
        })*
    };
}

functions! {
    /// Ask who one is, and read the reference lists.
    UseApi over () = "use_api",
    /// Read organisations, their sites and delegations.
    ReadOrganisation over Organisation = "read_organisation",
    /// Register and edit organisations, their sites and delegations.
    ManageOrganisation over Organisation = "manage_organisation",
    /// Read what an organisation is funded for.
    ReadAgreement over Agreement = "read_agreement",
    /// Record what an organisation is funded for.
    ManageAgreement over Agreement = "manage_agreement",
    /// Read clients, their scopes and the dates of their secrets.
    ReadClient over Client = "read_client",
    /// Create and disable clients, give and revoke their secrets.
    ManageClient over Client = "manage_client",
    /// Read the directory of professionals.
    ReadProfessional over Professional = "read_professional",
    /// Invite, edit and disable professionals.
    ManageProfessional over Professional = "manage_professional",
    /// Read territories and their communes.
    ReadTerritory over Territory = "read_territory",
    /// Draw territories.
    ManageTerritory over Territory = "manage_territory",
    /// Read who read what.
    ReadAccessLog over AccessRecord = "read_access_log",
    /// Break the glass: open the file of a person elsewhere, for a reason and a few hours.
    GrantAccess over AccessGrant = "grant_access",
    /// Read a person's file.
    ReadBeneficiary over Beneficiary = "read_beneficiary",
    /// Register and edit people.
    ManageBeneficiary over Beneficiary = "manage_beneficiary",
    /// Read collective actions.
    ReadAction over Action = "read_action",
    /// Create and edit collective actions.
    ManageAction over Action = "manage_action",
    /// Read groups.
    ReadGroup over Group = "read_group",
    /// Create and edit groups.
    ManageGroup over Group = "manage_group",
    /// Read sessions.
    ReadSession over Session = "read_session",
    /// Create, move and cancel sessions.
    ManageSession over Session = "manage_session",
    /// Read who is enrolled.
    ReadEnrolment over Enrolment = "read_enrolment",
    /// Enrol a person in a group.
    Enrol over Enrolment = "enrol",
    /// End an enrolment, assess what it brought.
    CloseEnrolment over Enrolment = "close_enrolment",
    /// Read an attendance sheet and its history.
    ReadAttendance over Session = "read_attendance",
    /// Fill an attendance sheet.
    RecordAttendance over Session = "record_attendance",
    /// Close an attendance sheet.
    CloseSheet over Session = "close_sheet",
    /// Correct a closed attendance sheet.
    CorrectAttendance over Session = "correct_attendance",
    /// Submit attendance in batches.
    SubmitAttendance over Session = "submit_attendance",
    /// Read what became of a submission.
    ReadSubmission over Submission = "read_submission",
    /// Read the lines held for the département.
    ReadHeldLine over HeldLine = "read_held_line",
    /// Decide on held lines.
    DecideHeldLine over HeldLine = "decide_held_line",
    /// Read referrals: those received, or those of the people one accompanies.
    ReadReferral over Referral = "read_referral",
    /// Refer a person, edit and cancel a referral.
    Refer over Referral = "refer",
    /// Answer a referral one received.
    AnswerReferral over Referral = "answer_referral",
    /// Read the identity behind a referral one received.
    IdentifyReferral over Referral = "identify_referral",
    /// Write down what time alone decided: that nobody answered, that what was told is told no more.
    LapseReferral over Referral = "lapse_referral",
    /// Read a social security number in clear.
    ReadNir over Beneficiary = "read_nir",
    /// Seal the social security numbers under another key, without anybody reading them.
    ResealNir over Beneficiary = "reseal_nir",
    /// Read the département's settings.
    ReadSetting over Setting = "read_setting",
    /// Change a setting; which one is whose is a relation.
    ManageSetting over Setting = "manage_setting",
    /// Pull one's own feed, and say how far one has come.
    PullFeed over Feed = "pull_feed",
    /// Look for a person in the whole département before registering them.
    MatchBeneficiary over Beneficiary = "match_beneficiary",
    /// Merge the file of a person that was opened twice.
    MergeBeneficiary over Beneficiary = "merge_beneficiary",
    /// Read a person's RSA rights and duties.
    ReadRsaRight over RsaRight = "read_rsa_right",
    /// Record a person's RSA rights and duties by hand.
    ManageRsaRight over RsaRight = "manage_rsa_right",
    /// Read what a person came through.
    ReadMilestone over Milestone = "read_milestone",
    /// Record what a person came through.
    RecordMilestone over Milestone = "record_milestone",
    /// Read what holds a person back.
    ReadBarrier over Barrier = "read_barrier",
    /// Record, edit and resolve what holds a person back.
    ManageBarrier over Barrier = "manage_barrier",
    /// Read what was done with a person.
    ReadIntervention over Intervention = "read_intervention",
    /// Record what was done with a person.
    RecordIntervention over Intervention = "record_intervention",
    /// Read who broke the glass, and why.
    ReadAccessGrant over AccessGrant = "read_access_grant",
    /// Read how a person is oriented.
    ReadOrientation over Orientation = "read_orientation",
    /// Prepare an orientation: interview, proposal; ask for another one.
    PrepareOrientation over Orientation = "prepare_orientation",
    /// Decide an orientation, notify it, hear the multidisciplinary team.
    DecideOrientation over Orientation = "decide_orientation",
    /// Say who accompanies a person.
    AcceptOrientation over Orientation = "accept_orientation",
    /// Close an orientation.
    CloseOrientation over Orientation = "close_orientation",
    /// Give places that became free to those who wait for one.
    PlaceOrientation over Orientation = "place_orientation",
    /// Read how many places there are, how many are taken, and whom referents accompany.
    ReadPlace over Place = "read_place",
    /// Say how many places an organisation has.
    ManagePlace over Place = "manage_place",
    /// Read what a territory needs, against what is offered.
    ReadNeed over Territory = "read_need",
    /// Read the contracts of a person, and their synthesis.
    ReadContract over Contract = "read_contract",
    /// Draw up, sign, validate, review and end contracts.
    WriteContract over Contract = "write_contract",
    /// Read how ready a person is for steps towards work.
    ReadReadiness over Readiness = "read_readiness",
    /// Say how ready a person is for steps towards work.
    AssessReadiness over Readiness = "assess_readiness",
    /// Read what is due, and by when.
    ReadDeadline over Deadline = "read_deadline",
}

/// How far a permission reaches, before it is known who exactly asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What belongs to the caller's own organisation.
    Own,
    /// The people the caller accompanies: of their territories, or in a delegate those whose orientation names it.
    Accompanied,
    /// The whole département.
    Whole,
}

/// A column of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A client holding this scope.
    Scope(ClientScope),
    /// A professional in this role.
    Role(Role),
    /// The house itself.
    System(System),
}

/// Client scope with what it opens, then the roles, then the house (command line, sweeps, demo).
type Row = (Option<(ClientScope, Extent)>, [Option<Extent>; 6], [Option<Extent>; 3]);

/// The matrix.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "one line per function, in the order of the list: that is what is reviewed")]
const fn row(function: FunctionName) -> Row {
    use ClientScope::{AttendanceWrite, ReferralsAnswer, ReferralsIdentify, ReferralsReceive, SessionsRead, SessionsWrite};
    use FunctionName as F;
    const N: Option<Extent> = None;
    const O: Option<Extent> = Some(Extent::Own);
    const A: Option<Extent> = Some(Extent::Accompanied);
    const W: Option<Extent> = Some(Extent::Whole);
    const READ: Option<(ClientScope, Extent)> = Some((SessionsRead, Extent::Own));
    const WRITE: Option<(ClientScope, Extent)> = Some((SessionsWrite, Extent::Own));
    const ATTEND: Option<(ClientScope, Extent)> = Some((AttendanceWrite, Extent::Own));
    const RECEIVE: Option<(ClientScope, Extent)> = Some((ReferralsReceive, Extent::Own));
    const ANSWER: Option<(ClientScope, Extent)> = Some((ReferralsAnswer, Extent::Own));
    const IDENTIFY: Option<(ClientScope, Extent)> = Some((ReferralsIdentify, Extent::Own));
    match function {
        //                         client   partner caseworker manager administrator auditor analyst   cli sweep demo
        F::UseApi             => (None,   [O,      W,         W,      W,            W,      W],       [W,  N,    W]),
        F::ReadOrganisation   => (READ,   [O,      W,         W,      W,            W,      N],       [W,  N,    W]),
        F::ManageOrganisation => (None,   [N,      N,         N,      W,            N,      N],       [W,  N,    W]),
        F::ReadAgreement      => (READ,   [O,      N,         W,      W,            N,      N],       [W,  N,    W]),
        F::ManageAgreement    => (None,   [N,      N,         W,      W,            N,      N],       [W,  N,    W]),
        F::ReadClient         => (None,   [N,      N,         N,      W,            N,      N],       [W,  N,    W]),
        F::ManageClient       => (None,   [N,      N,         N,      W,            N,      N],       [W,  N,    W]),
        F::ReadProfessional   => (None,   [N,      W,         W,      W,            W,      N],       [W,  N,    W]),
        F::ManageProfessional => (None,   [N,      N,         N,      W,            N,      N],       [W,  N,    W]),
        F::ReadTerritory      => (None,   [N,      W,         W,      W,            N,      N],       [W,  N,    W]),
        F::ManageTerritory    => (None,   [N,      N,         N,      W,            N,      N],       [W,  N,    W]),
        F::ReadAccessLog      => (None,   [N,      N,         N,      N,            W,      N],       [N,  N,    N]),
        F::GrantAccess        => (None,   [N,      A,         N,      N,            N,      N],       [N,  N,    N]),
        F::ReadBeneficiary    => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageBeneficiary  => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadAction         => (READ,   [O,      W,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageAction       => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadGroup          => (READ,   [O,      W,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageGroup        => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadSession        => (READ,   [O,      W,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageSession      => (WRITE,  [O,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadEnrolment      => (READ,   [O,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::Enrol              => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::CloseEnrolment     => (WRITE,  [O,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadAttendance     => (READ,   [O,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::RecordAttendance   => (ATTEND, [O,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::CloseSheet         => (ATTEND, [O,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::CorrectAttendance  => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::SubmitAttendance   => (ATTEND, [O,      N,         W,      N,            N,      N],       [N,  N,    N]),
        F::ReadSubmission     => (ATTEND, [O,      N,         W,      N,            N,      N],       [N,  N,    N]),
        F::ReadHeldLine       => (ATTEND, [O,      A,         W,      N,            N,      N],       [N,  N,    N]),
        F::DecideHeldLine     => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    N]),
        F::ReadReferral       => (RECEIVE, [O,     A,         W,      N,            N,      N],       [N,  N,    W]),
        F::Refer              => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::AnswerReferral     => (ANSWER, [O,      N,         N,      N,            N,      N],       [N,  N,    W]),
        F::IdentifyReferral   => (IDENTIFY, [N,    N,         N,      N,            N,      N],       [N,  N,    N]),
        F::LapseReferral      => (None,   [N,      N,         N,      N,            N,      N],       [N,  W,    N]),
        F::ReadNir            => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    N]),
        F::ResealNir          => (None,   [N,      N,         N,      N,            N,      N],       [W,  N,    N]),
        F::ReadSetting        => (None,   [N,      N,         W,      W,            W,      N],       [N,  N,    N]),
        F::ManageSetting      => (None,   [N,      N,         N,      W,            W,      N],       [N,  N,    N]),
        F::PullFeed           => (RECEIVE, [O,     N,         N,      N,            N,      N],       [N,  N,    N]),
        F::MatchBeneficiary   => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    N]),
        F::MergeBeneficiary   => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    N]),
        F::ReadRsaRight       => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageRsaRight     => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadMilestone      => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::RecordMilestone    => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadBarrier        => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManageBarrier      => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadIntervention   => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::RecordIntervention => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadAccessGrant    => (None,   [N,      N,         W,      N,            W,      N],       [N,  N,    N]),
        F::ReadOrientation    => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::PrepareOrientation => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::DecideOrientation  => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::AcceptOrientation  => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::CloseOrientation   => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::PlaceOrientation   => (None,   [N,      N,         N,      N,            N,      N],       [N,  W,    N]),
        F::ReadPlace          => (None,   [N,      W,         W,      N,            N,      N],       [N,  N,    W]),
        F::ManagePlace        => (None,   [N,      N,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadNeed           => (None,   [N,      W,         W,      N,            N,      N],       [N,  N,    N]),
        F::ReadContract       => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::WriteContract      => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadReadiness      => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::AssessReadiness    => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    W]),
        F::ReadDeadline       => (None,   [N,      A,         W,      N,            N,      N],       [N,  N,    N]),
    }
}

/// One cell of the matrix. `use_api` is open to every scope.
pub fn permits(who: Who, function: FunctionName) -> Option<Extent> {
    let (client, [partner, caseworker, manager, administrator, auditor, analyst], [cli, sweep, demo]) = row(function);
    match who {
        Who::Scope(_) if function == FunctionName::UseApi => Some(Extent::Own),
        Who::Scope(held) => client.filter(|(needed, _)| *needed == held).map(|(_, extent)| extent),
        Who::Role(Role::Partner) => partner,
        Who::Role(Role::Caseworker) => caseworker,
        Who::Role(Role::Manager) => manager,
        Who::Role(Role::Administrator) => administrator,
        Who::Role(Role::Auditor) => auditor,
        Who::Role(Role::Analyst) => analyst,
        Who::System(System::Cli) => cli,
        Who::System(System::Sweep) => sweep,
        Who::System(System::Demo) => demo,
    }
}

/// The scope a client needs for a function, if clients can have it at all.
pub fn client_scope(function: FunctionName) -> Option<ClientScope> {
    row(function).0.map(|(scope, _)| scope)
}

/// The part of the département a caller sees. Everything a query returns lies within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What belongs to this organisation.
    Organisation(Id<Organisation>),
    /// The people of this professional's territories and of their open access grants.
    Territories(Id<Principal>),
    /// The people whose orientation in force names this organisation.
    Accompanied(Id<Organisation>),
    /// All of it.
    Department,
}

/// The caller's role or scopes do not include the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The function asked for.
    pub function: FunctionName,
}

/// Proof that somebody may use function `F`, and over what. Only [`may`] makes one.
#[derive(Debug)]
pub struct Scope<F: Function> {
    actor: Actor,
    now: Instant,
    reach: Reach,
    function: PhantomData<fn() -> F>,
}

impl<F: Function> Scope<F> {
    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// When it is decided.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Over which part.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The same permission at a later moment: a retried transaction decides anew.
    #[must_use]
    pub fn at(&self, now: Instant) -> Self {
        Self { actor: self.actor.clone(), now, reach: self.reach, function: PhantomData }
    }
}

/// Over which part `actor` may use a function, if at all.
pub fn reach(actor: &Actor, function: FunctionName) -> Option<Reach> {
    let reach = match &actor.standing {
        Standing::System(system) => permits(Who::System(*system), function).map(|_| Reach::Department),
        Standing::Client { organisation, scopes, .. } => {
            let extent = scopes.iter().find_map(|scope| permits(Who::Scope(*scope), function));
            extent.map(|_| Reach::Organisation(*organisation))
        }
        Standing::Professional { organisation, kind, role } => permits(Who::Role(*role), function).map(|extent| match extent {
            Extent::Own => Reach::Organisation(*organisation),
            Extent::Whole => Reach::Department,
            Extent::Accompanied if *kind == OrganisationKind::Department => Reach::Territories(actor.principal),
            Extent::Accompanied => Reach::Accompanied(*organisation),
        }),
    };
    // What spans the département is its own: a delegate sees the people whose orientation names it, and nobody else.
    let spans = matches!(function, FunctionName::GrantAccess | FunctionName::MatchBeneficiary);
    reach.filter(|reach| !spans || !matches!(reach, Reach::Accompanied(_)))
}

/// Whether `actor` may use `F` now: the only source of a [`Scope`].
pub fn may<F: Function>(actor: &Actor, now: Instant) -> Result<Scope<F>, Denied> {
    let scope = |reach| Scope { actor: actor.clone(), now, reach, function: PhantomData };
    reach(actor, F::NAME).map(scope).ok_or(Denied { function: F::NAME })
}

/// The matrix as text: the reviewed file `domain/permissions.txt` is compared with it.
pub fn matrix() -> String {
    use std::fmt::Write;
    let columns: Vec<(&str, Who)> = ClientScope::ALL
        .iter()
        .map(|scope| (scope.code(), Who::Scope(*scope)))
        .chain(Role::ALL.iter().map(|role| (role.code(), Who::Role(*role))))
        .chain(System::ALL.iter().map(|system| (system.code(), Who::System(*system))))
        .collect();
    let mut text = String::from("own: own organisation · people: those one accompanies · whole: the whole département · -: refused\n\n");
    let _ = write!(text, "{:<22}", "function");
    for (name, _) in &columns {
        let _ = write!(text, "{name:<20}");
    }
    for function in FunctionName::ALL {
        let _ = write!(text, "\n{:<22}", function.code());
        for (_, who) in &columns {
            let cell = match permits(*who, *function) {
                None => "-",
                Some(Extent::Own) => "own",
                Some(Extent::Accompanied) => "people",
                Some(Extent::Whole) => "whole",
            };
            let _ = write!(text, "{cell:<20}");
        }
    }
    text.lines().map(str::trim_end).fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests;
