//! Whether somebody is in the files already, and by which rule one thinks so. People decide; nothing is joined here. How names are read is in
//! `naming`. The file number of a household is never looked at: both its adults have it, and at the MSA it is often the social security
//! number of one of them.

use std::collections::{BTreeSet, HashSet};

use chrono::{Datelike, NaiveDate};

use crate::beneficiary::Beneficiary;
use crate::calendar::Day;
use crate::codes;
use crate::id::Id;
use crate::identifier::france_travail::FranceTravailId;
use crate::identifier::nir::Nir;
use crate::identifier::person_reference::PersonReference;
use crate::identifier::phone::Phone;
use crate::naming::{alike, forms, partly, similar, written};
use crate::territory::Territory;
use crate::text::{Email, Name};

#[cfg(test)]
mod tests;

codes! {
    /// Whether somebody is in the files already.
    MatchOutcome {
        /// It is them: an identifier and the name or the birth date agree.
        Exact = "exact",
        /// What is said contradicts the files: somebody has to look.
        Conflict = "conflict",
        /// It may be them: somebody has to say.
        Probable = "probable",
        /// Nobody in the files is like them.
        Nobody = "none",
    }
}

codes! {
    /// The rule by which somebody may be in the files already, the stronger first.
    MatchRule {
        /// Several people are them by an identifier each.
        SeveralExact = "several_exact",
        /// The same social security number, and the names or the birth date agree.
        Nir = "nir",
        /// The same identifier of France Travail in its new form, and the names agree.
        FranceTravailId = "france_travail_id",
        /// The same social security number, and neither the names nor the birth date agree.
        NirOtherPerson = "nir_other_person",
        /// The same identifier of France Travail in its new form, and the names do not agree.
        FranceTravailIdOtherPerson = "france_travail_id_other_person",
        /// The same names and birth date, or an identifier that says so, and two definitive social security numbers.
        SameIdentityOtherNir = "same_identity_other_nir",
        /// The same last name, first name and birth date.
        NameBirthDate = "name_birth_date",
        /// The same, where a name at birth stands for a last name or agrees instead of it.
        BirthNameBirthDate = "birth_name_birth_date",
        /// The same birth date, and the last name stands where the first name belongs.
        SwappedNamesBirthDate = "swapped_names_birth_date",
        /// The same birth date, and names that are mistyped, misheard or incomplete.
        SimilarNameBirthDate = "similar_name_birth_date",
        /// The same names, and a birth date that is not known.
        NameBirthDateUnknown = "name_birth_date_unknown",
        /// The same names, and birth dates with day and month swapped or a digit off.
        NameBirthDateDigits = "name_birth_date_digits",
        /// The same phone and first name, and birth dates that do not contradict.
        PhoneFirstName = "phone_first_name",
        /// The same electronic address and first name, and birth dates that do not contradict.
        EmailFirstName = "email_first_name",
    }
}

impl MatchRule {
    /// What the rule says of the two.
    pub const fn outcome(self) -> MatchOutcome {
        match self {
            Self::Nir | Self::FranceTravailId => MatchOutcome::Exact,
            Self::SeveralExact | Self::NirOtherPerson | Self::FranceTravailIdOtherPerson | Self::SameIdentityOtherNir => MatchOutcome::Conflict,
            Self::NameBirthDate
            | Self::BirthNameBirthDate
            | Self::SwappedNamesBirthDate
            | Self::SimilarNameBirthDate
            | Self::NameBirthDateUnknown
            | Self::NameBirthDateDigits
            | Self::PhoneFirstName
            | Self::EmailFirstName => MatchOutcome::Probable,
        }
    }
}

/// Who is looked for: what is said of them.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Name at birth, where said.
    pub birth_name: Option<Name>,
    /// Date of birth, where said.
    pub birth_date: Option<Day>,
    /// Social security number, where said.
    pub nir: Option<Nir>,
    /// France Travail's identifier, where said.
    pub france_travail_id: Option<FranceTravailId>,
    /// Phone, where said.
    pub phone: Option<Phone>,
    /// Electronic address, where said.
    pub email: Option<Email>,
}

/// What the files hold of somebody who may be them. Purged people are none; what a merged file says is said of its survivor.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub id: Id<Beneficiary>,
    /// Their printable reference.
    pub reference: PersonReference,
    /// The territory that accompanies them.
    pub territory: Id<Territory>,
    /// Family name.
    pub last_name: Option<Name>,
    /// First name.
    pub first_name: Option<Name>,
    /// Name at birth, where known.
    pub birth_name: Option<Name>,
    /// Date of birth, where known.
    pub birth_date: Option<Day>,
    /// France Travail's identifier, where known.
    pub france_travail_id: Option<FranceTravailId>,
    /// Phone, where known.
    pub phone: Option<Phone>,
    /// Electronic address, where known.
    pub email: Option<Email>,
    /// Whether their number is the one said, by its blind index.
    pub same_nir: bool,
    /// Whether they have a definitive number, and it is not the one said.
    pub has_other_definitive_nir: bool,
}

