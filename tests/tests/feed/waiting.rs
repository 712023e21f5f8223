//! Readers that wait: they get what is written while they do, they cost one look per half second together, they hold nothing that
//! others need, and they are let go when the server stops.

use std::cell::Cell;
use std::time::{Duration, Instant};

use api_tests::{Answer, Client, TestServer, on_both, on_both_with};
use futures_util::future::join_all;
use serde_json::json;

use super::{FEED, Receiver, acknowledge, cursors, is_look, is_page, numbers, pull, until_they_wait};
use crate::tokens::assert_refused_within_five_seconds;
use crate::visibility::{log_by_request, people_of};

/// Longer than nothing, shorter than the longest wait: whoever needs more waited for the end of it.
const AT_ONCE: Duration = Duration::from_secs(18);

/// What comes well before the longest wait is over.
async fn at_once<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(AT_ONCE, Box::pin(work)).await.unwrap_or_else(|_| panic!("{what}: not at once"))
}

/// The place where a feed ends now.
async fn end(by: &Client) -> String {
    let mut after = "beginning".to_owned();
    loop {
        let page = pull(by, &format!("?after={after}&limit=200")).await;
        after = page.field("next_cursor");
        if page.json()["has_more"] == false {
            return after;
        }
    }
}

async fn wait(by: &Client, after: &str) -> Answer {
    by.get(&format!("{FEED}?after={after}&wait=25")).await
}

#[test]
fn who_waits_gets_what_is_there_and_what_comes_and_nothing_at_the_end() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let machine = &receiver.machine;
        let partner = server.partner(&receiver.organisation).await;
        // Of a feed that has no event yet.
        let start = end(machine).await;
        let nothing = pull(machine, &format!("?after={start}&wait=1")).await;
        assert_eq!((nothing.items().len(), nothing.field("next_cursor"), nothing.json()["has_more"].clone()), (0, start.clone(), json!(false)));
        let write = async {
            until_they_wait(server, 3).await;
            receiver.refer(server).await
        };
        let acknowledged = format!("{FEED}?wait=25");
        let waiting = async { tokio::join!(wait(machine, &start), wait(&partner, "beginning"), machine.get(&acknowledged)) };
        let both = Box::pin(async { tokio::join!(write, waiting) });
        let (referral, answers) = at_once("an event while waiting", both).await;
        for answer in [answers.0, answers.1, answers.2] {
            let page = answer.expect(200);
            assert_eq!((numbers(&page.items()), page.items()[0]["referral"]["id"].clone()), (vec![1], json!(referral)), "{}", page.asked);
            assert_eq!((page.json()["last_seq"].clone(), page.json()["has_more"].clone()), (json!(1), json!(false)), "{}", page.asked);
            assert_eq!(page.field("next_cursor"), cursors(machine).await[0]);
            // What was delivered after a wait is traced as any delivery is.
            let log = log_by_request(server).await;
            let person = page.items()[0]["referral"]["person"]["beneficiary_id"].as_str().unwrap().to_owned();
            assert_eq!(people_of(&log[page.header("x-request-id").unwrap()]), [person].into());
        }
        // What is there is not waited for, and neither is the rest of a page.
        receiver.refer_many(server, 2).await;
        let there = at_once("events that are there", pull(machine, "?after=beginning&wait=25&limit=200")).await;
        assert_eq!(numbers(&there.items()), [1, 2, 3]);
        let last = end(machine).await;
        let nothing = pull(machine, &format!("?after={last}&wait=1")).await;
        assert_eq!((nothing.items().len(), nothing.field("next_cursor")), (0, last.clone()));
        assert!(!log_by_request(server).await.contains_key(nothing.header("x-request-id").unwrap()));
        // Nobody who stays away of it waits.
        assert_eq!(at_once("no wait", pull(machine, &format!("?after={last}"))).await.items().len(), 0);
    });
}

#[test]
fn a_page_that_came_after_a_wait_says_how_things_stand_then() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let (machine, given) = (&receiver.machine, server.given());
        // Somebody of whom three referrals are open: what changes of them is three events at once.
        let person = given.person().await;
        given.referral(&receiver.organisation, &person).await;
        for _ in 0..2 {
            let action = given.action(&receiver.organisation).await;
            given.referral_to(&action, None, &person).await;
        }
        let places = cursors(machine).await;
        let phone = json!({
            "last_name": "Exemple", "first_name": "Claude", "birth_date": null, "commune_code": null, "territory_id": null, "phone": "0555010203",
        });
        let manager = server.manager().await;
        let write = async {
            until_they_wait(server, 1).await;
            acknowledge(machine, &places[1]).await.expect(200);
            manager.edit(&format!("/v1/beneficiaries/{}", person.id), phone).await.expect(200);
        };
        let asked = format!("?after={}&wait=25&limit=1", places[2]);
        let ((), page) = at_once("an event while waiting", async { tokio::join!(write, pull(machine, &asked)) }).await;
        let body = page.json();
        let stands = ["has_more", "last_seq", "acknowledged_seq"].map(|name| body[name].clone());
        assert_eq!((numbers(&page.items()), stands), (vec![4], [json!(true), json!(6), json!(2)]), "more, last, acknowledged");
    });
}

/// How many people wait at once.
const WAITING: usize = 200;

