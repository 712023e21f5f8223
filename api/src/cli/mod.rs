//! The command line: one binary, every command ten lines. It acts as the house itself, under the operating system's own access
//! control; what it may do is in the permission matrix all the same.

mod clients;
mod keys;
mod openapi;
mod professionals;
mod send;
mod token;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use domain::actor::{Actor, System};
use domain::policy::{self, Function, Scope};
use persistence::machinery::reference;
use persistence::{By, Db, Ids};
use uuid::Uuid;

use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::keys::Keys;
use crate::problem::Stop;
use crate::server::{self, Setup, StartError};
use crate::telemetry;

/// Jalon: the API that a département runs to accompany people towards autonomy and work.
#[derive(Debug, Parser)]
#[command(name = "jalon", version)]
struct CommandLine {
    /// A file of KEY=VALUE lines; the environment wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API until SIGTERM.
    #[command(after_help = config::help())]
    Serve,
    /// A département in a box: invented people, a year of sessions, credentials to paste.
    Demo(crate::demo::DemoArgs),
    /// Bring the database's schema up to date.
    Migrate,
    /// Print the OpenAPI document, or compare it with the committed one.
    Openapi {
        /// Compare with openapi/openapi.json; exit 1 and say what to do if it differs.
        #[arg(long)]
        check: bool,
    },
    /// Print the permission matrix, as domain/permissions.txt holds it.
    Permissions,
    /// Print a professional's token.
    Token(token::TokenArgs),
    /// Invite or disable professionals.
    #[command(subcommand)]
    Professional(professionals::ProfessionalCommand),
    /// Create or disable clients, give them secrets.
    #[command(subcommand)]
    Client(clients::ClientCommand),
    /// Envoyer une feuille de présence, pour une association sans développeur.
    Send(send::SendArgs),
    /// Signing key, pepper, keys of the social security numbers.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Ask the instance on this machine whether it lives (for container health checks).
    Health,
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    match runtime.block_on(obey(line)) {
        Ok(code) => code,
        Err(StartError(sentence)) => fail(&sentence),
    }
}

fn fail(sentence: &str) -> ExitCode {
    // Nobody is left to tell if standard error is closed.
    drop(writeln!(std::io::stderr(), "jalon: {sentence}"));
    ExitCode::FAILURE
}

/// Prints what was asked for.
pub(crate) fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

async fn obey(line: CommandLine) -> Result<ExitCode, StartError> {
    if let Command::Openapi { check } = line.command {
        return openapi::run(check);
    }
    if let Command::Permissions = line.command {
        drop(write!(std::io::stdout(), "{}", policy::matrix()));
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Send(args) = &line.command {
        return send::run(args).await;
    }
    let config = Config::load(line.config.as_deref()).map_err(|error| StartError(error.to_string()))?;
    match line.command {
        Command::Serve => {
            telemetry::init(&config);
            server::serve(setup(config)).await?;
        }
        Command::Demo(args) => crate::demo::run(config, args).await?,
        Command::Migrate => {
            server::make_data_dir(&config)?;
            server::migrate(&config).await?;
            say("the schema is up to date");
        }
        Command::Keys(command) => keys::run(config, command).await?,
        Command::Token(args) => token::run(&House::open(config).await?, &args).await?,
        Command::Professional(command) => professionals::run(&House::open(config).await?, command).await?,
        Command::Client(command) => clients::run(&House::open(config).await?, command).await?,
        Command::Health => return health(&config).await,
        Command::Openapi { .. } | Command::Permissions | Command::Send(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// A server's setup on this machine's clock and chance.
pub(crate) fn setup(config: Config) -> Setup {
    Setup { config, clock: Arc::new(SystemClock), ids: Arc::new(Ids::new(rand::make_rng::<rand::rngs::StdRng>())), on_statement: None }
}

/// Storage and keys, as commands use them.
pub(crate) struct House {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) keys: Keys,
    by: By,
}

impl House {
    async fn open(config: Config) -> Result<Self, StartError> {
        let setup = setup(config);
        let store = server::open(&setup).await?;
        let db = store.worker(1).await.map_err(|error| StartError::because("the database does not answer")(&error))?;
        let keys = server::keys(&setup.config, &db).await?;
        let by = By { actor: Actor::system(System::Cli), request: db.ids().uuid(db.clock().now()), operation: "command_line" };
        Ok(Self { config: setup.config, db, keys, by })
    }

    /// The command line's permission to use `F`.
    pub(crate) fn may<F: Function>(&self) -> Result<Scope<F>, StartError> {
        policy::may::<F>(&self.by.actor, self.db.clock().now()).map_err(|_| StartError("the command line may not do this".to_owned()))
    }

    /// Load → decide → save, as the API does.
    pub(crate) async fn write<T>(&self, work: impl AsyncFn(&persistence::Write) -> Result<T, Stop>) -> Result<T, StartError> {
        self.db.run(&self.by, work).await.map_err(|stop| StartError(sentence(&stop)))
    }

    /// The coded lists.
    pub(crate) async fn vocabulary(&self) -> Result<domain::vocabulary::Vocabulary, StartError> {
        let codes = reference::codes(self.db.read()).await.map_err(|error| StartError::because("the reference lists cannot be read")(&error))?;
        Ok(reference::vocabulary(&codes))
    }
}

/// A refusal as a sentence for a terminal.
pub(crate) fn sentence(stop: &Stop) -> String {
    let Some(problem) = stop.problem() else { return stop.to_string() };
    serde_json::to_value(problem.render(Uuid::nil(), true)).map_or_else(
        |_| problem.code.to_owned(),
        |body| {
            let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            let errors = body.get("errors").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            let all = errors.iter().filter_map(|error| error.get("code")?.as_str().map(str::to_owned)).collect::<Vec<_>>().join(", ");
            if all.is_empty() { format!("{} ({})", text("detail"), problem.code) } else { format!("{} ({all})", text("detail")) }
        },
    )
}

async fn health(config: &Config) -> Result<ExitCode, StartError> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let asked = async {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer.starts_with(b"HTTP/1.1 200"))
    };
    match tokio::time::timeout(std::time::Duration::from_secs(3), asked).await {
        Ok(Ok(true)) => Ok(ExitCode::SUCCESS),
        _ => Err(StartError(format!("{address} does not answer"))),
    }
}
