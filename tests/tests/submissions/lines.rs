//! Lines as JSON: what becomes of each, the three layers against doing it twice, and what is refused before anything is looked at.

use api_tests::client::fresh_key;
use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{SUBMISSIONS, Sender, assert_verdict, codes, lines_of, outcomes, send, submit, submit_as, submit_one, verdicts, with, without};
use crate::attendance::{CLOSING, END_OF_LATE_MARKS, close, half_day, just_before, mark, marks, set_clock};
use crate::table::ABSENT;
use crate::visibility::assert_alike;

#[test]
fn each_line_is_told_what_became_of_it() {
    on_both(async |server| {
        let sender = Sender::new(server, 6).await;
        let enrolled = [1, 2, 3, 4].map(|place| mark(sender.enrolment(place), "present"));
        sender.partner.put(&sender.association.sheet_path(), marks(&enrolled)).await.expect(200);
        let stranger = server.given().person().await;
        server.advance(TimeDelta::seconds(1));
        let lines = [
            sender.line_with(0, "late", json!({"external_id": "L-1", "minutes": 90, "signed": true})),
            sender.line(1, "absent_unexcused"),
            sender.line_with(2, "absent_excused", json!({"operation": "correct", "version": 1, "reason": "illness"})),
            without(sender.line_with(3, "", json!({"operation": "void", "version": 1})), &["status"]),
            sender.line(4, "present"),
            json!({"session_reference": sender.reference, "person_reference": stranger.reference, "status": "present", "external_id": "L-6"}),
            json!({"session_id": ABSENT, "person_reference": sender.person(5), "status": "present"}),
        ];
        let answer = submit(&sender.machine, &lines).await.expect(207);
        let receipt = answer.json();
        let counts = json!({
            "lines": 7, "recorded": 1, "corrected": 2, "voided": 1, "unchanged": 1, "held": 1, "rejected": 1, "not_applied": 0,
        });
        assert_eq!(receipt["counts"], counts);
        let told = ["organisation_id", "submitted_by", "received_at", "format", "on_error", "dry_run", "result", "ignored_columns"]
            .map(|name| receipt[name].clone());
        let expected = [
            json!(sender.association.organisation),
            json!(sender.machine.id()),
            json!(server.now().to_string()),
            json!("json"),
            json!("accept_valid"),
            json!(false),
            json!("partly_applied"),
            json!([]),
        ];
        assert_eq!(told, expected);
        let session = json!(sender.association.session);
        let good = |index: usize, external_id: Value, outcome: &str, version: i32| {
            json!({
                "index": index, "line_number": null, "external_id": external_id, "outcome": outcome, "session_id": session,
                "enrolment_id": sender.enrolment(index), "version": version, "errors": [], "warnings": [],
            })
        };
        let lines = receipt["lines"].as_array().unwrap();
        assert_eq!(lines[0], good(0, json!("L-1"), "recorded", 1));
        assert_eq!(lines[1], good(1, Value::Null, "corrected", 2));
        assert_eq!(lines[2], good(2, Value::Null, "corrected", 2));
        assert_eq!(lines[3], good(3, Value::Null, "voided", 2));
        assert_eq!(lines[4], good(4, Value::Null, "unchanged", 1));
        let [held, rejected] =
            [&lines[5], &lines[6]].map(|line| ["external_id", "outcome", "session_id", "enrolment_id", "version"].map(|name| line[name].clone()));
        assert_eq!(held, [json!("L-6"), json!("held"), session.clone(), Value::Null, Value::Null]);
        assert_eq!(rejected[..3], [Value::Null, json!("rejected"), Value::Null]);
        assert_eq!(codes(&answer)[5..], [["PERSON_NOT_EXPECTED"], ["UNKNOWN_SESSION"]]);
        let pointer = lines[6]["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with("/lines/6/session"), "{pointer}");

        // It is so, and it stays so.
        let expected = [json!("late"), json!("absent_unexcused"), json!("absent_excused"), Value::Null, json!("present"), Value::Null];
        assert_eq!(sender.statuses().await, expected);
        let marked = &sender.marks().await[0];
        assert_eq!((&marked["minutes"], &marked["signed"], &marked["version"]), (&json!(90), &json!(true), &json!(1)));
        assert_eq!(answer.header("location"), Some(format!("{SUBMISSIONS}/{}", answer.id()).as_str()));
        let again = sender.partner.get(answer.header("location").unwrap()).await.expect(200);
        assert_eq!((again.text(), again.etag()), (answer.text(), answer.etag()), "the receipt is what was answered");
    });
}

#[test]
fn a_receipt_is_immutable_and_known_by_its_tag() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let answer = submit(&sender.partner, &[sender.line(0, "present"), sender.line(1, "late")]).await.expect(207);
        let path = format!("{SUBMISSIONS}/{}", answer.id());
        sender.partner.put(&sender.association.sheet_path(), marks(&[mark(sender.enrolment(0), "absent_unexcused")])).await.expect(200);
        server.advance(TimeDelta::days(3));
        for by in [&sender.partner, &sender.machine, &sender.manager] {
            let read = by.get(&path).await.expect(200);
            assert_eq!(read.text(), answer.text(), "{}", by.name());
            for tags in [answer.etag(), format!("W/{}", answer.etag()), "*".to_owned()] {
                let known = by.ask("GET", &path).header("If-None-Match", &tags).send().await.expect(304);
                assert_eq!((known.text().as_str(), known.etag()), ("", answer.etag()));
            }
        }
    });
}

