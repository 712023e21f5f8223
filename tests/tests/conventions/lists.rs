//! Lists: pages that are walked to the end, and cursors that cannot be forged. Who sees what of a list is in `visibility`, how a copy
//! stays in step in `synchronising`.

use std::collections::BTreeSet;

use api_tests::{TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::table::World;

async fn register(server: &TestServer) -> String {
    server.given().organisation().await
}

#[test]
fn every_list_holds_its_bounds_and_knows_its_parameters() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mut lists = 0;
        // The feed has a cursor of its own that is never null.
        for example in world.examples().into_iter().filter(|example| example.operation().is_list() && example.operation != "readReferralFeed") {
            lists += 1;
            let (by, path) = (world.caller(example.by), example.path());
            for limit in ["0", "201", "-1", "1.5", "ten", "", "99999999999999999999"] {
                let refused = by.get(&format!("{path}?limit={limit}")).await.expect_problem(400, "INVALID_PARAMETER");
                assert_eq!(refused.faults(), [("OUT_OF_BOUNDS".to_owned(), "limit".to_owned())], "{path}: {limit}");
            }
            for limit in ["1", "200"] {
                by.get(&format!("{path}?limit={limit}")).await.expect(200);
            }
            let refused = by.get(&format!("{path}?colour=red")).await.expect_problem(400, "INVALID_PARAMETER");
            assert_eq!(refused.faults(), [("FIELD_UNKNOWN".to_owned(), "colour".to_owned())], "{path}");
            let refused = by.get(&format!("{path}?limit=1&limit=1")).await.expect_problem(400, "INVALID_PARAMETER");
            assert_eq!(refused.faults(), [("INVALID_PARAMETER".to_owned(), "limit".to_owned())], "{path}");
            let whole = by.get(&format!("{path}?limit=200")).await.expect(200);
            assert_eq!(whole.json()["next_cursor"], Value::Null, "{path}: shorter than a page");
            assert_eq!(whole.header("link"), None, "{path}");
            for cursor in ["x", "AAAA", "", "%20", &"A".repeat(1001)] {
                let refused = by.get(&format!("{path}?cursor={cursor}")).await.expect_problem(400, "CURSOR_INVALID");
                assert_eq!(refused.faults(), [("CURSOR_INVALID".to_owned(), "cursor".to_owned())], "{path}: {cursor}");
            }
            // One by one is the same as all at once.
            let all: Vec<Value> = whole.items();
            let one_by_one = by.list(&format!("{path}?limit=1")).await;
            // The log itself grows with each look at it by those who are traced.
            if example.operation != "listAccesses" {
                assert_eq!(one_by_one, all, "{path}");
            }
        }
        assert!(lists >= 12, "{lists}");
    });
}

#[test]
fn a_page_holds_fifty_unless_another_limit_is_asked_for() {
    on_both(async |server| {
        for _ in 0..50 {
            register(server).await;
        }
        let administrator = server.administrator();
        assert_eq!(administrator.get("/v1/organisations").await.expect(200).items().len(), 50);
        assert_eq!(administrator.get("/v1/organisations?limit=200").await.expect(200).items().len(), 51);
    });
}

