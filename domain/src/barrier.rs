//! What holds a person back (*freins*): of eight kinds, by coded situations, each until it is resolved. What was done about it is in
//! `intervention`; what a receiver is told of it, in `referral`.

use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::policy::{ManageBarrier, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

codes! {
    /// What holds somebody back (*frein*), by kind.
    BarrierKind {
        /// Getting there.
        Mobility = "mobility",
        /// A place to live.
        Housing = "housing",
        /// Health, by its effect on steps towards work. Never a diagnosis.
        Health = "health",
        /// Children to be kept, a family to care for.
        ChildcareFamily = "childcare_family",
        /// Papers and rights.
        Administrative = "administrative",
        /// Money.
        Financial = "financial",
        /// French, arithmetic.
        Language = "language",
        /// Screens and forms online.
        Digital = "digital",
    }
}

impl BarrierKind {
    /// Whether a situation or a goal is one of this kind: its code starts with the kind's.
    pub fn owns(self, code: &str) -> bool {
        code.strip_prefix(self.code()).is_some_and(|rest| rest.starts_with('_'))
    }
}

codes! {
    /// How far it stands in the way of work, in the three degrees of the orientation criteria (order of 21 November 2024).
    BarrierImpact {
        /// It prevents steps towards work.
        Strong = "strong",
        /// It slows them down.
        Medium = "medium",
        /// It is there and does not matter to them.
        Without = "none",
    }
}

/// Something that holds a person back, or did.
#[derive(Clone, Debug)]
pub struct Barrier {
    /// Its id.
    pub id: Id<Barrier>,
    /// Whom.
    pub beneficiary: Id<Beneficiary>,
    /// What is said of it.
    pub about: BarrierOrder,
    /// What became of it, once it holds nobody back any more.
    pub resolution: Option<Resolution>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a barrier when it is recorded or edited.
#[derive(Clone, Debug)]
pub struct BarrierOrder {
    /// Of which kind.
    pub kind: BarrierKind,
    /// What it consists in, a code of `barrier_situations`.
    pub situation: Term,
    /// How far it stands in the way.
    pub impact: BarrierImpact,
    /// What is aimed at, a code of `barrier_goals`.
    pub goal: Option<Term>,
    /// In words; never of health.
    pub note: Option<Note>,
    /// Since when it is known.
    pub opened_on: Day,
}

/// What became of a barrier (*levée de frein*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The day.
    pub resolved_on: Day,
    /// What became of it, a code of `barrier_outcomes`.
    pub outcome: Term,
}

/// What the rules need to know around a barrier.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Every barrier of the person, who is locked.
    pub barriers: &'a [Barrier],
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

impl Barrier {
    /// Records what holds a person back. One situation is open once.
    pub fn record(
        scope: &Scope<ManageBarrier>,
        id: Id<Barrier>,
        person: &Beneficiary,
        order: BarrierOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Barrier>>, Refusal> {
        person.must_live()?;
        must_be_the_only_one(id, &order, around)?;
        check(scope.now().day(), &order, None, around.vocabulary)?;
        let event = Event::new("barrier.recorded", id).about(person.id).with("kind", order.kind).with("impact", order.impact);
        Ok(Change::created(Self { id, beneficiary: person.id, about: order, resolution: None, stamp: Stamp::first(scope.now()) }, event))
    }

    /// Edits what is said of it, while it is open.
    pub fn edit(
        &self,
        scope: &Scope<ManageBarrier>,
        person: &Beneficiary,
        order: BarrierOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Barrier>>, Refusal> {
        person.must_live()?;
        if self.resolution.is_some() {
            return Err(Refusal::Conflict(Rule::BarrierResolved));
        }
        must_be_the_only_one(self.id, &order, around)?;
        check(scope.now().day(), &order, Some(&self.about), around.vocabulary)?;
        let event = Event::new("barrier.edited", self.id).about(person.id).with("kind", order.kind).with("impact", order.impact);
        Ok(Change::edited(Self { about: order, stamp: self.stamp.next(scope.now()), ..self.clone() }, event))
    }

    /// Says what became of it, for good. The same again changes nothing.
    pub fn resolve(
        &self,
        scope: &Scope<ManageBarrier>,
        person: &Beneficiary,
        order: Resolution,
        vocabulary: &Vocabulary,
    ) -> Result<Option<Decided<Change<Barrier>>>, Refusal> {
        person.must_live()?;
        match &self.resolution {
            Some(resolution) if *resolution == order => return Ok(None),
            Some(_) => return Err(Refusal::Conflict(Rule::BarrierResolved)),
            None => {}
        }
        let today = scope.now().day();
        let mut faults = Faults::default();
        faults.check(order.resolved_on > today, "resolved_on", Rule::DayInFuture);
        faults.check(order.resolved_on < self.about.opened_on, "resolved_on", Rule::DayTooEarly);
        faults.check(!vocabulary.holds(CodeList::BarrierOutcomes, &order.outcome, today), "outcome", Rule::CodeUnknown);
        faults.into_result()?;
        let event = Event::new("barrier.resolved", self.id).about(person.id).with("kind", self.about.kind).with("outcome", &*order.outcome);
        Ok(Some(Change::edited(Self { resolution: Some(order), stamp: self.stamp.next(scope.now()), ..self.clone() }, event)))
    }
}

fn must_be_the_only_one(id: Id<Barrier>, order: &BarrierOrder, around: Around<'_>) -> Result<(), Refusal> {
    let is_another = |other: &Barrier| other.id != id && other.resolution.is_none() && other.about.situation == order.situation;
    if around.barriers.iter().any(is_another) { Err(Refusal::Conflict(Rule::BarrierOpen)) } else { Ok(()) }
}

/// Codes are those of today: a barrier is a state, and its form is filled in now. One that was retired since stays where it stands.
fn check(today: Day, order: &BarrierOrder, before: Option<&BarrierOrder>, vocabulary: &Vocabulary) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let stays = before.is_some_and(|before| before.situation == order.situation);
    let mut code_of = |field, list, code: &Term, stays: bool| {
        let known = stays || vocabulary.holds(list, code, today);
        faults.check(!known, field, Rule::CodeUnknown);
        faults.check(known && !order.kind.owns(code), field, Rule::CodeOfOtherBarrier);
    };
    code_of("situation", CodeList::BarrierSituations, &order.situation, stays);
    if let Some(goal) = &order.goal {
        let stays = before.is_some_and(|before| before.goal.as_ref() == Some(goal));
        code_of("goal", CodeList::BarrierGoals, goal, stays);
    }
    faults.check(order.kind == BarrierKind::Health && order.note.is_some(), "note", Rule::HealthTextForbidden);
    faults.check(order.opened_on > today, "opened_on", Rule::DayInFuture);
    faults.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{at, beneficiary, caseworker, day, fault, faults, id, note, now, scope, term};

    /// Each list holds what the tests name, and held `mobility_retired` up to the end of 2025.
    fn vocabulary() -> Vocabulary {
        let codes = |list: CodeList, codes: &[&str]| -> Vec<_> {
            let row = |code: &&str| {
                let to = code.ends_with("retired").then(|| day("2025-12-31"));
                (list.code().to_owned(), (*code).to_owned(), day("2015-01-01"), to)
            };
            codes.iter().map(row).collect()
        };
        let situations = ["mobility_no_transport", "mobility_no_licence", "mobility_retired", "health_no_driving", "housing_none", "mobilityless"];
        let rows = [
            codes(CodeList::BarrierSituations, &situations),
            codes(CodeList::BarrierGoals, &["mobility_licence", "mobility_retired", "housing_find"]),
            codes(CodeList::BarrierOutcomes, &["resolved", "improved"]),
        ];
        Vocabulary::new(rows.concat())
    }

    fn order() -> BarrierOrder {
        BarrierOrder {
            kind: BarrierKind::Mobility,
            situation: term("mobility_no_transport"),
            impact: BarrierImpact::Strong,
            goal: None,
            note: None,
            opened_on: day("2026-11-17"),
        }
    }

    fn barrier(n: u128, order: BarrierOrder) -> Barrier {
        let beneficiary = beneficiary(0).id;
        Barrier { id: id(n), beneficiary, about: order, resolution: None, stamp: Stamp::first(at("2026-11-02T08:00:00.000Z")) }
    }

    fn resolution(on: &str, outcome: &str) -> Resolution {
        Resolution { resolved_on: day(on), outcome: term(outcome) }
    }

    fn resolved(n: u128, order: BarrierOrder) -> Barrier {
        Barrier { resolution: Some(resolution("2026-11-17", "resolved")), ..barrier(n, order) }
    }

    fn record(order: BarrierOrder, barriers: &[Barrier]) -> Result<Barrier, Refusal> {
        let around = Around { barriers, vocabulary: &vocabulary() };
        Barrier::record(&scope(&caseworker(), now()), id(9), &beneficiary(0), order, around).map(|decided| decided.after.clone())
    }

    fn edit(barrier: &Barrier, order: BarrierOrder, barriers: &[Barrier]) -> Result<Barrier, Refusal> {
        let around = Around { barriers, vocabulary: &vocabulary() };
        barrier.edit(&scope(&caseworker(), now()), &beneficiary(0), order, around).map(|decided| decided.after.clone())
    }

    fn resolve(barrier: &Barrier, order: Resolution) -> Result<Option<Barrier>, Refusal> {
        let decided = barrier.resolve(&scope(&caseworker(), now()), &beneficiary(0), order, &vocabulary())?;
        Ok(decided.map(|decided| decided.after.clone()))
    }

    #[test]
    fn a_barrier_is_recorded_open_on_the_file_of_its_person() {
        let decided = Barrier::record(
            &scope(&caseworker(), now()),
            id(9),
            &beneficiary(0),
            BarrierOrder { goal: Some(term("mobility_licence")), note: Some(note("Le code est obtenu.")), ..order() },
            Around { barriers: &[], vocabulary: &vocabulary() },
        );
        let decided = decided.unwrap();
        assert_eq!((decided.after.beneficiary, &decided.after.resolution), (beneficiary(0).id, &None));
        assert_eq!(decided.event.beneficiary, Some(beneficiary(0).id));
        assert_eq!(decided.event.codes, [("kind", "mobility".to_owned()), ("impact", "strong".to_owned())], "no situation, no word of it");
    }

    #[test]
    fn a_closed_file_gains_and_changes_no_barrier() {
        let merged = Beneficiary { merged_into: Some(id(501)), ..beneficiary(0) };
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
        let (scope, vocabulary) = (scope(&caseworker(), now()), vocabulary());
        let around = Around { barriers: &[], vocabulary: &vocabulary };
        for person in [merged, purged] {
            let closed = Refusal::Conflict(Rule::BeneficiaryClosed);
            assert_eq!(Barrier::record(&scope, id(9), &person, order(), around).unwrap_err(), closed);
            assert_eq!(barrier(1, order()).edit(&scope, &person, order(), around).unwrap_err(), closed);
            let resolved = barrier(1, order()).resolve(&scope, &person, resolution("2026-11-17", "resolved"), &vocabulary);
            assert_eq!(resolved.unwrap_err(), closed);
        }
    }

    #[test]
    fn a_situation_and_a_goal_are_those_of_the_kind() {
        let (unknown, of_other) = (Rule::CodeUnknown, Rule::CodeOfOtherBarrier);
        let found = |situation: &str, goal: Option<&str>| {
            let order = BarrierOrder { situation: term(situation), goal: goal.map(term), ..order() };
            record(order, &[]).map_or_else(faults, |_| Vec::new())
        };
        assert_eq!(found("mobility_no_licence", Some("mobility_licence")), []);
        assert_eq!(found("housing_none", Some("housing_find")), [fault("/situation", of_other), fault("/goal", of_other)]);
        assert_eq!(found("mobility_nothing", Some("housing_nothing")), [fault("/situation", unknown), fault("/goal", unknown)]);
        assert_eq!(found("mobility_licence", Some("mobility_no_licence")), [fault("/situation", unknown), fault("/goal", unknown)], "other lists");
        assert_eq!(found("mobilityless", None), [fault("/situation", of_other)], "a kind's code ends before its underscore");
        assert_eq!(found("mobility_retired", Some("mobility_retired")), [fault("/situation", unknown), fault("/goal", unknown)]);
    }

    #[test]
    fn an_edit_keeps_a_code_that_was_retired_since() {
        let old = BarrierOrder { situation: term("mobility_retired"), goal: Some(term("mobility_retired")), ..order() };
        let barrier = barrier(1, old.clone());
        let edited = edit(&barrier, BarrierOrder { impact: BarrierImpact::Without, ..old.clone() }, std::slice::from_ref(&barrier)).unwrap();
        assert_eq!((edited.about.impact, edited.stamp.version), (BarrierImpact::Without, 2));
        let refused = edit(&barrier, BarrierOrder { kind: BarrierKind::Housing, ..old }, &[]);
        let of_other = |field| fault(field, Rule::CodeOfOtherBarrier);
        assert_eq!(faults(refused.unwrap_err()), [of_other("/situation"), of_other("/goal")]);
    }

    #[test]
    fn of_health_nothing_is_written_in_words() {
        let health = BarrierOrder { kind: BarrierKind::Health, situation: term("health_no_driving"), ..order() };
        assert!(record(health.clone(), &[]).is_ok());
        let told = BarrierOrder { note: Some(note("…")), ..health };
        let forbidden = [fault("/note", Rule::HealthTextForbidden)];
        assert_eq!(faults(record(told.clone(), &[]).unwrap_err()), forbidden);
        assert_eq!(faults(edit(&barrier(1, order()), told, &[]).unwrap_err()), forbidden, "nor once it turns out to be of health");
    }

    #[test]
    fn a_barrier_is_known_today_at_the_latest() {
        let opened = |on: &str| record(BarrierOrder { opened_on: day(on), ..order() }, &[]).map_or_else(faults, |_| Vec::new());
        assert_eq!(opened("2009-06-01"), []);
        assert_eq!(opened("2026-11-17"), []);
        assert_eq!(opened("2026-11-18"), [fault("/opened_on", Rule::DayInFuture)]);
    }

    #[test]
    fn a_situation_is_open_once() {
        let open = Refusal::Conflict(Rule::BarrierOpen);
        assert_eq!(record(order(), &[barrier(1, order())]).unwrap_err(), open);
        assert!(record(order(), &[resolved(1, order())]).is_ok(), "it came back");
        let other = BarrierOrder { situation: term("mobility_no_licence"), ..order() };
        assert!(record(order(), &[barrier(1, other.clone())]).is_ok());

        let both = [barrier(1, order()), barrier(2, other.clone())];
        assert!(edit(&both[0], order(), &both).is_ok(), "it is not in its own way");
        assert_eq!(edit(&both[0], other, &both).unwrap_err(), open);
    }

    #[test]
    fn a_resolution_lies_between_the_first_day_and_today() {
        let opened = barrier(1, BarrierOrder { opened_on: day("2026-11-02"), ..order() });
        for (on, outcome, expected) in [
            ("2026-11-01", "resolved", vec![fault("/resolved_on", Rule::DayTooEarly)]),
            ("2026-11-02", "improved", vec![]),
            ("2026-11-17", "resolved", vec![]),
            ("2026-11-18", "gone", vec![fault("/resolved_on", Rule::DayInFuture), fault("/outcome", Rule::CodeUnknown)]),
        ] {
            let found = resolve(&opened, resolution(on, outcome));
            assert_eq!(found.map_or_else(faults, |_| Vec::new()), expected, "{on}");
        }
        let after = resolve(&opened, resolution("2026-11-10", "improved")).unwrap().unwrap();
        assert_eq!((after.resolution, after.stamp.version), (Some(resolution("2026-11-10", "improved")), 2));
    }

    #[test]
    fn what_is_resolved_stays_so() {
        let barrier = resolved(1, order());
        let stays = Refusal::Conflict(Rule::BarrierResolved);
        assert!(resolve(&barrier, resolution("2026-11-17", "resolved")).unwrap().is_none(), "the same again");
        assert_eq!(resolve(&barrier, resolution("2026-11-17", "improved")).unwrap_err(), stays);
        assert_eq!(resolve(&barrier, resolution("2026-11-16", "resolved")).unwrap_err(), stays);
        assert_eq!(edit(&barrier, order(), &[]).unwrap_err(), stays);
    }
}
