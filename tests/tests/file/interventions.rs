//! Interventions: what was done, for how long, in which framework, and the enrolment it goes with. Whoever did it is in `practitioners`.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, assert_same, but};
use crate::referrals::assert_faults;

const INTERVENTIONS: &str = "interventions";

#[test]
fn an_intervention_reads_as_it_was_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let association = given.sheet_with(&given.organisation().await, vec![case.person.clone()]).await;
        let enrolment = &association.enrolments[0];
        let order = but(&given.intervention_order(), json!({"enrolment_id": enrolment, "moment": "mid_term"}));
        let recorded = case.caseworker.post(&case.path(INTERVENTIONS), order).await.expect(201);
        let path = format!("/v1/interventions/{}", recorded.id());
        assert_eq!(recorded.header("location"), Some(path.as_str()));
        let expected = json!({
            "id": recorded.id(), "beneficiary_id": case.person.id, "kind": "interview", "theme": "mobility", "occurred_on": given.day(-7),
            "minutes": 45, "professional_id": case.caseworker.id(), "organisation_id": server.department(), "profession": null,
            "framework": "insertion", "enrolment_id": enrolment, "moment": "mid_term", "note": "Point à mi-parcours.", "cancelled_at": null,
            "version": 1, "updated_at": server.now().to_string(),
        });
        assert_eq!(recorded.json(), expected);
        assert_same(&case.manager.get(&path).await.expect(200), &recorded);
        let least = json!({"kind": "home_visit", "theme": "housing", "occurred_on": given.day(0), "framework": "sector_general_practice"});
        let least = case.record(INTERVENTIONS, least).await.expect(201).json();
        for name in ["minutes", "profession", "enrolment_id", "moment", "note", "cancelled_at"] {
            assert_eq!(least[name], Value::Null, "{name}");
        }
        assert_eq!(least["professional_id"], case.manager.id());
    });
}

#[test]
fn every_kind_and_theme_of_the_lists_is_taken_and_no_other() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let existing = case.recorded(INTERVENTIONS, given.intervention_order()).await;
        for (list, name) in [("intervention_kinds", "kind"), ("intervention_themes", "theme"), ("intervention_frameworks", "framework")] {
            for code in case.manager.get(&format!("/v1/reference/{list}")).await.expect(200).items() {
                let edited = case.manager.edit(&existing, but(&given.intervention_order(), json!({name: code["code"]}))).await.expect(200);
                assert_eq!(edited.json()[name], code["code"]);
            }
        }
        let all = but(&given.intervention_order(), json!({"kind": "unheard_of", "theme": "unheard_of", "occurred_on": given.day(1)}));
        let faults = [("CODE_UNKNOWN", "/kind"), ("CODE_UNKNOWN", "/theme"), ("DAY_IN_FUTURE", "/occurred_on")];
        case.assert_refused(INTERVENTIONS, &existing, &all, &faults).await;
        case.manager.edit(&existing, but(&given.intervention_order(), json!({"occurred_on": given.day(0)}))).await.expect(200);
        let framework = but(&given.intervention_order(), json!({"framework": "unheard_of"}));
        assert_eq!(case.record(INTERVENTIONS, framework).await.expect_problem(422, "INVALID").faults()[0].1, "/framework");
    });
}

#[test]
fn it_takes_from_one_minute_to_ten_hours() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let existing = case.recorded(INTERVENTIONS, given.intervention_order()).await;
        let lasting = |minutes: i64| but(&given.intervention_order(), json!({"minutes": minutes}));
        for minutes in [1, 600] {
            assert_eq!(case.manager.edit(&existing, lasting(minutes)).await.expect(200).json()["minutes"], minutes);
        }
        for minutes in [0, -1, 601, i64::MAX] {
            case.assert_refused(INTERVENTIONS, &existing, &lasting(minutes), &[("OUT_OF_BOUNDS", "/minutes")]).await;
        }
    });
}

#[test]
fn a_moment_needs_an_enrolment_of_the_person_and_an_enrolment_no_moment() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let association = given.sheet_with(&given.organisation().await, vec![case.person.clone(), given.person().await]).await;
        let existing = case.recorded(INTERVENTIONS, given.intervention_order()).await;
        let with = |enrolment: Value, moment: Value| but(&given.intervention_order(), json!({"enrolment_id": enrolment, "moment": moment}));
        let [own, others] = [&association.enrolments[0], &association.enrolments[1]];
        for moment in [json!("preparation"), json!("mid_term"), json!("closing"), Value::Null] {
            let edited = case.manager.edit(&existing, with(json!(own), moment.clone())).await.expect(200).json();
            assert_eq!((&edited["enrolment_id"], &edited["moment"]), (&json!(own), &moment));
        }
        for (order, faults) in [
            (with(Value::Null, json!("closing")), vec![("MOMENT_MISMATCH", "/moment")]),
            (with(json!(others), Value::Null), vec![("ENROLMENT_UNKNOWN", "/enrolment_id")]),
            (with(json!(others), json!("closing")), vec![("ENROLMENT_UNKNOWN", "/enrolment_id")]),
            (with(json!(crate::table::ABSENT), json!("closing")), vec![("ENROLMENT_UNKNOWN", "/enrolment_id")]),
        ] {
            case.assert_refused(INTERVENTIONS, &existing, &order, &faults).await;
        }
        // Nothing tells somebody else's from none at all.
        let refused = async |enrolment: &str| case.record(INTERVENTIONS, with(json!(enrolment), Value::Null)).await.expect(422);
        crate::visibility::assert_alike(&refused(others).await, &refused(crate::table::ABSENT).await);
        let unheard_of = case.record(INTERVENTIONS, with(json!(own), json!("afterwards"))).await.expect_problem(422, "INVALID");
        assert_eq!(unheard_of.faults()[0].1, "/moment");
    });
}

#[test]
fn what_was_recorded_by_mistake_is_cancelled_for_good_and_stays_readable() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(INTERVENTIONS, given.intervention_order()).await;
        let cancel = async || case.manager.command(&format!("{path}/cancellation")).await.expect(200);
        let cancelled = cancel().await;
        let body = cancelled.json();
        assert_eq!((&body["cancelled_at"], &body["version"]), (&json!(server.now().to_string()), &json!(2)));
        assert_eq!((&body["minutes"], &body["note"]), (&json!(45), &json!("Point à mi-parcours.")), "what it said stays");
        server.advance(TimeDelta::hours(1));
        assert_same(&cancel().await, &cancelled);
        case.manager.edit(&path, given.intervention_order()).await.expect_problem(409, "ENTRY_CANCELLED");
        case.manager.edit(&path, but(&given.intervention_order(), json!({"kind": "unheard_of"}))).await.expect_problem(409, "ENTRY_CANCELLED");
        assert_same(&case.caseworker.get(&path).await.expect(200), &cancelled);
        assert_eq!(case.list(INTERVENTIONS).await, [cancelled.json()]);
        let note = but(&given.intervention_order(), json!({"note": "é".repeat(2_001)}));
        assert_eq!(case.record(INTERVENTIONS, note).await.expect_problem(422, "INVALID").faults()[0].1, "/note");
        assert_faults(case.record(INTERVENTIONS, json!({"kind": "interview"})).await, &[("FIELD_MISSING", "/theme")]);
    });
}
