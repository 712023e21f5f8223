//! Sending a referral, editing what it says, taking it back: the département's side.

use chrono::TimeDelta;

use super::disclosed::Referrer;
use super::{Purpose, PurposeKind, Receiver, Referral, ReferralChanged, ReferralState};
use crate::accompaniment::{Accompaniment, check_provider};
use crate::action::Action;
use crate::actor::Principal;
use crate::barrier::BarrierKind;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::Stamp;
use crate::feed::FeedEventType;
use crate::group::Group;
use crate::id::Id;
use crate::organisation::{Delegation, Organisation, OrganisationKind, Site};
use crate::orientation::Decision;
use crate::policy::{Refer, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::settings::{Setting, Settings};
use crate::text::{Label, Line, Note};
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// What is said of a referral when it is sent.
#[derive(Clone, Debug)]
pub struct SendOrder {
    /// What for.
    pub purpose: PurposeOrder,
    /// What it says.
    pub about: EditOrder,
}

/// What somebody is to be referred for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurposeOrder {
    /// To be accompanied.
    Accompaniment {
        /// How.
        accompaniment: Accompaniment,
        /// By whom.
        organisation: Id<Organisation>,
    },
    /// To take part in an action.
    Action {
        /// Which.
        action: Id<Action>,
        /// In which group, if one is meant.
        group: Option<Id<Group>>,
        /// What the person lives on.
        status_at_entry: Term,
    },
}

/// The fields of both purposes, as an order gives them.
#[derive(Clone, Debug)]
pub struct PurposeFields {
    /// Which purpose.
    pub kind: PurposeKind,
    /// Of an accompaniment: by whom.
    pub organisation: Option<Id<Organisation>>,
    /// Of an accompaniment: how.
    pub accompaniment: Option<Accompaniment>,
    /// Of an action: which.
    pub action: Option<Id<Action>>,
    /// Of an action: in which group.
    pub group: Option<Id<Group>>,
    /// Of an action: what the person lives on.
    pub status_at_entry: Option<Term>,
}

impl PurposeFields {
    /// Takes the fields of its purpose, and refuses those that lack or that belong to the other one.
    pub fn read(self) -> Result<PurposeOrder, Refusal> {
        let Self { kind, organisation, accompaniment, action, group, status_at_entry } = self;
        let is_action = kind == PurposeKind::Action;
        let mut faults = Faults::default();
        let both = [
            ("organisation_id", organisation.is_some(), false, true),
            ("accompaniment", accompaniment.is_some(), false, true),
            ("action_id", action.is_some(), true, true),
            ("group_id", group.is_some(), true, false),
            ("status_at_entry", status_at_entry.is_some(), true, true),
        ];
        for (field, given, of_action, required) in both {
            faults.check(given && of_action != is_action, field, Rule::ForbiddenForPurpose);
            faults.check(!given && required && of_action == is_action, field, Rule::RequiredForPurpose);
        }
        faults.into_result()?;
        match (accompaniment.zip(organisation), action.zip(status_at_entry)) {
            (Some((accompaniment, organisation)), _) => Ok(PurposeOrder::Accompaniment { accompaniment, organisation }),
            (None, Some((action, status_at_entry))) => Ok(PurposeOrder::Action { action, group, status_at_entry }),
            (None, None) => Err(Refusal::invalid("purpose", Rule::RequiredForPurpose)),
        }
    }
}

/// What is said of a referral, when it is sent and later.
#[derive(Clone, Debug)]
pub struct EditOrder {
    /// The receiver's site.
    pub site: Option<Id<Site>>,
    /// What is to be reached.
    pub objective: Note,
    /// The barriers concerned.
    pub barriers: Vec<BarrierKind>,
    /// The day the person signed it.
    pub signed_on: Option<Day>,
}

/// What a referral is taken back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelOrder {
    /// Why.
    pub reason: Term,
    /// The same in words.
    pub comment: Option<Note>,
}

/// What an order names, and what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The organisation named, or the one that runs the action named.
    pub receiver: Option<&'a Organisation>,
    /// Its delegations.
    pub delegations: &'a [Delegation],
    /// The site named.
    pub site: Option<&'a Site>,
    /// The action named.
    pub action: Option<&'a Action>,
    /// The group named.
    pub group: Option<&'a Group>,
    /// Whether another referral of the person is open for this purpose.
    pub is_open: bool,
    /// Who refers, as the receiver will read it.
    pub referrer: Option<&'a Referrer>,
    /// The département's settings.
    pub settings: &'a Settings,
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

