//! The orientations of invented people: one for each time they are subject to the duties, sometimes another in its place. Which
//! accompaniment it comes to is told where it is decided, in `orienting`; the days are drawn here.

use chrono::TimeDelta;
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::law;
use domain::orientation::{
    ClosureReason, Interview, InterviewOutcome, Notification, NotificationMeans, Orientation, OrientationState, ReviewReason, ReviewRequester,
    TeamOpinion,
};
use domain::rsa_right::{DutiesOrder, RsaRight};

use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::people::Person;
use super::scripts::{self, later, working_day};
use super::{milestones, rights};

use InterviewOutcome::{Excused, Held, Missed};

/// Something that happens to an orientation. The first is always that it is opened.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Open,
    Plan(Day),
    Meet(Day, InterviewOutcome),
    Propose,
    /// By France Travail, where that may do so by then.
    Decide {
        by_france_travail: bool,
    },
    Notify(NotificationMeans),
    Accept,
    /// Another one is asked for.
    Ask(ReviewRequester, ReviewReason, Option<&'static str>),
    /// The team, asked that day, is for another one.
    Hear(Day),
    /// It stays after the review for that reason.
    Maintain(ReviewReason),
    /// Another one takes its place.
    Reorient(Id<Orientation>),
    Close(Day, ClosureReason),
}

/// A step with its moment and the orientation that it is a step of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) of: Id<Orientation>,
    pub(super) step: Step,
}

impl Moment {
    /// Whether an orientation stands as this left it: nobody else touched it.
    pub(super) fn is_last_of(&self, orientation: &Orientation) -> bool {
        use OrientationState as S;
        let (state, on) = (orientation.state, self.at.day());
        let met = |day: Day, outcome| orientation.interview == Some(Interview { on: day, outcome });
        match self.step {
            Step::Open => state == S::ToOrient && orientation.interview.is_none(),
            Step::Plan(day) => state == S::InterviewPlanned && met(day, None),
            Step::Meet(day, outcome) => matches!(state, S::ToOrient | S::InterviewPlanned) && met(day, Some(outcome)),
            Step::Propose => matches!(state, S::Proposed | S::Review) && orientation.proposal.as_ref().is_some_and(|proposal| proposal.at == self.at),
            Step::Decide { .. } | Step::Reorient(_) => state == S::Decided && orientation.decision.as_ref().is_some_and(|decision| decision.on == on),
            Step::Notify(means) => state == S::Notified && orientation.notification == Some(Notification { on, means }),
            Step::Accept => state == S::Active && orientation.acceptance.is_some_and(|acceptance| acceptance.on == on),
            Step::Ask(..) => state == S::Review && orientation.review.as_ref().is_some_and(|review| review.requested_on == on),
            Step::Hear(_) => orientation.review.as_ref().is_some_and(|review| review.opinion == Some((TeamOpinion::Change, on))),
            Step::Maintain(_) => orientation.maintained_on == Some(on) && orientation.review.is_none(),
            Step::Close(..) => false,
        }
    }
}

/// What becomes of somebody for as long as they are subject to the duties.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<Orientation>,
    pub(super) right: Id<RsaRight>,
    /// Since when they are subject to the duties.
    pub(super) subject_since: Day,
    /// When that was written down: nothing of it was before.
    pub(super) known_at: Instant,
    /// Whether a start from nothing makes it. One that ended long ago goes on where it was made, and is not made afterwards.
    pub(super) is_made: bool,
    /// In their order.
    pub(super) moments: Vec<Moment>,
}

impl Script {
    /// When something that happened is written down.
    pub(super) fn written_at(&self, happened_at: Instant) -> Instant {
        happened_at.max(self.known_at)
    }

    /// Whether its end has come.
    pub(super) fn is_over(&self, world: &World) -> bool {
        self.moments.last().is_some_and(|last| world.has_come(self.written_at(last.at)))
    }

    /// Whether an orientation is one of these.
    pub(super) fn tells_of(&self, id: Id<Orientation>) -> bool {
        self.moments.iter().any(|moment| moment.of == id || matches!(moment.step, Step::Reorient(other) if other == id))
    }
}

/// A time during which somebody is subject to the duties.
struct Term {
    begins: DutiesOrder,
    known_at: Instant,
    ends_on: Day,
    /// When that is written down.
    ended_at: Instant,
    reason: ClosureReason,
}

