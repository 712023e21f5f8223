//! Who did something: the caller, a colleague, or whoever a manager names; where they worked and their trade, as they were then.

use api_tests::{Answer, Client, TestServer, on_both};
use serde_json::{Value, json};

use super::{Case, Delegate, assert_same, but, on_both_beside};
use crate::referrals::assert_faults;

const INTERVENTIONS: &str = "interventions";
const UNKNOWN: [(&str, &str); 1] = [("PROFESSIONAL_UNKNOWN", "/professional_id")];

/// A professional of this trade.
async fn professional(server: &TestServer, role: &str, organisation: &str, profession: Option<&str>) -> String {
    let order = json!({
        "organisation_id": organisation, "email": format!("p{}@example.test", api_tests::client::fresh()), "last_name": "Exemple",
        "first_name": "Noa", "role": role, "profession": profession, "territory_ids": [],
    });
    server.administrator().post("/v1/professionals", order).await.expect(201).id()
}

/// Records that somebody did something.
async fn done_by(server: &TestServer, case: &Case, by: &Client, professional: Value, framework: &str) -> Answer {
    let order = but(&server.given().intervention_order(), json!({"professional_id": professional, "framework": framework}));
    by.post(&case.path(INTERVENTIONS), order).await
}

#[test]
fn a_caseworker_records_what_they_or_a_colleague_did_and_a_manager_what_anybody_who_accompanies_did() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let (department, plie) = (server.department(), server.given().organisation_of("plie").await);
        let association = server.given().organisation().await;
        let colleague = professional(server, "caseworker", &department, Some("social_worker")).await;
        let elsewhere = professional(server, "caseworker", &plie, Some("employment_adviser")).await;
        let manager = case.manager.id();
        let record = async |by: &Client, who: &str| done_by(server, &case, by, json!(who), "insertion").await;
        for (by, who, organisation) in [
            (&case.caseworker, &case.caseworker.id(), &department),
            (&case.caseworker, &colleague, &department),
            (&case.manager, &colleague, &department),
            (&case.manager, &elsewhere, &plie),
            (&case.manager, &manager, &department),
        ] {
            let recorded = record(by, who).await.expect(201).json();
            assert_eq!((&recorded["professional_id"], &recorded["organisation_id"]), (&json!(who), &json!(organisation)));
        }
        assert_faults(record(&case.caseworker, &elsewhere).await, &UNKNOWN);
        assert_faults(record(&case.caseworker, crate::table::ABSENT).await, &UNKNOWN);
        // Nobody who meets nobody.
        let auditor = server.auditor().await.id();
        let others = [professional(server, "partner", &association, None).await, server.administrator().id(), auditor, server.analyst().await.id()];
        for who in &others {
            assert_faults(record(&case.manager, who).await, &UNKNOWN);
            assert_faults(record(&case.caseworker, who).await, &UNKNOWN);
        }
        let (machine, _) = server.given().credentials(&association, &["sessions:read"]).await;
        assert_faults(record(&case.manager, &machine).await, &UNKNOWN);
        assert_eq!(case.list(INTERVENTIONS).await.len(), 5);
    });
}

#[test]
fn trade_and_organisation_stay_what_they_were_when_it_was_recorded() {
    on_both(async |server| {
        let (given, case) = (server.given(), Case::new(server).await);
        let who = professional(server, "caseworker", &server.department(), Some("social_worker")).await;
        let recorded = done_by(server, &case, &case.manager, json!(who), "insertion").await.expect(201);
        let path = format!("/v1/interventions/{}", recorded.id());
        assert_eq!(recorded.json()["profession"], "social_worker");
        let order = json!({
            "email": format!("q{}@example.test", api_tests::client::fresh()), "last_name": "Exemple", "first_name": "Noa", "role": "caseworker",
            "profession": "insertion_adviser", "territory_ids": [],
        });
        server.administrator().edit(&format!("/v1/professionals/{who}"), order).await.expect(200);
        assert_same(&case.manager.get(&path).await.expect(200), &recorded);
        // Neither an edit that says nothing of who, nor one that names the same, changes their trade; another one has their own.
        for professional in [Value::Null, json!(who)] {
            let edited = case.manager.edit(&path, but(&given.intervention_order(), json!({"professional_id": professional}))).await.expect(200);
            assert_eq!((edited.field("professional_id"), edited.field("profession")), (who.clone(), "social_worker".to_owned()));
        }
        let new = done_by(server, &case, &case.manager, json!(who), "insertion").await.expect(201);
        assert_eq!(new.json()["profession"], "insertion_adviser");
        let other = professional(server, "caseworker", &server.department(), None).await;
        let edited = case.manager.edit(&path, but(&given.intervention_order(), json!({"professional_id": other}))).await.expect(200).json();
        assert_eq!((&edited["professional_id"], &edited["profession"]), (&json!(other), &Value::Null));
    });
}

#[test]
fn sector_general_practice_is_done_by_professionals_of_the_departement() {
    on_both_beside(async |server, database| {
        let case = Case::new(server).await;
        let delegate = Delegate::of(server, database, &case.person).await;
        let refused = [("FORBIDDEN_FOR_PURPOSE", "/framework")];
        let by = &delegate.caseworker;
        assert_faults(done_by(server, &case, by, Value::Null, "sector_general_practice").await, &refused);
        assert_faults(done_by(server, &case, &case.manager, json!(by.id()), "sector_general_practice").await, &refused);
        done_by(server, &case, &case.caseworker, Value::Null, "sector_general_practice").await.expect(201);
        let own = done_by(server, &case, by, Value::Null, "insertion").await.expect(201);
        assert_eq!(own.field("organisation_id"), delegate.organisation);
        let turned = but(&server.given().intervention_order(), json!({"framework": "sector_general_practice"}));
        assert_faults(by.edit(&format!("/v1/interventions/{}", own.id()), turned).await, &refused);
    });
}

#[test]
fn what_an_organisation_did_is_changed_by_its_own_people_and_by_managers() {
    on_both_beside(async |server, database| {
        let (given, case) = (server.given(), Case::new(server).await);
        let delegate = Delegate::of(server, database, &case.person).await;
        let order = given.intervention_order();
        let own = case.caseworker.post(&case.path(INTERVENTIONS), order.clone()).await.expect(201).id();
        let theirs = delegate.caseworker.post(&case.path(INTERVENTIONS), order.clone()).await.expect(201).id();
        let path = |id: &str| format!("/v1/interventions/{id}");
        for (by, id) in [(&delegate.caseworker, &own), (&case.caseworker, &theirs)] {
            by.get(&path(id)).await.expect(200);
            by.edit(&path(id), order.clone()).await.expect_problem(403, "INTERVENTION_RESERVED");
            by.command(&format!("{}/cancellation", path(id))).await.expect_problem(403, "INTERVENTION_RESERVED");
        }
        // A caseworker of the same organisation, and a manager.
        let colleague = server.caseworker(&[&case.territory]).await;
        colleague.edit(&path(&own), order.clone()).await.expect(200);
        case.manager.edit(&path(&theirs), order.clone()).await.expect(200);
        case.manager.command(&format!("{}/cancellation", path(&theirs))).await.expect(200);
        colleague.command(&format!("{}/cancellation", path(&own))).await.expect(200);
    });
}
