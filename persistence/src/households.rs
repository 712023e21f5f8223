//! Households by their file number. Who is an adult of which is on the person's own row.

use domain::beneficiary::Beneficiary;
use domain::household::{Household, HouseholdNumber, HouseholdRole, Membership};
use domain::id::Id;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::db::Write;
use crate::db::sealed::Source as _;
use crate::error::Error;
use crate::select::{came_second, exists, ids};
use crate::tables::household;

/// The household that has this number, if one is known.
pub async fn with_number(w: &Write, number: &HouseholdNumber) -> Result<Option<Id<Household>>, Error> {
    let select = Query::select()
        .column("id")
        .from("household")
        .and_where(Expr::col("file_number").eq(&*number.file_number))
        .and_where(Expr::col("paying_body").eq(number.paying_body.code()))
        .and_where(Expr::col("body_code").eq(number.body_code.as_deref().unwrap_or_default()))
        .take();
    Ok(ids(w, &select).await?.pop().map(Id::new))
}

/// Whether somebody else has this place in a household.
pub async fn is_place_taken(w: &Write, household: Id<Household>, role: HouseholdRole, except: Option<Id<Beneficiary>>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col("household_id").eq(household.uuid()))
        .and_where(Expr::col("household_role").eq(role.code()))
        .and_where(Expr::col("merged_into_id").is_null())
        .and_where(Expr::col("purged_at").is_null())
        .and_where_option(except.map(|except| Expr::col("id").ne(except.uuid())))
        .take();
    exists(w, &select).await
}

/// Keeps the households that people are adults of, where they are not yet known.
pub(crate) async fn save<'a>(w: &Write, memberships: impl Iterator<Item = &'a Membership>) -> Result<(), Error> {
    let rows: Vec<_> = memberships
        .map(|membership| {
            let Household { id, number } = &membership.household;
            let row = household::Model {
                id: id.uuid(),
                paying_body: number.paying_body.code().to_owned(),
                body_code: number.body_code.as_deref().unwrap_or_default().to_owned(),
                file_number: (*number.file_number).to_owned(),
                created_at: w.now().utc(),
            };
            row.into_active_model().reset_all()
        })
        .collect();
    for chunk in rows.chunks(1_000) {
        // By the id alone: another household with the same number came first, and the transaction runs again.
        let known = OnConflict::column("id").do_nothing().to_owned();
        household::Entity::insert_many(chunk.to_vec()).on_conflict(known).exec_without_returning(w.connection()).await.map_err(came_second)?;
    }
    Ok(())
}
