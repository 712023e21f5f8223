//! Sessions: half-days of a group, planned one by one or as a series, moved, cancelled. Who came is the sheet's page.

use std::collections::BTreeMap;

use crate::action::{Action, Axis};
use crate::attendance::{SheetState, sheet_state};
use crate::calendar::{Day, DayOfWeek, HalfDay, Instant, Period, TimeOfDay, is_public_holiday};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::group::Group;
use crate::id::Id;
use crate::policy::{ManageSession, Reach, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::settings::Settings;
use crate::text::{Code, Label};
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// A half-day of a group.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: Id<Session>,
    /// Its printable reference, minted once; it stays when the session moves.
    pub reference: String,
    /// Its group.
    pub group: Id<Group>,
    /// The group's code.
    pub group_code: Code,
    /// The group's name.
    pub group_name: Label,
    /// The group's action.
    pub action: Id<Action>,
    /// The action's name.
    pub action_name: Label,
    /// When.
    pub slot: Slot,
    /// Where.
    pub place: Label,
    /// Version of its sheet: one more at each change of a mark.
    pub sheet_version: i32,
    /// When its sheet was closed by somebody.
    pub sheet_closed_at: Option<Instant>,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<Instant>,
    /// Why, a code of `session_cancellation_reasons`.
    pub cancel_reason: Option<Term>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// A half-day with its local times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The day.
    pub date: Day,
    /// The half of it.
    pub half_day: HalfDay,
    /// From.
    pub start_time: TimeOfDay,
    /// To.
    pub end_time: TimeOfDay,
}

impl Slot {
    /// How long it lasts, in minutes: what `present` is credited.
    pub fn minutes(&self) -> i32 {
        self.end_time.minutes() - self.start_time.minutes()
    }

    /// When it starts.
    pub fn starts_at(&self) -> Instant {
        self.date.at(self.start_time)
    }

    fn check(&self, faults: &mut Faults) {
        const ONE_PM: i32 = 13 * 60;
        const NOON: i32 = 12 * 60;
        faults.check(self.end_time <= self.start_time, "end_time", Rule::TimesReversed);
        let outside = match self.half_day {
            HalfDay::Morning => self.start_time.minutes() >= ONE_PM,
            HalfDay::Afternoon => self.end_time.minutes() <= NOON,
        };
        faults.check(outside, "half_day", Rule::TimesOutsideHalfDay);
    }
}

/// What is said of a session.
#[derive(Clone, Debug)]
pub struct SessionOrder {
    /// When.
    pub slot: Slot,
    /// Where; the group's place when nothing is said.
    pub place: Option<Label>,
}

/// What is said of a series: "Tuesdays and Thursdays, mornings, from … to …".
#[derive(Clone, Debug)]
pub struct SeriesOrder {
    /// Which days of the week.
    pub weekdays: Vec<DayOfWeek>,
    /// Which half of them.
    pub half_day: HalfDay,
    /// From.
    pub start_time: TimeOfDay,
    /// To.
    pub end_time: TimeOfDay,
    /// First day of the series.
    pub starts_on: Day,
    /// Last day of the series.
    pub ends_on: Day,
    /// Where; the group's place when nothing is said.
    pub place: Option<Label>,
}

/// A session the group has or had: its reference is never used again.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its reference.
    pub reference: String,
    /// When it is.
    pub date: Day,
    /// Which half of that day.
    pub half_day: HalfDay,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// A group's past and future sessions.
#[derive(Clone, Debug, Default)]
pub struct Agenda(pub Vec<Planned>);

impl Agenda {
    fn is_taken(&self, date: Day, half_day: HalfDay) -> bool {
        self.0.iter().any(|planned| !planned.cancelled && planned.date == date && planned.half_day == half_day)
    }

    fn mint(&self, code: &Code, slot: &Slot) -> String {
        let base = format!("{}-{}-{}", &**code, slot.date.compact(), slot.half_day.letter());
        let used = |reference: &str| self.0.iter().any(|planned| planned.reference == reference);
        let numbered = (2..).map(|n| format!("{base}-{n}"));
        std::iter::once(base.clone()).chain(numbered).find(|reference| !used(reference)).unwrap_or(base)
    }

    fn plan(&mut self, reference: &str, slot: &Slot) {
        self.0.push(Planned { reference: reference.to_owned(), date: slot.date, half_day: slot.half_day, cancelled: false });
    }
}

codes! {
    /// Something worth a look that refuses nothing.
    WarningCode {
        /// A week of a mobilisation group has fewer than 2 or more than 4 half-days.
        WeeklyRhythm = "WEEKLY_RHYTHM",
        /// The person is expected elsewhere the same half-day.
        HalfDayClash = "HALF_DAY_CLASH",
    }
}

/// A mobilisation group meets 2 to 4 half-days a week (programme, page 26).
const HALF_DAYS_A_WEEK: std::ops::RangeInclusive<usize> = 2..=4;

