//! Enrolments: their end, the seats they free, what they brought, and half-days that clash.

use api_tests::given::PARTNER_SCOPES;
use api_tests::on_both;
use serde_json::{Value, json};

use super::{TUESDAY_EVENING, half_day, mark, marks, monday, set_clock};
use crate::referrals::{assert_faults, group};

#[test]
fn an_enrolment_ends_once_and_not_before_a_mark() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let [a, b] = [0, 1].map(|place| format!("/v1/enrolments/{}", association.enrolments[place]));
        let exit = |ends_on: &str, reason: &str| json!({"ends_on": ends_on, "end_reason": reason});
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let start = partner.get(&a).await.expect(200).field("starts_on");
        partner.post(&format!("{a}/exit"), exit("2026-03-15", "moved")).await.expect_problem(409, "MARKS_AFTER_END");
        let before_start = exit("2020-01-01", "moved");
        partner.post(&format!("{a}/exit"), before_start.clone()).await.expect_problem(409, "MARKS_AFTER_END");
        let unmarked = server.given().enrolment(&association.group, &server.given().person().await).await;
        let refused = partner.post(&format!("/v1/enrolments/{unmarked}/exit"), before_start).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("PERIOD_REVERSED".to_owned(), "/ends_on".to_owned())], "it starts on {start}");
        partner.post(&format!("{a}/exit"), exit("2026-03-20", "excluded")).await.expect_problem(403, "EXCLUSION_RESERVED");
        let refused = partner.post(&format!("{a}/exit"), exit("2026-03-20", "bored")).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("VALUE_INVALID".to_owned(), "/end_reason".to_owned())]);

        // The day of the mark itself is good.
        let ended = partner.post(&format!("{a}/exit"), exit("2026-03-16", "employment")).await.expect(200);
        assert_eq!((ended.field("ends_on"), ended.field("end_reason")), ("2026-03-16".to_owned(), "employment".to_owned()));
        assert_eq!(ended.json()["version"], 2);
        assert_eq!(partner.get(&a).await.expect(200).etag(), ended.etag());
        partner.post(&format!("{a}/exit"), exit("2026-03-16", "employment")).await.expect_problem(409, "ENROLMENT_ENDED");
        let excluded = manager.post(&format!("{b}/exit"), exit("2026-03-16", "excluded")).await.expect(200);
        assert_eq!(excluded.field("end_reason"), "excluded");

        // Both stay on the sheet of their last day, and on none after it.
        let tuesday = server.given().session(&association.group, "2026-03-17").await;
        let expected = async |session: &str| {
            let sheet = partner.get(&format!("/v1/sessions/{session}/attendance")).await.expect(200).json();
            let on = |enrolment: &String| sheet["marks"].as_array().unwrap().iter().any(|mark| mark["enrolment_id"] == **enrolment);
            association.enrolments.iter().map(on).collect::<Vec<_>>()
        };
        assert_eq!(expected(&association.session).await, [true, true]);
        assert_eq!(expected(&tuesday).await, [false, false]);
        let order = marks(&[mark(&association.enrolments[0], "present")]);
        let refused = partner.put(&format!("/v1/sessions/{tuesday}/attendance"), order).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("PERSON_NOT_EXPECTED".to_owned(), "/marks/0/enrolment_id".to_owned())]);
    });
}

#[test]
fn a_caseworker_ends_an_enrolment_and_only_a_manager_excludes() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let territory = given.territory(&["87085"]).await;
        let organisation = given.organisation().await;
        let association = given.sheet_with(&organisation, vec![given.person_in(&territory).await]).await;
        let caseworker = server.caseworker(&[&territory]).await;
        let machine = server.client(&organisation, &PARTNER_SCOPES).await;
        let path = format!("/v1/enrolments/{}/exit", association.enrolments[0]);
        for caller in [&caseworker, &machine] {
            let order = json!({"ends_on": "2026-03-20", "end_reason": "excluded"});
            caller.post(&path, order).await.expect_problem(403, "EXCLUSION_RESERVED");
        }
        caseworker.post(&path, json!({"ends_on": "2026-03-20", "end_reason": "abandoned"})).await.expect(200);
    });
}

