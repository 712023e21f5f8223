//! The look before registering: every rule, over the whole département, and how little it tells of people elsewhere.

use std::collections::BTreeSet;

use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use persistence::Engine;
use serde_json::{Value, json};

use super::{MATCH, PEOPLE, ask, born, merge, named, registered};
use crate::referrals::{assert_faults, with};
use crate::visibility::{log_by_request, people_of};

/// Pairs of people, and the rule by which the second may be the first; none where nobody would think so. No two pairs resemble each other.
pub(crate) fn likenesses(server: &TestServer) -> Vec<(Option<&'static str>, Value, Value)> {
    let given = server.given();
    let day = "1985-05-12";
    let mut all = Vec::new();
    let mut pair = |rule: Option<&'static str>, known: Value, wanted: Value| all.push((rule, known, wanted));
    let (probable, birth_name, swapped) = (Some("name_birth_date"), Some("birth_name_birth_date"), Some("swapped_names_birth_date"));
    let (similar, unknown, digits) = (Some("similar_name_birth_date"), Some("name_birth_date_unknown"), Some("name_birth_date_digits"));
    let (phone, email) = (Some("phone_first_name"), Some("email_first_name"));
    let born_as = |order: Value, name: &str| with(order, json!({"birth_name": name}));

    pair(probable, born("Lefèvre-Exemple", "Noëlle", day), born("LEFEVRE EXEMPLE", "noelle", day));
    pair(probable, born("de la Tour", "Anne-Marie", day), born("Delatour", "Annemarie", day));
    pair(probable, born("El Amrani", "Zohra", day), born("Amrani", "Zohra", day));
    let (name, other) = (given.surname(), given.surname());
    pair(birth_name, born_as(born(&name, "Odile", day), &other), born(&other, "Odile", day));
    let (name, other) = (given.surname(), given.surname());
    pair(birth_name, born(&name, "Sabine", day), born_as(born(&other, "Sabine", day), &name));
    let name = given.surname();
    pair(swapped, born(&name, "Thibault", day), born("Thibault", &name, day));
    let name = given.surname();
    pair(similar, born(&name, "Gwenaëlle", day), born(&format!("{name}k"), "Gwenaëlle", day));
    pair(similar, born("Philippeau", "Ursule", day), born("Filipo", "Ursule", day));
    for (one, other) in [(json!(day), Value::Null), (Value::Null, json!(day)), (Value::Null, Value::Null)] {
        let name = given.surname();
        let order = |birth_date: Value| with(named(&name, "Yvette"), json!({"birth_date": birth_date}));
        pair(unknown, order(one), order(other));
    }
    for mistyped in ["1985-12-05", "1985-05-13", "1986-05-12"] {
        let name = given.surname();
        pair(digits, born(&name, "Wanda", day), born(&name, "Wanda", mistyped));
    }
    for (place, birth_date) in [Value::Null, json!(day), json!("1985-12-05")].into_iter().enumerate() {
        let first_name = ["Xavière", "Quitterie", "Kelly"][place];
        for (rule, shared) in
            [(phone, json!({"phone": format!("061234560{place}")})), (email, json!({"email": format!("famille{place}@example.test")}))]
        {
            let (name, other) = (given.surname(), given.surname());
            let known = with(born(&name, first_name, day), shared.clone());
            pair(rule, known, with(with(named(&other, first_name), json!({"birth_date": birth_date})), shared));
        }
    }
    // Nobody would think so: another birth date, another first name whatever is shared, nearly the same names without a birth date.
    let shared = json!({"phone": "0555000099", "email": "couple@example.test"});
    for (known, wanted) in [
        (born("", "Marie", "1958-03-21"), born("", "Marie", "1984-07-02")),
        (born("", "Irène", day), born("", "Bertrand", day)),
        (named("", "Lucie"), named("", "Octave")),
    ] {
        let name = json!({"last_name": given.surname()});
        pair(None, with(with(known, name.clone()), shared.clone()), with(with(wanted, name), shared.clone()));
    }
    let name = given.surname();
    pair(None, named(&name, "Frédérique"), named(&format!("{name}k"), "Frédérique"));
    let name = given.surname();
    pair(None, named(&name, "Sidonie"), named("Sidonie", &name));
    all
}

