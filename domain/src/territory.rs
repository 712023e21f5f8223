//! Territories: the parts of the département that caseworkers share out, each made of communes for a time. Who works there is the professional's page.

use uuid::Uuid;

use crate::calendar::Day;
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::identifier::commune::CommuneCode;
use crate::policy::{ManageTerritory, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::text::{Code, Name};

/// Where people of no known commune belong; every caseworker sees them. It cannot be drawn.
pub const UNASSIGNED: Id<Territory> = Id::new(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_00aa));

/// A part of the département.
#[derive(Clone, Debug)]
pub struct Territory {
    /// Its id.
    pub id: Id<Territory>,
    /// Its short code, given once.
    pub code: Code,
    /// What it is called.
    pub name: Name,
    /// Its communes today, by code.
    pub communes: Vec<CommuneCode>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a territory.
#[derive(Clone, Debug)]
pub struct TerritoryOrder {
    /// Its short code; an edit repeats it.
    pub code: Code,
    /// What it is called.
    pub name: Name,
    /// Its communes from today on.
    pub communes: Vec<CommuneCode>,
}

/// What the rules need to know of the communes ordered.
#[derive(Clone, Copy, Debug)]
pub struct CommunesAround<'a> {
    /// Those that exist.
    pub known: &'a [CommuneCode],
    /// Those that belong to another territory today.
    pub taken: &'a [CommuneCode],
}

/// A territory drawn anew.
#[derive(Debug)]
pub struct TerritoryDrawn {
    /// The territory after.
    pub change: Change<Territory>,
    /// Communes that join it from `on`.
    pub joined: Vec<CommuneCode>,
    /// Communes that were in it up to the day before `on`.
    pub left: Vec<CommuneCode>,
    /// The day of the change.
    pub on: Day,
}

impl Territory {
    /// Draws a new territory.
    pub fn draw(
        scope: &Scope<ManageTerritory>,
        id: Id<Territory>,
        order: TerritoryOrder,
        around: CommunesAround<'_>,
    ) -> Result<Decided<TerritoryDrawn>, Refusal> {
        let communes = check(order.communes, around)?;
        let after = Self { id, code: order.code, name: order.name, communes: communes.clone(), stamp: Stamp::first(scope.now()) };
        let change = Change { after, created: true, event: Event::new("territory.drawn", id) };
        Ok(Decided::new(TerritoryDrawn { change, joined: communes, left: Vec::new(), on: scope.now().day() }))
    }

    /// Draws it anew from today; what it was stays known.
    pub fn redraw(
        &self,
        scope: &Scope<ManageTerritory>,
        order: TerritoryOrder,
        around: CommunesAround<'_>,
    ) -> Result<Decided<TerritoryDrawn>, Refusal> {
        if self.id == UNASSIGNED {
            return Err(Refusal::Denied(Rule::TerritoryReserved));
        }
        if order.code != self.code {
            return Err(Refusal::invalid("code", Rule::KindImmutable));
        }
        let communes = check(order.communes, around)?;
        let joined = communes.iter().filter(|code| !self.communes.contains(code)).cloned().collect();
        let left = self.communes.iter().filter(|code| !communes.contains(code)).cloned().collect();
        let after = Self { id: self.id, code: order.code, name: order.name, communes, stamp: self.stamp.next(scope.now()) };
        let change = Change { after, created: false, event: Event::new("territory.redrawn", self.id) };
        Ok(Decided::new(TerritoryDrawn { change, joined, left, on: scope.now().day() }))
    }
}

