//! The rules of contracts, each named by its number in the dossier of the domain (2.3) where it has one. Elsewhere: R36, R37, R42 and R43
//! as dates (`law`), R41 as far as interventions go on their own page. Not here: R49, which forbids nothing, and R51, which was a way of
//! counting before 2020.

use chrono::TimeDelta;

use super::*;
use crate::actor::{Actor, Role};
use crate::barrier::{Barrier, BarrierImpact, BarrierKind, BarrierOrder};
use crate::given::{
    action, at, beneficiary, day, fault, faults, id, manager, note, now, organisation, period, professional, scope, stamp, term, vocabulary,
};
use crate::organisation::OrganisationKind as K;
use crate::policy::{Scope, WriteContract};
use crate::vocabulary::Vocabulary;

mod document;
mod drawing_up;
mod following;
mod histories;
mod past;
mod signing;
mod synthesis;
mod terms;

type Outcome<T> = Result<T, Refusal>;

/// One person with their contracts, and what happens to them, on one day after the other.
struct Life {
    now: Instant,
    actor: Actor,
    person: Beneficiary,
    basis: Option<Basis>,
    barriers: Vec<Barrier>,
    readiness_is_known: bool,
    organisations: Vec<Id<Organisation>>,
    actions: Vec<Id<crate::action::Action>>,
    vocabulary: Vocabulary,
    contracts: Vec<Contract>,
    /// Every edition that was validated, as it was said that it would stay.
    frozen: Vec<(Id<Contract>, Edition)>,
    ids: u128,
}

impl Life {
    /// Of somebody whom the département accompanies since a day; what is done is done by a manager.
    fn begin(at_: &str, since: &str) -> Self {
        Self {
            now: at(at_),
            actor: manager(),
            person: beneficiary(0),
            basis: Some(basis(K::Department, since)),
            barriers: vec![barrier(1)],
            readiness_is_known: true,
            organisations: vec![organisation(K::Association).id],
            actions: vec![action().id],
            vocabulary: vocabulary(),
            contracts: Vec::new(),
            frozen: Vec::new(),
            ids: 2_000,
        }
    }

    /// Today, under the law in force.
    fn today() -> Self {
        Self::begin(crate::given::NOW, "2026-11-02")
    }

    /// The first of October 2024, under the old law.
    fn before() -> Self {
        Self::begin("2024-10-01T09:00:00.000Z", "2024-09-16")
    }

    /// With a contract in force, begun today.
    fn in_force() -> Self {
        let mut life = Self::today();
        life.draw_up(engagement(), None).unwrap();
        life.conclude(0);
        life
    }

    /// The same, with an amendment that is being drawn up.
    fn amended(terms: Terms) -> Self {
        let mut life = Self::in_force();
        life.amend(0, terms).unwrap();
        life
    }

    fn day(&self) -> Day {
        self.now.day()
    }

    fn wait(&mut self, days: i64) {
        self.now = self.now.plus(TimeDelta::days(days));
    }

    fn is_by(&mut self, role: Role, kind: K) {
        self.actor = professional(role, kind);
    }

    fn scope(&self) -> Scope<WriteContract> {
        scope(&self.actor, self.now)
    }

