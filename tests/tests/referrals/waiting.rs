//! Who waits for a seat, and who gets it: a seat that becomes free, however it does, goes to whoever came first on the list.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Workshop, group, path, text};
use crate::attendance::{TUESDAY_EVENING, set_clock};

/// A full group, its enrolments, and people who wait for it, a minute apart.
async fn full(server: &api_tests::TestServer, capacity: usize, waiting: usize) -> (Workshop, Vec<String>, Vec<String>) {
    set_clock(server, TUESDAY_EVENING);
    let workshop = Workshop::new(server, capacity).await;
    let seats = workshop.occupy(server, capacity).await;
    let referrals = workshop.refer_many(server, waiting).await;
    for (referral, rank) in referrals.iter().zip(1..) {
        server.advance(TimeDelta::minutes(1));
        assert_eq!(workshop.wait(referral).await.expect(200).json()["waiting_rank"], json!(rank));
    }
    (workshop, seats, referrals)
}

/// The seat that a referral was given.
async fn seat_of(workshop: &Workshop, referral: &str) -> Value {
    let enrolment = text(&workshop.receiver.read(referral).await["enrolment_id"]);
    workshop.manager.get(&format!("/v1/enrolments/{enrolment}")).await.expect(200).json()
}

#[test]
fn a_seat_freed_by_an_exit_goes_to_the_first_who_waits() {
    on_both(async |server| {
        let (mut workshop, seats, referrals) = full(server, 2, 3).await;
        workshop.receiver.news().await;
        workshop.exit(&seats[0], "2026-03-16", "employment").await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["accepted", "1", "2"]);
        let seat = seat_of(&workshop, &referrals[0]).await;
        let read = ["starts_on", "origin", "referral_id", "status_at_entry"].map(|name| seat[name].clone());
        assert_eq!(read, [json!("2026-03-17"), json!("referral"), json!(referrals[0]), json!("rsa")]);
        let events = workshop.receiver.events().await;
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0]["type"], &events[0]["referral"]["id"]), (&json!("referral.accepted"), &json!(referrals[0])));
        // From the day after the last one of whoever leaves.
        workshop.exit(&seats[1], "2026-03-31", "completed").await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["accepted", "accepted", "1"]);
        assert_eq!(seat_of(&workshop, &referrals[1]).await["starts_on"], json!("2026-04-01"));
        // Whoever was promoted frees their seat like anybody.
        let first = text(&seat_of(&workshop, &referrals[0]).await["id"]);
        workshop.exit(&first, "2026-03-17", "never_came").await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["abandoned", "accepted", "accepted"]);
        // Once everybody who left is gone.
        set_clock(server, "2026-04-02T17:00:00.000Z");
        assert_eq!(workshop.seats_taken().await, 2);
    });
}

#[test]
fn new_seats_of_a_group_go_to_as_many_as_there_are() {
    on_both(async |server| {
        let (mut workshop, _, referrals) = full(server, 1, 4).await;
        workshop.receiver.news().await;
        let raised = workshop.resize(4).await.expect(200).json();
        assert_eq!((&raised["capacity"], &raised["seats_taken"]), (&json!(4), &json!(4)), "the answer counts those just seated");
        assert_eq!(workshop.places(&referrals).await, ["accepted", "accepted", "accepted", "1"]);
        let promoted: Vec<String> = workshop.receiver.events().await.iter().map(|event| text(&event["referral"]["id"])).collect();
        assert_eq!(promoted, referrals[..3], "in order");
        // More seats than people: the rest stays free.
        workshop.resize(10).await.expect(200);
        assert_eq!((workshop.places(&referrals).await[3].as_str(), workshop.seats_taken().await), ("accepted", 5));
    });
}

#[test]
fn a_new_group_takes_those_who_wait_for_any() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let workshop = Workshop::new(server, 1).await;
        workshop.occupy(server, 1).await;
        let named = workshop.refer(server).await;
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(given.referral_to(&workshop.action, None, &given.person().await).await);
        }
        workshop.wait(&named).await.expect(200);
        for referral in &open {
            server.advance(TimeDelta::minutes(1));
            workshop.wait(referral).await.expect(200);
        }
        // Those of one group and those of any may be given the same seat: they wait in one list.
        assert_eq!(workshop.places(&[named.clone(), open[0].clone()]).await, ["1", "2"]);
        let new = group(server, &workshop.action, json!({"capacity": 2, "starts_on": "2026-05-04"})).await;
        assert_eq!(workshop.places(&open).await, ["accepted", "accepted", "2"]);
        let accepted = workshop.receiver.read(&open[0]).await;
        assert_eq!(accepted["group_id"], json!(new));
        assert_eq!(seat_of(&workshop, &open[0]).await["starts_on"], json!("2026-05-04"));
        assert_eq!(workshop.receiver.state(&named).await, "waiting_list", "who is meant for another group waits on");
        // Another action's group is none of theirs.
        let stranger = given.action(&workshop.receiver.organisation).await;
        given.group(&stranger).await;
        assert_eq!(workshop.receiver.state(&open[2]).await, "waiting_list");
    });
}

