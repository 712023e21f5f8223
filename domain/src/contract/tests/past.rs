//! What a contract had come to on a day that has passed never changes, whatever is said of it later. Beside it stands a history to which
//! things are added alone, each under the moment at which its change began, up to a minute late.

use std::collections::HashMap;

use proptest::prelude::*;

use super::histories::Step;
use super::synthesis::{intervention, oriented, seat};
use super::*;
use crate::attendance::AttendanceStatus;
use crate::barrier::Resolution;
use crate::contract::synthesis::{Attended, HoursState, Known, Marked, known_at};
use crate::enrolment::EndReason;
use crate::intervention::Intervention;

/// Something that happens around the contract, or to it.
#[derive(Clone, Debug)]
enum Act {
    Contract(Step),
    Mark(i64, AttendanceStatus),
    Correct(usize, AttendanceStatus),
    Meet(i64, i32),
    Forget(usize),
    Lift(i64),
    Leave(i64),
    /// Up to so many seconds before midnight in Paris.
    WaitForMidnight(i64),
}

fn act() -> impl Strategy<Value = Act> {
    let status = || prop::sample::select(AttendanceStatus::ALL);
    prop_oneof![
        9 => histories::step().prop_map(Act::Contract),
        4 => (0_i64..9, status()).prop_map(|(days_ago, status)| Act::Mark(days_ago, status)),
        3 => (any::<usize>(), status()).prop_map(|(place, status)| Act::Correct(place, status)),
        2 => (0_i64..20, 1_i32..90).prop_map(|(days_ago, minutes)| Act::Meet(days_ago, minutes)),
        1 => any::<usize>().prop_map(Act::Forget),
        1 => (0_i64..9).prop_map(Act::Lift),
        1 => (0_i64..9).prop_map(Act::Leave),
        3 => (1_i64..70).prop_map(Act::WaitForMidnight),
    ]
}

fn marked(date: Day, status: AttendanceStatus) -> Marked {
    let credited_minutes = match status {
        AttendanceStatus::Present => 180,
        AttendanceStatus::Late | AttendanceStatus::LeftEarly => 75,
        AttendanceStatus::AbsentExcused | AttendanceStatus::AbsentUnexcused => 0,
    };
    Marked { date, status, credited_minutes }
}

/// What is known besides the contracts.
#[derive(Clone)]
struct Around {
    seat: Attended,
    interventions: Vec<Intervention>,
    barriers: Vec<Barrier>,
}

/// Everything as it was once something had happened.
struct Snapshot {
    at: Instant,
    contracts: Vec<Contract>,
    frozen: Vec<(Id<Contract>, Edition)>,
    around: Around,
}

impl Snapshot {
    /// What was known of each contract.
    fn known(&self) -> impl Iterator<Item = Known> {
        self.contracts.iter().map(|contract| Known {
            contract: contract.clone(),
            editions: self.frozen.iter().filter(|(of, _)| *of == contract.id).map(|(_, edition)| edition.clone()).collect(),
            orientation: Some(oriented("2024-09-16")),
            readiness: Vec::new(),
            barriers: self.around.barriers.clone(),
            interventions: self.around.interventions.clone(),
            enrolments: vec![self.around.seat.clone()],
            referrals: Vec::new(),
        })
    }
}

struct World {
    life: Life,
    around: Around,
    history: Vec<Snapshot>,
    /// What was told of each contract on each day.
    told: HashMap<(uuid::Uuid, Day), String>,
    /// Days that are looked at time and again.
    days: Vec<Day>,
}

impl World {
    fn begin() -> Self {
        let life = Life::today();
        let days = [0, 7, 40, 120].map(|days| life.day().plus_days(days)).to_vec();
        let around = Around { seat: seat(1, &[]), interventions: Vec::new(), barriers: life.barriers.clone() };
        Self { life, around, history: Vec::new(), told: HashMap::new(), days }
    }

    fn now_is(&self) -> Snapshot {
        let (contracts, frozen) = (self.life.contracts.clone(), self.life.frozen.clone());
        Snapshot { at: self.life.now, contracts, frozen, around: self.around.clone() }
    }

