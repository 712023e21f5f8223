//! What becomes of each referral that is invented, step by step with its moments. A script is drawn from its own number alone; how the
//! rules take it is in `referrals`, those to an action are in `placements`.

use chrono::{Datelike, TimeDelta, Weekday};
use domain::accompaniment::Accompaniment;
use domain::barrier::BarrierKind;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant, is_public_holiday};
use domain::enrolment::SeatTaken;
use domain::id::Id;
use domain::organisation::OrganisationKind;
use domain::referral::{Came, Conclusion, Outcome, Referral};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, time};
use super::people::{self, Person};
use super::placements::Guest;
use super::wording::{self, Why};
use super::{names, organisations, staff};

use OrganisationKind::{Association, CapEmploi, MissionLocale, Plie, PoleEmploi};

/// Of how many people one is referred to be accompanied in a week. Nobody is referred again before everybody else was.
const PEOPLE_FOR_ONE: usize = 75;
/// How far apart in their order two people are who are referred one after the other.
const STRIDE: usize = 607;
/// How many weeks a referral may take from its first day to its last: fewer than [`PEOPLE_FOR_ONE`], so that one is open at a time.
const LONGEST_WEEKS: i64 = 62;

/// For what, and to whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum To {
    /// To be accompanied by organisation number `receiver`, perhaps at an agency of it.
    Accompany { receiver: usize, agency: Option<u64>, accompaniment: Accompaniment },
    /// To take part in action number `action`, perhaps in group number `group` of it.
    TakePart { action: usize, group: Option<usize>, status_at_entry: &'static str },
}

/// Something that happens to a referral. The first is always that it is sent.
#[derive(Debug)]
pub(super) enum Step {
    Send,
    Receive {
        external_id: String,
        france_travail_id: Option<String>,
    },
    /// Nobody can be taken now; of an action, whose group has these seats taken.
    Wait(Vec<SeatTaken>),
    Accept(Adviser),
    Refuse {
        why: (&'static str, &'static str),
        in_words: bool,
    },
    Start,
    Conclude {
        conclusion: Conclusion,
        why: Option<(&'static str, &'static str)>,
        outcome: Outcome,
    },
    Cancel {
        why: (&'static str, &'static str),
        in_words: bool,
    },
    /// Nobody answered in time.
    Lapse,
    /// It gives a seat in a group.
    Seat,
    /// The person came to the group for the first time.
    Come,
    /// The person left the group.
    Leave,
}

/// Who accompanies people at a receiver's.
#[derive(Debug)]
pub(super) struct Adviser {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: String,
    pub(super) phone: String,
}

/// What becomes of a referral.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<Referral>,
    pub(super) person: Id<Beneficiary>,
    pub(super) to: To,
    /// The number of the caseworker who refers, among the staff.
    pub(super) by: usize,
    pub(super) objective: String,
    pub(super) barriers: Vec<BarrierKind>,
    pub(super) signed_on: Option<Day>,
    pub(super) steps: Vec<(Instant, Step)>,
    /// Whether a start from nothing makes it. An older one goes on where it was made, and is not made afterwards.
    pub(super) is_made: bool,
    /// The seat it leads to.
    pub(super) guest: Option<Guest>,
}

impl Script {
    /// Whether a referral stands as its first `steps` steps left it: nobody else touched it.
    pub(super) fn is_at(&self, steps: usize, referral: &Referral) -> bool {
        let last = steps.checked_sub(1).and_then(|last| self.steps.get(last));
        usize::try_from(referral.stamp.version).is_ok_and(|version| version == steps) && last.is_some_and(|(at, _)| *at == referral.stamp.updated_at)
    }
}

/// The first day of the quarter before this one: accompaniments are made from there on, so that starts of one quarter make the same.
pub(super) fn window(world: &World) -> Day {
    let today = world.now.day().date();
    let quarter = chrono::NaiveDate::from_ymd_opt(today.year(), today.month0() / 3 * 3 + 1, 1).unwrap_or(today);
    Day::new(quarter.checked_sub_months(chrono::Months::new(3)).unwrap_or(quarter)).monday().max(World::first_day())
}

