//! Up to the submission: drafts, amendments, renewals, what is given up.

use super::*;
use ContractState as S;

/// With the last contract in each state.
fn in_each_state() -> Vec<(S, Life)> {
    let draft = || {
        let mut life = Life::today();
        life.draw_up(engagement(), None).unwrap();
        life
    };
    let submitted = || {
        let mut life = draft();
        life.submit(0).unwrap();
        life
    };
    let (mut refused, mut cancelled, mut terminated, mut renewed, mut expired) =
        (submitted(), draft(), Life::in_force(), Life::in_force(), Life::in_force());
    refused.refuse(0, refused.day()).unwrap();
    cancelled.cancel(0).unwrap();
    terminated.terminate(0, terminated.day()).unwrap();
    renewed.draw_up(engagement_from(day("2027-05-17")), Some(0)).unwrap();
    renewed.conclude(1);
    renewed.contracts.truncate(1);
    renewed.now = at("2027-05-17T08:00:00.000Z");
    expired.now = at("2027-05-17T08:00:00.000Z");
    let all = [
        (S::Draft, draft()),
        (S::AwaitingSignature, submitted()),
        (S::InForce, Life::in_force()),
        (S::Refused, refused),
        (S::Renewed, renewed),
        (S::Expired, expired),
        (S::Terminated, terminated),
        (S::Cancelled, cancelled),
    ];
    assert_eq!(all.each_ref().map(|(state, _)| *state), S::ALL, "each of them");
    for (state, life) in &all {
        assert_eq!(life.last().state_on(life.day()), *state);
    }
    all.into()
}

/// Where something is done: in these states it is, in the others it is refused.
fn is_done_in(states: &[S], act: impl Fn(&mut Life) -> Outcome<()>) {
    for (state, mut life) in in_each_state() {
        let done = act(&mut life);
        if states.contains(&state) {
            assert!(done.is_ok(), "{state:?}: {done:?}");
        } else {
            assert_eq!(done, Err(conflict(Rule::ContractState)), "{state:?}");
        }
    }
}

#[test]
fn each_act_is_of_its_states() {
    is_done_in(&[S::Draft, S::AwaitingSignature], |life| life.edit(0, engagement()));
    is_done_in(&[S::Draft, S::AwaitingSignature], |life| life.submit(0).map(|_| ()));
    is_done_in(&[S::InForce], |life| life.amend(0, Terms { months: Some(12), ..engagement() }));
    is_done_in(&[S::AwaitingSignature], |life| life.refuse(0, life.day()));
    is_done_in(&[S::Draft, S::AwaitingSignature, S::Cancelled], |life| life.cancel(0).map(|_| ()));
    is_done_in(&[S::AwaitingSignature], |life| life.sign_both(0, life.day()));
    let review = ReviewOrder { reviewed_on: day("2026-11-17"), conclusion: ReviewConclusion::Continue, next_review_on: None, comment: None };
    is_done_in(&[S::InForce, S::Expired], |life| life.review(0, review.clone()).map(|_| ()));
    is_done_in(&[S::InForce, S::Expired], |life| life.progress(0, "workshop", CommitmentStatus::Done, day("2026-11-17")).map(|_| ()));
    is_done_in(&[S::InForce, S::Terminated], |life| life.terminate(0, day("2026-11-17")).map(|_| ()));
}

#[test]
fn the_first_day_says_which_law_a_contract_is_of() {
    let mut life = Life::before();
    for (starts_on, kind) in [("2024-12-31", ContractKind::Cer), ("2025-01-01", ContractKind::EngagementContract)] {
        life.draw_up(Terms { starts_on: day(starts_on), ..cer() }, None).unwrap();
        assert_eq!(life.last().kind, kind);
        life.cancel(life.contracts.len() - 1).unwrap();
    }
    life.draw_up(cer(), None).unwrap();
    life.edit(2, Terms { starts_on: day("2025-01-01"), ..cer() }).unwrap();
    assert_eq!(life.last().kind, ContractKind::EngagementContract, "a draft follows its first day");
}

#[test]
fn r38_employment_services_make_their_own_contracts() {
    for (starts_on, of_their_own) in [("2024-12-31", &[K::PoleEmploi][..]), ("2025-01-01", &[K::PoleEmploi, K::MissionLocale, K::CapEmploi])] {
        for kind in K::ALL {
            let mut life = Life::before();
            life.basis = Some(basis(*kind, "2024-09-16"));
            let expected = if of_their_own.contains(kind) { Err(conflict(Rule::ContractElsewhere)) } else { Ok(()) };
            assert_eq!(life.draw_up(Terms { starts_on: day(starts_on), ..cer() }, None), expected, "{kind:?} on {starts_on}");
        }
    }
}