/// The order of a person as the question whether they are there.
fn wanted(order: &Value) -> Value {
    let names = ["last_name", "first_name", "birth_name", "birth_date", "nir", "france_travail_id", "phone", "email"];
    let kept = order.as_object().unwrap().iter().filter(|(name, _)| names.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Outcome, rule, and each candidate with theirs.
fn verdict(answer: &Answer) -> (Value, Value, Vec<(Value, Value, Value)>) {
    let body = answer.json();
    let candidates = body["candidates"].as_array().unwrap().iter();
    let candidates = candidates.map(|one| (one["beneficiary_id"].clone(), one["outcome"].clone(), one["rule"].clone())).collect();
    (body["outcome"].clone(), body["rule"].clone(), candidates)
}

async fn asked(by: &Client, question: Value) -> Answer {
    ask(by, MATCH, question).await.expect(200)
}

#[test]
fn names_birth_dates_phones_and_addresses_make_somebody_probable() {
    on_both(async |server| {
        let manager = server.manager().await;
        for (rule, known, order) in likenesses(server) {
            let person = registered(server, known.clone()).await;
            let answer = asked(&manager, wanted(&order)).await;
            let Some(rule) = rule else {
                assert_eq!(verdict(&answer), (json!("none"), Value::Null, Vec::new()), "{known} {order}");
                continue;
            };
            let (probable, rule) = (json!("probable"), json!(rule));
            assert_eq!(verdict(&answer), (probable.clone(), rule.clone(), vec![(json!(person.id), probable, rule)]), "{known} {order}");
            let territory = super::read(server, &person).await.field("territory_id");
            let expected = json!({
                "beneficiary_id": person.id, "person_reference": person.reference, "territory_id": territory, "outcome": "probable", "rule": answer.json()["rule"],
                "last_name": known["last_name"], "first_name": known["first_name"], "birth_date": known["birth_date"], "in_reach": true,
            });
            assert_eq!(answer.json()["candidates"], json!([expected]));
        }
    });
}

#[test]
fn an_identifier_makes_somebody_certain_or_contradicts_the_files() {
    on_both(async |server| {
        const DAY: &str = "1985-05-12";
        const NIR: &str = "2850587999001";
        const OTHER_NIR: &str = "2850587999002";
        const PROVISIONAL: &str = "7850587999001";
        const FRANCE_TRAVAIL: &str = "12345678901";
        let (manager, given) = (server.manager().await, server.given());
        let known = registered(server, with(born("Exemple", "Marie", DAY), json!({"france_travail_id": FRANCE_TRAVAIL}))).await;
        given.nir(&known, NIR).await;
        let provisional = registered(server, born("Provisoire", "Lucie", DAY)).await;
        given.nir(&provisional, PROVISIONAL).await;
        let old_form = registered(server, with(born("Ancienne", "Irène", DAY), json!({"france_travail_id": "1234567A"}))).await;
        let nobody = None::<(&str, &str, &api_tests::given::Person)>;
        let stranger = || born("Inconnu", "Octave", "1960-01-20");
        for (order, more, expected) in [
            // The same number: the names or the birth date have to agree.
            (born("Exemple", "Marie", DAY), json!({"nir": NIR}), Some(("exact", "nir", &known))),
            (born("EXEMPLE", "Marie", "1960-01-20"), json!({"nir": "2 85 05 87 999 001"}), Some(("exact", "nir", &known))),
            (named("Exemple", "Marie"), json!({"nir": NIR}), Some(("exact", "nir", &known))),
            (born("Inconnu", "Octave", DAY), json!({"nir": NIR}), Some(("exact", "nir", &known))),
            (stranger(), json!({"nir": NIR}), Some(("conflict", "nir_other_person", &known))),
            (named("Inconnu", "Octave"), json!({"nir": NIR}), Some(("conflict", "nir_other_person", &known))),
            (born("Provisoire", "Lucie", DAY), json!({"nir": PROVISIONAL}), Some(("exact", "nir", &provisional))),
            // The same identifier of France Travail, in its new form: the names have to agree.
            (named("Exemple", "Marie"), json!({"france_travail_id": FRANCE_TRAVAIL}), Some(("exact", "france_travail_id", &known))),
            (
                born("Inconnu", "Octave", DAY),
                json!({"france_travail_id": FRANCE_TRAVAIL}),
                Some(("conflict", "france_travail_id_other_person", &known)),
            ),
            (stranger(), json!({"france_travail_id": FRANCE_TRAVAIL}), Some(("conflict", "france_travail_id_other_person", &known))),
            (stranger(), json!({"france_travail_id": "1234567A"}), nobody),
            (born("Ancienne", "Irène", DAY), json!({"france_travail_id": "1234567A"}), Some(("probable", "name_birth_date", &old_form))),
            // Two definitive numbers are two people, or an error; a provisional one says nothing.
            (born("Exemple", "Marie", DAY), json!({"nir": OTHER_NIR}), Some(("conflict", "same_identity_other_nir", &known))),
            (born("Exemple", "Marie", DAY), json!({"nir": PROVISIONAL.replace("001", "002")}), Some(("probable", "name_birth_date", &known))),
            (born("Provisoire", "Lucie", DAY), json!({"nir": OTHER_NIR}), Some(("probable", "name_birth_date", &provisional))),
            (stranger(), json!({"nir": OTHER_NIR}), nobody),
        ] {
            let answer = asked(&manager, with(order.clone(), more.clone())).await;
            let expected = match expected {
                None => (json!("none"), Value::Null, Vec::new()),
                Some((outcome, rule, person)) => (json!(outcome), json!(rule), vec![(json!(person.id), json!(outcome), json!(rule))]),
            };
            assert_eq!(verdict(&answer), expected, "{order} {more}");
        }
    });
}

#[test]
fn several_candidates_are_told_the_best_first_and_a_conflict_is_one() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let day = "1985-05-12";
        let by_name = registered(server, born("Exemple", "Marie", day)).await;
        let by_number = registered(server, born("Exemple", "Marie", "1958-03-21")).await;
        given.nir(&by_number, "2580387999001").await;
        let by_identifier = registered(server, with(born("Exemple", "Marie", "1999-09-30"), json!({"france_travail_id": "12345678901"}))).await;
        let elsewhere = registered(server, with(born("Autre", "Paul", "1977-07-07"), json!({"france_travail_id": "98765432109"}))).await;
        let order = |more: Value| with(born("Exemple", "Marie", day), more);
        let told = async |more: Value| {
            let (outcome, rule, candidates) = verdict(&asked(&manager, order(more)).await);
            (outcome, rule, candidates.into_iter().map(|(id, ..)| id).collect::<Vec<_>>())
        };
        let ids = |people: &[&api_tests::given::Person]| people.iter().map(|person| json!(person.id)).collect::<Vec<_>>();
        let nir = json!({"nir": "2580387999001"});
        assert_eq!(told(json!({})).await, (json!("probable"), json!("name_birth_date"), ids(&[&by_name])));
        assert_eq!(told(nir.clone()).await, (json!("exact"), json!("nir"), ids(&[&by_number, &by_name])));
        let both = with(nir.clone(), json!({"france_travail_id": "12345678901"}));
        assert_eq!(told(both).await, (json!("conflict"), json!("several_exact"), ids(&[&by_number, &by_identifier, &by_name])));
        let stranger = with(nir, json!({"france_travail_id": "98765432109"}));
        let (outcome, rule, mut candidates) = told(stranger).await;
        assert_eq!((outcome, rule), (json!("conflict"), json!("france_travail_id_other_person")));
        candidates.sort_by_key(ToString::to_string);
        let mut expected = ids(&[&by_number, &elsewhere, &by_name]);
        expected.sort_by_key(ToString::to_string);
        assert_eq!(candidates, expected);
    });
}

