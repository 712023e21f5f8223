//! The day's work: what is due, for whom, by when; and what a territory needs against what it is offered.

use api_tests::on_both;
use serde_json::{Value, json};

use super::Case;

/// What is due of the people of this case's territory.
async fn due(case: &Case<'_>, filter: &str) -> Vec<Value> {
    case.caseworker.list(&format!("/v1/deadlines?territory_id={}{filter}", case.territory)).await
}

#[test]
fn who_is_to_be_oriented_is_due_after_six_weeks_with_or_without_anybody_having_begun() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(43)).await);
        let soon = case.another(30).await;
        let oriented = case.another(20).await;
        case.orient(&oriented, &case.home(), "social").await;
        let all = due(&case, "").await;
        let [late, next] = all.as_slice() else { panic!("two: {all:#?}") };
        assert_eq!((&late["kind"], &late["due_on"], &late["overdue"]), (&json!("orientation"), &json!(given.day(-1)), &json!(true)));
        assert_eq!(late["person"]["beneficiary_id"], json!(case.person.id));
        assert!(late["legal_basis"].as_str().unwrap().contains("D262-65-2"));
        assert_eq!((&next["due_on"], &next["overdue"], &next["person"]["beneficiary_id"]), (&json!(given.day(12)), &json!(false), &json!(soon.id)));
        assert!(late["orientation_id"].is_string());
        // Without a row: whoever closes it by mistake does not make the duty go away.
        let path = format!("/v1/orientations/{}", late["orientation_id"].as_str().unwrap());
        case.manager.post(&format!("{path}/closure"), json!({"on": given.day(0), "reason": "mistake"})).await.expect(200);
        let all = due(&case, "&overdue=true").await;
        assert_eq!((all.len(), &all[0]["orientation_id"], &all[0]["overdue"]), (1, &Value::Null, &json!(true)));
        assert_eq!(due(&case, &format!("&due_before={}", given.day(12))).await.len(), 1, "before that day");
        assert_eq!(due(&case, &format!("&due_before={}", given.day(13))).await.len(), 2);
        assert_eq!(due(&case, "&overdue=false&kind=orientation").await.len(), 1);
        // Nobody else's caseworker sees them.
        let stranger = server.caseworker(&[&given.territory(&[]).await]).await;
        let elsewhere = stranger.list(&format!("/v1/deadlines?territory_id={}", case.territory)).await;
        assert_eq!(elsewhere, Vec::<Value>::new());
    });
}

#[test]
fn a_referral_that_nobody_answers_is_due_and_a_page_goes_on_where_the_last_ended() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let agency = given.organisation_of("pole_emploi").await;
        case.oriented(&agency, "common_law").await;
        for _ in 0..2 {
            case.another(20).await;
        }
        let all = due(&case, "").await;
        let kinds: Vec<&str> = all.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["orientation", "orientation", "referral_unanswered"]);
        let unanswered = &all[2];
        assert_eq!((&unanswered["due_on"], &unanswered["legal_basis"]), (&json!(given.day(30)), &Value::Null));
        assert_eq!((&unanswered["organisation_id"], unanswered["orientation_id"].is_string()), (&json!(agency), true));
        // One by one, in the same order.
        let mut pages = Vec::new();
        let mut path = format!("/v1/deadlines?territory_id={}&limit=1", case.territory);
        loop {
            let page = case.caseworker.get(&path).await.expect(200).json();
            pages.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/deadlines?territory_id={}&limit=1&cursor={cursor}", case.territory);
        }
        assert_eq!(pages, all);
        let machine = server.client(&agency, &["referrals:answer"]).await;
        machine
            .post(&format!("/v1/referrals/{}/refusal", unanswered["referral_id"].as_str().unwrap()), json!({"reason": "not_mobile"}))
            .await
            .expect(200);
        assert_eq!(due(&case, "&kind=referral_unanswered").await.len(), 0);
    });
}

#[test]
fn a_sheet_that_the_clock_closed_incomplete_is_due_until_its_last_late_mark() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        let sheet = given.sheet(2).await;
        let incomplete = async || {
            let all = manager.list("/v1/deadlines?kind=sheet_incomplete").await;
            all.into_iter().filter(|one| one["session_id"] == json!(sheet.session)).collect::<Vec<_>>()
        };
        assert_eq!(incomplete().await, Vec::<Value>::new(), "still open");
        server.advance(chrono::TimeDelta::days(45));
        let [one] = incomplete().await.try_into().unwrap();
        assert_eq!((&one["person"], &one["organisation_id"], &one["overdue"]), (&Value::Null, &json!(sheet.organisation), &json!(false)));
        // Marked, each of them, it is due no more.
        manager.put(&sheet.sheet_path(), sheet.all_present()).await;
        let client = server.client(&sheet.organisation, &["attendance:write", "sessions:read"]).await;
        let marked = client.put(&sheet.sheet_path(), sheet.all_present()).await;
        if marked.status == 200 {
            assert_eq!(incomplete().await, Vec::<Value>::new());
        }
    });
}

#[test]
fn a_territory_s_needs_stand_against_its_offer() {
    on_both(async |server| {
        let given = server.given();
        let case = Case::new(server, Some(10)).await;
        given.barrier(&case.person, "mobility_no_transport").await;
        let oriented = case.another(10).await;
        case.orient(&oriented, &case.home(), "social").await;
        let needs = case.caseworker.get(&format!("/v1/territories/{}/needs", case.territory)).await.expect(200).json();
        assert_eq!(needs["people"], json!([{"accompaniment": null, "people": 1}, {"accompaniment": "social", "people": 1}]));
        let barriers = needs["barriers"].as_array().unwrap();
        assert_eq!((barriers.len(), &barriers[0]["kind"], &barriers[0]["people"]), (1, &json!("mobility"), &json!(1)));
        assert_eq!(needs["offer"], json!([]));
        let before = case.caseworker.get(&format!("/v1/territories/{}/needs?at={}", case.territory, given.day(-11))).await.expect(200).json();
        assert_eq!(before["people"], json!([]), "nobody was subject to anything yet");
        // A territory whose communes have a group.
        let here = given.territory(&["87085"]).await;
        let sheet = given.sheet(2).await;
        let needs = case.manager.get(&format!("/v1/territories/{here}/needs")).await.expect(200).json();
        let offer = needs["offer"].as_array().unwrap();
        let (places, taken, free) = offer.iter().fold((0, 0, 0), |sum, one| {
            let of = |name: &str| one[name].as_i64().unwrap();
            (sum.0 + of("places"), sum.1 + of("taken"), sum.2 + of("free"))
        });
        assert!(places >= taken + free && taken >= 2, "{offer:?} of {}", sheet.group);
        server.auditor().await.get(&format!("/v1/territories/{here}/needs")).await.expect_problem(403, "FUNCTION_DENIED");
    });
}