#[test]
fn a_walk_meets_everything_exactly_once_while_rows_are_inserted() {
    on_both(async |server| {
        let administrator = server.administrator();
        let association = server.given().sheet(1).await;
        let manager = server.manager().await;
        let mut sessions = vec![association.session.clone()];
        for day in 2..12 {
            sessions.push(server.given().session(&association.group, &server.given().day(-day)).await);
        }
        for (turn, by, path, wanted) in [
            (0, &administrator, "/v1/organisations", {
                let mut wanted = vec![association.organisation.clone()];
                for _ in 0..10 {
                    wanted.push(register(server).await);
                }
                wanted
            }),
            (1, &manager, "/v1/sessions", sessions),
        ] {
            let mut met = Vec::new();
            let mut cursor = String::new();
            let mut pages = 0;
            loop {
                let page = by.get(&format!("{path}?limit=3{cursor}")).await.expect(200);
                met.extend(page.ids());
                pages += 1;
                if pages <= 5 {
                    // Before, within and after what was walked already.
                    register(server).await;
                    let day = |from_today: i64| server.given().day(from_today - 5 * turn);
                    server.given().session(&association.group, &day(-20 - pages)).await;
                    let order = json!({"date": day(-pages), "half_day": "afternoon", "start_time": "14:00", "end_time": "17:00"});
                    manager.post(&format!("/v1/groups/{}/sessions", association.group), order).await.expect(201);
                }
                let body = page.json();
                let Some(next) = body["next_cursor"].as_str() else { break };
                assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'), "{next}");
                cursor = format!("&cursor={next}");
            }
            assert!(pages >= 4, "{path}: {pages} page(s)");
            let distinct: BTreeSet<&String> = met.iter().collect();
            assert_eq!(distinct.len(), met.len(), "{path}: met twice");
            let missed: Vec<&String> = wanted.iter().filter(|id| !distinct.contains(id)).collect();
            assert!(missed.is_empty(), "{path}: missed {missed:?}");
        }
    });
}

#[test]
fn a_cursor_is_bound_to_its_list_and_its_filters_and_does_not_expire() {
    on_both(async |server| {
        for _ in 0..4 {
            register(server).await;
        }
        let administrator = server.administrator();
        let cursor = async |path: &str| administrator.get(path).await.expect(200).field("next_cursor");
        let filtered = cursor("/v1/organisations?kind=association&limit=2").await;
        let plain = cursor("/v1/organisations?limit=2").await;
        for (path, cursor) in [
            ("/v1/organisations?", &filtered),
            ("/v1/organisations?kind=plie&", &filtered),
            ("/v1/organisations?kind=association&", &plain),
            ("/v1/organisations?updated_since=2020-01-01T00:00:00.000Z&", &plain),
            ("/v1/professionals?", &plain),
        ] {
            administrator.get(&format!("{path}cursor={cursor}")).await.expect_problem(400, "CURSOR_INVALID");
        }
        // A cursor of other keys, and one with each letter changed in turn.
        for place in 0..plain.len() {
            let mut forged = plain.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            administrator.get(&format!("/v1/organisations?cursor={forged}")).await.expect_problem(400, "CURSOR_INVALID");
        }
        for cut in [1, plain.len() / 2, plain.len() - 1] {
            administrator.get(&format!("/v1/organisations?cursor={}", &plain[..cut])).await.expect_problem(400, "CURSOR_INVALID");
        }
        // The limit is no filter, and time is none either.
        server.advance(TimeDelta::days(400));
        let rest = administrator.get(&format!("/v1/organisations?limit=200&cursor={plain}")).await.expect(200);
        assert_eq!(rest.items().len(), 3);
        administrator.get(&format!("/v1/organisations?cursor={filtered}&limit=1&kind=association")).await.expect(200);
    });
}

#[test]
fn the_next_page_is_linked() {
    on_both(async |server| {
        for _ in 0..4 {
            register(server).await;
        }
        let administrator = server.administrator();
        let (mut path, mut met) = ("/v1/organisations?kind=association&limit=3".to_owned(), 0);
        loop {
            let page = administrator.get(&path).await.expect(200);
            met += page.items().len();
            let Some(link) = page.header("link") else {
                assert_eq!(page.json()["next_cursor"], Value::Null);
                break;
            };
            let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap_or_else(|| panic!("{link}"));
            assert!(target.contains("kind=association") && target.contains("limit=3"), "{target}");
            assert!(target.contains(&format!("cursor={}", page.field("next_cursor"))), "{target}");
            target.clone_into(&mut path);
        }
        assert_eq!(met, 4);
    });
}
