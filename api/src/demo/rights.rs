//! The RSA rights of invented people: episodes that follow each other for as long as they live here, with the days from which they are
//! subject to the duties. Both adults of a household have the same episodes. How the rules take them is in `files`.

use chrono::TimeDelta;
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::rsa_right::{DutiesOrder, RsaRight};

use super::chance::{Chance, Kind};
use super::households::Home;
use super::maker::{World, time};
use super::people::Person;

/// Something that happens to an episode. The first is always that it is recorded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Enter,
    Duties(DutiesOrder),
    Leave,
}

/// An episode.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<RsaRight>,
    pub(super) entered_on: Day,
    pub(super) informed_on: Day,
    pub(super) transferred_from: Option<&'static str>,
    /// The last day and why, whether it has come or not.
    pub(super) left_on: Day,
    pub(super) reason: &'static str,
    /// When somebody of the household took up the work that ends it, if that is what ends it.
    pub(super) job_on: Option<Day>,
    pub(super) steps: Vec<(Instant, Step)>,
}

impl Script {
    /// Whether the département knew of it on a day.
    pub(super) fn is_known_on(&self, day: Day) -> bool {
        self.steps.first().is_some_and(|(at, _)| at.day() <= day)
    }
}

/// How long episodes last, in days, and how often. In the long run two open ones in five are four years old and more, as the programme
/// says of the département (page 26).
const LENGTHS: [((u32, u32), u32); 2] = [((90, 700), 50), ((730, 4_250), 50)];
/// How long people live without it, in days.
const BETWEEN: (u32, u32) = (35, 480);

/// Why they end, how often, and whether work may be the cause.
const REASONS: [((&str, bool), u32); 6] = [
    (("four_months_without_right", true), 46),
    (("struck_off_end_of_right", true), 30),
    (("struck_off_other", false), 9),
    (("moved_to_other_body", false), 8),
    (("department_decision", false), 4),
    (("files_joined", false), 3),
];

/// Where people come from who had it elsewhere.
const DEPARTMENTS: [&str; 7] = ["19", "23", "16", "24", "36", "86", "75"];

/// The first day on which there was an RSA.
fn first_day() -> Day {
    Day::new(chrono::NaiveDate::from_ymd_opt(2009, 6, 1).unwrap_or_default())
}

/// The day from which the claimant of a household may have entered.
fn adult_on(chance: &mut Chance, home: &Home) -> Day {
    home.born_on.plus_months(12 * 18).plus_days(chance.between(0, 1_300)).max(first_day().plus_days(-i64::from(BETWEEN.0)))
}

/// When the flows of a day are in.
pub(super) fn morning(day: Day) -> Instant {
    day.at(time(7, 30))
}

/// The episodes of somebody that were known by now: those that lasted when they were registered, sometimes one before, and all since.
pub(super) fn rights(world: &World, person: &Person) -> Vec<Script> {
    let Some(home) = &person.home else { return Vec::new() };
    // What both adults have in common, and what is of one of them alone: both go on in their order, whenever one asks.
    let mut chance = Chance::of(world.seed, Kind::Right, home.number, 0);
    let mut own = Chance::of(world.seed, Kind::Duties, person.number, 0);
    let mut scripts = Vec::new();
    let (mut from, mut known_at) = (adult_on(&mut chance, home), person.registered_at);
    loop {
        let entered_on = from.plus_days(chance.between(BETWEEN.0, BETWEEN.1));
        let (least, most) = chance.weigh(&LENGTHS, (90, 700));
        let left_on = entered_on.plus_days(chance.between(least, most));
        let (reason, by_work) = chance.weigh(&REASONS, ("struck_off_other", false));
        let informed_on = entered_on.plus_days(chance.between(2, 25));
        let remembered = if chance.happens(12) { 1_500 } else { 0 };
        let (is_by_work, months) = (chance.happens(70) && by_work, chance.between(60, 150));
        let (came_from, is_transferred) = (chance.pick(&DEPARTMENTS, "19"), chance.happens(4));
        let told_on = left_on.plus_days(chance.between(3, 30));
        from = left_on;
        let entered_at = morning(informed_on).max(known_at.plus(TimeDelta::minutes(10)));
        if !world.has_come(entered_at) {
            break;
        }
        if left_on.plus_days(remembered) < person.registered_at.day() {
            continue;
        }
        let id = own.id(entered_at);
        let mut steps = vec![(entered_at, Step::Enter)];
        duties(&mut own, (entered_on, informed_on, left_on), &mut steps);
        let before = steps.last().map_or(entered_at, |(at, _)| *at);
        known_at = morning(told_on).max(before);
        steps.push((known_at, Step::Leave));
        let job_on = is_by_work.then(|| left_on.plus_days(-months)).filter(|day| entered_on < *day);
        let transferred_from = is_transferred.then_some(came_from);
        scripts.push(Script { id, entered_on, informed_on, transferred_from, left_on, reason, job_on, steps });
    }
    scripts
}

/// Whether they are subject to the duties, with the days on which that changes.
fn duties(chance: &mut Chance, (entered_on, informed_on, left_on): (Day, Day, Day), steps: &mut Vec<(Instant, Step)>) {
    let (mut subject, mut starts_on, mut notified_on) = (chance.happens(90), entered_on, informed_on);
    while starts_on < left_on {
        let at = steps.last().map_or(morning(notified_on), |(before, _)| morning(notified_on).max(*before));
        steps.push((at, Step::Duties(DutiesOrder { subject, starts_on, notified_on: Some(notified_on) })));
        let lasts = if subject { chance.between(600, 5_000) } else { chance.between(90, 420) };
        subject = !subject;
        starts_on = starts_on.plus_days(lasts);
        notified_on = starts_on.plus_days(chance.between(3, 28));
    }
}
