//! Lines held for the département: what is held, who sees it, what is decided, and what becomes of the line when it is sent again.

use std::collections::BTreeSet;

use api_tests::given::{PARTNER_SCOPES, Person};
use api_tests::{Answer, Client, TestServer, on_both};
use domain::identifier::person_reference::PersonReference;
use serde_json::{Value, json};

use super::{DECISIONS, Sender, assert_verdict, codes, decide, lines_of, outcomes, submit, submit_as, submit_one, verdicts, with, without};
use crate::attendance::{close, correct, mark, marks};
use crate::people::merge;
use crate::table::ABSENT;
use crate::visibility::assert_alike;

/// The reference of nobody.
fn nobody() -> String {
    PersonReference::mint("87", 42).to_string()
}

/// A line about whoever it is at Monday's session.
fn about(sender: &Sender, person: Value) -> Value {
    with(json!({"session_reference": sender.reference, "status": "present"}), person)
}

fn about_person(sender: &Sender, person: &Person) -> Value {
    about(sender, json!({"person_reference": person.reference}))
}

/// Sends one line that is held, and its held line as a manager reads it.
async fn held(sender: &Sender, line: Value) -> Value {
    let answer = submit_one(&sender.machine, line).await.expect(207);
    let lines = sender.manager.list(&format!("/v1/held-lines?submission_id={}", answer.id())).await;
    assert_eq!(lines.len(), 1, "{}", answer.text());
    lines[0].clone()
}

/// The id of the held line of one line.
async fn held_id(sender: &Sender, line: Value) -> String {
    held(sender, line).await["id"].as_str().unwrap().to_owned()
}

fn path(id: &str) -> String {
    format!("/v1/held-lines/{id}")
}

fn apply(id: &str) -> Value {
    json!({"held_line_id": id, "decision": "apply"})
}

fn attach(id: &str, enrolment: &str) -> Value {
    json!({"held_line_id": id, "decision": "attach", "enrolment_id": enrolment})
}

fn dismiss(id: &str) -> Value {
    json!({"held_line_id": id, "decision": "dismiss", "reason": "N'est pas venu"})
}

/// What a held line says, without what differs between any two.
fn content(line: &Value) -> Value {
    without(line.clone(), &["id", "submission_id", "person_reference", "last_name", "first_name", "received_at", "updated_at"])
}

#[track_caller]
fn assert_faults(answer: Answer, expected: &[(&str, &str)]) {
    let answer = answer.expect_problem(422, "INVALID");
    let expected: Vec<(String, String)> = expected.iter().map(|(code, place)| ((*code).to_owned(), (*place).to_owned())).collect();
    assert_eq!(answer.faults(), expected, "{}", answer.text());
}

// ---- what is held

#[test]
fn whoever_is_not_expected_is_held_and_nobody_learns_who_they_are() {
    on_both(async |server| {
        let (sender, other) = (Sender::new(server, 2).await, Sender::new(server, 1).await);
        let given = server.given();
        let never_enrolled = given.person_with(json!({"last_name": "Jamais", "first_name": "Inscrit"})).await;
        let gone = given.person().await;
        let order = json!({"beneficiary_id": gone.id, "starts_on": "2026-01-01", "status_at_entry": "rsa"});
        let enrolment = sender.manager.post(&format!("/v1/groups/{}/enrolments", sender.association.group), order).await.expect(201).id();
        let end = json!({"ends_on": "2026-03-15", "end_reason": "moved"});
        sender.manager.post(&format!("/v1/enrolments/{enrolment}/exit"), end).await.expect(200);
        let reference = |reference: &str| json!({"person_reference": reference});
        let named = |last_name: &str, first_name: &str| json!({"person_reference": never_enrolled.reference, "last_name": last_name, "first_name": first_name});
        let groups = [
            // By their reference: nobody's, somebody's, somebody's elsewhere.
            vec![reference(&nobody()), reference(&never_enrolled.reference), reference(other.person(0))],
            // With their own name or another: a name that fits would tell who they are.
            vec![
                named("Jamais", "Inscrit"),
                named("Autre", "Nom"),
                json!({"person_reference": nobody(), "last_name": "Autre", "first_name": "Nom"}),
                json!({"person_reference": other.person(0), "last_name": "Exemple", "first_name": "Claude"}),
            ],
            // By an enrolment: nobody's, somebody's elsewhere.
            vec![json!({"enrolment_id": ABSENT}), json!({"enrolment_id": other.enrolment(0)})],
            // By their name alone: nobody's, somebody's who is there.
            vec![json!({"last_name": "Personne", "first_name": "Inconnue"}), json!({"last_name": "Exemple", "first_name": "Claude"})],
        ];
        for alike in groups {
            let mut seen: Option<(Value, Value)> = None;
            for person in alike {
                let answer = submit_one(&sender.machine, about(&sender, person.clone())).await.expect(207);
                assert_verdict(&answer, "PERSON_NOT_EXPECTED");
                let line = lines_of(&answer)[0].clone();
                assert_eq!((&line["outcome"], &line["enrolment_id"], &line["version"]), (&json!("held"), &Value::Null, &Value::Null), "{person}");
                let shown = sender.machine.list(&format!("/v1/held-lines?submission_id={}", answer.id())).await;
                let told = (line, content(&shown[0]));
                assert_eq!(seen.get_or_insert_with(|| told.clone()), &told, "{person}");
                // Nothing but what was written about them.
                for name in ["person_reference", "last_name", "first_name"] {
                    assert_eq!(shown[0][name], person.get(name).cloned().unwrap_or_default(), "{person}: {name}");
                }
            }
        }
        for person in [reference(&gone.reference), json!({"enrolment_id": enrolment})] {
            assert_verdict(&submit_one(&sender.machine, about(&sender, person)).await.expect(207), "PERSON_NOT_EXPECTED");
        }
        // Two designations of which one is somebody else's, or nobody's: neither is told from the other.
        for [theirs, nobodys] in [
            [
                json!({"enrolment_id": sender.enrolment(0), "person_reference": other.person(0)}),
                json!({"enrolment_id": sender.enrolment(0), "person_reference": nobody()}),
            ],
            [
                json!({"enrolment_id": other.enrolment(0), "person_reference": sender.person(0)}),
                json!({"enrolment_id": ABSENT, "person_reference": sender.person(0)}),
            ],
        ] {
            let [theirs, nobodys] = [
                submit_one(&sender.machine, about(&sender, theirs)).await.expect(207),
                submit_one(&sender.machine, about(&sender, nobodys)).await.expect(207),
            ];
            assert_eq!(outcomes(&theirs), ["held"]);
            assert_eq!(lines_of(&theirs), lines_of(&nobodys));
        }
        assert_eq!(sender.statuses().await, [Value::Null, Value::Null]);
        // In the rehearsal too.
        let rehearsed = submit_as(&sender.machine, "?dry_run=true", &[about(&sender, reference(&nobody()))]).await.expect(200);
        assert_verdict(&rehearsed, "PERSON_NOT_EXPECTED");
    });
}

