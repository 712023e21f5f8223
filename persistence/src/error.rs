//! The four ways storage fails. What the client is told is not here: `api` turns them into problems.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Why storage did not do it.
#[derive(Debug)]
pub enum Error {
    /// No connection, no lock or no answer in time: nothing was done, try again later.
    Unavailable,
    /// Another transaction was in the way (40001, 40P01): the whole closure may run again.
    Contended,
    /// The connection was lost during COMMIT: the effects are there or not, and nobody knows here.
    OutcomeUnknown,
    /// A defect: of the schema, of the statement or of the data.
    Broken(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable => f.write_str("storage is unavailable"),
            Self::Contended => f.write_str("another transaction was in the way"),
            Self::OutcomeUnknown => f.write_str("the connection was lost during COMMIT"),
            Self::Broken(cause) => write!(f, "storage defect: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            Some(cause)
        }
        _ => None,
    }
}

/// Whether the connection itself failed, as opposed to the statement.
pub(crate) fn is_connection_lost(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed) => true,
        // Administrator shutdown, crash shutdown, cannot connect now: the server ends the connection itself.
        Some(sqlx::Error::Database(cause)) => cause.code().is_some_and(|code| matches!(code.as_ref(), "57P01" | "57P02" | "57P03")),
        _ => false,
    }
}

/// Whether the statement met a unique constraint; the caller knows which rule that is.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if matches!(error, DbErr::ConnectionAcquire(_)) || is_connection_lost(&error) {
            return Self::Unavailable;
        }
        match sqlx_error(&error) {
            Some(sqlx::Error::PoolTimedOut) => Self::Unavailable,
            Some(sqlx::Error::Database(cause)) => match cause.code().as_deref() {
                Some("40001" | "40P01") => Self::Contended,
                // Lock not available, statement cancelled by its timeout, too many connections; SQLITE_BUSY and its kin.
                Some("55P03" | "57014" | "53300" | "5" | "261" | "517" | "6") => Self::Unavailable,
                // The driver's message can quote values: only the code and the constraint leave.
                code => Self::Broken(format!("{:?} {}", code, cause.constraint().unwrap_or_default())),
            },
            Some(sqlx::Error::ColumnDecode { index, .. }) => Self::Broken(format!("column {index} does not decode")),
            Some(_) => Self::Broken("the driver failed".to_owned()),
            None => Self::Broken(match error {
                DbErr::Type(cause) | DbErr::Json(cause) | DbErr::Custom(cause) | DbErr::RecordNotFound(cause) => cause,
                other => std::any::type_name_of_val(&other).to_owned(),
            }),
        }
    }
}
