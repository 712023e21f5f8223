//! A partner's attendance file, whatever program wrote it: bytes become lines of cells, each with its place in the file; and the
//! files we hand out. What a cell means, and whether its line can be recorded, is not here.

mod decoding;
mod guard;
mod header;
mod records;
mod writing;

#[cfg(test)]
mod tests;

use domain::refusal::Rule;
use domain::submission::cells::{Cells, Column};

use decoding::decode;
use header::Header;
use records::{Records, Splitter};

pub(crate) use writing::write;

/// A file as it was understood.
#[derive(Debug)]
pub(crate) struct AttendanceFile {
    /// The names in the header that are none of ours, at most 100, each cut to 100 characters and freed of control characters.
    pub(crate) ignored_columns: Vec<String>,
    /// The lines that say something, in the order of the file.
    pub(crate) rows: Vec<Row>,
}

/// A line of the file.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its place in the file as an editor shows it, from 1; that of its first line if a comment spreads it over several.
    pub(crate) line_number: u32,
    /// The texts under the columns we know. Of a faulty line they are what can be given back, not what may be recorded.
    pub(crate) cells: Cells,
    /// `QuoteUnclosed` or `TooManyCells`.
    pub(crate) fault: Option<Rule>,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFault {
    /// `EncodingUnsupported`, `NoLines`, `TooManyLines`, `ColumnMissing` or `ColumnTwice`.
    pub(crate) rule: Rule,
    /// Where, from 1.
    pub(crate) line: u32,
    /// Which column is missing or there twice. Where several columns would do, the most natural one.
    pub(crate) column: Option<Column>,
}

/// Reads a file of at most `most_rows` lines, blank ones apart, in `charset` or, if none is declared, in the one its bytes betray.
/// Everything that is wrong with the file as a whole is told at once; what is wrong with a line stays with that line.
pub(crate) fn read(bytes: &[u8], charset: Option<&str>, most_rows: usize) -> Result<AttendanceFile, Vec<FileFault>> {
    let fault = |rule, line| FileFault { rule, line, column: None };
    let text = decode(bytes, charset).ok_or_else(|| vec![fault(Rule::EncodingUnsupported, 1)])?;
    let mut records = Records::of(&text);
    let Some(header) = Header::take(&mut records) else { return Err(vec![fault(Rule::NoLines, records.last_line())]) };
    let mut faults = header.faults();
    let mut rows = Vec::new();
    let mut splitter = Splitter::at(header.separator);
    while let Some(record) = records.take(&mut splitter, |cells| header.may_span_lines(cells)) {
        if record.is_blank() {
            continue;
        }
        if rows.len() == most_rows {
            faults.push(fault(Rule::TooManyLines, record.line_number));
            break;
        }
        rows.push(header.row(&record));
    }
    if rows.is_empty() && most_rows > 0 {
        faults.push(fault(Rule::NoLines, records.last_line()));
    }
    if faults.is_empty() { Ok(AttendanceFile { ignored_columns: header.ignored_columns(), rows }) } else { Err(faults) }
}
