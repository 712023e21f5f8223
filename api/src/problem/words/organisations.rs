//! The words on organisations and access.

use super::Words;

/// In the order of this page.
pub(super) const WORDS: &[Words] = &[
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
];
