//! What a visitor reads once the demonstration listens: for people, lines to paste; for scripts, one line of JSON.

use serde::Serialize;

use super::build::Built;
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
    let Built { people, groups, sessions, new_sessions, new_marks, .. } = built;
    say(&format!(
        "\nAn invented Haute-Vienne, until Ctrl-C: {people} people, {groups} groups, {sessions} sessions.\n\
         Added at this start: {new_sessions} sessions, {new_marks} marks. Nobody in it exists.\n\n\
         \x20 API            {base}\n\
         \x20 documentation  {base}/docs\n\
         \x20 data           {database}"
    ));
    if let Some(partner) = told.clients.first() {
        say(&format!(
            "\nA partner's machine, with a new secret ({}):\n\n  client_id      {}\n  client_secret  {}\n",
            partner.name, partner.client_id, partner.client_secret
        ));
        say("Its day, in bash: take a token, list the open sheets, read one and fill it.\n");
        say(&lines(base, partner, built.open_sheet.as_ref(), yesterday).join("\n"));
    }
    if let Some(manager) = told.professionals.iter().find(|person| person.role == "manager") {
        say(&format!(
            "\nA manager ({}), for 12 hours:\n\ncurl -sS -w '\\n' -H 'Authorization: Bearer {}' '{base}/v1/me'",
            manager.email, manager.token
        ));
    }
    say("\nEvery other machine and role: jalon demo --json. These secrets are replaced at the next start.");
}

/// The lines to paste: they need nothing but curl and sed.
fn lines(base: &str, partner: &Credential, sheet: Option<&OpenSheet>, yesterday: &str) -> Vec<String> {
    let Credential { client_id, client_secret, .. } = partner;
    let mut lines = vec![
        format!(
            "TOKEN=$(curl -sS -u '{client_id}:{client_secret}' -d grant_type=client_credentials '{base}/oauth/token' | \
             sed -E 's/.*\"access_token\":\"([^\"]+)\".*/\\1/')"
        ),
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
