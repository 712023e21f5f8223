//! The attendance sheet of a session (*feuille d'émargement*): who is marked how, when it closes, how a closed one is corrected.
//! Lines that arrive in batches are not here.

use std::collections::HashMap;

use crate::calendar::{Day, Instant};
use crate::codes;
use crate::enrolment::{Enrolment, Participant};
use crate::event::Event;
use crate::id::Id;
use crate::policy::{CloseSheet, CorrectAttendance, RecordAttendance, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule, Segment};
use crate::session::Session;
use crate::settings::{Setting, Settings};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

codes! {
    /// How somebody attended a half-day.
    AttendanceStatus {
        /// The whole half-day.
        Present = "present",
        /// Came late: `minutes` says how long they attended.
        Late = "late",
        /// Left early: `minutes` says how long they attended.
        LeftEarly = "left_early",
        /// Absent for a coded reason.
        AbsentExcused = "absent_excused",
        /// Absent without one.
        AbsentUnexcused = "absent_unexcused",
    }
}

impl AttendanceStatus {
    /// Whether the person was there, for all of it or for a part.
    pub const fn is_attended(self) -> bool {
        matches!(self, Self::Present | Self::Late | Self::LeftEarly)
    }
}

codes! {
    /// Whether a sheet still takes marks from its partner.
    SheetState {
        /// It does.
        Open = "open",
        /// It does not: a manager corrects it.
        Closed = "closed",
    }
}

codes! {
    /// By which door a mark came.
    MarkSource {
        /// The sheet.
        Sheet = "sheet",
        /// A manager's correction of a closed sheet.
        Correction = "correction",
        /// A line of a submission.
        Submission = "submission",
        /// A held line that the département let through.
        HeldLine = "held_line",
    }
}

/// What is marked. No status means unmarked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MarkValue {
    /// How the person attended.
    pub status: Option<AttendanceStatus>,
    /// Minutes attended, for `late` and `left_early`.
    pub minutes: Option<i32>,
    /// Why, for `absent_excused`: a code of `absence_reasons`.
    pub reason: Option<Term>,
    /// Whether the participant's signature was seen.
    pub signed: Option<bool>,
}

impl MarkValue {
    /// Nothing can be signed where nobody is marked: forms send `signed: false` with every empty row. Kept, it would be a first
    /// mark that marks nobody.
    pub(crate) fn settled(self) -> Self {
        let signed = self.signed.filter(|signed| *signed || self.status.is_some());
        Self { signed, ..self }
    }

    pub(crate) fn faults(&self, session: &Session, vocabulary: &Vocabulary) -> Vec<(&'static str, Rule)> {
        use AttendanceStatus::{AbsentExcused, AbsentUnexcused, Late, LeftEarly};
        let partial = matches!(self.status, Some(Late | LeftEarly));
        let excused = self.status == Some(AbsentExcused);
        let absent = matches!(self.status, None | Some(AbsentExcused | AbsentUnexcused));
        let mut faults = Vec::new();
        match self.minutes {
            None if partial => faults.push(("minutes", Rule::MinutesRequired)),
            Some(_) if !partial => faults.push(("minutes", Rule::MinutesForbidden)),
            Some(minutes) if !(1..=session.slot.minutes()).contains(&minutes) => faults.push(("minutes", Rule::MinutesOutOfRange)),
            _ => {}
        }
        match &self.reason {
            None if excused => faults.push(("reason", Rule::ReasonRequired)),
            Some(_) if !excused => faults.push(("reason", Rule::ReasonForbidden)),
            Some(reason) if !vocabulary.holds(CodeList::AbsenceReasons, reason, session.slot.date) => faults.push(("reason", Rule::CodeUnknown)),
            _ => {}
        }
        if absent && self.signed == Some(true) {
            faults.push(("signed", Rule::SignatureForbidden));
        }
        faults
    }

    /// Minutes that count: the session's length, what was attended, or none; null while unmarked.
    pub fn credited_minutes(&self, session: &Session) -> Option<i32> {
        self.credited_of(session.slot.minutes())
    }

    /// The same, of a session that lasts so many minutes.
    pub fn credited_of(&self, length: i32) -> Option<i32> {
        self.status.map(|status| match status {
            AttendanceStatus::Present => length,
            AttendanceStatus::Late | AttendanceStatus::LeftEarly => self.minutes.unwrap_or(0),
            AttendanceStatus::AbsentExcused | AttendanceStatus::AbsentUnexcused => 0,
        })
    }
}

/// A mark as it stands: its version is 0 while nobody was ever marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// What is marked.
    pub value: MarkValue,
    /// One more at each change.
    pub version: i32,
}

/// One expected person.
#[derive(Clone, Debug)]
pub struct SheetLine {
    /// Their enrolment.
    pub enrolment: Id<Enrolment>,
    /// Who they are.
    pub person: Participant,
    /// How they are marked.
    pub mark: Mark,
}

/// A session with everybody expected at it.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The session.
    pub session: Session,
    /// Everybody whose enrolment holds its date.
    pub lines: Vec<SheetLine>,
}

