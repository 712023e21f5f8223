//! What one is told about oneself: the names behind the caller's own principal, and nobody else's.

use domain::policy::{Function, Scope};
use domain::text::{Email, Label, Name};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};

use crate::db::Source;
use crate::error::Error;
use crate::select::one;

/// The names behind a principal.
#[derive(Clone, Debug)]
pub struct Me {
    /// What the organisation is called.
    pub organisation_name: Label,
    /// What the client is called, when a machine asks.
    pub client_name: Option<Label>,
    /// Who it is, when a person asks.
    pub person: Option<(Name, Name, Email)>,
}

#[derive(FromQueryResult)]
struct Row {
    organisation_name: String,
    client_name: Option<String>,
    last_name: Option<String>,
    first_name: Option<String>,
    email: Option<String>,
}

/// The caller's own row, whatever else they may see.
fn visible_to<F: Function<Over = ()>>(scope: &Scope<F>) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .expr_as(Expr::col(("client", "name")), "client_name")
        .columns(["last_name", "first_name", "email"].map(|column| ("professional", column)))
        .from("principal")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("principal", "organisation_id")))
        .join(JoinType::LeftJoin, "client", Expr::col(("client", "id")).equals(("principal", "id")))
        .join(JoinType::LeftJoin, "professional", Expr::col(("professional", "id")).equals(("principal", "id")))
        .and_where(Expr::col(("principal", "id")).eq(scope.actor().principal.uuid()))
        .take()
}

/// Who the caller is; none for the house itself, which has no organisation.
pub async fn find<F: Function<Over = ()>>(source: &impl Source, scope: &Scope<F>) -> Result<Option<Me>, Error> {
    let row = one::<Row>(source, &visible_to(scope)).await?;
    Ok(row.map(|row| Me {
        organisation_name: Label::stored(row.organisation_name),
        client_name: row.client_name.map(Label::stored),
        person: match (row.last_name, row.first_name, row.email) {
            (Some(last_name), Some(first_name), Some(email)) => Some((Name::stored(last_name), Name::stored(first_name), Email::stored(email))),
            _ => None,
        },
    }))
}
