//! Referrals over HTTP: the département sends, edits and takes them back, receivers read theirs. What receivers answer is in
//! `answers`, how they pull them is in `referral_feed`, what a seat that becomes free leads to is in `seats`.

mod answers;
pub(crate) mod seats;
mod summary;

use actix_web::{HttpResponse, get, post, put};
use domain::accompaniment::Accompaniment;
use domain::barrier::BarrierKind;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::id::Id;
use domain::ids::{ActionId, BeneficiaryId, GroupId, OrganisationId, ReferralId, SiteId};
use domain::policy::{CloseEnrolment, Function, ReadReferral, Refer, Scope};
use domain::referral::{
    Around, CancelOrder, Disclosed, EditOrder, PurposeFields, PurposeKind, PurposeOrder, ReferralState, ReferralWarning, SendOrder,
};
use domain::refusal::{Refusal, Rule};
use domain::text::Note;
use domain::vocabulary::Term;
use persistence::machinery::reference;
use persistence::referrals::{self, ReferralQuery};
use persistence::{Answer, Write, actions, beneficiaries, enrolments, groups, organisations, orientations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::{Stop, naming};
use crate::show::{self, Resource, Shows};
use seats::SeatToFree;
pub(crate) use summary::ReferralSummary;

/// Mounts the routes of this room.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(send_referral)
        .service(list_referrals_of_person)
        .service(list_referrals)
        .service(read_referral)
        .service(edit_referral)
        .service(cancel_referral);
    answers::configure(routes);
}

/// Refer a person. Of the fields of the two purposes, those of the purpose meant are given and no other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendReferral {
    /// What for.
    purpose: PurposeKind,
    /// Of an accompaniment: by whom. Absent for an action, whose organisation receives it.
    organisation_id: Option<OrganisationId>,
    /// Of an accompaniment: how the person is to be accompanied.
    accompaniment: Option<Accompaniment>,
    /// Of an action: which.
    action_id: Option<ActionId>,
    /// Of an action: in which group; null or absent when any will do.
    group_id: Option<GroupId>,
    /// Of an action: what the person lives on, a code of `statuses_at_entry`.
    status_at_entry: Option<Term>,
    /// The receiver's site, such as an agency; null or absent when none is meant.
    site_id: Option<SiteId>,
    /// What is to be reached, in words meant for the receiver: 1 to 2,000 characters on several lines.
    objective: Note,
    /// The barriers (*freins*) concerned, each once; absent = none. Health by its effect alone, never a diagnosis.
    #[schema(max_items = 8)]
    #[serde(default, deserialize_with = "at_most::<8, _, _>")]
    barriers: Vec<BarrierKind>,
    /// The day the person signed it, today at the latest; null or absent when they did not.
    signed_on: Option<Day>,
}

impl SendReferral {
    fn purpose(&self) -> Result<PurposeOrder, Refusal> {
        let Self { purpose: kind, organisation_id: organisation, accompaniment, action_id: action, group_id: group, .. } = *self;
        PurposeFields { kind, organisation, accompaniment, action, group, status_at_entry: self.status_at_entry.clone() }.read()
    }

    fn about(&self) -> EditOrder {
        let Self { site_id: site, signed_on, .. } = *self;
        EditOrder { site, objective: self.objective.clone(), barriers: self.barriers.clone(), signed_on }
    }
}

/// Edit what a referral says: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditReferral {
    /// The receiver's site; null or absent when none is meant.
    site_id: Option<SiteId>,
    /// What is to be reached, in words meant for the receiver: 1 to 2,000 characters on several lines.
    objective: Note,
    /// The barriers (*freins*) concerned, each once; absent = none.
    #[schema(max_items = 8)]
    #[serde(default, deserialize_with = "at_most::<8, _, _>")]
    barriers: Vec<BarrierKind>,
    /// The day the person signed it, today at the latest; null or absent when they did not.
    signed_on: Option<Day>,
}

impl From<&EditReferral> for EditOrder {
    fn from(order: &EditReferral) -> Self {
        Self { site: order.site_id, objective: order.objective.clone(), barriers: order.barriers.clone(), signed_on: order.signed_on }
    }
}

/// Take a referral back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelReferral {
    /// Why, a code of `referral_cancellation_reasons`.
    reason: Term,
    /// The same in words, meant for the receiver; null or absent when there is nothing to add.
    comment: Option<Note>,
}

