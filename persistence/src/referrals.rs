//! Referrals as the caller may see them: a receiver those addressed to it until 60 days after their end, whoever accompanies somebody
//! those of that person. Each change keeps what the receiver is told, and goes into its feed. What follows from a decision elsewhere is
//! in `following`, waiting lists are in `waiting`.

mod following;
mod waiting;

use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::change::Stamp;
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::policy::{Function, LapseReferral, Reach, Scope};
use domain::referral::{
    Disclosed, Outcome, Purpose, PurposeKind, Receiver, Referent, Referral, ReferralChanged, ReferralState, Referred, Referrer, SEEN_AFTER_CLOSING,
};
use domain::refusal::Decided;
use domain::text::{Email, Label, Line, Name, Note};
use domain::vocabulary::Term;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc, Json};
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, LockBehavior, LockType, Order, Query, SelectStatement, SubQueryStatement};
use uuid::Uuid;

use crate::beneficiaries;
use crate::db::{Engine, Source, Write};
use crate::error::Error;
use crate::feeds::Told;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, insert_all, locked, one, people_of, stored, stored_json, with_id};
use crate::tables::{beneficiary, referral, referral_version};

pub(crate) use following::follow_attendance;
pub use following::{follow_exit, follow_people};
pub use waiting::{WaitingPeople, lock_waiting, lock_waiting_people, ranks};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    beneficiary_id: Uuid,
    organisation_id: Uuid,
    site_id: Option<Uuid>,
    purpose: String,
    accompaniment: Option<String>,
    action_id: Option<Uuid>,
    group_id: Option<Uuid>,
    status_at_entry: Option<String>,
    objective: String,
    barriers: Json,
    signed_on: Option<Date>,
    referred_by: Uuid,
    state: String,
    external_id: Option<String>,
    referent_last_name: Option<String>,
    referent_first_name: Option<String>,
    referent_email: Option<String>,
    referent_phone: Option<String>,
    reason: Option<String>,
    comment: Option<String>,
    enrolment_id: Option<Uuid>,
    waiting_since: Option<DateTimeUtc>,
    started_on: Option<Date>,
    ended_on: Option<Date>,
    came: Option<String>,
    selected: Option<bool>,
    joined: Option<bool>,
    sent_at: DateTimeUtc,
    expires_at: Option<DateTimeUtc>,
    closed_at: Option<DateTimeUtc>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    reference: String,
    last_name: Option<String>,
    first_name: Option<String>,
    birth_date: Option<Date>,
    commune_code: Option<String>,
    birth_name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    france_travail_id: Option<String>,
    merged_into_id: Option<Uuid>,
    purged_at: Option<DateTimeUtc>,
    organisation_kind: String,
    organisation_name: String,
    site_code: Option<String>,
    site_label: Option<String>,
    action_name: Option<String>,
    group_name: Option<String>,
    seat_starts_on: Option<Date>,
    referrer_organisation: Option<String>,
    referrer_last_name: Option<String>,
    referrer_first_name: Option<String>,
    referrer_email: Option<String>,
}

impl Row {
    fn purpose(&self) -> Result<Purpose, Error> {
        let broken = || Error::Broken("a referral without its purpose".to_owned());
        Ok(match stored("referral.purpose", &self.purpose)? {
            PurposeKind::Accompaniment => {
                Purpose::Accompaniment(stored("referral.accompaniment", self.accompaniment.as_deref().ok_or_else(broken)?)?)
            }
            PurposeKind::Action => Purpose::Action {
                id: self.action_id.map(Id::new).ok_or_else(broken)?,
                name: self.action_name.clone().map(Label::stored).ok_or_else(broken)?,
                group: self.group_id.map(Id::new).zip(self.group_name.clone().map(Label::stored)),
                status_at_entry: self.status_at_entry.clone().map(Term::stored).ok_or_else(broken)?,
            },
        })
    }

    fn referrer(&self) -> Option<Referrer> {
        Some(Referrer {
            organisation_name: Label::stored(self.referrer_organisation.clone()?),
            last_name: Name::stored(self.referrer_last_name.clone()?),
            first_name: Name::stored(self.referrer_first_name.clone()?),
            email: Email::stored(self.referrer_email.clone()?),
        })
    }
}

