//! Two files of one person become one: everything that hangs on the duplicate moves, and everybody concerned is told.

use std::collections::BTreeSet;

use api_tests::client::fresh_key;
use api_tests::given::Person;
use api_tests::{TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{PEOPLE, ask, born, merge, merge_order, named, path, read, register, registered};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::orientations::Case;
use crate::referrals::{Receiver, assert_faults, with};
use crate::table::ABSENT;

const NIR: &str = "2850587999002";
const PROVISIONAL: &str = "7850587999001";

/// A survivor of whom little is known, and a duplicate with everything.
struct Two {
    stays: Person,
    goes: Person,
    /// The receiver of the duplicate's accompaniment, and the referral.
    receiver: Receiver,
    referral: String,
    /// A referral of the duplicate that is closed.
    closed: String,
    enrolment: String,
    sheet: String,
    held_line: String,
    /// What hangs on the duplicate, as `moved` names it.
    pieces: BTreeSet<(String, String)>,
}

impl Two {
    async fn new(server: &TestServer) -> Self {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let elsewhere = given.territory(&["87013"]).await;
        let stays = registered(server, with(named("Exemple", "Marie"), json!({"phone": "0555000001"}))).await;
        let goes = registered(
            server,
            with(
                born("Naissance", "Marie-Claude", "1985-05-12"),
                json!({
                    "title": "madam", "birth_place": "Guéret", "phone": "0612345678", "email": "marie@example.test", "territory_id": elsewhere,
                    "france_travail_id": "12345678901", "street": "1 rue de l'Exemple", "postal_code": "87000", "commune_code": "87085",
                    "no_fixed_abode": true, "birth_name": "Autrefois",
                    "household": {"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": "spouse"},
                }),
            ),
        )
        .await;
        given.nir(&goes, PROVISIONAL).await;
        given.nir(&goes, NIR).await;
        let receiver = Receiver::new(server).await;
        let referral = given.referral(&receiver.organisation, &goes).await;
        let closed = given.referral_to(&given.action(&receiver.organisation).await, None, &goes).await;
        receiver.answer(&closed, "refusal", json!({"reason": "other"})).await.expect(200);
        let association = given.sheet_with(&receiver.organisation, vec![goes.clone()]).await;
        // Somebody present whom nobody expected: held.
        let other = given.sheet_of(&receiver.organisation, 1).await;
        let line = json!({"session_id": other.session, "person_reference": goes.reference, "status": "present"});
        receiver.machine.post("/v1/attendance-submissions", json!({"lines": [line]})).await.expect(207);
        let held = server.manager().await.list("/v1/held-lines").await;
        let [held_line] = held.as_slice() else { panic!("{held:?}") };
        let held_line = held_line["id"].as_str().unwrap().to_owned();
        let grant = json!({"person_reference": goes.reference, "reason": "Accueil en urgence"});
        let grant = server.caseworker(&[]).await.post("/v1/access-grants", grant).await.expect(201).id();
        let enrolment = association.enrolments[0].clone();
        let duties = given.duties(&goes).await;
        let oriented = server.manager().await.list(&format!("{}/orientations", path(&goes))).await.remove(0);
        let pieces = [
            ("enrolment", enrolment.clone()),
            ("referral", referral.clone()),
            ("referral", closed.clone()),
            ("rsa_right", duties),
            ("orientation", oriented["id"].as_str().unwrap().to_owned()),
            ("milestone", given.milestone(&goes).await),
            ("barrier", given.barrier(&goes, "mobility_no_licence").await),
            ("intervention", given.intervention(&goes).await),
            ("held_line", held_line.clone()),
            ("access_grant", grant),
        ];
        let pieces = pieces.into_iter().map(|(kind, id)| (kind.to_owned(), id)).collect();
        Self { stays, goes, receiver, referral, closed, enrolment, sheet: association.sheet_path(), held_line, pieces }
    }

    /// The lists of a whole file, as a manager reads them: kinds and ids.
    async fn file(server: &TestServer, person: &Person) -> BTreeSet<(String, String)> {
        let file = server.manager().await.get(&format!("{}/file", path(person))).await.expect(200).json();
        let kinds = [
            ("orientation", "orientations"),
            ("enrolment", "enrolments"),
            ("referral", "referrals"),
            ("rsa_right", "rsa_rights"),
            ("milestone", "milestones"),
            ("barrier", "barriers"),
            ("intervention", "interventions"),
        ];
        let ids = kinds
            .iter()
            .flat_map(|(kind, list)| file[*list].as_array().unwrap().iter().map(|one| ((*kind).to_owned(), one["id"].as_str().unwrap().to_owned())));
        ids.collect()
    }
}

#[test]
fn everything_that_hangs_on_the_duplicate_moves() {
    on_both(async |server| {
        let two = Two::new(server).await;
        let manager = server.manager().await;
        let before = read(server, &two.goes).await.json();
        let answer = merge(&manager, &two.stays, &two.goes).await.expect(200);
        // Its own identity stays, what it does not say is taken.
        let mut expected = before.clone();
        for (name, value) in [
            ("id", json!(two.stays.id)),
            ("person_reference", json!(two.stays.reference)),
            ("last_name", json!("Exemple")),
            ("first_name", json!("Marie")),
            ("phone", json!("+33555000001")),
            ("version", json!(2)),
            ("updated_at", json!(server.now().to_string())),
            ("territory_id", answer.json()["territory_id"].clone()),
        ] {
            expected[name] = value;
        }
        assert_eq!(answer.json(), expected);
        let survivor = read(server, &two.stays).await;
        assert_eq!((survivor.text(), survivor.etag()), (answer.text(), answer.etag()));

        // Every piece, in both files.
        let in_file = |kind: &str| kind != "held_line" && kind != "access_grant";
        let expected: BTreeSet<(String, String)> = two.pieces.iter().filter(|(kind, _)| in_file(kind)).cloned().collect();
        assert_eq!((Two::file(server, &two.stays).await, Two::file(server, &two.goes).await), (expected, BTreeSet::new()));
        for list in ["rsa-rights", "milestones", "barriers", "interventions", "referrals"] {
            let of = async |person: &Person| manager.list(&format!("{}/{list}", path(person))).await;
            let moved = of(&two.stays).await;
            assert!(!moved.is_empty() && of(&two.goes).await.is_empty(), "{list}");
            for one in moved {
                let person = if list == "referrals" { &one["person"]["beneficiary_id"] } else { &one["beneficiary_id"] };
                assert_eq!(person, &json!(two.stays.id), "{list}: {one}");
            }
        }

        // The seat and its sheet show the survivor.
        let shown = |thing: &Value| ["person_reference", "last_name", "first_name"].map(|name| thing[name].clone());
        let survivor = [json!(two.stays.reference), json!("Exemple"), json!("Marie")];
        assert_eq!(shown(&manager.get(&format!("/v1/enrolments/{}", two.enrolment)).await.expect(200).json()), survivor);
        assert_eq!(shown(&two.receiver.machine.get(&two.sheet).await.expect(200).json()["marks"][0]), survivor);
        let order = json!({"marks": [{"enrolment_id": two.enrolment, "status": "present"}]});
        two.receiver.machine.put(&two.sheet, order).await.expect(200);

        // The number, in clear, with the history: what was provisional is one of two.
        let number = manager.get(&format!("{}/nir", path(&two.stays))).await.expect(200).json();
        assert_eq!((&number["nir"].as_str().unwrap()[..13], &number["version"], &number["provisional"]), (NIR, &json!(2), &json!(false)));
        let none = manager.get(&format!("{}/nir", path(&two.goes))).await.expect(200).json();
        assert_eq!((&none["nir"], &none["version"]), (&Value::Null, &json!(0)));

        // The grant and the line that is held.
        let grants = server.auditor().await.list("/v1/access-grants").await;
        assert_eq!((&grants[0]["beneficiary_id"], &grants[0]["person_reference"]), (&json!(two.stays.id), &json!(two.stays.reference)));
        manager.get(&format!("/v1/held-lines/{}", two.held_line)).await.expect(200);
    });
}

#[test]
fn a_merge_says_each_thing_that_moved() {
    on_both(async |server| {
        let two = Two::new(server).await;
        let manager = server.manager().await;
        merge(&manager, &two.stays, &two.goes).await.expect(200);
        let merges = manager.list(&format!("{}/merges", path(&two.stays))).await;
        let [merge] = merges.as_slice() else { panic!("{merges:?}") };
        let told = ["survivor_id", "duplicate_id", "reason", "merged_by", "merged_at"].map(|name| merge[name].clone());
        let reason = "Même personne, vue deux fois à l'accueil.";
        let expected = [json!(two.stays.id), json!(two.goes.id), json!(reason), json!(manager.id()), json!(server.now().to_string())];
        assert_eq!(told, expected);
        let moved = merge["moved"].as_array().unwrap().iter();
        let moved: Vec<(String, String)> =
            moved.map(|one| (one["kind"].as_str().unwrap().to_owned(), one["id"].as_str().unwrap().to_owned())).collect();
        let count = moved.len();
        let moved: BTreeSet<(String, String)> = moved.into_iter().collect();
        assert_eq!((moved.len(), moved), (count, two.pieces));
        assert!(manager.list(&format!("{}/merges", path(&two.goes))).await.is_empty());
        // A second one, later.
        server.advance(TimeDelta::seconds(1));
        let third = registered(server, named("Troisième", "Maria")).await;
        super::merge(&manager, &two.stays, &third).await.expect(200);
        let merges = manager.list(&format!("{}/merges?limit=1", path(&two.stays))).await;
        let duplicates: Vec<&Value> = merges.iter().map(|merge| &merge["duplicate_id"]).collect();
        assert_eq!((duplicates, &merges[1]["moved"]), (vec![&json!(two.goes.id), &json!(third.id)], &json!([])));
    });
}

#[test]
fn the_receivers_of_open_referrals_learn_of_the_survivor_and_older_versions_are_forgotten() {
    on_both(async |server| {
        let mut two = Two::new(server).await;
        two.receiver.answer(&two.referral, "receipt", json!({})).await.expect(200);
        // Somebody else of the same receiver, who has nothing to do with it.
        let stranger =
            server.given().referral_to(&server.given().action(&two.receiver.organisation).await, None, &server.given().person().await).await;
        let before = two.receiver.events().await;
        let count = u64::try_from(before.len()).unwrap();
        let digest = async || {
            let path = format!("/v1/referral-feed/digest?from_seq=1&to_seq={count}");
            two.receiver.machine.get(&path).await.expect(200).json()
        };
        let digest_before = digest().await;
        server.advance(TimeDelta::seconds(1));
        merge(&server.manager().await, &two.stays, &two.goes).await.expect(200);

        let after = two.receiver.machine.get("/v1/referral-feed?limit=200&after=beginning").await.expect(200).items();
        let bare = |event: &Value| ["seq", "event_id", "type", "occurred_at", "recorded_at"].map(|name| event[name].clone());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(bare(before), bare(after), "numbers and events stay");
            let is_stranger = before["referral"]["id"] == json!(stranger);
            let expected = if is_stranger { (&before["referral"], &json!(false)) } else { (&Value::Null, &json!(true)) };
            assert_eq!((&after["referral"], &after["redacted"]), expected, "{before}");
        }
        assert_eq!(digest().await, digest_before);
        let [told] = &after[before.len()..] else { panic!("one event: {after:?}") };
        assert_eq!((&told["type"], &told["redacted"], &told["referral"]["id"]), (&json!("referral.updated"), &json!(false), &json!(two.referral)));
        let person = &told["referral"]["person"];
        let shown = ["beneficiary_id", "person_reference", "last_name", "first_name", "birth_name", "phone"].map(|name| person[name].clone());
        let survivor = [two.stays.id.as_str(), &two.stays.reference, "Exemple", "Marie", "Autrefois", "+33555000001"].map(|text| json!(text));
        assert_eq!(shown, survivor);
        assert_eq!(two.receiver.read(&two.referral).await["person"], *person);
        // What is closed is the survivor's too, and nobody is told.
        let closed = server.manager().await.get(&format!("/v1/referrals/{}", two.closed)).await.expect(200).json();
        assert_eq!(closed["person"]["person_reference"], json!(two.stays.reference));
        assert!(two.receiver.news().await == ["updated"]);
        // The receiver goes on with it.
        two.receiver.answer(&two.referral, "acceptance", crate::referrals::referent("Exemple")).await.expect(200);
        assert_eq!(two.receiver.events().await[0]["referral"]["person"]["person_reference"], json!(two.stays.reference));
    });
}

