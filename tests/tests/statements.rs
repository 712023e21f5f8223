//! How many statements an answer costs: as many for one row as for many. BEGIN, COMMIT, the trace of a read and the look-up of the caller
//! are not counted. Which indexes the statements use is tested in `persistence`.

use api_tests::client::fresh_key;
use api_tests::{Answer, Client, TestServer, on_both};
use serde_json::{Value, json};

use crate::attendance::{monday, set_clock};
use crate::contracts::Signing;
use crate::submissions::{DECISIONS, SUBMISSIONS};

/// The most that filling a sheet may cost.
const MOST_FOR_A_SHEET: usize = 10;
/// The most that a repeated request may cost.
const MOST_FOR_A_REPLAY: usize = 3;
/// The most that a submission may cost, however many lines and sessions it has.
const MOST_FOR_A_SUBMISSION: usize = 40;
/// The most that decisions may cost, however many they are.
const MOST_FOR_DECISIONS: usize = 40;
/// The most that reading a receipt may cost.
const MOST_FOR_A_RECEIPT: usize = 4;
/// The most that a template may cost.
const MOST_FOR_A_TEMPLATE: usize = 6;

/// The most that the synthesis of a contract may cost, whatever the history.
const MOST_FOR_A_SYNTHESIS: usize = 4;

/// What a request answers, and the statements it cost.
async fn cost(server: &TestServer, request: impl Future<Output = Answer>) -> (Answer, Vec<String>) {
    server.statements(request).await
}

/// That two requests cost the same.
#[track_caller]
fn assert_same(what: &str, few: &[String], many: &[String]) {
    assert!(!few.is_empty(), "{what}: nothing was counted");
    assert_eq!(few.len(), many.len(), "{what}:\n{}\n— and for many:\n{}", few.join("\n"), many.join("\n"));
}

#[test]
fn a_sheet_of_forty_costs_what_a_sheet_of_twelve_costs() {
    on_both(async |server| {
        let mut costs = Vec::new();
        for count in [12, 40] {
            let association = server.given().sheet(count).await;
            let partner = server.partner(&association.organisation).await;
            let path = association.sheet_path();
            partner.get("/v1/me").await.expect(200);
            let absent: Vec<Value> = association.enrolments.iter().map(|id| json!({"enrolment_id": id, "status": "absent_unexcused"})).collect();
            let mut of_this = Vec::new();
            for (what, request) in [
                ("filling", Some(association.all_present())),
                ("the same again", Some(association.all_present())),
                ("changing", Some(json!({"marks": absent}))),
                ("reading", None),
            ] {
                let (answer, statements) = match request {
                    Some(order) => cost(server, partner.put(&path, order)).await,
                    None => cost(server, partner.get(&path)).await,
                };
                assert_eq!(answer.expect(200).json()["marks"].as_array().unwrap().len(), count);
                assert!(statements.len() <= MOST_FOR_A_SHEET, "{what} {count}: {}\n{}", statements.len(), statements.join("\n"));
                of_this.push((what, statements));
            }
            let (history, statements) = cost(server, partner.get(&format!("{path}/history?limit=200"))).await;
            assert_eq!(history.items().len(), 2 * count);
            of_this.push(("history", statements));
            let (closed, statements) = cost(server, partner.post(&format!("{path}/closure"), json!({}))).await;
            closed.expect(200);
            assert!(statements.len() <= MOST_FOR_A_SHEET + MOST_FOR_A_REPLAY, "closing {count}: {}", statements.join("\n"));
            of_this.push(("closing", statements));
            costs.push(of_this);
        }
        for ((what, few), (_, many)) in costs[0].iter().zip(&costs[1]) {
            assert_same(what, few, many);
        }
    });
}

