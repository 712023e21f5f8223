//! A row is a line held for the département, with what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "held_line")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) submission_id: Uuid,
    pub(crate) position: i32,
    pub(crate) line_number: Option<i32>,
    pub(crate) organisation_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) code: String,
    pub(crate) cells: Option<Json>,
    pub(crate) enrolment_id: Option<Uuid>,
    pub(crate) beneficiary_id: Option<Uuid>,
    pub(crate) state: String,
    pub(crate) choice: Option<String>,
    pub(crate) decided_by: Option<Uuid>,
    pub(crate) decided_at: Option<DateTimeUtc>,
    pub(crate) reason: Option<String>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
