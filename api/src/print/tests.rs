//! The printed documents read back.

mod reading;
mod samples;

use domain::contract::{CommitmentParty, Document, DocumentCommitment, DocumentHours, DocumentObjective, DocumentReadiness};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::{AttendanceSheet, Contract, Participant, PrintError, attendance_sheet, contract};
use reading::{Pdf, plain};
use samples::{SENTENCE, amended, first_contract, session, texts_of};

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(contract(&amended()).unwrap(), contract(&amended()).unwrap());
    assert_eq!(attendance_sheet(&session(40)).unwrap(), attendance_sheet(&session(40)).unwrap());
}

#[test]
fn another_input_gives_another_document_id() {
    let mut other = first_contract();
    other.document.rank = 9;
    assert_ne!(Pdf::read(&contract(&first_contract()).unwrap()).id(), Pdf::read(&contract(&other).unwrap()).id());
}

#[test]
fn a_contract_says_all_that_it_is_given() {
    for document in [first_contract(), amended()] {
        let pdf = Pdf::read(&contract(&document).unwrap());
        for text in texts_of(&document) {
            assert!(pdf.says(&text), "« {text} » is not in {}", pdf.text());
        }
    }
}

#[test]
fn a_contract_is_written_in_french() {
    let pdf = Pdf::read(&contract(&first_contract()).unwrap());
    for text in ["du 2 décembre 2026 au 1er juin 2027", "15 h par semaine", "Contrat n° 3 – version 1", "Signature :", "La personne s’engage à"]
    {
        assert!(pdf.says(text), "{text}");
    }
    let amended = Pdf::read(&contract(&amended()).unwrap());
    for text in ["avenant n° 1", "Signé le 4 décembre 2026, sur papier", "Échéance : 1er mars 2027.", "jusqu’au 31 mars 2027"] {
        assert!(amended.says(text), "{text}");
    }
}

#[test]
fn what_is_empty_disappears() {
    let document = Document {
        readiness: None,
        hours: DocumentHours::Unstated,
        barriers: Vec::new(),
        objectives: Vec::new(),
        commitments: Vec::new(),
        ends_on: None,
        review_on: None,
        referent: None,
        ..first_contract().document
    };
    let (signatures, appeal) = (Vec::new(), vec![" ".to_owned()]);
    let paper = Contract { document, amendment_reason: None, signatures, validation: None, appeal, ..first_contract() };
    let pdf = Pdf::read(&contract(&paper).unwrap());
    assert!(pdf.says("2. Durée et réexamen") && pdf.says("à compter du 2 décembre 2026."));
    assert!(!pdf.says("3. ") && !pdf.says("Référent "));
}

#[test]
fn a_draft_says_so_on_each_page() {
    let draft = Pdf::read(&contract(&Contract { is_draft: true, ..amended() }).unwrap());
    assert!(draft.pages().len() > 2 && draft.pages().iter().all(|page| page.contains("Projet : ne pas signer")));
    let settled = Pdf::read(&contract(&amended()).unwrap());
    assert!(!settled.says("Projet"));
}

#[test]
fn each_page_says_its_number_and_the_reference_but_no_name() {
    let paper = amended();
    let (pdf, person) = (Pdf::read(&contract(&paper).unwrap()), &paper.document.person);
    let count = pdf.pages().len();
    for (index, page) in pdf.pages().iter().enumerate() {
        let (_, footer) = page.rsplit_once("Contrat d’engagements").unwrap();
        assert!(footer.ends_with(&format!("page {} sur {count}", index + 1)), "{footer}");
        assert!(footer.contains(&person.reference) && !footer.contains(&person.last_name), "{footer}");
    }
}

#[test]
fn a_hundred_participants_fit_under_a_repeated_head() {
    let sheet = session(100);
    let pdf = Pdf::read(&attendance_sheet(&sheet).unwrap());
    assert!(pdf.pages().len() > 3);
    for Participant { last_name, first_name, reference } in &sheet.participants {
        assert!(pdf.says(&format!("{last_name} {first_name}")) && pdf.says(reference), "{last_name}");
    }
    let last_row = pdf.pages().iter().rposition(|page| page.contains("103")).unwrap();
    assert!(pdf.pages().iter().take(last_row + 1).all(|page| page.contains("Nom et prénom") && page.contains("Heures si présence")));
    for text in [&sheet.organisation, &sheet.action, &sheet.group, &sheet.place, &sheet.department, &sheet.reference] {
        assert!(pdf.says(text), "{text}");
    }
    assert!(pdf.says("mardi 1er décembre 2026, matin") && pdf.says("de 9 h à 12 h 30"));
}

#[test]
fn a_signature_stays_with_its_label() {
    for count in 3..40 {
        let pdf = Pdf::read(&attendance_sheet(&session(count)).unwrap());
        let page = pdf.pages().iter().find(|page| page.contains("Formateur ou intervenant")).unwrap();
        assert!(page.contains("Fait à") && page.contains("atteste l’exactitude"), "{count}");
    }
}

