//! What is left when the process is killed while partners submit attendance: every acknowledged line, once, and nothing else. What was
//! sent and answered stands in a ledger that the process knows nothing of.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use api_tests::database::{Database, keys_dir};
use api_tests::ledger::{Alarm, Claim, Ledger, Mark, OpenSheets, Reply, Seen, Sender, Submission, check};
use api_tests::rival::Rival;
use api_tests::{TestServer, on_databases};
use futures_util::future::join_all;
use persistence::Engine;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::{Caller, Home, PATIENCE, Process};

const SENDERS: usize = 4;
const PATH: &str = "/v1/attendance-submissions";

/// What the cycles came to.
#[derive(Debug, Default)]
struct Figures {
    cycles: usize,
    acknowledged: usize,
    lines: usize,
    in_doubt: usize,
    had_happened: usize,
    alarms: Vec<Alarm>,
}

/// A database with partners who submit, a place to serve it from, and the ledger of it all.
struct House {
    home: Home,
    caller: Caller,
    rival: Rival,
    ledger: RefCell<Ledger>,
    senders: Vec<RefCell<Sender>>,
}

impl House {
    async fn on(database: &Database, seed: u64) -> Self {
        // What there is to mark is made by a server with the keys of the process, before there is a process.
        let server = TestServer::start(database, &[("JALON_PUBLIC_URL", "https://jalon.test")]).await;
        let organisation = server.given().organisation().await;
        let token = server.partner(&organisation).await.token().await.unwrap();
        let mut senders = Vec::new();
        for number in 0..SENDERS {
            let sheets = OpenSheets::of(&server, &organisation, 8).await;
            senders.push(RefCell::new(Sender::new(&format!("sender-{number}"), sheets, seed + number as u64)));
        }
        server.stop().await;
        server.assert_contract_was_kept();
        let mut home = Home::on(database);
        home.set("JALON_KEYS_DIR", keys_dir().to_str().unwrap());
        let ledger = RefCell::new(Ledger::open(&home.dir.path().join("ledger")));
        Self { home, caller: Caller::with(&token), rival: Rival::connect(&database.url).await, ledger, senders }
    }

    /// One request; an error is an answer that was not heard to its end.
    async fn ask(&self, base: &str, submission: &Submission) -> Result<(Reply, bool), reqwest::Error> {
        let Submission { key, media_type, body, .. } = submission;
        let request = self.caller.http.post(format!("{base}{PATH}")).bearer_auth(&self.caller.token).header("Idempotency-Key", key);
        let response = request.header("Content-Type", media_type).body(body.clone()).send().await?;
        let (status, replayed) = (response.status().as_u16(), response.headers().contains_key("idempotent-replayed"));
        Ok((Reply { key: key.clone(), status, body: response.text().await? }, replayed))
    }

    /// Sends it, again for as long as it is told to come later, and writes down the answer. Whether it was a replay.
    async fn send(&self, base: &str, submission: &Submission) -> Result<bool, reqwest::Error> {
        let begun = Instant::now();
        loop {
            let (reply, replayed) = self.ask(base, submission).await?;
            // Of a killed process PostgreSQL may not know yet: then the key is in use a little longer.
            if matches!(reply.status, 409 | 503) && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            assert!(matches!(reply.status, 201 | 207) || reply.status == 422 && reply.body.contains("NOTHING_APPLIED"), "{submission:?}: {reply:?}");
            self.ledger.borrow_mut().answer(reply);
            return Ok(replayed);
        }
    }

    /// Sends one submission after the other, until one is not answered.
    async fn keep_sending(&self, base: &str, sender: &RefCell<Sender>, answered: &Cell<usize>) {
        loop {
            let submission = sender.borrow_mut().write(12);
            self.ledger.borrow_mut().send(submission.clone());
            if self.send(base, &submission).await.is_err() {
                return;
            }
            answered.set(answered.get() + 1);
        }
    }

    /// What is there, of what was sent from that place of the ledger on.
    async fn seen(&self, ledger: &Ledger, base: &str, since: usize) -> Seen {
        let get = async |path: String| self.caller.get(base, &path).await.unwrap();
        let mut seen = Seen::read(ledger, since, get).await;
        let stored = self.rival.number("select count(*) from submission").await.unwrap();
        seen.stored = usize::try_from(stored).ok();
        seen
    }

    #[expect(clippy::await_holding_refcell_ref, reason = "nobody sends while somebody looks")]
    async fn alarms(&self, base: &str, since: usize) -> Vec<Alarm> {
        let ledger = self.ledger.borrow();
        check(&ledger, &self.seen(&ledger, base, since).await)
    }
}

