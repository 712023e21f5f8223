//! What `jalon send` is asked: options, address, secret. Not here: the file (`files`), and anything that talks to a server.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use reqwest::Url;

use crate::server::StartError;

/// Where the secret may stand; `Config` refuses this name, so this command must not load it.
pub(super) const SECRET_VARIABLE: &str = "JALON_CLIENT_SECRET";
/// More than any secret has: what is piped in by mistake is not read to its end.
const MOST_SECRET_BYTES: u64 = 1024;

/// What stands under the options.
const AFTER_HELP: &str = "\
Le secret est lu dans --secret-file, sinon dans la variable JALON_CLIENT_SECRET, sinon sur une ligne de l'entrée standard.
Connexion coupée, serveur occupé : l'envoi est répété, et compté une seule fois. S'il est interrompu, relancez la même commande.
Mandataire et autorités de certification : variables HTTPS_PROXY et SSL_CERT_FILE.

Codes de sortie :
  0  tout est pris en compte
  1  l'envoi n'a pas abouti ; le message dit pourquoi
  2  la commande est mal écrite
  3  des lignes sont en attente ou refusées, les autres sont prises en compte
  4  rien n'est pris en compte

Exemple :
  jalon send novembre.csv --url https://jalon.example --client 01932b4e-8c1f-7d3a-9e52-6f0a1b2c3d4e --secret-file secret.txt";

/// What to send, where, as whom. The words on each are French: they are what `--help` prints.
#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct SendArgs {
    /// Fichier des présences : .json, sinon CSV (2 Mio et 5 000 lignes au plus)
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Adresse du serveur du département, en https
    #[arg(long)]
    pub(super) url: String,
    /// Identifiant de client de l'association
    #[arg(long, value_name = "CLIENT_ID")]
    pub(super) client: String,
    /// Fichier dont la première ligne est le secret du client
    // Never an argument itself: everybody on the machine sees those.
    #[arg(long, value_name = "FILE")]
    pub(super) secret_file: Option<PathBuf>,
    /// Si des lignes sont fausses : accept-valid prend les autres (par défaut), reject-all n'en prend aucune
    #[arg(long, value_enum, default_value_t = OnError::AcceptValid, hide_default_value = true, hide_possible_values = true)]
    pub(super) on_error: OnError,
    /// Essai : dit ce qui serait pris en compte, sans rien enregistrer
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Où écrire les lignes refusées (par défaut, FILE avec l'extension .rejected.csv)
    #[arg(long, value_name = "FILE")]
    pub(super) rejected: Option<PathBuf>,
    /// Nombre d'essais quand la connexion est coupée ou le serveur occupé (10 par défaut)
    #[arg(long, value_name = "N", default_value_t = 10, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) attempts: u32,
    /// Accepter http au lieu de https : les présences circulent alors en clair
    #[arg(long)]
    pub(super) allow_http: bool,
}

/// What becomes of the good lines when others are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnError {
    /// Les lignes justes sont prises en compte.
    AcceptValid,
    /// Aucune ligne n'est prise en compte.
    RejectAll,
}

impl OnError {
    /// As the contract writes it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::AcceptValid => "accept_valid",
            Self::RejectAll => "reject_all",
        }
    }
}

/// A secret or a token. Nothing prints it.
#[derive(Clone)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The first line of what was given: the file, else the variable, else standard input.
pub(super) fn secret(file: Option<&Path>, variable: Option<String>, piped: Option<impl Read>) -> Result<Secret, StartError> {
    let unread = StartError::because("le secret ne peut pas être lu");
    let source: Box<dyn Read + '_> = match (file, variable.filter(|text| !text.trim().is_empty()), piped) {
        (Some(path), ..) => Box::new(std::fs::File::open(path).map_err(|error| unread(&format!("{} ({error})", path.display())))?),
        (None, Some(text), _) => Box::new(std::io::Cursor::new(text)),
        (None, None, Some(piped)) => Box::new(piped),
        (None, None, None) => Box::new(std::io::empty()),
    };
    let mut line = String::new();
    BufReader::new(source.take(MOST_SECRET_BYTES)).read_line(&mut line).map_err(|error| unread(&error))?;
    match line.trim() {
        "" => Err(StartError(format!(
            "le secret du client manque : donnez --secret-file, la variable {SECRET_VARIABLE}, ou une ligne sur l'entrée standard \
             (jamais en argument, où chacun le verrait)"
        ))),
        secret => Ok(Secret(secret.to_owned())),
    }
}

/// The server's address. In clear only to this machine, unless that is asked for.
pub(super) fn base(text: &str, allow_http: bool) -> Result<Url, StartError> {
    let plain =
        |url: &Url| url.has_host() && url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && plain(url)).ok_or_else(|| {
        StartError("--url doit être une adresse telle que https://jalon.example, sans nom d'utilisateur, sans « ? » ni « # »".to_owned())
    })?;
    if url.scheme() == "http" && !allow_http && !is_this_machine(&url) {
        return Err(StartError(
            "--url doit commencer par https : les présences sont des données personnelles (--allow-http les laisse passer en clair)".to_owned(),
        ));
    }
    Ok(url)
}

/// By its name or its address; names are not looked up.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
