//! The receiver's side: each answer from each state, again, otherwise, and too late.

use super::*;
use ReferralState as S;

const NOBODY_SITS: &[SeatTaken] = &[];

fn receive_on(when: &str, referral: &Referral, order: ReceiptOrder) -> Result<Receipt, Refusal> {
    referral.receive(&answers(when), &person(), order, false)
}

fn external_id(text: &str) -> ReceiptOrder {
    ReceiptOrder { external_id: Some(line(text)), france_travail_id: None }
}

fn france_travail_id(text: &str) -> ReceiptOrder {
    ReceiptOrder { external_id: None, france_travail_id: text.parse().ok() }
}

/// What a receipt makes of the referral.
fn received(result: Result<Receipt, Refusal>) -> Result<Option<(S, i32, FeedEventType)>, Refusal> {
    told(result.map(|receipt| receipt.referral))
}

/// Takes the person in the group of the action, or as the referent's.
fn accept_in(group: Option<&Group>, seats: &[SeatTaken], when: &str, referral: &Referral, order: AcceptOrder) -> Result<Option<Accepted>, Refusal> {
    let place = Place { person: &person(), group, seats, enrolment: id(600) };
    referral.accept(&answers(when), order, &place, false, &VOCABULARY)
}

fn accept_on(when: &str, referral: &Referral, order: AcceptOrder) -> Result<Option<Accepted>, Refusal> {
    accept_in(Some(&group()), NOBODY_SITS, when, referral, order)
}

fn accepted(result: Result<Option<Accepted>, Refusal>) -> Result<Option<(S, i32, FeedEventType)>, Refusal> {
    told(result.map(|accepted| accepted.map(|accepted| accepted.referral)))
}

/// Named, as an accompaniment needs it.
fn by(last_name: &str) -> AcceptOrder {
    AcceptOrder { referent: Some(referent(last_name)), ..AcceptOrder::default() }
}

fn from(starts_on: &str) -> AcceptOrder {
    AcceptOrder { starts_on: Some(day(starts_on)), ..AcceptOrder::default() }
}

fn refuse_on(when: &str, referral: &Referral, reason: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.refuse(&answers(when), RefuseOrder { reason: term(reason), comment: None }, false, &VOCABULARY)
}

fn wait_for(groups: &[(Group, Vec<SeatTaken>)], when: &str, referral: &Referral) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.put_on_waiting_list(&answers(when), groups, false)
}

fn wait_on(when: &str, referral: &Referral) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    wait_for(&[(group(), full())], when, referral)
}

fn start_on(when: &str, referral: &Referral, on: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.start(&answers(when), day(on))
}

fn completed(ended_on: &str) -> ConcludeOrder {
    ConcludeOrder { conclusion: Conclusion::Completed, ended_on: day(ended_on), reason: None, comment: None, outcome: Outcome::default() }
}

fn abandoned(ended_on: &str, reason: Option<&str>) -> ConcludeOrder {
    ConcludeOrder { conclusion: Conclusion::Abandoned, reason: reason.map(term), ..completed(ended_on) }
}

fn conclude_on(when: &str, referral: &Referral, order: ConcludeOrder) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.conclude(&answers(when), order, &VOCABULARY)
}

fn wrong<T>(result: Result<T, Refusal>) -> Vec<(String, Rule)> {
    result.map_or_else(faults, |_| Vec::new())
}

// ---- receipt

#[test]
fn a_receipt_says_that_the_receiver_has_it_and_how_it_calls_it() {
    for referral in [accompaniment(), placement()] {
        let empty = receive_on(LATER, &referral, ReceiptOrder::default()).unwrap();
        assert_eq!(change(empty.referral.as_ref()), Some((S::Received, 2, FeedEventType::Received)));
        assert!(empty.identified.is_none());
        let named = receive_on(LATER, &referral, external_id("D-1")).unwrap().referral.unwrap();
        assert_eq!((&named.after.external_id, named.after.closed_at), (&Some(line("D-1")), None));
        assert_eq!(change(Some(&named)), Some((S::Received, 2, FeedEventType::Received)));
    }
}

#[test]
fn the_same_receipt_again_changes_nothing() {
    let first = receive_on(LATER, &accompaniment(), external_id("D-1")).unwrap().referral.unwrap();
    for order in [external_id("D-1"), ReceiptOrder::default()] {
        assert_eq!(received(receive_on(LATER, &first.after, order)), Ok(None));
    }
}

