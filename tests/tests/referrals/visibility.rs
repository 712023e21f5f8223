//! Who sees a referral, how much of its person, and for how long.

use api_tests::{Client, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{REFERRALS, Receiver, Workshop, of_person, path};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::visibility::assert_alike;

/// Somebody of whom everything is known.
fn known() -> Value {
    json!({
        "last_name": "Exemple", "first_name": "Claude", "birth_date": "2004-05-06", "commune_code": "87085", "birth_name": "Naissance",
        "phone": "06 12 34 56 78", "email": "claude@example.test", "france_travail_id": "12345678901",
    })
}

#[test]
fn a_receiver_is_told_of_the_person_what_its_kind_may_know() {
    on_both(async |server| {
        let given = server.given();
        let person = given.person_with(known()).await;
        let mut receivers = Vec::new();
        for (kind, identified) in [
            ("association", false),
            ("plie", false),
            ("ccas", false),
            ("other", false),
            ("pole_emploi", true),
            ("mission_locale", true),
            ("cap_emploi", true),
        ] {
            let receiver = Receiver::of(server, kind).await;
            let action = given.action(&receiver.organisation).await;
            let referral = given.referral_to(&action, None, &person).await;
            receivers.push((kind, identified, receiver, referral));
        }
        let manager = server.manager().await;
        for (kind, identified, receiver, referral) in &mut receivers {
            let expected = json!({
                "beneficiary_id": person.id, "person_reference": person.reference, "last_name": "Exemple", "first_name": "Claude",
                "birth_name": "Naissance", "phone": "+33612345678", "email": "claude@example.test", "commune_code": "87085",
                "birth_date": if *identified { json!("2004-05-06") } else { Value::Null },
                "france_travail_id": if *identified { json!("12345678901") } else { Value::Null },
            });
            let read = receiver.read(referral).await;
            assert_eq!(read["person"], expected, "{kind}");
            assert_eq!(receiver.events().await[0]["referral"]["person"], expected, "{kind}: in the feed");
            let listed = receiver.machine.get(REFERRALS).await.expect(200);
            assert_eq!(listed.items(), [read], "{kind}: in the list");
            let accepted = receiver.answer(referral, "receipt", json!({})).await.expect(200);
            assert_eq!(accepted.json()["person"], expected, "{kind}: in an answer");
            if !*identified {
                assert!(!listed.text().contains("2004-05-06") && !listed.text().contains("12345678901"), "{kind}");
            }
            // What the département reads is what its receiver was told, no more.
            assert_eq!(manager.get(&path(referral)).await.expect(200).json()["person"], expected, "{kind}: the département");
        }
    });
}

#[test]
fn what_is_not_known_of_the_person_is_null() {
    on_both(async |server| {
        let given = server.given();
        let receiver = Receiver::of(server, "pole_emploi").await;
        let person = given.person_with(json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": null})).await;
        let referral = given.referral(&receiver.organisation, &person).await;
        let expected = json!({
            "beneficiary_id": person.id, "person_reference": person.reference, "last_name": "Exemple", "first_name": "Claude", "birth_name": null,
            "phone": null, "email": null, "commune_code": null, "birth_date": null, "france_travail_id": null,
        });
        assert_eq!(receiver.read(&referral).await["person"], expected);
    });
}

#[test]
fn nobody_else_sees_it() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87085"]).await, given.territory(&["87001"]).await);
        let person = given.person_in(&here).await;
        let (receiver, stranger) = (Receiver::new(server).await, Receiver::new(server).await);
        let (own, other) = (server.caseworker(&[&here]).await, server.caseworker(&[&elsewhere]).await);
        let sent = own.post(&of_person(&person), given.referral_order(&receiver.organisation)).await.expect(201);
        let referral = sent.id();
        let command = |name: &str| format!("{}/{name}", path(&referral));
        for by in [&stranger.machine, &other, &server.partner(&stranger.organisation).await] {
            let absent = by.get(&path(crate::table::ABSENT)).await.expect_problem(404, "NOT_FOUND");
            assert_alike(&by.get(&path(&referral)).await.expect_problem(404, "NOT_FOUND"), &absent);
            assert!(by.list(REFERRALS).await.is_empty(), "{}", by.name());
        }
        other.put_if_match(&path(&referral), &sent.etag(), json!({"objective": "Autre."})).await.expect_problem(404, "NOT_FOUND");
        other.post(&command("cancellation"), json!({"reason": "other"})).await.expect_problem(404, "NOT_FOUND");
        other.get(&of_person(&person)).await.expect_problem(404, "NOT_FOUND");
        other.post(&of_person(&person), given.referral_order(&receiver.organisation)).await.expect_problem(404, "NOT_FOUND");
        assert!(stranger.machine.get("/v1/referral-feed?after=beginning").await.expect(200).items().is_empty());
        // The control: whoever it is for, and whoever accompanies the person.
        for by in [&own, &receiver.machine, &server.partner(&receiver.organisation).await, &server.manager().await] {
            assert_eq!(by.get(&path(&referral)).await.expect(200).text(), sent.text(), "{}", by.name());
            assert_eq!(by.list(REFERRALS).await.len(), 1, "{}", by.name());
        }
        assert_eq!(own.list(&of_person(&person)).await.len(), 1);
        for by in [&server.administrator(), &server.auditor().await, &server.analyst().await] {
            by.get(&path(&referral)).await.expect_problem(403, "FUNCTION_DENIED");
        }
    });
}

