//! Each step towards, of and after a decision: what it answers, and what refuses it.

use api_tests::on_both;
use serde_json::{Value, json};

use super::Case;
use crate::referrals::assert_faults;

#[test]
fn duties_open_an_orientation_once() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        assert_eq!(case.orientations().await.len(), 1);
        let open = format!("/v1/beneficiaries/{}/orientations", case.person.id);
        case.caseworker.post(&open, json!({})).await.expect_problem(409, "ORIENTATION_PENDING");
        let path = case.oriented(&case.home(), "social").await;
        case.caseworker.post(&open, json!({"voluntary": true})).await.expect_problem(409, "ORIENTATION_IN_FORCE");
        case.close(&path).await.expect(200);
        server.advance(chrono::TimeDelta::days(1));
        let again = case.caseworker.post(&open, json!({})).await.expect(201);
        assert_eq!(again.header("location"), Some(format!("/v1/orientations/{}", again.id()).as_str()));
        // Somebody who is not subject to the duties has to ask for it.
        let free = given.person_in(&case.territory).await;
        let open = format!("/v1/beneficiaries/{}/orientations", free.id);
        case.caseworker.post(&open, json!({})).await.expect_problem(409, "NOT_SUBJECT_TO_DUTIES");
        assert_eq!(case.caseworker.post(&open, json!({"voluntary": true})).await.expect(201).json()["voluntary"], true);
    });
}

#[test]
fn a_suggestion_says_the_facts_it_used_in_french_and_in_english() {
    on_both(async |server| {
        let case = Case::new(server, Some(10)).await;
        let path = case.last().await;
        let suggestion = case.propose(&path, &case.home(), "social").await.expect(200).json()["proposal"]["suggestion"].clone();
        let expected = json!({"accompaniment": "social", "reasons": [
            {"fact": "activity", "value": "never", "text_fr": "Dernière activité : jamais", "text_en": "Last worked: never"},
            {
                "fact": "sees_work_or_training", "value": "false", "text_fr": "Ne se projette pas encore dans un emploi ou une formation",
                "text_en": "Does not see themselves at work or in training yet",
            },
            {"fact": "strong_barrier", "value": "housing", "text_fr": "Frein fort : logement", "text_en": "Strong barrier: housing"},
        ]});
        assert_eq!(suggestion, expected);
        let suggestion = case.propose(&path, &case.home(), "common_law").await.expect(200).json()["proposal"]["suggestion"].clone();
        assert_eq!((&suggestion["accompaniment"], suggestion["reasons"].as_array().unwrap().len()), (&json!("common_law"), 2));
        assert_eq!(suggestion["reasons"][1]["text_fr"], "Aucun frein n'a d'impact sur la recherche d'emploi");
    });
}

#[test]
fn a_proposal_has_all_four_blocks() {
    on_both(async |server| {
        let case = Case::new(server, Some(10)).await;
        let path = format!("{}/proposal", case.last().await);
        for block in ["employment", "qualification", "aspirations", "difficulties"] {
            let mut order = server.given().proposal_order(&case.home(), "social");
            order["criteria"].as_object_mut().unwrap().remove(block);
            case.caseworker.post(&path, order).await.expect(422);
        }
        let mut order = server.given().proposal_order(&case.home(), "social");
        order["criteria"]["difficulties"]["items"] = json!([{"kind": "health", "impact": "strong"}, {"kind": "health", "impact": "medium"}]);
        assert_faults(case.caseworker.post(&path, order).await, &[("DUPLICATE_ITEM", "/criteria/difficulties/items/1")]);
        let association = server.given().organisation().await;
        let order = server.given().proposal_order(&association, "socioprofessional");
        assert_faults(case.caseworker.post(&path, order).await, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
    });
}

#[test]
fn a_first_decision_follows_an_interview_and_a_proposal_unless_the_département_does_without_the_interview() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let path = case.last().await;
        case.decide(&path, &case.home(), "social").await.expect_problem(409, "INTERVIEW_REQUIRED");
        case.interview(&path).await.expect(200);
        case.decide(&path, &case.home(), "social").await.expect_problem(409, "PROPOSAL_REQUIRED");
        let other = case.another(10).await;
        let path = format!("/v1/orientations/{}", case.orientations_of(&other).await[0]["id"].as_str().unwrap());
        case.propose(&path, &case.home(), "social").await.expect(200);
        let setting = json!({"value": 0, "valid_from": given.day(0)});
        server.administrator().put("/v1/settings/orientation_interview_required", setting).await.expect(200);
        case.decide(&path, &case.home(), "social").await.expect(200);
    });
}

