//! The look before registering: whether somebody in the whole département may be this person, and by which rule. Nothing is decided by
//! it, and nobody is merged.

use std::collections::HashMap;

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::nir::Nir;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::ids::{BeneficiaryId, TerritoryId};
use domain::matching::{self, Known, MatchOutcome, MatchRule, Wanted};
use domain::policy::MatchBeneficiary;
use domain::text::{Email, Name};
use persistence::search;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::nir::index_of;
use crate::problem::Stop;
use crate::show::Shows;

/// Ask whether somebody is in the files already.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchPerson {
    /// Family name, 1 to 100 characters.
    last_name: Name,
    /// First name, 1 to 100 characters.
    first_name: Name,
    /// Name at birth, 1 to 100 characters; null or absent when it is not known.
    birth_name: Option<Name>,
    /// Date of birth; null or absent when it is not known.
    birth_date: Option<Day>,
    /// Social security number, with its key (15 characters) or without (13); null or absent when it is not known.
    #[schema(value_type = Option<String>, min_length = 13, max_length = 40, example = "1 85 05 87 999 123 89")]
    nir: Option<Nir>,
    /// France Travail's identifier; null or absent when it is not known.
    france_travail_id: Option<FranceTravailId>,
    /// Phone; null or absent when it is not known.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, example = "05 55 00 00 00")]
    phone: Option<Phone>,
    /// Electronic address; null or absent when it is not known.
    email: Option<Email>,
}

impl From<&MatchPerson> for Wanted {
    fn from(order: &MatchPerson) -> Self {
        Self {
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            birth_name: order.birth_name.clone(),
            birth_date: order.birth_date,
            nir: order.nir.clone(),
            france_travail_id: order.france_travail_id.clone(),
            phone: order.phone.clone(),
            email: order.email.clone(),
        }
    }
}

/// Whether somebody is in the files already.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Matching {
    /// `exact`: this is the person; `probable`: look before registering; `conflict`: what is given belongs to different people; `none`.
    outcome: MatchOutcome,
    /// The rule that told so; null for `none`.
    rule: Option<MatchRule>,
    /// Who, the best first.
    #[schema(max_items = 20)]
    candidates: Vec<MatchCandidate>,
}

/// Somebody who may be the person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchCandidate {
    /// Their id.
    beneficiary_id: BeneficiaryId,
    /// Their reference: what an access grant is taken with, and what `distinct_from` names.
    person_reference: PersonReference,
    /// The territory that accompanies them.
    territory_id: TerritoryId,
    /// How surely.
    outcome: MatchOutcome,
    /// By which rule.
    rule: MatchRule,
    /// Family name; null for somebody whom the caller does not accompany.
    #[schema(max_length = 100, example = "Exemple")]
    last_name: Option<String>,
    /// First name; null for somebody whom the caller does not accompany.
    #[schema(max_length = 100, example = "Camille")]
    first_name: Option<String>,
    /// Date of birth; null when it is not known, and for somebody whom the caller does not accompany.
    birth_date: Option<Day>,
    /// Whether the caller accompanies them.
    in_reach: bool,
}

impl Shows for Matching {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.extend(self.candidates.iter().map(|candidate| candidate.beneficiary_id.uuid()));
    }
}

/// Match a person
///
/// Whether somebody in the whole département may be this person, and by which rule, before anybody is registered. Of people elsewhere the
/// answer says the reference and the territory only: breaking the glass (`takeAccessGrant`) says more. A file that was merged speaks for its
/// survivor, who is shown as they are called today: the rule may be about former names. Each person named leaves a trace.
#[utoipa::path(post, tag = "People", operation_id = "matchBeneficiary", extensions(("x-permission" = json!("match_beneficiary"))),
    request_body = MatchPerson, responses((status = 200, description = "Who it may be.", body = Matching)))]
#[post("/beneficiaries/match")]
pub(crate) async fn match_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let (scope, wish) = call.question::<MatchBeneficiary, MatchPerson>(&body)?;
    let wanted = Wanted::from(&wish);
    let index = wish.nir.as_ref().map(|nir| index_of(&call, nir));
    let found = search::candidates(call.read(), &scope, &matching::keys(&wanted), index.as_ref()).await?;
    let mine: HashMap<BeneficiaryId, Known> = found.iter().filter(|one| one.in_reach).map(|one| (one.shown.id, one.shown.clone())).collect();
    let judged = matching::judge(&wanted, found.into_iter().map(|one| one.known).collect());
    let candidates = judged.candidates.into_iter().map(|candidate| {
        let known = candidate.known;
        let shown = mine.get(&known.id);
        let name = |which: fn(&Known) -> &Option<Name>| shown.and_then(|shown| which(shown).as_deref()).map(str::to_owned);
        MatchCandidate {
            beneficiary_id: known.id,
            person_reference: known.reference,
            territory_id: known.territory,
            outcome: candidate.outcome,
            rule: candidate.rule,
            last_name: name(|shown| &shown.last_name),
            first_name: name(|shown| &shown.first_name),
            birth_date: shown.and_then(|shown| shown.birth_date),
            in_reach: shown.is_some(),
        }
    });
    call.show_plain(None, &Matching { candidates: candidates.collect(), outcome: judged.outcome, rule: judged.rule }).await
}
