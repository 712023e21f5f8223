//! A row is a period for which a commune belongs to a territory.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "territory_commune")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) territory_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) commune_code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) starts_on: Date,
    pub(crate) ends_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
