//! A row is a person referred to a receiver, as it stands.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "referral")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) beneficiary_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) site_id: Option<Uuid>,
    pub(crate) purpose: String,
    pub(crate) accompaniment: Option<String>,
    pub(crate) action_id: Option<Uuid>,
    pub(crate) group_id: Option<Uuid>,
    pub(crate) status_at_entry: Option<String>,
    pub(crate) objective: String,
    pub(crate) barriers: Json,
    pub(crate) signed_on: Option<Date>,
    pub(crate) referred_by: Uuid,
    pub(crate) state: String,
    pub(crate) open: bool,
    pub(crate) external_id: Option<String>,
    pub(crate) referent_last_name: Option<String>,
    pub(crate) referent_first_name: Option<String>,
    pub(crate) referent_email: Option<String>,
    pub(crate) referent_phone: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) enrolment_id: Option<Uuid>,
    pub(crate) waiting_since: Option<DateTimeUtc>,
    pub(crate) started_on: Option<Date>,
    pub(crate) ended_on: Option<Date>,
    pub(crate) came: Option<String>,
    pub(crate) selected: Option<bool>,
    pub(crate) joined: Option<bool>,
    pub(crate) sent_at: DateTimeUtc,
    pub(crate) expires_at: Option<DateTimeUtc>,
    pub(crate) closed_at: Option<DateTimeUtc>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
