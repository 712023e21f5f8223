//! Files: the template, what spreadsheets make of it, everything that can be wrong with a line, and what is no file at all.

use std::collections::BTreeSet;

use api_tests::answer::faults;
use api_tests::client::fresh_key;
use api_tests::spreadsheet::{Encoding, Form, HEADER, LABELS, Sheet, french_day};
use api_tests::{Answer, TestServer, on_both};
use serde_json::{Value, json};

use super::{SUBMISSIONS, Sender, assert_verdict, codes, lines_of, outcomes, rehearse, send, send_under, submit_one, verdicts};
use crate::attendance::{close, half_day, mark, marks, set_clock};
use crate::table::ABSENT;

/// The codes of every vocabulary of a file with their labels.
async fn words(server: &TestServer) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for list in ["attendance_operations", "half_days", "attendance_statuses", "absence_reasons"] {
        for term in server.manager().await.get(&format!("/v1/reference/{list}")).await.expect(200).items() {
            words.push((term["code"].as_str().unwrap().to_owned(), term["label_fr"].as_str().unwrap().to_owned()));
        }
    }
    words
}

/// What somebody types into a template: a status in turn for each row.
fn fill(sheet: &mut Sheet) {
    for row in 0..sheet.rows.len() {
        match row % 5 {
            0 => sheet.set(row, "status", "present"),
            1 => {
                sheet.set(row, "status", "late");
                sheet.set(row, "minutes", "90");
                sheet.set(row, "signed", "true");
            }
            2 => {
                sheet.set(row, "status", "absent_excused");
                sheet.set(row, "reason", "child_illness");
            }
            3 => sheet.set(row, "status", "absent_unexcused"),
            _ => {
                sheet.set(row, "status", "left_early");
                sheet.set(row, "minutes", "180");
                sheet.set(row, "signed", "false");
            }
        }
    }
}

/// People with the names that France has.
async fn with_names(server: &TestServer) -> Sender {
    let mut sender = Sender::new(server, 0).await;
    for (last_name, first_name) in [("Éluard", "Paul"), ("Lefèvre-D'Œuvre", "Noëlle"), ("de la Tour", "Anne Sophie"), ("Nguyễn", "Thị"), ("Ça", "Ô")]
    {
        let person = server.given().person_with(json!({"last_name": last_name, "first_name": first_name})).await;
        sender.association.enrolments.push(server.given().enrolment(&sender.association.group, &person).await);
        sender.association.people.push(person);
    }
    server.given().session(&sender.association.group, "2026-03-13").await;
    sender
}

// ---- the template

#[test]
fn the_template_has_a_row_for_each_person_expected_at_each_session() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let given = server.given();
        let (group, manager) = (&sender.association.group, &sender.manager);
        let friday = given.session(group, "2026-03-13").await;
        let cancelled = given.session(group, "2026-03-12").await;
        manager.post(&format!("/v1/sessions/{cancelled}/cancellation"), json!({"reason": "weather"})).await.expect(200);
        let to_come = manager.post(&format!("/v1/groups/{group}/sessions"), half_day("2026-03-31", "afternoon")).await.expect(201);
        for other_month in ["2026-02-28", "2026-04-01"] {
            given.session(group, other_month).await;
        }
        // Somebody who comes on the 15th is expected on the 16th and 31st alone.
        let newcomer = given.person_with(json!({"last_name": "Nouvelle", "first_name": "Line"})).await;
        let order = json!({"beneficiary_id": newcomer.id, "starts_on": "2026-03-15", "status_at_entry": "rsa"});
        manager.post(&format!("/v1/groups/{group}/enrolments"), order).await.expect(201);
        sender.partner.put(&sender.association.sheet_path(), marks(&[mark(sender.enrolment(0), "present")])).await.expect(200);
        let excused = json!({"enrolment_id": sender.enrolment(0), "status": "absent_excused", "reason": "illness"});
        sender.partner.put(&sender.association.sheet_path(), marks(&[excused])).await.expect(200);

        let answer = sender.machine.get(&sender.template_path("2026-03")).await.expect(200);
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")));
        let disposition = answer.header("content-disposition").unwrap_or_default();
        assert!(!disposition.contains("Nouvelle"), "{disposition}");
        let sheet = Sheet::read(&answer.body);
        assert_eq!(sheet.header, HEADER);
        assert_eq!(sheet.rows.len(), 2 + 3 + 3, "{}", answer.text());
        let reference = async |session: &str| sender.partner.get(&format!("/v1/sessions/{session}")).await.expect(200).field("reference");
        let rows_of = |reference: &str| (0..sheet.rows.len()).filter(|row| sheet.get(*row, "session_reference") == reference).collect::<Vec<_>>();
        assert_eq!(rows_of(&reference(&friday).await).len(), 2);
        assert_eq!(rows_of(&reference(&cancelled).await).len(), 0);
        let later = rows_of(&reference(&to_come.id()).await);
        assert_eq!(later.len(), 3);
        assert_eq!((sheet.get(later[0], "date"), sheet.get(later[0], "half_day")), ("2026-03-31", "afternoon"));
        let monday = rows_of(&sender.reference);
        let marked = *monday.iter().find(|row| sheet.get(**row, "enrolment_id") == sender.enrolment(0)).unwrap();
        let cells = |row: usize, names: &[&str]| names.iter().map(|name| sheet.get(row, name).to_owned()).collect::<Vec<_>>();
        let names =
            ["group_code", "date", "half_day", "person_reference", "last_name", "first_name", "status", "minutes", "reason", "signed", "version"];
        let expected = [&sender.code, "2026-03-16", "morning", sender.person(0), "Exemple", "Claude", "absent_excused", "", "illness", "", "2"];
        assert_eq!(cells(marked, &names), expected);
        let unmarked = *monday.iter().find(|row| sheet.get(**row, "enrolment_id") == sender.enrolment(1)).unwrap();
        assert_eq!(cells(unmarked, &["operation", "status", "minutes", "reason", "signed"]), [""; 5]);

        // Each row has a name of its own that stays, whoever asks, whatever is marked, and when a session moves.
        let ids = |sheet: &Sheet| (0..sheet.rows.len()).map(|row| sheet.get(row, "external_id").to_owned()).collect::<BTreeSet<_>>();
        assert_eq!((ids(&sheet).len(), ids(&sheet).contains("")), (8, false));
        sender.partner.edit(&format!("/v1/sessions/{}", to_come.id()), half_day("2026-03-30", "morning")).await.expect(200);
        submit_one(&sender.machine, sender.line(1, "present")).await.expect(201);
        for by in [&sender.partner, &sender.manager, &sender.machine] {
            assert_eq!(ids(&Sheet::read(&by.get(&sender.template_path("2026-03")).await.expect(200).body)), ids(&sheet), "{}", by.name());
        }
        // Sent back as it is, it changes nothing: rows with a mark say what is so, the others nothing.
        let sheet = sender.template().await;
        let answer = send(&sender.machine, sheet.file(&Form::OURS)).await.expect(201);
        assert_eq!(outcomes(&answer), ["unchanged"; 8]);
        let warned = lines_of(&answer).iter().filter(|line| faults(&line["warnings"]).iter().any(|(code, _)| code == "ROW_EMPTY")).count();
        assert_eq!(warned, 6);
    });
}

