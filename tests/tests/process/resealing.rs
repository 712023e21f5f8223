//! Keys of social security numbers that come and go while numbers stay: rotated, resealed, dropped, lost, and a process killed in the
//! middle. No number is in the database in clear.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use api_tests::client::fresh_key;
use api_tests::database::Database;
use api_tests::on_databases;
use api_tests::rival::Rival;
use persistence::Engine;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use super::starting::mode;
use super::{Caller, Home, PATIENCE};

const MANAGER: &str = "manager@example.test";
const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// Somebody with a number.
struct Person {
    id: String,
    reference: String,
    name: &'static str,
    nir: String,
}

/// A place to give commands in, and a manager who calls what it serves.
struct House {
    home: Home,
    manager: Caller,
}

impl House {
    fn on(database: &Database) -> Self {
        let home = Home::on(database);
        home.expect(&["professional", "invite", MANAGER, "--role", "manager"]);
        let manager = Caller::with(home.expect(&["token", MANAGER]).trim());
        Self { home, manager }
    }

    fn keys(&self) -> PathBuf {
        self.home.dir.path().join("keys")
    }

    fn file(&self) -> PathBuf {
        self.keys().join("nir-keys")
    }

    /// The ids of the sealing keys in the file, the newest first.
    fn ids(&self) -> Vec<String> {
        let text = fs::read_to_string(self.file()).unwrap();
        let sealing = text.lines().filter_map(|line| line.strip_prefix("sealing "));
        sealing.map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
    }

    async fn post(&self, base: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.manager.http.post(format!("{base}{path}")).bearer_auth(&self.manager.token);
        let response = request.header("Idempotency-Key", fresh_key()).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Registers somebody; the number is theirs, and not recorded yet.
    async fn register(&self, base: &str, number: usize) -> Person {
        const NAMES: [(&str, &str); 4] = [("Vaugirard", "Solange"), ("Lempereur", "Timothée"), ("Chastaing", "Ophélie"), ("Bourdeix", "Gaspard")];
        let (last_name, first_name) = NAMES[number];
        let year = 1_961 + number * 11;
        let order = json!({"last_name": last_name, "first_name": first_name, "birth_date": format!("{year}-05-12")});
        let (status, person) = self.post(base, "/v1/beneficiaries", order).await;
        assert_eq!(status, 201, "{person}");
        let field = |name: &str| person[name].as_str().unwrap().to_owned();
        let nir = format!("1{:02}0587999{:03}", year - 1_900, 123 + number);
        Person { id: field("id"), reference: field("person_reference"), name: last_name, nir }
    }

    async fn record(&self, base: &str, person: &Person) -> u16 {
        self.post(base, &format!("/v1/beneficiaries/{}/nir", person.id), json!({"nir": person.nir})).await.0
    }

    /// Registers so many people and records their numbers.
    async fn people(&self, base: &str, numbers: std::ops::Range<usize>) -> Vec<Person> {
        let mut people = Vec::new();
        for number in numbers {
            let person = self.register(base, number).await;
            assert_eq!(self.record(base, &person).await, 200);
            people.push(person);
        }
        people
    }

    async fn assert_answers(&self, base: &str, people: &[Person]) {
        for person in people {
            let (status, answer) = self.manager.get(base, &format!("/v1/beneficiaries/{}/nir", person.id)).await.unwrap();
            let nir = answer["nir"].as_str().unwrap_or_default();
            assert!(status == 200 && nir.len() == 15 && nir.starts_with(&person.nir), "{}: {status}: {answer}", person.name);
        }
    }

    /// What resealing says: how many it resealed, and how many were under the first key already.
    fn reseal(&self, arguments: &[&str]) -> (u64, u64, String) {
        let said = self.home.expect(&[&["keys", "reseal"], arguments].concat());
        let numbers: Vec<u64> = said.lines().next().unwrap().split(' ').filter_map(|word| word.parse().ok()).collect();
        (numbers[0], numbers[1], said)
    }
}

/// How many numbers are sealed under a key.
async fn under(rival: &Rival, key: &str) -> i64 {
    rival.number(&format!("select count(*) from beneficiary_nir where key_id = '{key}'")).await.unwrap()
}

/// The SQL of an id.
fn id_in_sql(engine: Engine, id: &str) -> String {
    if engine == Engine::Sqlite { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}

#[test]
fn a_number_outlives_the_keys_that_sealed_it() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let mut people = house.people(&process.base, 0..2).await;
        process.kill();
        let before = house.ids();
        house.home.expect(&["keys", "rotate-nir"]);
        let rotated = house.ids();
        assert_eq!((rotated.len(), &rotated[1..], mode(&house.file())), (2, &before[..], 0o600));
        let process = house.home.serve().await;
        house.assert_answers(&process.base, &people).await;
        people.extend(house.people(&process.base, 2..3).await);
        process.kill();
        let (resealed, already, _) = house.reseal(&[]);
        assert_eq!((resealed, already, house.ids()), (2, 1, rotated.clone()), "no key is taken out unasked");
        let (resealed, already, said) = house.reseal(&["--drop-old"]);
        assert_eq!((resealed, already, house.ids(), mode(&house.file())), (0, 3, rotated[..1].to_vec(), 0o600), "{said}");
        let process = house.home.serve().await;
        house.assert_answers(&process.base, &people).await;
        // It is found as before: the number of one is not recorded for another.
        let taken = Person { nir: people[0].nir.clone(), ..house.register(&process.base, 3).await };
        assert_eq!(house.record(&process.base, &taken).await, 409);
    });
}

