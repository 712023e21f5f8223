//! Referrals (*prescriptions*, *orientations*): what they are and who may see what of them. How one is sent is in `sending`, what its
//! receiver answers in `answering`, what follows from elsewhere in `following`, what the receiver is told in `disclosed`.

mod answering;
mod disclosed;
mod following;
mod sending;

use serde::{Deserialize, Serialize};

use crate::accompaniment::{Accompaniment, is_in_programme};
use crate::action::Action;
use crate::actor::Principal;
use crate::barrier::BarrierKind;
use crate::beneficiary::{Beneficiary, Details};
use crate::calendar::{Day, Instant};
use crate::change::Stamp;
use crate::codes;
use crate::enrolment::Enrolment;
use crate::event::Event;
use crate::feed::FeedEventType;
use crate::group::Group;
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::identifier::person_reference::PersonReference;
use crate::identifier::phone::Phone;
use crate::organisation::{Organisation, OrganisationKind, Site};
use crate::refusal::Decided;
use crate::text::{Email, Label, Line, Name, Note};
use crate::vocabulary::Term;

pub use answering::{AcceptOrder, Accepted, ConcludeOrder, Place, Receipt, ReceiptOrder, RefuseOrder};
pub use disclosed::{Disclosed, DisclosedPerson, Referrer};
pub use following::Promoted;
pub use sending::{Around, CancelOrder, EditOrder, PurposeFields, PurposeOrder, SendOrder};

codes! {
    /// Where a referral stands.
    ReferralState {
        /// In the receiver's feed, nobody has answered.
        Sent = "sent",
        /// The receiver has it.
        Received = "received",
        /// No place yet.
        WaitingList = "waiting_list",
        /// The receiver takes the person.
        Accepted = "accepted",
        /// The receiver does not; of an accompaniment, it asks for a reorientation.
        Refused = "refused",
        /// The person came.
        Started = "started",
        /// It came to its end.
        Completed = "completed",
        /// It ended before.
        Abandoned = "abandoned",
        /// The département took it back.
        Cancelled = "cancelled",
        /// An action's receiver did not answer in time.
        Expired = "expired",
    }
}

impl ReferralState {
    /// Whether it may still lead to something: one open referral per person and purpose.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Received | Self::WaitingList | Self::Accepted | Self::Started)
    }

    /// Whether its receiver has said neither yes, nor no, nor not yet.
    pub const fn is_unanswered(self) -> bool {
        matches!(self, Self::Sent | Self::Received)
    }

    /// Whether the clock has ended one in this state, which waits for an answer until then.
    fn has_expired(self, expires_at: Option<Instant>, now: Instant) -> bool {
        self.is_unanswered() && expires_at.is_some_and(|end| end <= now)
    }
}

codes! {
    /// What a person is referred for.
    PurposeKind {
        /// To be accompanied by an organisation.
        Accompaniment = "accompaniment",
        /// To take part in a collective action.
        Action = "action",
    }
}

codes! {
    /// Whether the person came to the receiver.
    Came {
        /// They did.
        Yes = "yes",
        /// They did not.
        No = "no",
        /// They did not, and said why.
        Excused = "excused",
    }
}

codes! {
    /// What an accompaniment came to.
    Conclusion {
        /// Its end.
        Completed = "completed",
        /// It stopped before.
        Abandoned = "abandoned",
    }
}

/// What a person is referred for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be accompanied.
    Accompaniment(Accompaniment),
    /// To take part in an action.
    Action {
        /// The action.
        id: Id<Action>,
        /// Its name.
        name: Label,
        /// The group meant, or later the one they were given a seat in.
        group: Option<(Id<Group>, Label)>,
        /// What the person lives on, a code of `statuses_at_entry`: the enrolment will say so.
        status_at_entry: Term,
    },
}

impl Purpose {
    /// Which of the two.
    pub const fn kind(&self) -> PurposeKind {
        match self {
            Self::Accompaniment(_) => PurposeKind::Accompaniment,
            Self::Action { .. } => PurposeKind::Action,
        }
    }

