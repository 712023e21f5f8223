//! What hangs on a person, over HTTP: RSA rights, milestones, barriers, interventions, and all of it in one answer. Written from the
//! contract. Who somebody is, is in `people`; the rules alone are tested in `domain`.

/// Episodes of RSA right.
mod rights;
/// Who is subject to the duties, since when.
mod duties;
/// What somebody came through.
mod milestones;
/// What holds somebody back.
mod barriers;
/// What was done with somebody.
mod interventions;
/// By whom it was done.
mod practitioners;
/// What a delegate sees of it.
mod delegates;
/// Pieces of every kind: keys, versions, histories, lists, files that are closed.
mod pieces;
/// Many at the same moment.
mod races;
/// All of it in one answer.
mod whole;
/// What it costs.
mod costs;
/// Who read it.
mod report;

use api_tests::database::Database;
use api_tests::given::Person;
use api_tests::rival::Rival;
use api_tests::{Answer, Client, TestServer, on_databases};
use persistence::Engine;
use serde_json::Value;

use crate::referrals::{assert_faults, with};

/// The four kinds of pieces: how they are called below a person, and each on its own.
pub(crate) const KINDS: [&str; 4] = ["rsa-rights", "milestones", "barriers", "interventions"];

/// Somebody of a territory, a caseworker of it, and a manager.
pub(crate) struct Case {
    pub(crate) person: Person,
    pub(crate) caseworker: Client,
    pub(crate) manager: Client,
    pub(crate) territory: String,
}

impl Case {
    pub(crate) async fn new(server: &TestServer) -> Self {
        let territory = server.given().territory(&[]).await;
        Self {
            person: server.given().person_in(&territory).await,
            caseworker: server.caseworker(&[&territory]).await,
            manager: server.manager().await,
            territory,
        }
    }

    /// Where the pieces of a kind are.
    pub(crate) fn path(&self, kind: &str) -> String {
        format!("/v1/beneficiaries/{}/{kind}", self.person.id)
    }

    /// Records a piece as a manager, or does not.
    pub(crate) async fn record(&self, kind: &str, order: Value) -> Answer {
        self.manager.post(&self.path(kind), order).await
    }

    /// Records a piece as a manager; its path.
    pub(crate) async fn recorded(&self, kind: &str, order: Value) -> String {
        format!("/v1/{kind}/{}", self.record(kind, order).await.expect(201).id())
    }

    /// All pieces of a kind, as a manager reads them.
    pub(crate) async fn list(&self, kind: &str) -> Vec<Value> {
        self.manager.list(&self.path(kind)).await
    }

    /// That an order is refused when a piece is recorded and when `existing` is edited, for the same faults.
    pub(crate) async fn assert_refused(&self, kind: &str, existing: &str, order: &Value, faults: &[(&str, &str)]) {
        let before = self.manager.get(existing).await.expect(200).text();
        assert_faults(self.record(kind, order.clone()).await, faults);
        assert_faults(self.manager.edit(existing, order.clone()).await, faults);
        assert_eq!(self.manager.get(existing).await.expect(200).text(), before, "nothing was done");
    }
}

/// A valid order of each kind.
pub(crate) fn order_of(server: &TestServer, kind: &str) -> Value {
    let given = server.given();
    match kind {
        "rsa-rights" => given.right_order(),
        "milestones" => given.milestone_order(),
        "barriers" => given.barrier_order(),
        "interventions" => given.intervention_order(),
        _ => panic!("{kind}"),
    }
}

/// An order with one more thing said, or another one.
pub(crate) fn but(order: &Value, more: Value) -> Value {
    with(order.clone(), more)
}

/// That two answers say the same, whoever gave them.
#[track_caller]
pub(crate) fn assert_same(one: &Answer, other: &Answer) {
    assert_eq!((one.text(), one.etag()), (other.text(), other.etag()), "{} and {}", one.asked, other.asked);
}

/// A test that needs the database beside the server, on both engines.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
pub(crate) fn on_both_beside(test: impl AsyncFn(&TestServer, &Database)) {
    on_databases(&[Engine::Sqlite, Engine::Postgres], async |database| {
        let server = TestServer::start(database, &[]).await;
        test(&server, database).await;
        server.stop().await;
        server.assert_contract_was_kept();
    });
}

/// An id as a statement of this engine writes it.
pub(crate) fn id_in_sql(engine: Engine, id: &str) -> String {
    if engine == Engine::Sqlite { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}

/// Lets an organisation accompany somebody from a day on: beside the routes, so that the day may be to come and no referral tells of it.
pub(crate) async fn orient(server: &TestServer, database: &Database, person: &Person, organisation: &str, starts_on: &str) {
    let id = |id: &str| id_in_sql(database.engine, id);
    let fresh = format!("01900000-0000-7000-8000-{:012x}", api_tests::client::fresh());
    let moment = server.now().to_string().replace('Z', "+00:00");
    let no = if database.engine == Engine::Sqlite { "0" } else { "false" };
    let row = format!(
        "insert into orientation (id, beneficiary_id, state, pending, opened_on, voluntary, missed_interviews, accompaniment, organisation_id, \
         organisation_kind, decided_by, origin, decided_on, recorded_by, starts_on, ends_on, reason, version, created_at, updated_at) \
         values ({}, {}, 'active', {no}, '{starts_on}', {no}, 0, 'socioprofessional', {}, 'plie', 'department', 'initial', '{starts_on}', {}, \
         '{starts_on}', null, 'Zyxmotif', 1, '{moment}', '{moment}')",
        id(&fresh),
        id(&person.id),
        id(organisation),
        id("00000000-0000-7000-8000-000000000001"),
    );
    Rival::connect(&database.url).await.run(&row).await;
}

/// A delegate, and a caseworker of it.
pub(crate) struct Delegate {
    pub(crate) organisation: String,
    pub(crate) caseworker: Client,
}

impl Delegate {
    pub(crate) async fn new(server: &TestServer) -> Self {
        let organisation = server.given().organisation_of("plie").await;
        let caseworker = server.professional("caseworker of a delegate", &server.invite("caseworker", &organisation, &[]).await);
        Self { organisation, caseworker }
    }

    /// One that accompanies somebody.
    pub(crate) async fn of(server: &TestServer, database: &Database, person: &Person) -> Self {
        let delegate = Self::new(server).await;
        orient(server, database, person, &delegate.organisation, &server.given().day(-200)).await;
        delegate
    }
}
