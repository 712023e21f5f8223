//! Referrals over HTTP, as those who send them and those who receive them know them. Written from the contract. The rules alone are
//! tested in `domain`, who may call what in `access`.

/// Sending one, and everything that stands against it.
mod sending;
/// One is open per person and purpose; what expires, and the answers that come too late.
mod open;
/// Every command in every state.
mod states;
/// What each answer says.
mod answers;
/// Taking one back.
mod cancelling;
/// Acceptance gives a seat.
mod seats;
/// Who waits for a seat, and who gets it.
mod waiting;
/// Many at the same moment, for too few seats.
mod races;
/// An action's referral follows its sheets and its enrolment.
mod following;
/// Who sees one, how much of it, and for how long.
mod visibility;
/// Lists of them.
mod lists;
/// How receivers call a referral and its person.
mod receipts;
/// Edits, of the referral and of the person's file.
mod edits;
/// How many statements they cost.
mod costs;

use api_tests::given::{PARTNER_SCOPES, Person};
use api_tests::{Answer, Client, TestServer};
use chrono::TimeDelta;
use serde_json::{Value, json};

pub(crate) const REFERRALS: &str = "/v1/referrals";

/// The kinds that accompany under a delegation alone.
const DELEGATES: [&str; 4] = ["association", "plie", "ccas", "other"];

pub(crate) fn path(referral: &str) -> String {
    format!("{REFERRALS}/{referral}")
}

pub(crate) fn of_person(person: &Person) -> String {
    format!("/v1/beneficiaries/{}/referrals", person.id)
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A thing with other members, or more of them.
pub(crate) fn with(mut thing: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    thing.as_object_mut().unwrap().extend(more);
    thing
}

/// A thing without some members.
pub(crate) fn without(mut thing: Value, names: &[&str]) -> Value {
    thing.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
    thing
}

pub(crate) fn referent(last_name: &str) -> Value {
    json!({"referent": {"last_name": last_name, "first_name": "Noa"}})
}

/// That an order was refused for these faults.
#[track_caller]
pub(crate) fn assert_faults(answer: Answer, expected: &[(&str, &str)]) {
    let answer = answer.expect_problem(422, "INVALID");
    let expected: Vec<(String, String)> = expected.iter().map(|(code, place)| ((*code).to_owned(), (*place).to_owned())).collect();
    assert_eq!(answer.faults(), expected, "{}: {}", answer.asked, answer.text());
}

/// An organisation that receives referrals, and its machine.
pub(crate) struct Receiver {
    pub(crate) organisation: String,
    pub(crate) machine: Client,
    /// How far its feed was read.
    cursor: String,
}

impl Receiver {
    /// An association, to which social accompaniments are delegated.
    pub(crate) async fn new(server: &TestServer) -> Self {
        Self::of(server, "association").await
    }

    /// One of this kind; whatever it needs is delegated to it.
    pub(crate) async fn of(server: &TestServer, kind: &str) -> Self {
        let organisation = server.given().organisation_of(kind).await;
        if DELEGATES.contains(&kind) {
            server.given().delegation(&organisation).await;
        }
        let machine = server.client(&organisation, &PARTNER_SCOPES).await;
        Self { organisation, machine, cursor: "beginning".to_owned() }
    }

    /// Answers a referral.
    pub(crate) async fn answer(&self, referral: &str, command: &str, order: Value) -> Answer {
        self.machine.post(&format!("{}/{command}", path(referral)), order).await
    }

    /// A referral as its receiver reads it.
    pub(crate) async fn read(&self, referral: &str) -> Value {
        self.machine.get(&path(referral)).await.expect(200).json()
    }

    /// Where a referral stands.
    pub(crate) async fn state(&self, referral: &str) -> String {
        text(&self.read(referral).await["state"])
    }

    /// The number of the last event of its feed.
    pub(crate) async fn last_seq(&self) -> i64 {
        self.machine.get("/v1/referral-feed?limit=1").await.expect(200).json()["last_seq"].as_i64().unwrap()
    }

    /// What its feed said since it was last asked.
    pub(crate) async fn events(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = self.machine.get(&format!("/v1/referral-feed?limit=200&after={}", self.cursor)).await.expect(200);
            self.cursor = page.field("next_cursor");
            all.extend(page.items());
            if page.json()["has_more"] == false {
                return all;
            }
        }
    }

    /// The same in a word each.
    pub(crate) async fn news(&mut self) -> Vec<String> {
        self.events().await.iter().map(|event| text(&event["type"]).replace("referral.", "")).collect()
    }
}

