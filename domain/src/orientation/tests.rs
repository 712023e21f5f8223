//! The rules of orientations, each named by its number in the dossier of the domain (2.2) where it has one. Elsewhere: R16, R18, R27 to
//! R31 as dates (`law`), R24 (`accompaniment`: the programme's table), R9 (`law`: the clock). Not here: R25, R28, R29 and R35 are not
//! confirmed by a text that was read (R28 is a setting, R29 a delay with its source); R34 is half ours: codes and round trip are in
//! `accompaniment`, and what France Travail is told it pulls from its feed, where the social security number never stands.

use super::criteria::tests::criteria;
use super::*;
use crate::accompaniment::Accompaniment::{CommonLaw, Social, Socioprofessional};
use crate::actor::{Actor, Role, System};
use crate::barrier::{BarrierImpact, BarrierKind};
use crate::given::{at, beneficiary, caseworker, day, department, fault, faults, id, manager, note, now, organisation, scope, stamp};
use crate::intervention::Practitioner;
use crate::organisation::OrganisationKind as K;
use crate::policy::{Function, Scope};
use crate::referral::{ReferralChanged, ReferralState};
use crate::rsa_right::{Duties, RightSource};
use crate::settings::Settings;

mod deciding;
mod following;
mod histories;

type Outcome<T> = Result<T, Refusal>;

/// A right with duties, known to the département since that day.
fn right(received: &str) -> RsaRight {
    let duties = Duties { subject: true, starts_on: day(received), notified_on: Some(day(received)), source: RightSource::Manual };
    RsaRight {
        id: id(900),
        beneficiary: beneficiary(0).id,
        entered_on: day(received),
        end: None,
        information_received_on: Some(day(received)),
        transferred_from: None,
        source: RightSource::Manual,
        duties: vec![duties],
        cancelled_at: None,
        stamp: stamp(),
    }
}

fn settings(rows: &[(&str, i32)]) -> Settings {
    Settings::stored(rows.iter().map(|(code, value)| ((*code).to_owned(), day("2009-06-01"), *value)))
}

/// One person with their orientations, and what happens to them, on one day after the other.
struct Life {
    now: Instant,
    person: Beneficiary,
    rights: Vec<RsaRight>,
    orientations: Vec<Orientation>,
    referrals: Vec<Referral>,
    settings: Settings,
    room: Room,
    ids: u128,
}

impl Life {
    /// Of somebody known to the département since that day, today.
    fn begin(received: &str) -> Self {
        let person = Beneficiary { birth_date: Some(day("1985-05-12")), ..beneficiary(0) };
        let mut life = Self {
            now: now(),
            person,
            rights: vec![right(received)],
            orientations: Vec::new(),
            referrals: Vec::new(),
            settings: Settings::default(),
            room: Room::default(),
            ids: 1_000,
        };
        life.open(false).unwrap();
        life
    }

    fn scope<F: Function>(&self) -> Scope<F> {
        scope(&manager(), self.now)
    }

    fn id<T>(&mut self) -> Id<T> {
        self.ids += 1;
        id(self.ids)
    }

    fn today(&self) -> Day {
        self.now.day()
    }

    fn keep(&mut self, change: &Change<Orientation>) {
        if let Some(one) = self.orientations.iter_mut().find(|one| one.id == change.after.id) {
            assert!(!change.created && change.after.stamp.version == one.stamp.version + 1);
            *one = change.after.clone();
        } else {
            assert!(change.created && change.after.stamp.version == 1);
            self.orientations.push(change.after.clone());
        }
    }

    fn keep_referral(&mut self, change: &ReferralChanged) {
        self.referrals.retain(|one| one.id != change.after.id);
        self.referrals.push(change.after.clone());
    }

    fn last(&self) -> &Orientation {
        self.orientations.last().unwrap()
    }

    fn in_force(&self) -> Option<&Orientation> {
        self.orientations.iter().find(|one| one.is_in_force())
    }

    fn open(&mut self, voluntary: bool) -> Outcome<()> {
        let id = self.id();
        let opened = Orientation::open(&self.scope(), id, &self.person, OpenOrder { voluntary }, &self.rights, &self.orientations)?;
        self.keep(&opened);
        Ok(())
    }

