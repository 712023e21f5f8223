//! When groups meet: two to four half-days a week for mobilisation, one for the others, without public holidays, the first three weeks
//! of August and the week of Christmas. What happens at a session is not here.

use chrono::{Datelike, NaiveDate};
use domain::calendar::{Day, DayOfWeek, HalfDay, TimeOfDay, is_public_holiday};

use super::maker::time;

use DayOfWeek as D;
use HalfDay::{Afternoon, Morning};

/// How a group's week goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// Monday, Tuesday and Thursday mornings.
    ThreeMornings,
    /// Tuesday and Thursday, both halves.
    FourHalfDays,
    /// Monday and Thursday afternoons, Friday morning.
    TwoAndOne,
    /// Tuesday and Friday mornings.
    Mornings,
    /// Monday and Thursday afternoons.
    Afternoons,
    /// Monday morning alone.
    Monday,
    /// Tuesday afternoon alone.
    Tuesday,
    /// Wednesday morning alone.
    Wednesday,
    /// Friday afternoon alone.
    Friday,
}

impl Rhythm {
    /// The half-days of a week with their days, each half in one series.
    pub(super) const fn series(self) -> &'static [(HalfDay, &'static [DayOfWeek])] {
        match self {
            Self::ThreeMornings => &[(Morning, &[D::Monday, D::Tuesday, D::Thursday])],
            Self::FourHalfDays => &[(Morning, &[D::Tuesday, D::Thursday]), (Afternoon, &[D::Tuesday, D::Thursday])],
            Self::TwoAndOne => &[(Afternoon, &[D::Monday, D::Thursday]), (Morning, &[D::Friday])],
            Self::Mornings => &[(Morning, &[D::Tuesday, D::Friday])],
            Self::Afternoons => &[(Afternoon, &[D::Monday, D::Thursday])],
            Self::Monday => &[(Morning, &[D::Monday])],
            Self::Tuesday => &[(Afternoon, &[D::Tuesday])],
            Self::Wednesday => &[(Morning, &[D::Wednesday])],
            Self::Friday => &[(Afternoon, &[D::Friday])],
        }
    }
}

/// The local times of a half-day.
pub(super) fn times(half_day: HalfDay) -> (TimeOfDay, TimeOfDay) {
    match half_day {
        Morning => (time(9, 0), time(12, 0)),
        Afternoon => (time(13, 30), time(16, 30)),
    }
}

/// How many days after its Monday a day of the week is.
const fn after_monday(day: DayOfWeek) -> i64 {
    match day {
        D::Monday => 0,
        D::Tuesday => 1,
        D::Wednesday => 2,
        D::Thursday => 3,
        D::Friday => 4,
        D::Saturday => 5,
        D::Sunday => 6,
    }
}

/// The first three weeks of August, the week of Christmas.
fn is_break(day: Day) -> bool {
    let date = day.date();
    let christmas = NaiveDate::from_ymd_opt(date.year(), 12, 25).map(Day::new);
    (date.month() == 8 && date.day() <= 21) || christmas.is_some_and(|christmas| christmas.monday() == day.monday())
}

/// The first Tuesday of August: without a session that day no sheet would be open from the eleventh, when the clock closes those of
/// July, until groups meet again.
fn is_summer_session(day: Day) -> bool {
    let date = day.date();
    date.month() == 8 && date.day() <= 7 && date.weekday() == chrono::Weekday::Tue
}

/// The days of a week on which one series of a group meets. The `first` group meets once in the summer break.
pub(super) fn days(monday: Day, half_day: HalfDay, weekdays: &[DayOfWeek], first: bool) -> Vec<(DayOfWeek, Day)> {
    let dated = weekdays.iter().map(|weekday| (*weekday, monday.plus_days(after_monday(*weekday))));
    let meets = |day: Day| !is_public_holiday(day) && (!is_break(day) || first && half_day == Morning && is_summer_session(day));
    dated.filter(|(_, day)| meets(*day)).collect()
}

/// The next day after this one on which a group meets.
pub(super) fn next_day(rhythm: Rhythm, first: bool, after: Day) -> Day {
    let weeks = (0..12).map(|week| after.monday().plus_days(7 * week));
    let mut coming = weeks.filter_map(|monday| {
        let series = rhythm.series().iter();
        let days = series.flat_map(|(half_day, weekdays)| days(monday, *half_day, weekdays, first)).map(|(_, day)| day);
        days.filter(|day| *day > after).min()
    });
    coming.next().unwrap_or_else(|| after.plus_days(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn week(monday: &str, rhythm: Rhythm, first: bool) -> Vec<String> {
        let series = rhythm.series().iter();
        series.flat_map(|(half_day, weekdays)| days(day(monday), *half_day, weekdays, first)).map(|(_, day)| day.to_string()).collect()
    }

    #[test]
    fn no_group_meets_on_a_holiday_nor_in_a_break() {
        assert_eq!(week("2026-05-11", Rhythm::ThreeMornings, false), ["2026-05-11", "2026-05-12"], "Ascension day is the 14th");
        assert_eq!(week("2026-12-21", Rhythm::FourHalfDays, true), [""; 0]);
        assert_eq!(week("2026-12-28", Rhythm::ThreeMornings, true), ["2026-12-28", "2026-12-29", "2026-12-31"]);
        assert_eq!(week("2026-08-17", Rhythm::Friday, false), [""; 0]);
        assert_eq!(week("2026-08-24", Rhythm::Friday, false), ["2026-08-28"]);
    }

    #[test]
    fn the_first_group_meets_once_in_august() {
        assert_eq!(week("2026-08-03", Rhythm::ThreeMornings, true), ["2026-08-04"]);
        assert_eq!(week("2026-08-03", Rhythm::ThreeMornings, false), [""; 0]);
        assert_eq!(next_day(Rhythm::ThreeMornings, true, day("2026-08-04")), day("2026-08-24"));
        assert_eq!(next_day(Rhythm::ThreeMornings, true, day("2026-11-17")), day("2026-11-19"));
    }

    /// What makes an open sheet of an earlier day certain: the last session before a day is never in a month whose sheets are closed.
    #[test]
    fn the_last_session_of_the_first_group_always_has_an_open_sheet() {
        let mut last = day("2025-12-31");
        for n in 0..3_000 {
            let today = day("2026-01-02").plus_days(n);
            let yesterday = today.plus_days(-1);
            if days(yesterday.monday(), Morning, &[D::Monday, D::Tuesday, D::Thursday], true).iter().any(|(_, day)| *day == yesterday) {
                last = yesterday;
            }
            let closes_at = domain::attendance::SheetClock::of(last, &domain::settings::Settings::default()).closes_at;
            assert!(today.end() <= closes_at, "on {today} the last session is that of {last}");
        }
    }
}
