//! Each step of a contract: what it answers, what refuses it, who may take it.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Signing;
use crate::orientations::Case;
use crate::people::merge;
use crate::referrals::assert_faults;
use crate::table::ABSENT;

#[test]
fn a_contract_rests_on_an_orientation_of_those_whose_contracts_the_departement_makes() {
    on_both(async |server| {
        let given = server.given();
        let case = Case::new(server, Some(10)).await;
        let path = format!("/v1/beneficiaries/{}/contracts", case.person.id);
        case.caseworker.post(&path, given.contract_terms()).await.expect_problem(409, "CONTRACT_NEEDS_ORIENTATION");
        let agency = given.organisation_of("pole_emploi").await;
        case.oriented(&agency, "common_law").await;
        case.caseworker.post(&path, given.contract_terms()).await.expect_problem(409, "CONTRACT_ELSEWHERE");
    });
}

#[test]
fn what_a_contract_says_is_checked_place_by_place() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let mut terms = signing.terms();
        terms["months"] = json!(5);
        terms["weekly_hours"] = json!(10);
        terms["objectives"][0]["theme"] = json!("luck");
        terms["commitments"][1]["objective"] = json!("nothing");
        terms["commitments"][0]["action_id"] = json!("01890000-0000-7000-8000-000000000000");
        terms["barrier_ids"] = json!(["01890000-0000-7000-8000-000000000000"]);
        let faults = signing.draw_up(terms).await.expect(422).faults();
        let expected = [
            ("OUT_OF_BOUNDS", "/months"),
            ("JUSTIFICATION_REQUIRED", "/hours_reason"),
            ("CODE_UNKNOWN", "/objectives/0/theme"),
            ("ACTION_UNKNOWN", "/commitments/0/action_id"),
            ("OBJECTIVE_UNKNOWN", "/commitments/1/objective"),
            ("BARRIER_UNKNOWN", "/barrier_ids/0"),
        ];
        assert_eq!(faults, expected.map(|(code, place)| (code.to_owned(), place.to_owned())));
        let mut terms = signing.terms();
        terms["weekly_hours"] = json!(10);
        terms["hours_reason"] = json!("Un emploi à temps partiel.");
        signing.draw_up(terms).await.expect(201);
    });
}

#[test]
fn what_was_signed_stays_and_what_was_submitted_is_a_draft_again_when_it_is_edited() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let path = signing.drawn_up(signing.terms()).await;
        signing.validate(&path).await.expect_problem(409, "CONTRACT_STATE");
        signing.sign(&path, "beneficiary").await.expect_problem(409, "CONTRACT_STATE");
        assert_eq!(signing.submit(&path).await.expect(200).json()["state"], "awaiting_signature");
        assert_eq!(signing.submit(&path).await.expect(200).json()["version"], 2, "submitted once");
        let edited = signing.case.caseworker.edit(&path, signing.terms()).await.expect(200).json();
        assert_eq!((&edited["state"], &edited["edition"]["submitted_at"]), (&json!("draft"), &Value::Null));
        signing.submit(&path).await.expect(200);
        signing.sign(&path, "beneficiary").await.expect(200);
        let again = signing.sign(&path, "beneficiary").await.expect(200).json();
        assert_eq!((&again["version"], again["edition"]["signatures"].as_array().unwrap().len()), (&json!(5), 1), "signed once");
        signing.case.caseworker.edit(&path, signing.terms()).await.expect_problem(409, "CONTRACT_SIGNED");
        let refusal = json!({"refused_on": server.given().day(0)});
        signing.case.caseworker.post(&format!("{path}/refusal"), refusal).await.expect_problem(409, "CONTRACT_SIGNED");
        signing.validate(&path).await.expect_problem(409, "SIGNATURE_MISSING");
        signing.sign(&path, "organisation").await.expect(200);
        assert_eq!(signing.validate(&path).await.expect(200).json()["state"], "in_force");
        signing.draw_up(signing.terms()).await.expect_problem(409, "CONTRACT_IN_FORCE");
    });
}