#[test]
fn a_server_that_runs_through_a_rotation_answers_and_records_all_the_time() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let base = process.base.clone();
        let mut people = house.people(&base, 0..1).await;
        let [former]: [String; 1] = house.ids().try_into().unwrap();
        house.home.expect(&["keys", "rotate-nir"]);
        people.extend(house.people(&base, 1..2).await);
        let rival = Rival::connect(&database.url).await;
        assert_eq!(under(&rival, &former).await, 2, "nothing told it of the new key");
        let (resealed, already, said) = house.reseal(&["--drop-old"]);
        assert_eq!((resealed, already, house.ids().len()), (2, 0, 1), "{said}");
        // The key that it would seal with was dropped: it finds the other one before it stores anything.
        people.extend(house.people(&base, 2..3).await);
        assert_eq!((under(&rival, &former).await, under(&rival, &house.ids()[0]).await), (0, 3));
        house.assert_answers(&base, &people).await;
        // Once more, and the first thing that it does is to read.
        house.home.expect(&["keys", "rotate-nir"]);
        assert_eq!(house.reseal(&[]).0, 3);
        house.assert_answers(&base, &people).await;
        people.extend(house.people(&base, 3..4).await);
        assert_eq!(under(&rival, &house.ids()[0]).await, 4);
        process.kill();
        house.assert_answers(&house.home.serve().await.base, &people).await;
    });
}

#[test]
fn an_instance_with_a_former_file_of_its_own_stores_nothing_that_nobody_else_opens() {
    on_databases(&[Engine::Postgres], async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let people = house.people(&process.base, 0..1).await;
        // Another machine, with a copy of the keys that it got one day.
        let elsewhere = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(house.keys()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, elsewhere.path().join(path.file_name().unwrap())).unwrap();
        }
        let mut other = House { home: Home::on(database), manager: house.manager.clone() };
        other.home.set("JALON_KEYS_DIR", elsewhere.path().to_str().unwrap());
        let forgotten = other.home.serve().await;
        house.assert_answers(&forgotten.base, &people).await;
        house.home.expect(&["keys", "rotate-nir"]);
        house.reseal(&["--drop-old"]);
        let newcomer = house.register(&process.base, 1).await;
        assert_eq!(house.record(&forgotten.base, &newcomer).await, 500);
        assert_eq!(house.record(&process.base, &newcomer).await, 200);
        let rival = Rival::connect(&database.url).await;
        assert_eq!(under(&rival, &house.ids()[0]).await, 2);
        forgotten.kill();
        let sentence = other.home.refused(&["serve"]);
        assert!(sentence.contains(&house.ids()[0]) && sentence.contains("nir-keys"), "{sentence}");
        // Where no number is left, the former file is still not the current one.
        rival.run("delete from beneficiary_nir").await;
        let sentence = other.home.refused(&["serve"]);
        assert!(sentence.contains("--drop-old") && sentence.contains("nir-keys"), "{sentence}");
    });
}

