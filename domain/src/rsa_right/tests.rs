//! Episodes at their borders, and whatever is recorded on a file, day by day.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::given::{at, beneficiary, day, fault, faults, id, manager, now, period, scope, stamp, term, vocabulary};

/// From `entered_on` to `left_on`; empty: open.
fn order(entered_on: &str, left_on: &str) -> RsaRightOrder {
    let Period { starts_on, ends_on } = period(entered_on, left_on);
    RsaRightOrder {
        entered_on: starts_on,
        left_on: ends_on,
        left_reason: ends_on.map(|_| term("known")),
        information_received_on: None,
        transferred_from: None,
    }
}

fn right(n: u128, entered_on: &str, left_on: &str) -> RsaRight {
    let Period { starts_on, ends_on } = period(entered_on, left_on);
    RsaRight {
        id: id(n),
        beneficiary: beneficiary(0).id,
        entered_on: starts_on,
        end: ends_on.map(|day| (day, term("known"))),
        information_received_on: None,
        transferred_from: None,
        source: RightSource::Flow,
        duties: Vec::new(),
        cancelled_at: None,
        stamp: stamp(),
    }
}

fn duties(subject: bool, starts_on: &str) -> Duties {
    Duties { subject, starts_on: day(starts_on), notified_on: None, source: RightSource::Flow }
}

fn by_manager() -> Scope<ManageRsaRight> {
    scope(&manager(), now())
}

fn record(rights: &[RsaRight], order: RsaRightOrder) -> Result<Decided<Change<RsaRight>>, Refusal> {
    RsaRight::record(&by_manager(), id(9), &beneficiary(0), rights, order, &vocabulary())
}

fn edit(right: &RsaRight, rights: &[RsaRight], order: RsaRightOrder) -> Result<Decided<Change<RsaRight>>, Refusal> {
    right.edit(&by_manager(), &beneficiary(0), rights, order, &vocabulary())
}

fn cancel(right: &RsaRight) -> Option<Decided<Change<RsaRight>>> {
    right.cancel(&by_manager(), &beneficiary(0)).unwrap()
}

fn say(right: &RsaRight, subject: bool, starts_on: &str, notified_on: Option<&str>) -> Result<Option<RsaRight>, Refusal> {
    let order = DutiesOrder { subject, starts_on: day(starts_on), notified_on: notified_on.map(day) };
    let said = right.record_duties(&by_manager(), &beneficiary(0), order)?;
    Ok(said.map(|decided| decided.after.clone()))
}

fn told<T>(result: Result<T, Refusal>) -> Vec<(String, Rule)> {
    result.map_or_else(faults, |_| Vec::new())
}

// ---- episodes

#[test]
fn an_episode_recorded_by_hand_says_so_and_its_event_holds_codes_alone() {
    let said = RsaRightOrder { transferred_from: "2A".parse().ok(), ..order("2025-01-01", "2025-06-30") };
    let decided = record(&[], said).unwrap();
    assert_eq!((decided.after.beneficiary, decided.after.source, decided.created), (beneficiary(0).id, RightSource::Manual, true));
    assert_eq!(decided.after.transferred_from.as_deref(), Some("2A"));
    assert_eq!((decided.event.kind, decided.event.beneficiary), ("rsa_right.recorded", Some(beneficiary(0).id)));
    assert_eq!(decided.event.codes, [("source", "manual".to_owned()), ("left_reason", "known".to_owned())]);
}

#[test]
fn an_episode_starts_today_at_the_latest_and_ends_within_two_months() {
    for (entered_on, left_on, expected) in [
        ("2026-11-17", "", vec![]),
        ("2026-11-18", "", vec![fault("/entered_on", Rule::DayInFuture)]),
        ("2026-11-17", "2026-11-17", vec![]),
        ("2026-11-17", "2026-11-16", vec![fault("/left_on", Rule::PeriodReversed)]),
        ("2026-01-01", "2027-01-18", vec![]),
        ("2026-01-01", "2027-01-19", vec![fault("/left_on", Rule::DayInFuture)]),
        ("2024-02-29", "2024-02-29", vec![]),
        ("2024-02-29", "2024-02-28", vec![fault("/left_on", Rule::PeriodReversed)]),
        ("2024-03-01", "2024-02-29", vec![fault("/left_on", Rule::PeriodReversed)]),
        ("2026-11-18", "2026-11-17", vec![fault("/entered_on", Rule::DayInFuture), fault("/left_on", Rule::PeriodReversed)]),
    ] {
        assert_eq!(told(record(&[], order(entered_on, left_on))), expected, "{entered_on} {left_on}");
        let edited = edit(&right(1, "2020-01-01", ""), &[], order(entered_on, left_on));
        assert_eq!(told(edited), expected, "{entered_on} {left_on}");
    }
}

