//! A line from its texts.

use proptest::prelude::*;

use super::*;
use crate::attendance::AttendanceStatus;
use crate::given::term;
use crate::submission::line::{LineOrder, Operation};
use crate::text::folded;

/// A row whose session, person and status are fine.
fn row() -> Draft {
    marks(0)
}

fn asked(line: Line) -> LineOrder {
    line.asks.unwrap().unwrap()
}

fn wrong(line: &Line) -> Vec<(&'static str, Rule)> {
    let faults = line.asks.as_ref().map_or_else(Clone::clone, |_| Vec::new());
    faults.into_iter().map(|fault| (fault.column.code(), fault.rule)).collect()
}

// ---- codes

#[test]
fn values_are_codes_or_french_labels_case_and_accents_apart() {
    for (column, code, ways) in [
        ("operation", "correct", &["correct", "CORRECT", "Corriger", "corriger", " CORRIGER "][..]),
        ("half_day", "afternoon", &["afternoon", "Après-midi", "APRES MIDI", "après midi", "Apre\u{300}s\u{2011}midi"]),
        ("status", "absent_excused", &["absent_excused", "Absent_Excused", "absence excusée", "ABSENCE EXCUSEE"]),
        ("reason", "known", &["known", "Known", "Décès d'un proche", "DECES D’UN PROCHE"]),
    ] {
        for way in ways {
            let line = row().with("version", "1").with("reason", "known").status("absent_excused").with(column, *way).file();
            let LineOrder { operation, session, value, .. } = asked(line);
            let reason = value.reason.unwrap();
            let read = match column {
                "operation" => operation.code(),
                "half_day" => session.half_day.unwrap().code(),
                "status" => value.status.unwrap().code(),
                _ => &reason,
            };
            assert_eq!(read, code, "{column}: {way}");
        }
    }
}

#[test]
fn every_code_reads_without_any_label() {
    let read = |draft: Draft| asked(Line::read(Some(2), draft.cells(), &Labels::default()));
    for status in AttendanceStatus::ALL {
        assert_eq!(read(row().status(status.code())).value.status, Some(*status));
    }
    for operation in Operation::ALL {
        assert_eq!(read(row().with("operation", operation.code()).with("version", "1")).operation, *operation);
    }
    for half_day in HalfDay::ALL {
        assert_eq!(read(row().with("half_day", half_day.code())).session.half_day, Some(*half_day));
    }
}

#[test]
fn a_word_of_another_list_or_of_none_is_refused() {
    for (column, word) in [
        ("operation", "Présent"),
        ("operation", "delete"),
        ("half_day", "soir"),
        ("half_day", "Compétences"),
        ("status", "Présente"),
        ("status", "Matin"),
        ("status", "!!!"),
        ("reason", "Grippe"),
        ("reason", "En retard"),
    ] {
        assert_eq!(wrong(&row().with(column, word).file()), [(column, Rule::CodeUnknown)], "{column}: {word}");
    }
}

// ---- days

#[test]
fn a_day_is_written_in_two_ways_with_midnight_or_without() {
    for text in [
        "2026-11-07",
        "07/11/2026",
        "7/11/2026",
        "2026-11-07 00:00:00",
        "2026-11-07T00:00:00",
        "2026-11-07 00:00:00.000",
        "07/11/2026 00:00",
        "7/11/2026 0:00",
    ] {
        assert_eq!(asked(row().with("date", text).file()).session.date, Some(day("2026-11-07")), "{text}");
    }
    assert_eq!(asked(row().with("date", "1/2/2026").file()).session.date, Some(day("2026-02-01")), "the day comes first");
    assert_eq!(asked(row().with("date", "29/02/2028").file()).session.date, Some(day("2028-02-29")));
}

