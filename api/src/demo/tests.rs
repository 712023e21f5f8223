//! The demonstration on small databases, at moments of the tests' choosing.

use domain::action::Theme;
use domain::actor::{Actor, Role, Standing};
use domain::attendance::{AttendanceStatus, MarkOrder, MarkValue, SheetState, sheet_state};
use domain::enrolment::EndReason;
use domain::organisation::OrganisationKind;
use domain::policy::{
    CloseEnrolment, CloseSheet, Function, ManageOrganisation, ManageSession, ReadAttendance, ReadEnrolment, ReadSession, RecordAttendance, Scope, may,
};
use domain::session::{SessionOrder, Slot};
use persistence::sessions::SessionQuery;
use persistence::{By, Db, Error, Ids, Listing, Write, attendance, enrolments, groups, organisations as stored, sessions as stored_sessions};
use rand::SeedableRng;
use tempfile::TempDir;

use super::*;

mod filed;
mod oriented;
mod referring;

const SMALL: Plan = Plan { seed: 87, people: 600, groups: 6 };
const ONE_GROUP: Plan = Plan { seed: 5, people: 100, groups: 1 };

struct At(Instant);

impl Clock for At {
    fn now(&self) -> Instant {
        self.0
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The database of a test, whose clock stands at a moment.
async fn open(home: &TempDir, now: Instant) -> Db {
    let pairs = [("JALON_DATA_DIR".to_owned(), home.path().display().to_string())];
    let config = Config::from_pairs(pairs.into_iter()).unwrap().with_own_file(DATABASE);
    let ids = Arc::new(Ids::new(rand::rngs::StdRng::seed_from_u64(u64::try_from(now.millis()).unwrap())));
    let setup = server::Setup { config, clock: Arc::new(At(now)), ids, on_statement: None };
    server::open(&setup).await.unwrap().worker(1).await.unwrap()
}

async fn start(home: &TempDir, plan: Plan, now: &str) -> Built {
    build(&open(home, at(now)).await, plan, None, || {}).await.unwrap()
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Somebody who may read everything, at a moment.
fn reader<F: Function>(now: Instant) -> Scope<F> {
    may(&maker::DEMO, now).unwrap()
}

/// Everything that was invented of what happened from a day on, in words.
async fn told(home: &TempDir, plan: Plan, now: &str, from: &str) -> Vec<String> {
    let (now, from): (Instant, domain::calendar::Day) = (at(now), from.parse().unwrap());
    let db = open(home, now).await;
    let begun = build::begin(&db, plan).await.unwrap();
    let mut lines = Vec::new();
    for (n, _) in actions::meetings(&begun.world) {
        let group = actions::group_id(&begun.world, n);
        let enrolled = enrolments::list(db.read(), &reader::<ReadEnrolment>(now), group, &Listing::first(10_000)).await.unwrap();
        for one in enrolled.items.iter().filter(|one| one.end.is_none_or(|(day, _)| day >= from)) {
            let brought = one.assessment.as_ref().map(|brought| (&brought.aptitudes, &brought.next_step));
            let (person, status) = (&one.person.reference, &one.status_at_entry);
            lines.push(format!("{} {person} {} {:?} {:?} {status:?} {brought:?}", one.id, one.starts_on, one.planned_end_on, one.end));
        }
        for session in listed(&db, group, now).await.into_iter().filter(|session| session.slot.date >= from) {
            let closed = session.sheet_closed_at.is_some();
            lines.push(format!("{} {} {:?} {closed} {:?}", session.id, session.reference, session.slot, session.cancel_reason));
            let sheet = attendance::find(db.read(), &reader::<ReadAttendance>(now), session).await.unwrap();
            lines.extend(sheet.lines.iter().map(|line| format!("  {} {:?}", line.person.reference, line.mark)));
        }
    }
    lines
}

async fn listed(db: &Db, group: domain::ids::GroupId, now: Instant) -> Vec<domain::session::Session> {
    let query = SessionQuery { group: Some(group), ..SessionQuery::default() };
    stored_sessions::list(db.read(), &reader::<ReadSession>(now), &query, &Listing::first(10_000)).await.unwrap().items
}

fn assert_same(extended: &[String], anew: &[String]) {
    let differs = extended.iter().zip(anew).find(|(one, other)| one != other);
    assert!(differs.is_none(), "{differs:#?}");
    assert_eq!(extended.len(), anew.len());
}

#[tokio::test]
async fn an_extended_demonstration_is_the_one_begun_later() {
    let (extended, anew) = (home(), home());
    let begun = start(&extended, SMALL, "2026-10-05T06:30:00Z").await;
    assert_eq!((begun.groups, begun.people, begun.refused), (6, 600, 0));
    for now in ["2026-10-05T06:30:00Z", "2026-10-09T15:20:00Z", "2026-11-09T23:30:00Z"] {
        assert_eq!(start(&extended, SMALL, now).await.refused, 0);
    }
    let (added, whole) = (start(&extended, SMALL, "2026-11-18T18:00:00Z").await, start(&anew, SMALL, "2026-11-18T18:00:00Z").await);
    assert!(added.new_sessions < 60 && whole.new_sessions > 800, "{added:?} {whole:?}");
    assert_eq!((whole.refused, added.sessions), (0, whole.sessions));
    let now = "2026-11-18T18:00:00Z";
    assert_same(&told(&extended, SMALL, now, "2020-01-01").await, &told(&anew, SMALL, now, "2020-01-01").await);
    assert_same(&referring::feeds(&extended, SMALL, now).await, &referring::feeds(&anew, SMALL, now).await);
    assert_same(&filed::told(&extended, SMALL, now).await, &filed::told(&anew, SMALL, now).await);
    assert_eq!(added.referrals, whole.referrals);
    let again = start(&extended, SMALL, now).await;
    let added = (again.new_sessions, again.new_marks, again.new_referral_steps, again.new_entries);
    assert_eq!(added, (0, 0, 0, 0), "nothing is missing any more");
}

#[tokio::test]
async fn a_new_quarter_moves_the_window_and_nothing_else() {
    let (extended, anew) = (home(), home());
    let plan = Plan { groups: 3, ..SMALL };
    start(&extended, plan, "2026-12-20T12:00:00Z").await;
    let now = "2027-01-20T12:00:00Z";
    start(&extended, plan, now).await;
    start(&anew, plan, now).await;
    // The Monday of the week in which the year before the quarter began.
    let window = "2025-12-29";
    assert_same(&told(&extended, plan, now, window).await, &told(&anew, plan, now, window).await);
    assert_same(&filed::told(&extended, plan, now).await, &filed::told(&anew, plan, now).await);
}

/// Acts as a manager of the demonstration.
async fn visit(db: &Db, work: impl AsyncFn(&Actor, &Write) -> Result<(), Error>) {
    let begun = build::begin(db, SMALL).await.unwrap();
    let maker = begun.maker();
    let colleague = staff::staff(&maker).into_iter().find(|colleague| colleague.role == Role::Manager).unwrap();
    let (organisation, kind) = (organisations::id(&maker, 0), OrganisationKind::Department);
    let actor =
        Actor { principal: domain::id::Id::new(colleague.id.uuid()), standing: Standing::Professional { organisation, kind, role: Role::Manager } };
    let by = By { actor, request: uuid::Uuid::nil(), operation: "visit" };
    db.run(&by, async |w: &Write| work(&by.actor, w).await).await.unwrap();
}

#[tokio::test]
async fn what_a_visitor_wrote_is_left_alone() {
    let home = home();
    let (before, after) = (at("2026-11-18T11:00:00Z"), at("2027-01-15T11:00:00Z"));
    let sheet = start(&home, SMALL, "2026-11-18T11:00:00Z").await.open_sheet.unwrap();
    let db = open(&home, before).await;
    let begun = build::begin(&db, SMALL).await.unwrap();
    let coming: Vec<_> = listed(&db, actions::group_id(&begun.world, 0), before).await.into_iter().take(2).collect();
    let left = {
        let read = reader::<ReadEnrolment>(before);
        let enrolled = enrolments::list(db.read(), &read, actions::group_id(&begun.world, 1), &Listing::first(10_000)).await.unwrap();
        enrolled.items.into_iter().find(|one| one.end.is_none()).unwrap()
    };
    let vocabulary = {
        let codes = persistence::machinery::reference::codes(db.read()).await.unwrap();
        persistence::machinery::reference::vocabulary(&codes)
    };
    visit(&db, async |actor, w| {
        // One of the people of the sheet is marked, and no more.
        let session = stored_sessions::lock(w, &may::<RecordAttendance>(actor, before).unwrap(), sheet.session).await?.unwrap();
        let roster = attendance::find(w, &may::<RecordAttendance>(actor, before).unwrap(), session).await?;
        let value = MarkValue { status: Some(AttendanceStatus::AbsentUnexcused), ..MarkValue::default() };
        let order = MarkOrder { enrolment: sheet.unmarked[0], value };
        let settings = domain::settings::Settings::default();
        let recorded = roster.record(&may(actor, before).unwrap(), vec![order], &settings, &vocabulary).unwrap();
        attendance::save(w, &[recorded]).await?;
        // A session to come is moved to the Saturday.
        let manage = may::<ManageSession>(actor, before).unwrap();
        let group = groups::lock_for_sessions(w, &manage, coming[0].group).await?.unwrap();
        let agenda = stored_sessions::agenda(w, &group).await?;
        let saturday = Slot { date: coming[0].slot.date.monday().plus_days(5), ..coming[0].slot };
        let order = SessionOrder { slot: saturday, place: None };
        let open = domain::session::SheetSoFar::of(&coming[0], false, &settings, before);
        stored_sessions::save_moved(w, &coming[0].reschedule(&manage, &group, &agenda, open, order).unwrap()).await?;
        // Somebody leaves.
        let end = left.end(&may::<CloseEnrolment>(actor, before).unwrap(), &group, before.day(), EndReason::Moved, None).unwrap();
        enrolments::save(w, &end).await
    })
    .await;
    start(&home, SMALL, "2027-01-15T11:00:00Z").await;

    let db = open(&home, after).await;
    let found = stored_sessions::find(db.read(), &reader::<ReadAttendance>(after), sheet.session).await.unwrap().unwrap();
    assert_eq!(found.sheet_closed_at, None, "its partner did not close it");
    let found = attendance::find(db.read(), &reader::<ReadAttendance>(after), found).await.unwrap();
    assert_eq!(found.lines.iter().filter(|line| line.mark.version > 0).count(), 1, "nobody else was marked on it");
    let moved = stored_sessions::find(db.read(), &reader::<CloseSheet>(after), coming[0].id).await.unwrap().unwrap();
    assert_eq!((moved.slot.date.weekday(), moved.sheet_version), (chrono::Weekday::Sat, 1));
    let sessions = listed(&db, moved.group, after).await;
    assert_eq!(sessions.iter().filter(|session| session.reference.starts_with(&moved.reference)).count(), 1, "it was not planned again");
    let kept = sessions.iter().find(|session| session.id == coming[1].id).unwrap();
    assert!(kept.sheet_version > 1, "its neighbour went on");
    let ended = enrolments::find(db.read(), &reader::<ReadEnrolment>(after), left.id).await.unwrap().unwrap();
    assert_eq!((ended.end, ended.stamp.version), (Some((before.day(), EndReason::Moved)), 2));
}

#[tokio::test]
async fn there_is_always_an_open_sheet_of_an_earlier_day() {
    for now in [
        "2026-12-25T10:00:00Z",
        "2027-01-01T08:00:00Z",
        "2027-01-10T23:30:00Z",
        "2028-02-29T12:00:00Z",
        "2024-02-29T12:00:00Z",
        "2026-11-23T05:00:00Z",
        "2026-08-10T22:30:00Z",
        "2026-08-23T20:00:00Z",
    ] {
        let home = home();
        for time in 0..3 {
            let sheet = start(&home, ONE_GROUP, now).await.open_sheet.unwrap();
            let db = open(&home, at(now)).await;
            let session = stored_sessions::find(db.read(), &reader::<ReadAttendance>(at(now)), sheet.session).await.unwrap().unwrap();
            assert!(session.slot.date < at(now).day() && session.cancelled_at.is_none(), "{now}");
            assert_eq!(sheet_state(&session, &domain::settings::Settings::default(), at(now)), SheetState::Open, "{now}");
            assert!(sheet.unmarked.len() >= 2, "{now}");
            let others = listed(&db, session.group, at(now)).await.iter().filter(|other| other.stamp.created_at == at(now)).count();
            assert_eq!(others, time, "{now}: sessions were planned for the visitor alone, once each");
            fill(&db, &sheet, at(now)).await;
        }
    }
}

/// What a visitor does who pastes the lines.
async fn fill(db: &Db, sheet: &OpenSheet, now: Instant) {
    let by = By { actor: maker::DEMO, request: uuid::Uuid::nil(), operation: "visit" };
    let filled = db.run(&by, async |w: &Write| {
        let scope = reader::<RecordAttendance>(now);
        let session = stored_sessions::lock(w, &scope, sheet.session).await?.unwrap();
        let value = MarkValue { status: Some(AttendanceStatus::Present), signed: Some(true), ..MarkValue::default() };
        let orders = sheet.unmarked.iter().map(|enrolment| MarkOrder { enrolment: *enrolment, value: value.clone() }).collect();
        let found = attendance::find(w, &scope, session).await?;
        let recorded = found.record(&scope, orders, &domain::settings::Settings::default(), &domain::vocabulary::Vocabulary::default()).unwrap();
        attendance::save(w, &[recorded]).await
    });
    filled.await.unwrap();
}

#[tokio::test]
async fn a_database_of_somebody_else_is_left_alone() {
    let home = home();
    let now = at("2026-11-18T11:00:00Z");
    let db = open(&home, now).await;
    let by = By { actor: maker::DEMO, request: uuid::Uuid::nil(), operation: "visit" };
    let registered = db.run(&by, async |w: &Write| {
        let order = domain::organisation::OrganisationOrder { kind: OrganisationKind::Department, name: "Conseil".parse().unwrap(), siret: None };
        let decided = domain::organisation::Organisation::register(&reader::<ManageOrganisation>(now), w.id(), order, false).unwrap();
        stored::save(w, &decided).await
    });
    registered.await.unwrap();
    let refused = build(&db, ONE_GROUP, None, || {}).await.unwrap_err();
    assert!(refused.0.contains("--seed 5") && refused.0.contains("left alone"), "{refused}");
}

#[tokio::test]
async fn another_seed_is_another_demonstration() {
    let home = home();
    start(&home, ONE_GROUP, "2026-11-18T11:00:00Z").await;
    let db = open(&home, at("2026-11-18T11:00:00Z")).await;
    assert!(build(&db, Plan { seed: 6, ..ONE_GROUP }, None, || {}).await.is_err());
}

#[tokio::test]
async fn a_year_at_the_real_size_has_two_to_three_hundred_participants() {
    let home = home();
    for now in ["2026-11-22T02:00:00Z", "2027-08-31T02:00:00Z"] {
        let db = open(&home, at(now)).await;
        let begun = build::begin(&db, Plan::of(87)).await.unwrap();
        let everybody = people::people(&begun.world);
        let pools = stays::pools(&begun.world, &everybody);
        let year_ago = at(now).day().plus_days(-365);
        let stays = actions::meetings(&begun.world).flat_map(|(n, meeting)| stays::stays(&begun.world, n, meeting, &pools[n]));
        let stays: Vec<_> = stays.collect();
        let comes_back_early = stays.iter().enumerate().any(|(place, stay)| {
            let before = &stays[..place];
            before.iter().any(|other| other.person == stay.person && other.ends_on >= stay.starts_on)
        });
        assert!(!comes_back_early, "the rules would refuse a second seat");
        let touching: Vec<_> = stays.iter().filter(|stay| stay.ends_on >= year_ago).collect();
        let ended = touching.iter().filter(|stay| begun.world.has_come(stay.ended_at)).count();
        assert!((200..=300).contains(&touching.len()), "{}", touching.len());
        assert!((28..=45).contains(&(100 * ended / touching.len())), "{ended} of {}", touching.len());
        let people: std::collections::HashSet<_> = touching.iter().map(|stay| stay.person).collect();
        assert_eq!(people.len(), touching.len(), "everybody once");
    }
}

#[test]
fn a_second_demonstration_is_refused_while_the_first_runs() {
    let home = home();
    let held = hold(home.path()).unwrap();
    assert!(hold(home.path()).unwrap_err().0.contains("runs already"));
    drop(held);
    assert!(hold(home.path()).is_ok());
}

#[test]
fn every_theme_of_the_programme_is_worked_on() {
    assert!(Theme::ALL.iter().all(|theme| actions::themes(0).contains(theme)));
}
