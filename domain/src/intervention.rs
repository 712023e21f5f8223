//! What was done with a person, or for them: interviews, visits, letters, steps taken together (*interventions*). Who did it is kept as
//! they were then. Sessions of a group are not here: their sheets say who came.

use crate::actor::{Actor, Role};
use crate::beneficiary::Beneficiary;
use crate::calendar::{Day, Instant};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::enrolment::Enrolment;
use crate::event::Event;
use crate::id::Id;
use crate::organisation::{Organisation, OrganisationKind};
use crate::policy::{RecordIntervention, Scope};
use crate::professional::Professional;
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Note;
use crate::vocabulary::{CodeList, Term, Vocabulary};

codes! {
    /// In which framework something was done.
    Framework {
        /// The département's social service at large (*polyvalence de secteur*), which the programme asks to make visible (page 33).
        SectorGeneralPractice = "sector_general_practice",
        /// The accompaniment towards work (*insertion*).
        Insertion = "insertion",
    }
}

codes! {
    /// When it was done, seen from the collective action that it goes with: actions and interviews answer each other (page 26).
    Moment {
        /// Before: to prepare it.
        Preparation = "preparation",
        /// Meanwhile: to take stock of it.
        MidTerm = "mid_term",
        /// After: to draw the conclusions.
        Closing = "closing",
    }
}

/// Something that was done with a person.
#[derive(Clone, Debug)]
pub struct Intervention {
    /// Its id.
    pub id: Id<Intervention>,
    /// With whom.
    pub beneficiary: Id<Beneficiary>,
    /// By whom.
    pub by: DoneBy,
    /// What is said of it.
    pub about: InterventionOrder,
    /// Since when it is cancelled, if it was recorded by mistake.
    pub cancelled_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// Who did something, where they worked and what they were by trade when it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneBy {
    /// Who.
    pub professional: Id<Professional>,
    /// Where they worked.
    pub organisation: Id<Organisation>,
    /// Their trade, a code of `professions`.
    pub profession: Option<Term>,
}

/// What is said of an intervention when it is recorded or edited.
#[derive(Clone, Debug)]
pub struct InterventionOrder {
    /// What was done, a code of `intervention_kinds`.
    pub kind: Term,
    /// What it was about, a code of `intervention_themes`.
    pub theme: Term,
    /// The day.
    pub occurred_on: Day,
    /// How long it took.
    pub minutes: Option<i32>,
    /// In which framework.
    pub framework: Framework,
    /// The enrolment it goes with.
    pub enrolment: Option<Id<Enrolment>>,
    /// When, seen from that enrolment.
    pub moment: Option<Moment>,
    /// In words.
    pub note: Option<Note>,
}

/// The most minutes that one intervention takes: ten hours.
pub const MOST_MINUTES: i32 = 600;

/// A professional, as far as it matters to what they did.
#[derive(Clone, Debug)]
pub struct Practitioner {
    /// Who.
    pub id: Id<Professional>,
    /// Where they work.
    pub organisation: Id<Organisation>,
    /// What that is.
    pub kind: OrganisationKind,
    /// What they do in Jalon.
    pub role: Role,
    /// Their trade.
    pub profession: Option<Term>,
    /// Since when they are refused, if they are.
    pub disabled_at: Option<Instant>,
}

impl Practitioner {
    /// Whether they could have met somebody that day: they accompany people, or lead those who do, and had not left.
    pub(crate) fn could_act(&self, on: Day) -> bool {
        matches!(self.role, Role::Caseworker | Role::Manager) && self.disabled_at.is_none_or(|left| on <= left.day())
    }
}

/// What the rules need to know around an intervention.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The professional that [`practitioner_of`] names, if there is one.
    pub practitioner: Option<&'a Practitioner>,
    /// Whether the enrolment ordered is one of the person; whatever without one.
    pub enrolment_known: bool,
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

/// Who did it: whoever the order names, else whoever it was recorded of, else the caller.
pub fn practitioner_of(scope: &Scope<RecordIntervention>, named: Option<Id<Professional>>, before: Option<&Intervention>) -> Id<Professional> {
    named.or(before.map(|before| before.by.professional)).unwrap_or_else(|| Id::new(scope.actor().principal.uuid()))
}

