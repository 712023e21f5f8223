//! What a receiver reads: the least it needs, in the form it was told.

use serde_json::{Value, json};

use super::*;
use OrganisationKind as K;
use ReferralState as S;

/// Somebody of whom everything is known.
fn known() -> Beneficiary {
    let details = Details { france_travail_id: "12345678901".parse().ok(), ..person().details };
    Beneficiary { details, ..person() }
}

fn read(referral: &Referral) -> Value {
    serde_json::to_value(Disclosed::from(referral)).unwrap()
}

fn about_known(referral: Referral) -> Referral {
    Referral { person: (&known()).into(), ..referral }
}

#[test]
fn only_the_public_employment_service_reads_the_birth_date_and_its_own_identifier() {
    for kind in ACCOMPANY {
        let identified = matches!(kind, K::PoleEmploi | K::MissionLocale | K::CapEmploi);
        let expected = json!({
            "beneficiary_id": known().id.to_string(),
            "person_reference": known().reference.to_string(),
            "last_name": "Exemple",
            "first_name": "Camille",
            "birth_name": "Modèle",
            "phone": "+33612345678",
            "email": "camille.exemple@courriel.example",
            "commune_code": "87085",
            "birth_date": identified.then_some("2006-05-02"),
            "france_travail_id": identified.then_some("12345678901"),
        });
        let order = accompanied(Accompaniment::CommonLaw);
        for referral in [sent(order, &towards(kind)), sent(placed(None), &towards_action(kind))] {
            assert_eq!(read(&about_known(referral))["person"], expected, "{kind}");
        }
    }
}

#[test]
fn what_is_not_known_of_a_person_is_null() {
    let referral = Referral { person: (&purged(beneficiary(0))).into(), ..accompaniment() };
    let person = read(&referral)["person"].clone();
    let said: Vec<_> = person.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()).map(|(field, _)| field.clone()).collect();
    assert_eq!(said, ["beneficiary_id", "person_reference"]);
    assert_eq!(person.as_object().unwrap().len(), 10, "no field is left out");
}

#[test]
fn a_referral_knows_whether_the_file_of_its_person_was_closed() {
    for (person, closed) in [(person(), false), (merged(person()), true), (purged(person()), true)] {
        assert_eq!(Referred::from(&person).is_closed, closed);
    }
}

#[test]
fn an_accompaniment_is_read_as_it_was_sent() {
    let around = Surroundings { site: Some(site_of(K::PoleEmploi)), ..towards(K::PoleEmploi) };
    let order = SendOrder { about: EditOrder { site: Some(id(150)), ..about() }, ..accompanied(Socioprofessional) };
    let mut read = read(&sent(order, &around));
    read["person"] = Value::Null;
    assert_eq!(
        read,
        json!({
            "id": id::<Referral>(800).to_string(),
            "version": 1,
            "state": "sent",
            "person": null,
            "organisation_id": organisation(K::PoleEmploi).id.to_string(),
            "organisation_name": "Les Ateliers de la Vienne",
            "site_id": id::<Site>(150).to_string(),
            "site_code": "87012",
            "purpose": "accompaniment",
            "accompaniment": "socioprofessional",
            "action_id": null,
            "action_name": null,
            "group_id": null,
            "group_name": null,
            "objective": "Reprendre confiance et se déplacer seule",
            "barriers": ["mobility", "language"],
            "signed_on": "2026-11-17",
            "referrer": {
                "organisation_name": "Département de la Haute-Vienne",
                "last_name": "Exemplaire",
                "first_name": "Dominique",
                "email": "dominique.exemplaire@departement.example",
            },
            "external_id": null,
            "referent": null,
            "reason": null,
            "comment": null,
            "enrolment_id": null,
            "started_on": null,
            "ended_on": null,
            "came": null,
            "selected": null,
            "joined": null,
            "sent_at": "2026-11-17T18:00:00.000Z",
            "expires_at": null,
            "closed_at": null,
            "updated_at": "2026-11-17T18:00:00.000Z",
        })
    );
}

