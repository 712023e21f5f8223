//! Who read a person's file, as the auditor asks it: each read by whom, by which operation, in which request; those of the files that were
//! merged into it too.

use std::collections::BTreeMap;

use api_tests::given::Person;
use api_tests::{Answer, Client, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, order_of};
use crate::people::merge;
use crate::table::{ROLES, World};
use crate::visibility::{Everybody, is_paper, people_of};

/// The lines about one person, by request.
async fn report(server: &TestServer, person: &str) -> BTreeMap<String, Value> {
    let lines = server.auditor().await.list(&format!("/v1/access-log?beneficiary_id={person}&limit=200")).await;
    lines.into_iter().map(|line| (line["request_id"].as_str().unwrap().to_owned(), line)).collect()
}

fn request(answer: &Answer) -> &str {
    answer.header("x-request-id").unwrap()
}

#[test]
fn every_read_by_every_kind_of_caller_is_in_the_report_of_each_person_it_showed() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mut answers: Vec<(&str, Client, Answer)> = Vec::new();
        for example in world.examples().iter().filter(|example| example.operation != "listAccesses") {
            let by = world.caller(example.by);
            answers.push((example.operation, by.clone(), example.send(by).await.expect(example.status)));
            // The same read by everybody else who may, here or there.
            if example.operation().method != "GET" && !example.operation().is_question() {
                continue;
            }
            for role in ROLES.into_iter().chain(["client", "agency"]).filter(|role| *role != example.by) {
                let answer = example.send(world.caller(role)).await;
                if answer.status == 200 {
                    answers.push((example.operation, world.caller(role).clone(), answer));
                }
            }
        }
        answers.retain(|(_, _, answer)| !is_paper(answer));
        let everybody = Everybody::of(server, &[&world.association.group]).await;
        let mut reports: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        let (mut found, mut kinds) = (0, BTreeMap::<String, usize>::new());
        for (operation, by, answer) in &answers {
            for person in everybody.in_answer(answer) {
                if !reports.contains_key(&person) {
                    reports.insert(person.clone(), report(server, &person).await);
                }
                let line = reports[&person].get(request(answer)).unwrap_or_else(|| panic!("{}: not in the report of {person}", answer.asked));
                assert_eq!((line["operation"].as_str(), line["actor_id"].as_str()), (Some(*operation), Some(by.id().as_str())), "{}", answer.asked);
                assert!(people_of(line).contains(&person), "{}", answer.asked);
                assert_eq!(line["at"], server.now().to_string());
                *kinds.entry(line["acting_as"].as_str().unwrap().to_owned()).or_default() += 1;
                found += 1;
            }
        }
        let acting: Vec<&str> = kinds.keys().map(String::as_str).collect();
        assert_eq!(acting, ["auditor", "caseworker", "client", "manager", "partner"], "{kinds:?}");
        assert!(found > 150, "{found}");
        // No line is about somebody whom it did not show: whoever is not in the answers is in no report of them.
        for (person, lines) in &reports {
            for answer in answers.iter().map(|(_, _, answer)| answer) {
                let shown = everybody.in_answer(answer).contains(person);
                assert!(shown || !lines.get(request(answer)).is_some_and(|line| people_of(line).contains(person)), "{}", answer.asked);
            }
        }
    });
}

/// Reads a file in every way, and who did it in which request.
async fn read_by(case: &Case, person: &Person) -> Vec<(String, &'static str)> {
    let path = format!("/v1/beneficiaries/{}", person.id);
    let mut requests = Vec::new();
    for (operation, path) in [
        ("readBeneficiary", path.clone()),
        ("readBeneficiaryFile", format!("{path}/file")),
        ("listBarriers", format!("{path}/barriers")),
        ("readNir", format!("{path}/nir")),
    ] {
        let answer = case.caseworker.get(&path).await.expect(200);
        requests.push((request(&answer).to_owned(), operation));
    }
    requests
}

