//! Sessions and their attendance sheets over HTTP, as those who keep them use them: a partner marks, closes, plans and moves; a manager
//! corrects. The rules alone are tested in `domain`, who may do what in `access`.

/// Reading and filling a sheet.
mod sheet;
/// Closing it, correcting it, its history.
mod closing;
/// Planning, moving and cancelling half-days.
mod planning;
/// Who is expected, and what it brought them.
mod enrolments;

use api_tests::given::Association;
use api_tests::{Answer, Client, TestServer};
use domain::calendar::Instant;
use serde_json::{Value, json};

/// Tuesday, 17 March 2026, six in the evening in Limoges: the session of `given` was on Monday morning.
pub(crate) const TUESDAY_EVENING: &str = "2026-03-17T17:00:00.000Z";
/// 24:00 of 10 April in Limoges, when the clock closes the sheets of March.
pub(crate) const CLOSING: &str = "2026-04-10T22:00:00.000Z";
/// Sixty days after that.
pub(crate) const END_OF_LATE_MARKS: &str = "2026-06-09T22:00:00.000Z";

pub(crate) fn set_clock(server: &TestServer, moment: &str) {
    server.set_clock(moment.parse().unwrap());
}

/// A millisecond earlier.
pub(crate) fn just_before(moment: &str) -> String {
    moment.parse::<Instant>().unwrap().plus(chrono::TimeDelta::milliseconds(-1)).to_string()
}

/// An association with `count` people on the sheet of Monday morning, its partner, and a manager.
pub(crate) async fn monday(server: &TestServer, count: usize) -> (Association, Client, Client) {
    set_clock(server, TUESDAY_EVENING);
    let association = server.given().sheet(count).await;
    let partner = server.partner(&association.organisation).await;
    (association, partner, server.manager().await)
}

pub(crate) fn mark(enrolment: &str, status: &str) -> Value {
    json!({"enrolment_id": enrolment, "status": status})
}

pub(crate) fn marks(marks: &[Value]) -> Value {
    json!({"marks": marks})
}

/// What stands on a sheet for each of these enrolments.
pub(crate) fn statuses(sheet: &Value, enrolments: &[String]) -> Vec<Value> {
    enrolments.iter().map(|enrolment| line(sheet, enrolment)["status"].clone()).collect()
}

/// The line of an enrolment.
#[track_caller]
pub(crate) fn line<'a>(sheet: &'a Value, enrolment: &str) -> &'a Value {
    sheet["marks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|mark| mark["enrolment_id"] == enrolment)
        .unwrap_or_else(|| panic!("{enrolment} is not on {sheet}"))
}

pub(crate) async fn history(client: &Client, association: &Association) -> Vec<Value> {
    client.get(&format!("{}/history", association.sheet_path())).await.expect(200).items()
}

pub(crate) async fn close(client: &Client, association: &Association) -> Answer {
    client.command(&format!("{}/closure", association.sheet_path())).await
}

pub(crate) async fn correct(client: &Client, association: &Association, order: Value) -> Answer {
    client.post(&format!("{}/corrections", association.sheet_path()), order).await
}

pub(crate) fn half_day(date: &str, half_day: &str) -> Value {
    let (start, end) = if half_day == "morning" { ("09:00", "12:00") } else { ("14:00", "17:00") };
    json!({"date": date, "half_day": half_day, "start_time": start, "end_time": end})
}
