//! A row is something that holds a person back, or did.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "barrier")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) kind: String,
    pub(crate) situation: String,
    pub(crate) impact: String,
    pub(crate) goal: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) opened_on: Date,
    pub(crate) resolved_on: Option<Date>,
    pub(crate) outcome: Option<String>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
