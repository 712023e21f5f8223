//! `jalon send` against a server that answers what a test wrote. Not here: the real server, which has tests of its own.

mod stub;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{CommandFactory as _, Parser};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::arguments::{Secret, base, secret};
use super::*;
use stub::{Reply, Stub};

const SECRET: &str = "jalon_s3cr:t/é";
const CSV: &str = "session_reference;person_reference;status\r\nAB-20261121-M;87-AAAA-AAAA-A;present\r\n";
const ID: &str = "01932b4e-8c1f-7d3a-9e52-6f0a1b2c3d4e";

#[derive(Debug, Parser)]
struct CommandLine {
    #[command(flatten)]
    args: SendArgs,
}

/// A directory with a file to send.
struct Desk {
    home: TempDir,
    file: PathBuf,
}

/// How a run ended, and what it printed.
struct Ran {
    ending: Result<Ending, StartError>,
    out: String,
}

impl Ran {
    fn ending(&self) -> Ending {
        *self.ending.as_ref().unwrap()
    }

    fn error(&self) -> &str {
        &self.ending.as_ref().unwrap_err().0
    }
}

impl Desk {
    fn new() -> Self {
        Self::with("novembre.csv", CSV)
    }

    fn with(name: &str, content: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(name);
        fs::write(&file, content).unwrap();
        Self { home, file }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.home).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn args(&self, url: &str, more: &[&str]) -> SendArgs {
        let line = ["send", self.file.to_str().unwrap(), "--url", url, "--client", "client:1", "--attempts", "3"];
        CommandLine::parse_from(line.iter().chain(more)).args
    }

    async fn send(&self, stub: &Stub, more: &[&str]) -> Ran {
        send(&self.args(&stub.url, more), Duration::from_millis(50)).await
    }
}

/// With seconds that last less.
async fn send(args: &SendArgs, second: Duration) -> Ran {
    let mut out = Vec::new();
    let patience = Patience { second, ..Patience::of(args.attempts) };
    let ending = deliver(args, || Ok(Secret(SECRET.to_owned())), patience, &Progress::hidden(), &mut out).await;
    Ran { ending, out: String::from_utf8(out).unwrap() }
}

async fn stub(script: impl IntoIterator<Item = Reply>) -> Stub {
    Stub::start(Vec::new(), script.into_iter().collect()).await
}

fn receipt(result: &str, lines: &Value) -> Value {
    json!({"id": ID, "dry_run": false, "result": result, "counts": {"lines": lines.as_array().unwrap().len()}, "lines": lines})
}

fn applied() -> Reply {
    Reply::json(201, &receipt("applied", &json!([{"index": 0, "line_number": 2, "outcome": "recorded", "errors": [], "warnings": []}])))
}

fn rejected_line() -> Value {
    json!([{"index": 0, "line_number": 2, "outcome": "rejected", "errors": [{"code": "FUTURE_DATE", "detail": "Pas encore.", "line": 2, "column": "date"}], "warnings": []}])
}

fn partly() -> Reply {
    Reply::json(207, &receipt("partly_applied", &rejected_line()))
}

fn nothing_applied() -> Reply {
    let problem = json!({"title": "Rien", "status": 422, "code": "NOTHING_APPLIED", "submission": receipt("nothing_applied", &rejected_line())});
    Reply::json(422, &problem)
}

fn passing() -> Reply {
    Reply::problem(503, "UNAVAILABLE")
}

