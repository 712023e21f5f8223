//! Referrals as the caller may see them: a receiver those addressed to it until 60 days after their end, whoever accompanies somebody
//! those of that person. Each change keeps what the receiver is told, and goes into its feed. What follows from a decision elsewhere is
//! in `following`, waiting lists are in `waiting`, rows and what they say in `rows`, in short in `kept`.

mod following;
mod kept;
mod rows;
mod waiting;

use domain::actor::Principal;
use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::policy::{Function, LapseReferral, Reach, Scope};
use domain::referral::{Disclosed, PurposeKind, Referral, ReferralChanged, ReferralState, Referrer, SEEN_AFTER_CLOSING};
use domain::refusal::Decided;
use domain::text::{Email, Label, Name};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, LockBehavior, LockType, Order, Query, SelectStatement, SubQueryStatement};

use crate::db::{Engine, Source, Write};
use crate::error::Error;
use crate::feeds::Told;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, all_locked, ids, insert_all, one, one_locked, people_of, with_id};
use crate::tables::{referral, referral_version};
use crate::{beneficiaries, orientations};

pub(crate) use following::follow_attendance;
pub use following::{follow_exit, follow_people};
pub(crate) use kept::KeptReferral;
use rows::{COLUMNS, PERSON, Row};
pub use waiting::{WaitingPeople, lock_waiting, lock_waiting_people, ranks};

/// Referrals with their people.
fn with_people() -> SelectStatement {
    Query::select()
        .columns(COLUMNS.map(|column| ("referral", column)))
        .columns(PERSON.map(|column| ("beneficiary", column)))
        .from("referral")
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("referral", "beneficiary_id")))
        .take()
}

/// Referrals whole. What a scope reaches of them is `visible_to`'s; without one, it is what follows from a decision already taken.
fn whole() -> SelectStatement {
    named(with_people())
}

/// With the names of everything a referral is about: a join each, more than a planner puts in order by itself, so a list is cut before.
fn named(mut referrals: SelectStatement) -> SelectStatement {
    let joined = |table: &'static str, column: &'static str| Expr::col((table, "id")).equals(("referral", column));
    referrals
        .expr_as(Expr::col(("organisation", "kind")), "organisation_kind")
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .expr_as(Expr::col(("organisation_site", "code")), "site_code")
        .expr_as(Expr::col(("organisation_site", "label")), "site_label")
        .expr_as(Expr::col(("action", "name")), "action_name")
        .expr_as(Expr::col(("action_group", "name")), "group_name")
        .expr_as(SubQueryStatement::from(seat_starts_on()), "seat_starts_on")
        .expr_as(Expr::col(("referrer_organisation", "name")), "referrer_organisation")
        .expr_as(Expr::col(("professional", "last_name")), "referrer_last_name")
        .expr_as(Expr::col(("professional", "first_name")), "referrer_first_name")
        .expr_as(Expr::col(("professional", "email")), "referrer_email")
        .join(JoinType::InnerJoin, "organisation", joined("organisation", "organisation_id"))
        .join(JoinType::LeftJoin, "organisation_site", joined("organisation_site", "site_id"))
        .join(JoinType::LeftJoin, "action", joined("action", "action_id"))
        .join(JoinType::LeftJoin, "action_group", joined("action_group", "group_id"))
        .join(JoinType::LeftJoin, "professional", joined("professional", "referred_by"))
        .join_as(
            JoinType::LeftJoin,
            "organisation",
            "referrer_organisation",
            Expr::col(("referrer_organisation", "id")).equals(("professional", "organisation_id")),
        )
        .take()
}

/// The first day of the seat that a referral gave, looked up one by one: few have one.
fn seat_starts_on() -> SelectStatement {
    Query::select()
        .column(("enrolment", "starts_on"))
        .from("enrolment")
        .and_where(Expr::col(("enrolment", "id")).equals(("referral", "enrolment_id")))
        .take()
}

/// Those that nobody had answered by then, when their time was over. The clock decides, whether or not the sweep came by.
fn lapsed_by(moment: Instant) -> Condition {
    let due = || Expr::col(("referral", "expires_at"));
    let unanswered = ReferralState::ALL.iter().filter(|state| state.is_unanswered()).map(|state| state.code());
    Cond::all().add(Expr::col(("referral", "state")).is_in(unanswered)).add(due().is_not_null()).add(due().lte(moment.utc()))
}

/// Those that had ended by then.
pub(crate) fn ended_by(moment: Instant) -> Condition {
    let closed_at = || Expr::col(("referral", "closed_at"));
    Cond::any().add(Cond::all().add(closed_at().is_not_null()).add(closed_at().lte(moment.utc()))).add(lapsed_by(moment))
}

