//! What a person's whole file and a search by name cost among 150,000 people:
//! `cargo bench -p api-tests --bench file -- [--postgres] [--people 150000]`
//!
//! The server runs in this process, on a database of its own. People are written beside it, by SQL, under the words that the house gives
//! their names. What is timed is a whole request over HTTP, the trace of the read included.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for whoever wants to know: what it cannot do stops it, and its output is its purpose"
)]

use std::time::{Duration, Instant};

use api_tests::TestServer;
use api_tests::database::runtime;
use api_tests::rival::Rival;
use domain::naming::{in_one, written};
use persistence::Engine;
use serde_json::{Value, json};
use uuid::Uuid;

mod asked;

use asked::{Asked, percentile};

const TIMES: usize = 2_000;
/// People with ten years of history, and how much of it: 40 interventions a year, an action a year of 60 half-days.
const OLD_HANDS: u64 = 200;
const INTERVENTIONS: u64 = 400;
const ENROLMENTS: u64 = 10;
const HALF_DAYS: u64 = 60;
/// Reads that are in the log already.
const READS: u64 = 100_000;

/// Half, and all but one in a hundred, of so many times.
fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    println!("{what:<60} p50 {:>7.2} ms   p99 {:>7.2} ms   ({} times)", percentile(&times, 50), percentile(&times, 99), times.len());
}

/// Some number that looks drawn, the same each time.
fn drawn(n: u64, turn: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ turn.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^= x >> 32;
    x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 29)
}

/// A name of `most` made ones: the first of them are many people's, the last hardly anybody's.
fn name(n: u64, turn: u64, most: u64) -> String {
    const HEADS: [&str; 20] =
        ["Mar", "Du", "Ber", "Le", "Mo", "Ro", "Gar", "Fau", "Cha", "Pe", "La", "Bon", "Ca", "Del", "Vi", "Sa", "Gi", "No", "Ta", "Re"];
    const MIDDLES: [&str; 12] = ["ti", "pon", "na", "lan", "ro", "che", "ma", "ri", "bou", "so", "ge", "de"];
    const TAILS: [&str; 12] = ["n", "rd", "t", "lle", "s", "zac", "nier", "vet", "gne", "dou", "x", "ry"];
    let uniform = drawn(n, turn) % (most * most);
    let rank = most - 1 - uniform.isqrt();
    let rank = usize::try_from(rank).unwrap();
    format!("{}{}{}{}", HEADS[rank % 20], MIDDLES[rank / 20 % 12], MIDDLES[rank / 7 % 12], TAILS[rank / 240 % 12])
}

fn person(n: u64) -> (String, String) {
    let last = if n.is_multiple_of(25) { format!("de {}-{}", name(n, 1, 4_000), name(n, 2, 4_000)) } else { name(n, 1, 4_000) };
    (last, name(n, 3, 600))
}

/// How an engine writes an id, a moment and a day.
struct Dialect(Engine);

impl Dialect {
    fn id(&self, kind: u64, n: u64) -> String {
        self.of(Uuid::from_u64_pair(kind, n))
    }

    fn of(&self, id: Uuid) -> String {
        match self.0 {
            Engine::Postgres => format!("'{id}'"),
            Engine::Sqlite => format!("x'{}'", id.simple()),
        }
    }

    fn no(&self) -> &'static str {
        if self.0 == Engine::Postgres { "false" } else { "0" }
    }
}

const AT: &str = "'2026-01-05T09:00:00+00:00'";

/// Inserts rows, some thousand at a time.
async fn insert(rival: &Rival, into: &str, rows: impl Iterator<Item = String>) {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let some: Vec<String> = rows.by_ref().take(2_000).collect();
        rival.run(&format!("insert into {into} values {}", some.join(", "))).await;
    }
}

struct World {
    territories: Vec<String>,
    professional: Uuid,
    organisation: Uuid,
    group: Uuid,
}

