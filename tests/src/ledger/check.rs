//! What there is in the database, read as any client reads it, held against a ledger: nothing lost, nothing twice, nothing by halves.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Claim, Ledger, Mark, Reply, Submission, Target};

/// What is wrong between a ledger and a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It was acknowledged and is not there.
    Lost(String),
    /// It is there more often than it was asked for.
    Doubled(String),
    /// It is there, and is not what it must be.
    Differs(String),
}

/// One state of a mark.
#[derive(Clone, Debug)]
struct State {
    version: i64,
    mark: Mark,
    by_submission: bool,
}

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// From which submission of the ledger on.
    since: usize,
    sessions: BTreeSet<String>,
    history: BTreeMap<Target, Vec<State>>,
    sheets: BTreeMap<Target, (i64, Mark)>,
    /// By their ids; none where there is none.
    receipts: BTreeMap<String, Option<Value>>,
    held: Vec<String>,
    /// How many submissions are stored in all, when somebody counted.
    pub stored: Option<usize>,
}

async fn pages(get: &impl AsyncFn(String) -> (u16, Value), path: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = get(format!("{path}?limit=200{cursor}")).await;
        assert_eq!(status, 200, "{path}: {page}");
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn sessions(submissions: &[Submission]) -> BTreeSet<String> {
    let claims = submissions.iter().flat_map(|submission| &submission.claims);
    claims.filter_map(|claim| if let Claim::Marked { target, .. } = claim { Some(target.0.clone()) } else { None }).collect()
}

impl Seen {
    /// Reads whatever the submissions of a ledger touched, from one of them on: sheets, histories, receipts; and every held line.
    pub async fn read(ledger: &Ledger, since: usize, get: impl AsyncFn(String) -> (u16, Value)) -> Self {
        let submissions = &ledger.sent()[since..];
        let mut seen = Self { since, sessions: sessions(submissions), ..Self::default() };
        for session in &seen.sessions {
            let path = format!("/v1/sessions/{session}/attendance");
            let (status, sheet) = get(path.clone()).await;
            assert_eq!(status, 200, "{path}: {sheet}");
            let target = |shown: &Value| (session.clone(), shown["enrolment_id"].as_str().unwrap().to_owned());
            for mark in sheet["marks"].as_array().unwrap() {
                seen.sheets.insert(target(mark), (mark["version"].as_i64().unwrap(), Mark::of(mark)));
            }
            for shown in pages(&get, &format!("{path}/history")).await {
                let (version, by_submission) = (shown["version"].as_i64().unwrap(), shown["source"] == "submission");
                seen.history.entry(target(&shown)).or_default().push(State { version, mark: Mark::of(&shown), by_submission });
            }
        }
        for reply in submissions.iter().flat_map(|submission| ledger.replies(submission)) {
            let id = reply.receipt()["id"].as_str().unwrap_or_else(|| panic!("no receipt: {reply:?}")).to_owned();
            if let Entry::Vacant(place) = seen.receipts.entry(id) {
                let (status, receipt) = get(format!("/v1/attendance-submissions/{}", place.key())).await;
                place.insert((status == 200).then_some(receipt));
            }
        }
        seen.held = pages(&get, "/v1/held-lines").await.iter().map(|line| line["external_id"].as_str().unwrap_or_default().to_owned()).collect();
        seen
    }
}

/// Compares, claim by claim.
struct Auditor<'a> {
    seen: &'a Seen,
    alarms: Vec<Alarm>,
    /// The states that acknowledged lines must have left, by target and version.
    owed: BTreeMap<(&'a Target, i64), (&'a Mark, &'a str)>,
    /// The same of the lines in doubt, with the place of their submission.
    possible: BTreeMap<(&'a Target, i64), (&'a Mark, usize)>,
}

impl<'a> Auditor<'a> {
    fn lost(&mut self, what: String) {
        self.alarms.push(Alarm::Lost(what));
    }

    fn doubled(&mut self, what: String) {
        self.alarms.push(Alarm::Doubled(what));
    }

    fn differs(&mut self, what: String) {
        self.alarms.push(Alarm::Differs(what));
    }

    /// That a submission was answered with what its sender expected, and that its receipt says so for ever.
    fn check_replies(&mut self, submission: &Submission, replies: &[Reply]) {
        let key = &submission.key;
        if replies.iter().any(|reply| *reply != replies[0]) {
            self.differs(format!("{key}: answered once with {} and once with {}", replies[0].body, replies[replies.len() - 1].body));
        }
        let receipt = replies[0].receipt();
        match self.seen.receipts.get(receipt["id"].as_str().unwrap_or_default()) {
            Some(Some(shown)) if *shown == receipt => {}
            Some(Some(shown)) => self.differs(format!("{key}: answered {receipt}, and now its receipt reads {shown}")),
            Some(None) => self.lost(format!("{key}: the receipt {}", receipt["id"])),
            None => self.differs(format!("{key}: answered {receipt}, which is no receipt")),
        }
        let lines = receipt["lines"].as_array().map_or(&[][..], Vec::as_slice);
        if lines.len() != submission.claims.len() {
            self.differs(format!("{key}: {} lines were sent, and {} were answered", submission.claims.len(), lines.len()));
        }
        for (line, claim) in lines.iter().zip(&submission.claims) {
            let as_expected = match claim {
                Claim::Marked { target, version, outcome, .. } => {
                    line["outcome"] == **outcome
                        && line["version"] == *version
                        && line["session_id"] == *target.0
                        && line["enrolment_id"] == *target.1
                }
                Claim::Held { external_id } => line["outcome"] == "held" && line["external_id"] == **external_id,
                Claim::Idle { outcome } => line["outcome"] == **outcome,
            };
            if !as_expected {
                self.differs(format!("{key}: {claim:?} was answered {line}"));
            }
        }
    }

    /// That each state in the histories was asked for once, and each that was asked for is there.
    fn check_history(&mut self, doubtful: usize) -> Vec<BTreeSet<(&'a Target, i64)>> {
        let seen = self.seen;
        let mut done = vec![BTreeSet::new(); doubtful];
        for (target, states) in &seen.history {
            let mut versions = BTreeSet::new();
            for state in states {
                if !versions.insert(state.version) {
                    self.doubled(format!("{target:?}: version {} twice", state.version));
                } else if state.by_submission {
                    let place = (target, state.version);
                    let (mark, key) = match (self.owed.remove(&place), self.possible.get(&place)) {
                        (Some((mark, key)), _) => (mark, key.to_owned()),
                        (None, Some((mark, doubt))) => {
                            done[*doubt].insert(place);
                            (*mark, "in doubt".to_owned())
                        }
                        (None, None) => {
                            self.doubled(format!("{target:?}: nobody asked for {state:?}"));
                            continue;
                        }
                    };
                    if *mark != state.mark {
                        self.differs(format!("{target:?}: {state:?} instead of {mark:?} ({key})"));
                    }
                }
            }
            let newest = states.iter().max_by_key(|state| state.version).map(|state| (state.version, state.mark.clone()));
            if seen.sheets.get(target) != newest.as_ref() {
                self.differs(format!("{target:?}: the sheet says {:?}, its history {newest:?}", seen.sheets.get(target)));
            }
        }
        for (target, mark) in seen.sheets.iter().filter(|(target, (version, _))| *version > 0 && !seen.history.contains_key(target)) {
            self.differs(format!("{target:?}: the sheet says {mark:?}, and there is no history"));
        }
        for ((target, version), (mark, key)) in std::mem::take(&mut self.owed) {
            self.lost(format!("{target:?}: version {version}, {mark:?} ({key})"));
        }
        done
    }

    /// That each held line is there once, and no other. What is there of those in doubt.
    fn check_held(&mut self, acknowledged: &BTreeSet<&str>, doubtful: &BTreeSet<&str>) -> BTreeSet<&'a str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &self.seen.held {
            *counts.entry(name).or_default() += 1;
        }
        for name in acknowledged {
            if !counts.contains_key(name) {
                self.lost(format!("the held line {name}"));
            }
        }
        for (name, count) in &counts {
            let known = acknowledged.contains(name) || doubtful.contains(name);
            if *count > 1 || !known {
                self.doubled(format!("{count} held line(s) {name}, {} expected", usize::from(known)));
            }
        }
        counts.into_keys().collect()
    }
}

