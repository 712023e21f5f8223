//! The words on referrals and their feed.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
    // ---- referrals: what they say
    Words {
        code: "RECEIVER_UNKNOWN",
        title: ["Destinataire de la prescription inconnu", "The receiver of the referral is unknown"],
        detail: [
            "La prescription ne désigne aucune structure, ou une structure qui n'existe pas. Reprenez l'identifiant du destinataire dans la \
             liste des structures.",
            "The referral names no organisation, or one that does not exist. Take the id of the receiver from the list of organisations.",
        ],
    },
    Words {
        code: "SETTING_RESERVED",
        title: ["Paramètre réservé à un autre rôle", "Setting reserved to another role"],
        detail: [
            "Ce paramètre se change par l'administrateur, ou par le délégué à la protection des données pour ce qui est dit des personnes.",
            "This setting is changed by the administrator, or by the data protection officer where it is about what is told of people.",
        ],
    },
    Words {
        code: "SETTING_IN_PAST",
        title: ["Un paramètre ne change pas le passé", "A setting does not change the past"],
        detail: [
            "Le premier jour du paramètre est passé. Donnez la date du jour ou un jour à venir.",
            "The first day of the setting is past. Give today or a day to come.",
        ],
    },
    Words {
        code: "RECEIVER_IS_DEPARTMENT",
        title: ["Prescription adressée au département", "The département cannot be the receiver"],
        detail: [
            "Le département ne se prescrit rien à lui-même. Choisissez une autre structure, car un accompagnement par le département est une \
             orientation, et une place dans ses actions une inscription.",
            "The département refers nobody to itself. Choose another organisation, because an accompaniment by the département is an \
             orientation, and a place in its own actions an enrolment.",
        ],
    },
    Words {
        code: "RECEIVER_NOT_ALLOWED",
        title: ["Accompagnement non ouvert à cette structure", "The receiver may not provide this accompaniment"],
        detail: [
            "Cette structure ne peut pas assurer cet accompagnement aujourd'hui. Choisissez une autre structure ou un autre accompagnement, ou \
             faites d'abord enregistrer la délégation qui l'y autorise.",
            "This organisation may not provide this accompaniment today. Choose another organisation or accompaniment, or first have the \
             delegation recorded that allows it.",
        ],
    },
    Words {
        code: "SITE_UNKNOWN",
        title: ["Ce site est inconnu", "The site is unknown"],
        detail: [
            "Aucun site du destinataire n'a cet identifiant. Reprenez-le parmi les sites de la structure qui reçoit la prescription, ou n'en \
             donnez pas.",
            "No site of the receiver has this id. Take it from the sites of the organisation that receives the referral, or give none.",
        ],
    },
    Words {
        code: "GROUP_UNKNOWN",
        title: ["Ce groupe est inconnu ici", "The group is unknown here"],
        detail: [
            "Ce groupe n'existe pas, est terminé, n'est pas de cette action, ou n'est pas celui que désigne la prescription. Reprenez-le dans \
             la prescription ou dans la liste des groupes de l'action.",
            "This group does not exist, is over, is not one of the action, or is not the one that the referral names. Take its id from the \
             referral or from the list of the action's groups.",
        ],
    },
    Words {
        code: "REQUIRED_FOR_PURPOSE",
        title: ["Champ obligatoire pour cet objet", "This purpose needs the field"],
        detail: [
            "L'objet de la prescription, accompagnement ou action, rend ce champ obligatoire. Ajoutez-le, puis renvoyez la demande.",
            "The purpose of the referral, an accompaniment or an action, makes this field required. Add it, then send the request again.",
        ],
    },
    Words {
        code: "FORBIDDEN_FOR_PURPOSE",
        title: ["Champ à retirer pour cet objet", "Not a field for this purpose"],
        detail: [
            "Ce champ appartient à l'autre objet, et une prescription vise soit un accompagnement, soit une action. Retirez-le ou, si vous \
             envoyez la prescription, corrigez purpose.",
            "This field belongs to the other purpose, and a referral is either for an accompaniment or for an action. Leave it out or, if you \
             are sending the referral, correct purpose.",
        ],
    },
    Words {
        code: "AGE_OUTSIDE_MISSION",
        title: ["Personne hors de l'âge des missions locales", "Not an age for a mission locale"],
        detail: [
            "Une mission locale accompagne les personnes de 16 à 25 ans, jusqu'à la veille de leurs 26 ans. Vérifiez la date de naissance, ou \
             choisissez une autre structure.",
            "A mission locale accompanies people from 16 to 25, up to the day before their 26th birthday. Check the birth date, or choose \
             another organisation.",
        ],
    },
    Words {
        code: "BIRTH_DATE_REQUIRED",
        title: ["Date de naissance à renseigner", "The birth date is required"],
        detail: [
            "L'âge décide si une mission locale peut accompagner la personne, et sa date de naissance n'est pas connue. Renseignez-la sur sa \
             fiche, ou choisissez une autre structure.",
            "The age decides whether a mission locale may accompany the person, and their birth date is not known. Record it on their file, or \
             choose another organisation.",
        ],
    },
    Words {
        code: "DAY_IN_FUTURE",
        title: ["Date encore à venir", "The day is still to come"],
        detail: [
            "Une signature, un début ou une fin ne s'enregistre qu'une fois le jour venu. Donnez la date du jour ou une date passée.",
            "A signature, a start or an end can only be recorded once its day has come. Give today's date or an earlier one.",
        ],
    },
    Words {
        code: "DAY_TOO_EARLY",
        title: ["Ce jour est trop tôt", "This day is too early"],
        detail: [
            "Ce jour précède ce qu'il suit : un envoi, une décision, un premier jour, la création du dossier. Donnez-en un plus tardif.",
            "This day is before what it follows: a sending, a decision, a first day, the making of a file. Give a later one.",
        ],
    },
    Words {
        code: "ABANDONMENT_REASON",
        title: ["Motif et conclusion ne concordent pas", "The reason does not fit the conclusion"],
        detail: [
            "Un abandon demande un motif de la liste referral_abandonment_reasons, et un accompagnement mené à son terme n'en prend pas. \
             Ajoutez le motif, retirez-le, ou changez la conclusion.",
            "What was abandoned needs a reason of the list referral_abandonment_reasons, and what was completed takes none. Add the reason, \
             leave it out, or change the conclusion.",
        ],
    },
    Words {
        code: "FRANCE_TRAVAIL_ID_RESERVED",
        title: ["Identifiant réservé à France Travail", "Only France Travail gives this id"],
        detail: [
            "Seul France Travail (Pôle emploi) donne, en accusant réception, son propre identifiant de la personne. Retirez france_travail_id, \
             puis renvoyez la demande.",
            "Only France Travail (Pôle emploi) gives its own id of the person when it acknowledges a referral. Leave france_travail_id out, \
             then send the request again.",
        ],
    },
    // ---- referrals: their life
    Words {
        code: "REFERRAL_OPEN",
        title: ["Une autre prescription est en cours", "Another referral is already open"],
        detail: [
            "Cette personne a déjà une prescription en cours pour un accompagnement ou pour cette action, et conflicting_id la désigne. \
             Utilisez-la, ou faites-la d'abord annuler ou terminer.",
            "The person already has a referral open for an accompaniment or for this action, and conflicting_id names it. Use that one, or \
             first have it cancelled or ended.",
        ],
    },
    Words {
        code: "REFERRAL_ANSWERED",
        title: ["Réponse déjà donnée à cette prescription", "The referral was already answered"],
        detail: [
            "Une réponse différente est déjà enregistrée, et celle-ci ne la remplace pas. Relisez la prescription et, si la première réponse \
             était une erreur, écrivez au département.",
            "A different answer is already recorded, and this one does not replace it. Read the referral again and, if the first answer was a \
             mistake, write to the département.",
        ],
    },
    Words {
        code: "REFERRAL_CLOSED",
        title: ["Cette prescription est close", "The referral is closed"],
        detail: [
            "La prescription a été refusée ou annulée, ou a pris fin, et ne change plus. Relisez-la et, si la personne en a encore besoin, \
             adressez-en ou demandez-en une nouvelle.",
            "The referral was refused or cancelled, or came to its end, and no longer changes. Read it again and, if the person still needs it, \
             send or ask for a new one.",
        ],
    },
    Words {
        code: "REFERRAL_EXPIRED",
        title: ["Prescription expirée sans réponse", "The referral has expired unanswered"],
        detail: [
            "Personne n'a répondu à temps. Tant qu'aucune autre prescription n'est en cours, le destinataire peut encore accepter ou refuser \
             celle-ci, et le département en adresser une nouvelle.",
            "Nobody answered in time. While no other referral is open, the receiver may still accept or refuse this one, and the département \
             may send a new one.",
        ],
    },
    Words {
        code: "REFERRAL_STARTED",
        title: ["Accompagnement ou action déjà en cours", "The referral has already started"],
        detail: [
            "La personne est déjà venue, et ce qui a commencé ne s'annule plus. Laissez le destinataire conclure l'accompagnement ou, pour une \
             action, terminez l'inscription.",
            "The person has already come, and what has started is no longer cancelled. Let the receiver conclude the accompaniment or, for an \
             action, end the enrolment.",
        ],
    },
    Words {
        code: "SEAT_FREE",
        title: ["Une place est libre", "A seat is free"],
        detail: [
            "La liste d'attente ne sert que si aucune place n'est libre, et il en reste une. Acceptez la prescription, en donnant le groupe si \
             elle n'en désigne pas, ou refusez-la.",
            "The waiting list is for when no seat is free, and there is one. Accept the referral, giving the group if it names none, or refuse \
             it.",
        ],
    },
    Words {
        code: "FOLLOWS_ENROLMENT",
        title: ["Début et fin selon l'inscription", "An action's referral follows its enrolment"],
        detail: [
            "Une prescription vers une action commence d'elle-même à la première présence, et finit avec l'inscription. Pointez la personne sur \
             la feuille d'émargement, ou enregistrez sa sortie.",
            "A referral to an action starts by itself with the first half-day attended, and ends with the enrolment. Mark the person on the \
             attendance sheet, or record their exit.",
        ],
    },
    Words {
        code: "IDENTIFIER_CONFLICT",
        title: ["Identifiant contraire à ce qui est connu", "The identifier contradicts what is known"],
        detail: [
            "Ce numéro de sécurité sociale, ou cet identifiant externe ou France Travail, diffère de celui déjà enregistré, ou est celui d'une \
             autre personne. Vérifiez-le et faites corriger celui qui est faux.",
            "This social security number, or external or France Travail id, differs from the one already recorded, or is another person's. \
             Check it and have the wrong one corrected.",
        ],
    },
    Words {
        code: "IDENTITY_NOT_DISCLOSED",
        title: ["Identité que Jalon ne communique pas", "The identity is not disclosed"],
        detail: [
            "Le délégué à la protection des données n'a pas autorisé la lecture du numéro de sécurité sociale. Identifiez la personne par sa \
             référence, ou demandez cette autorisation au département.",
            "The data protection officer has not allowed the social security number to be read. Identify the person by their reference, or ask \
             the département to have it allowed.",
        ],
    },
    // ---- the feed
    Words {
        code: "FEED_DIVERGED",
        title: ["Le flux ne contient plus cet événement", "The feed no longer holds this event"],
        detail: [
            "Après une restauration ou une bascule, le flux n'a plus l'événement du curseur et finit à last_seq. Comparez les empreintes \
             (/v1/referral-feed/digest), puis repartez du dernier événement commun.",
            "After a restore or failover, the feed no longer holds the cursor's event and ends at last_seq. Compare digests \
             (/v1/referral-feed/digest) to find the last common event, then go on from there.",
        ],
    },
];
