//! Break-glass grants: taking one, and who took which. What a grant opens is joined wherever people are selected.

use domain::access::{AccessGrant, AccessGranted};
use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::policy::{Function, GrantAccess, Reach, Scope};
use domain::professional::Professional;
use domain::refusal::Decided;
use domain::territory::Territory;
use domain::text::Note;
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::events;
use crate::merges::{bearer_of, survivors_of};
use crate::page::{Listing, Page};
use crate::select::{all, insert_all, lock_rows, one, stored};
use crate::tables::access_grant;

/// What a caseworker learns of a person elsewhere before they break the glass: nothing but where to ask.
#[derive(Debug)]
pub struct Elsewhere {
    /// The person.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// The territory that accompanies them.
    pub territory: Id<Territory>,
}

#[derive(FromQueryResult)]
struct ElsewhereRow {
    id: Uuid,
    reference: String,
    territory_id: Uuid,
}

/// The person with this reference, or the survivor of the file that had it, anywhere in the département: no territory bounds the look-up.
/// A purged person is not found, there is nothing left to see.
pub async fn anywhere_by_reference(w: &Write, _: &Scope<GrantAccess>, reference: &PersonReference) -> Result<Option<Elsewhere>, Error> {
    let Some(bearer) = bearer_of(w, reference).await? else { return Ok(None) };
    lock_rows(w, "beneficiary", &[bearer]).await?;
    // Who was merged meanwhile is found by who survived.
    if survivors_of(w, [bearer]).await?.of(bearer) != bearer {
        return Err(Error::Contended);
    }
    let select = Query::select()
        .columns(["id", "reference", "territory_id"])
        .from("beneficiary")
        .and_where(Expr::col("id").eq(bearer))
        .and_where(Expr::col("purged_at").is_null())
        .take();
    let row = one::<ElsewhereRow>(w, &select).await?;
    Ok(row.map(|row| Elsewhere { id: Id::new(row.id), reference: PersonReference::stored(row.reference), territory: Id::new(row.territory_id) }))
}

/// Saves a grant that was taken.
pub async fn save(w: &Write, decided: &Decided<AccessGranted>) -> Result<(), Error> {
    let grant = &decided.grant;
    let row = access_grant::Model {
        id: grant.id.uuid(),
        professional_id: grant.professional.uuid(),
        beneficiary_id: grant.beneficiary.uuid(),
        reason: grant.reason.clone().into(),
        granted_at: grant.granted_at.utc(),
        expires_at: grant.expires_at.utc(),
    };
    insert_all::<access_grant::Entity>(w, [row]).await?;
    events::append(w, [&decided.event]).await
}

/// A grant with whom it opened.
#[derive(Debug)]
pub struct Taken {
    /// The grant.
    pub grant: AccessGrant,
    /// The person.
    pub person: Elsewhere,
}

/// Which grants are asked for.
#[derive(Clone, Debug, Default)]
pub struct GrantQuery {
    /// Over this person.
    pub beneficiary: Option<Id<Beneficiary>>,
    /// Taken by this professional.
    pub professional: Option<Id<Professional>>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    professional_id: Uuid,
    beneficiary_id: Uuid,
    reason: String,
    granted_at: DateTimeUtc,
    expires_at: DateTimeUtc,
    reference: String,
    territory_id: Uuid,
}

impl From<Row> for Taken {
    fn from(row: Row) -> Self {
        let person = Id::new(row.beneficiary_id);
        Self {
            grant: AccessGrant {
                id: Id::new(row.id),
                professional: Id::new(row.professional_id),
                beneficiary: person,
                reason: Note::stored(row.reason),
                granted_at: Instant::new(row.granted_at),
                expires_at: Instant::new(row.expires_at),
            },
            person: Elsewhere { id: person, reference: PersonReference::stored(row.reference), territory: Id::new(row.territory_id) },
        }
    }
}

fn visible_to<F: Function<Over = AccessGrant>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["id", "professional_id", "beneficiary_id", "reason", "granted_at", "expires_at"].map(|column| ("access_grant", column)))
        .columns(["reference", "territory_id"].map(|column| ("beneficiary", column)))
        .from("access_grant")
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("access_grant", "beneficiary_id")));
    match scope.reach() {
        Reach::Department => {}
        // Whoever takes a grant is told so when taking it; the list is for those who answer for all of them.
        Reach::Territories(_) | Reach::Accompanied(_) | Reach::Organisation(_) => {
            select.and_where(Expr::val(1).eq(0));
        }
    }
    select
}

/// Grants, the newest first.
pub async fn list<F: Function<Over = AccessGrant>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &GrantQuery,
    listing: &Listing,
) -> Result<Page<Taken>, Error> {
    let id = || Expr::col(("access_grant", "id"));
    let after = listing.after.as_ref().and_then(|position| position.first()).map(|id| stored::<Uuid>("cursor", id)).transpose()?;
    let asked = Cond::all()
        .add_option(query.beneficiary.map(|person| Expr::col(("access_grant", "beneficiary_id")).eq(person.uuid())))
        .add_option(query.professional.map(|professional| Expr::col(("access_grant", "professional_id")).eq(professional.uuid())))
        .add_option(after.map(|after| id().lt(after)));
    let mut select = visible_to(scope);
    select.cond_where(asked).order_by(("access_grant", "id"), Order::Desc).limit(listing.limit + 1);
    let rows = all::<Row>(source, &select).await?;
    Ok(Page::cut(rows, listing.limit, |row| vec![row.id.to_string()]).map(Taken::from))
}
