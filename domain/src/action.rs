//! Collective actions: what an organisation runs with groups of people. Groups and sessions have pages of their own.

use crate::calendar::{Day, Period};
use crate::change::{Change, Stamp};
use crate::codes;
use crate::event::Event;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::policy::{ManageAction, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::Label;

codes! {
    /// What an action is for.
    Axis {
        /// Mobilising people: a step of the pathway lived in a group. Its groups meet 2 to 4 half-days a week.
        Mobilisation = "mobilisation",
        /// Lifting what stands between people and work (*levée des freins*).
        BarrierLifting = "barrier_lifting",
    }
}

codes! {
    /// What an action is.
    ActionKind {
        /// *Atelier de mobilisation et d'insertion*.
        Ami = "ami",
        /// *Passeport travail*.
        WorkPassport = "work_passport",
        /// Getting about.
        Mobility = "mobility",
        /// Finding and keeping a home.
        Housing = "housing",
        /// Health.
        Health = "health",
        /// Any other.
        Other = "other",
    }
}

codes! {
    /// What the programme's mobilisation actions work on.
    Theme {
        /// Rhythm of life and family organisation.
        DailyRhythm = "daily_rhythm",
        /// Expression and communication.
        Expression = "expression",
        /// Valuing personal and professional skills.
        Skills = "skills",
        /// Economic, social and legal environment.
        Environment = "environment",
        /// Building a career project.
        CareerProject = "career_project",
    }
}

/// A collective action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its id.
    pub id: Id<Action>,
    /// Who runs it.
    pub organisation: Id<Organisation>,
    /// That organisation's name.
    pub organisation_name: Label,
    /// What it is.
    pub about: ActionOrder,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of an action.
#[derive(Clone, Debug)]
pub struct ActionOrder {
    /// What it is called.
    pub name: Label,
    /// What it is for.
    pub axis: Axis,
    /// What it is.
    pub kind: ActionKind,
    /// What it works on.
    pub themes: Vec<Theme>,
    /// First day.
    pub starts_on: Day,
    /// Last day, or open.
    pub ends_on: Option<Day>,
}

impl Action {
    /// Creates an action run by an organisation.
    pub fn create(
        scope: &Scope<ManageAction>,
        id: Id<Action>,
        provider: Option<&Organisation>,
        order: ActionOrder,
    ) -> Result<Decided<Change<Action>>, Refusal> {
        let Some(provider) = provider else { return Err(Refusal::invalid("organisation_id", Rule::OrganisationUnknown)) };
        let about = check(order)?;
        let event = Event::new("action.created", id).with("kind", about.kind);
        let (organisation, organisation_name) = (provider.id, provider.name.clone());
        Ok(Change::created(Self { id, organisation, organisation_name, about, stamp: Stamp::first(scope.now()) }, event))
    }

    /// Edits it; who runs it stays.
    pub fn edit(&self, scope: &Scope<ManageAction>, order: ActionOrder) -> Result<Decided<Change<Action>>, Refusal> {
        let about = check(order)?;
        let after = Self { about, stamp: self.stamp.next(scope.now()), ..self.clone() };
        Ok(Change::edited(after, Event::new("action.edited", self.id)))
    }
}

fn check(mut order: ActionOrder) -> Result<ActionOrder, Refusal> {
    let mut faults = Faults::default();
    let count = order.themes.len();
    order.themes.sort_unstable();
    order.themes.dedup();
    faults.check(count != order.themes.len(), "themes", Rule::DuplicateItem);
    faults.check(Period::new(order.starts_on, order.ends_on).is_err(), "ends_on", Rule::PeriodReversed);
    faults.into_result()?;
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{action, day, fault, faults, id, label, manager, now, organisation, scope};
    use crate::organisation::OrganisationKind;

    fn create(provider: Option<&Organisation>, order: ActionOrder) -> Result<Decided<Change<Action>>, Refusal> {
        Action::create(&scope(&manager(), now()), id(1), provider, order)
    }

    #[test]
    fn any_kind_of_organisation_runs_actions() {
        for kind in OrganisationKind::ALL {
            let provider = organisation(*kind);
            assert_eq!(create(Some(&provider), action().about).unwrap().after.organisation, provider.id);
        }
        assert_eq!(faults(create(None, action().about).unwrap_err()), [fault("/organisation_id", Rule::OrganisationUnknown)]);
    }

    #[test]
    fn themes_are_a_set_and_a_period_runs_forwards() {
        let provider = organisation(OrganisationKind::Association);
        let unordered = ActionOrder { themes: vec![Theme::CareerProject, Theme::Skills], ends_on: Some(day("2026-01-01")), ..action().about };
        let created = create(Some(&provider), unordered).unwrap();
        assert_eq!(created.after.about.themes, [Theme::Skills, Theme::CareerProject], "in the order of the programme");
        let wrong = ActionOrder { themes: vec![Theme::Skills, Theme::Skills], ends_on: Some(day("2025-12-31")), ..action().about };
        let refused = create(Some(&provider), wrong);
        assert_eq!(faults(refused.unwrap_err()), [fault("/themes", Rule::DuplicateItem), fault("/ends_on", Rule::PeriodReversed)]);
    }

    #[test]
    fn an_edit_keeps_who_runs_it() {
        let renamed = ActionOrder { name: label("Passeport travail"), kind: ActionKind::WorkPassport, ..action().about };
        let edited = action().edit(&scope(&manager(), now()), renamed).unwrap();
        assert_eq!((edited.after.organisation, edited.after.stamp.version), (action().organisation, 2));
        assert_eq!(edited.after.about.kind, ActionKind::WorkPassport);
    }
}
