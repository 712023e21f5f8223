//! A referral in short, where it is one thing among many of a person: their file, the synthesis of their contract.

use domain::accompaniment::Accompaniment;
use domain::calendar::Instant;
use domain::ids::{ActionId, OrganisationId, ReferralId};
use domain::referral::{self, PurposeKind, ReferralState};
use domain::text::Label;
use serde::Serialize;
use utoipa::ToSchema;

/// A referral, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferralSummary {
    /// Its id.
    id: ReferralId,
    /// To whom.
    organisation_id: OrganisationId,
    /// Their name.
    organisation_name: Label,
    /// What for.
    purpose: PurposeKind,
    /// Which accompaniment; null for an action.
    accompaniment: Option<Accompaniment>,
    /// Which action; null for an accompaniment.
    action_id: Option<ActionId>,
    /// Where it stood, by the clock.
    state: ReferralState,
    /// When it was sent.
    sent_at: Instant,
    /// When it came to its end; null while it is open.
    closed_at: Option<Instant>,
}

impl From<referral::ReferralSummary> for ReferralSummary {
    fn from(referral: referral::ReferralSummary) -> Self {
        Self {
            id: referral.id,
            organisation_id: referral.organisation,
            organisation_name: referral.organisation_name,
            purpose: referral.purpose,
            accompaniment: referral.accompaniment,
            action_id: referral.action,
            state: referral.state,
            sent_at: referral.sent_at,
            closed_at: referral.closed_at,
        }
    }
}