/// A week outside the rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekOutOfRhythm {
    /// Its Monday.
    pub monday: Day,
    /// How many half-days it has.
    pub half_days: usize,
}

fn rhythm(group: &Group, agenda: &Agenda, touched: impl Iterator<Item = Day>) -> Vec<WeekOutOfRhythm> {
    if group.axis != Axis::Mobilisation {
        return Vec::new();
    }
    let mut weeks: BTreeMap<Day, usize> = touched.map(|day| (day.monday(), 0)).collect();
    for planned in agenda.0.iter().filter(|planned| !planned.cancelled) {
        if let Some(count) = weeks.get_mut(&planned.date.monday()) {
            *count += 1;
        }
    }
    let outside = weeks.into_iter().filter(|(_, count)| !HALF_DAYS_A_WEEK.contains(count));
    outside.map(|(monday, half_days)| WeekOutOfRhythm { monday, half_days }).collect()
}

codes! {
    /// Why a day of a series has no session.
    SkipReason {
        /// A French public holiday.
        PublicHoliday = "public_holiday",
        /// The group has a session that half-day already.
        HalfDayTaken = "half_day_taken",
    }
}

/// Sessions planned together.
#[derive(Debug)]
pub struct SessionsPlanned {
    /// The new sessions, in order of date.
    pub sessions: Vec<Session>,
    /// Days of the series without one.
    pub skipped: Vec<(Day, SkipReason)>,
    /// Weeks outside the rhythm of a mobilisation group.
    pub warnings: Vec<WeekOutOfRhythm>,
    /// What happened.
    pub event: Event,
}

/// The longest series: a year and a day.
const LONGEST_SERIES_DAYS: i64 = 366;

impl Session {
    fn new(scope: &Scope<ManageSession>, id: Id<Session>, reference: String, group: &Group, slot: Slot, place: Option<Label>) -> Self {
        Self {
            id,
            reference,
            group: group.id,
            group_code: group.code.clone(),
            group_name: group.about.name.clone(),
            action: group.action,
            action_name: group.action_name.clone(),
            slot,
            place: place.unwrap_or_else(|| group.about.place.clone()),
            sheet_version: 1,
            sheet_closed_at: None,
            cancelled_at: None,
            cancel_reason: None,
            stamp: Stamp::first(scope.now()),
        }
    }

    /// Plans one session of a group.
    pub fn plan(
        scope: &Scope<ManageSession>,
        id: Id<Session>,
        group: &Group,
        mut agenda: Agenda,
        order: SessionOrder,
    ) -> Result<Decided<SessionsPlanned>, Refusal> {
        if agenda.is_taken(order.slot.date, order.slot.half_day) {
            return Err(Refusal::Conflict(Rule::HalfDayTaken));
        }
        let mut faults = Faults::default();
        order.slot.check(&mut faults);
        faults.check(!group.about.period().holds(order.slot.date), "date", Rule::DateOutsideGroup);
        faults.into_result()?;
        let reference = agenda.mint(&group.code, &order.slot);
        agenda.plan(&reference, &order.slot);
        let warnings = rhythm(group, &agenda, std::iter::once(order.slot.date));
        let session = Self::new(scope, id, reference, group, order.slot, order.place);
        let event = Event::new("session.planned", id);
        Ok(Decided::new(SessionsPlanned { sessions: vec![session], skipped: Vec::new(), warnings, event }))
    }

    /// Plans a series: every such weekday of the period but public holidays and half-days already taken.
    pub fn plan_series(
        scope: &Scope<ManageSession>,
        mut ids: impl FnMut() -> Id<Session>,
        group: &Group,
        mut agenda: Agenda,
        order: SeriesOrder,
    ) -> Result<Decided<SessionsPlanned>, Refusal> {
        check_series(group, &order)?;
        let SeriesOrder { weekdays, half_day, start_time, end_time, starts_on, ends_on, place } = order;
        let (mut sessions, mut skipped) = (Vec::new(), Vec::new());
        let days = std::iter::successors(Some(starts_on), |day| Some(day.plus_days(1))).take_while(|day| *day <= ends_on);
        for date in days.filter(|day| weekdays.contains(&DayOfWeek::from(day.weekday()))) {
            let slot = Slot { date, half_day, start_time, end_time };
            if is_public_holiday(date) {
                skipped.push((date, SkipReason::PublicHoliday));
            } else if agenda.is_taken(date, half_day) {
                skipped.push((date, SkipReason::HalfDayTaken));
            } else {
                let reference = agenda.mint(&group.code, &slot);
                agenda.plan(&reference, &slot);
                sessions.push(Self::new(scope, ids(), reference, group, slot, place.clone()));
            }
        }
        if sessions.is_empty() {
            return Err(Refusal::Conflict(Rule::SeriesEmpty));
        }
        let warnings = rhythm(group, &agenda, sessions.iter().map(|session| session.slot.date));
        let event = Event::new("session.series_planned", group.id).with("sessions", sessions.len());
        Ok(Decided::new(SessionsPlanned { sessions, skipped, warnings, event }))
    }