#[test]
fn an_external_id_is_given_once() {
    let first = receive_on(LATER, &accompaniment(), ReceiptOrder::default()).unwrap().referral.unwrap();
    let named = receive_on(LATER, &first.after, external_id("D-1"));
    assert_eq!(received(named), Ok(Some((S::Received, 3, FeedEventType::Updated))), "later than the first receipt");
    let named = Referral { external_id: Some(line("D-1")), ..accompaniment() };
    assert_eq!(received(receive_on(LATER, &named, external_id("D-2"))), refused(Rule::IdentifierConflict));
    assert_eq!(received(receive_on(LATER, &named, external_id("d-1"))), refused(Rule::IdentifierConflict), "case counts");
}

#[test]
fn a_receipt_comes_after_any_answer_and_changes_no_state() {
    for state in [S::WaitingList, S::Accepted, S::Started, S::Refused, S::Completed, S::Abandoned] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(received(receive_on(LATER, &referral, ReceiptOrder::default())), Ok(None), "an answer implies it: {state}");
            let named = receive_on(EXPIRY, &referral, external_id("D-1")).unwrap().referral.unwrap();
            assert_eq!(change(Some(&named)), Some((state, 3, FeedEventType::Updated)));
            let kept = (named.after.closed_at, named.after.waiting_since, named.after.enrolment, named.after.started_on);
            assert_eq!(kept, (referral.closed_at, referral.waiting_since, referral.enrolment, referral.started_on), "{state}");
        }
    }
}

#[test]
fn there_is_no_receipt_of_what_was_taken_back() {
    for order in [ReceiptOrder::default(), external_id("D-1"), external_id("D-2"), france_travail_id("12345678901")] {
        for referral in [standing(S::Cancelled, accompaniment()), standing(S::Cancelled, placement())] {
            let named = Referral { external_id: Some(line("D-1")), ..referral };
            for when in [LATER, EXPIRY] {
                assert_eq!(received(receive_on(when, &named, order.clone())), refused(Rule::ReferralClosed), "state comes before rules");
            }
        }
    }
}

#[test]
fn a_late_receipt_keeps_the_names_and_changes_no_state() {
    for referral in expired() {
        assert_eq!(received(receive_on(EXPIRY, &referral, ReceiptOrder::default())), Ok(None), "it says nothing new");
        let named = receive_on(EXPIRY, &referral, external_id("D-1")).unwrap().referral.unwrap();
        assert_eq!(change(Some(&named)), Some((referral.state, referral.stamp.version + 1, FeedEventType::Updated)));
        assert_eq!((named.event.kind, &named.after.external_id), ("referral.updated", &Some(line("D-1"))));
        let kept = (named.after.closed_at, named.after.expires_at, named.after.waiting_since, named.after.state_at(at(EXPIRY)));
        assert_eq!(kept, (referral.closed_at, referral.expires_at, None, S::Expired));
        assert_eq!(received(receive_on(EXPIRY, &named.after, external_id("D-1"))), Ok(None), "the same again");
        assert_eq!(received(receive_on(EXPIRY, &named.after, external_id("D-2"))), refused(Rule::IdentifierConflict));
        assert_eq!(named.after.lapse(&sweep(EXPIRY)).is_some(), referral.state != S::Expired, "what was not written down still is");
        let accepted = accept_on(EXPIRY, &named.after, AcceptOrder::default()).unwrap().unwrap();
        assert_eq!((accepted.referral.after.state, &accepted.referral.after.external_id), (S::Accepted, &Some(line("D-1"))));
        let reserved = [fault("/france_travail_id", Rule::FranceTravailIdReserved)];
        assert_eq!(wrong(receive_on(EXPIRY, &referral, france_travail_id("12345678901"))), reserved);
    }
    let in_time = receive_on(ONE_MILLISECOND_BEFORE, &placement(), ReceiptOrder::default());
    assert_eq!(received(in_time), Ok(Some((S::Received, 2, FeedEventType::Received))));
}

#[test]
fn a_late_receipt_says_how_pole_emploi_calls_the_person() {
    let action = || sent(placed(Some(300)), &towards_action(OrganisationKind::PoleEmploi));
    let lapsed = action().lapse(&sweep(EXPIRY)).unwrap().after.clone();
    for referral in [action(), standing(S::Received, action()), lapsed] {
        let receipt = receive_on(EXPIRY, &referral, france_travail_id("12345678901")).unwrap();
        let (told, identified) = (receipt.referral.unwrap(), receipt.identified.unwrap());
        assert_eq!(change(Some(&told)), Some((referral.state, referral.stamp.version + 1, FeedEventType::Updated)));
        assert_eq!(told.after.person.details.france_travail_id, "12345678901".parse().ok());
        assert_eq!(identified.after.details, told.after.person.details);
        let again = referral.receive(&answers(EXPIRY), &identified.after, france_travail_id("12345678901"), false).unwrap();
        assert!(again.referral.is_none() && again.identified.is_none(), "known by now");
        let other = referral.receive(&answers(EXPIRY), &identified.after, france_travail_id("12345678902"), false);
        assert_eq!(received(other), refused(Rule::IdentifierConflict));
    }
}