#[tokio::test]
async fn a_file_arrives_as_it_is_with_a_token_a_key_and_the_language_of_its_sender() {
    let (desk, stub) = (Desk::new(), stub([applied()]).await);
    let ran = desk.send(&stub, &["--on-error", "reject-all"]).await;
    assert_eq!(ran.ending(), Ending::Applied);
    assert_eq!(ran.out, format!("Tout est pris en compte : 1 ligne\nEnvoi : {ID}\n"));

    let token = &stub.token_calls()[0];
    assert_eq!(token.line, "POST /oauth/token");
    // client%3A1:jalon_s3cr%3At%2F%C3%A9
    assert_eq!(token.header("Authorization"), Some("Basic Y2xpZW50JTNBMTpqYWxvbl9zM2NyJTNBdCUyRiVDMyVBOQ=="));
    assert_eq!(token.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(token.body, b"grant_type=client_credentials&scope=attendance%3Awrite");

    let calls = stub.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].line, "POST /v1/attendance-submissions?on_error=reject_all&dry_run=false");
    assert_eq!(calls[0].header("Authorization"), Some("Bearer token-1"));
    assert_eq!(calls[0].header("Content-Type"), Some("text/csv"));
    assert_eq!(calls[0].header("Accept-Language"), Some("fr"));
    assert_eq!(calls[0].body, CSV.as_bytes());
    assert!(calls[0].key().len() >= 32);
    assert_eq!(desk.names(), ["novembre.csv"]);
}

#[tokio::test]
async fn a_json_file_is_sent_as_json_and_a_large_one_whole() {
    let large = format!("{{\"lines\": [\"{}\"]}}", "x".repeat(2_000_000));
    let (desk, stub) = (Desk::with("presences.JSON", &large), stub([applied()]).await);
    assert_eq!(desk.send(&stub, &[]).await.ending(), Ending::Applied);
    assert_eq!(stub.calls()[0].header("Content-Type"), Some("application/json"));
    assert!(stub.calls()[0].body == large.as_bytes());
}

#[tokio::test]
async fn an_address_may_have_a_prefix_and_a_slash_at_its_end() {
    let (desk, stub) = (Desk::new(), stub([applied()]).await);
    let args = desk.args(&format!("{}/rsa/jalon/", stub.url), &[]);
    assert_eq!(send(&args, Duration::from_millis(50)).await.ending(), Ending::Applied);
    assert_eq!(stub.token_calls()[0].line, "POST /rsa/jalon/oauth/token");
    assert!(stub.calls()[0].line.starts_with("POST /rsa/jalon/v1/attendance-submissions?"));
}

