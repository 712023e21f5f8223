//! The life cycle as a model: orders, answers and days at random, held against a table of transitions and a second account of what the
//! receiver is told, both written from the contract.

use std::collections::HashSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::actor::{Actor, ClientScope};
use crate::attendance::{AttendanceStatus, Mark, MarkChange, MarkSource, MarkValue};
use crate::calendar::Period;
use crate::enrolment::{EndReason, Enrolment};
use crate::given::{enrolment, session_on, sheet};
use crate::group::GroupOrder;
use FeedEventType as T;
use OrganisationKind as K;
use ReferralState as S;

mod account;
mod chance;
mod world;

use account::{Account, InLine, Seat, capacity, days, days_of};
use chance::{
    BARRIERS, BIRTH_DATES, Concluded, Delay, EXTERNAL_IDS, GROUPS, IDENTIFIERS, Life, Meant, OBJECTIVES, PHONES, REFERENTS, SOMEBODY_ELSE_S, Step,
    some_life,
};
use world::{World, answers_at, refers_at, refused_with};

// ---- the table

/// What is ordered or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Receipt,
    Acceptance,
    Refusal,
    Waiting,
    Start,
    Completion,
    Abandonment,
    Cancellation,
    Edit,
}

const ACTS: [Act; 9] =
    [Act::Receipt, Act::Acceptance, Act::Refusal, Act::Waiting, Act::Start, Act::Completion, Act::Abandonment, Act::Cancellation, Act::Edit];

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The referral comes to stand there.
    To(S, T),
    /// The same, while no other referral is open for the purpose.
    Late(S, T),
    /// It stays where it stands; what is new is told.
    Stays,
    /// The same again changes nothing, anything else is refused.
    Once(Rule),
    /// Refused.
    No(Rule),
}

const RECEIVED: Verdict = Verdict::To(S::Received, T::Received);
const ACCEPTED: Verdict = Verdict::To(S::Accepted, T::Accepted);
const REFUSED: Verdict = Verdict::To(S::Refused, T::Refused);
const LISTED: Verdict = Verdict::To(S::WaitingList, T::WaitingListed);
const STARTED: Verdict = Verdict::To(S::Started, T::Started);
const COMPLETED: Verdict = Verdict::To(S::Completed, T::Completed);
const ABANDONED: Verdict = Verdict::To(S::Abandoned, T::Abandoned);
const CANCELLED: Verdict = Verdict::To(S::Cancelled, T::Cancelled);
const STAYS: Verdict = Verdict::Stays;
const ANSWERED: Verdict = Verdict::No(Rule::ReferralAnswered);
const CLOSED: Verdict = Verdict::No(Rule::ReferralClosed);
const EXPIRED: Verdict = Verdict::No(Rule::ReferralExpired);
const BEGUN: Verdict = Verdict::No(Rule::ReferralStarted);
/// Said once, and the same again.
const SAID: Verdict = Verdict::Once(Rule::ReferralAnswered);
const TAKEN_BACK: Verdict = Verdict::Once(Rule::ReferralClosed);
const LATE_YES: Verdict = Verdict::Late(S::Accepted, T::Accepted);
const LATE_NO: Verdict = Verdict::Late(S::Refused, T::Refused);
const LATE_LISTED: Verdict = Verdict::Late(S::WaitingList, T::WaitingListed);

/// By where it stands at the clock, in the order of [`ACTS`].
#[rustfmt::skip]
const TABLE: [(S, [Verdict; 9]); 10] = [
    //                receipt   acceptance refusal   waiting      start    completion abandonment cancellation edit
    (S::Sent,        [RECEIVED, ACCEPTED,  REFUSED,  LISTED,      STARTED, COMPLETED, ABANDONED,  CANCELLED,   STAYS]),
    (S::Received,    [STAYS,    ACCEPTED,  REFUSED,  LISTED,      STARTED, COMPLETED, ABANDONED,  CANCELLED,   STAYS]),
    (S::WaitingList, [STAYS,    ACCEPTED,  REFUSED,  SAID,        STARTED, COMPLETED, ABANDONED,  CANCELLED,   STAYS]),
    (S::Accepted,    [STAYS,    STAYS,     ANSWERED, ANSWERED,    STARTED, COMPLETED, ABANDONED,  CANCELLED,   STAYS]),
    (S::Refused,     [STAYS,    ANSWERED,  SAID,     ANSWERED,    CLOSED,  CLOSED,    CLOSED,     CLOSED,      CLOSED]),
    (S::Started,     [STAYS,    STAYS,     ANSWERED, ANSWERED,    SAID,    COMPLETED, ABANDONED,  BEGUN,       STAYS]),
    (S::Completed,   [STAYS,    CLOSED,    CLOSED,   CLOSED,      CLOSED,  SAID,      SAID,       CLOSED,      CLOSED]),
    (S::Abandoned,   [STAYS,    CLOSED,    CLOSED,   CLOSED,      CLOSED,  SAID,      SAID,       CLOSED,      CLOSED]),
    (S::Cancelled,   [CLOSED,   CLOSED,    CLOSED,   CLOSED,      CLOSED,  CLOSED,    CLOSED,     TAKEN_BACK,  CLOSED]),
    (S::Expired,     [STAYS,    LATE_YES,  LATE_NO,  LATE_LISTED, CLOSED,  CLOSED,    CLOSED,     EXPIRED,     EXPIRED]),
];

