//! What holds invented people back: found out as time goes by, or lifted by an action of the programme's second axis, around the stay in it.
//! Of health there is the effect alone. How the rules take it is in `files`.

use chrono::TimeDelta;
use domain::barrier::{Barrier, BarrierImpact, BarrierKind};
use domain::calendar::{Day, Instant};
use domain::enrolment::EndReason;
use domain::id::Id;

use super::chance::{Chance, Kind};
use super::maker::{World, time};
use super::people::Person;
use super::stays::Stay;

use BarrierKind::{Administrative, ChildcareFamily, Digital, Financial, Health, Housing, Language, Mobility};

/// A barrier.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) id: Id<Barrier>,
    pub(super) kind: BarrierKind,
    pub(super) situation: &'static str,
    pub(super) goal: &'static str,
    pub(super) impact: BarrierImpact,
    pub(super) note: Option<&'static str>,
    pub(super) opened_on: Day,
    pub(super) opened_at: Instant,
    /// The day, what became of it, and when that is written down.
    pub(super) resolved: Option<(Day, &'static str, Instant)>,
}

impl Script {
    /// Whether it is known to hold them back on a day.
    pub(super) fn holds(&self, day: Day) -> bool {
        self.opened_at.day() <= day && self.resolved.is_none_or(|(resolved_on, _, _)| day < resolved_on)
    }
}

/// A situation with the goal that answers it.
type Situation = (&'static str, &'static str);

/// The kinds with their situations, and how often each kind is found.
const FOUND: [((BarrierKind, &[Situation]), u32); 8] = [
    (
        (
            Mobility,
            &[
                ("mobility_no_licence", "mobility_licence"),
                ("mobility_no_transport", "mobility_transport"),
                ("mobility_public_transport_only", "mobility_review"),
                ("mobility_vehicle_to_repair", "mobility_repair"),
                ("mobility_cost", "mobility_transport"),
            ],
        ),
        26,
    ),
    (
        (
            Housing,
            &[
                ("housing_with_third_party", "housing_find"),
                ("housing_rent_difficulty", "housing_arrears"),
                ("housing_unfit", "housing_change"),
                ("housing_far_from_work", "housing_change"),
                ("housing_must_leave", "housing_stay"),
            ],
        ),
        14,
    ),
    (
        (
            Health,
            &[
                ("health_limited_effort", "health_suited_project"),
                ("health_part_time_only", "health_suited_project"),
                ("health_adapted_position", "health_suited_project"),
                ("health_limited_availability", "health_suited_project"),
                ("health_care_access", "health_access"),
            ],
        ),
        17,
    ),
    (
        (
            ChildcareFamily,
            &[
                ("childcare_family_under_3_no_care", "childcare_family_childcare"),
                ("childcare_family_over_3_no_care", "childcare_family_childcare"),
                ("childcare_family_schedule", "childcare_family_childcare"),
                ("childcare_family_carer", "childcare_family_carer_status"),
            ],
        ),
        13,
    ),
    (
        (
            Administrative,
            &[
                ("administrative_rights", "administrative_rights"),
                ("administrative_procedure", "administrative_procedures"),
                ("administrative_tax_notice", "administrative_procedures"),
            ],
        ),
        10,
    ),
    (
        (
            Financial,
            &[
                ("financial_budget", "financial_budget"),
                ("financial_precarious", "financial_prevention"),
                ("financial_unpaid_bills", "financial_debt"),
                ("financial_over_indebted", "financial_debt"),
            ],
        ),
        10,
    ),
    (
        (
            Language,
            &[("language_reading", "language_french"), ("language_writing", "language_french"), ("language_arithmetic", "language_arithmetic")],
        ),
        5,
    ),
    ((Digital, &[("digital_no_equipment", "digital_equipment"), ("digital_no_connection", "digital_connection")]), 5),
];

/// What the actions of the second axis lift, by the number of the action: situations that are not found otherwise.
const LIFTED: [(usize, BarrierKind, Situation); 9] = [
    (6, Mobility, ("mobility_licence_in_progress", "mobility_licence")),
    (6, Mobility, ("mobility_beyond_surroundings", "mobility_confidence")),
    (7, Housing, ("housing_with_parents", "housing_information")),
    (7, Housing, ("housing_overcrowded", "housing_change")),
    (8, Health, ("health_absences", "health_habits")),
    (9, Digital, ("digital_low_skills", "digital_basics")),
    (9, Digital, ("digital_online_procedures", "digital_services")),
    (10, ChildcareFamily, ("childcare_family_isolation", "childcare_family_isolation")),
    (11, Language, ("language_speaking", "language_french")),
];

const IMPACTS: [(BarrierImpact, u32); 3] = [(BarrierImpact::Strong, 32), (BarrierImpact::Medium, 50), (BarrierImpact::Without, 18)];

/// What becomes of barriers, and how often.
const OUTCOMES: [(&str, u32); 6] =
    [("resolved", 48), ("improved", 22), ("worked_around", 9), ("no_longer_relevant", 10), ("taken_over", 7), ("support_ended", 4)];

