//! Referrals to the first actions. Some lead to a seat: in one group of each action, two beyond those of its regulars, each a chain of
//! stays since the invented programme began, as the regulars' are in `stays`; the last free seat is left to a visitor. The others
//! lead nowhere: refused, taken back, or never answered.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::attendance::AttendanceStatus;
use domain::beneficiary::Beneficiary;
use domain::enrolment::EndReason;
use domain::id::Id;
use domain::organisation::OrganisationKind::Association;
use domain::session::Slot;
use domain::settings::Setting;

use super::actions::{self, Meeting};
use super::chance::{Chance, Kind};
use super::maker::{Maker, World, time};
use super::people::Person;
use super::scripts::{self, Plot, Referrers, Script, Step, To, working_day};
use super::stays::{self, Stay};
use super::weeks::{self, Gathering};
use super::{rhythm, sheets, wording};
use crate::problem::Stop;

/// The actions people are referred to: the first ones.
const ACTIONS: usize = 4;
/// The numbers of the groups that have guests, one of each action. The first group has none: its sheets are for visitors.
const GROUPS: [usize; ACTIONS] = [1, 4, 6, 8];
/// How many guests one has at a time.
const SEATS: u64 = 2;

/// The seat a referral leads to.
#[derive(Debug)]
pub(super) struct Guest {
    /// The number of its group.
    pub(super) group: usize,
    pub(super) stay: Stay,
    /// The first half-day they come to, if they do.
    pub(super) first: Option<Gathering>,
}

/// Why guests leave, how often, and how many weeks they stay then.
const ENDINGS: [((EndReason, u32, u32), u32); 6] = [
    ((EndReason::Completed, 10, 22), 50),
    ((EndReason::Abandoned, 3, 10), 18),
    ((EndReason::Employment, 4, 16), 14),
    ((EndReason::Training, 4, 16), 9),
    ((EndReason::NeverCame, 2, 3), 6),
    ((EndReason::Moved, 3, 14), 3),
];

/// Every referral that leads to a seat and was sent by now.
pub(super) fn placed(maker: &Maker<'_>, people: &[Person], pools: &[Vec<Id<Beneficiary>>], referrers: &Referrers) -> Result<Vec<Script>, Stop> {
    let mut scripts = Vec::new();
    for (n, meeting) in actions::meetings(maker.world).filter(|(n, _)| GROUPS.contains(n)) {
        let others = others(maker.world, people, pools, meeting.action);
        // The first half of them: the other one is that of the referrals that lead nowhere.
        let others = others.get(..others.len() / 2).unwrap_or_default();
        for seat in 0..SEATS {
            chain(maker, n, meeting, seat, others, referrers, &mut scripts)?;
        }
    }
    Ok(scripts)
}

/// The guests of one seat of group number `n`, one after the other.
fn chain(
    maker: &Maker<'_>,
    n: usize,
    meeting: &Meeting,
    seat: u64,
    others: &[&Person],
    referrers: &Referrers,
    scripts: &mut Vec<Script>,
) -> Result<(), Stop> {
    let seed = maker.world.seed;
    let mut from = World::first_day().plus_days(Chance::of(seed, Kind::Guest, SEATS * n as u64 + seat, 0).between(0, 60));
    for turn in 1_u64.. {
        // Each seat has people of its own: nobody sits on two of one group.
        let place = turn.checked_rem(others.len() as u64 / SEATS).and_then(|turn| usize::try_from(SEATS * turn + seat).ok());
        let Some(person) = place.and_then(|place| others.get(place)) else { break };
        let chance = Chance::of(seed, Kind::Guest, SEATS * n as u64 + seat, turn);
        let mut plot = Plot::begin(chance, from);
        if !maker.world.has_come(plot.at) {
            break;
        }
        let guest = invite(maker, n, meeting, person, &mut plot)?;
        let ends_on = guest.stay.ends_on;
        from = ends_on.plus_days(7 * plot.chance.between(1, 6));
        let to = To::TakePart { action: meeting.action, group: None, status_at_entry: guest.stay.status_at_entry };
        let was_registered = plot.steps.first().is_some_and(|(sent_at, _)| person.registered_at < *sent_at);
        let script = plot.into_script(person, to, referrers);
        // As the regulars', a stay is made whose last day lies in the window.
        let is_made = was_registered && ends_on >= maker.world.window();
        scripts.push(Script { is_made, guest: Some(guest), ..script });
    }
    Ok(())
}

