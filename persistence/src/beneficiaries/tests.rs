//! Whom a delegate sees and may write to.

use domain::actor::{Actor, Role};
use domain::enrolment::Enrolment;
use domain::organisation::OrganisationKind;
use domain::policy::{Enrol, ManageBeneficiary, ReadAttendance, ReadBeneficiary, ReadEnrolment, may};

use super::*;
use crate::given::{self, Home, now, on_both_engines, uuid};
use crate::select::insert_all;
use crate::tables::beneficiary;
use crate::tables::{action, action_group, enrolment, organisation, orientation, session};
use crate::{attendance, enrolments, sessions};

const PLIE: u128 = 10;
const OTHER: u128 = 11;
const GROUP: u128 = 30;
const SESSION: u128 = 40;

fn oriented(person: u128, organisation: u128, starts_on: &str, ends_on: Option<&str>) -> orientation::Model {
    given::orientation(uuid(1_000 + person * 10 + organisation), uuid(person), uuid(organisation), starts_on, ends_on)
}

/// People 101 to 106, all enrolled in one group; the day is 2026-11-17.
async fn six_people(home: &Home) {
    let people = 101..=106;
    let orientations = [
        oriented(101, PLIE, "2026-01-05", None),
        oriented(102, PLIE, "2026-01-05", Some("2026-11-17")),
        oriented(103, PLIE, "2026-01-05", Some("2026-11-16")),
        oriented(104, PLIE, "2026-11-18", None),
        oriented(105, PLIE, "2025-01-05", Some("2026-01-04")),
        oriented(105, OTHER, "2026-01-05", None),
    ];
    home.write(async |w: &Write| {
        let kinds = [(PLIE, OrganisationKind::Plie), (OTHER, OrganisationKind::Plie)];
        insert_all::<organisation::Entity>(w, kinds.map(|(id, kind)| given::organisation(uuid(id), kind))).await?;
        insert_all::<action::Entity>(w, [given::action(uuid(20), uuid(OTHER))]).await?;
        insert_all::<action_group::Entity>(w, [given::group(uuid(GROUP), uuid(20))]).await?;
        insert_all::<session::Entity>(w, [given::session(uuid(SESSION), uuid(GROUP), "2026-11-17")]).await?;
        insert_all::<beneficiary::Entity>(w, people.clone().map(|n| given::person(uuid(n)))).await?;
        insert_all::<enrolment::Entity>(w, people.clone().map(|n| given::enrolment(uuid(500 + n), uuid(GROUP), uuid(n)))).await?;
        insert_all::<orientation::Entity>(w, orientations.clone()).await
    })
    .await;
}

fn caseworker_of_the_plie() -> Actor {
    given::professional(uuid(1), uuid(PLIE), OrganisationKind::Plie, Role::Caseworker)
}

fn scope<F: Function>() -> Scope<F> {
    may(&caseworker_of_the_plie(), now()).unwrap()
}

#[tokio::test]
async fn a_delegate_sees_the_people_whose_orientation_in_force_names_it() {
    on_both_engines(async |home| {
        Box::pin(six_people(home)).await;
        let seen = list(home.db.read(), &scope::<ReadBeneficiary>(), &BeneficiaryQuery::default(), &Listing::first(50)).await.unwrap();
        let seen: Vec<u128> = seen.items.iter().map(|person| person.id.uuid().as_u128()).collect();
        assert_eq!(seen, [101, 102], "open; last day today. Not: ended yesterday, from tomorrow, of another, none");
        for n in 101..=106 {
            let found = find(home.db.read(), &scope::<ReadBeneficiary>(), Id::new(uuid(n))).await.unwrap();
            assert_eq!(found.is_some(), n <= 102, "{n}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_delegate_writes_to_nobody_else() {
    on_both_engines(async |home| {
        Box::pin(six_people(home)).await;
        let locked = home.write(async |w: &Write| {
            let mut locked = Vec::new();
            for n in 101..=106 {
                let id = Id::new(uuid(n));
                let edited = lock(w, &scope::<ManageBeneficiary>(), id).await?.is_some();
                let enrolled = lock(w, &scope::<Enrol>(), id).await?.is_some();
                locked.push((n, edited, enrolled));
            }
            Ok(locked)
        });
        let expected: Vec<_> = (101..=106).map(|n| (n, n <= 102, n <= 102)).collect();
        assert_eq!(locked.await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_delegate_sees_of_a_group_and_of_a_sheet_the_people_it_accompanies() {
    on_both_engines(async |home| {
        Box::pin(six_people(home)).await;
        let read = home.db.read();
        let enrolled = enrolments::list(read, &scope::<ReadEnrolment>(), Id::new(uuid(GROUP)), &Listing::first(50)).await.unwrap();
        let enrolled: Vec<Id<Enrolment>> = enrolled.items.iter().map(|enrolment| enrolment.id).collect();
        let accompanied = [Id::new(uuid(601)), Id::new(uuid(602))];
        assert_eq!(enrolled, accompanied);
        assert!(enrolments::find(read, &scope::<ReadEnrolment>(), Id::new(uuid(603))).await.unwrap().is_none());

        let session = sessions::find(read, &scope::<ReadAttendance>(), Id::new(uuid(SESSION))).await.unwrap().unwrap();
        let sheet = attendance::find(read, &scope::<ReadAttendance>(), session).await.unwrap();
        assert_eq!(sheet.lines.iter().map(|line| line.enrolment).collect::<Vec<_>>(), accompanied);
    })
    .await;
}
