//! What an installation is told from outside: the environment, and an optional file. Every key stands once, in the table below,
//! with what it expects, its default and its sentence of help. Not here: the département's own dated settings, which are data.

use std::collections::BTreeMap;
use std::env;
use std::fmt::{self, Write};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;

use actix_web::http::Uri;

use crate::telemetry;

#[cfg(test)]
mod tests;

/// One line of the table.
struct Key {
    name: &'static str,
    expects: &'static str,
    default: Fallback,
    about: &'static str,
}

/// What holds when a key is not given.
enum Fallback {
    /// This value.
    Value(&'static str),
    /// What these words say.
    Words(&'static str),
}

use Fallback::{Value, Words};

macro_rules! keys {
    ($($id:ident: $name:literal, $expects:literal, $default:expr, $about:literal;)*) => {
        $(const $id: Key = Key { name: $name, expects: $expects, default: $default, about: $about };)*
        const KEYS: &[Key] = &[$($id),*];
    };
}

keys! {
    LISTEN: "JALON_LISTEN", "an address and a port, such as 127.0.0.1:8080", Value("127.0.0.1:8080"),
        "Address and port to listen on; port 0 takes a free one.";
    PUBLIC_URL: "JALON_PUBLIC_URL", "the origin that callers use, such as https://jalon.example: lower case, no path, no default port, no slash at the end",
        Words("http:// and the address listened on"), "Origin under which callers reach the API; access tokens name it as their issuer.";
    DATA_DIR: "JALON_DATA_DIR", "a directory", Value("./jalon-data"), "Directory of the SQLite file and of the keys, made when missing (mode 0700).";
    DATABASE_URL: "JALON_DATABASE_URL", "sqlite://PATH or postgres://USER@HOST/DATABASE", Words("the SQLite file jalon.db in JALON_DATA_DIR"),
        "Database: sqlite://PATH or postgres://USER@HOST/DATABASE.";
    DATABASE_PASSWORD_FILE: "JALON_DATABASE_PASSWORD_FILE", "a file", Words("none"), "File that holds the password of the user of JALON_DATABASE_URL.";
    DATABASE_CONNECTIONS: "JALON_DATABASE_CONNECTIONS", "a whole number from 1 to 200", Value("16"), "Connections to PostgreSQL, all workers together (1 to 200).";
    KEYS_DIR: "JALON_KEYS_DIR", "a directory", Words("keys in JALON_DATA_DIR"), "Directory of the keys (signing key, pepper, nir-keys), the same for every instance.";
    WORKERS: "JALON_WORKERS", "a whole number from 1 to 64", Words("as many as processors"), "Threads that serve requests (1 to 64).";
    RATE_LIMIT: "JALON_RATE_LIMIT", "on or off", Value("on"), "Whether each caller is held to 50 requests a second: on or off.";
    CORS_ORIGINS: "JALON_CORS_ORIGINS", "a list of exact origins, such as https://app.example,https://other.example:8443", Words("none"),
        "Web origins that may call from a browser, with commas between.";
    TRUSTED_PROXIES: "JALON_TRUSTED_PROXIES", "a list of addresses, such as 10.0.0.5,10.0.0.6", Words("none"),
        "Addresses of our own reverse proxies, whose X-Forwarded-For is believed.";
    DEPARTMENT: "JALON_DEPARTMENT", "the code of a département, such as 87 or 2A", Value("87"), "Code of the département, with which person references begin.";
    LOG: "JALON_LOG", "a filter, such as info or warn,api=debug", Value("info"), "What is logged: a level, or levels by module (EnvFilter syntax).";
    LOG_FORMAT: "JALON_LOG_FORMAT", "json or text", Value("json"), "How it is written on standard output: json or text.";
    CONFIG: "JALON_CONFIG", "a file", Words("none"), "File of lines KEY=VALUE, as --config; the environment wins over it.";
}

/// Prefixes of ours that others set: the tests, Docker and Kubernetes for a service called jalon.
const OTHERS: [&str; 3] = ["JALON_TEST_", "JALON_SERVICE_", "JALON_PORT"];

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    Json,
    /// For a person at a terminal.
    Text,
}

/// The configuration of one process.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin callers use, without a slash at the end: the issuer of access tokens.
    pub public_url: String,
    /// The directory of the SQLite file and of the keys.
    pub data_dir: PathBuf,
    /// The database, with its password.
    pub database_url: String,
    /// Whether it was named, as opposed to the file that stands in for it.
    database_named: bool,
    /// The file that the password comes from. `load` has put it into `database_url`.
    pub database_password_file: Option<PathBuf>,
    /// Connections to `PostgreSQL`, all workers together.
    pub database_connections: u32,
    /// The directory of the keys: signing key, pepper, keys of the social security numbers.
    pub keys_dir: PathBuf,
    /// Threads that serve requests.
    pub workers: usize,
    /// Whether callers are held to a rate.
    pub rate_limit: bool,
    /// Web origins that may call from a browser, exactly as browsers write them.
    pub cors_origins: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The code of the département.
    pub department: String,
    /// What is logged, in the syntax of `EnvFilter`.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("data_dir", &self.data_dir)
            .field("database_url", &without_password(&self.database_url))
            .field("database_named", &self.database_named)
            .field("database_password_file", &self.database_password_file)
            .field("database_connections", &self.database_connections)
            .field("keys_dir", &self.keys_dir)
            .field("workers", &self.workers)
            .field("rate_limit", &self.rate_limit)
            .field("cors_origins", &self.cors_origins)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("department", &self.department)
            .field("log", &self.log)
            .field("log_format", &self.log_format)
            .finish()
    }
}

