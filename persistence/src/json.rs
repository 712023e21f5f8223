//! Rows of several tables in one statement: each as a JSON object, the same from both engines.

use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ColumnTrait, ColumnType, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable};
use serde::de::DeserializeOwned;

use crate::error::Error;

/// How a value is written into JSON where an engine does not say it as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// As it is: texts, numbers, days, moments.
    Plain,
    /// An id, 16 bytes on the embedded engine.
    Id,
    /// Bytes, as hexadecimal digits.
    Bytes,
    /// True or false, a number on the embedded engine.
    Bool,
    /// JSON already, a text on the embedded engine.
    Json,
}

/// An object of these members: a name, and the SQL that gives its value. Names and SQL are the house's own, never a caller's.
pub(crate) fn object<'a>(engine: DbBackend, members: impl IntoIterator<Item = (&'a str, String, Written)>) -> Expr {
    let on_postgres = engine == DbBackend::Postgres;
    let members = members.into_iter().map(|(name, sql, written)| {
        let value = match (on_postgres, written) {
            (true, Written::Bytes) => format!("encode({sql}, 'hex')"),
            (false, Written::Id | Written::Bytes) => format!("lower(hex({sql}))"),
            (false, Written::Bool) => format!("json(case when {sql} then 'true' else 'false' end)"),
            (false, Written::Json) => format!("json({sql})"),
            (_, Written::Plain) | (true, _) => sql,
        };
        // `hex` says of nothing that it is an empty text.
        let value = if !on_postgres && written == Written::Id { format!("nullif({value}, '')") } else { value };
        format!("'{name}', {value}")
    });
    let members = members.collect::<Vec<_>>().join(", ");
    Expr::cust(if on_postgres { format!("json_build_object({members})::text") } else { format!("json_object({members})") })
}

/// A whole row of a table.
pub(crate) fn row<E: EntityTrait>(engine: DbBackend, table: &str) -> Expr {
    let members = E::Column::iter().map(|column| {
        let written = match column.def().get_column_type() {
            ColumnType::Uuid => Written::Id,
            ColumnType::VarBinary(_) => Written::Bytes,
            ColumnType::Boolean => Written::Bool,
            ColumnType::Json | ColumnType::JsonBinary => Written::Json,
            _ => Written::Plain,
        };
        (column.as_str(), format!("\"{table}\".\"{}\"", column.as_str()), written)
    });
    object(engine, members.collect::<Vec<_>>())
}

/// A row of such a statement: what it is, and what it says.
#[derive(FromQueryResult)]
pub(crate) struct Part {
    pub(crate) kind: String,
    content: String,
}

impl Part {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.content).map_err(|error| Error::Broken(format!("a row of {} does not read back: {error}", self.kind)))
    }
}

/// Adds what a row is and says to a select over its table.
pub(crate) fn part(mut select: SelectStatement, kind: &'static str, content: Expr) -> SelectStatement {
    select.clear_selects().expr_as(Expr::cust(format!("'{kind}'")), "kind").expr_as(content, "content").take()
}
