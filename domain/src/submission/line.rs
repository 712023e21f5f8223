//! One line of a submission, read from its texts: codes or French labels, two ways to write a day, and the damage that spreadsheets
//! do. What becomes of it is not here.

use std::collections::HashMap;
use std::str::FromStr;

use super::ExternalId;
use super::cells::{Cells, Column};
use crate::attendance::{AttendanceStatus, MarkValue};
use crate::calendar::{Day, HalfDay};
use crate::codes;
use crate::enrolment::Enrolment;
use crate::id::Id;
use crate::identifier::person_reference::PersonReference;
use crate::refusal::Rule;
use crate::session::{Session, Slot};
use crate::text::{Line as Text, Name, folded};
use crate::vocabulary::Term;

codes! {
    /// What a line asks for.
    Operation {
        /// Mark the person so, whatever stood there.
        Record = "record",
        /// Change the mark that has this version.
        Correct = "correct",
        /// Unmark, from the mark that has this version.
        Void = "void",
    }
}

/// Something wrong with a line, or to be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// Where.
    pub column: Column,
    /// What.
    pub rule: Rule,
    /// Where the session is now, when it moved.
    pub moved_to: Option<Slot>,
}

impl LineFault {
    /// A rule broken at a column.
    pub const fn at(column: Column, rule: Rule) -> Self {
        Self { column, rule, moved_to: None }
    }
}

/// How a line names its session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionNames {
    /// By its id.
    pub id: Option<Id<Session>>,
    /// By its id, written where the reference stands: a file has no column for it.
    pub reference_id: Option<Id<Session>>,
    /// By its reference.
    pub reference: Option<String>,
    /// By its group, with the half-day.
    pub group_code: Option<String>,
    /// The day.
    pub date: Option<Day>,
    /// The half of it.
    pub half_day: Option<HalfDay>,
}

impl SessionNames {
    /// The group and half-day, when they name a session by themselves.
    pub fn place(&self) -> Option<(&str, Day, HalfDay)> {
        Some((self.group_code.as_deref()?, self.date?, self.half_day?))
    }

    /// The column in which a half-day is named that is not this one.
    pub fn departs_from(&self, slot: &Slot) -> Option<Column> {
        if self.date.is_some_and(|date| date != slot.date) {
            return Some(Column::Date);
        }
        self.half_day.filter(|half_day| *half_day != slot.half_day).map(|_| Column::HalfDay)
    }

    fn name_one(&self) -> bool {
        self.id.is_some() || self.reference_id.is_some() || self.reference.is_some() || self.place().is_some()
    }
}

/// How a line names its person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PersonNames {
    /// By the enrolment.
    pub enrolment: Option<Id<Enrolment>>,
    /// By the reference.
    pub reference: Option<PersonReference>,
    /// Family name, which only confirms.
    pub last_name: Option<Name>,
    /// First name, which only confirms.
    pub first_name: Option<Name>,
}

impl PersonNames {
    fn name_anybody(&self) -> bool {
        self.enrolment.is_some() || self.reference.is_some() || self.last_name.is_some() || self.first_name.is_some()
    }
}

/// What a line asks for, once its texts are understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOrder {
    /// Record, correct or void.
    pub operation: Operation,
    /// The version of the mark that is corrected or voided.
    pub version: Option<i32>,
    /// At which session.
    pub session: SessionNames,
    /// For whom.
    pub person: PersonNames,
    /// The mark, unmarked for a void.
    pub value: MarkValue,
}

/// A line as it came, with what it asks for.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its line in the file, the header being line 1; none in JSON.
    pub line_number: Option<u32>,
    /// Its texts.
    pub cells: Cells,
    /// The partner's own name of it.
    pub external_id: Option<ExternalId>,
    /// What it asks for; none when it is a row left empty; or what is wrong with its form.
    pub asks: Result<Option<LineOrder>, Vec<LineFault>>,
}

/// The words for codes that a file may use, French and English.
#[derive(Clone, Debug, Default)]
pub struct Labels(HashMap<(Column, String), String>);

impl Labels {
    /// The reference lists whose labels stand in files.
    const LISTS: [(&'static str, Column); 4] = [
        ("attendance_operations", Column::Operation),
        ("half_days", Column::HalfDay),
        ("attendance_statuses", Column::Status),
        ("absence_reasons", Column::Reason),
    ];

    /// From rows (list, code, label).
    pub fn new(rows: impl IntoIterator<Item = (String, String, String)>) -> Self {
        let mut words = HashMap::new();
        for (list, code, label) in rows {
            if let Some((_, column)) = Self::LISTS.iter().find(|(one, _)| *one == list) {
                words.insert((*column, folded(&label)), code.clone());
                words.insert((*column, folded(&code)), code);
            }
        }
        Self(words)
    }

    /// The code meant by a word, or the word itself.
    fn code<'a>(&'a self, column: Column, text: &'a str) -> &'a str {
        self.0.get(&(column, folded(text))).map_or(text, String::as_str)
    }
}

/// Takes the texts of one line apart and gathers what is wrong with them.
struct Reader<'a> {
    cells: &'a Cells,
    labels: &'a Labels,
    faults: Vec<LineFault>,
}

