//! Lines held for the département: somebody present who is not enrolled, a name that does not fit, a sheet that is closed. Holding is
//! decided in `receiving`; here is what becomes of a held line.

use std::collections::HashMap;

use super::cells::Cells;
use super::line::{Labels, Line, LineOrder, Operation};
use super::marking::{Changes, Sheets, Target};
use super::receiving::Rules;
use super::{ExternalId, Submission};
use crate::actor::{Principal, Role};
use crate::attendance::{AttendanceRecorded, Mark, MarkChange, MarkSource, Sheet, SheetLine};
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, HalfDay, Instant};
use crate::change::Stamp;
use crate::codes;
use crate::enrolment::Enrolment;
use crate::event::Event;
use crate::group::Group;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::policy::{DecideHeldLine, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule, Segment};
use crate::session::Session;
use crate::text::{Label, Note};

codes! {
    /// Why a line is held.
    HeldCode {
        /// The person is not expected at that half-day: unknown, somebody else's, or not enrolled yet.
        PersonNotExpected = "PERSON_NOT_EXPECTED",
        /// The enrolment, the reference and the name do not designate one person.
        NameMismatch = "NAME_MISMATCH",
        /// The sheet is closed.
        SheetClosed = "SHEET_CLOSED",
    }
}

impl HeldCode {
    /// The same, as a line's fault.
    pub const fn rule(self) -> Rule {
        match self {
            Self::PersonNotExpected => Rule::PersonNotExpected,
            Self::NameMismatch => Rule::NameMismatch,
            Self::SheetClosed => Rule::SheetClosed,
        }
    }
}

codes! {
    /// What became of a held line.
    HeldState {
        /// The département has not decided.
        Waiting = "waiting",
        /// The mark was put as the line says.
        Applied = "applied",
        /// The line was set aside for a reason.
        Dismissed = "dismissed",
        /// The partner sent another line in its place before anybody decided.
        Superseded = "superseded",
    }
}

codes! {
    /// What the département decides on a held line.
    HeldChoice {
        /// The line is right: mark the person it designates.
        Apply = "apply",
        /// The line is about this enrolment.
        Attach = "attach",
        /// The line is wrong.
        Dismiss = "dismiss",
    }
}

/// The session a held line is about.
#[derive(Clone, Debug)]
pub struct HeldAt {
    /// The session.
    pub session: Id<Session>,
    /// Its reference.
    pub reference: String,
    /// Its day.
    pub date: Day,
    /// The half of that day.
    pub half_day: HalfDay,
    /// Its group.
    pub group: Id<Group>,
    /// The group's name.
    pub group_name: Label,
    /// The action's name.
    pub action_name: Label,
}

impl From<&Session> for HeldAt {
    fn from(session: &Session) -> Self {
        Self {
            session: session.id,
            reference: session.reference.clone(),
            date: session.slot.date,
            half_day: session.slot.half_day,
            group: session.group,
            group_name: session.group_name.clone(),
            action_name: session.action_name.clone(),
        }
    }
}

/// What was decided, by whom.
#[derive(Clone, Debug)]
pub struct HeldDecision {
    /// What.
    pub choice: HeldChoice,
    /// By whom.
    pub decided_by: Id<Principal>,
    /// When.
    pub decided_at: Instant,
    /// Why, for a dismissal.
    pub reason: Option<Note>,
}

/// A line kept for the département.
#[derive(Clone, Debug)]
pub struct HeldLine {
    /// Its id.
    pub id: Id<HeldLine>,
    /// The submission it came with.
    pub submission: Id<Submission>,
    /// Its place in it, from 0.
    pub index: i32,
    /// Its line in the file.
    pub line_number: Option<u32>,
    /// Whose line.
    pub organisation: Id<Organisation>,
    /// About which session.
    pub at: HeldAt,
    /// Why it is held.
    pub code: HeldCode,
    /// What it says; none once purged.
    pub cells: Option<Cells>,
    /// The enrolment it designates, or was attached to.
    pub enrolment: Option<Id<Enrolment>>,
    /// What became of it.
    pub state: HeldState,
    /// What the département decided.
    pub decision: Option<HeldDecision>,
    /// Version and dates.
    pub stamp: Stamp,
}

impl HeldLine {
    #[expect(clippy::too_many_arguments, reason = "a line, its place and its session: a struct of them would be made for this call alone")]
    pub(super) fn hold(
        id: Id<HeldLine>,
        submission: Id<Submission>,
        place: usize,
        organisation: Id<Organisation>,
        session: &Session,
        code: HeldCode,
        enrolment: Option<Id<Enrolment>>,
        line: &Line,
        now: Instant,
    ) -> Self {
        Self {
            id,
            submission,
            index: i32::try_from(place).unwrap_or(i32::MAX),
            line_number: line.line_number,
            organisation,
            at: session.into(),
            code,
            cells: Some(line.cells.clone()),
            enrolment,
            state: HeldState::Waiting,
            decision: None,
            stamp: Stamp::first(now),
        }
    }

