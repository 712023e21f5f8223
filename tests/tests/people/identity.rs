//! Who somebody is: everything that is said of them is read again, edits say all of it anew, and what is wrong is told with its place.

use api_tests::{Answer, on_both};
use serde_json::{Value, json};

use super::{PEOPLE, born, merge, named, path, read, register, registered};
use crate::referrals::{assert_faults, with, without};

/// Somebody of whom everything is said.
fn whole() -> Value {
    json!({
        "last_name": "Exemple-Dupont", "first_name": "Éléonore", "birth_name": "Naissance", "birth_date": "1985-05-12", "title": "madam",
        "birth_place": "Saint-Léonard-de-Noblat", "commune_code": "87085", "street": "3 bis, rue de l'Exemple", "postal_code": "87000",
        "no_fixed_abode": true, "phone": "06 12 34 56 78", "email": "eleonore@example.test", "france_travail_id": "12345678901",
        "household": {"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": "spouse"},
    })
}

const OPTIONAL: [&str; 11] =
    ["birth_name", "birth_date", "title", "birth_place", "commune_code", "street", "postal_code", "phone", "email", "france_travail_id", "household"];

/// What is shown of somebody, without what chance and time gave.
fn shown(answer: &Answer) -> Value {
    let mut shown = without(answer.json(), &["id", "person_reference", "updated_at"]);
    if let Some(household) = shown["household"].as_object_mut() {
        assert!(household.remove("id").unwrap().is_string());
    }
    shown
}

#[test]
fn everything_said_of_a_person_is_read_again() {
    on_both(async |server| {
        let territory = server.given().territory(&["87085"]).await;
        let answer = register(server, whole()).await.expect(201);
        let expected = json!({"phone": "+33612345678", "territory_id": territory, "merged_into_id": null, "purged_at": null, "version": 1});
        assert_eq!(shown(&answer), with(whole(), expected));
        let manager = server.manager().await;
        let read = manager.get(answer.header("location").unwrap()).await.expect(200);
        assert_eq!((read.text(), read.etag()), (answer.text(), answer.etag()));
        assert_eq!(manager.list(PEOPLE).await, [answer.json()]);
    });
}

#[test]
fn what_is_not_said_is_null() {
    on_both(async |server| {
        let bare = register(server, named("Exemple", "Claude")).await.expect(201);
        let mut said_so = named("Autre", "Dominique");
        for name in OPTIONAL {
            said_so[name] = Value::Null;
            assert_eq!(bare.json()[name], Value::Null, "{name}");
        }
        assert_eq!(bare.json()["no_fixed_abode"], json!(false));
        let null = register(server, with(said_so, json!({"territory_id": null, "no_fixed_abode": false, "distinct_from": []}))).await.expect(201);
        assert_eq!(shown(&null), with(shown(&bare), named("Autre", "Dominique")));
    });
}

#[test]
fn an_edit_says_all_of_it_anew() {
    on_both(async |server| {
        let manager = server.manager().await;
        let person = registered(server, named("Exemple", "Claude")).await;
        let unassigned = read(server, &person).await.field("territory_id");
        let filled = manager.edit(&path(&person), whole()).await.expect(200);
        let rest = json!({"phone": "+33612345678", "territory_id": unassigned, "merged_into_id": null, "purged_at": null, "version": 2});
        assert_eq!(shown(&filled), with(whole(), rest));
        let again = read(server, &person).await;
        assert_eq!((again.text(), again.etag()), (filled.text(), filled.etag()));
        let emptied = manager.edit(&path(&person), named("Exemple", "Claude")).await.expect(200).json();
        for name in OPTIONAL {
            assert_eq!(emptied[name], Value::Null, "{name}");
        }
        assert_eq!((&emptied["no_fixed_abode"], &emptied["person_reference"]), (&json!(false), &json!(person.reference)));

        manager.put(&path(&person), whole()).await.expect(428);
        manager.put_if_match(&path(&person), &filled.etag(), whole()).await.expect_problem(412, "STALE_VERSION");
        assert_eq!(read(server, &person).await.json(), emptied);
    });
}