#[test]
fn today_is_the_day_it_is_in_france() {
    let midnight = scope(&manager(), at("2026-11-17T23:00:00.000Z"));
    let record = |order| RsaRight::record(&midnight, id(9), &beneficiary(0), &[], order, &vocabulary());
    assert!(record(order("2026-11-18", "2027-01-19")).is_ok());
    assert_eq!(told(record(order("2026-11-19", ""))), [fault("/entered_on", Rule::DayInFuture)]);
}

#[test]
fn an_end_has_its_reason_and_a_reason_its_end() {
    let mismatch = || vec![fault("/left_reason", Rule::EndReasonMismatch)];
    let unknown = || vec![fault("/left_reason", Rule::CodeUnknown)];
    for (left_on, reason, expected) in [
        ("", None, vec![]),
        ("", Some("known"), mismatch()),
        ("2026-03-31", None, mismatch()),
        ("2026-03-31", Some("known"), vec![]),
        ("2026-03-31", Some("unknown"), unknown()),
        ("2025-12-31", Some("retired"), vec![]),
        ("2026-01-01", Some("retired"), unknown()),
    ] {
        let said = RsaRightOrder { left_reason: reason.map(term), ..order("2025-01-01", left_on) };
        assert_eq!(told(record(&[], said)), expected, "{left_on} {reason:?}");
    }
}

#[test]
fn the_department_learned_of_it_today_at_the_latest() {
    let learned = |on| told(record(&[], RsaRightOrder { information_received_on: Some(day(on)), ..order("2026-11-01", "") }));
    assert_eq!(learned("2026-11-17"), []);
    assert_eq!(learned("2026-10-15"), [], "a right may be told before it starts");
    assert_eq!(learned("2026-11-18"), [fault("/information_received_on", Rule::DayInFuture)]);
}

#[test]
fn what_is_wrong_with_an_episode_is_told_at_once() {
    let wrong = RsaRightOrder { left_reason: None, information_received_on: Some(day("2026-11-18")), ..order("2026-11-18", "2027-01-19") };
    assert_eq!(
        told(record(&[], wrong)),
        [
            fault("/entered_on", Rule::DayInFuture),
            fault("/left_on", Rule::DayInFuture),
            fault("/left_reason", Rule::EndReasonMismatch),
            fault("/information_received_on", Rule::DayInFuture),
        ]
    );
}

#[test]
fn two_episodes_of_a_person_share_no_day() {
    for ((from, to), (entered_on, left_on), is_free) in [
        (("2025-01-01", "2025-01-31"), ("2025-02-01", ""), true),
        (("2025-01-01", "2025-01-31"), ("2025-01-31", ""), false),
        (("2024-01-01", "2024-02-29"), ("2024-03-01", ""), true),
        (("2024-01-01", "2024-02-29"), ("2024-02-29", ""), false),
        (("2023-01-01", "2023-02-28"), ("2023-03-01", ""), true),
        (("2025-02-01", "2025-06-30"), ("2024-01-01", "2025-01-31"), true),
        (("2025-02-01", "2025-06-30"), ("2024-01-01", "2025-02-01"), false),
        (("2025-02-01", "2025-06-30"), ("2025-03-01", "2025-03-01"), false),
        (("2025-02-01", "2025-06-30"), ("2024-01-01", ""), false),
        (("2025-02-01", ""), ("2026-11-17", ""), false),
        (("2025-02-01", ""), ("2024-01-01", ""), false),
        (("2025-02-01", ""), ("2024-01-01", "2025-01-31"), true),
        (("2025-02-01", "2025-02-01"), ("2025-02-01", "2025-02-01"), false),
    ] {
        let rights = [right(1, from, to)];
        let expected = if is_free { None } else { Some(Refusal::Conflict(Rule::RightOverlaps)) };
        let case = format!("{from} {to} and {entered_on} {left_on}");
        assert_eq!(record(&rights, order(entered_on, left_on)).err(), expected, "{case}");
        let other = right(2, "2010-01-01", "2010-01-31");
        let all = [rights[0].clone(), other.clone()];
        assert_eq!(edit(&other, &all, order(entered_on, left_on)).err(), expected, "{case}, by an edit");
    }
}

