//! Signatures, validations, and who gives way.

use super::*;
use ContractState as S;
use SigningParty as P;

/// Submitted on the 17th.
fn submitted(mut life: Life, terms: Terms) -> Life {
    life.draw_up(terms, None).unwrap();
    life.submit(0).unwrap();
    life
}

#[test]
fn a_signature_lies_between_the_orientation_and_today() {
    let mut life = submitted(Life::today(), engagement());
    assert_eq!(faults(life.sign(0, P::Beneficiary, day("2026-11-18")).unwrap_err()), [fault("/signed_on", Rule::DayInFuture)]);
    assert_eq!(faults(life.sign(0, P::Beneficiary, day("2026-11-01")).unwrap_err()), [fault("/signed_on", Rule::DayTooEarly)]);
    assert!(life.sign(0, P::Beneficiary, day("2026-11-02")).unwrap());
    life.is_by(Role::Caseworker, K::Department);
    life.actor.principal = id(77);
    assert!(life.sign_by(0, P::Organisation, day("2026-11-17"), SignatureMeans::Electronic).unwrap());
    let signature = |party| *life.last().edition.signature(party).unwrap();
    let paper = Signature { party: P::Beneficiary, on: day("2026-11-02"), means: SignatureMeans::Paper, by: id(1) };
    let electronic = Signature { party: P::Organisation, on: day("2026-11-17"), means: SignatureMeans::Electronic, by: id(77) };
    assert_eq!((signature(P::Beneficiary), signature(P::Organisation)), (paper, electronic));
    assert_eq!(life.last().edition.signed_on(), Some(day("2026-11-17")), "the last of both");
}

#[test]
fn each_party_signs_once_and_the_same_again_changes_nothing() {
    let mut life = submitted(Life::today(), engagement());
    let today = life.day();
    for party in P::ALL {
        assert_eq!((life.sign(0, *party, today), life.sign(0, *party, today)), (Ok(true), Ok(false)));
        let signed = Err(conflict(Rule::ContractSigned));
        assert_eq!(life.sign(0, *party, today.plus_days(-1)), signed);
        assert_eq!(life.sign_by(0, *party, today, SignatureMeans::Electronic), signed);
    }
    assert_eq!(life.last().stamp.version, 4);
}

#[test]
fn r39_both_sign_before_it_is_validated() {
    for party in P::ALL {
        let mut life = submitted(Life::before(), cer());
        let missing = Err(conflict(Rule::SignatureMissing));
        assert_eq!(life.validate(0, None), missing);
        life.sign(0, *party, life.day()).unwrap();
        assert_eq!(life.validate(0, None), missing);
        life.sign_both(0, life.day()).unwrap();
        life.validate(0, None).unwrap();
        assert_eq!((life.last().kind, life.last().state), (ContractKind::Cer, S::InForce));
    }
}

#[test]
fn only_what_was_submitted_is_signed_or_validated_and_once() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    let elsewhere = conflict(Rule::ContractState);
    assert_eq!((life.sign_both(0, life.day()), life.validate(0, None)), (Err(elsewhere.clone()), Err(elsewhere.clone())));
    life.conclude(0);
    assert_eq!((life.sign_both(0, life.day()), life.validate(0, None)), (Err(elsewhere.clone()), Err(elsewhere.clone())));
    life.amend(0, engagement()).unwrap();
    assert_eq!((life.sign_both(0, life.day()), life.validate(0, None)), (Err(elsewhere.clone()), Err(elsewhere)));
}

#[test]
fn a_validation_lies_between_the_last_signature_and_today() {
    let mut life = submitted(Life::today(), engagement());
    life.sign(0, P::Beneficiary, day("2026-11-12")).unwrap();
    life.sign(0, P::Organisation, day("2026-11-14")).unwrap();
    assert_eq!(faults(life.validate(0, Some(day("2026-11-13"))).unwrap_err()), [fault("/validated_on", Rule::DayTooEarly)]);
    assert_eq!(faults(life.validate(0, Some(day("2026-11-18"))).unwrap_err()), [fault("/validated_on", Rule::DayInFuture)]);
    life.validate(0, Some(day("2026-11-14"))).unwrap();
    let (_, frozen) = &life.frozen[0];
    assert_eq!((frozen, frozen.validation.unwrap().on), (&life.last().edition, day("2026-11-14")));
}

