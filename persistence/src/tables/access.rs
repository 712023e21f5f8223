//! A row is one request that read about people: who asked, what, how many people it showed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "access")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) at: DateTimeUtc,
    pub(crate) actor_id: Uuid,
    pub(crate) organisation_id: Option<Uuid>,
    pub(crate) acting_as: String,
    pub(crate) operation: String,
    pub(crate) subject_id: Option<Uuid>,
    pub(crate) request_id: Uuid,
    pub(crate) people: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