#[test]
fn the_person_may_refuse_and_a_draft_may_be_given_up() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let given = server.given();
        let path = signing.drawn_up(signing.terms()).await;
        let refusal = json!({"refused_on": given.day(0), "comment": "Pas maintenant."});
        signing.case.caseworker.post(&format!("{path}/refusal"), refusal.clone()).await.expect_problem(409, "CONTRACT_STATE");
        signing.submit(&path).await.expect(200);
        let refused = signing.case.caseworker.post(&format!("{path}/refusal"), refusal).await.expect(200).json();
        assert_eq!((&refused["state"], &refused["ending"]["on"], &refused["starts_on"]), (&json!("refused"), &json!(given.day(0)), &Value::Null));
        let path = signing.drawn_up(signing.terms()).await;
        let cancelled = signing.case.caseworker.post(&format!("{path}/cancellation"), json!({})).await.expect(200).json();
        assert_eq!((&cancelled["state"], &cancelled["rank"]), (&json!("cancelled"), &json!(1)));
        let again = signing.case.caseworker.post(&format!("{path}/cancellation"), json!({})).await.expect(200).json();
        assert_eq!(again["version"], cancelled["version"]);
        signing.in_force().await;
    });
}

#[test]
fn an_amendment_that_is_refused_or_given_up_leaves_the_contract_as_it_was() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let path = signing.in_force().await;
        let amend = async || {
            let mut terms = signing.terms();
            terms["weekly_hours"] = json!(25);
            let order = json!({"reason": "Un rythme plus soutenu.", "terms": terms});
            signing.case.caseworker.post(&format!("{path}/amendments"), order).await
        };
        amend().await.expect(200);
        amend().await.expect_problem(409, "CONTRACT_PENDING");
        let given_up = signing.case.caseworker.post(&format!("{path}/cancellation"), json!({})).await.expect(200).json();
        assert_eq!((&given_up["state"], &given_up["amendment"]), (&json!("in_force"), &Value::Null));
        amend().await.expect(200);
        signing.submit(&path).await.expect(200);
        let refusal = json!({"refused_on": server.given().day(0)});
        let refused = signing.case.caseworker.post(&format!("{path}/refusal"), refusal).await.expect(200).json();
        assert_eq!((&refused["state"], &refused["amendment"], &refused["ending"]), (&json!("in_force"), &Value::Null, &Value::Null));
        assert_eq!(refused["edition"]["terms"]["weekly_hours"], 15);
        let mut terms = signing.terms();
        terms["starts_on"] = json!(server.given().day(-1));
        let moved = json!({"reason": "Plus tôt.", "terms": terms});
        let faults = signing.case.caseworker.post(&format!("{path}/amendments"), moved).await.expect(422).faults();
        assert_eq!(faults, [("FIRST_DAY_STAYS".to_owned(), "/terms/starts_on".to_owned())]);
    });
}

#[test]
fn a_contract_is_reviewed_its_commitments_are_told_and_it_may_end_early() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let (given, path) = (server.given(), signing.in_force().await);
        let by = &signing.case.caseworker;
        let review = json!({"reviewed_on": given.day(0), "conclusion": "continue", "next_review_on": given.day(30)});
        let reviewed = by.post(&format!("{path}/review"), review.clone()).await.expect(200).json();
        assert_eq!((&reviewed["review_due_on"], &reviewed["reviews"][0]["conclusion"]), (&json!(given.day(30)), &json!("continue")));
        assert_eq!(by.post(&format!("{path}/review"), review).await.expect(200).json()["version"], reviewed["version"]);

        let progress = json!({"commitment": "licence", "status": "in_progress", "on": given.day(0), "comment": "Dossier déposé."});
        by.post(&format!("{path}/progress"), progress).await.expect(200);
        let unknown = json!({"commitment": "nothing", "status": "done", "on": given.day(0)});
        let faults = by.post(&format!("{path}/progress"), unknown).await.expect(422).faults();
        assert_eq!(faults, [("COMMITMENT_UNKNOWN".to_owned(), "/commitment".to_owned())]);
        let synthesis = signing.synthesis(&path, None).await.expect(200).json();
        let told = &synthesis["commitments"][1];
        assert_eq!((&told["status"], &told["stated"], &told["comment"]), (&json!("in_progress"), &json!(true), &json!("Dossier déposé.")));

        server.advance(TimeDelta::days(2));
        let order = json!({"on": given.day(-1), "reason": "employment"});
        let ended = by.post(&format!("{path}/termination"), order.clone()).await.expect(200).json();
        assert_eq!(
            (&ended["state"], &ended["ends_on"], &ended["ending"]["reason"]),
            (&json!("terminated"), &json!(given.day(-1)), &json!("employment"))
        );
        assert_eq!(by.post(&format!("{path}/termination"), order).await.expect(200).json()["version"], ended["version"]);
        by.post(&format!("{path}/renewal"), signing.terms()).await.expect_problem(409, "CONTRACT_STATE");
        let next = signing.drawn_up(signing.terms()).await;
        assert_eq!(signing.brought_in_force(&next).await["rank"], 2);
    });
}