/// The Mondays with their numbers, from the first whose referrals may still go on.
pub(super) fn weeks(world: &World) -> impl Iterator<Item = (u32, Day)> {
    let from = window(world).plus_days(-7 * LONGEST_WEEKS).max(World::first_day());
    let today = world.now.day();
    let number = |monday: Day| u32::try_from((monday.date() - World::first_day().date()).num_weeks()).unwrap_or(0);
    std::iter::successors(Some(from.monday()), |monday| Some(monday.plus_days(7)))
        .take_while(move |monday| *monday <= today)
        .map(move |monday| (number(monday), monday))
}

/// Everybody who may refer, with what they are told apart by.
pub(super) struct Referrers(Vec<staff::Colleague>);

impl Referrers {
    pub(super) fn new(maker: &Maker<'_>) -> Self {
        Self(staff::staff(maker))
    }

    /// The number of a caseworker of a territory.
    pub(super) fn draw(&self, chance: &mut Chance, territory: usize) -> usize {
        let there: Vec<usize> =
            self.0.iter().enumerate().filter(|(_, colleague)| colleague.territory == Some(territory)).map(|(number, _)| number).collect();
        chance.pick(&there, 0)
    }
}

/// A script as it is being drawn, at the moment it has come to.
pub(super) struct Plot {
    pub(super) chance: Chance,
    pub(super) at: Instant,
    pub(super) steps: Vec<(Instant, Step)>,
}

impl Plot {
    /// Begins on a day, or the first working day after it.
    pub(super) fn begin(mut chance: Chance, day: Day) -> Self {
        let at = working_day(day).at(time(9 + chance.below(8), chance.below(60)));
        Self { chance, at, steps: vec![(at, Step::Send)] }
    }

    /// So many days pass, at least; always some minutes.
    pub(super) fn pass(&mut self, least: u32, most: u32) -> Instant {
        self.at = later(&mut self.chance, self.at, least, most);
        self.at
    }

    pub(super) fn then(&mut self, least: u32, most: u32, step: Step) {
        let at = self.pass(least, most);
        self.steps.push((at, step));
    }

    pub(super) fn cancel(&mut self, least: u32, most: u32) {
        let why = self.why(&wording::TAKEN_BACK);
        let in_words = self.chance.happens(60);
        self.then(least, most, Step::Cancel { why, in_words });
    }

    pub(super) fn refuse(&mut self, least: u32, most: u32, reasons: &[Why]) {
        let why = self.why(reasons);
        let in_words = self.chance.happens(70);
        self.then(least, most, Step::Refuse { why, in_words });
    }

    fn why(&mut self, reasons: &[Why]) -> (&'static str, &'static str) {
        self.chance.weigh(reasons, ("other", "Autre motif."))
    }

    pub(super) fn into_script(mut self, person: &Person, to: To, referrers: &Referrers) -> Script {
        let receiver = match to {
            To::Accompany { receiver, .. } => organisations::all().nth(receiver).map_or(Association, |(_, kind, _)| kind),
            To::TakePart { .. } => Association,
        };
        let sent_at = self.steps.first().map_or(self.at, |(at, _)| *at);
        let id = self.chance.id(sent_at);
        let by = referrers.draw(&mut self.chance, person.territory);
        let barriers = wording::barriers(&mut self.chance);
        let objective = wording::objective(&mut self.chance, receiver, &barriers);
        let days_before = self.chance.between(0, 3);
        let signed_on = self.chance.happens(85).then(|| sent_at.day().plus_days(-days_before));
        Script { id, person: person.id, to, by, objective, barriers, signed_on, steps: self.steps, is_made: true, guest: None }
    }
}

