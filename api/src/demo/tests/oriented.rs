//! Who is oriented, towards what and when; how many places there are; and what is due.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::accompaniment::Accompaniment;
use domain::beneficiary::Beneficiary;
use domain::contract::{Contract, ContractState};
use domain::deadline::DeadlineKind;
use domain::id::Id;
use domain::law;
use domain::orientation::{DecidedBy, Orientation, OrientationState};
use domain::policy::{CloseOrientation, PrepareOrientation, ReadContract, ReadDeadline, ReadOrientation, ReadPlace, ReadReferral, ReadRsaRight};
use domain::referral::{Purpose, Referral};
use domain::rsa_right::RsaRight;
use persistence::deadlines::{self, DeadlineQuery, Due};
use persistence::referrals::{self as stored_referrals, ReferralQuery};
use persistence::{pieces, places as stored_places};

use super::*;

async fn all(db: &Db, now: Instant) -> Vec<Orientation> {
    pieces::everybodys(db.read(), &reader::<ReadOrientation>(now)).await.unwrap()
}

async fn rights(db: &Db, now: Instant) -> HashMap<Id<RsaRight>, RsaRight> {
    let all: Vec<RsaRight> = pieces::everybodys(db.read(), &reader::<ReadRsaRight>(now)).await.unwrap();
    all.into_iter().map(|right| (right.id, right)).collect()
}

async fn referrals_by_id(db: &Db, now: Instant) -> HashMap<Id<Referral>, Referral> {
    let listed = stored_referrals::list(db.read(), &reader::<ReadReferral>(now), &ReferralQuery::default(), &Listing::first(100_000)).await;
    listed.unwrap().items.into_iter().map(|referral| (referral.id, referral)).collect()
}

/// What the rules must hold whenever one looks: one in force at most, whom a referral told where it is of another organisation, and never
/// more people than places.
async fn assert_sound(db: &Db, now: Instant) {
    let (all, referrals) = (all(db, now).await, referrals_by_id(db, now).await);
    let mut engaged = HashSet::new();
    for one in all.iter().filter(|one| one.is_in_force()) {
        assert!(engaged.insert(one.beneficiary), "two in force: {one:?}");
        let decision = one.decision.as_ref().unwrap();
        let told = one.referral.map(|id| &referrals[&id]).map(|referral| (referral.receiver.id, referral.purpose.clone()));
        let external = (decision.organisation, Purpose::Accompaniment(decision.accompaniment));
        assert_eq!(told, (decision.kind != OrganisationKind::Department).then_some(external), "{one:?}");
    }
    assert!(!all.iter().any(Orientation::is_waiting), "nobody needs to wait");
    let places = stored_places::list(db.read(), &reader::<ReadPlace>(now), Some(Accompaniment::Socioprofessional), &Listing::first(100)).await;
    let rooms: Vec<_> = places.unwrap().items.into_iter().map(|one| one.room).collect();
    assert_eq!(rooms.iter().filter_map(|room| room.places).sum::<i64>(), 840);
    assert!(rooms.len() == 3 && rooms.iter().all(|room| room.free().unwrap() > 0), "{rooms:?}");
}

