//! The entities say what the migrations made, on both engines: tables, columns, types, nullability, primary keys. Not here:
//! CHECKs, indexes and foreign keys, which an entity does not hold; what they refuse is tested where it is refused.

use std::collections::BTreeSet;

use migration::Migrator;
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn,
    Statement,
};
use sea_orm_migration::MigratorTrait;

use crate::postgres;

/// One line per column, such as `attendance.minutes integer null`; a column of the primary key says which place it has there.
type Shape = BTreeSet<String>;

macro_rules! entities {
    ($($table:ident)*) => {
        /// What the entities say. A new table of `migration` gets its line here.
        fn entities(engine: DbBackend) -> Shape {
            let mut shape = Shape::new();
            $(shape.extend(columns_of::<super::$table::Entity>(engine));)*
            shape
        }
    };
}

entities! {
    access
    access_grant
    access_person
    action
    action_group
    agreement
    attendance
    attendance_history
    barrier
    beneficiary
    beneficiary_name
    beneficiary_nir
    client
    client_secret
    commune
    contract
    contract_edition
    delegation
    enrolment
    event
    feed
    feed_checkpoint
    feed_item
    held_line
    household
    idempotency
    idempotency_person
    intervention
    merge
    merge_move
    milestone
    nir_key
    organisation
    organisation_site
    orientation
    partner_line
    place_count
    principal
    professional
    professional_territory
    readiness
    reference_code
    referral
    referral_version
    revision
    rsa_right
    session
    setting
    submission
    submission_line
    territory
    territory_commune
}

fn columns_of<E: EntityTrait>(engine: DbBackend) -> impl Iterator<Item = String> {
    E::Column::iter().map(move |column| {
        let (name, definition) = (column.as_str(), column.def());
        let place = E::PrimaryKey::iter().position(|key| key.into_column().as_str() == name);
        let type_name = type_name(definition.get_column_type(), engine);
        line(E::default().table_name(), name, type_name, definition.is_null(), place.map_or(0, |place| place + 1))
    })
}

/// The name each engine gives to the type that an entity asks for.
fn type_name(column_type: &ColumnType, engine: DbBackend) -> &'static str {
    let (on_postgres, on_sqlite) = match column_type {
        ColumnType::Uuid => ("uuid", "uuid_text"),
        ColumnType::TimestampWithTimeZone => ("timestamp with time zone", "timestamp_with_timezone_text"),
        ColumnType::Date => ("date", "date_text"),
        ColumnType::Time => ("time without time zone", "time_text"),
        ColumnType::Json => ("json", "json_text"),
        ColumnType::VarBinary(_) => ("bytea", "blob"),
        ColumnType::String(_) => ("character varying", "varchar"),
        ColumnType::Boolean => ("boolean", "boolean"),
        ColumnType::Integer => ("integer", "integer"),
        ColumnType::BigInteger => ("bigint", "bigint"),
        other => panic!("no table has a column of type {other:?} yet: say here what it is called"),
    };
    if engine == DbBackend::Postgres { on_postgres } else { on_sqlite }
}

/// `place` counts from 1 inside the primary key, 0 outside.
fn line(table: &str, column: &str, type_name: &str, nullable: bool, place: usize) -> String {
    let nullable = if nullable { "null" } else { "not null" };
    let key = if place == 0 { String::new() } else { format!(", key {place}") };
    format!("{table}.{column} {type_name} {nullable}{key}")
}

/// What a migrated database says, its tables found by itself; sea-orm's own is left out.
async fn database(db: &DatabaseConnection) -> Shape {
    let engine = db.get_database_backend();
    let columns = if engine == DbBackend::Postgres {
        r#"select c.table_name as "table", c.column_name as "column", c.data_type as type, c.is_nullable = 'YES' as nullable,
                  coalesce(k.ordinal_position, 0)::bigint as place
           from information_schema.columns c
           left join information_schema.table_constraints p
             on p.table_schema = c.table_schema and p.table_name = c.table_name and p.constraint_type = 'PRIMARY KEY'
           left join information_schema.key_column_usage k
             on k.constraint_schema = p.constraint_schema and k.constraint_name = p.constraint_name and k.column_name = c.column_name
           where c.table_schema = 'public' and c.table_name <> 'seaql_migrations'"#
    } else {
        // A key's column is declared `not null` too: SQLite would take a null in a key of several columns.
        r#"select t.name as "table", c.name as "column", lower(c.type) as type, c."notnull" = 0 as nullable, c.pk as place
           from sqlite_master t, pragma_table_info(t.name) c
           where t.type = 'table' and t.name not like 'sqlite\_%' escape '\' and t.name <> 'seaql_migrations'"#
    };
    let rows = db.query_all_raw(Statement::from_string(engine, columns)).await.unwrap();
    rows.iter()
        .map(|row| {
            let text = |name| row.try_get::<String>("", name).unwrap();
            let place: i64 = row.try_get("", "place").unwrap();
            let nullable = row.try_get("", "nullable").unwrap();
            line(&text("table"), &text("column"), &text("type"), nullable, usize::try_from(place).unwrap())
        })
        .collect()
}

