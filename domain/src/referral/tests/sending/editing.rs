//! What is edited, and until when.

use super::*;

#[test]
fn what_a_referral_says_is_edited_while_it_is_open() {
    let other = EditOrder { objective: note("Autre"), ..about() };
    for state in OPEN {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let edited = edit_on(LATER, &referral, other.clone()).unwrap().unwrap();
            assert_eq!(change(Some(&edited)), Some((state, referral.stamp.version + 1, FeedEventType::Updated)));
            assert_eq!((&edited.after.objective, edited.after.closed_at), (&note("Autre"), None));
            assert_eq!((edited.after.waiting_since, edited.after.enrolment), (referral.waiting_since, referral.enrolment), "{state}");
            assert_eq!((&edited.after.purpose, edited.after.sent_at), (&referral.purpose, referral.sent_at));
            assert_eq!((edited.after.expires_at, edited.created), (referral.expires_at, false));
        }
    }
    for state in CLOSED {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(told(edit_on(LATER, &referral, other.clone())), refused(Rule::ReferralClosed), "{state}");
            assert_eq!(told(edit_on(LATER, &referral, about())), refused(Rule::ReferralClosed), "{state}, the same");
        }
    }
}

#[test]
fn an_edit_that_says_the_same_changes_nothing() {
    for state in OPEN {
        assert_eq!(told(edit_on(LATER, &standing(state, placement()), about())), Ok(None));
        let unordered = EditOrder { barriers: vec![BarrierKind::Language, BarrierKind::Mobility], ..about() };
        assert_eq!(told(edit_on(LATER, &standing(state, placement()), unordered)), Ok(None), "barriers are a set");
    }
}

#[test]
fn each_thing_that_a_referral_says_is_edited_alone() {
    let site = site_of(K::PoleEmploi);
    let edit = |order| edit_on(LATER, &accompaniment(), order).unwrap().unwrap();
    let at_site = || EditOrder { site: Some(id(150)), ..about() };
    let sited = accompaniment().edit(&refers(LATER), at_site(), Some(&site)).unwrap().unwrap();
    assert_eq!(sited.after.receiver.site, Some((id(150), line("87012"), label("Limoges Leclerc"))));
    assert_eq!(edit(EditOrder { signed_on: None, ..about() }).after.signed_on, None);
    assert_eq!(edit(EditOrder { barriers: Vec::new(), ..about() }).after.barriers, []);
    assert_eq!(told(sited.after.edit(&refers(LATER), at_site(), Some(&site))), Ok(None), "the same site");
    let without = edit_on(LATER, &sited.after, about()).unwrap().unwrap();
    assert_eq!((&without.after.receiver.site, without.after.stamp.version), (&None, 3), "no site any more");
}

#[test]
fn an_edit_is_held_to_the_rules_of_what_is_sent() {
    let wrong =
        EditOrder { site: Some(id(150)), barriers: vec![BarrierKind::Health, BarrierKind::Health], signed_on: Some(day("2026-11-19")), ..about() };
    let elsewhere = site_of(K::CapEmploi);
    for site in [None, Some(&elsewhere)] {
        let found = faults(accompaniment().edit(&refers(LATER), wrong.clone(), site).unwrap_err());
        let expected = [fault("/site_id", Rule::SiteUnknown), fault("/signed_on", Rule::DayInFuture), fault("/barriers/1", Rule::DuplicateItem)];
        assert_eq!(found, expected);
    }
    let signed_since = EditOrder { signed_on: Some(day("2026-11-18")), ..about() };
    assert!(edit_on(LATER, &accompaniment(), signed_since).is_ok(), "signed after it was sent");
}

#[test]
fn what_expired_is_edited_no_more() {
    let other = EditOrder { objective: note("Autre"), ..about() };
    for state in [ReferralState::Sent, ReferralState::Received] {
        let referral = standing(state, placement());
        assert!(edit_on(ONE_MILLISECOND_BEFORE, &referral, other.clone()).is_ok());
        assert_eq!(told(edit_on(EXPIRY, &referral, other.clone())), refused(Rule::ReferralExpired));
        assert_eq!(told(edit_on(EXPIRY, &referral, about())), refused(Rule::ReferralExpired), "the same");
    }
}

#[test]
fn an_edit_of_what_expired_is_refused_alike_before_and_after_the_sweep() {
    let lapsed = placement().lapse(&sweep(EXPIRY)).unwrap();
    let other = || EditOrder { objective: note("Autre"), ..about() };
    assert_eq!(told(edit_on(EXPIRY, &lapsed.after, other())), told(edit_on(EXPIRY, &placement(), other())));
}
