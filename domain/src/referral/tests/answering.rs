//! The receiver's side: each answer from each state, again, otherwise, and too late.

use super::*;
use ReferralState as S;

mod receipt;
mod acceptance;
mod seats;
mod refusal;
mod start;
mod outcome;
mod too_late;

const NOBODY_SITS: &[SeatTaken] = &[];

fn receive_on(when: &str, referral: &Referral, order: ReceiptOrder) -> Result<Receipt, Refusal> {
    referral.receive(&answers(when), &person(), order, false)
}

fn external_id(text: &str) -> ReceiptOrder {
    ReceiptOrder { external_id: Some(line(text)), france_travail_id: None }
}

fn france_travail_id(text: &str) -> ReceiptOrder {
    ReceiptOrder { external_id: None, france_travail_id: text.parse().ok() }
}

/// What a receipt makes of the referral.
fn received(result: Result<Receipt, Refusal>) -> Result<Option<(S, i32, FeedEventType)>, Refusal> {
    told(result.map(|receipt| receipt.referral))
}

/// Takes the person in the group of the action, or as the referent's.
fn accept_in(group: Option<&Group>, seats: &[SeatTaken], when: &str, referral: &Referral, order: AcceptOrder) -> Result<Option<Accepted>, Refusal> {
    let place = Place { person: &person(), group, seats, enrolment: id(600) };
    referral.accept(&answers(when), order, &place, false, &VOCABULARY)
}

fn accept_on(when: &str, referral: &Referral, order: AcceptOrder) -> Result<Option<Accepted>, Refusal> {
    accept_in(Some(&group()), NOBODY_SITS, when, referral, order)
}

fn accepted(result: Result<Option<Accepted>, Refusal>) -> Result<Option<(S, i32, FeedEventType)>, Refusal> {
    told(result.map(|accepted| accepted.map(|accepted| accepted.referral)))
}

/// Named, as an accompaniment needs it.
fn by(last_name: &str) -> AcceptOrder {
    AcceptOrder { referent: Some(referent(last_name)), ..AcceptOrder::default() }
}

fn from(starts_on: &str) -> AcceptOrder {
    AcceptOrder { starts_on: Some(day(starts_on)), ..AcceptOrder::default() }
}

fn refuse_on(when: &str, referral: &Referral, reason: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.refuse(&answers(when), RefuseOrder { reason: term(reason), comment: None }, false, &VOCABULARY)
}

fn wait_for(groups: &[(Group, Vec<SeatTaken>)], when: &str, referral: &Referral) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.put_on_waiting_list(&answers(when), groups, false)
}

fn wait_on(when: &str, referral: &Referral) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    wait_for(&[(group(), full())], when, referral)
}

fn start_on(when: &str, referral: &Referral, on: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.start(&answers(when), day(on))
}

fn completed(ended_on: &str) -> ConcludeOrder {
    ConcludeOrder { conclusion: Conclusion::Completed, ended_on: day(ended_on), reason: None, comment: None, outcome: Outcome::default() }
}

fn abandoned(ended_on: &str, reason: Option<&str>) -> ConcludeOrder {
    ConcludeOrder { conclusion: Conclusion::Abandoned, reason: reason.map(term), ..completed(ended_on) }
}

fn conclude_on(when: &str, referral: &Referral, order: ConcludeOrder) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.conclude(&answers(when), order, &VOCABULARY)
}

fn wrong<T>(result: Result<T, Refusal>) -> Vec<(String, Rule)> {
    result.map_or_else(faults, |_| Vec::new())
}

/// What expired without an answer, written down or not.
fn expired() -> [Referral; 3] {
    let lapsed = placement().lapse(&sweep(EXPIRY)).unwrap();
    [placement(), standing(S::Received, placement()), lapsed.after.clone()]
}
