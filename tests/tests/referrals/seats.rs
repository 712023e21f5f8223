//! Acceptance for a group gives a seat, which is an enrolment; where there is none, there is a waiting list.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Workshop, assert_faults, group, path, text, twice, with};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::table::ABSENT;

#[test]
fn an_acceptance_creates_the_enrolment() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 2).await;
        let person = server.given().person().await;
        let referral = workshop.refer_person(server, &person).await;
        workshop.receiver.news().await;
        let accepted = twice(&workshop.receiver.machine, &workshop.receiver, &format!("{}/acceptance", path(&referral)), json!({})).await.json();
        assert_eq!(
            (&accepted["state"], &accepted["version"], &accepted["expires_at"]),
            (&json!("accepted"), &json!(2), &json!("2026-04-16T17:00:00.000Z"))
        );
        assert_eq!(workshop.receiver.news().await, ["accepted"]);
        let enrolments = workshop.enrolments().await;
        assert_eq!(enrolments.len(), 1, "answered twice, seated once");
        let read = ["id", "beneficiary_id", "group_id", "starts_on", "ends_on", "status_at_entry", "origin", "referral_id", "version"]
            .map(|name| enrolments[0][name].clone());
        let expected = [
            accepted["enrolment_id"].clone(),
            json!(person.id),
            json!(workshop.group),
            json!("2026-03-17"),
            Value::Null,
            json!("rsa"),
            json!("referral"),
            json!(referral),
            json!(1),
        ];
        assert_eq!(read, expected);
        // Whom nobody referred has a seat of another origin.
        workshop.occupy(server, 1).await;
        let direct = workshop.enrolments().await.into_iter().find(|enrolment| enrolment["id"] != enrolments[0]["id"]).unwrap();
        assert_eq!((&direct["origin"], &direct["referral_id"]), (&json!("direct"), &Value::Null));
        assert_eq!(workshop.seats_taken().await, 2);
    });
}

#[test]
fn a_receiver_chooses_the_group_and_the_first_day_where_the_referral_leaves_them_open() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let (workshop, other) = (Workshop::new(server, 5).await, Workshop::new(server, 5).await);
        let later = group(server, &workshop.action, json!({"starts_on": "2026-05-04", "ends_on": "2026-06-30"})).await;
        let past = group(server, &workshop.action, json!({"ends_on": "2026-03-16"})).await;
        let receiver = &workshop.receiver;
        let open = given.referral_to(&workshop.action, None, &given.person().await).await;
        let named = workshop.refer(server).await;
        for (referral, order, fault) in [
            (&open, json!({}), ("REQUIRED_FOR_PURPOSE", "/group_id")),
            (&open, json!({"group_id": ABSENT}), ("GROUP_UNKNOWN", "/group_id")),
            (&open, json!({"group_id": other.group}), ("GROUP_UNKNOWN", "/group_id")),
            (&open, json!({"group_id": past}), ("ENROLMENT_OUTSIDE_GROUP", "/starts_on")),
            (&open, json!({"group_id": later, "starts_on": "2026-05-03"}), ("ENROLMENT_OUTSIDE_GROUP", "/starts_on")),
            (&open, json!({"group_id": later, "starts_on": "2026-07-01"}), ("ENROLMENT_OUTSIDE_GROUP", "/starts_on")),
            (&named, json!({"group_id": later}), ("GROUP_UNKNOWN", "/group_id")),
            (&named, json!({"starts_on": "2026-03-16"}), ("DAY_TOO_EARLY", "/starts_on")),
        ] {
            assert_faults(receiver.answer(referral, "acceptance", order).await, &[fault]);
        }
        let accepted = receiver.answer(&open, "acceptance", json!({"group_id": later})).await.expect(200).json();
        assert_eq!((&accepted["group_id"], &accepted["group_name"]), (&json!(later), &json!("Mardi et jeudi")));
        let seat = receiver.machine.get(&format!("/v1/enrolments/{}", text(&accepted["enrolment_id"]))).await.expect(200).json();
        assert_eq!(seat["starts_on"], json!("2026-05-04"), "the group's first day, since it is to come");
        // The same again, said in any way, is the same; another group or another day is another answer.
        for order in [json!({}), json!({"group_id": later}), json!({"starts_on": "2026-05-04"})] {
            assert_eq!(receiver.answer(&open, "acceptance", order).await.expect(200).json(), accepted);
        }
        for order in [json!({"group_id": workshop.group}), json!({"starts_on": "2026-05-05"})] {
            receiver.answer(&open, "acceptance", order).await.expect_problem(409, "REFERRAL_ANSWERED");
        }
        server.advance(TimeDelta::days(10));
        let accepted = receiver.answer(&named, "acceptance", json!({"group_id": workshop.group, "starts_on": "2026-03-17"})).await.expect(200);
        let seat = receiver.machine.get(&format!("/v1/enrolments/{}", accepted.field("enrolment_id"))).await.expect(200).json();
        assert_eq!(seat["starts_on"], json!("2026-03-17"), "who was there before the answer was");
    });
}

