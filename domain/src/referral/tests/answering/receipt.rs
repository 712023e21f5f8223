//! That the receiver has it, and how it calls the person.

use super::*;

#[test]
fn a_receipt_says_that_the_receiver_has_it_and_how_it_calls_it() {
    for referral in [accompaniment(), placement()] {
        let empty = receive_on(LATER, &referral, ReceiptOrder::default()).unwrap();
        assert_eq!(change(empty.referral.as_ref()), Some((S::Received, 2, FeedEventType::Received)));
        assert!(empty.identified.is_none());
        let named = receive_on(LATER, &referral, external_id("D-1")).unwrap().referral.unwrap();
        assert_eq!((&named.after.external_id, named.after.closed_at), (&Some(line("D-1")), None));
        assert_eq!(change(Some(&named)), Some((S::Received, 2, FeedEventType::Received)));
    }
}

#[test]
fn the_same_receipt_again_changes_nothing() {
    let first = receive_on(LATER, &accompaniment(), external_id("D-1")).unwrap().referral.unwrap();
    for order in [external_id("D-1"), ReceiptOrder::default()] {
        assert_eq!(received(receive_on(LATER, &first.after, order)), Ok(None));
    }
}

#[test]
fn an_external_id_is_given_once() {
    let first = receive_on(LATER, &accompaniment(), ReceiptOrder::default()).unwrap().referral.unwrap();
    let named = receive_on(LATER, &first.after, external_id("D-1"));
    assert_eq!(received(named), Ok(Some((S::Received, 3, FeedEventType::Updated))), "later than the first receipt");
    let named = Referral { external_id: Some(line("D-1")), ..accompaniment() };
    assert_eq!(received(receive_on(LATER, &named, external_id("D-2"))), refused(Rule::IdentifierConflict));
    assert_eq!(received(receive_on(LATER, &named, external_id("d-1"))), refused(Rule::IdentifierConflict), "case counts");
}

#[test]
fn a_receipt_comes_after_any_answer_and_changes_no_state() {
    for state in [S::WaitingList, S::Accepted, S::Started, S::Refused, S::Completed, S::Abandoned] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(received(receive_on(LATER, &referral, ReceiptOrder::default())), Ok(None), "an answer implies it: {state}");
            let named = receive_on(EXPIRY, &referral, external_id("D-1")).unwrap().referral.unwrap();
            assert_eq!(change(Some(&named)), Some((state, 3, FeedEventType::Updated)));
            let kept = (named.after.closed_at, named.after.waiting_since, named.after.enrolment, named.after.started_on);
            assert_eq!(kept, (referral.closed_at, referral.waiting_since, referral.enrolment, referral.started_on), "{state}");
        }
    }
}

#[test]
fn there_is_no_receipt_of_what_was_taken_back() {
    for order in [ReceiptOrder::default(), external_id("D-1"), external_id("D-2"), france_travail_id("12345678901")] {
        for referral in [standing(S::Cancelled, accompaniment()), standing(S::Cancelled, placement())] {
            let named = Referral { external_id: Some(line("D-1")), ..referral };
            for when in [LATER, EXPIRY] {
                assert_eq!(received(receive_on(when, &named, order.clone())), refused(Rule::ReferralClosed), "state comes before rules");
            }
        }
    }
}

#[test]
fn a_late_receipt_keeps_the_names_and_changes_no_state() {
    for referral in expired() {
        assert_eq!(received(receive_on(EXPIRY, &referral, ReceiptOrder::default())), Ok(None), "it says nothing new");
        let named = receive_on(EXPIRY, &referral, external_id("D-1")).unwrap().referral.unwrap();
        assert_eq!(change(Some(&named)), Some((referral.state, referral.stamp.version + 1, FeedEventType::Updated)));
        assert_eq!((named.event.kind, &named.after.external_id), ("referral.updated", &Some(line("D-1"))));
        let kept = (named.after.closed_at, named.after.expires_at, named.after.waiting_since, named.after.state_at(at(EXPIRY)));
        assert_eq!(kept, (referral.closed_at, referral.expires_at, None, S::Expired));
        assert_eq!(received(receive_on(EXPIRY, &named.after, external_id("D-1"))), Ok(None), "the same again");
        assert_eq!(received(receive_on(EXPIRY, &named.after, external_id("D-2"))), refused(Rule::IdentifierConflict));
        assert_eq!(named.after.lapse(&sweep(EXPIRY)).is_some(), referral.state != S::Expired, "what was not written down still is");
        let accepted = accept_on(EXPIRY, &named.after, AcceptOrder::default()).unwrap().unwrap();
        assert_eq!((accepted.referral.after.state, &accepted.referral.after.external_id), (S::Accepted, &Some(line("D-1"))));
        let reserved = [fault("/france_travail_id", Rule::FranceTravailIdReserved)];
        assert_eq!(wrong(receive_on(EXPIRY, &referral, france_travail_id("12345678901"))), reserved);
    }
    let in_time = receive_on(ONE_MILLISECOND_BEFORE, &placement(), ReceiptOrder::default());
    assert_eq!(received(in_time), Ok(Some((S::Received, 2, FeedEventType::Received))));
}

