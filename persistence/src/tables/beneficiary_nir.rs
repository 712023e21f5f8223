//! A row is a social security number that a person has or had, sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "beneficiary_nir")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) beneficiary_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version: i32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) blind_index: Vec<u8>,
    pub(crate) current: bool,
    pub(crate) provisional: bool,
    pub(crate) key_id: String,
    pub(crate) recorded_by: Uuid,
    pub(crate) recorded_at: DateTimeUtc,
    pub(crate) cancelled_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