#[test]
fn twenty_candidates_are_told_at_most() {
    on_both(async |server| {
        let manager = server.manager().await;
        for _ in 0..23 {
            server.given().person().await;
        }
        let answer = asked(&manager, named("Exemple", "Claude")).await;
        let (outcome, rule, candidates) = verdict(&answer);
        assert_eq!((outcome, rule, candidates.len()), (json!("probable"), json!("name_birth_date_unknown"), 20));
        let ids: BTreeSet<String> = candidates.iter().map(|(id, ..)| id.to_string()).collect();
        assert_eq!(ids.len(), 20, "each once");
        assert_eq!(asked(&manager, named("Exemple", "Claude")).await.text(), answer.text(), "the same each time");
    });
}

#[test]
fn of_people_elsewhere_a_caseworker_learns_where_to_ask_and_nothing_else() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworker = server.caseworker(&[&here]).await;
        let of = |order: Value, territory: &str| with(order, json!({"territory_id": territory}));
        let mine = registered(server, of(born("Exemple", "Éléonore", "1985-05-12"), &here)).await;
        let foreign = registered(server, of(born("Exemple", "Éléonore", "1958-03-21"), &elsewhere)).await;
        let unknown = named("EXEMPLE", "Eleonore");
        let answer = asked(&caseworker, unknown.clone()).await;
        let found = answer.json()["candidates"].clone();
        let candidate =
            |person: &api_tests::given::Person| found.as_array().unwrap().iter().find(|one| one["beneficiary_id"] == json!(person.id)).unwrap();
        let told = |person: &api_tests::given::Person, territory: &str, more: Value| {
            let shared = json!({
                "beneficiary_id": person.id, "person_reference": person.reference, "territory_id": territory, "outcome": "probable",
                "rule": "name_birth_date_unknown",
            });
            with(shared, more)
        };
        let in_reach = json!({"last_name": "Exemple", "first_name": "Éléonore", "birth_date": "1985-05-12", "in_reach": true});
        assert_eq!(candidate(&mine), &told(&mine, &here, in_reach));
        let out_of_reach = json!({"last_name": null, "first_name": null, "birth_date": null, "in_reach": false});
        assert_eq!(candidate(&foreign), &told(&foreign, &elsewhere, out_of_reach));
        assert!(!answer.text().contains("1958"), "{}", answer.text());
        // Breaking the glass opens them.
        let grant = json!({"person_reference": foreign.reference, "reason": "Accueil en urgence"});
        caseworker.post("/v1/access-grants", grant).await.expect(201);
        let again = asked(&caseworker, unknown.clone()).await.json();
        assert!(again["candidates"].as_array().unwrap().iter().all(|one| one["in_reach"] == true && one["last_name"] == "Exemple"));
        // A manager accompanies everybody.
        let all = asked(&server.manager().await, unknown).await.json();
        assert!(all["candidates"].as_array().unwrap().iter().all(|one| one["in_reach"] == true && one["birth_date"].is_string()));
    });
}

