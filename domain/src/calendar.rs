//! Days, half-days, local times and periods as the Haute-Vienne counts them (Europe/Paris). Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::codes;
use crate::refusal::Rule;

/// A moment in UTC, to the millisecond: `2026-11-21T09:12:03.000Z`, always three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The most characters in which one is read.
    pub const LONGEST: usize = 35;

    /// Cuts to the millisecond, so that both engines give the same bytes.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(3))
    }

    /// For storage.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The calendar day it is in France.
    pub fn day(self) -> Day {
        Day(self.0.with_timezone(&Paris).date_naive())
    }

    /// This moment and `delta` more.
    #[must_use]
    pub fn plus(self, delta: TimeDelta) -> Self {
        Self(self.0 + delta)
    }
}
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
impl FromStr for Instant {
    type Err = Rule;
    fn from_str(text: &str) -> Result<Self, Rule> {
        if text.len() > Self::LONGEST {
            return Err(Rule::TimeMalformed);
        }
        DateTime::parse_from_rfc3339(text).map(|at| Self::new(at.to_utc())).map_err(|_| Rule::TimeMalformed)
    }
}

/// A calendar day between 1900 and 2199, written `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// Takes a stored or computed date as it is.
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// For storage and arithmetic.
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The day `count` days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, count: i64) -> Self {
        Self(self.0 + TimeDelta::days(count))
    }

    /// The same day of the month `count` months later, or that month's last day.
    #[must_use]
    pub fn plus_months(self, count: u32) -> Self {
        Self(self.0 + Months::new(count))
    }

    /// Monday to Sunday.
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// The Monday of its week: what "a week" is counted by.
    #[must_use]
    pub fn monday(self) -> Self {
        Self(self.0 - Days::new(u64::from(self.0.weekday().num_days_from_monday())))
    }

    /// `20261121`, as references carry it.
    pub fn compact(self) -> String {
        self.0.format("%Y%m%d").to_string()
    }

    /// The moment a local time falls on this day: the first of two when clocks go back, the next valid one when they go forward.
    pub fn at(self, time: TimeOfDay) -> Instant {
        let local = NaiveDateTime::new(self.0, time.0);
        let moment = Paris.from_local_datetime(&local).earliest().or_else(|| Paris.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
        // Paris has no gap longer than an hour, so the second look-up always finds one; UTC stands in for the impossible.
        Instant::new(moment.map_or_else(|| local.and_utc(), |at| at.to_utc()))
    }

    /// 24:00 of this day.
    pub fn end(self) -> Instant {
        self.plus_days(1).at(TimeOfDay(NaiveTime::MIN))
    }
}
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}
impl FromStr for Day {
    type Err = Rule;
    fn from_str(text: &str) -> Result<Self, Rule> {
        let shape = text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let date = shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        date.filter(|date| (1900..2200).contains(&date.year())).map(Self).ok_or(Rule::DayMalformed)
    }
}
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A local time of the day to the minute, written `09:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// Takes a stored time as it is.
    pub const fn new(time: NaiveTime) -> Self {
        Self(time)
    }

    /// For storage.
    pub const fn time(self) -> NaiveTime {
        self.0
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> i32 {
        i32::try_from(self.0.num_seconds_from_midnight() / 60).unwrap_or(0)
    }
}
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}
impl FromStr for TimeOfDay {
    type Err = Rule;
    fn from_str(text: &str) -> Result<Self, Rule> {
        let shape = text.len() == 5 && text.bytes().enumerate().all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() });
        shape.then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten().map(Self).ok_or(Rule::TimeMalformed)
    }
}
impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

codes! {
    /// Half of a working day: the unit of attendance.
    HalfDay {
        /// Starts before 13:00.
        Morning = "morning",
        /// Ends after 12:00.
        Afternoon = "afternoon",
    }
}

impl HalfDay {
    /// The letter a session's reference carries: *matin*, *après-midi*.
    pub const fn letter(self) -> char {
        match self {
            Self::Morning => 'M',
            Self::Afternoon => 'A',
        }
    }
}

codes! {
    /// A day of the week, for series of sessions.
    DayOfWeek {
        /// Lundi.
        Monday = "monday",
        /// Mardi.
        Tuesday = "tuesday",
        /// Mercredi.
        Wednesday = "wednesday",
        /// Jeudi.
        Thursday = "thursday",
        /// Vendredi.
        Friday = "friday",
        /// Samedi.
        Saturday = "saturday",
        /// Dimanche.
        Sunday = "sunday",
    }
}

impl From<Weekday> for DayOfWeek {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// Days from `starts_on` to `ends_on`, both inclusive; no end means open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub starts_on: Day,
    /// Last day, or none yet.
    pub ends_on: Option<Day>,
}

impl Period {
    /// A period of these days, in the right order.
    pub fn new(starts_on: Day, ends_on: Option<Day>) -> Result<Self, Rule> {
        if ends_on.is_some_and(|end| end < starts_on) { Err(Rule::PeriodReversed) } else { Ok(Self { starts_on, ends_on }) }
    }

    /// Whether `day` lies in it.
    pub fn holds(&self, day: Day) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }

    /// Whether a day lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.ends_on.is_none_or(|end| other.starts_on <= end) && other.ends_on.is_none_or(|end| self.starts_on <= end)
    }

    /// Whether every day of `inner` lies in it.
    pub fn contains(&self, inner: &Self) -> bool {
        self.starts_on <= inner.starts_on
            && match (self.ends_on, inner.ends_on) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(end), Some(inner_end)) => inner_end <= end,
            }
    }
}

/// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
#[expect(clippy::many_single_char_names, reason = "the letters of the published method")]
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (j, k) = (c / 4, c % 4);
    let m = (a + 11 * h) / 319;
    let r = (2 * e + 2 * j - k - h + m + 32) % 7;
    let month = (h - m + r + 90) / 25;
    let day = (h - m + r + month + 19) % 32;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// Whether nobody works that day in metropolitan France outside Alsace-Moselle (*Code du travail*, L3133-1).
pub fn is_public_holiday(day: Day) -> bool {
    const FIXED: [(u32, u32); 8] = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    // Easter Monday, Ascension Day, Whit Monday.
    const AFTER_EASTER: [i64; 3] = [1, 39, 50];
    FIXED.contains(&(day.0.month(), day.0.day())) || easter(day.0.year()).is_some_and(|sunday| AFTER_EASTER.contains(&(day.0 - sunday).num_days()))
}

#[cfg(feature = "schema")]
mod schema {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
    use utoipa::openapi::{RefOr, Schema};

    use super::{Day, Instant, TimeOfDay};

    impl utoipa::PartialSchema for Instant {
        fn schema() -> RefOr<Schema> {
            let text = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
            text.min_length(Some(20)).max_length(Some(super::Instant::LONGEST)).examples(["2026-11-21T09:12:03.000Z"]).build().into()
        }
    }
    impl utoipa::ToSchema for Instant {}

    impl utoipa::PartialSchema for Day {
        fn schema() -> RefOr<Schema> {
            let text = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
            text.pattern(Some("^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"))
                .min_length(Some(10))
                .max_length(Some(10))
                .examples(["2026-11-21"])
                .build()
                .into()
        }
    }
    impl utoipa::ToSchema for Day {}

    impl utoipa::PartialSchema for TimeOfDay {
        fn schema() -> RefOr<Schema> {
            let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"));
            text.min_length(Some(5)).max_length(Some(5)).examples(["09:00"]).build().into()
        }
    }
    impl utoipa::ToSchema for TimeOfDay {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn an_instant_is_read_up_to_its_longest_text() {
        let text = |decimals: usize| format!("2026-11-21T09:12:03.{}+01:00", "0".repeat(decimals));
        assert_eq!(text(9).len(), Instant::LONGEST);
        assert_eq!((text(9).parse::<Instant>().is_ok(), text(10).parse::<Instant>()), (true, Err(Rule::TimeMalformed)));
    }

    #[test]
    fn an_instant_has_exactly_three_decimals() {
        let at: Instant = "2026-11-21T09:12:03.1239Z".parse().unwrap();
        assert_eq!(at.to_string(), "2026-11-21T09:12:03.123Z");
        let whole: Instant = "2026-11-21T10:12:03+01:00".parse().unwrap();
        assert_eq!(serde_json::to_string(&whole).unwrap(), "\"2026-11-21T09:12:03.000Z\"");
    }

    #[test]
    fn a_day_has_one_form() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for bad in ["2023-02-29", "2026-1-05", "26-01-05", "2026-01-05T00:00:00Z", "1899-12-31", "2200-01-01", "+2026-01-5", ""] {
            assert_eq!(bad.parse::<Day>(), Err(Rule::DayMalformed), "{bad}");
        }
    }

    #[test]
    fn a_time_has_one_form() {
        assert_eq!("09:05".parse::<TimeOfDay>().unwrap().minutes(), 545);
        for bad in ["9:05", "24:00", "09:60", "09:05:00", ""] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(Rule::TimeMalformed), "{bad}");
        }
    }

    #[test]
    fn local_times_follow_daylight_saving() {
        let nine: TimeOfDay = "09:00".parse().unwrap();
        assert_eq!(day("2026-01-15").at(nine).to_string(), "2026-01-15T08:00:00.000Z");
        assert_eq!(day("2026-07-15").at(nine).to_string(), "2026-07-15T07:00:00.000Z");
        let half_past_two: TimeOfDay = "02:30".parse().unwrap();
        assert_eq!(day("2026-03-29").at(half_past_two).to_string(), "2026-03-29T01:30:00.000Z", "the hour that does not exist");
        assert_eq!(day("2026-10-25").at(half_past_two).to_string(), "2026-10-25T00:30:00.000Z", "the first of two");
    }

    #[test]
    fn the_day_changes_at_midnight_in_paris() {
        let late: Instant = "2026-07-14T22:00:00.000Z".parse().unwrap();
        assert_eq!(late.day(), day("2026-07-15"));
        assert_eq!(day("2026-07-14").end(), late);
    }

    #[test]
    fn the_eleven_public_holidays_of_2026_are_known() {
        let found: Vec<String> = (0..365).map(|n| day("2026-01-01").plus_days(n)).filter(|d| is_public_holiday(*d)).map(|d| d.to_string()).collect();
        assert_eq!(
            found,
            [
                "2026-01-01",
                "2026-04-06",
                "2026-05-01",
                "2026-05-08",
                "2026-05-14",
                "2026-05-25",
                "2026-07-14",
                "2026-08-15",
                "2026-11-01",
                "2026-11-11",
                "2026-12-25"
            ]
        );
    }

    #[test]
    fn months_end_where_the_shorter_month_ends() {
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
    }

    #[test]
    fn periods_are_inclusive_on_both_sides() {
        let week = Period::new(day("2026-11-02"), Some(day("2026-11-06"))).unwrap();
        let open = Period::new(day("2026-11-06"), None).unwrap();
        let after = Period::new(day("2026-11-07"), None).unwrap();
        assert!(week.holds(day("2026-11-06")) && !week.holds(day("2026-11-07")));
        assert!(week.overlaps(&open) && open.overlaps(&week));
        assert!(!week.overlaps(&after) && !after.overlaps(&week));
        assert!(open.contains(&after) && !week.contains(&open));
        assert_eq!(Period::new(day("2026-11-06"), Some(day("2026-11-05"))), Err(Rule::PeriodReversed));
    }
}
