//! A referral to an action follows it: its first attended half-day starts it, the end of its enrolment ends it.

use api_tests::{Answer, TestServer, on_both};
use serde_json::{Value, json};

use super::Workshop;
use crate::attendance::{TUESDAY_EVENING, mark, marks, set_clock};
use crate::submissions::{DECISIONS, SUBMISSIONS};

/// A workshop with sessions of Monday and Tuesday, and somebody accepted from Monday on.
struct Seated {
    workshop: Workshop,
    referral: String,
    seat: String,
    person: String,
    monday: String,
    tuesday: String,
}

impl Seated {
    async fn new(server: &TestServer) -> Self {
        let mut seated = Self::sent(server).await;
        seated.accept().await;
        seated
    }

    /// The same, where nobody has answered.
    async fn sent(server: &TestServer) -> Self {
        // Sent on Monday before the session; it is Tuesday evening.
        set_clock(server, "2026-03-16T06:00:00.000Z");
        let given = server.given();
        let workshop = Workshop::new(server, 5).await;
        let (monday, tuesday) = (given.session(&workshop.group, "2026-03-16").await, given.session(&workshop.group, "2026-03-17").await);
        let person = given.person().await;
        let referral = workshop.refer_person(server, &person).await;
        set_clock(server, TUESDAY_EVENING);
        Self { workshop, referral, seat: String::new(), person: person.reference, monday, tuesday }
    }

    async fn accept(&mut self) {
        let order = json!({"starts_on": "2026-03-16"});
        self.seat = self.workshop.receiver.answer(&self.referral, "acceptance", order).await.expect(200).field("enrolment_id");
        self.workshop.receiver.news().await;
    }

    async fn mark(&self, session: &str, more: Value) -> Answer {
        let line = super::with(json!({"enrolment_id": self.seat}), more);
        self.workshop.receiver.machine.put(&format!("/v1/sessions/{session}/attendance"), marks(&[line])).await.expect(200)
    }

    async fn read(&self) -> Value {
        self.workshop.receiver.read(&self.referral).await
    }

    /// That it started on that day, and its receiver was told once.
    async fn assert_started(&mut self, on: &str, how: &str) {
        let referral = self.read().await;
        let read = ["state", "started_on", "came", "joined", "version", "closed_at"].map(|name| referral[name].clone());
        assert_eq!(read, [json!("started"), json!(on), json!("yes"), json!(true), json!(3), Value::Null], "{how}");
        assert_eq!(self.workshop.receiver.news().await, ["started"], "{how}");
    }

    async fn assert_not_started(&mut self, how: &str) {
        let referral = self.read().await;
        assert_eq!((&referral["state"], &referral["started_on"], &referral["came"]), (&json!("accepted"), &Value::Null, &Value::Null), "{how}");
        assert!(self.workshop.receiver.news().await.is_empty(), "{how}");
    }
}

#[test]
fn the_first_half_day_attended_starts_it() {
    on_both(async |server| {
        for how in [json!({"status": "present"}), json!({"status": "late", "minutes": 30}), json!({"status": "left_early", "minutes": 30})] {
            let mut seated = Seated::new(server).await;
            let monday = seated.monday.clone();
            seated.mark(&monday, how.clone()).await;
            seated.assert_started("2026-03-16", &how.to_string()).await;
            // The next half-day changes nothing of it, nor does the same again.
            let tuesday = seated.tuesday.clone();
            seated.mark(&tuesday, how.clone()).await;
            seated.mark(&monday, how.clone()).await;
            assert_eq!((&seated.read().await["started_on"], seated.workshop.receiver.news().await), (&json!("2026-03-16"), Vec::new()));
        }
    });
}

#[test]
fn absences_do_not_start_it() {
    on_both(async |server| {
        let mut seated = Seated::new(server).await;
        let (monday, tuesday) = (seated.monday.clone(), seated.tuesday.clone());
        for how in [json!({"status": "absent_unexcused"}), json!({"status": "absent_excused", "reason": "illness"}), json!({"status": null})] {
            seated.mark(&monday, how.clone()).await;
            seated.assert_not_started(&how.to_string()).await;
        }
        seated.mark(&tuesday, json!({"status": "present"})).await;
        seated.assert_started("2026-03-17", "the first that was attended").await;
    });
}

#[test]
fn a_submission_starts_it_on_the_first_day_that_it_tells() {
    on_both(async |server| {
        let mut seated = Seated::new(server).await;
        let line = |session: &str, status: &str| json!({"session_id": session, "person_reference": seated.person, "status": status});
        let absent = json!({"lines": [line(&seated.monday, "absent_unexcused")]});
        let both = json!({"lines": [line(&seated.tuesday, "present"), line(&seated.monday, "present")]});
        let machine = seated.workshop.receiver.machine.clone();
        machine.post(SUBMISSIONS, absent).await.expect(201);
        seated.assert_not_started("an absence").await;
        machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).json(&both).send().await.expect(200);
        seated.assert_not_started("a dry run").await;
        machine.post(SUBMISSIONS, both).await.expect(201);
        seated.assert_started("2026-03-16", "a submission").await;
    });
}

