//! The examples of the document: requests of the table with what they were answered, in `openapi/examples.json`, which the document
//! carries. `JALON_TEST_REWRITE=1` records them anew. That the table's requests succeed is tested in `access`.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use api_tests::both::on_databases;
use api_tests::contract::{Operation, contract};
use api_tests::{Answer, TestServer};
use persistence::Engine;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::table::World;

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/examples.json");

/// Entries of a list that an example shows.
const SHOWN: usize = 2;

/// What takes the place of a secret: of its length, and nobody's.
const SECRET: &str = "jalon_exemple-de-secret-a-garder-pour-soi-0000000";
const TOKEN: &str = "exemple-de-jeton";

/// Makes recorded examples the same each time, and short: ids in the order in which they are met, no secret, the beginning of each list.
#[derive(Default)]
struct Tidy {
    ids: HashMap<Uuid, Uuid>,
}

impl Tidy {
    fn id(&mut self, met: Uuid) -> Uuid {
        let next = u128::try_from(self.ids.len()).unwrap();
        *self.ids.entry(met).or_insert_with(|| Uuid::from_u128(0x019a_b3c0_0000_7000_8000_0000_0000_0000 + next + 1))
    }

    fn tidy(&mut self, name: &str, value: Value) -> Value {
        match value {
            Value::String(_) if name.ends_with("secret") => json!(SECRET),
            Value::String(_) if name == "access_token" => json!(TOKEN),
            Value::String(text) => json!(Uuid::try_parse(&text).map_or(text, |id| self.id(id).to_string())),
            Value::Array(mut entries) => {
                entries.truncate(SHOWN);
                entries.into_iter().map(|entry| self.tidy(name, entry)).collect()
            }
            Value::Object(members) => members.into_iter().map(|(name, value)| (name.clone(), self.tidy(&name, value))).collect(),
            other => other,
        }
    }
}

/// What an answer says: JSON, or the text of a file. A file to print says nothing that reads as an example.
fn said(answer: &Answer) -> Option<Value> {
    match answer.header("content-type")?.split(';').next()? {
        "application/json" => Some(answer.json()),
        "text/csv" => Some(json!(answer.text())),
        _ => None,
    }
}

/// A file of attendance that is taken, as an association's spreadsheet writes it.
async fn submitted_file(world: &World<'_>) -> String {
    let (client, association) = (world.caller("client"), &world.association);
    let session = client.get(&format!("/v1/sessions/{}", association.session)).await.expect(200).field("reference");
    let lines = association.people.iter().zip(["présent", "en retard"]).map(|(person, status)| {
        let minutes = if status == "en retard" { "90" } else { "" };
        format!("{session};{};{status};{minutes}\r\n", person.reference)
    });
    let file: String = ["session_reference;person_reference;status;minutes\r\n".to_owned()].into_iter().chain(lines).collect();
    let rehearsed = client.ask("POST", "/v1/attendance-submissions?dry_run=true").header("Content-Type", "text/csv").bytes(file.clone().into_bytes());
    let receipt = rehearsed.send().await.expect(200);
    assert_eq!(receipt.json()["counts"]["recorded"], association.people.len(), "{}", receipt.text());
    file
}

/// Carries the whole table out, and what anybody may ask, and keeps what was said.
async fn record(server: &TestServer) -> Map<String, Value> {
    let (world, mut tidy, mut all) = (World::new(server).await, Tidy::default(), Map::new());
    let file = submitted_file(&world).await;
    let mut keep = |operation: &str, request: Option<Value>, answer: &Answer| {
        let mut example = Map::new();
        example.extend(request.map(|request| ("request".to_owned(), tidy.tidy("", request))));
        example.extend(said(answer).map(|said| ("response".to_owned(), tidy.tidy("", said))));
        all.insert(operation.to_owned(), Value::Object(example));
    };
    for example in world.examples() {
        let answer = example.send(world.caller(example.by)).await.expect(example.status);
        keep(example.operation, example.body, &answer);
    }
    let anybodys = |one: &&Operation| one.public && one.method == "GET" && one.path_parameters().is_empty() && one.id != "readOpenApi";
    for operation in contract().operations.iter().filter(anybodys) {
        keep(&operation.id, None, &server.administrator().get(&operation.path).await.expect(200));
    }
    let (id, secret) = server.given().credentials(&world.association.organisation, &["sessions:read"]).await;
    let pairs = [("grant_type", "client_credentials"), ("client_id", &*id), ("client_secret", &*secret), ("scope", "sessions:read")];
    let token = server.anonymous().ask("POST", "/oauth/token").form(&pairs).send().await.expect(200);
    keep("createToken", Some(pairs.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()), &token);
    all["submitAttendance"]["file"] = json!(file);
    all
}

/// The schemas of what an operation is sent and answers as JSON or as a text, each with its place in the document and its example.
fn shown(operation: &Operation) -> Vec<(String, &Value, Option<&Value>)> {
    let request = operation.value["requestBody"]["content"].as_object().into_iter().flatten().map(|(media, one)| ("request".to_owned(), media, one));
    let responses = operation.value["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    let answers =
        responses.flat_map(|(status, one)| one["content"].as_object().into_iter().flatten().map(move |(media, one)| (status.clone(), media, one)));
    let unread = ["application/pdf", "text/html"];
    let all = request.chain(answers).filter(|(_, media, _)| !unread.contains(&media.as_str()));
    all.map(|(place, _, content)| (format!("{} {place}", operation.id), &content["schema"], content.get("example"))).collect()
}

#[test]
fn every_request_and_every_answer_has_an_example_that_fits() {
    if std::env::var_os("JALON_TEST_REWRITE").is_some() {
        on_databases(&[Engine::Sqlite], async |database| {
            let server = TestServer::start(database, &[]).await;
            let text = serde_json::to_string_pretty(&record(&server).await).unwrap() + "\n";
            std::fs::write(Path::new(RECORDED), text).unwrap();
            server.stop().await;
        });
        return;
    }
    let mut faults = Vec::new();
    for (place, schema, example) in contract().operations.iter().filter(|one| one.id != "readOpenApi").flat_map(shown) {
        match example {
            None => faults.push(format!("{place} has no example")),
            Some(example) => faults.extend(contract().schema_faults(schema, example).into_iter().map(|fault| format!("{place}: {fault}"))),
        }
    }
    assert!(faults.is_empty(), "record them anew with JALON_TEST_REWRITE=1:\n{}", faults.join("\n"));
}

#[test]
fn whatever_is_made_links_to_the_operation_that_reads_it() {
    // Several at once, and what lists alone show.
    let unread = ["planSessionSeries", "takeAccessGrant", "giveSecret"];
    for operation in contract().operations.iter().filter(|one| one.value["responses"].get("201").is_some() && !unread.contains(&&*one.id)) {
        let link = &operation.value["responses"]["201"]["links"]["read"];
        let reader = contract().operation(link["operationId"].as_str().unwrap_or_else(|| panic!("{} links to nothing", operation.id)));
        let names = reader.path_parameters();
        assert_eq!(link["parameters"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>(), names.into_iter().collect());
        assert_eq!(reader.method, "GET");
    }
}
