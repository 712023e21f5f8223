//! A person is oriented, signs, comes to a workshop, has a barrier lifted, signs an amendment; attendance is corrected late; the contract is
//! renewed. What was known on four days stays what it was, and the figures are those of a hand count.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Signing;
use crate::people::merge;

#[test]
fn the_way_of_a_contract() {
    on_both(async |server| {
        let (given, signing) = (server.given(), Signing::new(server).await);
        let person = &signing.case.person;
        let (caseworker, manager) = (&signing.case.caseworker, &signing.case.manager);
        // Five half-days of three hours: today and the four days that follow.
        let association = given.organisation().await;
        let action = given.action(&association).await;
        let group = given.group(&action).await;
        let seat = json!({"beneficiary_id": person.id, "starts_on": given.day(0), "status_at_entry": "rsa"});
        let enrolment = manager.post(&format!("/v1/groups/{group}/enrolments"), seat).await.expect(201).id();
        let mut sessions = Vec::new();
        for day in 0..5 {
            sessions.push(given.session(&group, &given.day(day)).await);
        }
        let barrier = given.barrier(person, "mobility_no_licence").await;

        // Drawn up, completed, submitted, signed by both, validated.
        let mut terms = signing.terms();
        terms["commitments"][0]["action_id"] = json!(action);
        terms["commitments"][1]["barrier_id"] = json!(barrier);
        terms["barrier_ids"] = json!([barrier]);
        let mut incomplete = terms.clone();
        incomplete["weekly_hours"] = Value::Null;
        let path = signing.drawn_up(incomplete).await;
        let draft = caseworker.get(&path).await.expect(200).json();
        assert_eq!((&draft["state"], &draft["kind"], &draft["missing"]), (&json!("draft"), &json!("engagement_contract"), &json!(["hours"])));
        signing.submit(&path).await.expect_problem(409, "CONTRACT_INCOMPLETE");
        caseworker.edit(&path, terms.clone()).await.expect(200);
        let signed = signing.brought_in_force(&path).await;
        assert_eq!((&signed["state"], &signed["edition"]["number"], &signed["rank"]), (&json!("in_force"), &json!(1), &json!(1)));
        assert_eq!(signed["starts_on"], json!(given.day(0)));

        // An interview of 45 minutes goes with it. Each half-day is marked on the day after.
        let mark = async |session: usize, mut order: Value| {
            order["enrolment_id"] = json!(enrolment);
            manager.put(&format!("/v1/sessions/{}/attendance", sessions[session]), json!({"marks": [order]})).await.expect(200);
        };
        let interview = json!({"kind": "interview", "theme": "mobility", "occurred_on": given.day(0), "minutes": 45, "framework": "insertion"});
        caseworker.post(&format!("/v1/beneficiaries/{}/interventions", person.id), interview).await.expect(201);
        let days: Vec<String> = (-1..7).map(|day| given.day(day)).collect();
        let at = async |day: usize| signing.synthesis(&path, Some(&days[day + 1])).await.expect(200).json();
        let hours = |promised: i64, credited: i64, half_days: i64| json!({"promised_minutes": promised, "credited_minutes": credited, "half_days": half_days, "intervention_minutes": 45});
        let refused = signing.synthesis(&path, Some(&days[1])).await.expect_problem(400, "INVALID_PARAMETER");
        assert_eq!(refused.json()["errors"][0]["code"], "DAY_NOT_SETTLED");

        // Day 1: present on the first day. Day 2: present on the second; the barrier is lifted.
        server.advance(TimeDelta::days(1));
        let refused = signing.synthesis(&path, Some(&days[0])).await.expect_problem(400, "INVALID_PARAMETER");
        assert_eq!(refused.json()["errors"][0]["code"], "DAY_TOO_EARLY", "it was not drawn up yet");
        mark(0, json!({"status": "present"})).await;
        server.advance(TimeDelta::days(1));
        mark(1, json!({"status": "present"})).await;
        let lifted = json!({"resolved_on": given.day(0), "outcome": "resolved"});
        caseworker.post(&format!("/v1/barriers/{barrier}/resolution"), lifted).await.expect(200);
        let first = at(1).await;
        // Two days of fifteen hours a week: 2 × 900 / 7 minutes, rounded down.
        assert_eq!((&at(0).await["hours"], &first["hours"]), (&hours(128, 0, 0), &hours(257, 180, 1)));
        let status = |synthesis: &Value, key: &str| {
            let one = synthesis["commitments"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap().clone();
            (one["status"].as_str().unwrap().to_owned(), one["stated"].as_bool().unwrap())
        };
        assert_eq!(status(&first, "workshop"), ("in_progress".to_owned(), false));
        assert_eq!(status(&first, "licence"), ("planned".to_owned(), false));

        // Day 3: missed the third day; an amendment asks for twenty hours from now on.
        server.advance(TimeDelta::days(1));
        mark(2, json!({"status": "absent_unexcused"})).await;
        let second = at(2).await;
        assert_eq!((&second["hours"], status(&second, "licence")), (&hours(385, 360, 2), ("done".to_owned(), false)));
        let mut amended = terms.clone();
        amended["weekly_hours"] = json!(20);
        let amendment = json!({"reason": "Un rythme plus soutenu.", "terms": amended});
        let drawn_up = caseworker.post(&format!("{path}/amendments"), amendment).await.expect(200).json();
        assert_eq!((&drawn_up["state"], &drawn_up["amendment"]["number"]), (&json!("in_force"), &json!(2)));
        let signed = signing.brought_in_force(&path).await;
        assert_eq!((&signed["edition"]["number"], &signed["amendment"]), (&json!(2), &Value::Null));
        let editions = caseworker.get(&format!("{path}/editions")).await.expect(200).items();
        let weekly: Vec<_> = editions.iter().map(|edition| edition["terms"]["weekly_hours"].clone()).collect();
        assert_eq!(weekly, [json!(15), json!(20)], "the first stays as it was signed");

        // Day 4: an hour late on the fourth. Day 5: the absence of the third day was a mistake of the sheet.
        server.advance(TimeDelta::days(1));
        mark(3, json!({"status": "late", "minutes": 120})).await;
        server.advance(TimeDelta::days(1));
        let third = at(4).await;
        // Three days of 15 hours and two of 20, by 7: (3 × 900 + 2 × 1200) / 7.
        assert_eq!((&third["hours"], &third["actions"][0]["unexcused"]), (&hours(728, 480, 3), &json!(1)));
        mark(2, json!({"status": "present"})).await;
        let live = signing.synthesis(&path, None).await.expect(200).json();
        assert_eq!((&live["hours"], &live["known_before"], &live["edition"]), (&hours(900, 660, 4), &Value::Null, &json!(2)));

        // The same days say the same, whatever was corrected since; the day of the correction knows it, once it is over.
        server.advance(TimeDelta::days(1));
        assert_eq!((at(1).await, at(2).await, at(4).await), (first, second, third));
        assert_eq!((&at(3).await["hours"], &at(5).await["hours"]), (&hours(557, 360, 2), &live["hours"]));

        // What is written in no contract is one call away: this one is.
        let unwritten = format!("/v1/beneficiaries/{}/interventions?in_contract=false", person.id);
        assert!(caseworker.list(&unwritten).await.is_empty());
        let before = json!({"kind": "home_visit", "theme": "housing", "occurred_on": given.day(-20), "framework": "insertion"});
        let before = caseworker.post(&format!("/v1/beneficiaries/{}/interventions", person.id), before).await.expect(201).id();
        let found: Vec<_> = caseworker.list(&unwritten).await.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(found, [json!(before)]);

        // Renewed: the former ends on the eve of the new one.
        let mut renewed = terms;
        renewed["starts_on"] = json!(given.day(0));
        renewed["assessed_on"] = json!(given.day(0));
        renewed["review_on"] = json!(given.day(60));
        let renewal = caseworker.post(&format!("{path}/renewal"), renewed).await.expect(201);
        let next = format!("/v1/contracts/{}", renewal.id());
        assert_eq!((renewal.field("former_id"), renewal.json()["rank"].clone()), (path.rsplit('/').next().unwrap().to_owned(), json!(2)));
        assert_eq!(caseworker.get(&path).await.expect(200).json()["state"], "in_force", "until the new one is validated");
        assert_eq!(signing.brought_in_force(&next).await["state"], "in_force");
        let former = caseworker.get(&path).await.expect(200).json();
        assert_eq!((&former["state"], &former["ends_on"]), (&json!("renewed"), &json!(given.day(-1))));
        let file = caseworker.get(&format!("/v1/beneficiaries/{}/file", person.id)).await.expect(200).json();
        let stand: Vec<_> = file["contracts"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
        assert_eq!(stand, ["in_force", "renewed"], "the newest first");
    });
}

#[test]
fn a_merge_changes_nothing_of_what_was_known() {
    on_both(async |server| {
        let (given, signing) = (server.given(), Signing::new(server).await);
        let (case, path) = (&signing.case, signing.in_force().await);
        let interview = |note: &str| {
            let on = given.day(0);
            json!({"kind": "interview", "theme": "mobility", "occurred_on": on, "minutes": 30, "framework": "insertion", "note": note})
        };
        let interventions = |person: &str| format!("/v1/beneficiaries/{person}/interventions");
        case.caseworker.post(&interventions(&case.person.id), interview("Avant.")).await.expect(201);
        // The same person under another file, with an interview of the same day.
        let survivor = given.person_in(&case.territory).await;
        case.caseworker.post(&interventions(&survivor.id), interview("Ailleurs.")).await.expect(201);
        server.advance(TimeDelta::days(1));
        let day = given.day(-1);
        let before = signing.synthesis(&path, Some(&day)).await.expect(200).json();
        assert_eq!((before["interventions"].as_array().unwrap().len(), &before["beneficiary_id"]), (1, &json!(case.person.id)));
        merge(&case.manager, &survivor, &case.person).await.expect(200);
        assert_eq!(signing.synthesis(&path, Some(&day)).await.expect(200).json(), before, "the other file was not theirs then");
        let live = signing.synthesis(&path, None).await.expect(200).json();
        assert_eq!((live["interventions"].as_array().unwrap().len(), live["hours"]["intervention_minutes"].clone()), (2, json!(60)), "now it is");
        server.advance(TimeDelta::days(1));
        let after = signing.synthesis(&path, Some(&given.day(-1))).await.expect(200).json();
        assert_eq!(after["interventions"].as_array().unwrap().len(), 2);
    });
}