#[test]
fn a_template_is_asked_for_by_its_month_and_seen_by_whom_it_concerns() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        for month in ["2026-13", "2026-3", "2026-00", "26-03", "mars", "2026-03-01", ""] {
            let refused = sender.machine.get(&sender.template_path(month)).await.expect_problem(400, "INVALID_PARAMETER");
            assert_eq!(refused.faults()[0].1, "month", "{month}");
        }
        let path = format!("/v1/groups/{}/attendance-template.csv", sender.association.group);
        sender.machine.get(&path).await.expect_problem(400, "INVALID_PARAMETER");
        let empty = sender.machine.get(&sender.template_path("2025-11")).await.expect(200);
        assert_eq!((Sheet::read(&empty.body).header, Sheet::read(&empty.body).rows.len()), (HEADER.map(str::to_owned).to_vec(), 0));
        let full = sender.machine.get(&sender.template_path("2026-03")).await.expect(200);
        sender.machine.ask("GET", &sender.template_path("2026-03")).header("If-None-Match", &full.etag()).send().await.expect(304);
        submit_one(&sender.machine, sender.line(0, "present")).await.expect(201);
        let changed = sender.machine.ask("GET", &sender.template_path("2026-03")).header("If-None-Match", &full.etag()).send().await.expect(200);
        assert_ne!(changed.etag(), full.etag());
        let stranger = Sender::new(server, 1).await;
        stranger.machine.get(&sender.template_path("2026-03")).await.expect_problem(404, "NOT_FOUND");
        // A caseworker's has the people they accompany.
        let (here, elsewhere) = (server.given().territory(&["87012"]).await, server.given().territory(&["87013"]).await);
        let people = [server.given().person_in(&here).await, server.given().person_in(&elsewhere).await];
        for person in &people {
            server.given().enrolment(&sender.association.group, person).await;
        }
        let seen = Sheet::read(&server.caseworker(&[&here]).await.get(&sender.template_path("2026-03")).await.expect(200).body);
        let references: BTreeSet<&str> = (0..seen.rows.len()).map(|row| seen.get(row, "person_reference")).collect();
        assert_eq!(references, BTreeSet::from([sender.person(0), &people[0].reference]));
    });
}

// ---- what spreadsheets make of it

/// Fills the template, sends it in a form, sends it again, and looks at the sheets.
async fn fill_and_send(server: &TestServer, file: impl Fn(&Sheet, &[(&str, &str)]) -> Vec<u8>) {
    let sender = with_names(server).await;
    let words = words(server).await;
    let words: Vec<(&str, &str)> = words.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect();
    let mut sheet = sender.template().await;
    assert_eq!(sheet.rows.len(), 10);
    fill(&mut sheet);
    let file = file(&sheet, &words);
    let rehearsed = rehearse(&sender.machine, file.clone()).await.expect(200);
    let answer = send(&sender.machine, file.clone()).await.expect(201);
    assert_eq!(outcomes(&answer), ["recorded"; 10], "{}", answer.text());
    assert_eq!(lines_of(&rehearsed), lines_of(&answer), "the rehearsal told it all");
    assert_eq!(answer.receipt()["format"], "csv");
    let numbers: Vec<Value> = lines_of(&answer).iter().map(|line| line["line_number"].clone()).collect();
    assert_eq!(numbers, (2..12).map(|number| json!(number)).collect::<Vec<_>>());
    let again = send(&sender.partner, file).await.expect(201);
    assert_eq!(outcomes(&again), ["unchanged"; 10]);
    // The template says now what was sent.
    let after = sender.template().await;
    for (row, name) in (0..10).flat_map(|row| HEADER[..14].iter().map(move |name| (row, name))) {
        assert_eq!(after.get(row, name), sheet.get(row, name), "row {row}, {name}");
    }
    assert!((0..10).all(|row| after.get(row, "version") == "1"));
}

/// What windows-1252 has not, Excel saves as a question mark.
fn poorer(text: &str) -> String {
    text.chars().map(|c| if "ễị".contains(c) { '?' } else { c }).collect()
}

#[test]
fn the_template_comes_back_from_a_french_excel() {
    on_both(async |server| {
        fill_and_send(server, |sheet, words| {
            let mut french = sheet.in_french(words);
            // The one name that cannot be written is taken out by its owner, or it would not agree.
            for name in [LABELS[8], LABELS[9]] {
                french.map(name, |text| if poorer(text).contains('?') { String::new() } else { text.to_owned() });
            }
            french.file(&Form::EXCEL)
        })
        .await;
    });
}

#[test]
fn the_template_comes_back_from_libre_office() {
    on_both(async |server| {
        fill_and_send(server, |sheet, _| sheet.file(&Form::LIBRE_OFFICE)).await;
    });
}

#[test]
fn the_template_comes_back_in_every_form_that_the_contract_names() {
    on_both(async |server| {
        let sender = with_names(server).await;
        let words = words(server).await;
        let words: Vec<(&str, &str)> = words.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect();
        let mut sheet = sender.template().await;
        fill(&mut sheet);
        for name in ["last_name", "first_name"] {
            sheet.map(name, |text| if poorer(text).contains('?') { String::new() } else { text.to_owned() });
        }
        for encoding in [Encoding::Utf8, Encoding::Utf8WithMark, Encoding::Windows1252] {
            for separator in [';', ',', '\t'] {
                for (line_end, quotes_all, french) in [("\r\n", false, true), ("\n", true, true), ("\r\n", true, false), ("\n", false, false)] {
                    let form = Form { encoding, separator, line_end, quotes_all };
                    let file = if french { sheet.in_french(&words).file(&form) } else { sheet.file(&form) };
                    let answer = rehearse(&sender.machine, file).await.expect(200);
                    assert_eq!(outcomes(&answer), ["recorded"; 10], "{form:?}, French: {french}: {}", answer.text());
                }
            }
        }
        // Said in the media type, an encoding is believed.
        let name = sheet.rows.iter().position(|row| row[8] == "Éluard").unwrap();
        for (charset, encoding) in [
            ("windows-1252", Encoding::Windows1252),
            ("iso-8859-1", Encoding::Windows1252),
            ("utf-8", Encoding::Utf8),
            ("\"UTF-8\"", Encoding::Utf8WithMark),
        ] {
            let mut one = sheet.clone();
            one.rows = vec![sheet.rows[name].clone()];
            let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true"));
            let file = one.file(&Form { encoding, ..Form::EXCEL });
            let answer = ask.header("Content-Type", &format!("text/csv; charset={charset}")).bytes(file).send().await.expect(200);
            assert_verdict(&answer, "recorded");
        }
        // iso-8859-15 has œ and € where iso-8859-1 has none.
        let latin9 = [
            b"session_reference;person_reference;last_name;status\n".as_slice(),
            sender.reference.as_bytes(),
            b";",
            sender.person(1).as_bytes(),
            b";Lef\xe8vre-D'\xbcuvre;present\n",
        ]
        .concat();
        let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true"));
        let answer = ask.header("Content-Type", "text/csv; charset=iso-8859-15").bytes(latin9).send().await.expect(200);
        assert_verdict(&answer, "recorded");
    });
}

