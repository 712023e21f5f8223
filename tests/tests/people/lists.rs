//! Lists of people by what hangs on them, and who broke the glass.

use std::collections::BTreeSet;

use api_tests::given::Person;
use api_tests::{Client, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{PEOPLE, merge, path};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::table::ABSENT;

const GRANTS: &str = "/v1/access-grants";

async fn listed(by: &Client, query: &str) -> BTreeSet<String> {
    by.list(&format!("{PEOPLE}?limit=3{query}")).await.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

fn ids(people: &[&Person]) -> BTreeSet<String> {
    people.iter().map(|person| person.id.clone()).collect()
}

#[test]
fn people_are_listed_by_territory_barrier_group_and_duties() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (given, manager) = (server.given(), server.manager().await);
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let mut people = Vec::new();
        for territory in [&here, &here, &here, &elsewhere, &elsewhere, &elsewhere] {
            people.push(given.person_in(territory).await);
        }
        let [anne, bea, carl, dina, elsa, fred] = people.as_slice() else { unreachable!() };

        // Barriers: open, of two kinds, resolved.
        for person in [anne, bea, dina] {
            given.barrier(person, "mobility_no_licence").await;
        }
        given.barrier(anne, "mobility_cost").await;
        given.barrier(carl, "housing_none").await;
        let resolved = given.barrier(elsa, "mobility_no_licence").await;
        let outcome = json!({"resolved_on": given.day(0), "outcome": "resolved"});
        manager.post(&format!("/v1/barriers/{resolved}/resolution"), outcome).await.expect(200);

        // Seats: of today, of one day that is today, until yesterday, from tomorrow on, in another group.
        let action = given.action(&given.organisation().await).await;
        let (group, other_group) = (given.group(&action).await, given.group(&action).await);
        for (person, group, starts_on, ends_on) in [
            (anne, &group, -100, None),
            (bea, &group, -100, Some(0)),
            (carl, &group, -100, Some(-1)),
            (dina, &group, 1, None),
            (elsa, &other_group, -100, None),
        ] {
            let order = json!({"beneficiary_id": person.id, "starts_on": given.day(starts_on), "status_at_entry": "rsa"});
            let enrolment = manager.post(&format!("/v1/groups/{group}/enrolments"), order).await.expect(201).id();
            if let Some(ends_on) = ends_on {
                let exit = json!({"ends_on": given.day(ends_on), "end_reason": "moved"});
                manager.post(&format!("/v1/enrolments/{enrolment}/exit"), exit).await.expect(200);
            }
        }

        // Rights: with duties; without; with duties that are over; over with its duties; none at all.
        given.duties(anne).await;
        given.duties(dina).await;
        given.rsa_right(bea).await;
        let right = given.duties(carl).await;
        let over = json!({"subject": false, "starts_on": given.day(-50)});
        manager.post(&format!("/v1/rsa-rights/{right}/duties"), over).await.expect(200);
        let right = given.duties(elsa).await;
        let left = json!({"entered_on": given.day(-100), "left_on": given.day(-1), "left_reason": "department_decision"});
        manager.edit(&format!("/v1/rsa-rights/{right}"), left).await.expect(200);

        for (query, expected) in [
            (format!("&territory_id={here}"), ids(&[anne, bea, carl])),
            (format!("&territory_id={ABSENT}"), ids(&[])),
            ("&barrier=mobility".to_owned(), ids(&[anne, bea, dina])),
            ("&barrier=housing".to_owned(), ids(&[carl])),
            ("&barrier=health".to_owned(), ids(&[])),
            (format!("&group_id={group}"), ids(&[anne, bea])),
            (format!("&group_id={other_group}"), ids(&[elsa])),
            (format!("&group_id={ABSENT}"), ids(&[])),
            ("&subject_to_duties=true".to_owned(), ids(&[anne, dina])),
            ("&subject_to_duties=false".to_owned(), ids(&[bea, carl, elsa, fred])),
            (format!("&territory_id={here}&barrier=mobility"), ids(&[anne, bea])),
            (format!("&group_id={group}&subject_to_duties=true"), ids(&[anne])),
            ("&barrier=mobility&subject_to_duties=false".to_owned(), ids(&[bea])),
            (format!("&territory_id={elsewhere}&barrier=mobility&subject_to_duties=true"), ids(&[dina])),
            (format!("&territory_id={here}&barrier=mobility&group_id={group}&subject_to_duties=true"), ids(&[anne])),
            (String::new(), ids(&[anne, bea, carl, dina, elsa, fred])),
        ] {
            assert_eq!(listed(&manager, &query).await, expected, "{query}");
        }
        // Within one's reach.
        let caseworker = server.caseworker(&[&here]).await;
        assert_eq!(listed(&caseworker, "&barrier=mobility").await, ids(&[anne, bea]));
        assert_eq!(listed(&caseworker, &format!("&territory_id={elsewhere}")).await, ids(&[]));
        // Tomorrow.
        server.advance(TimeDelta::days(1));
        assert_eq!(listed(&manager, &format!("&group_id={group}")).await, ids(&[anne, dina]));
    });
}

#[test]
fn a_right_that_ends_in_the_future_makes_somebody_subject_until_then() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (given, manager) = (server.given(), server.manager().await);
        let person = given.person().await;
        let right = given.duties(&person).await;
        let left = json!({"entered_on": given.day(-100), "left_on": given.day(1), "left_reason": "department_decision"});
        manager.edit(&format!("/v1/rsa-rights/{right}"), left).await.expect(200);
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(listed(&manager, "&subject_to_duties=true").await.len());
            server.advance(TimeDelta::days(1));
        }
        assert_eq!(seen, [1, 1, 0], "today, the last day, the day after");
    });
}

