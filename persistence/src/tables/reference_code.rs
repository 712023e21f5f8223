//! A row is one code of a vocabulary with its labels over a period.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_code")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) list: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) code: String,
    pub(crate) position: i32,
    pub(crate) label_fr: String,
    pub(crate) label_en: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) valid_from: Date,
    pub(crate) valid_to: Option<Date>,
    pub(crate) crosswalk: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