/// Kills the process while partners submit, again and again, and looks each time for everything that it had acknowledged.
async fn kill_and_look(database: &Database, cycles: usize, seed: u64) -> (House, Process, Figures) {
    let house = House::on(database, seed).await;
    let mut chance = StdRng::seed_from_u64(seed);
    let mut figures = Figures { cycles, ..Figures::default() };
    let mut process = house.home.serve().await;
    for cycle in 0..cycles {
        let (base, since) = (process.base.clone(), house.ledger.borrow().sent().len());
        let answered = Cell::new(0);
        let sending = join_all(house.senders.iter().map(|sender| house.keep_sending(&base, sender, &answered)));
        let pause = Duration::from_micros(chance.random_range(0..300_000));
        let killing = async {
            let begun = Instant::now();
            while answered.get() < SENDERS && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(pause).await;
            process.kill();
        };
        tokio::join!(sending, killing);
        process = house.home.serve().await;
        figures.alarms.extend(house.alarms(&process.base, since).await);
        // Whatever was not answered is sent again; of what was, something.
        let in_doubt = house.ledger.borrow().in_doubt();
        figures.in_doubt += in_doubt.len();
        for submission in &in_doubt {
            figures.had_happened += usize::from(house.send(&process.base, submission).await.unwrap());
        }
        let sent = house.ledger.borrow().sent().to_vec();
        let old = &sent[chance.random_range(0..sent.len())];
        assert!(house.send(&process.base, old).await.unwrap(), "cycle {cycle}: {old:?} was answered before, and is no replay");
        figures.alarms.extend(house.alarms(&process.base, since).await);
        assert_eq!(figures.alarms, [], "in cycle {cycle} (seed {seed}, killed after {pause:?})");
    }
    figures.alarms.extend(house.alarms(&process.base, 0).await);
    figures.acknowledged = house.ledger.borrow().sent().len() - figures.in_doubt;
    figures.lines = house.ledger.borrow().sent().iter().map(|submission| submission.claims.len()).sum();
    (house, process, figures)
}

/// The cycles, and that they were what they are meant to be.
async fn kill_and_check(database: &Database, cycles: usize) {
    let begun = Instant::now();
    let (house, process, figures) = kill_and_look(database, cycles, 0x5EED).await;
    let Figures { cycles, acknowledged, lines, in_doubt, had_happened, alarms } = &figures;
    assert_eq!(*alarms, []);
    assert!(*acknowledged >= cycles * SENDERS && *in_doubt >= cycles * SENDERS / 2, "{figures:?}");
    report(&format!(
        "{:?}: {cycles} cycles, {acknowledged} submissions acknowledged, {in_doubt} in doubt ({had_happened} of them had happened), {lines} lines, \
         0 lost, 0 doubled, {} s",
        database.engine,
        begun.elapsed().as_secs()
    ));
    process.kill();
    drop(house);
}

#[expect(clippy::print_stderr, reason = "figures for whoever runs the long test")]
fn report(figures: &str) {
    eprintln!("{figures}");
}

#[test]
fn every_acknowledged_line_survives_five_kills_of_the_embedded_engine() {
    on_databases(&[Engine::Sqlite], async |database| kill_and_check(database, 5).await);
}

#[test]
fn every_acknowledged_line_survives_five_kills_on_postgresql() {
    on_databases(&[Engine::Postgres], async |database| kill_and_check(database, 5).await);
}

#[test]
#[ignore = "starts and kills a process a hundred times: for .ci/full"]
fn every_acknowledged_line_survives_a_hundred_kills_of_the_embedded_engine() {
    on_databases(&[Engine::Sqlite], async |database| kill_and_check(database, 100).await);
}

#[test]
#[ignore = "starts and kills a process a hundred times: for .ci/full"]
fn every_acknowledged_line_survives_a_hundred_kills_on_postgresql() {
    on_databases(&[Engine::Postgres], async |database| kill_and_check(database, 100).await);
}

fn kinds(alarms: &[Alarm]) -> (usize, usize, usize) {
    let count = |is: fn(&Alarm) -> bool| alarms.iter().filter(|alarm| is(alarm)).count();
    (count(|one| matches!(one, Alarm::Lost(_))), count(|one| matches!(one, Alarm::Doubled(_))), count(|one| matches!(one, Alarm::Differs(_))))
}

