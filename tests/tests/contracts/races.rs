//! Many who do the same to one person's contracts at once.

use api_tests::on_both;
use futures_util::future::join_all;
use serde_json::json;

use super::Signing;

#[test]
fn of_twenty_who_draw_up_a_contract_at_once_one_does() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let answers = join_all((0..20).map(|_| signing.draw_up(signing.terms()))).await;
        let (drawn_up, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(drawn_up.len(), 1);
        for other in others {
            other.expect_problem(409, "CONTRACT_PENDING");
        }
        let all = signing.case.manager.list(&format!("/v1/beneficiaries/{}/contracts", signing.case.person.id)).await;
        assert_eq!(all.len(), 1);
    });
}

#[test]
fn of_twenty_who_validate_a_renewal_at_once_one_does_and_one_contract_is_in_force() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let path = signing.in_force().await;
        server.advance(chrono::TimeDelta::days(3));
        let mut terms = signing.terms();
        terms["starts_on"] = json!(server.given().day(0));
        let renewal = signing.case.caseworker.post(&format!("{path}/renewal"), terms).await.expect(201).id();
        let next = format!("/v1/contracts/{renewal}");
        signing.submit(&next).await.expect(200);
        signing.sign(&next, "beneficiary").await.expect(200);
        signing.sign(&next, "organisation").await.expect(200);
        let answers = join_all((0..20).map(|_| signing.validate(&next))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for other in answers.into_iter().filter(|answer| answer.status != 200) {
            other.expect_problem(409, "CONTRACT_STATE");
        }
        let all = signing.case.manager.list(&format!("/v1/beneficiaries/{}/contracts", signing.case.person.id)).await;
        let states: Vec<_> = all.iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["renewed", "in_force"]);
        assert_eq!(all[0]["ends_on"], json!(server.given().day(-1)), "neither a gap nor an overlap");
    });
}
