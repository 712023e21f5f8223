//! Entity tags: what has not changed is not sent, what has is not overwritten. Who comes first when many edit at once is in
//! `concurrency`.

use api_tests::on_both;
use serde_json::json;

use crate::table::{ABSENT, World};

#[test]
fn what_the_caller_has_already_is_not_sent_again() {
    on_both(async |server| {
        let world = World::new(server).await;
        for example in world.examples() {
            let operation = example.operation();
            let single = operation.value["responses"].get("304").is_some() && operation.value["responses"]["200"]["headers"].get("ETag").is_some();
            if operation.method != "GET" || !single {
                continue;
            }
            let (by, path) = (world.caller(example.by), example.path());
            let seen = by.get(&path).await.expect(200);
            let etag = seen.etag();
            let tag = etag.trim_matches('"');
            let shape = tag.split_once('.').is_some_and(|(version, hash)| {
                version.parse::<u32>().is_ok() && hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            assert!(shape && etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag}");
            let ask = async |tags: &str| by.ask("GET", &path).header("If-None-Match", tags).send().await;
            for tags in [etag.clone(), format!("W/{etag}"), format!("\"1.00000000\", {etag}"), "*".to_owned()] {
                let known = ask(&tags).await.expect(304);
                assert_eq!((known.etag(), known.text().as_str()), (etag.clone(), ""), "{path}: {tags}");
            }
            // The whole is compared: the same version of other content is not known.
            let (version, _) = tag.split_once('.').unwrap();
            for tags in [format!("\"{version}.00000000\""), format!("\"{version}\""), "\"9.00000000\"".to_owned()] {
                assert_eq!(ask(&tags).await.expect(200).text(), seen.text(), "{path}: {tags}");
            }
        }
    });
}

#[test]
fn every_edit_is_made_from_the_version_its_caller_saw() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mut edits = 0;
        for example in world.examples().into_iter().filter(|example| example.operation().needs_if_match()) {
            edits += 1;
            let (by, path) = (world.caller(example.by), example.path());
            let body = example.body.clone().unwrap();
            let read = path.strip_suffix("/assessment").unwrap_or(&path).to_owned();
            let seen = by.get(&read).await.expect(200);
            let version = seen.json()["version"].as_i64().unwrap();
            by.put(&path, body.clone()).await.expect_problem(428, "PRECONDITION_REQUIRED");
            for stale in
                [format!("\"{}.00000000\"", version + 1), format!("\"{}\"", version + 1), format!("\"{}.00000000\", \"0.00000000\"", version - 1)]
            {
                by.put_if_match(&path, &stale, body.clone()).await.expect_problem(412, "STALE_VERSION");
            }
            for malformed in ["7", "\"\"", "\"one\"", "\"1.", "é"] {
                let refused = by.put_if_match(&path, malformed, body.clone()).await.expect_problem(400, "INVALID_HEADER");
                assert_eq!(refused.faults(), [("INVALID_HEADER".to_owned(), "If-Match".to_owned())], "{path}: {malformed}");
            }
            assert_eq!(by.get(&read).await.expect(200).text(), seen.text(), "{path}: nothing was done");
            // A thing that is not there comes before its version.
            let absent = example.operation().path_with(|_| ABSENT.to_owned());
            by.put(&absent, body.clone()).await.expect_problem(404, "NOT_FOUND");
            // The version alone is compared: the content hash is another caller's view.
            let edited = by.put_if_match(&path, &format!("\"{version}.00000000\""), body.clone()).await.expect(200);
            assert_eq!(edited.json()["version"], version + 1, "{path}");
            assert_eq!(by.get(&read).await.expect(200).etag().split('.').next(), edited.etag().split('.').next(), "{path}");
            by.put_if_match(&path, &seen.etag(), body).await.expect_problem(412, "STALE_VERSION");
        }
        assert!(edits >= 8, "{edits}");
    });
}

#[test]
fn an_attendance_sheet_is_written_without_a_version() {
    on_both(async |server| {
        let association = server.given().sheet(2).await;
        let partner = server.partner(&association.organisation).await;
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let stale = partner.put_if_match(&association.sheet_path(), "\"1.00000000\"", association.all_present()).await.expect(200);
        assert_eq!(stale.json()["version"], 2, "whatever it says: the same content again changes nothing");
        let unmark = json!({"marks": [{"enrolment_id": association.enrolments[0], "status": null}]});
        assert_eq!(partner.put(&association.sheet_path(), unmark).await.expect(200).json()["version"], 3);
    });
}