#[tokio::test]
async fn most_who_are_subject_to_the_duties_are_oriented_in_time_and_a_day_s_work_is_left() {
    let (home, text) = (home(), "2026-11-22T11:00:00Z");
    let (built, now) = (start(&home, Plan { groups: 1, ..Plan::of(87) }, text).await, at(text));
    assert_eq!(built.refused, 0);
    let db = open(&home, now).await;
    assert_sound(&db, now).await;
    let (all, rights) = (all(&db, now).await, rights(&db, now).await);
    let states: BTreeMap<OrientationState, usize> =
        OrientationState::ALL.iter().map(|state| (*state, all.iter().filter(|one| one.state == *state).count())).collect();
    assert!(states.values().all(|count| *count >= 3), "{states:?}");
    let subject: HashSet<Id<Beneficiary>> =
        rights.values().filter(|right| right.end.is_none() && right.subject_since().is_some()).map(|right| right.beneficiary).collect();
    let in_force: Vec<_> = all.iter().filter(|one| one.is_in_force()).collect();
    let oriented = in_force.iter().filter(|one| subject.contains(&one.beneficiary)).count();
    assert!((900..=1_300).contains(&subject.len()) && (92..=98).contains(&(100 * oriented / subject.len())), "{oriented} of {}", subject.len());
    let of = |accompaniment| {
        let count = in_force.iter().filter(|one| one.decision.as_ref().unwrap().accompaniment == accompaniment).count();
        100 * count / in_force.len()
    };
    let shares = [of(Accompaniment::Social), of(Accompaniment::Socioprofessional), of(Accompaniment::CommonLaw)];
    assert!((45..=58).contains(&shares[0]) && (30..=42).contains(&shares[1]) && (7..=25).contains(&shares[2]), "{shares:?}");
    let first = in_force.iter().filter(|one| one.former.is_none());
    let in_time = first.clone().filter(|one| {
        let right = &rights[&one.right.unwrap()];
        let clock = right.orientation_clock().unwrap();
        one.decision.as_ref().unwrap().on <= law::orientation_due(clock).on
    });
    assert!((68..=90).contains(&(100 * in_time.count() / first.clone().count())));
    let by_default = first.filter(|one| one.decision.as_ref().unwrap().decided_by == DecidedBy::FranceTravail).count();
    assert!(by_default > 0, "France Travail decided some in the département's stead");
    let referents: HashSet<_> = all.iter().filter_map(|one| one.acceptance?.referent).collect();
    assert!(referents.len() > 20, "{}", referents.len());
    assert!(all.iter().all(|one| one.opened_on <= now.day() && one.stamp.created_at <= one.stamp.updated_at && one.stamp.updated_at <= now));

    let (organisation, kind) = (organisations::id(&build::begin(&db, SMALL).await.unwrap().maker(), 0), OrganisationKind::Department);
    let standing = Standing::Professional { organisation, kind, role: Role::Manager };
    let manager = Actor { principal: Id::new(uuid::Uuid::nil()), standing };
    let (read, settings) = (may::<ReadDeadline>(&manager, now).unwrap(), domain::settings::Settings::default());
    let due = deadlines::list(db.read(), &read, &DeadlineQuery::default(), &settings, &Listing::first(10_000)).await.unwrap().items;
    let due_of = |kind: DeadlineKind| due.iter().filter(|one| one.kind == kind).collect::<Vec<_>>();
    let (orient, review) = (due_of(DeadlineKind::Orientation), due_of(DeadlineKind::SocialReview));
    assert!((10..=80).contains(&orient.len()) && (150..=450).contains(&review.len()), "{} {}", orient.len(), review.len());
    for kind in [DeadlineKind::SocialReview, DeadlineKind::ContractSignature, DeadlineKind::ContractReview, DeadlineKind::ContractEnd] {
        let is_over = |due: &&Due| due.due_on < now.day();
        assert!(due_of(kind).into_iter().any(|due| is_over(&due)) && !due_of(kind).iter().all(is_over), "{kind}: some are over, some are to come");
    }
    assert!(due_of(DeadlineKind::ContractConversion).len() > 10, "contracts of the old law that nobody renewed");
    let contracts = pieces::everybodys::<Contract, _>(db.read(), &may::<ReadContract>(&manager, now).unwrap()).await.unwrap();
    let renewed = contracts.iter().filter(|one| one.state == ContractState::Renewed).count();
    assert!(contracts.len() > 500 && renewed * 4 > contracts.len() && contracts.iter().all(|one| one.stamp.updated_at <= now), "{renewed}");
    assert!(orient.iter().all(|one| one.orientation.is_some()), "somebody began with each");
    assert!(orient.iter().any(|one| one.due_on < now.day()) && orient.iter().any(|one| one.due_on > now.day()));
}

