//! Two files of one person become one, by a manager's decision; and what moved. Whether two people are one is asked in `alike`.

use actix_web::{HttpResponse, get, post};
use domain::calendar::Instant;
use domain::contract::Contract;
use domain::form::within;
use domain::identity::kept_of;
use domain::ids::{BeneficiaryId, MergeId, PrincipalId};
use domain::merge::MergeOrder;
use domain::policy::{MergeBeneficiary, ReadBeneficiary, Refer, WriteContract};
use domain::refusal::{Refusal, Rule};
use domain::text::Note;
use persistence::merges::{self, Recorded};
use persistence::{beneficiaries, pieces, referrals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Beneficiary;
use crate::call::Call;
use crate::extract::Body;
use crate::nir;
use crate::order::NoFilter;
use crate::page::{ListParams, Page};
use crate::problem::Stop;
use crate::show::{self, Shows};

/// Merge the file of the same person that was opened twice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeFiles {
    /// The file that becomes a tombstone. The one in the path stays.
    duplicate_id: BeneficiaryId,
    /// The version of the duplicate that was looked at.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    #[serde(deserialize_with = "within::<1, 2_147_483_647, _, _>")]
    duplicate_version: i32,
    /// Why they are one person's, 1 to 2,000 characters.
    reason: Note,
}

/// A file that was merged into another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Merge {
    /// Its id.
    id: MergeId,
    /// The file that stays.
    survivor_id: BeneficiaryId,
    /// The file that became a tombstone.
    duplicate_id: BeneficiaryId,
    /// Why, in words.
    #[schema(max_length = 2000)]
    reason: String,
    /// Who decided it.
    merged_by: PrincipalId,
    /// When.
    merged_at: Instant,
    /// Each thing that moved from one file to the other.
    #[schema(max_items = 100_000)]
    moved: Vec<Moved>,
}

/// Something that moved from one file to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Moved {
    /// What it is. Extensible.
    #[schema(max_length = 40, example = "enrolment")]
    kind: String,
    /// Its id.
    id: Uuid,
}

impl Shows for Merge {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend([self.survivor_id.uuid(), self.duplicate_id.uuid()]);
    }
}

impl From<Recorded> for Merge {
    fn from(Recorded { merge, moved }: Recorded) -> Self {
        Self {
            id: merge.id,
            survivor_id: merge.survivor,
            duplicate_id: merge.duplicate,
            reason: merge.reason.into(),
            merged_by: merge.by,
            merged_at: merge.at,
            moved: moved.into_iter().map(|(kind, id)| Moved { kind, id }).collect(),
        }
    }
}

/// A page of merges.
pub(crate) type MergePage = Page<Merge>;

/// Merge two files of one person
///
/// Everything that hangs on the duplicate moves to the person in the path, whose own identity stays; what their file does not say is taken
/// from the duplicate, which becomes a tombstone. Where both hold something of which a person has one at a time, nothing is done: 409
/// `RIGHT_OVERLAPS`, `BARRIER_OPEN`, `ALREADY_ENROLLED`, `REFERRAL_OPEN`, `IDENTIFIER_CONFLICT` or `MERGE_CONFLICT` says what. Nor
/// where the social security number that stays contradicts the birth date or the title (422): these would be two people. 409
/// `VERSION_CONFLICT`: the duplicate was edited since it was looked at.
#[utoipa::path(post, tag = "People", operation_id = "mergeBeneficiary", extensions(("x-permission" = json!("merge_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person whose file stays.")), request_body = MergeFiles,
    responses((status = 200, description = "The person, with what only the duplicate knew.", body = Beneficiary)))]
#[post("/beneficiaries/{id}/merge")]
pub(crate) async fn merge_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<MergeBeneficiary, MergeFiles>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let id: BeneficiaryId = call.id("id")?;
            // Locked by their ids, so that two merges of the same files do not wait for each other.
            let mut both = [id, wish.duplicate_id];
            both.sort_unstable();
            let mut found = Vec::with_capacity(2);
            for one in both {
                found.extend(beneficiaries::lock(w, scope, one).await?);
            }
            let of = |id| found.iter().find(|person| person.id == id);
            let survivor = of(id).ok_or_else(Stop::not_found)?;
            let duplicate = of(wish.duplicate_id).ok_or_else(|| Refusal::invalid("duplicate_id", Rule::BeneficiaryUnknown))?;
            // What the clock closed is not open any more, whether or not that was written down.
            let clock = call.may::<WriteContract>()?.at(w.now());
            for one in both {
                let contracts = pieces::for_rules::<Contract>(w, one).await?;
                pieces::save_all(w, &contracts.iter().filter_map(|contract| contract.lapse(&clock)).collect::<Vec<_>>()).await?;
            }
            let clock = call.may::<Refer>()?.at(w.now());
            let lapsed = referrals::lock_lapsed_of(w, &[survivor.id, duplicate.id]).await?;
            referrals::save(w, &lapsed.iter().filter_map(|referral| referral.lapse(&clock)).collect::<Vec<_>>()).await?;
            let clash = merges::clash(w, scope, survivor.id, duplicate.id).await?;
            let order = MergeOrder { duplicate_version: wish.duplicate_version, reason: wish.reason.clone() };
            let nir = kept_of(nir::last_of(&call, w, survivor).await?, nir::last_of(&call, w, duplicate).await?);
            let merged = survivor.absorb(scope, w.id(), duplicate, order, clash, nir.as_ref())?;
            nir::move_numbers(&call, w, &merged).await?;
            merges::save(w, &merged).await?;
            show::ok(&Beneficiary::from(merged.survivor()))
        })
        .await
}

/// List the merges of a person
///
/// The files that were merged into this one, the oldest first, with each thing that moved.
#[utoipa::path(get, tag = "People", operation_id = "listMerges", extensions(("x-permission" = json!("read_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person."), ListParams),
    responses((status = 200, description = "Merges.", body = MergePage)))]
#[get("/beneficiaries/{id}/merges")]
pub(crate) async fn list_merges(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let (NoFilter {}, asked) = call.list(false)?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = merges::list(call.read(), &scope, person.id, &asked.listing).await?;
    call.show_page(&asked, rows, Merge::from).await
}
