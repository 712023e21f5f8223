//! Lists of referrals: of a person, of a receiver, of whoever accompanies; by state, by purpose, by receiver, by change.

use std::collections::BTreeSet;

use api_tests::client::encoded;
use api_tests::{Client, on_both};
use chrono::TimeDelta;
use serde_json::json;

use super::{REFERRALS, Receiver, Workshop, of_person, path, referent, text};
use crate::attendance::{TUESDAY_EVENING, set_clock};

async fn ids(by: &Client, query: &str) -> Vec<String> {
    by.list(&format!("{REFERRALS}{query}")).await.iter().map(|one| text(&one["id"])).collect()
}

#[test]
fn a_list_is_filtered_by_state_by_purpose_and_by_receiver() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (workshop, other) = (Workshop::new(server, 1).await, Receiver::new(server).await);
        let (receiver, manager) = (&workshop.receiver, &workshop.manager);
        let send = async || {
            server.advance(TimeDelta::milliseconds(1));
            given.referral(&receiver.organisation, &given.person().await).await
        };
        let mut all = Vec::new();
        for (state, command, order) in [
            ("sent", "", json!({})),
            ("received", "receipt", json!({})),
            ("waiting_list", "waiting-list", json!({})),
            ("accepted", "acceptance", referent("Exemple")),
            ("refused", "refusal", json!({"reason": "other"})),
            ("started", "start", json!({"started_on": "2026-03-17"})),
            ("completed", "outcome", json!({"conclusion": "completed", "ended_on": "2026-03-17"})),
            ("abandoned", "outcome", json!({"conclusion": "abandoned", "ended_on": "2026-03-17", "reason": "moved"})),
            ("cancelled", "cancellation", json!({"reason": "other"})),
        ] {
            let referral = send().await;
            if !command.is_empty() {
                let by = if command == "cancellation" { manager } else { &receiver.machine };
                by.post(&format!("{}/{command}", path(&referral)), order).await.expect(200);
            }
            all.push((state, referral));
        }
        let to_action = workshop.refer_many(server, 2).await;
        receiver.answer(&to_action[1], "receipt", json!({})).await.expect(200);
        let foreign = given.referral(&other.organisation, &given.person().await).await;
        for (state, referral) in &all {
            let mut expected = vec![referral.clone()];
            match *state {
                "sent" => expected.push(to_action[0].clone()),
                "received" => expected.push(to_action[1].clone()),
                _ => {}
            }
            assert_eq!(ids(&receiver.machine, &format!("?state={state}")).await, expected, "{state}");
        }
        assert!(ids(&receiver.machine, "?state=expired").await.is_empty());
        assert_eq!(ids(&receiver.machine, "?purpose=action").await, to_action);
        assert_eq!(ids(&receiver.machine, "?purpose=accompaniment").await.len(), all.len());
        assert_eq!(ids(&receiver.machine, "?purpose=action&state=sent").await, to_action[..1]);
        let of = |organisation: &str| format!("?organisation_id={organisation}");
        assert_eq!(ids(manager, &of(&other.organisation)).await, std::slice::from_ref(&foreign));
        assert!(ids(&receiver.machine, &of(&other.organisation)).await.is_empty(), "a filter shows nobody more");
        assert_eq!(ids(&receiver.machine, &of(&receiver.organisation)).await.len(), all.len() + 2);
        assert_eq!(ids(manager, "").await.len(), all.len() + 3);
        // The clock decides what has expired.
        set_clock(server, "2026-04-16T17:01:00.000Z");
        assert_eq!(ids(&receiver.machine, "?state=expired").await, to_action);
        assert_eq!(ids(&receiver.machine, "?state=sent").await, [all[0].1.clone()]);
        assert_eq!(ids(&receiver.machine, "?state=received").await, [all[1].1.clone()]);
        let listed = receiver.machine.get(&format!("{REFERRALS}?state=expired")).await.expect(200).items();
        assert!(listed.iter().all(|one| one["state"] == json!("expired") && one["closed_at"] == one["expires_at"]), "{listed:?}");
    });
}

#[test]
fn a_filter_that_means_nothing_is_refused_by_its_name() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        for (query, name) in
            [("state=lost", "state"), ("purpose=holiday", "purpose"), ("organisation_id=42", "organisation_id"), ("person=42", "person")]
        {
            let refused = receiver.machine.get(&format!("{REFERRALS}?{query}")).await.expect(400);
            assert_eq!(refused.faults().iter().map(|(_, place)| place.as_str()).collect::<Vec<_>>(), [name], "{}", refused.text());
        }
    });
}