    /// The action, if it is one.
    pub const fn action(&self) -> Option<Id<Action>> {
        match self {
            Self::Accompaniment(_) => None,
            Self::Action { id, .. } => Some(*id),
        }
    }

    /// The group, if one is named.
    pub fn group(&self) -> Option<Id<Group>> {
        match self {
            Self::Accompaniment(_) | Self::Action { group: None, .. } => None,
            Self::Action { group: Some((id, _)), .. } => Some(*id),
        }
    }
}

/// To whom somebody is referred.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The organisation.
    pub id: Id<Organisation>,
    /// What it is: that decides what it may know.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Label,
    /// Its site, such as an agency, with the site's code and label.
    pub site: Option<(Id<Site>, Line<24>, Label)>,
}

/// The person referred, as far as any receiver may know them. Which receiver knows what is in [`Disclosed`].
#[derive(Clone, Debug)]
pub struct Referred {
    /// Their id.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// Family name; none once purged.
    pub last_name: Option<Name>,
    /// First name; none once purged.
    pub first_name: Option<Name>,
    /// Date of birth, where known.
    pub birth_date: Option<Day>,
    /// Commune of residence, where known.
    pub commune_code: Option<CommuneCode>,
    /// Birth name, phone, address, France Travail's identifier.
    pub details: Details,
    /// Whether their file was merged or purged.
    pub is_closed: bool,
}

impl From<&Beneficiary> for Referred {
    fn from(person: &Beneficiary) -> Self {
        Self {
            id: person.id,
            reference: person.reference.clone(),
            last_name: person.last_name.clone(),
            first_name: person.first_name.clone(),
            birth_date: person.birth_date,
            commune_code: person.commune_code.clone(),
            details: person.details.clone(),
            is_closed: person.is_closed(),
        }
    }
}

/// Who accompanies the person at the receiver's (*référent*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Referent {
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Electronic address; null or absent when it is not given.
    pub email: Option<Email>,
    /// Phone; null or absent when it is not given.
    pub phone: Option<Phone>,
}

/// What became of an accompaniment, or of a place in an action, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the person came.
    pub came: Option<Came>,
    /// Whether the receiver took them (*retenue*).
    pub selected: Option<bool>,
    /// Whether they joined (*a intégré*).
    pub joined: Option<bool>,
}

/// A referral.
#[derive(Clone, Debug)]
pub struct Referral {
    /// Its id.
    pub id: Id<Referral>,
    /// Whom it is about.
    pub person: Referred,
    /// To whom.
    pub receiver: Receiver,
    /// What for.
    pub purpose: Purpose,
    /// What is to be reached, in words meant for the receiver.
    pub objective: Note,
    /// The barriers concerned, in the order of the list.
    pub barriers: Vec<BarrierKind>,
    /// The day the person signed it.
    pub signed_on: Option<Day>,
    /// Who refers.
    pub referred_by: Id<Principal>,
    /// Who that is for the receiver; none where nobody of flesh did.
    pub referrer: Option<Referrer>,
    /// Where it stands, as it was last written down: see [`Referral::state_at`].
    pub state: ReferralState,
    /// The receiver's own identifier of it.
    pub external_id: Option<Line<128>>,
    /// Who accompanies the person there.
    pub referent: Option<Referent>,
    /// Why it was refused, cancelled or abandoned: a code of the list that belongs to the state.
    pub reason: Option<Term>,
    /// The same in words.
    pub comment: Option<Note>,
    /// The seat that its acceptance gave, and its first day.
    pub enrolment: Option<(Id<Enrolment>, Day)>,
    /// Since when it is on the waiting list.
    pub waiting_since: Option<Instant>,
    /// The first day.
    pub started_on: Option<Day>,
    /// The last day.
    pub ended_on: Option<Day>,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was sent.
    pub sent_at: Instant,
    /// When it expires unanswered; none for an accompaniment, which never does.
    pub expires_at: Option<Instant>,
    /// When it was refused, cancelled, expired or ended.
    pub closed_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// How long after its end a receiver still sees a referral.
pub const SEEN_AFTER_CLOSING: chrono::TimeDelta = chrono::TimeDelta::days(60);

impl Referral {
    /// Whether nobody answered in time. The clock decides, whether or not that was written down.
    pub fn has_expired(&self, now: Instant) -> bool {
        self.state.has_expired(self.expires_at, now)
    }

