//! How the process starts, what it makes, and what it refuses to start with.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use api_tests::on_databases;
use api_tests::postgres;
use api_tests::proxy::Proxy;
use persistence::Engine;
use serde_json::json;

use super::{ADMINISTRATOR, Caller, Home, PATIENCE, text};

pub(super) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

#[test]
fn an_unknown_key_or_a_bad_value_refuses_to_start_and_is_named() {
    for (name, value) in [
        ("JALON_DATABSE_URL", "sqlite://jalon.db"),
        ("JALON_LISTEN", "everywhere"),
        ("JALON_DATABASE_URL", "mysql://localhost/jalon"),
        ("JALON_WORKERS", "0"),
        ("JALON_RATE_LIMIT", "perhaps"),
        ("JALON_PUBLIC_URL", "http://example.test/"),
        ("JALON_CORS_ORIGINS", "*"),
        ("JALON_LOG", "talkative=very"),
    ] {
        let mut home = Home::bare();
        home.set(name, value);
        let sentence = home.refused(&["serve"]);
        assert!(sentence.contains(name), "{sentence}");
        assert!(!home.dir.path().join("jalon-data").exists(), "{name}: nothing was made");
    }
    // The control: keys that others set.
    let mut home = Home::bare();
    for name in ["JALON_TEST_POSTGRES_URL", "JALON_SERVICE_HOST", "JALON_PORT", "JALON_PORT_8080_TCP"] {
        home.set(name, "anything");
    }
    home.expect(&["keys", "create"]);
}

#[tokio::test]
async fn the_first_start_makes_its_keys_and_its_database_for_its_owner_alone() {
    let mut home = Home::bare();
    home.set("JALON_LISTEN", "127.0.0.1:0");
    let process = home.serve().await;
    let data = home.dir.path().join("jalon-data");
    let keys = data.join("keys");
    assert_eq!((mode(&data), mode(&keys)), (0o700, 0o700));
    for key in ["signing-key.pem", "pepper", "nir-keys"] {
        assert_eq!(mode(&keys.join(key)), 0o600, "{key}");
    }
    assert!(data.join("jalon.db").exists());
    let http = reqwest::Client::new();
    let ready = http.get(format!("{}/readyz", process.base)).send().await.unwrap();
    assert_eq!((ready.status().as_u16(), ready.text().await.unwrap()), (200, r#"{"status":"ok"}"#.to_owned()));
    process.kill();
    // The second start keeps them.
    let pepper = fs::read(keys.join("pepper")).unwrap();
    home.serve().await.kill();
    assert_eq!(fs::read(keys.join("pepper")).unwrap(), pepper);
}

#[tokio::test]
async fn nobody_may_enter_until_somebody_is_invited() {
    let mut home = Home::bare();
    home.set("JALON_LISTEN", "127.0.0.1:0");
    home.set("JALON_PUBLIC_URL", "https://jalon.test");
    let sentence = home.refused(&["token", ADMINISTRATOR]);
    assert!(sentence.contains("nobody"), "{sentence}");
    let token = home.administrator();
    let process = home.serve().await;
    let (status, me) = Caller::with(&token).get(&process.base, "/v1/me").await.unwrap();
    assert_eq!((status, &me["role"]), (200, &json!("administrator")));
}

#[test]
fn the_demonstration_keeps_away_from_postgresql_and_from_what_it_did_not_make() {
    let Some(cluster) = postgres::cluster() else { return };
    on_databases(&[Engine::Postgres], async |_| {
        let mut home = Home::bare();
        home.set("JALON_DATABASE_URL", &cluster.create_database(None).await);
        home.set("JALON_LISTEN", "127.0.0.1:0");
        home.set("JALON_LOG", "error");
        home.expect(&["migrate"]);
        home.expect(&["keys", "create"]);
        let sentence = home.refused(&["demo"]);
        assert!(sentence.contains("--on-postgres"), "{sentence}");
        home.administrator();
        let sentence = home.refused(&["demo", "--on-postgres"]);
        assert!(sentence.contains("left alone"), "{sentence}");
    });
}

#[test]
fn on_postgresql_keys_and_schema_are_made_once_by_hand() {
    let Some(cluster) = postgres::cluster() else { return };
    on_databases(&[Engine::Postgres], async |_| {
        let url = cluster.create_database(None).await;
        let mut home = Home::bare();
        home.set("JALON_DATABASE_URL", &url);
        home.set("JALON_DATABASE_CONNECTIONS", "4");
        home.set("JALON_LISTEN", "127.0.0.1:0");
        home.set("JALON_KEYS_DIR", "keys");
        let sentence = home.refused(&["serve"]);
        assert!(sentence.contains("jalon migrate"), "{sentence}");
        home.expect(&["migrate"]);
        let sentence = home.refused(&["serve"]);
        assert!(sentence.contains("jalon keys create"), "{sentence}");
        assert!(!home.dir.path().join("keys").exists(), "a start makes none");
        home.expect(&["keys", "create"]);
        let keys = home.dir.path().join("keys");
        assert_eq!((mode(&keys), ["signing-key.pem", "pepper", "nir-keys"].map(|key| mode(&keys.join(key)))), (0o700, [0o600; 3]));
        let pepper = fs::read(keys.join("pepper")).unwrap();
        home.expect(&["keys", "create"]);
        assert_eq!(fs::read(keys.join("pepper")).unwrap(), pepper, "existing ones stay");
        let process = home.serve().await;
        let ready = reqwest::get(format!("{}/readyz", process.base)).await.unwrap();
        assert_eq!(ready.status().as_u16(), 200);
        process.kill();
        // A key that others may read is no secret.
        fs::set_permissions(keys.join("pepper"), fs::Permissions::from_mode(0o644)).unwrap();
        let sentence = home.refused(&["serve"]);
        assert!(sentence.contains("pepper") && sentence.contains("chmod 600"), "{sentence}");
        cluster.drop_database(&url).await;
    });
}

#[test]
fn a_server_whose_workers_cannot_start_does_not_stay() {
    on_databases(&[Engine::Postgres], async |database| {
        let proxy = Proxy::before(&database.url).await;
        let mut home = Home::on(database);
        home.set("JALON_DATABASE_URL", &proxy.url(&database.url));
        // Enough to look at the database, too few for the workers: it went away in the middle of the start.
        for connections in [1, 2, 3, 4] {
            proxy.take_only(connections);
            let mut child = home.command(&["serve"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            let begun = Instant::now();
            let status = loop {
                match child.try_wait().unwrap() {
                    Some(status) => break status,
                    None if begun.elapsed() > PATIENCE => {
                        child.kill().unwrap();
                        panic!("with {connections} connection(s) it neither serves nor ends");
                    }
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            let said = text(&child.wait_with_output().unwrap().stderr);
            assert!(status.code() == Some(1) && said.starts_with("jalon: "), "{connections}: {status}: {said}");
        }
    });
}

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut home = Home::bare();
    home.set("JALON_LISTEN", &address);
    let sentence = home.refused(&["serve"]);
    assert!(sentence.contains(&address), "{sentence}");
}