#[test]
fn an_episode_does_not_overlap_itself() {
    let standing = right(1, "2025-01-01", "2025-06-30");
    let edited = edit(&standing, std::slice::from_ref(&standing), order("2025-01-02", "")).unwrap();
    assert_eq!((edited.after.entered_on, edited.after.end.is_none()), (day("2025-01-02"), true));
    assert_eq!((edited.after.stamp.version, edited.after.source, edited.created), (2, RightSource::Flow, false));
}

#[test]
fn days_in_the_wrong_order_overlap_nothing() {
    let refused = record(&[right(1, "2025-01-01", "")], order("2026-02-01", "2026-01-31"));
    assert_eq!(told(refused), [fault("/left_on", Rule::PeriodReversed)]);
}

#[test]
fn states_come_before_rules() {
    let wrong = RsaRightOrder { left_reason: Some(term("unknown")), ..order("2026-11-18", "") };
    assert_eq!(record(&[right(1, "2025-01-01", "")], wrong).unwrap_err(), Refusal::Conflict(Rule::RightOverlaps));
}

#[test]
fn on_a_merged_or_purged_file_nothing_is_written() {
    let merged = Beneficiary { merged_into: Some(id(9)), ..beneficiary(0) };
    let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
    let closed = || Refusal::Conflict(Rule::BeneficiaryClosed);
    let standing = RsaRight { duties: vec![duties(true, "2025-01-01")], ..right(1, "2025-01-01", "") };
    for person in [merged, purged] {
        let rights = std::slice::from_ref(&standing);
        let recorded = RsaRight::record(&by_manager(), id(9), &person, rights, order("2026-01-01", ""), &vocabulary());
        assert_eq!(recorded.unwrap_err(), closed());
        assert_eq!(standing.edit(&by_manager(), &person, rights, order("2026-11-18", ""), &vocabulary()).unwrap_err(), closed());
        let again = DutiesOrder { subject: true, starts_on: day("2025-01-01"), notified_on: None };
        assert_eq!(standing.record_duties(&by_manager(), &person, again).unwrap_err(), closed());
        assert_eq!(standing.cancel(&by_manager(), &person).unwrap_err(), closed());
    }
}

#[test]
fn an_edit_leaves_no_duties_outside_the_episode() {
    let standing = RsaRight { duties: vec![duties(true, "2024-02-29"), duties(false, "2024-12-31")], ..right(1, "2024-01-01", "") };
    for (entered_on, left_on, expected) in [
        ("2024-02-29", "2024-12-31", vec![]),
        ("2024-02-01", "", vec![]),
        ("2024-03-01", "", vec![fault("/entered_on", Rule::OutsideRight)]),
        ("2024-02-29", "2024-12-30", vec![fault("/left_on", Rule::OutsideRight)]),
        ("2024-03-01", "2024-12-30", vec![fault("/entered_on", Rule::OutsideRight), fault("/left_on", Rule::OutsideRight)]),
        ("2024-03-01", "2024-02-29", vec![fault("/entered_on", Rule::OutsideRight), fault("/left_on", Rule::PeriodReversed)]),
    ] {
        assert_eq!(told(edit(&standing, &[], order(entered_on, left_on))), expected, "{entered_on} {left_on}");
    }
    let kept = edit(&standing, &[], order("2024-02-29", "2024-12-31")).unwrap();
    assert_eq!(kept.after.duties, standing.duties);
}

// ---- duties

#[test]
fn duties_start_within_the_episode_on_its_first_and_last_day_too() {
    let standing = right(1, "2024-02-29", "2024-12-31");
    let outside = || vec![fault("/starts_on", Rule::OutsideRight)];
    for (starts_on, expected) in [("2024-02-28", outside()), ("2024-02-29", vec![]), ("2024-12-31", vec![]), ("2025-01-01", outside())] {
        assert_eq!(told(say(&standing, true, starts_on, None)), expected, "{starts_on}");
    }
}

#[test]
fn duties_start_and_are_notified_today_at_the_latest() {
    let future = |field| fault(field, Rule::DayInFuture);
    for (starts_on, notified_on, expected) in [
        ("2026-11-17", Some("2026-11-17"), vec![]),
        ("2026-11-01", Some("2026-10-20"), vec![]),
        ("2026-11-18", Some("2026-11-18"), vec![future("/starts_on"), future("/notified_on")]),
        ("2026-11-17", Some("2026-11-18"), vec![future("/notified_on")]),
    ] {
        assert_eq!(told(say(&right(1, "2026-01-01", ""), true, starts_on, notified_on)), expected, "{starts_on} {notified_on:?}");
    }
    let ended = say(&right(1, "2026-01-01", "2026-11-17"), true, "2026-11-18", None);
    assert_eq!(told(ended), [future("/starts_on"), fault("/starts_on", Rule::OutsideRight)]);
}