/// How names agree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Same,
    AtBirth,
    Swapped,
    Similar,
    Other,
}

/// How birth dates agree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Births {
    Same,
    Unknown,
    Digits,
    Other,
}

/// By which rule, if any, `known` may be whom one looks for. A spouse is not: their first name is another. Nor is a twin, unless their first
/// names are a letter apart, nor a parent of the same names, whose birth date is another.
pub fn compare(wanted: &Wanted, known: &Known) -> Option<(MatchOutcome, MatchRule)> {
    let names = names(wanted, known)?;
    let births = births(wanted.birth_date, known.birth_date);
    // Names that are merely similar are those of a couple or of twins too: the birth date must allow it.
    let names_agree = match names {
        Names::Same | Names::AtBirth | Names::Swapped => true,
        Names::Similar => births != Births::Other,
        Names::Other => false,
    };
    let is_definitive = wanted.nir.as_ref().is_some_and(|nir| !nir.is_provisional());
    let other_nir = is_definitive && known.has_other_definitive_nir;
    let rule = if wanted.nir.is_some() && known.same_nir {
        let agrees = names_agree || births == Births::Same;
        Some(if agrees { MatchRule::Nir } else { MatchRule::NirOtherPerson })
    } else if is_same_in_new_form(wanted, known) {
        Some(match names_agree {
            true if other_nir => MatchRule::SameIdentityOtherNir,
            true => MatchRule::FranceTravailId,
            false => MatchRule::FranceTravailIdOtherPerson,
        })
    } else if other_nir {
        let identity = births == Births::Same && !matches!(names, Names::Similar | Names::Other);
        identity.then_some(MatchRule::SameIdentityOtherNir)
    } else {
        by_names(names, births).or_else(|| by_contact(wanted, known, births))
    };
    rule.map(|rule| (rule.outcome(), rule))
}

fn by_names(names: Names, births: Births) -> Option<MatchRule> {
    match (births, names) {
        (Births::Same, Names::Same) => Some(MatchRule::NameBirthDate),
        (Births::Same, Names::AtBirth) => Some(MatchRule::BirthNameBirthDate),
        (Births::Same, Names::Swapped) => Some(MatchRule::SwappedNamesBirthDate),
        (Births::Same, Names::Similar) => Some(MatchRule::SimilarNameBirthDate),
        (Births::Unknown, Names::Same | Names::AtBirth) => Some(MatchRule::NameBirthDateUnknown),
        (Births::Digits, Names::Same | Names::AtBirth) => Some(MatchRule::NameBirthDateDigits),
        _ => None,
    }
}

/// Families share phones and addresses, and first names too: another birth date says that it is another of them.
fn by_contact(wanted: &Wanted, known: &Known, births: Births) -> Option<MatchRule> {
    let same_first = known.first_name.as_ref().is_some_and(|first| alike(&wanted.first_name, first));
    if !same_first || births == Births::Other {
        None
    } else if is_same(wanted.phone.as_ref(), known.phone.as_ref()) {
        Some(MatchRule::PhoneFirstName)
    } else {
        is_same(wanted.email.as_ref(), known.email.as_ref()).then_some(MatchRule::EmailFirstName)
    }
}

fn is_same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_some() && one == other
}

/// The old form is given to several people.
fn is_same_in_new_form(wanted: &Wanted, known: &Known) -> bool {
    is_same(wanted.france_travail_id.as_ref(), known.france_travail_id.as_ref().filter(|id| id.is_new_form()))
}

/// None of a file without names.
fn names(wanted: &Wanted, known: &Known) -> Option<Names> {
    let (last, first) = (known.last_name.as_ref()?, known.first_name.as_ref()?);
    let ours: Vec<&Name> = std::iter::once(&wanted.last_name).chain(&wanted.birth_name).collect();
    let theirs: Vec<&Name> = std::iter::once(last).chain(&known.birth_name).collect();
    let family = |is: fn(&str, &str) -> bool| ours.iter().any(|our| theirs.iter().any(|their| is(our, their)));
    let same_first = alike(&wanted.first_name, first);
    if same_first && alike(&wanted.last_name, last) {
        Some(Names::Same)
    } else if same_first && family(alike) {
        Some(Names::AtBirth)
    } else if ours.iter().any(|our| alike(our, first)) && theirs.iter().any(|their| alike(their, &wanted.first_name)) {
        Some(Names::Swapped)
    } else if near(&wanted.first_name, first) && family(near) {
        Some(Names::Similar)
    } else {
        Some(Names::Other)
    }
}

fn near(one: &str, other: &str) -> bool {
    alike(one, other) || similar(one, other) || partly(one, other)
}

