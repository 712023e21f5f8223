//! Enrolments as the caller may see them: a partner those of its groups, whoever accompanies somebody those of that person. Seats
//! are counted in `groups`, marks are in `attendance`.

use std::collections::HashMap;

use domain::action::Theme;
use domain::calendar::{Day, HalfDay, Instant};
use domain::change::{Change, Stamp};
use domain::enrolment::{Assessment, Enrolment, Participant};
use domain::group::Group;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::policy::{Function, Reach, Scope};
use domain::refusal::Decided;
use domain::text::{Label, Name, Note};
use domain::vocabulary::Term;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc, Json};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{Engine, Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::revision;
use crate::select::{all, locked, one, one_locked, people_of, stored, stored_json, with_id};
use crate::tables::enrolment;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    group_id: Uuid,
    beneficiary_id: Uuid,
    starts_on: Date,
    planned_end_on: Option<Date>,
    ends_on: Option<Date>,
    end_reason: Option<String>,
    status_at_entry: String,
    origin: String,
    referral_id: Option<Uuid>,
    aptitudes: Option<Json>,
    next_step: Option<String>,
    assessment_text: Option<String>,
    assessed_at: Option<DateTimeUtc>,
    version: i32,
    created_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    group_name: String,
    action_id: Uuid,
    action_name: String,
    reference: String,
    last_name: Option<String>,
    first_name: Option<String>,
}

/// How far the aptitudes of one theme are acquired, as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredAptitude {
    theme: Theme,
    level: Term,
}

fn assessment(
    assessed_at: Option<DateTimeUtc>,
    aptitudes: Option<Json>,
    next_step: Option<String>,
    text: Option<String>,
) -> Result<Option<Assessment>, Error> {
    let (Some(assessed_at), Some(next_step)) = (assessed_at, next_step) else { return Ok(None) };
    let aptitudes = aptitudes.map(|json| stored_json::<Vec<StoredAptitude>>("enrolment.aptitudes", json)).transpose()?.unwrap_or_default();
    Ok(Some(Assessment {
        aptitudes: aptitudes.into_iter().map(|one| (one.theme, one.level)).collect(),
        next_step: Term::stored(next_step),
        text: text.map(Note::stored),
        assessed_at: Instant::new(assessed_at),
    }))
}

