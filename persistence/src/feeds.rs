//! The feeds that receivers pull. An event takes its number from the feed's counter by the last statements before COMMIT, in the
//! transaction of the change itself: numbers have no hole and stand in the order of the commits. How a place travels as a cursor is
//! not here.

use domain::calendar::Instant;
use domain::feed::{Feed, FeedEvent, FeedEventType, FeedPosition};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::policy::{PullFeed, Scope};
use domain::referral::{Disclosed, Referral, ReferralState, SEEN_AFTER_CLOSING};
use sea_orm::prelude::{DateTimeUtc, Json};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, OnConflict, Order, Query, ReturningClause, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::referrals::ended_by;
use crate::select::{all, insert_all, one, stored, stored_json};
use crate::tables::feed_item;

/// An event that waits for its number.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// In whose feed.
    pub(crate) feed: Id<Organisation>,
    /// What happened.
    pub(crate) kind: FeedEventType,
    /// To which referral.
    pub(crate) referral: Id<Referral>,
    /// The version that says so.
    pub(crate) version: i32,
    /// When.
    pub(crate) occurred_at: Instant,
}

#[derive(FromQueryResult)]
struct CounterRow {
    last_seq: i64,
}

/// Gives their numbers to the events of a transaction, which does nothing else any more: whoever comes next waits for one commit.
/// Feeds are taken in the order of their ids, so that two transactions never wait for each other.
pub(crate) async fn number(w: &Write, mut told: Vec<Told>) -> Result<(), Error> {
    // Stable: within a feed, the order of the decisions.
    told.sort_by_key(|told| told.feed);
    for events in told.chunk_by(|one, other| one.feed == other.feed) {
        let Some(feed) = events.first().map(|told| told.feed) else { continue };
        let last = advance(w, feed, events.len()).await?;
        let first = last - i64::try_from(events.len()).unwrap_or(i64::MAX) + 1;
        let recorded_at = w.clock_now().utc();
        let rows = (first..).zip(events).map(|(seq, told)| feed_item::Model {
            feed_id: feed.uuid(),
            seq,
            event_id: w.id::<FeedEvent>().uuid(),
            r#type: told.kind.code().to_owned(),
            referral_id: told.referral.uuid(),
            referral_version: told.version,
            occurred_at: told.occurred_at.utc(),
            recorded_at,
        });
        insert_all::<feed_item::Entity>(w, rows.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Moves the counter of a feed, which is made by its first event, and returns where it stands.
async fn advance(w: &Write, feed: Id<Organisation>, by: usize) -> Result<i64, Error> {
    let by = i64::try_from(by).unwrap_or(i64::MAX);
    let insert = Query::insert()
        .into_table("feed")
        .columns(["id", "last_seq"])
        .values_panic([feed.uuid().into(), by.into()])
        .on_conflict(OnConflict::column("id").value("last_seq", Expr::col(("feed", "last_seq")).add(by)).to_owned())
        .returning(ReturningClause::Columns(vec!["last_seq".into()]))
        .to_owned();
    let row = w.connection().query_one(&insert).await?.ok_or_else(|| Error::Broken("a feed's counter said nothing".to_owned()))?;
    Ok(CounterRow::from_query_result(&row, "")?.last_seq)
}

/// A feed as it stands for somebody at a place of it.
#[derive(Clone, Copy, Debug)]
pub struct FeedState {
    /// Whose feed: the id of the organisation.
    pub id: Id<Feed>,
    /// The number of its last event; 0 while it has none.
    pub last_seq: i64,
    /// How far its receiver says it has come.
    pub acknowledged: FeedPosition,
    /// The event that stands at the place asked for.
    pub held: Option<Id<FeedEvent>>,
}

#[derive(FromQueryResult)]
struct StateRow {
    last_seq: Option<i64>,
    acknowledged_seq: Option<i64>,
    acknowledged_event: Option<Uuid>,
    held_event: Option<Uuid>,
}

/// The caller's own feed.
fn own(scope: &Scope<PullFeed>) -> Result<Id<Organisation>, Error> {
    scope.actor().organisation().ok_or_else(|| Error::Broken("nobody's feed".to_owned()))
}

/// The state of the caller's feed, looked at from a place: one statement.
pub async fn find(source: &impl Source, scope: &Scope<PullFeed>, seq: i64) -> Result<FeedState, Error> {
    let feed = own(scope)?;
    let at = |item: &'static str, seq: Expr| {
        Cond::all().add(Expr::col((item, "feed_id")).equals(("organisation", "id"))).add(Expr::col((item, "seq")).eq(seq))
    };
    let select = Query::select()
        .expr_as(Expr::col(("feed", "last_seq")), "last_seq")
        .expr_as(Expr::col(("feed_checkpoint", "acknowledged_seq")), "acknowledged_seq")
        .expr_as(Expr::col(("acknowledged", "event_id")), "acknowledged_event")
        .expr_as(Expr::col(("held", "event_id")), "held_event")
        .from("organisation")
        .join(JoinType::LeftJoin, "feed", Expr::col(("feed", "id")).equals(("organisation", "id")))
        .join(JoinType::LeftJoin, "feed_checkpoint", Expr::col(("feed_checkpoint", "feed_id")).equals(("organisation", "id")))
        .join_as(JoinType::LeftJoin, "feed_item", "acknowledged", at("acknowledged", Expr::col(("feed_checkpoint", "acknowledged_seq"))))
        .join_as(JoinType::LeftJoin, "feed_item", "held", at("held", Expr::val(seq)))
        .and_where(Expr::col(("organisation", "id")).eq(feed.uuid()))
        .take();
    let row = one::<StateRow>(source, &select).await?.ok_or_else(|| Error::Broken("a feed without an organisation".to_owned()))?;
    Ok(FeedState {
        id: Id::new(feed.uuid()),
        last_seq: row.last_seq.unwrap_or(0),
        acknowledged: FeedPosition { seq: row.acknowledged_seq.unwrap_or(0), event: row.acknowledged_event.map(Id::new) },
        held: row.held_event.map(Id::new),
    })
}

/// One event as it is read now.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub event: Id<FeedEvent>,
    /// What happened.
    pub kind: FeedEventType,
    /// When it was decided.
    pub occurred_at: Instant,
    /// When it was written down.
    pub recorded_at: Instant,
    /// The referral as it was at that moment; none once it may be seen no more.
    pub referral: Option<Disclosed>,
}

#[derive(FromQueryResult)]
struct ItemRow {
    seq: i64,
    event_id: Uuid,
    r#type: String,
    occurred_at: DateTimeUtc,
    recorded_at: DateTimeUtc,
    content: Option<Json>,
    state: String,
    expires_at: Option<DateTimeUtc>,
    closed_at: Option<DateTimeUtc>,
    merged_into_id: Option<Uuid>,
    purged_at: Option<DateTimeUtc>,
}

impl ItemRow {
    /// Reads it as it may be seen at a moment. The clock decides, whether or not the sweep came by.
    fn read(self, now: Instant) -> Result<FeedItem, Error> {
        let is_unanswered = stored::<ReferralState>("referral.state", &self.state)?.is_unanswered();
        let ended_at = self.closed_at.or(self.expires_at.filter(|_| is_unanswered));
        let seen_until = ended_at.map(|at| Instant::new(at).plus(SEEN_AFTER_CLOSING));
        let is_seen = seen_until.is_none_or(|end| now < end) && self.merged_into_id.is_none() && self.purged_at.is_none();
        let content = self.content.filter(|_| is_seen);
        Ok(FeedItem {
            seq: self.seq,
            event: Id::new(self.event_id),
            kind: stored("feed_item.type", &self.r#type)?,
            occurred_at: Instant::new(self.occurred_at),
            recorded_at: Instant::new(self.recorded_at),
            referral: content.map(|json| stored_json("referral_version.content", json)).transpose()?,
        })
    }
}

pub(crate) fn page_select(feed: Uuid, after: i64, limit: u64) -> SelectStatement {
    Query::select()
        .columns(["seq", "event_id", "type", "occurred_at", "recorded_at"].map(|column| ("feed_item", column)))
        .column(("referral_version", "content"))
        .columns(["state", "expires_at", "closed_at"].map(|column| ("referral", column)))
        .columns(["merged_into_id", "purged_at"].map(|column| ("beneficiary", column)))
        .from("feed_item")
        .join(
            JoinType::InnerJoin,
            "referral_version",
            Cond::all()
                .add(Expr::col(("referral_version", "referral_id")).equals(("feed_item", "referral_id")))
                .add(Expr::col(("referral_version", "version")).equals(("feed_item", "referral_version"))),
        )
        .join(JoinType::InnerJoin, "referral", Expr::col(("referral", "id")).equals(("feed_item", "referral_id")))
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("referral", "beneficiary_id")))
        .and_where(Expr::col(("feed_item", "feed_id")).eq(feed))
        .and_where(Expr::col(("feed_item", "seq")).gt(after))
        .order_by(("feed_item", "seq"), Order::Asc)
        .limit(limit)
        .take()
}

