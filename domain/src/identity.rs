//! The social security number of a person: recording it, and telling it. Its form is in `identifier::nir`; sealing it is not a rule.

use chrono::Datelike;

use crate::beneficiary::{Beneficiary, Title};
use crate::calendar::Day;
use crate::event::Event;
use crate::id::Id;
use crate::identifier::nir::Nir;
use crate::organisation::OrganisationKind;
use crate::policy::{IdentifyReferral, ManageBeneficiary, Scope};
use crate::referral::Referral;
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::settings::{Setting, Settings};

/// A number that was recorded.
#[derive(Debug)]
pub struct NirRecorded {
    /// Whose.
    pub person: Id<Beneficiary>,
    /// The number.
    pub nir: Nir,
    /// How many numbers the person has had, with this one: a provisional one is followed by another.
    pub version: i32,
    /// What happened, without the number.
    pub event: Event,
}

impl Beneficiary {
    /// Records their number. `is_taken`: it is another person's. `last`: how many they have had before.
    pub fn record_nir(&self, _: &Scope<ManageBeneficiary>, nir: Nir, is_taken: bool, last: i32) -> Result<Decided<NirRecorded>, Refusal> {
        self.must_live()?;
        if is_taken {
            return Err(Refusal::Conflict(Rule::IdentifierConflict));
        }
        let mut faults = Faults::default();
        check_nir(&mut faults, &nir, self.birth_date, self.details.title, ["nir", "nir"]);
        faults.into_result()?;
        let event = Event::new("beneficiary.nir_recorded", self.id).about(self.id).with("provisional", nir.is_provisional());
        Ok(Decided::new(NirRecorded { person: self.id, nir, version: last + 1, event }))
    }
}

/// A number that was taken away.
#[derive(Debug)]
pub struct NirCancelled {
    /// Whose it never was.
    pub person: Id<Beneficiary>,
    /// What happened, without the number.
    pub event: Event,
}

impl Beneficiary {
    /// Takes away a number that was recorded by mistake; none takes its place. `is_known`: they have one. Once more changes nothing.
    pub fn cancel_nir(&self, _: &Scope<ManageBeneficiary>, is_known: bool) -> Result<Option<Decided<NirCancelled>>, Refusal> {
        self.must_live()?;
        let event = Event::new("beneficiary.nir_cancelled", self.id).about(self.id);
        Ok(is_known.then(|| Decided::new(NirCancelled { person: self.id, event })))
    }
}