#[test]
fn a_contract_rests_on_an_orientation() {
    let mut life = Life::today();
    life.basis = None;
    assert_eq!(life.draw_up(engagement(), None), Err(conflict(Rule::ContractNeedsOrientation)));
    life.basis = Some(basis(K::Plie, "2026-11-02"));
    life.draw_up(engagement(), None).unwrap();
    assert_eq!((life.last().orientation, life.last().organisation), (id(50), organisation(K::Plie).id));
}

#[test]
fn nothing_is_written_into_a_closed_file() {
    let closed = conflict(Rule::BeneficiaryClosed);
    for person in [Beneficiary { merged_into: Some(id(9)), ..beneficiary(0) }, Beneficiary { purged_at: Some(now()), ..beneficiary(0) }] {
        let mut life = Life::amended(engagement());
        life.submit(0).unwrap();
        life.person = person;
        assert_eq!(life.draw_up(engagement(), Some(0)), Err(closed.clone()));
        assert_eq!(life.edit(0, engagement()), Err(closed.clone()));
        assert_eq!(life.amend(0, engagement()), Err(closed.clone()));
        assert_eq!(life.submit(0), Err(closed.clone()));
        assert_eq!(life.sign_both(0, life.day()), Err(closed.clone()));
        assert_eq!(life.validate(0, None), Err(closed.clone()));
    }
}

#[test]
fn r50_one_contract_is_drawn_up_at_a_time_and_one_is_in_force() {
    let again = |state| match state {
        S::Draft | S::AwaitingSignature => Err(conflict(Rule::ContractPending)),
        S::InForce => Err(conflict(Rule::ContractInForce)),
        _ => Ok(()),
    };
    for (state, mut life) in in_each_state() {
        assert_eq!(life.draw_up(engagement_from(day("2027-05-17")), None), again(state), "{state:?}");
    }
}

#[test]
fn a_renewal_takes_the_place_of_one_in_force_or_expired() {
    for (state, mut life) in in_each_state() {
        let expected = match state {
            S::Draft | S::AwaitingSignature => Err(conflict(Rule::ContractPending)),
            S::InForce | S::Expired => Ok(()),
            _ => Err(conflict(Rule::ContractState)),
        };
        let former = life.last().id;
        assert_eq!(life.draw_up(engagement_from(day("2027-05-17")), Some(0)), expected, "{state:?}");
        if expected.is_ok() {
            assert_eq!((life.last().former, life.last().rank), (Some(former), 2));
        }
    }
}

#[test]
fn only_the_one_in_force_is_renewed_while_there_is_one() {
    let mut life = Life::in_force();
    life.now = at("2027-05-17T08:00:00.000Z");
    life.draw_up(engagement_from(life.day()), None).unwrap();
    life.conclude(1);
    assert_eq!((life.contracts[0].state, life.contracts[1].state), (S::Expired, S::InForce));
    let refused = life.draw_up(engagement_from(day("2027-10-01")), Some(0));
    assert_eq!(refused, Err(conflict(Rule::ContractInForce)), "another one is in force");
    life.draw_up(engagement_from(day("2027-10-01")), Some(1)).unwrap();
}

#[test]
fn a_contract_begins_within_twelve_months() {
    let found = |starts_on: &str| Life::today().draw_up(engagement_from(day(starts_on)), None).map_or_else(faults, |()| Vec::new());
    assert_eq!((found("2027-11-17"), found("2027-11-18")), (vec![], vec![fault("/starts_on", Rule::OutOfBounds)]));
}

#[test]
fn a_contract_with_an_open_amendment_is_not_renewed_until_that_is_done() {
    let mut life = Life::amended(engagement());
    assert_eq!(life.draw_up(engagement_from(day("2027-05-17")), Some(0)), Err(conflict(Rule::ContractPending)));
}

#[test]
fn a_contract_does_not_begin_before_the_orientation_that_it_rests_on() {
    let begun = |starts_on: &str| Terms { review_on: None, ..engagement_from(day(starts_on)) };
    let mut life = Life::today();
    let early = [fault("/starts_on", Rule::DayTooEarly)];
    for too_early in ["2026-11-01", "2024-12-31"] {
        assert_eq!(faults(life.draw_up(begun(too_early), None).unwrap_err()), early, "{too_early}");
    }
    life.draw_up(begun("2026-11-02"), None).unwrap();
    assert_eq!(faults(life.edit(0, begun("2026-11-01")).unwrap_err()), early);
}

