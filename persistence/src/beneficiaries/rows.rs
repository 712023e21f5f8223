//! A person as their row holds them, with the number of their household beside.

use domain::beneficiary::{Beneficiary, Details};
use domain::calendar::{Day, Instant};
use domain::change::Stamp;
use domain::household::{Household, HouseholdNumber, Membership};
use domain::id::Id;
use domain::identifier::body_code::BodyCode;
use domain::identifier::commune::CommuneCode;
use domain::identifier::file_number::FileNumber;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::identifier::postal_code::PostalCode;
use domain::text::{Email, Label, Name};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{IdenStatic, Iterable};

use crate::error::Error;
use crate::select::stored;
use crate::tables::beneficiary;

/// A row of `beneficiary` and what its household is known by.
#[derive(FromQueryResult)]
pub(super) struct Row {
    #[sea_orm(nested)]
    pub(super) person: beneficiary::Model,
    paying_body: Option<String>,
    body_code: Option<String>,
    file_number: Option<String>,
}

/// Every column of a person, and of their household.
pub(super) fn select() -> SelectStatement {
    Query::select()
        .columns(beneficiary::Column::iter().map(|column| ("beneficiary", column.as_str())))
        .columns(["paying_body", "body_code", "file_number"].map(|column| ("household", column)))
        .from("beneficiary")
        .join(JoinType::LeftJoin, "household", Expr::col(("household", "id")).equals(("beneficiary", "household_id")))
        .take()
}

impl Row {
    fn membership(&self) -> Result<Option<Membership>, Error> {
        let (Some(id), Some(role), Some(paying_body), Some(file_number)) =
            (self.person.household_id, &self.person.household_role, &self.paying_body, &self.file_number)
        else {
            return Ok(None);
        };
        let number = HouseholdNumber {
            paying_body: stored("household.paying_body", paying_body)?,
            body_code: self.body_code.clone().filter(|code| !code.is_empty()).map(BodyCode::stored),
            file_number: FileNumber::stored(file_number.clone()),
        };
        Ok(Some(Membership { household: Household { id: Id::new(id), number }, role: stored("beneficiary.household_role", role)? }))
    }
}

impl TryFrom<Row> for Beneficiary {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let household = row.membership()?;
        let row = row.person;
        Ok(Self {
            id: Id::new(row.id),
            reference: PersonReference::stored(row.reference),
            last_name: row.last_name.map(Name::stored),
            first_name: row.first_name.map(Name::stored),
            birth_date: row.birth_date.map(Day::new),
            commune_code: row.commune_code.map(CommuneCode::stored),
            details: Details {
                title: row.title.map(|title| stored("beneficiary.title", &title)).transpose()?,
                birth_place: row.birth_place.map(Name::stored),
                street: row.street.map(Label::stored),
                postal_code: row.postal_code.map(PostalCode::stored),
                no_fixed_abode: row.no_fixed_abode,
                ..told_details(row.birth_name, row.phone, row.email, row.france_travail_id)
            },
            household,
            territory: Id::new(row.territory_id),
            merged_into: row.merged_into_id.map(Id::new),
            purged_at: row.purged_at.map(Instant::new),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl From<&Beneficiary> for beneficiary::Model {
    fn from(person: &Beneficiary) -> Self {
        let details = &person.details;
        Self {
            id: person.id.uuid(),
            reference: (*person.reference).to_owned(),
            last_name: person.last_name.clone().map(String::from),
            first_name: person.first_name.clone().map(String::from),
            birth_date: person.birth_date.map(Day::date),
            commune_code: person.commune_code.as_deref().map(str::to_owned),
            territory_id: person.territory.uuid(),
            merged_into_id: person.merged_into.map(Id::uuid),
            purged_at: person.purged_at.map(Instant::utc),
            version: person.stamp.version,
            created_at: person.stamp.created_at.utc(),
            updated_at: person.stamp.updated_at.utc(),
            birth_name: details.birth_name.clone().map(String::from),
            phone: details.phone.as_deref().map(str::to_owned),
            email: details.email.as_deref().map(str::to_owned),
            france_travail_id: details.france_travail_id.as_deref().map(str::to_owned),
            title: details.title.map(|title| title.code().to_owned()),
            birth_place: details.birth_place.clone().map(String::from),
            street: details.street.clone().map(String::from),
            postal_code: details.postal_code.as_deref().map(str::to_owned),
            no_fixed_abode: details.no_fixed_abode,
            household_id: person.household.as_ref().map(|membership| membership.household.id.uuid()),
            household_role: person.household.as_ref().map(|membership| membership.role.code().to_owned()),
        }
    }
}

/// Of the details of a person, those that a receiver may be told, as they are stored.
pub(crate) fn told_details(birth_name: Option<String>, phone: Option<String>, email: Option<String>, france_travail_id: Option<String>) -> Details {
    Details {
        birth_name: birth_name.map(Name::stored),
        phone: phone.map(Phone::stored),
        email: email.map(Email::stored),
        france_travail_id: france_travail_id.map(FranceTravailId::stored),
        ..Details::default()
    }
}
