//! Orientations (*orientation*): which of the three accompaniments, by whom, since when, decided by whom and why. What is asked before a
//! decision and what it suggests is in `criteria`, the steps towards one in `preparing`, the decision in `deciding`, what comes after it
//! in `reviewing`, what follows from elsewhere in `following`. Deadlines are the law's (`law`), and computed.

mod criteria;
mod deciding;
mod following;
mod preparing;
mod reviewing;

use serde::{Deserialize, Serialize};

use crate::accompaniment::{Accompaniment, is_in_programme};
use crate::actor::Principal;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::law::{self, DueDate, VulnerabilityGround};
use crate::organisation::{Organisation, OrganisationKind, Site};
use crate::professional::Professional;
use crate::referral::Referral;
use crate::refusal::{Decided, Refusal, Rule};
use crate::rsa_right::RsaRight;
use crate::text::Note;

pub use criteria::{
    Activity, Aspirations, Criteria, Difficulties, Difficulty, EmploymentSituation, Qualification, QualificationLevel, Suggestion, SuggestionFact,
    WorkProject,
};
pub use deciding::{DecideOrder, Deciding, MaintainOrder, OrientationDecided, Room};
pub use preparing::{InterviewOrder, OpenOrder, ProposeOrder, Provider};
pub use reviewing::{AcceptOrder, CloseOrder, NotifyOrder, OpinionOrder, OrientationClosed, ReviewOrder};

codes! {
    /// Where an orientation stands.
    OrientationState {
        /// Nobody has seen the person yet.
        ToOrient = "to_orient",
        /// An interview is planned, or took place.
        InterviewPlanned = "interview_planned",
        /// An accompaniment is proposed.
        Proposed = "proposed",
        /// It was decided; in force from that day, unless it waits for a place.
        Decided = "decided",
        /// The person was told, with the ways of appeal.
        Notified = "notified",
        /// The referent organisation takes the person in charge.
        Active = "active",
        /// Somebody asks for another one. It stays in force.
        Review = "review",
        /// Another one took its place.
        Superseded = "superseded",
        /// It came to its end, and none followed.
        Closed = "closed",
    }
}

codes! {
    /// Whose decision it was.
    DecidedBy {
        /// The president of the departmental council, or a delegate.
        Department = "department",
        /// France Travail, in the département's stead: recorded by a manager.
        FranceTravail = "france_travail",
    }
}

codes! {
    /// How a decision came about.
    OrientationOrigin {
        /// The first since the right was opened, within the delay.
        Initial = "initial",
        /// By default, the person having prevented another: under the law before 2025 alone.
        Default = "default",
        /// Information was missing through the person's doing (CASF R262-65-3).
        MissingInformation = "missing_information",
        /// The delay of six weeks was over, so France Travail decided.
        Lapsed = "lapsed",
        /// In the place of a former one, or by the département after France Travail could have decided (CASF D262-65-2).
        Reorientation = "reorientation",
        /// The person came from another département.
        Transfer = "transfer",
    }
}

codes! {
    /// What became of an interview.
    InterviewOutcome {
        /// It took place.
        Held = "held",
        /// The person did not come.
        Missed = "missed",
        /// The person did not come, for a legitimate reason.
        Excused = "excused",
    }
}

codes! {
    /// How the person was told of the decision.
    NotificationMeans {
        /// By letter.
        Post = "post",
        /// By registered letter.
        RegisteredPost = "registered_post",
        /// By hand, against a signature.
        Hand = "hand",
        /// Electronically.
        Electronic = "electronic",
    }
}

codes! {
    /// Who asks for another orientation.
    ReviewRequester {
        /// Whoever accompanies the person, or the organisation to which they were referred.
        Referent = "referent",
        /// The person.
        Beneficiary = "beneficiary",
        /// France Travail.
        FranceTravail = "france_travail",
        /// The département.
        Department = "department",
    }
}

codes! {
    /// Why another orientation is asked for.
    ReviewReason {
        /// The accompaniment does not fit the person's needs.
        NeedsOtherSupport = "needs_other_support",
        /// What held the person back was lifted.
        BarriersLifted = "barriers_lifted",
        /// Something holds the person back that was not known.
        NewBarriers = "new_barriers",
        /// The person moved.
        Moved = "moved",
        /// The social track is looked at again, as the law asks (CASF L262-31).
        SocialReview = "social_review",
        /// The receiver of the referral refused it; the referral says why.
        ReferralRefused = "referral_refused",
        /// The receiver of the referral said that the accompaniment ended.
        AccompanimentEnded = "accompaniment_ended",
        /// Another reason, in words.
        Other = "other",
    }
}