#[test]
fn a_contract_of_the_old_law_is_validated_by_a_manager_alone() {
    use K::{Association, Department, Plie};
    let (allowed, reserved) = (Ok(()), Err(Refusal::Denied(Rule::ValidationReserved)));
    let of_old_law = |referent, role, kind| {
        let mut life = Life::before();
        life.basis = Some(basis(referent, "2024-09-16"));
        (life, cer(), role, kind)
    };
    let of_new_law = |referent, role, kind| {
        let mut life = Life::today();
        life.basis = Some(basis(referent, "2026-11-02"));
        (life, engagement(), role, kind)
    };
    for ((life, terms, role, kind), expected) in [
        (of_old_law(Department, Role::Manager, Department), &allowed),
        (of_old_law(Department, Role::Caseworker, Department), &reserved),
        (of_old_law(Plie, Role::Manager, Department), &allowed),
        (of_old_law(Plie, Role::Caseworker, Plie), &reserved),
        (of_old_law(Plie, Role::Caseworker, Department), &reserved),
        (of_new_law(Department, Role::Manager, Department), &allowed),
        (of_new_law(Department, Role::Caseworker, Department), &allowed),
        (of_new_law(Plie, Role::Manager, Department), &allowed),
        (of_new_law(Plie, Role::Caseworker, Plie), &allowed),
        (of_new_law(Plie, Role::Caseworker, Department), &reserved),
        (of_new_law(Plie, Role::Caseworker, Association), &reserved),
    ] {
        let referent = life.basis.unwrap().kind;
        let mut life = submitted(life, terms);
        life.sign_both(0, life.day()).unwrap();
        life.is_by(role, kind);
        assert_eq!(life.validate(0, None), *expected, "{:?} of {referent:?}, by a {role:?} of {kind:?}", life.last().kind);
    }
}

#[test]
fn what_was_signed_with_another_organisation_is_drawn_up_again() {
    let mut life = submitted(Life::today(), engagement());
    life.basis = Some(Basis { orientation: id(51), ..basis(K::Plie, "2026-11-17") });
    life.edit(0, engagement()).unwrap();
    life.submit(0).unwrap();
    assert_eq!((life.last().orientation, life.last().organisation), (id(51), organisation(K::Plie).id), "submitted anew");
    life.sign_both(0, life.day()).unwrap();
    life.is_by(Role::Caseworker, K::Department);
    assert_eq!(life.validate(0, None), Err(Refusal::Denied(Rule::ValidationReserved)), "no longer theirs");
    life.basis = Some(basis(K::Department, "2026-11-17"));
    assert_eq!(life.validate(0, None), Err(conflict(Rule::ContractOutdated)));
    life.basis = Some(Basis { orientation: id(51), ..basis(K::Plie, "2026-11-17") });
    life.is_by(Role::Caseworker, K::Plie);
    life.validate(0, None).unwrap();
}

#[test]
fn a_validation_rests_on_an_orientation_towards_somebody_who_makes_such_contracts() {
    let mut life = submitted(Life::today(), engagement());
    life.sign_both(0, life.day()).unwrap();
    life.basis = None;
    assert_eq!(life.validate(0, None), Err(conflict(Rule::ContractNeedsOrientation)));
    life.basis = Some(basis(K::PoleEmploi, "2026-11-17"));
    assert_eq!(life.validate(0, None), Err(conflict(Rule::ContractElsewhere)));
}

#[test]
fn what_was_validated_and_amended_is_kept_by_its_number() {
    let mut life = Life::amended(Terms { months: Some(9), weekly_hours: Some(20), ..engagement() });
    life.wait(5);
    life.basis = Some(Basis { orientation: id(51), ..basis(K::Plie, "2026-11-18") });
    life.conclude(0);
    let contract = life.last();
    assert_eq!((contract.state, contract.rank, contract.period), (S::InForce, 1, Some(period("2026-11-17", "2027-08-16"))));
    assert_eq!((contract.edition.number, &contract.amendment, contract.orientation), (2, &None, id(51)));
    let kept: Vec<_> = life.frozen.iter().map(|(_, edition)| (edition.number, edition.terms.weekly_hours)).collect();
    assert_eq!(kept, [(1, Some(15)), (2, Some(20))]);
}

#[test]
fn the_one_that_is_renewed_ends_the_day_before() {
    let mut life = Life::amended(Terms { months: Some(12), ..engagement() });
    life.cancel(0).unwrap();
    life.wait(20);
    life.draw_up(engagement_from(day("2026-12-07")), Some(0)).unwrap();
    life.conclude(1);
    let [former, renewal] = &life.contracts[..] else { panic!("two") };
    assert_eq!((former.state, former.period), (S::Renewed, Some(period("2026-11-17", "2026-12-06"))));
    assert_eq!((renewal.state, renewal.period), (S::InForce, Some(period("2026-12-07", "2027-06-06"))));
    assert_eq!(former.edition, life.frozen[0].1, "what was signed stays");
}

#[test]
fn the_one_that_is_renewed_early_runs_to_its_last_day() {
    let mut life = Life::in_force();
    life.draw_up(engagement_from(day("2027-01-15")), Some(0)).unwrap();
    life.conclude(1);
    life.wait(10);
    let former = &life.contracts[0];
    let stands = |on: &str| former.state_on(day(on));
    assert_eq!([stands("2026-11-17"), stands("2027-01-14"), stands("2027-01-15")], [S::InForce, S::InForce, S::Renewed]);
    life.progress(0, "workshop", CommitmentStatus::Done, life.day()).unwrap();
    assert_eq!(life.amend(0, engagement()), Err(conflict(Rule::ContractState)), "its end is settled");
    assert_eq!(life.draw_up(engagement_from(day("2027-02-15")), Some(0)), Err(conflict(Rule::ContractState)), "renewed once");
    life.terminate(0, life.day()).unwrap();
    assert_eq!(life.contracts.iter().map(|one| one.state_on(day("2027-01-15"))).collect::<Vec<_>>(), [S::Terminated, S::InForce]);
}

