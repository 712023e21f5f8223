//! The feed that a receiver pulls: pages of events without a hole, a checkpoint, a digest to prove it by. How a place travels is in
//! `cursor`, how a reader waits in `waiting`; what happened to a referral is in `referrals`.

mod cursor;
mod waiting;

use std::time::Duration;

use actix_web::{HttpResponse, get, put};
use aws_lc_rs::digest;
use domain::calendar::Instant;
use domain::feed::{FeedEventType, FeedPosition};
use domain::ids::{FeedEventId, FeedId};
use domain::policy::PullFeed;
use domain::referral::Disclosed;
use domain::refusal::{Refusal, Rule};
use persistence::feeds::{self, FeedItem, FeedState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::TextNumber;
use crate::problem::{Kind, Place, Problem, Stop};
use crate::show::{self, Shows};
use cursor::{CursorText, FeedCursors};
pub(crate) use waiting::Awaited;

/// Mounts the routes of this room.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_feed).service(move_checkpoint).service(read_digest);
}

/// Where to read from, how much, and how long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FeedFilter {
    /// The `next_cursor` of the page before, or `beginning`; absent: from the last acknowledged event.
    #[param(max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// Events on a page, 1 to 200.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200, default = 100)]
    limit: Option<TextNumber<1, 200>>,
    /// Seconds to wait for an event when there is none, 0 to 25.
    #[param(value_type = Option<i32>, minimum = 0, maximum = 25, default = 0)]
    wait: Option<TextNumber<0, 25>>,
}

/// A page of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedPage {
    /// The feed: the organisation's id.
    feed_id: FeedId,
    /// The events, in the order of their numbers.
    #[schema(max_items = 200)]
    items: Vec<FeedEvent>,
    /// Pass it as `after` to go on, and to the checkpoint once the page is applied. Never null: on an empty page it is the place just
    /// read. It does not expire.
    #[schema(max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    next_cursor: String,
    /// Whether more events are there already.
    has_more: bool,
    /// The number of the last event of the feed; 0 while it has none.
    #[schema(minimum = 0)]
    last_seq: i64,
    /// The number of the last event acknowledged at the checkpoint; 0 when none is.
    #[schema(minimum = 0)]
    acknowledged_seq: i64,
}

/// An event of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedEvent {
    /// Its number: 1, 2, 3, … without a hole, in the order in which events were committed.
    #[schema(minimum = 1)]
    seq: i64,
    /// Its id, by which a receiver knows that it has it already.
    event_id: FeedEventId,
    /// What happened.
    r#type: FeedEventType,
    /// When it was decided.
    occurred_at: Instant,
    /// When it was written down.
    recorded_at: Instant,
    /// The referral as it was told at that moment; null once redacted.
    referral: Option<Disclosed>,
    /// Whether what it told is told no more: 60 days after the end of the referral, or when the person's file was merged or purged.
    redacted: bool,
}

impl From<FeedItem> for FeedEvent {
    fn from(item: FeedItem) -> Self {
        let FeedItem { seq, event: event_id, kind, occurred_at, recorded_at, referral } = item;
        Self { seq, event_id, r#type: kind, occurred_at, recorded_at, redacted: referral.is_none(), referral }
    }
}

impl Shows for FeedPage {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.items.iter().filter_map(|item| item.referral.as_ref()).for_each(|referral| referral.people(people));
    }
}

/// How far a receiver has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checkpoint {
    /// The number of the last event acknowledged.
    #[schema(minimum = 0)]
    acknowledged_seq: i64,
    /// The number of the last event of the feed.
    #[schema(minimum = 0)]
    last_seq: i64,
}
impl Shows for Checkpoint {}

/// Acknowledge what was applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveCheckpoint {
    /// The `next_cursor` of the last page that was applied.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: CursorText,
}

/// From which event to which.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DigestFilter {
    /// The first number.
    #[param(value_type = i64, minimum = 1)]
    from_seq: TextNumber<1, { i64::MAX }>,
    /// The last number, up to 9,999 more than the first.
    #[param(value_type = i64, minimum = 1)]
    to_seq: TextNumber<1, { i64::MAX }>,
}

/// The widest range of a digest.
const WIDEST_DIGEST: i64 = 10_000;

/// What a range of a feed amounts to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedDigest {
    /// How many events the range holds: fewer than it is wide where the feed ends before it does.
    #[schema(minimum = 0, maximum = 10000)]
    count: usize,
    /// SHA-256, in lower-case hexadecimal, over the ids of its events, 16 bytes each, in the order of their numbers.
    #[schema(pattern = "^[0-9a-f]{64}$", min_length = 64, max_length = 64)]
    sha256: String,
}
impl Shows for FeedDigest {}

/// Refuses a place that the feed does not hold, and says how far it goes.
fn check(position: FeedPosition, state: &FeedState) -> Result<(), Stop> {
    position.check(state.held).map_err(|refusal| match refusal {
        Refusal::Conflict(Rule::FeedDiverged) => Problem::rule(Rule::FeedDiverged).after(state.last_seq).into(),
        refusal => refusal.into(),
    })
}