/// A sentence that names the key at fault, and repeats no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl Key {
    /// What is said of a value that is not one.
    fn refused(&self) -> ConfigError {
        ConfigError(format!("{} must be {}.", self.name, self.expects))
    }
}

impl Config {
    /// Reads the environment, and `file` under it: the one that `--config` names, else the one that `JALON_CONFIG` names.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let environment = environment()?;
        let named = environment.iter().find(|(name, value)| name == CONFIG.name && !value.is_empty()).map(|(_, value)| PathBuf::from(value));
        let mut pairs = file.map(Path::to_owned).or(named).map_or_else(|| Ok(Vec::new()), |path| read(&path))?;
        pairs.extend(environment);
        let mut config = Self::from_pairs(pairs.into_iter())?;
        if let Some(path) = &config.database_password_file {
            let name = DATABASE_PASSWORD_FILE.name;
            let text =
                fs::read_to_string(path).map_err(|cause| ConfigError(format!("{name} names {}, which cannot be read: {cause}.", path.display())))?;
            config.database_url = with_password(&config.database_url, text.trim_end_matches(['\r', '\n']))?;
        }
        Ok(config)
    }

    /// Reads pairs of names and values, the later before the earlier; an empty value counts as none, and a name without `JALON_`
    /// as somebody else's. Touches no file: the password stays where it is.
    pub fn from_pairs(pairs: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut given = Given(BTreeMap::new());
        for (name, value) in pairs.filter(|(name, _)| name.starts_with("JALON_") && !OTHERS.iter().any(|other| name.starts_with(other))) {
            if !KEYS.iter().any(|key| key.name == name) {
                return Err(ConfigError(format!("{} is not a key of Jalon; `jalon serve --help` lists them.", name.escape_debug())));
            }
            if !value.is_empty() {
                given.0.insert(name, value);
            }
        }
        let listen: SocketAddr = given.required(&LISTEN, |text| text.parse().ok())?;
        let data_dir: PathBuf = given.required(&DATA_DIR, path)?;
        let named = given.optional(&DATABASE_URL, database)?;
        let database_named = named.is_some();
        let database_url = match named {
            Some(url) => url,
            None => sqlite(&data_dir.join("jalon.db")).ok_or_else(|| DATA_DIR.refused())?,
        };
        Ok(Self {
            public_url: given.optional(&PUBLIC_URL, origin)?.unwrap_or_else(|| address(listen)),
            database_url,
            database_named,
            database_password_file: given.optional(&DATABASE_PASSWORD_FILE, path)?,
            database_connections: given.required(&DATABASE_CONNECTIONS, |text| text.parse().ok().filter(|count| (1..=200).contains(count)))?,
            keys_dir: given.optional(&KEYS_DIR, path)?.unwrap_or_else(|| data_dir.join("keys")),
            workers: given.optional(&WORKERS, |text| text.parse().ok().filter(|count| (1..=64).contains(count)))?.unwrap_or_else(processors),
            rate_limit: given.required(&RATE_LIMIT, |text| choice(text, ("on", true), ("off", false)))?,
            cors_origins: given.optional(&CORS_ORIGINS, |text| text.split(',').map(|one| origin(one.trim())).collect())?.unwrap_or_default(),
            trusted_proxies: given
                .optional(&TRUSTED_PROXIES, |text| text.split(',').map(|one| one.trim().parse().ok()).collect())?
                .unwrap_or_default(),
            department: given.required(&DEPARTMENT, department)?,
            log: given.required(&LOG, |text| telemetry::filter(text).map(|_| text.to_owned()))?,
            log_format: given.required(&LOG_FORMAT, |text| choice(text, ("json", LogFormat::Json), ("text", LogFormat::Text)))?,
            listen,
            data_dir,
        })
    }

    /// Once a port is bound: where it listens, and under which address when none was given.
    pub fn bound(&mut self, listen: SocketAddr) {
        if self.public_url == address(self.listen) {
            self.public_url = address(listen);
        }
        self.listen = listen;
    }

    /// The same on another SQLite file of the data directory, unless a database was named: the demonstration keeps away from real data.
    #[must_use]
    pub fn with_own_file(mut self, name: &str) -> Self {
        if !self.database_named {
            self.database_url = sqlite(&self.data_dir.join(name)).unwrap_or(self.database_url);
        }
        self
    }

    /// Whether the database is the embedded one, whose server is alone on its data directory and makes its own keys.
    pub fn is_embedded(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// The database without its password and its parameters, for people to read.
    pub fn database(&self) -> String {
        without_password(&self.database_url)
    }
}

