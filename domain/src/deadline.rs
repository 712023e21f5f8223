//! What is due and by when (*échéances*): the day's work. Computed from the facts and the law, never stored.

use crate::calendar::Day;
use crate::codes;
use crate::law::{self, ContractStart, Delay, ReviewStart};
use crate::settings::{Setting, Settings};

codes! {
    /// What is due.
    DeadlineKind {
        /// The orientation of somebody who is subject to the duties and not oriented, whether or not anybody began with it.
        Orientation = "orientation",
        /// Somebody is oriented and has no contract that rests on it.
        ContractSignature = "contract_signature",
        /// A contract is to be reviewed.
        ContractReview = "contract_review",
        /// A contract comes to its end, or did and none took its place.
        ContractEnd = "contract_end",
        /// A contract of the old law is to be replaced by an engagement contract.
        ContractConversion = "contract_conversion",
        /// The social track of somebody is to be looked at again.
        SocialReview = "social_review",
        /// The receiver of a referral to an accompaniment has not answered.
        ReferralUnanswered = "referral_unanswered",
        /// A sheet was closed by the clock with people unmarked; first marks are still taken.
        SheetIncomplete = "sheet_incomplete",
    }
}

/// Something that is due.
#[derive(Debug)]
pub struct Deadline;

/// One way of counting a deadline: for the facts of some days, so long after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// The first day of the fact; none: from ever.
    pub from: Option<Day>,
    /// Its last day; none: for ever.
    pub to: Option<Day>,
    /// How long after it.
    pub delay: Delay,
    /// The legal source; none where the département sets it.
    pub source: Option<&'static str>,
}

/// How the deadline of an orientation is counted, from its clock.
pub fn orientation_countings() -> Vec<Counting> {
    let all = law::ORIENTATION_DELAY.all().enumerate();
    all.map(|(at, (one, to))| Counting { from: (at > 0).then_some(one.from), to, delay: one.value, source: Some(one.source) }).collect()
}

/// How the deadline of a social review is counted from the orientation's first day, for the ordinary delay or the longest.
pub fn social_review_countings(is_extended: bool) -> Vec<Counting> {
    social_review_from(ReviewStart::Orientation, is_extended)
}

/// The same from the last signature of a contract.
pub fn social_review_of_contract_countings(is_extended: bool) -> Vec<Counting> {
    social_review_from(ReviewStart::Contract, is_extended)
}

fn social_review_from(start: ReviewStart, is_extended: bool) -> Vec<Counting> {
    let runs = law::SOCIAL_REVIEW.all().enumerate().filter(|(_, (one, _))| one.value.runs_from == start);
    runs.map(|(at, (one, to))| Counting {
        from: (at > 0).then_some(one.from),
        to,
        delay: if is_extended { one.value.longest } else { one.value.ordinary },
        source: Some(one.source),
    })
    .collect()
}

/// How the deadline of a contract is counted, for the orientations of some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractCounting {
    /// The days on which the orientations began, and how long after what the contract is due.
    pub counting: Counting,
    /// For the social track, or the others.
    pub is_social: bool,
    /// What it runs from.
    pub runs_from: ContractStart,
}

/// How the deadline of a contract is counted.
pub fn contract_countings() -> Vec<ContractCounting> {
    let all = law::CONTRACT_DELAY.all().enumerate();
    all.flat_map(|(at, (one, to))| {
        [(true, one.value.social), (false, one.value.professional)].map(|(is_social, delay)| ContractCounting {
            counting: Counting { from: (at > 0).then_some(one.from), to, delay, source: Some(one.source) },
            is_social,
            runs_from: one.value.runs_from,
        })
    })
    .collect()
}

/// How the deadline of an answer to a referral is counted, from the day it was sent: a setting of the département.
pub fn answer_counting(settings: &Settings, today: Day) -> Counting {
    Counting { from: None, to: None, delay: Delay::Days(i64::from(settings.value(Setting::ReferralAnswerDays, today))), source: None }
}

/// How the last day of late first marks is counted, for the sessions of some days: from the closing day of the month after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetCounting {
    /// The first day of sessions; none: from ever.
    pub from: Option<Day>,
    /// The last; none: for ever.
    pub to: Option<Day>,
    /// The day of the month after on which a sheet closes, 1 to 28.
    pub closing_day: i32,
    /// Days after that during which first marks are taken.
    pub late_days: i32,
}

