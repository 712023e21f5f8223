//! Planning half-days one by one and in series, moving them, and the references they keep.

use api_tests::on_both;
use serde_json::{Value, json};

use super::{TUESDAY_EVENING, half_day, marks, monday, set_clock};
use crate::referrals::{assert_faults, with};

#[test]
fn a_moved_session_keeps_its_reference() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 1).await;
        let path = format!("/v1/sessions/{}", association.session);
        let session = partner.get(&path).await.expect(200);
        let code = session.field("group_code");
        assert_eq!(session.field("reference"), format!("{code}-20260316-M"));
        let taken = server.given().session(&association.group, "2026-03-18").await;
        partner.put(&path, half_day("2026-03-19", "afternoon")).await.expect_problem(428, "PRECONDITION_REQUIRED");
        partner.put_if_match(&path, "\"9.00000000\"", half_day("2026-03-19", "afternoon")).await.expect_problem(412, "STALE_VERSION");
        partner.edit(&path, half_day("2026-03-18", "morning")).await.expect_problem(409, "HALF_DAY_TAKEN");
        let refused = partner.edit(&path, half_day("2025-01-01", "morning")).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("DATE_OUTSIDE_GROUP".to_owned(), "/date".to_owned())]);
        let reversed = json!({"date": "2026-03-19", "half_day": "morning", "start_time": "12:00", "end_time": "12:00"});
        let refused = partner.edit(&path, reversed).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("TIMES_REVERSED".to_owned(), "/end_time".to_owned())]);
        let moved = partner.edit(&path, half_day("2026-03-18", "afternoon")).await.expect(200);
        let read = ["reference", "date", "half_day", "start_time", "place"].map(|name| moved.field(name));
        assert_eq!(read, [&*format!("{code}-20260316-M"), "2026-03-18", "afternoon", "14:00", "Maison de quartier"]);
        assert_eq!(moved.json()["version"], 2);
        // Its old half-day is free, its reference is not.
        let other = manager.post(&format!("/v1/groups/{}/sessions", association.group), half_day("2026-03-16", "morning")).await.expect(201);
        assert_eq!(other.field("reference"), format!("{code}-20260316-M-2"));
        // Times and place may change without a move.
        let mut same = half_day("2026-03-18", "morning");
        same["place"] = json!("Salle des fêtes");
        assert_eq!(partner.edit(&format!("/v1/sessions/{taken}"), same).await.expect(200).field("place"), "Salle des fêtes");
        // Once somebody is marked it stays where it is.
        set_clock(server, "2026-03-18T20:00:00.000Z");
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        partner.edit(&path, half_day("2026-03-20", "morning")).await.expect_problem(409, "SESSION_HAS_MARKS");
        partner.put(&association.sheet_path(), marks(&[json!({"enrolment_id": association.enrolments[0], "status": null})])).await.expect(200);
        partner.edit(&path, half_day("2026-03-20", "morning")).await.expect(200);
    });
}

#[test]
fn the_sheet_of_a_moved_session_expects_those_of_its_new_day() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 1).await;
        let person = server.given().person().await;
        let order = json!({"beneficiary_id": person.id, "starts_on": "2026-03-18", "status_at_entry": "rsa"});
        let newcomer = manager.post(&format!("/v1/groups/{}/enrolments", association.group), order).await.expect(201).id();
        let expected = async || {
            let sheet = partner.get(&association.sheet_path()).await.expect(200).json();
            sheet["marks"].as_array().unwrap().iter().any(|mark| mark["enrolment_id"] == *newcomer)
        };
        assert!(!expected().await);
        partner.edit(&format!("/v1/sessions/{}", association.session), half_day("2026-03-18", "morning")).await.expect(200);
        assert!(expected().await);
    });
}

#[test]
fn a_reference_is_never_given_twice() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 1).await;
        let path = format!("/v1/groups/{}/sessions", association.group);
        let code = partner.get(&format!("/v1/sessions/{}", association.session)).await.expect(200).field("group_code");
        partner.post(&path, half_day("2026-03-16", "morning")).await.expect_problem(409, "HALF_DAY_TAKEN");
        let mut last = association.session.clone();
        for reference in [format!("{code}-20260316-M-2"), format!("{code}-20260316-M-3")] {
            partner.post(&format!("/v1/sessions/{last}/cancellation"), json!({"reason": "weather"})).await.expect(200);
            let planned = partner.post(&path, half_day("2026-03-16", "morning")).await.expect(201);
            assert_eq!(planned.field("reference"), reference);
            assert_eq!(planned.header("location"), Some(&*format!("/v1/sessions/{}", planned.id())));
            last = planned.id();
        }
        let afternoon = partner.post(&path, half_day("2026-03-16", "afternoon")).await.expect(201);
        assert_eq!(afternoon.field("reference"), format!("{code}-20260316-A"));
    });
}

fn series(weekdays: &[&str], starts_on: &str, ends_on: &str) -> Value {
    json!({
        "weekdays": weekdays, "half_day": "morning", "start_time": "09:00", "end_time": "12:00", "starts_on": starts_on, "ends_on": ends_on,
    })
}

