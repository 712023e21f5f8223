//! What invented people came through: work, training, a licence, a home. It follows from leaving an action, from a barrier that was lifted, from
//! work that ends a right. How the rules take it is in `files`.

use chrono::TimeDelta;
use domain::calendar::{Day, Instant};
use domain::enrolment::EndReason;
use domain::id::Id;
use domain::milestone::Milestone;

use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::people::Person;
use super::stays::Stay;
use super::{barriers, rights};

/// A milestone.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<Milestone>,
    pub(super) kind: &'static str,
    pub(super) occurred_on: Day,
    pub(super) source: &'static str,
    pub(super) comment: Option<&'static str>,
    pub(super) at: Instant,
}

const SOURCES: [(&str, u32); 4] = [("person", 45), ("document", 30), ("partner", 20), ("other", 5)];

/// The milestones of somebody that are known by now or will be. `stays` are theirs, with the number of the action of each.
pub(super) fn milestones(
    world: &World,
    person: &Person,
    stays: &[(usize, &Stay)],
    barriers: &[barriers::Script],
    rights: &[rights::Script],
) -> Vec<Script> {
    let of = |a: u64, b: u64| Chance::of(world.seed, Kind::Milestone, a, b);
    let low = |id: uuid::Uuid| id.as_u64_pair().1;
    let mut scripts = Vec::new();
    for (action, stay) in stays {
        scripts.extend(after_stay(&mut of(low(stay.id.uuid()), 0), *action, stay));
        let mut chance = of(low(stay.id.uuid()), 1);
        if stay.reason == EndReason::Training && chance.happens(55) {
            let months = chance.between(120, 330);
            scripts.push(script(&mut chance, "qualification", stay.ends_on.plus_days(months), "document"));
        }
    }
    for barrier in barriers {
        let mut chance = of(low(barrier.id.uuid()), 2);
        let kind = match barrier.situation {
            "mobility_no_licence" | "mobility_licence_in_progress" => "driving_licence",
            "housing_with_third_party" | "housing_unfit" | "housing_must_leave" | "housing_with_parents" | "housing_overcrowded" => "housing",
            "administrative_rights" => "rights_opened",
            _ => continue,
        };
        if let Some((resolved_on, "resolved", _)) = barrier.resolved {
            scripts.push(script(&mut chance, kind, resolved_on, if kind == "driving_licence" { "document" } else { "person" }));
        }
    }
    for right in rights {
        if let Some(job_on) = right.job_on {
            let mut chance = of(low(right.id.uuid()), 3);
            let kind = chance.weigh(&[("job_over_6_months", 62), ("job_up_to_6_months", 28), ("business", 10)], "job_over_6_months");
            let source = chance.weigh(&[("paying_body", 45), ("person", 30), ("france_travail", 25)], "person");
            scripts.push(script(&mut chance, kind, job_on, source));
        }
    }
    scripts.retain(|script| person.registered_at < script.at);
    scripts.sort_by_key(|script| (script.at, script.id));
    scripts
}

/// What follows soon from leaving an action.
fn after_stay(chance: &mut Chance, action: usize, stay: &Stay) -> Option<Script> {
    let (soon, later) = (chance.between(0, 9), chance.between(25, 240));
    let job = chance.weigh(&[("job_over_6_months", 55), ("job_up_to_6_months", 45)], "job_up_to_6_months");
    let (kind, on) = match stay.reason {
        EndReason::Employment => (job, stay.ends_on.plus_days(soon)),
        EndReason::Training => ("training", stay.ends_on.plus_days(soon)),
        EndReason::Completed => {
            let nothing = if action < 6 { 46 } else { 62 };
            let kind = chance.weigh(&[("", nothing), (job, 24), ("training", 18), ("qualification", 4), ("business", 2), ("driving_licence", 6)], "");
            if kind.is_empty() {
                return None;
            }
            (kind, stay.ends_on.plus_days(later))
        }
        _ => return None,
    };
    let source = chance.weigh(&SOURCES, "person");
    Some(script(chance, kind, on, source))
}

fn script(chance: &mut Chance, kind: &'static str, on: Day, source: &'static str) -> Script {
    let occurred_on = super::scripts::working_day(on);
    let written_on = super::scripts::working_day(occurred_on.plus_days(chance.between(1, 21)));
    let minutes = chance.between(0, 400);
    let at = written_on.at(time(9, 30)).plus(TimeDelta::minutes(minutes));
    let words: &[&str] = match kind {
        "job_over_6_months" => &["Temps partiel, à compléter.", "Contrat durable, dans le métier visé."],
        "job_up_to_6_months" => &["Remplacement, une suite est possible.", "Mission d’intérim renouvelée une fois."],
        "training" => &["Financement accordé.", "Six mois, avec un stage."],
        "driving_licence" => &["Obtenu au deuxième passage."],
        "housing" => &["Bail signé, aide à l’installation demandée."],
        _ => &["Point prévu dans trois mois."],
    };
    let word = chance.pick(words, "Point prévu dans trois mois.");
    let comment = chance.happens(20).then_some(word);
    Script { id: chance.id(at), kind, occurred_on, source, comment, at }
}
