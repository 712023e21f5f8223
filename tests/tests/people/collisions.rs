//! Several merges at the same moment, and merges while something is being hung on the duplicate: one wins, nobody waits for ever, and
//! nothing is left behind.

use api_tests::client::fresh_key;
use api_tests::given::Person;
use api_tests::{Answer, Client, TestServer, on_both};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{merge_order, named, path, read, registered};
use crate::concurrency::{at_once, counted, tally};
use crate::referrals::Receiver;

async fn somebody(server: &TestServer) -> Person {
    registered(server, named(&server.given().surname(), "Claude")).await
}

/// Merges somebody as they were registered.
async fn merge(by: &Client, survivor: &Person, duplicate: &Person) -> Answer {
    by.post(&format!("{}/merge", path(survivor)), merge_order(duplicate, json!(1))).await
}

async fn merged_into(server: &TestServer, person: &Person) -> Value {
    read(server, person).await.json()["merged_into_id"].clone()
}

/// That one of these was done, and the others were refused for what had become of the files.
#[track_caller]
fn assert_one_done(answers: &[Answer]) {
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| ["BENEFICIARY_CLOSED", "VERSION_CONFLICT"].contains(&answer.code().as_str())).count();
    assert_eq!((done, done + refused), (1, answers.len()), "{:?}", tally(answers));
}

#[test]
fn of_ten_merges_of_one_pair_one_is_done() {
    on_both(async |server| {
        let manager = server.manager().await;
        for _ in 0..5 {
            let (stays, goes) = (somebody(server).await, somebody(server).await);
            server.given().rsa_right(&goes).await;
            let answers = at_once(10, |_| merge(&manager, &stays, &goes)).await;
            assert_eq!(tally(&answers), counted(&[("200", 1), ("409 BENEFICIARY_CLOSED", 9)]));
            assert_eq!((merged_into(server, &stays).await, merged_into(server, &goes).await), (Value::Null, json!(stays.id)));
            let merges = manager.list(&format!("{}/merges", path(&stays))).await;
            assert_eq!((merges.len(), merges[0]["moved"].as_array().unwrap().len()), (1, 1));
        }
        // The control: ten pairs at once.
        let mut pairs = Vec::new();
        for _ in 0..10 {
            pairs.push((somebody(server).await, somebody(server).await));
        }
        let answers = join_all(pairs.iter().map(|(stays, goes)| merge(&manager, stays, goes))).await;
        assert_eq!(tally(&answers), counted(&[("200", 10)]));
    });
}

#[test]
fn ten_times_the_same_key_is_one_merge() {
    on_both(async |server| {
        let manager = server.manager().await;
        let (stays, goes) = (somebody(server).await, somebody(server).await);
        let (command, key, order) = (format!("{}/merge", path(&stays)), fresh_key(), merge_order(&goes, json!(1)));
        let answers = at_once(10, |_| manager.post_with_key(&command, &key, order.clone())).await;
        let first = answers.iter().find(|answer| answer.status == 200 && answer.header("idempotent-replayed").is_none()).unwrap();
        for answer in &answers {
            let is_first = answer.status == 200 && answer.text() == first.text();
            assert!(is_first || answer.code() == "REQUEST_IN_PROGRESS", "{:?}", tally(&answers));
        }
        assert_eq!(manager.list(&format!("{}/merges", path(&stays))).await.len(), 1);
    });
}

#[test]
fn of_two_merges_that_cross_one_is_done() {
    on_both(async |server| {
        let manager = server.manager().await;
        for _ in 0..5 {
            let mut pairs = Vec::new();
            for _ in 0..5 {
                pairs.push([somebody(server).await, somebody(server).await]);
            }
            let crossed = join_all(pairs.iter().map(async |[one, other]| {
                let (there, back) = tokio::join!(merge(&manager, one, other), merge(&manager, other, one));
                [there, back]
            }));
            for ([one, other], answers) in pairs.iter().zip(crossed.await) {
                assert_one_done(&answers);
                let ends = [merged_into(server, one).await, merged_into(server, other).await];
                assert!(ends == [Value::Null, json!(one.id)] || ends == [json!(other.id), Value::Null], "{ends:?}");
            }
        }
    });
}