impl Intervention {
    /// Records what was done.
    pub fn record(
        scope: &Scope<RecordIntervention>,
        id: Id<Intervention>,
        person: &Beneficiary,
        order: InterventionOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Intervention>>, Refusal> {
        person.must_live()?;
        let by = check(scope, &order, None, around)?;
        let after = Self { id, beneficiary: person.id, by, about: order, cancelled_at: None, stamp: Stamp::first(scope.now()) };
        let event = after.event("intervention.recorded");
        Ok(Change::created(after, event))
    }

    /// Edits what is said of it. Trade and organisation stay what they were, unless it was somebody else who did it.
    pub fn edit(
        &self,
        scope: &Scope<RecordIntervention>,
        person: &Beneficiary,
        order: InterventionOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Intervention>>, Refusal> {
        self.must_be_theirs(scope)?;
        person.must_live()?;
        if self.cancelled_at.is_some() {
            return Err(Refusal::Conflict(Rule::EntryCancelled));
        }
        let by = check(scope, &order, Some(self), around)?;
        let after = Self { by, about: order, stamp: self.stamp.next(scope.now()), ..self.clone() };
        let event = after.event("intervention.edited");
        Ok(Change::edited(after, event))
    }

    /// Cancels what was recorded by mistake: it stays readable and counts for nothing. The same again changes nothing.
    pub fn cancel(&self, scope: &Scope<RecordIntervention>, person: &Beneficiary) -> Result<Option<Decided<Change<Intervention>>>, Refusal> {
        self.must_be_theirs(scope)?;
        person.must_live()?;
        if self.cancelled_at.is_some() {
            return Ok(None);
        }
        let after = Self { cancelled_at: Some(scope.now()), stamp: self.stamp.next(scope.now()), ..self.clone() };
        let event = after.event("intervention.cancelled");
        Ok(Some(Change::edited(after, event)))
    }

    /// What an organisation did is changed by its own people, and by managers.
    fn must_be_theirs(&self, scope: &Scope<RecordIntervention>) -> Result<(), Refusal> {
        if speaks_for(scope.actor(), self.by.organisation) { Ok(()) } else { Err(Refusal::Denied(Rule::InterventionReserved)) }
    }

    fn event(&self, kind: &'static str) -> Event {
        Event::new(kind, self.id).about(self.beneficiary).with("kind", &*self.about.kind).with("framework", self.about.framework)
    }
}

/// Whether somebody says what the people of an organisation did: their colleagues, managers, the house itself.
fn speaks_for(actor: &Actor, organisation: Id<Organisation>) -> bool {
    actor.is(Role::Manager) || actor.organisation().is_none_or(|own| own == organisation)
}

fn check(scope: &Scope<RecordIntervention>, order: &InterventionOrder, before: Option<&Intervention>, around: Around<'_>) -> Result<DoneBy, Refusal> {
    let mut faults = Faults::default();
    let holds = |list, code| around.vocabulary.holds(list, code, order.occurred_on);
    faults.check(!holds(CodeList::InterventionKinds, &order.kind), "kind", Rule::CodeUnknown);
    faults.check(!holds(CodeList::InterventionThemes, &order.theme), "theme", Rule::CodeUnknown);
    faults.check(order.occurred_on > scope.now().day(), "occurred_on", Rule::DayInFuture);
    faults.check(order.minutes.is_some_and(|minutes| !(1..=MOST_MINUTES).contains(&minutes)), "minutes", Rule::OutOfBounds);
    let recorded = before.map(|before| &before.by);
    let stays = |practitioner: &Practitioner| recorded.is_some_and(|by| by.professional == practitioner.id);
    let practitioner =
        around.practitioner.filter(|one| stays(one) || (speaks_for(scope.actor(), one.organisation) && one.could_act(order.occurred_on)));
    faults.check(practitioner.is_none(), "professional_id", Rule::ProfessionalUnknown);
    let elsewhere = practitioner.is_some_and(|one| one.kind != OrganisationKind::Department);
    faults.check(order.framework == Framework::SectorGeneralPractice && elsewhere, "framework", Rule::ForbiddenForPurpose);
    faults.check(order.enrolment.is_some() && !around.enrolment_known, "enrolment_id", Rule::EnrolmentUnknown);
    faults.check(order.moment.is_some() && order.enrolment.is_none(), "moment", Rule::MomentMismatch);
    faults.into_result()?;
    let Some(practitioner) = practitioner else { return Err(Refusal::invalid("professional_id", Rule::ProfessionalUnknown)) };
    Ok(recorded.filter(|_| stays(practitioner)).cloned().unwrap_or_else(|| DoneBy {
        professional: practitioner.id,
        organisation: practitioner.organisation,
        profession: practitioner.profession.clone(),
    }))
}

#[cfg(test)]
mod tests;
