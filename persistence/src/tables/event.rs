//! A row is one change, written in the transaction of that change, without personal values.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) recorded_at: DateTimeUtc,
    pub(crate) r#type: String,
    pub(crate) subject_id: Uuid,
    pub(crate) beneficiary_id: Option<Uuid>,
    pub(crate) actor_id: Uuid,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) codes: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
