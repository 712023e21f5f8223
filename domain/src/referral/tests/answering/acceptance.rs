//! An accompaniment is accepted.

use super::*;

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