#[test]
fn a_receipt_speaks_the_language_of_its_reader() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let line = sender.line(0, "late");
        let ask = |language: &str| sender.partner.ask("POST", SUBMISSIONS).key().header("Accept-Language", language).json(&json!({"lines": [line]}));
        let (french, english) = (ask("fr").send().await.expect(422), ask("en").send().await.expect(422));
        let detail = |receipt: &Value| receipt["lines"][0]["errors"][0]["detail"].as_str().unwrap().to_owned();
        let (in_french, in_english) = (detail(&french.receipt()), detail(&english.receipt()));
        assert_ne!(in_french, in_english);
        assert_ne!(french.field("title"), english.field("title"));
        assert_eq!(codes(&french), codes(&english));
        // Whoever wrote it, it is read in the language of whoever reads it.
        let path = format!("{SUBMISSIONS}/{}", french.receipt()["id"].as_str().unwrap());
        let read = async |language: &str| sender.partner.ask("GET", &path).header("Accept-Language", language).send().await.expect(200);
        assert_eq!(detail(&read("fr").await.json()), in_french);
        assert_eq!(detail(&read("en").await.json()), in_english);
        assert_ne!(read("fr").await.etag(), read("en").await.etag(), "other bytes, another tag");
    });
}

// ---- nothing twice

#[test]
fn the_same_key_answers_the_same_bytes_and_does_nothing() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let stranger = server.given().person().await;
        let elsewhere = json!({"session_id": ABSENT, "person_reference": sender.person(0), "status": "present"});
        let unexpected = json!({"session_reference": sender.reference, "person_reference": stranger.reference, "status": "present"});
        for (status, lines) in [
            (201, vec![sender.line(0, "present"), sender.line(1, "present")]),
            (207, vec![sender.line(0, "absent_unexcused"), unexpected, elsewhere.clone()]),
            (422, vec![elsewhere]),
        ] {
            let (key, order) = (fresh_key(), json!({"lines": lines}));
            let first = sender.machine.post_with_key(SUBMISSIONS, &key, order.clone()).await.expect(status);
            let (history, held) = (sender.history().await, sender.held_lines().await);
            server.advance(TimeDelta::seconds(1));
            sender.partner.put(&sender.association.sheet_path(), marks(&[mark(sender.enrolment(2), "present")])).await.expect(200);
            let again = sender.machine.post_with_key(SUBMISSIONS, &key, order.clone()).await.expect(status);
            assert_eq!(again.header("idempotent-replayed"), Some("true"), "{status}");
            let seen = |answer: &api_tests::Answer| ["location", "etag", "content-type"].map(|name| answer.header(name).map(str::to_owned));
            assert_eq!((again.text(), seen(&again)), (first.text(), seen(&first)), "{status}");
            assert_eq!(sender.held_lines().await, held);
            assert!(sender.history().await.len() <= history.len() + 1, "the line of the partner, none of the replay");
            let other = sender.machine.post_with_key(&format!("{SUBMISSIONS}?on_error=reject_all"), &key, order).await;
            other.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
        }
    });
}

#[test]
fn the_same_lines_under_another_key_change_nothing() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let lines = [
            sender.line(0, "present"),
            sender.line_with(1, "late", json!({"minutes": 30})),
            sender.line_with(2, "absent_excused", json!({"reason": "work"})),
        ];
        assert_eq!(outcomes(&submit(&sender.machine, &lines).await.expect(201)), ["recorded"; 3]);
        let (marks, history) = (sender.marks().await, sender.history().await);
        server.advance(TimeDelta::minutes(5));
        for by in [&sender.machine, &sender.partner, &sender.manager] {
            let again = submit(by, &lines).await.expect(201);
            assert_eq!(outcomes(&again), ["unchanged"; 3], "{}", by.name());
            assert!(lines_of(&again).iter().all(|line| line["version"] == 1));
        }
        assert_eq!((sender.marks().await, sender.history().await), (marks, history));
        // The control: what is new is done.
        assert_verdict(&submit_one(&sender.machine, sender.line(0, "absent_unexcused")).await.expect(201), "corrected");
        assert_eq!(sender.history().await.len(), 4);
    });
}

#[test]
fn an_external_id_names_one_person_at_one_session_for_ever() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let named = |place: usize, status: &str| sender.line_with(place, status, json!({"external_id": "2026/03-16 é"}));
        assert_verdict(&submit_one(&sender.machine, named(0, "present")).await.expect(201), "recorded");
        // Whoever of the organisation sends it, and whatever else it says about whom.
        let alone = |status: &str| json!({"external_id": "2026/03-16 é", "status": status});
        assert_verdict(&submit_one(&sender.partner, alone("present")).await.expect(201), "unchanged");
        let answer = submit_one(&sender.machine, alone("absent_unexcused")).await.expect(201);
        assert_verdict(&answer, "corrected");
        let line = &lines_of(&answer)[0];
        assert_eq!(
            (&line["session_id"], &line["enrolment_id"], &line["version"]),
            (&json!(sender.association.session), &json!(sender.enrolment(0)), &json!(2))
        );
        assert_verdict(&submit_one(&sender.machine, named(0, "present")).await.expect(201), "corrected");
        let refused = submit_one(&sender.machine, named(1, "present")).await.expect(422);
        assert_verdict(&refused, "EXTERNAL_ID_REUSED");
        let later = server.given().session(&sender.association.group, "2026-03-13").await;
        let elsewhere = json!({"external_id": "2026/03-16 é", "session_id": later, "person_reference": sender.person(0), "status": "present"});
        assert_verdict(&submit_one(&sender.machine, elsewhere).await.expect(422), "EXTERNAL_ID_REUSED");
        assert_eq!(sender.statuses().await, [json!("present"), Value::Null]);
        // One that names nothing yet cannot stand alone.
        let refused = submit_one(&sender.machine, json!({"external_id": "never seen", "status": "present"})).await.expect(422);
        assert!(["SESSION_REQUIRED", "UNKNOWN_SESSION"].contains(&verdicts(&refused)[0].as_str()), "{}", refused.text());
        let nobodys = json!({"external_id": "never seen either", "session_reference": sender.reference, "status": "present"});
        assert_verdict(&submit_one(&sender.machine, nobodys).await.expect(422), "PERSON_REQUIRED");
        // A mark that has one may be named without it, and a second name for the same thing is no other thing.
        assert_verdict(&submit_one(&sender.machine, sender.line(0, "present")).await.expect(201), "unchanged");
    });
}