#[test]
fn after_six_weeks_france_travail_orients_and_a_manager_records_it() {
    on_both(async |server| {
        let in_time = Case::new(server, Some(42)).await;
        let agency = server.given().organisation_of("pole_emploi").await;
        let order = json!({"accompaniment": "common_law", "organisation_id": agency, "decided_by": "france_travail"});
        let refused = in_time.manager.post(&format!("{}/decision", in_time.last().await), order.clone()).await;
        assert_faults(refused, &[("ORIGIN_NOT_POSSIBLE", "/origin")]);
        let late = Case::new(server, Some(43)).await;
        let decided = late.manager.post(&format!("{}/decision", late.last().await), order).await.expect(200).json();
        assert_eq!((&decided["decision"]["origin"], &decided["decision"]["decided_by"]), (&json!("lapsed"), &json!("france_travail")));
        assert_eq!(decided["decision"]["follows_suggestion"], Value::Null);
    });
}

#[test]
fn between_the_social_track_and_a_professional_one_the_team_is_heard() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let path = case.oriented(&case.home(), "social").await;
        case.review(&path).await.expect(200);
        let agency = given.organisation_of("pole_emploi").await;
        case.decide(&path, &agency, "common_law").await.expect_problem(409, "TEAM_OPINION_REQUIRED");
        let asked = json!({"asked_on": given.day(0)});
        let answered = case.manager.post(&format!("{path}/opinion"), asked).await.expect(200).json();
        assert!(answered["review"]["opinion_deemed_on"].is_string() && answered["review"]["opinion"].is_null());
        case.decide(&path, &agency, "common_law").await.expect_problem(409, "TEAM_OPINION_REQUIRED");
        server.advance(chrono::TimeDelta::days(32));
        case.decide(&path, &agency, "common_law").await.expect(200);
    });
}

#[test]
fn a_review_ends_when_the_orientation_is_maintained_and_a_receiver_is_told_anew() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let agency = given.organisation_of("pole_emploi").await;
        let machine = server.client(&agency, &["referrals:receive", "referrals:answer"]).await;
        let path = case.oriented(&agency, "common_law").await;
        let referral = case.manager.get(&path).await.expect(200).field("referral_id");
        machine.post(&format!("/v1/referrals/{referral}/refusal"), json!({"reason": "not_mobile"})).await.expect(200);
        let maintained = case.manager.post(&format!("{path}/maintenance"), json!({"reason": "Une voiture est prêtée."})).await.expect(200).json();
        assert_eq!(
            (&maintained["state"], &maintained["review"], &maintained["maintained_on"]),
            (&json!("decided"), &Value::Null, &json!(given.day(0)))
        );
        assert_ne!(maintained["referral_id"], json!(referral));
        let anew = machine.get(&format!("/v1/referrals/{}", maintained["referral_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&anew["state"], &anew["objective"]), (&json!("sent"), &json!("Une voiture est prêtée.")));
        // Accepted this time, with its referent: the orientation is active.
        let referent = json!({"referent": {"last_name": "Conseil", "first_name": "Noa", "email": null, "phone": null}});
        machine.post(&format!("/v1/referrals/{}/acceptance", anew["id"].as_str().unwrap()), referent).await.expect(200);
        let active = case.caseworker.get(&path).await.expect(200).json();
        assert_eq!((&active["state"], &active["accepted_on"]), (&json!("active"), &json!(given.day(0))));
        // The end that the receiver tells is a request as well: nobody is left without a referent.
        let conclusion = json!({"conclusion": "completed", "ended_on": given.day(0)});
        machine.post(&format!("/v1/referrals/{}/outcome", anew["id"].as_str().unwrap()), conclusion).await.expect(200);
        let reviewed = case.caseworker.get(&path).await.expect(200).json();
        assert_eq!((&reviewed["state"], &reviewed["review"]["reason"]), (&json!("review"), &json!("accompaniment_ended")));
    });
}

#[test]
fn a_notification_states_the_ways_of_appeal_and_the_last_day_of_one() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let path = case.oriented(&case.home(), "social").await;
        let order = |stated: bool| json!({"notified_on": given.day(0), "means": "hand", "appeal_stated": stated});
        let notification = format!("{path}/notification");
        assert_faults(case.manager.post(&notification, order(false)).await, &[("APPEAL_TERMS_REQUIRED", "/appeal_stated")]);
        let notified = case.manager.post(&notification, order(true)).await.expect(200).json();
        let until = server.today().plus_months(2).to_string();
        assert_eq!(notified["notification"]["appeal_until"], json!(until));
        assert_eq!(case.manager.post(&notification, order(true)).await.expect(200).json()["version"], notified["version"], "the same again");
    });
}

