//! Locks that others hold, transactions in each other's way, statements that last too long: waited for, run again, given up in the end.

use std::time::Duration;

use api_tests::client::fresh_key;
use api_tests::postgres::Cluster;
use api_tests::rival::Rival;
use api_tests::{TestServer, on_databases};
use futures_util::future::join_all;
use persistence::Engine;
use serde_json::{Value, json};

use super::{EITHER, expect_later, named, organisation, register, until_answered};

#[test]
fn whoever_waits_too_long_for_a_lock_or_a_connection_is_told_to_come_again() {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        administrator.get("/v1/me").await.expect(200);
        let rival = Rival::connect(&database.url).await;
        rival.begin().await.run("lock table organisation in access exclusive mode").await;
        // Three times as many as there are connections: some wait for the table, the others for a connection.
        let orders: Vec<(String, Value)> = (0..24).map(|_| (fresh_key(), organisation())).collect();
        let writing = join_all(orders.iter().map(|(key, order)| register(&administrator, key, order)));
        let reading = join_all((0..8).map(|_| administrator.get("/v1/organisations")));
        let (written, read) = tokio::join!(writing, reading);
        for answer in written.into_iter().chain(read) {
            expect_later(answer, &["UNAVAILABLE"]);
        }
        rival.let_go().await;
        for (key, order) in &orders {
            register(&administrator, key, order).await.expect(201);
        }
        assert_eq!(administrator.list("/v1/organisations?limit=200").await.len(), 25, "each of them once");
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn whoever_waits_too_long_for_the_file_is_told_to_come_again() {
    on_databases(&[Engine::Sqlite], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let association = server.given().sheet(1).await;
        let partner = server.partner(&association.organisation).await;
        partner.get("/v1/me").await.expect(200);
        let rival = Rival::connect(&database.url).await;
        rival.begin().await;
        let orders: Vec<(String, Value)> = (0..3).map(|_| (fresh_key(), organisation())).collect();
        let writing = join_all(orders.iter().map(|(key, order)| register(&administrator, key, order)));
        // Reading needs no lock; reading people does, for its trace.
        let path = association.sheet_path();
        let (written, read, sheet) = tokio::join!(writing, administrator.get("/v1/organisations"), partner.get(&path));
        for answer in written {
            expect_later(answer, &["UNAVAILABLE"]);
        }
        read.expect(200);
        expect_later(sheet, &["UNAVAILABLE"]);
        rival.let_go().await;
        for (key, order) in &orders {
            register(&administrator, key, order).await.expect(201);
            assert_eq!(named(&administrator, order).await, 1);
        }
        partner.get(&path).await.expect(200);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_deadlock_is_resolved_by_running_the_write_again() {
    on_databases(&[Engine::Postgres], async |database| {
        let rival = Rival::connect(&database.url).await;
        // The server is to be the one that gives way, and not before the circle is closed.
        rival.run(&format!("alter database {} set deadlock_timeout = '4s'", Cluster::name_of(&database.url))).await;
        rival.run("set deadlock_timeout = '1min'").await;
        let server = TestServer::start(database, &[]).await;
        let association = server.given().sheet(0).await;
        let partner = server.partner(&association.organisation).await;
        let path = format!("/v1/sessions/{}", association.session);
        let etag = partner.get(&path).await.expect(200).etag();
        let order = json!({"date": server.given().day(3), "half_day": "morning", "start_time": "09:00", "end_time": "12:00"});
        // A move takes the group, then the session; the rival does it the other way round.
        rival.begin().await.run(&format!("select 1 from session where id = '{}' for update", association.session)).await;
        let observer = Rival::connect(&database.url).await;
        let closing_the_circle = async {
            observer.wait_until_others_wait(1).await;
            rival.run(&format!("select 1 from action_group where id = '{}' for update", association.group)).await;
            rival.let_go().await;
        };
        let (moved, ()) = tokio::join!(partner.put_if_match(&path, &etag, order), closing_the_circle);
        assert_eq!(moved.expect(200).json()["version"], 2);
        // The control: there was one. The figures of a session are told once a second at most.
        let deadlocks = async || {
            tokio::time::sleep(Duration::from_millis(250)).await;
            observer.number("select deadlocks from pg_stat_database where datname = current_database()").await.unwrap_or_default()
        };
        let mut seen = 0;
        for _ in 0..40 {
            seen = deadlocks().await;
            if seen > 0 {
                break;
            }
        }
        assert_eq!(seen, 1);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_write_that_others_were_in_the_way_of_runs_again_and_not_for_ever() {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let rival = Rival::connect(&database.url).await;
        rival.run("create sequence faults").await;
        // A sequence counts on, whatever becomes of the transaction.
        rival
            .run(
                "create function fault() returns trigger language plpgsql as $$ declare time bigint := nextval('faults'); begin
                     if time <= 2 then raise exception 'serialization' using errcode = '40001'; end if;
                     if time = 3 then raise exception 'deadlock' using errcode = '40P01'; end if;
                     if new.name like 'Jamais%' then raise exception 'serialization' using errcode = '40001'; end if;
                     return new; end $$",
            )
            .await;
        rival.run("create trigger fault before insert on organisation for each row execute function fault()").await;
        let times = async || rival.number("select last_value from faults").await.unwrap();
        let order = organisation();
        register(&administrator, &fresh_key(), &order).await.expect(201);
        assert_eq!((times().await, named(&administrator, &order).await), (4, 1), "the fourth time it worked");
        let never = json!({"kind": "association", "name": "Jamais"});
        expect_later(register(&administrator, &fresh_key(), &never).await, &["UNAVAILABLE"]);
        assert_eq!((times().await, named(&administrator, &never).await), (10, 0), "six times, and no more");
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
fn a_statement_that_lasts_too_long_is_given_up() {
    on_databases(&[Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let rival = Rival::connect(&database.url).await;
        rival
            .run(
                "create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(25); return new; end $$;
                 create trigger slow before insert on organisation for each row execute function slow()",
            )
            .await;
        let (key, order) = (fresh_key(), organisation());
        expect_later(register(&administrator, &key, &order).await, &["UNAVAILABLE"]);
        rival.run("drop trigger slow on organisation").await;
        register(&administrator, &key, &order).await.expect(201);
        assert_eq!(named(&administrator, &order).await, 1);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

#[test]
#[ignore = "keeps a processor busy for two minutes: for .ci/full"]
fn a_statement_of_the_embedded_engine_that_lasts_too_long_is_given_up() {
    on_databases(&[Engine::Sqlite], async |database| {
        let server = TestServer::start(database, &[]).await;
        let administrator = server.administrator();
        let rival = Rival::connect(&database.url).await;
        rival
            .run(
                "create trigger slow before insert on organisation begin
                     select count(*) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 400000000) select i from n);
                 end",
            )
            .await;
        let (key, order) = (fresh_key(), organisation());
        expect_later(register(&administrator, &key, &order).await, EITHER);
        // The statement itself runs on to its end: nobody interrupts the embedded engine.
        rival.run_in_the_end("drop trigger slow").await;
        assert_eq!(until_answered(async || register(&administrator, &key, &order).await).await.status, 201);
        assert_eq!(named(&administrator, &order).await, 1);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
