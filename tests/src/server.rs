//! A server of each test's own, in this process, on a port of its own, with callers of every role. What there is in its database is
//! given by `given`, over HTTP; only the département and its first administrator come from elsewhere, as they do in life.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::server::{BACKGROUND_THREAD, Server, Setup, open};
use chrono::TimeDelta;
use domain::actor::{Actor, Role, System};
use domain::calendar::{Day, Instant};
use domain::organisation::{Organisation, OrganisationKind, OrganisationOrder};
use domain::policy::{self, ManageOrganisation, ManageProfessional};
use domain::professional::{Around, Professional, ProfessionalOrder};
use domain::vocabulary::Vocabulary;
use persistence::{By, Clock, Engine, Error, Ids, Store, Write, organisations, professionals};
use serde_json::json;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::answer::Answer;
use crate::client::Client;
use crate::clock::TestClock;
use crate::contract::contract;
use crate::database::{self, Database};
use crate::given::Given;
use crate::raw;

/// What the server and all its callers share.
pub(crate) struct Inner {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) http: reqwest::Client,
    pub(crate) address: SocketAddr,
    /// How many people were made up for its database.
    people: Arc<AtomicU64>,
    server: Mutex<Option<Server>>,
    /// Each breach of the contract with the first request that showed it.
    breaches: Mutex<BTreeMap<String, String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// A professional's token, as the command line gives it.
    pub(crate) fn professional_token(&self, id: Uuid, life: TimeDelta) -> String {
        lock(&self.server).as_ref().expect("the server runs").professional_token(id, life).unwrap()
    }

    /// Holds an answer against the contract.
    pub(crate) fn note(&self, method: &str, path: &str, answer: &Answer) {
        let operation = contract().operation_of(method, path).map_or("no operation", |operation| operation.id.as_str());
        for fault in contract().faults(method, path, answer) {
            let shown: String = answer.text().chars().take(400).collect();
            // One place of a list stands for all of them.
            let fault = fault.split('/').map(|part| if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) { "…" } else { part });
            let fault = fault.collect::<Vec<_>>().join("/");
            lock(&self.breaches).entry(format!("{operation}: {fault}")).or_insert_with(|| format!("{}: {shown}", answer.asked));
        }
    }
}

/// A statement that the server ran.
#[derive(Debug)]
struct Heard {
    /// Whether a request asked for it, and not a sweep, which comes by when it likes.
    is_asked_for: bool,
    statement: String,
}

type Statements = Arc<Mutex<Option<Vec<Heard>>>>;

/// A running server.
pub struct TestServer {
    /// Which engine is behind.
    pub engine: Engine,
    inner: Arc<Inner>,
    statements: Statements,
    department: Uuid,
    administrator: Uuid,
    colleagues: [OnceCell<Uuid>; 3],
}

impl std::fmt::Debug for TestServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestServer {{ engine: {:?} }}", self.engine)
    }
}

/// What the counter of statements leaves out: the frame of a transaction, the trace of a read, who is calling.
fn counts(statement: &str) -> bool {
    let start = statement.trim_start().to_ascii_uppercase();
    let is_frame = ["BEGIN", "COMMIT", "ROLLBACK", "START TRANSACTION", "SET TRANSACTION", "SAVEPOINT"].iter().any(|word| start.starts_with(word));
    let is_trace = ["INSERT INTO \"access\" ", "INSERT INTO \"access_person\" "].iter().any(|begin| statement.starts_with(begin));
    let is_caller = statement.contains("FROM \"principal\"") && statement.contains("\"client\".\"scopes\"");
    !is_frame && !is_trace && !is_caller
}

impl TestServer {
    /// Starts one on a database, with more configuration if wanted.
    pub async fn start(database: &Database, configuration: &[(&str, &str)]) -> Self {
        Self::launch(database, configuration, None).await
    }

    /// Another one on the same database, as a second instance or after a restart: the same time, the same people.
    pub async fn start_again(&self, database: &Database, configuration: &[(&str, &str)]) -> Self {
        Self::launch(database, configuration, Some(self)).await
    }