#[test]
fn a_page_of_sixty_costs_what_a_page_of_three_costs() {
    on_both(async |server| {
        const MANY: usize = 60;
        let given = server.given();
        let administrator = server.administrator();
        let manager = server.manager().await;
        let association = given.sheet(MANY).await;
        let group = &association.group;
        let communes = manager.get("/v1/reference/communes").await.expect(200).items();
        for (place, commune) in communes.iter().take(MANY).enumerate() {
            given.organisation().await;
            let territory = given.territory(&[commune["code"].as_str().unwrap()]).await;
            server.invite("caseworker", &server.department(), &[&territory]).await;
            given.site(&association.organisation).await;
            let action = given.action(&association.organisation).await;
            given.group(&action).await;
            given.agreement(&association.organisation, &action).await;
            manager.get(&format!("/v1/beneficiaries/{}", association.people[place].id)).await.expect(200);
            // Delegations of one organisation may not overlap.
            let from = 10 * i64::try_from(place).unwrap();
            let order = json!({"accompaniments": ["social"], "starts_on": given.day(from), "ends_on": given.day(from + 5)});
            administrator.post(&format!("/v1/organisations/{}/delegations", association.organisation), order).await.expect(201);
            let order = json!({"name": "Logiciel", "scopes": ["sessions:read"]});
            let client = administrator.post(&format!("/v1/organisations/{}/clients", association.organisation), order).await.expect(201).id();
            given.secret(&client).await;
        }
        let series = json!({
            "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"], "half_day": "afternoon", "start_time": "14:00",
            "end_time": "17:00", "starts_on": given.day(1), "ends_on": given.day(120),
        });
        manager.post(&format!("/v1/groups/{group}/session-series"), series).await.expect(201);
        // Everybody is expected elsewhere too: each line of the list has its warnings.
        let elsewhere = given.sheet_with(&association.organisation, association.people.clone()).await;
        assert_eq!(elsewhere.enrolments.len(), MANY);

        let (auditor, partner) = (server.auditor().await, server.partner(&association.organisation).await);
        let territory = given.territory(&[]).await;
        let caseworker = server.caseworker(&[&territory]).await;
        let mut strangers = Vec::new();
        for _ in 0..MANY {
            strangers.push(given.person_in(&territory).await);
        }
        let own = format!("/v1/organisations/{}", association.organisation);
        let machine = server.client(&association.organisation, &["attendance:write"]).await;
        let held =
            strangers.iter().map(|person| json!({"session_id": association.session, "person_reference": person.reference, "status": "present"}));
        machine.post(SUBMISSIONS, json!({"lines": held.collect::<Vec<_>>()})).await.expect(207);
        let lists: [(&Client, String); 17] = [
            (&administrator, "/v1/organisations".to_owned()),
            (&administrator, "/v1/professionals".to_owned()),
            (&administrator, "/v1/territories".to_owned()),
            (&administrator, format!("{own}/clients")),
            (&administrator, format!("{own}/sites")),
            (&administrator, format!("{own}/delegations")),
            (&administrator, format!("{own}/agreements")),
            (&manager, "/v1/actions".to_owned()),
            (&partner, "/v1/groups?free_seats=true".to_owned()),
            (&partner, "/v1/sessions".to_owned()),
            (&manager, format!("/v1/groups/{group}/enrolments")),
            (&manager, "/v1/beneficiaries".to_owned()),
            (&caseworker, "/v1/beneficiaries".to_owned()),
            (&machine, "/v1/held-lines".to_owned()),
            (&manager, "/v1/held-lines?state=waiting".to_owned()),
            (&caseworker, "/v1/held-lines".to_owned()),
            (&auditor, "/v1/access-log".to_owned()),
        ];
        for (by, path) in lists {
            by.get("/v1/me").await.expect(200);
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = async |limit: usize, since: &str| {
                let (answer, statements) = cost(server, by.get(&format!("{path}{separator}limit={limit}{since}"))).await;
                assert_eq!(answer.items().len(), limit, "{path}");
                statements
            };
            let few = page(3, "").await;
            let many = page(MANY, "").await;
            assert_same(&path, &few, &many);
            assert!(many.len() <= 4, "{path}: {}\n{}", many.len(), many.join("\n"));
            if path != "/v1/access-log" {
                let changed = page(MANY, "&updated_since=2020-01-01T00:00:00.000Z").await;
                assert_same(&format!("{path}, what has changed"), &few, &changed);
            }
        }
    });
}