/// Which referrals a scope reaches, of a select over them and their people.
fn within<F: Function<Over = Referral>>(scope: &Scope<F>) -> Condition {
    match scope.reach() {
        Reach::Organisation(own) => Cond::all()
            .add(Expr::col(("referral", "organisation_id")).eq(own.uuid()))
            .add(ended_by(scope.now().plus(-SEEN_AFTER_CLOSING)).not())
            .add(Expr::col(("beneficiary", "merged_into_id")).is_null())
            .add(Expr::col(("beneficiary", "purged_at")).is_null()),
        reach @ (Reach::Territories(_) | Reach::Accompanied(_) | Reach::Department) => people_of(reach, scope.now()),
    }
}

fn visible_to<F: Function<Over = Referral>>(scope: &Scope<F>) -> SelectStatement {
    whole().cond_where(within(scope)).take()
}

/// The referral with this id.
pub async fn find<F: Function<Over = Referral>>(source: &impl Source, scope: &Scope<F>, id: Id<Referral>) -> Result<Option<Referral>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "referral", id.uuid())).await?.map(Referral::try_from).transpose()
}

/// The referral with this id, locked, whose person is locked. A merge that moved it to another file meanwhile makes the transaction run
/// again.
pub async fn lock<F: Function<Over = Referral>>(
    w: &Write,
    scope: &Scope<F>,
    id: Id<Referral>,
    person: Id<Beneficiary>,
) -> Result<Option<Referral>, Error> {
    let referral = one_locked::<Row>(w, "referral", id.uuid(), visible_to(scope)).await?.map(Referral::try_from).transpose()?;
    match referral {
        Some(referral) if referral.person.id != person => Err(Error::Contended),
        referral => Ok(referral),
    }
}

/// The person of a referral that the caller sees, locked before anything else of theirs.
pub async fn lock_person(w: &Write, referral: &Referral) -> Result<Beneficiary, Error> {
    let mut people = beneficiaries::lock_all(w, &[referral.person.id]).await?;
    people.pop().ok_or_else(|| Error::Broken("a referral without its person".to_owned()))
}

/// Which referrals are asked for.
#[derive(Clone, Debug, Default)]
pub struct ReferralQuery {
    /// Standing there now.
    pub state: Option<ReferralState>,
    /// For this.
    pub purpose: Option<PurposeKind>,
    /// Addressed to this organisation.
    pub organisation: Option<Id<domain::organisation::Organisation>>,
    /// Of this person.
    pub person: Option<Id<Beneficiary>>,
}

/// Those that stand there now.
fn stands_at(state: ReferralState, now: Instant) -> Condition {
    let (written, due) = (Expr::col(("referral", "state")).eq(state.code()), || Expr::col(("referral", "expires_at")));
    match state {
        ReferralState::Expired => Cond::any().add(written).add(lapsed_by(now)),
        state if state.is_unanswered() => Cond::all().add(written).add(Cond::any().add(due().is_null()).add(due().gt(now.utc()))),
        _ => Cond::all().add(written),
    }
}

/// Referrals, oldest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Referral>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &ReferralQuery,
    listing: &Listing,
) -> Result<Page<Referral>, Error> {
    let mut select = with_people();
    select.cond_where(within(scope));
    if let Some(state) = query.state {
        select.cond_where(stands_at(state, scope.now()));
    }
    select.and_where_option(query.purpose.map(|purpose| Expr::col(("referral", "purpose")).eq(purpose.code())));
    select.and_where_option(query.organisation.map(|organisation| Expr::col(("referral", "organisation_id")).eq(organisation.uuid())));
    select.and_where_option(query.person.map(|person| Expr::col(("referral", "beneficiary_id")).eq(person.uuid())));
    let page = by_id(select, "referral", listing)?.limit(listing.limit + 1).take();
    let columns = COLUMNS.into_iter().chain(PERSON).map(|column| ("referral", column));
    let of_page = Query::select().columns(columns).from_subquery(page, "referral").take();
    let rows = all::<Row>(source, &by_id(named(of_page), "referral", &Listing { after: None, ..listing.clone() })?).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Referral::try_from)
}