#[test]
fn pole_emploi_says_how_it_calls_the_person() {
    let receipt = receive_on(LATER, &accompaniment(), france_travail_id("12345678901")).unwrap();
    let known: Option<crate::identifier::france_travail::FranceTravailId> = "12345678901".parse().ok();
    let (referral, identified) = (receipt.referral.unwrap(), receipt.identified.unwrap());
    assert_eq!((&referral.after.person.details.france_travail_id, referral.told), (&known, FeedEventType::Received));
    assert_eq!((&identified.after.details, identified.after.id), (&Details { france_travail_id: known, ..person().details }, person().id));
    assert_eq!((identified.created, identified.after.stamp.version, identified.after.stamp.updated_at), (false, 2, at(LATER)));
    assert_eq!((identified.event.kind, identified.event.beneficiary), ("beneficiary.identified", Some(person().id)));
    assert!(identified.event.codes.is_empty(), "nothing personal");
}

#[test]
fn what_is_told_of_the_person_contradicts_nothing_that_is_known() {
    let known = |text: &str| {
        let details = Details { france_travail_id: text.parse().ok(), ..person().details };
        Beneficiary { details, ..person() }
    };
    let give = |person: &Beneficiary, referral: &Referral, text, is_taken| {
        let receipt = referral.receive(&answers(LATER), person, france_travail_id(text), is_taken)?;
        Ok((change(receipt.referral.as_ref()), receipt.identified.is_some()))
    };
    let updated = Some((S::Received, 3, FeedEventType::Updated));
    let referral = standing(S::Received, accompaniment());
    assert_eq!(give(&known("1234567A"), &referral, "1234567a", false), Ok((None, false)), "known");
    assert_eq!(give(&known("1234567A"), &referral, "12345678901", false), refused(Rule::IdentifierConflict), "the new form for the old");
    assert_eq!(give(&known("12345678901"), &referral, "12345678902", false), refused(Rule::IdentifierConflict));
    assert_eq!(give(&person(), &referral, "12345678901", true), refused(Rule::IdentifierConflict), "somebody else's");
    assert_eq!(give(&person(), &referral, "12345678901", false), Ok((updated, true)), "after the first receipt");
    let both = ReceiptOrder { external_id: Some(line("D-2")), ..france_travail_id("12345678901") };
    let named = Referral { external_id: Some(line("D-1")), ..referral };
    assert_eq!(received(receive_on(LATER, &named, both)), refused(Rule::IdentifierConflict), "all or nothing");
}

#[test]
fn only_pole_emploi_says_how_it_calls_the_person() {
    for kind in ACCOMPANY.into_iter().filter(|kind| *kind != OrganisationKind::PoleEmploi) {
        let referral = accompaniment_by(kind);
        let given = receive_on(LATER, &referral, ReceiptOrder { external_id: Some(line("D-1")), ..france_travail_id("12345678901") });
        assert_eq!(wrong(given), [fault("/france_travail_id", Rule::FranceTravailIdReserved)], "{kind}");
        assert!(receive_on(LATER, &referral, external_id("D-1")).is_ok(), "{kind}");
    }
    let of_plie = Referral { external_id: Some(line("D-1")), ..accompaniment_by(OrganisationKind::Plie) };
    let known = Beneficiary { details: Details { france_travail_id: "12345678902".parse().ok(), ..person().details }, ..person() };
    for (external_id, text, is_taken) in [(Some("D-2"), "12345678902", false), (None, "12345678901", false), (None, "12345678902", true)] {
        let order = ReceiptOrder { external_id: external_id.map(line), ..france_travail_id(text) };
        let found = wrong(of_plie.receive(&answers(LATER), &known, order, is_taken));
        assert_eq!(found, [fault("/france_travail_id", Rule::FranceTravailIdReserved)], "whatever it contradicts: {external_id:?} {text}");
    }
    let action = sent(placed(None), &towards_action(OrganisationKind::PoleEmploi));
    assert!(receive_on(LATER, &action, france_travail_id("12345678901")).unwrap().identified.is_some(), "for an action of its own too");
}

// ---- acceptance of an accompaniment

