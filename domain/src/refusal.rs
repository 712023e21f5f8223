//! How a decision says no. There is no HTTP here: `api/problem.rs` alone knows status codes and words.

use std::fmt;

/// Declares the rules with their stable codes, once.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Every rule that can refuse something. Its code is published and never changes meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// All of them, in the order of this page.
            pub const ALL: &[Rule] = &[$(Rule::$name,)*];

            /// The stable `UPPER_SNAKE` code that clients branch on.
            pub const fn code(self) -> &'static str {
                match self { $(Rule::$name => $code,)* }
            }
        }
    };
}

rules! {
    // ---- the form of a value
    /// Not a canonical UUID.
    IdMalformed = "ID_MALFORMED",
    /// Text with nothing in it but white space.
    TextEmpty = "TEXT_EMPTY",
    /// Text longer than its bound.
    TextTooLong = "TEXT_TOO_LONG",
    /// U+0000 or another control character.
    ControlCharacter = "CONTROL_CHARACTER",
    /// Not a day written `2026-11-21`, or outside 1900–2199.
    DayMalformed = "DAY_MALFORMED",
    /// Not a local time written `09:00`.
    TimeMalformed = "TIME_MALFORMED",
    /// A number outside its bounds.
    OutOfBounds = "OUT_OF_BOUNDS",
    /// A list with too few or too many entries.
    TooManyItems = "TOO_MANY_ITEMS",
    /// The same entry twice in a list that is a set.
    DuplicateItem = "DUPLICATE_ITEM",
    /// Not an electronic address.
    EmailMalformed = "EMAIL_MALFORMED",
    /// Not a telephone number, French or with its country code.
    PhoneInvalid = "PHONE_INVALID",
    /// Not the shape of a social security number.
    NirInvalid = "NIR_INVALID",
    /// A social security number whose key is not the one its figures give.
    NirKeyWrong = "NIR_KEY_WRONG",
    /// A social security number that does not agree with the birth date.
    NirContradictsBirth = "NIR_CONTRADICTS_BIRTH",
    /// Neither seven digits and a character nor eleven digits.
    FranceTravailIdInvalid = "FRANCE_TRAVAIL_ID_INVALID",
    /// Not 14 digits with a right key.
    SiretInvalid = "SIRET_INVALID",
    /// Not the shape of an INSEE commune code.
    CommuneCodeMalformed = "COMMUNE_CODE_MALFORMED",
    /// A commune that the reference table does not hold.
    CommuneUnknown = "COMMUNE_UNKNOWN",
    /// Not a person reference, or a wrong check character.
    PersonReferenceInvalid = "PERSON_REFERENCE_INVALID",
    /// A group or territory code of the wrong shape.
    CodeMalformed = "CODE_MALFORMED",

    // ---- what an order says, against the rest of it or against what it names
    /// A period that ends before it starts.
    PeriodReversed = "PERIOD_REVERSED",
    /// A period longer than this order allows.
    PeriodTooLong = "PERIOD_TOO_LONG",
    /// An end time not after the start time.
    TimesReversed = "TIMES_REVERSED",
    /// A morning that does not start before 13:00, an afternoon that does not end after 12:00.
    TimesOutsideHalfDay = "TIMES_OUTSIDE_HALF_DAY",
    /// A birth date in the future or more than 130 years ago.
    BirthDateOutOfRange = "BIRTH_DATE_OUT_OF_RANGE",
    /// An organisation that does not exist.
    OrganisationUnknown = "ORGANISATION_UNKNOWN",
    /// An action that does not exist.
    ActionUnknown = "ACTION_UNKNOWN",
    /// A territory that does not exist.
    TerritoryUnknown = "TERRITORY_UNKNOWN",
    /// A person that does not exist, or not for this caller.
    BeneficiaryUnknown = "BENEFICIARY_UNKNOWN",
    /// A code that its reference list does not hold at the date.
    CodeUnknown = "CODE_UNKNOWN",
    /// A scope that this kind of organisation cannot hold.
    ScopeNotForOrganisation = "SCOPE_NOT_FOR_ORGANISATION",
    /// A role that this kind of organisation cannot give.
    RoleNotForOrganisation = "ROLE_NOT_FOR_ORGANISATION",
    /// Territories given to somebody whose role has none.
    TerritoriesNotForRole = "TERRITORIES_NOT_FOR_ROLE",
    /// An organisation's kind, once given, does not change.
    KindImmutable = "KIND_IMMUTABLE",
    /// The territory `unassigned` is the house's own.
    TerritoryReserved = "TERRITORY_RESERVED",

    // ---- organisations and access
    /// There is exactly one organisation of kind `department`.
    DepartmentExists = "DEPARTMENT_EXISTS",
    /// Another professional has this address.
    EmailTaken = "EMAIL_TAKEN",
    /// Two secrets are active already: revoke one first.
    TooManySecrets = "TOO_MANY_SECRETS",
    /// A disabled client gets no secret.
    ClientDisabled = "CLIENT_DISABLED",
    /// A code that is taken.
    CodeTaken = "CODE_TAKEN",
    /// A commune belongs to one territory at a date.
    CommuneAssignedElsewhere = "COMMUNE_ASSIGNED_ELSEWHERE",
    /// The person would leave the territories of the caller.
    TerritoryNotYours = "TERRITORY_NOT_YOURS",
    /// The file was merged into another or purged: it is no longer edited.
    BeneficiaryClosed = "BENEFICIARY_CLOSED",

    // ---- collective actions
    /// A day outside the group's period.
    DateOutsideGroup = "DATE_OUTSIDE_GROUP",
    /// The group already has a session that half-day.
    HalfDayTaken = "HALF_DAY_TAKEN",
    /// The session is cancelled.
    SessionCancelled = "SESSION_CANCELLED",
    /// Marks exist: the session no longer moves nor is cancelled.
    SessionHasMarks = "SESSION_HAS_MARKS",
    /// The series yields no session at all.
    SeriesEmpty = "SERIES_EMPTY",
    /// A group keeps the period and the seats that its sessions and enrolments already use.
    GroupInUse = "GROUP_IN_USE",
    /// No seat is free on some day of the period.
    GroupFull = "GROUP_FULL",
    /// The person is enrolled in the group on some day of the period.
    AlreadyEnrolled = "ALREADY_ENROLLED",
    /// An enrolment outside its group's period.
    EnrolmentOutsideGroup = "ENROLMENT_OUTSIDE_GROUP",
    /// The enrolment has ended already.
    EnrolmentEnded = "ENROLMENT_ENDED",
    /// Marks exist after the end that is asked for.
    MarksAfterEnd = "MARKS_AFTER_END",
    /// Only a manager excludes.
    ExclusionReserved = "EXCLUSION_RESERVED",

    // ---- attendance
    /// Before the start only `absent_excused` can be marked.
    SessionNotStarted = "SESSION_NOT_STARTED",
    /// The sheet is closed: only a manager corrects it.
    SheetClosed = "SHEET_CLOSED",
    /// The sheet is open: it is edited, not corrected.
    SheetOpen = "SHEET_OPEN",
    /// People of the sheet are unmarked.
    MarksMissing = "MARKS_MISSING",
    /// The enrolment is not expected at this session.
    PersonNotExpected = "PERSON_NOT_EXPECTED",
    /// One enrolment marked twice in one order.
    DuplicateMark = "DUPLICATE_MARK",
    /// `minutes` is required for `late` and `left_early`.
    MinutesRequired = "MINUTES_REQUIRED",
    /// `minutes` is only for `late` and `left_early`.
    MinutesForbidden = "MINUTES_FORBIDDEN",
    /// `minutes` outside 1 to the session's length.
    MinutesOutOfRange = "MINUTES_OUT_OF_RANGE",
    /// `reason` is required for `absent_excused`.
    ReasonRequired = "REASON_REQUIRED",
    /// `reason` is only for `absent_excused`.
    ReasonForbidden = "REASON_FORBIDDEN",
    /// `signed` is only for people who came.
    SignatureForbidden = "SIGNATURE_FORBIDDEN",
    /// The mark was changed since the version given.
    VersionConflict = "VERSION_CONFLICT",

    // ---- attendance in batches: files
    /// Bytes that are neither UTF-8 nor windows-1252 text: a workbook, UTF-16, something else.
    EncodingUnsupported = "ENCODING_UNSUPPORTED",
    /// A file, or a submission, without a single line.
    NoLines = "NO_LINES",
    /// More lines than one submission takes.
    TooManyLines = "TOO_MANY_LINES",
    /// A column that the lines need is not in the header.
    ColumnMissing = "COLUMN_MISSING",
    /// The same column twice in the header.
    ColumnTwice = "COLUMN_TWICE",
    /// A quote that is opened and not closed on its line.
    QuoteUnclosed = "QUOTE_UNCLOSED",
    /// More cells than the header has columns: a separator stands in a value.
    TooManyCells = "TOO_MANY_CELLS",

    // ---- attendance in batches: lines
    /// An identifier that a spreadsheet turned into a number, an error or hashes.
    IdentifierMangled = "IDENTIFIER_MANGLED",
    /// Not a whole number.
    NumberMalformed = "NUMBER_MALFORMED",
    /// Neither yes nor no.
    AnswerMalformed = "ANSWER_MALFORMED",
    /// A line that says nothing of how the person attended.
    StatusRequired = "STATUS_REQUIRED",
    /// A correction or a void without the version it is about.
    VersionRequired = "VERSION_REQUIRED",
    /// A line that names no session.
    SessionRequired = "SESSION_REQUIRED",
    /// A line that names nobody.
    PersonRequired = "PERSON_REQUIRED",
    /// No such session, or not one of yours.
    UnknownSession = "UNKNOWN_SESSION",
    /// The ways in which a line names its session do not agree.
    SessionMismatch = "SESSION_MISMATCH",
    /// The session is now on another half-day.
    SessionMoved = "SESSION_MOVED",
    /// The ways in which a line names its person do not agree.
    NameMismatch = "NAME_MISMATCH",
    /// The external id already names another person or session.
    ExternalIdReused = "EXTERNAL_ID_REUSED",
    /// An earlier line of the submission is about the same person and session.
    DuplicateLine = "DUPLICATE_LINE",
    /// Only `absent_excused` can be said of a session that has not started.
    FutureDate = "FUTURE_DATE",
    /// A row of the template that was left empty: nothing is said, nothing changes.
    RowEmpty = "ROW_EMPTY",

    // ---- held lines
    /// No such held line, or not for this caller.
    HeldLineUnknown = "HELD_LINE_UNKNOWN",
    /// The held line was decided otherwise already.
    HeldLineDecided = "HELD_LINE_DECIDED",
    /// The département dismissed this very line before.
    HeldLineDismissed = "HELD_LINE_DISMISSED",
    /// Only a manager decides on this held line.
    HeldLineReserved = "HELD_LINE_RESERVED",
    /// What the line said was purged, a year after it came: it can only be dismissed.
    HeldLinePurged = "HELD_LINE_PURGED",
    /// `attach` names an enrolment.
    EnrolmentRequired = "ENROLMENT_REQUIRED",
    /// Only `attach` names an enrolment.
    EnrolmentForbidden = "ENROLMENT_FORBIDDEN",

    // ---- referrals: what they say
    /// A referral that names no receiver, or none that exists.
    ReceiverUnknown = "RECEIVER_UNKNOWN",
    /// This setting is somebody else's to change.
    SettingReserved = "SETTING_RESERVED",
    /// A setting changes from today on, not in the past.
    SettingInPast = "SETTING_IN_PAST",
    /// The département refers to others; whom it accompanies itself is an orientation.
    ReceiverIsDepartment = "RECEIVER_IS_DEPARTMENT",
    /// The receiver may not provide this accompaniment on this day.
    ReceiverNotAllowed = "RECEIVER_NOT_ALLOWED",
    /// No such site, or not one of the receiver.
    SiteUnknown = "SITE_UNKNOWN",
    /// No such group, or not one of the action.
    GroupUnknown = "GROUP_UNKNOWN",
    /// A field that this purpose needs.
    RequiredForPurpose = "REQUIRED_FOR_PURPOSE",
    /// A field that belongs to the other purpose.
    ForbiddenForPurpose = "FORBIDDEN_FOR_PURPOSE",
    /// A mission locale accompanies people of 16 to 25.
    AgeOutsideMission = "AGE_OUTSIDE_MISSION",
    /// The age decides, and the birth date is not known.
    BirthDateRequired = "BIRTH_DATE_REQUIRED",
    /// A day to come, of something that is said to have happened.
    DayInFuture = "DAY_IN_FUTURE",
    /// A day before what it follows.
    DayTooEarly = "DAY_TOO_EARLY",
    /// The reason is asked of what was abandoned alone, and there it is required.
    AbandonmentReason = "ABANDONMENT_REASON",
    /// Only Pôle emploi gives its own identifier of a person.
    FranceTravailIdReserved = "FRANCE_TRAVAIL_ID_RESERVED",

    // ---- referrals: their life
    /// Another referral of the person is open for this purpose.
    ReferralOpen = "REFERRAL_OPEN",
    /// The referral was answered otherwise already.
    ReferralAnswered = "REFERRAL_ANSWERED",
    /// The referral was refused, cancelled or came to its end.
    ReferralClosed = "REFERRAL_CLOSED",
    /// Nobody answered in time.
    ReferralExpired = "REFERRAL_EXPIRED",
    /// What was started is no longer cancelled.
    ReferralStarted = "REFERRAL_STARTED",
    /// A seat is free: there is nothing to wait for.
    SeatFree = "SEAT_FREE",
    /// The start and the end of an action follow its sheets and its enrolment.
    FollowsEnrolment = "FOLLOWS_ENROLMENT",
    /// What is told of the person contradicts what is known.
    IdentifierConflict = "IDENTIFIER_CONFLICT",
    /// The data protection officer has not allowed it.
    IdentityNotDisclosed = "IDENTITY_NOT_DISCLOSED",

    // ---- the feed
    /// The feed no longer holds the event that the cursor stands on.
    FeedDiverged = "FEED_DIVERGED",

    // ---- the file: who the person is
    /// A social security number whose first digit does not agree with the title.
    NirContradictsTitle = "NIR_CONTRADICTS_TITLE",
    /// Not the file number of a household at this paying body.
    FileNumberInvalid = "FILE_NUMBER_INVALID",
    /// The file number given is a social security number.
    FileNumberIsNir = "FILE_NUMBER_IS_NIR",
    /// Not the code of a paying body: three digits.
    BodyCodeInvalid = "BODY_CODE_INVALID",
    /// Not a postal code.
    PostalCodeInvalid = "POSTAL_CODE_INVALID",
    /// Somebody else holds this place in the household.
    HouseholdRoleTaken = "HOUSEHOLD_ROLE_TAKEN",
    /// Somebody in the files may be this person.
    PossibleDuplicate = "POSSIBLE_DUPLICATE",
    /// Nothing to look for.
    NothingToSearch = "NOTHING_TO_SEARCH",
    /// A file is not merged with itself.
    MergeWithItself = "MERGE_WITH_ITSELF",
    /// Both files hold something of which a person has one.
    MergeConflict = "MERGE_CONFLICT",

    // ---- the file: what hangs on it
    /// Two episodes of right of one person overlap.
    RightOverlaps = "RIGHT_OVERLAPS",
    /// A day outside the episode of right.
    OutsideRight = "OUTSIDE_RIGHT",
    /// A reason belongs to an end, and an end has its reason.
    EndReasonMismatch = "END_REASON_MISMATCH",
    /// The same is open on the file already.
    BarrierOpen = "BARRIER_OPEN",
    /// The barrier was resolved already.
    BarrierResolved = "BARRIER_RESOLVED",
    /// Of health the effect alone is written, by its code: no free text.
    HealthTextForbidden = "HEALTH_TEXT_FORBIDDEN",
    /// A situation or a goal of another kind of barrier.
    CodeOfOtherBarrier = "CODE_OF_OTHER_BARRIER",
    /// No such professional who could have done it.
    ProfessionalUnknown = "PROFESSIONAL_UNKNOWN",
    /// No such enrolment, or not one of the person.
    EnrolmentUnknown = "ENROLMENT_UNKNOWN",
    /// A moment of an enrolment belongs to an enrolment.
    MomentMismatch = "MOMENT_MISMATCH",
    /// It was recorded by mistake and cancelled.
    EntryCancelled = "ENTRY_CANCELLED",
    /// What an organisation did is changed by its own people and by managers.
    InterventionReserved = "INTERVENTION_RESERVED",

    // ---- orientations
    /// What is done elsewhere than where the orientation stands.
    OrientationState = "ORIENTATION_STATE",
    /// The orientation waits for a place.
    OrientationWaits = "ORIENTATION_WAITS",
    /// Another orientation of the person is to be decided, or waits for a place.
    OrientationPending = "ORIENTATION_PENDING",
    /// The person is oriented: another orientation begins with a review of that one.
    OrientationInForce = "ORIENTATION_IN_FORCE",
    /// The person is not subject to the duties, and did not ask for it.
    NotSubjectToDuties = "NOT_SUBJECT_TO_DUTIES",
    /// The first decision follows an interview.
    InterviewRequired = "INTERVIEW_REQUIRED",
    /// A decision of the département follows a proposal with all its criteria.
    ProposalRequired = "PROPOSAL_REQUIRED",
    /// The multidisciplinary team is heard first.
    TeamOpinionRequired = "TEAM_OPINION_REQUIRED",
    /// An opinion and its day go together.
    OpinionMismatch = "OPINION_MISMATCH",
    /// A decision cannot have come about like this.
    OriginNotPossible = "ORIGIN_NOT_POSSIBLE",
    /// It is to be said why, in words.
    JustificationRequired = "JUSTIFICATION_REQUIRED",
    /// A notification states the ways and delays of appeal.
    AppealTermsRequired = "APPEAL_TERMS_REQUIRED",
    /// The receiver of the referral says it, not the département.
    FollowsReferral = "FOLLOWS_REFERRAL",
    /// The referral is one of an orientation, and ends with it.
    FollowsOrientation = "FOLLOWS_ORIENTATION",
    /// Only the social track is reviewed so.
    SocialTrackOnly = "SOCIAL_TRACK_ONLY",
    /// A number of places from a day that has passed.
    PlacesInPast = "PLACES_IN_PAST",

    // ---- contracts
    /// What is done elsewhere than where the contract stands.
    ContractState = "CONTRACT_STATE",
    /// Another contract of the person is being drawn up or signed.
    ContractPending = "CONTRACT_PENDING",
    /// A contract of the person is in force on these days.
    ContractInForce = "CONTRACT_IN_FORCE",
    /// The person has no orientation in force.
    ContractNeedsOrientation = "CONTRACT_NEEDS_ORIENTATION",
    /// The referent organisation makes its own contracts.
    ContractElsewhere = "CONTRACT_ELSEWHERE",
    /// Something is missing before it can be signed.
    ContractIncomplete = "CONTRACT_INCOMPLETE",
    /// It was signed already: what it says stays.
    ContractSigned = "CONTRACT_SIGNED",
    /// The person is accompanied by another organisation than the one it was signed with.
    ContractOutdated = "CONTRACT_OUTDATED",
    /// Both parties sign before it is validated.
    SignatureMissing = "SIGNATURE_MISSING",
    /// The validation is not the caller's.
    ValidationReserved = "VALIDATION_RESERVED",
    /// A day that is not within the contract.
    OutsideContract = "OUTSIDE_CONTRACT",
    /// An amendment does not change the first day.
    FirstDayStays = "FIRST_DAY_STAYS",
    /// Hours of activity and an exemption from them.
    HoursAndExemption = "HOURS_AND_EXEMPTION",
    /// An objective that the contract does not have.
    ObjectiveUnknown = "OBJECTIVE_UNKNOWN",
    /// A commitment that the contract does not have.
    CommitmentUnknown = "COMMITMENT_UNKNOWN",
    /// A barrier that is not the person's.
    BarrierUnknown = "BARRIER_UNKNOWN",
    /// A contract without an end that goes on is reviewed again.
    NextReviewRequired = "NEXT_REVIEW_REQUIRED",
    /// A day of which not everything is known yet.
    DayNotSettled = "DAY_NOT_SETTLED",
}