#[test]
fn a_held_line_starts_it_once_it_is_applied() {
    on_both(async |server| {
        for decision in ["apply", "attach"] {
            // Present before the paper was: the line is held until there is a seat.
            let mut seated = Seated::sent(server).await;
            let lines = json!({"lines": [{"session_id": seated.monday, "person_reference": seated.person, "status": "present"}]});
            let submission = seated.workshop.receiver.machine.post(SUBMISSIONS, lines).await.expect(207).id();
            let held = seated.workshop.manager.list(&format!("/v1/held-lines?submission_id={submission}")).await;
            seated.accept().await;
            seated.assert_not_started("held").await;
            let mut order = json!({"held_line_id": held[0]["id"], "decision": decision});
            if decision == "attach" {
                order["enrolment_id"] = json!(seated.seat);
            }
            seated.workshop.manager.post(DECISIONS, json!({"decisions": [order]})).await.expect(200);
            seated.assert_started("2026-03-16", decision).await;
        }
    });
}

#[test]
fn a_correction_of_a_closed_sheet_starts_it() {
    on_both(async |server| {
        let mut seated = Seated::new(server).await;
        let sheet = format!("/v1/sessions/{}/attendance", seated.monday);
        let monday = seated.monday.clone();
        seated.mark(&monday, json!({"status": "absent_unexcused"})).await;
        seated.workshop.receiver.machine.command(&format!("{sheet}/closure")).await.expect(200);
        let correction = json!({"enrolment_id": seated.seat, "version": 1, "status": "present", "reason": "Erreur de saisie"});
        seated.workshop.manager.post(&format!("{sheet}/corrections"), correction).await.expect(200);
        seated.assert_started("2026-03-16", "a correction").await;
    });
}

#[test]
fn the_sheets_of_others_start_nothing() {
    on_both(async |server| {
        let mut seated = Seated::new(server).await;
        let given = server.given();
        let other = given.person().await;
        let seat = given.enrolment(&seated.workshop.group, &other).await;
        let sheet = format!("/v1/sessions/{}/attendance", seated.monday);
        seated.workshop.receiver.machine.put(&sheet, marks(&[mark(&seat, "present")])).await.expect(200);
        seated.assert_not_started("somebody else's half-day").await;
    });
}

#[test]
fn the_end_of_the_enrolment_ends_it_with_its_reason() {
    on_both(async |server| {
        for (reason, state) in [
            ("completed", "completed"),
            ("abandoned", "abandoned"),
            ("employment", "abandoned"),
            ("training", "abandoned"),
            ("moved", "abandoned"),
            ("excluded", "abandoned"),
            ("never_came", "abandoned"),
            ("other", "abandoned"),
        ] {
            let mut seated = Seated::new(server).await;
            let came = reason != "never_came";
            if came {
                let monday = seated.monday.clone();
                seated.mark(&monday, json!({"status": "present"})).await;
                seated.assert_started("2026-03-16", reason).await;
            }
            let order = json!({"ends_on": "2026-03-17", "end_reason": reason});
            seated.workshop.manager.post(&format!("/v1/enrolments/{}/exit", seated.seat), order).await.expect(200);
            let referral = seated.read().await;
            let read = ["state", "reason", "started_on", "ended_on", "closed_at", "came"].map(|name| referral[name].clone());
            let expected = [
                json!(state),
                if state == "completed" { Value::Null } else { json!(reason) },
                if came { json!("2026-03-16") } else { Value::Null },
                json!("2026-03-17"),
                json!(TUESDAY_EVENING),
                json!(if came { "yes" } else { "no" }),
            ];
            assert_eq!(read, expected, "{reason}");
            assert_eq!(seated.workshop.receiver.news().await, [state], "{reason}");
            // Each reason that it may have is in the list that the contract names.
            if state == "abandoned" {
                let known = seated.workshop.manager.get("/v1/reference/referral_abandonment_reasons").await.expect(200).items();
                assert!(known.iter().any(|one| one["code"] == json!(reason)), "{reason}");
            }
        }
    });
}

#[test]
fn what_follows_its_enrolment_is_neither_started_nor_concluded_by_hand() {
    on_both(async |server| {
        let seated = Seated::new(server).await;
        for (command, order) in
            [("start", json!({"started_on": "2026-03-17"})), ("outcome", json!({"conclusion": "completed", "ended_on": "2026-03-17"}))]
        {
            seated.workshop.receiver.answer(&seated.referral, command, order).await.expect_problem(409, "FOLLOWS_ENROLMENT");
        }
        assert_eq!(seated.read().await["state"], json!("accepted"));
    });
}