#[test]
fn new_duties_close_the_former_the_day_before() {
    let standing = right(1, "2024-01-01", "2024-12-31");
    let subject = say(&standing, true, "2024-02-01", Some("2024-02-10")).unwrap().unwrap();
    let free = say(&subject, false, "2024-03-01", None).unwrap().unwrap();
    let periods: Vec<(bool, Period)> = free.duties_periods().map(|(duties, period)| (duties.subject, period)).collect();
    assert_eq!(periods, [(true, period("2024-02-01", "2024-02-29")), (false, period("2024-03-01", "2024-12-31"))]);
    assert_eq!((free.stamp.version, free.duties[0].notified_on), (3, Some(day("2024-02-10"))));
    assert!(free.duties.iter().all(|duties| duties.source == RightSource::Manual));
    let shortest = say(&subject, false, "2024-02-02", None).unwrap().unwrap();
    assert_eq!(shortest.duties_periods().next().unwrap().1, period("2024-02-01", "2024-02-01"));
    assert_eq!(right(1, "2024-01-01", "").duties_periods().count(), 0);
}

#[test]
fn duties_are_told_in_order_and_the_last_ones_again_change_nothing() {
    let standing = RsaRight { duties: vec![duties(true, "2024-02-01"), duties(false, "2024-03-01")], ..right(1, "2024-01-01", "") };
    let early = || vec![fault("/starts_on", Rule::DayTooEarly)];
    assert!(say(&standing, false, "2024-03-01", None).unwrap().is_none(), "the same, whoever told it");
    assert_eq!(told(say(&standing, true, "2024-03-01", None)), early());
    assert_eq!(told(say(&standing, false, "2024-03-01", Some("2024-03-01"))), early());
    assert_eq!(told(say(&standing, false, "2024-02-29", None)), early());
    assert_eq!(told(say(&standing, true, "2024-02-01", None)), early(), "the former ones again");
    assert_eq!(told(say(&standing, true, "2023-12-31", None)), [fault("/starts_on", Rule::OutsideRight)], "one fault of a day is enough");
    assert!(say(&standing, true, "2024-03-02", None).unwrap().is_some());
    assert!(say(&standing, false, "2024-03-02", None).unwrap().is_some(), "notified anew");
}

#[test]
fn an_episode_has_a_bounded_number_of_duties() {
    let many = |count: usize| {
        let all = (0..count).map(|n| Duties { starts_on: day("2020-01-01").plus_days(i64::try_from(n).unwrap()), ..duties(true, "2020-01-01") });
        RsaRight { duties: all.collect(), ..right(1, "2020-01-01", "") }
    };
    assert_eq!(told(say(&many(MOST_DUTIES - 1), true, "2026-01-01", None)), []);
    assert_eq!(told(say(&many(MOST_DUTIES), true, "2026-01-01", None)), [fault("/starts_on", Rule::TooManyItems)]);
}

#[test]
fn somebody_is_subject_by_the_last_duties_of_an_episode_until_its_end() {
    let with = |left_on, duties: &[Duties]| RsaRight { duties: duties.to_vec(), ..right(1, "2024-01-01", left_on) }.subject_since();
    let (subject, free) = (duties(true, "2024-02-01"), duties(false, "2024-03-01"));
    assert_eq!(with("", &[]), None);
    assert_eq!(with("", &[subject]), Some(day("2024-02-01")));
    assert_eq!(with("", &[subject, free]), None);
    assert_eq!(with("", &[subject, free, duties(true, "2024-04-01")]), Some(day("2024-04-01")));
    assert_eq!(with("2024-12-31", &[subject]), Some(day("2024-02-01")), "until then");
    let ended = RsaRight { duties: vec![subject], ..right(1, "2024-01-01", "2024-12-31") };
    assert!(ended.is_subject_from(day("2024-12-31")) && !ended.is_subject_from(day("2025-01-01")));
    let after = RsaRight { duties: vec![subject, free], ..right(1, "2024-01-01", "") };
    assert!(!after.is_subject_from(day("2024-02-01")), "not any more");
}

