//! What the social service did with invented people over the years: some interviews, calls and letters a year, and those that prepare a stay in
//! an action, take stock of it and conclude it. How the rules take it is in `files`.

use chrono::TimeDelta;
use domain::barrier::BarrierKind;
use domain::calendar::{Day, Instant};
use domain::enrolment::{EndReason, Enrolment};
use domain::id::Id;
use domain::intervention::{Framework, Intervention, Moment};

use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::people::Person;
use super::scripts::{Referrers, working_day};
use super::stays::Stay;
use super::{barriers, rights};

use Framework::{Insertion, SectorGeneralPractice};

/// An intervention.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<Intervention>,
    pub(super) kind: &'static str,
    pub(super) theme: &'static str,
    pub(super) occurred_on: Day,
    pub(super) minutes: Option<i64>,
    pub(super) framework: Framework,
    /// The number of the caseworker, among the staff.
    pub(super) by: usize,
    pub(super) goes_with: Option<(Id<Enrolment>, Moment)>,
    pub(super) note: Option<&'static str>,
    pub(super) at: Instant,
}

/// How many there are in a year of somebody who has a right, and how often.
const A_YEAR: [(u32, u32); 6] = [(0, 52), (1, 27), (2, 12), (3, 5), (4, 3), (6, 1)];
/// Of somebody who has none.
const A_YEAR_WITHOUT: [(u32, u32); 3] = [(0, 78), (1, 17), (2, 5)];

/// What is done, how long it takes in minutes, and how often.
const DONE: [((&str, u32, u32), u32); 10] = [
    (("interview", 30, 75), 42),
    (("phone_call", 5, 30), 20),
    (("home_visit", 45, 100), 8),
    (("correspondence", 5, 20), 7),
    (("accompanied_step", 45, 180), 7),
    (("application", 20, 60), 6),
    (("joint_interview", 40, 80), 4),
    (("partner_liaison", 10, 30), 3),
    (("assessment", 30, 120), 2),
    (("case_meeting", 20, 60), 1),
];

/// What it is about when it is not about what holds somebody back, in which framework, and how often.
const ABOUT: [((&str, Framework), u32); 10] = [
    (("pathway", Insertion), 24),
    (("rights", SectorGeneralPractice), 16),
    (("career_project", Insertion), 12),
    (("job_search", Insertion), 10),
    (("administrative", SectorGeneralPractice), 9),
    (("financial", SectorGeneralPractice), 9),
    (("training", Insertion), 7),
    (("social_life", SectorGeneralPractice), 5),
    (("housing", SectorGeneralPractice), 5),
    (("childcare_family", SectorGeneralPractice), 3),
];

/// What is noted now and then: nothing that tells who it is about.
const NOTES: [&str; 8] = [
    "Prochain point dans un mois.",
    "Documents à apporter au prochain rendez-vous.",
    "Un courrier commun est envoyé.",
    "Les étapes convenues sont tenues.",
    "Rendez-vous déplacé à la demande de la personne.",
    "À mettre en lien avec l’atelier.",
    "Demande instruite, réponse attendue.",
    "Relais pris avec le partenaire.",
];

/// What of a person an intervention answers to.
pub(super) struct Background<'a> {
    pub(super) stays: &'a [(usize, &'a Stay)],
    pub(super) barriers: &'a [barriers::Script],
    pub(super) rights: &'a [rights::Script],
}

/// The number of the caseworker who sees somebody most often: the first that is drawn of their interventions.
fn main(chance: &mut Chance, person: &Person, referrers: &Referrers) -> usize {
    referrers.draw(chance, person.territory)
}

/// The same, for whoever asks of nothing else.
pub(super) fn caseworker(world: &World, person: &Person, referrers: &Referrers) -> usize {
    main(&mut Chance::of(world.seed, Kind::Intervention, person.number, 0), person, referrers)
}

