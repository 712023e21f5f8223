//! Signing and validating: what was signed by both is what holds, from its first day.

use super::{Basis, Contract, ContractKind, ContractState, Edition, Signature, SignatureMeans, SigningParty, Validation};
use crate::actor::Role;
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Period};
use crate::change::Change;
use crate::policy::{Scope, WriteContract};
use crate::refusal::{Decided, Faults, Refusal, Rule};

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOrder {
    /// Whose.
    pub party: SigningParty,
    /// The day.
    pub signed_on: Day,
    /// How.
    pub means: SignatureMeans,
}

/// What stands around a validation.
#[derive(Clone, Copy, Debug)]
pub struct ValidateOrder<'a> {
    /// The day; none: today.
    pub on: Option<Day>,
    /// The person, under lock.
    pub person: &'a Beneficiary,
    /// All their contracts.
    pub contracts: &'a [Contract],
    /// The orientation in force.
    pub basis: Option<Basis>,
}

/// A validation with everything that it changes, in the order in which it is saved.
#[derive(Debug)]
pub struct Validated {
    /// The one whose place it takes, and the one whose last day had passed.
    pub formers: Vec<Decided<Change<Contract>>>,
    /// The contract, in force.
    pub contract: Decided<Change<Contract>>,
    /// The edition that was signed, as it will stay.
    pub frozen: Edition,
}

impl Contract {
    /// Writes a signature down. The same again changes nothing.
    pub fn sign(
        &self,
        scope: &Scope<WriteContract>,
        person: &Beneficiary,
        order: SignOrder,
        basis: Option<Basis>,
    ) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        person.must_live()?;
        let now = scope.now();
        let open = self.must_be_submitted(now.day())?;
        match open.signature(order.party) {
            Some(known) if (known.on, known.means) == (order.signed_on, order.means) => return Ok(None),
            Some(_) => return Err(Refusal::Conflict(Rule::ContractSigned)),
            None => {}
        }
        let mut faults = Faults::default();
        faults.check(order.signed_on > now.day(), "signed_on", Rule::DayInFuture);
        faults.check(basis.is_some_and(|basis| order.signed_on < basis.since), "signed_on", Rule::DayTooEarly);
        faults.into_result()?;
        let mut edition = open.clone();
        let SignOrder { party, signed_on: on, means } = order;
        edition.signatures.push(Signature { party, on, means, by: scope.actor().principal });
        let after = self.with_open(edition, now);
        let event = after.event("contract.signed").with("party", party);
        Ok(Some(Change::edited(after, event)))
    }

    /// Validates what both have signed: it is in force for its period, and never changes. A contract of the old law is the département's
    /// to validate, by a manager; an engagement contract also the referent organisation's own.
    pub fn validate(&self, scope: &Scope<WriteContract>, order: ValidateOrder<'_>) -> Result<Decided<Validated>, Refusal> {
        order.person.must_live()?;
        let now = scope.now();
        let open = self.must_be_submitted(now.day())?;
        let actor = scope.actor();
        let referent = order.basis.map_or(self.organisation, |basis| basis.organisation);
        let is_theirs = self.kind == ContractKind::EngagementContract && actor.organisation() == Some(referent);
        if actor.is(Role::Caseworker) && !is_theirs {
            return Err(Refusal::Denied(Rule::ValidationReserved));
        }
        let signed_on = open.signed_on().ok_or(Refusal::Conflict(Rule::SignatureMissing))?;
        let on = order.on.unwrap_or_else(|| now.day());
        let mut faults = Faults::default();
        faults.check(on > now.day(), "validated_on", Rule::DayInFuture);
        faults.check(on < signed_on, "validated_on", Rule::DayTooEarly);
        faults.into_result()?;
        let basis = Basis::for_contract(order.basis, open.terms.starts_on)?;
        if open.organisation != Some(basis.organisation) {
            return Err(Refusal::Conflict(Rule::ContractOutdated));
        }
        // Signed in time and left lying until after its new last day.
        if !self.is_pending() && open.terms.ends_on().is_some_and(|end| end < now.day()) {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        let starts_on = open.terms.starts_on;
        let others = || order.contracts.iter().filter(|one| one.id != self.id && self.is_pending());
        let is_renewed = |one: &Contract| Some(one.id) == self.former && matches!(one.state, ContractState::InForce | ContractState::Expired);
        let reaches = |period: Period| period.ends_on.is_none_or(|end| end >= starts_on);
        let stands_in_the_way = |one: &Contract| !is_renewed(one) && one.period.is_some_and(reaches);
        if others().any(stands_in_the_way) {
            return Err(Refusal::Conflict(Rule::ContractInForce));
        }
        let frozen = Edition { validation: Some(Validation { on, by: actor.principal }), ..open.clone() };
        let period = Period { starts_on, ends_on: frozen.terms.ends_on() };
        let (orientation, organisation) = (basis.orientation, basis.organisation);
        let after = Self {
            orientation,
            organisation,
            state: ContractState::InForce,
            edition: frozen.clone(),
            amendment: None,
            period: Some(period),
            ..self.next(now)
        };
        let formers = others().filter(|one| is_renewed(one) || one.state == ContractState::InForce);
        let formers = formers.map(|one| one.give_way(starts_on, is_renewed(one), scope)).collect();
        Ok(Decided::new(Validated { formers, contract: Self::edited(after, "contract.validated"), frozen }))
    }

    /// Makes room for the one that takes its place from a day on: it ends the day before, unless it had ended already.
    fn give_way(&self, starts_on: Day, is_renewed: bool, scope: &Scope<WriteContract>) -> Decided<Change<Self>> {
        let eve = starts_on.plus_days(-1);
        let period = self.period.map(|period| Period { ends_on: Some(period.ends_on.map_or(eve, |end| end.min(eve))), ..period });
        let (state, kind) = if is_renewed { (ContractState::Renewed, "contract.renewed") } else { (ContractState::Expired, "contract.expired") };
        Self::edited(Self { state, period, amendment: None, ..self.next(scope.now()) }, kind)
    }
}
