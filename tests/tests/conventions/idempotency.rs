//! A request that is sent twice happens once. What happens when both are on their way at the same time is in `concurrency`.

use api_tests::client::{fresh, fresh_key};
use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use persistence::Engine;
use serde_json::{Value, json};

use crate::table::{ABSENT, World};

fn organisation() -> Value {
    json!({"kind": "association", "name": format!("Association {}", fresh())})
}

/// How many organisations there are.
async fn count(server: &TestServer) -> usize {
    server.administrator().list("/v1/organisations?limit=200").await.len()
}

/// That `again` is the same answer, and says so.
#[track_caller]
fn assert_replayed(again: &Answer, first: &Answer) {
    assert_eq!(first.header("idempotent-replayed"), None, "{}", first.asked);
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{}: {}", again.asked, again.text());
    let seen = |answer: &Answer| {
        let header = |name| answer.header(name).map(str::to_owned);
        (answer.status, answer.text(), header("location"), header("etag"), header("content-type"))
    };
    assert_eq!(seen(again), seen(first), "{}", again.asked);
}

#[test]
fn every_post_asks_for_a_key_before_it_reads_anything_else() {
    on_both(async |server| {
        let world = World::new(server).await;
        for example in world.examples().into_iter().filter(|example| example.operation().method == "POST") {
            // What stores nothing needs none; so do rehearsals of submissions, which are tested there.
            if example.operation().is_question() {
                example.send(world.caller(example.by)).await.expect(200);
                continue;
            }
            let path = example.operation().path_with(|_| ABSENT.to_owned());
            let refused = world.caller(example.by).ask("POST", &path).json_text("{\"garbage").send().await;
            let refused = refused.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
            assert_eq!(refused.faults(), [("IDEMPOTENCY_KEY_MISSING".to_owned(), "Idempotency-Key".to_owned())], "{path}");
        }
    });
}

#[test]
fn a_malformed_key_is_refused_and_a_quoted_one_is_the_bare_one() {
    on_both(async |server| {
        let administrator = server.administrator();
        let order = organisation();
        let long = "k".repeat(129);
        for key in ["", "fifteen-letters", &long, "a key with spaces", "clé-de-mon-logiciel", "\"half-quoted-key-0001", "key,key,key,key,key", "\"\""]
        {
            let refused = administrator.post_with_key("/v1/organisations", key, order.clone()).await;
            let refused = refused.expect_problem(400, "IDEMPOTENCY_KEY_MALFORMED");
            assert_eq!(refused.faults(), [("IDEMPOTENCY_KEY_MALFORMED".to_owned(), "Idempotency-Key".to_owned())], "{key}");
        }
        let twice = administrator.ask("POST", "/v1/organisations").key().key().json(&order).send().await;
        twice.expect_problem(400, "IDEMPOTENCY_KEY_MALFORMED");
        assert_eq!(count(server).await, 1, "nobody but the département");
        for key in ["sixteen-letters_", &"k".repeat(128), "A.b_c:d-0123456789"] {
            let order = organisation();
            let bare = administrator.post_with_key("/v1/organisations", key, order.clone()).await.expect(201);
            let quoted = administrator.post_with_key("/v1/organisations", &format!("\"{key}\""), order).await.expect(201);
            assert_replayed(&quoted, &bare);
        }
        assert_eq!(count(server).await, 4);
    });
}

#[test]
fn every_post_sent_again_answers_the_same_and_does_nothing_more() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mut walked = Vec::new();
        for example in world.examples() {
            let by = world.caller(example.by);
            if example.operation().method != "POST" || example.operation().is_question() {
                // What others need to be there: a filled sheet before it is closed.
                if example.operation().method == "PUT" {
                    example.send(by).await.expect(200);
                }
                continue;
            }
            let (path, key) = (example.path(), fresh_key());
            let send = async |key: &str, body: &Option<Value>| {
                let ask = by.ask("POST", &path).header("Idempotency-Key", key);
                if let Some(body) = body { ask.json(body).send().await } else { ask.send().await }
            };
            let first = send(&key, &example.body).await.expect(example.status);
            // Whatever became of its thing since: time goes on.
            server.advance(chrono::TimeDelta::seconds(1));
            let again = send(&key, &example.body).await;
            if example.operation == "giveSecret" {
                again.expect_problem(409, "SECRET_ALREADY_SHOWN");
            } else {
                assert_replayed(&again, &first);
            }
            let other = Some(json!({"name": "something else"}));
            let reused = send(&key, &other).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
            assert_eq!(reused.faults(), [("IDEMPOTENCY_KEY_REUSED".to_owned(), "Idempotency-Key".to_owned())], "{path}");
            walked.push(example.operation);
        }
        assert!(walked.len() > 15, "{walked:?}");
    });
}