#[test]
fn what_expired_by_the_clock_is_forgotten_under_the_duplicates_name_too() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (given, manager) = (server.given(), server.manager().await);
        let mut receiver = Receiver::new(server).await;
        let (stays, goes) = (registered(server, named("Exemple", "Marie")).await, registered(server, named("Naissance", "Claude")).await);
        given.referral_to(&given.action(&receiver.organisation).await, None, &goes).await;
        receiver.news().await;
        set_clock(server, "2026-04-17T17:00:00.000Z");
        merge(&manager, &stays, &goes).await.expect(200);
        let all = receiver.machine.get("/v1/referral-feed?limit=200&after=beginning").await.expect(200).items();
        let text = Value::Array(all.clone()).to_string();
        assert!(!text.contains(&goes.reference) && !text.contains("Naissance"), "{text}");
        assert!(!all.iter().any(|event| event["type"] == "referral.updated"), "what is not open is told no more: {all:?}");
    });
}

#[test]
fn the_access_report_of_the_survivor_holds_what_was_read_of_both() {
    on_both(async |server| {
        let (manager, auditor) = (server.manager().await, server.auditor().await);
        let (stays, goes) = (registered(server, named("Exemple", "Marie")).await, registered(server, named("Naissance", "Claude")).await);
        let mut expected = BTreeSet::new();
        for person in [&stays, &goes, &goes] {
            expected.insert(read(server, person).await.header("x-request-id").unwrap().to_owned());
        }
        expected.insert(merge(&manager, &stays, &goes).await.expect(200).header("x-request-id").unwrap().to_owned());
        let report = auditor.list(&format!("/v1/access-log?limit=200&beneficiary_id={}", stays.id)).await;
        let found: BTreeSet<String> = report.iter().map(|line| line["request_id"].as_str().unwrap().to_owned()).collect();
        assert!(found.is_superset(&expected), "{:?}", expected.difference(&found).collect::<Vec<_>>());
        let operations = report.iter().filter(|line| line["operation"] == "registerBeneficiary").count();
        assert_eq!(operations, 2, "both registrations");
    });
}

