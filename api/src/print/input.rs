//! What the printed documents are made of. Every text is a resolved French label, printed as it is.

use chrono::NaiveTime;
use domain::calendar::Day;
use domain::contract::Document;

/// A contract between a person and those who accompany them (*contrat d'engagements réciproques*).
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// What it says.
    pub(crate) document: Document,
    /// What the contract is called.
    pub(crate) title: String,
    /// The articles it rests on.
    pub(crate) legal_basis: String,
    /// Which edition of the contract it is: 1, and above for an amendment (*avenant*).
    pub(crate) edition: i32,
    /// Whether it is still a draft: nobody should sign it.
    pub(crate) is_draft: bool,
    /// Why the contract was amended.
    pub(crate) amendment_reason: Option<String>,
    /// Who signs, or has signed.
    pub(crate) signatures: Vec<Signature>,
    /// The département's validation.
    pub(crate) validation: Option<Validation>,
    /// The ways of appeal, one text a paragraph.
    pub(crate) appeal: Vec<String>,
}

/// A signature, given or to be given.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    /// As what they sign: "La personne accompagnée".
    pub(crate) party: String,
    /// Their name.
    pub(crate) name: String,
    /// The day they signed; none while it is to be signed.
    pub(crate) signed_on: Option<Day>,
    /// By what means: "Sur papier".
    pub(crate) means: Option<String>,
}

/// The département's validation.
#[derive(Debug, Clone)]
pub(crate) struct Validation {
    /// The day.
    pub(crate) on: Day,
    /// What is said of it: "Validé par le président du conseil départemental".
    pub(crate) label: String,
}

/// The attendance sheet of one session, half a day long.
#[derive(Debug, Clone)]
pub(crate) struct AttendanceSheet {
    /// The département's name.
    pub(crate) department: String,
    /// Who runs the action.
    pub(crate) organisation: String,
    /// The action's title.
    pub(crate) action: String,
    /// The group's name.
    pub(crate) group: String,
    /// The session's reference, in the footer too.
    pub(crate) reference: String,
    /// The day.
    pub(crate) date: Day,
    /// Which half of the day: "matin".
    pub(crate) half_day: String,
    /// When it begins.
    pub(crate) start_time: NaiveTime,
    /// When it ends.
    pub(crate) end_time: NaiveTime,
    /// Where it takes place.
    pub(crate) place: String,
    /// Who is expected.
    pub(crate) participants: Vec<Participant>,
    /// How many blank rows follow, for whoever comes without being expected. At most 200 are printed.
    pub(crate) blank_rows: usize,
}

/// Somebody expected at a session.
#[derive(Debug, Clone)]
pub(crate) struct Participant {
    /// Their last name.
    pub(crate) last_name: String,
    /// Their first name.
    pub(crate) first_name: String,
    /// Their reference.
    pub(crate) reference: String,
}