impl TryFrom<Row> for Enrolment {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let end = match (row.ends_on, row.end_reason) {
            (Some(day), Some(reason)) => Some((Day::new(day), stored("enrolment.end_reason", &reason)?)),
            _ => None,
        };
        Ok(Self {
            id: Id::new(row.id),
            group: Id::new(row.group_id),
            group_name: Label::stored(row.group_name),
            action: Id::new(row.action_id),
            action_name: Label::stored(row.action_name),
            person: Participant {
                id: Id::new(row.beneficiary_id),
                reference: PersonReference::stored(row.reference),
                last_name: row.last_name.map(Name::stored),
                first_name: row.first_name.map(Name::stored),
            },
            starts_on: Day::new(row.starts_on),
            planned_end_on: row.planned_end_on.map(Day::new),
            end,
            status_at_entry: Term::stored(row.status_at_entry),
            origin: stored("enrolment.origin", &row.origin)?,
            referral: row.referral_id.map(Id::new),
            assessment: assessment(row.assessed_at, row.aptitudes, row.next_step, row.assessment_text)?,
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl TryFrom<&Enrolment> for enrolment::Model {
    type Error = Error;
    fn try_from(enrolment: &Enrolment) -> Result<Self, Error> {
        let assessment = enrolment.assessment.as_ref();
        let aptitudes = assessment.map(|assessment| {
            let stored = assessment.aptitudes.iter().map(|(theme, level)| StoredAptitude { theme: *theme, level: level.clone() });
            serde_json::to_value(stored.collect::<Vec<_>>()).map_err(|error| Error::Broken(error.to_string()))
        });
        Ok(Self {
            id: enrolment.id.uuid(),
            group_id: enrolment.group.uuid(),
            beneficiary_id: enrolment.person.id.uuid(),
            starts_on: enrolment.starts_on.date(),
            planned_end_on: enrolment.planned_end_on.map(Day::date),
            ends_on: enrolment.end.map(|(day, _)| day.date()),
            end_reason: enrolment.end.map(|(_, reason)| reason.code().to_owned()),
            status_at_entry: (*enrolment.status_at_entry).to_owned(),
            origin: enrolment.origin.code().to_owned(),
            referral_id: enrolment.referral.map(Id::uuid),
            aptitudes: aptitudes.transpose()?,
            next_step: assessment.map(|assessment| (*assessment.next_step).to_owned()),
            assessment_text: assessment.and_then(|assessment| assessment.text.clone()).map(String::from),
            assessed_at: assessment.map(|assessment| assessment.assessed_at.utc()),
            version: enrolment.stamp.version,
            created_at: enrolment.stamp.created_at.utc(),
            updated_at: enrolment.stamp.updated_at.utc(),
        })
    }
}

fn visible_to<F: Function<Over = Enrolment>>(scope: &Scope<F>) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(
            [
                "id",
                "group_id",
                "beneficiary_id",
                "starts_on",
                "planned_end_on",
                "ends_on",
                "end_reason",
                "status_at_entry",
                "origin",
                "referral_id",
                "aptitudes",
                "next_step",
                "assessment_text",
                "assessed_at",
                "version",
                "created_at",
                "updated_at",
            ]
            .map(|column| ("enrolment", column)),
        )
        .expr_as(Expr::col(("action_group", "name")), "group_name")
        .expr_as(Expr::col(("action", "id")), "action_id")
        .expr_as(Expr::col(("action", "name")), "action_name")
        .columns(["reference", "last_name", "first_name"].map(|column| ("beneficiary", column)))
        .from("enrolment")
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("enrolment", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("enrolment", "beneficiary_id")));
    match scope.reach() {
        Reach::Organisation(own) => select.and_where(Expr::col(("action", "organisation_id")).eq(own.uuid())),
        reach @ (Reach::Territories(_) | Reach::Accompanied(_) | Reach::Department) => select.cond_where(people_of(reach, scope.now())),
    };
    select
}

/// The enrolment with this id.
pub async fn find<F: Function<Over = Enrolment>>(source: &impl Source, scope: &Scope<F>, id: Id<Enrolment>) -> Result<Option<Enrolment>, Error> {
    one::<Row>(source, &with_id(visible_to(scope), "enrolment", id.uuid())).await?.map(Enrolment::try_from).transpose()
}

/// The enrolment with this id, locked.
pub async fn lock<F: Function<Over = Enrolment>>(w: &Write, scope: &Scope<F>, id: Id<Enrolment>) -> Result<Option<Enrolment>, Error> {
    one_locked::<Row>(w, "enrolment", id.uuid(), visible_to(scope)).await?.map(Enrolment::try_from).transpose()
}

/// The enrolments of a group, oldest first; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Enrolment>>(
    source: &impl Source,
    scope: &Scope<F>,
    group: Id<Group>,
    listing: &Listing,
) -> Result<Page<Enrolment>, Error> {
    let mut select = visible_to(scope);
    select.and_where(Expr::col(("enrolment", "group_id")).eq(group.uuid()));
    let mut select = by_id(select, "enrolment", listing)?;
    let rows = all::<Row>(source, select.limit(listing.limit + 1)).await?;
    Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).try_map(Enrolment::try_from)
}

#[derive(FromQueryResult)]
struct MarkedRow {
    date: Option<Date>,
}

/// The day of the last session at which somebody is marked. The group's sessions after the end that is asked for are locked first:
/// a mark being recorded at one of them is waited for and seen, and one that comes later no longer finds the person on its sheet.
pub async fn last_mark(w: &Write, enrolment: &Enrolment, ends_on: Day) -> Result<Option<Day>, Error> {
    if w.engine() == Engine::Postgres {
        let later = Query::select()
            .column(("session", "date"))
            .from("session")
            .and_where(Expr::col(("session", "group_id")).eq(enrolment.group.uuid()))
            .and_where(Expr::col(("session", "date")).gt(ends_on.date()))
            .order_by(("session", "id"), Order::Asc)
            .take();
        all::<MarkedRow>(w, &locked(later, w, "session")).await?;
    }
    let select = Query::select()
        .expr_as(Expr::col(("session", "date")).max(), "date")
        .from("attendance")
        .join(JoinType::InnerJoin, "session", Expr::col(("session", "id")).equals(("attendance", "session_id")))
        .and_where(Expr::col(("attendance", "enrolment_id")).eq(enrolment.id.uuid()))
        .and_where(Expr::col(("attendance", "status")).is_not_null())
        .take();
    Ok(one::<MarkedRow>(w, &select).await?.and_then(|row| row.date).map(Day::new))
}

/// A half-day at which somebody is expected in two groups.
#[derive(Clone, Debug)]
pub struct Clash {
    /// The day.
    pub date: Day,
    /// Which half of it.
    pub half_day: HalfDay,
    /// The other group's action; none for a partner, who knows of its own groups alone.
    pub action_name: Option<Label>,
}

/// Half-days told of one enrolment at most.
const MOST_CLASHES: usize = 50;

#[derive(FromQueryResult)]
struct ClashRow {
    enrolment_id: Uuid,
    date: Date,
    half_day: String,
    action_name: String,
}

