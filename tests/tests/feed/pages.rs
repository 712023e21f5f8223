//! Events and their pages: dense numbers, every decision once and in its order, the referral as it was at that moment.

use std::collections::BTreeMap;

use api_tests::{Answer, Client, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{FEED, Receiver, cursors, numbers, of_referral, pull, told, types, walk};
use crate::attendance::{TUESDAY_EVENING, set_clock};

fn referent(last_name: &str) -> Value {
    json!({"referent": {"last_name": last_name, "first_name": "Noa", "email": null, "phone": null}})
}

/// A command about a referral and the event that it is told by; none when it changes nothing.
struct Step<'a> {
    told: Option<&'static str>,
    by: &'a Client,
    path: String,
    body: Value,
}

impl Step<'_> {
    async fn take(&self) -> Answer {
        // What has no command after its id is edited.
        let is_edit = self.path.rsplit('/').next().is_some_and(|last| last.len() == 36);
        if is_edit { self.by.edit(&self.path, self.body.clone()).await } else { self.by.post(&self.path, self.body.clone()).await }.expect(200)
    }
}

#[test]
fn each_event_tells_the_referral_as_it_was_at_that_moment() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (receiver, manager) = (Receiver::new(server).await, server.manager().await);
        let machine = &receiver.machine;
        let person = server.given().person().await;
        let mut referrals = vec![server.given().referral(&receiver.organisation, &person).await];
        referrals.extend(receiver.refer_many(server, 3).await);
        let mut expected: Vec<(&str, String, Value)> = Vec::new();
        for id in &referrals {
            let sent = machine.get(&format!("/v1/referrals/{id}")).await.expect(200);
            expected.push(("referral.sent", sent.json()["updated_at"].as_str().unwrap().to_owned(), told(&sent)));
        }
        let path = |place: usize, command: &str| format!("/v1/referrals/{}{command}", referrals[place]);
        let step = |told: &'static str, by, path, body| Step { told: Some(told).filter(|told| !told.is_empty()), by, path, body };
        let today = server.given().day(0);
        let phone = json!({
            "last_name": "Exemple", "first_name": "Claude", "birth_date": "1990-02-28", "commune_code": null, "territory_id": null,
            "phone": "0555010203",
        });
        let edited = json!({"objective": "Se déplacer seule.", "barriers": ["language"], "site_id": null, "signed_on": null});
        let completed = json!({"conclusion": "completed", "ended_on": today, "came": "yes", "selected": true, "joined": true});
        let abandoned = json!({"conclusion": "abandoned", "ended_on": today, "reason": "employment"});
        let refusal = json!({"reason": "not_mobile", "comment": "Sans véhicule."});
        for step in [
            step("referral.received", machine, path(0, "/receipt"), json!({"external_id": "dossier-1"})),
            step("referral.refused", machine, path(1, "/refusal"), refusal.clone()),
            step("", machine, path(0, "/receipt"), json!({"external_id": "dossier-1"})),
            step("referral.updated", &manager, path(0, ""), edited.clone()),
            step("", &manager, path(0, ""), edited),
            step("", machine, path(1, "/refusal"), refusal),
            step("referral.waiting_listed", machine, path(0, "/waiting-list"), json!({})),
            step("referral.cancelled", &manager, path(2, "/cancellation"), json!({"reason": "person_declined", "comment": null})),
            step("referral.updated", &manager, format!("/v1/beneficiaries/{}", person.id), phone),
            step("referral.accepted", machine, path(0, "/acceptance"), referent("Exemple")),
            step("", machine, path(0, "/acceptance"), referent("Exemple")),
            step("referral.updated", machine, path(0, "/acceptance"), referent("Autre")),
            step("referral.started", machine, path(3, "/start"), json!({"started_on": today})),
            step("referral.started", machine, path(0, "/start"), json!({"started_on": today})),
            step("referral.abandoned", machine, path(3, "/outcome"), abandoned),
            step("referral.completed", machine, path(0, "/outcome"), completed),
        ] {
            server.advance(TimeDelta::seconds(1));
            let answer = step.take().await;
            let id = if answer.asked.contains("beneficiaries") { referrals[0].clone() } else { answer.id() };
            let now = told(&machine.get(&format!("/v1/referrals/{id}")).await.expect(200));
            if answer.asked.contains("referrals") {
                assert_eq!(told(&answer), now, "{}: what the command answers is what is read", answer.asked);
            }
            let Some(told) = step.told else { continue };
            expected.push((told, server.now().to_string(), now));
        }
        let events = walk(machine, 7).await;
        assert_eq!(types(&events), expected.iter().map(|(told, ..)| *told).collect::<Vec<_>>());
        for (event, (told, at, referral)) in events.iter().zip(&expected) {
            assert_eq!(&event["referral"], referral, "{told} at {}", event["seq"]);
            assert_eq!((&event["occurred_at"], &event["redacted"]), (&json!(at), &json!(false)), "{event}");
            assert!(event["recorded_at"].as_str() >= event["occurred_at"].as_str(), "{event}");
        }
        for id in &referrals {
            let versions: Vec<Value> = of_referral(&events, id).iter().map(|event| event["referral"]["version"].clone()).collect();
            assert_eq!(versions, (1..=versions.len()).map(|version| json!(version)).collect::<Vec<_>>(), "one more at each event");
        }
    });
}

