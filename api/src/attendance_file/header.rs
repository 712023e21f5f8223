//! The header of a file: its separator, which columns it has, and what it does to the lines below it. Which rules the texts of those
//! columns follow is not here.

use std::collections::HashMap;

use domain::refusal::Rule;
use domain::submission::cells::{Cells, Column};
use domain::text::folded;

use super::guard::unguarded;
use super::records::{Record, Records, Splitter, is_blank};
use super::{FileFault, Row};

/// What separates cells unless the file declares it, the likeliest first.
const SEPARATORS: [u8; 3] = [b';', b',', b'\t'];

/// How many columns that are not ours are told, and how many characters of each.
const MOST_IGNORED: usize = 100;
const NAME_LIMIT: usize = 100;

/// The header of a file.
pub(super) struct Header {
    line_number: u32,
    /// What separates cells.
    pub(super) separator: u8,
    /// The names as they are written, and the columns of ours that they mean.
    names: Vec<String>,
    columns: Vec<Option<Column>>,
}

impl Header {
    /// Takes the first line that says something, cut with the separator that makes the most columns known.
    pub(super) fn take(records: &mut Records<'_>) -> Option<Self> {
        let declared = records.line().and_then(declared_separator);
        if declared.is_some() {
            records.skip_line();
        }
        let separators = declared.map_or(SEPARATORS.to_vec(), |separator| vec![separator]);
        while records.line()?.chars().all(|c| c.is_whitespace() || c == '"' || separators.iter().any(|one| char::from(*one) == c)) {
            records.skip_line();
        }
        let columns_by_name = columns_by_name();
        let cuts = separators.into_iter().filter_map(|separator| Self::cut(records.clone(), separator, &columns_by_name));
        let (header, rest) = cuts.reduce(|best, other| if other.0.known() > best.0.known() { other } else { best })?;
        *records = rest;
        Some(header)
    }

    fn cut<'t>(mut records: Records<'t>, separator: u8, columns_by_name: &HashMap<String, Column>) -> Option<(Self, Records<'t>)> {
        // A name may have a line break in it; a name with a separator besides has swallowed a line.
        let record = records
            .take(&mut Splitter::at(separator), |names| names.iter().all(|name| !(name.contains('\n') && name.contains(char::from(separator)))))?;
        let columns = record.cells.iter().map(|name| columns_by_name.get(&folded(name)).copied()).collect();
        Some((Self { line_number: record.line_number, separator, names: record.cells, columns }, records))
    }

    fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// How many columns of ours it has.
    fn known(&self) -> usize {
        Column::HEADER.into_iter().filter(|column| self.has(*column)).count()
    }

    /// The columns that are there twice, then those without which no line can be understood.
    pub(super) fn faults(&self) -> Vec<FileFault> {
        use Column::{Date, EnrolmentId, ExternalId, GroupCode, HalfDay, LastName, Operation, PersonReference, SessionReference, Status};
        let times = |column| self.columns.iter().filter(|one| **one == Some(column)).count();
        let twice = Column::HEADER.into_iter().filter(|column| times(*column) > 1).map(|column| (Rule::ColumnTwice, column));

        let any = |columns: &[Column]| columns.iter().any(|column| self.has(*column));
        let names_session = any(&[SessionReference, ExternalId]) || [GroupCode, Date, HalfDay].into_iter().all(|column| self.has(column));
        let names_person = any(&[EnrolmentId, PersonReference, ExternalId, LastName]);
        let says_something = any(&[Status, Operation]);
        let needs = [(names_session, SessionReference), (names_person, PersonReference), (says_something, Status)];
        let missing = needs.into_iter().filter(|(met, _)| !met).map(|(_, column)| (Rule::ColumnMissing, column));

        twice.chain(missing).map(|(rule, column)| FileFault { rule, line: self.line_number, column: Some(column) }).collect()
    }

    /// The names that are none of ours. A column without a name is nothing to tell.
    pub(super) fn ignored_columns(&self) -> Vec<String> {
        let ignored = self.names.iter().zip(&self.columns).filter(|(name, column)| column.is_none() && !is_blank(name));
        let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
        ignored.take(MOST_IGNORED).map(|(name, _)| name.trim().chars().take(NAME_LIMIT).map(shown).collect()).collect()
    }

    /// Whether a record may span several lines: a comment that is not ours may, nothing else. Such a comment with as many separators as
    /// a whole line has swallowed one.
    pub(super) fn may_span_lines(&self, cells: &[String]) -> bool {
        let is_comment = |cell: &str| cell.matches(char::from(self.separator)).count() + 1 < self.columns.len();
        cells.len() <= self.columns.len()
            && cells.iter().zip(&self.columns).all(|(cell, column)| !cell.contains('\n') || column.is_none() && is_comment(cell))
    }

    /// The line that a record is.
    pub(super) fn row(&self, record: &Record) -> Row {
        let mut cells = Cells::default();
        for (cell, column) in record.cells.iter().zip(&self.columns) {
            if let Some(column) = column {
                cells.put(*column, unguarded(cell));
            }
        }
        let fault = if !record.closed {
            Some(Rule::QuoteUnclosed)
        } else if record.cells.iter().skip(self.columns.len()).any(|cell| !is_blank(cell)) {
            Some(Rule::TooManyCells)
        } else {
            None
        };
        Row { line_number: record.line_number, cells, fault }
    }
}

/// Excel's own first line, `sep=;`, which other programs may have put in quotes or padded.
fn declared_separator(line: &str) -> Option<u8> {
    let (keyword, rest) = line.trim_matches('"').split_at_checked("sep=".len())?;
    let separator = rest.bytes().next().filter(|b| b.is_ascii() && !b.is_ascii_alphanumeric() && *b != b' ')?;
    let alone = rest.chars().all(|c| c == char::from(separator) || c.is_whitespace());
    (alone && keyword.eq_ignore_ascii_case("sep=")).then_some(separator)
}

/// The columns that a file may have, by both their names.
fn columns_by_name() -> HashMap<String, Column> {
    Column::HEADER.into_iter().flat_map(|column| [column.code(), column.label()].map(|name| (folded(name), column))).collect()
}
