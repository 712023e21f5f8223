//! Lists as clients read them: `limit`, signed cursors bound to their filters, `updated_since` and `synced_until`. Which rows there
//! are is not decided here.

use std::borrow::Cow;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::TimeDelta;
use domain::calendar::Instant;
use persistence::{Listing, Position};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, RefBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

use crate::problem::{Kind, Place, Problem, Stop};
use crate::show::Shows;
use crate::signed::Signer;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_cursor: Option<String>,
    pub(crate) synced_until: Instant,
}

// Not derived: the derived name forgets the parameter, so that every list would share the schema of the last one.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .max_items(Some(200))
            .description(Some("The things, in the order of the list."));
        let next_cursor = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .max_length(Some(1000))
            .pattern(Some("^[A-Za-z0-9_-]+$"))
            .description(Some("Pass it as `cursor` to go on; null on the last page. Opaque, bound to the filters it came with; it does not expire."));
        let synced_until = RefBuilder::new()
            .ref_location_from_schema_name(Instant::name())
            .description(Some(
                "Pass it as `updated_since` next time, once `next_cursor` is null: repeats are possible, losses are not. Every page of a walk has that of its first.",
            ));
        ObjectBuilder::new()
            .property("items", items)
            .property("next_cursor", next_cursor)
            .property("synced_until", synced_until.build())
            .required("items")
            .required("next_cursor")
            .required("synced_until")
            .description(Some("A page of a list."))
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Page", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        schemas.push((Instant::name().into_owned(), Instant::schema()));
        T::schemas(schemas);
    }
}

impl<T: Shows> Shows for Page<T> {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.items.iter().for_each(|item| item.people(people));
    }
}

/// What every list takes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters that `Call::list` reads itself")]
pub(crate) struct ListParams {
    /// Items on a page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[param(max_length = 1000, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// What a list that can be synchronised takes besides.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameter that `Call::list` reads itself")]
pub(crate) struct SyncParams {
    /// Only what was changed at or after this moment, in order of change: pass the `synced_until` of the last synchronisation.
    #[param(value_type = Option<Instant>, max_length = 35)]
    updated_since: Option<String>,
}

/// `true` or `false` in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            _ => Err(serde::de::Error::custom("VALUE_INVALID")),
        }
    }
}

/// Older than this, no transaction lives: what is later may still be joined by a change with an earlier date.
const OLDEST_TRANSACTION: TimeDelta = TimeDelta::seconds(60);

/// No cursor of ours is longer.
const LONGEST_CURSOR: usize = 1000;

/// The signing and reading of cursors.
#[derive(Debug)]
pub(crate) struct Cursors(Signer);

impl Cursors {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Signer::new(key, LONGEST_CURSOR))
    }

    /// A cursor that stands at `position` of the list that `filters` name, on a walk that is in step until `synced_until`.
    pub(crate) fn write(&self, filters: &str, position: &Position, synced_until: Instant) -> Result<String, Stop> {
        let content = serde_json::to_vec(&(synced_until.to_string(), position)).map_err(|_| Stop::from(Kind::Internal))?;
        Ok(self.0.sign(filters.as_bytes(), &content))
    }

    /// Where a cursor of ours for the same list stands, and until when its walk is in step; anything else is refused alike.
    pub(crate) fn read(&self, filters: &str, cursor: &str) -> Result<(Position, Instant), Stop> {
        let invalid = || Stop::from(Problem::at(Kind::CursorInvalid, Kind::CursorInvalid.code(), Place::Parameter("cursor".to_owned())));
        let content = self.0.read(filters.as_bytes(), cursor).ok_or_else(invalid)?;
        let (synced_until, position): (String, Position) = serde_json::from_slice(&content).map_err(|_| invalid())?;
        Ok((position, synced_until.parse().map_err(|_| invalid())?))
    }
}

/// A list that is being asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What storage is asked.
    pub(crate) listing: Listing,
    /// Path and filters, in one order: what a cursor is bound to.
    pub(crate) filters: String,
    /// Until when whoever walks it to its end is in step. It is that of the first page: what changes on a page behind the reader is
    /// only seen the next time, however long the walk takes.
    pub(crate) synced_until: Instant,
}

impl Asked {
    /// Until when a walk that begins now is in step.
    pub(crate) fn synced_until(now: Instant) -> Instant {
        now.plus(-OLDEST_TRANSACTION)
    }

    /// A page of rows as the client reads it.
    pub(crate) fn page<R, T>(&self, cursors: &Cursors, rows: persistence::Page<R>, show: impl FnMut(R) -> T) -> Result<Page<T>, Stop> {
        let next_cursor = rows.next.as_ref().map(|position| cursors.write(&self.filters, position, self.synced_until)).transpose()?;
        Ok(Page { items: rows.items.into_iter().map(show).collect(), next_cursor, synced_until: self.synced_until })
    }
}

/// The `Link` of the next page: the same list, at another cursor.
pub(crate) fn next_link(path: &str, filters: BTreeMap<String, String>, cursor: &str) -> String {
    let others = filters.into_iter().filter(|(name, _)| name != "cursor");
    let pairs = others.chain([("cursor".to_owned(), cursor.to_owned())]).map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)));
    format!("<{path}?{}>; rel=\"next\"", pairs.collect::<Vec<_>>().join("&"))
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_bound_to_its_list_and_cannot_be_forged() {
        let cursors = Cursors::new(&[7; 32]);
        let since: Instant = "2026-11-21T09:12:03.000Z".parse().unwrap();
        let cursor = cursors.write("/v1/sessions?from=2026-01-01", &vec!["a".to_owned()], since).unwrap();
        assert_eq!(cursors.read("/v1/sessions?from=2026-01-01", &cursor).unwrap(), (vec!["a".to_owned()], since));
        assert!(cursors.read("/v1/sessions", &cursor).is_err());
        assert!(Cursors::new(&[8; 32]).read("/v1/sessions?from=2026-01-01", &cursor).is_err());
        for place in 0..cursor.len() {
            let mut forged = cursor.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            assert!(cursors.read("/v1/sessions?from=2026-01-01", &String::from_utf8(forged).unwrap()).is_err());
        }
        for garbage in ["", "é", "====", "AAAA", &"A".repeat(5000)] {
            assert!(cursors.read("/v1/sessions", garbage).is_err());
        }
    }
}
