//! How many people can be accompanied towards work with support at a time: the programme's 840 places, shared among those who provide it.
//! Who takes them is in `orienting`.

use domain::accompaniment::Accompaniment;
use domain::organisation::OrganisationKind;
use domain::place::{Place, PlaceOrder};
use domain::policy::{ManagePlace, ReadPlace};
use persistence::{Write, places};

use super::maker::{Maker, World};
use super::organisations;
use crate::problem::Stop;

use OrganisationKind::{Department, Plie, PoleEmploi};

/// Places of each.
const PLACES: [(OrganisationKind, i64); 3] = [(Department, 480), (Plie, 200), (PoleEmploi, 160)];

/// Says how many there are, where nobody ever said so.
pub(super) async fn make(maker: &Maker<'_>, w: &Write) -> Result<(), Stop> {
    let accompaniment = Accompaniment::Socioprofessional;
    let counted = places::counted_for(w, &maker.may::<ReadPlace>(maker.world.now)?, accompaniment).await?;
    let scope = maker.may::<ManagePlace>(World::begins_at())?;
    for (kind, count) in PLACES {
        let Some(organisation) = organisations::number(kind).map(|n| organisations::id(maker, n)) else { continue };
        if counted.contains(&organisation) {
            continue;
        }
        let order = PlaceOrder { accompaniment, valid_from: None, places: Some(count) };
        places::save(w, &Place::set(&scope, organisation, order)?).await?;
    }
    Ok(())
}
