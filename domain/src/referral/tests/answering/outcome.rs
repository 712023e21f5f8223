//! What came of it.

use super::*;

#[test]
fn an_accompaniment_is_completed_from_any_open_state() {
    for state in OPEN {
        let outcome = Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) };
        let order = ConcludeOrder { outcome: outcome.clone(), comment: Some(note("Un emploi")), ..completed("2026-11-19") };
        let done = conclude_on("2026-11-20T09:00:00.000Z", &standing(state, accompaniment()), order).unwrap().unwrap();
        assert_eq!(change(Some(&done)), Some((S::Completed, 3, FeedEventType::Completed)), "{state}");
        let after = &done.after;
        assert_eq!((after.ended_on, &after.outcome, &after.comment), (Some(day("2026-11-19")), &outcome, &Some(note("Un emploi"))));
        assert_eq!((after.closed_at, after.waiting_since, &after.reason), (Some(at("2026-11-20T09:00:00.000Z")), None, &None));
    }
}

#[test]
fn an_accompaniment_is_abandoned_with_a_reason_from_any_open_state() {
    for state in OPEN {
        let order = ConcludeOrder { outcome: Outcome { came: Some(Came::Excused), ..Outcome::default() }, ..abandoned("2026-11-18", Some("known")) };
        let done = conclude_on(LATER, &standing(state, accompaniment()), order).unwrap().unwrap();
        assert_eq!(change(Some(&done)), Some((S::Abandoned, 3, FeedEventType::Abandoned)), "{state}");
        assert_eq!((done.after.reason.clone(), done.after.ended_on), (Some(term("known")), Some(day("2026-11-18"))));
        assert_eq!((done.after.outcome.came, done.after.closed_at), (Some(Came::Excused), Some(at(LATER))));
        assert_eq!(done.event.codes, [("state", "abandoned".to_owned()), ("reason", "known".to_owned())]);
    }
}

#[test]
fn what_came_to_its_end_was_begun() {
    let came = |order| conclude_on(LATER, &accompaniment(), order).unwrap().unwrap().after.outcome.came;
    assert_eq!(came(completed("2026-11-18")), Some(Came::Yes));
    assert_eq!(came(abandoned("2026-11-18", Some("known"))), None, "of what was abandoned, that is not known");
}

#[test]
fn the_reason_is_asked_of_what_was_abandoned_alone() {
    let reason = |order| wrong(conclude_on(LATER, &accompaniment(), order));
    let misplaced = [fault("/reason", Rule::AbandonmentReason)];
    let unknown = [fault("/reason", Rule::CodeUnknown)];
    assert_eq!(reason(abandoned("2026-11-18", None)), misplaced);
    assert_eq!(reason(ConcludeOrder { reason: Some(term("known")), ..completed("2026-11-18") }), misplaced);
    assert_eq!(reason(ConcludeOrder { reason: Some(term("retired")), ..completed("2026-11-18") }), misplaced, "one fault");
    assert_eq!(reason(abandoned("2026-11-18", Some("retired"))), unknown);
    assert_eq!(reason(abandoned("2026-11-18", Some("unheard_of"))), unknown);
}

#[test]
fn an_accompaniment_ends_between_its_start_and_today() {
    let started = start_on("2026-11-25T09:00:00.000Z", &accompaniment(), "2026-11-20").unwrap().unwrap().after.clone();
    for (referral, ended_on, expected) in [
        (&started, "2026-11-19", vec![fault("/ended_on", Rule::DayTooEarly)]),
        (&started, "2026-11-20", vec![]),
        (&started, "2026-11-25", vec![]),
        (&started, "2026-11-26", vec![fault("/ended_on", Rule::DayInFuture)]),
        (&accompaniment(), "2026-11-16", vec![fault("/ended_on", Rule::DayTooEarly)]),
        (&accompaniment(), "2026-11-17", vec![]),
    ] {
        let found = wrong(conclude_on("2026-11-25T22:59:59.999Z", referral, completed(ended_on)));
        assert_eq!(found, expected, "{} on {ended_on}", referral.state);
    }
    let both = wrong(conclude_on(LATER, &accompaniment(), abandoned("2026-11-16", None)));
    assert_eq!(both, [fault("/reason", Rule::AbandonmentReason), fault("/ended_on", Rule::DayTooEarly)], "at once");
}

