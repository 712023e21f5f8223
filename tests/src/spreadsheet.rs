//! Tables of texts, and the files that spreadsheets make of them: encodings, separators, quotes, line ends. What the texts mean is not
//! here.

use std::fmt::Write as _;

/// The technical header of a file of attendance.
pub const HEADER: [&str; 15] = [
    "external_id",
    "operation",
    "session_reference",
    "group_code",
    "date",
    "half_day",
    "enrolment_id",
    "person_reference",
    "last_name",
    "first_name",
    "status",
    "minutes",
    "reason",
    "signed",
    "version",
];

/// The same in French.
pub const LABELS: [&str; 15] = [
    "Identifiant externe",
    "Opération",
    "Référence de la séance",
    "Code du groupe",
    "Date",
    "Demi-journée",
    "Identifiant d'inscription",
    "Référence de la personne",
    "Nom",
    "Prénom",
    "Statut",
    "Minutes",
    "Motif",
    "Signé",
    "Version",
];

/// In which bytes a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8WithMark,
    /// What Excel calls ANSI in France.
    Windows1252,
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// In which bytes.
    pub encoding: Encoding,
    /// Between cells.
    pub separator: char,
    /// After lines.
    pub line_end: &'static str,
    /// Whether every cell is put in quotes, or only those that need it.
    pub quotes_all: bool,
}

impl Form {
    /// As Excel saves it in France.
    pub const EXCEL: Self = Self { encoding: Encoding::Windows1252, separator: ';', line_end: "\r\n", quotes_all: false };
    /// As `LibreOffice` saves it unless told otherwise.
    pub const LIBRE_OFFICE: Self = Self { encoding: Encoding::Utf8, separator: ',', line_end: "\n", quotes_all: false };
    /// As our own files are.
    pub const OURS: Self = Self { encoding: Encoding::Utf8WithMark, separator: ';', line_end: "\r\n", quotes_all: false };

    /// A cell, in quotes when it needs them.
    pub fn cell(&self, text: &str) -> String {
        if self.quotes_all || text.contains([self.separator, '"', '\r', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    }

    /// A line, without its end.
    pub fn line(&self, cells: &[String]) -> String {
        cells.iter().map(|cell| self.cell(cell)).collect::<Vec<_>>().join(&self.separator.to_string())
    }

    /// The bytes of a text.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf8WithMark => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Encoding::Windows1252 => text.chars().map(windows_1252).collect(),
        }
    }
}

/// A character as one byte.
///
/// # Panics
///
/// When there is none for it.
fn windows_1252(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '…' => 0x85,
        'Œ' => 0x8c,
        '‘' => 0x91,
        '’' => 0x92,
        '–' => 0x96,
        'œ' => 0x9c,
        c if (c as u32) < 0x80 || (0xa0..=0xff).contains(&(c as u32)) => u8::try_from(c as u32).unwrap(),
        c => panic!("{c:?} is not in windows-1252"),
    }
}

/// A table with a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The names of its columns.
    pub header: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { header: HEADER.map(str::to_owned).to_vec(), rows: Vec::new() }
    }
}

impl Sheet {
    /// Reads one of our own files.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn read(file: &[u8]) -> Self {
        let text = std::str::from_utf8(file).unwrap();
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        let mut records = records(text, ';');
        let header = records.remove(0);
        assert!(records.iter().all(|record| record.len() == header.len()), "lines of {} cells: {text}", header.len());
        Self { header, rows: records }
    }

    /// The place of a column.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn column(&self, name: &str) -> usize {
        self.header.iter().position(|one| one == name).unwrap_or_else(|| panic!("no column {name} in {:?}", self.header))
    }

    /// A cell.
    pub fn get(&self, row: usize, name: &str) -> &str {
        &self.rows[row][self.column(name)]
    }

    /// Writes a cell.
    pub fn set(&mut self, row: usize, name: &str, text: &str) {
        let column = self.column(name);
        text.clone_into(&mut self.rows[row][column]);
    }

    /// Changes every cell of a column.
    pub fn map(&mut self, name: &str, change: impl Fn(&str) -> String) {
        let column = self.column(name);
        for row in &mut self.rows {
            row[column] = change(&row[column]);
        }
    }

    /// One more row with these cells, the others being empty.
    pub fn push(&mut self, cells: &[(&str, &str)]) {
        self.rows.push(vec![String::new(); self.header.len()]);
        for (name, text) in cells {
            self.set(self.rows.len() - 1, name, text);
        }
    }

    /// One more column, of this text.
    pub fn add_column(&mut self, name: &str, text: &str) {
        self.header.push(name.to_owned());
        for row in &mut self.rows {
            row.push(text.to_owned());
        }
    }

    /// The file of it.
    pub fn file(&self, form: &Form) -> Vec<u8> {
        let mut text = String::new();
        for line in std::iter::once(&self.header).chain(&self.rows) {
            let _ = write!(text, "{}{}", form.line(line), form.line_end);
        }
        form.bytes(&text)
    }

    /// What a French Excel makes of it between opening and saving: labels for codes, days the other way round.
    #[must_use]
    pub fn in_french(&self, words: &[(&str, &str)]) -> Self {
        let word = |text: &str| words.iter().find(|(code, _)| *code == text).map_or_else(|| text.to_owned(), |(_, label)| (*label).to_owned());
        let mut french = self.clone();
        for name in ["operation", "half_day", "status", "reason"] {
            french.map(name, word);
        }
        french.map("signed", |text| match text {
            "true" => "VRAI".to_owned(),
            "false" => "FAUX".to_owned(),
            other => other.to_owned(),
        });
        french.map("date", french_day);
        french.header =
            french.header.iter().map(|name| HEADER.iter().position(|one| one == name).map_or(name.as_str(), |at| LABELS[at]).to_owned()).collect();
        french
    }
}

/// `21/11/2026` for `2026-11-21`.
pub fn french_day(text: &str) -> String {
    match text.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => text.to_owned(),
    }
}

/// The records of a well-formed file.
fn records(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && record.is_empty(), "a file that ends in the middle of a line: {text}");
    records
}
