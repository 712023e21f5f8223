//! Many at the same moment, for too few seats: none is given twice, and nobody waits while one is free.

use std::collections::BTreeMap;

use api_tests::{Answer, on_both};
use futures_util::future::join_all;
use serde_json::json;

use super::{Workshop, path};
use crate::attendance::{TUESDAY_EVENING, set_clock};

/// How often each answer came, by status and code.
fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = if answer.status < 400 { String::new() } else { answer.code() };
        *tally.entry(format!("{} {code}", answer.status).trim_end().to_owned()).or_default() += 1;
    }
    tally
}

fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(line, count)| ((*line).to_owned(), *count)).collect()
}

/// That every seat is somebody's while somebody waits, and no seat is two people's.
async fn assert_no_seat_is_lost(workshop: &Workshop, capacity: i64) {
    let taken = workshop.seats_taken().await;
    let waiting = workshop.manager.list(&format!("{}?state=waiting_list&limit=200", super::REFERRALS)).await;
    let waiting = waiting.iter().filter(|one| one["action_id"] == json!(workshop.action)).count();
    assert!(taken <= capacity, "{taken} seats are taken of {capacity}");
    assert!(waiting == 0 || taken == capacity, "{waiting} wait, and {taken} of {capacity} seats are taken");
    // Each seat that a referral gave is of one referral, which says so.
    let accepted = workshop.manager.list(&format!("{}?state=accepted&limit=200", super::REFERRALS)).await;
    let accepted: BTreeMap<String, String> = accepted
        .iter()
        .filter(|one| one["action_id"] == json!(workshop.action))
        .map(|one| (super::text(&one["enrolment_id"]), super::text(&one["id"])))
        .collect();
    let seated = workshop.enrolments().await;
    let seated: BTreeMap<String, String> = seated
        .iter()
        .filter(|one| one["origin"] == json!("referral") && one["ends_on"].is_null())
        .map(|one| (super::text(&one["id"]), super::text(&one["referral_id"])))
        .collect();
    assert_eq!(accepted, seated);
}

#[test]
fn of_sixteen_accepted_at_once_for_the_last_seat_one_sits() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        for (capacity, expected) in
            [(1, counted(&[("200", 1), ("409 GROUP_FULL", 15)])), (5, counted(&[("200", 5), ("409 GROUP_FULL", 11)])), (16, counted(&[("200", 16)]))]
        {
            let mut workshop = Workshop::new(server, capacity).await;
            let referrals = workshop.refer_many(server, 16).await;
            workshop.receiver.events().await;
            let answers = join_all(referrals.iter().map(|referral| workshop.receiver.answer(referral, "acceptance", json!({})))).await;
            assert_eq!(tally(&answers), expected, "{capacity} seat(s)");
            assert_eq!(workshop.enrolments().await.len(), capacity);
            assert_eq!(workshop.receiver.news().await, vec!["accepted"; capacity]);
            assert_no_seat_is_lost(&workshop, i64::try_from(capacity).unwrap()).await;
        }
    });
}

#[test]
fn one_referral_accepted_sixteen_times_at_once_gives_one_seat() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 200).await;
        let referral = workshop.refer(server).await;
        workshop.receiver.events().await;
        let answers = join_all((0..16).map(|_| workshop.receiver.answer(&referral, "acceptance", json!({})))).await;
        assert_eq!(tally(&answers), counted(&[("200", 16)]));
        assert!(answers.iter().all(|answer| answer.text() == answers[0].text() && answer.etag() == answers[0].etag()));
        assert_eq!((workshop.enrolments().await.len(), workshop.receiver.news().await), (1, vec!["accepted".to_owned()]));
    });
}

#[test]
fn of_different_answers_at_once_one_stands() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let mut workshop = Workshop::new(server, 200).await;
        for _ in 0..4 {
            let referral = workshop.refer(server).await;
            workshop.receiver.events().await;
            let reasons = ["not_mobile", "no_place", "other", "duplicate"];
            let refusals = join_all(reasons.iter().map(|reason| workshop.receiver.answer(&referral, "refusal", json!({"reason": reason}))));
            let acceptances = join_all((0..2).map(|_| workshop.receiver.answer(&referral, "acceptance", json!({}))));
            let (refusals, acceptances) = futures_util::future::join(refusals, acceptances).await;
            let taken = |answers: &[Answer]| answers.iter().filter(|answer| answer.status == 200).count();
            let state = workshop.receiver.state(&referral).await;
            let expected = if state == "refused" { (1, 0) } else { (0, 2) };
            assert_eq!((taken(&refusals), taken(&acceptances)), expected, "{state}");
            assert_eq!(workshop.receiver.news().await, [state]);
            for refused in refusals.iter().chain(&acceptances).filter(|answer| answer.status != 200) {
                assert_eq!((refused.status, refused.code().as_str()), (409, "REFERRAL_ANSWERED"));
            }
        }
    });
}