#[tokio::test]
async fn every_try_has_the_same_key_whatever_broke_the_one_before() {
    let broken = [Reply::nothing(), applied().cut(), applied().with("X-Without-Length", "1").cut(), Reply::problem(409, "REQUEST_IN_PROGRESS")];
    let statuses = [408, 429, 500, 502, 503, 504].map(|status| Reply::text(status, "<html>").with("Retry-After", "0"));
    let stub = stub(broken.into_iter().chain(statuses).chain([applied()])).await;
    let desk = Desk::new();
    let args = SendArgs { attempts: 11, ..desk.args(&stub.url, &[]) };
    assert_eq!(send(&args, Duration::from_millis(50)).await.ending(), Ending::Applied);
    let calls = stub.calls();
    assert_eq!(calls.len(), 11);
    assert!(calls.iter().all(|call| call.key() == calls[0].key() && call.body == CSV.as_bytes()));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_asked_for_again() {
    let stub = stub([applied().late(Duration::from_secs(30)), applied(), applied()]).await;
    let ran = send(&Desk::new().args(&stub.url, &[]), Duration::from_millis(50)).await;
    assert_eq!(ran.ending(), Ending::Applied);
    assert_eq!(stub.calls()[0].key(), stub.calls()[1].key());
}

#[tokio::test]
async fn another_sending_has_another_key() {
    let stub = stub([applied(), applied(), applied()]).await;
    let desk = Desk::new();
    for desk in [&desk, &desk, &Desk::with("decembre.csv", CSV)] {
        assert_eq!(desk.send(&stub, &[]).await.ending(), Ending::Applied);
    }
    let calls = stub.calls();
    assert!(calls[0].key() != calls[1].key() && calls[1].key() != calls[2].key() && calls[2].key() != calls[0].key());
}

#[tokio::test]
async fn a_sending_that_was_cut_off_goes_on_with_its_key() {
    let stub = stub([passing(), passing(), passing(), applied(), applied()]).await;
    let desk = Desk::new();
    let ran = desk.send(&stub, &[]).await;
    assert_eq!(
        ran.error(),
        "sans succès après 3 essai(s) : le serveur répond 503. Relancez la même commande plus tard : rien ne sera compté deux fois."
    );
    assert_eq!(desk.names(), ["novembre.csv", "novembre.csv.sending"]);
    assert_eq!(fs::metadata(desk.path("novembre.csv.sending")).unwrap().permissions().mode() & 0o777, 0o600);
    // Where the rejected lines go is no part of what is sent.
    assert_eq!(desk.send(&stub, &["--rejected", "ailleurs.csv"]).await.ending(), Ending::Applied);
    assert_eq!(desk.names(), ["novembre.csv"]);
    assert_eq!(desk.send(&stub, &[]).await.ending(), Ending::Applied);
    let calls = stub.calls();
    assert_eq!(calls[0].key(), calls[3].key());
    assert_ne!(calls[3].key(), calls[4].key());
}

#[test]
fn what_is_remembered_is_that_file_to_that_server_as_that_client_with_those_options() {
    let desk = Desk::new();
    let recall = |options: &[&str], bytes: &[u8]| Memory::recall(&desk.file, options, bytes).key;
    let options = ["url", "client", "text/csv"];
    let changes: [(&[&str], &[u8]); 4] = [
        (&["url?", "client", "text/csv"], b"bytes"),
        (&["urlc", "lient", "text/csv"], b"bytes"),
        (&["url", "client", "application/json"], b"bytes"),
        (&options, b"other"),
    ];
    for (other_options, other_bytes) in changes {
        let first = recall(&options, b"bytes");
        assert_eq!(recall(&options, b"bytes"), first);
        assert_ne!(recall(other_options, other_bytes), first, "{other_options:?}");
        assert_ne!(recall(&options, b"bytes"), first, "the other has taken its place");
    }
    let first = recall(&options, b"bytes");
    fs::write(desk.path("novembre.csv.sending"), "{\"key\": ").unwrap();
    assert_ne!(recall(&options, b"bytes"), first, "a damaged memory is none");
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_only_costs_the_memory() {
    let (desk, stub) = (Desk::new(), stub([passing(), applied()]).await);
    // A directory in the place of the file: root, too, is refused.
    fs::create_dir(desk.path("novembre.csv.sending")).unwrap();
    let ran = desk.send(&stub, &[]).await;
    assert_eq!(ran.ending(), Ending::Applied);
    assert!(ran.out.starts_with("Note : l'envoi n'a pas pu être noté à côté du fichier ("), "{}", ran.out);
    assert_eq!(stub.calls()[0].key(), stub.calls()[1].key());
    assert_eq!(desk.names(), ["novembre.csv", "novembre.csv.sending"]);
}

#[tokio::test]
async fn a_rehearsal_has_no_key_leaves_no_trace_and_ends_as_the_sending_would() {
    for (result, ending) in [("applied", Ending::Applied), ("partly_applied", Ending::Partly), ("nothing_applied", Ending::Nothing)] {
        let mut body = receipt(result, &rejected_line());
        body["dry_run"] = true.into();
        body["id"] = Value::Null;
        let (desk, stub) = (Desk::new(), stub([passing(), Reply::json(200, &body)]).await);
        let ran = desk.send(&stub, &["--dry-run"]).await;
        assert_eq!(ran.ending(), ending);
        assert!(ran.out.starts_with("Essai, rien n'est enregistré. Résultat attendu : "), "{}", ran.out);
        assert!(!ran.out.contains("Envoi :"));
        let calls = stub.calls();
        assert_eq!(calls.len(), 2, "the rejected lines are not asked for");
        assert!(calls.iter().all(|call| call.header("Idempotency-Key").is_none() && call.line.ends_with("dry_run=true")));
        assert_eq!(desk.names(), ["novembre.csv"]);
    }
}

#[test]
fn pauses_double_up_to_half_a_minute_unless_the_server_says_how_long() {
    let patience = Patience::of(10);
    let pauses = (1..=9).map(|failures| patience.pause(failures, None, 0.0).as_secs_f64()).collect::<Vec<_>>();
    assert_eq!(pauses, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]);
    assert_eq!(patience.pause(1000, None, 1.0), Duration::from_secs(15));
    assert_eq!(patience.pause(9, Some(3), 0.7), Duration::from_secs(3));
    assert_eq!(patience.pause(1, Some(86_400), 0.7), Duration::from_mins(2));
}

#[tokio::test]
async fn the_server_is_left_alone_for_as_long_as_it_asks() {
    let (desk, stub) = (Desk::new(), stub([Reply::problem(429, "RATE_LIMITED").with("Retry-After", "8"), applied()]).await);
    assert_eq!(desk.send(&stub, &[]).await.ending(), Ending::Applied);
    let calls = stub.calls();
    assert!(calls[1].at - calls[0].at >= Duration::from_millis(400));
}

#[tokio::test]
async fn the_terminal_says_what_is_waited_for() {
    let (desk, stub) = (Desk::new(), stub([Reply::problem(429, "RATE_LIMITED").with("Retry-After", "100"), applied()]).await);
    let (args, progress, mut out) = (desk.args(&stub.url, &[]), Progress::hidden(), Vec::new());
    let sending = deliver(&args, || Ok(Secret(SECRET.to_owned())), Patience::of(3), &progress, &mut out);
    let told = async {
        while progress.message() != "le serveur répond 429 ; essai 2 sur 3 dans 100.0 s" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = sending => panic!("it did not wait"),
        () = told => {}
        () = tokio::time::sleep(Duration::from_secs(20)) => panic!("{}", progress.message()),
    }
}

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_replaced_once() {
    let expired = || Reply::problem(401, "TOKEN_EXPIRED");
    let (desk, lucky) = (Desk::new(), stub([passing(), expired(), applied()]).await);
    assert_eq!(desk.send(&lucky, &[]).await.ending(), Ending::Applied);
    let calls = lucky.calls();
    assert_eq!(
        calls.iter().map(|call| call.header("Authorization").unwrap()).collect::<Vec<_>>(),
        ["Bearer token-1", "Bearer token-1", "Bearer token-2"]
    );
    assert!(calls.iter().all(|call| call.key() == calls[0].key()));

    let unlucky = stub([expired(), expired(), applied()]).await;
    let ran = desk.send(&unlucky, &[]).await;
    assert_eq!((ran.ending(), ran.out.as_str()), (Ending::Failed, "Titre (TOKEN_EXPIRED)\nDétail.\n"));
    assert_eq!((unlucky.calls().len(), unlucky.token_calls().len()), (2, 2));
    // An earlier try may have arrived all the same: its key is not lost.
    assert_eq!(desk.names(), ["novembre.csv", "novembre.csv.sending"]);
}

#[tokio::test]
async fn a_client_that_is_not_known_is_told_so_at_once_and_a_busy_token_endpoint_is_asked_again() {
    let refused = |code: &str| Reply::json(401, &json!({"error": code, "error_description": "no"}));
    for (code, words) in [("invalid_client", "ne reconnaît pas ce client"), ("invalid_scope", "attendance:write"), ("other", "other, no")] {
        let stub = Stub::start(vec![refused(code)], vec![]).await;
        let ran = Desk::new().send(&stub, &[]).await;
        assert!(ran.error().contains(words), "{}", ran.error());
        assert_eq!((stub.token_calls().len(), stub.calls().len()), (1, 0));
    }
    let stub = Stub::start(vec![Reply::nothing(), Reply::text(503, "")], vec![applied()]).await;
    assert_eq!(Desk::new().send(&stub, &[]).await.ending(), Ending::Applied);
}

#[tokio::test]
async fn other_problems_are_final_and_told_with_every_place() {
    for (status, code) in [(400, "ENCODING_UNSUPPORTED"), (409, "OTHER"), (413, "BODY_TOO_LARGE"), (422, "IDEMPOTENCY_KEY_REUSED")] {
        let (desk, stub) = (Desk::new(), stub([Reply::problem(status, code)]).await);
        let ran = desk.send(&stub, &[]).await;
        assert_eq!((ran.ending(), ran.out), (Ending::Failed, format!("Titre ({code})\nDétail.\n")));
        assert_eq!(stub.calls().len(), 1);
        assert_eq!(desk.names(), ["novembre.csv"]);
    }
    let problem = json!({
        "type": "/problems/invalid", "title": "Fichier refusé", "status": 422, "code": "INVALID", "detail": "Rien n'est enregistré.", "instance": "0193",
        "errors": [
            {"code": "COLUMN_MISSING", "detail": "La colonne manque.", "line": 1, "column": "status"},
            {"code": "NO_LINES", "detail": "Aucune ligne.", "pointer": "/lines"},
            {"code": "INVALID_PARAMETER", "detail": "Inconnu\u{1b}[31m.", "parameter": "on_error"},
        ],
    });
    let stub = stub([Reply::json(422, &problem)]).await;
    assert_eq!(
        Desk::new().send(&stub, &[]).await.out,
        "Fichier refusé (INVALID)\nRien n'est enregistré.\n  ligne 1 : COLUMN_MISSING (status) : La colonne manque.\n  NO_LINES (/lines) : Aucune ligne.\n  \
         INVALID_PARAMETER (on_error) : Inconnu [31m.\nÀ citer au support : 0193\n"
    );
}

#[tokio::test]
async fn a_server_that_is_no_jalon_is_told_apart_and_nothing_is_forgotten() {
    let redirection = Reply::text(301, "").with("Location", "https://ailleurs.example/");
    for reply in [redirection, Reply::text(200, "<html>"), Reply::json(200, &json!({"hello": 1})), Reply::text(404, "")] {
        let (desk, stub) = (Desk::new(), stub([reply]).await);
        let ran = desk.send(&stub, &[]).await;
        assert!(ran.error().ends_with("ce que Jalon ne répond pas ici : vérifiez --url"), "{}", ran.error());
        assert_eq!(stub.calls().len(), 1);
        assert_eq!(desk.names(), ["novembre.csv", "novembre.csv.sending"]);
    }
}

#[tokio::test]
async fn rejected_lines_are_written_beside_the_file() {
    let not_applied = receipt("partly_applied", &json!([{"index": 0, "line_number": 2, "outcome": "not_applied", "errors": [], "warnings": []}]));
    for submitted in [partly(), nothing_applied(), Reply::json(207, &not_applied)] {
        let csv = Reply::text(200, "\u{feff}a;b\r\n1;2\r\n").with("Content-Type", "text/csv; charset=utf-8");
        let (desk, stub) = (Desk::new(), stub([submitted, csv.clone().cut(), passing(), csv]).await);
        let target = desk.path("novembre.rejected.csv");
        fs::write(&target, "of another day").unwrap();
        let ran = desk.send(&stub, &[]).await;
        assert!(ran.ending.is_ok(), "{}", ran.error());
        assert!(ran.out.ends_with(&format!("Envoi : {ID}\nLignes refusées : {} (à corriger et à renvoyer)\n", target.display())), "{}", ran.out);
        assert_eq!(fs::read_to_string(&target).unwrap(), "\u{feff}a;b\r\n1;2\r\n");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&desk.file).unwrap(), CSV);
        assert_eq!(desk.names(), ["novembre.csv", "novembre.rejected.csv"]);
        assert_eq!(stub.calls()[3].line, format!("GET /v1/attendance-submissions/{ID}/rejected.csv"));
    }
}

