//! A row is a line of a submission with what became of it, never changed afterwards but for the purge of its cells.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_line")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) submission_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) position: i32,
    pub(crate) line_number: Option<i32>,
    pub(crate) external_id: Option<String>,
    pub(crate) outcome: String,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) enrolment_id: Option<Uuid>,
    pub(crate) version: Option<i32>,
    pub(crate) errors: Json,
    pub(crate) warnings: Json,
    pub(crate) cells: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
