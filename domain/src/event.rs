//! Facts written in the transaction of the change: type, subject, person, codes. Never a personal value, and never a reader:
//! reads are traced elsewhere.

use uuid::Uuid;

use crate::beneficiary::Beneficiary;
use crate::id::Id;

/// Something that happened to a thing. Who did it and when is added where it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `thing.past_participle`, stable.
    pub kind: &'static str,
    /// The thing.
    pub subject: Uuid,
    /// The person it concerns, if one.
    pub beneficiary: Option<Id<Beneficiary>>,
    /// Codes and counts that explain it.
    pub codes: Vec<(&'static str, String)>,
}

impl Event {
    /// `kind` happened to `subject`.
    pub fn new<T>(kind: &'static str, subject: Id<T>) -> Self {
        Self { kind, subject: subject.uuid(), beneficiary: None, codes: Vec::new() }
    }

    /// It concerns this person.
    #[must_use]
    pub fn about(mut self, beneficiary: Id<Beneficiary>) -> Self {
        self.beneficiary = Some(beneficiary);
        self
    }

    /// With a code or count.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "codes and counts: a reference would only burden every caller")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.codes.push((name, value.to_string()));
        self
    }
}
