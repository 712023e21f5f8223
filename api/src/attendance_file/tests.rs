//! Which files are read, and how the others are refused. What becomes of their lines is in `lines`; files made at random are in `properties`.

mod lines;
mod properties;

use domain::refusal::Rule;
use domain::submission::cells::Column;

use super::{AttendanceFile, FileFault, read};

fn read_text(text: &str) -> Result<AttendanceFile, Vec<FileFault>> {
    read(text.as_bytes(), None, 5000)
}

fn faults(text: &str) -> Vec<(&'static str, u32, Option<Column>)> {
    read_text(text).unwrap_err().into_iter().map(|fault| (fault.rule.code(), fault.line, fault.column)).collect()
}

fn last_name(bytes: &[u8], charset: Option<&str>) -> String {
    let file = read(bytes, charset, 10).unwrap();
    file.rows[0].cells.get(Column::LastName).unwrap().to_owned()
}

#[test]
fn a_file_is_utf_8_if_it_can_be_and_windows_1252_otherwise() {
    let utf_8 = "external_id;status;nom\n1;present;Lœuvre Élie €".as_bytes();
    let windows = b"external_id;status;nom\n1;present;L\x9cuvre \xc9lie \x80";
    for bytes in [utf_8, windows] {
        assert_eq!(last_name(bytes, None), "Lœuvre Élie €");
        assert_eq!(last_name(&[b"\xef\xbb\xbf", bytes].concat(), None), "Lœuvre Élie €", "with a mark in front");
        assert_eq!(last_name(&[b"\xef\xbb\xbf\xef\xbb\xbf", bytes].concat(), None), "Lœuvre Élie €", "with two");
    }
}

#[test]
fn a_declared_charset_is_obeyed() {
    let bytes = b"external_id;status;nom\n1;present;\xbd\xa4\xc9";
    assert_eq!(last_name(bytes, Some("ISO-8859-15")), "œ€É");
    assert_eq!(last_name(bytes, Some("windows-1252")), "½¤É");
    assert_eq!(last_name(b"external_id;status;nom\n1;present;\x9c", Some("iso-8859-1")), "œ");
    assert_eq!(last_name("external_id;status;nom\n1;present;É".as_bytes(), Some(" UTF-8 ")), "É");
    assert_eq!(last_name("external_id;status;nom\n1;present;É".as_bytes(), Some("Windows-1252")), "Ã‰");
}

