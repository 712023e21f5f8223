//! The département's side: sending, editing, taking back.

use super::*;
use crate::accompaniment::Accompaniment::{CommonLaw, Social};
use OrganisationKind as K;

mod sent;
mod asked_for;
mod receiver;
mod content;
mod editing;
mod taking_back;

fn send_on(when: &str, person: &Beneficiary, order: SendOrder, around: &Surroundings) -> Result<Decided<ReferralChanged>, Refusal> {
    Referral::send(&refers(when), id(800), person, order, &around.view())
}

fn send(order: SendOrder, around: &Surroundings) -> Result<Decided<ReferralChanged>, Refusal> {
    send_on(crate::given::NOW, &person(), order, around)
}

/// The faults of what was sent, none when it was taken.
fn wrong(result: Result<Decided<ReferralChanged>, Refusal>) -> Vec<(String, Rule)> {
    result.map_or_else(faults, |_| Vec::new())
}

/// The one fault, or none.
fn one(broken: bool, pointer: &str, rule: Rule) -> Vec<(String, Rule)> {
    if broken { vec![fault(pointer, rule)] } else { Vec::new() }
}

fn born(on: &str) -> Beneficiary {
    Beneficiary { birth_date: Some(day(on)), ..person() }
}

fn edit_on(when: &str, referral: &Referral, order: EditOrder) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.edit(&refers(when), order, None)
}

fn cancel_on(when: &str, referral: &Referral, reason: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.cancel(&refers(when), CancelOrder { reason: term(reason), comment: None }, false, &VOCABULARY)
}
