//! Writing what is invented of people into their files, through the rules: rights, barriers, milestones, interventions. What they are is drawn
//! in a page each; how orientations are decided is in `orienting`. Whatever a visitor wrote on is left as it is, and whatever the rules refuse,
//! a visitor was there before.

use std::collections::{HashMap, HashSet};

use domain::barrier::{self, Barrier, BarrierOrder, Resolution};
use domain::beneficiary::Beneficiary;
use domain::enrolment::Enrolment;
use domain::household::HouseholdRole;
use domain::id::Id;
use domain::intervention::{self, Intervention, InterventionOrder, Practitioner};
use domain::milestone::{Milestone, MilestoneOrder};
use domain::policy::{
    ManageBarrier, ManageRsaRight, ReadBarrier, ReadIntervention, ReadMilestone, ReadRsaRight, RecordIntervention, RecordMilestone,
};
use domain::refusal::Refusal;
use domain::rsa_right::{RsaRight, RsaRightOrder};
use persistence::pieces;
use persistence::{Source, Write, interventions as stored};

use super::interventions::Background;
use super::maker::{Maker, World, said};
use super::people::Person;
use super::scripts::Referrers;
use super::stays::Stay;
use super::{barriers, interventions, milestones, orientations, rights, staff};
use crate::problem::Stop;

/// What is invented of somebody.
pub(super) struct Life<'a> {
    pub(super) person: &'a Person,
    pub(super) rights: Vec<rights::Script>,
    pub(super) barriers: Vec<barriers::Script>,
    pub(super) milestones: Vec<milestones::Script>,
    pub(super) interventions: Vec<interventions::Script>,
    pub(super) orientations: Vec<orientations::Script>,
}

impl Life<'_> {
    /// How much of it has come to pass: first of how many kinds it is, then how much there is.
    pub(super) fn kinds(&self) -> (usize, usize) {
        let other_adult = self.person.home.iter().filter(|home| home.role == HouseholdRole::Spouse).count();
        let counts = [self.rights.len(), self.barriers.len(), self.milestones.len(), self.interventions.len(), other_adult];
        (counts.iter().filter(|count| **count > 0).count(), counts.iter().sum())
    }
}

/// What is invented of everybody. `stays` are those of all groups, with the number of the action of each.
pub(super) fn lives<'a>(maker: &Maker<'_>, people: &'a [Person], stays: &[(usize, &Stay)]) -> Vec<Life<'a>> {
    let referrers = Referrers::new(maker);
    let mut of_person: HashMap<Id<Beneficiary>, Vec<(usize, &Stay)>> = HashMap::new();
    for (action, stay) in stays {
        of_person.entry(stay.person).or_default().push((*action, stay));
    }
    people.iter().map(|person| life(maker.world, person, of_person.get(&person.id).map_or(&[], Vec::as_slice), &referrers)).collect()
}

fn life<'a>(world: &World, person: &'a Person, stays: &[(usize, &Stay)], referrers: &Referrers) -> Life<'a> {
    let rights = rights::rights(world, person);
    let barriers = barriers::barriers(world, person, stays);
    let milestones = milestones::milestones(world, person, stays, &barriers, &rights);
    let background = Background { stays, barriers: &barriers, rights: &rights };
    let interventions = interventions::interventions(world, person, &background, referrers);
    let orientations = orientations::orientations(world, person, &rights, &milestones);
    Life { person, rights, barriers, milestones, interventions, orientations }
}

/// What there is already.
pub(super) struct Known {
    rights: HashMap<Id<Beneficiary>, Vec<RsaRight>>,
    barriers: HashMap<Id<Beneficiary>, Vec<Barrier>>,
    milestones: HashSet<Id<Milestone>>,
    interventions: HashSet<Id<Intervention>>,
}

impl Known {
    /// Reads it.
    pub(super) async fn read(maker: &Maker<'_>, source: &impl Source) -> Result<Self, Stop> {
        let now = maker.world.now;
        let (mut rights, mut barriers) = (HashMap::<_, Vec<RsaRight>>::new(), HashMap::<_, Vec<Barrier>>::new());
        for right in pieces::everybodys(source, &maker.may::<ReadRsaRight>(now)?).await? {
            rights.entry(right.beneficiary).or_default().push(right);
        }
        for barrier in pieces::everybodys(source, &maker.may::<ReadBarrier>(now)?).await? {
            barriers.entry(barrier.beneficiary).or_default().push(barrier);
        }
        let milestones = pieces::ids(source, &maker.may::<ReadMilestone>(now)?).await?;
        let interventions = pieces::ids(source, &maker.may::<ReadIntervention>(now)?).await?;
        Ok(Self { rights, barriers, milestones, interventions })
    }
}

/// People with their files, and where they sit: what the rules ask.
pub(super) struct Files<'a> {
    pub(super) known: &'a Known,
    pub(super) people: &'a HashMap<Id<Beneficiary>, Beneficiary>,
    pub(super) seats: &'a HashMap<Id<Enrolment>, Id<Beneficiary>>,
}

