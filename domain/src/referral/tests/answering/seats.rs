//! A seat in an action, or the list of those who wait for one.

use super::*;

#[test]
fn an_acceptance_for_a_group_gives_a_seat_in_it() {
    for state in [S::Sent, S::Received, S::WaitingList] {
        let referral = standing(state, placement());
        let accepted = accept_on(LATER, &referral, from("2026-12-01")).unwrap().unwrap();
        assert_eq!(change(Some(&accepted.referral)), Some((S::Accepted, 3, FeedEventType::Accepted)), "{state}");
        let after = &accepted.referral.after;
        assert_eq!((after.enrolment, after.waiting_since, after.closed_at), (Some((id(600), day("2026-12-01"))), None, None));
        assert_eq!((&after.purpose, &after.referent, after.started_on), (&referral.purpose, &None, None), "a referent is named if there is one");
        let seat = accepted.enrolment.unwrap();
        assert_eq!((seat.after.id, seat.after.group, seat.after.person.id), (id(600), id(300), person().id));
        assert_eq!((seat.after.starts_on, seat.after.planned_end_on, seat.after.end), (day("2026-12-01"), None, None));
        assert_eq!((seat.after.origin, seat.after.referral), (crate::enrolment::Origin::Referral, Some(id(800))));
        assert_eq!((seat.after.status_at_entry.clone(), seat.created, seat.event.kind), (term("known"), true, "enrolment.created"));
    }
    let named = accept_on(LATER, &placement(), by("Animatrice")).unwrap().unwrap();
    assert_eq!(named.referral.after.referent, Some(referent("Animatrice")));
}

#[test]
fn a_seat_starts_today_or_with_its_group_unless_a_day_is_said() {
    let later_group = Group { about: crate::group::GroupOrder { starts_on: day("2027-01-04"), ..group().about }, ..group() };
    let first_day = |group: &Group, when, order| {
        let accepted = accept_in(Some(group), NOBODY_SITS, when, &placement(), order).unwrap().unwrap();
        let seat = accepted.enrolment.unwrap().after.starts_on;
        assert_eq!(accepted.referral.after.enrolment, Some((id(600), seat)));
        seat
    };
    assert_eq!(first_day(&group(), "2026-11-18T22:59:59.999Z", AcceptOrder::default()), day("2026-11-18"));
    assert_eq!(first_day(&group(), "2026-11-18T23:00:00.000Z", AcceptOrder::default()), day("2026-11-19"), "midnight in Paris");
    assert_eq!(first_day(&later_group, LATER, AcceptOrder::default()), day("2027-01-04"));
    assert_eq!(first_day(&later_group, LATER, from("2027-02-01")), day("2027-02-01"));
    assert_eq!(first_day(&group(), LATER, from("2027-06-30")), day("2027-06-30"), "the last day of the group");
}

#[test]
fn a_seat_starts_on_the_first_day_on_which_one_is_free_unless_a_day_is_said() {
    let until = |n, last| seat(n, "2026-09-15", last);
    for (seats, expected, why) in [
        (vec![until(1, ""), until(2, "2026-11-17")], "2026-11-18", "left yesterday"),
        (vec![until(1, ""), until(2, "2026-11-18")], "2026-11-19", "leaves tonight"),
        (vec![until(1, ""), until(2, "2026-11-30")], "2026-12-01", "free in December"),
        (vec![until(1, "2027-01-10"), until(2, "2026-11-30")], "2026-12-01", "the first to leave"),
        (vec![until(1, ""), until(2, "2027-06-29")], "2027-06-30", "the last day of the group"),
        (vec![until(1, ""), until(2, "2026-11-30"), seat(3, "2026-12-15", "2026-12-31")], "2027-01-01", "free between, then for good"),
        (vec![until(0, "2026-11-30"), until(1, "")], "2026-12-01", "the seat that becomes free is their own"),
        (vec![seat(1, "2027-01-01", "2027-01-31"), seat(2, "2027-01-01", "2027-02-28")], "2027-02-01", "free today, but not in January"),
    ] {
        let accepted = accept_in(Some(&group()), &seats, LATER, &placement(), AcceptOrder::default()).unwrap().unwrap();
        let starts_on = accepted.enrolment.unwrap().after.starts_on;
        assert_eq!((accepted.referral.after.enrolment, starts_on), (Some((id(600), starts_on)), day(expected)), "{why}");
    }
    let leaves = [until(1, ""), until(2, "2026-11-30")];
    let said = accept_in(Some(&group()), &leaves, LATER, &placement(), from("2027-02-01")).unwrap().unwrap();
    assert_eq!(said.enrolment.unwrap().after.starts_on, day("2027-02-01"), "later than it could");
    let to_come = Group { about: crate::group::GroupOrder { starts_on: day("2027-01-04"), ..group().about }, ..group() };
    let next_year = [seat(1, "2027-01-04", ""), seat(2, "2027-01-04", "2027-02-28")];
    let accepted = accept_in(Some(&to_come), &next_year, LATER, &placement(), AcceptOrder::default()).unwrap().unwrap();
    assert_eq!(accepted.enrolment.unwrap().after.starts_on, day("2027-03-01"), "in a group to come");
}

