//! Sending a referral, and everything that stands against it: who may receive whom, and what an order says too much or too little.

use api_tests::{Client, on_both};
use serde_json::{Value, json};

use super::{Receiver, assert_faults, group, of_person, path, with, without};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::table::ABSENT;

/// What an order to this organisation says.
fn to(organisation: &str, accompaniment: &str) -> Value {
    json!({"purpose": "accompaniment", "organisation_id": organisation, "accompaniment": accompaniment, "objective": "Travailler."})
}

#[test]
fn an_accompaniment_is_sent_with_all_that_it_says() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let mut receiver = Receiver::new(server).await;
        let site = given.site(&receiver.organisation).await;
        let person = given.person().await;
        let manager = server.manager().await;
        let order = with(given.referral_order(&receiver.organisation), json!({"site_id": site, "barriers": ["digital", "mobility", "housing"]}));
        let sent = manager.post(&of_person(&person), order).await.expect(201);
        assert_eq!(sent.header("location"), Some(path(&sent.id()).as_str()));
        let told = sent.json();
        let department = server.administrator().get(&format!("/v1/organisations/{}", server.department())).await.expect(200).json();
        let expected = json!({
            "version": 1, "state": "sent", "organisation_id": receiver.organisation, "site_id": site, "purpose": "accompaniment",
            "accompaniment": "social", "action_id": null, "action_name": null, "group_id": null, "group_name": null,
            "objective": "Retrouver un rythme.", "barriers": ["mobility", "housing", "digital"], "signed_on": "2026-03-17",
            "external_id": null, "referent": null, "reason": null, "comment": null, "enrolment_id": null, "started_on": null, "ended_on": null,
            "came": null, "selected": null, "joined": null, "sent_at": TUESDAY_EVENING, "expires_at": null, "closed_at": null,
            "updated_at": TUESDAY_EVENING, "waiting_rank": null, "warnings": ["OUTSIDE_PROGRAMME"],
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&told[name], value, "{name}");
        }
        assert_eq!(told["person"]["beneficiary_id"], json!(person.id));
        assert_eq!(told["person"]["person_reference"], json!(person.reference));
        assert_eq!((&told["referrer"]["organisation_name"], &told["referrer"]["first_name"]), (&department["name"], &json!("Camille")));
        assert!(told["referrer"]["email"].as_str().is_some_and(|email| email.starts_with("manager-")), "{told}");
        for by in [&manager, &receiver.machine] {
            let read = by.get(&path(&sent.id())).await.expect(200);
            assert_eq!((read.text(), read.etag()), (sent.text(), sent.etag()), "{}", by.name());
        }
        // Its receiver is told the same, but for what only a reading can say.
        let events = receiver.events().await;
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0]["type"], &events[0]["seq"], &events[0]["redacted"]), (&json!("referral.sent"), &json!(1), &json!(false)));
        assert_eq!(events[0]["referral"], without(told, &["waiting_rank", "warnings"]));
    });
}

#[test]
fn a_referral_to_an_action_names_its_group_or_leaves_it_open() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let action = given.action(&receiver.organisation).await;
        let named = given.group(&action).await;
        for (group, name) in [(Some(named.as_str()), json!("Mardi et jeudi")), (None, Value::Null)] {
            let referral = receiver.read(&given.referral_to(&action, group, &given.person().await).await).await;
            let read = ["state", "organisation_id", "accompaniment", "action_id", "action_name", "group_id", "group_name", "expires_at", "warnings"]
                .map(|field| referral[field].clone());
            let expected = [
                json!("sent"),
                json!(receiver.organisation),
                Value::Null,
                json!(action),
                json!("Atelier de mobilisation"),
                json!(group),
                name,
                json!("2026-04-16T17:00:00.000Z"),
                json!([]),
            ];
            assert_eq!(read, expected, "thirty days, to the millisecond, whatever the hour in France");
        }
    });
}

