//! The decision: an accompaniment comes into force, the former ends the day before; or it waits for a place, and the former stays.

use super::preparing::Provider;
use super::{DecidedBy, Decision, Orientation, OrientationOrigin, OrientationState, Proposal, TeamOpinion};
use crate::accompaniment::Accompaniment;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant, Period};
use crate::change::{Change, Stamp};
use crate::id::Id;
use crate::law;
use crate::organisation::{Organisation, OrganisationKind, Site};
use crate::policy::{DecideOrientation, PlaceOrientation, Scope};
use crate::referral::{Referral, ReferralChanged, Referrer};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::rsa_right::RsaRight;
use crate::settings::{Setting, Settings};
use crate::text::Note;

/// What is decided.
#[derive(Clone, Debug)]
pub struct DecideOrder {
    /// Which accompaniment.
    pub accompaniment: Accompaniment,
    /// By whom.
    pub organisation: Id<Organisation>,
    /// At which of its sites.
    pub site: Option<Id<Site>>,
    /// Whose decision; none: the département's.
    pub decided_by: Option<DecidedBy>,
    /// How it came about; none: what the circumstances make it.
    pub origin: Option<OrientationOrigin>,
    /// The day; none: today.
    pub decided_on: Option<Day>,
    /// Why.
    pub reason: Option<Note>,
    /// What is to be reached, in words meant for the referent organisation.
    pub objective: Option<Note>,
}

/// What is said when an orientation stays after its review.
#[derive(Clone, Debug, Default)]
pub struct MaintainOrder {
    /// Why.
    pub reason: Option<Note>,
}

/// The places of an organisation for one accompaniment, under lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// How many there are; none: as many as needed.
    pub places: Option<i64>,
    /// How many are taken.
    pub taken: i64,
    /// How many people wait for one.
    pub waiting: i64,
}

impl Room {
    /// How many are free.
    pub fn free(&self) -> Option<i64> {
        self.places.map(|places| (places - self.taken).max(0))
    }

    /// Whether somebody who comes now has one: whoever waits comes before.
    pub(super) fn has_place(&self) -> bool {
        self.free().is_none_or(|free| free > self.waiting)
    }
}

/// What stands around a decision.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    /// The person, under lock.
    pub person: &'a Beneficiary,
    /// All their orientations, this one too.
    pub others: &'a [Orientation],
    /// Their rights.
    pub rights: &'a [RsaRight],
    /// The organisation named.
    pub provider: Provider<'a>,
    /// Its places for the accompaniment named.
    pub room: Room,
    /// The open referral of the person to an accompaniment, under lock, if there is one.
    pub open_referral: Option<&'a Referral>,
    /// Who decides, as a receiver will read it.
    pub referrer: Option<&'a Referrer>,
    /// The id of the orientation that takes the place of one in force.
    pub new_id: Id<Orientation>,
    /// The id of the referral to be.
    pub referral_id: Id<Referral>,
    /// The département's settings.
    pub settings: &'a Settings,
}

/// A decision with everything that it changes, in the order in which it is saved.
#[derive(Debug)]
pub struct OrientationDecided {
    /// The orientation as it is now.
    pub orientation: Decided<Change<Orientation>>,
    /// The one whose place it takes.
    pub former: Option<Decided<Change<Orientation>>>,
    /// The referral that ends with the former.
    pub ended_referral: Option<Decided<ReferralChanged>>,
    /// The referral that tells the referent organisation.
    pub referral: Option<Decided<ReferralChanged>>,
}

