//! Stored answers by idempotency key: a row exists exactly when the effects of its request exist. What a fingerprint is made of is
//! not here.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::db::{Answer, Key, Source, Write};
use crate::error::Error;
use crate::select::{all, insert_all, one};
use crate::tables::{idempotency, idempotency_person};

/// What is known of a key.
#[derive(Debug)]
pub(crate) enum Stored {
    /// The answer, with the people it shows.
    Answer(Answer),
    /// The answer was a secret, which is not stored.
    Secret,
    /// The key was first sent with something else.
    OtherFingerprint,
}

/// Looks a key up.
pub(crate) async fn find(source: &impl Source, key: &Key) -> Result<Option<Stored>, Error> {
    let is_this_key =
        |table: &'static str| Expr::col((table, "principal_id")).eq(key.principal.uuid()).and(Expr::col((table, "key")).eq(key.key.as_str()));
    let select = Query::select()
        .columns(["principal_id", "key", "fingerprint", "status", "location", "etag", "body", "created_at"])
        .from("idempotency")
        .and_where(is_this_key("idempotency"))
        .take();
    let Some(row) = one::<idempotency::Model>(source, &select).await? else { return Ok(None) };
    if row.fingerprint != key.fingerprint {
        return Ok(Some(Stored::OtherFingerprint));
    }
    let Some(body) = row.body else { return Ok(Some(Stored::Secret)) };
    let shown = Query::select()
        .columns(["principal_id", "key", "beneficiary_id"])
        .from("idempotency_person")
        .and_where(is_this_key("idempotency_person"))
        .take();
    let people: Vec<Uuid> = all::<idempotency_person::Model>(source, &shown).await?.into_iter().map(|row| row.beneficiary_id).collect();
    let status = u16::try_from(row.status).unwrap_or(200);
    Ok(Some(Stored::Answer(Answer { status, location: row.location, etag: row.etag, body, people, subject: None, secret: false })))
}

/// Stores an answer in the transaction of its effects.
pub(crate) async fn save(w: &Write, key: &Key, answer: &Answer) -> Result<(), Error> {
    let row = idempotency::Model {
        principal_id: key.principal.uuid(),
        key: key.key.clone(),
        fingerprint: key.fingerprint.to_vec(),
        status: i32::from(answer.status),
        location: answer.location.clone(),
        etag: answer.etag.clone(),
        body: (!answer.secret).then(|| answer.body.clone()),
        created_at: w.now().utc(),
    };
    insert_all::<idempotency::Entity>(w, [row]).await?;
    let mut people = answer.people.clone();
    people.sort_unstable();
    people.dedup();
    let shown = people.into_iter().map(|person| idempotency_person::Model {
        principal_id: key.principal.uuid(),
        key: key.key.clone(),
        beneficiary_id: person,
    });
    insert_all::<idempotency_person::Entity>(w, shown).await
}

/// Forgets the answers older than 30 days: they are personal data. Returns how many.
pub async fn purge(w: &Write) -> Result<u64, Error> {
    use crate::db::sealed::Source as _;
    use sea_orm::{EntityTrait, QueryFilter};
    let oldest = w.now().plus(-chrono::TimeDelta::days(30));
    let purged = idempotency::Entity::delete_many().filter(Expr::col("created_at").lt(oldest.utc())).exec(w.connection()).await?;
    Ok(purged.rows_affected)
}