impl From<&CancelReferral> for CancelOrder {
    fn from(order: &CancelReferral) -> Self {
        Self { reason: order.reason.clone(), comment: order.comment.clone() }
    }
}

/// A referral (*prescription*): what its receiver is told of it, and what is known of it now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Referral {
    #[serde(flatten)]
    told: Disclosed,
    /// Its place in the waiting list, from 1; null while it is not on one.
    #[schema(minimum = 1)]
    waiting_rank: Option<i64>,
    /// What deserves a look and refuses nothing.
    #[schema(max_items = 1)]
    warnings: Vec<ReferralWarning>,
}

impl Referral {
    fn new(referral: &domain::referral::Referral, waiting_rank: Option<i64>, now: Instant) -> Self {
        let mut told = Disclosed::from(referral);
        if referral.has_expired(now) {
            // The clock decides; the feed says so within a minute.
            told.state = ReferralState::Expired;
            told.closed_at = told.expires_at;
        }
        Self { told, waiting_rank, warnings: referral.warnings() }
    }
}

impl Shows for Disclosed {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.person.beneficiary_id.uuid());
    }
}
impl Shows for Referral {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.told.people(people);
    }
}
impl Resource for Referral {
    fn id(&self) -> Uuid {
        self.told.id.uuid()
    }
    fn version(&self) -> i32 {
        self.told.version
    }
}

/// A page of referrals.
pub(crate) type ReferralPage = Page<Referral>;

/// Which referrals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReferralFilter {
    /// Standing there now.
    state: Option<ReferralState>,
    /// For this purpose.
    purpose: Option<PurposeKind>,
    /// Addressed to this organisation.
    organisation_id: Option<OrganisationId>,
}

/// A referral under lock with its person, after the clock had its say.
async fn locked<F>(w: &Write, scope: &Scope<F>, id: ReferralId) -> Result<(Beneficiary, domain::referral::Referral), Stop>
where
    F: Function<Over = domain::referral::Referral>,
{
    let seen = referrals::find(w, scope, id).await?.ok_or_else(Stop::not_found)?;
    let person = referrals::lock_person(w, &seen).await?;
    let referral = relocked(w, scope, id, person.id).await?;
    Ok((person, referral))
}

/// The referral itself, once everything that is locked before it is: its person among that.
async fn relocked<F>(w: &Write, scope: &Scope<F>, id: ReferralId, person: BeneficiaryId) -> Result<domain::referral::Referral, Stop>
where
    F: Function<Over = domain::referral::Referral>,
{
    let referral = referrals::lock(w, scope, id, person).await?.ok_or_else(Stop::not_found)?;
    settled(w, scope, referral).await
}

/// The same after what the clock decided of it was written down.
async fn settled<F>(w: &Write, scope: &Scope<F>, referral: domain::referral::Referral) -> Result<domain::referral::Referral, Stop>
where
    F: Function<Over = domain::referral::Referral>,
{
    let Some(lapsed) = referral.lapse(scope) else { return Ok(referral) };
    let after = lapsed.after.clone();
    referrals::save(w, &[lapsed]).await?;
    Ok(after)
}

/// The other referral of the same person that is open for the same purpose.
async fn other_open<F>(
    w: &Write,
    scope: &Scope<F>,
    person: BeneficiaryId,
    action: Option<ActionId>,
    except: Option<ReferralId>,
) -> Result<Option<ReferralId>, Stop>
where
    F: Function<Over = domain::referral::Referral>,
{
    let Some(open) = referrals::lock_open(w, person, action, except).await? else { return Ok(None) };
    let open = settled(w, scope, open).await?;
    Ok(open.state.is_open().then_some(open.id))
}

/// A referral as the transaction that changed it sees it.
async fn shown(w: &Write, referral: &domain::referral::Referral) -> Result<Referral, Stop> {
    let rank = referrals::ranks(w, std::slice::from_ref(referral)).await?.remove(&referral.id);
    Ok(Referral::new(referral, rank, w.now()))
}

async fn answer(w: &Write, referral: &domain::referral::Referral) -> Result<Answer, Stop> {
    show::ok(&shown(w, referral).await?)
}