#[test]
fn a_day_that_is_not_one_or_could_be_two_is_refused() {
    for text in [
        "31/02/2026",
        "29/02/2026",
        "2026-02-30",
        "17/11/26",
        "26-11-17",
        "17-11-2026",
        "17.11.2026",
        "2026/11/17",
        "11/17/2026",
        "0/11/2026",
        "017/11/2026",
        "17/11/2026/",
        "17/11/12026",
        "2026-11-7",
        "2026-11-17 09:00",
        "2026-11-17T09:00:00Z",
        "2026-11-17 ",
        "20261117",
        "46343",
        "+1/11/2026",
        "1 /11/2026",
        "é/11/2026",
        "//",
        "aujourd'hui",
        "1899-12-31",
        "#####",
    ] {
        let refused = wrong(&row().with("date", text).file());
        let expected = if text.ends_with(' ') { vec![] } else { vec![("date", Rule::DayMalformed)] };
        assert_eq!(refused, expected, "{text}: white space around it says nothing");
    }
}

// ---- identifiers

#[test]
fn an_identifier_that_a_spreadsheet_mangled_is_told_as_such() {
    for column in ["external_id", "session_reference", "session_id", "group_code", "enrolment_id", "person_reference"] {
        for text in ["2,02601E+16", "2.02601E+16", "2,02601e+16", "1E+05", "1E-05", "12E+123", "#REF!", "#####", "#N/A", "#NOM?", "#VALEUR!", "#"] {
            assert_eq!(wrong(&row().with(column, text).file()), [(column, Rule::IdentifierMangled)], "{column}: {text}");
        }
    }
}

#[test]
fn a_code_that_only_looks_like_a_number_passes() {
    for text in
        ["E12", "E+12", "12-E+1", "1E5", "1E", "12E+", "12E+1A", "AMI-1E+05", "1E+05-M", "2,02601E16", ",5E+16", "2,E+16", "1,2,3E+4", "A#1", "ÉTÉ-1"]
    {
        assert_eq!(wrong(&row().with("external_id", text).file()), [], "{text}");
        assert_eq!(wrong(&row().with("group_code", text).file()), [], "{text}");
    }
}

#[test]
fn references_read_in_any_case() {
    let reference = beneficiary(7).reference;
    let line =
        row().with("session_reference", "ami-lim-20261117-m").with("group_code", "ami-Lim").with("person_reference", reference.to_lowercase()).file();
    let LineOrder { session, person, .. } = asked(line);
    assert_eq!((session.reference.as_deref(), session.group_code.as_deref()), (Some("AMI-LIM-20261117-M"), Some("AMI-LIM")));
    assert_eq!(person.reference, Some(reference));
}

#[test]
fn an_id_in_the_column_of_the_reference_is_an_id() {
    let id = session().id;
    for text in [id.to_string(), id.to_string().to_uppercase()] {
        let names = asked(row().with("session_reference", text).file()).session;
        assert_eq!((names.reference_id, names.reference), (Some(id), None));
    }
}

#[test]
fn ids_and_references_of_the_wrong_shape_are_refused() {
    for (column, text, rule) in [
        ("enrolment_id", "42", Rule::IdMalformed),
        ("enrolment_id", "0199aa107b2c7d3e8f40123456789abc", Rule::IdMalformed),
        ("session_id", "AMI-LIM-20261117-M", Rule::IdMalformed),
        ("person_reference", "Camille", Rule::PersonReferenceInvalid),
        ("person_reference", "87-0000-0000-1", Rule::PersonReferenceInvalid),
    ] {
        assert_eq!(wrong(&row().with(column, text).json()), [(column, rule)], "{column}: {text}");
    }
}

#[test]
fn texts_have_the_bounds_of_the_contract() {
    for (column, most) in [("external_id", 128), ("session_reference", 64), ("group_code", 24), ("last_name", 100), ("first_name", 100)] {
        assert_eq!(wrong(&row().with(column, "É".repeat(most)).file()), [], "{column}");
        assert_eq!(wrong(&row().with(column, "É".repeat(most + 1)).file()), [(column, Rule::TextTooLong)], "{column}");
    }
}

#[test]
fn control_characters_are_refused_in_texts() {
    for column in ["external_id", "session_reference", "group_code", "last_name", "first_name"] {
        assert_eq!(wrong(&row().with(column, "a\u{0}b").file()), [(column, Rule::ControlCharacter)], "{column}");
        assert_eq!(wrong(&row().with(column, "a\nb").file()), [(column, Rule::ControlCharacter)], "{column}");
    }
}

