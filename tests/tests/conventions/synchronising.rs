//! Staying in step with a list: a copy that is kept by asking for what has changed loses nothing, however long a walk takes and whoever
//! writes meanwhile. Repeats are allowed.

use std::cell::Cell;
use std::collections::BTreeMap;

use api_tests::client::{encoded, fresh};
use api_tests::rival::Rival;
use api_tests::{Client, TestServer, on_both, on_databases};
use chrono::TimeDelta;
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::{Value, json};

async fn register(server: &TestServer) -> String {
    server.given().organisation().await
}

/// A copy of a list, kept by whoever asks for what has changed.
#[derive(Default)]
struct Copy {
    versions: BTreeMap<String, i64>,
    since: Option<String>,
}

impl Copy {
    fn take(&mut self, items: &[Value]) {
        for item in items {
            let version = item["version"].as_i64().unwrap();
            let known = self.versions.entry(item["id"].as_str().unwrap().to_owned()).or_default();
            *known = version.max(*known);
        }
    }

    /// One synchronisation as the contract describes it: page by page, then `synced_until` is passed back next time.
    async fn synchronise(&mut self, by: &Client, path: &str, limit: u32, mut between: impl AsyncFnMut()) {
        let since = self.since.as_ref().map_or_else(String::new, |since| format!("&updated_since={}", encoded(since)));
        let mut cursor = String::new();
        loop {
            let page = by.get(&format!("{path}?limit={limit}{since}{cursor}")).await.expect(200);
            self.take(&page.items());
            let body = page.json();
            let Some(next) = body["next_cursor"].as_str() else {
                self.since = Some(page.field("synced_until"));
                return;
            };
            cursor = format!("&cursor={next}");
            between().await;
        }
    }
}

/// What there is.
async fn truth(by: &Client, path: &str) -> BTreeMap<String, i64> {
    let mut all = Copy::default();
    all.take(&by.list(&format!("{path}?limit=200")).await);
    all.versions
}

#[test]
fn a_change_on_a_page_already_read_is_in_the_next_synchronisation_however_long_the_walk_took() {
    on_both(async |server| {
        let administrator = server.administrator();
        let mut first = String::new();
        for place in 0..6 {
            let id = register(server).await;
            if place == 0 {
                first = id;
            }
        }
        let path = format!("/v1/organisations/{first}");
        let edit = async || {
            let order = json!({"kind": "association", "name": format!("Autre nom {}", fresh())});
            administrator.edit(&path, order).await.expect(200);
        };
        let mut copy = Copy::default();
        let mut walked = 0;
        copy.synchronise(&administrator, "/v1/organisations", 3, async || {
            walked += 1;
            if walked == 1 {
                // It was on the page that has just been read; a slow reader takes ten minutes for the rest.
                server.advance(TimeDelta::seconds(1));
                edit().await;
                server.advance(TimeDelta::minutes(10));
            }
        })
        .await;
        copy.synchronise(&administrator, "/v1/organisations", 3, async || {}).await;
        assert_eq!(copy.versions, truth(&administrator, "/v1/organisations").await);
    });
}

#[test]
fn a_session_moved_over_a_reader_is_in_the_next_synchronisation() {
    on_both(async |server| {
        let association = server.given().sheet(0).await;
        let manager = server.manager().await;
        let day = |day: i64| server.given().day(day);
        for back in 2..8 {
            server.given().session(&association.group, &day(-back)).await;
        }
        let old = server.given().session(&association.group, &day(-30)).await;
        let mut copy = Copy::default();
        let mut walked = 0;
        copy.synchronise(&manager, "/v1/sessions", 3, async || {
            walked += 1;
            if walked == 1 {
                server.advance(TimeDelta::seconds(1));
                let order = json!({"date": day(20), "half_day": "morning", "start_time": "09:00", "end_time": "12:00"});
                manager.edit(&format!("/v1/sessions/{old}"), order).await.expect(200);
                server.advance(TimeDelta::minutes(10));
            }
        })
        .await;
        copy.synchronise(&manager, "/v1/sessions", 3, async || {}).await;
        assert_eq!(copy.versions, truth(&manager, "/v1/sessions").await);
    });
}

