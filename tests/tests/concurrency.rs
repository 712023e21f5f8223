//! Many requests at the same moment: one effect per key, one winner per version, no seat given twice, no mark lost. One request at a
//! time is in the other files; a connection that breaks is in `engines`.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use api_tests::client::{fresh, fresh_key};
use api_tests::given::Association;
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// How often each answer came, by status and code; a replay is told apart.
pub(crate) fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let replayed = if answer.header("idempotent-replayed").is_some() { " replayed" } else { "" };
        let code = if answer.status < 400 { String::new() } else { answer.code() };
        let line = format!("{} {code}{replayed}", answer.status);
        *tally.entry(line.trim_end().to_owned()).or_default() += 1;
    }
    tally
}

pub(crate) fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(line, count)| ((*line).to_owned(), *count)).collect()
}

/// All at once.
pub(crate) async fn at_once<F: Future<Output = Answer>>(count: usize, request: impl Fn(usize) -> F) -> Vec<Answer> {
    join_all((0..count).map(request)).await
}

// ---- keys

/// That one of these answers is the effect, and the others show it again or say that it is under way.
#[track_caller]
fn assert_one_effect(answers: &[Answer]) {
    let effects: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201 && answer.header("idempotent-replayed").is_none()).collect();
    let [effect] = effects.as_slice() else { panic!("{} effects: {:?}", effects.len(), tally(answers)) };
    for answer in answers {
        match answer.status {
            201 => assert_eq!(
                (answer.text(), answer.header("location"), answer.header("etag")),
                (effect.text(), effect.header("location"), effect.header("etag"))
            ),
            _ => assert_eq!((answer.status, answer.code().as_str(), answer.header("retry-after")), (409, "REQUEST_IN_PROGRESS", Some("1"))),
        }
    }
}

#[test]
fn fifty_requests_with_one_key_have_one_effect() {
    on_both(async |server| {
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let person = json!({"last_name": "Exemple", "first_name": "Camille"});
        let organisation = json!({"kind": "association", "name": "Une seule"});
        let territory = json!({"code": "SEUL", "name": "Un seul", "commune_codes": ["87085"]});
        for (by, path, order) in [
            (&manager, "/v1/beneficiaries", person),
            (&administrator, "/v1/organisations", organisation),
            (&administrator, "/v1/territories", territory),
        ] {
            let before = by.list(path).await.len();
            let key = fresh_key();
            let answers = at_once(50, |_| by.post_with_key(path, &key, order.clone())).await;
            assert_one_effect(&answers);
            assert_eq!(by.list(path).await.len(), before + 1, "{path}");
            let again = by.post_with_key(path, &key, order.clone()).await.expect(201);
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_one_effect(&answers.into_iter().chain([again]).collect::<Vec<_>>());
        }
        // The control: with a key each, every one of them has its effect.
        let order = |born: String| json!({"last_name": "Exemple", "first_name": "Dominique", "birth_date": born});
        let before = manager.list("/v1/beneficiaries").await.len();
        let answers = at_once(50, |_| manager.post("/v1/beneficiaries", order(server.given().birth_date()))).await;
        assert_eq!(tally(&answers), counted(&[("201", 50)]));
        assert_eq!(manager.list("/v1/beneficiaries").await.len(), before + 50);
    });
}

#[test]
fn fifty_requests_for_one_secret_show_it_to_one() {
    on_both(async |server| {
        let administrator = server.administrator();
        let organisation = server.given().organisation().await;
        let order = json!({"name": "Logiciel", "scopes": ["sessions:read"]});
        let client = administrator.post(&format!("/v1/organisations/{organisation}/clients"), order).await.expect(201).id();
        let path = format!("/v1/clients/{client}/secrets");
        let secrets = async || administrator.get(&format!("/v1/clients/{client}")).await.expect(200).json()["secrets"].as_array().unwrap().len();
        let key = fresh_key();
        let answers = at_once(50, |_| administrator.post_with_key(&path, &key, json!({}))).await;
        let shown = answers.iter().filter(|answer| answer.status == 201).count();
        let refused = |answer: &Answer| answer.status == 201 || ["SECRET_ALREADY_SHOWN", "REQUEST_IN_PROGRESS"].contains(&answer.code().as_str());
        assert!(shown == 1 && answers.iter().all(refused), "{:?}", tally(&answers));
        assert_eq!(secrets().await, 1);
        // Two at most are active, whoever comes first.
        let answers = at_once(10, |_| administrator.post(&path, json!({}))).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("409 TOO_MANY_SECRETS", 9)]));
        assert_eq!(secrets().await, 2);
    });
}