/// The events of the caller's feed after a number, one more than asked if there are more: one statement.
pub async fn page(source: &impl Source, scope: &Scope<PullFeed>, after: i64, limit: u64) -> Result<Vec<FeedItem>, Error> {
    let rows = all::<ItemRow>(source, &page_select(own(scope)?.uuid(), after, limit + 1)).await?;
    rows.into_iter().map(|row| row.read(scope.now())).collect()
}

#[derive(FromQueryResult)]
struct EventRow {
    event_id: Uuid,
}

/// The ids of the events of the caller's feed from one number to another, in their order.
pub async fn event_ids(source: &impl Source, scope: &Scope<PullFeed>, from: i64, to: i64) -> Result<Vec<Id<FeedEvent>>, Error> {
    let select = Query::select()
        .column("event_id")
        .from("feed_item")
        .and_where(Expr::col("feed_id").eq(own(scope)?.uuid()))
        .and_where(Expr::col("seq").between(from, to))
        .order_by("seq", Order::Asc)
        .take();
    Ok(all::<EventRow>(source, &select).await?.into_iter().map(|row| Id::new(row.event_id)).collect())
}

/// Notes how far the caller has come. A lower number than before changes nothing. Returns the highest there is.
pub async fn acknowledge(w: &Write, scope: &Scope<PullFeed>, seq: i64) -> Result<i64, Error> {
    let highest =
        Expr::case(Expr::col(("feed_checkpoint", "acknowledged_seq")).lt(seq), seq).finally(Expr::col(("feed_checkpoint", "acknowledged_seq")));
    let moved = Expr::case(Expr::col(("feed_checkpoint", "acknowledged_seq")).lt(seq), w.now().utc())
        .finally(Expr::col(("feed_checkpoint", "acknowledged_at")));
    let insert = Query::insert()
        .into_table("feed_checkpoint")
        .columns(["feed_id", "acknowledged_seq", "acknowledged_at"])
        .values_panic([own(scope)?.uuid().into(), seq.into(), w.now().utc().into()])
        .on_conflict(OnConflict::column("feed_id").value("acknowledged_seq", highest).value("acknowledged_at", moved).to_owned())
        .returning(ReturningClause::Columns(vec!["acknowledged_seq".into()]))
        .to_owned();
    let row = w.connection().query_one(&insert).await?.ok_or_else(|| Error::Broken("a checkpoint said nothing".to_owned()))?;
    Ok(row.try_get("", "acknowledged_seq")?)
}

