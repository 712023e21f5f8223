//! Barriers: what holds somebody back, by coded situations, each open once; what became of it; and no word of anybody's health.

use api_tests::{Answer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, assert_same, but};
use crate::referrals::assert_faults;

const BARRIERS: &str = "barriers";

/// The kinds, as the contract has them.
const KINDS: [&str; 8] = ["mobility", "housing", "health", "childcare_family", "administrative", "financial", "language", "digital"];

#[test]
fn a_barrier_reads_as_it_was_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let recorded = case.caseworker.post(&case.path(BARRIERS), given.barrier_order()).await.expect(201);
        let path = format!("/v1/barriers/{}", recorded.id());
        assert_eq!(recorded.header("location"), Some(path.as_str()));
        let expected = json!({
            "id": recorded.id(), "beneficiary_id": case.person.id, "kind": "mobility", "situation": "mobility_no_licence", "impact": "strong",
            "goal": "mobility_licence", "note": "Code obtenu.", "opened_on": given.day(-60), "resolved_on": null, "outcome": null, "version": 1,
            "updated_at": server.now().to_string(),
        });
        assert_eq!(recorded.json(), expected);
        assert_same(&case.manager.get(&path).await.expect(200), &recorded);
        let order = json!({"kind": "housing", "situation": "housing_none", "impact": "none", "opened_on": given.day(0)});
        let least = case.record(BARRIERS, order).await.expect(201).json();
        assert_eq!((&least["goal"], &least["note"], &least["impact"]), (&Value::Null, &Value::Null, &json!("none")));
    });
}

#[test]
fn situations_and_goals_are_those_of_the_kind() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let codes = async |list: &str| -> Vec<String> {
            let items = case.manager.get(&format!("/v1/reference/{list}")).await.expect(200).items();
            items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
        };
        let (situations, goals) = (codes("barrier_situations").await, codes("barrier_goals").await);
        // Everything in the lists is of one of the kinds, and each kind has something of both.
        for kind in KINDS {
            let own = |code: &&String| code.starts_with(&format!("{kind}_"));
            let (situation, goal) = (situations.iter().find(own).unwrap(), goals.iter().find(own).unwrap());
            let order = json!({"kind": kind, "situation": situation, "impact": "medium", "goal": goal, "opened_on": given.day(-1)});
            case.record(BARRIERS, order).await.expect(201);
        }
        let of_a_kind = |code: &String| KINDS.iter().any(|kind| code.starts_with(&format!("{kind}_")));
        assert!(situations.iter().chain(&goals).all(of_a_kind));

        let existing = case.recorded(BARRIERS, given.barrier_order()).await;
        let order = |more: Value| but(&given.barrier_order(), more);
        for (order, faults) in [
            (order(json!({"situation": "housing_none"})), vec![("CODE_OF_OTHER_BARRIER", "/situation")]),
            (order(json!({"goal": "housing_find"})), vec![("CODE_OF_OTHER_BARRIER", "/goal")]),
            (order(json!({"kind": "housing"})), vec![("CODE_OF_OTHER_BARRIER", "/situation"), ("CODE_OF_OTHER_BARRIER", "/goal")]),
            (order(json!({"situation": "mobility_teleport"})), vec![("CODE_UNKNOWN", "/situation")]),
            (order(json!({"goal": "mobility_teleport"})), vec![("CODE_UNKNOWN", "/goal")]),
            // A goal is no situation, nor the other way round.
            (order(json!({"situation": "mobility_repair"})), vec![("CODE_UNKNOWN", "/situation")]),
            (order(json!({"goal": "mobility_cost"})), vec![("CODE_UNKNOWN", "/goal")]),
            (order(json!({"opened_on": given.day(1)})), vec![("DAY_IN_FUTURE", "/opened_on")]),
        ] {
            // What is open already would be refused before: of another one, nothing is.
            let other = Case::new(server).await;
            assert_faults(other.record(BARRIERS, order.clone()).await, &faults);
            assert_faults(other.manager.edit(&other.recorded(BARRIERS, given.barrier_order()).await, order).await, &faults);
        }
        case.manager.edit(&existing, order(json!({"opened_on": given.day(0)}))).await.expect(200);
        for name in ["kind", "impact"] {
            let refused = case.record(BARRIERS, order(json!({name: "unheard_of"}))).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults()[0].1, format!("/{name}"));
        }
    });
}

