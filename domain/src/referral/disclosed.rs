//! What a receiver is told of a referral: the least it needs. Kept as it was told, version by version; a receiver reads no other form.

use serde::{Deserialize, Serialize};

use super::{Came, Purpose, PurposeKind, Referent, Referral, ReferralState};
use crate::accompaniment::Accompaniment;
use crate::barrier::BarrierKind;
use crate::calendar::{Day, Instant};
use crate::identifier::commune::CommuneCode;
use crate::identifier::france_travail::FranceTravailId;
use crate::identifier::person_reference::PersonReference;
use crate::identifier::phone::Phone;
use crate::ids::{ActionId, BeneficiaryId, EnrolmentId, GroupId, OrganisationId, ReferralId, SiteId};
use crate::organisation::OrganisationKind;
use crate::text::{Email, Label, Line, Name, Note};
use crate::vocabulary::Term;

/// A referral as its receiver is told of it, at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ReferralVersion))]
pub struct Disclosed {
    /// Its id.
    pub id: ReferralId,
    /// Its version, one more at each event of it in the feed.
    #[cfg_attr(feature = "schema", schema(minimum = 1))]
    pub version: i32,
    /// Where it stands.
    pub state: ReferralState,
    /// The person, by what this receiver may know.
    pub person: DisclosedPerson,
    /// The receiver.
    pub organisation_id: OrganisationId,
    /// The receiver's name.
    pub organisation_name: Label,
    /// The receiver's site; null when none is meant.
    pub site_id: Option<SiteId>,
    /// The site's code, such as a SAFIR agency code; null when none is meant.
    pub site_code: Option<Line<24>>,
    /// What the person is referred for.
    pub purpose: PurposeKind,
    /// How they are to be accompanied; null for an action.
    pub accompaniment: Option<Accompaniment>,
    /// The action; null for an accompaniment.
    pub action_id: Option<ActionId>,
    /// The action's name; null for an accompaniment.
    pub action_name: Option<Label>,
    /// The group meant, then the group of the seat; null for an accompaniment, and while any group will do.
    pub group_id: Option<GroupId>,
    /// The group's name; null when there is no group.
    pub group_name: Option<Label>,
    /// What is to be reached.
    pub objective: Note,
    /// The barriers (*freins*) concerned, in the order of the list.
    #[cfg_attr(feature = "schema", schema(max_items = 8))]
    pub barriers: Vec<BarrierKind>,
    /// The day the person signed it; null when they did not.
    pub signed_on: Option<Day>,
    /// Who refers; null where it was not a person.
    pub referrer: Option<Referrer>,
    /// The receiver's own identifier of it, from `/receipt`; null until then.
    pub external_id: Option<Line<128>>,
    /// Who accompanies the person at the receiver's; null until it is accepted.
    pub referent: Option<Referent>,
    /// Why it was refused, cancelled or abandoned, a code of `referral_refusal_reasons`, `referral_cancellation_reasons` or
    /// `referral_abandonment_reasons`; null otherwise.
    pub reason: Option<Term>,
    /// The same in words; null when nothing was added.
    pub comment: Option<Note>,
    /// The seat that its acceptance gave; null for an accompaniment and before.
    pub enrolment_id: Option<EnrolmentId>,
    /// First day; null while it has not started.
    pub started_on: Option<Day>,
    /// Last day; null while it has not ended.
    pub ended_on: Option<Day>,
    /// Whether the person came; null while it is not known.
    pub came: Option<Came>,
    /// Whether the receiver took them; null while it is not known.
    pub selected: Option<bool>,
    /// Whether they joined; null while it is not known.
    pub joined: Option<bool>,
    /// When it was sent.
    pub sent_at: Instant,
    /// When it expires if nobody answers; null for an accompaniment, which never does.
    pub expires_at: Option<Instant>,
    /// When it was refused, cancelled, expired or ended; null while it is open. Its receiver sees it for 60 more days.
    pub closed_at: Option<Instant>,
    /// When this version was made.
    pub updated_at: Instant,
}

