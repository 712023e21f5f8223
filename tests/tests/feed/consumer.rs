//! The reference consumer (`openapi/examples/referral_consumer.py`) against the real server: killed at random between reading, applying
//! and acknowledging, each event has had its effect once. `JALON_TEST_CONSUMER_KILLS` asks for more kills.

#![expect(clippy::print_stderr, reason = "a consumer that cannot be run is said loudly; kills are counted for whoever asks for more")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use api_tests::rival::Rival;
use api_tests::{TestServer, on_both};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::Receiver;

/// The consumer with an effect that is not idempotent: one more row at each call.
const COUNTING: &str = "
import sys
sys.path.insert(0, sys.argv.pop(1))
sys.dont_write_bytecode = True
import referral_consumer as consumer
consumer.SCHEMA += 'CREATE TABLE IF NOT EXISTS effect (seq INTEGER NOT NULL);'
plain = consumer.apply
def apply(db, event):
    db.execute('INSERT INTO effect VALUES (?)', (event.seq,))
    plain(db, event)
consumer.apply = apply
sys.exit(consumer.main())
";

/// Whether there is a Python to run it with. CI asks for one; elsewhere its absence is said.
fn has_python() -> bool {
    let found =
        Command::new("python3").args(["-c", "import sqlite3, sys; assert sys.version_info >= (3, 9)"]).status().is_ok_and(|status| status.success());
    assert!(
        found || std::env::var_os("JALON_TEST_REQUIRE_PYTHON").is_none(),
        "JALON_TEST_REQUIRE_PYTHON is set and there is no python3 of 3.9 or later"
    );
    if !found {
        eprintln!("THE REFERENCE CONSUMER IS NOT TESTED: there is no python3 of 3.9 or later");
    }
    found
}

struct Consumer<'a> {
    server: &'a TestServer,
    receiver: &'a Receiver,
    state: PathBuf,
}

impl Consumer<'_> {
    fn start(&self, options: &[&str]) -> Child {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/examples");
        let mut command = Command::new("python3");
        command.args(["-c", COUNTING]).arg(examples).args(["--url", &format!("http://{}", self.server.address())]);
        command.args(["--client-id", &self.receiver.id, "--limit", "3", "--verify-every", "2"]).arg("--state").arg(&self.state).args(options);
        command.env("JALON_CLIENT_SECRET", &self.receiver.secret).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    async fn finish(&self) -> (ExitStatus, String) {
        let child = self.start(&["--once", "--wait", "0"]);
        let done = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        (done.status, String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

/// Something happens to a referral, which its receiver is told.
async fn write(server: &TestServer, referral: &str, turn: usize) {
    let order = json!({"objective": format!("Étape {turn}."), "barriers": []});
    server.manager().await.edit(&format!("/v1/referrals/{referral}"), order).await.expect(200);
}

#[test]
fn a_consumer_killed_at_any_moment_has_each_effect_once() {
    if !has_python() {
        return;
    }
    let kills: usize = std::env::var("JALON_TEST_CONSUMER_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(25);
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let directory = tempfile::tempdir().unwrap();
        let consumer = Consumer { server, receiver: &receiver, state: directory.path().join("state.sqlite3") };
        let referral = server.given().referral(&receiver.organisation, &server.given().person().await).await;
        let mut chance = StdRng::seed_from_u64(7);
        for turn in 0..kills {
            let mut child = consumer.start(&["--wait", "1"]);
            for step in 0..chance.random_range(2..8) {
                write(server, &referral, 10 * turn + step).await;
            }
            // From before it asks for its token to well into its pages.
            tokio::time::sleep(Duration::from_millis(chance.random_range(0..400))).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let (status, said) = consumer.finish().await;
        assert!(status.success(), "{said}");
        let last = receiver.machine.get("/v1/referral-feed").await.expect(200).json();
        assert_eq!(last["acknowledged_seq"], last["last_seq"], "{said}");
        let mine = Rival::connect(&format!("sqlite://{}", consumer.state.display())).await;
        let count = async |query: &str| mine.number(query).await.unwrap();
        let expected = last["last_seq"].as_i64().unwrap();
        assert_eq!(count("select count(*) from effect").await, expected, "an effect is missing or doubled");
        assert_eq!(count("select count(distinct seq) from effect").await, expected, "an effect is doubled");
        let version = receiver.machine.get(&format!("/v1/referrals/{referral}")).await.expect(200).json()["version"].as_i64();
        assert_eq!(mine.number("select version from referral").await, version, "the newest state is what it holds");
        eprintln!("{:?}: {kills} kills, {expected} events, each applied once", server.engine);
    });
}

#[test]
fn a_consumer_whose_copy_differs_says_so() {
    if !has_python() {
        return;
    }
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let directory = tempfile::tempdir().unwrap();
        let consumer = Consumer { server, receiver: &receiver, state: directory.path().join("state.sqlite3") };
        let referral = server.given().referral(&receiver.organisation, &server.given().person().await).await;
        let (status, said) = consumer.finish().await;
        assert!(status.success(), "{said}");
        // The control: an event that it never had stands for one that it lost.
        let mine = Rival::connect(&format!("sqlite://{}", consumer.state.display())).await;
        mine.run("update event set event_id = '01900000-0000-7000-8000-00000000dead'").await;
        mine.run("update position set verified = 0 where seq > 0").await;
        write(server, &referral, 1).await;
        let (status, said) = consumer.finish().await;
        assert_eq!(status.code(), Some(2), "{said}");
    });
}