/// How soon it is decided, and how often.
const FATES: [(Fate, u32); 4] = [(Fate::InTime, 76), (Fate::SeenLate, 9), (Fate::DecidedLate, 10), (Fate::Missed, 5)];

#[derive(Clone, Copy)]
enum Fate {
    InTime,
    SeenLate,
    DecidedLate,
    Missed,
}

const MEANS: [(NotificationMeans, u32); 4] =
    [(NotificationMeans::Post, 62), (NotificationMeans::Electronic, 18), (NotificationMeans::Hand, 12), (NotificationMeans::RegisteredPost, 8)];

/// Who asks for another one, why, and in which words.
type Asked = (ReviewRequester, ReviewReason, Option<&'static str>);

/// How often they do.
const ASKED: [(Asked, u32); 6] = [
    ((ReviewRequester::Referent, ReviewReason::BarriersLifted, None), 28),
    ((ReviewRequester::Referent, ReviewReason::NeedsOtherSupport, None), 26),
    ((ReviewRequester::Referent, ReviewReason::NewBarriers, None), 18),
    ((ReviewRequester::Beneficiary, ReviewReason::NeedsOtherSupport, None), 14),
    ((ReviewRequester::Beneficiary, ReviewReason::Other, Some("Souhaite un accompagnement plus proche de son domicile.")), 8),
    ((ReviewRequester::Department, ReviewReason::NeedsOtherSupport, Some("Relevé à la revue annuelle des parcours.")), 6),
];

/// How many in a hundred are reviewed once, besides what the law asks.
const REVIEWED: u32 = 27;
/// How many in a hundred social tracks are not looked at again when the law of 2025 comes.
const FORGOTTEN: u32 = 4;

/// The orientations of somebody that were to be decided by now, and what becomes of them.
pub(super) fn orientations(world: &World, person: &Person, rights: &[rights::Script], milestones: &[milestones::Script]) -> Vec<Script> {
    let terms = rights.iter().flat_map(|right| (0..).zip(terms(right, milestones)).map(move |(n, term)| (right, n, term)));
    let scripts = terms.filter_map(|(right, n, term)| {
        let (_, low) = right.id.uuid().as_u64_pair();
        script(world, right.id, Chance::of(world.seed, Kind::Orientation, low, n), &term)
    });
    scripts.filter(|script| person.registered_at < script.known_at && world.has_come(script.known_at)).collect()
}

/// The times during which somebody is subject to the duties in one episode.
fn terms(right: &rights::Script, milestones: &[milestones::Script]) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut begun: Option<(DutiesOrder, Instant)> = None;
    for (at, step) in &right.steps {
        let end = match step {
            rights::Step::Enter => None,
            rights::Step::Duties(order) if order.subject => {
                begun = Some((*order, *at));
                None
            }
            rights::Step::Duties(order) => Some((order.starts_on.plus_days(-1), ClosureReason::NoLongerSubject)),
            rights::Step::Leave => Some((right.left_on, leaving(right, milestones))),
        };
        if let Some(((ends_on, reason), (begins, begun_at))) = end.and_then(|end| Some((end, begun.take()?))) {
            let soon = TimeDelta::minutes(10);
            terms.push(Term { begins, known_at: begun_at.plus(soon), ends_on, ended_at: at.plus(soon), reason });
        }
    }
    terms
}

/// Why it ends with the right: for work, as their milestones tell it.
fn leaving(right: &rights::Script, milestones: &[milestones::Script]) -> ClosureReason {
    let Some(job_on) = right.job_on.map(working_day) else { return ClosureReason::RightEnded };
    let work = milestones.iter().filter(|milestone| milestone.occurred_on == job_on).find_map(|milestone| milestone.kind.parse().ok());
    work.filter(|reason: &ClosureReason| reason.is_positive()).unwrap_or(ClosureReason::JobOver6Months)
}

/// Since when interviews are planned in Jalon: of those before, it is known how they went.
fn planned_from() -> Day {
    Day::new(chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default())
}

/// A script as it is being drawn, at the moment it has come to.
struct Thread {
    chance: Chance,
    at: Instant,
    of: Id<Orientation>,
    moments: Vec<Moment>,
}

impl Thread {
    fn then(&mut self, least: u32, most: u32, step: Step) {
        self.at = later(&mut self.chance, self.at, least, most);
        self.now(step);
    }

    fn now(&mut self, step: Step) {
        self.moments.push(Moment { at: self.at, of: self.of, step });
    }