/// The barriers of somebody that are known by now or will be. `stays` are theirs, with the number of the action of each.
pub(super) fn barriers(world: &World, person: &Person, stays: &[(usize, &Stay)]) -> Vec<Script> {
    let mut scripts = found(world, person);
    for (action, stay) in stays {
        if let Some(script) = lifted(world, person, *action, stay) {
            let is_open = |other: &Script| {
                let ends_before = other.resolved.is_some_and(|(_, _, at)| at < script.opened_at);
                other.situation == script.situation && !ends_before
            };
            if !scripts.iter().any(is_open) {
                scripts.push(script);
            }
        }
    }
    scripts.sort_by_key(|script| (script.opened_at, script.id));
    scripts
}

/// Those that are found out as time goes by, one of a kind.
fn found(world: &World, person: &Person) -> Vec<Script> {
    let mut chance = Chance::of(world.seed, Kind::Barrier, person.number, 0);
    let mut left = FOUND.to_vec();
    let mut on = person.registered_at.day().plus_days(chance.between(0, 90));
    if chance.happens(45) {
        on = on.plus_days(chance.between(60, 1_800));
    }
    let mut scripts = Vec::new();
    while let Some(first) = left.first() {
        let (kind, situations) = chance.weigh(&left, first.0);
        left.retain(|((other, _), _)| *other != kind);
        let day = super::scripts::working_day(on);
        let opened_at = day.at(time(9 + chance.below(8), chance.below(60))).max(person.registered_at.plus(TimeDelta::minutes(20)));
        if !world.has_come(opened_at) {
            break;
        }
        let id = chance.id(opened_at);
        let situation = chance.pick(situations, ("mobility_no_licence", "mobility_licence"));
        let impact = chance.weigh(&IMPACTS, BarrierImpact::Medium);
        let note = note(&mut chance, kind);
        let (is_resolved, lasts, outcome) = (chance.happens(60), chance.between(40, 700), chance.weigh(&OUTCOMES, "resolved"));
        let resolved = is_resolved.then(|| resolution(opened_at.day().plus_days(lasts), outcome));
        let (situation, goal) = situation;
        scripts.push(Script { id, kind, situation, goal, impact, note, opened_on: opened_at.day(), opened_at, resolved });
        on = on.plus_days(chance.between(250, 3_300));
    }
    scripts
}

fn resolution(on: Day, outcome: &'static str) -> (Day, &'static str, Instant) {
    let day = super::scripts::working_day(on);
    (day, outcome, day.at(time(16, 30)))
}

/// What brings somebody to an action that lifts barriers, until what follows from it.
fn lifted(world: &World, person: &Person, action: usize, stay: &Stay) -> Option<Script> {
    let theirs: Vec<(BarrierKind, Situation)> =
        LIFTED.iter().filter(|(one, _, _)| *one == action).map(|(_, kind, situation)| (*kind, *situation)).collect();
    let first = *theirs.first()?;
    let mut chance = Chance::of(world.seed, Kind::Barrier, stay.id.uuid().as_u64_pair().1, 0);
    let opened_at = stay.enrolled_at.plus(TimeDelta::minutes(5));
    if opened_at <= person.registered_at || chance.happens(10) {
        return None;
    }
    let id = chance.id(opened_at);
    let (kind, (situation, goal)) = chance.pick(&theirs, first);
    let impact = chance.weigh(&IMPACTS, BarrierImpact::Medium);
    let note = note(&mut chance, kind);
    let opened_on = stay.enrolled_at.day().plus_days(-chance.between(0, 45)).max(person.registered_at.day());
    let has_effect = matches!(stay.reason, EndReason::Completed | EndReason::Employment | EndReason::Training | EndReason::Other);
    let (is_resolved, later) = (chance.happens(if has_effect { 80 } else { 45 }), chance.between(0, 30));
    let resolved = is_resolved.then(|| {
        if has_effect {
            let outcome = chance.weigh(&[("resolved", 56), ("improved", 32), ("worked_around", 12)], "improved");
            resolution(stay.ends_on.plus_days(later), outcome)
        } else {
            let outcome = chance.weigh(&[("support_ended", 4), ("taken_over", 4), ("no_longer_relevant", 3)], "support_ended");
            resolution(stay.ends_on.plus_days(30 + 5 * later), outcome)
        }
    });
    Some(Script { id, kind, situation, goal, impact, note, opened_on, opened_at, resolved })
}

/// A word on it, now and then; never of health.
fn note(chance: &mut Chance, kind: BarrierKind) -> Option<&'static str> {
    let words: &[&str] = match kind {
        Mobility => &["Un premier devis est demandé.", "Covoiturage possible deux jours par semaine.", "Le code est à repasser."],
        Housing => &["Demande de logement social renouvelée.", "Un échéancier est en cours d’étude.", "Visite prévue le mois prochain."],
        Health => return None,
        ChildcareFamily => &["Inscription en liste d’attente de la crèche.", "Une solution à mi-temps est à l’essai."],
        Administrative => &["Pièces manquantes à réunir ensemble.", "Rendez-vous pris au point d’accès au droit."],
        Financial => &["Dossier à préparer avec la conseillère.", "Mensualités revues avec le fournisseur."],
        Language => &["Test de positionnement à passer.", "Lit les consignes courtes sans difficulté."],
        Digital => &["Prêt d’un ordinateur à l’étude.", "Vient aux permanences du mercredi."],
    };
    let word = chance.pick(words, "À revoir ensemble.");
    chance.happens(14).then_some(word)
}
