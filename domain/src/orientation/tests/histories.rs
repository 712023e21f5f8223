//! Ten thousand random lives: whatever is asked, in whatever order, one orientation is in force at a time and none is lost.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

/// Something that somebody asks, allowed or not.
#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Open,
    Interview(i64),
    Propose(usize, usize),
    Decide { accompaniment: usize, kind: usize, days_ago: i64, france_travail: bool },
    Fill(bool),
    TakePlace,
    Notify(i64),
    Accept,
    Answer(usize),
    Review,
    Hear(bool),
    Maintain,
    Close(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0_i64..40).prop_map(Step::Wait),
        1 => Just(Step::Open),
        3 => (-3_i64..3).prop_map(Step::Interview),
        3 => (0_usize..3, 0_usize..2).prop_map(|(one, kind)| Step::Propose(one, kind)),
        6 => (0_usize..3, 0_usize..2, 0_i64..12, prop::bool::weighted(0.1))
            .prop_map(|(accompaniment, kind, days_ago, france_travail)| Step::Decide { accompaniment, kind, days_ago, france_travail }),
        1 => any::<bool>().prop_map(Step::Fill),
        1 => Just(Step::TakePlace),
        2 => (0_i64..4).prop_map(Step::Notify),
        2 => Just(Step::Accept),
        2 => (0_usize..ReferralState::ALL.len()).prop_map(Step::Answer),
        3 => Just(Step::Review),
        2 => any::<bool>().prop_map(Step::Hear),
        1 => Just(Step::Maintain),
        1 => (0_i64..4).prop_map(Step::Close),
    ]
}

const KINDS: [K; 2] = [K::Department, K::PoleEmploi];

impl Life {
    /// Takes a step on the orientation that is most at hand; whether it was refused is not the question.
    fn step(&mut self, step: &Step) -> Outcome<()> {
        let at = self.orientations.len() - 1;
        let under_way = self.orientations.iter().rposition(|one| one.state == OrientationState::Review).unwrap_or(at);
        let today = self.today();
        match *step {
            Step::Wait(days) => {
                self.now = self.now.plus(TimeDelta::days(days));
                Ok(())
            }
            Step::Open => self.open(true),
            Step::Interview(days) => self.interview(at, today.plus_days(days), None),
            Step::Propose(one, kind) => self.propose(under_way, towards(Accompaniment::ALL[one]), Accompaniment::ALL[one], KINDS[kind]),
            Step::Decide { accompaniment, kind, days_ago, france_travail } => {
                let order = DecideOrder {
                    decided_by: france_travail.then_some(DecidedBy::FranceTravail),
                    decided_on: Some(today.plus_days(-days_ago)),
                    reason: Some(note("Pour une raison")),
                    ..order(Accompaniment::ALL[accompaniment])
                };
                self.decide(under_way, order, KINDS[kind])
            }
            Step::Fill(full) => {
                self.room = Room { places: full.then_some(1), taken: 1, waiting: 0 };
                Ok(())
            }
            Step::TakePlace => {
                let kind = self.orientations[at].decision.as_ref().map_or(K::Department, |decision| decision.kind);
                self.take_place(at, kind)
            }
            Step::Notify(days) => self.notify(at, today.plus_days(-days)),
            Step::Accept => self.accept(at, &referent(K::Department)),
            Step::Answer(state) => {
                let Some(open) = self.referrals.iter().find(|one| one.state.is_open()) else { return Ok(()) };
                let mut after = Referral { state: ReferralState::ALL[state], ..open.clone() };
                after.stamp = after.stamp.next(self.now);
                let answered = ReferralChanged::answered_for_tests(after);
                let followed: Vec<_> = self.orientations.iter().filter_map(|one| one.follow_referral(&answered)).collect();
                self.keep_referral(&answered);
                for change in &followed {
                    self.keep(change);
                }
                Ok(())
            }
            Step::Review => self.review(at, ReviewReason::NewBarriers),
            Step::Hear(given) => self.hear(under_way, given.then_some(TeamOpinion::Change)),
            Step::Maintain => {
                let kind = self.orientations[under_way].decision.as_ref().map_or(K::Department, |decision| decision.kind);
                self.maintain(under_way, kind)
            }
            Step::Close(days) => self.close(at, today.plus_days(-days)),
        }
    }

    /// What holds whatever happened.
    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert!(self.orientations.iter().filter(|one| one.is_pending()).count() <= 1, "one under way");
        prop_assert!(self.orientations.iter().filter(|one| one.is_in_force()).count() <= 1, "one in force");
        prop_assert!(self.referrals.iter().filter(|one| one.state.is_open()).count() <= 1, "one open referral");
        let mut periods: Vec<Period> = self.orientations.iter().filter_map(|one| one.period).collect();
        periods.sort_by_key(|period| period.starts_on);
        for pair in periods.windows(2) {
            prop_assert!(!pair[0].overlaps(&pair[1]), "{pair:?}");
        }
        for one in &self.orientations {
            use OrientationState as S;
            let is_running = matches!(one.state, S::Decided | S::Notified | S::Active | S::Review) && !one.is_waiting();
            prop_assert_eq!(is_running, one.is_in_force(), "{:?}", one.state);
            prop_assert_eq!(
                one.decision.is_none(),
                matches!(one.state, S::ToOrient | S::InterviewPlanned | S::Proposed) || (one.state == S::Closed && one.decision.is_none())
            );
            prop_assert!(one.period.is_none_or(|period| period.ends_on.is_none_or(|end| end >= period.starts_on)));
            if let (S::Superseded, Some(Period { ends_on: Some(end), .. })) = (one.state, one.period) {
                prop_assert!(periods.iter().any(|period| period.starts_on == end.plus_days(1)), "no gap where another took its place");
            }
            if let Some(former) = one.former {
                prop_assert!(self.orientations.iter().any(|other| other.id == former), "nothing is lost");
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]
    #[test]
    fn ten_thousand_random_histories_keep_one_orientation_in_force_without_gap_or_overlap(steps in prop::collection::vec(step(), 1..40)) {
        let mut life = Life::begin("2026-10-20");
        for step in &steps {
            let _refused_or_not = life.step(step);
            life.check()?;
        }
    }
}