#[test]
fn two_servers_on_one_database_share_their_keys() {
    on_databases(&[Engine::Postgres], async |database| {
        let one = TestServer::start(database, &[]).await;
        let other = one.start_again(database, &[]).await;
        let administrators = [one.administrator(), other.administrator()];
        let count = async || administrators[0].list("/v1/organisations").await.len();
        for _ in 0..5 {
            let (key, before) = (fresh_key(), count().await);
            let order = json!({"kind": "association", "name": format!("Association {}", fresh())});
            let answers = at_once(50, |place| administrators[place % 2].post_with_key("/v1/organisations", &key, order.clone())).await;
            assert_one_effect(&answers);
            assert_eq!(count().await, before + 1);
        }
        // The control: the same order with a key for each server.
        let (keys, before) = ([fresh_key(), fresh_key()], count().await);
        let order = json!({"kind": "association", "name": "Deux fois"});
        at_once(50, |place| administrators[place % 2].post_with_key("/v1/organisations", &keys[place % 2], order.clone())).await;
        assert_eq!(count().await, before + 2);
        for server in [&one, &other] {
            server.stop().await;
            server.assert_contract_was_kept();
        }
    });
}

/// Sends a request and hangs up after so many milliseconds, whether an answer came or not.
async fn send_and_hang_up(server: &TestServer, request: &str, after: u64) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(after)).await;
}

#[test]
fn whoever_hangs_up_before_the_answer_asks_again_under_the_same_key() {
    on_both(async |server| {
        const CALLERS: u64 = 60;
        let administrator = server.administrator();
        let token = administrator.token().await.unwrap();
        let orders: Vec<(String, Value)> =
            (0..CALLERS).map(|place| (fresh_key(), json!({"kind": "association", "name": format!("Raccroche {place}")}))).collect();
        join_all(orders.iter().zip(0..).map(async |((key, order), place)| {
            let body = order.to_string();
            let request = format!(
                "POST /v1/organisations HTTP/1.1\r\nHost: jalon.test\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            send_and_hang_up(server, &request, place % 40).await;
        }))
        .await;
        let done = administrator.list("/v1/organisations?limit=200").await.len() - 1;
        let again = join_all(orders.iter().map(async |(key, order)| {
            loop {
                let answer = administrator.post_with_key("/v1/organisations", key, order.clone()).await;
                if answer.code() != "REQUEST_IN_PROGRESS" {
                    return answer;
                }
            }
        }));
        let again = again.await;
        assert!(again.iter().all(|answer| answer.status == 201), "{:?}", tally(&again));
        // What was done for nobody's eyes is shown now, and nothing was done twice.
        let replayed = again.iter().filter(|answer| answer.header("idempotent-replayed").is_some()).count();
        assert!(replayed >= done, "{done} were done, {replayed} were shown again");
        let there = administrator.list("/v1/organisations?limit=200").await;
        for (_, order) in &orders {
            assert_eq!(there.iter().filter(|one| one["name"] == order["name"]).count(), 1, "{order}");
        }
    });
}

// ---- versions

#[test]
fn of_a_hundred_edits_of_one_version_one_is_taken() {
    on_both(async |server| {
        let administrator = server.administrator();
        let path = format!("/v1/organisations/{}", server.given().organisation().await);
        let seen = administrator.get(&path).await.expect(200).etag();
        let order = |place: usize| json!({"kind": "association", "name": format!("Nom {place}")});
        let answers = at_once(100, |place| administrator.put_if_match(&path, &seen, order(place))).await;
        assert_eq!(tally(&answers), counted(&[("200", 1), ("412 STALE_VERSION", 99)]));
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        let now = administrator.get(&path).await.expect(200);
        assert_eq!((now.text(), now.json()["version"].clone()), (winner.text(), json!(2)));
    });
}

// ---- seats and half-days

/// A group with so many seats, and people who want one.
async fn group_of(server: &TestServer, capacity: usize, people: usize) -> (String, Vec<String>) {
    let given = server.given();
    let mut order = given.group_order(&given.action(&given.organisation().await).await);
    order["capacity"] = json!(capacity);
    let group = server.manager().await.post("/v1/groups", order).await.expect(201).id();
    let mut ids = Vec::new();
    for _ in 0..people {
        ids.push(given.person().await.id);
    }
    (group, ids)
}

fn seat(person: &str, starts_on: &str) -> Value {
    json!({"beneficiary_id": person, "starts_on": starts_on, "status_at_entry": "rsa"})
}

#[test]
fn the_last_seat_is_given_once() {
    on_both(async |server| {
        let manager = server.manager().await;
        let today = server.given().day(0);
        for (capacity, expected) in [(1, counted(&[("201", 1), ("409 GROUP_FULL", 19)])), (20, counted(&[("201", 20)]))] {
            let (group, people) = group_of(server, capacity, 20).await;
            let path = format!("/v1/groups/{group}/enrolments");
            let answers = at_once(20, |place| manager.post(&path, seat(&people[place], &today))).await;
            assert_eq!(tally(&answers), expected, "{capacity} seat(s)");
            assert_eq!(manager.list(&path).await.len(), capacity);
        }
    });
}

#[test]
fn a_person_is_enrolled_once() {
    on_both(async |server| {
        let manager = server.manager().await;
        let today = server.given().day(0);
        let (group, people) = group_of(server, 50, 1).await;
        let path = format!("/v1/groups/{group}/enrolments");
        let answers = at_once(20, |_| manager.post(&path, seat(&people[0], &today))).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("409 ALREADY_ENROLLED", 19)]));
        assert_eq!(manager.list(&path).await.len(), 1);
    });
}