fn births(one: Option<Day>, other: Option<Day>) -> Births {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Births::Same,
        (Some(one), Some(other)) if is_swapped(one, other) || is_digit_off(one, other) => Births::Digits,
        (Some(_), Some(_)) => Births::Other,
        _ => Births::Unknown,
    }
}

fn is_swapped(one: Day, other: Day) -> bool {
    let date = one.date();
    NaiveDate::from_ymd_opt(date.year(), date.day(), date.month()) == Some(other.date())
}

fn is_digit_off(one: Day, other: Day) -> bool {
    one.compact().bytes().zip(other.compact().bytes()).filter(|(a, b)| a != b).count() == 1
}

/// What a query looks up so that nobody is missed whom [`compare`] would name.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The number said, to look up by its blind index.
    pub nir: Option<Nir>,
    /// The identifier said, if it is of the new form.
    pub france_travail_id: Option<FranceTravailId>,
    /// The phone said.
    pub phone: Option<Phone>,
    /// The electronic address said.
    pub email: Option<Email>,
    /// The birth date said. Dates that are merely near it are found by the names, which then have to be the same.
    pub birth_date: Option<Day>,
    /// Words as stored, in full, one of which the last name or the name at birth has: at most six.
    pub family: Vec<String>,
    /// Words as stored, in full, one of which the first name has: at most three.
    pub given: Vec<String>,
}

/// What has to be looked up for them.
pub fn keys(wanted: &Wanted) -> Keys {
    let family: BTreeSet<String> = std::iter::once(&wanted.last_name).chain(&wanted.birth_name).flat_map(|name| forms(name)).collect();
    Keys {
        nir: wanted.nir.clone(),
        france_travail_id: wanted.france_travail_id.clone().filter(FranceTravailId::is_new_form),
        phone: wanted.phone.clone(),
        email: wanted.email.clone(),
        birth_date: wanted.birth_date,
        family: family.into_iter().collect(),
        given: forms(&wanted.first_name),
    }
}

impl Keys {
    /// Whether these keys lead to `known`: what the query does. Any of them is enough, and of the names one word of each kind.
    pub fn reach(&self, known: &Known) -> bool {
        let names = known.last_name.as_ref().zip(known.first_name.as_ref());
        let words = names.map(|(last, first)| written(last, first, known.birth_name.as_deref())).unwrap_or_default();
        let has_one_of = |keys: &[String]| keys.iter().any(|key| words.contains(key));
        self.nir.is_some() && known.same_nir
            || is_same(self.france_travail_id.as_ref(), known.france_travail_id.as_ref())
            || is_same(self.phone.as_ref(), known.phone.as_ref())
            || is_same(self.email.as_ref(), known.email.as_ref())
            || is_same(self.birth_date.as_ref(), known.birth_date.as_ref())
            || has_one_of(&self.family) && has_one_of(&self.given)
    }
}

/// Somebody who may be whom one looks for.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub known: Known,
    /// What the rule says of them.
    pub outcome: MatchOutcome,
    /// By which rule.
    pub rule: MatchRule,
}

/// What the files say of somebody.
#[derive(Clone, Debug)]
pub struct Matching {
    /// Overall: a conflict with anybody is one, then the best of the candidates.
    pub outcome: MatchOutcome,
    /// The rule that says so; none when nobody is like them.
    pub rule: Option<MatchRule>,
    /// Who may be them, the likeliest first, at most [`MOST_CANDIDATES`].
    pub candidates: Vec<Candidate>,
}

/// How many candidates are told.
pub const MOST_CANDIDATES: usize = 20;

/// Compares everybody the keys led to, and concludes.
pub fn judge(wanted: &Wanted, found: Vec<Known>) -> Matching {
    let candidate = |known| compare(wanted, &known).map(|(outcome, rule)| Candidate { known, outcome, rule });
    conclude(found.into_iter().filter_map(candidate).collect())
}

/// What all candidates together say: of somebody whom several files tell of, the best that one says. Two people by an identifier each are
/// a conflict.
pub fn conclude(mut candidates: Vec<Candidate>) -> Matching {
    candidates.sort_by(|a, b| (a.rule, &a.known.reference).cmp(&(b.rule, &b.known.reference)));
    let mut seen = HashSet::new();
    candidates.retain(|one| seen.insert(one.known.id));
    let several_exact = candidates.iter().filter(|one| one.outcome == MatchOutcome::Exact).count() > 1;
    let conflict = candidates.iter().find(|one| one.outcome == MatchOutcome::Conflict);
    let rule = match conflict.or(candidates.first()) {
        _ if several_exact => Some(MatchRule::SeveralExact),
        decisive => decisive.map(|one| one.rule),
    };
    candidates.truncate(MOST_CANDIDATES);
    Matching { outcome: rule.map_or(MatchOutcome::Nobody, MatchRule::outcome), rule, candidates }
}