    pub(super) fn superseded(&self, now: Instant) -> Self {
        Self { state: HeldState::Superseded, stamp: self.stamp.next(now), ..self.clone() }
    }

    /// The line as it was read when it came; none once purged.
    pub fn line(&self, labels: &Labels) -> Option<Line> {
        Some(Line::read(self.line_number, self.cells.clone()?, labels))
    }

    fn decided(&self, by: Id<Principal>, now: Instant, choice: HeldChoice, enrolment: Option<Id<Enrolment>>, reason: Option<Note>) -> Self {
        let state = if choice == HeldChoice::Dismiss { HeldState::Dismissed } else { HeldState::Applied };
        let decision = Some(HeldDecision { choice, decided_by: by, decided_at: now, reason });
        Self { state, decision, enrolment: enrolment.or(self.enrolment), stamp: self.stamp.next(now), ..self.clone() }
    }
}

/// What is decided on one line.
#[derive(Clone, Debug)]
pub struct HeldLineOrder {
    /// Which line.
    pub line: Id<HeldLine>,
    /// What.
    pub choice: HeldChoice,
    /// To whom it is attached.
    pub enrolment: Option<Id<Enrolment>>,
    /// Why it is dismissed.
    pub reason: Option<Note>,
}

/// Held lines that were decided together.
#[derive(Debug)]
pub struct HeldLinesDecided {
    /// The lines, in the order they were asked for.
    pub lines: Vec<HeldLine>,
    /// Those that were not decided so before, with what happened.
    pub changes: Vec<(HeldLine, Event)>,
    /// The sheets that changed.
    pub sheets: Vec<Decided<AttendanceRecorded>>,
    /// What organisations' external ids name from now on.
    pub links: Vec<(Id<Organisation>, ExternalId, Target)>,
}

/// What organisations' external ids name already.
pub type Links = HashMap<(Id<Organisation>, ExternalId), Target>;

/// Decides line after line, all or none.
struct Desk<'a> {
    scope: &'a Scope<DecideHeldLine>,
    sheets: Sheets<'a>,
    links: &'a Links,
    rules: Rules<'a>,
    changes: Changes,
    /// What external ids name by the decisions before this one.
    linked: Links,
}

/// The mark a held line comes to.
struct Put {
    target: Target,
    change: Option<MarkChange>,
    person: Id<Beneficiary>,
    name: Option<(Id<Organisation>, ExternalId)>,
}

type Fault = (&'static str, Rule);

impl<'a> Desk<'a> {
    fn put(&mut self, held: &HeldLine, order: &HeldLineOrder) -> Result<Put, Fault> {
        let this = |rule| ("held_line_id", rule);
        let line = held.line(self.rules.labels).ok_or(this(Rule::HeldLinePurged))?;
        let Ok(Some(asks)) = line.asks else { return Err(this(Rule::HeldLinePurged)) };
        let sheet = self.sheets.by_id(held.at.session).ok_or(this(Rule::HeldLineUnknown))?;
        if asks.session.departs_from(&sheet.session.slot).is_some() {
            return Err(this(Rule::SessionMoved));
        }
        let expected = self.whom(held, order, &asks)?;
        let target = Target { session: held.at.session, enrolment: expected.enrolment };
        let name = line.external_id.map(|id| (held.organisation, id));
        let linked = name.as_ref().and_then(|name| self.links.get(name));
        let linked_here = name.as_ref().and_then(|name| self.linked.get(name));
        if linked.or(linked_here).is_some_and(|other| *other != target) {
            return Err(this(Rule::ExternalIdReused));
        }
        if !self.changes.claim(target) {
            return Err(this(Rule::DuplicateItem));
        }
        let change = self.change(held, sheet, expected, asks).map_err(this)?;
        let name = name.filter(|_| linked.is_none());
        self.linked.extend(name.clone().map(|name| (name, target)));
        Ok(Put { target, change, person: expected.person.id, name })
    }

    fn whom(&self, held: &HeldLine, order: &HeldLineOrder, asks: &LineOrder) -> Result<&'a SheetLine, Fault> {
        let session = held.at.session;
        if let Some(enrolment) = order.enrolment {
            return self.sheets.expected(Target { session, enrolment }).ok_or(("enrolment_id", Rule::PersonNotExpected));
        }
        let designated = match held.enrolment {
            Some(enrolment) => self.sheets.expected(Target { session, enrolment }),
            None => self.sheets.designated(session, &asks.person),
        };
        designated.ok_or(("held_line_id", Rule::PersonNotExpected))
    }

    fn change(&self, held: &HeldLine, sheet: &Sheet, expected: &SheetLine, asks: LineOrder) -> Result<Option<MarkChange>, Rule> {
        let (standing, LineOrder { operation, version, value, .. }) = (&expected.mark, asks);
        if standing.value == value {
            return Ok(None);
        }
        if let Some((_, rule)) = value.faults(&sheet.session, self.rules.vocabulary).into_iter().next() {
            return Err(rule);
        }
        if operation != Operation::Record && version != Some(standing.version) {
            return Err(Rule::VersionConflict);
        }
        match sheet.takes(standing, &value, self.rules.settings, self.scope.now()) {
            // What was said in time of somebody unmarked is taken on a closed sheet too; all else there is the manager's.
            Err(Rule::SheetClosed) if self.scope.actor().is(Role::Caseworker) => {
                let in_time = held.stamp.created_at <= sheet.closed_at(self.rules.settings);
                if standing.version > 0 || !in_time {
                    return Err(Rule::HeldLineReserved);
                }
            }
            Err(Rule::SheetClosed) => {}
            other => other?,
        }
        let mark = Mark { value, version: standing.version + 1 };
        Ok(Some(MarkChange { enrolment: expected.enrolment, mark, source: MarkSource::HeldLine, reason: None }))
    }
}

