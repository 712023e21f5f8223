//! `jalon keys reseal`: every social security number under the first key, a thousand at a time, then without the keys that seal nothing
//! any more. A number is opened here and shown to nobody; a trace is kept of those that are shown.

use domain::policy::{ResealNir, Scope};
use indicatif::{ProgressBar, ProgressStyle};
use persistence::nirs::{self, Place};
use persistence::{Error, Retryable, Write};

use super::super::{House, say};
use crate::keys::nir::{HeldFile, KeyId};
use crate::server::StartError;

/// Numbers in one transaction.
const CHUNK: u64 = 1_000;

/// Why it stopped.
#[derive(Debug)]
enum Halt {
    Storage(Error),
    /// A number that its key does not open.
    Shut(Place, String),
    /// The key was dropped by somebody else.
    Dropped,
    /// The cipher refused.
    Sealing,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Storage(error)
    }
}

impl Retryable for Halt {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_contended())
    }
}

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Storage(error) => write!(f, "{error}"),
            Self::Shut((person, version), key) => {
                write!(f, "the number of beneficiary_id {person}, version {version}, does not open with the key {key} that its row names")
            }
            Self::Dropped => f.write_str("the first key of the file was dropped: it is not the current file"),
            Self::Sealing => f.write_str("a number could not be sealed"),
        }
    }
}

/// A pass over all the numbers.
struct Pass<'a> {
    house: &'a House,
    scope: Scope<ResealNir>,
    first: KeyId,
}

pub(super) async fn run(house: &House, drop_old: bool) -> Result<(), StartError> {
    let pass = Pass { house, scope: house.may::<ResealNir>()?, first: house.keys.nir.first() };
    let before = nirs::tally(house.db.read(), &pass.scope, &pass.first.to_string()).await;
    let before = before.map_err(|error| StartError::because("the numbers cannot be counted")(&error))?;
    let bar = bar(before.all.saturating_sub(before.under));
    let resealed = pass.to_the_end(|more| bar.inc(more)).await;
    bar.finish_and_clear();
    let resealed = resealed?;
    say(&format!("{resealed} number(s) resealed; {} were under the key {} already", before.under, pass.first));
    if drop_old { pass.drop_old().await } else { Ok(()) }
}

/// On standard error; hidden by itself where that is no terminal.
fn bar(numbers: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("resealing  {bar:40} {pos} / {len}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(numbers).with_style(style)
}

impl Pass<'_> {
    /// Seals all numbers that another key seals; how many those were.
    async fn to_the_end(&self, done: impl Fn(u64)) -> Result<u64, StartError> {
        let (mut resealed, mut after) = (0, None);
        loop {
            let sealed = self.house.db.run(&self.house.by, async |w: &Write| self.chunk(w, after).await).await;
            let places =
                sealed.map_err(|halt| StartError(format!("{halt}; {resealed} number(s) were resealed, and the next run goes on from there")))?;
            let count = u64::try_from(places.len()).unwrap_or(CHUNK);
            resealed += count;
            done(count);
            match places.last() {
                Some(last) if count == CHUNK => after = Some(*last),
                _ => return Ok(resealed),
            }
        }
    }

    /// Seals the next numbers, which nobody else changes meanwhile; where they are.
    async fn chunk(&self, w: &Write, after: Option<Place>) -> Result<Vec<Place>, Halt> {
        let (seal, first) = (&self.house.keys.nir, self.first.to_string());
        if !nirs::hold_key(w, &first).await? {
            return Err(Halt::Dropped);
        }
        let (mut places, mut sealed) = (Vec::new(), Vec::new());
        for number in nirs::lock_next(w, &self.scope, &first, after, CHUNK).await? {
            let (person, _) = number.place();
            let Some(nir) = seal.open(person, number.sealed()) else {
                return Err(Halt::Shut(number.place(), number.key_id().to_owned()));
            };
            places.push(number.place());
            sealed.push((number, seal.close(person, &nir).ok_or(Halt::Sealing)?));
        }
        nirs::reseal(w, &self.scope, sealed).await?;
        Ok(places)
    }

    /// Takes the keys out of the file that seal nothing any more. Storage knows first: whoever has the former file seals nothing with them.
    async fn drop_old(&self) -> Result<(), StartError> {
        let mut file = HeldFile::hold(&self.house.config.keys_dir)?;
        let (mut dropped, mut in_use) = (Vec::new(), Vec::new());
        for key in file.older().collect::<Vec<_>>() {
            let name = key.to_string();
            let is_dropped = self.house.db.run(&self.house.by, async |w: &Write| nirs::drop_key(w, &self.scope, &name).await).await;
            if is_dropped.map_err(|error| StartError::because("no key was taken out of the file")(&error))? {
                dropped.push(key);
            } else {
                in_use.push(name);
            }
        }
        if !dropped.is_empty() {
            file.take_out(&dropped)?;
        }
        say(&format!("{} older key(s) dropped", dropped.len()));
        if !in_use.is_empty() {
            say(&format!(
                "still in use: {}. Numbers were sealed meanwhile by an instance that has the former file: restart it with this one, then run \
                 this again",
                in_use.join(", ")
            ));
        }
        Ok(())
    }
}