impl Orientation {
    /// Decides an orientation. The one in force whose review it answers ends the day before; where every place is taken it waits, and
    /// that one stays.
    pub fn decide(
        &self,
        scope: &Scope<DecideOrientation>,
        order: DecideOrder,
        around: &Deciding<'_>,
    ) -> Result<Decided<OrientationDecided>, Refusal> {
        use OrientationState as S;
        around.person.must_live()?;
        self.must_be(&[S::ToOrient, S::InterviewPlanned, S::Proposed, S::Review])?;
        if around.others.iter().any(|other| other.id != self.id && other.is_pending()) {
            return Err(Refusal::Conflict(Rule::OrientationPending));
        }
        let now = scope.now();
        let former = around.others.iter().find(|other| other.is_in_force());
        let decision = self.check(scope, order, former, around)?;
        let has_a_place_already = former
            .and_then(|former| former.decision.as_ref())
            .is_some_and(|former| former.organisation == decision.organisation && former.accompaniment == decision.accompaniment);
        let waits = !has_a_place_already && !around.room.has_place();
        let is_new = self.state == S::Review;
        let base = if is_new {
            // Decided in the place of another one: an orientation of its own, on the same criteria unless others were told since.
            let mut one = Self { id: around.new_id, stamp: Stamp::first(now), opened_on: now.day(), former: Some(self.id), ..self.clone() };
            (one.period, one.notification, one.acceptance, one.review, one.extension, one.referral) = (None, None, None, None, None, None);
            (one.interview, one.missed_interviews, one.maintained_on) = (None, 0, None);
            one
        } else {
            self.next(now)
        };
        let after = Self { state: S::Decided, decision: Some(decision), waiting_since: waits.then_some(now), ..base };
        if waits {
            let event = after.event("orientation.decided").with("waits", true);
            let orientation = if is_new { Change::created(after, event) } else { Change::edited(after, event) };
            return Ok(Decided::new(OrientationDecided { orientation, former: None, ended_referral: None, referral: None }));
        }
        let starts_on = after.decision.as_ref().map_or_else(|| now.day(), |decision| decision.on);
        after.enter(now, is_new, starts_on, former, around)
    }

    /// Gives a place that became free to an orientation that waits for it.
    pub fn take_place(&self, scope: &Scope<PlaceOrientation>, around: &Deciding<'_>) -> Result<Decided<OrientationDecided>, Refusal> {
        let now = scope.now();
        // Itself counts among those who wait, and whoever takes it is the first of them.
        if !self.is_waiting() || around.person.is_closed() || around.room.free() == Some(0) {
            return Err(Refusal::Conflict(Rule::OrientationState));
        }
        let former = around.others.iter().find(|other| other.is_in_force());
        let after = Self { waiting_since: None, ..self.next(now) };
        // One that was closed today still counts today.
        let ends = around.others.iter().filter_map(|other| other.period.and_then(|period| period.ends_on));
        let starts_on = ends.map(|end| end.plus_days(1)).chain([now.day()]).max().unwrap_or_else(|| now.day());
        after.enter(now, false, starts_on, former, around)
    }

    /// Comes into force on a day: the former ends the day before, its referral too, and the referent organisation is told.
    fn enter(
        self,
        now: Instant,
        is_new: bool,
        starts_on: Day,
        former: Option<&Self>,
        around: &Deciding<'_>,
    ) -> Result<Decided<OrientationDecided>, Refusal> {
        let Some(decision) = self.decision.clone() else { return Err(Refusal::Conflict(Rule::OrientationState)) };
        let superseded = former.map(|former| {
            let ends_on = starts_on.plus_days(-1);
            // One that began on that very day was in force on no whole day.
            let period = former.period.filter(|period| period.starts_on <= ends_on).map(|period| Period { ends_on: Some(ends_on), ..period });
            let after = Self { state: OrientationState::Superseded, period, ..former.next(now) };
            Self::edited(after, "orientation.superseded")
        });
        let is_outside = decision.kind != OrganisationKind::Department;
        // Somebody referred them there already: that referral is this orientation's.
        let fits = |referral: &&Referral| is_outside && referral.is_for(decision.organisation, decision.accompaniment) && self.former.is_none();
        let adopted = around.open_referral.filter(fits);
        let ended_referral = if adopted.is_some() { None } else { around.open_referral.and_then(|open| open.end_with_orientation(now)) };
        let referral = match (is_outside, adopted, around.provider.organisation) {
            (true, None, Some(receiver)) => {
                let barriers = self.proposal.as_ref().map(|proposal| proposal.criteria.standing_in_the_way()).unwrap_or_default();
                Some(Referral::sent_for_orientation(
                    now,
                    around.referral_id,
                    around.person,
                    (receiver, around.provider.site),
                    &decision,
                    barriers,
                    around.referrer,
                ))
            }
            _ => None,
        };
        let referral_id = adopted.map(|adopted| adopted.id).or_else(|| referral.as_ref().map(|sent| sent.after.id));
        let former_id = former.map(|former| former.id).or(self.former);
        let after = Self { period: Some(Period { starts_on, ends_on: None }), referral: referral_id, former: former_id, ..self };
        let event = after.event("orientation.decided").with("waits", false);
        let orientation = if is_new { Change::created(after, event) } else { Change::edited(after, event) };
        Ok(Decided::new(OrientationDecided { orientation, former: superseded, ended_referral, referral }))
    }

