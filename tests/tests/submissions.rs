//! Attendance in batches over HTTP, as those who send it know it: lines and files, what becomes of each line, and the lines held for
//! the département. Written from the contract. Who may call what is in `access`; what a crash leaves behind is in `process`.

/// Lines as JSON: their outcomes, and what is never done twice.
mod lines;
/// Files: the template, what spreadsheets make of it, and what is wrong with them.
mod files;
/// Lines held for the département, and its decisions.
mod held;
/// Many files that somebody or something damaged.
mod mutants;
/// Sheets that close while lines arrive.
mod closing;
/// Who was shown, and what is never told.
mod traces;

use api_tests::answer::faults;
use api_tests::client::fresh_key;
use api_tests::given::{Association, PARTNER_SCOPES};
use api_tests::spreadsheet::Sheet;
use api_tests::{Answer, Client, TestServer};
use serde_json::{Value, json};

use crate::attendance::monday;

pub(crate) const SUBMISSIONS: &str = "/v1/attendance-submissions";
pub(crate) const DECISIONS: &str = "/v1/held-lines/decisions";

/// An association that sends what it noted: people on the sheet of Monday, 16 March 2026, in the morning; it is Tuesday evening.
struct Sender {
    association: Association,
    /// The code of its group.
    code: String,
    /// The reference of Monday's session.
    reference: String,
    partner: Client,
    machine: Client,
    manager: Client,
}

impl Sender {
    async fn new(server: &TestServer, count: usize) -> Self {
        let (association, partner, manager) = monday(server, count).await;
        let session = partner.get(&format!("/v1/sessions/{}", association.session)).await.expect(200);
        let machine = server.client(&association.organisation, &PARTNER_SCOPES).await;
        Self { code: session.field("group_code"), reference: session.field("reference"), association, partner, machine, manager }
    }

    fn enrolment(&self, place: usize) -> &str {
        &self.association.enrolments[place]
    }

    fn person(&self, place: usize) -> &str {
        &self.association.people[place].reference
    }

    /// A line about somebody at Monday's session.
    fn line(&self, place: usize, status: &str) -> Value {
        json!({"session_reference": self.reference, "person_reference": self.person(place), "status": status})
    }

    /// The same, with more of it or something else.
    fn line_with(&self, place: usize, status: &str, more: Value) -> Value {
        with(self.line(place, status), more)
    }

    /// A row about somebody at Monday's session, in a table with the header of the template.
    fn row(&self, sheet: &mut Sheet, place: usize, cells: &[(&str, &str)]) {
        sheet.push(&[("session_reference", &self.reference), ("person_reference", self.person(place))]);
        for (name, text) in cells {
            sheet.set(sheet.rows.len() - 1, name, text);
        }
    }

    /// The sheet of Monday as it stands: version, status of each.
    async fn marks(&self) -> Vec<Value> {
        let sheet = self.manager.get(&self.association.sheet_path()).await.expect(200).json();
        let of = |enrolment: &String| {
            sheet["marks"].as_array().unwrap().iter().find(|mark| mark["enrolment_id"] == **enrolment).cloned().unwrap_or_default()
        };
        self.association.enrolments.iter().map(of).collect()
    }

    /// How each is marked on Monday's sheet.
    async fn statuses(&self) -> Vec<Value> {
        self.marks().await.iter().map(|mark| mark["status"].clone()).collect()
    }

    async fn history(&self) -> Vec<Value> {
        crate::attendance::history(&self.manager, &self.association).await
    }

    /// The month of March 2026 as a table to fill.
    async fn template(&self) -> Sheet {
        Sheet::read(&self.machine.get(&self.template_path("2026-03")).await.expect(200).body)
    }

    fn template_path(&self, month: &str) -> String {
        format!("/v1/groups/{}/attendance-template.csv?month={month}", self.association.group)
    }

    async fn held_lines(&self) -> Vec<Value> {
        self.manager.list("/v1/held-lines").await
    }
}

/// A thing with other members, or more of them.
fn with(mut thing: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    thing.as_object_mut().unwrap().extend(more);
    thing
}

/// A thing without some members.
fn without(mut thing: Value, names: &[&str]) -> Value {
    thing.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    thing
}

/// Sends lines.
async fn submit(by: &Client, lines: &[Value]) -> Answer {
    submit_as(by, "", lines).await
}

/// Sends lines with a query.
async fn submit_as(by: &Client, query: &str, lines: &[Value]) -> Answer {
    by.post(&format!("{SUBMISSIONS}{query}"), json!({"lines": lines})).await
}

/// Sends a file.
async fn send(by: &Client, file: impl Into<Vec<u8>>) -> Answer {
    send_under(by, &fresh_key(), file).await
}

async fn send_under(by: &Client, key: &str, file: impl Into<Vec<u8>>) -> Answer {
    by.ask("POST", SUBMISSIONS).header("Idempotency-Key", key).csv(file).send().await
}

/// Asks what would become of a file.
async fn rehearse(by: &Client, file: impl Into<Vec<u8>>) -> Answer {
    by.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).csv(file).send().await
}

async fn decide(by: &Client, decisions: &[Value]) -> Answer {
    by.post(DECISIONS, json!({"decisions": decisions})).await
}

fn lines_of(answer: &Answer) -> Vec<Value> {
    answer.receipt()["lines"].as_array().unwrap().clone()
}

/// What became of each line.
#[track_caller]
fn outcomes(answer: &Answer) -> Vec<String> {
    lines_of(answer).iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
}

/// The codes of each line.
#[track_caller]
fn codes(answer: &Answer) -> Vec<Vec<String>> {
    lines_of(answer).iter().map(|line| faults(&line["errors"]).into_iter().map(|(code, _)| code).collect()).collect()
}

/// Each line in a word: its outcome when it is good, else its first code.
#[track_caller]
fn verdicts(answer: &Answer) -> Vec<String> {
    let codes = codes(answer);
    outcomes(answer).into_iter().zip(codes).map(|(outcome, codes)| codes.into_iter().next().unwrap_or(outcome)).collect()
}

/// That the one line of a submission came to this, its first code standing for what is not good.
#[track_caller]
fn assert_verdict(answer: &Answer, verdict: &str) {
    assert_eq!(verdicts(answer), [verdict], "{}: {}", answer.asked, answer.text());
}

/// Sends one line.
async fn submit_one(by: &Client, line: Value) -> Answer {
    submit(by, &[line]).await
}
