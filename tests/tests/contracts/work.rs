//! What is due about contracts: to sign, to review, ending, to convert; the social track after a signature.

use api_tests::on_both;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Signing;

async fn due(signing: &Signing<'_>, kind: &str) -> Vec<Value> {
    let path = format!("/v1/deadlines?kind={kind}&territory_id={}", signing.case.territory);
    signing.case.caseworker.list(&path).await
}

#[test]
fn a_contract_is_due_a_month_after_the_notification_and_no_longer_once_one_is_in_force() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        let month = server.today().plus_months(1).to_string();
        let [to_sign] = due(&signing, "contract_signature").await.try_into().unwrap();
        assert_eq!((&to_sign["due_on"], &to_sign["contract_id"]), (&json!(month), &Value::Null), "nobody began");
        assert_eq!(to_sign["legal_basis"], "C. trav. D5411-14-1");
        assert_eq!(to_sign["person"]["beneficiary_id"], json!(signing.case.person.id));
        let path = signing.drawn_up(signing.terms()).await;
        let [to_sign] = due(&signing, "contract_signature").await.try_into().unwrap();
        assert_eq!(to_sign["contract_id"].as_str().unwrap(), path.rsplit('/').next().unwrap(), "the draft");
        signing.brought_in_force(&path).await;
        assert_eq!(due(&signing, "contract_signature").await, [] as [Value; 0]);

        let [review] = due(&signing, "contract_review").await.try_into().unwrap();
        assert_eq!((&review["due_on"], &review["legal_basis"]), (&json!(server.given().day(90)), &Value::Null));
        let [end] = due(&signing, "contract_end").await.try_into().unwrap();
        assert_eq!(end["due_on"], json!(server.today().plus_months(6).plus_days(-1).to_string()));
        assert_eq!(due(&signing, "contract_conversion").await, [] as [Value; 0], "of the new law");
        assert_eq!(due(&signing, "social_review").await, [] as [Value; 0], "of another track");
    });
}

#[test]
fn another_orientation_restarts_the_month() {
    on_both(async |server| {
        let signing = Signing::new(server).await;
        signing.in_force().await;
        server.advance(TimeDelta::days(9));
        let case = &signing.case;
        let plie = server.given().organisation_of("plie").await;
        server.given().delegation_of(&plie, "socioprofessional").await;
        let path = case.last().await;
        case.review(&path).await.expect(200);
        let decided = case.decide(&path, &plie, "socioprofessional").await.expect(200).id();
        assert_eq!(due(&signing, "contract_signature").await, [] as [Value; 0], "nobody was told yet");
        let notified = json!({"notified_on": server.given().day(0), "means": "hand", "appeal_stated": true});
        case.manager.post(&format!("/v1/orientations/{decided}/notification"), notified).await.expect(200);
        let [to_sign] = due(&signing, "contract_signature").await.try_into().unwrap();
        assert_eq!(to_sign["due_on"], json!(server.today().plus_months(1).to_string()));
    });
}

#[test]
fn the_social_track_is_looked_at_six_months_after_the_signature_or_twelve() {
    on_both(async |server| {
        let signing = Signing::with(server, "social").await;
        assert_eq!(due(&signing, "social_review").await, [] as [Value; 0], "nothing runs before the contract");
        let path = signing.in_force().await;
        let [review] = due(&signing, "social_review").await.try_into().unwrap();
        assert_eq!(review["due_on"], json!(server.today().plus_months(6).to_string()));
        let synthesis = signing.synthesis(&path, None).await.expect(200).json();
        let kinds: Vec<_> = synthesis["deadlines"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
        assert_eq!(kinds, ["contract_review", "contract_end", "social_review"], "the earliest first");
        let orientation = signing.case.last().await;
        signing.case.caseworker.post(&format!("{orientation}/extension"), json!({"grounds": ["health"]})).await.expect(200);
        let [review] = due(&signing, "social_review").await.try_into().unwrap();
        assert_eq!(review["due_on"], json!(server.today().plus_months(12).to_string()));
    });
}
