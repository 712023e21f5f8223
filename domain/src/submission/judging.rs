//! Judges one line after the other against the sheets as they stand and against the lines before it. What a submission comes to as a
//! whole is `receiving`'s page.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use super::ExternalId;
use super::LineOutcome;
use super::cells::Column;
use super::held::{HeldCode, HeldLine, HeldState};
use super::line::{Line, LineFault, LineOrder, Operation, PersonNames};
use super::marking::{Sheets, Target, is_named};
use super::receiving::Rules;
use crate::attendance::{AttendanceStatus, Mark, MarkChange, MarkSource, MarkValue, Sheet, SheetLine};
use crate::beneficiary::Beneficiary;
use crate::calendar::Instant;
use crate::enrolment::Enrolment;
use crate::id::Id;
use crate::identifier::person_reference::PersonReference;
use crate::refusal::Rule;
use crate::session::Session;
use crate::text::folded;

/// What a line comes to.
pub(super) enum Verdict {
    /// A row left empty.
    Nothing,
    /// It is so, or becomes so.
    Stands { outcome: LineOutcome, target: Target, person: Id<Beneficiary>, version: i32, change: Option<Box<MarkChange>> },
    /// The département decides.
    Hold { session: Id<Session>, target: Option<Target>, person: Option<Id<Beneficiary>>, code: HeldCode, column: Column },
    /// The département let this very line through before.
    Decided { session: Id<Session>, enrolment: Option<Id<Enrolment>> },
    /// No.
    Reject { session: Option<Id<Session>>, whom: Option<(Id<Enrolment>, Id<Beneficiary>)>, faults: Vec<LineFault> },
}

fn rejected(session: Option<Id<Session>>, fault: LineFault) -> Verdict {
    Verdict::Reject { session, whom: None, faults: vec![fault] }
}

/// One way to know that two lines of a session are about one person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    ExternalId(ExternalId),
    Enrolment(Id<Enrolment>),
    Reference(PersonReference),
    /// Of somebody named and not designated, by a line without a name of its own.
    Names(String),
}

/// What a line says of somebody, however it is dressed.
#[derive(PartialEq, Eq, Hash)]
struct Said {
    external_id: Option<ExternalId>,
    operation: Operation,
    version: Option<i32>,
    person: PersonNames,
    value: MarkValue,
}

impl Said {
    fn by(line: &Line) -> Option<Self> {
        let LineOrder { operation, version, person, value, .. } = line.asks.as_ref().ok()?.as_ref()?.clone();
        Some(Self { external_id: line.external_id.clone(), operation, version, person, value })
    }
}

/// Whom a line designates: nobody expected, somebody expected, or somebody whom it names otherwise at the same time.
struct Whom<'a> {
    found: Option<&'a SheetLine>,
    trouble: Option<(HeldCode, Column)>,
}

impl Whom<'_> {
    /// What another line about the same person would have too.
    fn keys(&self, line: &Line, names: &PersonNames) -> Vec<Key> {
        match self.found {
            Some(found) => vec![Key::Enrolment(found.enrolment), Key::Reference(found.person.reference.clone())],
            None => designating(line, names),
        }
    }
}

fn designating(line: &Line, names: &PersonNames) -> Vec<Key> {
    let keys: Vec<Key> = names.enrolment.map(Key::Enrolment).into_iter().chain(names.reference.clone().map(Key::Reference)).collect();
    if !keys.is_empty() || line.external_id.is_some() {
        return keys;
    }
    let [last, first] = [&names.last_name, &names.first_name].map(|name| name.as_deref().map(folded).unwrap_or_default());
    vec![Key::Names(format!("{last}, {first}"))]
}

/// The lines held before, found by what they say and by whom they are about.
pub(super) struct Earlier<'a> {
    by_content: HashMap<(Id<Session>, Said), &'a HeldLine>,
    waiting: HashMap<(Id<Session>, Key), Vec<&'a HeldLine>>,
}

