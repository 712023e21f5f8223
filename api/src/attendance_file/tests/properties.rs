//! Files made at random: good ones in every dress, broken ones, and ours. Single rules are in `tests`.

use std::collections::HashMap;

use domain::submission::cells::{Cells, Column};
use encoding_rs::{ISO_8859_15, UTF_8, WINDOWS_1252};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::decoding::decode;
use super::super::{Row, read, write};

/// The columns of the files made here; the fifth is not ours.
const COLUMNS: [Option<Column>; 8] = [
    Some(Column::ExternalId),
    Some(Column::SessionReference),
    Some(Column::PersonReference),
    Some(Column::LastName),
    None,
    Some(Column::Status),
    Some(Column::Minutes),
    Some(Column::Reason),
];

/// How a file is written down.
#[derive(Clone, Copy, Debug)]
struct Dress {
    charset: (&'static str, bool),
    separator: char,
    line_end: &'static str,
    mark: bool,
    always_quotes: bool,
}

impl Dress {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for charset in
            [("utf-8", true), ("utf-8", false), ("windows-1252", true), ("windows-1252", false), ("iso-8859-1", true), ("iso-8859-15", true)]
        {
            for separator in [';', ',', '\t'] {
                for line_end in ["\r\n", "\n", "\r"] {
                    for (mark, always_quotes) in [(false, false), (false, true), (true, false), (true, true)] {
                        all.push(Self { charset, separator, line_end, mark, always_quotes });
                    }
                }
            }
        }
        all
    }

    fn charset(self) -> Option<&'static str> {
        self.charset.1.then_some(self.charset.0)
    }

    fn line(self, cells: &[String]) -> String {
        let quoted = |cell: &String| {
            let needs = self.always_quotes || cell.starts_with('"') || cell.contains([self.separator, '\n']);
            if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        };
        (cells.iter().map(quoted).collect::<Vec<_>>().join(&self.separator.to_string()) + "\n").replace('\n', self.line_end)
    }

    fn bytes(self, lines: &[Vec<String>]) -> Vec<u8> {
        let text: String = lines.iter().map(|cells| self.line(cells)).collect();
        let encoding = match self.charset.0 {
            "utf-8" => UTF_8,
            "iso-8859-15" => ISO_8859_15,
            _ => WINDOWS_1252,
        };
        let mark: &[u8] = if self.mark { b"\xef\xbb\xbf" } else { b"" };
        [mark, &encoding.encode(&text).0].concat()
    }
}

fn header(french: bool) -> Vec<String> {
    let name = |column: Option<Column>| column.map_or("Commentaire", |column| if french { column.label() } else { column.code() }).to_owned();
    COLUMNS.map(name).to_vec()
}

/// What a line should be read as.
fn cells_of(line: &[String]) -> Cells {
    let mut cells = Cells::default();
    for (text, column) in line.iter().zip(COLUMNS) {
        if let Some(column) = column {
            cells.put(column, text);
        }
    }
    cells
}