#[test]
fn thirty_long_commitments_and_long_names_stay_within_the_margins() {
    let long = SENTENCE.repeat(30).chars().take(1_990).collect::<String>() + "\nFin.";
    let mut paper = first_contract();
    let document = &mut paper.document;
    document.person.last_name = "Anticonstitutionnellement".repeat(4);
    document.person.first_name = "W".repeat(100);
    document.objectives = vec![DocumentObjective { theme: "X".repeat(80), text: long.clone() }; 20];
    let commitment = |party| DocumentCommitment { party, kind: "Y".repeat(80), text: long.clone(), provider: Some("Z".repeat(90)), due_on: None };
    document.commitments = CommitmentParty::ALL.iter().flat_map(|party| vec![commitment(*party); 10]).collect();
    let pdf = Pdf::read(&contract(&paper).unwrap());
    assert!(pdf.pages().len() > 20);
    assert_eq!(pdf.text().matches("Fin.").count(), 50);
    assert!(pdf.text().replace(' ', "").contains(&"W".repeat(100)));
    pdf.assert_within_margins();
    let mut sheet = session(12);
    sheet.participants.push(Participant { last_name: "M".repeat(100), first_name: "w".repeat(100), reference: "0".repeat(60) });
    Pdf::read(&attendance_sheet(&sheet).unwrap()).assert_within_margins();
}

#[test]
fn the_documents_are_tagged() {
    let pdf = Pdf::read(&contract(&amended()).unwrap());
    for role in ["H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "Sect"] {
        assert!(pdf.roles().contains(role), "{role} is not among {:?}", pdf.roles());
    }
    let sheet = Pdf::read(&attendance_sheet(&session(30)).unwrap());
    for role in ["H1", "H2", "THead", "TBody", "TH", "TD"] {
        assert!(sheet.roles().contains(role), "{role} is not among {:?}", sheet.roles());
    }
    assert!(pdf.is_marked() && pdf.language() == "fr-FR");
}

#[test]
fn what_the_font_lacks_is_a_visible_mark() {
    let mut sheet = session(3);
    sheet.action = "Atelier 山田 🙂 \u{202e}ok\u{0}".to_owned();
    let pdf = Pdf::read(&attendance_sheet(&sheet).unwrap());
    assert!(pdf.says("Atelier ?? ? ok?"), "{}", pdf.text());
}

#[test]
fn an_error_says_what_failed_and_nothing_of_the_text() {
    let told = [PrintError::Font, PrintError::Page, PrintError::Writing].map(|error| error.to_string());
    assert_eq!(told, ["the font cannot be read", "the page's measures are refused", "the PDF cannot be written"]);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,40}", any::<String>(), "[ \\n«»:;?!\u{a0}\u{202f}]{0,20}", "[a-z\\n]{0,300}"]
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(any_text())
}

proptest! {
    #![proptest_config(Config { cases: 8, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_contract_can_be_printed(
        texts in proptest::collection::vec(any_text(), 12),
        maybe in proptest::collection::vec(some_text(), 4),
        many in proptest::collection::vec(any_text(), 0..6),
        (rank, edition, hours, is_draft) in any::<(i32, i32, i32, bool)>(),
    ) {
        let mut paper = first_contract();
        let [department, title, legal_basis, accompaniment, organisation, reference, last_name, first_name, theme, text, kind, party]
            = <[String; 12]>::try_from(texts).unwrap();
        let [amendment_reason, referent, provider, means] = <[Option<String>; 4]>::try_from(maybe).unwrap();
        let mut document = Document { department, accompaniment, organisation, referent, rank, barriers: many.clone(), ..paper.document };
        document.person.reference = reference;
        document.person.last_name = last_name;
        document.person.first_name = first_name;
        document.hours = DocumentHours::Weekly { hours, reason: provider.clone() };
        document.readiness = document.readiness.map(|readiness| DocumentReadiness { reasons: many.clone(), comment: means.clone(), ..readiness });
        document.objectives = vec![DocumentObjective { theme, text: text.clone() }; 2];
        document.commitments = vec![DocumentCommitment { party: CommitmentParty::Partner, kind, text, provider, due_on: None }; 2];
        for signature in &mut paper.signatures {
            signature.party.clone_from(&party);
            signature.means.clone_from(&means);
        }
        let pdf = contract(&Contract { document, title, legal_basis, amendment_reason, edition, is_draft, appeal: many, ..paper });
        prop_assert!(pdf.is_ok(), "{pdf:?}");
        Pdf::read(&pdf.unwrap()).assert_within_margins();
    }

    #[test]
    fn any_attendance_sheet_can_be_printed(texts in proptest::collection::vec(any_text(), 10), blank_rows in 0_usize..30) {
        let [department, organisation, action, group, reference, half_day, place, last_name, first_name, of_participant]
            = <[String; 10]>::try_from(texts).unwrap();
        let mut sheet = AttendanceSheet { department, organisation, action, group, reference, half_day, place, blank_rows, ..session(3) };
        sheet.participants.push(Participant { last_name, first_name, reference: of_participant });
        let pdf = attendance_sheet(&sheet);
        prop_assert!(pdf.is_ok(), "{pdf:?}");
        Pdf::read(&pdf.unwrap()).assert_within_margins();
    }
}

#[test]
fn spaces_are_compared_as_one() {
    assert_eq!(plain(" a\u{a0}b\n\u{202f}c "), "a b c");
}