#[test]
fn a_seat_is_free_again_after_the_last_day_of_an_enrolment() {
    on_both(async |server| {
        let (association, _, manager) = monday(server, 0).await;
        let group = format!("/v1/groups/{}", association.group);
        let mut order = manager.get(&group).await.expect(200).json();
        let kept = ["name", "place", "commune_code", "starts_on", "ends_on"];
        let mut edit: Value = kept.iter().map(|name| ((*name).to_owned(), order[*name].take())).collect::<serde_json::Map<_, _>>().into();
        edit["capacity"] = json!(1);
        manager.edit(&group, edit).await.expect(200);
        let (first, second) = (server.given().person().await, server.given().person().await);
        let enrol = async |person: &str, starts_on: &str| {
            let order = json!({"beneficiary_id": person, "starts_on": starts_on, "status_at_entry": "rsa"});
            manager.post(&format!("{group}/enrolments"), order).await
        };
        let seat = enrol(&first.id, "2026-03-01").await.expect(201).id();
        enrol(&first.id, "2026-04-01").await.expect_problem(409, "ALREADY_ENROLLED");
        enrol(&second.id, "2026-04-01").await.expect_problem(409, "GROUP_FULL");
        manager.post(&format!("/v1/enrolments/{seat}/exit"), json!({"ends_on": "2026-03-31", "end_reason": "completed"})).await.expect(200);
        enrol(&second.id, "2026-03-31").await.expect_problem(409, "GROUP_FULL");
        enrol(&second.id, "2026-04-01").await.expect(201);
        let refused = enrol("01900000-0000-7000-8000-000000000000", "2026-04-01").await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("BENEFICIARY_UNKNOWN".to_owned(), "/beneficiary_id".to_owned())]);
    });
}

#[test]
fn an_assessment_is_written_from_the_version_its_writer_saw() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 1).await;
        let enrolment = format!("/v1/enrolments/{}", association.enrolments[0]);
        let path = format!("{enrolment}/assessment");
        let seen = partner.get(&enrolment).await.expect(200);
        assert_eq!(seen.json()["assessment"], Value::Null);
        let order = json!({
            "aptitudes": [{"theme": "skills", "level": "acquired"}, {"theme": "expression", "level": "emerging"}],
            "next_step": "training", "text": "Motivée,\nponctuelle",
        });
        partner.put(&path, order.clone()).await.expect_problem(428, "PRECONDITION_REQUIRED");
        for (wrong, code, place) in [
            (json!({"next_step": "space_travel"}), "CODE_UNKNOWN", "/next_step"),
            (json!({"next_step": "none", "aptitudes": [{"theme": "skills", "level": "superb"}]}), "CODE_UNKNOWN", "/aptitudes/0/level"),
            (json!({"next_step": "none", "aptitudes": [{"theme": "charm", "level": "acquired"}]}), "VALUE_INVALID", "/aptitudes/0/theme"),
            (
                json!({"next_step": "none", "aptitudes": [{"theme": "skills", "level": "acquired"}, {"theme": "skills", "level": "emerging"}]}),
                "DUPLICATE_ITEM",
                "/aptitudes/1/theme",
            ),
            (json!({"aptitudes": []}), "FIELD_MISSING", "/next_step"),
        ] {
            let refused = partner.put_if_match(&path, &seen.etag(), wrong.clone()).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())], "{wrong}");
        }
        let assessed = partner.put_if_match(&path, &seen.etag(), order.clone()).await.expect(200);
        let mut expected = order.clone();
        expected["assessed_at"] = json!(server.now().to_string());
        assert_eq!(assessed.json()["assessment"], expected);
        assert_eq!(manager.get(&enrolment).await.expect(200).json()["assessment"], expected);
        partner.put_if_match(&path, &seen.etag(), order.clone()).await.expect_problem(412, "STALE_VERSION");
        // Rewritten whole, and after the end too.
        partner.post(&format!("{enrolment}/exit"), json!({"ends_on": "2026-03-20", "end_reason": "completed"})).await.expect(200);
        let current = partner.get(&enrolment).await.expect(200).etag();
        let rewritten = partner.put_if_match(&path, &current, json!({"next_step": "employment"})).await.expect(200).json();
        let assessment = &rewritten["assessment"];
        assert_eq!((&assessment["aptitudes"], &assessment["next_step"], &assessment["text"]), (&json!([]), &json!("employment"), &Value::Null));
    });
}

