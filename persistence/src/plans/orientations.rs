//! Orientations and places.

use domain::accompaniment::Accompaniment;
use domain::actor::{Actor, System};
use domain::id::Id;
use domain::policy::{PlaceOrientation, ReadOrientation, ReadPlace};

use super::{PERSON, Spy, everybody, manager, scope};
use crate::page::Listing;
use crate::{orientations, pieces, places};

pub(super) async fn orientations_and_places(spy: &Spy) {
    for (who, actor) in everybody().into_iter().take(3) {
        pieces::list(spy, &scope::<ReadOrientation>(&actor), Id::new(PERSON), &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("a person's orientations, by {who}"), "").await;
    }
    let reading = scope::<ReadPlace>(&manager());
    places::list(spy, &reading, Some(Accompaniment::Socioprofessional), &Listing::first(50)).await.unwrap();
    // Every orientation in force is counted, in the order of an index.
    spy.uses_indexes("places", "orientation").await;
    orientations::first_waiting(spy, &scope::<PlaceOrientation>(&Actor::system(System::Sweep))).await.unwrap();
    // Its index holds those who wait, and nobody else.
    spy.uses_indexes("whoever waits for a place", "orientation").await;
}
