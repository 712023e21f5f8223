//! How the process takes its leave: it says so while it still answers, finishes what it has begun, and ends well.

use std::time::{Duration, Instant};

use api_tests::client::fresh;
use api_tests::on_databases;
use api_tests::rival::Rival;
use persistence::Engine;
use serde_json::json;

use super::{Caller, Home};

#[test]
fn a_server_told_to_stop_says_so_finishes_and_ends_well() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let home = Home::on(database);
        let caller = Caller::with(&home.administrator());
        let rival = Rival::connect(&database.url).await;
        for signal in ["TERM", "INT"] {
            let mut process = home.serve().await;
            let base = process.base.clone();
            assert_eq!(caller.get(&base, "/readyz").await.unwrap(), (200, json!({"status": "ok"})));
            // A request that has begun, and waits for somebody else's lock.
            rival.begin().await;
            if database.engine == Engine::Postgres {
                rival.run("lock table organisation in exclusive mode").await;
            }
            let name = format!("Avant {signal} {}", fresh());
            let leaving = async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                process.signal(signal);
                // Whoever sends requests here has to hear of it while requests are still taken.
                let told = Instant::now();
                let ready = loop {
                    let ready = caller.get(&base, "/readyz").await.unwrap();
                    if ready.0 != 200 || told.elapsed() > Duration::from_millis(1_500) {
                        break ready;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                };
                rival.let_go().await;
                ready
            };
            let (registered, ready) = tokio::join!(caller.register(&base, &name), leaving);
            assert_eq!(registered.unwrap().0, 201, "{signal}");
            assert_eq!(ready, (503, json!({"status": "draining"})), "{signal}");
            assert_eq!(process.end().await.code(), Some(0), "{signal}");
            caller.get(&base, "/livez").await.unwrap_err();
        }
    });
}

#[tokio::test]
async fn a_process_tells_whether_the_instance_beside_it_lives() {
    let mut home = Home::bare();
    home.set("JALON_LISTEN", "127.0.0.1:0");
    let process = home.serve().await;
    home.set("JALON_LISTEN", process.base.strip_prefix("http://").unwrap());
    home.expect(&["health"]);
    process.kill();
    home.refused(&["health"]);
}
