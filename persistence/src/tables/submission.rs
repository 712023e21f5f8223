//! A row is a submission that was received, with what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) submitted_by: Uuid,
    pub(crate) received_at: DateTimeUtc,
    pub(crate) format: String,
    pub(crate) on_error: String,
    pub(crate) result: String,
    pub(crate) ignored_columns: Json,
    pub(crate) purged_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
