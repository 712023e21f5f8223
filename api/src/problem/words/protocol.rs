//! The words of the protocol: requests, tokens, keys, versions.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
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
];
