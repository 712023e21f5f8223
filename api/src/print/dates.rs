//! Dates and times as they are written in French.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};
use domain::calendar::Day;

/// A date in full: "1er décembre 2026". The day is not parted from its month at a line's end.
pub(super) fn in_full(day: Day) -> String {
    let date = day.date();
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day}\u{a0}{} {}", month(date), date.year())
}

/// A date in full after the day of the week: "mardi 1er décembre 2026".
pub(super) fn with_weekday(day: Day) -> String {
    format!("{} {}", weekday(day.date()), in_full(day))
}

/// A period: "du 2 décembre 2026 au 1er juin 2027", or "à compter du 2 décembre 2026" when it has no end.
pub(super) fn period(from: Day, to: Option<Day>) -> String {
    match to {
        Some(to) => format!("du {} au {}", in_full(from), in_full(to)),
        None => format!("à compter du {}", in_full(from)),
    }
}

/// A time: "9 h", "12 h 30".
pub(super) fn time(time: NaiveTime) -> String {
    match time.minute() {
        0 => format!("{}\u{a0}h", time.hour()),
        minute => format!("{}\u{a0}h\u{a0}{minute:02}", time.hour()),
    }
}

fn month(date: NaiveDate) -> &'static str {
    match date.month() {
        1 => "janvier",
        2 => "février",
        3 => "mars",
        4 => "avril",
        5 => "mai",
        6 => "juin",
        7 => "juillet",
        8 => "août",
        9 => "septembre",
        10 => "octobre",
        11 => "novembre",
        _ => "décembre",
    }
}

fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "lundi",
        Weekday::Tue => "mardi",
        Weekday::Wed => "mercredi",
        Weekday::Thu => "jeudi",
        Weekday::Fri => "vendredi",
        Weekday::Sat => "samedi",
        Weekday::Sun => "dimanche",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_of_a_month_is_an_ordinal() {
        assert_eq!(in_full(day("2026-12-01")), "1er\u{a0}décembre 2026");
        assert_eq!(in_full(day("2027-08-02")), "2\u{a0}août 2027");
        assert_eq!(with_weekday(day("2026-12-01")), "mardi 1er\u{a0}décembre 2026");
    }

    #[test]
    fn a_period_may_have_no_end() {
        assert_eq!(period(day("2026-12-02"), Some(day("2027-06-01"))), "du 2\u{a0}décembre 2026 au 1er\u{a0}juin 2027");
        assert_eq!(period(day("2026-12-02"), None), "à compter du 2\u{a0}décembre 2026");
    }

    #[test]
    fn full_hours_have_no_minutes() {
        assert_eq!(time(NaiveTime::from_hms_opt(9, 0, 0).unwrap()), "9\u{a0}h");
        assert_eq!(time(NaiveTime::from_hms_opt(13, 5, 0).unwrap()), "13\u{a0}h\u{a0}05");
    }
}