/// How much was written, and how much the rules refused.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    pub(super) steps: usize,
    pub(super) refused: u32,
}

/// What was decided for one person, step by step; and what was refused.
struct Steps<T> {
    taken: Vec<T>,
    refused: u32,
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Self { taken: Vec::new(), refused: 0 }
    }
}

impl<T> Steps<T> {
    fn take(&mut self, step: Result<Option<T>, Refusal>) {
        match step {
            Ok(taken) => self.taken.extend(taken),
            Err(_) => self.refused += 1,
        }
    }
}

/// Everybody's first steps, then their second ones, and so on: no row is written twice in one statement, and each stands as it was
/// before its next step.
fn waves<T>(steps: Vec<Steps<T>>, written: &mut Written) -> Vec<Vec<T>> {
    let mut waves: Vec<Vec<T>> = Vec::new();
    for Steps { taken, refused } in steps {
        written.refused += refused;
        written.steps += taken.len();
        for (place, step) in taken.into_iter().enumerate() {
            match waves.get_mut(place) {
                Some(wave) => wave.push(step),
                None => waves.push(vec![step]),
            }
        }
    }
    waves
}

/// Writes what has come to pass of these lives and is missing.
pub(super) async fn bring_up_to_date(maker: &Maker<'_>, w: &Write, lives: &[Life<'_>], files: &Files<'_>) -> Result<Written, Stop> {
    let practitioners = practitioners(maker, w, lives).await?;
    let (mut rights, mut barriers, mut milestones, mut interventions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for life in lives {
        // Somebody whose file was closed has none any more.
        let Some(person) = files.people.get(&life.person.id).filter(|person| !person.is_closed()) else { continue };
        rights.push(take_rights(maker, life, person, files.known)?);
        barriers.push(take_barriers(maker, life, person, files.known)?);
        milestones.push(take_milestones(maker, life, person, files.known)?);
        interventions.push(take_interventions(maker, life, person, files, &practitioners)?);
    }
    let mut written = Written::default();
    for wave in waves(rights, &mut written) {
        pieces::save_all(w, &wave).await?;
    }
    for wave in waves(barriers, &mut written) {
        pieces::save_all(w, &wave).await?;
    }
    // Nothing is done to these once they are recorded: all in one wave.
    let milestones: Vec<_> = waves(milestones, &mut written).into_iter().flatten().collect();
    pieces::save_all(w, &milestones).await?;
    let interventions: Vec<_> = waves(interventions, &mut written).into_iter().flatten().collect();
    pieces::save_all(w, &interventions).await?;
    Ok(written)
}

type Decided<T> = domain::refusal::Decided<domain::change::Change<T>>;

fn take_rights(maker: &Maker<'_>, life: &Life<'_>, person: &Beneficiary, known: &Known) -> Result<Steps<Decided<RsaRight>>, Stop> {
    let mut file: Vec<RsaRight> = known.rights.get(&person.id).cloned().unwrap_or_default();
    let mut steps = Steps::default();
    for script in &life.rights {
        for (place, (at, step)) in script.steps.iter().enumerate().filter(|(_, (at, _))| maker.world.has_come(*at)) {
            let scope = maker.may::<ManageRsaRight>(*at)?;
            let found = file.iter().find(|right| right.id == script.id);
            let taken = match (step, found) {
                (rights::Step::Enter, None) => RsaRight::record(&scope, script.id, person, &file, right(script, false)?, maker.vocabulary).map(Some),
                (rights::Step::Duties(order), Some(right)) if stands(script, place, right) => right.record_duties(&scope, person, *order),
                (rights::Step::Leave, Some(one)) if stands(script, place, one) => {
                    one.edit(&scope, person, &file, right(script, true)?, maker.vocabulary).map(Some)
                }
                _ => continue,
            };
            if let Ok(Some(taken)) = &taken {
                file.retain(|right| right.id != script.id);
                file.push(taken.after.clone());
            }
            steps.take(taken);
        }
    }
    Ok(steps)
}

/// Whether an episode stands as its first `place` steps left it.
fn stands(script: &rights::Script, place: usize, right: &RsaRight) -> bool {
    let duties = script.steps.iter().take(place).filter(|(_, step)| matches!(step, rights::Step::Duties(_))).count();
    let is_ours = usize::try_from(right.stamp.version).is_ok_and(|version| version == place);
    is_ours && right.entered_on == script.entered_on && right.end.is_none() && right.duties.len() == duties
}

fn right(script: &rights::Script, has_left: bool) -> Result<RsaRightOrder, Refusal> {
    Ok(RsaRightOrder {
        entered_on: script.entered_on,
        left_on: has_left.then_some(script.left_on),
        left_reason: has_left.then(|| said(script.reason)).transpose()?,
        information_received_on: Some(script.informed_on),
        transferred_from: script.transferred_from.map(said).transpose()?,
    })
}