#[test]
fn an_external_id_belongs_to_its_organisation_and_to_lines_that_were_understood() {
    on_both(async |server| {
        let (one, other) = (Sender::new(server, 2).await, Sender::new(server, 1).await);
        assert_verdict(&submit_one(&one.machine, one.line_with(0, "present", json!({"external_id": "1"}))).await.expect(201), "recorded");
        assert_verdict(&submit_one(&other.machine, other.line_with(0, "present", json!({"external_id": "1"}))).await.expect(201), "recorded");
        // Alone, it leads nobody to what another organisation named so.
        assert_verdict(&submit_one(&one.machine, one.line_with(1, "present", json!({"external_id": "2"}))).await.expect(201), "recorded");
        let foreign = submit_one(&other.machine, json!({"external_id": "2", "status": "present"})).await.expect(422);
        let absent = submit_one(&other.machine, json!({"external_id": "3", "status": "present"})).await.expect(422);
        assert_eq!(lines_of(&foreign)[0]["errors"], lines_of(&absent)[0]["errors"]);
        // A line that was refused named nothing.
        let bad = one.line_with(0, "late", json!({"external_id": "4"}));
        assert_verdict(&submit_one(&one.machine, bad).await.expect(422), "MINUTES_REQUIRED");
        assert_verdict(&submit_one(&one.machine, one.line_with(1, "absent_unexcused", json!({"external_id": "4"}))).await.expect(201), "corrected");
    });
}

#[test]
fn a_line_is_given_once_in_one_submission() {
    on_both(async |server| {
        let sender = Sender::new(server, 4).await;
        let id = |place: usize, status: &str, id: &str| sender.line_with(place, status, json!({"external_id": id}));
        let by_enrolment = json!({"session_id": sender.association.session, "enrolment_id": sender.enrolment(0), "status": "present"});
        let lines = [
            sender.line(0, "present"),
            by_enrolment,
            id(1, "present", "A"),
            id(1, "absent_unexcused", "A"),
            id(2, "present", "A"),
            id(3, "present", "B"),
            json!({"external_id": "B", "status": "present"}),
        ];
        let answer = submit(&sender.machine, &lines).await.expect(207);
        let mut seen = verdicts(&answer);
        // A name given twice, for two people: it is one or the other.
        assert!(["DUPLICATE_LINE", "EXTERNAL_ID_REUSED"].contains(&seen.remove(4).as_str()), "{}", answer.text());
        assert_eq!(seen, ["recorded", "DUPLICATE_LINE", "recorded", "DUPLICATE_LINE", "recorded", "DUPLICATE_LINE"]);
        assert_eq!(sender.statuses().await, [json!("present"), json!("present"), Value::Null, json!("present")]);
        // The whole of it again: the first of each changes nothing, the others are told again.
        assert_eq!(verdicts(&submit(&sender.machine, &lines).await.expect(207))[..2], ["unchanged", "DUPLICATE_LINE"]);
    });
}

// ---- versions

#[test]
fn a_mark_is_corrected_and_voided_by_the_version_that_was_seen() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let correct = |status: &str, version: i64| sender.line_with(0, status, json!({"operation": "correct", "version": version}));
        let void = |version: i64| without(sender.line_with(0, "", json!({"operation": "void", "version": version})), &["status"]);
        let sent = async |line: Value| submit_one(&sender.machine, line).await;
        assert_verdict(&sent(sender.line(0, "present")).await.expect(201), "recorded");
        for version in [0, 2, 999_999] {
            let refused = sent(correct("absent_unexcused", version)).await.expect(422);
            assert_eq!(verdicts(&refused), ["VERSION_CONFLICT"]);
            assert_eq!(refused.receipt()["lines"][0]["errors"][0]["pointer"], "/lines/0/version");
            assert_verdict(&sent(void(version)).await.expect(422), "VERSION_CONFLICT");
        }
        assert_verdict(&sent(correct("present", 7)).await.expect(201), "unchanged");
        assert_verdict(&sent(correct("absent_unexcused", 1)).await.expect(201), "corrected");
        assert_verdict(&sent(correct("absent_unexcused", 1)).await.expect(201), "unchanged");
        // A void takes no notice of what else the line says.
        let more = with(void(2), json!({"status": "present", "minutes": 999, "reason": "illness", "signed": true}));
        assert_verdict(&sent(more).await.expect(201), "voided");
        assert_verdict(&sent(void(2)).await.expect(201), "unchanged");
        assert_verdict(&sent(void(0)).await.expect(201), "unchanged");
        // What was voided is recorded anew, and corrected by the version it has then.
        assert_verdict(&sent(correct("present", 2)).await.expect(422), "VERSION_CONFLICT");
        let answer = sent(correct("present", 3)).await.expect(201);
        assert_eq!(lines_of(&answer)[0]["version"], 4);
        // Somebody never marked has version 0.
        let first = sender.line_with(1, "present", json!({"operation": "correct", "version": 0}));
        let answer = sent(first).await.expect(201);
        assert!(["recorded", "corrected"].contains(&outcomes(&answer)[0].as_str()), "{}", answer.text());
        for operation in ["correct", "void"] {
            let refused = sent(sender.line_with(0, "present", json!({"operation": operation}))).await.expect(422);
            assert_eq!(verdicts(&refused), ["VERSION_REQUIRED"]);
        }
    });
}