#[test]
fn a_name_confirms_and_what_is_written_otherwise_is_forgiven() {
    on_both(async |server| {
        let mut sender = Sender::new(server, 1).await;
        let person = server.given().person_with(json!({"last_name": "Lefèvre-D'Almeida", "first_name": "Anne-Zoé"})).await;
        sender.association.enrolments.push(server.given().enrolment(&sender.association.group, &person).await);
        sender.association.people.push(person);
        let named = |last_name: Value, first_name: Value| sender.line_with(1, "present", json!({"last_name": last_name, "first_name": first_name}));
        for (last_name, first_name) in [
            (json!("Lefèvre-D'Almeida"), json!("Anne-Zoé")),
            (json!("LEFEVRE-D'ALMEIDA"), json!("ANNE-ZOE")),
            (json!("lefevre d'almeida"), json!("anne zoe")),
            (json!("Lefe\u{300}vre-D’Almeida"), json!("Anne Zoé")),
            (json!("Anne-Zoé"), json!("Lefèvre-D'Almeida")),
            (json!("ANNE ZOE"), json!("LEFEVRE D'ALMEIDA")),
            (json!("Lefèvre-D'Almeida"), Value::Null),
            (Value::Null, json!("Anne-Zoé")),
            (json!(" Lefèvre-D'Almeida "), json!("Anne-Zoé")),
        ] {
            let answer = submit_one(&sender.machine, named(last_name.clone(), first_name.clone())).await;
            assert!(["recorded", "unchanged"].contains(&verdicts(&answer)[0].as_str()), "{last_name} {first_name}: {}", answer.text());
        }
        for (last_name, first_name) in [
            (json!("Durand"), json!("Anne-Zoé")),
            (json!("Lefèvre-D'Almeida"), json!("Paul")),
            (json!("Durand"), Value::Null),
            (Value::Null, json!("Paul")),
            (json!("Exemple"), json!("Claude")),
        ] {
            let answer = submit_one(&sender.machine, named(last_name.clone(), first_name.clone())).await.expect(207);
            assert_verdict(&answer, "NAME_MISMATCH");
        }
        // The reference of one and the enrolment of the other.
        let line = json!({"session_reference": sender.reference, "person_reference": sender.person(0), "enrolment_id": sender.enrolment(1), "status": "present"});
        assert_verdict(&submit_one(&sender.machine, line).await.expect(207), "NAME_MISMATCH");
        assert_eq!(sender.statuses().await, [Value::Null, json!("present")]);
        // What disagrees with a reference that is none is a fault of form.
        let line = sender.line_with(1, "present", json!({"person_reference": "87-0000", "last_name": "Durand"}));
        assert_verdict(&submit_one(&sender.machine, line).await.expect(422), "PERSON_REFERENCE_INVALID");
    });
}

#[test]
fn a_held_line_says_what_was_sent_and_of_what() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let stranger = server.given().person().await;
        let line = with(
            about_person(&sender, &stranger),
            json!({"external_id": "H-1", "status": "late", "minutes": 45, "signed": true, "last_name": "Écrit", "first_name": "Ainsi"}),
        );
        let answer = submit(&sender.machine, &[sender.line(0, "present"), line]).await.expect(207);
        let lines = sender.machine.list("/v1/held-lines").await;
        let id = lines[0]["id"].as_str().unwrap();
        let session = sender.machine.get(&format!("/v1/sessions/{}", sender.association.session)).await.expect(200).json();
        let group = sender.machine.get(&format!("/v1/groups/{}", sender.association.group)).await.expect(200).json();
        let now = server.now().to_string();
        let expected = json!({
            "id": id, "submission_id": answer.id(), "index": 1, "line_number": null, "organisation_id": sender.association.organisation,
            "code": "PERSON_NOT_EXPECTED", "state": "waiting", "session_id": sender.association.session, "session_reference": sender.reference,
            "group_id": sender.association.group, "group_name": group["name"], "action_name": "Atelier de mobilisation", "date": session["date"],
            "half_day": "morning", "external_id": "H-1", "operation": "record", "enrolment_id": null, "person_reference": stranger.reference,
            "last_name": "Écrit", "first_name": "Ainsi", "status": "late", "minutes": 45, "reason": null, "signed": true, "received_at": now,
            "updated_at": now, "decided_by": null, "decided_at": null, "decision": null, "decision_reason": null, "version": 1,
        });
        assert_eq!(lines, std::slice::from_ref(&expected));
        for by in [&sender.machine, &sender.partner, &sender.manager] {
            let read = by.get(&path(id)).await.expect(200);
            assert_eq!(read.json(), expected, "{}", by.name());
            by.ask("GET", &path(id)).header("If-None-Match", &read.etag()).send().await.expect(304);
        }
        // In a file it knows its line.
        let file = format!("session_reference;person_reference;status\n\n{};{};present\n", sender.reference, nobody());
        let answer = super::send(&sender.machine, file).await.expect(207);
        let lines = sender.machine.list(&format!("/v1/held-lines?submission_id={}", answer.id())).await;
        assert_eq!((&lines[0]["index"], &lines[0]["line_number"]), (&json!(0), &json!(3)));
    });
}

// ---- who sees which