/// Draws a stay, with the steps that lead to it and from it.
fn invite(maker: &Maker<'_>, n: usize, meeting: &Meeting, person: &Person, plot: &mut Plot) -> Result<Guest, Stop> {
    let external_id = format!("{}-{:04}", meeting.code, plot.chance.below(10_000));
    plot.then(0, 5, Step::Receive { external_id, france_travail_id: None });
    plot.then(2, 9, Step::Seat);
    let enrolled_at = plot.at;
    let (reason, least, most) = plot.chance.weigh(&ENDINGS, (EndReason::Completed, 8, 12));
    let starts_on = working_day(enrolled_at.day().plus_days(plot.chance.between(3, 14)));
    let ends_on = working_day(starts_on.plus_days(7 * plot.chance.between(least, most) + plot.chance.between(0, 4)));
    let ended_at = ends_on.at(time(18, 40));
    let stay = Stay {
        id: plot.chance.id(enrolled_at),
        number: 0,
        person: person.id,
        enrolled_at,
        starts_on,
        planned_end_on: None,
        status_at_entry: plot.chance.weigh(&stays::STATUSES, "rsa"),
        ended_at,
        ends_on,
        reason,
        assessed_at: None,
    };
    let first = first_half_day(maker, n, meeting, &stay)?.filter(|gathering| gathering.marked_at < ended_at);
    plot.steps.extend(first.iter().map(|gathering| (gathering.marked_at, Step::Come)));
    plot.steps.push((ended_at, Step::Leave));
    Ok(Guest { group: n, stay, first })
}

/// Where somebody is first marked as having come.
fn first_half_day(maker: &Maker<'_>, n: usize, meeting: &Meeting, stay: &Stay) -> Result<Option<Gathering>, Stop> {
    let mondays =
        std::iter::successors(Some(stay.starts_on.monday()), |monday| Some(monday.plus_days(7))).take_while(|monday| *monday <= stay.ends_on);
    let mut first: Option<Gathering> = None;
    for monday in mondays {
        for gathering in weeks::week(maker.world, n, meeting, monday).gatherings {
            let earlier = first.as_ref().is_none_or(|first| gathering.marked_at < first.marked_at);
            let is_held = gathering.cancelled.is_none() && (stay.starts_on..=stay.ends_on).contains(&gathering.date);
            if earlier && is_held && sheets::mark(maker, &slot(&gathering), stay)?.status.is_some_and(AttendanceStatus::is_attended) {
                first = Some(gathering);
            }
        }
    }
    Ok(first)
}

/// The times of a half-day.
pub(super) fn slot(gathering: &Gathering) -> Slot {
    let (start_time, end_time) = rhythm::times(gathering.half_day);
    Slot { date: gathering.date, half_day: gathering.half_day, start_time, end_time }
}

/// The guests of group number `n`.
pub(super) fn guests(scripts: &[Script], n: usize) -> impl Iterator<Item = &Stay> {
    scripts.iter().filter_map(|script| script.guest.as_ref()).filter(move |guest| guest.group == n).map(|guest| &guest.stay)
}