#[test]
fn nobody_waits_while_a_seat_is_free_however_exits_and_entries_meet() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        for round in 0..4 {
            let workshop = Workshop::new(server, 4).await;
            let seats = workshop.occupy(server, 4).await;
            let referrals = workshop.refer_many(server, 6).await;
            // Two wait already in the odd rounds.
            for referral in referrals.iter().take(2 * (round % 2)) {
                workshop.wait(referral).await.expect(200);
            }
            let exits = join_all(seats.iter().map(|seat| workshop.exit(seat, "2026-03-16", "moved")));
            let entries = join_all(referrals.iter().map(|referral| workshop.wait(referral)));
            let (exits, entries) = futures_util::future::join(exits, entries).await;
            assert_eq!(tally(&exits), counted(&[("200", 4)]));
            assert!(
                entries.iter().all(|entry| entry.status == 200 || entry.code() == "SEAT_FREE" || entry.code() == "REFERRAL_ANSWERED"),
                "{:?}",
                tally(&entries)
            );
            assert_no_seat_is_lost(&workshop, 4).await;
        }
    });
}

#[test]
fn nobody_waits_while_a_seat_is_free_however_referrals_are_taken_back() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        for _ in 0..3 {
            let workshop = Workshop::new(server, 3).await;
            let referrals = workshop.refer_many(server, 9).await;
            let (seated, rest) = referrals.split_at(3);
            for referral in seated {
                // From tomorrow on: the seat of whoever is taken back is free from then.
                workshop.receiver.answer(referral, "acceptance", json!({"starts_on": "2026-03-18"})).await.expect(200);
            }
            let (waiting, late) = rest.split_at(3);
            for referral in waiting {
                workshop.wait(referral).await.expect(200);
            }
            let cancel = async |referral: &String| {
                workshop.manager.post(&format!("{}/cancellation", path(referral)), json!({"reason": "person_declined"})).await
            };
            let back = join_all(seated.iter().chain(&waiting[..1]).map(cancel));
            let entries = join_all(late.iter().map(|referral| workshop.wait(referral)));
            let (back, entries) = futures_util::future::join(back, entries).await;
            assert_eq!(tally(&back), counted(&[("200", 4)]));
            assert!(entries.iter().all(|entry| [200, 409].contains(&entry.status)), "{:?}", tally(&entries));
            let waits = workshop.manager.list(&format!("{}?state=waiting_list&limit=200", super::REFERRALS)).await;
            let waits = waits.iter().filter(|one| one["action_id"] == json!(workshop.action)).count();
            // Once the last of those who were taken back is gone, all three seats are taken while anybody waits.
            set_clock(server, "2026-03-25T17:00:00.000Z");
            let taken = workshop.seats_taken().await;
            assert!(taken <= 3 && (waits == 0 || taken == 3), "{waits} wait, and {taken} of 3 seats are taken");
            set_clock(server, TUESDAY_EVENING);
        }
    });
}

#[test]
fn raising_seats_and_filling_them_at_once_gives_each_once() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let workshop = Workshop::new(server, 1).await;
        workshop.occupy(server, 1).await;
        let referrals = workshop.refer_many(server, 8).await;
        for referral in &referrals[..4] {
            workshop.wait(referral).await.expect(200);
        }
        let acceptances = join_all(referrals[4..].iter().map(|referral| workshop.receiver.answer(referral, "acceptance", json!({}))));
        let (raised, answers) = futures_util::future::join(workshop.resize(5), acceptances).await;
        raised.expect(200);
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.code() == "GROUP_FULL"), "{:?}", tally(&answers));
        assert_no_seat_is_lost(&workshop, 5).await;
        assert_eq!(workshop.seats_taken().await, 5);
    });
}