/// So many days after a moment, at least, when people work; always some minutes.
pub(super) fn later(chance: &mut Chance, before: Instant, least: u32, most: u32) -> Instant {
    let day = working_day(before.day().plus_days(chance.between(least, most)));
    let at = day.at(time(9 + chance.below(8), chance.below(60)));
    let minutes = chance.between(7, 90);
    at.max(before.plus(TimeDelta::minutes(minutes)))
}

/// The day itself, or the first after it on which people work.
pub(super) fn working_day(day: Day) -> Day {
    let rests = |day: &Day| is_public_holiday(*day) || matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    (0..7).map(|later| day.plus_days(later)).find(|day| !rests(day)).unwrap_or(day)
}

/// Every referral for an accompaniment that was sent by now and may still go on.
pub(super) fn accompaniments(world: &World, people: &[Person], referrers: &Referrers) -> Vec<Script> {
    let (window, a_week) = (window(world), (people.len() / PEOPLE_FOR_ONE).max(1));
    // A prime: strides of it come to everybody before they come back, unless there are a multiple of it.
    let stride = if people.len().is_multiple_of(STRIDE) { 1 } else { STRIDE };
    let mut scripts = Vec::new();
    for (week, monday) in weeks(world) {
        for n in 0..a_week {
            let number = week as usize * a_week + n;
            let Some(person) = number.wrapping_mul(stride).checked_rem(people.len()).and_then(|place| people.get(place)) else { continue };
            scripts.extend(accompaniment(world, number as u64, monday, person, referrers));
        }
    }
    for script in &mut scripts {
        script.is_made = script.steps.first().is_some_and(|(sent_at, _)| sent_at.day() >= window);
    }
    scripts
}

/// Receivers for people of 16 to 25, and for others.
const OF_THE_YOUNG: [(OrganisationKind, u32); 3] = [(MissionLocale, 70), (PoleEmploi, 26), (CapEmploi, 4)];
const OF_ALL: [(OrganisationKind, u32); 3] = [(PoleEmploi, 74), (CapEmploi, 13), (Plie, 13)];

/// The territories where the PLIE works: Limoges and what lies around it.
const OF_THE_PLIE: std::ops::Range<usize> = 0..2;

/// Referral number `number`, sent in the week of a Monday; none for somebody who was not registered yet.
fn accompaniment(world: &World, number: u64, monday: Day, person: &Person, referrers: &Referrers) -> Option<Script> {
    let mut chance = Chance::of(world.seed, Kind::Referral, number, 0);
    let sent_on = monday.plus_days(chance.between(0, 4));
    let mut plot = Plot::begin(chance, sent_on);
    if !world.has_come(plot.at) || plot.at <= person.registered_at {
        return None;
    }
    // Young to the end of that week: a holiday may move it by some days.
    let is_young = sent_on.plus_days(7) < person.born_on.plus_months(12 * 26);
    let drawn = plot.chance.weigh(if is_young { &OF_THE_YOUNG } else { &OF_ALL }, PoleEmploi);
    let kind = if drawn == Plie && !OF_THE_PLIE.contains(&person.territory) { PoleEmploi } else { drawn };
    let receiver = organisations::number(kind)?;
    let closer_to_work = plot.chance.happens(60);
    let accompaniment =
        if kind == Plie || (kind == PoleEmploi && !closer_to_work) { Accompaniment::Socioprofessional } else { Accompaniment::CommonLaw };
    let agency = (kind == PoleEmploi).then(|| agency(&mut plot.chance, person.territory)).flatten();
    tell(&mut plot, world, kind, receiver, person);
    Some(plot.into_script(person, To::Accompany { receiver, agency, accompaniment }, referrers))
}

/// The agency near a territory, most of the time.
fn agency(chance: &mut Chance, territory: usize) -> Option<u64> {
    let near: &[u64] = match territory {
        0 | 1 => &[0, 1, 2],
        2 => &[4],
        3 => &[0],
        4 | 5 => &[3],
        6 => &[5],
        _ => &[2],
    };
    let agency = chance.pick(near, 0);
    chance.happens(90).then_some(agency)
}