async fn fill(rival: &Rival, engine: Engine, world: &World, people: u64) {
    let sql = Dialect(engine);
    let territory = |n: u64| sql.of(world.territories[usize::try_from(n % world.territories.len() as u64).unwrap()].parse().unwrap());
    let rows = (0..people).map(|n| {
        let (last, first) = person(n);
        let birth = format!("19{:02}-{:02}-{:02}", 50 + drawn(n, 4) % 50, 1 + drawn(n, 5) % 12, 1 + drawn(n, 6) % 28);
        format!("({}, '87-{n}', '{last}', '{first}', '{birth}', {}, {}, 1, {AT}, {AT})", sql.id(1, n), territory(n), sql.no())
    });
    let columns = "beneficiary (id, reference, last_name, first_name, birth_date, territory_id, no_fixed_abode, version, created_at, updated_at)";
    insert(rival, columns, rows).await;
    let words = (0..people).flat_map(|n| {
        let (last, first) = person(n);
        let id = sql.id(1, n);
        let each = written(&last, &first, None);
        let words = in_one(&each);
        each.into_iter().map(move |word| format!("({id}, '{word}', '{words}')"))
    });
    insert(rival, "beneficiary_name (beneficiary_id, word, words)", words).await;
    let rights = (0..people).map(|n| format!("({}, {}, '2019-03-01', 'manual', '[]', 1, {AT}, {AT})", sql.id(2, n), sql.id(1, n)));
    insert(rival, "rsa_right (id, beneficiary_id, entered_on, source, duties, version, created_at, updated_at)", rights).await;
    let barriers = (0..people).map(|n| {
        let situation = ["mobility_no_transport", "housing_homeless", "digital_no_device"][usize::try_from(n % 3).unwrap()];
        let kind = situation.split('_').next().unwrap();
        format!("({}, {}, '{kind}', '{situation}', 'strong', '2020-03-01', 1, {AT}, {AT})", sql.id(3, n), sql.id(1, n))
    });
    insert(rival, "barrier (id, beneficiary_id, kind, situation, impact, opened_on, version, created_at, updated_at)", barriers).await;
    // Everybody has a few, those with a long history hundreds.
    let interventions = (0..people).flat_map(|n| (0..if n < OLD_HANDS { INTERVENTIONS } else { 3 }).map(move |turn| (n, turn)));
    let (by, at_home) = (sql.of(world.professional), sql.of(world.organisation));
    let interventions = interventions.map(|(n, turn)| {
        let day = format!("20{:02}-{:02}-{:02}", 16 + turn % 10, 1 + turn % 12, 1 + turn % 28);
        let id = sql.id(4, n * 1_000 + turn);
        format!(
            "({id}, {}, 'interview', 'housing', '{day}', 45, {by}, {at_home}, 'insertion', 'Point sur les démarches', 1, {AT}, {AT})",
            sql.id(1, n)
        )
    });
    let columns = "intervention (id, beneficiary_id, kind, theme, occurred_on, minutes, professional_id, organisation_id, framework, note, version, \
                   created_at, updated_at)";
    insert(rival, columns, interventions).await;
    histories(rival, &sql, world).await;
    reads(rival, &sql, world, people).await;
    if engine == Engine::Postgres {
        rival.run("vacuum analyze").await;
    } else {
        rival.run("analyze").await;
    }
}

/// Ten actions of sixty half-days each.
async fn histories(rival: &Rival, sql: &Dialect, world: &World) {
    let group = sql.of(world.group);
    let by = sql.of(world.professional);
    let sessions = (0..ENROLMENTS * HALF_DAYS).map(|n| {
        let day = format!("20{:02}-{:02}-{:02}", 16 + n / HALF_DAYS, 1 + n % HALF_DAYS / 6, 1 + n % 6 * 4);
        format!("({}, {group}, 'H-{n}', '{day}', 'morning', '09:00:00', '12:00:00', 'Salle', 1, 1, {AT}, {AT})", sql.id(6, n))
    });
    let columns = "session (id, group_id, reference, date, half_day, start_time, end_time, place, sheet_version, version, created_at, updated_at)";
    insert(rival, columns, sessions).await;
    let seats = || (0..OLD_HANDS).flat_map(|n| (0..ENROLMENTS).map(move |turn| (n, turn)));
    let enrolments = seats().map(|(n, turn)| {
        let year = 16 + turn;
        format!(
            "({}, {group}, {}, '20{year}-01-01', '20{year}-12-20', 'completed', 'rsa', 'direct', 1, {AT}, {AT})",
            sql.id(7, n * ENROLMENTS + turn),
            sql.id(1, n)
        )
    });
    let columns =
        "enrolment (id, group_id, beneficiary_id, starts_on, ends_on, end_reason, status_at_entry, origin, version, created_at, updated_at)";
    insert(rival, columns, enrolments).await;
    let marks = seats().flat_map(|(n, turn)| (0..HALF_DAYS).map(move |half_day| (n, turn, half_day)));
    let marks = marks.map(|(n, turn, half_day)| {
        let (session, enrolment) = (sql.id(6, turn * HALF_DAYS + half_day), sql.id(7, n * ENROLMENTS + turn));
        format!("({session}, {enrolment}, '{}', 1, {by}, {AT})", if half_day % 9 == 0 { "absent_unexcused" } else { "present" })
    });
    insert(rival, "attendance (session_id, enrolment_id, status, version, recorded_by, recorded_at)", marks).await;
}

