//! Many files that somebody or something damaged: good ones in every form that spreadsheets give them, with lines that Excel spoilt
//! among the good, and files of which bytes were lost. Never a defect; each line is told by its physical number; each good line counts.

use std::fmt::Write as _;

use api_tests::spreadsheet::{Encoding, Form, HEADER, LABELS};
use api_tests::{Answer, TestServer, on_both, on_databases};
use persistence::Engine;
use serde_json::Value;

use super::files::large;
use super::{SUBMISSIONS, Sender, rehearse};

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// Once in so many times.
    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place + 1));
        }
    }
}

/// What a line of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    Bad,
}

/// A file, and where its lines are.
struct Mutant {
    file: Vec<u8>,
    charset: Option<&'static str>,
    /// The physical line of each, and what it is.
    lines: Vec<(u64, Kind)>,
    /// How it came to be.
    recipe: String,
}

const STATUSES: [[&str; 3]; 5] = [
    ["present", "Présent", "PRESENT"],
    ["late", "En retard", "en retard"],
    ["left_early", "Départ anticipé", "depart anticipe"],
    ["absent_excused", "Absence excusée", "ABSENCE EXCUSÉE"],
    ["absent_unexcused", "Absence non excusée", "absence non excusee"],
];

/// What spreadsheets and people do to a row, and the column in which it shows.
const DAMAGES: [(&str, &str); 12] = [
    ("external_id", "2,02603E+12"),
    ("external_id", "1.0E+10"),
    ("person_reference", "#REF!"),
    ("person_reference", "8,7E+13"),
    ("session_reference", "########"),
    ("session_reference", "#NOM?"),
    ("enrolment_id", "#N/A"),
    ("date", "46097"),
    ("date", "31/02/2026"),
    ("status", "Présente ?"),
    ("minutes", "1:30:00"),
    ("signed", "#VALEUR!"),
];

const COMMENTS: [&str; 12] =
    ["", "bien", "a dit \"oui\"", "5\" de pluie", "l'après-midi", "=1+1", "à revoir : 50 %", "'", "déjà vu…", "x;y", "x,y", "tab\tici"];

/// The cells of a good row.
fn good_row(chance: &mut Chance, sender: &Sender, place: usize, french: bool) -> Vec<String> {
    let mut cells = vec![String::new(); HEADER.len()];
    let mut set = |name: &str, text: &str| text.clone_into(&mut cells[HEADER.iter().position(|one| *one == name).unwrap()]);
    let by_group = chance.one_in(3);
    if by_group || chance.one_in(2) {
        set("group_code", &sender.code);
        set("date", if french { "16/03/2026" } else { "2026-03-16" });
        set("half_day", chance.of(&["morning", "Matin", "matin", "MATIN"]));
    }
    if !by_group {
        set("session_reference", &sender.reference);
    }
    if chance.one_in(3) {
        set("enrolment_id", sender.enrolment(place));
    } else {
        set("person_reference", sender.person(place));
    }
    if chance.one_in(2) {
        set("last_name", chance.of(&["Exemple", "EXEMPLE", "exemple"]));
        set("first_name", chance.of(&["Claude", "CLAUDE", "Cläude"]));
    }
    if chance.one_in(2) {
        set("external_id", &format!("ligne-{place}"));
    }
    if chance.one_in(4) {
        set("operation", chance.of(&["record", "Enregistrer"]));
    }
    let status = chance.below(STATUSES.len());
    set("status", STATUSES[status][chance.below(3)]);
    match status {
        1 | 2 => set("minutes", &(1 + chance.below(180)).to_string()),
        3 => set("reason", chance.of(&["illness", "Maladie", "MALADIE", "Événement familial"])),
        _ => {}
    }
    if status < 3 && chance.one_in(2) {
        set("signed", chance.of(&["true", "VRAI", "oui", "non", "FAUX", "1"]));
    }
    cells
}