#[test]
fn an_accompaniment_is_accepted_with_a_named_referent() {
    for state in [S::Sent, S::Received, S::WaitingList] {
        let referral = standing(state, accompaniment());
        let accepted = accept_in(None, NOBODY_SITS, LATER, &referral, by("Référente")).unwrap().unwrap();
        assert_eq!(change(Some(&accepted.referral)), Some((S::Accepted, 3, FeedEventType::Accepted)), "{state}");
        assert_eq!(accepted.referral.after.referent, Some(referent("Référente")));
        assert!(accepted.enrolment.is_none() && accepted.referral.after.enrolment.is_none());
        assert_eq!((accepted.referral.after.waiting_since, accepted.referral.after.closed_at), (None, None));
    }
}

#[test]
fn what_an_accompaniment_is_accepted_with_is_told_at_once() {
    let order = AcceptOrder { referent: None, group: Some(id(300)), ..from("2026-11-18") };
    assert_eq!(
        wrong(accept_on(LATER, &accompaniment(), order)),
        [fault("/referent", Rule::RequiredForPurpose), fault("/group_id", Rule::ForbiddenForPurpose), fault("/starts_on", Rule::ForbiddenForPurpose),]
    );
}

#[test]
fn the_same_acceptance_again_changes_nothing_and_another_referent_is_named() {
    for state in [S::Accepted, S::Started] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let named = Referral { referent: Some(referent("Référente")), ..referral };
            for order in [by("Référente"), AcceptOrder::default()] {
                assert_eq!(accepted(accept_on(EXPIRY, &named, order)), Ok(None), "{state}");
            }
            let other = accept_on(EXPIRY, &named, by("Remplaçant")).unwrap().unwrap();
            assert_eq!(change(Some(&other.referral)), Some((state, 3, FeedEventType::Updated)));
            assert_eq!(other.referral.after.referent, Some(referent("Remplaçant")));
            assert!(other.enrolment.is_none(), "no second seat");
            assert_eq!((other.referral.after.enrolment, other.referral.after.started_on), (named.enrolment, named.started_on));
        }
    }
}

#[test]
fn a_referent_is_named_after_a_start_that_implied_the_acceptance() {
    let started = start_on(LATER, &accompaniment(), "2026-11-18").unwrap().unwrap();
    let named = accept_in(None, NOBODY_SITS, LATER, &started.after, by("Référente"));
    assert_eq!(accepted(named), Ok(Some((S::Started, 3, FeedEventType::Updated))));
}

#[test]
fn an_acceptance_repeated_otherwise_is_refused() {
    let given = |order| accepted(accept_on(LATER, &standing(S::Accepted, placement()), order));
    assert_eq!(given(from("2026-11-18")), Ok(None), "the day of the seat");
    assert_eq!(given(AcceptOrder { group: Some(id(300)), ..by("Référente") }), Ok(Some((S::Accepted, 3, FeedEventType::Updated))));
    assert_eq!(given(from("2026-11-19")), refused(Rule::ReferralAnswered));
    assert_eq!(given(AcceptOrder { group: Some(id(301)), ..by("Référente") }), refused(Rule::ReferralAnswered));
    for order in [AcceptOrder { group: Some(id(300)), ..by("Référente") }, AcceptOrder { starts_on: Some(day("2026-11-18")), ..by("Référente") }]
    {
        assert_eq!(accepted(accept_on(LATER, &standing(S::Accepted, accompaniment()), order)), refused(Rule::ReferralAnswered));
    }
}

// ---- acceptance for an action

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

// ---- refusal

#[test]
fn a_receiver_refuses_with_a_reason_until_it_has_said_yes() {
    for state in [S::Sent, S::Received, S::WaitingList] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let order = RefuseOrder { reason: term("known"), comment: Some(note("Plus de place avant mars")) };
            let refused = referral.refuse(&answers(LATER), order, false, &VOCABULARY).unwrap().unwrap();
            assert_eq!(change(Some(&refused)), Some((S::Refused, 3, FeedEventType::Refused)), "{state}");
            let after = &refused.after;
            assert_eq!((after.reason.clone(), after.comment.clone()), (Some(term("known")), Some(note("Plus de place avant mars"))));
            assert_eq!((after.closed_at, after.waiting_since), (Some(at(LATER)), None));
        }
    }
}

#[test]
fn a_receiver_refuses_for_a_reason_that_holds_today() {
    for (reason, broken) in [("known", false), ("retired", true), ("unheard_of", true)] {
        let expected = if broken { vec![fault("/reason", Rule::CodeUnknown)] } else { Vec::new() };
        assert_eq!(wrong(refuse_on(LATER, &accompaniment(), reason)), expected, "{reason}");
    }
}

