//! Who learns what of a person: every field of one person holds a mark, everybody reads everything they may, and the matrix of who met
//! which mark is the reviewed file tests/disclosure.txt. `JALON_TEST_REWRITE=1` writes it anew. What somebody may call is in `access`.

/// One person of whom everything is known, and everybody who may learn of it.
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use api_tests::Client;
use api_tests::contract::{Operation, contract};
use serde_json::json;

use crate::file::on_both_beside;
use world::World;

/// The reviewed file.
const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/disclosure.txt");

/// What an operation asks for besides its path.
fn queries(operation: &Operation, world: &World) -> Vec<String> {
    match operation.id.as_str() {
        "readAttendanceTemplate" => vec![format!("month={}", world.month)],
        "readFeedDigest" => vec!["from_seq=1&to_seq=1000".to_owned()],
        "readReferralFeed" => vec!["after=beginning&limit=200".to_owned()],
        "listAccesses" | "listAccessGrants" => vec!["limit=200".to_owned(), format!("limit=200&beneficiary_id={}", world.person.id)],
        _ if operation.is_list() => vec!["limit=200".to_owned()],
        _ => vec![String::new()],
    }
}

/// Everything that somebody is shown when they ask for everything.
async fn bodies(world: &World, by: &Client) -> Vec<String> {
    let mut bodies = Vec::new();
    for operation in contract().operations.iter().filter(|operation| operation.method == "GET" && !operation.public) {
        for ids in world.ids_of(operation) {
            let names = operation.path_parameters();
            let path = operation.path_with(|name| ids[names.iter().position(|one| one == name).unwrap()].clone());
            for query in queries(operation, world) {
                let answer = by.get(&if query.is_empty() { path.clone() } else { format!("{path}?{query}") }).await;
                assert!(matches!(answer.status, 200 | 403 | 404), "{}: {} {}", answer.asked, answer.status, answer.text());
                if answer.status == 200 {
                    bodies.push(answer.text());
                }
            }
        }
    }
    for (path, questions) in world.questions() {
        for question in questions {
            let answer = by.ask("POST", path).json(&question).send().await;
            assert!(matches!(answer.status, 200 | 403), "{}: {} {}", answer.asked, answer.status, answer.text());
            if answer.status == 200 {
                bodies.push(answer.text());
            }
        }
    }
    bodies
}

/// Who met which mark, by the names of both.
type Met = BTreeMap<(&'static str, &'static str), bool>;

fn matrix(world: &World, met: &Met) -> String {
    let mut text = String::from(
        "Who learns what of a person, by asking for everything they may read. yes: the mark in this field stood in an answer; -: in none.\n\n",
    );
    for principal in &world.principals {
        let _ = writeln!(text, "{:<14}{}", principal.name, principal.is);
    }
    let _ = write!(text, "\n{:<46}", "field");
    for principal in &world.principals {
        let _ = write!(text, "{:<14}", principal.name);
    }
    let mut group = "";
    for mark in &world.marks {
        if mark.group != group {
            group = mark.group;
            let _ = write!(text, "\n\n{group}");
        }
        let _ = write!(text, "\n  {:<44}", mark.field);
        for principal in &world.principals {
            let _ = write!(text, "{:<14}", if met[&(mark.field, principal.name)] { "yes" } else { "-" });
        }
    }
    text.lines().map(str::trim_end).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn everybody_learns_of_a_person_what_the_reviewed_table_says() {
    on_both_beside(async |server, database| {
        let world = World::new(server, database).await;
        let fields: BTreeSet<&str> = world.marks.iter().map(|mark| mark.field).collect();
        assert_eq!(fields.len(), world.marks.len(), "each field once");
        let mut met = Met::new();
        for principal in &world.principals {
            let bodies = bodies(&world, &principal.client).await;
            for mark in &world.marks {
                let is_met = bodies.iter().any(|body| mark.texts.iter().any(|text| body.contains(text)));
                met.insert((mark.field, principal.name), is_met);
            }
        }
        // Whatever the file says: the number in clear is for those who accompany the person, and for Pôle emploi by its own operation.
        let in_clear: BTreeSet<&str> =
            world.principals.iter().filter(|one| met[&("social security number, in clear", one.name)]).map(|one| one.name).collect();
        assert_eq!(in_clear, BTreeSet::from(["agency-id", "caseworker", "delegate", "granted", "manager"]));
        // The control: a mark that nobody meets is no field of an answer, or was never written.
        let unseen: Vec<&str> =
            world.marks.iter().filter(|mark| world.principals.iter().all(|one| !met[&(mark.field, one.name)])).map(|mark| mark.field).collect();
        assert_eq!(unseen, ["names of the file merged"]);

        let matrix = matrix(&world, &met);
        if std::env::var_os("JALON_TEST_REWRITE").is_some() {
            std::fs::write(Path::new(REVIEWED), &matrix).unwrap();
        }
        let reviewed = std::fs::read_to_string(REVIEWED).unwrap_or_default();
        assert!(reviewed == matrix, "tests/disclosure.txt differs: review, then run this test with JALON_TEST_REWRITE=1:\n{matrix}");
    });
}

/// The walk leaves out no operation that reads, and no principal reads nothing.
#[test]
fn every_operation_that_reads_is_answered_to_somebody() {
    on_both_beside(async |server, database| {
        let world = World::new(server, database).await;
        for operation in contract().operations.iter().filter(|operation| operation.method == "GET" && !operation.public) {
            let mut answered = false;
            for ids in world.ids_of(operation) {
                let names = operation.path_parameters();
                let path = operation.path_with(|name| ids[names.iter().position(|one| one == name).unwrap()].clone());
                let query = queries(operation, &world).remove(0);
                let path = if query.is_empty() { path } else { format!("{path}?{query}") };
                for principal in &world.principals {
                    answered = answered || principal.client.get(&path).await.status == 200;
                }
            }
            assert!(answered, "{} was answered to nobody", operation.id);
        }
        for principal in &world.principals {
            assert!(!bodies(&world, &principal.client).await.is_empty(), "{}", principal.name);
        }
        let manager = &world.principals.iter().find(|one| one.name == "manager").unwrap().client;
        for (path, questions) in world.questions() {
            for question in questions {
                let answer = manager.ask("POST", path).json(&question).send().await.expect(200);
                let found = answer.json();
                assert!([&found["items"], &found["candidates"]].iter().any(|list| **list != json!([]) && !list.is_null()), "{path}: {question}");
            }
        }
    });
}
