//! National law, dated, each parameter with its source: what the programme of a département can neither choose nor change. A rule is
//! judged at the date of its event, never at today; the département's own settings are in `settings`.

use chrono::NaiveDate;

use crate::accompaniment::Accompaniment;
use crate::calendar::Day;
use crate::codes;
use crate::organisation::OrganisationKind;
use crate::settings::{Setting, Settings};

/// The first day of the law on full employment (loi n° 2023-1196 of 18 December 2023): CASF L262-27 to L262-39 in their new form.
pub const FULL_EMPLOYMENT: Day = Day::new(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap());

/// The first day of the RSA (loi n° 2008-1249 of 1 December 2008).
const RSA: Day = Day::new(NaiveDate::from_ymd_opt(2009, 6, 1).unwrap());

/// A length of time as the law counts it: a month goes to the same day of the next, or to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// So many days.
    Days(i64),
    /// So many months.
    Months(u32),
}

impl Delay {
    /// The last day of a delay that runs from a day.
    pub fn after(self, from: Day) -> Day {
        match self {
            Self::Days(days) => from.plus_days(days),
            Self::Months(months) => from.plus_months(months),
        }
    }
}

/// A parameter of the law, from a day on, up to the day before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<T> {
    /// What it is.
    pub value: T,
    /// First day.
    pub from: Day,
    /// The text that says so.
    pub source: &'static str,
}

/// One parameter through time.
#[derive(Clone, Copy, Debug)]
pub struct Dated<T: 'static> {
    first: Parameter<T>,
    /// Those that took its place, the oldest first.
    later: &'static [Parameter<T>],
}

impl<T: Copy> Dated<T> {
    /// What it was on a day; before the first, what it was first.
    pub fn on(&self, day: Day) -> Parameter<T> {
        self.later.iter().rev().find(|one| one.from <= day).copied().unwrap_or(self.first)
    }

    /// All of it, with the last day of each, where another follows.
    pub fn all(&self) -> impl Iterator<Item = (Parameter<T>, Option<Day>)> {
        let ends = self.later.iter().map(|next| Some(next.from.plus_days(-1))).chain([None]);
        [self.first].into_iter().chain(self.later.iter().copied()).zip(ends)
    }
}

/// How long the département has to decide the orientation: two months from the notification that the person entered the duties, since
/// 2025 six weeks from the information that the right was opened or transferred; after that France Travail orients.
pub const ORIENTATION_DELAY: Dated<Delay> = Dated {
    first: Parameter { value: Delay::Months(2), from: RSA, source: "CASF R262-65-2, décret n° 2012-294" },
    later: &[Parameter { value: Delay::Days(42), from: FULL_EMPLOYMENT, source: "CASF D262-65-2, décret n° 2024-1244" }],
};

/// How long the multidisciplinary team (*équipe pluridisciplinaire*) has to give its opinion; then it is deemed given.
pub const TEAM_OPINION_DELAY: Dated<Delay> =
    Dated { first: Parameter { value: Delay::Months(1), from: RSA, source: "CASF L262-39, décret n° 2009-404" }, later: &[] };

/// How long after its notification an orientation may be contested before the president of the council, before any court.
pub const APPEAL_DELAY: Dated<Delay> =
    Dated { first: Parameter { value: Delay::Months(2), from: RSA, source: "CASF L262-47 et R262-88" }, later: &[] };

/// After how long the social track is looked at again: the ordinary delay, and the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocialReview {
    /// Where nothing says more.
    pub ordinary: Delay,
    /// On one of the [`VulnerabilityGround`]s.
    pub longest: Delay,
    /// What it runs from.
    pub runs_from: ReviewStart,
}

/// What the review of the social track runs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewStart {
    /// The orientation's first day.
    Orientation,
    /// The signature of the contract, or its last revision.
    Contract,
}