#[test]
fn a_merge_is_done_once() {
    on_both(async |server| {
        let manager = server.manager().await;
        let (stays, goes) = (registered(server, named("Exemple", "Marie")).await, registered(server, named("Naissance", "Claude")).await);
        let third = registered(server, named("Troisième", "Dominique")).await;
        let (command, key) = (format!("{}/merge", path(&stays)), fresh_key());
        let order = merge_order(&goes, json!(1));
        let first = manager.post_with_key(&command, &key, order.clone()).await.expect(200);
        let again = manager.post_with_key(&command, &key, order.clone()).await.expect(200);
        assert_eq!((again.text(), again.etag(), again.header("idempotent-replayed")), (first.text(), first.etag(), Some("true")));
        // Without the key: the duplicate is a tombstone by now, whatever version is said, on either side.
        for version in [1, 2, 3] {
            manager.post(&command, merge_order(&goes, json!(version))).await.expect_problem(409, "BENEFICIARY_CLOSED");
        }
        manager.post(&format!("{}/merge", path(&goes)), merge_order(&third, json!(1))).await.expect_problem(409, "BENEFICIARY_CLOSED");
        manager.post(&format!("{}/merge", path(&goes)), merge_order(&stays, json!(2))).await.expect_problem(409, "BENEFICIARY_CLOSED");
        assert_eq!(manager.list(&format!("{}/merges", path(&stays))).await.len(), 1);
        assert_eq!(read(server, &stays).await.json()["version"], json!(2));
        // What a survivor is merged into, later, is where all of it is.
        let right = server.given().rsa_right(&stays).await;
        merge(&manager, &third, &stays).await.expect(200);
        assert_eq!(manager.get(&format!("/v1/rsa-rights/{right}")).await.expect(200).field("beneficiary_id"), third.id);
        assert_eq!(read(server, &goes).await.field("merged_into_id"), stays.id);
    });
}

