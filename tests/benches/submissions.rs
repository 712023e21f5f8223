//! How long attendance in batches takes, and what those who read meanwhile notice:
//! `cargo bench -p api-tests --bench submissions -- [--postgres] [--binary target/release/jalon]`
//!
//! It makes a département of its own in a database of its own, serves it from a process of its own, and prints one table. Which
//! PostgreSQL that is, is decided by `api_tests::postgres`: its own one runs without fsync.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for whoever wants to know: what it cannot do stops it, and its output is its purpose"
)]

mod asked;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api_tests::TestServer;
use api_tests::client::fresh_key;
use api_tests::database::{Database, keys_dir, runtime};
use futures_util::future::join_all;
use serde_json::{Value, json};

use asked::{Asked, percentile};

/// Lines of a submission: so many people at so many sessions.
const PEOPLE: usize = 25;
const SESSIONS: usize = 40;
const TIMES: usize = 20;
const PARTNERS: usize = 21;
const READERS: usize = 4;
/// Groups of which one submission is made that is as long as any can be.
const LONGEST: usize = 5;
/// Between two requests of one reader.
const PAUSE: Duration = Duration::from_millis(25);
const PATH: &str = "/v1/attendance-submissions";

/// A group with people and sessions that nobody has marked yet.
struct Group {
    code: String,
    sessions: Vec<(String, String)>,
    people: Vec<String>,
}

impl Group {
    async fn of(server: &TestServer, action: &str, people: &[api_tests::given::Person]) -> Self {
        let (given, manager) = (server.given(), server.manager().await);
        let group = manager.post("/v1/groups", given.group_order(action)).await.expect(201);
        for person in people {
            given.enrolment(&group.id(), person).await;
        }
        let mut sessions = Vec::new();
        for (half_day, start, end) in [("morning", "09:00", "12:00"), ("afternoon", "14:00", "17:00")] {
            let series = json!({
                "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"], "half_day": half_day, "start_time": start,
                "end_time": end, "starts_on": given.day(-40), "ends_on": given.day(-1),
            });
            let planned = manager.post(&format!("/v1/groups/{}/session-series", group.id()), series).await.expect(201);
            let text = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
            sessions.extend(planned.items().iter().map(|session| (text(session, "id"), text(session, "reference"))));
        }
        sessions.truncate(SESSIONS);
        assert_eq!(sessions.len(), SESSIONS);
        Self { code: group.field("code"), sessions, people: people.iter().map(|person| person.reference.clone()).collect() }
    }

    /// One line for everybody at every session; another content for each `variant`.
    fn lines(&self, variant: usize) -> Vec<Value> {
        let mut lines = Vec::new();
        for (place, (_, session)) in self.sessions.iter().enumerate() {
            for (number, person) in self.people.iter().enumerate() {
                let line = json!({
                    "external_id": format!("{}/{place}/{number}", self.code), "session_reference": session, "person_reference": person,
                    "last_name": "Exemple", "first_name": "Claude", "status": "present", "signed": variant == 0,
                });
                let more = match (place + number) % 10 {
                    0 => json!({"status": "absent_excused", "reason": if variant == 0 { "illness" } else { "transport" }, "signed": null}),
                    1 => json!({"status": "late", "minutes": 100 + variant}),
                    _ => json!({}),
                };
                lines.push(with(line, &more));
            }
        }
        lines
    }
}

fn with(mut line: Value, more: &Value) -> Value {
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

fn json_of(lines: &[Value]) -> String {
    json!({"lines": lines}).to_string()
}

fn csv_of(lines: &[Value]) -> String {
    const HEADER: &str = "external_id;operation;session_reference;group_code;date;half_day;enrolment_id;person_reference;last_name;first_name;\
                          status;minutes;reason;signed;version";
    let mut all = format!("{HEADER}\r\n");
    for line in lines {
        let cells = HEADER.split(';').map(|column| match &line[column] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let _ = write!(all, "{}\r\n", cells.collect::<Vec<_>>().join(";"));
    }
    all
}

/// Who calls, with a token good for the day.
#[derive(Clone)]
struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    async fn post(&self, key: &str, media_type: &str, body: &str) -> (u16, Duration, Value) {
        let begun = Instant::now();
        let request = self.http.post(format!("{}{PATH}", self.base)).bearer_auth(&self.token).header("Idempotency-Key", key);
        let response = request.header("Content-Type", media_type).body(body.to_owned()).send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, begun.elapsed(), serde_json::from_slice(&bytes).unwrap())
    }

    /// Sends a submission of which all lines come to `outcome`.
    async fn submit(&self, key: &str, media_type: &str, body: &str, outcome: &str) -> Duration {
        let (status, elapsed, receipt) = self.post(key, media_type, body).await;
        assert!(matches!(status, 201 | 207), "{status}: {receipt}");
        assert_eq!(receipt["counts"][outcome], receipt["counts"]["lines"], "{}", receipt["counts"]);
        elapsed
    }

    async fn get(&self, path: &str) -> (u16, Duration) {
        let begun = Instant::now();
        let response = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await.unwrap();
        let status = response.status().as_u16();
        let _ = response.bytes().await.unwrap();
        (status, begun.elapsed())
    }
}