#[test]
fn nobody_sits_before_they_were_referred() {
    let too_early = || vec![fault("/starts_on", Rule::DayTooEarly)];
    let after_midnight = || Referral { sent_at: at("2026-11-17T23:00:00.000Z"), ..placement() };
    for (referral, starts_on, expected) in [
        (placement(), "2026-11-17", vec![]),
        (placement(), "2026-11-16", too_early()),
        (placement(), "2026-08-31", too_early()),
        (after_midnight(), "2026-11-18", vec![]),
        (after_midnight(), "2026-11-17", too_early()),
    ] {
        for when in [LATER, EXPIRY] {
            assert_eq!(wrong(accept_on(when, &referral, from(starts_on))), expected, "{starts_on} at {when}");
        }
    }
    let seated = standing(S::Accepted, placement());
    assert_eq!(accepted(accept_on(LATER, &seated, from("2026-11-16"))), refused(Rule::ReferralAnswered), "state comes before rules");
    let earlier = accept_on("2026-11-20T09:00:00.000Z", &placement(), from("2026-11-17")).unwrap().unwrap();
    assert_eq!(earlier.enrolment.unwrap().after.starts_on, day("2026-11-17"), "the person came before anybody wrote it down");
}

#[test]
fn the_group_of_the_seat_is_the_one_meant_or_any_of_the_action() {
    let told = |referral: &Referral, group: Option<&Group>, ordered: Option<u128>| {
        let order = AcceptOrder { group: ordered.map(id), ..AcceptOrder::default() };
        accept_in(group, NOBODY_SITS, LATER, referral, order).map(|accepted| accepted.unwrap().referral.after.purpose.group())
    };
    let unknown = || Err(Refusal::invalid("group_id", Rule::GroupUnknown));
    assert_eq!(told(&placement(), Some(&group()), None), Ok(Some(id(300))));
    assert_eq!(told(&placement(), Some(&group()), Some(300)), Ok(Some(id(300))));
    assert_eq!(told(&placement(), Some(&second_group()), Some(301)), unknown(), "another was meant");
    assert_eq!(told(&placement_anywhere(), Some(&second_group()), Some(301)), Ok(Some(id(301))));
    assert_eq!(told(&placement_anywhere(), None, Some(309)), unknown());
    let elsewhere = Group { action: id(201), ..second_group() };
    assert_eq!(told(&placement_anywhere(), Some(&elsewhere), Some(301)), unknown(), "of another action");
    let unsaid = told(&placement_anywhere(), None, None);
    assert_eq!(faults(unsaid.unwrap_err()), [fault("/group_id", Rule::RequiredForPurpose)]);
}

#[test]
fn nobody_is_seated_in_another_group_than_the_one_that_was_asked_for() {
    let order = || AcceptOrder { group: Some(id(301)), ..AcceptOrder::default() };
    for (locked, seats) in [(Some(group()), NOBODY_SITS), (Some(group()), &full()), (Some(second_group()), NOBODY_SITS), (None, NOBODY_SITS)] {
        let found = accept_in(locked.as_ref(), seats, LATER, &placement(), order());
        assert_eq!(wrong(found), [fault("/group_id", Rule::GroupUnknown)]);
    }
    let in_another = accept_in(Some(&group()), NOBODY_SITS, LATER, &placement_anywhere(), order());
    assert_eq!(wrong(in_another), [fault("/group_id", Rule::GroupUnknown)]);
}

#[test]
fn the_group_of_the_seat_takes_the_name_it_has() {
    let accepted = accept_in(Some(&second_group()), NOBODY_SITS, LATER, &placement_anywhere(), AcceptOrder { group: Some(id(301)), ..by("A") });
    let Purpose::Action { group, status_at_entry, .. } = accepted.unwrap().unwrap().referral.after.purpose.clone() else { panic!("an action") };
    assert_eq!((group, status_at_entry), (Some((id(301), label("Bellac, mercredi"))), term("known")));
}

