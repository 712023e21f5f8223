//! The file: household, names to search by, rights, milestones, barriers, interventions, merges. What the lists hold follows.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_file"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, include_str!("m0006_file.sql")).await?;
        dialect::run(manager, include_str!("m0006_rights_milestones.sql")).await?;
        dialect::run(manager, include_str!("m0006_barriers_interventions.sql")).await
    }
}