/// The ids that somebody's list holds.
async fn seen_by(client: &Client) -> BTreeSet<String> {
    client.list("/v1/held-lines").await.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn who_sees_which_held_lines() {
    on_both(async |server| {
        let (sender, other) = (Sender::new(server, 0).await, Sender::new(server, 0).await);
        let given = server.given();
        // The groups of `given` meet in Limoges.
        let (here, elsewhere) = (given.territory(&["87085"]).await, given.territory(&["87012"]).await);
        let (person_here, person_elsewhere) = (given.person_in(&here).await, given.person_in(&elsewhere).await);
        let (late_here, late_elsewhere, present_here) =
            (given.person_in(&here).await, given.person_in(&elsewhere).await, given.person_in(&here).await);
        let mut present = Vec::new();
        for person in [&late_here, &late_elsewhere, &present_here] {
            present.push(mark(&given.enrolment(&sender.association.group, person).await, "present"));
        }
        let mismatch = |person: &Person| with(about_person(&sender, person), json!({"last_name": "Durand"}));
        let unknown = held_id(&sender, about(&sender, json!({"person_reference": nobody()}))).await;
        let named = held_id(&sender, about(&sender, json!({"last_name": "Durand"}))).await;
        let not_enrolled_here = held_id(&sender, about_person(&sender, &person_here)).await;
        let not_enrolled_elsewhere = held_id(&sender, about_person(&sender, &person_elsewhere)).await;
        let mismatch_here = held_id(&sender, mismatch(&late_here)).await;
        let mismatch_elsewhere = held_id(&sender, mismatch(&late_elsewhere)).await;
        sender.partner.put(&sender.association.sheet_path(), marks(&present)).await.expect(200);
        close(&sender.partner, &sender.association).await.expect(200);
        let closed = held_id(&sender, with(about_person(&sender, &present_here), json!({"status": "absent_unexcused"}))).await;
        let theirs = held_id(&other, about(&other, json!({"person_reference": nobody()}))).await;

        let own = [&unknown, &named, &not_enrolled_here, &not_enrolled_elsewhere, &mismatch_here, &mismatch_elsewhere, &closed];
        let set = |ids: &[&String]| ids.iter().map(|id| (*id).clone()).collect::<BTreeSet<String>>();
        let all: BTreeSet<String> = set(&own).into_iter().chain([theirs.clone()]).collect();
        let nowhere = server.caseworker(&[]).await;
        let (of_here, of_elsewhere) = (server.caseworker(&[&here]).await, server.caseworker(&[&elsewhere]).await);
        let plie = given.organisation_of("plie").await;
        let delegated = server.professional("caseworker of a delegate", &server.invite("caseworker", &plie, &[]).await);
        for (by, expected) in [
            (&sender.machine, set(&own)),
            (&sender.partner, set(&own)),
            (&other.machine, set(&[&theirs])),
            (&other.partner, set(&[&theirs])),
            (&sender.manager, all.clone()),
            (&of_here, set(&[&unknown, &named, &not_enrolled_here, &mismatch_here, &theirs])),
            (&of_elsewhere, set(&[&not_enrolled_elsewhere, &mismatch_elsewhere])),
            (&nowhere, set(&[])),
            (&delegated, set(&[])),
        ] {
            assert_eq!(seen_by(by).await, expected, "{}", by.name());
            for id in &all {
                let answer = by.get(&path(id)).await;
                if expected.contains(id) {
                    answer.expect(200);
                } else {
                    assert_alike(&answer.expect_problem(404, "NOT_FOUND"), &by.get(&path(ABSENT)).await.expect(404));
                }
            }
        }
        let reader = server.client(&sender.association.organisation, &["sessions:read", "sessions:write"]).await;
        for denied in [&server.administrator(), &server.auditor().await, &server.analyst().await, &reader] {
            denied.get("/v1/held-lines").await.expect_problem(403, "FUNCTION_DENIED");
            denied.get(&path(&unknown)).await.expect_problem(403, "FUNCTION_DENIED");
        }
        for denied in [&sender.machine, &sender.partner, &reader] {
            decide(denied, &[apply(&unknown)]).await.expect_problem(403, "FUNCTION_DENIED");
        }
        // To decide, one must see: for the others it is not there.
        for (by, id) in [
            (&of_here, &not_enrolled_elsewhere),
            (&of_here, &mismatch_elsewhere),
            (&of_elsewhere, &unknown),
            (&nowhere, &named),
            (&delegated, &unknown),
        ] {
            let theirs = decide(by, &[dismiss(id)]).await;
            let absent = decide(by, &[dismiss(ABSENT)]).await;
            assert_alike(&theirs, &absent);
            assert_faults(theirs, &[("HELD_LINE_UNKNOWN", "/decisions/0/held_line_id")]);
        }
        let reserved = decide(&of_here, &[dismiss(&closed)]).await.expect_problem(422, "INVALID").faults();
        assert!(["HELD_LINE_RESERVED", "HELD_LINE_UNKNOWN"].contains(&reserved[0].0.as_str()), "{reserved:?}");
        for (by, id) in [(&of_here, &unknown), (&of_here, &mismatch_here), (&of_elsewhere, &mismatch_elsewhere), (&sender.manager, &closed)] {
            decide(by, &[dismiss(id)]).await.expect(200);
        }
    });
}

#[test]
fn held_lines_are_asked_for_by_submission_and_state() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let mut lines = Vec::new();
        for _ in 0..3 {
            lines.push(held(&sender, about_person(&sender, &server.given().person().await)).await);
            server.advance(chrono::TimeDelta::seconds(1));
        }
        let id = |place: usize| lines[place]["id"].as_str().unwrap().to_owned();
        decide(&sender.manager, &[dismiss(&id(1))]).await.expect(200);
        let list = async |query: &str| {
            let lines = sender.machine.list(&format!("/v1/held-lines?{query}")).await;
            lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(list("limit=1").await, [id(0), id(1), id(2)], "oldest first");
        assert_eq!(list("state=waiting").await, [id(0), id(2)]);
        assert_eq!(list("state=dismissed").await, [id(1)]);
        assert_eq!(list("state=applied").await, Vec::<String>::new());
        let submission = lines[2]["submission_id"].as_str().unwrap();
        assert_eq!(list(&format!("submission_id={submission}")).await, [id(2)]);
        assert_eq!(list(&format!("submission_id={submission}&state=dismissed")).await, Vec::<String>::new());
        assert_eq!(list(&format!("submission_id={ABSENT}")).await, Vec::<String>::new());
        for query in ["state=asleep", "state=", "submission_id=x", "code=SHEET_CLOSED"] {
            sender.machine.get(&format!("/v1/held-lines?{query}")).await.expect_problem(400, "INVALID_PARAMETER");
        }
        // What has changed since.
        server.advance(chrono::TimeDelta::seconds(1));
        let since = server.now().to_string();
        decide(&sender.manager, &[dismiss(&id(0))]).await.expect(200);
        assert_eq!(list(&format!("updated_since={since}")).await, [id(0)]);
    });
}

