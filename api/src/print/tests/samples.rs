//! A short contract, an amended one with long names, a session.

use chrono::NaiveTime;
use domain::calendar::Day;
use domain::contract::{CommitmentParty, Document, DocumentCommitment, DocumentHours, DocumentObjective, DocumentPerson, DocumentReadiness};

use super::super::{AttendanceSheet, Contract, Participant, Signature, Validation};

/// A sentence to make long texts of.
pub(super) const SENTENCE: &str = "Rencontrer trois employeurs du secteur de l’aide à domicile, préparer les entretiens et en rendre compte. ";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn commitment(party: CommitmentParty, kind: &str, text: &str, provider: Option<&str>, due_on: Option<&str>) -> DocumentCommitment {
    DocumentCommitment { party, kind: kind.to_owned(), text: text.to_owned(), provider: provider.map(str::to_owned), due_on: due_on.map(day) }
}

fn objective(theme: &str, text: &str) -> DocumentObjective {
    DocumentObjective { theme: theme.to_owned(), text: text.to_owned() }
}

fn to_sign(party: &str, name: &str) -> Signature {
    Signature { party: party.to_owned(), name: name.to_owned(), signed_on: None, means: None }
}

/// A first edition, to be signed.
pub(super) fn first_contract() -> Contract {
    Contract {
        document: first_document(),
        title: "Contrat d’engagements réciproques".to_owned(),
        legal_basis: "Articles L262-34 à L262-36 du code de l’action sociale et des familles".to_owned(),
        edition: 1,
        is_draft: false,
        amendment_reason: None,
        signatures: vec![
            to_sign("La personne accompagnée", "Anaïs Lefèvre"),
            to_sign("Le référent", "Cœlia Nguyễn-Łukasz"),
            to_sign("Le président du conseil départemental", "Par délégation, Théo Œuvrard"),
        ],
        validation: None,
        appeal: vec![
            "Toute réclamation contre une décision relative au revenu de solidarité active fait l’objet, préalablement à l’exercice d’un \
             recours contentieux, d’un recours administratif auprès du président du conseil départemental, dans les deux mois."
                .to_owned(),
            "Le tribunal administratif de Limoges peut ensuite être saisi dans les deux mois, par courrier ou sur www.telerecours.fr.".to_owned(),
        ],
    }
}

fn first_document() -> Document {
    Document {
        department: "Département de la Haute-Vienne".to_owned(),
        rank: 3,
        person: DocumentPerson {
            reference: "BRSA-2026-004217".to_owned(),
            last_name: "Lefèvre".to_owned(),
            first_name: "Anaïs".to_owned(),
            birth_name: Some("Šimůnek".to_owned()),
            birth_date: Some(day("1988-03-01")),
        },
        accompaniment: "Accompagnement socioprofessionnel".to_owned(),
        organisation: "Maison du département de Limoges Centre".to_owned(),
        referent: Some("Cœlia Nguyễn-Łukasz".to_owned()),
        starts_on: day("2026-12-02"),
        ends_on: Some(day("2027-06-01")),
        review_on: Some(day("2027-03-01")),
        readiness: Some(DocumentReadiness {
            able: true,
            reasons: vec!["Garde d’enfant assurée le matin".to_owned(), "Permis B en cours".to_owned()],
            comment: Some("La personne souhaite travailler à temps partiel.".to_owned()),
            assessed_on: day("2026-12-01"),
        }),
        hours: DocumentHours::Weekly { hours: 15, reason: None },
        barriers: vec!["Mobilité : pas de véhicule".to_owned(), "Garde d’enfant après 16 h 30".to_owned()],
        objectives: vec![
            objective("Emploi", "Reprendre une activité d’aide à domicile, à temps partiel, avant l’été."),
            objective("Mobilité", "Obtenir le permis B.\nTrouver une solution de transport d’ici là : covoiturage ou vélo ?"),
        ],
        commitments: vec![
            commitment(
                CommitmentParty::Beneficiary,
                "Formation",
                "Suivre la remise à niveau « Compétences clés » !",
                Some("GRETA du Limousin"),
                Some("2027-01-29"),
            ),
            commitment(CommitmentParty::Beneficiary, "Recherche d’emploi", "Envoyer deux candidatures par semaine.", None, None),
            commitment(CommitmentParty::Organisation, "Entretien", "Recevoir la personne une fois par mois.", None, Some("2027-06-01")),
            commitment(CommitmentParty::Partner, "Mobilité", "Financer quinze heures de conduite.", Some("Plateforme Mobilité 87"), None),
        ],
    }
}

