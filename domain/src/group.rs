//! Groups of an action: open entry, a place, seats, a period. Seats are counted here, day by day; who sits on them is an enrolment.

use crate::action::{Action, Axis};
use crate::calendar::{Day, Period};
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::organisation::Organisation;
use crate::policy::{ManageGroup, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::{Code, Label};

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: Id<Group>,
    /// Its action.
    pub action: Id<Action>,
    /// The action's name.
    pub action_name: Label,
    /// What the action is for: mobilisation has a weekly rhythm.
    pub axis: Axis,
    /// Who runs the action.
    pub organisation: Id<Organisation>,
    /// Its code, given once: sessions' references carry it.
    pub code: Code,
    /// What is said of it.
    pub about: GroupOrder,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a group.
#[derive(Clone, Debug)]
pub struct GroupOrder {
    /// What it is called.
    pub name: Label,
    /// Where it meets.
    pub place: Label,
    /// The commune of that place.
    pub commune_code: CommuneCode,
    /// Seats.
    pub capacity: i32,
    /// First day.
    pub starts_on: Day,
    /// Last day, or open.
    pub ends_on: Option<Day>,
}

impl GroupOrder {
    /// Its days.
    pub fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

/// What already uses a group.
#[derive(Clone, Debug, Default)]
pub struct GroupUse {
    /// Days of its sessions that are not cancelled.
    pub session_days: Vec<Day>,
    /// Its enrolments' periods.
    pub seats: Vec<Period>,
}

/// The most seats a group may have.
pub const MOST_SEATS: i32 = 200;

impl Group {
    /// Creates a group of an action.
    pub fn create(
        scope: &Scope<ManageGroup>,
        id: Id<Group>,
        action: Option<&Action>,
        code: Code,
        order: GroupOrder,
        commune_known: bool,
    ) -> Result<Decided<Change<Group>>, Refusal> {
        let Some(action) = action else { return Err(Refusal::invalid("action_id", Rule::ActionUnknown)) };
        check(&order, commune_known)?;
        let after = Self {
            id,
            action: action.id,
            action_name: action.about.name.clone(),
            axis: action.about.axis,
            organisation: action.organisation,
            code,
            about: order,
            stamp: Stamp::first(scope.now()),
        };
        Ok(Change::created(after, Event::new("group.created", id)))
    }

    /// Edits it, as far as its sessions and enrolments allow.
    pub fn edit(
        &self,
        scope: &Scope<ManageGroup>,
        order: GroupOrder,
        commune_known: bool,
        used: &GroupUse,
    ) -> Result<Decided<Change<Group>>, Refusal> {
        check(&order, commune_known)?;
        let period = order.period();
        let leaves_something_out = used.session_days.iter().any(|day| !period.holds(*day))
            || used.seats.iter().any(|seat| seat.starts_on < period.starts_on || period.ends_on.is_some_and(|end| seat.starts_on > end))
            || most_seats_taken(&used.seats) > order.capacity;
        if leaves_something_out {
            return Err(Refusal::Conflict(Rule::GroupInUse));
        }
        let after = Self { about: order, stamp: self.stamp.next(scope.now()), ..self.clone() };
        Ok(Change::edited(after, Event::new("group.edited", self.id)))
    }
}

fn check(order: &GroupOrder, commune_known: bool) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    faults.check(Period::new(order.starts_on, order.ends_on).is_err(), "ends_on", Rule::PeriodReversed);
    faults.check(!(1..=MOST_SEATS).contains(&order.capacity), "capacity", Rule::OutOfBounds);
    faults.check(!commune_known, "commune_code", Rule::CommuneUnknown);
    faults.into_result()
}

/// The most seats taken on any one day. Seats only fill on first days, so those are the days to look at.
pub fn most_seats_taken(seats: &[Period]) -> i32 {
    let taken_on = |day: Day| seats.iter().filter(|seat| seat.holds(day)).count();
    seats.iter().map(|seat| taken_on(seat.starts_on)).max().and_then(|most| i32::try_from(most).ok()).unwrap_or(0)
}

/// Whether one more seat for `wanted` keeps every day within `capacity`.
pub fn has_seat(seats: &[Period], wanted: &Period, capacity: i32) -> bool {
    let mut during: Vec<Period> = seats.iter().filter(|seat| seat.overlaps(wanted)).copied().collect();
    for seat in &mut during {
        seat.starts_on = seat.starts_on.max(wanted.starts_on);
    }
    most_seats_taken(&during) < capacity
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::ActionOrder;
    use crate::given::{action, code, day, fault, faults, group, id, label, manager, now, period, scope};

    fn order(capacity: i32, from: &str, to: &str) -> GroupOrder {
        let Period { starts_on, ends_on } = period(from, to);
        GroupOrder { capacity, starts_on, ends_on, ..group().about }
    }

    fn edit(order: GroupOrder, used: &GroupUse) -> Result<Decided<Change<Group>>, Refusal> {
        group().edit(&scope(&manager(), now()), order, true, used)
    }

    #[test]
    fn seats_are_counted_day_by_day() {
        let seats = [period("2026-01-01", "2026-01-31"), period("2026-02-01", "2026-02-28"), period("2026-01-15", "2026-02-15")];
        assert_eq!(most_seats_taken(&seats), 2, "one leaves the day before another comes");
        assert!(has_seat(&seats, &period("2026-02-16", ""), 2));
        assert!(!has_seat(&seats, &period("2026-01-20", "2026-01-21"), 2));
        assert!(!has_seat(&seats, &period("2025-12-01", ""), 2), "a full day inside the period is enough");
        assert!(has_seat(&seats, &period("2026-03-01", ""), 1));
    }

    #[test]
    fn what_is_full_outside_the_period_does_not_matter() {
        let seats = [period("2026-01-01", "2026-01-31"), period("2026-01-01", "2026-01-31"), period("2026-03-01", "")];
        assert!(has_seat(&seats, &period("2026-02-01", "2026-02-28"), 1), "full before and after");
        assert!(!has_seat(&seats, &period("2026-02-01", "2026-03-01"), 1));
        assert!(has_seat(&[], &period("2026-02-01", ""), 1));
    }

    #[test]
    fn a_group_belongs_to_an_action_that_exists() {
        let create =
            |action: Option<&Action>| Group::create(&scope(&manager(), now()), id(1), action, code("AMI-BELLAC"), order(8, "2026-09-01", ""), true);
        assert_eq!(faults(create(None).unwrap_err()), [fault("/action_id", Rule::ActionUnknown)]);
        let workshop = Action { about: ActionOrder { axis: Axis::BarrierLifting, ..action().about }, ..action() };
        let created = create(Some(&workshop)).unwrap();
        assert_eq!(
            (created.after.action, created.after.axis, created.after.organisation),
            (action().id, Axis::BarrierLifting, action().organisation)
        );
        assert_eq!((created.created, created.after.stamp.version, created.event.kind), (true, 1, "group.created"));
    }

    #[test]
    fn what_is_wrong_with_a_group_is_told_at_once() {
        let wrong = order(0, "2026-09-02", "2026-09-01");
        let refused = Group::create(&scope(&manager(), now()), id(1), Some(&action()), code("AMI-BELLAC"), wrong, false);
        assert_eq!(
            faults(refused.unwrap_err()),
            [fault("/ends_on", Rule::PeriodReversed), fault("/capacity", Rule::OutOfBounds), fault("/commune_code", Rule::CommuneUnknown)]
        );
    }

    #[test]
    fn a_group_has_one_to_two_hundred_seats() {
        for (capacity, fits) in [(0, false), (1, true), (200, true), (201, false)] {
            let found = edit(order(capacity, "2026-09-01", ""), &GroupUse::default()).map_or_else(faults, |_| Vec::new());
            let expected = if fits { vec![] } else { vec![fault("/capacity", Rule::OutOfBounds)] };
            assert_eq!(found, expected, "{capacity}");
        }
    }

    #[test]
    fn an_edited_group_keeps_its_code_and_its_action() {
        let renamed = GroupOrder { name: label("Limoges, vendredi"), ..group().about };
        let edited = edit(renamed, &GroupUse::default()).unwrap();
        assert_eq!((&edited.after.code, edited.after.action), (&group().code, group().action));
        assert_eq!((&*edited.after.about.name, edited.after.stamp.version), ("Limoges, vendredi", 2));
        assert_eq!(edited.event.kind, "group.edited");
    }

    #[test]
    fn a_group_keeps_the_days_its_sessions_and_enrolments_use() {
        let used = GroupUse { session_days: vec![day("2026-11-17")], seats: vec![period("2026-10-01", "2026-12-31")] };
        for (from, to, fits, why) in [
            ("2026-09-01", "", true, "more days"),
            ("2026-10-01", "2026-11-17", true, "exactly what is used; a seat ends with its group"),
            ("2026-10-02", "", false, "the enrolment started the day before"),
            ("2026-09-01", "2026-11-16", false, "the session is the day after"),
        ] {
            let expected = if fits { Ok(()) } else { Err(Refusal::Conflict(Rule::GroupInUse)) };
            assert_eq!(edit(order(2, from, to), &used).map(|_| ()), expected, "{why}");
        }
        let seat_after = GroupUse { session_days: Vec::new(), seats: vec![period("2027-01-01", "")] };
        assert_eq!(edit(order(2, "2026-09-01", "2026-12-31"), &seat_after).unwrap_err(), Refusal::Conflict(Rule::GroupInUse));
        assert!(edit(order(2, "2026-09-01", "2027-01-01"), &seat_after).is_ok());
    }

    #[test]
    fn a_period_the_wrong_way_round_is_told_as_such_whatever_uses_the_group() {
        let used = GroupUse { session_days: vec![day("2026-11-17")], seats: vec![period("2026-10-01", "2026-12-31")] };
        let reversed = edit(order(2, "2026-12-31", "2026-10-01"), &used).unwrap_err();
        assert_eq!(reversed, Refusal::invalid("ends_on", Rule::PeriodReversed));
    }

    #[test]
    fn a_group_keeps_as_many_seats_as_were_ever_taken_on_one_day() {
        let seats = vec![period("2026-10-01", "2026-10-31"), period("2026-10-31", "2026-11-30"), period("2026-12-01", "")];
        let used = GroupUse { session_days: Vec::new(), seats };
        assert!(edit(order(2, "2026-09-01", ""), &used).is_ok());
        assert_eq!(edit(order(1, "2026-09-01", ""), &used).unwrap_err(), Refusal::Conflict(Rule::GroupInUse));
    }
}