/// Pull the feed
///
/// What happened to the referrals that the caller's organisation received, one event after the other: `seq` is dense, so a receiver can
/// prove that it missed none. Reading moves nothing: acknowledge at the checkpoint what was applied. With `wait`, an empty page comes
/// when an event does or when the time is over. 409 `FEED_DIVERGED`, with `last_seq`, when the place is one that the feed no longer
/// holds, after a restore: compare digests to find the last event in common.
#[utoipa::path(get, tag = "Referral feed", operation_id = "readReferralFeed", extensions(("x-permission" = json!("pull_feed"))),
    params(FeedFilter),
    responses(
        (status = 200, description = "Events.", body = FeedPage),
        (status = 409, description = "The feed no longer holds that place.", body = crate::problem::ProblemBody,
            content_type = "application/problem+json")))]
#[get("/referral-feed")]
pub(crate) async fn read_feed(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<PullFeed>()?;
    let asked = call.query::<FeedFilter>()?;
    let limit = asked.limit.map_or(100, |limit| limit.0.unsigned_abs());
    let own = FeedId::new(scope.actor().organisation().ok_or_else(Stop::not_found)?.uuid());
    let cursors = FeedCursors::new(&call.shared().keys);
    let after = match asked.after.as_deref() {
        None => None,
        Some("beginning") => Some(FeedPosition::START),
        Some(cursor) => {
            let invalid = || Problem::at(Kind::CursorInvalid, Kind::CursorInvalid.code(), Place::Parameter("after".to_owned()));
            Some(cursors.read(own, cursor).ok_or_else(invalid)?)
        }
    };
    let mut state = feeds::find(call.read(), &scope, after.map_or(0, |after| after.seq)).await?;
    if let Some(after) = after {
        check(after, &state)?;
    }
    let after = after.unwrap_or(state.acknowledged);
    let mut items = feeds::page(call.read(), &scope, after.seq, limit).await?;
    let wait = asked.wait.map_or(0, |wait| wait.0.unsigned_abs());
    if items.is_empty() && wait > 0 && call.shared().awaited.wait(own.uuid(), after.seq, Duration::from_secs(wait)).await {
        // Long enough for the caller to have been disabled meanwhile, and for the database to have been restored.
        let scope = call.may_still::<PullFeed>().await?;
        state = feeds::find(call.read(), &scope, after.seq).await?;
        check(after, &state)?;
        items = feeds::page(call.read(), &scope, after.seq, limit).await?;
    }
    let has_more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().map_or(after, |last| FeedPosition { seq: last.seq, event: Some(last.event) });
    let page = FeedPage {
        feed_id: own,
        next_cursor: cursors.write(own, next),
        has_more,
        last_seq: state.last_seq.max(next.seq + i64::from(has_more)),
        acknowledged_seq: state.acknowledged.seq,
        items: items.into_iter().map(FeedEvent::from).collect(),
    };
    call.show_plain(Some(own.uuid()), &page).await
}

/// Move the checkpoint
///
/// Acknowledge everything up to a cursor. It only goes forward: a place before the one acknowledged changes nothing.
#[utoipa::path(put, tag = "Referral feed", operation_id = "moveCheckpoint", extensions(("x-permission" = json!("pull_feed"))),
    request_body = MoveCheckpoint,
    responses(
        (status = 200, description = "Where the checkpoint stands.", body = Checkpoint),
        (status = 409, description = "The feed no longer holds that place.", body = crate::problem::ProblemBody,
            content_type = "application/problem+json")))]
#[put("/referral-feed/checkpoint")]
pub(crate) async fn move_checkpoint(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PullFeed, MoveCheckpoint>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let own = FeedId::new(scope.actor().organisation().ok_or_else(Stop::not_found)?.uuid());
            let invalid = || Problem::at(Kind::CursorInvalid, Kind::CursorInvalid.code(), Place::Pointer("/cursor".to_owned()));
            let position = FeedCursors::new(&call.shared().keys).read(own, &wish.cursor.0).ok_or_else(invalid)?;
            let state = feeds::find(w, scope, position.seq).await?;
            check(position, &state)?;
            let acknowledged_seq = feeds::acknowledge(w, scope, position.seq).await?;
            show::plain(&Checkpoint { acknowledged_seq, last_seq: state.last_seq })
        })
        .await
}

/// Digest a range of the feed
///
/// To prove that nothing was missed: the same digest over the ids that the receiver holds must be the same.
#[utoipa::path(get, tag = "Referral feed", operation_id = "readFeedDigest", extensions(("x-permission" = json!("pull_feed"))),
    params(DigestFilter), responses((status = 200, description = "The digest.", body = FeedDigest)))]
#[get("/referral-feed/digest")]
pub(crate) async fn read_digest(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<PullFeed>()?;
    let DigestFilter { from_seq, to_seq } = call.query()?;
    if !(0..WIDEST_DIGEST).contains(&(to_seq.0 - from_seq.0)) {
        return Err(Stop::parameter("OUT_OF_BOUNDS", "to_seq"));
    }
    let ids = feeds::event_ids(call.read(), &scope, from_seq.0, to_seq.0).await?;
    let mut sum = digest::Context::new(&digest::SHA256);
    for id in &ids {
        sum.update(id.uuid().as_bytes());
    }
    let sha256 = crate::keys::hex(sum.finish().as_ref());
    call.show_plain(None, &FeedDigest { count: ids.len(), sha256 }).await
}
