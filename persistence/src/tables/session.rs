//! A row is one half-day of a group, with the state of its sheet (*feuille d'émargement*).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "session")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) group_id: Uuid,
    pub(crate) reference: String,
    pub(crate) date: Date,
    pub(crate) half_day: String,
    pub(crate) start_time: Time,
    pub(crate) end_time: Time,
    pub(crate) place: String,
    pub(crate) sheet_version: i32,
    pub(crate) sheet_closed_at: Option<DateTimeUtc>,
    pub(crate) cancelled_at: Option<DateTimeUtc>,
    pub(crate) cancel_reason: Option<String>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
