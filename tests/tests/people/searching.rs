//! Finding people: by their names however they are written, by whatever identifies them, and within the caller's reach alone.

use std::collections::BTreeSet;

use api_tests::client::encoded;
use api_tests::given::Person;
use api_tests::{Client, TestServer, on_both};
use serde_json::{Value, json};

use super::{MATCH, PEOPLE, SEARCH, ask, born, merge, named, path, registered};
use crate::referrals::{assert_faults, with};
use crate::visibility::{log_by_request, people_of};

/// The ids of whoever is found, and whether there are more.
async fn found(by: &Client, question: Value) -> (BTreeSet<String>, bool) {
    let answer = ask(by, SEARCH, question).await.expect(200);
    (answer.ids().into_iter().collect(), answer.json()["has_more"].as_bool().unwrap())
}

fn exactly(people: &[&Person]) -> (BTreeSet<String>, bool) {
    (people.iter().map(|person| person.id.clone()).collect(), false)
}

#[test]
fn a_name_is_found_however_it_is_written() {
    on_both(async |server| {
        let manager = server.manager().await;
        let auvergne = registered(server, named("de La Tour d'Auvergne", "Jean-François")).await;
        let nguyen = registered(server, named("N'Guyen", "Thi-Hoa")).await;
        let amrani = registered(server, with(named("El Amrani", "Fatima-Zahra"), json!({"birth_name": "Benyoussef"}))).await;
        let lefevre = registered(server, with(named("Lefèvre", "Noëlle"), json!({"birth_name": "Œuvrard"}))).await;
        let dupont = registered(server, named("Dupont", "Élodie")).await;
        let dupontel = registered(server, named("Dupontel", "Paul")).await;
        let meer = registered(server, named("Van der Meer", "Anne")).await;
        for (person, names) in [
            (
                &auvergne,
                &[
                    "de La Tour d'Auvergne",
                    "DE LA TOUR D’AUVERGNE",
                    "la tour auvergne",
                    "latour",
                    "delatour",
                    "tour",
                    "TOUR AUVERGNE",
                    "auvergne jean",
                    "Jean-François de La Tour d'Auvergne",
                    "jean francois",
                    "jeanfrancois",
                    "JEANFRANÇOIS",
                    "francois tour",
                    "de-la-tour-d-auvergne",
                    "auv fran",
                ][..],
            ),
            (&nguyen, &["N'Guyen", "nguyen", "NGUYEN", "n guyen", "N’Guyen", "N-Guyen", "hoa nguyen", "thihoa", "Thi Hoa", "guyen"]),
            (
                &amrani,
                &["El Amrani", "elamrani", "amrani", "EL-AMRANI", "fatima", "zahra amrani", "fatimazahra", "benyoussef", "ben youssef", "youssef"],
            ),
            (&lefevre, &["Lefèvre", "LEFEVRE", "lefevre noelle", "noëlle lefèvre", "Œuvrard", "oeuvrard", "OEUVRARD NOELLE", "le fèvre"]),
            (&dupont, &["dupont elo", "Élodie Dupont", "ELODIE"]),
            (&dupontel, &["dupontel", "paul dupont", "dupont PAUL"]),
            (&meer, &["Van der Meer", "meer", "vandermeer", "van der meer anne", "anne meer", "der Meer"]),
        ] {
            for name in names {
                assert_eq!(found(&manager, json!({"name": name})).await, exactly(&[person]), "{name}");
            }
        }
        assert_eq!(found(&manager, json!({"name": "dupont"})).await, exactly(&[&dupont, &dupontel]), "the beginning");
        for nobody in ["upont", "dupont fatima", "zzz", "dupontelle", "auvergne dupont", "élodiedupont", "noelle noemie", "%", "dup%nt", "_____"] {
            let answer = ask(&manager, SEARCH, json!({"name": nobody})).await;
            assert!(answer.code() == "INVALID" || answer.expect(200).items().is_empty(), "{nobody}");
        }
    });
}

#[test]
fn a_person_is_shown_as_their_file_shows_them() {
    on_both(async |server| {
        let manager = server.manager().await;
        let person = registered(server, born("Exemple", "Claude", "1985-05-12")).await;
        let answer = ask(&manager, SEARCH, json!({"name": "exemple"})).await.expect(200);
        let file = super::read(server, &person).await.json();
        assert_eq!(answer.json(), json!({"items": [file], "has_more": false}));
        assert_eq!((answer.header("cache-control"), answer.header("link"), answer.header("location")), (Some("no-store"), None, None));
    });
}