#[test]
fn a_key_stands_for_one_body_one_path_and_one_query() {
    on_both(async |server| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        let first = administrator.post_with_key("/v1/organisations", &key, order.clone()).await.expect(201);
        let send = async |path: &str, media_type: &str, body: String| {
            administrator.ask("POST", path).header("Idempotency-Key", &key).header("Content-Type", media_type).bytes(body).send().await
        };
        let (json, body) = ("application/json", order.to_string());
        for (how, answer) in [
            ("another body", send("/v1/organisations", json, organisation().to_string()).await),
            ("one space more", send("/v1/organisations", json, format!("{body} ")).await),
            ("no JSON", send("/v1/organisations", json, "{".to_owned()).await),
            ("another path", send("/v1/territories", json, body.clone()).await),
            ("an absent thing", send(&format!("/v1/clients/{ABSENT}/secrets"), json, body.clone()).await),
            ("a query", send("/v1/organisations?dry_run=true", json, body.clone()).await),
        ] {
            assert_eq!((answer.status, answer.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"), "{how}");
        }
        // The same media type, said otherwise.
        assert_replayed(&send("/v1/organisations", "application/json; charset=utf-8", body).await, &first);
        assert_eq!(count(server).await, 2);
    });
}

#[test]
fn a_key_is_known_after_a_restart_of_the_server() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let (key, order) = (fresh_key(), organisation());
        let first = server.administrator().post_with_key("/v1/organisations", &key, order.clone()).await.expect(201);
        let association = server.given().sheet(2).await;
        let person_key = fresh_key();
        let person = json!({"last_name": "Exemple", "first_name": "Noé"});
        let registered = server.manager().await.post_with_key("/v1/beneficiaries", &person_key, person.clone()).await.expect(201);
        server.stop().await;

        let restarted = server.start_again(database, &[]).await;
        let again = restarted.administrator().post_with_key("/v1/organisations", &key, order).await;
        assert_replayed(&again, &first);
        assert_eq!(count(&restarted).await, 3, "the département, this one, and that of the sheet");
        restarted.advance(chrono::TimeDelta::seconds(1));
        let again = restarted.manager().await.post_with_key("/v1/beneficiaries", &person_key, person).await;
        assert_replayed(&again, &registered);
        // A replay shows somebody again, and is traced again.
        let id = registered.id();
        let log = restarted.auditor().await.get(&format!("/v1/access-log?beneficiary_id={id}")).await.expect(200).items();
        let operations: Vec<&str> = log.iter().map(|line| line["operation"].as_str().unwrap()).collect();
        assert_eq!(operations, ["registerBeneficiary", "registerBeneficiary"]);
        assert_eq!(log[0]["request_id"], json!(again.header("x-request-id")), "the newest first");
        assert_ne!(association.group, "");
        restarted.stop().await;
        server.assert_contract_was_kept();
        restarted.assert_contract_was_kept();
    });
}

#[test]
fn a_secret_is_shown_once_and_never_stored() {
    on_both(async |server| {
        let administrator = server.administrator();
        let organisation = server.given().organisation().await;
        let order = json!({"name": "Logiciel", "scopes": ["sessions:read"]});
        let client = administrator.post(&format!("/v1/organisations/{organisation}/clients"), order).await.expect(201).id();
        let path = format!("/v1/clients/{client}/secrets");
        let key = fresh_key();
        let shown = administrator.post_with_key(&path, &key, json!({})).await.expect(201);
        for _ in 0..2 {
            let refused = administrator.post_with_key(&path, &key, json!({})).await.expect_problem(409, "SECRET_ALREADY_SHOWN");
            assert!(!refused.text().contains(&shown.field("client_secret")));
        }
        administrator.post_with_key(&path, &key, json!({"expires_in_days": 1})).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
        let secrets = administrator.get(&format!("/v1/clients/{client}")).await.expect(200).json()["secrets"].clone();
        assert_eq!(secrets.as_array().unwrap().len(), 1);
        // It works: it is the one that was made.
        let machine = server.machine("client", &client, &shown.field("client_secret"), None);
        machine.get("/v1/me").await.expect(200);
    });
}

#[test]
fn a_refused_request_stores_nothing_and_its_key_works_afterwards() {
    on_both(async |server| {
        let administrator = server.administrator();
        let key = fresh_key();
        let order = organisation();
        for (wrong, code) in [
            (json!({"kind": "association"}), "INVALID"),
            (json!({"kind": "association", "name": ""}), "INVALID"),
            (json!({"kind": "department", "name": "Un autre"}), "DEPARTMENT_EXISTS"),
        ] {
            assert_eq!(administrator.post_with_key("/v1/organisations", &key, wrong).await.code(), code);
        }
        administrator.ask("POST", "/v1/organisations").header("Idempotency-Key", &key).json_text("{").send().await.expect(400);
        server.manager().await.post_with_key("/v1/organisations", &key, order.clone()).await.expect(403);
        let created = administrator.post_with_key("/v1/organisations", &key, order.clone()).await.expect(201);
        assert_replayed(&administrator.post_with_key("/v1/organisations", &key, order).await, &created);

        // The same request, refused by the state of things and taken once that has changed.
        let association = server.given().sheet(1).await;
        let partner = server.partner(&association.organisation).await;
        let (closure, key) = (format!("{}/closure", association.sheet_path()), fresh_key());
        let close = async || partner.ask("POST", &closure).header("Idempotency-Key", &key).send().await;
        close().await.expect_problem(409, "MARKS_MISSING");
        close().await.expect_problem(409, "MARKS_MISSING");
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let closed = close().await.expect(200);
        assert_replayed(&close().await, &closed);
        // A command takes an empty body or an empty object, which are not the same request.
        partner.post_with_key(&closure, &key, json!({})).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
        partner.post(&closure, json!({})).await.expect(200);
    });
}

#[test]
fn a_key_belongs_to_its_caller() {
    on_both(async |server| {
        let administrator = server.administrator();
        let colleague = server.invite("administrator", &server.department(), &[]).await;
        let colleague: Client = server.professional("colleague", &colleague);
        let (key, order) = (fresh_key(), organisation());
        let first = administrator.post_with_key("/v1/organisations", &key, order.clone()).await.expect(201);
        let second = colleague.post_with_key("/v1/organisations", &key, order.clone()).await.expect(201);
        assert_eq!(second.header("idempotent-replayed"), None);
        assert_ne!(second.id(), first.id());
        assert_replayed(&colleague.post_with_key("/v1/organisations", &key, order).await, &second);
    });
}