/// How it is counted by the settings, which apply by the day of the session.
pub fn sheet_countings(settings: &Settings) -> Vec<SheetCounting> {
    let dates = |setting| settings.set(setting).into_iter().map(|(from, _)| from);
    let mut changes: Vec<Day> = dates(Setting::SheetClosingDay).chain(dates(Setting::LateMarkDays)).collect();
    changes.sort_unstable();
    changes.dedup();
    let starts = [None].into_iter().chain(changes.iter().copied().map(Some));
    let ends = changes.iter().map(|next| Some(next.plus_days(-1))).chain([None]);
    let before_all = changes.first().map_or(law::FULL_EMPLOYMENT, |first| first.plus_days(-1));
    let on = |setting, from: Option<Day>| settings.value(setting, from.unwrap_or(before_all));
    let counting =
        |(from, to)| SheetCounting { from, to, closing_day: on(Setting::SheetClosingDay, from), late_days: on(Setting::LateMarkDays, from) };
    starts.zip(ends).map(counting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accompaniment::Accompaniment;
    use crate::given::day;

    #[test]
    fn the_last_day_of_late_marks_is_that_of_the_sheet_s_own_clock() {
        use crate::attendance::SheetClock;
        let rows = [("sheet_closing_day", "2026-03-10", 5), ("late_mark_days", "2026-05-01", 30), ("sheet_closing_day", "2026-05-01", 28)];
        for rows in [&rows[..], &[]] {
            let settings = Settings::stored(rows.iter().map(|(code, from, value)| ((*code).to_owned(), day(from), *value)));
            for days in 0..400 {
                let date = day("2026-01-01").plus_days(days);
                let holds = |one: &&SheetCounting| one.from.is_none_or(|from| from <= date) && one.to.is_none_or(|to| date <= to);
                let countings = sheet_countings(&settings);
                let [one] = countings.iter().filter(holds).collect::<Vec<_>>()[..] else { panic!("one for {date}") };
                let first_of_month = day(&format!("{}-01", &date.to_string()[..7]));
                let closing = first_of_month.plus_months(1).plus_days(i64::from(one.closing_day) - 1);
                assert_eq!(closing.plus_days(i64::from(one.late_days)).end(), SheetClock::of(date, &settings).late_until, "{date}");
            }
        }
    }

    fn counted(countings: &[Counting], fact: Day) -> Option<Day> {
        let holds = |one: &&Counting| one.from.is_none_or(|from| from <= fact) && one.to.is_none_or(|to| fact <= to);
        countings.iter().find(holds).map(|one| one.delay.after(fact))
    }

    #[test]
    fn a_deadline_is_counted_as_the_law_counts_it() {
        for days in 0..2_000 {
            let fact = day("2022-01-01").plus_days(days);
            assert_eq!(counted(&orientation_countings(), fact), Some(law::orientation_due(fact).on), "{fact}");
            for is_extended in [false, true] {
                let due = law::social_review_due(fact, None, is_extended).map(|due| due.on);
                assert_eq!(counted(&social_review_countings(is_extended), fact), due, "{fact}");
                let of_contract = law::social_review_due(law::FULL_EMPLOYMENT, Some(fact), is_extended).map(|due| due.on);
                assert_eq!(counted(&social_review_of_contract_countings(is_extended), fact), of_contract, "{fact}");
            }
            for accompaniment in Accompaniment::ALL.iter().copied() {
                let is_social = accompaniment == Accompaniment::Social;
                let told = fact.plus_days(9);
                let due = law::contract_due(accompaniment, fact, Some(told)).map(|due| due.on);
                let holds = |one: &&ContractCounting| {
                    let Counting { from, to, .. } = one.counting;
                    one.is_social == is_social && from.is_none_or(|from| from <= fact) && to.is_none_or(|to| fact <= to)
                };
                let one = *contract_countings().iter().find(holds).unwrap();
                let from = if one.runs_from == ContractStart::Notification { told } else { fact };
                assert_eq!(Some(one.counting.delay.after(from)), due, "{fact}");
            }
        }
    }
}
