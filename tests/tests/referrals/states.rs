//! Every command in every state: what it leads to, what the feed says, what is refused. What is taken is taken once; the same again under
//! another key changes nothing.

use api_tests::{Answer, Client, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Receiver, Workshop, group, path, referent, text};
use crate::attendance::{TUESDAY_EVENING, mark, marks, set_clock};

/// In each state, each command comes to the event that the feed tells, to nothing (`-`), or to a refusal. The commands differ from
/// those that led to the state.
const OF_AN_ACCOMPANIMENT: &str = "
    state        receipt  acceptance refusal  waiting-list   start    completed abandoned cancellation edit
    sent         received accepted   refused  waiting_listed started  completed abandoned cancelled    updated
    received     -        accepted   refused  waiting_listed started  completed abandoned cancelled    updated
    waiting_list -        accepted   refused  -              started  completed abandoned cancelled    updated
    accepted     -        updated    ANSWERED ANSWERED       started  completed abandoned cancelled    updated
    started      -        updated    ANSWERED ANSWERED       ANSWERED completed abandoned STARTED      updated
    refused      -        ANSWERED   ANSWERED ANSWERED       CLOSED   CLOSED    CLOSED    CLOSED       CLOSED
    completed    -        CLOSED     CLOSED   CLOSED         CLOSED   ANSWERED  ANSWERED  CLOSED       CLOSED
    abandoned    -        CLOSED     CLOSED   CLOSED         CLOSED   ANSWERED  ANSWERED  CLOSED       CLOSED
    cancelled    CLOSED   CLOSED     CLOSED   CLOSED         CLOSED   CLOSED    CLOSED    CLOSED       CLOSED";

/// The same of a referral to an action, whose group has a free seat but where somebody waits for one, and which expires when nobody
/// answers it in time.
const OF_AN_ACTION: &str = "
    state        receipt  acceptance refusal  waiting-list   start    completed abandoned cancellation edit
    sent         received accepted   refused  SEAT_FREE      FOLLOWS  FOLLOWS   FOLLOWS   cancelled    updated
    received     -        accepted   refused  SEAT_FREE      FOLLOWS  FOLLOWS   FOLLOWS   cancelled    updated
    waiting_list -        FULL       refused  -              FOLLOWS  FOLLOWS   FOLLOWS   cancelled    updated
    accepted     -        updated    ANSWERED ANSWERED       FOLLOWS  FOLLOWS   FOLLOWS   cancelled    updated
    started      -        updated    ANSWERED ANSWERED       FOLLOWS  FOLLOWS   FOLLOWS   STARTED      updated
    refused      -        ANSWERED   ANSWERED ANSWERED       FOLLOWS  FOLLOWS   FOLLOWS   CLOSED       CLOSED
    completed    -        CLOSED     CLOSED   CLOSED         FOLLOWS  FOLLOWS   FOLLOWS   CLOSED       CLOSED
    abandoned    -        CLOSED     CLOSED   CLOSED         FOLLOWS  FOLLOWS   FOLLOWS   CLOSED       CLOSED
    cancelled    CLOSED   CLOSED     CLOSED   CLOSED         FOLLOWS  FOLLOWS   FOLLOWS   CLOSED       CLOSED
    expired      -        accepted   refused  SEAT_FREE      FOLLOWS  FOLLOWS   FOLLOWS   EXPIRED      EXPIRED";

struct Cell {
    state: &'static str,
    command: &'static str,
    expected: &'static str,
}

fn cells(table: &'static str) -> Vec<Cell> {
    let mut rows = table.lines().filter(|row| !row.trim().is_empty()).map(str::split_whitespace);
    let commands: Vec<&str> = rows.next().unwrap().skip(1).collect();
    let cells = rows.flat_map(|mut row| {
        let state = row.next().unwrap();
        commands.clone().into_iter().zip(row).map(move |(command, expected)| Cell { state, command, expected }).collect::<Vec<_>>()
    });
    cells.collect()
}

/// Those of an action: what has expired, and the rest.
fn of_an_action() -> (Vec<Cell>, Vec<Cell>) {
    cells(OF_AN_ACTION).into_iter().partition(|cell| cell.state == "expired")
}

