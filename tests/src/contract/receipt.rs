//! What every receipt of a submission keeps and its schema cannot say: counts that add up, a status that fits them, and faults with
//! exactly one place.

use serde_json::Value;

use super::is_published;

/// The receipt that an answer of this schema is or holds; none when it is something else.
pub(super) fn of<'a>(schema: &Value, body: &'a Value) -> Option<&'a Value> {
    match schema["$ref"].as_str()? {
        "#/components/schemas/SubmissionReceipt" => Some(body),
        "#/components/schemas/SubmissionProblem" => body.get("submission").filter(|receipt| !receipt.is_null()),
        _ => None,
    }
}

const OUTCOMES: [&str; 7] = ["recorded", "corrected", "voided", "unchanged", "held", "rejected", "not_applied"];

/// In what a receipt breaks the contract.
pub(super) fn faults(receipt: &Value, status: u16) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |broken: bool, fault: &str| {
        if broken {
            faults.push(format!("the receipt: {fault}"));
        }
    };
    let lines = receipt["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let count = |outcome: &str| lines.iter().filter(|line| line["outcome"] == outcome).count();
    check(receipt["counts"]["lines"] != lines.len(), "it counts other lines than it has");
    for outcome in OUTCOMES {
        check(receipt["counts"][outcome] != count(outcome), &format!("it counts other {outcome} lines than it has"));
    }
    let (done, lost) = (["recorded", "corrected", "voided", "unchanged"].map(count).iter().sum::<usize>(), count("rejected") + count("not_applied"));
    let result = if done == lines.len() {
        "applied"
    } else if lost == lines.len() {
        "nothing_applied"
    } else {
        "partly_applied"
    };
    check(receipt["result"] != result, &format!("its result is {} instead of {result}", receipt["result"]));
    let rehearsal = receipt["dry_run"] == true;
    check(rehearsal != receipt["id"].is_null(), "a rehearsal has no id, and everything else has one");
    check(rehearsal && status != 200, "a rehearsal with another status than 200");
    // Read again, a receipt is 200 whatever it was.
    check(status == 201 && result != "applied" || status == 207 && result != "partly_applied", "its result is not that of its status");
    check(status == 422 && result != "nothing_applied", "its result is not that of its status");
    let is_file = receipt["format"] == "csv";
    let mut before = 1;
    for (place, line) in lines.iter().enumerate() {
        check(line["index"] != place, "a line that is not in its place");
        check(is_file != line["line_number"].is_u64(), "a line number is for files, and for every line of them");
        if let Some(number) = line["line_number"].as_u64() {
            check(number <= before, "line numbers that do not grow");
            before = number;
        }
        let is_fault = ["held", "rejected"].iter().any(|outcome| line["outcome"] == *outcome);
        let errors = line["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        check(is_fault == errors.is_empty(), &format!("a {} line with {} error(s)", line["outcome"], errors.len()));
        for told in errors.iter().chain(line["warnings"].as_array().into_iter().flatten()) {
            let code = told["code"].as_str().unwrap_or_default();
            check(!is_published(code), &format!("the code {code:?} is not published"));
            check(told["detail"].as_str().unwrap_or_default().is_empty(), &format!("{code} has no words"));
            let (pointer, number) = (told["pointer"].as_str(), told["line"].as_u64());
            check(pointer.is_some() == number.is_some(), &format!("{code} has not exactly one place"));
            check(is_file != number.is_some(), &format!("{code} has the place of another form"));
            check(number.is_some() && number != line["line_number"].as_u64(), &format!("{code} is told of another line"));
            let own = format!("/lines/{place}");
            let points_there = pointer.is_none_or(|pointer| pointer.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
            check(!points_there, &format!("{code} points at another line"));
            check((code == "SESSION_MOVED") != told["moved_to"].is_object(), &format!("{code}: moved_to is for SESSION_MOVED alone"));
        }
    }
    faults
}
