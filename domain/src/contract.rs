//! Contracts (*contrat d'engagements réciproques*, since 2025 *contrat d'engagement*): what a person and those who accompany them promise
//! each other, and the synthesis of everything that is done. What a contract says is in `terms`, the steps towards its signature in
//! `drawing_up` and `signing`, what comes after it in `following`, the paper that is signed in `document`, the state of everything that it
//! holds on a day in `synthesis`.

mod document;
mod drawing_up;
mod following;
mod signing;
pub mod synthesis;
mod terms;

use serde::{Deserialize, Serialize};

use crate::actor::Principal;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::law::{self, FULL_EMPLOYMENT};
use crate::organisation::{Organisation, OrganisationKind};
use crate::orientation::Orientation;
use crate::refusal::{Decided, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::Term;

pub use document::{Document, DocumentCommitment, DocumentHours, DocumentObjective, DocumentPerson, DocumentReadiness, Wording};
pub use drawing_up::{Amend, DrawUp};
pub use following::{ProgressOrder, ReviewOrder, TerminateOrder};
pub use signing::{SignOrder, ValidateOrder, Validated};
pub use terms::{
    ActivityKind, Commitment, CommitmentParty, Exemption, ExemptionGround, MOST_COMMITMENTS, MOST_OBJECTIVES, Missing, Named, Objective, Terms,
};

codes! {
    /// Which law a contract is of.
    ContractKind {
        /// Of the old law: contrat d'engagements réciproques.
        Cer = "cer",
        /// Since 2025: contrat d'engagement.
        EngagementContract = "engagement_contract",
    }
}

impl ContractKind {
    /// Of a contract that begins on a day.
    pub fn on(day: Day) -> Self {
        if day < FULL_EMPLOYMENT { Self::Cer } else { Self::EngagementContract }
    }
}

codes! {
    /// Where a contract stands.
    ContractState {
        /// It is being drawn up.
        Draft = "draft",
        /// It is complete, and to be signed and validated.
        AwaitingSignature = "awaiting_signature",
        /// Both have signed and it was validated.
        InForce = "in_force",
        /// The person refused to sign it.
        Refused = "refused",
        /// Its last day has passed, and another one took its place.
        Renewed = "renewed",
        /// Its last day has passed, and none took its place.
        Expired = "expired",
        /// It ended before its last day.
        Terminated = "terminated",
        /// It was given up before it was validated, or before its first day.
        Cancelled = "cancelled",
    }
}

codes! {
    /// Who signs a contract.
    SigningParty {
        /// The person.
        Beneficiary = "beneficiary",
        /// The referent organisation, of a contract of the old law the département.
        Organisation = "organisation",
    }
}

codes! {
    /// How a signature was given.
    SignatureMeans {
        /// On paper, which is kept in the file.
        Paper = "paper",
        /// Electronically.
        Electronic = "electronic",
    }
}

codes! {
    /// What follows from a review (*bilan*).
    ReviewConclusion {
        /// It goes on as it is.
        Continue = "continue",
        /// It is to be amended.
        Amend = "amend",
        /// It is to be renewed.
        Renew = "renew",
        /// Another orientation is to be asked for.
        Reorient = "reorient",
        /// The person is back in work or in training.
        Exit = "exit",
    }
}

codes! {
    /// Why a contract ended before its last day.
    TerminationReason {
        /// Another orientation took the place of the one it rests on.
        Reorientation = "reorientation",
        /// The person is in work.
        Employment = "employment",
        /// The person is in training.
        Training = "training",
        /// The right to the RSA ended.
        RightEnded = "right_ended",
        /// The person left the département.
        LeftDepartment = "left_department",
        /// The commitments were not kept.
        Breach = "breach",
        /// Death.
        Death = "death",
        /// Another reason, in words.
        Other = "other",
    }
}

codes! {
    /// How far a commitment is kept.
    CommitmentStatus {
        /// Nothing was done yet.
        Planned = "planned",
        /// It has begun.
        InProgress = "in_progress",
        /// It is on hold.
        OnHold = "on_hold",
        /// It is kept.
        Done = "done",
        /// It was given up.
        Abandoned = "abandoned",
    }
}

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub party: SigningParty,
    /// The day.
    pub on: Day,
    /// How.
    pub means: SignatureMeans,
    /// Who wrote it down; for the organisation, who signed.
    pub by: Id<Principal>,
}

