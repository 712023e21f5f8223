//! Cuts a text into records and keeps count of its lines, so that a quote left open costs its own line and no other. Which column a
//! cell belongs to is not here.
//!
//! The cells of a record are `csv-core`'s to take apart. Where a record ends is ours to find: given the whole file, that crate takes
//! whatever follows an open quote, to the end, for one cell, and does not tell.

use csv_core::{Reader, ReaderBuilder};

/// How many lines one record may span, and so how far a line that opens a quote looks ahead: the work stays linear if every line does.
const MOST_LINES: usize = 50;

/// A record of the file.
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line_number: u32,
    /// Its cells, quotes undone.
    pub(super) cells: Vec<String>,
    /// Whether every quote that opens a cell is closed where a cell ends. If not, this is one line, cut as well as can be.
    pub(super) closed: bool,
}

impl Record {
    /// Whether nothing is said: spreadsheets end their files with lines of separators.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| is_blank(cell))
    }
}

/// Whether a text is nothing but what `Cells::put` trims.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// What is left of a file.
#[derive(Clone)]
pub(super) struct Records<'t> {
    rest: &'t str,
    lines_taken: u32,
}

/// Takes records apart at one separator.
pub(super) struct Splitter {
    separator: char,
    quoting: Reader,
    plain: Reader,
}

impl<'t> Records<'t> {
    /// All of a text whose lines end with a line feed.
    pub(super) fn of(text: &'t str) -> Self {
        Self { rest: text, lines_taken: 0 }
    }

    /// The line that comes next, as it is written.
    pub(super) fn line(&self) -> Option<&'t str> {
        self.rest.lines().next()
    }

    /// The line taken last; an empty file has a first line too.
    pub(super) fn last_line(&self) -> u32 {
        self.lines_taken.max(1)
    }

    /// Leaves the next line out.
    pub(super) fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.lines_taken = self.lines_taken.saturating_add(1);
    }

    /// Takes the next record: a line, or several if its quotes say so and `may_span_lines` finds no fault with its cells.
    pub(super) fn take(&mut self, splitter: &mut Splitter, may_span_lines: impl Fn(&[String]) -> bool) -> Option<Record> {
        let line_number = self.lines_taken.saturating_add(1);
        let line = self.line()?;
        let well_quoted = match splitter.extent(line) {
            Some(line) => Some(splitter.cells(line)),
            None => splitter.extent(self.next_lines()).map(|lines| splitter.cells(lines)).filter(|cells| may_span_lines(cells)),
        };
        let closed = well_quoted.is_some();
        let cells = well_quoted.unwrap_or_else(|| splitter.broken_cells(line));
        let line_feeds: usize = cells.iter().map(|cell| cell.matches('\n').count()).sum();
        for _ in 0..=line_feeds {
            self.skip_line();
        }
        Some(Record { line_number, cells, closed })
    }

    fn next_lines(&self) -> &'t str {
        let end = self.rest.match_indices('\n').nth(MOST_LINES - 1).map_or(self.rest.len(), |(end, _)| end);
        self.rest.get(..end).unwrap_or_default()
    }
}

impl Splitter {
    /// With this separator.
    pub(super) fn at(separator: u8) -> Self {
        let reader = |quoting| ReaderBuilder::new().delimiter(separator).quoting(quoting).build();
        Self { separator: char::from(separator), quoting: reader(true), plain: reader(false) }
    }

    /// The record that a text begins with, if each quote that opens a cell closes where a cell ends. What looks closed in the midst of
    /// a text is the work of a quote that was left open before, or of quotes that were not doubled: nobody can tell which cells were meant.
    fn extent<'t>(&self, text: &'t str) -> Option<&'t str> {
        let ends_cell = |c: char| c == self.separator || c == '\n';
        let mut rest = text;
        loop {
            rest = match rest.strip_prefix('"') {
                Some(quoted) => after_quote(quoted)?.trim_start_matches(|c: char| c.is_whitespace() && !ends_cell(c)),
                None => rest.trim_start_matches(|c| !ends_cell(c)),
            };
            match rest.strip_prefix(self.separator) {
                Some(next) => rest = next,
                None if rest.is_empty() || rest.starts_with('\n') => return text.get(..text.len() - rest.len()),
                None => return None,
            }
        }
    }

    /// The cells of one record.
    fn cells(&mut self, record: &str) -> Vec<String> {
        taken_apart(&mut self.quoting, record)
    }

    /// The cells of a line whose quotes make no sense, as well as can be: what stands in quotes by itself is freed of them.
    fn broken_cells(&mut self, line: &str) -> Vec<String> {
        let freed = |cell: String| match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
            Some(inner) => inner.replace("\"\"", "\""),
            None => cell,
        };
        taken_apart(&mut self.plain, line).into_iter().map(freed).collect()
    }
}

/// What follows the quote that closes a cell; a doubled one closes nothing.
fn after_quote(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.split_once('"')?.1;
        match rest.strip_prefix('"') {
            Some(after) => rest = after,
            None => return Some(rest),
        }
    }
}

fn taken_apart(reader: &mut Reader, record: &str) -> Vec<String> {
    // A record has no more characters than it is written with, and at most one cell more than separators.
    let (mut text, mut ends) = (vec![0; record.len()], vec![0; record.len() + 1]);
    reader.reset();
    let (_, _, written, ended) = reader.read_record(record.as_bytes(), &mut text, &mut ends);
    // No more input: the last cell ends here.
    let (_, _, _, last) = reader.read_record(&[], text.get_mut(written..).unwrap_or_default(), ends.get_mut(ended..).unwrap_or_default());
    let mut from = 0;
    let cells = ends.into_iter().take(ended + last).map(|end| {
        let cell = text.get(from..end).unwrap_or_default();
        from = end;
        String::from_utf8_lossy(cell).into_owned()
    });
    cells.collect()
}