/// The referral of this person that is written down as open for the same purpose, locked. The clock may have ended it meanwhile.
pub async fn lock_open(
    w: &Write,
    person: Id<Beneficiary>,
    action: Option<Id<domain::action::Action>>,
    except: Option<Id<Referral>>,
) -> Result<Option<Referral>, Error> {
    let purpose = if action.is_some() { PurposeKind::Action } else { PurposeKind::Accompaniment };
    let mut select = whole();
    select
        .and_where(Expr::col(("referral", "beneficiary_id")).eq(person.uuid()))
        .and_where(Expr::col(("referral", "open")).eq(true))
        .and_where(Expr::col(("referral", "purpose")).eq(purpose.code()))
        .and_where_option(action.map(|action| Expr::col(("referral", "action_id")).eq(action.uuid())))
        .and_where_option(except.map(|except| Expr::col(("referral", "id")).ne(except.uuid())));
    all_locked::<Row>(w, "referral", select).await?.into_iter().next().map(Referral::try_from).transpose()
}

/// Referrals that satisfy a condition, locked in the order of their ids.
async fn lock_where(w: &Write, condition: Condition) -> Result<Vec<Referral>, Error> {
    all_locked::<Row>(w, "referral", whole().cond_where(condition).take()).await?.into_iter().map(Referral::try_from).collect()
}

#[derive(FromQueryResult)]
struct ReferrerRow {
    organisation_name: String,
    last_name: String,
    first_name: String,
    email: String,
}

/// Whoever refers, as the receiver of the referral will read it; nobody when it is a machine or the house.
pub async fn referrer(w: &Write, by: Id<Principal>) -> Result<Option<Referrer>, Error> {
    let select = Query::select()
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .columns(["last_name", "first_name", "email"].map(|column| ("professional", column)))
        .from("professional")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("professional", "organisation_id")))
        .and_where(Expr::col(("professional", "id")).eq(by.uuid()))
        .take();
    Ok(one::<ReferrerRow>(w, &select).await?.map(|row| Referrer {
        organisation_name: Label::stored(row.organisation_name),
        last_name: Name::stored(row.last_name),
        first_name: Name::stored(row.first_name),
        email: Email::stored(row.email),
    }))
}

/// How many referrals one run of the sweep writes down as expired at most.
const MOST_LAPSED: u64 = 500;

/// Referrals that nobody answered in time and that are not yet written down as expired, locked; those that somebody answers at this
/// moment are left out.
pub async fn lock_lapsed(w: &Write, scope: &Scope<LapseReferral>) -> Result<Vec<Referral>, Error> {
    let mut lapsed = Query::select()
        .column(("referral", "id"))
        .from("referral")
        .cond_where(Cond::all().add(stands_at(ReferralState::Expired, scope.now())).add(Expr::col(("referral", "open")).eq(true)))
        .order_by(("referral", "id"), Order::Asc)
        .limit(MOST_LAPSED)
        .take();
    if w.engine() == Engine::Postgres {
        lapsed.lock_with_tables_behavior(LockType::NoKeyUpdate, ["referral"], LockBehavior::SkipLocked);
    }
    let lapsed = ids(w, &lapsed).await?;
    if lapsed.is_empty() {
        return Ok(Vec::new());
    }
    lock_where(w, Cond::all().add(Expr::col(("referral", "id")).is_in(lapsed))).await
}

/// The referrals of these people, who are locked, that nobody answered in time and that are not yet written down as expired, locked.
pub async fn lock_lapsed_of(w: &Write, people: &[Id<Beneficiary>]) -> Result<Vec<Referral>, Error> {
    let theirs = Expr::col(("referral", "beneficiary_id")).is_in(people.iter().map(|person| person.uuid()));
    lock_where(w, Cond::all().add(theirs).add(lapsed_by(w.now()))).await
}

/// Saves referrals that changed, with what their receivers are told, and lets their feeds say so.
pub async fn save(w: &Write, decided: &[Decided<ReferralChanged>]) -> Result<(), Error> {
    if decided.is_empty() {
        return Ok(());
    }
    let changes = decided.iter().map(|one| Ok((referral::Model::try_from(&one.after)?, one.created, &one.event)));
    revision::save_all(w, changes.collect::<Result<Vec<_>, Error>>()?).await?;
    let versions = decided.iter().map(|one| {
        Ok(referral_version::Model {
            referral_id: one.after.id.uuid(),
            version: one.after.stamp.version,
            content: Some(serde_json::to_value(Disclosed::from(&one.after)).map_err(|error| Error::Broken(error.to_string()))?),
            recorded_at: w.now().utc(),
        })
    });
    insert_all::<referral_version::Entity>(w, versions.collect::<Result<Vec<_>, Error>>()?).await?;
    for one in decided {
        w.tell(Told {
            feed: one.after.receiver.id,
            kind: one.told,
            referral: one.after.id,
            version: one.after.stamp.version,
            occurred_at: one.after.stamp.updated_at,
        });
    }
    // Boxed: seldom needed, and large.
    Box::pin(orientations::follow_referrals(w, decided)).await
}