impl Mutant {
    /// A good file with damaged lines in it.
    fn grown(chance: &mut Chance, sender: &Sender, people: usize) -> Self {
        let encoding = chance.of(&[Encoding::Utf8, Encoding::Utf8WithMark, Encoding::Windows1252]);
        let form =
            Form { encoding, separator: chance.of(&[';', ';', ',', '\t']), line_end: chance.of(&["\r\n", "\n"]), quotes_all: chance.one_in(4) };
        let french = chance.one_in(2);
        let charset = match encoding {
            Encoding::Windows1252 => chance.of(&[None, Some("windows-1252")]),
            _ => chance.of(&[None, Some("utf-8")]),
        };
        let mut recipe = format!("{form:?}, French: {french}, charset: {charset:?}");

        // Columns: ours in any order, and others among them.
        let mut columns: Vec<(String, Option<usize>)> =
            (0..HEADER.len()).map(|at| (if french { LABELS[at] } else { HEADER[at] }.to_owned(), Some(at))).collect();
        for (name, _) in &mut columns {
            *name = match chance.below(6) {
                0 => name.to_uppercase(),
                1 => format!(" {name} "),
                _ => name.clone(),
            };
        }
        let others = chance.below(4);
        columns.extend((0..others).map(|at| (format!("Remarque {at}"), None)));
        if chance.one_in(2) {
            chance.shuffle(&mut columns);
        }
        let trailing = if chance.one_in(4) { form.separator.to_string().repeat(1 + chance.below(3)) } else { String::new() };

        let (mut text, mut number) = (String::new(), 0_u64);
        let mut put = |line: &str, text: &mut String| {
            let at = number + 1;
            number += 1 + u64::try_from(line.matches('\n').count()).unwrap();
            text.push_str(line);
            text.push_str(form.line_end);
            at
        };
        if chance.one_in(8) {
            put(&format!("sep={}", form.separator), &mut text);
            recipe.push_str(", sep=");
        }
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        put(&format!("{}{trailing}", form.line(&names)), &mut text);
        let mut lines = Vec::new();
        for place in 0..people {
            if chance.one_in(8) {
                put(&chance.of(&[String::new(), form.separator.to_string().repeat(columns.len() - 1), "  ".to_owned()]), &mut text);
            }
            let mut cells = good_row(chance, sender, place, french);
            let mut kind = Kind::Good;
            if chance.one_in(5) {
                let (name, damage) = chance.of(&DAMAGES);
                damage.clone_into(&mut cells[HEADER.iter().position(|one| *one == name).unwrap()]);
                kind = Kind::Bad;
                write!(recipe, ", {name} {damage} of {place}").unwrap();
            }
            let row: Vec<String> = columns
                .iter()
                .map(|(_, at)| {
                    let Some(at) = at else {
                        let comment = chance.of(&COMMENTS);
                        // Written without the quotes that it needs, as people do by hand, unless that makes two cells of it.
                        return if comment.contains(form.separator) || chance.one_in(2) { form.cell(comment) } else { comment.to_owned() };
                    };
                    match chance.below(12) {
                        0 if !cells[*at].is_empty() => form.cell(&format!(" {} ", cells[*at])),
                        1 if !cells[*at].is_empty() => form.cell(&format!("{}\u{a0}", cells[*at])),
                        2 => format!("\"{}\"", cells[*at].replace('"', "\"\"")),
                        _ => form.cell(&cells[*at]),
                    }
                })
                .collect();
            let mut line = row.join(&form.separator.to_string());
            if kind == Kind::Good && chance.one_in(20) {
                // A quote that opens a line and is never closed spoils that line alone.
                line = format!("\"{}", line.replace('"', ""));
                kind = Kind::Bad;
                write!(recipe, ", an open quote at {place}").unwrap();
            } else if chance.one_in(20) && others > 0 && columns.last().unwrap().1.is_none() {
                // A comment on two lines, in quotes, is one line of the table.
                let cut = line.len() - row.last().unwrap().len();
                line.truncate(cut);
                write!(line, "\"en deux{}lignes\"", form.line_end).unwrap();
                write!(recipe, ", two lines at {place}").unwrap();
            }
            let at = put(&format!("{line}{trailing}"), &mut text);
            lines.push((at, kind));
        }
        for _ in 0..chance.below(3) {
            put(&chance.of(&[String::new(), form.separator.to_string().repeat(columns.len())]), &mut text);
        }
        if chance.one_in(3) {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        Self { file: form.bytes(&text), charset, lines, recipe }
    }

    async fn rehearse(&self, sender: &Sender) -> Answer {
        let kind = self.charset.map_or_else(|| "text/csv".to_owned(), |charset| format!("text/csv; charset={charset}"));
        let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).header("Content-Type", &kind);
        ask.bytes(self.file.clone()).send().await
    }