#[test]
fn what_was_cancelled_counts_no_more_and_stays_as_it_was() {
    let standing = RsaRight { duties: vec![duties(true, "2025-01-01")], ..right(1, "2025-01-01", "") };
    let decided = cancel(&standing).unwrap();
    let cancelled = decided.after.clone();
    assert_eq!((decided.event.kind, decided.event.beneficiary), ("rsa_right.cancelled", Some(standing.beneficiary)));
    assert_eq!((cancelled.cancelled_at, cancelled.stamp.version), (Some(now()), standing.stamp.version + 1));
    assert_eq!((cancelled.period(), &cancelled.duties), (standing.period(), &standing.duties), "what was said is not lost");
    assert!(standing.is_open() && !cancelled.is_open());
    assert_eq!((cancelled.subject_since(), cancelled.orientation_clock()), (None, None));
    assert!(!cancelled.is_subject_from(day("2025-01-01")));
    assert!(cancel(&cancelled).is_none(), "once more changes nothing");
    let rights = [cancelled.clone()];
    assert!(record(&rights, order("2025-01-01", "")).is_ok(), "it is in nobody's way");
    let entry = || Refusal::Conflict(Rule::EntryCancelled);
    assert_eq!(edit(&cancelled, &rights, order("2025-01-01", "")).unwrap_err(), entry());
    assert_eq!(say(&cancelled, true, "2025-01-01", None).unwrap_err(), entry(), "nor the same duties again");
}

#[test]
fn the_delay_for_the_orientation_runs_from_the_information_and_after_a_break_from_the_new_duties() {
    let right =
        |duties: &[Duties]| RsaRight { duties: duties.to_vec(), information_received_on: Some(day("2026-01-20")), ..right(1, "2026-01-01", "") };
    let subject = |from: &str, notified: Option<&str>| Duties { notified_on: notified.map(day), ..duties(true, from) };
    assert_eq!(right(&[]).orientation_clock(), None);
    assert_eq!(right(&[subject("2026-02-01", Some("2026-02-10"))]).orientation_clock(), Some(day("2026-01-20")));
    let told_again = right(&[subject("2026-02-01", None), subject("2026-03-01", Some("2026-03-05"))]);
    assert_eq!(told_again.orientation_clock(), Some(day("2026-01-20")), "without a break");
    let broken = [subject("2026-02-01", None), duties(false, "2026-03-01"), subject("2026-09-01", Some("2026-09-10"))];
    assert_eq!(right(&broken).orientation_clock(), Some(day("2026-09-10")));
    assert_eq!(right(&broken[..2]).orientation_clock(), None);
}

// ---- whatever is recorded

/// Days are counted from here, around a 29 February; what is open lasts beyond the last of them.
static FIRST: LazyLock<Day> = LazyLock::new(|| day("2024-02-10"));
const DAYS: i64 = 40;

fn nth(n: i64) -> Day {
    FIRST.plus_days(n)
}

#[derive(Clone, Debug)]
enum Step {
    Record { from: i64, length: Option<i64> },
    Edit { which: Index, from: i64, length: Option<i64> },
    Duties { which: Index, subject: bool, from: i64 },
    Cancel { which: Index },
}

fn some_step() -> impl Strategy<Value = Step> {
    let length = || proptest::option::weighted(0.7, -1i64..12);
    prop_oneof![
        2 => (0..DAYS, length()).prop_map(|(from, length)| Step::Record { from, length }),
        2 => (any::<Index>(), 0..DAYS, length()).prop_map(|(which, from, length)| Step::Edit { which, from, length }),
        3 => (any::<Index>(), any::<bool>(), 0..DAYS).prop_map(|(which, subject, from)| Step::Duties { which, subject, from }),
        1 => any::<Index>().prop_map(|which| Step::Cancel { which }),
    ]
}

fn spanning(from: i64, length: Option<i64>) -> RsaRightOrder {
    RsaRightOrder {
        entered_on: nth(from),
        left_on: length.map(|length| nth(from + length)),
        left_reason: length.map(|_| term("known")),
        information_received_on: None,
        transferred_from: None,
    }
}

/// The days that are in a period, counted one by one.
fn days(is_in: impl Fn(Day) -> bool) -> Vec<i64> {
    (-1..DAYS + 20).filter(|n| is_in(nth(*n))).collect()
}

fn days_of(order: &RsaRightOrder) -> Vec<i64> {
    days(|day| order.entered_on <= day && order.left_on.is_none_or(|left_on| day <= left_on))
}

