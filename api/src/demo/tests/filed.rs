//! What stands in people's files: rights, barriers, milestones, interventions; and who waits for a seat.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::barrier::{Barrier, BarrierKind, Resolution};
use domain::calendar::Day;
use domain::intervention::{Framework, Intervention, Moment};
use domain::milestone::Milestone;
use domain::policy::{ManageBarrier, ReadBarrier, ReadBeneficiary, ReadIntervention, ReadMilestone, ReadReferral, ReadRsaRight};
use domain::referral::{Referral, ReferralState};
use domain::rsa_right::RsaRight;
use persistence::beneficiaries::BeneficiaryQuery;
use persistence::referrals::{self as stored_referrals, ReferralQuery};
use persistence::{beneficiaries, pieces};

use super::*;

/// Everything that stands in the files.
struct Filed {
    rights: Vec<RsaRight>,
    barriers: Vec<Barrier>,
    milestones: Vec<Milestone>,
    interventions: Vec<Intervention>,
}

async fn filed(db: &Db, now: Instant) -> Filed {
    Filed {
        rights: pieces::everybodys(db.read(), &reader::<ReadRsaRight>(now)).await.unwrap(),
        barriers: pieces::everybodys(db.read(), &reader::<ReadBarrier>(now)).await.unwrap(),
        milestones: pieces::everybodys(db.read(), &reader::<ReadMilestone>(now)).await.unwrap(),
        interventions: pieces::everybodys(db.read(), &reader::<ReadIntervention>(now)).await.unwrap(),
    }
}

/// All of it in words, in the order of the ids. What goes with a stay is told of those alone that end in the window: others are made or
/// not with the stay itself.
pub(super) async fn told(home: &TempDir, plan: Plan, now: &str) -> Vec<String> {
    let now = at(now);
    let db = open(home, now).await;
    let begun = build::begin(&db, plan).await.unwrap();
    let mut recent = HashSet::new();
    for (n, _) in actions::meetings(&begun.world) {
        let group = actions::group_id(&begun.world, n);
        let enrolled = enrolments::list(db.read(), &reader::<ReadEnrolment>(now), group, &Listing::first(10_000)).await.unwrap().items;
        recent.extend(enrolled.iter().filter(|one| one.end.is_none_or(|(day, _)| day >= begun.world.window())).map(|one| one.id));
    }
    let Filed { rights, barriers, milestones, interventions } = filed(&db, now).await;
    let mut lines: Vec<String> = rights
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {:?} {:?} {:?} {}",
                one.id, one.beneficiary, one.entered_on, one.end, one.transferred_from, one.duties, one.stamp.version
            )
        })
        .collect();
    lines.extend(barriers.iter().map(|one| format!("{} {} {:?} {:?} {}", one.id, one.beneficiary, one.about, one.resolution, one.stamp.version)));
    lines.extend(milestones.iter().map(|one| format!("{} {} {:?}", one.id, one.beneficiary, one.about)));
    let told = interventions.iter().filter(|one| one.about.enrolment.is_none_or(|enrolment| recent.contains(&enrolment)));
    lines.extend(told.map(|one| format!("{} {} {:?} {:?}", one.id, one.beneficiary, one.by, one.about)));
    lines.sort();
    lines
}

/// Whether somebody has had their right for four years.
fn is_long(right: &RsaRight, now: Day) -> bool {
    right.entered_on.plus_months(48) <= now
}