/// The values given, by name.
struct Given(BTreeMap<String, String>);

impl Given {
    fn optional<T>(&self, key: &Key, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, ConfigError> {
        self.0.get(key.name).map(|text| parse(text).ok_or_else(|| key.refused())).transpose()
    }

    fn required<T>(&self, key: &Key, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, ConfigError> {
        let default = match key.default {
            Value(value) => value,
            Words(_) => "",
        };
        parse(self.0.get(key.name).map_or(default, String::as_str)).ok_or_else(|| key.refused())
    }
}

/// Every key with its default, for `jalon serve --help`.
pub fn help() -> String {
    let mut text = String::from(
        "Configuration, from the environment or from the file that --config names (lines KEY=VALUE; a value\n\
         with a space, a # or a $ in single quotes). The environment wins, and an empty value counts as none.\n",
    );
    for Key { name, default, about, .. } in KEYS {
        let (Value(default) | Words(default)) = default;
        let _ = write!(text, "\n  {name}\n          {about}\n          [default: {default}]");
    }
    text
}

/// Our part of the environment, the rest of which need not be text.
fn environment() -> Result<Vec<(String, String)>, ConfigError> {
    let ours = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok().filter(|name| name.starts_with("JALON_"))?, value)));
    ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ConfigError(format!("{} must be UTF-8.", name.escape_debug()))),
    })
    .collect()
}