fn code(short: &str) -> &'static str {
    match short {
        "ANSWERED" => "REFERRAL_ANSWERED",
        "CLOSED" => "REFERRAL_CLOSED",
        "STARTED" => "REFERRAL_STARTED",
        "EXPIRED" => "REFERRAL_EXPIRED",
        "SEAT_FREE" => "SEAT_FREE",
        "FULL" => "GROUP_FULL",
        "FOLLOWS" => "FOLLOWS_ENROLMENT",
        other => panic!("{other}"),
    }
}

struct Life<'a> {
    server: &'a TestServer,
    receiver: Receiver,
    manager: Client,
    /// Of an action: the session of the day on which all this happens.
    session: Option<String>,
}

impl Life<'_> {
    /// Brings a referral there.
    async fn lead(&self, state: &str, referral: &str) {
        let today = self.server.given().day(0);
        let answer = async |command: &str, order: Value| drop(self.receiver.answer(referral, command, order).await.expect(200));
        match state {
            "sent" | "expired" => {}
            "received" => answer("receipt", json!({})).await,
            "waiting_list" => answer("waiting-list", json!({})).await,
            "refused" => answer("refusal", json!({"reason": "not_mobile"})).await,
            "cancelled" => {
                let order = json!({"reason": "person_declined"});
                self.manager.post(&format!("{}/cancellation", path(referral)), order).await.expect(200);
            }
            "accepted" => answer("acceptance", referent("Ancien")).await,
            _ => match (&self.session, state) {
                (None, "started") => answer("start", json!({"started_on": today})).await,
                (None, ended) => {
                    let reason = if ended == "abandoned" { json!("employment") } else { Value::Null };
                    answer("outcome", json!({"conclusion": ended, "ended_on": today, "reason": reason, "came": "yes", "comment": "Ancien."})).await;
                }
                (Some(session), "started") => {
                    answer("acceptance", referent("Ancien")).await;
                    let seat = text(&self.receiver.read(referral).await["enrolment_id"]);
                    let present = marks(&[mark(&seat, "present")]);
                    self.receiver.machine.put(&format!("/v1/sessions/{session}/attendance"), present).await.expect(200);
                }
                (Some(_), ended) => {
                    answer("acceptance", referent("Ancien")).await;
                    let seat = text(&self.receiver.read(referral).await["enrolment_id"]);
                    let reason = if ended == "completed" { "completed" } else { "training" };
                    let order = json!({"ends_on": today, "end_reason": reason});
                    self.receiver.machine.post(&format!("/v1/enrolments/{seat}/exit"), order).await.expect(200);
                }
            },
        }
        assert_eq!(self.receiver.state(referral).await, state);
    }

    /// Says something else than what led here.
    async fn say(&self, command: &str, referral: &str) -> Answer {
        let given = self.server.given();
        match command {
            "receipt" | "waiting-list" => self.receiver.answer(referral, command, json!({})).await,
            "acceptance" => self.receiver.answer(referral, command, referent("Nouveau")).await,
            "refusal" => self.receiver.answer(referral, command, json!({"reason": "other", "comment": "Nouveau."})).await,
            "start" => self.receiver.answer(referral, command, json!({"started_on": given.day(-1)})).await,
            "completed" => {
                self.receiver.answer(referral, "outcome", json!({"conclusion": "completed", "ended_on": given.day(0), "came": "yes"})).await
            }
            "abandoned" => {
                let order = json!({"conclusion": "abandoned", "ended_on": given.day(0), "reason": "health", "came": "excused", "selected": false});
                self.receiver.answer(referral, "outcome", order).await
            }
            "cancellation" => self.manager.post(&format!("{}/cancellation", path(referral)), json!({"reason": "other", "comment": "Nouveau."})).await,
            "edit" => self.manager.edit(&path(referral), json!({"objective": "Nouveau."})).await,
            other => panic!("{other}"),
        }
    }

    /// What is not as a cell says.
    async fn check(&mut self, cell: &Cell, referral: &str) -> Vec<String> {
        self.lead(cell.state, referral).await;
        self.receiver.events().await;
        let before = self.receiver.machine.get(&path(referral)).await.expect(200);
        let answer = self.say(cell.command, referral).await;
        let news = self.receiver.news().await;
        let after = self.receiver.machine.get(&path(referral)).await.expect(200);
        let mut wrong = Vec::new();
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{} → {}: {} {}: {what}", cell.state, cell.command, answer.status, answer.code()));
            }
        };
        if cell.expected.starts_with(|c: char| c.is_ascii_uppercase()) {
            expect((answer.status, answer.code().as_str()) == (409, code(cell.expected)), "another refusal");
            expect(after.text() == before.text() && after.etag() == before.etag() && news.is_empty(), "a refusal has no effect");
            return wrong;
        }
        expect(answer.status == 200, "refused");
        if answer.status != 200 {
            return wrong;
        }
        expect((after.text(), after.etag()) == (answer.text(), answer.etag()), "what is answered is what is read");
        let version = |answer: &Answer| answer.json()["version"].as_i64().unwrap();
        let (mut told, state) = match cell.expected {
            "-" => (vec![], cell.state),
            "updated" => (vec!["updated"], cell.state),
            "waiting_listed" => (vec!["waiting_listed"], "waiting_list"),
            other => (vec![other], other),
        };
        if cell.state == "expired" {
            // What the clock had decided is written down on the way.
            told.insert(0, "expired");
        }
        let more = i64::try_from(told.len()).unwrap();
        expect(news == told, &format!("the feed says {news:?}"));
        expect(after.field("state") == state, &format!("it is {}", after.field("state")));
        expect(version(&after) == version(&before) + more, "one version per event");
        expect(more > 0 || after.text() == before.text(), "nothing changes");
        let open = ["sent", "received", "waiting_list", "accepted", "started"].contains(&state);
        expect(after.json()["closed_at"].is_null() == open, "closed when it is");
        // Under another key.
        let again = self.say(cell.command, referral).await;
        expect((again.status, again.text(), again.etag()) == (200, after.text(), after.etag()), &format!("again: {} {}", again.status, again.code()));
        expect(self.receiver.news().await.is_empty(), "nobody is told twice");
        wrong
    }

    /// That each of these referrals does as its cell says.
    async fn assert_as(mut self, cells: &[Cell], referrals: &[String]) {
        assert_eq!(cells.len(), referrals.len());
        let mut wrong = Vec::new();
        for (cell, referral) in cells.iter().zip(referrals) {
            wrong.extend(self.check(cell, referral).await);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn every_command_in_every_state_of_an_accompaniment() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let mut referrals = Vec::new();
        let cells = cells(OF_AN_ACCOMPANIMENT);
        for _ in &cells {
            referrals.push(server.given().referral(&receiver.organisation, &server.given().person().await).await);
        }
        server.advance(TimeDelta::days(1));
        Life { server, receiver, manager, session: None }.assert_as(&cells, &referrals).await;
    });
}

