//! The one door of writes: BEGIN, the caller's closure, its answer stored with its key, its access rows, COMMIT. The closure runs
//! again as a whole when another transaction was in the way; it is never run again when nobody knows whether COMMIT happened.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Elapsed};

use sea_orm::{AccessMode, ConnectionTrait, DatabaseTransaction, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait};
use uuid::Uuid;

use super::connect::ACQUIRE_TIMEOUT;
use super::{By, Db, Engine, Key, Write, Writer};
use crate::access;
use crate::error::{Error, is_connection_lost};
use crate::feeds;
use crate::machinery::idempotency::{self, Stored};

/// A transaction older than this at COMMIT rolls back: `synced_until` (60 s) relies on it.
const OLDEST_COMMIT: Duration = Duration::from_secs(45);
/// How often the closure runs when others are in the way.
const ATTEMPTS: u32 = 6;

/// What a write answers: rendered once, so that a replay is the same bytes.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP's number for it.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The version of what is shown.
    pub etag: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
    /// The people it shows.
    pub people: Vec<Uuid>,
    /// The thing it is about, for the access log.
    pub subject: Option<Uuid>,
    /// Whether it shows a secret: then its body is never stored.
    pub secret: bool,
}

/// How a keyed write ended.
#[derive(Debug)]
pub enum Outcome {
    /// It was done now.
    Done(Answer),
    /// It had been done: the same answer again.
    Replayed(Answer),
    /// It had been done, and its answer was a secret.
    SecretShown,
    /// The key was first sent with something else.
    Reused,
    /// The first request with this key still runs.
    Running,
}

/// Tells whether running the closure again may help.
pub trait Retryable: From<Error> {
    /// Another transaction was in the way.
    fn is_contended(&self) -> bool;
}

impl Retryable for Error {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Contended)
    }
}

impl From<Stored> for Outcome {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Answer(answer) => Self::Replayed(answer),
            Stored::Secret => Self::SecretShown,
            Stored::OtherFingerprint => Self::Reused,
        }
    }
}

/// A key in use by this process; free again when dropped.
struct Claim<'a> {
    db: &'a Db,
    entry: (Uuid, String),
}

impl<'a> Claim<'a> {
    fn take(db: &'a Db, key: &Key) -> Option<Self> {
        let entry = (key.principal.uuid(), key.key.clone());
        let free = db.running.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.clone());
        free.then_some(Self { db, entry })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.db.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.entry);
    }
}

/// The first signed 64 bits of the fingerprint of a key: what PostgreSQL's advisory lock is taken on.
fn lock_number(key: &Key) -> i64 {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("{}:{}", key.principal, key.key).as_bytes());
    let head: [u8; 8] = digest.as_ref().first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(head)
}

enum Attempt {
    Answered(Answer),
    Known(Stored),
    Running,
}

impl Db {
    /// The answer already stored under a key, if any: asked before the body is even parsed.
    pub async fn replay(&self, key: &Key) -> Result<Option<Outcome>, Error> {
        Ok(idempotency::find(self.read(), key).await?.map(Outcome::from))
    }

    /// Runs a write that answers, once per key: load → decide → save → show happen in `work`.
    pub async fn write<E: Retryable>(&self, by: &By, key: Option<&Key>, work: impl AsyncFn(&Write) -> Result<Answer, E>) -> Result<Outcome, E> {
        let claim = match key {
            Some(key) if self.engine == Engine::Sqlite => match Claim::take(self, key) {
                Some(claim) => Some(claim),
                None => return Ok(Outcome::Running),
            },
            _ => None,
        };
        let attempted = self
            .transact(by, async |w: &Write| {
                if let Some(key) = key {
                    if w.engine == Engine::Postgres && !try_lock(&w.transaction, lock_number(key)).await? {
                        return Ok(Attempt::Running);
                    }
                    if let Some(stored) = idempotency::find(w, key).await? {
                        return Ok(Attempt::Known(stored));
                    }
                }
                let answer = work(w).await?;
                if let Some(key) = key {
                    idempotency::save(w, key, &answer).await?;
                }
                if !answer.people.is_empty() {
                    access::append(w, &[access::Entry::of(w.by(), w.now(), answer.subject, &answer.people)]).await?;
                }
                Ok(Attempt::Answered(answer))
            })
            .await;
        drop(claim);
        match attempted {
            Ok(Attempt::Answered(answer)) => Ok(Outcome::Done(answer)),
            Ok(Attempt::Known(stored)) => Ok(stored.into()),
            Ok(Attempt::Running) => Ok(Outcome::Running),
            Err(Failure::Unknown) => match key {
                Some(key) => self.settle(by, key).await.map_err(E::from),
                None => Err(Error::OutcomeUnknown.into()),
            },
            Err(Failure::Work(error)) => Err(error),
        }
    }

    /// Runs a write without a key or an answer: the command line, the sweeps, the access log, the demonstration.
    pub async fn run<T, E: Retryable>(&self, by: &By, work: impl AsyncFn(&Write) -> Result<T, E>) -> Result<T, E> {
        self.transact(by, work).await.map_err(|failure| match failure {
            Failure::Unknown => Error::OutcomeUnknown.into(),
            Failure::Work(error) => error,
        })
    }