#[test]
fn the_history_tells_who_submitted_what() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let line = |status: &str| sender.line_with(0, status, json!({"signed": null}));
        for (by, order) in [
            (&sender.machine, line("present")),
            (&sender.partner, line("absent_unexcused")),
            (&sender.manager, without(sender.line_with(0, "", json!({"operation": "void", "version": 2})), &["status"])),
        ] {
            server.advance(TimeDelta::seconds(1));
            submit_one(by, order).await.expect(201);
        }
        let read = |state: &Value| ["version", "status", "source", "correction_reason", "recorded_by"].map(|name| state[name].clone());
        let states: Vec<_> = sender.history().await.iter().map(read).collect();
        let state = |version: i32, status: Value, by: &api_tests::Client| [json!(version), status, json!("submission"), Value::Null, json!(by.id())];
        let expected = [
            state(1, json!("present"), &sender.machine),
            state(2, json!("absent_unexcused"), &sender.partner),
            state(3, Value::Null, &sender.manager),
        ];
        assert_eq!(states, expected);
    });
}

// ---- how lines name their session and person

#[test]
fn a_session_and_a_person_are_named_in_several_ways_which_agree() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let other = server.given().session(&sender.association.group, "2026-03-13").await;
        let (id, reference, code, person) = (&sender.association.session, &sender.reference, &sender.code, sender.person(0));
        let other_group = server.given().group(&sender.association.action).await;
        let other_code = sender.manager.get(&format!("/v1/groups/{other_group}")).await.expect(200).field("code");
        let by_person = |session: Value| with(session, json!({"person_reference": person, "status": "present"}));
        let by_session = |person: Value| with(person, json!({"session_id": id, "status": "present"}));
        for (line, verdict) in [
            (by_person(json!({"session_id": id})), "recorded"),
            (by_person(json!({"session_reference": reference})), "unchanged"),
            (by_person(json!({"group_code": code, "date": "2026-03-16", "half_day": "morning"})), "unchanged"),
            (
                by_person(json!({"session_id": id, "session_reference": reference, "group_code": code, "date": "2026-03-16", "half_day": "morning"})),
                "unchanged",
            ),
            (by_session(json!({"enrolment_id": sender.enrolment(0)})), "unchanged"),
            (
                by_session(json!({"enrolment_id": sender.enrolment(0), "person_reference": person, "last_name": "Exemple", "first_name": "Claude"})),
                "unchanged",
            ),
            (by_session(json!({"person_reference": person.to_lowercase()})), "unchanged"),
            (by_person(json!({"session_id": other, "session_reference": reference})), "SESSION_MISMATCH"),
            (by_person(json!({"session_id": id, "group_code": other_code})), "SESSION_MISMATCH"),
            (by_person(json!({"session_reference": reference, "group_code": other_code})), "SESSION_MISMATCH"),
            (by_person(json!({"session_reference": reference, "group_code": "NO-SUCH-CODE"})), "SESSION_MISMATCH"),
            (by_person(json!({"session_id": id, "session_reference": "NO-SUCH-20260316-M"})), "SESSION_MISMATCH"),
            (by_person(json!({"session_id": ABSENT, "session_reference": reference})), "SESSION_MISMATCH or UNKNOWN_SESSION"),
            (by_person(json!({"session_id": ABSENT})), "UNKNOWN_SESSION"),
            (by_person(json!({"session_reference": "NO-SUCH-20260316-M"})), "UNKNOWN_SESSION"),
            (by_person(json!({"group_code": code, "date": "2026-03-17", "half_day": "morning"})), "UNKNOWN_SESSION"),
            (by_person(json!({"group_code": code, "date": "2026-03-16", "half_day": "afternoon"})), "UNKNOWN_SESSION"),
            (by_person(json!({"group_code": "NO-SUCH-CODE", "date": "2026-03-16", "half_day": "morning"})), "UNKNOWN_SESSION"),
            (by_person(json!({})), "SESSION_REQUIRED"),
            (by_person(json!({"group_code": code})), "SESSION_REQUIRED"),
            (by_person(json!({"group_code": code, "date": "2026-03-16"})), "SESSION_REQUIRED"),
            (by_person(json!({"date": "2026-03-16", "half_day": "morning"})), "SESSION_REQUIRED"),
            (by_session(json!({})), "PERSON_REQUIRED"),
            (by_session(json!({"person_reference": "87-7K3Q-9XWD-0"})), "PERSON_REFERENCE_INVALID"),
            (by_session(json!({"person_reference": "Dupont"})), "PERSON_REFERENCE_INVALID"),
        ] {
            let answer = submit_one(&sender.machine, line.clone()).await;
            let seen = verdicts(&answer);
            assert!(verdict.split(" or ").any(|one| seen == [one]), "{line}: {seen:?} instead of {verdict}: {}", answer.text());
        }
        assert_eq!(sender.history().await.len(), 1);
    });
}

#[test]
fn a_session_that_moved_tells_where_it_is() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let session = format!("/v1/sessions/{}", sender.association.session);
        sender.partner.edit(&session, half_day("2026-03-17", "afternoon")).await.expect(200);
        let with_slot = |more: Value| sender.line_with(0, "present", more);
        for more in [
            json!({"date": "2026-03-16", "half_day": "morning"}),
            json!({"date": "2026-03-16"}),
            json!({"half_day": "morning"}),
            json!({"date": "2026-03-17", "half_day": "morning"}),
            json!({"date": "2026-03-16", "half_day": "afternoon"}),
            json!({"group_code": sender.code, "date": "2026-03-16", "half_day": "morning"}),
        ] {
            let answer = submit_one(&sender.machine, with_slot(more.clone())).await.expect(422);
            assert_verdict(&answer, "SESSION_MOVED");
            let error = answer.receipt()["lines"][0]["errors"][0].clone();
            assert_eq!(
                error["moved_to"],
                json!({"date": "2026-03-17", "half_day": "afternoon", "start_time": "14:00", "end_time": "17:00"}),
                "{more}"
            );
            let pointer = error["pointer"].as_str().unwrap();
            assert!(["/lines/0/date", "/lines/0/half_day"].contains(&pointer), "{more}: {pointer}");
        }
        // Read back, the receipt still says where it was then.
        let answer = submit_one(&sender.machine, with_slot(json!({"date": "2026-03-16"}))).await.expect(422);
        let there = answer.receipt();
        sender.partner.edit(&session, half_day("2026-03-17", "morning")).await.expect(200);
        let read = sender.machine.get(&format!("{SUBMISSIONS}/{}", there["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(read.json(), there);
        // Its reference alone is enough, and so is where it is now.
        assert_verdict(&submit_one(&sender.machine, with_slot(json!({"date": "2026-03-17", "half_day": "morning"}))).await.expect(201), "recorded");
        assert_verdict(&submit_one(&sender.machine, sender.line(0, "present")).await.expect(201), "unchanged");
    });
}