/// The review of the social track.
pub const SOCIAL_REVIEW: Dated<SocialReview> = Dated {
    first: Parameter {
        value: SocialReview { ordinary: Delay::Months(6), longest: Delay::Months(12), runs_from: ReviewStart::Orientation },
        from: RSA,
        source: "CASF L262-31 (loi n° 2008-1249)",
    },
    later: &[Parameter {
        value: SocialReview { ordinary: Delay::Months(6), longest: Delay::Months(12), runs_from: ReviewStart::Contract },
        from: FULL_EMPLOYMENT,
        source: "CASF L262-31 et D262-65-2-1, décret n° 2024-1244",
    }],
};

codes! {
    /// Why the social track may last twelve months before it is looked at again (CASF D262-65-2-1).
    VulnerabilityGround {
        /// Health. The ground alone: never a diagnosis.
        Health = "health",
        /// Disability.
        Disability = "disability",
        /// Invalidity.
        Invalidity = "invalidity",
        /// Housing.
        Housing = "housing",
        /// Childcare, or caring for somebody.
        Family = "family",
    }
}

/// A last day, and the text that sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDate {
    /// The last day.
    pub on: Day,
    /// The legal source.
    pub source: &'static str,
}

fn due<T: Copy>(parameter: &Dated<T>, from: Day, delay: impl Fn(T) -> Delay) -> DueDate {
    let one = parameter.on(from);
    DueDate { on: delay(one.value).after(from), source: one.source }
}

/// By when the orientation of somebody is to be decided, since the département learned of it that day.
pub fn orientation_due(known_on: Day) -> DueDate {
    due(&ORIENTATION_DELAY, known_on, |delay| delay)
}

/// From which day the delay for the orientation runs. Under the old law the notification of the duties starts it (CASF R262-65-1), since
/// 2025 the information that the right was opened or transferred (D262-65-2); whichever is not known is replaced by the other, at worst
/// by the first day of the duties.
pub fn orientation_clock(information_received_on: Option<Day>, notified_on: Option<Day>, duties_start_on: Day) -> Day {
    let of_old_law = notified_on.or(information_received_on).unwrap_or(duties_start_on);
    if of_old_law < FULL_EMPLOYMENT { of_old_law } else { information_received_on.unwrap_or(of_old_law) }
}

/// From which day on a decision that France Travail may take in the département's stead is possible: the day after the last one, under
/// the law in force since 2025 (CASF L262-29). Never for a delay that began before: the old law knew no such thing.
pub fn lapses_on(known_on: Day) -> Option<Day> {
    (known_on >= FULL_EMPLOYMENT).then(|| orientation_due(known_on).on.plus_days(1))
}

/// Whether a decision by default is one the law knows: under the old law alone, towards social accompaniment, once the delay is over
/// (CASF R262-65-3 in the text of 2012).
pub fn knows_default(known_on: Day, decided_on: Day) -> bool {
    known_on < FULL_EMPLOYMENT && orientation_due(known_on).on < decided_on
}

/// When the team's opinion is deemed given, if it was asked that day: the day after its delay.
pub fn opinion_deemed_on(asked_on: Day) -> Day {
    due(&TEAM_OPINION_DELAY, asked_on, |delay| delay).on.plus_days(1)
}

/// Whether a reorientation between the social track and a professional one needs the team's opinion: under the old law always
/// (CASF L262-39), since 2025 where the département's setting says so.
pub fn needs_opinion(decided_on: Day, settings: &Settings) -> bool {
    decided_on < FULL_EMPLOYMENT || settings.value(Setting::TeamOpinionRequired, decided_on) == 1
}

/// The last day to contest an orientation that was notified that day.
pub fn appeal_until(notified_on: Day) -> DueDate {
    due(&APPEAL_DELAY, notified_on, |delay| delay)
}