/// The person of a referral, by what its receiver may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ReferredPerson))]
pub struct DisclosedPerson {
    /// Their id.
    pub beneficiary_id: BeneficiaryId,
    /// Their reference.
    pub person_reference: PersonReference,
    /// Family name; null once purged.
    pub last_name: Option<Name>,
    /// First name; null once purged.
    pub first_name: Option<Name>,
    /// Name at birth; null when it is not known.
    pub birth_name: Option<Name>,
    /// Phone; null when it is not known.
    pub phone: Option<Phone>,
    /// Electronic address; null when it is not known.
    pub email: Option<Email>,
    /// INSEE code of the commune they live in; null when it is not known.
    pub commune_code: Option<CommuneCode>,
    /// Date of birth; null when it is not known, and for a receiver that is not `pole_emploi`, `mission_locale` or `cap_emploi`.
    pub birth_date: Option<Day>,
    /// France Travail's identifier; null when it is not known, and for a receiver that is not `pole_emploi`, `mission_locale` or
    /// `cap_emploi`.
    pub france_travail_id: Option<FranceTravailId>,
}

/// Who refers, and where they can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Referrer {
    /// Their organisation.
    pub organisation_name: Label,
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// Electronic address.
    pub email: Email,
}

/// Whether a receiver may know when somebody was born and France Travail's identifier: those of the public employment service.
pub(super) const fn may_identify(kind: OrganisationKind) -> bool {
    matches!(kind, OrganisationKind::PoleEmploi | OrganisationKind::MissionLocale | OrganisationKind::CapEmploi)
}

impl From<&Referral> for Disclosed {
    fn from(referral: &Referral) -> Self {
        let Referral { person, receiver, purpose, .. } = referral;
        let identified = may_identify(receiver.kind);
        let (accompaniment, action, group) = match purpose {
            Purpose::Accompaniment(accompaniment) => (Some(*accompaniment), None, None),
            Purpose::Action { id, name, group, .. } => (None, Some((*id, name.clone())), group.clone()),
        };
        Self {
            id: referral.id,
            version: referral.stamp.version,
            state: referral.state,
            person: DisclosedPerson {
                beneficiary_id: person.id,
                person_reference: person.reference.clone(),
                last_name: person.last_name.clone(),
                first_name: person.first_name.clone(),
                birth_name: person.details.birth_name.clone(),
                phone: person.details.phone.clone(),
                email: person.details.email.clone(),
                commune_code: person.commune_code.clone(),
                birth_date: person.birth_date.filter(|_| identified),
                france_travail_id: person.details.france_travail_id.clone().filter(|_| identified),
            },
            organisation_id: receiver.id,
            organisation_name: receiver.name.clone(),
            site_id: receiver.site.as_ref().map(|(id, _, _)| *id),
            site_code: receiver.site.as_ref().map(|(_, code, _)| code.clone()),
            purpose: purpose.kind(),
            accompaniment,
            action_id: action.as_ref().map(|(id, _)| *id),
            action_name: action.map(|(_, name)| name),
            group_id: group.as_ref().map(|(id, _)| *id),
            group_name: group.map(|(_, name)| name),
            objective: referral.objective.clone(),
            barriers: referral.barriers.clone(),
            signed_on: referral.signed_on,
            referrer: referral.referrer.clone(),
            external_id: referral.external_id.clone(),
            referent: referral.referent.clone(),
            reason: referral.reason.clone(),
            comment: referral.comment.clone(),
            enrolment_id: referral.enrolment.map(|(id, _)| id),
            started_on: referral.started_on,
            ended_on: referral.ended_on,
            came: referral.outcome.came,
            selected: referral.outcome.selected,
            joined: referral.outcome.joined,
            sent_at: referral.sent_at,
            expires_at: referral.expires_at,
            closed_at: referral.closed_at,
            updated_at: referral.stamp.updated_at,
        }
    }
}