#[test]
fn a_line_under_the_reference_of_a_merged_file_is_for_whoever_accompanies_the_survivor() {
    on_both(async |server| {
        let (given, sender) = (server.given(), Sender::new(server, 1).await);
        let (here, elsewhere) = (given.territory(&["87085"]).await, given.territory(&["87086"]).await);
        let (stays, goes) = (given.person_in(&here).await, given.person_in(&elsewhere).await);
        let enrolment = given.enrolment(&sender.association.group, &goes).await;
        merge(&sender.manager, &stays, &goes).await.expect(200);
        // As the list that was printed before says.
        let id = held_id(&sender, about_person(&sender, &goes)).await;
        let (of_here, of_elsewhere) = (server.caseworker(&[&here]).await, server.caseworker(&[&elsewhere]).await);
        assert_eq!((seen_by(&of_here).await, seen_by(&of_elsewhere).await), (BTreeSet::from([id.clone()]), BTreeSet::new()));
        let decided = decide(&of_here, &[attach(&id, &enrolment)]).await.expect(200).items()[0].clone();
        assert_eq!((&decided["state"], &decided["enrolment_id"]), (&json!("applied"), &json!(enrolment)));
    });
}

// ---- decisions

#[test]
fn applying_marks_the_person_whom_the_line_designates() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let person = server.given().person().await;
        let line = with(about_person(&sender, &person), json!({"status": "late", "minutes": 30, "signed": true, "external_id": "P-1"}));
        let id = held_id(&sender, line.clone()).await;
        // Not before they are enrolled.
        assert_faults(decide(&sender.manager, &[apply(&id)]).await, &[("PERSON_NOT_EXPECTED", "/decisions/0/held_line_id")]);
        let enrolment = server.given().enrolment(&sender.association.group, &person).await;
        server.advance(chrono::TimeDelta::minutes(1));
        let decided = decide(&sender.manager, &[apply(&id)]).await.expect(200);
        let shown = decided.items()[0].clone();
        let told =
            ["id", "state", "decision", "decided_by", "decided_at", "decision_reason", "enrolment_id", "version"].map(|name| shown[name].clone());
        let expected = [
            json!(id),
            json!("applied"),
            json!("apply"),
            json!(sender.manager.id()),
            json!(server.now().to_string()),
            Value::Null,
            json!(enrolment),
            json!(2),
        ];
        assert_eq!(told, expected);
        assert_eq!(sender.machine.get(&path(&id)).await.expect(200).json(), shown);
        let history = sender.history().await;
        let state = history.last().unwrap();
        let told = ["enrolment_id", "version", "status", "minutes", "signed"].map(|name| state[name].clone());
        assert_eq!(told, [json!(enrolment), json!(1), json!("late"), json!(30), json!(true)]);
        // The external id names them now.
        assert_verdict(
            &submit_one(&sender.machine, json!({"external_id": "P-1", "status": "late", "minutes": 30, "signed": true})).await.expect(201),
            "unchanged",
        );
        assert_verdict(
            &submit_one(&sender.machine, sender.line_with(0, "present", json!({"external_id": "P-1"}))).await.expect(422),
            "EXTERNAL_ID_REUSED",
        );

        // A name that does not fit: the reference was right.
        let mismatch = held_id(&sender, sender.line_with(0, "present", json!({"last_name": "Durand"}))).await;
        decide(&sender.manager, &[apply(&mismatch)]).await.expect(200);
        // A sheet that was closed: the manager opens it to this one line.
        submit_one(&sender.machine, sender.line(1, "present")).await.expect(201);
        let sheet = close(&sender.partner, &sender.association).await.expect(200).json();
        let closed = held_id(&sender, sender.line(1, "absent_unexcused")).await;
        decide(&sender.manager, &[apply(&closed)]).await.expect(200);
        assert_eq!(sender.statuses().await, [json!("present"), json!("absent_unexcused")]);
        let after = sender.partner.get(&sender.association.sheet_path()).await.expect(200).json();
        assert_eq!((&after["state"], &after["version"]), (&json!("closed"), &json!(sheet["version"].as_i64().unwrap() + 1)));
    });
}

#[test]
fn attaching_marks_somebody_of_the_group_and_dismissing_nobody() {
    on_both(async |server| {
        let (sender, other) = (Sender::new(server, 3).await, Sender::new(server, 1).await);
        let unknown = about(&sender, json!({"last_name": "Durand", "first_name": "Zoé", "external_id": "A-1"}));
        let id = held_id(&sender, unknown).await;
        let gone = server.given().person().await;
        let order = json!({"beneficiary_id": gone.id, "starts_on": "2026-01-01", "status_at_entry": "rsa"});
        let gone = sender.manager.post(&format!("/v1/groups/{}/enrolments", sender.association.group), order).await.expect(201).id();
        sender.manager.post(&format!("/v1/enrolments/{gone}/exit"), json!({"ends_on": "2026-03-15", "end_reason": "moved"})).await.expect(200);
        for enrolment in [ABSENT, other.enrolment(0), &gone] {
            assert_faults(decide(&sender.manager, &[attach(&id, enrolment)]).await, &[("PERSON_NOT_EXPECTED", "/decisions/0/enrolment_id")]);
        }
        let shown = decide(&sender.manager, &[attach(&id, sender.enrolment(0))]).await.expect(200).items()[0].clone();
        assert_eq!((&shown["state"], &shown["decision"], &shown["enrolment_id"]), (&json!("applied"), &json!("attach"), &json!(sender.enrolment(0))));
        assert_eq!(sender.statuses().await, [json!("present"), Value::Null, Value::Null]);
        // What was written stays as it was written.
        assert_eq!((&shown["last_name"], &shown["person_reference"]), (&json!("Durand"), &Value::Null));
        assert_verdict(&submit_one(&sender.machine, json!({"external_id": "A-1", "status": "present"})).await.expect(201), "unchanged");

        let id = held_id(&sender, about(&sender, json!({"last_name": "Autre"}))).await;
        let shown = decide(&sender.manager, &[dismiss(&id)]).await.expect(200).items()[0].clone();
        let told = ["state", "decision", "decision_reason", "enrolment_id", "decided_by"].map(|name| shown[name].clone());
        assert_eq!(told, [json!("dismissed"), json!("dismiss"), json!("N'est pas venu"), Value::Null, json!(sender.manager.id())]);
        assert_eq!(sender.machine.get(&path(&id)).await.expect(200).field("decision_reason"), "N'est pas venu", "the partner reads why");
        assert_eq!(sender.statuses().await, [json!("present"), Value::Null, Value::Null]);
    });
}

