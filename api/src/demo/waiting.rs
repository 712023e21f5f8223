//! The waiting list of the group that is always full: two or three people whose referral names it wait for a seat, until it is taken back.

use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant, Period};
use domain::enrolment::SeatTaken;
use domain::id::Id;
use domain::organisation::OrganisationKind::Association;

use super::actions::{self, Meeting};
use super::chance::{Chance, Kind};
use super::maker::World;
use super::people::Person;
use super::placements;
use super::scripts::{self, Plot, Referrers, Script, Step, To};
use super::stays::{self, Stay};

/// The number of the group none of whose seats is ever free, not even for a visitor.
pub(super) const FULL: usize = 5;

/// How many days there are between two people who are sent to wait, and how long they do.
const EVERY: i64 = 30;
const WAITS: u32 = 76;

/// Every referral for that group that was sent by now.
pub(super) fn waiting(world: &World, people: &[Person], pools: &[Vec<Id<Beneficiary>>], referrers: &Referrers) -> Vec<Script> {
    let Some((_, meeting)) = actions::meetings(world).find(|(n, _)| *n == FULL) else { return Vec::new() };
    let stays = stays::stays(world, FULL, meeting, pools.get(FULL).map_or(&[], Vec::as_slice));
    let candidates = placements::spare(world, people, pools, meeting.action);
    let mut scripts = Vec::new();
    for number in 0_usize.. {
        let sent_on = World::first_day().plus_days(90 + EVERY * i64::try_from(number).unwrap_or(0));
        if sent_on > world.now.day() {
            break;
        }
        let Some(person) = number.checked_rem(candidates.len()).and_then(|place| candidates.get(place)) else { break };
        scripts.extend(wait(world, meeting, (number, sent_on), person, &stays, referrers));
    }
    scripts
}

fn wait(world: &World, meeting: &Meeting, (number, sent_on): (usize, Day), person: &Person, stays: &[Stay], referrers: &Referrers) -> Option<Script> {
    let mut chance = Chance::of(world.seed, Kind::Waiting, number as u64, 0);
    let day = sent_on.plus_days(chance.between(0, 3));
    let mut plot = Plot::begin(chance, day);
    if !world.has_come(plot.at) || plot.at <= person.registered_at {
        return None;
    }
    let status_at_entry = plot.chance.weigh(&stays::STATUSES, "rsa");
    scripts::receive(&mut plot, world, Association, person);
    let at = plot.pass(1, 3);
    plot.steps.push((at, Step::Wait(taken(stays, at))));
    plot.cancel(WAITS, WAITS + 3);
    let to = To::TakePart { action: meeting.action, group: Some(FULL), status_at_entry };
    let script = plot.into_script(person, to, referrers);
    Some(Script { is_made: sent_on >= scripts::window(world), ..script })
}

/// The seats that are taken at a moment, as far as one knows then.
fn taken(stays: &[Stay], at: Instant) -> Vec<SeatTaken> {
    let enrolled = stays.iter().filter(|stay| stay.enrolled_at <= at);
    let seat = |stay: &Stay| SeatTaken {
        person: stay.person,
        period: Period { starts_on: stay.starts_on, ends_on: Some(stay.ends_on).filter(|_| stay.ended_at <= at) },
    };
    enrolled.map(seat).collect()
}
