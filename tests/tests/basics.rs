//! The harness itself: that it fails when it must. Every other test relies on it.

use std::panic::catch_unwind;

use api_tests::client::form;
use api_tests::contract::contract;
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use chrono::TimeDelta;
use persistence::Engine;
use serde_json::{Value, json};

#[test]
fn a_failing_test_names_its_engine_and_its_problem() {
    let failed = catch_unwind(|| on_both(async |server| drop(server.anonymous().get("/v1/me").await.expect(200))));
    let said = *failed.unwrap_err().downcast::<String>().unwrap();
    assert!(said.starts_with("on Sqlite: anonymous: GET /v1/me: 401 instead of 200: ") && said.contains("UNAUTHENTICATED"), "{said}");
}

#[test]
fn an_answer_that_breaks_the_contract_fails_a_test_that_asked_for_it() {
    let failed = catch_unwind(|| {
        on_both(async |server| {
            // A refusal that no client of ours would see as one: what the raw wire brought is held against another operation.
            let request = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            server.raw("GET", "/v1/sessions", request).await.unwrap().expect(200);
        });
    });
    let said = *failed.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("breach(es) of the published contract") && said.contains("listSessions: status 200: /items is missing"), "{said}");
}

/// An answer that keeps the contract, to be spoiled.
async fn good(client: &Client, path: &str) -> Answer {
    let answer = client.get(path).await.expect(200);
    assert_eq!(contract().faults("GET", path, &answer), Vec::<String>::new());
    answer
}

#[test]
fn every_kind_of_breach_is_noticed() {
    on_both(async |server| {
        let association = server.given().sheet(1).await;
        let path = format!("/v1/sessions/{}", association.session);
        let manager = server.manager().await;
        let answer = good(&manager, &path).await;
        let body = answer.json();
        let with_body = |change: &dyn Fn(&mut Value)| {
            let mut changed = body.clone();
            change(&mut changed);
            Answer { body: changed.to_string().into_bytes(), ..answer.clone() }
        };
        let with_header = |name: &str, value: Option<&str>| {
            let mut changed = answer.clone();
            changed.headers.retain(|(one, _)| one != name);
            changed.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
            changed
        };
        let spoiled = [
            (with_body(&|body| body["version"] = json!("1")), "/version: string instead of integer"),
            (with_body(&|body| body["version"] = json!(0)), "/version: 0 is outside minimum and maximum"),
            (with_body(&|body| body["half_day"] = json!("noon")), "/half_day: \"noon\" is none of the enumeration"),
            (with_body(&|body| body["cancelled_at"] = json!(3)), "/cancelled_at: integer instead of"),
            (with_body(&|body| body["place"] = json!("x".repeat(201))), "/place: 201 is outside minLength and maxLength"),
            (with_body(&|body| drop(body.as_object_mut().unwrap().remove("cancelled_at"))), "/cancelled_at is missing"),
            (with_body(&|body| body["secret"] = json!(1)), "/secret is not in the schema"),
            (with_body(&|body| body["updated_at"] = json!("2026-11-22T10:00:00Z")), "/updated_at: not of format date-time"),
            (with_body(&|body| body["id"] = json!("x")), "/id: not of format uuid"),
            (Answer { body: b"<html>".to_vec(), ..answer.clone() }, "not JSON"),
            (Answer { status: 202, ..answer.clone() }, "status 202 is not documented"),
            (Answer { status: 500, ..answer.clone() }, "a defect"),
            (Answer { status: 404, ..answer.clone() }, "a refusal that is no problem"),
            (with_header("content-type", Some("text/html")), "media type \"text/html\" is not documented"),
            (with_header("etag", None), "the document promises ETag, which is absent"),
            (with_header("x-request-id", None), "no X-Request-Id"),
            (with_header("cache-control", Some("public")), "Cache-Control"),
            (with_header("x-content-type-options", None), "nosniff"),
        ];
        for (answer, expected) in spoiled {
            let faults = contract().faults("GET", &path, &answer);
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
        }

        let list = good(&manager, "/v1/sessions").await;
        let mut changed = list.json();
        changed["items"][0]["date"] = json!("22/11/2026");
        let spoiled = Answer { body: changed.to_string().into_bytes(), ..list };
        let faults = contract().faults("GET", "/v1/sessions", &spoiled);
        assert!(faults.iter().any(|fault| fault.contains("/items/0/date: not of format date")), "{faults:?}");

        let refused = manager.get("/v1/sessions/0").await.expect(404);
        let mut changed = refused.json();
        changed["code"] = json!("UNHEARD_OF");
        changed["instance"] = json!("urn:uuid:other");
        let spoiled = Answer { body: changed.to_string().into_bytes(), ..refused };
        let faults = contract().faults("GET", "/v1/sessions/0", &spoiled).join("\n");
        for expected in ["\"UNHEARD_OF\" is not published", "does not belong to its code", "instance is not the request's id"] {
            assert!(faults.contains(expected), "{expected}: {faults}");
        }
    });
}

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    on_both(async |server| {
        let one = server.administrator().post("/v1/organisations", json!({"kind": "other", "name": "Une"})).await.expect(201).field("updated_at");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let other = server.administrator().post("/v1/organisations", json!({"kind": "other", "name": "Autre"})).await.expect(201).field("updated_at");
        assert_eq!(one, other);
        server.advance(TimeDelta::milliseconds(1));
        let later =
            server.administrator().post("/v1/organisations", json!({"kind": "other", "name": "Encore"})).await.expect(201).field("updated_at");
        assert_eq!(later, server.now().to_string());
        assert_ne!(later, other);
    });
}

