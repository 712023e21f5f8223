//! A suggestion in words: each fact it rests on as a sentence in French and in English, made of the labels of the coded lists.

use domain::accompaniment::Accompaniment;
use domain::orientation::SuggestionFact;
use persistence::machinery::reference::{ReferenceCode, called};
use serde::Serialize;
use utoipa::ToSchema;

/// What the criteria suggest, and why. Nothing that is not named here was used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    /// Which accompaniment.
    accompaniment: Accompaniment,
    /// The facts that it rests on, in the order in which they were looked at.
    #[schema(max_items = 12)]
    reasons: Vec<SuggestionReason>,
}

/// A fact that a suggestion rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionReason {
    /// Which: `activity`, `sees_work_or_training`, `qualification`, `strong_barrier`, `medium_barrier`, `no_barrier`. Extensible.
    #[schema(max_length = 40, example = "strong_barrier")]
    fact: &'static str,
    /// Its value: a code of `activity_periods`, `qualification_levels` or `barriers`, `true` or `false`; null where the fact says all.
    #[schema(max_length = 40, example = "housing")]
    value: Option<&'static str>,
    /// In French.
    #[schema(max_length = 200, example = "Frein fort : logement")]
    text_fr: String,
    /// In English.
    #[schema(max_length = 200, example = "Strong barrier: housing")]
    text_en: String,
}

impl Suggestion {
    /// With the labels of these lists.
    pub(crate) fn new(suggestion: &domain::orientation::Suggestion, codes: &[ReferenceCode]) -> Self {
        let reasons = suggestion.facts.iter().map(|fact| SuggestionReason::new(*fact, codes)).collect();
        Self { accompaniment: suggestion.accompaniment, reasons }
    }
}

impl SuggestionReason {
    fn new(fact: SuggestionFact, codes: &[ReferenceCode]) -> Self {
        use SuggestionFact as F;
        let label = |list: &str, code: &str| {
            let (french, english) = called(codes, list, code);
            (lower(french), lower(english))
        };
        let of = |french: &str, english: &str, (fr, en): (String, String)| (format!("{french} : {fr}"), format!("{english}: {en}"));
        let (value, (text_fr, text_en)) = match fact {
            F::Activity(one) => (Some(one.code()), of("Dernière activité", "Last worked", label("activity_periods", one.code()))),
            F::SeesWorkOrTraining(true) => {
                let texts = ("Se projette dans un emploi ou une formation", "Sees themselves at work or in training");
                (Some("true"), (texts.0.to_owned(), texts.1.to_owned()))
            }
            F::SeesWorkOrTraining(false) => {
                let texts = ("Ne se projette pas encore dans un emploi ou une formation", "Does not see themselves at work or in training yet");
                (Some("false"), (texts.0.to_owned(), texts.1.to_owned()))
            }
            F::Qualification(one) => (Some(one.code()), of("Qualification", "Qualification", label("qualification_levels", one.code()))),
            F::StrongBarrier(kind) => (Some(kind.code()), of("Frein fort", "Strong barrier", label("barriers", kind.code()))),
            F::MediumBarrier(kind) => (Some(kind.code()), of("Frein moyen", "Medium barrier", label("barriers", kind.code()))),
            F::NoBarrier => {
                let texts = ("Aucun frein n'a d'impact sur la recherche d'emploi", "No barrier stands in the way of work");
                (None, (texts.0.to_owned(), texts.1.to_owned()))
            }
        };
        Self { fact: fact.code(), value, text_fr, text_en }
    }
}

/// The same label in the middle of a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    let begins_a_word = label.chars().nth(1).is_some_and(char::is_lowercase);
    letters.next().filter(|_| begins_a_word).map_or_else(|| label.to_owned(), |first| first.to_lowercase().chain(letters).collect())
}