    fn interview(&mut self, at: usize, on: Day, outcome: Option<InterviewOutcome>) -> Outcome<()> {
        if let Some(change) = self.orientations[at].interview(&self.scope(), InterviewOrder { on, outcome })? {
            self.keep(&change);
        }
        Ok(())
    }

    fn propose(&mut self, at: usize, criteria: Criteria, accompaniment: Accompaniment, kind: K) -> Outcome<()> {
        let to = organisation(kind);
        let order = ProposeOrder { criteria, accompaniment, organisation: to.id, comment: None };
        let provider = Provider { organisation: Some(&to), delegations: &[], site: None };
        let change = self.orientations[at].propose(&self.scope(), &self.person, order, provider)?;
        self.keep(&change);
        Ok(())
    }

    fn apply(&mut self, decided: &OrientationDecided) {
        if let Some(former) = &decided.former {
            self.keep(former);
        }
        for told in [&decided.ended_referral, &decided.referral].into_iter().flatten() {
            self.keep_referral(told);
        }
        self.keep(&decided.orientation);
    }

    fn decide(&mut self, at: usize, order: DecideOrder, kind: K) -> Outcome<()> {
        let to = organisation(kind);
        let (new_id, referral_id) = (self.id(), self.id());
        let around = self.around(&to, new_id, referral_id);
        let decided = self.orientations[at].decide(&self.scope(), order, &around)?;
        self.apply(&decided);
        Ok(())
    }

    fn around<'a>(&'a self, to: &'a Organisation, new_id: Id<Orientation>, referral_id: Id<Referral>) -> Deciding<'a> {
        Deciding {
            person: &self.person,
            others: &self.orientations,
            rights: &self.rights,
            provider: Provider { organisation: Some(to), delegations: &[], site: None },
            room: self.room,
            open_referral: self.referrals.iter().find(|one| one.state.is_open()),
            referrer: None,
            new_id,
            referral_id,
            settings: &self.settings,
        }
    }

    fn maintain(&mut self, at: usize, kind: K) -> Outcome<()> {
        let to = organisation(kind);
        let (new_id, referral_id) = (self.id(), self.id());
        let around = self.around(&to, new_id, referral_id);
        let decided = self.orientations[at].maintain(&self.scope(), &MaintainOrder::default(), &around)?;
        self.apply(&decided);
        Ok(())
    }

    fn take_place(&mut self, at: usize, kind: K) -> Outcome<()> {
        let to = organisation(kind);
        let (new_id, referral_id) = (self.id(), self.id());
        let around = self.around(&to, new_id, referral_id);
        let sweep = scope(&Actor::system(System::Sweep), self.now);
        let decided = self.orientations[at].take_place(&sweep, &around)?;
        self.apply(&decided);
        Ok(())
    }

    fn notify(&mut self, at: usize, on: Day) -> Outcome<()> {
        let order = NotifyOrder { notified_on: on, means: NotificationMeans::Post, appeal_stated: true };
        if let Some(change) = self.orientations[at].notify(&self.scope(), order)? {
            self.keep(&change);
        }
        Ok(())
    }

    fn accept(&mut self, at: usize, referent: &Practitioner) -> Outcome<()> {
        let referral = self.orientations[at].referral.and_then(|id| self.referrals.iter().find(|one| one.id == id));
        let order = AcceptOrder { referent: Some(referent) };
        if let Some(change) = self.orientations[at].accept(&self.scope(), &order, referral)? {
            self.keep(&change);
        }
        Ok(())
    }

    fn review(&mut self, at: usize, reason: ReviewReason) -> Outcome<()> {
        let order = ReviewOrder { requested_by: ReviewRequester::Referent, reason, comment: None };
        let change = self.orientations[at].request_review(&self.scope(), order)?;
        self.keep(&change);
        Ok(())
    }

    fn hear(&mut self, at: usize, opinion: Option<TeamOpinion>) -> Outcome<()> {
        let today = self.today();
        let order = OpinionOrder { asked_on: today, opinion, given_on: opinion.map(|_| today) };
        if let Some(change) = self.orientations[at].hear(&self.scope(), order)? {
            self.keep(&change);
        }
        Ok(())
    }

    fn close(&mut self, at: usize, on: Day) -> Outcome<()> {
        let open = self.referrals.iter().find(|one| one.state.is_open());
        let order = CloseOrder { on, reason: ClosureReason::JobOver6Months };
        if let Some(OrientationClosed { orientation: change, ended_referral: told }) = self.orientations[at].close(&self.scope(), order, open)? {
            self.keep(&change);
            if let Some(told) = told {
                self.keep_referral(&told);
            }
        }
        Ok(())
    }

