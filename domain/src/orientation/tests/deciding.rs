//! What is decided, from when, on what grounds and by whom: the rules R17 to R26 and R32, each at its border.

use super::*;

#[test]
fn r26_the_first_decision_follows_an_interview_where_the_département_wants_one() {
    let mut life = Life::begin(RECENT);
    life.propose(0, towards(Social), Social, K::Department).unwrap();
    let required = Refusal::Conflict(Rule::InterviewRequired);
    assert_eq!(life.decide(0, order(Social), K::Department).unwrap_err(), required);
    life.interview(0, day("2026-11-18"), None).unwrap();
    assert_eq!(life.decide(0, order(Social), K::Department).unwrap_err(), required, "planned for tomorrow");
    life.settings = settings(&[("orientation_interview_required", 0)]);
    life.decide(0, order(Social), K::Department).unwrap();
}

#[test]
fn r26_the_first_decision_is_not_of_a_day_before_the_interview() {
    let mut life = Life::begin(RECENT);
    life.interview(0, now().day(), Some(InterviewOutcome::Held)).unwrap();
    life.propose(0, towards(Social), Social, K::Department).unwrap();
    let of = |on: &str| DecideOrder { decided_on: Some(day(on)), ..order(Social) };
    assert_eq!(faults(life.decide(0, of("2026-11-16"), K::Department).unwrap_err()), [fault("/decided_on", Rule::DayTooEarly)]);
    life.decide(0, of("2026-11-17"), K::Department).unwrap();
}

#[test]
fn a_mistake_is_put_right_the_same_day() {
    for (reason, is_possible) in [(ClosureReason::Mistake, true), (ClosureReason::JobOver6Months, false)] {
        let mut life = Life::oriented(RECENT, Social, K::Department);
        let closing = CloseOrder { on: now().day(), reason };
        let closed = life.last().close(&life.scope(), closing, None).unwrap().unwrap();
        life.keep(&closed.orientation);
        life.open(false).unwrap();
        life.interview(1, now().day(), Some(InterviewOutcome::Held)).unwrap();
        life.propose(1, towards(Socioprofessional), Socioprofessional, K::Department).unwrap();
        let decided = life.decide(1, order(Socioprofessional), K::Department);
        assert_eq!(decided.is_ok(), is_possible, "{reason}: {decided:?}");
    }
}

#[test]
fn r21_a_decision_of_the_département_rests_on_all_four_blocks() {
    let mut life = Life::begin(RECENT);
    life.interview(0, now().day(), None).unwrap();
    assert_eq!(life.decide(0, order(Social), K::Department).unwrap_err(), Refusal::Conflict(Rule::ProposalRequired));
}

#[test]
fn r22_who_decides_otherwise_than_suggested_says_why() {
    let mut life = Life::begin(RECENT);
    life.interview(0, now().day(), None).unwrap();
    life.propose(0, towards(CommonLaw), Social, K::Department).unwrap();
    let refused = life.decide(0, order(Social), K::Department).unwrap_err();
    assert_eq!(faults(refused), [fault("/reason", Rule::JustificationRequired)]);
    life.decide(0, DecideOrder { reason: Some(note("Un deuil récent.")), ..order(Social) }, K::Department).unwrap();
    assert_eq!(life.last().proposal.as_ref().unwrap().suggestion.accompaniment, CommonLaw, "what was suggested stays readable");
}

#[test]
fn r18_once_the_six_weeks_are_over_france_travail_orients_and_the_département_only_reorients() {
    let by_france_travail = || DecideOrder { decided_by: Some(DecidedBy::FranceTravail), ..order(CommonLaw) };
    // 42 days before today is the last day that is the département's own.
    let mut in_time = Life::begin("2026-10-06");
    let refused = in_time.decide(0, by_france_travail(), K::PoleEmploi).unwrap_err();
    assert_eq!(faults(refused), [fault("/origin", Rule::OriginNotPossible)]);
    let mut late = Life::begin("2026-10-05");
    late.decide(0, by_france_travail(), K::PoleEmploi).unwrap();
    assert_eq!(late.last().decision.as_ref().unwrap().origin, OrientationOrigin::Lapsed);
    let mut nobody = Life::oriented("2026-10-05", Social, K::Department);
    assert_eq!(nobody.last().decision.as_ref().unwrap().origin, OrientationOrigin::Reorientation);
    nobody = Life::begin("2026-10-05");
    nobody.interview(0, now().day(), None).unwrap();
    nobody.propose(0, towards(Social), Social, K::Department).unwrap();
    let initial = DecideOrder { origin: Some(OrientationOrigin::Initial), ..order(Social) };
    assert_eq!(faults(nobody.decide(0, initial, K::Department).unwrap_err()), [fault("/origin", Rule::OriginNotPossible)]);
}

#[test]
fn r17_a_default_is_social_and_of_the_old_law() {
    let by_default = |accompaniment| DecideOrder { origin: Some(OrientationOrigin::Default), ..order(accompaniment) };
    let mut life = Life::begin("2024-11-30");
    let refused = life.decide(0, by_default(CommonLaw), K::PoleEmploi).unwrap_err();
    assert_eq!(faults(refused), [fault("/origin", Rule::OriginNotPossible)]);
    life.decide(0, by_default(Social), K::Department).unwrap();
    let mut new_law = Life::begin("2025-01-01");
    assert_eq!(faults(new_law.decide(0, by_default(Social), K::Department).unwrap_err()), [fault("/origin", Rule::OriginNotPossible)]);
}

