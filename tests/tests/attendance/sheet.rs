//! Reading and filling a sheet: who is on it, what a mark says, and that saying it again changes nothing.

use api_tests::given::PARTNER_SCOPES;
use api_tests::on_both;
use serde_json::{Value, json};

use super::{TUESDAY_EVENING, history, just_before, line, mark, marks, monday, set_clock, statuses};

#[test]
fn a_sheet_lists_everybody_expected_by_name() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let mut people = Vec::new();
        for (last_name, first_name) in [("Zola", "Anne"), ("Éluard", "Paul"), ("de Sèze", "Line"), ("eluard", "Anne"), ("Durand", "Jean")] {
            people.push(given.person_with(json!({"last_name": last_name, "first_name": first_name})).await);
        }
        let organisation = given.organisation().await;
        let association = given.sheet_with(&organisation, people.clone()).await;
        let manager = server.manager().await;
        // The session is on the 16th: one who comes on the 17th and one who left on the 15th are not expected, those of one day are.
        for (starts_on, ends_on, last_name) in [
            ("2026-03-17", None, "Demain"),
            ("2026-01-01", Some("2026-03-15"), "Hier"),
            ("2026-03-16", None, "Arrivée"),
            ("2026-01-01", Some("2026-03-16"), "Départ"),
        ] {
            let person = given.person_with(json!({"last_name": last_name, "first_name": "Camille"})).await;
            let order = json!({"beneficiary_id": person.id, "starts_on": starts_on, "status_at_entry": "rsa"});
            let enrolment = manager.post(&format!("/v1/groups/{}/enrolments", association.group), order).await.expect(201).id();
            if let Some(ends_on) = ends_on {
                manager.post(&format!("/v1/enrolments/{enrolment}/exit"), json!({"ends_on": ends_on, "end_reason": "moved"})).await.expect(200);
            }
        }
        let machine = server.client(&organisation, &PARTNER_SCOPES).await;
        let mut seen = Vec::new();
        for caller in [server.partner(&organisation).await, machine, manager] {
            let sheet = caller.get(&association.sheet_path()).await.expect(200).json();
            assert_eq!((&sheet["state"], &sheet["incomplete"], &sheet["session_id"]), (&json!("open"), &json!(false), &json!(association.session)));
            let names = sheet["marks"].as_array().unwrap().iter().map(|one| format!("{} {}", one["last_name"], one["first_name"]).replace('"', ""));
            let expected = ["Arrivée Camille", "de Sèze Line", "Départ Camille", "Durand Jean", "eluard Anne", "Éluard Paul", "Zola Anne"];
            assert_eq!(names.collect::<Vec<_>>(), expected, "{}", caller.name());
            for (enrolment, person) in association.enrolments.iter().zip(&people) {
                let line = line(&sheet, enrolment);
                assert_eq!(line["person_reference"], person.reference);
                for name in ["status", "minutes", "credited_minutes", "reason", "signed"] {
                    assert_eq!(line[name], Value::Null, "{name}");
                }
                assert_eq!(line["version"], 0);
            }
            seen.push(sheet);
        }
        assert!(seen.iter().all(|sheet| *sheet == seen[0]), "partner, client and manager see the same sheet");
    });
}

#[test]
fn a_sheet_is_filled_with_every_status_and_its_minutes_are_credited() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 5).await;
        let [punctual, late, early, ill, absent] = [0, 1, 2, 3, 4].map(|place| association.enrolments[place].as_str());
        let order = marks(&[
            json!({"enrolment_id": punctual, "status": "present", "signed": true}),
            json!({"enrolment_id": late, "status": "late", "minutes": 1, "signed": false}),
            json!({"enrolment_id": early, "status": "left_early", "minutes": 180, "signed": null}),
            json!({"enrolment_id": ill, "status": "absent_excused", "reason": "illness"}),
            json!({"enrolment_id": absent, "status": "absent_unexcused"}),
        ]);
        let filled = partner.put(&association.sheet_path(), order).await.expect(200);
        let sheet = filled.json();
        let read = |enrolment: &str| {
            let line = line(&sheet, enrolment);
            ["status", "minutes", "credited_minutes", "reason", "signed", "version"].map(|name| line[name].clone())
        };
        assert_eq!(read(punctual), [json!("present"), json!(null), json!(180), json!(null), json!(true), json!(1)]);
        assert_eq!(read(late), [json!("late"), json!(1), json!(1), json!(null), json!(false), json!(1)]);
        assert_eq!(read(early), [json!("left_early"), json!(180), json!(180), json!(null), json!(null), json!(1)]);
        assert_eq!(read(ill), [json!("absent_excused"), json!(null), json!(0), json!("illness"), json!(null), json!(1)]);
        assert_eq!(read(absent), [json!("absent_unexcused"), json!(null), json!(0), json!(null), json!(null), json!(1)]);
        let again = partner.get(&association.sheet_path()).await.expect(200);
        assert_eq!((again.json(), again.etag()), (sheet, filled.etag()), "what was answered is what is read");
    });
}

