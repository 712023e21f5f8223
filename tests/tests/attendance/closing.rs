//! Closing a sheet by hand and by the clock, correcting a closed one, and the history of it all.

use api_tests::given::PARTNER_SCOPES;
use api_tests::{Client, on_both};
use serde_json::{Value, json};

use super::{CLOSING, END_OF_LATE_MARKS, close, correct, history, just_before, line, mark, marks, monday, set_clock};

#[test]
fn a_sheet_closes_once_everybody_is_marked() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let path = association.sheet_path();
        partner.put(&path, marks(&[mark(&association.enrolments[0], "present")])).await.expect(200);
        close(&partner, &association).await.expect_problem(409, "MARKS_MISSING");
        assert_eq!(partner.get(&path).await.expect(200).field("state"), "open");
        let filled = partner.put(&path, association.all_present()).await.expect(200).json();
        let closed = close(&partner, &association).await.expect(200);
        let sheet = closed.json();
        assert_eq!((&sheet["state"], &sheet["incomplete"], &sheet["marks"]), (&json!("closed"), &json!(false), &filled["marks"]));
        assert_eq!(partner.get(&path).await.expect(200).etag(), closed.etag());
        for again in [close(&partner, &association).await, close(&manager, &association).await] {
            let again = again.expect(200);
            assert_eq!((again.etag(), again.text()), (closed.etag(), closed.text()), "closing twice changes nothing");
        }
        let session = partner.get(&format!("/v1/sessions/{}", association.session)).await.expect(200);
        assert_eq!(session.field("sheet_state"), "closed");
        let listed = async |state: &str| partner.get(&format!("/v1/sessions?sheet={state}")).await.expect(200).ids();
        assert_eq!((listed("closed").await, listed("open").await), (vec![association.session.clone()], Vec::new()));
    });
}

#[test]
fn a_closed_sheet_takes_its_own_content_again_and_nothing_else() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let path = association.sheet_path();
        partner.put(&path, association.all_present()).await.expect(200);
        let closed = close(&partner, &association).await.expect(200);
        let machine = server.client(&association.organisation, &PARTNER_SCOPES).await;
        for caller in [&partner, &machine, &manager] {
            let enrolment = &association.enrolments[0];
            for order in [mark(enrolment, "absent_unexcused"), json!({"enrolment_id": enrolment, "status": null})] {
                caller.put(&path, marks(&[order])).await.expect_problem(409, "SHEET_CLOSED");
            }
            let again = caller.put(&path, association.all_present()).await.expect(200);
            assert_eq!((again.etag(), again.text()), (closed.etag(), closed.text()), "{}", caller.name());
        }
    });
}

#[test]
fn a_manager_corrects_a_closed_sheet_by_the_version_they_saw() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let enrolment = association.enrolments[0].as_str();
        let order = |version: i32, status: &str, more: Value| {
            let mut order = json!({"enrolment_id": enrolment, "version": version, "status": status, "reason": "Erreur de saisie"});
            order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            order
        };
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        correct(&manager, &association, order(1, "absent_unexcused", json!({}))).await.expect_problem(409, "SHEET_OPEN");
        let closed = close(&partner, &association).await.expect(200).json();
        correct(&partner, &association, order(1, "absent_unexcused", json!({}))).await.expect_problem(403, "FUNCTION_DENIED");
        for version in [0, 2] {
            correct(&manager, &association, order(version, "absent_unexcused", json!({}))).await.expect_problem(409, "VERSION_CONFLICT");
        }
        for (wrong, code, place) in [
            (order(1, "late", json!({})), "MINUTES_REQUIRED", "/minutes"),
            (order(1, "late", json!({"minutes": 181})), "MINUTES_OUT_OF_RANGE", "/minutes"),
            (order(1, "absent_excused", json!({})), "REASON_REQUIRED", "/absence_reason"),
            (order(1, "absent_excused", json!({"absence_reason": "no_such_reason"})), "CODE_UNKNOWN", "/absence_reason"),
            (order(1, "present", json!({"absence_reason": "illness"})), "REASON_FORBIDDEN", "/absence_reason"),
            (order(1, "absent_unexcused", json!({"signed": true})), "SIGNATURE_FORBIDDEN", "/signed"),
            (order(1, "present", json!({"enrolment_id": association.session})), "PERSON_NOT_EXPECTED", "/enrolment_id"),
            (order(1, "present", json!({"reason": " "})), "TEXT_EMPTY", "/reason"),
        ] {
            let refused = correct(&manager, &association, wrong.clone()).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())], "{wrong}");
        }
        server.advance(chrono::TimeDelta::hours(1));
        let corrected = correct(&manager, &association, order(1, "absent_excused", json!({"absence_reason": "illness"}))).await.expect(200);
        let sheet = corrected.json();
        assert_eq!(sheet["state"], "closed");
        assert_eq!(sheet["version"], closed["version"].as_i64().unwrap() + 1);
        let read = ["status", "reason", "credited_minutes", "version"].map(|name| line(&sheet, enrolment)[name].clone());
        assert_eq!(read, [json!("absent_excused"), json!("illness"), json!(0), json!(2)]);
        correct(&manager, &association, order(1, "present", json!({}))).await.expect_problem(409, "VERSION_CONFLICT");
        let states = history(&partner, &association).await;
        let state = states.last().unwrap();
        let read = ["enrolment_id", "version", "status", "reason", "source", "correction_reason", "recorded_by"].map(|name| state[name].clone());
        let expected = [
            json!(enrolment),
            json!(2),
            json!("absent_excused"),
            json!("illness"),
            json!("correction"),
            json!("Erreur de saisie"),
            json!(manager.id()),
        ];
        assert_eq!(read, expected);
    });
}