/// The half-days at which the people of these enrolments are also expected in another group: one statement for one and for a page.
pub async fn clashes<F: Function<Over = Enrolment>>(
    source: &impl Source,
    scope: &Scope<F>,
    enrolments: &[Enrolment],
) -> Result<HashMap<Id<Enrolment>, Vec<Clash>>, Error> {
    let mut found: HashMap<Id<Enrolment>, Vec<Clash>> = HashMap::new();
    if enrolments.is_empty() {
        return Ok(found);
    }
    let holds = |enrolment: &'static str, session: &'static str| {
        let ends_on = || Expr::col((enrolment, "ends_on"));
        Cond::all()
            .add(Expr::col((session, "group_id")).equals((enrolment, "group_id")))
            .add(Expr::col((session, "date")).gte(Expr::col((enrolment, "starts_on"))))
            .add(Cond::any().add(ends_on().is_null()).add(Expr::col((session, "date")).lte(ends_on())))
            .add(Expr::col((session, "cancelled_at")).is_null())
    };
    let select = Query::select()
        .expr_as(Expr::col(("here", "id")), "enrolment_id")
        .columns(["date", "half_day"].map(|column| ("session_here", column)))
        .expr_as(Expr::col(("action", "name")), "action_name")
        .from_as("enrolment", "here")
        .join_as(
            JoinType::InnerJoin,
            "enrolment",
            "elsewhere",
            Cond::all()
                .add(Expr::col(("elsewhere", "beneficiary_id")).equals(("here", "beneficiary_id")))
                .add(Expr::col(("elsewhere", "group_id")).ne(Expr::col(("here", "group_id")))),
        )
        .join_as(JoinType::InnerJoin, "session", "session_here", holds("here", "session_here"))
        .join_as(
            JoinType::InnerJoin,
            "session",
            "session_elsewhere",
            holds("elsewhere", "session_elsewhere")
                .add(Expr::col(("session_elsewhere", "date")).equals(("session_here", "date")))
                .add(Expr::col(("session_elsewhere", "half_day")).equals(("session_here", "half_day"))),
        )
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("elsewhere", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .and_where(Expr::col(("here", "id")).is_in(enrolments.iter().map(|enrolment| enrolment.id.uuid())))
        .order_by(("session_here", "date"), Order::Asc)
        // `morning` after `afternoon` in the alphabet.
        .order_by(("session_here", "half_day"), Order::Desc)
        .order_by(("elsewhere", "id"), Order::Asc)
        .limit(u64::try_from(MOST_CLASHES * enrolments.len()).unwrap_or(u64::MAX))
        .take();
    // The other action is the département's to know, not a partner's or a delegate's.
    let named = matches!(scope.reach(), Reach::Territories(_) | Reach::Department);
    for row in all::<ClashRow>(source, &select).await? {
        let clashes = found.entry(Id::new(row.enrolment_id)).or_default();
        if clashes.len() < MOST_CLASHES {
            let action_name = named.then(|| Label::stored(row.action_name));
            clashes.push(Clash { date: Day::new(row.date), half_day: stored("session.half_day", &row.half_day)?, action_name });
        }
    }
    Ok(found)
}

/// Saves an enrolment that was created, ended or assessed.
pub async fn save(w: &Write, decided: &Decided<Change<Enrolment>>) -> Result<(), Error> {
    save_all(w, std::slice::from_ref(decided)).await
}

/// Saves enrolments that were created, ended or assessed, in the order of their changes: one may be created and ended at once.
pub async fn save_all(w: &Write, decided: &[Decided<Change<Enrolment>>]) -> Result<(), Error> {
    let changes = decided.iter().map(|one| Ok((enrolment::Model::try_from(&one.after)?, one.created, &one.event)));
    revision::save_all(w, changes.collect::<Result<Vec<_>, Error>>()?).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::actor::{Actor, Role, System};
    use domain::organisation::OrganisationKind;
    use domain::policy::{CloseEnrolment, ReadEnrolment, RecordAttendance, may};

    use super::*;
    use crate::given::{self, Home, day, now, on_both_engines, on_postgresql, uuid};
    use crate::select::insert_all;
    use crate::sessions;
    use crate::tables::{action, action_group, attendance, beneficiary, organisation, session};

    const HERE: u128 = 30;
    const ELSEWHERE: u128 = 31;

    /// One person in two groups of two associations, which both meet on Tuesday, the 17th, and one more in the first alone.
    async fn two_groups(home: &Home) {
        home.write(async |w: &Write| {
            insert_all::<organisation::Entity>(w, [10, 11].map(|id| given::organisation(uuid(id), OrganisationKind::Association))).await?;
            insert_all::<action::Entity>(w, [given::action(uuid(20), uuid(10)), given::action(uuid(21), uuid(11))]).await?;
            insert_all::<action_group::Entity>(w, [given::group(uuid(HERE), uuid(20)), given::group(uuid(ELSEWHERE), uuid(21))]).await?;
            let mut cancelled = given::session(uuid(42), uuid(HERE), "2026-11-24");
            cancelled.cancelled_at = Some(now().utc());
            let sessions = [
                given::session(uuid(40), uuid(HERE), "2026-11-17"),
                given::session(uuid(41), uuid(ELSEWHERE), "2026-11-17"),
                cancelled,
                given::session(uuid(43), uuid(ELSEWHERE), "2026-11-24"),
                given::session(uuid(44), uuid(HERE), "2026-08-25"),
                given::session(uuid(45), uuid(ELSEWHERE), "2026-08-25"),
                given::session(uuid(46), uuid(HERE), "2026-12-01"),
            ];
            insert_all::<session::Entity>(w, sessions).await?;
            insert_all::<beneficiary::Entity>(w, [101, 102].map(|n| given::person(uuid(n)))).await?;
            let enrolments = [
                given::enrolment(uuid(601), uuid(HERE), uuid(101)),
                given::enrolment(uuid(602), uuid(ELSEWHERE), uuid(101)),
                given::enrolment(uuid(603), uuid(HERE), uuid(102)),
            ];
            insert_all::<enrolment::Entity>(w, enrolments).await
        })
        .await;
    }

    #[tokio::test]
    async fn somebody_expected_twice_the_same_half_day_clashes_and_a_partner_is_not_told_where() {
        on_both_engines(async |home| {
            two_groups(home).await;
            let partner = given::client(uuid(10));
            let manager = given::professional(uuid(1), uuid(12), OrganisationKind::Department, Role::Manager);
            for (actor, named) in [(partner, false), (manager, true)] {
                let scope = may::<ReadEnrolment>(&actor, now()).unwrap();
                let listed = list(home.db.read(), &scope, Id::new(uuid(HERE)), &Listing::first(50)).await.unwrap().items;
                let found = clashes(home.db.read(), &scope, &listed).await.unwrap();
                // Not the cancelled session of the 24th, nor the 25th of August, before both enrolments.
                let [clash] = found.get(&Id::new(uuid(601))).unwrap().as_slice() else { panic!("{found:?}") };
                assert_eq!((clash.date, clash.half_day, clash.action_name.is_some()), (day("2026-11-17"), HalfDay::Morning, named));
                assert_eq!(found.len(), 1);
            }
        })
        .await;
    }

    fn present(session: u128, enrolment: u128) -> attendance::Model {
        attendance::Model {
            session_id: uuid(session),
            enrolment_id: uuid(enrolment),
            status: Some("present".to_owned()),
            minutes: None,
            reason: None,
            signed: None,
            version: 1,
            recorded_by: System::Demo.principal().uuid(),
            recorded_at: now().utc(),
        }
    }

    /// The day of the last mark, asked in order to end the first enrolment in October.
    async fn asked(home: &Home) -> Option<Day> {
        home.write(async |w: &Write| {
            let scope = may::<CloseEnrolment>(&Actor::system(System::Demo), now()).unwrap();
            let enrolment = lock(w, &scope, Id::new(uuid(601))).await?.unwrap();
            last_mark(w, &enrolment, day("2026-10-31")).await
        })
        .await
    }

    #[tokio::test]
    async fn an_unmarked_line_is_no_mark() {
        on_both_engines(async |home| {
            two_groups(home).await;
            home.write(async |w: &Write| {
                let unmarked = attendance::Model { status: None, ..present(46, 601) };
                insert_all::<attendance::Entity>(w, [present(44, 601), present(40, 603), unmarked]).await
            })
            .await;
            assert_eq!(asked(home).await, Some(day("2026-08-25")));
        })
        .await;
    }

    #[tokio::test]
    async fn a_mark_being_recorded_is_waited_for_before_an_enrolment_ends() {
        on_postgresql(async |home| {
            two_groups(home).await;
            let locked = tokio::sync::Notify::new();
            let recording = home.write(async |w: &Write| {
                let scope = may::<RecordAttendance>(&Actor::system(System::Demo), now()).unwrap();
                assert!(sessions::lock(w, &scope, Id::new(uuid(40))).await?.is_some());
                locked.notify_one();
                tokio::time::sleep(Duration::from_millis(200)).await;
                insert_all::<attendance::Entity>(w, [present(40, 601)]).await
            });
            let ending = async {
                locked.notified().await;
                asked(home).await
            };
            let ((), last) = tokio::join!(recording, ending);
            assert_eq!(last, Some(day("2026-11-17")));
        })
        .await;
    }
}