#[test]
fn who_accompanies_is_a_matter_of_kind_delegation_and_day() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let send = async |organisation: &str, accompaniment: &str| {
            let person = given.person_with(json!({"last_name": given.surname(), "first_name": "Claude", "birth_date": "2004-05-06"})).await;
            manager.post(&of_person(&person), to(organisation, accompaniment)).await
        };
        // Since 2025 the public referents provide anything; what the programme does not foresee is a warning.
        for (kind, foreseen) in [("pole_emploi", [false, true, true]), ("mission_locale", [false, false, true]), ("cap_emploi", [false, false, true])]
        {
            let organisation = given.organisation_of(kind).await;
            for (accompaniment, foreseen) in ["social", "socioprofessional", "common_law"].into_iter().zip(foreseen) {
                let shown = send(&organisation, accompaniment).await.expect(201).json();
                let warnings = if foreseen { json!([]) } else { json!(["OUTSIDE_PROGRAMME"]) };
                assert_eq!(shown["warnings"], warnings, "{kind}: {accompaniment}");
                assert_eq!(manager.get(&path(shown["id"].as_str().unwrap())).await.expect(200).json()["warnings"], warnings);
            }
        }
        // The others what is delegated to them that day.
        for kind in super::DELEGATES {
            for (starts_on, ends_on, allowed) in [
                ("2026-03-17", json!(null), true),
                ("2026-01-01", json!("2026-03-17"), true),
                ("2026-01-01", json!("2026-03-16"), false),
                ("2026-03-18", json!(null), false),
            ] {
                let organisation = given.organisation_of(kind).await;
                assert_faults(send(&organisation, "socioprofessional").await, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
                let order = json!({"accompaniments": ["socioprofessional"], "starts_on": starts_on, "ends_on": ends_on});
                administrator.post(&format!("/v1/organisations/{organisation}/delegations"), order).await.expect(201);
                let answer = send(&organisation, "socioprofessional").await;
                if allowed {
                    let warnings = if kind == "plie" { json!([]) } else { json!(["OUTSIDE_PROGRAMME"]) };
                    assert_eq!(answer.expect(201).json()["warnings"], warnings, "{kind}");
                } else {
                    assert_faults(answer, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
                }
                assert_faults(send(&organisation, "social").await, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
            }
        }
    });
}

