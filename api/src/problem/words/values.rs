//! The words on values: their form, and what an order says against the rest of it or against what it names.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
    // ---- the form of a value
    Words {
        code: "ID_MALFORMED",
        title: ["Identifiant mal écrit", "The id is malformed"],
        detail: [
            "Un identifiant est un UUID de 36 caractères, tirets compris. Reprenez-le tel que l'API vous l'a donné.",
            "An id is a UUID of 36 characters, hyphens included. Use it just as the API gave it to you.",
        ],
    },
    Words {
        code: "TEXT_EMPTY",
        title: ["Ce texte est vide", "The text is empty"],
        detail: [
            "Ce texte ne contient rien, ou seulement des espaces. Remplissez-le ou, si le champ est facultatif, ne l'envoyez pas.",
            "This text holds nothing, or only white space. Fill it in or, if the field is optional, leave it out.",
        ],
    },
    Words {
        code: "TEXT_TOO_LONG",
        title: ["Ce texte est trop long", "The text is too long"],
        detail: [
            "Ce texte dépasse la longueur admise, indiquée dans le document OpenAPI. Raccourcissez-le.",
            "This text is longer than allowed; the OpenAPI document gives the bound. Shorten it.",
        ],
    },
    Words {
        code: "CONTROL_CHARACTER",
        title: ["Caractère invisible dans un texte", "The text holds a control character"],
        detail: [
            "Retirez le caractère de contrôle, souvent venu d'un copier-coller, que contient ce texte. Seuls les textes de plusieurs lignes \
             admettent sauts de ligne et tabulations.",
            "Remove the control character that this text holds, often from a copy and paste. Line feeds and tabs are allowed in texts of \
             several lines only.",
        ],
    },
    Words {
        code: "DAY_MALFORMED",
        title: ["Date mal écrite ou impossible", "The date is malformed or impossible"],
        detail: [
            "Écrivez la date sous la forme 2026-11-21 ou, dans un fichier, 21/11/2026. Elle doit exister au calendrier et tomber entre 1900 et 2199.",
            "Write the date as 2026-11-21 or, in a file, 21/11/2026. It must exist in the calendar and lie between 1900 and 2199.",
        ],
    },
    Words {
        code: "TIME_MALFORMED",
        title: ["Heure mal écrite", "The time is malformed"],
        detail: [
            "Écrivez l'heure locale sous la forme 09:00, et un instant sous la forme 2026-11-21T09:12:03.000Z.",
            "Write a local time as 09:00, and an instant as 2026-11-21T09:12:03.000Z.",
        ],
    },
    Words {
        code: "OUT_OF_BOUNDS",
        title: ["Nombre hors des limites", "The number is out of bounds"],
        detail: [
            "Ce nombre, ou le nombre d'éléments de cette liste, est trop petit ou trop grand. Les limites sont dans le document OpenAPI.",
            "This number, or the number of entries of this list, is too small or too large. The bounds are in the OpenAPI document.",
        ],
    },
    Words {
        code: "TOO_MANY_ITEMS",
        title: ["Trop ou trop peu d'éléments", "Too many or too few entries"],
        detail: [
            "Cette liste est vide alors qu'il lui faut un élément, ou elle en a trop. Les limites sont dans le document OpenAPI.",
            "This list is empty though it needs an entry, or it has too many. The bounds are in the OpenAPI document.",
        ],
    },
    Words {
        code: "DUPLICATE_ITEM",
        title: ["Élément répété dans une liste", "An entry stands twice in the list"],
        detail: [
            "Le même élément figure deux fois dans la liste. Gardez-le une seule fois.",
            "The same entry stands twice in the list. Keep it once.",
        ],
    },
    Words {
        code: "EMAIL_MALFORMED",
        title: ["Adresse électronique mal écrite", "The e-mail address is malformed"],
        detail: [
            "L'adresse doit avoir la forme nom@domaine.fr, sans accent ni espace. Corrigez-la.",
            "The address must look like name@domain.example, without accents or spaces. Correct it.",
        ],
    },
    Words {
        code: "PHONE_INVALID",
        title: ["Numéro de téléphone non valable", "The phone number is not valid"],
        detail: [
            "Donnez dix chiffres qui commencent par 0, comme 0612345678, ou le code du pays et le numéro, comme +33612345678. N'ajoutez ni \
             poste ni autre texte.",
            "Give ten digits that start with 0, such as 0612345678, or the country code and the number, such as +33612345678. Add no extension \
             or other text.",
        ],
    },
    Words {
        code: "NIR_INVALID",
        title: ["Numéro de sécurité sociale mal écrit", "The social security number is malformed"],
        detail: [
            "Un numéro de sécurité sociale (NIR) compte 13 caractères, suivis ou non d'une clé de 2 chiffres. Recopiez celui de la carte \
             Vitale, car un numéro d'attente (NTT) ne convient pas.",
            "A social security number (NIR) has 13 characters, with or without a key of 2 digits after them. Copy it from the carte Vitale, \
             since a waiting number (NTT) will not do.",
        ],
    },
    Words {
        code: "NIR_KEY_WRONG",
        title: ["Clé du numéro de sécurité sociale fausse", "The social security number's key is wrong"],
        detail: [
            "Les deux derniers chiffres ne sont pas la clé que donnent les autres caractères, et un caractère au moins est faux. Recopiez le \
             numéro depuis la carte Vitale.",
            "The last two digits are not the key that the other characters give, so at least one character is wrong. Copy the number again from \
             the carte Vitale.",
        ],
    },
    Words {
        code: "NIR_CONTRADICTS_BIRTH",
        title: ["NIR contraire à la date de naissance", "The NIR contradicts the birth date"],
        detail: [
            "L'année du NIR n'est pas celle de la date de naissance. Vérifiez les deux, corrigez celui qui est faux (un NIR s'annule), puis \
             renvoyez la demande.",
            "The year of the NIR is not that of the birth date. Check both, correct the wrong one (a NIR is cancelled), then send the request \
             again.",
        ],
    },
    Words {
        code: "FRANCE_TRAVAIL_ID_INVALID",
        title: ["Identifiant France Travail mal écrit", "The France Travail id is malformed"],
        detail: [
            "Cet identifiant compte 11 chiffres ou, sous son ancienne forme, 7 chiffres suivis d'une lettre ou d'un chiffre. Recopiez-le depuis \
             un document de France Travail.",
            "This id has 11 digits or, in its old form, 7 digits followed by a letter or a digit. Copy it again from a document of France \
             Travail.",
        ],
    },
    Words {
        code: "SIRET_INVALID",
        title: ["Numéro SIRET non valable", "The SIRET number is not valid"],
        detail: [
            "Un SIRET compte 14 chiffres, et sa clé de contrôle doit être juste. Vérifiez-le sur un document officiel de la structure.",
            "A SIRET has 14 digits, and its check digit must be right. Check it on an official document of the organisation.",
        ],
    },
    Words {
        code: "COMMUNE_CODE_MALFORMED",
        title: ["Code de commune mal écrit", "The commune code is malformed"],
        detail: [
            "Donnez le code INSEE de la commune, de cinq caractères, comme 87085 pour Limoges. Ce n'est pas le code postal.",
            "Give the INSEE code of the commune, five characters such as 87085 for Limoges. It is not the postcode.",
        ],
    },
    Words {
        code: "COMMUNE_UNKNOWN",
        title: ["Commune inconnue de la table", "The commune is unknown"],
        detail: [
            "Aucune commune de la table de référence n'a ce code INSEE. Vérifiez que ce n'est pas un code postal, ni celui d'une commune \
             fusionnée.",
            "No commune of the reference table has this INSEE code. Check that it is not a postcode, nor the code of a merged commune.",
        ],
    },
    Words {
        code: "PERSON_REFERENCE_INVALID",
        title: ["Référence de personne non valable", "The person reference is not valid"],
        detail: [
            "Une référence s'écrit comme 87-7K3Q-9XWD-G, et son dernier caractère vérifie les autres. Recopiez-la depuis la fiche ou la feuille \
             d'émargement.",
            "A reference looks like 87-7K3Q-9XWD-G, and its last character checks the others. Copy it again from the file or the attendance \
             sheet.",
        ],
    },
    Words {
        code: "CODE_MALFORMED",
        title: ["Code de groupe ou territoire mal écrit", "The group or territory code is malformed"],
        detail: [
            "Ce code compte 2 à 24 majuscules sans accent, chiffres ou tirets, et commence par une lettre, par exemple AMI-LIMOGES-1.",
            "This code has 2 to 24 unaccented capitals, digits or hyphens, and starts with a letter, for example AMI-LIMOGES-1.",
        ],
    },
    // ---- what an order says
    Words {
        code: "PERIOD_REVERSED",
        title: ["Fin de période avant son début", "The period ends before it starts"],
        detail: [
            "La date de fin précède la date de début. Corrigez l'une des deux.",
            "The end date comes before the start date. Correct one of them.",
        ],
    },
    Words {
        code: "PERIOD_TOO_LONG",
        title: ["Cette période est trop longue", "The period is too long"],
        detail: [
            "La période dépasse la durée admise, soit 366 jours pour une série de séances. Raccourcissez-la, ou envoyez plusieurs demandes.",
            "The period is longer than allowed, which is 366 days for a series of sessions. Shorten it, or send several requests.",
        ],
    },
    Words {
        code: "TIMES_REVERSED",
        title: ["Heure de fin avant le début", "The end time is not after the start"],
        detail: [
            "L'heure de fin doit venir après l'heure de début, le même jour. Corrigez l'une des deux.",
            "The end time must come after the start time, on the same day. Correct one of them.",
        ],
    },
    Words {
        code: "TIMES_OUTSIDE_HALF_DAY",
        title: ["Horaires hors de la demi-journée", "The times are outside the half-day"],
        detail: [
            "Une séance du matin commence avant 13:00, une séance de l'après-midi se termine après 12:00. Changez la demi-journée ou les \
             horaires.",
            "A morning session starts before 13:00, an afternoon session ends after 12:00. Change the half-day or the times.",
        ],
    },
    Words {
        code: "BIRTH_DATE_OUT_OF_RANGE",
        title: ["Date de naissance impossible", "The birth date is impossible"],
        detail: [
            "La date de naissance est dans le futur, ou remonte à plus de 130 ans. Vérifiez surtout l'année.",
            "The birth date lies in the future, or more than 130 years ago. Check the year first.",
        ],
    },
    Words {
        code: "ORGANISATION_UNKNOWN",
        title: ["Cette structure est inconnue", "The organisation is unknown"],
        detail: [
            "Aucune structure n'a cet identifiant. Reprenez-le dans la liste des structures.",
            "No organisation has this id. Take it from the list of organisations.",
        ],
    },
    Words {
        code: "ACTION_UNKNOWN",
        title: ["Cette action est inconnue", "The action is unknown"],
        detail: [
            "Aucune action collective n'a cet identifiant. Reprenez-le dans la liste des actions.",
            "No collective action has this id. Take it from the list of actions.",
        ],
    },
    Words {
        code: "TERRITORY_UNKNOWN",
        title: ["Ce territoire est inconnu", "The territory is unknown"],
        detail: [
            "Aucun territoire n'a cet identifiant. Reprenez-le dans la liste des territoires.",
            "No territory has this id. Take it from the list of territories.",
        ],
    },
    Words {
        code: "BENEFICIARY_UNKNOWN",
        title: ["Cette personne est introuvable", "The person is not found"],
        detail: [
            "Aucune personne que vous pouvez voir n'a cet identifiant. Cherchez-la d'abord et, si elle est d'un autre territoire, demandez \
             l'accès à sa fiche.",
            "No person whom you may see has this id. Search for the person first and, if they are of another territory, ask for access to their \
             file.",
        ],
    },
    Words {
        code: "CODE_UNKNOWN",
        title: ["Code absent de sa liste", "The code is not in its list"],
        detail: [
            "Ce code n'est pas dans sa liste de référence, ou n'y est plus à cette date. Choisissez-en un parmi ceux que donne /v1/reference ou, \
             dans un fichier, son libellé.",
            "This code is not in its reference list, or no longer at that date. Choose one of those given by /v1/reference or, in a file, its French \
             label.",
        ],
    },
    Words {
        code: "SCOPE_NOT_FOR_ORGANISATION",
        title: ["Autorisation non prévue pour cette structure", "Not a scope for this organisation"],
        detail: [
            "Une structure de ce type ne peut pas recevoir cette autorisation. Retirez-la de la demande.",
            "An organisation of this kind cannot hold this scope. Leave it out of the request.",
        ],
    },
    Words {
        code: "ROLE_NOT_FOR_ORGANISATION",
        title: ["Rôle non prévu pour cette structure", "Not a role for this organisation"],
        detail: [
            "Une structure de ce type ne peut pas donner ce rôle. Choisissez un autre rôle, ou rattachez la personne à une autre structure.",
            "An organisation of this kind cannot give this role. Choose another role, or attach the professional to another organisation.",
        ],
    },
    Words {
        code: "TERRITORIES_NOT_FOR_ROLE",
        title: ["Pas de territoires pour ce rôle", "This role takes no territories"],
        detail: [
            "Seuls les référents de parcours du département ont des territoires. Laissez cette liste vide, ou changez le rôle.",
            "Only caseworkers of the département have territories. Leave this list empty, or change the role.",
        ],
    },
    Words {
        code: "KIND_IMMUTABLE",
        title: ["Valeur fixée à la création", "Fixed once and for all"],
        detail: [
            "Le type d'une structure et le code d'un territoire ne changent plus après la création. Renvoyez la valeur actuelle, ou créez un \
             autre élément.",
            "An organisation's kind and a territory's code do not change once created. Send the present value, or create something new.",
        ],
    },
    Words {
        code: "TERRITORY_RESERVED",
        title: ["Territoire réservé à Jalon", "The territory is Jalon's own"],
        detail: [
            "Le territoire UNASSIGNED (Sans territoire) recueille les personnes qui n'en ont pas, et ne se modifie pas. Créez un autre \
             territoire.",
            "The territory UNASSIGNED holds the people who have none, and is not edited. Create another territory.",
        ],
    },
];
