//! What each published code says to people, in French and in English, once for the JSON and the documentation page. Not here: which
//! status a code comes with, and anything that was submitted.

/// The words of one code.
#[derive(Debug)]
pub(crate) struct Words {
    /// `UPPER_SNAKE`, published, never translated.
    pub(crate) code: &'static str,
    /// A few words, in French and in English.
    pub(crate) title: [&'static str; 2],
    /// What happened and what to do next, in French and in English.
    pub(crate) detail: [&'static str; 2],
}

/// The words of a code, if it is published.
pub(crate) fn of(code: &str) -> Option<&'static Words> {
    ALL.iter().find(|words| words.code == code)
}

/// All of them: the protocol's codes, then the rules in the order of `domain::refusal`.
pub(crate) const ALL: &[Words] = &[
    // ---- the protocol
    Words {
        code: "BAD_REQUEST",
        title: ["Demande HTTP mal formée", "The HTTP request is malformed"],
        detail: [
            "Le serveur n'a pas pu lire cette demande HTTP. Vérifiez sa première ligne, ses en-têtes et son corps, puis renvoyez-la.",
            "The server could not read this HTTP request. Check its first line, headers and body, then send it again.",
        ],
    },
    Words {
        code: "MALFORMED_BODY",
        title: ["Le corps n'est pas du JSON", "The body is not JSON"],
        detail: [
            "Le corps n'est pas du JSON complet en UTF-8, ou il est imbriqué sur plus de 32 niveaux. Corrigez ce que produit votre logiciel, \
             puis renvoyez la demande.",
            "The body is not complete JSON in UTF-8, or it is nested deeper than 32 levels. Fix what your program writes, then send the request \
             again.",
        ],
    },
    Words {
        code: "DUPLICATE_KEY",
        title: ["Un nom figure deux fois dans un objet", "A name stands twice in one object"],
        detail: [
            "Un objet JSON porte deux fois le même nom, à l'endroit indiqué. Gardez une seule valeur, puis renvoyez la demande.",
            "A JSON object holds the same name twice, at the place given. Keep one value, then send the request again.",
        ],
    },
    Words {
        code: "INVALID_PARAMETER",
        title: ["Paramètre de requête refusé", "A query parameter is refused"],
        detail: [
            "Un paramètre de requête est inconnu, répété ou mal écrit, ou bien cette opération n'en prend aucun. Comparez l'adresse avec le \
             document OpenAPI, puis recommencez.",
            "A query parameter is unknown, repeated or badly written, or this operation takes none. Compare the address with the OpenAPI \
             document, then try again.",
        ],
    },
    Words {
        code: "INVALID_HEADER",
        title: ["En-tête HTTP mal écrit", "A header is badly written"],
        detail: [
            "L'en-tête indiqué n'a pas la forme attendue. Pour If-Match, renvoyez l'ETag tel que l'API vous l'a donné, guillemets compris.",
            "The header given does not have the expected form. For If-Match, send the ETag just as the API gave it to you, quotes included.",
        ],
    },
    Words {
        code: "CURSOR_INVALID",
        title: ["Ce curseur ne vaut pas ici", "This cursor is not valid here"],
        detail: [
            "Le curseur a été modifié, ou il vient d'une autre liste ou d'autres filtres. Reprenez next_cursor tel quel avec les mêmes filtres, \
             ou repartez de la première page.",
            "The cursor was altered, or comes from another list or other filters. Pass next_cursor back unchanged with the same filters, or \
             start from the first page.",
        ],
    },
    Words {
        code: "IDEMPOTENCY_KEY_MISSING",
        title: ["En-tête Idempotency-Key absent", "The Idempotency-Key header is missing"],
        detail: [
            "Cet envoi demande une clé, pour pouvoir être répété sans rien enregistrer deux fois. Ajoutez un en-tête Idempotency-Key différent \
             pour chaque opération.",
            "This request needs a key, so that repeating it records nothing twice. Add an Idempotency-Key header that is different for each \
             operation.",
        ],
    },
    Words {
        code: "IDEMPOTENCY_KEY_MALFORMED",
        title: ["En-tête Idempotency-Key mal écrit", "The Idempotency-Key header is malformed"],
        detail: [
            "Donnez une seule clé de 16 à 128 caractères pris parmi les lettres sans accent, les chiffres, le point, le tiret, le souligné et \
             le deux-points. Un UUID convient.",
            "Give a single key of 16 to 128 characters out of unaccented letters, digits, dot, hyphen, underscore and colon. A UUID is fine.",
        ],
    },
    Words {
        code: "UNAUTHENTICATED",
        title: ["Jeton d'accès absent", "No access token was sent"],
        detail: [
            "Cette demande ne dit pas qui appelle. Obtenez un jeton, puis envoyez-le dans l'en-tête Authorization, précédé de Bearer.",
            "This request does not say who is calling. Obtain a token, then send it in the Authorization header after the word Bearer.",
        ],
    },
    Words {
        code: "TOKEN_INVALID",
        title: ["Jeton d'accès refusé", "The access token is refused"],
        detail: [
            "Ce jeton est altéré ou vient d'ailleurs, ou son titulaire a été désactivé. Demandez un nouveau jeton et, si le refus persiste, \
             écrivez à l'administration de Jalon.",
            "This token was altered or comes from elsewhere, or its holder was disabled. Request a new token and, if it is still refused, write \
             to Jalon's administrator.",
        ],
    },
    Words {
        code: "TOKEN_EXPIRED",
        title: ["Jeton d'accès expiré", "The access token has expired"],
        detail: [
            "Le jeton n'est plus valable. Demandez-en un nouveau, puis renvoyez la même demande.",
            "The token is no longer valid. Request a new one, then send the same request again.",
        ],
    },
    Words {
        code: "FUNCTION_DENIED",
        title: ["Fonction non ouverte à votre compte", "Your account may not do this"],
        detail: [
            "Ni vos autorisations ni votre rôle n'ouvrent cette fonction. Demandez un jeton avec l'autorisation nécessaire, ou adressez-vous à \
             l'administration de Jalon.",
            "Neither your scopes nor your role open this function. Request a token with the scope it needs, or ask Jalon's administrator.",
        ],
    },
    Words {
        code: "NOT_FOUND",
        title: ["Élément introuvable pour vous", "Nothing found for you here"],
        detail: [
            "Rien ne porte cet identifiant parmi ce que vous pouvez voir. Vérifiez l'identifiant et, s'il est juste, demandez l'accès au \
             département.",
            "Nothing has this id among what you may see. Check the id and, if it is right, ask the département for access.",
        ],
    },
    Words {
        code: "ROUTE_NOT_FOUND",
        title: ["Adresse inconnue de l'API", "The API has no such address"],
        detail: [
            "Aucune opération n'existe à cette adresse. Comparez-la avec le document OpenAPI, sans oublier le préfixe /v1.",
            "No operation exists at this address. Compare it with the OpenAPI document, and mind the prefix /v1.",
        ],
    },
    Words {
        code: "METHOD_NOT_ALLOWED",
        title: ["Méthode HTTP non admise ici", "This HTTP method is not allowed here"],
        detail: [
            "L'adresse existe, mais pas avec cette méthode HTTP. L'en-tête Allow de la réponse donne celles qui sont admises.",
            "The address exists, but not with this HTTP method. The Allow header of the answer lists those that are allowed.",
        ],
    },
    Words {
        code: "NOT_ACCEPTABLE",
        title: ["Format de réponse non proposé", "No such answer format"],
        detail: [
            "L'en-tête Accept demande un format que cette opération ne donne pas. Retirez cet en-tête, ou demandez application/json \
             ou, pour un fichier, text/csv.",
            "The Accept header asks for a format that this operation does not give. Leave the header out, or ask for application/json or, for a \
             file, text/csv.",
        ],
    },
    Words {
        code: "REQUEST_TIMEOUT",
        title: ["Demande reçue trop lentement", "The request arrived too slowly"],
        detail: [
            "La demande n'est pas arrivée en entier à temps, sans doute à cause de la liaison. Renvoyez-la, avec la même clé Idempotency-Key si \
             elle en porte une.",
            "The request did not arrive whole in time, probably because of the line. Send it again, with the same Idempotency-Key if it has one.",
        ],
    },
    Words {
        code: "REQUEST_IN_PROGRESS",
        title: ["Demande en cours de traitement", "The request is still running"],
        detail: [
            "Une demande avec la même clé est encore en cours. Attendez le délai de l'en-tête Retry-After, puis renvoyez-la à l'identique pour \
             en connaître le résultat.",
            "A request with the same key is still running. Wait as long as the Retry-After header says, then send it again unchanged to learn \
             its result.",
        ],
    },
    Words {
        code: "SECRET_ALREADY_SHOWN",
        title: ["Secret déjà montré une fois", "The secret was already shown"],
        detail: [
            "Le secret a été créé et ne se montre qu'une fois. Si vous ne l'avez pas gardé, révoquez-le et créez-en un autre avec une nouvelle \
             clé.",
            "The secret was created and is shown only once. If you did not keep it, revoke it and create another one with a new key.",
        ],
    },
    Words {
        code: "STALE_VERSION",
        title: ["Modifié entre-temps par un autre", "Changed since you read it"],
        detail: [
            "Quelqu'un a modifié cet élément depuis votre lecture. Relisez-le, reportez vos changements, puis renvoyez-les avec le nouvel ETag.",
            "Somebody changed this since you read it. Read it again, make your changes anew, then send them with the new ETag.",
        ],
    },
    Words {
        code: "BODY_TOO_LARGE",
        title: ["Corps de la demande trop volumineux", "The body is too large"],
        detail: ["Le corps dépasse 2 Mio. Partagez l'envoi en plusieurs demandes.", "The body exceeds 2 MiB. Split it into several requests."],
    },
    Words {
        code: "UNSUPPORTED_MEDIA_TYPE",
        title: ["Type de contenu non pris en charge", "The content type is not supported"],
        detail: [
            "L'opération ne lit pas ce type de contenu. Envoyez du JSON en UTF-8, sans compression, avec l'en-tête Content-Type \
             application/json ou, là où un fichier est attendu, text/csv.",
            "The operation does not read this content type. Send JSON in UTF-8, uncompressed, with the Content-Type header application/json or, \
             where a file is expected, text/csv.",
        ],
    },
    Words {
        code: "INVALID",
        title: ["Données envoyées à corriger", "The data sent needs correcting"],
        detail: [
            "Des valeurs sont refusées et rien n'a été enregistré. Corrigez-les à chaque endroit que donne errors, puis renvoyez le tout.",
            "Some values are refused and nothing was recorded. Correct them at each place that errors gives, then send everything again.",
        ],
    },
    Words {
        code: "IDEMPOTENCY_KEY_REUSED",
        title: ["Clé déjà utilisée pour autre chose", "This key was used for another request"],
        detail: [
            "Cette clé Idempotency-Key a déjà servi à une demande différente. Prenez une nouvelle clé, et gardez l'ancienne pour répéter la \
             même demande à l'identique.",
            "This Idempotency-Key was already used for a different request. Take a new key, and keep the old one for repeating the same request \
             unchanged.",
        ],
    },
    Words {
        code: "NOTHING_APPLIED",
        title: ["Aucune ligne n'est prise en compte", "No line was applied"],
        detail: [
            "Chaque ligne est refusée, ou laissée de côté à cause d'une autre, et le reçu dans submission dit pourquoi. Corrigez le fichier \
             rejected.csv, puis renvoyez-le avec une nouvelle clé.",
            "Every line was refused, or left out because of another one, and the receipt in submission says why. Correct the file rejected.csv, \
             then send it with a new key.",
        ],
    },
    Words {
        code: "PRECONDITION_REQUIRED",
        title: ["En-tête If-Match absent", "The If-Match header is missing"],
        detail: [
            "Une modification doit dire de quelle version elle part. Lisez l'élément, puis renvoyez son ETag dans l'en-tête If-Match.",
            "An edit must say which version it starts from. Read the thing, then send its ETag in the If-Match header.",
        ],
    },
    Words {
        code: "RATE_LIMITED",
        title: ["Trop de demandes à la fois", "Too many requests at once"],
        detail: [
            "Votre logiciel appelle trop vite. Attendez le délai de l'en-tête Retry-After, puis reprenez plus lentement.",
            "Your program calls too fast. Wait as long as the Retry-After header says, then go on more slowly.",
        ],
    },
    Words {
        code: "INTERNAL",
        title: ["Erreur interne de Jalon", "An internal error of Jalon"],
        detail: [
            "Jalon a échoué pour une raison qui ne vient pas de vous. Réessayez une fois et, si l'erreur revient, donnez la valeur de instance \
             à l'administration de Jalon.",
            "Jalon failed for a reason that is not yours. Try once more and, if it happens again, give the value of instance to Jalon's \
             administrator.",
        ],
    },
    Words {
        code: "UNAVAILABLE",
        title: ["Service momentanément indisponible", "The service is unavailable for now"],
        detail: [
            "Jalon ne peut pas répondre pour l'instant. Attendez un peu, puis renvoyez la même demande, avec la même clé Idempotency-Key si \
             elle en porte une.",
            "Jalon cannot answer for now. Wait a little, then send the same request again, with the same Idempotency-Key if it has one.",
        ],
    },
    Words {
        code: "OUTCOME_UNKNOWN",
        title: ["Résultat de l'enregistrement inconnu", "It is unknown whether this was saved"],
        detail: [
            "Jalon ne sait pas si votre demande a été enregistrée. Relisez l'élément, puis répétez la demande s'il le faut, avec la même clé \
             Idempotency-Key si elle en porte une.",
            "Jalon does not know whether your request was saved. Read the thing, then repeat the request if needed, with the same \
             Idempotency-Key if it has one.",
        ],
    },
    // ---- the form of a body
    Words {
        code: "FIELD_UNKNOWN",
        title: ["Nom de champ inconnu", "The field is unknown"],
        detail: [
            "Ce champ ou ce paramètre n'existe pas ici. Vérifiez l'orthographe dans le document OpenAPI, ou retirez-le.",
            "This field or parameter does not exist here. Check its spelling in the OpenAPI document, or leave it out.",
        ],
    },
    Words {
        code: "FIELD_MISSING",
        title: ["Champ obligatoire absent", "A required field is missing"],
        detail: [
            "Ce champ ou ce paramètre est obligatoire. Ajoutez-le, puis renvoyez la demande.",
            "This field or parameter is required. Add it, then send the request again.",
        ],
    },
    Words {
        code: "WRONG_TYPE",
        title: ["Type JSON non attendu", "The JSON type is wrong"],
        detail: [
            "La valeur n'a pas le type JSON attendu (texte, nombre, booléen, liste ou objet). Voyez le type dans le document OpenAPI.",
            "The value does not have the expected JSON type (text, number, boolean, list or object). See its type in the OpenAPI document.",
        ],
    },
    Words {
        code: "VALUE_INVALID",
        title: ["Valeur non admise ici", "The value is not allowed here"],
        detail: [
            "Cette valeur ne fait pas partie de celles que ce champ admet. Voyez les valeurs et leur forme dans le document OpenAPI.",
            "This value is not one that the field allows. See the values and their form in the OpenAPI document.",
        ],
    },
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
            "L'année du NIR n'est pas celle de la date de naissance connue. Vérifiez l'un et l'autre, puis renvoyez.",
            "The year of the NIR is not that of the known birth date. Check both, then send again.",
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
    // ---- organisations and access
    Words {
        code: "DEPARTMENT_EXISTS",
        title: ["Le département est déjà enregistré", "The département is already registered"],
        detail: [
            "Il y a une seule structure de type département, et elle existe déjà. Modifiez celle-ci, ou choisissez un autre type.",
            "There is exactly one organisation of kind department, and it exists already. Edit that one, or choose another kind.",
        ],
    },
    Words {
        code: "EMAIL_TAKEN",
        title: ["Adresse électronique déjà prise", "The e-mail address is taken"],
        detail: [
            "Un autre professionnel est déjà enregistré avec cette adresse. Cherchez-le dans la liste, ou donnez une autre adresse.",
            "Another professional is already registered with this address. Look for them in the list, or give another address.",
        ],
    },
    Words {
        code: "TOO_MANY_SECRETS",
        title: ["Deux secrets déjà actifs", "Two secrets are already active"],
        detail: [
            "Un logiciel client a deux secrets actifs au plus. Révoquez celui qui ne sert plus, puis recommencez.",
            "A client has at most two active secrets. Revoke the one that is no longer used, then try again.",
        ],
    },
    Words {
        code: "CLIENT_DISABLED",
        title: ["Logiciel client désactivé", "The client is disabled"],
        detail: [
            "Ce logiciel client est désactivé et ne reçoit plus de secret. Créez un autre client pour la structure.",
            "This client is disabled and gets no more secrets. Create another client for the organisation.",
        ],
    },
    Words {
        code: "CODE_TAKEN",
        title: ["Ce code est déjà pris", "The code is already taken"],
        detail: ["Un autre élément porte déjà ce code. Choisissez-en un autre.", "Something else already has this code. Choose another one."],
    },
    Words {
        code: "COMMUNE_ASSIGNED_ELSEWHERE",
        title: ["Commune déjà dans un autre territoire", "The commune is in another territory"],
        detail: [
            "Une commune appartient à un seul territoire à la fois. Retirez-la d'abord de l'autre territoire.",
            "A commune belongs to one territory at a time. Take it out of the other territory first.",
        ],
    },
    Words {
        code: "TERRITORY_NOT_YOURS",
        title: ["Territoire qui n'est pas le vôtre", "The territory is not yours"],
        detail: [
            "La personne passerait dans un territoire que vous ne suivez pas. Choisissez l'un des vôtres, ou demandez à un responsable de \
             l'insertion.",
            "The person would go to a territory that is not yours. Choose one of yours, or ask a manager.",
        ],
    },
    Words {
        code: "BENEFICIARY_CLOSED",
        title: ["Fiche fusionnée ou effacée", "The file was merged or purged"],
        detail: [
            "Cette fiche ne se modifie plus. Si elle a été fusionnée, travaillez sur la fiche qui l'a remplacée.",
            "This file is no longer edited. If it was merged, work on the file that took its place.",
        ],
    },
    // ---- collective actions
    Words {
        code: "DATE_OUTSIDE_GROUP",
        title: ["Date hors de la période du groupe", "The date is outside the group's period"],
        detail: [
            "Le groupe ne fonctionne pas à cette date. Choisissez un jour de sa période, ou faites prolonger le groupe par un responsable de \
             l'insertion.",
            "The group does not run on this date. Choose a day within its period, or have a manager extend the group.",
        ],
    },
    Words {
        code: "HALF_DAY_TAKEN",
        title: ["Demi-journée déjà prise", "The half-day is already taken"],
        detail: [
            "Le groupe a déjà une séance cette demi-journée. Choisissez une autre demi-journée, ou modifiez la séance existante.",
            "The group already has a session that half-day. Choose another half-day, or edit the session that exists.",
        ],
    },
    Words {
        code: "SESSION_CANCELLED",
        title: ["Cette séance est annulée", "The session is cancelled"],
        detail: [
            "Une séance annulée ne se modifie plus et ne prend pas d'émargement. Si elle a bien lieu, créez une nouvelle séance.",
            "A cancelled session is no longer edited and takes no attendance. If it does take place, create a new session.",
        ],
    },
    Words {
        code: "SESSION_HAS_MARKS",
        title: ["Des personnes sont déjà pointées", "Attendance is already recorded"],
        detail: [
            "La séance ne peut plus être ni déplacée ni annulée, car sa feuille d'émargement est commencée. Effacez ces lignes si c'était une \
             erreur, sinon créez une autre séance.",
            "The session can no longer be moved or cancelled, because its attendance sheet was started. Unmark those people if that was wrong, \
             or else create another session.",
        ],
    },
    Words {
        code: "SERIES_EMPTY",
        title: ["La série ne donne aucune séance", "The series yields no session"],
        detail: [
            "Chaque jour demandé est férié ou déjà pris, ou la période ne contient aucun de ces jours. Changez les jours, la demi-journée ou la \
             période.",
            "Every day asked for is a public holiday or already taken, or the period holds none of these days. Change the days, the half-day or \
             the period.",
        ],
    },
    Words {
        code: "GROUP_IN_USE",
        title: ["Groupe déjà utilisé hors de ces limites", "The group is used beyond these limits"],
        detail: [
            "Des séances ou des inscriptions sortiraient de la nouvelle période ou du nouveau nombre de places. Élargissez-les, ou déplacez \
             d'abord ces séances et inscriptions.",
            "Sessions or enrolments would fall outside the new period or the new number of seats. Widen them, or move those sessions and \
             enrolments first.",
        ],
    },
    Words {
        code: "GROUP_FULL",
        title: ["Le groupe est complet", "The group is full"],
        detail: [
            "Il n'y a plus de place au moins un jour de la période demandée. Choisissez une autre date d'entrée ou un autre groupe.",
            "No seat is free on at least one day of the period asked for. Choose another first day or another group.",
        ],
    },
    Words {
        code: "ALREADY_ENROLLED",
        title: ["Personne déjà inscrite dans ce groupe", "The person is already enrolled here"],
        detail: [
            "Cette personne a déjà une inscription dans ce groupe sur la période demandée. Utilisez celle-ci, ou terminez-la avant d'en créer \
             une autre.",
            "This person already has an enrolment in this group for the period asked for. Use that one, or end it before creating another.",
        ],
    },
    Words {
        code: "ENROLMENT_OUTSIDE_GROUP",
        title: ["Inscription hors de la période du groupe", "The enrolment is outside the group's period"],
        detail: [
            "L'inscription doit commencer et finir pendant la période du groupe. Corrigez la date, ou faites prolonger le groupe.",
            "The enrolment must start and end within the group's period. Correct the date, or have the group extended.",
        ],
    },
    Words {
        code: "ENROLMENT_ENDED",
        title: ["Inscription déjà terminée", "The enrolment has already ended"],
        detail: [
            "La sortie de cette personne est déjà enregistrée. Si elle revient, créez une nouvelle inscription.",
            "This person's exit is already recorded. If they come back, create a new enrolment.",
        ],
    },
    Words {
        code: "MARKS_AFTER_END",
        title: ["Personne pointée après cette sortie", "Attendance is recorded after this end"],
        detail: [
            "Une feuille d'émargement pointe déjà cette personne après la date de sortie demandée. Repoussez la sortie, ou faites d'abord \
             corriger la feuille.",
            "An attendance sheet already marks this person after the end date asked for. Choose a later end, or have the sheet corrected first.",
        ],
    },
    Words {
        code: "EXCLUSION_RESERVED",
        title: ["Exclusion réservée au département", "Only the département excludes"],
        detail: [
            "Seul un responsable de l'insertion du département prononce une exclusion. Écrivez-lui, ou choisissez un autre motif de sortie.",
            "Only a manager of the département excludes somebody. Write to them, or choose another reason for the exit.",
        ],
    },
    // ---- attendance
    Words {
        code: "SESSION_NOT_STARTED",
        title: ["La séance n'a pas commencé", "The session has not started"],
        detail: [
            "Avant le début de la séance, la feuille d'émargement ne prend que les absences excusées et ne se clôt pas. Recommencez une fois la \
             séance commencée.",
            "Before the session starts, its attendance sheet takes excused absences only and cannot be closed. Try again once the session has \
             started.",
        ],
    },
    Words {
        code: "SHEET_CLOSED",
        title: ["Feuille d'émargement close", "The attendance sheet is closed"],
        detail: [
            "Cette feuille est close et sa séance ne change plus. Seul un responsable de l'insertion du département peut encore la corriger.",
            "This sheet is closed and its session no longer changes. Only a manager of the département can still correct it.",
        ],
    },
    Words {
        code: "SHEET_OPEN",
        title: ["Feuille d'émargement encore ouverte", "The attendance sheet is still open"],
        detail: [
            "Une feuille ouverte ne se corrige pas, elle se modifie. Enregistrez simplement la feuille avec la bonne valeur.",
            "An open sheet is edited, not corrected. Simply record the sheet with the right value.",
        ],
    },
    Words {
        code: "MARKS_MISSING",
        title: ["Des personnes restent à pointer", "Some people are not marked yet"],
        detail: [
            "La feuille d'émargement ne peut être close tant qu'une personne attendue n'est ni présente ni absente. Complétez-la, puis \
             recommencez.",
            "The attendance sheet cannot be closed while somebody expected is marked neither present nor absent. Complete it, then try again.",
        ],
    },
    Words {
        code: "PERSON_NOT_EXPECTED",
        title: ["Personne non attendue à cette séance", "The person is not expected here"],
        detail: [
            "La personne désignée n'a pas d'inscription en cours dans ce groupe à cette date. Vérifiez comment elle est désignée et, si elle est \
             venue, faites-la inscrire par le département.",
            "The person designated has no enrolment in force in this group on this date. Check how they are designated and, if they came, have \
             the département enrol them.",
        ],
    },
    Words {
        code: "DUPLICATE_MARK",
        title: ["Même inscription pointée deux fois", "The same enrolment is marked twice"],
        detail: [
            "Cet envoi pointe deux fois la même inscription. Gardez une seule ligne par personne.",
            "This request marks the same enrolment twice. Keep one line per person.",
        ],
    },
    Words {
        code: "MINUTES_REQUIRED",
        title: ["Durée de présence à indiquer", "The minutes attended are required"],
        detail: [
            "Pour un retard ou un départ anticipé, indiquez dans minutes le temps de présence.",
            "For somebody who came late or left early, give the time attended in minutes.",
        ],
    },
    Words {
        code: "MINUTES_FORBIDDEN",
        title: ["Durée de présence à retirer", "No minutes for this status"],
        detail: [
            "Le champ minutes ne vaut que pour un retard ou un départ anticipé. Retirez-le, ou changez le statut.",
            "The field minutes is only for somebody who came late or left early. Leave it out, or change the status.",
        ],
    },
    Words {
        code: "MINUTES_OUT_OF_RANGE",
        title: ["Durée de présence impossible", "The minutes are out of range"],
        detail: [
            "Le temps de présence va d'une minute à la durée de la séance. Indiquez les minutes suivies, non les minutes manquées.",
            "The time attended goes from one minute to the session's length. Give the minutes attended, not the minutes missed.",
        ],
    },
    Words {
        code: "REASON_REQUIRED",
        title: ["Motif à indiquer", "A reason is required"],
        detail: [
            "Une absence excusée demande un motif de la liste absence_reasons, et une ligne écartée une explication. Indiquez-le.",
            "An excused absence needs a reason of the list absence_reasons, and a dismissed line an explanation. Give it.",
        ],
    },
    Words {
        code: "REASON_FORBIDDEN",
        title: ["Motif sans objet ici", "No reason is needed here"],
        detail: [
            "Un motif ne vaut que pour une absence excusée ou une ligne écartée. Retirez-le, ou changez le statut ou la décision.",
            "A reason is only for an excused absence or a dismissed line. Leave it out, or change the status or the decision.",
        ],
    },
    Words {
        code: "SIGNATURE_FORBIDDEN",
        title: ["Signature d'une personne non venue", "Only people who came can sign"],
        detail: [
            "Une personne absente ou non pointée ne peut avoir signé. Corrigez le statut, ou retirez la signature.",
            "Somebody absent or unmarked cannot have signed. Correct the status, or take the signature away.",
        ],
    },
    Words {
        code: "VERSION_CONFLICT",
        title: ["Ligne modifiée entre-temps", "The mark was changed meanwhile"],
        detail: [
            "Cette ligne de la feuille d'émargement a changé depuis votre lecture. Relisez la feuille, puis renvoyez la correction avec la \
             version actuelle.",
            "This line of the attendance sheet has changed since you read it. Read the sheet again, then send the correction with the present \
             version.",
        ],
    },
    // ---- attendance in batches: files
    Words {
        code: "ENCODING_UNSUPPORTED",
        title: ["Fichier que Jalon ne sait pas lire", "Jalon cannot read this file"],
        detail: [
            "Ce fichier est un classeur de tableur, ou un texte dans un encodage que Jalon ne lit pas ou qui n'est pas celui annoncé. \
             Enregistrez-le au format CSV UTF-8, puis envoyez ce nouveau fichier.",
            "This file is a spreadsheet workbook, or text in an encoding that Jalon does not read or that was not declared. Save it in the \
             format CSV UTF-8, then send that new file.",
        ],
    },
    Words {
        code: "NO_LINES",
        title: ["Aucune ligne dans cet envoi", "The submission has no line"],
        detail: [
            "Cet envoi ne contient aucune ligne, ou seulement les titres des colonnes. Ajoutez une ligne par personne et par séance, puis \
             renvoyez-le.",
            "This submission holds no line, or only the titles of the columns. Add a line for each person at each session, then send it again.",
        ],
    },
    Words {
        code: "TOO_MANY_LINES",
        title: ["Trop de lignes en un seul envoi", "Too many lines in one submission"],
        detail: [
            "Un envoi prend 5\u{a0}000 lignes au plus, et rien de celui-ci n'a été enregistré. Partagez-le en plusieurs, par exemple un par \
             groupe ou un par mois.",
            "A submission takes at most 5,000 lines, and nothing of this one was recorded. Split it into several, for example one for each \
             group or each month.",
        ],
    },
    Words {
        code: "COLUMN_MISSING",
        title: ["Colonne absente du fichier", "A column of the file is missing"],
        detail: [
            "Le fichier n'a pas la colonne indiquée, ou le titre de celle-ci n'est pas reconnu. Ajoutez la colonne ou corrigez son titre, au \
             besoin en repartant du modèle du groupe.",
            "The file does not have the column given, or its title is not recognised. Add the column or correct its title, if need be by \
             starting from the template of the group.",
        ],
    },
    Words {
        code: "COLUMN_TWICE",
        title: ["Colonne en double dans le fichier", "A column stands twice in the file"],
        detail: [
            "Deux colonnes du fichier portent ce titre, en français ou sous son nom technique. Gardez celle qui est juste, puis renvoyez le \
             fichier.",
            "Two columns of the file have this title, be it in French or as the technical name. Keep the right one, then send the file again.",
        ],
    },
    Words {
        code: "QUOTE_UNCLOSED",
        title: ["Guillemet mal refermé sur la ligne", "A quote on the line is not closed"],
        detail: [
            "Un guillemet ouvert sur cette ligne n'y est pas bien refermé, ou une cellule contient un retour à la ligne. Retirez l'un ou \
             l'autre, puis renvoyez la ligne.",
            "A quote that opens on this line is not properly closed there, or a cell holds a line break. Remove the one or the other, then send \
             the line again.",
        ],
    },
    Words {
        code: "TOO_MANY_CELLS",
        title: ["Trop de cellules sur la ligne", "The line has too many cells"],
        detail: [
            "Cette ligne a plus de cellules que le fichier n'a de colonnes. Retirez le point-virgule ou la virgule qui coupe un texte en deux, \
             ou ce qui est écrit à droite du tableau.",
            "This line has more cells than the file has columns. Remove the semicolon or comma that cuts a text in two, or whatever is written \
             to the right of the table.",
        ],
    },
    // ---- attendance in batches: lines
    Words {
        code: "IDENTIFIER_MANGLED",
        title: ["Identifiant abîmé par le tableur", "A spreadsheet damaged this id"],
        detail: [
            "Le tableur a changé cet identifiant ou ce code en nombre, en message d'erreur ou en dièses. Mettez la colonne au format Texte, \
             puis saisissez à nouveau la valeur d'origine.",
            "The spreadsheet turned this id or code into a number, an error or hash signs. Give the column the format Text, then type the \
             original value again.",
        ],
    },
    Words {
        code: "NUMBER_MALFORMED",
        title: ["Nombre entier mal écrit", "The whole number is malformed"],
        detail: [
            "Écrivez ici un nombre entier, en chiffres seulement, comme 90. Pour un temps de présence, donnez des minutes et non 1h30.",
            "Write a whole number here, in digits only, such as 90. For a time attended, give minutes rather than 1h30.",
        ],
    },
    Words {
        code: "ANSWER_MALFORMED",
        title: ["Ni oui ni non", "Neither yes nor no"],
        detail: [
            "Cette cellule dit si la signature a été vue, et ne prend que oui ou non. Écrivez l'un des deux, ou laissez-la vide si personne n'a \
             vérifié.",
            "This cell says whether the signature was seen, and takes only yes or no. Write one of the two, or leave it empty if nobody looked.",
        ],
    },
    Words {
        code: "STATUS_REQUIRED",
        title: ["Statut de présence à indiquer", "The attendance status is required"],
        detail: [
            "Cette ligne ne dit pas si la personne est venue. Indiquez son statut, par exemple Présent ou Absence non excusée, puis renvoyez la \
             ligne.",
            "This line does not say whether the person came. Give their status, for example present or absent_unexcused, then send the line \
             again.",
        ],
    },
    Words {
        code: "VERSION_REQUIRED",
        title: ["Version à indiquer", "The version is required"],
        detail: [
            "Une correction ou une annulation doit dire de quelle version elle part. Reprenez celle que donne la feuille d'émargement, ou la \
             colonne version du modèle du groupe.",
            "To correct or void a mark, the line must say which version it starts from. Take it from the attendance sheet, or from the column \
             version of the group's template.",
        ],
    },
    Words {
        code: "SESSION_REQUIRED",
        title: ["Séance à indiquer sur la ligne", "The line names no session"],
        detail: [
            "Rien ne dit de quelle séance parle cette ligne. Donnez la référence de la séance, ou bien le code du groupe avec la date et la \
             demi-journée.",
            "Nothing says which session this line is about. Give the reference of the session, or else the code of the group with the date and \
             the half-day.",
        ],
    },
    Words {
        code: "PERSON_REQUIRED",
        title: ["Personne à indiquer sur la ligne", "The line names nobody"],
        detail: [
            "Rien ne dit de qui parle cette ligne. Donnez la référence de la personne ou l'identifiant de son inscription, à défaut son nom et \
             son prénom.",
            "Nothing says whom this line is about. Give the person's reference or the id of their enrolment or, failing both, their last and \
             first names.",
        ],
    },
    Words {
        code: "UNKNOWN_SESSION",
        title: ["Cette séance est introuvable", "The session is not found"],
        detail: [
            "Aucune séance que vous pouvez voir ne correspond à cette ligne. Vérifiez la référence, ou le code du groupe, la date et la \
             demi-journée et, si la séance manque, créez-la d'abord.",
            "No session that you may see fits this line. Check the reference, or the group's code, the date and the half-day and, if the \
             session is missing, create it first.",
        ],
    },
    Words {
        code: "SESSION_MISMATCH",
        title: ["Indications contradictoires sur la séance", "The line contradicts itself on the session"],
        detail: [
            "La référence de la séance, son identifiant et le code du groupe ne vont pas ensemble sur cette ligne. Cherchez de quelle séance il \
             s'agit, puis ne gardez que sa référence.",
            "The reference of the session, its id and the code of the group do not go together on this line. Find out which session is meant, \
             then keep its reference alone.",
        ],
    },
    Words {
        code: "SESSION_MOVED",
        title: ["La séance est à un autre moment", "The session is at another time"],
        detail: [
            "Cette séance a lieu à la date et à la demi-journée que donne moved_to dans le reçu. Reportez-les sur la ligne ou, si vous parlez \
             d'une autre séance, changez sa référence.",
            "This session takes place on the date and half-day that moved_to gives in the receipt. Put them on the line or, if you mean another \
             session, change its reference.",
        ],
    },
    Words {
        code: "NAME_MISMATCH",
        title: ["Indications contradictoires sur la personne", "The line contradicts itself on the person"],
        detail: [
            "L'inscription, la référence et le nom de cette ligne ne vont pas ensemble. Corrigez-la et renvoyez-la ou, si elle est mise en \
             attente et juste, laissez le département décider.",
            "The enrolment, the reference and the name on this line do not go together. Correct it and send it again or, if it is held and \
             right, let the département decide.",
        ],
    },
    Words {
        code: "EXTERNAL_ID_REUSED",
        title: ["Identifiant externe déjà pris ailleurs", "The external id is already used elsewhere"],
        detail: [
            "Un identifiant externe vaut pour une seule personne à une seule séance, et celui-ci a déjà servi à une autre présence. Donnez-en \
             un nouveau à cette ligne, ou n'en donnez pas.",
            "An external id stands for one person at one session, for ever, and this one was already used for another attendance. Give this \
             line a new one, or none.",
        ],
    },
    Words {
        code: "DUPLICATE_LINE",
        title: ["Deux lignes pour la même présence", "Two lines about the same attendance"],
        detail: [
            "Une ligne plus haut dans cet envoi parle déjà de la même personne à la même séance, et elle seule compte. Gardez celle qui est \
             juste, et retirez l'autre.",
            "An earlier line of this submission is already about the same person at the same session, and it alone counts. Keep the right one, \
             and take the other away.",
        ],
    },
    Words {
        code: "FUTURE_DATE",
        title: ["Séance qui reste à venir", "The session is still to come"],
        detail: [
            "Avant le début d'une séance, une ligne ne peut annoncer qu'une absence excusée. Vérifiez la date, ou renvoyez la ligne une fois la \
             séance commencée.",
            "Before a session starts, a line can only announce an excused absence. Check the date, or send the line again once the session has \
             started.",
        ],
    },
    Words {
        code: "ROW_EMPTY",
        title: ["Ligne du modèle laissée vide", "A row was left empty"],
        detail: [
            "Cette ligne ne dit rien de la présence, et rien n'a changé. Laissez-la ainsi ou indiquez le statut et, pour effacer une présence, \
             mettez Annuler dans la colonne operation.",
            "This line says nothing of the attendance, and nothing changed. Leave it so or give the status and, to take a mark away, put void \
             in the column operation.",
        ],
    },
    // ---- held lines
    Words {
        code: "HELD_LINE_UNKNOWN",
        title: ["Ligne en attente introuvable", "The held line is not found"],
        detail: [
            "Aucune ligne en attente sur laquelle vous pouvez décider n'a cet identifiant. Reprenez-le dans la liste des lignes en attente.",
            "No held line on which you may decide has this id. Take it from the list of held lines.",
        ],
    },
    Words {
        code: "HELD_LINE_DECIDED",
        title: ["Décision déjà prise sur cette ligne", "This line was already decided"],
        detail: [
            "Rien n'a changé, car cette ligne a déjà reçu une décision ou une autre l'a remplacée. Voyez la liste des lignes en attente et, \
             s'il le faut, faites corriger la feuille.",
            "Nothing changed, because this line was already decided or another one took its place. See the list of held lines and, if need be, \
             have the sheet corrected.",
        ],
    },
    Words {
        code: "HELD_LINE_DISMISSED",
        title: ["Ligne déjà écartée par le département", "The département dismissed this line before"],
        detail: [
            "Vous avez déjà envoyé cette ligne telle quelle, et le département l'a écartée. Lisez son motif dans la liste des lignes en \
             attente, puis corrigez la ligne ou retirez-la.",
            "You sent this very line before, and the département dismissed it. Read the reason in the list of held lines, then correct the line \
             or take it away.",
        ],
    },
    Words {
        code: "HELD_LINE_RESERVED",
        title: ["Décision réservée à un responsable", "Only a manager may decide this"],
        detail: [
            "Appliquer cette ligne changerait une feuille d'émargement close, ce que seul un responsable de l'insertion peut faire. Retirez-la \
             de vos décisions, et écrivez-lui.",
            "To apply this line would change a closed attendance sheet, which only a manager may do. Take it out of your decisions, and write \
             to a manager.",
        ],
    },
    Words {
        code: "HELD_LINE_PURGED",
        title: ["Contenu de la ligne effacé", "What the line said was purged"],
        detail: [
            "Ce que disait cette ligne a été effacé un an après sa réception, et ne peut plus être appliqué. Écartez-la, en donnant un motif.",
            "What this line said was purged a year after it came, and can no longer be applied. Dismiss it, and give a reason.",
        ],
    },
    Words {
        code: "ENROLMENT_REQUIRED",
        title: ["Inscription à indiquer", "The enrolment is required"],
        detail: [
            "Pour rattacher une ligne, il faut dire à quelle inscription. Indiquez-la dans enrolment_id, ou prenez une autre décision.",
            "To attach a line, you must say to which enrolment. Give it in enrolment_id, or decide otherwise.",
        ],
    },
    Words {
        code: "ENROLMENT_FORBIDDEN",
        title: ["Inscription à retirer", "No enrolment for this decision"],
        detail: [
            "Le champ enrolment_id ne vaut que pour rattacher une ligne. Retirez-le, ou choisissez la décision attach.",
            "The field enrolment_id is only for attaching a line. Leave it out, or choose the decision attach.",
        ],
    },
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
        title: ["Date trop ancienne pour la prescription", "The day is too early"],
        detail: [
            "Ce jour précède l'envoi de la prescription, ou le premier jour de l'accompagnement. Corrigez la date d'après sent_at et started_on.",
            "This day is before the referral was sent, or before the accompaniment started. Correct the date by sent_at and started_on.",
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
            "L'identifiant externe ou France Travail diffère de celui déjà enregistré, ou le second est celui d'une autre personne. Vérifiez-le \
             et, s'il est juste, faites corriger ce qui est enregistré.",
            "The external or France Travail id differs from the one already recorded, or the latter is another person's. Check it and, if it is \
             right, have what is recorded corrected.",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_published_code_has_words_and_no_other_has() {
        let published: BTreeSet<&str> = super::super::codes().into_iter().collect();
        let told: BTreeSet<&str> = ALL.iter().map(|words| words.code).collect();
        assert_eq!(told, published);
        for code in published {
            assert_eq!(of(code).map(|words| words.code), Some(code));
        }
        assert!(of("NO_SUCH_CODE").is_none());
    }

    #[test]
    fn no_code_and_no_title_stands_twice() {
        let codes: BTreeSet<&str> = ALL.iter().map(|words| words.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for language in [0, 1] {
            let titles: BTreeSet<&str> = ALL.iter().map(|words| words.title[language]).collect();
            assert_eq!(titles.len(), ALL.len());
        }
    }

    #[test]
    fn titles_are_a_few_words_without_a_full_stop() {
        for Words { code, title, .. } in ALL {
            for title in title {
                assert!((3..=8).contains(&title.split_whitespace().count()), "{code}: {title}");
                assert!(title.chars().count() <= 60 && !title.ends_with('.'), "{code}: {title}");
            }
        }
    }

    #[test]
    fn details_are_one_or_two_whole_sentences() {
        for Words { code, detail, .. } in ALL {
            assert_ne!(detail[0], detail[1], "{code}");
            for detail in detail {
                assert!((20..=200).contains(&detail.chars().count()), "{code}: {} characters", detail.chars().count());
                assert!(detail.ends_with('.') && detail.trim() == *detail && !detail.contains("  "), "{code}: {detail}");
                assert!(detail.matches(". ").count() <= 1, "{code}: {detail}");
            }
        }
    }
}
