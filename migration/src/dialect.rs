//! One text of SQL for both engines: the few type names that differ stand in braces. No step is written here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// `{name}` → (PostgreSQL, SQLite). The SQLite type names are those sqlx decodes by; an id is 16 bytes there.
const TYPES: &[(&str, &str, &str)] = &[
    ("{uuid}", "uuid", "uuid_text"),
    ("{instant}", "timestamp with time zone", "timestamp_with_timezone_text"),
    ("{day}", "date", "date_text"),
    ("{time}", "time", "time_text"),
    ("{json}", "json", "json_text"),
    ("{bytes}", "bytea", "blob"),
    ("{text}", "varchar", "varchar"),
    // Compared byte by byte, so that an index serves the beginnings of words.
    ("{c_text}", "varchar collate \"C\"", "varchar"),
    ("{bool}", "boolean", "boolean"),
    ("{int}", "integer", "integer"),
    ("{bigint}", "bigint", "bigint"),
    ("{true}", "true", "1"),
    ("{false}", "false", "0"),
    ("{epoch}", "'2026-01-01T00:00:00+00:00'", "'2026-01-01T00:00:00+00:00'"),
    ("{system_cli}", "'00000000-0000-7000-8000-000000000001'", "x'00000000000070008000000000000001'"),
    ("{system_sweep}", "'00000000-0000-7000-8000-000000000002'", "x'00000000000070008000000000000002'"),
    ("{system_demo}", "'00000000-0000-7000-8000-000000000003'", "x'00000000000070008000000000000003'"),
    ("{unassigned}", "'00000000-0000-7000-8000-0000000000aa'", "x'000000000000700080000000000000aa'"),
];

/// Runs a script of statements, each ended by a semicolon at the end of a line.
pub(crate) async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let mut sql = script.to_owned();
    for (name, on_postgres, on_sqlite) in TYPES {
        sql = sql.replace(name, if postgres { on_postgres } else { on_sqlite });
    }
    for statement in sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