#[test]
fn a_delegates_caseworker_does_not_look_over_the_departement() {
    on_both(async |server| {
        let plie = server.given().organisation_of("plie").await;
        let id = server.invite("caseworker", &plie, &[]).await;
        let delegate = server.professional("a delegate's caseworker", &id);
        registered(server, named("Exemple", "Claude")).await;
        let refused = ask(&delegate, MATCH, named("Exemple", "Claude")).await.expect_problem(403, "FUNCTION_DENIED");
        assert!(refused.header("www-authenticate").unwrap_or_default().contains("insufficient_scope"));
        let me = delegate.get("/v1/me").await.expect(200).json();
        assert!(!me["functions"].as_array().unwrap().contains(&json!("match_beneficiary")), "{me}");
        for by in [server.auditor().await, server.analyst().await, server.administrator(), server.partner(&plie).await] {
            ask(&by, MATCH, named("Exemple", "Claude")).await.expect_problem(403, "FUNCTION_DENIED");
        }
    });
}

#[test]
fn a_match_stores_nothing_and_needs_no_key() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let manager = server.manager().await;
        registered(&server, born("Exemple", "Claude", "1985-05-12")).await;
        let rival = Rival::connect(&database.url).await;
        let count = async || {
            let mut all = Vec::new();
            for table in ["beneficiary", "beneficiary_name", "beneficiary_nir", "household", "idempotency", "event", "revision"] {
                all.push(rival.number(&format!("select count(*) from {table}")).await.unwrap());
            }
            all
        };
        let before = count().await;
        let question = with(born("Exemple", "Claude", "1985-05-12"), json!({"nir": "1850587999001", "phone": "0612345678"}));
        let first = asked(&manager, question.clone()).await;
        assert_eq!(asked(&manager, question.clone()).await.text(), first.text());
        // A key is nothing to it: another question under the same is answered.
        for order in [question, named("Autre", "Dominique")] {
            manager.ask("POST", MATCH).header("Idempotency-Key", "a-key-that-is-nothing-to-it").json(&order).send().await.expect(200);
        }
        assert_eq!(count().await, before);
        assert_eq!((first.header("location"), first.header("cache-control")), (None, Some("no-store")));
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn each_person_named_leaves_a_trace() {
    on_both(async |server| {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworker = server.caseworker(&[&here]).await;
        let (one, two) = (given.person_in(&here).await, given.person_in(&elsewhere).await);
        given.person_with(json!({"last_name": "Autre", "first_name": "Dominique"})).await;
        let both = asked(&caseworker, named("Exemple", "Claude")).await;
        let none = asked(&caseworker, named("Personne", "Inconnue")).await;
        let log = log_by_request(server).await;
        let line = &log[both.header("x-request-id").unwrap()];
        assert_eq!((&line["operation"], &line["actor_id"]), (&json!("matchBeneficiary"), &json!(caseworker.id())));
        assert_eq!(people_of(line), BTreeSet::from([one.id, two.id]));
        assert!(!log.contains_key(none.header("x-request-id").unwrap()), "nobody was named");
    });
}

