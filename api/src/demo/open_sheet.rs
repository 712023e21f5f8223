//! The sheet a visitor is invited to fill: an open one of the first association, of an earlier day, with people to mark. The calendar
//! leaves one by itself; when a visitor filled it already, one more session is planned.

use chrono::Weekday;
use domain::attendance::{SheetState, sheet_state};
use domain::calendar::{Day, HalfDay, Period, is_public_holiday};
use domain::group::Group;
use domain::ids::{EnrolmentId, SessionId};
use domain::policy::{ManageSession, ReadAttendance, ReadEnrolment, ReadGroup, ReadSession};
use domain::session::{Session, SessionOrder, Slot};
use persistence::sessions::{self, SessionQuery};
use persistence::{Listing, Write, attendance, enrolments, groups};

use super::maker::Maker;
use super::{actions, organisations, rhythm};
use crate::problem::Stop;

/// An open sheet of an earlier day.
#[derive(Clone, Debug)]
pub struct OpenSheet {
    /// Its session.
    pub session: SessionId,
    /// Who is expected and not marked: two or more.
    pub unmarked: Vec<EnrolmentId>,
}

/// How many people must be there to mark.
const ENOUGH: usize = 2;
/// How many days back one looks for a sheet: those before are closed by the clock.
const FAR: i64 = 45;
/// How many days back one more session may be.
const NEAR: i64 = 6;

/// Finds the newest one, or plans a session that has one. None when a visitor left the groups of the first association empty.
pub(super) async fn ensure(maker: &Maker<'_>, w: &Write) -> Result<Option<OpenSheet>, Stop> {
    let mut groups_of_it = Vec::new();
    for (n, meeting) in actions::meetings(maker.world) {
        if actions::provider(meeting.action) == organisations::FIRST_ASSOCIATION {
            let id = actions::group_id(maker.world, n);
            groups_of_it.extend(groups::find(w, &maker.may::<ReadGroup>(maker.world.now)?, id).await?.map(|row| row.group));
        }
    }
    let mut newest: Option<(Slot, OpenSheet)> = None;
    for group in &groups_of_it {
        if let Some((slot, sheet)) = find(maker, w, group).await?
            && newest.as_ref().is_none_or(|(other, _)| other.starts_at() < slot.starts_at())
        {
            newest = Some((slot, sheet));
        }
    }
    if let Some((_, sheet)) = newest {
        return Ok(Some(sheet));
    }
    for group in &groups_of_it {
        if let Some(sheet) = plan(maker, w, group).await? {
            return Ok(Some(sheet));
        }
    }
    Ok(None)
}

async fn find(maker: &Maker<'_>, w: &Write, group: &Group) -> Result<Option<(Slot, OpenSheet)>, Stop> {
    let today = maker.world.now.day();
    let query = SessionQuery { from: Some(today.plus_days(-FAR)), to: Some(today.plus_days(-1)), group: Some(group.id), sheet_closed: None };
    let listed = sessions::list(w, &maker.may::<ReadSession>(maker.world.now)?, &query, &Listing::first(1_000)).await?.items;
    for session in listed.into_iter().filter(|session| session.cancelled_at.is_none() && is_open(maker, session)) {
        let slot = session.slot;
        if let Some(sheet) = to_fill(maker, w, session).await? {
            return Ok(Some((slot, sheet)));
        }
    }
    Ok(None)
}

fn is_open(maker: &Maker<'_>, session: &Session) -> bool {
    sheet_state(session, maker.settings, maker.world.now) == SheetState::Open
}

async fn to_fill(maker: &Maker<'_>, w: &Write, session: Session) -> Result<Option<OpenSheet>, Stop> {
    let sheet = attendance::find(w, &maker.may::<ReadAttendance>(maker.world.now)?, session).await?;
    let unmarked: Vec<EnrolmentId> = sheet.lines.iter().filter(|line| line.mark.value.status.is_none()).map(|line| line.enrolment).collect();
    Ok((unmarked.len() >= ENOUGH).then_some(OpenSheet { session: sheet.session.id, unmarked }))
}

/// Plans a session on the most recent day that has none, a working day if there is one.
async fn plan(maker: &Maker<'_>, w: &Write, group: &Group) -> Result<Option<OpenSheet>, Stop> {
    let read = maker.may::<ReadEnrolment>(maker.world.now)?;
    let enrolled = enrolments::list(w, &read, group.id, &Listing::first(10_000)).await?.items;
    let expected = |day: Day| {
        let there = enrolled.iter().filter(|one| Period { starts_on: one.starts_on, ends_on: one.end.map(|(day, _)| day) }.holds(day));
        there.count() >= ENOUGH
    };
    let rests = |day: Day| is_public_holiday(day) || matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let mut days: Vec<Day> = (1..=NEAR).map(|back| maker.world.now.day().plus_days(-back)).filter(|day| expected(*day)).collect();
    days.sort_by_key(|day| rests(*day));
    for date in days {
        for half_day in [HalfDay::Afternoon, HalfDay::Morning] {
            let agenda = sessions::agenda(w, group).await?;
            let (start_time, end_time) = rhythm::times(half_day);
            let order = SessionOrder { slot: Slot { date, half_day, start_time, end_time }, place: None };
            // Refused where the group has a session already, or where a visitor took the day out of its period.
            let Ok(planned) = Session::plan(&maker.may::<ManageSession>(maker.world.now)?, w.id(), group, agenda, order) else { continue };
            if let Some(session) = planned.sessions.first().filter(|session| is_open(maker, session)) {
                sessions::save_planned(w, &planned).await?;
                return to_fill(maker, w, session.clone()).await;
            }
        }
    }
    Ok(None)
}