#[test]
fn whoever_breaks_the_glass_sees_the_referrals_of_that_person_for_a_while() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&[]).await, given.territory(&[]).await);
        let (person, other) = (given.person_in(&here).await, given.person_in(&here).await);
        let receiver = Receiver::new(server).await;
        let referral = given.referral(&receiver.organisation, &person).await;
        let not_theirs = given.referral(&receiver.organisation, &other).await;
        let caseworker = server.caseworker(&[&elsewhere]).await;
        let grant = json!({"person_reference": person.reference, "reason": "Accueil en urgence"});
        caseworker.post("/v1/access-grants", grant).await.expect(201);
        assert_eq!(seen(&caseworker, &referral).await, (200, 1, 1));
        assert_eq!(caseworker.list(&of_person(&person)).await.len(), 1);
        caseworker.get(&path(&not_theirs)).await.expect_problem(404, "NOT_FOUND");
        server.advance(TimeDelta::hours(4));
        assert_eq!(seen(&caseworker, &referral).await, (404, 0, 0));
    });
}

/// How many referrals somebody sees, one by one and in lists.
async fn seen(by: &Client, referral: &str) -> (u16, usize, usize) {
    let listed = by.list(REFERRALS).await.len();
    let changed = by.list(&format!("{REFERRALS}?updated_since=2020-01-01T00:00:00.000Z")).await.len();
    (by.get(&path(referral)).await.status, listed, changed)
}

#[test]
fn a_receiver_sees_it_until_sixty_days_after_its_end_and_the_departement_for_good() {
    on_both(async |server| {
        for end in ["refusal", "outcome", "cancellation"] {
            set_clock(server, TUESDAY_EVENING);
            let given = server.given();
            let territory = given.territory(&[]).await;
            let (mut receiver, caseworker) = (Receiver::new(server).await, server.caseworker(&[&territory]).await);
            let person = given.person_in(&territory).await;
            let referral = given.referral(&receiver.organisation, &person).await;
            server.advance(TimeDelta::days(100));
            assert_eq!(seen(&receiver.machine, &referral).await, (200, 1, 1), "open, however long");
            match end {
                "refusal" => receiver.answer(&referral, end, json!({"reason": "other"})).await,
                "outcome" => receiver.answer(&referral, end, json!({"conclusion": "completed", "ended_on": given.day(0)})).await,
                _ => caseworker.post(&format!("{}/{end}", path(&referral)), json!({"reason": "other"})).await,
            }
            .expect(200);
            server.advance(TimeDelta::days(60) - TimeDelta::milliseconds(1));
            assert_eq!(seen(&receiver.machine, &referral).await, (200, 1, 1), "{end}");
            server.advance(TimeDelta::milliseconds(1));
            assert_eq!(seen(&receiver.machine, &referral).await, (404, 0, 0), "{end}");
            receiver.answer(&referral, "receipt", json!({})).await.expect_problem(404, "NOT_FOUND");
            let events = receiver.events().await;
            assert_eq!(events.len(), 2, "{end}: what happened stays");
            assert!(events.iter().all(|event| event["referral"].is_null() && event["redacted"] == json!(true)), "{end}");
            assert_eq!(seen(&caseworker, &referral).await, (200, 1, 1), "{end}");
            assert_eq!(caseworker.list(&of_person(&person)).await.len(), 1, "{end}");
        }
    });
}

#[test]
fn sixty_days_after_it_expired_its_receiver_sees_it_no_more_whether_or_not_a_sweep_came_by() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 5).await;
        let referral = workshop.refer(server).await;
        set_clock(server, "2026-06-15T16:59:59.999Z");
        assert_eq!(seen(&workshop.receiver.machine, &referral).await, (200, 1, 1));
        set_clock(server, "2026-06-15T17:00:00.000Z");
        assert_eq!(seen(&workshop.receiver.machine, &referral).await, (404, 0, 0), "closed by the clock sixty days ago");
        let events = workshop.receiver.events().await;
        assert!(events.iter().all(|event| event["redacted"] == json!(true)), "{events:?}");
        assert_eq!(workshop.manager.get(&path(&referral)).await.expect(200).field("state"), "expired");
    });
}