fn verdict(purpose: PurposeKind, state: S, act: Act) -> Verdict {
    if purpose == PurposeKind::Action && matches!(act, Act::Start | Act::Completion | Act::Abandonment) {
        return Verdict::No(Rule::FollowsEnrolment);
    }
    let (_, row) = TABLE.iter().find(|(of, _)| *of == state).unwrap();
    row[ACTS.iter().position(|one| *one == act).unwrap()]
}

// ---- what there is

/// Two seats in a group that meets from November to mid January, one in a group that meets in December.
static THE_GROUPS: LazyLock<[Group; 3]> = LazyLock::new(|| {
    let meets = |n, capacity, starts_on, ends_on| {
        let about = GroupOrder { capacity, starts_on: day(starts_on), ends_on: Some(day(ends_on)), ..group().about };
        Group { id: id(n), about, ..group() }
    };
    let elsewhere = Group { action: id(201), ..meets(302, 9, "2026-11-01", "2027-12-31") };
    [meets(300, 2, "2026-11-01", "2027-01-15"), meets(301, 1, "2026-12-01", "2026-12-31"), elsewhere]
});

fn the_surroundings(life: &Life, is_open: bool) -> Surroundings {
    if life.meant == Meant::Accompaniment {
        let mut around = Surroundings { is_open, ..towards(life.kind) };
        around.delegations[0].period = period("2025-01-01", "2026-11-25");
        return around;
    }
    let mut around = Surroundings { is_open, group: None, ..towards_action(life.kind) };
    around.action.as_mut().unwrap().about.ends_on = Some(day("2026-12-20"));
    around.group = Some(THE_GROUPS[0].clone()).filter(|_| life.meant == Meant::Group);
    around
}

fn the_order(meant: Meant) -> SendOrder {
    match meant {
        Meant::Accompaniment => accompanied(Accompaniment::CommonLaw),
        Meant::Group => placed(Some(300)),
        Meant::AnyGroup => placed(None),
    }
}

/// What a command comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Told(T),
    /// With the rules, each where it was broken.
    Refused(Vec<String>),
    /// Who got a seat, and from when, in order.
    Seated(Vec<(u128, Day)>),
}

fn conflict(rule: Rule) -> Said {
    Said::Refused(vec![rule.to_string()])
}

fn invalid(faults: &[(&str, Rule)]) -> Said {
    let mut told: Vec<String> = faults.iter().map(|(pointer, rule)| format!("{pointer} {rule}")).collect();
    told.sort_unstable();
    Said::Refused(told)
}

// ---- both

/// What the rules and what the account make of a step; the same thing, if the rules keep the contract.
fn take(step: &Step, world: &mut World, account: &mut Account) -> (Said, Said) {
    // Each order reads the person as they are by then.
    world.referral.person = (&world.person).into();
    let now = account.now;
    match step {
        Step::Pass(delay) => {
            let later = match delay {
                Delay::Millisecond => now.plus(TimeDelta::milliseconds(1)),
                Delay::Minutes(minutes) => now.plus(TimeDelta::minutes(*minutes)),
                Delay::Days(days) => now.plus(TimeDelta::days(*days)),
                Delay::Expiry(past) => account.told.expires_at.map_or(now, |end| end.plus(TimeDelta::milliseconds(*past))),
            };
            account.now = now.max(later);
            (Said::Nothing, Said::Nothing)
        }
        Step::SendAnother => {
            let is_open = world.referral.state_at(now).is_open() || account.another_is_open;
            let around = the_surroundings(&account.life, is_open);
            let another = Referral::send(&refers_at(now), id(801), &world.person, the_order(account.life.meant), &around.view());
            (another.map_or_else(refused_with, |another| Said::Told(another.told)), account.send_another())
        }
        Step::AnotherEnds => {
            account.another_is_open = false;
            (Said::Nothing, Said::Nothing)
        }
        Step::Edit { objective, barriers, signed_on, site } => {
            let edited = world.edit(account, *objective, *barriers, *signed_on, *site);
            (edited, account.edit(*objective, *barriers, *signed_on, *site))
        }
        Step::Cancel { reason, comment } => {
            let order = CancelOrder { reason: term(reason), comment: comment.map(note) };
            let cancelled = world.referral.cancel(&refers_at(now), order, false, &VOCABULARY);
            (world.settle(cancelled), account.cancel(reason, *comment))
        }
        Step::EditPerson { phone, born, identifier, moves } => {
            (world.edit_person(account, *phone, *born, *identifier, *moves), account.edit_person(*phone, *born, *identifier))
        }
        answer => take_answer(answer, world, account).unwrap_or_else(|| take_event(step, world, account)),
    }
}

