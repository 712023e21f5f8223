//! Who may call what: every operation of the served document is walked, by everybody who may and everybody who may not. What somebody
//! sees of it is in `visibility`.

use std::collections::BTreeSet;

use api_tests::contract::{ForClients, Operation, contract};
use api_tests::database::{foreign_keys_dir, keys_dir};
use api_tests::forgery::{Forger, forgeries};
use api_tests::{Answer, Client, TestServer, on_both};

use crate::table::{ABSENT, ROLES, SCOPES, World};

/// What anybody may ask without a token.
const PUBLIC: [&str; 8] = ["createToken", "isAlive", "isReady", "listProblems", "readAuthorizationServer", "readKeys", "readOpenApi", "readProblem"];

fn protected() -> impl Iterator<Item = &'static Operation> {
    contract().operations.iter().filter(|operation| !operation.public)
}

/// The operation with ids of nothing, a body that is no JSON and no key: whoever may not use it must not learn even that.
async fn garbage(by: &Client, operation: &Operation) -> Answer {
    let ask = by.ask(&operation.method, &operation.path_with(|_| ABSENT.to_owned()));
    if operation.method == "GET" { ask.send().await } else { ask.json_text("{\"garbage").send().await }
}

fn assert_denied(answer: Answer, operation: &Operation) {
    let answer = answer.expect_problem(403, "FUNCTION_DENIED");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"insufficient_scope\""), "{}: {challenge}", answer.asked);
    if let ForClients::Scope(scope) = &operation.clients {
        assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{}: {challenge}", answer.asked);
    }
}

/// Past who and what: refused for the garbage in it, or answered.
fn assert_let_through(answer: &Answer) {
    assert!(matches!(answer.status, 200 | 400 | 404), "{}: {} {}", answer.asked, answer.status, answer.text());
}

/// A machine that may have every scope, asking for some of them.
async fn machine_with(server: &TestServer, scopes: &[&str]) -> Client {
    let organisation = server.given().organisation_of("pole_emploi").await;
    let (id, secret) = server.given().credentials(&organisation, &SCOPES).await;
    server.machine(&format!("client with {scopes:?}"), &id, &secret, Some(&scopes.join(" ")))
}

#[test]
fn every_operation_has_an_example_and_every_example_an_operation() {
    on_both(async |server| {
        let served = server.anonymous().get("/openapi.json").await.expect(200);
        assert_eq!(served.text(), api::openapi::text(), "the document that is walked is the one that is served");
        let world = World::new(server).await;
        let examples: BTreeSet<&str> = world.examples().iter().map(|example| example.operation).collect();
        assert_eq!(examples.len(), world.examples().len(), "one example each");
        let documented: BTreeSet<&str> = protected().map(|operation| operation.id.as_str()).collect();
        let uncovered: BTreeSet<&str> = include_str!("../uncovered.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let lacking: BTreeSet<&str> = documented.difference(&examples).copied().collect();
        assert_eq!(lacking, uncovered, "operations without an example are those of tests/uncovered.txt");
        assert!(uncovered.is_empty(), "tests/uncovered.txt is empty: {uncovered:?}");
        let invented: Vec<&&str> = examples.difference(&documented).collect();
        assert!(invented.is_empty(), "no operation of the document: {invented:?}");
    });
}

#[test]
fn what_is_public_is_listed_by_name() {
    let public: BTreeSet<&str> = contract().operations.iter().filter(|operation| operation.public).map(|operation| operation.id.as_str()).collect();
    assert_eq!(public, BTreeSet::from(PUBLIC));
}

/// The control of every refusal in this file and in `visibility`: the same examples are accepted from those whose job it is.
#[test]
fn every_example_is_accepted_from_those_whose_job_it_is() {
    on_both(async |server| {
        let world = World::new(server).await;
        for example in world.examples() {
            example.send(world.caller(example.by)).await.expect(example.status);
        }
    });
}

#[test]
fn nothing_but_what_is_public_answers_without_a_good_token() {
    on_both(async |server| {
        let good = server.administrator().token().await.unwrap();
        let forged = forgeries(&good, keys_dir());
        let named = |label: &str| forged.iter().find(|(name, _)| *name == label).unwrap_or_else(|| panic!("no forgery {label}")).1.clone();
        let cases = [
            (server.anonymous(), "UNAUTHENTICATED"),
            (server.bearer("expired", &named("expired an hour ago")), "TOKEN_EXPIRED"),
            (server.bearer("another audience", &named("another audience, well signed")), "TOKEN_INVALID"),
            (server.bearer("another key", &Forger::new(&good, foreign_keys_dir()).claim("principal_kind", "professional")), "TOKEN_INVALID"),
            (server.bearer("no token", "not-a-token"), "TOKEN_INVALID"),
        ];
        for operation in protected() {
            for (nobody, code) in &cases {
                let refused = garbage(nobody, operation).await.expect_problem(401, code);
                assert!(refused.header("www-authenticate").unwrap_or_default().starts_with("Bearer"), "{}", refused.asked);
            }
        }
        server.bearer("the good one", &good).get("/v1/me").await.expect(200);
    });
}

#[test]
fn nobody_learns_without_a_token_which_routes_there_are() {
    on_both(async |server| {
        let anonymous = server.anonymous();
        for path in ["/v1", "/v1/", "/v1/nothing", "/v1/sessions/", "/v1/sessions/x/y/z", "/v1//sessions"] {
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
                let answer = anonymous.ask(method, path).send().await;
                assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "{}", answer.asked);
            }
        }
    });
}