impl Referral {
    /// Sends somebody to a receiver, who finds it in its feed.
    pub fn send(
        scope: &Scope<Refer>,
        id: Id<Referral>,
        person: &Beneficiary,
        order: SendOrder,
        around: &Around<'_>,
    ) -> Result<Decided<ReferralChanged>, Refusal> {
        let now = scope.now();
        person.must_live()?;
        if around.is_open {
            return Err(Refusal::Conflict(Rule::ReferralOpen));
        }
        let SendOrder { purpose, about } = order;
        let mut faults = Faults::default();
        let receiver = receiver(&purpose, person, around, now, &mut faults);
        let purpose = named(purpose, around, now, &mut faults);
        let about = check(about, around.site, around.receiver.map(|receiver| receiver.id), now, &mut faults);
        faults.into_result()?;
        let (Some(receiver), Some(purpose)) = (receiver, purpose) else {
            return Err(Refusal::invalid("organisation_id", Rule::ReceiverUnknown));
        };
        let days = around.settings.value(Setting::ReferralExpiryDays, now.day());
        let expires_at = purpose.action().map(|_| now.plus(TimeDelta::days(i64::from(days))));
        let by = (scope.actor().principal, around.referrer.cloned());
        let sent = Self { expires_at, ..Self::sent(now, id, person, receiver, purpose, about, by) };
        Ok(ReferralChanged::new(sent, FeedEventType::Sent))
    }

    /// Tells the referent organisation of an orientation that it is theirs: the decision is what allows it.
    pub(crate) fn sent_for_orientation(
        now: Instant,
        id: Id<Referral>,
        person: &Beneficiary,
        to: (&Organisation, Option<&Site>),
        decision: &Decision,
        barriers: Vec<BarrierKind>,
        referrer: Option<&Referrer>,
    ) -> Decided<ReferralChanged> {
        let (organisation, site) = to;
        let receiver = Receiver { id: organisation.id, kind: organisation.kind, name: organisation.name.clone(), site: site.map(named_site) };
        let objective = decision.objective.clone().unwrap_or_else(|| Note::stored(usual_objective(decision)));
        let about = EditOrder { site: decision.site, objective, barriers, signed_on: None };
        let by = (decision.by, referrer.cloned());
        let sent = Self::sent(now, id, person, receiver, Purpose::Accompaniment(decision.accompaniment), about, by);
        ReferralChanged::new(sent, FeedEventType::Sent)
    }

    fn sent(
        now: Instant,
        id: Id<Referral>,
        person: &Beneficiary,
        receiver: Receiver,
        purpose: Purpose,
        about: EditOrder,
        (referred_by, referrer): (Id<Principal>, Option<Referrer>),
    ) -> Self {
        Self {
            id,
            person: person.into(),
            receiver,
            purpose,
            objective: about.objective,
            barriers: about.barriers,
            signed_on: about.signed_on,
            referred_by,
            referrer,
            state: ReferralState::Sent,
            external_id: None,
            referent: None,
            reason: None,
            comment: None,
            enrolment: None,
            waiting_since: None,
            started_on: None,
            ended_on: None,
            outcome: super::Outcome::default(),
            sent_at: now,
            expires_at: None,
            closed_at: None,
            stamp: Stamp::first(now),
        }
    }

    /// Edits what it says; `site` is the one that the order names. The same again changes nothing.
    pub fn edit(&self, scope: &Scope<Refer>, order: EditOrder, site: Option<&Site>) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        let now = scope.now();
        if !self.state_at(now).is_open() {
            return Err(Refusal::Conflict(if self.state_at(now) == ReferralState::Expired { Rule::ReferralExpired } else { Rule::ReferralClosed }));
        }
        let mut faults = Faults::default();
        let EditOrder { objective, barriers, signed_on, .. } = check(order, site, Some(self.receiver.id), now, &mut faults);
        faults.into_result()?;
        let same_site = self.receiver.site.as_ref().map(|(id, _, _)| *id) == site.map(|site| site.id);
        if same_site && (&objective, &barriers, signed_on) == (&self.objective, &self.barriers, self.signed_on) {
            return Ok(None);
        }
        let receiver = Receiver { site: site.map(named_site), ..self.receiver.clone() };
        let after = Self { receiver, objective, barriers, signed_on, ..self.next(self.state, now) };
        Ok(Some(ReferralChanged::new(after, FeedEventType::Updated)))
    }

    /// Takes it back, until it has started. The same again changes nothing. `orients`: it is one of an orientation in force, and ends with
    /// that alone.
    pub fn cancel(
        &self,
        scope: &Scope<Refer>,
        order: CancelOrder,
        orients: bool,
        vocabulary: &Vocabulary,
    ) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
        use ReferralState as S;
        let now = scope.now();
        match self.state_at(now) {
            S::Sent | S::Received | S::WaitingList | S::Accepted | S::Started if orients => return Err(Refusal::Conflict(Rule::FollowsOrientation)),
            S::Sent | S::Received | S::WaitingList | S::Accepted => {}
            S::Cancelled if self.reason.as_ref() == Some(&order.reason) && self.comment == order.comment => return Ok(None),
            S::Started => return Err(Refusal::Conflict(Rule::ReferralStarted)),
            S::Expired => return Err(Refusal::Conflict(Rule::ReferralExpired)),
            S::Refused | S::Completed | S::Abandoned | S::Cancelled => return Err(Refusal::Conflict(Rule::ReferralClosed)),
        }
        let mut faults = Faults::default();
        faults.check(!vocabulary.holds(CodeList::ReferralCancellationReasons, &order.reason, now.day()), "reason", Rule::CodeUnknown);
        faults.into_result()?;
        let after = Self { reason: Some(order.reason), comment: order.comment, ..self.next(S::Cancelled, now) };
        Ok(Some(ReferralChanged::new(after, FeedEventType::Cancelled)))
    }
}

