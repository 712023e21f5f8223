//! The words on attendance in batches: files, their lines, and those held.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
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
];
