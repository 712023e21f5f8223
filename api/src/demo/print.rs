//! What a visitor reads once the demonstration listens: for people, lines to paste; for scripts, one line of JSON.

use domain::organisation::OrganisationKind;
use domain::text::folded;
use serde::Serialize;

use super::build::{Built, Example};
use super::open_sheet::OpenSheet;
use super::secrets::{Credential, Person};
use crate::cli::say;

/// Everything that is told.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) base_url: String,
    pub(super) clients: Vec<Credential>,
    pub(super) professionals: Vec<Person>,
}

/// One line for scripts.
pub(super) fn json(told: &Told) {
    // Texts alone are in it: it cannot fail to be written.
    say(&serde_json::to_string(told).unwrap_or_default());
}

/// For people. `yesterday` is the last day to list.
pub(super) fn text(told: &Told, built: &Built, database: &str, yesterday: &str) {
    let base = &told.base_url;
    let Built { people, groups, sessions, referrals, new_sessions, new_marks, new_referral_steps, new_entries, .. } = built;
    say(&format!(
        "\nAn invented Haute-Vienne, until Ctrl-C: {people} people, {groups} groups, {sessions} sessions, {referrals} referrals.\n\
         Added at this start: {new_sessions} sessions, {new_marks} marks, {new_referral_steps} steps of referrals, {new_entries} entries in files. Nobody in it exists.\n\n\
         \x20 API            {base}\n\
         \x20 documentation  {base}/docs\n\
         \x20 data           {database}"
    ));
    if let Some(partner) = told.clients.first() {
        say(&format!("\nA partner's machine, with a new secret ({}):\n\n{}\n", partner.name, credential(partner)));
        say("Its day, in bash: take a token, list the open sheets, read one and fill it.\n");
        say(&lines(base, partner, built.open_sheet.as_ref(), yesterday).join("\n"));
    }
    for kind in RECEIVERS {
        let Some(receiver) = told.clients.iter().find(|client| client.kind == kind.code()) else { continue };
        say(&format!("\nA receiver of referrals ({}):\n\n{}", receiver.name, credential(receiver)));
        if kind == OrganisationKind::PoleEmploi {
            say("\nIts feed, from the first event on:\n");
            say(&pull(base, receiver).join("\n"));
        }
    }
    if let Some(manager) = told.professionals.iter().find(|person| person.role == "manager") {
        say(&format!(
            "\nA manager ({}), for 12 hours:\n\ncurl -sS -w '\\n' -H 'Authorization: Bearer {}' '{base}/v1/me'",
            manager.email, manager.token
        ));
        if let Some(example) = &built.example {
            say("\nSomebody is looked for by name, and their file read:\n");
            say(&file(base, &manager.token, example).join("\n"));
        }
    }
    say("\nEvery other machine and role: jalon demo --json. These secrets are replaced at the next start.");
}

/// The organisations that accompany people: their machines pull referrals.
const RECEIVERS: [OrganisationKind; 4] =
    [OrganisationKind::PoleEmploi, OrganisationKind::MissionLocale, OrganisationKind::CapEmploi, OrganisationKind::Plie];

fn credential(client: &Credential) -> String {
    format!("  client_id      {}\n  client_secret  {}", client.client_id, client.client_secret)
}

/// The line that takes a token: it needs nothing but curl and sed.
fn token(base: &str, client: &Credential) -> String {
    let Credential { client_id, client_secret, .. } = client;
    format!(
        "TOKEN=$(curl -sS -u '{client_id}:{client_secret}' -d grant_type=client_credentials '{base}/oauth/token' | \
         sed -E 's/.*\"access_token\":\"([^\"]+)\".*/\\1/')"
    )
}

/// The lines a receiver pastes.
fn pull(base: &str, receiver: &Credential) -> [String; 2] {
    let feed = format!("curl -sS -w '\\n' -H \"Authorization: Bearer $TOKEN\" '{base}/v1/referral-feed?after=beginning'");
    [token(base, receiver), feed]
}

/// The lines a manager pastes.
fn file(base: &str, token: &str, Example { person, last_name }: &Example) -> [String; 2] {
    let call = format!("curl -sS -w '\\n' -H 'Authorization: Bearer {token}'");
    // As one types it: without accents or capitals.
    let name = folded(last_name);
    let search = format!("{call} -H 'Content-Type: application/json' -d '{{\"name\":\"{name}\"}}' '{base}/v1/beneficiaries/search'");
    [search, format!("{call} '{base}/v1/beneficiaries/{person}/file'")]
}

/// The lines a partner pastes.
fn lines(base: &str, partner: &Credential, sheet: Option<&OpenSheet>, yesterday: &str) -> Vec<String> {
    let mut lines = vec![
        token(base, partner),
        format!("curl -sS -w '\\n' -H \"Authorization: Bearer $TOKEN\" '{base}/v1/sessions?sheet=open&to={yesterday}&limit=5'"),
    ];
    if let Some(OpenSheet { session, unmarked }) = sheet {
        let mark = |(place, enrolment): (usize, &domain::ids::EnrolmentId)| match place {
            1 => format!("{{\"enrolment_id\":\"{enrolment}\",\"status\":\"late\",\"minutes\":150}}"),
            _ => format!("{{\"enrolment_id\":\"{enrolment}\",\"status\":\"present\",\"signed\":true}}"),
        };
        let marks: Vec<String> = unmarked.iter().enumerate().map(mark).collect();
        let at = format!("'{base}/v1/sessions/{session}/attendance'");
        lines.push(format!(
            "curl -sS -w '\\n' -H \"Authorization: Bearer $TOKEN\" {at} && \
             curl -sS -w '\\n' -X PUT -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{{\"marks\":[{}]}}' {at}",
            marks.join(",")
        ));
    }
    lines
}
