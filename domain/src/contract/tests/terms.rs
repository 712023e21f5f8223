//! What terms may say, what they lack, and when they end.

use super::*;

fn check(terms: &Terms) -> Vec<(String, Rule)> {
    let (life, mut found) = (Life::today(), crate::refusal::Faults::default());
    terms.check(life.day(), &life.named(), None, &mut found);
    found.into_result().map_or_else(faults, |()| Vec::new())
}

fn exemption() -> Exemption {
    Exemption { ground: ExemptionGround::Health, requested_on: day("2026-11-10"), evidence_seen: true, until: None }
}

/// Without hours, and exempt from them.
fn exempt(exemption: Exemption) -> Terms {
    Terms { weekly_hours: None, exemption: Some(exemption), ..engagement() }
}

fn with(commitment: Commitment) -> Terms {
    Terms { commitments: vec![commitment], ..engagement() }
}

#[test]
fn the_last_day_is_the_eve_of_the_same_day_so_many_months_later() {
    let ends_on = |starts_on: &str, months| Terms { starts_on: day(starts_on), months: Some(months), ..engagement() }.ends_on().unwrap();
    for (starts_on, months, end) in [
        ("2026-11-17", 6, "2027-05-16"),
        ("2027-01-01", 3, "2027-03-31"),
        ("2026-08-31", 6, "2027-02-27"),
        ("2027-08-31", 6, "2028-02-28"),
        ("2027-08-29", 6, "2028-02-28"),
        ("2026-11-30", 3, "2027-02-27"),
        ("2027-11-30", 3, "2028-02-28"),
        ("2028-02-29", 12, "2029-02-27"),
        ("2028-02-29", 3, "2028-05-28"),
        ("2027-03-01", 12, "2028-02-29"),
        ("2026-12-31", 9, "2027-09-29"),
    ] {
        assert_eq!(ends_on(starts_on, months), day(end), "{starts_on} and {months} months");
    }
    assert_eq!(Terms { months: None, ..engagement() }.ends_on(), None);
}

#[test]
fn what_is_complete_has_no_fault() {
    assert_eq!(check(&engagement()), []);
    assert_eq!(check(&cer()), []);
    let nothing = Terms { objectives: Vec::new(), commitments: Vec::new(), months: None, review_on: None, assessed_on: None, ..engagement() };
    assert_eq!(check(&nothing), [], "a draft may lack anything");
}

#[test]
fn r40_a_contract_lasts_3_6_9_or_12_months() {
    for months in [i32::MIN, -3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 24, 4_000_000, i32::MAX] {
        let expected = if [3, 6, 9, 12].contains(&months) { vec![] } else { vec![fault("/months", Rule::OutOfBounds)] };
        assert_eq!(check(&Terms { months: Some(months), review_on: None, ..engagement() }), expected, "{months}");
    }
}

#[test]
fn a_review_lies_after_the_first_day_and_not_after_the_last() {
    let reviewed = |on: &str, months| check(&Terms { review_on: Some(day(on)), months, ..engagement() });
    let beside = [fault("/review_on", Rule::OutsideContract)];
    assert_eq!(reviewed("2026-11-17", Some(6)), beside);
    assert_eq!(reviewed("2026-11-18", Some(6)), []);
    assert_eq!(reviewed("2027-05-16", Some(6)), []);
    assert_eq!(reviewed("2027-05-17", Some(6)), beside);
    assert_eq!(reviewed("2027-05-17", None), []);
}

#[test]
fn the_assessment_was_made_today_at_the_latest() {
    let assessed = |on: &str| check(&Terms { assessed_on: Some(day(on)), ..engagement() });
    assert_eq!(assessed("2026-11-17"), []);
    assert_eq!(assessed("2026-11-18"), [fault("/assessed_on", Rule::DayInFuture)]);
}

