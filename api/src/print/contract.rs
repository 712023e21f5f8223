//! The contract (*contrat d'engagements réciproques*), to be read together and signed on paper.

use domain::contract::{CommitmentParty, Document, DocumentCommitment, DocumentHours, DocumentObjective, DocumentReadiness};
use krilla::tagging::{ListNumbering, Tag};

use super::PrintError;
use super::dates::{in_full, period};
use super::drawing::{Sheet, draw};
use super::flow::{BODY, DO_NOT_SIGN, Flow, LINE, NOTE, STRONG, TABLE};
use super::input::{Contract, Signature};
use super::signing::{self, Block};
use super::tables::{Fact, facts};
use super::text::{is_blank, shortened};

/// The room above a section.
const ABOVE_SECTION: f32 = 13.0;
/// The room above a part of a section.
const ABOVE_PART: f32 = 10.0;
/// The room above a paragraph.
const ABOVE: f32 = 4.0;
/// The room above an item of a list.
const ABOVE_ITEM: f32 = 8.0;
/// The most characters printed of the means of a signature.
const MEANS: usize = 80;

/// The contract as a tagged PDF (PDF/UA-1) on A4 pages. Sections that have nothing to say are left out.
pub(crate) fn contract(paper: &Contract) -> Result<Vec<u8>, PrintError> {
    let document = &paper.document;
    let mut writer = Writer { flow: Flow::new()?, sections: 0 };
    writer.head(paper);
    writer.parties(document);
    writer.amendment(paper);
    writer.period(document);
    if let Some(readiness) = &document.readiness {
        writer.readiness(readiness);
    }
    writer.hours(&document.hours);
    writer.barriers(&document.barriers);
    writer.objectives(&document.objectives);
    writer.commitments(document);
    writer.signatures(paper);
    writer.appeal(&paper.appeal);
    let short_title = format!("{} {}", shortened(&paper.title, 46), number(paper));
    let title = format!("{}, {}, {}", paper.title, number(paper), document.person.reference);
    let sheet = Sheet { title, short_title, reference: document.person.reference.clone(), is_draft: paper.is_draft };
    draw(writer.flow, &sheet)
}

/// Which contract it is: "n° 3", "n° 3, avenant n° 1".
fn number(paper: &Contract) -> String {
    match amendment(paper) {
        Some(amendment) => format!("n°\u{a0}{}, {amendment}", paper.document.rank),
        None => format!("n°\u{a0}{}", paper.document.rank),
    }
}

/// Which amendment it is, if it is one.
fn amendment(paper: &Contract) -> Option<String> {
    (paper.edition > 1).then(|| format!("avenant n°\u{a0}{}", paper.edition.saturating_sub(1)))
}

/// The contract under way.
struct Writer {
    flow: Flow,
    sections: usize,
}

impl Writer {
    /// A section, after its numbered title.
    fn section(&mut self, title: &str, body: impl FnOnce(&mut Flow)) {
        self.sections += 1;
        let title = format!("{}. {title}", self.sections);
        self.flow.group(Tag::Section, |flow| {
            flow.heading(2, &title, ABOVE_SECTION);
            body(flow);
        });
    }

    fn head(&mut self, paper: &Contract) {
        let flow = &mut self.flow;
        if paper.is_draft {
            flow.warning();
        }
        flow.text(Tag::P, &paper.document.department, STRONG, if paper.is_draft { 14.0 } else { 0.0 });
        flow.heading(1, &paper.title, 14.0);
        let edition = match amendment(paper) {
            Some(amendment) => format!("Contrat n°\u{a0}{} – version {} ({amendment})", paper.document.rank, paper.edition),
            None => format!("Contrat n°\u{a0}{} – version {}", paper.document.rank, paper.edition),
        };
        flow.text(Tag::P, &edition, STRONG, 2.0);
        flow.text(Tag::P, &paper.legal_basis, NOTE, 2.0);
        flow.rule(8.0, LINE);
    }