#[test]
fn the_report_of_a_survivor_tells_the_reads_of_every_file_that_was_merged_into_it() {
    on_both(async |server| {
        let (one, two, three) = (Case::new(server).await, Case::new(server).await, Case::new(server).await);
        for case in [&one, &two, &three] {
            case.recorded("barriers", order_of(server, "barriers")).await;
            let path = format!("/v1/barriers/{}", case.list("barriers").await[0]["id"].as_str().unwrap());
            let order = json!({"resolved_on": server.given().day(0), "outcome": "resolved"});
            case.manager.post(&format!("{path}/resolution"), order).await.expect(200);
        }
        let mut reads = Vec::new();
        for case in [&one, &two, &three] {
            server.advance(TimeDelta::seconds(1));
            reads.push(read_by(case, &case.person).await);
        }
        let [of_one, of_two, of_three] = [&reads[0], &reads[1], &reads[2]];
        let tells = async |person: &Person, requests: &[(String, &str)]| {
            let lines = report(server, &person.id).await;
            let told = requests.iter().filter(|(request, operation)| lines.get(request).is_some_and(|line| line["operation"] == *operation)).count();
            assert!(told == 0 || told == requests.len(), "{told} of {}", requests.len());
            told > 0
        };
        assert!(tells(&one.person, of_one).await && !tells(&one.person, of_two).await && !tells(&two.person, of_one).await);
        // The third goes into the second, the second into the first.
        merge(&one.manager, &two.person, &three.person).await.expect(200);
        assert!(tells(&two.person, of_three).await && tells(&two.person, of_two).await && !tells(&one.person, of_three).await);
        merge(&one.manager, &one.person, &two.person).await.expect(200);
        for requests in [of_one, of_two, of_three] {
            assert!(tells(&one.person, requests).await);
        }
        assert!(tells(&three.person, of_three).await && !tells(&three.person, of_one).await, "a duplicate's own report stays its own");
        // Each line still says whose file it was.
        let lines = report(server, &one.person.id).await;
        for (request, _) in of_three {
            assert!(people_of(&lines[request]).contains(&three.person.id));
        }
        // The look itself is a read of the survivor.
        let auditor = server.auditor().await;
        assert!(lines.values().any(|line| line["operation"] == "listAccesses" && line["actor_id"] == auditor.id()));
    });
}

#[test]
fn the_report_tells_who_looked_by_breaking_the_glass_by_searching_and_by_matching() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let territory = given.territory(&[]).await;
        let elsewhere = server.caseworker(&[&territory]).await;
        let order = json!({"last_name": "Rapportee", "first_name": "Lou", "birth_date": "1981-08-30", "territory_id": case.territory});
        let person = given.person_with(order).await;
        let question = json!({"last_name": "Rapportee", "first_name": "Lou", "birth_date": "1981-08-30"});
        let ask = async |by: &Client, path: &str, body: &Value| by.ask("POST", path).json(body).send().await.expect(200);
        let matched = ask(&elsewhere, "/v1/beneficiaries/match", &question).await;
        assert_eq!(matched.json()["candidates"][0]["beneficiary_id"], person.id);
        let nobody = ask(&elsewhere, "/v1/beneficiaries/search", &json!({"name": "rapportee"})).await;
        assert!(nobody.items().is_empty());
        let found = ask(&case.caseworker, "/v1/beneficiaries/search", &json!({"name": "rapportee"})).await;
        let grant = json!({"person_reference": person.reference, "reason": "Urgence"});
        let granted = elsewhere.post("/v1/access-grants", grant).await.expect(201);
        let mut expected = vec![("matchBeneficiary", &elsewhere, matched), ("searchBeneficiaries", &case.caseworker, found)];
        expected.push(("takeAccessGrant", &elsewhere, granted));
        let file = elsewhere.get(&format!("/v1/beneficiaries/{}/file", person.id)).await.expect(200);
        expected.push(("readBeneficiaryFile", &elsewhere, file));
        let lines = report(server, &person.id).await;
        for (operation, by, answer) in &expected {
            let line = &lines[request(answer)];
            assert_eq!((&line["operation"], &line["actor_id"]), (&json!(operation), &json!(by.id())));
        }
        assert!(!lines.contains_key(request(&nobody)), "a search that found nobody showed nobody");
    });
}