/// A line of a good file: a name with accents, separators and quotes, a comment that may span lines, and sometimes no end.
fn some_line() -> impl Strategy<Value = Vec<String>> {
    let name = "[A-ZÉÈÀÇ][a-zéèàçôï'\";, =-]{0,12}";
    let comment = "[a-zéèàçôï\";,]{0,6}(\n?[a-zéè \"]{1,8}){0,3}";
    (any::<u32>(), name, comment, select(&["present", "absent_unexcused", "Présent", ""][..]), 0..400u16, 5..=8usize).prop_map(
        |(number, name, comment, status, minutes, length)| {
            let reference = format!("P{number}");
            let mut line =
                vec![format!("E{number}"), "S-2026-1".to_owned(), reference, name, comment, status.to_owned(), minutes.to_string(), String::new()];
            line.truncate(length);
            line
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_good_file_reads_the_same_in_every_dress(
        french in any::<bool>(),
        blank_lines in 0..3usize,
        lines in vec(some_line(), 5..=60),
    ) {
        let blanks = vec![vec![String::new(); 3]; blank_lines];
        let file = [vec![header(french)], blanks, lines.clone()].concat();
        let mut line_number = 2 + blank_lines;
        let expected: Vec<_> = lines.iter().map(|line| {
            let expected = (line_number, cells_of(line));
            line_number += 1 + line.concat().matches('\n').count();
            expected
        }).collect();
        for dress in Dress::all() {
            let read = read(&dress.bytes(&file), dress.charset(), 60).unwrap();
            prop_assert!(read.rows.iter().all(|row| row.fault.is_none()), "{:?}", dress);
            let rows: Vec<_> = read.rows.into_iter().map(|row| (row.line_number as usize, row.cells)).collect();
            prop_assert!(rows == expected, "{:?}", dress);
            prop_assert_eq!(read.ignored_columns, ["Commentaire"]);
        }
    }

    #[test]
    fn a_file_of_ours_reads_as_it_was(texts in vec(vec("['=+@\t;,\"a-]{0,6}|\\PC{0,12}|'*[=@][^\n\r]{0,5}", 7), 1..20)) {
        let row = |(number, texts): (usize, Vec<String>)| {
            let mut row: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
            row.insert(0, format!("E{number}"));
            // NUL alone does not survive.
            row.iter().map(|text| text.replace('\0', "")).collect::<Vec<_>>()
        };
        let rows: Vec<_> = texts.into_iter().enumerate().map(row).collect();
        let header = header(false);
        let written = write(header.iter().map(String::as_str), rows.clone());
        let read = read(&written, None, 20).unwrap();
        for (number, (row, line)) in read.rows.iter().zip(&rows).enumerate() {
            prop_assert_eq!((row.line_number as usize, row.fault), (number + 2, None));
            prop_assert!(row.cells == cells_of(line), "{:?}", line);
        }
        prop_assert_eq!(read.rows.len(), rows.len());
    }
}

/// Twenty good lines, every one with all its cells, some with a comment over several lines.
fn good_lines() -> Vec<Vec<String>> {
    let comment = |number| match number % 5 {
        0 => "arrivé\nen \"retard\"\n".to_owned(),
        1 => "\"vu\"; signé".to_owned(),
        2 => ";absent, \"prévenu\"".to_owned(),
        _ => String::new(),
    };
    let line = |number: usize| {
        ["S-2026-1", &format!("P{number:03}"), "Lefèvre; dit \"Léo\"", &comment(number), "late", &(60 + number).to_string(), "santé"]
            .map(str::to_owned)
            .to_vec()
    };
    (0..20).map(|number| [vec![format!("E{number}")], line(number)].concat()).collect()
}

fn some_dress() -> impl Strategy<Value = Dress> {
    select(Dress::all())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_broken_file_never_moves_a_line(dress in some_dress(), kind in 0..5, place in any::<Index>(), byte in any::<u8>()) {
        let lines = good_lines();
        let written = dress.bytes(&[vec![header(false)], lines.clone()].concat());
        let place = place.index(written.len());
        let (before, after) = written.split_at(place);
        let broken = match kind {
            0 => [before, &[after[0] ^ byte], &after[1..]].concat(),
            1 => [before, &[if byte < 128 { b'"' } else { byte }], after].concat(),
            2 => [before, &after[1..]].concat(),
            3 => before.to_vec(),
            _ => {
                let is_end = |byte: &u8| b"\r\n".contains(byte);
                let start = before.iter().rposition(is_end).map_or(0, |end| end + 1);
                let end = after.iter().position(is_end).map_or(written.len(), |end| place + end + dress.line_end.len());
                [&written[..end.min(written.len())], &written[start..]].concat()
            }
        };
        let Ok(file) = read(&broken, dress.charset(), 100) else { return Ok(()) };
        let text = decode(&broken, dress.charset()).unwrap();
        let physical: Vec<&str> = text.split('\n').collect();
        let first_line = |line: &Vec<String>| Dress { line_end: "\n", ..dress }.line(line).lines().next().unwrap().to_owned();
        let originals: HashMap<_, _> = lines.iter().map(|line| (first_line(line), cells_of(line))).collect();
        let mut touched = 0;
        for Row { line_number, cells, .. } in &file.rows {
            let line = physical[*line_number as usize - 1];
            match originals.get(line) {
                Some(original) => prop_assert!(cells == original || !originals.values().any(|other| other == cells), "{}", line),
                None => touched += usize::from(originals.values().any(|original| original == cells)),
            }
        }
        prop_assert!(touched <= 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_stray_quote_costs_the_line_it_is_in_and_no_other(dress in some_dress(), victim in 0..20usize, place in any::<Index>()) {
        let lines = good_lines();
        let dress = Dress { charset: ("utf-8", false), ..dress };
        let mut written: Vec<String> = lines.iter().map(|line| dress.line(line)).collect();
        let mut places: Vec<usize> = written[victim].char_indices().map(|(place, _)| place).collect();
        // After CR and before LF it would be a line of its own.
        places.retain(|place| !written[victim][..*place].ends_with('\r') || dress.line_end == "\r");
        let place = places[place.index(places.len())];
        written[victim].insert(place, '"');
        let file = read((dress.line(&header(true)) + &written.concat()).as_bytes(), None, 200).unwrap();
        let found: HashMap<_, _> = file.rows.iter().map(|row| (row.line_number as usize, row)).collect();
        let mut line_number = 2;
        for (number, line) in lines.iter().enumerate() {
            if number != victim {
                let row = found.get(&line_number);
                prop_assert!(row.is_some_and(|row| row.fault.is_none() && row.cells == cells_of(line)), "line {} after {:?}", line_number, written[victim]);
            }
            line_number += 1 + line.concat().matches('\n').count();
        }
    }
}
