//! The words of the rules about contracts.

use super::Words;

/// In the order of `domain::refusal`.
pub(super) const WORDS: &[Words] = &[
    Words {
        code: "CONTRACT_STATE",
        title: ["Le contrat n'en est pas là", "Not where the contract stands"],
        detail: [
            "L'état du contrat ne permet pas cet acte. Relisez-le : son champ `state` dit ce qui peut suivre.",
            "The state of the contract does not allow this. Read it again: its `state` says what may follow.",
        ],
    },
    Words {
        code: "CONTRACT_PENDING",
        title: ["Un autre contrat est en préparation", "Another contract is under way"],
        detail: [
            "Un contrat ou un avenant de cette personne est déjà en préparation ou à signer. Menez-le à son terme ou annulez-le d'abord.",
            "A contract or an amendment of this person is being drawn up or signed already. Bring it to its end or cancel it first.",
        ],
    },
    Words {
        code: "CONTRACT_IN_FORCE",
        title: ["Un contrat est en cours", "A contract is in force"],
        detail: [
            "Une personne n'a qu'un contrat à la fois, et un contrat couvre ces jours. Renouvelez-le par `/renewal` ou terminez-le d'abord.",
            "A person has one contract at a time, and one covers these days. Renew it with `/renewal`, or end it first.",
        ],
    },
    Words {
        code: "CONTRACT_NEEDS_ORIENTATION",
        title: ["La personne n'est pas orientée", "The person is not oriented"],
        detail: [
            "Un contrat repose sur une orientation en vigueur, qui dit quel organisme accompagne la personne. Décidez-la d'abord.",
            "A contract rests on an orientation in force, which says who accompanies the person. Decide it first.",
        ],
    },
    Words {
        code: "CONTRACT_ELSEWHERE",
        title: ["Le contrat se fait chez l'organisme référent", "The contract is made elsewhere"],
        detail: [
            "L'organisme référent établit ses propres contrats. Le département n'en fait pas pour les personnes qu'il accompagne.",
            "The referent organisation makes its own contracts. The département makes none with the people whom it accompanies.",
        ],
    },
    Words {
        code: "CONTRACT_INCOMPLETE",
        title: ["Le contrat est incomplet", "The contract is incomplete"],
        detail: [
            "Le champ `missing` du contrat dit ce qui manque avant la signature. Complétez-le, puis soumettez-le de nouveau.",
            "The contract's `missing` says what it lacks before it can be signed. Complete it, then submit it again.",
        ],
    },
    Words {
        code: "CONTRACT_SIGNED",
        title: ["Le contrat est déjà signé", "The contract was signed already"],
        detail: [
            "Ce qui a été signé ne change plus. Annulez-le pour en préparer un autre, ou faites un avenant s'il est en cours.",
            "What was signed does not change any more. Cancel it to draw up another one, or amend it if it is in force.",
        ],
    },
    Words {
        code: "CONTRACT_OUTDATED",
        title: ["L'organisme référent a changé", "The referent organisation has changed"],
        detail: [
            "La personne est désormais accompagnée par un autre organisme que celui du contrat signé. Annulez-le et préparez-en un autre.",
            "The person is accompanied by another organisation than that of the signed contract. Cancel it and draw up another one.",
        ],
    },
    Words {
        code: "SIGNATURE_MISSING",
        title: ["Une signature manque", "A signature is missing"],
        detail: [
            "La personne et l'organisme référent signent tous deux avant la validation. Enregistrez les signatures par `/signatures`.",
            "The person and the referent organisation both sign before the validation. Record the signatures with `/signatures`.",
        ],
    },
    Words {
        code: "VALIDATION_RESERVED",
        title: ["La validation n'est pas la vôtre", "The validation is not yours"],
        detail: [
            "Un responsable du département valide un CER ; un professionnel de l'organisme référent valide aussi un contrat d'engagement.",
            "A manager of the département validates a CER; a professional of the referent organisation may also validate an engagement contract.",
        ],
    },
    Words {
        code: "OUTSIDE_CONTRACT",
        title: ["Le jour est hors du contrat", "The day is outside the contract"],
        detail: [
            "Ce jour n'est pas dans la période du contrat. Choisissez-en un entre son premier et son dernier jour.",
            "This day is not within the contract. Choose one between its first and its last day.",
        ],
    },
    Words {
        code: "FIRST_DAY_STAYS",
        title: ["Le premier jour reste le même", "The first day stays"],
        detail: [
            "Un avenant ne change pas le premier jour du contrat. Reprenez celui du contrat en cours.",
            "An amendment does not change the first day of the contract. Give the one of the contract in force.",
        ],
    },
    Words {
        code: "HOURS_AND_EXEMPTION",
        title: ["Des heures ou une dispense", "Hours or an exemption"],
        detail: [
            "Un contrat demande des heures d'activité ou en dispense, pas les deux. Retirez l'un des deux.",
            "A contract asks for hours of activity or exempts from them, not both. Take one of the two away.",
        ],
    },
    Words {
        code: "OBJECTIVE_UNKNOWN",
        title: ["Objectif inconnu du contrat", "No such objective there"],
        detail: [
            "Aucun objectif du contrat ne porte cette clé. Donnez celle d'un objectif de la même demande.",
            "No objective of the contract has this key. Give that of an objective of the same request.",
        ],
    },
    Words {
        code: "COMMITMENT_UNKNOWN",
        title: ["Engagement inconnu du contrat", "No such commitment there"],
        detail: [
            "Aucun engagement de la version en cours ne porte cette clé. Relisez le contrat et donnez l'une des siennes.",
            "No commitment of the edition in force has this key. Read the contract again and give one of its own.",
        ],
    },
    Words {
        code: "BARRIER_UNKNOWN",
        title: ["Frein inconnu de la personne", "No such barrier there"],
        detail: [
            "Ce frein n'est pas dans le dossier de la personne. Enregistrez-le d'abord, ou donnez l'un des siens.",
            "This barrier is not in the file of the person. Record it first, or give one of theirs.",
        ],
    },
    Words {
        code: "NEXT_REVIEW_REQUIRED",
        title: ["La date du prochain bilan manque", "The next review is missing"],
        detail: [
            "Un contrat sans terme qui se poursuit est revu plus tard. Dites quand dans `next_review_on`.",
            "A contract without an end that goes on is reviewed again later. Say when in `next_review_on`.",
        ],
    },
    Words {
        code: "DAY_NOT_SETTLED",
        title: ["Le jour n'est pas révolu", "The day is not settled"],
        detail: [
            "Ce qui est su d'un jour n'est fixé qu'après minuit. Demandez hier au plus tard, ou l'état actuel sans `at`.",
            "What is known of a day is settled only after midnight. Ask for yesterday at the latest, or for the present without `at`.",
        ],
    },
];
