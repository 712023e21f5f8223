//! How many statements referrals cost: lists as many for one as for many, changes one more for each referral that changes. BEGIN,
//! COMMIT, the trace of a read and the look-up of the caller are not counted.

use api_tests::{Answer, Client, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{REFERRALS, Receiver, Workshop, of_person, with};
use crate::attendance::{TUESDAY_EVENING, set_clock};

/// The most that a page of referrals may cost.
const MOST_FOR_A_PAGE: usize = 4;

#[track_caller]
fn assert_same(what: &str, few: &[String], many: &[String]) {
    assert!(!few.is_empty(), "{what}: nothing was counted");
    assert_eq!(few.len(), many.len(), "{what}:\n{}\n— and for many:\n{}", few.join("\n"), many.join("\n"));
}

/// That many more cost no more than one statement each: a row that changes is compared with the version that was seen.
#[track_caller]
fn assert_one_each(what: &str, few: &[String], many: &[String], more: usize) {
    assert!(!few.is_empty(), "{what}: nothing was counted");
    let grown = many.len().saturating_sub(few.len());
    assert!(grown <= more, "{what}: {} and {}, for {more} more:\n{}", few.len(), many.len(), many.join("\n"));
}

/// What a page of so many costs.
async fn page(server: &TestServer, by: &Client, path: &str, limit: usize) -> Vec<String> {
    let separator = if path.contains('?') { '&' } else { '?' };
    by.get("/v1/me").await.expect(200);
    let (answer, statements) = server.statements(by.get(&format!("{path}{separator}limit={limit}"))).await;
    assert_eq!(answer.expect(200).items().len(), limit, "{path}");
    statements
}

#[test]
fn a_list_of_two_hundred_costs_what_a_list_of_two_costs() {
    on_both(async |server| {
        const MANY: usize = 200;
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let territory = given.territory(&[]).await;
        let (receiver, manager, caseworker) = (Receiver::new(server).await, server.manager().await, server.caseworker(&[&territory]).await);
        for place in 0..MANY {
            server.advance(TimeDelta::milliseconds(1));
            let referral = given.referral(&receiver.organisation, &given.person_in(&territory).await).await;
            // Half of them wait: each has its rank.
            if place % 2 == 0 {
                receiver.answer(&referral, "waiting-list", json!({})).await.expect(200);
            }
        }
        for (by, query, many) in [
            (&receiver.machine, "", MANY),
            (&receiver.machine, "?state=waiting_list", MANY / 2),
            (&receiver.machine, "?updated_since=2026-01-01T00:00:00.000Z", MANY),
            (&caseworker, "", MANY),
            (&manager, "?purpose=accompaniment", MANY),
            (&manager, "?updated_since=2026-01-01T00:00:00.000Z", MANY),
        ] {
            let path = format!("{REFERRALS}{query}");
            let (few, all) = (page(server, by, &path, 2).await, page(server, by, &path, many).await);
            assert_same(&path, &few, &all);
            assert!(all.len() <= MOST_FOR_A_PAGE, "{path}: {}\n{}", all.len(), all.join("\n"));
        }
        let (few, all) = (
            page(server, &receiver.machine, "/v1/referral-feed?after=beginning", 2).await,
            page(server, &receiver.machine, "/v1/referral-feed?after=beginning", MANY).await,
        );
        assert_same("the feed", &few, &all);
    });
}

#[test]
fn the_referrals_of_a_person_cost_the_same_however_many() {
    on_both(async |server| {
        const MANY: usize = 20;
        let given = server.given();
        let (receiver, manager, person) = (Receiver::new(server).await, server.manager().await, given.person().await);
        for _ in 0..MANY {
            let referral = given.referral(&receiver.organisation, &person).await;
            receiver.answer(&referral, "refusal", json!({"reason": "other"})).await.expect(200);
        }
        let path = of_person(&person);
        let (few, all) = (page(server, &manager, &path, 2).await, page(server, &manager, &path, MANY).await);
        assert_same(&path, &few, &all);
    });
}

/// What a request answers with 200, and what it cost.
async fn cost(server: &TestServer, request: impl Future<Output = Answer>) -> Vec<String> {
    let (answer, statements) = server.statements(request).await;
    answer.expect(200);
    statements
}

#[test]
fn whoever_is_seated_from_the_list_costs_one_statement_more() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut costs = Vec::new();
        for count in [2, 20] {
            let workshop = Workshop::new(server, 1).await;
            workshop.occupy(server, 1).await;
            for referral in workshop.refer_many(server, count).await {
                workshop.wait(&referral).await.expect(200);
            }
            let path = format!("/v1/groups/{}", workshop.group);
            let seen = workshop.manager.get(&path).await.expect(200);
            let group = seen.json();
            let kept = ["name", "place", "commune_code", "starts_on", "ends_on"];
            let order: serde_json::Map<String, Value> = kept.iter().map(|name| ((*name).to_owned(), group[*name].clone())).collect();
            let order = with(Value::Object(order), json!({"capacity": count + 1}));
            let statements = cost(server, workshop.manager.put_if_match(&path, &seen.etag(), order)).await;
            assert_eq!(workshop.enrolments().await.len(), count + 1);
            costs.push(statements);
        }
        assert_one_each("new seats", &costs[0], &costs[1], 18);
    });
}

#[test]
fn whoever_is_told_of_a_person_s_file_costs_one_statement_more() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let mut costs = Vec::new();
        for count in [2, 8] {
            let person = given.person().await;
            // Of one receiver: each feed that is told has its own counter.
            let receiver = Receiver::new(server).await;
            for _ in 0..count {
                let action = given.action(&receiver.organisation).await;
                given.referral_to(&action, None, &person).await;
            }
            let path = format!("/v1/beneficiaries/{}", person.id);
            let seen = manager.get(&path).await.expect(200);
            let order = json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": given.birth_date(), "phone": "0612345678"});
            costs.push(cost(server, manager.put_if_match(&path, &seen.etag(), order)).await);
        }
        assert_one_each("an edit", &costs[0], &costs[1], 6);
    });
}

#[test]
fn whoever_starts_by_a_sheet_costs_one_statement_more_and_only_then() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (mut costs, mut changed) = (Vec::new(), Vec::new());
        for count in [12, 40] {
            let workshop = Workshop::new(server, 40).await;
            let mut marks = Vec::new();
            for referral in workshop.refer_many(server, count).await {
                marks.push(json!({"enrolment_id": workshop.accept(&referral).await, "status": "present"}));
            }
            let session = given.session(&workshop.group, "2026-03-17").await;
            let machine = &workshop.receiver.machine;
            machine.get("/v1/me").await.expect(200);
            let path = format!("/v1/sessions/{session}/attendance");
            costs.push(cost(server, machine.put(&path, json!({"marks": marks}))).await);
            for mark in &mut marks {
                mark["status"] = json!("absent_unexcused");
            }
            changed.push(cost(server, machine.put(&path, json!({"marks": marks}))).await);
            let started = machine.list(&format!("{REFERRALS}?state=started&limit=200")).await.len();
            assert_eq!(started, count);
        }
        assert_one_each("a sheet", &costs[0], &costs[1], 28);
        assert_one_each("the sheet again", &changed[0], &changed[1], 0);
    });
}