#[test]
fn headers_and_values_are_known_by_any_of_their_names() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        submit_one(&sender.machine, sender.line(0, "absent_unexcused")).await.expect(201);
        let (reference, person) = (&sender.reference, sender.person(0));
        for header in [
            "session_reference;person_reference;status",
            "SESSION_REFERENCE;Person_Reference;STATUS",
            "Référence de la séance;Référence de la personne;Statut",
            "REFERENCE DE LA SEANCE;reference de la personne;STATUT",
            " session_reference ;\"person_reference\";  status",
            "sep=;\r\nsession_reference;person_reference;status",
            "session_reference;person_reference;status;;;",
        ] {
            let answer = rehearse(&sender.machine, format!("{header}\r\n{reference};{person};absent_unexcused\r\n")).await.expect(200);
            assert_verdict(&answer, "unchanged");
        }
        for status in ["present", "PRESENT", "Présent", "présent", " PRÉSENT ", "Pre\u{301}sent", "\"present\""] {
            let file = format!("session_reference;person_reference;status\r\n{reference};{person};{status}\r\n");
            assert_verdict(&rehearse(&sender.machine, file).await.expect(200), "corrected");
        }
        for (day, half) in [("2026-03-16", "morning"), ("16/03/2026", "Matin"), ("16/3/2026", "MATIN"), (&french_day("2026-03-16"), "matin")] {
            let file = format!("group_code;date;half_day;person_reference;status\r\n{};{day};{half};{person};present\r\n", sender.code);
            assert_verdict(&rehearse(&sender.machine, file).await.expect(200), "corrected");
        }
        for (signed, expected) in [
            ("true", true),
            ("VRAI", true),
            ("oui", true),
            ("Oui", true),
            ("1", true),
            ("false", false),
            ("FAUX", false),
            ("non", false),
            ("0", false),
        ] {
            let file = format!("session_reference;person_reference;status;signed\r\n{reference};{person};present;{signed}\r\n");
            send(&sender.machine, file).await.expect(201);
            assert_eq!(sender.marks().await[0]["signed"], expected, "{signed}");
        }
        // The id of the session may stand where its reference does.
        let file = format!("session_reference,person_reference,status\n{},{person},present\n", sender.association.session);
        rehearse(&sender.machine, file).await.expect(200).json()["lines"][0]["errors"].as_array().filter(|errors| errors.is_empty()).unwrap();
    });
}

// ---- what is wrong with a line

/// A file in which, after one good line, each way of being wrong stands once, with what is expected of each: its code and its columns.
struct Gallery {
    sheet: Sheet,
    /// The code, and the columns that may be told.
    expected: Vec<(&'static str, Vec<&'static str>)>,
    sender: Sender,
}