#[test]
fn a_contract_begins_after_all_that_were_in_force_before() {
    let early = [fault("/starts_on", Rule::DayTooEarly)];
    let renewed = |starts_on: &str| Life::in_force().draw_up(engagement_from(day(starts_on)), Some(0)).map_or_else(faults, |()| Vec::new());
    assert_eq!([renewed("2026-11-16"), renewed("2026-11-17")], [early.clone(), early.clone()], "after the first day of the one it renews");
    assert_eq!(renewed("2026-11-18"), []);
    let anew = |starts_on: &str| {
        let mut life = Life::in_force();
        life.now = at("2027-06-01T08:00:00.000Z");
        life.draw_up(engagement_from(day(starts_on)), None).map_or_else(faults, |()| Vec::new())
    };
    assert_eq!((anew("2027-05-16"), anew("2027-05-17")), (early.to_vec(), vec![]), "after the last of any other");
    let mut life = Life::in_force();
    life.wait(10);
    life.terminate(0, life.day()).unwrap();
    life.draw_up(engagement_from(day("2026-11-28")), None).unwrap();
    assert_eq!(faults(life.edit(1, engagement_from(day("2026-11-27"))).unwrap_err()), early, "nor is it edited to");
}

#[test]
fn r50_renewals_are_numbered_by_those_that_were_in_force() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    life.submit(0).unwrap();
    life.refuse(0, life.day()).unwrap();
    life.draw_up(engagement(), None).unwrap();
    assert_eq!(life.last().rank, 1, "the one that was refused does not count");
    life.conclude(1);
    life.draw_up(engagement_from(day("2027-05-17")), Some(1)).unwrap();
    life.conclude(2);
    life.draw_up(engagement_from(day("2027-11-17")), Some(2)).unwrap();
    assert_eq!(life.contracts.iter().map(|one| one.rank).collect::<Vec<_>>(), [1, 1, 2, 3]);
}

#[test]
fn what_was_submitted_and_is_edited_is_a_draft_again_until_somebody_signed() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    life.submit(0).unwrap();
    life.edit(0, Terms { weekly_hours: Some(20), ..engagement() }).unwrap();
    let edition = &life.last().edition;
    assert_eq!((life.last().state, edition.submitted_at, &edition.document, edition.terms.weekly_hours), (S::Draft, None, &None, Some(20)));
    life.submit(0).unwrap();
    life.sign(0, SigningParty::Beneficiary, life.day()).unwrap();
    assert_eq!(life.edit(0, engagement()), Err(conflict(Rule::ContractSigned)));
}

#[test]
fn what_is_wrong_with_terms_is_refused_wherever_they_are_written() {
    let wrong = || Terms { weekly_hours: Some(36), ..engagement() };
    let expected = [fault("/weekly_hours", Rule::OutOfBounds)];
    assert_eq!(faults(Life::today().draw_up(wrong(), None).unwrap_err()), expected);
    assert_eq!(faults(Life::in_force().amend(0, wrong()).unwrap_err()), [fault("/terms/weekly_hours", Rule::OutOfBounds)]);
    assert_eq!(faults(Life::amended(engagement()).edit(0, wrong()).unwrap_err()), expected);
}

#[test]
fn an_amendment_leaves_the_contract_in_force_as_it_is_until_it_is_validated() {
    let mut life = Life::in_force();
    let before = life.last().clone();
    life.amend(0, Terms { weekly_hours: Some(20), ..engagement() }).unwrap();
    let (contract, amendment) = (life.last().clone(), life.last().amendment.clone().unwrap());
    assert_eq!((contract.state, contract.edition, contract.period), (S::InForce, before.edition, before.period));
    assert_eq!((amendment.number, amendment.reason.as_deref(), amendment.submitted_at), (2, Some("Les horaires ont changé."), None));
    assert_eq!(life.amend(0, engagement()), Err(conflict(Rule::ContractPending)), "one at a time");
    assert!(life.submit(0).unwrap());
    assert_eq!((life.last().state, life.submit(0)), (S::InForce, Ok(false)));
    life.edit(0, Terms { weekly_hours: Some(21), ..engagement() }).unwrap();
    let amendment = life.last().amendment.clone().unwrap();
    assert_eq!((amendment.number, amendment.submitted_at, amendment.terms.weekly_hours), (2, None, Some(21)));
    assert!(amendment.reason.is_some(), "the reason stays");
}