#[test]
fn a_machine_without_the_scope_is_refused_whatever_it_sends() {
    on_both(async |server| {
        let organisation = server.given().organisation_of("pole_emploi").await;
        let (id, secret) = server.given().credentials(&organisation, &SCOPES).await;
        let asking = |scopes: &[&str]| server.machine(&format!("client with {scopes:?}"), &id, &secret, Some(&scopes.join(" ")));
        let with_all = asking(&SCOPES);
        let lacking: Vec<(&str, Client)> =
            SCOPES.iter().map(|lacked| (*lacked, asking(&SCOPES.iter().copied().filter(|scope| scope != lacked).collect::<Vec<_>>()))).collect();
        let only: Vec<(&str, Client)> = SCOPES.iter().map(|scope| (*scope, asking(&[scope]))).collect();
        for operation in protected() {
            match &operation.clients {
                ForClients::Never => assert_denied(garbage(&with_all, operation).await, operation),
                ForClients::Any => {
                    for (_, client) in &only {
                        assert_let_through(&garbage(client, operation).await);
                    }
                }
                ForClients::Scope(needed) => {
                    let client = &lacking.iter().find(|(lacked, _)| lacked == needed).unwrap().1;
                    assert_denied(garbage(client, operation).await, operation);
                    assert_let_through(&garbage(&only.iter().find(|(scope, _)| scope == needed).unwrap().1, operation).await);
                }
            }
        }
    });
}

#[test]
fn a_token_carries_no_more_than_it_was_asked_for() {
    on_both(async |server| {
        let narrow = machine_with(server, &["referrals:receive"]).await;
        narrow.get("/v1/sessions").await.expect_problem(403, "FUNCTION_DENIED");
        let me = narrow.get("/v1/me").await.expect(200).json();
        assert_eq!(me["scopes"], serde_json::json!(["referrals:receive"]));
        machine_with(server, &["sessions:read"]).await.get("/v1/sessions").await.expect(200);
    });
}

#[test]
fn a_role_without_the_function_is_refused_whatever_it_sends_and_the_others_are_not() {
    on_both(async |server| {
        let world = World::new(server).await;
        let delegate = server.given().organisation_of("plie").await;
        let delegated = server.professional("caseworker of a delegate", &server.invite("caseworker", &delegate, &[]).await);
        for operation in protected() {
            for role in ROLES {
                let answer = garbage(world.caller(role), operation).await;
                if operation.roles.iter().any(|one| one == role) { assert_let_through(&answer) } else { assert_denied(answer, operation) }
            }
            let answer = garbage(&delegated, operation).await;
            // Breaking the glass and looking over the whole département are the département's own.
            let is_its_own = ["takeAccessGrant", "matchBeneficiary"].contains(&operation.id.as_str());
            let may = operation.roles.iter().any(|one| one == "caseworker") && !is_its_own;
            if may { assert_let_through(&answer) } else { assert_denied(answer, operation) }
        }
    });
}

#[test]
fn a_path_without_a_thing_is_404_once_the_body_is_right() {
    on_both(async |server| {
        let world = World::new(server).await;
        for example in world.examples() {
            for place in 0..example.ids.len() {
                for id in [ABSENT, "not-an-id", "0", "00000000-0000-0000-0000-000000000000", "%27", &ABSENT.to_uppercase()] {
                    let mut ids = example.ids.clone();
                    id.clone_into(&mut ids[place]);
                    let answer = example.send_to(world.caller(example.by), &ids, "\"1.00000000\"").await;
                    answer.expect_problem(404, "NOT_FOUND");
                }
            }
        }
    });
}

#[test]
fn me_tells_each_caller_the_functions_that_the_walk_finds_open_to_them() {
    on_both(async |server| {
        let world = World::new(server).await;
        let delegate = server.given().organisation_of("plie").await;
        let delegated = server.professional("caseworker of a delegate", &server.invite("caseworker", &delegate, &[]).await);
        let machine = machine_with(server, &["sessions:read"]).await;
        for caller in ROLES.iter().map(|role| world.caller(role)).chain([&delegated, &machine]) {
            let me = caller.get("/v1/me").await.expect(200).json();
            let told: BTreeSet<&str> = me["functions"].as_array().unwrap().iter().filter_map(|one| one.as_str()).collect();
            let mut open = BTreeSet::new();
            for operation in protected() {
                if garbage(caller, operation).await.status != 403 {
                    open.extend(operation.permission.as_deref());
                }
            }
            assert_eq!(told, open, "{}", caller.name());
        }
    });
}