#[test]
fn decisions_are_made_all_together_or_not_at_all() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let mut ids = Vec::new();
        for last_name in ["Un", "Deux", "Trois", "Quatre", "Cinq"] {
            ids.push(held_id(&sender, about(&sender, json!({"last_name": last_name}))).await);
        }
        let named = held_id(&sender, sender.line_with(2, "present", json!({"last_name": "Durand", "external_id": "N-1"}))).await;
        let before = (sender.marks().await, sender.history().await, sender.held_lines().await);
        let faulty = [
            dismiss(&ids[0]),
            json!({"held_line_id": ids[1], "decision": "dismiss"}),
            json!({"held_line_id": ids[2], "decision": "attach"}),
            json!({"held_line_id": ids[3], "decision": "apply", "enrolment_id": sender.enrolment(0)}),
            json!({"held_line_id": ABSENT, "decision": "dismiss", "reason": "Erreur"}),
            json!({"held_line_id": ids[4], "decision": "attach", "enrolment_id": sender.enrolment(0), "reason": "Erreur"}),
            json!({"held_line_id": ids[0], "decision": "dismiss", "reason": "Encore"}),
        ];
        let refused = decide(&sender.manager, &faulty).await.expect_problem(422, "INVALID");
        let expected = [
            ("REASON_REQUIRED", "/decisions/1/reason"),
            ("ENROLMENT_REQUIRED", "/decisions/2/enrolment_id"),
            ("ENROLMENT_FORBIDDEN", "/decisions/3/enrolment_id"),
            ("HELD_LINE_UNKNOWN", "/decisions/4/held_line_id"),
            ("REASON_FORBIDDEN", "/decisions/5/reason"),
            ("DUPLICATE_ITEM", "/decisions/6/held_line_id"),
        ];
        for (code, place) in expected {
            assert!(refused.faults().contains(&(code.to_owned(), place.to_owned())), "{code} at {place}: {:?}", refused.faults());
        }
        assert_eq!((sender.marks().await, sender.history().await, sender.held_lines().await), before);
        // A rule that is only met while they are applied, in the last of many.
        let last = [attach(&ids[0], sender.enrolment(0)), attach(&ids[1], sender.enrolment(1)), attach(&ids[2], ABSENT)];
        assert_faults(decide(&sender.manager, &last).await, &[("PERSON_NOT_EXPECTED", "/decisions/2/enrolment_id")]);
        assert_eq!((sender.marks().await, sender.history().await, sender.held_lines().await), before);
        for wrong in [
            json!({"held_line_id": ids[0], "decision": "apply", "reason": "Erreur"}),
            json!({"held_line_id": ids[0], "decision": "dismiss", "reason": "Erreur", "enrolment_id": sender.enrolment(0)}),
        ] {
            let place = if wrong["decision"] == "apply" {
                ("REASON_FORBIDDEN", "/decisions/0/reason")
            } else {
                ("ENROLMENT_FORBIDDEN", "/decisions/0/enrolment_id")
            };
            let refused = decide(&sender.manager, &[wrong]).await.expect_problem(422, "INVALID");
            assert!(refused.faults().contains(&(place.0.to_owned(), place.1.to_owned())), "{:?}", refused.faults());
        }
        let good = [attach(&ids[0], sender.enrolment(0)), dismiss(&ids[1]), apply(&named), attach(&ids[2], sender.enrolment(1))];
        let decided = decide(&sender.manager, &good).await.expect(200);
        assert_eq!(decided.ids(), [&ids[0], &ids[1], &named, &ids[2]].map(String::clone), "in the order in which they were asked for");
        assert_eq!(sender.statuses().await, [json!("present"), json!("present"), json!("present")]);
    });
}

#[test]
fn the_form_of_decisions_is_checked() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let one = dismiss(ABSENT);
        for (order, code, place) in [
            (json!({}), "FIELD_MISSING", "/decisions"),
            (json!({"decisions": {}}), "WRONG_TYPE", "/decisions"),
            (json!({"decisions": vec![one.clone(); 501]}), "TOO_MANY_ITEMS", "/decisions"),
            (json!({"decisions": [{"decision": "apply"}]}), "FIELD_MISSING", "/decisions/0/held_line_id"),
            (json!({"decisions": [{"held_line_id": ABSENT}]}), "FIELD_MISSING", "/decisions/0/decision"),
            (json!({"decisions": [{"held_line_id": "x", "decision": "apply"}]}), "ID_MALFORMED", "/decisions/0/held_line_id"),
            (json!({"decisions": [{"held_line_id": ABSENT, "decision": "accept"}]}), "VALUE_INVALID", "/decisions/0/decision"),
            (json!({"decisions": [with(one.clone(), json!({"x": 1}))]}), "FIELD_UNKNOWN", "/decisions/0/x"),
            (json!({"decisions": [with(one.clone(), json!({"reason": " "}))]}), "TEXT_EMPTY", "/decisions/0/reason"),
            (json!({"decisions": [with(one.clone(), json!({"reason": "x".repeat(2001)}))]}), "TEXT_TOO_LONG", "/decisions/0/reason"),
        ] {
            assert_faults(sender.manager.post(DECISIONS, order).await, &[(code, place)]);
        }
        let nothing = sender.manager.post(DECISIONS, json!({"decisions": []})).await.expect_problem(422, "INVALID");
        assert_eq!(nothing.faults()[0].1, "/decisions");
        sender.manager.ask("POST", DECISIONS).json(&json!({"decisions": [one]})).send().await.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
    });
}

