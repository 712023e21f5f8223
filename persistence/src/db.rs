//! Connections and transactions: where reads go, and the one door of writes. Which engine is behind is decided by the URL and
//! matters nowhere else. No table is named here but the machinery's.

mod connect;
mod write;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::{Actor, Principal};
use domain::calendar::Instant;
use domain::id::Id;
use rand::{Rng, RngExt};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use crate::feeds::Told;

pub use connect::{OnStatement, Options, Store};
pub use write::{Answer, Outcome, Retryable};

/// Which engine is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, the default.
    Sqlite,
    /// The production engine.
    Postgres,
}

/// The time, as an argument.
pub trait Clock: Send + Sync + 'static {
    /// Now, to the millisecond.
    fn now(&self) -> Instant;
}

/// New identifiers and chance, as an argument.
pub struct Ids {
    chance: Mutex<Box<dyn Rng + Send>>,
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

impl Ids {
    /// From a generator: the operating system's in production, a seeded one in the demonstration.
    pub fn new(chance: impl Rng + Send + 'static) -> Self {
        Self { chance: Mutex::new(Box::new(chance)) }
    }

    /// Some bits of chance.
    pub fn chance(&self) -> u64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    /// 32 bytes of chance.
    pub fn bytes(&self) -> [u8; 32] {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    /// A `UUIDv7` of this moment.
    pub fn uuid(&self, now: Instant) -> Uuid {
        let random: [u8; 10] = self.chance.lock().unwrap_or_else(PoisonError::into_inner).random();
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.millis()).unwrap_or(0), &random).into_uuid()
    }

    /// A new id of a `T`.
    pub fn id<T>(&self, now: Instant) -> Id<T> {
        Id::new(self.uuid(now))
    }
}

/// Who does something, by which operation of which request.
#[derive(Clone, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// The request, which answers and logs carry too.
    pub request: Uuid,
    /// The operation's id in the OpenAPI document, or the command.
    pub operation: &'static str,
}

/// An idempotency key with what it was first sent with.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose key.
    pub principal: Id<Principal>,
    /// The key.
    pub key: String,
    /// SHA-256 of method, path, query, media type and body.
    pub fingerprint: [u8; 32],
}

/// Keys whose first request is still running, for SQLite: one process is all there is.
type Running = Arc<Mutex<HashSet<(Uuid, String)>>>;

/// Storage as one worker holds it: its own readers, and the way to write.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    readers: Read,
    writer: Writer,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    running: Running,
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// How a transaction is begun.
#[derive(Clone, Debug)]
enum Writer {
    /// The only connection that writes, behind a fair queue.
    Sqlite { connection: DatabaseConnection, turn: Arc<tokio::sync::Mutex<()>> },
    /// Any connection of the worker's pool.
    Postgres(DatabaseConnection),
}

/// A connection that only reads.
#[derive(Clone, Debug)]
pub struct Read(DatabaseConnection);

/// A transaction that `Db::write` opened: what `lock`, `save` and `append` ask for.
#[derive(Debug)]
pub struct Write {
    transaction: DatabaseTransaction,
    engine: Engine,
    now: Instant,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    by: By,
    /// What feeds will say of it, numbered at its very end.
    told: Mutex<Vec<Told>>,
}

impl Write {
    /// The moment of this attempt, read after BEGIN.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Who writes.
    pub fn by(&self) -> &By {
        &self.by
    }

    /// A new id of a `T`.
    pub fn id<T>(&self) -> Id<T> {
        self.ids.id(self.now)
    }

    /// Some bits of chance.
    pub fn chance(&self) -> u64 {
        self.ids.chance()
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Now, and not when the transaction began.
    pub fn clock_now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets a feed say something, once the transaction has done everything else.
    pub(crate) fn tell(&self, told: Told) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }

    fn take_told(&self) -> Vec<Told> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where a read goes: a reader, or the transaction of a write.
pub trait Source: sealed::Source {}
impl Source for Read {}
impl Source for Write {}

pub(crate) mod sealed {
    use super::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Read, Write};

    /// The connection behind a source, for this crate alone.
    pub trait Source {
        /// What it is.
        type Connection: ConnectionTrait;
        /// Itself.
        fn connection(&self) -> &Self::Connection;
    }
    impl Source for Read {
        type Connection = DatabaseConnection;
        fn connection(&self) -> &DatabaseConnection {
            &self.0
        }
    }
    impl Source for Write {
        type Connection = DatabaseTransaction;
        fn connection(&self) -> &DatabaseTransaction {
            &self.transaction
        }
    }
}

impl Db {
    /// Where reads go.
    pub fn read(&self) -> &Read {
        &self.readers
    }

    /// Which engine is behind.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The clock it was given.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The source of ids it was given.
    pub fn ids(&self) -> &Arc<Ids> {
        &self.ids
    }
}