/// The people who sit in no group of an action: those it may be given by referral.
fn others<'a>(world: &World, people: &'a [Person], pools: &[Vec<Id<Beneficiary>>], action: usize) -> Vec<&'a Person> {
    let own = actions::meetings(world).filter(|(_, meeting)| meeting.action == action).filter_map(|(n, _)| pools.get(n));
    let regulars: HashSet<&Id<Beneficiary>> = own.flatten().collect();
    let near = actions::meetings(world).find(|(_, meeting)| meeting.action == action).and_then(|(_, meeting)| actions::territory(world, meeting));
    // Those who live near come first: they are the ones who are referred, while there are enough of them.
    let (mut there, elsewhere): (Vec<&Person>, Vec<&Person>) =
        people.iter().filter(|person| !regulars.contains(&person.id)).partition(|person| Some(person.territory) == near);
    if there.len() < FEW {
        there.extend(elsewhere);
    }
    there
}

/// People who are referred to an action by neither the guests' chains nor the referrals that lead nowhere, and sit in none of its groups.
pub(super) fn spare<'a>(world: &World, people: &'a [Person], pools: &[Vec<Id<Beneficiary>>], action: usize) -> Vec<&'a Person> {
    let own = actions::meetings(world).filter(|(_, meeting)| meeting.action == action).filter_map(|(n, _)| pools.get(n));
    let others = others(world, people, pools, action);
    let involved: HashSet<Id<Beneficiary>> = own.flatten().copied().chain(others.iter().map(|person| person.id)).collect();
    let spare: Vec<&Person> = people.iter().filter(|person| !involved.contains(&person.id)).collect();
    if spare.is_empty() {
        // Everybody may be referred then: the last ones of the first half, which the guests do not come to.
        return others.get(others.len() / 4..others.len() / 2).unwrap_or_default().to_vec();
    }
    spare
}

/// Fewer people than this are not enough for an action: the same would be referred to it again too soon.
const FEW: usize = 40;

/// Every referral to an action that leads nowhere and was sent by now: one a week for each action.
pub(super) fn unplaced(maker: &Maker<'_>, people: &[Person], pools: &[Vec<Id<Beneficiary>>], referrers: &Referrers) -> Vec<Script> {
    let (world, window) = (maker.world, scripts::window(maker.world));
    let mut scripts = Vec::new();
    for action in 0..ACTIONS {
        let others = others(world, people, pools, action);
        for (week, monday) in scripts::weeks(world).filter(|(_, monday)| *monday >= window.plus_days(-120)) {
            // The later half of them: the other one is that of the guests.
            let turn = (week as usize).checked_rem(others.len() / 2).unwrap_or(0);
            let Some(person) = others.len().checked_sub(1 + turn).and_then(|place| others.get(place)) else { continue };
            let mut chance = Chance::of(world.seed, Kind::Placement, action as u64, u64::from(week));
            let sent_on = monday.plus_days(chance.between(0, 4));
            let mut plot = Plot::begin(chance, sent_on);
            if !world.has_come(plot.at) || plot.at <= person.registered_at {
                continue;
            }
            let status_at_entry = plot.chance.weigh(&stays::STATUSES, "rsa");
            let days = i64::from(maker.settings.value(Setting::ReferralExpiryDays, plot.at.day()));
            let expires_at = plot.at.plus(TimeDelta::days(days)).plus(TimeDelta::seconds(12));
            let plan = plot.chance.weigh(&[("unseen", 30), ("silent", 15), ("back", 20), ("refused", 35)], "refused");
            if matches!(plan, "silent" | "refused") || plot.chance.happens(50) && plan == "back" {
                scripts::receive(&mut plot, world, Association, person);
            }
            match plan {
                "refused" => plot.refuse(3, 14, &wording::NOT_IN_ACTION),
                "back" => plot.cancel(3, 14),
                _ => plot.steps.push((expires_at, Step::Lapse)),
            }
            let script = plot.into_script(person, To::TakePart { action, group: None, status_at_entry }, referrers);
            scripts.push(Script { is_made: sent_on >= window, ..script });
        }
    }
    scripts
}