    fn named(&self) -> Named<'_> {
        Named { barriers: &self.barriers, organisations: &self.organisations, actions: &self.actions, vocabulary: &self.vocabulary }
    }

    fn around(&self) -> DrawUp<'_> {
        DrawUp { person: &self.person, contracts: &self.contracts, basis: self.basis, named: self.named() }
    }

    fn last(&self) -> &Contract {
        self.contracts.last().unwrap()
    }

    fn keep(&mut self, change: &Change<Contract>) {
        assert_eq!((change.event.subject, change.event.beneficiary), (change.after.id.uuid(), Some(self.person.id)));
        if let Some(one) = self.contracts.iter_mut().find(|one| one.id == change.after.id) {
            assert!(!change.created && change.after.stamp.version == one.stamp.version + 1);
            *one = change.after.clone();
        } else {
            assert!(change.created && change.after.stamp.version == 1);
            self.contracts.push(change.after.clone());
        }
    }

    /// Whether anything changed.
    fn took(&mut self, change: Option<&Decided<Change<Contract>>>) -> bool {
        if let Some(change) = change {
            self.keep(change);
        }
        change.is_some()
    }

    fn draw_up(&mut self, terms: Terms, renews: Option<usize>) -> Outcome<()> {
        self.ids += 1;
        let drawn_up = Contract::draw_up(&self.scope(), id(self.ids), terms, renews.map(|at| &self.contracts[at]), &self.around())?;
        self.keep(&drawn_up);
        Ok(())
    }

    fn edit(&mut self, at: usize, terms: Terms) -> Outcome<()> {
        let edited = self.contracts[at].edit(&self.scope(), terms, &self.around())?;
        self.keep(&edited);
        Ok(())
    }

    fn amend(&mut self, at: usize, terms: Terms) -> Outcome<()> {
        let order = Amend { reason: note("Les horaires ont changé."), terms };
        let amended = self.contracts[at].amend(&self.scope(), order, &self.around())?;
        self.keep(&amended);
        Ok(())
    }

    fn submit(&mut self, at: usize) -> Outcome<bool> {
        let contract = &self.contracts[at];
        let edition = contract.open_edition().unwrap_or(&contract.edition);
        let paper = Document::of(contract, edition, &self.person, &self.barriers, None, &document::Words);
        let basis = self.basis.ok_or(Refusal::Conflict(Rule::ContractNeedsOrientation))?;
        let submitted = contract.submit(&self.scope(), &self.person, basis, self.readiness_is_known, paper)?;
        Ok(self.took(submitted.as_ref()))
    }

    fn sign_by(&mut self, at: usize, party: SigningParty, on: Day, means: SignatureMeans) -> Outcome<bool> {
        let order = SignOrder { party, signed_on: on, means };
        let signed = self.contracts[at].sign(&self.scope(), &self.person, order, self.basis)?;
        Ok(self.took(signed.as_ref()))
    }

    fn sign(&mut self, at: usize, party: SigningParty, on: Day) -> Outcome<bool> {
        self.sign_by(at, party, on, SignatureMeans::Paper)
    }

    fn sign_both(&mut self, at: usize, on: Day) -> Outcome<()> {
        self.sign(at, SigningParty::Beneficiary, on)?;
        self.sign(at, SigningParty::Organisation, on)?;
        Ok(())
    }

    fn validate(&mut self, at: usize, on: Option<Day>) -> Outcome<()> {
        let order = ValidateOrder { on, person: &self.person, contracts: &self.contracts, basis: self.basis };
        let validated = self.contracts[at].validate(&self.scope(), order)?;
        for former in &validated.formers {
            self.keep(former);
        }
        self.keep(&validated.contract);
        self.frozen.push((validated.contract.after.id, validated.frozen.clone()));
        Ok(())
    }

    /// Signed by both and validated today, up to what follows.
    fn conclude(&mut self, at: usize) {
        self.submit(at).unwrap();
        self.sign_both(at, self.day()).unwrap();
        self.validate(at, None).unwrap();
    }

    fn refuse(&mut self, at: usize, on: Day) -> Outcome<()> {
        let refused = self.contracts[at].refuse(&self.scope(), on, Some(note("Trop loin.")))?;
        self.keep(&refused);
        Ok(())
    }

    fn cancel(&mut self, at: usize) -> Outcome<bool> {
        let cancelled = self.contracts[at].cancel(&self.scope(), None)?;
        Ok(self.took(cancelled.as_ref()))
    }

    fn review(&mut self, at: usize, order: ReviewOrder) -> Outcome<bool> {
        let reviewed = self.contracts[at].review(&self.scope(), order)?;
        Ok(self.took(reviewed.as_ref()))
    }

    fn progress(&mut self, at: usize, commitment: &str, status: CommitmentStatus, on: Day) -> Outcome<bool> {
        let order = ProgressOrder { commitment: term(commitment), status, on, comment: None };
        let noted = self.contracts[at].note_progress(&self.scope(), order)?;
        Ok(self.took(noted.as_ref()))
    }

    fn lapse(&mut self, at: usize) -> bool {
        let lapsed = self.contracts[at].lapse(&self.scope());
        self.took(lapsed.as_ref())
    }

    fn terminate(&mut self, at: usize, on: Day) -> Outcome<bool> {
        let order = TerminateOrder { on, reason: TerminationReason::Employment, comment: None };
        let terminated = self.contracts[at].terminate(&self.scope(), order)?;
        Ok(self.took(terminated.as_ref()))
    }
}

fn basis(kind: K, since: &str) -> Basis {
    Basis { orientation: id(50), organisation: organisation(kind).id, kind, since: day(since) }
}

fn barrier(n: u128) -> Barrier {
    let about = BarrierOrder {
        kind: BarrierKind::Mobility,
        situation: term("mobility_known"),
        impact: BarrierImpact::Medium,
        goal: None,
        note: None,
        opened_on: day("2026-11-02"),
    };
    Barrier { id: id(800 + n), beneficiary: beneficiary(0).id, about, resolution: None, stamp: stamp() }
}

fn objective(key: &str) -> Objective {
    Objective { key: term(key), theme: term("known"), text: note("Retrouver un emploi dans la vente.") }
}

