//! What is asked of a person before an orientation is decided, in the four blocks of the order of 21 November 2024 (JO of 6 December), and
//! what it suggests. A person decides: the suggestion says which facts it rests on, and rests on no others.

use serde::{Deserialize, Serialize};

use crate::accompaniment::Accompaniment;
use crate::barrier::{BarrierImpact, BarrierKind};
use crate::codes;
use crate::refusal::{Faults, Rule};
use crate::text::Note;

codes! {
    /// When somebody last worked.
    Activity {
        /// They work now.
        Current = "current",
        /// Within the last two years.
        WithinTwoYears = "within_two_years",
        /// More than two years ago.
        OverTwoYears = "over_two_years",
        /// Never.
        Never = "never",
    }
}

impl Activity {
    /// Now, or in the last two years.
    const fn is_recent(self) -> bool {
        matches!(self, Self::Current | Self::WithinTwoYears)
    }
}

codes! {
    /// The level of the highest diploma, in the national framework (*code du travail*, D6113-19).
    QualificationLevel {
        /// No diploma.
        Without = "none",
        /// CAP, BEP.
        Level3 = "level_3",
        /// *Baccalauréat*.
        Level4 = "level_4",
        /// Two years of higher studies.
        Level5 = "level_5",
        /// *Licence*.
        Level6 = "level_6",
        /// *Master*.
        Level7 = "level_7",
        /// Doctorate.
        Level8 = "level_8",
    }
}

codes! {
    /// What somebody wants to do.
    WorkProject {
        /// It is clear.
        Defined = "defined",
        /// It is being built.
        InProgress = "in_progress",
        /// There is none yet.
        Without = "none",
    }
}

/// Work: the first block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmploymentSituation {
    /// When they last worked.
    pub activity: Activity,
    /// Whether they are recognised as a disabled worker (*bénéficiaire de l'obligation d'emploi*); null or absent when it is not known.
    pub disability_status: Option<bool>,
}

/// Qualification: the second block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    /// The level of the highest diploma.
    pub level: QualificationLevel,
}

/// Aspirations: the third block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Aspirations {
    /// What they want to do.
    pub project: WorkProject,
    /// Whether they can see themselves at work or in training now.
    pub sees_work_or_training: bool,
    /// What they wish, in words; null or absent when there is nothing to add.
    pub wishes: Option<Note>,
}

/// Something that is difficult.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Difficulty {
    /// Of which kind. Health by its effect alone, never a diagnosis.
    pub kind: BarrierKind,
    /// How far it stands in the way of work.
    pub impact: BarrierImpact,
}

/// Difficulties: the fourth block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Difficulties {
    /// Each kind once; an empty list when there are none.
    #[cfg_attr(feature = "schema", schema(max_items = 8))]
    pub items: Vec<Difficulty>,
    /// Others, in words, never of health; null or absent when there are none.
    pub other: Option<Note>,
}

/// What a decision rests on (*critères d'orientation*): all four blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Work.
    pub employment: EmploymentSituation,
    /// Qualification.
    pub qualification: Qualification,
    /// Aspirations.
    pub aspirations: Aspirations,
    /// Difficulties.
    pub difficulties: Difficulties,
}

/// A fact that a suggestion rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", content = "value", rename_all = "snake_case")]
pub enum SuggestionFact {
    /// When the person last worked.
    Activity(Activity),
    /// Whether they see themselves at work or in training.
    SeesWorkOrTraining(bool),
    /// The level of their diploma.
    Qualification(QualificationLevel),
    /// A difficulty that prevents steps towards work.
    StrongBarrier(BarrierKind),
    /// A difficulty that slows them down.
    MediumBarrier(BarrierKind),
    /// No difficulty stands in the way.
    NoBarrier,
}

impl SuggestionFact {
    /// Its code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Activity(_) => "activity",
            Self::SeesWorkOrTraining(_) => "sees_work_or_training",
            Self::Qualification(_) => "qualification",
            Self::StrongBarrier(_) => "strong_barrier",
            Self::MediumBarrier(_) => "medium_barrier",
            Self::NoBarrier => "no_barrier",
        }
    }
}