#[test]
fn whatever_is_wrong_with_a_merge_does_nothing() {
    on_both(async |server| {
        let manager = server.manager().await;
        let (stays, goes) = (registered(server, named("Exemple", "Marie")).await, registered(server, named("Naissance", "Claude")).await);
        manager.edit(&path(&goes), with(named("Naissance", "Claude"), json!({"phone": "0612345678"}))).await.expect(200);
        let command = format!("{}/merge", path(&stays));
        let order = |more: Value| with(merge_order(&goes, json!(2)), more);
        for version in [1, 3, 2_147_483_647] {
            manager.post(&command, order(json!({"duplicate_version": version}))).await.expect_problem(409, "VERSION_CONFLICT");
        }
        for (order, code, place) in [
            (order(json!({"duplicate_id": stays.id, "duplicate_version": 1})), "MERGE_WITH_ITSELF", "/duplicate_id"),
            (order(json!({"duplicate_id": ABSENT})), "BENEFICIARY_UNKNOWN", "/duplicate_id"),
            (order(json!({"duplicate_id": "nonsense"})), "ID_MALFORMED", "/duplicate_id"),
            (order(json!({"duplicate_version": 0})), "OUT_OF_BOUNDS", "/duplicate_version"),
            (order(json!({"reason": ""})), "TEXT_EMPTY", "/reason"),
            (order(json!({"reason": "a".repeat(2001)})), "TEXT_TOO_LONG", "/reason"),
            (json!({"duplicate_id": goes.id, "duplicate_version": 2}), "FIELD_MISSING", "/reason"),
            (json!({"duplicate_id": goes.id, "reason": "Oui"}), "FIELD_MISSING", "/duplicate_version"),
        ] {
            assert_faults(manager.post(&command, order).await, &[(code, place)]);
        }
        manager.post(&format!("{PEOPLE}/{ABSENT}/merge"), order(json!({}))).await.expect_problem(404, "NOT_FOUND");
        manager.ask("POST", &command).json(&order(json!({}))).send().await.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
        let partner = server.partner(&server.given().organisation().await).await;
        for by in [server.caseworker(&[]).await, server.auditor().await, server.analyst().await, server.administrator(), partner] {
            by.post(&command, order(json!({}))).await.expect_problem(403, "FUNCTION_DENIED");
        }
        assert!(manager.list(&format!("{}/merges", path(&stays))).await.is_empty());
        assert_eq!((read(server, &stays).await.json()["version"].clone(), read(server, &goes).await.json()["version"].clone()), (json!(1), json!(2)));
        // The control.
        manager.post(&command, order(json!({"reason": "a".repeat(2000)}))).await.expect(200);
    });
}