#[test]
fn whoever_was_merged_is_a_candidate_as_the_survivor() {
    on_both(async |server| {
        let manager = server.manager().await;
        let stays = registered(server, born("Exemple", "Claude", "1960-05-12")).await;
        let goes = registered(server, with(born("Naissance", "Dominique", "1960-01-20"), json!({"phone": "0612345678"}))).await;
        server.given().nir(&goes, "1600187999001").await;
        merge(&manager, &stays, &goes).await.expect(200);
        let former = asked(&manager, born("Naissance", "Dominique", "1960-01-20")).await;
        let (probable, rule) = (json!("probable"), json!("name_birth_date"));
        assert_eq!(verdict(&former), (probable.clone(), rule.clone(), vec![(json!(stays.id), probable, rule)]));
        let told = ["person_reference", "last_name", "first_name", "birth_date"].map(|name| former.json()["candidates"][0][name].clone());
        assert_eq!(told, [json!(stays.reference), json!("Exemple"), json!("Claude"), json!("1960-05-12")], "as they are called now");
        let by_phone = asked(&manager, with(named("Autre", "Dominique"), json!({"phone": "0612345678"}))).await;
        assert_eq!(by_phone.json()["candidates"][0]["beneficiary_id"], json!(stays.id));
        let question = with(born("Exemple", "Claude", "1960-05-12"), json!({"nir": "1600187999001"}));
        let (outcome, rule, found) = verdict(&asked(&manager, question).await);
        assert_eq!((outcome, rule, &found[0].0, found.len()), (json!("exact"), json!("nir"), &json!(stays.id), 1));
    });
}

#[test]
fn what_is_wrong_with_a_question_is_told_with_its_place() {
    on_both(async |server| {
        let manager = server.manager().await;
        let order = |more: Value| with(named("Exemple", "Claude"), more);
        for (question, code, place) in [
            (json!({"first_name": "Claude"}), "FIELD_MISSING", "/last_name"),
            (json!({"last_name": "Exemple"}), "FIELD_MISSING", "/first_name"),
            (order(json!({"first_name": "a".repeat(101)})), "TEXT_TOO_LONG", "/first_name"),
            (order(json!({"nir": "1850587999123 88"})), "NIR_KEY_WRONG", "/nir"),
            (order(json!({"nir": "5850587999123"})), "NIR_INVALID", "/nir"),
            (order(json!({"file_number": "1234567"})), "FIELD_UNKNOWN", "/file_number"),
        ] {
            assert_faults(ask(&manager, MATCH, question).await, &[(code, place)]);
        }
        manager.get(&format!("{PEOPLE}?last_name=Exemple")).await.expect(400);
        manager.get(MATCH).await.expect(405);
    });
}
