//! `jalon send FILE`: an association's attendance, sent over a bad line without being counted twice or lost. Its words are French,
//! for those who run it. It speaks HTTP like any partner; nothing of the house's configuration or database is touched here.

mod arguments;
mod client;
mod files;
mod memory;
mod progress;
mod report;

#[cfg(test)]
mod tests;

use std::io::{IsTerminal as _, Write, stdin, stdout};
use std::process::ExitCode;

use client::{Client, Patience};
use files::Attendance;
use memory::Memory;
use progress::Progress;
use report::{Ending, Receipt};

pub(crate) use arguments::SendArgs;

use crate::server::StartError;

/// Sends, with what this process was given: terminal, standard input, environment.
pub(crate) async fn run(args: &SendArgs) -> Result<ExitCode, StartError> {
    let progress = Progress::on_terminal();
    let secret = || {
        let piped = (!stdin().is_terminal()).then(stdin);
        arguments::secret(args.secret_file.as_deref(), std::env::var(arguments::SECRET_VARIABLE).ok(), piped)
    };
    let ending = deliver(args, secret, Patience::of(args.attempts), &progress, &mut stdout()).await;
    progress.clear();
    Ok(ExitCode::from(ending? as u8))
}

/// Checks, sends, reports. What is wrong on this machine is said before the secret is asked for.
async fn deliver(
    args: &SendArgs,
    secret: impl FnOnce() -> Result<arguments::Secret, StartError>,
    patience: Patience,
    progress: &Progress,
    out: &mut impl Write,
) -> Result<Ending, StartError> {
    let base = arguments::base(&args.url, args.allow_http)?;
    let file = Attendance::read(&args.file)?;
    let rejected = files::rejected(&args.file, args.rejected.as_deref())?;
    let mut client = Client::new(base, &args.client, secret()?, patience, progress.clone())?;
    let target = client.submissions(args.on_error, args.dry_run);

    // A rehearsal has no effect: it needs no key, and nothing to remember.
    let memory = (!args.dry_run).then(|| Memory::recall(&args.file, &[target.as_str(), &args.client, file.media_type], &file.bytes));
    if let Some(trouble) = memory.as_ref().and_then(|memory| memory.trouble.as_ref()) {
        say(out, &format!("Note : l'envoi n'a pas pu être noté à côté du fichier ({trouble}). S'il est interrompu, il repartira de zéro."))?;
    }
    let answer = client.submit(target, &file, memory.as_ref().map(|memory| memory.key.as_str())).await?;
    progress.clear();

    let ending = if let Some(receipt) = Receipt::of(&answer) {
        say(out, &report::receipt(&receipt))?;
        if let Some(id) = receipt.id.as_deref().filter(|_| receipt.has_lines_to_send_again()) {
            files::write(&rejected, &client.rejected(id).await?).map_err(|error| {
                let what = "le fichier des lignes refusées ne peut pas être écrit (relancez la même commande, avec --rejected au besoin)";
                StartError::because(what)(&error)
            })?;
            say(out, &format!("Lignes refusées : {} (à corriger et à renvoyer)", rejected.display()))?;
        }
        receipt.ending()
    } else {
        say(out, &report::problem(&answer).ok_or_else(|| client::unexpected(&answer))?)?;
        Ending::Failed
    };
    // Only now: whatever stopped us before this line, the same command goes on with the same key. It does after a 401 or a 403 as well:
    // they are said before the key is looked at, so an earlier try of it may have arrived.
    if let Some(memory) = memory.filter(|_| !matches!(answer.status.as_u16(), 401 | 403)) {
        memory.forget();
    }
    Ok(ending)
}

/// To where the report goes.
fn say(out: &mut impl Write, text: &str) -> Result<(), StartError> {
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| StartError::because("le compte rendu ne peut pas être écrit")(&error))
}
