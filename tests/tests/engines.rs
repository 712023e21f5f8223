//! What the database does to the server: connections that break around COMMIT, locks that others hold, statements that last too long.
//! What was acknowledged is there, what was not acknowledged happens once when it is sent again, and nobody is told of a defect.

/// Connections that break around COMMIT.
mod commit;
/// Connections that break elsewhere.
mod connections;
/// Answers that their caller does not hear to the end.
mod cutting;
/// Locks that others hold, statements that last too long.
mod waiting;
/// What changes while a write waits.
mod meanwhile;
/// Databases that are refused.
mod starting;

use std::time::Duration;

use api_tests::client::fresh;
use api_tests::database::Database;
use api_tests::proxy::Proxy;
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_databases};
use persistence::Engine;
use serde_json::{Value, json};

fn organisation() -> Value {
    json!({"kind": "association", "name": format!("Association {}", fresh())})
}

async fn register(by: &Client, key: &str, order: &Value) -> Answer {
    by.post_with_key("/v1/organisations", key, order.clone()).await
}

/// How many organisations have the name that an order gives.
async fn named(by: &Client, order: &Value) -> usize {
    by.list("/v1/organisations?limit=200").await.iter().filter(|one| one["name"] == order["name"]).count()
}

/// Itself, if it says that nothing can be done now, and when to ask again.
#[track_caller]
fn expect_later(answer: Answer, codes: &[&str]) -> Answer {
    let answer = answer.expect(503);
    assert!(codes.contains(&answer.code().as_str()), "{}: {}", answer.asked, answer.text());
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|seconds| seconds >= 1)), "{:?}", answer.headers);
    answer
}

const EITHER: &[&str] = &["UNAVAILABLE", "OUTCOME_UNKNOWN"];

/// Asks again, as a client does that was told to, until the answer is another one than "later".
async fn until_answered(mut request: impl AsyncFnMut() -> Answer) -> Answer {
    for _ in 0..100 {
        let answer = request().await;
        if answer.status != 503 && answer.code() != "REQUEST_IN_PROGRESS" {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no other answer for a long while");
}

/// Runs a test on `PostgreSQL` with a breakable wire between the server and its database.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_a_wire(test: impl AsyncFn(&TestServer, &mut Proxy, &Rival)) {
    on_databases(&[Engine::Postgres], async |database| {
        let mut proxy = Proxy::before(&database.url).await;
        let behind = Database { engine: Engine::Postgres, url: proxy.url(&database.url), dir: tempfile::tempdir().unwrap() };
        let server = TestServer::start(&behind, &[]).await;
        let rival = Rival::connect(&database.url).await;
        test(&server, &mut proxy, &rival).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
