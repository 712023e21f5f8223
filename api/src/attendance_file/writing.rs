//! The files we hand out, for Excel as it is set up in France. Which columns and lines they have is not here.

use csv::{Terminator, WriterBuilder};

use super::guard::guarded;

/// A file in UTF-8 with byte order mark, `;` between cells, CRLF at line ends, no cell that a spreadsheet would run.
pub(crate) fn write<'a>(header: impl IntoIterator<Item = &'a str>, rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    let header = header.into_iter().map(str::to_owned).collect();
    for cells in [header].into_iter().chain(rows) {
        // Writing to memory lines of any length cannot fail.
        let _ = writer.write_record(cells.into_iter().map(written));
    }
    writer.into_inner().unwrap_or_default()
}

/// A text of JSON may hold U+0000, and a file with one is no text to whoever reads it, ourselves included.
fn written(cell: String) -> String {
    guarded(if cell.contains('\0') { cell.replace('\0', "\u{fffd}") } else { cell })
}