impl TryFrom<Row> for Referral {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let (purpose, referrer) = (row.purpose()?, row.referrer());
        let site = row.site_id.zip(row.site_code).zip(row.site_label);
        let referent = row.referent_last_name.zip(row.referent_first_name);
        Ok(Self {
            id: Id::new(row.id),
            person: Referred {
                id: Id::new(row.beneficiary_id),
                reference: PersonReference::stored(row.reference),
                last_name: row.last_name.map(Name::stored),
                first_name: row.first_name.map(Name::stored),
                birth_date: row.birth_date.map(Day::new),
                commune_code: row.commune_code.map(CommuneCode::stored),
                details: beneficiaries::details(row.birth_name, row.phone, row.email, row.france_travail_id),
                is_closed: row.merged_into_id.is_some() || row.purged_at.is_some(),
            },
            receiver: Receiver {
                id: Id::new(row.organisation_id),
                kind: stored("organisation.kind", &row.organisation_kind)?,
                name: Label::stored(row.organisation_name),
                site: site.map(|((id, code), label)| (Id::new(id), Line::stored(code), Label::stored(label))),
            },
            purpose,
            objective: Note::stored(row.objective),
            barriers: stored_json("referral.barriers", row.barriers)?,
            signed_on: row.signed_on.map(Day::new),
            referred_by: Id::new(row.referred_by),
            referrer,
            state: stored("referral.state", &row.state)?,
            external_id: row.external_id.map(Line::stored),
            referent: referent.map(|(last_name, first_name)| Referent {
                last_name: Name::stored(last_name),
                first_name: Name::stored(first_name),
                email: row.referent_email.map(Email::stored),
                phone: row.referent_phone.map(Phone::stored),
            }),
            reason: row.reason.map(Term::stored),
            comment: row.comment.map(Note::stored),
            enrolment: row.enrolment_id.map(Id::new).zip(row.seat_starts_on.map(Day::new)),
            waiting_since: row.waiting_since.map(Instant::new),
            started_on: row.started_on.map(Day::new),
            ended_on: row.ended_on.map(Day::new),
            outcome: Outcome { came: row.came.map(|came| stored("referral.came", &came)).transpose()?, selected: row.selected, joined: row.joined },
            sent_at: Instant::new(row.sent_at),
            expires_at: row.expires_at.map(Instant::new),
            closed_at: row.closed_at.map(Instant::new),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl TryFrom<&Referral> for referral::Model {
    type Error = Error;
    fn try_from(referral: &Referral) -> Result<Self, Error> {
        let (accompaniment, status_at_entry) = match &referral.purpose {
            Purpose::Accompaniment(accompaniment) => (Some(accompaniment.code().to_owned()), None),
            Purpose::Action { status_at_entry, .. } => (None, Some((**status_at_entry).to_owned())),
        };
        let referent = referral.referent.as_ref();
        Ok(Self {
            id: referral.id.uuid(),
            beneficiary_id: referral.person.id.uuid(),
            organisation_id: referral.receiver.id.uuid(),
            site_id: referral.receiver.site.as_ref().map(|(id, _, _)| id.uuid()),
            purpose: referral.purpose.kind().code().to_owned(),
            accompaniment,
            action_id: referral.purpose.action().map(Id::uuid),
            group_id: referral.purpose.group().map(Id::uuid),
            status_at_entry,
            objective: referral.objective.clone().into(),
            barriers: serde_json::to_value(&referral.barriers).map_err(|error| Error::Broken(error.to_string()))?,
            signed_on: referral.signed_on.map(Day::date),
            referred_by: referral.referred_by.uuid(),
            state: referral.state.code().to_owned(),
            open: referral.state.is_open(),
            external_id: referral.external_id.clone().map(String::from),
            referent_last_name: referent.map(|referent| referent.last_name.clone().into()),
            referent_first_name: referent.map(|referent| referent.first_name.clone().into()),
            referent_email: referent.and_then(|referent| referent.email.as_deref().map(str::to_owned)),
            referent_phone: referent.and_then(|referent| referent.phone.as_deref().map(str::to_owned)),
            reason: referral.reason.as_deref().map(str::to_owned),
            comment: referral.comment.clone().map(String::from),
            enrolment_id: referral.enrolment.map(|(id, _)| id.uuid()),
            waiting_since: referral.waiting_since.map(Instant::utc),
            started_on: referral.started_on.map(Day::date),
            ended_on: referral.ended_on.map(Day::date),
            came: referral.outcome.came.map(|came| came.code().to_owned()),
            selected: referral.outcome.selected,
            joined: referral.outcome.joined,
            sent_at: referral.sent_at.utc(),
            expires_at: referral.expires_at.map(Instant::utc),
            closed_at: referral.closed_at.map(Instant::utc),
            version: referral.stamp.version,
            created_at: referral.stamp.created_at.utc(),
            updated_at: referral.stamp.updated_at.utc(),
        })
    }
}

const COLUMNS: [&str; 34] = [
    "id",
    "beneficiary_id",
    "organisation_id",
    "site_id",
    "purpose",
    "accompaniment",
    "action_id",
    "group_id",
    "status_at_entry",
    "objective",
    "barriers",
    "signed_on",
    "referred_by",
    "state",
    "external_id",
    "referent_last_name",
    "referent_first_name",
    "referent_email",
    "referent_phone",
    "reason",
    "comment",
    "enrolment_id",
    "waiting_since",
    "started_on",
    "ended_on",
    "came",
    "selected",
    "joined",
    "sent_at",
    "expires_at",
    "closed_at",
    "version",
    "created_at",
    "updated_at",
];

/// What a referral shows of its person.
const PERSON: [&str; 11] = [
    "reference",
    "last_name",
    "first_name",
    "birth_date",
    "commune_code",
    "birth_name",
    "phone",
    "email",
    "france_travail_id",
    "merged_into_id",
    "purged_at",
];

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

/// The referral with this id, locked.
pub async fn lock<F: Function<Over = Referral>>(w: &Write, scope: &Scope<F>, id: Id<Referral>) -> Result<Option<Referral>, Error> {
    let select = locked(with_id(visible_to(scope), "referral", id.uuid()), w, "referral");
    one::<Row>(w, &select).await?.map(Referral::try_from).transpose()
}

/// The person of a referral that the caller sees, locked before anything else of theirs.
pub async fn lock_person(w: &Write, referral: &Referral) -> Result<Beneficiary, Error> {
    let mut people = lock_people(w, &[referral.person.id]).await?;
    people.pop().ok_or_else(|| Error::Broken("a referral without its person".to_owned()))
}

/// These people, locked in the order of their ids.
async fn lock_people(w: &Write, ids: &[Id<Beneficiary>]) -> Result<Vec<Beneficiary>, Error> {
    let select = Query::select()
        .expr(Expr::cust("beneficiary.*"))
        .from("beneficiary")
        .and_where(Expr::col(("beneficiary", "id")).is_in(ids.iter().map(|id| id.uuid())))
        .order_by(("beneficiary", "id"), Order::Asc)
        .take();
    Ok(all::<beneficiary::Model>(w, &locked(select, w, "beneficiary")).await?.into_iter().map(Beneficiary::from).collect())
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
    one::<Row>(w, &locked(select, w, "referral")).await?.map(Referral::try_from).transpose()
}

/// Referrals that satisfy a condition, locked in the order of their ids.
async fn lock_where(w: &Write, condition: Condition) -> Result<Vec<Referral>, Error> {
    let select = whole().cond_where(condition).order_by(("referral", "id"), Order::Asc).take();
    all::<Row>(w, &locked(select, w, "referral")).await?.into_iter().map(Referral::try_from).collect()
}

#[derive(FromQueryResult)]
struct ReferrerRow {
    organisation_name: String,
    last_name: String,
    first_name: String,
    email: String,
}

/// Whoever writes, as the receiver of their referral will read it; nobody when it is a machine or the house.
pub async fn referrer(w: &Write) -> Result<Option<Referrer>, Error> {
    let select = Query::select()
        .expr_as(Expr::col(("organisation", "name")), "organisation_name")
        .columns(["last_name", "first_name", "email"].map(|column| ("professional", column)))
        .from("professional")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("professional", "organisation_id")))
        .and_where(Expr::col(("professional", "id")).eq(w.by().actor.principal.uuid()))
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
    let mut select = whole()
        .cond_where(Cond::all().add(stands_at(ReferralState::Expired, scope.now())).add(Expr::col(("referral", "open")).eq(true)))
        .order_by(("referral", "id"), Order::Asc)
        .limit(MOST_LAPSED)
        .take();
    if w.engine() == Engine::Postgres {
        select.lock_with_tables_behavior(LockType::NoKeyUpdate, ["referral"], LockBehavior::SkipLocked);
    }
    all::<Row>(w, &select).await?.into_iter().map(Referral::try_from).collect()
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
    Ok(())
}