#[test]
fn the_same_content_again_changes_nothing() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 3).await;
        let path = association.sheet_path();
        let session_path = format!("/v1/sessions/{}", association.session);
        let [a, b, c] = [0, 1, 2].map(|place| association.enrolments[place].as_str());
        let all = [json!({"enrolment_id": a, "status": "late", "minutes": 90, "signed": true}), mark(b, "present"), mark(c, "absent_unexcused")];
        let first = partner.put(&path, marks(&all)).await.expect(200);
        let (session, states) = (partner.get(&session_path).await.expect(200), history(&partner, &association).await);
        server.advance(chrono::TimeDelta::minutes(5));
        let reversed: Vec<Value> = all.iter().rev().cloned().collect();
        let unsaid = [json!({"enrolment_id": b, "status": "present", "minutes": null, "reason": null, "signed": null})];
        for (how, order) in
            [("once more", &all[..]), ("in another order", &reversed), ("a part", &all[..1]), ("with nulls", &unsaid), ("nothing", &[])]
        {
            for caller in [&partner, &manager] {
                let again = caller.put(&path, marks(order)).await.expect(200);
                assert_eq!((again.etag(), again.text()), (first.etag(), first.text()), "{how}, {}", caller.name());
            }
        }
        let after = partner.get(&session_path).await.expect(200);
        assert_eq!((after.etag(), after.text()), (session.etag(), session.text()));
        assert_eq!(history(&partner, &association).await, states);
        // The control: other content does change all of it.
        let changed = partner.put(&path, marks(&[mark(b, "absent_unexcused")])).await.expect(200);
        assert_ne!(changed.etag(), first.etag());
        assert_eq!(changed.json()["version"], first.json()["version"].as_i64().unwrap() + 1);
        assert_eq!(history(&partner, &association).await.len(), states.len() + 1);
        assert_ne!(partner.get(&session_path).await.expect(200).field("updated_at"), after.field("updated_at"));
    });
}

#[test]
fn a_person_absent_from_the_marks_stays_as_they_are() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 3).await;
        let [a, b, c] = [0, 1, 2].map(|place| association.enrolments[place].clone());
        partner.put(&association.sheet_path(), marks(&[mark(&a, "present")])).await.expect(200);
        let sheet = partner.put(&association.sheet_path(), marks(&[mark(&b, "absent_unexcused")])).await.expect(200).json();
        assert_eq!(statuses(&sheet, &[a.clone(), b, c]), [json!("present"), json!("absent_unexcused"), Value::Null]);
        assert_eq!(line(&sheet, &a)["version"], 1);
    });
}

#[test]
fn null_unmarks_and_the_history_is_kept() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 1).await;
        let enrolment = &association.enrolments[0];
        let path = association.sheet_path();
        let order = json!({"enrolment_id": enrolment, "status": "late", "minutes": 30, "signed": true});
        partner.put(&path, marks(&[order])).await.expect(200);
        server.advance(chrono::TimeDelta::seconds(1));
        let sheet = partner.put(&path, marks(&[json!({"enrolment_id": enrolment, "status": null})])).await.expect(200).json();
        let unmarked = line(&sheet, enrolment);
        for name in ["status", "minutes", "credited_minutes", "reason", "signed"] {
            assert_eq!(unmarked[name], Value::Null, "{name}");
        }
        assert_eq!(unmarked["version"], 2);
        let states = history(&partner, &association).await;
        let shown: Vec<_> = states.iter().map(|state| (state["version"].clone(), state["status"].clone(), state["minutes"].clone())).collect();
        assert_eq!(shown, [(json!(1), json!("late"), json!(30)), (json!(2), Value::Null, Value::Null)]);
        // Forgetting the status is not unmarking.
        let refused = partner.put(&path, marks(&[json!({"enrolment_id": enrolment})])).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("FIELD_MISSING".to_owned(), "/marks/0/status".to_owned())]);
    });
}

