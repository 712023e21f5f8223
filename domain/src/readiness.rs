//! Readiness (*capacité à engager des démarches*): whether a person is able to take steps of a socioprofessional pathway, or not yet, and
//! why. Each word stays: what is said later takes the place of what was said before, and the trail of it tells the way.

use crate::actor::Principal;
use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::policy::{AssessReadiness, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// Reasons of one assessment.
pub const MOST_REASONS: usize = 10;

/// A word about a person's readiness.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Its id.
    pub id: Id<Readiness>,
    /// Whose.
    pub beneficiary: Id<Beneficiary>,
    /// What is said.
    pub about: ReadinessOrder,
    /// Who says so.
    pub by: Id<Principal>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadinessOrder {
    /// Whether the person is able to take steps towards work.
    pub able: bool,
    /// Why, codes of `readiness_reasons`.
    pub reasons: Vec<Term>,
    /// The same in words.
    pub comment: Option<Note>,
    /// The day.
    pub assessed_on: Day,
}

impl Readiness {
    /// Assesses the readiness of a person, who is under lock.
    pub fn assess(
        scope: &Scope<AssessReadiness>,
        id: Id<Readiness>,
        person: &Beneficiary,
        order: ReadinessOrder,
        vocabulary: &Vocabulary,
    ) -> Result<Decided<Change<Readiness>>, Refusal> {
        person.must_live()?;
        let today = scope.now().day();
        let mut faults = Faults::default();
        faults.check(order.assessed_on > today, "assessed_on", Rule::DayInFuture);
        faults.check(!order.able && order.reasons.is_empty(), "reasons", Rule::JustificationRequired);
        faults.check(order.reasons.len() > MOST_REASONS, "reasons", Rule::TooManyItems);
        for (place, reason) in order.reasons.iter().enumerate() {
            if order.reasons.iter().take(place).any(|other| other == reason) {
                faults.add(["reasons".into(), place.into()], Rule::DuplicateItem);
            } else if !vocabulary.holds(CodeList::ReadinessReasons, reason, today) {
                faults.add(["reasons".into(), place.into()], Rule::CodeUnknown);
            }
        }
        faults.into_result()?;
        let event = Event::new("readiness.assessed", id).about(person.id).with("able", order.able);
        let after = Self { id, beneficiary: person.id, about: order, by: scope.actor().principal, stamp: Stamp::first(scope.now()) };
        Ok(Change::created(after, event))
    }

    /// The last word by a day: of the latest day, and of one day what was said last.
    pub fn latest<'a>(all: impl IntoIterator<Item = &'a Self>, by: Day) -> Option<&'a Self> {
        let known = all.into_iter().filter(|one| one.about.assessed_on <= by);
        known.max_by_key(|one| (one.about.assessed_on, one.stamp.created_at, one.id.uuid()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{at, beneficiary, caseworker, day, fault, faults, id, now, scope, term};

    fn vocabulary() -> Vocabulary {
        let row = |code: &str| ("readiness_reasons".to_owned(), code.to_owned(), day("2015-01-01"), None);
        Vocabulary::new(vec![row("health"), row("mobility")])
    }

    fn order(able: bool, reasons: &[&str], on: &str) -> ReadinessOrder {
        ReadinessOrder { able, reasons: reasons.iter().map(|reason| term(reason)).collect(), comment: None, assessed_on: day(on) }
    }

    fn assess(order: ReadinessOrder) -> Result<Readiness, Refusal> {
        let decided = Readiness::assess(&scope(&caseworker(), now()), id(9), &beneficiary(0), order, &vocabulary())?;
        Ok(decided.after.clone())
    }

    #[test]
    fn not_yet_says_why_and_each_reason_once_from_the_list() {
        let found = |able, reasons: &[&str], on: &str| assess(order(able, reasons, on)).map_or_else(faults, |_| Vec::new());
        assert_eq!(found(true, &[], "2026-11-17"), []);
        assert_eq!(found(false, &["health", "mobility"], "2026-11-01"), []);
        assert_eq!(found(false, &[], "2026-11-17"), [fault("/reasons", Rule::JustificationRequired)]);
        assert_eq!(found(true, &["health", "health"], "2026-11-17"), [fault("/reasons/1", Rule::DuplicateItem)]);
        assert_eq!(found(true, &["luck"], "2026-11-18"), [fault("/assessed_on", Rule::DayInFuture), fault("/reasons/0", Rule::CodeUnknown)]);
    }

    #[test]
    fn a_closed_file_is_not_assessed() {
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
        let refused = Readiness::assess(&scope(&caseworker(), now()), id(9), &purged, order(true, &[], "2026-11-17"), &vocabulary());
        assert_eq!(refused.unwrap_err(), Refusal::Conflict(Rule::BeneficiaryClosed));
    }

    #[test]
    fn the_last_word_is_of_the_latest_day_and_of_one_day_what_was_said_last() {
        let said = |n: u128, on: &str, said_at: &str| {
            let stamp = Stamp::first(at(said_at));
            Readiness { id: id(n), beneficiary: beneficiary(0).id, about: order(true, &[], on), by: id(1), stamp }
        };
        let all = [
            said(1, "2026-11-02", "2026-11-16T08:00:00.000Z"),
            said(2, "2026-11-10", "2026-11-10T08:00:00.000Z"),
            said(3, "2026-11-10", "2026-11-12T08:00:00.000Z"),
        ];
        let by = |day_: &str| Readiness::latest(&all, day(day_)).map(|one| one.id.uuid().as_u128());
        assert_eq!([by("2026-11-01"), by("2026-11-09"), by("2026-11-17")], [None, Some(1), Some(3)]);
    }
}
