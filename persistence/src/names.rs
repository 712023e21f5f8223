//! The words by which people are found: one row per way in which a part of a name may be written, and beside it all the words of the
//! person, so that one row answers whether several are met. How they are made is in `domain::naming`, how they are searched in `search`.

use domain::beneficiary::Beneficiary;
use domain::change::Change;
use domain::naming::{in_one, written};
use domain::refusal::Decided;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::db::Write;
use crate::db::sealed::Source as _;
use crate::error::Error;
use crate::select::insert_all;
use crate::tables::beneficiary_name;

/// Writes down the words of people who were registered or renamed. Those of a merged file stay, for whoever would register them again;
/// those of a purged one do not.
pub(crate) async fn save(w: &Write, changes: &[Decided<Change<Beneficiary>>]) -> Result<(), Error> {
    let edited: Vec<Uuid> = changes.iter().filter(|one| !one.created).map(|one| one.after.id.uuid()).collect();
    if !edited.is_empty() {
        beneficiary_name::Entity::delete_many().filter(Expr::col("beneficiary_id").is_in(edited)).exec(w.connection()).await?;
    }
    let rows = changes.iter().filter(|one| one.after.purged_at.is_none()).flat_map(|one| rows(&one.after));
    insert_all::<beneficiary_name::Entity>(w, rows).await
}

fn rows(person: &Beneficiary) -> Vec<beneficiary_name::Model> {
    let (Some(last), Some(first)) = (&person.last_name, &person.first_name) else { return Vec::new() };
    let each = written(last, first, person.details.birth_name.as_deref());
    let words = in_one(&each);
    each.into_iter().map(|word| beneficiary_name::Model { beneficiary_id: person.id.uuid(), word, words: words.clone() }).collect()
}
