//! Appending facts in the transaction of the change. Reads of people are not facts of this kind: see `access`.

use domain::event::Event;

use crate::db::Write;
use crate::error::Error;
use crate::select::insert_all;
use crate::tables::event;

/// Appends what happened, with who did it, when, and by which request.
pub(crate) async fn append(w: &Write, events: impl IntoIterator<Item = &Event>) -> Result<(), Error> {
    let rows = events.into_iter().map(|happened| event::Model {
        id: w.id::<Event>().uuid(),
        recorded_at: w.now().utc(),
        r#type: happened.kind.to_owned(),
        subject_id: happened.subject,
        beneficiary_id: happened.beneficiary.map(domain::id::Id::uuid),
        actor_id: w.by().actor.principal.uuid(),
        request_id: Some(w.by().request),
        codes: serde_json::Value::Object(happened.codes.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect()),
    });
    insert_all::<event::Entity>(w, rows).await
}