impl<'a> Earlier<'a> {
    fn new(held: &'a [HeldLine], sheets: &Sheets<'_>, rules: Rules<'_>) -> Self {
        let mut all = Self { by_content: HashMap::new(), waiting: HashMap::new() };
        for one in held.iter().filter(|one| one.state != HeldState::Superseded) {
            let session = one.at.session;
            let Some(line) = one.line(rules.labels) else { continue };
            if one.state == HeldState::Waiting {
                let names = line.asks.as_ref().ok().and_then(|order| Some(&order.as_ref()?.person));
                let designated =
                    one.enrolment.map_or_else(|| names.map(|names| designating(&line, names)).unwrap_or_default(), |id| vec![Key::Enrolment(id)]);
                for key in designated.into_iter().chain(line.external_id.clone().map(Key::ExternalId)) {
                    all.waiting.entry((session, key)).or_default().push(one);
                }
            }
            // A line about a half-day that its session has left says nothing of the one where it is now.
            let slot = sheets.by_id(session).map(|sheet| sheet.session.slot);
            let departs = line
                .asks
                .as_ref()
                .is_ok_and(|order| order.as_ref().zip(slot).is_some_and(|(order, slot)| order.session.departs_from(&slot).is_some()));
            if let Some(said) = Said::by(&line).filter(|_| !departs) {
                all.by_content.insert((session, said), one);
            }
        }
        all
    }

    /// The same line, held before and not superseded.
    pub(super) fn same(&self, session: Id<Session>, line: &Line) -> Option<&'a HeldLine> {
        self.by_content.get(&(session, Said::by(line)?)).copied()
    }

    /// The lines about the same person that wait.
    pub(super) fn waiting(&self, session: Id<Session>, keys: &[Key]) -> impl Iterator<Item = &'a HeldLine> {
        keys.iter().filter_map(move |key| self.waiting.get(&(session, key.clone()))).flatten().copied()
    }
}