#[test]
fn a_start_without_a_key_that_some_number_needs_is_refused_with_its_id() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let people = house.people(&process.base, 0..1).await;
        process.kill();
        let [key]: [String; 1] = house.ids().try_into().unwrap();
        let good = fs::read(house.file()).unwrap();
        let digits = String::from_utf8(good.clone()).unwrap().lines().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
        // Lost: nothing is made in its place.
        fs::remove_file(house.file()).unwrap();
        for command in [["serve"].as_slice(), &["keys", "reseal"], &["token", MANAGER]] {
            let sentence = house.home.refused(command);
            assert!(sentence.contains(&key) && sentence.contains("nir-keys") && sentence.contains("backup"), "{command:?}: {sentence}");
            assert!(!house.file().exists(), "{command:?}");
        }
        // Made anew by hand: it is not the one that sealed them.
        house.home.expect(&["keys", "create"]);
        assert!(house.file().exists());
        let sentence = house.home.refused(&["serve"]);
        assert!(sentence.contains(&key) && !digits.iter().any(|digits| sentence.contains(digits)), "{sentence}");
        // Rotated, it still is not.
        house.home.expect(&["keys", "rotate-nir"]);
        house.home.refused(&["serve"]);
        // Damaged.
        fs::write(house.file(), &good[..good.len() - 1]).unwrap();
        let sentence = house.home.refused(&["serve"]);
        assert!(sentence.contains("nir-keys") && !digits.iter().any(|digits| sentence.contains(digits)), "{sentence}");
        // Put back.
        fs::write(house.file(), &good).unwrap();
        house.assert_answers(&house.home.serve().await.base, &people).await;
    });
}

#[test]
fn an_installation_from_before_these_keys_gets_them_and_keeps_the_others() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let others = || ["signing-key.pem", "pepper"].map(|name| fs::read(house.keys().join(name)).unwrap());
        let before = others();
        fs::remove_file(house.file()).unwrap();
        if database.engine == Engine::Postgres {
            let sentence = house.home.refused(&["serve"]);
            assert!(sentence.contains("jalon keys create") && sentence.contains("nir-keys") && !house.file().exists(), "{sentence}");
            house.home.expect(&["keys", "create"]);
        }
        let process = house.home.serve().await;
        assert_eq!((mode(&house.file()), others()), (0o600, before));
        let people = house.people(&process.base, 0..1).await;
        house.assert_answers(&process.base, &people).await;
        let made = fs::read(house.file()).unwrap();
        house.home.expect(&["keys", "create"]);
        assert_eq!(fs::read(house.file()).unwrap(), made, "existing ones stay");
    });
}

#[test]
fn resealing_that_is_killed_has_done_whole_chunks_and_goes_on_from_there() {
    on_databases(&BOTH, async |database| {
        const COPIES: u64 = 20_000;
        let house = House::on(database);
        let process = house.home.serve().await;
        let people = house.people(&process.base, 0..2).await;
        let rival = Rival::connect(&database.url).await;
        // Numbers that the second has had, all the same: what is sealed is bound to the person.
        let person = id_in_sql(database.engine, &people[1].id);
        let copies = format!(
            "with recursive n(i) as (select 2 union all select i + 1 from n where i <= {COPIES})
             insert into beneficiary_nir
                 (beneficiary_id, version, sealed, blind_index, current, provisional, key_id, recorded_by, recorded_at)
             select beneficiary_id, i, sealed, blind_index, false, provisional, key_id, recorded_by, recorded_at
             from beneficiary_nir, n where beneficiary_id = {person}"
        );
        assert_eq!(rival.run(&copies).await, COPIES);
        house.home.expect(&["keys", "rotate-nir"]);
        let first = house.ids()[0].clone();
        let mut child = house.home.command(&["keys", "reseal"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while under(&rival, &first).await == 0 {
            assert!(begun.elapsed() < PATIENCE, "it does nothing");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let done = under(&rival, &first).await.unsigned_abs();
        assert!((1_000..COPIES).contains(&done) && done % 1_000 == 0, "{done}");
        // The server goes on in between.
        house.assert_answers(&process.base, &people).await;
        let (resealed, already, said) = house.reseal(&["--drop-old"]);
        assert_eq!((resealed, already, house.ids()), (COPIES + 2 - done, done, vec![first.clone()]), "{said}");
        assert_eq!(under(&rival, &first).await.unsigned_abs(), COPIES + 2);
        house.assert_answers(&process.base, &people).await;
        process.kill();
    });
}

#[test]
fn a_number_that_does_not_open_stops_resealing_and_is_named_by_its_ids_alone() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let people = house.people(&process.base, 0..2).await;
        process.kill();
        let [former]: [String; 1] = house.ids().try_into().unwrap();
        let rival = Rival::connect(&database.url).await;
        let [one, other] = [0, 1].map(|place: usize| id_in_sql(database.engine, &people[place].id));
        // Somebody with the database and without the keys gives one person the number of another.
        let stolen = format!("(select sealed from beneficiary_nir where beneficiary_id = {one})");
        assert_eq!(rival.run(&format!("update beneficiary_nir set sealed = {stolen} where beneficiary_id = {other}")).await, 1);
        house.home.expect(&["keys", "rotate-nir"]);
        for arguments in [["keys", "reseal"].as_slice(), &["keys", "reseal", "--drop-old"]] {
            let sentence = house.home.refused(arguments);
            assert!([&people[1].id, "version 1", &former].iter().all(|part| sentence.contains(*part)), "{sentence}");
            for person in &people {
                assert!(![&person.nir, person.name, &person.reference].iter().any(|part| sentence.contains(*part)), "{sentence}");
            }
            assert_eq!((house.ids().len(), under(&rival, &former).await), (2, 2), "nothing is dropped, and no chunk is stored in part");
        }
    });
}

