//! The communes of the Haute-Vienne by INSEE code, from the official geographic code in force in 2026. Not their territories: a
//! département draws those itself.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_communes"
    }
}

const COMMUNES: &str = include_str!("communes.csv");

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut insert =
            Query::insert().into_table("commune").columns(["code", "name", "postal_codes", "population", "epci_name", "valid_from"]).to_owned();
        for line in COMMUNES.lines().skip(1) {
            let [code, name, postal_codes, population, _, epci_name] = line.split(',').collect::<Vec<_>>()[..] else {
                return Err(DbErr::Custom(format!("communes.csv: {line}")));
            };
            let population: i32 = population.parse().map_err(|_| DbErr::Custom(format!("communes.csv: {line}")))?;
            insert.values_panic([code.into(), name.into(), postal_codes.into(), population.into(), epci_name.into(), Expr::cust("'2026-01-01'")]);
        }
        manager.exec_stmt(insert).await
    }
}
