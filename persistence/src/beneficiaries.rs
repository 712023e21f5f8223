//! People as the caller may see them. A person who was merged or purged stays, as a tombstone. How they are searched is in `search`,
//! where communes belong in `territories`.

use std::collections::HashMap;

use domain::barrier::{Barrier, BarrierKind};
use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::change::Change;
use domain::contract::Contract;
use domain::enrolment::Enrolment;
use domain::group::Group;
use domain::id::Id;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::intervention::Intervention;
use domain::milestone::Milestone;
use domain::orientation::Orientation;
use domain::policy::{Function, Scope};
use domain::readiness::Readiness;
use domain::referral::Referral;
use domain::refusal::Decided;
use domain::rsa_right::RsaRight;
use domain::territory::Territory;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::select::{all, all_locked, exists, one, one_locked, people_of, with_id};
use crate::tables::{beneficiary, enrolment};
use crate::{households, names, referrals, revision};
use rows::Row;
pub(crate) use rows::told_details;

mod rows;

/// Something that is, or hangs on, a person's file: a scope over it reaches the person.
pub trait OnFile {}
impl OnFile for Beneficiary {}
impl OnFile for Enrolment {}
impl OnFile for Referral {}
impl OnFile for RsaRight {}
impl OnFile for Milestone {}
impl OnFile for Barrier {}
impl OnFile for Intervention {}
impl OnFile for Orientation {}
impl OnFile for Contract {}
impl OnFile for Readiness {}

/// The people a scope reaches.
fn visible_to<F: Function>(scope: &Scope<F>) -> SelectStatement
where
    F::Over: OnFile,
{
    rows::select().cond_where(people_of(scope.reach(), scope.now())).take()
}

/// The person with this id.
pub async fn find<F: Function>(source: &impl Source, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error>
where
    F::Over: OnFile,
{
    one::<Row>(source, &with_id(visible_to(scope), "beneficiary", id.uuid())).await?.map(Beneficiary::try_from).transpose()
}

/// The person with this id, locked: they are not merged or purged meanwhile, and what they have one of is decided one at a time.
pub async fn lock<F: Function>(w: &Write, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error>
where
    F::Over: OnFile,
{
    one_locked::<Row>(w, "beneficiary", id.uuid(), visible_to(scope)).await?.map(Beneficiary::try_from).transpose()
}

/// Whether France Travail's identifier, in its new form, is another person's. The old form is not known to be anybody's alone.
pub async fn is_identified_elsewhere(w: &Write, id: &FranceTravailId, except: Option<Id<Beneficiary>>) -> Result<bool, Error> {
    if !id.is_new_form() {
        return Ok(false);
    }
    let select = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col("france_travail_id").eq(&**id))
        // As the index says it.
        .and_where(Expr::cust("length(france_travail_id) = 11"))
        .and_where_option(except.map(|except| Expr::col("id").ne(except.uuid())))
        .take();
    exists(w, &select).await
}

/// Which people are asked for.
#[derive(Clone, Debug, Default)]
pub struct BeneficiaryQuery {
    /// Of this territory.
    pub territory: Option<Id<Territory>>,
    /// Held back by an open barrier of this kind.
    pub barrier: Option<BarrierKind>,
    /// Enrolled in this group today.
    pub group: Option<Id<Group>>,
    /// Whether an open RSA right makes them subject to its duties.
    pub is_subject_to_duties: Option<bool>,
}

impl BeneficiaryQuery {
    fn condition(&self, today: Day) -> Cond {
        let of_person = |table: &'static str| {
            let person = Expr::col((table, "beneficiary_id")).equals(("beneficiary", "id"));
            Query::select().expr(Expr::val(1)).from(table).and_where(person).take()
        };
        let held_back = self.barrier.map(|kind| {
            let open = Expr::col(("barrier", "resolved_on")).is_null();
            Expr::exists(of_person("barrier").and_where(Expr::col(("barrier", "kind")).eq(kind.code())).and_where(open).take())
        });
        let enrolled = self.group.map(|group| {
            let lasts = Cond::any().add(Expr::col(("enrolment", "ends_on")).is_null()).add(Expr::col(("enrolment", "ends_on")).gte(today.date()));
            let mut enrolment = of_person("enrolment");
            enrolment.and_where(Expr::col(("enrolment", "group_id")).eq(group.uuid()));
            Expr::exists(enrolment.and_where(Expr::col(("enrolment", "starts_on")).lte(today.date())).cond_where(lasts).take())
        });
        let subject = self.is_subject_to_duties.map(|is_subject| {
            let since = Expr::col(("rsa_right", "subject_since")).lte(today.date());
            let left_on = || Expr::col(("rsa_right", "left_on"));
            let open = Cond::any().add(left_on().is_null()).add(left_on().gte(today.date()));
            let right = Expr::exists(of_person("rsa_right").and_where(since).cond_where(open).take());
            if is_subject { right } else { right.not() }
        });
        let territory = self.territory.map(|territory| Expr::col(("beneficiary", "territory_id")).eq(territory.uuid()));
        Cond::all().add_option(territory).add_option(held_back).add_option(enrolled).add_option(subject)
    }
}

