//! Ten thousand random histories: whatever is asked, in whatever order, one contract is in force on a day, and what was signed stays.

use proptest::prelude::*;

use super::*;

/// What a contract is made to say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// Days from today to the first day, or from the last day of the last contract.
    begins: i64,
    follows: bool,
    months: Option<i32>,
    weekly_hours: Option<i32>,
    is_complete: bool,
}

/// Something that somebody asks, allowed or not.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Wait(i64),
    DrawUp { said: Said, renews: bool },
    Edit(Said),
    Amend(Said),
    Submit,
    Sign(SigningParty, i64),
    Validate(i64),
    Conclude,
    Refuse(i64),
    Cancel,
    Review(ReviewConclusion, i64, Option<i64>),
    Progress(CommitmentStatus, i64),
    Terminate(i64),
    Lapse,
    Orient(usize),
}

const KINDS: [K; 6] = [K::Department, K::Department, K::Plie, K::Plie, K::MissionLocale, K::PoleEmploi];

fn said() -> impl Strategy<Value = Said> {
    let months = prop_oneof![4 => Just(None), 8 => Just(Some(3)), 8 => Just(Some(6)), 4 => Just(Some(12)), 1 => Just(Some(5))];
    let weekly_hours = prop_oneof![20 => (1_i32..36).prop_map(Some), 1 => Just(None), 1 => Just(Some(0))];
    (-30_i64..60, prop::bool::weighted(0.5), months, weekly_hours, prop::bool::weighted(0.95))
        .prop_map(|(begins, follows, months, weekly_hours, is_complete)| Said { begins, follows, months, weekly_hours, is_complete })
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let party = prop::sample::select(SigningParty::ALL);
    let conclusion = prop::sample::select(ReviewConclusion::ALL);
    let status = prop::sample::select(CommitmentStatus::ALL);
    prop_oneof![
        3 => (0_i64..20).prop_map(Step::Wait),
        2 => (60_i64..200).prop_map(Step::Wait),
        8 => (said(), prop::bool::weighted(0.8)).prop_map(|(said, renews)| Step::DrawUp { said, renews }),
        2 => said().prop_map(Step::Edit),
        4 => said().prop_map(Step::Amend),
        2 => Just(Step::Submit),
        3 => (party, -1_i64..12).prop_map(|(party, days_ago)| Step::Sign(party, days_ago)),
        3 => (-1_i64..8).prop_map(Step::Validate),
        14 => Just(Step::Conclude),
        1 => (-1_i64..4).prop_map(Step::Refuse),
        1 => Just(Step::Cancel),
        1 => (conclusion, -1_i64..9, prop::option::of(-2_i64..80)).prop_map(|(conclusion, ago, next)| Step::Review(conclusion, ago, next)),
        1 => (status, -1_i64..9).prop_map(|(status, days_ago)| Step::Progress(status, days_ago)),
        1 => (-1_i64..40).prop_map(Step::Terminate),
        1 => Just(Step::Lapse),
        1 => (0_usize..KINDS.len()).prop_map(Step::Orient),
    ]
}

impl Life {
    fn says(&self, said: Said, first_day: Option<Day>) -> Terms {
        let end = self.contracts.iter().filter_map(|one| one.period?.ends_on).max().filter(|_| said.follows);
        let starts_on = first_day.unwrap_or_else(|| end.map_or_else(|| self.day().plus_days(said.begins), |end| end.plus_days(said.begins / 10)));
        Terms {
            starts_on,
            months: said.months,
            review_on: Some(starts_on.plus_days(20)),
            assessed_on: said.is_complete.then(|| self.day()),
            weekly_hours: said.weekly_hours,
            hours_reason: Some(note("Un enfant à garder.")),
            commitments: vec![Commitment { action_id: Some(action().id), barrier_id: Some(barrier(1).id), ..commitment("workshop") }],
            ..engagement()
        }
    }

    /// Takes a step on the contract that is most at hand; whether it was refused is not the question.
    pub(super) fn step(&mut self, step: &Step) -> Outcome<()> {
        let today = self.day();
        let ago = |days: i64| today.plus_days(-days);
        let Some(last) = self.contracts.len().checked_sub(1) else { return self.first_step(step) };
        let open = self.contracts.iter().rposition(|one| one.open_edition().is_some()).unwrap_or(last);
        let running = self.contracts.iter().rposition(|one| one.state == ContractState::InForce).unwrap_or(last);
        match step {
            Step::Wait(_) | Step::Orient(_) => self.first_step(step),
            Step::DrawUp { said, renews } => self.draw_up(self.says(*said, None), renews.then_some(running)),
            Step::Edit(said) => {
                let first = Some(self.contracts[open].edition.terms.starts_on).filter(|_| said.begins % 2 == 0);
                self.edit(open, self.says(*said, first))
            }
            Step::Amend(said) => {
                let first = Some(self.contracts[running].edition.terms.starts_on).filter(|_| said.begins % 9 != 0);
                self.amend(running, self.says(*said, first))
            }
            Step::Submit => self.submit(open).map(|_| ()),
            Step::Sign(party, days) => self.sign(open, *party, ago(*days)).map(|_| ()),
            Step::Validate(days) => self.validate(open, Some(ago(*days))),
            Step::Conclude => {
                self.submit(open)?;
                for party in SigningParty::ALL {
                    let is_there = self.contracts[open].open_edition().is_some_and(|edition| edition.signature(*party).is_some());
                    if !is_there {
                        self.sign(open, *party, today)?;
                    }
                }
                self.validate(open, None)
            }
            Step::Refuse(days) => self.refuse(open, ago(*days)),
            Step::Cancel => self.cancel(open).map(|_| ()),
            Step::Review(conclusion, days, next) => {
                let next_review_on = next.map(|days| today.plus_days(days));
                self.review(running, ReviewOrder { reviewed_on: ago(*days), conclusion: *conclusion, next_review_on, comment: None }).map(|_| ())
            }
            Step::Progress(status, days) => self.progress(running, "workshop", *status, ago(*days)).map(|_| ()),
            Step::Terminate(days) => self.terminate(running, ago(*days)).map(|_| ()),
            Step::Lapse => {
                self.lapse(running);
                Ok(())
            }
        }
    }