/// A placement with every field that can be there.
fn everything() -> Referral {
    Referral {
        external_id: Some(line("D-1")),
        referent: Some(referent("Animatrice")),
        reason: Some(term("employment")),
        comment: Some(note("Un emploi\nà Bellac")),
        enrolment: Some((id(600), day("2026-11-18"))),
        started_on: Some(day("2026-11-24")),
        ended_on: Some(day("2026-12-01")),
        outcome: Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) },
        ..standing(S::Abandoned, about_known(placement()))
    }
}

#[test]
fn a_place_in_an_action_is_read_with_its_group_its_seat_and_its_dates() {
    let read = read(&everything());
    for (field, value) in [
        ("version", json!(2)),
        ("state", json!("abandoned")),
        ("purpose", json!("action")),
        ("accompaniment", Value::Null),
        ("action_id", json!(id::<Action>(200).to_string())),
        ("action_name", json!("Atelier de mobilisation")),
        ("group_id", json!(id::<Group>(300).to_string())),
        ("group_name", json!("Limoges, mardi et jeudi")),
        ("external_id", json!("D-1")),
        ("referent", json!({"last_name": "Animatrice", "first_name": "Claude", "email": "claude@receveur.example", "phone": "+33555123456"})),
        ("reason", json!("employment")),
        ("comment", json!("Un emploi\nà Bellac")),
        ("enrolment_id", json!(id::<crate::enrolment::Enrolment>(600).to_string())),
        ("started_on", json!("2026-11-24")),
        ("ended_on", json!("2026-12-01")),
        ("came", json!("yes")),
        ("selected", json!(true)),
        ("joined", json!(false)),
        ("expires_at", json!(EXPIRY)),
        ("closed_at", json!(LATER)),
        ("updated_at", json!(LATER)),
    ] {
        assert_eq!(read[field], value, "{field}");
    }
    assert_eq!(read.as_object().unwrap().len(), 32);
    let anywhere = self::read(&placement_anywhere());
    assert_eq!((&anywhere["group_id"], &anywhere["group_name"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_is_kept_of_a_version_reads_back_as_it_was_told() {
    let in_every_state = S::ALL.iter().flat_map(|state| [standing(*state, accompaniment()), standing(*state, placement_anywhere())]);
    let of_every_kind = ACCOMPANY.into_iter().map(|kind| about_known(accompaniment_by(kind)));
    let purged = Referral { person: (&purged(beneficiary(0))).into(), referrer: None, ..accompaniment() };
    for referral in in_every_state.chain(of_every_kind).chain([everything(), purged]) {
        let told = Disclosed::from(&referral);
        let kept = serde_json::to_string(&told).unwrap();
        let again: Disclosed = serde_json::from_str(&kept).unwrap();
        assert_eq!(again, told);
        assert_eq!(serde_json::to_string(&again).unwrap(), kept, "to the byte");
        let through_a_column: Disclosed = serde_json::from_value(serde_json::to_value(&told).unwrap()).unwrap();
        assert_eq!(through_a_column, told);
    }
}

#[test]
fn a_debug_print_of_what_is_told_names_nobody() {
    let printed = format!("{:?}", Disclosed::from(&everything()));
    for personal in ["Exemple", "Camille", "Modèle", "612345678", "courriel", "12345678901", "Animatrice", "Bellac", "Exemplaire"] {
        assert!(!printed.contains(personal), "{personal}");
    }
}

#[test]
fn a_referent_is_given_without_unknown_fields() {
    let read = |text| serde_json::from_str::<Referent>(text);
    let least = read(r#"{"last_name": "Animatrice", "first_name": "Claude"}"#).unwrap();
    assert_eq!((least.email, least.phone), (None, None));
    assert!(read(r#"{"last_name": "Animatrice", "first_name": "Claude", "email": null, "phone": null}"#).is_ok());
    assert!(read(r#"{"last_name": "Animatrice", "first_name": "Claude", "fax": "0555"}"#).is_err());
    assert!(read(r#"{"last_name": "Animatrice"}"#).is_err());
}