/// Sends an order twice, under a key each: the second time nothing changes and nobody is told. What is answered is what can be read.
pub(crate) async fn twice(by: &Client, receiver: &Receiver, path_of_command: &str, order: Value) -> Answer {
    let (referral, _) = path_of_command.rsplit_once('/').unwrap();
    let answer = by.post(path_of_command, order.clone()).await.expect(200);
    assert_reads(by, referral, &answer).await;
    let seq = receiver.last_seq().await;
    let again = by.post(path_of_command, order).await.expect(200);
    assert_eq!((again.text(), again.etag()), (answer.text(), answer.etag()), "{}: the same again", answer.asked);
    assert_eq!(receiver.last_seq().await, seq, "{}: nobody is told twice", answer.asked);
    answer
}

/// That an answer is what is read afterwards.
async fn assert_reads(by: &Client, referral: &str, answer: &Answer) {
    let read = by.get(referral).await.expect(200);
    assert_eq!((read.text(), read.etag()), (answer.text(), answer.etag()), "{}: what is read", answer.asked);
}

/// An action of a receiver, with a group of so many seats.
pub(crate) struct Workshop {
    pub(crate) receiver: Receiver,
    pub(crate) action: String,
    pub(crate) group: String,
    pub(crate) manager: Client,
}

impl Workshop {
    pub(crate) async fn new(server: &TestServer, capacity: usize) -> Self {
        let receiver = Receiver::new(server).await;
        let action = server.given().action(&receiver.organisation).await;
        let group = group(server, &action, json!({"capacity": capacity})).await;
        Self { receiver, action, group, manager: server.manager().await }
    }

    /// Somebody new referred to its group.
    pub(crate) async fn refer(&self, server: &TestServer) -> String {
        self.refer_person(server, &server.given().person().await).await
    }

    /// The same, of somebody who is there.
    pub(crate) async fn refer_person(&self, server: &TestServer, person: &Person) -> String {
        server.given().referral_to(&self.action, Some(&self.group), person).await
    }

    /// Several of them, a millisecond apart: lists are in that order.
    pub(crate) async fn refer_many(&self, server: &TestServer, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            server.advance(TimeDelta::milliseconds(1));
            all.push(self.refer(server).await);
        }
        all
    }

    /// So many people on its seats whom nobody referred: their enrolments.
    pub(crate) async fn occupy(&self, server: &TestServer, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(server.given().enrolment(&self.group, &server.given().person().await).await);
        }
        all
    }

    /// Accepts one; its enrolment.
    pub(crate) async fn accept(&self, referral: &str) -> String {
        self.receiver.answer(referral, "acceptance", json!({})).await.expect(200).field("enrolment_id")
    }

    /// Puts one on the waiting list.
    pub(crate) async fn wait(&self, referral: &str) -> Answer {
        self.receiver.machine.command(&format!("{}/waiting-list", path(referral))).await
    }

    /// Ends a seat.
    pub(crate) async fn exit(&self, enrolment: &str, ends_on: &str, reason: &str) -> Answer {
        self.receiver.machine.post(&format!("/v1/enrolments/{enrolment}/exit"), json!({"ends_on": ends_on, "end_reason": reason})).await
    }

    /// Its enrolments.
    pub(crate) async fn enrolments(&self) -> Vec<Value> {
        self.manager.list(&format!("/v1/groups/{}/enrolments?limit=200", self.group)).await
    }

    pub(crate) async fn seats_taken(&self) -> i64 {
        self.manager.get(&format!("/v1/groups/{}", self.group)).await.expect(200).json()["seats_taken"].as_i64().unwrap()
    }

    /// Gives its group more seats, or fewer.
    pub(crate) async fn resize(&self, capacity: usize) -> Answer {
        let path = format!("/v1/groups/{}", self.group);
        let group = self.manager.get(&path).await.expect(200).json();
        let kept = ["name", "place", "commune_code", "starts_on", "ends_on"];
        let order: serde_json::Map<String, Value> = kept.iter().map(|name| ((*name).to_owned(), group[*name].clone())).collect();
        self.manager.edit(&path, with(Value::Object(order), json!({"capacity": capacity}))).await
    }

    /// The states and the ranks of referrals.
    pub(crate) async fn places(&self, referrals: &[String]) -> Vec<String> {
        let mut all = Vec::new();
        for referral in referrals {
            let read = self.receiver.read(referral).await;
            all.push(read["waiting_rank"].as_i64().map_or_else(|| text(&read["state"]), |rank| format!("{rank}")));
        }
        all
    }
}

/// A group of an action, with more said of it.
pub(crate) async fn group(server: &TestServer, action: &str, more: Value) -> String {
    let order = with(server.given().group_order(action), more);
    server.manager().await.post("/v1/groups", order).await.expect(201).id()
}