#[test]
fn the_same_refusal_again_changes_nothing_and_another_is_refused() {
    let refusal = |comment: Option<&str>, reason| RefuseOrder { reason: term(reason), comment: comment.map(note) };
    for referral in [accompaniment(), placement()] {
        let first = referral.refuse(&answers(LATER), refusal(Some("Plus de place"), "known"), false, &VOCABULARY).unwrap().unwrap();
        let again = |order| told(first.after.refuse(&answers(EXPIRY), order, true, &VOCABULARY));
        assert_eq!(again(refusal(Some("Plus de place"), "known")), Ok(None), "even with another one open meanwhile");
        assert_eq!(again(refusal(None, "known")), refused(Rule::ReferralAnswered));
        assert_eq!(again(refusal(Some("Autre"), "known")), refused(Rule::ReferralAnswered));
        assert_eq!(again(refusal(Some("Plus de place"), "unheard_of")), refused(Rule::ReferralAnswered), "state comes before rules");
    }
    let since_retired = Referral { reason: Some(term("retired")), ..standing(S::Refused, accompaniment()) };
    assert_eq!(told(refuse_on(LATER, &since_retired, "retired")), Ok(None), "its reason was retired since");
}

// ---- waiting list

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

// ---- start

#[test]
fn an_accompaniment_starts_from_any_open_state() {
    for state in [S::Sent, S::Received, S::WaitingList, S::Accepted] {
        let started = start_on("2026-11-20T09:00:00.000Z", &standing(state, accompaniment()), "2026-11-19").unwrap().unwrap();
        assert_eq!(change(Some(&started)), Some((S::Started, 3, FeedEventType::Started)), "{state}");
        let after = &started.after;
        assert_eq!((after.started_on, after.closed_at, after.waiting_since), (Some(day("2026-11-19")), None, None));
        assert_eq!(after.outcome, Outcome { came: Some(Came::Yes), ..Outcome::default() }, "what starts, the person came to");
    }
}

#[test]
fn an_accompaniment_starts_between_the_day_it_was_sent_and_today() {
    for (when, on, expected) in [
        ("2026-11-18T22:59:59.999Z", "2026-11-18", vec![]),
        ("2026-11-18T22:59:59.999Z", "2026-11-19", vec![fault("/started_on", Rule::DayInFuture)]),
        ("2026-11-18T23:00:00.000Z", "2026-11-19", vec![]),
        (LATER, "2026-11-17", vec![]),
        (LATER, "2026-11-16", vec![fault("/started_on", Rule::DayTooEarly)]),
    ] {
        assert_eq!(wrong(start_on(when, &accompaniment(), on)), expected, "{on} at {when}");
    }
    let sent_after_midnight = Referral { sent_at: at("2026-11-17T23:00:00.000Z"), ..accompaniment() };
    assert_eq!(wrong(start_on(LATER, &sent_after_midnight, "2026-11-17")), [fault("/started_on", Rule::DayTooEarly)]);
}

#[test]
fn the_same_start_again_changes_nothing_and_another_is_refused() {
    let started = start_on(LATER, &accompaniment(), "2026-11-18").unwrap().unwrap();
    assert_eq!(told(start_on(EXPIRY, &started.after, "2026-11-18")), Ok(None));
    assert_eq!(told(start_on(EXPIRY, &started.after, "2026-11-19")), refused(Rule::ReferralAnswered));
    for state in CLOSED {
        assert_eq!(told(start_on(LATER, &standing(state, accompaniment()), "2026-11-18")), refused(Rule::ReferralClosed), "{state}");
    }
}

#[test]
fn start_and_end_of_an_action_follow_its_sheets_and_its_enrolment() {
    for state in S::ALL {
        for referral in [standing(*state, placement()), standing(*state, placement_anywhere())] {
            for when in [LATER, EXPIRY] {
                assert_eq!(told(start_on(when, &referral, "2026-11-18")), refused(Rule::FollowsEnrolment), "{state}");
                assert_eq!(told(conclude_on(when, &referral, completed("2026-11-18"))), refused(Rule::FollowsEnrolment), "{state}");
                let early = abandoned("2000-01-01", None);
                assert_eq!(told(conclude_on(when, &referral, early)), refused(Rule::FollowsEnrolment), "{state}: state comes before rules");
            }
        }
    }
}

// ---- outcome

