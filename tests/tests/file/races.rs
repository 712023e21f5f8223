//! Many at the same moment: one wins, the others are told, and what must hold of a file holds.

use std::collections::BTreeMap;

use api_tests::{Answer, Client, TestServer, on_both};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Case, but};

const CLIENTS: usize = 10;

/// Ten callers: caseworkers of the territory, or managers where only those may.
async fn callers(server: &TestServer, case: &Case, role: &str) -> Vec<Client> {
    let mut all = Vec::new();
    for _ in 0..CLIENTS {
        all.push(match role {
            "manager" => server.professional("manager", &server.invite("manager", &server.department(), &[]).await),
            _ => server.caseworker(&[&case.territory]).await,
        });
    }
    all
}

/// How often each answer came, by status and code.
fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = if answer.status < 400 { String::new() } else { answer.code() };
        *tally.entry(format!("{} {code}", answer.status).trim_end().to_owned()).or_default() += 1;
    }
    tally
}

fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(line, count)| ((*line).to_owned(), *count)).collect()
}

#[test]
fn of_ten_who_record_the_same_barrier_one_does() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let callers = callers(server, &case, "caseworker").await;
        let path = case.path("barriers");
        for round in 0..3 {
            let answers = join_all(callers.iter().map(|by| by.post(&path, server.given().barrier_order()))).await;
            assert_eq!(tally(&answers), counted(&[("201", 1), ("409 BARRIER_OPEN", CLIENTS - 1)]));
            let open = case.manager.list(&format!("{path}?open=true")).await;
            assert_eq!(open.len(), 1);
            // Resolved by all of them, each in their own way: one says what became of it.
            let outcomes = ["resolved", "improved", "worked_around", "no_longer_relevant", "taken_over"];
            let resolution = format!("/v1/barriers/{}/resolution", open[0]["id"].as_str().unwrap());
            let resolve = |place: usize| json!({"resolved_on": server.given().day(0), "outcome": outcomes[place % outcomes.len()]});
            let answers = join_all(callers.iter().enumerate().map(|(place, by)| by.post(&resolution, resolve(place)))).await;
            // Whoever says the same is told that it is so.
            assert_eq!(tally(&answers), counted(&[("200", 2), ("409 BARRIER_RESOLVED", CLIENTS - 2)]));
            let all = case.list("barriers").await;
            assert_eq!(all.len(), round + 1);
            assert!(all.iter().all(|one| one["version"] == 2 && !one["resolved_on"].is_null()));
        }
    });
}

#[test]
fn of_two_barriers_edited_into_the_same_situation_one_is() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let order = |situation: &str| but(&server.given().barrier_order(), json!({"situation": situation}));
        for (round, goal) in ["mobility_cost", "mobility_licence_foreign", "mobility_no_transport"].into_iter().enumerate() {
            let person = Case::new(server).await;
            let paths = [
                person.recorded("barriers", order("mobility_vehicle_to_repair")).await,
                person.recorded("barriers", order("mobility_licence_invalid")).await,
            ];
            let answers = join_all(paths.iter().map(|path| case.manager.edit(path, order(goal)))).await;
            let third = person.record("barriers", order(goal)).await;
            assert_eq!(tally(&answers), counted(&[("200", 1), ("409 BARRIER_OPEN", 1)]), "round {round}");
            assert_eq!((third.status, third.code().as_str()), (409, "BARRIER_OPEN"));
        }
    });
}

#[test]
fn of_ten_overlapping_rights_one_is_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let (callers, path) = (callers(server, &case, "manager").await, case.path("rsa-rights"));
        // Each another day, all open: any two overlap.
        let order = |place: usize| json!({"entered_on": given.day(-10 - i64::try_from(place).unwrap())});
        let answers = join_all(callers.iter().enumerate().map(|(place, by)| by.post(&path, order(place)))).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("409 RIGHT_OVERLAPS", CLIENTS - 1)]));
        assert_eq!(case.list("rsa-rights").await.len(), 1);
        // Ten that share no day are all recorded.
        let order = |place: usize| {
            let from = -400 - 20 * i64::try_from(place).unwrap();
            json!({"entered_on": given.day(from), "left_on": given.day(from + 19), "left_reason": "files_joined"})
        };
        let answers = join_all(callers.iter().enumerate().map(|(place, by)| by.post(&path, order(place)))).await;
        assert_eq!(tally(&answers), counted(&[("201", CLIENTS)]));
    });
}