impl Gallery {
    async fn new(server: &TestServer) -> Self {
        let sender = Sender::new(server, 14).await;
        let given = server.given();
        let group = &sender.association.group;
        let reference =
            async |session: String| (sender.partner.get(&format!("/v1/sessions/{session}")).await.expect(200).field("reference"), session);
        let (cancelled, id) = reference(given.session(group, "2026-03-12").await).await;
        sender.manager.post(&format!("/v1/sessions/{id}/cancellation"), json!({"reason": "weather"})).await.expect(200);
        let (moved, id) = reference(given.session(group, "2026-03-11").await).await;
        sender.partner.edit(&format!("/v1/sessions/{id}"), half_day("2026-03-10", "afternoon")).await.expect(200);
        let (closed, id) = reference(given.session(group, "2026-03-09").await).await;
        let everybody = sender.association.all_present();
        sender.partner.put(&format!("/v1/sessions/{id}/attendance"), everybody).await.expect(200);
        sender.partner.command(&format!("/v1/sessions/{id}/attendance/closure")).await.expect(200);
        let (tomorrow, _) = reference(given.session(group, "2026-03-18").await).await;
        let other_group = given.group(&sender.association.action).await;
        let other_code = sender.manager.get(&format!("/v1/groups/{other_group}")).await.expect(200).field("code");
        let friday = given.session(group, "2026-03-13").await;
        let named = json!({"session_id": friday, "person_reference": sender.person(13), "status": "present", "external_id": "taken"});
        submit_one(&sender.machine, named).await.expect(201);
        let stranger = given.person().await.reference;

        let mut sheet = Sheet::default();
        let mut expected = Vec::new();
        sender.row(&mut sheet, 13, &[("status", "present")]);
        let mut wrong = |place: usize, code: &'static str, columns: &[&'static str], cells: &[(&str, &str)]| {
            sender.row(&mut sheet, place, &[("status", "present")]);
            for (name, text) in cells {
                sheet.set(sheet.rows.len() - 1, name, text);
            }
            expected.push((code, columns.to_vec()));
        };
        let (control, long) = ("a\u{7}b", "x".repeat(129));
        // Form.
        wrong(0, "IDENTIFIER_MANGLED", &["external_id"], &[("external_id", "2,02601E+16")]);
        wrong(0, "IDENTIFIER_MANGLED", &["person_reference"], &[("person_reference", "8.7E+11")]);
        wrong(0, "IDENTIFIER_MANGLED", &["session_reference"], &[("session_reference", "#REF!")]);
        wrong(0, "IDENTIFIER_MANGLED", &["enrolment_id"], &[("enrolment_id", "########")]);
        wrong(0, "DAY_MALFORMED", &["date"], &[("date", "46097")]);
        wrong(0, "DAY_MALFORMED", &["date"], &[("date", "31/02/2026")]);
        wrong(0, "DAY_MALFORMED", &["date"], &[("date", "16/03/26")]);
        wrong(0, "CODE_UNKNOWN", &["status"], &[("status", "endormi")]);
        wrong(0, "CODE_UNKNOWN", &["half_day"], &[("half_day", "soir")]);
        wrong(0, "CODE_UNKNOWN", &["operation"], &[("operation", "supprimer")]);
        wrong(0, "CODE_UNKNOWN", &["reason"], &[("status", "absent_excused"), ("reason", "grasse matinée")]);
        wrong(0, "NUMBER_MALFORMED", &["minutes"], &[("status", "late"), ("minutes", "1h30")]);
        wrong(0, "NUMBER_MALFORMED", &["version"], &[("operation", "correct"), ("version", "un")]);
        wrong(0, "ANSWER_MALFORMED", &["signed"], &[("signed", "peut-être")]);
        wrong(0, "ID_MALFORMED", &["enrolment_id"], &[("enrolment_id", "12")]);
        wrong(0, "PERSON_REFERENCE_INVALID", &["person_reference"], &[("person_reference", "87-7K3Q-9XWD-0")]);
        wrong(0, "TEXT_TOO_LONG", &["external_id"], &[("external_id", &long)]);
        wrong(0, "CONTROL_CHARACTER", &["external_id"], &[("external_id", control)]);
        wrong(0, "STATUS_REQUIRED", &["status"], &[("status", ""), ("minutes", "30")]);
        wrong(0, "STATUS_REQUIRED", &["status"], &[("status", ""), ("operation", "record")]);
        wrong(0, "VERSION_REQUIRED", &["version"], &[("operation", "void")]);
        wrong(0, "SESSION_REQUIRED", &["session_reference", "group_code", "date", "half_day"], &[("session_reference", "")]);
        wrong(0, "PERSON_REQUIRED", &["person_reference", "enrolment_id"], &[("person_reference", "")]);
        // Sessions.
        wrong(0, "UNKNOWN_SESSION", &["session_reference"], &[("session_reference", "NO-SUCH-20260316-M")]);
        wrong(0, "UNKNOWN_SESSION", &["session_reference"], &[("session_reference", ABSENT)]);
        wrong(0, "SESSION_MISMATCH", &["session_reference", "group_code"], &[("group_code", &other_code)]);
        wrong(0, "SESSION_CANCELLED", &["session_reference"], &[("session_reference", &cancelled)]);
        wrong(0, "SESSION_MOVED", &["date", "half_day"], &[("session_reference", &moved), ("date", "2026-03-11"), ("half_day", "morning")]);
        // The mark's own rules.
        wrong(1, "MINUTES_REQUIRED", &["minutes"], &[("status", "late")]);
        wrong(2, "MINUTES_FORBIDDEN", &["minutes"], &[("minutes", "30")]);
        wrong(3, "MINUTES_OUT_OF_RANGE", &["minutes"], &[("status", "late"), ("minutes", "181")]);
        wrong(4, "MINUTES_OUT_OF_RANGE", &["minutes"], &[("status", "late"), ("minutes", "0")]);
        wrong(5, "REASON_REQUIRED", &["reason"], &[("status", "absent_excused")]);
        wrong(6, "REASON_FORBIDDEN", &["reason"], &[("reason", "illness")]);
        wrong(7, "SIGNATURE_FORBIDDEN", &["signed"], &[("status", "absent_unexcused"), ("signed", "oui")]);
        wrong(8, "FUTURE_DATE", &["session_reference", "date", "status"], &[("session_reference", &tomorrow)]);
        // What was there before.
        wrong(8, "EXTERNAL_ID_REUSED", &["external_id"], &[("external_id", "taken")]);
        wrong(13, "DUPLICATE_LINE", &["external_id", "session_reference", "person_reference"], &[("status", "absent_unexcused")]);
        wrong(
            13,
            "VERSION_CONFLICT",
            &["version"],
            &[("session_reference", &closed), ("status", "absent_unexcused"), ("operation", "correct"), ("version", "7")],
        );
        // Held.
        wrong(9, "PERSON_NOT_EXPECTED", &["person_reference"], &[("person_reference", &stranger)]);
        wrong(10, "NAME_MISMATCH", &["last_name", "first_name", "person_reference"], &[("last_name", "Durand"), ("first_name", "Zoé")]);
        wrong(11, "SHEET_CLOSED", &["session_reference"], &[("session_reference", &closed), ("status", "absent_unexcused")]);
        Self { sheet, expected, sender }
    }
}

const HELD: [&str; 3] = ["PERSON_NOT_EXPECTED", "NAME_MISMATCH", "SHEET_CLOSED"];

