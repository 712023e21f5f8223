//! Chance that does not depend on what was drawn before it: everything invented has a generator of its own, so an extension draws
//! what a start from nothing would have drawn. Secrets are not drawn here: nobody may guess them from the seed.

use domain::calendar::Instant;
use domain::id::Id;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a generator is for. The numbers are part of what the seed means: none is ever used for something else.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Organisation = 1,
    Site = 2,
    Delegation = 3,
    Client = 4,
    Territory = 5,
    Professional = 6,
    Action = 7,
    Agreement = 8,
    Group = 9,
    Person = 10,
    Seat = 11,
    Attitude = 12,
    Week = 13,
    Closing = 14,
    Mark = 15,
    Contact = 16,
    Referral = 17,
    Placement = 18,
    Guest = 19,
    Adviser = 20,
    Identity = 21,
    Household = 22,
    Right = 23,
    Duties = 24,
    Barrier = 25,
    Milestone = 26,
    Intervention = 27,
    Nir = 28,
    Waiting = 29,
    Orientation = 30,
    Criteria = 31,
    Contract = 32,
}

/// A generator.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The generator of the thing number `a` of its kind, in its part `b` (a week, a year, a seat).
    pub(super) fn of(seed: u64, kind: Kind, a: u64, b: u64) -> Self {
        let mut key = [0; 32];
        for (place, word) in key.chunks_exact_mut(8).zip([seed, kind as u64, a, b]) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Sixty-four bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 up to, and without, `count`.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        // Written out, so that a seed means the same whatever the version of a library.
        let high = self.bits() >> 32;
        u32::try_from((high * u64::from(count)) >> 32).unwrap_or(0)
    }

    /// A number of these, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> i64 {
        i64::from(least + self.below(most.saturating_sub(least) + 1))
    }

    /// Whether something happens that happens so often in a hundred times.
    pub(super) fn happens(&mut self, times_in_a_hundred: u32) -> bool {
        self.below(100) < times_in_a_hundred
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, among: &[T], otherwise: T) -> T {
        let place = self.below(u32::try_from(among.len()).unwrap_or(u32::MAX));
        among.get(place as usize).copied().unwrap_or(otherwise)
    }

    /// One of several that are not equally likely: each with its weight.
    pub(super) fn weigh<T: Copy>(&mut self, among: &[(T, u32)], otherwise: T) -> T {
        let mut left = self.below(among.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in among {
            if left < *weight {
                return *one;
            }
            left -= weight;
        }
        otherwise
    }

    /// An id minted at a moment.
    pub(super) fn id<T>(&mut self, at: Instant) -> Id<T> {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        Id::new(uuid::Builder::from_unix_timestamp_millis(u64::try_from(at.millis()).unwrap_or(0), &random).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let drawn = |seed, kind, a, b| Chance::of(seed, kind, a, b).bits();
        assert_eq!(drawn(87, Kind::Person, 0, 0), drawn(87, Kind::Person, 0, 0));
        let all = [
            drawn(87, Kind::Person, 0, 0),
            drawn(88, Kind::Person, 0, 0),
            drawn(87, Kind::Seat, 0, 0),
            drawn(87, Kind::Person, 1, 0),
            drawn(87, Kind::Person, 0, 1),
        ];
        assert!(all.iter().enumerate().all(|(place, one)| !all[..place].contains(one)));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut chance = Chance::of(1, Kind::Mark, 2, 3);
        for _ in 0..1_000 {
            assert!(chance.below(7) < 7);
            assert!((3..=5).contains(&chance.between(3, 5)));
            assert!([1, 2].contains(&chance.weigh(&[(1, 1), (2, 9)], 0)));
        }
        assert_eq!(chance.between(4, 4), 4);
        assert!(!chance.happens(0) && chance.happens(100));
    }
}