#[test]
fn an_accompaniment_is_completed_from_any_open_state() {
    for state in OPEN {
        let outcome = Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) };
        let order = ConcludeOrder { outcome: outcome.clone(), comment: Some(note("Un emploi")), ..completed("2026-11-19") };
        let done = conclude_on("2026-11-20T09:00:00.000Z", &standing(state, accompaniment()), order).unwrap().unwrap();
        assert_eq!(change(Some(&done)), Some((S::Completed, 3, FeedEventType::Completed)), "{state}");
        let after = &done.after;
        assert_eq!((after.ended_on, &after.outcome, &after.comment), (Some(day("2026-11-19")), &outcome, &Some(note("Un emploi"))));
        assert_eq!((after.closed_at, after.waiting_since, &after.reason), (Some(at("2026-11-20T09:00:00.000Z")), None, &None));
    }
}

#[test]
fn an_accompaniment_is_abandoned_with_a_reason_from_any_open_state() {
    for state in OPEN {
        let order = ConcludeOrder { outcome: Outcome { came: Some(Came::Excused), ..Outcome::default() }, ..abandoned("2026-11-18", Some("known")) };
        let done = conclude_on(LATER, &standing(state, accompaniment()), order).unwrap().unwrap();
        assert_eq!(change(Some(&done)), Some((S::Abandoned, 3, FeedEventType::Abandoned)), "{state}");
        assert_eq!((done.after.reason.clone(), done.after.ended_on), (Some(term("known")), Some(day("2026-11-18"))));
        assert_eq!((done.after.outcome.came, done.after.closed_at), (Some(Came::Excused), Some(at(LATER))));
        assert_eq!(done.event.codes, [("state", "abandoned".to_owned()), ("reason", "known".to_owned())]);
    }
}

#[test]
fn what_came_to_its_end_was_begun() {
    let came = |order| conclude_on(LATER, &accompaniment(), order).unwrap().unwrap().after.outcome.came;
    assert_eq!(came(completed("2026-11-18")), Some(Came::Yes));
    assert_eq!(came(abandoned("2026-11-18", Some("known"))), None, "of what was abandoned, that is not known");
}

#[test]
fn the_reason_is_asked_of_what_was_abandoned_alone() {
    let reason = |order| wrong(conclude_on(LATER, &accompaniment(), order));
    let misplaced = [fault("/reason", Rule::AbandonmentReason)];
    let unknown = [fault("/reason", Rule::CodeUnknown)];
    assert_eq!(reason(abandoned("2026-11-18", None)), misplaced);
    assert_eq!(reason(ConcludeOrder { reason: Some(term("known")), ..completed("2026-11-18") }), misplaced);
    assert_eq!(reason(ConcludeOrder { reason: Some(term("retired")), ..completed("2026-11-18") }), misplaced, "one fault");
    assert_eq!(reason(abandoned("2026-11-18", Some("retired"))), unknown);
    assert_eq!(reason(abandoned("2026-11-18", Some("unheard_of"))), unknown);
}

#[test]
fn an_accompaniment_ends_between_its_start_and_today() {
    let started = start_on("2026-11-25T09:00:00.000Z", &accompaniment(), "2026-11-20").unwrap().unwrap().after.clone();
    for (referral, ended_on, expected) in [
        (&started, "2026-11-19", vec![fault("/ended_on", Rule::DayTooEarly)]),
        (&started, "2026-11-20", vec![]),
        (&started, "2026-11-25", vec![]),
        (&started, "2026-11-26", vec![fault("/ended_on", Rule::DayInFuture)]),
        (&accompaniment(), "2026-11-16", vec![fault("/ended_on", Rule::DayTooEarly)]),
        (&accompaniment(), "2026-11-17", vec![]),
    ] {
        let found = wrong(conclude_on("2026-11-25T22:59:59.999Z", referral, completed(ended_on)));
        assert_eq!(found, expected, "{} on {ended_on}", referral.state);
    }
    let both = wrong(conclude_on(LATER, &accompaniment(), abandoned("2026-11-16", None)));
    assert_eq!(both, [fault("/reason", Rule::AbandonmentReason), fault("/ended_on", Rule::DayTooEarly)], "at once");
}

