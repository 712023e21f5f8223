//! Connections that break around COMMIT: whoever does not hear of it learns from the key, or asks again without harm.

use api_tests::client::fresh_key;
use api_tests::proxy::Cut;
use serde_json::json;

use super::{EITHER, expect_later, named, on_a_wire, organisation, register, until_answered};

#[test]
fn a_post_whose_commit_was_not_heard_of_is_answered_from_its_key() {
    on_a_wire(async |server, proxy, _| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        proxy.cut(Cut::AfterCommit);
        let created = register(&administrator, &key, &order).await.expect(201);
        assert_eq!(proxy.cuts(), 1, "the fault happened");
        assert_eq!(named(&administrator, &order).await, 1);
        let again = register(&administrator, &key, &order).await.expect(201);
        assert_eq!((again.text(), again.header("location")), (created.text(), created.header("location")));
        assert_eq!(named(&administrator, &order).await, 1);

        // The control: the same fault and the same order under another key each time has an effect each time.
        let order = organisation();
        for _ in 0..2 {
            proxy.cut(Cut::AfterCommit);
            register(&administrator, &fresh_key(), &order).await.expect(201);
        }
        assert_eq!((proxy.cuts(), named(&administrator, &order).await), (3, 2));
    });
}

#[test]
fn a_sheet_whose_commit_was_not_heard_of_is_sent_again_without_harm() {
    on_a_wire(async |server, proxy, _| {
        let association = server.given().sheet(3).await;
        let partner = server.partner(&association.organisation).await;
        let path = association.sheet_path();
        partner.get(&path).await.expect(200);
        proxy.cut(Cut::AfterCommit);
        expect_later(partner.put(&path, association.all_present()).await, &["OUTCOME_UNKNOWN"]);
        assert_eq!(proxy.cuts(), 1, "the fault happened");
        let seen = until_answered(async || partner.get(&path).await).await.expect(200);
        let again = partner.put(&path, association.all_present()).await.expect(200);
        assert_eq!((again.text(), again.json()["version"].clone()), (seen.text(), json!(2)), "one effect");
        assert_eq!(partner.get(&format!("{path}/history")).await.expect(200).items().len(), 3);

        // An edit with a version: whoever repeats it blindly is told that it was done.
        let (organisation, order) = (format!("/v1/organisations/{}", association.organisation), organisation());
        let administrator = server.administrator();
        let etag = administrator.get(&organisation).await.expect(200).etag();
        proxy.cut(Cut::AfterCommit);
        expect_later(administrator.put_if_match(&organisation, &etag, order.clone()).await, &["OUTCOME_UNKNOWN"]);
        let again = until_answered(async || administrator.put_if_match(&organisation, &etag, order.clone()).await).await;
        again.expect_problem(412, "STALE_VERSION");
        let now = administrator.get(&organisation).await.expect(200).json();
        assert_eq!((&now["version"], &now["name"]), (&json!(2), &order["name"]));
    });
}

#[test]
fn what_was_lost_before_its_commit_did_not_happen() {
    on_a_wire(async |server, proxy, _| {
        let administrator = server.administrator();
        let (key, order) = (fresh_key(), organisation());
        proxy.cut(Cut::BeforeCommit);
        expect_later(register(&administrator, &key, &order).await, EITHER);
        assert_eq!(proxy.cuts(), 1, "the fault happened");
        assert_eq!(named(&administrator, &order).await, 0);
        let created = until_answered(async || register(&administrator, &key, &order).await).await;
        let created = created.expect(201);
        assert_eq!(created.header("idempotent-replayed"), None, "it is done now");
        assert_eq!(named(&administrator, &order).await, 1);

        let association = server.given().sheet(2).await;
        let partner = server.partner(&association.organisation).await;
        let path = association.sheet_path();
        let before = partner.get(&path).await.expect(200);
        proxy.cut(Cut::BeforeCommit);
        expect_later(partner.put(&path, association.all_present()).await, EITHER);
        assert_eq!(proxy.cuts(), 2, "the fault happened");
        assert_eq!(until_answered(async || partner.get(&path).await).await.expect(200).text(), before.text());
        assert_eq!(partner.put(&path, association.all_present()).await.expect(200).json()["version"], 2);
    });
}

#[test]
fn a_reader_whose_trace_was_not_kept_for_certain_is_not_answered() {
    on_a_wire(async |server, proxy, _| {
        let association = server.given().sheet(2).await;
        let partner = server.partner(&association.organisation).await;
        for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
            proxy.cut(cut);
            expect_later(partner.get(&association.sheet_path()).await, EITHER);
            until_answered(async || partner.get(&association.sheet_path()).await).await.expect(200);
        }
        assert_eq!(proxy.cuts(), 2, "the faults happened");
    });
}