#[test]
fn a_page_leads_to_the_next_and_none_is_lost() {
    on_both(async |server| {
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let mut sent = Vec::new();
        for _ in 0..7 {
            server.advance(TimeDelta::milliseconds(1));
            sent.push(given.referral(&receiver.organisation, &given.person().await).await);
        }
        for by in [&receiver.machine, &server.manager().await] {
            assert_eq!(ids(by, "?limit=3").await, sent, "oldest first");
            let first = by.get(&format!("{REFERRALS}?limit=3")).await.expect(200);
            assert_eq!(first.items().len(), 3);
            let next = first.field("next_cursor");
            assert!(first.header("link").is_some_and(|link| link.contains(&next) && link.contains("rel=\"next\"")));
            // A cursor is bound to its filters.
            by.get(&format!("{REFERRALS}?limit=3&state=sent&cursor={next}")).await.expect_problem(400, "CURSOR_INVALID");
        }
    });
}

#[test]
fn what_changed_is_listed_by_when_it_did() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let mut sent = Vec::new();
        for _ in 0..4 {
            server.advance(TimeDelta::milliseconds(1));
            sent.push(given.referral(&receiver.organisation, &given.person().await).await);
        }
        let page = receiver.machine.get(&format!("{REFERRALS}?updated_since=2026-01-01T00:00:00.000Z")).await.expect(200);
        assert_eq!(page.ids(), sent);
        server.advance(TimeDelta::minutes(10));
        let since = receiver.machine.get(&format!("{REFERRALS}?updated_since=2026-01-01T00:00:00.000Z")).await.expect(200).field("synced_until");
        let changed = format!("?updated_since={}", encoded(&since));
        assert!(ids(&receiver.machine, &changed).await.is_empty());
        for referral in [&sent[2], &sent[0]] {
            server.advance(TimeDelta::minutes(1));
            receiver.answer(referral, "receipt", json!({})).await.expect(200);
        }
        assert_eq!(ids(&receiver.machine, &changed).await, [sent[2].clone(), sent[0].clone()]);
        assert_eq!(ids(&receiver.machine, &format!("{changed}&limit=1")).await, [sent[2].clone(), sent[0].clone()]);
        assert_eq!(ids(&receiver.machine, &format!("{changed}&state=received&limit=1")).await.len(), 2);
        assert!(ids(&receiver.machine, &format!("{changed}&state=sent")).await.is_empty());
    });
}

#[test]
fn the_referrals_of_a_person_are_for_whoever_accompanies_them() {
    on_both(async |server| {
        let given = server.given();
        let territory = given.territory(&[]).await;
        let elsewhere = given.territory(&[]).await;
        let (person, stranger) = (given.person_in(&territory).await, given.person_in(&elsewhere).await);
        let caseworker = server.caseworker(&[&territory]).await;
        let workshop = Workshop::new(server, 5).await;
        let mut sent = vec![given.referral(&workshop.receiver.organisation, &person).await];
        workshop.receiver.answer(&sent[0], "refusal", json!({"reason": "other"})).await.expect(200);
        server.advance(TimeDelta::milliseconds(1));
        sent.push(workshop.refer_person(server, &person).await);
        server.advance(TimeDelta::milliseconds(1));
        sent.push(given.referral(&workshop.receiver.organisation, &person).await);
        given.referral(&workshop.receiver.organisation, &stranger).await;
        let listed = async |query: &str| -> Vec<String> {
            caseworker.list(&format!("{}{query}", of_person(&person))).await.iter().map(|one| text(&one["id"])).collect()
        };
        assert_eq!(listed("").await, sent);
        assert_eq!(listed("?limit=1").await, sent);
        assert_eq!(listed("?state=refused").await, sent[..1]);
        assert_eq!(listed("?purpose=action").await, sent[1..2]);
        let changed: BTreeSet<String> = listed("?updated_since=2020-01-01T00:00:00.000Z").await.into_iter().collect();
        assert_eq!(changed, sent.iter().cloned().collect());
        // One item reads as the referral itself.
        assert_eq!(caseworker.get(&path(&sent[1])).await.expect(200).json(), caseworker.list(&of_person(&person)).await[1]);
        caseworker.get(&of_person(&stranger)).await.expect_problem(404, "NOT_FOUND");
        assert_eq!(ids(&caseworker, "").await, sent, "of the people they accompany");
        caseworker.get(&format!("/v1/beneficiaries/{}/referrals", crate::table::ABSENT)).await.expect_problem(404, "NOT_FOUND");
    });
}