#[test]
fn a_series_of_a_hundred_costs_what_a_series_of_ten_costs() {
    on_both(async |server| {
        let manager = server.manager().await;
        let given = server.given();
        let action = given.action(&given.organisation().await).await;
        let mut costs = Vec::new();
        for wanted in [10_usize, 100] {
            let group = given.group(&action).await;
            let every_day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
            let order = json!({
                "weekdays": every_day, "half_day": "morning", "start_time": "09:00", "end_time": "12:00", "starts_on": given.day(1),
                "ends_on": given.day(i64::try_from(wanted).unwrap()),
            });
            let (planned, statements) = cost(server, manager.post(&format!("/v1/groups/{group}/session-series"), order)).await;
            let planned = planned.expect(201);
            let days = planned.items().len() + planned.json()["skipped"].as_array().unwrap().len();
            assert_eq!(days, wanted);
            costs.push(statements);
        }
        assert_same("a series", &costs[0], &costs[1]);
        assert!(costs[1].len() <= 12, "{}", costs[1].join("\n"));
    });
}

#[test]
fn a_replay_costs_three_statements_at_most() {
    on_both(async |server| {
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let association = server.given().sheet(40).await;
        let partner = server.partner(&association.organisation).await;
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let closure = format!("{}/closure", association.sheet_path());
        for (by, path, order) in [
            (&administrator, "/v1/organisations", json!({"kind": "plie", "name": "PLIE"})),
            (&manager, "/v1/beneficiaries", json!({"last_name": "Exemple", "first_name": "Camille"})),
            (&partner, closure.as_str(), json!({})),
        ] {
            let key = fresh_key();
            let first = by.post_with_key(path, &key, order.clone()).await;
            let (again, statements) = cost(server, by.post_with_key(path, &key, order)).await;
            assert_eq!((again.status, again.header("idempotent-replayed")), (first.status, Some("true")), "{path}");
            assert!((1..=MOST_FOR_A_REPLAY).contains(&statements.len()), "{path}: {}\n{}", statements.len(), statements.join("\n"));
        }
    });
}

/// That two requests cost the same but for a few statements, which are written in portions.
#[track_caller]
fn assert_nearly_same(what: &str, few: &[String], many: &[String]) {
    assert!(!few.is_empty(), "{what}: nothing was counted");
    assert!(
        few.len().abs_diff(many.len()) <= 2,
        "{what}: {} and {}:\n{}\n— and for many:\n{}",
        few.len(),
        many.len(),
        few.join("\n"),
        many.join("\n")
    );
}