fn held(submission: &Submission) -> impl Iterator<Item = &str> {
    submission.claims.iter().filter_map(|claim| if let Claim::Held { external_id } = claim { Some(external_id.as_str()) } else { None })
}

fn marked(submission: &Submission) -> impl Iterator<Item = (&Target, i64, &Mark)> {
    submission.claims.iter().filter_map(|claim| match claim {
        Claim::Marked { target, version, mark, .. } => Some((target, *version, mark)),
        Claim::Held { .. } | Claim::Idle { .. } => None,
    })
}

/// Whatever is wrong with what was seen. Every acknowledged line must have had its effect, once; a submission in doubt may have had
/// all of its effects, once, or none.
pub fn check(ledger: &Ledger, seen: &Seen) -> Vec<Alarm> {
    let (certain, doubtful): (Vec<&Submission>, Vec<&Submission>) =
        ledger.sent().iter().partition(|submission| !ledger.replies(submission).is_empty());
    let mut auditor = Auditor { seen, alarms: Vec::new(), owed: BTreeMap::new(), possible: BTreeMap::new() };
    for submission in ledger.sent().iter().skip(seen.since).filter(|submission| !ledger.replies(submission).is_empty()) {
        auditor.check_replies(submission, ledger.replies(submission));
    }
    for submission in &certain {
        for (target, version, mark) in marked(submission).filter(|(target, ..)| seen.sessions.contains(&target.0)) {
            if auditor.owed.insert((target, version), (mark, &submission.key)).is_some() {
                auditor.doubled(format!("{target:?}: version {version} was acknowledged twice"));
            }
        }
    }
    for (place, submission) in doubtful.iter().enumerate() {
        auditor.possible.extend(marked(submission).map(|(target, version, mark)| ((target, version), (mark, place))));
    }
    let done = auditor.check_history(doubtful.len());
    let waiting = certain.iter().copied().flat_map(held).collect();
    let there = auditor.check_held(&waiting, &doubtful.iter().copied().flat_map(held).collect());
    for (submission, done) in doubtful.iter().zip(done) {
        let (all, held_there) = (marked(submission).count() + held(submission).count(), held(submission).filter(|name| there.contains(name)).count());
        let done = done.len() + held_there;
        if done != 0 && done != all {
            auditor.differs(format!("{}: {done} effects of {all}", submission.key));
        }
    }
    if let Some(stored) = seen.stored {
        if stored < certain.len() {
            auditor.lost(format!("{stored} submissions are stored, and {} were acknowledged", certain.len()));
        } else if stored > certain.len() + doubtful.len() {
            auditor.doubled(format!("{stored} submissions are stored of {} that were sent", ledger.sent().len()));
        }
    }
    auditor.alarms
}