#[test]
fn r46_hours_lie_between_1_and_35_and_fewer_than_15_have_a_reason() {
    let (bounds, why) = (fault("/weekly_hours", Rule::OutOfBounds), fault("/hours_reason", Rule::JustificationRequired));
    for (hours, expected) in [
        (-1, vec![bounds.clone(), why.clone()]),
        (0, vec![bounds.clone(), why.clone()]),
        (1, vec![why.clone()]),
        (14, vec![why]),
        (15, vec![]),
        (35, vec![]),
        (36, vec![bounds.clone()]),
    ] {
        assert_eq!(check(&Terms { weekly_hours: Some(hours), ..engagement() }), expected, "{hours}");
    }
    let explained = |hours| check(&Terms { weekly_hours: Some(hours), hours_reason: Some(note("Un enfant à garder.")), ..engagement() });
    assert_eq!(explained(1), []);
    assert_eq!(explained(0), std::slice::from_ref(&bounds), "never none without an exemption");
    let of_old_law = |hours| check(&Terms { weekly_hours: Some(hours), ..cer() });
    assert_eq!([of_old_law(1), of_old_law(36)], [vec![], vec![bounds]], "the old law knew no floor");
}

#[test]
fn r47_an_exemption_is_asked_for_and_stands_instead_of_hours() {
    assert_eq!(check(&exempt(exemption())), []);
    let both = Terms { weekly_hours: Some(15), ..exempt(exemption()) };
    assert_eq!(check(&both), [fault("/exemption/ground", Rule::HoursAndExemption)]);
    let late = Exemption { requested_on: day("2026-11-18"), ..exemption() };
    assert_eq!(check(&exempt(late)), [fault("/exemption/requested_on", Rule::DayInFuture)]);
    let until = |on: &str| check(&exempt(Exemption { until: Some(day(on)), ..exemption() }));
    assert_eq!(until("2026-11-16"), [fault("/exemption/until", Rule::DayTooEarly)]);
    assert_eq!(until("2026-11-17"), []);
}

#[test]
fn there_are_not_too_many_objectives_commitments_and_barriers() {
    let objectives = |count: usize| (0..count).map(|n| objective(&format!("o{n}"))).collect();
    let commitments = |count: usize| (0..count).map(|n| commitment(&format!("c{n}"))).collect();
    let full = |more: usize| {
        let mut life = Life::today();
        life.barriers = (0..40).map(barrier).collect();
        let barrier_ids = life.barriers.iter().take(30 + more).map(|one| one.id).collect();
        let terms = Terms { objectives: objectives(20 + more), commitments: commitments(30 + more), barrier_ids, ..engagement() };
        life.draw_up(terms, None).map_or_else(faults, |()| Vec::new())
    };
    assert_eq!(full(0), []);
    assert_eq!(full(1), ["/objectives", "/commitments", "/barrier_ids"].map(|field| fault(field, Rule::TooManyItems)));
}

#[test]
fn each_key_stands_once_and_themes_are_of_their_list() {
    let objectives = vec![objective("work"), objective("work"), Objective { theme: term("luck"), ..objective("home") }];
    let found = check(&Terms { objectives, commitments: vec![commitment("work"), commitment("work")], ..engagement() });
    let (twice, unknown) = (Rule::DuplicateItem, Rule::CodeUnknown);
    assert_eq!(found, [fault("/objectives/1/key", twice), fault("/objectives/2/theme", unknown), fault("/commitments/1/key", twice)]);
    let retired = Terms { objectives: vec![Objective { theme: term("retired"), ..objective("work") }], ..engagement() };
    assert_eq!(check(&retired), [fault("/objectives/0/theme", unknown)]);
}

