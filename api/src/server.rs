//! Starting and stopping: storage opened and checked, keys loaded, workers each with their own connections; on SIGTERM `/readyz`
//! fails, requests drain, the access log is flushed. Routes are in `routes`.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use migration::Migrator;
use persistence::machinery::reference;
use persistence::{AccessLog, Clock, Db, Engine, Ids, OnStatement, Options, Store, nirs};
use sea_orm_migration::{MigratorTrait, sea_orm};
use tokio::sync::Notify;
use utoipa_actix_web::AppExt;

use crate::background;
use crate::config::Config;
use crate::gate;
use crate::keys::Keys;
use crate::referral_feed::Awaited;
use crate::routes;
use crate::state::{Limits, Shared, State};

/// The name of the thread on which everything runs that no request asked for.
pub const BACKGROUND_THREAD: &str = background::THREAD;
/// The background takes one part in so many of the connections.
const BESIDE: u32 = 8;
/// How long `/readyz` says that it stops before it takes no more requests.
const BEFORE_CLOSING: Duration = Duration::from_secs(2);

/// What a server is started with.
pub struct Setup {
    /// Its configuration.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids and chance.
    pub ids: Arc<Ids>,
    /// Told of each statement, if anybody listens.
    pub on_statement: Option<OnStatement>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setup {{ config: {:?} }}", self.config)
    }
}

/// Why a server did not start, in a sentence.
#[derive(Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for StartError {}

impl StartError {
    pub(crate) fn because(what: &str) -> impl Fn(&dyn std::fmt::Display) -> Self {
        let what = what.to_owned();
        move |cause| Self(format!("{what}: {cause}"))
    }
}

/// Opens storage: an embedded database is made and brought up to date here, a PostgreSQL must be already.
pub async fn open(setup: &Setup) -> Result<Store, StartError> {
    let config = &setup.config;
    make_data_dir(config)?;
    let store = Store::connect(Options {
        url: config.database_url.clone(),
        connections: config.database_connections,
        clock: setup.clock.clone(),
        ids: setup.ids.clone(),
        on_statement: setup.on_statement.clone(),
    });
    let store = store.await.map_err(|error| StartError::because("the database cannot be used")(&error))?;
    match store.engine() {
        Engine::Sqlite => migrate(config).await?,
        Engine::Postgres => {
            let database = connect(config).await?;
            let pending = Migrator::get_pending_migrations_read_only(&database).await;
            let pending = pending.map_err(|error| StartError::because("the schema cannot be read")(&error))?;
            if !pending.is_empty() {
                return Err(StartError(format!("the schema lacks {} step(s): run `jalon migrate` first", pending.len())));
            }
        }
    }
    Ok(store)
}

/// The embedded database lives in a directory that nobody else may read. On PostgreSQL nothing is written to disk.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    if !config.is_embedded() {
        return Ok(());
    }
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.map_err(|error| StartError::because("the data directory cannot be made")(&error))
}

async fn connect(config: &Config) -> Result<sea_orm::DatabaseConnection, StartError> {
    let mut options = sea_orm::ConnectOptions::new(&config.database_url);
    options.max_connections(1).sqlx_logging(false).record_stmt_in_spans(false).map_sqlx_sqlite_opts(|embedded| embedded.create_if_missing(true));
    sea_orm::Database::connect(options).await.map_err(|error| StartError::because("the database cannot be reached")(&error))
}

/// Brings the schema up to date.
pub async fn migrate(config: &Config) -> Result<(), StartError> {
    let database = connect(config).await?;
    Migrator::up(&database, None).await.map_err(|error| StartError::because("the schema cannot be brought up to date")(&error))?;
    database.close().await.map_err(|error| StartError::because("the database did not close")(&error))
}

/// The keys: made at the first start of an embedded database, never on PostgreSQL, where every instance must have the same. Refused when
/// they lack one that a stored social security number needs.
pub async fn keys(config: &Config, db: &Db) -> Result<Keys, StartError> {
    let unread = StartError::because("the keys that social security numbers need cannot be read");
    let used = nirs::keys_used(db.read()).await.map_err(|error| unread(&error))?;
    let file = config.keys_dir.join(crate::keys::nir::FILE);
    let lacking = |ids: &[String]| {
        StartError(format!(
            "social security numbers are sealed with keys that {} does not hold ({}): put the file back from its backup, or from an instance \
             that has them",
            file.display(),
            ids.join(", ")
        ))
    };
    // One made anew would open none of them.
    if !used.is_empty() && matches!(file.try_exists(), Ok(false)) {
        return Err(lacking(&used));
    }
    let keys = match db.engine() {
        Engine::Sqlite => Keys::load_or_create(&config.keys_dir),
        Engine::Postgres => Keys::load(&config.keys_dir),
    };
    let keys = keys.map_err(|error| StartError::because("the keys cannot be used (on PostgreSQL, `jalon keys create` makes them once)")(&error))?;
    let lacked: Vec<String> = used.into_iter().filter(|id| !keys.nir.opens(id)).collect();
    if !lacked.is_empty() {
        return Err(lacking(&lacked));
    }
    let first = keys.nir.first().to_string();
    if nirs::is_dropped(db.read(), &first).await.map_err(|error| unread(&error))? {
        return Err(StartError(format!(
            "{} is not the current one: its first key ({first}) was dropped by `jalon keys reseal --drop-old`",
            file.display()
        )));
    }
    Ok(keys)
}

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
    shared: Arc<Shared>,
    background: JoinHandle<()>,
}

