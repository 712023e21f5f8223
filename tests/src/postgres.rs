//! The PostgreSQL that the tests share: found by `JALON_TEST_POSTGRES_URL`, else a private server started for this process
//! and gone with it. Not here: tables, migrations and the SQLite side; a test prepares its own template.
//!
//! The unit tests of `persistence` include this very file by path, so it uses std, tempfile and sea-orm and nothing of ours.

use std::{
    collections::hash_map::RandomState,
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, Hasher},
    io::{self, Write},
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, OpenOptionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbErr, RuntimeErr, sqlx::error::DatabaseError};

/// How long a private server may take to be made and started.
const START: Duration = Duration::from_mins(1);
/// How long a statement is tried again while somebody is connected to its template.
const BUSY: Duration = Duration::from_secs(10);
/// Every database made here has this prefix, and no other is ever dropped.
const PREFIX: &str = "jalon_test_";
/// The only role of a private server.
const USER: &str = "jalon_test";

/// Makes the private server, runs it, and takes it away when standard input closes: the kernel closes the other end of that
/// pipe however the test process ends, kill -9 included, which neither a `Drop` nor an exit handler survives.
///
/// Nothing stays in `/dev/shm` either: shared memory of type mmap lies in the data directory.
///
/// The watcher is the shell's own `read`, so that no second process can keep the pipe. TERM comes before INT because the
/// shell starts a background process with INT ignored: until PostgreSQL has its handlers, only TERM ends it.
const SCRIPT: &str = r#"
bin=$1 dir=$2 port=$3 user=$4
exec 3<&0 </dev/null
"$bin/initdb" --pgdata="$dir/data" --username="$user" --pwfile="$dir/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions 3<&- || { rm -rf "$dir"; exit 1; }
"$bin/postgres" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=400 -c shared_buffers=128MB -c fsync=off -c full_page_writes=off -c autovacuum=off \
    -c dynamic_shared_memory_type=mmap 3<&- &
server=$!
{ read -r _; kill -TERM "$server"; kill -INT "$server"; } <&3 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
kill "$watcher" 2>/dev/null
rm -rf "$dir"
exit 1
"#;

/// A server on which the tests may create databases.
#[derive(Debug)]
pub struct Cluster {
    /// The address of a database that is always there, for a role that may create others.
    admin_url: String,
    /// The shell around a private server: it lives as long as the pipe to its standard input, which is in here.
    _server: Option<Child>,
}

/// The PostgreSQL that every test of this process shares, or None, said once on standard error.
///
/// # Panics
///
/// When there is none and `JALON_TEST_REQUIRE_POSTGRES` is `1`.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let found = CLUSTER.get_or_init(|| {
        let found = match std::env::var("JALON_TEST_POSTGRES_URL") {
            Ok(admin_url) if !admin_url.is_empty() => Ok(Cluster { admin_url, _server: None }),
            _ => start(),
        };
        if let Err(why) = &found {
            // Not `eprintln!`, which the test harness keeps to itself while a test passes.
            let _ = writeln!(
                io::stderr(),
                "\n*** NO POSTGRESQL: {why}\n*** Every test that needs it is SKIPPED. Install it (Debian: apt-get install postgresql) or set \
                 JALON_TEST_POSTGRES_URL;\n*** JALON_TEST_REQUIRE_POSTGRES=1 turns this into a failure.\n"
            );
        }
        found
    });
    match found {
        Ok(cluster) => Some(cluster),
        Err(why) => {
            let required = std::env::var("JALON_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
            assert!(!required, "JALON_TEST_REQUIRE_POSTGRES=1 asks for PostgreSQL, and there is none: {why}");
            None
        }
    }
}

