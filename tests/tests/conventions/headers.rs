//! What every answer says besides its content: how it may be kept, in which language it speaks, how often one may ask, who may ask from
//! a browser; and how a server takes its leave.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use api_tests::client::fresh_key;
use api_tests::raw;
use api_tests::rival::Rival;
use api_tests::{Answer, TestServer, on_both, on_both_with, on_databases};
use persistence::Engine;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[test]
fn data_tokens_and_errors_are_never_kept_and_public_documents_are_revalidated() {
    on_both(async |server| {
        let association = server.given().sheet(1).await;
        let partner = server.partner(&association.organisation).await;
        let administrator = server.administrator();
        let (id, secret) = server.given().credentials(&association.organisation, &["sessions:read"]).await;
        let form = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
        let wrong = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", "jalon_wrong")];
        let anonymous = server.anonymous();
        for (what, status, answer) in [
            ("a sheet", 200, partner.get(&association.sheet_path()).await),
            ("a list", 200, partner.get("/v1/sessions").await),
            ("the caller", 200, partner.get("/v1/me").await),
            ("a new thing", 201, administrator.post("/v1/organisations", json!({"kind": "plie", "name": "PLIE"})).await),
            ("a token", 200, anonymous.ask("POST", "/oauth/token").form(&form).send().await),
            ("no token", 401, anonymous.ask("POST", "/oauth/token").form(&wrong).send().await),
            ("nobody", 401, anonymous.get("/v1/me").await),
            ("an unknown path", 404, anonymous.get("/nowhere").await),
            ("an unknown path below", 404, partner.get("/v1/nowhere").await),
            ("an unknown list", 404, partner.get("/v1/reference/nothing").await),
            ("a wrong verb", 405, partner.ask("PATCH", "/v1/me").send().await),
            ("a refusal", 400, partner.get("/v1/sessions?limit=0").await),
        ] {
            let answer = answer.expect(status);
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
        }
        for path in ["/v1/reference/absence_reasons", "/v1/reference/communes", "/openapi.json", "/problems", "/problems/sheet-closed", "/docs/"] {
            let found = partner.get(path).await.expect(200);
            assert_eq!(found.header("cache-control"), Some("no-cache"), "{path}");
            let again = partner.ask("GET", path).header("If-None-Match", &found.etag()).send().await.expect(304);
            assert_eq!((again.text().as_str(), again.etag()), ("", found.etag()), "{path}");
            assert_eq!(again.header("cache-control"), Some("no-cache"), "{path}");
            let other = partner.ask("GET", path).header("If-None-Match", "\"1.00000000\"").send().await.expect(200);
            assert_eq!(other.body, found.body, "{path}");
        }
    });
}

#[test]
fn a_refusal_speaks_french_unless_english_is_preferred() {
    on_both(async |server| {
        let administrator = server.administrator();
        let ask = async |language: Option<&str>| {
            let ask = administrator.ask("GET", "/v1/organisations?limit=0");
            let ask = if let Some(language) = language { ask.header("Accept-Language", language) } else { ask };
            ask.send().await.expect_problem(400, "INVALID_PARAMETER")
        };
        let words = |answer: &Answer| {
            let body = answer.json();
            [&body["title"], &body["detail"], &body["errors"][0]["detail"]].map(|text| text.as_str().unwrap().to_owned())
        };
        let (french, english) = (words(&ask(None).await), words(&ask(Some("en")).await));
        assert!(french.iter().zip(&english).all(|(french, english)| french != english), "{french:?} {english:?}");
        for language in ["en-GB, fr;q=0.5", "fr;q=0.2, en;q=0.9", "EN"] {
            let answer = ask(Some(language)).await;
            assert_eq!(words(&answer), english, "{language}");
            assert_eq!(answer.header("content-language"), Some("en"));
        }
        for language in ["fr", "fr, en", "de", "", "*", "en;q=0", ";;q=x"] {
            let answer = ask(Some(language)).await;
            assert_eq!(words(&answer), french, "{language}");
            assert_eq!(answer.header("content-language"), Some("fr"));
        }
    });
}

