//! A row is an orientation of a person, from the moment one is to be decided to its end.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "orientation")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) state: String,
    pub(crate) pending: bool,
    pub(crate) opened_on: Date,
    pub(crate) voluntary: bool,
    pub(crate) rsa_right_id: Option<Uuid>,
    pub(crate) former_id: Option<Uuid>,
    pub(crate) interview: Option<Json>,
    pub(crate) missed_interviews: i32,
    pub(crate) proposal: Option<Json>,
    pub(crate) accompaniment: Option<String>,
    pub(crate) organisation_id: Option<Uuid>,
    pub(crate) organisation_kind: Option<String>,
    pub(crate) site_id: Option<Uuid>,
    pub(crate) decided_by: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) decided_on: Option<Date>,
    pub(crate) reason: Option<String>,
    pub(crate) objective: Option<String>,
    pub(crate) recorded_by: Option<Uuid>,
    pub(crate) starts_on: Option<Date>,
    pub(crate) ends_on: Option<Date>,
    pub(crate) waiting_since: Option<DateTimeUtc>,
    pub(crate) notified_on: Option<Date>,
    pub(crate) notified_by: Option<String>,
    pub(crate) accepted_on: Option<Date>,
    pub(crate) referent_id: Option<Uuid>,
    pub(crate) review: Option<Json>,
    pub(crate) maintained_on: Option<Date>,
    pub(crate) extension: Option<Json>,
    pub(crate) referral_id: Option<Uuid>,
    pub(crate) closed_on: Option<Date>,
    pub(crate) closure_reason: Option<String>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
