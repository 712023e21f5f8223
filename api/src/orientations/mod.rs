//! Orientations over HTTP: what one reads as, lists, and the first word that somebody is to be oriented. The steps towards a decision are
//! in `preparing`, the decision in `deciding`, what comes after it in `reviewing`; the words of a suggestion in `wording`.

mod deciding;
mod preparing;
mod reviewing;
mod wording;

use actix_web::{HttpResponse, get, post};
use domain::accompaniment::{Accompaniment, france_travail_organisation};
use domain::calendar::{Day, Instant};
use domain::change::Change;
use domain::ids::{BeneficiaryId, OrganisationId, OrientationId, PrincipalId, ProfessionalId, ReferralId, RsaRightId, SiteId};
use domain::law::{self, VulnerabilityGround};
use domain::orientation::{
    ClosureReason, Criteria, DecidedBy, InterviewOutcome, NotificationMeans, OpenOrder, Orientation as Kept, OrientationOrigin, OrientationState,
    OrientationWarning, ReviewReason, ReviewRequester, TeamOpinion,
};
use domain::policy::{PrepareOrientation, ReadOrientation};
use domain::refusal::Decided;
use domain::rsa_right::RsaRight;
use domain::text::{Label, Name, Note};
use persistence::machinery::reference::ReferenceCode;
use persistence::orientations::{self, Names};
use persistence::{Answer, Source, Write, beneficiaries, pieces};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

pub(crate) use deciding::place_waiting;
use wording::Suggestion;

/// Mounts the routes of this folder.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_orientations).service(open_orientation).service(read_orientation);
    preparing::configure(routes);
    deciding::configure(routes);
    reviewing::configure(routes);
}

/// Say that somebody is to be oriented.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenOrientation {
    /// Whether the person asks for it themselves without being subject to the duties (CASF L262-27); absent: false.
    #[serde(default)]
    voluntary: bool,
}

/// An interview to prepare an orientation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationInterview {
    /// The day.
    on: Day,
    /// What became of it; null while nobody said.
    outcome: Option<InterviewOutcome>,
}

/// What is proposed, and what it rests on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationProposal {
    /// The four blocks of criteria (order of 21 November 2024).
    criteria: Criteria,
    /// What they suggest: a person decides.
    suggestion: Suggestion,
    /// The accompaniment proposed.
    accompaniment: Accompaniment,
    /// By whom.
    organisation_id: OrganisationId,
    /// In words; null when there is nothing to add.
    comment: Option<Note>,
    /// Who proposed it.
    proposed_by: PrincipalId,
    /// When.
    proposed_at: Instant,
}

/// What was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationDecision {
    /// Which accompaniment.
    accompaniment: Accompaniment,
    /// France Travail's code of it: `PSO` social, `PSP` socio-professional, `PED` direct to employment.
    #[schema(max_length = 3, example = "PSP")]
    france_travail_code: &'static str,
    /// The referent organisation (*organisme référent*).
    organisation_id: OrganisationId,
    /// Its name.
    organisation_name: Label,
    /// France Travail's code of it: `CD`, `DCD` (acts for the département), `FT`, `ML`, `CE`.
    #[schema(max_length = 3, example = "CD")]
    france_travail_organisation: &'static str,
    /// Its site; null when none is meant.
    site_id: Option<SiteId>,
    /// Whose decision.
    decided_by: DecidedBy,
    /// How it came about.
    origin: OrientationOrigin,
    /// The day.
    decided_on: Day,
    /// Whether it is what the criteria suggest; null where none were told.
    follows_suggestion: Option<bool>,
    /// Why, in words; never null where it differs from what the criteria suggest.
    reason: Option<Note>,
    /// What is to be reached, in words meant for the referent organisation; null when nothing was said.
    objective: Option<Note>,
    /// Who wrote it down.
    recorded_by: PrincipalId,
}

/// How the person was told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationNotification {
    /// The day.
    notified_on: Day,
    /// How.
    means: NotificationMeans,
    /// The last day to contest the decision before the president of the departmental council, which comes before any court (CASF L262-47,
    /// R262-88).
    appeal_until: Day,
}

/// Who accompanies the person at the referent organisation (*référent*).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationReferent {
    /// Who.
    professional_id: ProfessionalId,
    /// Family name.
    last_name: Name,
    /// First name.
    first_name: Name,
}

/// That another orientation is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationReview {
    /// Who asks.
    requested_by: ReviewRequester,
    /// Since when.
    requested_on: Day,
    /// Why. Of `referral_refused` the referral says more.
    reason: ReviewReason,
    /// The same in words; null when there is nothing to add.
    comment: Option<Note>,
    /// When the multidisciplinary team was asked; null when it was not.
    team_asked_on: Option<Day>,
    /// From which day its opinion is deemed given (CASF L262-39); null when it was not asked.
    opinion_deemed_on: Option<Day>,
    /// What it thinks; null while it has not said.
    opinion: Option<TeamOpinion>,
    /// Since when it thinks so; null while it has not said.
    opinion_given_on: Option<Day>,
}