#[test]
fn what_follows_from_seats_and_sheets_is_told_too() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (receiver, manager, given) = (Receiver::new(server).await, server.manager().await, server.given());
        let machine = &receiver.machine;
        let action = given.action(&receiver.organisation).await;
        let mut order = given.group_order(&action);
        order["capacity"] = json!(1);
        let group = manager.post("/v1/groups", order).await.expect(201).id();
        let session = given.session(&group, &given.day(0)).await;
        let mut referrals = Vec::new();
        for _ in 0..2 {
            referrals.push(given.referral_to(&action, Some(&group), &given.person().await).await);
        }
        let mut versions: BTreeMap<(String, u64), Value> = BTreeMap::new();
        let mut keep = async || {
            for id in &referrals {
                let now = told(&machine.get(&format!("/v1/referrals/{id}")).await.expect(200));
                versions.insert((id.clone(), now["version"].as_u64().unwrap()), now);
            }
        };
        keep().await;
        let seated = machine.post(&format!("/v1/referrals/{}/acceptance", referrals[0]), json!({})).await.expect(200);
        let enrolment = seated.field("enrolment_id");
        keep().await;
        machine.command(&format!("/v1/referrals/{}/waiting-list", referrals[1])).await.expect(200);
        keep().await;
        let marks = json!({"marks": [{"enrolment_id": enrolment, "status": "present"}]});
        for _ in 0..2 {
            machine.put(&format!("/v1/sessions/{session}/attendance"), marks.clone()).await.expect(200);
            keep().await;
        }
        server.advance(TimeDelta::days(1));
        let ended = json!({"ends_on": given.day(-1), "end_reason": "completed"});
        manager.post(&format!("/v1/enrolments/{enrolment}/exit"), ended).await.expect(200);
        keep().await;
        let events = walk(machine, 200).await;
        let expected: [&[&str]; 2] = [
            &["referral.sent", "referral.accepted", "referral.started", "referral.completed"],
            &["referral.sent", "referral.waiting_listed", "referral.accepted"],
        ];
        for (id, expected) in referrals.iter().zip(expected) {
            let of_it = of_referral(&events, id);
            assert_eq!(types(&of_it), expected);
            for (event, version) in of_it.iter().zip(1..) {
                assert_eq!(event["referral"], versions[&(id.clone(), version)], "{}", event["type"]);
            }
        }
        assert_eq!(events.len(), 7, "and nothing else");
    });
}

#[test]
fn a_feed_is_the_same_in_pages_of_any_size() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let machine = &receiver.machine;
        assert_eq!(walk(machine, 5).await, Vec::<Value>::new());
        let empty = pull(machine, "").await;
        assert_eq!(empty.json()["feed_id"], receiver.organisation);
        let start = empty.field("next_cursor");
        receiver.refer_many(server, 11).await;
        let all = walk(machine, 200).await;
        assert_eq!(all.len(), 11);
        for limit in [1, 2, 3, 10, 11, 12, 199] {
            assert_eq!(walk(machine, limit).await, all, "pages of {limit}");
        }
        // Each place leads to what follows it, the place of a feed that was empty too.
        for (after, place) in [start].iter().chain(&cursors(machine).await).zip(0..) {
            let rest = pull(machine, &format!("?after={after}")).await;
            assert_eq!(rest.items(), all[place..], "after {place}");
            assert_eq!((&rest.json()["has_more"], &rest.json()["last_seq"]), (&json!(false), &json!(11)));
            let one = pull(machine, &format!("?after={after}&limit=1")).await.json();
            assert_eq!(one["has_more"], json!(place < 10));
            if place == 11 {
                assert_eq!(&rest.field("next_cursor"), after, "an empty page is the place just read");
            }
        }
    });
}

#[test]
fn a_hundred_events_are_a_page_where_nothing_else_is_said() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let order = |place: u32| json!({"external_id": format!("dossier {place}")});
        let mut events = 0;
        while events < 104 {
            let referral = receiver.refer(server).await;
            receiver.machine.post(&format!("/v1/referrals/{referral}/receipt"), order(events)).await.expect(200);
            receiver.machine.post(&format!("/v1/referrals/{referral}/waiting-list"), json!({})).await.expect(200);
            receiver.machine.post(&format!("/v1/referrals/{referral}/refusal"), json!({"reason": "no_place"})).await.expect(200);
            events += 4;
        }
        let page = pull(&receiver.machine, "").await;
        assert_eq!(numbers(&page.items()), (1..=100).collect::<Vec<_>>());
        assert_eq!((&page.json()["has_more"], &page.json()["last_seq"]), (&json!(true), &json!(104)));
        assert_eq!(walk(&receiver.machine, 100).await.len(), 104);
    });
}

#[test]
fn reading_moves_nothing() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 3).await;
        let machine = &receiver.machine;
        let first = pull(machine, "").await;
        for query in
            ["?limit=1", "?after=beginning", &format!("?after={}", first.field("next_cursor")), "?limit=200&wait=0", "?after=beginning&limit=2"]
        {
            pull(machine, query).await;
        }
        super::read_digest(machine, 1, 3).await;
        assert_eq!(pull(machine, "").await.text(), first.text());
        assert_eq!(first.json()["acknowledged_seq"], 0);
    });
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_name() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer(server).await;
        for (name, values) in [
            ("limit", ["0", "201", "-1", "x", "", "1.5", "99999999999999999999"].as_slice()),
            ("wait", ["26", "-1", "x", "", "0.5", "99999999999999999999"].as_slice()),
            ("unheard_of", ["1"].as_slice()),
        ] {
            for value in values {
                let refused = receiver.machine.get(&format!("{FEED}?{name}={value}")).await.expect(400);
                let places: Vec<String> = refused.faults().into_iter().map(|(_, place)| place).collect();
                assert_eq!(places, [name], "{name}={value}: {}", refused.text());
            }
        }
        receiver.machine.get(&format!("{FEED}?limit=1&limit=2")).await.expect(400);
        for good in ["?limit=1", "?limit=200", "?wait=0", "?wait=25"] {
            assert_eq!(pull(&receiver.machine, good).await.items().len(), 1, "{good}");
        }
    });
}