#[test]
fn a_change_committed_late_is_in_the_next_synchronisation() {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let organisation = register(&server).await;
        server.advance(TimeDelta::minutes(5));
        let (mut copy, mut naive) = (Copy::default(), Copy::default());
        copy.synchronise(&administrator, "/v1/organisations", 50, async || {}).await;
        // An edit that has begun, and waits for somebody else's lock.
        let rival = Rival::connect(&database.url).await;
        rival.begin().await.run(&format!("select 1 from organisation where id = '{organisation}' for update")).await;
        let observer = Rival::connect(&database.url).await;
        let order = json!({"kind": "association", "name": "Autre nom"});
        let path = format!("/v1/organisations/{organisation}");
        let editing = administrator.edit(&path, order);
        let reading = async {
            observer.wait_until_others_wait(1).await;
            // It began before this moment and is not seen yet.
            server.advance(TimeDelta::seconds(30));
            let later = register(&server).await;
            copy.synchronise(&administrator, "/v1/organisations", 50, async || {}).await;
            assert!(copy.versions.contains_key(&later));
            naive.versions.clone_from(&copy.versions);
            naive.since = Some(server.now().to_string());
            rival.let_go().await;
        };
        let (edited, ()) = tokio::join!(editing, reading);
        assert_eq!(edited.expect(200).json()["version"], 2);
        copy.synchronise(&administrator, "/v1/organisations", 50, async || {}).await;
        let truth = truth(&administrator, "/v1/organisations").await;
        assert_eq!(copy.versions, truth);
        // The control: whoever passes back the moment of their own reading has lost it.
        naive.synchronise(&administrator, "/v1/organisations", 50, async || {}).await;
        assert_ne!(naive.versions, truth);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_synchroniser_among_writers_misses_nothing() {
    on_both(async |server| {
        const ROUNDS: usize = 5;
        const WRITERS: usize = 4;
        let administrator = server.administrator();
        let mut copy = Copy::default();
        let mut times = 0;
        for _ in 0..ROUNDS {
            let writing = Cell::new(true);
            let synchronise = async {
                while writing.get() {
                    copy.synchronise(&administrator, "/v1/organisations", 3, async || {}).await;
                    times += 1;
                }
            };
            let write = async {
                join_all((0..WRITERS).map(async |_| {
                    let [first, _] = [register(server).await, register(server).await];
                    server.advance(TimeDelta::seconds(1));
                    let order = json!({"kind": "association", "name": format!("Association {}", fresh())});
                    administrator.edit(&format!("/v1/organisations/{first}"), order).await.expect(200);
                    server.advance(TimeDelta::seconds(1));
                }))
                .await;
                writing.set(false);
            };
            let ((), ()) = tokio::join!(synchronise, write);
            // Nobody is under way: more time passes than any transaction lives.
            server.advance(TimeDelta::seconds(70));
        }
        assert!(times >= ROUNDS, "{times} synchronisation(s)");
        copy.synchronise(&administrator, "/v1/organisations", 3, async || {}).await;
        let truth = truth(&administrator, "/v1/organisations").await;
        assert_eq!(truth.len(), 1 + ROUNDS * WRITERS * 2);
        assert_eq!(truth.values().filter(|version| **version == 2).count(), ROUNDS * WRITERS);
        assert_eq!(copy.versions, truth);
    });
}

#[test]
fn merged_and_purged_people_stay_in_their_list_as_tombstones() {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let manager = server.manager().await;
        let mut people = Vec::new();
        for name in ["Vivant", "Fusionné", "Purgé"] {
            let order = json!({"last_name": name, "first_name": "Camille", "birth_date": "1990-02-28", "commune_code": "87085"});
            people.push(server.given().person_with(order).await);
        }
        let since = server.now().to_string();
        // No route merges or purges yet; what a list makes of it is there already.
        let id = |place: usize| {
            let id = people[place].id.replace('-', "");
            if database.engine == Engine::Sqlite { format!("x'{id}'") } else { format!("'{id}'") }
        };
        let moment = server.now().to_string().replace('Z', "+00:00");
        let rival = Rival::connect(&database.url).await;
        for change in [
            format!("update beneficiary set merged_into_id = {}, version = 2, updated_at = '{moment}' where id = {}", id(0), id(1)),
            format!(
                "update beneficiary set purged_at = '{moment}', last_name = null, first_name = null, birth_date = null, commune_code = null, \
                 version = 2, updated_at = '{moment}' where id = {}",
                id(2)
            ),
        ] {
            assert_eq!(rival.run(&change).await, 1);
        }
        for path in ["/v1/beneficiaries".to_owned(), format!("/v1/beneficiaries?updated_since={since}")] {
            let listed = manager.list(&path).await;
            let read = |place: usize| listed.iter().find(|one| one["id"] == people[place].id).unwrap_or_else(|| panic!("{path}"));
            assert_eq!((&read(0)["merged_into_id"], &read(0)["purged_at"]), (&Value::Null, &Value::Null));
            assert_eq!(read(0)["last_name"], "Vivant");
            assert_eq!((&read(1)["merged_into_id"], &read(1)["purged_at"]), (&json!(people[0].id), &Value::Null));
            assert_eq!((&read(2)["merged_into_id"], &read(2)["purged_at"]), (&Value::Null, &json!(since)));
            for tombstone in [read(1), read(2)] {
                for name in ["last_name", "first_name", "birth_date", "commune_code"] {
                    assert_eq!(tombstone[name], Value::Null, "{name}");
                }
            }
            for (place, person) in people.iter().enumerate() {
                assert_eq!(read(place)["person_reference"], person.reference);
            }
        }
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