#[test]
fn until_the_end_of_2024_the_programme_s_table_decides() {
    on_both(async |server| {
        // A quarter of an hour before 2025 in Limoges.
        set_clock(server, "2024-12-31T22:45:00.000Z");
        let given = server.given();
        let manager = server.manager().await;
        let (association, employment) = (Receiver::new(server).await, Receiver::of(server, "pole_emploi").await);
        let send = async |receiver: &Receiver, accompaniment: &str| {
            manager.post(&of_person(&given.person().await), to(&receiver.organisation, accompaniment)).await
        };
        assert_faults(send(&association, "social").await, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
        assert_faults(send(&employment, "social").await, &[("RECEIVER_NOT_ALLOWED", "/organisation_id")]);
        assert_eq!(send(&employment, "common_law").await.expect(201).json()["warnings"], json!([]));
        set_clock(server, "2024-12-31T23:00:00.000Z");
        assert_eq!(send(&association, "social").await.expect(201).json()["warnings"], json!(["OUTSIDE_PROGRAMME"]));
        assert_eq!(send(&employment, "social").await.expect(201).json()["warnings"], json!(["OUTSIDE_PROGRAMME"]));
    });
}

#[test]
fn a_mission_locale_accompanies_from_the_sixteenth_birthday_to_the_eve_of_the_twenty_sixth() {
    on_both(async |server| {
        // Half past midnight on 17 March in Limoges.
        set_clock(server, "2026-03-16T23:30:00.000Z");
        let given = server.given();
        let manager = server.manager().await;
        let mission = given.organisation_of("mission_locale").await;
        let action = given.action(&mission).await;
        for (born, code) in [
            (json!("2010-03-18"), Some("AGE_OUTSIDE_MISSION")),
            (json!("2010-03-17"), None),
            (json!("2000-03-18"), None),
            (json!("2000-03-17"), Some("AGE_OUTSIDE_MISSION")),
            (json!(null), Some("BIRTH_DATE_REQUIRED")),
        ] {
            let person = given.person_with(json!({"last_name": given.surname(), "first_name": "Claude", "birth_date": born})).await;
            let answer = manager.post(&of_person(&person), to(&mission, "common_law")).await;
            match code {
                None => drop(answer.expect(201)),
                Some(code) => assert_faults(answer, &[(code, "/organisation_id")]),
            }
            // Running an action needs no age.
            given.referral_to(&action, None, &person).await;
        }
    });
}

#[test]
fn the_fields_of_the_purpose_are_given_and_no_other() {
    on_both(async |server| {
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let action = given.action(&receiver.organisation).await;
        let (manager, person) = (server.manager().await, given.person().await);
        let path = of_person(&person);
        let say = json!({"objective": "Travailler."});
        for (order, faults) in [
            (json!({"purpose": "accompaniment"}), vec![("REQUIRED_FOR_PURPOSE", "/organisation_id"), ("REQUIRED_FOR_PURPOSE", "/accompaniment")]),
            (json!({"purpose": "action"}), vec![("REQUIRED_FOR_PURPOSE", "/action_id"), ("REQUIRED_FOR_PURPOSE", "/status_at_entry")]),
            (json!({"purpose": "accompaniment", "organisation_id": receiver.organisation}), vec![("REQUIRED_FOR_PURPOSE", "/accompaniment")]),
            (json!({"purpose": "accompaniment", "accompaniment": "social"}), vec![("REQUIRED_FOR_PURPOSE", "/organisation_id")]),
            (json!({"purpose": "action", "action_id": action}), vec![("REQUIRED_FOR_PURPOSE", "/status_at_entry")]),
            (json!({"purpose": "action", "status_at_entry": "rsa"}), vec![("REQUIRED_FOR_PURPOSE", "/action_id")]),
            (
                with(given.referral_order(&receiver.organisation), json!({"action_id": action, "group_id": ABSENT, "status_at_entry": "rsa"})),
                vec![("FORBIDDEN_FOR_PURPOSE", "/action_id"), ("FORBIDDEN_FOR_PURPOSE", "/group_id"), ("FORBIDDEN_FOR_PURPOSE", "/status_at_entry")],
            ),
            (
                with(given.referral_to_order(&action, None), json!({"organisation_id": receiver.organisation, "accompaniment": "social"})),
                vec![("FORBIDDEN_FOR_PURPOSE", "/organisation_id"), ("FORBIDDEN_FOR_PURPOSE", "/accompaniment")],
            ),
        ] {
            assert_faults(manager.post(&path, with(say.clone(), order)).await, &faults);
        }
        // Null is as good as absent.
        let order = with(given.referral_order(&receiver.organisation), json!({"action_id": null, "group_id": null, "status_at_entry": null}));
        manager.post(&path, order).await.expect(201);
    });
}

/// Sends an order about somebody new.
async fn send(server: &api_tests::TestServer, by: &Client, order: Value) -> api_tests::Answer {
    by.post(&of_person(&server.given().person().await), order).await
}

#[test]
fn what_an_order_names_must_be_there_and_theirs() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let manager = server.manager().await;
        let (receiver, other) = (Receiver::new(server).await, Receiver::new(server).await);
        let (action, elsewhere) = (given.action(&receiver.organisation).await, given.action(&receiver.organisation).await);
        let over = with(given.action_order(&receiver.organisation), json!({"ends_on": "2026-03-16"}));
        let over = manager.post("/v1/actions", over).await.expect(201).id();
        let foreign_group = given.group(&elsewhere).await;
        let past_group = group(server, &action, json!({"ends_on": "2026-03-16"})).await;
        let last_day = group(server, &action, json!({"ends_on": "2026-03-17"})).await;
        let foreign_site = given.site(&other.organisation).await;
        let own = given.action(&server.department()).await;
        let accompaniment = |more: Value| with(given.referral_order(&receiver.organisation), more);
        let to_action = |more: Value| with(given.referral_to_order(&action, None), more);
        for (order, fault) in [
            (accompaniment(json!({"organisation_id": ABSENT})), ("RECEIVER_UNKNOWN", "/organisation_id")),
            (accompaniment(json!({"organisation_id": server.department()})), ("RECEIVER_IS_DEPARTMENT", "/organisation_id")),
            (accompaniment(json!({"site_id": ABSENT})), ("SITE_UNKNOWN", "/site_id")),
            (accompaniment(json!({"site_id": foreign_site})), ("SITE_UNKNOWN", "/site_id")),
            (accompaniment(json!({"signed_on": "2026-03-18"})), ("DAY_IN_FUTURE", "/signed_on")),
            (accompaniment(json!({"barriers": ["housing", "digital", "housing"]})), ("DUPLICATE_ITEM", "/barriers/2")),
            (to_action(json!({"action_id": ABSENT})), ("ACTION_UNKNOWN", "/action_id")),
            (to_action(json!({"action_id": over})), ("ACTION_UNKNOWN", "/action_id")),
            (to_action(json!({"action_id": own})), ("RECEIVER_IS_DEPARTMENT", "/action_id")),
            (to_action(json!({"group_id": ABSENT})), ("GROUP_UNKNOWN", "/group_id")),
            (to_action(json!({"group_id": foreign_group})), ("GROUP_UNKNOWN", "/group_id")),
            (to_action(json!({"group_id": past_group})), ("GROUP_UNKNOWN", "/group_id")),
            (to_action(json!({"site_id": foreign_site})), ("SITE_UNKNOWN", "/site_id")),
            (to_action(json!({"status_at_entry": "millionaire"})), ("CODE_UNKNOWN", "/status_at_entry")),
        ] {
            assert_faults(send(server, &manager, order).await, &[fault]);
        }
        send(server, &manager, to_action(json!({"group_id": last_day}))).await.expect(201);
        send(server, &manager, accompaniment(json!({"signed_on": "2026-03-17"}))).await.expect(201);
        // Everything that is wrong is told at once.
        let wrong = json!({"organisation_id": server.department(), "site_id": ABSENT, "signed_on": "2030-01-01", "barriers": ["health", "health"]});
        assert_faults(
            send(server, &manager, accompaniment(wrong)).await,
            &[
                ("RECEIVER_IS_DEPARTMENT", "/organisation_id"),
                ("SITE_UNKNOWN", "/site_id"),
                ("DAY_IN_FUTURE", "/signed_on"),
                ("DUPLICATE_ITEM", "/barriers/1"),
            ],
        );
        manager.post(&format!("/v1/beneficiaries/{ABSENT}/referrals"), accompaniment(json!({}))).await.expect_problem(404, "NOT_FOUND");
    });
}