    async fn launch(database: &Database, configuration: &[(&str, &str)], before: Option<&Self>) -> Self {
        let config = database::config(database.dir.path(), &database.url, configuration);
        let clock = before.map_or_else(|| Arc::new(TestClock::standing_now()), |before| before.inner.clock.clone());
        let statements = Statements::default();
        let heard = statements.clone();
        let setup = Setup {
            config,
            clock: clock.clone(),
            ids: Arc::new(Ids::new(rand::make_rng::<rand::rngs::StdRng>())),
            on_statement: Some(Arc::new(move |statement: &str| {
                if let Some(list) = lock(&heard).as_mut() {
                    let is_asked_for = std::thread::current().name() != Some(BACKGROUND_THREAD);
                    list.push(Heard { is_asked_for, statement: statement.to_owned() });
                }
            })),
        };
        let store = open(&setup).await.unwrap();
        let (department, administrator) = match before {
            Some(before) => (before.department, before.administrator),
            None => first_administrator(&store).await,
        };
        let server = Server::start_on(setup, store).await.unwrap();
        // The server lets a connection go that nobody used for five seconds: whoever takes it up at that moment is not answered.
        let idle = std::time::Duration::from_secs(2);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).pool_idle_timeout(idle).build().unwrap();
        let people = before.map(|before| before.inner.people.clone()).unwrap_or_default();
        let inner = Inner { clock, http, address: server.address, people, server: Mutex::new(Some(server)), breaches: Mutex::default() };
        let colleagues = before.map(|before| before.colleagues.clone()).unwrap_or_default();
        Self { engine: database.engine, inner: Arc::new(inner), statements, department, administrator, colleagues }
    }

    /// Stops it: its requests drain and its access log is written.
    pub async fn stop(&self) {
        let running = lock(&self.inner.server).take();
        if let Some(server) = running {
            server.stop().await;
        }
    }

    /// Stops the test if an answer broke the contract.
    ///
    /// # Panics
    ///
    /// Then.
    pub fn assert_contract_was_kept(&self) {
        let breaches = lock(&self.inner.breaches);
        let list: Vec<String> = breaches.iter().map(|(fault, example)| format!("{fault}\n    {example}")).collect();
        assert!(list.is_empty(), "{} breach(es) of the published contract:\n{}", list.len(), list.join("\n"));
    }

    /// The breaches noted so far, forgotten: for the test of the test.
    pub fn take_breaches(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.inner.breaches)).into_keys().collect()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// A number that nobody in its database was made up with.
    pub(crate) fn next_person(&self) -> u64 {
        self.inner.people.fetch_add(1, Ordering::Relaxed)
    }

    /// What time it is for it.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// What day it is for it, in France.
    pub fn today(&self) -> Day {
        self.now().day()
    }

    /// Its time goes on.
    pub fn advance(&self, delta: TimeDelta) {
        self.inner.clock.advance(delta);
    }

    /// Its time is set.
    pub fn set_clock(&self, moment: Instant) {
        self.inner.clock.set(moment);
    }

    /// What `work` gives, and the statements that the server ran for requests meanwhile; BEGIN and COMMIT, the trace of a read and the
    /// look-up of the caller do not count.
    pub async fn statements<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        self.listen(work, |heard| heard.is_asked_for).await
    }

    /// The same, with those that it ran beside the requests.
    pub async fn all_statements<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        self.listen(work, |_| true).await
    }

    async fn listen<T>(&self, work: impl Future<Output = T>, which: impl Fn(&Heard) -> bool) -> (T, Vec<String>) {
        *lock(&self.statements) = Some(Vec::new());
        let done = work.await;
        let heard = lock(&self.statements).take().unwrap_or_default();
        (done, heard.into_iter().filter(which).map(|heard| heard.statement).filter(|statement| counts(statement)).collect())
    }

    /// Sends bytes as they are, with nobody's token, and holds the answer against the contract as that of `method` and `path`.
    pub async fn raw(&self, method: &str, path: &str, request: &[u8]) -> Option<Answer> {
        let answer = raw::send(self.inner.address, &format!("raw {method} {path}"), request).await?;
        self.inner.note(method, path, &answer);
        Some(answer)
    }

    /// The id of the département's organisation.
    pub fn department(&self) -> String {
        self.department.to_string()
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.inner.clone())
    }

    /// Whoever shows this token.
    pub fn bearer(&self, name: &str, token: &str) -> Client {
        Client::bearer(self.inner.clone(), name, token)
    }

    /// The first administrator.
    pub fn administrator(&self) -> Client {
        self.professional("administrator", &self.administrator.to_string())
    }

    /// The professional with this id.
    pub fn professional(&self, name: &str, id: &str) -> Client {
        Client::professional(self.inner.clone(), name, Uuid::try_parse(id).unwrap())
    }

    /// The machine with these credentials, asking for `scope` or for all it is granted.
    pub fn machine(&self, name: &str, id: &str, secret: &str, scope: Option<&str>) -> Client {
        Client::machine(self.inner.clone(), name, id, secret, scope)
    }

    /// A world to test in.
    pub fn given(&self) -> Given<'_> {
        Given::new(self)
    }

    async fn colleague(&self, place: usize, role: &str) -> Client {
        let id = self.colleagues[place].get_or_init(async || Uuid::try_parse(&self.invite(role, &self.department(), &[]).await).unwrap()).await;
        self.professional(role, &id.to_string())
    }

    /// A manager.
    pub async fn manager(&self) -> Client {
        self.colleague(0, "manager").await
    }

    /// The auditor.
    pub async fn auditor(&self) -> Client {
        self.colleague(1, "auditor").await
    }

    /// An analyst.
    pub async fn analyst(&self) -> Client {
        self.colleague(2, "analyst").await
    }

    /// A new caseworker of the département in these territories.
    pub async fn caseworker(&self, territories: &[&str]) -> Client {
        let id = self.invite("caseworker", &self.department(), territories).await;
        self.professional("caseworker", &id)
    }

    /// A new person of a partner organisation.
    pub async fn partner(&self, organisation: &str) -> Client {
        let id = self.invite("partner", organisation, &[]).await;
        self.professional("partner", &id)
    }

    /// A new machine of an organisation, with these scopes.
    pub async fn client(&self, organisation: &str, scopes: &[&str]) -> Client {
        let (id, secret) = self.given().credentials(organisation, scopes).await;
        self.machine(&format!("client with {}", scopes.join(" ")), &id, &secret, None)
    }

    /// The id of a new professional.
    pub async fn invite(&self, role: &str, organisation: &str, territories: &[&str]) -> String {
        let order = json!({
            "organisation_id": organisation, "email": format!("{role}-{}@example.test", crate::client::fresh()), "last_name": "Exemple",
            "first_name": "Camille", "role": role, "territory_ids": territories,
        });
        self.administrator().post("/v1/professionals", order).await.expect(201).id()
    }
}