#[test]
fn a_submission_of_a_thousand_lines_costs_what_one_of_a_hundred_costs() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 50).await;
        let series = json!({
            "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"], "half_day": "afternoon", "start_time": "14:00",
            "end_time": "17:00", "starts_on": "2026-03-02", "ends_on": "2026-04-09",
        });
        let planned = manager.post(&format!("/v1/groups/{}/session-series", association.group), series).await.expect(201).ids();
        assert!(planned.len() >= 22, "{}", planned.len());
        // The eve of the closing of them all.
        set_clock(server, "2026-04-09T18:00:00.000Z");
        let strangers = server.given().sheet(30).await;
        partner.get("/v1/me").await.expect(200);
        let lines = |sessions: &[String], status: &str, named: bool| -> Value {
            let mut lines = Vec::new();
            for session in sessions {
                for (place, person) in association.people.iter().enumerate() {
                    let mut line = json!({"session_id": session, "person_reference": person.reference, "status": status});
                    if named {
                        line["external_id"] = json!(format!("{session}-{place}"));
                    }
                    lines.push(line);
                }
            }
            // A twentieth of them is held, and another one bad.
            for place in 0..lines.len() / 20 {
                lines[place * 20]["person_reference"] = json!(strangers.people[place % 30].reference);
                lines[place * 20 + 1]["status"] = json!("late");
            }
            json!({"lines": lines})
        };
        let mut costs = Vec::new();
        for sessions in [&planned[..2], &planned[2..22]] {
            let mut of_this = Vec::new();
            let key = fresh_key();
            for (what, order) in [
                ("recording", lines(sessions, "present", true)),
                ("the same again", lines(sessions, "present", true)),
                ("correcting", lines(sessions, "absent_unexcused", false)),
            ] {
                let (answer, statements) =
                    cost(server, partner.post_with_key(SUBMISSIONS, &format!("{key}-{}", what.replace(' ', "-")), order)).await;
                let answer = answer.expect(207);
                assert_eq!(answer.receipt()["counts"]["lines"], sessions.len() * 50);
                assert!(statements.len() <= MOST_FOR_A_SUBMISSION, "{what}: {}\n{}", statements.len(), statements.join("\n"));
                of_this.push((what, statements));
                if what == "recording" {
                    let (read, statements) = cost(server, partner.get(&format!("{SUBMISSIONS}/{}", answer.id()))).await;
                    read.expect(200);
                    assert!(statements.len() <= MOST_FOR_A_RECEIPT, "a receipt: {}\n{}", statements.len(), statements.join("\n"));
                    of_this.push(("a receipt", statements));
                    let (read, statements) = cost(server, partner.get(&format!("{SUBMISSIONS}/{}/rejected.csv", answer.id()))).await;
                    read.expect(200);
                    assert!(statements.len() <= MOST_FOR_A_RECEIPT, "rejected lines: {}\n{}", statements.len(), statements.join("\n"));
                    of_this.push(("rejected lines", statements));
                }
            }
            let rehearsal = partner.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).json(&lines(sessions, "present", false)).send();
            let (answer, statements) = cost(server, rehearsal).await;
            answer.expect(200);
            assert!(statements.len() <= MOST_FOR_A_SUBMISSION, "a rehearsal: {}\n{}", statements.len(), statements.join("\n"));
            of_this.push(("a rehearsal", statements));
            let order = lines(sessions, "present", true);
            let (answer, statements) = cost(server, partner.post_with_key(SUBMISSIONS, &format!("{key}-the-same-again"), order)).await;
            assert_eq!(answer.header("idempotent-replayed"), Some("true"));
            assert!((1..=MOST_FOR_A_REPLAY).contains(&statements.len()), "a replay: {}\n{}", statements.len(), statements.join("\n"));
            costs.push(of_this);
        }
        for ((what, few), (_, many)) in costs[0].iter().zip(&costs[1]) {
            assert_nearly_same(what, few, many);
        }
    });
}

#[test]
fn a_template_costs_as_much_for_one_session_as_for_many() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 30).await;
        let path = |month: &str| format!("/v1/groups/{}/attendance-template.csv?month={month}", association.group);
        let series = json!({
            "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"], "half_day": "afternoon", "start_time": "14:00",
            "end_time": "17:00", "starts_on": "2026-04-01", "ends_on": "2026-04-30",
        });
        manager.post(&format!("/v1/groups/{}/session-series", association.group), series).await.expect(201);
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let (few, few_statements) = cost(server, partner.get(&path("2026-03"))).await;
        let (many, many_statements) = cost(server, partner.get(&path("2026-04"))).await;
        assert!(many.expect(200).body.len() > 10 * few.expect(200).body.len());
        assert_same("a template", &few_statements, &many_statements);
        assert!(many_statements.len() <= MOST_FOR_A_TEMPLATE, "{}\n{}", many_statements.len(), many_statements.join("\n"));
    });
}

