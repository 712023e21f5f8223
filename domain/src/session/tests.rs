//! Planning the half-days of a group that has two to four of them a week.

use super::*;
use crate::given::{at, code, day, fault, faults, group, id, label, manager, now, partner, scope, session, session_on, slot, term, time, vocabulary};
use HalfDay::{Afternoon, Morning};

fn planned(reference: &str, date: &str, half_day: HalfDay) -> Planned {
    Planned { reference: reference.to_owned(), date: day(date), half_day, cancelled: false }
}

/// Sessions of the group on those mornings.
fn mornings(dates: &[&str]) -> Agenda {
    Agenda(dates.iter().map(|date| planned(&session_on(date).reference, date, Morning)).collect())
}

fn order(date: &str, half_day: HalfDay) -> SessionOrder {
    SessionOrder { slot: slot(date, half_day), place: None }
}

fn plan(group: &Group, agenda: Agenda, order: SessionOrder) -> Result<Decided<SessionsPlanned>, Refusal> {
    Session::plan(&scope(&partner(), now()), id(1), group, agenda, order)
}

/// Tuesday and Thursday mornings.
fn series(from: &str, to: &str) -> SeriesOrder {
    SeriesOrder {
        weekdays: vec![DayOfWeek::Tuesday, DayOfWeek::Thursday],
        half_day: Morning,
        start_time: time("09:00"),
        end_time: time("12:00"),
        starts_on: day(from),
        ends_on: day(to),
        place: None,
    }
}

fn plan_series(group: &Group, agenda: Agenda, order: SeriesOrder) -> Result<Decided<SessionsPlanned>, Refusal> {
    let mut ids = 1..;
    Session::plan_series(&scope(&partner(), now()), || id(ids.next().unwrap()), group, agenda, order)
}

fn move_to(session: &Session, agenda: &Agenda, has_marks: bool, order: SessionOrder) -> Result<Decided<SessionMoved>, Refusal> {
    session.reschedule(&scope(&partner(), now()), &group(), agenda, so_far(session, has_marks), order)
}

fn so_far(session: &Session, has_marks: bool) -> SheetSoFar {
    SheetSoFar::of(session, has_marks, &Settings::default(), now())
}

fn cancel(session: &Session, reason: &str, has_marks: bool) -> Result<Decided<Change<Session>>, Refusal> {
    session.cancel(&scope(&partner(), now()), term(reason), so_far(session, has_marks), &vocabulary())
}

fn references(planned: &SessionsPlanned) -> Vec<&str> {
    planned.sessions.iter().map(|session| session.reference.as_str()).collect()
}

fn weeks(warnings: &[WeekOutOfRhythm]) -> Vec<(Day, usize)> {
    warnings.iter().map(|week| (week.monday, week.half_days)).collect()
}

// ---- one session

#[test]
fn a_planned_session_carries_what_its_group_says() {
    let decided = plan(&group(), Agenda::default(), order("2026-11-24", Afternoon)).unwrap();
    let [session] = &decided.sessions[..] else { panic!("one session") };
    assert_eq!(session.reference, "AMI-LIM-20261124-A");
    assert_eq!((session.group, session.action), (group().id, group().action));
    assert_eq!(session.place, group().about.place);
    assert_eq!((session.sheet_version, session.stamp.version), (1, 1));
    assert_eq!(session.slot.minutes(), 180);
    assert_eq!(decided.event.kind, "session.planned");
    let elsewhere = SessionOrder { place: Some(label("Médiathèque")), ..order("2026-11-24", Afternoon) };
    assert_eq!(plan(&group(), Agenda::default(), elsewhere).unwrap().sessions[0].place, label("Médiathèque"));
}

