//! The words of the rules about a person's file.

use super::Words;

/// In the order of `domain::refusal`.
pub(super) const WORDS: &[Words] = &[
    // ---- who the person is
    Words {
        code: "NIR_CONTRADICTS_TITLE",
        title: ["Le NIR contredit la civilité", "The number contradicts the title"],
        detail: [
            "Le premier chiffre du numéro de sécurité sociale ne correspond pas à la civilité de la personne. Vérifiez les deux, corrigez \
             celui qui est faux, puis renvoyez la demande.",
            "The first digit of the social security number does not agree with the person's title. Check both, correct the wrong one, then \
             send the request again.",
        ],
    },
    Words {
        code: "FILE_NUMBER_INVALID",
        title: ["Numéro d'allocataire non valable", "The file number is not valid"],
        detail: [
            "Un numéro de CAF a 7 chiffres, un numéro de MSA de 1 à 15 lettres et chiffres. Recopiez-le depuis une notification, puis \
             renvoyez la demande.",
            "A CAF's number has 7 digits, an MSA's 1 to 15 letters and digits. Copy it from a notification, then send the request again.",
        ],
    },
    Words {
        code: "FILE_NUMBER_IS_NIR",
        title: ["Ce numéro de dossier est un NIR", "The file number is a social security number"],
        detail: [
            "Ce numéro de dossier est un numéro de sécurité sociale, qui se garde chiffré. Enregistrez-le avec `recordNir` et laissez le \
             foyer vide.",
            "This file number is a social security number, which is kept sealed. Record it with `recordNir` and leave the household out.",
        ],
    },
    Words {
        code: "BODY_CODE_INVALID",
        title: ["Code d'organisme payeur non valable", "The paying body's code is not valid"],
        detail: [
            "Le code d'un organisme payeur a trois chiffres. Corrigez-le ou laissez-le vide, puis renvoyez la demande.",
            "The code of a paying body has three digits. Correct it or leave it out, then send the request again.",
        ],
    },
    Words {
        code: "POSTAL_CODE_INVALID",
        title: ["Code postal non valable", "The postal code is not valid"],
        detail: [
            "Un code postal a cinq chiffres, de 01000 à 98999, et n'est pas le code INSEE de la commune. Vérifiez-le, puis renvoyez la demande.",
            "A postal code has five digits, from 01000 to 98999, and is not the INSEE code of the commune. Check it, then send the request \
             again.",
        ],
    },
    Words {
        code: "HOUSEHOLD_ROLE_TAKEN",
        title: ["Place déjà prise dans le foyer", "The place in the household is taken"],
        detail: [
            "Une autre personne est déjà le demandeur ou le conjoint de ce foyer. Vérifiez le numéro et la place, ou corrigez d'abord l'autre \
             dossier.",
            "Somebody else is already the claimant or the spouse of this household. Check the number and the place, or correct the other file \
             first.",
        ],
    },
    Words {
        code: "POSSIBLE_DUPLICATE",
        title: ["La personne est peut-être déjà connue", "The person may be known already"],
        detail: [
            "Quelqu'un ressemble trop à cette personne : `conflicting_id` le désigne et `matchBeneficiary` dit pourquoi. Ouvrez ce dossier, \
             ou nommez sa référence dans `distinct_from`.",
            "Somebody is too much like this person: `conflicting_id` names them and `matchBeneficiary` says why. Open that file, or name its \
             reference in `distinct_from`.",
        ],
    },
    Words {
        code: "NOTHING_TO_SEARCH",
        title: ["Il n'y a rien à chercher", "There is nothing to look for"],
        detail: [
            "La recherche ne dit rien, ou un nom de moins de deux lettres. Donnez le début d'un nom ou un identifiant, puis recommencez.",
            "The search says nothing, or a name of less than two letters. Give the beginning of a name or an identifier, then try again.",
        ],
    },
    Words {
        code: "MERGE_WITH_ITSELF",
        title: ["Un dossier fusionné avec lui-même", "A file merged with itself"],
        detail: [
            "Le dossier à fusionner est celui qui doit rester. Désignez l'autre dossier de la même personne, puis renvoyez la demande.",
            "The file to merge is the one that stays. Name the other file of the same person, then send the request again.",
        ],
    },
    Words {
        code: "MERGE_CONFLICT",
        title: ["Les deux dossiers se contredisent", "The two files contradict each other"],
        detail: [
            "Les deux dossiers ont une orientation ou un contrat sur les mêmes jours, ou deux places d'un même foyer, et une personne n'en a \
             qu'une. Corrigez l'un des deux, puis recommencez la fusion.",
            "Both files hold an orientation or a contract over the same days, or both places of one household, and a person has one. Correct \
             one of them, then merge again.",
        ],
    },
    // ---- what hangs on the file
    Words {
        code: "RIGHT_OVERLAPS",
        title: ["Deux droits au RSA se chevauchent", "Two RSA rights overlap"],
        detail: [
            "Une personne n'a qu'un droit au RSA à la fois, et deux se partageraient des jours. Corrigez les dates de l'un des deux, ou annulez \
             celui qui est de trop, puis recommencez.",
            "A person has one RSA right at a time, and two would share some days. Correct the dates of one of them, or cancel the one too many, \
             then try again.",
        ],
    },
    Words {
        code: "OUTSIDE_RIGHT",
        title: ["Jour hors de la période du droit", "The day is outside the right"],
        detail: [
            "Les droits et devoirs se datent à l'intérieur de la période du droit. Corrigez le jour ou la période, puis renvoyez la demande.",
            "Duties are dated inside the period of the right. Correct the day or the period, then send the request again.",
        ],
    },
    Words {
        code: "END_REASON_MISMATCH",
        title: ["Une fin et son motif vont ensemble", "An end and its reason go together"],
        detail: [
            "Une date de fin demande son motif, et un motif demande une date de fin. Donnez les deux ou aucun, puis renvoyez la demande.",
            "An end date wants its reason, and a reason wants an end date. Give both or neither, then send the request again.",
        ],
    },
    Words {
        code: "BARRIER_OPEN",
        title: ["Ce frein est déjà ouvert", "This barrier is open already"],
        detail: [
            "Le dossier porte déjà la même situation, non levée. Modifiez ce frein, ou levez-le avant d'en ouvrir un autre.",
            "The file already holds the same situation, not resolved. Edit that barrier, or resolve it before opening another.",
        ],
    },
    Words {
        code: "BARRIER_RESOLVED",
        title: ["Ce frein est déjà levé", "This barrier was resolved already"],
        detail: [
            "Un frein levé ne change plus : il témoigne de ce qui était vrai. S'il est revenu, ouvrez-en un nouveau.",
            "A resolved barrier no longer changes: it says what was true. If it came back, open a new one.",
        ],
    },
    Words {
        code: "HEALTH_TEXT_FORBIDDEN",
        title: ["Pas de texte libre sur la santé", "No free text about health"],
        detail: [
            "De la santé on n'écrit que la conséquence, par son code : jamais un diagnostic. Retirez le texte, puis renvoyez la demande.",
            "Of health only the effect is written, by its code: never a diagnosis. Take the text out, then send the request again.",
        ],
    },
    Words {
        code: "CODE_OF_OTHER_BARRIER",
        title: ["Code d'un autre type de frein", "A code of another barrier"],
        detail: [
            "La situation ou l'objectif appartient à un autre type de frein. Choisissez un code qui commence par celui du frein, puis \
             renvoyez la demande.",
            "The situation or the goal belongs to another kind of barrier. Choose a code that starts with the barrier's own, then send the \
             request again.",
        ],
    },
    Words {
        code: "PROFESSIONAL_UNKNOWN",
        title: ["Ce professionnel n'est pas connu", "The professional is not known"],
        detail: [
            "Aucun professionnel qui puisse avoir fait cette intervention ne porte cet identifiant pour vous. Choisissez-le dans l'annuaire, \
             puis renvoyez la demande.",
            "No professional who could have done this has this id for you. Choose one in the directory, then send the request again.",
        ],
    },
    Words {
        code: "ENROLMENT_UNKNOWN",
        title: ["Cette inscription n'est pas connue", "The enrolment is not known"],
        detail: [
            "Cette inscription n'existe pas, ou ce n'est pas celle de la personne. Choisissez une de ses inscriptions, puis renvoyez la \
             demande.",
            "This enrolment does not exist, or is not the person's. Choose one of theirs, then send the request again.",
        ],
    },
    Words {
        code: "MOMENT_MISMATCH",
        title: ["Une étape sans inscription", "A moment without an enrolment"],
        detail: [
            "Préparation, mi-parcours et clôture sont des étapes d'une inscription. Nommez l'inscription ou retirez l'étape, puis renvoyez la \
             demande.",
            "Preparation, mid-term and closing are moments of an enrolment. Name the enrolment or leave the moment out, then send the request \
             again.",
        ],
    },
    Words {
        code: "ENTRY_CANCELLED",
        title: ["Cette saisie a été annulée", "The entry was cancelled"],
        detail: [
            "Cette saisie a été annulée et ne change plus. Enregistrez-en une nouvelle si besoin.",
            "This entry was cancelled and no longer changes. Record a new one if needed.",
        ],
    },
    Words {
        code: "INTERVENTION_RESERVED",
        title: ["Intervention d'un autre organisme", "An intervention of another organisation"],
        detail: [
            "Seuls les professionnels de l'organisme qui a fait cette intervention, et les responsables du département, la modifient. \
             Demandez-leur de la corriger.",
            "Only the professionals of the organisation that did this, and the département's managers, change it. Ask them to correct it.",
        ],
    },
];