    /// The decision that an order makes, once everything it says is right.
    fn check(&self, scope: &Scope<DecideOrientation>, order: DecideOrder, former: Option<&Self>, around: &Deciding<'_>) -> Result<Decision, Refusal> {
        let now = scope.now();
        let on = order.decided_on.unwrap_or_else(|| now.day());
        let decided_by = order.decided_by.unwrap_or(DecidedBy::Department);
        let clock = around.rights.iter().filter(|right| right.is_subject_from(on)).filter_map(RsaRight::orientation_clock).max();
        let lapsed = clock.and_then(law::lapses_on).is_some_and(|day| day <= on);
        let usual = match decided_by {
            _ if former.is_some() => OrientationOrigin::Reorientation,
            DecidedBy::FranceTravail => OrientationOrigin::Lapsed,
            // France Travail could have decided already: the département's comes after (CASF D262-65-2).
            DecidedBy::Department if lapsed => OrientationOrigin::Reorientation,
            DecidedBy::Department => OrientationOrigin::Initial,
        };
        let origin = order.origin.unwrap_or(usual);
        let by_department = decided_by == DecidedBy::Department;
        let is_first = former.is_none() && by_department && matches!(origin, OrientationOrigin::Initial | OrientationOrigin::Reorientation);
        let held = self.interview.as_ref().filter(|interview| interview.took_place_by(now.day())).map(|interview| interview.on);
        let needs_interview = is_first && around.settings.value(Setting::OrientationInterviewRequired, on) == 1;
        if needs_interview && held.is_none() {
            return Err(Refusal::Conflict(Rule::InterviewRequired));
        }
        let proposal = self.proposal.as_ref();
        if by_department && matches!(origin, OrientationOrigin::Initial | OrientationOrigin::Reorientation) && proposal.is_none() {
            return Err(Refusal::Conflict(Rule::ProposalRequired));
        }
        if by_department {
            self.must_have_opinion(order.accompaniment, on, former, around.settings)?;
        }
        let mut faults = Faults::default();
        let organisation = around.provider.check(order.accompaniment, around.person, on, &mut faults);
        let is_theirs = around.provider.site.is_some_and(|site| Some(site.organisation) == organisation.map(|one| one.id));
        faults.check(order.site.is_some() && !is_theirs, "site_id", Rule::SiteUnknown);
        faults.check(on > now.day(), "decided_on", Rule::DayInFuture);
        let follows = |period: Period| period.ends_on.map_or(on >= period.starts_on, |end| on > end);
        let mut periods = around.others.iter().filter(|other| !other.was_mistaken()).filter_map(|other| other.period);
        let is_too_early = !periods.all(follows) || (needs_interview && held.is_some_and(|held| on < held));
        faults.check(is_too_early, "decided_on", Rule::DayTooEarly);
        let is_possible = match origin {
            OrientationOrigin::Initial => former.is_none() && by_department && !lapsed,
            OrientationOrigin::Reorientation => former.is_some() || (by_department && lapsed),
            OrientationOrigin::Lapsed => former.is_none() && !by_department && lapsed,
            OrientationOrigin::Default => {
                let known = clock.is_some_and(|clock| law::knows_default(clock, on));
                former.is_none() && by_department && known && order.accompaniment == Accompaniment::Social
            }
            OrientationOrigin::MissingInformation => {
                by_department && on >= law::FULL_EMPLOYMENT && may_be_oriented_blind(on, order.organisation, former, around)
            }
            OrientationOrigin::Transfer => former.is_none() && around.rights.iter().any(|right| right.is_open() && right.transferred_from.is_some()),
        };
        faults.check(!is_possible, "origin", Rule::OriginNotPossible);
        let differs = |proposal: &Proposal| proposal.suggestion.accompaniment != order.accompaniment;
        faults.check(by_department && proposal.is_some_and(differs) && order.reason.is_none(), "reason", Rule::JustificationRequired);
        faults.into_result()?;
        let Some(organisation) = organisation else { return Err(Refusal::invalid("organisation_id", Rule::OrganisationUnknown)) };
        Ok(Decision {
            accompaniment: order.accompaniment,
            organisation: organisation.id,
            kind: organisation.kind,
            site: order.site,
            decided_by,
            origin,
            on,
            reason: order.reason,
            objective: order.objective,
            by: scope.actor().principal,
        })
    }

