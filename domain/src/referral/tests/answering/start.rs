//! An accompaniment starts.

use super::*;

#[test]
fn an_accompaniment_starts_from_any_open_state() {
    for state in [S::Sent, S::Received, S::WaitingList, S::Accepted] {
        let started = start_on("2026-11-20T09:00:00.000Z", &standing(state, accompaniment()), "2026-11-19").unwrap().unwrap();
        assert_eq!(change(Some(&started)), Some((S::Started, 3, FeedEventType::Started)), "{state}");
        let after = &started.after;
        assert_eq!((after.started_on, after.closed_at, after.waiting_since), (Some(day("2026-11-19")), None, None));
        assert_eq!(after.outcome, Outcome { came: Some(Came::Yes), ..Outcome::default() }, "what starts, the person came to");
    }
}

#[test]
fn an_accompaniment_starts_between_the_day_it_was_sent_and_today() {
    for (when, on, expected) in [
        ("2026-11-18T22:59:59.999Z", "2026-11-18", vec![]),
        ("2026-11-18T22:59:59.999Z", "2026-11-19", vec![fault("/started_on", Rule::DayInFuture)]),
        ("2026-11-18T23:00:00.000Z", "2026-11-19", vec![]),
        (LATER, "2026-11-17", vec![]),
        (LATER, "2026-11-16", vec![fault("/started_on", Rule::DayTooEarly)]),
    ] {
        assert_eq!(wrong(start_on(when, &accompaniment(), on)), expected, "{on} at {when}");
    }
    let sent_after_midnight = Referral { sent_at: at("2026-11-17T23:00:00.000Z"), ..accompaniment() };
    assert_eq!(wrong(start_on(LATER, &sent_after_midnight, "2026-11-17")), [fault("/started_on", Rule::DayTooEarly)]);
}

#[test]
fn the_same_start_again_changes_nothing_and_another_is_refused() {
    let started = start_on(LATER, &accompaniment(), "2026-11-18").unwrap().unwrap();
    assert_eq!(told(start_on(EXPIRY, &started.after, "2026-11-18")), Ok(None));
    assert_eq!(told(start_on(EXPIRY, &started.after, "2026-11-19")), refused(Rule::ReferralAnswered));
    for state in CLOSED {
        assert_eq!(told(start_on(LATER, &standing(state, accompaniment()), "2026-11-18")), refused(Rule::ReferralClosed), "{state}");
    }
}

#[test]
fn start_and_end_of_an_action_follow_its_sheets_and_its_enrolment() {
    for state in S::ALL {
        for referral in [standing(*state, placement()), standing(*state, placement_anywhere())] {
            for when in [LATER, EXPIRY] {
                assert_eq!(told(start_on(when, &referral, "2026-11-18")), refused(Rule::FollowsEnrolment), "{state}");
                assert_eq!(told(conclude_on(when, &referral, completed("2026-11-18"))), refused(Rule::FollowsEnrolment), "{state}");
                let early = abandoned("2000-01-01", None);
                assert_eq!(told(conclude_on(when, &referral, early)), refused(Rule::FollowsEnrolment), "{state}: state comes before rules");
            }
        }
    }
}