/// By when the social track of an orientation is to be looked at again.
///
/// Under the old law it runs from the orientation; one of those years goes on running from there until a contract is signed or revised
/// under the new law, from which the delay runs anew. Of an orientation of the new law nothing runs before the contract.
pub fn social_review_due(oriented_on: Day, signed_or_revised_on: Option<Day>, is_extended: bool) -> Option<DueDate> {
    let contract = signed_or_revised_on.filter(|signed| *signed >= FULL_EMPLOYMENT);
    let from = match contract {
        Some(signed) => signed,
        None if oriented_on < FULL_EMPLOYMENT => oriented_on,
        None => return None,
    };
    Some(due(&SOCIAL_REVIEW, from, |review| if is_extended { review.longest } else { review.ordinary }))
}

/// How long there is to sign a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractDelay {
    /// With the social track.
    pub social: Delay,
    /// With the others.
    pub professional: Delay,
    /// What it runs from.
    pub runs_from: ContractStart,
}

/// What the delay for a contract runs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractStart {
    /// The orientation's first day.
    Orientation,
    /// The day the person was told of the orientation: another one begins it anew (code du travail D5411-8-2).
    Notification,
}

/// How long there is to sign a contract once a person is oriented.
pub const CONTRACT_DELAY: Dated<ContractDelay> = Dated {
    first: Parameter {
        value: ContractDelay { social: Delay::Months(2), professional: Delay::Months(1), runs_from: ContractStart::Orientation },
        from: RSA,
        source: "CASF L262-35 et L262-36 (loi n° 2008-1249)",
    },
    later: &[Parameter {
        value: ContractDelay { social: Delay::Months(1), professional: Delay::Months(1), runs_from: ContractStart::Notification },
        from: FULL_EMPLOYMENT,
        source: "C. trav. D5411-14-1",
    }],
};

/// The last day on which a contract of the old law (CER) may still be in force: an engagement contract takes its place within two years
/// of the law's first day.
pub const CONVERSION: DueDate = DueDate {
    on: Day::new(NaiveDate::from_ymd_opt(2026, 12, 31).unwrap()),
    source: "Loi n° 2023-1196, art. 2 et 14 : deux ans à compter du 1er janvier 2025",
};

/// The weekly hours of activity that a contract promises: fifteen at least, fewer for the person's situation and never none without an
/// exemption, at most the legal working time. The old law knew none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeklyHours {
    /// From how many on nothing has to be said.
    pub floor: i32,
    /// The most.
    pub ceiling: i32,
}

/// The weekly hours, by the first day of a contract.
pub const WEEKLY_HOURS: Dated<Option<WeeklyHours>> = Dated {
    first: Parameter { value: None, from: RSA, source: "CASF L262-35 (loi n° 2008-1249)" },
    later: &[Parameter {
        value: Some(WeeklyHours { floor: 15, ceiling: 35 }),
        from: FULL_EMPLOYMENT,
        source: "C. trav. L5411-6 ; Conseil constitutionnel n° 2023-858 DC, § 35",
    }],
};

/// Whether the département makes contracts with the people whom an organisation of this kind accompanies. Under the old law Pôle emploi
/// alone had its own (PPAE, CASF L262-34); since 2025 each of the employment services has.
pub fn makes_contracts(kind: OrganisationKind, on: Day) -> bool {
    use OrganisationKind as K;
    if on < FULL_EMPLOYMENT { kind != K::PoleEmploi } else { !matches!(kind, K::PoleEmploi | K::MissionLocale | K::CapEmploi) }
}

/// By when a contract is to be signed with somebody who is oriented since a day, and was told of it. Nothing runs under the law in force
/// before they were told.
pub fn contract_due(accompaniment: Accompaniment, oriented_on: Day, notified_on: Option<Day>) -> Option<DueDate> {
    let law = CONTRACT_DELAY.on(oriented_on);
    let from = match law.value.runs_from {
        ContractStart::Orientation => oriented_on,
        ContractStart::Notification => notified_on?,
    };
    let delay = if accompaniment == Accompaniment::Social { law.value.social } else { law.value.professional };
    Some(DueDate { on: delay.after(from), source: law.source })
}

#[cfg(test)]
mod tests;
