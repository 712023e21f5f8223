//! Episodes of RSA right: their days, their end, and that no two share a day.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, assert_same, but};
use crate::referrals::assert_faults;

const RIGHTS: &str = "rsa-rights";

#[test]
fn a_right_reads_as_it_was_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let order = json!({
            "entered_on": given.day(-90), "left_on": given.day(-3), "left_reason": "moved_to_other_body", "information_received_on": given.day(-85),
            "transferred_from": "2b",
        });
        let recorded = case.record(RIGHTS, order).await.expect(201);
        let path = format!("/v1/rsa-rights/{}", recorded.id());
        assert_eq!(recorded.header("location"), Some(path.as_str()));
        let expected = json!({
            "id": recorded.id(), "beneficiary_id": case.person.id, "entered_on": given.day(-90), "left_on": given.day(-3),
            "left_reason": "moved_to_other_body", "information_received_on": given.day(-85), "transferred_from": "2B", "source": "manual",
            "duties": [], "subject_since": null, "cancelled_at": null, "version": 1, "updated_at": server.now().to_string(),
        });
        assert_eq!(recorded.json(), expected);
        for by in [&case.caseworker, &case.manager] {
            assert_same(&by.get(&path).await.expect(200), &recorded);
            assert_eq!(by.list(&case.path(RIGHTS)).await, [recorded.json()]);
        }
        // With its first day alone.
        let order = json!({"entered_on": given.day(-2)});
        let open = case.record(RIGHTS, order).await.expect(201).json();
        for name in ["left_on", "left_reason", "information_received_on", "transferred_from", "subject_since"] {
            assert_eq!(open[name], Value::Null, "{name}");
        }
    });
}

#[test]
fn rights_are_written_by_managers_alone() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(RIGHTS, given.right_order()).await;
        let (by, duties) = (&case.caseworker, json!({"subject": true, "starts_on": given.day(-10)}));
        by.post(&case.path(RIGHTS), given.right_order()).await.expect_problem(403, "FUNCTION_DENIED");
        by.put_if_match(&path, "\"1.00000000\"", given.right_order()).await.expect_problem(403, "FUNCTION_DENIED");
        by.post(&format!("{path}/duties"), duties).await.expect_problem(403, "FUNCTION_DENIED");
        by.get(&path).await.expect(200);
    });
}

#[test]
fn its_days_are_not_to_come_but_for_its_end_two_months_ahead() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let existing = case.recorded(RIGHTS, json!({"entered_on": given.day(0)})).await;
        let ended = |from: i64, to: i64| json!({"entered_on": given.day(from), "left_on": given.day(to), "left_reason": "files_joined"});
        for good in [
            json!({"entered_on": given.day(0), "information_received_on": given.day(0)}),
            ended(0, 0),
            ended(-1, 61),
            ended(0, 62),
            // The département may learn of it before its first day.
            json!({"entered_on": given.day(0), "information_received_on": given.day(-30)}),
        ] {
            case.manager.edit(&existing, good).await.expect(200);
        }
        case.manager.edit(&existing, ended(-20, -20)).await.expect(200);
        // Of the overlap nothing is asked here: the days that are wrong are those of nobody's right.
        let elsewhere = Case::new(server).await;
        for (order, faults) in [
            (json!({"entered_on": given.day(1)}), vec![("DAY_IN_FUTURE", "/entered_on")]),
            (ended(0, -1), vec![("PERIOD_REVERSED", "/left_on")]),
            (ended(0, 63), vec![("DAY_IN_FUTURE", "/left_on")]),
            (json!({"entered_on": given.day(0), "information_received_on": given.day(1)}), vec![("DAY_IN_FUTURE", "/information_received_on")]),
            (ended(1, 0), vec![("DAY_IN_FUTURE", "/entered_on"), ("PERIOD_REVERSED", "/left_on")]),
        ] {
            assert_faults(elsewhere.record(RIGHTS, order.clone()).await, &faults);
            assert_faults(case.manager.edit(&existing, order).await, &faults);
        }
        assert!(elsewhere.list(RIGHTS).await.is_empty());
    });
}

#[test]
fn an_end_has_a_reason_and_a_reason_an_end() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let existing = case.recorded(RIGHTS, json!({"entered_on": given.day(-400), "left_on": given.day(-300), "left_reason": "files_joined"})).await;
        let from = |more: Value| but(&json!({"entered_on": given.day(-90)}), more);
        for (order, faults) in [
            (from(json!({"left_on": given.day(-1)})), [("END_REASON_MISMATCH", "/left_reason")]),
            (from(json!({"left_reason": "files_joined"})), [("END_REASON_MISMATCH", "/left_reason")]),
            (from(json!({"left_on": given.day(-1), "left_reason": "bored"})), [("CODE_UNKNOWN", "/left_reason")]),
            // A code of another list is none of this one.
            (from(json!({"left_on": given.day(-1), "left_reason": "driving_licence"})), [("CODE_UNKNOWN", "/left_reason")]),
            (from(json!({"transferred_from": "20"})), [("CODE_UNKNOWN", "/transferred_from")]),
            (from(json!({"transferred_from": "99"})), [("CODE_UNKNOWN", "/transferred_from")]),
        ] {
            case.assert_refused(RIGHTS, &existing, &order, &faults).await;
        }
        for reason in case.manager.get("/v1/reference/rsa_closing_reasons").await.expect(200).items() {
            case.manager.edit(&existing, from(json!({"left_on": given.day(-1), "left_reason": reason["code"]}))).await.expect(200);
        }
    });
}

