//! Which problems an operation may answer, by code. Those that do not follow from what it takes are in `openapi/problems.json`, of which
//! the document is made: whatever a test is refused has to be there. `JALON_TEST_REWRITE=1` adds it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::Value;

const MET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/problems.json");

/// Faults of the form of any body or query.
const OF_FORM: [&str; 4] = ["FIELD_UNKNOWN", "FIELD_MISSING", "WRONG_TYPE", "VALUE_INVALID"];

/// The codes of a problem, and of its faults, that the document does not foresee of this operation at this status.
pub(super) fn unforeseen(operation: &str, status: u16, response: &Value, problem: &Value) -> Vec<String> {
    let listed = &response["content"]["application/problem+json"]["examples"];
    let within = |code: &str| response["x-fault-codes"].as_array().is_some_and(|all| all.iter().any(|one| one == code));
    let code = problem["code"].as_str().unwrap_or_default();
    let mut missing = Vec::new();
    if listed.get(code).is_none() {
        missing.push((status.to_string(), code));
    }
    let faults = problem["errors"].as_array().into_iter().flatten().filter_map(|fault| fault["code"].as_str());
    let foreseen = |fault: &str| fault == code || OF_FORM.contains(&fault) || within(fault);
    missing.extend(faults.filter(|fault| !foreseen(fault)).map(|fault| (format!("{status} errors"), fault)));
    if std::env::var_os("JALON_TEST_REWRITE").is_some() {
        missing.iter().filter(|(_, code)| super::is_published(code)).for_each(|(place, code)| keep(operation, place, code));
        return Vec::new();
    }
    missing.into_iter().map(|(place, code)| format!("{place}: {code} is not documented here: add it with JALON_TEST_REWRITE=1")).collect()
}

type Met = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn keep(operation: &str, place: &str, code: &str) {
    static ALL: LazyLock<Mutex<Met>> = LazyLock::new(|| {
        let kept = std::fs::read_to_string(MET).unwrap_or_else(|error| panic!("{MET}: {error}"));
        Mutex::new(serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{MET}: {error}")))
    });
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    if all.entry(operation.to_owned()).or_default().entry(place.to_owned()).or_default().insert(code.to_owned()) {
        let text = serde_json::to_string_pretty(&*all).unwrap_or_default() + "\n";
        std::fs::write(MET, text).unwrap_or_else(|error| panic!("{MET}: {error}"));
    }
}