#[tokio::test]
async fn rejected_lines_that_cannot_be_had_now_are_had_by_the_same_command() {
    let stub = stub([partly(), Reply::problem(404, "NOT_FOUND"), partly(), Reply::text(200, "x"), partly(), Reply::text(200, "y")]).await;
    let desk = Desk::new();
    assert_eq!(desk.send(&stub, &[]).await.error(), "les lignes refusées n'ont pas pu être lues (404 NOT_FOUND) : relancez la même commande");
    let nowhere = desk.path("absent/rejected.csv");
    let ran = desk.send(&stub, &["--rejected", nowhere.to_str().unwrap()]).await;
    assert!(ran.error().starts_with("le fichier des lignes refusées ne peut pas être écrit"), "{}", ran.error());
    assert!(ran.out.contains("FUTURE_DATE"));
    assert_eq!(desk.send(&stub, &[]).await.ending(), Ending::Partly);
    let keys = stub.calls().iter().filter_map(|call| call.header("Idempotency-Key").map(str::to_owned)).collect::<Vec<_>>();
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0]));
    assert_eq!(fs::read_to_string(desk.path("novembre.rejected.csv")).unwrap(), "y");
}

#[tokio::test]
async fn the_file_that_is_sent_is_never_written_over() {
    let desk = Desk::new();
    let (stub, link) = (stub([]).await, desk.path("lien.csv"));
    std::os::unix::fs::symlink(&desk.file, &link).unwrap();
    for same in [desk.file.clone(), desk.path("./novembre.csv"), link] {
        let ran = desk.send(&stub, &["--rejected", same.to_str().unwrap()]).await;
        assert_eq!(ran.error(), "--rejected doit nommer un autre fichier que celui qui est envoyé");
    }
    for no_file in ["/dev/null", desk.home.path().to_str().unwrap()] {
        assert!(desk.send(&stub, &["--rejected", no_file]).await.error().starts_with("--rejected doit nommer un fichier"));
    }
    assert!(stub.token_calls().is_empty());
    let again = super::files::rejected(Path::new("novembre.rejected.csv"), None).unwrap();
    assert_eq!(again, Path::new("novembre.rejected.rejected.csv"));
}

