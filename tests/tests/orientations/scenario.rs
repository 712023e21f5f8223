//! A newcomer, interviewed, proposed one thing, decided another, referred to Pôle emploi, who asks for a reorientation, which waits for a
//! place that somebody else took, then has it: every step seen by those it concerns, and nobody else.

use api_tests::on_both;
use serde_json::{Value, json};

use super::Case;
use super::races::until;

#[test]
fn the_way_of_a_newcomer() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let stranger = server.caseworker(&[&given.territory(&[]).await]).await;
        // Being subject to the duties is enough to be oriented.
        let [opened] = case.orientations().await.try_into().unwrap();
        assert_eq!((&opened["state"], &opened["voluntary"]), (&json!("to_orient"), &json!(false)));
        assert!(opened["rsa_right_id"].is_string());
        let path = case.last().await;
        stranger.get(&path).await.expect_problem(404, "NOT_FOUND");

        // Interview: missed, then held.
        let missed = case.caseworker.post(&format!("{path}/interview"), json!({"on": given.day(-1), "outcome": "missed"})).await.expect(200).json();
        assert_eq!((&missed["state"], &missed["missed_interviews"]), (&json!("to_orient"), &json!(1)));
        assert_eq!(case.interview(&path).await.expect(200).json()["state"], "interview_planned");

        // Proposal: the criteria suggest the social track.
        let proposed = case.propose(&path, &case.home(), "social").await.expect(200).json();
        assert_eq!((&proposed["state"], &proposed["proposal"]["suggestion"]["accompaniment"]), (&json!("proposed"), &json!("social")));

        // A manager decides otherwise, and says why; a caseworker does not decide.
        let agency = given.organisation_of("pole_emploi").await;
        let machine = server.client(&agency, &["referrals:receive", "referrals:answer"]).await;
        let order = given.decision_order(&agency, "common_law");
        case.caseworker.post(&format!("{path}/decision"), order.clone()).await.expect_problem(403, "FUNCTION_DENIED");
        let unexplained = case.manager.post(&format!("{path}/decision"), order.clone()).await.expect(422);
        assert_eq!(unexplained.faults(), [("JUSTIFICATION_REQUIRED".to_owned(), "/reason".to_owned())]);
        let mut order = order;
        order["reason"] = json!("Une promesse d'embauche.");
        order["objective"] = json!("Préparer l'embauche.");
        let decided = case.manager.post(&format!("{path}/decision"), order).await.expect(200).json();
        let decision = &decided["decision"];
        assert_eq!((&decided["state"], &decided["starts_on"], &decided["ends_on"]), (&json!("decided"), &json!(given.day(0)), &Value::Null));
        assert_eq!(
            (&decision["follows_suggestion"], &decision["origin"], &decision["france_travail_code"]),
            (&json!(false), &json!("initial"), &json!("PED"))
        );
        assert_eq!(decision["france_travail_organisation"], "FT");
        let notified = json!({"notified_on": given.day(0), "means": "post", "appeal_stated": true});
        assert_eq!(case.manager.post(&format!("{path}/notification"), notified).await.expect(200).json()["state"], "notified");

        // Pôle emploi pulls the referral, and asks for another orientation with its reason.
        let feed = machine.get("/v1/referral-feed?after=beginning").await.expect(200).json();
        let [sent] = feed["items"].as_array().unwrap().as_slice() else { panic!("one event: {feed}") };
        assert_eq!((&sent["type"], &sent["referral"]["objective"]), (&json!("referral.sent"), &json!("Préparer l'embauche.")));
        assert_eq!(sent["referral"]["id"], decided["referral_id"]);
        let referral = format!("/v1/referrals/{}", sent["referral"]["id"].as_str().unwrap());
        // What belongs to an orientation is not taken back by itself.
        let cancelled = case.manager.post(&format!("{referral}/cancellation"), json!({"reason": "other"})).await;
        cancelled.expect_problem(409, "FOLLOWS_ORIENTATION");
        machine.post(&format!("{referral}/refusal"), json!({"reason": "not_mobile", "comment": "Sans véhicule."})).await.expect(200);
        let reviewed = case.caseworker.get(&path).await.expect(200).json();
        assert_eq!((&reviewed["state"], &reviewed["ends_on"]), (&json!("review"), &Value::Null), "the receiver stays the referent");
        assert_eq!((&reviewed["review"]["reason"], &reviewed["review"]["requested_by"]), (&json!("referral_refused"), &json!("referent")));
        machine.get(&path).await.expect_problem(403, "FUNCTION_DENIED");

        // Reorientation to socioprofessional: somebody else takes the last place first.
        case.set_places(&case.home(), 1).await;
        let other = case.another(10).await;
        let others = case.orient(&other, &case.home(), "socioprofessional").await;
        server.advance(chrono::TimeDelta::seconds(1));
        let waiting = case.decide(&path, &case.home(), "socioprofessional").await.expect(200).json();
        assert_ne!(waiting["id"], decided["id"], "an orientation of its own");
        assert_eq!((&waiting["former_id"], &waiting["state"], &waiting["starts_on"]), (&decided["id"], &json!("decided"), &Value::Null));
        assert_eq!((&waiting["warnings"], waiting["waiting_since"].is_string()), (&json!(["NO_PLACE_FREE"]), true));
        assert_eq!(case.manager.get(&path).await.expect(200).json()["ends_on"], Value::Null, "the former stays in force");
        let places = case.manager.get("/v1/places?accompaniment=socioprofessional").await.expect(200).json();
        let own = places["items"].as_array().unwrap().iter().find(|one| one["organisation_id"] == json!(case.home())).unwrap().clone();
        assert_eq!((&own["places"], &own["taken"], &own["free"], &own["waiting"]), (&json!(1), &json!(1), &json!(0), &json!(1)));

        // The place becomes free: it is theirs, from that day on.
        server.advance(chrono::TimeDelta::days(4));
        case.close(&others).await.expect(200);
        let waited = format!("/v1/orientations/{}", waiting["id"].as_str().unwrap());
        let seated = until(&case.manager, &waited, |one| one["waiting_since"].is_null()).await;
        assert_eq!((&seated["starts_on"], &seated["warnings"]), (&json!(given.day(0)), &json!([])));
        let former = case.manager.get(&path).await.expect(200).json();
        assert_eq!(
            (&former["state"], &former["starts_on"], &former["ends_on"]),
            (&json!("superseded"), &json!(given.day(-4)), &json!(given.day(-1)))
        );
        let referent = server.invite("caseworker", &case.home(), &[]).await;
        let active = case.caseworker.post(&format!("{waited}/acceptance"), json!({"referent_id": referent})).await.expect(200).json();
        assert_eq!((&active["state"], &active["referent"]["professional_id"]), (&json!("active"), &json!(referent)));
        let file = case.caseworker.get(&format!("/v1/beneficiaries/{}/file", case.person.id)).await.expect(200).json();
        let states: Vec<_> = file["orientations"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["active", "superseded"], "the newest first");
        assert_eq!(file["orientations"][0]["referent"], active["referent"]);
    });
}