#[test]
fn a_contract_of_the_old_law_is_validated_by_a_manager_and_is_to_be_converted() {
    on_both(async |server| {
        let given = server.given();
        let case = Case::new(server, Some(10)).await;
        let path = case.last().await;
        case.caseworker.post(&format!("{path}/interview"), json!({"on": "2024-10-28", "outcome": "held"})).await.expect(200);
        case.propose(&path, &case.home(), "social").await.expect(200);
        let mut order = given.decision_order(&case.home(), "social");
        order["decided_on"] = json!("2024-11-04");
        order["origin"] = json!("initial");
        order["reason"] = json!("Reprise du dossier papier.");
        case.manager.post(&format!("{path}/decision"), order).await.expect(200);
        given.readiness(&case.person).await;
        let terms = json!({
            "starts_on": "2024-12-02", "months": 12,
            "objectives": [{"key": "housing", "theme": "housing", "text": "Garder son logement."}],
            "commitments": [{"key": "budget", "party": "beneficiary", "kind": "support", "text": "Tenir un budget."}],
        });
        let contracts = format!("/v1/beneficiaries/{}/contracts", case.person.id);
        let drawn_up = case.caseworker.post(&contracts, terms).await.expect(201);
        assert_eq!((drawn_up.json()["kind"].clone(), drawn_up.json()["missing"].clone()), (json!("cer"), json!([])), "no hours were asked for then");
        let path = format!("/v1/contracts/{}", drawn_up.id());
        case.caseworker.command(&format!("{path}/submission")).await.expect(200);
        for party in ["beneficiary", "organisation"] {
            let order = json!({"party": party, "signed_on": "2024-12-02", "means": "paper"});
            case.caseworker.post(&format!("{path}/signatures"), order).await.expect(200);
        }
        let validation = json!({"validated_on": "2024-12-05"});
        case.caseworker.post(&format!("{path}/validation"), validation.clone()).await.expect_problem(403, "VALIDATION_RESERVED");
        let validated = case.manager.post(&format!("{path}/validation"), validation).await.expect(200).json();
        assert_eq!((&validated["state"], &validated["ends_on"]), (&json!("expired"), &json!("2025-12-01")), "by the clock");
        let due = format!("/v1/deadlines?kind=contract_conversion&territory_id={}", case.territory);
        let [to_convert] = case.caseworker.list(&due).await.try_into().unwrap();
        assert_eq!((&to_convert["due_on"], &to_convert["contract_id"]), (&json!("2026-12-31"), &validated["id"]));

        // Converted: an engagement contract takes its place.
        let renewal = case.caseworker.post(&format!("{path}/renewal"), given.contract_terms()).await.expect(201);
        assert_eq!((renewal.field("kind"), renewal.json()["rank"].clone()), ("engagement_contract".to_owned(), json!(2)));
        let signing = Signing { case };
        signing.brought_in_force(&format!("/v1/contracts/{}", renewal.id())).await;
        assert!(signing.case.caseworker.list(&due).await.is_empty());
        let former = signing.case.caseworker.get(&path).await.expect(200).json();
        assert_eq!((&former["state"], &former["ends_on"]), (&json!("renewed"), &json!("2025-12-01")), "its own last day");
    });
}

