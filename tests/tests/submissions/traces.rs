//! The access log names whom an answer showed; what people are called is in no log, no refusal, no header and no address.

use std::collections::BTreeSet;

use api_tests::spreadsheet::{Form, Sheet};
use api_tests::{Answer, logs, on_both};
use serde_json::{Value, json};

use super::{SUBMISSIONS, Sender, decide, rehearse, send, submit, submit_as, submit_one};
use crate::attendance::close;
use crate::canary::assert_absent;
use crate::visibility::{Everybody, log_by_request, people_of};

#[test]
fn each_answer_is_traced_with_the_people_it_showed() {
    on_both(async |server| {
        let sender = Sender::new(server, 4).await;
        let given = server.given();
        let (stranger, second) = (given.person().await, given.person().await);
        let about = |reference: &str| json!({"session_reference": sender.reference, "person_reference": reference, "status": "present"});
        let (machine, partner, manager) = (&sender.machine, &sender.partner, &sender.manager);
        let caseworker = server.caseworker(&[]).await;
        let mut answers: Vec<(&str, String, Answer)> = Vec::new();
        let mut keep = |operation: &'static str, by: &api_tests::Client, answer: Answer| {
            answers.push((operation, by.id(), answer.clone()));
            answer
        };
        keep("readAttendanceTemplate", partner, partner.get(&sender.template_path("2026-03")).await.expect(200));
        keep("readAttendanceTemplate", &caseworker, caseworker.get(&sender.template_path("2026-03")).await.expect(200));
        keep("readAttendanceTemplate", machine, machine.get(&sender.template_path("2026-02")).await.expect(200));
        keep("submitAttendance", machine, submit(machine, &[sender.line(0, "present"), sender.line(1, "present")]).await.expect(201));
        keep("submitAttendance", machine, submit_as(machine, "?dry_run=true", &[sender.line(2, "present")]).await.expect(200));
        let mixed = [sender.line(2, "present"), about(&stranger.reference), sender.line(3, "late")];
        let mixed = keep("submitAttendance", machine, submit(machine, &mixed).await.expect(207));
        let key = api_tests::client::fresh_key();
        for _ in 0..2 {
            let order = json!({"lines": [sender.line(3, "late"), about("87-0000")]});
            keep("submitAttendance", machine, machine.post_with_key(SUBMISSIONS, &key, order).await.expect(422));
        }
        for by in [machine, partner, manager] {
            let path = format!("{SUBMISSIONS}/{}", mixed.id());
            let read = keep("readSubmission", by, by.get(&path).await.expect(200));
            keep("readSubmission", by, by.ask("GET", &path).header("If-None-Match", &read.etag()).send().await.expect(304));
            keep("readRejectedLines", by, by.get(&format!("{path}/rejected.csv")).await.expect(200));
        }
        let mut held = String::new();
        for by in [machine, partner, manager, &caseworker] {
            let list = keep("listHeldLines", by, by.get("/v1/held-lines").await.expect(200));
            held.clone_from(&list.ids()[0]);
            keep("readHeldLine", by, by.get(&format!("/v1/held-lines/{held}")).await.expect(200));
        }
        let attach = json!({"held_line_id": held, "decision": "attach", "enrolment_id": sender.enrolment(3)});
        keep("decideHeldLines", manager, decide(manager, &[attach]).await.expect(200));
        keep("readHeldLine", machine, machine.get(&format!("/v1/held-lines/{held}")).await.expect(200));
        let unknown = json!({"session_reference": sender.reference, "last_name": "Durand", "status": "present"});
        keep("submitAttendance", machine, submit_one(machine, unknown).await.expect(207));

        let everybody = Everybody::of(server, &[&sender.association.group]).await;
        let log = log_by_request(server).await;
        let (mut wrong, mut traced_people) = (Vec::new(), BTreeSet::new());
        let mut last_seen = BTreeSet::new();
        for (operation, by, answer) in &answers {
            let line = log.get(answer.header("x-request-id").unwrap());
            let traced = line.map(people_of).unwrap_or_default();
            // What has not changed shows whom it showed before.
            let expected = if answer.status == 304 { last_seen.clone() } else { everybody.in_answer(answer) };
            last_seen.clone_from(&expected);
            if traced != expected {
                wrong.push(format!("{} ({}): {traced:?} instead of {expected:?}", answer.asked, answer.status));
            }
            if let Some(line) = line {
                assert_eq!((line["operation"].as_str(), line["actor_id"].as_str()), (Some(*operation), Some(by.as_str())), "{}", answer.asked);
                traced_people.extend(traced);
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), answers.len(), wrong.join("\n"));
        let all: BTreeSet<String> = sender.association.people.iter().map(|person| person.id.clone()).collect();
        assert!(traced_people.is_superset(&all) && !traced_people.contains(&second.id));
    });
}