impl Rule {
    /// The rule with this code, if any: a value object's refusal travels through serde as its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Rule {}

/// One step of the way to a faulty value in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A member of an object.
    Field(&'static str),
    /// A place in a list, from 0.
    Index(usize),
}

impl From<&'static str> for Segment {
    fn from(name: &'static str) -> Self {
        Self::Field(name)
    }
}
impl From<usize> for Segment {
    fn from(place: usize) -> Self {
        Self::Index(place)
    }
}

/// One rule broken at one place of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From the root of the order to the value.
    pub path: Vec<Segment>,
    /// What it breaks.
    pub rule: Rule,
}

/// Why a decision was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The caller sees the thing but this act on it is not theirs.
    Denied(Rule),
    /// The state of things does not allow it now.
    Conflict(Rule),
    /// The order itself breaks rules.
    Invalid(Vec<Fault>),
}

impl Refusal {
    /// A single fault at one field.
    pub fn invalid(field: &'static str, rule: Rule) -> Self {
        Self::Invalid(vec![Fault { path: vec![field.into()], rule }])
    }
}

/// Rules report up to this many faults.
const MOST_FAULTS: usize = 100;

/// Gathers the faults of one order.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault, up to a hundred.
    pub fn add<const N: usize>(&mut self, path: [Segment; N], rule: Rule) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(Fault { path: path.into(), rule });
        }
    }

    /// Notes a fault at one field when `broken`.
    pub fn check(&mut self, broken: bool, field: &'static str, rule: Rule) {
        if broken {
            self.add([field.into()], rule);
        }
    }

    /// The same faults of what stands in this field of the order.
    #[must_use]
    pub fn within(mut self, field: &'static str) -> Self {
        self.0.iter_mut().for_each(|fault| fault.path.insert(0, field.into()));
        self
    }

    /// Refuses if anything was noted.
    pub fn into_result(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.0)) }
    }
}

/// A decision that policy and rules allowed: the only thing that `persistence` saves.
///
/// Its constructor is private to this crate, so forgetting to ask does not compile.
#[derive(Debug)]
pub struct Decided<T>(T);

impl<T> Decided<T> {
    pub(crate) fn new(decision: T) -> Self {
        Self(decision)
    }
}

impl<T> std::ops::Deref for Decided<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_code_and_is_found_by_it() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_code(rule.code()), Some(*rule));
        }
    }

    #[test]
    fn at_most_a_hundred_faults_are_kept() {
        let mut faults = Faults::default();
        for place in 0..500 {
            faults.add(["marks".into(), place.into()], Rule::DuplicateMark);
        }
        let Err(Refusal::Invalid(kept)) = faults.into_result() else { panic!("refused") };
        assert_eq!(kept.len(), 100);
    }
}
