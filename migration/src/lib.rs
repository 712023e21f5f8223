//! The schema, step by step, written by hand. A landed step is frozen history: this crate imports nothing of ours,
//! so that a later change of a type cannot rewrite what was done. What the columns *mean* is in `domain`.

mod dialect;
mod m0001_house;
mod m0002_communes;
mod m0003_vocabularies;
mod m0004_submissions;
mod m0005_referrals;
mod m0006_file;
mod m0007_orientation;
mod m0008_contracts;
mod m0009_names;
mod m0010_name_index;
mod m0011_mistakes;
mod m0012_cancellations;

use sea_orm_migration::prelude::*;

/// All the steps, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_house::Migration),
            Box::new(m0002_communes::Migration),
            Box::new(m0003_vocabularies::Migration),
            Box::new(m0004_submissions::Migration),
            Box::new(m0005_referrals::Migration),
            Box::new(m0006_file::Migration),
            Box::new(m0007_orientation::Migration),
            Box::new(m0008_contracts::Migration),
            Box::new(m0009_names::Migration),
            Box::new(m0010_name_index::Migration),
            Box::new(m0011_mistakes::Migration),
            Box::new(m0012_cancellations::Migration),
        ]
    }
}