#[test]
fn a_clash_of_half_days_names_the_other_action_to_the_departement_alone() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let territory = given.territory(&["87085"]).await;
        let person = given.person_in(&territory).await;
        let here = given.sheet_with(&given.organisation().await, vec![person.clone()]).await;
        let manager = server.manager().await;
        let own = format!("/v1/enrolments/{}", here.enrolments[0]);
        assert_eq!(manager.get(&own).await.expect(200).json()["warnings"], json!([]));

        // Elsewhere the same Monday morning; an action of its own name, and sessions that do not clash.
        let organisation = given.organisation().await;
        let mut order = given.action_order(&organisation);
        order["name"] = json!("Passeport travail");
        let action = manager.post("/v1/actions", order).await.expect(201).id();
        let group = given.group(&action).await;
        given.session(&group, "2026-03-16").await;
        given.session(&group, "2026-03-18").await;
        let sessions = format!("/v1/groups/{group}/sessions");
        manager.post(&sessions, half_day("2026-03-16", "afternoon")).await.expect(201);
        let enrolled = manager.post(&format!("/v1/groups/{group}/enrolments"), given.enrolment_order(&person)).await.expect(201);
        let warning = |action: Value| json!([{"code": "HALF_DAY_CLASH", "date": "2026-03-16", "half_day": "morning", "action_name": action}]);
        assert_eq!(enrolled.json()["warnings"], warning(json!("Atelier de mobilisation")), "never refused");

        let partner = server.partner(&here.organisation).await;
        let machine = server.client(&here.organisation, &PARTNER_SCOPES).await;
        let caseworker = server.caseworker(&[&territory]).await;
        for (caller, named) in
            [(&manager, json!("Passeport travail")), (&caseworker, json!("Passeport travail")), (&partner, Value::Null), (&machine, Value::Null)]
        {
            let read = caller.get(&own).await.expect(200);
            assert_eq!(read.json()["warnings"], warning(named.clone()), "{}", caller.name());
            let listed = caller.get(&format!("/v1/groups/{}/enrolments", here.group)).await.expect(200).items();
            assert_eq!(listed[0]["warnings"], warning(named.clone()), "{}", caller.name());
            if named.is_null() {
                assert!(!read.text().contains("Passeport"), "{}", read.text());
            }
        }
        // A cancelled half-day clashes with nothing.
        let cancelled = format!("/v1/sessions/{}/cancellation", here.session);
        partner.post(&cancelled, json!({"reason": "weather"})).await.expect(200);
        assert_eq!(manager.get(&own).await.expect(200).json()["warnings"], json!([]));
    });
}

#[test]
fn an_enrolment_ends_while_its_group_meets() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let action = given.action(&given.organisation().await).await;
        let group = group(server, &action, json!({"ends_on": given.day(40)})).await;
        let enrolment = given.enrolment(&group, &given.person().await).await;
        let exit = format!("/v1/enrolments/{enrolment}/exit");
        for mistyped in [given.day(41), "2126-01-01".to_owned()] {
            let order = json!({"ends_on": mistyped, "end_reason": "employment"});
            assert_faults(manager.post(&exit, order).await, &[("ENROLMENT_OUTSIDE_GROUP", "/ends_on")]);
        }
        manager.post(&exit, json!({"ends_on": given.day(40), "end_reason": "employment"})).await.expect(200);
    });
}