fn take_answer(step: &Step, world: &mut World, account: &mut Account) -> Option<(Said, Said)> {
    let scope = answers_at(account.now);
    Some(match step {
        Step::Receive { external_id, identifier } => (world.receive(account, *external_id, *identifier), account.receive(*external_id, *identifier)),
        Step::Accept { referent, group, starts } => (world.accept(account, *referent, *group, *starts), account.accept(*referent, *group, *starts)),
        Step::Refuse { reason, comment } => {
            let order = RefuseOrder { reason: term(reason), comment: comment.map(note) };
            let refused = world.referral.refuse(&scope, order, account.another_is_open, &VOCABULARY);
            (world.settle(refused), account.end_with(Act::Refusal, reason, *comment))
        }
        Step::Wait => (world.wait(account), account.wait()),
        Step::Start { on } => {
            let started = world.referral.start(&scope, account.in_days(*on));
            (world.settle(started), account.start(*on))
        }
        Step::Conclude(concluded, on) => (world.conclude(account, concluded, *on), account.conclude(concluded, *on)),
        _ => return None,
    })
}

fn take_event(step: &Step, world: &mut World, account: &mut Account) -> (Said, Said) {
    match step {
        Step::Lapse => {
            let lapsed = world.referral.lapse(&sweep(&account.now.to_string()));
            (world.hear(lapsed.as_ref()), account.lapse())
        }
        Step::Attend { own, status, on } => {
            let on = account.in_days(*on);
            (world.attend(account, *own, *status, on), account.attend(*own, *status, on))
        }
        Step::Exit { own: false, on, reason } => {
            let on = account.in_days(*on);
            (world.exit(account, &enrolment(9), on, *reason), Said::Nothing)
        }
        Step::Exit { own: true, on, reason } => {
            let Some(seat) = world.seat.take() else { return (Said::Nothing, Said::Nothing) };
            let on = account.in_days(*on).max(seat.starts_on);
            (world.exit(account, &seat, on, *reason), account.exit(on, *reason))
        }
        Step::Promote { group } => (world.promote(account, *group), account.promote(*group)),
        _ => {
            happen(step, account);
            (Said::Nothing, Said::Nothing)
        }
    }
}

/// What happens around the referral and tells its receiver nothing.
fn happen(step: &Step, account: &mut Account) {
    let strangers = 10 + account.line.len() + account.seats.iter().map(Vec::len).sum::<usize>();
    let stranger = u128::try_from(strangers).unwrap();
    match step {
        Step::Enrol { group, own, from, days: length } => {
            let (first, last) = days_of(*group);
            let from = account.in_days(*from).max(first);
            let until = length.map(|length| from.plus_days(length));
            let person = if *own { 0 } else { stranger };
            let fits = days(from, until.unwrap_or(last)).all(|on| account.taken(*group, on) < capacity(*group));
            if fits && from <= last && !account.sits(*group, person, first) {
                account.seats[*group].push((person, from, until));
            }
        }
        Step::Leave { place, on } => {
            let on = account.in_days(*on);
            let mut others: Vec<&mut Seat> = account.seats.iter_mut().flatten().filter(|(who, _, until)| *who != 0 && until.is_none()).collect();
            let count = others.len();
            if let Some(seat) = others.get_mut(place % count.max(1)) {
                seat.2 = Some(on.max(seat.1));
            }
        }
        Step::Queue { before, group } => {
            let referral = if *before { 700 + stranger } else { 900 + stranger };
            let since = account.now;
            account.line.push(InLine { referral, person: stranger, since, group: *group });
        }
        _ => {}
    }
}