/// When a sheet closes by the clock, and until when a first mark is still taken after that.
#[derive(Clone, Copy, Debug)]
pub struct SheetClock {
    /// 24:00 of the closing day of the month after the session's.
    pub closes_at: Instant,
    /// The end of late first marks.
    pub late_until: Instant,
}

impl SheetClock {
    /// For a session of that day.
    pub fn of(date: Day, settings: &Settings) -> Self {
        use chrono::Datelike;
        let day = settings.value(Setting::SheetClosingDay, date);
        let first_of_month = date.plus_days(1 - i64::from(date.date().day()));
        let closing = first_of_month.plus_months(1).plus_days(i64::from(day) - 1);
        let late = settings.value(Setting::LateMarkDays, date);
        Self { closes_at: closing.end(), late_until: closing.plus_days(i64::from(late)).end() }
    }
}

/// The state of a session's sheet at a moment: closed by somebody or by the clock.
pub fn sheet_state(session: &Session, settings: &Settings, now: Instant) -> SheetState {
    let closed = session.sheet_closed_at.is_some() || now >= SheetClock::of(session.slot.date, settings).closes_at;
    if closed { SheetState::Closed } else { SheetState::Open }
}

/// One mark of an order.
#[derive(Clone, Debug)]
pub struct MarkOrder {
    /// For whom.
    pub enrolment: Id<Enrolment>,
    /// What to mark.
    pub value: MarkValue,
}

/// A correction of one mark of a closed sheet.
#[derive(Clone, Debug)]
pub struct CorrectionOrder {
    /// What to mark for whom.
    pub mark: MarkOrder,
    /// The version of the mark that is corrected.
    pub version: i32,
    /// Why.
    pub reason: Note,
}

/// One mark that changes.
#[derive(Clone, Debug)]
pub struct MarkChange {
    /// For whom.
    pub enrolment: Id<Enrolment>,
    /// As it will be.
    pub mark: Mark,
    /// By which door.
    pub source: MarkSource,
    /// Why, for a correction.
    pub reason: Option<Note>,
}

/// A sheet after marks were recorded or corrected.
#[derive(Debug)]
pub struct AttendanceRecorded {
    /// The sheet after.
    pub sheet: Sheet,
    /// What changed; empty when the order repeats what stands.
    pub changes: Vec<MarkChange>,
    /// What happened, if anything changed.
    pub event: Option<Event>,
}

/// A sheet closed by somebody.
#[derive(Debug)]
pub struct SheetClosed {
    /// The sheet after.
    pub sheet: Sheet,
    /// What happened; none when it was closed already.
    pub event: Option<Event>,
}

impl Sheet {
    /// Its state at a moment.
    pub fn state(&self, settings: &Settings, now: Instant) -> SheetState {
        sheet_state(&self.session, settings, now)
    }

    /// When it was closed by somebody, or else is by the clock.
    pub(crate) fn closed_at(&self, settings: &Settings) -> Instant {
        self.session.sheet_closed_at.unwrap_or_else(|| SheetClock::of(self.session.slot.date, settings).closes_at)
    }

    /// Whether it is closed with people unmarked. A cancelled session asks for no mark.
    pub fn is_incomplete(&self, settings: &Settings, now: Instant) -> bool {
        let unmarked = self.lines.iter().any(|line| line.mark.value.status.is_none());
        unmarked && self.session.cancelled_at.is_none() && self.state(settings, now) == SheetState::Closed
    }