#[test]
fn before_the_start_only_an_excused_absence_is_taken() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 2).await;
        let path = association.sheet_path();
        let [a, b] = [0, 1].map(|place| association.enrolments[place].as_str());
        // Nine o'clock in Limoges, in winter.
        let start = "2026-03-16T08:00:00.000Z";
        set_clock(server, &just_before(start));
        let excused = json!({"enrolment_id": a, "status": "absent_excused", "reason": "appointment"});
        for status in ["present", "absent_unexcused"] {
            partner.put(&path, marks(&[mark(b, status)])).await.expect_problem(409, "SESSION_NOT_STARTED");
        }
        let late = json!({"enrolment_id": b, "status": "late", "minutes": 30});
        partner.put(&path, marks(&[excused.clone(), late])).await.expect_problem(409, "SESSION_NOT_STARTED");
        let sheet = partner.get(&path).await.expect(200).json();
        assert_eq!(statuses(&sheet, &association.enrolments), [Value::Null, Value::Null], "all or nothing");
        partner.put(&path, marks(&[excused])).await.expect(200);
        partner.put(&path, marks(&[json!({"enrolment_id": a, "status": null})])).await.expect(200);
        set_clock(server, start);
        partner.put(&path, marks(&[mark(a, "present"), mark(b, "absent_unexcused")])).await.expect(200);
    });
}

#[test]
fn every_fault_of_a_mark_is_told_with_its_place() {
    on_both(async |server| {
        let (association, partner, _) = monday(server, 2).await;
        let elsewhere = server.given().sheet(1).await;
        let path = association.sheet_path();
        let [a, b] = [0, 1].map(|place| association.enrolments[place].as_str());
        let late = |minutes: Value| json!({"enrolment_id": a, "status": "late", "minutes": minutes});
        let before = partner.get(&path).await.expect(200).text();
        for (order, code, place) in [
            (mark(a, "late"), "MINUTES_REQUIRED", "minutes"),
            (late(json!(null)), "MINUTES_REQUIRED", "minutes"),
            (mark(a, "left_early"), "MINUTES_REQUIRED", "minutes"),
            (late(json!(0)), "MINUTES_OUT_OF_RANGE", "minutes"),
            (late(json!(181)), "MINUTES_OUT_OF_RANGE", "minutes"),
            (json!({"enrolment_id": a, "status": "present", "minutes": 180}), "MINUTES_FORBIDDEN", "minutes"),
            (json!({"enrolment_id": a, "status": null, "minutes": 180}), "MINUTES_FORBIDDEN", "minutes"),
            (mark(a, "absent_excused"), "REASON_REQUIRED", "reason"),
            (json!({"enrolment_id": a, "status": "absent_excused", "reason": "no_such_reason"}), "CODE_UNKNOWN", "reason"),
            (json!({"enrolment_id": a, "status": "absent_unexcused", "reason": "illness"}), "REASON_FORBIDDEN", "reason"),
            (json!({"enrolment_id": a, "status": "present", "reason": "illness"}), "REASON_FORBIDDEN", "reason"),
            (json!({"enrolment_id": a, "status": "absent_unexcused", "signed": true}), "SIGNATURE_FORBIDDEN", "signed"),
            (mark("01900000-0000-7000-8000-000000000000", "present"), "PERSON_NOT_EXPECTED", "enrolment_id"),
            (mark(&elsewhere.enrolments[0], "present"), "PERSON_NOT_EXPECTED", "enrolment_id"),
            (json!({"enrolment_id": a, "status": "present", "presence": 1}), "FIELD_UNKNOWN", "presence"),
            (mark(a, "asleep"), "VALUE_INVALID", "status"),
            (late(json!("thirty")), "WRONG_TYPE", "minutes"),
            (json!({"enrolment_id": a, "status": "present", "signed": "yes"}), "WRONG_TYPE", "signed"),
        ] {
            let refused = partner.put(&path, marks(std::slice::from_ref(&order))).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), format!("/marks/0/{place}"))], "{order}");
        }
        // Rules tell everything at once, and nothing of such an order is done.
        let many = marks(&[
            mark(b, "present"),
            json!({"enrolment_id": a, "status": "late", "reason": "illness"}),
            mark(b, "absent_unexcused"),
            mark(&elsewhere.enrolments[0], "absent_excused"),
        ]);
        let refused = partner.put(&path, many).await.expect_problem(422, "INVALID");
        let expected = [
            ("MINUTES_REQUIRED", "/marks/1/minutes"),
            ("REASON_FORBIDDEN", "/marks/1/reason"),
            ("DUPLICATE_MARK", "/marks/2/enrolment_id"),
            ("PERSON_NOT_EXPECTED", "/marks/3/enrolment_id"),
            ("REASON_REQUIRED", "/marks/3/reason"),
        ];
        assert_eq!(refused.faults(), expected.map(|(code, place)| (code.to_owned(), place.to_owned())));
        assert_eq!(partner.get(&path).await.expect(200).text(), before);
        // The bounds themselves are good.
        for minutes in [1, 180] {
            partner.put(&path, marks(&[late(json!(minutes))])).await.expect(200);
        }
    });
}