    /// After a COMMIT nobody heard of: the key's row says whether the effects exist. Its advisory lock is free only when the lost
    /// transaction has ended, so an absent row under the lock means that nothing happened.
    async fn settle(&self, by: &By, key: &Key) -> Result<Outcome, Error> {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let seen = self
                .transact(by, async |w: &Write| {
                    let free = w.engine == Engine::Sqlite || try_lock(&w.transaction, lock_number(key)).await?;
                    let stored = idempotency::find(w, key).await?;
                    Ok::<_, Error>((free, stored))
                })
                .await;
            match seen {
                Ok((_, Some(Stored::Answer(answer)))) => return Ok(Outcome::Done(answer)),
                Ok((_, Some(stored))) => return Ok(stored.into()),
                Ok((true, None)) => return Err(Error::Unavailable),
                // Still in doubt: the lost transaction runs on, or the database is not back yet.
                Ok((false, None)) | Err(_) => {}
            }
        }
        Err(Error::OutcomeUnknown)
    }

    async fn transact<T, E: Retryable>(&self, by: &By, work: impl AsyncFn(&Write) -> Result<T, E>) -> Result<T, Failure<E>> {
        let mut attempt = 1;
        loop {
            match self.attempt(by, &work).await {
                Err(Failure::Work(error)) if error.is_contended() && attempt < ATTEMPTS => {
                    tracing::debug!(attempt, "another transaction was in the way: the write runs again");
                    let most = 10_u64 << attempt;
                    tokio::time::sleep(Duration::from_millis(5 + self.ids.chance() % most)).await;
                    attempt += 1;
                }
                // Six times in the way is not a defect: the client may try again.
                Err(Failure::Work(error)) if error.is_contended() => return Err(Failure::Work(Error::Unavailable.into())),
                other => return other,
            }
        }
    }

    async fn attempt<T, E: Retryable>(&self, by: &By, work: &impl AsyncFn(&Write) -> Result<T, E>) -> Result<T, Failure<E>> {
        let failed = |error: Error| Failure::Work(E::from(error));
        let (connection, turn) = match &self.writer {
            Writer::Postgres(pool) => (pool, None),
            Writer::Sqlite { connection, turn } => {
                let turn = tokio::time::timeout(ACQUIRE_TIMEOUT, turn.lock()).await.map_err(|_| failed(Error::Unavailable))?;
                (connection, Some(turn))
            }
        };
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: (self.engine == Engine::Postgres).then_some(AccessMode::ReadWrite),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let transaction = begin(connection, options).await.map_err(failed)?;
        let begun = Elapsed::now();
        let now = self.clock.now();
        let (clock, ids) = (self.clock.clone(), self.ids.clone());
        let w = Write { transaction, engine: self.engine, now, clock, ids, by: by.clone(), told: Mutex::default() };
        let worked = match work(&w).await {
            // The feeds' counters are the last locks taken: whoever comes next waits for one commit.
            Ok(value) => feeds::number(&w, w.take_told()).await.map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        let result = match worked {
            Ok(value) => value,
            Err(error) => {
                // Nothing to save and nothing to say if even this fails: the connection is dropped with its transaction.
                drop(w.transaction.rollback().await);
                return Err(Failure::Work(error));
            }
        };
        if begun.elapsed() > OLDEST_COMMIT {
            drop(w.transaction.rollback().await);
            return Err(failed(Error::Unavailable));
        }
        match w.transaction.commit().await {
            Ok(()) => {
                drop(turn);
                Ok(result)
            }
            Err(error) if is_connection_lost(&error) => Err(Failure::Unknown),
            Err(error) => Err(failed(error.into())),
        }
    }
}

enum Failure<E> {
    Work(E),
    Unknown,
}

/// Begins in a task of its own, which whoever called cannot abandon: a BEGIN given up half-way leaves its connection in the pool with a
/// transaction that nobody ends, and what the next one commits there is a savepoint of it, answered and never stored.
#[expect(clippy::disallowed_methods, reason = "the one place where a transaction begins")]
async fn begin(connection: &sea_orm::DatabaseConnection, options: TransactionOptions) -> Result<DatabaseTransaction, Error> {
    let connection = connection.clone();
    let begun = tokio::spawn(async move { connection.begin_with_options(options).await });
    // The task neither panics nor is aborted but by the end of its runtime.
    Ok(begun.await.map_err(|_| Error::Unavailable)??)
}

/// The number under which transactions take turns at saying who is in the files.
const REGISTERING: i64 = 0x6a61_6c6f_6e00_0001;

impl Write {
    /// Waits until whoever else registers or renames somebody is done, and lets nobody else begin: who is sought is then not entered
    /// meanwhile. The embedded engine has one writer anyway.
    pub async fn lock_registering(&self) -> Result<(), Error> {
        if self.engine == Engine::Postgres {
            let statement = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, "select pg_advisory_xact_lock($1)", [REGISTERING.into()]);
            self.transaction.execute_raw(statement).await?;
        }
        Ok(())
    }
}

async fn try_lock(transaction: &DatabaseTransaction, number: i64) -> Result<bool, Error> {
    let statement = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, "select pg_try_advisory_xact_lock($1)", [number.into()]);
    let row = transaction.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index::<bool>(0)).transpose()?.unwrap_or(false))
}