impl Cluster {
    /// A new database, empty or a copy of the one named `template`, as a URL.
    ///
    /// # Panics
    ///
    /// When the server cannot be reached or refuses; when somebody stays connected to the template for more than 10 s.
    pub async fn create_database(&self, template: Option<&str>) -> String {
        let name = format!("{PREFIX}{}", random_word());
        // An empty database comes from template0, to which nobody can connect: no waiting.
        let template = quoted(template.unwrap_or("template0"));
        let created = self.execute(&format!("CREATE DATABASE {} TEMPLATE {template}", quoted(&name))).await;
        if let Err(why) = created {
            let (server, ..) = split(&self.admin_url);
            let server = server.rsplit(['@', '/']).next().unwrap_or_default();
            panic!("PostgreSQL on {server} did not create {name} from {template}: {why}");
        }
        with_database(&self.admin_url, &name)
    }

    /// The name part of a URL returned by [`Self::create_database`].
    pub fn name_of(url: &str) -> &str {
        split(url).1
    }

    /// Drops a database returned by [`Self::create_database`], whoever is connected to it. Best effort: a private server
    /// goes away with all it holds, and a test that passed must not fail while tidying.
    pub async fn drop_database(&self, url: &str) {
        let name = Self::name_of(url);
        if name.starts_with(PREFIX) {
            let _ = self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name))).await;
        }
    }

    /// One statement on a connection of its own (each test has its own runtime, so a pool cannot be shared), tried again
    /// while the server is momentarily not able to run it.
    async fn execute(&self, statement: &str) -> Result<(), DbErr> {
        let begun = Instant::now();
        loop {
            match self.execute_once(statement).await {
                // A blocking pause, for want of a timer: the statement before it waited 5 s inside the server already.
                Err(why) if momentary(&why) && begun.elapsed() < BUSY => {
                    thread::sleep(Duration::from_millis(20));
                }
                done => return done,
            }
        }
    }

    async fn execute_once(&self, statement: &str) -> Result<(), DbErr> {
        let mut options = ConnectOptions::new(&self.admin_url);
        options.max_connections(1).sqlx_logging(false).connect_timeout(BUSY).acquire_timeout(BUSY);
        let connection = Database::connect(options).await?;
        let done = connection.execute_unprepared(statement).await;
        let _ = connection.close().await;
        done.map(|_| ())
    }
}

/// Somebody is connected to the template (55006), or all connections are taken (53300).
fn momentary(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("55006" | "53300"))
}

/// Makes and starts a private server.
fn start() -> Result<Cluster, String> {
    let binaries = binaries().ok_or("its programs initdb and postgres were not found (PATH, pg_config, /usr/lib/postgresql)")?;
    let mut last = String::new();
    // The port is only known to have been free a moment ago: whoever loses it to another process takes the next one.
    for _ in 0..5 {
        match start_once(&binaries) {
            Err(why) if why.contains("Address already in use") => last = why,
            done => return done,
        }
    }
    Err(last)
}