/// The pairs of a file.
fn read(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let refused = |cause: dotenvy::Error| {
        ConfigError(match cause {
            dotenvy::Error::Io(cause) => format!("The configuration file {} cannot be read: {cause}.", path.display()),
            dotenvy::Error::LineParse(line, _) => {
                let name = line.split('=').next().unwrap_or("").trim();
                let name =
                    if name.starts_with("JALON_") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') { name } else { "a line" };
                format!("In the configuration file {}, {name} is not written KEY=VALUE.", path.display())
            }
            _ => format!("The configuration file {} is not lines KEY=VALUE.", path.display()),
        })
    };
    dotenvy::from_path_iter(path).map_err(refused)?.map(|pair| pair.map_err(refused)).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "it is given where values are parsed")]
fn path(text: &str) -> Option<PathBuf> {
    Some(PathBuf::from(text))
}

fn choice<T>(text: &str, one: (&str, T), other: (&str, T)) -> Option<T> {
    [one, other].into_iter().find(|(name, _)| *name == text).map(|(_, value)| value)
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(64)
}

fn address(listen: SocketAddr) -> String {
    format!("http://{listen}")
}

/// An origin exactly as browsers and issuers write it: anything else would never be equal to one.
fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?, uri.host()?);
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let port = uri.port_u16().map_or_else(String::new, |port| format!(":{port}"));
    let exact = format!("{scheme}://{}{port}", host.to_ascii_lowercase());
    (!host.is_empty() && uri.port_u16() != Some(default) && exact == text).then_some(exact)
}

/// Metropolitan départements, Corsica's two, and those overseas.
fn department(text: &str) -> Option<String> {
    let known = match text {
        "2A" | "2B" => true,
        _ => {
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 2 && !matches!(text, "00" | "20" | "96" | "97" | "98" | "99"))
                || matches!(text, "971" | "972" | "973" | "974" | "976")
        }
    };
    known.then(|| text.to_owned())
}

fn database(text: &str) -> Option<String> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    known.then(|| text.to_owned())
}

/// The URL of a SQLite file.
fn sqlite(path: &Path) -> Option<String> {
    Some(format!("sqlite://{}", percent_encoded(path.to_str()?, b"/")))
}

/// A URL cut into what comes before the user, the user, the password if there is one, and what comes after the `@`.
fn credentials(url: &str) -> Option<(&str, &str, Option<&str>, &str)> {
    let start = url.find("://")? + 3;
    let (before, rest) = url.split_at_checked(start)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let at = rest.get(..end)?.rfind('@')?;
    let (user, after) = (rest.get(..at)?, rest.get(at + 1..)?);
    let (user, password) = user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password)));
    Some((before, user, password, after))
}

/// The URL of a `PostgreSQL` database with the password of its user.
fn with_password(url: &str, password: &str) -> Result<String, ConfigError> {
    let refused = |why: &str| ConfigError(format!("{} {why}.", DATABASE_PASSWORD_FILE.name));
    if password.is_empty() {
        return Err(refused("names an empty file"));
    }
    match credentials(url).filter(|_| !url.starts_with("sqlite:")) {
        Some((before, user, None, after)) if !user.is_empty() => Ok(format!("{before}{user}:{}@{after}", percent_encoded(password, b""))),
        Some((_, _, Some(_), _)) => Err(refused("is one password too many: JALON_DATABASE_URL holds one")),
        _ => Err(refused("needs a JALON_DATABASE_URL that names a user, as in postgres://USER@HOST/DATABASE")),
    }
}

/// The URL of a database as it may be shown: its parameters may hold a password too.
fn without_password(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or("");
    match credentials(bare) {
        Some((before, user, _, after)) => format!("{before}{user}@{after}"),
        None => bare.to_owned(),
    }
}

/// Everything but letters, digits, `-._~` and what is `kept`, as `%XX`.
fn percent_encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
