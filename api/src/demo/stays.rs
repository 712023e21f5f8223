//! Who stays in which group, from when to when, and why they leave: every seat of a group is a chain of stays since the invented
//! programme began. A start makes those that touch its window; how the rules take them is in `enrolling`.

use chrono::Weekday;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::enrolment::{EndReason, Enrolment};
use domain::id::Id;

use super::actions::{self, Meeting};
use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::people::Person;
use super::waiting;

/// Seats of the first group that never wait for somebody: people are expected at each of its sessions.
const ALWAYS_TAKEN: u64 = 4;

/// Somebody's stay in a group.
#[derive(Debug)]
pub(super) struct Stay {
    pub(super) id: Id<Enrolment>,
    /// Its number within its group, in the order of enrolment.
    pub(super) number: usize,
    pub(super) person: Id<Beneficiary>,
    pub(super) enrolled_at: Instant,
    pub(super) starts_on: Day,
    pub(super) planned_end_on: Option<Day>,
    pub(super) status_at_entry: &'static str,
    /// The evening of its last day: no later half-day is marked before.
    pub(super) ended_at: Instant,
    pub(super) ends_on: Day,
    pub(super) reason: EndReason,
    /// When what it brought is assessed, if it is.
    pub(super) assessed_at: Option<Instant>,
}

/// Why stays end, how often, and how many weeks they last then.
const ENDINGS: [((EndReason, u32, u32), u32); 8] = [
    ((EndReason::Completed, 70, 240), 44),
    ((EndReason::Employment, 8, 80), 17),
    ((EndReason::Abandoned, 3, 26), 16),
    ((EndReason::Training, 10, 80), 11),
    ((EndReason::Moved, 6, 60), 4),
    ((EndReason::NeverCame, 2, 3), 4),
    ((EndReason::Other, 4, 40), 3),
    ((EndReason::Excluded, 4, 20), 1),
];

/// What people live on when they enter, and how often.
pub(super) const STATUSES: [(&str, u32); 6] =
    [("rsa", 80), ("rsa_without_duties", 6), ("unemployment_benefit", 5), ("aah", 3), ("none", 4), ("other", 2)];

/// The people each group is drawn from: everybody belongs to one group of their territory.
pub(super) fn pools(world: &World, people: &[Person]) -> Vec<Vec<Id<Beneficiary>>> {
    let territories: Vec<Option<usize>> = actions::meetings(world).map(|(_, meeting)| actions::territory(world, meeting)).collect();
    let mut pools = vec![Vec::new(); territories.len()];
    let mut turns = std::collections::HashMap::<usize, usize>::new();
    for person in people {
        let near: Vec<usize> = (0..territories.len()).filter(|group| territories.get(*group) == Some(&Some(person.territory))).collect();
        let turn = turns.entry(person.territory).or_default();
        if let Some(pool) = near.get(*turn % near.len().max(1)).and_then(|group| pools.get_mut(*group)) {
            pool.push(person.id);
        }
        *turn += 1;
    }
    pools
}

/// The stays in group number `n` that somebody was enrolled for by now, whatever the window, in the order of their enrolment.
pub(super) fn stays(world: &World, n: usize, meeting: &Meeting, pool: &[Id<Beneficiary>]) -> Vec<Stay> {
    let seats = u64::from(meeting.seats);
    let mut all: Vec<Stay> = (0..seats).flat_map(|seat| seat_stays(world, n, seat, pool)).collect();
    all.sort_by_key(|stay| (stay.enrolled_at, stay.id));
    // In the order they came, so that nobody comes back before everybody else of the pool was there.
    for (stay, (number, person)) in all.iter_mut().zip(pool.iter().cycle().enumerate()) {
        (stay.number, stay.person) = (number, *person);
    }
    all
}

/// The day itself, or the Monday after its weekend.
fn working_day(day: Day) -> Day {
    match day.weekday() {
        Weekday::Sat => day.plus_days(2),
        Weekday::Sun => day.plus_days(1),
        _ => day,
    }
}

/// The stays on one seat. Who sits there is not said yet.
fn seat_stays(world: &World, n: usize, seat: u64, pool: &[Id<Beneficiary>]) -> Vec<Stay> {
    let mut chance = Chance::of(world.seed, Kind::Seat, n as u64, seat);
    let mut stays = Vec::new();
    let Some(person) = pool.first().copied() else { return stays };
    let mut from = working_day(World::first_day().plus_days(7 + chance.between(0, 100)));
    let mut free_since = World::begins_at();
    loop {
        let (reason, least, most) = chance.weigh(&ENDINGS, (EndReason::Other, 4, 8));
        let ends_on = working_day(from.plus_days(7 * chance.between(least, most) + chance.between(0, 4)));
        let ended_at = ends_on.at(time(18, 30));
        let noticed = from.plus_days(-chance.between(1, 12)).at(time(10, chance.below(60)));
        let enrolled_at = noticed.max(free_since);
        let planned_end_on = chance.happens(60).then(|| from.plus_days(7 * chance.between(12, 52)));
        let status_at_entry = chance.weigh(&STATUSES, "rsa");
        let brought_something = !matches!(reason, EndReason::NeverCame | EndReason::Abandoned | EndReason::Moved | EndReason::Excluded);
        let assessed_on = ends_on.plus_days(chance.between(1, 9));
        let assessed_at = (chance.happens(75) && brought_something).then(|| assessed_on.at(time(11, 15)));
        let id = chance.id(enrolled_at);
        let wait = chance.between(2, 16);
        if !world.has_come(enrolled_at) {
            break;
        }
        let (number, starts_on) = (0, from);
        stays.push(Stay { id, number, person, enrolled_at, starts_on, planned_end_on, status_at_entry, ended_at, ends_on, reason, assessed_at });
        let is_taken_at_once = n == waiting::FULL || n == 0 && seat < ALWAYS_TAKEN;
        let weeks = if is_taken_at_once { 0 } else { wait };
        from = working_day(ends_on.plus_days(1 + 7 * weeks));
        free_since = ended_at.plus(chrono::TimeDelta::minutes(15));
    }
    stays
}
