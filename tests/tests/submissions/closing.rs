//! Sheets that close while lines arrive, and lines that arrive together: each is counted under one state, and the history agrees.

use std::collections::BTreeMap;

use api_tests::client::fresh_key;
use api_tests::{Answer, TestServer, on_both, on_databases};
use futures_util::future::{join, join_all};
use persistence::Engine;
use serde_json::{Value, json};

use super::{SUBMISSIONS, Sender, lines_of, outcomes, submit, submit_one, verdicts};
use crate::attendance::half_day;

const PEOPLE: usize = 20;

/// Closes a sheet among twenty submissions, so many times.
async fn close_among_submissions(server: &TestServer, rounds: usize) {
    let sender = Sender::new(server, PEOPLE).await;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut held_before = 0;
    for round in 0..rounds {
        let session = session_of_round(&sender, round).await;
        let sheet = format!("/v1/sessions/{session}/attendance");
        let absent: Vec<Value> = sender.association.enrolments.iter().map(|id| json!({"enrolment_id": id, "status": "absent_unexcused"})).collect();
        sender.partner.put(&sheet, json!({"marks": absent})).await.expect(200);
        let line = |place: usize| json!({"session_id": session, "person_reference": sender.person(place), "status": "present"});
        // The closure sets out somewhere among the others.
        let turn = round * 7 % PEOPLE;
        let sending = async |place: usize| {
            let answer = submit_one(&sender.machine, line(place)).await;
            (place, answer)
        };
        let (before, (closure, after)) = join(
            join_all((0..turn).map(sending)),
            join(sender.partner.post(&format!("{sheet}/closure"), json!({})), join_all((turn..PEOPLE).map(sending))),
        )
        .await;
        closure.expect(200);
        let history = sender.manager.get(&format!("{sheet}/history?limit=200")).await.expect(200).items();
        let marks = sender.manager.get(&sheet).await.expect(200).json();
        assert_eq!(marks["state"], "closed");
        let mut held = 0;
        for (place, answer) in before.into_iter().chain(after) {
            let verdict = verdicts(&answer).remove(0);
            let versions = history.iter().filter(|state| state["enrolment_id"] == sender.enrolment(place)).count();
            let mark = marks["marks"].as_array().unwrap().iter().find(|mark| mark["enrolment_id"] == sender.enrolment(place)).unwrap();
            match verdict.as_str() {
                "corrected" => assert_eq!((answer.status, versions, &mark["status"]), (201, 2, &json!("present"))),
                "SHEET_CLOSED" => {
                    assert_eq!((answer.status, versions, &mark["status"]), (207, 1, &json!("absent_unexcused")));
                    assert_eq!(outcomes(&answer), ["held"]);
                    held += 1;
                }
                other => panic!("{other}: {}", answer.text()),
            }
            *seen.entry(verdict).or_default() += 1;
        }
        let waiting = sender.manager.list("/v1/held-lines?state=waiting&limit=200").await;
        assert_eq!(waiting.len(), held_before + held, "every held line is there, once");
        assert!(waiting.iter().all(|line| line["code"] == "SHEET_CLOSED"));
        held_before += held;
        // What was said is what is read.
        for line in waiting.iter().filter(|line| line["session_id"] == session) {
            let receipt = sender.machine.get(&format!("{SUBMISSIONS}/{}", line["submission_id"].as_str().unwrap())).await.expect(200);
            assert_eq!(outcomes(&receipt), ["held"]);
        }
    }
    assert!(seen.len() == 2, "lines came before the closure and after it: {seen:?}");
    assert_eq!(seen.values().sum::<usize>(), rounds * PEOPLE);
}

/// A session of its own: the half-days of a fortnight, so many rounds has a server.
async fn session_of_round(sender: &Sender, round: usize) -> String {
    assert!(round < 28);
    let order = half_day(&format!("2026-03-{:02}", 15 - round / 2), if round.is_multiple_of(2) { "morning" } else { "afternoon" });
    sender.manager.post(&format!("/v1/groups/{}/sessions", sender.association.group), order).await.expect(201).id()
}

#[test]
fn a_line_is_recorded_before_a_sheet_closes_or_held_after_it() {
    on_both(async |server| close_among_submissions(server, 10).await);
}

#[test]
#[ignore = "keeps a processor busy for minutes: for .ci/full"]
fn a_line_is_recorded_before_a_sheet_closes_or_held_after_it_five_hundred_times() {
    for _ in 0..20 {
        on_both(async |server| close_among_submissions(server, 25).await);
    }
}

#[test]
fn the_same_file_sent_many_times_at_once_is_done_once() {
    on_both(async |server| {
        let sender = Sender::new(server, PEOPLE).await;
        let lines: Vec<Value> = (0..PEOPLE).map(|place| sender.line_with(place, "present", json!({"external_id": format!("X-{place}")}))).collect();
        // Under a key each: one records, the others find it done.
        let answers = join_all((0..12).map(|_| submit(&sender.machine, &lines))).await;
        let recorded = answers.iter().flat_map(outcomes).filter(|outcome| outcome == "recorded").count();
        let unchanged = answers.iter().flat_map(outcomes).filter(|outcome| outcome == "unchanged").count();
        assert_eq!((recorded, unchanged), (PEOPLE, 11 * PEOPLE), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!(sender.manager.get(&format!("{}/history?limit=200", sender.association.sheet_path())).await.expect(200).items().len(), PEOPLE);
        // Under one key: one effect.
        let (key, order) = (fresh_key(), json!({"lines": [sender.line(0, "absent_unexcused")]}));
        let answers = join_all((0..12).map(|_| sender.machine.post_with_key(SUBMISSIONS, &key, order.clone()))).await;
        let effects: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201 && answer.header("idempotent-replayed").is_none()).collect();
        assert_eq!(effects.len(), 1);
        for answer in &answers {
            assert!(answer.status == 201 && answer.body == effects[0].body || answer.code() == "REQUEST_IN_PROGRESS", "{}", answer.text());
        }
        assert_eq!(sender.marks().await[0]["version"], 2);
    });
}