#[test]
fn a_commitment_names_what_there_is() {
    let one = || commitment("workshop");
    let whole = Commitment {
        objective: Some(term("work")),
        organisation_id: Some(organisation(K::Association).id),
        action_id: Some(action().id),
        barrier_id: Some(barrier(1).id),
        ..one()
    };
    assert_eq!(check(&with(whole)), []);
    for (field, rule, wrong) in [
        ("objective", Rule::ObjectiveUnknown, Commitment { objective: Some(term("home")), ..one() }),
        ("organisation_id", Rule::OrganisationUnknown, Commitment { organisation_id: Some(id(999)), ..one() }),
        ("action_id", Rule::ActionUnknown, Commitment { action_id: Some(id(999)), ..one() }),
        ("barrier_id", Rule::BarrierUnknown, Commitment { barrier_id: Some(barrier(2).id), ..one() }),
    ] {
        assert_eq!(check(&with(wrong)), [fault(&format!("/commitments/0/{field}"), rule)]);
    }
}

#[test]
fn a_commitment_is_due_within_the_contract() {
    let due = |on: &str, months| check(&Terms { months, ..with(Commitment { due_on: Some(day(on)), ..commitment("workshop") }) });
    let beside = [fault("/commitments/0/due_on", Rule::OutsideContract)];
    assert_eq!(due("2026-11-16", Some(6)), beside);
    assert_eq!(due("2026-11-17", Some(6)), []);
    assert_eq!(due("2027-05-16", Some(6)), []);
    assert_eq!(due("2027-05-17", Some(6)), beside);
    assert_eq!(due("2030-01-01", None), []);
}

#[test]
fn barriers_are_the_person_s_own_and_each_stands_once() {
    let ids = vec![barrier(1).id, barrier(1).id, barrier(2).id];
    let found = check(&Terms { barrier_ids: ids, ..engagement() });
    assert_eq!(found, [fault("/barrier_ids/1", Rule::DuplicateItem), fault("/barrier_ids/2", Rule::BarrierUnknown)]);
}

#[test]
fn what_is_missing_depends_on_the_law_of_the_contract() {
    use Missing as M;
    let empty = |starts_on: &str| Terms {
        starts_on: day(starts_on),
        months: None,
        review_on: None,
        assessed_on: None,
        weekly_hours: None,
        objectives: Vec::new(),
        commitments: Vec::new(),
        ..engagement()
    };
    let of_old_law = empty("2024-12-31").missing(ContractKind::Cer, false);
    assert_eq!(of_old_law, [M::Objective, M::Commitment, M::Duration, M::Readiness]);
    let of_new_law = empty("2025-01-01").missing(ContractKind::EngagementContract, false);
    assert_eq!(of_new_law, [M::Objective, M::Commitment, M::ReviewDay, M::Assessment, M::Hours, M::Readiness]);
    assert_eq!(cer().missing(ContractKind::Cer, true), []);
    assert_eq!(engagement().missing(ContractKind::EngagementContract, true), []);
    let endless = Terms { months: None, ..engagement() };
    assert_eq!(endless.missing(ContractKind::EngagementContract, true), [], "an engagement contract may have no end");
    let unseen = exempt(Exemption { evidence_seen: false, ..exemption() });
    assert_eq!(unseen.missing(ContractKind::EngagementContract, true), [M::Evidence]);
    assert_eq!(exempt(exemption()).missing(ContractKind::EngagementContract, true), []);
}

#[test]
fn r45_nothing_is_missing_of_what_was_submitted_or_is_not_open() {
    let mut life = Life::today();
    life.draw_up(Terms { assessed_on: None, ..engagement() }, None).unwrap();
    assert_eq!(life.last().missing(true), [Missing::Assessment]);
    life.edit(0, engagement()).unwrap();
    assert_eq!(life.last().missing(false), [Missing::Readiness]);
    life.submit(0).unwrap();
    assert_eq!(life.last().missing(false), []);
    life.sign_both(0, life.day()).unwrap();
    life.validate(0, None).unwrap();
    assert_eq!(life.last().missing(false), []);
    life.amend(0, Terms { objectives: Vec::new(), ..engagement() }).unwrap();
    assert_eq!(life.last().missing(true), [Missing::Objective]);
}