#[test]
fn every_answer_has_an_id_of_its_own_which_its_problem_names() {
    on_both(async |server| {
        let administrator = server.administrator();
        let mut ids = BTreeSet::new();
        for path in ["/v1/me", "/v1/organisations?limit=0", "/v1/nowhere", "/nowhere", "/livez", "/readyz", "/openapi.json"] {
            for _ in 0..3 {
                // Whatever a caller says its id is.
                let ask = administrator.ask("GET", path).header("X-Request-Id", "00000000-0000-7000-8000-000000000000");
                let answer = ask.send().await;
                let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{path}")).to_owned();
                if answer.status >= 400 {
                    assert_eq!(answer.field("instance"), format!("urn:uuid:{id}"), "{path}");
                }
                assert!(ids.insert(id), "{path}");
            }
        }
    });
}

#[test]
fn whoever_calls_too_often_waits_and_nobody_else_does() {
    on_both_with(&[("JALON_RATE_LIMIT", "on")], async |server| {
        let organisation = server.given().organisation().await;
        let (partner, other) = (server.partner(&organisation).await, server.partner(&organisation).await);
        other.get("/v1/me").await.expect(200);
        let mut taken = 0;
        let refused = loop {
            let answer = partner.get("/v1/me").await;
            assert!(answer.header("ratelimit-policy").is_some_and(|policy| policy.contains("q=200")), "{:?}", answer.headers);
            let left = answer.header("ratelimit").unwrap_or_else(|| panic!("{:?}", answer.headers));
            if answer.status == 429 {
                assert!(left.contains("r=0"), "{left}");
                break answer;
            }
            answer.expect(200);
            taken += 1;
            assert!(taken < 20_000, "nobody is held to a rate");
        };
        assert!(taken >= 200, "the burst is 200, and {taken} were taken");
        let refused = refused.expect_problem(429, "RATE_LIMITED");
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=5).contains(&wait), "{wait}");
        other.get("/v1/me").await.expect(200);
        tokio::time::sleep(Duration::from_secs(wait)).await;
        partner.get("/v1/me").await.expect(200);
    });
}

#[test]
fn whoever_guesses_secrets_waits_too() {
    on_both_with(&[("JALON_RATE_LIMIT", "on")], async |server| {
        let form = [("grant_type", "client_credentials"), ("client_id", "01900000-0000-7000-8000-00000000dead"), ("client_secret", "jalon_guess")];
        let anonymous = server.anonymous();
        let mut guesses = 0;
        let refused = loop {
            let answer = anonymous.ask("POST", "/oauth/token").form(&form).send().await;
            if answer.status == 429 {
                break answer;
            }
            answer.expect(401);
            guesses += 1;
            assert!(guesses < 20_000, "one may guess for ever");
        };
        // In the shape of RFC 6749, as everything here.
        assert_eq!(refused.field("error"), "temporarily_unavailable");
        assert!(refused.header("retry-after").is_some(), "{:?}", refused.headers);
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        // Who has a token already is not kept waiting by others of the same address.
        server.administrator().get("/v1/me").await.expect(200);
    });
}

#[test]
fn nobody_is_held_to_a_rate_when_the_limit_is_off() {
    on_both(async |server| {
        let administrator = server.administrator();
        for _ in 0..300 {
            let answer = administrator.get("/v1/me").await.expect(200);
            assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
        }
    });
}

// ---- browsers

async fn from_origin(address: SocketAddr, method: &str, path: &str, origin: &str, more: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: jalon.test\r\nOrigin: {origin}\r\n{more}Connection: close\r\n\r\n");
    raw::send(address, &format!("{method} {path} from {origin}"), request.as_bytes()).await.unwrap()
}

const PREFLIGHT: &str =
    "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type,idempotency-key,if-match\r\n";

