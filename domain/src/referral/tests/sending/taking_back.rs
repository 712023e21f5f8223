//! A referral is taken back.

use super::*;

#[test]
fn a_referral_is_taken_back_until_it_has_started() {
    use ReferralState as S;
    for state in [S::Sent, S::Received, S::WaitingList, S::Accepted] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let order = CancelOrder { reason: term("known"), comment: Some(note("Saisie deux fois")) };
            let cancelled = referral.cancel(&refers(LATER), order, false, &VOCABULARY).unwrap().unwrap();
            assert_eq!(change(Some(&cancelled)), Some((S::Cancelled, referral.stamp.version + 1, FeedEventType::Cancelled)));
            let after = &cancelled.after;
            assert_eq!((after.reason.clone(), after.comment.clone()), (Some(term("known")), Some(note("Saisie deux fois"))));
            assert_eq!((after.closed_at, after.waiting_since, after.enrolment), (Some(at(LATER)), None, referral.enrolment));
        }
    }
    for (state, rule) in [
        (S::Started, Rule::ReferralStarted),
        (S::Refused, Rule::ReferralClosed),
        (S::Completed, Rule::ReferralClosed),
        (S::Abandoned, Rule::ReferralClosed),
    ] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(told(cancel_on(LATER, &referral, "known")), refused(rule), "{state}");
            assert_eq!(told(cancel_on(LATER, &referral, "unheard_of")), refused(rule), "{state}: state comes before rules");
        }
    }
}

#[test]
fn the_same_cancellation_again_changes_nothing_and_another_is_refused() {
    let cancelled = cancel_on(LATER, &accompaniment(), "known").unwrap().unwrap();
    let again = |reason, comment| told(cancelled.after.cancel(&refers(EXPIRY), CancelOrder { reason: term(reason), comment }, false, &VOCABULARY));
    assert_eq!(again("known", None), Ok(None));
    assert_eq!(again("known", Some(note("Saisie deux fois"))), refused(Rule::ReferralClosed));
    assert_eq!(again("retired", None), refused(Rule::ReferralClosed));
}

#[test]
fn a_cancellation_repeated_after_its_reason_was_retired_changes_nothing() {
    let cancelled = Referral { reason: Some(term("retired")), ..standing(ReferralState::Cancelled, accompaniment()) };
    assert_eq!(told(cancel_on(LATER, &cancelled, "retired")), Ok(None));
}

#[test]
fn a_referral_is_taken_back_for_a_reason_that_holds_today() {
    for (reason, broken) in [("known", false), ("retired", true), ("unheard_of", true)] {
        let found = cancel_on(LATER, &accompaniment(), reason).map_or_else(faults, |_| Vec::new());
        assert_eq!(found, one(broken, "/reason", Rule::CodeUnknown), "{reason}");
    }
}

#[test]
fn what_expired_is_not_taken_back() {
    use ReferralState as S;
    let written = placement().lapse(&sweep(EXPIRY)).unwrap().after.clone();
    for referral in [placement(), standing(S::Received, placement()), written] {
        assert_eq!(told(cancel_on(EXPIRY, &referral, "known")), refused(Rule::ReferralExpired));
    }
    assert!(cancel_on(ONE_MILLISECOND_BEFORE, &placement(), "known").is_ok());
    for state in [S::WaitingList, S::Accepted] {
        assert!(cancel_on(EXPIRY, &standing(state, placement()), "known").is_ok(), "{state} does not expire");
    }
}
