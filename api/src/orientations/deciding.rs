//! The decision, and the place that becomes free for whoever waits for one.

use actix_web::{HttpResponse, post};
use domain::accompaniment::Accompaniment;
use domain::actor::Principal;
use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::id::Id;
use domain::ids::{OrganisationId, OrientationId, SiteId};
use domain::organisation::{Delegation, Organisation, Site};
use domain::orientation::{DecideOrder, DecidedBy, Deciding, MaintainOrder, OrientationOrigin, Provider, Room};
use domain::policy::{DecideOrientation, PlaceOrientation};
use domain::referral::{Referral, Referrer};
use domain::refusal::{Refusal, Rule};
use domain::rsa_right::RsaRight;
use domain::settings::Settings;
use domain::text::Note;
use persistence::machinery::reference;
use persistence::orientations::{self, Waiting};
use persistence::{By, Db, Error, Write, organisations, pieces, places, referrals};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Kept, Orientation, answer};
use crate::background::permission;
use crate::call::Call;
use crate::extract::Body;
use crate::problem::Stop;

/// Mounts the routes of this file.
pub(super) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(decide_orientation).service(maintain_orientation);
}

/// Decide an orientation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideOrientation)]
pub(crate) struct DecideOrientationOrder {
    /// Which accompaniment.
    accompaniment: Accompaniment,
    /// The referent organisation.
    organisation_id: OrganisationId,
    /// Its site, such as an agency; null or absent when none is meant.
    site_id: Option<SiteId>,
    /// Whose decision; null or absent: the département's. What France Travail decided in its stead is recorded so.
    decided_by: Option<DecidedBy>,
    /// How it came about; null or absent: what the circumstances make it.
    origin: Option<OrientationOrigin>,
    /// The day, today at the latest, not before the former one began nor, of a first one, before the interview; null or absent: today.
    decided_on: Option<Day>,
    /// Why, 1 to 2,000 characters: required where it differs from what the criteria suggest.
    reason: Option<Note>,
    /// What is to be reached, in words meant for the referent organisation, 1 to 2,000 characters; null or absent when nothing is said.
    objective: Option<Note>,
}

impl From<&DecideOrientationOrder> for DecideOrder {
    fn from(order: &DecideOrientationOrder) -> Self {
        Self {
            accompaniment: order.accompaniment,
            organisation: order.organisation_id,
            site: order.site_id,
            decided_by: order.decided_by,
            origin: order.origin,
            decided_on: order.decided_on,
            reason: order.reason.clone(),
            objective: order.objective.clone(),
        }
    }
}

/// Maintain an orientation after its review.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaintainOrientation {
    /// Why, in words meant for the referent organisation, 1 to 2,000 characters; null or absent when there is nothing to add.
    reason: Option<Note>,
}

/// What stands around a decision, loaded and locked: the person is already.
struct Surroundings {
    others: Vec<Kept>,
    rights: Vec<RsaRight>,
    organisation: Option<Organisation>,
    delegations: Vec<Delegation>,
    site: Option<Site>,
    room: Room,
    open_referral: Option<Referral>,
    referrer: Option<Referrer>,
    settings: Settings,
}

impl Surroundings {
    async fn lock(
        w: &Write,
        person: &Beneficiary,
        organisation: OrganisationId,
        site: Option<SiteId>,
        accompaniment: Accompaniment,
        by: Id<Principal>,
    ) -> Result<Self, Error> {
        Ok(Self {
            others: pieces::for_rules(w, person.id).await?,
            rights: pieces::for_rules(w, person.id).await?,
            organisation: organisations::provider(w, organisation).await?,
            delegations: organisations::delegations_for_rule(w, organisation).await?,
            site: match site {
                Some(site) => organisations::site_for_rule(w, site).await?,
                None => None,
            },
            room: places::lock_room(w, organisation, accompaniment).await?,
            open_referral: referrals::lock_open(w, person.id, None, None).await?,
            referrer: referrals::referrer(w, by).await?,
            settings: reference::settings(w).await?,
        })
    }

    fn around<'a>(&'a self, w: &Write, person: &'a Beneficiary) -> Deciding<'a> {
        Deciding {
            person,
            others: &self.others,
            rights: &self.rights,
            provider: Provider { organisation: self.organisation.as_ref(), delegations: &self.delegations, site: self.site.as_ref() },
            room: self.room,
            open_referral: self.open_referral.as_ref(),
            referrer: self.referrer.as_ref(),
            new_id: w.id(),
            referral_id: w.id(),
            settings: &self.settings,
        }
    }
}