#[test]
fn a_full_group_takes_nobody_and_a_free_seat_lets_nobody_wait() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 2).await;
        let seats = workshop.occupy(server, 1).await;
        let referrals = workshop.refer_many(server, 2).await;
        workshop.wait(&referrals[0]).await.expect_problem(409, "SEAT_FREE");
        workshop.accept(&referrals[0]).await;
        workshop.receiver.news().await;
        workshop.receiver.answer(&referrals[1], "acceptance", json!({})).await.expect_problem(409, "GROUP_FULL");
        assert_eq!(workshop.receiver.state(&referrals[1]).await, "sent");
        assert_eq!((workshop.enrolments().await.len(), workshop.receiver.news().await), (2, Vec::new()));
        // Full today, free from the day after somebody's last.
        workshop.exit(&seats[0], "2026-03-31", "completed").await.expect(200);
        workshop.receiver.answer(&referrals[1], "acceptance", json!({"starts_on": "2026-03-31"})).await.expect_problem(409, "GROUP_FULL");
        let accepted = workshop.receiver.answer(&referrals[1], "acceptance", json!({})).await.expect(200);
        let seat = workshop.manager.get(&format!("/v1/enrolments/{}", accepted.field("enrolment_id"))).await.expect(200);
        assert_eq!(seat.field("starts_on"), "2026-04-01", "the first day on which a seat is free");
    });
}

#[test]
fn whoever_sits_in_the_group_already_is_not_seated_twice() {
    on_both(async |server| {
        let workshop = Workshop::new(server, 5).await;
        let person = server.given().person().await;
        let referral = workshop.refer_person(server, &person).await;
        server.given().enrolment(&workshop.group, &person).await;
        workshop.receiver.answer(&referral, "acceptance", json!({})).await.expect_problem(409, "ALREADY_ENROLLED");
        assert_eq!(workshop.enrolments().await.len(), 1);
    });
}

#[test]
fn a_referral_to_any_group_waits_only_while_all_are_full() {
    on_both(async |server| {
        let given = server.given();
        let workshop = Workshop::new(server, 1).await;
        let other = group(server, &workshop.action, json!({"capacity": 1})).await;
        workshop.occupy(server, 1).await;
        let referral = given.referral_to(&workshop.action, None, &given.person().await).await;
        workshop.wait(&referral).await.expect_problem(409, "SEAT_FREE");
        given.enrolment(&other, &given.person().await).await;
        let waiting = workshop.wait(&referral).await.expect(200).json();
        assert_eq!((&waiting["state"], &waiting["waiting_rank"], &waiting["group_id"]), (&json!("waiting_list"), &json!(1), &Value::Null));
        // A group of tomorrow has seats from its first day on: they are there to be given.
        group(server, &workshop.action, json!({"capacity": 1, "starts_on": given.day(-100), "ends_on": given.day(-1)})).await;
        assert_eq!(workshop.receiver.state(&referral).await, "waiting_list", "a group that is over has none");
    });
}

#[test]
fn the_receiver_s_referent_of_an_action_is_its_own_to_name() {
    on_both(async |server| {
        let workshop = Workshop::new(server, 5).await;
        let referral = workshop.refer(server).await;
        let accepted = workshop.receiver.answer(&referral, "acceptance", super::referent("Exemple")).await.expect(200).json();
        assert_eq!(accepted["referent"]["last_name"], json!("Exemple"));
        let renamed = workshop.receiver.answer(&referral, "acceptance", super::referent("Autre")).await.expect(200).json();
        let kept = ["enrolment_id", "state", "group_id"];
        assert_eq!(kept.map(|name| renamed[name].clone()), kept.map(|name| accepted[name].clone()));
        assert_eq!((&renamed["referent"]["last_name"], &renamed["version"]), (&json!("Autre"), &json!(3)));
        let foreign = with(super::referent("Autre"), json!({"group_id": ABSENT}));
        workshop.receiver.answer(&referral, "acceptance", foreign).await.expect_problem(409, "REFERRAL_ANSWERED");
    });
}