#[test]
fn the_clock_closes_a_sheet_at_the_end_of_the_tenth_of_the_next_month() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let path = association.sheet_path();
        let session_path = format!("/v1/sessions/{}", association.session);
        let [a, b] = [0, 1].map(|place| association.enrolments[place].as_str());
        assert_eq!(partner.get(&session_path).await.expect(200).field("sheet_closes_at"), CLOSING);
        // A session of December, whose sheet closes in the next year, in winter.
        let december = server.given().session(&association.group, "2026-12-20").await;
        let december = manager.get(&format!("/v1/sessions/{december}")).await.expect(200);
        assert_eq!(december.field("sheet_closes_at"), "2027-01-10T23:00:00.000Z");

        set_clock(server, &just_before(CLOSING));
        partner.put(&path, marks(&[mark(a, "present")])).await.expect(200);
        let open = partner.put(&path, marks(&[mark(a, "absent_unexcused")])).await.expect(200).json();
        assert_eq!((&open["state"], &open["incomplete"]), (&json!("open"), &json!(false)));
        set_clock(server, CLOSING);
        let closed = partner.get(&path).await.expect(200).json();
        assert_eq!((&closed["state"], &closed["incomplete"]), (&json!("closed"), &json!(true)), "unmarked people are missed");
        assert_eq!(partner.get(&session_path).await.expect(200).field("sheet_state"), "closed");
        let listed = async |state: &str| partner.get(&format!("/v1/sessions?sheet={state}&to=2026-03-31")).await.expect(200).ids();
        assert_eq!((listed("closed").await, listed("open").await), (vec![association.session.clone()], Vec::new()));

        // Late marks: the first of somebody unmarked, no change, and never both at once.
        partner.put(&path, marks(&[mark(a, "present")])).await.expect_problem(409, "SHEET_CLOSED");
        partner.put(&path, marks(&[mark(a, "present"), mark(b, "present")])).await.expect_problem(409, "SHEET_CLOSED");
        partner.put(&path, marks(&[mark(a, "absent_unexcused")])).await.expect(200);
        correct(&manager, &association, json!({"enrolment_id": a, "version": 2, "status": "present", "reason": "Oubli"})).await.expect(200);
        set_clock(server, END_OF_LATE_MARKS);
        partner.put(&path, marks(&[mark(b, "present")])).await.expect_problem(409, "SHEET_CLOSED");
        set_clock(server, &just_before(END_OF_LATE_MARKS));
        let late = partner.put(&path, marks(&[mark(a, "present"), mark(b, "present")])).await.expect(200).json();
        assert_eq!((&late["state"], &late["incomplete"]), (&json!("closed"), &json!(false)), "complete at last");
        partner.put(&path, marks(&[mark(b, "absent_unexcused")])).await.expect_problem(409, "SHEET_CLOSED");
        // A manager corrects for ever, also somebody who was never marked.
        set_clock(server, "2027-06-01T12:00:00.000Z");
        correct(&manager, &association, json!({"enrolment_id": b, "version": 1, "status": "absent_unexcused", "reason": "Contrôle"}))
            .await
            .expect(200);
    });
}

