//! Reviews, words about commitments, the end before the last day.

use super::*;
use CommitmentStatus as C;
use ContractState as S;
use ReviewConclusion as R;

fn reviewed(on: &str, conclusion: R, next: Option<&str>) -> ReviewOrder {
    ReviewOrder { reviewed_on: day(on), conclusion, next_review_on: next.map(day), comment: None }
}

/// With a contract in force since the 17th of November, on the first of March.
fn in_march(months: Option<i32>) -> Life {
    let mut life = Life::today();
    life.draw_up(Terms { months, ..engagement() }, None).unwrap();
    life.conclude(0);
    life.now = at("2027-03-01T10:00:00.000Z");
    life
}

#[test]
fn a_review_lies_between_the_first_day_or_the_last_review_and_today() {
    let mut life = in_march(Some(6));
    let on = |life: &mut Life, on: &str| life.review(0, reviewed(on, R::Continue, None)).map_or_else(faults, |_| Vec::new());
    assert_eq!(on(&mut life, "2026-11-16"), [fault("/reviewed_on", Rule::DayTooEarly)]);
    assert_eq!(on(&mut life, "2027-03-02"), [fault("/reviewed_on", Rule::DayInFuture)]);
    assert_eq!(on(&mut life, "2026-11-17"), []);
    assert_eq!(on(&mut life, "2027-02-17"), []);
    assert_eq!(on(&mut life, "2027-02-16"), [fault("/reviewed_on", Rule::DayTooEarly)], "before the last");
    assert_eq!(on(&mut life, "2027-03-01"), []);
    assert_eq!(life.last().reviews.len(), 3);
}

#[test]
fn the_same_review_again_changes_nothing() {
    let mut life = in_march(Some(6));
    let order = || reviewed("2027-02-17", R::Continue, Some("2027-04-17"));
    assert_eq!((life.review(0, order()), life.review(0, order())), (Ok(true), Ok(false)));
    life.wait(90);
    assert_eq!(life.last().state_on(life.day()), S::Expired);
    assert_eq!((life.review(0, order()), life.last().reviews.len()), (Ok(false), 1));
    assert!(life.review(0, ReviewOrder { comment: Some(note("…")), ..order() }).unwrap(), "another word");
    assert_eq!(life.last().reviews.last().unwrap().by, id(1));
}

#[test]
fn what_has_no_end_and_goes_on_is_reviewed_again() {
    let required = [fault("/next_review_on", Rule::NextReviewRequired)];
    for conclusion in R::ALL {
        let goes_on = matches!(conclusion, R::Continue | R::Amend);
        let found = |months| in_march(months).review(0, reviewed("2027-02-17", *conclusion, None)).map_or_else(faults, |_| Vec::new());
        assert_eq!(found(None), if goes_on { required.to_vec() } else { vec![] }, "{conclusion:?} without an end");
        assert_eq!(found(Some(6)), [], "{conclusion:?} with an end");
    }
}

#[test]
fn the_next_review_lies_after_this_one_and_within_the_contract() {
    let next = |on: &str, months| in_march(months).review(0, reviewed("2027-02-17", R::Continue, Some(on))).map_or_else(faults, |_| Vec::new());
    assert_eq!(next("2027-02-17", Some(6)), [fault("/next_review_on", Rule::DayTooEarly)]);
    assert_eq!(next("2027-02-18", Some(6)), []);
    assert_eq!(next("2027-05-16", Some(6)), []);
    assert_eq!(next("2027-05-17", Some(6)), [fault("/next_review_on", Rule::OutsideContract)]);
    assert_eq!(next("2029-05-17", None), []);
}

#[test]
fn a_review_is_due_as_the_last_says_else_the_terms_else_thirty_days_before_the_end() {
    let mut old = Life::before();
    old.draw_up(cer(), None).unwrap();
    assert_eq!(old.last().review_due_on(), None, "not in force");
    old.conclude(0);
    assert_eq!(old.last().review_due_on(), Some(day("2025-03-01")), "thirty days before the 31st of March");
    let mut life = in_march(Some(6));
    assert_eq!(life.last().review_due_on(), Some(day("2027-02-17")));
    life.review(0, reviewed("2027-02-20", R::Continue, Some("2027-04-20"))).unwrap();
    assert_eq!(life.last().review_due_on(), Some(day("2027-04-20")));
    life.wait(60);
    life.review(0, reviewed("2027-04-20", R::Continue, Some("2027-05-10"))).unwrap();
    assert_eq!(life.last().review_due_on(), Some(day("2027-05-10")), "the last one");
    let mut reviewed_once = in_march(Some(6));
    reviewed_once.review(0, reviewed("2027-02-20", R::Renew, None)).unwrap();
    assert_eq!(reviewed_once.last().review_due_on(), None, "it was reviewed, and says no day");
}