/// Why the social track is looked at again after twelve months only.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReviewExtension {
    /// The grounds (CASF D262-65-2-1).
    #[schema(max_items = 5)]
    grounds: Vec<VulnerabilityGround>,
    /// Since when.
    extended_on: Day,
    /// Who said so.
    extended_by: PrincipalId,
}

/// That it came to its end, and none followed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrientationClosure {
    /// The last day.
    on: Day,
    /// Why.
    reason: ClosureReason,
    /// Whether it is a positive exit: to work or training.
    positive: bool,
}

/// An orientation: which accompaniment, by whom, since when, decided by whom and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Orientation {
    /// Its id.
    id: OrientationId,
    /// The person.
    beneficiary_id: BeneficiaryId,
    /// Where it stands.
    state: OrientationState,
    /// Since when it is to be decided.
    opened_on: Day,
    /// Whether the person asked for it without being subject to the duties.
    voluntary: bool,
    /// The right that made it due, though it may be cancelled since; null when it is voluntary.
    rsa_right_id: Option<RsaRightId>,
    /// The one in whose place it was decided; null of a first one.
    former_id: Option<OrientationId>,
    /// The interview, the last one planned; null before.
    interview: Option<OrientationInterview>,
    /// How many interviews the person missed without a legitimate reason.
    #[schema(minimum = 0)]
    missed_interviews: i32,
    /// What is proposed; null before, and where nobody had to.
    proposal: Option<OrientationProposal>,
    /// What was decided; null before.
    decision: Option<OrientationDecision>,
    /// First day in force; null before the decision, while it waits for a place, and where another one took its place on its first day.
    starts_on: Option<Day>,
    /// Last day in force; null while none is known, and whenever `starts_on` is.
    ends_on: Option<Day>,
    /// Since when it waits for a place, in whose order they are given; null when it does not. The former stays in force.
    waiting_since: Option<Instant>,
    /// How the person was told; null before.
    notification: Option<OrientationNotification>,
    /// Since when the referent organisation has the person in charge; null before.
    accepted_on: Option<Day>,
    /// Who accompanies the person; null before, and where the receiver of the referral named somebody there.
    referent: Option<OrientationReferent>,
    /// The last review; null when there was none, and once it was maintained.
    review: Option<OrientationReview>,
    /// When it was last maintained after a review; null when it never was.
    maintained_on: Option<Day>,
    /// Why the social track is looked at again after twelve months only; null: after six.
    review_extension: Option<ReviewExtension>,
    /// The referral that told an organisation outside the département; null where none had to be told.
    referral_id: Option<ReferralId>,
    /// That it came to its end; null before, and where another one took its place.
    closure: Option<OrientationClosure>,
    /// What deserves a look and refuses nothing.
    #[schema(max_items = 2)]
    warnings: Vec<OrientationWarning>,
    /// Its version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When it was last changed.
    updated_at: Instant,
}

impl Orientation {
    /// As it reads, with the names of those it names.
    pub(crate) fn new(orientation: &Kept, names: &Names, codes: &[ReferenceCode]) -> Self {
        let proposal = orientation.proposal.as_ref();
        Self {
            id: orientation.id,
            beneficiary_id: orientation.beneficiary,
            state: orientation.state,
            opened_on: orientation.opened_on,
            voluntary: orientation.is_voluntary,
            rsa_right_id: orientation.right,
            former_id: orientation.former,
            interview: orientation.interview.as_ref().map(|interview| OrientationInterview { on: interview.on, outcome: interview.outcome }),
            missed_interviews: orientation.missed_interviews,
            proposal: proposal.map(|proposal| OrientationProposal {
                suggestion: Suggestion::new(&proposal.suggestion, codes),
                criteria: proposal.criteria.clone(),
                accompaniment: proposal.accompaniment,
                organisation_id: proposal.organisation,
                comment: proposal.comment.clone(),
                proposed_by: proposal.by,
                proposed_at: proposal.at,
            }),
            decision: orientation.decision.as_ref().map(|decision| OrientationDecision {
                accompaniment: decision.accompaniment,
                france_travail_code: decision.accompaniment.france_travail_code(),
                organisation_id: decision.organisation,
                organisation_name: names.organisations.get(&decision.organisation).cloned().unwrap_or_else(|| Label::stored(String::new())),
                france_travail_organisation: france_travail_organisation(decision.kind),
                site_id: decision.site,
                decided_by: decision.decided_by,
                origin: decision.origin,
                decided_on: decision.on,
                follows_suggestion: proposal.map(|proposal| proposal.suggestion.accompaniment == decision.accompaniment),
                reason: decision.reason.clone(),
                objective: decision.objective.clone(),
                recorded_by: decision.by,
            }),
            starts_on: orientation.period.map(|period| period.starts_on),
            ends_on: orientation.period.and_then(|period| period.ends_on),
            waiting_since: orientation.waiting_since,
            notification: orientation.notification.map(|notification| OrientationNotification {
                notified_on: notification.on,
                means: notification.means,
                appeal_until: law::appeal_until(notification.on).on,
            }),
            accepted_on: orientation.acceptance.map(|acceptance| acceptance.on),
            referent: orientation.acceptance.and_then(|acceptance| acceptance.referent).and_then(|referent| {
                let (last_name, first_name) = names.referents.get(&referent).cloned()?;
                Some(OrientationReferent { professional_id: referent, last_name, first_name })
            }),
            review: orientation.review.as_ref().map(|review| OrientationReview {
                requested_by: review.requested_by,
                requested_on: review.requested_on,
                reason: review.reason,
                comment: review.comment.clone(),
                team_asked_on: review.team_asked_on,
                opinion_deemed_on: review.team_asked_on.map(law::opinion_deemed_on),
                opinion: review.opinion.map(|(opinion, _)| opinion),
                opinion_given_on: review.opinion.map(|(_, on)| on),
            }),
            maintained_on: orientation.maintained_on,
            review_extension: orientation.extension.as_ref().map(|extension| ReviewExtension {
                grounds: extension.grounds.clone(),
                extended_on: extension.on,
                extended_by: extension.by,
            }),
            referral_id: orientation.referral,
            closure: orientation.closure.map(|(on, reason)| OrientationClosure { on, reason, positive: reason.is_positive() }),
            warnings: orientation.warnings(),
            version: orientation.stamp.version,
            updated_at: orientation.stamp.updated_at,
        }
    }
}