fn drift(entities: &Shape, database: &Shape) -> Vec<String> {
    let entities_alone = entities.difference(database).map(|line| format!("entities alone: {line}"));
    let database_alone = database.difference(entities).map(|line| format!("database alone: {line}"));
    entities_alone.chain(database_alone).collect()
}

async fn migrated(url: &str) -> DatabaseConnection {
    let db = Database::connect(url).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    db
}

#[tokio::test]
async fn the_entities_say_what_the_migrations_made_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let db = migrated(&format!("sqlite://{}?mode=rwc", directory.path().join("drift.db").display())).await;
    assert_eq!(drift(&entities(DbBackend::Sqlite), &database(&db).await), Vec::<String>::new());
    db.close().await.unwrap();
}

#[tokio::test]
async fn the_entities_say_what_the_migrations_made_on_postgresql() {
    let Some(cluster) = postgres::cluster() else { return };
    let url = cluster.create_database(None).await;
    let db = migrated(&url).await;
    assert_eq!(drift(&entities(DbBackend::Postgres), &database(&db).await), Vec::<String>::new());
    db.close().await.unwrap();
    cluster.drop_database(&url).await;
}

/// The control of the two tests above: on a real database, each kind of difference is seen and named.
async fn whatever_differs_is_named(db: &DatabaseConnection, another_key_type_and_nullability: &str) {
    let changes = "alter table commune add column remark varchar null; alter table professional_territory rename to stray;";
    db.execute_unprepared(changes).await.unwrap();
    db.execute_unprepared(another_key_type_and_nullability).await.unwrap();
    let engine = db.get_database_backend();
    let uuid = type_name(&ColumnType::Uuid, engine);
    let text = type_name(&ColumnType::string(None), engine);
    let expected = [
        format!("entities alone: access_person.access_id {uuid} not null, key 1"),
        format!("entities alone: access_person.beneficiary_id {uuid} not null, key 2"),
        format!("entities alone: professional_territory.professional_id {uuid} not null, key 1"),
        format!("entities alone: professional_territory.territory_id {uuid} not null, key 2"),
        format!("entities alone: territory.name {text} not null"),
        "entities alone: territory.version integer not null".to_owned(),
        format!("database alone: access_person.access_id {uuid} not null, key 2"),
        format!("database alone: access_person.beneficiary_id {uuid} not null, key 1"),
        format!("database alone: commune.remark {text} null"),
        format!("database alone: stray.professional_id {uuid} not null, key 1"),
        format!("database alone: stray.territory_id {uuid} not null, key 2"),
        format!("database alone: territory.name {text} null"),
        "database alone: territory.version bigint not null".to_owned(),
    ];
    assert_eq!(drift(&entities(engine), &database(db).await), expected);
}

#[tokio::test]
async fn whatever_differs_on_sqlite_is_named() {
    let db = migrated("sqlite::memory:").await;
    let changes = "drop table access_person;
        create table access_person (
            access_id uuid_text not null, beneficiary_id uuid_text not null, primary key (beneficiary_id, access_id)
        );
        alter table territory drop column version;
        alter table territory add column version bigint not null default 1;
        alter table territory drop column name;
        alter table territory add column name varchar null;";
    whatever_differs_is_named(&db, changes).await;
    db.close().await.unwrap();
}

#[tokio::test]
async fn whatever_differs_on_postgresql_is_named() {
    let Some(cluster) = postgres::cluster() else { return };
    let url = cluster.create_database(None).await;
    let db = migrated(&url).await;
    let changes = "alter table access_person drop constraint access_person_pkey, add primary key (beneficiary_id, access_id);
        alter table territory alter column version type bigint;
        alter table territory alter column name drop not null;";
    whatever_differs_is_named(&db, changes).await;
    db.close().await.unwrap();
    cluster.drop_database(&url).await;
}
