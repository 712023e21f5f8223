//! A row is a convention by which the département pays an organisation for an action.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "agreement")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) action_id: Uuid,
    pub(crate) convention_number: String,
    pub(crate) starts_on: Date,
    pub(crate) ends_on: Date,
    pub(crate) funded_unit: String,
    pub(crate) funded_quantity: i32,
    pub(crate) amount_cents: i64,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