    /// Up to a decision, from which everything else follows.
    fn oriented(received: &str, accompaniment: Accompaniment, kind: K) -> Self {
        let mut life = Self::begin(received);
        life.interview(0, life.today(), Some(InterviewOutcome::Held)).unwrap();
        life.propose(0, towards(accompaniment), accompaniment, kind).unwrap();
        life.decide(0, order(accompaniment), kind).unwrap();
        life
    }
}

/// Criteria that suggest this accompaniment.
fn towards(accompaniment: Accompaniment) -> Criteria {
    match accompaniment {
        Social => criteria(Activity::Never, false, QualificationLevel::Without, &[(BarrierKind::Housing, BarrierImpact::Strong)]),
        Socioprofessional => criteria(Activity::WithinTwoYears, true, QualificationLevel::Level3, &[(BarrierKind::Mobility, BarrierImpact::Medium)]),
        CommonLaw => criteria(Activity::Current, true, QualificationLevel::Level4, &[]),
    }
}

fn order(accompaniment: Accompaniment) -> DecideOrder {
    DecideOrder { accompaniment, organisation: id(1), site: None, decided_by: None, origin: None, decided_on: None, reason: None, objective: None }
}

fn referent(kind: K) -> Practitioner {
    Practitioner { id: id(70), organisation: organisation(kind).id, kind, role: Role::Caseworker, profession: None, disabled_at: None }
}

const RECENT: &str = "2026-11-02";

#[test]
fn a_newcomer_is_oriented_and_taken_in_charge() {
    let mut life = Life::begin(RECENT);
    assert_eq!(life.last().state, OrientationState::ToOrient);
    life.interview(0, day("2026-11-20"), None).unwrap();
    assert_eq!(life.last().state, OrientationState::InterviewPlanned);
    life.interview(0, day("2026-11-16"), Some(InterviewOutcome::Missed)).unwrap();
    assert_eq!((life.last().state, life.last().missed_interviews), (OrientationState::ToOrient, 1));
    life.interview(0, day("2026-11-16"), Some(InterviewOutcome::Excused)).unwrap();
    assert_eq!(life.last().missed_interviews, 1, "a legitimate reason is not counted");
    life.interview(0, day("2026-11-17"), Some(InterviewOutcome::Held)).unwrap();
    life.propose(0, towards(Social), Social, K::Department).unwrap();
    life.decide(0, order(Social), K::Department).unwrap();
    let decision = life.last().decision.clone().unwrap();
    assert_eq!((decision.origin, decision.decided_by, decision.on), (OrientationOrigin::Initial, DecidedBy::Department, now().day()));
    assert_eq!(life.last().period, Some(Period { starts_on: now().day(), ends_on: None }), "in force from its decision");
    life.notify(0, now().day()).unwrap();
    assert_eq!(life.last().state, OrientationState::Notified);
    life.accept(0, &referent(K::Department)).unwrap();
    assert_eq!((life.last().state, life.last().acceptance.unwrap().referent), (OrientationState::Active, Some(id(70))));
    assert!(life.referrals.is_empty(), "the département refers nobody to itself");
}

#[test]
fn r27_between_the_social_track_and_a_professional_one_the_team_is_heard_first() {
    let mut life = Life::oriented(RECENT, Social, K::Department);
    life.review(0, ReviewReason::BarriersLifted).unwrap();
    let change = || DecideOrder { reason: Some(note("…")), ..order(CommonLaw) };
    let missing = Refusal::Conflict(Rule::TeamOpinionRequired);
    assert_eq!(life.decide(0, change(), K::PoleEmploi).unwrap_err(), missing);
    life.hear(0, None).unwrap();
    assert_eq!(life.decide(0, change(), K::PoleEmploi).unwrap_err(), missing, "asked, and not yet answered");
    let mut deemed = Life { orientations: life.orientations.clone(), ..Life::begin(RECENT) };
    deemed.now = at("2026-12-18T09:00:00.000Z");
    deemed.decide(0, change(), K::PoleEmploi).unwrap();
    life.hear(0, Some(TeamOpinion::Change)).unwrap();
    life.decide(0, change(), K::PoleEmploi).unwrap();
    let mut same_side = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    same_side.review(0, ReviewReason::NewBarriers).unwrap();
    same_side.decide(0, DecideOrder { reason: Some(note("…")), ..order(Socioprofessional) }, K::Department).unwrap();
}