#[test]
fn a_session_lies_within_the_period_of_its_group() {
    let open = Group { about: crate::group::GroupOrder { ends_on: None, ..group().about }, ..group() };
    for (group, date, fits) in [
        (group(), "2026-08-31", false),
        (group(), "2026-09-01", true),
        (group(), "2027-06-30", true),
        (group(), "2027-07-01", false),
        (open.clone(), "2031-07-01", true),
        (open, "2026-08-31", false),
    ] {
        let found = plan(&group, Agenda::default(), order(date, Morning)).map_or_else(faults, |_| Vec::new());
        let expected = if fits { vec![] } else { vec![fault("/date", Rule::DateOutsideGroup)] };
        assert_eq!(found, expected, "{date}");
    }
}

#[test]
fn a_morning_starts_before_one_and_an_afternoon_ends_after_noon() {
    let reversed = || fault("/end_time", Rule::TimesReversed);
    let outside = || fault("/half_day", Rule::TimesOutsideHalfDay);
    for (half_day, start, end, expected) in [
        (Morning, "09:00", "12:00", vec![]),
        (Morning, "12:59", "13:00", vec![]),
        (Morning, "08:00", "13:30", vec![]),
        (Morning, "13:00", "14:00", vec![outside()]),
        (Morning, "09:00", "09:00", vec![reversed()]),
        (Morning, "12:00", "09:00", vec![reversed()]),
        (Afternoon, "14:00", "17:00", vec![]),
        (Afternoon, "12:00", "12:01", vec![]),
        (Afternoon, "11:30", "16:00", vec![]),
        (Afternoon, "09:00", "12:00", vec![outside()]),
        (Afternoon, "17:00", "14:00", vec![reversed()]),
        (Afternoon, "14:00", "11:00", vec![reversed(), outside()]),
    ] {
        let slot = Slot { date: day("2026-11-24"), half_day, start_time: time(start), end_time: time(end) };
        let found = plan(&group(), Agenda::default(), SessionOrder { slot, place: None }).map_or_else(faults, |_| Vec::new());
        assert_eq!(found, expected, "{half_day} {start}-{end}");
    }
}

#[test]
fn every_fault_of_a_session_is_told_at_once() {
    let slot = Slot { date: day("2026-08-31"), half_day: Morning, start_time: time("15:00"), end_time: time("14:00") };
    assert_eq!(
        faults(plan(&group(), Agenda::default(), SessionOrder { slot, place: None }).unwrap_err()),
        [fault("/end_time", Rule::TimesReversed), fault("/half_day", Rule::TimesOutsideHalfDay), fault("/date", Rule::DateOutsideGroup)]
    );
}

#[test]
fn a_session_starts_at_its_local_time_in_winter_and_in_summer() {
    assert_eq!(slot("2026-11-17", Morning).starts_at(), at("2026-11-17T08:00:00.000Z"));
    assert_eq!(slot("2027-06-15", Morning).starts_at(), at("2027-06-15T07:00:00.000Z"));
}

// ---- references

#[test]
fn a_group_has_one_session_a_half_day() {
    let agenda = mornings(&["2026-11-17"]);
    let refused = plan(&group(), agenda.clone(), order("2026-11-17", Morning));
    assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::HalfDayTaken));
    assert!(plan(&group(), agenda, order("2026-11-17", Afternoon)).is_ok());
}

#[test]
fn a_cancelled_session_frees_its_half_day_but_not_its_reference() {
    let mut agenda = mornings(&["2026-11-17"]);
    for expected in ["AMI-LIM-20261117-M-2", "AMI-LIM-20261117-M-3", "AMI-LIM-20261117-M-4"] {
        for session in &mut agenda.0 {
            session.cancelled = true;
        }
        let decided = plan(&group(), agenda.clone(), order("2026-11-17", Morning)).unwrap();
        assert_eq!(references(&decided), [expected]);
        agenda.0.push(planned(expected, "2026-11-17", Morning));
    }
}