/// The name of a column by its header or its label.
fn place_of(fault: &Value) -> (u64, String) {
    (fault["line"].as_u64().unwrap_or_default(), fault["column"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn each_way_of_being_wrong_is_told_with_its_code_line_and_column() {
    on_both(async |server| {
        let Gallery { mut sheet, expected, sender } = Gallery::new(server).await;
        sender.row(&mut sheet, 12, &[("status", "present")]);
        let file = sheet.file(&Form::OURS);
        let answer = send(&sender.machine, file).await.expect(207);
        let lines = lines_of(&answer);
        assert_eq!(lines.len(), expected.len() + 2);
        let (mut wrong, good) = (Vec::new(), [&lines[0], lines.last().unwrap()].map(|line| line["outcome"].clone()));
        assert_eq!(good, [json!("recorded"), json!("recorded")]);
        for (place, ((code, columns), line)) in expected.iter().zip(&lines[1..]).enumerate() {
            let number = u64::try_from(place).unwrap() + 3;
            let outcome = if HELD.contains(code) { "held" } else { "rejected" };
            let told = line["errors"].as_array().unwrap().first().cloned().unwrap_or_default();
            let (at, column) = place_of(&told);
            if line["outcome"] != outcome
                || told["code"] != *code
                || at != number
                || line["line_number"] != number
                || !columns.contains(&column.as_str())
            {
                wrong.push(format!("{code} at line {number}, {columns:?}: {line}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
        let receipt = answer.receipt();
        assert_eq!((&receipt["counts"]["held"], &receipt["counts"]["rejected"]), (&json!(3), &json!(expected.len() - 3)));
        let read = sender.partner.get(&format!("{SUBMISSIONS}/{}", answer.id())).await.expect(200);
        assert_eq!(read.text(), answer.text());
        // In English and in French, every one of them has words.
        let english = sender.machine.ask("GET", &format!("{SUBMISSIONS}/{}", answer.id())).header("Accept-Language", "en").send().await.expect(200);
        for (french, english) in lines.iter().zip(lines_of(&english)).filter(|(line, _)| line["errors"] != json!([])) {
            assert_ne!(french["errors"][0]["detail"], english["errors"][0]["detail"]);
        }
    });
}

#[test]
fn what_is_wrong_with_a_whole_line_is_told_and_spares_its_neighbours() {
    on_both(async |server| {
        let sender = Sender::new(server, 4).await;
        let line = |place: usize, more: &str| format!("{};{};present;{more}", sender.reference, sender.person(place));
        let header = "session_reference;person_reference;status;commentaire";
        let file = |lines: &[String]| format!("{header}\r\n{}\r\n", lines.join("\r\n"));
        for (bad, code) in [
            (line(1, "\"jamais fermé"), "QUOTE_UNCLOSED"),
            (format!("\"{};{};present;", sender.reference, sender.person(1)), "QUOTE_UNCLOSED"),
            (line(1, "un;de;trop"), "TOO_MANY_CELLS"),
        ] {
            let answer = rehearse(&sender.machine, file(&[line(0, ""), bad.clone(), line(2, ""), line(3, "")])).await.expect(200);
            assert_eq!(verdicts(&answer), ["recorded", code, "recorded", "recorded"], "{bad}: {}", answer.text());
            let numbers: Vec<u64> = lines_of(&answer).iter().map(|line| line["line_number"].as_u64().unwrap()).collect();
            assert_eq!(numbers, [2, 3, 4, 5], "{bad}");
        }
        // None of these is wrong.
        let comments = [
            "il a dit \"bonjour\"",
            "5\" de pluie",
            "\"entre guillemets\"",
            "\"deux \"\"doubles\"\"\"",
            "\"avec ; dedans\"",
            "\"sur\r\ndeux lignes\"",
            "'apostrophe",
            "=1+1",
            "fin\"",
            "\u{a0}",
            "",
        ];
        for comment in comments {
            let answer = rehearse(&sender.machine, file(&[line(0, comment), line(1, ""), line(2, comment), line(3, "")])).await.expect(200);
            assert_eq!(verdicts(&answer), ["recorded"; 4], "{comment}: {}", answer.text());
            let numbers: Vec<u64> = lines_of(&answer).iter().map(|line| line["line_number"].as_u64().unwrap()).collect();
            assert_eq!(numbers, if comment.contains('\n') { [2, 4, 5, 7] } else { [2, 3, 4, 5] }, "{comment}");
        }
    });
}

#[test]
fn lines_that_say_nothing_are_passed_over_and_counted_as_lines_of_the_file() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let line = |place: usize| format!("{};{};present;", sender.reference, sender.person(place));
        let file = format!(
            "session_reference;person_reference;status;note\r\n\r\n{}\r\n;;;\r\n   \r\n{}\r\n\"\";\"\";;\r\n \t \r\n{}\r\n\r\n;;;\r\n;;;;;;;;;;\r\n\r\n",
            line(0),
            line(1),
            line(2)
        );
        for file in [file.clone(), file.trim_end().to_owned(), file.replace("\r\n", "\n")] {
            let answer = rehearse(&sender.machine, file).await.expect(200);
            assert_eq!(verdicts(&answer), ["recorded"; 3], "{}", answer.text());
            let numbers: Vec<u64> = lines_of(&answer).iter().map(|line| line["line_number"].as_u64().unwrap()).collect();
            assert_eq!(numbers, [3, 6, 9]);
        }
        // As a Macintosh once wrote them.
        let file = format!("session_reference;person_reference;status;note\r{}\r\r{}\r", line(0), line(1));
        let answer = rehearse(&sender.machine, file).await.expect(200);
        let told: Vec<(String, Value)> =
            verdicts(&answer).into_iter().zip(lines_of(&answer).iter().map(|line| line["line_number"].clone())).collect();
        assert_eq!(told, [("recorded".to_owned(), json!(2)), ("recorded".to_owned(), json!(4))]);
        // Before the header too, which is then not line 1.
        let file = format!("\r\n;;;\r\nsession_reference;person_reference;status;note\r\n{}\r\n", line(0));
        let answer = rehearse(&sender.machine, file).await.expect(200);
        assert_eq!((verdicts(&answer), lines_of(&answer)[0]["line_number"].clone()), (vec!["recorded".to_owned()], json!(4)));
        // A row of the template that nobody filled says so, and does nothing.
        let file = format!("session_reference;person_reference;status;minutes\r\n{};{};;\r\n", sender.reference, sender.person(0));
        let answer = send(&sender.machine, file).await.expect(201);
        assert_verdict(&answer, "unchanged");
        assert_eq!(faults(&lines_of(&answer)[0]["warnings"]).len(), 1);
        assert_eq!(lines_of(&answer)[0]["warnings"][0]["code"], "ROW_EMPTY");
        assert_eq!(sender.history().await, Vec::<Value>::new());
    });
}

// ---- the rejected lines

#[test]
fn the_rejected_lines_are_mended_and_sent_again_as_they_are() {
    on_both(async |server| {
        let Gallery { mut sheet, expected, sender } = Gallery::new(server).await;
        sender.row(&mut sheet, 12, &[("status", "present")]);
        sheet.add_column("commentaire", "vu; \"revu\"");
        let answer = send(&sender.machine, sheet.file(&Form::EXCEL)).await.expect(207);
        assert_eq!(answer.receipt()["ignored_columns"], json!(["commentaire"]));
        let path = format!("{SUBMISSIONS}/{}/rejected.csv", answer.id());
        let file = sender.machine.get(&path).await.expect(200);
        let mut rejected = Sheet::read(&file.body);
        let header: Vec<&str> = HEADER.into_iter().chain(["line_number", "error_codes", "error_details"]).collect();
        assert_eq!(rejected.header, header);
        let is_rejected = |line: &Value| line["outcome"] == "rejected";
        let lines: Vec<Value> = lines_of(&answer).into_iter().filter(is_rejected).collect();
        assert_eq!(rejected.rows.len(), lines.len());
        for (row, line) in lines.iter().enumerate() {
            let number = line["line_number"].as_u64().unwrap();
            assert_eq!(rejected.get(row, "line_number"), number.to_string());
            let code = line["errors"][0]["code"].as_str().unwrap();
            assert!(rejected.get(row, "error_codes").starts_with(code), "{code}: {}", rejected.get(row, "error_codes"));
            assert!(!rejected.get(row, "error_details").is_empty());
            // Their own cells, as they came.
            let own = &sheet.rows[usize::try_from(number).unwrap() - 2];
            for (name, text) in HEADER.iter().zip(own) {
                let shown = rejected.get(row, name);
                assert!(shown == text || code == "CONTROL_CHARACTER", "{code}, {name}: {shown:?} for {text:?}");
            }
        }
        assert_eq!(sender.machine.ask("GET", &path).header("If-None-Match", &file.etag()).send().await.status, 304);

        // Mended, each to somebody of their own who is not marked yet.
        let newcomers = rejected.rows.len();
        for row in 0..newcomers {
            let person = server.given().person().await;
            server.given().enrolment(&sender.association.group, &person).await;
            for name in HEADER {
                rejected.set(row, name, "");
            }
            rejected.set(row, "session_reference", &sender.reference);
            rejected.set(row, "person_reference", &person.reference);
            rejected.set(row, "status", "present");
        }
        let answer = send(&sender.machine, rejected.file(&Form::EXCEL)).await.expect(201);
        assert_eq!(outcomes(&answer), vec!["recorded"; newcomers]);
        assert_eq!(answer.receipt()["ignored_columns"], json!(["line_number", "error_codes", "error_details"]));
        assert!(newcomers + 3 == expected.len());
        let none = sender.machine.get(&format!("{SUBMISSIONS}/{}/rejected.csv", answer.id())).await.expect(200);
        assert_eq!(Sheet::read(&none.body).rows.len(), 0);
    });
}

#[test]
fn of_json_too_the_rejected_lines_are_a_file() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let lines = [
            sender.line(0, "present"),
            sender.line_with(1, "late", json!({"external_id": "J-1", "signed": true})),
            json!({"session_id": ABSENT, "enrolment_id": sender.enrolment(2), "date": "2026-03-16", "half_day": "morning", "status": "present"}),
        ];
        let answer = super::submit(&sender.machine, &lines).await.expect(207);
        let rejected = Sheet::read(&sender.machine.get(&format!("{SUBMISSIONS}/{}/rejected.csv", answer.id())).await.expect(200).body);
        assert_eq!(rejected.rows.len(), 2);
        let cells = |row: usize, names: &[&str]| names.iter().map(|name| rejected.get(row, name).to_owned()).collect::<Vec<_>>();
        let names = ["external_id", "session_reference", "person_reference", "status", "minutes", "signed", "error_codes"];
        assert_eq!(cells(0, &names), ["J-1", &sender.reference, sender.person(1), "late", "", "true", "MINUTES_REQUIRED"]);
        let names = ["session_reference", "enrolment_id", "date", "half_day", "error_codes"];
        assert_eq!(cells(1, &names), [ABSENT, sender.enrolment(2), "2026-03-16", "morning", "UNKNOWN_SESSION"]);
        // Mended and sent as a file.
        let mut mended = rejected.clone();
        mended.set(0, "minutes", "60");
        mended.set(1, "session_reference", &sender.association.session);
        assert_eq!(outcomes(&send(&sender.machine, mended.file(&Form::LIBRE_OFFICE)).await.expect(201)), ["recorded"; 2]);
    });
}

#[test]
fn under_reject_all_the_good_lines_are_in_the_file_too() {
    on_both(async |server| {
        let sender = Sender::new(server, 3).await;
        let mut sheet = Sheet::default();
        sender.row(&mut sheet, 0, &[("status", "present")]);
        sender.row(&mut sheet, 1, &[("status", "late")]);
        sender.row(&mut sheet, 2, &[("status", "present")]);
        let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?on_error=reject_all")).key().csv(sheet.file(&Form::EXCEL));
        let answer = ask.send().await.expect_problem(422, "NOTHING_APPLIED");
        assert_eq!(outcomes(&answer), ["not_applied", "rejected", "not_applied"]);
        let id = answer.receipt()["id"].as_str().unwrap().to_owned();
        let mut rejected = Sheet::read(&sender.machine.get(&format!("{SUBMISSIONS}/{id}/rejected.csv")).await.expect(200).body);
        assert_eq!(rejected.rows.len(), 3);
        rejected.set(1, "minutes", "60");
        let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?on_error=reject_all")).key().csv(rejected.file(&Form::EXCEL));
        assert_eq!(outcomes(&ask.send().await.expect(201)), ["recorded"; 3]);
    });
}

#[test]
fn a_file_of_which_every_line_is_bad_is_kept_with_its_receipt() {
    on_both(async |server| {
        let sender = Sender::new(server, 2).await;
        let mut sheet = Sheet::default();
        sender.row(&mut sheet, 0, &[("status", "late")]);
        sender.row(&mut sheet, 1, &[("status", "endormi")]);
        let (key, file) = (fresh_key(), sheet.file(&Form::EXCEL));
        let answer = send_under(&sender.machine, &key, file.clone()).await.expect_problem(422, "NOTHING_APPLIED");
        assert_eq!(verdicts(&answer), ["MINUTES_REQUIRED", "CODE_UNKNOWN"]);
        let receipt = answer.receipt();
        let location = answer.header("location").unwrap_or_else(|| panic!("no Location: {:?}", answer.headers)).to_owned();
        assert_eq!(location, format!("{SUBMISSIONS}/{}", receipt["id"].as_str().unwrap()));
        let read = sender.machine.get(&location).await.expect(200);
        assert_eq!(read.json(), receipt);
        server.advance(chrono::TimeDelta::hours(1));
        let again = send_under(&sender.machine, &key, file.clone()).await.expect_problem(422, "NOTHING_APPLIED");
        assert_eq!(
            (again.header("idempotent-replayed"), &again.body, again.header("location")),
            (Some("true"), &answer.body, Some(location.as_str()))
        );
        let ask = sender.machine.ask("POST", SUBMISSIONS).header("Idempotency-Key", &key).header("Content-Type", "application/json").bytes(file);
        ask.send().await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
    });
}

// ---- formulas

#[test]
fn a_formula_is_a_text_and_is_disarmed_where_it_is_given_back() {
    on_both(async |server| {
        let sender = Sender::new(server, 8).await;
        let armed = ["=1+1", "+33 6", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://x\";\"y\")", "=cmd|' /C calc'!A0", "-", "'=1"];
        let mut sheet = Sheet::default();
        for (place, text) in armed.iter().enumerate() {
            sender.row(&mut sheet, place, &[("external_id", text), ("status", "late")]);
        }
        let answer = send(&sender.machine, sheet.file(&Form::OURS)).await.expect(422);
        let kept =
            |answer: &Answer| lines_of(answer).iter().map(|line| line["external_id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
        let id = answer.receipt()["id"].as_str().unwrap().to_owned();
        let file = sender.machine.get(&format!("{SUBMISSIONS}/{id}/rejected.csv")).await.expect(200);
        let rejected = Sheet::read(&file.body);
        for (row, text) in armed[..7].iter().enumerate() {
            assert_eq!(rejected.get(row, "external_id"), format!("'{text}"));
        }
        for cell in rejected.rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        // Mended and sent again, each is what it was: the same external id.
        let mut mended = rejected.clone();
        mended.map("minutes", |_| "60".to_owned());
        let again = send(&sender.machine, mended.file(&Form::OURS)).await.expect(201);
        assert_eq!(kept(&again)[..7], armed[..7]);
        let named = json!({"external_id": "=1+1", "status": "late", "minutes": 60});
        assert_verdict(&submit_one(&sender.machine, named).await.expect(201), "unchanged");
    });
}

#[test]
fn a_name_that_looks_like_a_formula_is_disarmed_in_the_template_and_still_confirms() {
    on_both(async |server| {
        let mut sender = Sender::new(server, 0).await;
        for last_name in ["-Tiret", "@Arobase", "=Égal", "+Plus", "'t Hooft", "''deux"] {
            let order = json!({"last_name": last_name, "first_name": "Jan"});
            let answer = sender.manager.post("/v1/beneficiaries", order).await;
            // Some of these are no names at all; those that are come back.
            if answer.status == 422 {
                continue;
            }
            let registered = answer.expect(201);
            let person = api_tests::given::Person { id: registered.id(), reference: registered.field("person_reference") };
            sender.association.enrolments.push(server.given().enrolment(&sender.association.group, &person).await);
            sender.association.people.push(person);
        }
        let people = sender.association.people.len();
        assert!(people > 0);
        let mut sheet = sender.template().await;
        assert_eq!(sheet.rows.len(), people);
        for cell in sheet.rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        sheet.map("status", |_| "present".to_owned());
        let answer = send(&sender.machine, sheet.file(&Form::OURS)).await.expect(201);
        assert_eq!(outcomes(&answer), vec!["recorded"; people]);
    });
}

// ---- columns

#[test]
fn columns_that_mean_nothing_here_are_listed_and_columns_come_in_any_order() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let file = format!(
            "Commentaire;status;Téléphone;person_reference;N° d'ordre;session_reference;\r\nbien;present;0555;{};1;{};\r\n",
            sender.person(0),
            sender.reference
        );
        let answer = send(&sender.machine, file).await.expect(201);
        assert_eq!(answer.receipt()["ignored_columns"], json!(["Commentaire", "Téléphone", "N° d'ordre"]));
        let read = sender.machine.get(&format!("{SUBMISSIONS}/{}", answer.id())).await.expect(200);
        assert_eq!(read.json(), answer.json());
        // Two of one name are two columns that mean nothing.
        let file = format!("x;x;status;person_reference;session_reference\n1;2;present;{};{}\n", sender.person(0), sender.reference);
        assert_verdict(&send(&sender.machine, file).await.expect(201), "unchanged");
        // Very many of them do no harm.
        let many: String = (0..2000).fold(String::new(), |all, place| all + &format!("colonne {place};"));
        let file =
            format!("{many}status;person_reference;session_reference\n{}present;{};{}\n", ";".repeat(2000), sender.person(0), sender.reference);
        let answer = send(&sender.machine, file).await.expect(201);
        assert_eq!(answer.receipt()["ignored_columns"].as_array().unwrap().len(), 100);
    });
}

#[test]
fn a_header_that_lacks_or_repeats_a_column_is_refused() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let (reference, person) = (&sender.reference, sender.person(0));
        let key = fresh_key();
        for (file, code, place) in [
            (format!("person_reference;status\n{person};present\n"), "COLUMN_MISSING", "1:session_reference"),
            (format!("session_reference;status\n{reference};present\n"), "COLUMN_MISSING", "1:person_reference"),
            (format!("session_reference;person_reference\n{reference};{person}\n"), "COLUMN_MISSING", "1:status"),
            (
                format!("\n\ngroup_code;date;person_reference;status\n{};2026-03-16;{person};present\n", sender.code),
                "COLUMN_MISSING",
                "3:session_reference",
            ),
            (format!("session_reference;person_reference;status;status\n{reference};{person};present;present\n"), "COLUMN_TWICE", "1:status"),
            (format!("session_reference;person_reference;status;Statut\n{reference};{person};present;present\n"), "COLUMN_TWICE", "1:status"),
            ("session_reference;person_reference;status\n".to_owned(), "NO_LINES", "1:"),
            ("session_reference;person_reference;status\n\n;;\n".to_owned(), "NO_LINES", "3:"),
        ] {
            for dry in [false, true] {
                let answer = if dry { rehearse(&sender.machine, file.clone()).await } else { send_under(&sender.machine, &key, file.clone()).await };
                let refused = answer.expect_problem(422, "INVALID");
                assert_eq!(refused.faults(), [(code.to_owned(), place.to_owned())], "{file}");
            }
        }
        // Told at the last line, where the first one is missed.
        for (nothing, last) in [("", "1:"), ("\n", "1:"), ("\r\n\r\n", "2:"), (";;;\n", "1:"), ("\u{feff}", "1:"), ("   ", "1:")] {
            let refused = rehearse(&sender.machine, nothing).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults(), [("NO_LINES".to_owned(), last.to_owned())], "{nothing:?}");
        }
        // Two things are missing, and both are told; or one is.
        let refused = rehearse(&sender.machine, "a;b\n1;2\n").await.expect_problem(422, "INVALID");
        assert!(refused.faults().iter().all(|(code, place)| code == "COLUMN_MISSING" && place.starts_with("1:")), "{:?}", refused.faults());
        send_under(&sender.machine, &key, format!("session_reference;person_reference;status\n{reference};{person};present\n")).await.expect(201);
    });
}