#[tokio::test]
async fn files_have_of_everything_as_the_programme_describes_its_people() {
    let (home, text) = (home(), "2026-11-22T11:00:00Z");
    let plan = Plan { people: 1_500, ..SMALL };
    let (built, now) = (start(&home, plan, text).await, at(text));
    assert_eq!((built.people, built.refused), (1_500, 0));
    let db = open(&home, now).await;
    let Filed { rights, barriers, milestones, interventions } = filed(&db, now).await;
    let people =
        beneficiaries::list(db.read(), &reader::<ReadBeneficiary>(now), &BeneficiaryQuery::default(), &Listing::first(10_000)).await.unwrap();
    assert!(people.items.iter().filter(|person| person.household.is_some()).count() > 1_300);

    let open: Vec<&RsaRight> = rights.iter().filter(|right| right.end.is_none()).collect();
    let subject = open.iter().filter(|right| right.subject_since().is_some()).count();
    assert!((1_000..=1_350).contains(&open.len()) && (85..=97).contains(&(100 * subject / open.len())), "{} {subject}", open.len());
    let mut episodes = HashMap::<_, usize>::new();
    for right in &rights {
        *episodes.entry(right.beneficiary).or_default() += 1;
    }
    assert!(episodes.values().filter(|count| **count > 1).count() > 300, "some have had several");
    let reasons: BTreeSet<&str> = rights.iter().filter_map(|right| right.end.as_ref()).map(|(_, reason)| &**reason).collect();
    assert!(reasons.len() >= 5, "{reasons:?}");

    let kinds: BTreeMap<BarrierKind, usize> =
        BarrierKind::ALL.iter().map(|kind| (*kind, barriers.iter().filter(|barrier| barrier.about.kind == *kind).count())).collect();
    assert!(kinds.values().all(|count| *count > 40), "{kinds:?}");
    assert!(barriers.iter().all(|barrier| barrier.about.kind != BarrierKind::Health || barrier.about.note.is_none()));
    let resolved = barriers.iter().filter(|barrier| barrier.resolution.is_some()).count();
    assert!((25..=60).contains(&(100 * resolved / barriers.len())), "{resolved} of {}", barriers.len());

    let came: BTreeSet<&str> = milestones.iter().map(|milestone| &*milestone.about.kind).collect();
    assert!(came.len() >= 7 && (200..=2_000).contains(&milestones.len()), "{came:?} {}", milestones.len());

    assert!((3_000..=12_000).contains(&interventions.len()), "{}", interventions.len());
    let general = interventions.iter().filter(|one| one.about.framework == Framework::SectorGeneralPractice).count();
    assert!((25..=60).contains(&(100 * general / interventions.len())), "{general}");
    let moments: BTreeSet<Moment> = interventions.iter().filter_map(|one| one.about.moment).collect();
    assert_eq!(moments.len(), Moment::ALL.len());
    assert!(interventions.iter().all(|one| one.about.enrolment.is_none() == one.about.moment.is_none()));
    assert!(interventions.iter().filter(|one| one.about.note.is_some()).count() < interventions.len() / 10, "notes are few");
    assert!(built.example.is_some());
}

#[tokio::test]
async fn whenever_it_is_begun_two_recipients_in_five_have_been_so_for_four_years() {
    let home = home();
    for now in ["2026-11-22T02:00:00Z", "2027-08-31T02:00:00Z", "2028-12-31T02:00:00Z"] {
        let db = open(&home, at(now)).await;
        let begun = build::begin(&db, Plan::of(87)).await.unwrap();
        let today = at(now).day();
        let rights = people::people(&begun.world).iter().flat_map(|person| rights::rights(&begun.world, person)).collect::<Vec<_>>();
        let open: Vec<_> = rights.iter().filter(|right| (right.entered_on..=right.left_on).contains(&today)).collect();
        let long = open.iter().filter(|right| right.entered_on.plus_months(48) <= today).count();
        assert!((36..=42).contains(&(100 * long / open.len())), "{now}: {long} of {}", open.len());
    }
}

/// What had come to pass at a moment, as one tells it at a later one, in words.
async fn invented(now: Instant, told_at: Instant) -> Vec<String> {
    let home = home();
    let db = open(&home, told_at).await;
    let begun = build::begin(&db, Plan::of(87)).await.unwrap();
    let people = people::people(&begun.world);
    let pools = stays::pools(&begun.world, &people);
    let stays: Vec<_> = actions::meetings(&begun.world)
        .flat_map(|(n, meeting)| stays::stays(&begun.world, n, meeting, &pools[n]).into_iter().map(move |stay| (meeting.action, stay)))
        .collect();
    let mut stays: Vec<_> = stays.iter().map(|(action, stay)| (*action, stay)).collect();
    stays.sort_by_key(|(_, stay)| (stay.enrolled_at, stay.id));
    let mut lines = Vec::new();
    for life in files::lives(&begun.maker(), &people, &stays) {
        for right in &life.rights {
            lines.extend(right.steps.iter().filter(|(at, _)| *at <= now).map(|(at, step)| format!("{} {at} {step:?} {}", right.id, right.left_on)));
        }
        lines.extend(life.barriers.iter().filter(|one| one.opened_at <= now).map(|one| format!("{one:?}")));
        lines.extend(life.interventions.iter().filter(|one| one.at <= now).map(|one| format!("{one:?}")));
        // One that follows from a right is told once the right is known, some days after it began.
        let settled = now.plus(chrono::TimeDelta::days(-40));
        lines.extend(life.milestones.iter().filter(|one| one.at <= settled).map(|one| format!("{one:?}")));
    }
    lines
}

