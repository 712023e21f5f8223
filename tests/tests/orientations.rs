//! Orientations over HTTP: the whole way of a person, places, deadlines, needs. Written from the contract; the rules alone are tested in
//! `domain`.

/// The way of a newcomer, told from beginning to end.
mod scenario;
/// Each step: what it answers, what refuses it.
mod steps;
/// Many at the same moment; places that become free.
mod races;
/// What is due, and what a territory needs.
mod work;

use api_tests::given::Person;
use api_tests::{Answer, Client, TestServer};
use serde_json::{Value, json};

/// Somebody of a territory who is subject to the duties, a caseworker of it, and a manager.
pub(crate) struct Case<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) person: Person,
    pub(crate) territory: String,
    pub(crate) caseworker: Client,
    pub(crate) manager: Client,
}

impl<'a> Case<'a> {
    /// Of somebody who became subject to the duties so many days ago; none: who never was.
    pub(crate) async fn new(server: &'a TestServer, days_ago: Option<i64>) -> Self {
        let territory = server.given().territory(&[]).await;
        let mut order = json!({"last_name": server.given().surname(), "first_name": "Claude", "birth_date": "1985-05-12", "territory_id": territory});
        order["distinct_from"] = json!([]);
        let case = Self {
            person: server.given().person_with(order).await,
            caseworker: server.caseworker(&[&territory]).await,
            manager: server.manager().await,
            territory,
            server,
        };
        if let Some(days) = days_ago {
            case.subject(&case.person, days).await;
        }
        case
    }

    /// Somebody else of the same territory.
    pub(crate) async fn another(&self, days_ago: i64) -> Person {
        let order =
            json!({"last_name": self.server.given().surname(), "first_name": "Sacha", "birth_date": "1990-03-02", "territory_id": self.territory});
        let person = self.server.given().person_with(order).await;
        self.subject(&person, days_ago).await;
        person
    }

    pub(crate) async fn subject(&self, person: &Person, days_ago: i64) {
        let on = self.server.given().day(-days_ago);
        let right = json!({"entered_on": on, "information_received_on": on});
        let right = self.manager.post(&format!("/v1/beneficiaries/{}/rsa-rights", person.id), right).await.expect(201).id();
        let duties = json!({"subject": true, "starts_on": on, "notified_on": on});
        self.manager.post(&format!("/v1/rsa-rights/{right}/duties"), duties).await.expect(200);
    }

    pub(crate) async fn orientations(&self) -> Vec<Value> {
        self.orientations_of(&self.person).await
    }

    pub(crate) async fn orientations_of(&self, person: &Person) -> Vec<Value> {
        self.manager.list(&format!("/v1/beneficiaries/{}/orientations", person.id)).await
    }

    /// The path of the person's last orientation.
    pub(crate) async fn last(&self) -> String {
        let all = self.orientations().await;
        format!("/v1/orientations/{}", all.last().unwrap()["id"].as_str().unwrap())
    }

    /// The department's own organisation.
    pub(crate) fn home(&self) -> String {
        self.server.department()
    }

    pub(crate) async fn interview(&self, path: &str) -> Answer {
        self.caseworker.post(&format!("{path}/interview"), json!({"on": self.server.given().day(0), "outcome": "held"})).await
    }

    pub(crate) async fn propose(&self, path: &str, organisation: &str, accompaniment: &str) -> Answer {
        let order = self.server.given().proposal_order(organisation, accompaniment);
        self.caseworker.post(&format!("{path}/proposal"), order).await
    }

    pub(crate) async fn decide(&self, path: &str, organisation: &str, accompaniment: &str) -> Answer {
        let mut order = self.server.given().decision_order(organisation, accompaniment);
        order["reason"] = json!("Au vu de l'entretien.");
        self.manager.post(&format!("{path}/decision"), order).await
    }

    /// Interview, proposal and decision of the person's orientation; its path.
    pub(crate) async fn oriented(&self, organisation: &str, accompaniment: &str) -> String {
        self.orient(&self.person, organisation, accompaniment).await
    }

    pub(crate) async fn orient(&self, person: &Person, organisation: &str, accompaniment: &str) -> String {
        let path = format!("/v1/orientations/{}", self.orientations_of(person).await.last().unwrap()["id"].as_str().unwrap());
        self.interview(&path).await.expect(200);
        self.propose(&path, organisation, accompaniment).await.expect(200);
        self.decide(&path, organisation, accompaniment).await.expect(200);
        path
    }

    pub(crate) async fn review(&self, path: &str) -> Answer {
        self.caseworker.post(&format!("{path}/review"), json!({"requested_by": "referent", "reason": "new_barriers"})).await
    }

    pub(crate) async fn set_places(&self, organisation: &str, places: i64) {
        let order = json!({"accompaniment": "socioprofessional", "places": places});
        self.manager.post(&format!("/v1/organisations/{organisation}/places"), order).await.expect(200);
    }

    pub(crate) async fn close(&self, path: &str) -> Answer {
        self.manager.post(&format!("{path}/closure"), json!({"on": self.server.given().day(0), "reason": "job_over_6_months"})).await
    }
}