fn take_barriers(maker: &Maker<'_>, life: &Life<'_>, person: &Beneficiary, known: &Known) -> Result<Steps<Decided<Barrier>>, Stop> {
    let mut file: Vec<Barrier> = known.barriers.get(&person.id).cloned().unwrap_or_default();
    let mut steps = Steps::default();
    // In the order of their moments: a situation comes back once it was resolved.
    let opened = life.barriers.iter().map(|script| (script.opened_at, false, script));
    let resolved = life.barriers.iter().filter_map(|script| script.resolved.map(|(_, _, at)| (at, true, script)));
    let mut due: Vec<_> = opened.chain(resolved).filter(|(at, _, _)| maker.world.has_come(*at)).collect();
    due.sort_by_key(|(at, resolves, script)| (*at, *resolves, script.id));
    for (at, resolves, script) in due {
        let scope = maker.may::<ManageBarrier>(at)?;
        let found = file.iter().find(|barrier| barrier.id == script.id);
        let taken = match (script.resolved, found) {
            (_, None) if !resolves => {
                let around = barrier::Around { barriers: &file, vocabulary: maker.vocabulary };
                Barrier::record(&scope, script.id, person, barrier(script)?, around).map(Some)
            }
            (Some((resolved_on, outcome, _)), Some(barrier)) if resolves && barrier.stamp.version == 1 => {
                barrier.resolve(&scope, person, Resolution { resolved_on, outcome: said(outcome)? }, maker.vocabulary)
            }
            _ => continue,
        };
        if let Ok(Some(taken)) = &taken {
            file.retain(|barrier| barrier.id != script.id);
            file.push(taken.after.clone());
        }
        steps.take(taken);
    }
    Ok(steps)
}

fn barrier(script: &barriers::Script) -> Result<BarrierOrder, Refusal> {
    Ok(BarrierOrder {
        kind: script.kind,
        situation: said(script.situation)?,
        impact: script.impact,
        goal: Some(said(script.goal)?),
        note: script.note.map(said).transpose()?,
        opened_on: script.opened_on,
    })
}

fn take_milestones(maker: &Maker<'_>, life: &Life<'_>, person: &Beneficiary, known: &Known) -> Result<Steps<Decided<Milestone>>, Stop> {
    let mut steps = Steps::default();
    for script in life.milestones.iter().filter(|script| maker.world.has_come(script.at) && !known.milestones.contains(&script.id)) {
        let order = MilestoneOrder {
            kind: said(script.kind)?,
            occurred_on: script.occurred_on,
            source: said(script.source)?,
            comment: script.comment.map(said).transpose()?,
        };
        let scope = maker.may::<RecordMilestone>(script.at)?;
        steps.take(Milestone::record(&scope, script.id, person, order, maker.vocabulary).map(Some));
    }
    Ok(steps)
}

/// The caseworkers who did something, by their number among the staff.
type Practitioners = HashMap<usize, Practitioner>;

async fn practitioners(maker: &Maker<'_>, w: &Write, lives: &[Life<'_>]) -> Result<Practitioners, Stop> {
    let scope = maker.may::<RecordIntervention>(maker.world.now)?;
    let involved: HashSet<usize> = lives.iter().flat_map(|life| life.interventions.iter().map(|script| script.by)).collect();
    let mut practitioners = Practitioners::new();
    for (number, colleague) in staff::staff(maker).into_iter().enumerate().filter(|(number, _)| involved.contains(number)) {
        practitioners.extend(stored::practitioner(w, &scope, colleague.id).await?.map(|one| (number, one)));
    }
    Ok(practitioners)
}

fn take_interventions(
    maker: &Maker<'_>,
    life: &Life<'_>,
    person: &Beneficiary,
    files: &Files<'_>,
    practitioners: &Practitioners,
) -> Result<Steps<Decided<Intervention>>, Stop> {
    let mut steps = Steps::default();
    for script in life.interventions.iter().filter(|script| !files.known.interventions.contains(&script.id)) {
        // A stay that is not made, or that a visitor moved to another file, has no interviews around it.
        if script.goes_with.is_some_and(|(enrolment, _)| files.seats.get(&enrolment) != Some(&person.id)) {
            continue;
        }
        let order = InterventionOrder {
            kind: said(script.kind)?,
            theme: said(script.theme)?,
            occurred_on: script.occurred_on,
            minutes: script.minutes.and_then(|minutes| i32::try_from(minutes).ok()),
            framework: script.framework,
            enrolment: script.goes_with.map(|(enrolment, _)| enrolment),
            moment: script.goes_with.map(|(_, moment)| moment),
            note: script.note.map(said).transpose()?,
        };
        let practitioner = practitioners.get(&script.by);
        let around = intervention::Around { practitioner, enrolment_known: true, vocabulary: maker.vocabulary };
        let scope = maker.may::<RecordIntervention>(script.at)?;
        steps.take(Intervention::record(&scope, script.id, person, order, around).map(Some));
    }
    Ok(steps)
}