#[test]
fn a_session_that_moved_keeps_its_reference_so_its_first_half_day_numbers_the_next_one() {
    let moved = move_to(&session(), &mornings(&["2026-11-17"]), false, order("2026-11-19", Afternoon)).unwrap();
    assert_eq!(moved.change.after.reference, "AMI-LIM-20261117-M");
    assert_eq!(moved.change.after.slot, slot("2026-11-19", Afternoon));
    let agenda = Agenda(vec![planned("AMI-LIM-20261117-M", "2026-11-19", Afternoon)]);
    assert_eq!(references(&plan(&group(), agenda.clone(), order("2026-11-17", Morning)).unwrap()), ["AMI-LIM-20261117-M-2"]);
    let taken = plan(&group(), agenda, order("2026-11-19", Afternoon));
    assert_eq!(taken.unwrap_err(), Refusal::Conflict(Rule::HalfDayTaken));
}

#[test]
fn the_smallest_number_that_was_never_used_is_taken() {
    let agenda = Agenda(vec![planned("AMI-LIM-20261117-M-2", "2026-11-19", Morning), planned("AMI-LIM-20261117-M-4", "2026-11-20", Morning)]);
    assert_eq!(references(&plan(&group(), agenda.clone(), order("2026-11-17", Morning)).unwrap()), ["AMI-LIM-20261117-M"]);
    let mut agenda = agenda;
    agenda.0.push(planned("AMI-LIM-20261117-M", "2026-11-21", Morning));
    assert_eq!(references(&plan(&group(), agenda, order("2026-11-17", Morning)).unwrap()), ["AMI-LIM-20261117-M-3"]);
}

// ---- the weekly rhythm

#[test]
fn a_mobilisation_group_is_warned_outside_two_to_four_half_days_a_week() {
    let week = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"];
    for before in 0..week.len() {
        let decided = plan(&group(), mornings(&week[..before]), order("2026-11-22", Morning)).unwrap();
        let half_days = before + 1;
        let expected = if (2..=4).contains(&half_days) { vec![] } else { vec![(day("2026-11-16"), half_days)] };
        assert_eq!(weeks(&decided.warnings), expected, "with the Sunday, {half_days}");
    }
}

#[test]
fn both_halves_of_a_day_count() {
    let decided = plan(&group(), mornings(&["2026-11-17"]), order("2026-11-17", Afternoon)).unwrap();
    assert!(decided.warnings.is_empty());
}

#[test]
fn neighbouring_weeks_and_cancelled_sessions_do_not_count() {
    let mut agenda = mornings(&["2026-11-15", "2026-11-17", "2026-11-23"]);
    agenda.0[1].cancelled = true;
    let decided = plan(&group(), agenda, order("2026-11-18", Morning)).unwrap();
    assert_eq!(weeks(&decided.warnings), [(day("2026-11-16"), 1)], "only the week that is planned is looked at");
}

#[test]
fn an_action_that_lifts_barriers_has_no_rhythm() {
    let workshop = Group { axis: Axis::BarrierLifting, ..group() };
    assert!(plan(&workshop, Agenda::default(), order("2026-11-18", Morning)).unwrap().warnings.is_empty());
}

// ---- series

#[test]
fn a_series_takes_every_such_weekday_from_the_first_to_the_last_day() {
    let decided = plan_series(&group(), Agenda::default(), series("2026-11-17", "2026-11-26")).unwrap();
    assert_eq!(references(&decided), ["AMI-LIM-20261117-M", "AMI-LIM-20261119-M", "AMI-LIM-20261124-M", "AMI-LIM-20261126-M"]);
    let ids: Vec<Id<Session>> = decided.sessions.iter().map(|session| session.id).collect();
    assert_eq!(ids, [id(1), id(2), id(3), id(4)]);
    assert!(decided.sessions.iter().all(|session| session.place == group().about.place));
    assert!(decided.skipped.is_empty() && decided.warnings.is_empty());
    assert_eq!(decided.event.codes, [("sessions", "4".to_owned())]);
    assert_eq!(decided.event.subject, group().id.uuid());
}