// ---- the mark

#[test]
fn yes_and_no_are_written_in_many_ways() {
    for (texts, signed) in [
        (&["true", "TRUE", "VRAI", "vrai", "Oui", "OUI", "yes", "o", "O", "y", "x", "X", "1"][..], true),
        (&["false", "FAUX", "faux", "Non", "no", "n", "N", "0"], false),
    ] {
        for text in texts {
            assert_eq!(asked(row().with("signed", *text).file()).value.signed, Some(signed), "{text}");
        }
    }
    for text in ["peut-être", "2", "✓", "-", "ouinon", "vrai faux"] {
        assert_eq!(wrong(&row().with("signed", text).file()), [("signed", Rule::AnswerMalformed)], "{text}");
    }
}

#[test]
fn numbers_are_whole() {
    for (text, number) in [("0", 0), ("-1", -1), ("7", 7), ("090", 90), ("2147483647", i32::MAX)] {
        let order = asked(row().status("late").with("minutes", text).with("version", text).file());
        assert_eq!((order.value.minutes, order.version), (Some(number), Some(number)), "{text}");
    }
    for text in ["-", "--1", "+1", "1,5", "1.0", "1 000", "1\u{a0}000", "2147483648", "99999999999999999999", "1h30", "trente", "٣", "3E+01", "#REF!"]
    {
        for column in ["minutes", "version"] {
            assert_eq!(wrong(&row().with(column, text).file()), [(column, Rule::NumberMalformed)], "{column}: {text}");
        }
    }
}

#[test]
fn a_void_reads_nothing_of_the_mark() {
    let nonsense = row().voiding(3).status("Mardi").with("minutes", "-").with("reason", "Grippe !").with("signed", "✓");
    for line in [nonsense.file(), nonsense.json()] {
        let order = asked(line);
        assert_eq!((order.operation, order.version, order.value), (Operation::Void, Some(3), MarkValue::default()));
    }
    assert_eq!(wrong(&nonsense.with("version", "").file()), [("version", Rule::VersionRequired)]);
}

#[test]
fn a_line_keeps_all_it_says_of_the_mark() {
    let order = asked(row().status("absent_excused").with("reason", "known").with("signed", "non").with("version", "4").file());
    assert_eq!(order.value, MarkValue { signed: Some(false), ..excused() });
    assert_eq!(order.value.reason, Some(term("known")));
    assert_eq!((order.operation, order.version), (Operation::Record, Some(4)), "recording is meant when nothing is said");
}

// ---- what must be there

#[test]
fn an_untouched_row_of_the_template_says_nothing_in_a_file() {
    let untouched = row().status("").bearing("17-M-0").called("Exemple", "Camille").with("version", "0").with("date", "2026-11-17");
    let line = untouched.file();
    assert!(matches!(line.asks, Ok(None)));
    assert_eq!(line.external_id.as_deref(), Some("17-M-0"), "its name stays known");
    assert_eq!(wrong(&untouched.json()), [("status", Rule::StatusRequired)], "who writes JSON writes what it means");
    assert!(matches!(Draft::default().file().asks, Ok(None)), "a row of separators alone");
    assert!(matches!(Draft::default().with("status", " \t\u{a0}\u{feff}\u{200b}").file().asks, Ok(None)), "and of white space");
}

#[test]
fn a_row_that_says_something_says_a_status() {
    for (column, text) in [("operation", "record"), ("minutes", "30"), ("reason", "known"), ("signed", "FAUX")] {
        assert_eq!(wrong(&row().status("").with(column, text).file()), [("status", Rule::StatusRequired)], "{column}");
    }
    let twice = row().status("").correcting(1).with("version", "");
    assert_eq!(wrong(&twice.file()), [("status", Rule::StatusRequired), ("version", Rule::VersionRequired)]);
}

#[test]
fn corrections_and_voids_name_a_version() {
    for operation in ["correct", "void"] {
        assert_eq!(wrong(&row().with("operation", operation).json()), [("version", Rule::VersionRequired)]);
        assert_eq!(wrong(&row().with("operation", operation).with("version", "0").json()), []);
    }
}

