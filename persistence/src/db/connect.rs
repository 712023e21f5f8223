//! Opening the engines, with their settings read back: a database that does not keep what we rely on is refused at start.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tracing::info;

use super::{Clock, Db, Engine, Ids, Read, Running, Writer};
use crate::error::Error;

/// How long a request waits for a connection or for its turn to write.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);
/// How long one statement may take on PostgreSQL.
const STATEMENT_TIMEOUT_MS: u32 = 15_000;
/// How long a statement waits for a row's lock on PostgreSQL.
const LOCK_TIMEOUT_MS: u32 = 8_000;

/// Called with the text of each statement: how tests count them.
pub type OnStatement = Arc<dyn Fn(&str) + Send + Sync>;

/// What storage needs to open.
#[derive(Clone)]
pub struct Options {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections in all, shared out among the workers.
    pub connections: u32,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids and chance.
    pub ids: Arc<Ids>,
    /// Told of each statement, if anybody listens.
    pub on_statement: Option<OnStatement>,
}

impl fmt::Debug for Options {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Options {{ connections: {} }}", self.connections)
    }
}

/// Opened storage, from which each worker takes its own [`Db`].
#[derive(Clone, Debug)]
pub struct Store {
    options: Options,
    engine: Engine,
    running: Running,
    sqlite: Option<Writer>,
}

impl Store {
    /// Opens the database and checks that it keeps the settings we rely on.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let engine = if options.url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        let running = Arc::new(Mutex::new(HashSet::new()));
        let sqlite = match engine {
            Engine::Sqlite => {
                let connection = open_sqlite(&options, 1, false).await?;
                check_sqlite(&connection).await?;
                Some(Writer::Sqlite { connection, turn: Arc::new(tokio::sync::Mutex::new(())) })
            }
            Engine::Postgres => {
                check_postgres(&open_postgres(&options, 1).await?).await?;
                None
            }
        };
        info!(engine = ?engine, "storage is open");
        Ok(Self { options, engine, running, sqlite })
    }

    /// Which engine is behind.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A worker's own connections: readers on SQLite, a pool on PostgreSQL.
    pub async fn worker(&self, workers: u32) -> Result<Db, Error> {
        let share = (self.options.connections / workers.max(1)).max(2);
        let (readers, writer) = if let Some(writer) = &self.sqlite {
            (open_sqlite(&self.options, share, true).await?, writer.clone())
        } else {
            let pool = open_postgres(&self.options, share).await?;
            (pool.clone(), Writer::Postgres(pool))
        };
        let (clock, ids) = (self.options.clock.clone(), self.options.ids.clone());
        Ok(Db { engine: self.engine, readers: Read(readers), writer, clock, ids, running: self.running.clone() })
    }
}

fn common(options: &Options, connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_mins(10))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    connect
}

fn listen(mut connection: DatabaseConnection, options: &Options) -> DatabaseConnection {
    if let Some(listener) = options.on_statement.clone() {
        connection.set_metric_callback(move |info| listener(&info.statement.sql));
    }
    connection
}

async fn open_sqlite(options: &Options, connections: u32, read_only: bool) -> Result<DatabaseConnection, Error> {
    let mut connect = common(options, connections);
    connect.test_before_acquire(false).map_sqlx_sqlite_opts(move |opts| {
        use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
        let opts = opts.foreign_keys(true).busy_timeout(Duration::from_secs(5)).read_only(read_only);
        if read_only {
            opts.pragma("query_only", "on")
        } else {
            opts.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
        }
    });
    Ok(listen(Database::connect(connect).await?, options))
}

async fn open_postgres(options: &Options, connections: u32) -> Result<DatabaseConnection, Error> {
    let mut connect = common(options, connections);
    connect.test_before_acquire_if_idle_for(Duration::from_secs(30)).map_sqlx_postgres_opts(|opts| {
        // Readers cannot write by mistake; `Db::write` asks for READ WRITE by name.
        opts.application_name("jalon").options([
            ("default_transaction_read_only", "on"),
            ("timezone", "UTC"),
            ("statement_timeout", &STATEMENT_TIMEOUT_MS.to_string()),
            ("lock_timeout", &LOCK_TIMEOUT_MS.to_string()),
            ("idle_in_transaction_session_timeout", "60000"),
        ])
    });
    Ok(listen(Database::connect(connect).await?, options))
}

async fn setting(connection: &DatabaseConnection, sql: &str) -> Result<String, Error> {
    let backend = connection.get_database_backend();
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await?;
    let row = row.ok_or_else(|| Error::Broken(format!("{sql} answers nothing")))?;
    if backend == DbBackend::Sqlite && !sql.ends_with("journal_mode") {
        Ok(row.try_get_by_index::<i64>(0)?.to_string())
    } else {
        Ok(row.try_get_by_index(0)?)
    }
}

async fn require(connection: &DatabaseConnection, sql: &str, expected: &str) -> Result<(), Error> {
    let found = setting(connection, sql).await?;
    if found == expected { Ok(()) } else { Err(Error::Broken(format!("{sql} is {found}, and we rely on {expected}"))) }
}

async fn check_sqlite(connection: &DatabaseConnection) -> Result<(), Error> {
    require(connection, "pragma journal_mode", "wal").await?;
    require(connection, "pragma synchronous", "2").await?;
    require(connection, "pragma foreign_keys", "1").await
}

async fn check_postgres(connection: &DatabaseConnection) -> Result<(), Error> {
    require(connection, "show server_encoding", "UTF8").await?;
    require(connection, "show fsync", "on").await.or_else(warn_of_test_cluster)?;
    require(connection, "show default_transaction_isolation", "read committed").await?;
    require(connection, "show lock_timeout", "8s").await?;
    require(connection, "show statement_timeout", "15s").await
}

/// Without fsync a power cut loses what was acknowledged: only a throw-away cluster runs so, and it is said at each start.
fn warn_of_test_cluster(error: Error) -> Result<(), Error> {
    match error {
        Error::Broken(cause) => {
            tracing::warn!(cause, "this PostgreSQL may lose acknowledged data in a power cut");
            Ok(())
        }
        other => Err(other),
    }
}