/// Decide an orientation
///
/// A first one follows an interview (409 `INTERVIEW_REQUIRED`, unless the département set otherwise) and a proposal with all its criteria
/// (409 `PROPOSAL_REQUIRED`).
///
/// In force from its day; the former ends the day before. Of one under review another takes the place: the answer is then that one, with an
/// id of its own (`former_id` is the one in the path). Where every place of the organisation is taken it waits for one (`waiting_since`) and the former stays in force. An
/// organisation outside the département is told by a referral.
#[utoipa::path(post, tag = "Orientations", operation_id = "decideOrientation", extensions(("x-permission" = json!("decide_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = DecideOrientationOrder,
    responses((status = 200, description = "The orientation decided: of one under review, the one that takes its place.", body = Orientation)))]
#[post("/orientations/{id}/decision")]
pub(crate) async fn decide_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<DecideOrientation, DecideOrientationOrder>(&body).await?;
    // Boxed: with everything it may touch, it is large.
    let answered = Box::pin(order.write(async |w, scope, wish| {
        let (person, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
        let by = w.by().actor.principal;
        let surroundings = Surroundings::lock(w, &person, wish.organisation_id, wish.site_id, wish.accompaniment, by).await?;
        let decided = orientation.decide(scope, wish.into(), &surroundings.around(w, &person))?;
        orientations::save_decided(w, &decided).await?;
        answer(&call, w, &decided.orientation.after).await
    }))
    .await;
    // The place of the former may be somebody's who waits.
    call.shared().places_freed.notify_one();
    answered
}

/// Maintain an orientation
///
/// The review ends and it stays as it is. A receiver that refused its referral is told anew.
#[utoipa::path(post, tag = "Orientations", operation_id = "maintainOrientation", extensions(("x-permission" = json!("decide_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")), request_body = MaintainOrientation,
    responses((status = 200, description = "The orientation, maintained.", body = Orientation)))]
#[post("/orientations/{id}/maintenance")]
pub(crate) async fn maintain_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<DecideOrientation, MaintainOrientation>(&body).await?;
    Box::pin(order.write(async |w, scope, wish| {
        let (person, orientation) = call.lock_piece::<Kept, _>(w, scope).await?;
        let Some(decision) = &orientation.decision else { return Err(Refusal::Conflict(Rule::OrientationState).into()) };
        let by = w.by().actor.principal;
        let surroundings = Surroundings::lock(w, &person, decision.organisation, decision.site, decision.accompaniment, by).await?;
        let maintained = orientation.maintain(scope, &MaintainOrder { reason: wish.reason.clone() }, &surroundings.around(w, &person))?;
        orientations::save_decided(w, &maintained).await?;
        answer(&call, w, &maintained.orientation.after).await
    }))
    .await
}

/// Gives the places that are free to those who wait for one, in the order in which they came: how many it gave. One transaction each, so
/// that nobody is locked out of order.
pub(crate) async fn place_waiting(db: &Db, by: &By) -> Result<usize, Error> {
    let mut placed = 0;
    loop {
        let waiting = db.run(by, async |w: &Write| orientations::first_waiting(w, &permission(w)?).await).await?;
        let mut given = 0;
        for one in &waiting {
            given += usize::from(Box::pin(db.run(by, async |w: &Write| place(w, one).await)).await?);
        }
        placed += given;
        if given == 0 {
            return Ok(placed);
        }
    }
}

/// Gives the first who waits for a place at an organisation one, if it is free: whether it did.
async fn place(w: &Write, waiting: &Waiting) -> Result<bool, Error> {
    let scope = permission::<PlaceOrientation>(w)?;
    let Some(person) = orientations::lock_waiting_person(w, waiting).await? else { return Ok(false) };
    let Some(orientation) = pieces::lock::<Kept, _>(w, &scope, waiting.id).await? else { return Ok(false) };
    let Some(decision) = orientation.decision.clone().filter(|_| orientation.is_waiting() && orientation.beneficiary == person.id) else {
        return Ok(false);
    };
    let surroundings = Surroundings::lock(w, &person, waiting.organisation, decision.site, waiting.accompaniment, decision.by).await?;
    if w.clock_now().day() != w.now().day() {
        // Midnight passed while the place was waited for: it may not have been free the day before.
        return Err(Error::Contended);
    }
    match orientation.take_place(&scope, &surroundings.around(w, &person)) {
        Ok(placed) => orientations::save_decided(w, &placed).await.map(|()| true),
        // No place is free, after all.
        Err(_) => Ok(false),
    }
}
