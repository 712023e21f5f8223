//! The file to fill for a month of a group: a row per expected person of each session. Reading it back is `form`'s page.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use domain::attendance::{Sheet, SheetLine};
use domain::calendar::Day;
use domain::ids::GroupId;
use domain::policy::{ReadAttendance, ReadGroup};
use domain::submission::cells::Column;
use domain::submission::{ExternalId, Target};
use persistence::{attendance, groups, sessions, submissions};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::attendance_file;
use crate::call::Call;
use crate::problem::Stop;

/// Which month.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TemplateMonth {
    /// The month, `2026-11`.
    #[param(min_length = 7, max_length = 7, pattern = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", example = "2026-11")]
    month: String,
}

/// The first and the last day of a month written `2026-11`.
fn days(month: &str) -> Option<(Day, Day)> {
    let first: Day = format!("{month}-01").parse().ok()?;
    Some((first, first.plus_months(1).plus_days(-1)))
}

/// A row that says who is expected where, and how they are marked if they are.
fn row(sheet: &Sheet, line: &SheetLine, known: &HashMap<Target, ExternalId>) -> Vec<String> {
    let session = &sheet.session;
    let target = Target { session: session.id, enrolment: line.enrolment };
    // Minted the same at each download, so that two copies of a month cannot double anything.
    let external_id = known.get(&target).map_or_else(|| format!("{}:{}", session.reference, line.person.reference), |id| (**id).to_owned());
    let mark = &line.mark.value;
    let text = |column: Column| match column {
        Column::ExternalId => external_id.clone(),
        Column::Operation | Column::SessionId => String::new(),
        Column::SessionReference => session.reference.clone(),
        Column::GroupCode => (*session.group_code).to_owned(),
        Column::Date => session.slot.date.to_string(),
        Column::HalfDay => session.slot.half_day.to_string(),
        Column::EnrolmentId => line.enrolment.to_string(),
        Column::PersonReference => line.person.reference.to_string(),
        Column::LastName => line.person.last_name.as_deref().unwrap_or_default().to_owned(),
        Column::FirstName => line.person.first_name.as_deref().unwrap_or_default().to_owned(),
        Column::Status => mark.status.map(|status| status.to_string()).unwrap_or_default(),
        Column::Minutes => mark.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
        Column::Reason => mark.reason.as_deref().unwrap_or_default().to_owned(),
        Column::Signed => mark.signed.map(|signed| signed.to_string()).unwrap_or_default(),
        Column::Version => {
            if line.mark.version > 0 {
                line.mark.version.to_string()
            } else {
                String::new()
            }
        }
    };
    Column::HEADER.into_iter().map(text).collect()
}

/// Download the template of a month
///
/// A row per expected person of each session of the group that is not cancelled, with the marks that stand: fill `status` and the rest,
/// save as CSV in whatever form your spreadsheet likes, and submit it. Rows left empty change nothing. UTF-8 with BOM, `;`, CRLF.
#[utoipa::path(get, tag = "Attendance", operation_id = "readAttendanceTemplate", extensions(("x-permission" = json!("read_attendance"))),
    params(("id" = GroupId, Path, description = "The group."), TemplateMonth),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
#[get("/groups/{id}/attendance-template.csv")]
pub(crate) async fn read_attendance_template(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may_download::<ReadAttendance>()?;
    let asked = call.query::<TemplateMonth>()?;
    let (first, last) = days(&asked.month).ok_or_else(|| Stop::parameter("VALUE_INVALID", "month"))?;
    let groups_scope = call.may_download::<ReadGroup>()?;
    let group = groups::find(call.read(), &groups_scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?.group;
    let sessions = sessions::find_days(call.read(), &scope, group.id, first, last).await?;
    let known = submissions::external_ids(call.read(), group.organisation, &sessions).await?;
    let sheets = attendance::find_all(call.read(), &scope, sessions).await?;
    let lines = || sheets.iter().flat_map(|sheet| sheet.lines.iter().map(move |line| (sheet, line)));
    let mut people: Vec<_> = lines().map(|(_, line)| line.person.id.uuid()).collect();
    people.sort_unstable();
    people.dedup();
    let file = attendance_file::write(Column::HEADER.into_iter().map(Column::code), lines().map(|(sheet, line)| row(sheet, line, &known)));
    let name = format!("{}-{}.csv", &*group.code, asked.month);
    call.show_file(group.id.uuid(), &name, file, &people).await
}
