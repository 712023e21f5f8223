//! What is invented of one week of one group: its half-days, which of them are called off, when each sheet is filled and closed. It is
//! drawn from that group and that week alone. How it is written is in `sessions` and `sheets`.

use chrono::{Datelike, TimeDelta};
use domain::calendar::{Day, DayOfWeek, HalfDay, Instant};
use domain::id::Id;
use domain::session::Session;

use super::actions::{self, Meeting};
use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::rhythm;

/// A half-day of the week.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) id: Id<Session>,
    pub(super) weekday: DayOfWeek,
    pub(super) date: Day,
    pub(super) half_day: HalfDay,
    /// When it is called off and why, if it is.
    pub(super) cancelled: Option<(Instant, &'static str)>,
    /// When its sheet is filled.
    pub(super) marked_at: Instant,
    /// When its partner closes the sheet; a few are left to the clock.
    pub(super) closed_at: Option<Instant>,
}

/// A week of a group.
#[derive(Debug)]
pub(super) struct Week {
    /// When it is planned: the Monday before.
    pub(super) planned_at: Instant,
    pub(super) gatherings: Vec<Gathering>,
}

/// How many days after a session its sheet is filled, and how often.
const DELAYS: [(i64, u32); 6] = [(0, 55), (1, 20), (2, 10), (3, 6), (4, 5), (5, 4)];

/// The week of group number `n` that begins on a Monday.
pub(super) fn week(world: &World, n: usize, meeting: &Meeting, monday: Day) -> Week {
    let planned_at = monday.plus_days(-7).at(time(8, 15));
    let first = n == 0;
    let mut chance = Chance::of(world.seed, Kind::Week, n as u64, number(monday));
    let called_off = (!first && chance.happens(3)).then(|| chance.below(4));
    let why = chance.weigh(&[("trainer_absent", 5), ("premises_unavailable", 2), ("too_few_participants", 2), ("weather", 1)], "other");
    let mut gatherings = Vec::new();
    let mut place = 0;
    for (half_day, weekdays) in meeting.rhythm.series() {
        for (weekday, date) in rhythm::days(monday, *half_day, weekdays, first) {
            let id = chance.id(planned_at);
            let delay = chance.weigh(&DELAYS, 0);
            let minutes = chance.between(0, 40);
            let evening = date.plus_days(delay).at(time(17, 15)).plus(TimeDelta::minutes(minutes));
            // The first group fills a sheet the morning after its next session, so that there is always one to fill.
            let marked_at = if first { rhythm::next_day(meeting.rhythm, first, date).plus_days(1).at(time(8, 30)) } else { evening };
            let cancelled = (called_off == Some(place)).then(|| (date.at(time(7, 45)), why));
            gatherings.push(Gathering { id, weekday, date, half_day: *half_day, cancelled, marked_at, closed_at: closed_at(world, meeting, date) });
            place += 1;
        }
    }
    Week { planned_at, gatherings }
}

/// The Mondays from one day to the last week that is planned by now.
pub(super) fn mondays(world: &World, from: Day) -> impl Iterator<Item = Day> {
    let weeks = std::iter::successors(Some(from.monday()), |monday| Some(monday.plus_days(7)));
    weeks.take_while(|monday| world.has_come(monday.plus_days(-7).at(time(8, 15))))
}

fn number(day: Day) -> u64 {
    u64::try_from(day.date().num_days_from_ce()).unwrap_or(0)
}

/// The eighth or ninth of the month after, before the clock does it on the tenth; one month in twelve is forgotten, by others than
/// the first association.
fn closed_at(world: &World, meeting: &Meeting, date: Day) -> Option<Instant> {
    let provider = actions::provider(meeting.action);
    let first_of_month = date.plus_days(1 - i64::from(date.date().day()));
    let mut chance = Chance::of(world.seed, Kind::Closing, provider as u64, number(first_of_month));
    let day = first_of_month.plus_months(1).plus_days(chance.between(7, 8));
    let at = day.at(time(14, 0)).plus(TimeDelta::minutes(chance.between(0, 180)));
    let forgotten = chance.below(12) == 0 && provider != super::organisations::FIRST_ASSOCIATION;
    (!forgotten).then_some(at)
}
