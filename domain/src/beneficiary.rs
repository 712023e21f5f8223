//! People who take part, RSA recipients or not: who they are, and where. What hangs on their file has its own pages.

use crate::calendar::{Day, Instant};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::household::{Household, HouseholdNumber, HouseholdRole, Membership};
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::identifier::france_travail::FranceTravailId;
use crate::identifier::nir::Nir;
use crate::identifier::person_reference::PersonReference;
use crate::identifier::phone::Phone;
use crate::identifier::postal_code::PostalCode;
use crate::identity::check_nir;
use crate::policy::{AnswerReferral, ManageBeneficiary, Reach, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::territory::{Territory, UNASSIGNED};
use crate::text::{Email, Label, Name};

codes! {
    /// How somebody is addressed (*civilité*).
    Title {
        /// *Madame*.
        Madam = "madam",
        /// *Monsieur*.
        Mister = "mister",
    }
}

/// A person (*bénéficiaire*).
#[derive(Clone, Debug)]
pub struct Beneficiary {
    /// Their id.
    pub id: Id<Beneficiary>,
    /// Their printable reference.
    pub reference: PersonReference,
    /// Family name; none once purged.
    pub last_name: Option<Name>,
    /// First name; none once purged.
    pub first_name: Option<Name>,
    /// Date of birth, where known.
    pub birth_date: Option<Day>,
    /// Commune of residence, where known.
    pub commune_code: Option<CommuneCode>,
    /// What else is known of them.
    pub details: Details,
    /// The household they are an adult of, where known.
    pub household: Option<Membership>,
    /// The territory that accompanies them.
    pub territory: Id<Territory>,
    /// The file that survives, if this one was merged.
    pub merged_into: Option<Id<Beneficiary>>,
    /// When its personal data was purged, if it was.
    pub purged_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What may be known of a person besides who they are and where they live. None where it is not, and once purged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// How they are addressed.
    pub title: Option<Title>,
    /// Name at birth.
    pub birth_name: Option<Name>,
    /// Where they were born, as their papers write it.
    pub birth_place: Option<Name>,
    /// Number and street; of the domiciliation without a fixed abode.
    pub street: Option<Label>,
    /// Postal code, of the same.
    pub postal_code: Option<PostalCode>,
    /// Whether they have no fixed abode (*sans domicile stable*): commune and address are then those of the domiciliation (CASF L264-1).
    pub no_fixed_abode: bool,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// France Travail's identifier.
    pub france_travail_id: Option<FranceTravailId>,
}

/// What is said of a person.
#[derive(Clone, Debug)]
pub struct BeneficiaryOrder {
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Commune of residence.
    pub commune_code: Option<CommuneCode>,
    /// What else is known of them.
    pub details: Details,
    /// The household they are an adult of.
    pub household: Option<HouseholdOrder>,
    /// The territory, when it is not that of the commune.
    pub territory: Option<Id<Territory>>,
}

/// The household that somebody is said to be an adult of.
#[derive(Clone, Debug)]
pub struct HouseholdOrder {
    /// Its number, or what is wrong with it.
    pub number: Result<HouseholdNumber, Rule>,
    /// Which of its adults.
    pub role: HouseholdRole,
}

/// What would mix two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mixing {
    /// France Travail's identifier, in its new form, is somebody else's.
    Identifier,
    /// Somebody else has the place ordered in the household.
    Place,
    /// Somebody in the files may be this person, and was not said to be another.
    Person,
}

/// What the rules need to know around an order.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Whether the reference table holds the commune ordered.
    pub commune_known: bool,
    /// The territory of that commune today.
    pub proposed: Option<Id<Territory>>,
    /// Whether the territory ordered exists.
    pub territory_known: bool,
    /// The caller's own territories, where their reach is made of them.
    pub own: &'a [Id<Territory>],
    /// The household with the number ordered: the one that is known by it, else a new one's id.
    pub household: Option<Id<Household>>,
    /// What would mix the person with another, if something does.
    pub mixing: Option<Mixing>,
    /// Their number, where they have one and the order speaks of what it says (`speaks_of_nir`).
    pub nir: Option<&'a Nir>,
}

