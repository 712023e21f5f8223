//! Two files of one person become one, by a manager's explicit decision. Nothing of it happens by itself: what may be the same person
//! is told by `matching`, and whoever decides says why.

use crate::actor::Principal;
use crate::beneficiary::{Beneficiary, Details};
use crate::calendar::Instant;
use crate::change::Change;
use crate::event::Event;
use crate::id::Id;
use crate::identifier::france_travail::FranceTravailId;
use crate::identifier::nir::Nir;
use crate::identity::check_nir;
use crate::policy::{MergeBeneficiary, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;

/// A file that was merged into another.
#[derive(Clone, Debug)]
pub struct Merge {
    /// Its id.
    pub id: Id<Merge>,
    /// The file that stays.
    pub survivor: Id<Beneficiary>,
    /// The file that became a tombstone.
    pub duplicate: Id<Beneficiary>,
    /// Why they are one person's, in words.
    pub reason: Note,
    /// Who decided it.
    pub by: Id<Principal>,
    /// When.
    pub at: Instant,
}

/// What is said of a merge.
#[derive(Clone, Debug)]
pub struct MergeOrder {
    /// The version of the duplicate that was looked at.
    pub duplicate_version: i32,
    /// Why they are one person's.
    pub reason: Note,
}

/// What both files hold of which a person has one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Identifiers that nothing will replace, and that differ.
    Identifier,
    /// Episodes of right that overlap.
    Right,
    /// Orientations that overlap.
    Orientation,
    /// Contracts over the same days, or both on their way.
    Contract,
    /// Enrolments in one group that overlap.
    Enrolment,
    /// Open referrals for one purpose.
    Referral,
    /// The same barrier, open.
    Barrier,
    /// Both places of one household, which are two people's.
    Place,
}

impl Clash {
    fn refusal(self) -> Refusal {
        Refusal::Conflict(match self {
            Self::Identifier => Rule::IdentifierConflict,
            Self::Right => Rule::RightOverlaps,
            Self::Orientation | Self::Contract | Self::Place => Rule::MergeConflict,
            Self::Enrolment => Rule::AlreadyEnrolled,
            Self::Referral => Rule::ReferralOpen,
            Self::Barrier => Rule::BarrierOpen,
        })
    }
}

/// A merge as it was decided: the two files as they will be.
#[derive(Debug)]
pub struct Merged {
    /// The merge.
    pub merge: Merge,
    /// The duplicate, a tombstone from now on, then the survivor, with what only the duplicate knew. In this order: the first lets go of
    /// what is one person's alone.
    pub files: [Decided<Change<Beneficiary>>; 2],
}

impl Merged {
    /// The file that stays, as it will be.
    pub fn survivor(&self) -> &Beneficiary {
        let [_, survivor] = &self.files;
        &survivor.after
    }
}

impl Beneficiary {
    /// Takes in the file of the same person that was opened twice. What this file says of who they are stays; what it does not say is
    /// taken from the other. `nir`: the number that will be in force.
    pub fn absorb(
        &self,
        scope: &Scope<MergeBeneficiary>,
        id: Id<Merge>,
        duplicate: &Self,
        order: MergeOrder,
        clash: Option<Clash>,
        nir: Option<&Nir>,
    ) -> Result<Decided<Merged>, Refusal> {
        if self.id == duplicate.id {
            return Err(Refusal::invalid("duplicate_id", Rule::MergeWithItself));
        }
        self.must_live()?;
        duplicate.must_live()?;
        if order.duplicate_version != duplicate.stamp.version {
            return Err(Refusal::Conflict(Rule::VersionConflict));
        }
        let in_new_form = |person: &Self| person.details.france_travail_id.clone().filter(FranceTravailId::is_new_form);
        let differ = in_new_form(self).zip(in_new_form(duplicate)).is_some_and(|(one, other)| one != other);
        let home = |person: &Self| person.household.as_ref().map(|place| place.household.id);
        let live_together = home(self).is_some() && home(self) == home(duplicate);
        if let Some(clash) = clash.or(differ.then_some(Clash::Identifier)).or(live_together.then_some(Clash::Place)) {
            return Err(clash.refusal());
        }
        let now = scope.now();
        let merge = Merge { id, survivor: self.id, duplicate: duplicate.id, reason: order.reason, by: scope.actor().principal, at: now };
        let survivor = Self {
            birth_date: self.birth_date.or(duplicate.birth_date),
            commune_code: self.commune_code.clone().or_else(|| duplicate.commune_code.clone()),
            details: self.details.completed_by(&duplicate.details, self.commune_code.is_none()),
            household: self.household.clone().or_else(|| duplicate.household.clone()),
            stamp: self.stamp.next(now),
            ..self.clone()
        };
        // Files of which one's number contradicts what the other says are more likely two people's.
        let mut faults = Faults::default();
        if let Some(nir) = nir {
            check_nir(&mut faults, nir, survivor.birth_date, survivor.details.title, ["duplicate_id", "duplicate_id"]);
        }
        faults.into_result()?;
        // Its names stay in storage, for a merge that has to be looked into; what may be one person's alone does not.
        let details = Details { france_travail_id: None, ..duplicate.details.clone() };
        let tombstone = Self { merged_into: Some(self.id), details, household: None, stamp: duplicate.stamp.next(now), ..duplicate.clone() };
        let event = |kind, person: &Self| Event::new(kind, person.id).about(person.id).with("merge", id);
        Ok(Decided::new(Merged {
            files: [Change::edited(tombstone, event("beneficiary.merged", duplicate)), Change::edited(survivor, event("beneficiary.absorbed", self))],
            merge,
        }))
    }
}