#[test]
fn two_episodes_of_one_person_share_no_day() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let ended = |from: i64, to: i64| json!({"entered_on": given.day(from), "left_on": given.day(to), "left_reason": "department_decision"});
        let open = |from: i64| json!({"entered_on": given.day(from)});
        let middle = case.recorded(RIGHTS, ended(-60, -50)).await;
        for overlapping in [ended(-60, -50), ended(-70, -60), ended(-50, -40), ended(-55, -55), ended(-70, -40), open(-70), open(-60), open(-50)] {
            case.record(RIGHTS, overlapping).await.expect_problem(409, "RIGHT_OVERLAPS");
        }
        // The day before and the day after are free.
        let before = case.recorded(RIGHTS, ended(-70, -61)).await;
        let after = case.recorded(RIGHTS, open(-49)).await;
        case.record(RIGHTS, open(-1)).await.expect_problem(409, "RIGHT_OVERLAPS");
        // No edit makes them overlap either; over itself it may.
        for (path, order) in [(&before, ended(-70, -60)), (&middle, ended(-61, -50)), (&middle, open(-60)), (&after, open(-50))] {
            case.manager.edit(path, order).await.expect_problem(409, "RIGHT_OVERLAPS");
        }
        case.manager.edit(&middle, ended(-58, -52)).await.expect(200);
        case.manager.edit(&after, open(-51)).await.expect(200);
        case.manager.edit(&before, ended(-70, -59)).await.expect(200);
        assert_eq!(case.list(RIGHTS).await.len(), 3);
        // Somebody else's are not in the way.
        let other = Case::new(server).await;
        other.record(RIGHTS, open(-100)).await.expect(201);
    });
}

#[test]
fn an_episode_is_ended_and_opened_again_by_an_edit() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(RIGHTS, given.right_order()).await;
        let ended = but(&given.right_order(), json!({"left_on": given.day(20), "left_reason": "four_months_without_right"}));
        let answer = case.manager.edit(&path, ended).await.expect(200);
        assert_eq!((answer.json()["left_on"].clone(), answer.json()["version"].clone()), (json!(given.day(20)), json!(2)));
        assert_same(&case.manager.get(&path).await.expect(200), &answer);
        // While it is not over, the next one waits for its last day.
        case.record(RIGHTS, json!({"entered_on": given.day(0)})).await.expect_problem(409, "RIGHT_OVERLAPS");
        let opened = case.manager.edit(&path, given.right_order()).await.expect(200).json();
        assert_eq!((&opened["left_on"], &opened["left_reason"], &opened["version"]), (&Value::Null, &Value::Null, &json!(3)));
    });
}

#[test]
fn what_was_recorded_by_mistake_is_cancelled_for_good_and_counts_no_more() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(RIGHTS, given.right_order()).await;
        let duties = json!({"subject": true, "starts_on": given.day(-40)});
        let with_duties = case.manager.post(&format!("{path}/duties"), duties.clone()).await.expect(200).json();
        // By the filter of the list, what is due, and what their territory needs.
        let counted = async || {
            let subject = case.manager.list("/v1/beneficiaries?subject_to_duties=true").await.len();
            let due = case.caseworker.list(&format!("/v1/deadlines?territory_id={}", case.territory)).await.len();
            let needs = case.caseworker.get(&format!("/v1/territories/{}/needs", case.territory)).await.expect(200).json();
            (subject, due, needs["people"].as_array().unwrap().len())
        };
        assert_eq!(counted().await, (1, 1, 1));
        case.caseworker.command(&format!("{path}/cancellation")).await.expect_problem(403, "FUNCTION_DENIED");
        let cancel = async || case.manager.command(&format!("{path}/cancellation")).await.expect(200);
        let cancelled = cancel().await;
        let now = server.now().to_string();
        let expected = but(&with_duties, json!({"subject_since": null, "cancelled_at": now, "version": 3, "updated_at": now}));
        assert_eq!(cancelled.json(), expected, "what it said stays");
        server.advance(TimeDelta::milliseconds(1));
        assert_same(&cancel().await, &cancelled);
        assert_same(&case.caseworker.get(&path).await.expect(200), &cancelled);
        case.manager.edit(&path, given.right_order()).await.expect_problem(409, "ENTRY_CANCELLED");
        case.manager.post(&format!("{path}/duties"), duties).await.expect_problem(409, "ENTRY_CANCELLED");
        assert_eq!(counted().await, (0, 0, 0));
        // As it should have been: from the same day, and its duties from another.
        let right = case.recorded(RIGHTS, given.right_order()).await;
        let duties = json!({"subject": true, "starts_on": given.day(-60)});
        let anew = case.manager.post(&format!("{right}/duties"), duties).await.expect(200).json();
        assert_eq!((&anew["subject_since"], counted().await), (&json!(given.day(-60)), (1, 1, 1)));
        assert_eq!(case.list(RIGHTS).await, [cancelled.json(), anew.clone()]);
        let file = case.caseworker.get(&format!("/v1/beneficiaries/{}/file", case.person.id)).await.expect(200).json();
        assert_eq!(file["rsa_rights"], json!([anew, cancelled.json()]), "the newest first");
    });
}