#[test]
fn a_series_says_where_and_when() {
    let order = SeriesOrder {
        half_day: Afternoon,
        start_time: time("13:30"),
        end_time: time("16:30"),
        place: Some(label("Médiathèque")),
        ..series("2026-11-17", "2026-11-19")
    };
    for session in &plan_series(&group(), Agenda::default(), order).unwrap().sessions {
        assert_eq!((session.place.clone(), session.slot.start_time, session.slot.half_day), (label("Médiathèque"), time("13:30"), Afternoon));
    }
}

#[test]
fn a_series_skips_public_holidays_and_half_days_already_taken() {
    // Armistice Day 2026 is a Wednesday, Christmas a Friday.
    let order = SeriesOrder { weekdays: vec![DayOfWeek::Friday, DayOfWeek::Wednesday], ..series("2026-11-09", "2026-11-22") };
    let decided = plan_series(&group(), mornings(&["2026-11-20"]), order).unwrap();
    assert_eq!(references(&decided), ["AMI-LIM-20261113-M", "AMI-LIM-20261118-M"]);
    assert_eq!(decided.skipped, [(day("2026-11-11"), SkipReason::PublicHoliday), (day("2026-11-20"), SkipReason::HalfDayTaken)]);
    assert_eq!(weeks(&decided.warnings), [(day("2026-11-09"), 1)], "the session that was there counts in the second week");
}

#[test]
fn a_series_leaves_no_session_on_any_public_holiday_of_a_year() {
    let every_day = SeriesOrder { weekdays: DayOfWeek::ALL.to_vec(), ..series("2026-09-01", "2027-06-30") };
    let decided = plan_series(&group(), Agenda::default(), every_day).unwrap();
    let skipped: Vec<String> = decided.skipped.iter().map(|(day, _)| day.to_string()).collect();
    let holidays = ["2026-11-01", "2026-11-11", "2026-12-25", "2027-01-01", "2027-03-29", "2027-05-01", "2027-05-06", "2027-05-08", "2027-05-17"];
    assert_eq!(skipped, holidays);
    assert_eq!(decided.sessions.len() + skipped.len(), 303);
}

#[test]
fn a_series_again_in_the_place_of_cancelled_sessions_is_numbered() {
    let mut agenda = mornings(&["2026-11-17", "2026-11-19"]);
    agenda.0[0].cancelled = true;
    let decided = plan_series(&group(), agenda, series("2026-11-16", "2026-11-20")).unwrap();
    assert_eq!(references(&decided), ["AMI-LIM-20261117-M-2"]);
    assert_eq!(decided.skipped, [(day("2026-11-19"), SkipReason::HalfDayTaken)]);
}

#[test]
fn a_series_that_yields_nothing_is_refused() {
    let no_such_weekday = series("2026-11-20", "2026-11-23");
    assert_eq!(plan_series(&group(), Agenda::default(), no_such_weekday).unwrap_err(), Refusal::Conflict(Rule::SeriesEmpty));
    let all_taken = plan_series(&group(), mornings(&["2026-11-17"]), series("2026-11-17", "2026-11-17"));
    assert_eq!(all_taken.unwrap_err(), Refusal::Conflict(Rule::SeriesEmpty));
    let holiday = SeriesOrder { weekdays: vec![DayOfWeek::Wednesday], ..series("2026-11-11", "2026-11-11") };
    assert_eq!(plan_series(&group(), Agenda::default(), holiday).unwrap_err(), Refusal::Conflict(Rule::SeriesEmpty));
}

#[test]
fn every_week_of_a_series_outside_the_rhythm_is_warned_of() {
    let once = SeriesOrder { weekdays: vec![DayOfWeek::Tuesday], ..series("2026-11-17", "2026-12-01") };
    let decided = plan_series(&group(), mornings(&["2026-11-26"]), once).unwrap();
    assert_eq!(weeks(&decided.warnings), [(day("2026-11-16"), 1), (day("2026-11-30"), 1)]);
    let all_week = SeriesOrder { weekdays: DayOfWeek::ALL.to_vec(), ..series("2026-11-16", "2026-11-22") };
    let decided = plan_series(&group(), Agenda::default(), all_week).unwrap();
    assert_eq!(weeks(&decided.warnings), [(day("2026-11-16"), 7)]);
}

