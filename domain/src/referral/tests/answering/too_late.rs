//! Answers after it expired.

use super::*;

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
