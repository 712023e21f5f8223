//! The paper that is signed: everything it says in words, fixed when it is submitted, so that the same edition always prints the same.
//! How it is set is not here.

use serde::{Deserialize, Serialize};

use super::{Commitment, CommitmentParty, Contract, ContractKind, Edition};
use crate::barrier::Barrier;
use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::readiness::Readiness;

/// What a contract says on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The département, by its name.
    pub department: String,
    /// Which of the person's contracts it is.
    pub rank: i32,
    /// The person.
    pub person: DocumentPerson,
    /// Which accompaniment.
    pub accompaniment: String,
    /// The referent organisation.
    pub organisation: String,
    /// Who accompanies the person there.
    pub referent: Option<String>,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Option<Day>,
    /// When it is reviewed.
    pub review_on: Option<Day>,
    /// Whether the person is able to take steps towards work.
    pub readiness: Option<DocumentReadiness>,
    /// The hours of activity.
    pub hours: DocumentHours,
    /// What holds the person back.
    pub barriers: Vec<String>,
    /// What is to be reached.
    pub objectives: Vec<DocumentObjective>,
    /// What is promised.
    pub commitments: Vec<DocumentCommitment>,
}

/// A person on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentPerson {
    /// Their reference.
    pub reference: String,
    /// Family name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Name at birth.
    pub birth_name: Option<String>,
    /// Date of birth.
    pub birth_date: Option<Day>,
}

/// Readiness on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReadiness {
    /// Whether they are able to take steps.
    pub able: bool,
    /// Why.
    pub reasons: Vec<String>,
    /// The same in words.
    pub comment: Option<String>,
    /// The day.
    pub assessed_on: Day,
}

/// Hours on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentHours {
    /// So many a week.
    Weekly {
        /// How many.
        hours: i32,
        /// Why fewer than usual.
        reason: Option<String>,
    },
    /// None are asked for.
    Exempt {
        /// Why.
        ground: String,
        /// When the person asked for it.
        requested_on: Day,
        /// Until when.
        until: Option<Day>,
    },
    /// The law of its day knew none.
    Unstated,
}

/// An objective on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentObjective {
    /// What it is about.
    pub theme: String,
    /// In words.
    pub text: String,
}

/// A commitment on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCommitment {
    /// Whose.
    pub party: CommitmentParty,
    /// What it consists in.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Who carries it out besides the referent organisation.
    pub provider: Option<String>,
    /// By when.
    pub due_on: Option<Day>,
}

/// Where the words of a paper come from.
pub trait Wording {
    /// What a code of a list is called, in French.
    fn label(&self, list: &str, code: &str) -> String;
    /// The département's name.
    fn department(&self) -> String;
    /// What the referent organisation is called, and the accompaniment it gives.
    fn organisation(&self) -> String;
    /// The same of the accompaniment.
    fn accompaniment(&self) -> String;
    /// Who accompanies the person there.
    fn referent(&self) -> Option<String>;
    /// What carries a commitment out is called: an organisation, a collective action.
    fn provider(&self, commitment: &Commitment) -> Option<String>;
}

impl Document {
    /// What an edition of a contract says on paper.
    pub fn of(
        contract: &Contract,
        edition: &Edition,
        person: &Beneficiary,
        barriers: &[Barrier],
        readiness: Option<&Readiness>,
        words: &impl Wording,
    ) -> Self {
        let terms = &edition.terms;
        let text = |text: Option<&str>| text.map(str::to_owned);
        let situation = |barrier: &Barrier| words.label("barrier_situations", &barrier.about.situation);
        let hours = match (terms.weekly_hours, terms.exemption) {
            (_, Some(exemption)) => DocumentHours::Exempt {
                ground: words.label("exemption_grounds", exemption.ground.code()),
                requested_on: exemption.requested_on,
                until: exemption.until,
            },
            (Some(hours), None) => DocumentHours::Weekly { hours, reason: text(terms.hours_reason.as_deref()) },
            (None, None) => DocumentHours::Unstated,
        };
        Self {
            department: words.department(),
            rank: contract.rank,
            person: DocumentPerson {
                reference: person.reference.to_string(),
                last_name: person.last_name.as_deref().unwrap_or_default().to_owned(),
                first_name: person.first_name.as_deref().unwrap_or_default().to_owned(),
                birth_name: text(person.details.birth_name.as_deref()),
                birth_date: person.birth_date,
            },
            accompaniment: words.accompaniment(),
            organisation: words.organisation(),
            referent: words.referent(),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on(),
            review_on: terms.review_on,
            readiness: readiness.map(|one| DocumentReadiness {
                able: one.about.able,
                reasons: one.about.reasons.iter().map(|reason| words.label("readiness_reasons", reason)).collect(),
                comment: text(one.about.comment.as_deref()),
                assessed_on: one.about.assessed_on,
            }),
            hours,
            barriers: barriers.iter().filter(|barrier| terms.barrier_ids.contains(&barrier.id)).map(situation).collect(),
            objectives: terms
                .objectives
                .iter()
                .map(|one| DocumentObjective { theme: words.label("contract_themes", &one.theme), text: (*one.text).to_owned() })
                .collect(),
            commitments: terms
                .commitments
                .iter()
                .map(|one| DocumentCommitment {
                    party: one.party,
                    kind: words.label("contract_activity_kinds", one.kind.code()),
                    text: (*one.text).to_owned(),
                    provider: words.provider(one),
                    due_on: one.due_on,
                })
                .collect(),
        }
    }
}

impl ContractKind {
    /// What such a contract is called, in French, and the text it rests on.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Cer => {
                ("Contrat d’engagements réciproques", "Articles L262-34 à L262-36 du code de l’action sociale et des familles (loi n° 2008-1249)")
            }
            Self::EngagementContract => {
                ("Contrat d’engagement", "Article L262-34 du code de l’action sociale et des familles, article L5411-6 du code du travail")
            }
        }
    }
}
