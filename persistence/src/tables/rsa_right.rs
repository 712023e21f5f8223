//! A row is an episode of RSA right of a person.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "rsa_right")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) entered_on: Date,
    pub(crate) left_on: Option<Date>,
    pub(crate) left_reason: Option<String>,
    pub(crate) information_received_on: Option<Date>,
    pub(crate) transferred_from: Option<String>,
    pub(crate) source: String,
    pub(crate) duties: Json,
    pub(crate) subject_since: Option<Date>,
    pub(crate) orientation_clock_on: Option<Date>,
    pub(crate) cancelled_at: Option<DateTimeUtc>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
