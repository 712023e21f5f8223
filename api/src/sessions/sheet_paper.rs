//! The sheet to print and sign for a session (*feuille d'émargement*). How it is set is in `print`.

use actix_web::{HttpResponse, get};
use domain::calendar::HalfDay;
use domain::ids::SessionId;
use domain::policy::ReadAttendance;
use domain::text::Name;
use persistence::{attendance, sessions};

use crate::call::Call;
use crate::order::NoFilter;
use crate::print::{self, print_off_the_workers};
use crate::problem::Stop;

/// Rows left empty, for whoever comes without being expected.
const BLANK_ROWS: usize = 4;

/// Print the sheet of a session
///
/// A tagged PDF in French to be signed by each expected person and by whoever leads the session: title, place, date, times, organisation
/// (C. trav. R6332-26), and a few empty rows. A session that was cancelled has none (404).
#[utoipa::path(get, tag = "Attendance", operation_id = "readAttendanceSheetDocument", extensions(("x-permission" = json!("read_attendance"))),
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, description = "The sheet.", body = String, content_type = "application/pdf")))]
#[get("/sessions/{id}/attendance-sheet.pdf")]
pub(crate) async fn read_attendance_sheet_document(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may_print::<ReadAttendance>()?;
    call.query::<NoFilter>()?;
    let session = sessions::find(call.read(), &scope, call.id("id")?).await?.filter(|session| session.cancelled_at.is_none());
    let session = session.ok_or_else(Stop::not_found)?;
    let parties = sessions::parties(call.read(), &scope, &session).await?;
    let sheet = attendance::find(call.read(), &scope, session).await?;
    let people: Vec<_> = sheet.lines.iter().map(|line| line.person.id.uuid()).collect();
    let (session, text) = (&sheet.session, |name: Option<&Name>| name.map(|name| (**name).to_owned()).unwrap_or_default());
    let paper = print::AttendanceSheet {
        department: parties.department,
        organisation: parties.organisation,
        action: (*session.action_name).to_owned(),
        group: (*session.group_name).to_owned(),
        reference: session.reference.clone(),
        date: session.slot.date,
        half_day: match session.slot.half_day {
            HalfDay::Morning => "matin",
            HalfDay::Afternoon => "après-midi",
        }
        .to_owned(),
        start_time: session.slot.start_time.time(),
        end_time: session.slot.end_time.time(),
        place: (*session.place).to_owned(),
        participants: sheet
            .lines
            .iter()
            .map(|line| print::Participant {
                last_name: text(line.person.last_name.as_ref()),
                first_name: text(line.person.first_name.as_ref()),
                reference: line.person.reference.to_string(),
            })
            .collect(),
        blank_rows: BLANK_ROWS,
    };
    let (id, name) = (session.id.uuid(), format!("{}.pdf", session.reference));
    let bytes = print_off_the_workers(move || print::attendance_sheet(&paper)).await?;
    call.show_paper(id, &name, bytes, &people).await
}
