//! A row is a contract of a person, from its first draft to its end.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "contract")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) orientation_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) kind: String,
    pub(crate) rank: i32,
    pub(crate) state: String,
    pub(crate) pending: bool,
    pub(crate) former_id: Option<Uuid>,
    pub(crate) edition: Json,
    pub(crate) amendment: Option<Json>,
    pub(crate) starts_on: Option<Date>,
    pub(crate) ends_on: Option<Date>,
    pub(crate) review_on: Option<Date>,
    pub(crate) signed_on: Option<Date>,
    pub(crate) reviews: Json,
    pub(crate) progress: Json,
    pub(crate) ending: Option<Json>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
