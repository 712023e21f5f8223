//! How many people an organisation can accompany in one way at a time (*places*), from a day on. The programme counts them for the
//! socioprofessional accompaniment; the rule is the same for any.

use crate::accompaniment::Accompaniment;
use crate::actor::Principal;
use crate::calendar::{Day, Instant};
use crate::id::Id;
use crate::organisation::Organisation;
use crate::policy::{ManagePlace, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};

/// The most places one organisation has.
pub const MOST_PLACES: i64 = 100_000;

/// The places of an organisation for one accompaniment, from a day on up to the next such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose.
    pub organisation: Id<Organisation>,
    /// For which accompaniment.
    pub accompaniment: Accompaniment,
    /// First day.
    pub valid_from: Day,
    /// How many; none: as many as needed.
    pub places: Option<i64>,
    /// Who said so.
    pub by: Id<Principal>,
    /// When.
    pub at: Instant,
}

/// What is said of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceOrder {
    /// For which accompaniment.
    pub accompaniment: Accompaniment,
    /// First day; none: today.
    pub valid_from: Option<Day>,
    /// How many; none: as many as needed.
    pub places: Option<i64>,
}

impl Place {
    /// Says how many there are from a day on. Fewer than are taken takes nobody's away: the next ones wait.
    pub fn set(scope: &Scope<ManagePlace>, organisation: Id<Organisation>, order: PlaceOrder) -> Result<Decided<Place>, Refusal> {
        let today = scope.now().day();
        let valid_from = order.valid_from.unwrap_or(today);
        let mut faults = Faults::default();
        faults.check(valid_from < today, "valid_from", Rule::PlacesInPast);
        faults.check(order.places.is_some_and(|places| !(0..=MOST_PLACES).contains(&places)), "places", Rule::OutOfBounds);
        faults.into_result()?;
        let PlaceOrder { accompaniment, places, .. } = order;
        Ok(Decided::new(Self { organisation, accompaniment, valid_from, places, by: scope.actor().principal, at: scope.now() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{day, fault, faults, id, manager, now, scope};

    #[test]
    fn places_are_counted_from_today_on_and_never_before() {
        let set = |from: &str, places| {
            let valid_from = (!from.is_empty()).then(|| day(from));
            Place::set(&scope(&manager(), now()), id(1), PlaceOrder { accompaniment: Accompaniment::Socioprofessional, valid_from, places })
        };
        assert_eq!(set("", Some(840)).unwrap().valid_from, now().day());
        assert_eq!(set("2027-01-01", None).unwrap().places, None);
        assert_eq!(faults(set("2026-11-16", Some(1)).unwrap_err()), [fault("/valid_from", Rule::PlacesInPast)]);
        for places in [-1, MOST_PLACES + 1] {
            assert_eq!(faults(set("", Some(places)).unwrap_err()), [fault("/places", Rule::OutOfBounds)]);
        }
    }
}