#[test]
fn what_is_wrong_with_a_series_is_told_with_its_place() {
    let weekdays = |weekdays: &[DayOfWeek]| SeriesOrder { weekdays: weekdays.to_vec(), ..series("2026-11-17", "2026-11-26") };
    let (mon, tue) = (DayOfWeek::Monday, DayOfWeek::Tuesday);
    for (order, expected) in [
        (weekdays(&[]), vec![fault("/weekdays", Rule::TooManyItems)]),
        (weekdays(&[mon, tue, mon, mon]), vec![fault("/weekdays/2", Rule::DuplicateItem), fault("/weekdays/3", Rule::DuplicateItem)]),
        (series("2026-11-26", "2026-11-17"), vec![fault("/ends_on", Rule::PeriodReversed)]),
        (series("2026-08-31", "2026-11-17"), vec![fault("/starts_on", Rule::DateOutsideGroup)]),
        (series("2027-06-01", "2027-07-01"), vec![fault("/starts_on", Rule::DateOutsideGroup)]),
        (SeriesOrder { end_time: time("08:00"), ..series("2026-11-17", "2026-11-26") }, vec![fault("/end_time", Rule::TimesReversed)]),
        (SeriesOrder { half_day: Afternoon, ..series("2026-11-17", "2026-11-26") }, vec![fault("/half_day", Rule::TimesOutsideHalfDay)]),
    ] {
        assert_eq!(faults(plan_series(&group(), Agenda::default(), order).unwrap_err()), expected);
    }
}

#[test]
fn a_series_lasts_a_year_and_a_day_at_most() {
    let open = Group { about: crate::group::GroupOrder { ends_on: None, ..group().about }, ..group() };
    assert!(plan_series(&open, Agenda::default(), series("2027-09-01", "2028-09-01")).is_ok());
    let refused = plan_series(&open, Agenda::default(), series("2027-09-01", "2028-09-02"));
    assert_eq!(faults(refused.unwrap_err()), [fault("/ends_on", Rule::PeriodTooLong)]);
}

// ---- moving

#[test]
fn a_session_moves_as_long_as_nobody_is_marked() {
    let agenda = mornings(&["2026-11-17", "2026-11-19"]);
    let moved = move_to(&session(), &agenda, false, order("2026-11-20", Morning)).unwrap();
    assert_eq!(moved.change.after.stamp.version, session().stamp.version + 1);
    assert_eq!(moved.change.event.kind, "session.moved");
    assert!(!moved.change.created && moved.warnings.is_empty());
    for to in [order("2026-11-20", Morning), order("2026-11-17", Morning)] {
        assert_eq!(move_to(&session(), &agenda, true, to).unwrap_err(), Refusal::Conflict(Rule::SessionHasMarks));
    }
}

#[test]
fn a_session_does_not_move_onto_another_one() {
    let agenda = mornings(&["2026-11-17", "2026-11-19"]);
    assert_eq!(move_to(&session(), &agenda, false, order("2026-11-19", Morning)).unwrap_err(), Refusal::Conflict(Rule::HalfDayTaken));
    assert!(move_to(&session(), &agenda, false, order("2026-11-17", Afternoon)).is_ok());
    let mut freed = agenda;
    freed.0[1].cancelled = true;
    assert!(move_to(&session(), &freed, false, order("2026-11-19", Morning)).is_ok());
}