#[test]
fn only_listed_origins_may_call_from_a_browser() {
    on_both_with(&[("JALON_CORS_ORIGINS", "https://app.example,https://other.example:8443")], async |server| {
        let address = server.address();
        for origin in ["https://app.example", "https://other.example:8443"] {
            let preflight = from_origin(address, "OPTIONS", "/v1/organisations", origin, PREFLIGHT).await.expect(200);
            assert_eq!(preflight.header("access-control-allow-origin"), Some(origin));
            let methods = preflight.header("access-control-allow-methods").unwrap_or_default();
            assert!(["GET", "POST", "PUT"].iter().all(|method| methods.contains(method)), "{methods}");
            let headers = preflight.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
            assert!(["authorization", "idempotency-key", "if-match"].iter().all(|name| headers.contains(name)), "{headers}");
            // A refusal says it too, else a web page could not read it.
            for (path, status) in [("/livez", 200), ("/v1/me", 401), ("/nowhere", 404)] {
                let answer = from_origin(address, "GET", path, origin, "").await.expect(status);
                assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{path}");
                assert!(answer.header("vary").is_some_and(|vary| vary.to_lowercase().contains("origin")), "{path}");
                let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
                for name in ["etag", "location", "link", "retry-after", "ratelimit", "idempotent-replayed", "x-request-id"] {
                    assert!(exposed.contains(name), "{path}: {name} in {exposed}");
                }
                assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
            }
        }
        for origin in [
            "https://app.example.evil.test",
            "http://app.example",
            "https://app.example:8443",
            "https://sub.app.example",
            "https://other.example",
            "https://app.exampl",
            "null",
            "*",
            "https://APP.example",
        ] {
            let preflight = from_origin(address, "OPTIONS", "/v1/organisations", origin, PREFLIGHT).await;
            assert_eq!(preflight.header("access-control-allow-origin"), None, "{origin}");
            assert_eq!(preflight.header("content-type"), Some("application/problem+json"), "{origin}: {}", preflight.text());
            let answer = from_origin(address, "GET", "/livez", origin, "").await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        }
    });
}

#[test]
fn no_origin_may_call_from_a_browser_when_none_is_listed() {
    on_both(async |server| {
        for (method, more) in [("OPTIONS", PREFLIGHT), ("GET", "")] {
            let answer = from_origin(server.address(), method, "/livez", "https://app.example", more).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{method}");
        }
    });
}

// ---- the end

/// What comes on a connection until its other end hangs up.
async fn everything(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_server_that_stops_is_no_longer_ready_and_finishes_what_it_has_begun() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let organisation = server.given().organisation().await;
        let ready = administrator.get("/readyz").await.expect(200);
        assert_eq!(ready.text(), r#"{"status":"ok"}"#);

        // Two edits that have begun, and wait for somebody else's lock.
        let rival = Rival::connect(&database.url).await;
        let path = format!("/v1/organisations/{organisation}");
        let etag = administrator.get(&path).await.expect(200).etag();
        rival.begin().await;
        if database.engine == Engine::Postgres {
            rival.run("lock table organisation in exclusive mode").await;
        }
        let editing = administrator.put_if_match(&path, &etag, json!({"kind": "association", "name": "Au dernier moment"}));
        // On the connection of the other one the question whether the server is ready comes next.
        let mut probe = TcpStream::connect(server.address()).await.unwrap();
        let body = json!({"kind": "plie", "name": "De justesse"}).to_string();
        let (key, token) = (fresh_key(), administrator.token().await.unwrap());
        let request = format!(
            "POST /v1/organisations HTTP/1.1\r\nHost: jalon.test\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}GET /readyz HTTP/1.1\r\nHost: jalon.test\r\n\r\n",
            body.len()
        );
        probe.write_all(request.as_bytes()).await.unwrap();
        let leaving = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let releasing = async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                rival.let_go().await;
            };
            tokio::join!(releasing, server.stop());
        };
        let (edited, registered, ()) = tokio::join!(editing, everything(&mut probe), leaving);
        assert_eq!(edited.expect(200).json()["version"], 2);
        assert!(registered.starts_with("HTTP/1.1 201"), "{registered}");
        assert!(!registered.contains(r#"{"status":"ok"}"#), "{registered}");
        TcpStream::connect(server.address()).await.unwrap_err();
        server.assert_contract_was_kept();
    });
}