#[test]
fn a_hundred_decisions_cost_what_ten_cost() {
    on_both(async |server| {
        let (association, partner, manager) = monday(server, 100).await;
        manager.get("/v1/me").await.expect(200);
        let mut sessions = Vec::new();
        for day in 1..=10 {
            sessions.push(server.given().session(&association.group, &format!("2026-03-{day:02}")).await);
        }
        let mut costs = Vec::new();
        let mut sent = 0;
        for count in [10_usize, 100] {
            let mut of_this = Vec::new();
            for (what, decision) in [("applying", "apply"), ("attaching", "attach"), ("dismissing", "dismiss")] {
                let lines: Vec<Value> = (0..count)
                    .map(|place| {
                        sent += 1;
                        let (session, last_name) = (&sessions[(sent + place) % 10], format!("Inconnu {sent}"));
                        if decision == "apply" {
                            json!({"session_id": session, "person_reference": association.people[place].reference, "last_name": last_name, "status": "present"})
                        } else {
                            json!({"session_id": session, "last_name": last_name, "status": "absent_unexcused"})
                        }
                    })
                    .collect();
                let submission = partner.post(SUBMISSIONS, json!({"lines": lines})).await.expect(207);
                let held = manager.list(&format!("/v1/held-lines?submission_id={}&limit=200", submission.id())).await;
                assert_eq!(held.len(), count);
                let decisions: Vec<Value> = held
                    .iter()
                    .enumerate()
                    .map(|(place, line)| match decision {
                        "attach" => json!({"held_line_id": line["id"], "decision": decision, "enrolment_id": association.enrolments[place]}),
                        "dismiss" => json!({"held_line_id": line["id"], "decision": decision, "reason": "Erreur"}),
                        _ => json!({"held_line_id": line["id"], "decision": decision}),
                    })
                    .collect();
                let (decided, statements) = cost(server, manager.post(DECISIONS, json!({"decisions": decisions}))).await;
                assert_eq!(decided.expect(200).items().len(), count);
                assert!(statements.len() <= MOST_FOR_DECISIONS, "{what} {count}: {}\n{}", statements.len(), statements.join("\n"));
                of_this.push((what, statements));
            }
            costs.push(of_this);
        }
        for ((what, few), (_, many)) in costs[0].iter().zip(&costs[1]) {
            assert_nearly_same(what, few, many);
        }
    });
}

/// The control of this whole file: what costs more is seen to cost more.
#[test]
fn a_synthesis_costs_four_statements_at_most_whatever_the_history() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let path = signing.in_force().await;
        let given = server.given();
        let group = given.group(&given.action(&given.organisation().await).await).await;
        let person = &signing.case.person;
        given.enrolment(&group, person).await;
        let (mut costs, mut days) = (Vec::new(), (1..=21).map(|day| given.day(-day)).collect::<Vec<_>>().into_iter());
        for count in [1, 20] {
            for _ in 0..count {
                given.intervention(person).await;
                let session = given.session(&group, &days.next().unwrap()).await;
                let sheet = signing.case.manager.get(&format!("/v1/sessions/{session}/attendance")).await.expect(200).json();
                let marks = json!({"marks": [{"enrolment_id": sheet["marks"][0]["enrolment_id"], "status": "present"}]});
                signing.case.manager.put(&format!("/v1/sessions/{session}/attendance"), marks).await.expect(200);
            }
            server.advance(chrono::TimeDelta::days(1));
            for at in [String::new(), format!("?at={}", given.day(-1))] {
                let (answer, statements) = cost(server, signing.case.manager.get(&format!("{path}/synthesis{at}"))).await;
                answer.expect(200);
                assert!(statements.len() <= MOST_FOR_A_SYNTHESIS, "{}", statements.join("\n"));
                costs.push(statements);
            }
        }
        assert_same("live", &costs[0], &costs[2]);
        assert_same("at a day", &costs[1], &costs[3]);
    });
}

#[test]
fn the_counter_tells_one_request_from_two() {
    on_both(async |server| {
        let administrator = server.administrator();
        administrator.get("/v1/me").await.expect(200);
        let (_, one) = server.statements(administrator.get("/v1/organisations")).await;
        let (_, two) = server
            .statements(async {
                administrator.get("/v1/organisations").await;
                administrator.get("/v1/organisations").await
            })
            .await;
        assert!(!one.is_empty());
        assert_eq!(two.len(), 2 * one.len());
    });
}