fn check(mut communes: Vec<CommuneCode>, around: CommunesAround<'_>) -> Result<Vec<CommuneCode>, Refusal> {
    let mut faults = Faults::default();
    for (place, code) in communes.iter().enumerate() {
        let path = ["commune_codes".into(), place.into()];
        if !around.known.contains(code) {
            faults.add(path, Rule::CommuneUnknown);
        } else if around.taken.contains(code) {
            faults.add(path, Rule::CommuneAssignedElsewhere);
        } else if communes.iter().take(place).any(|earlier| earlier == code) {
            faults.add(path, Rule::DuplicateItem);
        }
    }
    faults.into_result()?;
    communes.sort_unstable();
    Ok(communes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;
    use crate::given::{at, code, day, department, fault, faults, id, name, now, scope, stamp};

    fn communes(codes: &[&str]) -> Vec<CommuneCode> {
        codes.iter().map(|code| code.parse().unwrap()).collect()
    }

    fn order(communes_ordered: &[&str]) -> TerritoryOrder {
        TerritoryOrder { code: code("HAUT-LIMOUSIN"), name: name("Haut Limousin"), communes: communes(communes_ordered) }
    }

    /// Bellac, Le Dorat and Magnac-Laval exist; Limoges does too, and belongs elsewhere.
    fn around<T>(then: impl FnOnce(CommunesAround<'_>) -> T) -> T {
        let (known, taken) = (communes(&["87011", "87059", "87089", "87085"]), communes(&["87085"]));
        then(CommunesAround { known: &known, taken: &taken })
    }

    fn administrator() -> Scope<ManageTerritory> {
        scope(&department(Role::Administrator), now())
    }

    fn territory(id: Id<Territory>, codes: &[&str]) -> Territory {
        Territory { id, code: code("HAUT-LIMOUSIN"), name: name("Haut Limousin"), communes: communes(codes), stamp: stamp() }
    }

    fn redraw(territory: &Territory, order: TerritoryOrder) -> Result<Decided<TerritoryDrawn>, Refusal> {
        around(|around| territory.redraw(&administrator(), order, around))
    }

    #[test]
    fn a_territory_is_drawn_with_its_communes_from_today() {
        let drawn = around(|around| Territory::draw(&administrator(), id(1), order(&["87059", "87011"]), around)).unwrap();
        assert_eq!(drawn.change.after.communes, communes(&["87011", "87059"]), "by code");
        assert_eq!((&drawn.joined, drawn.left.is_empty()), (&communes(&["87011", "87059"]), true));
        assert_eq!((drawn.on, drawn.change.created), (day("2026-11-17"), true));
    }

    #[test]
    fn today_is_the_day_it_is_in_france() {
        let late = scope(&department(Role::Administrator), at("2026-11-17T23:30:00.000Z"));
        let drawn = around(|around| Territory::draw(&late, id(1), order(&[]), around)).unwrap();
        assert_eq!(drawn.on, day("2026-11-18"));
    }

    #[test]
    fn what_is_wrong_with_a_commune_is_told_with_its_place() {
        let refused = around(|around| Territory::draw(&administrator(), id(1), order(&["87011", "87999", "87085", "87011"]), around));
        assert_eq!(
            faults(refused.unwrap_err()),
            [
                fault("/commune_codes/1", Rule::CommuneUnknown),
                fault("/commune_codes/2", Rule::CommuneAssignedElsewhere),
                fault("/commune_codes/3", Rule::DuplicateItem),
            ]
        );
    }

    #[test]
    fn a_territory_drawn_anew_says_what_joins_and_what_leaves() {
        let drawn = redraw(&territory(id(1), &["87011", "87059"]), order(&["87089", "87059"])).unwrap();
        assert_eq!((&drawn.joined, &drawn.left), (&communes(&["87089"]), &communes(&["87011"])));
        assert_eq!((drawn.change.after.stamp.version, drawn.change.created), (2, false));
        let same = redraw(&territory(id(1), &["87011", "87059"]), order(&["87059", "87011"])).unwrap();
        assert!(same.joined.is_empty() && same.left.is_empty());
    }

    #[test]
    fn a_territory_keeps_its_code() {
        let other = TerritoryOrder { code: code("OUEST"), ..order(&[]) };
        assert_eq!(faults(redraw(&territory(id(1), &[]), other).unwrap_err()), [fault("/code", Rule::KindImmutable)]);
    }

    #[test]
    fn the_unassigned_territory_is_never_drawn() {
        assert_eq!(redraw(&territory(UNASSIGNED, &[]), order(&["87011"])).unwrap_err(), Refusal::Denied(Rule::TerritoryReserved));
    }
}