impl Shows for Orientation {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.beneficiary_id.uuid());
    }
}
impl Resource for Orientation {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of orientations.
pub(crate) type OrientationPage = Page<Orientation>;

/// One as it reads.
async fn shown(call: &Call, source: &impl Source, orientation: &Kept) -> Result<Orientation, Stop> {
    let names = orientations::names(source, std::slice::from_ref(orientation)).await?;
    Ok(Orientation::new(orientation, &names, &call.shared().codes))
}

/// One as the transaction that changed it sees it.
async fn answer(call: &Call, w: &Write, orientation: &Kept) -> Result<Answer, Stop> {
    show::ok(&shown(call, w, orientation).await?)
}

/// Saves a change of one that is locked, if it is one.
async fn save(call: &Call, w: &Write, before: &Kept, change: Option<Decided<Change<Kept>>>) -> Result<Answer, Stop> {
    let Some(change) = change else { return answer(call, w, before).await };
    pieces::save(w, &change).await?;
    answer(call, w, &change.after).await
}

/// List the orientations of a person
///
/// All of them, in the order in which they were opened: to be decided, in force, waiting for a place, of the past.
#[utoipa::path(get, tag = "Orientations", operation_id = "listOrientations", extensions(("x-permission" = json!("read_orientation"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams, SyncParams),
    responses((status = 200, description = "Orientations.", body = OrientationPage)))]
#[get("/beneficiaries/{id}/orientations")]
pub(crate) async fn list_orientations(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrientation>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = pieces::list::<Kept, _>(call.read(), &scope, person.id, &asked.listing).await?;
    let names = orientations::names(call.read(), &rows.items).await?;
    call.show_page(&asked, rows, |orientation| Orientation::new(&orientation, &names, &call.shared().codes)).await
}

/// Say that somebody is to be oriented
///
/// Duties open one by themselves; by hand it is for whoever asks for it (`voluntary`) or whose orientation was closed. One is under way at
/// a time (409 `ORIENTATION_PENDING`); whoever is oriented is reoriented by a review (409 `ORIENTATION_IN_FORCE`).
#[utoipa::path(post, tag = "Orientations", operation_id = "openOrientation", extensions(("x-permission" = json!("prepare_orientation"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = OpenOrientation,
    responses((status = 201, description = "The orientation, to be decided.", body = Orientation)))]
#[post("/beneficiaries/{id}/orientations")]
pub(crate) async fn open_orientation(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<PrepareOrientation, OpenOrientation>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let rights = pieces::for_rules::<RsaRight>(w, person.id).await?;
            let others = pieces::for_rules::<Kept>(w, person.id).await?;
            let opened = Kept::open(scope, w.id(), &person, OpenOrder { voluntary: wish.voluntary }, &rights, &others)?;
            pieces::save(w, &opened).await?;
            show::created(format!("/v1/orientations/{}", opened.after.id), &shown(&call, w, &opened.after).await?)
        })
        .await
}

/// Read an orientation
#[utoipa::path(get, tag = "Orientations", operation_id = "readOrientation", extensions(("x-permission" = json!("read_orientation"))),
    params(("id" = OrientationId, Path, description = "The orientation.")),
    responses((status = 200, description = "The orientation.", body = Orientation)))]
#[get("/orientations/{id}")]
pub(crate) async fn read_orientation(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadOrientation>()?;
    let orientation = pieces::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&shown(&call, call.read(), &orientation).await?).await
}
