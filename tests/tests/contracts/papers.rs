//! What is printed: the contract and the attendance sheet. That every text is on the page, and can be read there, is tested where they are
//! set, in `api`.

use api_tests::on_both;
use serde_json::json;

use super::Signing;
use crate::visibility::{log_by_request, people_of};

#[test]
fn the_same_version_of_a_contract_gives_the_same_bytes() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let by = &signing.case.caseworker;
        let path = signing.drawn_up(signing.terms()).await;
        let print =
            async |query: &str| by.ask("GET", &format!("{path}/document{query}")).header("Accept", "application/pdf").send().await.expect(200);
        let draft = print("").await;
        assert_eq!(draft.header("content-type"), Some("application/pdf"));
        assert!(draft.header("content-disposition").unwrap().ends_with("-1.pdf\"") && draft.body.starts_with(b"%PDF-"));
        signing.submit(&path).await.expect(200);
        let to_sign = print("").await;
        assert_ne!(to_sign.body, draft.body, "no draft any more");

        // What they are called since is not what was submitted.
        let person = format!("/v1/beneficiaries/{}", signing.case.person.id);
        let mut renamed = by.get(&person).await.expect(200).json();
        let order = json!({
            "last_name": server.given().surname(), "first_name": "Dominique", "birth_date": renamed["birth_date"].take(),
            "territory_id": signing.case.territory,
        });
        by.edit(&person, order).await.expect(200);
        assert_eq!(print("").await.body, to_sign.body);
        signing.sign(&path, "beneficiary").await.expect(200);
        signing.sign(&path, "organisation").await.expect(200);
        signing.validate(&path).await.expect(200);
        let signed = print("").await;
        let by_number = print("?edition=1").await;
        assert_eq!((&signed.body, signed.header("etag")), (&by_number.body, by_number.header("etag")));
        let known = by.ask("GET", &format!("{path}/document")).header("If-None-Match", signed.header("etag").unwrap()).send().await;
        known.expect(304);

        // An amendment is a paper of its own; the first edition stays.
        let amendment = json!({"reason": "Un rythme plus soutenu.", "terms": signing.terms()});
        by.post(&format!("{path}/amendments"), amendment).await.expect(200);
        assert_ne!(print("").await.body, signed.body);
        signing.brought_in_force(&path).await;
        assert_eq!(print("?edition=1").await.body, signed.body);
        let last = print("").await;
        assert_eq!(print("?edition=2").await.body, last.body);
        let log = log_by_request(server).await;
        let traced = people_of(&log[last.header("x-request-id").unwrap()]);
        assert!(traced.len() == 1 && traced.contains(&signing.case.person.id), "who was read");
        by.get(&format!("{path}/document?edition=3")).await.expect_problem(400, "INVALID_PARAMETER");
        let unwanted = by.ask("GET", &format!("{path}/document")).header("Accept", "application/json").send().await;
        unwanted.expect_problem(406, "NOT_ACCEPTABLE");
        server.manager().await.get(&format!("{path}/document")).await.expect(200);
        let stranger = server.caseworker(&[&server.given().territory(&[]).await]).await;
        stranger.get(&format!("{path}/document")).await.expect_problem(404, "NOT_FOUND");
    });
}

#[test]
fn the_sheet_of_a_session_is_printed_for_those_who_may_read_it() {
    on_both(async |server| {
        let association = server.given().sheet(12).await;
        let partner = server.partner(&association.organisation).await;
        let path = format!("/v1/sessions/{}/attendance-sheet.pdf", association.session);
        let sheet = partner.get(&path).await.expect(200);
        assert_eq!(sheet.header("content-type"), Some("application/pdf"));
        assert!(sheet.body.starts_with(b"%PDF-") && sheet.header("content-disposition").unwrap().starts_with("inline; filename=\""));
        assert_eq!(partner.get(&path).await.expect(200).body, sheet.body, "the same again");
        let log = log_by_request(server).await;
        assert_eq!(people_of(&log[sheet.header("x-request-id").unwrap()]).len(), 12, "everybody on it was read");
        let stranger = server.partner(&server.given().organisation().await).await;
        stranger.get(&path).await.expect_problem(404, "NOT_FOUND");
        let other = server.given().session(&association.group, &server.given().day(9)).await;
        server.manager().await.post(&format!("/v1/sessions/{other}/cancellation"), json!({"reason": "premises_unavailable"})).await.expect(200);
        partner.get(&format!("/v1/sessions/{other}/attendance-sheet.pdf")).await.expect_problem(404, "NOT_FOUND");
    });
}