#[tokio::test]
async fn the_exit_code_says_how_much_was_applied() {
    let csv = || Reply::text(200, "x");
    for (script, ending, code) in [
        (vec![applied()], Ending::Applied, 0),
        (vec![Reply::problem(403, "FUNCTION_DENIED")], Ending::Failed, 1),
        (vec![partly(), csv()], Ending::Partly, 3),
        (vec![nothing_applied(), csv()], Ending::Nothing, 4),
    ] {
        let ran = Desk::new().send(&stub(script).await, &[]).await;
        assert_eq!((ran.ending(), ran.ending() as u8), (ending, code));
    }
}

#[tokio::test]
async fn a_receipt_is_read_line_by_line_where_there_is_something_to_do() {
    let fault = |code: &str, column: &str| json!({"code": code, "detail": format!("Détail de {code}."), "line": 2, "column": column});
    let mut moved = fault("SESSION_MOVED", "date");
    moved["moved_to"] = json!({"date": "2026-11-24", "half_day": "afternoon", "start_time": "14:00", "end_time": "17:00"});
    let mut body = receipt(
        "partly_applied",
        &json!([
            {"index": 0, "line_number": 2, "outcome": "recorded", "errors": [], "warnings": [], "more": {}},
            {"index": 1, "line_number": 3, "outcome": "held", "errors": [fault("PERSON_NOT_EXPECTED", "person_reference")], "warnings": []},
            {"index": 2, "line_number": 4, "outcome": "unchanged", "errors": [], "warnings": [{"code": "ROW_EMPTY", "detail": "Ligne vide.", "line": 4}]},
            {"index": 3, "line_number": 5, "outcome": "unchanged", "errors": [], "warnings": [{"code": "ROW_EMPTY", "detail": "Ligne vide.", "line": 5}]},
            {"index": 10, "line_number": 12, "outcome": "rejected", "errors": [moved, fault("NUMBER_MALFORMED", "minutes")], "warnings": []},
            {"index": 11, "line_number": null, "outcome": "rejected", "errors": [{"code": "X", "detail": "Y.", "pointer": "/lines/11/reason"}], "warnings": []},
            {"index": 12, "line_number": 14, "outcome": "postponed", "errors": [], "warnings": [{"code": "NEW", "detail": "Nouveau."}]},
            {"index": 13, "line_number": 15, "outcome": "not_applied", "errors": [], "warnings": []},
        ]),
    );
    body["counts"] = json!({"lines": 7, "recorded": 1, "corrected": 0, "unchanged": 1, "held": 1, "rejected": 2, "not_applied": 1, "of_note": null});
    body["ignored_columns"] = json!(["commentaire", "note"]);
    body["unknown"] = json!([1]);
    let desk = Desk::new();
    let ran = desk.send(&stub([Reply::json(207, &body), Reply::text(200, "x")]).await, &[]).await;
    assert_eq!(ran.ending(), Ending::Partly);
    let expected = format!(
        "Une partie seulement est prise en compte : 7 lignes (1 enregistrée, 1 inchangée, 1 en attente, 2 refusées, 1 non appliquée)\n\
         ligne 3 : en attente, PERSON_NOT_EXPECTED (person_reference) : Détail de PERSON_NOT_EXPECTED.\n\
         lignes 4 à 5 : inchangée, avertissement ROW_EMPTY : Ligne vide.\n\
         ligne 12 : refusée, SESSION_MOVED (date) : Détail de SESSION_MOVED. (déplacée au 2026-11-24 après-midi) ; \
         NUMBER_MALFORMED (minutes) : Détail de NUMBER_MALFORMED.\n\
         ligne 12 : refusée, X (/lines/11/reason) : Y.\n\
         ligne 14 : postponed, avertissement NEW : Nouveau.\n\
         Le département examine les lignes en attente : ne les renvoyez pas.\n\
         Colonnes ignorées : commentaire, note\n\
         Envoi : {ID}\n\
         Lignes refusées : {} (à corriger et à renvoyer)\n",
        desk.path("novembre.rejected.csv").display()
    );
    assert_eq!(ran.out, expected);
}

