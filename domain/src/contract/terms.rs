//! What a contract says: objectives, commitments of each side, hours of activity, what holds the person back; and what is missing before
//! it can be signed.

use serde::{Deserialize, Serialize};

use super::ContractKind;
use crate::action::Action;
use crate::barrier::Barrier;
use crate::calendar::Day;
use crate::codes;
use crate::form::{at_most, within_if_any};
use crate::id::Id;
use crate::ids::{ActionId, BarrierId, OrganisationId};
use crate::law;
use crate::organisation::Organisation;
use crate::refusal::{Faults, Rule};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// Objectives of one contract.
pub const MOST_OBJECTIVES: usize = 20;

/// Commitments of one contract.
pub const MOST_COMMITMENTS: usize = 30;

/// How many months ahead a contract may begin.
const LATEST_START_MONTHS: u32 = 12;

/// The usual lengths of a contract of the old law, in months.
const USUAL_MONTHS: [i32; 4] = [3, 6, 9, 12];

codes! {
    /// Whose commitment it is.
    CommitmentParty {
        /// The person's.
        Beneficiary = "beneficiary",
        /// The referent organisation's, or the département's.
        Organisation = "organisation",
        /// A partner's.
        Partner = "partner",
    }
}

codes! {
    /// What a commitment consists in (C. trav. R5411-15).
    ActivityKind {
        /// A period of immersion at an employer's.
        Immersion = "immersion",
        /// A training.
        Training = "training",
        /// The search for a job.
        JobSearch = "job_search",
        /// Social or professional support.
        Support = "support",
        /// Access to rights, and the lifting of what holds the person back.
        AccessToRights = "access_to_rights",
        /// Building up a business of one's own.
        Business = "business",
    }
}

codes! {
    /// Why no hours of activity are asked for (C. trav. L5411-6), at the person's request.
    ExemptionGround {
        /// Health. The ground alone: never a diagnosis.
        Health = "health",
        /// Disability.
        Disability = "disability",
        /// Invalidity.
        Invalidity = "invalidity",
        /// A lone parent without childcare for a child under twelve.
        LoneParent = "lone_parent",
    }
}

codes! {
    /// What is missing before a contract can be signed. Extensible.
    Missing {
        /// An objective.
        Objective = "objective",
        /// A commitment.
        Commitment = "commitment",
        /// How long it lasts: a contract of the old law.
        Duration = "duration",
        /// When it is reviewed: an engagement contract.
        ReviewDay = "review_day",
        /// The day of the global assessment (*diagnostic global*): an engagement contract.
        Assessment = "assessment",
        /// The weekly hours, or the exemption from them: an engagement contract.
        Hours = "hours",
        /// That the evidence of an exemption was seen.
        Evidence = "evidence",
        /// Whether the person is able to take steps towards work, on their file.
        Readiness = "readiness",
    }
}

/// Something to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ContractObjective))]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Its key in the contract, which commitments name: 1 to 40 of `a-z 0-9 _`, each once.
    pub key: Term,
    /// What it is about, a code of `contract_themes`.
    pub theme: Term,
    /// In words, 1 to 2,000 characters on several lines.
    pub text: Note,
}

/// Something that somebody promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ContractCommitment))]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Its key in the contract, the same in each amendment: 1 to 40 of `a-z 0-9 _`, each once.
    pub key: Term,
    /// Whose it is.
    pub party: CommitmentParty,
    /// What it consists in.
    pub kind: ActivityKind,
    /// In words, 1 to 2,000 characters on several lines.
    pub text: Note,
    /// The objective it serves, by its key; null or absent when it serves them all.
    #[serde(default)]
    pub objective: Option<Term>,
    /// Who carries it out besides the referent organisation; null or absent when nobody does.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// The collective action in which it is kept: its attendance says how far. Null or absent when it is not one.
    #[serde(default)]
    pub action_id: Option<ActionId>,
    /// The barrier that it is to lift: its resolution says how far. Null or absent when it lifts none.
    #[serde(default)]
    pub barrier_id: Option<BarrierId>,
    /// By when; null or absent when it has no day of its own.
    #[serde(default)]
    pub due_on: Option<Day>,
}

