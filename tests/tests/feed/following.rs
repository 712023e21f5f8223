//! Many who write while the feed is pulled, some of them refused, some cut off: every event comes once, without a hole, in an order
//! that each referral agrees with.

use std::collections::BTreeMap;

use api_tests::client::fresh_key;
use api_tests::database::Database;
use api_tests::given::Person;
use api_tests::proxy::{Cut, Proxy};
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_both, on_databases};
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::{Value, json};

use super::{Receiver, assert_dense, follow, types, walk};

/// The types of each referral's events, in the order of the feed.
fn stories(events: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut stories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events {
        let story = stories.entry(event["referral"]["id"].as_str().unwrap().to_owned()).or_default();
        story.push(event["type"].as_str().unwrap().to_owned());
        assert_eq!(event["referral"]["version"], story.len(), "{event}");
    }
    stories
}

fn story(types: &[&str]) -> Vec<String> {
    types.iter().map(|one| format!("referral.{one}")).collect()
}

/// Refers somebody from two places at once: one of them is told of the other.
async fn refer_twice_at_once(server: &TestServer, receiver: &Receiver, manager: &Client) -> String {
    let person = server.given().person().await;
    let (path, order) = (format!("/v1/beneficiaries/{}/referrals", person.id), server.given().referral_order(&receiver.organisation));
    let (one, other) = tokio::join!(manager.post(&path, order.clone()), manager.post(&path, order));
    let (done, refused) = if one.status == 201 { (one, other) } else { (other, one) };
    let id = done.expect(201).id();
    assert_eq!(refused.expect_problem(409, "REFERRAL_OPEN").field("conflicting_id"), id);
    id
}

#[test]
fn a_consumer_that_follows_while_many_write_and_many_are_refused_misses_nothing() {
    on_both(async |server| {
        const PEOPLE: usize = 24;
        let (receiver, other, manager) = (Receiver::new(server).await, Receiver::new(server).await, server.manager().await);
        let machine = &receiver.machine;
        let writing = join_all((0..PEOPLE).map(async |place| {
            let id = refer_twice_at_once(server, &receiver, &manager).await;
            other.refer(server).await;
            let answer = async |command: &str, body: Value| machine.post(&format!("/v1/referrals/{id}/{command}"), body).await;
            // The same from two places, and then another answer, which comes too late.
            let (one, two) = tokio::join!(answer("waiting-list", json!({})), answer("waiting-list", json!({})));
            assert_eq!((one.status, two.status), (200, 200));
            let refusal = json!({"reason": "no_place", "comment": null});
            let cancellation = json!({"reason": "person_declined", "comment": null});
            let path = format!("/v1/referrals/{id}/cancellation");
            let (refused, cancelled) = tokio::join!(answer("refusal", refusal), manager.post(&path, cancellation));
            assert_eq!(refused.status + cancelled.status, 200 + 409, "{place}: {} {}", refused.text(), cancelled.text());
            (id, if refused.status == 200 { "refused" } else { "cancelled" })
        }));
        let (written, events) = tokio::join!(writing, follow(std::slice::from_ref(machine), 3 * PEOPLE));
        assert_dense(&events);
        assert_eq!(walk(machine, 13).await, events);
        let expected: BTreeMap<String, Vec<String>> = written.into_iter().map(|(id, end)| (id, story(&["sent", "waiting_listed", end]))).collect();
        assert_eq!(stories(&events), expected);
        assert_eq!(types(&walk(&other.machine, 200).await), ["referral.sent"; PEOPLE]);
    });
}

