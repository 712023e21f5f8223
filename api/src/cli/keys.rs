//! `jalon keys …`: making the keys, and giving the social security numbers new ones. How keys are kept is in `keys`, sealing in `nir/seal`.

mod reseal;

use clap::Subcommand;

use super::{House, say};
use crate::config::Config;
use crate::keys::nir::HeldFile;
use crate::keys::{Keys, KeysError};
use crate::server::StartError;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make those that are missing, in `JALON_KEYS_DIR`; existing ones stay.
    Create,
    /// Put a new sealing key for social security numbers first: it seals from now on, the older ones still open.
    ///
    /// The file nir-keys is replaced at once, with its owner and mode. Back it up, give it to every instance and restart them; then `jalon
    /// keys reseal`.
    RotateNir,
    /// Seal every social security number again that another key than the first one seals.
    ///
    /// A thousand at a time, in the order of their people. Stopped, it goes on when it is run again. Servers may run meanwhile.
    Reseal {
        /// Then take the sealing keys out of the file that seal nothing any more. They open no backup made before.
        #[arg(long)]
        drop_old: bool,
    },
}

impl From<KeysError> for StartError {
    fn from(error: KeysError) -> Self {
        Self(error.to_string())
    }
}

pub(super) async fn run(config: Config, command: KeysCommand) -> Result<(), StartError> {
    match command {
        KeysCommand::Create => {
            if Keys::load(&config.keys_dir).is_err() {
                Keys::create(&config.keys_dir)?;
            }
            say(&format!("the keys are in {}", config.keys_dir.display()));
        }
        KeysCommand::RotateNir => {
            let mut file = HeldFile::hold(&config.keys_dir)?;
            let first = file.rotate()?;
            let older = file.older().count();
            say(&format!(
                "social security numbers are sealed with the key {first} from now on, and open with {older} older one(s) too\n\
                 back the file up, give it to every instance and restart them; then `jalon keys reseal`"
            ));
        }
        KeysCommand::Reseal { drop_old } => reseal::run(&House::open(config).await?, drop_old).await?,
    }
    Ok(())
}
