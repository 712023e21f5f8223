//! What storage's tests start from: a migrated database on each engine, at a fixed moment, and people to put in it. What a test is
//! about, it inserts itself.

use std::sync::Arc;

use domain::actor::{Actor, ClientScope, Role, Standing, System};
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::organisation::{Organisation, OrganisationKind};
use domain::territory::UNASSIGNED;
use migration::Migrator;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use crate::db::{By, Clock, Db, Engine, Ids, Options, Store, Write};
use crate::error::Error;
use crate::postgres;
use crate::tables::{action, action_group, beneficiary, enrolment, organisation, orientation, session};

/// The moment all tests happen at: a Tuesday evening.
pub(crate) fn now() -> Instant {
    "2026-11-17T18:00:00.000Z".parse().unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Instant {
        now()
    }
}

/// A migrated database of a test.
pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) url: String,
}

impl Home {
    /// Writes as the house itself.
    pub(crate) async fn write<T>(&self, work: impl AsyncFn(&Write) -> Result<T, Error>) -> T {
        let by = By { actor: Actor::system(System::Demo), request: Uuid::nil(), operation: "test" };
        self.db.run(&by, work).await.unwrap()
    }

    /// A connection of the test's own, beside the house's.
    pub(crate) async fn connection(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.unwrap()
    }
}

/// Runs a test in a database of its own on SQLite, then on PostgreSQL where there is one.
pub(crate) async fn on_both_engines(test: impl AsyncFn(&Home)) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("test.db").display());
    test(&home(url).await).await;
    on_postgresql(test).await;
}

/// Runs a test in a database of its own on PostgreSQL where there is one.
pub(crate) async fn on_postgresql(test: impl AsyncFn(&Home)) {
    let Some(cluster) = postgres::cluster() else { return };
    let url = cluster.create_database(None).await;
    test(&home(url.clone()).await).await;
    cluster.drop_database(&url).await;
}

async fn home(url: String) -> Home {
    let ids = Arc::new(Ids::new(StdRng::seed_from_u64(1)));
    let options = Options { url: url.clone(), connections: 4, clock: Arc::new(Still), ids, on_statement: None };
    let store = Store::connect(options).await.unwrap();
    let connection = Database::connect(&url).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    let db = store.worker(1).await.unwrap();
    assert_eq!(db.engine() == Engine::Sqlite, url.starts_with("sqlite:"));
    Home { db, url }
}

// ---- who asks

pub(crate) fn professional(principal: Uuid, organisation: Uuid, kind: OrganisationKind, role: Role) -> Actor {
    let organisation: Id<Organisation> = Id::new(organisation);
    Actor { principal: Id::new(principal), standing: Standing::Professional { organisation, kind, role } }
}

pub(crate) fn client(organisation: Uuid) -> Actor {
    let standing = Standing::Client { organisation: Id::new(organisation), kind: OrganisationKind::Association, scopes: ClientScope::ALL.to_vec() };
    Actor { principal: Id::new(uuid(1)), standing }
}

// ---- rows

pub(crate) fn organisation(id: Uuid, kind: OrganisationKind) -> organisation::Model {
    organisation::Model {
        id,
        kind: kind.code().to_owned(),
        name: format!("Organisme {id}"),
        siret: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

pub(crate) fn action(id: Uuid, organisation: Uuid) -> action::Model {
    action::Model {
        id,
        organisation_id: organisation,
        name: "Atelier".to_owned(),
        axis: "mobilisation".to_owned(),
        kind: "ami".to_owned(),
        themes: serde_json::json!(["skills"]),
        starts_on: day("2026-01-01").date(),
        ends_on: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

pub(crate) fn group(id: Uuid, action: Uuid) -> action_group::Model {
    action_group::Model {
        id,
        action_id: action,
        code: format!("G-{}", id.as_u128()),
        name: "Groupe du mardi".to_owned(),
        place: "Maison du quartier".to_owned(),
        commune_code: "87085".to_owned(),
        capacity: 12,
        starts_on: day("2026-01-01").date(),
        ends_on: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

pub(crate) fn session(id: Uuid, group: Uuid, date: &str) -> session::Model {
    session::Model {
        id,
        group_id: group,
        reference: format!("G-{}-{date}-M", group.as_u128()),
        date: day(date).date(),
        half_day: "morning".to_owned(),
        start_time: "09:00:00".parse().unwrap(),
        end_time: "12:00:00".parse().unwrap(),
        place: "Maison du quartier".to_owned(),
        sheet_version: 1,
        sheet_closed_at: None,
        cancelled_at: None,
        cancel_reason: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

pub(crate) fn person(id: Uuid) -> beneficiary::Model {
    beneficiary::Model {
        id,
        reference: format!("87-{}", id.as_u128()),
        last_name: Some("Exemple".to_owned()),
        first_name: Some("Camille".to_owned()),
        birth_date: None,
        commune_code: None,
        territory_id: UNASSIGNED.uuid(),
        merged_into_id: None,
        purged_at: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
        birth_name: None,
        phone: None,
        email: None,
        france_travail_id: None,
        title: None,
        birth_place: None,
        street: None,
        postal_code: None,
        no_fixed_abode: false,
        household_id: None,
        household_role: None,
    }
}

/// An orientation in force, or of the past.
pub(crate) fn orientation(id: Uuid, person: Uuid, organisation: Uuid, starts_on: &str, ends_on: Option<&str>) -> orientation::Model {
    orientation::Model {
        id,
        beneficiary_id: person,
        state: if ends_on.is_some() { "closed" } else { "active" }.to_owned(),
        pending: false,
        opened_on: day(starts_on).date(),
        voluntary: false,
        rsa_right_id: None,
        former_id: None,
        interview: None,
        missed_interviews: 0,
        proposal: None,
        accompaniment: Some("socioprofessional".to_owned()),
        organisation_id: Some(organisation),
        organisation_kind: Some("plie".to_owned()),
        site_id: None,
        decided_by: Some("department".to_owned()),
        origin: Some("initial".to_owned()),
        decided_on: Some(day(starts_on).date()),
        reason: None,
        objective: None,
        recorded_by: Some(System::Demo.principal().uuid()),
        starts_on: Some(day(starts_on).date()),
        ends_on: ends_on.map(|end| day(end).date()),
        waiting_since: None,
        notified_on: None,
        notified_by: None,
        accepted_on: None,
        referent_id: None,
        review: None,
        maintained_on: None,
        extension: None,
        referral_id: None,
        closed_on: ends_on.map(|end| day(end).date()),
        closure_reason: ends_on.map(|_| "other".to_owned()),
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

pub(crate) fn enrolment(id: Uuid, group: Uuid, person: Uuid) -> enrolment::Model {
    enrolment::Model {
        id,
        group_id: group,
        beneficiary_id: person,
        starts_on: day("2026-09-01").date(),
        planned_end_on: None,
        ends_on: None,
        end_reason: None,
        status_at_entry: "rsa".to_owned(),
        origin: "direct".to_owned(),
        referral_id: None,
        aptitudes: None,
        next_step: None,
        assessment_text: None,
        assessed_at: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}