#[tokio::test]
async fn what_has_come_to_pass_is_the_same_whenever_one_tells_it() {
    let now = at("2026-11-22T11:00:00Z");
    let told = invented(now, now).await;
    assert!(told.len() > 10_000, "{}", told.len());
    for later in ["2026-11-30T11:00:00Z", "2027-03-01T11:00:00Z", "2028-11-01T11:00:00Z"] {
        assert_same(&told, &invented(now, at(later)).await);
    }
}

#[tokio::test]
async fn two_or_three_people_always_wait_for_a_seat_of_the_full_group() {
    let (extended, anew) = (home(), home());
    // Extended over weeks, and begun as a quarter begins.
    for (home, now) in [(&extended, "2026-11-22T11:00:00Z"), (&extended, "2026-12-31T22:00:00Z"), (&anew, "2027-01-04T06:00:00Z")] {
        assert_eq!(start(home, SMALL, now).await.refused, 0);
        let db = open(home, at(now)).await;
        let begun = build::begin(&db, SMALL).await.unwrap();
        let full = actions::group_id(&begun.world, waiting::FULL);
        let listed = stored_referrals::list(db.read(), &reader::<ReadReferral>(at(now)), &ReferralQuery::default(), &Listing::first(100_000)).await;
        let waits = |one: &&Referral| one.purpose.group() == Some(full) && one.state == ReferralState::WaitingList;
        let waiting = listed.unwrap().items.iter().filter(waits).count();
        assert!((2..=3).contains(&waiting), "{now}: {waiting}");
        let row = groups::find(db.read(), &reader::<domain::policy::ReadGroup>(at(now)), full).await.unwrap().unwrap();
        let enrolled = enrolments::list(db.read(), &reader::<ReadEnrolment>(at(now)), full, &Listing::first(10_000)).await.unwrap().items;
        let seated = enrolled.iter().filter(|one| one.end.is_none()).count();
        assert_eq!(i32::try_from(seated).unwrap(), row.group.about.capacity, "no seat is free");
    }
}

#[tokio::test]
async fn what_a_visitor_wrote_into_a_file_is_left_alone() {
    let home = home();
    let (before, after) = (at("2026-11-18T11:00:00Z"), at("2027-06-15T11:00:00Z"));
    start(&home, SMALL, "2026-11-18T11:00:00Z").await;
    let db = open(&home, before).await;
    let begun = build::begin(&db, SMALL).await.unwrap();
    let vocabulary = {
        let codes = persistence::machinery::reference::codes(db.read()).await.unwrap();
        persistence::machinery::reference::vocabulary(&codes)
    };
    let Filed { barriers, .. } = filed(&db, before).await;
    // One that the demonstration resolves in the months to come.
    let everybody = people::people(&begun.world);
    let due: Vec<_> = everybody
        .iter()
        .flat_map(|person| barriers::barriers(&begun.world, person, &[]))
        .filter(|script| script.resolved.is_some_and(|(_, _, at)| before < at && at < after))
        .collect();
    let (mine, theirs) = (barriers.iter().find(|one| one.id == due[0].id).unwrap(), due[1].id);
    let person = beneficiaries::find(db.read(), &reader::<ReadBeneficiary>(before), mine.beneficiary).await.unwrap().unwrap();
    visit(&db, async |actor, w| {
        let order = Resolution { resolved_on: before.day(), outcome: "taken_over".parse().unwrap() };
        let resolved = mine.resolve(&may::<ManageBarrier>(actor, before).unwrap(), &person, order, &vocabulary).unwrap().unwrap();
        pieces::save(w, &resolved).await
    })
    .await;
    let built = start(&home, SMALL, "2027-06-15T11:00:00Z").await;
    assert!(built.new_entries > 100 && built.refused == 0, "{built:?}");
    let db = open(&home, after).await;
    let Filed { barriers, rights, .. } = filed(&db, after).await;
    let of = |id| barriers.iter().find(|one| one.id == id).unwrap();
    assert_eq!(of(mine.id).resolution.as_ref().map(|one| (one.resolved_on, &*one.outcome)), Some((before.day(), "taken_over")));
    assert!(of(theirs).resolution.is_some());
    assert!(rights.iter().filter(|right| right.end.is_none()).any(|right| is_long(right, after.day())));
}