#[test]
fn whatever_identifies_a_person_finds_them() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let household = |role: &str| json!({"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": role});
        let claimant = registered(
            server,
            with(
                born("Exemple", "Marie", "1985-05-12"),
                json!({"phone": "0612345678", "email": "Marie@Example.test", "france_travail_id": "12345678901", "household": household("claimant")}),
            ),
        )
        .await;
        let spouse = registered(
            server,
            with(born("Exemple", "Paul", "1983-01-19"), json!({"household": household("spouse"), "france_travail_id": "1234567A"})),
        )
        .await;
        given.nir(&claimant, "7850587999001").await;
        given.nir(&claimant, "2 85 05 87 999 002").await;
        registered(server, born("Autre", "Dominique", "1977-07-07")).await;
        let both = [&claimant, &spouse];
        for (question, people) in [
            (json!({"birth_date": "1985-05-12"}), &both[..1]),
            (json!({"person_reference": claimant.reference}), &both[..1]),
            (json!({"person_reference": claimant.reference.to_lowercase()}), &both[..1]),
            (json!({"nir": "2850587999002"}), &both[..1]),
            (json!({"nir": "2 85 05 87 999 002"}), &both[..1]),
            (json!({"nir": "7850587999001"}), &both[..1]),
            (json!({"france_travail_id": "12345678901"}), &both[..1]),
            (json!({"france_travail_id": "1234567a"}), &both[1..]),
            (json!({"phone": "06 12 34 56 78"}), &both[..1]),
            (json!({"phone": "+33612345678"}), &both[..1]),
            (json!({"email": super::read(server, &claimant).await.field("email")}), &both[..1]),
            (json!({"file_number": "1234567"}), &both[..]),
            (json!({"file_number": "123456700000000"}), &both[..]),
            (json!({"file_number": " 1234567 "}), &both[..]),
            // All of it has to hold.
            (json!({"file_number": "1234567", "name": "paul"}), &both[1..]),
            (json!({"name": "exemple", "birth_date": "1985-05-12", "phone": "0612345678", "nir": "2850587999002"}), &both[..1]),
            (json!({"name": "exemple", "birth_date": "1977-07-07"}), &[]),
            (json!({"name": "exemple", "nir": "1850587999009"}), &[]),
            (json!({"person_reference": spouse.reference, "phone": "0612345678"}), &[]),
            (json!({"file_number": "7654321"}), &[]),
            (json!({"france_travail_id": "98765432109"}), &[]),
        ] {
            assert_eq!(found(&manager, question.clone()).await, exactly(people), "{question}");
        }
    });
}

#[test]
fn a_file_number_of_the_msa_is_found_too() {
    on_both(async |server| {
        let household = json!({"paying_body": "msa", "body_code": null, "file_number": "AB12345", "role": "claimant"});
        let person = registered(server, with(named("Exemple", "Claude"), json!({"household": household}))).await;
        let manager = server.manager().await;
        for number in ["AB12345", "ab12345", " AB12345 "] {
            assert_eq!(found(&manager, json!({"file_number": number})).await, exactly(&[&person]), "{number}");
        }
    });
}

#[test]
fn nobody_is_found_out_of_reach() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworker = server.caseworker(&[&here]).await;
        let (mine, foreign, unassigned) = (given.person_in(&here).await, given.person_in(&elsewhere).await, given.person().await);
        given.nir(&foreign, &format!("7{}0187999001", "85")).await;
        let name = json!({"name": "exemple"});
        let theirs = json!({"person_reference": foreign.reference});
        let number = json!({"nir": "7850187999001"});
        assert_eq!(found(&caseworker, name.clone()).await, exactly(&[&mine, &unassigned]));
        for question in [&theirs, &number] {
            assert_eq!(found(&caseworker, question.clone()).await, exactly(&[]), "{question}");
        }
        let grant = json!({"person_reference": foreign.reference, "reason": "Accueil en urgence"});
        caseworker.post("/v1/access-grants", grant).await.expect(201);
        assert_eq!(found(&caseworker, name.clone()).await, exactly(&[&mine, &unassigned, &foreign]));
        for question in [theirs, number] {
            assert_eq!(found(&caseworker, question).await, exactly(&[&foreign]));
        }
        server.advance(chrono::TimeDelta::hours(4));
        assert_eq!(found(&caseworker, name.clone()).await, exactly(&[&mine, &unassigned]));
        assert_eq!(found(&server.manager().await, name.clone()).await, exactly(&[&mine, &foreign, &unassigned]));
        // A delegate's caseworker finds whom it accompanies: nobody yet.
        let plie = given.organisation_of("plie").await;
        let delegate = server.professional("a delegate's caseworker", &server.invite("caseworker", &plie, &[]).await);
        assert_eq!(found(&delegate, name.clone()).await, exactly(&[]));
        for by in [server.auditor().await, server.analyst().await, server.administrator(), server.partner(&plie).await] {
            ask(&by, SEARCH, name.clone()).await.expect_problem(403, "FUNCTION_DENIED");
        }
    });
}