const LAST_NAME: &str = "Zyxcanarybatch";
const FIRST_NAME: &str = "Zyxcanarygiven";
const WORDS: &str = "zyxcanarydismissal";
const COMMENT: &str = "zyxcanarycomment";
const EXTERNAL: &str = "zyxcanaryexternal";

#[test]
fn no_name_or_word_of_a_line_is_logged_refused_or_addressed() {
    on_both(async |server| {
        let mut sender = Sender::new(server, 1).await;
        let person = server.given().person_with(json!({"last_name": LAST_NAME, "first_name": FIRST_NAME})).await;
        sender.association.enrolments.push(server.given().enrolment(&sender.association.group, &person).await);
        sender.association.people.push(person);
        let elsewhere = server.given().person_with(json!({"last_name": LAST_NAME, "first_name": FIRST_NAME})).await;
        let named = json!({"last_name": LAST_NAME, "first_name": FIRST_NAME});
        let (machine, manager) = (&sender.machine, &sender.manager);
        let mut seen: Vec<Answer> = Vec::new();

        seen.push(machine.get(&sender.template_path("2026-03")).await.expect(200));
        for (place, status) in [(1, "present"), (0, "present"), (1, "late")] {
            seen.push(submit_one(machine, sender.line_with(place, status, named.clone())).await);
        }
        let unexpected = json!({"session_reference": sender.reference, "person_reference": elsewhere.reference, "status": "present", "last_name": LAST_NAME, "first_name": FIRST_NAME});
        seen.push(submit_one(machine, unexpected.clone()).await.expect(207));
        seen.push(submit_as(machine, "?on_error=reject_all", &[unexpected]).await.expect(422));
        for more in [
            json!({"last_name": LAST_NAME.repeat(20)}),
            json!({"last_name": [LAST_NAME]}),
            json!({"first_name": format!("{FIRST_NAME}\u{7}")}),
            json!({"person_reference": LAST_NAME}),
            json!({"session_reference": LAST_NAME}),
            json!({"status": LAST_NAME}),
            json!({"enrolment_id": LAST_NAME}),
            json!({"date": LAST_NAME}),
            json!({"unheard_of": LAST_NAME}),
        ] {
            seen.push(submit_one(machine, sender.line_with(1, "absent_unexcused", more)).await.expect(422));
        }
        // Files, good and bad in every cell, with comments that are nobody's business.
        let mut sheet = Sheet::default();
        for name in api_tests::spreadsheet::HEADER {
            sender.row(&mut sheet, 1, &[("status", "present"), ("last_name", LAST_NAME), ("first_name", FIRST_NAME)]);
            if !["last_name", "first_name", "external_id"].contains(&name) {
                sheet.set(sheet.rows.len() - 1, name, LAST_NAME);
            }
        }
        sheet.add_column("commentaire", COMMENT);
        let answer = send(machine, sheet.file(&Form::EXCEL)).await;
        let id = answer.receipt()["id"].as_str().unwrap().to_owned();
        seen.push(answer);
        seen.push(rehearse(machine, sheet.file(&Form::OURS)).await);
        let bad = format!("{LAST_NAME};{FIRST_NAME};nom;nom\n{COMMENT};\"{LAST_NAME};x;y\n");
        seen.push(send(machine, bad).await.expect(422));
        seen.push(send(machine, format!("status;{LAST_NAME}\0\n").into_bytes()).await.expect(400));
        let file = machine.get(&format!("{SUBMISSIONS}/{id}/rejected.csv")).await.expect(200);
        assert!(file.text().contains(LAST_NAME) && !file.text().contains(COMMENT), "their own cells, ours alone");
        let details = Sheet::read(&file.body);
        for row in 0..details.rows.len() {
            assert_absent(details.get(row, "error_details"), &[LAST_NAME, FIRST_NAME], "what is wrong with a line");
        }
        seen.push(file);
        // Held lines, decided well and badly.
        let list = manager.get("/v1/held-lines?state=waiting").await.expect(200);
        let ids = list.ids();
        seen.push(list);
        let dismiss = |id: &str| json!({"held_line_id": id, "decision": "dismiss", "reason": WORDS});
        seen.push(decide(manager, &[dismiss(&ids[0]), dismiss(&ids[0])]).await.expect(422));
        seen.push(decide(manager, &[dismiss(&ids[0])]).await.expect(200));
        seen.push(decide(manager, &[json!({"held_line_id": ids[0], "decision": "apply", "reason": WORDS})]).await.expect(422));
        seen.push(decide(manager, &[json!({"held_line_id": WORDS, "decision": WORDS})]).await.expect(422));
        for id in &ids {
            seen.push(machine.get(&format!("/v1/held-lines/{id}")).await.expect(200));
        }
        submit_one(machine, sender.line(0, "present")).await;
        close(&sender.partner, &sender.association).await.expect(200);
        seen.push(submit_one(machine, sender.line_with(1, "absent_unexcused", named)).await.expect(207));
        // An external id is the partner's own, and is shown in receipts; nowhere else.
        seen.push(submit_one(machine, sender.line_with(0, "late", json!({"external_id": EXTERNAL}))).await.expect(422));

        let marks = [LAST_NAME, FIRST_NAME, WORDS, COMMENT];
        // A receipt says nothing of people but their ids, whether it is good or bad.
        let refused = seen.iter().filter(|answer| answer.status >= 400).map(Answer::text);
        let receipts = seen.iter().filter(|answer| answer.asked.contains("POST /v1/attendance-submissions")).map(Answer::text);
        let headers = seen.iter().flat_map(|answer| answer.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        let said: Vec<String> = refused.chain(receipts).chain(headers).collect();
        assert!(said.len() > 40);
        assert_absent(&said.join("\n"), &marks, "a refusal, a receipt or a header");
        let references: Vec<&str> = [&sender.association.people[1].reference, &elsewhere.reference].map(String::as_str).to_vec();
        server.stop().await;
        assert_absent(&logs::written(), &marks, "the logs");
        assert_absent(&logs::written(), &references, "the logs");
        assert_absent(&logs::written(), &[EXTERNAL], "the logs");
    });
}

#[test]
fn what_is_asked_for_again_is_the_same_for_whoever_may() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let answer = submit_one(&sender.machine, sender.line(0, "late")).await.expect(422);
        let receipt = answer.receipt();
        let id = receipt["id"].as_str().unwrap();
        let colleague = server.partner(&sender.association.organisation).await;
        let read: Vec<Value> = [
            sender.machine.get(&format!("{SUBMISSIONS}/{id}")).await.expect(200).json(),
            colleague.get(&format!("{SUBMISSIONS}/{id}")).await.expect(200).json(),
        ]
        .to_vec();
        assert_eq!(read, [receipt.clone(), receipt]);
    });
}