#[test]
fn the_documentation_is_served_by_the_server_itself() {
    on_both(async |server| {
        let anonymous = server.anonymous();
        let document = anonymous.get("/openapi.json").await.expect(200);
        let known = anonymous.ask("GET", "/openapi.json").header("If-None-Match", &document.etag()).send().await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        assert_eq!(anonymous.get("/docs").await.header("location"), Some("/docs/"));
        let page = anonymous.get("/docs/").await.expect(200).text();
        let files = page.split(['"', '\'']).filter(|part| part.rsplit_once('.').is_some_and(|(_, kind)| ["js", "css"].contains(&kind)));
        for file in files.map(|file| file.trim_start_matches("./")) {
            assert!(!file.contains("//"), "{file} comes from elsewhere");
            anonymous.get(&format!("/docs/{file}")).await.expect(200);
        }
        let codes = contract().document["components"]["schemas"]["KnownProblemCode"]["enum"].as_array().unwrap();
        assert!(codes.len() > 50);
        let index = anonymous.get("/problems").await.expect(200).text();
        for code in codes {
            let slug = code.as_str().unwrap().to_lowercase().replace('_', "-");
            assert!(index.contains(&slug), "{slug} is not in the list");
            let french = anonymous.get(&format!("/problems/{slug}")).await.expect(200);
            let english = anonymous.ask("GET", &format!("/problems/{slug}")).header("Accept-Language", "en").send().await.expect(200);
            assert!(french.text().contains(code.as_str().unwrap()) && french.text() != english.text(), "{slug} in both languages");
        }
    });
}

#[test]
fn the_document_names_every_reference_list() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let names = &contract().document["components"]["schemas"]["ReferenceListName"]["enum"];
        let lists: Vec<&str> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let stored = Rival::connect(&database.url).await.number("SELECT COUNT(DISTINCT list) FROM reference_code").await.unwrap();
        assert_eq!(lists.len(), usize::try_from(stored).unwrap() + 1, "the stored ones, and communes");
        for list in lists {
            let answer = administrator.get(&format!("/v1/reference/{list}")).await.expect(200);
            assert!(!answer.items().is_empty(), "{list}");
            assert_eq!(
                administrator.ask("GET", &format!("/v1/reference/{list}")).header("If-None-Match", &answer.etag()).send().await.status,
                304,
                "{list}"
            );
        }
        let at = administrator.get("/v1/reference/organisation_kinds?at=2020-01-01").await.expect(200);
        let label = |answer: &Answer| answer.items().iter().find(|item| item["code"] == "pole_emploi").unwrap()["label_fr"].clone();
        assert_eq!(label(&at), "Pôle emploi");
        assert_eq!(label(&administrator.get("/v1/reference/organisation_kinds?at=2026-01-01").await.expect(200)), "France Travail");
    });
}

#[test]
fn a_form_is_written_as_a_browser_writes_it() {
    assert_eq!(form(&[("a b", "c&d=é"), ("e", "")]), "a%20b=c%26d%3D%C3%A9&e=");
}
