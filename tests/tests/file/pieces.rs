//! What holds for pieces of every kind: versions, keys, histories, lists, and files that are closed.

use api_tests::client::fresh_key;
use api_tests::rival::Rival;
use api_tests::{Client, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, KINDS, assert_same, id_in_sql, on_both_beside, order_of};
use crate::people::merge;

/// What ends a piece of a kind.
fn end_of(kind: &str, today: &str) -> (&'static str, Value) {
    match kind {
        "barriers" => ("resolution", json!({"resolved_on": today, "outcome": "resolved"})),
        _ => ("cancellation", json!({})),
    }
}

#[test]
fn an_edit_is_made_from_the_version_that_was_seen() {
    on_both(async |server| {
        let case = Case::new(server).await;
        for kind in KINDS {
            let (path, order) = (case.recorded(kind, order_of(server, kind)).await, order_of(server, kind));
            let seen = case.manager.get(&path).await.expect(200);
            case.manager.put(&path, order.clone()).await.expect_problem(428, "PRECONDITION_REQUIRED");
            case.manager.put_if_match(&path, "\"2.00000000\"", order.clone()).await.expect_problem(412, "STALE_VERSION");
            let edited = case.manager.put_if_match(&path, &seen.etag(), order.clone()).await.expect(200);
            assert_eq!(edited.json()["version"], 2);
            case.manager.put_if_match(&path, &seen.etag(), order).await.expect_problem(412, "STALE_VERSION");
            assert_same(&case.manager.get(&path).await.expect(200), &edited);
        }
    });
}

#[test]
fn the_same_key_again_records_nothing_more() {
    on_both(async |server| {
        let case = Case::new(server).await;
        for kind in KINDS {
            let key = fresh_key();
            let send = async || case.manager.post_with_key(&case.path(kind), &key, order_of(server, kind)).await.expect(201);
            let first = send().await;
            let again = send().await;
            assert_same(&again, &first);
            assert_eq!((again.header("idempotent-replayed"), again.header("location")), (Some("true"), first.header("location")));
            assert_eq!(case.list(kind).await.len(), 1, "{kind}");
            case.manager.post_with_key(&case.path(kind), &key, json!({})).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");
        }
        let right = case.list("rsa-rights").await[0]["id"].as_str().unwrap().to_owned();
        let key = fresh_key();
        let duties = json!({"subject": true, "starts_on": server.given().day(-20)});
        let send = async || case.manager.post_with_key(&format!("/v1/rsa-rights/{right}/duties"), &key, duties.clone()).await.expect(200);
        let first = send().await;
        // Whatever became of it since.
        let later = json!({"subject": false, "starts_on": server.given().day(-10)});
        case.manager.post(&format!("/v1/rsa-rights/{right}/duties"), later).await.expect(200);
        assert_same(&send().await, &first);
    });
}

#[test]
fn every_state_that_a_piece_had_is_kept() {
    on_both_beside(async |server, database| {
        let case = Case::new(server).await;
        let rival = Rival::connect(&database.url).await;
        for kind in KINDS {
            let path = case.recorded(kind, order_of(server, kind)).await;
            case.manager.edit(&path, order_of(server, kind)).await.expect(200);
            let (command, order) = end_of(kind, &server.given().day(0));
            case.manager.post(&format!("{path}/{command}"), order.clone()).await.expect(200);
            case.manager.post(&format!("{path}/{command}"), order).await.expect(200);
            let last = case.manager.get(&path).await.expect(200);
            assert_eq!(last.json()["version"], 3, "{kind}");
            let id = id_in_sql(database.engine, &last.id());
            let count = async |what: &str| rival.number(&format!("select {what} from revision where subject_id = {id}")).await;
            assert_eq!((count("count(*)").await, count("cast(max(version) as bigint)").await), (Some(3), Some(3)), "{kind}");
            let events = rival.number(&format!("select count(*) from event where subject_id = {id}")).await;
            assert_eq!(events, Some(3), "{kind}");
            assert_eq!(case.list(kind).await, [last.json()], "{kind}: nothing leaves its list");
        }
    });
}