#[test]
fn an_order_that_does_not_fit_the_form_is_refused_where_it_does_not() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let receiver = Receiver::new(server).await;
        let order = given.referral_order(&receiver.organisation);
        for (wrong, fault) in [
            (without(order.clone(), &["purpose"]), ("FIELD_MISSING", "/purpose")),
            (without(order.clone(), &["objective"]), ("FIELD_MISSING", "/objective")),
            (with(order.clone(), json!({"objective": " "})), ("TEXT_EMPTY", "/objective")),
            (with(order.clone(), json!({"objective": "é".repeat(2_001)})), ("TEXT_TOO_LONG", "/objective")),
            (with(order.clone(), json!({"purpose": "holiday"})), ("VALUE_INVALID", "/purpose")),
            (with(order.clone(), json!({"accompaniment": "friendly"})), ("VALUE_INVALID", "/accompaniment")),
            (with(order.clone(), json!({"barriers": ["diabetes"]})), ("VALUE_INVALID", "/barriers/0")),
            (with(order.clone(), json!({"barriers": vec!["housing"; 9]})), ("TOO_MANY_ITEMS", "/barriers")),
            (with(order.clone(), json!({"nir": "190058700101234"})), ("FIELD_UNKNOWN", "/nir")),
        ] {
            assert_faults(send(server, &manager, wrong).await, &[fault]);
        }
        let long = "é".repeat(2_000);
        let sent = send(server, &manager, with(order, json!({"objective": long}))).await.expect(201);
        assert_eq!(sent.field("objective"), long);
    });
}