/// Plays a life, and lets `hear` what is said at each step.
fn play(life: &Life, mut hear: impl FnMut(&Account, &Said)) -> Result<(), TestCaseError> {
    let (mut world, mut account) = (World::new(life), Account::new(life));
    prop_assert_eq!(&world.told, &account.told);
    for (place, step) in life.steps.iter().enumerate() {
        let version = account.told.version;
        let (said, expected) = take(step, &mut world, &mut account);
        prop_assert_eq!(&said, &expected, "step {}: {:?}", place, step);
        prop_assert_eq!(&world.told, &account.told, "step {}: {:?}", place, step);
        if matches!(said, Said::Told(_)) && step.is_said() {
            let again = take(step, &mut world, &mut account);
            prop_assert_eq!(again, (Said::Nothing, Said::Nothing), "step {}, again: {:?}", place, step);
            prop_assert_eq!(&world.told, &account.told, "step {}, again: {:?}", place, step);
        }
        let referral = &world.referral;
        let own_seat = matches!(&said, Said::Seated(seated) if seated.iter().any(|(referral, _)| *referral == 800));
        let changed = matches!(said, Said::Told(_)) && !matches!(step, Step::SendAnother) || own_seat;
        prop_assert_eq!(referral.stamp.version, version + i32::from(changed), "step {}: {:?}", place, step);
        prop_assert_eq!(referral.waiting_since, account.waiting_since);
        prop_assert_eq!(referral.waiting_since.is_some(), referral.state == S::WaitingList);
        prop_assert_eq!(referral.closed_at.is_none(), referral.state.is_open());
        prop_assert_eq!(referral.state_at(account.now), account.stands());
        prop_assert_eq!(referral.state_at(account.now).is_open(), account.is_open());
        prop_assert_eq!(referral.enrolment.map(|(_, from)| from), account.seat_from);
        hear(&account, &said);
    }
    let kept = serde_json::to_string(&world.told).unwrap();
    prop_assert_eq!(serde_json::from_str::<Disclosed>(&kept).unwrap(), world.told);
    Ok(())
}

/// `JALON_TEST_SEQUENCES` asks for more than what runs in some ten seconds.
fn sequences() -> u32 {
    std::env::var("JALON_TEST_SEQUENCES").ok().and_then(|text| text.parse().ok()).unwrap_or(4_000)
}

/// Chance is drawn in every branch of a step: the quicker generator halves the time.
const CHANCE: RngAlgorithm = RngAlgorithm::XorShift;

proptest! {
    #![proptest_config(ProptestConfig { cases: sequences(), rng_algorithm: CHANCE, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rules_and_the_contract_agree(life in some_life()) {
        play(&life, |_, _| ())?;
    }
}

/// A new order, well formed, on somebody who stands there: what the table says.
fn ordered(act: Act, referral: &Referral, is_open: bool) -> Said {
    let mut world = World { referral: referral.clone(), person: person(), told: Disclosed::from(referral), seat: None };
    let now = if referral.state == S::Expired { at(EXPIRY) } else { at(LATER) };
    let answers = answers_at(now);
    let is_action = referral.purpose.kind() == PurposeKind::Action;
    let result = match act {
        Act::Receipt => {
            let order = ReceiptOrder { external_id: Some(line("D-9")), france_travail_id: None };
            referral.receive(&answers, &world.person, order, false).map(|receipt| receipt.referral)
        }
        Act::Acceptance => {
            let order = AcceptOrder { referent: Some(referent("Référente")), group: None, starts_on: None };
            let group = is_action.then(group);
            let place = Place { person: &world.person, group: group.as_ref(), seats: &[], enrolment: id(600) };
            referral.accept(&answers, order, &place, is_open, &VOCABULARY).map(|accepted| accepted.map(|accepted| accepted.referral))
        }
        Act::Refusal => referral.refuse(&answers, RefuseOrder { reason: term("known"), comment: None }, is_open, &VOCABULARY),
        Act::Waiting => referral.put_on_waiting_list(&answers, &[(group(), full())], is_open),
        Act::Start => referral.start(&answers, day("2026-11-17")),
        Act::Completion | Act::Abandonment => {
            let completed = act == Act::Completion;
            let order = ConcludeOrder {
                conclusion: if completed { Conclusion::Completed } else { Conclusion::Abandoned },
                ended_on: day("2026-11-18"),
                reason: (!completed).then(|| term("known")),
                comment: None,
                outcome: Outcome::default(),
            };
            referral.conclude(&answers, order, &VOCABULARY)
        }
        Act::Cancellation => referral.cancel(&refers_at(now), CancelOrder { reason: term("known"), comment: None }, false, &VOCABULARY),
        Act::Edit => referral.edit(&refers_at(now), EditOrder { objective: note(OBJECTIVES[1]), ..about() }, None),
    };
    world.settle(result)
}