/// The log of some weeks of reads: an engine that saw an empty one would plan its writes for that.
async fn reads(rival: &Rival, sql: &Dialect, world: &World, people: u64) {
    let by = sql.of(world.professional);
    let answers = (0..READS).map(|n| format!("({}, {AT}, {by}, 'caseworker', 'readBeneficiaryFile', {}, 1)", sql.id(8, n), sql.id(9, n)));
    insert(rival, "access (id, at, actor_id, acting_as, operation, request_id, people)", answers).await;
    let shown = (0..READS).map(|n| format!("({}, {})", sql.id(8, n), sql.id(1, drawn(n, 7) % people)));
    insert(rival, "access_person (access_id, beneficiary_id)", shown).await;
}

/// Somebody who asks, timed.
struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    async fn timed(&self, request: reqwest::RequestBuilder) -> (Duration, Value) {
        let begun = Instant::now();
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        let status = answer.status();
        let body = answer.bytes().await.unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        (begun.elapsed(), serde_json::from_slice(&body).unwrap())
    }

    async fn files(&self, from: u64, to: u64) -> Vec<Duration> {
        let mut times = Vec::new();
        for turn in 0..TIMES as u64 {
            let id = Uuid::from_u64_pair(1, from + drawn(turn, 9) % (to - from));
            let (time, file) = self.timed(self.http.get(format!("{}/v1/beneficiaries/{id}/file", self.base))).await;
            assert!(file["interventions"].as_array().unwrap().len() >= 3);
            times.push(time);
        }
        times
    }

    async fn searches(&self, typed: impl Fn(u64) -> String, people: u64) -> Vec<Duration> {
        let mut times = Vec::new();
        for turn in 0..TIMES as u64 {
            let order = json!({"name": typed(drawn(turn, 11) % people)});
            let (time, found) = self.timed(self.http.post(format!("{}/v1/beneficiaries/search", self.base)).json(&order)).await;
            assert!(found["items"].is_array());
            times.push(time);
        }
        times
    }

    async fn matches(&self, people: u64) -> Vec<Duration> {
        let mut times = Vec::new();
        for turn in 0..TIMES as u64 {
            let (last, first) = person(drawn(turn, 13) % people);
            let order = json!({"last_name": last, "first_name": first, "birth_date": "1985-05-12"});
            times.push(self.timed(self.http.post(format!("{}/v1/beneficiaries/match", self.base)).json(&order)).await.0);
        }
        times
    }
}

fn beginning(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

fn main() {
    let asked = Asked::read();
    let engine = asked.engine;
    let people: u64 = asked.value("--people").map_or(150_000, |text| text.parse().expect("a number of people"));
    let database = asked.database();
    runtime().block_on(async {
        let server = TestServer::start(&database, &[("JALON_RATE_LIMIT", "off")]).await;
        let given = server.given();
        let mut territories = Vec::new();
        for _ in 0..12 {
            territories.push(given.territory(&[]).await);
        }
        let caseworker = server.caseworker(&[&territories[0], &territories[1]]).await;
        let manager = server.manager().await;
        let group = given.group(&given.action(&given.organisation().await).await).await;
        let world = World {
            professional: manager.id().parse().unwrap(),
            organisation: server.department().parse().unwrap(),
            group: group.parse().unwrap(),
            territories,
        };
        let begun = Instant::now();
        fill(&Rival::connect(&database.url).await, engine, &world, people).await;
        println!("{engine:?}, {people} people, filled in {:.0} s", begun.elapsed().as_secs_f64());
        for (who, client) in [("manager", &manager), ("caseworker of 2 territories of 12", &caseworker)] {
            let base = format!("http://{}", server.address());
            let caller = Caller { http: reqwest::Client::new(), base, token: client.token().await.unwrap() };
            if who == "manager" {
                show("file, ten years of history", caller.files(0, OLD_HANDS).await);
                show("file, anybody", caller.files(OLD_HANDS, people).await);
            }
            let both = |n| format!("{} {}", person(n).1, person(n).0);
            show(&format!("search by first and last name, {who}"), caller.searches(both, people).await);
            let begun = |n| format!("{} {}", beginning(&person(n).0, 4), beginning(&person(n).1, 2));
            show(&format!("search by 4 and 2 letters, {who}"), caller.searches(begun, people).await);
            show(&format!("search by 3 letters, {who}"), caller.searches(|n| beginning(&person(n).0, 3), people).await);
            show(&format!("match, {who}"), caller.matches(people).await);
        }
        server.stop().await;
    });
    database.drop();
}