#[test]
fn a_closure_is_coded_and_ends_the_referral() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let agency = given.organisation_of("pole_emploi").await;
        let machine = server.client(&agency, &["referrals:receive"]).await;
        let path = case.oriented(&agency, "common_law").await;
        let closed = case.close(&path).await.expect(200).json();
        let expected = json!({"on": given.day(0), "reason": "job_over_6_months", "positive": true});
        assert_eq!((&closed["state"], &closed["closure"], &closed["ends_on"]), (&json!("closed"), &expected, &json!(given.day(0))));
        let referral = machine.get(&format!("/v1/referrals/{}", closed["referral_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&referral["state"], &referral["reason"]), (&json!("cancelled"), &json!("orientation_changed")));
        assert_eq!(case.close(&path).await.expect(200).json()["version"], closed["version"], "the same again");
        case.review(&path).await.expect_problem(409, "ORIENTATION_STATE");
    });
}

#[test]
fn a_delegate_sees_whom_its_orientation_names_and_names_its_own_referent() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let plie = given.organisation_of("plie").await;
        let order = json!({"accompaniments": ["socioprofessional"], "starts_on": given.day(0), "ends_on": null});
        server.administrator().post(&format!("/v1/organisations/{plie}/delegations"), order).await.expect(201);
        let delegate_id = server.invite("caseworker", &plie, &[]).await;
        let delegate = server.professional("delegate", &delegate_id);
        let person = format!("/v1/beneficiaries/{}", case.person.id);
        delegate.get(&person).await.expect_problem(404, "NOT_FOUND");
        let path = case.oriented(&plie, "socioprofessional").await;
        delegate.get(&person).await.expect(200);
        let shown = delegate.get(&path).await.expect(200).json();
        assert_eq!(shown["decision"]["france_travail_organisation"], "DCD");
        let acceptance = format!("{path}/acceptance");
        delegate.post(&acceptance, json!({"referent_id": delegate_id})).await.expect_problem(409, "FOLLOWS_REFERRAL");
        let partner = server.client(&plie, &["referrals:receive", "referrals:answer"]).await;
        let referent = json!({"referent": {"last_name": "Du Plie", "first_name": "Noa", "email": null, "phone": null}});
        partner.post(&format!("/v1/referrals/{}/acceptance", shown["referral_id"].as_str().unwrap()), referent).await.expect(200);
        let named = delegate.post(&acceptance, json!({"referent_id": delegate_id})).await.expect(200).json();
        assert_eq!(named["referent"]["professional_id"], json!(delegate_id));
        // Elsewhere from the next day on: seen no more.
        server.advance(chrono::TimeDelta::days(1));
        case.review(&path).await.expect(200);
        case.decide(&path, &case.home(), "socioprofessional").await.expect(200);
        delegate.get(&person).await.expect_problem(404, "NOT_FOUND");
    });
}

#[test]
fn two_files_that_are_both_oriented_are_not_merged() {
    on_both(async |server| {
        let case = Case::new(server, Some(10)).await;
        let other = case.another(10).await;
        let merge = json!({"duplicate_id": other.id, "duplicate_version": 1, "reason": "La même personne."});
        let path = format!("/v1/beneficiaries/{}/merge", case.person.id);
        // Each has a right, which clashes first.
        case.manager.post(&path, merge.clone()).await.expect_problem(409, "RIGHT_OVERLAPS");
        let [one, two] = [server.given().person_in(&case.territory).await, server.given().person_in(&case.territory).await];
        for person in [&one, &two] {
            server.given().orientation(person).await;
        }
        let merge = |duplicate: &str| json!({"duplicate_id": duplicate, "duplicate_version": 1, "reason": "La même personne."});
        case.manager.post(&format!("/v1/beneficiaries/{}/merge", one.id), merge(&two.id)).await.expect_problem(409, "MERGE_CONFLICT");
        let blank = server.given().person_in(&case.territory).await;
        case.manager.post(&format!("/v1/beneficiaries/{}/merge", blank.id), merge(&two.id)).await.expect(200);
        assert_eq!(case.orientations_of(&blank).await.len(), 1, "it moved");
    });
}

