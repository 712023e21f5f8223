//! Somebody else in the same database: holds what the server wants, and sees what it waits for. Never the server's own connections.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// A connection beside the server's.
#[derive(Debug)]
pub struct Rival {
    url: String,
    connection: DatabaseConnection,
}

impl Rival {
    /// Connects to the database of this URL.
    pub async fn connect(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Self { url: url.to_owned(), connection: Database::connect(options).await.unwrap() }
    }

    /// One more of its kind: whoever waits cannot watch.
    pub async fn twin(&self) -> Self {
        Self::connect(&self.url).await
    }

    /// Begins a transaction that writes: on `SQLite` the only one there can be.
    pub async fn begin(&self) -> &Self {
        let begin = if self.connection.get_database_backend() == DbBackend::Sqlite { "begin immediate" } else { "begin" };
        self.run(begin).await;
        self
    }

    /// Gives back whatever it holds.
    pub async fn let_go(&self) {
        self.run("rollback").await;
    }

    /// Runs a statement, or several, and tells how many rows the last one changed.
    pub async fn run(&self, statement: &str) -> u64 {
        self.connection.execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}")).rows_affected()
    }

    /// Runs a statement as soon as nobody is in its way.
    ///
    /// # Panics
    ///
    /// When somebody is for two minutes.
    pub async fn run_in_the_end(&self, statement: &str) {
        for _ in 0..1_200 {
            if self.connection.execute_unprepared(statement).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{statement}: somebody is in its way");
    }

    /// The one number that a query answers; none without a row.
    pub async fn number(&self, query: &str) -> Option<i64> {
        let row = self.connection.query_one_raw(Statement::from_string(self.connection.get_database_backend(), query)).await;
        row.unwrap_or_else(|error| panic!("{query}: {error}")).map(|row| row.try_get_by_index(0).unwrap())
    }

    /// Returns once so many others wait for a lock in this database of `PostgreSQL`.
    ///
    /// # Panics
    ///
    /// When nobody does for 10 s.
    pub async fn wait_until_others_wait(&self, count: i64) {
        let query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        for _ in 0..1_000 {
            if self.number(query).await.unwrap_or_default() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody waits for a lock");
    }
}