#[test]
fn a_cancelled_session_takes_no_line() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let cancelled = format!("/v1/sessions/{}/cancellation", sender.association.session);
        sender.partner.post(&cancelled, json!({"reason": "weather"})).await.expect(200);
        assert_verdict(&submit_one(&sender.machine, sender.line(0, "present")).await.expect(422), "SESSION_CANCELLED");
        // Its half-day, once another session takes it, means that one.
        let half = server.given().session(&sender.association.group, "2026-03-16").await;
        let line = json!({"group_code": sender.code, "date": "2026-03-16", "half_day": "morning", "person_reference": sender.person(0), "status": "present"});
        let answer = submit_one(&sender.machine, line).await.expect(201);
        assert_eq!(lines_of(&answer)[0]["session_id"], json!(half));
    });
}

#[test]
fn another_organisations_things_are_unknown() {
    on_both(async |server| {
        let (own, other) = (Sender::new(server, 1).await, Sender::new(server, 1).await);
        let line = |session: Value| with(session, json!({"person_reference": own.person(0), "status": "present"}));
        for (theirs, nowhere) in [
            (json!({"session_id": other.association.session}), json!({"session_id": ABSENT})),
            (json!({"session_reference": other.reference}), json!({"session_reference": "NO-SUCH-20260316-M"})),
            (
                json!({"group_code": other.code, "date": "2026-03-16", "half_day": "morning"}),
                json!({"group_code": "NO-SUCH", "date": "2026-03-16", "half_day": "morning"}),
            ),
            // With a wrong day too, which would tell that it is there.
            (
                json!({"session_reference": other.reference, "date": "2026-03-17"}),
                json!({"session_reference": "NO-SUCH-20260316-M", "date": "2026-03-17"}),
            ),
        ] {
            let [theirs, nowhere] =
                [submit_one(&own.machine, line(theirs)).await.expect(422), submit_one(&own.machine, line(nowhere)).await.expect(422)];
            assert_verdict(&theirs, "UNKNOWN_SESSION");
            assert_eq!(lines_of(&theirs), lines_of(&nowhere));
        }
        let receipt = submit_one(&own.machine, own.line(0, "present")).await.expect(201).id();
        for tail in ["", "/rejected.csv"] {
            for stranger in [&other.partner, &other.machine] {
                let there = stranger.get(&format!("{SUBMISSIONS}/{receipt}{tail}")).await.expect_problem(404, "NOT_FOUND");
                let nowhere = stranger.get(&format!("{SUBMISSIONS}/{ABSENT}{tail}")).await.expect_problem(404, "NOT_FOUND");
                assert_alike(&there, &nowhere);
            }
            own.manager.get(&format!("{SUBMISSIONS}/{receipt}{tail}")).await.expect(200);
        }
        for role in [server.caseworker(&[]).await, server.administrator(), server.auditor().await, server.analyst().await] {
            role.get(&format!("{SUBMISSIONS}/{receipt}")).await.expect_problem(403, "FUNCTION_DENIED");
        }
        // A manager may send for everybody.
        let both = submit(&own.manager, &[own.line(0, "absent_unexcused"), other.line(0, "present")]).await.expect(201);
        assert_eq!(outcomes(&both), ["corrected", "recorded"]);
        own.partner.get(&format!("{SUBMISSIONS}/{}", both.id())).await.expect_problem(404, "NOT_FOUND");
    });
}

// ---- the moment

#[test]
fn before_the_start_only_an_excused_absence_or_a_void_is_taken() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        // Nine o'clock in Limoges, in winter.
        let start = "2026-03-16T08:00:00.000Z";
        set_clock(server, &just_before(start));
        for line in [sender.line(0, "present"), sender.line(0, "absent_unexcused"), sender.line_with(0, "late", json!({"minutes": 30}))] {
            let answer = submit_one(&sender.machine, line).await.expect(422);
            assert_verdict(&answer, "FUTURE_DATE");
        }
        let excused = sender.line_with(0, "absent_excused", json!({"reason": "appointment"}));
        let answer = submit(&sender.machine, &[excused, sender.line(1, "present")]).await.expect(207);
        assert_eq!(verdicts(&answer), ["recorded", "FUTURE_DATE"]);
        let void = without(sender.line_with(0, "", json!({"operation": "void", "version": 1})), &["status"]);
        assert_verdict(&submit_one(&sender.machine, void).await.expect(201), "voided");
        set_clock(server, start);
        assert_eq!(outcomes(&submit(&sender.machine, &[sender.line(0, "present"), sender.line(1, "present")]).await.expect(201)), ["recorded"; 2]);
    });
}