    /// Between the social track and a professional one, the multidisciplinary team is heard first.
    fn must_have_opinion(&self, to: Accompaniment, on: Day, former: Option<&Self>, settings: &Settings) -> Result<(), Refusal> {
        let Some(from) = former.and_then(|former| former.decision.as_ref()) else { return Ok(()) };
        let crosses = (from.accompaniment == Accompaniment::Social) != (to == Accompaniment::Social);
        if !crosses || !law::needs_opinion(on, settings) {
            return Ok(());
        }
        let is_heard = self.review.as_ref().is_some_and(|review| {
            let deemed = review.team_asked_on.map(law::opinion_deemed_on).is_some_and(|deemed| deemed <= on);
            review.opinion.is_some() || deemed
        });
        if is_heard { Ok(()) } else { Err(Refusal::Conflict(Rule::TeamOpinionRequired)) }
    }

    /// It stays as it is after its review. A receiver that had refused is told anew.
    pub fn maintain(
        &self,
        scope: &Scope<DecideOrientation>,
        order: &MaintainOrder,
        around: &Deciding<'_>,
    ) -> Result<Decided<OrientationDecided>, Refusal> {
        around.person.must_live()?;
        self.must_be(&[OrientationState::Review])?;
        if around.others.iter().any(|other| other.id != self.id && other.is_pending()) {
            return Err(Refusal::Conflict(Rule::OrientationPending));
        }
        let (now, Some(decision)) = (scope.now(), self.decision.clone()) else { return Err(Refusal::Conflict(Rule::OrientationState)) };
        let is_told = around.open_referral.is_some_and(|open| open.is_for(decision.organisation, decision.accompaniment));
        let referral = match around.provider.organisation.filter(|_| decision.kind != OrganisationKind::Department && !is_told) {
            Some(receiver) => {
                let barriers = self.proposal.as_ref().map(|proposal| proposal.criteria.standing_in_the_way()).unwrap_or_default();
                let objective = order.reason.clone().or_else(|| decision.objective.clone());
                let again = Decision { objective, ..decision };
                Some(Referral::sent_for_orientation(
                    now,
                    around.referral_id,
                    around.person,
                    (receiver, around.provider.site),
                    &again,
                    barriers,
                    around.referrer,
                ))
            }
            None => None,
        };
        let told_again = referral.as_ref().map(|sent| sent.after.id);
        // A receiver that is told anew has not taken the person in charge yet.
        let acceptance = if told_again.is_some() { None } else { self.acceptance };
        let mut after = Self { acceptance, referral: told_again.or(self.referral), review: None, maintained_on: Some(now.day()), ..self.next(now) };
        after.state = after.standing();
        let event = after.event("orientation.maintained").with("opinion", self.heard().map_or("none", TeamOpinion::code));
        Ok(Decided::new(OrientationDecided { orientation: Change::edited(after, event), former: None, ended_referral: None, referral }))
    }

    fn heard(&self) -> Option<TeamOpinion> {
        self.review.as_ref().and_then(|review| review.opinion).map(|(opinion, _)| opinion)
    }
}

/// Without the information, the département keeps the person, or whoever acts for it; or where they are accompanied already
/// (CASF R262-65-3).
fn may_be_oriented_blind(on: Day, to: Id<Organisation>, former: Option<&Orientation>, around: &Deciding<'_>) -> bool {
    let is_there = former.and_then(|former| former.decision.as_ref()).is_some_and(|decision| decision.organisation == to);
    around.provider.acts_for_department(on) || is_there
}