#[test]
fn what_is_wrong_with_a_person_is_told_with_its_place() {
    on_both(async |server| {
        let order = |more: Value| with(named("Exemple", "Claude"), more);
        let household =
            |more: Value| order(json!({"household": with(json!({"paying_body": "caf", "file_number": "1234567", "role": "claimant"}), more)}));
        let long = |length: usize| "a".repeat(length);
        for (order, code, place) in [
            (json!({"first_name": "Claude"}), "FIELD_MISSING", "/last_name"),
            (json!({"last_name": "Exemple"}), "FIELD_MISSING", "/first_name"),
            (order(json!({"title": "doctor"})), "VALUE_INVALID", "/title"),
            (order(json!({"title": "Madam"})), "VALUE_INVALID", "/title"),
            (order(json!({"birth_place": ""})), "TEXT_EMPTY", "/birth_place"),
            (order(json!({"birth_place": long(101)})), "TEXT_TOO_LONG", "/birth_place"),
            (order(json!({"street": long(201)})), "TEXT_TOO_LONG", "/street"),
            (order(json!({"street": "3 rue\nExemple"})), "CONTROL_CHARACTER", "/street"),
            (order(json!({"postal_code": "8700"})), "POSTAL_CODE_INVALID", "/postal_code"),
            (order(json!({"postal_code": "00999"})), "POSTAL_CODE_INVALID", "/postal_code"),
            (order(json!({"postal_code": "99000"})), "POSTAL_CODE_INVALID", "/postal_code"),
            (order(json!({"postal_code": "2A004"})), "POSTAL_CODE_INVALID", "/postal_code"),
            (order(json!({"postal_code": 87000})), "WRONG_TYPE", "/postal_code"),
            (order(json!({"no_fixed_abode": "yes"})), "WRONG_TYPE", "/no_fixed_abode"),
            (order(json!({"birth_date": "1985-13-12"})), "DAY_MALFORMED", "/birth_date"),
            (order(json!({"birth_date": server.given().day(1)})), "BIRTH_DATE_OUT_OF_RANGE", "/birth_date"),
            (order(json!({"commune_code": "87999"})), "COMMUNE_UNKNOWN", "/commune_code"),
            (order(json!({"phone": "061234567"})), "PHONE_INVALID", "/phone"),
            (order(json!({"email": "claude"})), "EMAIL_MALFORMED", "/email"),
            (order(json!({"france_travail_id": "1234567890"})), "FRANCE_TRAVAIL_ID_INVALID", "/france_travail_id"),
            (order(json!({"household": {"paying_body": "caf", "file_number": "1234567"}})), "FIELD_MISSING", "/household/role"),
            (household(json!({"role": "child"})), "VALUE_INVALID", "/household/role"),
            (household(json!({"paying_body": "cpam"})), "VALUE_INVALID", "/household/paying_body"),
            (household(json!({"key": 1})), "FIELD_UNKNOWN", "/household/key"),
            (household(json!({"body_code": "87"})), "BODY_CODE_INVALID", "/household/body_code"),
            (household(json!({"body_code": "87A"})), "BODY_CODE_INVALID", "/household/body_code"),
            (household(json!({"file_number": "12345"})), "FILE_NUMBER_INVALID", "/household/file_number"),
            (household(json!({"file_number": "ABCDEFG"})), "FILE_NUMBER_INVALID", "/household/file_number"),
            (household(json!({"file_number": "123456710000000"})), "FILE_NUMBER_INVALID", "/household/file_number"),
            (household(json!({"paying_body": "msa", "file_number": "1234567890123456"})), "FILE_NUMBER_INVALID", "/household/file_number"),
            (household(json!({"paying_body": "msa", "file_number": "AB_1"})), "FILE_NUMBER_INVALID", "/household/file_number"),
            (household(json!({"paying_body": "msa", "file_number": "1850587999123"})), "FILE_NUMBER_IS_NIR", "/household/file_number"),
            (household(json!({"paying_body": "msa", "file_number": "1 85 05 87 999 123 89"})), "FILE_NUMBER_IS_NIR", "/household/file_number"),
            (order(json!({"distinct_from": ["87-0000-0000-1"]})), "PERSON_REFERENCE_INVALID", "/distinct_from/0"),
            (order(json!({"distinct_from": vec!["87-0000-0000-1"; 20]})), "PERSON_REFERENCE_INVALID", "/distinct_from/0"),
        ] {
            let answer = register(server, order.clone()).await.expect(422);
            assert_eq!(answer.faults(), [(code.to_owned(), place.to_owned())], "{order}");
        }
        assert_eq!(server.manager().await.list(PEOPLE).await.len(), 0);
        // The borders, from within.
        for (more, name) in [
            (json!({"postal_code": "01000"}), "Un"),
            (json!({"postal_code": "98999"}), "Deux"),
            (json!({"birth_place": long(100), "street": long(200)}), "Trois"),
            (json!({"household": {"paying_body": "msa", "file_number": "185058799912388", "role": "spouse"}}), "Quatre"),
            (json!({"household": {"paying_body": "msa", "file_number": "A", "role": "claimant", "body_code": null}}), "Cinq"),
        ] {
            let answer = register(server, with(named(name, "Dominique"), more.clone())).await.expect(201).json();
            for (field, value) in more.as_object().unwrap() {
                let told = &answer[field];
                assert!(told == value || field == "household" && told["file_number"] == value["file_number"], "{field}: {told}");
            }
        }
    });
}

