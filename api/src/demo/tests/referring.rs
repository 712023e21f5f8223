//! The demonstration's referrals, and what their receivers' feeds tell of them.

use std::collections::{BTreeSet, HashMap};

use domain::actor::ClientScope;
use domain::calendar::Day;
use domain::policy::{AnswerReferral, PullFeed, ReadReferral, Refer};
use domain::referral::{CancelOrder, Conclusion, PurposeKind, Referral, ReferralState, RefuseOrder};
use persistence::referrals::ReferralQuery;
use persistence::{feeds, referrals as stored_referrals};

use super::super::scripts::{Script, Step, To};
use super::*;

/// The referrals there are.
async fn all(db: &Db, now: Instant) -> Vec<Referral> {
    stored_referrals::list(db.read(), &reader::<ReadReferral>(now), &ReferralQuery::default(), &Listing::first(100_000)).await.unwrap().items
}

/// A machine of organisation number `n`.
fn machine(begun: &build::Begun, n: usize, kind: OrganisationKind) -> Actor {
    let (principal, organisation) = (organisations::client_id(&begun.maker(), n), organisations::id(&begun.maker(), n));
    let scopes = vec![ClientScope::ReferralsReceive, ClientScope::ReferralsAnswer];
    Actor { principal: domain::id::Id::new(principal.uuid()), standing: Standing::Client { organisation, kind, scopes } }
}

/// Everything that the feeds tell, in their order.
pub(super) async fn feeds(home: &TempDir, plan: Plan, now: &str) -> Vec<String> {
    let now = at(now);
    let db = open(home, now).await;
    let begun = build::begin(&db, plan).await.unwrap();
    let mut lines = Vec::new();
    for (n, kind, name) in organisations::all().skip(1) {
        let scope = may::<PullFeed>(&machine(&begun, n, kind), now).unwrap();
        let items = feeds::page(db.read(), &scope, 0, 100_000).await.unwrap();
        lines.extend(items.iter().map(|item| {
            let referral = serde_json::to_string(&item.referral).unwrap();
            format!("{name} {} {} {} {referral}", item.seq, item.kind, item.occurred_at)
        }));
    }
    lines
}

/// Where the steps taken by now leave a referral.
fn state(script: &Script, now: Instant) -> ReferralState {
    let taken = script.steps.iter().take_while(|(at, _)| *at <= now).last().unwrap();
    match &taken.1 {
        Step::Send => ReferralState::Sent,
        Step::Receive { .. } => ReferralState::Received,
        Step::Wait(_) => ReferralState::WaitingList,
        Step::Accept(_) | Step::Seat => ReferralState::Accepted,
        Step::Refuse { .. } => ReferralState::Refused,
        Step::Start | Step::Come => ReferralState::Started,
        Step::Cancel { .. } => ReferralState::Cancelled,
        Step::Lapse => ReferralState::Expired,
        Step::Conclude { conclusion, .. } if *conclusion == Conclusion::Completed => ReferralState::Completed,
        Step::Leave if script.guest.as_ref().unwrap().stay.reason == EndReason::Completed => ReferralState::Completed,
        Step::Conclude { .. } | Step::Leave => ReferralState::Abandoned,
    }
}

#[tokio::test]
async fn whenever_it_is_begun_every_state_occurs_and_no_feed_is_too_long() {
    let home = home();
    for month in 0..24 {
        let first: Day = "2026-01-01".parse().unwrap();
        let now = first.plus_months(month).plus_days(i64::from(month % 3) * 11).at(maker::time(1, 0));
        let db = open(&home, now).await;
        let begun = build::begin(&db, Plan::of(87)).await.unwrap();
        let pools = stays::pools(&begun.world, &people::people(&begun.world));
        let scripts = referrals::scripts(&begun.maker(), &people::people(&begun.world), &pools).unwrap();
        let made: Vec<&Script> = scripts.iter().filter(|script| script.is_made).collect();
        let steps_of = |receiver: usize| {
            let theirs = made.iter().filter(|script| matches!(script.to, To::Accompany { receiver: one, .. } if one == receiver));
            theirs.flat_map(|script| &script.steps).filter(|(at, _)| *at <= now).count()
        };
        let mut states: BTreeSet<ReferralState> = BTreeSet::new();
        for kind in [OrganisationKind::PoleEmploi, OrganisationKind::MissionLocale, OrganisationKind::CapEmploi, OrganisationKind::Plie] {
            let receiver = organisations::number(kind).unwrap();
            let expected = if kind == OrganisationKind::PoleEmploi { 400..=2_000 } else { 30..=400 };
            assert!(expected.contains(&steps_of(receiver)), "{now}: {} events of {kind}", steps_of(receiver));
        }
        let mut terms = HashMap::<_, Vec<(Instant, Instant)>>::new();
        for script in &scripts {
            assert!(script.steps.is_sorted_by(|one, next| one.0 < next.0), "{script:?}");
            let (from, to) = (script.steps.first().unwrap().0, script.steps.last().unwrap().0);
            let others = terms.entry((script.person, purpose(script))).or_default();
            assert!(others.iter().all(|(begun, ended)| to < *begun || *ended < from), "two are open for one purpose: {script:?}");
            others.push((from, to));
            if script.is_made {
                states.insert(state(script, now));
            }
        }
        assert_eq!(states.len(), ReferralState::ALL.len(), "{now}: {states:?}");
    }
}