#[test]
fn what_is_no_text_is_unsupported() {
    let utf_16 = |order: fn(u16) -> [u8; 2]| "\u{feff}external_id;status".encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let good = b"external_id;status\n1;present";
    let unsupported: [(&[u8], Option<&str>); 9] = [
        (&utf_16(u16::to_le_bytes), None),
        (&utf_16(u16::to_be_bytes), Some("utf-8")),
        (b"\xff\xfee", None),
        (b"PK\x03\x04 a workbook", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an older one", Some("windows-1252")),
        (b"external_id;status\n1;pre\0sent", Some("iso-8859-1")),
        (b"external_id;status\n1;pr\xe9sent", Some("utf-8")),
        (good, Some("utf-16")),
        (good, Some("")),
    ];
    for (bytes, charset) in unsupported {
        assert_eq!(read(bytes, charset, 10).unwrap_err(), [FileFault { rule: Rule::EncodingUnsupported, line: 1, column: None }]);
    }
}

#[test]
fn lines_that_say_nothing_are_skipped_and_counted() {
    let file = read_text(" ;\u{a0};\t\n\"\";\"\"\nexternal_id;status\n;;;;;\n \t \n\"\";\" \"\n1;present\n;\n").unwrap();
    assert_eq!(file.rows.len(), 1);
    assert_eq!(file.rows[0].line_number, 7);
}

#[test]
fn a_separator_that_the_first_line_declares_is_honoured_and_the_line_is_counted() {
    for declaration in ["sep=|", "SEP=|", "\"sep=|\"", "sep=|||", "sep=| "] {
        let file = read_text(&format!("{declaration}\n||\nexternal_id|status;a,b\n1|present\n")).unwrap_err();
        assert_eq!(file, [FileFault { rule: Rule::ColumnMissing, line: 3, column: Some(Column::Status) }], "{declaration}");
        let file = read_text(&format!("{declaration}\n\nexternal_id|status|a;b,c\n1|present\n")).unwrap();
        assert_eq!((file.rows[0].line_number, &*file.ignored_columns), (4, &["a;b,c".to_owned()][..]), "{declaration}");
    }
    assert_eq!(read_text("sep=\t\nexternal_id\tstatus\n1\tpresent").unwrap().rows[0].line_number, 3);
}

#[test]
fn the_separator_is_the_one_that_makes_the_most_columns_known() {
    for separator in [";", ",", "\t"] {
        let text = ["Identifiant externe", "\"note;a,b\"", "status", "minutes"].join(separator) + "\n" + &["1", "", "late", "90"].join(separator);
        let file = read_text(&text).unwrap();
        assert_eq!(file.rows[0].cells.get(Column::Minutes), Some("90"), "{separator:?}");
    }
}

#[test]
fn columns_are_known_by_code_or_french_label_whatever_the_case_accents_quotes_and_blanks() {
    for column in Column::HEADER {
        let label = column.label();
        for name in
            [column.code().to_owned(), column.code().to_uppercase(), label.to_uppercase(), format!("\" {label} *\""), label.replace('\'', "’")]
        {
            let known = read_text(&format!("x;{name};y\na;b;c")).unwrap_err();
            assert!(known.iter().all(|fault| fault.rule == Rule::ColumnMissing));
            let twice = faults(&format!("{name};{}\na;b", column.code()));
            assert_eq!(twice[0], ("COLUMN_TWICE", 1, Some(column)), "{name}");
        }
    }
    assert!(read_text("REFERENCE DE LA SEANCE;\"Nom\";Statut\nS;N;present").is_ok());
    assert!(read_text("\"external_id;status\"\nx").is_err(), "one quoted cell is one name");
}

#[test]
fn a_quote_left_open_in_the_header_costs_no_line() {
    for header in ["\"external_id;status", "external_id;status;\"note"] {
        let file = read_text(&format!("{header}\n1;present;x\"\n2;present;\"x\"")).unwrap();
        assert_eq!(file.rows.iter().map(|row| row.line_number).collect::<Vec<_>>(), [2, 3], "{header}");
    }
}

#[test]
fn the_id_of_a_session_is_no_column_of_a_file() {
    let file = read_text("external_id;session_id;status\n1;2;present").unwrap();
    assert_eq!(file.ignored_columns, ["session_id"]);
    assert_eq!(file.rows[0].cells.get(Column::SessionId), None);
}

#[test]
fn columns_that_are_not_ours_are_told_in_order_and_within_bounds() {
    let file = read_text(&format!("external_id; Avis ;;\"a\nb\u{7}\";status; ;{};Avis\n1;x;y", "é".repeat(150))).unwrap();
    assert_eq!(file.ignored_columns, ["Avis".to_owned(), "a\u{fffd}b\u{fffd}".to_owned(), "é".repeat(100), "Avis".to_owned()]);
    assert_eq!(file.rows[0].line_number, 3, "a name may have a line break in it");
    let many = read_text(&format!("external_id;status{}\n1", ";x".repeat(300))).unwrap();
    assert_eq!(many.ignored_columns.len(), 100);
}

#[test]
fn a_column_may_be_there_once_whichever_its_names() {
    assert_eq!(
        faults("external_id;Statut;status;DATE;date;date\n1"),
        [("COLUMN_TWICE", 1, Some(Column::Date)), ("COLUMN_TWICE", 1, Some(Column::Status))]
    );
}

#[test]
fn a_session_a_person_and_something_to_say_must_be_nameable() {
    let session = ("COLUMN_MISSING", 1, Some(Column::SessionReference));
    let person = ("COLUMN_MISSING", 1, Some(Column::PersonReference));
    let status = ("COLUMN_MISSING", 1, Some(Column::Status));
    assert_eq!(faults("bonjour\n1"), [session, person, status]);
    assert_eq!(faults("group_code;date;last_name;operation\n1"), [session]);
    assert_eq!(faults("session_reference;first_name;status\n1"), [person]);
    assert_eq!(faults("external_id;minutes\n1"), [status]);
    let enough = ["external_id;operation", "session_reference;enrolment_id;status", "group_code;date;half_day;last_name;status"];
    assert!(enough.iter().all(|header| read_text(&format!("{header}\n1")).is_ok()));
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_at_once() {
    let missing = ("COLUMN_MISSING", 2, Some(Column::Status));
    let twice = ("COLUMN_TWICE", 2, Some(Column::Date));
    assert_eq!(faults("\nexternal_id;date;date\n;;\n\n"), [twice, missing, ("NO_LINES", 4, None)]);
}

#[test]
fn a_file_without_lines_is_told_its_last_line() {
    for (text, line) in [("", 1), ("\u{feff}", 1), ("\n", 1), ("\r\n \r\n;;", 3), ("external_id;status", 1), ("external_id;status\n;\n\n", 3)] {
        assert_eq!(faults(text), [("NO_LINES", line, None)], "{text:?}");
    }
}

#[test]
fn the_first_line_too_many_is_told() {
    let text = b"external_id;status\n1;present\n\n2;present\n;\n3;present\n4;present";
    assert_eq!(read(text, None, 2).unwrap_err(), [FileFault { rule: Rule::TooManyLines, line: 6, column: None }]);
    assert_eq!(read(text, None, 4).unwrap().rows.len(), 4);
}