#[test]
fn twenty_people_may_be_named_as_others_and_no_more() {
    on_both(async |server| {
        let person = registered(server, named("Exemple", "Claude")).await;
        let order = |count: usize| with(named("Exemple", "Claude"), json!({"distinct_from": vec![person.reference.clone(); count]}));
        let refused = register(server, order(21)).await.expect(422);
        assert_eq!(refused.faults(), [("TOO_MANY_ITEMS".to_owned(), "/distinct_from".to_owned())]);
        register(server, order(20)).await.expect(201);
    });
}

#[test]
fn several_faults_are_told_at_once() {
    on_both(async |server| {
        let order = json!({
            "last_name": "Exemple", "first_name": "Claude", "birth_date": server.given().day(1), "commune_code": "87999",
            "territory_id": "01890000-0000-7000-8000-000000000000",
            "household": {"paying_body": "caf", "file_number": "12345", "role": "claimant"},
        });
        let answer = register(server, order).await.expect_problem(422, "INVALID");
        let mut faults = answer.faults();
        faults.sort();
        let expected = [
            ("BIRTH_DATE_OUT_OF_RANGE", "/birth_date"),
            ("COMMUNE_UNKNOWN", "/commune_code"),
            ("FILE_NUMBER_INVALID", "/household/file_number"),
            ("TERRITORY_UNKNOWN", "/territory_id"),
        ];
        assert_eq!(faults, expected.map(|(code, place)| (code.to_owned(), place.to_owned())));
    });
}

#[test]
fn a_tombstone_shows_nothing() {
    on_both(async |server| {
        let (stays, goes) = (registered(server, named("Autre", "Dominique")).await, registered(server, whole()).await);
        let before = read(server, &goes).await.json();
        let manager = server.manager().await;
        merge(&manager, &stays, &goes).await.expect(200);
        let tombstone = read(server, &goes).await.json();
        for name in ["last_name", "first_name"].iter().chain(&OPTIONAL) {
            assert_eq!(tombstone[*name], Value::Null, "{name}");
        }
        assert_eq!((&tombstone["no_fixed_abode"], &tombstone["purged_at"]), (&json!(false), &Value::Null));
        assert_eq!((&tombstone["merged_into_id"], &tombstone["version"]), (&json!(stays.id), &json!(2)));
        for name in ["id", "person_reference", "territory_id"] {
            assert_eq!(tombstone[name], before[name], "{name}");
        }
        assert_eq!(manager.list(PEOPLE).await.iter().find(|one| one["id"] == json!(goes.id)), Some(&tombstone));
        manager.edit(&path(&goes), whole()).await.expect_problem(409, "BENEFICIARY_CLOSED");
    });
}