/// What becomes of a referral for an accompaniment.
fn tell(plot: &mut Plot, world: &World, kind: OrganisationKind, receiver: usize, person: &Person) {
    let plan = plot.chance.weigh(&[("unseen", 5), ("silent", 4), ("back", 6), ("refused", 12), ("taken", 73)], "taken");
    if plan == "unseen" {
        return plot.cancel(50, 100);
    }
    receive(plot, world, kind, person);
    match plan {
        "silent" => return plot.cancel(50, 90),
        "back" => return plot.cancel(3, 20),
        "refused" => return plot.refuse(5, 21, &wording::NOT_ACCOMPANIED),
        _ => {}
    }
    let waits = match kind {
        Plie => 35,
        CapEmploi => 20,
        MissionLocale => 10,
        _ => 6,
    };
    if plot.chance.happens(waits) {
        plot.then(2, 9, Step::Wait(Vec::new()));
        if plot.chance.happens(12) {
            return plot.cancel(15, 40);
        }
        plot.pass(14, 42);
    }
    let adviser = adviser(&mut plot.chance, world, kind, receiver);
    plot.then(3, 16, Step::Accept(adviser));
    match plot.chance.weigh(&[("comes", 86), ("never", 9), ("back", 5)], "comes") {
        "never" => {
            let outcome = Outcome { came: Some(Came::No), selected: None, joined: Some(false) };
            let why = Some(("never_came", "Aucune venue aux trois rendez-vous proposés."));
            return plot.then(20, 45, Step::Conclude { conclusion: Conclusion::Abandoned, why, outcome });
        }
        "back" => return plot.cancel(4, 15),
        _ => {}
    }
    plot.then(3, 21, Step::Start);
    let (least, most) = plot.chance.weigh(&[((21, 70), 30), ((70, 150), 30), ((150, 290), 40)], (70, 150));
    let stops = plot.chance.happens(36);
    let why = plot.why(&wording::STOPPED);
    let outcome = Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(true) };
    let conclusion = if stops { Conclusion::Abandoned } else { Conclusion::Completed };
    plot.then(least, most, Step::Conclude { conclusion, why: stops.then_some(why), outcome });
}

/// The receiver's machine has it within three days, and says how it calls it; Pôle emploi's, also the person.
pub(super) fn receive(plot: &mut Plot, world: &World, kind: OrganisationKind, person: &Person) {
    let prefix = match kind {
        PoleEmploi => "FT-ORI",
        MissionLocale => "ML",
        CapEmploi => "CE87",
        Plie => "PLIE",
        _ => "ASSO",
    };
    let external_id = format!("{prefix}-{:07}", plot.chance.below(10_000_000));
    let france_travail_id = (plot.chance.happens(85) && kind == PoleEmploi).then(|| people::france_travail_id(world, person));
    plot.then(0, 3, Step::Receive { external_id, france_travail_id });
}

/// How many advisers a receiver has.
const ADVISERS: u32 = 14;

fn adviser(chance: &mut Chance, world: &World, kind: OrganisationKind, receiver: usize) -> Adviser {
    let number = chance.below(ADVISERS);
    let mut chance = Chance::of(world.seed, Kind::Adviser, receiver as u64, u64::from(number));
    let (first_name, last_name) = names::draw(&mut chance);
    let host = match kind {
        PoleEmploi => "france-travail.example",
        MissionLocale => "mission-locale.example",
        CapEmploi => "cap-emploi.example",
        _ => "plie.example",
    };
    let local = |name: &str| domain::text::folded(name).replace(' ', "-");
    let email = format!("{}.{}@{host}", local(first_name), local(last_name));
    Adviser { first_name, last_name, email, phone: format!("05 36 49 {:04}", chance.below(10_000)) }
}
