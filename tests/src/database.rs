//! A database of each test's own, copied from a template that is migrated once per process. What is in it besides the schema is not
//! decided here.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use api::config::Config;
use persistence::Engine;
use tempfile::TempDir;

use crate::postgres::{self, Cluster};
use crate::rival::Rival;

/// A runtime for one test, or for one template.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What lives as long as the process: templates and keys.
fn home() -> &'static Path {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    HOME.get_or_init(|| tempfile::Builder::new().prefix("jalon-test-").tempdir().unwrap()).path()
}

/// The directory of the keys that every server of this process has.
pub fn keys_dir() -> &'static Path {
    static KEYS: OnceLock<PathBuf> = OnceLock::new();
    KEYS.get_or_init(|| {
        let dir = home().join("keys");
        api::keys::Keys::create(&dir).unwrap();
        dir
    })
}

/// Keys that no server of this process has.
pub fn foreign_keys_dir() -> &'static Path {
    static KEYS: OnceLock<PathBuf> = OnceLock::new();
    KEYS.get_or_init(|| {
        let dir = home().join("foreign-keys");
        api::keys::Keys::create(&dir).unwrap();
        dir
    })
}

/// The configuration of a server of this process on that database.
pub fn config(data_dir: &Path, database_url: &str, more: &[(&str, &str)]) -> Config {
    let pairs = [
        ("JALON_LISTEN", "127.0.0.1:0"),
        ("JALON_DATA_DIR", data_dir.to_str().unwrap()),
        ("JALON_DATABASE_URL", database_url),
        ("JALON_DATABASE_CONNECTIONS", "8"),
        ("JALON_KEYS_DIR", keys_dir().to_str().unwrap()),
        ("JALON_WORKERS", "2"),
        ("JALON_RATE_LIMIT", "off"),
    ];
    let pairs = pairs.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_pairs(pairs).unwrap()
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.to_str().unwrap())
}

fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let path = home().join("template.db");
        // An empty file is an empty database: opened without the write-ahead log, one file is all there is to copy.
        File::create_new(&path).unwrap();
        runtime().block_on(api::server::migrate(&config(home(), &sqlite_url(&path), &[]))).unwrap();
        path
    })
}

fn postgres_template(cluster: &'static Cluster) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        runtime().block_on(async {
            let url = cluster.create_database(None).await;
            api::server::migrate(&config(home(), &url, &[])).await.unwrap();
            Cluster::name_of(&url).to_owned()
        })
    })
}

/// The database of one test, and the directory beside it.
#[derive(Debug)]
pub struct Database {
    /// Which engine.
    pub engine: Engine,
    /// Where.
    pub url: String,
    /// The data directory of its server.
    pub dir: TempDir,
}

impl Database {
    /// A migrated one; none on an engine that this machine does not have. Called outside any runtime.
    pub fn fresh(engine: Engine) -> Option<Self> {
        let dir = tempfile::Builder::new().prefix("jalon-test-").tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => {
                let path = dir.path().join("jalon.db");
                fs::copy(sqlite_template(), &path).unwrap();
                sqlite_url(&path)
            }
            Engine::Postgres => {
                let cluster = postgres::cluster()?;
                let template = postgres_template(cluster);
                runtime().block_on(cluster.create_database(Some(template)))
            }
        };
        Some(Self { engine, url, dir })
    }

    /// A copy of it, as a backup is: whoever was connected to it has left.
    ///
    /// # Panics
    ///
    /// When somebody has not.
    pub async fn copy(&self) -> Self {
        let dir = tempfile::Builder::new().prefix("jalon-test-").tempdir().unwrap();
        let url = match self.engine {
            Engine::Sqlite => {
                let path = dir.path().join("jalon.db");
                // The file and its log in one file.
                Rival::connect(&self.url).await.run(&format!("vacuum into '{}'", path.to_str().unwrap())).await;
                sqlite_url(&path)
            }
            Engine::Postgres => postgres::cluster().unwrap().create_database(Some(Cluster::name_of(&self.url))).await,
        };
        Self { engine: self.engine, url, dir }
    }

    /// Takes a copy away, inside a runtime.
    pub async fn discard(self) {
        if self.engine == Engine::Postgres
            && let Some(cluster) = postgres::cluster()
        {
            cluster.drop_database(&self.url).await;
        }
    }

    /// Takes it away: nobody uses it any more.
    pub fn drop(self) {
        if self.engine == Engine::Postgres
            && let Some(cluster) = postgres::cluster()
        {
            runtime().block_on(cluster.drop_database(&self.url));
        }
    }
}
