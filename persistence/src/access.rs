//! The log of reads: one row per answer that showed people, and the people it showed. Writers append in their own transaction;
//! readers wait for a group commit, which takes whatever came during the one before. What is shown, and to whom, is decided elsewhere.

use domain::access::AccessRecord;
use domain::actor::{Actor, System};
use domain::calendar::Instant;
use domain::id::Id;
use domain::policy::{Function, Scope};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{By, Db, Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::select::{all, ids, insert_all, stored};
use crate::tables::{access, access_person};

/// How many answers one group commit takes at most.
const MOST_GATHERED: usize = 500;

/// One answer that shows people.
#[derive(Clone, Debug)]
pub struct Entry {
    by: By,
    at: Instant,
    subject: Option<Uuid>,
    people: Vec<Uuid>,
}

impl Entry {
    /// What `by` is shown at that moment.
    pub fn of(by: &By, at: Instant, subject: Option<Uuid>, people: &[Uuid]) -> Self {
        let mut people = people.to_vec();
        people.sort_unstable();
        people.dedup();
        Self { by: by.clone(), at, subject, people }
    }
}

/// Appends entries in a transaction that is already open: two statements, whatever their number.
pub(crate) async fn append(w: &Write, entries: &[Entry]) -> Result<(), Error> {
    let ids: Vec<Uuid> = entries.iter().map(|_| w.id::<AccessRecord>().uuid()).collect();
    let rows = ids.iter().zip(entries).map(|(id, entry)| access::Model {
        id: *id,
        at: entry.at.utc(),
        actor_id: entry.by.actor.principal.uuid(),
        organisation_id: entry.by.actor.organisation().map(Id::uuid),
        acting_as: entry.by.actor.acting_as().to_owned(),
        operation: entry.by.operation.to_owned(),
        subject_id: entry.subject,
        request_id: entry.by.request,
        people: i32::try_from(entry.people.len()).unwrap_or(i32::MAX),
    });
    insert_all::<access::Entity>(w, rows).await?;
    let people = ids
        .iter()
        .zip(entries)
        .flat_map(|(id, entry)| entry.people.iter().map(|person| access_person::Model { access_id: *id, beneficiary_id: *person }));
    insert_all::<access_person::Entity>(w, people).await
}

type Waiting = (Entry, oneshot::Sender<bool>);

/// The queue that answers wait in until their trace is stored.
#[derive(Clone, Debug)]
pub struct AccessLog {
    queue: mpsc::Sender<Waiting>,
}

/// The other end of the queue: what the group commit takes from.
#[derive(Debug)]
pub struct Arrivals(mpsc::Receiver<Waiting>);

impl AccessLog {
    /// Opens the queue. Nothing is stored until somebody serves its arrivals.
    pub fn open() -> (Self, Arrivals) {
        let (queue, arrivals) = mpsc::channel(4096);
        (Self { queue }, Arrivals(arrivals))
    }

    /// Whether somebody still stores what arrives: without that, no answer that shows people can be given.
    pub fn is_served(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Returns once the entry is stored for good. An answer whose trace cannot be stored is not given.
    pub async fn record(&self, entry: Entry) -> Result<(), Error> {
        let (stored, confirmation) = oneshot::channel();
        self.queue.send((entry, stored)).await.map_err(|_| Error::Unavailable)?;
        if confirmation.await.unwrap_or(false) { Ok(()) } else { Err(Error::Unavailable) }
    }
}

impl Arrivals {
    /// Stores arrivals in group commits until every [`AccessLog`] is dropped and the last entries are stored. It runs outside the
    /// workers' runtimes, which end before it does.
    pub async fn serve(mut self, db: &Db) {
        let by = By { actor: Actor::system(System::Sweep), request: Uuid::nil(), operation: "access_log" };
        while let Some(first) = self.0.recv().await {
            let (entries, waiting) = self.gather(first);
            let stored = db.run(&by, async |w: &Write| append(w, &entries).await).await;
            if let Err(error) = &stored {
                tracing::error!(%error, "the access log was not stored: its readers get 503");
            }
            for confirmation in waiting {
                // A reader that went away no longer waits for its confirmation.
                let _gone = confirmation.send(stored.is_ok());
            }
        }
    }

    /// The first with all those that came meanwhile. Nobody is waited for: while a group is stored the next one gathers, so a reader who is
    /// alone does not pay for company.
    fn gather(&mut self, first: Waiting) -> (Vec<Entry>, Vec<oneshot::Sender<bool>>) {
        let mut group = vec![first];
        while group.len() < MOST_GATHERED {
            let Ok(next) = self.0.try_recv() else { break };
            group.push(next);
        }
        group.into_iter().unzip()
    }
}

/// Forgets the reads of more than 12 months ago (CASF R262-107: one year). Returns how many.
pub async fn purge(w: &Write) -> Result<u64, Error> {
    let oldest = w.now().day().plus_days(-366).end().utc();
    let past = Query::select().column("id").from("access").and_where(Expr::col("at").lt(oldest)).take();
    access_person::Entity::delete_many().filter(Expr::col("access_id").in_subquery(past)).exec(w.connection()).await?;
    let purged = access::Entity::delete_many().filter(Expr::col("at").lt(oldest)).exec(w.connection()).await?;
    Ok(purged.rows_affected)
}

/// One line of the log, as the auditor reads it.
#[derive(Debug)]
pub struct AccessLine {
    /// Its id.
    pub id: Id<AccessRecord>,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Uuid,
    /// On whose behalf.
    pub organisation: Option<Uuid>,
    /// `client`, a role, or the house's own name.
    pub acting_as: String,
    /// The operation of the OpenAPI document.
    pub operation: String,
    /// The thing asked for, when one was.
    pub subject: Option<Uuid>,
    /// The request.
    pub request: Uuid,
    /// The people it showed.
    pub people: Vec<Uuid>,
}

/// What the auditor asks the log.
#[derive(Clone, Debug, Default)]
pub struct AccessQuery {
    /// Only what showed this person.
    pub beneficiary: Option<Uuid>,
    /// Only what this principal read.
    pub actor: Option<Uuid>,
    /// From this moment.
    pub from: Option<Instant>,
    /// Before this moment.
    pub to: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: sea_orm::prelude::DateTimeUtc,
    actor_id: Uuid,
    organisation_id: Option<Uuid>,
    acting_as: String,
    operation: String,
    subject_id: Option<Uuid>,
    request_id: Uuid,
}

/// The log has one kind of reader, whose reach is all of it.
fn visible_to<F: Function<Over = AccessRecord>>(_: &Scope<F>) -> SelectStatement {
    Query::select()
        .columns(["id", "at", "actor_id", "organisation_id", "acting_as", "operation", "subject_id", "request_id"].map(|column| ("access", column)))
        .from("access")
        .take()
}

/// The files of one person: theirs, and those that were merged into it, whose reads were reads of them too.
async fn files_of(source: &impl Source, person: Uuid) -> Result<Vec<Uuid>, Error> {
    let mut files = vec![person];
    let mut last = files.clone();
    while !last.is_empty() {
        let merged = Query::select().column("id").from("beneficiary").and_where(Expr::col("merged_into_id").is_in(last)).take();
        last = ids(source, &merged).await?.into_iter().filter(|id| !files.contains(id)).collect();
        files.extend(&last);
    }
    Ok(files)
}

/// The log, newest first.
pub async fn list<F: Function<Over = AccessRecord>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &AccessQuery,
    listing: &Listing,
) -> Result<Page<AccessLine>, Error> {
    let mut select = visible_to(scope);
    if let Some(person) = query.beneficiary {
        let files = files_of(source, person).await?;
        let shown =
            Query::select().column("access_id").from("access_person").and_where(Expr::col(("access_person", "beneficiary_id")).is_in(files)).take();
        select.and_where(Expr::col(("access", "id")).in_subquery(shown));
    }
    select.and_where_option(query.actor.map(|actor| Expr::col(("access", "actor_id")).eq(actor)));
    select.and_where_option(query.from.map(|from| Expr::col(("access", "at")).gte(from.utc())));
    select.and_where_option(query.to.map(|to| Expr::col(("access", "at")).lt(to.utc())));
    if let Some([at, id]) = listing.after.as_deref() {
        let (at, id): (Instant, Uuid) = (stored("cursor", at)?, stored("cursor", id)?);
        let later = Cond::any()
            .add(Expr::col(("access", "at")).lt(at.utc()))
            .add(Cond::all().add(Expr::col(("access", "at")).eq(at.utc())).add(Expr::col(("access", "id")).lt(id)));
        select.cond_where(later);
    }
    select.order_by(("access", "at"), Order::Desc).order_by(("access", "id"), Order::Desc).limit(listing.limit + 1);
    let page = Page::cut(all::<Row>(source, &select).await?, listing.limit, |row| vec![Instant::new(row.at).to_string(), row.id.to_string()]);

    let ids: Vec<Uuid> = page.items.iter().map(|row| row.id).collect();
    let shown = Query::select()
        .columns(["access_id", "beneficiary_id"])
        .from("access_person")
        .and_where(Expr::col("access_id").is_in(ids))
        .order_by("beneficiary_id", Order::Asc)
        .take();
    let mut people: std::collections::HashMap<Uuid, Vec<Uuid>> = std::collections::HashMap::new();
    for row in all::<access_person::Model>(source, &shown).await? {
        people.entry(row.access_id).or_default().push(row.beneficiary_id);
    }
    Ok(page.map(|row| AccessLine {
        id: Id::new(row.id),
        at: Instant::new(row.at),
        actor: row.actor_id,
        organisation: row.organisation_id,
        acting_as: row.acting_as,
        operation: row.operation,
        subject: row.subject_id,
        request: row.request_id,
        people: people.remove(&row.id).unwrap_or_default(),
    }))
}