#[test]
fn a_sheet_closed_by_somebody_takes_no_late_first_mark() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 1).await;
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        close(&partner, &association).await.expect(200);
        // Enrolled afterwards, from a day before the session on: expected, unmarked, and the sheet was closed by somebody.
        let latecomer = server.given().person().await;
        let enrolment = server.given().enrolment(&association.group, &latecomer).await;
        let order = marks(&[mark(&enrolment, "present")]);
        partner.put(&association.sheet_path(), order).await.expect_problem(409, "SHEET_CLOSED");
        let sheet = partner.get(&association.sheet_path()).await.expect(200).json();
        assert_eq!((&sheet["state"], &sheet["incomplete"]), (&json!("closed"), &json!(true)));
        let order = json!({"enrolment_id": enrolment, "version": 0, "status": "present", "reason": "Inscription tardive"});
        let sheet = correct(&manager, &association, order).await.expect(200).json();
        assert_eq!((&sheet["incomplete"], &line(&sheet, &enrolment)["version"]), (&json!(false), &json!(1)));
    });
}

#[test]
fn a_cancelled_session_takes_no_marks_and_a_marked_one_is_not_cancelled() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 1).await;
        let path = association.sheet_path();
        let cancellation = format!("/v1/sessions/{}/cancellation", association.session);
        let reason = json!({"reason": "trainer_absent"});
        let refused = partner.post(&cancellation, json!({"reason": "no_such_reason"})).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("CODE_UNKNOWN".to_owned(), "/reason".to_owned())]);
        partner.put(&path, association.all_present()).await.expect(200);
        partner.post(&cancellation, reason.clone()).await.expect_problem(409, "SESSION_HAS_MARKS");
        partner.put(&path, marks(&[json!({"enrolment_id": association.enrolments[0], "status": null})])).await.expect(200);
        let cancelled = partner.post(&cancellation, reason.clone()).await.expect(200);
        assert_eq!(cancelled.field("cancel_reason"), "trainer_absent");
        assert_eq!(cancelled.field("cancelled_at"), server.now().to_string());
        partner.put(&path, association.all_present()).await.expect_problem(409, "SESSION_CANCELLED");
        close(&partner, &association).await.expect_problem(409, "SESSION_CANCELLED");
        let correction = json!({"enrolment_id": association.enrolments[0], "version": 2, "status": "present", "reason": "Erreur"});
        correct(&manager, &association, correction).await.expect_problem(409, "SESSION_CANCELLED");
        partner.post(&cancellation, reason).await.expect_problem(409, "SESSION_CANCELLED");
        assert_eq!(history(&partner, &association).await.len(), 2, "what was marked and unmarked stays known");
        set_clock(server, CLOSING);
        assert_eq!(partner.get(&path).await.expect(200).json()["incomplete"], false, "a cancelled session misses nobody");
        assert_eq!(partner.get("/v1/sessions?sheet=open").await.expect(200).ids(), Vec::<String>::new());
    });
}

#[test]
fn the_history_tells_every_state_in_the_order_it_was_recorded() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 2).await;
        let machine = server.client(&association.organisation, &PARTNER_SCOPES).await;
        let [a, b] = [0, 1].map(|place| association.enrolments[place].as_str());
        let path = association.sheet_path();
        assert_eq!(history(&partner, &association).await, Vec::<Value>::new());
        let mut moments = Vec::new();
        for (caller, order) in [
            (&partner, json!({"enrolment_id": b, "status": "late", "minutes": 60, "signed": true})),
            (&machine, json!({"enrolment_id": a, "status": "absent_excused", "reason": "transport"})),
            (&manager, json!({"enrolment_id": b, "status": null})),
            (&partner, json!({"enrolment_id": b, "status": "present", "signed": false})),
        ] {
            server.advance(chrono::TimeDelta::milliseconds(1));
            moments.push(server.now().to_string());
            caller.put(&path, marks(&[order])).await.expect(200);
        }
        let [reference_a, reference_b] = [0, 1].map(|place| association.people[place].reference.as_str());
        let state =
            |enrolment: &str, reference: &str, version: i32, status: Value, minutes: Value, reason: Value, signed: Value, by: &Client, at: usize| {
                json!({
                    "enrolment_id": enrolment, "person_reference": reference, "version": version, "status": status, "minutes": minutes,
                    "reason": reason, "signed": signed, "source": "sheet", "correction_reason": null, "recorded_by": by.id(),
                    "recorded_at": moments[at],
                })
            };
        let expected = [
            state(b, reference_b, 1, json!("late"), json!(60), Value::Null, json!(true), &partner, 0),
            state(a, reference_a, 1, json!("absent_excused"), Value::Null, json!("transport"), Value::Null, &machine, 1),
            state(b, reference_b, 2, Value::Null, Value::Null, Value::Null, Value::Null, &manager, 2),
            state(b, reference_b, 3, json!("present"), Value::Null, Value::Null, json!(false), &partner, 3),
        ];
        assert_eq!(history(&manager, &association).await, expected);
        assert_eq!(history(&machine, &association).await, expected);
    });
}
