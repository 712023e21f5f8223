//! Who may call: the actor behind a token, the secrets of a client. Tokens themselves, and how a secret is hashed, are not here.

use domain::actor::{Actor, ClientScope, Role, Standing};
use domain::calendar::Instant;
use domain::client::{Client, ClientSecret};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::text::Email;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::select::{all, ids, insert_all, one, stored};
use crate::tables::principal;

#[derive(FromQueryResult)]
struct Row {
    organisation_id: Uuid,
    organisation_kind: String,
    scopes: Option<String>,
    role: Option<String>,
}

/// The scopes of a client, as one stored text.
pub(crate) fn stored_scopes(text: &str) -> Result<Vec<ClientScope>, Error> {
    text.split_whitespace().map(|scope| stored("client.scopes", scope)).collect()
}

/// The actor with this principal; none when there is none or it is disabled.
pub async fn find(source: &impl Source, principal: Uuid) -> Result<Option<Actor>, Error> {
    let select = Query::select()
        .expr_as(Expr::col(("principal", "organisation_id")), "organisation_id")
        .expr_as(Expr::col(("organisation", "kind")), "organisation_kind")
        .expr_as(Expr::col(("client", "scopes")), "scopes")
        .expr_as(Expr::col(("professional", "role")), "role")
        .from("principal")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("principal", "organisation_id")))
        .join(JoinType::LeftJoin, "client", Expr::col(("client", "id")).equals(("principal", "id")))
        .join(JoinType::LeftJoin, "professional", Expr::col(("professional", "id")).equals(("principal", "id")))
        .and_where(Expr::col(("principal", "id")).eq(principal))
        .and_where(Expr::col(("principal", "disabled_at")).is_null())
        .take();
    let Some(row) = one::<Row>(source, &select).await? else { return Ok(None) };
    let organisation: Id<Organisation> = Id::new(row.organisation_id);
    let kind = stored("organisation.kind", &row.organisation_kind)?;
    let standing = match (row.scopes, row.role) {
        (Some(scopes), _) => Standing::Client { organisation, kind, scopes: stored_scopes(&scopes)? },
        (None, Some(role)) => Standing::Professional { organisation, kind, role: stored::<Role>("professional.role", &role)? },
        (None, None) => return Ok(None),
    };
    Ok(Some(Actor { principal: Id::new(principal), standing }))
}

/// The principal of the professional with this address, disabled ones apart.
pub async fn find_by_email(source: &impl Source, email: &Email) -> Result<Option<Uuid>, Error> {
    let select = Query::select()
        .column(("professional", "id"))
        .from("professional")
        .join(JoinType::InnerJoin, "principal", Expr::col(("principal", "id")).equals(("professional", "id")))
        .and_where(Expr::col(("professional", "email")).eq(&**email))
        .and_where(Expr::col(("principal", "disabled_at")).is_null())
        .take();
    Ok(ids(source, &select).await?.pop())
}

#[derive(FromQueryResult)]
struct DigestRow {
    id: Uuid,
    digest: Vec<u8>,
}

/// The digests of a client's active secrets.
pub async fn active_secrets(source: &impl Source, client: Id<Client>, now: Instant) -> Result<Vec<(Id<ClientSecret>, Vec<u8>)>, Error> {
    let select = Query::select()
        .columns(["id", "digest"])
        .from("client_secret")
        .and_where(Expr::col("client_id").eq(client.uuid()))
        .and_where(Expr::col("revoked_at").is_null())
        .and_where(Expr::col("expires_at").gt(now.utc()))
        .take();
    Ok(all::<DigestRow>(source, &select).await?.into_iter().map(|row| (Id::new(row.id), row.digest)).collect())
}

/// Saves the principal of a client or a professional: the row that every `recorded_by` names, and whether it is disabled.
pub(crate) async fn save(
    w: &Write,
    id: Uuid,
    kind: &'static str,
    organisation: Id<Organisation>,
    disabled_at: Option<Instant>,
    created: bool,
) -> Result<(), Error> {
    let disabled_at = disabled_at.map(Instant::utc);
    if created {
        let row = principal::Model { id, kind: kind.to_owned(), organisation_id: Some(organisation.uuid()), disabled_at };
        return insert_all::<principal::Entity>(w, [row]).await;
    }
    if disabled_at.is_some() {
        let update = principal::Entity::update_many().col_expr(principal::Column::DisabledAt, Expr::val(disabled_at));
        update.filter(Expr::col("id").eq(id)).exec(w.connection()).await?;
    }
    Ok(())
}
