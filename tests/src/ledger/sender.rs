//! A sender who knows what must come of every line: nobody else writes on their sheets. Sending is not here.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

use super::{Claim, Mark, Submission, Target};
use crate::given::Person;
use crate::server::TestServer;

const HEADER: &str = "external_id;operation;session_reference;group_code;date;half_day;enrolment_id;person_reference;last_name;first_name;\
                      status;minutes;reason;signed;version\r\n";

/// A group with people, at whose past sessions of this month (or of the last) the sheets are open.
#[derive(Clone, Debug)]
pub struct OpenSheets {
    /// The group.
    pub group: String,
    /// The sessions: id and reference.
    pub sessions: Vec<(String, String)>,
    /// The people.
    pub people: Vec<Person>,
    /// Their enrolments, in the same order.
    pub enrolments: Vec<String>,
}

impl OpenSheets {
    /// Makes one for so many people of an organisation.
    pub async fn of(server: &TestServer, organisation: &str, people: usize) -> Self {
        let (given, manager, today) = (server.given(), server.manager().await, server.today());
        let group = given.group(&given.action(organisation).await).await;
        let mut sheets = Self { group, sessions: Vec::new(), people: Vec::new(), enrolments: Vec::new() };
        for _ in 0..people {
            let person = given.person().await;
            sheets.enrolments.push(given.enrolment(&sheets.group, &person).await);
            sheets.people.push(person);
        }
        // A sheet closes at the end of the 10th day of the month after.
        let day_of_month = |day: &str| day.rsplit('-').next().unwrap().parse::<i64>().unwrap();
        let today_is = day_of_month(&today.to_string());
        let back = if today_is > 10 { today_is - 1 } else { today_is + day_of_month(&today.plus_days(-today_is).to_string()) - 1 };
        for (half_day, start, end) in [("morning", "09:00", "12:00"), ("afternoon", "14:00", "17:00")] {
            let series = json!({
                "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], "half_day": half_day,
                "start_time": start, "end_time": end, "starts_on": given.day(-back), "ends_on": given.day(-1),
            });
            let planned = manager.post(&format!("/v1/groups/{}/session-series", sheets.group), series).await.expect(201);
            let text = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
            sheets.sessions.extend(planned.items().iter().map(|session| (text(session, "id"), text(session, "reference"))));
        }
        sheets
    }

    /// A person at a session, by their places.
    pub fn target(&self, session: usize, person: usize) -> Target {
        (self.sessions[session].0.clone(), self.enrolments[person].clone())
    }
}

/// Writes submissions on sheets of their own.
#[derive(Debug)]
pub struct Sender {
    name: String,
    sheets: OpenSheets,
    chance: StdRng,
    /// What stands, by session and person.
    standing: BTreeMap<(usize, usize), (i64, Mark)>,
    written: usize,
}

/// One line, whatever the form it is sent in.
#[derive(Debug, Default)]
struct Draft {
    fields: Vec<(&'static str, Value)>,
}

impl Draft {
    fn say(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = value.into();
        if !value.is_null() {
            self.fields.push((name, value));
        }
    }

    fn json(&self) -> Value {
        self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Map<_, _>>().into()
    }

    fn row(&self) -> String {
        let cells = HEADER.trim_end().split(';').map(|column| {
            let cell = self.fields.iter().find(|(name, _)| *name == column || *name == "session_id" && column == "session_reference");
            cell.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
        });
        cells.collect::<Vec<_>>().join(";")
    }
}

impl Sender {
    /// Somebody of this name, whose lines depend on nothing but the seed.
    pub fn new(name: &str, sheets: OpenSheets, seed: u64) -> Self {
        Self { name: name.to_owned(), sheets, chance: StdRng::seed_from_u64(seed), standing: BTreeMap::new(), written: 0 }
    }

    /// Another value than that.
    fn value_but(&mut self, not: &Mark) -> Mark {
        loop {
            let status = ["late", "late", "late", "left_early", "present", "absent_unexcused", "absent_excused"][self.chance.random_range(0..7)];
            let mark = Mark {
                status: Some(status.to_owned()),
                minutes: matches!(status, "late" | "left_early").then(|| self.chance.random_range(1..=180)),
                reason: (status == "absent_excused").then(|| "illness".to_owned()),
                signed: (status == "present").then(|| self.chance.random()),
            };
            if mark != *not {
                return mark;
            }
        }
    }

