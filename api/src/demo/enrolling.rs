//! Enrolling, ending and assessing through the rules, in the order things happened. Whatever the rules refuse, a visitor was there
//! before: it is left as it is.

use std::collections::HashMap;

use domain::action::Theme;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Instant, Period};
use domain::change::Change;
use domain::enrolment::{AssessOrder, EndReason, EnrolOrder, Enrolment, SeatTaken};
use domain::group::Group;
use domain::id::Id;
use domain::policy::{CloseEnrolment, Enrol, ReadEnrolment};
use domain::refusal::{Decided, Refusal};
use persistence::{Listing, Write, enrolments};

use super::chance::{Chance, Kind};
use super::maker::{Maker, said};
use super::stays::Stay;
use crate::problem::Stop;

/// What may happen to a stay, in this order when at the same moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    End,
    Enrol,
    Assess,
}

/// The enrolments of a group as they are told, by id.
type Enrolled = HashMap<Id<Enrolment>, Enrolment>;

/// Brings the enrolments of a group up to this start. Returns them all, and how many steps the rules refused.
pub(super) async fn bring_up_to_date(
    maker: &Maker<'_>,
    w: &Write,
    group: &Group,
    themes: &[Theme],
    stays: &[Stay],
    people: &HashMap<Id<Beneficiary>, Beneficiary>,
) -> Result<(Enrolled, u32), Stop> {
    let read = maker.may::<ReadEnrolment>(maker.world.now)?;
    let known = enrolments::list(w, &read, group.id, &Listing::first(1_000_000)).await?.items;
    let mut enrolled: Enrolled = known.into_iter().map(|enrolment| (enrolment.id, enrolment)).collect();
    let mut steps: Vec<(Instant, Step, &Stay)> = Vec::new();
    for stay in stays {
        let made = enrolled.contains_key(&stay.id);
        if made || stay.ends_on >= maker.world.window() {
            let assessed = stay.assessed_at.map(|at| (at, Step::Assess, stay));
            steps.extend(
                (!made).then_some((stay.enrolled_at, Step::Enrol, stay)).into_iter().chain([(stay.ended_at, Step::End, stay)]).chain(assessed),
            );
        }
    }
    steps.retain(|(at, _, _)| maker.world.has_come(*at));
    steps.sort_by_key(|(at, step, stay)| (*at, *step, stay.number));

    let (mut decided, mut refused) = (Vec::<Decided<Change<Enrolment>>>::new(), 0);
    for (at, step, stay) in steps {
        // New rows are saved before edited ones: somebody's end must be stored before they come back.
        if step == Step::Enrol && decided.iter().any(|change| change.after.person.id == stay.person) {
            enrolments::save_all(w, &decided).await?;
            decided.clear();
        }
        let taken = match step {
            Step::Enrol => Some(enrol(maker, at, group, stay, people.get(&stay.person), &enrolled)?),
            Step::End => end(maker, w, at, group, stay, &enrolled).await?,
            Step::Assess => assess(maker, at, themes, stay, &enrolled)?,
        };
        match taken {
            Some(Ok(change)) => {
                enrolled.insert(stay.id, change.after.clone());
                decided.push(change);
            }
            Some(Err(_)) => refused += 1,
            None => {}
        }
    }
    enrolments::save_all(w, &decided).await?;
    Ok((enrolled, refused))
}

type Taken = Result<Decided<Change<Enrolment>>, Refusal>;

fn enrol(maker: &Maker<'_>, at: Instant, group: &Group, stay: &Stay, person: Option<&Beneficiary>, enrolled: &Enrolled) -> Result<Taken, Stop> {
    let seats: Vec<SeatTaken> = enrolled
        .values()
        .map(|one| SeatTaken { person: one.person.id, period: Period { starts_on: one.starts_on, ends_on: one.end.map(|(day, _)| day) } })
        .collect();
    let order = EnrolOrder { starts_on: stay.starts_on, planned_end_on: stay.planned_end_on, status_at_entry: said(stay.status_at_entry)? };
    Ok(Enrolment::enrol(&maker.may::<Enrol>(at)?, stay.id, group, person, &seats, order, maker.vocabulary))
}

/// Nothing when it has ended already, or when a visitor assessed it meanwhile.
async fn end(maker: &Maker<'_>, w: &Write, at: Instant, group: &Group, stay: &Stay, enrolled: &Enrolled) -> Result<Option<Taken>, Stop> {
    let Some(enrolment) = enrolled.get(&stay.id).filter(|one| one.end.is_none() && one.stamp.version == 1) else { return Ok(None) };
    // Ours stand before the last day, whose evening is when it is known; a visitor's may stand after.
    let last_mark = enrolments::last_mark(w, enrolment, stay.ends_on).await?;
    Ok(Some(enrolment.end(&maker.may::<CloseEnrolment>(at)?, group, stay.ends_on, stay.reason, last_mark)))
}

/// Nothing unless it ended as it was to, and was not assessed.
fn assess(maker: &Maker<'_>, at: Instant, themes: &[Theme], stay: &Stay, enrolled: &Enrolled) -> Result<Option<Taken>, Stop> {
    let as_it_was_to = |one: &&Enrolment| one.end == Some((stay.ends_on, stay.reason)) && one.assessment.is_none() && one.stamp.version == 2;
    let Some(enrolment) = enrolled.get(&stay.id).filter(as_it_was_to) else { return Ok(None) };
    let mut chance = Chance::of(maker.world.seed, Kind::Attitude, stay.id.uuid().as_u64_pair().1, 1);
    let (next_steps, words): (&[&str], &[&str]) = match stay.reason {
        EndReason::Employment => (&["employment"], &["Contrat signé avant la fin du parcours ; un point est prévu dans trois mois."]),
        EndReason::Training => (&["training"], &["Entrée en formation qualifiante, financement confirmé."]),
        _ => (
            &["another_action", "professional_follow_up", "social_follow_up", "internship", "work_integration_structure"],
            &[
                "Rythme tenu sur la durée. Le projet se précise, à soutenir par un accompagnement individuel.",
                "Prend la parole dans le groupe, ce qui était difficile au début. Les démarches restent à accompagner.",
                "Compétences bien repérées ; la mobilité demeure le principal frein.",
            ],
        ),
    };
    let mut aptitudes = Vec::new();
    for theme in themes {
        let level = chance.weigh(&[("not_observed", 1), ("emerging", 3), ("developing", 5), ("acquired", 4)], "developing");
        aptitudes.push((*theme, said(level)?));
    }
    let next_step = said(chance.pick(next_steps, "other"))?;
    let order = AssessOrder { aptitudes, next_step, text: Some(said(chance.pick(words, "Parcours mené à son terme."))?) };
    Ok(Some(enrolment.assess(&maker.may::<CloseEnrolment>(at)?, order, maker.vocabulary)))
}