#[test]
fn whoever_waits_for_any_group_and_came_first_gets_the_seat_of_one() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let workshop = Workshop::new(server, 1).await;
        let seats = workshop.occupy(server, 1).await;
        let open = given.referral_to(&workshop.action, None, &given.person().await).await;
        workshop.wait(&open).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        let named = workshop.refer(server).await;
        workshop.wait(&named).await.expect(200);
        workshop.exit(&seats[0], "2026-03-16", "moved").await.expect(200);
        assert_eq!(workshop.places(&[open.clone(), named]).await, ["accepted", "1"]);
        assert_eq!(workshop.receiver.read(&open).await["group_id"], json!(workshop.group));
    });
}

#[test]
fn whoever_was_seated_meanwhile_is_passed_over() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 1).await;
        let seats = workshop.occupy(server, 1).await;
        let people = [server.given().person().await, server.given().person().await];
        let referrals = [workshop.refer_person(server, &people[0]).await, workshop.refer_person(server, &people[1]).await];
        for referral in &referrals {
            server.advance(TimeDelta::minutes(1));
            workshop.wait(referral).await.expect(200);
        }
        // A caseworker seats the first directly; then there are two more seats.
        workshop.exit(&seats[0], "2026-06-30", "completed").await.expect(200);
        let states = workshop.places(&referrals).await;
        assert_eq!(states, ["accepted", "1"], "a seat of July is a seat");
        workshop.resize(2).await.expect(200);
        assert_eq!(workshop.places(&referrals).await, ["accepted", "accepted"]);
    });
}

#[test]
fn a_direct_enrolment_does_not_take_a_place_on_the_list() {
    on_both(async |server| {
        let (workshop, _, referrals) = full(server, 1, 0).await;
        assert!(referrals.is_empty());
        let people = [server.given().person().await, server.given().person().await];
        let mut waiting = Vec::new();
        for person in &people {
            let referral = workshop.refer_person(server, person).await;
            server.advance(TimeDelta::minutes(1));
            workshop.wait(&referral).await.expect(200);
            waiting.push(referral);
        }
        // The group is full for a caseworker as for a receiver.
        let path_of_group = format!("/v1/groups/{}/enrolments", workshop.group);
        workshop.manager.post(&path_of_group, server.given().enrolment_order(&people[0])).await.expect_problem(409, "GROUP_FULL");
        assert_eq!(workshop.places(&waiting).await, ["1", "2"]);
        // Refusing the first moves the second up.
        workshop.receiver.answer(&waiting[0], "refusal", json!({"reason": "no_place"})).await.expect(200);
        assert_eq!(workshop.places(&waiting).await, ["refused", "1"]);
    });
}

#[test]
fn several_exits_and_several_who_wait() {
    on_both(async |server| {
        let (workshop, seats, referrals) = full(server, 4, 3).await;
        for (seat, expected) in seats.iter().zip([["accepted", "1", "2"], ["accepted", "accepted", "1"], ["accepted"; 3], ["accepted"; 3]]) {
            workshop.exit(seat, "2026-03-16", "training").await.expect(200);
            assert_eq!(workshop.places(&referrals).await, expected);
        }
        assert_eq!(workshop.seats_taken().await, 3, "the fourth seat is nobody's");
        workshop.wait(&workshop.refer(server).await).await.expect_problem(409, "SEAT_FREE");
    });
}

#[test]
fn nobody_waits_for_a_seat_that_is_to_become_free_since_it_can_be_given_already() {
    on_both(async |server| {
        // Somebody leaves tonight; the next one comes the same evening, when there is no seat today.
        let (workshop, seats, _) = full(server, 1, 0).await;
        workshop.exit(&seats[0], "2026-03-17", "moved").await.expect(200);
        let referral = workshop.refer(server).await;
        workshop.wait(&referral).await.expect_problem(409, "SEAT_FREE");
        workshop.accept(&referral).await;
        assert_eq!(seat_of(&workshop, &referral).await["starts_on"], json!("2026-03-18"));
        workshop.wait(&workshop.refer(server).await).await.expect(200);
    });
}

#[test]
fn a_rank_is_read_in_lists_as_on_the_referral_itself() {
    on_both(async |server| {
        let (workshop, _, referrals) = full(server, 1, 3).await;
        let listed = workshop.receiver.machine.list(&format!("{}?state=waiting_list&limit=2", super::REFERRALS)).await;
        assert_eq!(listed.iter().map(|one| one["waiting_rank"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
        for (one, referral) in listed.iter().zip(&referrals) {
            assert_eq!(one, &workshop.receiver.read(referral).await);
        }
        // A rank that changes is another content of the same version.
        let seen = workshop.manager.get(&path(&referrals[2])).await.expect(200);
        workshop.receiver.answer(&referrals[0], "refusal", json!({"reason": "no_place"})).await.expect(200);
        let now = workshop.manager.ask("GET", &path(&referrals[2])).header("If-None-Match", &seen.etag()).send().await.expect(200);
        assert_eq!((&now.json()["waiting_rank"], &now.json()["version"]), (&json!(2), &seen.json()["version"]));
    });
}