#[test]
fn an_amendment_keeps_the_first_day_and_ends_no_day_that_has_passed() {
    let mut life = Life::in_force();
    let other = Terms { starts_on: day("2026-11-18"), ..engagement() };
    assert_eq!(faults(life.amend(0, other.clone()).unwrap_err()), [fault("/terms/starts_on", Rule::FirstDayStays)]);
    let shorter = Terms { months: Some(3), review_on: None, ..engagement() };
    life.now = at("2027-02-16T09:00:00.000Z");
    life.amend(0, shorter.clone()).unwrap();
    assert_eq!(faults(life.edit(0, other).unwrap_err()), [fault("/starts_on", Rule::FirstDayStays)]);
    life.wait(1);
    assert_eq!(faults(life.edit(0, shorter.clone()).unwrap_err()), [fault("/months", Rule::DayTooEarly)]);
    life.cancel(0).unwrap();
    assert_eq!(faults(life.amend(0, shorter).unwrap_err()), [fault("/terms/months", Rule::DayTooEarly)]);
}

#[test]
fn a_contract_that_is_being_renewed_is_not_amended() {
    let mut life = Life::in_force();
    life.draw_up(engagement_from(day("2027-05-17")), Some(0)).unwrap();
    assert_eq!(life.amend(0, engagement()), Err(conflict(Rule::ContractPending)));
}

#[test]
fn what_is_incomplete_is_not_submitted() {
    let incomplete = Err(conflict(Rule::ContractIncomplete));
    let mut life = Life::today();
    life.draw_up(Terms { objectives: Vec::new(), ..engagement() }, None).unwrap();
    assert_eq!(life.submit(0), incomplete);
    life.edit(0, engagement()).unwrap();
    life.readiness_is_known = false;
    assert_eq!(life.submit(0), incomplete);
    life.readiness_is_known = true;
    assert_eq!((life.submit(0), life.submit(0)), (Ok(true), Ok(false)), "the same again");
    let mut amended = Life::amended(Terms { commitments: Vec::new(), ..engagement() });
    assert_eq!(amended.submit(0), incomplete);
}

#[test]
fn who_refuses_does_so_since_the_submission_and_today_at_the_latest() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    life.submit(0).unwrap();
    life.wait(3);
    assert_eq!(faults(life.refuse(0, day("2026-11-16")).unwrap_err()), [fault("/refused_on", Rule::DayTooEarly)]);
    assert_eq!(faults(life.refuse(0, day("2026-11-21")).unwrap_err()), [fault("/refused_on", Rule::DayInFuture)]);
    life.refuse(0, day("2026-11-17")).unwrap();
    let ending = Ending { on: day("2026-11-17"), reason: None, comment: Some(note("Trop loin.")) };
    assert_eq!((life.last().state, life.last().ending.as_ref(), life.last().period), (S::Refused, Some(&ending), None));
}

#[test]
fn who_has_signed_did_not_refuse() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    life.submit(0).unwrap();
    life.sign(0, SigningParty::Organisation, life.day()).unwrap();
    let mut signed = Life { contracts: life.contracts.clone(), ..Life::today() };
    signed.sign(0, SigningParty::Beneficiary, life.day()).unwrap();
    assert_eq!(signed.refuse(0, life.day()), Err(conflict(Rule::ContractSigned)));
    life.refuse(0, life.day()).unwrap();
}

#[test]
fn an_amendment_that_is_refused_or_cancelled_leaves_the_contract_as_it_was() {
    let before = Life::in_force();
    for refuse in [true, false] {
        let mut life = Life::amended(Terms { weekly_hours: Some(20), ..engagement() });
        assert_eq!(life.refuse(0, life.day()), Err(conflict(Rule::ContractState)), "nobody was asked to sign it");
        life.submit(0).unwrap();
        if refuse {
            life.refuse(0, life.day()).unwrap();
        } else {
            assert!(life.cancel(0).unwrap());
        }
        let contract = life.last();
        assert_eq!((contract.state, &contract.edition, &contract.amendment), (S::InForce, &before.last().edition, &None));
        assert_eq!((contract.period, &contract.ending), (before.last().period, &None));
        life.amend(0, engagement()).unwrap();
        assert_eq!(life.last().amendment.as_ref().unwrap().number, 2, "no number is skipped");
    }
}

#[test]
fn what_is_cancelled_stays_so() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    assert_eq!((life.cancel(0), life.cancel(0)), (Ok(true), Ok(false)), "the same again");
    assert_eq!((life.last().state, life.last().ending.as_ref().unwrap().on, life.last().stamp.version), (S::Cancelled, life.day(), 2));
}