    /// Moves it to another half-day or place, as long as nobody is marked.
    pub fn reschedule(
        &self,
        scope: &Scope<ManageSession>,
        group: &Group,
        agenda: &Agenda,
        sheet: SheetSoFar,
        order: SessionOrder,
    ) -> Result<Decided<SessionMoved>, Refusal> {
        self.check_changeable(scope, sheet)?;
        let moves = (order.slot.date, order.slot.half_day) != (self.slot.date, self.slot.half_day);
        let mut elsewhere = Agenda(agenda.0.iter().filter(|planned| planned.reference != self.reference).cloned().collect());
        if moves && elsewhere.is_taken(order.slot.date, order.slot.half_day) {
            return Err(Refusal::Conflict(Rule::HalfDayTaken));
        }
        let mut faults = Faults::default();
        order.slot.check(&mut faults);
        faults.check(!group.about.period().holds(order.slot.date), "date", Rule::DateOutsideGroup);
        faults.into_result()?;
        elsewhere.plan(&self.reference, &order.slot);
        let warnings = if moves { rhythm(group, &elsewhere, [self.slot.date, order.slot.date].into_iter()) } else { Vec::new() };
        let place = order.place.unwrap_or_else(|| group.about.place.clone());
        let after = Self { slot: order.slot, place, stamp: self.stamp.next(scope.now()), ..self.clone() };
        let change = Change { after, created: false, event: Event::new("session.moved", self.id) };
        Ok(Decided::new(SessionMoved { change, warnings }))
    }

    /// Cancels it, as long as nobody is marked. Its half-day is free again; its reference is not.
    pub fn cancel(
        &self,
        scope: &Scope<ManageSession>,
        reason: Term,
        sheet: SheetSoFar,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<Session>>, Refusal> {
        self.check_changeable(scope, sheet)?;
        if !vocabulary.holds(CodeList::SessionCancellationReasons, &reason, scope.now().day()) {
            return Err(Refusal::invalid("reason", Rule::CodeUnknown));
        }
        let event = Event::new("session.cancelled", self.id).with("reason", &*reason);
        let after = Self { cancelled_at: Some(scope.now()), cancel_reason: Some(reason), stamp: self.stamp.next(scope.now()), ..self.clone() };
        Ok(Change::edited(after, event))
    }

    fn check_changeable(&self, scope: &Scope<ManageSession>, sheet: SheetSoFar) -> Result<(), Refusal> {
        if self.cancelled_at.is_some() {
            return Err(Refusal::Conflict(Rule::SessionCancelled));
        }
        // What the clock closed, a partner does not open again by moving it, nor hide by cancelling it; a manager may.
        let own_only = matches!(scope.reach(), Reach::Organisation(_));
        if self.sheet_closed_at.is_some() || own_only && sheet.state == SheetState::Closed {
            return Err(Refusal::Conflict(Rule::SheetClosed));
        }
        if sheet.has_marks { Err(Refusal::Conflict(Rule::SessionHasMarks)) } else { Ok(()) }
    }
}

/// What a session's sheet holds so far: what stands in the way of changing the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetSoFar {
    /// Whether it still takes marks.
    pub state: SheetState,
    /// Whether anybody is marked.
    pub has_marks: bool,
}

impl SheetSoFar {
    /// Of a session at a moment.
    pub fn of(session: &Session, has_marks: bool, settings: &Settings, now: Instant) -> Self {
        Self { state: sheet_state(session, settings, now), has_marks }
    }
}

/// A session moved.
#[derive(Debug)]
pub struct SessionMoved {
    /// The session after.
    pub change: Change<Session>,
    /// Weeks outside the rhythm of a mobilisation group.
    pub warnings: Vec<WeekOutOfRhythm>,
}

fn check_series(group: &Group, order: &SeriesOrder) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    Slot { date: order.starts_on, half_day: order.half_day, start_time: order.start_time, end_time: order.end_time }.check(&mut faults);
    faults.check(order.weekdays.is_empty() || order.weekdays.len() > 7, "weekdays", Rule::TooManyItems);
    for (place, day) in order.weekdays.iter().enumerate() {
        if order.weekdays.iter().take(place).any(|earlier| earlier == day) {
            faults.add(["weekdays".into(), place.into()], Rule::DuplicateItem);
        }
    }
    faults.check(order.ends_on < order.starts_on, "ends_on", Rule::PeriodReversed);
    faults.check((order.ends_on.date() - order.starts_on.date()).num_days() > LONGEST_SERIES_DAYS, "ends_on", Rule::PeriodTooLong);
    let series = Period { starts_on: order.starts_on, ends_on: Some(order.ends_on) };
    faults.check(!group.about.period().contains(&series), "starts_on", Rule::DateOutsideGroup);
    faults.into_result()
}

#[cfg(test)]
mod tests;
