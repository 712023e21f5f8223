//! Where people live and which territory accompanies them: the real communes of the Haute-Vienne, shared out among eight invented
//! *Maisons du Département* along the groups of communes (EPCI).

use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::postal_code::PostalCode;
use domain::policy::{ManageTerritory, ReadTerritory};
use domain::territory::{CommunesAround, Territory, TerritoryOrder};
use persistence::machinery::reference::Commune;
use persistence::{Listing, Write, territories};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, said};
use crate::problem::Stop;

/// The only commune that is a territory by itself.
const LIMOGES: &str = "87085";

/// Code, name, groups of communes, and how many caseworkers work there. Limoges comes first, whatever its group.
const TERRITORIES: [(&str, &str, &[&str], usize); 8] = [
    ("MDD-LIMOGES", "Maison du Département de Limoges", &[], 8),
    ("MDD-COURONNE", "Maison du Département de la couronne de Limoges", &["CU Limoges Métropole"], 5),
    ("MDD-NORD", "Maison du Département du Haut-Limousin", &["CC Haut Limousin en Marche", "CC Gartempe - Saint Pardoux"], 2),
    ("MDD-NORD-EST", "Maison du Département d’Ambazac", &["CC Élan Limousin Avenir Nature"], 2),
    ("MDD-OUEST", "Maison du Département de Saint-Junien", &["CC Porte Océane du Limousin", "CC Ouest Limousin"], 2),
    ("MDD-SUD-OUEST", "Maison du Département du Val de Vienne", &["CC du Val de Vienne", "CC Pays de Nexon Monts de Chalus"], 2),
    ("MDD-SUD", "Maison du Département de Saint-Yrieix", &["CC du Pays de Saint Yrieix", "CC Briance Sud Haute Vienne"], 2),
    ("MDD-EST", "Maison du Département de Saint-Léonard", &["CC de Noblat", "CC des Portes de Vassivière", "CC Briance-Combade"], 2),
];

/// A commune with the number of its territory.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) code: CommuneCode,
    pub(super) name: String,
    pub(super) postal_codes: Vec<PostalCode>,
    pub(super) population: u32,
    pub(super) territory: usize,
}

/// The number of the territory a commune belongs to. A commune whose group is not known goes with its neighbours of Limoges.
fn territory(commune: &Commune) -> usize {
    if &*commune.code == LIMOGES {
        return 0;
    }
    let by_group = |(_, _, groups, _): &(&str, &str, &[&str], usize)| groups.iter().any(|group| commune.epci_name.as_deref() == Some(*group));
    TERRITORIES.iter().position(by_group).unwrap_or(1)
}

/// The communes in the order of their codes.
pub(super) fn places(communes: &[Commune]) -> Vec<Place> {
    let place = |commune: &Commune| Place {
        code: commune.code.clone(),
        name: commune.name.clone(),
        postal_codes: commune.postal_codes.split(' ').filter_map(|code| code.parse().ok()).collect(),
        population: u32::try_from(commune.population).unwrap_or(0),
        territory: territory(commune),
    };
    communes.iter().map(place).collect()
}

/// The id of territory number `n`.
pub(super) fn id(maker: &Maker<'_>, n: usize) -> Id<Territory> {
    Chance::of(maker.world.seed, Kind::Territory, n as u64, 0).id(World::begins_at())
}

/// The number of the territory that caseworker number `n` works in.
pub(super) fn of_caseworker(n: usize) -> usize {
    let mut left = n;
    let found = TERRITORIES.iter().position(|(_, _, _, caseworkers)| {
        let here = left < *caseworkers;
        left = left.saturating_sub(*caseworkers);
        here
    });
    found.unwrap_or(0)
}

/// How many caseworkers the département has.
pub(super) fn caseworkers() -> usize {
    TERRITORIES.iter().map(|(_, _, _, caseworkers)| caseworkers).sum()
}

/// Draws the territories that are missing.
pub(super) async fn make(maker: &Maker<'_>, w: &Write) -> Result<(), Stop> {
    let drawn = territories::list(w, &maker.may::<ReadTerritory>(maker.world.now)?, &Listing::first(1_000)).await?.items;
    let scope = maker.may::<ManageTerritory>(World::begins_at())?;
    for (n, (code, name, _, _)) in TERRITORIES.into_iter().enumerate() {
        let id = id(maker, n);
        if drawn.iter().any(|territory| territory.id == id) {
            continue;
        }
        let communes: Vec<CommuneCode> = maker.world.places.iter().filter(|place| place.territory == n).map(|place| place.code.clone()).collect();
        let order = TerritoryOrder { code: said(code)?, name: said(name)?, communes: communes.clone() };
        let drawn = Territory::draw(&scope, id, order, CommunesAround { known: &communes, taken: &[] })?;
        territories::save(w, &drawn).await?;
    }
    Ok(())
}