/// Judges line after line.
pub(super) struct Judge<'a> {
    pub(super) sheets: Sheets<'a>,
    links: &'a HashMap<ExternalId, Target>,
    pub(super) earlier: Earlier<'a>,
    rules: Rules<'a>,
    now: Instant,
    /// What external ids of this submission are about; none where that could not be known.
    named: HashMap<ExternalId, Option<Target>>,
    claimed: HashSet<(Id<Session>, Key)>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(sheets: &'a [Sheet], links: &'a HashMap<ExternalId, Target>, held: &'a [HeldLine], rules: Rules<'a>, now: Instant) -> Self {
        let sheets = Sheets::new(sheets);
        let earlier = Earlier::new(held, &sheets, rules);
        Self { sheets, links, earlier, rules, now, named: HashMap::new(), claimed: HashSet::new() }
    }

    pub(super) fn judge(&mut self, line: &Line) -> Verdict {
        match &line.asks {
            Err(faults) => {
                // Its form is told first; that its name is taken by it, the next line is told.
                let _ = self.claim_external_id(line, None);
                Verdict::Reject { session: None, whom: None, faults: faults.clone() }
            }
            Ok(None) => Verdict::Nothing,
            Ok(Some(order)) => self.weigh(line, order).unwrap_or_else(|no| no),
        }
    }

    fn weigh(&mut self, line: &Line, order: &LineOrder) -> Result<Verdict, Verdict> {
        let linked = line.external_id.as_ref().and_then(|id| self.links.get(id)).copied();
        let sheet = match self.session(order, linked) {
            Ok(sheet) => sheet,
            Err(fault) => {
                let twice = self.claim_external_id(line, None).err();
                return Err(rejected(None, twice.unwrap_or(fault)));
            }
        };
        let session = sheet.session.id;
        let whom = self.whom(session, order, linked);
        let target = whom.found.map(|found| Target { session, enrolment: found.enrolment });
        let no =
            |fault| Verdict::Reject { session: Some(session), whom: whom.found.map(|found| (found.enrolment, found.person.id)), faults: vec![fault] };
        // A line is claimed whatever else is wrong with it: sent again, the same one of two must win.
        self.claim_external_id(line, target).map_err(no)?;
        for key in whom.keys(line, &order.person) {
            if !self.claimed.insert((session, key)) {
                return Err(no(LineFault::at(Column::PersonReference, Rule::DuplicateLine)));
            }
        }
        if linked.is_some_and(|linked| self.is_about_another(linked, session, order, target)) {
            return Err(self.unless_applied(line, session, no(LineFault::at(Column::ExternalId, Rule::ExternalIdReused))));
        }
        let faults = self.mark_faults(sheet, order);
        if !faults.is_empty() {
            return Err(Verdict::Reject { session: Some(session), whom: whom.found.map(|found| (found.enrolment, found.person.id)), faults });
        }
        match (whom.found, whom.trouble) {
            (Some(found), None) => self.put(line, order, sheet, found),
            (found, Some((code, column))) => {
                let hold = Verdict::Hold { session, target, person: found.map(|found| found.person.id), code, column };
                Ok(self.unless_decided(line, session, hold))
            }
            (None, None) => Err(no(LineFault::at(Column::PersonReference, Rule::PersonRequired))),
        }
    }

    /// The session a line names, or the one that its external id names already.
    fn session(&self, order: &LineOrder, linked: Option<Target>) -> Result<&'a Sheet, LineFault> {
        let names = &order.session;
        let (found, column) = match (names.id, names.reference_id, names.reference.as_deref(), names.place(), linked) {
            (Some(id), ..) => (self.sheets.by_id(id), Column::SessionId),
            (None, Some(id), ..) => (self.sheets.by_id(id), Column::SessionReference),
            (None, None, Some(reference), ..) => (self.sheets.by_reference(reference), Column::SessionReference),
            (None, None, None, Some(place), _) => (self.sheets.by_place(place), Column::GroupCode),
            (None, None, None, None, Some(target)) => (self.sheets.by_id(target.session), Column::ExternalId),
            (None, None, None, None, None) => return Err(LineFault::at(Column::SessionReference, Rule::SessionRequired)),
        };
        let sheet = found.ok_or(LineFault::at(column, Rule::UnknownSession))?;
        let session = &sheet.session;
        let other_reference = names.reference.as_deref().is_some_and(|reference| reference != session.reference);
        if other_reference || names.reference_id.is_some_and(|id| id != session.id) {
            return Err(LineFault::at(Column::SessionReference, Rule::SessionMismatch));
        }
        if names.group_code.as_deref().is_some_and(|code| code != &*session.group_code) {
            return Err(LineFault::at(Column::GroupCode, Rule::SessionMismatch));
        }
        if session.cancelled_at.is_some() {
            return Err(LineFault::at(column, Rule::SessionCancelled));
        }
        match names.departs_from(&session.slot) {
            Some(column) => Err(LineFault { moved_to: Some(session.slot), ..LineFault::at(column, Rule::SessionMoved) }),
            None => Ok(sheet),
        }
    }

    fn whom(&self, session: Id<Session>, order: &LineOrder, linked: Option<Target>) -> Whom<'a> {
        let names = &order.person;
        let designates = names.enrolment.is_some() || names.reference.is_some();
        let found = if designates { self.sheets.designated(session, names) } else { linked.and_then(|target| self.sheets.expected(target)) };
        let trouble = match found {
            Some(found) if names.reference.as_ref().is_some_and(|reference| *reference != found.person.reference) => {
                Some((HeldCode::NameMismatch, Column::PersonReference))
            }
            Some(found) if !is_named(&found.person, names) => Some((HeldCode::NameMismatch, Column::LastName)),
            Some(_) => None,
            None => {
                let column = match (names.enrolment, &names.reference, &names.last_name, &names.first_name) {
                    (Some(_), ..) => Some(Column::EnrolmentId),
                    (None, Some(_), ..) => Some(Column::PersonReference),
                    (None, None, None, None) => linked.map(|_| Column::ExternalId),
                    (None, None, ..) => Some(Column::LastName),
                };
                column.map(|column| (HeldCode::PersonNotExpected, column))
            }
        };
        Whom { found, trouble }
    }

    /// Whether an external id, which names a target already, would name another one.
    fn is_about_another(&self, linked: Target, session: Id<Session>, order: &LineOrder, target: Option<Target>) -> bool {
        if linked.session != session {
            return true;
        }
        match (target, order.person.enrolment) {
            (Some(target), _) => target != linked,
            (None, Some(enrolment)) => enrolment != linked.enrolment,
            // Whose reference it is cannot be known here, unless the one it named is expected and is somebody else.
            (None, None) => order.person.reference.is_some() && self.sheets.expected(linked).is_some(),
        }
    }

    /// An external id has one line of a submission.
    fn claim_external_id(&mut self, line: &Line, target: Option<Target>) -> Result<(), LineFault> {
        let Some(id) = &line.external_id else { return Ok(()) };
        match self.named.get(id) {
            None => {
                self.named.insert(id.clone(), target);
                Ok(())
            }
            Some(Some(earlier)) if target.is_some_and(|target| target != *earlier) => Err(LineFault::at(Column::ExternalId, Rule::ExternalIdReused)),
            Some(_) => Err(LineFault::at(Column::ExternalId, Rule::DuplicateLine)),
        }
    }

    /// What a mark must be whoever it is for: a held line can be applied later as it is.
    fn mark_faults(&self, sheet: &Sheet, order: &LineOrder) -> Vec<LineFault> {
        if order.operation == Operation::Void {
            return Vec::new();
        }
        let broken = order.value.faults(&sheet.session, self.rules.vocabulary);
        let mut faults: Vec<LineFault> =
            broken.into_iter().map(|(field, rule)| LineFault::at(Column::from_str(field).unwrap_or(Column::Status), rule)).collect();
        if self.now < sheet.session.slot.starts_at() && order.value.status != Some(AttendanceStatus::AbsentExcused) {
            faults.push(LineFault::at(Column::Date, Rule::FutureDate));
        }
        faults
    }

    /// Puts the mark of somebody expected.
    fn put(&self, line: &Line, order: &LineOrder, sheet: &Sheet, found: &SheetLine) -> Result<Verdict, Verdict> {
        let (session, standing) = (sheet.session.id, &found.mark);
        let (target, person) = (Target { session, enrolment: found.enrolment }, found.person.id);
        let no = |column, rule| Verdict::Reject {
            session: Some(session),
            whom: Some((target.enrolment, person)),
            faults: vec![LineFault::at(column, rule)],
        };
        if standing.value == order.value {
            return Ok(Verdict::Stands { outcome: LineOutcome::Unchanged, target, person, version: standing.version, change: None });
        }
        if order.operation != Operation::Record && order.version != Some(standing.version) {
            return Err(no(Column::Version, Rule::VersionConflict));
        }
        match sheet.takes(standing, &order.value, self.rules.settings, self.now) {
            Ok(()) => {}
            Err(Rule::SheetClosed) => {
                let (code, column) = (HeldCode::SheetClosed, Column::SessionReference);
                return Ok(self.unless_decided(line, session, Verdict::Hold { session, target: Some(target), person: Some(person), code, column }));
            }
            Err(rule) => return Err(no(Column::Date, rule)),
        }
        let outcome = match (order.operation, standing.value.status) {
            (Operation::Void, _) => LineOutcome::Voided,
            (_, None) => LineOutcome::Recorded,
            (_, Some(_)) => LineOutcome::Corrected,
        };
        let mark = Mark { value: order.value.clone(), version: standing.version + 1 };
        let version = mark.version;
        let change = MarkChange { enrolment: target.enrolment, mark, source: MarkSource::Submission, reason: None };
        Ok(Verdict::Stands { outcome, target, person, version, change: Some(Box::new(change)) })
    }

    /// What the département let through is not asked again.
    fn unless_applied(&self, line: &Line, session: Id<Session>, otherwise: Verdict) -> Verdict {
        match self.earlier.same(session, line) {
            Some(held) if held.state == HeldState::Applied => Verdict::Decided { session, enrolment: held.enrolment },
            _ => otherwise,
        }
    }

    /// Nor is what it dismissed.
    fn unless_decided(&self, line: &Line, session: Id<Session>, otherwise: Verdict) -> Verdict {
        match self.earlier.same(session, line) {
            Some(held) if held.state == HeldState::Dismissed => {
                rejected(Some(session), LineFault::at(Column::PersonReference, Rule::HeldLineDismissed))
            }
            _ => self.unless_applied(line, session, otherwise),
        }
    }

    /// What another line about the same person would have in common with this one.
    pub(super) fn keys(&self, line: &Line, target: Option<Target>) -> Vec<Key> {
        let whom = Whom { found: target.and_then(|target| self.sheets.expected(target)), trouble: None };
        let names = line.asks.as_ref().ok().and_then(|order| Some(&order.as_ref()?.person));
        let keys = names.map(|names| whom.keys(line, names)).unwrap_or_default();
        keys.into_iter().chain(line.external_id.clone().map(Key::ExternalId)).collect()
    }
}