/// That an edition was validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// The day.
    pub on: Day,
    /// By whom.
    pub by: Id<Principal>,
}

/// A contract as it is signed at once: the first, or one of its amendments. What was signed never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// 1, one more by each amendment.
    pub number: i32,
    /// Why it amends the one before.
    pub reason: Option<Note>,
    /// What it says.
    pub terms: Terms,
    /// Since when it is to be signed.
    pub submitted_at: Option<Instant>,
    /// With which organisation, once it is.
    pub organisation: Option<Id<Organisation>>,
    /// The paper to be signed, once it is.
    pub document: Option<Document>,
    /// Who has signed.
    pub signatures: Vec<Signature>,
    /// That it was validated.
    pub validation: Option<Validation>,
}

impl Edition {
    fn first(terms: Terms) -> Self {
        Self { number: 1, reason: None, terms, submitted_at: None, organisation: None, document: None, signatures: Vec::new(), validation: None }
    }

    /// Whose signature it has.
    pub fn signature(&self, party: SigningParty) -> Option<&Signature> {
        self.signatures.iter().find(|one| one.party == party)
    }

    /// The day of its last signature, once both have signed.
    pub fn signed_on(&self) -> Option<Day> {
        let days = SigningParty::ALL.iter().map(|party| self.signature(*party).map(|one| one.on));
        days.collect::<Option<Vec<Day>>>()?.into_iter().max()
    }
}

/// A review of a contract (*bilan*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The day.
    pub on: Day,
    /// What follows.
    pub conclusion: ReviewConclusion,
    /// When it is to be reviewed again.
    pub next_on: Option<Day>,
    /// In words.
    pub comment: Option<Note>,
    /// By whom.
    pub by: Id<Principal>,
}

/// A word about how far a commitment is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which commitment, by its key.
    pub commitment: Term,
    /// How far.
    pub status: CommitmentStatus,
    /// Since when.
    pub on: Day,
    /// In words.
    pub comment: Option<Note>,
    /// Who says so.
    pub by: Id<Principal>,
    /// When it was said.
    pub at: Instant,
}

/// How a contract came to an end that was not its last day: refused, terminated, cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The day.
    pub on: Day,
    /// Why one that was in force ended.
    pub reason: Option<TerminationReason>,
    /// In words.
    pub comment: Option<Note>,
}

/// A contract of a person.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its id.
    pub id: Id<Contract>,
    /// Whose.
    pub beneficiary: Id<Beneficiary>,
    /// The orientation it rests on.
    pub orientation: Id<Orientation>,
    /// The referent organisation.
    pub organisation: Id<Organisation>,
    /// Which law it is of.
    pub kind: ContractKind,
    /// Which of the person's contracts it is: 1, one more than those that were in force before.
    pub rank: i32,
    /// Where it stands, as it was written down: the clock alone makes one expire.
    pub state: ContractState,
    /// The one in whose place it was drawn up.
    pub former: Option<Id<Contract>>,
    /// The edition in force, or the first while none is.
    pub edition: Edition,
    /// The amendment that is being drawn up or signed.
    pub amendment: Option<Edition>,
    /// The days for which it is in force; none before.
    pub period: Option<Period>,
    /// Its reviews, the first first.
    pub reviews: Vec<Review>,
    /// What was said of its commitments, the first word first.
    pub progress: Vec<Progress>,
    /// How it ended.
    pub ending: Option<Ending>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// The orientation a contract rests on, as far as it matters to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Which.
    pub orientation: Id<Orientation>,
    /// The referent organisation.
    pub organisation: Id<Organisation>,
    /// What that is.
    pub kind: OrganisationKind,
    /// Its first day.
    pub since: Day,
}

impl Basis {
    /// The orientation in force among a person's.
    pub fn of(orientations: &[Orientation]) -> Option<Self> {
        orientations.iter().find(|one| one.is_in_force()).and_then(Self::on)
    }