/// The département and its first administrator: what `jalon professional invite --role administrator` does on an empty database.
async fn first_administrator(store: &Store) -> (Uuid, Uuid) {
    let db = store.worker(4).await.unwrap();
    let actor = Actor::system(System::Cli);
    let by = By { actor: actor.clone(), request: Uuid::nil(), operation: "command_line" };
    db.run(&by, async |w: &Write| {
        let (manage, register) =
            (policy::may::<ManageProfessional>(&actor, w.now()).unwrap(), policy::may::<ManageOrganisation>(&actor, w.now()).unwrap());
        let order = OrganisationOrder { kind: OrganisationKind::Department, name: "Conseil départemental 87".parse().unwrap(), siret: None };
        let department = Organisation::register(&register, w.id(), order, false).unwrap();
        organisations::save(w, &department).await?;
        let order = ProfessionalOrder {
            email: "administrator@example.test".parse().unwrap(),
            last_name: "Exemple".parse().unwrap(),
            first_name: "Dominique".parse().unwrap(),
            role: Role::Administrator,
            profession: None,
            territories: Vec::new(),
        };
        let around = Around { organisation: &department.after, known_territories: &[], email_taken: false, vocabulary: &Vocabulary::default() };
        let invited = Professional::invite(&manage, w.id(), order, around).unwrap();
        professionals::save(w, &invited).await?;
        Ok::<_, Error>((department.after.id.uuid(), invited.after.id.uuid()))
    })
    .await
    .unwrap()
}