// ---- what is no file

#[test]
fn bytes_that_are_no_text_are_refused() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let text = format!("session_reference;person_reference;status\r\n{};{};present\r\n", sender.reference, sender.person(0));
        let wide = |text: &str, to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let key = fresh_key();
        for (name, file) in [
            ("UTF-16 with a mark", wide(&format!("\u{feff}{text}"), u16::to_le_bytes)),
            ("UTF-16 the other way round", wide(&format!("\u{feff}{text}"), u16::to_be_bytes)),
            ("UTF-16 without a mark", wide(&text, u16::to_le_bytes)),
            ("UTF-32", text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect()),
            ("xlsx", [b"PK\x03\x04\x14\x00\x06\x00".as_slice(), &[0; 200], b"[Content_Types].xml"].concat()),
            ("xls", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 200]].concat()),
            ("ods", b"PK\x03\x04\x14\x00\x00\x08\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet".to_vec()),
            ("a NUL", format!("{text}\0").into_bytes()),
            ("a NUL within", text.replace("present", "pre\0sent").into_bytes()),
        ] {
            let refused = send_under(&sender.machine, &key, file.clone()).await;
            assert_eq!((refused.status, refused.code().as_str()), (400, "ENCODING_UNSUPPORTED"), "{name}: {}", refused.text());
            assert_eq!(rehearse(&sender.machine, file).await.code(), "ENCODING_UNSUPPORTED", "{name}");
        }
        // Not what it is said to be.
        let ask = |charset: &str| sender.machine.ask("POST", SUBMISSIONS).key().header("Content-Type", &format!("text/csv; charset={charset}"));
        let latin = [b"session_reference;person_reference;status;note\n".as_slice(), sender.reference.as_bytes(), b";x;present;\xe9t\xe9\n"].concat();
        ask("utf-8").bytes(latin.clone()).send().await.expect_problem(400, "ENCODING_UNSUPPORTED");
        for charset in ["utf-16", "shift_jis", "utf-7", "x", "macintosh"] {
            let refused = ask(charset).bytes(text.clone()).send().await;
            let seen = (refused.status, refused.code());
            assert!(seen == (400, "ENCODING_UNSUPPORTED".to_owned()) || seen == (415, "UNSUPPORTED_MEDIA_TYPE".to_owned()), "{charset}: {seen:?}");
        }
        for media_type in [
            "text/plain",
            "text/comma-separated-values",
            "application/vnd.ms-excel",
            "application/octet-stream",
            "multipart/form-data; boundary=x",
            "text/csvx",
            "",
        ] {
            let ask = sender.machine.ask("POST", SUBMISSIONS).key().header("Content-Type", media_type).bytes(text.clone());
            ask.send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
        }
        sender.machine.ask("POST", SUBMISSIONS).key().bytes(text.clone()).send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
        let zipped = sender.machine.ask("POST", SUBMISSIONS).key().header("Content-Encoding", "gzip").csv(text.clone());
        zipped.send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
        send_under(&sender.machine, &key, text).await.expect(201);
    });
}