/// What a receiver reads where whoever decided said no more.
fn usual_objective(decision: &Decision) -> String {
    let what = match decision.accompaniment {
        Accompaniment::Social => "social",
        Accompaniment::Socioprofessional => "socioprofessionnel",
        Accompaniment::CommonLaw => "de droit commun",
    };
    format!("Accompagnement {what} décidé le {}.", decision.on.date().format("%d/%m/%Y"))
}

fn named_site(site: &Site) -> (Id<Site>, Line<24>, Label) {
    (site.id, site.code.clone(), site.label.clone())
}

/// Who receives it, and whether they may.
fn receiver(purpose: &PurposeOrder, person: &Beneficiary, around: &Around<'_>, now: Instant, faults: &mut Faults) -> Option<Receiver> {
    let is_action = matches!(purpose, PurposeOrder::Action { .. });
    let Some(organisation) = around.receiver else {
        faults.check(!is_action, "organisation_id", Rule::ReceiverUnknown);
        return None;
    };
    let field = if is_action { "action_id" } else { "organisation_id" };
    faults.check(organisation.kind == OrganisationKind::Department, field, Rule::ReceiverIsDepartment);
    if let PurposeOrder::Accompaniment { accompaniment, .. } = purpose {
        check_provider(organisation, around.delegations, *accompaniment, person, now.day(), faults);
    }
    Some(Receiver { id: organisation.id, kind: organisation.kind, name: organisation.name.clone(), site: around.site.map(named_site) })
}

/// What it is for, with the names of what was named.
fn named(order: PurposeOrder, around: &Around<'_>, now: Instant, faults: &mut Faults) -> Option<Purpose> {
    let (group, status_at_entry) = match order {
        PurposeOrder::Accompaniment { accompaniment, .. } => return Some(Purpose::Accompaniment(accompaniment)),
        PurposeOrder::Action { group, status_at_entry, .. } => (group, status_at_entry),
    };
    faults.check(!around.vocabulary.holds(CodeList::StatusesAtEntry, &status_at_entry, now.day()), "status_at_entry", Rule::CodeUnknown);
    let Some(action) = around.action else {
        faults.add(["action_id".into()], Rule::ActionUnknown);
        return None;
    };
    let lasts = |period: Period| period.ends_on.is_none_or(|end| now.day() <= end);
    let about = &action.about;
    faults.check(!lasts(Period { starts_on: about.starts_on, ends_on: about.ends_on }), "action_id", Rule::ActionUnknown);
    let known = around.group.filter(|known| known.action == action.id && lasts(known.about.period()));
    faults.check(group.is_some() && known.is_none(), "group_id", Rule::GroupUnknown);
    let group = known.map(|known| (known.id, known.about.name.clone()));
    Some(Purpose::Action { id: action.id, name: about.name.clone(), group, status_at_entry })
}

fn check(order: EditOrder, known: Option<&Site>, receiver: Option<Id<Organisation>>, now: Instant, faults: &mut Faults) -> EditOrder {
    let EditOrder { site, objective, mut barriers, signed_on } = order;
    let is_theirs = known.is_some_and(|known| Some(known.organisation) == receiver);
    faults.check(site.is_some() && !is_theirs, "site_id", Rule::SiteUnknown);
    faults.check(signed_on.is_some_and(|day| day > now.day()), "signed_on", Rule::DayInFuture);
    for (place, barrier) in barriers.iter().enumerate() {
        if barriers.iter().take(place).any(|earlier| earlier == barrier) {
            faults.add(["barriers".into(), place.into()], Rule::DuplicateItem);
        }
    }
    barriers.sort_unstable();
    EditOrder { site, objective, barriers, signed_on }
}
