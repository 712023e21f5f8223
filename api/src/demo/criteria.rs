//! What invented people said before their orientation, in the four blocks of criteria: what is known to hold them back, and the rest so
//! that it mostly suggests what they come to. What is decided on it is in `orienting`.

use domain::accompaniment::Accompaniment;
use domain::barrier::{BarrierImpact, BarrierKind};
use domain::calendar::Day;
use domain::orientation::{
    Activity, Aspirations, Criteria, Difficulties, Difficulty, EmploymentSituation, Qualification, QualificationLevel, WorkProject,
};
use domain::refusal::Refusal;

use super::barriers;
use super::chance::Chance;
use super::maker::said;

use BarrierImpact::{Medium, Strong, Without};

const LEVELS: [(QualificationLevel, u32); 6] = [
    (QualificationLevel::Without, 30),
    (QualificationLevel::Level3, 36),
    (QualificationLevel::Level4, 18),
    (QualificationLevel::Level5, 8),
    (QualificationLevel::Level6, 5),
    (QualificationLevel::Level7, 3),
];

/// What holds people back who have no barrier on file yet, and how often.
const TOLD: [(BarrierKind, u32); 7] = [
    (BarrierKind::Mobility, 28),
    (BarrierKind::Housing, 16),
    (BarrierKind::ChildcareFamily, 16),
    (BarrierKind::Financial, 14),
    (BarrierKind::Administrative, 12),
    (BarrierKind::Language, 7),
    (BarrierKind::Digital, 7),
];

const WISHES: [&str; 6] = [
    "Voudrait travailler auprès d’enfants.",
    "Cherche un temps partiel près de son domicile.",
    "Souhaite passer le permis avant de chercher.",
    "Pense à une formation dans le bâtiment.",
    "Aimerait retrouver une équipe.",
    "Veut d’abord retrouver un logement stable.",
];

/// What somebody said on a day, who comes to this accompaniment. `barriers` are all of theirs.
pub(super) fn criteria(chance: &mut Chance, towards: Accompaniment, barriers: &[barriers::Script], on: Day) -> Result<Criteria, Refusal> {
    let mut items: Vec<Difficulty> = Vec::new();
    for barrier in barriers.iter().filter(|barrier| barrier.holds(on)) {
        match items.iter_mut().find(|one| one.kind == barrier.kind) {
            Some(one) => one.impact = stronger(one.impact, barrier.impact),
            None => items.push(Difficulty { kind: barrier.kind, impact: barrier.impact }),
        }
    }
    let (told, another) = (chance.weigh(&TOLD, BarrierKind::Mobility), chance.happens(55));
    let impact = if towards == Accompaniment::Social { Strong } else { Medium };
    let is_held_back = |items: &[Difficulty]| items.iter().any(|one| if impact == Strong { one.impact == Strong } else { one.impact != Without });
    if towards != Accompaniment::CommonLaw && !is_held_back(&items) && (impact == Strong || another) {
        let kinds = [told].into_iter().chain(TOLD.map(|(kind, _)| kind));
        let unknown = kinds.into_iter().find(|kind| items.iter().all(|one| one.kind != *kind));
        items.extend(unknown.map(|kind| Difficulty { kind, impact }));
    }
    items.sort_by_key(|one| one.kind);
    let (is_old, is_never, is_current) = (chance.happens(50), chance.happens(22), chance.happens(14));
    let far = if is_never { Activity::Never } else { Activity::OverTwoYears };
    let near = if is_current { Activity::Current } else { Activity::WithinTwoYears };
    let drawn = chance.weigh(&LEVELS, QualificationLevel::Level3);
    let (sees_way, is_disabled, says_so) = (chance.happens(96), chance.happens(9), chance.happens(80));
    let (activity, sees, level) = match towards {
        Accompaniment::Social => (far, !sees_way, drawn),
        // Whom nothing holds back comes here without a diploma.
        Accompaniment::Socioprofessional if items.iter().all(|one| one.impact == Without) => {
            (if is_old { far } else { Activity::WithinTwoYears }, true, QualificationLevel::Without)
        }
        Accompaniment::Socioprofessional => (if is_old { far } else { near }, true, drawn),
        Accompaniment::CommonLaw => (near, sees_way, if drawn == QualificationLevel::Without { QualificationLevel::Level3 } else { drawn }),
    };
    let project = match towards {
        Accompaniment::Social => chance.weigh(&[(WorkProject::Without, 70), (WorkProject::InProgress, 30)], WorkProject::Without),
        Accompaniment::Socioprofessional => chance.weigh(&[(WorkProject::InProgress, 65), (WorkProject::Defined, 35)], WorkProject::InProgress),
        Accompaniment::CommonLaw => WorkProject::Defined,
    };
    let wish = chance.pick(&WISHES, "Aimerait retrouver une équipe.");
    let wishes = chance.happens(18).then(|| said(wish)).transpose()?;
    Ok(Criteria {
        employment: EmploymentSituation { activity, disability_status: says_so.then_some(is_disabled) },
        qualification: Qualification { level },
        aspirations: Aspirations { project, sees_work_or_training: sees, wishes },
        difficulties: Difficulties { items, other: None },
    })
}

fn stronger(one: BarrierImpact, other: BarrierImpact) -> BarrierImpact {
    match (one, other) {
        (Strong, _) | (_, Strong) => Strong,
        (Medium, _) | (_, Medium) => Medium,
        (Without, Without) => Without,
    }
}