    fn parties(&mut self, document: &Document) {
        self.section("Les parties", |flow| {
            let person = &document.person;
            flow.heading(3, "La personne accompagnée", ABOVE);
            let born_on = person.birth_date.map(in_full).unwrap_or_default();
            let name = format!("{} {}", person.first_name, person.last_name);
            let rows: [Fact<'_>; 4] = [
                ("Prénom et nom", name),
                ("Nom de naissance", person.birth_name.clone().unwrap_or_default()),
                ("Date de naissance", born_on),
                ("Référence", person.reference.clone()),
            ];
            facts(flow, &rows, 2.0);
            flow.heading(3, "L’organisme référent", ABOVE_PART);
            let rows: [Fact<'_>; 3] = [
                ("Organisme", document.organisation.clone()),
                ("Référent", document.referent.clone().unwrap_or_default()),
                ("Accompagnement", document.accompaniment.clone()),
            ];
            facts(flow, &rows, 2.0);
        });
    }

    fn amendment(&mut self, paper: &Contract) {
        let Some(reason) = paper.amendment_reason.as_deref().filter(|reason| !is_blank(reason)) else { return };
        self.section("Motif de l’avenant", |flow| flow.prose(reason, BODY, ABOVE));
    }

    fn period(&mut self, document: &Document) {
        self.section("Durée et réexamen", |flow| {
            let period = period(document.starts_on, document.ends_on);
            flow.text(Tag::P, &format!("Le présent contrat est conclu {period}."), BODY, ABOVE);
            if let Some(review) = document.review_on {
                let sentence = format!("Il est réexaminé par les parties au plus tard le {}.", in_full(review));
                flow.text(Tag::P, &sentence, BODY, ABOVE);
            }
        });
    }

    fn readiness(&mut self, readiness: &DocumentReadiness) {
        self.section("Capacité à engager des démarches", |flow| {
            let assessed_on = in_full(readiness.assessed_on);
            let sentence = if readiness.able {
                format!("Au {assessed_on}, la personne est en capacité d’engager des démarches d’insertion.")
            } else {
                format!("Au {assessed_on}, la personne n’est pas en capacité d’engager des démarches d’insertion.")
            };
            flow.text(Tag::P, &sentence, BODY, ABOVE);
            if readiness.reasons.iter().any(|reason| !is_blank(reason)) {
                flow.text(Tag::P, "Éléments pris en compte :", BODY, ABOVE);
                flow.stay();
                flow.bullets(&readiness.reasons, 2.0);
            }
            flow.prose(readiness.comment.as_deref().unwrap_or_default(), BODY, ABOVE);
        });
    }

    fn hours(&mut self, hours: &DocumentHours) {
        match hours {
            DocumentHours::Weekly { hours, reason } => self.section("Durée hebdomadaire d’activité", |flow| {
                let sentence = format!("L’activité prévue est de {hours}\u{a0}h par semaine.");
                flow.text(Tag::P, &sentence, BODY, ABOVE);
                labelled(flow, "Motif", reason.as_deref().unwrap_or_default());
            }),
            DocumentHours::Exempt { ground, requested_on, until } => self.section("Durée hebdomadaire d’activité", |flow| {
                let until = until.map(|until| format!(", jusqu’au {}", in_full(until))).unwrap_or_default();
                let sentence = format!("La personne est dispensée de durée hebdomadaire d’activité{until}.");
                flow.text(Tag::P, &sentence, BODY, ABOVE);
                labelled(flow, "Motif", ground);
                flow.text(Tag::P, &format!("Dispense demandée le {}.", in_full(*requested_on)), BODY, ABOVE);
            }),
            DocumentHours::Unstated => {}
        }
    }

    fn barriers(&mut self, barriers: &[String]) {
        if barriers.iter().any(|barrier| !is_blank(barrier)) {
            self.section("Difficultés à lever", |flow| flow.bullets(barriers, 2.0));
        }
    }

    fn objectives(&mut self, objectives: &[DocumentObjective]) {
        if objectives.is_empty() {
            return;
        }
        self.section("Objectifs", |flow| {
            flow.list(ListNumbering::Decimal, |flow| {
                for (index, DocumentObjective { theme, text }) in objectives.iter().enumerate() {
                    flow.item(&format!("{}.", index + 1), STRONG, |flow| {
                        flow.text(Tag::P, theme, STRONG, ABOVE_ITEM);
                        stay_if_any(flow, text);
                        flow.prose(text, BODY, 0.0);
                    });
                }
            });
        });
    }