impl Details {
    /// These, with what they do not say taken from others. An address is taken whole, where none is known at all.
    fn completed_by(&self, other: &Self, is_nowhere: bool) -> Self {
        let address = if is_nowhere && self.street.is_none() && self.postal_code.is_none() && !self.no_fixed_abode { other } else { self };
        let kept = self.clone();
        let other = other.clone();
        // The old form of this identifier is not known to be one person's: the new one says more.
        let france_travail_id = match (kept.france_travail_id, other.france_travail_id) {
            (Some(mine), Some(theirs)) if !mine.is_new_form() && theirs.is_new_form() => Some(theirs),
            (mine, theirs) => mine.or(theirs),
        };
        Self {
            title: kept.title.or(other.title),
            birth_name: kept.birth_name.or(other.birth_name),
            birth_place: kept.birth_place.or(other.birth_place),
            street: address.street.clone(),
            postal_code: address.postal_code.clone(),
            no_fixed_abode: address.no_fixed_abode,
            phone: kept.phone.or(other.phone),
            email: kept.email.or(other.email),
            france_travail_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beneficiary::Title;
    use crate::given::{at, beneficiary, day, fault, faults, id, manager, name, note, now, scope};
    use crate::household::{Household, HouseholdNumber, HouseholdRole, Membership, PayingBody};

    fn order() -> MergeOrder {
        MergeOrder { duplicate_version: 1, reason: note("Même personne, nom d'usage et nom de naissance") }
    }

    fn merge(survivor: &Beneficiary, duplicate: &Beneficiary, clash: Option<Clash>) -> Result<Decided<Merged>, Refusal> {
        survivor.absorb(&scope(&manager(), now()), id(9), duplicate, order(), clash, None)
    }

    fn refused(survivor: &Beneficiary, duplicate: &Beneficiary, clash: Option<Clash>) -> Refusal {
        merge(survivor, duplicate, clash).unwrap_err()
    }

    #[test]
    fn the_survivor_keeps_what_it_says_and_takes_what_it_does_not() {
        let survivor = Beneficiary { details: Details { phone: "0555000001".parse().ok(), ..Details::default() }, ..beneficiary(1) };
        let known = Details {
            phone: "0555000002".parse().ok(),
            birth_name: Some(name("Autre")),
            street: Some("1 rue du Pont".parse().unwrap()),
            france_travail_id: "12345678901".parse().ok(),
            ..Details::default()
        };
        let duplicate = Beneficiary {
            last_name: Some(name("Autrement")),
            birth_date: Some(day("1985-05-12")),
            commune_code: "87085".parse().ok(),
            details: known.clone(),
            ..beneficiary(2)
        };
        let merged = merge(&survivor, &duplicate, None).unwrap();
        let [tombstone, _] = &merged.files;
        let (after, tombstone) = (merged.survivor(), &tombstone.after);
        assert_eq!((&after.last_name, after.birth_date), (&survivor.last_name, duplicate.birth_date));
        assert_eq!(after.details, Details { phone: survivor.details.phone.clone(), ..known });
        assert_eq!((tombstone.merged_into, &tombstone.details.france_travail_id), (Some(survivor.id), &None));
        assert_eq!((after.stamp.version, tombstone.stamp.version), (2, 2));
        assert_eq!((merged.merge.survivor, merged.merge.duplicate), (survivor.id, duplicate.id));
    }

    #[test]
    fn an_address_is_taken_whole_or_not_at_all() {
        let street = |text: &str| Details { street: Some(text.parse().unwrap()), ..Details::default() };
        let survivor = Beneficiary { commune_code: "87085".parse().ok(), ..beneficiary(1) };
        let duplicate = Beneficiary { details: street("1 rue du Pont"), ..beneficiary(2) };
        assert_eq!(merge(&survivor, &duplicate, None).unwrap().survivor().details.street, None, "of another commune, perhaps");
        let nowhere = beneficiary(1);
        assert!(merge(&nowhere, &duplicate, None).unwrap().survivor().details.street.is_some());
    }

    #[test]
    fn what_a_person_has_one_of_is_not_merged_in_silence() {
        let (survivor, duplicate) = (beneficiary(1), beneficiary(2));
        for (clash, rule) in [
            (Clash::Right, Rule::RightOverlaps),
            (Clash::Barrier, Rule::BarrierOpen),
            (Clash::Enrolment, Rule::AlreadyEnrolled),
            (Clash::Referral, Rule::ReferralOpen),
            (Clash::Orientation, Rule::MergeConflict),
            (Clash::Contract, Rule::MergeConflict),
            (Clash::Place, Rule::MergeConflict),
            (Clash::Identifier, Rule::IdentifierConflict),
        ] {
            assert_eq!(refused(&survivor, &duplicate, Some(clash)), Refusal::Conflict(rule));
        }
        let identified =
            |n, id: &str| Beneficiary { details: Details { france_travail_id: id.parse().ok(), ..Details::default() }, ..beneficiary(n) };
        let different = refused(&identified(1, "12345678901"), &identified(2, "12345678902"), None);
        assert_eq!(different, Refusal::Conflict(Rule::IdentifierConflict));
        let newer = merge(&identified(1, "1234567A"), &identified(2, "12345678902"), None).unwrap();
        assert_eq!(newer.survivor().details.france_travail_id.as_deref(), Some("12345678902"));
    }

    #[test]
    fn two_files_of_which_one_s_number_contradicts_the_other_are_two_people_s() {
        let nir = "1850587999123".parse().unwrap();
        let said = |n, born: Option<&str>, title| Beneficiary {
            birth_date: born.map(day),
            details: Details { title, ..Details::default() },
            ..beneficiary(n)
        };
        let merge = |survivor: &Beneficiary, duplicate: &Beneficiary| {
            survivor.absorb(&scope(&manager(), now()), id(9), duplicate, order(), None, Some(&nir)).map_or_else(faults, |_| Vec::new())
        };
        let (birth, title) = (fault("/duplicate_id", Rule::NirContradictsBirth), fault("/duplicate_id", Rule::NirContradictsTitle));
        let nothing = said(1, None, None);
        for (other, expected) in [
            (said(2, Some("1985-05-12"), Some(Title::Mister)), vec![]),
            (said(2, Some("1986-05-12"), None), vec![birth.clone()]),
            (said(2, None, Some(Title::Madam)), vec![title.clone()]),
            (said(2, Some("1986-05-12"), Some(Title::Madam)), vec![birth, title]),
        ] {
            assert_eq!((merge(&nothing, &other), merge(&other, &nothing)), (expected.clone(), expected), "whichever file said it");
        }
        let known = said(1, Some("1985-05-12"), Some(Title::Mister));
        assert_eq!(merge(&known, &said(2, Some("1986-05-12"), Some(Title::Madam))), [], "what the duplicate says otherwise is not taken");
    }

    #[test]
    fn claimant_and_spouse_of_one_household_are_two_people() {
        let living_in = |n, household, role| {
            let number = HouseholdNumber::read(PayingBody::Caf, None, &"1234567".parse().unwrap()).unwrap();
            Beneficiary { household: Some(Membership { household: Household { id: id(household), number }, role }), ..beneficiary(n) }
        };
        let (claimant, spouse) = (living_in(1, 7, HouseholdRole::Claimant), living_in(2, 7, HouseholdRole::Spouse));
        assert_eq!(refused(&claimant, &spouse, None), Refusal::Conflict(Rule::MergeConflict));
        assert_eq!(refused(&spouse, &claimant, None), Refusal::Conflict(Rule::MergeConflict));
        let of_another = living_in(2, 8, HouseholdRole::Spouse);
        let merged = merge(&claimant, &of_another, None).unwrap();
        assert_eq!(merged.survivor().household, claimant.household, "a duplicate in another household is none of theirs");
        assert!(merge(&beneficiary(3), &spouse, None).is_ok() && merge(&spouse, &beneficiary(3), None).is_ok());
    }

    #[test]
    fn a_file_is_merged_once_with_another_that_lives_as_it_was_looked_at() {
        let (survivor, duplicate) = (beneficiary(1), beneficiary(2));
        assert_eq!(refused(&survivor, &survivor, None), Refusal::invalid("duplicate_id", Rule::MergeWithItself));
        let closed = [
            Beneficiary { merged_into: Some(id(9)), ..beneficiary(2) },
            Beneficiary { purged_at: Some(at("2026-01-01T00:00:00.000Z")), ..beneficiary(2) },
        ];
        for closed in closed {
            assert_eq!(refused(&survivor, &closed, None), Refusal::Conflict(Rule::BeneficiaryClosed));
            let other_way = Beneficiary { id: id(1), ..closed };
            assert_eq!(refused(&other_way, &duplicate, None), Refusal::Conflict(Rule::BeneficiaryClosed));
        }
        let mut edited = duplicate.clone();
        edited.stamp.version = 2;
        assert_eq!(refused(&survivor, &edited, None), Refusal::Conflict(Rule::VersionConflict));
    }
}
