//! The real binary as a process: how it starts, what it refuses to start with, how it takes its leave, and what is left when it is
//! killed. What it answers in between is in the other files.

/// How it starts, and what it refuses to start with.
mod starting;
/// How it takes its leave.
mod leaving;
/// What is left when it is killed.
mod killing;
/// What is left of attendance in batches when it is killed.
mod submitting;
/// Keys of social security numbers that come and go.
mod resealing;

use std::fs::{self, File};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use api_tests::client::fresh;
use api_tests::database::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

const JALON: &str = env!("CARGO_BIN_EXE_jalon_under_test");
const ADMINISTRATOR: &str = "administrator@example.test";
/// How long a process may take to start, or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A place with an environment in which commands are given.
struct Home {
    dir: TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    /// Nothing but a directory.
    fn bare() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// With a database that is migrated already, keys, and a port that is free.
    fn on(database: &Database) -> Self {
        let mut home = Self::bare();
        home.set("JALON_DATABASE_URL", &database.url);
        home.set("JALON_DATABASE_CONNECTIONS", "8");
        home.set("JALON_DATA_DIR", home.dir.path().join("data").to_str().unwrap());
        home.set("JALON_KEYS_DIR", home.dir.path().join("keys").to_str().unwrap());
        home.set("JALON_LISTEN", "127.0.0.1:0");
        home.set("JALON_PUBLIC_URL", "https://jalon.test");
        home.set("JALON_RATE_LIMIT", "off");
        home.set("JALON_WORKERS", "2");
        home.expect(&["keys", "create"]);
        home
    }

    fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(one, _)| one != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(JALON);
        command.args(arguments).current_dir(self.dir.path()).env_clear().envs(self.environment.iter().cloned()).stdin(Stdio::null());
        command
    }

    /// Gives a command and waits for its end.
    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command says that must succeed.
    #[track_caller]
    fn expect(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stderr), text(&output.stdout));
        text(&output.stdout)
    }

    /// The sentence with which a command is refused.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}{}", text(&output.stdout));
        assert!(said.starts_with("jalon: ") && said.trim_end().lines().count() == 1 && !said.contains("panicked"), "{said}");
        said
    }

    /// The token of the first administrator, who is invited here.
    fn administrator(&self) -> String {
        self.expect(&["professional", "invite", ADMINISTRATOR, "--role", "administrator"]);
        self.expect(&["token", ADMINISTRATOR]).trim().to_owned()
    }

    /// Serves, and returns once it listens.
    async fn serve(&self) -> Process {
        let log = self.dir.path().join(format!("log-{}", fresh()));
        let out = File::create_new(&log).unwrap();
        let child = self.command(&["serve"]).stderr(out.try_clone().unwrap()).stdout(out).spawn().unwrap();
        let mut process = Process { child, base: String::new() };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let said = fs::read_to_string(&log).unwrap();
            let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.into_iter().find(|line| line["message"] == "listening") {
                process.base = format!("http://{}", line["address"].as_str().unwrap());
                return process;
            }
            assert!(process.child.try_wait().unwrap().is_none(), "it ended: {said}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it does not listen: {}", fs::read_to_string(&log).unwrap());
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A process that serves. It is killed when the test lets go of it.
struct Process {
    child: Child,
    base: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, most of the time.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Its end, which must come by itself.
    async fn end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not end");
    }

    /// The end of everything.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Somebody who calls a process, on connections of their own.
#[derive(Clone)]
struct Caller {
    http: reqwest::Client,
    token: String,
}

impl Caller {
    fn with(token: &str) -> Self {
        Self { http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(), token: token.to_owned() }
    }

    async fn get(&self, base: &str, path: &str) -> Result<(u16, Value), reqwest::Error> {
        let response = self.http.get(format!("{base}{path}")).bearer_auth(&self.token).send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    /// Registers an organisation of this name, under a key made of the name.
    async fn register(&self, base: &str, name: &str) -> Result<(u16, Value), reqwest::Error> {
        let request = self.http.post(format!("{base}/v1/organisations")).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", format!("key-of-{name:>16}").replace(' ', "-"));
        let response = request.json(&json!({"kind": "association", "name": name})).send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    /// The names of all organisations, as often as they are there.
    async fn names(&self, base: &str) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let (status, page) = self.get(base, &format!("/v1/organisations?limit=200{cursor}")).await.unwrap();
            assert_eq!(status, 200, "{page}");
            names.extend(page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return names,
            }
        }
    }
}