#[test]
fn two_hundred_who_wait_cost_what_one_costs_and_are_in_nobodys_way() {
    on_both_with(&[("JALON_DATABASE_CONNECTIONS", "1")], async |server| {
        let (one, other) = (Receiver::new(server).await, Receiver::new(server).await);
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let mut starts = Vec::new();
        for receiver in [&one, &other] {
            receiver.refer(server).await;
            starts.push(end(&receiver.machine).await);
        }
        let [of_one, of_other] = [Cell::new(0), Cell::new(0)];
        let waiting = join_all((0..WAITING).map(async |place| {
            let (receiver, count) = [(&one, &of_one), (&other, &of_other)][place % 2];
            let page = wait(&receiver.machine, &starts[place % 2]).await.expect(200);
            count.set(count.get() + 1);
            page
        }));
        let measuring = async {
            until_they_wait(server, WAITING).await;
            let begun = Instant::now();
            let (nothing, heard) = server.all_statements(pull(&one.machine, &format!("?after={}&wait=3", starts[0]))).await;
            assert_eq!(nothing.items().len(), 0);
            assert_eq!((of_one.get(), of_other.get()), (0, 0), "all of them still wait");
            let looks = heard.iter().filter(|statement| is_look(statement)).count();
            let most = usize::try_from(begun.elapsed().as_millis() / 500).unwrap() + 1;
            assert!((1..=most).contains(&looks), "{looks} looks, {most} at most");
            assert_eq!(heard.iter().filter(|statement| is_page(statement)).count(), 1, "the page of whoever asked");
            let others: Vec<&String> = heard.iter().filter(|statement| statement.contains("feed") && !is_look(statement)).collect();
            assert!(others.len() <= 2, "{others:#?}");

            // Reads and writes that have nothing to do with it, and then those that everybody waits for.
            let reads = join_all((0..40).map(async |place| match place % 4 {
                0 => administrator.get("/v1/organisations").await,
                1 => one.machine.get("/v1/referrals").await,
                2 => manager.get("/v1/beneficiaries").await,
                _ => other.machine.get(&format!("{FEED}?after=beginning")).await,
            }));
            let writes = join_all((0..20).map(async |_| server.given().person().await));
            let (reads, people) = tokio::join!(reads, writes);
            assert!(reads.iter().all(|answer| answer.status == 200), "{:?}", reads.iter().map(|answer| answer.status).collect::<Vec<_>>());
            assert_eq!((people.len(), of_one.get(), of_other.get()), (20, 0, 0));
            let (first, second) = people.split_at(10);
            // Each of them is expected to succeed: none is told to come later.
            let of_them = join_all(first.iter().map(async |person| server.given().referral(&one.organisation, person).await));
            let reads = join_all((0..20).map(|_| administrator.get("/v1/organisations")));
            let (_, reads) = tokio::join!(of_them, reads);
            assert!(reads.iter().all(|answer| answer.status == 200));
            for _ in 0..1_000 {
                if of_one.get() == WAITING / 2 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!((of_one.get(), of_other.get()), (WAITING / 2, 0), "those whose feed it is, and no other");
            join_all(second.iter().map(async |person| server.given().referral(&other.organisation, person).await)).await;
        };
        let ((), pages) = tokio::join!(measuring, waiting);
        for (place, page) in pages.iter().enumerate() {
            assert_eq!(page.items()[0]["seq"], 2, "{place}: {}", page.text());
        }
    });
}

#[test]
fn a_server_told_to_stop_lets_those_go_who_wait() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer(server).await;
        let start = end(&receiver.machine).await;
        let waiting = join_all((0..20).map(|_| wait(&receiver.machine, &start)));
        let stopping = async {
            until_they_wait(server, 20).await;
            server.stop().await;
        };
        let ((), pages) = at_once("stopping", async { tokio::join!(stopping, waiting) }).await;
        for page in pages {
            let page = page.expect(200);
            assert_eq!((page.items().len(), page.field("next_cursor")), (0, start.clone()));
        }
    });
}

async fn disable(server: &TestServer, kind: &str, caller: &Client) {
    let token = caller.token().await.unwrap();
    server.administrator().command(&format!("/v1/{kind}/{}/disablement", caller.id())).await.expect(200);
    assert_refused_within_five_seconds(server, &token).await;
}

#[test]
fn who_is_disabled_while_waiting_gets_nothing() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        let organisation = &receiver.organisation;
        let (machine, partner) = (&receiver.machine, server.partner(organisation).await);
        let colleague = server.client(organisation, &["referrals:receive"]).await;
        let start = end(&colleague).await;
        let write = async {
            until_they_wait(server, 3).await;
            tokio::join!(disable(server, "clients", machine), disable(server, "professionals", &partner));
            receiver.refer(server).await;
        };
        let waiting = async { tokio::join!(wait(machine, &start), wait(&partner, &start), wait(&colleague, &start)) };
        let ((), (one, other, third)) = tokio::join!(write, waiting);
        for refused in [one, other] {
            let refused = refused.expect(401);
            assert!(refused.json().get("items").is_none() && refused.json().get("last_seq").is_none(), "{}", refused.text());
        }
        assert_eq!(numbers(&third.expect(200).items()), [1], "the control: whoever was not disabled");
    });
}
