//! What referrals say: objectives meant for the receiver, and the barriers concerned, by their effect alone. Reasons come with words.

use domain::barrier::BarrierKind;
use domain::organisation::OrganisationKind;

use super::chance::Chance;

use OrganisationKind::{CapEmploi, MissionLocale, Plie, PoleEmploi};

/// Where people look for work.
const TRADES: [&str; 10] = [
    "l’aide à domicile",
    "la logistique",
    "les espaces verts",
    "la restauration collective",
    "la vente",
    "le bâtiment",
    "l’entretien des locaux",
    "la petite enfance",
    "le secrétariat",
    "la conduite de véhicules",
];

/// `{}` is a trade with its article: it comes where any of them fits.
const BY_POLE_EMPLOI: [&str; 6] = [
    "Organiser une recherche d’emploi régulière dans {}, avec un CV et des candidatures à jour.",
    "Confirmer un projet dans {} par une immersion, puis choisir la formation qui y mène.",
    "Revenir à l’emploi dans {} après plusieurs années d’arrêt ; un temps partiel conviendrait pour commencer.",
    "Préparer des entretiens dans {} : l’expérience est solide, la présenter reste difficile.",
    "Faire valider les acquis d’un long parcours dans {} et viser un contrat durable.",
    "Élargir la recherche : dans {}, peu d’offres à une distance praticable.",
];
const BY_MISSION_LOCALE: [&str; 4] = [
    "Construire un premier projet professionnel, peut-être dans {} ; sans expérience encore.",
    "Trouver un apprentissage dans {} pour la rentrée prochaine.",
    "Reprendre un rythme après une sortie d’études sans diplôme, avec des stages courts dans {}.",
    "Rester en contact avec l’emploi : missions d’intérim dans {}, à transformer en contrat.",
];
const BY_CAP_EMPLOI: [&str; 4] = [
    "Trouver un poste aménagé dans {}, à temps partiel.",
    "Étudier une reconversion : rester dans {} n’est plus possible sans aménagement.",
    "Faire le point sur les aménagements possibles pour rester dans {}.",
    "Préparer l’entrée dans une entreprise adaptée, de préférence dans {}.",
];
const BY_PLIE: [&str; 4] = [
    "Enchaîner des étapes vers l’emploi dans {}, avec un même interlocuteur.",
    "Accéder à une structure d’insertion dans {} après deux ans sans emploi.",
    "Lever ce qui retient encore avant une recherche dans {}, à un rythme soutenu.",
    "Viser une formation qualifiante dans {} et en régler le financement.",
];
const BY_ASSOCIATION: [&str; 5] = [
    "Retrouver un rythme de semaine et des contacts hors de la maison.",
    "Prendre confiance dans un groupe avant un projet professionnel, peut-être dans {}.",
    "Repérer ses compétences dans des activités concrètes et les nommer.",
    "Découvrir {} par l’atelier et décider d’une suite.",
    "Venir régulièrement pendant trois mois, première étape convenue ensemble.",
];

/// What the receiver has to know of a barrier.
const fn said_of(barrier: BarrierKind) -> &'static str {
    match barrier {
        BarrierKind::Mobility => "Ni permis ni véhicule : à chercher le long d’une ligne de bus.",
        BarrierKind::Housing => "Hébergement provisoire : joindre plutôt par téléphone que par courrier.",
        BarrierKind::Health => "Les efforts prolongés sont à éviter ; les matinées conviennent mieux.",
        BarrierKind::ChildcareFamily => "Disponible aux heures d’école, le temps de trouver une garde.",
        BarrierKind::Administrative => "Des droits sont à rouvrir : un rendez-vous est pris.",
        BarrierKind::Financial => "Budget serré : prévoir les frais de déplacement avant de les engager.",
        BarrierKind::Language => "Comprend bien à l’oral, écrit avec peine.",
        BarrierKind::Digital => "Pas à l’aise avec les démarches en ligne : confirmer par téléphone.",
    }
}

/// None to three barriers, each once.
pub(super) fn barriers(chance: &mut Chance) -> Vec<BarrierKind> {
    let mut barriers = Vec::new();
    for _ in 0..chance.weigh(&[(0, 2), (1, 4), (2, 3), (3, 1)], 1) {
        barriers.push(chance.pick(BarrierKind::ALL, BarrierKind::Mobility));
    }
    barriers.sort_unstable();
    barriers.dedup();
    barriers
}

/// What is to be reached.
pub(super) fn objective(chance: &mut Chance, receiver: OrganisationKind, barriers: &[BarrierKind]) -> String {
    let sentences: &[&str] = match receiver {
        PoleEmploi => &BY_POLE_EMPLOI,
        MissionLocale => &BY_MISSION_LOCALE,
        CapEmploi => &BY_CAP_EMPLOI,
        Plie => &BY_PLIE,
        _ => &BY_ASSOCIATION,
    };
    let trade = chance.pick(&TRADES, "l’entretien des locaux");
    let goal = chance.pick(sentences, "Avancer vers l’emploi.");
    let words = [goal].into_iter().chain(barriers.iter().map(|barrier| said_of(*barrier)));
    words.collect::<Vec<_>>().join(" ").replace("{}", trade)
}

/// A coded reason, what is added in words, and how often.
pub(super) type Why = ((&'static str, &'static str), u32);

/// Why somebody is not taken for an accompaniment.
pub(super) const NOT_ACCOMPANIED: [Why; 7] = [
    (("did_not_come", "Absence aux deux rendez-vous proposés, sans nouvelles depuis."), 5),
    (("barriers_first", "La situation de logement est à stabiliser avant une recherche d’emploi."), 4),
    (("other_accompaniment", "Un accompagnement social paraît plus indiqué à ce stade."), 4),
    (("not_reachable", "Trois appels et un courrier sont restés sans réponse."), 4),
    (("employed", "Un contrat a commencé ce mois-ci."), 2),
    (("in_training", "Une formation est en cours, suivie par son organisme."), 1),
    (("duplicate", "Déjà accompagnée chez nous sous un autre dossier."), 1),
];

/// Why somebody is not taken in an action.
pub(super) const NOT_IN_ACTION: [Why; 5] = [
    (("not_interested", "L’atelier ne correspond pas à ce qui est attendu, après une visite."), 4),
    (("not_mobile", "Aucun trajet praticable jusqu’au lieu de l’atelier."), 4),
    (("did_not_come", "Ne s’est pas présentée à la visite de l’atelier."), 4),
    (("barriers_first", "Une garde d’enfants est à trouver d’abord."), 3),
    (("employed", "Une mission d’intérim a commencé."), 1),
];

/// Why a referral is taken back.
pub(super) const TAKEN_BACK: [Why; 5] = [
    (("situation_changed", "La situation familiale a changé ; à revoir ensemble."), 5),
    (("person_declined", "Préfère attendre, après réflexion."), 4),
    (("other_receiver", "Un autre organisme la reçoit déjà."), 3),
    (("left_department", "Installation dans un autre département."), 2),
    (("entered_by_mistake", "Saisie sur le mauvais dossier, avec nos excuses."), 1),
];

/// Why an accompaniment stops before its end.
pub(super) const STOPPED: [Why; 6] = [
    (("abandoned", "Ne vient plus aux rendez-vous malgré les relances."), 6),
    (("employment", "Contrat de six mois signé."), 5),
    (("training", "Entrée en formation qualifiante."), 3),
    (("moved", "Déménagement hors du département."), 2),
    (("health", "Pause demandée ; à reprendre quand ce sera possible."), 2),
    (("right_closed", "Le droit a pris fin ; la suite relève du droit commun."), 1),
];