    /// Records marks. The same content again changes nothing, whatever the state.
    pub fn record(
        self,
        scope: &Scope<RecordAttendance>,
        orders: Vec<MarkOrder>,
        settings: &Settings,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<AttendanceRecorded>, Refusal> {
        let now = scope.now();
        let orders: Vec<MarkOrder> = orders.into_iter().map(|order| MarkOrder { value: order.value.settled(), ..order }).collect();
        let places: HashMap<Id<Enrolment>, usize> = self.lines.iter().enumerate().map(|(place, line)| (line.enrolment, place)).collect();
        let standing = |order: &MarkOrder| places.get(&order.enrolment).and_then(|place| self.lines.get(*place)).map(|line| &line.mark);
        let changing: Vec<&MarkOrder> = orders.iter().filter(|order| standing(order).is_none_or(|mark| mark.value != order.value)).collect();
        for order in &changing {
            let mark = standing(order).cloned().unwrap_or_default();
            self.takes(&mark, &order.value, settings, now).map_err(Refusal::Conflict)?;
        }
        check_marks(&orders, &self.session, vocabulary, |enrolment| places.contains_key(&enrolment))?;

        let changes: Vec<MarkChange> = changing
            .into_iter()
            .map(|order| MarkChange {
                enrolment: order.enrolment,
                mark: Mark { value: order.value.clone(), version: standing(order).map_or(0, |mark| mark.version) + 1 },
                source: MarkSource::Sheet,
                reason: None,
            })
            .collect();
        Ok(self.apply(changes, now, "session.attendance_recorded"))
    }

    /// Corrects one mark of a closed sheet, by the version one saw.
    pub fn correct(
        self,
        scope: &Scope<CorrectAttendance>,
        order: CorrectionOrder,
        settings: &Settings,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<AttendanceRecorded>, Refusal> {
        if self.session.cancelled_at.is_some() {
            return Err(Refusal::Conflict(Rule::SessionCancelled));
        }
        if self.state(settings, scope.now()) == SheetState::Open {
            return Err(Refusal::Conflict(Rule::SheetOpen));
        }
        let places: HashMap<Id<Enrolment>, usize> = self.lines.iter().enumerate().map(|(place, line)| (line.enrolment, place)).collect();
        let standing = places.get(&order.mark.enrolment).and_then(|place| self.lines.get(*place)).map(|line| line.mark.clone());
        let Some(standing) = standing else { return Err(Refusal::invalid("enrolment_id", Rule::PersonNotExpected)) };
        if standing.version != order.version {
            return Err(Refusal::Conflict(Rule::VersionConflict));
        }
        let value = order.mark.value.settled();
        let mut faults = Faults::default();
        for (field, rule) in value.faults(&self.session, vocabulary) {
            // The `reason` of a correction is why it is made.
            faults.add([if field == "reason" { "absence_reason" } else { field }.into()], rule);
        }
        faults.into_result()?;
        let mut changes = Vec::new();
        if value != standing.value {
            let mark = Mark { value, version: standing.version + 1 };
            changes.push(MarkChange { enrolment: order.mark.enrolment, mark, source: MarkSource::Correction, reason: Some(order.reason) });
        }
        Ok(self.apply(changes, scope.now(), "session.attendance_corrected"))
    }

    /// Closes it, once everybody is marked. Closing twice changes nothing.
    pub fn close(mut self, scope: &Scope<CloseSheet>) -> Result<Decided<SheetClosed>, Refusal> {
        if self.session.cancelled_at.is_some() {
            return Err(Refusal::Conflict(Rule::SessionCancelled));
        }
        if self.session.sheet_closed_at.is_some() {
            return Ok(Decided::new(SheetClosed { sheet: self, event: None }));
        }
        if scope.now() < self.session.slot.starts_at() {
            return Err(Refusal::Conflict(Rule::SessionNotStarted));
        }
        if self.lines.iter().any(|line| line.mark.value.status.is_none()) {
            return Err(Refusal::Conflict(Rule::MarksMissing));
        }
        self.session.sheet_closed_at = Some(scope.now());
        self.session.sheet_version += 1;
        self.session.stamp = self.session.stamp.next(scope.now());
        let event = Some(Event::new("session.sheet_closed", self.session.id).with("people", self.lines.len()));
        Ok(Decided::new(SheetClosed { sheet: self, event }))
    }

    /// Whether a mark may still become this value: a first mark longer than another, an excuse before the session starts.
    pub(crate) fn takes(&self, mark: &Mark, value: &MarkValue, settings: &Settings, now: Instant) -> Result<(), Rule> {
        if self.session.cancelled_at.is_some() {
            return Err(Rule::SessionCancelled);
        }
        let clock = SheetClock::of(self.session.slot.date, settings);
        let by_hand = self.session.sheet_closed_at.is_some();
        let late_first_mark = mark.version == 0 && !by_hand && now < clock.late_until;
        if (by_hand || now >= clock.closes_at) && !late_first_mark {
            return Err(Rule::SheetClosed);
        }
        let announces = matches!(value.status, None | Some(AttendanceStatus::AbsentExcused));
        if now < self.session.slot.starts_at() && !announces {
            return Err(Rule::SessionNotStarted);
        }
        Ok(())
    }

    /// The sheet after these changes.
    pub(crate) fn apply(mut self, changes: Vec<MarkChange>, now: Instant, kind: &'static str) -> Decided<AttendanceRecorded> {
        let marks: HashMap<Id<Enrolment>, &Mark> = changes.iter().map(|change| (change.enrolment, &change.mark)).collect();
        for line in &mut self.lines {
            if let Some(mark) = marks.get(&line.enrolment) {
                line.mark = (*mark).clone();
            }
        }
        let event = (!changes.is_empty()).then(|| {
            self.session.sheet_version += 1;
            self.session.stamp.updated_at = now;
            Event::new(kind, self.session.id).with("marks", changes.len())
        });
        Decided::new(AttendanceRecorded { sheet: self, changes, event })
    }
}

fn check_marks(orders: &[MarkOrder], session: &Session, vocabulary: &Vocabulary, expected: impl Fn(Id<Enrolment>) -> bool) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let mut seen: HashMap<Id<Enrolment>, usize> = HashMap::new();
    for (place, order) in orders.iter().enumerate() {
        let at = |field: &'static str| -> [Segment; 3] { ["marks".into(), place.into(), field.into()] };
        if !expected(order.enrolment) {
            faults.add(at("enrolment_id"), Rule::PersonNotExpected);
        } else if seen.insert(order.enrolment, place).is_some() {
            faults.add(at("enrolment_id"), Rule::DuplicateMark);
        }
        for (field, rule) in order.value.faults(session, vocabulary) {
            faults.add(at(field), rule);
        }
    }
    faults.into_result()
}

#[cfg(test)]
mod tests;