#[test]
fn who_accepts_something_else_than_what_there_is_gets_406() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let answer = submit_one(&sender.machine, sender.line(0, "late")).await.expect(422);
        let rejected = format!("{SUBMISSIONS}/{}/rejected.csv", answer.receipt()["id"].as_str().unwrap());
        for path in [&rejected, &sender.template_path("2026-03")] {
            for accept in ["text/csv", "text/*", "*/*", "text/html, text/csv;q=0.5", "application/json, */*;q=0.1"] {
                sender.machine.ask("GET", path).header("Accept", accept).send().await.expect(200);
            }
            for accept in ["application/json", "text/html", "text/csv;q=0"] {
                sender.machine.ask("GET", path).header("Accept", accept).send().await.expect_problem(406, "NOT_ACCEPTABLE");
            }
        }
        let ask = |accept: &str| sender.machine.ask("POST", SUBMISSIONS).key().header("Accept", accept).csv("x");
        ask("text/csv").send().await.expect_problem(406, "NOT_ACCEPTABLE");
        ask("application/json").send().await.expect_problem(422, "INVALID");
    });
}

#[test]
fn a_file_of_more_than_two_mebibytes_is_413() {
    on_both(async |server| {
        let sender = Sender::new(server, 1).await;
        let line = format!("{};{};present;", sender.reference, sender.person(0));
        let head = "session_reference;person_reference;status;note\n";
        let file = |size: usize| format!("{head}{line}{}\n", "x".repeat(size - head.len() - line.len() - 1));
        let limit = 2 * 1024 * 1024;
        assert_verdict(&rehearse(&sender.machine, file(limit)).await.expect(200), "recorded");
        rehearse(&sender.machine, file(limit + 1)).await.expect_problem(413, "BODY_TOO_LARGE");
    });
}