/// People, by when they were registered; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Beneficiary>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &BeneficiaryQuery,
    listing: &Listing,
) -> Result<Page<Beneficiary>, Error> {
    let mut select = visible_to(scope);
    select.cond_where(query.condition(scope.now().day()));
    let mut select = by_id(select, "beneficiary", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.person.updated_at, row.person.id)).try_map(Beneficiary::try_from)
}

/// These people, locked in the order of their ids: those behind things that the caller sees already.
pub(crate) async fn lock_all(w: &Write, ids: &[Id<Beneficiary>]) -> Result<Vec<Beneficiary>, Error> {
    let select = rows::select().and_where(Expr::col(("beneficiary", "id")).is_in(ids.iter().map(|id| id.uuid()))).take();
    all_locked::<Row>(w, "beneficiary", select).await?.into_iter().map(Beneficiary::try_from).collect()
}

/// These people, in this order.
pub(crate) async fn of_ids<F: Function>(source: &impl Source, scope: &Scope<F>, ids: &[Uuid]) -> Result<Vec<Beneficiary>, Error>
where
    F::Over: OnFile,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = visible_to(scope);
    select.and_where(Expr::col(("beneficiary", "id")).is_in(ids.iter().copied()));
    let people = all::<Row>(source, &select).await?.into_iter().map(Beneficiary::try_from).collect::<Result<Vec<_>, Error>>()?;
    let mut people: HashMap<Uuid, Beneficiary> = people.into_iter().map(|person| (person.id.uuid(), person)).collect();
    Ok(ids.iter().filter_map(|id| people.remove(id)).collect())
}

/// Whether a person has this reference. It is asked over everybody, the purged too: a reference is never used again.
pub async fn reference_taken(w: &Write, reference: &PersonReference) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("beneficiary").and_where(Expr::col("reference").eq(&**reference)).take();
    exists(w, &select).await
}

/// Saves a person who was registered or edited.
pub async fn save(w: &Write, decided: &Decided<Change<Beneficiary>>) -> Result<(), Error> {
    save_all(w, std::slice::from_ref(decided)).await
}

/// Saves people who were registered or edited: newcomers in the same few statements, whatever their number.
pub async fn save_all(w: &Write, decided: &[Decided<Change<Beneficiary>>]) -> Result<(), Error> {
    let changes = decided.iter().map(|one| (beneficiary::Model::from(&one.after), one.created, &one.event));
    households::save(w, decided.iter().filter_map(|one| one.after.household.as_ref())).await?;
    revision::save_all(w, changes).await?;
    names::save(w, decided).await?;
    let edited: Vec<Uuid> = decided.iter().filter(|one| !one.created).map(|one| one.after.id.uuid()).collect();
    if edited.is_empty() {
        return Ok(());
    }
    // An enrolment shows its person's name: who synchronises enrolments must learn that it changed, or that it was purged.
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::UpdatedAt, Expr::val(w.now().utc()))
        .filter(Expr::col("beneficiary_id").is_in(edited))
        .exec(w.connection())
        .await?;
    referrals::follow_people(w, decided).await
}

#[cfg(test)]
mod tests;
