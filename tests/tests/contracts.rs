//! Contracts over HTTP: from the draft to the renewal, what is known of one on a day, the papers, the day's work. Written from the contract
//! of the API; the rules alone are tested in `domain`.

/// The way of a contract, told from beginning to end, with its figures.
mod scenario;
/// Each step: what it answers, what refuses it.
mod steps;
/// Many at the same moment.
mod races;
/// What is due about contracts.
mod work;
/// What is printed.
mod papers;

use api_tests::{Answer, TestServer};
use serde_json::{Value, json};

use crate::orientations::Case;

/// Somebody oriented to the département's own socioprofessional accompaniment, told of it today, whose readiness is known.
pub(crate) struct Signing<'a> {
    pub(crate) case: Case<'a>,
}

impl<'a> Signing<'a> {
    pub(crate) async fn new(server: &'a TestServer) -> Self {
        Self::with(server, "socioprofessional").await
    }

    async fn with(server: &'a TestServer, accompaniment: &str) -> Self {
        let case = Case::new(server, Some(10)).await;
        let path = case.oriented(&case.home(), accompaniment).await;
        let notified = json!({"notified_on": server.given().day(0), "means": "hand", "appeal_stated": true});
        case.manager.post(&format!("{path}/notification"), notified).await.expect(200);
        server.given().readiness(&case.person).await;
        Self { case }
    }

    fn terms(&self) -> Value {
        self.case.server.given().contract_terms()
    }

    async fn draw_up(&self, terms: Value) -> Answer {
        self.case.caseworker.post(&format!("/v1/beneficiaries/{}/contracts", self.case.person.id), terms).await
    }

    /// Draws a contract up; its path.
    async fn drawn_up(&self, terms: Value) -> String {
        format!("/v1/contracts/{}", self.draw_up(terms).await.expect(201).id())
    }

    async fn submit(&self, path: &str) -> Answer {
        self.case.caseworker.command(&format!("{path}/submission")).await
    }

    async fn sign(&self, path: &str, party: &str) -> Answer {
        let order = json!({"party": party, "signed_on": self.case.server.given().day(0), "means": "paper"});
        self.case.caseworker.post(&format!("{path}/signatures"), order).await
    }

    async fn validate(&self, path: &str) -> Answer {
        self.case.caseworker.post(&format!("{path}/validation"), json!({})).await
    }

    /// Submits, signs and validates what is being drawn up.
    async fn brought_in_force(&self, path: &str) -> Value {
        self.submit(path).await.expect(200);
        self.sign(path, "beneficiary").await.expect(200);
        self.sign(path, "organisation").await.expect(200);
        self.validate(path).await.expect(200).json()
    }

    /// A contract in force; its path.
    pub(crate) async fn in_force(&self) -> String {
        let path = self.drawn_up(self.terms()).await;
        self.brought_in_force(&path).await;
        path
    }

    async fn synthesis(&self, path: &str, at: Option<&str>) -> Answer {
        let query = at.map(|day| format!("?at={day}")).unwrap_or_default();
        self.case.caseworker.get(&format!("{path}/synthesis{query}")).await
    }
}