    /// Where it stands.
    pub fn state_at(&self, now: Instant) -> ReferralState {
        if self.has_expired(now) { ReferralState::Expired } else { self.state }
    }

    /// The same at its next version, in this state.
    fn next(&self, state: ReferralState, now: Instant) -> Self {
        let closed_at = if state == self.state { self.closed_at } else { Some(now).filter(|_| !state.is_open()) };
        let waiting_since = if state == ReferralState::WaitingList { self.waiting_since.or(Some(now)) } else { None };
        Self { state, closed_at, waiting_since, stamp: self.stamp.next(now), ..self.clone() }
    }
}

/// A referral in short, as it stood at some moment.
#[derive(Clone, Debug)]
pub struct ReferralSummary {
    /// Its id.
    pub id: Id<Referral>,
    /// To whom.
    pub organisation: Id<Organisation>,
    /// Their name.
    pub organisation_name: Label,
    /// What for.
    pub purpose: PurposeKind,
    /// Which accompaniment.
    pub accompaniment: Option<Accompaniment>,
    /// Which action.
    pub action: Option<Id<Action>>,
    /// Where it stood.
    pub state: ReferralState,
    /// When it was sent.
    pub sent_at: Instant,
    /// When it came to its end.
    pub closed_at: Option<Instant>,
}

impl ReferralSummary {
    /// The same at a moment, if nobody answered it by when it expires.
    #[must_use]
    pub fn at(self, now: Instant, expires_at: Option<Instant>) -> Self {
        if self.state.has_expired(expires_at, now) {
            return Self { state: ReferralState::Expired, closed_at: self.closed_at.or(expires_at), ..self };
        }
        self
    }
}

codes! {
    /// What deserves a look and refuses nothing. Extensible.
    ReferralWarning {
        /// The programme does not foresee this accompaniment by this kind of organisation; the law in force since 2025 allows it.
        OutsideProgramme = "OUTSIDE_PROGRAMME",
    }
}

impl Referral {
    /// What deserves a look.
    pub fn warnings(&self) -> Vec<ReferralWarning> {
        match self.purpose {
            Purpose::Accompaniment(accompaniment) if !is_in_programme(self.receiver.kind, accompaniment) => vec![ReferralWarning::OutsideProgramme],
            Purpose::Accompaniment(_) | Purpose::Action { .. } => Vec::new(),
        }
    }
}

/// A referral as it will be, what its receiver is told of it, and the event that says so.
#[derive(Debug)]
pub struct ReferralChanged {
    /// The referral after the change.
    pub after: Referral,
    /// Whether it did not exist before.
    pub created: bool,
    /// How the receiver's feed calls it.
    pub told: FeedEventType,
    /// What happened, without any personal value.
    pub event: Event,
}

impl ReferralChanged {
    fn new(after: Referral, told: FeedEventType) -> Decided<Self> {
        let event = Event::new(told.code(), after.id).about(after.person.id).with("state", after.state);
        let event = after.reason.iter().fold(event, |event, reason| event.with("reason", &**reason));
        Decided::new(Self { created: told == FeedEventType::Sent, after, told, event })
    }

    /// That a receiver answered, whatever it is.
    #[cfg(test)]
    pub(crate) fn answered_for_tests(after: Referral) -> Decided<Self> {
        Self::new(after, FeedEventType::Updated)
    }
}

#[cfg(test)]
mod tests;