#[test]
fn nobody_is_accepted_without_a_seat() {
    let given = |seats: &[SeatTaken], order| accepted(accept_in(Some(&group()), seats, LATER, &placement(), order));
    let taken = Ok(Some((S::Accepted, 2, FeedEventType::Accepted)));
    assert_eq!(given(&full(), AcceptOrder::default()), refused(Rule::GroupFull));
    assert_eq!(given(&full()[..1], AcceptOrder::default()), taken);
    let one_leaves = [seat(1, "2026-09-15", ""), seat(2, "2026-09-15", "2026-11-30")];
    assert_eq!(given(&one_leaves, AcceptOrder::default()), taken, "free in December");
    assert_eq!(given(&one_leaves, from("2026-11-30")), refused(Rule::GroupFull));
    assert_eq!(given(&one_leaves, from("2026-12-01")), taken);
    let promised = [seat(1, "2026-09-15", ""), seat(2, "2027-05-01", "")];
    assert_eq!(given(&promised, AcceptOrder::default()), refused(Rule::GroupFull), "the second is promised for May");
    let leaves_with_the_group = [seat(1, "2026-09-15", ""), seat(2, "2026-09-15", "2027-06-30")];
    assert_eq!(given(&leaves_with_the_group, AcceptOrder::default()), refused(Rule::GroupFull), "the group ends with the seat");
    let own = [seat(0, "2026-09-15", "")];
    assert_eq!(given(&own, AcceptOrder::default()), refused(Rule::AlreadyEnrolled));
    let left = [seat(0, "2026-09-15", "2026-11-17")];
    assert_eq!(given(&left, AcceptOrder::default()), taken, "they left the day before");
    let own_and_full = [seat(0, "2026-09-15", ""), seat(1, "2026-09-15", "")];
    assert_eq!(given(&own_and_full, AcceptOrder::default()), refused(Rule::AlreadyEnrolled));
}

#[test]
fn nobody_is_accepted_in_a_group_under_a_closed_file() {
    for person in [merged(person()), purged(person())] {
        let place = Place { person: &person, group: Some(&group()), seats: NOBODY_SITS, enrolment: id(600) };
        let found = placement().accept(&answers(LATER), AcceptOrder::default(), &place, false, &VOCABULARY);
        assert_eq!(accepted(found), refused(Rule::BeneficiaryClosed));
    }
}

#[test]
fn a_seat_lies_within_the_period_of_its_group() {
    let outside = [fault("/starts_on", Rule::EnrolmentOutsideGroup)];
    let to_come = Group { about: crate::group::GroupOrder { starts_on: day("2026-12-01"), ..group().about }, ..group() };
    for starts_on in ["2026-11-30", "2027-07-01"] {
        assert_eq!(wrong(accept_in(Some(&to_come), NOBODY_SITS, LATER, &placement(), from(starts_on))), outside);
    }
    let over = ends_on(group(), "2026-11-17");
    assert_eq!(wrong(accept_in(Some(&over), NOBODY_SITS, LATER, &placement(), AcceptOrder::default())), outside, "over since yesterday");
    let last_day = accept_in(Some(&ends_on(group(), "2026-11-18")), NOBODY_SITS, LATER, &placement(), AcceptOrder::default());
    assert!(last_day.is_ok());
}

#[test]
fn a_person_waits_where_no_seat_is_free() {
    for state in [S::Sent, S::Received] {
        let waiting = wait_on(LATER, &standing(state, placement())).unwrap().unwrap();
        assert_eq!(change(Some(&waiting)), Some((S::WaitingList, 3, FeedEventType::WaitingListed)), "{state}");
        assert_eq!((waiting.after.waiting_since, waiting.after.closed_at, waiting.after.enrolment), (Some(at(LATER)), None, None));
    }
    let accompaniment = wait_for(&[], LATER, &accompaniment());
    assert_eq!(told(accompaniment), Ok(Some((S::WaitingList, 2, FeedEventType::WaitingListed))), "an accompaniment has no seats to count");
    let no_group = wait_for(&[], LATER, &placement_anywhere());
    assert_eq!(told(no_group), Ok(Some((S::WaitingList, 2, FeedEventType::WaitingListed))), "an action without a group yet");
}