#[test]
fn a_number_does_not_contradict_the_title_or_the_birth_date() {
    on_both(async |server| {
        let manager = server.manager().await;
        let given = server.given();
        let titled = |title: &str| with(born(&given.surname(), "Claude", "1985-05-12"), json!({"title": title}));
        for (title, nir, code) in [
            ("madam", "1 85 05 87 999 123", Some("NIR_CONTRADICTS_TITLE")),
            ("mister", "2 85 05 87 999 123", Some("NIR_CONTRADICTS_TITLE")),
            ("madam", "2 85 05 87 999 001", None),
            ("mister", "1 85 05 87 999 001", None),
            ("madam", "3 85 05 87 999 001", None),
            ("madam", "7 85 05 87 999 001", None),
            ("mister", "4 85 05 87 999 001", None),
            ("mister", "8 85 05 87 999 001", None),
            ("madam", "2 86 05 87 999 001", Some("NIR_CONTRADICTS_BIRTH")),
        ] {
            let person = registered(server, titled(title)).await;
            let answer = manager.post(&format!("{}/nir", path(&person)), json!({"nir": nir})).await;
            match code {
                None => drop(answer.expect(200)),
                Some(code) => assert_faults(answer, &[(code, "/nir")]),
            }
        }
        let untitled = registered(server, born(&given.surname(), "Claude", "1985-05-12")).await;
        given.nir(&untitled, "1 85 05 87 999 777").await;
    });
}

#[test]
fn nor_do_the_title_and_the_birth_date_contradict_the_number() {
    on_both(async |server| {
        let manager = server.manager().await;
        let surname = server.given().surname();
        let said = |title: Option<&str>, born_on: Option<&str>| json!({"last_name": surname, "first_name": "Claude", "birth_date": born_on, "title": title, "phone": "0612345678"});
        let person = registered(server, said(None, None)).await;
        server.given().nir(&person, "1 85 05 87 999 001").await;
        for (title, born_on, faults) in [
            (None, Some("1986-05-12"), vec![("NIR_CONTRADICTS_BIRTH", "/birth_date")]),
            (Some("madam"), Some("1985-05-12"), vec![("NIR_CONTRADICTS_TITLE", "/title")]),
            (Some("madam"), Some("1986-05-12"), vec![("NIR_CONTRADICTS_BIRTH", "/birth_date"), ("NIR_CONTRADICTS_TITLE", "/title")]),
        ] {
            assert_faults(manager.edit(&path(&person), said(title, born_on)).await, &faults);
        }
        for (title, born_on) in [(Some("mister"), Some("1985-05-12")), (None, None), (None, Some("1985-12-31"))] {
            manager.edit(&path(&person), said(title, born_on)).await.expect(200);
        }
        // The number was the wrong one.
        manager.command(&format!("{}/nir/cancellation", path(&person))).await.expect(200);
        manager.edit(&path(&person), said(Some("madam"), Some("1986-05-12"))).await.expect(200);
        server.given().nir(&person, "2 86 05 87 999 001").await;
        // One that will be replaced says nothing.
        let other = registered(server, json!({"last_name": server.given().surname(), "first_name": "Claude"})).await;
        server.given().nir(&other, "7 85 05 87 999 001").await;
        let names = read(server, &other).await.json();
        let order = json!({"last_name": names["last_name"], "first_name": "Claude", "birth_date": "1960-01-01", "title": "madam"});
        manager.edit(&path(&other), order).await.expect(200);
    });
}

#[test]
fn an_identifier_of_france_travail_is_one_person_s_in_its_new_form() {
    on_both(async |server| {
        let known_as = |name: &str, id: &str| with(named(name, "Claude"), json!({"france_travail_id": id}));
        let manager = server.manager().await;
        let one = registered(server, known_as("Exemple", "12345678901")).await;
        register(server, known_as("Autre", "12345678901")).await.expect_problem(409, "IDENTIFIER_CONFLICT");
        let other = registered(server, known_as("Autre", "1234567A")).await;
        registered(server, known_as("Troisième", "1234567A")).await;
        manager.edit(&path(&other), known_as("Autre", "12345678901")).await.expect_problem(409, "IDENTIFIER_CONFLICT");
        manager.edit(&path(&one), known_as("Exemple", "12345678901")).await.expect(200);
    });
}