codes! {
    /// What the multidisciplinary team thinks (*avis de l'équipe pluridisciplinaire*).
    TeamOpinion {
        /// The orientation is to stay.
        Maintain = "maintain",
        /// Another one is to be decided.
        Change = "change",
    }
}

codes! {
    /// Why an orientation came to its end without another one.
    ClosureReason {
        /// A job of more than six months.
        JobOver6Months = "job_over_6_months",
        /// A job of six months at most.
        JobUpTo6Months = "job_up_to_6_months",
        /// A training.
        Training = "training",
        /// A business of their own.
        Business = "business",
        /// The right to the RSA ended.
        RightEnded = "right_ended",
        /// The person is no longer subject to the duties.
        NoLongerSubject = "no_longer_subject",
        /// The person left the département.
        LeftDepartment = "left_department",
        /// Retirement.
        Retirement = "retirement",
        /// Death.
        Death = "death",
        /// The person gave up an accompaniment that they were free to have.
        GaveUp = "gave_up",
        /// It should never have been.
        Mistake = "mistake",
        /// Another reason.
        Other = "other",
    }
}

impl ClosureReason {
    /// Whether it is a positive exit: to work or training.
    pub const fn is_positive(self) -> bool {
        matches!(self, Self::JobOver6Months | Self::JobUpTo6Months | Self::Training | Self::Business)
    }
}

/// An interview to prepare the orientation (*entretien d'orientation*).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interview {
    /// The day.
    pub on: Day,
    /// What became of it, once it is known.
    pub outcome: Option<InterviewOutcome>,
}

impl Interview {
    /// Whether it took place by a day: nobody said otherwise.
    pub fn took_place_by(&self, day: Day) -> bool {
        self.on <= day && self.outcome.is_none_or(|outcome| outcome == InterviewOutcome::Held)
    }
}

/// What is proposed, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The four blocks of criteria.
    pub criteria: Criteria,
    /// What they suggest.
    pub suggestion: Suggestion,
    /// The accompaniment proposed.
    pub accompaniment: Accompaniment,
    /// By whom.
    pub organisation: Id<Organisation>,
    /// In words.
    pub comment: Option<Note>,
    /// Who proposes.
    pub by: Id<Principal>,
    /// When.
    pub at: Instant,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Which accompaniment.
    pub accompaniment: Accompaniment,
    /// By whom.
    pub organisation: Id<Organisation>,
    /// What that organisation is.
    pub kind: OrganisationKind,
    /// Its site, where one is meant.
    pub site: Option<Id<Site>>,
    /// Whose decision.
    pub decided_by: DecidedBy,
    /// How it came about.
    pub origin: OrientationOrigin,
    /// The day.
    pub on: Day,
    /// Why, in words: always where it differs from what the criteria suggest.
    pub reason: Option<Note>,
    /// What is to be reached, in words meant for the referent organisation.
    pub objective: Option<Note>,
    /// Who wrote it down.
    pub by: Id<Principal>,
}

/// How the person was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The day.
    pub on: Day,
    /// How.
    pub means: NotificationMeans,
}

/// That the referent organisation takes the person in charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The day.
    pub on: Day,
    /// Who accompanies the person, where they are known here. A receiver names its own on the referral.
    pub referent: Option<Id<Professional>>,
}

/// That another orientation is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who asks.
    pub requested_by: ReviewRequester,
    /// Since when.
    pub requested_on: Day,
    /// Why.
    pub reason: ReviewReason,
    /// The same in words.
    pub comment: Option<Note>,
    /// When the multidisciplinary team was asked, if it was.
    pub team_asked_on: Option<Day>,
    /// What it thinks, and since when, once it said so.
    pub opinion: Option<(TeamOpinion, Day)>,
}

/// Why the social track is reviewed after twelve months only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The grounds, each once.
    pub grounds: Vec<VulnerabilityGround>,
    /// The day it was said.
    pub on: Day,
    /// By whom.
    pub by: Id<Principal>,
}

/// An orientation of a person, from the moment it is to be decided to its end.
#[derive(Clone, Debug)]
pub struct Orientation {
    /// Its id.
    pub id: Id<Orientation>,
    /// Whose.
    pub beneficiary: Id<Beneficiary>,
    /// Where it stands.
    pub state: OrientationState,
    /// Since when it is to be decided.
    pub opened_on: Day,
    /// Whether the person asked for it without being subject to the duties.
    pub is_voluntary: bool,
    /// The right that makes it due.
    pub right: Option<Id<RsaRight>>,
    /// The one in whose place it was decided.
    pub former: Option<Id<Orientation>>,
    /// The interview, the last one planned.
    pub interview: Option<Interview>,
    /// How many interviews the person missed without a legitimate reason.
    pub missed_interviews: i32,
    /// What is proposed.
    pub proposal: Option<Proposal>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// The days for which it is in force; none before its decision, while it waits for a place, and where another one took its place on
    /// its first day.
    pub period: Option<Period>,
    /// Since when it waits for a place.
    pub waiting_since: Option<Instant>,
    /// How the person was told.
    pub notification: Option<Notification>,
    /// That the person was taken in charge.
    pub acceptance: Option<Acceptance>,
    /// That another one is asked for.
    pub review: Option<Review>,
    /// When it was last maintained after a review.
    pub maintained_on: Option<Day>,
    /// Why its review comes after twelve months.
    pub extension: Option<Extension>,
    /// The referral that told the referent organisation, outside the département.
    pub referral: Option<Id<Referral>>,
    /// When and why it came to its end, where none followed.
    pub closure: Option<(Day, ClosureReason)>,
    /// Version and dates.
    pub stamp: Stamp,
}