#[tokio::test]
async fn neither_the_secret_nor_a_token_is_ever_shown() {
    let mut shown = Vec::new();
    let refused = vec![Reply::json(400, &json!({"error": "invalid_request", "error_description": "bad"}))];
    let broken = vec![Reply::nothing(), Reply::nothing(), Reply::nothing()];
    let scripts = [vec![applied()], vec![partly(), Reply::text(200, "x")], vec![Reply::problem(401, "X"), Reply::problem(401, "X")], broken.clone()];
    let runs = scripts.map(|script| (vec![], script)).into_iter().chain([(refused, vec![]), (broken, vec![])]);
    for (tokens, script) in runs {
        let (desk, stub) = (Desk::new(), Stub::start(tokens, script).await);
        let ran = desk.send(&stub, &["--secret-file", "secret.txt"]).await;
        shown.push(format!("{}{:?}{:?}", ran.out, ran.ending, desk.args(&stub.url, &["--secret-file", "secret.txt"])));
        shown.push(fs::read_to_string(desk.path("novembre.csv.sending")).unwrap_or_default());
    }
    let here = base("http://localhost", false).unwrap();
    let client = Client::new(here, "client", Secret(SECRET.to_owned()), Patience::of(1), Progress::hidden());
    shown.push(format!("{client:?}{:?}", secret(None, Some(SECRET.to_owned()), None::<&[u8]>)));
    let shown = shown.concat();
    assert!(shown.contains("Secret(…)"));
    assert!(!shown.contains("s3cr") && !shown.contains("token-"), "{shown}");
}