#[test]
fn r28_since_2025_the_département_may_do_without_the_team() {
    let mut life = Life::oriented(RECENT, Social, K::Department);
    life.settings = settings(&[("team_opinion_required", 0)]);
    life.review(0, ReviewReason::BarriersLifted).unwrap();
    life.decide(0, DecideOrder { reason: Some(note("…")), ..order(CommonLaw) }, K::PoleEmploi).unwrap();
}

#[test]
fn an_opinion_comes_with_its_day_after_it_was_asked_and_is_given_once() {
    let mut life = Life::oriented(RECENT, Social, K::Department);
    let hear = |life: &Life, asked: &str, opinion, given: Option<&str>| {
        life.last().hear(&life.scope(), OpinionOrder { asked_on: day(asked), opinion, given_on: given.map(day) }).map(|_| ())
    };
    assert_eq!(hear(&life, "2026-11-17", None, None).unwrap_err(), Refusal::Conflict(Rule::OrientationState), "not under review");
    life.review(0, ReviewReason::BarriersLifted).unwrap();
    let maintain = Some(TeamOpinion::Maintain);
    assert_eq!(faults(hear(&life, "2026-11-16", None, None).unwrap_err()), [fault("/asked_on", Rule::DayTooEarly)]);
    assert_eq!(faults(hear(&life, "2026-11-18", None, None).unwrap_err()), [fault("/asked_on", Rule::DayInFuture)]);
    assert_eq!(faults(hear(&life, "2026-11-17", maintain, None).unwrap_err()), [fault("/given_on", Rule::OpinionMismatch)]);
    assert_eq!(faults(hear(&life, "2026-11-17", maintain, Some("2026-11-16")).unwrap_err()), [fault("/given_on", Rule::DayTooEarly)]);
    life.hear(0, maintain).unwrap();
    assert_eq!(life.hear(0, Some(TeamOpinion::Change)).unwrap_err(), Refusal::Conflict(Rule::OrientationState));
}

#[test]
fn r33_oriented_means_a_referent_organisation_even_without_a_named_person() {
    let life = Life::oriented(RECENT, Social, K::Department);
    assert!(life.last().is_in_force() && life.last().acceptance.is_none());
}

#[test]
fn r74_a_notification_states_the_ways_of_appeal_and_is_made_once() {
    let mut life = Life::oriented(RECENT, Social, K::Department);
    let order = NotifyOrder { notified_on: now().day(), means: NotificationMeans::Post, appeal_stated: false };
    let refused = life.last().notify(&life.scope(), order).unwrap_err();
    assert_eq!(faults(refused), [fault("/appeal_stated", Rule::AppealTermsRequired)]);
    for (on, rule) in [("2026-11-16", Rule::DayTooEarly), ("2026-11-18", Rule::DayInFuture)] {
        assert_eq!(faults(life.notify(0, day(on)).unwrap_err()), [fault("/notified_on", rule)]);
    }
    life.notify(0, now().day()).unwrap();
    let version = life.last().stamp.version;
    life.notify(0, now().day()).unwrap();
    assert_eq!(life.last().stamp.version, version, "the same again");
}

#[test]
fn a_referent_is_somebody_of_the_referent_organisation_who_can_act() {
    let life = Life::oriented(RECENT, Social, K::Department);
    let accept = |one: &Practitioner| life.last().accept(&life.scope(), &AcceptOrder { referent: Some(one) }, None).map(|_| ());
    let unknown = [fault("/referent_id", Rule::ProfessionalUnknown)];
    let gone = Practitioner { disabled_at: Some(at("2026-11-01T09:00:00.000Z")), ..referent(K::Department) };
    let analyst = Practitioner { role: Role::Analyst, ..referent(K::Department) };
    for one in [gone, analyst, referent(K::Plie)] {
        assert_eq!(faults(accept(&one).unwrap_err()), unknown);
    }
    accept(&referent(K::Department)).unwrap();
}