codes! {
    /// What deserves a look and refuses nothing. Extensible.
    OrientationWarning {
        /// The programme does not foresee this accompaniment by this kind of organisation; the law in force since 2025 allows it.
        OutsideProgramme = "OUTSIDE_PROGRAMME",
        /// Every place of this organisation is taken: the orientation waits for one, and the former stays in force.
        NoPlaceFree = "NO_PLACE_FREE",
    }
}

impl Orientation {
    /// Whether it is still on its way to being in force.
    pub fn is_pending(&self) -> bool {
        use OrientationState as S;
        matches!(self.state, S::ToOrient | S::InterviewPlanned | S::Proposed) || self.is_waiting()
    }

    /// Whether it was decided and waits for a place.
    pub fn is_waiting(&self) -> bool {
        self.state == OrientationState::Decided && self.waiting_since.is_some()
    }

    /// Whether it was closed since it should never have been: its days stand in nobody's way.
    pub fn was_mistaken(&self) -> bool {
        self.closure.is_some_and(|(_, reason)| reason == ClosureReason::Mistake)
    }

    /// Whether it is the one in force, with no end known.
    pub fn is_in_force(&self) -> bool {
        self.period.is_some_and(|period| period.ends_on.is_none())
    }

    /// What deserves a look.
    pub fn warnings(&self) -> Vec<OrientationWarning> {
        let outside = self.decision.as_ref().is_some_and(|decision| !is_in_programme(decision.kind, decision.accompaniment));
        let found = [(outside, OrientationWarning::OutsideProgramme), (self.is_waiting(), OrientationWarning::NoPlaceFree)];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, warning)| warning).collect()
    }

    /// By when its social track is to be looked at again, given the last signature of a contract; none of other tracks. Where it was
    /// maintained since, that was a look.
    pub fn social_review_due(&self, signed_or_revised_on: Option<Day>) -> Option<DueDate> {
        let is_social = self.decision.as_ref().is_some_and(|decision| decision.accompaniment == Accompaniment::Social);
        let since = self.period.filter(|_| is_social && self.is_in_force())?.starts_on;
        let latest = |day: Day| self.maintained_on.map_or(day, |maintained| maintained.max(day));
        law::social_review_due(latest(since), signed_or_revised_on.map(latest), self.extension.is_some())
    }

    /// Where one in force stands by what happened to it.
    fn standing(&self) -> OrientationState {
        match (self.acceptance, self.notification) {
            (Some(_), _) => OrientationState::Active,
            (None, Some(_)) => OrientationState::Notified,
            (None, None) => OrientationState::Decided,
        }
    }

    /// Refuses what is not done where it stands, and whatever does not wait while it waits for a place.
    fn must_be(&self, states: &[OrientationState]) -> Result<(), Refusal> {
        if self.is_waiting() {
            return Err(Refusal::Conflict(Rule::OrientationWaits));
        }
        if states.contains(&self.state) { Ok(()) } else { Err(Refusal::Conflict(Rule::OrientationState)) }
    }

    /// Refuses what is done to one in force alone.
    fn must_be_in_force(&self) -> Result<(), Refusal> {
        use OrientationState as S;
        self.must_be(&[S::Decided, S::Notified, S::Active, S::Review])
    }

    /// The same at its next version.
    fn next(&self, now: Instant) -> Self {
        Self { stamp: self.stamp.next(now), ..self.clone() }
    }

    fn edited(after: Self, kind: &'static str) -> Decided<Change<Self>> {
        let event = after.event(kind);
        Change::edited(after, event)
    }

    fn event(&self, kind: &'static str) -> Event {
        let event = Event::new(kind, self.id).about(self.beneficiary).with("state", self.state);
        match &self.decision {
            Some(decision) => event.with("accompaniment", decision.accompaniment).with("origin", decision.origin),
            None => event,
        }
    }
}

#[cfg(test)]
mod tests;