    fn commitments(&mut self, document: &Document) {
        if document.commitments.is_empty() {
            return;
        }
        self.section("Engagements", |flow| {
            let mut gap = ABOVE;
            for party in CommitmentParty::ALL.iter().copied() {
                let commitments: Vec<_> = document.commitments.iter().filter(|commitment| commitment.party == party).collect();
                if commitments.is_empty() {
                    continue;
                }
                flow.heading(3, who_commits(party), gap);
                gap = 14.0;
                flow.list(ListNumbering::Disc, |flow| {
                    for commitment in commitments {
                        flow.item("•", STRONG, |flow| one_commitment(flow, commitment));
                    }
                });
            }
        });
    }

    fn signatures(&mut self, paper: &Contract) {
        if paper.signatures.is_empty() && paper.validation.is_none() {
            return;
        }
        self.section("Signatures", |flow| {
            let blocks: Vec<_> = paper.signatures.iter().map(|signature| block(signature, paper.is_draft)).collect();
            signing::blocks(flow, &blocks, 8.0);
            if let Some(validation) = &paper.validation {
                let sentence = format!("{}, le {}.", validation.label, in_full(validation.on));
                flow.text(Tag::P, &sentence, BODY, ABOVE_PART);
            }
        });
    }

    fn appeal(&mut self, paragraphs: &[String]) {
        if paragraphs.iter().all(|paragraph| is_blank(paragraph)) {
            return;
        }
        let first = self.flow.mark();
        self.section("Voies de recours", |flow| {
            for paragraph in paragraphs {
                flow.prose(paragraph, TABLE, ABOVE);
            }
        });
        self.flow.stay_since(first);
    }
}

fn who_commits(party: CommitmentParty) -> &'static str {
    match party {
        CommitmentParty::Beneficiary => "La personne s’engage à",
        CommitmentParty::Organisation => "L’organisme référent s’engage à",
        CommitmentParty::Partner => "Les partenaires",
    }
}

fn one_commitment(flow: &mut Flow, commitment: &DocumentCommitment) {
    let provider = commitment.provider.as_deref().filter(|provider| !is_blank(provider));
    let provider = provider.map(|provider| format!("Avec : {provider}."));
    let due_on = commitment.due_on.map(|due_on| format!("Échéance : {}.", in_full(due_on)));
    let more = [provider, due_on].into_iter().flatten().collect::<Vec<_>>().join(" ");
    flow.text(Tag::P, &commitment.kind, STRONG, ABOVE_ITEM);
    stay_if_any(flow, &commitment.text);
    flow.prose(&commitment.text, BODY, 0.0);
    stay_if_any(flow, &more);
    flow.text(Tag::P, &more, NOTE, 1.0);
}

/// What was last added is on the page of this text, if there is one.
fn stay_if_any(flow: &mut Flow, text: &str) {
    if !is_blank(text) {
        flow.stay();
    }
}

/// "Motif : …", or nothing.
fn labelled(flow: &mut Flow, label: &str, text: &str) {
    if !is_blank(text) {
        flow.prose(&format!("{label} : {text}"), BODY, ABOVE);
    }
}

fn block(signature: &Signature, is_draft: bool) -> Block {
    let means = signature.means.as_deref().filter(|means| !is_blank(means));
    let said = match signature.signed_on {
        Some(day) => match means {
            Some(means) => format!("Signé le {}, {}", in_full(day), lower_first(&shortened(means, MEANS))),
            None => format!("Signé le {}", in_full(day)),
        },
        None if is_draft => DO_NOT_SIGN.to_owned(),
        None => "Signature :".to_owned(),
    };
    let to_fill_in = signature.signed_on.is_none() && !is_draft;
    Block { party: signature.party.clone(), name: signature.name.clone(), said, to_fill_in }
}

/// "Sur papier" within a sentence: "sur papier".
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}