#[test]
fn a_half_day_is_planned_once() {
    on_both(async |server| {
        let manager = server.manager().await;
        let (group, _) = group_of(server, 1, 0).await;
        let order = json!({"date": server.given().day(3), "half_day": "morning", "start_time": "09:00", "end_time": "12:00"});
        let path = format!("/v1/groups/{group}/sessions");
        let answers = at_once(20, |_| manager.post(&path, order.clone())).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("409 HALF_DAY_TAKEN", 19)]));
        assert_eq!(manager.list(&format!("/v1/sessions?group_id={group}")).await.len(), 1);
    });
}

#[test]
fn what_is_unique_is_given_once() {
    on_both(async |server| {
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let organisation = server.given().organisation().await;
        let action = server.given().action(&organisation).await;
        let mut group = server.given().group_order(&action);
        group["code"] = json!("UNIQUE");
        let professional = json!({
            "organisation_id": organisation, "email": "unique@example.test", "last_name": "Exemple", "first_name": "Camille", "role": "partner",
        });
        for (by, path, order, refusal) in [
            (&administrator, "/v1/professionals", professional, "409 EMAIL_TAKEN"),
            (&administrator, "/v1/territories", json!({"code": "UNIQUE", "name": "Unique"}), "409 CODE_TAKEN"),
            (&manager, "/v1/groups", group, "409 CODE_TAKEN"),
        ] {
            let answers = at_once(20, |_| by.post(path, order.clone())).await;
            assert_eq!(tally(&answers), counted(&[("201", 1), (refusal, 19)]), "{path}");
        }
    });
}

#[test]
fn a_commune_joins_one_territory() {
    on_both(async |server| {
        let administrator = server.administrator();
        let order = |place: usize| json!({"code": format!("C-{place}"), "name": format!("Territoire {place}"), "commune_codes": ["87085", "87001"]});
        let answers = at_once(20, |place| administrator.post("/v1/territories", order(place))).await;
        assert_eq!(tally(&answers), counted(&[("201", 1), ("422 INVALID", 19)]));
        for refused in answers.iter().filter(|answer| answer.status == 422) {
            let codes: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
            assert_eq!(codes, ["COMMUNE_ASSIGNED_ELSEWHERE", "COMMUNE_ASSIGNED_ELSEWHERE"]);
        }
    });
}

// ---- sheets

