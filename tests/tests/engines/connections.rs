//! Connections that break in the middle of a write, while nobody uses them, or for good; and a database that says nothing any more.

use api_tests::client::fresh_key;
use futures_util::future::join_all;

use super::{EITHER, expect_later, named, on_a_wire, organisation, register, until_answered};

#[test]
fn a_write_cut_off_in_its_middle_did_not_happen() {
    on_a_wire(async |server, proxy, rival| {
        let administrator = server.administrator();
        let observer = rival.twin().await;
        for by_the_server in [false, true] {
            let (key, order) = (fresh_key(), organisation());
            rival.begin().await.run("lock table organisation in exclusive mode").await;
            let cutting = async {
                observer.wait_until_others_wait(1).await;
                if by_the_server {
                    let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                                 where datname = current_database() and wait_event_type = 'Lock'";
                    assert_eq!(observer.number(ended).await, Some(1));
                } else {
                    proxy.lose_all();
                }
            };
            let (answer, ()) = tokio::join!(register(&administrator, &key, &order), cutting);
            expect_later(answer, EITHER);
            rival.let_go().await;
            assert_eq!(until_answered(async || register(&administrator, &key, &order).await).await.status, 201);
            assert_eq!(named(&administrator, &order).await, 1);
        }
    });
}

#[test]
fn connections_lost_while_nobody_used_them_are_replaced() {
    on_a_wire(async |server, proxy, _| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        join_all((0..20).map(async |_| administrator.get("/v1/organisations").await.expect(200))).await;
        proxy.lose_all();
        // Each of them may cost one request, none is a defect (the harness notes those).
        assert_eq!(until_answered(async || register(&administrator, &key, &order).await).await.status, 201);
        let mut in_a_row = 0;
        for _ in 0..200 {
            let answer = administrator.get("/v1/organisations").await;
            in_a_row = if answer.status == 200 { in_a_row + 1 } else { 0 };
            if answer.status != 200 {
                expect_later(answer, EITHER);
            }
            if in_a_row == 40 {
                break;
            }
        }
        assert_eq!(in_a_row, 40, "the server has recovered");
        assert_eq!(named(&administrator, &order).await, 1);
    });
}

#[test]
fn a_database_that_is_away_is_missed_and_found_again() {
    on_a_wire(async |server, proxy, _| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        administrator.get("/v1/organisations").await.expect(200);
        proxy.go_down().await;
        let (read, written, ready, live) = tokio::join!(
            administrator.get("/v1/organisations"),
            register(&administrator, &key, &order),
            administrator.get("/readyz"),
            administrator.get("/livez"),
        );
        expect_later(read, EITHER);
        expect_later(written, EITHER);
        assert_eq!((ready.status, ready.text().as_str()), (503, r#"{"status":"unavailable"}"#));
        live.expect(200);
        proxy.come_back().await;
        until_answered(async || administrator.get("/readyz").await).await.expect(200);
        assert_eq!(until_answered(async || register(&administrator, &key, &order).await).await.status, 201);
        assert_eq!(until_answered(async || administrator.get("/v1/organisations").await).await.status, 200);
        assert_eq!(named(&administrator, &order).await, 1);
    });
}

#[test]
fn a_database_that_falls_silent_is_given_up_after_half_a_minute() {
    on_a_wire(async |server, proxy, _| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        let path = format!("/v1/organisations/{}", server.given().organisation().await);
        let etag = administrator.get(&path).await.expect(200).etag();
        proxy.fall_silent(true);
        let (read, written, edited) = tokio::join!(
            administrator.get("/v1/organisations"),
            register(&administrator, &key, &order),
            administrator.put_if_match(&path, &etag, order.clone()),
        );
        expect_later(read, &["UNAVAILABLE"]);
        expect_later(written, EITHER);
        expect_later(edited, EITHER);
        proxy.fall_silent(false);
        assert_eq!(until_answered(async || register(&administrator, &key, &order).await).await.status, 201);
        assert!((1..=2).contains(&named(&administrator, &order).await), "the edit gave that name too, or did not");
        until_answered(async || administrator.get("/readyz").await).await.expect(200);
    });
}