#[test]
fn an_orientation_is_opened_once_for_who_is_subject_to_the_duties_or_asks_for_it() {
    let mut life = Life::begin(RECENT);
    assert_eq!(life.open(false).unwrap_err(), Refusal::Conflict(Rule::OrientationPending));
    life.close(0, now().day()).unwrap();
    life.rights[0].duties[0].subject = false;
    assert_eq!(life.open(false).unwrap_err(), Refusal::Conflict(Rule::NotSubjectToDuties));
    life.open(true).unwrap();
    assert!(life.last().is_voluntary);
    let mut oriented = Life::oriented(RECENT, Social, K::Department);
    assert_eq!(oriented.open(true).unwrap_err(), Refusal::Conflict(Rule::OrientationInForce));
}

#[test]
fn duties_open_an_orientation_unless_one_is_there() {
    let recorded = |subject| {
        let mut right = right(RECENT);
        right.duties[0].subject = subject;
        Change::edited(right, Event::new("rsa_right.duties_recorded", id::<RsaRight>(900)))
    };
    let opened = Orientation::open_for_duties(&recorded(true), id(1), &[]).unwrap();
    assert_eq!((opened.after.right, opened.after.is_voluntary), (Some(id(900)), false));
    assert!(Orientation::open_for_duties(&recorded(false), id(1), &[]).is_none());
    let life = Life::begin(RECENT);
    assert!(Orientation::open_for_duties(&recorded(true), id(1), &life.orientations).is_none(), "to be oriented already");
    let life = Life::oriented(RECENT, Social, K::Department);
    assert!(Orientation::open_for_duties(&recorded(true), id(1), &life.orientations).is_none(), "oriented");
}

#[test]
fn a_closure_has_a_reason_some_positive_and_ends_the_referral() {
    let positive: Vec<_> = ClosureReason::ALL.iter().filter(|reason| reason.is_positive()).map(|reason| reason.code()).collect();
    assert_eq!(positive, ["job_over_6_months", "job_up_to_6_months", "training", "business"]);
    let mut life = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    for (on, rule) in [("2026-11-16", Rule::DayTooEarly), ("2026-11-18", Rule::DayInFuture)] {
        assert_eq!(faults(life.close(0, day(on)).unwrap_err()), [fault("/on", rule)]);
    }
    life.close(0, now().day()).unwrap();
    assert_eq!(life.last().period.unwrap().ends_on, Some(now().day()));
    assert_eq!(life.referrals[0].state, ReferralState::Cancelled);
    life.close(0, now().day()).unwrap();
    assert_eq!(life.review(0, ReviewReason::Moved).unwrap_err(), Refusal::Conflict(Rule::OrientationState));
}

#[test]
fn the_social_track_alone_is_reviewed_later_for_a_vulnerability() {
    let life = Life::oriented(RECENT, Social, K::Department);
    let extend = |grounds: &[VulnerabilityGround]| life.last().extend(&life.scope(), grounds.to_vec());
    assert_eq!(faults(extend(&[]).unwrap_err()), [fault("/grounds", Rule::TooManyItems)]);
    assert_eq!(faults(extend(&[VulnerabilityGround::Housing; 2]).unwrap_err()), [fault("/grounds", Rule::DuplicateItem)]);
    let extended = extend(&[VulnerabilityGround::Housing, VulnerabilityGround::Health]).unwrap().unwrap();
    assert_eq!(extended.after.extension.as_ref().unwrap().grounds, [VulnerabilityGround::Health, VulnerabilityGround::Housing]);
    let other = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    let refused = other.last().extend(&other.scope(), vec![VulnerabilityGround::Housing]).unwrap_err();
    assert_eq!(refused, Refusal::Conflict(Rule::SocialTrackOnly));
}

#[test]
fn another_reason_for_a_review_is_told_in_words() {
    let mut life = Life::oriented(RECENT, Social, K::Department);
    assert_eq!(faults(life.review(0, ReviewReason::Other).unwrap_err()), [fault("/comment", Rule::JustificationRequired)]);
}

#[test]
fn who_decides_is_a_manager_and_who_prepares_a_caseworker() {
    use crate::policy::{DecideOrientation, PrepareOrientation, may};
    assert!(may::<DecideOrientation>(&caseworker(), now()).is_err());
    assert!(may::<PrepareOrientation>(&caseworker(), now()).is_ok());
    assert!(may::<DecideOrientation>(&department(Role::Manager), now()).is_ok());
}
