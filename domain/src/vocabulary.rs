//! Coded lists with their validity: a code is retired, never deleted. Labels and crosswalks are not here, only what a rule asks.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::calendar::Day;
use crate::codes;
use crate::refusal::Rule;

codes! {
    /// The lists whose codes live in the reference table alone.
    CodeList {
        /// Why somebody was absent and excused.
        AbsenceReasons = "absence_reasons",
        /// Why a session was cancelled.
        SessionCancellationReasons = "session_cancellation_reasons",
        /// What a person lived on when they entered an action.
        StatusesAtEntry = "statuses_at_entry",
        /// What follows an action.
        NextSteps = "next_steps",
        /// How far an aptitude is acquired.
        AptitudeLevels = "aptitude_levels",
        /// What a professional is by trade.
        Professions = "professions",
        /// Why a receiver refused a referral.
        ReferralRefusalReasons = "referral_refusal_reasons",
        /// Why the département took a referral back.
        ReferralCancellationReasons = "referral_cancellation_reasons",
        /// Why an accompaniment or an action was not completed.
        ReferralAbandonmentReasons = "referral_abandonment_reasons",
        /// Why an RSA right ended.
        RsaClosingReasons = "rsa_closing_reasons",
        /// What a person comes through.
        MilestoneKinds = "milestone_kinds",
        /// How a milestone is known.
        MilestoneSources = "milestone_sources",
        /// What a barrier consists in; each code starts with the barrier's own.
        BarrierSituations = "barrier_situations",
        /// What is aimed at; each code starts with the barrier's own.
        BarrierGoals = "barrier_goals",
        /// What became of a barrier.
        BarrierOutcomes = "barrier_outcomes",
        /// What was done.
        InterventionKinds = "intervention_kinds",
        /// What it was about.
        InterventionThemes = "intervention_themes",
        /// What an objective of a contract is about.
        ContractThemes = "contract_themes",
        /// Why somebody is ready for steps towards work, or not yet.
        ReadinessReasons = "readiness_reasons",
    }
}

/// A code of one of the reference lists: 1 to 40 of `a-z 0-9 _`. Whether its list holds it is a rule's question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Term(String);

impl Term {
    /// Takes a code that was parsed before it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}
impl FromStr for Term {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let shape = (1..=40).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if shape { Ok(Self(raw.to_owned())) } else { Err(Rule::CodeUnknown) }
    }
}
impl std::ops::Deref for Term {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Term {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[a-z0-9_]{1,40}$"))
            .min_length(Some(1))
            .max_length(Some(40))
            .build()
            .into()
    }
}
#[cfg(feature = "schema")]
impl utoipa::ToSchema for Term {}

/// Which codes each list holds, and when.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary(Vec<(String, String, Day, Option<Day>)>);

impl Vocabulary {
    /// From the rows (list, code, first day, last day).
    pub fn new(rows: Vec<(String, String, Day, Option<Day>)>) -> Self {
        Self(rows)
    }

    /// Whether `list` holds `code` on that day.
    pub fn holds(&self, list: CodeList, code: &str, on: Day) -> bool {
        self.0.iter().any(|(l, c, from, to)| l == list.code() && c == code && *from <= on && to.is_none_or(|to| on <= to))
    }

    /// Refuses a code that its list does not hold on that day.
    pub fn check(&self, list: CodeList, code: &str, on: Day) -> Result<(), Rule> {
        if self.holds(list, code, on) { Ok(()) } else { Err(Rule::CodeUnknown) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_code_holds_for_its_own_days_only() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let row = ("absence_reasons".to_owned(), "strike".to_owned(), day("2020-01-01"), Some(day("2025-12-31")));
        let vocabulary = Vocabulary::new(vec![row]);
        assert!(vocabulary.holds(CodeList::AbsenceReasons, "strike", day("2025-12-31")));
        assert!(!vocabulary.holds(CodeList::AbsenceReasons, "strike", day("2026-01-01")));
        assert!(!vocabulary.holds(CodeList::Professions, "strike", day("2025-01-01")));
    }
}