/// A row of figures: median, 95th and 99th percentile, worst, in milliseconds.
fn row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| percentile(&times, part);
    println!("{name:<42} {:>6} {:>9.1} {:>9.1} {:>9.1} {:>9.1}", times.len(), at(50), at(95), at(99), at(100));
}

fn head(title: &str) {
    println!("\n{title:<42} {:>6} {:>9} {:>9} {:>9} {:>9}", "count", "p50 ms", "p95 ms", "p99 ms", "max ms");
}

/// What the readers saw: the times of each route, and how often each status came that is no 200.
#[derive(Default)]
struct Read {
    times: BTreeMap<&'static str, Vec<Duration>>,
    refused: BTreeMap<u16, usize>,
}

/// Reads sheets and lists until told to stop.
async fn read(reader: &Caller, sheets: &[String], first: usize, stop: &Cell<bool>) -> Read {
    let mut read = Read::default();
    for turn in first.. {
        if stop.get() {
            break;
        }
        let (route, path) = match turn % 4 {
            0 => ("GET /v1/sessions/{id}/attendance", format!("/v1/sessions/{}/attendance", sheets[turn * 7 % sheets.len()])),
            1 => ("GET /v1/sessions", "/v1/sessions?limit=50".to_owned()),
            2 => ("GET /v1/beneficiaries", "/v1/beneficiaries?limit=50".to_owned()),
            _ => ("GET /v1/held-lines", "/v1/held-lines?limit=50".to_owned()),
        };
        let (status, elapsed) = reader.get(&path).await;
        read.times.entry(route).or_default().push(elapsed);
        if status != 200 {
            *read.refused.entry(status).or_default() += 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
    read
}

async fn all_read(reader: &Caller, sheets: &[String], stop: &Cell<bool>) -> Read {
    let mut all = Read::default();
    for one in join_all((0..READERS).map(|number| read(reader, sheets, number * 13, stop))).await {
        one.times.into_iter().for_each(|(route, times)| all.times.entry(route).or_default().extend(times));
        one.refused.into_iter().for_each(|(status, count)| *all.refused.entry(status).or_default() += count);
    }
    all
}

fn show(read: Read, when: &str) {
    for (route, times) in read.times {
        row(&format!("{when} {route}"), times);
    }
    if !read.refused.is_empty() {
        println!("{when} REFUSED, by status: {:?}", read.refused);
    }
}

/// The département.
struct World {
    /// Of the first partner, one for each submission.
    groups: Vec<Group>,
    longest: Vec<Group>,
    /// Of each of the others: a token and a group.
    partners: Vec<(String, Group)>,
    first: String,
    manager: String,
}

async fn world(server: &TestServer) -> World {
    let given = server.given();
    let partner = async |groups: usize| {
        let organisation = given.organisation().await;
        let action = given.action(&organisation).await;
        let mut people = Vec::new();
        for _ in 0..PEOPLE {
            people.push(given.person().await);
        }
        let mut made = Vec::new();
        for _ in 0..groups {
            made.push(Group::of(server, &action, &people).await);
        }
        (server.partner(&organisation).await.token().await.unwrap(), made)
    };
    let (first, mut groups) = partner(2 * TIMES + LONGEST).await;
    let longest = groups.split_off(2 * TIMES);
    let mut partners = Vec::new();
    for _ in 0..PARTNERS {
        let (token, mut groups) = partner(1).await;
        partners.push((token, groups.remove(0)));
    }
    World { groups, longest, partners, first, manager: server.manager().await.token().await.unwrap() }
}

/// One submission after the other.
async fn one_by_one(caller: &Caller, groups: &[Group], longest: &[Group]) {
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        let (name, media_type, write): (_, _, fn(&[Value]) -> String) = if place % 2 == 0 { ("JSON", JSON, json_of) } else { ("CSV", CSV, csv_of) };
        let (body, other) = (write(&group.lines(0)), write(&group.lines(1)));
        let mut add = |what: &str, time| times.entry(format!("{name}, {what}")).or_default().push(time);
        let key = fresh_key();
        add("1 new marks", caller.submit(&key, media_type, &body, "recorded").await);
        add("2 the same again: unchanged", caller.submit(&fresh_key(), media_type, &body, "unchanged").await);
        add("3 the same key: replayed", caller.submit(&key, media_type, &body, "recorded").await);
        // On sheets that closed meanwhile, other marks are held.
        let (status, time, receipt) = caller.post(&fresh_key(), media_type, &other).await;
        assert!(matches!(status, 201 | 207), "{receipt}");
        add("4 other marks: corrected, or held", time);
    }
    head(&format!("one submission of {} lines", PEOPLE * SESSIONS));
    for (name, times) in times {
        row(&name, times);
    }
    let lines: Vec<Value> = longest.iter().flat_map(|group| group.lines(0)).collect();
    let unknown: Vec<Value> = lines
        .iter()
        .enumerate()
        .map(|(place, line)| {
            let letters: String = place.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            with(line.clone(), &json!({"external_id": format!("unknown-{place}"), "person_reference": null, "last_name": letters}))
        })
        .collect();
    for (name, lines, outcome) in
        [("new marks", &lines, "recorded"), ("unchanged", &lines, "unchanged"), ("held", &unknown, "held"), ("held again", &unknown, "held")]
    {
        let time = caller.submit(&fresh_key(), JSON, &json_of(lines), outcome).await;
        row(&format!("JSON, {} lines, {name}", lines.len()), vec![time]);
    }
}

/// Every partner at once, while others read.
async fn all_at_once(manager: &Caller, partners: &[(String, Group)]) {
    let sheets: Vec<String> = partners.iter().flat_map(|(_, group)| group.sessions.iter().map(|(id, _)| id.clone())).collect();
    let stop = Cell::new(false);
    let waiting = async {
        tokio::time::sleep(Duration::from_secs(6)).await;
        stop.set(true);
    };
    let (before, ()) = tokio::join!(all_read(manager, &sheets, &stop), waiting);

    stop.set(false);
    let later = Cell::new(0);
    let sending = async {
        let begun = Instant::now();
        let times = join_all(partners.iter().map(async |(token, group)| {
            let caller = Caller { token: token.clone(), ..manager.clone() };
            let (key, body) = (fresh_key(), json_of(&group.lines(0)));
            let begun = Instant::now();
            loop {
                let (status, _, receipt) = caller.post(&key, JSON, &body).await;
                if status == 201 {
                    assert_eq!(receipt["counts"]["recorded"], PEOPLE * SESSIONS, "{}", receipt["counts"]);
                    return begun.elapsed();
                }
                assert!(matches!(status, 409 | 503), "{status}: {receipt}");
                later.set(later.get() + 1);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }))
        .await;
        stop.set(true);
        (begun.elapsed(), times)
    };
    let (during, (total, times)) = tokio::join!(all_read(manager, &sheets, &stop), sending);
    let lines = u32::try_from(PARTNERS * PEOPLE * SESSIONS).unwrap();
    println!(
        "\n{PARTNERS} partners at once, {lines} lines: all done in {:.2} s ({:.0} lines/s); told to come later: {} times",
        total.as_secs_f64(),
        f64::from(lines) / total.as_secs_f64(),
        later.get()
    );
    head(&format!("{READERS} readers, {} ms between requests", PAUSE.as_millis()));
    row("a partner's submission, retries included", times);
    show(before, "before");
    show(during, "during");
}

/// A process that serves, killed when it is let go.
struct Process {
    child: Child,
    base: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn serve(binary: &str, database: &Database) -> Self {
        let log = database.dir.path().join("log");
        let out = File::create_new(&log).unwrap();
        let mut command = Command::new(binary);
        command.arg("serve").env_clear().stdin(Stdio::null()).stderr(out.try_clone().unwrap()).stdout(out);
        command.env("JALON_DATABASE_URL", &database.url).env("JALON_DATA_DIR", database.dir.path().join("data"));
        command.env("JALON_KEYS_DIR", keys_dir()).env("JALON_LISTEN", "127.0.0.1:0").env("JALON_PUBLIC_URL", "https://jalon.test");
        command.env("JALON_RATE_LIMIT", "off");
        let mut process = Self { child: command.spawn().unwrap_or_else(|error| panic!("{binary}: {error}")), base: String::new() };
        loop {
            let said = fs::read_to_string(&log).unwrap();
            let mut lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.find(|line| line["message"] == "listening") {
                process.base = format!("http://{}", line["address"].as_str().unwrap());
                return process;
            }
            assert!(process.child.try_wait().unwrap().is_none(), "it ended: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn main() {
    let asked = Asked::read();
    let (engine, database) = (asked.engine, asked.database());
    let binary = asked.value("--binary").unwrap_or(env!("CARGO_BIN_EXE_jalon_under_test"));
    let begun = Instant::now();
    runtime().block_on(async {
        let server = TestServer::start(&database, &[("JALON_PUBLIC_URL", "https://jalon.test")]).await;
        let world = world(&server).await;
        server.stop().await;
        println!("{engine:?}, {binary}; the département was made in {:.0} s", begun.elapsed().as_secs_f64());
        let process = Process::serve(binary, &database);
        let caller = |token: &str| Caller { http: reqwest::Client::new(), base: process.base.clone(), token: token.to_owned() };
        one_by_one(&caller(&world.first), &world.groups, &world.longest).await;
        all_at_once(&caller(&world.manager), &world.partners).await;
    });
    database.drop();
}