#[test]
fn marks_of_different_people_sent_at_once_are_all_there() {
    on_both(async |server| {
        const PEOPLE: usize = 12;
        let association = server.given().sheet(PEOPLE).await;
        let (path, enrolments) = (association.sheet_path(), &association.enrolments);
        let partner = server.partner(&association.organisation).await;
        let order = |place: usize| json!({"marks": [{"enrolment_id": enrolments[place], "status": "present"}]});
        let answers = at_once(PEOPLE, |place| partner.put(&path, order(place))).await;
        assert_eq!(tally(&answers), counted(&[("200", PEOPLE)]));
        let sheet = partner.get(&path).await.expect(200).json();
        assert!(sheet["marks"].as_array().unwrap().iter().all(|mark| mark["status"] == "present" && mark["version"] == 1), "{sheet}");
        assert_eq!(sheet["version"], 1 + PEOPLE, "one more at each change");
        assert_eq!(partner.get(&format!("{path}/history")).await.expect(200).items().len(), PEOPLE);
    });
}

#[test]
fn marks_of_one_person_sent_at_once_have_a_history_without_a_gap() {
    on_both(async |server| {
        const TIMES: i64 = 20;
        let association = server.given().sheet(1).await;
        let (path, enrolment) = (association.sheet_path(), &association.enrolments[0]);
        let partner = server.partner(&association.organisation).await;
        let order = |minutes: i64| json!({"marks": [{"enrolment_id": enrolment, "status": "late", "minutes": minutes}]});
        let answers = join_all((1..=TIMES).map(|minutes| partner.put(&path, order(minutes)))).await;
        assert_eq!(tally(&answers), counted(&[("200", 20)]));
        let states = partner.get(&format!("{path}/history")).await.expect(200).items();
        assert_eq!(states.iter().map(|state| state["version"].as_i64().unwrap()).collect::<Vec<_>>(), (1..=TIMES).collect::<Vec<_>>());
        let sheet = partner.get(&path).await.expect(200).json();
        assert_eq!((&sheet["version"], &sheet["marks"][0]["version"]), (&json!(1 + TIMES), &json!(TIMES)));
        assert_eq!(sheet["marks"][0]["minutes"], states.last().unwrap()["minutes"]);
    });
}

#[test]
fn nobody_is_marked_after_the_end_of_their_enrolment() {
    on_both(async |server| {
        const PEOPLE: usize = 12;
        let association = server.given().sheet(PEOPLE).await;
        let partner = server.partner(&association.organisation).await;
        let ends_on = server.given().day(-2);
        let both = join_all(association.enrolments.iter().map(async |enrolment| {
            let (exit, path) = (format!("/v1/enrolments/{enrolment}/exit"), association.sheet_path());
            let mark = json!({"marks": [{"enrolment_id": enrolment, "status": "present"}]});
            tokio::join!(partner.post(&exit, json!({"ends_on": ends_on, "end_reason": "moved"})), partner.put(&path, mark))
        }));
        for (ended, marked) in both.await {
            let seen = (ended.status, ended.code(), marked.status, marked.faults_or_code());
            let ended_first = (200, String::new(), 422, "PERSON_NOT_EXPECTED".to_owned());
            let marked_first = (409, "MARKS_AFTER_END".to_owned(), 200, String::new());
            assert!(seen == ended_first || seen == marked_first, "{seen:?}");
        }
    });
}

/// What a refusal is about.
trait FaultsOrCode {
    fn faults_or_code(&self) -> String;
}

impl FaultsOrCode for Answer {
    fn faults_or_code(&self) -> String {
        if self.status < 400 {
            return String::new();
        }
        self.faults().into_iter().next().map_or_else(|| self.code(), |(code, _)| code)
    }
}

