//! Professionals with their territories. What they may do is `domain::policy`; who holds a token is `machinery::principals`.

use std::collections::HashMap;

use domain::actor::Role;
use domain::calendar::Instant;
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::policy::{Function, Reach, Scope};
use domain::professional::Professional;
use domain::refusal::Decided;
use domain::territory::Territory;
use domain::text::{Email, Name};
use domain::vocabulary::Term;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::machinery::principals;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, exists, insert_all, locked_all, one, stored, with_id};
use crate::tables::{professional, professional_territory};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    email: String,
    last_name: String,
    first_name: String,
    role: String,
    profession: Option<String>,
    disabled_at: Option<DateTimeUtc>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
}

fn professional(row: Row, territories: Vec<Id<Territory>>) -> Result<Professional, Error> {
    Ok(Professional {
        id: Id::new(row.id),
        organisation: Id::new(row.organisation_id),
        email: Email::stored(row.email),
        last_name: Name::stored(row.last_name),
        first_name: Name::stored(row.first_name),
        role: stored("professional.role", &row.role)?,
        profession: row.profession.map(Term::stored),
        territories,
        disabled_at: row.disabled_at.map(Instant::new),
        stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
    })
}

impl From<&Professional> for professional::Model {
    fn from(professional: &Professional) -> Self {
        Self {
            id: professional.id.uuid(),
            organisation_id: professional.organisation.uuid(),
            email: (*professional.email).to_owned(),
            last_name: professional.last_name.clone().into(),
            first_name: professional.first_name.clone().into(),
            role: professional.role.code().to_owned(),
            profession: professional.profession.as_deref().map(str::to_owned),
            version: professional.stamp.version,
            created_at: professional.stamp.created_at.utc(),
            updated_at: professional.stamp.updated_at.utc(),
        }
    }
}

fn visible_to<F: Function<Over = Professional>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            ["id", "organisation_id", "email", "last_name", "first_name", "role", "profession", "version", "created_at", "updated_at"]
                .map(|column| ("professional", column)),
        )
        .column(("principal", "disabled_at"))
        .from("professional")
        .join(JoinType::InnerJoin, "principal", Expr::col(("principal", "id")).equals(("professional", "id")));
    if let Reach::Organisation(own) = scope.reach() {
        select.and_where(Expr::col(("professional", "organisation_id")).eq(own.uuid()));
    }
    select
}

/// The territories of professionals, in one statement.
async fn territories_of(source: &impl Source, professionals: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<Id<Territory>>>, Error> {
    let select = Query::select()
        .columns(["professional_id", "territory_id"])
        .from("professional_territory")
        .and_where(Expr::col("professional_id").is_in(professionals))
        .order_by("territory_id", Order::Asc)
        .take();
    let mut territories: HashMap<Uuid, Vec<Id<Territory>>> = HashMap::new();
    for row in all::<professional_territory::Model>(source, &select).await? {
        territories.entry(row.professional_id).or_default().push(Id::new(row.territory_id));
    }
    Ok(territories)
}

async fn read(source: &impl Source, select: &SelectStatement) -> Result<Option<Professional>, Error> {
    let Some(row) = one::<Row>(source, select).await? else { return Ok(None) };
    let territories = territories_of(source, [row.id]).await?.remove(&row.id).unwrap_or_default();
    professional(row, territories).map(Some)
}

/// The professional with this id.
pub async fn find<F: Function<Over = Professional>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Professional>,
) -> Result<Option<Professional>, Error> {
    read(source, &with_id(visible_to(scope), "professional", id.uuid())).await
}

/// The professional with this id, locked.
pub async fn lock<F: Function<Over = Professional>>(w: &Write, scope: &Scope<F>, id: Id<Professional>) -> Result<Option<Professional>, Error> {
    read(w, &locked_all(with_id(visible_to(scope), "professional", id.uuid()), w, ["professional", "principal"])).await
}

/// Which professionals are asked for.
#[derive(Clone, Debug, Default)]
pub struct ProfessionalQuery {
    /// Who work there.
    pub organisation: Option<Id<Organisation>>,
    /// Who have this role.
    pub role: Option<Role>,
}

/// Professionals by creation; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Professional>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &ProfessionalQuery,
    listing: &Listing,
) -> Result<Page<Professional>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.organisation.map(|of| Expr::col(("professional", "organisation_id")).eq(of.uuid())));
    select.and_where_option(query.role.map(|role| Expr::col(("professional", "role")).eq(role.code())));
    let mut select = by_id(select, "professional", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    let page = Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id));
    let mut territories = territories_of(source, page.items.iter().map(|row| row.id)).await?;
    page.try_map(|row| {
        let territories = territories.remove(&row.id).unwrap_or_default();
        professional(row, territories)
    })
}

/// Whether somebody has this address, `except` apart. An address stays with whoever was disabled.
pub async fn email_taken(w: &Write, email: &Email, except: Option<Id<Professional>>) -> Result<bool, Error> {
    let mut select = Query::select();
    select.expr(Expr::val(1)).from("professional").and_where(Expr::col("email").eq(&**email));
    select.and_where_option(except.map(|id| Expr::col("id").ne(id.uuid())));
    exists(w, &select).await
}

/// Saves a professional who was invited, edited or disabled.
pub async fn save(w: &Write, decided: &Decided<Change<Professional>>) -> Result<(), Error> {
    let after = &decided.after;
    principals::save(w, after.id.uuid(), "professional", after.organisation, after.disabled_at, decided.created).await?;
    revision::save(w, professional::Model::from(after), decided.created, &decided.event).await?;
    // Replaced as a whole: a handful of rows, and one way whatever changed.
    if !decided.created {
        professional_territory::Entity::delete_many().filter(Expr::col("professional_id").eq(after.id.uuid())).exec(w.connection()).await?;
    }
    let rows =
        after.territories.iter().map(|territory| professional_territory::Model { professional_id: after.id.uuid(), territory_id: territory.uuid() });
    insert_all::<professional_territory::Entity>(w, rows).await
}