#[test]
fn whoever_was_merged_is_found_no_more_and_what_moved_leads_to_the_survivor() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let stays = registered(server, born("Exemple", "Claude", "1960-05-12")).await;
        let more = json!({"phone": "0612345678", "france_travail_id": "12345678901"});
        let goes = registered(server, with(born("Naissance", "Dominique", "1960-01-20"), more)).await;
        given.nir(&goes, "7600187999001").await;
        given.nir(&goes, "1600187999001").await;
        merge(&manager, &stays, &goes).await.expect(200);
        for question in [
            json!({"name": "naissance"}),
            json!({"name": "dominique"}),
            json!({"birth_date": "1960-01-20"}),
            json!({"person_reference": goes.reference, "name": "naissance"}),
        ] {
            assert_eq!(found(&manager, question.clone()).await, exactly(&[]), "{question}");
        }
        for question in [
            json!({"name": "exemple claude"}),
            json!({"nir": "7600187999001"}),
            json!({"nir": "1600187999001"}),
            json!({"phone": "0612345678"}),
            json!({"france_travail_id": "12345678901"}),
            json!({"person_reference": goes.reference}),
            json!({"person_reference": goes.reference, "name": "exemple"}),
        ] {
            assert_eq!(found(&manager, question.clone()).await, exactly(&[&stays]), "{question}");
        }
        // However many merges later.
        let last = registered(server, born("Dernier", "Camille", "1960-06-15")).await;
        merge(&manager, &last, &stays).await.expect(200);
        for old in [&goes, &stays] {
            assert_eq!(found(&manager, json!({"person_reference": old.reference})).await, exactly(&[&last]));
        }
    });
}

#[test]
fn a_person_is_found_by_what_they_are_called_now() {
    on_both(async |server| {
        let manager = server.manager().await;
        let person = registered(server, with(named("Exemple", "Claude"), json!({"birth_name": "Naissance"}))).await;
        manager.edit(&path(&person), named("Nouveau", "Dominique")).await.expect(200);
        for (name, people) in [("exemple", &[][..]), ("claude", &[]), ("naissance", &[]), ("nouveau dominique", &[&person])] {
            assert_eq!(found(&manager, json!({"name": name})).await, exactly(people), "{name}");
        }
    });
}

async fn exemples(server: &TestServer, count: usize) {
    for _ in 0..count {
        server.given().person().await;
    }
}

#[test]
fn fifty_are_shown_and_then_it_says_that_there_are_more() {
    on_both(async |server| {
        let manager = server.manager().await;
        let household = json!({"birth_date": "1985-05-12"});
        for number in 0..50 {
            registered(server, with(named(&server.given().surname(), &format!("Prénom {}", ["Anne", "Paul"][number % 2])), household.clone())).await;
        }
        exemples(server, 50).await;
        for question in [json!({"name": "exemple claude"}), json!({"birth_date": "1985-05-12"}), json!({"name": "prenom"})] {
            let (people, has_more) = found(&manager, question.clone()).await;
            assert_eq!((people.len(), has_more), (50, false), "{question}");
        }
        exemples(server, 1).await;
        registered(server, with(named("Exemplaire", "Prénom Jean"), household)).await;
        for question in [json!({"name": "exemple claude"}), json!({"birth_date": "1985-05-12"}), json!({"name": "prenom"})] {
            let (people, has_more) = found(&manager, question.clone()).await;
            assert_eq!((people.len(), has_more), (50, true), "{question}");
        }
        let (people, has_more) = found(&manager, json!({"name": "prenom exemplaire"})).await;
        assert_eq!((people.len(), has_more), (1, false), "a longer name narrows it");
    });
}