fn check_form(order: &HeldLineOrder) -> Result<(), Fault> {
    match (order.choice, order.enrolment, &order.reason) {
        (HeldChoice::Attach, None, _) => Err(("enrolment_id", Rule::EnrolmentRequired)),
        (HeldChoice::Apply | HeldChoice::Dismiss, Some(_), _) => Err(("enrolment_id", Rule::EnrolmentForbidden)),
        (HeldChoice::Dismiss, _, None) => Err(("reason", Rule::ReasonRequired)),
        (HeldChoice::Apply | HeldChoice::Attach, _, Some(_)) => Err(("reason", Rule::ReasonForbidden)),
        _ => Ok(()),
    }
}

/// Whether a line was decided just so already.
fn is_repeated(held: &HeldLine, order: &HeldLineOrder) -> bool {
    held.decision.as_ref().is_some_and(|decision| decision.choice == order.choice && (order.enrolment.is_none() || order.enrolment == held.enrolment))
}

/// Decides on held lines, all of them or none. `lines` are those that the caller may decide on.
pub fn decide(
    scope: &Scope<DecideHeldLine>,
    orders: &[HeldLineOrder],
    lines: &[HeldLine],
    sheets: Vec<Sheet>,
    named: &Links,
    rules: Rules<'_>,
) -> Result<Decided<HeldLinesDecided>, Refusal> {
    let (by, now) = (scope.actor().principal, scope.now());
    let known: HashMap<Id<HeldLine>, &HeldLine> = lines.iter().map(|line| (line.id, line)).collect();
    let mut desk = Desk { scope, sheets: Sheets::new(&sheets), links: named, rules, changes: Changes::default(), linked: Links::new() };
    let mut faults = Faults::default();
    let (mut after, mut changes, mut new_links, mut marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut seen = HashMap::new();
    for (place, order) in orders.iter().enumerate() {
        let decided = (|| {
            check_form(order)?;
            if seen.insert(order.line, place).is_some() {
                return Err(("held_line_id", Rule::DuplicateItem));
            }
            let held = *known.get(&order.line).ok_or(("held_line_id", Rule::HeldLineUnknown))?;
            if is_repeated(held, order) {
                return Ok((held.clone(), None));
            }
            if held.state != HeldState::Waiting {
                return Err(("held_line_id", Rule::HeldLineDecided));
            }
            if order.choice == HeldChoice::Dismiss {
                let event = Event::new("held_line.dismissed", held.id);
                return Ok((held.decided(by, now, order.choice, None, order.reason.clone()), Some((event, None))));
            }
            let put = desk.put(held, order)?;
            let event = Event::new("held_line.applied", held.id).about(put.person).with("choice", order.choice);
            Ok((held.decided(by, now, order.choice, Some(put.target.enrolment), None), Some((event, Some(put)))))
        })();
        match decided {
            Err((field, rule)) => faults.add(["decisions".into(), Segment::Index(place), field.into()], rule),
            Ok((line, news)) => {
                if let Some((event, put)) = news {
                    changes.push((line.clone(), event));
                    marks.extend(put);
                }
                after.push(line);
            }
        }
    }
    faults.into_result()?;
    let mut put_marks = std::mem::take(&mut desk.changes);
    for Put { target, change, name, .. } in marks {
        new_links.extend(name.map(|(organisation, id)| (organisation, id, target)));
        if let Some(change) = change {
            put_marks.put(target.session, change);
        }
    }
    let sheets = put_marks.apply(sheets, now, "session.held_lines_applied");
    Ok(Decided::new(HeldLinesDecided { lines: after, changes, sheets, links: new_links }))
}
