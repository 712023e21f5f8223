//! What a delegate sees: the file of the people whose orientation names it, but for what the département's social service did in its
//! general practice.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, Delegate, KINDS, but, on_both_beside, order_of, orient};
use crate::table::ABSENT;
use crate::visibility::assert_alike;

#[test]
fn a_delegate_sees_nothing_of_the_departements_general_practice_anywhere() {
    on_both_beside(async |server, database| {
        let (given, case) = (server.given(), Case::new(server).await);
        let (delegate, other) = (Delegate::of(server, database, &case.person).await, Delegate::new(server).await);
        let done = async |more: Value| {
            // Each at a moment of its own: lists are in that order.
            server.advance(TimeDelta::milliseconds(2));
            case.recorded("interventions", but(&given.intervention_order(), more)).await
        };
        let general = done(json!({"framework": "sector_general_practice", "note": "Zyxpolyvalence"})).await;
        let insertion = done(json!({})).await;
        let of_another = done(json!({"professional_id": other.caseworker.id()})).await;
        let own = done(json!({"professional_id": delegate.caseworker.id()})).await;
        let cancelled = done(json!({"framework": "sector_general_practice", "note": "Zyxpolyvalence"})).await;
        case.manager.command(&format!("{cancelled}/cancellation")).await.expect(200);

        let by = &delegate.caseworker;
        let paths =
            |items: &[Value]| -> Vec<String> { items.iter().map(|one| format!("/v1/interventions/{}", one["id"].as_str().unwrap())).collect() };
        let visible = [insertion.clone(), of_another, own];
        for query in ["?limit=1", "?limit=200", "?limit=1&updated_since=2020-01-01T00:00:00.000Z"] {
            let listed = by.list(&format!("{}{query}", case.path("interventions"))).await;
            assert_eq!(paths(&listed), visible, "{query}");
        }
        let file = by.get(&case.path("file")).await.expect(200);
        let mut newest_first = visible.to_vec();
        newest_first.reverse();
        assert_eq!(paths(file.json()["interventions"].as_array().unwrap()), newest_first);
        assert!(!file.text().contains("Zyxpolyvalence") && !file.text().contains("sector_general_practice"));
        for path in &visible {
            by.get(path).await.expect(200);
        }
        let nowhere = format!("/v1/interventions/{ABSENT}");
        for hidden in [&general, &cancelled] {
            assert_alike(&by.get(hidden).await.expect(404), &by.get(&nowhere).await.expect(404));
            let edit = async |path: &str| by.put_if_match(path, "\"1.00000000\"", given.intervention_order()).await.expect(404);
            assert_alike(&edit(hidden).await, &edit(&nowhere).await);
            let cancel = async |path: &str| by.command(&format!("{path}/cancellation")).await.expect(404);
            assert_alike(&cancel(hidden).await, &cancel(&nowhere).await);
        }
        // The control: the département sees them all.
        for by in [&case.caseworker, &case.manager] {
            assert_eq!(by.list(&case.path("interventions")).await.len(), 5);
            assert_eq!(by.get(&case.path("file")).await.expect(200).json()["interventions"].as_array().unwrap().len(), 5);
            by.get(&general).await.expect(200);
        }
    });
}

#[test]
fn a_merge_names_to_a_delegate_nothing_of_the_general_practice_that_moved() {
    on_both_beside(async |server, database| {
        let (given, case, other) = (server.given(), Case::new(server).await, Case::new(server).await);
        let delegate = Delegate::of(server, database, &case.person).await;
        let general = other.record("interventions", but(&given.intervention_order(), json!({"framework": "sector_general_practice"})));
        let (general, insertion) = (general.await.expect(201).id(), other.record("interventions", given.intervention_order()).await.expect(201).id());
        crate::people::merge(&case.manager, &case.person, &other.person).await.expect(200);
        let merges = delegate.caseworker.get(&case.path("merges")).await.expect(200).text();
        assert!(merges.contains(&insertion) && !merges.contains(&general), "{merges}");
        assert!(case.manager.get(&case.path("merges")).await.expect(200).text().contains(&general));
    });
}

#[test]
fn a_delegate_reads_and_writes_the_rest_of_the_file_while_the_orientation_names_it() {
    on_both_beside(async |server, database| {
        let (given, case) = (server.given(), Case::new(server).await);
        let delegate = Delegate::new(server).await;
        let by = &delegate.caseworker;
        orient(server, database, &case.person, &delegate.organisation, &given.day(1)).await;
        by.get(&case.path("file")).await.expect_problem(404, "NOT_FOUND");
        by.post(&case.path("barriers"), given.barrier_order()).await.expect_problem(404, "NOT_FOUND");
        server.advance(TimeDelta::days(1));
        let right = case.recorded("rsa-rights", given.right_order()).await;
        by.get(&right).await.expect(200);
        for kind in ["milestones", "barriers", "interventions"] {
            let recorded = by.post(&case.path(kind), order_of(server, kind)).await.expect(201).id();
            by.edit(&format!("/v1/{kind}/{recorded}"), order_of(server, kind)).await.expect(200);
            assert_eq!(by.list(&case.path(kind)).await.len(), 1);
        }
        let file = by.get(&case.path("file")).await.expect(200).json();
        for kind in KINDS {
            assert_eq!(file[kind.replace('-', "_")].as_array().unwrap().len(), 1, "{kind}");
        }
    });
}

#[test]
fn what_hangs_on_people_elsewhere_answers_as_if_it_were_not_there() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let territory = server.given().territory(&[]).await;
        let elsewhere = server.caseworker(&[&territory]).await;
        let delegate = Delegate::new(server).await.caseworker;
        for kind in KINDS {
            let path = case.recorded(kind, order_of(server, kind)).await;
            let (below, below_nobody) = (case.path(kind), format!("/v1/beneficiaries/{ABSENT}/{kind}"));
            let alone = |id: &str| format!("/v1/{kind}/{id}");
            for by in [&elsewhere, &delegate] {
                assert_alike(&by.get(&path).await.expect(404), &by.get(&alone(ABSENT)).await.expect(404));
                assert_alike(&by.get(&below).await.expect(404), &by.get(&below_nobody).await.expect(404));
                if kind == "rsa-rights" {
                    continue;
                }
                let order = order_of(server, kind);
                assert_alike(&by.post(&below, order.clone()).await.expect(404), &by.post(&below_nobody, order.clone()).await.expect(404));
                let edit = async |path: &str| by.put_if_match(path, "\"1.00000000\"", order.clone()).await.expect(404);
                assert_alike(&edit(&path).await, &edit(&alone(ABSENT)).await);
            }
        }
        assert_alike(
            &elsewhere.get(&case.path("file")).await.expect(404),
            &elsewhere.get(&format!("/v1/beneficiaries/{ABSENT}/file")).await.expect(404),
        );
        // Who breaks the glass reads and writes it, for a while.
        let grant = json!({"person_reference": case.person.reference, "reason": "Urgence"});
        elsewhere.post("/v1/access-grants", grant).await.expect(201);
        for kind in KINDS {
            assert_eq!(elsewhere.list(&case.path(kind)).await.len(), 1, "{kind}");
        }
        elsewhere.post(&case.path("milestones"), server.given().milestone_order()).await.expect(201);
        server.advance(TimeDelta::hours(4));
        elsewhere.get(&case.path("milestones")).await.expect_problem(404, "NOT_FOUND");
        elsewhere.get(&case.path("file")).await.expect_problem(404, "NOT_FOUND");
    });
}
