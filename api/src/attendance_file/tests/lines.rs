//! What becomes of the lines of a file, and of those we write. The file as a whole is in `tests`.

use domain::refusal::Rule;
use domain::submission::cells::Column;

use super::super::{Row, read, write};
use super::{faults, read_text};

const HEADER: &str = "session_reference;person_reference;commentaire;status;last_name";

/// The rows under `HEADER`.
fn rows_of(lines: &str) -> Vec<Row> {
    read_text(&format!("{HEADER}\n{lines}")).unwrap().rows
}

/// The rows as line number, fault and the three columns of `HEADER` that tests look at.
fn shown(rows: &[Row]) -> Vec<(u32, Option<Rule>, [&str; 3])> {
    let columns = [Column::SessionReference, Column::Status, Column::LastName];
    rows.iter().map(|row| (row.line_number, row.fault, columns.map(|column| row.cells.get(column).unwrap_or_default()))).collect()
}

#[test]
fn every_line_end_ends_a_line_even_mixed() {
    let rows = rows_of("S1\rS2\r\nS3\n\rS5\n\nS7\r\n");
    assert_eq!(shown(&rows).iter().map(|row| (row.0, row.2[0])).collect::<Vec<_>>(), [(2, "S1"), (3, "S2"), (4, "S3"), (6, "S5"), (8, "S7")]);
}

#[test]
fn a_line_may_be_short_and_may_be_long_if_the_rest_is_blank() {
    let rows = rows_of("S1;P1\nS2;P2;;present;Nom;; ;\"\"\nS3;P3;;present;Du;pont\n");
    assert_eq!(
        shown(&rows),
        [(2, None, ["S1", "", ""]), (3, None, ["S2", "present", "Nom"]), (4, Some(Rule::TooManyCells), ["S3", "present", "Du"])]
    );
}

#[test]
fn quotes_are_undone_as_rfc_4180_has_it() {
    let rows = rows_of("\"S1\";P;\"a;b\";\"present\" ;\"Le \"\"Grand\"\"; Jean\"\n\"\";P;;\"\"\"\";Nom");
    assert_eq!(shown(&rows), [(2, None, ["S1", "present", "Le \"Grand\"; Jean"]), (3, None, ["", "\"", "Nom"])]);
}

#[test]
fn a_quote_in_the_midst_of_a_cell_is_one_of_its_characters() {
    let rows = rows_of("S1;P;;present;5\" disque\"\nS2;P;;=\"0012\";Nom");
    assert_eq!(shown(&rows), [(2, None, ["S1", "present", "5\" disque\""]), (3, None, ["S2", "=\"0012\"", "Nom"])]);
}

#[test]
fn a_quote_left_open_costs_its_own_line_and_no_other() {
    let lines = "S1;P;;present;Nom\nS2;P;;present;\"Nom\nS3;\"P\";\"oui\";present;\"Nom\"\n\"S4\";P;\"x;present;Nom\nS5;P;y\";present;Nom";
    let unclosed = Some(Rule::QuoteUnclosed);
    assert_eq!(
        shown(&rows_of(lines)),
        [
            (2, None, ["S1", "present", "Nom"]),
            (3, unclosed, ["S2", "present", "\"Nom"]),
            (4, None, ["S3", "present", "Nom"]),
            (5, unclosed, ["S4", "present", "Nom"]),
            (6, None, ["S5", "present", "Nom"]),
        ]
    );
}

#[test]
fn quotes_that_are_not_doubled_within_a_quoted_cell_are_a_fault() {
    let rows = rows_of("\"S1\";P;;present;\"Jean \"le; grand\" Nom\"\nS2;P;;present;Nom");
    assert_eq!(shown(&rows), [(2, Some(Rule::QuoteUnclosed), ["S1", "present", "\"Jean \"le"]), (3, None, ["S2", "present", "Nom"])]);
}

#[test]
fn a_comment_that_is_not_ours_may_span_lines() {
    let rows = rows_of("S1;P;\"arrivé;\n\nen \"\"retard\"\"\";present;Nom\r\nS2;P;\"a\r\nb\r\";present\nS3");
    assert_eq!(shown(&rows), [(2, None, ["S1", "present", "Nom"]), (5, None, ["S2", "present", ""]), (8, None, ["S3", "", ""])]);
}

#[test]
fn no_other_cell_may_span_lines() {
    let unclosed = Some(Rule::QuoteUnclosed);
    let rows = rows_of("S1;P;;present;\"No\nm\"\nS2;P;\"a\nb\";present;Nom;trop\nS3;P;\"a\nS;P;;present;b\";present;Nom\nS4");
    assert_eq!(
        shown(&rows),
        [
            (2, unclosed, ["S1", "present", "\"No"]),
            (3, None, ["m\"", "", ""]),
            (4, unclosed, ["S2", "", ""]),
            (5, None, ["b\"", "trop", ""]),
            (6, unclosed, ["S3", "", ""]),
            (7, Some(Rule::TooManyCells), ["S", "present", "b\""]),
            (8, None, ["S4", "", ""]),
        ]
    );
}

#[test]
fn a_comment_spans_fifty_lines_at_most() {
    let rows = rows_of(&format!("S1;P;\"{}\";present\nS2", "\n".repeat(49)));
    assert_eq!(shown(&rows), [(2, None, ["S1", "present", ""]), (52, None, ["S2", "", ""])]);
    let rows = rows_of(&format!("S1;P;\"{}\";present\nS2", "\n".repeat(50)));
    assert_eq!(rows.iter().map(|row| (row.line_number, row.fault.is_some())).collect::<Vec<_>>(), [(2, true), (52, true), (53, false)]);
}

#[test]
fn two_mebibytes_of_quotes_take_no_more_time_than_two_of_anything() {
    for line in ["\"\n", "S;P;\"\n", "S;P;\";\"\"\n", "\"a\"b;\"\n", "\"\"", "S;P;\"x;", "\";"] {
        let text = format!("{HEADER}\n{}", line.repeat((2 << 20) / line.len()));
        let file = read(text.as_bytes(), None, 50_000);
        assert_ne!(file.is_ok_and(|file| file.rows.len() == 1), line.ends_with('\n'), "{line:?}");
    }
    assert_eq!(faults(&"\"\n".repeat(100_000)), [("NO_LINES", 100_000, None)]);
}

#[test]
fn one_apostrophe_of_ours_is_taken_off() {
    for (written, read) in [("'=1+1", "=1+1"), ("'@a", "@a"), ("''-a", "'-a"), ("'\t=a", "=a"), ("'a", "'a"), ("''", "''"), ("=1", "=1")] {
        assert_eq!(rows_of(&format!("S;P;;present;{written}"))[0].cells.get(Column::LastName), Some(read), "{written}");
    }
}

#[test]
fn a_file_of_ours_has_mark_semicolons_line_ends_and_no_formula() {
    let row = ["a;b", "c\"d", "=1", "+1", "-1", "@a", "\ta", "\ra", "'=1", "''+1", "'a", "é", ""].map(str::to_owned).to_vec();
    let written = write(["status", "x"], [row, vec!["a\0".to_owned()]]);
    let expected = "\u{feff}status;x\r\n\"a;b\";\"c\"\"d\";'=1;'+1;'-1;'@a;'\ta;\"'\ra\";''=1;'''+1;'a;é;\r\na\u{fffd}\r\n";
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}
