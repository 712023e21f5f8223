use domain::actor::{Actor, Role};
use domain::calendar::Instant;
use domain::law;
use domain::organisation::OrganisationKind;
use domain::policy::may;

use super::*;
use crate::db::Write;
use crate::given::{self, day, now, on_both_engines, uuid};
use crate::select::{insert_all, one};
use crate::tables::{beneficiary, organisation, orientation, rsa_right};

fn manager() -> Actor {
    given::professional(uuid(1), uuid(10), OrganisationKind::Department, Role::Manager)
}

fn right(n: u128, person: u128, clock: &str, left_on: Option<&str>) -> rsa_right::Model {
    rsa_right::Model {
        id: uuid(n),
        beneficiary_id: uuid(person),
        entered_on: day("2020-01-01").date(),
        left_on: left_on.map(|on| day(on).date()),
        left_reason: left_on.map(|_| "files_joined".to_owned()),
        information_received_on: None,
        transferred_from: None,
        source: "manual".to_owned(),
        duties: serde_json::json!([]),
        subject_since: Some(day(clock).date()),
        orientation_clock_on: Some(day(clock).date()),
        cancelled_at: None,
        version: 1,
        created_at: now().utc(),
        updated_at: now().utc(),
    }
}

/// What is due of one kind, and when, by person.
async fn due(source: &impl Source, kind: DeadlineKind) -> Vec<(u128, String, bool)> {
    let scope = may::<ReadDeadline>(&manager(), now()).unwrap();
    let query = DeadlineQuery { kind: Some(kind), ..DeadlineQuery::default() };
    let page = list(source, &scope, &query, &Settings::default(), &Listing::first(100)).await.unwrap();
    page.items.iter().map(|due| (due.person.as_ref().unwrap().id.uuid().as_u128(), due.due_on.to_string(), due.orientation.is_some())).collect()
}

#[tokio::test]
async fn both_engines_count_the_delays_of_the_law_on_its_borders() {
    on_both_engines(async |home| {
        let clocks = ["2023-12-31", "2022-12-31", "2024-12-29", "2024-12-31", "2025-01-01", "2026-10-06", "2026-11-17", "2028-01-18"];
        let people = 101..101 + clocks.len() as u128;
        home.write(async |w: &Write| {
            insert_all::<beneficiary::Entity>(w, people.clone().map(|n| given::person(uuid(n)))).await?;
            insert_all::<rsa_right::Entity>(w, people.clone().zip(clocks).map(|(n, clock)| right(n + 100, n, clock, None))).await
        })
        .await;
        let mut expected: Vec<(u128, String, bool)> =
            people.zip(clocks).map(|(n, clock)| (n, law::orientation_due(day(clock)).on.to_string(), false)).collect();
        expected.sort_by_key(|(_, due_on, _)| due_on.clone());
        assert_eq!(due(home.db.read(), DeadlineKind::Orientation).await, expected);
    })
    .await;
}

#[tokio::test]
async fn who_is_oriented_or_no_longer_subject_is_not_due_and_who_is_begun_with_is() {
    on_both_engines(async |home| {
        let pending = orientation::Model {
            state: "proposed".to_owned(),
            pending: true,
            accompaniment: None,
            organisation_id: None,
            organisation_kind: None,
            decided_by: None,
            origin: None,
            decided_on: None,
            recorded_by: None,
            starts_on: None,
            ..given::orientation(uuid(301), uuid(101), uuid(10), "2026-01-05", None)
        };
        let waiting = orientation::Model {
            starts_on: None,
            state: "decided".to_owned(),
            pending: true,
            waiting_since: Some(now().utc()),
            ..given::orientation(uuid(303), uuid(103), uuid(10), "2026-01-05", None)
        };
        let rows = vec![
            pending,
            given::orientation(uuid(302), uuid(102), uuid(10), "2026-01-05", None),
            waiting,
            given::orientation(uuid(304), uuid(104), uuid(10), "2026-01-05", Some("2026-02-01")),
        ];
        home.write(async |w: &Write| {
            insert_all::<organisation::Entity>(w, [given::organisation(uuid(10), OrganisationKind::Department)]).await?;
            insert_all::<beneficiary::Entity>(w, (101..=107).map(|n| given::person(uuid(n)))).await?;
            insert_all::<rsa_right::Entity>(w, (101..=105).map(|n| right(n + 100, n, "2026-10-06", None))).await?;
            insert_all::<rsa_right::Entity>(
                w,
                [right(206, 106, "2026-10-06", Some("2026-11-16")), right(207, 107, "2026-10-06", Some("2026-11-17"))],
            )
            .await?;
            insert_all::<orientation::Entity>(w, rows.clone()).await
        })
        .await;
        let mut found = due(home.db.read(), DeadlineKind::Orientation).await;
        found.sort();
        let at = |n, begun| (n, "2026-11-17".to_owned(), begun);
        assert_eq!(found, [at(101, true), at(104, false), at(105, false), at(107, false)]);
    })
    .await;
}