#[test]
fn a_list_is_in_the_order_of_recording_and_what_changed_in_the_order_of_change() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        for kind in KINDS {
            let mut paths = Vec::new();
            for number in 0..4 {
                server.advance(TimeDelta::seconds(1));
                let mut order = order_of(server, kind);
                match kind {
                    "barriers" => {
                        let situations = ["mobility_no_transport", "mobility_cost", "mobility_vehicle_to_repair", "mobility_licence_foreign"];
                        order["situation"] = json!(situations[number]);
                    }
                    "rsa-rights" => {
                        let from = 10 * (i64::try_from(number).unwrap() - 30);
                        order = json!({"entered_on": given.day(from), "left_on": given.day(from + 5), "left_reason": "files_joined"});
                    }
                    _ => {}
                }
                paths.push((case.recorded(kind, order.clone()).await, order));
            }
            let path_of = |item: &Value| format!("/v1/{kind}/{}", item["id"].as_str().unwrap());
            let walk = async |by: &Client, query: &str| -> Vec<String> {
                by.list(&format!("{}?limit=2{query}", case.path(kind))).await.iter().map(path_of).collect()
            };
            let recorded: Vec<String> = paths.iter().map(|(path, _)| path.clone()).collect();
            assert_eq!(walk(&case.caseworker, "").await, recorded, "{kind}");
            server.advance(TimeDelta::minutes(2));
            let since = server.now().to_string();
            assert_eq!(walk(&case.caseworker, &format!("&updated_since={since}")).await, Vec::<String>::new(), "{kind}");
            for place in [2, 0] {
                server.advance(TimeDelta::seconds(1));
                case.manager.edit(&paths[place].0, paths[place].1.clone()).await.expect(200);
            }
            let changed = walk(&case.caseworker, &format!("&updated_since={since}")).await;
            assert_eq!(changed, [recorded[2].clone(), recorded[0].clone()], "{kind}");
            let page = case.caseworker.get(&format!("{}?updated_since={since}", case.path(kind))).await.expect(200).json();
            assert_eq!(page["synced_until"], server.now().plus(TimeDelta::seconds(-60)).to_string(), "{kind}");
            assert_eq!(walk(&case.caseworker, "").await, recorded, "{kind}: the order of recording stays");
        }
    });
}

#[test]
fn nothing_is_written_in_a_file_that_was_merged_away_and_what_was_in_it_is_the_survivors() {
    on_both(async |server| {
        let (case, other) = (Case::new(server).await, Case::new(server).await);
        let mut moved = Vec::new();
        for kind in KINDS {
            moved.push(other.recorded(kind, order_of(server, kind)).await);
        }
        merge(&case.manager, &case.person, &other.person).await.expect(200);
        for (kind, path) in KINDS.into_iter().zip(&moved) {
            other.record(kind, order_of(server, kind)).await.expect_problem(409, "BENEFICIARY_CLOSED");
            assert!(other.list(kind).await.is_empty(), "{kind}");
            let read = case.caseworker.get(path).await.expect(200).json();
            assert_eq!(read["beneficiary_id"], case.person.id, "{kind}");
            assert_eq!(case.list(kind).await, [read], "{kind}");
            case.manager.edit(path, order_of(server, kind)).await.expect(200);
            other.caseworker.get(path).await.expect_problem(404, "NOT_FOUND");
        }
    });
}

#[test]
fn nothing_is_written_in_a_file_that_was_purged() {
    on_both_beside(async |server, database| {
        let case = Case::new(server).await;
        let mut paths = Vec::new();
        for kind in KINDS {
            paths.push(case.recorded(kind, order_of(server, kind)).await);
        }
        let moment = server.now().to_string().replace('Z', "+00:00");
        let purge = format!(
            "update beneficiary set purged_at = '{moment}', last_name = null, first_name = null, birth_date = null, commune_code = null where id = {}",
            id_in_sql(database.engine, &case.person.id)
        );
        assert_eq!(Rival::connect(&database.url).await.run(&purge).await, 1);
        for (kind, path) in KINDS.into_iter().zip(&paths) {
            let order = order_of(server, kind);
            case.record(kind, order.clone()).await.expect_problem(409, "BENEFICIARY_CLOSED");
            case.manager.put_if_match(path, "\"1.00000000\"", order).await.expect_problem(409, "BENEFICIARY_CLOSED");
            let (command, order) = end_of(kind, &server.given().day(0));
            case.manager.post(&format!("{path}/{command}"), order).await.expect_problem(409, "BENEFICIARY_CLOSED");
            if kind == "rsa-rights" {
                let duties = json!({"subject": true, "starts_on": server.given().day(-20)});
                case.manager.post(&format!("{path}/duties"), duties).await.expect_problem(409, "BENEFICIARY_CLOSED");
            }
        }
    });
}