#[test]
fn the_secret_is_a_first_line_of_the_file_else_the_variable_else_what_is_piped_in() {
    let desk = Desk::with("secret.txt", " from file \r\nsecond line\n");
    let variable = || Some("from variable".to_owned());
    let found = |file, variable, piped: Option<&str>| secret(file, variable, piped.map(str::as_bytes)).map(|secret| secret.0);
    assert_eq!(found(Some(desk.file.as_path()), variable(), Some("from pipe\n")).unwrap(), "from file");
    assert_eq!(found(None, variable(), Some("from pipe\n")).unwrap(), "from variable");
    assert_eq!(found(None, Some(" ".to_owned()), Some("from pipe\nmore")).unwrap(), "from pipe");
    for nothing in [None, Some(""), Some("\n")] {
        assert!(found(None, None, nothing).unwrap_err().0.starts_with("le secret du client manque"));
    }
    let absent = desk.path("absent.txt");
    assert!(found(Some(absent.as_path()), variable(), None).unwrap_err().0.starts_with("le secret ne peut pas être lu"));
}

#[test]
fn personal_data_go_in_clear_to_this_machine_alone() {
    for fine in ["https://jalon.example", "https://jalon.example/rsa/", "http://localhost:8080", "http://127.0.0.9", "http://[::1]:80/"] {
        assert!(base(fine, false).is_ok(), "{fine}");
    }
    for clear in ["http://jalon.example", "http://192.168.1.2", "http://localhost.example", "http://127.0.0.1.example"] {
        assert!(base(clear, false).unwrap_err().0.contains("--allow-http"), "{clear}");
        assert!(base(clear, true).is_ok(), "{clear}");
    }
    for wrong in [
        "jalon.example",
        "ftp://jalon.example",
        "https://",
        "https://me:pass@jalon.example",
        "https://jalon.example/?a=1",
        "https://jalon.example/#a",
    ] {
        assert!(base(wrong, true).unwrap_err().0.starts_with("--url doit être une adresse"), "{wrong}");
    }
}