#[test]
fn the_same_outcome_again_changes_nothing_and_another_is_refused() {
    let known = || Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) };
    let orders = [
        ConcludeOrder { outcome: known(), ..completed("2026-11-18") },
        abandoned("2026-11-18", Some("known")),
        ConcludeOrder { comment: Some(note("Un mot")), outcome: known(), ..abandoned("2026-11-18", Some("known")) },
        ConcludeOrder { outcome: known(), ..completed("2026-11-17") },
        ConcludeOrder { outcome: Outcome { came: Some(Came::No), ..known() }, ..completed("2026-11-18") },
        ConcludeOrder { outcome: Outcome { selected: Some(false), ..known() }, ..completed("2026-11-18") },
        ConcludeOrder { outcome: Outcome { joined: Some(true), ..known() }, ..completed("2026-11-18") },
    ];
    for (place, first) in orders.iter().enumerate() {
        let done = conclude_on(LATER, &accompaniment(), first.clone()).unwrap().unwrap();
        for (other_place, other) in orders.iter().enumerate() {
            let expected = if place == other_place { Ok(None) } else { refused(Rule::ReferralAnswered) };
            assert_eq!(told(conclude_on(EXPIRY, &done.after, other.clone())), expected, "{place} then {other_place}");
        }
    }
    for state in [S::Refused, S::Cancelled] {
        assert_eq!(told(conclude_on(LATER, &standing(state, accompaniment()), completed("2026-11-18"))), refused(Rule::ReferralClosed));
    }
}

#[test]
fn a_completion_that_leaves_out_whether_the_person_came_is_idempotent_too() {
    let done = conclude_on(LATER, &accompaniment(), completed("2026-11-18")).unwrap().unwrap();
    assert_eq!(told(conclude_on(EXPIRY, &done.after, completed("2026-11-18"))), Ok(None));
}

#[test]
fn what_was_known_of_the_outcome_stays_unless_it_is_said_otherwise() {
    let unsaid = Outcome::default;
    let started = || start_on(LATER, &accompaniment(), "2026-11-18").unwrap().unwrap().after.clone();
    let known = || Referral { outcome: Outcome { came: Some(Came::Yes), selected: Some(true), joined: Some(false) }, ..started() };
    let came = |came| Outcome { came, ..unsaid() };
    let joined = Outcome { joined: Some(true), ..unsaid() };
    let (yes, no) = (Some(Came::Yes), Some(Came::No));
    let abandoned = || abandoned("2026-11-18", Some("known"));
    for (referral, order, said, expected) in [
        (started(), abandoned(), unsaid(), came(yes)),
        (started(), abandoned(), came(no), came(no)),
        (started(), completed("2026-11-18"), unsaid(), came(yes)),
        (accompaniment(), abandoned(), unsaid(), unsaid()),
        (accompaniment(), completed("2026-11-18"), joined.clone(), Outcome { came: yes, ..joined.clone() }),
        (known(), completed("2026-11-18"), unsaid(), known().outcome),
        (known(), abandoned(), unsaid(), known().outcome),
        (known(), abandoned(), joined.clone(), Outcome { joined: Some(true), ..known().outcome }),
        (known(), abandoned(), came(Some(Came::Excused)), Outcome { came: Some(Came::Excused), ..known().outcome }),
        (known(), completed("2026-11-18"), Outcome { selected: Some(false), ..unsaid() }, Outcome { selected: Some(false), ..known().outcome }),
    ] {
        let order = ConcludeOrder { outcome: said.clone(), ..order };
        let done = conclude_on(LATER, &referral, order.clone()).unwrap().unwrap();
        assert_eq!(done.after.outcome, expected, "{said:?}");
        for again in [order.clone(), ConcludeOrder { outcome: expected, ..order.clone() }, ConcludeOrder { outcome: unsaid(), ..order.clone() }] {
            assert_eq!(told(conclude_on(EXPIRY, &done.after, again)), Ok(None), "{said:?}: no more is said than is known");
        }
        let otherwise = Outcome { selected: Some(done.after.outcome.selected != Some(true)), ..said };
        assert_eq!(told(conclude_on(EXPIRY, &done.after, ConcludeOrder { outcome: otherwise, ..order })), refused(Rule::ReferralAnswered));
    }
}