/// What the criteria suggest, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Which accompaniment.
    pub accompaniment: Accompaniment,
    /// The facts that it rests on, in the order in which they were looked at.
    pub facts: Vec<SuggestionFact>,
}

impl Criteria {
    /// Refuses what contradicts itself; `path` is where they stand in the order.
    pub(super) fn check(&self, faults: &mut Faults) {
        let items = &self.difficulties.items;
        for (place, one) in items.iter().enumerate() {
            if items.iter().take(place).any(|earlier| earlier.kind == one.kind) {
                faults.add(["criteria".into(), "difficulties".into(), "items".into(), place.into()], Rule::DuplicateItem);
            }
        }
    }

    /// The kinds of difficulty that stand in the way of work.
    pub fn standing_in_the_way(&self) -> Vec<BarrierKind> {
        let mut kinds: Vec<_> = self.difficulties.items.iter().filter(|one| one.impact != BarrierImpact::Without).map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds
    }

    /// What they suggest, as the national committee presents it: is there an activity, now or in the last two years? can the person see
    /// themselves at work or in training? then the difficulties, by their impact; and for mainstream support a qualification, or work now.
    pub fn suggest(&self) -> Suggestion {
        let (activity, level) = (self.employment.activity, self.qualification.level);
        let sees = self.aspirations.sees_work_or_training;
        let of = |impact: BarrierImpact| {
            let mut kinds: Vec<_> = self.difficulties.items.iter().filter(|one| one.impact == impact).map(|one| one.kind).collect();
            kinds.sort_unstable();
            kinds
        };
        let (strong, medium) = (of(BarrierImpact::Strong), of(BarrierImpact::Medium));
        let mut facts = vec![SuggestionFact::Activity(activity)];
        if !activity.is_recent() {
            facts.push(SuggestionFact::SeesWorkOrTraining(sees));
        }
        // Away from work, not seeing a way back, and held back: what holds back comes first.
        if !activity.is_recent() && !sees && !strong.is_empty() {
            facts.extend(strong.into_iter().map(SuggestionFact::StrongBarrier));
            return Suggestion { accompaniment: Accompaniment::Social, facts };
        }
        if !strong.is_empty() || !medium.is_empty() {
            facts.extend(strong.into_iter().map(SuggestionFact::StrongBarrier));
            facts.extend(medium.into_iter().map(SuggestionFact::MediumBarrier));
            return Suggestion { accompaniment: Accompaniment::Socioprofessional, facts };
        }
        facts.push(SuggestionFact::NoBarrier);
        if !activity.is_recent() && !sees {
            return Suggestion { accompaniment: Accompaniment::Socioprofessional, facts };
        }
        if activity == Activity::Current {
            return Suggestion { accompaniment: Accompaniment::CommonLaw, facts };
        }
        facts.push(SuggestionFact::Qualification(level));
        let accompaniment = if level == QualificationLevel::Without { Accompaniment::Socioprofessional } else { Accompaniment::CommonLaw };
        Suggestion { accompaniment, facts }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn criteria(activity: Activity, sees: bool, level: QualificationLevel, items: &[(BarrierKind, BarrierImpact)]) -> Criteria {
        Criteria {
            employment: EmploymentSituation { activity, disability_status: None },
            qualification: Qualification { level },
            aspirations: Aspirations { project: WorkProject::InProgress, sees_work_or_training: sees, wishes: None },
            difficulties: Difficulties {
                items: items.iter().map(|(kind, impact)| Difficulty { kind: *kind, impact: *impact }).collect(),
                other: None,
            },
        }
    }

    #[test]
    fn r22_r23_what_the_criteria_suggest() {
        use Accompaniment::{CommonLaw, Social, Socioprofessional};
        use Activity::{Current, Never, OverTwoYears, WithinTwoYears};
        use BarrierImpact::{Medium, Strong, Without as NoImpact};
        use BarrierKind::{Health, Housing, Mobility};
        use QualificationLevel::{Level3, Level6, Without};
        use SuggestionFact as F;
        let table: Vec<(Criteria, Accompaniment, Vec<F>)> = vec![
            (criteria(Current, false, Without, &[]), CommonLaw, vec![F::Activity(Current), F::NoBarrier]),
            (
                criteria(WithinTwoYears, true, Level3, &[(Mobility, NoImpact)]),
                CommonLaw,
                vec![F::Activity(WithinTwoYears), F::NoBarrier, F::Qualification(Level3)],
            ),
            (
                criteria(WithinTwoYears, true, Without, &[]),
                Socioprofessional,
                vec![F::Activity(WithinTwoYears), F::NoBarrier, F::Qualification(Without)],
            ),
            (
                criteria(WithinTwoYears, false, Level6, &[(Housing, Strong)]),
                Socioprofessional,
                vec![F::Activity(WithinTwoYears), F::StrongBarrier(Housing)],
            ),
            (
                criteria(OverTwoYears, true, Level6, &[(Mobility, Medium), (Health, Strong)]),
                Socioprofessional,
                vec![F::Activity(OverTwoYears), F::SeesWorkOrTraining(true), F::StrongBarrier(Health), F::MediumBarrier(Mobility)],
            ),
            (
                criteria(OverTwoYears, true, Level6, &[]),
                CommonLaw,
                vec![F::Activity(OverTwoYears), F::SeesWorkOrTraining(true), F::NoBarrier, F::Qualification(Level6)],
            ),
            (criteria(Never, false, Level6, &[]), Socioprofessional, vec![F::Activity(Never), F::SeesWorkOrTraining(false), F::NoBarrier]),
            (
                criteria(Never, false, Level6, &[(Housing, Medium)]),
                Socioprofessional,
                vec![F::Activity(Never), F::SeesWorkOrTraining(false), F::MediumBarrier(Housing)],
            ),
            (
                criteria(Never, false, Level6, &[(Mobility, Strong), (Housing, Strong), (Health, Medium)]),
                Social,
                vec![F::Activity(Never), F::SeesWorkOrTraining(false), F::StrongBarrier(Mobility), F::StrongBarrier(Housing)],
            ),
        ];
        for (criteria, accompaniment, facts) in table {
            let suggestion = criteria.suggest();
            assert_eq!((suggestion.accompaniment, &suggestion.facts), (accompaniment, &facts), "{criteria:?}");
        }
    }

    fn any_criteria() -> impl Strategy<Value = Criteria> {
        let level = prop::sample::select(QualificationLevel::ALL.to_vec());
        let items =
            prop::collection::btree_map(prop::sample::select(BarrierKind::ALL.to_vec()), prop::sample::select(BarrierImpact::ALL.to_vec()), 0..8);
        (prop::sample::select(Activity::ALL.to_vec()), any::<bool>(), level, items)
            .prop_map(|(activity, sees, level, items)| criteria(activity, sees, level, &items.into_iter().collect::<Vec<_>>()))
    }

    proptest! {
        /// What a suggestion does not name, it does not depend on.
        #[test]
        fn a_suggestion_names_every_fact_it_uses_and_none_it_does_not(one in any_criteria(), other in any_criteria()) {
            let suggestion = one.suggest();
            let names = |code: &str| suggestion.facts.iter().any(|fact| fact.code() == code);
            let mut changed = one.clone();
            if !names("sees_work_or_training") {
                changed.aspirations.sees_work_or_training = other.aspirations.sees_work_or_training;
            }
            if !names("qualification") {
                changed.qualification = other.qualification.clone();
            }
            changed.aspirations.project = other.aspirations.project;
            changed.employment.disability_status = Some(true);
            changed.difficulties.items.retain(|one| one.impact != BarrierImpact::Without);
            if suggestion.accompaniment == Accompaniment::Social {
                changed.difficulties.items.retain(|one| one.impact == BarrierImpact::Strong);
            }
            prop_assert_eq!(changed.suggest(), suggestion);
        }
    }

    #[test]
    fn each_kind_of_difficulty_is_told_once() {
        let twice = criteria(Activity::Never, true, QualificationLevel::Level3, &[(BarrierKind::Housing, BarrierImpact::Strong); 2]);
        let mut faults = Faults::default();
        twice.check(&mut faults);
        let found = crate::given::faults(faults.into_result().unwrap_err());
        assert_eq!(found, [crate::given::fault("/criteria/difficulties/items/1", Rule::DuplicateItem)]);
    }
}