/// That no hours of activity are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = HoursExemption))]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// Why.
    pub ground: ExemptionGround,
    /// When the person asked for it.
    pub requested_on: Day,
    /// Whether the evidence was seen: needed before the contract is signed.
    pub evidence_seen: bool,
    /// Until when; null or absent when no end was set.
    #[serde(default)]
    pub until: Option<Day>,
}

/// What a contract says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ContractTerms))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// First day, since the orientation that it rests on and at most twelve months from today. Before 2025 it makes a `cer`, since then an
    /// `engagement_contract`.
    pub starts_on: Day,
    /// How many months it lasts: 3, 6, 9 or 12. A `cer` needs it; null or absent for an engagement contract without an end.
    #[serde(default, deserialize_with = "within_if_any::<3, 12, _, _>")]
    #[cfg_attr(feature = "schema", schema(minimum = 3, maximum = 12))]
    pub months: Option<i32>,
    /// When it is reviewed, after its first day and not after its last; an engagement contract needs it. Null or absent: thirty days
    /// before its end.
    #[serde(default)]
    pub review_on: Option<Day>,
    /// The day of the global assessment (*diagnostic global*), today at the latest; an engagement contract needs it.
    #[serde(default)]
    pub assessed_on: Option<Day>,
    /// Hours of activity a week, 1 to 35: fewer than 15 with a reason. An engagement contract needs them or an exemption.
    #[serde(default, deserialize_with = "within_if_any::<1, 35, _, _>")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 35))]
    pub weekly_hours: Option<i32>,
    /// Why fewer than 15, 1 to 2,000 characters; null or absent when they are not fewer. Of health the effect alone, never a cause.
    #[serde(default)]
    pub hours_reason: Option<Note>,
    /// That no hours are asked for; null or absent when some are.
    #[serde(default)]
    pub exemption: Option<Exemption>,
    /// What is to be reached, up to 20.
    #[serde(default, deserialize_with = "at_most::<MOST_OBJECTIVES, _, _>")]
    #[cfg_attr(feature = "schema", schema(max_items = 20))]
    pub objectives: Vec<Objective>,
    /// What is promised, up to 30.
    #[serde(default, deserialize_with = "at_most::<MOST_COMMITMENTS, _, _>")]
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub commitments: Vec<Commitment>,
    /// The barriers of the person that it is about, each once, up to 30.
    #[serde(default, deserialize_with = "at_most::<MOST_COMMITMENTS, _, _>")]
    #[cfg_attr(feature = "schema", schema(max_items = 30))]
    pub barrier_ids: Vec<BarrierId>,
}

/// What terms may name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The person's barriers.
    pub barriers: &'a [Barrier],
    /// The organisations among those that the terms name.
    pub organisations: &'a [Id<Organisation>],
    /// The collective actions among those that they name.
    pub actions: &'a [Id<Action>],
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

impl Terms {
    /// The last day, where one of the usual lengths is set.
    pub fn ends_on(&self) -> Option<Day> {
        let months = self.months.filter(|months| USUAL_MONTHS.contains(months)).and_then(|months| u32::try_from(months).ok())?;
        Some(self.starts_on.plus_months(months).plus_days(-1))
    }

