//! The words on collective actions and their attendance.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
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
];