#[test]
fn after_the_closing_by_the_clock_a_first_mark_is_still_taken_for_sixty_days() {
    on_both(async |server| {
        let sender = Sender::new(server, 4).await;
        let sent = async |line: Value| submit_one(&sender.machine, line).await;
        set_clock(server, &just_before(CLOSING));
        assert_verdict(&sent(sender.line(0, "present")).await.expect(201), "recorded");
        assert_verdict(&sent(sender.line(0, "absent_unexcused")).await.expect(201), "corrected");
        set_clock(server, CLOSING);
        assert_verdict(&sent(sender.line(0, "absent_unexcused")).await.expect(201), "unchanged");
        assert_verdict(&sent(sender.line(1, "present")).await.expect(201), "recorded");
        assert_verdict(&sent(sender.line(1, "present")).await.expect(201), "unchanged");
        let answer = submit(&sender.machine, &[sender.line(1, "absent_unexcused"), sender.line(2, "present")]).await.expect(207);
        assert_eq!(verdicts(&answer), ["SHEET_CLOSED", "recorded"]);
        let void = without(sender.line_with(2, "", json!({"operation": "void", "version": 1})), &["status"]);
        assert_verdict(&sent(void).await.expect(207), "SHEET_CLOSED");
        set_clock(server, END_OF_LATE_MARKS);
        assert_verdict(&sent(sender.line(3, "present")).await.expect(207), "SHEET_CLOSED");
        assert_eq!(sender.statuses().await, [json!("absent_unexcused"), json!("present"), json!("present"), Value::Null]);
        assert_eq!(sender.held_lines().await.len(), 3);
    });
}

#[test]
fn a_sheet_closed_by_somebody_holds_every_change() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let both = [sender.line(0, "present"), sender.line(1, "present")];
        submit(&sender.machine, &both).await.expect(201);
        close(&sender.partner, &sender.association).await.expect(200);
        assert_eq!(outcomes(&submit(&sender.machine, &both).await.expect(201)), ["unchanged"; 2]);
        let answer = submit(&sender.machine, &[sender.line(0, "absent_unexcused"), sender.line(1, "present")]).await.expect(207);
        assert_eq!(verdicts(&answer), ["SHEET_CLOSED", "unchanged"]);
        let latecomer = server.given().person().await;
        server.given().enrolment(&sender.association.group, &latecomer).await;
        let line = json!({"session_reference": sender.reference, "person_reference": latecomer.reference, "status": "present"});
        assert_verdict(&submit_one(&sender.machine, line).await.expect(207), "SHEET_CLOSED");
        assert_eq!(sender.statuses().await, [json!("present"), json!("present")]);
        let stale = sender.line_with(0, "late", json!({"operation": "correct", "version": 9, "minutes": 5}));
        assert_verdict(&submit_one(&sender.machine, stale).await.expect(422), "VERSION_CONFLICT");
    });
}

// ---- what a mark says

#[test]
fn the_rules_of_a_mark_are_those_of_the_sheet() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        for (status, more, code, column) in [
            ("late", json!({}), "MINUTES_REQUIRED", "minutes"),
            ("left_early", json!({}), "MINUTES_REQUIRED", "minutes"),
            ("late", json!({"minutes": 181}), "MINUTES_OUT_OF_RANGE", "minutes"),
            ("present", json!({"minutes": 180}), "MINUTES_FORBIDDEN", "minutes"),
            ("absent_excused", json!({}), "REASON_REQUIRED", "reason"),
            ("absent_excused", json!({"reason": "no_such_reason"}), "CODE_UNKNOWN", "reason"),
            ("absent_unexcused", json!({"reason": "illness"}), "REASON_FORBIDDEN", "reason"),
            ("present", json!({"reason": "illness"}), "REASON_FORBIDDEN", "reason"),
            ("absent_unexcused", json!({"signed": true}), "SIGNATURE_FORBIDDEN", "signed"),
        ] {
            let answer = submit_one(&sender.machine, sender.line_with(0, status, more.clone())).await.expect_problem(422, "NOTHING_APPLIED");
            let errors = api_tests::answer::faults(&lines_of(&answer)[0]["errors"]);
            assert_eq!(errors, [(code.to_owned(), format!("/lines/0/{column}"))], "{status} {more}");
        }
        let without_status = without(sender.line(0, ""), &["status"]);
        assert_verdict(&submit_one(&sender.machine, without_status.clone()).await.expect(422), "STATUS_REQUIRED");
        assert_verdict(
            &submit_one(&sender.machine, with(without_status, json!({"status": null, "signed": true}))).await.expect(422),
            "STATUS_REQUIRED",
        );
        assert_eq!(sender.history().await, Vec::<Value>::new());
        for minutes in [1, 180] {
            submit_one(&sender.machine, sender.line_with(0, "late", json!({"minutes": minutes}))).await.expect(201);
        }
    });
}

// ---- all or nothing, and rehearsals

#[test]
fn reject_all_applies_everything_or_nothing() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let stranger = server.given().person().await;
        let unexpected = json!({"session_reference": sender.reference, "person_reference": stranger.reference, "status": "present"});
        let unknown = json!({"session_id": ABSENT, "person_reference": sender.person(0), "status": "present"});
        submit_one(&sender.machine, sender.line(2, "present")).await.expect(201);
        for (bad, code) in [(unexpected, "PERSON_NOT_EXPECTED"), (unknown, "UNKNOWN_SESSION"), (sender.line(1, "late"), "MINUTES_REQUIRED")] {
            let lines = [sender.line_with(0, "present", json!({"external_id": "R-0"})), bad, sender.line(2, "present")];
            let answer = submit_as(&sender.machine, "?on_error=reject_all", &lines).await.expect_problem(422, "NOTHING_APPLIED");
            let receipt = answer.receipt();
            assert_eq!((&receipt["result"], &receipt["on_error"]), (&json!("nothing_applied"), &json!("reject_all")));
            let outcomes = outcomes(&answer);
            assert_eq!(outcomes[..2], ["not_applied", "rejected"], "{code}");
            assert_eq!(codes(&answer)[1], [code]);
            assert_eq!(outcomes[2], "not_applied", "{}", answer.text());
            assert!(receipt["lines"][0]["errors"] == json!([]));
            let read = sender.machine.get(answer.header("location").unwrap()).await.expect(200);
            assert_eq!(read.json(), receipt);
        }
        assert_eq!(sender.statuses().await, [Value::Null, Value::Null, json!("present")]);
        assert_eq!(sender.held_lines().await, Vec::<Value>::new());
        assert_eq!(sender.history().await.len(), 1);
        // What was not applied named nothing either.
        assert_verdict(&submit_one(&sender.machine, sender.line_with(1, "present", json!({"external_id": "R-0"}))).await.expect(201), "recorded");
        let good = [sender.line(0, "present"), sender.line(1, "absent_unexcused"), sender.line(2, "present")];
        let answer = submit_as(&sender.machine, "?on_error=reject_all", &good).await.expect(201);
        assert_eq!(outcomes(&answer), ["recorded", "corrected", "unchanged"]);
    });
}

