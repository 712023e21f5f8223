//! What the decision sets going: the referral to an external organisation, and the place that is waited for.

use super::*;

#[test]
fn an_external_organisation_is_told_by_a_referral_and_its_answers_are_followed() {
    let mut life = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    let referral = life.referrals[0].clone();
    assert_eq!((life.last().referral, referral.state), (Some(referral.id), ReferralState::Sent));
    assert_eq!(&*referral.objective, "Accompagnement de droit commun décidé le 17/11/2026.");
    assert_eq!(life.accept(0, &referent(K::PoleEmploi)).unwrap_err(), Refusal::Conflict(Rule::FollowsReferral));
    let answered = |state| ReferralChanged::answered_for_tests(Referral { state, ..referral.clone() });
    let accepted = life.last().follow_referral(&answered(ReferralState::Accepted)).unwrap();
    assert_eq!((accepted.after.state, accepted.after.acceptance.unwrap().referent), (OrientationState::Active, None));
    for (state, reason) in [
        (ReferralState::Refused, ReviewReason::ReferralRefused),
        (ReferralState::Completed, ReviewReason::AccompanimentEnded),
        (ReferralState::Abandoned, ReviewReason::AccompanimentEnded),
    ] {
        let asked = life.last().follow_referral(&answered(state)).unwrap();
        let review = asked.after.review.clone().unwrap();
        assert_eq!((asked.after.state, review.reason, review.requested_by), (OrientationState::Review, reason, ReviewRequester::Referent));
        assert!(asked.after.is_in_force(), "the receiver stays the referent");
    }
    for state in [ReferralState::Received, ReferralState::Cancelled] {
        assert!(life.last().follow_referral(&answered(state)).is_none(), "{state}");
    }
    let other = ReferralChanged::answered_for_tests(Referral { id: id(7), state: ReferralState::Refused, ..referral.clone() });
    assert!(life.last().follow_referral(&other).is_none(), "another referral");
}

#[test]
fn a_refusal_that_is_not_followed_tells_the_receiver_anew() {
    let mut life = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    let refused = ReferralChanged::answered_for_tests(Referral { state: ReferralState::Refused, ..life.referrals[0].clone() });
    let asked = life.last().follow_referral(&refused).unwrap();
    life.keep(&asked);
    life.referrals[0].state = ReferralState::Refused;
    life.maintain(0, K::PoleEmploi).unwrap();
    let again = life.referrals.last().unwrap();
    assert_eq!((life.referrals.len(), again.state, life.last().referral), (2, ReferralState::Sent, Some(again.id)));
    assert_eq!((life.last().state, &life.last().review), (OrientationState::Decided, &None));
}

#[test]
fn a_referral_sent_before_the_decision_becomes_the_orientation_s() {
    let mut sent = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    let mut life = Life::begin(RECENT);
    life.referrals.append(&mut sent.referrals);
    life.interview(0, now().day(), None).unwrap();
    life.propose(0, towards(CommonLaw), CommonLaw, K::PoleEmploi).unwrap();
    life.decide(0, order(CommonLaw), K::PoleEmploi).unwrap();
    assert_eq!((life.referrals.len(), life.last().referral), (1, Some(life.referrals[0].id)));
}

#[test]
fn where_every_place_is_taken_the_orientation_waits_and_the_former_stays() {
    let mut life = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    life.room = Room { places: Some(840), taken: 840, waiting: 0 };
    life.review(0, ReviewReason::NewBarriers).unwrap();
    life.decide(0, DecideOrder { reason: Some(note("…")), ..order(Socioprofessional) }, K::Department).unwrap();
    assert!(life.last().is_waiting() && life.orientations[0].is_in_force());
    assert_eq!(life.last().warnings(), [OrientationWarning::NoPlaceFree]);
    assert_eq!(life.referrals[0].state, ReferralState::Sent, "the former receiver goes on");
    assert_eq!(life.notify(1, now().day()).unwrap_err(), Refusal::Conflict(Rule::OrientationWaits));
    assert_eq!(life.decide(0, order(Social), K::Department).unwrap_err(), Refusal::Conflict(Rule::OrientationPending));
    life.room.waiting = 1;
    assert_eq!(life.take_place(1, K::Department).unwrap_err(), Refusal::Conflict(Rule::OrientationState), "none is free yet");
    life.now = at("2026-11-20T09:00:00.000Z");
    life.room.taken = 839;
    life.take_place(1, K::Department).unwrap();
    assert_eq!(life.last().period, Some(Period { starts_on: day("2026-11-20"), ends_on: None }));
    assert_eq!(life.orientations[0].period.unwrap().ends_on, Some(day("2026-11-19")));
    assert_eq!(life.referrals[0].state, ReferralState::Cancelled);
}

#[test]
fn whoever_waits_comes_before_whoever_comes() {
    assert!(!Room { places: Some(10), taken: 9, waiting: 1 }.has_place());
    assert!(Room { places: Some(10), taken: 8, waiting: 1 }.has_place());
    assert!(Room { places: None, taken: 8_000, waiting: 0 }.has_place());
    assert_eq!(Room { places: Some(5), taken: 9, waiting: 0 }.free(), Some(0), "fewer places than are taken");
}
