//! Submissions whose sender hears half of the answer, or none, and sends them again under their key: each happens once, and the answer is
//! the same to the byte. Their wire to the server is `proxy`'s; what there must be in the end is held against a ledger.

use std::time::Duration;

use api_tests::ledger::{Alarm, Claim, Ledger, Mark, OpenSheets, Reply, Seen, Sender, Submission, check};
use api_tests::proxy::{Break, Broken, Cut, send_and_break};
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_databases};
use persistence::Engine;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{EITHER, expect_later, on_a_wire, until_answered};

const PATH: &str = "/v1/attendance-submissions";
const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];

/// A partner on a wire that breaks, and their ledger.
struct Partner<'a> {
    server: &'a TestServer,
    client: Client,
    rival: Rival,
    sheets: OpenSheets,
    ledger: Ledger,
    // The ledger's, until the test is over.
    _home: TempDir,
}

impl<'a> Partner<'a> {
    async fn new(server: &'a TestServer, rival: Rival, people: usize) -> Self {
        // A day on which the sheets of a month and a half are open, so that there is one for every cut.
        let mut days = 1;
        while !server.today().plus_days(days).to_string().ends_with("-09") {
            days += 1;
        }
        server.advance(chrono::TimeDelta::days(days));
        let organisation = server.given().organisation().await;
        let home = tempfile::tempdir().unwrap();
        Self {
            server,
            client: server.partner(&organisation).await,
            rival,
            sheets: OpenSheets::of(server, &organisation, people).await,
            ledger: Ledger::open(&home.path().join("ledger")),
            _home: home,
        }
    }

    /// One line, about somebody whom nobody has marked.
    fn one_line(&self, place: usize) -> Submission {
        let target = self.sheets.target(place % self.sheets.sessions.len(), place / self.sheets.sessions.len());
        let mark = Mark { status: Some("late".to_owned()), minutes: Some(100), ..Mark::default() };
        let body = json!({"lines": [{"session_id": target.0, "enrolment_id": target.1, "status": "late", "minutes": 100}]});
        Submission {
            key: format!("key-of-the-line-{place:08}"),
            media_type: "application/json".to_owned(),
            body: body.to_string(),
            claims: vec![Claim::Marked { target, version: 1, mark, outcome: "recorded".to_owned() }],
        }
    }

    async fn bytes(&self, submission: &Submission) -> Vec<u8> {
        let Submission { key, media_type, body, .. } = submission;
        let (token, length) = (self.client.token().await.unwrap(), body.len());
        format!(
            "POST {PATH} HTTP/1.1\r\nHost: jalon.test\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\nContent-Type: {media_type}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// Sends it over a wire that breaks.
    async fn break_off(&mut self, submission: &Submission, at: Break) -> Broken {
        self.ledger.send(submission.clone());
        send_and_break(self.server.address(), &self.bytes(submission).await, at).await
    }

    /// Sends it under this key on a wire that holds, until it is answered.
    async fn send(&self, submission: &Submission, key: &str) -> Answer {
        let ask = async || {
            let ask = self.client.ask("POST", PATH).header("Idempotency-Key", key).header("Content-Type", &submission.media_type);
            ask.bytes(submission.body.clone()).send().await
        };
        until_answered(ask).await
    }

    /// Sends it again under its key, and writes down the answer.
    async fn send_again(&mut self, submission: &Submission) -> Answer {
        let answer = self.send(submission, &submission.key).await;
        assert!(matches!(answer.status, 201 | 207) || answer.code() == "NOTHING_APPLIED", "{submission:?}: {} {}", answer.status, answer.text());
        self.ledger.answer(Reply { key: submission.key.clone(), status: answer.status, body: answer.text() });
        answer
    }

    /// Somebody else marks the person of a line.
    async fn overwrite(&self, submission: &Submission) {
        let Some(Claim::Marked { target, .. }) = submission.claims.first() else { panic!("{submission:?}") };
        let sheet = format!("/v1/sessions/{}/attendance", target.0);
        let marks = json!({"marks": [{"enrolment_id": target.1, "status": "absent_unexcused"}]});
        self.server.manager().await.put(&sheet, marks).await.expect(200);
    }

    /// What is there now.
    async fn seen(&self) -> Seen {
        let get = async |path: String| {
            let answer = self.client.get(&path).await;
            (answer.status, answer.json())
        };
        let mut seen = Seen::read(&self.ledger, 0, get).await;
        let stored = self.rival.number("select count(*) from submission").await.unwrap();
        seen.stored = usize::try_from(stored).ok();
        seen
    }

    /// That there is what must be there, and that this was sent so often.
    async fn assert_each_happened_once(&self, sent: usize) {
        assert_eq!(check(&self.ledger, &self.seen().await), []);
        assert_eq!((self.ledger.sent().len(), self.ledger.in_doubt().len()), (sent, 0));
    }
}

/// The head of an answer that was heard to the end of it, and what follows.
fn split(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end + 4..]))
}