#[test]
fn a_late_receipt_says_how_pole_emploi_calls_the_person() {
    let action = || sent(placed(Some(300)), &towards_action(OrganisationKind::PoleEmploi));
    let lapsed = action().lapse(&sweep(EXPIRY)).unwrap().after.clone();
    for referral in [action(), standing(S::Received, action()), lapsed] {
        let receipt = receive_on(EXPIRY, &referral, france_travail_id("12345678901")).unwrap();
        let (told, identified) = (receipt.referral.unwrap(), receipt.identified.unwrap());
        assert_eq!(change(Some(&told)), Some((referral.state, referral.stamp.version + 1, FeedEventType::Updated)));
        assert_eq!(told.after.person.details.france_travail_id, "12345678901".parse().ok());
        assert_eq!(identified.after.details, told.after.person.details);
        let again = referral.receive(&answers(EXPIRY), &identified.after, france_travail_id("12345678901"), false).unwrap();
        assert!(again.referral.is_none() && again.identified.is_none(), "known by now");
        let other = referral.receive(&answers(EXPIRY), &identified.after, france_travail_id("12345678902"), false);
        assert_eq!(received(other), refused(Rule::IdentifierConflict));
    }
}

#[test]
fn pole_emploi_says_how_it_calls_the_person() {
    let receipt = receive_on(LATER, &accompaniment(), france_travail_id("12345678901")).unwrap();
    let known: Option<crate::identifier::france_travail::FranceTravailId> = "12345678901".parse().ok();
    let (referral, identified) = (receipt.referral.unwrap(), receipt.identified.unwrap());
    assert_eq!((&referral.after.person.details.france_travail_id, referral.told), (&known, FeedEventType::Received));
    assert_eq!((&identified.after.details, identified.after.id), (&Details { france_travail_id: known, ..person().details }, person().id));
    assert_eq!((identified.created, identified.after.stamp.version, identified.after.stamp.updated_at), (false, 2, at(LATER)));
    assert_eq!((identified.event.kind, identified.event.beneficiary), ("beneficiary.identified", Some(person().id)));
    assert!(identified.event.codes.is_empty(), "nothing personal");
}

#[test]
fn what_is_told_of_the_person_contradicts_nothing_that_is_known() {
    let known = |text: &str| {
        let details = Details { france_travail_id: text.parse().ok(), ..person().details };
        Beneficiary { details, ..person() }
    };
    let give = |person: &Beneficiary, referral: &Referral, text, is_taken| {
        let receipt = referral.receive(&answers(LATER), person, france_travail_id(text), is_taken)?;
        Ok((change(receipt.referral.as_ref()), receipt.identified.is_some()))
    };
    let updated = Some((S::Received, 3, FeedEventType::Updated));
    let referral = standing(S::Received, accompaniment());
    assert_eq!(give(&known("1234567A"), &referral, "1234567a", false), Ok((None, false)), "known");
    assert_eq!(give(&known("1234567A"), &referral, "12345678901", false), refused(Rule::IdentifierConflict), "the new form for the old");
    assert_eq!(give(&known("12345678901"), &referral, "12345678902", false), refused(Rule::IdentifierConflict));
    assert_eq!(give(&person(), &referral, "12345678901", true), refused(Rule::IdentifierConflict), "somebody else's");
    assert_eq!(give(&person(), &referral, "12345678901", false), Ok((updated, true)), "after the first receipt");
    let both = ReceiptOrder { external_id: Some(line("D-2")), ..france_travail_id("12345678901") };
    let named = Referral { external_id: Some(line("D-1")), ..referral };
    assert_eq!(received(receive_on(LATER, &named, both)), refused(Rule::IdentifierConflict), "all or nothing");
}

#[test]
fn only_pole_emploi_says_how_it_calls_the_person() {
    for kind in ACCOMPANY.into_iter().filter(|kind| *kind != OrganisationKind::PoleEmploi) {
        let referral = accompaniment_by(kind);
        let given = receive_on(LATER, &referral, ReceiptOrder { external_id: Some(line("D-1")), ..france_travail_id("12345678901") });
        assert_eq!(wrong(given), [fault("/france_travail_id", Rule::FranceTravailIdReserved)], "{kind}");
        assert!(receive_on(LATER, &referral, external_id("D-1")).is_ok(), "{kind}");
    }
    let of_plie = Referral { external_id: Some(line("D-1")), ..accompaniment_by(OrganisationKind::Plie) };
    let known = Beneficiary { details: Details { france_travail_id: "12345678902".parse().ok(), ..person().details }, ..person() };
    for (external_id, text, is_taken) in [(Some("D-2"), "12345678902", false), (None, "12345678901", false), (None, "12345678902", true)] {
        let order = ReceiptOrder { external_id: external_id.map(line), ..france_travail_id(text) };
        let found = wrong(of_plie.receive(&answers(LATER), &known, order, is_taken));
        assert_eq!(found, [fault("/france_travail_id", Rule::FranceTravailIdReserved)], "whatever it contradicts: {external_id:?} {text}");
    }
    let action = sent(placed(None), &towards_action(OrganisationKind::PoleEmploi));
    assert!(receive_on(LATER, &action, france_travail_id("12345678901")).unwrap().identified.is_some(), "for an action of its own too");
}
