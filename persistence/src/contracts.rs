//! Contracts and words about readiness as rows, the editions that were signed, and what the terms of a contract name. How they are found,
//! listed and saved is in `pieces`; what was known of one on a day is in `synthesis`.

use std::collections::HashMap;

use domain::action::Action;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Period};
use domain::contract::{Contract, Edition, Ending, Terms, Validated};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::orientation::Orientation;
use domain::policy::{Function, ReadContract, Scope};
use domain::readiness::{Readiness, ReadinessOrder};
use domain::refusal::Decided;
use domain::text::{Label, Note};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement, SubQueryStatement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::pieces::{self, Stored};
use crate::revision::Versioned;
use crate::select::{all, exists, insert_all, one, stored, stored_json};
use crate::tables::{contract, contract_edition, readiness};

fn written(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Broken(error.to_string()))
}

impl Stored for Contract {
    type Table = contract::Entity;
    type Row = contract::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        Ok(Self {
            stamp: row.stamp(),
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            orientation: Id::new(row.orientation_id),
            organisation: Id::new(row.organisation_id),
            kind: stored("contract.kind", &row.kind)?,
            rank: row.rank,
            state: stored("contract.state", &row.state)?,
            former: row.former_id.map(Id::new),
            edition: stored_json("contract.edition", row.edition)?,
            amendment: row.amendment.map(|json| stored_json("contract.amendment", json)).transpose()?,
            period: row.starts_on.map(|starts_on| Period { starts_on: Day::new(starts_on), ends_on: row.ends_on.map(Day::new) }),
            reviews: stored_json("contract.reviews", row.reviews)?,
            progress: stored_json("contract.progress", row.progress)?,
            ending: row.ending.map(|json| stored_json::<Ending>("contract.ending", json)).transpose()?,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        Ok(contract::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            orientation_id: self.orientation.uuid(),
            organisation_id: self.organisation.uuid(),
            kind: self.kind.code().to_owned(),
            rank: self.rank,
            state: self.state.code().to_owned(),
            pending: self.is_pending(),
            former_id: self.former.map(Id::uuid),
            edition: written(&self.edition)?,
            amendment: self.amendment.as_ref().map(written).transpose()?,
            starts_on: self.period.map(|period| period.starts_on.date()),
            ends_on: self.period.and_then(|period| period.ends_on).map(Day::date),
            review_on: self.period.and_then(|_| self.review_due_on()).map(Day::date),
            signed_on: self.period.and_then(|_| self.edition.signed_on()).map(Day::date),
            reviews: written(&self.reviews)?,
            progress: written(&self.progress)?,
            ending: self.ending.as_ref().map(written).transpose()?,
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }
}

impl Stored for Readiness {
    type Table = readiness::Entity;
    type Row = readiness::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        Ok(Self {
            stamp: row.stamp(),
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            about: ReadinessOrder {
                able: row.able,
                reasons: stored_json("readiness.reasons", row.reasons)?,
                comment: row.comment.map(Note::stored),
                assessed_on: Day::new(row.assessed_on),
            },
            by: Id::new(row.assessed_by),
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        Ok(readiness::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            able: self.about.able,
            reasons: written(&self.about.reasons)?,
            comment: self.about.comment.clone().map(String::from),
            assessed_on: self.about.assessed_on.date(),
            assessed_by: self.by.uuid(),
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }
}

/// Saves a validation with everything that it changes: what gives way first, and the edition as it will stay.
pub async fn save_validated(w: &Write, validated: &Decided<Validated>) -> Result<(), Error> {
    pieces::save_all(w, &validated.formers).await?;
    pieces::save(w, &validated.contract).await?;
    save_editions(w, [validated]).await
}

/// Saves the editions that were validated, as they will stay; the contracts themselves are saved by whoever calls.
pub async fn save_editions(w: &Write, validated: impl IntoIterator<Item = &Decided<Validated>>) -> Result<(), Error> {
    let rows = validated.into_iter().map(|one| {
        Ok(contract_edition::Model {
            contract_id: one.contract.after.id.uuid(),
            number: one.frozen.number,
            content: written(&one.frozen)?,
            recorded_by: w.by().actor.principal.uuid(),
            recorded_at: w.now().utc(),
        })
    });
    insert_all::<contract_edition::Entity>(w, rows.collect::<Result<Vec<_>, Error>>()?).await
}

fn editions_of(contract: Id<Contract>) -> SelectStatement {
    Query::select()
        .columns(["contract_id", "number", "content", "recorded_by", "recorded_at"])
        .from("contract_edition")
        .and_where(Expr::col("contract_id").eq(contract.uuid()))
        .take()
}

/// A page of the editions of a contract, which was found under this scope, that both have signed: the first first.
pub async fn list_editions(source: &impl Source, _: &Scope<ReadContract>, contract: &Contract, listing: &Listing) -> Result<Page<Edition>, Error> {
    let mut select = editions_of(contract.id);
    if let Some([number]) = listing.after.as_deref() {
        select.and_where(Expr::col("number").gt(stored::<i32>("cursor", number)?));
    }
    let rows = all::<contract_edition::Model>(source, select.order_by("number", Order::Asc).limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| vec![row.number.to_string()]);
    page.try_map(|row| stored_json("contract_edition.content", row.content))
}

/// One of them.
pub async fn edition(source: &impl Source, _: &Scope<ReadContract>, contract: &Contract, number: i32) -> Result<Option<Edition>, Error> {
    let select = editions_of(contract.id).and_where(Expr::col("number").eq(number)).take();
    let row = one::<contract_edition::Model>(source, &select).await?;
    row.map(|row| stored_json("contract_edition.content", row.content)).transpose()
}

/// Whether anybody ever assessed the readiness of a person, who is in reach.
pub async fn is_readiness_known(source: &impl Source, person: Id<Beneficiary>) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("readiness").and_where(Expr::col("beneficiary_id").eq(person.uuid())).take();
    exists(source, &select).await
}

/// What the terms of a contract name, by what it is called; what is not here does not exist.
#[derive(Debug, Default)]
pub struct TermNames {
    /// Organisations.
    pub organisations: HashMap<Id<Organisation>, Label>,
    /// Collective actions.
    pub actions: HashMap<Id<Action>, Label>,
}

#[derive(FromQueryResult)]
struct NameRow {
    id: Uuid,
    name: String,
}

async fn names_of<T>(source: &impl Source, table: &'static str, ids: Vec<Uuid>) -> Result<HashMap<Id<T>, Label>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select().columns(["id", "name"]).from(table).and_where(Expr::col("id").is_in(ids)).take();
    let rows = all::<NameRow>(source, &select).await?;
    Ok(rows.into_iter().map(|row| (Id::new(row.id), Label::stored(row.name))).collect())
}

/// What these terms name.
pub async fn named<F: Function>(source: &impl Source, _: &Scope<F>, terms: &Terms) -> Result<TermNames, Error> {
    let organisations = terms.commitments.iter().filter_map(|one| one.organisation_id).map(Id::uuid).collect();
    let actions = terms.commitments.iter().filter_map(|one| one.action_id).map(Id::uuid).collect();
    Ok(TermNames { organisations: names_of(source, "organisation", organisations).await?, actions: names_of(source, "action", actions).await? })
}

/// The parties of a contract, as its paper names them.
#[derive(Debug)]
pub struct Parties {
    /// The département.
    pub department: String,
    /// The referent organisation.
    pub organisation: String,
    /// The accompaniment, by its code.
    pub accompaniment: String,
    /// Who accompanies the person, where somebody is named.
    pub referent: Option<String>,
}

#[derive(FromQueryResult)]
struct PartiesRow {
    department: Option<String>,
    organisation: String,
    accompaniment: Option<String>,
    last_name: Option<String>,
    first_name: Option<String>,
}

/// Who the parties of a contract are that rests on this orientation, of this organisation.
pub async fn parties<F: Function<Over = Contract>>(
    source: &impl Source,
    _: &Scope<F>,
    orientation: Id<Orientation>,
    organisation: Id<Organisation>,
) -> Result<Parties, Error> {
    let department = Query::select().column("name").from("organisation").and_where(Expr::col("kind").eq("department")).limit(1).take();
    let select = Query::select()
        .expr_as(SubQueryStatement::from(department), "department")
        .expr_as(Expr::col(("organisation", "name")), "organisation")
        .column(("orientation", "accompaniment"))
        .columns(["last_name", "first_name"].map(|column| ("professional", column)))
        .from("orientation")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).eq(organisation.uuid()))
        .join(JoinType::LeftJoin, "professional", Expr::col(("professional", "id")).equals(("orientation", "referent_id")))
        .and_where(Expr::col(("orientation", "id")).eq(orientation.uuid()))
        .take();
    let row = one::<PartiesRow>(source, &select).await?.ok_or_else(|| Error::Broken("a contract rests on no orientation".to_owned()))?;
    Ok(Parties {
        department: row.department.unwrap_or_default(),
        organisation: row.organisation,
        accompaniment: row.accompaniment.unwrap_or_default(),
        referent: row.first_name.zip(row.last_name).map(|(first, last)| format!("{first} {last}")),
    })
}