#[test]
fn of_health_the_consequence_is_told_by_its_code_and_never_in_words() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let health = |more: Value| {
            let order = json!({"kind": "health", "situation": "health_limited_effort", "impact": "strong", "goal": "health_access"});
            but(&but(&order, json!({"opened_on": given.day(-5)})), more)
        };
        for text in ["Lombalgie.", "x", "Voir le certificat\nmédical."] {
            assert_faults(case.record(BARRIERS, health(json!({"note": text}))).await, &[("HEALTH_TEXT_FORBIDDEN", "/note")]);
        }
        let recorded = case.record(BARRIERS, health(json!({"note": null}))).await.expect(201);
        let path = format!("/v1/barriers/{}", recorded.id());
        assert_faults(case.manager.edit(&path, health(json!({"note": "Lombalgie."}))).await, &[("HEALTH_TEXT_FORBIDDEN", "/note")]);
        assert_same(&case.manager.get(&path).await.expect(200), &recorded);
        // Nor does one of another kind keep its words when it becomes one of health.
        let other = case.recorded(BARRIERS, given.barrier_order()).await;
        let turned = health(json!({"situation": "health_part_time_only", "note": "Code obtenu."}));
        assert_faults(case.manager.edit(&other, turned.clone()).await, &[("HEALTH_TEXT_FORBIDDEN", "/note")]);
        let turned = case.manager.edit(&other, but(&turned, json!({"note": null}))).await.expect(200);
        assert_eq!(turned.json()["note"], Value::Null);
        // No refusal repeats what was written.
        let refused = case.record(BARRIERS, health(json!({"note": "Lombalgiechronique"}))).await;
        assert!(!refused.text().contains("Lombalgiechronique"));
    });
}

#[test]
fn a_situation_is_open_once_and_may_come_back_when_it_was_resolved() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let first = case.recorded(BARRIERS, given.barrier_order()).await;
        let second = but(&given.barrier_order(), json!({"situation": "mobility_cost"}));
        for again in [given.barrier_order(), but(&given.barrier_order(), json!({"impact": "medium", "opened_on": given.day(0)}))] {
            case.record(BARRIERS, again).await.expect_problem(409, "BARRIER_OPEN");
        }
        let other = case.recorded(BARRIERS, second.clone()).await;
        case.manager.edit(&other, given.barrier_order()).await.expect_problem(409, "BARRIER_OPEN");
        case.manager.edit(&first, given.barrier_order()).await.expect(200);
        // Somebody else's is not in the way.
        Case::new(server).await.record(BARRIERS, given.barrier_order()).await.expect(201);

        case.manager.post(&format!("{first}/resolution"), json!({"resolved_on": given.day(0), "outcome": "resolved"})).await.expect(200);
        case.manager.edit(&other, given.barrier_order()).await.expect(200);
        case.record(BARRIERS, given.barrier_order()).await.expect_problem(409, "BARRIER_OPEN");
        case.record(BARRIERS, second).await.expect(201);
        let of = async |open: &str| case.manager.list(&format!("{}?open={open}", case.path(BARRIERS))).await.len();
        assert_eq!((of("true").await, of("false").await, case.list(BARRIERS).await.len()), (2, 1, 3));
        for wrong in ["yes", "", "1", "TRUE", "null"] {
            let refused = case.manager.get(&format!("{}?open={wrong}", case.path(BARRIERS))).await.expect_problem(400, "INVALID_PARAMETER");
            assert_eq!(refused.faults()[0].1, "open");
        }
    });
}

#[test]
fn it_is_resolved_between_its_first_day_and_today_with_an_outcome_of_the_list() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(BARRIERS, given.barrier_order()).await;
        let resolve = async |day: i64, outcome: &str| -> Answer {
            case.caseworker.post(&format!("{path}/resolution"), json!({"resolved_on": given.day(day), "outcome": outcome})).await
        };
        assert_faults(resolve(-61, "resolved").await, &[("DAY_TOO_EARLY", "/resolved_on")]);
        assert_faults(resolve(1, "resolved").await, &[("DAY_IN_FUTURE", "/resolved_on")]);
        assert_faults(resolve(0, "vanished").await, &[("CODE_UNKNOWN", "/outcome")]);
        assert_faults(resolve(1, "vanished").await, &[("DAY_IN_FUTURE", "/resolved_on"), ("CODE_UNKNOWN", "/outcome")]);
        assert_eq!(case.manager.get(&path).await.expect(200).json()["version"], 1, "nothing was done");
        let resolved = resolve(-60, "worked_around").await.expect(200);
        let body = resolved.json();
        assert_eq!((&body["resolved_on"], &body["outcome"], &body["version"]), (&json!(given.day(-60)), &json!("worked_around"), &json!(2)));
        server.advance(TimeDelta::milliseconds(1));
        assert_same(&resolve(-60, "worked_around").await.expect(200), &resolved);
        for (day, outcome) in [(-59, "worked_around"), (-60, "resolved"), (1, "vanished")] {
            resolve(day, outcome).await.expect_problem(409, "BARRIER_RESOLVED");
        }
        case.manager.edit(&path, given.barrier_order()).await.expect_problem(409, "BARRIER_RESOLVED");
        assert_same(&case.manager.get(&path).await.expect(200), &resolved);
        // On the last day that there is.
        let today = case.recorded(BARRIERS, but(&given.barrier_order(), json!({"opened_on": given.day(0)}))).await;
        case.manager.post(&format!("{today}/resolution"), json!({"resolved_on": given.day(0), "outcome": "entered_by_mistake"})).await.expect(200);
    });
}
