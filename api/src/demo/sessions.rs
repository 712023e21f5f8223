//! Planning the weeks of a group and calling sessions off, through the rules. A week is planned as a whole; one that has any of its
//! sessions was planned, and whatever a visitor changed in it stays.

use std::collections::{HashMap, HashSet};

use domain::attendance::SheetState;
use domain::calendar::Day;
use domain::group::Group;
use domain::id::Id;
use domain::policy::{ManageSession, ReadSession};
use domain::refusal::Decided;
use domain::session::{Agenda, Planned, SeriesOrder, Session, SessionsPlanned, SheetSoFar};
use persistence::sessions::{self, SessionQuery};
use persistence::{Listing, Write};

use super::actions::Meeting;
use super::maker::{Maker, said};
use super::rhythm;
use super::weeks::{self, Gathering, Week};
use crate::problem::Stop;

/// A session with what was invented of it.
pub(super) type Invented = (Session, Gathering);

/// The sessions of a group after a start.
pub(super) struct Timetable {
    /// Those that were invented and still are as they were planned, oldest first.
    pub(super) invented: Vec<Invented>,
    /// How many there are in all.
    pub(super) all: usize,
    /// How many are new.
    pub(super) new: usize,
}

/// Brings the sessions of group number `n` up to this start.
pub(super) async fn bring_up_to_date(maker: &Maker<'_>, w: &Write, n: usize, meeting: &Meeting, group: &Group) -> Result<Timetable, Stop> {
    let known = list(maker, w, group).await?;
    let ids: HashSet<Id<Session>> = known.iter().map(|session| session.id).collect();
    let mut planned = Vec::new();
    let mut gatherings: HashMap<Id<Session>, Gathering> = HashMap::new();
    let window = maker.world.window();
    let earliest = known.iter().map(|session| session.slot.date).min().unwrap_or(window).min(window);
    for monday in weeks::mondays(maker.world, earliest) {
        let week = weeks::week(maker.world, n, meeting, monday);
        if monday >= window && !week.gatherings.iter().any(|gathering| ids.contains(&gathering.id)) {
            let agenda = known.iter().filter(|session| session.slot.date.monday() == monday).map(as_planned);
            plan(maker, w, group, meeting, &week, monday, &mut Agenda(agenda.collect()), &mut planned)?;
        }
        gatherings.extend(week.gatherings.into_iter().map(|gathering| (gathering.id, gathering)));
    }
    sessions::save_all_planned(w, &planned).await?;
    let new = planned.iter().map(|decided| decided.sessions.len()).sum();
    let mut sessions = if planned.is_empty() { known } else { list(maker, w, group).await? };
    call_off(maker, w, &mut sessions, &gatherings).await?;
    let all = sessions.len();
    let standing = sessions.into_iter().rev().filter(|session| session.stamp.version == 1);
    let invented = standing.filter_map(|session| gatherings.remove(&session.id).map(|gathering| (session, gathering))).collect();
    Ok(Timetable { invented, all, new })
}

fn as_planned(session: &Session) -> Planned {
    Planned {
        reference: session.reference.clone(),
        date: session.slot.date,
        half_day: session.slot.half_day,
        cancelled: session.cancelled_at.is_some(),
    }
}

/// The sessions of a group, newest first.
async fn list(maker: &Maker<'_>, w: &Write, group: &Group) -> Result<Vec<Session>, Stop> {
    let query = SessionQuery { group: Some(group.id), ..SessionQuery::default() };
    Ok(sessions::list(w, &maker.may::<ReadSession>(maker.world.now)?, &query, &Listing::first(1_000_000)).await?.items)
}

/// One series for each half of the day. A week the rules refuse is one that a visitor took out of the group's period.
#[expect(clippy::too_many_arguments, reason = "a week of a group, with what is around it")]
fn plan(
    maker: &Maker<'_>,
    w: &Write,
    group: &Group,
    meeting: &Meeting,
    week: &Week,
    monday: Day,
    agenda: &mut Agenda,
    planned: &mut Vec<Decided<SessionsPlanned>>,
) -> Result<(), Stop> {
    let scope = maker.may::<ManageSession>(week.planned_at)?;
    for (half_day, _) in meeting.rhythm.series() {
        let gatherings: Vec<&Gathering> =
            week.gatherings.iter().filter(|gathering| gathering.half_day == *half_day && !is_taken(agenda, gathering)).collect();
        if gatherings.is_empty() {
            continue;
        }
        let (start_time, end_time) = rhythm::times(*half_day);
        let weekdays = gatherings.iter().map(|gathering| gathering.weekday).collect();
        let order = SeriesOrder { weekdays, half_day: *half_day, start_time, end_time, starts_on: monday, ends_on: monday.plus_days(6), place: None };
        let mut ids = gatherings.iter().map(|gathering| gathering.id);
        if let Ok(decided) = Session::plan_series(&scope, || ids.next().unwrap_or_else(|| w.id()), group, agenda.clone(), order) {
            agenda.0.extend(decided.sessions.iter().map(as_planned));
            planned.push(decided);
        }
    }
    Ok(())
}

fn is_taken(agenda: &Agenda, gathering: &Gathering) -> bool {
    agenda.0.iter().any(|planned| !planned.cancelled && planned.date == gathering.date && planned.half_day == gathering.half_day)
}

/// Calls off what is to be, as long as nobody touched it.
async fn call_off(maker: &Maker<'_>, w: &Write, sessions: &mut [Session], gatherings: &HashMap<Id<Session>, Gathering>) -> Result<(), Stop> {
    for session in sessions {
        let Some((at, reason)) = gatherings.get(&session.id).and_then(|gathering| gathering.cancelled) else { continue };
        let untouched = session.stamp.version == 1 && session.sheet_version == 1;
        if untouched && maker.world.has_come(at) {
            let sheet = SheetSoFar { state: SheetState::Open, has_marks: sessions::has_marks(w, session).await? };
            if let Ok(cancelled) = session.cancel(&maker.may::<ManageSession>(at)?, said(reason)?, sheet, maker.vocabulary) {
                sessions::save(w, &cancelled).await?;
                *session = cancelled.after.clone();
            }
        }
    }
    Ok(())
}