#[derive(FromQueryResult)]
struct HeightRow {
    id: Uuid,
    last_seq: i64,
}

/// The last numbers of these feeds: what those who wait for an event are told by. A counter says nothing about people, so no scope
/// is asked.
pub async fn heights(source: &impl Source, feeds: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Error> {
    let select = Query::select().columns(["id", "last_seq"]).from("feed").and_where(Expr::col("id").is_in(feeds.iter().copied())).take();
    Ok(all::<HeightRow>(source, &select).await?.into_iter().map(|row| (row.id, row.last_seq)).collect())
}

/// How many versions one run of the sweep forgets at most: a transaction stays short.
const MOST_FORGOTTEN: u64 = 5_000;

/// Forgets what receivers were told of referrals that they may see no more. Numbers and events stay. Returns how many.
pub async fn forget(w: &Write) -> Result<u64, Error> {
    let past = Query::select()
        .columns(["referral_id", "version"].map(|column| ("referral_version", column)))
        .from("referral_version")
        .join(JoinType::InnerJoin, "referral", Expr::col(("referral", "id")).equals(("referral_version", "referral_id")))
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("referral", "beneficiary_id")))
        .and_where(Expr::col(("referral_version", "content")).is_not_null())
        .cond_where(
            Cond::any()
                .add(ended_by(w.now().plus(-SEEN_AFTER_CLOSING)))
                .add(Expr::col(("beneficiary", "purged_at")).is_not_null())
                .add(Expr::col(("beneficiary", "merged_into_id")).is_not_null()),
        )
        .limit(MOST_FORGOTTEN)
        .take();
    let place = Expr::tuple([Expr::col("referral_id"), Expr::col("version")]);
    let update = Query::update().table("referral_version").value("content", Expr::null()).and_where(place.in_subquery(past)).take();
    Ok(w.connection().execute(&update).await?.rows_affected())
}

#[cfg(test)]
mod tests;