/// Finds fault with a number that says otherwise when somebody was born, and which title they have, each at its place.
pub(crate) fn check_nir(faults: &mut Faults, nir: &Nir, born: Option<Day>, title: Option<Title>, [birth_place, title_place]: [&'static str; 2]) {
    faults.check(born.is_some_and(|born| contradicts_birth(nir, born)), birth_place, Rule::NirContradictsBirth);
    faults.check(title.is_some_and(|title| contradicts_title(nir, title)), title_place, Rule::NirContradictsTitle);
}

/// The year of a number that is not provisional is that of the birth.
fn contradicts_birth(nir: &Nir, born: Day) -> bool {
    let year = nir.number().get(1..3).and_then(|year| year.parse::<i32>().ok());
    !nir.is_provisional() && year != Some(born.date().year().rem_euclid(100))
}

/// The first digit of a man is 1, of a woman 2; the others are provisional and say nothing.
fn contradicts_title(nir: &Nir, title: Title) -> bool {
    match title {
        Title::Madam => nir.number().starts_with('1'),
        Title::Mister => nir.number().starts_with('2'),
    }
}

/// Of the numbers of two files that become one, the one in force.
pub fn kept_of(mine: Option<Nir>, theirs: Option<Nir>) -> Option<Nir> {
    let is_provisional = |nir: &Option<Nir>| nir.as_ref().map(Nir::is_provisional);
    if takes_the_place(is_provisional(&theirs), is_provisional(&mine)) { theirs } else { mine }
}

/// Whether another file's number takes the place of the one in force when both become one: where there is none, or where it was only to
/// be replaced. `Some(true)`: a provisional one.
pub fn takes_the_place(other: Option<bool>, mine: Option<bool>) -> bool {
    matches!((other, mine), (Some(_), None) | (Some(false), Some(true)))
}

impl Referral {
    /// Whether its receiver may be told who the person is beyond doubt: Pôle emploi alone, while it is open, once the data protection
    /// officer has allowed it (CASF R262-102 and after; décret 2019-341).
    pub fn identify(&self, scope: &Scope<IdentifyReferral>, settings: &Settings) -> Result<(), Refusal> {
        let allowed = settings.value(Setting::IdentityDisclosure, scope.now().day()) == 1;
        if !allowed || self.receiver.kind != OrganisationKind::PoleEmploi {
            return Err(Refusal::Denied(Rule::IdentityNotDisclosed));
        }
        if !self.state_at(scope.now()).is_open() {
            return Err(Refusal::Conflict(Rule::ReferralClosed));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beneficiary::Details;
    use crate::given::{beneficiary, day, fault, faults, manager, now, scope};

    fn nir(text: &str) -> Nir {
        text.parse().unwrap()
    }

    fn record(person: &Beneficiary, number: &str, is_taken: bool) -> Result<i32, Refusal> {
        person.record_nir(&scope(&manager(), now()), nir(number), is_taken, 1).map(|decided| decided.version)
    }

    #[test]
    fn a_number_agrees_with_the_year_of_birth_unless_it_is_provisional() {
        let born = |on: &str| Beneficiary { birth_date: Some(day(on)), ..beneficiary(1) };
        assert_eq!(record(&born("1985-05-12"), "1850587999123", false), Ok(2));
        let contradicted = record(&born("1986-05-12"), "1850587999123", false).unwrap_err();
        assert_eq!(faults(contradicted), [fault("/nir", Rule::NirContradictsBirth)]);
        assert_eq!(record(&born("1986-05-12"), "7850587999123", false), Ok(2), "temporary");
        assert_eq!(record(&beneficiary(1), "1850587999123", false), Ok(2), "the birth date is not known");
    }

    #[test]
    fn of_two_files_the_number_stays_that_nothing_will_replace() {
        let (none, provisional, definitive) = (None, Some(true), Some(false));
        for (other, mine, takes) in [
            (none, none, false),
            (none, provisional, false),
            (provisional, none, true),
            (provisional, provisional, false),
            (provisional, definitive, false),
            (definitive, provisional, true),
        ] {
            assert_eq!(takes_the_place(other, mine), takes, "{other:?} over {mine:?}");
            let number =
                |first: char, provisional: Option<bool>| provisional.map(|is_so| nir(&format!("{}850587999123", if is_so { first } else { '1' })));
            let (mine, theirs) = (number('7', mine), number('8', other));
            assert_eq!(kept_of(mine.clone(), theirs.clone()), if takes { theirs } else { mine });
        }
    }

    #[test]
    fn a_number_agrees_with_the_title_unless_it_is_provisional() {
        let titled = |title| Beneficiary { details: Details { title, ..Details::default() }, ..beneficiary(1) };
        let (madam, mister, unknown) = (titled(Some(Title::Madam)), titled(Some(Title::Mister)), titled(None));
        for (first, refused) in [("1", Some(&madam)), ("2", Some(&mister)), ("3", None), ("4", None), ("7", None), ("8", None)] {
            let number = format!("{first}850587999123");
            for person in [&madam, &mister, &unknown] {
                let recorded = record(person, &number, false);
                if refused.is_some_and(|refused| refused.details.title == person.details.title) {
                    assert_eq!(faults(recorded.unwrap_err()), [fault("/nir", Rule::NirContradictsTitle)], "{number}, {:?}", person.details.title);
                } else {
                    assert_eq!(recorded, Ok(2), "{number}, {:?}", person.details.title);
                }
            }
        }
    }

    #[test]
    fn year_and_title_are_told_at_once() {
        let details = Details { title: Some(Title::Madam), ..Details::default() };
        let person = Beneficiary { birth_date: Some(day("1986-05-12")), details, ..beneficiary(1) };
        let told = faults(record(&person, "1850587999123", false).unwrap_err());
        assert_eq!(told, [fault("/nir", Rule::NirContradictsBirth), fault("/nir", Rule::NirContradictsTitle)]);
    }

    #[test]
    fn a_number_is_one_person_s_and_of_a_file_that_lives() {
        assert_eq!(record(&beneficiary(1), "1850587999123", true), Err(Refusal::Conflict(Rule::IdentifierConflict)));
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(1) };
        assert_eq!(record(&purged, "1850587999123", false), Err(Refusal::Conflict(Rule::BeneficiaryClosed)));
    }

    #[test]
    fn a_number_recorded_by_mistake_is_taken_away_once() {
        let cancel = |person: &Beneficiary, is_known| person.cancel_nir(&scope(&manager(), now()), is_known);
        let cancelled = cancel(&beneficiary(1), true).unwrap().unwrap();
        assert_eq!((cancelled.person, cancelled.event.kind), (beneficiary(1).id, "beneficiary.nir_cancelled"));
        assert_eq!((cancelled.event.beneficiary, &cancelled.event.codes), (Some(beneficiary(1).id), &Vec::new()));
        assert!(cancel(&beneficiary(1), false).unwrap().is_none(), "there is none, or no more");
        let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(1) };
        assert_eq!(cancel(&purged, true).unwrap_err(), Refusal::Conflict(Rule::BeneficiaryClosed));
    }
}