/// That what was heard begins like the answer given again.
#[track_caller]
fn assert_begins_alike(first: &[u8], again: &Answer) {
    let Some((head, body)) = split(first) else { return };
    assert!(again.body.starts_with(body), "{} was heard first, then {}", String::from_utf8_lossy(body), again.text());
    let header = |name: &str| head.lines().find_map(|line| Some(line.split_once(": ").filter(|(one, _)| one.eq_ignore_ascii_case(name))?.1));
    assert_eq!(head.split(' ').nth(1), Some(again.status.to_string().as_str()), "{head}");
    for name in ["location", "etag", "content-type", "content-length"] {
        assert_eq!(header(name), again.header(name), "{name}: {head}");
    }
}

#[test]
fn a_submission_whose_answer_is_cut_after_any_byte_happens_once() {
    const SEED: u64 = 0x0C07;
    on_databases(BOTH, async |database| {
        let server = TestServer::start(database, &[]).await;
        let mut partner = Partner::new(&server, Rival::connect(&database.url).await, 30).await;
        let mut chance = StdRng::seed_from_u64(SEED);
        // The one that is heard to its end tells how many places there are to cut.
        let whole = partner.one_line(0);
        let length = partner.break_off(&whole, Break::InAnswer(usize::MAX)).await.heard.len();
        partner.send_again(&whole).await.expect(201);
        assert!(length > 500 && length < partner.sheets.sessions.len() * partner.sheets.enrolments.len(), "{length}");
        for count in 0..=length {
            let submission = partner.one_line(count + 1);
            let resets = chance.random_ratio(1, 3);
            let broken = partner.break_off(&submission, if resets { Break::InAnswerAndReset(count) } else { Break::InAnswer(count) }).await;
            if resets {
                assert!(broken.heard.len() <= count, "cut after {count}");
            } else {
                assert_eq!(broken.heard.len(), count.min(broken.said.len()), "cut after {count}");
            }
            // Meanwhile somebody else marks the person: what is sent again must not be done again.
            if chance.random_ratio(1, 8) {
                partner.overwrite(&submission).await;
            }
            let again = partner.send_again(&submission).await.expect(201);
            assert_eq!(again.header("idempotent-replayed"), Some("true"), "cut after {count} of {length}");
            assert_begins_alike(&broken.heard, &again);
            if !resets {
                assert_eq!(split(&broken.said).unwrap().1, again.body, "cut after {count}");
            }
        }
        partner.assert_each_happened_once(length + 2).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_batch_of_all_kinds_of_lines_cut_off_anywhere_happens_once() {
    const SEED: u64 = 0xBA7C;
    on_databases(BOTH, async |database| {
        let server = TestServer::start(database, &[]).await;
        let mut partner = Partner::new(&server, Rival::connect(&database.url).await, 6).await;
        let mut sender = Sender::new("cut-off", partner.sheets.clone(), SEED);
        let mut chance = StdRng::seed_from_u64(SEED);
        let (mut done, mut not_done) = (0, 0);
        // How long a submission takes until it is done, as it turns out: hanging up is at its worst around then.
        let mut until_done = Duration::from_millis(10);
        for time in 0..120 {
            let submission = sender.write(12);
            let at = match time % 4 {
                0 => Break::InRequest(chance.random_range(0..partner.bytes(&submission).await.len())),
                1 => Break::After(until_done.mul_f64(chance.random_range(0.5..1.5))),
                2 => Break::InAnswer(chance.random_range(0..4_000)),
                _ => Break::InAnswerAndReset(chance.random_range(0..1_000)),
            };
            let broken = partner.break_off(&submission, at).await;
            let again = partner.send_again(&submission).await;
            let was_done = again.header("idempotent-replayed").is_some();
            match at {
                Break::InRequest(_) => assert!(!was_done, "{at:?}: what never arrived whole was done"),
                Break::InAnswer(_) | Break::InAnswerAndReset(_) => {
                    assert!(was_done, "{at:?}: it was answered, and not done: {}", String::from_utf8_lossy(&broken.said));
                }
                Break::After(_) if was_done => (done, until_done) = (done + 1, until_done.mul_f64(0.7)),
                Break::After(_) => (not_done, until_done) = (not_done + 1, until_done.mul_f64(1.4)),
            }
            if was_done {
                assert_begins_alike(&broken.heard, &again);
            }
            if chance.random_ratio(1, 4) {
                partner.send_again(&submission).await;
            }
        }
        assert!(done > 0 && not_done > 0, "abandoned meanwhile: {done} had been done, {not_done} had not");
        partner.assert_each_happened_once(120).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_submission_whose_commit_was_not_heard_of_is_answered_from_its_key() {
    on_a_wire(async |server, proxy, rival| {
        let mut partner = Partner::new(server, rival.twin().await, 2).await;
        for (place, cut) in [Cut::AfterCommit, Cut::BeforeCommit, Cut::AfterCommit].into_iter().enumerate() {
            let submission = partner.one_line(place);
            partner.ledger.send(submission.clone());
            proxy.cut(cut);
            if cut == Cut::BeforeCommit {
                let ask = partner.client.ask("POST", PATH).header("Idempotency-Key", &submission.key);
                expect_later(ask.json_text(submission.body.clone()).send().await, EITHER);
            }
            let first = partner.send_again(&submission).await.expect(201);
            assert_eq!(first.header("idempotent-replayed"), None, "{cut:?}");
            assert_eq!(proxy.cuts(), u32::try_from(place).unwrap() + 1, "the fault happened");
            assert_eq!(partner.send_again(&submission).await.expect(201).header("idempotent-replayed"), Some("true"), "{cut:?}");
        }
        partner.assert_each_happened_once(3).await;
    });
}

#[test]
fn a_submission_abandoned_while_its_transaction_begins_leaves_a_sound_connection() {
    on_a_wire(async |server, proxy, rival| {
        let mut partner = Partner::new(server, rival.twin().await, 2).await;
        for place in 0..3 {
            let submission = partner.one_line(place);
            proxy.slow_down_begin(Duration::from_secs(3));
            partner.break_off(&submission, Break::After(Duration::from_millis(1_500))).await;
            assert!(proxy.has_slowed_down(), "the fault happened");
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            let open = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
            assert_eq!(rival.number(open).await, Some(0), "connections that nobody uses, in a transaction that nobody ends");
            partner.send_again(&submission).await.expect(201);
        }
        partner.assert_each_happened_once(3).await;
    });
}

#[test]
fn a_cut_submission_sent_again_under_another_key_overwrites_and_is_noticed() {
    on_databases(BOTH, async |database| {
        let server = TestServer::start(database, &[]).await;
        let mut partner = Partner::new(&server, Rival::connect(&database.url).await, 2).await;
        for protected in [true, false] {
            let submission = partner.one_line(usize::from(protected));
            partner.break_off(&submission, Break::InAnswer(100)).await;
            partner.overwrite(&submission).await;
            let key = if protected { submission.key.clone() } else { "another-key-for-it".to_owned() };
            let again = partner.send(&submission, &key).await.expect(201);
            partner.ledger.answer(Reply { key: submission.key.clone(), status: again.status, body: again.text() });
            let alarms = check(&partner.ledger, &partner.seen().await);
            if protected {
                assert_eq!(alarms, []);
                continue;
            }
            let doubled = alarms.iter().filter(|alarm| matches!(alarm, Alarm::Doubled(_))).count();
            assert_eq!(doubled, 2, "a mark put twice, and a submission stored twice: {alarms:?}");
            assert_eq!(again.json()["lines"][0]["outcome"], Value::from("corrected"), "what somebody else had marked meanwhile");
        }
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
