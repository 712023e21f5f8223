//! Drawing a contract up: its first draft, an amendment, a renewal; what it says, until somebody signs.

use super::{Basis, Contract, ContractKind, ContractState, Document, Edition, Ending, Named, SigningParty, Terms};
use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::change::{Change, Stamp};
use crate::id::Id;
use crate::policy::{Scope, WriteContract};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;

/// What stands around the drawing up of a contract.
#[derive(Clone, Copy, Debug)]
pub struct DrawUp<'a> {
    /// The person, under lock.
    pub person: &'a Beneficiary,
    /// All their contracts.
    pub contracts: &'a [Contract],
    /// The orientation in force.
    pub basis: Option<Basis>,
    /// What the terms may name.
    pub named: Named<'a>,
}

/// An amendment.
#[derive(Clone, Debug)]
pub struct Amend {
    /// Why.
    pub reason: Note,
    /// What the contract will say, all of it.
    pub terms: Terms,
}

impl Contract {
    /// Draws up a contract: the first, or in the place of the one that it `renews`, which is in force or has expired.
    pub fn draw_up(
        scope: &Scope<WriteContract>,
        id: Id<Contract>,
        terms: Terms,
        renews: Option<&Contract>,
        around: &DrawUp<'_>,
    ) -> Result<Decided<Change<Contract>>, Refusal> {
        around.person.must_live()?;
        let now = scope.now();
        if around.contracts.iter().any(|one| one.must_be_open(now.day()).is_ok()) {
            return Err(Refusal::Conflict(Rule::ContractPending));
        }
        let is_renewable = |former: &Contract| matches!(former.state, ContractState::InForce | ContractState::Expired);
        if renews.is_some_and(|former| !is_renewable(former)) {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        let mut others = around.contracts.iter().filter(|one| renews.is_none_or(|former| former.id != one.id));
        if others.any(|one| one.state == ContractState::InForce && one.state_on(now.day()) == ContractState::InForce) {
            return Err(Refusal::Conflict(Rule::ContractInForce));
        }
        let basis = Basis::for_contract(around.basis, terms.starts_on)?;
        let mut faults = Faults::default();
        terms.check(now.day(), &around.named, None, &mut faults);
        faults.check(begins_too_early(basis.since, around.contracts, renews, &terms), "starts_on", Rule::DayTooEarly);
        faults.into_result()?;
        let before = around.contracts.iter().filter(|one| one.period.is_some()).count();
        let contract = Self {
            id,
            beneficiary: around.person.id,
            orientation: basis.orientation,
            organisation: basis.organisation,
            kind: ContractKind::on(terms.starts_on),
            rank: i32::try_from(before).unwrap_or(i32::MAX - 1) + 1,
            state: ContractState::Draft,
            former: renews.map(|former| former.id),
            edition: Edition::first(terms),
            amendment: None,
            period: None,
            reviews: Vec::new(),
            progress: Vec::new(),
            ending: None,
            stamp: Stamp::first(now),
        };
        let event = contract.event("contract.drawn_up").with("rank", contract.rank);
        Ok(Change::created(contract, event))
    }

    /// Edits what is being drawn up, until somebody signs. What was submitted is a draft again.
    pub fn edit(&self, scope: &Scope<WriteContract>, terms: Terms, around: &DrawUp<'_>) -> Result<Decided<Change<Contract>>, Refusal> {
        around.person.must_live()?;
        let now = scope.now();
        let open = self.must_be_open(now.day())?;
        if !open.signatures.is_empty() {
            return Err(Refusal::Conflict(Rule::ContractSigned));
        }
        let renews = around.contracts.iter().find(|one| Some(one.id) == self.former);
        let since = if self.is_pending() { Some(Basis::for_contract(around.basis, terms.starts_on)?.since) } else { None };
        let mut faults = Faults::default();
        terms.check(now.day(), &around.named, Some(&open.terms), &mut faults);
        match since {
            Some(since) => faults.check(begins_too_early(since, around.contracts, renews, &terms), "starts_on", Rule::DayTooEarly),
            None => self.check_amended(&terms, now.day(), &mut faults),
        }
        faults.into_result()?;
        let kind = if self.is_pending() { ContractKind::on(terms.starts_on) } else { self.kind };
        let state = if self.is_pending() { ContractState::Draft } else { self.state };
        let edition = Edition { terms, submitted_at: None, organisation: None, document: None, ..open.clone() };
        let after = Self { kind, state, ..self.with_open(edition, now) };
        Ok(Self::edited(after, "contract.edited"))
    }

    /// Begins an amendment: all that the contract will say, as the parties will sign it anew.
    pub fn amend(&self, scope: &Scope<WriteContract>, order: Amend, around: &DrawUp<'_>) -> Result<Decided<Change<Contract>>, Refusal> {
        around.person.must_live()?;
        let now = scope.now();
        self.must_be_in_force(now.day())?;
        if self.state == ContractState::Renewed {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        if self.amendment.is_some() || around.contracts.iter().any(Contract::is_pending) {
            return Err(Refusal::Conflict(Rule::ContractPending));
        }
        let Amend { reason, terms } = order;
        let mut faults = Faults::default();
        terms.check(now.day(), &around.named, Some(&self.edition.terms), &mut faults);
        self.check_amended(&terms, now.day(), &mut faults);
        faults.within("terms").into_result()?;
        let amendment = Edition { number: self.edition.number + 1, reason: Some(reason), ..Edition::first(terms) };
        Ok(Self::edited(Self { amendment: Some(amendment), ..self.next(now) }, "contract.amendment_drawn_up"))
    }

    /// An amendment begins when the contract did, and does not end it in the past.
    fn check_amended(&self, terms: &Terms, today: Day, faults: &mut Faults) {
        faults.check(terms.starts_on != self.edition.terms.starts_on, "starts_on", Rule::FirstDayStays);
        faults.check(terms.ends_on().is_some_and(|end| end < today), "months", Rule::DayTooEarly);
    }

    /// Submits what is being drawn up to the signature of both parties, with the organisation that accompanies the person now: it is
    /// complete, and its paper is fixed.
    pub fn submit(
        &self,
        scope: &Scope<WriteContract>,
        person: &Beneficiary,
        basis: Basis,
        readiness_is_known: bool,
        document: Document,
    ) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        person.must_live()?;
        let now = scope.now();
        let open = self.must_be_open(now.day())?;
        if open.submitted_at.is_some() {
            return Ok(None);
        }
        let basis = Basis::for_contract(Some(basis), open.terms.starts_on)?;
        if !open.terms.missing(self.kind, readiness_is_known).is_empty() {
            return Err(Refusal::Conflict(Rule::ContractIncomplete));
        }
        let edition = Edition { submitted_at: Some(now), organisation: Some(basis.organisation), document: Some(document), ..open.clone() };
        let mut after = self.with_open(edition, now);
        if after.is_pending() {
            (after.state, after.orientation, after.organisation) = (ContractState::AwaitingSignature, basis.orientation, basis.organisation);
        }
        Ok(Some(Self::edited(after, "contract.submitted")))
    }

    /// The person refuses to sign it; an amendment that is refused leaves the contract as it was.
    pub fn refuse(&self, scope: &Scope<WriteContract>, on: Day, comment: Option<Note>) -> Result<Decided<Change<Contract>>, Refusal> {
        let now = scope.now();
        let open = self.must_be_submitted(now.day())?;
        if open.signature(SigningParty::Beneficiary).is_some() {
            return Err(Refusal::Conflict(Rule::ContractSigned));
        }
        let mut faults = Faults::default();
        faults.check(on > now.day(), "refused_on", Rule::DayInFuture);
        faults.check(open.submitted_at.is_some_and(|at| on < at.day()), "refused_on", Rule::DayTooEarly);
        faults.into_result()?;
        Ok(self.given_up(scope, ContractState::Refused, Ending { on, reason: None, comment }, "contract.refused"))
    }

    /// Gives up what is being drawn up or signed, else a contract before its first day: it was never in force.
    pub fn cancel(&self, scope: &Scope<WriteContract>, comment: Option<Note>) -> Result<Option<Decided<Change<Contract>>>, Refusal> {
        if self.state == ContractState::Cancelled {
            return Ok(None);
        }
        let now = scope.now();
        let ending = Ending { on: now.day(), reason: None, comment };
        if self.open_edition().is_some() {
            return Ok(Some(self.given_up(scope, ContractState::Cancelled, ending, "contract.cancelled")));
        }
        let is_to_come = self.state == ContractState::InForce && self.period.is_some_and(|period| period.starts_on > now.day());
        if !is_to_come {
            return Err(Refusal::Conflict(Rule::ContractState));
        }
        let after = Self { state: ContractState::Cancelled, period: None, ending: Some(ending), ..self.next(now) };
        Ok(Some(Self::edited(after, "contract.cancelled")))
    }

    fn given_up(&self, scope: &Scope<WriteContract>, state: ContractState, ending: Ending, kind: &'static str) -> Decided<Change<Contract>> {
        let next = self.next(scope.now());
        let after = if self.is_pending() { Self { state, ending: Some(ending), ..next } } else { Self { amendment: None, ..next } };
        let event = after.event(kind).with("amendment", !self.is_pending());
        Change::edited(after, event)
    }
}

/// Whether a contract would begin before the orientation that it rests on, or before all that were in force are over: the last day of
/// each, of the one it renews the first. One that is not in force yet stands in nobody's way, itself included.
fn begins_too_early(since: Day, contracts: &[Contract], renews: Option<&Contract>, terms: &Terms) -> bool {
    let mut before = contracts.iter().filter_map(|one| one.period.map(|period| (one.id, period)));
    let stands_in_the_way = before.any(|(id, period)| {
        if renews.is_some_and(|former| former.id == id) {
            return terms.starts_on <= period.starts_on;
        }
        period.ends_on.is_none_or(|end| end >= terms.starts_on)
    });
    terms.starts_on < since || stands_in_the_way
}
