//! A row is a person's seat in a group for a period, with what was observed at its end.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "enrolment")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) group_id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) starts_on: Date,
    pub(crate) planned_end_on: Option<Date>,
    pub(crate) ends_on: Option<Date>,
    pub(crate) end_reason: Option<String>,
    pub(crate) status_at_entry: String,
    pub(crate) origin: String,
    pub(crate) referral_id: Option<Uuid>,
    pub(crate) aptitudes: Option<Json>,
    pub(crate) next_step: Option<String>,
    pub(crate) assessment_text: Option<String>,
    pub(crate) assessed_at: Option<DateTimeUtc>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
