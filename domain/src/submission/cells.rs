//! What a line of attendance says, column by column, as the partner wrote it. What the texts mean is `reading`'s page.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes;

codes! {
    /// What a line may say. The codes are the members of a line in JSON and, but for `session_id`, the header of a file.
    Column {
        /// The partner's own name of the line.
        ExternalId = "external_id",
        /// Record, correct or void.
        Operation = "operation",
        /// The session by its id: in JSON alone.
        SessionId = "session_id",
        /// The session by its reference.
        SessionReference = "session_reference",
        /// The group of the session, with date and half-day.
        GroupCode = "group_code",
        /// The day of the session.
        Date = "date",
        /// The half of that day.
        HalfDay = "half_day",
        /// The person by their enrolment.
        EnrolmentId = "enrolment_id",
        /// The person by their reference.
        PersonReference = "person_reference",
        /// Family name.
        LastName = "last_name",
        /// First name.
        FirstName = "first_name",
        /// How they attended.
        Status = "status",
        /// Minutes attended.
        Minutes = "minutes",
        /// Why they were absent.
        Reason = "reason",
        /// Whether the signature was seen.
        Signed = "signed",
        /// The version of the mark that is corrected or voided.
        Version = "version",
    }
}

impl Column {
    /// The header of a file, in its order.
    pub const HEADER: [Self; 15] = [
        Self::ExternalId,
        Self::Operation,
        Self::SessionReference,
        Self::GroupCode,
        Self::Date,
        Self::HalfDay,
        Self::EnrolmentId,
        Self::PersonReference,
        Self::LastName,
        Self::FirstName,
        Self::Status,
        Self::Minutes,
        Self::Reason,
        Self::Signed,
        Self::Version,
    ];

    /// What the column is called in French: the other header a file may have, case and accents apart.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ExternalId => "Identifiant externe",
            Self::Operation => "Opération",
            Self::SessionId => "Identifiant de la séance",
            Self::SessionReference => "Référence de la séance",
            Self::GroupCode => "Code du groupe",
            Self::Date => "Date",
            Self::HalfDay => "Demi-journée",
            Self::EnrolmentId => "Identifiant d'inscription",
            Self::PersonReference => "Référence de la personne",
            Self::LastName => "Nom",
            Self::FirstName => "Prénom",
            Self::Status => "Statut",
            Self::Minutes => "Minutes",
            Self::Reason => "Motif",
            Self::Signed => "Signé",
            Self::Version => "Version",
        }
    }
}

/// The texts of one line by column; a column without a text is not there. Personal data: a debug print shows the columns alone.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cells(BTreeMap<Column, String>);

impl Cells {
    /// Puts a text; one of nothing but white space says nothing.
    pub fn put(&mut self, column: Column, text: &str) {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
        if !text.is_empty() {
            self.0.insert(column, text.to_owned());
        }
    }

    /// The text of a column.
    pub fn get(&self, column: Column) -> Option<&str> {
        self.0.get(&column).map(String::as_str)
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
