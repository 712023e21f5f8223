//! The paragraph "Attendance" of the contract, sentence by sentence.

use proptest::prelude::*;

use super::*;
use crate::actor::Actor;
use crate::given::{
    at, day, enrolment, excused, fault, faults, late, manager, mark, note, now, partner, present, scope, session, session_on, sheet, status, term,
    vocabulary,
};

mod marking;
mod closing;
mod correcting;
mod properties;

const START: &str = "2026-11-17T08:00:00.000Z";
const ONE_MILLISECOND_BEFORE: &str = "2026-11-17T07:59:59.999Z";
/// 24:00 of the 10th of December in Paris, and of the 8th of February, sixty days later.
const CLOSING: &str = "2026-12-10T23:00:00.000Z";
const END_OF_LATE_MARKS: &str = "2027-02-08T23:00:00.000Z";

fn absent() -> MarkValue {
    status(AttendanceStatus::AbsentUnexcused)
}

fn left_early(minutes: i32) -> MarkValue {
    MarkValue { minutes: Some(minutes), ..status(AttendanceStatus::LeftEarly) }
}

fn unmarked() -> MarkValue {
    MarkValue::default()
}

fn signed(signed: bool, value: MarkValue) -> MarkValue {
    MarkValue { signed: Some(signed), ..value }
}

fn record_as(actor: &Actor, when: Instant, sheet: &Sheet, orders: Vec<MarkOrder>) -> Result<Decided<AttendanceRecorded>, Refusal> {
    sheet.clone().record(&scope(actor, when), orders, &Settings::default(), &vocabulary())
}

fn record(when: Instant, sheet: &Sheet, orders: Vec<MarkOrder>) -> Result<Decided<AttendanceRecorded>, Refusal> {
    record_as(&partner(), when, sheet, orders)
}

/// The sheet once the marks are recorded, the evening of the session.
fn recorded(sheet: &Sheet, orders: Vec<MarkOrder>) -> Sheet {
    record(now(), sheet, orders).unwrap().sheet.clone()
}

fn correct(when: Instant, sheet: &Sheet, version: i32, mark: MarkOrder) -> Result<Decided<AttendanceRecorded>, Refusal> {
    let order = CorrectionOrder { mark, version, reason: note("Feuille papier relue") };
    sheet.clone().correct(&scope(&manager(), when), order, &Settings::default(), &vocabulary())
}

fn close(when: Instant, sheet: &Sheet) -> Result<Decided<SheetClosed>, Refusal> {
    sheet.clone().close(&scope(&partner(), when))
}

/// Two people, present and excused, closed by hand the same evening.
fn closed_by_hand() -> Sheet {
    let full = recorded(&sheet(session(), 2), vec![mark(0, present()), mark(1, excused())]);
    close(now(), &full).unwrap().sheet.clone()
}

fn cancelled(mut sheet: Sheet) -> Sheet {
    sheet.session.cancelled_at = Some(now());
    sheet
}

fn settings(code: &str, value: i32) -> Settings {
    Settings::stored([(code.to_owned(), day("2020-01-01"), value)])
}