#[test]
fn the_same_decision_again_changes_nothing_and_another_is_refused() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let mut ids = Vec::new();
        for last_name in ["Un", "Deux", "Trois"] {
            ids.push(held_id(&sender, about(&sender, json!({"last_name": last_name}))).await);
        }
        let mismatch = held_id(&sender, sender.line_with(1, "present", json!({"last_name": "Durand"}))).await;
        let decisions = [attach(&ids[0], sender.enrolment(0)), dismiss(&ids[1]), apply(&mismatch)];
        let first = decide(&sender.manager, &decisions).await.expect(200);
        let (marks, history) = (sender.marks().await, sender.history().await);
        server.advance(chrono::TimeDelta::hours(1));
        let colleague = server.professional("colleague", &server.invite("manager", &server.department(), &[]).await);
        for by in [&sender.manager, &colleague] {
            let again = decide(by, &decisions).await.expect(200);
            assert_eq!(again.text(), first.text(), "{}", by.name());
        }
        assert_eq!((sender.marks().await, sender.history().await), (marks, history));
        for (decision, id) in [
            (attach(&ids[0], sender.enrolment(1)), &ids[0]),
            (apply(&ids[0]), &ids[0]),
            (dismiss(&ids[0]), &ids[0]),
            (apply(&ids[1]), &ids[1]),
            (attach(&ids[1], sender.enrolment(1)), &ids[1]),
            (dismiss(&mismatch), &mismatch),
        ] {
            let before = sender.manager.get(&path(id)).await.expect(200).text();
            assert_faults(decide(&sender.manager, &[dismiss(&ids[2]), decision]).await, &[("HELD_LINE_DECIDED", "/decisions/1/held_line_id")]);
            assert_eq!(sender.manager.get(&path(id)).await.expect(200).text(), before);
        }
        assert_eq!(sender.manager.get(&path(&ids[2])).await.expect(200).field("state"), "waiting");
        // Decided together with one that was decided so before.
        let answer = decide(&sender.manager, &[dismiss(&ids[1]), dismiss(&ids[2])]).await.expect(200);
        assert_eq!(answer.items().iter().map(|line| line["version"].clone()).collect::<Vec<_>>(), [json!(2), json!(2)]);
    });
}

#[test]
fn a_correction_that_was_held_is_judged_by_its_version_when_it_is_applied() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        submit(&sender.machine, &[sender.line(0, "present"), sender.line(1, "present")]).await.expect(201);
        close(&sender.partner, &sender.association).await.expect(200);
        let correction = |place: usize| sender.line_with(place, "absent_unexcused", json!({"operation": "correct", "version": 1}));
        let stale = held_id(&sender, correction(0)).await;
        let fresh = held_id(&sender, correction(1)).await;
        let order = json!({"enrolment_id": sender.enrolment(0), "version": 1, "status": "absent_excused", "absence_reason": "illness", "reason": "Certificat"});
        correct(&sender.manager, &sender.association, order).await.expect(200);
        let refused = decide(&sender.manager, &[apply(&fresh), apply(&stale)]).await.expect_problem(422, "INVALID");
        let faults = refused.faults();
        assert!(faults.len() == 1 && faults[0].0 == "VERSION_CONFLICT" && faults[0].1.starts_with("/decisions/1"), "{faults:?}");
        decide(&sender.manager, &[apply(&fresh)]).await.expect(200);
        assert_eq!(sender.statuses().await, [json!("absent_excused"), json!("absent_unexcused")]);
        let void = without(sender.line_with(1, "", json!({"operation": "void", "version": 2})), &["status"]);
        let void = held(&sender, void).await;
        assert_eq!((&void["operation"], &void["status"], &void["code"]), (&json!("void"), &Value::Null, &json!("SHEET_CLOSED")));
        decide(&sender.manager, &[apply(void["id"].as_str().unwrap())]).await.expect(200);
        assert_eq!(sender.statuses().await, [json!("absent_excused"), Value::Null]);
    });
}

#[test]
fn a_closed_sheet_is_the_managers_own() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let given = server.given();
        let territory = given.territory(&["87085"]).await;
        let person = given.person_in(&territory).await;
        let caseworker = server.caseworker(&[&territory]).await;
        let id = held_id(&sender, about_person(&sender, &person)).await;
        let enrolment = given.enrolment(&sender.association.group, &person).await;
        let absent = [mark(sender.enrolment(0), "present"), mark(&enrolment, "absent_unexcused")];
        sender.partner.put(&sender.association.sheet_path(), marks(&absent)).await.expect(200);
        close(&sender.partner, &sender.association).await.expect(200);
        // Held for another reason, it is now about a mark on a sheet that is closed.
        for decision in [apply(&id), attach(&id, &enrolment)] {
            assert_faults(decide(&caseworker, &[decision]).await, &[("HELD_LINE_RESERVED", "/decisions/0/held_line_id")]);
        }
        assert_eq!(caseworker.get(&path(&id)).await.expect(200).field("state"), "waiting");
        decide(&sender.manager, &[apply(&id)]).await.expect(200);
        // On an open sheet it is theirs.
        let open = given.session(&sender.association.group, "2026-03-13").await;
        let stranger = given.person_in(&territory).await;
        let line = json!({"session_id": open, "person_reference": stranger.reference, "status": "present"});
        let id = held_id(&sender, line).await;
        given.enrolment(&sender.association.group, &stranger).await;
        let decided = decide(&caseworker, &[apply(&id)]).await.expect(200);
        assert_eq!(decided.items()[0]["decided_by"], json!(caseworker.id()));
        // They attach to the people they accompany, not to others.
        let elsewhere = given.person_in(&given.territory(&["87012"]).await).await;
        let foreign = given.enrolment(&sender.association.group, &elsewhere).await;
        let line = json!({"session_id": open, "last_name": "Durand", "status": "present"});
        let id = held_id(&sender, line).await;
        assert_faults(decide(&caseworker, &[attach(&id, &foreign)]).await, &[("PERSON_NOT_EXPECTED", "/decisions/0/enrolment_id")]);
        decide(&caseworker, &[dismiss(&id)]).await.expect(200);
    });
}