/// The interventions with somebody that have come to pass.
pub(super) fn interventions(world: &World, person: &Person, background: &Background<'_>, referrers: &Referrers) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut chance = Chance::of(world.seed, Kind::Intervention, person.number, 0);
    let main = main(&mut chance, person, referrers);
    // Years of 364 days since the programme began: all of each is drawn, whether it has come or not.
    for year in 0.. {
        let from = World::first_day().plus_days(364 * year);
        if from > world.now.day() {
            break;
        }
        let to = from.plus_days(363);
        if to < person.registered_at.day() {
            continue;
        }
        // As far as it is known when the year begins for them: what is drawn may not depend on when one asks.
        let day = from.max(person.registered_at.day());
        let has_right = background.rights.iter().any(|right| right.is_known_on(day) && day <= right.left_on);
        for _ in 0..if has_right { chance.weigh(&A_YEAR, 1) } else { chance.weigh(&A_YEAR_WITHOUT, 0) } {
            let day = working_day(from.plus_days(chance.between(0, 357)));
            let by = if chance.happens(75) { main } else { referrers.draw(&mut chance, person.territory) };
            scripts.push(one(&mut chance, day, by, background));
        }
    }
    for (_, stay) in background.stays.iter().filter(|(_, stay)| person.registered_at < stay.enrolled_at) {
        around_stay(world, stay, main, &mut scripts);
    }
    scripts.retain(|script| person.registered_at < script.at && world.has_come(script.at));
    scripts.sort_by_key(|script| (script.at, script.id));
    scripts
}

fn one(chance: &mut Chance, day: Day, by: usize, background: &Background<'_>) -> Script {
    let at = day.at(time(17, 0)).plus(TimeDelta::minutes(chance.between(0, 110)));
    let id = chance.id(at);
    let (kind, least, most) = chance.weigh(&DONE, ("interview", 30, 60));
    let (minutes, says_minutes) = (chance.between(least, most), chance.happens(92));
    let (mut theme, mut framework) = chance.weigh(&ABOUT, ("pathway", Insertion));
    let (answers, social) = (chance.happens(45), chance.happens(45));
    if let Some(barrier) = background.barriers.iter().find(|barrier| answers && barrier.holds(day)) {
        theme = theme_of(barrier.kind);
        framework = if social { SectorGeneralPractice } else { Insertion };
    }
    let note = chance.pick(&NOTES, "Prochain point dans un mois.");
    // Nothing is written about health.
    let note = (chance.happens(6) && theme != "health").then_some(note);
    Script { id, kind, theme, occurred_on: day, minutes: says_minutes.then_some(minutes), framework, by, goes_with: None, note, at }
}

const fn theme_of(kind: BarrierKind) -> &'static str {
    match kind {
        BarrierKind::Mobility => "mobility",
        BarrierKind::Housing => "housing",
        BarrierKind::Health => "health",
        BarrierKind::ChildcareFamily => "childcare_family",
        BarrierKind::Administrative => "administrative",
        BarrierKind::Financial => "financial",
        BarrierKind::Language => "language",
        BarrierKind::Digital => "digital",
    }
}

/// How many days there are between two interviews that take stock of a stay.
const STOCK_AFTER: (u32, u32) = (150, 240);

/// The interviews that an action and its group answer.
fn around_stay(world: &World, stay: &Stay, by: usize, scripts: &mut Vec<Script>) {
    let mut chance = Chance::of(world.seed, Kind::Intervention, stay.id.uuid().as_u64_pair().1, 0);
    let mut interview = |moment: Moment, at: Instant, theme: &'static str, chance: &mut Chance| {
        let id = chance.id(at);
        let kind = chance.weigh(&[("interview", 80), ("joint_interview", 14), ("phone_call", 6)], "interview");
        let minutes = Some(chance.between(30, 60));
        let goes_with = Some((stay.id, moment));
        scripts.push(Script { id, kind, theme, occurred_on: at.day(), minutes, framework: Insertion, by, goes_with, note: None, at });
    };
    if chance.happens(72) {
        interview(Moment::Preparation, stay.enrolled_at.plus(TimeDelta::minutes(30)), "pathway", &mut chance);
    }
    let mut on = stay.starts_on.plus_days(chance.between(45, 110));
    while on.plus_days(20) < stay.ends_on {
        let at = working_day(on).at(time(11, chance.below(60)));
        let takes_stock = chance.happens(70);
        if takes_stock {
            interview(Moment::MidTerm, at, "career_project", &mut chance);
        }
        on = on.plus_days(chance.between(STOCK_AFTER.0, STOCK_AFTER.1));
    }
    if stay.reason != EndReason::NeverCame && chance.happens(74) {
        let at = working_day(stay.ends_on.plus_days(chance.between(1, 12))).at(time(14, chance.below(60)));
        interview(Moment::Closing, at, "pathway", &mut chance);
    }
}