#[test]
fn a_stranger_sent_many_times_at_once_is_held_once() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let line =
            json!({"session_reference": sender.reference, "last_name": "Durand", "first_name": "Zoé", "status": "present", "external_id": "Z-1"});
        let answers = join_all((0..12).map(|_| submit_one(&sender.machine, line.clone()))).await;
        assert!(answers.iter().all(|answer| outcomes(answer) == ["held"]));
        assert_eq!(sender.held_lines().await.len(), 1);
        let nameless = json!({"session_reference": sender.reference, "last_name": "Dupond", "status": "present"});
        join_all((0..12).map(|_| submit_one(&sender.machine, nameless.clone()))).await;
        assert_eq!(sender.held_lines().await.len(), 2);
    });
}

#[test]
fn an_external_id_is_given_once_however_many_take_it() {
    on_both(async |server| {
        let sender = Sender::new(server, PEOPLE).await;
        let answers =
            join_all((0..PEOPLE).map(|place| submit_one(&sender.machine, sender.line_with(place, "present", json!({"external_id": "ONE"}))))).await;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for answer in &answers {
            *seen.entry(verdicts(answer).remove(0)).or_default() += 1;
        }
        assert_eq!(seen, BTreeMap::from([("EXTERNAL_ID_REUSED".to_owned(), PEOPLE - 1), ("recorded".to_owned(), 1)]));
        assert_eq!(sender.statuses().await.iter().filter(|status| **status == "present").count(), 1);
    });
}

#[test]
fn lines_in_opposite_orders_neither_block_each_other_nor_fail() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let sender = Sender::new(&server, 6).await;
        let mut sessions = vec![sender.association.session.clone()];
        for day in 2..8 {
            sessions.push(server.given().session(&sender.association.group, &format!("2026-03-{day:02}")).await);
        }
        let second = server.given().sheet_with(&sender.association.organisation, sender.association.people.clone()).await;
        sessions.push(second.session.clone());
        let lines: Vec<Value> = sessions
            .iter()
            .flat_map(|session| (0..6).map(move |place| (session, place)))
            .map(|(session, place)| json!({"session_id": session, "person_reference": sender.person(place)}))
            .collect();
        let stranger = json!({"session_id": sessions[0], "last_name": "Durand", "status": "present"});
        let statuses = ["present", "absent_unexcused"];
        let answers = join_all((0..16).map(async |turn: usize| {
            let mut mine: Vec<Value> = lines.iter().map(|line| super::with(line.clone(), json!({"status": statuses[turn % 2]}))).collect();
            mine.push(stranger.clone());
            if turn.is_multiple_of(3) {
                mine.reverse();
            }
            let shift = turn * 5 % mine.len();
            mine.rotate_left(shift);
            submit(&sender.machine, &mine).await
        }))
        .await;
        for answer in &answers {
            assert_eq!(answer.status, 207, "{}", answer.text());
            let good = outcomes(answer).iter().filter(|outcome| ["recorded", "corrected", "unchanged"].contains(&outcome.as_str())).count();
            assert_eq!(good, lines.len());
        }
        // The history tells of each line that changed something, once.
        let changes = answers.iter().flat_map(lines_of).filter(|line| ["recorded", "corrected"].iter().any(|outcome| line["outcome"] == *outcome));
        let mut told = 0;
        for session in &sessions {
            told += sender.manager.list(&format!("/v1/sessions/{session}/attendance/history?limit=200")).await.len();
        }
        assert_eq!(told, changes.count());
        assert_eq!(sender.held_lines().await.len(), 1);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn nobody_is_recorded_after_the_end_of_their_enrolment_or_at_a_session_that_went_away() {
    on_both(async |server| {
        let sender = Sender::new(server, 12).await;
        let both = join_all((0..12).map(async |place| {
            let exit = format!("/v1/enrolments/{}/exit", sender.enrolment(place));
            let end = json!({"ends_on": "2026-03-15", "end_reason": "moved"});
            tokio::join!(sender.partner.post(&exit, end), submit_one(&sender.machine, sender.line(place, "present")))
        }));
        for (ended, sent) in both.await {
            let seen = (ended.status, ended.code(), verdicts(&sent).remove(0));
            let ended_first = (200, String::new(), "PERSON_NOT_EXPECTED".to_owned());
            let sent_first = (409, "MARKS_AFTER_END".to_owned(), "recorded".to_owned());
            assert!(seen == ended_first || seen == sent_first, "{seen:?}");
        }
        let group = server.given().sheet_of(&sender.association.organisation, 1).await;
        for day in 1..13 {
            let session = server.given().session(&group.group, &format!("2026-03-{day:02}")).await;
            let (cancellation, line) = (
                format!("/v1/sessions/{session}/cancellation"),
                json!({"session_id": session, "enrolment_id": group.enrolments[0], "status": "present"}),
            );
            let (sent, cancelled) = tokio::join!(submit_one(&sender.machine, line), sender.partner.post(&cancellation, json!({"reason": "weather"})));
            let seen = (verdicts(&sent).remove(0), cancelled.status, if cancelled.status < 400 { String::new() } else { cancelled.code() });
            let sent_first = ("recorded".to_owned(), 409, "SESSION_HAS_MARKS".to_owned());
            let cancelled_first = ("SESSION_CANCELLED".to_owned(), 200, String::new());
            assert!(seen == sent_first || seen == cancelled_first, "{seen:?}");
        }
    });
}