#[test]
fn r19_without_information_the_département_keeps_the_person() {
    let blind = |accompaniment| DecideOrder { origin: Some(OrientationOrigin::MissingInformation), ..order(accompaniment) };
    let mut life = Life::begin(RECENT);
    assert_eq!(faults(life.decide(0, blind(CommonLaw), K::PoleEmploi).unwrap_err()), [fault("/origin", Rule::OriginNotPossible)]);
    life.decide(0, blind(Social), K::Department).unwrap();
}

#[test]
fn r20_a_transfer_is_of_somebody_who_came_from_another_département() {
    let transfer = || DecideOrder { origin: Some(OrientationOrigin::Transfer), ..order(Social) };
    let mut life = Life::begin(RECENT);
    assert_eq!(faults(life.decide(0, transfer(), K::Department).unwrap_err()), [fault("/origin", Rule::OriginNotPossible)]);
    life.rights[0].transferred_from = "19".parse().ok();
    life.rights[0].cancelled_at = Some(now());
    assert_eq!(faults(life.decide(0, transfer(), K::Department).unwrap_err()), [fault("/origin", Rule::OriginNotPossible)], "by mistake");
    life.rights[0].cancelled_at = None;
    life.decide(0, transfer(), K::Department).unwrap();
    // An earlier right does not make the delay: the latest information does.
    life.rights.push(RsaRight { id: id(901), ..right("2020-01-01") });
    assert_eq!(life.rights.iter().filter_map(RsaRight::orientation_clock).max(), Some(day(RECENT)));
}

#[test]
fn a_mission_locale_accompanies_people_of_16_to_25() {
    let mut life = Life::begin(RECENT);
    let refused = life.propose(0, towards(CommonLaw), CommonLaw, K::MissionLocale).unwrap_err();
    assert_eq!(faults(refused), [fault("/organisation_id", Rule::AgeOutsideMission)]);
    life.person.birth_date = Some(day("2001-11-18"));
    life.propose(0, towards(CommonLaw), CommonLaw, K::MissionLocale).unwrap();
    life.person.birth_date = None;
    let refused = life.propose(0, towards(CommonLaw), CommonLaw, K::MissionLocale).unwrap_err();
    assert_eq!(faults(refused), [fault("/organisation_id", Rule::BirthDateRequired)]);
}

#[test]
fn an_organisation_without_a_delegation_is_no_referent() {
    let mut life = Life::begin(RECENT);
    let refused = life.propose(0, towards(Socioprofessional), Socioprofessional, K::Plie).unwrap_err();
    assert_eq!(faults(refused), [fault("/organisation_id", Rule::ReceiverNotAllowed)]);
}

#[test]
fn r32_a_new_orientation_ends_the_former_the_day_before_and_they_never_overlap() {
    let mut life = Life::begin("2026-10-10");
    life.now = at("2026-11-03T09:00:00.000Z");
    life.interview(0, life.today(), None).unwrap();
    life.propose(0, towards(CommonLaw), CommonLaw, K::PoleEmploi).unwrap();
    life.decide(0, order(CommonLaw), K::PoleEmploi).unwrap();
    life.now = now();
    life.review(0, ReviewReason::NewBarriers).unwrap();
    let early = DecideOrder { decided_on: Some(day("2026-11-02")), reason: Some(note("…")), ..order(Socioprofessional) };
    assert_eq!(faults(life.decide(0, early, K::Department).unwrap_err()), [fault("/decided_on", Rule::DayTooEarly)]);
    life.propose(0, towards(Socioprofessional), Socioprofessional, K::Department).unwrap();
    life.decide(0, order(Socioprofessional), K::Department).unwrap();
    let [former, after] = life.orientations.as_slice() else { panic!("two") };
    assert_eq!((former.state, former.period), (OrientationState::Superseded, Some(Period::new(day("2026-11-03"), Some(day("2026-11-16"))).unwrap())));
    assert_eq!((after.former, after.period), (Some(former.id), Some(Period { starts_on: day("2026-11-17"), ends_on: None })));
    assert_eq!(after.decision.as_ref().unwrap().origin, OrientationOrigin::Reorientation);
    let [told] = life.referrals.as_slice() else { panic!("one") };
    assert_eq!((told.state, told.reason.as_deref()), (ReferralState::Cancelled, Some("orientation_changed")), "the receiver is told");
}

#[test]
fn an_orientation_replaced_on_its_first_day_was_in_force_on_none() {
    let mut life = Life::oriented(RECENT, CommonLaw, K::PoleEmploi);
    life.review(0, ReviewReason::NewBarriers).unwrap();
    life.decide(0, DecideOrder { reason: Some(note("…")), ..order(Socioprofessional) }, K::Department).unwrap();
    assert_eq!((life.orientations[0].state, life.orientations[0].period), (OrientationState::Superseded, None));
    assert_eq!(life.in_force().unwrap().id, life.last().id);
}
