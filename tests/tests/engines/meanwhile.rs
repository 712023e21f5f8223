//! What somebody else changes while a write waits for its locks is seen whole: the row that was waited for, and what it is read with.

use std::future::Future;

use api_tests::database::Database;
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_databases};
use chrono::TimeDelta;
use persistence::Engine;
use serde_json::{Value, json};

use crate::attendance::{mark, marks};
use crate::people::merge;
use crate::referrals::{Receiver, Workshop, with};

/// What a request answers that waits until these changes of somebody else are there.
async fn meanwhile(database: &Database, changes: &str, request: impl Future<Output = Answer>) -> Answer {
    let (rival, observer) = (Rival::connect(&database.url).await, Rival::connect(&database.url).await);
    rival.begin().await.run(changes).await;
    let changing = async {
        observer.wait_until_others_wait(1).await;
        rival.run("commit").await;
    };
    tokio::join!(request, changing).0
}

#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is given")]
fn on_postgres(test: impl AsyncFn(&Database, &TestServer)) {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        test(database, &server).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

async fn read(by: &Client, path: &str) -> Value {
    by.get(path).await.expect(200).json()
}

#[test]
fn a_household_that_came_while_a_merge_waited_is_kept() {
    on_postgres(async |database, server| {
        let (manager, given) = (server.manager().await, server.given());
        let household = json!({"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": "claimant"});
        given.person_with(json!({"last_name": "Exemple", "first_name": "Dominique", "household": household})).await;
        let (stays, goes) = (given.person().await, given.person().await);
        let joins = format!("update beneficiary set household_role = 'spouse', household_id = (select id from household) where id = '{}'", stays.id);
        meanwhile(database, &joins, merge(&manager, &stays, &goes)).await.expect(200);
        let household = read(&manager, &format!("/v1/beneficiaries/{}", stays.id)).await["household"].clone();
        assert_eq!((&household["role"], &household["file_number"]), (&json!("spouse"), &json!("1234567")));
    });
}

#[test]
fn a_site_that_was_named_while_an_answer_waited_is_kept() {
    on_postgres(async |database, server| {
        let (receiver, given) = (Receiver::new(server).await, server.given());
        let site = given.site(&receiver.organisation).await;
        let referral = given.referral(&receiver.organisation, &given.person().await).await;
        let names = format!("update referral set site_id = '{site}' where id = '{referral}'");
        meanwhile(database, &names, receiver.answer(&referral, "receipt", json!({}))).await.expect(200);
        assert_eq!(receiver.read(&referral).await["site_id"], json!(site));
    });
}

#[test]
fn a_referral_starts_though_its_person_was_merged_while_the_sheet_waited() {
    on_postgres(async |database, server| {
        let (workshop, given) = (Workshop::new(server, 5).await, server.given());
        let session = given.session(&workshop.group, &given.day(0)).await;
        let (stays, goes) = (given.person().await, given.person().await);
        let referral = workshop.refer_person(server, &goes).await;
        let enrolment = workshop.accept(&referral).await;
        server.advance(TimeDelta::days(1));
        let moves = format!("update referral set beneficiary_id = '{}' where id = '{referral}'", stays.id);
        let sheet = format!("/v1/sessions/{session}/attendance");
        let marked = workshop.receiver.machine.put(&sheet, marks(&[mark(&enrolment, "present")]));
        meanwhile(database, &moves, marked).await.expect(200);
        assert_eq!(workshop.receiver.state(&referral).await, "started");
    });
}

#[test]
fn an_answer_that_waited_for_a_merge_is_about_the_file_that_stays() {
    on_postgres(async |database, server| {
        let (agency, given) = (Receiver::of(server, "pole_emploi").await, server.given());
        let (stays, goes) = (given.person().await, given.person().await);
        let referral = given.referral(&agency.organisation, &goes).await;
        let merges = format!(
            "update beneficiary set merged_into_id = '{}' where id = '{}'; update referral set beneficiary_id = '{}' where id = '{referral}'",
            stays.id, goes.id, stays.id
        );
        let receipt = agency.answer(&referral, "receipt", json!({"france_travail_id": "12345678901"}));
        meanwhile(database, &merges, receipt).await.expect(200);
        assert_eq!(agency.read(&referral).await["person"]["beneficiary_id"], json!(stays.id));
        let manager = server.manager().await;
        assert_eq!(read(&manager, &format!("/v1/beneficiaries/{}", stays.id)).await["france_travail_id"], json!("12345678901"));
    });
}

#[test]
fn whoever_goes_on_an_actions_waiting_list_while_it_gets_a_group_has_a_seat_in_it() {
    on_postgres(async |database, server| {
        let (workshop, given) = (Workshop::new(server, 1).await, server.given());
        workshop.occupy(server, 1).await;
        let referral = given.referral_to(&workshop.action, None, &given.person().await).await;
        let (rival, observer) = (Rival::connect(&database.url).await, Rival::connect(&database.url).await);
        // Whoever goes on the list has not seen yet that the only group is full.
        rival.begin().await.run(&format!("select 1 from action_group where id = '{}' for update", workshop.group)).await;
        let creating = async {
            observer.wait_until_others_wait(1).await;
            let letting_go = async {
                observer.wait_until_others_wait(2).await;
                rival.let_go().await;
            };
            let group = with(given.group_order(&workshop.action), json!({"capacity": 1}));
            tokio::join!(workshop.manager.post("/v1/groups", group), letting_go).0
        };
        let (waiting, created) = tokio::join!(workshop.wait(&referral), creating);
        waiting.expect(200);
        created.expect(201);
        assert_eq!(workshop.receiver.state(&referral).await, "accepted");
    });
}