fn start_once(binaries: &Path) -> Result<Cluster, String> {
    let said = |what: &'static str| move |why: io::Error| format!("{what}: {why}");

    let stand_in = stand_in().map_err(said("no telling who would run it"))?;
    let mut place = std::env::temp_dir();
    if stand_in.is_some() && !is_open_to_all(&place) {
        place = PathBuf::from("/tmp");
    }
    let home = tempfile::Builder::new().prefix("jalon-test-postgres-").tempdir_in(place).map_err(said("no temporary directory"))?;
    let dir = home.path();
    let password = format!("{}{}", random_word(), random_word());
    let password_file = dir.join("password");
    let log_file = dir.join("log");
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&password_file)
        .and_then(|mut file| file.write_all(password.as_bytes()))
        .map_err(said("no password file"))?;
    let log = File::create_new(&log_file).map_err(said("no log file"))?;
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).map_err(said("no free port"))?.port();

    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "jalon-test-postgres"]).arg(binaries).arg(dir).arg(port.to_string()).arg(USER);
    command.current_dir("/").stdin(Stdio::piped());
    command.stdout(log.try_clone().map_err(said("no log file"))?).stderr(log);
    // Out of the terminal's group: Ctrl-C ends the tests, and the closed pipe then ends the server in good order.
    command.process_group(0);
    if let Some((uid, gid)) = stand_in {
        for path in [dir, &password_file, &log_file] {
            chown(path, Some(uid), Some(gid)).map_err(said("the temporary directory cannot be given away"))?;
        }
        command.uid(uid).gid(gid);
    }
    // Opened before the shell can remove the directory: what went wrong stays readable.
    let mut log = File::open(&log_file).map_err(said("no log file"))?;
    let mut shell = command.spawn().map_err(said("no shell"))?;
    // From here on the directory is the shell's to remove.
    let dir = home.keep();

    let begun = Instant::now();
    while begun.elapsed() < START {
        if is_ready(&dir, port) {
            return Ok(Cluster { admin_url: format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres"), _server: Some(shell) });
        }
        if shell.try_wait().map_err(said("no news of the shell"))?.is_some() {
            let log = io::read_to_string(&mut log).unwrap_or_default();
            return Err(format!("the server made in {} stopped at once:\n{log}", dir.display()));
        }
        thread::sleep(Duration::from_millis(10));
    }
    let log = io::read_to_string(&mut log).unwrap_or_default();
    Err(format!("the server made in {} was not ready after {} s:\n{log}", dir.display(), START.as_secs()))
}

/// What the server of this very directory says of itself. Connecting would prove less: another process's server may have
/// taken the port.
fn is_ready(dir: &Path, port: u16) -> bool {
    let status = fs::read_to_string(dir.join("data/postmaster.pid")).unwrap_or_default();
    let mut lines = status.lines().map(str::trim);
    lines.nth(3) == Some(&port.to_string()) && lines.nth(3) == Some("ready")
}

/// The user and group to become, when we are root, whom PostgreSQL refuses to serve.
fn stand_in() -> io::Result<Option<(u32, u32)>> {
    if tempfile::tempfile()?.metadata()?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let found = fields.next()? == wanted;
            let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
            found.then_some((uid, gid))
        })
    };
    find("postgres").or_else(|| find("nobody")).map(Some).ok_or_else(|| io::Error::other("neither a user postgres nor nobody"))
}

/// Whether another user can make files in this directory.
fn is_open_to_all(directory: &Path) -> bool {
    let allows = |path: &Path, bits| fs::metadata(path).is_ok_and(|seen| seen.mode() & bits == bits);
    allows(directory, 0o003) && directory.ancestors().all(|path| allows(path, 0o001))
}

/// The directory of `initdb` and `postgres`: from PATH, from `pg_config`, or the newest where Debian keeps them.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let asked = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok();
    let asked = asked.and_then(|answer| String::from_utf8(answer.stdout).ok()).map(|line| PathBuf::from(line.trim_end()));
    let mut versions: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
        .unwrap_or_default();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    std::env::split_paths(&path)
        .chain(asked)
        .chain(versions.into_iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))))
        .find(|directory| directory.is_absolute() && ["initdb", "postgres"].iter().all(|program| directory.join(program).is_file()))
}

/// Sixteen letters and digits that no other process draws: the standard library seeds each hasher from the system.
fn random_word() -> String {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(DRAWN.fetch_add(1, Ordering::Relaxed));
    hasher.write_u32(std::process::id());
    format!("{:016x}", hasher.finish())
}

/// An SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The same server, role and parameters, another database.
fn with_database(url: &str, name: &str) -> String {
    let (server, _, parameters) = split(url);
    format!("{server}/{name}{parameters}")
}

/// A URL as server, database name and parameters (with their question mark).
fn split(url: &str) -> (&str, &str, &str) {
    let (before, parameters) = url.split_at(url.find('?').unwrap_or(url.len()));
    let authority = before.find("://").map_or(0, |scheme| scheme + 3);
    let slash = before.get(authority..).and_then(|rest| rest.find('/')).map(|slash| authority + slash);
    let (server, path) = before.split_at(slash.unwrap_or(before.len()));
    (server, path.strip_prefix('/').unwrap_or(path), parameters)
}
