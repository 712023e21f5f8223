//! A sender's ledger: what was sent, what was answered, and what must come of each line. It is an append-only file that no server
//! knows of. What there really is in the database is `check`'s page, what a sender writes is `sender`'s.

mod check;
mod sender;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::{Alarm, Seen, check};
pub use sender::{OpenSheets, Sender};

/// What is marked. No status means unmarked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// How they attended.
    pub status: Option<String>,
    /// Minutes attended.
    pub minutes: Option<i64>,
    /// Why they were absent.
    pub reason: Option<String>,
    /// Whether a signature was seen.
    pub signed: Option<bool>,
}

impl Mark {
    /// The one of a sheet or of a history.
    pub fn of(shown: &Value) -> Self {
        let text = |name: &str| shown[name].as_str().map(str::to_owned);
        Self { status: text("status"), minutes: shown["minutes"].as_i64(), reason: text("reason"), signed: shown["signed"].as_bool() }
    }
}

/// A person at a session: the ids of the session and of the enrolment.
pub type Target = (String, String);

/// What must come of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// The mark has this value, from this version on.
    Marked {
        /// Whose.
        target: Target,
        /// The version.
        version: i64,
        /// The value.
        mark: Mark,
        /// What the receipt calls it.
        outcome: String,
    },
    /// The line waits for the département, known by this name.
    Held {
        /// The name that the sender gave it.
        external_id: String,
    },
    /// Nothing changes.
    Idle {
        /// What the receipt calls it.
        outcome: String,
    },
}

/// A submission on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Its key.
    pub key: String,
    /// The media type of its body.
    pub media_type: String,
    /// Its body.
    pub body: String,
    /// What must come of each of its lines.
    pub claims: Vec<Claim>,
}

/// A complete answer to a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The key of the submission.
    pub key: String,
    /// The status.
    pub status: u16,
    /// The bytes of its body.
    pub body: String,
}

impl Reply {
    /// The receipt, which a refusal holds inside.
    pub fn receipt(&self) -> Value {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body));
        if self.status == 422 { body["submission"].clone() } else { body }
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum Entry {
    Sent(Submission),
    Answered(Reply),
}

/// The file, and what is written in it.
#[derive(Debug)]
pub struct Ledger {
    file: File,
    sent: Vec<Submission>,
    answered: BTreeMap<String, Vec<Reply>>,
}

impl Ledger {
    /// Opens the file, and reads what is in it already.
    pub fn open(path: &Path) -> Self {
        let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        let mut ledger = Self { file, sent: Vec::new(), answered: BTreeMap::new() };
        for line in fs::read_to_string(path).unwrap().lines() {
            ledger.take(serde_json::from_str(line).unwrap());
        }
        ledger
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Sent(submission) => self.sent.push(submission),
            Entry::Answered(reply) => self.answered.entry(reply.key.clone()).or_default().push(reply),
        }
    }

    fn write(&mut self, entry: Entry) {
        writeln!(self.file, "{}", serde_json::to_string(&entry).unwrap()).unwrap();
        self.take(entry);
    }

    /// Writes down what is about to be sent.
    pub fn send(&mut self, submission: Submission) {
        self.write(Entry::Sent(submission));
    }

    /// Writes down an answer that was heard to its end.
    pub fn answer(&mut self, reply: Reply) {
        self.write(Entry::Answered(reply));
    }

    /// Everything sent, in that order.
    pub fn sent(&self) -> &[Submission] {
        &self.sent
    }

    /// The answers to a submission, one for each time that it was answered.
    pub fn replies(&self, submission: &Submission) -> &[Reply] {
        self.answered.get(&submission.key).map_or(&[], Vec::as_slice)
    }

    /// What was sent and never answered: done or not, nobody knows.
    pub fn in_doubt(&self) -> Vec<Submission> {
        self.sent.iter().filter(|submission| self.replies(submission).is_empty()).cloned().collect()
    }
}
