//! The words of the rules about orientations and places.

use super::Words;

/// In the order of `domain::refusal`.
pub(super) const WORDS: &[Words] = &[
    Words {
        code: "ORIENTATION_STATE",
        title: ["L'orientation n'en est pas là", "Not where the orientation stands"],
        detail: [
            "L'état de l'orientation ne permet pas cet acte. Relisez-la : son champ `state` dit ce qui peut suivre.",
            "The state of the orientation does not allow this. Read it again: its `state` says what may follow.",
        ],
    },
    Words {
        code: "ORIENTATION_WAITS",
        title: ["L'orientation attend une place", "The orientation waits for a place"],
        detail: [
            "Toutes les places de l'organisme sont prises et l'orientation n'est pas encore en vigueur. Attendez qu'une place se libère, \
             ou fermez-la pour en décider une autre.",
            "Every place of the organisation is taken and the orientation is not in force yet. Wait until one is free, or close it to decide \
             another one.",
        ],
    },
    Words {
        code: "ORIENTATION_PENDING",
        title: ["Une autre orientation est en cours", "Another orientation is under way"],
        detail: [
            "Une orientation de cette personne est déjà à décider, ou attend une place. Menez-la à son terme ou fermez-la d'abord.",
            "An orientation of this person is to be decided already, or waits for a place. Bring it to its end or close it first.",
        ],
    },
    Words {
        code: "ORIENTATION_IN_FORCE",
        title: ["La personne est déjà orientée", "The person is oriented already"],
        detail: [
            "Une orientation est en vigueur. Demandez-en la réorientation par `/review`, puis décidez-en une autre.",
            "An orientation is in force. Ask for its review with `/review`, then decide another one.",
        ],
    },
    Words {
        code: "NOT_SUBJECT_TO_DUTIES",
        title: ["Pas soumise aux droits et devoirs", "Not subject to the duties"],
        detail: [
            "Aucun droit ouvert ne soumet cette personne aux droits et devoirs. Enregistrez-le, ou dites que la demande est volontaire avec \
             `voluntary`.",
            "No open right makes this person subject to the duties. Record it, or say with `voluntary` that they ask for it themselves.",
        ],
    },
    Words {
        code: "INTERVIEW_REQUIRED",
        title: ["L'entretien d'orientation manque", "The orientation interview is missing"],
        detail: [
            "Une première orientation se décide après un entretien. Enregistrez-le avec `/interview`, puis décidez.",
            "A first orientation is decided after an interview. Record it with `/interview`, then decide.",
        ],
    },
    Words {
        code: "PROPOSAL_REQUIRED",
        title: ["La proposition et ses critères manquent", "The proposal with its criteria is missing"],
        detail: [
            "Une décision du département repose sur les quatre blocs de critères. Enregistrez-les avec `/proposal`, puis décidez.",
            "A decision of the département rests on the four blocks of criteria. Record them with `/proposal`, then decide.",
        ],
    },
    Words {
        code: "TEAM_OPINION_REQUIRED",
        title: ["Avis de l'équipe pluridisciplinaire requis", "The team's opinion is required"],
        detail: [
            "Entre le parcours social et un parcours professionnel, l'équipe pluridisciplinaire est entendue d'abord. Enregistrez son avis \
             avec `/opinion` ; un mois après la saisine, il est réputé rendu.",
            "Between the social track and a professional one the multidisciplinary team is heard first. Record its opinion with `/opinion`; a \
             month after it was asked, it is deemed given.",
        ],
    },
    Words {
        code: "OPINION_MISMATCH",
        title: ["Un avis et son jour vont ensemble", "An opinion comes with its day"],
        detail: [
            "Donnez `opinion` et `given_on` ensemble, ou aucun des deux tant que l'équipe n'a pas répondu.",
            "Give `opinion` and `given_on` together, or neither of them while the team has not answered.",
        ],
    },
    Words {
        code: "ORIGIN_NOT_POSSIBLE",
        title: ["Cette origine n'est pas possible", "This origin is not possible"],
        detail: [
            "Le droit applicable à cette date ou la situation de la personne excluent cette origine. Omettez `origin` pour que Jalon la \
             déduise.",
            "The law of that date or the person's situation exclude this origin. Leave `origin` out and Jalon works it out.",
        ],
    },
    Words {
        code: "JUSTIFICATION_REQUIRED",
        title: ["Il faut dire pourquoi", "It must be said why"],
        detail: [
            "Qui décide autrement que ce que suggèrent les critères, ou invoque un autre motif, l'explique en quelques mots. Ajoutez-les, \
             puis renvoyez la demande.",
            "Whoever decides otherwise than the criteria suggest, or for another reason, says why in a few words. Add them, then send the \
             request again.",
        ],
    },
    Words {
        code: "APPEAL_TERMS_REQUIRED",
        title: ["Les voies de recours manquent", "The ways of appeal are missing"],
        detail: [
            "La notification doit indiquer les voies et délais de recours (CASF R262-91). Ajoutez-les au courrier, puis confirmez avec \
             `appeal_stated`.",
            "A notification must state the ways and delays of appeal (CASF R262-91). Add them to the letter, then confirm with \
             `appeal_stated`.",
        ],
    },
    Words {
        code: "FOLLOWS_REFERRAL",
        title: ["L'organisme répond par l'orientation reçue", "The receiver answers its referral"],
        detail: [
            "L'organisme référent a reçu une orientation et n'y a pas encore répondu. C'est lui qui l'accepte, avec le nom du référent.",
            "The referent organisation received a referral and has not answered yet. It accepts it itself, with the referent's name.",
        ],
    },
    Words {
        code: "FOLLOWS_ORIENTATION",
        title: ["Liée à une orientation en vigueur", "It belongs to an orientation in force"],
        detail: [
            "Cette orientation vers un organisme découle d'une décision en vigueur et finit avec elle. Demandez une réorientation ou fermez \
             l'orientation.",
            "This referral follows from an orientation in force and ends with it. Ask for a review, or close the orientation.",
        ],
    },
    Words {
        code: "SOCIAL_TRACK_ONLY",
        title: ["Réservé au parcours social", "Of the social track alone"],
        detail: [
            "Seul le réexamen du parcours social se prolonge à douze mois (CASF D262-65-2-1). Cette orientation n'est pas sociale.",
            "Only the review of the social track may wait twelve months (CASF D262-65-2-1). This orientation is not a social one.",
        ],
    },
    Words {
        code: "PLACES_IN_PAST",
        title: ["Date de places déjà passée", "That day has passed"],
        detail: [
            "Un nombre de places vaut à partir d'aujourd'hui ou plus tard. Corrigez `valid_from`, puis renvoyez la demande.",
            "A number of places holds from today on, or later. Correct `valid_from`, then send the request again.",
        ],
    },
];