#[tokio::test]
async fn a_file_that_would_be_refused_is_told_about_before_anything_is_sent() {
    let stub = stub([]).await;
    let over = "x".repeat(2 * 1024 * 1024 + 1);
    for (content, words) in [("", "est vide"), (over.as_str(), "Découpez-le, par mois ou par groupe")] {
        let ran = Desk::with("a.csv", content).send(&stub, &[]).await;
        assert!(ran.error().contains(words), "{}", ran.error());
    }
    let desk = Desk::new();
    fs::remove_file(&desk.file).unwrap();
    assert!(desk.send(&stub, &[]).await.error().ends_with("novembre.csv n'existe pas"));
    fs::create_dir(&desk.file).unwrap();
    assert!(desk.send(&stub, &[]).await.error().contains("ne peut pas être lu"));
    assert!(stub.token_calls().is_empty() && stub.calls().is_empty());
    assert!(Attendance::read(&Desk::with("a.csv", &over[1..]).file).is_ok());
}

#[test]
fn the_help_says_what_each_exit_code_means() {
    let mut command = CommandLine::command();
    command.clone().debug_assert();
    let help = command.render_help().to_string();
    for words in
        ["  0  tout", "  1  l'envoi", "  2  la commande", "  3  des lignes", "  4  rien", "jalon send novembre.csv --url", "JALON_CLIENT_SECRET"]
    {
        assert!(help.contains(words), "{help}");
    }
}
