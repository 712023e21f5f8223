//! Milestones: what somebody came through, whenever it was, and what was recorded by mistake.

use api_tests::given::Person;
use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, assert_same, but};
use crate::referrals::assert_faults;

const MILESTONES: &str = "milestones";

#[test]
fn a_milestone_reads_as_it_was_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        for by in [&case.caseworker, &case.manager] {
            let recorded = by.post(&case.path(MILESTONES), given.milestone_order()).await.expect(201);
            let path = format!("/v1/milestones/{}", recorded.id());
            assert_eq!(recorded.header("location"), Some(path.as_str()));
            let expected = json!({
                "id": recorded.id(), "beneficiary_id": case.person.id, "kind": "driving_licence", "occurred_on": given.day(-30),
                "source": "document", "comment": "Au deuxième essai.", "cancelled_at": null, "version": 1, "updated_at": server.now().to_string(),
            });
            assert_eq!(recorded.json(), expected);
            assert_same(&case.caseworker.get(&path).await.expect(200), &recorded);
        }
        // The same twice is two: somebody finds work more than once.
        assert_eq!(case.list(MILESTONES).await.len(), 2);
    });
}

#[test]
fn every_kind_and_every_source_of_the_lists_is_taken_and_no_other() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let existing = case.recorded(MILESTONES, given.milestone_order()).await;
        for (list, name) in [("milestone_kinds", "kind"), ("milestone_sources", "source")] {
            let codes = case.manager.get(&format!("/v1/reference/{list}")).await.expect(200).items();
            assert!(codes.len() >= 6, "{list}");
            for code in codes {
                let edited = case.caseworker.edit(&existing, but(&given.milestone_order(), json!({name: code["code"]}))).await.expect(200);
                assert_eq!(edited.json()[name], code["code"]);
            }
            let place = format!("/{name}");
            for unknown in ["unheard_of", "flow"] {
                let order = but(&given.milestone_order(), json!({name: unknown}));
                case.assert_refused(MILESTONES, &existing, &order, &[("CODE_UNKNOWN", &place)]).await;
            }
        }
    });
}

#[test]
fn it_came_about_today_at_the_latest_and_not_before_the_person_was_born() {
    on_both(async |server| {
        let (given, mut case) = (server.given(), Case::new(server).await);
        let on = |day: &str| but(&given.milestone_order(), json!({"occurred_on": day}));
        let unknown: Person = given.person_with(json!({"last_name": "Sansdate", "first_name": "Claude", "birth_date": null})).await;
        let born: Person = given.person_with(json!({"last_name": "Neeici", "first_name": "Claude", "birth_date": "1979-06-30"})).await;
        for (person, too_early) in [(born, Some("1979-06-29")), (unknown, None)] {
            case.person = person;
            let existing = case.recorded(MILESTONES, on(&given.day(0))).await;
            case.assert_refused(MILESTONES, &existing, &on(&given.day(1)), &[("DAY_IN_FUTURE", "/occurred_on")]).await;
            case.manager.edit(&existing, on("1979-06-30")).await.expect(200);
            match too_early {
                Some(day) => case.assert_refused(MILESTONES, &existing, &on(day), &[("DAY_TOO_EARLY", "/occurred_on")]).await,
                None => drop(case.manager.edit(&existing, on("1979-06-29")).await.expect(200)),
            }
        }
        let all = json!({"kind": "unheard_of", "occurred_on": given.day(1), "source": "unheard_of"});
        let faults = [("CODE_UNKNOWN", "/kind"), ("DAY_IN_FUTURE", "/occurred_on"), ("CODE_UNKNOWN", "/source")];
        assert_faults(case.record(MILESTONES, all).await, &faults);
    });
}

#[test]
fn what_was_recorded_by_mistake_is_cancelled_for_good_and_stays_readable() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let path = case.recorded(MILESTONES, given.milestone_order()).await;
        let cancel = async || case.caseworker.command(&format!("{path}/cancellation")).await.expect(200);
        let cancelled = cancel().await;
        let body = cancelled.json();
        assert_eq!((&body["cancelled_at"], &body["version"]), (&json!(server.now().to_string()), &json!(2)));
        assert_eq!((&body["kind"], &body["comment"]), (&json!("driving_licence"), &json!("Au deuxième essai.")), "what it said stays");
        server.advance(TimeDelta::hours(1));
        assert_same(&cancel().await, &cancelled);
        case.manager.edit(&path, given.milestone_order()).await.expect_problem(409, "ENTRY_CANCELLED");
        // What is wrong with an order comes after what state the thing is in.
        case.manager.edit(&path, but(&given.milestone_order(), json!({"kind": "unheard_of"}))).await.expect_problem(409, "ENTRY_CANCELLED");
        assert_same(&case.caseworker.get(&path).await.expect(200), &cancelled);
        assert_eq!(case.list(MILESTONES).await, [cancelled.json()]);
    });
}

#[test]
fn a_comment_is_of_two_thousand_characters_at_most_and_null_takes_it_away() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let with_comment = |comment: Value| but(&given.milestone_order(), json!({"comment": comment}));
        let existing = case.recorded(MILESTONES, with_comment(json!("é".repeat(2_000)))).await;
        for wrong in [json!("é".repeat(2_001)), json!(""), json!(" \n ")] {
            let refused = case.record(MILESTONES, with_comment(wrong.clone())).await.expect_problem(422, "INVALID");
            assert_eq!(refused.faults()[0].1, "/comment");
            case.manager.edit(&existing, with_comment(wrong)).await.expect_problem(422, "INVALID");
        }
        let edited = case.manager.edit(&existing, with_comment(json!("Deux\r\nlignes."))).await.expect(200).json();
        assert_eq!(edited["comment"], "Deux\nlignes.");
        assert_eq!(case.manager.edit(&existing, with_comment(Value::Null)).await.expect(200).json()["comment"], Value::Null);
    });
}