#[test]
fn a_series_leaves_out_public_holidays_and_half_days_already_taken() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 1).await;
        let path = format!("/v1/groups/{}/session-series", association.group);
        server.given().session(&association.group, "2026-04-02").await;
        let planned = partner.post(&path, series(&["monday", "thursday"], "2026-03-30", "2026-05-31")).await.expect(201);
        let planned = planned.json();
        let dates: Vec<&str> = planned["items"].as_array().unwrap().iter().map(|session| session["date"].as_str().unwrap()).collect();
        let expected = [
            "2026-03-30",
            "2026-04-09",
            "2026-04-13",
            "2026-04-16",
            "2026-04-20",
            "2026-04-23",
            "2026-04-27",
            "2026-04-30",
            "2026-05-04",
            "2026-05-07",
            "2026-05-11",
            "2026-05-18",
            "2026-05-21",
            "2026-05-28",
        ];
        assert_eq!(dates, expected);
        let skipped = json!([
            {"date": "2026-04-02", "reason": "half_day_taken"}, {"date": "2026-04-06", "reason": "public_holiday"},
            {"date": "2026-05-14", "reason": "public_holiday"}, {"date": "2026-05-25", "reason": "public_holiday"},
        ]);
        assert_eq!(planned["skipped"], skipped);
        // Easter Monday, Ascension Day and Whit Monday leave one half-day in their weeks.
        let warnings = ["2026-04-06", "2026-05-11", "2026-05-25"].map(|week| json!({"code": "WEEKLY_RHYTHM", "week": week, "half_days": 1}));
        assert_eq!(planned["warnings"], json!(warnings));
        partner.post(&path, series(&["monday"], "2026-04-06", "2026-04-06")).await.expect_problem(409, "SERIES_EMPTY");
        for (order, code, place) in [
            (series(&[], "2026-06-01", "2026-06-30"), "TOO_MANY_ITEMS", "/weekdays"),
            (series(&["monday", "monday"], "2026-06-01", "2026-06-30"), "DUPLICATE_ITEM", "/weekdays/1"),
            (series(&["monday"], "2026-06-30", "2026-06-01"), "PERIOD_REVERSED", "/ends_on"),
            (series(&["monday"], "2026-06-01", "2027-06-03"), "PERIOD_TOO_LONG", "/ends_on"),
            (series(&["monday"], "2025-01-01", "2025-06-30"), "DATE_OUTSIDE_GROUP", "/starts_on"),
        ] {
            let refused = partner.post(&path, order.clone()).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())], "{order}");
        }
    });
}

#[test]
fn a_mobilisation_group_outside_two_to_four_half_days_a_week_is_warned_and_never_refused() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let manager = server.manager().await;
        let organisation = server.given().organisation().await;
        for (axis, kind, warned) in [("mobilisation", "ami", true), ("barrier_lifting", "mobility", false)] {
            let mut order = server.given().action_order(&organisation);
            (order["axis"], order["kind"]) = (json!(axis), json!(kind));
            let action = manager.post("/v1/actions", order).await.expect(201).id();
            let group = server.given().group(&action).await;
            let path = format!("/v1/groups/{group}/sessions");
            let mut said = Vec::new();
            for (date, half) in [
                ("2026-03-16", "morning"),
                ("2026-03-16", "afternoon"),
                ("2026-03-17", "morning"),
                ("2026-03-22", "afternoon"),
                ("2026-03-20", "morning"),
                ("2026-03-23", "morning"),
            ] {
                let planned = manager.post(&path, half_day(date, half)).await.expect(201);
                said.push(planned.json()["warnings"].clone());
            }
            let warning = |week: &str, half_days: usize| json!([{"code": "WEEKLY_RHYTHM", "week": week, "half_days": half_days}]);
            let none = json!([]);
            let expected = [warning("2026-03-16", 1), none.clone(), none.clone(), none.clone(), warning("2026-03-16", 5), warning("2026-03-23", 1)];
            let expected = if warned { expected.to_vec() } else { vec![none; 6] };
            assert_eq!(said, expected, "{axis}");
        }
    });
}

#[test]
fn a_half_day_is_when_its_times_are() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 1).await;
        let group = format!("/v1/groups/{}", association.group);
        let session = format!("/v1/sessions/{}", association.session);
        let before = partner.get(&session).await.expect(200).text();
        let at = |half: &str, start: &str, end: &str| json!({"half_day": half, "start_time": start, "end_time": end});
        let (day, days) = (json!({"date": "2026-03-19"}), json!({"weekdays": ["friday"], "starts_on": "2026-03-20", "ends_on": "2026-03-27"}));
        let plan = async |times: &Value| partner.post(&format!("{group}/sessions"), with(times.clone(), day.clone())).await;
        for outside in [at("morning", "13:00", "14:00"), at("afternoon", "09:00", "12:00")] {
            for answer in [
                plan(&outside).await,
                partner.post(&format!("{group}/session-series"), with(outside.clone(), days.clone())).await,
                partner.edit(&session, with(outside.clone(), day.clone())).await,
            ] {
                assert_faults(answer, &[("TIMES_OUTSIDE_HALF_DAY", "/half_day")]);
            }
        }
        assert_eq!(partner.get(&session).await.expect(200).text(), before);
        for within in [at("morning", "12:59", "14:00"), at("afternoon", "09:00", "12:01")] {
            plan(&within).await.expect(201);
        }
    });
}