#[test]
fn the_same_outcome_again_changes_nothing_and_another_is_refused() {
    let known = || Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) };
    let orders = [
        ConcludeOrder { outcome: known(), ..completed("2026-11-18") },
        abandoned("2026-11-18", Some("known")),
        ConcludeOrder { comment: Some(note("Un mot")), outcome: known(), ..abandoned("2026-11-18", Some("known")) },
        ConcludeOrder { outcome: known(), ..completed("2026-11-17") },
        ConcludeOrder { outcome: Outcome { came: Some(Came::No), ..known() }, ..completed("2026-11-18") },
        ConcludeOrder { outcome: Outcome { selected: Some(false), ..known() }, ..completed("2026-11-18") },
        ConcludeOrder { outcome: Outcome { joined: Some(true), ..known() }, ..completed("2026-11-18") },
    ];
    for (place, first) in orders.iter().enumerate() {
        let done = conclude_on(LATER, &accompaniment(), first.clone()).unwrap().unwrap();
        for (other_place, other) in orders.iter().enumerate() {
            let expected = if place == other_place { Ok(None) } else { refused(Rule::ReferralAnswered) };
            assert_eq!(told(conclude_on(EXPIRY, &done.after, other.clone())), expected, "{place} then {other_place}");
        }
    }
    for state in [S::Refused, S::Cancelled] {
        assert_eq!(told(conclude_on(LATER, &standing(state, accompaniment()), completed("2026-11-18"))), refused(Rule::ReferralClosed));
    }
}

#[test]
fn a_completion_that_leaves_out_whether_the_person_came_is_idempotent_too() {
    let done = conclude_on(LATER, &accompaniment(), completed("2026-11-18")).unwrap().unwrap();
    assert_eq!(told(conclude_on(EXPIRY, &done.after, completed("2026-11-18"))), Ok(None));
}

#[test]
fn what_was_known_of_the_outcome_stays_unless_it_is_said_otherwise() {
    let unsaid = Outcome::default;
    let started = || start_on(LATER, &accompaniment(), "2026-11-18").unwrap().unwrap().after.clone();
    let known = || Referral { outcome: Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) }, ..started() };
    let came = |came| Outcome { came, ..unsaid() };
    let joined = Outcome { joined: Some(true), ..unsaid() };
    let (yes, no) = (Some(Came::Yes), Some(Came::No));
    let abandoned = || abandoned("2026-11-18", Some("known"));
    for (referral, order, said, expected) in [
        (started(), abandoned(), unsaid(), came(yes)),
        (started(), abandoned(), came(no), came(no)),
        (started(), completed("2026-11-18"), unsaid(), came(yes)),
        (accompaniment(), abandoned(), unsaid(), unsaid()),
        (accompaniment(), completed("2026-11-18"), joined.clone(), Outcome { came: yes, ..joined.clone() }),
        (known(), completed("2026-11-18"), unsaid(), known().outcome),
        (known(), abandoned(), unsaid(), known().outcome),
        (known(), abandoned(), joined.clone(), Outcome { joined: Some(true), ..known().outcome }),
        (known(), abandoned(), came(Some(Came::Excused)), Outcome { came: Some(Came::Excused), ..known().outcome }),
        (known(), completed("2026-11-18"), Outcome { selected: Some(false), ..unsaid() }, Outcome { selected: Some(false), ..known().outcome }),
    ] {
        let order = ConcludeOrder { outcome: said.clone(), ..order };
        let done = conclude_on(LATER, &referral, order.clone()).unwrap().unwrap();
        assert_eq!(done.after.outcome, expected, "{said:?}");
        for again in [order.clone(), ConcludeOrder { outcome: expected, ..order.clone() }, ConcludeOrder { outcome: unsaid(), ..order.clone() }] {
            assert_eq!(told(conclude_on(EXPIRY, &done.after, again)), Ok(None), "{said:?}: no more is said than is known");
        }
        let otherwise = Outcome { selected: Some(done.after.outcome.selected != Some(true)), ..said };
        assert_eq!(told(conclude_on(EXPIRY, &done.after, ConcludeOrder { outcome: otherwise, ..order })), refused(Rule::ReferralAnswered));
    }
}

// ---- another answer

#[test]
fn another_answer_after_the_first_is_refused() {
    for (state, rule) in [
        (S::Accepted, Rule::ReferralAnswered),
        (S::Started, Rule::ReferralAnswered),
        (S::Completed, Rule::ReferralClosed),
        (S::Abandoned, Rule::ReferralClosed),
        (S::Cancelled, Rule::ReferralClosed),
    ] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(told(refuse_on(LATER, &referral, "known")), refused(rule), "{state}");
            assert_eq!(told(wait_on(LATER, &referral)), refused(rule), "{state}");
        }
    }
    for (state, rule) in [
        (S::Refused, Rule::ReferralAnswered),
        (S::Completed, Rule::ReferralClosed),
        (S::Abandoned, Rule::ReferralClosed),
        (S::Cancelled, Rule::ReferralClosed),
    ] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(accepted(accept_on(LATER, &referral, by("Référente"))), refused(rule), "{state}");
            assert_eq!(accepted(accept_on(LATER, &referral, AcceptOrder::default())), refused(rule), "{state}: state comes before rules");
        }
    }
    for referral in [standing(S::Refused, accompaniment()), standing(S::Refused, placement())] {
        assert_eq!(told(wait_on(LATER, &referral)), refused(Rule::ReferralAnswered));
    }
}