#[test]
fn what_is_wrong_with_a_filter_is_a_bad_request() {
    on_both(async |server| {
        let manager = server.manager().await;
        for _ in 0..2 {
            server.given().person().await;
        }
        for query in
            ["barrier=cars", "barrier=", "barrier=Mobility", "subject_to_duties=yes", "subject_to_duties=1", "territory_id=x", "group_id=x", "kind=x"]
        {
            manager.get(&format!("{PEOPLE}?{query}")).await.expect(400);
        }
        // A place in one list is no place in another.
        let page = manager.get(&format!("{PEOPLE}?limit=1&subject_to_duties=false")).await.expect(200);
        let cursor = page.field("next_cursor");
        manager.get(&format!("{PEOPLE}?limit=1&subject_to_duties=false&cursor={cursor}")).await.expect(200);
        for query in ["subject_to_duties=true", "barrier=mobility"] {
            manager.get(&format!("{PEOPLE}?limit=1&{query}&cursor={cursor}")).await.expect_problem(400, "CURSOR_INVALID");
        }
    });
}

#[test]
fn who_broke_the_glass_is_listed_the_newest_first() {
    on_both(async |server| {
        let (given, manager, auditor) = (server.given(), server.manager().await, server.auditor().await);
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworkers = [server.caseworker(&[&here]).await, server.caseworker(&[&here]).await];
        let people = [given.person_in(&elsewhere).await, given.person_in(&elsewhere).await];
        let mut taken = Vec::new();
        for (caseworker, person, reason) in [(0, 0, "Accueil en urgence"), (1, 0, "Sans abri"), (0, 1, "Appel du CCAS"), (0, 0, "Encore")] {
            let order = json!({"person_reference": people[person].reference, "reason": reason});
            let grant = caseworkers[caseworker].post(GRANTS, order).await.expect(201).json();
            let expected = json!({
                "id": grant["id"], "professional_id": caseworkers[caseworker].id(), "beneficiary_id": people[person].id,
                "person_reference": people[person].reference, "territory_id": elsewhere, "reason": reason, "granted_at": server.now().to_string(),
                "expires_at": server.now().plus(TimeDelta::hours(4)).to_string(),
            });
            taken.insert(0, expected);
            server.advance(TimeDelta::hours(3));
        }
        let at = |places: &[usize]| places.iter().map(|place| taken[*place].clone()).collect::<Vec<Value>>();
        let of = |caseworker: usize, person: usize| format!("beneficiary_id={}&professional_id={}", people[person].id, caseworkers[caseworker].id());
        for by in [&manager, &auditor] {
            for (query, expected) in [
                (String::new(), at(&[0, 1, 2, 3])),
                ("limit=1".to_owned(), at(&[0, 1, 2, 3])),
                (format!("limit=2&beneficiary_id={}", people[0].id), at(&[0, 2, 3])),
                (format!("professional_id={}", caseworkers[0].id()), at(&[0, 1, 3])),
                (of(0, 0), at(&[0, 3])),
                (of(1, 1), at(&[])),
                (format!("beneficiary_id={ABSENT}"), at(&[])),
            ] {
                assert_eq!(by.list(&format!("{GRANTS}?{query}")).await, expected, "{}: {query}", by.name());
            }
        }
        let partner = server.partner(&given.organisation().await).await;
        for by in [&caseworkers[0], &server.analyst().await, &server.administrator(), &partner] {
            by.get(GRANTS).await.expect_problem(403, "FUNCTION_DENIED");
        }
        manager.get(&format!("{GRANTS}?person_reference={}", people[0].reference)).await.expect(400);
        // What is read of people is traced, by whomever.
        let page = auditor.get(&format!("{GRANTS}?beneficiary_id={}", people[1].id)).await.expect(200);
        let log = crate::visibility::log_by_request(server).await;
        let line = &log[page.header("x-request-id").unwrap()];
        assert_eq!((&line["operation"], crate::visibility::people_of(line)), (&json!("listAccessGrants"), ids(&[&people[1]])));
    });
}

#[test]
fn a_grant_over_somebody_who_was_merged_is_over_the_survivor() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        let caseworker = server.caseworker(&[&here]).await;
        let (stays, goes) = (given.person_in(&elsewhere).await, given.person_in(&elsewhere).await);
        let order = json!({"person_reference": goes.reference, "reason": "Accueil en urgence"});
        let grant = caseworker.post(GRANTS, order).await.expect(201).id();
        caseworker.get(&path(&stays)).await.expect_problem(404, "NOT_FOUND");
        merge(&manager, &stays, &goes).await.expect(200);
        caseworker.get(&path(&stays)).await.expect(200);
        let listed = manager.list(&format!("{GRANTS}?beneficiary_id={}", stays.id)).await;
        assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["person_reference"]), (1, &json!(grant), &json!(stays.reference)));
        // Whoever holds the reference of before opens the file that stays.
        let other = server.caseworker(&[&here]).await;
        let order = json!({"person_reference": goes.reference, "reason": "Accueil en urgence"});
        let taken = other.post(GRANTS, order).await.expect(201).json();
        assert_eq!((&taken["beneficiary_id"], &taken["person_reference"]), (&json!(stays.id), &json!(stays.reference)));
        other.get(&path(&stays)).await.expect(200);
    });
}