#[test]
fn merges_in_a_circle_leave_somebody() {
    on_both(async |server| {
        let manager = server.manager().await;
        for _ in 0..5 {
            let people = [somebody(server).await, somebody(server).await, somebody(server).await];
            let answers = at_once(3, |place| merge(&manager, &people[place], &people[(place + 1) % 3])).await;
            // The version that was looked at was the first: whoever survived once has another.
            assert_one_done(&answers);
            let mut left = 0;
            for person in &people {
                left += usize::from(merged_into(server, person).await.is_null());
            }
            assert_eq!(left, 2);
        }
    });
}

#[test]
fn a_duplicate_that_many_want_goes_to_one() {
    on_both(async |server| {
        let manager = server.manager().await;
        let goes = somebody(server).await;
        server.given().milestone(&goes).await;
        let mut survivors = Vec::new();
        for _ in 0..10 {
            survivors.push(somebody(server).await);
        }
        let answers = at_once(10, |place| merge(&manager, &survivors[place], &goes)).await;
        assert_one_done(&answers);
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap().id();
        assert_eq!(merged_into(server, &goes).await, json!(winner));
        for survivor in &survivors {
            let count = manager.list(&format!("{}/milestones", path(survivor))).await.len();
            assert_eq!(count, usize::from(survivor.id == winner));
        }
        // The control: one survivor of ten takes them all in, one by one.
        let [first, others @ ..] = survivors.as_slice() else { unreachable!() };
        for other in others.iter().filter(|other| other.id != winner && first.id != winner).take(3) {
            super::merge(&manager, first, other).await.expect(200);
        }
    });
}

#[test]
fn what_is_hung_on_a_duplicate_at_that_moment_is_not_left_behind() {
    on_both(async |server| {
        let (manager, given) = (server.manager().await, server.given());
        let receiver = Receiver::new(server).await;
        let group = given.group(&given.action(&receiver.organisation).await).await;
        for _ in 0..8 {
            let (stays, goes) = (somebody(server).await, somebody(server).await);
            let pieces = [
                (format!("/v1/groups/{group}/enrolments"), given.enrolment_order(&goes)),
                (format!("{}/referrals", path(&goes)), given.referral_order(&receiver.organisation)),
                (format!("{}/rsa-rights", path(&goes)), json!({"entered_on": given.day(-100)})),
                (format!("{}/milestones", path(&goes)), json!({"kind": "training", "occurred_on": given.day(-10), "source": "person"})),
                (
                    format!("{}/barriers", path(&goes)),
                    json!({"kind": "mobility", "situation": "mobility_no_licence", "impact": "strong", "opened_on": given.day(-20)}),
                ),
                (format!("{}/nir", path(&goes)), json!({"nir": given.fresh_nir()})),
            ];
            let hanging = join_all(pieces.iter().map(|(path, order)| manager.post(path, order.clone())));
            let (hung, merged) = tokio::join!(hanging, merge(&manager, &stays, &goes));
            merged.expect(200);
            for answer in &hung {
                assert!(answer.status < 300 || answer.code() == "BENEFICIARY_CLOSED", "{}: {}", answer.asked, answer.text());
            }
            let file = async |person: &Person| manager.get(&format!("{}/file", path(person))).await;
            let (left, moved) = (file(&goes).await.expect(200).json(), file(&stays).await.expect(200).json());
            for (place, list) in ["enrolments", "referrals", "rsa_rights", "milestones", "barriers"].into_iter().enumerate() {
                let count = |file: &Value| file[list].as_array().unwrap().len();
                assert_eq!((count(&left), count(&moved)), (0, usize::from(hung[place].status == 201)), "{list}");
            }
            assert_eq!((left["nir"].is_null(), moved["nir"].is_null()), (true, hung[5].status != 200));
        }
    });
}
