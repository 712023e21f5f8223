//! What the printed documents are made of. Every text is a resolved French label, printed as it is.

use chrono::{NaiveDate, NaiveTime};

/// A contract between a person and those who accompany them (*contrat d'engagements réciproques*).
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// The département's name: "Département de la Haute-Vienne".
    pub(crate) department: String,
    /// What the contract is called.
    pub(crate) title: String,
    /// The articles it rests on.
    pub(crate) legal_basis: String,
    /// Which contract of the person it is, from 1.
    pub(crate) rank: i32,
    /// Which edition of the contract it is: 1, and above for an amendment (*avenant*).
    pub(crate) edition: i32,
    /// Whether it is still a draft: nobody should sign it.
    pub(crate) is_draft: bool,
    /// Why the contract was amended.
    pub(crate) amendment_reason: Option<String>,
    /// Whose contract it is.
    pub(crate) person: Person,
    /// The kind of accompaniment: "Accompagnement socioprofessionnel".
    pub(crate) accompaniment: String,
    /// The referent organisation.
    pub(crate) organisation: String,
    /// The named referent.
    pub(crate) referent: Option<String>,
    /// The first day.
    pub(crate) starts_on: NaiveDate,
    /// The last day.
    pub(crate) ends_on: Option<NaiveDate>,
    /// The day of the next review.
    pub(crate) review_on: Option<NaiveDate>,
    /// Whether the person can take steps towards work.
    pub(crate) readiness: Option<Readiness>,
    /// The weekly hours of activity.
    pub(crate) hours: Hours,
    /// What holds the person back.
    pub(crate) barriers: Vec<String>,
    /// What is aimed at.
    pub(crate) objectives: Vec<Objective>,
    /// Who commits to what.
    pub(crate) commitments: Vec<Commitment>,
    /// Who signs, or has signed.
    pub(crate) signatures: Vec<Signature>,
    /// The département's validation.
    pub(crate) validation: Option<Validation>,
    /// The ways of appeal, one text a paragraph.
    pub(crate) appeal: Vec<String>,
}

/// The person of a contract.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their reference, the only thing about them in the footer.
    pub(crate) reference: String,
    /// The name they use.
    pub(crate) last_name: String,
    /// Their first name.
    pub(crate) first_name: String,
    /// Their name at birth.
    pub(crate) birth_name: Option<String>,
    /// The day they were born.
    pub(crate) birth_date: Option<NaiveDate>,
}

/// Whether the person can take steps towards work (*capacité à engager des démarches*).
#[derive(Debug, Clone)]
pub(crate) struct Readiness {
    /// Whether they can.
    pub(crate) able: bool,
    /// Why not, or with which limits.
    pub(crate) reasons: Vec<String>,
    /// What was said of it.
    pub(crate) comment: Option<String>,
    /// The day it was assessed.
    pub(crate) assessed_on: NaiveDate,
}

/// The weekly hours of activity.
#[derive(Debug, Clone)]
pub(crate) enum Hours {
    /// So many hours a week.
    Weekly {
        /// How many.
        hours: i32,
        /// Why so many, when it is not the rule.
        reason: Option<String>,
    },
    /// None: the person is exempted.
    Exempt {
        /// On what ground.
        ground: String,
        /// The day it was asked for.
        requested_on: NaiveDate,
        /// The last day of it.
        until: Option<NaiveDate>,
    },
    /// Nothing was said of them.
    Unstated,
}

/// What is aimed at.
#[derive(Debug, Clone)]
pub(crate) struct Objective {
    /// Its theme: "Emploi".
    pub(crate) theme: String,
    /// What it is. May hold several lines.
    pub(crate) text: String,
}

/// Who commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// The person.
    Person,
    /// The referent organisation.
    Organisation,
    /// Somebody else.
    Partner,
}

/// What somebody commits to.
#[derive(Debug, Clone)]
pub(crate) struct Commitment {
    /// Who commits.
    pub(crate) party: Party,
    /// What kind of action it is: "Formation".
    pub(crate) kind: String,
    /// What it is. May hold several lines.
    pub(crate) text: String,
    /// With whom it is done.
    pub(crate) provider: Option<String>,
    /// The day it is due.
    pub(crate) due_on: Option<NaiveDate>,
}

/// A signature, given or to be given.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    /// As what they sign: "La personne accompagnée".
    pub(crate) party: String,
    /// Their name.
    pub(crate) name: String,
    /// The day they signed; none while it is to be signed.
    pub(crate) signed_on: Option<NaiveDate>,
    /// By what means: "Sur papier".
    pub(crate) means: Option<String>,
}

/// The département's validation.
#[derive(Debug, Clone)]
pub(crate) struct Validation {
    /// The day.
    pub(crate) on: NaiveDate,
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
    pub(crate) date: NaiveDate,
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