#[test]
fn a_session_stays_on_its_half_day_when_only_times_or_place_change() {
    let mut to = order("2026-11-17", Morning);
    to.slot.start_time = time("10:00");
    to.place = Some(label("Médiathèque"));
    let moved = move_to(&session(), &mornings(&["2026-11-17"]), false, to).unwrap();
    assert_eq!(moved.change.after.slot.minutes(), 120);
    assert!(moved.warnings.is_empty(), "its week did not change");
    let back = move_to(&moved.change.after, &mornings(&["2026-11-17"]), false, order("2026-11-17", Morning)).unwrap();
    assert_eq!(back.change.after.place, group().about.place, "no place: the group's again");
}

#[test]
fn moving_warns_of_the_week_left_and_of_the_week_joined() {
    let agenda = mornings(&["2026-11-17", "2026-11-19"]);
    let moved = move_to(&session(), &agenda, false, order("2026-11-24", Morning)).unwrap();
    assert_eq!(weeks(&moved.warnings), [(day("2026-11-16"), 1), (day("2026-11-23"), 1)]);
}

#[test]
fn a_session_moves_within_the_rules_of_a_session() {
    let mut to = order("2027-07-01", Morning);
    to.slot.end_time = time("08:00");
    let refused = move_to(&session(), &mornings(&["2026-11-17"]), false, to);
    assert_eq!(faults(refused.unwrap_err()), [fault("/end_time", Rule::TimesReversed), fault("/date", Rule::DateOutsideGroup)]);
}

#[test]
fn neither_a_cancelled_nor_a_closed_session_changes() {
    let cancelled = Session { cancelled_at: Some(now()), ..session() };
    let closed = Session { sheet_closed_at: Some(now()), ..session() };
    for (session, rule) in [(cancelled, Rule::SessionCancelled), (closed, Rule::SheetClosed)] {
        let moved = move_to(&session, &mornings(&["2026-11-17"]), false, order("2026-11-20", Morning));
        assert_eq!(moved.unwrap_err(), Refusal::Conflict(rule));
        assert_eq!(cancel(&session, "known", false).unwrap_err(), Refusal::Conflict(rule));
    }
}

// ---- cancelling

#[test]
fn a_cancelled_session_says_when_and_why() {
    let cancelled = cancel(&session(), "known", false).unwrap();
    assert_eq!((cancelled.after.cancelled_at, cancelled.after.cancel_reason.clone()), (Some(now()), Some(term("known"))));
    assert_eq!(cancelled.after.stamp.version, session().stamp.version + 1);
    assert_eq!((cancelled.event.kind, &cancelled.event.codes[..]), ("session.cancelled", &[("reason", "known".to_owned())][..]));
}

#[test]
fn a_session_is_cancelled_for_a_reason_that_holds_today() {
    for reason in ["retired", "unheard_of"] {
        assert_eq!(faults(cancel(&session(), reason, false).unwrap_err()), [fault("/reason", Rule::CodeUnknown)]);
    }
}

#[test]
fn a_session_with_marks_is_not_cancelled() {
    assert_eq!(cancel(&session(), "known", true).unwrap_err(), Refusal::Conflict(Rule::SessionHasMarks));
}

#[test]
fn a_manager_plans_for_any_group() {
    let other = Group { code: code("MOB-BELLAC"), ..group() };
    let decided = Session::plan(&scope(&manager(), now()), id(1), &other, Agenda::default(), order("2026-11-17", Morning)).unwrap();
    assert_eq!(references(&decided), ["MOB-BELLAC-20261117-M"]);
}

#[test]
fn what_the_clock_closed_a_partner_neither_moves_nor_cancels_and_a_manager_may() {
    let closed = SheetSoFar { state: SheetState::Closed, has_marks: false };
    let session = session();
    let by = |actor: &crate::actor::Actor| session.cancel(&scope(actor, now()), term("known"), closed, &vocabulary()).map(|_| ());
    assert_eq!(by(&partner()), Err(Refusal::Conflict(Rule::SheetClosed)));
    assert_eq!(by(&manager()), Ok(()));
}