#[test]
fn somebody_on_the_waiting_list_stays_on_it_since_the_same_moment() {
    let waiting = wait_on(LATER, &placement()).unwrap().unwrap();
    assert_eq!(told(wait_on(EXPIRY, &waiting.after)), Ok(None));
    assert_eq!(told(wait_for(&[(group(), Vec::new())], EXPIRY, &waiting.after)), Ok(None), "even if a seat is free by now");
    let named = receive_on(EXPIRY, &waiting.after, external_id("D-1")).unwrap().referral.unwrap();
    assert_eq!(named.after.waiting_since, Some(at(LATER)));
}

#[test]
fn nobody_waits_where_a_seat_is_free() {
    let listed = Ok(Some((S::WaitingList, 2, FeedEventType::WaitingListed)));
    let one_leaves = |last| vec![seat(1, "2026-09-15", ""), seat(2, "2026-09-15", last)];
    let next_year = Group { about: crate::group::GroupOrder { starts_on: day("2027-01-04"), ..group().about }, ..group() };
    for (groups, expected, why) in [
        (vec![(group(), full())], listed.clone(), "full"),
        (vec![(group(), full()[..1].to_vec())], refused(Rule::SeatFree), "one of two"),
        (vec![(group(), one_leaves("2026-11-17"))], refused(Rule::SeatFree), "somebody left yesterday"),
        (vec![(group(), one_leaves("2026-11-18"))], refused(Rule::SeatFree), "somebody leaves tonight"),
        (vec![(group(), one_leaves("2027-06-29"))], refused(Rule::SeatFree), "free on the last day of the group"),
        (vec![(group(), one_leaves("2027-06-30"))], listed.clone(), "the group ends with the seat"),
        (vec![(group(), full()), (second_group(), one_leaves("2026-12-31"))], refused(Rule::SeatFree), "free next year in another group"),
        (vec![(group(), full()), (second_group(), Vec::new())], refused(Rule::SeatFree), "in another group of the action"),
        (vec![(group(), full()), (second_group(), full())], listed.clone(), "both are full"),
        (vec![(next_year.clone(), Vec::new())], refused(Rule::SeatFree), "from the first day of a group to come"),
        (vec![(next_year.clone(), vec![seat(1, "2027-01-04", ""), seat(2, "2027-01-04", "")])], listed.clone(), "a group to come is full"),
        (vec![(next_year, vec![seat(1, "2027-01-04", ""), seat(2, "2027-01-04", "2027-02-28")])], refused(Rule::SeatFree), "a group to come, later"),
        (vec![(group(), [full(), vec![seat(3, "2027-05-01", "2027-05-31")]].concat())], listed.clone(), "full and more"),
        (
            vec![(group(), vec![seat(1, "2026-09-15", ""), seat(2, "2026-12-01", "2026-12-31")])],
            refused(Rule::SeatFree),
            "free for good from January",
        ),
        (vec![(group(), vec![seat(1, "2026-09-15", ""), seat(2, "2027-05-01", "")])], listed.clone(), "the second is promised for May"),
        (vec![(ends_on(group(), "2026-11-18"), Vec::new())], refused(Rule::SeatFree), "on the last day of the group"),
        (vec![(ends_on(group(), "2026-11-17"), Vec::new())], listed, "the group is over"),
    ] {
        assert_eq!(told(wait_for(&groups, LATER, &placement_anywhere())), expected, "{why}");
    }
}

#[test]
fn a_person_waits_exactly_where_they_cannot_be_seated_now_or_later() {
    let some = |from: &str, to: &str| seat(1, from, to);
    for seats in [
        vec![],
        full(),
        vec![some("2026-09-15", "2026-11-17"), some("2026-09-15", "")],
        vec![some("2026-09-15", "2026-11-18"), some("2026-09-15", "")],
        vec![some("2026-12-01", ""), some("2026-12-01", "")],
        vec![some("2026-09-15", "2026-11-30"), some("2026-12-01", "")],
        vec![some("2026-09-15", "2026-12-01"), some("2026-12-01", "")],
        vec![some("2026-09-15", "2027-06-29"), some("2026-09-15", "")],
        vec![some("2026-09-15", "2027-06-30"), some("2026-09-15", "")],
        vec![some("2026-09-15", "2026-11-30"), some("2026-09-15", ""), some("2026-12-15", "")],
        vec![some("2026-09-15", "2026-11-30"), some("2026-09-15", ""), some("2026-12-15", "2026-12-31")],
    ] {
        let seated = accept_in(Some(&group()), &seats, LATER, &placement(), AcceptOrder::default()).is_ok();
        let waits = wait_for(&[(group(), seats.clone())], LATER, &placement()).is_ok();
        assert_ne!(seated, waits, "{seats:?}");
    }
}