fn is_free(rights: &[RsaRight], except: Option<Id<RsaRight>>, order: &RsaRightOrder) -> bool {
    let others = rights.iter().filter(|other| Some(other.id) != except && other.cancelled_at.is_none());
    let taken: Vec<i64> = others.flat_map(|other| days(|day| other.period().holds(day))).collect();
    let wanted = days_of(order);
    !wanted.is_empty() && wanted.iter().all(|n| !taken.contains(n))
}

fn check_invariants(rights: &[RsaRight]) -> Result<(), TestCaseError> {
    let counting = || rights.iter().filter(|right| right.cancelled_at.is_none());
    prop_assert!(counting().filter(|right| right.is_open()).count() <= 1, "one is open at most");
    for n in -1..DAYS + 20 {
        prop_assert!(counting().filter(|right| right.period().holds(nth(n))).count() <= 1, "one right at most on day {}", n);
    }
    for right in rights {
        let first = right.duties.first().map(|duties| duties.starts_on);
        for n in -1..DAYS + 20 {
            let holding = right.duties_periods().filter(|(_, period)| period.holds(nth(n))).count();
            let is_told = first.is_some_and(|first| first <= nth(n)) && right.period().holds(nth(n));
            prop_assert_eq!(holding, usize::from(is_told), "duties on day {} of {:?}", n, right);
        }
        let is_last_subject = right.duties_periods().last().map(|(duties, _)| duties.subject);
        prop_assert_eq!(right.subject_since().is_some(), is_last_subject == Some(true) && right.cancelled_at.is_none());
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_recorded_episodes_never_overlap_and_duties_follow_each_other(steps in proptest::collection::vec(some_step(), 1..25)) {
        let (by, person, vocabulary) = (by_manager(), beneficiary(0), vocabulary());
        let mut rights: Vec<RsaRight> = Vec::new();
        for (place, step) in steps.into_iter().enumerate() {
            match step {
                Step::Record { from, length } => {
                    let order = spanning(from, length);
                    let fits = is_free(&rights, None, &order);
                    let new = id(1000 + place as u128);
                    let recorded = RsaRight::record(&by, new, &person, &rights, order, &vocabulary);
                    prop_assert_eq!(recorded.is_ok(), fits);
                    rights.extend(recorded.ok().map(|decided| decided.after.clone()));
                }
                Step::Edit { which, from, length } if !rights.is_empty() => {
                    let which = which.index(rights.len());
                    let standing = rights[which].clone();
                    let order = spanning(from, length);
                    let holds_duties = standing.duties.iter().all(|duties| days_of(&order).iter().any(|n| nth(*n) == duties.starts_on));
                    let fits = is_free(&rights, Some(standing.id), &order) && holds_duties && standing.cancelled_at.is_none();
                    let edited = standing.edit(&by, &person, &rights, order, &vocabulary);
                    prop_assert_eq!(edited.is_ok(), fits);
                    if let Ok(edited) = edited {
                        prop_assert_eq!(edited.after.stamp.version, standing.stamp.version + 1);
                        rights[which] = edited.after.clone();
                    }
                }
                Step::Duties { which, subject, from } if !rights.is_empty() => {
                    let which = which.index(rights.len());
                    let standing = rights[which].clone();
                    let order = DutiesOrder { subject, starts_on: nth(from), notified_on: None };
                    let last = standing.duties.last().copied();
                    let counts = standing.cancelled_at.is_none();
                    let is_same = counts && last.is_some_and(|last| (last.subject, last.starts_on) == (subject, nth(from)));
                    let fits = counts && standing.period().holds(nth(from)) && last.is_none_or(|last| last.starts_on < nth(from));
                    let said = standing.record_duties(&by, &person, order);
                    prop_assert_eq!(said.is_ok(), is_same || fits);
                    if let Ok(Some(said)) = said {
                        prop_assert!(!is_same);
                        let again = said.after.record_duties(&by, &person, order);
                        prop_assert!(again.unwrap().is_none(), "the same again");
                        prop_assert_eq!(&said.after.duties[..standing.duties.len()], &standing.duties[..]);
                        rights[which] = said.after.clone();
                    }
                }
                Step::Cancel { which } if !rights.is_empty() => {
                    let which = which.index(rights.len());
                    let cancelled = cancel(&rights[which]);
                    prop_assert_eq!(cancelled.is_some(), rights[which].cancelled_at.is_none());
                    rights[which] = cancelled.map_or_else(|| rights[which].clone(), |decided| decided.after.clone());
                }
                Step::Edit { .. } | Step::Duties { .. } | Step::Cancel { .. } => {}
            }
            check_invariants(&rights)?;
        }
    }
}