// ---- sent again

#[test]
fn a_line_that_waits_is_held_once_however_often_it_is_sent() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let stranger = server.given().person().await;
        for line in [
            about_person(&sender, &stranger),
            with(about_person(&sender, &stranger), json!({"external_id": "W-1", "status": "absent_unexcused"})),
            about(&sender, json!({"last_name": "Durand", "first_name": "Zoé"})),
            sender.line_with(0, "present", json!({"last_name": "Durand"})),
        ] {
            let first = held(&sender, line.clone()).await;
            let count = sender.held_lines().await.len();
            for by in [&sender.machine, &sender.partner, &sender.machine] {
                server.advance(chrono::TimeDelta::minutes(1));
                let again = submit_one(by, line.clone()).await.expect(207);
                assert_eq!((outcomes(&again), codes(&again)[0][0].as_str()), (vec!["held".to_owned()], first["code"].as_str().unwrap()));
            }
            assert_eq!(sender.held_lines().await.len(), count, "{line}");
            let now = sender.manager.get(&path(first["id"].as_str().unwrap())).await.expect(200).json();
            assert_eq!(now, first);
        }
    });
}

#[test]
fn another_value_takes_the_place_of_the_one_that_waits() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let stranger = server.given().person().await;
        let line = |status: &str| with(about_person(&sender, &stranger), json!({"status": status}));
        let first = held_id(&sender, line("present")).await;
        let second = held_id(&sender, line("absent_unexcused")).await;
        assert_ne!(first, second);
        let old = sender.machine.get(&path(&first)).await.expect(200).json();
        assert_eq!((&old["state"], &old["version"], &old["decision"]), (&json!("superseded"), &json!(2), &Value::Null));
        assert_eq!(sender.machine.get(&path(&second)).await.expect(200).field("state"), "waiting");
        let refused = decide(&sender.manager, &[dismiss(&first)]).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("HELD_LINE_DECIDED".to_owned(), "/decisions/0/held_line_id".to_owned())]);
        // Under a name of their own too.
        let named = |status: &str| with(line(status), json!({"external_id": "S-1", "person_reference": nobody()}));
        let first = held_id(&sender, named("present")).await;
        let second = held_id(&sender, named("absent_unexcused")).await;
        assert_eq!(sender.machine.get(&path(&first)).await.expect(200).field("state"), "superseded");
        // Back to what it was: the newest is the one that waits.
        let third = held_id(&sender, named("present")).await;
        assert_eq!(sender.machine.get(&path(&second)).await.expect(200).field("state"), "superseded");
        assert_eq!(sender.machine.get(&path(&third)).await.expect(200).field("state"), "waiting");
    });
}

#[test]
fn a_line_that_was_decided_is_known_again() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let people = [server.given().person().await, server.given().person().await];
        // Applied: nothing more to do.
        let applied = about_person(&sender, &people[0]);
        let id = held_id(&sender, applied.clone()).await;
        server.given().enrolment(&sender.association.group, &people[0]).await;
        decide(&sender.manager, &[apply(&id)]).await.expect(200);
        let history = sender.history().await.len();
        assert_verdict(&submit_one(&sender.machine, applied.clone()).await.expect(201), "unchanged");
        // Attached: it designates nobody by itself, and is still known.
        let attached = about(&sender, json!({"last_name": "Durand", "first_name": "Zoé"}));
        let id = held_id(&sender, attached.clone()).await;
        decide(&sender.manager, &[attach(&id, sender.enrolment(0))]).await.expect(200);
        let again = submit_one(&sender.machine, attached.clone()).await.expect(201);
        assert_verdict(&again, "unchanged");
        // Dismissed: it stays so.
        let dismissed = about_person(&sender, &people[1]);
        let id = held_id(&sender, dismissed.clone()).await;
        decide(&sender.manager, &[dismiss(&id)]).await.expect(200);
        for by in [&sender.machine, &sender.partner] {
            let refused = submit_one(by, dismissed.clone()).await.expect(422);
            assert_eq!((outcomes(&refused), verdicts(&refused)), (vec!["rejected".to_owned()], vec!["HELD_LINE_DISMISSED".to_owned()]));
        }
        let answer = submit(&sender.machine, &[applied, attached, dismissed.clone()]).await.expect(207);
        assert_eq!(verdicts(&answer), ["unchanged", "unchanged", "HELD_LINE_DISMISSED"]);
        assert_eq!(sender.history().await.len(), history + 1);
        // Another value is another line.
        let other = with(dismissed, json!({"status": "absent_unexcused"}));
        assert_verdict(&submit_one(&sender.machine, other).await.expect(207), "PERSON_NOT_EXPECTED");
        // Sheets that are closed likewise.
        submit_one(&sender.machine, sender.line(1, "present")).await.expect(201);
        close(&sender.partner, &sender.association).await.expect(200);
        let change = sender.line(1, "absent_unexcused");
        let id = held_id(&sender, change.clone()).await;
        decide(&sender.manager, &[dismiss(&id)]).await.expect(200);
        assert_verdict(&submit_one(&sender.machine, change).await.expect(422), "HELD_LINE_DISMISSED");
        let change = sender.line_with(1, "late", json!({"minutes": 5}));
        let id = held_id(&sender, change.clone()).await;
        decide(&sender.manager, &[apply(&id)]).await.expect(200);
        assert_verdict(&submit_one(&sender.machine, change).await.expect(201), "unchanged");
    });
}