    /// An orientation that was decided.
    pub fn on(orientation: &Orientation) -> Option<Self> {
        let decision = orientation.decision.as_ref()?;
        let since = orientation.period?.starts_on;
        Some(Self { orientation: orientation.id, organisation: decision.organisation, kind: decision.kind, since })
    }

    /// The same, where the département makes contracts with the people whom that organisation accompanies.
    fn for_contract(basis: Option<Self>, starts_on: Day) -> Result<Self, Refusal> {
        let basis = basis.ok_or(Refusal::Conflict(Rule::ContractNeedsOrientation))?;
        if law::makes_contracts(basis.kind, starts_on) { Ok(basis) } else { Err(Refusal::Conflict(Rule::ContractElsewhere)) }
    }
}

impl Contract {
    /// Where it stands on a day: one that was renewed before its end runs until then.
    pub fn state_on(&self, day: Day) -> ContractState {
        let is_over = self.period.and_then(|period| period.ends_on).is_some_and(|end| end < day);
        match self.state {
            ContractState::InForce if is_over => ContractState::Expired,
            ContractState::Renewed if !is_over => ContractState::InForce,
            state => state,
        }
    }

    /// Whether it is on its way to being in force.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, ContractState::Draft | ContractState::AwaitingSignature)
    }

    /// The edition that is being drawn up or signed.
    pub fn open_edition(&self) -> Option<&Edition> {
        if self.is_pending() { Some(&self.edition) } else { self.amendment.as_ref().filter(|_| self.state == ContractState::InForce) }
    }

    /// When it is to be reviewed next: as its last review says, else its terms, else thirty days before its end; after the last review in
    /// any case. What was signed since that says it anew.
    pub fn review_due_on(&self) -> Option<Day> {
        let before_end = self.period.and_then(|period| period.ends_on).map(|end| end.plus_days(-30));
        let by_terms = self.edition.terms.review_on.or(before_end);
        let Some(last) = self.reviews.last() else { return by_terms };
        let by_terms = by_terms.filter(|day| *day > last.on);
        let is_newer = self.edition.validation.is_some_and(|validation| validation.on > last.on);
        if is_newer { by_terms.or(last.next_on) } else { last.next_on.or(by_terms) }
    }

    /// What is missing before it can be signed.
    pub fn missing(&self, readiness_is_known: bool) -> Vec<Missing> {
        let open = self.open_edition().filter(|edition| edition.submitted_at.is_none());
        open.map(|edition| edition.terms.missing(self.kind, readiness_is_known)).unwrap_or_default()
    }

    fn next(&self, now: Instant) -> Self {
        Self { stamp: self.stamp.next(now), ..self.clone() }
    }

    /// The same with what is being drawn up or signed as it is now.
    fn with_open(&self, edition: Edition, now: Instant) -> Self {
        if self.is_pending() { Self { edition, ..self.next(now) } } else { Self { amendment: Some(edition), ..self.next(now) } }
    }

    fn event(&self, kind: &'static str) -> Event {
        let number = self.open_edition().unwrap_or(&self.edition).number;
        Event::new(kind, self.id).about(self.beneficiary).with("state", self.state).with("kind", self.kind).with("edition", number)
    }

    fn edited(after: Self, kind: &'static str) -> Decided<Change<Self>> {
        let event = after.event(kind);
        Change::edited(after, event)
    }

    /// The edition that is being drawn up or signed on a day: no amendment of one that has expired.
    fn must_be_open(&self, day: Day) -> Result<&Edition, Refusal> {
        let is_possible = self.is_pending() || self.state_on(day) == ContractState::InForce;
        self.open_edition().filter(|_| is_possible).ok_or(Refusal::Conflict(Rule::ContractState))
    }

    /// The same, submitted to signature.
    fn must_be_submitted(&self, day: Day) -> Result<&Edition, Refusal> {
        let open = self.must_be_open(day)?;
        if open.submitted_at.is_some() { Ok(open) } else { Err(Refusal::Conflict(Rule::ContractState)) }
    }

    /// Refuses what is done to one in force alone.
    fn must_be_in_force(&self, day: Day) -> Result<(), Refusal> {
        if self.state_on(day) == ContractState::InForce { Ok(()) } else { Err(Refusal::Conflict(Rule::ContractState)) }
    }
}

#[cfg(test)]
mod tests;