#[test]
fn each_state_takes_what_the_contract_lets_it_take() {
    for (state, _) in TABLE {
        for referral in [accompaniment(), placement()].map(|referral| standing(state, referral)) {
            // An accompaniment never comes to expire.
            if state == S::Expired && referral.purpose.kind() == PurposeKind::Accompaniment {
                continue;
            }
            for (act, is_open) in ACTS.into_iter().flat_map(|act| [(act, false), (act, true)]) {
                let expected = match verdict(referral.purpose.kind(), state, act) {
                    Verdict::Late(..) if is_open => conflict(Rule::ReferralOpen),
                    Verdict::To(_, told) | Verdict::Late(_, told) => Said::Told(told),
                    Verdict::Stays => Said::Told(T::Updated),
                    // To wait is said in one way only.
                    Verdict::Once(_) if act == Act::Waiting => Said::Nothing,
                    Verdict::Once(rule) | Verdict::No(rule) => conflict(rule),
                };
                assert_eq!(ordered(act, &referral, is_open), expected, "{act:?} of what is {state}, {}", referral.purpose.kind());
            }
        }
    }
}

#[test]
fn the_sequences_come_to_every_state_and_every_refusal() {
    let (mut states, mut told, mut refused) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut runner, lives) = (TestRunner::new_with_rng(ProptestConfig::default(), TestRng::from_seed(CHANCE, b"sixteen bytes it")), some_life());
    for _ in 0..1_200 {
        let life = lives.new_tree(&mut runner).unwrap().current();
        let hear = |account: &Account, said: &Said| {
            states.insert((account.told.purpose, account.stands()));
            match said {
                Said::Told(event) => told.extend([*event]),
                Said::Seated(seated) if seated.iter().any(|(referral, _)| *referral == 800) => told.extend([T::Accepted]),
                Said::Refused(rules) => refused.extend(rules.iter().cloned()),
                Said::Nothing | Said::Seated(_) => {}
            }
        };
        play(&life, hear).unwrap();
    }
    let never = |(purpose, state): &(PurposeKind, S)| *purpose == PurposeKind::Accompaniment && *state == S::Expired;
    let all = PurposeKind::ALL.iter().flat_map(|purpose| S::ALL.iter().map(|state| (*purpose, *state)));
    assert_eq!(all.filter(|one| !states.contains(one)).collect::<Vec<_>>(), [(PurposeKind::Accompaniment, S::Expired)]);
    assert!(!states.iter().any(never));
    assert_eq!(T::ALL.iter().filter(|event| !told.contains(event)).collect::<Vec<_>>(), Vec::<&T>::new());
    let every = [
        "/action_id ACTION_UNKNOWN",
        "/barriers/1 DUPLICATE_ITEM",
        "/ended_on DAY_IN_FUTURE",
        "/ended_on DAY_TOO_EARLY",
        "/france_travail_id FRANCE_TRAVAIL_ID_RESERVED",
        "/group_id FORBIDDEN_FOR_PURPOSE",
        "/group_id GROUP_UNKNOWN",
        "/group_id REQUIRED_FOR_PURPOSE",
        "/organisation_id AGE_OUTSIDE_MISSION",
        "/organisation_id BIRTH_DATE_REQUIRED",
        "/organisation_id RECEIVER_NOT_ALLOWED",
        "/reason ABANDONMENT_REASON",
        "/reason CODE_UNKNOWN",
        "/referent REQUIRED_FOR_PURPOSE",
        "/signed_on DAY_IN_FUTURE",
        "/site_id SITE_UNKNOWN",
        "/started_on DAY_IN_FUTURE",
        "/started_on DAY_TOO_EARLY",
        "/starts_on DAY_TOO_EARLY",
        "/starts_on ENROLMENT_OUTSIDE_GROUP",
        "/starts_on FORBIDDEN_FOR_PURPOSE",
        "ALREADY_ENROLLED",
        "FOLLOWS_ENROLMENT",
        "GROUP_FULL",
        "IDENTIFIER_CONFLICT",
        "REFERRAL_ANSWERED",
        "REFERRAL_CLOSED",
        "REFERRAL_EXPIRED",
        "REFERRAL_OPEN",
        "REFERRAL_STARTED",
        "SEAT_FREE",
    ];
    assert_eq!(every.into_iter().filter(|rule| !refused.contains(*rule)).collect::<Vec<_>>(), Vec::<&str>::new());
}
