//! A row is a person who takes part, RSA recipient or not; once purged, only what does not identify them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "beneficiary")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) reference: String,
    pub(crate) last_name: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) birth_date: Option<Date>,
    pub(crate) commune_code: Option<String>,
    pub(crate) territory_id: Uuid,
    pub(crate) merged_into_id: Option<Uuid>,
    pub(crate) purged_at: Option<DateTimeUtc>,
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) birth_name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) france_travail_id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) birth_place: Option<String>,
    pub(crate) street: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) no_fixed_abode: bool,
    pub(crate) household_id: Option<Uuid>,
    pub(crate) household_role: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
