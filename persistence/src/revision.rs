//! Saving an edited row with its former states: `revision` keeps each version as it was, insert-only. Attendance, which has a
//! typed history of its own, is not kept here.

use std::collections::{HashMap, HashSet};

use domain::calendar::Instant;
use domain::change::Stamp;
use domain::event::Event;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use crate::db::Write;
use crate::db::sealed::Source as _;
use crate::error::Error;
use crate::events;
use crate::select::{came_second, insert_all, most_rows};
use crate::tables::revision;

/// A row that carries an id and a version.
pub(crate) trait Versioned: ModelTrait + Serialize + Clone {
    /// What it is, in the history.
    const SUBJECT: &'static str;
    /// Its id.
    fn id(&self) -> Uuid;
    /// Its version.
    fn version(&self) -> i32;
    /// Its version and dates.
    fn stamp(&self) -> Stamp;
}

macro_rules! versioned {
    ($($table:ident),* $(,)?) => {$(
        impl Versioned for crate::tables::$table::Model {
            const SUBJECT: &'static str = stringify!($table);
            fn id(&self) -> Uuid {
                self.id
            }
            fn version(&self) -> i32 {
                self.version
            }
            fn stamp(&self) -> Stamp {
                Stamp { version: self.version, created_at: Instant::new(self.created_at), updated_at: Instant::new(self.updated_at) }
            }
        }
    )*};
}
versioned!(
    organisation,
    organisation_site,
    delegation,
    agreement,
    client,
    professional,
    territory,
    beneficiary,
    action,
    action_group,
    session,
    enrolment,
    referral,
    rsa_right,
    milestone,
    barrier,
    intervention,
    orientation,
    contract,
    readiness
);

fn kept<M: Versioned>(w: &Write, row: &M) -> Result<revision::Model, Error> {
    Ok(revision::Model {
        subject_id: row.id(),
        version: row.version(),
        subject: M::SUBJECT.to_owned(),
        content: Some(serde_json::to_value(row).map_err(|error| Error::Broken(error.to_string()))?),
        recorded_by: w.by().actor.principal.uuid(),
        recorded_at: w.now().utc(),
    })
}

/// Inserts new rows with their first revision.
pub(crate) async fn insert<M>(w: &Write, rows: Vec<M>) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let revisions = rows.iter().map(|row| kept(w, row)).collect::<Result<Vec<_>, _>>()?;
    insert_all::<M::Entity>(w, rows).await?;
    insert_all::<revision::Entity>(w, revisions).await
}

/// Updates a row from the version before, with its revision.
pub(crate) async fn update<M>(w: &Write, row: M) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let revision = kept(w, &row)?;
    overwrite(w, row).await?;
    insert_all::<revision::Entity>(w, [revision]).await
}

/// Updates a row from the version before. It was locked when it was loaded, so another version is a defect.
async fn overwrite<M>(w: &Write, row: M) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let (id, version) = (row.id(), row.version());
    let updated = M::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Expr::col("id").eq(id))
        .filter(Expr::col("version").eq(version - 1))
        .exec(w.connection())
        .await
        .map_err(came_second)?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::Broken(format!("{} was not at version {}", M::SUBJECT, version - 1))) }
}

/// Updates many rows, each from the version before: in as few statements as their binds allow, unless one is edited twice.
async fn overwrite_all<M>(w: &Write, rows: Vec<M>) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let ids: HashSet<Uuid> = rows.iter().map(Versioned::id).collect();
    if rows.len() < 2 || ids.len() < rows.len() {
        for row in rows {
            overwrite(w, row).await?;
        }
        return Ok(());
    }
    let others = <M::Entity as EntityTrait>::Column::iter().filter(|column| column.as_str() != "id");
    let mut onto = OnConflict::column("id");
    onto.update_columns(others).action_and_where(Expr::col((M::SUBJECT, "version")).eq(Expr::col(("excluded", "version")).sub(1)));
    for chunk in rows.chunks(most_rows::<M::Entity>()) {
        let models = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        let written = M::Entity::insert_many(models).on_conflict(onto.clone()).exec_without_returning(w.connection()).await.map_err(came_second)?;
        if usize::try_from(written).ok() != Some(chunk.len()) {
            return Err(Error::Broken(format!("some {} were not at the version before", M::SUBJECT)));
        }
    }
    Ok(())
}

/// A row to save, whether it is new, and what happened to it.
pub(crate) type Saved<'a, M> = (M, bool, &'a Event);

/// Saves a created or edited row, its revision and its event.
pub(crate) async fn save<M>(w: &Write, row: M, created: bool, event: &Event) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    save_all(w, [(row, created, event)]).await
}

/// Saves many in as few statements as can be: edited rows first, since what ends makes room for what takes its place; then new ones, each
/// as its last edit left it. Every version has its revision.
pub(crate) async fn save_all<'a, M>(w: &Write, changes: impl IntoIterator<Item = Saved<'a, M>>) -> Result<(), Error>
where
    M: Versioned + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let (mut new, mut places): (Vec<M>, HashMap<Uuid, usize>) = (Vec::new(), HashMap::new());
    let (mut edited, mut revisions, mut happened) = (Vec::new(), Vec::new(), Vec::new());
    for (row, created, event) in changes {
        revisions.push(kept(w, &row)?);
        happened.push(event);
        if created {
            places.insert(row.id(), new.len());
            new.push(row);
        } else if let Some(known) = places.get(&row.id()).and_then(|place| new.get_mut(*place)) {
            *known = row;
        } else {
            edited.push(row);
        }
    }
    overwrite_all(w, edited).await?;
    insert_all::<M::Entity>(w, new).await?;
    insert_all::<revision::Entity>(w, revisions).await?;
    events::append(w, happened).await
}