    /// What is told otherwise than it is.
    fn faults(&self, answer: &Answer) -> Vec<String> {
        if answer.status != 200 {
            return vec![format!("{} {}", answer.status, answer.text())];
        }
        let receipt = answer.json();
        let told = receipt["lines"].as_array().unwrap();
        let is = |line: &Value| if line["outcome"] == "recorded" { Kind::Good } else { Kind::Bad };
        let found: Vec<(u64, Kind)> = told.iter().map(|line| (line["line_number"].as_u64().unwrap(), is(line))).collect();
        let missed = self.lines.iter().filter(|line| !found.contains(line)).map(|line| format!("{line:?} is told otherwise"));
        let invented = found.iter().zip(told).filter(|(line, _)| !self.lines.contains(line)).map(|(_, line)| format!("told: {line}"));
        missed.chain(invented).collect()
    }
}

/// As many files as there is time for, and how many of them came otherwise.
fn count(server: &TestServer, many: usize) -> usize {
    if server.engine == Engine::Sqlite { many } else { many / 10 }
}

#[test]
fn good_lines_count_in_every_form_and_bad_ones_are_told_where_they_are() {
    on_both(async |server| {
        let sender = Sender::new(server, 14).await;
        let mut chance = Chance(20_260_316);
        let mut wrong = Vec::new();
        let (mut good, mut bad) = (0, 0);
        let many = count(server, 400);
        for _ in 0..many {
            let people = 1 + chance.below(14);
            let mutant = Mutant::grown(&mut chance, &sender, people);
            let answer = mutant.rehearse(&sender).await;
            good += mutant.lines.iter().filter(|(_, kind)| *kind == Kind::Good).count();
            bad += mutant.lines.iter().filter(|(_, kind)| *kind == Kind::Bad).count();
            let faults = mutant.faults(&answer);
            if !faults.is_empty() {
                let shown = String::from_utf8_lossy(&mutant.file).into_owned();
                wrong.push(format!("{}\n  {}\n{shown:.3000}", mutant.recipe, faults.join("\n  ")));
            }
        }
        assert!(good > 4 * many && bad > many / 2, "{good} good, {bad} bad");
        assert!(wrong.is_empty(), "{} of {many} files, the first of them:\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n----\n"));
    });
}

#[test]
fn files_that_lost_bytes_are_refused_or_told_line_by_line_and_never_a_defect() {
    on_both(async |server| {
        let sender = Sender::new(server, 10).await;
        let mut chance = Chance(1789);
        for round in 0..count(server, 100) {
            let Mutant { mut file, recipe, .. } = Mutant::grown(&mut chance, &sender, 10);
            for _ in 0..=chance.below(8) {
                let at = chance.below(file.len().max(1));
                match chance.below(6) {
                    0 => file.truncate(at),
                    1 => drop(file.drain(at..(at + chance.below(40)).min(file.len()))),
                    2 => file.insert(at, chance.of(b"\";,\t\n\r'=\\\xff\xc3\x00\x1a ")),
                    3 => {
                        let again: Vec<u8> = file[at..(at + chance.below(60)).min(file.len())].to_vec();
                        file.splice(at..at, again);
                    }
                    _ => {
                        if let Some(byte) = file.get_mut(at) {
                            *byte = u8::try_from(chance.below(256)).unwrap();
                        }
                    }
                }
                if file.is_empty() {
                    break;
                }
            }
            let answer = rehearse(&sender.machine, file.clone()).await;
            assert!(matches!(answer.status, 200 | 400 | 422), "{round}, {recipe}: {}", answer.text());
            if answer.status == 200 {
                let last = answer.json()["lines"].as_array().unwrap().last().unwrap()["line_number"].as_u64().unwrap();
                let most = file.iter().filter(|byte| [b'\n', b'\r'].contains(byte)).count() + 1;
                assert!(last <= u64::try_from(most).unwrap(), "{round}: line {last} of {most}");
            }
        }
    });
}

