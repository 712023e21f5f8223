//! Which text the bytes of a file are. What the text says is not here.

use std::str;

use encoding_rs::{Encoding, ISO_8859_15, WINDOWS_1252};

const UTF_8_BOM: &[u8] = b"\xef\xbb\xbf";

/// How a file begins that is no text of bytes: UTF-16 either way round, an xlsx, an xls.
const NOT_TEXT: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];

/// The text of a file, its lines ended by a line feed alone; nothing if it is none, or not in the charset that was declared.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> Option<String> {
    if bytes.contains(&0) || NOT_TEXT.iter().any(|beginning| bytes.starts_with(beginning)) {
        return None;
    }
    // Whatever the charset: some programs glue a mark in front of windows-1252, and files that are joined bring one mark each.
    let mut bytes = bytes;
    while let Some(marked) = bytes.strip_prefix(UTF_8_BOM) {
        bytes = marked;
    }
    let text = match charset.map(|charset| charset.trim().to_ascii_lowercase()).as_deref() {
        None => utf_8(bytes).unwrap_or_else(|| of_one_byte(WINDOWS_1252, bytes)),
        Some("utf-8") => utf_8(bytes)?,
        // As on the web: what is declared ISO-8859-1 has the quotes and the œ of windows-1252 where the standard has control characters.
        Some("windows-1252" | "iso-8859-1") => of_one_byte(WINDOWS_1252, bytes),
        Some("iso-8859-15") => of_one_byte(ISO_8859_15, bytes),
        Some(_) => return None,
    };
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

fn utf_8(bytes: &[u8]) -> Option<String> {
    str::from_utf8(bytes).ok().map(str::to_owned)
}

/// Every byte is a character, so this cannot fail.
fn of_one_byte(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}