#[test]
fn a_delegate_writes_contracts_with_whom_it_accompanies_and_nobody_else_sees_them() {
    on_both(async |server| {
        let given = server.given();
        let case = Case::new(server, Some(10)).await;
        let plie = given.organisation_of("plie").await;
        given.delegation_of(&plie, "socioprofessional").await;
        case.oriented(&plie, "socioprofessional").await;
        let referent = server.professional("delegate", &server.invite("caseworker", &plie, &[]).await);
        let terms = given.contract_terms();
        let contracts = format!("/v1/beneficiaries/{}/contracts", case.person.id);
        let assessed = json!({"able": true, "assessed_on": given.day(0)});
        referent.post(&format!("/v1/beneficiaries/{}/readiness", case.person.id), assessed).await.expect(201);
        let path = format!("/v1/contracts/{}", referent.post(&contracts, terms).await.expect(201).id());
        let stranger = server.caseworker(&[&given.territory(&[]).await]).await;
        stranger.get(&path).await.expect_problem(404, "NOT_FOUND");
        stranger.get(&format!("{path}/synthesis")).await.expect_problem(404, "NOT_FOUND");
        referent.command(&format!("{path}/submission")).await.expect(200);
        for party in ["beneficiary", "organisation"] {
            let order = json!({"party": party, "signed_on": given.day(0), "means": "electronic"});
            referent.post(&format!("{path}/signatures"), order).await.expect(200);
        }
        case.caseworker.post(&format!("{path}/validation"), json!({})).await.expect_problem(403, "VALIDATION_RESERVED");
        assert_eq!(referent.post(&format!("{path}/validation"), json!({})).await.expect(200).json()["state"], "in_force");
        // What the social service does at large is not the delegate's to read in a synthesis either.
        let by = server.invite("caseworker", &server.department(), &[]).await;
        for framework in ["sector_general_practice", "insertion"] {
            let order = json!({
                "kind": "interview", "theme": "mobility", "occurred_on": given.day(0), "minutes": 30, "professional_id": by, "framework": framework,
            });
            case.manager.post(&format!("/v1/beneficiaries/{}/interventions", case.person.id), order).await.expect(201);
        }
        let seen = async |who: &api_tests::Client| {
            let synthesis = who.get(&format!("{path}/synthesis")).await.expect(200).json();
            synthesis["interventions"].as_array().unwrap().len()
        };
        assert_eq!((seen(&referent).await, seen(&case.manager).await), (1, 2));
    });
}

#[test]
fn two_files_that_both_have_a_contract_under_way_are_not_merged() {
    on_both(async |server| {
        let (one, other) = (Case::new(server, None).await, Case::new(server, None).await);
        let manager = server.manager().await;
        let mut paths = Vec::new();
        // One after the other, so that only the contracts are in the way.
        for case in [&one, &other] {
            case.caseworker.post(&format!("/v1/beneficiaries/{}/orientations", case.person.id), json!({"voluntary": true})).await.expect(201);
            let orientation = case.oriented(&case.home(), "socioprofessional").await;
            paths.push(format!("/v1/contracts/{}", server.given().contract(&case.person).await));
            case.close(&orientation).await.expect(200);
            server.advance(TimeDelta::days(2));
        }
        merge(&manager, &one.person, &other.person).await.expect_problem(409, "MERGE_CONFLICT");
        manager.post(&format!("{}/cancellation", paths[0]), json!({})).await.expect(200);
        merge(&manager, &one.person, &other.person).await.expect(200);
        let contracts = manager.list(&format!("/v1/beneficiaries/{}/contracts", one.person.id)).await;
        assert_eq!(contracts.len(), 2, "both are of one person now");
    });
}

#[test]
fn two_files_whose_contracts_have_both_expired_are_merged() {
    on_both(async |server| {
        let mut people = Vec::new();
        for _ in 0..2 {
            let signing = Signing { case: Case::new(server, None).await };
            let case = &signing.case;
            case.caseworker.post(&format!("/v1/beneficiaries/{}/orientations", case.person.id), json!({"voluntary": true})).await.expect(201);
            let orientation = case.oriented(&case.home(), "socioprofessional").await;
            server.given().readiness(&case.person).await;
            signing.in_force().await;
            server.advance(TimeDelta::days(200));
            case.close(&orientation).await.expect(200);
            server.advance(TimeDelta::days(2));
            people.push(signing.case.person);
        }
        let manager = server.manager().await;
        let [one, other] = &people[..] else { panic!("two") };
        merge(&manager, one, other).await.expect(200);
        let contracts = manager.list(&format!("/v1/beneficiaries/{}/contracts", one.id)).await;
        assert_eq!(contracts.iter().map(|one| &one["state"]).collect::<Vec<_>>(), ["expired", "expired"]);
    });
}