#[test]
fn five_thousand_lines_keep_their_numbers() {
    on_both(async |server| {
        let (sender, mut sheet) = large(server).await;
        sheet.rows.truncate(5000);
        sheet.add_column("Remarque", "");
        let mut chance = Chance(42);
        let (mut text, mut number, mut expected) = (Form::EXCEL.line(&sheet.header) + "\r\n", 1_u64, Vec::new());
        for row in 0..sheet.rows.len() {
            let mut cells = sheet.rows[row].clone();
            number += 1;
            let mut outcome = "recorded";
            match chance.below(40) {
                0 => {
                    text.push_str("\r\n");
                    number += 1;
                }
                1 => {
                    cells[sheet.column("status")] = "Présente".to_owned();
                    outcome = "rejected";
                }
                2 => cells[sheet.column("Remarque")] = "a dit \"non\"".to_owned(),
                3 => {
                    cells[sheet.column("external_id")] = "2,02E+11".to_owned();
                    outcome = "rejected";
                }
                _ => {}
            }
            expected.push((number, outcome));
            text.push_str(&cells.join(";"));
            text.push_str("\r\n");
        }
        let answer = rehearse(&sender.machine, Form::EXCEL.bytes(&text)).await.expect(200);
        let receipt = answer.json();
        let told: Vec<(u64, &str)> = receipt["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (line["line_number"].as_u64().unwrap(), line["outcome"].as_str().unwrap()))
            .collect();
        let wrong = told.iter().zip(&expected).find(|(told, expected)| told != expected);
        assert!(told.len() == 5000 && wrong.is_none(), "{} lines, {wrong:?}", told.len());
    });
}

/// Files that a reader might go through again and again. Each takes its time once: no database has a part in it.
#[test]
fn files_made_to_keep_a_server_busy_do_not() {
    on_databases(&[Engine::Sqlite], async |database| {
        const SIZE: usize = 1024 * 1024;
        let server = &TestServer::start(database, &[]).await;
        let sender = Sender::new(server, 1).await;
        let header = "session_reference;person_reference;status;note;note 2\n";
        let good = format!("{};{};present;;\n", sender.reference, sender.person(0));
        let filled = |unit: &str| format!("{header}{good}{}", unit.repeat((SIZE - header.len() - good.len()) / unit.len()));
        let mut slow = Vec::new();
        for (name, file) in [
            ("an open quote in each line", filled("x;y;present;\"z;\n")),
            ("an open quote in each cell", filled("\";\";\";\";\"\n")),
            ("nothing but quotes", filled("\"")),
            ("nothing but pairs of quotes", filled("\"\"\n")),
            ("quotes and separators", filled("\";")),
            ("an open quote in each other line", filled("x;y;present;\"z;\n\n")),
            ("a quoted cell that ends in the last line", format!("{}\"\n", filled("x;y;present;\"a\n"))),
            ("nothing but separators", filled(";")),
            ("nothing but lines", filled("\n")),
            ("nothing but returns", filled("\r")),
            ("blank lines", filled(";;;;\r\n")),
            ("short lines", filled("a\n")),
            ("one cell", filled("x")),
            ("a header of separators", format!("status{}\n{good}", ";".repeat(SIZE - 200))),
            ("a header of names", format!("{}status\n{good}", "a;".repeat(SIZE / 2 - 200))),
            ("a header of quotes", format!("{}\n{good}", "\"".repeat(SIZE - 200))),
            ("a header of quoted lines", format!("{}\n{good}", "\"a\n;".repeat(SIZE / 4 - 200))),
            ("nothing before the header", format!("{}{header}{good}", "\n".repeat(SIZE - 400))),
        ] {
            let started = std::time::Instant::now();
            let ask = sender.machine.ask("POST", &format!("{SUBMISSIONS}?dry_run=true")).header("Connection", "close").csv(file);
            let answer = ask.send().await;
            assert!(matches!(answer.status, 200 | 400 | 422), "{name}: {}", answer.text());
            let took = started.elapsed();
            if took.as_secs() >= 15 {
                slow.push(format!("{name}: {took:?}, {}", answer.status));
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n"));
        server.anonymous().get("/readyz").await.expect(200);
        server.stop().await;
        server.assert_contract_was_kept();
    });
}
