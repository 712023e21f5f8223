//! Many at the same moment: one orientation in force, one place each, nobody before their turn.

use api_tests::{Client, on_both};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Case;

/// Reads until it is so: the house does it beside the requests, at once.
pub(super) async fn until(by: &Client, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let found = by.get(path).await.expect(200).json();
        if is_so(&found) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{path} did not become so");
}

/// That one is in force, none overlaps, and none is missing between.
fn assert_in_one_line(all: &[Value]) {
    let in_force = all.iter().filter(|one| one["starts_on"].is_string() && one["ends_on"].is_null()).count();
    assert_eq!(in_force, 1, "{all:#?}");
    let mut periods: Vec<(String, Option<String>)> = all
        .iter()
        .filter(|one| one["starts_on"].is_string())
        .map(|one| (one["starts_on"].as_str().unwrap().to_owned(), one["ends_on"].as_str().map(str::to_owned)))
        .collect();
    periods.sort();
    for pair in periods.windows(2) {
        let Some(end) = &pair[0].1 else { panic!("only the last is open: {all:#?}") };
        let end: domain::calendar::Day = end.parse().unwrap();
        assert_eq!(end.plus_days(1).to_string(), pair[1].0, "no gap, no overlap");
    }
}

#[test]
fn of_twenty_concurrent_reorientations_of_one_person_one_is_in_force() {
    on_both(async |server| {
        let case = Case::new(server, Some(30)).await;
        let home = case.home();
        let path = case.oriented(&home, "socioprofessional").await;
        server.advance(chrono::TimeDelta::days(3));
        case.review(&path).await.expect(200);
        let agencies = [server.given().organisation_of("pole_emploi").await, server.given().organisation_of("cap_emploi").await];
        let mut managers = Vec::new();
        for _ in 0..20 {
            managers.push(server.professional("manager", &server.invite("manager", &home, &[]).await));
        }
        let decision = format!("{path}/decision");
        let answers = join_all(managers.iter().enumerate().map(|(place, manager)| {
            let mut order = server.given().decision_order(&agencies[place % 2], "common_law");
            order["reason"] = json!("Prêt à travailler.");
            manager.post(&decision, order)
        }))
        .await;
        let decided: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(decided.len(), 1);
        for refused in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((refused.status, refused.code()), (409, "ORIENTATION_STATE".to_owned()));
        }
        let all = case.orientations().await;
        assert_eq!(all.len(), 2);
        assert_in_one_line(&all);
        // And one referral tells one receiver.
        let open = case.manager.list(&format!("/v1/beneficiaries/{}/referrals", case.person.id)).await;
        assert_eq!(open.iter().filter(|one| one["state"] == "sent").count(), 1);
    });
}

#[test]
fn twenty_in_a_row_on_the_same_day_leave_one_in_force_and_no_day_without_one() {
    on_both(async |server| {
        let case = Case::new(server, Some(30)).await;
        let home = case.home();
        let mut path = case.oriented(&home, "socioprofessional").await;
        server.advance(chrono::TimeDelta::days(5));
        for _ in 0..20 {
            case.review(&path).await.expect(200);
            let decided = case.decide(&path, &home, "socioprofessional").await.expect(200);
            path = format!("/v1/orientations/{}", decided.id());
        }
        let all = case.orientations().await;
        assert_eq!(all.len(), 21);
        assert_in_one_line(&all);
    });
}

#[test]
fn of_twenty_who_are_decided_for_three_places_three_have_one_and_the_others_wait_in_their_order() {
    on_both(async |server| {
        let case = Case::new(server, Some(20)).await;
        let home = case.home();
        case.set_places(&home, 3).await;
        let mut paths = Vec::new();
        for _ in 0..20 {
            let person = case.another(20).await;
            let path = format!("/v1/orientations/{}", case.orientations_of(&person).await[0]["id"].as_str().unwrap());
            case.interview(&path).await.expect(200);
            case.propose(&path, &home, "socioprofessional").await.expect(200);
            paths.push(path);
        }
        let answers = join_all(paths.iter().map(|path| case.decide(path, &home, "socioprofessional"))).await;
        let decided: Vec<Value> = answers.into_iter().map(|answer| answer.expect(200).json()).collect();
        let in_force: Vec<&Value> = decided.iter().filter(|one| one["starts_on"].is_string()).collect();
        assert_eq!(in_force.len(), 3, "as many as there are places");
        // Two places more: two of those who wait have one, and nobody else.
        case.set_places(&home, 5).await;
        let own = |page: &Value| page["items"].as_array().unwrap().iter().find(|one| one["organisation_id"] == json!(home)).cloned().unwrap();
        let page = until(&case.manager, "/v1/places?accompaniment=socioprofessional", |page| own(page)["taken"] == json!(5)).await;
        assert_eq!((&own(&page)["free"], &own(&page)["waiting"]), (&json!(0), &json!(15)));
    });
}

#[test]
fn a_place_that_becomes_free_is_the_first_one_s_who_waits_and_not_that_of_who_comes() {
    on_both(async |server| {
        let case = Case::new(server, Some(20)).await;
        let home = case.home();
        case.set_places(&home, 0).await;
        let first = case.oriented(&home, "socioprofessional").await;
        server.advance(chrono::TimeDelta::seconds(1));
        let second = case.another(20).await;
        let second = case.orient(&second, &home, "socioprofessional").await;
        case.set_places(&home, 1).await;
        until(&case.manager, &first, |one| one["starts_on"].is_string()).await;
        assert!(case.manager.get(&second).await.expect(200).json()["waiting_since"].is_string());
        let third = case.another(20).await;
        let third = case.orient(&third, &home, "socioprofessional").await;
        assert!(case.manager.get(&third).await.expect(200).json()["waiting_since"].is_string());
        // Whoever waits may give up: the next one is first.
        case.close(&second).await.expect(200);
        case.set_places(&home, 2).await;
        until(&case.manager, &third, |one| one["starts_on"].is_string()).await;
    });
}
