//! The attendance sheet (*feuille d'émargement*) of one session, to be signed by whoever comes and by who runs it.

use krilla::tagging::Tag;

use super::PrintError;
use super::dates::{time, with_weekday};
use super::drawing::{Sheet, draw};
use super::flow::{Flow, NOTE, STRONG};
use super::input::AttendanceSheet;
use super::signing;
use super::tables::{Column, Fact, facts, grid};
use super::text::is_blank;

/// What the document is called.
const TITLE: &str = "Feuille d’émargement";
/// The least height of a row: room for a signature.
const ROW_HEIGHT: f32 = 25.5;
/// The most blank rows that are printed.
const BLANK_ROWS: usize = 200;
/// The table's columns, as wide together as the page's content.
const COLUMNS: [Column; 5] = [
    Column { title: "N°", width: 28.0 },
    Column { title: "Nom et prénom", width: 136.0 },
    Column { title: "Référence", width: 97.0 },
    Column { title: "Heures si présence partielle", width: 99.0 },
    Column { title: "Signature", width: 121.9 },
];

/// The attendance sheet as a tagged PDF (PDF/UA-1) on A4 pages.
pub(crate) fn attendance_sheet(sheet: &AttendanceSheet) -> Result<Vec<u8>, PrintError> {
    let mut flow = Flow::new()?;
    flow.text(Tag::P, &sheet.department, STRONG, 0.0);
    flow.heading(1, TITLE, 4.0);
    session(&mut flow, sheet);
    flow.group(Tag::Section, |flow| {
        flow.heading(2, "Participants", 10.0);
        flow.text(Tag::P, "Chaque personne présente signe elle-même, pour cette demi-journée seulement.", NOTE, 0.0);
        flow.stay();
        grid(flow, &COLUMNS, &rows(sheet), ROW_HEIGHT, 5.0);
    });
    flow.group(Tag::Section, |flow| {
        flow.heading(2, "Formateur ou intervenant", 12.0);
        signing::unnamed_block(flow, "Signature, qui atteste l’exactitude de la feuille :", 6.0);
    });
    let date = with_weekday(sheet.date);
    let title = format!("{TITLE}, {}, {date}, {}", sheet.action, sheet.half_day);
    let reference = sheet.reference.clone();
    draw(flow, &Sheet { title, short_title: format!("{TITLE}, {date}, {}", sheet.half_day), reference, is_draft: false })
}

/// The facts of the session.
fn session(flow: &mut Flow, sheet: &AttendanceSheet) {
    let AttendanceSheet { organisation, action, group, reference, place, half_day, .. } = sheet;
    let times = format!("de {} à {}", time(sheet.start_time), time(sheet.end_time));
    let date = if is_blank(half_day) { with_weekday(sheet.date) } else { format!("{}, {half_day}", with_weekday(sheet.date)) };
    let rows: [Fact<'_>; 6] = [
        ("Action", action.clone()),
        ("Organisme", organisation.clone()),
        ("Groupe", group.clone()),
        ("Lieu", place.clone()),
        ("Date et horaires", format!("{date}, {times}")),
        ("Référence", reference.clone()),
    ];
    facts(flow, &rows, 6.0);
}

/// A row for each participant, then the blank ones.
fn rows(sheet: &AttendanceSheet) -> Vec<Vec<String>> {
    let known = sheet.participants.iter().map(|participant| {
        let name = format!("{} {}", participant.last_name, participant.first_name);
        (name, participant.reference.clone())
    });
    let blank = (0..sheet.blank_rows.min(BLANK_ROWS)).map(|_| (String::new(), String::new()));
    let numbered = known.chain(blank).enumerate();
    numbered.map(|(index, (name, reference))| vec![(index + 1).to_string(), name, reference, String::new(), String::new()]).collect()
}