fn purpose(script: &Script) -> Option<usize> {
    match script.to {
        To::Accompany { .. } => None,
        To::TakePart { action, .. } => Some(action),
    }
}

#[tokio::test]
async fn referrals_stand_in_every_state_and_feeds_tell_each_step() {
    let home = home();
    let text = "2026-11-18T11:00:00Z";
    let (built, now) = (start(&home, SMALL, text).await, at(text));
    let db = open(&home, now).await;
    let listed = all(&db, now).await;
    assert_eq!((built.refused, built.referrals), (0, listed.len()));
    let states: BTreeSet<ReferralState> = listed.iter().map(|referral| referral.state_at(now)).collect();
    assert_eq!(states.len(), ReferralState::ALL.len(), "{states:?}");
    assert!(listed.iter().all(|referral| referral.state == referral.state_at(now)), "what has expired is written down");
    let versions: i32 = listed.iter().map(|referral| referral.stamp.version).sum();
    assert_eq!(usize::try_from(versions).unwrap(), built.new_referral_steps, "each step is told once");
    assert_eq!(feeds(&home, SMALL, text).await.len(), built.new_referral_steps);
    // Whoever came by a referral sits in the group and is marked on its sheets.
    let seated: Vec<&Referral> = listed.iter().filter(|referral| referral.enrolment.is_some()).collect();
    assert!(seated.len() > 5 && seated.iter().any(|referral| referral.started_on.is_some()), "{}", seated.len());
    for referral in &seated {
        assert_eq!(referral.purpose.kind(), PurposeKind::Action);
        let (seat, _) = referral.enrolment.unwrap();
        let enrolment = enrolments::find(db.read(), &reader::<ReadEnrolment>(now), seat).await.unwrap().unwrap();
        assert_eq!(enrolment.referral, Some(referral.id));
    }
    let mut unmarked = HashMap::<Day, usize>::new();
    let begun = build::begin(&db, SMALL).await.unwrap();
    for session in listed_of_guests(&db, &begun, now).await {
        let date = session.slot.date;
        if session.sheet_closed_at.is_some() {
            let sheet = attendance::find(db.read(), &reader::<ReadAttendance>(now), session).await.unwrap();
            *unmarked.entry(date).or_default() += sheet.lines.iter().filter(|line| line.mark.value.status.is_none()).count();
        }
    }
    assert!(!unmarked.is_empty() && unmarked.values().all(|count| *count == 0), "{unmarked:?}");
}

/// The sessions of the group of the first association that has guests.
async fn listed_of_guests(db: &Db, begun: &build::Begun, now: Instant) -> Vec<domain::session::Session> {
    listed(db, actions::group_id(&begun.world, 1), now).await
}

#[tokio::test]
async fn a_referral_that_a_visitor_answered_or_took_back_is_left_alone() {
    let home = home();
    let (before, after) = (at("2026-11-18T11:00:00Z"), at("2027-01-15T11:00:00Z"));
    start(&home, SMALL, "2026-11-18T11:00:00Z").await;
    let db = open(&home, before).await;
    let begun = build::begin(&db, SMALL).await.unwrap();
    let known = all(&db, before).await;
    let of = |state: ReferralState| {
        let mut theirs = known.iter().filter(|one| one.receiver.kind == OrganisationKind::PoleEmploi && one.state == state);
        theirs.next_back().unwrap().clone()
    };
    let (received, accepted) = (of(ReferralState::Received), of(ReferralState::Accepted));
    let vocabulary = {
        let codes = persistence::machinery::reference::codes(db.read()).await.unwrap();
        persistence::machinery::reference::vocabulary(&codes)
    };
    let pole_emploi = machine(&begun, organisations::number(OrganisationKind::PoleEmploi).unwrap(), OrganisationKind::PoleEmploi);
    visit(&db, async |actor, w| {
        let order = RefuseOrder { reason: "no_place".parse().unwrap(), comment: None };
        let refused = received.refuse(&may::<AnswerReferral>(&pole_emploi, before).unwrap(), order, false, &vocabulary).unwrap().unwrap();
        let order = CancelOrder { reason: "person_declined".parse().unwrap(), comment: None };
        let cancelled = accepted.cancel(&may::<Refer>(actor, before).unwrap(), order, false, &vocabulary).unwrap().unwrap();
        stored_referrals::save(w, &[refused, cancelled]).await
    })
    .await;
    let built = start(&home, SMALL, "2027-01-15T11:00:00Z").await;
    assert!(built.new_referral_steps > 100 && built.refused == 0, "{built:?}");
    let db = open(&home, after).await;
    for (was, state) in [(received, ReferralState::Refused), (accepted, ReferralState::Cancelled)] {
        let is = stored_referrals::find(db.read(), &reader::<ReadReferral>(after), was.id).await.unwrap().unwrap();
        assert_eq!((is.state, is.stamp.version, is.stamp.updated_at), (state, was.stamp.version + 1, before));
    }
}