    /// What is missing before it can be signed.
    pub(super) fn missing(&self, kind: ContractKind, readiness_is_known: bool) -> Vec<Missing> {
        let is_new_law = kind == ContractKind::EngagementContract;
        let asks_hours = law::WEEKLY_HOURS.on(self.starts_on).value.is_some();
        let found = [
            (self.objectives.is_empty(), Missing::Objective),
            (self.commitments.is_empty(), Missing::Commitment),
            (!is_new_law && self.months.is_none(), Missing::Duration),
            (is_new_law && self.review_on.is_none(), Missing::ReviewDay),
            (is_new_law && self.assessed_on.is_none(), Missing::Assessment),
            (asks_hours && self.weekly_hours.is_none() && self.exemption.is_none(), Missing::Hours),
            (self.exemption.is_some_and(|exemption| !exemption.evidence_seen), Missing::Evidence),
            (!readiness_is_known, Missing::Readiness),
        ];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, missing)| missing).collect()
    }

    /// Notes what is wrong with it, whether or not it is complete. A theme that was retired stays where it stood before.
    pub(super) fn check(&self, today: Day, named: &Named<'_>, before: Option<&Self>, faults: &mut Faults) {
        let ends_on = self.ends_on();
        faults.check(self.starts_on > today.plus_months(LATEST_START_MONTHS), "starts_on", Rule::OutOfBounds);
        faults.check(self.months.is_some_and(|months| !USUAL_MONTHS.contains(&months)), "months", Rule::OutOfBounds);
        let beside = |day: Day| day <= self.starts_on || ends_on.is_some_and(|end| day > end);
        faults.check(self.review_on.is_some_and(beside), "review_on", Rule::OutsideContract);
        faults.check(self.assessed_on.is_some_and(|day| day > today), "assessed_on", Rule::DayInFuture);
        self.check_hours(today, faults);
        faults.check(self.objectives.len() > MOST_OBJECTIVES, "objectives", Rule::TooManyItems);
        faults.check(self.commitments.len() > MOST_COMMITMENTS, "commitments", Rule::TooManyItems);
        faults.check(self.barrier_ids.len() > MOST_COMMITMENTS, "barrier_ids", Rule::TooManyItems);
        for (place, objective) in self.objectives.iter().enumerate() {
            let mut fault = |is_so: bool, field: &'static str, rule| {
                if is_so {
                    faults.add(["objectives".into(), place.into(), field.into()], rule);
                }
            };
            fault(self.objectives.iter().take(place).any(|other| other.key == objective.key), "key", Rule::DuplicateItem);
            let stays = before.is_some_and(|before| before.objectives.iter().any(|other| other.theme == objective.theme));
            fault(!stays && !named.vocabulary.holds(CodeList::ContractThemes, &objective.theme, today), "theme", Rule::CodeUnknown);
        }
        let theirs = |id: Id<Barrier>| named.barriers.iter().any(|barrier| barrier.id == id);
        for (place, commitment) in self.commitments.iter().enumerate() {
            let mut fault = |is_so: bool, field: &'static str, rule| {
                if is_so {
                    faults.add(["commitments".into(), place.into(), field.into()], rule);
                }
            };
            fault(self.commitments.iter().take(place).any(|other| other.key == commitment.key), "key", Rule::DuplicateItem);
            let serves = |key: &Term| self.objectives.iter().any(|objective| objective.key == *key);
            fault(commitment.objective.as_ref().is_some_and(|key| !serves(key)), "objective", Rule::ObjectiveUnknown);
            let unknown = commitment.organisation_id.is_some_and(|id| !named.organisations.contains(&id));
            fault(unknown, "organisation_id", Rule::OrganisationUnknown);
            fault(commitment.action_id.is_some_and(|id| !named.actions.contains(&id)), "action_id", Rule::ActionUnknown);
            fault(commitment.barrier_id.is_some_and(|id| !theirs(id)), "barrier_id", Rule::BarrierUnknown);
            let beside = |day: Day| day < self.starts_on || ends_on.is_some_and(|end| day > end);
            fault(commitment.due_on.is_some_and(beside), "due_on", Rule::OutsideContract);
        }
        for (place, barrier) in self.barrier_ids.iter().enumerate() {
            if self.barrier_ids.iter().take(place).any(|other| other == barrier) {
                faults.add(["barrier_ids".into(), place.into()], Rule::DuplicateItem);
            } else if !theirs(*barrier) {
                faults.add(["barrier_ids".into(), place.into()], Rule::BarrierUnknown);
            }
        }
    }

    fn check_hours(&self, today: Day, faults: &mut Faults) {
        let law = law::WEEKLY_HOURS.on(self.starts_on).value;
        let ceiling = law.map_or(35, |law| law.ceiling);
        faults.check(self.weekly_hours.is_some_and(|hours| !(1..=ceiling).contains(&hours)), "weekly_hours", Rule::OutOfBounds);
        let is_low = self.weekly_hours.zip(law).is_some_and(|(hours, law)| hours < law.floor);
        faults.check(is_low && self.hours_reason.is_none(), "hours_reason", Rule::JustificationRequired);
        let Some(exemption) = self.exemption else { return };
        let mut fault = |is_so: bool, field: &'static str, rule| {
            if is_so {
                faults.add(["exemption".into(), field.into()], rule);
            }
        };
        fault(self.weekly_hours.is_some(), "ground", Rule::HoursAndExemption);
        fault(exemption.requested_on > today, "requested_on", Rule::DayInFuture);
        fault(exemption.until.is_some_and(|until| until < self.starts_on), "until", Rule::DayTooEarly);
    }
}