// ---- five thousand lines

/// Sixty-five people at seventy-eight half-days, all of which are open.
pub(super) async fn large(server: &TestServer) -> (Sender, Sheet) {
    // The eve of the day on which the sheets of March close.
    let sender = Sender::new(server, 65).await;
    set_clock(server, "2026-04-09T18:00:00.000Z");
    for (half, start, end) in [("morning", "09:00", "12:00"), ("afternoon", "14:00", "17:00")] {
        let series = json!({
            "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], "half_day": half, "start_time": start,
            "end_time": end, "starts_on": "2026-03-01", "ends_on": "2026-04-09",
        });
        sender.manager.post(&format!("/v1/groups/{}/session-series", sender.association.group), series).await.expect(201);
    }
    let mut sheet = Sheet::default();
    for session in sender.machine.list(&format!("/v1/sessions?group_id={}&limit=200", sender.association.group)).await {
        for place in 0..65 {
            let half = session["half_day"].as_str().unwrap();
            sender.row(
                &mut sheet,
                place,
                &[
                    ("session_reference", session["reference"].as_str().unwrap()),
                    ("date", session["date"].as_str().unwrap()),
                    ("half_day", half),
                    ("external_id", &format!("{}-{place}", session["reference"].as_str().unwrap())),
                    ("last_name", "Exemple"),
                    ("first_name", "Claude"),
                    ("status", if place % 9 == 0 { "absent_unexcused" } else { "present" }),
                ],
            );
        }
    }
    assert!(sheet.rows.len() > 5000, "{} rows", sheet.rows.len());
    (sender, sheet)
}

#[test]
fn five_thousand_lines_are_taken_and_one_more_is_not() {
    on_both(async |server| {
        let (sender, mut sheet) = large(server).await;
        sheet.rows.truncate(5001);
        let refused = send(&sender.machine, sheet.file(&Form::EXCEL)).await.expect_problem(422, "INVALID");
        assert_eq!(refused.faults(), [("TOO_MANY_LINES".to_owned(), "5002:".to_owned())]);
        sheet.rows.truncate(5000);
        let (key, file) = (fresh_key(), sheet.file(&Form::EXCEL));
        let started = std::time::Instant::now();
        let answer = send_under(&sender.machine, &key, file.clone()).await.expect(201);
        assert!(started.elapsed().as_secs() < 30, "one request has thirty seconds, and it took {:?}", started.elapsed());
        assert_eq!(answer.receipt()["counts"]["recorded"], 5000);
        let read = sender.machine.get(&format!("{SUBMISSIONS}/{}", answer.id())).await.expect(200);
        assert_eq!(read.body, answer.body);
        let again = send_under(&sender.machine, &key, file.clone()).await.expect(201);
        assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &answer.body));
        let again = send(&sender.machine, file).await.expect(201);
        assert_eq!(again.receipt()["counts"]["unchanged"], 5000);
        // All of it bad, the longest receipt that there is.
        sheet.map("status", |_| "late".to_owned());
        let refused = send(&sender.machine, sheet.file(&Form::EXCEL)).await.expect_problem(422, "NOTHING_APPLIED");
        assert_eq!(refused.receipt()["counts"]["rejected"], 5000);
        let id = refused.receipt()["id"].as_str().unwrap().to_owned();
        assert_eq!(Sheet::read(&sender.machine.get(&format!("{SUBMISSIONS}/{id}/rejected.csv")).await.expect(200).body).rows.len(), 5000);
    });
}

#[test]
fn a_sheet_of_a_month_that_is_closed_is_held_line_by_line() {
    on_both(async |server| {
        let sender = with_names(server).await;
        sender.partner.put(&sender.association.sheet_path(), sender.association.all_present()).await.expect(200);
        close(&sender.partner, &sender.association).await.expect(200);
        let mut sheet = sender.template().await;
        fill(&mut sheet);
        let answer = send(&sender.machine, sheet.file(&Form::OURS)).await.expect(207);
        let receipt = answer.receipt();
        // Of Monday's five one says what stands there.
        assert_eq!((&receipt["counts"]["held"], &receipt["counts"]["unchanged"], &receipt["counts"]["recorded"]), (&json!(4), &json!(1), &json!(5)));
        assert!(codes(&answer).iter().flatten().all(|code| code == "SHEET_CLOSED"));
        assert_eq!(sender.held_lines().await.len(), 4);
    });
}
