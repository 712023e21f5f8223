//! What the paper says.

use super::*;
use crate::readiness::{Readiness, ReadinessOrder};

/// Words that show where they come from.
pub(super) struct Words;

impl Wording for Words {
    fn label(&self, list: &str, code: &str) -> String {
        format!("{list}:{code}")
    }
    fn department(&self) -> String {
        "Haute-Vienne".to_owned()
    }
    fn organisation(&self) -> String {
        "Maison du Département".to_owned()
    }
    fn accompaniment(&self) -> String {
        "accompagnement social".to_owned()
    }
    fn referent(&self) -> Option<String> {
        None
    }
    fn provider(&self, commitment: &Commitment) -> Option<String> {
        commitment.action_id.map(|_| "Atelier de mobilisation".to_owned())
    }
}

fn paper(terms: Terms, readiness: Option<&Readiness>) -> Document {
    paper_of(Life::today(), terms, readiness)
}

fn paper_of(mut life: Life, terms: Terms, readiness: Option<&Readiness>) -> Document {
    life.draw_up(terms, None).unwrap();
    Document::of(life.last(), &life.last().edition, &life.person, &life.barriers, readiness, &Words)
}

#[test]
fn the_paper_says_in_words_what_the_contract_says() {
    let workshop = Commitment { action_id: Some(action().id), due_on: Some(day("2027-01-31")), ..commitment("workshop") };
    let about = ReadinessOrder { able: false, reasons: vec![term("known")], comment: Some(note("Bientôt.")), assessed_on: day("2026-11-10") };
    let readiness = Readiness { id: id(9), beneficiary: beneficiary(0).id, about, by: id(1), stamp: stamp() };
    let terms = Terms { commitments: vec![workshop], barrier_ids: vec![barrier(1).id], ..engagement() };
    let paper = paper(terms, Some(&readiness));
    assert_eq!((paper.starts_on, paper.ends_on, paper.review_on), (day("2026-11-17"), Some(day("2027-05-16")), Some(day("2027-02-17"))));
    assert_eq!((paper.rank, &*paper.person.last_name, &*paper.person.first_name), (1, "Exemple", "Camille"));
    assert_eq!(paper.hours, DocumentHours::Weekly { hours: 15, reason: None });
    assert_eq!(paper.barriers, ["barrier_situations:mobility_known"]);
    assert_eq!(paper.objectives[0].theme, "contract_themes:known");
    let [promised] = &paper.commitments[..] else { panic!("one") };
    assert_eq!((&*promised.kind, promised.due_on), ("contract_activity_kinds:support", Some(day("2027-01-31"))));
    assert_eq!(promised.provider.as_deref(), Some("Atelier de mobilisation"));
    let said = paper.readiness.unwrap();
    assert_eq!((said.able, said.reasons, said.comment.as_deref()), (false, vec!["readiness_reasons:known".to_owned()], Some("Bientôt.")));
}

#[test]
fn hours_on_paper_are_weekly_or_exempt_or_unknown_to_the_law() {
    let requested_on = day("2026-11-10");
    let exemption = Exemption { ground: ExemptionGround::LoneParent, requested_on, evidence_seen: true, until: None };
    let exempt = Terms { weekly_hours: None, exemption: Some(exemption), ..engagement() };
    let ground = "exemption_grounds:lone_parent".to_owned();
    assert_eq!(paper(exempt, None).hours, DocumentHours::Exempt { ground, requested_on, until: None });
    let low = Terms { weekly_hours: Some(8), hours_reason: Some(note("Un enfant à garder.")), ..engagement() };
    assert_eq!(paper(low, None).hours, DocumentHours::Weekly { hours: 8, reason: Some("Un enfant à garder.".to_owned()) });
    assert_eq!(paper_of(Life::before(), cer(), None).hours, DocumentHours::Unstated);
}

#[test]
fn a_paper_is_fixed_when_it_is_submitted_and_survives_its_storage() {
    let mut life = Life::today();
    life.draw_up(engagement(), None).unwrap();
    life.submit(0).unwrap();
    let fixed = life.last().edition.document.clone().unwrap();
    life.person.last_name = Some(crate::given::name("Autrement"));
    assert!(!life.submit(0).unwrap());
    life.sign_both(0, life.day()).unwrap();
    life.validate(0, None).unwrap();
    assert_eq!(life.last().edition.document.as_ref(), Some(&fixed));
    let stored = serde_json::to_string(&life.last().edition).unwrap();
    assert_eq!(serde_json::from_str::<Edition>(&stored).unwrap(), life.last().edition);
}

#[test]
fn a_contract_is_called_by_its_law() {
    assert_eq!(ContractKind::Cer.title().0, "Contrat d’engagements réciproques");
    assert_eq!(ContractKind::EngagementContract.title().0, "Contrat d’engagement");
}