/// All of those in words whom nobody referred elsewhere: the others depend on what is open when one begins.
async fn told(home: &TempDir, now: &str) -> Vec<String> {
    let now = at(now);
    let db = open(home, now).await;
    let referred: HashSet<_> =
        referrals_by_id(&db, now).await.into_values().filter(|one| one.purpose.action().is_none()).map(|one| one.person.id).collect();
    let mut lines: Vec<String> = all(&db, now)
        .await
        .into_iter()
        .filter(|one| !referred.contains(&one.beneficiary))
        .map(|one| {
            let stamp = domain::change::Stamp { created_at: now, updated_at: now, ..one.stamp };
            format!("{:?}", Orientation { stamp, ..one })
        })
        .collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn an_extended_demonstration_orients_as_the_one_begun_later_and_dates_nothing_before_its_start() {
    let (extended, anew) = (home(), home());
    let (first, now) = ("2026-10-05T06:30:00Z", "2026-12-18T18:00:00Z");
    start(&extended, SMALL, first).await;
    let before: HashMap<_, _> = all(&open(&extended, at(first)).await, at(first)).await.into_iter().map(|one| (one.id, one)).collect();
    let (added, whole) = (start(&extended, SMALL, now).await, start(&anew, SMALL, now).await);
    assert_eq!((added.refused, whole.refused), (0, 0));
    assert_same(&told(&extended, now).await, &told(&anew, now).await);
    let db = open(&extended, at(now)).await;
    assert_sound(&db, at(now)).await;
    let (after, referrals) = (all(&db, at(now)).await, referrals_by_id(&db, at(now)).await);
    let is_new = |one: &&Orientation| !before.contains_key(&one.id);
    assert!(after.iter().filter(is_new).count() > 5);
    assert!(after.iter().filter(is_new).all(|one| one.stamp.created_at >= at(now)));
    for one in after.iter().filter(|one| !is_new(one)) {
        let was = &before[&one.id];
        let is_same = (was.stamp.version, was.stamp.updated_at) == (one.stamp.version, one.stamp.updated_at);
        let was_followed = one.referral.is_some_and(|id| referrals[&id].stamp.updated_at == one.stamp.updated_at);
        assert!(is_same || was_followed || one.stamp.updated_at >= at(now), "{one:?}");
        assert!(was.decision.is_none() || was.decision == one.decision, "{one:?}");
    }
    assert_eq!(start(&extended, SMALL, now).await.new_entries, 0, "nothing is missing any more");
}

#[tokio::test]
async fn whoever_a_visitor_orients_is_left_alone() {
    let home = home();
    let (before, after) = (at("2026-10-05T11:00:00Z"), at("2027-03-15T11:00:00Z"));
    start(&home, SMALL, "2026-10-05T11:00:00Z").await;
    let db = open(&home, before).await;
    let known = all(&db, before).await;
    let pending = known.iter().find(|one| one.is_pending()).unwrap();
    let active = known.iter().filter(|one| one.state == OrientationState::Active && one.referral.is_none()).collect::<Vec<_>>();
    let rights: Vec<RsaRight> = rights(&db, before).await.into_values().collect();
    let (closed, reopened) = (active[0], active[1]);
    let person = persistence::beneficiaries::find(db.read(), &reader::<ReadOrientation>(before), reopened.beneficiary).await.unwrap().unwrap();
    visit(&db, async |actor, w| {
        let close = may::<CloseOrientation>(actor, before).unwrap();
        for one in [pending, closed, reopened] {
            let order = domain::orientation::CloseOrder { on: before.day(), reason: domain::orientation::ClosureReason::Other };
            let done = one.close(&close, order, None).unwrap().unwrap().orientation;
            pieces::save(w, &done).await?;
        }
        let order = domain::orientation::OpenOrder { voluntary: true };
        let prepare = may::<PrepareOrientation>(actor, before).unwrap();
        let none: Vec<RsaRight> = rights.iter().filter(|right| right.beneficiary == person.id).cloned().collect();
        pieces::save(w, &Orientation::open(&prepare, w.id(), &person, order, &none, &[]).unwrap()).await
    })
    .await;
    let built = start(&home, SMALL, "2027-03-15T11:00:00Z").await;
    assert!(built.new_entries > 100 && built.refused == 0, "{built:?}");
    let now = all(&open(&home, after).await, after).await;
    for one in [pending, closed, reopened] {
        let is = now.iter().find(|other| other.id == one.id).unwrap();
        assert_eq!((is.state, is.stamp.version, is.stamp.updated_at), (OrientationState::Closed, one.stamp.version + 1, before));
    }
    assert_eq!(now.iter().filter(|one| one.beneficiary == person.id && one.id != reopened.id && one.stamp.updated_at > before).count(), 0);
}
