//! Files, as `jalon send` reads and writes them: the attendance, the rejected lines. Not here: what either holds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::server::StartError;

/// What the server takes at once.
const MOST_BYTES: u64 = 2 * 1024 * 1024;

/// A file of attendance, ready to go.
#[derive(Clone, Debug)]
pub(super) struct Attendance {
    /// As they stand on the disk: the server recognises the character set.
    pub(super) bytes: Bytes,
    /// By the file's name.
    pub(super) media_type: &'static str,
}

impl Attendance {
    /// Reads it whole, if the server would.
    pub(super) fn read(path: &Path) -> Result<Self, StartError> {
        let name = path.display();
        let mut bytes = Vec::new();
        // One byte more than may be: enough to know, whatever the file's size.
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StartError(format!("le fichier {name} n'existe pas"))),
            Err(error) => Err(StartError(format!("le fichier {name} ne peut pas être lu : {error}"))),
            Ok(0) => Err(StartError(format!("le fichier {name} est vide : rien n'a été envoyé"))),
            Ok(_) if bytes.len() as u64 > MOST_BYTES => Err(StartError(format!(
                "le fichier {name} dépasse 2 Mio : rien n'a été envoyé. Découpez-le, par mois ou par groupe, et envoyez chaque partie."
            ))),
            Ok(_) => {
                let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
                Ok(Self { bytes: bytes.into(), media_type: if is_json { "application/json" } else { "text/csv" } })
            }
        }
    }
}

/// Where the rejected lines go: never over the file that was sent.
pub(super) fn rejected(file: &Path, asked: Option<&Path>) -> Result<PathBuf, StartError> {
    let path = asked.map_or_else(|| file.with_extension("rejected.csv"), Path::to_owned);
    // Through links too: renaming over the target of a link would lose the file as well.
    if path.canonicalize().is_ok_and(|path| file.canonicalize().is_ok_and(|file| path == file)) {
        return Err(StartError("--rejected doit nommer un autre fichier que celui qui est envoyé".to_owned()));
    }
    // Renaming would put a file in the place of /dev/null.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(StartError(format!("--rejected doit nommer un fichier, ce que {} n'est pas", path.display())));
    }
    Ok(path)
}

/// All of it or nothing, for the owner alone: these are personal data.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = beside(path, &format!(".{:016x}.part", rand::random::<u64>()));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&part, path)).inspect_err(|_| drop(fs::remove_file(&part)))
}

/// The same path with something more at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
