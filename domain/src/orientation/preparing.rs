//! The steps towards a decision: that somebody is to be oriented, the interview, the proposal.

use super::criteria::Criteria;
use super::{Interview, InterviewOutcome, Orientation, OrientationState, Proposal};
use crate::accompaniment::{Accompaniment, check_provider};
use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::change::{Change, Stamp};
use crate::id::Id;
use crate::organisation::{Delegation, Organisation, OrganisationKind, Site};
use crate::policy::{PrepareOrientation, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::rsa_right::RsaRight;
use crate::text::Note;

/// What is said when somebody is to be oriented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    /// Whether they ask for it themselves, without being subject to the duties (CASF L262-27).
    pub voluntary: bool,
}

/// What is said of an interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterviewOrder {
    /// The day.
    pub on: Day,
    /// What became of it.
    pub outcome: Option<InterviewOutcome>,
}

/// What is proposed.
#[derive(Clone, Debug)]
pub struct ProposeOrder {
    /// The four blocks of criteria.
    pub criteria: Criteria,
    /// Which accompaniment.
    pub accompaniment: Accompaniment,
    /// By whom.
    pub organisation: Id<Organisation>,
    /// In words.
    pub comment: Option<Note>,
}

/// The organisation that an order names, with what it was given the power to do.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The organisation; none where there is none by that id.
    pub organisation: Option<&'a Organisation>,
    /// Its delegations.
    pub delegations: &'a [Delegation],
    /// The site named.
    pub site: Option<&'a Site>,
}

impl<'a> Provider<'a> {
    /// Refuses an organisation that may not provide this to this person on that day.
    pub(super) fn check(&self, accompaniment: Accompaniment, person: &Beneficiary, on: Day, faults: &mut Faults) -> Option<&'a Organisation> {
        let Some(organisation) = self.organisation else {
            faults.add(["organisation_id".into()], Rule::OrganisationUnknown);
            return None;
        };
        check_provider(organisation, self.delegations, accompaniment, person, on, faults);
        Some(organisation)
    }

    /// Whether it is the département, or acts for it that day.
    pub(super) fn acts_for_department(&self, on: Day) -> bool {
        let is_department = self.organisation.is_some_and(|organisation| organisation.kind == OrganisationKind::Department);
        is_department || self.delegations.iter().any(|delegation| delegation.period.holds(on))
    }
}

impl Orientation {
    fn opened(id: Id<Self>, person: Id<Beneficiary>, right: Option<&RsaRight>, on: Day, is_voluntary: bool, stamp: Stamp) -> Self {
        Self {
            id,
            beneficiary: person,
            state: OrientationState::ToOrient,
            opened_on: on,
            is_voluntary,
            right: right.map(|right| right.id),
            former: None,
            interview: None,
            missed_interviews: 0,
            proposal: None,
            decision: None,
            period: None,
            waiting_since: None,
            notification: None,
            acceptance: None,
            review: None,
            maintained_on: None,
            extension: None,
            referral: None,
            closure: None,
            stamp,
        }
    }

    /// Somebody is to be oriented. `rights` are theirs, `others` are all the
    /// orientations of the person, who is under lock.
    pub fn open(
        scope: &Scope<PrepareOrientation>,
        id: Id<Orientation>,
        person: &Beneficiary,
        order: OpenOrder,
        rights: &[RsaRight],
        others: &[Orientation],
    ) -> Result<Decided<Change<Orientation>>, Refusal> {
        person.must_live()?;
        let right = rights.iter().find(|right| right.is_subject_from(scope.now().day()));
        if others.iter().any(Self::is_pending) {
            return Err(Refusal::Conflict(Rule::OrientationPending));
        }
        if others.iter().any(Self::is_in_force) {
            return Err(Refusal::Conflict(Rule::OrientationInForce));
        }
        if right.is_none() && !order.voluntary {
            return Err(Refusal::Conflict(Rule::NotSubjectToDuties));
        }
        let now = scope.now();
        let after = Self::opened(id, person.id, right, now.day(), right.is_none(), Stamp::first(now));
        let event = after.event("orientation.opened");
        Ok(Change::created(after, event))
    }

    /// Who becomes subject to the duties is to be oriented, unless they are already, or about to be.
    pub fn open_for_duties(
        recorded: &Decided<Change<RsaRight>>,
        id: Id<Orientation>,
        others: &[Orientation],
    ) -> Option<Decided<Change<Orientation>>> {
        let right = &recorded.after;
        if !right.is_subject_from(right.stamp.updated_at.day()) {
            return None;
        }
        if others.iter().any(|other| other.is_pending() || other.is_in_force()) {
            return None;
        }
        let now = right.stamp.updated_at;
        let after = Self::opened(id, right.beneficiary, Some(right), now.day(), false, Stamp::first(now));
        let event = after.event("orientation.opened");
        Some(Change::created(after, event))
    }

    /// Plans an interview, or says what became of it. One that was missed is to be planned anew.
    pub fn interview(&self, scope: &Scope<PrepareOrientation>, order: InterviewOrder) -> Result<Option<Decided<Change<Orientation>>>, Refusal> {
        use OrientationState as S;
        self.must_be(&[S::ToOrient, S::InterviewPlanned, S::Proposed])?;
        let interview = Interview { on: order.on, outcome: order.outcome };
        if self.interview.as_ref() == Some(&interview) {
            return Ok(None);
        }
        let today = scope.now().day();
        let mut faults = Faults::default();
        faults.check(order.outcome.is_some() && order.on > today, "on", Rule::DayInFuture);
        faults.check(order.on > today.plus_months(12), "on", Rule::DayInFuture);
        faults.into_result()?;
        let missed = matches!(order.outcome, Some(InterviewOutcome::Missed | InterviewOutcome::Excused));
        let state = match self.state {
            S::Proposed => S::Proposed,
            _ if missed => S::ToOrient,
            _ => S::InterviewPlanned,
        };
        let missed_interviews = self.missed_interviews.saturating_add(i32::from(order.outcome == Some(InterviewOutcome::Missed)));
        let after = Self { interview: Some(interview), state, missed_interviews, ..self.next(scope.now()) };
        Ok(Some(Self::edited(after, "orientation.interview")))
    }

    /// Proposes an accompaniment on the four blocks of criteria, with what they suggest; of one that is reviewed, another.
    pub fn propose(
        &self,
        scope: &Scope<PrepareOrientation>,
        person: &Beneficiary,
        order: ProposeOrder,
        provider: Provider<'_>,
    ) -> Result<Decided<Change<Orientation>>, Refusal> {
        use OrientationState as S;
        person.must_live()?;
        self.must_be(&[S::ToOrient, S::InterviewPlanned, S::Proposed, S::Review])?;
        let ProposeOrder { criteria, accompaniment, organisation, comment } = order;
        let mut faults = Faults::default();
        criteria.check(&mut faults);
        provider.check(accompaniment, person, scope.now().day(), &mut faults);
        faults.into_result()?;
        let suggestion = criteria.suggest();
        let (by, at) = (scope.actor().principal, scope.now());
        let proposal = Proposal { criteria, suggestion, accompaniment, organisation, comment, by, at };
        let state = if self.state == S::Review { S::Review } else { S::Proposed };
        let after = Self { proposal: Some(proposal), state, ..self.next(scope.now()) };
        let event = after.event("orientation.proposed").with("proposed", accompaniment);
        Ok(Change::edited(after, event))
    }
}