/// Refer a person
///
/// To be accompanied by an organisation, or to a collective action, whose organisation receives it (*prescription*). The receiver finds
/// it in its feed, with the least it needs to know. One is open per person and purpose: 409 `REFERRAL_OPEN` names the other in
/// `conflicting_id`. An action's referral that nobody answers expires; an accompaniment's never does.
#[utoipa::path(post, tag = "Referrals", operation_id = "sendReferral", extensions(("x-permission" = json!("refer"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = SendReferral,
    responses((status = 201, description = "The referral, sent.", body = Referral)))]
#[post("/beneficiaries/{id}/referrals")]
pub(crate) async fn send_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Refer, SendReferral>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let purpose = wish.purpose()?;
            let (action, group, receiver) = match &purpose {
                PurposeOrder::Accompaniment { organisation, .. } => (None, None, organisations::provider(w, *organisation).await?),
                PurposeOrder::Action { action, group, .. } => {
                    let action = actions::for_rule(w, *action).await?;
                    let group = match group {
                        Some(group) => groups::lock_for_referral(w, *group).await?,
                        None => None,
                    };
                    let receiver = match &action {
                        Some(action) => organisations::provider(w, action.organisation).await?,
                        None => None,
                    };
                    (action, group, receiver)
                }
            };
            let open = other_open(w, scope, person.id, action.as_ref().map(|action| action.id), None).await?;
            let site = site(w, wish.site_id).await?;
            let delegations = match &receiver {
                Some(receiver) => organisations::delegations_for_rule(w, receiver.id).await?,
                None => Vec::new(),
            };
            let (settings, referrer) = (reference::settings(w).await?, referrals::referrer(w, w.by().actor.principal).await?);
            let around = Around {
                receiver: receiver.as_ref(),
                delegations: &delegations,
                site: site.as_ref(),
                action: action.as_ref(),
                group: group.as_ref(),
                is_open: open.is_some(),
                referrer: referrer.as_ref(),
                settings: &settings,
                vocabulary: &call.shared().vocabulary,
            };
            let sent = domain::referral::Referral::send(scope, w.id(), &person, SendOrder { purpose, about: wish.about() }, &around);
            let sent = sent.map_err(naming(Rule::ReferralOpen, open.map(Id::uuid)))?;
            let after = sent.after.clone();
            referrals::save(w, &[sent]).await?;
            show::created(format!("/v1/referrals/{}", after.id), &shown(w, &after).await?)
        })
        .await
}

async fn site(w: &Write, id: Option<SiteId>) -> Result<Option<domain::organisation::Site>, Stop> {
    Ok(match id {
        Some(id) => organisations::site_for_rule(w, id).await?,
        None => None,
    })
}

async fn list(call: &Call, person: Option<BeneficiaryId>) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadReferral>()?;
    let (filter, asked) = call.list::<ReferralFilter>(true)?;
    if let Some(person) = person {
        beneficiaries::find(call.read(), &scope, person).await?.ok_or_else(Stop::not_found)?;
    }
    let query = ReferralQuery { state: filter.state, purpose: filter.purpose, organisation: filter.organisation_id, person };
    let rows = referrals::list(call.read(), &scope, &query, &asked.listing).await?;
    let ranks = referrals::ranks(call.read(), &rows.items).await?;
    call.show_page(&asked, rows, |referral| Referral::new(&referral, ranks.get(&referral.id).copied(), scope.now())).await
}

/// List the referrals of a person
///
/// All of them, in the order in which they were sent; for those who accompany the person.
#[utoipa::path(get, tag = "Referrals", operation_id = "listReferralsOfPerson", extensions(("x-permission" = json!("read_referral"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams, ReferralFilter),
    responses((status = 200, description = "Referrals.", body = ReferralPage)))]
#[get("/beneficiaries/{id}/referrals")]
pub(crate) async fn list_referrals_of_person(call: Call) -> Result<HttpResponse, Stop> {
    call.may::<ReadReferral>()?;
    let person = call.id("id")?;
    list(&call, Some(person)).await
}

/// List referrals
///
/// A receiver sees those it received, until 60 days after their end; a caseworker those of the people they accompany. To miss none,
/// a receiver pulls its feed instead.
#[utoipa::path(get, tag = "Referrals", operation_id = "listReferrals", extensions(("x-permission" = json!("read_referral"))),
    params(ListParams, SyncParams, ReferralFilter), responses((status = 200, description = "Referrals.", body = ReferralPage)))]
