//! What must never leave: the names, references and words of people, secrets and tokens are looked for in everything that the server
//! logged, in its refusals and in the addresses it gave. Who may see them in an answer is in `visibility`.

use api_tests::client::{encoded, fresh_key};
use api_tests::database::keys_dir;
use api_tests::given::PARTNER_SCOPES;
use api_tests::{Answer, Client, TestServer, logs, on_both, raw};
use serde_json::json;

/// The marks, each of a kind of its own, that stand in no other test.
const LAST_NAME: &str = "Zyxcanaryname";
const FIRST_NAME: &str = "Zyxcanaryfirst";
const BIRTH_DATE: &str = "1931-07-09";
const WORDS: &str = "Zyxcanarywords";
const EMAIL: &str = "zyxcanary@example.test";
const SUBMITTED: &str = "zyxcanarysubmitted";

/// The control: what is logged is found, so what is not found was not logged.
#[test]
fn the_logs_are_listened_to_on_every_thread() {
    logs::listen();
    let mark = "zyxcontrol-of-the-canary";
    tracing::debug!(target: "api::call", mark, "said on this thread");
    std::thread::spawn(move || tracing::info!(target: "persistence::db", "said on another: {mark}")).join().unwrap();
    assert_eq!(logs::written().matches(mark).count(), 2);
}

#[test]
fn a_request_is_logged_once_by_its_pattern_and_its_id() {
    on_both(async |server| {
        let association = server.given().sheet(1).await;
        let answer = server.manager().await.get(&association.sheet_path()).await.expect(200);
        let request = answer.header("x-request-id").unwrap();
        let written = logs::written();
        let lines: Vec<&str> = written.lines().filter(|line| line.contains(request)).collect();
        let answered: Vec<&&str> = lines.iter().filter(|line| line.contains("\"answered\"")).collect();
        assert_eq!(answered.len(), 1, "{lines:?}");
        assert!(answered[0].contains("/v1/sessions/{id}/attendance") && answered[0].contains("\"status\":200"), "{}", answered[0]);
        assert!(!written.contains(&format!("/v1/sessions/{}", association.session)), "the path itself points at somebody");
    });
}

/// Everything that a test saw.
#[derive(Default)]
struct Seen(Vec<Answer>);

impl Seen {
    fn keep(&mut self, answer: Answer) -> Answer {
        self.0.push(answer.clone());
        answer
    }