/// An amendment, signed, with long names and twenty commitments.
pub(super) fn amended() -> Contract {
    let kinds = ["Formation", "Recherche d’emploi", "Santé", "Logement", "Démarches administratives et accès aux droits"];
    let parties = [CommitmentParty::Beneficiary, CommitmentParty::Beneficiary, CommitmentParty::Organisation, CommitmentParty::Partner];
    let commitments = (0..20_usize).map(|index| DocumentCommitment {
        party: parties[index % 4],
        kind: kinds[index % 5].to_owned(),
        text: format!("{}\n\n{}", SENTENCE.repeat(1 + index % 6), "Puis faire le point."),
        provider: (index % 3 == 0).then(|| "Association intercommunale pour l’insertion par l’activité économique".to_owned()),
        due_on: (index % 2 == 0).then(|| day("2027-03-01")),
    });
    let name = "Abdoulrahamanedineralambotsirafanomezantsoaandriamampandryrakoto";
    let document = Document {
        person: DocumentPerson {
            reference: "BRSA-2026-004218".to_owned(),
            last_name: name.to_owned(),
            first_name: "Jean-Christophe-Emmanuel".to_owned(),
            birth_name: None,
            birth_date: Some(day("1979-08-14")),
        },
        hours: DocumentHours::Exempt {
            ground: "Difficultés particulières liées à la garde d’un enfant de moins de douze ans".to_owned(),
            requested_on: day("2026-12-01"),
            until: Some(day("2027-03-31")),
        },
        readiness: Some(DocumentReadiness { able: false, reasons: vec!["Santé".to_owned()], comment: None, assessed_on: day("2026-12-01") }),
        commitments: commitments.collect(),
        ..first_document()
    };
    Contract {
        document,
        edition: 2,
        amendment_reason: Some("Changement de projet après la naissance d’un enfant.\nLa durée hebdomadaire est revue.".to_owned()),
        signatures: vec![
            Signature { signed_on: Some(day("2026-12-04")), means: Some("Sur papier".to_owned()), ..to_sign("La personne accompagnée", name) },
            Signature { signed_on: Some(day("2026-12-04")), ..to_sign("Le référent", "Cœlia Nguyễn-Łukasz") },
            to_sign("Le président du conseil départemental", "Par délégation, Théo Œuvrard"),
        ],
        validation: Some(Validation { on: day("2026-12-08"), label: "Validé par le président du conseil départemental".to_owned() }),
        ..first_contract()
    }
}

/// The texts of a contract that must be read on it.
pub(super) fn texts_of(paper: &Contract) -> Vec<String> {
    let document = &paper.document;
    let person = &document.person;
    let mut texts = vec![&document.department, &paper.title, &paper.legal_basis, &document.accompaniment, &document.organisation];
    texts.extend([&person.reference, &person.last_name, &person.first_name]);
    texts.extend(paper.amendment_reason.iter().chain(&person.birth_name).chain(&document.referent));
    texts.extend(document.readiness.iter().flat_map(|readiness| readiness.reasons.iter().chain(&readiness.comment)));
    texts.extend(document.barriers.iter().chain(&paper.appeal));
    texts.extend(document.objectives.iter().flat_map(|objective| [&objective.theme, &objective.text]));
    texts.extend(document.commitments.iter().flat_map(|commitment| [&commitment.kind, &commitment.text].into_iter().chain(&commitment.provider)));
    texts.extend(paper.signatures.iter().flat_map(|signature| [&signature.party, &signature.name]));
    texts.extend(paper.validation.iter().map(|validation| &validation.label));
    if let DocumentHours::Exempt { ground, .. } = &document.hours {
        texts.push(ground);
    }
    texts.into_iter().cloned().collect()
}

/// A session with so many participants and three blank rows.
pub(super) fn session(count: usize) -> AttendanceSheet {
    let last_names = ["Lefèvre", "Nguyễn", "Łukasz", "Œuvrard", "Šimůnek", "D’Haëne", "Rakotondrazafimahatratra-Andriamanantena"];
    let first_names = ["Anaïs", "Théo", "Zoé", "Jean-Baptiste", "Cœlia"];
    let participants = (0..count).map(|index| Participant {
        last_name: format!("{} {}", last_names[index % 7], "abcdefghij".chars().nth(index / 10 % 10).unwrap()),
        first_name: first_names[index % 5].to_owned(),
        reference: format!("BRSA-2026-{index:06}"),
    });
    AttendanceSheet {
        department: "Département de la Haute-Vienne".to_owned(),
        organisation: "GRETA du Limousin".to_owned(),
        action: "Atelier collectif : « Construire son projet professionnel »".to_owned(),
        group: "Groupe de décembre, Limoges".to_owned(),
        reference: "SES-2026-01187".to_owned(),
        date: day("2026-12-01"),
        half_day: "matin".to_owned(),
        start_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        end_time: NaiveTime::from_hms_opt(12, 30, 0).unwrap(),
        place: "Salle 204, 3 rue de l’Hôtel-de-Ville, 87000 Limoges".to_owned(),
        participants: participants.collect(),
        blank_rows: 3,
    }
}
