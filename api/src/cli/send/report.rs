//! What an association reads of the answer: a receipt, line by line where there is something to do, or a problem. Nothing here knows
//! which codes exist: the server explains them, and may have new ones.

use std::collections::HashMap;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::client::Answer;

/// How a sending ended: the command's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Ending {
    /// Everything is applied.
    Applied = 0,
    /// Refused as a whole, for a reason that was told.
    Failed = 1,
    /// Some lines are held or rejected.
    Partly = 3,
    /// No line is applied.
    Nothing = 4,
}

/// What became of each line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Receipt {
    /// The submission's; none in a rehearsal.
    pub(super) id: Option<String>,
    dry_run: bool,
    result: String,
    counts: HashMap<String, Value>,
    ignored_columns: Vec<String>,
    lines: Vec<Line>,
}

/// A line of the receipt.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    index: u64,
    #[serde(rename = "line_number")]
    number: Option<u64>,
    outcome: String,
    errors: Vec<Fault>,
    warnings: Vec<Fault>,
}

/// What is wrong, and where: one of the places.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fault {
    code: String,
    detail: String,
    line: Option<u64>,
    column: Option<String>,
    pointer: Option<String>,
    parameter: Option<String>,
    header: Option<String>,
    moved_to: Option<Slot>,
}

/// Where a session is now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slot {
    date: String,
    half_day: String,
}

/// The outcomes we have a word for.
const OUTCOMES: [(&str, &str); 7] = [
    ("recorded", "enregistrée"),
    ("corrected", "corrigée"),
    ("voided", "annulée"),
    ("unchanged", "inchangée"),
    ("held", "en attente"),
    ("rejected", "refusée"),
    ("not_applied", "non appliquée"),
];

impl Receipt {
    /// The one in an answer, if that is what it is.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let json = answer.json.as_ref()?;
        let receipt = match answer.status {
            StatusCode::OK | StatusCode::CREATED | StatusCode::MULTI_STATUS => json,
            _ if answer.text("code") == Some("NOTHING_APPLIED") => json.get("submission")?,
            _ => return None,
        };
        Self::deserialize(receipt).ok().filter(|receipt| !receipt.result.is_empty())
    }

    /// What the command exits with.
    pub(super) fn ending(&self) -> Ending {
        match self.result.as_str() {
            "applied" => Ending::Applied,
            "nothing_applied" => Ending::Nothing,
            _ => Ending::Partly,
        }
    }

    /// Whether a file of rejected lines is worth reading.
    pub(super) fn has_lines_to_send_again(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.outcome.as_str(), "rejected" | "not_applied"))
    }

    /// Lines of an outcome, or all of them.
    fn count(&self, outcome: &str) -> u64 {
        self.counts.get(outcome).and_then(Value::as_u64).unwrap_or_default()
    }
}

/// A receipt as a text.
pub(super) fn receipt(receipt: &Receipt) -> String {
    let result = match receipt.ending() {
        Ending::Applied => "Tout est pris en compte",
        Ending::Nothing => "Rien n'est pris en compte",
        _ => "Une partie seulement est prise en compte",
    };
    let rehearsal = if receipt.dry_run { "Essai, rien n'est enregistré. Résultat attendu : " } else { "" };
    let plural = |count, word: &str| format!("{count} {word}{}", if count > 1 && word != "en attente" { "s" } else { "" });
    let counts = OUTCOMES.iter().map(|(outcome, word)| (receipt.count(outcome), word)).filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, word)| plural(count, word)).collect::<Vec<_>>().join(", ");
    let counts = if counts.is_empty() { counts } else { format!(" ({counts})") };
    let mut report = vec![format!("{rehearsal}{result} : {}{counts}", plural(receipt.count("lines"), "ligne"))];
    let told = |line: &&Line| matches!(line.outcome.as_str(), "held" | "rejected") || !line.warnings.is_empty();
    report.extend(gathered(receipt.lines.iter().filter(told)));
    if receipt.count("held") > 0 && !receipt.dry_run {
        report.push("Le département examine les lignes en attente : ne les renvoyez pas.".to_owned());
    }
    if !receipt.ignored_columns.is_empty() {
        report.push(format!("Colonnes ignorées : {}", on_one_line(&receipt.ignored_columns.join(", "))));
    }
    report.extend(receipt.id.as_deref().map(|id| format!("Envoi : {}", on_one_line(id))));
    report.join("\n")
}

/// A text for each line; lines that follow each other and have the same to say share one, so that a month half filled stays readable.
fn gathered<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<String> {
    let mut runs: Vec<(u64, u64, String)> = Vec::new();
    for line in lines {
        let (number, text) = (line.number.unwrap_or(line.index.saturating_add(1)), line.told());
        match runs.last_mut() {
            Some((_, last, said)) if *said == text && last.saturating_add(1) == number => *last = number,
            _ => runs.push((number, number, text)),
        }
    }
    let told = runs.into_iter().map(|(first, last, text)| {
        let lines = if first == last { format!("ligne {first}") } else { format!("lignes {first} à {last}") };
        format!("{lines} : {text}")
    });
    told.collect()
}

impl Line {
    /// `refusée, SESSION_MOVED (date) : …`
    fn told(&self) -> String {
        let outcome = OUTCOMES.iter().find(|(outcome, _)| *outcome == self.outcome).map_or(self.outcome.as_str(), |(_, word)| word);
        let warnings = self.warnings.iter().map(|warning| format!("avertissement {}", warning.told()));
        let faults = self.errors.iter().map(Fault::told).chain(warnings).collect::<Vec<_>>().join(" ; ");
        let separator = if faults.is_empty() { "" } else { ", " };
        on_one_line(&format!("{outcome}{separator}{faults}"))
    }
}

impl Fault {
    /// Without its line, which comes before it.
    fn told(&self) -> String {
        let place = [&self.column, &self.pointer, &self.parameter, &self.header].into_iter().flatten().next();
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        let moved = self.moved_to.as_ref().map(|slot| format!(" (déplacée au {})", slot.told())).unwrap_or_default();
        format!("{}{place} : {}{moved}", self.code, self.detail)
    }
}

impl Slot {
    /// `2026-11-24 après-midi`
    fn told(&self) -> String {
        let half_day = match self.half_day.as_str() {
            "morning" => "matin",
            "afternoon" => "après-midi",
            other => other,
        };
        format!("{} {half_day}", self.date)
    }
}

/// A problem as a text, if that is what an answer is.
pub(super) fn problem(answer: &Answer) -> Option<String> {
    let code = answer.text("code")?;
    let title = answer.text("title").unwrap_or("Envoi refusé");
    let mut report = vec![format!("{title} ({code})")];
    report.extend(answer.text("detail").map(str::to_owned));
    let errors = answer.json.as_ref().and_then(|json| json.get("errors")).and_then(Value::as_array);
    report.extend(errors.into_iter().flatten().filter_map(|error| Fault::deserialize(error).ok()).map(|fault| {
        let line = fault.line.map(|line| format!("ligne {line} : ")).unwrap_or_default();
        format!("  {line}{}", fault.told())
    }));
    report.extend(answer.text("instance").map(|instance| format!("À citer au support : {instance}")));
    Some(report.iter().map(|line| on_one_line(line)).collect::<Vec<_>>().join("\n"))
}

/// A terminal obeys control characters, and what the server says may quote the file.
pub(super) fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