#[test]
fn a_contract_that_was_renewed_early_runs_to_its_last_day_and_the_renewal_may_be_given_up_before_its_first() {
    on_both(async |server| {
        let (given, signing) = (server.given(), Signing::new(server).await);
        let by = &signing.case.caseworker;
        let former = signing.in_force().await;
        let mut terms = signing.terms();
        (terms["starts_on"], terms["review_on"]) = (json!(given.day(40)), json!(given.day(80)));
        for commitment in terms["commitments"].as_array_mut().unwrap() {
            commitment.as_object_mut().unwrap().remove("due_on");
        }
        server.advance(TimeDelta::seconds(1));
        let renewal = format!("/v1/contracts/{}", by.post(&format!("{former}/renewal"), terms.clone()).await.expect(201).id());
        signing.brought_in_force(&renewal).await;
        let running = by.get(&former).await.expect(200).json();
        assert_eq!((&running["state"], &running["ends_on"]), (&json!("in_force"), &json!(given.day(39))));
        let review = json!({"reviewed_on": given.day(0), "conclusion": "renew"});
        by.post(&format!("{former}/review"), review).await.expect(200);
        by.post(&format!("{former}/renewal"), terms.clone()).await.expect_problem(409, "CONTRACT_STATE");
        let cancelled = by.post(&format!("{renewal}/cancellation"), json!({})).await.expect(200).json();
        assert_eq!((&cancelled["state"], &cancelled["starts_on"]), (&json!("cancelled"), &Value::Null));
        server.advance(TimeDelta::seconds(1));
        let other = signing.drawn_up(terms).await;
        assert_eq!(signing.brought_in_force(&other).await["state"], "in_force");
        server.advance(TimeDelta::days(40));
        let states = by.list(&format!("/v1/beneficiaries/{}/contracts", signing.case.person.id)).await;
        assert_eq!(states.iter().map(|one| &one["state"]).collect::<Vec<_>>(), ["renewed", "cancelled", "in_force"]);
        by.post(&format!("{other}/cancellation"), json!({})).await.expect_problem(409, "CONTRACT_STATE");
    });
}

#[test]
fn readiness_is_a_trail_of_words() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let (given, by) = (server.given(), &signing.case.caseworker);
        let path = format!("/v1/beneficiaries/{}/readiness", signing.case.person.id);
        let faults = by.post(&path, json!({"able": false, "assessed_on": given.day(0)})).await.expect(422).faults();
        assert_eq!(faults, [("JUSTIFICATION_REQUIRED".to_owned(), "/reasons".to_owned())]);
        server.advance(TimeDelta::hours(1));
        let said = by.post(&path, json!({"able": true, "comment": "Le code est obtenu.", "assessed_on": given.day(0)})).await.expect(201);
        let trail: Vec<_> = by.list(&path).await.iter().map(|one| one["able"].clone()).collect();
        assert_eq!(trail, [json!(false), json!(true)]);
        let contract = signing.in_force().await;
        let synthesis = signing.synthesis(&contract, None).await.expect(200).json();
        assert_eq!(synthesis["readiness"]["id"], json!(said.id()));
        assert_eq!(by.get(&format!("/v1/readiness/{}", said.id())).await.expect(200).json(), said.json());
    });
}