impl Server {
    /// Starts one.
    pub async fn start(setup: Setup) -> Result<Self, StartError> {
        let store = open(&setup).await?;
        Self::start_on(setup, store).await
    }

    /// Starts one on storage that is open already.
    pub async fn start_on(setup: Setup, store: Store) -> Result<Self, StartError> {
        let Setup { mut config, clock, ids, .. } = setup;
        let listener =
            TcpListener::bind(config.listen).map_err(|error| StartError::because(&format!("cannot listen on {}", config.listen))(&error))?;
        let address = listener.local_addr().map_err(|error| StartError::because("the address is unknown")(&error))?;
        config.bound(address);
        let beside = store.worker(BESIDE).await.map_err(|error| StartError::because("the database does not answer")(&error))?;
        let keys = keys(&config, &beside).await?;
        let codes = reference::codes(beside.read()).await.map_err(|error| StartError::because("the reference lists cannot be read")(&error))?;
        let (vocabulary, labels) = (reference::vocabulary(&codes), reference::labels(&codes));
        let (access, arrivals) = AccessLog::open();
        let (awaited, places_freed) = (Arc::new(Awaited::default()), Arc::new(Notify::new()));
        let background = background::start(beside, arrivals, awaited.clone(), places_freed.clone())
            .map_err(|error| StartError::because("no thread for the background")(&error))?;
        let limits = config.rate_limit.then(Limits::new);
        let workers = config.workers;
        let shared = Arc::new(Shared {
            config,
            keys,
            clock,
            ids,
            codes,
            vocabulary,
            labels,
            access,
            limits,
            draining: AtomicBool::new(false),
            places_freed,
            awaited,
        });
        background::forget_idle_callers(&shared);

        let worker_shared = shared.clone();
        let factory = move || {
            let (shared, store) = (worker_shared.clone(), store.clone());
            let cors = cors(&shared.config.cors_origins);
            App::new()
                .into_utoipa_app()
                .data_factory(move || {
                    let (shared, store) = (shared.clone(), store.clone());
                    async move { store.worker(u32::try_from(workers).unwrap_or(1)).await.map(|db| State::new(shared, db)) }
                })
                .configure(routes::configure)
                .into_app()
                .configure(routes::configure_pages)
                .default_service(web::to(gate::no_route))
                .wrap(cors)
                .wrap(from_fn(gate::gate))
        };
        let server = HttpServer::new(factory)
            .workers(workers)
            .disable_signals()
            .shutdown_timeout(30)
            .client_request_timeout(Duration::from_secs(10))
            .listen(listener)
            .map_err(|error| StartError::because("cannot listen")(&error))?
            .run();
        let handle = server.handle();
        let running = tokio::spawn(server);
        tracing::info!(%address, workers, "listening");
        Ok(Self { address, handle, running, shared, background })
    }

    /// What its workers share.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// A professional's token, as `jalon token` prints it, for the demonstration and the tests; none for a life over 24 hours.
    pub fn professional_token(&self, professional: uuid::Uuid, life: chrono::TimeDelta) -> Option<String> {
        crate::auth::oauth::professional_token(self.shared(), professional, life)
    }

    /// Says at `/readyz` that it will stop, so that a balancer sends nobody any more.
    pub fn announce_stop(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
        self.shared.awaited.close();
    }

    /// Returns only if it ends by itself, as it does when a worker finds no database: a process that no longer listens must not stay.
    pub async fn ended(&mut self) -> StartError {
        let why = match (&mut self.running).await {
            Ok(Ok(())) => "nobody told it to".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        StartError(format!("the server ended: {why}"))
    }

    /// Stops: not ready any more, requests drained, the access log flushed.
    pub async fn stop(self) {
        self.announce_stop();
        let Self { handle, running, shared, background, .. } = self;
        handle.stop(true).await;
        if let Ok(Err(error)) = running.await {
            tracing::error!(%error, "the server ended badly");
        }
        drop(shared);
        // The workers' states are gone, so this was the last access log: the background ends once it is flushed.
        let flushed = tokio::task::spawn_blocking(move || background.join());
        if tokio::time::timeout(Duration::from_secs(10), flushed).await.is_err() {
            tracing::error!("the access log was not flushed in time");
        }
    }
}

fn cors(origins: &[String]) -> actix_cors::Cors {
    let mut cors = actix_cors::Cors::default()
        .allowed_methods(["GET", "POST", "PUT"])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Accept",
            "Accept-Language",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "traceparent",
        ])
        .expose_headers([
            "ETag",
            "Location",
            "Link",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotent-Replayed",
            "X-Request-Id",
            "Content-Disposition",
        ])
        .max_age(3600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

/// Serves until SIGTERM or SIGINT.
pub async fn serve(setup: Setup) -> Result<(), StartError> {
    let mut server = Server::start(setup).await?;
    tokio::select! {
        told = until_told_to_stop() => told?,
        why = server.ended() => return Err(why),
    }
    server.announce_stop();
    tokio::time::sleep(BEFORE_CLOSING).await;
    server.stop().await;
    Ok(())
}

/// Returns on SIGTERM or SIGINT.
pub async fn until_told_to_stop() -> Result<(), StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| StartError::because("signals cannot be heard")(&error))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
    Ok(())
}