#[test]
fn a_rehearsal_tells_everything_and_leaves_no_trace() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let stranger = server.given().person().await;
        submit_one(&sender.machine, sender.line(1, "present")).await.expect(201);
        let lines = [
            sender.line_with(0, "present", json!({"external_id": "D-0"})),
            sender.line(1, "absent_unexcused"),
            json!({"session_reference": sender.reference, "person_reference": stranger.reference, "status": "present", "external_id": "D-2"}),
            sender.line(2, "late"),
        ];
        let before = (sender.marks().await, sender.history().await, sender.held_lines().await);
        let session = format!("/v1/sessions/{}", sender.association.session);
        let shown = sender.machine.get(&session).await.expect(200);
        let key = fresh_key();
        for with_key in [false, true, true] {
            let mut ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).json(&json!({"lines": lines}));
            if with_key {
                ask = ask.header("Idempotency-Key", &key);
            }
            let answer = ask.send().await.expect(200);
            let receipt = answer.json();
            assert_eq!((&receipt["id"], &receipt["dry_run"], &receipt["result"]), (&Value::Null, &json!(true), &json!("partly_applied")));
            assert_eq!(verdicts(&answer), ["recorded", "corrected", "PERSON_NOT_EXPECTED", "MINUTES_REQUIRED"]);
            assert_eq!(answer.header("location"), None);
            assert_eq!(answer.header("idempotent-replayed"), None);
            assert_eq!((sender.marks().await, sender.history().await, sender.held_lines().await), before);
        }
        let malformed = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).json(&json!({"lines": lines}));
        malformed.header("Idempotency-Key", "too short").send().await.expect_problem(400, "IDEMPOTENCY_KEY_MALFORMED");
        assert_eq!(sender.machine.get(&session).await.expect(200).text(), shown.text());
        // Neither the external id nor the key was taken.
        let other = [sender.line_with(2, "present", json!({"external_id": "D-0"}))];
        let answer = sender.machine.post_with_key(SUBMISSIONS, &key, json!({"lines": other})).await.expect(201);
        assert_verdict(&answer, "recorded");
        // All of it bad, or all or nothing: it is still a rehearsal, and 200.
        let bad = submit_as(&sender.machine, "?dry_run=true", &[sender.line(0, "late")]).await.expect(200);
        assert_eq!(bad.json()["result"], "nothing_applied");
        let mixed =
            submit_as(&sender.machine, "?dry_run=true&on_error=reject_all", &[sender.line(0, "present"), sender.line(1, "late")]).await.expect(200);
        assert_eq!(outcomes(&mixed), ["not_applied", "rejected"]);
        submit_as(&sender.machine, "?dry_run=true&on_error=reject_all", &[sender.line(0, "present")]).await.expect(200);
        // What is no submission at all is refused in a rehearsal too.
        submit_as(&sender.machine, "?dry_run=true", &[]).await.expect_problem(422, "INVALID");
        let file = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=false")).csv("a;b\n").send().await;
        file.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
    });
}

#[test]
fn what_is_asked_for_in_the_query_is_checked() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        for query in [
            "?on_error=ignore",
            "?on_error=",
            "?dry_run=1",
            "?dry_run=yes",
            "?dry_run=",
            "?dry_run=true&dry_run=true",
            "?x=1",
            "?on_error=reject_all&on_error=accept_valid",
        ] {
            submit_as(&sender.machine, query, &[sender.line(0, "present")]).await.expect_problem(400, "INVALID_PARAMETER");
        }
        assert_eq!(sender.history().await, Vec::<Value>::new());
    });
}

// ---- form