    /// What the server said apart from the bodies of good answers: refusals, and the headers of them all.
    fn refusals_and_headers(&self) -> String {
        let bodies = self.0.iter().filter(|answer| answer.status >= 400).map(Answer::text);
        let headers = self.0.iter().flat_map(|answer| answer.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        bodies.chain(headers).collect::<Vec<_>>().join("\n")
    }
}

#[track_caller]
pub(crate) fn assert_absent(text: &str, marks: &[&str], what: &str) {
    for mark in marks {
        let at = text.to_lowercase().find(&mark.to_lowercase());
        if let Some(at) = at {
            let (from, to) = (at.saturating_sub(200), (at + 200).min(text.len()));
            panic!("{mark} stands in {what}: …{}…", String::from_utf8_lossy(&text.as_bytes()[from..to]));
        }
    }
}

#[test]
fn no_name_reference_or_word_of_a_person_is_logged_refused_or_addressed() {
    on_both(async |server| {
        let mut seen = Seen::default();
        let given = server.given();
        let (manager, caseworker) = (server.manager().await, server.caseworker(&[]).await);
        let person = json!({"last_name": LAST_NAME, "first_name": FIRST_NAME, "birth_date": BIRTH_DATE, "commune_code": "87085"});
        let registered = seen.keep(manager.post("/v1/beneficiaries", person.clone()).await.expect(201));
        let reference = registered.field("person_reference");
        let path = registered.header("location").unwrap().to_owned();
        let person_of = api_tests::given::Person { id: registered.id(), reference: reference.clone() };
        let elsewhere = given.person_in(&given.territory(&["87001"]).await).await;
        let association = given.sheet_with(&given.organisation().await, vec![person_of.clone(), given.person().await]).await;
        let (partner, machine) = (server.partner(&association.organisation).await, server.client(&association.organisation, &PARTNER_SCOPES).await);

        // Read and written by everybody, well and badly.
        for by in [&manager, &caseworker, &partner, &machine] {
            for wanted in [
                &path,
                &association.sheet_path(),
                &format!("{}/history", association.sheet_path()),
                &format!("/v1/enrolments/{}", association.enrolments[0]),
            ] {
                seen.keep(by.get(wanted).await);
            }
            seen.keep(by.get(&format!("/v1/groups/{}/enrolments?limit=1", association.group)).await);
        }
        seen.keep(manager.get("/v1/beneficiaries?limit=1").await.expect(200));
        seen.keep(manager.edit(&path, person.clone()).await.expect(200));
        seen.keep(manager.put_if_match(&path, "\"1.00000000\"", person.clone()).await.expect(412));
        seen.keep(caseworker.post("/v1/access-grants", json!({"person_reference": elsewhere.reference, "reason": WORDS})).await.expect(201));
        seen.keep(partner.put(&association.sheet_path(), association.all_present()).await.expect(200));
        seen.keep(partner.command(&format!("{}/closure", association.sheet_path())).await.expect(200));
        let correction = json!({"enrolment_id": association.enrolments[0], "version": 1, "status": "absent_unexcused", "reason": WORDS});
        seen.keep(manager.post(&format!("{}/corrections", association.sheet_path()), correction.clone()).await.expect(200));
        seen.keep(manager.post(&format!("{}/corrections", association.sheet_path()), correction).await.expect(409));
        let assessment = json!({"next_step": "training", "text": WORDS});
        seen.keep(partner.put_if_match(&format!("/v1/enrolments/{}/assessment", association.enrolments[0]), "\"1.0\"", assessment).await.expect(200));
        let colleague =
            json!({"organisation_id": server.department(), "email": EMAIL, "last_name": LAST_NAME, "first_name": FIRST_NAME, "role": "manager"});
        seen.keep(server.administrator().post("/v1/professionals", colleague.clone()).await.expect(201));
        seen.keep(server.administrator().post("/v1/professionals", colleague).await.expect(409));
        seen.keep(manager.post("/v1/beneficiaries", person.clone()).await.expect_problem(409, "POSSIBLE_DUPLICATE"));
        let mut twin = person.clone();
        twin["distinct_from"] = json!([reference]);
        let key = fresh_key();
        for _ in 0..2 {
            seen.keep(manager.post_with_key("/v1/beneficiaries", &key, twin.clone()).await.expect(201));
        }
        let mut other = person.clone();
        other["first_name"] = json!(format!("{FIRST_NAME} Bis"));
        seen.keep(manager.post_with_key("/v1/beneficiaries", &key, other).await.expect(422));

        let marks = [LAST_NAME, FIRST_NAME, BIRTH_DATE, WORDS, EMAIL, &reference, &elsewhere.reference];
        assert_absent(&seen.refusals_and_headers(), &marks, "a refusal or a header");
        let pages = seen.0.iter().filter(|answer| answer.header("link").is_some() || answer.header("location").is_some()).count();
        assert!(pages >= 3, "Location and Link were looked at");
        server.stop().await;
        assert_absent(&logs::written(), &marks, "the logs");
    });
}

/// Requests that are refused for what they say, with the mark wherever a value can stand.
async fn refused_with_the_mark(server: &TestServer, by: &Client, seen: &mut Seen) {
    let mark = SUBMITTED;
    let upper = mark.to_uppercase();
    let bodies = [
        json!({"last_name": mark.repeat(200), "first_name": mark}),
        json!({"last_name": format!("{mark}\u{0}"), "first_name": mark}),
        json!({"last_name": [mark], "first_name": {"a": mark}}),
        json!({"last_name": mark, "first_name": mark, "birth_date": mark}),
        json!({"last_name": mark, "first_name": mark, "commune_code": mark}),
        json!({"last_name": mark, "first_name": mark, "territory_id": mark}),
        json!({"last_name": mark, "first_name": mark, "birth_date": "1800-01-01"}),
        json!({"last_name": mark, "first_name": mark, "unheard_of": mark}),
        json!({"last_name": mark}),
        json!([mark]),
        json!(mark),
    ];
    for body in bodies {
        let answer = by.post("/v1/beneficiaries", body).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        seen.keep(answer);
    }
    for text in [format!("{{\"last_name\":\"{mark}\""), format!("{{\"last_name\":\"{mark}\",\"last_name\":\"{mark}\"}}"), mark.to_owned()] {
        seen.keep(by.ask("POST", "/v1/beneficiaries").key().json_text(text).send().await.expect(400));
    }
    seen.keep(by.post("/v1/access-grants", json!({"person_reference": mark, "reason": mark})).await);
    seen.keep(
        server
            .administrator()
            .post("/v1/professionals", json!({"organisation_id": mark, "email": mark, "last_name": mark, "first_name": mark, "role": mark}))
            .await
            .expect(422),
    );
    seen.keep(server.administrator().post("/v1/territories", json!({"code": upper, "name": mark, "commune_codes": [mark]})).await.expect(422));
    for query in [
        format!("limit={mark}"),
        format!("cursor={mark}"),
        format!("updated_since={mark}"),
        format!("from={mark}"),
        format!("group_id={mark}"),
        format!("sheet={mark}"),
        format!("limit=1&limit={mark}"),
        format!("unheard_of={mark}"),
        format!("limit=%ff{mark}"),
    ] {
        seen.keep(by.get(&format!("/v1/sessions?{query}")).await.expect(400));
    }
    for path in [
        format!("/v1/sessions/{mark}"),
        format!("/v1/{mark}"),
        format!("/v1/reference/{mark}"),
        format!("/{mark}"),
        format!("/problems/{mark}"),
        format!("/docs/{mark}"),
        format!("/v1/beneficiaries/{}", encoded(mark)),
    ] {
        seen.keep(by.get(&path).await.expect(404));
    }
    seen.keep(by.ask("DELETE", &format!("/v1/sessions/{mark}")).send().await);
    let ask = || by.ask("POST", "/v1/beneficiaries");
    seen.keep(ask().header("Idempotency-Key", &format!("{mark} {mark}")).json(&json!({})).send().await.expect(400));
    seen.keep(ask().header("Content-Type", mark).bytes(mark).send().await.expect(415));
    seen.keep(by.ask("GET", "/v1/sessions").header("Accept", mark).send().await.expect(406));
    seen.keep(
        by.ask("GET", "/v1/sessions")
            .header("traceparent", mark)
            .header("X-Request-Id", mark)
            .header("User-Agent", mark)
            .header("Cookie", mark)
            .send()
            .await
            .expect(200),
    );
    for value in [format!("Bearer {mark}"), format!("Basic {mark}"), mark.to_owned()] {
        seen.keep(server.anonymous().ask("GET", "/v1/me").header("Authorization", &value).send().await.expect(401));
    }
    let grant = ("grant_type", "client_credentials");
    for form in [
        vec![grant, ("client_id", mark), ("client_secret", mark)],
        vec![("grant_type", mark)],
        vec![grant, ("scope", mark)],
        vec![(mark, mark), (mark, mark)],
    ] {
        seen.keep(server.anonymous().ask("POST", "/oauth/token").form(&form).send().await);
    }
    for frame in [
        format!("GET /v1/{mark}\u{1} HTTP/1.1\r\nHost: {mark}\r\n\r\n"),
        format!("{mark} / HTTP/1.1\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{mark}\r\n\r\n"),
        format!("GET / {mark}\r\n\r\n"),
    ] {
        if let Some(answer) = raw::send_and_hang_up(server.address(), "a bad frame", frame.as_bytes()).await {
            seen.keep(answer);
        }
    }
}

#[test]
fn what_is_submitted_and_refused_is_neither_echoed_nor_logged() {
    on_both(async |server| {
        let mut seen = Seen::default();
        let manager = server.manager().await;
        refused_with_the_mark(server, &manager, &mut seen).await;
        assert!(seen.0.iter().filter(|answer| answer.status >= 400).count() > 40);
        assert_absent(&seen.refusals_and_headers(), &[SUBMITTED], "a refusal or a header");
        server.stop().await;
        assert_absent(&logs::written(), &[SUBMITTED], "the logs");
    });
}

/// Two writers that both found a name free meet at the index, whose refusal repeats what it holds.
#[test]
fn what_two_writers_give_at_the_same_moment_is_not_logged_either() {
    on_both(async |server| {
        let mark = "zyxcanaryrace";
        let (administrator, manager, given) = (server.administrator(), server.manager().await, server.given());
        let association = given.sheet(1).await;
        for round in 0..3 {
            let colleague = json!({
                "organisation_id": server.department(), "email": format!("{mark}{round}@example.test"), "last_name": mark, "first_name": mark, "role": "manager",
            });
            let mut group = given.group_order(&association.action);
            group["code"] = json!(format!("{}{round}", mark.to_uppercase()));
            let site = json!({"code": format!("{mark}{round}"), "label": mark});
            let territory = json!({"code": format!("{}{round}", mark.to_uppercase()), "name": mark});
            let sites = format!("/v1/organisations/{}/sites", association.organisation);
            let race = [
                (&administrator, "/v1/professionals", colleague),
                (&manager, "/v1/groups", group),
                (&administrator, sites.as_str(), site),
                (&administrator, "/v1/territories", territory),
            ];
            for (by, path, order) in race {
                let answers = futures_util::future::join_all((0..12).map(|_| by.post(path, order.clone()))).await;
                let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
                assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{path}: {statuses:?}");
                assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{path}: {statuses:?}");
                let refusals: String = answers.iter().filter(|answer| answer.status >= 400).map(Answer::text).collect();
                assert_absent(&refusals, &[mark], "a refusal");
            }
        }
        server.stop().await;
        assert_absent(&logs::written(), &[mark], "the logs");
    });
}

#[test]
fn no_secret_token_or_key_is_logged_or_shown_again() {
    on_both(async |server| {
        let mut seen = Seen::default();
        let given = server.given();
        let organisation = given.organisation().await;
        let (id, secret) = given.credentials(&organisation, &["sessions:read"]).await;
        let client = server.machine("machine", &id, &secret, None);
        let token = client.token().await.unwrap();
        seen.keep(client.get("/v1/me").await.expect(200));
        seen.keep(server.administrator().get(&format!("/v1/clients/{id}")).await.expect(200));
        seen.keep(server.administrator().get(&format!("/v1/organisations/{organisation}/clients")).await.expect(200));
        seen.keep(server.anonymous().get(&format!("/v1/me?access_token={token}")).await.expect(401));
        seen.keep(server.anonymous().ask("GET", "/v1/me").header("Authorization", &format!("Bearer {token}x")).send().await.expect(401));
        let professional = server.administrator().token().await.unwrap();
        let pepper = std::fs::read_to_string(keys_dir().join("pepper")).unwrap_or_default();
        let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
        let mut marks = vec![secret.clone(), signature(&token), signature(&professional)];
        marks.extend(Some(pepper.trim().to_owned()).filter(|pepper| !pepper.is_empty()));
        let nir_keys = std::fs::read_to_string(keys_dir().join("nir-keys")).unwrap();
        marks.extend(nir_keys.lines().filter_map(|line| line.rsplit(' ').next()).map(str::to_owned));
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        let bodies: String = seen.0.iter().map(Answer::text).collect();
        assert_absent(&bodies, &marks, "an answer");
        assert_absent(&seen.refusals_and_headers(), &marks, "a header");
        server.stop().await;
        assert_absent(&logs::written(), &marks, "the logs");
    });
}