    fn act(&mut self, act: &Act) {
        let today = self.life.day();
        let marks = &mut self.around.seat.marks;
        match act {
            Act::Contract(step) => {
                let _refused_or_not = self.life.step(step);
            }
            Act::Mark(days_ago, status) => {
                let date = today.plus_days(-days_ago);
                let is_taken = marks.iter().any(|mark| mark.date == date) || self.around.seat.ends_on.is_some_and(|end| end < date);
                if !is_taken && self.around.seat.starts_on <= date {
                    marks.push(marked(date, *status));
                }
            }
            Act::Correct(place, status) => {
                let count = marks.len().max(1);
                if let Some(mark) = marks.get_mut(place % count) {
                    *mark = marked(mark.date, *status);
                }
            }
            Act::Meet(days_ago, minutes) => {
                let n = self.around.interventions.len() as u128;
                self.around.interventions.push(intervention(n, today.plus_days(-days_ago), Some(*minutes)));
            }
            Act::Forget(place) => {
                let count = self.around.interventions.len().max(1);
                if let Some(one) = self.around.interventions.get_mut(place % count) {
                    one.cancelled_at = Some(self.life.now);
                }
            }
            Act::Lift(days_ago) => {
                let resolved_on = today.plus_days(-days_ago);
                self.around.barriers[0].resolution = Some(Resolution { resolved_on, outcome: term("resolved") });
            }
            Act::Leave(days_ago) => {
                let end = today.plus_days(-days_ago).max(self.around.seat.starts_on);
                marks.retain(|mark| mark.date <= end);
                (self.around.seat.ends_on, self.around.seat.end_reason) = (Some(end), Some(EndReason::Completed));
            }
            Act::WaitForMidnight(seconds) => {
                let eve = today.end().plus(TimeDelta::seconds(-seconds));
                self.life.now = self.life.now.max(eve);
            }
        }
    }

    /// The history is asked of a day, as far as it may be: it says what it said before.
    fn look(&mut self, on: Day) -> Result<(), TestCaseError> {
        let Ok(before) = known_at(on, self.life.now) else { return Ok(()) };
        let Some(last) = self.history.iter().rev().find(|snapshot| snapshot.at < before) else { return Ok(()) };
        for known in last.known() {
            let key = (known.contract.id.uuid(), on);
            let says = format!("{:?}", known.synthesis(on));
            let said = self.told.entry(key).or_insert_with(|| says.clone());
            prop_assert_eq!(&says, said, "of {} at {}", on, self.life.now);
        }
        Ok(())
    }

    /// The hours of today, counted day by day.
    fn count(&self) -> Result<(), TestCaseError> {
        let today = self.life.day();
        for known in self.now_is().known() {
            let mut by_hand = HoursState::default();
            if let Some(period) = known.contract.period {
                let mut sevenths = 0;
                let mut day = period.starts_on;
                while day <= today && period.holds(day) {
                    let held = |edition: &&Edition| edition.number == 1 || edition.validation.is_some_and(|one| one.on.max(period.starts_on) <= day);
                    let edition = known.editions.iter().rfind(held).expect("the first holds");
                    sevenths += i64::from(edition.terms.weekly_hours.unwrap_or(0)) * 60;
                    for mark in known.enrolments[0].marks.iter().filter(|mark| mark.date == day) {
                        by_hand.credited_minutes += i64::from(mark.credited_minutes);
                        by_hand.half_days += i64::from(mark.status.is_attended());
                    }
                    let met = known.interventions.iter().filter(|one| one.about.occurred_on == day && one.cancelled_at.is_none());
                    by_hand.intervention_minutes += met.filter_map(|one| one.about.minutes).map(i64::from).sum::<i64>();
                    day = day.plus_days(1);
                }
                by_hand.promised_minutes = sevenths / 7;
            }
            prop_assert_eq!(known.synthesis(today).hours, by_hand);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]
    #[test]
    fn what_a_contract_had_come_to_on_a_day_never_changes_and_its_hours_are_those_counted_by_hand(
        acts in prop::collection::vec((act(), 0_i64..60), 1..40),
    ) {
        let mut world = World::begin();
        for (act, seconds_late) in &acts {
            world.act(act);
            let happened = world.now_is();
            world.life.now = world.life.now.plus(TimeDelta::seconds(*seconds_late));
            let yesterday = world.life.day().plus_days(-1);
            world.look(yesterday)?;
            world.history.push(happened);
            world.look(yesterday)?;
            for day in world.days.clone() {
                world.look(day)?;
            }
            world.count()?;
        }
    }
}