#[test]
fn a_word_about_a_commitment_lies_between_the_first_day_and_today() {
    let mut life = in_march(Some(6));
    let on = |life: &mut Life, on: &str| life.progress(0, "workshop", C::InProgress, day(on)).map_or_else(faults, |_| Vec::new());
    assert_eq!(on(&mut life, "2026-11-16"), [fault("/on", Rule::DayTooEarly)]);
    assert_eq!(on(&mut life, "2027-03-02"), [fault("/on", Rule::DayInFuture)]);
    assert_eq!((on(&mut life, "2026-11-17"), on(&mut life, "2027-03-01")), (vec![], vec![]));
    assert_eq!(faults(life.progress(0, "luck", C::Done, life.day()).unwrap_err()), [fault("/commitment", Rule::CommitmentUnknown)]);
}

#[test]
fn the_same_word_again_changes_nothing_and_a_former_one_may_come_back() {
    let mut life = in_march(Some(6));
    let today = life.day();
    let mut say = |status| life.progress(0, "workshop", status, today);
    assert_eq!([say(C::InProgress), say(C::InProgress), say(C::OnHold), say(C::InProgress)], [Ok(true), Ok(false), Ok(true), Ok(true)]);
    let said: Vec<_> = life.last().progress.iter().map(|one| (one.status, one.by, one.at)).collect();
    assert_eq!(said, [C::InProgress, C::OnHold, C::InProgress].map(|status| (status, id(1), life.now)), "what is said stays");
}

#[test]
fn a_word_is_of_a_commitment_of_the_edition_in_force() {
    let mut life = Life::in_force();
    life.amend(0, Terms { commitments: vec![commitment("training")], ..engagement() }).unwrap();
    let unknown = [fault("/commitment", Rule::CommitmentUnknown)];
    assert_eq!(faults(life.progress(0, "training", C::Done, life.day()).unwrap_err()), unknown, "it is not signed");
    life.progress(0, "workshop", C::Done, life.day()).unwrap();
    life.conclude(0);
    life.progress(0, "training", C::Planned, life.day()).unwrap();
    assert_eq!(faults(life.progress(0, "workshop", C::OnHold, life.day()).unwrap_err()), unknown);
    assert_eq!(life.last().progress.len(), 2);
}

#[test]
fn a_contract_ends_between_its_first_day_and_today() {
    let mut life = in_march(Some(6));
    life.amend(0, engagement()).unwrap();
    assert_eq!(faults(life.terminate(0, day("2026-11-16")).unwrap_err()), [fault("/on", Rule::DayTooEarly)]);
    assert_eq!(faults(life.terminate(0, day("2027-03-02")).unwrap_err()), [fault("/on", Rule::DayInFuture)]);
    assert!(life.terminate(0, day("2027-02-28")).unwrap());
    let ending = Ending { on: day("2027-02-28"), reason: Some(TerminationReason::Employment), comment: None };
    let contract = life.last();
    assert_eq!((contract.state, contract.period, contract.ending.as_ref()), (S::Terminated, Some(period("2026-11-17", "2027-02-28")), Some(&ending)));
    assert_eq!((contract.amendment.as_ref(), contract.open_edition()), (None, None), "its amendment is given up");
    assert_eq!(contract.state_on(day("2030-01-01")), S::Terminated);
    assert_eq!(life.terminate(0, day("2027-02-28")), Ok(false), "the same again");
    assert_eq!(life.terminate(0, day("2027-02-27")), Err(conflict(Rule::ContractState)), "another day");
}

#[test]
fn another_reason_for_the_end_is_told_in_words() {
    let life = in_march(Some(6));
    let end = |reason, comment: Option<&str>| {
        let order = TerminateOrder { on: life.day(), reason, comment: comment.map(note) };
        life.last().terminate(&life.scope(), order).map_or_else(faults, |_| Vec::new())
    };
    for reason in TerminationReason::ALL {
        let expected = if *reason == TerminationReason::Other { vec![fault("/comment", Rule::JustificationRequired)] } else { vec![] };
        assert_eq!((end(*reason, None), end(*reason, Some("Une erreur."))), (expected, vec![]), "{reason:?}");
    }
}