    /// The same while there is no contract yet.
    fn first_step(&mut self, step: &Step) -> Outcome<()> {
        match step {
            Step::Wait(days) => self.wait(*days),
            Step::Orient(kind) => {
                self.ids += 1;
                self.basis = Some(Basis { orientation: id(self.ids), since: self.day(), ..basis(KINDS[*kind], "2024-01-01") });
            }
            Step::DrawUp { said, .. } => self.draw_up(self.says(*said, None), None)?,
            _ => {}
        }
        Ok(())
    }

    /// What holds whatever happened.
    fn check(&self) -> Result<(), TestCaseError> {
        use ContractState as S;
        let count = |which: &dyn Fn(&Contract) -> bool| self.contracts.iter().filter(|one| which(one)).count();
        prop_assert!(count(&Contract::is_pending) <= 1, "one on its way");
        prop_assert!(count(&|one| one.state == S::InForce) <= 1, "one in force");
        let periods: Vec<Period> = self.contracts.iter().filter_map(|one| one.period).collect();
        for (place, one) in periods.iter().enumerate() {
            prop_assert!(one.ends_on.is_none_or(|end| one.starts_on <= end), "{one:?}");
            for other in &periods[..place] {
                prop_assert!(!one.overlaps(other), "{one:?} {other:?}");
            }
        }
        for one in &self.contracts {
            self.check_one(one)?;
        }
        let mut ranks: Vec<i32> = self.contracts.iter().filter(|one| one.period.is_some()).map(|one| one.rank).collect();
        ranks.sort_unstable();
        prop_assert!(ranks.iter().zip(1..).all(|(rank, n)| *rank == n), "numbered 1, 2, 3…: {ranks:?}");
        Ok(())
    }

    fn check_one(&self, one: &Contract) -> Result<(), TestCaseError> {
        use ContractState as S;
        let was_in_force = matches!(one.state, S::InForce | S::Renewed | S::Expired | S::Terminated);
        prop_assert_eq!(was_in_force, one.period.is_some(), "{:?}", one.state);
        let was_validated = self.frozen.iter().any(|(of, _)| *of == one.id);
        prop_assert_eq!(matches!(one.state, S::Refused | S::Cancelled | S::Terminated), one.ending.is_some(), "{:?}", one.state);
        prop_assert!(one.amendment.is_none() || one.state == S::InForce, "{:?}", one.state);
        prop_assert_eq!(one.kind, ContractKind::on(one.edition.terms.starts_on));
        let kept: Vec<&Edition> = self.frozen.iter().filter(|(of, _)| *of == one.id).map(|(_, edition)| edition).collect();
        prop_assert!(kept.iter().zip(1..).all(|(edition, n)| edition.number == n), "numbered 1, 2, 3…");
        prop_assert_eq!(kept.last().copied(), Some(&one.edition).filter(|_| was_validated), "what was signed stays");
        prop_assert!(was_validated == one.period.is_some() || one.state == S::Cancelled, "{:?}", one.state);
        for edition in &kept {
            let signed_on = edition.signed_on();
            prop_assert!(signed_on.is_some() && edition.validation.is_some_and(|validation| Some(validation.on) >= signed_on), "by both");
            prop_assert!(edition.document.is_some() && edition.terms.missing(one.kind, true).is_empty(), "complete");
            prop_assert_eq!(edition.terms.starts_on, one.edition.terms.starts_on, "the first day stays");
        }
        if let Some(period) = one.period {
            let written = one.edition.terms.ends_on();
            prop_assert_eq!(period.starts_on, one.edition.terms.starts_on);
            prop_assert!(written.is_none_or(|written| period.ends_on.is_some_and(|end| end <= written)), "never longer than it says");
            let (is_over, is_expired) = (period.ends_on.is_some_and(|end| end < self.day()), one.state == S::Expired);
            prop_assert!(is_over || !is_expired, "nothing has expired before its last day");
        }
        if one.state == S::Renewed {
            let mut next = self.contracts.iter().filter(|other| other.former == Some(one.id) && other.edition.validation.is_some());
            let follows = next.any(|next| Some(next.edition.terms.starts_on) > one.period.and_then(|period| period.ends_on));
            prop_assert!(follows, "another took its place, or was to");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]
    #[test]
    fn ten_thousand_random_histories_keep_one_contract_in_force_and_what_was_signed(
        is_of_old_law in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut life = if is_of_old_law { Life::before() } else { Life::today() };
        for step in &steps {
            let _refused_or_not = life.step(step);
            life.check()?;
        }
    }
}