impl Beneficiary {
    /// Registers a person under a new reference.
    pub fn register(
        scope: &Scope<ManageBeneficiary>,
        id: Id<Beneficiary>,
        reference: PersonReference,
        order: BeneficiaryOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Beneficiary>>, Refusal> {
        let territory = place(scope, &order, around, None)?;
        stands(around)?;
        check(scope, &order, around, None)?;
        let household = membership(&order, around)?;
        let after = Self {
            id,
            reference,
            last_name: Some(order.last_name),
            first_name: Some(order.first_name),
            birth_date: order.birth_date,
            commune_code: order.commune_code,
            details: order.details,
            household,
            territory,
            merged_into: None,
            purged_at: None,
            stamp: Stamp::first(scope.now()),
        };
        Ok(Change::created(after, Event::new("beneficiary.registered", id).about(id)))
    }

    /// Edits their identity and place.
    pub fn edit(
        &self,
        scope: &Scope<ManageBeneficiary>,
        order: BeneficiaryOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Beneficiary>>, Refusal> {
        let territory = place(scope, &order, around, Some(self.territory))?;
        self.must_live()?;
        stands(around)?;
        check(scope, &order, around, Some(self))?;
        let household = membership(&order, around)?;
        let after = Self {
            last_name: Some(order.last_name),
            first_name: Some(order.first_name),
            birth_date: order.birth_date,
            commune_code: order.commune_code,
            details: order.details,
            household,
            territory,
            stamp: self.stamp.next(scope.now()),
            ..self.clone()
        };
        Ok(Change::edited(after, Event::new("beneficiary.edited", self.id).about(self.id)))
    }

    /// Whether an order says who they are otherwise than their file does.
    pub fn is_renamed_by(&self, order: &BeneficiaryOrder) -> bool {
        self.last_name.as_ref() != Some(&order.last_name)
            || self.first_name.as_ref() != Some(&order.first_name)
            || self.birth_date != order.birth_date
            || self.details.birth_name != order.details.birth_name
    }

    /// Whether an order says of them otherwise than their file does what their number says too: when they were born, or their title.
    pub fn speaks_of_nir(&self, order: &BeneficiaryOrder) -> bool {
        self.birth_date != order.birth_date || self.details.title != order.details.title
    }

    /// Whether their file is no longer edited: it was merged into another, or purged.
    pub fn is_closed(&self) -> bool {
        self.merged_into.is_some() || self.purged_at.is_some()
    }

    /// Refuses what would change a file that is closed.
    pub fn must_live(&self) -> Result<(), Refusal> {
        if self.is_closed() { Err(Refusal::Conflict(Rule::BeneficiaryClosed)) } else { Ok(()) }
    }

    /// Pôle emploi told how it identifies the person, by the receipt of a referral.
    pub(crate) fn identify(&self, scope: &Scope<AnswerReferral>, id: FranceTravailId) -> Decided<Change<Beneficiary>> {
        let details = Details { france_travail_id: Some(id), ..self.details.clone() };
        let after = Self { details, stamp: self.stamp.next(scope.now()), ..self.clone() };
        Change::edited(after, Event::new("beneficiary.identified", self.id).about(self.id))
    }
}

/// The territory ordered, else that of the commune, else `unassigned`. A caseworker who could write into another territory would
/// write what they cannot read back; whoever came by an access grant leaves the person where they are.
fn place(
    scope: &Scope<ManageBeneficiary>,
    order: &BeneficiaryOrder,
    around: Around<'_>,
    current: Option<Id<Territory>>,
) -> Result<Id<Territory>, Refusal> {
    let territory = order.territory.or(around.proposed).unwrap_or(UNASSIGNED);
    let unknown = order.territory.is_some() && !around.territory_known;
    let moves = current != Some(territory);
    let mine = |one: Id<Territory>| one == UNASSIGNED || around.own.contains(&one);
    let foreign = match scope.reach() {
        // A grant of a few hours must not become the person's territory for good.
        Reach::Territories(_) => moves && !unknown && (!mine(territory) || current.is_some_and(|current| !mine(current))),
        // A delegate edits the people it accompanies; it registers nobody, and moves nobody but by their commune.
        Reach::Accompanied(_) => moves && (current.is_none() || order.territory.is_some() || around.proposed.is_none()),
        Reach::Department | Reach::Organisation(_) => false,
    };
    if foreign { Err(Refusal::Denied(Rule::TerritoryNotYours)) } else { Ok(territory) }
}

/// Refuses what would mix two people.
fn stands(around: Around<'_>) -> Result<(), Refusal> {
    match around.mixing {
        Some(Mixing::Identifier) => Err(Refusal::Conflict(Rule::IdentifierConflict)),
        Some(Mixing::Place) => Err(Refusal::Conflict(Rule::HouseholdRoleTaken)),
        Some(Mixing::Person) => Err(Refusal::Conflict(Rule::PossibleDuplicate)),
        None => Ok(()),
    }
}

fn membership(order: &BeneficiaryOrder, around: Around<'_>) -> Result<Option<Membership>, Refusal> {
    let (Some(ordered), Some(id)) = (&order.household, around.household) else { return Ok(None) };
    let number = ordered.number.clone().map_err(|rule| Refusal::invalid("household", rule))?;
    Ok(Some(Membership { household: Household { id, number }, role: ordered.role }))
}

/// `former`: what the file of somebody says who is edited.
fn check(scope: &Scope<ManageBeneficiary>, order: &BeneficiaryOrder, around: Around<'_>, former: Option<&Beneficiary>) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let today = scope.now().day();
    let born = order.birth_date.is_none_or(|born| born <= today && today <= born.plus_months(12 * 130));
    faults.check(!born, "birth_date", Rule::BirthDateOutOfRange);
    if let Some((nir, former)) = around.nir.zip(former) {
        let born = order.birth_date.filter(|_| order.birth_date != former.birth_date);
        let title = order.details.title.filter(|_| order.details.title != former.details.title);
        check_nir(&mut faults, nir, born, title, ["birth_date", "title"]);
    }
    faults.check(order.commune_code.is_some() && !around.commune_known, "commune_code", Rule::CommuneUnknown);
    faults.check(order.territory.is_some() && !around.territory_known, "territory_id", Rule::TerritoryUnknown);
    if let Some(HouseholdOrder { number: Err(rule), .. }) = &order.household {
        faults.add(["household".into(), "file_number".into()], *rule);
    }
    faults.into_result()
}

#[cfg(test)]
mod tests;
