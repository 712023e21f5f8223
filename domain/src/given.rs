//! What the unit tests start from: people who ask, an organisation, a group that meets in Limoges, a session, coded lists. No rule is here.

use uuid::Uuid;

use crate::action::{Action, ActionKind, ActionOrder, Axis};
use crate::actor::{Actor, ClientScope, Role, Standing};
use crate::attendance::{AttendanceStatus, Mark, MarkOrder, MarkValue, Sheet, SheetLine};
use crate::beneficiary::{Beneficiary, Details};
use crate::calendar::{Day, HalfDay, Instant, Period, TimeOfDay};
use crate::change::Stamp;
use crate::enrolment::{Enrolment, Origin};
use crate::group::{Group, GroupOrder};
use crate::id::Id;
use crate::identifier::person_reference::PersonReference;
use crate::organisation::{Organisation, OrganisationKind};
use crate::policy::{Function, Scope, may};
use crate::refusal::{Refusal, Rule, Segment};
use crate::session::{Session, Slot};
use crate::territory::UNASSIGNED;
use crate::text::{Code, Label, Line, Name, Note};
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// The moment most tests ask at: a Tuesday evening, after the session of [`session`].
pub(crate) const NOW: &str = "2026-11-17T18:00:00.000Z";

pub(crate) fn id<T>(n: u128) -> Id<T> {
    Id::new(Uuid::from_u128(n))
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn now() -> Instant {
    at(NOW)
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> TimeOfDay {
    text.parse().unwrap()
}

/// `to` empty: open.
pub(crate) fn period(from: &str, to: &str) -> Period {
    Period { starts_on: day(from), ends_on: (!to.is_empty()).then(|| day(to)) }
}

pub(crate) fn label(text: &str) -> Label {
    text.parse().unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn line<const MOST: usize>(text: &str) -> Line<MOST> {
    text.parse().unwrap()
}

pub(crate) fn note(text: &str) -> Note {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> Code {
    text.parse().unwrap()
}

pub(crate) fn term(text: &str) -> Term {
    text.parse().unwrap()
}

pub(crate) fn stamp() -> Stamp {
    Stamp::first(at("2026-09-01T08:00:00.000Z"))
}

// ---- who asks

pub(crate) fn professional(role: Role, kind: OrganisationKind) -> Actor {
    Actor { principal: id(1), standing: Standing::Professional { organisation: organisation(kind).id, kind, role } }
}

pub(crate) fn department(role: Role) -> Actor {
    professional(role, OrganisationKind::Department)
}

pub(crate) fn manager() -> Actor {
    department(Role::Manager)
}

pub(crate) fn caseworker() -> Actor {
    department(Role::Caseworker)
}

pub(crate) fn partner() -> Actor {
    professional(Role::Partner, OrganisationKind::Association)
}

pub(crate) fn client(kind: OrganisationKind, scopes: &[ClientScope]) -> Actor {
    Actor { principal: id(2), standing: Standing::Client { organisation: organisation(kind).id, kind, scopes: scopes.to_vec() } }
}

/// The permission, which the caller has in these tests.
pub(crate) fn scope<F: Function>(actor: &Actor, now: Instant) -> Scope<F> {
    may(actor, now).unwrap()
}

// ---- what there is

/// One organisation of each kind.
pub(crate) fn organisation(kind: OrganisationKind) -> Organisation {
    let place = OrganisationKind::ALL.iter().position(|one| *one == kind).unwrap();
    Organisation { id: id(100 + place as u128), kind, name: label("Les Ateliers de la Vienne"), siret: None, stamp: stamp() }
}

pub(crate) fn action() -> Action {
    let provider = organisation(OrganisationKind::Association);
    let about = ActionOrder {
        name: label("Atelier de mobilisation"),
        axis: Axis::Mobilisation,
        kind: ActionKind::Ami,
        themes: Vec::new(),
        starts_on: day("2026-01-01"),
        ends_on: None,
    };
    Action { id: id(200), organisation: provider.id, organisation_name: provider.name, about, stamp: stamp() }
}

/// A mobilisation group of two seats, from September to June.
pub(crate) fn group() -> Group {
    let action = action();
    let about = GroupOrder {
        name: label("Limoges, mardi et jeudi"),
        place: label("Maison du quartier"),
        commune_code: "87085".parse().unwrap(),
        capacity: 2,
        starts_on: day("2026-09-01"),
        ends_on: Some(day("2027-06-30")),
    };
    Group {
        id: id(300),
        action: action.id,
        action_name: action.about.name,
        axis: action.about.axis,
        organisation: action.organisation,
        code: code("AMI-LIM"),
        about,
        stamp: stamp(),
    }
}

/// From 09:00 to 12:00, or from 14:00 to 17:00: three hours.
pub(crate) fn slot(date: &str, half_day: HalfDay) -> Slot {
    let (from, to) = match half_day {
        HalfDay::Morning => ("09:00", "12:00"),
        HalfDay::Afternoon => ("14:00", "17:00"),
    };
    Slot { date: day(date), half_day, start_time: time(from), end_time: time(to) }
}

/// A session of the group on that morning.
pub(crate) fn session_on(date: &str) -> Session {
    let group = group();
    Session {
        id: id(400),
        reference: format!("AMI-LIM-{}-M", day(date).compact()),
        group: group.id,
        group_code: group.code,
        group_name: group.about.name,
        action: group.action,
        action_name: group.action_name,
        slot: slot(date, HalfDay::Morning),
        place: group.about.place,
        sheet_version: 1,
        sheet_closed_at: None,
        cancelled_at: None,
        cancel_reason: None,
        stamp: stamp(),
    }
}

/// Tuesday morning, the 17th of November 2026, 08:00 to 11:00 in UTC.
pub(crate) fn session() -> Session {
    session_on("2026-11-17")
}

pub(crate) fn beneficiary(n: u128) -> Beneficiary {
    Beneficiary {
        id: id(500 + n),
        reference: PersonReference::mint("87", u64::try_from(n).unwrap()),
        last_name: Some(name("Exemple")),
        first_name: Some(name("Camille")),
        birth_date: None,
        commune_code: None,
        details: Details::default(),
        household: None,
        territory: UNASSIGNED,
        merged_into: None,
        purged_at: None,
        stamp: stamp(),
    }
}

pub(crate) fn enrolment(n: u128) -> Enrolment {
    let group = group();
    Enrolment {
        id: id(600 + n),
        group: group.id,
        group_name: group.about.name,
        action: group.action,
        action_name: group.action_name,
        person: (&beneficiary(n)).into(),
        starts_on: day("2026-09-15"),
        planned_end_on: None,
        end: None,
        status_at_entry: term("known"),
        origin: Origin::Direct,
        referral: None,
        assessment: None,
        stamp: stamp(),
    }
}

/// The session's sheet with that many people, unmarked: the enrolments 0, 1, 2, …
pub(crate) fn sheet(session: Session, people: u128) -> Sheet {
    let line = |n| SheetLine { enrolment: enrolment(n).id, person: enrolment(n).person, mark: Mark::default() };
    Sheet { session, lines: (0..people).map(line).collect() }
}

/// The lists that the rules look into. Each holds `known`, and held `retired` up to the end of 2025.
pub(crate) fn vocabulary() -> Vocabulary {
    let rows = CodeList::ALL.iter().flat_map(|list| {
        let row = |code: &str, to| (list.code().to_owned(), code.to_owned(), day("2015-01-01"), to);
        [row("known", None), row("retired", Some(day("2025-12-31")))]
    });
    Vocabulary::new(rows.collect())
}

// ---- what is ordered

pub(crate) fn mark(n: u128, value: MarkValue) -> MarkOrder {
    MarkOrder { enrolment: enrolment(n).id, value }
}

pub(crate) fn status(status: AttendanceStatus) -> MarkValue {
    MarkValue { status: Some(status), ..MarkValue::default() }
}

pub(crate) fn present() -> MarkValue {
    status(AttendanceStatus::Present)
}

pub(crate) fn late(minutes: i32) -> MarkValue {
    MarkValue { minutes: Some(minutes), ..status(AttendanceStatus::Late) }
}

pub(crate) fn excused() -> MarkValue {
    MarkValue { reason: Some(term("known")), ..status(AttendanceStatus::AbsentExcused) }
}

// ---- what is refused

/// The faults with their pointers as the API writes them.
pub(crate) fn faults(refusal: Refusal) -> Vec<(String, Rule)> {
    let Refusal::Invalid(faults) = refusal else { panic!("not invalid: {refusal:?}") };
    let step = |segment: &Segment| match segment {
        Segment::Field(field) => format!("/{field}"),
        Segment::Index(place) => format!("/{place}"),
    };
    faults.into_iter().map(|fault| (fault.path.iter().map(step).collect(), fault.rule)).collect()
}

/// One fault, for comparison.
pub(crate) fn fault(pointer: &str, rule: Rule) -> (String, Rule) {
    (pointer.to_owned(), rule)
}