#[get("/referrals")]
pub(crate) async fn list_referrals(call: Call) -> Result<HttpResponse, Stop> {
    list(&call, None).await
}

/// Read a referral
#[utoipa::path(get, tag = "Referrals", operation_id = "readReferral", extensions(("x-permission" = json!("read_referral"))),
    params(("id" = ReferralId, Path, description = "The referral.")),
    responses((status = 200, description = "The referral.", body = Referral)))]
#[get("/referrals/{id}")]
pub(crate) async fn read_referral(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadReferral>()?;
    let referral = referrals::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rank = referrals::ranks(call.read(), std::slice::from_ref(&referral)).await?.remove(&referral.id);
    call.show(&Referral::new(&referral, rank, scope.now())).await
}

/// Edit a referral
///
/// What it says and to which site; its receiver is told (`referral.updated`). Whom it is about, to whom and what for do not change: cancel
/// it and send another.
#[utoipa::path(put, tag = "Referrals", operation_id = "editReferral", extensions(("x-permission" = json!("refer"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = EditReferral,
    responses((status = 200, description = "The referral, as it is now.", body = Referral)))]
#[put("/referrals/{id}")]
pub(crate) async fn edit_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Refer, EditReferral>(&body).await?;
    // Boxed: what an edit tells makes it large.
    Box::pin(order.write(async |w, scope, wish| {
        let seen = referrals::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
        referrals::lock_person(w, &seen).await?;
        // Not settled: whoever edits has seen the version from before the clock ended it.
        let referral = referrals::lock(w, scope, seen.id, seen.person.id).await?.ok_or_else(Stop::not_found)?;
        call.check_if_match(referral.stamp.version)?;
        let site = site(w, wish.site_id).await?;
        let edited = referral.edit(scope, wish.into(), site.as_ref())?;
        save(w, referral, edited).await
    }))
    .await
}

/// Saves what changed of a referral, if anything did, and answers with it.
async fn save(
    w: &Write,
    before: domain::referral::Referral,
    changed: Option<domain::refusal::Decided<domain::referral::ReferralChanged>>,
) -> Result<Answer, Stop> {
    let Some(changed) = changed else { return answer(w, &before).await };
    let after = changed.after.clone();
    referrals::save(w, &[changed]).await?;
    answer(w, &after).await
}

/// Cancel a referral
///
/// Until it has started (then 409 `REFERRAL_STARTED`). A seat that its acceptance gave is given back, to whoever waits for it.
#[utoipa::path(post, tag = "Referrals", operation_id = "cancelReferral", extensions(("x-permission" = json!("refer"))),
    params(("id" = ReferralId, Path, description = "The referral.")), request_body = CancelReferral,
    responses((status = 200, description = "The referral, cancelled.", body = Referral)))]
#[post("/referrals/{id}/cancellation")]
pub(crate) async fn cancel_referral(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<Refer, CancelReferral>(&body).await?;
    // Boxed: with everything it may touch, it is large.
    Box::pin(order.write(async |w, scope, wish| {
        let seen = referrals::find(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
        let closing = call.may::<CloseEnrolment>()?.at(w.now());
        let seat = match seen.enrolment {
            Some((enrolment, starts_on)) => SeatToFree::lock(w, &closing, enrolment, w.now().day().max(starts_on), Some(seen.person.id)).await?,
            None => None,
        };
        if seat.is_none() {
            referrals::lock_person(w, &seen).await?;
        }
        let referral = relocked(w, scope, seen.id, seen.person.id).await?;
        if referral.enrolment != seen.enrolment {
            // Accepted meanwhile: the seat must be locked before it is given back.
            return Err(persistence::Error::Contended.into());
        }
        let vocabulary = &call.shared().vocabulary;
        let orients = orientations::rests_on(w, referral.id).await?;
        let cancelled = referral.cancel(scope, wish.into(), orients, vocabulary)?;
        if let (Some(seat), Some(_)) = (seat, &cancelled)
            && seat.enrolment.end.is_none()
        {
            let ended = seat.enrolment.give_back(&closing, seat.last_mark)?;
            enrolments::save(w, &ended).await?;
            seat.promote(w, &closing, vocabulary).await?;
        }
        save(w, referral, cancelled).await
    }))
    .await
}