#[test]
fn every_command_in_every_state_of_a_referral_to_an_action() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 200).await;
        let full = group(server, &workshop.action, json!({"capacity": 1})).await;
        let given = server.given();
        given.enrolment(&full, &given.person().await).await;
        let mut referrals = Vec::new();
        let (_, cells) = of_an_action();
        for cell in &cells {
            let group = if cell.state == "waiting_list" { &full } else { &workshop.group };
            referrals.push(given.referral_to(&workshop.action, Some(group), &given.person().await).await);
        }
        server.advance(TimeDelta::days(1));
        let session = given.session(&workshop.group, "2026-03-18").await;
        let Workshop { receiver, manager, .. } = workshop;
        Life { server, receiver, manager, session: Some(session) }.assert_as(&cells, &referrals).await;
    });
}

#[test]
fn every_command_of_a_referral_that_nobody_answered_in_time() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 200).await;
        let (cells, _) = of_an_action();
        let referrals = workshop.refer_many(server, cells.len()).await;
        let session = server.given().session(&workshop.group, "2026-04-17").await;
        set_clock(server, "2026-04-17T17:00:00.000Z");
        let Workshop { receiver, manager, .. } = workshop;
        Life { server, receiver, manager, session: Some(session) }.assert_as(&cells, &referrals).await;
    });
}