#[test]
fn a_portfolio_above_the_usual_deserves_a_look() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let setting = json!({"value": 1, "valid_from": given.day(0)});
        server.administrator().put("/v1/settings/referent_portfolio", setting).await.expect(200);
        let referent = server.invite("caseworker", &case.home(), &[]).await;
        let another = case.another(10).await;
        for person in [&case.person, &another] {
            let path = case.orient(person, &case.home(), "social").await;
            case.manager.post(&format!("{path}/acceptance"), json!({"referent_id": referent})).await.expect(200);
        }
        let all = case.manager.list("/v1/portfolios").await;
        let own = all.iter().find(|one| one["professional_id"] == json!(referent)).unwrap();
        assert_eq!((&own["people"], &own["usual"], &own["is_above"]), (&json!(2), &json!(1), &json!(true)));
    });
}

#[test]
fn while_an_orientation_waits_for_a_place_nothing_follows_it_but_its_end() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        case.set_places(&case.home(), 0).await;
        let path = case.oriented(&case.home(), "socioprofessional").await;
        let waiting = case.manager.get(&path).await.expect(200);
        assert!(waiting.json()["waiting_since"].is_string());
        let referent = server.invite("caseworker", &case.home(), &[]).await;
        case.decide(&path, &case.home(), "social").await.expect_problem(409, "ORIENTATION_WAITS");
        case.review(&path).await.expect_problem(409, "ORIENTATION_WAITS");
        case.interview(&path).await.expect_problem(409, "ORIENTATION_WAITS");
        case.propose(&path, &case.home(), "social").await.expect_problem(409, "ORIENTATION_WAITS");
        for (step, order) in [
            ("notification", json!({"notified_on": given.day(0), "means": "hand", "appeal_stated": true})),
            ("acceptance", json!({"referent_id": referent})),
            ("extension", json!({"grounds": ["housing"]})),
            ("opinion", json!({"asked_on": given.day(0)})),
            ("maintenance", json!({"reason": "Rien n'a changé."})),
        ] {
            case.manager.post(&format!("{path}/{step}"), order).await.expect_problem(409, "ORIENTATION_WAITS");
        }
        assert_eq!(case.manager.get(&path).await.expect(200).text(), waiting.text());
        assert_eq!(case.close(&path).await.expect(200).json()["waiting_since"], Value::Null);
    });
}

#[test]
fn only_the_social_track_is_reviewed_later() {
    on_both(async |server| {
        let case = Case::new(server, Some(10)).await;
        let path = case.oriented(&case.home(), "socioprofessional").await;
        let decided = case.manager.get(&path).await.expect(200).text();
        let extension = json!({"grounds": ["housing"]});
        case.caseworker.post(&format!("{path}/extension"), extension).await.expect_problem(409, "SOCIAL_TRACK_ONLY");
        assert_eq!(case.manager.get(&path).await.expect(200).text(), decided);
    });
}

#[test]
fn what_the_team_thinks_goes_with_the_day_it_said_so() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let path = case.oriented(&case.home(), "social").await;
        let reviewed = case.review(&path).await.expect(200).text();
        let asked_on = given.day(0);
        for half in [json!({"asked_on": asked_on, "opinion": "maintain"}), json!({"asked_on": asked_on, "given_on": asked_on})] {
            assert_faults(case.manager.post(&format!("{path}/opinion"), half).await, &[("OPINION_MISMATCH", "/given_on")]);
        }
        assert_eq!(case.manager.get(&path).await.expect(200).text(), reviewed);
    });
}

#[test]
fn a_decision_that_was_a_mistake_is_put_right_the_same_day() {
    on_both(async |server| {
        let case = Case::new(server, Some(10)).await;
        let mistaken = case.oriented(&case.home(), "social").await;
        let mistake = json!({"on": server.given().day(0), "reason": "mistake"});
        case.manager.post(&format!("{mistaken}/closure"), mistake).await.expect(200);
        server.advance(chrono::TimeDelta::milliseconds(1));
        case.caseworker.post(&format!("/v1/beneficiaries/{}/orientations", case.person.id), json!({})).await.expect(201);
        let right = case.oriented(&case.home(), "socioprofessional").await;
        let days = [&mistaken, &right].map(async |path: &String| case.manager.get(path).await.expect(200).json()["starts_on"].clone());
        let [before, after] = days;
        assert_eq!((before.await, after.await), (json!(server.given().day(0)), json!(server.given().day(0))));
    });
}