#[test]
fn a_body_that_is_no_submission_is_refused_with_its_place_and_nothing_is_stored() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let good = sender.line(0, "present");
        let key = fresh_key();
        let long = |length: usize| "x".repeat(length);
        for (more, code, place) in [
            (json!({"unheard_of": 1}), "FIELD_UNKNOWN", "unheard_of"),
            (json!({"status": 1}), "WRONG_TYPE", "status"),
            (json!({"status": "asleep"}), "VALUE_INVALID", "status"),
            (json!({"status": "Présent"}), "VALUE_INVALID", "status"),
            (json!({"operation": "delete"}), "VALUE_INVALID", "operation"),
            (json!({"half_day": "matin"}), "VALUE_INVALID", "half_day"),
            (json!({"session_id": "x"}), "ID_MALFORMED", "session_id"),
            (json!({"enrolment_id": 3}), "WRONG_TYPE", "enrolment_id"),
            (json!({"enrolment_id": "2,02601E+16"}), "ID_MALFORMED", "enrolment_id"),
            (json!({"date": "16/03/2026"}), "DAY_MALFORMED", "date"),
            (json!({"date": "2026-02-30"}), "DAY_MALFORMED", "date"),
            (json!({"minutes": "30"}), "WRONG_TYPE", "minutes"),
            (json!({"minutes": 1.5}), "WRONG_TYPE", "minutes"),
            (json!({"signed": "oui"}), "WRONG_TYPE", "signed"),
            (json!({"version": "1"}), "WRONG_TYPE", "version"),
            (json!({"version": -1}), "OUT_OF_BOUNDS", "version"),
            (json!({"external_id": ""}), "TEXT_EMPTY", "external_id"),
            (json!({"external_id": long(129)}), "TEXT_TOO_LONG", "external_id"),
            (json!({"external_id": "a\u{7}b"}), "CONTROL_CHARACTER", "external_id"),
            (json!({"session_reference": long(65)}), "TEXT_TOO_LONG", "session_reference"),
            (json!({"group_code": long(25)}), "TEXT_TOO_LONG", "group_code"),
            (json!({"person_reference": long(41)}), "TEXT_TOO_LONG", "person_reference"),
            (json!({"last_name": long(101)}), "TEXT_TOO_LONG", "last_name"),
        ] {
            let order = json!({"lines": [sender.line(1, "present"), with(good.clone(), more.clone())]});
            let refused = sender.machine.post_with_key(SUBMISSIONS, &key, order).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), format!("/lines/1/{place}"))], "{more}");
            assert!(refused.json().get("submission").is_none_or(Value::is_null), "{}", refused.text());
        }
        for (order, code, place) in [
            (json!({}), "FIELD_MISSING", "/lines"),
            (json!({"lines": null}), "WRONG_TYPE", "/lines"),
            (json!({"lines": {}}), "WRONG_TYPE", "/lines"),
            (json!({"lines": [1]}), "WRONG_TYPE", "/lines/0"),
            (json!({"lines": [[]]}), "WRONG_TYPE", "/lines/0"),
            (json!({"lines": []}), "NO_LINES", "/lines"),
            (json!({"lines": vec![json!({}); 5001]}), "TOO_MANY_LINES", "/lines"),
            (json!({"lines": [good.clone()], "on_error": "reject_all"}), "FIELD_UNKNOWN", "/on_error"),
        ] {
            let refused = sender.machine.post_with_key(SUBMISSIONS, &key, order).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())]);
        }
        assert_eq!(sender.history().await, Vec::<Value>::new());
        // Nothing was stored, the key neither.
        sender.machine.post_with_key(SUBMISSIONS, &key, json!({"lines": [good]})).await.expect(201);
        // Nulls are as if they were not there.
        let nulls = json!({
            "external_id": null, "operation": null, "session_id": null, "group_code": null, "date": null, "half_day": null, "enrolment_id": null,
            "last_name": null, "first_name": null, "minutes": null, "reason": null, "signed": null, "version": null,
        });
        assert_verdict(&submit_one(&sender.machine, sender.line_with(0, "present", nulls)).await.expect(201), "unchanged");
    });
}

#[test]
fn identifiers_that_a_spreadsheet_mangled_are_told_in_json_too() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        for (more, place) in [
            (json!({"external_id": "2,02601E+16"}), "external_id"),
            (json!({"external_id": "2.02601e+16"}), "external_id"),
            (json!({"session_reference": "#REF!"}), "session_reference"),
            (json!({"person_reference": "#####"}), "person_reference"),
        ] {
            let answer = submit_one(&sender.machine, sender.line_with(0, "present", more.clone())).await.expect(422);
            let errors = api_tests::answer::faults(&lines_of(&answer)[0]["errors"]);
            assert_eq!(errors, [("IDENTIFIER_MANGLED".to_owned(), format!("/lines/0/{place}"))], "{more}");
        }
    });
}

#[test]
fn five_thousand_lines_are_taken_as_json() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        // The same two people over and over: two lines are good, the others are given twice.
        let lines: Vec<Value> = (0..5000)
            .map(|place| json!({"session_reference": sender.reference, "person_reference": sender.person(place % 2), "status": "present"}))
            .collect();
        let answer = submit(&sender.machine, &lines).await.expect(207);
        let counts = &answer.receipt()["counts"];
        assert_eq!((&counts["lines"], &counts["recorded"], &counts["rejected"]), (&json!(5000), &json!(2), &json!(4998)));
        assert_eq!(sender.machine.get(&format!("{SUBMISSIONS}/{}", answer.id())).await.expect(200).text(), answer.text());
    });
}

#[test]
fn several_sessions_of_several_groups_are_filled_at_once() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let second = server.given().sheet_with(&sender.association.organisation, sender.association.people.clone()).await;
        let friday = server.given().session(&sender.association.group, "2026-03-13").await;
        let mut lines = Vec::new();
        for session in [&sender.association.session, &friday, &second.session] {
            for person in &sender.association.people {
                lines.push(json!({"session_id": session, "person_reference": person.reference, "status": "present"}));
            }
        }
        let answer = submit(&sender.machine, &lines).await.expect(201);
        assert_eq!(outcomes(&answer), ["recorded"; 6]);
        assert_eq!(lines_of(&answer)[4]["enrolment_id"], json!(second.enrolments[0]), "the enrolment in the group of the session");
        for session in [&sender.association.session, &friday, &second.session] {
            let sheet = sender.partner.get(&format!("/v1/sessions/{session}/attendance")).await.expect(200).json();
            assert!(sheet["marks"].as_array().unwrap().iter().all(|mark| mark["status"] == "present"));
            assert_eq!(sheet["version"], 2, "one more at each change of the sheet");
        }
        // A sheet of which every line changes nothing has no new version.
        submit(&sender.machine, &lines).await.expect(201);
        let sheet = sender.partner.get(&format!("/v1/sessions/{friday}/attendance")).await.expect(200).json();
        assert_eq!(sheet["version"], 2);
        send(&sender.machine, "external_id;session_reference;person_reference;status\r\n").await.expect_problem(422, "INVALID");
    });
}
