//! What was broken on purpose: a line for each finding, and why. What breaks is not here.

use super::Finding;

/// What the gate says of findings, some of them approved.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Breaks that nobody approved.
    pub refused: Vec<Finding>,
    /// Breaks made on purpose; their words are the reason.
    pub approved: Vec<Finding>,
    /// Approvals to take out or to correct: what they approve was not found, or they give no reason.
    pub idle: Vec<String>,
}

impl Verdict {
    /// Whether nothing is to be done.
    pub fn passes(&self) -> bool {
        self.refused.is_empty() && self.idle.is_empty()
    }
}

/// Holds findings against approvals: `kind operation location # reason` each, after comments and empty lines.
pub fn judge(findings: Vec<Finding>, approvals: &str) -> Verdict {
    let mut verdict = Verdict { refused: findings, ..Verdict::default() };
    for approval in approvals.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (line, reason) = approval.split_once(" # ").unwrap_or((approval, ""));
        let found = verdict.refused.iter().position(|finding| finding.line() == line.trim());
        match found.filter(|_| !reason.trim().is_empty()) {
            Some(place) => verdict.approved.push(Finding { why: reason.trim().to_owned(), ..verdict.refused.remove(place) }),
            None => verdict.idle.push(approval.to_owned()),
        }
    }
    verdict
}