#[test]
fn one_that_has_not_begun_is_given_up_and_another_takes_its_place() {
    let mut life = Life::in_force();
    life.draw_up(engagement_from(day("2027-01-15")), Some(0)).unwrap();
    life.conclude(1);
    assert!(life.cancel(1).unwrap() && !life.cancel(1).unwrap(), "the same again changes nothing");
    assert_eq!((life.last().state, life.last().period), (S::Cancelled, None));
    assert_eq!(life.contracts[0].period, Some(period("2026-11-17", "2027-01-14")), "it keeps the last day that it was given");
    life.draw_up(engagement_from(day("2027-01-15")), None).unwrap();
    life.conclude(2);
    assert_eq!((life.last().state, life.last().rank), (S::InForce, 2));
    life.now = at("2027-01-15T08:00:00.000Z");
    assert_eq!(life.cancel(2), Err(conflict(Rule::ContractState)), "it has begun");
}

#[test]
fn the_one_that_is_renewed_late_keeps_its_last_day_and_loses_its_amendment() {
    let mut life = Life::in_force();
    life.wait(100);
    life.amend(0, Terms { weekly_hours: Some(20), ..engagement() }).unwrap();
    life.now = at("2027-06-01T08:00:00.000Z");
    life.draw_up(engagement_from(day("2027-06-01")), Some(0)).unwrap();
    life.conclude(1);
    let former = &life.contracts[0];
    assert_eq!((former.state, former.period, &former.amendment), (S::Renewed, Some(period("2026-11-17", "2027-05-16")), &None));
}

#[test]
fn one_that_has_expired_is_written_down_as_such_by_the_next() {
    let mut life = Life::in_force();
    life.now = at("2027-06-01T08:00:00.000Z");
    life.draw_up(engagement_from(day("2027-06-01")), None).unwrap();
    assert_eq!(life.contracts[0].state, S::InForce, "the clock alone says so");
    life.conclude(1);
    assert_eq!((life.contracts[0].state, life.contracts[0].period), (S::Expired, Some(period("2026-11-17", "2027-05-16"))));
}

#[test]
fn one_that_has_expired_is_written_down_once_and_can_still_be_renewed() {
    let mut life = Life::in_force();
    life.now = at("2027-05-16T08:00:00.000Z");
    life.amend(0, Terms { months: Some(12), ..engagement() }).unwrap();
    assert!(!life.lapse(0), "this is its last day");
    life.wait(1);
    assert!(life.lapse(0) && !life.lapse(0));
    assert_eq!((life.contracts[0].state, &life.contracts[0].amendment), (S::Expired, &None));
    // Another one follows it without renewing it, and expires too: both make room for the one that renews the first.
    life.draw_up(engagement_from(life.day()), None).unwrap();
    life.conclude(1);
    life.wait(200);
    life.draw_up(engagement_from(life.day()), Some(0)).unwrap();
    life.conclude(2);
    let states: Vec<S> = life.contracts.iter().map(|one| one.state).collect();
    assert_eq!(states, [S::Renewed, S::Expired, S::InForce]);
}

#[test]
fn r50_a_contract_that_would_stand_in_anothers_days_is_not_validated() {
    let mut life = Life::in_force();
    life.draw_up(engagement_from(day("2026-11-20")), Some(0)).unwrap();
    life.submit(1).unwrap();
    life.sign_both(1, life.day()).unwrap();
    life.wait(5);
    life.terminate(0, day("2026-11-20")).unwrap();
    assert_eq!(life.validate(1, None), Err(conflict(Rule::ContractInForce)), "its last day is the other's first");
    let mut life = Life::in_force();
    life.draw_up(engagement_from(day("2026-11-21")), Some(0)).unwrap();
    life.submit(1).unwrap();
    life.sign_both(1, life.day()).unwrap();
    life.wait(5);
    life.terminate(0, day("2026-11-20")).unwrap();
    life.validate(1, None).unwrap();
}

#[test]
fn an_amendment_of_one_that_has_expired_is_signed_no_more() {
    let mut life = Life::in_force();
    life.now = at("2027-05-16T08:00:00.000Z");
    life.amend(0, Terms { months: Some(12), ..engagement() }).unwrap();
    life.submit(0).unwrap();
    life.sign_both(0, life.day()).unwrap();
    life.wait(1);
    assert_eq!(life.validate(0, None), Err(conflict(Rule::ContractState)));
    assert_eq!(life.sign_by(0, SigningParty::Beneficiary, life.day(), SignatureMeans::Paper), Err(conflict(Rule::ContractState)));
    life.draw_up(engagement_from(life.day()), Some(0)).unwrap();
    life.conclude(1);
    assert_eq!((life.contracts[0].state, &life.contracts[0].amendment, life.contracts[1].state), (S::Renewed, &None, S::InForce));
}