// ---- too late

/// What expired without an answer, written down or not.
fn expired() -> [Referral; 3] {
    let lapsed = placement().lapse(&sweep(EXPIRY)).unwrap();
    [placement(), standing(S::Received, placement()), lapsed.after.clone()]
}

#[test]
fn a_late_answer_is_taken_while_no_other_referral_is_open() {
    for referral in expired() {
        let version = referral.stamp.version + 1;
        let accepted = accept_on(EXPIRY, &referral, AcceptOrder::default()).unwrap().unwrap();
        assert_eq!(change(Some(&accepted.referral)), Some((S::Accepted, version, FeedEventType::Accepted)));
        assert_eq!((accepted.referral.after.closed_at, accepted.enrolment.unwrap().after.starts_on), (None, day("2026-12-17")));
        let refusal = refuse_on(EXPIRY, &referral, "known").unwrap().unwrap();
        assert_eq!(change(Some(&refusal)), Some((S::Refused, version, FeedEventType::Refused)));
        assert_eq!(refusal.after.closed_at, Some(at(EXPIRY)));
        let waiting = wait_on(EXPIRY, &referral).unwrap().unwrap();
        assert_eq!(change(Some(&waiting)), Some((S::WaitingList, version, FeedEventType::WaitingListed)));
        assert_eq!((waiting.after.closed_at, waiting.after.waiting_since), (None, Some(at(EXPIRY))));
        assert_eq!(waiting.after.state_at(at("2199-12-31T00:00:00.000Z")), S::WaitingList, "it expires no more");
    }
}

#[test]
fn a_late_answer_is_refused_while_another_referral_is_open() {
    let full = [(group(), full())];
    for referral in expired() {
        let place = Place { person: &person(), group: Some(&group()), seats: NOBODY_SITS, enrolment: id(600) };
        let refusal = |reason| RefuseOrder { reason: term(reason), comment: None };
        let accept = |order| accepted(referral.accept(&answers(EXPIRY), order, &place, true, &VOCABULARY));
        assert_eq!(accept(AcceptOrder::default()), refused(Rule::ReferralOpen));
        assert_eq!(accept(AcceptOrder { group: Some(id(9)), ..from("1999-01-01") }), refused(Rule::ReferralOpen), "state comes before rules");
        assert_eq!(told(referral.refuse(&answers(EXPIRY), refusal("known"), true, &VOCABULARY)), refused(Rule::ReferralOpen));
        assert_eq!(told(referral.refuse(&answers(EXPIRY), refusal("unheard_of"), true, &VOCABULARY)), refused(Rule::ReferralOpen));
        assert_eq!(told(referral.put_on_waiting_list(&answers(EXPIRY), &full, true)), refused(Rule::ReferralOpen));
    }
}

#[test]
fn what_is_answered_in_time_is_not_asked_about_others() {
    for state in [S::Sent, S::Received, S::WaitingList] {
        let referral = standing(state, placement());
        let place = Place { person: &person(), group: Some(&group()), seats: NOBODY_SITS, enrolment: id(600) };
        assert!(referral.accept(&answers(ONE_MILLISECOND_BEFORE), AcceptOrder::default(), &place, true, &VOCABULARY).is_ok(), "{state}");
    }
    let waiting = standing(S::WaitingList, placement());
    assert!(told(waiting.refuse(&answers(EXPIRY), RefuseOrder { reason: term("known"), comment: None }, true, &VOCABULARY)).is_ok());
}

#[test]
fn an_accompaniment_is_answered_however_late() {
    let years_later = "2030-01-01T09:00:00.000Z";
    assert!(receive_on(years_later, &accompaniment(), external_id("D-1")).is_ok());
    assert!(accept_in(None, NOBODY_SITS, years_later, &accompaniment(), by("Référente")).is_ok());
    assert!(refuse_on(years_later, &accompaniment(), "known").is_ok());
    assert!(wait_for(&[], years_later, &accompaniment()).is_ok());
    assert!(start_on(years_later, &accompaniment(), "2026-11-18").is_ok());
    assert!(conclude_on(years_later, &accompaniment(), completed("2026-11-18")).is_ok());
}