impl Reader<'_> {
    fn fault(&mut self, column: Column, rule: Rule) {
        self.faults.push(LineFault::at(column, rule));
    }

    fn read<T>(&mut self, column: Column, parse: impl FnOnce(&str) -> Result<T, Rule>) -> Option<T> {
        let text = self.cells.get(column)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(rule) => {
                self.fault(column, rule);
                None
            }
        }
    }

    fn identifier<T: FromStr<Err = Rule>>(&mut self, column: Column) -> Option<T> {
        self.read(column, |text| if is_mangled(text) { Err(Rule::IdentifierMangled) } else { text.parse() })
    }

    fn code<T: FromStr<Err = Rule>>(&mut self, column: Column) -> Option<T> {
        let labels = self.labels;
        self.read(column, |text| labels.code(column, text).parse())
    }

    fn session(&mut self) -> SessionNames {
        let reference: Option<Text<64>> = self.identifier(Column::SessionReference);
        let reference_id = reference.as_deref().and_then(|text| text.parse().ok());
        SessionNames {
            id: self.identifier(Column::SessionId),
            reference_id,
            reference: reference.filter(|_| reference_id.is_none()).map(|reference| reference.to_uppercase()),
            group_code: self.identifier::<Text<24>>(Column::GroupCode).map(|code| code.to_uppercase()),
            date: self.read(Column::Date, written_day),
            half_day: self.code(Column::HalfDay),
        }
    }

    fn person(&mut self) -> PersonNames {
        PersonNames {
            enrolment: self.identifier(Column::EnrolmentId),
            reference: self.identifier(Column::PersonReference),
            last_name: self.read(Column::LastName, str::parse),
            first_name: self.read(Column::FirstName, str::parse),
        }
    }

    fn mark(&mut self) -> MarkValue {
        MarkValue {
            status: self.code::<AttendanceStatus>(Column::Status),
            minutes: self.read(Column::Minutes, number),
            reason: self.code::<Term>(Column::Reason),
            signed: self.read(Column::Signed, yes_or_no),
        }
    }
}

impl Line {
    /// Reads a line's texts.
    pub fn read(line_number: Option<u32>, cells: Cells, labels: &Labels) -> Self {
        let mut reader = Reader { cells: &cells, labels, faults: Vec::new() };
        let external_id = reader.identifier::<ExternalId>(Column::ExternalId);
        let asked = reader.code::<Operation>(Column::Operation);
        let version = reader.read(Column::Version, number);
        let session = reader.session();
        let person = reader.person();
        let said = [Column::Status, Column::Minutes, Column::Reason, Column::Signed].iter().any(|column| cells.get(*column).is_some());
        let operation = asked.unwrap_or(Operation::Record);
        if line_number.is_some() && !said && cells.get(Column::Operation).is_none() && reader.faults.is_empty() {
            return Self { line_number, cells, external_id, asks: Ok(None) };
        }
        let value = if operation == Operation::Void { MarkValue::default() } else { reader.mark() };
        let known = asked.is_some() || cells.get(Column::Operation).is_none();
        if known && operation != Operation::Void && cells.get(Column::Status).is_none() {
            reader.fault(Column::Status, Rule::StatusRequired);
        }
        if operation != Operation::Record && cells.get(Column::Version).is_none() {
            reader.fault(Column::Version, Rule::VersionRequired);
        }
        if reader.faults.is_empty() && external_id.is_none() {
            if !session.name_one() {
                reader.fault(Column::SessionReference, Rule::SessionRequired);
            }
            if !person.name_anybody() {
                reader.fault(Column::PersonReference, Rule::PersonRequired);
            }
        }
        let faults = reader.faults;
        let asks = if faults.is_empty() { Ok(Some(LineOrder { operation, version, session, person, value: value.settled() })) } else { Err(faults) };
        Self { line_number, cells, external_id, asks }
    }

    /// A line of a file whose cells could not be told apart.
    pub fn broken(line_number: u32, cells: Cells, rule: Rule) -> Self {
        let first = Column::HEADER.into_iter().find(|column| cells.get(*column).is_some()).unwrap_or(Column::ExternalId);
        Self { line_number: Some(line_number), cells, external_id: None, asks: Err(vec![LineFault::at(first, rule)]) }
    }
}

/// What a spreadsheet leaves of an identifier: `2,02601E+16`, `#REF!`, `#####`.
fn is_mangled(text: &str) -> bool {
    if text.starts_with('#') {
        return true;
    }
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = match mantissa.split_once([',', '.']) {
        Some((whole, decimals)) => digits(whole) && digits(decimals),
        None => digits(mantissa),
    };
    number && exponent.strip_prefix(['+', '-']).is_some_and(digits)
}

/// `2026-11-21` or `21/11/2026`, with the midnight that some spreadsheets add.
fn written_day(text: &str) -> Result<Day, Rule> {
    let text = match text.split_once([' ', 'T']) {
        Some((day, time)) if !time.is_empty() && time.bytes().all(|b| matches!(b, b'0' | b':' | b'.')) => day,
        _ => text,
    };
    let mut parts = text.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), Some(year), None) if (1..=2).contains(&day.len()) && (1..=2).contains(&month.len()) && year.len() == 4 => {
            format!("{year}-{month:0>2}-{day:0>2}").parse()
        }
        _ => text.parse(),
    }
}

fn number(text: &str) -> Result<i32, Rule> {
    let digits = text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().map_err(|_| Rule::NumberMalformed) } else { Err(Rule::NumberMalformed) }
}

fn yes_or_no(text: &str) -> Result<bool, Rule> {
    match folded(text).as_str() {
        "true" | "vrai" | "oui" | "yes" | "o" | "y" | "x" | "1" => Ok(true),
        "false" | "faux" | "non" | "no" | "n" | "0" => Ok(false),
        _ => Err(Rule::AnswerMalformed),
    }
}