    /// Writes the next submission, of so many lines at most. Whatever it must come to is taken for done: it has to be sent until it is.
    pub fn write(&mut self, most_lines: usize) -> Submission {
        self.written += 1;
        let lines = self.chance.random_range(1..=most_lines);
        // A few sessions at a time, as a partner sends them.
        let few: Vec<usize> = (0..3).map(|_| self.chance.random_range(0..self.sheets.sessions.len())).collect();
        let mut taken = Vec::new();
        let (mut drafts, mut claims) = (Vec::new(), Vec::new());
        for place in 0..lines {
            let session = few[self.chance.random_range(0..few.len())];
            let person = self.chance.random_range(0..self.sheets.enrolments.len());
            let (draft, claim) = if self.chance.random_ratio(1, 10) {
                self.somebody_unknown(session, place)
            } else if taken.contains(&(session, person)) {
                continue;
            } else {
                taken.push((session, person));
                self.line(session, person)
            };
            drafts.push(draft);
            claims.push(claim);
        }
        let key = format!("key-of-{}-{:08}", self.name, self.written);
        let (media_type, body) = if self.chance.random() {
            let lines: Vec<Value> = drafts.iter().map(Draft::json).collect();
            ("application/json", json!({"lines": lines}).to_string())
        } else {
            let rows = drafts.iter().fold(HEADER.to_owned(), |mut all, draft| {
                let _ = write!(all, "{}\r\n", draft.row());
                all
            });
            ("text/csv; charset=utf-8", rows)
        };
        Submission { key, media_type: media_type.to_owned(), body, claims }
    }

    fn somebody_unknown(&mut self, session: usize, place: usize) -> (Draft, Claim) {
        let external_id = format!("{}-{}-{place}", self.name, self.written);
        let mut draft = Draft::default();
        draft.say("external_id", external_id.as_str());
        draft.say("session_id", self.sheets.sessions[session].0.as_str());
        // Somebody else each time: whoever comes twice is one held line.
        let letters = external_id.bytes().filter(u8::is_ascii_digit).map(|digit| char::from(digit - b'0' + b'a'));
        draft.say("last_name", letters.collect::<String>());
        draft.say("first_name", "Dominique");
        draft.say("status", "present");
        (draft, Claim::Held { external_id })
    }

    fn line(&mut self, session: usize, person: usize) -> (Draft, Claim) {
        let (version, standing) = self.standing.get(&(session, person)).cloned().unwrap_or_default();
        let is_marked = standing.status.is_some();
        let idle = |outcome: &str| Some(Claim::Idle { outcome: outcome.to_owned() });
        let chosen = if is_marked { self.chance.random_range(0..10) } else { 0 };
        let (operation, seen, mark, idle) = match chosen {
            0..4 => (None, None, self.value_but(&standing), None),
            4..6 => (Some("correct"), Some(version), self.value_but(&standing), None),
            6..8 => (Some("void"), Some(version), Mark::default(), None),
            8 => (None, None, standing, idle("unchanged")),
            _ => (Some("correct"), Some(version + 7), self.value_but(&standing), idle("rejected")),
        };
        let mut draft = Draft::default();
        let (id, reference) = &self.sheets.sessions[session];
        if self.chance.random() {
            draft.say("external_id", format!("{}/{reference}/{person}", self.name));
        }
        draft.say("operation", operation);
        if self.chance.random() {
            draft.say("session_reference", reference.as_str());
        } else {
            draft.say("session_id", id.as_str());
        }
        if self.chance.random() {
            draft.say("enrolment_id", self.sheets.enrolments[person].as_str());
        } else {
            draft.say("person_reference", self.sheets.people[person].reference.as_str());
        }
        draft.say("status", mark.status.as_deref());
        draft.say("minutes", mark.minutes);
        draft.say("reason", mark.reason.as_deref());
        draft.say("signed", mark.signed);
        draft.say("version", seen);
        if let Some(idle) = idle {
            return (draft, idle);
        }
        let outcome = match operation {
            Some("void") => "voided",
            _ if is_marked => "corrected",
            _ => "recorded",
        };
        self.standing.insert((session, person), (version + 1, mark.clone()));
        (draft, Claim::Marked { target: self.sheets.target(session, person), version: version + 1, mark, outcome: outcome.to_owned() })
    }
}
