//! A refusal, and an answer other than the first.

use super::*;

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