#[test]
fn nothing_is_hung_on_a_tombstone() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let (stays, goes) = (registered(server, named("Exemple", "Marie")).await, registered(server, named("Naissance", "Claude")).await);
        let receiver = Receiver::new(server).await;
        let group = given.group(&given.action(&receiver.organisation).await).await;
        merge(&manager, &stays, &goes).await.expect(200);
        let of = |piece: &str| format!("{}/{piece}", path(&goes));
        for (path, order) in [
            (of("nir"), json!({"nir": NIR})),
            (of("nir/cancellation"), json!({})),
            (of("referrals"), given.referral_order(&receiver.organisation)),
            (of("rsa-rights"), json!({"entered_on": given.day(-10)})),
            (of("milestones"), json!({"kind": "training", "occurred_on": given.day(-10), "source": "person"})),
            (of("barriers"), json!({"kind": "mobility", "situation": "mobility_no_licence", "impact": "strong", "opened_on": given.day(-20)})),
            (format!("/v1/groups/{group}/enrolments"), given.enrolment_order(&goes)),
        ] {
            manager.post(&path, order).await.expect_problem(409, "BENEFICIARY_CLOSED");
        }
        assert_eq!(Two::file(server, &goes).await, BTreeSet::new());
        // Whoever is registered under their names now, and is said to be somebody else, is somebody new.
        register(server, with(named("Naissance", "Claude"), json!({"distinct_from": [stays.reference]}))).await.expect(201);
        assert_eq!(ask(&manager, super::SEARCH, json!({"name": "naissance"})).await.expect(200).items().len(), 1);
    });
}

#[test]
fn an_orientation_that_was_a_mistake_is_in_no_merges_way() {
    on_both(async |server| {
        let (one, other) = (Case::new(server, None).await, Case::new(server, None).await);
        let mut paths = Vec::new();
        for case in [&one, &other] {
            case.caseworker.post(&format!("/v1/beneficiaries/{}/orientations", case.person.id), json!({"voluntary": true})).await.expect(201);
            paths.push(case.oriented(&case.home(), "socioprofessional").await);
        }
        merge(&one.manager, &one.person, &other.person).await.expect_problem(409, "MERGE_CONFLICT");
        let mistake = json!({"on": server.given().day(0), "reason": "mistake"});
        one.manager.post(&format!("{}/closure", paths[1]), mistake).await.expect(200);
        merge(&one.manager, &one.person, &other.person).await.expect(200);
        let orientations = one.manager.list(&format!("/v1/beneficiaries/{}/orientations", one.person.id)).await;
        assert_eq!(orientations.len(), 2, "it stays to be read");
    });
}