#[test]
fn one_change_of_a_person_is_told_once_to_each_who_received_them() {
    on_both(async |server| {
        let (one, other, stranger) = (Receiver::new(server).await, Receiver::new(server).await, Receiver::new(server).await);
        let given = server.given();
        let person = given.person().await;
        stranger.refer(server).await;
        given.referral(&one.organisation, &person).await;
        for receiver in [&one, &other] {
            let action = given.action(&receiver.organisation).await;
            given.referral_to(&action, None, &person).await;
        }
        let change = async |phone: &str| {
            let order = json!({
                "last_name": "Exemple", "first_name": "Claude", "birth_date": "1990-02-28", "commune_code": null, "territory_id": null, "phone": phone,
            });
            server.manager().await.edit(&format!("/v1/beneficiaries/{}", person.id), order).await.expect(200);
        };
        for phone in ["0555010203", "0555010203", "0555040506"] {
            change(phone).await;
        }
        let told = async |receiver: &Receiver| types(&walk(&receiver.machine, 200).await).into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told(&one).await, story(&["sent", "sent", "updated", "updated", "updated", "updated"]));
        assert_eq!(told(&other).await, story(&["sent", "updated", "updated"]));
        assert_eq!(told(&stranger).await, story(&["sent"]));
        let phones: Vec<Value> = walk(&other.machine, 200).await.iter().map(|event| event["referral"]["person"]["phone"].clone()).collect();
        assert!(phones[0].is_null() && phones[1].is_string() && phones[2].is_string() && phones[1] != phones[2], "{phones:?}");
    });
}

/// Sends a referral under one key until it is neither unknown nor unavailable.
async fn send_until_answered(by: &Client, receiver: &Receiver, server: &TestServer, person: &Person, key: &str) -> (Vec<u16>, Answer) {
    let (path, order) = (format!("/v1/beneficiaries/{}/referrals", person.id), server.given().referral_order(&receiver.organisation));
    let mut refused = Vec::new();
    for _ in 0..50 {
        let answer = by.post_with_key(&path, key, order.clone()).await;
        if answer.status != 503 && answer.code() != "REQUEST_IN_PROGRESS" {
            return (refused, answer);
        }
        refused.push(answer.status);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no other answer: {refused:?}");
}

#[test]
fn a_referral_whose_commit_was_cut_is_told_once() {
    on_databases(&[Engine::Postgres], async |database| {
        let proxy = Proxy::before(&database.url).await;
        let behind = Database { engine: Engine::Postgres, url: proxy.url(&database.url), dir: tempfile::tempdir().unwrap() };
        let server = TestServer::start(&behind, &[]).await;
        let (receiver, manager) = (Receiver::new(&server).await, server.manager().await);
        let mut expected = Vec::new();
        for cut in [Cut::BeforeCommit, Cut::AfterCommit, Cut::BeforeCommit, Cut::AfterCommit] {
            let person = server.given().person().await;
            let before = proxy.cuts();
            manager.get("/v1/me").await.expect(200);
            proxy.cut(cut);
            let (_, sent) = send_until_answered(&manager, &receiver, &server, &person, &fresh_key()).await;
            assert_eq!(proxy.cuts(), before + 1, "{cut:?}: the control");
            expected.push(sent.expect(201).id());
            expected.push(receiver.refer(&server).await);
        }
        let events = walk(&receiver.machine, 3).await;
        let told: Vec<&str> = events.iter().map(|event| event["referral"]["id"].as_str().unwrap()).collect();
        assert_eq!(told, expected);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_write_that_runs_again_after_it_took_its_number_leaves_no_hole() {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let receiver = Receiver::new(&server).await;
        receiver.refer(&server).await;
        let rival = Rival::connect(&database.url).await;
        rival.run("create sequence faults").await;
        // After the number was taken: two times in three the transaction is in somebody's way.
        rival
            .run(
                "create function fault() returns trigger language plpgsql as $$ begin
                     if nextval('faults') % 3 <> 0 then raise exception 'serialization' using errcode = '40001'; end if;
                     return new; end $$",
            )
            .await;
        rival.run("create trigger fault before insert on feed_item for each row execute function fault()").await;
        for _ in 0..4 {
            receiver.refer(&server).await;
        }
        assert_eq!(rival.number("select last_value from faults").await, Some(12), "the control: eight times it ran again");
        assert_eq!(types(&walk(&receiver.machine, 200).await), ["referral.sent"; 5]);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