#[test]
fn a_line_names_a_session() {
    let nowhere = row().with("session_reference", "");
    let required = [("session_reference", Rule::SessionRequired)];
    assert_eq!(wrong(&nowhere.json()), required);
    for missing in ["group_code", "date", "half_day"] {
        let place = nowhere.clone().with("group_code", "AMI-LIM").with("date", "2026-11-17").with("half_day", "Matin");
        assert_eq!(wrong(&place.json()), []);
        assert_eq!(wrong(&place.with(missing, "").json()), required, "without {missing}");
    }
    assert_eq!(wrong(&nowhere.clone().with("session_id", session().id.to_string()).json()), []);
    assert_eq!(wrong(&nowhere.bearing("17-M-0").json()), [], "its own name may be enough");
}

#[test]
fn a_line_names_somebody() {
    let nobody = row().with("enrolment_id", "");
    assert_eq!(wrong(&nobody.json()), [("person_reference", Rule::PersonRequired)]);
    assert_eq!(wrong(&nobody.clone().who(0).json()), []);
    assert_eq!(wrong(&nobody.clone().with("last_name", "Exemple").json()), []);
    assert_eq!(wrong(&nobody.clone().with("first_name", "Camille").json()), []);
    assert_eq!(wrong(&nobody.clone().bearing("17-M-0").json()), [], "its own name may be enough");
    let nothing = Draft::default().status("present").json();
    assert_eq!(wrong(&nothing), [("session_reference", Rule::SessionRequired), ("person_reference", Rule::PersonRequired)]);
}

#[test]
fn every_fault_of_a_line_is_told_at_its_column() {
    let line = row().bearing("1E+05").with("date", "31/02/2026").with("enrolment_id", "12").late(0).with("minutes", "un").with("signed", "?").file();
    assert_eq!(
        wrong(&line),
        [
            ("external_id", Rule::IdentifierMangled),
            ("date", Rule::DayMalformed),
            ("enrolment_id", Rule::IdMalformed),
            ("minutes", Rule::NumberMalformed),
            ("signed", Rule::AnswerMalformed),
        ]
    );
}

#[test]
fn a_row_whose_cells_cannot_be_told_apart_is_broken() {
    let line = Line::broken(5, row().cells(), Rule::QuoteUnclosed);
    assert_eq!((line.line_number, wrong(&line)), (Some(5), vec![("session_reference", Rule::QuoteUnclosed)]));
    assert_eq!(wrong(&Line::broken(5, Cells::default(), Rule::TooManyCells)), [("external_id", Rule::TooManyCells)]);
}

// ---- columns

#[test]
fn the_header_has_every_column_but_the_id_of_the_session() {
    let all: Vec<Column> = Column::ALL.iter().copied().filter(|column| *column != Column::SessionId).collect();
    assert_eq!(Column::HEADER.to_vec(), all);
    let mut read = HashMap::new();
    for (column, name) in Column::ALL.iter().flat_map(|column| [(column, column.code()), (column, column.label())]) {
        assert!(read.insert(folded(name), column).is_none_or(|other| other == column), "{name} reads like another");
    }
}

#[test]
fn a_debug_print_of_a_line_names_nobody() {
    let printed = format!("{:?}", row().bearing("Dupont-17").called("Dupont", "Anne").file());
    assert!(!printed.contains("Dupont") && !printed.contains("Anne"), "{printed}");
}

// ---- whatever is sent

proptest! {
    #[test]
    fn any_texts_read_the_same_again_from_what_was_kept(texts in proptest::collection::vec((0usize..16, "\\PC{0,12}|[0-9E+/:T -]{0,12}"), 0..10)) {
        let draft = texts.into_iter().fold(Draft::default(), |draft, (place, text)| draft.with(Column::ALL[place].code(), text));
        for line in [draft.file(), draft.json()] {
            let kept: Cells = serde_json::from_value(serde_json::to_value(&line.cells).unwrap()).unwrap();
            let again = Line::read(line.line_number, kept, &LABELS);
            prop_assert_eq!(&again.cells, &line.cells);
            prop_assert_eq!(&again.asks, &line.asks);
            prop_assert_eq!(&again.external_id, &line.external_id);
        }
    }
}
