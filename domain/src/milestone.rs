//! Milestones: what a person came through, also after they left an action: the proof of what it was worth. What was done with them is an
//! intervention, and not here.

use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant};
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::policy::{RecordMilestone, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// Something that a person came through.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// Its id.
    pub id: Id<Milestone>,
    /// Whose.
    pub beneficiary: Id<Beneficiary>,
    /// What is said of it.
    pub about: MilestoneOrder,
    /// When it was cancelled, if it was recorded by mistake.
    pub cancelled_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a milestone.
#[derive(Clone, Debug)]
pub struct MilestoneOrder {
    /// What it is, a code of `milestone_kinds`.
    pub kind: Term,
    /// The day on which it came about.
    pub occurred_on: Day,
    /// How it is known, a code of `milestone_sources`.
    pub source: Term,
    /// What there is to add.
    pub comment: Option<Note>,
}

impl Milestone {
    /// Records a milestone of a person, who is under lock.
    pub fn record(
        scope: &Scope<RecordMilestone>,
        id: Id<Milestone>,
        person: &Beneficiary,
        order: MilestoneOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<Milestone>>, Refusal> {
        person.must_live()?;
        check(scope, person, &order, vocabulary)?;
        let event = Event::new("milestone.recorded", id).about(person.id).with("kind", &*order.kind);
        let after = Self { id, beneficiary: person.id, about: order, cancelled_at: None, stamp: Stamp::first(scope.now()) };
        Ok(Change::created(after, event))
    }

    /// Edits it, unless it was cancelled.
    pub fn edit(
        &self,
        scope: &Scope<RecordMilestone>,
        person: &Beneficiary,
        order: MilestoneOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<Milestone>>, Refusal> {
        person.must_live()?;
        if self.cancelled_at.is_some() {
            return Err(Refusal::Conflict(Rule::EntryCancelled));
        }
        check(scope, person, &order, vocabulary)?;
        let event = Event::new("milestone.edited", self.id).about(self.beneficiary).with("kind", &*order.kind);
        Ok(Change::edited(Self { about: order, stamp: self.stamp.next(scope.now()), ..self.clone() }, event))
    }

    /// Cancels what was recorded by mistake; it stays, as cancelled. Once more changes nothing.
    pub fn cancel(&self, scope: &Scope<RecordMilestone>, person: &Beneficiary) -> Result<Option<Decided<Change<Milestone>>>, Refusal> {
        person.must_live()?;
        if self.cancelled_at.is_some() {
            return Ok(None);
        }
        let now = scope.now();
        let event = Event::new("milestone.cancelled", self.id).about(self.beneficiary).with("kind", &*self.about.kind);
        Ok(Some(Change::edited(Self { cancelled_at: Some(now), stamp: self.stamp.next(now), ..self.clone() }, event)))
    }
}

/// Codes are judged on the day of the milestone: one that was retired since still names what came about before.
fn check(scope: &Scope<RecordMilestone>, person: &Beneficiary, order: &MilestoneOrder, vocabulary: &Vocabulary) -> Result<(), Refusal> {
    let day = order.occurred_on;
    let mut faults = Faults::default();
    faults.check(!vocabulary.holds(CodeList::MilestoneKinds, &order.kind, day), "kind", Rule::CodeUnknown);
    faults.check(day > scope.now().day(), "occurred_on", Rule::DayInFuture);
    faults.check(person.birth_date.is_some_and(|born| day < born), "occurred_on", Rule::DayTooEarly);
    faults.check(!vocabulary.holds(CodeList::MilestoneSources, &order.source, day), "source", Rule::CodeUnknown);
    faults.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::given::{at, beneficiary, caseworker, day, fault, faults, id, manager, note, now, scope, term, vocabulary};

    fn order(occurred_on: &str) -> MilestoneOrder {
        MilestoneOrder { kind: term("known"), occurred_on: day(occurred_on), source: term("known"), comment: Some(note("CDI à temps plein")) }
    }

    fn born(on: &str) -> Beneficiary {
        Beneficiary { birth_date: Some(day(on)), ..beneficiary(0) }
    }

    fn record_of(actor: &Actor, person: &Beneficiary, order: MilestoneOrder) -> Result<Decided<Change<Milestone>>, Refusal> {
        Milestone::record(&scope(actor, now()), id(1), person, order, &vocabulary())
    }

    fn record(person: &Beneficiary, order: MilestoneOrder) -> Result<Milestone, Refusal> {
        record_of(&caseworker(), person, order).map(|decided| decided.after.clone())
    }

    fn milestone() -> Milestone {
        record(&beneficiary(0), order("2026-11-03")).unwrap()
    }

    fn edit(milestone: &Milestone, order: MilestoneOrder) -> Result<Decided<Change<Milestone>>, Refusal> {
        milestone.edit(&scope(&manager(), at("2026-11-18T08:00:00.000Z")), &beneficiary(0), order, &vocabulary())
    }

    fn cancel(milestone: &Milestone) -> Option<Milestone> {
        let cancelled = milestone.cancel(&scope(&caseworker(), now()), &beneficiary(0)).unwrap();
        cancelled.map(|decided| decided.after.clone())
    }

    #[test]
    fn a_milestone_hangs_on_its_person_and_its_event_says_its_kind_alone() {
        let decided = record_of(&caseworker(), &beneficiary(0), order("2026-11-03")).unwrap();
        assert_eq!((decided.after.beneficiary, decided.created, decided.after.stamp.version), (beneficiary(0).id, true, 1));
        assert_eq!((decided.event.kind, decided.event.beneficiary), ("milestone.recorded", Some(beneficiary(0).id)));
        assert_eq!(decided.event.codes, [("kind", "known".to_owned())]);
    }

    #[test]
    fn it_came_about_today_at_the_latest_and_not_before_the_person_was_born() {
        for (born_on, occurred_on, expected) in [
            (None, "2026-11-17", vec![]),
            (None, "2026-11-18", vec![fault("/occurred_on", Rule::DayInFuture)]),
            (Some("2016-02-29"), "2016-02-29", vec![]),
            (Some("2016-02-29"), "2016-02-28", vec![fault("/occurred_on", Rule::DayTooEarly)]),
            (Some("2016-03-01"), "2016-02-29", vec![fault("/occurred_on", Rule::DayTooEarly)]),
            (Some("2026-11-17"), "2026-11-17", vec![]),
        ] {
            let person = born_on.map_or_else(|| beneficiary(0), born);
            assert_eq!(record(&person, order(occurred_on)).map_or_else(faults, |_| Vec::new()), expected, "{born_on:?} {occurred_on}");
        }
    }

    #[test]
    fn the_day_is_the_one_it_is_in_france() {
        let midnight = scope(&caseworker(), at("2026-11-17T23:00:00.000Z"));
        let recorded = Milestone::record(&midnight, id(1), &beneficiary(0), order("2026-11-18"), &vocabulary());
        assert!(recorded.is_ok(), "it is the 18th already");
    }

    #[test]
    fn what_is_wrong_with_a_milestone_is_told_at_once() {
        let wrong = MilestoneOrder { kind: term("unknown"), source: term("unknown"), ..order("2026-11-18") };
        let expected = [fault("/kind", Rule::CodeUnknown), fault("/occurred_on", Rule::DayInFuture), fault("/source", Rule::CodeUnknown)];
        assert_eq!(faults(record(&beneficiary(0), wrong.clone()).unwrap_err()), expected);
        assert_eq!(faults(edit(&milestone(), MilestoneOrder { occurred_on: day("2026-11-19"), ..wrong }).unwrap_err()), expected);
    }

    #[test]
    fn a_retired_code_names_what_came_about_in_its_days() {
        let with = |occurred_on| MilestoneOrder { kind: term("retired"), source: term("retired"), ..order(occurred_on) };
        assert!(record(&beneficiary(0), with("2025-12-31")).is_ok());
        let refused = record(&beneficiary(0), with("2026-01-01")).unwrap_err();
        assert_eq!(faults(refused), [fault("/kind", Rule::CodeUnknown), fault("/source", Rule::CodeUnknown)]);
    }

    #[test]
    fn an_edit_says_all_of_it_anew() {
        let edited = edit(&milestone(), MilestoneOrder { comment: None, ..order("2026-10-31") }).unwrap();
        assert_eq!((edited.after.about.occurred_on, edited.after.about.comment.is_none()), (day("2026-10-31"), true));
        assert_eq!((edited.created, edited.after.stamp.version), (false, 2));
        assert_eq!(edited.after.stamp.created_at, milestone().stamp.created_at);
    }

    #[test]
    fn what_was_recorded_by_mistake_is_cancelled_once_and_edited_no_more() {
        let cancelled = cancel(&milestone()).unwrap();
        assert_eq!((cancelled.cancelled_at, cancelled.stamp.version), (Some(now()), 2));
        assert_eq!(cancelled.about.occurred_on, day("2026-11-03"), "what it said stays");
        assert!(cancel(&cancelled).is_none(), "once more changes nothing");
        assert_eq!(edit(&cancelled, order("2026-11-03")).unwrap_err(), Refusal::Conflict(Rule::EntryCancelled));
        let wrong = MilestoneOrder { kind: term("unknown"), ..order("2026-11-03") };
        assert_eq!(edit(&cancelled, wrong).unwrap_err(), Refusal::Conflict(Rule::EntryCancelled), "states come before rules");
    }

    #[test]
    fn on_a_merged_or_purged_file_nothing_is_written() {
        let merged = Beneficiary { merged_into: Some(id(9)), ..beneficiary(0) };
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
        let closed = || Refusal::Conflict(Rule::BeneficiaryClosed);
        let by = scope::<RecordMilestone>(&manager(), now());
        let cancelled = cancel(&milestone()).unwrap();
        for person in [merged, purged] {
            assert_eq!(record(&person, order("2199-01-01")).unwrap_err(), closed());
            assert_eq!(milestone().edit(&by, &person, order("2026-11-03"), &vocabulary()).unwrap_err(), closed());
            assert_eq!(milestone().cancel(&by, &person).unwrap_err(), closed());
            assert_eq!(cancelled.cancel(&by, &person).unwrap_err(), closed());
        }
    }
}