#[test]
fn a_line_that_waits_is_recorded_once_its_person_is_enrolled() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let person = server.given().person().await;
        let line = with(about_person(&sender, &person), json!({"external_id": "E-1"}));
        let id = held_id(&sender, line.clone()).await;
        server.given().enrolment(&sender.association.group, &person).await;
        assert_verdict(&submit_one(&sender.machine, line).await.expect(201), "recorded");
        let after = sender.manager.get(&path(&id)).await.expect(200).json();
        // It waits for nobody any more, or it is decided as anything else that changes nothing.
        if after["state"] == "waiting" {
            decide(&sender.manager, &[apply(&id)]).await.expect(200);
        }
        assert_eq!(sender.history().await.len(), 1, "the person is marked once");
    });
}

#[test]
fn two_strangers_of_one_session_are_two_lines() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let lines = [
            about(&sender, json!({"last_name": "Durand", "first_name": "Zoé"})),
            about(&sender, json!({"last_name": "Durand", "first_name": "Paul"})),
            about(&sender, json!({"person_reference": nobody()})),
            about(&sender, json!({"person_reference": server.given().person().await.reference})),
            about(&sender, json!({"enrolment_id": ABSENT})),
        ];
        let answer = submit(&sender.machine, &lines).await.expect(207);
        assert_eq!(outcomes(&answer), ["held"; 5], "{}", answer.text());
        assert_eq!(sender.held_lines().await.len(), 5);
        assert!(sender.held_lines().await.iter().all(|line| line["state"] == "waiting"));
        // The same stranger twice is one too many.
        let answer = submit(&sender.machine, &[lines[0].clone(), lines[0].clone()]).await.expect(207);
        assert_eq!(outcomes(&answer)[0], "held");
        assert_eq!(codes(&answer)[1], ["DUPLICATE_LINE"]);
    });
}

#[test]
fn decisions_made_at_the_same_moment_are_made_once() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let colleague = server.professional("colleague", &server.invite("manager", &server.department(), &[]).await);
        for round in 0..5 {
            let session = server.given().session(&sender.association.group, &format!("2026-03-0{}", round + 1)).await;
            let line = json!({"session_id": session, "last_name": "Durand", "status": "present"});
            let id = held_id(&sender, line).await;
            let (attached, dismissed) = (attach(&id, sender.enrolment(0)), dismiss(&id));
            let answers = futures_util::future::join_all((0..10).map(|place| {
                let (by, decision) = if place % 2 == 0 { (&sender.manager, &attached) } else { (&colleague, &dismissed) };
                decide(by, std::slice::from_ref(decision))
            }))
            .await;
            let state = sender.manager.get(&path(&id)).await.expect(200).json();
            let decided = usize::from(state["decision"] != "attach");
            for (place, answer) in answers.into_iter().enumerate() {
                if place % 2 == decided {
                    assert_eq!(answer.expect(200).items()[0], state);
                } else {
                    assert_faults(answer, &[("HELD_LINE_DECIDED", "/decisions/0/held_line_id")]);
                }
            }
            assert_eq!(state["version"], 2);
            let history = sender.manager.get(&format!("/v1/sessions/{session}/attendance/history")).await.expect(200).items();
            assert_eq!(history.len(), 1 - decided);
        }
    });
}

/// The control of who may send: a machine without the scope.
#[test]
fn whoever_may_not_write_attendance_neither_sends_nor_sees() {
    on_both(async |server: &TestServer| {
        let sender = Sender::new(server, 1).await;
        let scopes: Vec<&str> = PARTNER_SCOPES.into_iter().filter(|scope| *scope != "attendance:write").collect();
        let reader = server.client(&sender.association.organisation, &scopes).await;
        submit_one(&reader, sender.line(0, "present")).await.expect_problem(403, "FUNCTION_DENIED");
        submit_as(&reader, "?dry_run=true", &[sender.line(0, "present")]).await.expect_problem(403, "FUNCTION_DENIED");
        reader.get(&sender.template_path("2026-03")).await.expect(200);
    });
}

#[test]
fn five_thousand_strangers_are_held_and_five_hundred_are_decided_on_at_once() {
    on_both(async |server| {
        let sender = Sender::new(server, 0).await;
        let lines: Vec<Value> =
            (0..5000).map(|place| about(&sender, json!({"last_name": format!("Inconnu {place}"), "external_id": format!("I-{place}")}))).collect();
        for _ in 0..2 {
            let started = std::time::Instant::now();
            let answer = submit(&sender.machine, &lines).await.expect(207);
            assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
            assert_eq!(answer.receipt()["counts"]["held"], 5000);
        }
        let mut ids = Vec::new();
        let mut next = "/v1/held-lines?state=waiting&limit=200".to_owned();
        while ids.len() < 500 {
            let page = sender.manager.get(&next).await.expect(200);
            ids.extend(page.ids());
            next = format!("/v1/held-lines?state=waiting&limit=200&cursor={}", page.field("next_cursor"));
        }
        let decisions: Vec<Value> = ids[..500].iter().map(|id| dismiss(id)).collect();
        assert_eq!(decide(&sender.manager, &decisions).await.expect(200).items().len(), 500);
        let rest = sender.manager.list("/v1/held-lines?state=waiting&limit=200").await;
        assert_eq!(rest.len(), 4500, "each was held once");
    });
}

#[test]
fn what_was_sent_after_a_sheet_closed_is_the_managers_own_too() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let given = server.given();
        let territory = given.territory(&["87085"]).await;
        let person = given.person_in(&territory).await;
        let caseworker = server.caseworker(&[&territory]).await;
        submit_one(&sender.machine, sender.line(0, "present")).await.expect(201);
        close(&sender.partner, &sender.association).await.expect(200);
        // Months after a first mark is taken from anybody but a manager.
        server.set_clock("2026-12-01T12:00:00.000Z".parse().unwrap());
        let id = held_id(&sender, about_person(&sender, &person)).await;
        let order = json!({"beneficiary_id": person.id, "starts_on": "2026-03-16", "status_at_entry": "rsa"});
        sender.manager.post(&format!("/v1/groups/{}/enrolments", sender.association.group), order).await.expect(201);
        assert_faults(decide(&caseworker, &[apply(&id)]).await, &[("HELD_LINE_RESERVED", "/decisions/0/held_line_id")]);
        decide(&sender.manager, &[apply(&id)]).await.expect(200);
    });
}