#[test]
fn of_two_rights_that_grow_into_the_same_days_one_does() {
    on_both(async |server| {
        let given = server.given();
        let ended = |from: i64, to: i64| json!({"entered_on": given.day(from), "left_on": given.day(to), "left_reason": "files_joined"});
        for _ in 0..4 {
            let case = Case::new(server).await;
            let (early, late) = (case.recorded("rsa-rights", ended(-90, -80)).await, case.recorded("rsa-rights", ended(-60, -50)).await);
            let (one, other) =
                futures_util::future::join(case.manager.edit(&early, ended(-90, -70)), case.manager.edit(&late, ended(-75, -50))).await;
            assert_eq!(tally(&[one, other]), counted(&[("200", 1), ("409 RIGHT_OVERLAPS", 1)]));
        }
    });
}

#[test]
fn duties_told_by_ten_at_once_follow_each_other_without_a_gap() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let callers = callers(server, &case, "manager").await;
        let path = case.recorded("rsa-rights", given.right_order()).await;
        let duties = format!("{path}/duties");
        let same = json!({"subject": true, "starts_on": given.day(-90)});
        let answers = join_all(callers.iter().map(|by| by.post(&duties, same.clone()))).await;
        assert_eq!(tally(&answers), counted(&[("200", CLIENTS)]));
        assert_eq!(case.manager.get(&path).await.expect(200).json()["version"], 2, "one of them told something new");

        let order = |place: usize| json!({"subject": place.is_multiple_of(2), "starts_on": given.day(-60 + i64::try_from(place).unwrap())});
        let answers = join_all(callers.iter().enumerate().map(|(place, by)| by.post(&duties, order(place)))).await;
        let taken = answers.iter().filter(|answer| answer.status == 200).count();
        let too_early = |answer: &Answer| answer.status == 422 && answer.faults() == [("DAY_TOO_EARLY".to_owned(), "/starts_on".to_owned())];
        assert!(taken >= 1 && answers.iter().all(|answer| answer.status == 200 || too_early(answer)), "{:?}", tally(&answers));
        let right = case.manager.get(&path).await.expect(200).json();
        let periods: &Vec<Value> = right["duties"].as_array().unwrap();
        assert_eq!((periods.len(), &right["version"]), (1 + taken, &json!(2 + taken)));
        for pair in periods.windows(2) {
            let next: domain::calendar::Day = pair[1]["starts_on"].as_str().unwrap().parse().unwrap();
            assert_eq!(pair[0]["ends_on"], next.plus_days(-1).to_string());
            assert!(pair[0]["starts_on"].as_str() < pair[1]["starts_on"].as_str());
        }
        assert_eq!(periods.last().unwrap()["starts_on"], given.day(-51), "the latest day is never lost");
    });
}

#[test]
fn of_ten_edits_of_one_version_one_is_made() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let callers = callers(server, &case, "caseworker").await;
        for kind in ["milestones", "barriers", "interventions"] {
            let order = super::order_of(server, kind);
            let path = case.recorded(kind, but(&order, json!({}))).await;
            let etag = case.manager.get(&path).await.expect(200).etag();
            let answers = join_all(callers.iter().map(|by| by.put_if_match(&path, &etag, order.clone()))).await;
            assert_eq!(tally(&answers), counted(&[("200", 1), ("412 STALE_VERSION", CLIENTS - 1)]), "{kind}");
            assert_eq!(case.manager.get(&path).await.expect(200).json()["version"], 2, "{kind}");
        }
    });
}

#[test]
fn ten_cancellations_at_once_are_one() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let callers = callers(server, &case, "caseworker").await;
        for kind in ["milestones", "interventions"] {
            let path = format!("{}/cancellation", case.recorded(kind, super::order_of(server, kind)).await);
            let answers = join_all(callers.iter().map(|by| by.command(&path))).await;
            assert_eq!(tally(&answers), counted(&[("200", CLIENTS)]), "{kind}");
            assert!(answers.iter().all(|answer| answer.text() == answers[0].text() && answer.etag() == answers[0].etag()), "{kind}");
            assert_eq!(answers[0].json()["version"], 2, "{kind}");
        }
    });
}