#[test]
fn what_a_contract_promises_is_within_it_and_hours_are_asked_for_or_not() {
    on_both(async |server| {
        let (given, signing) = (server.given(), Signing::new(server).await);
        let faults = [
            ("OUTSIDE_CONTRACT", "/review_on"),
            ("HOURS_AND_EXEMPTION", "/exemption/ground"),
            ("ORGANISATION_UNKNOWN", "/commitments/0/organisation_id"),
            ("OUTSIDE_CONTRACT", "/commitments/1/due_on"),
        ];
        let wrong = [(0, -1), (200, 200)].map(|(review_on, due_on)| {
            let mut terms = signing.terms();
            terms["review_on"] = json!(given.day(review_on));
            terms["commitments"][1]["due_on"] = json!(given.day(due_on));
            terms["commitments"][0]["organisation_id"] = json!(ABSENT);
            terms["exemption"] = json!({"ground": "lone_parent", "requested_on": given.day(0), "evidence_seen": true});
            terms
        });
        for terms in &wrong {
            assert_faults(signing.draw_up(terms.clone()).await, &faults);
        }
        let draft = signing.drawn_up(signing.terms()).await;
        let before = signing.case.caseworker.get(&draft).await.expect(200).text();
        for terms in &wrong {
            assert_faults(signing.case.caseworker.edit(&draft, terms.clone()).await, &faults);
        }
        assert_eq!(signing.case.caseworker.get(&draft).await.expect(200).text(), before);
        let in_force = signing.brought_in_force(&draft).await;
        for mut terms in wrong {
            let amendment = json!({"reason": "Un rythme plus soutenu.", "terms": terms});
            let amended = signing.case.caseworker.post(&format!("{draft}/amendments"), amendment).await.expect_problem(422, "INVALID").faults();
            assert_eq!(amended, faults.map(|(code, place)| (code.to_owned(), format!("/terms{place}"))));
            terms["starts_on"] = json!(given.day(1));
            assert_faults(signing.case.caseworker.post(&format!("{draft}/renewal"), terms).await, &faults);
        }
        assert_eq!(signing.case.caseworker.get(&draft).await.expect(200).json(), in_force);
    });
}

#[test]
fn the_review_of_a_contract_says_the_next_one_unless_an_end_does() {
    on_both(async |server| {
        let given = server.given();
        let review = async |signing: &Signing<'_>, path: &str, next: Option<i64>| {
            let next = next.map(|day| given.day(day));
            let order = json!({"reviewed_on": given.day(0), "conclusion": "continue", "next_review_on": next});
            signing.case.caseworker.post(&format!("{path}/review"), order).await
        };
        let signing = Signing::new(server).await;
        let mut terms = signing.terms();
        terms["months"] = Value::Null;
        let endless = signing.drawn_up(terms).await;
        assert_eq!(signing.brought_in_force(&endless).await["ends_on"], Value::Null);
        assert_faults(review(&signing, &endless, None).await, &[("NEXT_REVIEW_REQUIRED", "/next_review_on")]);
        assert_eq!(signing.case.caseworker.get(&endless).await.expect(200).json()["reviews"], json!([]));
        review(&signing, &endless, Some(400)).await.expect(200);

        let signing = Signing::new(server).await;
        let of_six_months = signing.in_force().await;
        assert_faults(review(&signing, &of_six_months, Some(200)).await, &[("OUTSIDE_CONTRACT", "/next_review_on")]);
        assert_eq!(signing.case.caseworker.get(&of_six_months).await.expect(200).json()["reviews"], json!([]));
        review(&signing, &of_six_months, None).await.expect(200);
    });
}

#[test]
fn what_was_signed_with_an_organisation_that_the_person_left_is_drawn_up_again() {
    on_both(async |server| {
        let (given, signing) = (server.given(), Signing::new(server).await);
        let (case, path) = (&signing.case, signing.drawn_up(signing.terms()).await);
        signing.submit(&path).await.expect(200);
        signing.sign(&path, "beneficiary").await.expect(200);
        let signed = signing.sign(&path, "organisation").await.expect(200).text();
        let plie = given.organisation_of("plie").await;
        given.delegation_of(&plie, "socioprofessional").await;
        let orientation = case.last().await;
        case.review(&orientation).await.expect(200);
        case.decide(&orientation, &plie, "socioprofessional").await.expect(200);
        case.manager.post(&format!("{path}/validation"), json!({})).await.expect_problem(409, "CONTRACT_OUTDATED");
        assert_eq!(case.caseworker.get(&path).await.expect(200).text(), signed);
        case.caseworker.post(&format!("{path}/cancellation"), json!({})).await.expect(200);
        let anew = signing.drawn_up(signing.terms()).await;
        assert_eq!(case.caseworker.get(&anew).await.expect(200).field("organisation_id"), plie);
    });
}