/// Whether these bytes are anywhere in the database: in the files of `SQLite`, in any row of PostgreSQL.
async fn holds(database: &Database, needle: &str) -> bool {
    let Some(path) = database.url.strip_prefix("sqlite://") else { return holds_in_rows(&database.url, needle).await };
    let found = |path: &Path| fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle.as_bytes());
    let log = PathBuf::from(format!("{path}-wal"));
    assert!(fs::metadata(&log).unwrap().len() > 0, "what was written last is in the log");
    found(Path::new(path)) || found(&log)
}

async fn holds_in_rows(url: &str, needle: &str) -> bool {
    let connection: DatabaseConnection = sea_orm::Database::connect(url).await.unwrap();
    let ask = async |sql: String| connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    // A row as a text has its bytes in hexadecimal.
    let in_hexadecimal = needle.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
    let tables = ask("select table_name::text from information_schema.tables where table_schema = 'public'".to_owned()).await;
    assert!(tables.len() > 40);
    for table in tables {
        let table: String = table.try_get_by_index(0).unwrap();
        let found = ask(format!("select 1 from \"{table}\" t where t::text like '%{needle}%' or t::text like '%{in_hexadecimal}%' limit 1")).await;
        if !found.is_empty() {
            return true;
        }
    }
    false
}

#[test]
fn no_number_is_anywhere_in_the_database_in_clear() {
    on_databases(&BOTH, async |database| {
        let house = House::on(database);
        let process = house.home.serve().await;
        let people = house.people(&process.base, 0..2).await;
        house.assert_answers(&process.base, &people).await;
        house.home.expect(&["keys", "rotate-nir"]);
        house.reseal(&["--drop-old"]);
        house.assert_answers(&process.base, &people).await;
        for person in &people {
            let (_, answer) = house.manager.get(&process.base, &format!("/v1/beneficiaries/{}/nir", person.id)).await.unwrap();
            let full = answer["nir"].as_str().unwrap();
            // The control first: what is in the database is found.
            for present in [&person.reference, person.name] {
                assert!(holds(database, present).await, "{present}");
            }
            for absent in [full, &person.nir] {
                assert!(!holds(database, absent).await, "{}", person.name);
            }
        }
        process.kill();
    });
}

#[test]
fn the_commands_say_what_they_do() {
    let home = Home::bare();
    let help = home.expect(&["keys", "--help"]);
    for command in ["create", "rotate-nir", "reseal"] {
        assert!(help.contains(command), "{help}");
    }
    assert!(home.expect(&["keys", "reseal", "--help"]).contains("--drop-old"));
    // Without a file there is nothing to rotate.
    let sentence = home.refused(&["keys", "rotate-nir"]);
    assert!(sentence.contains("jalon keys create"), "{sentence}");
}