    /// An interview is planned so many days ahead, and comes to this.
    fn meet(&mut self, plan: (u32, u32), ahead: (u32, u32), outcome: InterviewOutcome) {
        let planned_at = later(&mut self.chance, self.at, plan.0, plan.1);
        let on = working_day(planned_at.day().plus_days(self.chance.between(ahead.0, ahead.1)));
        self.at = planned_at;
        if planned_at.day() >= planned_from() {
            self.now(Step::Plan(on));
        }
        self.at = on.at(time(17, self.chance.below(60)));
        self.now(Step::Meet(on, outcome));
    }

    /// The person is told, and taken in charge.
    fn begin(&mut self) {
        let means = self.chance.weigh(&MEANS, NotificationMeans::Post);
        self.then(1, 6, Step::Notify(means));
        self.then(3, 15, Step::Accept);
    }

    /// How it came to a decision, and the first days after it.
    fn decide(&mut self) {
        let fate = self.chance.weigh(&FATES, Fate::InTime);
        let by_france_travail = self.chance.happens(18);
        let outcome = if self.chance.happens(75) { Missed } else { Excused };
        match fate {
            Fate::InTime | Fate::DecidedLate => self.meet((1, 4), (5, 14), Held),
            Fate::SeenLate => self.meet((30, 80), (7, 21), Held),
            Fate::Missed => {
                self.meet((1, 4), (5, 14), outcome);
                self.meet((5, 30), (7, 28), Held);
            }
        }
        self.then(0, 3, Step::Propose);
        let (least, most) = if matches!(fate, Fate::DecidedLate) { (35, 120) } else { (1, 7) };
        self.then(least, most, Step::Decide { by_france_travail });
        self.begin();
    }

    /// What comes after it was decided, sooner or later.
    fn go_on(&mut self, decided_on: Day) {
        // The département looks again at the social tracks that it found when the law changed.
        if decided_on < law::FULL_EMPLOYMENT {
            let first = self.at.max(law::FULL_EMPLOYMENT.plus_days(5).at(time(9, 0)));
            self.at = first;
            if !self.chance.happens(FORGOTTEN) {
                self.then(0, 420, Step::Ask(ReviewRequester::Department, ReviewReason::SocialReview, None));
                self.then(10, 45, Step::Maintain(ReviewReason::SocialReview));
            }
        }
        let (is_reviewed, stays) = (self.chance.happens(REVIEWED), self.chance.happens(45));
        let (requester, reason, words) = self.chance.weigh(&ASKED, (ReviewRequester::Referent, ReviewReason::NeedsOtherSupport, None));
        if !is_reviewed {
            return;
        }
        self.then(60, 900, Step::Ask(requester, reason, words));
        if stays {
            return self.then(15, 70, Step::Maintain(reason));
        }
        let asked_at = later(&mut self.chance, self.at, 3, 12);
        self.at = asked_at;
        self.then(8, 28, Step::Hear(asked_at.day()));
        self.then(1, 8, Step::Propose);
        let decided_at = later(&mut self.chance, self.at, 3, 14);
        self.at = decided_at;
        let next = self.chance.id(decided_at);
        self.now(Step::Reorient(next));
        self.of = next;
        self.begin();
    }
}

fn script(world: &World, right: Id<RsaRight>, mut chance: Chance, term: &Term) -> Option<Script> {
    let Term { begins, known_at, ends_on, ended_at, reason } = *term;
    let opened_at = rights::morning(begins.notified_on.unwrap_or(begins.starts_on)).plus(TimeDelta::minutes(10));
    if ends_on < opened_at.day() {
        return None;
    }
    let id = chance.id(opened_at.max(known_at));
    let mut thread = Thread { chance, at: opened_at, of: id, moments: Vec::new() };
    thread.now(Step::Open);
    thread.decide();
    let decided_on = thread.moments.iter().find(|moment| matches!(moment.step, Step::Decide { .. })).map_or(ends_on, |moment| moment.at.day());
    thread.go_on(decided_on);
    let mut moments = thread.moments;
    moments.retain(|moment| moment.at.day() <= ends_on && moment.at < ended_at);
    let of = moments.last().map_or(id, |last| last.of);
    moments.push(Moment { at: ended_at, of, step: Step::Close(ends_on, reason) });
    Some(Script { id, right, subject_since: begins.starts_on, known_at, is_made: ends_on >= scripts::window(world), moments })
}