fn commitment(key: &str) -> Commitment {
    Commitment {
        key: term(key),
        party: CommitmentParty::Beneficiary,
        kind: ActivityKind::Support,
        text: note("Venir à l’atelier."),
        objective: None,
        organisation_id: None,
        action_id: None,
        barrier_id: None,
        due_on: None,
    }
}

/// Of the law in force: six months from today, fifteen hours a week.
fn engagement() -> Terms {
    Terms {
        starts_on: day("2026-11-17"),
        months: Some(6),
        review_on: Some(day("2027-02-17")),
        assessed_on: Some(day("2026-11-16")),
        weekly_hours: Some(15),
        hours_reason: None,
        exemption: None,
        objectives: vec![objective("work")],
        commitments: vec![commitment("workshop")],
        barrier_ids: Vec::new(),
    }
}

/// The same from another day on, reviewed after a month.
fn engagement_from(starts_on: Day) -> Terms {
    Terms { starts_on, review_on: Some(starts_on.plus_months(1)), ..engagement() }
}

/// Of the old law: six months from the first of October 2024.
fn cer() -> Terms {
    Terms { starts_on: day("2024-10-01"), review_on: None, assessed_on: None, weekly_hours: None, ..engagement() }
}

fn conflict(rule: Rule) -> Refusal {
    Refusal::Conflict(rule)
}

#[test]
fn a_contract_is_drawn_up_signed_by_both_and_in_force_once_it_is_validated() {
    use ContractState as S;
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    assert_eq!((life.last().state, life.last().rank, life.last().edition.number), (S::Draft, 1, 1));
    assert!(life.submit(0).unwrap());
    assert_eq!((life.last().state, life.last().edition.submitted_at), (S::AwaitingSignature, Some(life.now)));
    life.wait(1);
    life.sign_both(0, life.day()).unwrap();
    assert_eq!((life.last().state, life.last().period), (S::AwaitingSignature, None), "nobody validated it");
    life.validate(0, None).unwrap();
    let contract = life.last();
    assert_eq!((contract.state, contract.period), (S::InForce, Some(period("2026-11-17", "2027-05-16"))));
    assert_eq!(contract.edition.validation, Some(Validation { on: day("2026-11-18"), by: id(1) }));
    assert_eq!((contract.stamp.version, contract.open_edition()), (5, None));
}

#[test]
fn the_clock_alone_makes_a_contract_expire_the_day_after_its_last() {
    let life = Life::in_force();
    let stands = |on: &str| life.last().state_on(day(on));
    assert_eq!([stands("2027-05-16"), stands("2027-05-17")], [ContractState::InForce, ContractState::Expired]);
    let mut endless = Life::today();
    endless.draw_up(Terms { months: None, ..engagement() }, None).unwrap();
    assert_eq!(endless.last().state_on(day("2099-01-01")), ContractState::Draft);
    endless.conclude(0);
    assert_eq!(endless.last().state_on(day("2099-01-01")), ContractState::InForce);
}

#[test]
fn events_say_where_a_contract_stands_and_no_personal_value() {
    let mut life = Life::today();
    let drawn_up = Contract::draw_up(&life.scope(), id(7), engagement(), None, &life.around()).unwrap();
    assert_eq!(drawn_up.event.kind, "contract.drawn_up");
    let codes = |codes: &[(&'static str, &str)]| codes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>();
    let expected = [("state", "draft"), ("kind", "engagement_contract"), ("edition", "1"), ("rank", "1")];
    assert_eq!(drawn_up.event.codes, codes(&expected));
    life = Life::amended(engagement());
    let order = TerminateOrder { on: life.day(), reason: TerminationReason::Employment, comment: Some(note("Un secret.")) };
    let terminated = life.last().terminate(&life.scope(), order).unwrap().unwrap();
    assert_eq!(
        terminated.event.codes,
        codes(&[("state", "terminated"), ("kind", "engagement_contract"), ("edition", "1"), ("reason", "employment")])
    );
    let cancelled = life.last().cancel(&life.scope(), None).unwrap().unwrap();
    assert_eq!(cancelled.event.codes.last(), Some(&("amendment", "true".to_owned())));
}

#[test]
fn a_basis_is_the_orientation_in_force() {
    use crate::orientation::{Orientation, OrientationState};
    let (of_social, mut waits) = (synthesis::oriented("2026-11-02"), synthesis::oriented("2026-10-01"));
    (waits.period, waits.state) = (None, OrientationState::Superseded);
    let ended = Orientation { period: Some(period("2026-10-01", "2026-11-01")), ..waits.clone() };
    assert_eq!(Basis::of(&[waits.clone(), ended.clone(), of_social]), Some(basis(K::Department, "2026-11-02")));
    assert_eq!(Basis::of(&[waits, ended]), None);
}