#[test]
fn a_session_is_either_marked_or_moved_or_cancelled() {
    on_both(async |server| {
        let given = server.given();
        let association = given.sheet(1).await;
        let partner = server.partner(&association.organisation).await;
        // Whatever day it is, their month is not over for whoever marks: it is until the 10th of the next.
        for back in 2..11 {
            let session = given.session(&association.group, &given.day(-back)).await;
            let path = format!("/v1/sessions/{session}");
            let etag = partner.get(&path).await.expect(200).etag();
            let later = json!({"date": given.day(back), "half_day": "morning", "start_time": "09:00", "end_time": "12:00"});
            let (sheet, cancellation) = (format!("{path}/attendance"), format!("{path}/cancellation"));
            let (marked, moved, cancelled) = tokio::join!(
                partner.put(&sheet, association.all_present()),
                partner.put_if_match(&path, &etag, later),
                partner.post(&cancellation, json!({"reason": "weather"})),
            );
            let seen = [marked, moved, cancelled].map(|answer| if answer.status == 200 { "done".to_owned() } else { answer.code() });
            let seen: [&str; 3] = [&seen[0], &seen[1], &seen[2]];
            let possible = [
                ["done", "SESSION_HAS_MARKS", "SESSION_HAS_MARKS"],
                ["SESSION_NOT_STARTED", "done", "SESSION_HAS_MARKS"],
                ["SESSION_NOT_STARTED", "done", "done"],
                ["SESSION_CANCELLED", "done", "done"],
                ["SESSION_CANCELLED", "STALE_VERSION", "done"],
            ];
            assert!(possible.contains(&seen), "{seen:?}");
        }
    });
}

#[test]
fn a_storm_on_one_group_ends_without_a_deadlock_or_a_defect() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let given = server.given();
        let association = given.sheet(6).await;
        let (manager, partner) = (server.manager().await, server.partner(&association.organisation).await);
        let mut sessions = vec![association.session.clone()];
        for back in 2..6 {
            sessions.push(given.session(&association.group, &given.day(-back)).await);
        }
        let mut group = given.group_order(&association.action);
        for name in ["action_id", "code"] {
            group.as_object_mut().unwrap().remove(name);
        }
        let storm = (0..200).map(async |place: usize| one_of_many(&server, &association, &sessions, &group, [&manager, &partner], place).await);
        let answers = join_all(storm).await;
        let seen = tally(&answers);
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201 | 409 | 412 | 422)), "{seen:?}");
        assert!(answers.iter().filter(|answer| answer.status < 300).count() > 15, "{seen:?}");
        if database.engine == Engine::Postgres {
            // The figures of a session are told once a second at most.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            let rival = Rival::connect(&database.url).await;
            assert_eq!(rival.number("select deadlocks from pg_stat_database where datname = current_database()").await, Some(0));
        }
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

async fn one_of_many(
    server: &TestServer,
    association: &Association,
    sessions: &[String],
    group: &Value,
    [manager, partner]: [&Client; 2],
    place: usize,
) -> Answer {
    let given = server.given();
    let session = &sessions[place % sessions.len()];
    let enrolment = &association.enrolments[place % association.enrolments.len()];
    let person = &association.people[(place + 1) % association.people.len()];
    let day = i64::try_from(place).unwrap();
    let half_day = json!({"date": given.day(1 + day % 9), "half_day": "afternoon", "start_time": "14:00", "end_time": "17:00"});
    match place % 10 {
        0 => partner.put(&format!("/v1/sessions/{session}/attendance"), association.all_present()).await,
        1 => {
            let marks = json!({"marks": [{"enrolment_id": enrolment, "status": null}]});
            partner.put(&format!("/v1/sessions/{session}/attendance"), marks).await
        }
        2 => manager.post(&format!("/v1/groups/{}/sessions", association.group), half_day).await,
        3 => partner.put_if_match(&format!("/v1/sessions/{session}"), "\"1.00000000\"", half_day).await,
        4 => manager.post(&format!("/v1/groups/{}/enrolments", association.group), seat(&person.id, &given.day(30 + day))).await,
        5 => partner.post(&format!("/v1/enrolments/{enrolment}/exit"), json!({"ends_on": given.day(-3), "end_reason": "moved"})).await,
        6 => manager.put_if_match(&format!("/v1/groups/{}", association.group), "\"1.00000000\"", group.clone()).await,
        7 => partner.put_if_match(&format!("/v1/enrolments/{enrolment}/assessment"), "\"1.00000000\"", json!({"next_step": "none"})).await,
        8 => partner.post(&format!("/v1/sessions/{session}/attendance/closure"), json!({})).await,
        _ => {
            let order = json!({"last_name": "Exemple", "first_name": "Camille", "birth_date": given.birth_date()});
            manager.put_if_match(&format!("/v1/beneficiaries/{}", person.id), "\"1.00000000\"", order).await
        }
    }
}