#[test]
fn a_planted_loss_and_a_planted_double_raise_an_alarm() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let house = House::on(database, 7).await;
        let process = house.home.serve().await;
        for sender in &house.senders {
            for _ in 0..4 {
                let submission = sender.borrow_mut().write(12);
                house.ledger.borrow_mut().send(submission.clone());
                house.send(&process.base, &submission).await.unwrap();
            }
        }
        let alarms = |ledger: &Ledger, seen: &Seen| kinds(&check(ledger, seen));
        let ledger = house.ledger.replace(Ledger::open(&house.home.dir.path().join("empty")));
        let good = house.seen(&ledger, &process.base, 0).await;
        assert_eq!(check(&ledger, &good), []);
        let of_file = Ledger::open(&house.home.dir.path().join("ledger"));
        assert_eq!((of_file.sent(), check(&of_file, &good)), (ledger.sent(), Vec::new()), "the file is all there is to it");

        // The database has a state too many, then one too few: the sheet no longer agrees with its history either.
        let newest =
            "(select session_id, enrolment_id, max(version) from attendance_history group by session_id, enrolment_id order by 1, 2 limit 1)";
        let add = format!(
            "insert into attendance_history (session_id, enrolment_id, version, status, minutes, reason, signed, source, recorded_by, recorded_at) \
             select session_id, enrolment_id, version + 1, status, minutes, reason, signed, source, recorded_by, recorded_at \
             from attendance_history where (session_id, enrolment_id, version) in {newest}"
        );
        let take = format!("delete from attendance_history where (session_id, enrolment_id, version) in {newest}");
        for (plant, expected) in [(&add, (0, 1, 1)), (&take, (0, 0, 0)), (&take, (1, 0, 1))] {
            assert_eq!(house.rival.run(plant).await, 1, "{plant}");
            let seen = house.seen(&ledger, &process.base, 0).await;
            assert_eq!(alarms(&ledger, &seen), expected, "{:?}", check(&ledger, &seen));
        }
        for (stored, expected) in [(15, (1, 0, 0)), (17, (0, 1, 0))] {
            let mut spoiled = good.clone();
            spoiled.stored = Some(stored);
            assert_eq!(alarms(&ledger, &spoiled), expected);
        }

        // A ledger with an acknowledged submission that never was: its receipt, its mark and its held line are missed.
        let mut planted = Ledger::open(&house.home.dir.path().join("planted-loss"));
        let copy = |into: &mut Ledger, from: &[Submission]| {
            for submission in from {
                into.send(submission.clone());
                ledger.replies(submission).iter().for_each(|reply| into.answer(reply.clone()));
            }
        };
        copy(&mut planted, ledger.sent());
        let Some(Claim::Marked { target, version, .. }) = ledger.sent().iter().flat_map(|one| &one.claims).rfind(|claim| is_mark(claim)) else {
            panic!()
        };
        let never = Submission {
            key: "key-of-what-never-was".to_owned(),
            media_type: "application/json".to_owned(),
            body: String::new(),
            claims: vec![
                Claim::Marked { target: target.clone(), version: version + 9, mark: Mark::default(), outcome: "voided".to_owned() },
                Claim::Held { external_id: "never".to_owned() },
            ],
        };
        let receipt = json!({"id": "019aa000-0000-7000-8000-000000000000", "lines": [
            {"outcome": "voided", "version": version + 9, "session_id": target.0, "enrolment_id": target.1},
            {"outcome": "held", "external_id": "never"},
        ]});
        planted.send(never.clone());
        assert_eq!(alarms(&planted, &good), (0, 0, 0), "what is in doubt need not be there");
        planted.answer(Reply { key: never.key.clone(), status: 207, body: receipt.to_string() });
        let mut seen = house.seen(&planted, &process.base, 0).await;
        assert_eq!(alarms(&planted, &seen), (5, 0, 1), "the same, and the mark, the held line, the receipt, and one stored too few");
        seen.stored = None;
        assert_eq!(alarms(&planted, &seen), (4, 0, 1));

        // A ledger without a submission that was: it was done, and nobody asked for it. In doubt it may be there, whole.
        let mut planted = Ledger::open(&house.home.dir.path().join("planted-double"));
        let last = ledger.sent().iter().rposition(|submission| submission.claims.iter().filter(|claim| is_mark(claim)).count() > 1).unwrap();
        copy(&mut planted, &ledger.sent()[..last]);
        copy(&mut planted, &ledger.sent()[last + 1..]);
        let raised = alarms(&planted, &good);
        assert!(raised.0 == 0 && raised.1 >= 3, "its marks, and one stored too many: {:?}", check(&planted, &good));
        planted.send(ledger.sent()[last].clone());
        assert_eq!(check(&planted, &good), []);
        let mut halved = ledger.sent()[last].clone();
        halved.key.push_str("-with-one-line-more");
        halved.claims.push(never.claims[0].clone());
        let mut planted = Ledger::open(&house.home.dir.path().join("planted-half"));
        copy(&mut planted, &ledger.sent()[..last]);
        copy(&mut planted, &ledger.sent()[last + 1..]);
        planted.send(halved);
        assert_eq!(alarms(&planted, &good), (0, 0, 1), "some of its lines are there, and not all");

        // An answer that is another one the second time.
        let mut planted = Ledger::open(&house.home.dir.path().join("planted-difference"));
        copy(&mut planted, ledger.sent());
        let reply = ledger.replies(&ledger.sent()[0])[0].clone();
        planted.answer(Reply { body: reply.body.replacen("recorded", "corrected", 1), ..reply });
        assert_eq!(alarms(&planted, &good), (0, 0, 1));
        process.kill();
    });
}

fn is_mark(claim: &Claim) -> bool {
    matches!(claim, Claim::Marked { .. })
}
