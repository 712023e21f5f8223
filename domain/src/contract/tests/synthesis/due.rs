//! What is due next, what was said of readiness, what was sent.

use super::*;
use crate::deadline::DeadlineKind as D;
use crate::law::{CONVERSION, FULL_EMPLOYMENT, SOCIAL_REVIEW, VulnerabilityGround};
use crate::orientation::Extension;
use crate::readiness::{Readiness, ReadinessOrder};
use crate::referral::{PurposeKind, ReferralState, ReferralSummary};
use crate::text::Label;

fn due(known: Known, on: &str) -> Vec<(D, String, Option<&'static str>)> {
    known.synthesis(day(on)).deadlines.into_iter().map(|one| (one.kind, one.due_on.to_string(), one.source)).collect()
}

fn one(kind: D, on: &str, source: Option<&'static str>) -> (D, String, Option<&'static str>) {
    (kind, on.to_owned(), source)
}

fn of_new_law() -> &'static str {
    SOCIAL_REVIEW.on(FULL_EMPLOYMENT).source
}

/// An old contract over these days, as it was taken over.
fn taken_over(ends_on: &str) -> Known {
    let mut life = Life::before();
    life.draw_up(cer(), None).unwrap();
    life.conclude(0);
    let mut known = life.known();
    known.contract.period = Some(period("2024-10-01", ends_on));
    known
}

#[test]
fn a_review_and_the_end_are_due_by_the_contract_itself() {
    let known = in_december(engagement()).known();
    let expected = [one(D::ContractReview, "2027-02-17", None), one(D::ContractEnd, "2027-05-16", None)];
    assert_eq!(due(known.clone(), "2026-12-01"), expected);
    assert_eq!(due(known.clone(), "2027-05-16"), expected, "also once they have passed");
    assert_eq!(due(known, "2027-05-17"), [], "it has expired");
    let endless = in_december(Terms { months: None, ..engagement() }).known();
    assert_eq!(due(endless, "2026-12-01"), [one(D::ContractReview, "2027-02-17", None)]);
    let mut ended = in_december(engagement());
    ended.terminate(0, ended.day()).unwrap();
    assert_eq!(due(ended.known(), "2026-12-01"), []);
}

#[test]
fn r44_a_contract_of_the_old_law_is_to_be_converted_by_the_end_of_2026() {
    let conversion = one(D::ContractConversion, "2026-12-31", Some(CONVERSION.source));
    assert_eq!(due(taken_over(""), "2026-12-01"), std::slice::from_ref(&conversion));
    let (review, end) = (one(D::ContractReview, "2026-12-02", None), one(D::ContractEnd, "2027-01-01", None));
    assert_eq!(due(taken_over("2027-01-01"), "2026-12-01"), [review, conversion.clone(), end]);
    let (review, end) = (one(D::ContractReview, "2026-12-01", None), one(D::ContractEnd, "2026-12-31", None));
    assert_eq!(due(taken_over("2026-12-31"), "2026-12-01"), [review, end, conversion.clone()], "also where it ends with the old law");
    assert_eq!(due(taken_over(""), "2027-02-01"), [conversion], "and once that day has passed");
    assert!(due(in_december(engagement()).known(), "2026-12-01").iter().all(|(kind, ..)| *kind != D::ContractConversion));
}

#[test]
fn r30_r31_the_social_track_is_reviewed_6_or_12_months_after_the_last_signature() {
    let with = |life: &Life, orientation: Option<Orientation>| {
        let found = due(Known { orientation, ..life.known() }, "2026-12-01");
        found.into_iter().find(|(kind, ..)| *kind == D::SocialReview)
    };
    let social = || oriented("2026-11-02");
    let extension = Extension { grounds: vec![VulnerabilityGround::Health], on: day("2026-11-10"), by: id(1) };
    let longer = Orientation { extension: Some(extension), ..social() };
    let mut life = in_december(engagement());
    let review = |on: &str| Some(one(D::SocialReview, on, Some(of_new_law())));
    assert_eq!(with(&life, None), None);
    assert_eq!((with(&life, Some(social())), with(&life, Some(longer.clone()))), (review("2027-05-17"), review("2027-11-17")));
    let mut other = social();
    other.decision.as_mut().unwrap().accompaniment = Accompaniment::Socioprofessional;
    assert_eq!(with(&life, Some(other)), None, "of the social track alone");
    let ended = Orientation { period: Some(period("2026-11-02", "2026-11-30")), ..social() };
    assert_eq!(with(&life, Some(ended)), None);
    life.amend_on(hours(20), "2026-11-30");
    assert_eq!((with(&life, Some(social())), with(&life, Some(longer))), (review("2027-05-30"), review("2027-11-30")), "a revision restarts it");
}

#[test]
fn the_social_track_of_the_old_law_is_reviewed_from_its_first_day() {
    let known = Known { orientation: Some(oriented("2024-09-16")), ..taken_over("2025-03-31") };
    let of_old_law = SOCIAL_REVIEW.on(day("2024-09-16")).source;
    let expected = [
        one(D::ContractReview, "2025-03-01", None),
        one(D::SocialReview, "2025-03-16", Some(of_old_law)),
        one(D::ContractEnd, "2025-03-31", None),
        one(D::ContractConversion, "2026-12-31", Some(CONVERSION.source)),
    ];
    assert_eq!(due(known, "2024-12-01"), expected, "the earliest first");
}

#[test]
fn readiness_is_what_was_last_said_of_it_by_the_day() {
    let said = |n, able, on: &str| {
        let about = ReadinessOrder { able, reasons: Vec::new(), comment: None, assessed_on: day(on) };
        Readiness { id: id(n), beneficiary: beneficiary(0).id, about, by: id(1), stamp: stamp() }
    };
    let known = Known { readiness: vec![said(1, false, "2026-11-10"), said(2, true, "2026-12-01")], ..in_december(engagement()).known() };
    let able = |on: &str| known.clone().synthesis(day(on)).readiness.map(|one| one.about.able);
    assert_eq!([able("2026-11-09"), able("2026-11-30"), able("2026-12-01")], [None, Some(false), Some(true)]);
}

#[test]
fn referrals_are_those_sent_within_the_contract_by_the_day_in_paris() {
    let sent = |n, sent_at: &str| ReferralSummary {
        id: id(n),
        organisation: organisation(K::Association).id,
        organisation_name: Label::stored("Les Ateliers de la Vienne".to_owned()),
        purpose: PurposeKind::Action,
        accompaniment: None,
        action: Some(action().id),
        state: ReferralState::Sent,
        sent_at: at(sent_at),
        closed_at: None,
    };
    let referrals = vec![
        sent(1, "2026-11-16T22:59:59.999Z"),
        sent(2, "2026-11-16T23:00:00.000Z"),
        sent(3, "2026-12-01T22:59:59.999Z"),
        sent(4, "2026-12-01T23:00:00.000Z"),
    ];
    let found = Known { referrals, ..in_december(engagement()).known() }.synthesis(day("2026-12-01"));
    assert_eq!(found.referrals.iter().map(|one| one.id.uuid().as_u128()).collect::<Vec<_>>(), [2, 3]);
}
