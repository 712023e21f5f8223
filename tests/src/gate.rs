//! The gate against breaking changes: what, in the committed OpenAPI document, breaks a client of the released one. Operations are
//! compared in `gate/operations.rs`, what their schemas allow in `gate/schemas.rs`, the document as a whole in `gate/published.rs`; what
//! was broken on purpose is in `gate/approvals.rs`. Nothing here asks a server.

mod approvals;
mod operations;
mod published;
mod schemas;
mod shape;
mod walk;

use std::fmt;

use serde_json::Value;

pub use approvals::{Verdict, judge};

/// A break.
///
/// What was compared decides where it is: in a component that both documents name alike, the component, said once whichever operations
/// use it; anywhere else, the operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The rule that is broken.
    pub kind: &'static str,
    /// The released name of the operation; `*` in a component.
    pub operation: String,
    /// A pointer into the released document, from `#`, or from the operation: parameters by place and name, values by themselves.
    pub location: String,
    /// What happened, in words.
    pub why: String,
}

impl Finding {
    /// What it is known by, in approvals too: one line that stays the same as long as the released document does.
    pub fn line(&self) -> String {
        format!("{} {} {}", self.kind, self.operation, self.location)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} # {}", self.line(), self.why)
    }
}

/// Every break, in a stable order.
pub fn breaks(released: &Value, committed: &Value) -> Vec<Finding> {
    let mut gate = walk::Gate::new(released, committed);
    gate.whole();
    gate.operations();
    gate.into_findings()
}
