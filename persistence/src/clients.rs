//! Clients with the dates of their secrets. A digest is written here and never read back: `machinery::principals` checks it.

use std::collections::HashMap;

use domain::actor::ClientScope;
use domain::calendar::Instant;
use domain::change::{Change, Stamp};
use domain::client::{Client, ClientSecret, SecretGiven};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::Label;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::machinery::principals::{self, stored_scopes};
use crate::page::{Listing, Page, by_id, position};
use crate::select::{all, insert_all, locked_all, one, with_id};
use crate::tables::{client, client_secret};
use crate::{events, revision};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    scopes: String,
    disabled_at: Option<DateTimeUtc>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
}

fn client(row: Row, secrets: Vec<ClientSecret>) -> Result<Client, Error> {
    Ok(Client {
        id: Id::new(row.id),
        organisation: Id::new(row.organisation_id),
        name: Label::stored(row.name),
        scopes: stored_scopes(&row.scopes)?,
        disabled_at: row.disabled_at.map(Instant::new),
        secrets,
        stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
    })
}

impl From<&Client> for client::Model {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id.uuid(),
            organisation_id: client.organisation.uuid(),
            name: client.name.clone().into(),
            scopes: client.scopes.iter().copied().map(ClientScope::code).collect::<Vec<_>>().join(" "),
            version: client.stamp.version,
            created_at: client.stamp.created_at.utc(),
            updated_at: client.stamp.updated_at.utc(),
        }
    }
}

fn visible_to<F: Function<Over = Client>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["id", "organisation_id", "name", "scopes", "version", "created_at", "updated_at"].map(|column| ("client", column)))
        .column(("principal", "disabled_at"))
        .from("client")
        .join(JoinType::InnerJoin, "principal", Expr::col(("principal", "id")).equals(("client", "id")));
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("client", "organisation_id")).eq(own.uuid()));
    }
    select
}

#[derive(FromQueryResult)]
struct SecretRow {
    id: Uuid,
    client_id: Uuid,
    created_at: DateTimeUtc,
    expires_at: DateTimeUtc,
    revoked_at: Option<DateTimeUtc>,
}

/// The secrets of clients, oldest first, in one statement.
async fn secrets_of(source: &impl Source, clients: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<ClientSecret>>, Error> {
    let select = Query::select()
        .columns(["id", "client_id", "created_at", "expires_at", "revoked_at"])
        .from("client_secret")
        .and_where(Expr::col("client_id").is_in(clients))
        .order_by("created_at", Order::Asc)
        .order_by("id", Order::Asc)
        .take();
    let mut secrets: HashMap<Uuid, Vec<ClientSecret>> = HashMap::new();
    for row in all::<SecretRow>(source, &select).await? {
        secrets.entry(row.client_id).or_default().push(ClientSecret {
            id: Id::new(row.id),
            created_at: Instant::new(row.created_at),
            expires_at: Instant::new(row.expires_at),
            revoked_at: row.revoked_at.map(Instant::new),
        });
    }
    Ok(secrets)
}

async fn read(source: &impl Source, select: &SelectStatement) -> Result<Option<Client>, Error> {
    let Some(row) = one::<Row>(source, select).await? else { return Ok(None) };
    let secrets = secrets_of(source, [row.id]).await?.remove(&row.id).unwrap_or_default();
    client(row, secrets).map(Some)
}

/// The client with this id.
pub async fn find<F: Function<Over = Client>>(source: &impl Source, scope: &Scope<F>, id: Id<Client>) -> Result<Option<Client>, Error> {
    read(source, &with_id(visible_to(scope), "client", id.uuid())).await
}

/// The client with this id, locked. Its secrets change under this lock alone.
pub async fn lock<F: Function<Over = Client>>(w: &Write, scope: &Scope<F>, id: Id<Client>) -> Result<Option<Client>, Error> {
    read(w, &locked_all(with_id(visible_to(scope), "client", id.uuid()), w, ["client", "principal"])).await
}

/// The clients of an organisation by creation; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Client>>(
    source: &impl Source,
    scope: &Scope<F>,
    of: Id<Organisation>,
    listing: &Listing,
) -> Result<Page<Client>, Error> {
    let mut select = visible_to(scope);
    select.and_where(Expr::col(("client", "organisation_id")).eq(of.uuid()));
    let mut select = by_id(select, "client", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id));
    let mut secrets = secrets_of(source, page.items.iter().map(|row| row.id)).await?;
    page.try_map(|row| {
        let secrets = secrets.remove(&row.id).unwrap_or_default();
        client(row, secrets)
    })
}

/// Saves a client that was created or disabled, or whose secrets were revoked.
pub async fn save(w: &Write, decided: &Decided<Change<Client>>) -> Result<(), Error> {
    let after = &decided.after;
    principals::save(w, after.id.uuid(), "client", after.organisation, after.disabled_at, decided.created).await?;
    revision::save(w, client::Model::from(after), decided.created, &decided.event).await?;
    let revoked: Vec<Uuid> = after.secrets.iter().filter(|secret| secret.revoked_at.is_some()).map(|secret| secret.id.uuid()).collect();
    if revoked.is_empty() {
        return Ok(());
    }
    // Whatever this change revoked, it revoked at its own moment; a secret revoked before keeps its date.
    client_secret::Entity::update_many()
        .col_expr(client_secret::Column::RevokedAt, Expr::val(after.stamp.updated_at.utc()))
        .filter(Expr::col("client_id").eq(after.id.uuid()))
        .filter(Expr::col("id").is_in(revoked))
        .filter(Expr::col("revoked_at").is_null())
        .exec(w.connection())
        .await?;
    Ok(())
}

/// Saves a secret that was given, which is a change of its client.
pub async fn save_secret(w: &Write, decided: &Decided<SecretGiven>) -> Result<(), Error> {
    revision::update(w, client::Model::from(&decided.client)).await?;
    let secret = &decided.secret;
    let row = client_secret::Model {
        id: secret.id.uuid(),
        client_id: decided.client.id.uuid(),
        digest: decided.digest.to_vec(),
        created_at: secret.created_at.utc(),
        expires_at: secret.expires_at.utc(),
        revoked_at: secret.revoked_at.map(Instant::utc),
    };
    insert_all::<client_secret::Entity>(w, [row]).await?;
    events::append(w, [&decided.event]).await
}
