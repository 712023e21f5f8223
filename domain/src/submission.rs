//! Attendance in batches: what a partner sends, line by line, what becomes of each line, and the lines held for the département.
//! One sheet filled by hand is `attendance`'s page; files are read in `api`.

pub mod cells;
pub mod held;
mod judging;
pub mod line;
mod marking;
pub mod receiving;

pub use marking::Target;

use crate::actor::Principal;
use crate::calendar::Instant;
use crate::codes;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::text::Line;

/// Lines one submission may have.
pub const MOST_LINES: usize = 5_000;

/// A partner's own name of a line. Permanent: it names one person at one session.
pub type ExternalId = Line<128>;

codes! {
    /// In which form a submission came.
    SubmissionFormat {
        /// As JSON.
        Json = "json",
        /// As a file of comma- or semicolon-separated values.
        Csv = "csv",
    }
}

codes! {
    /// What to do with the good lines when others are not.
    OnError {
        /// Apply the good lines, hold or reject the others.
        AcceptValid = "accept_valid",
        /// Apply nothing unless every line is good.
        RejectAll = "reject_all",
    }
}

codes! {
    /// What became of a submission as a whole.
    SubmissionResult {
        /// Every line was applied, or changed nothing.
        Applied = "applied",
        /// Some lines were held or rejected.
        PartlyApplied = "partly_applied",
        /// No line was applied or held.
        NothingApplied = "nothing_applied",
    }
}

codes! {
    /// What became of a line.
    LineOutcome {
        /// The person is now marked.
        Recorded = "recorded",
        /// The mark was another one and is now as the line says.
        Corrected = "corrected",
        /// The person is unmarked again; the history is kept.
        Voided = "voided",
        /// The mark was so already.
        Unchanged = "unchanged",
        /// Kept aside for the département to decide.
        Held = "held",
        /// Refused: mend it and send it again.
        Rejected = "rejected",
        /// Good, but another line was not and `reject_all` was asked.
        NotApplied = "not_applied",
    }
}

/// Who sent what, and what became of it.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its id.
    pub id: Id<Submission>,
    /// For which organisation.
    pub organisation: Id<Organisation>,
    /// By which client or professional.
    pub submitted_by: Id<Principal>,
    /// When.
    pub received_at: Instant,
    /// In which form.
    pub format: SubmissionFormat,
    /// What was to be done with the good lines when others are not.
    pub on_error: OnError,
    /// What became of it.
    pub result: SubmissionResult,
    /// Columns of the file that mean nothing here.
    pub ignored_columns: Vec<String>,
}

/// A submission before it is judged.
#[derive(Clone, Debug)]
pub struct SubmissionOrder {
    /// In which form it came.
    pub format: SubmissionFormat,
    /// What to do with the good lines when others are not.
    pub on_error: OnError,
    /// Columns of the file that mean nothing here.
    pub ignored_columns: Vec<String>,
    /// Its lines, in their order.
    pub lines: Vec<line::Line>,
}

#[cfg(test)]
mod tests;