#[test]
fn something_has_to_be_looked_for() {
    on_both(async |server| {
        let manager = server.manager().await;
        registered(server, named("Exemple", "Claude")).await;
        let question = |value: Value| json!({"name": value});
        for nothing in [json!({}), json!({"name": null, "phone": null}), question(json!("-")), question(json!("' ' '")), question(json!("e"))] {
            let answer = ask(&manager, SEARCH, nothing.clone()).await.expect_problem(422, "INVALID");
            let codes: Vec<String> = answer.faults().into_iter().map(|(code, _)| code).collect();
            assert_eq!(codes, ["NOTHING_TO_SEARCH"], "{nothing}");
        }
        for (question, code, place) in [
            (question(json!("")), "TEXT_EMPTY", "/name"),
            (question(json!("a".repeat(101))), "TEXT_TOO_LONG", "/name"),
            (question(json!("a\u{7}b")), "CONTROL_CHARACTER", "/name"),
            (question(json!(7)), "WRONG_TYPE", "/name"),
            (json!({"last_name": "Exemple"}), "FIELD_UNKNOWN", "/last_name"),
            (json!({"birth_date": "12/05/1985"}), "DAY_MALFORMED", "/birth_date"),
            (json!({"person_reference": "87-0000-0000-1"}), "PERSON_REFERENCE_INVALID", "/person_reference"),
            (json!({"nir": "1850587999123 88"}), "NIR_KEY_WRONG", "/nir"),
            (json!({"phone": "061234567"}), "PHONE_INVALID", "/phone"),
            (json!({"email": "claude"}), "EMAIL_MALFORMED", "/email"),
            (json!({"france_travail_id": "1234567890"}), "FRANCE_TRAVAIL_ID_INVALID", "/france_travail_id"),
        ] {
            assert_faults(ask(&manager, SEARCH, question).await, &[(code, place)]);
        }
        // The longest that is read, and a name of nothing but particles.
        assert_eq!(found(&manager, question(json!("a".repeat(100)))).await, exactly(&[]));
        assert_eq!(found(&manager, question(json!("de la"))).await, exactly(&[]));
        let many: String = "ab cd ef gh ij kl mn op qr st uv wx yz ".repeat(2);
        assert_eq!(found(&manager, question(json!(many))).await, exactly(&[]));
    });
}

/// A name of a hundred letters, the nth of its kind, in parts of a dozen.
fn longest_name(n: u32, letters: std::ops::Range<u32>) -> String {
    let mut drawn = n + 1;
    let letter = |place| {
        drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if place % 13 == 12 { ' ' } else { char::from_u32(letters.start + (drawn >> 8) % (letters.end - letters.start)).unwrap() }
    };
    (0..100).map(letter).collect()
}

/// PostgreSQL refuses a row of an index over 2,704 bytes, and that of names holds all the words of a person: Korean syllables come apart into
/// three letters each, rare ideographs take four bytes.
#[test]
fn the_longest_names_are_registered_and_found_whatever_their_letters() {
    on_both(async |server| {
        let manager = server.manager().await;
        for letters in [0xac00..0xd7a4, 0x2_0000..0x2_a6d7] {
            let [last, first, birth] = [0, 1, 2].map(|n| longest_name(n, letters.clone()));
            let person = registered(server, with(named(&last, &first), json!({"birth_name": birth}))).await;
            for name in [last, first, birth] {
                assert_eq!(found(&manager, json!({"name": name})).await, exactly(&[&person]));
            }
        }
    });
}

#[test]
fn nobody_is_searched_by_an_address() {
    on_both(async |server| {
        let manager = server.manager().await;
        let person = registered(server, with(born("Exemple", "Claude", "1985-05-12"), json!({"phone": "0612345678"}))).await;
        for path in [SEARCH.to_owned(), format!("{SEARCH}?name=exemple"), MATCH.to_owned()] {
            let answer = manager.get(&path).await.expect_problem(405, "METHOD_NOT_ALLOWED");
            assert_eq!(answer.header("allow"), Some("POST"));
        }
        for (name, value) in [
            ("name", "Exemple"),
            ("last_name", "Exemple"),
            ("birth_date", "1985-05-12"),
            ("phone", "0612345678"),
            ("person_reference", person.reference.as_str()),
            ("nir", "1850587999001"),
            ("q", "Exemple"),
        ] {
            let refused = manager.get(&format!("{PEOPLE}?{name}={}", encoded(value))).await.expect(400);
            assert!(!refused.text().contains(value), "{}", refused.text());
        }
        // Nor is a search itself asked with one.
        let question = json!({"name": "exemple"});
        let refused = manager.ask("POST", &format!("{SEARCH}?name=exemple")).json(&question).send().await;
        assert_ne!(refused.status, 200, "{}", refused.text());
    });
}

#[test]
fn each_person_shown_leaves_a_trace() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let (one, two) = (given.person().await, given.person().await);
        registered(server, named("Autre", "Dominique")).await;
        let both = ask(&manager, SEARCH, json!({"name": "exemple"})).await.expect(200);
        let none = ask(&manager, SEARCH, json!({"name": "personne"})).await.expect(200);
        let log = log_by_request(server).await;
        let line = &log[both.header("x-request-id").unwrap()];
        assert_eq!((&line["operation"], people_of(line)), (&json!("searchBeneficiaries"), BTreeSet::from([one.id, two.id])));
        assert!(!log.contains_key(none.header("x-request-id").unwrap()));
    });
}