#[tokio::test]
async fn the_social_track_of_the_old_law_is_reviewed_six_months_after_or_twelve() {
    on_both_engines(async |home| {
        let social = |n: u128, starts_on: &str| orientation::Model {
            accompaniment: Some("social".to_owned()),
            ..given::orientation(uuid(300 + n), uuid(n), uuid(10), starts_on, None)
        };
        let rows = vec![
            social(101, "2024-08-31"),
            orientation::Model {
                extension: Some(serde_json::json!({"grounds": ["health"], "on": "2024-12-01", "by": uuid(1)})),
                ..social(102, "2024-02-29")
            },
            social(103, "2025-01-01"),
            orientation::Model { maintained_on: Some(day("2024-11-30").date()), ..social(104, "2024-01-10") },
            orientation::Model { maintained_on: Some(day("2025-01-02").date()), ..social(105, "2024-01-10") },
            orientation::Model { state: "review".to_owned(), ..social(106, "2024-01-10") },
            given::orientation(uuid(407), uuid(107), uuid(10), "2024-01-10", None),
        ];
        home.write(async |w: &Write| {
            insert_all::<organisation::Entity>(w, [given::organisation(uuid(10), OrganisationKind::Department)]).await?;
            insert_all::<beneficiary::Entity>(w, (101..=107).map(|n| given::person(uuid(n)))).await?;
            insert_all::<orientation::Entity>(w, rows.clone()).await
        })
        .await;
        let at = |n, on: &str| (n, on.to_owned(), true);
        assert_eq!(due(home.db.read(), DeadlineKind::SocialReview).await, [at(101, "2025-02-28"), at(102, "2025-02-28"), at(104, "2025-05-30")]);
    })
    .await;
}

#[tokio::test]
async fn both_engines_know_the_day_of_a_moment_in_paris_around_the_changes_of_the_clocks() {
    on_both_engines(async |home| {
        for year in 2024..2032 {
            for border in ["01-01", "03-24", "03-25", "03-31", "07-01", "10-25", "10-27", "10-31", "12-31"] {
                for time in ["00:59:59.999", "01:00:00.000", "21:59:59.999", "22:00:00.000", "22:59:59.999", "23:00:00.000"] {
                    let moment: Instant = format!("{year}-{border}T{time}Z").parse().unwrap();
                    assert_eq!(paris_day(home.db.read(), moment).await, moment.day(), "{moment}");
                }
            }
            for day in 24..=31 {
                for month in ["03", "10"] {
                    let moment: Instant = format!("{year}-{month}-{day}T22:30:00.000Z").parse().unwrap();
                    assert_eq!(paris_day(home.db.read(), moment).await, moment.day(), "{moment}");
                }
            }
        }
    })
    .await;
}

/// The day of a moment as the engine counts it, for whoever compares it with ours.
async fn paris_day(source: &impl Source, moment: Instant) -> Day {
    #[derive(FromQueryResult)]
    struct DayRow {
        day: Date,
    }
    let engine = source.connection().get_database_backend();
    let literal = match engine {
        DbBackend::Postgres => format!("(timestamp with time zone '{moment}')"),
        _ => format!("'{moment}'"),
    };
    let select = Query::select().expr_as(Expr::cust(Dialect(engine).day_of(&literal)), "day").take();
    Day::new(one::<DayRow>(source, &select).await.unwrap().unwrap().day)
}
