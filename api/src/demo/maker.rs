//! Who makes the demonstration, from which world, and dated when. Everything invented has a moment: a start makes what has come to
//! pass and is missing, so it does not matter when the starts before it were.

use std::str::FromStr;

use domain::actor::{Actor, System};
use domain::calendar::{Day, Instant, TimeOfDay};
use domain::policy::{self, Function, Scope};
use domain::refusal::{Refusal, Rule};
use domain::settings::Settings;
use domain::vocabulary::Vocabulary;

use super::Plan;
use super::places::Place;
use crate::problem::Stop;

/// What everything is drawn from, at the moment of this start.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) plan: Plan,
    pub(super) now: Instant,
    pub(super) places: Vec<Place>,
}

impl World {
    /// The Monday on which the invented programme began. It never moves: people stay in groups for years, and a first day that
    /// came with the start would make two starts differ.
    pub(super) fn first_day() -> Day {
        Day::new(chrono::NaiveDate::from_ymd_opt(2020, 1, 6).unwrap_or_default())
    }

    /// The moment at which the département signed up.
    pub(super) fn begins_at() -> Instant {
        Self::first_day().at(time(8, 0))
    }

    /// The first day of which sessions are made: of a quarter, a year ago, so that starts of one quarter make the same. What lies
    /// before it is not filled in.
    pub(super) fn window(&self) -> Day {
        use chrono::{Datelike, NaiveDate};
        let today = self.now.day().date();
        let quarter = NaiveDate::from_ymd_opt(today.year() - 1, today.month0() / 3 * 3 + 1, 1).unwrap_or(today);
        Day::new(quarter).monday().max(Self::first_day())
    }

    /// Whether a moment has come.
    pub(super) fn has_come(&self, at: Instant) -> bool {
        at <= self.now
    }
}

/// Who makes it.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    pub(super) world: &'a World,
    pub(super) actor: &'a Actor,
    pub(super) settings: &'a Settings,
    pub(super) vocabulary: &'a Vocabulary,
    /// Nothing is dated before it. An extension dates what it adds from its start: whoever synchronises by `updated_since` has read
    /// on since the last one.
    pub(super) not_before: Option<Instant>,
}

/// Who makes demonstrations.
pub(super) const DEMO: Actor = Actor::system(System::Demo);

impl Maker<'_> {
    /// The permission to use `F` at a moment, as far as an extension may date anything so.
    pub(super) fn may<F: Function>(&self, at: Instant) -> Result<Scope<F>, Stop> {
        self.may_exactly(self.dated(at))
    }

    /// When something of a moment is written down.
    pub(super) fn dated(&self, at: Instant) -> Instant {
        self.not_before.map_or(at, |floor| floor.max(at))
    }

    /// The permission to use `F` at exactly this moment.
    pub(super) fn may_exactly<F: Function>(&self, at: Instant) -> Result<Scope<F>, Stop> {
        Ok(policy::may::<F>(self.actor, at)?)
    }
}

/// A value that the demonstration writes in its own sources.
pub(super) fn said<T: FromStr<Err = Rule>>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(Refusal::Conflict)
}

/// A time of the day.
pub(super) fn time(hour: u32, minute: u32) -> TimeOfDay {
    TimeOfDay::new(chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
}
