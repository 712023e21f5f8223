//! Filling and closing attendance sheets through the rules: about four people in five are there. A sheet that anybody else wrote on
//! is left alone.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::attendance::{AttendanceRecorded, AttendanceStatus, Mark, MarkOrder, MarkValue, Sheet, SheetClosed, SheetLine};
use domain::calendar::{HalfDay, Period};
use domain::enrolment::{EndReason, Enrolment};
use domain::id::Id;
use domain::policy::{CloseSheet, ReadAttendance, RecordAttendance};
use domain::refusal::Decided;
use domain::session::{Session, Slot};
use persistence::{Write, attendance};

use super::chance::{Chance, Kind};
use super::maker::{Maker, said};
use super::sessions::Invented;
use super::stays::Stay;
use crate::problem::Stop;

/// Fills and closes the sheets of a group that are due. Returns how many marks are new, and how many sheets the rules refused.
pub(super) async fn bring_up_to_date<'a>(
    maker: &Maker<'_>,
    w: &Write,
    sessions: Vec<Invented>,
    enrolled: &HashMap<Id<Enrolment>, Enrolment>,
    stays: impl Iterator<Item = &'a Stay>,
) -> Result<(usize, u32), Stop> {
    let stays: HashMap<Id<Enrolment>, &Stay> = stays.map(|stay| (stay.id, stay)).collect();
    let (mut recorded, mut closed, mut refused) = (Vec::new(), Vec::new(), 0);
    let mut filled_before = Vec::new();
    for (session, gathering) in sessions {
        if session.cancelled_at.is_some() || session.sheet_closed_at.is_some() || !maker.world.has_come(gathering.marked_at) {
            continue;
        }
        let due = gathering.closed_at.map(|at| at.max(gathering.marked_at.plus(TimeDelta::minutes(5)))).filter(|at| maker.world.has_come(*at));
        if session.sheet_version > 1 {
            filled_before.extend(due.map(|at| (session, at)));
            continue;
        }
        let sheet = roster(session, enrolled);
        let marks = marks(maker, &sheet, &stays)?;
        if marks.is_empty() {
            continue;
        }
        // At the very moment: the rules ask whether the sheet was open then.
        match sheet.record(&maker.may_exactly::<RecordAttendance>(gathering.marked_at)?, marks, maker.settings, maker.vocabulary) {
            Ok(decided) => {
                if let Some(at) = due {
                    close(maker, decided.sheet.clone(), at, &mut closed)?;
                }
                recorded.push(decided);
            }
            Err(_) => refused += 1,
        }
    }
    attendance::save(w, &recorded).await?;
    let ids: Vec<Id<Session>> = filled_before.iter().map(|(session, _)| session.id).collect();
    let others = attendance::marked_by_others(w, &ids).await?;
    for (session, at) in filled_before.into_iter().filter(|(session, _)| !others.contains(&session.id)) {
        let sheet = attendance::find(w, &maker.may::<ReadAttendance>(at)?, session).await?;
        close(maker, sheet, at, &mut closed)?;
    }
    attendance::save_all_closed(w, &closed).await?;
    Ok((recorded.iter().map(|decided: &Decided<AttendanceRecorded>| decided.changes.len()).sum(), refused))
}

/// Everybody expected at a session. It is read from the enrolments at hand: one by one, sheets would be most of a start.
fn roster(session: Session, enrolled: &HashMap<Id<Enrolment>, Enrolment>) -> Sheet {
    let expected = |one: &&Enrolment| Period { starts_on: one.starts_on, ends_on: one.end.map(|(day, _)| day) }.holds(session.slot.date);
    let line = |one: &Enrolment| SheetLine { enrolment: one.id, person: one.person.clone(), mark: Mark::default() };
    let lines = enrolled.values().filter(expected).map(line).collect();
    Sheet { session, lines }
}

/// A sheet somebody is missing from stays open: a visitor enrolled them.
fn close(maker: &Maker<'_>, sheet: Sheet, at: domain::calendar::Instant, closed: &mut Vec<Decided<SheetClosed>>) -> Result<(), Stop> {
    closed.extend(sheet.close(&maker.may::<CloseSheet>(at)?).ok());
    Ok(())
}

/// The marks of the invented people of a sheet.
fn marks(maker: &Maker<'_>, sheet: &Sheet, stays: &HashMap<Id<Enrolment>, &Stay>) -> Result<Vec<MarkOrder>, Stop> {
    let mut marks = Vec::new();
    for stay in sheet.lines.iter().filter_map(|line| stays.get(&line.enrolment)) {
        marks.push(MarkOrder { enrolment: stay.id, value: mark(maker, &sheet.session.slot, stay)? });
    }
    marks.sort_by_key(|mark| mark.enrolment);
    Ok(marks)
}

/// Why people are away, and how often.
const REASONS: [(&str, u32); 8] = [
    ("illness", 28),
    ("appointment", 24),
    ("child_illness", 16),
    ("transport", 12),
    ("job_interview", 8),
    ("family_event", 6),
    ("work", 4),
    ("other", 2),
];

/// How somebody attended: drawn from the person's stay and from the half-day alone.
pub(super) fn mark(maker: &Maker<'_>, slot: &Slot, stay: &Stay) -> Result<MarkValue, Stop> {
    let person = stay.id.uuid().as_u64_pair().1;
    // Most people are reliable, some are not, and it stays with them.
    let there = Chance::of(maker.world.seed, Kind::Attitude, person, 0).weigh(&[(92, 6), (85, 3), (66, 1)], 85);
    let half = u64::from(slot.half_day == HalfDay::Afternoon);
    let day = u64::try_from((slot.date.date() - chrono::NaiveDate::default()).num_days()).unwrap_or(0);
    let mut chance = Chance::of(maker.world.seed, Kind::Mark, person, 2 * day + half);
    let drops_out = stay.reason == EndReason::Abandoned && stay.ends_on.plus_days(-10) < slot.date;
    if drops_out || stay.reason == EndReason::NeverCame {
        return Ok(MarkValue { status: Some(AttendanceStatus::AbsentUnexcused), ..MarkValue::default() });
    }
    let missed = i32::try_from(15 * chance.between(1, 6)).unwrap_or(15);
    let signed = Some(chance.below(50) > 0);
    let reason = chance.weigh(&REASONS, "other");
    Ok(if chance.happens(there) {
        let status = chance
            .weigh(&[(AttendanceStatus::Present, 91), (AttendanceStatus::Late, 6), (AttendanceStatus::LeftEarly, 3)], AttendanceStatus::Present);
        let minutes = (status != AttendanceStatus::Present).then(|| slot.minutes() - missed);
        MarkValue { status: Some(status), minutes, reason: None, signed }
    } else if chance.happens(60) {
        MarkValue { status: Some(AttendanceStatus::AbsentExcused), minutes: None, reason: Some(said(reason)?), signed: None }
    } else {
        MarkValue { status: Some(AttendanceStatus::AbsentUnexcused), ..MarkValue::default() }
    })
}
